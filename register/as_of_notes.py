"""What people noted about records by a moment: remarks of the data protection officer, and findings they closed.

A remark and its answer are read back from the trail: it keeps the words that later ones replaced. A closing never
changes, but for its reopening.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, or_, select

from core.audit import AuditEvent
from register.models import Closing, ProcessingActivity
from register.remarks import Remark, RemarkState, state_of

_WORDS = {"register:remark:change": "text", "register:remark:answer": "answer"}
"""Actions that replace words of a remark, and which."""


@dataclass(frozen=True, slots=True)
class RemarkThen:
    """A remark about a record, as it was."""

    text: str
    made_by: str
    made_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None
    closed_by: str
    closed_at: datetime | None
    state: RemarkState


@dataclass(frozen=True, slots=True)
class ClosingThen:
    """A finding that was closed with a reason, and not opened again by then."""

    rule_id: str
    message: str
    reason: str
    until: date
    closed_by: str
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Notes:
    """By kenmerk, oldest first; closings of what belongs to no single record stand under an empty one."""

    remarks: Mapping[str, Sequence[RemarkThen]] = field(default_factory=dict)
    closings: Mapping[str, Sequence[ClosingThen]] = field(default_factory=dict)


def notes(session: Session, moment: datetime) -> Notes:
    """What was noted before a moment."""
    return Notes(_remarks(session, moment), _closings(session, moment))


def _remarks(session: Session, moment: datetime) -> Mapping[str, Sequence[RemarkThen]]:
    query = (
        select(Remark)
        .where(col(Remark.made_at) < moment)
        .join(ProcessingActivity)
        .order_by(col(ProcessingActivity.number), col(Remark.made_at), col(Remark.id))
    )
    trail = _Trail(session, moment)
    found: dict[str, list[RemarkThen]] = {}
    for remark in session.exec(query):
        found.setdefault(remark.activity.kenmerk, []).append(_then(remark, trail, moment))
    return found


class _Trail:
    """Which words of remarks replaced which, and when; of remarks that somebody wrote in after a moment."""

    def __init__(self, session: Session, moment: datetime) -> None:
        self._moment = moment
        self._events: dict[tuple[UUID, str, str], list[tuple[AuditEvent, str]]] = {}
        late = or_(col(Remark.changed_at) >= moment, col(Remark.answered_at) >= moment)
        records = select(Remark.activity_id).where(col(Remark.made_at) < moment, late)
        query = select(AuditEvent).where(col(AuditEvent.action).in_(_WORDS), col(AuditEvent.subject_id).in_(records))
        for event in session.exec(query.order_by(col(AuditEvent.sequence).desc())):
            column, said = _WORDS[event.action], event.contents or {}
            if column in said.get("before", {}) and column in said.get("after", {}):
                key = event.subject_id, column, said["after"][column]
                self._events.setdefault(key, []).append((event, said["before"][column]))

    def back(self, remark: Remark, column: str) -> tuple[str, AuditEvent | None]:
        """The words as they were, and what put them there; nothing did when they are the first, or were cleaned."""
        words, later = getattr(remark, column), None
        while True:
            events = self._events.get((remark.activity_id, column, words), [])
            earlier = (one for one in events if later is None or one[0].sequence < later)
            event, before = next(earlier, (None, words))
            if event is None or event.at < self._moment:
                return words, event
            words, later = before, event.sequence


def _then(remark: Remark, trail: _Trail, moment: datetime) -> RemarkThen:
    text, changed_at = remark.text, remark.changed_at
    if changed_at and changed_at >= moment:
        text, event = trail.back(remark, "text")
        changed_at = event.at if event else None
    answer, by, answered_at = remark.answer, remark.answered_by, remark.answered_at
    if answered_at and answered_at >= moment:
        answer, event = trail.back(remark, "answer")
        answer, by, answered_at = (answer, event.actor, event.at) if event else ("", "", None)
    is_closed = remark.closed_at is not None and remark.closed_at < moment
    closed_at = remark.closed_at if is_closed else None
    return RemarkThen(
        text=text,
        made_by=remark.made_by,
        made_at=remark.made_at,
        answer=answer,
        answered_by=by,
        answered_at=answered_at,
        closed_by=remark.closed_by if is_closed else "",
        closed_at=closed_at,
        state=state_of(changed_at or remark.made_at, answered_at, closed_at),
    )


def _closings(session: Session, moment: datetime) -> Mapping[str, Sequence[ClosingThen]]:
    is_closed = or_(col(Closing.reopened_at).is_(None), col(Closing.reopened_at) >= moment)
    query = (
        select(Closing)
        .where(col(Closing.closed_at) < moment, is_closed)
        .order_by(col(Closing.subject), col(Closing.closed_at), col(Closing.id))
    )
    found: dict[str, list[ClosingThen]] = {}
    for one in session.exec(query):
        then = ClosingThen(one.rule_id, one.message, one.reason, one.until, one.closed_by, one.closed_at)
        found.setdefault(one.subject, []).append(then)
    return found
