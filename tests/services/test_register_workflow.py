"""Concept, in controle, goedgekeurd, vastgesteld (avg-register section 1), and remarks of the FG (GDPR art. 38, 39)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from core import clock
from core.audit import COMMAND_LINE, Actor, AuditEvent, faults
from core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from core.organisations import change_organisation, the_organisation
from register import queries, remarks, services
from register.content import ActivityContent, Status
from register.public import public_activities
from register.remarks import RemarkState
from register.services import approve, send_back, submit
from support.register import COMPLETE, ESTABLISHER

OFFICER = Actor("Olga", uuid4())
DPO = Actor("Fatma", uuid4())
"""The functionaris gegevensbescherming (FG)."""


@pytest.fixture
def activity(session, actor):
    return services.add(session, COMPLETE, actor=actor)


def approval_first(session) -> None:
    organisation = the_organisation(session)
    change_organisation(session, organisation, {"approval_first": True}, version=organisation.version, actor=OFFICER)


def test_a_concept_is_offered_approved_and_established(session, activity, actor, organisation):
    submit(session, activity, note=" Let op de termijn ", actor=actor)
    assert (activity.status, activity.status_by, activity.status_note) == (
        Status.IN_REVIEW,
        "Aisha",
        "Let op de termijn",
    )
    approve(session, activity, actor=OFFICER)
    assert (activity.status, activity.status_by, activity.status_note) == (Status.APPROVED, "Olga", "")
    services.establish(session, activity, actor=ESTABLISHER)
    saves = queries.saves_of(session, activity)
    assert [(save.verb, save.actor, save.note) for save in saves] == [
        ("establish", "Bram", ""),
        ("approve", "Olga", ""),
        ("submit", "Aisha", "Let op de termijn"),
        ("add", "Aisha", ""),
    ]
    assert faults(session, organisation.id) == []


def test_it_comes_back_with_a_question_that_stays_until_it_is_offered_again(session, activity, actor):
    submit(session, activity, note="", actor=actor)
    with pytest.raises(RuleViolation, match="Schrijf op"):
        send_back(session, activity, question="  ", actor=OFFICER)
    send_back(session, activity, question="Wie is de eigenaar?", actor=OFFICER)
    assert (activity.status, activity.status_note) == (Status.CONCEPT, "Wie is de eigenaar?")
    changed = COMPLETE.model_copy(update={"process_owner": "Teamleider"})
    services.change(session, activity, changed, version=activity.version, actor=actor)
    assert activity.status_note == "Wie is de eigenaar?"
    submit(session, activity, note="", actor=actor)
    assert activity.status_note == ""
    approve(session, activity, actor=OFFICER)
    send_back(session, activity, question="Toch nog iets", actor=OFFICER)
    assert activity.status is Status.CONCEPT


def test_a_change_of_the_content_makes_it_a_concept_again(session, activity, actor):
    for step in (submit, approve):
        submit(session, activity, note="", actor=actor)
        if step is approve:
            approve(session, activity, actor=OFFICER)
        name = f"Parkeren {step.__name__}"
        changed = COMPLETE.model_copy(update={"name": name})
        services.change(session, activity, changed, version=activity.version, actor=actor)
        assert (activity.status, activity.status_note) == (Status.CONCEPT, "")


@pytest.mark.parametrize("step", ["submit", "approve", "send_back"])
def test_each_step_needs_the_status_before_it(session, activity, actor, step):
    steps = {
        "submit": lambda: submit(session, activity, note="", actor=actor),
        "approve": lambda: approve(session, activity, actor=OFFICER),
        "send_back": lambda: send_back(session, activity, question="Waarom?", actor=OFFICER),
    }
    if step == "submit":
        submit(session, activity, note="", actor=actor)
    with pytest.raises(RuleViolation, match="Ververs de pagina"):
        steps[step]()
    services.end(session, activity, on=clock.today(), reason="Stopt", actor=OFFICER)
    with pytest.raises(RuleViolation, match="Ververs de pagina"):
        steps[step]()


def test_somebody_who_saw_an_older_one_takes_no_step(session, activity, actor):
    submit(session, activity, note="", actor=actor)
    for step in (lambda: approve(session, activity, actor=OFFICER, version=1),):
        with pytest.raises(Conflict):
            step()


def test_with_open_errors_it_can_be_offered_but_not_approved(session, actor):
    activity = services.add(session, ActivityContent(name="Half"), actor=actor)
    submit(session, activity, note="Hoe lang bewaren we dit?", actor=actor)
    with pytest.raises(RuleViolation) as refused:
        approve(session, activity, actor=OFFICER)
    assert "purposes" in refused.value.points
    assert activity.status is Status.IN_REVIEW


def test_an_organisation_may_ask_for_approval_first(session, activity, actor):
    services.establish(session, activity, actor=ESTABLISHER)  # it does not, unless it says so
    changed = COMPLETE.model_copy(update={"name": "Parkeren"})
    services.change(session, activity, changed, version=activity.version, actor=actor)
    approval_first(session)
    for _ in range(2):
        with pytest.raises(RuleViolation, match="eerst goedkeuren"):
            services.establish(session, activity, actor=COMMAND_LINE)
        if activity.status is Status.CONCEPT:
            submit(session, activity, note="", actor=actor)
    approve(session, activity, actor=OFFICER)
    assert services.establish(session, activity, actor=ESTABLISHER).number == 2


def test_avg_142_warns_when_it_waits_for_more_than_thirty_days(session, activity, actor):
    today = clock.now()
    submit(session, activity, note="", actor=actor)

    def rules_at(days: int) -> set[str]:
        with clock.frozen(today + timedelta(days=days)):
            return {finding.rule_id for finding in services.findings_of(session, activity)}

    assert "AVG-142" not in rules_at(30)
    assert "AVG-142" in rules_at(31)
    approve(session, activity, actor=OFFICER)
    assert "AVG-142" not in rules_at(31)


# --- remarks of the data protection officer


def test_a_remark_is_answered_beside_it_and_closed(session, activity, organisation):
    remark = remarks.add(session, activity, "De termijn lijkt te lang.", actor=DPO)
    assert remark.state is RemarkState.OPEN
    remarks.answer(session, remark, "Klopt, wij passen die aan.", version=remark.version, actor=OFFICER)
    assert (remark.state, remark.text) == (RemarkState.ANSWERED, "De termijn lijkt te lang.")
    assert remarks.not_closed(session) == [remark]
    remarks.close(session, remark, actor=DPO)
    remarks.close(session, remark, actor=DPO)
    assert (remark.state, remark.closed_by, remarks.not_closed(session)) == (RemarkState.CLOSED, "Fatma", [])
    assert [save.verb for save in queries.saves_of(session, activity)] == [
        "remark:settle",
        "remark:answer",
        "remark:add",
        "add",
    ]
    assert faults(session, organisation.id) == []


def test_nobody_else_changes_a_remark_and_the_trail_keeps_each_text(session, activity):
    remark = remarks.add(session, activity, "Te lang.", actor=DPO)
    for other in (OFFICER, Actor("Beheerder", uuid4()), Actor("Fatma"), COMMAND_LINE):
        with pytest.raises(NotAllowed, match="Alleen wie een opmerking schreef"):
            remarks.change(session, remark, "In orde.", version=remark.version, actor=other)
    remarks.change(session, remark, "Veel te lang.", version=remark.version, actor=DPO)
    remarks.change(session, remark, "Veel te lang.", version=remark.version, actor=DPO)
    events = session.exec(select(AuditEvent).where(AuditEvent.action == "register:remark:change")).all()
    assert [event.contents for event in events] == [
        {"before": {"text": "Te lang."}, "after": {"text": "Veel te lang."}}
    ]


def test_other_words_of_a_remark_wait_for_an_answer_again(session, activity):
    remark = remarks.add(session, activity, "Te lang.", actor=DPO)
    with clock.frozen(clock.now() + timedelta(hours=1)):
        remarks.answer(session, remark, "Hoezo?", version=remark.version, actor=OFFICER)
        seen = remark.version
    with clock.frozen(clock.now() + timedelta(hours=2)):
        remarks.change(session, remark, "Tien jaar is te lang.", version=seen, actor=DPO)
        assert remark.state is RemarkState.OPEN
        session.flush()
        with pytest.raises(Conflict):
            remarks.answer(session, remark, "Hoezo?", version=seen, actor=OFFICER)


def test_a_closed_remark_stays_as_it_is(session, activity):
    remark = remarks.add(session, activity, "Te lang.", actor=DPO)
    remarks.close(session, remark, actor=DPO)
    for step in (
        lambda: remarks.change(session, remark, "Anders", version=remark.version, actor=DPO),
        lambda: remarks.answer(session, remark, "Anders", version=remark.version, actor=OFFICER),
    ):
        with pytest.raises(RuleViolation, match="gesloten"):
            step()


def test_nothing_written_is_no_remark(session, activity):
    with pytest.raises(RuleViolation, match="Schrijf uw opmerking op"):
        remarks.add(session, activity, "  ", actor=DPO)


def test_a_remark_belongs_to_one_record(session, activity, actor):
    other = services.add(session, ActivityContent(name="Anders"), actor=actor)
    remark = remarks.add(session, activity, "Te lang.", actor=DPO)
    with pytest.raises(NotFound):
        remarks.find(session, other, remark.id)
    assert remarks.of_records(session, [other.id]) == {}
    assert remarks.of_records(session) == {activity.id: [remark]}


def test_a_remark_never_becomes_public(session, activity):
    remarks.add(session, activity, "Geheime opmerking", actor=DPO)
    version = services.establish(session, activity, actor=ESTABLISHER)
    assert "Geheime opmerking" not in str(version.content)
    assert "Geheime opmerking" not in str(public_activities(session))
