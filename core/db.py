"""The database: engine, sessions, column types, and the border around each organisation.

Three things hold for every session, wherever it is used:

* it is bounded by one organisation (`Owned` rows of another one do not exist for it), or says aloud that it is not;
* a row of an audited table that changes without an audit event stops the commit (see `core.audit`);
* `Database.write` takes the write lock at once, `Database.read` never does. On SQLite that is one lock (BEGIN
  IMMEDIATE), on PostgreSQL one for each organisation: what a change builds on cannot change under its hands. Within
  a process who waits for it stands in a queue (`_Turns`), in which a withdrawal goes first.
"""

import json
import random
import re
import sqlite3
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar, cast
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

from sqlalchemy import (
    JSON,
    ClauseElement,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    String,
    Table,
    Uuid,
    column,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import (
    LoaderCriteriaOption,
    ORMExecuteState,
    SessionTransaction,
    attributes,
    declared_attr,
    with_loader_criteria,
)
from sqlalchemy.orm import Session as SASession
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, Session, SQLModel

from core import clock
from core.errors import BadInput, Conflict, Failed
from core.values import fold

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# None is no value at all, not the word null in JSON: only so can the database itself see that a text was cleaned.
JSON_TYPE = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
UNBOUNDED = "unbounded"
_URGENT = "urgent"
_PATIENCE = 10
"""Seconds that a change waits for another one before it gives up."""
_LONGEST_WAIT, _SHORTEST_WAIT = 0.01, 0.001
"""Seconds between two times that a change asks SQLite for the write lock: at first, and after a quarter of a second.

One that is urgent asks as often as it may from the beginning.
"""
_WRITERS = 0x0B0E
"""Name of our write locks among the advisory locks of a PostgreSQL database."""
_BUSY = "De database is te lang bezet. Probeer het over een minuut opnieuw."
_DAMAGED = "Dit bestand is geen (gave) database. Zet een back-up terug met 'openboek restore'."
_FULL = "De schijf is vol. Maak ruimte vrij en probeer het opnieuw; er is niets half opgeslagen."
_BROKEN_DISK = "De schijf is vol of werkt niet goed. Vraag de beheerder om dat na te kijken."
_OLDER = "Deze database is leeg of van een oudere versie. Voer eerst 'openboek upgrade' uit."
_UNWRITABLE = "De database kan niet worden geschreven. Controleer de rechten op de map."
_AWAY = "De database is niet bereikbaar. Controleer of die draait en probeer het opnieuw."
_SAID_BY_SQLITE = {
    "not a database": _DAMAGED,
    "malformed": _DAMAGED,
    "no such table": _OLDER,
    "no such column": _OLDER,
    "locked": _BUSY,
    "full": _FULL,
    "disk i/o error": _BROKEN_DISK,
    "readonly": _UNWRITABLE,
    "unable to open": _UNWRITABLE,
}
"""A part of SQLite's words -> what a person can do."""
_SAID_BY_POSTGRES = {
    "40P01": _BUSY,  # deadlock
    "42703": _OLDER,  # no such column
    "42P01": _OLDER,  # no such table
    "53100": _FULL,
    "53300": _BUSY,  # too many connections
    "55P03": _BUSY,  # lock timeout
    "57014": _BUSY,  # statement timeout
}
"""SQLSTATE -> what a person can do. PostgreSQL's own words may be in any language."""
_TOO_LONG = "22001"
"""SQLSTATE of a text that does not fit its column. SQLite has no such limit."""
_CHANGES = re.compile(
    r"\b(?:insert\s+(?:or\s+\w+\s+)?into|replace\s+into|merge\s+into|update(?:\s+or\s+\w+)?|delete\s+from"
    r"|truncate(?:\s+table)?|copy)\s+(?:only\s+)?(?:\"?\w+\"?\.)?\"?(\w+)",
    re.IGNORECASE,
)
"""The tables that a statement changes, wherever in it that stands; a comment between two words hides nothing."""
_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_NOTED: WeakKeyDictionary[SessionTransaction, tuple[frozenset[Any], frozenset[Any]]] = WeakKeyDictionary()
"""What was touched and audited when a transaction or savepoint began: where a rollback goes back to."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: refuses one without a zone, gives back UTC (SQLite forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_type(kind: type[StrEnum]) -> Enum:
    """Store the value of an enum, in a plain text column: a new value then needs no change of the table."""
    return Enum(kind, native_enum=False, length=40, values_callable=lambda members: [m.value for m in members])


class in_byte_order(FunctionElement[str]):  # noqa: N801 - read as a function of SQL
    """Sort a text the same on every database, for what is published; PostgreSQL would sort it as its server speaks."""

    inherit_cache = True
    type = String()


@compiles(in_byte_order)
def _as_it_is(element: in_byte_order, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return compiler.process(element.clauses, **options)


@compiles(in_byte_order, "postgresql")
def _collated(element: in_byte_order, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - idem
    return f'{_as_it_is(element, compiler, **options)} COLLATE "C"'


class folded(FunctionElement[str]):  # noqa: N801 - idem
    """A text as `values.fold` makes it, so that a search finds the same on every database."""

    inherit_cache = True
    type = String()


@compiles(folded)
def _folded_here(element: folded, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - idem
    return f"openboek_fold({compiler.process(element.clauses, **options)})"


@compiles(folded, "postgresql")
def _folded_there(element: folded, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - idem
    plain = f"normalize({compiler.process(element.clauses, **options)}, NFKD)"
    return rf"replace(lower(regexp_replace({plain}, '[\u0300-\u036f]', '', 'g')), 'ß', 'ss')"


class of_many_rows(FunctionElement[Any]):  # noqa: N801 - idem
    """A condition that holds for many rows. SQLite, which keeps no statistics, would take it for the way in.

    Without a type: of a truth value SQLAlchemy would write `= 1`, and through that SQLite sees no condition any more,
    nor that an index begins with it.
    """

    inherit_cache = True


@compiles(of_many_rows)
def _plain_condition(element: of_many_rows, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - idem
    return compiler.process(element.clauses, **options)


@compiles(of_many_rows, "sqlite")
def _with_likelihood(element: of_many_rows, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - idem
    return f"likelihood({compiler.process(element.clauses, **options)}, 0.05)"


class Owned(SQLModel):
    """Belongs to one organisation. Sessions filter on it by themselves and fill it in by themselves."""

    organisation_id: UUID = Field(default=None, foreign_key="core_organisation.id", index=True)

    @classmethod
    def is_inside(cls, organisation_id: UUID) -> ColumnElement[bool]:
        """The condition that keeps a query within one organisation; SQLAlchemy also asks it of this mixin itself."""
        own = getattr(cls, "organisation_id", None)
        return of_many_rows((column("organisation_id", Uuid()) if own is None else own) == organisation_id)


class Audited:
    """No change without an audit event for the record that this row is, or is a part of."""

    __tablename__: ClassVar[Any]

    def audit_key(self) -> tuple[str, UUID]:
        """Kind (the table) and id of the record that an audit event must name when this row changes."""
        return str(self.__tablename__), getattr(self, "id")  # noqa: B009 - a mixin; every table that uses it has an id

    def audit_label(self) -> str:
        """The name a person knows the record by; it stays in the trail when the record is gone."""
        return str(getattr(self, "name", "")) or str(self.audit_key()[1])


class Versioned(SQLModel):
    """Optimistic lock: the database layer raises `version` on every save and refuses a save of an older one."""

    version: int = Field(default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> Mapping[str, Any]:
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]  # every subclass is a table


def refuse_stale(record: Versioned, version: int | None) -> None:
    """Compare a record with the version that a page was made from; None when nobody saw a page (a batch, a command).

    Raises:
        Conflict: somebody saved in between.
    """
    if version is not None and record.version != version:
        raise Conflict("Iemand anders heeft dit intussen opgeslagen. Bekijk dat eerst en probeer het opnieuw.")


class Record(Versioned, Owned, Audited):
    """A record that people edit."""

    named_facts: ClassVar[frozenset[str]] = frozenset()
    """Columns that the forms of other records show, when they name this one; see `core.following`."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    created_at: datetime = Field(default_factory=clock.now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=clock.now, sa_type=UtcDateTime)


class UnauditedChange(RuntimeError):
    """A programming fault: rows of an audited table changed and nobody recorded it."""


class OrganisationCrossed(RuntimeError):
    """A programming fault: a session without an organisation touched rows that belong to one, or the wrong one."""


def make_engine(url: str) -> Engine:
    """Make the engine; SQLite gets foreign keys, write-ahead logging and our own BEGIN.

    Parameters stay out of error texts: those go to the log, and what people typed does not.
    """
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
        _guard(engine)

        @event.listens_for(engine, "connect")
        def _connect_to_server(connection: DBAPIConnection, _record: object) -> None:
            connection.cursor().execute(f"SET lock_timeout = '{_PATIENCE}s'")
            connection.commit()

        return engine
    memory = url in {"sqlite://", "sqlite:///:memory:"}
    engine = create_engine(
        url,
        connect_args={"timeout": _PATIENCE, "check_same_thread": False},
        hide_parameters=True,
        json_deserializer=_from_json,
        **({"poolclass": StaticPool} if memory else {}),
    )

    _guard(engine)

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        # Recursive triggers: without them REPLACE removes a row unseen by the trigger that refuses it.
        for pragma in ("foreign_keys=on", "journal_mode=wal", "synchronous=full", "recursive_triggers=on"):
            connection.execute(f"PRAGMA {pragma}")
        connection.create_function("openboek_fold", 1, lambda text: text and fold(text), deterministic=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A change takes the write lock before it reads what it builds on: otherwise updates get lost, silently.
        options = connection.get_execution_options()
        if writes := options.get("openboek_writes"):
            _take_write_lock(connection, urgent=writes == _URGENT, at_most=options.get("openboek_patience"))
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _from_json(text: str) -> Any:  # noqa: ANN401 - whatever was stored
    """Most lists are empty, and reading many records is for a tenth reading those."""
    return [] if text == "[]" else json.loads(text)


def _take_write_lock(connection: Connection, *, urgent: bool, at_most: float | None) -> None:
    """BEGIN IMMEDIATE for SQLite, where who waits longest asks most often; gives up after `at_most` seconds, if told.

    SQLite's own waiting does the reverse: it asks ever less often, so that under a steady load one who waits is passed
    by all who come later, and is refused in the end.
    """
    raw = cast("sqlite3.Connection", connection.connection.dbapi_connection)
    usual: int = raw.execute("PRAGMA busy_timeout").fetchone()[0]
    patience = usual if at_most is None else at_most * 1000
    start = time.monotonic()
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        while (waited := time.monotonic() - start) * 1000 < patience:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
            else:
                return
            # Scattered, because who asks in step would always ask in vain.
            pause = 0 if urgent else _LONGEST_WAIT * (1 - 4 * waited)
            time.sleep(max(_SHORTEST_WAIT, pause) * random.uniform(0.5, 1.5))  # noqa: S311
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # the last time: what is wrong is told as always
    finally:
        raw.execute(f"PRAGMA busy_timeout = {usual}")


class _Turns:
    """The changes of this process that want the same lock, one at a time: who is urgent first, then who came first.

    Who stands here holds no connection, so that pages can still be read. The lock itself is that of the database, for
    there are other processes. Urgent and ordinary changes alternate when both wait, so nobody waits for ever. A turn
    may be ended by another thread than the one that waited for it.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: dict[bool, deque[threading.Event]] = {True: deque(), False: deque()}
        self._urgent_is_next = True
        self._is_taken = False

    def wait(self, *, urgent: bool, patience: float) -> None:
        """Until it is our turn, at most `patience` seconds; to be ended by `end`.

        Raises:
            Failed: others take too long.
        """
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            called = threading.Event()
            self._waiting[urgent].append(called)
        is_called = False
        try:
            is_called = called.wait(patience)
        finally:
            if not is_called:  # too long, or the process was asked to end
                self._give_up(called, self._waiting[urgent])
        if not is_called:
            raise Failed(_BUSY)

    def _give_up(self, called: threading.Event, waiting: deque[threading.Event]) -> None:
        with self._guard:
            if called in waiting:
                waiting.remove(called)
                return
        self.end()  # called all the same, just now

    def end(self) -> None:
        """Let the next one go."""
        with self._guard:
            urgent = self._urgent_is_next if self._waiting[self._urgent_is_next] else not self._urgent_is_next
            self._urgent_is_next = not urgent
            self._is_taken = bool(self._waiting[urgent])
            if self._is_taken:
                self._waiting[urgent].popleft().set()


class _Writing(Session):
    """Waits for its turn at its first query: who is still sending a form keeps nobody waiting."""

    def __init__(self, bind: Engine, turns: _Turns, *, urgent: bool, patience: float) -> None:
        super().__init__(bind, expire_on_commit=False)
        self._turns, self._urgent, self._patience, self._has_turn = turns, urgent, patience, False

    def get_bind(self, *args: Any, **options: Any) -> Engine | Connection:  # noqa: ANN401 - SQLAlchemy's own
        if not self._has_turn:
            self._turns.wait(urgent=self._urgent, patience=self._patience)
            self._has_turn = True
        return super().get_bind(*args, **options)

    def end_turn(self) -> None:
        if self._has_turn:
            self._turns.end()


class Database:
    """One database, two ways in: `read` for pages and exports, `write` for changes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = make_engine(url)
        self._writers = {
            urgent: self.engine.execution_options(openboek_writes=_URGENT if urgent else True)
            for urgent in (False, True)
        }
        self._turns: defaultdict[int, _Turns] = defaultdict(_Turns)
        self._reader = (
            self.engine
            if self.engine.dialect.name == "sqlite"
            else self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        )

    @contextmanager
    def read(self, organisation_id: UUID | None) -> Iterator[Session]:
        """One consistent view of one organisation, or of the whole installation when `organisation_id` is None."""
        with told_in_dutch(), Session(self._reader) as session:
            session.info["organisation"] = organisation_id or UNBOUNDED
            yield session
            end_reading(session)

    @contextmanager
    def write(
        self, organisation_id: UUID | None, *, urgent: bool = False, patience: float | None = None
    ) -> Iterator[Session]:
        """One transaction: commits at the end, or changes nothing. See `read` for the argument.

        On PostgreSQL changes of one organisation take turns, as all do on SQLite; so do those of the installation. One
        that is `urgent` goes before those that wait already: for what must be so at once, and is short. With `patience`
        it gives up after so many seconds: for what can be done another time.

        Raises:
            Failed: the database could not be reached or written (locked, full disk, read-only folder).
        """
        on_server = self.engine.dialect.name == "postgresql"
        turn = int.from_bytes((organisation_id or UUID(int=0)).bytes[:4], signed=True) if on_server else 0
        bind = self._writers[urgent]
        if patience is not None:
            bind = bind.execution_options(openboek_patience=patience)
        session = _Writing(bind, self._turns[turn], urgent=urgent, patience=_PATIENCE if patience is None else patience)
        try:
            with told_in_dutch(), session, session.begin():
                session.info["organisation"] = organisation_id or UNBOUNDED
                if on_server:
                    session.info |= {"turn": turn, "patience": patience}
                yield session
        finally:
            session.end_turn()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection without a session, for work on the tables themselves."""
        with told_in_dutch(), self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def bind_organisation(session: SASession, organisation_id: UUID) -> None:
    """Bound a session that was opened for the whole installation, before its first query about an organisation."""
    session.info["organisation"] = organisation_id


def end_reading(session: SASession) -> None:
    """End the view of a session that only reads.

    On PostgreSQL not by a rollback: after one the driver forgets all statements that the server prepared, and to plan
    them anew takes longer than to answer them.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.expunge_all()  # so that nothing is left to be stored
        session.commit()
    else:
        session.close()


def database_now(session: SASession) -> datetime:
    """The moment by the clock that all who share this database share: for what one process leaves to another.

    That of the server on PostgreSQL, since machines may differ. A SQLite file is used by one machine, so by its clock.
    """
    if session.get_bind().dialect.name != "postgresql":
        return clock.now()
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)


def organisation_of(session: SASession) -> UUID:
    """The organisation this session is bounded by."""
    bound = session.info.get("organisation")
    if not isinstance(bound, UUID):
        raise OrganisationCrossed("this needs a session that is bounded by one organisation")
    return bound


@contextmanager
def told_in_dutch() -> Iterator[None]:
    """Faults of the database that a person can mend, as `Failed` with a sentence."""
    try:
        yield
    except PoolTimeoutError as error:
        raise Failed(_BUSY) from error
    except InterfaceError as error:  # a connection that was cut between two statements
        raise Failed(_AWAY) from error
    except DatabaseError as error:
        if getattr(error.orig, "sqlstate", None) == _TOO_LONG:
            raise BadInput("Een tekst is te lang om op te slaan. Maak die korter en probeer het opnieuw.") from error
        message = _in_dutch(error)
        if message is None:
            raise
        raise Failed(message) from error


def _in_dutch(error: DatabaseError) -> str | None:
    """What a person can do about it; None for a fault of the program, such as a broken constraint."""
    if isinstance(error, IntegrityError):
        return None
    if isinstance(error.orig, sqlite3.Error):
        reason = str(error.orig).lower()
        found = next((sentence for sign, sentence in _SAID_BY_SQLITE.items() if sign in reason), None)
    else:
        found = _SAID_BY_POSTGRES.get(getattr(error.orig, "sqlstate", None) or "")
    return found or (_AWAY if isinstance(error, OperationalError) else None)


@event.listens_for(SASession, "after_begin")
def _wait_for_our_turn(session: SASession, _transaction: SessionTransaction, connection: Connection) -> None:
    if "turn" in session.info:
        if session.info["patience"] is not None:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, round(session.info['patience'] * 1000))}")
        connection.execute(select(func.pg_advisory_xact_lock(_WRITERS, session.info["turn"])))


