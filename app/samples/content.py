"""What stands in a sample document: sections of paragraphs, lists and tables, without any form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,[0-9]{1,2})?")
"""A number as it is written in Dutch, 1.250,50 for instance; 0117 is a code, no number."""


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One or more rows of text, each as long as `columns`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def numeric(self) -> tuple[bool, ...]:
        """For each column: does it hold Dutch numbers only?"""
        return tuple(all(NUMBER.fullmatch(cell) for cell in column) for column in zip(*self.rows, strict=True))

    def widths(self) -> tuple[int, ...]:
        """For each column its share of the width: that of its longest cell, in characters, within limits."""
        columns = zip(self.columns, *self.rows, strict=True)
        return tuple(min(max(len(cell) for cell in column), 45) + 8 for column in columns)


Block: TypeAlias = str | Bullets | Table
"""A paragraph is plain text."""


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    blocks: tuple[Block, ...]
