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

from pydantic_core import from_json, to_json

from core.errors import Failed
from publish import writer

_ROOT = Path(__file__).parents[1]
_PROGRAM = ("app/migrations", "core", "publish", "register", "templates", "wmebv", "woo")
_LIBRARIES = ("jinja2", "lxml", "typst")
_SCHEMA = """
CREATE TABLE program (fingerprint TEXT NOT NULL);
CREATE TABLE unit (name TEXT PRIMARY KEY, state TEXT NOT NULL, files TEXT NOT NULL, parts BLOB NOT NULL)
    WITHOUT ROWID;
CREATE TABLE known (name TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;
"""
File = tuple[str, writer.Data]
Part = bytes
"""A piece of a file that can be taken over by itself: 16 bytes of its key and 16 of its state."""
_PART_BYTES = 32
_TOGETHER = 500
"""Units that are written down at once."""


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
        self._near: dict[str, tuple[str, str]] = {}
        """Of the units that are asked for now, as `_unit` gives them."""

    def recall(self, name: str) -> Mapping[str, Any]:
        """What was noted under this name; nothing when it was not, or cannot be read."""
        found = self._ask("SELECT facts FROM known WHERE name = ?", name)
        try:
            return dict(from_json(found[0][0])) if found else {}
        except ValueError:
            return {}

    def note(self, name: str, facts: Mapping[str, Any]) -> None:
        if self._new:
            self._new.note(name, facts)

    def close(self) -> None:
        if self._ledger:
            self._ledger.close()

    def expect(self, names: Iterable[str]) -> None:
        """The units that will be asked for next, which are read at once: one by one takes five times as long."""
        self._near = dict.fromkeys(names, ("", ""))
        query = "SELECT name, state, files FROM unit WHERE name IN (SELECT value FROM json_each(?))"
        self._near |= {name: (state, files) for name, state, files in self._ask(query, json.dumps([*self._near]))}

    def _unit(self, name: str) -> tuple[str, str]:
        """The state of a unit and what was written down of its files; both are empty when it is not there."""
        if name not in self._near:
            self.expect([name])
        return self._near[name]

    def holds(self, name: str, state: str) -> bool:
        return bool(state) and self._unit(name)[0] == state

    def files(self, unit: Unit) -> str:
        """The files of a unit that did not change, as they were written down; empty when it must be made."""
        if not unit.state:
            return ""
        state, files = self._unit(unit.name)
        return files if state == unit.state else ""

    def parts(self, name: str) -> list[Part]:
        """The parts of a unit."""
        found = self._ask("SELECT parts FROM unit WHERE name = ?", name)
        joined = found[0][0] if found else b""
        return [joined[start : start + _PART_BYTES] for start in range(0, len(joined), _PART_BYTES)]

    def pieces(self, name: str) -> tuple[list[Part], bytes]:
        """The parts of a unit with the bytes of its one file; nothing when it is not there or not as it was written."""
        files = _files(self._unit(name)[1])
        if not files or len(files) != 1 or not self.release:
            return [], b""
        ((path, sha256, _size),) = files
        try:
            data = (self.release / path).read_bytes()
        except OSError:
            return [], b""
        return (self.parts(name), data) if hashlib.sha256(data).hexdigest() == sha256 else ([], b"")

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
        self._units: list[tuple[str, str, str, bytes]] = []

    def add(self, unit: Unit, files: str) -> None:
        self._units.append((unit.name, unit.state, files, b"".join(unit.parts)))
        if len(self._units) == _TOGETHER:
            self.finish()

    def finish(self) -> None:
        self._database.executemany("INSERT INTO unit VALUES (?, ?, ?, ?)", self._units)
        self._units.clear()

    def note(self, name: str, facts: Mapping[str, Any]) -> None:
        with suppress(ValueError):  # half a character: it is read anew each time
            self._database.execute("INSERT INTO known VALUES (?, ?)", (name, to_json(facts).decode()))


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
            ledger = Ledger(database)
            yield ledger
            ledger.finish()
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
        told = before.files(unit)
        files = _files(told)
        if files is not None and before.release and release.take(before.release, files):
            count.taken += 1
        else:
            count.made += 1
            told = json.dumps([(name, *release.write(name, data)) for name, data in unit.make()])
        if unit.state:
            ledger.add(unit, told)
    return count


def digest(*parts: object) -> str:
    """A state of these parts: texts, numbers, days, and data classes and tuples of them; no sets."""
    told = [part.hex() if isinstance(part, bytes) else part for part in parts]  # how Python shows bytes takes long
    return hashlib.blake2b(repr(told).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


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


def _files(text: str) -> list[writer.Written] | None:
    try:
        return [(path, sha256, size) for path, sha256, size in from_json(text)]
    except (ValueError, TypeError):
        return None


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
