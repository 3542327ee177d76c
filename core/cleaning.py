"""Cleaning (*schonen*): a text that should never have been typed goes out of the trail and out of history.

One person asks and another one decides. What is left is an event that names what was cleaned, and never the text. The
chain still holds, because it is made of digests (`core.audit`). The record itself is not touched: whoever may change it
mends it first, and what the public sees is replaced or withdrawn first.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, Enum, String, Text, cast, inspect, or_
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, Session, SQLModel, col, select

from core import audit, clock, drafts, history, second_person
from core.append_only import CLEANED
from core.audit_search import text_in
from core.db import JSON_TYPE, Audited, Owned, Record, UtcDateTime, enum_type
from core.errors import Conflict, NotFound, RuleViolation
from core.organisations import Organisation

MIN_TEXT = 4
"""A shorter text stands everywhere."""
KINDS_NEVER = frozenset({audit.CLEAN, audit.RESTORE})
"""Events whose contents explain others."""


class State(StrEnum):
    ASKED = "gevraagd"
    DONE = "geschoond"
    REFUSED = "geweigerd"


class CleaningRequest(Record, table=True):
    """What somebody asks to clean. `text` is empty once it was decided; then `outcome` says how much was cleaned.

    Without a text it is one whole event, with the revision that was kept with it.
    """

    __tablename__ = "core_cleaning_request"

    state: State = Field(default=State.ASKED, sa_type=enum_type(State))
    subject_kind: str = Field(max_length=60)
    subject_id: UUID
    event_sequence: int | None = None
    text: str = Field(default="", sa_type=Text)
    is_whole_value: bool = False
    """Clean the whole value of a field in which the text stands, not the text alone."""
    takes_files: bool = False
    """Remove the stored originals of the record that nobody needs any more."""
    reason: str = Field(max_length=1000)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    asked_by: str = Field(max_length=200)
    asked_by_id: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str = Field(default="", max_length=200)
    outcome: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_TYPE)

    def audit_label(self) -> str:
        return "Verzoek om te schonen"


class Place(NamedTuple):
    """A table that keeps old contents beside the record: which column, and which one names the record."""

    table: type[SQLModel]
    column: str
    subject: str


PLACES: list[Place] = [
    Place(history.Revision, "content", "subject_id"),
    Place(history.Version, "content", "subject_id"),
]
"""Where a text is replaced. Whoever makes a table that keeps what was typed adds it here."""

TakeFiles = Callable[[Session, CleaningRequest], int]
"""Removes originals of a record; returns how many. A domain gives it, for only that knows its files."""
IsClosed = Callable[[Session, UUID], bool]
"""Whether nobody can mend a record any more, as one that was withdrawn: then its own text is cleaned too."""
ADDRESS = "loc"
"""An address that was once public stays for ever, so that it can answer that it is gone."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks."""

    reason: str
    text: str = ""
    is_whole_value: bool = False
    takes_files: bool = False
    event_sequence: int | None = None
    subject_id: UUID | None = None
    """The record, when it is not that of the event."""


def ask(session: Session, wanted: Wanted, *, actor: audit.Actor) -> CleaningRequest:
    """Ask to clean: a text in all that is kept of a record, or one event. The text goes into no event.

    Raises:
        NotFound: there is no such event or record.
        RuleViolation: no reason, no text, the text is in nothing that is kept, or somebody asked this already.
    """
    kind, subject_id = _subject_of(session, wanted)
    points: dict[str, str] = {}
    if len(wanted.reason.strip()) < 3:
        points["reason"] = "Vul in waarom dit weg moet. Schrijf de tekst zelf er niet bij."
    if 0 < len(wanted.text.strip()) < MIN_TEXT:
        points["text"] = f"Vul een tekst in van minstens {MIN_TEXT} tekens, of laat het veld leeg."
    if wanted.text.strip() and wanted.text.strip().casefold() in wanted.reason.casefold():
        points["reason"] = "Schrijf in de reden niet de tekst die weg moet: de reden blijft staan."
    if not wanted.text.strip() and wanted.event_sequence is None and not wanted.takes_files:
        points["text"] = "Vul in welke tekst weg moet. Of open de gebeurtenis in het logboek, en schoon die helemaal."
    if points:
        raise RuleViolation("Het verzoek is niet verstuurd. " + " ".join(points.values()), points)
    request = CleaningRequest(
        subject_kind=kind,
        subject_id=subject_id,
        event_sequence=wanted.event_sequence,
        text=wanted.text.strip(),
        is_whole_value=wanted.is_whole_value,
        takes_files=wanted.takes_files,
        reason=wanted.reason.strip(),
        asked_at=clock.now(),
        asked_by=actor.label[:200],
        asked_by_id=actor.user_id,
    )
    if not wanted.takes_files and not any(True for _ in _found(session, request)):
        message = "Deze tekst staat in niets wat van dit record is bewaard. Controleer de spelling."
        raise RuleViolation(message, {"text": message})
    session.add(request)
    _tell(session, request, "ask", actor=actor, facts={"reason": request.reason})
    return request


