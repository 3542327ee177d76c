"""Decisions to show less outrank restore: what the public saw less of after a backup stays so with that backup.

Only the database that is put aside knows of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection
from sqlmodel import Session, col

from core import audit, history
from core.organisations import records_of_all
from register import services
from register.content import Publication
from register.models import ProcessingActivity

_KIND = str(ProcessingActivity.__tablename__)


@dataclass(frozen=True, slots=True)
class Limited:
    """A record of which the public sees nothing or not all, and why."""

    id: UUID
    publication: Publication
    reason: str


def in_database(connection: Connection) -> list[Limited]:
    """The records of which the newest version shows less than all. Of an older database too: it has all of this."""
    facts = [
        col(history.Version.content)[("content", name)].as_string() for name in ("publication", "publication_reason")
    ]
    found = connection.execute(history.newest_of_kind(_KIND, col(history.Version.subject_id), *facts)).all()
    limited = [Limited(id_, Publication(told or Publication.NO), reason or "") for id_, told, reason in found]
    return [one for one in limited if one.publication is not Publication.YES]


def limit_again(session: Session, limited: Sequence[Limited], *, actor: audit.Actor) -> list[str]:
    """Let the public see no more of these in a restored database. Gives back the numbers of those that it would see.

    The session is not bounded yet. Doing it twice is harmless.
    """
    wanted = {one.id: one for one in limited}
    done = []
    for activity in records_of_all(session, ProcessingActivity, list(wanted)):
        one = wanted[activity.id]
        if services.show_less(session, activity, one.publication, reason=one.reason, actor=actor):
            done.append(activity.kenmerk)
    return sorted(done)
