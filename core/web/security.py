"""What guards every request: where it comes from, who is logged in, which permission it needs; and security headers."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import PlainTextResponse
from sqlmodel import Session
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.accounts import services as accounts
from core.accounts.services import Person
from core.db import Database
from core.errors import Failed, NotAllowed
from core.web.forms import Typed

COOKIE = "openboek_sessie"
MAX_FORM = 10_000_000
"""Bytes that a form without files may hold."""
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


class LoginNeeded(Exception):
    """Nobody is logged in; the handler in `errors.py` sends the browser to the log-in page and back."""

    def __init__(self, back_to: str) -> None:
        super().__init__(back_to)
        self.address = f"/inloggen?terug={quote(back_to, safe='')}" if back_to else "/inloggen"


class PasswordChangeNeeded(Exception):
    """The one-time password must be changed first."""


def database(request: Request) -> Database:
    found = request.app.state.database
    assert isinstance(found, Database)  # noqa: S101 - set by create_app; a check for the type checker
    return found


def logged_in(request: Request) -> Person:
    """Whoever sends this request.

    Raises:
        LoginNeeded: nobody, or not any more.
        PasswordChangeNeeded: logged in with a one-time password.
        HTTPException: 404 for an address with a NUL, which PostgreSQL takes in no text.
    """
    if "\0" in request.url.path or "%00" in request.url.query:
        raise HTTPException(404)
    key = request.cookies.get(COOKIE, "")
    asked = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    back_to = asked if request.method == "GET" else ""
    if not key:
        raise LoginNeeded(back_to)
    source = database(request)
    with source.read(None) as session:
        found = accounts.find_login(session, key)
        if found is None:
            raise LoginNeeded(back_to)
        person = Person(
            id=found.user.id,
            name=found.user.name,
            organisation_id=found.organisation.id,
            organisation_name=found.organisation.name,
            is_demo=found.organisation.is_demo,
            roles=found.roles,
            permissions=request.app.state.permissions_of(found.roles),
            must_change_password=found.user.must_change_password,
        )
    if found.is_stale:
        # While somebody else writes for long, a page view goes on; the next one moves the idle time-out.
        with suppress(Failed), source.write(None) as session:
            accounts.touch(session, key)
    request.state.person = person  # so that a page that says no still has its menu
    if person.must_change_password and request.url.path != "/wachtwoord":
        raise PasswordChangeNeeded
    return person


CurrentPerson = Annotated[Person, Depends(logged_in)]


class Allowed:
    """A dependency that gives the person when one of the roles held gives `permission`."""

    def __init__(self, permission: str) -> None:
        self.permission = permission

    def __call__(self, person: CurrentPerson) -> Person:
        if not person.may(self.permission):
            raise NotAllowed("U mag dit niet doen. Vraag de beheerder van Openboek om een andere rol.")
        return person


def read_session(request: Request, person: CurrentPerson) -> Iterator[Session]:
    with database(request).read(person.organisation_id) as session:
        yield session


def write_session(request: Request, person: CurrentPerson) -> Iterator[Session]:
    with database(request).write(person.organisation_id) as session:
        yield session


# scope="function": the transaction ends before the answer goes out, so "opgeslagen" is true when it is read.
ReadSession = Annotated[Session, Depends(read_session, scope="function")]
WriteSession = Annotated[Session, Depends(write_session, scope="function")]


async def typed_form(request: Request) -> Typed:
    """Everything typed in a form, as text; files are for routes that ask for them."""
    length = request.headers.get("content-length", "")
    if re.fullmatch("[0-9]{1,18}", length) and int(length) > MAX_FORM:
        raise HTTPException(413)
    form = await request.form(max_fields=5000, max_files=0)
    return Typed(tuple((key, value) for key, value in form.multi_items() if isinstance(value, str)))


TypedForm = Annotated[Typed, Depends(typed_form)]
