"""Work in the background: asked for once, done once, and taken up again when a worker falls away."""

import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select
from structlog.testing import capture_logs

from core import clock, jobs
from core.audit import Actor, AuditEvent
from core.db import Database, OrganisationCrossed, database_now
from core.errors import BadInput, Busy, Failed, NotFound, RuleViolation
from core.jobs import (
    BUSY_PAUSE,
    LEASE,
    MAX_ATTEMPTS,
    Job,
    JobState,
    LeaseLost,
    Retry,
    again,
    cancel,
    claim,
    clean_up,
    enqueue,
    find,
    give_back,
    run_one,
)
from core.organisations import Team, add_organisation, find_or_add
from support.passing_time import pass_time

SECOND = timedelta(seconds=1)
AISHA = Actor("Aisha", UUID("00000000-0000-4000-8000-000000000001"))


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
    for number in (1, 2, 3):
        ask(database, organisation, nummer=number)
        pass_time(database, SECOND)
    assert [claim(database, "een").payload["nummer"] for _ in range(3)] == [1, 2, 3]


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


def test_a_result_is_kept_with_its_message(database, organisation):
    ask(database, organisation)
    assert run_one(database, {"soort": lambda _job: {"message": "Er zijn 3 regels gelezen.", "regels": 3}}, "een")
    job = the_job(database)
    assert (job.state, job.message, job.result["regels"], job.leased_until, job.lease) == (
        JobState.DONE,
        "Er zijn 3 regels gelezen.",
        3,
        None,
        None,
    )
    assert job.created_at <= job.started_at <= job.finished_at


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
    waited = []
    ask(database, organisation)
    with capture_logs() as logs:
        for _ in range(MAX_ATTEMPTS):
            with database.read(None) as session:
                before = database_now(session)
            assert run_one(database, {"soort": lambda _job: 1 / 0}, "een")
            job = the_job(database)
            if job.state is JobState.WAITING:
                assert job.message == "Er ging iets mis; het wordt straks opnieuw geprobeerd."
                assert claim(database, "een") is None
                waited.append(round((job.run_after - before).total_seconds()))
                pass_time(database, job.run_after - before)
    assert (waited, job.state, job.attempts) == ([60, 120], JobState.FAILED, MAX_ATTEMPTS)
    assert job.message == "Er ging iets mis in het programma. Kijk in het logboek en meld het."
    assert "ZeroDivisionError" in job.result["reason"]
    assert [entry["event"] for entry in logs] == ["job broke"] * MAX_ATTEMPTS
    pass_time(database, timedelta(days=1))
    assert claim(database, "een") is None


def test_a_kind_that_nobody_knows_is_tried_again_later(database, organisation):
    """A worker of the version before does not know the newest kinds yet."""
    ask(database, organisation, "nieuw")
    with capture_logs():
        assert run_one(database, {}, "een")
    assert the_job(database).state is JobState.WAITING


def test_a_job_of_a_killed_worker_is_taken_up_when_its_lease_ends(database, organisation):
    ask(database, organisation)
    claim(database, "gedood")
    pass_time(database, LEASE - 10 * SECOND)
    assert claim(database, "twee") is None
    pass_time(database, 11 * SECOND)
    assert run_one(database, {"soort": lambda _job: {"message": "Klaar."}}, "twee")
    job = the_job(database)
    assert (job.state, job.attempts, job.leased_by) == (JobState.DONE, 2, "twee")


def test_a_job_that_kills_every_worker_is_given_up(database, organisation):
    """Otherwise it would come first for ever, and nothing behind it would get done."""
    ask(database, organisation, dodelijk=True)
    pass_time(database, SECOND)
    ask(database, organisation, dodelijk=False)
    for _ in range(MAX_ATTEMPTS):
        assert claim(database, "gedood").payload == {"dodelijk": True}
        pass_time(database, LEASE + SECOND)
    assert claim(database, "gedood").payload == {"dodelijk": False}
    first = jobs_in(database)[0]
    assert (first.state, first.message) == (
        JobState.FAILED,
        "Dit werk stopte steeds halverwege. Kijk in het logboek en meld het.",
    )