def waiting(session: Session) -> Sequence[CleaningRequest]:
    """The requests that wait for a second person, oldest first."""
    query = select(CleaningRequest).where(CleaningRequest.state == State.ASKED)
    return session.exec(query.order_by(col(CleaningRequest.asked_at))).all()


def decided(session: Session, *, limit: int = 50) -> Sequence[CleaningRequest]:
    """The requests that were decided, newest first."""
    query = select(CleaningRequest).where(CleaningRequest.state != State.ASKED)
    return session.exec(query.order_by(col(CleaningRequest.decided_at).desc()).limit(limit)).all()


def find(session: Session, request_id: UUID) -> CleaningRequest:
    """One request.

    Raises:
        NotFound: this organisation has no such request.
    """
    found = session.get(CleaningRequest, request_id)
    if found is None:
        raise NotFound("Dit verzoek is er niet. Ga terug naar de lijst met verzoeken.")
    return found


def hindrance(session: Session, request: CleaningRequest, closed: Mapping[str, IsClosed] | None = None) -> str:
    """What must be done first, as a sentence; empty when nothing stands in the way."""
    if request.text and not _is_closed(session, request, closed):
        where = "het record zelf" if any(_own_rows(session, request)) else ""
        if not where and any(
            _is_named(session, row, request.subject_id) for row, _ in _rows_with(session, request.text)
        ):
            where = "iets wat dit record noemt"
        if where:
            return f"De tekst staat nog in {where}. Verbeter dat eerst, en schoon daarna."
    newest = history.newest_version(session, request.subject_id)
    if newest and newest.ended_at is None and request.text and _holds(newest.content, request.text):
        return (
            f"De tekst staat in versie {newest.number}, die openbaar is. Stel eerst een verbeterde versie vast. Is het "
            "een document? Vervang het of trek het in."
        )
    if request.text:
        return ""
    event = _event(session, request.event_sequence) if request.event_sequence else None
    if event and event.action in KINDS_NEVER:
        return "Deze gebeurtenis legt uit wat er met andere is gebeurd, en kan niet weg."
    if event and (kept := _revision_of(session, event)):
        last = history.revisions_of(session, request.subject_id)
        if last and last[0].id == kept.id:
            return "Dit is hoe het record nu is. Verbeter eerst het record, en schoon daarna de oude stand."
    return ""


def refuse(session: Session, request: CleaningRequest, *, version: int, actor: audit.Actor) -> None:
    """Do not clean; the text goes out of the request. Who asked may take the request back so.

    Raises:
        Conflict: somebody decided in between.
    """
    _close(request, version, State.REFUSED, actor)
    _tell(session, request, "refuse", actor=actor)


