"""The lists of duties and forms of support: complete, in our own words, honest about what was not looked up."""

from datetime import date

import pytest

from wmebv.content import MessageKind, Value
from wmebv.duties import ArticleStatus, Asks, Group, Scope, Severity, duties, duties_of, duty_list, support_forms

FROM_2024 = date(2024, 1, 1)
FROM_2026 = date(2026, 1, 1)
FROM_2027 = date(2027, 1, 1)
CRITICAL = {"W03", "W04", "W10", "W11", "W12", "W13", "W20", "W22", "W23", "W27"}
HIGH = {"W01", "W05", "W07", "W14", "W15", "W17", "W19", "W24", "W26", "W28", "W29", "W30", "W31"}


def codes(letter, last):
    return [f"{letter}{number:02}" for number in range(1, last + 1)]


def test_there_are_33_duties_in_order():
    assert list(duties()) == codes("W", 33)


def test_there_are_12_forms_of_support_in_order():
    assert list(support_forms()) == codes("Z", 12)


def test_duty_of_care_is_in_force_since_2024_the_rest_since_2026_and_w30_from_2027():
    expected = {code: FROM_2024 if code <= "W07" else FROM_2027 if code == "W30" else FROM_2026 for code in duties()}
    assert {code: duty.in_force_from for code, duty in duties().items()} == expected


def test_articles_that_were_not_looked_up_say_nakijken():
    to_check = {"W07", "W16", "W17", *(f"W{n}" for n in range(19, 27)), "W28", "W29", "W31", "W32", "W33"}
    assert {code for code, duty in duties().items() if duty.article_status is ArticleStatus.TO_CHECK} == to_check


def test_scopes_are_those_of_the_articles():
    found = {scope: "".join(f" {duty.code}" for duty in duties_of(scope)).strip() for scope in Scope}
    assert found == {
        Scope.ORGANISATION: "W01 W02 W08 W18 W19 W20 W21 W25",
        Scope.PRODUCT: "W03 W06 W15",
        Scope.MESSAGE: "W04 W05 W09 W10 W11 W12 W13 W33",
        Scope.CHANNEL: "W07 W14 W16 W17 W22 W23 W24 W26",
        Scope.OUTGOING: "W27 W28 W29 W30 W31 W32",
    }


def test_severities_are_those_of_the_articles():
    assert {code for code, duty in duties().items() if duty.severity is Severity.CRITICAL} == CRITICAL
    assert {code for code, duty in duties().items() if duty.severity is Severity.HIGH} == HIGH
    assert {code for code, duty in duties().items() if duty.severity is Severity.LOW} == {"W18"}


def test_w29_is_kritiek_for_decisions_and_hoog_for_the_rest():
    assert duties()["W29"].severity_of(MessageKind.OUTGOING_DECISION) is Severity.CRITICAL
    assert duties()["W29"].severity_of(MessageKind.OTHER) is Severity.HIGH
    assert duties()["W29"].severity_of(None) is Severity.HIGH


def test_groups_follow_the_sections():
    ends = {
        "W07": Group.CARE,
        "W09": Group.FORWARDING,
        "W18": Group.INCOMING,
        "W21": Group.WRONG_CHANNEL,
        "W26": Group.RECEIPT,
        "W33": Group.OUTGOING,
    }
    expected = {code: next(group for end, group in ends.items() if code <= end) for code in duties()}
    assert {code: duty.group for code, duty in duties().items()} == expected


@pytest.mark.parametrize("code", codes("W", 33))
def test_duty_has_short_texts_of_its_own(code):
    duty = duties()[code]
    assert duty.question.endswith("?")
    assert [bool(text) for text in (duty.name, duty.obliges, duty.gap, duty.todo)] == [True] * 4
    assert len(duty.name) <= 40


@pytest.mark.parametrize("code", codes("W", 33))
def test_choices_stand_where_a_choice_is_asked(code):
    duty = duties()[code]
    assert bool(duty.choices) == bool({Asks.CHOICE, Asks.SUPPORT_FORMS} & set(duty.answer))


def test_w23_download_copy_and_portal_all_count_as_ja():
    assert {choice.code: choice.counts_as for choice in duties()["W23"].choices} == {
        "download": Value.YES,
        "kopie": Value.YES,
        "eigen_omgeving": Value.YES,
        "kan_niet": Value.NO,
    }


def test_citation_shows_nakijken_only_when_the_status_says_so():
    assert duties()["W22"].cited.endswith("(nakijken)")
    assert duties()["W13"].cited == "Awb 2:13 lid 2"


def test_personal_forms_and_routes_without_computer_are_those_of_the_minimum():
    assert [form.code for form in support_forms().values() if form.personal] == ["Z01", "Z02", "Z03", "Z10", "Z11"]
    assert [form.code for form in support_forms().values() if form.without_computer] == ["Z01", "Z05"]
    assert [form.code for form in support_forms().values() if form.counts_double] == ["Z03", "Z05", "Z06", "Z09"]


def test_forms_point_at_duties_that_exist():
    assert {form.same_as for form in support_forms().values() if form.same_as} == {"W05", "W06", "W07"}


def test_list_never_says_that_only_the_right_route_is_handled():
    texts = " ".join(f"{duty.obliges} {duty.gap} {duty.todo}" for duty in duties().values())
    assert "alleen via" not in texts.lower()


@pytest.mark.parametrize("code", ["W12", "W13", "W18"])
def test_section_9_what_to_do_about_a_designation_says_who_decides(code):
    assert "wie erover gaat (raad, college of burgemeester)" in duties()[code].todo


def test_section_9_a_decision_is_made_known():
    assert "dat besluit bekendmaken" in duties()["W13"].todo


def test_list_names_its_version():
    assert date.fromisoformat(duty_list().version) <= date(2026, 12, 31)
