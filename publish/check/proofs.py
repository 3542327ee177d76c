"""What an earlier check saw of a file and found good, so that the next one need not look at the same bytes again.

A proof is worth something only under the same fingerprint: the checks, the schema, the value lists and what the site is
about. It stands beside the releases, never in one; a store that cannot be read proves nothing.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from lxml import etree

from core.clock import today
from publish.check import values
from publish.check.marks import Marks, mark

_TABLES = """
CREATE TABLE IF NOT EXISTS about (fingerprint TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS proof (
    path TEXT PRIMARY KEY, sha256 TEXT NOT NULL, file TEXT NOT NULL, facts BLOB
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (path TEXT PRIMARY KEY, entries BLOB NOT NULL);
"""


class Proofs:
    """The proofs of a site while it is checked. What is new is kept when the check ends without a fault."""

    def __init__(self, connection: sqlite3.Connection, without_facts: str) -> None:
        """`without_facts`: the folder of files that only hold bytes. There may be a million of them."""
        self._connection = connection
        self._without_facts = without_facts
        self._stored = _InOrder(connection, "SELECT path, sha256, file FROM proof WHERE path >= ? ORDER BY path")
        self._facts = _InOrder(
            connection, "SELECT path, facts FROM proof WHERE path >= ? AND facts IS NOT NULL ORDER BY path"
        )
        self._unseen: int = connection.execute("SELECT count(*) FROM proof WHERE file <> ''").fetchone()[0]
        """How many files with a proof nobody asked for yet."""
        self.changed = Marks()
        """Paths of which the bytes are not those of the proof, or that have none."""
        self.absent = Marks()
        self._right: set[str] = set()
        """Paths that may have facts, and hold what the manifest says."""

    def has_bytes(self, path: str, sha256: str, found: os.stat_result) -> bool:
        """Whether this very file was seen to hold these bytes: the same one, of the same size and moment."""
        row = self._stored.at(path)
        if row:
            self._unseen -= 1
        if row is None or row[1] != sha256:
            self.changed.add(path)
        elif row[2] == _identity(found):
            self._is_right(path)
            return True
        return False

    def _is_right(self, path: str) -> None:
        if not path.startswith(self._without_facts):
            self._right.add(path)

    def saw_bytes(self, path: str, sha256: str, found: os.stat_result) -> None:
        """It holds these bytes. What was found in other bytes before, counts no longer."""
        self._is_right(path)
        self._connection.execute(
            "INSERT INTO proof VALUES (:path, :sha256, :file, NULL) ON CONFLICT (path) DO UPDATE SET "
            "facts = CASE WHEN sha256 = :sha256 THEN facts END, sha256 = :sha256, file = :file",
            {"path": path, "sha256": sha256, "file": _identity(found)},
        )

    def facts(self, path: str) -> bytes | None:
        """What was found in these bytes, when they were good."""
        row = self._facts.at(path) if path in self._right else None
        return row[1] if row else None

    def keep(self, path: str, facts: bytes) -> None:
        """The bytes of a file that was seen are good, and this is what the next check must know of them."""
        self._connection.execute("UPDATE proof SET facts = ? WHERE path = ?", (facts, path))

    def drop(self, path: str) -> None:
        """What was found good is not, by what changed around it."""
        self._connection.execute("UPDATE proof SET facts = NULL WHERE path = ?", (path,))
        self._connection.execute("DELETE FROM entries WHERE path = ?", (path,))

    def keep_entries(self, path: str, entries: bytes) -> None:
        """The entries of a sitemap that is good. They stay so when another one in it changes."""
        self._connection.execute("INSERT OR REPLACE INTO entries VALUES (?, ?)", (path, entries))

    def entries(self, path: str) -> bytes:
        row = self._connection.execute("SELECT entries FROM entries WHERE path = ?", (path,)).fetchone()
        found: bytes = row[0] if row else b""
        return found

    def keep_group(self, name: str, sha256: str) -> None:
        """As `keep`, for files that are looked at together; `name` is no path."""
        self._connection.execute("INSERT OR REPLACE INTO proof VALUES (?, ?, '', x'')", (name, sha256))

    def digest_of(self, paths: Iterable[str]) -> str:
        """What files hold together, with their paths."""
        made = hashlib.sha256()
        for path in paths:
            row = self._stored.at(path)
            made.update(f"{path}\0{row[1] if row else ''}\n".encode())
        return made.hexdigest()

    def has_group(self, name: str, sha256: str) -> bool:
        row = self._connection.execute("SELECT sha256 FROM proof WHERE path = ?", (name,)).fetchone()
        return bool(row == (sha256,))

    def forget_unseen(self, present: AbstractSet[int]) -> None:
        """Of what is no longer on the site nothing is kept. `present`: the marks of all that is."""
        if self._unseen > 0:
            known = self._connection.execute("SELECT path FROM proof WHERE file <> ''")
            gone = [(path,) for (path,) in known if mark(path) not in present]
            self._connection.executemany("DELETE FROM proof WHERE path = ?", gone)
            self._connection.execute("DELETE FROM entries WHERE path NOT IN (SELECT path FROM proof)")


class _InOrder:
    """Rows by the path that they begin with: quick when paths are asked for in their order."""

    def __init__(self, connection: sqlite3.Connection, query: str) -> None:
        """`query` gives the rows from a path on."""
        self._connection = connection
        self._query = query
        self._rows: Iterator[tuple[Any, ...]] = iter(())
        self._row: tuple[Any, ...] | None = None
        self._asked = ""

    def at(self, path: str) -> tuple[Any, ...] | None:
        row = self._row
        if row is None or path <= self._asked:
            self._rows = self._connection.execute(self._query, (path,))
            row = next(self._rows, None)
        while row is not None and row[0] < path:
            row = next(self._rows, None)
        self._asked, self._row = path, row
        return row if row is not None and row[0] == path else None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What earlier checks proved, and the marks of the files that there are: what was proved may lead to what is gone.

    A set: links are looked up in it page by page, so that nobody need remember them.
    """

    proofs: Proofs
    present: set[int]


@contextmanager
def proofs_at(place: Path, base_url: str, hosts: Collection[str], *, without_facts: str) -> Iterator[Proofs]:
    """Open the proofs that stand in a file, or begin anew: with another fingerprint, or when the file is damaged."""
    wanted = _fingerprint(base_url, hosts)
    try:
        connection = _opened(place, wanted)
    except sqlite3.DatabaseError:
        for path in (place, place.with_name(f"{place.name}-journal")):
            path.unlink(missing_ok=True)
        connection = _opened(place, wanted)
    try:
        yield Proofs(connection, without_facts)
        connection.commit()
    finally:
        connection.close()


def _opened(place: Path, wanted: str) -> sqlite3.Connection:
    connection = sqlite3.connect(place)
    try:
        connection.executescript(_TABLES)
        if connection.execute("SELECT fingerprint FROM about").fetchall() != [(wanted,)]:
            connection.execute("DELETE FROM proof")
            connection.execute("DELETE FROM entries")
            connection.execute("DELETE FROM about")
            connection.execute("INSERT INTO about VALUES (?)", (wanted,))
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _identity(found: os.stat_result) -> str:
    return f"{found.st_dev}-{found.st_ino}-{found.st_size}-{found.st_mtime_ns}"


def _fingerprint(base_url: str, hosts: Collection[str]) -> str:
    """Changes when a file that was good yesterday may be found wrong today."""
    ended = sorted(uri for uri, day in values.ended_organisations().items() if day < today())
    return hashlib.sha256(json.dumps([_of_checks(), base_url, sorted(hosts), ended]).encode()).hexdigest()


@cache
def _of_checks() -> str:
    """The code of the checks with what it reads: the schemas and the value lists."""
    made = hashlib.sha256(repr((etree.LXML_VERSION, etree.LIBXML_VERSION)).encode())
    for package, folders in (("publish", (".", "check", "schemas")), ("woo", ("data",))):
        for folder in folders:
            for entry in sorted(resources.files(package).joinpath(folder).iterdir(), key=lambda one: one.name):
                if entry.name.endswith((".py", ".xsd", ".json")):
                    made.update(f"{package}/{folder}/{entry.name}\0".encode())
                    made.update(entry.read_bytes())
    return made.hexdigest()
