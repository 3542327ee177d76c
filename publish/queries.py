"""The run log."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from publish.models import PublishRun, RunState


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