def test_who_reports_keeps_the_lease(database, organisation):
    ask(database, organisation)
    claimed = claim(database, "een")
    pass_time(database, LEASE - 10 * SECOND)
    claimed.report(3, 10, "Regel 3 van 10")
    pass_time(database, LEASE - 10 * SECOND)
    assert claim(database, "twee") is None
    job = the_job(database)
    assert (job.progress, job.total, job.message) == (3, 10, "Regel 3 van 10")


@pytest.mark.parametrize(
    "ending",
    [lambda _job: {"message": "Van een."}, lambda _job: 1 / 0, lambda job: job.report(9, 9, "Te laat")],
)
def test_the_outcome_of_a_lost_lease_counts_for_nothing(database, organisation, ending):
    def slow(job):
        pass_time(database, LEASE + SECOND)
        assert run_one(database, {"soort": lambda _job: {"message": "Van twee."}}, "twee")
        return ending(job)

    with capture_logs():
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


# Steps, and who must stop


def teams_in(database: Database, organisation) -> list[str]:
    with database.read(organisation.id) as session:
        return sorted(session.exec(select(Team.name)))


def test_a_step_keeps_its_rows_and_its_progress_together(database, organisation):
    """What the first worker did is there; the second goes on after it."""
    seen = []

    def handle(job):
        seen.append(job.done)
        for number in range(job.done, 4):
            with job.step(number + 1, 4) as session:
                find_or_add(session, Team, f"Team {number}", actor=job.actor)
                if number == 2 and job.attempt == 1:
                    raise ZeroDivisionError
        return {}

    ask(database, organisation)
    with capture_logs():
        assert run_one(database, {"soort": handle}, "een")
    assert teams_in(database, organisation) == ["Team 0", "Team 1"]
    pass_time(database, timedelta(hours=1))
    assert run_one(database, {"soort": handle}, "twee")
    assert (seen, teams_in(database, organisation)) == ([0, 2], [f"Team {number}" for number in range(4)])


def test_a_step_of_a_lost_lease_keeps_nothing(database, organisation):
    """The same name again, as two containers may have: only the lease itself tells them apart."""
    ask(database, organisation)
    first = claim(database, "een")
    pass_time(database, LEASE + SECOND)
    second = claim(database, "een")
    with pytest.raises(LeaseLost), first.step(1, 1) as session:
        find_or_add(session, Team, "Van de eerste", actor=first.actor)
    with second.step(1, 1) as session:
        find_or_add(session, Team, "Van de tweede", actor=second.actor)
    assert (teams_in(database, organisation), first.renew(), second.renew()) == (["Van de tweede"], False, True)


def test_a_lease_that_is_lost_during_a_step_undoes_the_step(database_url):
    """A machine that was asleep within a step; PostgreSQL keeps the row locked, so there it cannot be lost."""
    database = Database(database_url)
    owner = losser(database)
    ask(database, owner)
    first = claim(database, "een")
    with database.write(None) as session:
        session.get_one(Job, first.id).lease = uuid4()
    with pytest.raises(LeaseLost), first.step(1, 1):
        raise AssertionError("the block is never reached")
    database.close()


def test_a_waiting_job_is_cancelled_at_once(database, organisation):
    ask(database, organisation)
    waiting = the_job(database)
    with database.write(organisation.id) as session:
        cancel(session, waiting, actor=AISHA)
    job = the_job(database)
    assert (job.state, job.message, job.attempts) == (
        JobState.CANCELLED,
        "Afgebroken door Aisha. Er is niets half gedaan.",
        0,
    )
    assert job.finished_at is not None
    assert claim(database, "een") is None


def test_a_running_job_stops_at_its_next_report_and_its_step_is_undone(database, organisation):
    def handle(job):
        with job.step(1, 2) as session:
            find_or_add(session, Team, "Heel", actor=job.actor)
        with database.write(organisation.id) as session:
            cancel(session, find(session, job.id), actor=AISHA)
            cancel(session, find(session, job.id), actor=Actor("Bram"))  # the first one counts
        with job.step(2, 2) as session:
            find_or_add(session, Team, "Half", actor=job.actor)
        raise AssertionError("it went on")

    ask(database, organisation)
    assert run_one(database, {"soort": handle}, "een")
    job = the_job(database)
    assert (job.state, job.cancelled_by, job.progress, job.lease) == (JobState.CANCELLED, "Aisha", 1, None)
    assert teams_in(database, organisation) == ["Heel"]


