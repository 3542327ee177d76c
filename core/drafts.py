"""Drafts: what a person typed and did not save yet, kept so that a lost connection or log-in costs nothing.

One draft for each person, organisation and form. A form is known by its address, which is where it is shown and where
it is sent to: `/register/VW-0001/bewerken`, or `/register/nieuw` for a record that is yet to come. Nobody but the
person who typed it ever sees a draft; it is no part of the trail and goes away by itself.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Text, UniqueConstraint, delete
from sqlmodel import Field, Session, col, select

from core import clock
from core.db import Database, Owned, UtcDateTime
from core.errors import BadInput, NotFound

KEPT_FOR = timedelta(days=30)
MAX_SIZE = 500_000
"""Characters of a draft; a form with every field filled has some ten thousand."""
MAX_DRAFTS = 50
"""Per person and organisation; of more the oldest go."""
MAX_ADDRESS = 300
Pairs = Sequence[tuple[str, str]]


class Draft(Owned, table=True):
    """What one person typed in one form. `record_version` is the version of the record that it was typed on."""

    __tablename__ = "core_draft"
    __table_args__ = (UniqueConstraint("organisation_id", "user_id", "address"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = Field(foreign_key="core_user.id", index=True)
    address: str = Field(max_length=MAX_ADDRESS)
    title: str = Field(default="", max_length=300)
    record_version: int | None = None
    typed: str = Field(sa_type=Text)
    """Name and value of each field, in order, as JSON. As text: people paste signs that no JSON column takes."""
    at: datetime = Field(sa_type=UtcDateTime, index=True)

    @property
    def pairs(self) -> Pairs:
        return [(name, value) for name, value in json.loads(self.typed)]


def keep(
    session: Session, user_id: UUID, address: str, pairs: Pairs, *, version: int | None, title: str = ""
) -> datetime:
    """Keep what somebody typed in a form, in the place of what was kept of it before. Returns the moment.

    Raises:
        BadInput: too much text to keep.
    """
    text = json.dumps([list(pair) for pair in pairs], separators=(",", ":"))
    if len(text) > MAX_SIZE or len(address) > MAX_ADDRESS:
        raise BadInput("Dit is te veel tekst om te bewaren. Sla het op, of verdeel het over meer formulieren.")
    draft = find(session, user_id, address)
    if draft is None:
        _make_room(session, user_id)
        draft = Draft(user_id=user_id, address=address, typed=text, at=clock.now())
        session.add(draft)
    draft.typed, draft.at, draft.record_version = text, clock.now(), version
    draft.title = title.replace("\0", "")[:300] or draft.title
    session.flush()
    return draft.at


def find(session: Session, user_id: UUID, address: str) -> Draft | None:
    """What this person typed in this form and did not save."""
    query = select(Draft).where(Draft.user_id == user_id, Draft.address == address, Draft.at > _oldest())
    return session.exec(query).first()


def get(session: Session, user_id: UUID, draft_id: UUID) -> Draft:
    """One draft of this person.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    draft = session.get(Draft, draft_id)
    if draft is None or draft.user_id != user_id:
        raise NotFound("Deze tekst is er niet (meer). Misschien is die al opgeslagen of weggegooid.")
    return draft


def drafts_of(session: Session, user_id: UUID) -> Sequence[Draft]:
    """All that this person did not save yet in this organisation, newest first."""
    query = select(Draft).where(Draft.user_id == user_id, Draft.at > _oldest())
    return session.exec(query.order_by(col(Draft.at).desc())).all()


def drop(session: Session, user_id: UUID, address: str) -> None:
    """Forget what was typed in a form: it has been saved, or the person throws it away."""
    session.exec(delete(Draft).where(col(Draft.user_id) == user_id, col(Draft.address) == address))


def forget(session: Session, text: str) -> int:
    """Throw away every draft of the organisation that holds this text, whoever typed it; returns how many."""
    found = [
        draft
        for draft in session.exec(select(Draft)).all()
        if any(text.casefold() in value.casefold() for _, value in draft.pairs)
    ]
    for draft in found:
        session.delete(draft)
    return len(found)


def clear_old(database: Database) -> int:
    """Throw away what nobody came back for in thirty days; returns how many. Looks first: it costs no lock."""
    with database.read(None) as session:
        if session.exec(select(Draft.id).where(Draft.at <= _oldest()).limit(1)).first() is None:
            return 0
    with database.write(None) as session:
        return session.exec(delete(Draft).where(col(Draft.at) <= _oldest())).rowcount


def _oldest() -> datetime:
    return clock.now() - KEPT_FOR


def _make_room(session: Session, user_id: UUID) -> None:
    query = select(Draft).where(Draft.user_id == user_id).order_by(col(Draft.at).desc(), col(Draft.id))
    for draft in session.exec(query.offset(MAX_DRAFTS - 1)).all():
        session.delete(draft)
