"""What a look from outside found at the places of a category (woo-index 2): the program keeps it, nobody types it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from core import jobs
from core.accounts.services import Person
from core.jobs import ENDED, Job
from woo.models import Category, Readiness

READINESS_JOB = "woo:readiness"


def ask_for_a_look(session: Session, category: Category, person: Person) -> Job:
    """Have the places of a category looked at from outside, in the background; one look at a time will do."""
    busy = select(Job).where(Job.kind == READINESS_JOB, col(Job.state).not_in(list(ENDED)))
    for job in session.exec(busy):
        if job.payload.get("number") == category.number:
            return job
    payload = {"number": category.number}
    return jobs.enqueue(session, READINESS_JOB, payload, created_by=person.name, created_by_id=person.id)


def keep_readiness(
    session: Session, number: str, url: str, steps: Sequence[Mapping[str, str]], *, at: datetime
) -> None:
    """Note what was found at a place, instead of what was found before. A step: its name, about what, a fault."""
    query = select(Readiness).where(Readiness.category == number, Readiness.url == url)
    found = session.exec(query).first() or Readiness(category=number, url=url, at=at)
    found.at, found.steps = at, [dict(step) for step in steps]
    session.add(found)


def forget_other_places(session: Session, number: str, urls: Sequence[str]) -> None:
    """Drop what was found at addresses that the category has no more."""
    for row in session.exec(select(Readiness).where(Readiness.category == number)).all():
        if row.url not in urls:
            session.delete(row)
