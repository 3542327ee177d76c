"""What a release was made of, so that the next run makes only what changed.

The site is made in units. The state of a unit is a digest of everything that its files depend on; when it is the one of
the release before, the files are the same and are taken over. What belongs to a release stands beside it, where readers
of the site cannot come: `D/exports/.staat-{id}`. Without it, or when it is damaged, everything is made again.
"""

import hashlib
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from core.errors import Failed
from publish import writer

_ROOT = Path(__file__).parents[1]
_PROGRAM = ("app/migrations", "core", "publish", "register", "templates", "wmebv", "woo")
_LIBRARIES = ("jinja2", "lxml", "typst")
_SCHEMA = """
CREATE TABLE program (fingerprint TEXT NOT NULL);
CREATE TABLE unit (name TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE file (unit TEXT, place INTEGER, path TEXT, sha256 TEXT, size INTEGER, PRIMARY KEY (unit, place))
    WITHOUT ROWID;
CREATE TABLE known (name TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE part (unit TEXT, place INTEGER, key BLOB, state BLOB, PRIMARY KEY (unit, place)) WITHOUT ROWID;
"""
File = tuple[str, writer.Data]
Part = tuple[bytes, bytes]
"""A piece of a file that can be taken over by itself: its key and its state."""


class Unit(NamedTuple):
    """Files that are made together. Without a `state` they are made each time.

    `parts` are the pieces of its one file, in their order.
    """

    name: str
    state: str
    make: Callable[[], Iterable[File]]
    parts: Sequence[Part] = ()


class Before:
    """The release before, as far as things can be taken over from it; an empty one holds nothing.

    What is noted for the next release goes to the ledger of this one.
    """

    def __init__(self, release: Path | None = None, new: "Ledger | None" = None) -> None:
        self.release = release
        self._ledger = _opened(release) if release else None
        self._new = new

    def recall(self, name: str) -> Mapping[str, Any]:
        """What was noted under this name; nothing when it was not, or cannot be read."""
        found = self._ask("SELECT facts FROM known WHERE name = ?", name)
        try:
            return dict(json.loads(found[0][0])) if found else {}
        except ValueError:
            return {}

    def note(self, name: str, facts: Mapping[str, Any]) -> None:
        if self._new:
            self._new.note(name, facts)

    def close(self) -> None:
        if self._ledger:
            self._ledger.close()

    def holds(self, name: str, state: str) -> bool:
        return bool(state) and self._ask("SELECT state FROM unit WHERE name = ?", name) == [(state,)]

    def files(self, unit: Unit) -> list[tuple[str, str, int]] | None:
        """Path, SHA-256 and size of the files of a unit that did not change; None when it must be made."""
        if not self.holds(unit.name, unit.state):
            return None
        return self._ask("SELECT path, sha256, size FROM file WHERE unit = ? ORDER BY place", unit.name)

    def pieces(self, name: str) -> tuple[list[Part], bytes] | None:
        """The parts of a unit with the bytes of its one file; None when it is not there or not as it was written."""
        parts = self._ask("SELECT key, state FROM part WHERE unit = ? ORDER BY place", name)
        found = self._ask("SELECT path, sha256 FROM file WHERE unit = ?", name)
        if not parts or len(found) != 1 or not self.release:
            return None
        try:
            data = (self.release / found[0][0]).read_bytes()
        except OSError:
            return None
        return (parts, data) if hashlib.sha256(data).hexdigest() == found[0][1] else None

    def _ask(self, query: str, name: str) -> list[tuple]:  # type: ignore[type-arg]
        try:
            return self._ledger.execute(query, (name,)).fetchall() if self._ledger else []
        except sqlite3.Error:
            return []


@dataclass(slots=True)
class Count:
    """How many units were made, and how many were taken over."""

    made: int = 0
    taken: int = 0


class Ledger:
    """What is written down of the release that is being made."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def add(self, unit: Unit, files: Iterable[tuple[str, str, int]]) -> None:
        self._database.execute("INSERT INTO unit VALUES (?, ?)", (unit.name, unit.state))
        rows = ((unit.name, place, *file) for place, file in enumerate(files))
        self._database.executemany("INSERT INTO file VALUES (?, ?, ?, ?, ?)", rows)
        parts = ((unit.name, place, *part) for place, part in enumerate(unit.parts))
        self._database.executemany("INSERT INTO part VALUES (?, ?, ?, ?)", parts)

    def note(self, name: str, facts: Mapping[str, Any]) -> None:
        self._database.execute("INSERT INTO known VALUES (?, ?)", (name, json.dumps(facts)))


@contextmanager
def ledger_of(release: Path) -> Iterator[Ledger]:
    """To write down what a release is made of; kept when the release is finished.

    Raises:
        Failed: the disk is full or the folder cannot be written.
    """
    place = writer.state_of(release)
    unfinished = place.with_name(f"{place.name}.nieuw")
    try:
        release.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(unfinished)) as database:
            database.executescript(_SCHEMA)
            database.execute("INSERT INTO program VALUES (?)", (program(),))
            yield Ledger(database)
            database.commit()
        unfinished.replace(place)
    except (sqlite3.Error, OSError) as error:
        raise Failed(
            f"In {release.parent} kan niet worden geschreven. Maak ruimte vrij of pas de rechten aan."
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def hand_over(made: Path, live: Path) -> None:
    """The live release is the same as the one that was made: from now on what was written down of that one counts."""
    if writer.state_of(made).exists():
        writer.state_of(made).replace(writer.state_of(live))


@contextmanager
def since(release: Path | None, new: Ledger) -> Iterator[Before]:
    """What can be taken over from this release; nothing when there is none."""
    before = Before(release, new)
    try:
        yield before
    finally:
        before.close()


def write(release: writer.Release, units: Iterable[Unit], before: Before, ledger: Ledger) -> Count:
    """Write every unit: what has the state of before is taken over, all else is made.

    Two units may not have the same name.
    """
    count = Count()
    for unit in units:
        known = before.files(unit)
        if known is not None and before.release and release.take(before.release, known):
            count.taken += 1
            names = [path for path, _, _ in known]
        else:
            count.made += 1
            names = []
            for name, data in unit.make():
                release.write(name, data)
                names.append(name)
        if unit.state:
            ledger.add(unit, ((name, *release.files[name]) for name in names))
    return count


def digest(*parts: object) -> str:
    """A state of these parts: texts, numbers, days, and data classes and tuples of them; no sets."""
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@cache
def program() -> str:
    """A fingerprint of what makes the files: code, templates, value lists, schemas, and the libraries beside them."""
    found = hashlib.blake2b(repr((sys.version, [metadata.version(name) for name in _LIBRARIES])).encode())
    for path in _sources():
        found.update(f"\0{path.relative_to(_ROOT)}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def _sources() -> Iterator[Path]:
    for folder in _PROGRAM:
        for place, folders, names in os.walk(_ROOT / folder):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            yield from (Path(place, name) for name in sorted(names))


def _opened(release: Path) -> sqlite3.Connection | None:
    place = writer.state_of(release)
    if not place.is_file():
        return None
    try:
        ledger = sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        if ledger.execute("SELECT fingerprint FROM program").fetchall() == [(program(),)]:
            return ledger
        ledger.close()
    except sqlite3.Error:
        pass
    return None
