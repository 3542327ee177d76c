"""How long the gap report of the Wmebv takes for a large municipality, and how much memory: whole commands.

python bench/wmebv.py [--copies 20] [--kind sqlite]

The example municipality, copied: twenty times is 2,400 products and 8,160 message types, with their revisions.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from example import KINDS, ROOT, example, machine
from sqlalchemy import Connection, Table
from sqlmodel import SQLModel

from core import clock
from core.db import Database
from core.folder import Folder
from core.history import Revision
from wmebv.models import (
    Channel,
    ChannelAnswer,
    LegalBasisRow,
    MessageAnswer,
    MessageChannel,
    MessageType,
    Product,
    ProductAnswer,
)

Row = dict[str, Any]
SUBJECTS = (Product, Channel, MessageType)
PARTS = (LegalBasisRow, ProductAnswer, ChannelAnswer, MessageAnswer, MessageChannel)
NAMED = {Product: "name", Channel: "name"}
COMMANDS = (
    ("html", ()),
    ("pdf", ()),
    ("docx", ()),
    ("xlsx", ()),
    ("csv", ()),
    ("json", ()),
    ("html", ("--as-of", f"{clock.today() - timedelta(days=1)}")),
)


def copy(database: Database, copies: int) -> tuple[int, int]:
    """Put copies beside what is there, past the services; gives products and message types."""
    with database.engine.begin() as connection:
        own = {table: _read(connection, table) for table in (*SUBJECTS, *PARTS)}
        kinds = [str(_table(one).name) for one in SUBJECTS]
        # As if everything was saved two days ago, for the report of yesterday.
        saved = _table(Revision)
        connection.execute(saved.update().values(at=clock.now() - timedelta(days=2)))
        kept = [row for row in _read(connection, Revision) if row["kind"] in kinds]
        ids = {row["id"] for table in SUBJECTS for row in own[table]}
        ids |= {row["id"] for table in PARTS for row in own[table] if isinstance(row.get("id"), UUID)}
        for number in range(1, copies):
            new = {one: uuid5(one, str(number)) for one in ids}
            for table, rows in own.items():
                connection.execute(_table(table).insert(), [_copied(row, new, number, table) for row in rows])
            connection.execute(_table(Revision).insert(), [_revision(row, new, number) for row in kept])
        counted = tuple(len(own[table]) * copies for table in (Product, MessageType))
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")
    return counted[0], counted[1]


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]


def _read(connection: Connection, model: type[SQLModel]) -> list[Row]:
    return [dict(row) for row in connection.execute(_table(model).select()).mappings()]


def _copied(row: Row, new: Mapping[UUID, UUID], number: int, table: type[SQLModel]) -> Row:
    made = {name: new.get(value, value) if isinstance(value, UUID) else value for name, value in row.items()}
    if isinstance(made.get("id"), int):
        del made["id"]  # the database counts
    if table in NAMED:
        made["name"] = f"{row['name']} {number}"
    if table is Product:
        made |= {"number": row["number"] + 1000 * number, "slug": None}
    return made


def _revision(row: Row, new: Mapping[UUID, UUID], number: int) -> Row:
    made = _copied(row, new, number, Revision)
    text = json.dumps(row["content"])
    for old in {row["subject_id"], *_named(row["content"])}:
        text = text.replace(str(old), str(new.get(old, old)))
    made["content"] = json.loads(text)
    if isinstance(row["id"], UUID):
        made["id"] = uuid5(row["id"], str(number))
    if row["kind"] != _table(MessageType).name:
        made["content"]["name"] += f" {number}"
    return made


def _named(content: Row) -> list[UUID]:
    return [UUID(one) for one in (*content.get("channel_ids", ()), content.get("product_id")) if one]


def measure(directory: Path, output: Path, more: tuple[str, ...]) -> tuple[float, float, float]:
    """Seconds by the clock and of the processor, and the largest process in MB, of a whole command."""
    command = [sys.executable, "-m", "app", "report", "wmebv", "--directory", str(directory), "--output", str(output)]
    script = (
        "import resource,subprocess,sys; code=subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL);"
        "used=resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(used.ru_maxrss, used.ru_utime + used.ru_stime); sys.exit(code)"
    )
    begun = time.perf_counter()
    told = subprocess.run(
        [sys.executable, "-c", script, *command, *more],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    most, used = told.stdout.split()
    return time.perf_counter() - begun, float(used), int(most) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=20)
    parser.add_argument("--kind", choices=KINDS, default="sqlite")
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with example(asked.kind) as directory:
        database = Database(Folder.at(directory).database_url)
        products, messages = copy(database, asked.copies)
        database.engine.dispose()
        print(f"{machine()}; {KINDS[asked.kind]}, {products} products, {messages} message types\n")
        print("| what | seconds | of processor | largest process, MB | size of the file, MB |\n|---|---|---|---|---|")
        for ending, more in COMMANDS:
            output = directory / f"report.{ending}"
            seconds, used, most = measure(directory, output, more)
            size = output.stat().st_size / 1_000_000
            print(f"| {' '.join([ending, *more])} | {seconds:.1f} | {used:.1f} | {most:.0f} | {size:.1f} |", flush=True)


if __name__ == "__main__":
    main()
