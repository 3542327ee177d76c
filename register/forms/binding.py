"""Content to form and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.web.forms import Form, Typed, fill, pattern_of
from register.content import ActivityContent, DataItem, DataSet, DataSource
from register.forms.words import LINES, ActivityInput, DataSetInput, labels
from register.lists import COUNTRIES, DATA, DATA_SUBJECTS, FROM_THE_PERSON, LISTS, WPG_DATA_SUBJECTS

Lists = Mapping[str, Mapping[str, str]]
_WORDS: Lists = {
    "data_sets.data_subject": DATA_SUBJECTS,
    "data_sets.unneeded": DATA,
    "processors.countries": COUNTRIES,
    "transfers.country": COUNTRIES,
    "wpg.data_subjects": WPG_DATA_SUBJECTS,
}
"""Fields where a person types a word of a list or an own word: the form shows labels, the content holds codes."""


def fill_activity(content: ActivityContent) -> Form[ActivityInput]:
    """The form with stored content, as the page shows it: a list of lines is one text, "all data" is no choice."""
    form = fill(from_content(content), labels())
    pairs: list[tuple[str, str]] = []
    for name, value in form.typed.pairs:
        if pattern_of(name) in LINES and pairs and pairs[-1][0] == name:
            pairs[-1] = (name, f"{pairs[-1][1]}\n{value}")
        elif (pattern_of(name), value) != ("retentions-*-data_set", "0"):
            pairs.append((name, value))
    form.typed = Typed(tuple(pairs))
    return form


def from_content(content: ActivityContent, lists: Lists = LISTS) -> ActivityInput:
    """Content as people fill it in."""
    known = {place: lists.get(place, words) for place, words in _WORDS.items()}
    facts = _with_words(content.model_dump(), lambda place, code: known[place].get(code, code))
    facts["data_sets"] = [
        {
            **{name: value for name, value in facts_of_set.items() if name not in {"data", "sources"}},
            "kinds": [item.code for item in data_set.data if item.code],
            "own_kinds": [item for item in data_set.data if not item.code],
            "from_the_person": any(source.kind == FROM_THE_PERSON for source in data_set.sources),
            "other_sources": [_in_words(source) for source in data_set.sources if source.kind != FROM_THE_PERSON],
        }
        for facts_of_set, data_set in zip(facts["data_sets"], content.data_sets, strict=True)
    ]
    return ActivityInput.model_validate(facts)


def to_content(filled: ActivityInput, before: ActivityContent | None = None) -> ActivityContent:
    """What was filled in, as content. What the form does not show of `before` (an own sensitivity) stays."""
    codes = {place: {label.casefold(): code for code, label in words.items()} for place, words in _WORDS.items()}
    facts = _with_words(filled.model_dump(), lambda place, text: codes[place].get(text.casefold(), text))
    old_sets = before.data_sets if before else ()
    facts["data_sets"] = [
        {
            "data_subject": facts_of_set["data_subject"],
            "data": _data_items(data_set, old_sets[number] if number < len(old_sets) else DataSet()),
            "sources": _sources(data_set, old_sets[number] if number < len(old_sets) else DataSet()),
            "obligatory": data_set.obligatory,
            "obligatory_consequence": data_set.obligatory_consequence,
            "unneeded": facts_of_set["unneeded"],
        }
        for number, (facts_of_set, data_set) in enumerate(zip(facts["data_sets"], filled.data_sets, strict=True))
    ]
    return ActivityContent.model_validate(facts)


def _in_words(source: DataSource) -> str:
    return source.text or source.kind


def _data_items(filled: DataSetInput, before: DataSet) -> list[DataItem]:
    """The data in the order they had, then the new ones."""
    wanted = [DataItem(code=code) for code in filled.kinds] + [
        item for item in filled.own_kinds if item.label or item.sensitivity
    ]
    kept: list[DataItem] = []
    for old in before.data:
        same = next((item for item in wanted if item == old or (old.code and item.code == old.code)), None)
        if same:
            wanted.remove(same)
            kept.append(old)
    return kept + wanted


def _sources(filled: DataSetInput, before: DataSet) -> list[DataSource]:
    wanted = [DataSource(kind=FROM_THE_PERSON)] if filled.from_the_person else []
    wanted += [DataSource(text=line) for line in filled.other_sources]
    kept: list[DataSource] = []
    for old in before.sources:
        is_person = old.kind == FROM_THE_PERSON
        same = next(
            (new for new in wanted if new.kind == old.kind or (not is_person and new.text == _in_words(old))), None
        )
        if same:
            wanted.remove(same)
            kept.append(old)
    return kept + wanted


def _with_words(facts: dict[str, Any], change: Callable[[str, str], str]) -> dict[str, Any]:
    """Change the texts of the fields in `_WORDS`, in place."""
    for place in _WORDS:
        first, last = place.split(".")
        for part in facts[first] if isinstance(facts[first], list | tuple) else [facts[first]]:
            value = part[last]
            part[last] = change(place, value) if isinstance(value, str) else [change(place, one) for one in value]
    return facts
