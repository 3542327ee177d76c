"""Drafts of forms: which forms have them, when they are kept and how they come back. See `core.drafts`.

A route opts in with `DraftForm` as the dependency that reads what was typed; the page of that form, at the same
address, is made with `form_page`. All else follows from that:

* a form that comes back (a fault in a field, one more row) is kept as it stands;
* a form that is answered with an error is kept, whatever the error was;
* a form that arrives after its log-in expired is kept for who it was of;
* a form that is answered with another page was saved: its draft goes, in the same transaction.

Files that were chosen are not kept. Passwords and codes never are: their routes do not opt in.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from re import Pattern
from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from core import drafts
from core.accounts.services import Expired, Person
from core.drafts import Draft
from core.errors import DomainError
from core.web.forms import Form, Labels, Typed, pattern_of, whole_number, without_empty_rows
from core.web.pages import page
from core.web.security import MAX_FORM, ORGANISATION, SAFE_METHODS, Allowed, database, settings_of, typed_form

AUTOSAVE = "/niet-opgeslagen/bewaren"
"""Where the script sends a form while somebody types."""
OF_THE_PAGE = "op:"
"""How the fields begin that a page adds for itself; they are no part of what was typed."""
_MAX_FIELDS = 5000


class DraftForm:
    """The dependency of a route that reads a form of which drafts are kept.

    `kind` names what is typed there ("Verwerking"), `labels` its fields: with these a draft can be read without its
    form, should the record be gone.
    """

    has_file = False

    def __init__(self, kind: str, labels: Mapping[str, Labels]) -> None:
        self.kind = kind
        self.labels = labels

    async def __call__(self, request: Request) -> Typed:
        return remember(request, await typed_form(request))


def remember(request: Request, typed: Typed) -> Typed:
    """Note what was typed, for when the request goes wrong."""
    request.state.typed = typed
    return typed


@dataclass(frozen=True, slots=True)
class DraftedForm:
    """A form of which drafts are kept, and where: the route that reads it."""

    path: Pattern[str]
    form: DraftForm
    permissions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Notice:
    """What a page says above a form that was filled in from a draft."""

    id: UUID
    at: datetime
    is_behind: bool
    """Whether somebody saved the record since it was opened."""
    has_file: bool
    merges: bool
    is_new: bool
    """Whether nothing is stored yet."""


@dataclass(frozen=True, slots=True)
class Rescue:
    """What an error page does with what was typed: `draft_id` when it is kept, else `pairs` to send it once more."""

    address: str
    draft_id: UUID | None = None
    pairs: drafts.Pairs = ()


def drafted_form(request: Request, address: str) -> DraftedForm | None:
    """The form that is sent to an address, when drafts are kept of it."""
    state = request.app.state
    if not hasattr(state, "drafted_forms"):
        state.drafted_forms = list(_drafted_forms(request.app))
    known: Sequence[DraftedForm] = state.drafted_forms
    return next((one for one in known if one.path.match(address)), None)


def _drafted_forms(app: FastAPI) -> Iterator[DraftedForm]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and context.path and "POST" in (context.methods or ()):
            calls = list(_calls(route.dependant))
            for form in (call for call in calls if isinstance(call, DraftForm)):
                permissions = tuple(call.permission for call in calls if isinstance(call, Allowed))
                yield DraftedForm(compile_path(context.path)[0], form, permissions)


def _calls(dependant: Any) -> Iterator[Any]:  # noqa: ANN401 - FastAPI's own tree of dependencies
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _calls(inner)


def form_page(
    request: Request,
    session: Session,
    template: str,
    *,
    person: Person,
    form: Form[Any],
    version: int | None = None,
    merges: bool = True,
    status_code: int = 200,
    **context: Any,  # noqa: ANN401 - what the template shows
) -> Response:
    """Answer with the page of a form. Opened anew, it holds what the person typed earlier and did not save.

    Args:
        request: its address is that of the form.
        session: of the request.
        template: as for `page`.
        person: who opens it.
        form: empty, as stored, or as it was sent.
        version: of the record: the newest when the form is opened, the one typed on when it comes back.
        merges: whether saving on an older version leads to the page with both texts. Without it (a reason, a day) the
            form goes on from the newest version.
        status_code: as for `page`.
        context: as for `page`.
    """
    typed: Typed | None = getattr(request.state, "typed", None)
    version = version if version is not None else _version_in(form.typed)
    if request.method in SAFE_METHODS:
        version = _resume(request, session, person, form, version, merges=merges)
    elif typed is not None:
        heading = str(context.get("page_title", ""))
        with suppress(DomainError):  # too long: then the page itself is all there is
            keep_typed(request, session, person.id, request.url.path, form.typed, version, heading=heading)
    return page(request, template, person=person, status_code=status_code, form=form, version=version, **context)


def _resume(
    request: Request, session: Session, person: Person, form: Form[Any], version: int | None, *, merges: bool
) -> int | None:
    """Fill the form in from the draft, if there is one; returns the version to go on from."""
    known = drafted_form(request, request.url.path)
    draft = drafts.find(session, person.id, request.url.path) if known else None
    if known is None or draft is None:
        return version
    typed = without_empty_rows(Typed(tuple((name, value) for name, value in draft.pairs)))
    if _said(form, typed) == _said(form, form.typed):
        return version  # what was typed is what is stored
    opened = draft.record_version if merges and draft.record_version is not None else version
    form.typed = Typed((*typed.pairs, ("version", str(opened)))) if opened is not None else typed
    request.state.draft = Notice(
        id=draft.id,
        at=draft.at,
        is_behind=None not in {version, draft.record_version} and draft.record_version != version,
        has_file=known.form.has_file,
        merges=merges,
        is_new=not version,
    )
    return opened


def _said(form: Form[Any], typed: Typed) -> Mapping[str, Sequence[str]]:
    """What the fields of the form hold, without what is empty."""
    found: dict[str, list[str]] = {}
    for name, value in typed.pairs:
        if pattern_of(name) in form.labels:
            found.setdefault(name, []).extend(line.strip() for line in value.splitlines() if line.strip())
    return {name: sorted(lines) for name, lines in found.items() if lines}


def as_typed(typed: Typed) -> drafts.Pairs:
    """The fields of a form without those that the page added for itself."""
    return [(name, value) for name, value in typed.pairs if name != "version" and not name.startswith(OF_THE_PAGE)]


def keep_typed(
    request: Request,
    session: Session,
    user_id: UUID,
    address: str,
    typed: Typed,
    version: int | None,
    *,
    heading: str = "",
) -> datetime | None:
    """Keep what was typed in the form at an address; None when of that form no drafts are kept, or nothing was typed.

    Raises:
        BadInput: too much text to keep.
    """
    known = drafted_form(request, address)
    pairs = as_typed(typed)
    if known is None or not pairs:
        return None
    name = typed.value("name").strip() or typed.value("title").strip() or heading
    title = f"{known.form.kind}: {name}" if name else known.form.kind
    return drafts.keep(session, user_id, address, pairs, version=version, title=title)


async def rescue(request: Request) -> Rescue | None:
    """Keep what was typed in a form that is about to be answered with an error; None for anything but such a form."""
    if request.method != "POST" or drafted_form(request, request.url.path) is None:
        return None
    person: Person | None = getattr(request.state, "person", None)
    typed = await _what_was_typed(request)
    if typed is None:
        return Rescue(request.url.path)
    draft_id = await run_in_threadpool(_rescue, request, person.organisation_id, person.id, typed) if person else None
    if draft_id:
        return Rescue(request.url.path, draft_id)
    # The database is away, or it was too much: then the error page itself holds the text.
    again = request.url.path if person or not request.url.query else f"{request.url.path}?{request.url.query}"
    return Rescue(again, pairs=typed.pairs)


async def rescue_expired(request: Request, expired: Expired) -> bool:
    """Keep a form that came in after its log-in expired, for who it was of; says whether that worked."""
    if request.method != "POST" or drafted_form(request, request.url.path) is None or not _is_for(request, expired):
        return False
    typed = await _what_was_typed(request)
    if typed is None:
        return False
    return await run_in_threadpool(_rescue, request, expired.organisation_id, expired.user_id, typed) is not None


def _is_for(request: Request, expired: Expired) -> bool:
    """Whether the form was made for the organisation that the log-in was for (see `security`)."""
    return request.query_params.get(ORGANISATION, "") in {"", expired.organisation_code}


async def _what_was_typed(request: Request) -> Typed | None:
    known: Typed | None = getattr(request.state, "typed", None)
    if known is not None:
        return known
    is_upload = request.headers.get("content-type", "").startswith("multipart/")
    length = whole_number(request.headers.get("content-length", ""))
    if not length or length > MAX_FORM + (settings_of(request).max_upload if is_upload else 0):
        return None
    try:
        async with request.form(max_fields=_MAX_FIELDS, max_files=1) as form:
            return Typed(tuple((name, value) for name, value in form.multi_items() if isinstance(value, str)))
    except (HTTPException, RuntimeError):  # no form, too large, or read already by who failed at it
        return None


def _rescue(request: Request, organisation_id: UUID, user_id: UUID, typed: Typed) -> UUID | None:
    # Whatever is wrong with the database: an error page that breaks over it would help nobody.
    with suppress(DomainError, SQLAlchemyError), database(request).write(organisation_id) as session:
        if keep_typed(request, session, user_id, request.url.path, typed, _version_in(typed)) is not None:
            draft: Draft | None = drafts.find(session, user_id, request.url.path)
            return draft.id if draft else None
    return None


def _version_in(typed: Typed) -> int | None:
    """The version that a form was made from: 0 for a record that nobody saved yet, None for a form without one."""
    return typed.number("version") if typed.value("version") else None


async def autosave_refused(request: Request, expired: Expired | None) -> JSONResponse:
    """Answer the script of somebody who is not logged in any more; what it sent is kept when that may be."""
    kept = False
    if expired and _is_for(request, expired) and sent_by(request) == str(expired.user_id):
        typed = await _what_was_typed(request)
        if typed is not None:
            kept = await run_in_threadpool(_try_autosave, request, expired.organisation_id, expired.user_id, typed)
    text = (
        "U bent uitgelogd. Uw tekst is bewaard. Kies Opslaan om opnieuw in te loggen."
        if kept
        else "U bent uitgelogd. Uw tekst kan nu niet worden bewaard. Laat deze pagina open en log in een ander "
        "tabblad opnieuw in."
    )
    return JSONResponse({"tekst": text, "bewaard": kept}, status_code=401)


def _try_autosave(request: Request, organisation_id: UUID, user_id: UUID, typed: Typed) -> bool:
    with suppress(DomainError):
        return autosave(request, organisation_id, user_id, typed) is not None
    return False


def autosave(request: Request, organisation_id: UUID, user_id: UUID, typed: Typed) -> datetime | None:
    """Keep what the script sends, which says in the address of which form it is; None when that form has no drafts.

    Raises:
        BadInput: too much text to keep.
        Failed: the database cannot be written now.
    """
    address, heading = request.query_params.get("formulier", ""), request.query_params.get("titel", "")
    with database(request).write(organisation_id) as session:
        return keep_typed(request, session, user_id, address, typed, _version_in(typed), heading=heading)


def sent_by(request: Request) -> str:
    """Who opened the page that the script runs on: another person may have logged in since, in another tab."""
    return request.query_params.get("wie", "")