def clean(
    session: Session,
    request: CleaningRequest,
    *,
    version: int,
    actor: audit.Actor,
    take_files: Mapping[str, TakeFiles] | None = None,
    closed: Mapping[str, IsClosed] | None = None,
) -> Mapping[str, int]:
    """Do what was asked, in this one transaction, and say how much was cleaned.

    `take_files` and `closed` are by kind of record.

    Raises:
        Conflict: somebody decided in between.
        RuleViolation: it is the person who asked (before the cooling-off time is over), or something must be done
            first.
    """
    second_person.refuse_first_person(session, request, actor)
    if first := hindrance(session, request, closed):
        raise RuleViolation(first)
    text, found = request.text, list(_found(session, request))
    own = list(_own_rows(session, request)) if text and _is_closed(session, request, closed) else []
    _close(request, version, State.DONE, actor)
    events = sorted(one.sequence for one in found if isinstance(one, audit.AuditEvent))
    told: dict[str, list[int]] = {"revisions": [], "versions": []}
    for one in found:
        if isinstance(one, audit.AuditEvent):
            one.contents = None
            if text and text.casefold() in one.subject_label.casefold():
                one.subject_label = CLEANED
        elif not text:
            told["revisions"].append(getattr(one, "number", 0))
            session.delete(one)
        else:
            _replace(one, text, whole=request.is_whole_value)
            if isinstance(one, history.Revision | history.Version):  # a row of a list that was read in has no number
                told["versions" if isinstance(one, history.Version) else "revisions"].append(one.number)
    for row, name in own:
        setattr(row, name, _without(getattr(row, name), text, whole=request.is_whole_value))
    if text:
        drafts.forget(session, text)
    files = (take_files or {})[request.subject_kind](session, request) if request.takes_files else 0
    counts = {"events": len(events), "fields": len(own), "files": files} | {
        name: len(numbers) for name, numbers in told.items()
    }
    request.outcome = counts
    _tell(session, request, "change", actor=actor)
    audit.append(
        session,
        chain=request.organisation_id,
        actor=actor,
        action=audit.CLEAN,
        subject=(request.subject_kind, request.subject_id, request.audit_label()),
        contents={
            "after": {
                "events": [[number, number] for number in events],
                "request": str(request.id),
                "asked_by": request.asked_by,
                "reason": request.reason,
                "fields": sorted(name for _, name in own),
                "files": files,
                **{name: sorted(numbers) for name, numbers in told.items() if numbers},
            }
        },
    )
    if own:  # the event names the record, so it covers what changed in it
        session.flush()
        session.info.setdefault("audited", set()).add((request.subject_kind, request.subject_id))
    return counts


def _is_closed(session: Session, request: CleaningRequest, closed: Mapping[str, IsClosed] | None) -> bool:
    ask_it = (closed or {}).get(request.subject_kind)
    return ask_it is not None and ask_it(session, request.subject_id)


def _close(request: CleaningRequest, version: int, state: State, actor: audit.Actor) -> None:
    if request.state is not State.ASKED or request.version != version:
        raise Conflict("Iemand anders heeft hier al over beslist. Ververs de pagina.")
    request.state, request.text = state, ""
    request.decided_at, request.decided_by = clock.now(), actor.label[:200]


def _tell(
    session: Session,
    request: CleaningRequest,
    verb: str,
    *,
    actor: audit.Actor,
    facts: Mapping[str, Any] | None = None,
) -> None:
    action = f"core:cleaning:{verb}"
    audit.record(session, actor=actor, action=action, subject=request, after={"state": request.state, **(facts or {})})


def _subject_of(session: Session, wanted: Wanted) -> tuple[str, UUID]:
    if wanted.event_sequence is not None:
        event = _event(session, wanted.event_sequence)
        return event.subject_kind, event.subject_id
    query = select(audit.AuditEvent.subject_kind).where(audit.AuditEvent.subject_id == wanted.subject_id)
    found = session.exec(query).first()
    if wanted.subject_id is None or found is None:
        raise NotFound("Dit record is er niet. Zoek het op in het logboek.")
    return found, wanted.subject_id


def _event(session: Session, sequence: int) -> audit.AuditEvent:
    found = session.exec(select(audit.AuditEvent).where(audit.AuditEvent.sequence == sequence)).first()
    if found is None:
        raise NotFound("Deze gebeurtenis is er niet. Zoek hem op in het logboek.")
    return found


def _found(session: Session, request: CleaningRequest) -> Iterator[SQLModel]:
    """The rows that hold what must go: events of the chain, and rows of the places."""
    if not request.text:
        if request.event_sequence is None:
            return
        event = _event(session, request.event_sequence)
        if event.contents is not None:
            yield event
        if kept := _revision_of(session, event):
            yield kept
        return
    of_subject = select(audit.AuditEvent).where(audit.AuditEvent.subject_id == request.subject_id)
    for event in session.exec(of_subject.where(col(audit.AuditEvent.action).not_in(KINDS_NEVER))):
        if _holds(event.contents, request.text) or request.text.casefold() in event.subject_label.casefold():
            yield event
    for place in PLACES:
        same = getattr(place.table, place.subject) == request.subject_id
        for row in session.exec(select(place.table).where(same)):
            if _holds(getattr(row, place.column), request.text):
                yield row


