"""Rows of a whole database as plain data, whatever its version: read, written and compared in order of dependence.

The tables come from the database itself and not from the models, so that a database of an older version can be backed
up before it is brought up to date. A row is a mapping of column to value. A column that is NULL is left out; a JSON
column that holds the value `null` is there with None. So both databases give the same row.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from graphlib import TopologicalSorter
from itertools import islice, zip_longest
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CHAR,
    JSON,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Numeric,
    String,
    TableClause,
    Text,
    Uuid,
    bindparam,
    column,
    func,
    inspect,
    null,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.types import TypeEngine

from core.db import UtcDateTime
from core.errors import BadInput

Row = Mapping[str, Any]
MIGRATIONS_TABLE = "alembic_version"
_BATCH = 1000
_JSON = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


@dataclass(frozen=True, slots=True)
class Stored:
    """A table as it stands in a database. `inward` are the columns that point to rows of the table itself."""

    table: TableClause
    columns: Mapping[str, ColumnElement[Any]]
    key: tuple[str, ...]
    inward: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.table.name


class Digest:
    """A fingerprint of rows in any order: the sum of their hashes. Both databases give the same one."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, row: Row) -> None:
        self.rows += 1
        self._sum += int.from_bytes(hashlib.sha256(_canonical(row).encode()).digest())

    @property
    def value(self) -> str:
        return f"{self._sum % 2**256:064x}"


def tables_of(connection: Connection) -> list[Stored]:
    """The tables of a database, each after those that its rows point to."""
    seen = inspect(connection)
    keys, pointers = seen.get_multi_pk_constraint(), seen.get_multi_foreign_keys()
    found, before = dict[str, Stored](), dict[str, set[str]]()
    for place, columns in sorted(seen.get_multi_columns().items(), key=itemgetter(0)):
        name = place[1]
        if name == MIGRATIONS_TABLE:
            continue
        plain = {one["name"]: column(one["name"], _plain_type(f"{name}.{one['name']}", one["type"])) for one in columns}
        inward = {to for one in pointers[place] if one["referred_table"] == name for to in one["constrained_columns"]}
        found[name] = Stored(
            table(name, *plain.values()),
            plain,
            key=tuple(keys[place]["constrained_columns"]),
            inward=tuple(to for to in plain if to in inward),
        )
        before[name] = {one["referred_table"] for one in pointers[place]} - {name}
    return [found[name] for name in TopologicalSorter(before).static_order() if name in found]


def is_empty(connection: Connection) -> bool:
    """Whether a database has no tables at all."""
    return not inspect(connection).get_table_names()


def read(connection: Connection, stored: Stored) -> Iterator[Row]:
    """The rows of a table in the order of their key, a batch at a time."""
    empty = [one.is_(null()).label(f"{name}?") for name, one in stored.columns.items() if isinstance(one.type, JSON)]
    order = [_sortable(connection, stored.columns[name]) for name in stored.key]
    query = select(*stored.columns.values(), *empty).order_by(*order)
    with connection.execute(query.execution_options(yield_per=_BATCH)) as rows:
        for row in rows.mappings():
            yield {
                name: row[name]
                for name in stored.columns
                if row[name] is not None or row.get(f"{name}?", True) in (False, 0)
            }


def digest_of(connection: Connection, stored: Stored) -> Digest:
    """The fingerprint of a whole table."""
    made = Digest()
    for row in read(connection, stored):
        made.add(row)
    return made


def counts_of(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        name: connection.execute(select(func.count()).select_from(table(name))).scalar_one()
        for name in inspect(connection).get_table_names()
        if name != MIGRATIONS_TABLE
    }


