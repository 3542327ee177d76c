"""The run log."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from core.errors import NotFound
from core.organisations import all_organisations
from publish.models import PublishRun, PublishVerdict, RunState

OLD_EXPORT = timedelta(hours=26)
"""A night was missed when the last good export is older."""


def runs(session: Session, *, limit: int = 30) -> Sequence[PublishRun]:
    """The newest runs first, whatever the clock said."""
    return session.exec(select(PublishRun).order_by(col(PublishRun.export_id).desc()).limit(limit)).all()


def last_run(session: Session) -> PublishRun | None:
    found = runs(session, limit=1)
    return found[0] if found else None


def last_good_run(session: Session) -> PublishRun | None:
    """The run that the live site comes from, or that found nothing to change."""
    query = select(PublishRun).where(PublishRun.state == RunState.DONE)
    return session.exec(query.order_by(col(PublishRun.export_id).desc()).limit(1)).first()


def run(session: Session, run_id: UUID) -> PublishRun:
    """One run of the organisation of this session.

    Raises:
        NotFound: there is none.
    """
    found = session.exec(select(PublishRun).where(PublishRun.id == run_id)).first()
    if found is None:
        raise NotFound("Deze export bestaat niet (meer).")
    return found


def run_of(session: Session, export_id: str) -> PublishRun | None:
    """The run that made an export."""
    return session.exec(select(PublishRun).where(PublishRun.export_id == export_id)).first()


def last_verdict(session: Session) -> PublishVerdict | None:
    """How the site looked from outside the last time."""
    return session.exec(select(PublishVerdict).order_by(col(PublishVerdict.seen_at).desc()).limit(1)).first()


def failed_nights(session: Session, moment: datetime) -> Sequence[str]:
    """A sentence for each organisation, of all, whose last export failed or whose last good one is too old."""
    found = []
    for one in all_organisations(session):
        newest = (
            select(PublishRun)
            .where(PublishRun.organisation_id == one.id)
            .order_by(col(PublishRun.export_id).desc())
            .limit(1)
        )
        last = session.exec(newest.where(PublishRun.state != RunState.RUNNING)).first()
        good = session.exec(newest.where(PublishRun.state == RunState.DONE)).first()
        if last is not None and last.state in {RunState.FAILED, RunState.REFUSED}:
            found.append(f"De laatste export van {one.code} is niet gelukt. Kijk bij Publicatie.")
        elif good is not None and moment - good.started_at > OLD_EXPORT:
            hours = int((moment - good.started_at).total_seconds() // 3600)
            found.append(f"Van {one.code} is al {hours} uur geen export gelukt. Kijk of de werker draait.")
    return found
