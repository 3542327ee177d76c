"""The gap report of a past day says what was known then; and the key figures of every month."""

import json
from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from core import clock, reports
from core.errors import BadInput
from core.organisations import Party, Team, change_organisation, change_shared, the_organisation
from support.inventories import answer, good_channel, good_message, good_product
from wmebv import services
from wmebv.content import ActionContent, ActionStatus, ChannelLink, GoalContent, Measure, Value


@pytest.fixture
def on_day(monkeypatch):
    def move(month, day):
        monkeypatch.setattr(clock, "now", lambda: datetime(2026, month, day, 12, tzinfo=UTC))

    return move


@pytest.fixture
def past(session, actor, on_day):
    """What was known on 10 March, as JSON; in April all of it changed."""
    on_day(3, 10)
    product = services.add_product(session, good_product(), actor=actor)
    services.add_channel(session, good_channel(name="Formulier"), actor=actor)
    content = good_message(channels=(ChannelLink(channel="Formulier"),))
    services.add_message_type(session, product, content, actor=actor)
    goal = services.add_goal(
        session, GoalContent(title="Alles", measure=Measure.SCORE, target=100, by=date(2026, 12, 31)), actor=actor
    )
    todo = ActionContent(title="Doen", due_on=date(2026, 3, 9))
    action = services.add_action(session, todo, duty="W02", actor=actor)
    then = facts(session, date(2026, 3, 10))
    on_day(4, 20)
    done = todo.model_copy(update={"status": ActionStatus.DONE})
    services.change_action(session, action, done, version=action.version, actor=actor)
    services.remove_goal(session, goal, version=goal.version, actor=actor)
    services.answer(session, product, answer("W03", Value.NO), actor=actor)
    services.add_message_type(session, product, good_message(name="Nieuw", channels=()), actor=actor)
    return then


def facts(session, day):
    return json.loads(reports.as_json(services.written_report(session, day)))


def test_every_part_of_the_report_of_a_past_day_is_what_was_known_then(session, past):
    again, now = facts(session, date(2026, 3, 10)), facts(session, date(2026, 4, 20))
    assert again == past
    assert {name for name in past if past[name] != now[name]} >= {
        *("message_types", "lights", "heat", "legal_gaps", "levels", "actions", "goals", "findings"),
        *("designation", "unknowns", "data_changed_at"),
    }


def test_what_was_renamed_or_ended_by_a_day_was_so_then_and_later_changes_do_not_count(session, actor, on_day):
    on_day(3, 10)
    product = services.add_product(session, good_product(), actor=actor)
    message = services.add_message_type(session, product, good_message(channels=()), actor=actor)
    other = services.add_product(session, good_product(name="Ander", team="Vergunningen"), actor=actor)
    todo = ActionContent(title="Doen", team="Vergunningen", supplier="Leverancier")
    for duty, about in (("W04", message), ("W03", other), ("W03", product)):
        services.add_action(session, todo, duty=duty, about=about, actor=actor)
    on_day(3, 12)
    for item, name in ((session.exec(select(Team)).one(), "Ruimte"), (session.exec(select(Party)).one(), "Bouwer")):
        change_shared(session, item, {"name": name}, version=item.version, actor=actor)
    services.end_message_type(session, message, version=message.version, actor=actor)
    services.end_product(session, other, version=other.version, actor=actor)
    then = facts(session, date(2026, 3, 12))
    assert {one["team"] for one in then["support"]} == {"Ruimte"}
    waiting = {(one["about"], one["team"], one["supplier"]) for one in then["actions"]["waiting"]}
    whats = ("Kapvergunning: Aanvraag kapvergunning", "Ander", "Kapvergunning")
    assert waiting == {(about, "Ruimte", "Bouwer") for about in whats}
    on_day(4, 20)
    team, municipality = session.exec(select(Team)).one(), the_organisation(session)
    change_shared(session, team, {"name": "Anders"}, version=team.version, actor=actor)
    change_organisation(session, municipality, {"name": "Gemeente Nieuw"}, version=municipality.version, actor=actor)
    assert facts(session, date(2026, 3, 12)) == then
    assert facts(session, date(2026, 4, 20))["organisation"] == "Gemeente Nieuw"


def test_a_day_to_come_has_no_report(session, past):
    with pytest.raises(BadInput, match=r"Deze dag moet nog komen\."):
        services.report_on(session, date(2026, 4, 21))


def test_the_months_have_a_row_for_each_last_day_and_for_the_day_itself(session, past):
    rows = services.figures_by_month(session, date(2026, 4, 20))
    assert [(one.on, one.message_types) for one in rows] == [(date(2026, 3, 31), 1), (date(2026, 4, 20), 2)]
    [table] = services.months_on(session, date(2026, 4, 20)).tables
    assert [row[:3] for row in table.rows] == [[one.on, one.percentage, one.message_types] for one in rows]
