"""Work that outlives a request: one table, claimed with a lease, run by `openboek worker` or inside `openboek serve`.

A job that a killed worker left behind is taken up again when its lease ends; two workers never run one job at once.
"""

import json
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Index
from sqlmodel import Field, Session, col, or_, select

from core import clock
from core.db import JSON_TYPE, Database, Owned, UtcDateTime, enum_type, organisation_of
from core.errors import DomainError

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 3

log = structlog.get_logger()


class JobState(StrEnum):
    WAITING = "wacht"
    RUNNING = "bezig"
    DONE = "klaar"
    FAILED = "mislukt"


class Job(Owned, table=True):
    """One piece of work for one organisation. `result` and `message` are what a page shows of it."""

    __tablename__ = "core_job"
    __table_args__ = (Index("ix_core_job_next", "state", "run_after"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: str = Field(max_length=60)
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_TYPE)
    state: JobState = Field(default=JobState.WAITING, sa_type=enum_type(JobState))
    run_after: datetime = Field(default_factory=clock.now, sa_type=UtcDateTime)
    attempts: int = 0
    leased_by: str = Field(default="", max_length=100)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=clock.now, sa_type=UtcDateTime)
    created_by: str = Field(max_length=200)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    progress: int = 0
    total: int = 0
    message: str = Field(default="", max_length=500)
    result: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_TYPE)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job in the hands of this worker. `report` tells progress and keeps the lease."""

    database: Database
    id: UUID
    organisation_id: UUID
    worker: str
    kind: str
    payload: Mapping[str, Any]
    created_by: str

    def report(self, done: int, total: int, message: str = "") -> None:
        """Show progress and renew the lease."""
        with self.database.write(self.organisation_id) as session:
            job = session.get_one(Job, self.id)
            if job.leased_by == self.worker:
                job.progress, job.total, job.message = done, total, message[:500]
                job.leased_until = clock.now() + LEASE


Handler = Callable[[Claimed], Mapping[str, Any]]
"""Does the work and returns the result; raises a DomainError for what a person can mend."""


def enqueue(session: Session, kind: str, payload: Mapping[str, Any], *, created_by: str) -> Job:
    """Ask for work; the same work that still waits is not asked twice."""
    organisation_of(session)
    for waiting in session.exec(select(Job).where(Job.kind == kind, Job.state == JobState.WAITING)):
        if waiting.payload == dict(payload):
            return waiting
    job = Job(kind=kind, payload=dict(payload), created_by=created_by)
    session.add(job)
    session.flush()
    return job


def claim(database: Database, worker: str) -> Claimed | None:
    """Take the oldest job that is due, or one whose worker let go. None when there is nothing to do.

    A job that its workers keep letting go of is given up: it would stand before all others for ever.
    """
    moment = clock.now()
    with database.write(None) as session:
        due = or_(
            (col(Job.state) == JobState.WAITING) & (col(Job.run_after) <= moment),
            (col(Job.state) == JobState.RUNNING) & (col(Job.leased_until) < moment),
        )
        query = select(Job).where(due).order_by(col(Job.run_after)).limit(1).with_for_update(skip_locked=True)
        while (job := session.exec(query).first()) and job.attempts >= MAX_ATTEMPTS:
            job.state, job.finished_at, job.leased_until = JobState.FAILED, moment, None
            job.message = "Dit werk stopte steeds halverwege. Kijk in het logboek en meld het."
        if job is None:
            return None
        job.state, job.leased_by, job.leased_until = JobState.RUNNING, worker, moment + LEASE
        job.attempts += 1
        return Claimed(database, job.id, job.organisation_id, worker, job.kind, dict(job.payload), job.created_by)


def run_one(database: Database, handlers: Mapping[str, Handler], worker: str) -> bool:
    """Claim one job and do it. True when there was one, however it ended."""
    claimed = claim(database, worker)
    if claimed is None:
        return False
    try:
        result = handlers[claimed.kind](claimed)
        json.dumps(dict(result))  # a result that cannot be kept is a fault of the handler, found here
    except DomainError as error:
        _finish(claimed, JobState.FAILED, error.message, {})
    except Exception:  # a worker outlives a job that breaks; the trace goes to the log, the person sees a sentence
        log.exception("job broke", job=str(claimed.id), kind=claimed.kind)
        _try_again_later(claimed, traceback.format_exc(limit=1))
    else:
        _finish(claimed, JobState.DONE, str(result.get("message", "")), result)
    return True


def _finish(claimed: Claimed, state: JobState, message: str, result: Mapping[str, Any]) -> None:
    with claimed.database.write(claimed.organisation_id) as session:
        job = session.get_one(Job, claimed.id)
        if job.leased_by != claimed.worker:
            return  # the lease was lost: another worker has it, and its outcome counts
        job.state, job.message, job.result = state, message[:500], dict(result)
        job.finished_at, job.leased_until = clock.now(), None


def _try_again_later(claimed: Claimed, reason: str) -> None:
    with claimed.database.write(claimed.organisation_id) as session:
        job = session.get_one(Job, claimed.id)
        if job.leased_by != claimed.worker:
            return
        job.leased_until = None
        if job.attempts >= MAX_ATTEMPTS:
            job.state, job.finished_at = JobState.FAILED, clock.now()
            job.message = "Er ging iets mis in het programma. Kijk in het logboek en meld het."
        else:
            job.state = JobState.WAITING
            job.run_after = clock.now() + timedelta(seconds=30 * 2**job.attempts)
            job.message = "Er ging iets mis; het wordt straks opnieuw geprobeerd."
        job.result = {"reason": reason[-500:]}
