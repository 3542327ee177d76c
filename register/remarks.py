"""Remarks of the data protection officer about a record (GDPR art. 38(3), 39(1)(b)): nobody else can change them.

The privacy officer answers beside a remark; the data protection officer closes it. They are internal: no version holds
them, so nothing of them can become public. Who may write what is a permission of the page (`register:remark`).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlmodel import Field, Session, col, select

from core import audit, clock, columns
from core.db import Audited, Owned, UtcDateTime, Versioned, refuse_stale
from core.errors import NotAllowed, NotFound, RuleViolation
from register.models import ProcessingActivity


class RemarkState(StrEnum):
    OPEN = "open"
    ANSWERED = "beantwoord"
    CLOSED = "gesloten"


class Remark(Versioned, Owned, Audited, table=True):
    """One remark, with the answer to it when there is one."""

    __tablename__ = "register_remark"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    activity_id: UUID = Field(foreign_key="register_activity.id", index=True)
    text: str = columns.text()
    made_by: str = columns.line(200)
    made_by_id: UUID | None = None
    made_at: datetime = Field(default_factory=clock.now, sa_type=UtcDateTime)
    changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer: str = columns.text()
    answered_by: str = columns.line(200)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: str = columns.line(200)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    activity: ProcessingActivity = columns.shared()

    def audit_key(self) -> tuple[str, UUID]:
        return ProcessingActivity.__tablename__, self.activity_id

    def audit_label(self) -> str:
        return self.activity.audit_label()

    @property
    def state(self) -> RemarkState:
        """How it stands now."""
        return state_of(self.changed_at or self.made_at, self.answered_at, self.closed_at)

    def is_by(self, user_id: UUID | None) -> bool:
        """Whether this person wrote it."""
        return user_id is not None and self.made_by_id == user_id


def state_of(said_at: datetime, answered_at: datetime | None, closed_at: datetime | None) -> RemarkState:
    """Answered only when the answer came after the last change of the remark itself."""
    if closed_at:
        return RemarkState.CLOSED
    return RemarkState.ANSWERED if answered_at and answered_at >= said_at else RemarkState.OPEN


def add(session: Session, activity: ProcessingActivity, text: str, *, actor: audit.Actor) -> Remark:
    """Remark something about a record, whatever its status.

    Raises:
        RuleViolation: nothing was written.
    """
    remark = Remark(
        activity_id=activity.id,
        activity=activity,
        text=_written(text, "Schrijf uw opmerking op."),
        made_by=actor.label[:200],
        made_by_id=actor.user_id,
    )
    session.add(remark)
    _tell(session, remark, "add", actor, after={"text": remark.text})
    return remark


def change(session: Session, remark: Remark, text: str, *, version: int, actor: audit.Actor) -> None:
    """Write a remark in other words; the trail keeps the old ones. An answer that was given then waits for a new look.

    Raises:
        Conflict: somebody saved in between, such as an answer.
        NotAllowed: somebody else wrote it.
        RuleViolation: it is closed, or nothing was written.
    """
    if not remark.is_by(actor.user_id):
        raise NotAllowed("Alleen wie een opmerking schreef, kan die wijzigen. Schrijf een nieuwe opmerking.")
    refuse_stale(remark, version)
    _refuse_closed(remark)
    before, remark.text = remark.text, _written(text, "Schrijf uw opmerking op.")
    if before != remark.text:
        remark.changed_at = clock.now()
        _tell(session, remark, "change", actor, before={"text": before}, after={"text": remark.text})


def answer(session: Session, remark: Remark, text: str, *, version: int, actor: audit.Actor) -> None:
    """Answer beside a remark, or answer again; the remark itself stays as it is.

    Raises:
        Conflict: somebody saved in between, such as other words of the remark.
        RuleViolation: it is closed, or nothing was written.
    """
    refuse_stale(remark, version)
    _refuse_closed(remark)
    before, remark.answer = remark.answer, _written(text, "Schrijf uw antwoord op.")
    remark.answered_by, remark.answered_at = actor.label[:200], clock.now()
    _tell(session, remark, "answer", actor, before={"answer": before}, after={"answer": remark.answer})


def close(session: Session, remark: Remark, *, actor: audit.Actor) -> None:
    """Say that nothing needs to be done any more; harmless when it was said before."""
    if remark.closed_at is None:
        remark.closed_by, remark.closed_at = actor.label[:200], clock.now()
        _tell(session, remark, "settle", actor, after={"text": remark.text})


def find(session: Session, activity: ProcessingActivity, remark_id: UUID) -> Remark:
    """A remark about a record.

    Raises:
        NotFound: there is none.
    """
    query = select(Remark).where(Remark.id == remark_id, Remark.activity_id == activity.id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound("Deze opmerking bestaat niet. Ga terug naar de verwerking.")
    return found


def of_records(session: Session, ids: Collection[UUID] | None = None) -> Mapping[UUID, Sequence[Remark]]:
    """The remarks about these records by their id, oldest first; without ids those about every record."""
    query = select(Remark).order_by(col(Remark.made_at), col(Remark.id))
    if ids is not None:
        query = query.where(col(Remark.activity_id).in_(ids))
    found: dict[UUID, list[Remark]] = {}
    for remark in session.exec(query):
        found.setdefault(remark.activity_id, []).append(remark)
    return found


def not_closed(session: Session) -> Sequence[Remark]:
    """The remarks that still wait for somebody, oldest first."""
    query = select(Remark).where(col(Remark.closed_at).is_(None))
    return session.exec(query.order_by(col(Remark.made_at), col(Remark.id))).all()


def _written(text: str, message: str) -> str:
    if not text.strip():
        raise RuleViolation(message, {"text": message})
    return text.strip()


def _refuse_closed(remark: Remark) -> None:
    if remark.closed_at:
        raise RuleViolation("Deze opmerking is gesloten. Schrijf een nieuwe opmerking als er nog iets is.")


def _tell(
    session: Session,
    remark: Remark,
    verb: str,
    actor: audit.Actor,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    audit.record(session, actor=actor, action=f"register:remark:{verb}", subject=remark, before=before, after=after)
