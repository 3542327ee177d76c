"""The content of many records at once, read as plain rows: far quicker than records that can be changed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import String, Uuid, inspect, type_coerce
from sqlalchemy.orm import Mapper, RelationshipDirection, RelationshipProperty
from sqlmodel import Session, col, select

from core.db import organisation_of
from register.content import ActivityContent
from register.models import ActivityPart, ProcessingActivity
from register.services.rows import content_of

AT_ONCE = 500
"""Records in one query: a database takes no endless list of parameters."""
_ALWAYS = ("id", "number", "status")
Rows = list[SimpleNamespace]
Batch = Sequence[tuple[ProcessingActivity, ActivityContent]]


def batches(session: Session, ids: Collection[UUID], only: Collection[str] = ()) -> Iterator[Batch]:
    """Each record with its content (see `content_of`), a few hundred at a time. These records cannot be changed.

    With `only` nothing else is read than these fields of the content.
    """
    reading = _Reading(session, only)
    wanted = list(ids)
    for start in range(0, len(wanted), AT_ONCE):
        rows: Any = reading.rows(inspect(ProcessingActivity), wanted[start : start + AT_ONCE])
        for row in rows:
            row.id, row.organisation_id = UUID(str(row.id)), reading.organisation_id
        yield [(row, content_of(row, only)) for row in rows]


class _Reading:
    """Reads rows with their parts and the shared things that they name, as attributes like those of the models.

    Keys stay as the database keeps them: to make an UUID of each takes longer than all else here.
    """

    def __init__(self, session: Session, only: Collection[str]) -> None:
        self.session = session
        self.organisation_id = organisation_of(session)
        self.only = only
        self._shared: dict[str, Mapping[Any, SimpleNamespace]] = {}

    def rows(self, mapper: Mapper[Any], ids: Sequence[UUID]) -> Rows:
        """The rows of a table that belong to these records."""
        model = mapper.class_
        is_part = issubclass(model, ActivityPart)
        query = self._plain(mapper).where(col(model.activity_id if is_part else model.id).in_(ids))
        found = self._read(query.order_by(model.position) if is_part else query)
        for relationship in mapper.relationships:
            if is_part or self._is_wanted(relationship.key):
                self._add(found, relationship, ids)
        return found

    def _add(self, rows: Rows, relationship: RelationshipProperty[Any], ids: Sequence[UUID]) -> None:
        [(local, remote)] = relationship.local_remote_pairs
        name, mine, theirs = relationship.key, str(local.key), str(remote.key)
        if relationship.direction is RelationshipDirection.MANYTOONE:
            shared = self._shared_rows(relationship.mapper, theirs)
            for row in rows:
                setattr(row, name, shared.get(getattr(row, mine)))
            return
        parts: dict[Any, Rows] = {}
        for part in self.rows(relationship.mapper, ids):
            parts.setdefault(getattr(part, theirs), []).append(part)
        for row in rows:
            setattr(row, name, parts.get(getattr(row, mine), []))

    def _shared_rows(self, mapper: Mapper[Any], key: str) -> Mapping[Any, SimpleNamespace]:
        """A whole shared list, read once."""
        table = str(mapper.local_table)
        if table not in self._shared:
            rows = self._read(self._plain(mapper))
            self._shared[table] = {getattr(row, key): row for row in rows}
            for relationship in mapper.relationships:
                if relationship.direction is RelationshipDirection.MANYTOONE:
                    self._add(rows, relationship, ())
        return self._shared[table]

    def _plain(self, mapper: Mapper[Any]) -> Any:  # noqa: ANN401 - a query of as many columns as there are
        has_parts = any(one.direction is RelationshipDirection.ONETOMANY for one in mapper.relationships)
        is_part = issubclass(mapper.class_, ActivityPart)
        left_out = {"organisation_id"} | ({"id"} if is_part and not has_parts else set())
        names = [one.key for one in mapper.column_attrs if one.key not in left_out]
        if mapper.class_ is ProcessingActivity:
            names = [name for name in names if name in _ALWAYS or self._is_wanted(name)]
        columns = {name: getattr(mapper.class_, name) for name in names}
        return select(
            *(
                (type_coerce(column, String()) if isinstance(column.type, Uuid) else column).label(name)
                for name, column in columns.items()
            )
        )

    def _is_wanted(self, name: str) -> bool:
        """Whether a column or a list of a record is asked for; `dpia_status` is a part of `dpia`."""
        return not self.only or name in self.only or any(name.startswith(f"{field}_") for field in self.only)

    def _read(self, query: Any) -> Rows:  # noqa: ANN401 - see `_plain`
        result = self.session.execute(query)
        names = list(result.keys())
        return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in result]
