"""Several processes beside each other on one database: applications that write, workers that take jobs."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest
from sqlmodel import func, select

from core import audit
from core.audit import Actor, AuditHead
from core.db import Database
from core.jobs import Job, JobState
from core.organisations import BODIES, Numbering, Team, add_organisation
from support.forked import context
from support.processes import ROUNDS, work, write

PROCESSES = 4


@pytest.fixture(scope="module")
def at_once() -> Iterator[Callable[..., list[Any]]]:
    """Run a function in four processes at the same time and give what each returned."""
    with ProcessPoolExecutor(PROCESSES, mp_context=context()) as pool:
        yield lambda function, *arguments: [
            running.result(120)
            for running in [pool.submit(function, *arguments, f"Proces {number}") for number in range(PROCESSES)]
        ]


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


def test_four_processes_write_one_chain_and_lose_nothing(shared_database, owner, at_once):
    at_once(write, shared_database.url, owner)
    with shared_database.read(None) as session:
        assert (audit.faults(session, owner), audit.faults(session, audit.INSTALLATION)) == ([], [])
        assert session.get(AuditHead, audit.INSTALLATION).sequence == PROCESSES * ROUNDS
        beginning = 1 + len(BODIES)
        assert session.get(AuditHead, owner).sequence == beginning + ROUNDS + PROCESSES * ROUNDS
    with shared_database.read(owner) as session:
        assert session.exec(select(Numbering.last).where(Numbering.kind == "proef")).one() == PROCESSES * ROUNDS
        assert session.exec(select(func.count()).select_from(Team)).one() == ROUNDS


def test_four_workers_do_each_job_once(shared_database, owner, at_once):
    done = [number for numbers in at_once(work, shared_database.url, owner) for number in numbers]
    with shared_database.read(owner) as session:
        jobs = session.exec(select(Job)).all()
        assert {(job.state, job.attempts, job.progress) for job in jobs} == {(JobState.DONE, 1, 1)}
        assert Counter(done) == Counter(job.payload["nummer"] for job in jobs)
