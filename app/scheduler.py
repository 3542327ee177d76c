"""What runs when: every night an export for each organisation, asked for once, done by whichever worker is there."""

from datetime import UTC, datetime, time, timedelta

from sqlmodel import col, func, select

from core import clock
from core.clock import AMSTERDAM
from core.db import Database, bind_organisation
from core.jobs import Job, enqueue
from core.link_check import LINK_JOB
from core.organisations import all_organisations
from publish.work import EXPORT_JOB

CLOCK = "klok"
"""Who asks for it, as the run log shows it."""


def tonight(moment: datetime, nightly_at: str) -> datetime:
    """The last time that the clock struck `nightly_at` (hh:mm, Dutch time), in UTC: Dutch time passes an hour twice.

    A time that the clock skips in March is struck an hour later; one that it passes twice in October, the first time.
    """
    day, at = moment.astimezone(AMSTERDAM).date(), time.fromisoformat(nightly_at)
    struck = datetime.combine(day, at, AMSTERDAM).astimezone(UTC)
    if struck > moment:
        struck = datetime.combine(day - timedelta(days=1), at, AMSTERDAM).astimezone(UTC)
    return struck


def ask_for_the_night(database: Database, nightly_at: str) -> int:
    """Ask for the nightly export of each organisation that nobody asked for since its clock struck.

    `nightly_at` is for organisations without a time of their own. Returns how many were asked. Safe to call every
    second, from several workers: the write lock and the look at what was asked before make it once a night.
    """
    moment = clock.now()
    with database.read(None) as session:
        struck = {one.id: tonight(moment, one.nightly_at or nightly_at) for one in all_organisations(session)}
        asked = (
            select(Job.organisation_id, func.max(Job.created_at))
            .where(Job.kind == EXPORT_JOB, Job.created_by == CLOCK)
            .group_by(col(Job.organisation_id))
        )
        last_asked = dict(session.exec(asked).all())
    count = 0
    for organisation_id, since in struck.items():
        if organisation_id in last_asked and last_asked[organisation_id] >= since:
            continue
        with database.write(None) as session:
            bind_organisation(session, organisation_id)
            query = select(Job).where(Job.kind == EXPORT_JOB, Job.created_by == CLOCK, col(Job.created_at) >= since)
            if session.exec(query).first() is None:
                enqueue(
                    session, EXPORT_JOB, {"night": since.astimezone(AMSTERDAM).date().isoformat()}, created_by=CLOCK
                )
                count += 1
    return count


def ask_for_the_week(database: Database, nightly_at: str) -> int:
    """Ask for the links of each organisation to be tried, in the night when the last time is six days or more ago.

    Returns how many were asked. Safe to call every second, as `ask_for_the_night` is.
    """
    moment, count = clock.now(), 0
    with database.read(None) as session:
        struck = {one.id: tonight(moment, one.nightly_at or nightly_at) for one in all_organisations(session)}
        asked = select(Job.organisation_id, func.max(Job.created_at)).where(Job.kind == LINK_JOB)
        last_asked = dict(session.exec(asked.group_by(col(Job.organisation_id))).all())
    for organisation_id, since in struck.items():
        week = since - timedelta(days=6)
        if organisation_id in last_asked and last_asked[organisation_id] >= week:
            continue
        with database.write(None) as session:
            bind_organisation(session, organisation_id)
            if session.exec(select(Job).where(Job.kind == LINK_JOB, col(Job.created_at) >= week)).first() is None:
                enqueue(session, LINK_JOB, {}, created_by=CLOCK)
                count += 1
    return count