def _revision_of(session: Session, event: audit.AuditEvent) -> history.Revision | None:
    """The revision that was kept at the save that an event tells of: the first one of the record from then on."""
    query = select(history.Revision).where(
        history.Revision.subject_id == event.subject_id,
        history.Revision.at >= event.at,
        history.Revision.at <= event.at + timedelta(seconds=5),
    )
    return session.exec(query.order_by(col(history.Revision.number))).first()


def _holds(value: Any, text: str) -> bool:  # noqa: ANN401 - any JSON
    match value:
        case dict():
            return any(_holds(inner, text) for name, inner in value.items() if name != ADDRESS)
        case list():
            return any(_holds(inner, text) for inner in value)
        case None | bool():
            return False
        case _:
            return text.casefold() in str(value).casefold()


def _replace(row: SQLModel, text: str, *, whole: bool) -> None:
    for place in PLACES:
        if isinstance(row, place.table):
            setattr(row, place.column, _without(getattr(row, place.column), text, whole=whole))
            flag_modified(row, place.column)


def _without(value: Any, text: str, *, whole: bool) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {name: inner if name == ADDRESS else _without(inner, text, whole=whole) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner, text, whole=whole) for inner in value]
    if not _holds(value, text):
        return value
    if whole or not isinstance(value, str):
        return CLEANED
    return re.sub(re.escape(text), CLEANED, value, flags=re.IGNORECASE)


def _own_rows(session: Session, request: CleaningRequest) -> Iterator[tuple[SQLModel, str]]:
    """Where the record itself still has the text: its row and those of its parts, with the name of the column."""
    found = _rows_with(session, request.text)
    return ((row, name) for row, name in found if _subject_of_row(row) == request.subject_id)


def _subject_of_row(row: Any) -> UUID:  # noqa: ANN401 - a row of any table that is Audited
    found: UUID = row.audit_key()[1]
    return found


def _is_named(session: Session, shared: Any, subject_id: UUID) -> bool:  # noqa: ANN401 - idem
    """Whether a part of the record points to a shared record, such as an agreement: a save would bring it back."""
    for mapper in SQLModel._sa_registry.mappers:  # noqa: SLF001 - as below
        for column in mapper.columns:
            points = any(key.column.table is shared.__table__ for key in column.foreign_keys)
            if points and issubclass(mapper.class_, Audited) and column.name != "organisation_id":
                rows: Any = session.exec(select(mapper.class_).where(column == shared.id))
                if any(_subject_of_row(row) == subject_id for row in rows):
                    return True
    return False


def _rows_with(session: Session, text: str) -> Iterator[tuple[SQLModel, str]]:
    """Every row that people edit and that has the text, with the name of the column."""
    skipped = {CleaningRequest, *(place.table for place in PLACES)}
    for mapper in SQLModel._sa_registry.mappers:  # noqa: SLF001 - every table, also of folders that core does not know
        table = mapper.class_
        if not issubclass(table, Audited) or not issubclass(table, Owned | Organisation) or table in skipped:
            continue
        have_text = dict(_columns_with(session, table, text))
        if not have_text:
            continue
        query = select(table, *have_text.values()).where(or_(*have_text.values()))
        answers: Any = session.exec(query)
        for row, *found in answers:
            yield from ((row, name) for name, has_text in zip(have_text, found, strict=True) if has_text)


def _columns_with(session: Session, table: type[SQLModel], text: str) -> Iterator[tuple[str, ColumnElement[bool]]]:
    """Each column of a table that can hold a text, with the condition that it does."""
    for name, one in inspect(table).columns.items():
        column = getattr(table, name)
        if name == ADDRESS:
            continue
        if isinstance(one.type, JSON):
            yield name, text_in(session, cast(column, Text), text)
        elif _is_text(one.type):
            yield name, or_(*(column.contains(form, autoescape=True) for form in sorted(_forms(text))))


def _is_text(kind: TypeEngine[Any]) -> bool:
    plain = kind.impl if isinstance(kind, TypeDecorator) else kind  # SQLModel wraps a text with a length
    return isinstance(plain, String) and not isinstance(kind, Enum)


def _forms(text: str) -> set[str]:
    return {text, text.lower(), text.upper(), text.capitalize()}
