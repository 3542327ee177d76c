"""A paper: headings, text and tables, to be read, changed and signed by people. The same paper becomes Word or HTML."""

import re
from collections.abc import Mapping, Sequence
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


_NUMBER = re.compile(r"(€ )?[0-9.]+( ?%)?")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a row of headings. `widths` are shares of the page, equal when empty; `tones` colour cells."""

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
