"""The clock: one export a night for each organisation, Dutch time, also when the clock changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import select

from app.scheduler import ask_for_the_night, tonight
from core import clock
from core.clock import AMSTERDAM
from core.jobs import Job, JobState
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
    assert tonight(moment.astimezone(UTC), "02:00") == struck.astimezone(UTC)


def test_a_time_that_the_clock_skips_is_struck_an_hour_later_and_one_that_comes_twice_the_first_time():
    assert tonight(datetime(2026, 3, 29, 12, tzinfo=UTC), "02:30") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert tonight(datetime(2026, 3, 29, 1, 29, tzinfo=UTC), "02:30") == datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    for hour in (1, 2, 12):
        assert tonight(datetime(2026, 10, 25, hour, 10, tzinfo=UTC), "02:30") == datetime(
            2026, 10, 25, 0, 30, tzinfo=UTC
        )


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


@pytest.mark.parametrize(
    ("day", "nightly_at"), [((2026, 3, 29), "02:30"), ((2026, 10, 25), "02:30"), ((2026, 10, 25), "00:00")]
)
def test_one_export_in_a_night_in_which_the_clock_is_changed(database, organisation, day, nightly_at):
    """Every ten minutes somebody looks, and each time the export of before is done: none is asked for twice."""
    begin = datetime.combine(date(*day), time.min, AMSTERDAM).astimezone(UTC)
    with clock.frozen(begin - timedelta(hours=12)):
        ask_for_the_night(database, nightly_at)
    for minutes in range(0, 6 * 60, 10):
        with clock.frozen(begin + timedelta(minutes=minutes)):
            ask_for_the_night(database, nightly_at)
            with database.write(None) as session:
                for job in session.exec(select(Job)):
                    job.state, job.created_at = JobState.DONE, min(job.created_at, clock.now())
    assert asked(database).count(date(*day).isoformat()) == 1
    assert len(asked(database)) == 2


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
