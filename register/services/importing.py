"""Many records at once: the starter set, and what the importer made of a file."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from core import audit, values
from register.importer import ImportPlan, SkippedRow
from register.models import ProcessingActivity, kenmerk
from register.services.saving import add
from register.starter import starter_contents


def add_starter_set(
    session: Session, *, actor: audit.Actor, only: Collection[str] | None = None
) -> Sequence[ProcessingActivity]:
    """Add proposals of the starter set as concepts: all 78, or `only` these. What is there already is left alone.

    Returns:
        The new records.
    """
    present = taken_from_starter_set(session)
    return [
        add(session, content, actor=actor, source="startset")
        for content in starter_contents()
        if content.based_on not in present and (only is None or content.based_on in only)
    ]


def taken_from_starter_set(session: Session) -> Collection[str]:
    """Which proposals are in the register already."""
    return set(session.exec(select(ProcessingActivity.based_on).where(ProcessingActivity.based_on != "")))


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did: new concepts, and the rows that gave none, with the reason in Dutch."""

    added: tuple[ProcessingActivity, ...]
    skipped: tuple[SkippedRow, ...]


def import_records(session: Session, plan: ImportPlan, *, actor: audit.Actor, source: str) -> ImportResult:
    """Add the records of a file as concepts. What is there already, by its old number or else its name, is left alone.

    The same file twice therefore changes nothing. Two rows of one file with the same name are two records.

    Args:
        session: of the organisation that gets the records.
        plan: what the importer made of the file.
        actor: whoever asked for it.
        source: name of the file, for the trail.
    """
    present = session.exec(
        select(ProcessingActivity.number, ProcessingActivity.external_number, ProcessingActivity.name).order_by(
            col(ProcessingActivity.number)
        )
    ).all()
    by_number: dict[str, list[int]] = {}
    by_name: dict[str, list[int]] = {}
    for known, external, name in present:
        by_number.setdefault(external.casefold(), []).append(known)
        by_name.setdefault(values.fold(name), []).append(known)
    by_number.pop("", None)
    added: list[ProcessingActivity] = []
    skipped = list(plan.skipped)
    taken: set[int] = set()  # each record that is there stands for one row only
    for planned in plan.records:
        content = planned.content
        same = (*by_number.get(content.external_number.casefold(), ()), *by_name.get(values.fold(content.name), ()))
        there = next((known for known in same if known not in taken), None)
        if there is None:
            added.append(add(session, content, actor=actor, source=source))
            continue
        taken.add(there)
        reason = f"'{content.name}' staat er al als {kenmerk(there)}. Wijzig die verwerking zelf als dat nodig is."
        skipped.append(SkippedRow(planned.rows[0], reason, planned.sheet))
    return ImportResult(tuple(added), tuple(skipped))
