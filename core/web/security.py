"""What guards every request: where it comes from, who is logged in, which permission it needs; and security headers."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import PlainTextResponse, Response
from sqlmodel import Session
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import drafts
from core.accounts import second_factor
from core.accounts import services as accounts
from core.accounts.services import Expired, Person
from core.db import Database, bind_organisation, end_reading
from core.errors import Conflict, Failed, NotAllowed
from core.settings import Settings
from core.web.forms import Typed

COOKIE = "openboek_sessie"
STEP_COOKIE = "openboek_stap"
"""Of somebody who is half-way: between the password and the code, or at the identity provider."""
REFRESH = "Openboek-Refresh"
"""Header of a request that a script makes by itself (`openboek.js`)."""
MAX_FORM = 10_000_000
"""Bytes that a form without files may hold."""
ORGANISATION = "organisatie"
"""Name in the address of a form: the organisation that it was made for."""
SWITCH = "/organisatie"
"""Where a person changes to another organisation."""
_A_MOMENT = 0.1
"""Seconds that a page view waits, at most, to move the idle time-out."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: Chromium then sends "Origin: null" with forms, and the guard below refuses honest users.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SecurityHeaders:
    """Pure ASGI, so that error pages and static files carry the headers too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class SameOriginOnly:
    """Cross-site request forgery: the browser itself says where a form came from."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and not _is_ours(Headers(scope=scope)):
            answer = PlainTextResponse(
                "Dit verzoek komt van een andere website en is geweigerd. Ververs de pagina en probeer het opnieuw.",
                status_code=403,
            )
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _is_ours(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is not None:
        host = origin.partition("://")[2]
        return bool(host) and host == headers.get("host", "")
    # No Origin at all: not a browser. A cookie then means that somebody replays one.
    return f"{COOKIE}=" not in headers.get("cookie", "")


def cookie_name(request: Request, name: str = COOKIE) -> str:
    """Over https a cookie is bound to this host: nobody else, not even a sister site, can set one for us."""
    return f"__Host-{name}" if request.app.state.secure_cookies else name


def cookie_of(request: Request, name: str = COOKIE) -> str:
    return request.cookies.get(cookie_name(request, name), "")


def set_cookie(request: Request, answer: Response, key: str, name: str = COOKIE) -> None:
    """Hand the browser an opaque key. Lax, so that coming back from the identity provider keeps it."""
    secure = request.app.state.secure_cookies
    answer.set_cookie(cookie_name(request, name), key, httponly=True, samesite="lax", secure=secure, path="/")


def drop_cookie(request: Request, answer: Response, name: str = COOKIE) -> None:
    secure = request.app.state.secure_cookies
    answer.delete_cookie(cookie_name(request, name), httponly=True, samesite="lax", secure=secure, path="/")


def address_of(request: Request) -> str:
    """Where a request comes from: for lock-out and the security log."""
    return request.client.host if request.client else ""


def settings_of(request: Request) -> Settings:
    found = request.app.state.folder.settings
    assert isinstance(found, Settings)  # noqa: S101 - set by create_app; a check for the type checker
    return found


class LoginNeeded(Exception):
    """Nobody is logged in; the handler in `errors.py` sends the browser to the log-in page and back."""

    def __init__(self, back_to: str, expired: Expired | None = None) -> None:
        super().__init__(back_to)
        self.address = f"/inloggen?terug={quote(back_to, safe='')}" if back_to else "/inloggen"
        self.expired = expired
        """Whose log-in it was, when it ended by nothing but time."""


class StepNeeded(Exception):
    """Something comes first: changing a one-time password, or adding the second step that is asked for here."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def database(request: Request) -> Database:
    """The database, for a session of one's own: that of the entrance ends, so that nobody holds two connections."""
    if entered := getattr(request.state, "entered", None):
        request.state.entered = None
        end_reading(entered)
    return _database(request)


def _database(request: Request) -> Database:
    found = request.app.state.database
    assert isinstance(found, Database)  # noqa: S101 - set by create_app; a check for the type checker
    return found


def entrance(request: Request) -> Iterator[Session]:
    """The session in which is asked who sends a request; what only reads goes on in it."""
    with _database(request).read(None) as session:
        request.state.entered = session
        yield session


# scope="function": the transaction ends before the answer goes out, so "opgeslagen" is true when it is read.
Entrance = Annotated[Session, Depends(entrance, scope="function")]


def logged_in(request: Request, session: Entrance) -> Person:
    """Whoever sends this request.

    Raises:
        LoginNeeded: nobody, or not any more.
        StepNeeded: logged in with a one-time password, or without the second step that this installation asks for.
        HTTPException: 404 for an address with a NUL, which PostgreSQL takes in no text.
    """
    if "\0" in request.url.path or "%00" in request.url.query:
        raise HTTPException(404)
    key = cookie_of(request)
    settings = settings_of(request)
    idle, absolute = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    asked = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    back_to = asked if request.method == "GET" else ""
    if not key:
        raise LoginNeeded(back_to)
    found = accounts.find_login(session, key, idle=idle, absolute=absolute)
    if found is None:
        sends = request.method not in SAFE_METHODS
        raise LoginNeeded(back_to, accounts.find_expired(session, key, absolute=absolute) if sends else None)
    person = Person(
        id=found.user.id,
        name=found.user.name,
        organisation_id=found.organisation.id,
        organisation_name=found.organisation.name,
        is_demo=found.organisation.is_demo,
        roles=found.roles,
        permissions=request.app.state.permissions_of(found.roles),
        must_change_password=found.user.must_change_password,
        organisation_code=found.organisation.code,
        elsewhere=found.elsewhere,
        must_add_second_step=settings.second_step == "verplicht"
        and found.method == accounts.LOCAL
        and not second_factor.is_on(session, found.user),
    )
    session.expunge_all()
    if request.method not in SAFE_METHODS:
        end_reading(session)  # a form may take long to come in, and a change has a session of its own
    _refuse_form_of_another(request, person)
    # A page that refreshes itself is nobody at work: it may not keep a log-in alive.
    if found.is_stale and REFRESH not in request.headers:
        # While somebody else writes for long, a page view goes on; the next one moves the idle time-out.
        # Urgent, or a withdrawal would wait twice.
        with suppress(Failed), database(request).write(None, urgent=True, patience=_A_MOMENT) as changing:
            accounts.touch(changing, key)
    request.state.person = person  # so that a page that says no still has its menu
    if not request.url.path.startswith(person.must_first_go_to):
        raise StepNeeded(person.must_first_go_to)
    return person


def _refuse_form_of_another(request: Request, person: Person) -> None:
    """Who works for two organisations in two tabs: a form made for the one never changes the other.

    `core.web.pages` writes the organisation into the address of each form. Changing organisation is always good.
    """
    made_for = request.query_params.get(ORGANISATION, "")
    if request.method in SAFE_METHODS or request.url.path == SWITCH or made_for in {"", person.organisation_code}:
        return
    name = dict(person.elsewhere).get(made_for, "een andere organisatie")
    raise Conflict(
        f"Dit formulier is van {name}, maar u werkt nu voor {person.organisation_name}. Er is niets opgeslagen. "
        "Wissel eerst van organisatie, ga terug en verstuur het opnieuw."
    )


CurrentPerson = Annotated[Person, Depends(logged_in)]


def require(person: Person, permission: str) -> None:
    """Refuse who holds no role that gives a permission.

    Raises:
        NotAllowed: that.
    """
    if not person.may(permission):
        raise NotAllowed("U mag dit niet doen. Vraag de beheerder van Openboek om een andere rol.")


class Allowed:
    """A dependency that gives the person when one of the roles held gives `permission`."""

    def __init__(self, permission: str) -> None:
        self.permission = permission

    async def __call__(self, person: CurrentPerson) -> Person:  # no work for a thread, and so no waiting for one
        require(person, self.permission)
        return person


async def read_session(request: Request, session: Entrance, person: CurrentPerson) -> Session:
    request.state.entered = None
    bind_organisation(session, person.organisation_id)
    return session


class Changing:
    """A dependency that gives a session for one change; one that is `urgent` goes before those that wait already."""

    def __init__(self, *, urgent: bool) -> None:
        self.urgent = urgent

    def __call__(self, request: Request, person: CurrentPerson) -> Iterator[Session]:
        with database(request).write(person.organisation_id, urgent=self.urgent) as session:
            yield session
            if getattr(request.state, "typed", None) is not None and not getattr(request.state, "shows_page", False):
                drafts.drop(session, person.id, request.url.path)  # the form was not shown again: it is stored


ReadSession = Annotated[Session, Depends(read_session)]
WriteSession = Annotated[Session, Depends(Changing(urgent=False), scope="function")]
UrgentSession = Annotated[Session, Depends(Changing(urgent=True), scope="function")]


async def typed_form(request: Request) -> Typed:
    """Everything typed in a form, as text; files are for routes that ask for them."""
    length = request.headers.get("content-length", "")
    if re.fullmatch("[0-9]{1,18}", length) and int(length) > MAX_FORM:
        raise HTTPException(413)
    form = await request.form(max_fields=5000, max_files=0)
    return Typed(tuple((key, value) for key, value in form.multi_items() if isinstance(value, str)))


TypedForm = Annotated[Typed, Depends(typed_form)]
