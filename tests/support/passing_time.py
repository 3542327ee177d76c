"""Time that passes for jobs. Their leases run by the clock of the database, which no test can set: so what is in the
table becomes older instead."""

from datetime import timedelta

from sqlmodel import select

from core.db import Database
from core.jobs import Job

MOMENTS = ("run_after", "leased_until", "started_at", "finished_at", "created_at")


def pass_time(database: Database, span: timedelta) -> None:
    """Let every job be as it is, but so much longer ago."""
    with database.write(None) as session:
        for job in session.exec(select(Job)):
            for name in MOMENTS:
                if moment := getattr(job, name):
                    setattr(job, name, moment - span)
