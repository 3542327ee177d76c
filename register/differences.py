"""What differs between two contents of a record, field by field, in words. Pure.

A row of a list (a purpose, a recipient) is the same row when nothing in it changed, or else the one that looks most
like it: a row that only moved is no difference. Of a field with several values (kinds of data, laws) only those stand
in a difference that came or went; their order says nothing. Codes decide, words are for reading: a list that got a new
label changed nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import Any

from core.content import Part
from core.web.forms import pattern_of
from register import forms
from register.content import ActivityContent, DataItem, DataSource
from register.forms import GROUPS, Item, Lists, Rows, in_words
from register.lists import LISTS, SENSITIVITIES

_ROW_NAME_LENGTH = 70
_ALIKE = 0.5
"""Share of its filled fields that a row must have in common with another to be the same one, changed."""
_READ_FROM = {"data_sets.kinds": "data", "data_sets.other_sources": "sources"}
_READ_ELSEWHERE = frozenset({"data_sets.own_kinds", "data_sets.from_the_person"})
"""Where the form shows a field of the content in two places, both stand in one difference."""
_LABELS = {"data_sets.other_sources": "Bronnen"}
_PER_LINE = re.compile(r" \(1 per regel\)$")


class Kind(StrEnum):
    ADDED = "erbij"
    REMOVED = "weg"
    CHANGED = "gewijzigd"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs. `row` names the row that it stands in (`Doel: Parkeren`), empty for a plain field.

    A whole row that came or went has no `label`: `before` or `after` then holds a line for each of its fields.
    """

    group: str
    label: str
    row: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    place: str
    """Of the field in the content, without numbers: `purposes.text`."""

    @property
    def kind(self) -> Kind:
        if not self.before:
            return Kind.ADDED
        return Kind.CHANGED if self.after else Kind.REMOVED

    @property
    def title(self) -> str:
        """What it is about in one line."""
        return ", ".join(filter(None, (self.row, self.label)))


Wanted = Callable[[str], bool]
"""Whether a field counts, by its place (`purposes.text`)."""


def compare(
    before: ActivityContent, after: ActivityContent, lists: Lists = LISTS, *, wanted: Wanted = lambda _place: True
) -> Sequence[Difference]:
    """What differs, in the order of the form; nothing when both say the same."""
    if before == after:
        return []
    return list(_Comparison(before, after, lists, wanted).differences())


def by_group(differences: Sequence[Difference]) -> Sequence[tuple[str, Sequence[Difference]]]:
    """Each group of the form in which something differs, with its differences."""
    return [(title, list(found)) for title, found in groupby(differences, key=attrgetter("group"))]


def with_labels(lists: Lists, *frozen: Mapping[str, Mapping[str, str]]) -> Lists:
    """Lists with the words of snapshots for codes that they do not hold (any more)."""
    found = {place: dict(words) for place, words in lists.items()}
    for labels in frozen:
        for place, words in labels.items():
            found[place] = {**words, **found.get(place, {})}
    return found


