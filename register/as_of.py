"""The whole register as it was on a date: what we knew then, concepts included (GDPR art. 30(4)).

Every save keeps a dated, full revision. A day ends at midnight in the Netherlands. A team, party, system,
agreement or law is what it was on that day, also where the record itself was saved earlier; so are the settings of the
organisation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select as plain_select
from sqlmodel import Session, col, func, select

from core import clock, values
from core.audit import AuditEvent
from core.errors import BadInput, NotFound
from core.history import Revision, Version
from core.organisations import Body, settings_then
from core.web.pages import dutch_date
from register import workbook
from register.as_of_notes import Notes, notes
from register.as_of_shared import NamedThen
from register.content import ActivityContent, Status
from register.lists import LISTS
from register.models import ProcessingActivity

_KIND = ProcessingActivity.__tablename__
_AT_ONCE = 200
"""How many records are read at a time: a register of any size takes no more memory."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it was: its last save, and the newest version that was official by then."""

    kenmerk: str
    status: Status
    content: ActivityContent
    saved_at: datetime
    saved_by: str
    version: int | None
    established_at: datetime | None
    established_by: str = ""
    version_ended_at: datetime | None = None
    """When that version is how the record ended, also where somebody took it back to concept since."""

    @property
    def is_official(self) -> bool:
        """Whether the register stood for that version: made official and not ended."""
        return self.version is not None and self.version_ended_at is None

    @property
    def is_concept(self) -> bool:
        """Whether what stands here is (not yet, or no longer) what was made official."""
        return self.status not in {Status.ESTABLISHED, Status.ENDED}

    @property
    def established_on(self) -> date | None:
        """The day, in the Netherlands, on which that version became official."""
        return self.established_at.astimezone(clock.AMSTERDAM).date() if self.established_at else None

    def row(self) -> workbook.Row:
        """The record as it goes into the workbook."""
        return workbook.Row(self.kenmerk, self.content, self.status, self.version, self.established_on)


@dataclass(frozen=True, slots=True)
class Cover:
    """What a register on a date says of itself. `organisation` has the settings of that day."""

    day: date
    organisation: Mapping[str, Any]
    lists: Mapping[str, Mapping[str, str]]
    """Code and label per field, with the names that the public bodies had."""
    notes: Notes = field(default_factory=Notes)


def cover(session: Session, day: date) -> Cover:
    """The organisation as it was at the end of a day."""
    moment = clock.end_of_day(day)
    bodies = sorted((facts["code"], facts["name"]) for facts in _newest(session, Body.__tablename__, moment).values())
    return Cover(day, settings_then(session, moment), {**LISTS, "controller": dict(bodies)}, notes(session, moment))


def count(session: Session, day: date) -> int:
    """How many records the register had at the end of a day.

    Raises:
        BadInput: the day is still to come, or the register was empty.
    """
    return len(_subjects(session, day))


def records(session: Session, day: date, *, kenmerken: Collection[str] = (), team: str = "") -> Iterator[Record]:
    """The records as they were at the end of a day, by number; all, or those of a team or with these kenmerken.

    Raises:
        BadInput: the day is still to come, or the register was empty.
        NotFound: there was no such record, or the team had none.
    """
    subjects = _subjects(session, day)
    then = NamedThen(session, clock.end_of_day(day))
    versions = _versions(session, clock.end_of_day(day))
    wanted = {kenmerk.strip().upper() for kenmerk in kenmerken}
    found = 0
    for start in range(0, len(subjects), _AT_ONCE):
        some = subjects[start : start + _AT_ONCE]
        query = select(Revision.subject_id, Revision.at, Revision.actor, Revision.content)
        found_now = session.exec(query.where(col(Revision.id).in_([number for number, _ in some])))
        saves = {save[0]: _Save(*save) for save in found_now}
        for record in (_record(saves[subject_id], then, versions) for _, subject_id in some):
            if record.kenmerk in wanted if wanted else not team or _is_of(record, team):
                found += 1
                yield record
    if found < len(wanted):
        which = ", ".join(sorted(wanted))
        raise NotFound(f"Op {dutch_date(day)} stond {which} niet in het register. Controleer het kenmerk.")
    if not found:
        raise NotFound(f"Team '{team}' had op {dutch_date(day)} geen verwerkingen. Controleer de naam van het team.")


def waiting_since(session: Session, day: date, waiting: Collection[UUID]) -> Mapping[UUID, date]:
    """Of records that waited for a check at the end of a day: since when they did."""
    query = (
        select(Revision.subject_id, Revision.at, col(Revision.content)["status"].as_string())
        .where(col(Revision.subject_id).in_(waiting), col(Revision.at) < clock.end_of_day(day))
        .order_by(col(Revision.number))
    )
    found: dict[UUID, date] = {}
    for subject_id, at, status in session.exec(query):
        if status == Status.IN_REVIEW.value:
            found.setdefault(subject_id, at.astimezone(clock.AMSTERDAM).date())
        else:
            found.pop(subject_id, None)
    return found


