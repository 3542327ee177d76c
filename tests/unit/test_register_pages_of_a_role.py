"""The form asks what belongs to the role and the law, hides nothing that was filled in, and folds what is long."""

import pytest

from register import forms
from register.checks import CHECKS, Finding
from register.content import (
    ActivityContent,
    DataSet,
    JointController,
    Principal,
    Regime,
    Role,
    Wpg,
)
from register.forms import GROUPS

TOGETHER, DATA = GROUPS[1], GROUPS[3]


def named(entries):
    return [entry.name for entry in entries]


@pytest.mark.parametrize(
    ("content", "asked"),
    [
        (ActivityContent(), []),
        (ActivityContent(role=Role.JOINT), ["joint_controllers"]),
        (ActivityContent(role=Role.PROCESSOR), ["principals"]),
        (ActivityContent(principals=(Principal(party="Buur"),)), ["principals"]),
    ],
)
def test_questions_of_art_26_and_30_2_belong_to_a_role_but_what_was_filled_in_stays(content, asked):
    assert named(forms.asked(TOGETHER, content)) == asked


def test_every_other_page_asks_all_of_every_role():
    for group in GROUPS:
        if group is not TOGETHER:
            assert all(forms.asked(group, ActivityContent(role=role)) == list(group.items) for role in Role)


def test_another_role_or_law_says_what_is_kept_and_where():
    content = ActivityContent(
        principals=(Principal(party="Buur"),),
        joint_controllers=(JointController(party="Ver"),),
        wpg=Wpg(articles=("8",)),
    )
    told = forms.notes(GROUPS[0], content)
    assert [words.partition(" ")[0] for words in told] == ["'Samen", "'Opdrachtgever'", "Er"]
    assert all("blijft bewaard" in words for words in told)
    assert len(forms.notes(TOGETHER, content)) == 2
    assert forms.notes(forms.group_named("wpg"), content) == [told[2]]
    assert forms.notes(forms.group_named("wpg"), content.model_copy(update={"regime": Regime.WPG})) == []


def test_a_processor_need_not_fill_in_what_its_principal_records():
    content = ActivityContent(role=Role.PROCESSOR)
    pages = {one.group.id: one.words for one in forms.progress(content, ())}
    assert [name for name, words in pages.items() if words == "niet nodig"] == [
        "doel",
        "gegevens",
        "bewaren",
        "computer",
        "rechten",
    ]
    assert "lid 2" in forms.notes(DATA, content)[0]
    assert forms.next_group(GROUPS[0], content) is TOGETHER
    assert forms.next_group(GROUPS[0], ActivityContent()) is GROUPS[2]


GROUPS_OF_PEOPLE = ActivityContent(data_sets=tuple(DataSet(data_subject=one) for one in ("inwoner", "kind", "partner")))


@pytest.mark.parametrize(
    ("place", "action", "opened"),
    [
        ("", "", {"data_sets-0"}),
        ("data_sets.2.data", "", {"data_sets-2"}),
        ("data_sets.1", "remove:data_sets-2-own_kinds-0", {"data_sets-1", "data_sets-2"}),
        ("", "add:data_sets-1-own_kinds", {"data_sets-1"}),
        ("", "add:data_sets", {"data_sets-3"}),
    ],
)
def test_the_group_at_hand_and_what_is_wrong_stand_open(place, action, opened):
    form = forms.fill_group(DATA, GROUPS_OF_PEOPLE)
    if action.startswith("add"):
        form = forms.after_button(DATA, form.typed, action)
    found = [Finding(CHECKS["AVG-031"], (place,), "x")] if place else []
    assert forms.open_rows(DATA, form, found, action) == opened


def test_a_group_with_an_error_stands_open():
    form = forms.fill_group(DATA, GROUPS_OF_PEOPLE)
    form.errors["data_sets-1-unneeded-0"] = "Te lang"
    assert forms.open_rows(DATA, form, ()) == {"data_sets-1"}
