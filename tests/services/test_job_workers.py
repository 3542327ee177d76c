"""Workers as real processes: killed, asleep, with a wrong clock, without a database; each step is done once."""

import os
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select
from structlog.testing import capture_logs

from app import serve
from core import audit
from core.audit import Actor, AuditEvent
from core.cli import WholeInstallation
from core.db import Database, database_now
from core.jobs import Job, JobState, cancel, enqueue, find
from core.organisations import add_organisation
from publish.routes import EXPORT_JOB
from support.forked import Command, context
from support.installation import Installation
from support.processes import do_steps, do_steps_in_two_threads

LENGTH = 2.0
"""Seconds that a lease lasts here."""


@pytest.fixture
def shared_database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def owner(shared_database: Database):
    with shared_database.write(None) as session:
        return add_organisation(
            session,
            code="gm0168",
            name="X",
            base_url="https://x.example",
            tooi_uri="x",
            tooi_label="x",
            actor=Actor("Aisha"),
        ).id


@pytest.fixture
def started(shared_database: Database) -> Iterator[Callable[..., BaseProcess]]:
    """Start a worker process; it ends with the test."""
    running: list[BaseProcess] = []

    def start(
        name: str,
        *,
        skew: float = 0,
        pace: float = 0.1,
        length: float = LENGTH,
        function: Callable[..., None] = do_steps,
    ) -> BaseProcess:
        arguments = (shared_database.url, name, length, skew, pace)
        process = context().Process(target=function, args=arguments, daemon=True)
        process.start()
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.join()
        process.close()


def ask(database: Database, owner: Any, steps: int, *, count: int = 1) -> None:
    with database.write(owner) as session:
        enqueue(session, "stappen", {"stappen": steps, "nummer": 0}, created_by="Aisha")
        for number in range(1, count):  # asking in the usual way looks at each that waits already
            session.add(Job(kind="stappen", payload={"stappen": steps, "nummer": number}, created_by="Aisha"))


def jobs_of(database: Database, owner: Any) -> list[Job]:
    with database.read(owner) as session:
        found = list(session.exec(select(Job).order_by(col(Job.created_at))))
        session.expunge_all()
    return found


def all_done(database: Database, owner: Any) -> bool:
    with database.read(owner) as session:
        return session.exec(select(Job.id).where(Job.state != JobState.DONE).limit(1)).first() is None


def steps_done(database: Database, owner: Any) -> Counter[tuple[str, str]]:
    """How often each step of each job was done."""
    with database.read(owner) as session:
        events = session.exec(select(AuditEvent).where(AuditEvent.action == "proef:stap:zet"))
        return Counter((str(event.subject_id), event.subject_label) for event in events)


def wait_for(happens: Callable[[], object], *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.05)


def test_a_job_of_a_killed_worker_ends_right_and_each_step_happens_once(shared_database, owner, started):
    ask(shared_database, owner, 12)
    first = started("een", length=LENGTH / 2)
    wait_for(lambda: jobs_of(shared_database, owner)[0].progress >= 4)
    os.kill(first.pid, signal.SIGKILL)
    first.join()
    started("twee")
    wait_for(lambda: jobs_of(shared_database, owner)[0].state is JobState.DONE)
    [job] = jobs_of(shared_database, owner)
    done = steps_done(shared_database, owner)
    assert (job.attempts, job.message, len(done), set(done.values())) == (2, "twee", 12, {1})
    with shared_database.read(owner) as session:
        assert audit.faults(session, owner) == []


def test_a_worker_that_was_asleep_writes_nothing_once_another_has_its_job(shared_database, owner, started):
    ask(shared_database, owner, 12)
    first = started("een")
    wait_for(lambda: jobs_of(shared_database, owner)[0].progress >= 3)
    os.kill(first.pid, signal.SIGSTOP)
    # Asleep with the write lock in hand, nobody can do anything; nor is it anybody else's turn then.
    wait_for(lambda: holds_no_lock(shared_database, owner, first))
    started("twee")
    wait_for(lambda: jobs_of(shared_database, owner)[0].leased_by == "twee")
    os.kill(first.pid, signal.SIGCONT)
    wait_for(lambda: jobs_of(shared_database, owner)[0].state is JobState.DONE)
    [job] = jobs_of(shared_database, owner)
    done = steps_done(shared_database, owner)
    assert (job.attempts, job.message, len(done), set(done.values())) == (2, "twee", 12, {1})


