"""Merging what two people typed: nothing that only one of them changed is ever lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.merging import Side, Undecided, compare, merge

VALUES = st.sampled_from(["", "a", "b", "c"]).map(lambda value: (value,))
PLAIN = st.dictionaries(st.sampled_from(["name", "remarks", "kinds", "wpg-logging"]), VALUES)
ROWS = st.lists(st.dictionaries(st.sampled_from(["text", "law"]), VALUES, min_size=1), max_size=3)
CHOICES = st.sampled_from(list(Side))


def text_of(plain, rows, inner=()):
    found = dict(plain)
    for number, row in enumerate(rows):
        found |= {f"purposes-{number}-{name}": value for name, value in row.items()}
        found |= {f"purposes-{number}-laws-{place}-name": value for place, value in enumerate(inner)}
    return found


TEXTS = st.builds(text_of, PLAIN, ROWS, st.lists(VALUES, max_size=2))


def filled(text):
    return {name: values for name, values in text.items() if any(values)}


def one(**fields):
    return {name.replace("_", "-"): (value,) for name, value in fields.items()}


@given(TEXTS, TEXTS, TEXTS, CHOICES)
def test_what_only_one_of_the_two_changed_is_never_lost(base, mine, theirs, chosen):
    differences = compare(base, mine, theirs)
    merged = merge(base, mine, theirs, {each.field: chosen for each in differences if each.changed_by is None})
    for each in differences:
        wanted = each.mine if (each.changed_by or chosen) is Side.MINE else each.theirs
        under = [name for name in merged if name == each.field or (each.is_list and name.startswith(f"{each.field}-"))]
        assert {name: merged[name] for name in under} == wanted


@given(PLAIN, PLAIN, PLAIN, CHOICES)
def test_field_by_field_it_is_a_three_way_merge(base, mine, theirs, chosen):
    merged = merge(base, mine, theirs, dict.fromkeys(base.keys() | mine.keys() | theirs.keys(), chosen))
    base, mine, theirs = filled(base), filled(mine), filled(theirs)
    automatic = {each.field: each.changed_by for each in compare(base, mine, theirs)}
    by_itself = merge(base, mine, theirs, {name: chosen for name, side in automatic.items() if side is None})
    for name in base.keys() | mine.keys() | theirs.keys():
        old, here, there = (text.get(name) for text in (base, mine, theirs))
        if here == there:
            assert merged.get(name) == by_itself.get(name) == here
        elif here == old:
            assert by_itself.get(name) == there
        elif there == old:
            assert by_itself.get(name) == here
        else:
            assert by_itself.get(name) == (here if chosen is Side.MINE else there)


@given(TEXTS, TEXTS)
def test_when_one_of_the_two_changed_nothing_the_other_text_remains(base, changed):
    assert merge(base, changed, base, {}) == filled(changed)
    assert merge(base, base, changed, {}) == filled(changed)
    assert merge(base, changed, changed, {}) == filled(changed)


@given(TEXTS, TEXTS, TEXTS)
def test_one_side_chosen_throughout_gives_the_text_of_that_side(base, mine, theirs):
    fields = [each.field for each in compare(base, mine, theirs)]
    assert merge(base, mine, theirs, dict.fromkeys(fields, Side.MINE)) == filled(mine)
    assert merge(base, mine, theirs, dict.fromkeys(fields, Side.THEIRS)) == filled(theirs)


def test_two_people_in_two_fields_of_one_row_both_keep_their_text():
    base = one(purposes_0_text="a", purposes_0_law="a")
    mine = base | one(purposes_0_text="mijn")
    theirs = base | one(purposes_0_law="ander")
    assert merge(base, mine, theirs, {}) == one(purposes_0_text="mijn", purposes_0_law="ander")


def test_a_row_that_came_makes_the_list_one_field():
    base = one(purposes_0_text="a")
    mine = base | one(purposes_1_text="nieuw")
    theirs = one(purposes_0_text="anders")
    assert [(each.field, each.is_list, each.changed_by) for each in compare(base, mine, theirs)] == [
        ("purposes", True, None)
    ]


def test_rows_that_moved_are_never_mixed():
    """Mine took the first row away and added another; theirs changed the first. Row by row that would make nonsense."""
    base = one(purposes_0_text="a", purposes_0_law="1", purposes_1_text="b", purposes_1_law="2")
    mine = one(purposes_0_text="b", purposes_0_law="2", purposes_1_text="c", purposes_1_law="3")
    theirs = base | one(purposes_0_text="anders")
    assert [each.field for each in compare(base, mine, theirs)] == ["purposes"]


def test_lists_within_rows_are_compared_as_lists():
    base = one(purposes_0_text="a", purposes_0_laws_0_name="x")
    mine = base | one(purposes_0_laws_1_name="y")
    theirs = base | one(purposes_0_text="b")
    assert [(each.field, each.changed_by) for each in compare(base, mine, theirs)] == [
        ("purposes-0-text", Side.THEIRS),
        ("purposes-0-laws", Side.MINE),
    ]
    assert merge(base, mine, theirs, {}) == mine | theirs


def test_without_knowing_what_it_was_every_difference_is_a_choice():
    with pytest.raises(Undecided) as undecided:
        merge(None, one(name="a", remarks="r"), one(name="b", remarks="r"), {})
    assert undecided.value.fields == ["name"]
    assert merge(None, one(name="a"), one(name="b"), {"name": Side.THEIRS}) == one(name="b")


def test_a_field_that_one_emptied_and_the_other_left_is_empty():
    assert merge(one(name="a", remarks="r"), one(name="a"), one(name="a", remarks="r"), {}) == one(name="a")


def test_the_order_of_ticks_is_no_change():
    base = {"kinds": ("a", "b"), "name": ("n",)}
    mine = {"kinds": ("b", "a"), "name": ("anders",)}
    theirs = {"kinds": ("a", "b", "c"), "name": ("n",)}
    assert [(each.field, each.changed_by) for each in compare(base, mine, theirs)] == [
        ("kinds", Side.THEIRS),
        ("name", Side.MINE),
    ]
    assert merge(base, mine, theirs, {}) == {"kinds": ("a", "b", "c"), "name": ("anders",)}
