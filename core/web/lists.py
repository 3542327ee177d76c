"""What lists on pages are made of: cells, pages of a list, items of a menu (`templates/components/lists.html`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in a table or beside a term: a text, perhaps with a link and a badge."""

    text: str = ""
    href: str = ""
    badge: str = ""
    is_code: bool = False
    """A number or code, kept on one line."""


@dataclass(frozen=True, slots=True)
class Paging:
    """Where a page stands in a list. `count` is of pages, `total` of records; the addresses are those beside it."""

    number: int
    count: int
    total: int
    previous: str | None
    next: str | None


def paging(
    address: str, chosen: Mapping[str, str] | Sequence[tuple[str, str]], number: int, count: int, total: int
) -> Paging:
    """Page `number` of `count` of the list at `address`; `chosen` is what was asked of it, empty for all."""
    pairs = [pair for pair in (chosen.items() if isinstance(chosen, Mapping) else chosen) if pair[1]]

    def link(to: int) -> str | None:
        if not 1 <= to <= count:
            return None
        return f"{address}?{urlencode([*pairs, ('pagina', to)])}"

    return Paging(number, count, total, link(number - 1), link(number + 1))


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A line of the menu beside a page."""

    label: str
    href: str
    current: bool = False
    note: str = ""
    """How far it is, in a few words."""
