"""Establishing many records: seen beforehand, and then each one alone; what cannot be established stays as it is."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from core import audit, history
from core.errors import DomainError, RuleViolation
from core.jobs import Claimed, find
from core.organisations import bodies, the_organisation
from register import public_fields, queries
from register.content import ActivityContent
from register.differences import Difference, compare, with_labels
from register.lists import LISTS
from register.models import ProcessingActivity
from register.publication import public_part
from register.services.findings import contexts_of
from register.services.rows import contents_of
from register.services.saving import establish, why_not
from register.snapshot import snapshot

JOB = "register:establish"
STEP = 20
"""Records that a job establishes in one transaction: others get their turn in between."""
CHANGED_SINCE = "Iemand heeft deze verwerking intussen gewijzigd. Kijk opnieuw wat er verandert."


class Verdict(StrEnum):
    """What establishing a record does to the website."""

    NEW = "nieuw op de website"
    CHANGED = "verandert op de website"
    INTERNAL = "website blijft gelijk"
    HIDDEN = "niet op de website"
    WITHDRAWN = "gaat van de website"


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One record of a batch. `differences` are those that the public would see; `refusal`: why it cannot be done."""

    activity: ProcessingActivity
    verdict: Verdict
    differences: Sequence[Difference]
    refusal: RuleViolation | None


def preview_batch(session: Session, numbers: Collection[int], *, actor: audit.Actor) -> Sequence[BatchRow]:
    """What establishing these records would do, by number. The number of queries does not grow with them."""
    activities = queries.living(session, numbers)
    contents = contents_of(activities)
    contexts = contexts_of(session, [(one, contents[one.id]) for one in activities])
    newest = history.newest_versions(session, [activity.id for activity in activities])
    organisation, named = the_organisation(session), bodies(session)
    fields = public_fields.chosen(session)
    rows = []
    for activity in activities:
        content, version = contents[activity.id], newest.get(activity.id)
        frozen = snapshot(content, number=activity.kenmerk, bodies=named)
        refusal = why_not(
            activity, content, contexts[activity.id], frozen, version, organisation=organisation, actor=actor
        )
        verdict, differences = _in_public(content, version, frozen["labels"], fields.of(activity.kenmerk))
        rows.append(BatchRow(activity, verdict, differences, refusal))
    return rows


def _in_public(
    content: ActivityContent,
    version: history.Version | None,
    labels: Mapping[str, Mapping[str, str]],
    chosen: frozenset[str],
) -> tuple[Verdict, Sequence[Difference]]:
    after, before = public_part(content, chosen), None
    if version and version.ended_at is None:
        before = public_part(ActivityContent.model_validate(version.content["content"]), chosen)
    if before is None and after is None:
        return Verdict.HIDDEN, ()
    lists = with_labels(LISTS, labels, version.content["labels"] if version else {})
    found = compare(before or ActivityContent(), after or ActivityContent(), lists)
    if before is None:
        return Verdict.NEW, found
    if after is None:
        return Verdict.WITHDRAWN, ()
    return (Verdict.CHANGED if found else Verdict.INTERNAL), found


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of one record: the number of its new version, or why it has none."""

    number: int
    version: int | None
    reason: str = ""
    points: tuple[str, ...] = ()


def establish_each(
    session: Session,
    numbers: Sequence[int],
    *,
    actor: audit.Actor,
    versions: Mapping[int, int] | None = None,
    seen_at: datetime | None = None,
) -> Iterator[BatchOutcome]:
    """Establish records one by one; one that is refused leaves the others alone.

    Args:
        session: of the organisation.
        numbers: of the records.
        actor: who does it.
        versions: number of a record -> the version of it that the person saw.
        seen_at: when the person looked, for records of which no version was shown.
    """
    living = {activity.number: activity for activity in queries.living(session, numbers)}
    for number in numbers:
        activity = living.get(number)
        if activity is None:
            yield BatchOutcome(number, None, "Deze verwerking is er niet, of is beëindigd. Zoek haar op in de lijst.")
            continue
        try:
            if seen_at and activity.updated_at > seen_at:
                raise RuleViolation(CHANGED_SINCE)
            with session.begin_nested():
                version = establish(session, activity, actor=actor, version=(versions or {}).get(number))
            yield BatchOutcome(number, version.number)
        except DomainError as refused:
            points = tuple(refused.points.values()) if isinstance(refused, RuleViolation) else ()
            yield BatchOutcome(number, None, refused.message, points)


def establish_job(claimed: Claimed) -> dict[str, Any]:
    """Establish the records that a person chose; goes on where an earlier worker stopped."""
    numbers: list[int] = claimed.payload["numbers"]
    seen_at = datetime.fromisoformat(claimed.payload["seen_at"])
    established, refused = 0, list[list[Any]]()
    if claimed.done:
        with claimed.database.read(claimed.organisation_id) as session:
            earlier = find(session, claimed.id).result
            established, refused = earlier.get("established", 0), [*earlier.get("refused", [])]
    for start in range(claimed.done, len(numbers), STEP):
        chunk = numbers[start : start + STEP]
        with claimed.turn(start + len(chunk), len(numbers)) as session:
            for outcome in establish_each(session, chunk, actor=claimed.actor, seen_at=seen_at):
                if outcome.version is None:
                    refused.append([outcome.number, outcome.reason, *outcome.points])
                else:
                    established += 1
            if job := claimed.held(session):  # for who takes over from here
                job.result = {"established": established, "refused": [*refused]}
    message = f"Vastgesteld: {established}. Niet vastgesteld: {len(refused)}."
    return {"established": established, "refused": refused, "message": message}