def last_editors(session: Session, day: date) -> Mapping[UUID, str]:
    """Of every record who changed its content last by the end of a day.

    The trail tells it: a revision does not say whether a save was of the content or of what became of the record.
    """
    edits = [f"{_KIND.replace('_', ':', 1)}:{verb}" for verb in ("add", "change")]
    last = (
        select(col(AuditEvent.subject_id).label("subject_id"), func.max(AuditEvent.sequence).label("sequence"))
        .where(col(AuditEvent.action).in_(edits), col(AuditEvent.at) < clock.end_of_day(day))
        .group_by(col(AuditEvent.subject_id))
        .subquery()
    )
    is_last = (col(AuditEvent.subject_id) == last.c.subject_id) & (col(AuditEvent.sequence) == last.c.sequence)
    return dict(session.exec(select(AuditEvent.subject_id, AuditEvent.actor).join(last, is_last)).all())


def _is_of(record: Record, team: str) -> bool:
    return values.fold(record.content.team) == values.fold(team)


def _subjects(session: Session, day: date) -> Sequence[tuple[int | None, UUID]]:
    """The newest revision of every record by then, and the record, by number of the record."""
    if day > clock.today():
        raise BadInput("Deze dag moet nog komen. Kies vandaag of een eerdere dag.")
    newest = (
        select(col(Revision.subject_id).label("subject_id"), func.max(Revision.number).label("number"))
        .where(Revision.kind == _KIND, col(Revision.at) < clock.end_of_day(day))
        .group_by(col(Revision.subject_id))
        .subquery()
    )
    query = (
        select(Revision.id, Revision.subject_id)
        .join(newest, (col(Revision.subject_id) == newest.c.subject_id) & (col(Revision.number) == newest.c.number))
        .join(ProcessingActivity, col(ProcessingActivity.id) == col(Revision.subject_id))
        .order_by(col(ProcessingActivity.number))
    )
    found = session.exec(query).all()
    if found:
        return found
    first = session.exec(select(func.min(Revision.at)).where(Revision.kind == _KIND)).one()
    told = f" De eerste kwam erin op {dutch_date(first.astimezone(clock.AMSTERDAM).date())}." if first else ""
    raise BadInput(f"Op {dutch_date(day)} stond er nog geen verwerking in het register.{told} Kies een latere dag.")


class _Save(NamedTuple):
    """What is needed of a revision."""

    subject_id: UUID
    at: datetime
    actor: str
    content: Mapping[str, Any]


def _record(save: _Save, then: NamedThen, versions: Mapping[UUID, _Newest]) -> Record:
    facts = {name: value for name, value in save.content.items() if name in ActivityContent.model_fields}
    version, established_at, established_by, ended_at = versions.get(save.subject_id, (None, None, "", None))
    return Record(
        kenmerk=save.content["number"],
        status=Status(save.content["status"]),
        content=_readable(then.named(facts, ActivityContent, save.at)),
        saved_at=save.at,
        saved_by=save.actor,
        version=version,
        established_at=established_at,
        established_by=established_by,
        version_ended_at=ended_at,
    )


def _readable(facts: dict[str, Any]) -> ActivityContent:
    """The content of a revision. A field in which cleaning left what no longer fits, is shortened or left empty."""
    try:
        return ActivityContent.model_validate(facts)
    except ValidationError as error:
        for fault in error.errors():
            *steps, last = fault["loc"]
            place: Any = facts
            for step in steps:
                place = place[step]
            if fault["type"] == "string_too_long":
                place[last] = place[last][: fault["ctx"]["max_length"]]
            else:
                del place[last]
    return ActivityContent.model_validate(facts)


_Newest = tuple[int, datetime, str, datetime | None]


def _versions(session: Session, moment: datetime) -> Mapping[UUID, _Newest]:
    """Of every record its newest version by then: when it became official, who did that, and when it ended."""
    query = (
        plain_select(
            col(Version.subject_id),
            col(Version.number),
            col(Version.established_at),
            col(Version.established_by),
            col(Version.ended_at),
        )
        .where(col(Version.kind) == _KIND, col(Version.established_at) < moment)
        .order_by(col(Version.number))
    )
    return {subject_id: (number, at, by, ended_at) for subject_id, number, at, by, ended_at in session.execute(query)}


def _newest(session: Session, kind: str, moment: datetime) -> Mapping[UUID, Mapping[str, Any]]:
    query = (
        select(Revision.subject_id, Revision.content)
        .where(Revision.kind == kind, col(Revision.at) < moment)
        .order_by(col(Revision.number))
    )
    return dict(session.exec(query).all())
