"""Ends outrank restore: a product that left the website after a backup was made stays off it with that backup.

Only the database that is put aside knows of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection
from sqlmodel import Session, col

from core import audit, history
from core.organisations import records_of_all
from wmebv import services
from wmebv.models import Product

_KIND = str(Product.__tablename__)


@dataclass(frozen=True, slots=True)
class Ended:
    """A product that the public saw until a moment."""

    id: UUID
    at: datetime


def in_database(connection: Connection) -> list[Ended]:
    """The products that left the website. Of an older database too: it has all of this."""
    ended_at = col(history.Version.ended_at)
    query = history.newest_of_kind(_KIND, col(history.Version.subject_id), ended_at).where(ended_at.is_not(None))
    return [Ended(id_, at) for id_, at in connection.execute(query)]


def end_again(session: Session, ended: Sequence[Ended], *, actor: audit.Actor) -> list[str]:
    """Keep these off the website in a restored database. Gives back the numbers of those that would come back on it.

    The session is not bounded yet. Doing it twice is harmless.
    """
    moments = {one.id: one.at for one in ended}
    return sorted(
        product.kenmerk
        for product in records_of_all(session, Product, list(moments))
        if services.take_off_again(session, product, at=moments[product.id], actor=actor)
    )
