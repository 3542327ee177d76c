"""A record as it was: a version, a save, or what we knew on a day; for the page that lays two of them side by side."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session, col, select

from core import clock, history
from core.errors import BadInput, NotFound
from core.history import Revision, Version
from core.web.conflicts import known_part
from core.web.pages import dutch_date, dutch_moment
from register import queries
from register.content import ActivityContent, Status
from register.models import ProcessingActivity
from register.services import content_of

NOW = "nu"
_NUMBERED = re.compile(r"^([vr])([0-9]{1,9})$")


@dataclass(frozen=True, slots=True)
class Moment:
    """What a record held. `name` stands in an address: `v2`, `r14`, `2026-05-01` or `nu`."""

    name: str
    label: str
    content: ActivityContent
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Words of a version for its codes, as they were."""
    status: Status | None = None


def find(session: Session, activity: ProcessingActivity, name: str) -> Moment:
    """What a record held at a version, after a save, at the end of a day in the Netherlands, or now.

    Raises:
        BadInput: the name is none of these.
        NotFound: there is no such version or save, or on that day the record was not there yet.
    """
    if name == NOW:
        return Moment(NOW, "Zoals het nu is", content_of(activity), status=activity.status)
    if match := _NUMBERED.match(name):
        number = int(match[2])
        if match[1] == "v":
            return _of_version(queries.find_version(session, activity, number))
        query = select(Revision).where(Revision.subject_id == activity.id, Revision.number == number)
        if found := session.exec(query).first():
            return _of_revision(name, found)
        raise NotFound(f"{activity.kenmerk} is niet zo vaak opgeslagen. Kies een moment uit de lijst.")
    try:
        end = clock.end_of_day(date.fromisoformat(name))
    except ValueError:
        raise BadInput("Kies een moment uit de lijst, of vul een dag in zoals 31-12-2026.") from None
    revision = history.last_before(session, activity.id, end)
    if revision is None:
        raise NotFound(f"{activity.kenmerk} stond op {dutch_date(date.fromisoformat(name))} nog niet in het register.")
    return _of_revision(name, revision)


def choices(session: Session, activity: ProcessingActivity) -> Sequence[tuple[str, str]]:
    """Every moment of a record that can be chosen, with its label: now, its versions and its saves, newest first."""
    versions = session.exec(
        select(Version.number, Version.established_at)
        .where(Version.subject_id == activity.id)
        .order_by(col(Version.number).desc())
    )
    saves = session.exec(
        select(Revision.number, Revision.at, Revision.actor)
        .where(Revision.subject_id == activity.id)
        .order_by(col(Revision.number).desc())
    )
    return [
        (NOW, "Zoals het nu is"),
        *((f"v{number}", _version_label(number, at)) for number, at in versions),
        *((f"r{number}", _save_label(at, actor)) for number, at, actor in saves),
    ]


def _of_version(version: Version) -> Moment:
    status = Status.ENDED if version.ended_at else Status.ESTABLISHED
    label = _version_label(version.number, version.established_at)
    return Moment(f"v{version.number}", label, _read(version.content["content"]), version.content["labels"], status)


def _of_revision(name: str, revision: Revision) -> Moment:
    facts = revision.content
    return Moment(name, _save_label(revision.at, revision.actor), _read(facts), status=Status(facts["status"]))


def _read(facts: Mapping[str, Any]) -> ActivityContent:
    try:
        return known_part(ActivityContent, facts)
    except ValidationError:  # a day or a choice that was cleaned away
        raise NotFound("Wat hier toen stond, is geschoond. Kies een ander moment uit de lijst.") from None


def _version_label(number: int, at: datetime) -> str:
    return f"Versie {number} van {dutch_date(at)}"


def _save_label(at: datetime, actor: str) -> str:
    return f"{dutch_moment(at)}, opgeslagen door {actor}"
