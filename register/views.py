"""Saved views of the list: a name for an address, of one's own or for everybody in the organisation."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Text, UniqueConstraint, delete
from sqlmodel import Field, Session, and_, col, or_, select

from core import audit, history, values
from core.db import Owned, Record
from core.errors import NotAllowed, NotFound, RuleViolation

SCHEMA_NUMBER = 1
MAX_NAME = 80
MAX_QUERY = 2000


class View(Record, table=True):
    """The filters, the order and the columns of the list, as the list itself writes them in its address."""

    __tablename__ = "register_view"

    name: str = Field(max_length=MAX_NAME)
    query: str = Field(sa_type=Text)
    """What follows the question mark."""
    owner_id: UUID = Field(foreign_key="core_user.id", index=True)
    is_shared: bool = False
    """Everybody in the organisation may use it; only who made it may change it."""


class StartView(Owned, table=True):
    """With which view the list opens for one person."""

    __tablename__ = "register_start_view"
    __table_args__ = (UniqueConstraint("organisation_id", "user_id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = Field(foreign_key="core_user.id", index=True)
    view_id: UUID = Field(foreign_key="register_view.id", index=True)


class Known(NamedTuple):
    """The views that a person may use, by name, and the one with which the list opens for them, if any."""

    views: Sequence[View]
    start: View | None


def known_to(session: Session, user_id: UUID) -> Known:
    """What one person knows of views, in one question: the list asks it each time."""
    starts = and_(col(StartView.view_id) == View.id, col(StartView.user_id) == user_id)
    query = select(View, StartView.id).join(StartView, starts, isouter=True)
    found = session.exec(query.where(or_(View.owner_id == user_id, col(View.is_shared)))).all()
    by_name = sorted((view for view, _ in found), key=lambda view: (values.fold(view.name), str(view.id)))
    return Known(by_name, next((view for view, starts_with in found if starts_with), None))


def find(session: Session, user_id: UUID, view_id: UUID) -> View:
    """One view that this person may use.

    Raises:
        NotFound: there is none, or it is of somebody who does not share it.
    """
    view = session.get(View, view_id)
    if view is None or not (view.is_shared or view.owner_id == user_id):
        raise NotFound("Deze weergave is er niet (meer). Kies een andere in de lijst.")
    return view


def save(session: Session, name: str, query: str, *, is_shared: bool, actor: audit.Actor) -> View:
    """Keep a view; one's own view of this name is replaced.

    Raises:
        RuleViolation: no name, or too long.
    """
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME:
        message = f"Geef de weergave een naam van hoogstens {MAX_NAME} tekens."
        raise RuleViolation(message, {"name": message})
    if len(query) > MAX_QUERY:
        raise RuleViolation("Deze weergave heeft te veel keuzes om te bewaren. Kies minder filters of kolommen.")
    if actor.user_id is None:
        raise NotAllowed("Een weergave is van een persoon met een account.")
    own = select(View).where(View.owner_id == actor.user_id, View.name == name)
    view = session.exec(own.order_by(col(View.created_at))).first()
    before = _facts(view) if view else None
    if view is None:
        view = View(name=name, query=query, owner_id=actor.user_id)
        session.add(view)
    view.query, view.is_shared = query, is_shared
    after = _facts(view)
    if after != before:
        verb = "change" if before else "add"
        history.record_save(session, view, verb, actor=actor, schema_number=SCHEMA_NUMBER, before=before, after=after)
    return view


def remove(session: Session, view: View, *, actor: audit.Actor) -> None:
    """Throw a view away, also for who opened the list with it.

    Raises:
        NotAllowed: somebody else made it.
    """
    if view.owner_id != actor.user_id:
        raise NotAllowed("Deze weergave is van een collega. Alleen wie hem maakte, kan hem weggooien.")
    session.exec(delete(StartView).where(col(StartView.view_id) == view.id))
    audit.record(session, actor=actor, action="register:view:remove", subject=view, before=_facts(view))
    session.delete(view)


def start_with(session: Session, user_id: UUID, view: View | None) -> None:
    """Let the list open with a view for this person, or with everything."""
    session.exec(delete(StartView).where(col(StartView.user_id) == user_id))
    if view is not None:
        session.add(StartView(user_id=user_id, view_id=view.id))
        session.flush()


def _facts(view: View) -> dict[str, object]:
    return {"name": view.name, "query": view.query, "is_shared": view.is_shared}
