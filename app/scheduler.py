"""What runs when: every night an export for each organisation, asked for once, done by whichever worker is there."""

from datetime import datetime, time, timedelta

from sqlmodel import col, select

from core import clock
from core.clock import AMSTERDAM
from core.db import Database, bind_organisation
from core.jobs import Job, enqueue
from core.organisations import all_organisations
from publish.routes import EXPORT_JOB

CLOCK = "klok"
"""Who asks for it, as the run log shows it."""


def tonight(moment: datetime, nightly_at: str) -> datetime:
    """The last time that the clock struck `nightly_at` (hh:mm, Dutch time), also on days with 23 or 25 hours."""
    here = moment.astimezone(AMSTERDAM)
    struck = datetime.combine(here.date(), time.fromisoformat(nightly_at), AMSTERDAM)
    if struck > here:
        struck = datetime.combine(here.date() - timedelta(days=1), time.fromisoformat(nightly_at), AMSTERDAM)
    return struck


def ask_for_the_night(database: Database, nightly_at: str) -> int:
    """Ask for the nightly export of each organisation that nobody asked for since the clock struck.

    Returns how many were asked. Safe to call every second, from several workers: the write lock and the look at what
    was asked before make it once a night.
    """
    since = tonight(clock.now(), nightly_at)
    with database.read(None) as session:
        asked_for = set(
            session.exec(
                select(Job.organisation_id).where(
                    Job.kind == EXPORT_JOB, Job.created_by == CLOCK, col(Job.created_at) >= since
                )
            )
        )
        waiting = [one.id for one in all_organisations(session) if one.id not in asked_for]
    asked = 0
    for organisation_id in waiting:
        with database.write(None) as session:
            bind_organisation(session, organisation_id)
            query = select(Job).where(Job.kind == EXPORT_JOB, Job.created_by == CLOCK, col(Job.created_at) >= since)
            if session.exec(query).first() is None:
                enqueue(session, EXPORT_JOB, {"night": since.date().isoformat()}, created_by=CLOCK)
                asked += 1
    return asked
