"""The tables of a database: made, brought up to date, and compared with what this program knows."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from core.db import Database
from core.errors import BadInput

MIGRATIONS = Path(__file__).parent / "migrations"


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file of its own."""
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
    with database.connect() as connection:
        # SQLite rebuilds a table to alter it; while it does, rows point to nothing for a moment.
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=off")
            connection.exec_driver_sql("BEGIN")
        command.upgrade(configuration(connection), "head")
        connection.commit()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=on")
            connection.exec_driver_sql("BEGIN")


def version_of(database: Database) -> str | None:
    """The newest migration that this database has had; None for an empty one."""
    with database.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The newest migration of this program."""
    found = ScriptDirectory.from_config(configuration()).get_current_head()
    if found is None:
        raise RuntimeError("no migrations")
    return found


def refuse_newer(database: Database) -> None:
    """Refuse to work with tables that this program does not know.

    Raises:
        BadInput: the database has had a migration that is not in this program.
    """
    version = version_of(database)
    if version is None:
        return
    known = {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}
    if version not in known:
        raise BadInput(
            "Deze database is van een nieuwere versie van Openboek. Installeer die versie, of zet een back-up terug."
        )


def require_current(database: Database) -> None:
    """Refuse a database that must be upgraded first.

    Raises:
        BadInput: newer than this program, or older.
    """
    refuse_newer(database)
    if version_of(database) != newest():
        raise BadInput("Deze database is van een oudere versie. Voer eerst 'openboek upgrade' uit.")
