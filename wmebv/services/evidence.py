"""Files that prove an answer, beside an address, a document and a date."""

from sqlmodel import Session

from core import attached, audit
from core.attached import InternalFile
from core.errors import RuleViolation
from core.uploads import Kept
from wmebv import rows
from wmebv.content import Answer
from wmebv.models import Channel, ChannelTemplate, GeneralAnswers, MessageType, Product, Subject
from wmebv.services.saving import record_save, refuse_ended

EVIDENCE_OF = tuple(
    str(table.__tablename__) for table in (Product, MessageType, Channel, ChannelTemplate, GeneralAnswers)
)
"""Kinds of records that have files."""


def attach_evidence(
    session: Session, subject: Subject, duty: str, kept: Kept[str], *, actor: audit.Actor
) -> InternalFile:
    """Let a stored file prove an answer. It is the document of that answer when it had none.

    Raises:
        RuleViolation: nobody answered this here yet, or the subject has ended.
    """
    if isinstance(subject, Product | MessageType):
        refuse_ended(subject)
    known = _answer(subject, duty)
    if known is None:
        raise RuleViolation(f"Er is niets opgeslagen. Beantwoord eerst {duty}, en voeg daarna het bestand toe.")
    before = rows.facts_of(subject) | {"files": attached.named(session, subject)}
    file = attached.put(session, subject, kept, about=duty, actor=actor)
    if not known.evidence_document:
        rows.write_answers(subject, [known.model_copy(update={"evidence_document": file.name})])
    _save(session, subject, "attach", before, actor)
    return file


def detach_evidence(session: Session, subject: Subject, file: InternalFile, *, actor: audit.Actor) -> None:
    """Take a file away; an answer that named it as its document has none then, or the next file."""
    before = rows.facts_of(subject) | {"files": attached.named(session, subject)}
    others = [one.name for one in attached.files_of(session, subject) if one.about == file.about and one is not file]
    known = _answer(subject, file.about)
    if known and known.evidence_document == file.name and file.name not in others:
        rows.write_answers(subject, [known.model_copy(update={"evidence_document": others[0] if others else ""})])
    session.delete(file)
    _save(session, subject, "detach", before, actor)


def _answer(subject: Subject, duty: str) -> Answer | None:
    return next((one for one in rows.answers_of(subject) if one.duty == duty), None)


def _save(session: Session, subject: Subject, verb: str, before: dict[str, object], actor: audit.Actor) -> None:
    session.add(subject)
    session.flush()
    after = rows.facts_of(subject) | {"files": attached.named(session, subject)}
    record_save(session, subject, verb, actor, before, after)
