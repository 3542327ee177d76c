"""Beheer, Schonen: one person asks to take a text out of the trail and of history, another one decides."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session, col, select

import register.files as register_files
import wmebv.services as wmebv
import woo.cleaning as woo_files
from app.logbook_words import in_words
from app.roles import CLEAN
from core import attached, audit, cleaning, second_person
from core.accounts.services import Person
from core.audit_search import MAX_NUMBER
from core.errors import Conflict, NotFound, RuleViolation
from core.folder import Folder
from core.web.forms import Form, Labels, Typed, bind
from core.web.lists import Cell
from core.web.pages import dutch_moment, page, redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession

router = APIRouter(prefix="/beheer/schonen")
Cleaner = Annotated[Person, Depends(Allowed(CLEAN))]
HOME = "/beheer/schonen/"
EventId = Annotated[int, Path(ge=1, le=MAX_NUMBER)]


class CleaningInput(BaseModel):
    """What somebody asks to clean, of the record that an event is about or of that one event."""

    model_config = ConfigDict(str_strip_whitespace=True)

    text: str = Field(default="", max_length=1000)
    is_whole_value: bool = False
    takes_files: bool = False
    reason: str = Field(min_length=3, max_length=1000)


LABELS = {
    "text": Labels("Welke tekst moet weg", help="Precies zoals het er staat, zoals een BSN."),
    "is_whole_value": Labels(
        "Schoon het hele veld waar de tekst in staat",
        help="Anders gaat alleen de tekst zelf weg.",
    ),
    "takes_files": Labels(
        "Gooi ook oude bestanden weg",
        help="Het bestand van voor een vervanging, en van een ingetrokken document ook het laatste. Van een verwerking "
        "of overeenkomst de bestanden die zijn weggehaald.",
    ),
    "reason": Labels(
        "Waarom", help="Dit blijft in het logboek staan. Schrijf de tekst zelf er niet bij.", required=True
    ),
}


def takers(folder: Folder) -> Mapping[str, cleaning.TakeFiles]:
    """Who removes the files of which kind of record."""
    removers = {
        woo_files.KIND: woo_files.remove_originals,
        **dict.fromkeys((*register_files.SUBJECTS, *wmebv.EVIDENCE_OF), attached.remove_originals),
    }
    return {kind: _taker(remove, folder) for kind, remove in removers.items()}


def _taker(remove: Callable[[Session, Folder, UUID], int], folder: Folder) -> cleaning.TakeFiles:
    return lambda session, request: remove(session, folder, request.subject_id)


CLOSED: Mapping[str, cleaning.IsClosed] = {woo_files.KIND: woo_files.is_closed}
"""Who knows of which kind of record whether anybody can still mend it."""


@router.get("/")
def show_requests(request: Request, session: ReadSession, person: Cleaner) -> Response:
    return page(
        request,
        "app/cleanings.html",
        person=person,
        page_title="Schonen",
        waiting=[_waiting_row(session, one) for one in cleaning.waiting(session)],
        decided=[
            [
                Cell(dutch_moment(one.decided_at), f"{HOME}{one.id}", one.state.value),
                one.reason,
                one.asked_by,
                one.decided_by,
                _counted(one.outcome) or "niets",
            ]
            for one in cleaning.decided(session)
        ],
    )


@router.get("/nieuw/{event_id}")
def new_request(request: Request, session: ReadSession, person: Cleaner, event_id: EventId) -> Response:
    form = Form(CleaningInput, Typed(), LABELS)
    return _form_page(request, session, person, _event(session, event_id), form)


@router.post("/nieuw/{event_id}")
def ask(request: Request, session: WriteSession, person: Cleaner, typed: TypedForm, event_id: EventId) -> Response:
    event, form = _event(session, event_id), bind(CleaningInput, typed, LABELS)
    if form.cleaned is None:
        return _form_page(request, session, person, event, form, status_code=422)
    facts = form.cleaned
    wanted = cleaning.Wanted(
        reason=facts.reason,
        text=facts.text,
        is_whole_value=facts.is_whole_value,
        takes_files=facts.takes_files,
        # With a text, or for its files, it is about everything that was kept of the record.
        event_sequence=None if facts.text or facts.takes_files else event.sequence,
        subject_id=event.subject_id,
    )
    try:
        made = cleaning.ask(session, wanted, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _form_page(request, session, person, event, form, status_code=422)
    return redirect(f"{HOME}{made.id}", "gevraagd")


@router.get("/{request_id}")
def show_request(request: Request, session: ReadSession, person: Cleaner, request_id: UUID) -> Response:
    return _request_page(request, session, person, cleaning.find(session, request_id))


@router.post("/{request_id}/uitvoeren")
def clean(request: Request, session: WriteSession, person: Cleaner, typed: TypedForm, request_id: UUID) -> Response:
    found, version = cleaning.find(session, request_id), typed.number("version")
    files = takers(request.app.state.folder)
    try:
        with session.begin_nested():
            cleaning.clean(session, found, version=version, actor=person.actor, take_files=files, closed=CLOSED)
    except (RuleViolation, Conflict) as refused:
        status = 409 if isinstance(refused, Conflict) else 422
        session.expire_all()
        return _request_page(
            request, session, person, cleaning.find(session, request_id), refused=refused.message, status_code=status
        )
    return redirect(f"{HOME}{request_id}", "geschoond")


@router.post("/{request_id}/weigeren")
def refuse(request: Request, session: WriteSession, person: Cleaner, typed: TypedForm, request_id: UUID) -> Response:
    found = cleaning.find(session, request_id)
    try:
        cleaning.refuse(session, found, version=typed.number("version"), actor=person.actor)
    except Conflict as refused:
        return _request_page(request, session, person, found, refused=refused.message, status_code=409)
    return redirect(HOME, "opgeslagen")


def _form_page(
    request: Request,
    session: Session,
    person: Person,
    event: audit.AuditEvent,
    form: Form[CleaningInput],
    *,
    status_code: int = 200,
) -> Response:
    return page(
        request,
        "app/cleaning_form.html",
        person=person,
        status_code=status_code,
        page_title="Schonen vragen",
        form=form,
        about=event.subject_label,
        what=in_words(event.action),
        address=f"{HOME}nieuw/{event.id}",
        has_files=event.subject_kind == woo_files.KIND or bool(attached.had_files(session, event.subject_id)),
    )


def _event(session: Session, event_id: int) -> audit.AuditEvent:
    query = select(audit.AuditEvent).where(audit.AuditEvent.id == event_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound("Deze gebeurtenis is er niet. Zoek hem op in het logboek.")
    return found


def _name_of(session: Session, found: cleaning.CleaningRequest) -> str:
    """The name of the record as of now."""
    query = select(audit.AuditEvent.subject_label).where(audit.AuditEvent.subject_id == found.subject_id)
    return session.exec(query.order_by(col(audit.AuditEvent.sequence).desc())).first() or ""


def _request_page(
    request: Request,
    session: Session,
    person: Person,
    found: cleaning.CleaningRequest,
    *,
    refused: str = "",
    status_code: int = 200,
) -> Response:
    is_open = found.state is cleaning.State.ASKED
    from_when = second_person.may_decide_from(session, found, person.actor) if is_open else None
    return page(
        request,
        "app/cleaning.html",
        person=person,
        status_code=status_code,
        page_title="Verzoek om te schonen",
        found=found,
        state=found.state.value,
        about=_name_of(session, found),
        is_open=is_open,
        hindrance=cleaning.hindrance(session, found, CLOSED) if is_open else "",
        is_own=found.asked_by_id == person.id,
        own_from=dutch_moment(from_when) if found.asked_by_id == person.id else "",
        outcome=_counted(found.outcome),
        refused=refused,
    )


def _waiting_row(session: Session, one: cleaning.CleaningRequest) -> list[Any]:
    about = _name_of(session, one)
    return [Cell(about, f"{HOME}{one.id}"), one.reason, one.asked_by, dutch_moment(one.asked_at)]


def _counted(outcome: Mapping[str, int]) -> str:
    names = {
        "events": "gebeurtenissen",
        "revisions": "oude standen",
        "versions": "vastgestelde versies",
        "fields": "velden van het record",
        "files": "bestanden",
    }
    return ", ".join(f"{outcome[name]} {words}" for name, words in names.items() if outcome.get(name))