def _guard(engine: Engine) -> None:
    """Let no statement of a session change an audited table, or the trail, but those of its own flush.

    A flush tells which rows it changed (`_note_what_changed`); a bulk statement, words of SQL or the bulk methods of
    SQLAlchemy do not. Connections without a session are for work on whole tables: migrations, restore, copy.
    """

    @event.listens_for(engine, "before_cursor_execute")
    def _look(
        connection: Connection, _cursor: object, statement: str, _values: object, _context: object, _many: object
    ) -> None:
        if _SESSION not in connection.info or _is_flushing():
            return
        if changed := _changed_by(statement) & _guarded():
            raise UnauditedChange(f"{', '.join(sorted(changed))} can only change row by row, in a session")


@lru_cache(maxsize=4096)
def _changed_by(statement: str) -> frozenset[str]:
    return frozenset(name.lower() for name in _CHANGES.findall(_COMMENT.sub(" ", statement)))


@lru_cache(maxsize=1)
def _guarded() -> frozenset[str]:
    mappers = SQLModel._sa_registry.mappers  # noqa: SLF001
    audited = {str(mapper.class_.__tablename__) for mapper in mappers if issubclass(mapper.class_, Audited)}
    return frozenset(audited | {"core_audit_event", "core_audit_head"})


_SESSION, _HELD = "openboek_session", "openboek_connections"
_flush: ContextVar[object | None] = ContextVar("flush", default=None)
"""The flush that goes on in this thread."""


