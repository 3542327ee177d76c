"""Which facts of a record may leave the municipality: fixed per field in `data/velden.json`.

`ja` is always public, `nee` never is, and with `keuze` the municipality decides (default: no). A field that the list
does not name is not public.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from core import values
from core.content import Part
from register.content import ActivityContent, Publication, Role
from register.lists import fields_of

SECURITY = "maatregelen.algemeen"
"""Public for a controller; of a processor the municipality chooses (GDPR art. 30(2)(d))."""


_CLEARER = {
    "doorgifte[].ontvanger": "Wie de gegevens buiten de EER krijgt",
    "ontvangers[].grond": "Waarom we gegevens met een ander mogen delen",
    "gebaseerd_op": "Op welk voorbeeld de verwerking is gebaseerd",
    "dpia.status": "DPIA: hoe ver die is",
}
"""Words for a field away from its place in the form."""


class Filled(NamedTuple):
    """A value of such a field: the path, where the labels of its codes stand in a version, and the value."""

    path: str
    place: str
    value: str


class Choice(NamedTuple):
    """A field of which the municipality decides whether the public sees it, by its path in `velden.json`."""

    path: str
    label: str
    article: str


def _levels() -> tuple[frozenset[str], tuple[Choice, ...]]:
    fields = values.document("register", "velden")
    always: set[str] = set()
    choices: list[Choice] = []
    for section, about in (
        ("waarden", ""),
        ("verwerkersregister", " (als de gemeente voor een ander werkt)"),
        ("wpg", " (politiegegevens)"),
    ):
        for row in fields[section]:
            if row["openbaar"] == "keuze":
                choices.append(Choice(row["pad"], _CLEARER.get(row["pad"], f"{row['label']}{about}"), row["artikel"]))
            elif row["openbaar"] == "ja":
                always.add(row["pad"])
    return frozenset(always), tuple(choices)


ALWAYS, CHOICES = _levels()
_CHOSEN = frozenset(choice.path for choice in CHOICES)


def visible(facts: Mapping[str, Any], chosen: frozenset[str], model: type[Part] = ActivityContent) -> dict[str, Any]:
    """Content as JSON without what the public may not see; `chosen` are the paths that the municipality shows.

    Rows of a list stay as rows, even empty ones: that a processor is used is public, its name is a choice.
    """
    kept: dict[str, Any] = {}
    for name, path, part, is_list in _fields(model):
        if name not in facts:
            continue
        if part is not None:
            inner = facts[name]
            kept[name] = [visible(row, chosen, part) for row in inner] if is_list else visible(inner, chosen, part)
        elif path in ALWAYS or path in chosen:
            kept[name] = facts[name]
    if kept.get("role") == Role.PROCESSOR and SECURITY not in chosen:
        kept.pop("security", None)
    return kept


def hidden(
    facts: Mapping[str, Any], chosen: frozenset[str], model: type[Part] = ActivityContent
) -> Iterator[tuple[str, str]]:
    """Every text that `visible` leaves out, with its path; the opposite of it."""
    for name, path, part, is_list in _fields(model):
        value = facts.get(name)
        if not value:
            continue
        for one in value if is_list else (value,):
            if part is not None:
                yield from hidden(one, chosen, part)
            elif isinstance(one, str) and path not in ALWAYS and path not in chosen:
                yield path, one


LIMITED_FIELDS = frozenset({"name", "controller", "purposes", "ended_on"})
"""What the public sees of a record at the level `beperkt`; of a purpose its text, legal bases and laws."""


def public_part(content: ActivityContent, chosen: frozenset[str]) -> ActivityContent | None:
    """What the public would see of content that is established; None when it is not on the website at all."""
    if content.publication not in {Publication.YES, Publication.LIMITED}:
        return None
    facts = visible(content.model_dump(), chosen)
    if content.publication is Publication.LIMITED:
        facts = {name: value for name, value in facts.items() if name in LIMITED_FIELDS}
        known = ("text", "legal_bases", "laws")
        facts["purposes"] = [{name: purpose[name] for name in known} for purpose in facts["purposes"]]
    return ActivityContent.model_validate(facts)


@cache
def _fields(model: type[Part]) -> tuple[tuple[str, str, type[Part] | None, bool], ...]:
    found = []
    for name, part, is_list in fields_of(model):
        extra = model.model_fields[name].json_schema_extra
        path = str(extra.get("path", "")) if isinstance(extra, dict) else ""
        found.append((name, path, part, is_list))
    return tuple(found)


def choices_in(facts: Mapping[str, Any], model: type[Part] = ActivityContent, place: str = "") -> Iterator[Filled]:
    """Every filled field of the content of which the municipality decides, with the place of its labels."""
    for name, path, part, is_list in _fields(model):
        value = facts.get(name)
        if not value:
            continue
        if part is not None:
            for row in value if is_list else (value,):
                yield from choices_in(row, part, f"{place}{name}.")
        elif path in _CHOSEN and (path != SECURITY or facts.get("role") == Role.PROCESSOR):
            yield from (Filled(path, f"{place}{name}", str(text)) for text in (value if is_list else (value,)))
