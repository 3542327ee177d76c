"""Lists and files on their way into a register: what each import keeps, whose work it is, and what was chosen before.

What a list holds, what a person decides of it and what becomes of it is a matter of the register.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, TypeVar
from uuid import UUID

from sqlmodel import Field, Session, col, select

from core import columns, values
from core.db import JSON_TYPE, Record, UtcDateTime
from core.errors import NotFound
from core.jobs import ENDED, Job

MOST = 100
"""How many imports a page lists."""


class ReadingIn(Record):
    """One list or file that somebody reads in."""

    is_not_there: ClassVar[str] = "Dit inlezen bestaat niet. Kies het in de lijst bij Inlezen."

    file_name: str = columns.line()
    sheet: str = columns.line()
    heading_row: int = 0
    chosen: list[list[str | None]] = Field(default_factory=list, sa_type=JSON_TYPE)
    """What a person decided of the columns: heading and field, None for what is kept as a remark."""
    started_by: str = columns.line(200)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    job_id: UUID | None = None

    def audit_label(self) -> str:
        return self.file_name

    @property
    def mapping(self) -> dict[str, str | None]:
        return fields_of(self.chosen)


Made = TypeVar("Made", bound=ReadingIn)


def fields_of(pairs: Sequence[Sequence[str | None]]) -> dict[str, str | None]:
    """Heading -> field, from pairs as they are kept: JSON of PostgreSQL keeps no order of keys."""
    return {heading or "": name for heading, name in pairs}


def pairs_of(fields: Mapping[str, str | None]) -> list[list[str | None]]:
    """The reverse of `fields_of`."""
    return [[heading, name] for heading, name in fields.items()]


def newest(session: Session, kind: type[Made]) -> Sequence[Made]:
    """The imports of this kind of the organisation, newest first."""
    query = select(kind).order_by(col(kind.created_at).desc(), col(kind.id))
    return session.exec(query.limit(MOST)).all()


def find(session: Session, kind: type[Made], import_id: UUID) -> Made:
    """One import.

    Raises:
        NotFound: this organisation has no such import.
    """
    found = session.exec(select(kind).where(kind.id == import_id)).first()
    if found is None:
        raise NotFound(kind.is_not_there)
    return found


def job_of(session: Session, made: ReadingIn) -> Job | None:
    """The work for it, that goes on or went wrong."""
    return session.get(Job, made.job_id) if made.job_id else None


def is_running(session: Session, made: ReadingIn) -> bool:
    """Whether a worker has it, or will have it."""
    job = job_of(session, made)
    return job is not None and job.state not in ENDED


def mapping_for(session: Session, kind: type[Made], headings: Sequence[str]) -> Mapping[str, str | None]:
    """What was decided the last time that a list had these headings; empty when there was none."""
    wanted = {values.normalise(heading) for heading in headings}
    for made in newest(session, kind):
        if made.chosen and {values.normalise(heading) for heading in made.mapping} == wanted:
            return made.mapping
    return {}