def _is_flushing() -> bool:
    # A flush that finds no work ends without a word; it never got a transaction.
    return getattr(_flush.get(), "transaction", None) is not None


@event.listens_for(SASession, "after_begin")
def _name_the_session(session: SASession, _transaction: SessionTransaction, connection: Connection) -> None:
    connection.info[_SESSION] = id(session)
    session.info.setdefault(_HELD, []).append(connection.info)


@event.listens_for(SASession, "after_transaction_end")
def _forget_the_session(session: SASession, transaction: SessionTransaction) -> None:
    _flush.set(None)
    if transaction.parent is None:
        for held in session.info.pop(_HELD, []):
            if held.get(_SESSION) == id(session):
                del held[_SESSION]


@event.listens_for(SASession, "do_orm_execute")
def _stay_inside_the_organisation(state: ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load:
        return  # loads more of a row that was already found inside the border; the criteria of that query go along
    bound = state.session.info.get("organisation")
    if state.is_select and state.is_orm_statement and isinstance(bound, UUID):
        state.statement = state.statement.options(_border(bound))
        return  # nearly every question there is: what follows looks for what only few of them are
    kinds, is_plain = _kinds_in(state)
    owned = any(issubclass(kind, Owned) for kind in kinds)
    if not state.is_select:
        if any(issubclass(kind, Audited) for kind in kinds):
            raise UnauditedChange("audited rows are changed one by one, never by a bulk statement")
        if not owned:
            return
    if bound == UNBOUNDED:
        return
    if owned and is_plain:
        raise OrganisationCrossed("a plain table knows no border; ask for the model")
    if not isinstance(bound, UUID):
        if owned:
            raise OrganisationCrossed("a session must say which organisation it is for")
        return
    state.statement = state.statement.options(_border(bound))


@lru_cache(maxsize=256)
def _border(organisation_id: UUID) -> LoaderCriteriaOption:
    # Made once for each organisation: making it costs a third of a millisecond, at every statement.
    return with_loader_criteria(Owned, lambda cls: cls.is_inside(organisation_id), include_aliases=True)


def _kinds_in(state: ORMExecuteState) -> tuple[set[type], bool]:
    """The models that a statement is about, and whether it names their tables only: those know no border."""
    kinds: set[type] = {mapper.class_ for mapper in state.all_mappers}
    if state.is_orm_statement:
        return kinds, False
    parts = list(visitors.iterate(cast("ClauseElement", state.statement)))
    tables = {part for part in parts if isinstance(part, Table)}
    kinds |= {mapper.class_ for mapper in SQLModel._sa_registry.mappers if mapper.local_table in tables}  # noqa: SLF001
    return kinds, not any("parententity" in getattr(part, "_annotations", ()) for part in parts)


@event.listens_for(SASession, "before_flush")
def _fill_in_the_organisation(session: SASession, context: object, _instances: object) -> None:
    _flush.set(context)
    bound = session.info.get("organisation")
    for row in session.new:
        if not isinstance(row, Owned):
            continue
        owner: UUID | None = row.organisation_id  # a table model accepts nothing at all in its constructor
        if owner is None:
            row.organisation_id = organisation_of(session)
        elif bound not in {owner, UNBOUNDED}:
            raise OrganisationCrossed(f"{type(row).__name__} belongs to another organisation than this session")
    for row in session.dirty:
        if isinstance(row, Owned) and attributes.get_history(row, "organisation_id").has_changes():
            raise OrganisationCrossed(f"{type(row).__name__} cannot move to another organisation")


@event.listens_for(SASession, "after_flush")
def _note_what_changed(session: SASession, _context: object) -> None:
    _flush.set(None)
    changed = [*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))]
    session.info.setdefault("touched", set()).update(row.audit_key() for row in changed if isinstance(row, Audited))


@event.listens_for(SASession, "after_transaction_create")
def _mark_what_was_noted(session: SASession, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        _NOTED[transaction] = (frozenset(), frozenset())
    elif transaction.nested:
        _NOTED[transaction] = (frozenset(session.info.get("touched", ())), frozenset(session.info.get("audited", ())))


@event.listens_for(SASession, "after_soft_rollback")
def _forget_what_was_rolled_back(session: SASession, transaction: SessionTransaction) -> None:
    # An event that is gone covers nothing, and a change that is gone needs no event.
    if transaction in _NOTED:
        session.info["touched"], session.info["audited"] = (set(noted) for noted in _NOTED[transaction])


@event.listens_for(SASession, "before_commit")
def _refuse_unaudited(session: SASession) -> None:
    session.flush()
    if session.in_nested_transaction():
        return  # only the outermost commit decides; within a savepoint more may follow
    missing = session.info.pop("touched", set()) - session.info.pop("audited", set())
    if missing:
        raise UnauditedChange(f"no audit event for {sorted(map(str, missing))}")
