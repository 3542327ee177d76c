"""The way of a record to the official register: offered to be looked at, approved, or sent back with a question."""

from sqlmodel import Session

from core import audit, history
from core.db import refuse_stale
from core.errors import RuleViolation
from register.content import SCHEMA_NUMBER, Status
from register.models import ProcessingActivity
from register.services.findings import contexts_of
from register.services.rows import content_of, facts_of
from register.services.saving import open_errors, set_status


def submit(
    session: Session, activity: ProcessingActivity, *, note: str, actor: audit.Actor, version: int | None = None
) -> None:
    """Ask the privacy officer to look at a concept. Errors may still be open: the note can say what is hard.

    Raises:
        Conflict: somebody saved since the person saw it (`version`).
        RuleViolation: it is no concept.
    """
    _refuse(activity, version, Status.CONCEPT, message="Alleen een concept kunt u ter controle aanbieden.")
    _go(session, activity, Status.IN_REVIEW, "submit", note, actor)


def approve(session: Session, activity: ProcessingActivity, *, actor: audit.Actor, version: int | None = None) -> None:
    """Say that a record is ready to be established. The public sees nothing yet.

    Raises:
        Conflict: somebody saved since the person saw it (`version`).
        RuleViolation: nobody offered it, or an error is open (`points` says where and which).
    """
    _refuse(activity, version, Status.IN_REVIEW, message="Deze verwerking is niet ter controle aangeboden.")
    content = content_of(activity)
    if refusal := open_errors(content, contexts_of(session, [(activity, content)])[activity.id]):
        raise refusal
    _go(session, activity, Status.APPROVED, "approve", "", actor)


def send_back(
    session: Session, activity: ProcessingActivity, *, question: str, actor: audit.Actor, version: int | None = None
) -> None:
    """Make it a concept again, with a question for who filled it in.

    Raises:
        Conflict: somebody saved since the person saw it (`version`).
        RuleViolation: it was neither offered nor approved, or the question is missing.
    """
    message = "Deze verwerking is niet ter controle aangeboden."
    _refuse(activity, version, Status.IN_REVIEW, Status.APPROVED, message=message)
    if not question.strip():
        message = "Schrijf op wat u wilt weten of wat er anders moet. Dan kan een collega verder."
        raise RuleViolation(message, {"note": message})
    _go(session, activity, Status.CONCEPT, "send_back", question, actor)


def _refuse(activity: ProcessingActivity, version: int | None, *wanted: Status, message: str) -> None:
    refuse_stale(activity, version)
    if activity.status not in wanted:
        raise RuleViolation(f"{message} Ververs de pagina en kijk hoe het nu staat.")


def _go(
    session: Session, activity: ProcessingActivity, status: Status, verb: str, note: str, actor: audit.Actor
) -> None:
    note = note.strip()
    before = facts_of(activity)
    set_status(activity, status, actor, note)
    after = facts_of(activity) | ({"note": note} if note else {})
    history.record_save(session, activity, verb, actor=actor, schema_number=SCHEMA_NUMBER, before=before, after=after)
