"""Internal files of a record of the register or an agreement (`core.attached`), in the trail and in history."""

from sqlmodel import Session

from core import attached, audit, history
from core.attached import InternalFile
from core.uploads import Kept
from register.models import Agreement, ProcessingActivity
from register.services.rows import facts_of as facts_of_activity
from register.services.sharing import facts_of as facts_of_agreement

SUBJECTS = (ProcessingActivity.__tablename__, Agreement.__tablename__)
"""Kinds of records that have files."""


def attach(
    session: Session, subject: ProcessingActivity | Agreement, kept: Kept[str], *, actor: audit.Actor
) -> InternalFile:
    """Let a stored file belong to a record or an agreement."""
    before = attached.named(session, subject)
    file = attached.put(session, subject, kept, actor=actor)
    _record(session, subject, "attach", before, actor)
    return file


def detach(
    session: Session, subject: ProcessingActivity | Agreement, file: InternalFile, *, actor: audit.Actor
) -> None:
    """Take a file away from a record or an agreement; its name and hash stay in the trail."""
    before = attached.named(session, subject)
    session.delete(file)
    _record(session, subject, "detach", before, actor)


def _record(
    session: Session,
    subject: ProcessingActivity | Agreement,
    verb: str,
    before: list[dict[str, object]],
    actor: audit.Actor,
) -> None:
    session.flush()
    facts = facts_of_activity(subject) if isinstance(subject, ProcessingActivity) else facts_of_agreement(subject)
    history.record_save(
        session,
        subject,
        verb,
        actor=actor,
        schema_number=1,
        before=facts | {"files": before},
        after=facts | {"files": attached.named(session, subject)},
    )
