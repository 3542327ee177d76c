"""Pieces that the pages and the data files of the site share."""

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple
from weakref import finalize

from pydantic_core import to_json

from core.web.lists import Paging

File = tuple[str, bytes | Iterable[bytes]]
"""Path relative to the root of the site, and the bytes, whole or in pieces."""
_IN_MEMORY = 1 << 20


class Line(NamedTuple):
    """A piece of text on a page, a link when `href` is filled. `badge` is a state beside it."""

    text: str
    href: str = ""
    badge: str = ""


Row = tuple[str, Sequence[Line]]
"""A term with its values."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record in a list. `stopped` is a date or empty.

    `words` are those that the search on the page looks in besides what is shown; None: the page has no such search.
    """

    href: str
    name: str
    note: str
    words: str | None = None
    explanation: str = ""
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A document in a collection."""

    href: str
    title: str
    note: str
    dossier_href: str
    dossier_title: str
    summary: str
    published_at: datetime
    lastmod: datetime
    loc: str


@dataclass(frozen=True, slots=True)
class Download:
    href: str
    name: str
    format: str
    explanation: str


def pages(home: str, count: int, length: int) -> Iterator[tuple[str, Paging]]:
    """The pages of a long list: the address of each, and where it stands. There is always a first."""
    last = max(1, -(-count // length))
    addresses = [home, *(f"{home}pagina/{number}/" for number in range(2, last + 1))]
    for number, address in enumerate(addresses, start=1):
        before = addresses[number - 2] if number > 1 else None
        after = addresses[number] if number < last else None
        yield address, Paging(number, last, count, before, after)


def merged(rows: Iterable[Row]) -> list[Row]:
    """Rows with the same values become one, with all their terms; what is said twice is read once."""
    terms: dict[tuple[Line, ...], list[str]] = {}
    for term, lines in rows:
        terms.setdefault(tuple(lines), []).append(term)
    return [(", ".join(dict.fromkeys(named)), lines) for lines, named in terms.items()]


def filled(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty or not known. A false stays: that is an answer."""
    return {name: value for name, value in facts.items() if value or value not in (None, "", [])}


def joined(texts: Iterable[str]) -> str:
    """Different texts in one cell. A bar inside a text becomes a slash, so that a reader can split again."""
    return " | ".join(dict.fromkeys(text.replace("|", "/") for text in texts if text))


def yes_no(answer: bool | None) -> str:  # noqa: FBT001 - the answer itself
    """`ja`, `nee`, or empty as long as nobody answered."""
    return "" if answer is None else "ja" if answer else "nee"


def as_json(facts: object) -> bytes:
    return json_line(facts) + b"\n"  # with lines: ten times as slow


def json_lines(head: Mapping[str, Any], name: str, records: Iterable[bytes]) -> Iterator[bytes]:
    """An object that ends with a list of records, each on a line of its own as `json_line` makes it; fast and small."""
    yield json.dumps({**head, name: []}, ensure_ascii=False).removesuffix("]}").encode()
    between = b"\n"
    for record in records:
        yield between + record
        between = b",\n"
    yield (b"" if between != b"\n" else b"\n") + b"\n]}\n"


def json_line(record: object) -> bytes:
    """Texts, numbers, answers, and lists and dictionaries of them; as `json` would write it, in a quarter of the time.

    Raises ValueError for half a character.
    """
    return to_json(record)


class Spool:
    """Pieces of a file that is made beside others. A long one waits on the disk."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed with this
        finalize(self, self._file.close)
        self._sizes = array("I")

    def add(self, piece: bytes) -> None:
        self._file.write(piece)
        self._sizes.append(len(piece))

    def __len__(self) -> int:
        return len(self._sizes)

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        yield from map(self._file.read, self._sizes)


def capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
