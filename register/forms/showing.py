"""The content in words, in the order of the form: the record page, and the page after a conflict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from core.content import Part
from core.web.forms import pattern_of
from core.web.pages import dutch_date
from register.content import ActivityContent
from register.forms.binding import Lists, from_content
from register.forms.layout import GROUPS, Item, Rows
from register.forms.words import labels

_ELSEWHERE = {"data": "kinds", "sources": "from_the_person"}
"""Fields of a data set that the form shows under another name."""


def anchor(place: str) -> str:
    """Where on the form a place in the content stands (`purposes.0.laws`): its field, or the list it is."""
    steps = place.split(".")
    if steps[0] == "data_sets" and len(steps) > 2:
        steps = [*steps[:2], _ELSEWHERE.get(steps[2], steps[2])]
    name = "-".join(steps)
    return f"veld-{name}" if pattern_of(name) in labels() else f"lijst-{name}"


@dataclass(frozen=True, slots=True)
class Shown:
    """One field on a page: its label and its value in words; no words: not filled in."""

    label: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownPart:
    """Fields that belong together, under a heading of their own when they have one."""

    title: str
    fields: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class ShownGroup:
    id: str
    title: str
    parts: tuple[ShownPart, ...] = field(default=())


def show(content: ActivityContent, lists: Lists) -> list[ShownGroup]:
    """The content in words, in the order of the form. Empty lists and the empty Wpg group are left out."""
    filled = from_content(content, lists)
    shown = []
    for group in GROUPS:
        single = tuple(
            _shown(item, filled, "", "", lists) if isinstance(item, Item) else Shown(item.one, ())
            for item in group.items
            if isinstance(item, Item) or not getattr(filled, item.name)
        )
        parts = [ShownPart("", single)] if single else []
        for item in group.items:
            if isinstance(item, Rows):
                parts += _shown_rows(item, getattr(filled, item.name), "", "", lists)
        if group.id != "wpg" or any(entry.words for entry in single):
            shown.append(ShownGroup(group.id, group.title, tuple(parts)))
    return shown


def words_by_pattern(lists: Lists) -> Mapping[str, Mapping[str, str]]:
    """Code and label of what can be chosen in a field, by the pattern of its name on the form."""
    found: dict[str, Mapping[str, str]] = {}
    for pattern in labels():
        dotted = pattern.replace("-*-", ".").replace("-", ".")
        if known := lists.get({"data_sets.kinds": "data_sets.data.code"}.get(dotted, dotted)):
            found[pattern] = known
    return found | {"retentions-*-data_set": {str(number): f"Groep {number}" for number in range(1, 100)}}


def _shown_rows(rows: Rows, parts: Sequence[Part], pattern: str, dotted: str, lists: Lists) -> Iterator[ShownPart]:
    pattern, dotted = f"{pattern}{rows.name}-*-", f"{dotted}{rows.name}."
    for number, part in enumerate(parts, start=1):
        fields = []
        for item in rows.items:
            if isinstance(item, Item):
                fields.append(_shown(item, part, pattern, dotted, lists))
            else:
                words = tuple(
                    _in_one_line(item, inner, f"{dotted}{item.name}.", lists) for inner in getattr(part, item.name)
                )
                fields.append(Shown(item.one, words))
        yield ShownPart(f"{rows.one} {number}", tuple(fields))


def _in_one_line(rows: Rows, part: Part, dotted: str, lists: Lists) -> str:
    items = [item for item in rows.items if isinstance(item, Item)]
    return ", ".join(
        word for item in items for word in in_words(f"{dotted}{item.name}", getattr(part, item.name), lists)
    )


def _shown(item: Item, part: Part, pattern: str, dotted: str, lists: Lists) -> Shown:
    value: Any = part
    for step in item.name.split("-"):
        value = getattr(value, step)
    words = in_words(f"{dotted}{item.name.replace('-', '.')}", value, lists)
    return Shown(labels()[f"{pattern}{item.name}"].label, words)


def in_words(dotted: str, value: object, lists: Lists) -> tuple[str, ...]:
    """A value of the field at `dotted` (`purposes.legal_bases`) as people read it; nothing when it is not filled in."""
    known = lists.get({"data_sets.kinds": "data_sets.data.code"}.get(dotted, dotted), {})
    if isinstance(value, tuple):
        return tuple(known.get(code, code) for code in value)
    if isinstance(value, date):
        return (dutch_date(value),)
    if dotted == "retentions.data_set":
        return (f"groep {value}" if value else "alle gegevens",)
    if value is True:
        return ("Ja",)
    text = str(value.value if isinstance(value, StrEnum) else value or "")
    return (known.get(text, text),) if text else ()
