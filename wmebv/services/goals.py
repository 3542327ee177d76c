"""Goals: what must be reached by a day, counted from the inventory itself."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from core import audit, clock, history
from core.db import refuse_stale
from core.errors import NotFound, RuleViolation
from wmebv.content import SCHEMA_NUMBER, Availability, ChannelContent, Direction, GoalContent, Measure
from wmebv.models import Channel, Goal, MessageType
from wmebv.rules import availability


def find_goal(session: Session, goal_id: UUID) -> Goal:
    """One goal.

    Raises:
        NotFound: this organisation has no such goal.
    """
    found = session.exec(select(Goal).where(Goal.id == goal_id)).first()
    if found is None:
        raise NotFound("Dit doel bestaat niet (meer). Zoek het in de lijst met doelen.")
    return found


def add_goal(session: Session, content: GoalContent, *, actor: audit.Actor) -> Goal:
    """Set a goal.

    Raises:
        RuleViolation: something is missing, or the count begins in the future.
    """
    _check(content)
    goal = Goal(by=content.by or clock.today())
    _write(session, goal, content)
    session.add(goal)
    _save(session, goal, "add", None, actor)
    return goal


def change_goal(session: Session, goal: Goal, content: GoalContent, *, version: int, actor: audit.Actor) -> None:
    """Change a goal. Saving what is there already changes nothing.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: see `add_goal`.
    """
    refuse_stale(goal, version)
    _check(content)
    if goal.content() == content:
        return
    before = goal_facts(goal)
    _write(session, goal, content)
    _save(session, goal, "change", before, actor)


def remove_goal(session: Session, goal: Goal, *, version: int, actor: audit.Actor) -> None:
    """Take a goal away; reports on earlier days still have it.

    Raises:
        Conflict: somebody saved in between.
    """
    refuse_stale(goal, version)
    before = goal_facts(goal)
    _save(session, goal, "remove", before, actor, after=before | {"is_removed": True})
    session.delete(goal)


def goal_facts(goal: Goal) -> dict[str, Any]:
    """A goal as plain data, for audit and revisions."""
    return {**goal.content().model_dump(mode="json"), "base": goal.base, "is_removed": False}


def _check(content: GoalContent) -> None:
    points = {}
    if not content.title:
        points["title"] = "Vul in wat u wilt bereiken."
    if content.measure is None:
        points["measure"] = "Kies wat meetelt."
    if content.target is None:
        points["target"] = "Vul in hoeveel procent u wilt bereiken."
    if content.by is None:
        points["by"] = "Vul in wanneer u dit wilt bereiken."
    if content.measure is Measure.CONVERTED and content.base_on is None:
        points["base_on"] = "Vul in vanaf welke dag u de pdf-formulieren telt."
    elif content.base_on and content.base_on > clock.today():
        points["base_on"] = "Kies vandaag of een eerdere dag."
    if points:
        raise RuleViolation("Het doel is niet opgeslagen. " + " ".join(points.values()), points)


def _write(session: Session, goal: Goal, content: GoalContent) -> None:
    for name, value in content.model_dump().items():
        setattr(goal, name, value)
    is_counted = content.measure is Measure.CONVERTED and content.base_on is not None
    goal.base = _forms_to_print(session, content.base_on) if is_counted and content.base_on else []


def _forms_to_print(session: Session, on: date) -> list[str]:
    """The ids of the messages to the municipality that were at D2 at the end of a day, as we knew it then."""
    kinds = [str(MessageType.__tablename__), str(Channel.__tablename__)]
    last = (
        select(history.Revision.subject_id, func.max(history.Revision.number).label("number"))
        .where(col(history.Revision.kind).in_(kinds), history.Revision.at < clock.end_of_day(on))
        .group_by(col(history.Revision.subject_id))
        .subquery()
    )
    query = select(history.Revision).where(
        history.Revision.subject_id == last.c.subject_id, history.Revision.number == last.c.number
    )
    messages: dict[str, Mapping[str, Any]] = {}
    channels: dict[str, ChannelContent] = {}
    for revision in session.exec(query):
        if revision.kind == kinds[0]:
            messages[str(revision.subject_id)] = revision.content
        else:
            level = revision.content["level"]
            channels[str(revision.subject_id)] = ChannelContent(level=Availability(level) if level else None)
    return sorted(
        message_id
        for message_id, facts in messages.items()
        if facts["ended_on"] is None
        and facts["direction"] == Direction.IN
        and availability(channels[one] for one in facts["channel_ids"]) is Availability.D2
    )


def _save(
    session: Session,
    goal: Goal,
    verb: str,
    before: Mapping[str, Any] | None,
    actor: audit.Actor,
    *,
    after: Mapping[str, Any] | None = None,
) -> None:
    history.record_save(
        session,
        goal,
        verb,
        actor=actor,
        schema_number=SCHEMA_NUMBER,
        before=before,
        after=after or goal_facts(goal),
    )
