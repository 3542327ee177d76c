"""The tables of a database: made, brought up to date, and compared with what this program knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, String, column, inspect, select, table

from core.db import Database
from core.errors import BadInput
from core.rows import MIGRATIONS_TABLE

if TYPE_CHECKING:  # every command asks what stands here, and alembic takes a tenth of its start
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def configuration(connection: Connection | None = None) -> "Config":
    """Alembic's configuration, without a file of its own."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def upgrade(database: Database) -> None:
    """Bring the tables to the version of this program; an up-to-date database stays as it is.

    Raises:
        BadInput: the database is of a newer program.
        Failed: the database cannot be reached, read or written.
    """
    refuse_newer(database)
    with one_transaction(database) as connection:
        migrate(connection)


@contextmanager
def one_transaction(database: Database) -> Iterator[Connection]:
    """A connection on which tables may be made, altered and filled in any order: all of it happens, or nothing.

    SQLite rebuilds a table to alter it; while it does, rows point to nothing for a moment, so it looks away until the
    end. Who fills tables here asks `core.rows.broken_references` before the end.
    """
    with database.connect() as connection:
        _look_after_references(connection, on=False)
        try:
            yield connection
            connection.commit()
        finally:
            connection.rollback()
            _look_after_references(connection, on=True)
            connection.rollback()


def _look_after_references(connection: Connection, *, on: bool) -> None:
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SELECT 1")  # now there is a transaction, and migrations run inside it
        return
    connection.exec_driver_sql("ROLLBACK")
    connection.exec_driver_sql(f"PRAGMA foreign_keys={'on' if on else 'off'}")
    connection.exec_driver_sql("BEGIN" if on else "BEGIN IMMEDIATE")


def migrate(connection: Connection, to: str = "head") -> None:
    """Bring the tables to a version, within the transaction of the caller."""
    from alembic import command

    command.upgrade(configuration(connection), to)


def version_of(database: Database) -> str | None:
    """The newest migration that this database has had; None for an empty one."""
    with database.connect() as connection:
        return version_on(connection)


def version_on(connection: Connection) -> str | None:
    """As `version_of`, within the transaction of the caller."""
    if not inspect(connection).has_table(MIGRATIONS_TABLE):
        return None
    query = select(column("version_num", String)).select_from(table(MIGRATIONS_TABLE))
    return connection.execute(query).scalar_one_or_none()


def newest() -> str:
    """The newest migration of this program."""
    return max(_known())


def _known() -> set[str]:
    """The migrations of this program: the file of each begins with its number, which is one more than any before."""
    return {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py")}


def refuse_newer(database: Database) -> None:
    """Refuse to work with tables that this program does not know.

    Raises:
        BadInput: the database has had a migration that is not in this program.
    """
    version = version_of(database)
    if version is None:
        return
    if not knows(version):
        raise BadInput(
            "Deze database is van een nieuwere versie van Openboek. Installeer die versie, of zet een back-up terug."
        )


def knows(version: str) -> bool:
    """Whether a migration is one of this program."""
    return version in _known()


def require_current(database: Database) -> None:
    """Refuse a database that must be upgraded first.

    Raises:
        BadInput: newer than this program, or older.
    """
    refuse_newer(database)
    if version_of(database) != newest():
        raise BadInput("Deze database is van een oudere versie. Voer eerst 'openboek upgrade' uit.")
