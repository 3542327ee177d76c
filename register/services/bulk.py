"""One change in many records at once: seen beforehand, and done in all of them or in none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlmodel import Session

from core import audit
from core.errors import Conflict
from register import queries
from register.content import ActivityContent, ProcessorUse
from register.models import ProcessingActivity
from register.services.rows import contents_of
from register.services.saving import change


class BulkField(StrEnum):
    """What can be changed in many records."""

    TEAM = "team"
    OWNER = "process_owner"
    REVIEW = "next_review_on"
    PROCESSOR = "processor"


@dataclass(frozen=True, slots=True)
class BulkChange:
    """The new value of a field; for a processor also which one it takes the place of."""

    field: BulkField
    value: str | date
    replaces: str = ""

    def applied_to(self, content: ActivityContent) -> ActivityContent:
        """The content afterwards; the same content when there is nothing to change."""
        if self.field is not BulkField.PROCESSOR:
            return content.model_copy(update={self.field.value: self.value})
        return content.model_copy(update={"processors": self._replaced(content.processors)})

    def _replaced(self, processors: Sequence[ProcessorUse]) -> tuple[ProcessorUse, ...]:
        """The new processor does the same work; the agreement with the old one says nothing about it."""
        old, new = self.replaces.casefold(), str(self.value)
        if old == new.casefold():
            return tuple(processors)
        is_there = any(use.party.casefold() == new.casefold() for use in processors)
        return tuple(
            use if use.party.casefold() != old else ProcessorUse(party=new, service=use.service)
            for use in processors
            if not (is_there and use.party.casefold() == old)
        )

    def value_in(self, content: ActivityContent) -> str | date | None:
        """What the record holds in the field."""
        if self.field is BulkField.PROCESSOR:
            return ", ".join(use.party for use in content.processors)
        found: str | date | None = getattr(content, self.field.value)
        return found


@dataclass(frozen=True, slots=True)
class BulkRow:
    """What a change does to one record."""

    activity: ProcessingActivity
    was: str | date | None
    becomes: str | date | None
    content: ActivityContent


def preview(session: Session, numbers: Collection[int], wanted: BulkChange) -> Sequence[BulkRow]:
    """What a change would do, record by record; records that stay as they are, or have ended, are left out."""
    rows, activities = [], queries.living(session, numbers)
    contents = contents_of(activities)
    for activity in activities:
        before = contents[activity.id]
        after = wanted.applied_to(before)
        if after != before:
            rows.append(BulkRow(activity, wanted.value_in(before), wanted.value_in(after), after))
    return rows


def apply(session: Session, rows: Sequence[BulkRow], versions: Mapping[int, int], *, actor: audit.Actor) -> None:
    """Do what was seen. Each record is a concept afterwards; what the public sees stays.

    Args:
        session: of the organisation.
        rows: from `preview`, made again just now.
        versions: number of a record -> its version when the person looked.
        actor: who asked for it.

    Raises:
        Conflict: somebody saved one of the records since, or a record is in `rows` that the person did not see.
    """
    changed = [row.activity.kenmerk for row in rows if versions.get(row.activity.number) != row.activity.version]
    if changed:
        raise Conflict(f"Intussen wijzigde iemand {', '.join(changed)}. Er is nog niets gewijzigd. Kijk opnieuw.")
    for row in rows:
        change(session, row.activity, row.content, version=row.activity.version, actor=actor)