class _Comparison:
    def __init__(self, before: ActivityContent, after: ActivityContent, lists: Lists, wanted: Wanted) -> None:
        self._before, self._after, self._lists, self._wanted = before, after, lists, wanted
        self._sets = {
            new: old
            for old, new in _pairs(before.data_sets, after.data_sets, "data_subject")
            if old is not None and new is not None
        }

    def differences(self) -> Iterator[Difference]:
        for group in GROUPS:
            for item in group.items:
                if isinstance(item, Rows):
                    yield from self._rows(group.title, item)
                else:
                    place = item.name.replace("-", ".")
                    yield from self._field(group.title, item, place, "", self._before, self._after)

    def _rows(self, group: str, rows: Rows) -> Iterator[Difference]:
        old_rows, new_rows = getattr(self._before, rows.name), getattr(self._after, rows.name)
        if rows.name == "retentions":  # so that a period whose group of people moved is the same period
            new_rows = tuple(self._with_old_number(row) for row in new_rows)
        key = _key_of(rows)
        for old, new in _pairs(old_rows, new_rows, key):
            was = old_rows[old] if old is not None else None
            becomes = new_rows[new] if new is not None else None
            if was == becomes:
                continue
            name = self._name(rows, becomes or was, new if new is not None else old or 0)
            if was is None or becomes is None:
                lines = tuple(self._lines(rows, becomes or was))
                if lines:
                    yield Difference(
                        group, "", name, () if was is None else lines, lines if was is None else (), rows.name
                    )
            else:
                for item in rows.items:
                    yield from self._field(group, item, f"{rows.name}.{item.name}", name, was, becomes)

    def _with_old_number(self, row: Any) -> Any:  # noqa: ANN401 - a Retention
        number = row.data_set - 1
        if not 0 <= number < len(self._after.data_sets):
            return row
        old = self._sets.get(number)
        return row.model_copy(update={"data_set": -row.data_set if old is None else old + 1})

    def _field(
        self, group: str, item: Item | Rows, place: str, row: str, before: Part, after: Part
    ) -> Iterator[Difference]:
        if place in _READ_ELSEWHERE or not self._wanted(place):
            return
        was, becomes = (Counter(_values(place, part)) for part in (before, after))
        if was == becomes:
            return
        gone, new = ([*(one - other).elements()] for one, other in ((was, becomes), (becomes, was)))
        before_words, after_words = (
            tuple(word for value in values for word in self._words(item, place, value)) for values in (gone, new)
        )
        yield Difference(group, _label(item, place), row, before_words, after_words, place)

    def _lines(self, rows: Rows, part: Part | None) -> Iterator[str]:
        for item in rows.items:
            place = f"{rows.name}.{item.name}"
            if part is None or place in _READ_ELSEWHERE or not self._wanted(place):
                continue
            words = [word for value in _values(place, part) for word in self._words(item, place, value)]
            if words:
                yield f"{_label(item, place)}: {', '.join(words)}"

    def _name(self, rows: Rows, part: Part | None, position: int) -> str:
        """`Doel: Parkeren`, and `Doel 2` when nothing says which one it is."""
        place = f"{rows.name}.{_key_of(rows)}"
        words = " ".join(in_words(place, getattr(part, _key_of(rows)), self._lists)) if self._wanted(place) else ""
        if len(words) > _ROW_NAME_LENGTH:
            words = f"{words[:_ROW_NAME_LENGTH].rsplit(' ', 1)[0]}..."
        return f"{rows.one}: {words}" if words else f"{rows.one} {position + 1}"

    def _words(self, item: Item | Rows, place: str, value: Any) -> Sequence[str]:  # noqa: ANN401 - of any field
        match value:
            case DataItem():
                name = value.label or " ".join(in_words("data_sets.data.code", value.code, self._lists))
                sensitivity = SENSITIVITIES.get(value.sensitivity, value.sensitivity)
                return (f"{name} ({sensitivity.lower()})" if sensitivity else name,)
            case DataSource():
                return (value.text or " ".join(in_words("data_sets.sources.kind", value.kind, self._lists)),)
            case Part():
                inner = [one for one in getattr(item, "items", ()) if isinstance(one, Item)]
                names = [f"{place}.{one.name}" for one in inner]
                words = [in_words(name, getattr(value, name.rpartition(".")[2]), self._lists) for name in names]
                return (", ".join(word for found in words for word in found),)
        if place == "retentions.data_set" and value:
            sets, number = (self._before, value) if value > 0 else (self._after, -value)
            if number <= len(sets.data_sets):
                return in_words("data_sets.data_subject", sets.data_sets[number - 1].data_subject, self._lists)
        return in_words(place, value, self._lists)


def _values(place: str, part: Part) -> tuple[Any, ...]:
    """What a field holds, one by one; nothing when it is empty."""
    value: Any = part
    steps = place.split(".")
    for step in steps if isinstance(part, ActivityContent) else [_READ_FROM.get(place, steps[-1])]:
        value = getattr(value, step)
    if isinstance(value, tuple):
        return value
    return () if value is None or value is False or value == "" else (value,)


def _label(item: Item | Rows, place: str) -> str:
    if isinstance(item, Rows):
        return item.one
    if place in _LABELS:
        return _LABELS[place]
    first, _, rest = place.partition(".")
    pattern = f"{first}-*-{rest}" if rest and f"{first}-*-{rest}" in forms.labels() else place.replace(".", "-")
    return _PER_LINE.sub("", forms.labels()[pattern_of(pattern)].label)


def _key_of(rows: Rows) -> str:
    """The field that says which row it is: the first one that is not a number of another row."""
    return next(item.name for item in rows.items if item.name != "data_set")


def _pairs(before: Sequence[Part], after: Sequence[Part], key: str) -> list[tuple[int | None, int | None]]:
    """Which row became which, in the order of `after` with the rows that went at the end."""
    left, place = list(range(len(before))), dict[int, int]()
    for new, row in enumerate(after):
        same = next((old for old in left if before[old] == row), None)
        if same is not None:
            place[new] = same
            left.remove(same)
    open_ = [new for new in range(len(after)) if new not in place]
    scores = [(_likeness(before[old], after[new], key), -abs(old - new), old, new) for old in left for new in open_]
    for score, _, old, new in sorted(scores, key=lambda one: (-one[0], -one[1], one[2], one[3])):
        if score >= _ALIKE and old in left and new not in place:
            place[new] = old
            left.remove(old)
    return [*((place.get(new), new) for new in range(len(after))), *((old, None) for old in left)]


def _likeness(one: Part, other: Part, key: str) -> float:
    """From 0 to 2: above 1 when both are called the same."""
    pairs = [(getattr(one, name), getattr(other, name)) for name in type(one).model_fields]
    filled = [(a, b) for a, b in pairs if a or b]
    shared = sum(_share(a, b) for a, b in filled) / len(filled) if filled else 1.0
    named = getattr(one, key)
    return shared + (1.0 if named and named == getattr(other, key) else 0.0)


def _share(one: object, other: object) -> float:
    if one == other:
        return 1.0
    if isinstance(one, str) and isinstance(other, str):
        ours, theirs = set(one.casefold().split()), set(other.casefold().split())
    elif isinstance(one, tuple) and isinstance(other, tuple):
        ours, theirs = set(one), set(other)
    else:
        return 0.0
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 1.0
