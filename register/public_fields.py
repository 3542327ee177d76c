"""Which of the fields that a municipality may choose to show are on the website: for all records, and for one.

The choice is no part of a record's content and of no version: it is an input of the next export, and counts for older
versions too. What it chooses between stands in `publication`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, func
from sqlmodel import Field, Session, select

from core import audit, columns, history
from core.db import Record, refuse_stale
from core.errors import RuleViolation
from register.models import ProcessingActivity
from register.publication import CHOICES

SCHEMA_NUMBER = 1
_PATHS = {choice.path for choice in CHOICES}


class PublicFields(Record, table=True):
    """The choice for one record, or for all when `kenmerk` is empty (then nothing stands in `hidden`)."""

    __tablename__ = "register_public_fields"
    __table_args__ = (UniqueConstraint("organisation_id", "kenmerk"),)

    kenmerk: str = Field(default="", max_length=20)
    shown: list[str] = columns.codes()
    hidden: list[str] = columns.codes()
    reason: str = columns.text()

    def audit_label(self) -> str:
        return f"Velden op de website: {self.kenmerk or 'alle verwerkingen'}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Every choice of the municipality. `changed_at`: when it last chose."""

    everywhere: frozenset[str] = frozenset()
    exceptions: Mapping[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    changed_at: datetime | None = None

    def of(self, kenmerk: str) -> frozenset[str]:
        """The fields of this record that the public sees; a field hidden here is hidden, whatever else was chosen."""
        more, less = self.exceptions.get(kenmerk, (frozenset(), frozenset()))
        return (self.everywhere | more) - less


def chosen(session: Session) -> Chosen:
    """The choices of the organisation of this session."""
    everywhere: frozenset[str] = frozenset()
    exceptions = {}
    for row in session.exec(select(PublicFields)):
        shown, hidden = frozenset(row.shown), frozenset(row.hidden)
        if row.kenmerk:
            exceptions[row.kenmerk] = (shown, hidden)
        else:
            everywhere = shown
    return Chosen(everywhere, exceptions, session.exec(select(func.max(PublicFields.updated_at))).one())


def choice_of(session: Session, activity: ProcessingActivity | None) -> PublicFields:
    """What was chosen for a record, or for all; a new row that is not stored yet when nobody chose."""
    kenmerk = activity.kenmerk if activity else ""
    found = session.exec(select(PublicFields).where(PublicFields.kenmerk == kenmerk)).first()
    return found or PublicFields(kenmerk=kenmerk, version=0)


def choose(
    session: Session,
    activity: ProcessingActivity | None,
    *,
    shown: Iterable[str],
    hidden: Iterable[str] = (),
    reason: str = "",
    actor: audit.Actor,
    version: int | None = None,
) -> PublicFields:
    """Store what the public sees, from the next export on.

    Args:
        session: of the organisation.
        activity: the record that differs from the others; None is the choice for all.
        shown: paths of fields in `velden.json` with the level `keuze`.
        hidden: the same; for one record only.
        reason: why one record differs.
        actor: who chose.
        version: of the choice on the page; 0 when there was none.

    Raises:
        RuleViolation: no such choice, both shown and hidden, or no reason.
        Conflict: somebody chose in between.
    """
    show, hide = sorted(set(shown)), sorted(set(hidden))
    points = {}
    if unknown := sorted({*show, *hide} - _PATHS):
        points["shown"] = f"Over '{unknown[0]}' valt niets te kiezen. Kies uit de lijst."
    if both := sorted(set(show) & set(hide)):
        points["hidden"] = f"Kies bij '{label_of(both[0])}' wel of niet, niet allebei."
    if not points and (show or hide) and activity and not reason.strip():
        points["reason"] = "Schrijf op waarom deze verwerking anders is dan de andere."
    if points:
        raise RuleViolation(next(iter(points.values())), points)
    found = choice_of(session, activity)
    refuse_stale(found, version)
    is_new = found.version == 0
    before = None if is_new else facts_of(found)
    if is_new:
        found.version = 1
        session.add(found)
    found.shown, found.hidden, found.reason = show, hide, reason.strip()
    history.record_save(
        session,
        found,
        "change",
        actor=actor,
        schema_number=SCHEMA_NUMBER,
        before=before,
        after=facts_of(found),
    )
    return found


def facts_of(found: PublicFields) -> dict[str, Any]:
    """The choice as the trail and the revisions keep it."""
    return {"shown": list(found.shown), "hidden": list(found.hidden), "reason": found.reason}


def label_of(path: str) -> str:
    """What a person reads for a field."""
    return next((choice.label for choice in CHOICES if choice.path == path), path)
