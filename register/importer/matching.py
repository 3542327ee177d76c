"""Which records of a file are in the register already: by number, by name, or by a name that looks like it. Pure."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from core import values
from register.content import ActivityContent
from register.rules.likeness import alike


class How(StrEnum):
    """By what a record of a file was recognised."""

    KENMERK = "kenmerk"
    NUMBER = "nummer"
    NAME = "naam"
    LIKENESS = "lijkt"


@dataclass(frozen=True, slots=True)
class Present:
    """A record that is in the register."""

    number: int
    kenmerk: str
    external_number: str
    name: str


class Found(NamedTuple):
    """The number of the record that is there, and by what it was recognised."""

    number: int
    how: How


def match(present: Sequence[Present], wanted: Sequence[ActivityContent], *, least: float) -> list[Found | None]:
    """For each record of a file the one that is there already. Each record that is there stands for one row only.

    Our kenmerk in the column with numbers goes first, then the old number, the name, and a name that resembles it by
    `least` (0 to 1).
    """
    found: list[Found | None] = [None] * len(wanted)
    left = {one.number: one for one in present}
    for how, theirs, ours in _PASSES:
        known: dict[Hashable, list[int]] = {}
        for one in left.values():
            known.setdefault(theirs(one), []).append(one.number)
        for place, content in enumerate(wanted):
            key = ours(content)
            if found[place] is None and key and known.get(key):
                number = known[key].pop(0)
                found[place] = Found(number, how)
                del left[number]
    _by_likeness(list(left.values()), wanted, found, least)
    return found


def _number(one: Present | ActivityContent) -> str:
    return one.external_number.casefold()


def _name(one: Present | ActivityContent) -> str:
    return values.fold(one.name)


def _both(one: Present | ActivityContent) -> tuple[str, str] | None:
    return (_number(one), _name(one)) if one.external_number else None


_PASSES: Sequence[tuple[How, Callable[[Present], Hashable], Callable[[ActivityContent], Hashable]]] = (
    (How.KENMERK, lambda one: one.kenmerk.casefold(), _number),
    (How.NUMBER, _both, _both),
    (How.NUMBER, _number, _number),
    (How.NAME, _name, _name),
)


def _by_likeness(
    left: Sequence[Present], wanted: Sequence[ActivityContent], found: list[Found | None], least: float
) -> None:
    places = [place for place, one in enumerate(found) if one is None]
    names = [*(one.name for one in left), *(wanted[place].name for place in places)]
    taken: set[int] = set()
    for later, earlier in sorted(alike(names, least).items()):
        if earlier < len(left) <= later and earlier not in taken:
            taken.add(earlier)
            found[places[later - len(left)]] = Found(left[earlier].number, How.LIKENESS)


def merged(present: ActivityContent, planned: ActivityContent) -> ActivityContent:
    """What the record becomes when a row is taken over: what the row fills in; the rest stays as it is.

    Remarks come behind those that are there. A row never makes a field empty.
    """
    empty = ActivityContent()
    facts = {
        name: getattr(planned, name)
        for name in ActivityContent.model_fields
        if getattr(planned, name) != getattr(empty, name)
    }
    if planned.remarks:
        known = present.remarks.splitlines()
        facts["remarks"] = "\n".join([*known, *(line for line in planned.remarks.splitlines() if line not in known)])
    return present.model_copy(update=facts)
