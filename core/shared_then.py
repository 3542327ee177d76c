"""Shared records as they were at a moment, by what they were called when something that names them was saved."""

from bisect import bisect_right
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from core.history import Revision

Facts = Mapping[str, Any]


class SharedThen:
    """What shared records were at a moment.

    `bearers` says who took a name, and when; `states` what each record said since when. `names` has the field with
    the name, for kinds where that is not `name`.
    """

    def __init__(
        self, session: Session, kinds: Collection[str], moment: datetime, names: Mapping[str, str] | None = None
    ) -> None:
        self.names = names or {}
        self.bearers: dict[tuple[str, str], list[tuple[datetime, UUID]]] = {}
        self.states: dict[UUID, list[tuple[datetime, Facts]]] = {}
        query = (
            select(Revision.kind, Revision.subject_id, Revision.at, Revision.content)
            .where(col(Revision.kind).in_(kinds), col(Revision.at) < moment)
            .order_by(col(Revision.at), col(Revision.number))
        )
        for kind, subject_id, at, content in session.exec(query):
            self.bearers.setdefault((kind, content[self.names.get(kind, "name")]), []).append((at, subject_id))
            self.states.setdefault(subject_id, []).append((at, content))

    def bearer(self, kind: str, name: str, at: datetime) -> UUID | None:
        """Who had this name at `at`."""
        found = self.bearers.get((kind, name), ())
        place = bisect_right(found, at, key=lambda one: one[0])
        return found[place - 1][1] if place else None

    def now(self, subject_id: UUID) -> Facts:
        """What the record was at the moment."""
        return self.states[subject_id][-1][1]

    def name(self, kind: str, name: str, at: datetime) -> str:
        """What is called at the moment what had this name at `at`."""
        found = self.bearer(kind, name, at)
        return str(self.now(found)[self.names.get(kind, "name")]) if found else name
