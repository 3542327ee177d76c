"""What a place that holds a copy of the site must be able to do.

Every method raises Failed when the place gives way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from publish.server import media_type
from publish.writer import DOCUMENTS

UNFINISHED = ".openboek-deel"
"""The end of the name of a file that is on its way."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file to send: where it must come (relative to the root of the site), and where it stands here."""

    name: str
    source: Path
    sha256: str
    size: int


class Place(Protocol):
    """Used as a context: entering opens the connection, leaving closes it."""

    tree: str
    """Which of its trees the next `put` writes to, for a place that has more of them; pages only."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_error: object) -> None: ...

    def marker(self) -> bytes | None:
        """What `MARKER` holds; None when the place was never used."""

    def listed(self) -> Iterator[tuple[str, int]]:
        """Name and size of everything in it, and of what was left half-way."""

    def put(self, parcels: Sequence[Parcel]) -> None:
        """Write these files, each whole or not at all. The order within one call does not matter."""

    def remove(self, names: Sequence[str]) -> None:
        """Take these away; what is gone already is good."""

    def done(self) -> None:
        """Everything is there: readers may see it."""


def is_document(name: str) -> bool:
    """Whether this is an uploaded file, which stands in one lasting tree."""
    return name.startswith(f"{DOCUMENTS}/")


def told_type(name: str) -> str:
    """What a place is told that a file is. Of an uploaded text nobody knows in which characters it was written."""
    kind = media_type(name)
    return f"{kind}; charset=utf-8" if kind.startswith("text/") and not is_document(name) else kind
