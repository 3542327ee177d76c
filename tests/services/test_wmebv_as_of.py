"""The gap report of a past day says what was known then; and the key figures of every month."""

import json
from datetime import UTC, date, datetime

import pytest

from core import clock, reports
from core.errors import BadInput
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


def test_a_day_to_come_has_no_report(session, past):
    with pytest.raises(BadInput, match=r"Deze dag moet nog komen\."):
        services.report_on(session, date(2026, 4, 21))


def test_the_months_have_a_row_for_each_last_day_and_for_the_day_itself(session, past):
    rows = services.figures_by_month(session, date(2026, 4, 20))
    assert [(one.on, one.message_types) for one in rows] == [(date(2026, 3, 31), 1), (date(2026, 4, 20), 2)]
    [table] = services.months_on(session, date(2026, 4, 20)).tables
    assert [row[:3] for row in table.rows] == [[one.on, one.percentage, one.message_types] for one in rows]
