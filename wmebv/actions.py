"""Actions in lists: what each is about, which wait, and which gap each mends. Changes nothing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from core import values
from core.db import folded
from core.errors import NotFound
from core.organisations import Team
from wmebv import queries
from wmebv.content import ActionStatus
from wmebv.models import Action, Channel, MessageType, Product

ADDRESS = "/wmebv/acties/"
WHOLE = "organisatie"
"""In addresses: what an action about the whole organisation is about."""
PAGE_SIZE = 50
_YEAR = re.compile("[0-9]{4}")
OPEN, LATE = "open", "te laat"
FILTERS: Mapping[str, str] = {OPEN: "Nog te doen", LATE: "Te laat", "klaar": "Klaar", "vervallen": "Vervallen"}
_OPEN = (ActionStatus.OPEN, ActionStatus.BUSY)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the actions. `cost` is that of all actions that were asked for, `unknown` how many have none."""

    actions: Sequence[Action]
    total: int
    page: int
    pages: int
    cost: int
    unknown: int


def find(session: Session, action_id: UUID) -> Action:
    """One action.

    Raises:
        NotFound: this organisation has no such action.
    """
    found = session.exec(select(Action).where(Action.id == action_id)).first()
    if found is None:
        raise NotFound("Deze actie bestaat niet. Zoek die in de lijst met acties.")
    return found


def listed(
    session: Session, today: date, *, text: str = "", state: str = "", team: str = "", phase: str = "", page: int = 1
) -> Page:
    """One page of the actions, first those that must be done first.

    Args:
        session: bounded by the organisation.
        today: what is late depends on it.
        text: words that occur in what must be done, or in who does it; case and accents do not matter.
        state: a key of `FILTERS`; empty for all.
        team: name of a team.
        phase: a year of the plan.
        page: counted from 1; too high a number gives the last page.
    """
    where = list(_conditions(today, text, state, team, phase))
    query = select(Action).where(*where)
    total, cost, known = session.exec(
        select(func.count(), func.sum(Action.cost), func.count(col(Action.cost))).select_from(Action).where(*where)
    ).one()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    ordered = query.order_by(
        col(Action.ended_on).is_not(None), col(Action.due_on).is_(None), col(Action.due_on), func.lower(Action.title)
    )
    found = session.exec(ordered.order_by(col(Action.id)).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)).all()
    return Page(found, total, page, pages, cost or 0, total - known)


def _conditions(today: date, text: str, state: str, team: str, phase: str) -> Iterator[ColumnElement[bool]]:
    for word in values.fold(text).split():
        yield or_(*(folded(col(one)).contains(word, autoescape=True) for one in (Action.title, Action.owner)))
    if state in {OPEN, LATE}:
        yield col(Action.status).in_(_OPEN)
    elif state:
        yield col(Action.status) == state
    if state == LATE:
        yield col(Action.due_on) < today
    if team:
        yield col(Action.team_id).in_(select(Team.id).where(Team.name == team))
    if phase:
        yield col(Action.phase) == (int(phase) if _YEAR.fullmatch(phase) else -1)


def waiting(session: Session) -> Sequence[Action]:
    """Every action that is not done, first those that must be done first."""
    query = select(Action).where(col(Action.status).in_(_OPEN))
    return session.exec(
        query.order_by(col(Action.due_on).is_(None), col(Action.due_on), func.lower(Action.title), col(Action.id))
    ).all()


def late(session: Session, today: date) -> int:
    """How many actions are past their day."""
    query = select(func.count()).select_from(Action).where(col(Action.status).in_(_OPEN), col(Action.due_on) < today)
    return session.exec(query).one()


def choices(session: Session) -> tuple[Sequence[str], Sequence[int]]:
    """The teams and the years that actions have, to filter on."""
    teams = select(Team.name).where(col(Team.id).in_(select(Action.team_id))).order_by(func.lower(Team.name))
    years = select(Action.phase).where(col(Action.phase).is_not(None)).distinct().order_by(col(Action.phase))
    return session.exec(teams).all(), [year for year in session.exec(years) if year is not None]


def by_gap(session: Session) -> Mapping[tuple[str, str], Action]:
    """Actions that wait, by the code of the duty and what they are about, as in `about_of`."""
    return {(action.duty, about_of(action)): action for action in waiting(session) if action.duty}


def about_of(action: Action) -> str:
    """What an action is about, as addresses name it; empty for nothing in particular."""
    if action.product:
        return action.product.kenmerk
    if found := action.message_type_id or action.channel_id:
        return str(found)
    return WHOLE if action.duty else ""


def find_about(session: Session, about: str) -> Product | MessageType | Channel | None:
    """The record that an address names: a kenmerk, the id of a message or a channel, or the whole organisation.

    Raises:
        NotFound: this organisation has no such record.
    """
    if about == WHOLE:
        return None
    try:
        known = UUID(about)
    except ValueError:
        return queries.find_product(session, about)
    channel = session.exec(select(Channel).where(Channel.id == known)).first()
    return channel or queries.find_message(session, known)


def place_of(about: Product | MessageType | Channel | None) -> tuple[str, str]:
    """What people call it, and its page."""
    match about:
        case Product():
            return f"{about.kenmerk} {about.name}", f"/wmebv/producten/{about.kenmerk}/"
        case MessageType():
            return f"{about.product.kenmerk} {about.product.name}: {about.name}", f"/wmebv/berichten/{about.id}/"
        case Channel():
            return about.name, f"/wmebv/kanalen/{about.id}/"
        case _:
            return "Hele organisatie", "/wmebv/organisatie/"


def subject_of(action: Action) -> tuple[str, str]:
    """As `place_of`; empty for an action about nothing in particular."""
    about = action.product or action.message_type or action.channel
    return place_of(about) if about or action.duty else ("", "")