def test_what_was_whole_before_it_noticed_is_done(database, organisation):
    def handle(job):
        with database.write(organisation.id) as session:
            cancel(session, find(session, job.id), actor=AISHA)
        return {"message": "Klaar."}

    ask(database, organisation)
    assert run_one(database, {"soort": handle}, "een")
    assert (the_job(database).state, the_job(database).message) == (JobState.DONE, "Klaar.")


def test_a_job_that_was_cancelled_is_not_taken_up_from_a_dead_worker(database, organisation):
    ask(database, organisation)
    claimed = claim(database, "gedood")
    with database.write(organisation.id) as session:
        cancel(session, find(session, claimed.id), actor=AISHA)
    pass_time(database, LEASE + SECOND)
    assert claim(database, "twee") is None
    assert the_job(database).state is JobState.CANCELLED


def test_a_job_that_breaks_while_it_is_cancelled_is_not_tried_again(database, organisation):
    def handle(job):
        with database.write(organisation.id) as session:
            cancel(session, find(session, job.id), actor=AISHA)
        raise ZeroDivisionError

    ask(database, organisation)
    with capture_logs():
        assert run_one(database, {"soort": handle}, "een")
    assert the_job(database).state is JobState.CANCELLED


@pytest.mark.parametrize("ending", [lambda _job: {}, lambda _job: (_ for _ in ()).throw(BadInput("Leeg."))])
def test_what_has_ended_cannot_be_cancelled(database, organisation, ending):
    ask(database, organisation)
    run_one(database, {"soort": ending}, "een")
    ended = the_job(database)
    with database.write(organisation.id) as session, pytest.raises(RuleViolation):
        cancel(session, ended, actor=AISHA)


def test_what_did_not_succeed_is_asked_again_and_what_did_is_not(database, organisation):
    def refuse(_job):
        raise BadInput("Dit bestand is leeg.")

    ask(database, organisation, van=1)
    waiting = the_job(database)
    with database.write(organisation.id) as session, pytest.raises(RuleViolation):
        again(session, waiting, actor=AISHA)
    run_one(database, {"soort": refuse}, "een")
    failed = the_job(database)
    with database.write(organisation.id) as session:
        again(session, failed, actor=AISHA)
        again(session, failed, actor=AISHA)  # twice the button is once the work
    old, new = jobs_in(database)
    assert (old.state, old.message, new.state, new.payload, new.created_by, new.created_by_id, new.attempts) == (
        JobState.FAILED,
        "Dit bestand is leeg.",
        JobState.WAITING,
        {"van": 1},
        "Aisha",
        AISHA.user_id,
        0,
    )
    run_one(database, {"soort": lambda _job: {}}, "een")
    with database.write(organisation.id) as session, pytest.raises(RuleViolation):
        again(session, find(session, new.id), actor=AISHA)


def test_cancelling_and_asking_again_are_in_the_trail(database, organisation):
    ask(database, organisation)
    job = the_job(database)
    with database.write(organisation.id) as session:
        cancel(session, job, actor=AISHA)
        again(session, job, actor=AISHA)
    with database.read(organisation.id) as session:
        events = session.exec(
            select(AuditEvent).where(col(AuditEvent.subject_kind) == "core_job").order_by(col(AuditEvent.sequence))
        ).all()
        assert [(one.action, one.actor, one.actor_id, one.subject_label) for one in events] == [
            ("core:job:cancel", "Aisha", AISHA.user_id, "soort"),
            ("core:job:retry", "Aisha", AISHA.user_id, "soort"),
        ]


def test_a_job_of_another_organisation_is_not_there(database, organisation):
    ask(database, organisation)
    theirs = the_job(database)
    with database.write(uuid4()) as session, pytest.raises(NotFound):
        find(session, theirs.id)


def test_what_is_busy_waits_for_as_long_as_it_takes(database, organisation):
    def busy(_job):
        raise Busy("Er loopt al een export.")

    ask(database, organisation)
    for _ in range(MAX_ATTEMPTS + 2):
        assert run_one(database, {"soort": busy}, "een")
        assert (the_job(database).state, the_job(database).message) == (
            JobState.WAITING,
            "Dit wacht op ander werk dat nu bezig is.",
        )
        assert claim(database, "een") is None
        pass_time(database, BUSY_PAUSE + SECOND)
    run_one(database, {"soort": lambda _job: {}}, "een")
    assert (the_job(database).state, the_job(database).attempts) == (JobState.DONE, 1)


