"""What a place has, as far as we know: so that nothing is sent twice, also after a broken connection.

A SQLite file of its own, beside the exports. Losing it costs time only: then everything is sent again.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from publish.targets.place import UNFINISHED, Parcel, is_document

MARKER = "openboek-doel.json"
"""Says whose place this is; only in a place of ours anything is ever removed."""
_KEPT = ".well-known/"
"""What the web server itself may need, such as the proof for a certificate."""
BATCH = 64
_BATCH_BYTES = 16_000_000
"""Between two batches a withdrawal is obeyed, so one may not take long."""

_TABLES = """
CREATE TABLE IF NOT EXISTS there (
    tree TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (tree, name)
) WITHOUT ROWID;
CREATE TEMP TABLE seen (name TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;
CREATE TEMP TABLE wanted (
    name TEXT PRIMARY KEY, tree TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, turn INTEGER NOT NULL
) WITHOUT ROWID;
"""


def turn(name: str) -> int:
    """When a file goes: whoever reads meanwhile never finds a list that names what is not there yet."""
    if is_document(name):
        return 0
    if name == "robots.txt":
        return 4
    if name.startswith("manifesten/"):
        return 5
    if name == "manifest.json" or name.endswith(".sig"):
        return 6
    if name.startswith("sitemaps/sitemapindex-"):
        return 3
    return 2 if name.startswith("sitemaps/") or name == "sitemap.xml" else 1


class Journal:
    """Close it when done. `tree` is the one that pages are written to now."""

    def __init__(self, path: Path, tree: str = "") -> None:
        try:
            self._db = _opened(path)
        except sqlite3.OperationalError:  # the disk, not what stands in the file
            raise
        except sqlite3.DatabaseError:
            path.unlink()
            self._db = _opened(path)
        self._tree = tree

    def close(self) -> None:
        self._db.close()

    def _tree_of(self, name: str) -> str:
        return "" if is_document(name) else self._tree

    def is_new(self) -> bool:
        """Whether we never sent anything."""
        return self._db.execute("SELECT 1 FROM there LIMIT 1").fetchone() is None

    def forget(self) -> None:
        """Send everything anew."""
        with self._db:
            self._db.execute("DELETE FROM there")

    def meet(self, listed: Iterable[tuple[str, int]]) -> int:
        """Take over what the place says that it has. Returns how many files there are, but for halves of ours."""
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?)", listed)
        whole = "SELECT count(*) FROM seen WHERE substr(name, -length(?1)) <> ?1"
        return int(self._db.execute(whole, (UNFINISHED,)).fetchone()[0])

    def want(self, files: Iterable[tuple[str, str, int]]) -> None:
        """What should be there: name, SHA-256 and size. What the place lacks, or has in another size, was not sent."""
        rows = ((name, self._tree_of(name), sha256, size, turn(name)) for name, sha256, size in files)
        with self._db:
            self._db.execute(
                "DELETE FROM there WHERE tree IN ('', ?) AND NOT EXISTS "
                "(SELECT 1 FROM seen WHERE seen.name = there.name AND seen.size = there.size)",
                (self._tree,),
            )
            self._db.executemany("INSERT INTO wanted VALUES (?, ?, ?, ?, ?)", rows)

    def to_send(self, root: Path) -> Iterator[list[Parcel]]:
        """What must still go, in batches in the right order."""
        query = (
            "SELECT turn, name, sha256, size FROM wanted WHERE NOT EXISTS (SELECT 1 FROM there WHERE there.tree = "
            "wanted.tree AND there.name = wanted.name AND there.sha256 = wanted.sha256) ORDER BY turn, name"
        )
        for _turn, rows in groupby(self._db.execute(query).fetchall(), key=lambda row: row[0]):
            batch: list[Parcel] = []
            for _, name, sha256, size in rows:
                batch.append(Parcel(name, root / name, sha256, size))
                if len(batch) == BATCH or sum(parcel.size for parcel in batch) > _BATCH_BYTES:
                    yield batch
                    batch = []
            if batch:
                yield batch

    def sent(self, parcels: Iterable[Parcel]) -> None:
        with self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO there VALUES (?, ?, ?, ?)",
                ((self._tree_of(one.name), one.name, one.sha256, one.size) for one in parcels),
            )

    def surplus(self) -> list[str]:
        """What is there and should not be."""
        query = "SELECT name FROM seen WHERE NOT EXISTS (SELECT 1 FROM wanted WHERE wanted.name = seen.name)"
        found = (str(name) for (name,) in self._db.execute(f"{query} ORDER BY name"))
        return [name for name in found if name != MARKER and not name.startswith(_KEPT)]

    def has(self, names: Iterable[str]) -> list[str]:
        """Which of these documents we know to be there."""
        known = "SELECT 1 FROM there WHERE tree = '' AND name = ? UNION ALL SELECT 1 FROM seen WHERE name = ?"
        return [name for name in names if self._db.execute(known, (name, name)).fetchone()]

    def removed(self, names: Iterable[str]) -> None:
        named = [(name,) for name in names]
        with self._db:
            for table in ("there", "seen", "wanted"):
                self._db.executemany(f"DELETE FROM {table} WHERE name = ?", named)  # noqa: S608 - our own tables


def _opened(path: Path) -> sqlite3.Connection:
    made = sqlite3.connect(path, check_same_thread=False)
    try:
        made.executescript(_TABLES)
    except sqlite3.Error:
        made.close()
        raise
    return made
