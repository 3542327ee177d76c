"""Closing a finding with a reason: it counts for the content that it was given for, and until its last day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from core import audit, clock, history
from core.errors import NotFound, RuleViolation
from register.checks import Finding
from register.models import Closing, ProcessingActivity
from register.rules.risk import months_before
from register.services.thresholds import thresholds_of

SCHEMA_NUMBER = 1
SHORTEST_REASON = 10


class Closed(NamedTuple):
    """The keys of what is closed today, and the last day on which all of it is."""

    keys: frozenset[str] = frozenset()
    until: date = date.max


def closed_today(session: Session) -> Mapping[UUID | None, Closed]:
    """What is closed, by the id of the record; None for what belongs to no single one. The rest has nothing closed."""
    found: dict[UUID | None, Closed] = defaultdict(Closed)
    counting = (col(Closing.reopened_at).is_(None), col(Closing.until) >= clock.today())
    for activity_id, key, until in session.exec(
        select(Closing.activity_id, Closing.key, col(Closing.until)).where(*counting)
    ):
        before = found[activity_id]
        found[activity_id] = Closed(before.keys | {key}, min(before.until, until))
    return found


def counting(closings: Sequence[Closing]) -> Closed:
    """Those that count today, of what was closed and not opened again."""
    today = [one for one in closings if one.until >= clock.today()]
    return Closed(frozenset(one.key for one in today), min((one.until for one in today), default=date.max))


def closings(session: Session, activity: ProcessingActivity | None = None) -> Sequence[Closing]:
    """What was closed and not opened again, of one record or of all, newest first; also what is past its last day."""
    query = select(Closing).where(col(Closing.reopened_at).is_(None))
    if activity is not None:
        query = query.where(Closing.activity_id == activity.id)
    return session.exec(query.order_by(col(Closing.closed_at).desc(), col(Closing.id))).all()


def find_closing(session: Session, closing_id: UUID) -> Closing:
    """One closing.

    Raises:
        NotFound: there is none with this id.
    """
    found = session.exec(select(Closing).where(Closing.id == closing_id)).first()
    if found is None:
        raise NotFound("Deze reden bestaat niet (meer). Ga terug naar de lijst.")
    return found


def last_day(session: Session) -> date:
    """The furthest last day that a person may choose today."""
    return months_before(clock.today(), -thresholds_of(session).closing_months)


def close(
    session: Session,
    finding: Finding,
    activity: ProcessingActivity | None,
    *,
    reason: str,
    until: date,
    actor: audit.Actor,
) -> Closing:
    """Close a finding of a record, or of the whole register (`activity` is None).

    Raises:
        RuleViolation: its check cannot be closed, there is no real reason, or the last day is over or too far away.
    """
    if not finding.check.closable:
        raise RuleViolation(f"{finding.rule_id} kunt u niet sluiten met een reden. Los het op in het formulier.")
    points: dict[str, str] = {}
    if len(reason.strip()) < SHORTEST_REASON:
        points["reason"] = f"Schrijf op waarom dit zo mag blijven, in minstens {SHORTEST_REASON} tekens."
    furthest = last_day(session)
    if until < clock.today():
        points["until"] = "Kies vandaag of een latere dag."
    elif until > furthest:
        points["until"] = f"Kies een dag tot en met {furthest:%d-%m-%Y}. Dan moet iemand opnieuw kijken."
    if points:
        raise RuleViolation("De bevinding is niet gesloten. " + " ".join(points.values()), points)
    owner = activity.id if activity else None
    for earlier in session.exec(select(Closing).where(Closing.activity_id == owner, Closing.key == finding.key)):
        if earlier.reopened_at is None:
            reopen_finding(session, earlier, actor=actor)
    made = Closing(
        activity_id=owner,
        subject=activity.kenmerk if activity else "",
        rule_id=finding.rule_id,
        key=finding.key,
        message=finding.message,
        reason=reason.strip(),
        until=until,
        closed_by=actor.label[:200],
        closed_at=clock.now(),
    )
    session.add(made)
    session.flush()
    _save(session, made, "add", actor, before=None)
    return made


def reopen_finding(session: Session, closing: Closing, *, actor: audit.Actor) -> None:
    """Open a finding again. Doing so twice changes nothing."""
    if closing.reopened_at is None:
        before = _facts(closing)
        closing.reopened_at = clock.now()
        _save(session, closing, "reopen", actor, before=before)


def _save(
    session: Session, closing: Closing, verb: str, actor: audit.Actor, *, before: Mapping[str, object] | None
) -> None:
    history.record_save(
        session, closing, verb, actor=actor, schema_number=SCHEMA_NUMBER, before=before, after=_facts(closing)
    )


def _facts(closing: Closing) -> dict[str, object]:
    return closing.model_dump(
        mode="json", exclude={"id", "version", "organisation_id", "created_at", "updated_at", "closed_at"}
    )
