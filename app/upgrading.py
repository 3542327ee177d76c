"""Brings a database to the version of this program, and moves one to the other kind: checked, or not at all."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import structlog
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlmodel import Session

from app import archive, schema
from app.restoring import refuse_while_used, sqlite_file
from core import audit, clock, rows
from core.db import UNBOUNDED, Database
from core.errors import BadInput, DomainError, Failed
from core.folder import Folder
from core.organisations import all_organisations

BACKUPS = "backups"
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From which version to which; `backup` is what was kept of before."""

    before: str | None
    after: str
    backup: Path | None

    @property
    def changed(self) -> bool:
        return self.before != self.after


def upgrade(folder: Folder, *, with_backup: bool = True) -> Upgraded:
    """Make a backup, migrate in one transaction, and check before it counts.

    Raises:
        BadInput: there is no register here, or it is of a newer program.
        Busy: the application is running here.
        Failed: a migration broke or lost something; the database is as it was.
    """
    database = folder.database()
    with contextlib.closing(database):
        schema.refuse_newer(database)
        before, after = schema.version_of(database), schema.newest()
        if before == after:
            return Upgraded(before, after, None)
    refuse_while_used(folder.database_url)
    database = folder.database()
    with contextlib.closing(database):
        backup = _keep(database, folder) if with_backup and before else None
        kept = f" De back-up staat in {backup}." if backup else ""
        with schema.one_transaction(database) as connection:
            try:
                _migrate(connection)
            except DomainError as error:
                raise Failed(f"{error.message}{kept}") from error
            except Exception as error:
                log.exception("migration broke")
                raise Failed(
                    "De database kon niet worden bijgewerkt en is gelaten zoals die was. Werk verder met de vorige "
                    f"versie van Openboek, en meld het met de melding hierboven.{kept}"
                ) from error
    return Upgraded(before, after, backup)


def copy(source_url: str, target_url: str) -> dict[str, int]:
    """Put all rows of one database into another, empty one, and compare them. Returns the number of rows per table.

    Raises:
        BadInput: an address cannot be used, the source must be upgraded first, or the target is not empty.
        Failed: a database gave way, or the rows are not the same; the target is empty again.
    """
    source, target = _database(source_url), _database(target_url)
    file = sqlite_file(source_url)
    if file and not file.is_file():
        raise BadInput(f"{file} bestaat niet. Controleer het adres van de oude database.")
    new = sqlite_file(target_url)
    is_new = new is not None and not new.exists()
    is_done = False
    try:
        with contextlib.closing(source), contextlib.closing(target):
            schema.require_current(source)
            with source.read(None) as session, schema.one_transaction(target) as there:
                counts = _copy(session.connection(), there)
        is_done = True
    finally:
        if new and is_new and not is_done:
            for ending in ("", "-wal", "-shm"):
                new.with_name(new.name + ending).unlink(missing_ok=True)
    return counts


def _keep(database: Database, folder: Folder) -> Path:
    place = folder.root / BACKUPS
    try:
        place.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise archive.told(error, folder.root) from error
    target = place / f"before-{version('openboek')}-{clock.now():%Y%m%dT%H%M%S}.tar.gz"
    archive.make(target, database, folder)
    return target


def _migrate(connection: Connection) -> None:
    counts, faults = rows.counts_of(connection), _faults(connection)
    schema.migrate(connection)
    after = rows.counts_of(connection)
    lost = [name for name, count in counts.items() if after.get(name, count) != count]
    new = [fault for fault in _faults(connection) if fault not in faults]
    if lost or new:
        told = [*(f"Tabel {name} had {counts[name]} rijen en nu {after[name]}." for name in lost), *new]
        raise Failed(f"De database is gelaten zoals die was, want na het bijwerken klopte er iets niet. {told[0]}")


def _faults(connection: Connection) -> Sequence[str]:
    """What is wrong with references and audit chains; a table of an older version may not be readable yet."""
    found = rows.broken_references(connection)
    try:
        with connection.begin_nested(), Session(connection) as session:
            session.info["organisation"] = UNBOUNDED
            for chain in [*(organisation.id for organisation in all_organisations(session)), audit.INSTALLATION]:
                found += audit.faults(session, chain)
    except SQLAlchemyError:
        log.info("audit chains of the old version could not be read")
    return found


def _copy(here: Connection, there: Connection) -> dict[str, int]:
    if not rows.is_empty(there):
        raise BadInput("De nieuwe database is niet leeg. Kies een lege database.")
    schema.migrate(there)
    tables = {stored.name: stored for stored in rows.tables_of(there)}
    loading = rows.Loading(there)
    for stored in rows.tables_of(here):
        if stored.name not in tables:
            raise BadInput(f"Tabel {stored.name} is niet van Openboek. Haal die eerst uit de oude database.")
        loading.load(tables[stored.name], rows.read(here, stored))
    loading.finish()
    for fault in [*rows.differences(here, there), *rows.broken_references(there)]:
        raise Failed(f"De kopie is niet gelijk en is weggehaald. {fault}")
    return rows.counts_of(there)


def _database(url: str) -> Database:
    try:
        kind = make_url(url).drivername
    except ArgumentError:
        kind = ""
    if kind not in {"sqlite", "postgresql+psycopg"}:
        raise BadInput(
            "Geef een adres op zoals sqlite:////srv/openboek/openboek.db of "
            "postgresql+psycopg://gebruiker@server/openboek."
        )
    return Database(url)
