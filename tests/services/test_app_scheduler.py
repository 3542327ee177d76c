"""The clock: one export a night for each organisation, Dutch time, also when the clock changes."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from app.scheduler import ask_for_the_night, tonight
from core import clock
from core.clock import AMSTERDAM
from core.jobs import Job
from core.organisations import add_organisation


def dutch(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("moment", "struck"),
    [
        (dutch(2026, 11, 21, 14, 0), dutch(2026, 11, 21, 2, 0)),
        (dutch(2026, 11, 21, 1, 59), dutch(2026, 11, 20, 2, 0)),
        (dutch(2026, 11, 21, 2, 0), dutch(2026, 11, 21, 2, 0)),
        (dutch(2026, 3, 29, 12, 0), dutch(2026, 3, 29, 2, 0)),  # that night the clock skips from 2 to 3
        (dutch(2026, 10, 25, 12, 0), dutch(2026, 10, 25, 2, 0)),  # and here it passes 2 o'clock twice
    ],
)
def test_the_last_time_the_clock_struck(moment, struck):
    assert tonight(moment.astimezone(UTC), "02:00") == struck


def asked(database):
    with database.read(None) as session:
        return [job.payload["night"] for job in session.exec(select(Job).order_by(Job.created_at))]


def test_each_night_is_asked_for_once(database, organisation):
    with clock.frozen(dutch(2026, 11, 21, 2, 0)):
        assert [ask_for_the_night(database, "02:00") for _ in range(3)] == [1, 0, 0]
    with clock.frozen(dutch(2026, 11, 22, 1, 59)):
        assert ask_for_the_night(database, "02:00") == 0
    with clock.frozen(dutch(2026, 11, 22, 2, 0, 1)):
        assert ask_for_the_night(database, "02:00") == 1
    assert asked(database) == ["2026-11-21", "2026-11-22"]


def test_every_organisation_gets_its_night(database, organisation, actor):
    with database.write(None) as session:
        add_organisation(
            session,
            code="gm0153",
            name="Gemeente Enschede",
            base_url="https://openboek.enschede.example",
            tooi_uri="https://identifier.overheid.nl/tooi/id/gemeente/gm0153",
            tooi_label="gemeente Enschede",
            actor=actor,
        )
    with clock.frozen(dutch(2026, 11, 21, 3, 0)):
        assert ask_for_the_night(database, "02:00") == 2


def test_a_night_that_was_missed_is_asked_for_when_the_worker_is_back(database, organisation):
    with clock.frozen(dutch(2026, 11, 21, 9, 30)):
        ask_for_the_night(database, "02:00")
    assert asked(database) == [date(2026, 11, 21).isoformat()]
