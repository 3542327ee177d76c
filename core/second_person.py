"""What one person asks and another one decides: who may decide, and from when."""

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlmodel import Session

from core import audit, clock
from core.errors import RuleViolation
from core.organisations import the_organisation


class Asked(Protocol):
    """What waits for a second person."""

    asked_at: datetime
    asked_by: str
    asked_by_id: UUID | None


def is_own(asked: Asked, actor: audit.Actor) -> bool:
    """Whether it is this person who asked."""
    return actor.user_id == asked.asked_by_id and (actor.user_id is not None or actor.label == asked.asked_by)


def may_decide_from(session: Session, asked: Asked, actor: audit.Actor) -> datetime | None:
    """From when this person may decide; None when never (who asked, without a cooling-off time)."""
    if not is_own(asked, actor):
        return asked.asked_at
    hours = the_organisation(session).cooling_off_hours
    return None if hours is None else asked.asked_at + timedelta(hours=hours)


def refuse_first_person(session: Session, asked: Asked, actor: audit.Actor) -> None:
    """Who asked does not decide.

    Raises:
        RuleViolation: it is the person who asked, before the cooling-off time is over.
    """
    free_from = may_decide_from(session, asked, actor)
    if free_from is None or clock.now() < free_from:
        wait = f" Of beslis zelf na {free_from.astimezone(clock.AMSTERDAM):%d-%m-%Y %H:%M} uur." if free_from else ""
        raise RuleViolation(f"U heeft dit zelf gevraagd. Laat een collega beslissen.{wait}")
