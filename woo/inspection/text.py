"""Text as the checks read it: which line, cell and heading a place belongs to, and what stands before it."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from woo.inspection.model import Kind, Known, Piece

# One character for one, so that every place stays where it is.
_ORDINARY = str.maketrans(
    {**dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " ")}
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-")
    | {"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\u2028": "\n", "\u2029": "\n", "\u2019": "'"}
)


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the text that a check found. A `critical` one stops publication wherever it stands."""

    start: int
    end: int
    critical: bool = False


class Text:
    """A piece of a file, with what a check may want to know about a place in it."""

    def __init__(self, piece: Piece, known: Known | None = None) -> None:
        self.piece = piece
        self.text = piece.text.translate(_ORDINARY)
        self._known = known or Known()
        self._starts = [0, *(found.end() for found in re.finditer("\n", self.text))]

    @property
    def is_table(self) -> bool:
        return bool(self.piece.headings)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    def row(self, place: int) -> int:
        """The number of the line, from 0."""
        return bisect_right(self._starts, place) - 1

    def start_of_line(self, place: int) -> int:
        return self._starts[self.row(place)]

    def column(self, place: int) -> int:
        """The number of the cell in its row, from 0."""
        return self.text.count("\t", self.start_of_line(place), place)

    def line(self, place: int) -> str:
        return self.lines[self.row(place)]

    def before(self, place: int, longest: int = 120) -> str:
        """What stands on the line before the place."""
        return self.text[max(self.start_of_line(place), place - longest) : place]

    def after(self, place: int, longest: int = 40) -> str:
        """What stands on the line after the place."""
        return self.text[place : place + longest].partition("\n")[0]

    def heading(self, place: int) -> str:
        """The heading of the column in a table, else the line above when that is no more than a label."""
        if self.is_table:
            column = self.column(place)
            return self.piece.headings[column] if column < len(self.piece.headings) else ""
        return next((line for line in self.above(place, 1) if len(line) <= 60 and not line.endswith(".")), "")

    def cell_above(self, place: int) -> str:
        """The cell above the one of the place; empty in the first row."""
        row, column = self.row(place), self.column(place)
        cells = self.lines[row - 1].split("\t") if row else []
        return cells[column] if column < len(cells) else ""

    def above(self, place: int, most: int) -> Iterator[str]:
        """The lines with words or numbers above the one of the place, nearest first."""
        for row in range(self.row(place) - 1, max(-1, self.row(place) - 1 - 2 * most), -1):
            if most and (line := self.lines[row].strip()):
                most -= 1
                yield line

    def is_known(self, *values: str) -> bool:
        """Whether all of these stand in one text that belongs to the municipality itself, whatever the spaces."""
        wanted = [_bare(value) for value in values]
        return any(all(value in known for value in wanted) for known in map(_bare, self._known.texts))

    def is_known_domain(self, domain: str) -> bool:
        """Whether every e-mail address of this domain belongs to the municipality itself."""
        return any(known.strip().casefold() == f"@{domain.casefold()}" for known in self._known.texts)


def _bare(text: str) -> str:
    return re.sub(r"[\s().,-]+", "", text).casefold()


def as_words(name: str) -> str:
    """The name of a file as text, one sign for one: each folder on a line, an underscore beside a letter as a space."""
    return re.sub(r"(?<=[^\W\d_])_|_(?=[^\W\d_])", " ", re.sub(r"[/\\]", "\n", name))


def has_words(text: str) -> bool:
    """Whether there is something to read: three letters or digits."""
    return len(re.findall(r"\w", text)) >= 3


def mask(kind: Kind, value: str) -> str:
    """As much of a value as helps to find it back in the document, and no more."""
    match kind:
        case Kind.BSN | Kind.PHONE | Kind.IBAN:
            return re.sub(r"\w(?=(?:\W*\w){2})", "•", value)
        case Kind.EMAIL:
            local, _, domain = value.partition("@")
            return f"{local[0]}{'•' * (len(local) - 1)}@{re.sub(r'[^.](?=[^.]*[.])', '•', domain)}"
        case Kind.NAME | Kind.ADDRESS:
            return re.sub(r"(?<=\w)\w", "•", value)
        case _:
            return re.sub(r"\w", "•", value[:-2]) + value[-2:]


def column_name(number: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    name, number = "", number + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name
