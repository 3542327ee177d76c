"""Work in the background: asked for once, done once, and taken up again when a worker falls away."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from core import clock
from core.audit import Actor
from core.db import Database, OrganisationCrossed
from core.errors import BadInput
from core.jobs import LEASE, MAX_ATTEMPTS, Job, JobState, claim, enqueue, run_one
from core.organisations import add_organisation

START = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def ask(database: Database, organisation, kind: str = "soort", **payload) -> None:
    with database.write(organisation.id) as session:
        enqueue(session, kind, payload, created_by="Aisha")


def jobs_in(database: Database) -> list[Job]:
    with database.read(None) as session:
        found = list(session.exec(select(Job).order_by(Job.created_at)))
        session.expunge_all()
    return found


def the_job(database: Database) -> Job:
    [found] = jobs_in(database)
    return found


@pytest.fixture
def at_start():
    with clock.frozen(START):
        yield


def test_the_same_question_is_waited_for_once(database, organisation):
    for _ in range(2):
        ask(database, organisation, van=1)
    ask(database, organisation, van=2)
    ask(database, organisation, van=1)
    ask(database, organisation, van=2)
    ask(database, organisation, "ander", van=1)
    assert [(job.kind, job.payload) for job in jobs_in(database)] == [
        ("soort", {"van": 1}),
        ("soort", {"van": 2}),
        ("ander", {"van": 1}),
    ]


def test_a_question_that_is_being_worked_on_may_be_asked_again(database, organisation):
    """What changed since the worker began would otherwise wait until somebody asks once more."""
    ask(database, organisation)
    assert claim(database, "een") is not None
    ask(database, organisation)
    assert [job.state for job in jobs_in(database)] == [JobState.RUNNING, JobState.WAITING]


def test_work_is_asked_for_one_organisation(database):
    with database.write(None) as session, pytest.raises(OrganisationCrossed):
        enqueue(session, "soort", {}, created_by="Aisha")


def test_without_work_there_is_nothing_to_claim(database, organisation):
    assert (claim(database, "een"), run_one(database, {}, "een")) == (None, False)


def test_a_job_is_claimed_by_one_worker(database, organisation):
    ask(database, organisation, van=1)
    claimed = claim(database, "een")
    assert (claimed.kind, claimed.payload, claimed.organisation_id, claimed.created_by) == (
        "soort",
        {"van": 1},
        organisation.id,
        "Aisha",
    )
    assert claim(database, "twee") is None


def test_the_oldest_job_goes_first(database, organisation):
    for hour in (3, 1, 2):
        with clock.frozen(START + timedelta(hours=hour)):
            ask(database, organisation, uur=hour)
    with clock.frozen(START + timedelta(hours=4)):
        assert [claim(database, "een").payload["uur"] for _ in range(3)] == [1, 2, 3]


def test_eight_workers_do_twenty_jobs_once(database_url):
    database = Database(database_url)
    with database.write(None) as session:
        owner = add_organisation(
            session,
            code="gm0168",
            name="X",
            base_url="https://x.example",
            tooi_uri="x",
            tooi_label="x",
            actor=Actor("Aisha"),
        )
    for number in range(20):
        ask(database, owner, nummer=number)
    done: list[int] = []

    def work(name: str) -> None:
        while run_one(database, {"soort": lambda job: done.append(job.payload["nummer"]) or {}}, name):
            pass

    threads = [threading.Thread(target=work, args=(f"werker {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(20))
    assert {job.state for job in jobs_in(database)} == {JobState.DONE}
    database.close()


def test_a_result_is_kept_with_its_message(database, organisation, at_start):
    ask(database, organisation)
    assert run_one(database, {"soort": lambda _job: {"message": "Er zijn 3 regels gelezen.", "regels": 3}}, "een")
    job = the_job(database)
    assert (job.state, job.message, job.result["regels"], job.finished_at, job.leased_until) == (
        JobState.DONE,
        "Er zijn 3 regels gelezen.",
        3,
        START,
        None,
    )


def test_what_a_person_can_mend_is_said_and_not_tried_again(database, organisation):
    def refuse(_job):
        raise BadInput("Dit bestand is leeg. Kies een ander bestand.")

    ask(database, organisation)
    assert run_one(database, {"soort": refuse}, "een")
    job = the_job(database)
    assert (job.state, job.message, job.attempts) == (
        JobState.FAILED,
        "Dit bestand is leeg. Kies een ander bestand.",
        1,
    )
    assert run_one(database, {"soort": refuse}, "een") is False


def test_what_breaks_is_tried_again_later_and_then_given_up(database, organisation):
    moment, waited = START, []
    with clock.frozen(moment):
        ask(database, organisation)
    with capture_logs() as logs:
        for _ in range(MAX_ATTEMPTS):
            with clock.frozen(moment):
                assert run_one(database, {"soort": lambda _job: 1 / 0}, "een")
                job = the_job(database)
                if job.state is JobState.WAITING:
                    assert job.message == "Er ging iets mis; het wordt straks opnieuw geprobeerd."
                    assert claim(database, "een") is None
            waited.append((job.run_after - moment).total_seconds())
            moment = max(moment, job.run_after)
    assert (waited[:2], job.state, job.attempts) == ([60, 120], JobState.FAILED, MAX_ATTEMPTS)
    assert job.message == "Er ging iets mis in het programma. Kijk in het logboek en meld het."
    assert "ZeroDivisionError" in job.result["reason"]
    assert [entry["event"] for entry in logs] == ["job broke"] * MAX_ATTEMPTS
    with clock.frozen(moment + timedelta(days=1)):
        assert claim(database, "een") is None


def test_a_kind_that_nobody_knows_is_tried_again_later(database, organisation):
    """A worker of the version before does not know the newest kinds yet."""
    ask(database, organisation, "nieuw")
    with capture_logs():
        assert run_one(database, {}, "een")
    assert the_job(database).state is JobState.WAITING


def test_a_job_of_a_killed_worker_is_taken_up_when_its_lease_ends(database, organisation):
    with clock.frozen(START):
        ask(database, organisation)
        claim(database, "gedood")
    with clock.frozen(START + LEASE - timedelta(seconds=1)):
        assert claim(database, "twee") is None
    with clock.frozen(START + LEASE + timedelta(seconds=1)):
        assert run_one(database, {"soort": lambda _job: {"message": "Klaar."}}, "twee")
    job = the_job(database)
    assert (job.state, job.attempts, job.leased_by) == (JobState.DONE, 2, "twee")


def test_a_job_that_kills_every_worker_is_given_up(database, organisation):
    """Otherwise it would come first for ever, and nothing behind it would get done."""
    moment = START
    with clock.frozen(moment):
        ask(database, organisation, dodelijk=True)
    with clock.frozen(moment + timedelta(seconds=1)):
        ask(database, organisation, dodelijk=False)
    for _ in range(MAX_ATTEMPTS):
        with clock.frozen(moment):
            assert claim(database, "gedood").payload == {"dodelijk": True}
        moment += LEASE + timedelta(seconds=1)
    with clock.frozen(moment):
        assert claim(database, "gedood").payload == {"dodelijk": False}
    first = jobs_in(database)[0]
    assert (first.state, first.message) == (
        JobState.FAILED,
        "Dit werk stopte steeds halverwege. Kijk in het logboek en meld het.",
    )


def test_who_reports_keeps_the_lease(database, organisation):
    with clock.frozen(START):
        ask(database, organisation)
        claimed = claim(database, "een")
    with clock.frozen(START + LEASE - timedelta(seconds=1)):
        claimed.report(3, 10, "Regel 3 van 10")
    with clock.frozen(START + LEASE + timedelta(seconds=1)):
        assert claim(database, "twee") is None
    job = the_job(database)
    assert (job.progress, job.total, job.message) == (3, 10, "Regel 3 van 10")


@pytest.mark.parametrize("ending", [lambda _job: {"message": "Van een."}, lambda _job: 1 / 0])
def test_the_outcome_of_a_lost_lease_counts_for_nothing(database, organisation, ending):
    def slow(job):
        with clock.frozen(START + LEASE + timedelta(seconds=1)):
            assert run_one(database, {"soort": lambda _job: {"message": "Van twee."}}, "twee")
            job.report(9, 9, "Te laat")
        return ending(job)

    with clock.frozen(START), capture_logs():
        ask(database, organisation)
        assert run_one(database, {"soort": slow}, "een")
    job = the_job(database)
    assert (job.state, job.message, job.leased_by) == (JobState.DONE, "Van twee.", "twee")


def test_a_very_long_message_still_fits(database, organisation):
    ask(database, organisation)
    run_one(database, {"soort": lambda _job: {"message": "x" * 2000}}, "een")
    assert len(the_job(database).message) == 500


def test_a_result_that_cannot_be_kept_does_not_end_the_worker(database, organisation):
    ask(database, organisation)
    with capture_logs():
        assert run_one(database, {"soort": lambda _job: {"message": "Klaar.", "ding": object()}}, "een")
    assert the_job(database).state is JobState.WAITING
