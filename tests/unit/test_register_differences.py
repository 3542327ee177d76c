"""Differences between two contents, field by field in plain words (issue 4, point 5)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.content import Part, YesNo
from register.content import (
    ActivityContent,
    DataItem,
    DataSet,
    DataSource,
    Law,
    ProcessorUse,
    Purpose,
    Recipient,
    Retention,
    Role,
)
from register.differences import Difference, Kind, compare, with_labels
from register.lists import LISTS, fields_of
from support.register import COMPLETE, contents

PARKING = COMPLETE.purposes[0]


def changed(**facts: Any) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    found = compare(COMPLETE, COMPLETE.model_copy(update=facts))
    return [(one.title, one.before, one.after) for one in found]


def test_the_same_content_has_no_differences():
    assert compare(COMPLETE, COMPLETE.model_copy()) == []


def test_a_field_shows_its_label_and_both_values_in_words():
    assert changed(name="Parkeren", role=Role.JOINT, ended_on=date(2026, 3, 1)) == [
        ("Naam van de verwerking", ("Parkeervergunning",), ("Parkeren",)),
        (
            "Rol van de gemeente",
            ("De gemeente beslist zelf (verantwoordelijke)",),
            ("De gemeente beslist samen met anderen (gezamenlijk)",),
        ),
        ("Gestopt op", (), ("1 maart 2026",)),
    ]


def test_each_difference_says_whether_something_came_went_or_changed():
    after = COMPLETE.model_copy(update={"name": "Parkeren", "scale": None, "data_breaches": "3"})
    assert [one.kind for one in compare(COMPLETE, after)] == [Kind.CHANGED, Kind.REMOVED, Kind.ADDED]
    assert [one.group[0] for one in compare(COMPLETE, after)] == ["1", "4", "1"]


def test_a_row_that_only_moved_is_no_difference():
    other = Purpose(text="Boetes geven", legal_bases=("6-1-c",))
    before = COMPLETE.model_copy(update={"purposes": (PARKING, other)})
    after = COMPLETE.model_copy(update={"purposes": (other, PARKING)})
    assert compare(before, after) == []


def test_a_row_that_moved_and_changed_shows_only_what_changed():
    other = Purpose(text="Boetes geven", legal_bases=("6-1-c",))
    stricter = PARKING.model_copy(update={"laws": (Law(name="Parkeerverordening", article="artikel 4"),)})
    assert changed(purposes=(other, stricter)) == [
        (
            "Doel: Boetes geven",
            (),
            (
                "Waarvoor gebruiken we de gegevens: Boetes geven",
                "Waarom mag het (grondslag): De wet verplicht ons hiertoe",
            ),
        ),
        (
            "Doel: Beslissen over een aanvraag voor een parkeervergunning en controleren..., Wet",
            ("Parkeerverordening, artikel 3",),
            ("Parkeerverordening, artikel 4",),
        ),
    ]


def test_a_row_with_another_name_and_nothing_in_common_went_and_came():
    before = ActivityContent(recipients=(Recipient(name="Belastingdienst"),))
    after = ActivityContent(recipients=(Recipient(name="Politie"),))
    assert [(one.kind, one.title) for one in compare(before, after)] == [
        (Kind.ADDED, "Ontvanger: Politie"),
        (Kind.REMOVED, "Ontvanger: Belastingdienst"),
    ]


def test_of_many_values_only_those_that_came_or_went_are_shown():
    old = COMPLETE.data_sets[0]
    new = old.model_copy(update={"data": (DataItem(code="bsn"), DataItem(code="adres"), DataItem(code="naam"))})
    assert changed(data_sets=(new,)) == [
        ("Groep mensen: Inwoners, Welke gegevens", ("Kenteken en voertuig",), ("Burgerservicenummer (BSN)",))
    ]


def test_sources_and_own_kinds_of_data_are_compared_too():
    old = COMPLETE.data_sets[0]
    new = old.model_copy(
        update={
            "sources": (*old.sources, DataSource(text="RDW")),
            "data": (*old.data, DataItem(label="Kleur van de auto")),
        }
    )
    assert changed(data_sets=(new,)) == [
        ("Groep mensen: Inwoners, Welke gegevens", (), ("Kleur van de auto",)),
        ("Groep mensen: Inwoners, Bronnen", (), ("RDW",)),
    ]


def test_a_period_whose_group_of_people_moved_is_the_same_period():
    people, others = COMPLETE.data_sets[0], DataSet(data_subject="medewerker", data=(DataItem(code="naam"),))
    before = COMPLETE.model_copy(
        update={"data_sets": (people, others), "retentions": (Retention(data_set=2, text="2 jaar"),)}
    )
    after = COMPLETE.model_copy(
        update={"data_sets": (others, people), "retentions": (Retention(data_set=1, text="2 jaar"),)}
    )
    assert compare(before, after) == []
    wrong = before.model_copy(update={"retentions": (Retention(data_set=1, text="2 jaar"),)})
    (found,) = compare(before, wrong)
    assert (found.title, found.before, found.after) == (
        "Termijn: 2 jaar, Voor welke gegevens",
        ("Medewerkers",),
        ("Inwoners",),
    )


def test_a_record_without_an_older_version_is_all_new():
    found = compare(ActivityContent(), COMPLETE)
    assert {one.kind for one in found if one.place not in {"role", "regime"}} == {Kind.ADDED}
    assert "Doel: Beslissen over een aanvraag" in next(one.row for one in found if one.place == "purposes")


def test_a_code_that_the_lists_lost_keeps_the_word_of_the_snapshot():
    frozen = {"domain": {"weg": "Een onderwerp van toen"}}
    (found,) = compare(COMPLETE.model_copy(update={"domain": "weg"}), COMPLETE, with_labels(LISTS, frozen))
    assert found.before == ("Een onderwerp van toen",)


def test_only_the_fields_that_are_asked_for_count():
    after = COMPLETE.model_copy(
        update={"name": "Parkeren", "purposes": (), "processors": (ProcessorUse(party="Voorbeeld BV"),)}
    )
    found = compare(COMPLETE, after, wanted=lambda place: place in {"name", "purposes.text"})
    assert [(one.place, len(one.before)) for one in found] == [("name", 1), ("purposes", 1)]


def _leaves(model: type[Part], *path: str) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, part, _is_list in fields_of(model):
        found += _leaves(part, *path, name) if part else [(*path, name)]
    return found


def _filled(part: Part) -> Part:
    """A part with a row in each list of parts, so that each field can be changed."""
    return part.model_copy(
        update={
            name: (_filled(inner()),) if is_list else _filled(inner())
            for name, inner, is_list in fields_of(type(part))
            if inner
        }
    )


def _with_another(part: Part, path: tuple[str, ...]) -> Part:
    name, *rest = path
    value: Any = getattr(part, name)
    if rest:
        inner = value[0] if isinstance(value, tuple) else value
        new: Any = _with_another(inner, tuple(rest))
        return part.model_copy(update={name: (new,) if isinstance(value, tuple) else new})
    kinds = str(type(part).model_fields[name].annotation)
    for words, other in (
        ("YesNo", YesNo.YES),
        ("date", date(2026, 5, 1)),
        ("tuple", ("iets",)),
        ("int", 7),
        ("bool", True),
    ):
        if words in kinds:
            return part.model_copy(update={name: other})
    return part.model_copy(update={name: "iets anders"})


@pytest.mark.parametrize("path", _leaves(ActivityContent), ids=".".join)
def test_no_field_of_the_content_is_forgotten(path):
    before = _filled(ActivityContent())
    found = compare(before, _with_another(before, path))  # type: ignore[arg-type] # a Part of the same class
    assert found, path
    assert all(one.before or one.after for one in found)
    assert all(isinstance(one, Difference) and one.title for one in found)


@given(contents(), st.randoms())
def test_the_order_of_rows_says_nothing(content, random):
    def shuffled(name: str) -> tuple[Any, ...]:
        rows = list(getattr(content, name))
        random.shuffle(rows)
        return tuple(rows)

    lists = [name for name, part, is_list in fields_of(ActivityContent) if part and is_list]
    moved = {name: shuffled(name) for name in lists if name not in {"data_sets", "retentions"}}
    assert compare(content, content.model_copy(update=moved)) == []


@given(contents(), contents())
def test_any_two_contents_can_be_compared_both_ways(one, other):
    there, back = compare(one, other), compare(other, one)
    assert bool(there) == bool(back)
    assert all(isinstance(word, str) for found in (*there, *back) for word in (*found.before, *found.after))
