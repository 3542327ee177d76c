"""A paper: headings, text and tables, to be read, changed and signed by people. The same paper becomes Word or HTML."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from markupsafe import Markup


class Kind(StrEnum):
    """How a paragraph is meant."""

    PLAIN = "gewoon"
    WARNING = "let op"
    ASSUMPTION = "aanname"
    """Not from the data: somebody must look at it before the paper is used."""


@dataclass(frozen=True, slots=True)
class Heading:
    """Level 1 to 3, below the title."""

    text: str
    level: int = 1
    on_new_page: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    kind: Kind = Kind.PLAIN


@dataclass(frozen=True, slots=True)
class Bullets:
    items: Sequence[str]


class Tone(StrEnum):
    """How bad a word in a table is: it gets a colour, as the word itself says."""

    BAD = "bad"
    MEDIUM = "medium"
    GOOD = "good"
    UNKNOWN = "unknown"


_NUMBER = re.compile(r"(€ )?[0-9.]+( ?%)?|–")
_WORD = re.compile(r"[^\s/-]+[/-]?")
_MOST = 26
"""A longer word is cut."""
_SHORT = 14
"""Lines of a table that stays together on a page."""
_AROUND = 3
"""Letters that the room around the text of a cell takes."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a row of headings. `tones` colour cells.

    `widths` are the shares of the page that columns want, equal when empty; no column gets less than its longest word.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    widths: Sequence[int] = ()
    tones: Mapping[str, Tone] = field(default_factory=dict)

    @property
    def numbers(self) -> frozenset[int]:
        """The columns, but the first, with a number in every row."""
        columns = range(1, len(self.headings))
        return frozenset(at for at in columns if self.rows and all(_NUMBER.fullmatch(row[at]) for row in self.rows))

    @property
    def least(self) -> Sequence[int]:
        """Letters that each column needs for its longest word; those of headings are bold, so wider."""
        columns = zip(self.headings, *self.rows, strict=True)
        return [_AROUND + max(_longest(cells), _longest([head]) * 8 // 7 + 1) for head, *cells in columns]

    def shares(self, across: int) -> Sequence[float]:
        """How wide each column is, in letters of which so many fit on a line: as wanted, but its longest word fits."""
        wanted, least = self.widths or [1] * len(self.headings), self.least
        held: set[int] = set()
        while True:
            free = [at for at in range(len(wanted)) if at not in held]
            room = across - sum(least[at] for at in held)
            whole = sum(wanted[at] for at in free)
            narrow = {at for at in free if wanted[at] * room < least[at] * whole}
            if not narrow:
                return [least[at] if at in held else wanted[at] * room / whole for at in range(len(wanted))]
            held |= narrow

    def is_short(self, across: int) -> bool:
        """It is better on one page than cut in two."""
        shares = self.shares(across)
        lines = [max(-(-len(text) // int(share)) for text, share in zip(row, shares, strict=True)) for row in self.rows]
        return sum(lines) <= _SHORT


def _longest(texts: Iterable[str]) -> int:
    return min(_MOST, max((len(word) for text in texts for word in _WORD.findall(text)), default=0))


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing (`core.papers.drawings`) and what it says in words, with all its figures."""

    svg: Markup
    caption: str
    alt: str


@dataclass(frozen=True, slots=True)
class Turn:
    """From here on pages lie down, or stand again: for a table with many columns. A page on screen does not turn."""

    is_wide: bool


Block: TypeAlias = Heading | Paragraph | Bullets | Grid | Picture | Turn


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on paper. `mark` is on top of every page, `day` is what it is the state of."""

    title: str
    subtitle: str
    organisation: str
    day: date
    blocks: Sequence[Block]
    mark: str = ""
