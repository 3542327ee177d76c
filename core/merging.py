"""Three texts into one: what a person opened, what that person typed, and what somebody else saved meanwhile.

A text is a form as names and values. A list of rows (`purposes-0-text`) is compared row by row and field by field as
long as the rows are still the same ones in all three; once a row came, went or moved, the list is one field.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Values = Mapping[str, tuple[str, ...]]
"""Name of a field -> what it holds; a field that is not there is empty."""


class Side(StrEnum):
    """Whose value a field gets."""

    MINE = "mijn"
    THEIRS = "ander"


class Undecided(Exception):
    """Both changed these fields, and nobody chose."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Difference:
    """A field, or a whole list, on both sides. `changed_by` is None when both changed it."""

    field: str
    is_list: bool
    base: Values | None
    """None when nobody knows what it was."""
    mine: Values
    theirs: Values

    @property
    def changed_by(self) -> Side | None:
        if self.base is None:
            return None
        if _same(self.mine, self.base):
            return Side.THEIRS
        return Side.MINE if _same(self.theirs, self.base) else None

    @property
    def is_none(self) -> bool:
        """Whether both sides hold the same after all."""
        return _same(self.mine, self.theirs)


def compare(base: Values | None, mine: Values, theirs: Values) -> Sequence[Difference]:
    """What differs between two texts, in the order of the form; `base` is what both began with, when that is known."""
    return [one for one in _all_fields(base, mine, theirs) if not one.is_none]


def merge(
    base: Values | None, mine: Values, theirs: Values, chosen: Mapping[str, Side]
) -> Mapping[str, tuple[str, ...]]:
    """One text: of each field what was chosen, else what only one of the two changed.

    Raises:
        Undecided: both changed a field, or what it was is not known, and it was not chosen.
    """
    merged: dict[str, tuple[str, ...]] = {}
    open_: list[str] = []
    for one in _all_fields(base, mine, theirs):
        side = Side.MINE if one.is_none else chosen.get(one.field) or one.changed_by
        if side is None:
            open_.append(one.field)
        merged |= one.theirs if side is Side.THEIRS else one.mine
    if open_:
        raise Undecided(open_)
    return merged


def _same(one: Values, other: Values) -> bool:
    """Whether two texts say the same. In which order somebody ticked boxes does not count."""
    return one.keys() == other.keys() and all(sorted(values) == sorted(other[name]) for name, values in one.items())


def _all_fields(base: Values | None, mine: Values, theirs: Values) -> Iterator[Difference]:
    return _fields(None if base is None else _filled(base), _filled(mine), _filled(theirs))


def _filled(text: Values) -> Values:
    return {name: values for name, values in text.items() if any(value.strip() for value in values)}


def _fields(known: Values | None, typed: Values, stored: Values, prefix: str = "") -> Iterator[Difference]:
    """Every field in any of the three, or list that has to be one field."""
    done: set[str] = set()
    for name in dict.fromkeys([*typed, *stored, *(known or {})]):
        parent = _list_in(name, prefix)
        if parent is None:
            was = None if known is None else _under(known, name)
            yield Difference(name, False, was, _under(typed, name), _under(stored, name))
        elif parent not in done:
            done.add(parent)
            texts = [text for text in (typed, stored, known) if text is not None]
            rows = [_rows(text, parent) for text in texts]
            if _are_the_same_rows(rows):
                for number in range(len(rows[0])):
                    row = f"{parent}-{number}-"
                    was = None if known is None else _starting(known, row)
                    yield from _fields(was, _starting(typed, row), _starting(stored, row), prefix=row)
            else:
                start = f"{parent}-"
                was = None if known is None else _starting(known, start)
                yield Difference(parent, True, was, _starting(typed, start), _starting(stored, start))


def _under(text: Values, name: str) -> Values:
    return {name: text[name]} if name in text else {}


def _starting(text: Values, start: str) -> Values:
    return {name: values for name, values in text.items() if name.startswith(start)}


def _list_in(name: str, prefix: str) -> str | None:
    """The outermost list that a field stands in, below the row that `prefix` names."""
    steps = name[len(prefix) :].split("-")
    at = next((place for place, step in enumerate(steps) if place and _is_row(step)), None)
    return None if at is None else prefix + "-".join(steps[:at])


def _is_row(step: str) -> bool:
    return step.isascii() and step.isdecimal() and len(step) <= 3


def _rows(text: Values, parent: str) -> Sequence[Values]:
    """The rows of a list, each with the names within it."""
    found: dict[int, dict[str, tuple[str, ...]]] = {}
    for name, values in _starting(text, f"{parent}-").items():
        number, _, rest = name[len(parent) + 1 :].partition("-")
        found.setdefault(int(number), {})[rest] = tuple(sorted(values))
    return [found.get(number, {}) for number in range(max(found, default=-1) + 1)]


def _are_the_same_rows(texts: Sequence[Sequence[Values]]) -> bool:
    """Whether the lists are as long as each other, and no row of the one stands elsewhere in another."""
    if len({len(rows) for rows in texts}) != 1:
        return False
    return not any(
        row == other and here != there
        for at, one in enumerate(texts)
        for two in texts[at + 1 :]
        for here, row in enumerate(one)
        for there, other in enumerate(two)
        if row != two[here] and other != one[there]
    )
