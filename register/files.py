"""Internal files of a record or an agreement: the DPIA itself, the signed contract. Never public.

The bytes stand in the store by their hash. What is taken away here is seen no more; the bytes stay until somebody asks
to clean (`remove_originals`), as with documents, so that one person alone destroys no evidence.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from sqlmodel import Field, Session, col, select

from core import audit, clock, columns, history
from core.db import Audited, Owned, Record, UtcDateTime
from core.errors import BadInput, NotFound, RuleViolation
from core.filetypes import recognise
from core.folder import Folder
from core.uploads import Kept, is_of_another, keep, refuse_encrypted
from register.models import Agreement, ProcessingActivity
from register.services.rows import facts_of as facts_of_activity
from register.services.sharing import facts_of as facts_of_agreement

KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "PDF": ("PDF", ("pdf",)),
    "DOCX": ("Word", ("docx",)),
    "DOC": ("Word (oud)", ("doc",)),
    "ODT": ("OpenDocument-tekst", ("odt",)),
    "RTF": ("RTF", ("rtf",)),
    "XLSX": ("Excel", ("xlsx",)),
    "XLS": ("Excel (oud)", ("xls",)),
    "ODS": ("OpenDocument-rekenblad", ("ods",)),
    "PPTX": ("PowerPoint", ("pptx",)),
    "ODP": ("OpenDocument-presentatie", ("odp",)),
    "TXT": ("tekst", ("txt",)),
    "CSV": ("CSV", ("csv",)),
    "ZIP": ("ZIP", ("zip",)),
}
"""What may be sent: the code of `core.filetypes`, what people call it, and how its name ends."""
SUBJECTS = (ProcessingActivity.__tablename__, Agreement.__tablename__)
"""Kinds of records that have files."""


class InternalFile(Owned, Audited, table=True):
    """A file that belongs to a record of the register or to an agreement."""

    __tablename__ = "register_file"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    subject_kind: str = columns.line(60)
    subject_id: UUID = Field(index=True)
    about: str = columns.line(20)
    """Which part of the record, such as the code of the duty that it is evidence for; empty: the whole."""
    name: str = columns.line()
    kind: str = columns.line(20)
    sha256: str = columns.line(64)
    size: int
    added_at: datetime = Field(sa_type=UtcDateTime)
    added_by: str = columns.line(200)

    def audit_key(self) -> tuple[str, UUID]:
        return self.subject_kind, self.subject_id


def receive(folder: Folder, source: BinaryIO, name: str) -> Kept[str]:
    """Store what somebody sends, before a row names it.

    Raises:
        BadInput: empty, too large, with a password, or a kind that is not welcome.
        Failed: the store cannot be reached or written.
    """
    return keep(folder, source, name, _kind_of)


def files_of(session: Session, subject: Record) -> Sequence[InternalFile]:
    """The files of a record or an agreement, oldest first."""
    query = select(InternalFile).where(InternalFile.subject_id == subject.id)
    return session.exec(query.order_by(col(InternalFile.added_at), col(InternalFile.id))).all()


def find(session: Session, subject: Record, file_id: UUID) -> InternalFile:
    """One file of a record or an agreement.

    Raises:
        NotFound: it has no such file.
    """
    found = next((file for file in files_of(session, subject) if file.id == file_id), None)
    if found is None:
        raise NotFound("Dit bestand is er niet (meer). Ga terug naar de pagina waar het bij hoort.")
    return found


def attach(
    session: Session, subject: ProcessingActivity | Agreement, kept: Kept[str], *, actor: audit.Actor
) -> InternalFile:
    """Let a stored file belong to a record or an agreement."""
    kind, subject_id = subject.audit_key()
    file = InternalFile(
        subject_kind=kind,
        subject_id=subject_id,
        name=kept.name,
        kind=kept.kind,
        sha256=kept.sha256,
        size=kept.size,
        added_at=clock.now(),
        added_by=actor.label[:200],
    )
    before = _named(session, subject)
    session.add(file)
    _record(session, subject, "attach", before, actor)
    return file


def detach(
    session: Session, subject: ProcessingActivity | Agreement, file: InternalFile, *, actor: audit.Actor
) -> None:
    """Take a file away from a record or an agreement; its name and hash stay in the trail."""
    before = _named(session, subject)
    session.delete(file)
    _record(session, subject, "detach", before, actor)


def remove_originals(session: Session, folder: Folder, subject_id: UUID) -> int:
    """Remove the bytes of files that were taken away from a record or an agreement; returns how many.

    Raises:
        RuleViolation: there are none.
        Failed: a file cannot be removed; nothing was cleaned then.
    """
    current = set(session.exec(select(InternalFile.sha256).where(InternalFile.subject_id == subject_id)))
    known = had_files(session, subject_id)
    store = folder.store()
    going = [
        digest
        for digest in sorted(known - current)
        if not is_of_another(session, digest, subject_id) and store.size(digest) is not None
    ]
    if not going:
        raise RuleViolation("Er is geen bestand dat weg kan. Haal het eerst weg op de pagina waar het bij hoort.")
    for digest in going:
        store.delete(digest)
    return len(going)


def had_files(session: Session, subject_id: UUID) -> set[str]:
    """The SHA-256 of every file that a record or an agreement ever had, as far as its history is kept."""
    contents = session.exec(select(history.Revision.content).where(history.Revision.subject_id == subject_id))
    return {str(file["sha256"]) for content in contents for file in content.get("files", ())}


def _named(session: Session, subject: Record) -> list[dict[str, object]]:
    return [{"name": file.name, "sha256": file.sha256, "size": file.size} for file in files_of(session, subject)]


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
        after=facts | {"files": _named(session, subject)},
    )


def _kind_of(path: Path, called: str) -> str:
    """What the contents say; the name may not contradict it, for who opens it goes by the name."""
    extension = called.rpartition(".")[2].lower() if "." in called else ""
    code = recognise(path, extension)
    refuse_encrypted(code, called)
    if code is None or code not in KINDS:
        raise BadInput(f"'{called}' is beschadigd, of een soort bestand dat hier niet kan. Maak er een PDF van.")
    label, endings = KINDS[code]
    if extension not in endings:
        raise BadInput(f"'{called}' is vanbinnen {label}. Geef het de naam .{endings[0]} en probeer het opnieuw.")
    return code
