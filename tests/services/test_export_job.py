"""The export as a job: it tells how far it is, and stopping it leaves the old site as it was."""

import pytest
from sqlmodel import select

from app import jobs as job_handlers
from core import jobs
from core.audit import Actor
from core.errors import Busy
from core.jobs import Job, JobState
from publish import writer
from publish.models import PublishRun, RunState
from publish.routes import EXPORT_JOB, EXPORT_STEPS
from support.installation import Installation

AISHA = Actor("Aisha")


def ask(here: Installation) -> None:
    with here.database.write(here.organisation_id) as session:
        jobs.enqueue(session, EXPORT_JOB, {}, created_by="Aisha")


def run(here: Installation, *, at_report: int = 0, then=lambda: None) -> Job:
    """Do the job; when it reports for the so-manieth time, something happens just before."""
    handlers = job_handlers.handlers(here.folder)
    seen = 0

    class Watched:
        def __init__(self, claimed: jobs.Claimed) -> None:
            self.claimed = claimed

        def __getattr__(self, name: str):
            return getattr(self.claimed, name)

        def report(self, *facts):
            nonlocal seen
            seen += 1
            if seen == at_report:
                then()
            self.claimed.report(*facts)

    jobs.run_one(here.database, {EXPORT_JOB: lambda claimed: handlers[EXPORT_JOB](Watched(claimed))}, "een")
    with here.database.read(here.organisation_id) as session:
        found = session.exec(select(Job).order_by(Job.created_at)).all()[-1]
        session.expunge(found)
    return found


def last_run(here: Installation) -> PublishRun:
    with here.database.read(here.organisation_id) as session:
        found = session.exec(select(PublishRun).order_by(PublishRun.started_at.desc())).first()
        session.expunge(found)
    return found


@pytest.mark.parametrize("at_report", range(1, EXPORT_STEPS + 1))
def test_an_export_that_is_stopped_leaves_the_old_site(here, at_report):
    here.add_activity()
    old = here.export()
    here.change_activity("Iets anders")
    before = writer.releases(here.folder.exports, "gm0168"), old.live.resolve()
    ask(here)

    def stop() -> None:
        with here.database.write(here.organisation_id) as session:
            jobs.cancel(session, session.exec(select(Job)).one(), actor=AISHA)

    job = run(here, at_report=at_report, then=stop)
    assert (job.state, job.message) == (JobState.CANCELLED, "Afgebroken door Aisha. Er is niets half gedaan.")
    assert (writer.releases(here.folder.exports, "gm0168"), old.live.resolve()) == before
    stopped = last_run(here)
    assert (stopped.state, stopped.message) == (
        RunState.STOPPED,
        "Afgebroken door Aisha. Er is niets half gedaan. De oude site bleef online.",
    )
    assert here.export().changed


def test_an_export_tells_its_steps_and_its_outcome(here):
    here.add_activity()
    ask(here)
    job = run(here)
    assert (job.state, job.progress, job.total, job.message) == (
        JobState.DONE,
        EXPORT_STEPS - 1,
        EXPORT_STEPS,
        "De nieuwe site staat online.",
    )


def test_an_export_that_finds_another_one_waits_for_it(here):
    here.add_activity()
    ask(here)
    with writer.publish_lock(here.folder.exports, "gm0168"):
        assert run(here).state is JobState.WAITING
        with pytest.raises(Busy):
            here.export()
