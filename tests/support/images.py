"""What many tests begin with: made once in each test process, and put back in a few milliseconds."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from psycopg import Connection as PostgresConnection
from sqlalchemy import text
from sqlmodel import SQLModel

from core.db import Database
from support.postgres import UNGUARDED, every_row


@dataclass(frozen=True)
class Image:
    """Everything in a database, and perhaps the files in a folder; with what the function that made it all said."""

    rows: bytes
    files: Mapping[Path, bytes]
    told: Any


class Images:
    """What databases hold, by name. Each kind of database has its own."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Image] = {}

    def put(self, database: Database, name: str, make: Callable[[], Any], folder: Path | None = None) -> Any:
        """Let an empty database hold what `make` puts in it, and `folder` too. Returns what `make` returned."""
        key = database.engine.dialect.name, name
        if key in self._kept:
            put_back(database, self._kept[key].rows)
            for file, content in self._kept[key].files.items():
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                (folder / file).write_bytes(content)
        else:
            told = make()
            self._kept[key] = Image(image_of(database), dict(_files_in(folder)), told)
        return self._kept[key].told


def _files_in(folder: Path | None) -> Iterator[tuple[Path, bytes]]:
    for file in sorted(folder.rglob("*")) if folder else ():
        if file.is_file():
            yield file.relative_to(folder), file.read_bytes()


def image_of(database: Database) -> bytes:
    """Everything in a database: the file itself, or the statements that bring the rows back."""
    with database.engine.connect() as connection:
        if database.engine.dialect.name == "sqlite":
            return cast("bytes", connection.connection.dbapi_connection.serialize())  # type: ignore[union-attr]
        rows = {
            name: connection.execute(text(f'SELECT json_agg(one) FROM "{name}" AS one')).scalar()
            for name in SQLModel.metadata.tables
        }
    statements = [UNGUARDED, *every_row()] + [
        f'INSERT INTO "{name}" SELECT * FROM json_populate_recordset(NULL::"{name}", $rows${json.dumps(found)}$rows$)'
        for name, found in rows.items()
        if found
    ]
    return "; ".join(statements).encode()


def put_back(database: Database, image: bytes) -> None:
    """Let a database hold what it held when the image was made, and nothing else."""
    with database.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        if database.engine.dialect.name == "sqlite":
            connection.rollback()
            raw.deserialize(image)  # type: ignore[union-attr]
        else:
            server = cast("PostgresConnection", raw)
            server.execute(image)  # no parameters, so many statements at once
            server.commit()
