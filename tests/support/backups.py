"""What a folder holds, in a shape that two installations can be compared by."""

import contextlib
import hashlib
from pathlib import Path

from sqlalchemy import Connection, text

from app import archive
from core import audit, rows
from core.db import Database
from core.folder import Folder
from core.settings import Settings

RELEASED = Path(__file__).parents[1] / "data"
RESTORED = "core:installation:restore"


def folder_at(root: Path, database_url: str = "") -> Folder:
    """An installation that may not be there yet."""
    settings = {"database_url": database_url} if database_url else {}
    return Folder(root, Settings(_env_file=None, **settings))


def rows_of(folder: Folder) -> dict[str, list[str]]:
    """Every row of every table, but for what backups and restores leave behind: events, and the end of that chain."""
    database = Database(folder.database_url)
    with contextlib.closing(database), database.engine.connect() as connection:
        return {
            stored.name: [rows._canonical(row) for row in rows.read(connection, stored) if not _is_of_restore(row)]
            for stored in rows.tables_of(connection)
        }


def files_of(folder: Folder) -> dict[str, str]:
    """Every file that cannot be made again, with its SHA-256."""
    return {
        path.relative_to(folder.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for place in archive.PLACES
        for path in sorted((folder.root / place).rglob("*"))
        if path.is_file()
    }


def everything_below(root: Path) -> dict[str, bytes]:
    """Every file with its bytes: to see that nothing at all has changed."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def drop_triggers(connection: Connection) -> None:
    """What guards the tables of a SQLite file goes: who tampers with a database can do that too."""
    for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
        connection.execute(text(f'DROP TRIGGER "{name}"'))


def _is_of_restore(row: rows.Row) -> bool:
    is_head = set(row) == {"organisation_id", "sequence", "hash"}
    return row.get("action") in {RESTORED, audit.BACKUP} or (is_head and row["organisation_id"] == audit.INSTALLATION)
