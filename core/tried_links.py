"""Links in records that lead to other sites: whether they still work."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID, uuid4

from sqlalchemy import UniqueConstraint, or_
from sqlmodel import Field, Session, col, select

from core import columns
from core.db import Owned, UtcDateTime


class TriedLink(Owned, table=True):
    """An address that stands in a record, and how it went the last time. Kept by the program, not by people."""

    __tablename__ = "core_tried_link"
    __table_args__ = (UniqueConstraint("organisation_id", "digest"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    digest: str = columns.line(64)
    """SHA-256 of the address: an address itself is too long for a unique index."""
    url: str = columns.url()
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    status: int | None = None
    """What the server said (HTTP); None when it said nothing."""
    final_url: str = columns.url()
    """Where it leads in the end; empty when it leads nowhere else, or nobody knows."""
    fault: str = columns.line()
    """What is wrong, in Dutch; empty when it works or nobody can say."""
    failures: int = 0
    """How often in a row it did not work."""

    @property
    def says(self) -> str:
        """How it went, in words. A server that says no to programs leaves open whether people can see the page."""
        if self.tried_at is None:
            return "nog niet geprobeerd"
        return self.fault or ("werkt" if self.is_known else "niet te zeggen: de website laat programma's niet toe")

    @property
    def is_known(self) -> bool:
        """Whether it is certain that it works, or that it does not."""
        return bool(self.fault) or (self.status is not None and self.status < HTTPStatus.BAD_REQUEST)


GONE = frozenset({404, 410})
ENOUGH_FAILURES = 2
"""A server that is away once may be there again tomorrow; one that says that a page is gone is believed at once."""


def broken(session: Session) -> frozenset[str]:
    """The addresses that do not work, as far as we know."""
    is_certain = or_(col(TriedLink.status).in_(GONE), col(TriedLink.failures) >= ENOUGH_FAILURES)
    return frozenset(session.exec(select(TriedLink.url).where(TriedLink.fault != "", is_certain)))


def tried(session: Session, urls: Collection[str]) -> Mapping[str, TriedLink]:
    """How it went with these addresses; those that nobody tried yet are left out."""
    query = select(TriedLink).where(col(TriedLink.url).in_(urls), col(TriedLink.tried_at).is_not(None))
    return {one.url: one for one in session.exec(query)}


def all_tried(session: Session) -> Sequence[TriedLink]:
    """Every address with how it went, in the order of the alphabet."""
    return session.exec(select(TriedLink).order_by(col(TriedLink.url))).all()
