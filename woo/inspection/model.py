"""What the check before publishing speaks of: kinds, hits and results, and the pieces of a file that readers give."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files as resources
from typing import Any

VERSION = 9
"""Of what the checks find and strip. Raise it with them: what waits to become public is then looked at again."""


MAX_DEPTH = 3
"""How deep files in files are looked at and stripped."""


class Kind(StrEnum):
    """What can be found. The names are a promise to users of `openboek check-document`."""

    BSN = "bsn"
    IBAN = "iban"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    BIRTHDATE = "birthdate"
    PLATE = "plate"
    NAME = "name"
    SIGNATURE = "signature"
    HIDDEN_TEXT = "hidden_text"
    ANNOTATION = "annotation"
    ATTACHMENT = "attachment"
    REVISION = "revision"
    METADATA = "metadata"
    FORM_FIELD = "form_field"
    TRACKED_CHANGE = "tracked_change"
    COMMENT = "comment"
    HIDDEN_SHEET = "hidden_sheet"
    HIDDEN_ROW = "hidden_row"
    MACRO = "macro"
    EXIF = "exif"
    NO_TEXT_LAYER = "no_text_layer"
    UNTAGGED = "untagged"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class KindWords:
    """Dutch words about a kind, for screens: what it is called, what it is, and what to do about it."""

    label: str
    what: str
    todo: str


@cache
def words() -> Mapping[Kind, KindWords]:
    """The words about every kind."""
    found = json.loads((resources(__package__) / "data" / "kinds.json").read_text(encoding="utf-8"))
    return {Kind(kind): KindWords(**texts) for kind, texts in found.items()}


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that a person should look at.

    `snippet` is the text around it with personal data masked, fit to be stored. `critical` stops publication until a
    second person decides. `page` counts from 1, None where the file has no pages; `where` is the place in words, such
    as a cell or a file in a zip. `key` is the same each time the same bytes are checked, and says nothing about what
    was masked.
    """

    kind: Kind
    snippet: str
    critical: bool = False
    page: int | None = None
    where: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """The result of a check. `format` is what the file is by its contents; None when that is not known.

    When not all of the file could be looked at, a hit `unreadable` says what was not.
    """

    format: str | None
    hits: tuple[Hit, ...]

    @property
    def is_critical(self) -> bool:
        return any(hit.critical for hit in self.hits)

    def as_json(self) -> dict[str, Any]:
        return {"format": self.format, "hits": [asdict(hit) for hit in self.hits]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Inspection":
        return cls(data["format"], tuple(Hit(**hit | {"kind": Kind(hit["kind"])}) for hit in data["hits"]))


@dataclass(frozen=True, slots=True)
class Known:
    """What belongs to the municipality itself and so is no finding: addresses, telephone numbers, e-mail, IBANs.

    A text as `@gemeente.nl` stands for every e-mail address that ends so.
    """

    texts: tuple[str, ...] = ()


# --- what readers give ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of a file, to be searched for personal data.

    Lines are what belongs together on the screen: a line of a page, a paragraph, a row. In a table the cells of a row
    are parted by tabs and `headings` are those of the columns; `sheet` makes hits say the cell, with `rows` as the
    number of each line. `is_hidden`: it is in the file, but whoever opens it does not see it.
    """

    text: str
    page: int | None = None
    where: str = ""
    is_hidden: bool = False
    headings: Sequence[str] = ()
    sheet: str = ""
    rows: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is a hit by itself. Personal data in `text` is masked before anybody sees it."""

    kind: Kind
    text: str
    critical: bool = False
    page: int | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class Inside:
    """A file in the file, to be looked at too. Without `is_open` nobody sees it who just opens the outer one."""

    name: str
    data: bytes
    is_open: bool = False


@dataclass(slots=True)
class Budget:
    """How much one check may still do. Readers ask `is_spent` in every loop that a file can make long."""

    seconds: float
    unpacked: int = 500_000_000
    """How many bytes may still come out of compressed parts, of all files in the file together."""
    started: tuple[float, float] = field(default_factory=lambda: (time.process_time(), time.monotonic()))

    @property
    def used(self) -> float:
        """Seconds of processor time, or half of those of the clock on a machine that is busy with something else."""
        processor, clock = self.started
        return max(time.process_time() - processor, (time.monotonic() - clock) / 2)

    @property
    def is_spent(self) -> bool:
        return self.used > self.seconds

    @property
    def is_overdue(self) -> bool:
        """Whether a reader has had its time to say how far it came, and has not."""
        return self.used > 1.1 * self.seconds + 1


class Unreadable(Exception):
    """A file cannot be looked at; the text is the Dutch sentence that says why and what to do."""


class TooLarge(Unreadable):
    """Unpacked it is larger than any file of people."""
