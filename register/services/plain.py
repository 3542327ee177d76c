"""The parts of records as plain rows, those of all tables in one statement: far quicker than rows that can be changed.

A record has parts in eighteen tables, and few of them hold many: asking each table costs more than what it answers. So
the database makes a JSON array of each row, and all arrays come together. Names are those of the models.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain, count
from operator import attrgetter
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    CompoundSelect,
    Date,
    Enum,
    Select,
    Uuid,
    bindparam,
    inspect,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapper, RelationshipDirection, RelationshipProperty
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

from core.db import Owned, organisation_of
from register.models import ActivityPart, ProcessingActivity

Rows = list[SimpleNamespace]
Lists = Mapping[str, Rows]
"""The parts of one record, by the name of the list that they stand in."""
_LISTS = {
    one.key: one
    for one in inspect(ProcessingActivity).relationships
    if one.direction is RelationshipDirection.ONETOMANY and issubclass(one.mapper.class_, ActivityPart)
}
NAMES = frozenset(_LISTS)
"""The lists that a record has."""
_IDS = bindparam("ids", expanding=True, type_=Uuid())
_ORGANISATION = bindparam("organisation", type_=Uuid())


class _json_array(FunctionElement[Any]):  # noqa: N801 - read as a function of SQL
    """A row as a JSON array."""

    inherit_cache = True
    type = JSON()


@compiles(_json_array, "sqlite")
def _in_sqlite(element: _json_array, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    values = [(compiler.process(one, **options), one.type) for one in element.clauses]
    return f"json_array({', '.join(f'json({sql})' if isinstance(kind, JSON) else sql for sql, kind in values)})"


@compiles(_json_array, "postgresql")
def _in_postgresql(element: _json_array, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - idem
    return f"json_build_array({compiler.process(element.clauses, **options)})"


@dataclass(frozen=True, slots=True)
class _Columns:
    """Columns of a table, and what makes a value of what JSON has for it, where that is something else."""

    names: Sequence[str]
    readers: Mapping[str, Callable[[str], Any]]

    def read(self, values: Sequence[Any], start: int) -> tuple[SimpleNamespace, int]:
        """A row of the values from `start`, and where the next ones begin."""
        end = start + len(self.names)
        facts = dict(zip(self.names, values[start:end], strict=True))
        for name, read in self.readers.items():
            if facts[name] is not None:
                facts[name] = read(facts[name])
        return SimpleNamespace(**facts), end


@dataclass(frozen=True, slots=True)
class _Shared:
    """A shared record that a row of a part names."""

    name: str
    mapper: Mapper[Any]
    key: ColumnElement[Any]
    columns: _Columns


@dataclass(frozen=True, slots=True)
class _Kind:
    """A table of parts."""

    number: int
    """Its place in the statement."""
    name: str
    """Of the list in the owner of the rows."""
    mapper: Mapper[Any]
    owner: ColumnElement[Any]
    columns: _Columns
    shared: Sequence[_Shared]
    inner: Sequence["_Kind"]

    def __iter__(self) -> Iterator["_Kind"]:
        yield self
        for one in self.inner:
            yield from one


def parts_of(session: Session, ids: Collection[UUID], names: Collection[str] = NAMES) -> Mapping[UUID, Lists]:
    """The parts of each of these records, in order, in the lists with these names."""
    kinds = _kinds(frozenset(names))
    if not kinds or not ids:
        return {one: {} for one in ids}
    every = [one for kind in kinds for one in kind]
    found: list[dict[str, Rows]] = [{} for _ in every]
    values = {"ids": list(ids), "organisation": organisation_of(session)}
    for number, owner, *rest in session.connection().execute(_statement(frozenset(names)), values).scalars():
        found[number].setdefault(owner, []).append(_row(every[number], rest))
    for of_a_kind in found:
        for rows in of_a_kind.values():
            rows.sort(key=attrgetter("position"))
    for kind in every:
        for inner in kind.inner:
            for row in chain.from_iterable(found[kind.number].values()):
                setattr(row, inner.name, found[inner.number].get(row.id, []))
    lists: dict[UUID, dict[str, Rows]] = {one: {kind.name: [] for kind in kinds} for one in ids}
    for kind in kinds:
        for owner, rows in found[kind.number].items():
            lists[UUID(owner)][kind.name] = rows
    return lists


@lru_cache
def _kinds(names: frozenset[str]) -> Sequence[_Kind]:
    numbers = count()
    return [_kind(relationship, numbers) for name, relationship in _LISTS.items() if name in names]


def _kind(relationship: RelationshipProperty[Any], numbers: Iterator[int]) -> _Kind:
    [(_, owner)] = relationship.local_remote_pairs
    mapper, number = relationship.mapper, next(numbers)
    shared, inner = [], []
    for one in mapper.relationships:
        if one.direction is RelationshipDirection.MANYTOONE:
            [(key, _)] = one.local_remote_pairs
            shared.append(_Shared(one.key, one.mapper, key, _columns(one.mapper)))
        else:
            inner.append(_kind(one, numbers))
    return _Kind(number, relationship.key, mapper, owner, _columns(mapper), shared, inner)


def _columns(mapper: Mapper[Any]) -> _Columns:
    """The columns to read: not those that only the database needs."""
    left_out = {"organisation_id", "version", "created_at", "updated_at"}
    found = [one for one in mapper.local_table.columns if one.key not in left_out and not one.foreign_keys]
    readers = {one.key: reader for one in found if (reader := _reader(one.type))}
    return _Columns([one.key for one in found], readers)


def _reader(kind: TypeEngine[Any]) -> Callable[[str], Any] | None:
    if isinstance(kind, Enum):
        return kind.enum_class
    return date.fromisoformat if isinstance(kind, Date) else None


@lru_cache
def _statement(names: frozenset[str]) -> CompoundSelect[Any]:
    return union_all(*(_query(one) for kind in _kinds(names) for one in kind))


def _query(kind: _Kind) -> Select[Any]:
    table: Any = kind.mapper.local_table
    place: ColumnElement[Any] = literal_column(str(kind.number))
    values = [place, kind.owner, *(table.c[name] for name in kind.columns.names)]
    origin = table
    for one in kind.shared:
        other: Any = one.mapper.local_table
        origin = origin.outerjoin(other, (one.key == other.c.id) & _is_ours(one.mapper))
        values += [other.c[name] for name in one.columns.names]
    query = select(_json_array(*values)).select_from(origin)
    return query.where(table.c.activity_id.in_(_IDS), _is_ours(kind.mapper))


def _is_ours(mapper: Mapper[Any]) -> Any:  # noqa: ANN401 - a condition
    model: type[Owned] = mapper.class_
    return model.is_inside(_ORGANISATION)  # type: ignore[arg-type]  # which one is said when the statement runs


def _row(kind: _Kind, values: Sequence[Any]) -> SimpleNamespace:
    row, at = kind.columns.read(values, 0)
    for one in kind.shared:
        shared, at = one.columns.read(values, at)
        setattr(row, one.name, shared if shared.id else None)
    return row
