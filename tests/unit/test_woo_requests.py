"""Requests for information: the term of Woo art. 4.4, and what is to be done."""

from datetime import date

import pytest

from woo.content import Decision, RequestContent
from woo.rules import RequestFacts, Severity, days_left, decide_by, request_findings, stands_still

TODAY = date(2026, 11, 23)


def asked(**changes: object) -> RequestContent:
    facts = {"case_number": "Z-2026-117", "received_on": date(2026, 11, 2)}
    return RequestContent.model_validate(facts | changes)


@pytest.mark.parametrize(
    ("changes", "by"),
    [
        ({}, date(2026, 11, 30)),
        ({"received_on": None}, None),
        ({"extended_on": date(2026, 11, 20)}, date(2026, 12, 14)),
        ({"extended_on": date(2026, 11, 30)}, date(2026, 12, 14)),
        ({"extended_on": date(2026, 12, 1)}, date(2026, 11, 30)),  # lid 2: too late, so it does not count
        ({"suspended_from": date(2026, 11, 9), "suspended_until": date(2026, 11, 19)}, date(2026, 12, 10)),
        ({"received_on": date.max, "extended_on": date.max}, date.max),
        ({"suspended_from": date.min, "suspended_until": date.max}, date.max),
        ({"received_on": date(2026, 11, 27)}, date(2026, 12, 28)),  # Christmas: Algemene termijnenwet art. 1
    ],
)
def test_the_last_day_to_decide_woo_4_4(changes, by):
    assert decide_by(asked(**changes)) == by


def test_days_are_left_until_it_is_decided_and_not_while_the_term_stands_still():
    assert days_left(asked(), TODAY) == 7
    assert days_left(asked(received_on=date(2026, 10, 19)), TODAY) == -7
    assert days_left(asked(decision=Decision.FULL, decided_on=TODAY), TODAY) is None
    assert stands_still(asked(suspended_from=date(2026, 11, 9)))
    assert days_left(asked(suspended_from=date(2026, 11, 9)), TODAY) is None


@pytest.mark.parametrize(
    ("changes", "published", "rule", "field"),
    [
        ({"received_on": date(2026, 10, 12)}, 0, "WOO-201", "decision"),
        ({}, 0, "WOO-202", "decision"),
        ({"extended_on": date(2026, 11, 20)}, 0, "WOO-203", "extension_reason"),
        (
            {"received_on": date(2026, 10, 5), "extended_on": date(2026, 11, 10), "extension_reason": "omvang"},
            0,
            "WOO-204",
            "extended_on",
        ),
        ({"received_on": None}, 0, "WOO-205", "received_on"),
        ({"decided_on": date(2026, 11, 1), "decision": "openbaar gemaakt"}, 0, "WOO-206", "decided_on"),
        ({"decided_on": date(2026, 11, 24), "decision": "openbaar gemaakt"}, 0, "WOO-206", "decided_on"),
        ({"suspended_from": date(2026, 11, 9), "suspended_until": date(2026, 11, 8)}, 0, "WOO-206", "suspended_until"),
        ({"decision": "openbaar gemaakt"}, 0, "WOO-207", "decided_on"),
        ({"decision": "openbaar gemaakt", "decided_on": date(2026, 11, 5)}, 0, "WOO-208", ""),
        ({"subject": "Verzoek van mevr. Jansen over de weg"}, 0, "WOO-209", "subject"),
    ],
)
def test_what_is_found(changes, published, rule, field):
    found = request_findings(asked(**changes), RequestFacts(today=TODAY, published=published))
    assert (rule, field) in [(finding.rule_id, finding.field) for finding in found]


@pytest.mark.parametrize(
    ("changes", "published"),
    [
        ({"received_on": date(2026, 11, 16)}, 0),
        ({"decision": "openbaar gemaakt", "decided_on": date(2026, 11, 5)}, 2),
        ({"decision": "doorgestuurd", "decided_on": date(2026, 11, 5)}, 0),
        ({"suspended_from": date(2026, 11, 9)}, 0),
        ({"received_on": date(2026, 11, 16), "subject": "De heerlijke hei"}, 0),
    ],
)
def test_nothing_is_found_where_nothing_is_wrong(changes, published):
    found = request_findings(asked(**changes), RequestFacts(today=TODAY, published=published))
    assert found == ()


def test_the_request_and_the_decision_are_public_within_two_weeks_woo_3_3_lid_2_i():
    content = asked(decision=Decision.PARTLY, decided_on=date(2026, 11, 5))
    (before,) = request_findings(content, RequestFacts(today=date(2026, 11, 10)))
    (after,) = request_findings(content, RequestFacts(today=TODAY))
    assert (before.severity, after.severity) == (Severity.TIP, Severity.WARNING)
    assert "19-11-2026" in after.message
