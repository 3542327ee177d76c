"""Closing a finding with a reason: for the content that it was given for, until its last day, never for good."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from core import audit, clock, history
from core.errors import Conflict, RuleViolation
from register import services
from register.content import Recipient, RecipientKind
from register.models import Closing
from register.rules import Thresholds
from support.register import COMPLETE, ESTABLISHER

REASON = "De uitleg staat in het convenant van 2024."


def with_recipients(*names: str):
    return COMPLETE.model_copy(
        update={"recipients": tuple(Recipient(name=name, kind=RecipientKind.OTHER) for name in names)}
    )


@pytest.fixture
def record(session):
    return services.add(session, with_recipients("Woningcorporatie", "Kredietbank"), actor=ESTABLISHER)


def found(session, record, rule_id="AVG-074"):
    return [one for one in services.findings_of(session, record) if one.rule_id == rule_id]


def close(session, record, finding, *, until=None, reason=REASON):
    return services.close(
        session, finding, record, reason=reason, until=until or services.last_day(session), actor=ESTABLISHER
    )


def test_a_closed_finding_is_open_nowhere_any_more_and_its_neighbour_is(session, record):
    corporation, bank = found(session, record)
    made = close(session, record, corporation)
    assert found(session, record) == [bank]
    assert [one.key for one in services.all_findings(session) if one.rule_id == "AVG-074"] == [bank.key]
    assert (made.message, made.reason, made.closed_by, made.subject) == (
        corporation.message,
        REASON,
        "Bram",
        record.kenmerk,
    )


def test_a_reason_does_not_cover_other_content(session, record):
    close(session, record, found(session, record)[0])
    services.change(
        session, record, with_recipients("Waterschap", "Kredietbank"), version=record.version, actor=ESTABLISHER
    )
    assert len(found(session, record)) == 2
    services.change(
        session, record, with_recipients("Kredietbank", "Woningcorporatie"), version=record.version, actor=ESTABLISHER
    )
    assert [one.about for one in found(session, record)] == ["Kredietbank"]  # another order is no other content


def test_a_finding_comes_back_by_itself_after_the_last_day(session, record, monkeypatch):
    last = clock.today() + timedelta(days=10)
    close(session, record, found(session, record)[0], until=last)
    monkeypatch.setattr(clock, "today", lambda: last)
    assert len(found(session, record)) == 1
    monkeypatch.setattr(clock, "today", lambda: last + timedelta(days=1))
    assert len(found(session, record)) == 2
    assert [one.until for one in services.closings(session, record)] == [last]


def test_a_finding_can_be_opened_again_and_closed_once_more(session, record):
    finding = found(session, record)[0]
    first = close(session, record, finding)
    services.reopen_finding(session, first, actor=ESTABLISHER)
    services.reopen_finding(session, first, actor=ESTABLISHER)
    assert len(found(session, record)) == 2
    second = close(session, record, finding, reason="Een andere reden dan eerst.")
    close(session, record, finding, reason="En nog een reden erbij.")
    assert second.reopened_at is not None
    assert [one.reason for one in services.closings(session, record)] == ["En nog een reden erbij."]


def test_closing_and_opening_leave_an_event_and_a_revision(session, record):
    made = close(session, record, found(session, record)[0])
    services.reopen_finding(session, made, actor=ESTABLISHER)
    query = select(audit.AuditEvent.action).where(audit.AuditEvent.subject_id == made.id)
    actions = session.exec(query.order_by(col(audit.AuditEvent.sequence))).all()
    assert actions == ["register:closing:add", "register:closing:reopen"]
    assert [one.content["reason"] for one in history.revisions_of(session, made.id)] == [REASON, REASON]


@pytest.mark.parametrize(
    ("reason", "days", "point"),
    [("  te kort ", 1, "reason"), (REASON, -1, "until"), (REASON, 367, "until")],
)
def test_without_a_real_reason_or_a_near_last_day_nothing_closes(session, record, reason, days, point):
    finding = found(session, record)[0]
    with pytest.raises(RuleViolation) as refused:
        close(session, record, finding, reason=reason, until=clock.today() + timedelta(days=days))
    assert set(refused.value.points) == {point}
    assert session.exec(select(Closing)).all() == []


def test_a_check_that_may_not_be_closed_is_refused(session):
    record = services.add(session, COMPLETE.model_copy(update={"security": ""}), actor=ESTABLISHER)
    with pytest.raises(RuleViolation, match="AVG-008"):
        close(session, record, found(session, record, "AVG-008")[0])


def test_an_error_that_was_closed_no_longer_stands_in_the_way(session):
    record = services.add(session, COMPLETE.model_copy(update={"reviewed_on": date(2020, 1, 1)}), actor=ESTABLISHER)
    with pytest.raises(RuleViolation):
        services.establish(session, record, actor=audit.COMMAND_LINE)
    close(session, record, found(session, record, "AVG-141")[0])
    assert services.establish(session, record, actor=audit.COMMAND_LINE).number == 1


def test_a_finding_of_the_whole_register_can_be_closed_too(session, record):
    twin = services.add(session, with_recipients("Woningcorporatie", "Kredietbank"), actor=ESTABLISHER)
    (double,) = [one for one in services.all_findings(session) if one.rule_id == "AVG-144"]
    assert double.subject == twin.kenmerk
    close(session, twin, double)
    assert [one for one in services.all_findings(session) if one.rule_id == "AVG-144"] == []


NUMBERS = {
    "review_months": 6,
    "publish_months": 12,
    "dpia_months": 24,
    "agreement_days": 30,
    "waiting_days": 7,
    "similarity_percent": 90,
    "closing_months": 1,
}


def test_the_limits_of_an_organisation_are_used_by_checks_confirming_and_closing(session, record):
    assert services.thresholds_of(session) == Thresholds()
    services.change_thresholds(session, NUMBERS, version=0, actor=ESTABLISHER)
    assert services.thresholds_of(session).similarity == 0.9
    record.reviewed_on = clock.today() - timedelta(days=200)
    assert found(session, record, "AVG-140") != []
    services.confirm(session, record, actor=ESTABLISHER)
    assert (record.next_review_on - clock.today()).days in range(180, 186)
    assert (services.last_day(session) - clock.today()).days in range(28, 32)


@pytest.mark.parametrize(
    ("change", "point"),
    [
        ({"review_months": 0}, "review_months"),
        ({"similarity_percent": 101}, "similarity_percent"),
        ({"publish_months": 5}, "publish_months"),
    ],
)
def test_a_limit_that_says_nothing_any_more_is_refused(session, change, point):
    with pytest.raises(RuleViolation) as refused:
        services.change_thresholds(session, NUMBERS | change, version=0, actor=ESTABLISHER)
    assert set(refused.value.points) == {point}
    assert services.check_settings(session) is None


def test_two_people_who_choose_limits_meet(session):
    services.change_thresholds(session, NUMBERS, version=0, actor=ESTABLISHER)
    with pytest.raises(Conflict):
        services.change_thresholds(session, NUMBERS, version=0, actor=ESTABLISHER)
    version = services.check_settings(session).version
    services.change_thresholds(session, NUMBERS | {"dpia_months": 12}, version=version, actor=ESTABLISHER)
    assert services.numbers_of(services.check_settings(session))["dpia_months"] == 12