def holds_no_lock(database: Database, owner: Any, sleeper: BaseProcess) -> bool:
    """Otherwise let it go on for a moment, and to sleep again."""
    try:
        with database.engine.connect() as connection:
            if database.engine.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL lock_timeout = '200ms'"))
                connection.execute(text("LOCK TABLE core_job, core_audit_head IN EXCLUSIVE MODE"))
            else:
                connection.exec_driver_sql("PRAGMA busy_timeout = 200")
                connection.exec_driver_sql("CREATE TABLE to_be_undone (id INTEGER)")
            connection.rollback()
    except OperationalError:
        os.kill(sleeper.pid, signal.SIGCONT)
        time.sleep(0.02)
        os.kill(sleeper.pid, signal.SIGSTOP)
        return False
    return True


def test_two_hundred_jobs_are_each_done_once_by_four_workers_in_two_processes(shared_database, owner, started):
    ask(shared_database, owner, 1, count=200)
    processes = [started(name, function=do_steps_in_two_threads, length=30, pace=0) for name in ("een", "twee")]
    wait_for(lambda: all_done(shared_database, owner), seconds=180)
    assert all(process.is_alive() for process in processes)
    jobs = jobs_of(shared_database, owner)
    done = steps_done(shared_database, owner)
    assert (len(jobs), {job.attempts for job in jobs}) == (200, {1})
    assert (len(done), set(done.values())) == (200, {1})
    assert len({job.message for job in jobs}) > 1  # more than one of them took part


def test_a_running_job_is_cancelled_between_two_steps(shared_database, owner, started):
    ask(shared_database, owner, 500)
    started("een")
    wait_for(lambda: jobs_of(shared_database, owner)[0].progress >= 3)
    [job] = jobs_of(shared_database, owner)
    with shared_database.write(owner) as session:
        cancel(session, find(session, job.id), actor=Actor("Aisha"))
    wait_for(lambda: jobs_of(shared_database, owner)[0].state is JobState.CANCELLED, seconds=10)
    [job] = jobs_of(shared_database, owner)
    done = steps_done(shared_database, owner)
    assert (len(done), set(done.values())) == (job.progress, {1})
    assert job.progress < 500


@pytest.mark.only_on("postgresql")
def test_a_worker_survives_a_server_that_ends_its_connections(shared_database, owner, started):
    ask(shared_database, owner, 30)
    worker = started("een", length=10)

    def is_over() -> bool:
        hurry(shared_database)  # the pause before the next attempt
        return jobs_of(shared_database, owner)[0].state in {JobState.DONE, JobState.FAILED}

    def moved_on() -> bool:
        return is_over() or jobs_of(shared_database, owner)[0].progress > seen

    for _ in range(5):
        seen = jobs_of(shared_database, owner)[0].progress
        wait_for(moved_on)
        with shared_database.engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
    wait_for(is_over)
    [job] = jobs_of(shared_database, owner)
    done = steps_done(shared_database, owner)
    assert worker.is_alive()
    assert (len(done), set(done.values())) == (job.progress, {1})
    assert job.state is JobState.DONE, job.message


def hurry(database: Database) -> None:
    """Take the pause away, and the count of attempts with it: this server ends more connections than a real one."""
    with database.write(None) as session:
        for job in session.exec(select(Job).where(Job.state == JobState.WAITING).with_for_update()):
            job.run_after, job.attempts = database_now(session), 0