def counting(to: int, seen: list):
    """A handler that makes so many steps, and goes on where it was."""

    def handle(job):
        for number in range(job.done, to):
            with job.turn(number + 1, to, "teller"):
                seen.append((job.payload["wie"], number))
        return {"message": "klaar"}

    return handle


def test_long_work_lets_others_go_first_and_goes_on_where_it_was(database, organisation, monkeypatch):
    monkeypatch.setattr(jobs, "TURN", 0)
    seen: list = []
    work = {"lang": counting(3, seen), "kort": counting(1, seen)}
    ask(database, organisation, "lang", wie="a")
    ask(database, organisation, "kort", wie="b")
    assert run_one(database, work, "een")
    waiting = jobs_in(database)[0]
    assert (waiting.state, waiting.attempts, waiting.progress, waiting.lease) == (JobState.WAITING, 0, 1, None)
    assert waiting.message == "Ander werk gaat even voor. Dit gaat vanzelf verder waar het was."
    while run_one(database, work, "een"):
        pass
    assert seen == [("a", 0), ("b", 0), ("a", 1), ("a", 2)]
    assert [(job.state, job.message, job.attempts) for job in jobs_in(database)] == [(JobState.DONE, "klaar", 1)] * 2


def test_two_that_take_long_take_turns(database, organisation, monkeypatch):
    monkeypatch.setattr(jobs, "TURN", 0)
    seen: list = []
    for who in "ab":
        ask(database, organisation, wie=who)
    while run_one(database, {"soort": counting(3, seen)}, "een"):
        pass
    assert seen == [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("a", 2), ("b", 2)]


@pytest.mark.parametrize(("turn", "longest", "times"), [(0, 60, 1), (5, 60, 1), (0, 0, 4)])
def test_who_is_alone_goes_on_until_a_worker_must_look_at_the_clock(
    database, organisation, monkeypatch, turn, longest, times
):
    monkeypatch.setattr(jobs, "TURN", turn)
    monkeypatch.setattr(jobs, "LONGEST_TURN", longest)
    ask(database, organisation, wie="a")
    with database.write(organisation.id) as session:
        enqueue(session, "later", {}, created_by="Aisha").run_after += timedelta(hours=1)
    seen: list = []
    count = 0
    while run_one(database, {"soort": counting(3, seen)}, "een"):
        count += 1
    assert (count, len(seen)) == (times, 3)


def test_who_has_its_turn_for_less_than_five_seconds_goes_on(database, organisation):
    seen: list = []
    for who in "ab":
        ask(database, organisation, wie=who)
    assert run_one(database, {"soort": counting(3, seen)}, "een")
    assert seen == [("a", 0), ("a", 1), ("a", 2)]


def test_work_that_is_stopped_at_the_end_of_its_turn_stops(database, organisation, monkeypatch):
    monkeypatch.setattr(jobs, "LONGEST_TURN", 0)

    def handle(job):
        with job.turn(1, 2):
            pass
        raise AssertionError

    ask(database, organisation)
    run_one(database, {"soort": handle}, "een")
    with database.write(organisation.id) as session:
        cancel(session, the_job(database), actor=AISHA)
    assert (the_job(database).state, run_one(database, {"soort": handle}, "een")) == (JobState.CANCELLED, False)


def test_what_may_pass_by_itself_is_tried_again_and_then_said(database, organisation):
    error = Failed("De schijf is vol.")

    def handle(_job):
        raise error

    ask(database, organisation)
    retries = {"soort": Retry(attempts=2, pause=timedelta(minutes=10))}
    run_one(database, {"soort": handle}, "een", retries=retries)
    assert (the_job(database).state, the_job(database).message) == (
        JobState.WAITING,
        "De schijf is vol. Openboek probeert het straks zelf opnieuw.",
    )
    pass_time(database, timedelta(minutes=9))
    assert run_one(database, {"soort": handle}, "een", retries=retries) is False
    pass_time(database, timedelta(minutes=2))
    assert run_one(database, {"soort": handle}, "een", retries=retries)
    assert (the_job(database).state, the_job(database).message) == (JobState.FAILED, error.message)


