"""A paper: headings, text and tables, to be read, changed and signed by people. The same paper becomes Word or HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias


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


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a row of headings. `widths` are shares of the page, equal when empty."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    widths: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """From here on pages lie down, or stand again: for a table with many columns. A page on screen does not turn."""

    is_wide: bool


Block: TypeAlias = Heading | Paragraph | Bullets | Grid | Turn


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on paper. `mark` is on top of every page, `day` is what it is the state of."""

    title: str
    subtitle: str
    organisation: str
    day: date
    blocks: Sequence[Block]
    mark: str = ""