@pytest.mark.only_on("postgresql")
def test_workers_whose_clocks_differ_by_minutes_do_each_step_once(shared_database, owner, started):
    """SQLite is not in this test: its file is used by one machine, which has one clock."""
    ask(shared_database, owner, 15, count=4)
    for name, skew in (("voor", 90), ("achter", -90)):
        started(name, skew=skew, pace=0.15)  # a job lasts longer than a lease
    wait_for(lambda: all_done(shared_database, owner))
    done = steps_done(shared_database, owner)
    assert {job.attempts for job in jobs_of(shared_database, owner)} == {1}
    assert (len(done), set(done.values())) == (60, {1})


# The command itself


@pytest.fixture
def running(here: Installation) -> Iterator[Callable[..., Command]]:
    """Start `openboek worker` in the folder of the installation."""
    begun: list[Command] = []

    def start(*arguments: str) -> Command:
        process = Command(*(arguments or ("worker",)), cwd=here.folder.root)
        begun.append(process)
        return process

    yield start
    for process in begun:
        process.kill()
        sys.stderr.writelines(said.decode() for said in process.communicate())  # shown when a test fails


def exports_of(here: Installation) -> list[Job]:
    return [job for job in jobs_of(here.database, here.organisation_id) if job.kind == EXPORT_JOB]


def test_the_worker_ends_gently_when_it_is_asked_to(here, running):
    here.add_activity()
    worker = running()
    wait_for(lambda: [job.state for job in exports_of(here)] == [JobState.DONE])  # the clock asked for it
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(40) == 0  # longer than the time it has to finish what it does (job_stop_seconds)
    assert (here.folder.root / "site").is_symlink()


def test_a_worker_that_must_end_gives_its_job_back_and_another_goes_on(here, running):
    """It gets no time at all here; the next one need not wait for the lease of two minutes."""
    here.add_documents(20)  # so that the export lasts
    with (here.folder.root / ".env").open("a") as file:
        file.write("OPENBOEK_JOB_STOP_SECONDS=0\n")
    first = running()
    wait_for(lambda: [job.state for job in exports_of(here)] == [JobState.RUNNING])
    first.send_signal(signal.SIGTERM)
    assert first.wait(20) == 0
    assert "app/serve.py" in first.communicate()[1].decode()  # it says what took so long
    [job] = exports_of(here)
    assert (job.state, job.attempts, job.lease) == (JobState.WAITING, 0, None)
    running()
    wait_for(lambda: exports_of(here)[0].state is JobState.DONE, seconds=60)
    assert exports_of(here)[0].attempts == 1


def test_an_application_with_a_worker_that_must_end_gives_its_job_back(here, running):
    here.add_documents(20)  # so that the export lasts
    with (here.folder.root / ".env").open("a") as file:
        file.write("OPENBOEK_JOB_STOP_SECONDS=0\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    application = running("serve", "--port", str(port))
    wait_for(lambda: [job.state for job in exports_of(here)] == [JobState.RUNNING])
    application.send_signal(signal.SIGTERM)
    assert application.wait(30) == 0
    [job] = exports_of(here)
    assert (job.state, job.attempts, job.lease) == (JobState.WAITING, 0, None)


def test_a_worker_stumbles_and_goes_on(here, monkeypatch):
    stop, calls = threading.Event(), []

    def stumble(*_facts):
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError
        stop.set()

    monkeypatch.setattr(serve, "ask_for_the_night", stumble)
    monkeypatch.setattr(serve, "POLL_SECONDS", 0.01)
    with capture_logs() as logs:
        serve.work(WholeInstallation(here.folder, here.database), stop, "een")
    told = [entry["event"] for entry in logs if entry["event"] != "security"]
    assert (len(calls), told) == (2, ["worker stumbled"])


def test_old_work_is_cleaned_by_a_worker(here, running):
    with here.database.write(here.organisation_id) as session:
        long_ago = database_now(session) - timedelta(days=91)
        session.add(Job(kind="oud", state=JobState.DONE, created_by="Aisha", created_at=long_ago, finished_at=long_ago))
    running()
    wait_for(lambda: "oud" not in {job.kind for job in jobs_of(here.database, here.organisation_id)})
