"""From concept to official: checks, four eyes, versions, the end."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from core import clock, history
from core.audit import COMMAND_LINE, AuditEvent
from core.errors import RuleViolation
from register import services
from register.content import ActivityContent, Purpose, Regime, Status
from register.starter import starter_contents
from support.register import COMPLETE, ESTABLISHER


@pytest.fixture
def activity(session, actor):
    return services.add(session, COMPLETE, actor=actor)


def renamed(name: str) -> ActivityContent:
    return COMPLETE.model_copy(update={"name": name})


def test_establishing_freezes_content_and_labels(session, activity):
    version = services.establish(session, activity, actor=ESTABLISHER)
    assert (version.number, version.established_by, activity.status) == (1, "Bram", Status.ESTABLISHED)
    assert version.content["content"] == COMPLETE.model_dump(mode="json")
    assert version.content["labels"]["controller"] == {"college": "College van burgemeester en wethouders"}
    assert version.content["labels"]["data_sets.data_subject"] == {"inwoner": "Inwoners"}
    assert version.content["derived"]["rights"] == ["13-14", "15", "16", "17-beperkt", "18", "21"]


def test_establishing_refuses_while_an_error_is_open_and_names_the_fields(session, actor):
    purpose = COMPLETE.purposes[0].model_copy(update={"laws": ()})
    activity = services.add(session, COMPLETE.model_copy(update={"purposes": (purpose,), "security": ""}), actor=actor)
    with pytest.raises(RuleViolation) as refused:
        services.establish(session, activity, actor=ESTABLISHER)
    assert set(refused.value.points) == {"purposes.0.laws", "security"}
    assert activity.status is Status.CONCEPT
    assert history.newest_version(session, activity.id) is None


def test_the_last_editor_does_not_establish(session, activity, actor):
    with pytest.raises(RuleViolation):
        services.establish(session, activity, actor=actor)


def test_in_a_municipality_of_one_the_last_editor_may_after_a_while(session, activity, actor, organisation):
    """A cooling-off time since the last edit instead of a second person; what is edited again waits again."""
    session.get_one(type(organisation), organisation.id).cooling_off_hours = 24
    edited_at = activity.updated_at
    with clock.frozen(edited_at + timedelta(hours=23, minutes=59)), pytest.raises(RuleViolation) as refused:
        services.establish(session, activity, actor=actor)
    moment = (edited_at + timedelta(hours=24)).astimezone(clock.AMSTERDAM)
    assert refused.value.message.endswith(f"Of stel zelf vast na {moment:%d-%m-%Y %H:%M} uur, met een frisse blik.")
    with clock.frozen(edited_at + timedelta(hours=24)):
        assert services.establish(session, activity, actor=actor).established_by == actor.label
    assert "AVG-137" not in {finding.rule_id for finding in services.findings_of(session, activity)}


def test_the_command_line_and_an_organisation_without_four_eyes_may(session, activity, actor, organisation):
    services.establish(session, services.add(session, renamed("Een"), actor=COMMAND_LINE), actor=COMMAND_LINE)
    session.get_one(type(organisation), organisation.id).four_eyes = False
    services.establish(session, activity, actor=actor)


def test_establishing_twice_without_a_change_is_refused(session, activity):
    services.establish(session, activity, actor=ESTABLISHER)
    with pytest.raises(RuleViolation):
        services.establish(session, activity, actor=ESTABLISHER)
    assert len(history.versions_of(session, activity.id)) == 1


def test_editing_an_established_record_makes_a_concept_and_keeps_the_version(session, activity, actor):
    services.establish(session, activity, actor=ESTABLISHER)
    services.change(session, activity, renamed("Nieuwe naam"), version=activity.version, actor=actor)
    assert activity.status is Status.CONCEPT
    frozen = history.newest_version(session, activity.id)
    assert (frozen.number, frozen.content["content"]["name"]) == (1, "Parkeervergunning")
    services.establish(session, activity, actor=ESTABLISHER)
    assert [version.content["content"]["name"] for version in history.versions_of(session, activity.id)] == [
        "Parkeervergunning",
        "Nieuwe naam",
    ]


def test_a_renamed_supplier_changes_no_version_but_may_be_established_again(session, activity, actor):
    from core.organisations import Team, change_shared

    services.establish(session, activity, actor=ESTABLISHER)
    team = session.exec(select(Team)).one()
    change_shared(session, team, {"name": "Team Mobiliteit"}, version=team.version, actor=actor)
    assert history.newest_version(session, activity.id).content["content"]["team"] == "Team Parkeren"
    services.establish(session, activity, actor=ESTABLISHER)
    assert history.newest_version(session, activity.id).content["content"]["team"] == "Team Mobiliteit"


def test_ending_freezes_the_date_and_not_what_was_typed_since(session, activity, actor):
    services.establish(session, activity, actor=ESTABLISHER)
    services.change(session, activity, renamed("Nog niet klaar"), version=activity.version, actor=actor)
    services.end(session, activity, on=date(2026, 3, 1), reason="De regeling is vervallen.", actor=actor)
    last = history.newest_version(session, activity.id)
    assert (last.number, last.content["content"]["name"], last.content["content"]["ended_on"]) == (
        2,
        "Parkeervergunning",
        "2026-03-01",
    )
    assert last.ended_at is not None
    assert (activity.status, activity.ended_on) == (Status.ENDED, date(2026, 3, 1))
    event = session.exec(select(AuditEvent).where(AuditEvent.action == "register:activity:end")).one()
    assert event.contents["after"]["reason"] == "De regeling is vervallen."


@pytest.mark.parametrize(
    ("on", "reason", "point"),
    [
        (date(2026, 3, 1), "  ", "reason"),
        (date(2026, 11, 22), "Klaar", "on"),
        (date(2019, 1, 1), "Klaar", "on"),
    ],
)
def test_ending_asks_for_a_reason_and_a_possible_day(session, activity, actor, on, reason, point):
    with clock.frozen(datetime(2026, 11, 21, 12, tzinfo=UTC)), pytest.raises(RuleViolation) as refused:
        services.end(session, activity, on=on, reason=reason, actor=actor)
    assert list(refused.value.points) == [point]
    assert activity.status is Status.CONCEPT


def test_an_ended_record_can_be_reopened_and_established_again(session, activity, actor):
    services.establish(session, activity, actor=ESTABLISHER)
    services.end(session, activity, on=date(2026, 3, 1), reason="Vergissing", actor=actor)
    with pytest.raises(RuleViolation):
        services.establish(session, activity, actor=ESTABLISHER)
    services.reopen(session, activity, actor=actor)
    assert services.content_of(activity) == COMPLETE
    version = services.establish(session, activity, actor=ESTABLISHER)
    assert (version.number, version.ended_at) == (3, None)


def test_the_trail_accepts_every_step(database, organisation, actor):
    with database.write(organisation.id) as session:
        activity = services.add(session, COMPLETE, actor=actor)
        services.establish(session, activity, actor=ESTABLISHER)
        services.reopen(session, activity, actor=actor)
        services.end(session, activity, on=date(2026, 3, 1), reason="Klaar", actor=actor)
        made = activity.id
    with database.read(organisation.id) as session:
        mine = select(AuditEvent.action).where(AuditEvent.subject_id == made)
        events = session.exec(mine.order_by(AuditEvent.sequence)).all()
    assert events == [f"register:activity:{verb}" for verb in ("add", "establish", "reopen", "end")]


def test_findings_of_an_empty_record_name_what_the_law_asks(session, actor):
    activity = services.add(session, ActivityContent(), actor=actor)
    found = {finding.rule_id for finding in services.findings_of(session, activity) if finding.severity == "fout"}
    assert found == {*(f"AVG-00{number}" for number in range(1, 10)), "AVG-013"}


def test_all_findings_hold_records_organisation_and_register_but_nothing_that_ended(session, actor):
    first = services.add(session, ActivityContent(name="Eerste"), actor=actor)
    services.add(session, COMPLETE, actor=actor)
    services.add(session, COMPLETE, actor=actor)
    services.add(session, ActivityContent(name="Boa", regime=Regime.WPG), actor=actor)
    services.end(session, first, on=date(2026, 1, 1), reason="Klaar", actor=actor)
    found = services.all_findings(session)
    assert "VW-0001" not in {finding.subject for finding in found}
    assert {"AVG-144", "AVG-145", "WPG-003"} <= {finding.rule_id for finding in found}


def test_a_change_of_purposes_after_the_dpia_is_found(session, actor):
    dpia = COMPLETE.dpia.model_copy(update={"status": "uitgevoerd", "done_on": date(2026, 5, 1), "dpo_advice": "Goed."})
    content = COMPLETE.model_copy(update={"dpia": dpia})
    with clock.frozen(datetime(2026, 4, 1, tzinfo=UTC)):
        activity = services.add(session, content, actor=actor)
    with clock.frozen(datetime(2026, 6, 1, tzinfo=UTC)):
        assert "AVG-107" not in {finding.rule_id for finding in services.findings_of(session, activity)}
        changed = content.model_copy(update={"purposes": (*content.purposes, Purpose(text="Een heel ander doel"))})
        services.change(session, activity, changed, version=activity.version, actor=actor)
        assert "AVG-107" in {finding.rule_id for finding in services.findings_of(session, activity)}


def test_the_number_of_queries_for_findings_does_not_grow_with_the_records(session, actor, database):
    from sqlalchemy import event

    def queries(amount: int) -> int:
        for content in starter_contents()[:amount]:
            services.add(session, content, actor=actor)
        session.flush()
        session.expire_all()
        counted: list[str] = []

        def count(_connection, _cursor, statement, *_rest):
            counted.append(statement)

        event.listen(database.engine, "before_cursor_execute", count)
        services.all_findings(session)
        event.remove(database.engine, "before_cursor_execute", count)
        return len(counted)

    assert queries(2) == queries(9)