def to_line(row: Row) -> str:
    """A row as one line of JSON."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_as_text)


def from_line(stored: Stored, line: str) -> Row:
    """The row that `to_line` wrote.

    Raises:
        ValueError: not JSON, a column that the table does not have, or a value of another kind.
    """
    read_back = json.loads(line)
    if not isinstance(read_back, dict) or set(read_back) - set(stored.columns):
        raise ValueError(f"not a row of {stored.name}")
    return {name: _from_text(stored.columns[name], value) for name, value in read_back.items()}


class Loading:
    """Puts rows into empty tables. References of a table to itself are filled in by `finish`, when all rows stand."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._inward: list[tuple[Stored, list[dict[str, Any]]]] = []
        self._loaded: dict[str, Stored] = {}

    def load(self, stored: Stored, rows: Iterable[Row]) -> None:
        """Write rows.

        Raises:
            BadInput: this kind of database cannot hold one of them.
        """
        self._loaded[stored.name] = stored
        waiting: list[dict[str, Any]] = []
        source = iter(rows)
        while batch := list(islice(source, _BATCH)):
            waiting += [
                {f"at_{name}": row[name] for name in stored.key}
                | {f"to_{name}": row.get(name) for name in stored.inward}
                for row in batch
                if any(name in row for name in stored.inward)
            ]
            self._execute(stored, [_parameters(stored, row) for row in batch])
        if waiting:
            self._inward.append((stored, waiting))

    def finish(self) -> None:
        """Fill in what was left open, and let PostgreSQL count on from the highest number."""
        for stored, waiting in self._inward:
            change = stored.table.update().values({name: bindparam(f"to_{name}") for name in stored.inward})
            for name in stored.key:
                change = change.where(stored.columns[name] == bindparam(f"at_{name}"))
            self._connection.execute(change, waiting)
        self._inward.clear()
        if self._connection.dialect.name == "postgresql":
            for loaded in self._loaded.values():
                self._count_on(loaded)

    def _execute(self, stored: Stored, batch: list[dict[str, Any]]) -> None:
        try:
            self._connection.execute(stored.table.insert(), batch)
        except (DataError, IntegrityError) as error:
            raise BadInput(
                f"Een rij van {stored.name} past niet in deze database: {_first_line(error.orig)}. "
                "Verbeter die gegevens in de oude database en probeer het opnieuw."
            ) from error

    def _count_on(self, stored: Stored) -> None:
        for name in stored.key:
            if not isinstance(stored.columns[name].type, Integer):
                continue
            sequence = self._connection.execute(
                text("SELECT pg_get_serial_sequence(:name, :column)"),
                {"name": f'"{stored.name}"', "column": name},
            ).scalar_one()
            highest = self._connection.execute(select(func.max(stored.columns[name]))).scalar_one()
            if sequence and highest is not None:
                self._connection.execute(
                    text("SELECT setval(CAST(:sequence AS regclass), :highest)"),
                    {"sequence": sequence, "highest": highest},
                )


def differences(one: Connection, other: Connection) -> Iterator[str]:
    """What is not the same in two databases, row by row; each as a Dutch sentence."""
    tables, others = ({stored.name: stored for stored in tables_of(side)} for side in (one, other))
    for name in sorted(set(tables) ^ set(others)):
        yield f"Tabel {name} staat maar in één van de twee."
    for name, stored in tables.items():
        if name not in others:
            continue
        pairs = zip_longest(read(one, stored), read(other, others[name]))
        for row, same in pairs:
            if row is None or same is None or _canonical(row) != _canonical(same):
                found = row or same or {}
                key = ", ".join(str(found.get(name)) for name in stored.key)
                yield f"Tabel {name}: rij {key} is niet gelijk."
                break  # from here on the two walk out of step


def broken_references(connection: Connection) -> list[str]:
    """Rows that point to nothing; PostgreSQL never has them."""
    if connection.dialect.name != "sqlite":
        return []
    found = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return sorted({f"Tabel {row[0]} verwijst naar een rij van {row[2]} die er niet is." for row in found})


def _plain_type(name: str, kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type that gives the same Python value on both databases. SQLite keeps a UUID as CHAR(32)."""
    found: Sequence[tuple[tuple[type[TypeEngine[Any]], ...], TypeEngine[Any]]] = (
        ((CHAR, Uuid), Uuid()),
        ((JSON,), _JSON),
        ((DateTime,), UtcDateTime()),
        ((Date,), Date()),
        ((Boolean,), Boolean()),
        ((LargeBinary,), LargeBinary()),
        ((String,), Text()),
        ((Integer, Numeric), kind),
    )
    for kinds, plain in found:
        if isinstance(kind, kinds):
            return plain
    raise TypeError(f"{name} has a type that no row can hold: {kind!r}")


def _sortable(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    is_text = isinstance(column.type, Text) and connection.dialect.name == "postgresql"
    return column.collate("C") if is_text else column


def _parameters(stored: Stored, row: Row) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, kept in stored.columns.items():
        if isinstance(kept.type, JSON) and name in row and row[name] is None:
            made[name] = JSON.NULL
        else:
            made[name] = None if name in stored.inward else row.get(name)
    return made


def _as_text(value: object) -> str:
    match value:
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case bytes():
            return base64.b64encode(value).decode()
        case _:
            raise TypeError(f"no row can hold {type(value).__name__}")


def _from_text(column: ColumnElement[Any], value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if value is None:
        return None
    match column.type:
        case Uuid():
            return UUID(value)
        case UtcDateTime():
            return datetime.fromisoformat(value)
        case Date():
            return date.fromisoformat(value)
        case LargeBinary():
            return base64.b64decode(value)
        case _:
            return value


def _canonical(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_as_text)


def _first_line(error: BaseException | None) -> str:
    return str(error).splitlines()[0].rstrip(".") if error and str(error) else "onbekend"
