"""Work that outlives a request: one table, claimed with a lease, run by `openboek worker` or inside `openboek serve`.

A worker holds a job by a lease that it renews while it works. Who dies, renews no more, and another takes the job up
when the lease ends. Who was only asleep has another lease than the one in the table by then: nothing that it still
writes counts. A handler that changes rows does so in `Claimed.step`, so that each step happens once, whoever does it.
One that can take long makes its steps by `Claimed.turn`: it goes back to the queue when others wait.

Leases run by the clock of the database, never by that of a worker: machines whose clocks differ share one PostgreSQL.
"""

import json
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import ColumnElement, Index
from sqlmodel import Field, Session, col, delete, or_, select

from core import audit, clock
from core.db import JSON_TYPE, Database, Owned, UtcDateTime, database_now, enum_type, organisation_of
from core.errors import Busy, DomainError, Failed, NotFound, RuleViolation

LEASE = timedelta(minutes=2)
BEATS = 4
"""How often a lease is renewed while it lasts: so many renewals may fail before the job is somebody else's."""
MAX_ATTEMPTS = 3
BUSY_PAUSE = timedelta(seconds=15)
TURN = 5.0
"""Seconds that work which gives way goes on while others wait."""
LONGEST_TURN = 60.0
"""Seconds that it goes on while nobody waits: between two jobs a worker looks at the clock."""
_LONGEST_PAUSE = timedelta(hours=1)
_IMPATIENCE, _PATIENCE = 0.1, 5.0
"""Seconds between tries to write how a job ended, the first and the longest."""

_OTHERS_FIRST = "Ander werk gaat even voor. Dit gaat vanzelf verder waar het was."

log = structlog.get_logger()


class JobState(StrEnum):
    WAITING = "wacht"
    RUNNING = "bezig"
    DONE = "klaar"
    FAILED = "mislukt"
    CANCELLED = "afgebroken"


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


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
    lease: UUID | None = None
    """Another one at each claim; None when nobody has the job."""
    created_at: datetime = Field(default_factory=clock.now, sa_type=UtcDateTime)
    created_by: str = Field(max_length=200)
    created_by_id: UUID | None = Field(default=None, index=True)
    """The account of who asked, who may always see it. No foreign key: the clock has none."""
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cancelled_by: str = Field(default="", max_length=200)
    """Who asked to stop; the worker may not have noticed yet."""
    progress: int = 0
    total: int = 0
    message: str = Field(default="", max_length=500)
    result: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_TYPE)


class Stopped(DomainError):
    """The job may not go on. A handler lets it pass: all of its last step is undone."""


class Cancelled(Stopped):
    """A person asked to stop."""


class LeaseLost(Stopped):
    """Another worker has the job, or may have it at any moment."""


