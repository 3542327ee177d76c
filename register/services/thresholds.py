"""The limits that the checks of an organisation count with: its own, or those that we propose."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from sqlmodel import Session, select

from core import audit, history
from core.db import refuse_stale
from core.errors import Conflict, RuleViolation
from register.models import CheckSettings
from register.rules import Thresholds

SCHEMA_NUMBER = 1
RANGES: Mapping[str, tuple[int, int]] = {
    "review_months": (1, 60),
    "publish_months": (1, 120),
    "dpia_months": (1, 120),
    "agreement_days": (0, 730),
    "waiting_days": (1, 365),
    "similarity_percent": (50, 100),
    "closing_months": (1, 60),
}
"""Least and most of each limit; what lies outside says nothing any more."""


def check_settings(session: Session) -> CheckSettings | None:
    """What this organisation chose; None while it did not."""
    return session.exec(select(CheckSettings)).first()


def numbers_of(settings: CheckSettings | None) -> dict[str, int]:
    """Each limit as the whole number that a person fills in."""
    if settings is None:
        ours = Thresholds()
        return {
            **{one.name: getattr(ours, one.name) for one in fields(ours) if one.name in RANGES},
            "similarity_percent": round(ours.similarity * 100),
        }
    return {name: getattr(settings, name) for name in RANGES}


def thresholds_of(session: Session) -> Thresholds:
    """The limits as the checks use them."""
    return _thresholds(numbers_of(check_settings(session)))


def thresholds_then(session: Session, moment: datetime) -> Thresholds:
    """The limits as the checks used them at a moment."""
    settings = check_settings(session)
    found = history.last_before(session, settings.id, moment) if settings else None
    return _thresholds(numbers_of(None) | (found.content if found else {}))


def _thresholds(numbers: Mapping[str, int]) -> Thresholds:
    others = {name: number for name, number in numbers.items() if name != "similarity_percent"}
    return Thresholds(similarity=numbers["similarity_percent"] / 100, **others)


def change_thresholds(session: Session, numbers: Mapping[str, int], *, version: int, actor: audit.Actor) -> None:
    """Choose the limits; all of them at once. `version` is 0 while nobody chose.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: a limit is out of its range, or publishing would be refused before a check is asked for.
    """
    points = {
        name: f"Kies een getal van {least} tot en met {most}."
        for name, (least, most) in RANGES.items()
        if not least <= numbers[name] <= most
    }
    if not points and numbers["publish_months"] < numbers["review_months"]:
        points["publish_months"] = "Kies evenveel maanden als voor de controle, of meer."
    if points:
        raise RuleViolation("De grenzen zijn niet opgeslagen. Kijk bij de velden wat er moet veranderen.", points)
    settings = check_settings(session)
    if (settings.version if settings else 0) != version:
        raise Conflict("Iemand anders heeft de grenzen intussen gewijzigd. Kijk ze na en sla opnieuw op.")
    before = dict(numbers_of(settings))
    if settings is None:
        settings = CheckSettings.model_validate(numbers)
        session.add(settings)
        session.flush()
    elif before == numbers:
        return
    else:
        refuse_stale(settings, version)
        for name, number in numbers.items():
            setattr(settings, name, number)
    history.record_save(
        session,
        settings,
        "change",
        actor=actor,
        schema_number=SCHEMA_NUMBER,
        before=before,
        after=dict(numbers),
    )