def test_pauses_double_up_to_an_hour():
    pauses = [Retry(pause=timedelta(minutes=5)).after(attempts) for attempts in range(1, 7)]
    assert [pause.total_seconds() / 60 for pause in pauses] == [5, 10, 20, 40, 60, 60]


def test_what_is_given_back_waits_for_another_and_was_no_attempt(database, organisation):
    ask(database, organisation)
    first = claim(database, "een")
    assert (give_back(database, "twee"), give_back(database, "een"), give_back(database, "een")) == (0, 1, 0)
    assert (the_job(database).state, the_job(database).attempts) == (JobState.WAITING, 0)
    with pytest.raises(LeaseLost):
        first.report(1, 1)
    assert claim(database, "twee").attempt == 1


def test_a_handler_that_is_broken_off_from_outside_gives_its_job_back(database, organisation):
    def handle(_job):
        raise KeyboardInterrupt

    ask(database, organisation)
    with pytest.raises(KeyboardInterrupt):
        run_one(database, {"soort": handle}, "een")
    assert (the_job(database).state, the_job(database).attempts) == (JobState.WAITING, 0)


def test_old_work_is_cleaned_and_what_is_going_on_is_not(database, organisation):
    for number, ending in enumerate(({}, BadInput("Leeg."))):

        def handle(_job, ending=ending):
            if isinstance(ending, Exception):
                raise ending
            return ending

        ask(database, organisation, nummer=number)
        run_one(database, {"soort": handle}, "een")
    ask(database, organisation, nummer=2)
    claim(database, "een")
    ask(database, organisation, nummer=3)
    pass_time(database, timedelta(days=6))
    assert clean_up(database, days=7) == 0
    pass_time(database, timedelta(days=1, seconds=1))
    assert clean_up(database, days=7) == 2
    assert [job.payload["nummer"] for job in jobs_in(database)] == [2, 3]


# The heartbeat: several connections, so a database in a file or on a server


def losser(database: Database):
    with database.write(None) as session:
        return add_organisation(
            session,
            code="gm0168",
            name="X",
            base_url="https://x.example",
            tooi_uri="x",
            tooi_label="x",
            actor=Actor("Aisha"),
        )


def test_a_handler_that_reports_nothing_keeps_its_lease(database_url):
    database = Database(database_url)
    ask(database, losser(database))
    taken = []

    def silent(_job):
        until = time.monotonic() + 3
        while time.monotonic() < until:
            taken.append(claim(database, "twee"))
            time.sleep(0.2)
        return {}

    assert run_one(database, {"soort": silent}, "een", length=timedelta(seconds=1))
    assert (set(taken), the_job(database).state, the_job(database).attempts) == ({None}, JobState.DONE, 1)
    database.close()


def test_a_handler_that_only_looks_hears_of_a_cancel_by_the_heartbeat(database_url):
    database = Database(database_url)
    owner = losser(database)
    ask(database, owner)
    looks = []

    def computing(job):
        with database.write(owner.id) as session:
            cancel(session, find(session, job.id), actor=AISHA)
        for _ in range(200):
            job.check()
            looks.append(1)
            time.sleep(0.05)
        raise AssertionError("it never heard")

    assert run_one(database, {"soort": computing}, "een", length=timedelta(seconds=1))
    assert (the_job(database).state, len(looks) > 0) == (JobState.CANCELLED, True)
    database.close()


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("skew", [timedelta(minutes=-10), timedelta(minutes=10)])
def test_a_worker_with_another_clock_neither_takes_a_job_nor_loses_it(database, organisation, skew):
    with clock.frozen(datetime.now(UTC) + skew):
        ask(database, organisation)
    claimed = claim(database, "een")
    with clock.frozen(datetime.now(UTC) + skew):
        assert claim(database, "scheef") is None
        claimed.report(1, 2)
        assert claim(database, "scheef") is None
    pass_time(database, LEASE + SECOND)
    with clock.frozen(datetime.now(UTC) + skew):
        assert claim(database, "scheef").attempt == 2
        with pytest.raises(LeaseLost):
            claimed.report(2, 2)