class TurnOver(Stopped):
    """Others go first. Every step that was made is kept, and the next turn goes on from there."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a kind of job is tried, and the pause after the first time; each next pause is twice as long."""

    attempts: int = MAX_ATTEMPTS
    pause: timedelta = timedelta(minutes=1)

    def after(self, attempts: int) -> timedelta:
        """The pause when it was tried `attempts` times."""
        return min(self.pause * (1 << (attempts - 1)), _LONGEST_PAUSE)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job in the hands of this worker. `done` is how far an earlier attempt came, 0 at the first."""

    database: Database
    id: UUID
    organisation_id: UUID
    worker: str
    kind: str
    payload: Mapping[str, Any]
    created_by: str
    created_by_id: UUID | None
    lease: UUID
    length: timedelta
    attempt: int
    done: int
    must_stop: threading.Event = field(default_factory=threading.Event, compare=False)
    since: float = field(default_factory=time.monotonic, compare=False)

    @property
    def actor(self) -> audit.Actor:
        return audit.Actor(self.created_by, self.created_by_id)

    def report(self, done: int, total: int, message: str = "") -> None:
        """Show progress.

        Raises:
            Stopped: the handler must not go on.
            Failed: the database is away.
        """
        with self.step(done, total, message):
            pass

    @contextmanager
    def step(self, done: int, total: int, message: str = "") -> Iterator[Session]:
        """Change rows and show progress, in one transaction that counts only while the job is ours.

        `done` is what the next worker finds in `Claimed.done` when this one falls away after the step.

        Raises:
            Stopped: the handler must not go on, and nothing of this step was kept.
            Failed: the database is away.
        """
        with self.database.write(self.organisation_id) as session:
            self._ours(session)
            yield session
            job = self._ours(session)
            job.progress, job.total, job.message = done, total, message[:500]
            job.leased_until = database_now(session) + self.length

    @contextmanager
    def turn(self, done: int, total: int, message: str = "") -> Iterator[Session]:
        """A step of work that can take long and goes on where it was: when it is made, others go first.

        After a turn the job waits with its progress, behind those that wait already; it was no attempt.

        Raises:
            Stopped: as `step`, or it is the turn of others.
            Failed: the database is away.
        """
        with self.step(done, total, message) as session:
            yield session
        spent = time.monotonic() - self.since
        if spent >= LONGEST_TURN or (spent >= TURN and self._others_wait()):
            raise TurnOver(_OTHERS_FIRST)

    def _others_wait(self) -> bool:
        with self.database.read(None) as session:
            return session.exec(select(Job.id).where(_is_due(database_now(session))).limit(1)).first() is not None

    def check(self) -> None:
        """Costs nothing: for between two parts that change no row.

        Raises:
            Stopped: the handler must not go on.
        """
        if self.must_stop.is_set():
            with self.database.write(self.organisation_id) as session:
                self._ours(session)

    def held(self, session: Session) -> Job | None:
        """The job with its row locked, or None when it is not ours any more."""
        job = session.get(Job, self.id, with_for_update=True, populate_existing=True)
        return job if job is not None and job.lease == self.lease else None

    def renew(self) -> bool:
        """Keep the lease. False when it was lost."""
        with self.database.write(None) as session:
            job = self.held(session)
            if job is None or job.cancelled_by:
                self.must_stop.set()
            if job is not None:
                job.leased_until = database_now(session) + self.length
            return job is not None

    def _ours(self, session: Session) -> Job:
        job = self.held(session)
        if job is None:
            raise LeaseLost("Een andere werker heeft dit werk overgenomen.")
        if job.cancelled_by:
            raise Cancelled(_cancelled(job))
        return job


Handler = Callable[[Claimed], Mapping[str, Any]]
"""Does the work and returns the result; raises a DomainError for what a person can mend."""


def enqueue(
    session: Session, kind: str, payload: Mapping[str, Any], *, created_by: str, created_by_id: UUID | None = None
) -> Job:
    """Ask for work; the same work that still waits is not asked twice."""
    organisation_of(session)
    for waiting in session.exec(select(Job).where(Job.kind == kind, Job.state == JobState.WAITING)):
        if waiting.payload == dict(payload):
            return waiting
    job = Job(
        kind=kind,
        payload=dict(payload),
        created_by=created_by,
        created_by_id=created_by_id,
        run_after=database_now(session),
    )
    session.add(job)
    session.flush()
    return job


def find(session: Session, job_id: UUID, *, locked: bool = False) -> Job:
    """A job of the organisation of this session; `locked` for who is about to change it.

    Raises:
        NotFound: there is none, or it was cleaned away.
    """
    query = select(Job).where(Job.id == job_id)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    job = session.exec(query).first()
    if job is None:
        raise NotFound("Dit werk bestaat niet (meer). Oud werk wordt na een tijd opgeruimd.")
    return job


def cancel(session: Session, job: Job, *, actor: audit.Actor) -> None:
    """Stop a job: one that waits at once, one that runs when its worker reports or renews its lease.

    Raises:
        RuleViolation: it has ended already.
    """
    job = find(session, job.id, locked=True)
    if job.state in ENDED:
        raise RuleViolation("Dit werk is al gestopt of klaar. U hoeft niets meer te doen.")
    if job.cancelled_by:
        return
    job.cancelled_by = actor.label[:200]
    if job.state is JobState.WAITING:
        _end(job, JobState.CANCELLED, _cancelled(job), database_now(session))
    _tell(session, job, "cancel", actor)


def again(session: Session, job: Job, *, actor: audit.Actor) -> Job:
    """Ask once more for a job that did not succeed. The old one stays as it is, with what it said.

    Raises:
        RuleViolation: it is still at it, or it is done.
    """
    job = find(session, job.id, locked=True)
    if job.state not in {JobState.FAILED, JobState.CANCELLED}:
        raise RuleViolation("Alleen werk dat is mislukt of afgebroken kunt u opnieuw starten.")
    new = enqueue(session, job.kind, job.payload, created_by=actor.label, created_by_id=actor.user_id)
    _tell(session, job, "retry", actor)
    return new


def clean_up(database: Database, *, days: int) -> int:
    """Remove jobs that ended longer ago. Returns how many."""
    with database.write(None) as session:
        long_ago = database_now(session) - timedelta(days=days)
        old = delete(Job).where(col(Job.state).in_(ENDED), col(Job.finished_at) < long_ago)
        return session.exec(old).rowcount


def claim(
    database: Database,
    worker: str,
    *,
    length: timedelta = LEASE,
    retries: Mapping[str, Retry] | None = None,
    only: Collection[str] = (),
) -> Claimed | None:
    """Take the oldest job that is due, or one whose worker let go. None when there is nothing to do.

    `only` these kinds, when there are any.

    A job that its workers keep letting go of is given up: it would stand before all others for ever.
    """
    with database.write(None) as session:
        moment = database_now(session)
        first = (col(Job.run_after), col(Job.started_at).asc().nulls_first())
        query = select(Job).where(_is_due(moment)).order_by(*first).limit(1).with_for_update(skip_locked=True)
        if only:
            query = query.where(col(Job.kind).in_(only))
        while job := session.exec(query).first():
            if job.cancelled_by:
                _end(job, JobState.CANCELLED, _cancelled(job), moment)
            elif job.attempts >= _retry(job.kind, retries).attempts:
                message = "Dit werk stopte steeds halverwege. Kijk in het logboek en meld het."
                _end(job, JobState.FAILED, message, moment)
            else:
                break
        if job is None:
            return None
        lease = uuid4()
        job.state, job.leased_by, job.leased_until, job.lease = JobState.RUNNING, worker, moment + length, lease
        job.started_at = moment
        job.attempts += 1
        return Claimed(
            database,
            job.id,
            job.organisation_id,
            worker,
            job.kind,
            dict(job.payload),
            job.created_by,
            job.created_by_id,
            lease,
            length,
            job.attempts,
            job.progress,
        )


def waits(database: Database, kinds: Collection[str]) -> bool:
    """Whether there is work of these kinds that nobody has taken; costs one look."""
    with database.read(None) as session:
        query = select(Job.id).where(Job.state == JobState.WAITING, col(Job.kind).in_(kinds))
        return session.exec(query.limit(1)).first() is not None


def run_one(
    database: Database,
    handlers: Mapping[str, Handler],
    worker: str,
    *,
    length: timedelta = LEASE,
    retries: Mapping[str, Retry] | None = None,
    only: Collection[str] = (),
) -> bool:
    """Claim one job (of `only` these kinds) and do it. True when there was one, however it ended.

    Raises:
        Failed: the database is away. Whatever was going on is taken up again when the lease ends.
    """
    claimed = claim(database, worker, length=length, retries=retries, only=only)
    if claimed is None:
        return False
    retry = _retry(claimed.kind, retries)
    with _heartbeat(claimed):
        try:
            result = handlers[claimed.kind](claimed)
            json.dumps(dict(result))  # a result that cannot be kept is a fault of the handler, found here
        except LeaseLost:
            log.warning("job was taken over", job=str(claimed.id), kind=claimed.kind, worker=worker)
        except Cancelled as stopped:
            _finish(claimed, JobState.CANCELLED, stopped.message, {})
        except (TurnOver, Busy) as error:
            _wait(claimed, error)
        except Failed as error:  # passes by itself, perhaps
            later = f"{error.message} Openboek probeert het straks zelf opnieuw."
            _try_again_later(claimed, retry, error.message, error.message, later=later)
        except DomainError as error:
            _finish(claimed, JobState.FAILED, error.message, {})
        except Exception:  # a worker outlives a job that breaks; the trace goes to the log, the person sees a sentence
            log.exception("job broke", job=str(claimed.id), kind=claimed.kind)
            sentence = "Er ging iets mis in het programma. Kijk in het logboek en meld het."
            _try_again_later(claimed, retry, sentence, traceback.format_exc(limit=1))
        except BaseException:  # Ctrl-C, or the process is asked to end
            give_back(database, worker)
            raise
        else:
            _finish(claimed, JobState.DONE, str(result.get("message", "")), result)
    return True


def give_back(database: Database, worker: str) -> int:
    """Let go of whatever a worker that must end still has, so that another need not wait for the lease to end.

    Returns how many jobs. What its handler still tries comes to nothing: the lease is gone.
    """
    with database.write(None) as session:
        mine = (Job.state == JobState.RUNNING, Job.leased_by == worker)
        held = session.exec(select(Job).where(*mine).with_for_update()).all()
        for job in held:
            job.state, job.leased_until, job.lease = JobState.WAITING, None, None
            job.attempts -= 1  # ending is no fault of the job
            job.run_after = database_now(session)
        return len(held)


def _is_due(moment: datetime) -> ColumnElement[bool]:
    """A job that waits for a worker, or whose worker let go."""
    return or_(
        (col(Job.state) == JobState.WAITING) & (col(Job.run_after) <= moment),
        (col(Job.state) == JobState.RUNNING) & (col(Job.leased_until) < moment),
    )


def _retry(kind: str, retries: Mapping[str, Retry] | None) -> Retry:
    return (retries or {}).get(kind, Retry())


@contextmanager
def _heartbeat(claimed: Claimed) -> Iterator[None]:
    """Renew the lease beside the handler. It ends with the process, and so does the lease."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(claimed.length.total_seconds() / BEATS):
            try:
                if not claimed.renew():
                    return
            except Exception as error:  # noqa: BLE001 - whatever it is, the next beat may succeed
                log.warning("lease was not renewed", job=str(claimed.id), reason=type(error).__name__)

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=_PATIENCE)


