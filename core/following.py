"""Records move on with what they name: a new name of a team counts as a save of every record of that team.

A form shows the name of a team, and what an agreement says. Who opened it before somebody changed those would write
the old ones back. So such a change raises the version of each record that names the shared one: a form of before is
then an old form, and its person sees both texts (`core.web.conflicts`).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Connection, Table, inspect, or_, select, update
from sqlalchemy.orm import Mapper, object_session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key
from sqlmodel import SQLModel

from core.db import Record

Place = tuple[Column[UUID], Column[UUID]]
"""A column that names a shared record, and the column beside it with the id of the record that this row is part of."""


def move_on(_mapper: Mapper[Record], connection: Connection, item: Record) -> None:
    """Listens for changes of shared records; in the same flush as the change, which the trail tells of."""
    state = inspect(item)
    if not any(state.attrs[name].history.has_changes() for name in item.named_facts):
        return
    for kind, places in _places(type(item)).items():
        table = _table(kind)
        names_it = or_(*(_names(table, place, item.id) for place in places))
        moved = update(table).where(names_it).values(version=table.c.version + 1).returning(table.c.id)
        _tell(item, kind, connection.scalars(moved).all())


def _names(table: Table, place: Place, item_id: UUID) -> ColumnElement[bool]:
    naming, owner = place
    names_it = naming == item_id
    return names_it if naming.table is table else table.c.id.in_(select(owner).where(names_it))


def _tell(item: Record, kind: type[Record], moved: Sequence[UUID]) -> None:
    """Rows that this session holds must know the version that they have now, or saving them would seem a conflict."""
    session = object_session(item)
    for one in moved:
        held = session.identity_map.get(identity_key(kind, one)) if session else None
        if held is not None and "version" in held.__dict__:
            set_committed_value(held, "version", held.version + 1)


@cache
def _places(shared: type[Record]) -> Mapping[type[Record], Sequence[Place]]:
    """Where records name a shared record, by kind of record: in their own row, or in that of a part."""
    records = [kind for kind in _kinds() if issubclass(kind, Record)]
    wholes = [kind for kind in records if not kind.named_facts]
    found: dict[type[Record], list[Place]] = {kind: [] for kind in records}
    for kind in _kinds():
        for naming in _pointing(kind, shared):
            if issubclass(kind, Record):
                found[kind].append((naming, _table(kind).c.id))
            else:
                for whole in wholes:
                    found[whole] += [(naming, owner) for owner in _pointing(kind, whole)]
    return {kind: places for kind, places in found.items() if places}


def _kinds() -> Iterator[type[SQLModel]]:
    return (mapper.class_ for mapper in SQLModel._sa_registry.mappers)  # noqa: SLF001


def _pointing(kind: type[SQLModel], target: type[SQLModel]) -> list[Column[UUID]]:
    points_at = _table(target)
    return [one for one in _table(kind).columns if any(key.column.table is points_at for key in one.foreign_keys)]


def _table(kind: type[SQLModel]) -> Table:
    table: Table = kind.__table__  # type: ignore[attr-defined]  # every mapped class has one
    return table