def _finish(claimed: Claimed, state: JobState, message: str, result: Mapping[str, Any]) -> None:
    def settle(job: Job, moment: datetime) -> None:
        job.result = dict(result)
        _end(job, state, message, moment)

    _settle(claimed, settle)


def _try_again_later(
    claimed: Claimed,
    retry: Retry,
    sentence: str,
    reason: str,
    *,
    later: str = "Er ging iets mis; het wordt straks opnieuw geprobeerd.",
) -> None:
    """`sentence` is for when it was the last time, `later` for when it was not, `reason` for who looks into it."""

    def settle(job: Job, moment: datetime) -> None:
        job.result = {"reason": reason[-500:]}
        if job.cancelled_by:
            _end(job, JobState.CANCELLED, _cancelled(job), moment)
        elif job.attempts >= retry.attempts:
            _end(job, JobState.FAILED, sentence, moment)
        else:
            job.state, job.leased_until, job.lease = JobState.WAITING, None, None
            job.run_after = moment + retry.after(job.attempts)
            job.message = later[:500]

    _settle(claimed, settle)


def _wait(claimed: Claimed, error: TurnOver | Busy) -> None:
    """Others go first, or have what this job needs, such as an export by hand. No fault of it, so no attempt."""

    def settle(job: Job, moment: datetime) -> None:
        if job.cancelled_by:
            _end(job, JobState.CANCELLED, _cancelled(job), moment)
            return
        job.state, job.leased_until, job.lease = JobState.WAITING, None, None
        job.attempts -= 1
        if isinstance(error, TurnOver):
            job.run_after, job.message = moment, error.message
        else:
            job.run_after, job.message = moment + BUSY_PAUSE, "Dit wacht op ander werk dat nu bezig is."

    _settle(claimed, settle)


def _settle(claimed: Claimed, change: Callable[[Job, datetime], None]) -> None:
    """Write how it went, and insist while the lease lasts: what was done must not be done again for want of a word."""
    deadline, pause = time.monotonic() + claimed.length.total_seconds(), _IMPATIENCE
    while True:
        try:
            with claimed.database.write(claimed.organisation_id) as session:
                if job := claimed.held(session):  # otherwise another worker has it, and its outcome counts
                    change(job, database_now(session))
        except Failed:
            if time.monotonic() + pause > deadline:
                raise
            time.sleep(pause)
            pause = min(pause * 2, _PATIENCE)
        else:
            return


def _end(job: Job, state: JobState, message: str, moment: datetime) -> None:
    job.state, job.message = state, message[:500]
    job.finished_at, job.leased_until, job.lease = moment, None, None


def _cancelled(job: Job) -> str:
    return f"Afgebroken door {job.cancelled_by}. Er is niets half gedaan."


def _tell(session: Session, job: Job, verb: str, actor: audit.Actor) -> None:
    audit.append(
        session,
        chain=job.organisation_id,
        actor=actor,
        action=f"core:job:{verb}",
        subject=("core_job", job.id, job.kind),
    )
