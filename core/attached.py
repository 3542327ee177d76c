"""Internal files of a record: a DPIA, a signed contract, the evidence of an answer. Never public.

The bytes stand in the store by their hash. What is taken away here is seen no more; the bytes stay until somebody asks
to clean (`remove_originals`), as with documents, so that one person alone destroys no evidence. Each register says in a
save of its own that a file came or went, with `named` under `files`.
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


class InternalFile(Owned, Audited, table=True):
    """A file that belongs to a record."""

    __tablename__ = "register_file"  # the register had them first

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
    """The files of a record, oldest first."""
    query = select(InternalFile).where(InternalFile.subject_id == subject.id)
    return session.exec(query.order_by(col(InternalFile.added_at), col(InternalFile.id))).all()


def find(session: Session, subject: Record, file_id: UUID) -> InternalFile:
    """One file of a record.

    Raises:
        NotFound: it has no such file.
    """
    found = next((file for file in files_of(session, subject) if file.id == file_id), None)
    if found is None:
        raise NotFound("Dit bestand is er niet (meer). Ga terug naar de pagina waar het bij hoort.")
    return found


def put(session: Session, subject: Record, kept: Kept[str], *, actor: audit.Actor, about: str = "") -> InternalFile:
    """Let a stored file belong to a record, or to a part of it. The caller tells the trail."""
    kind, subject_id = subject.audit_key()
    file = InternalFile(
        subject_kind=kind,
        subject_id=subject_id,
        about=about,
        name=kept.name,
        kind=kept.kind,
        sha256=kept.sha256,
        size=kept.size,
        added_at=clock.now(),
        added_by=actor.label[:200],
    )
    session.add(file)
    session.flush()
    return file


def named(session: Session, subject: Record) -> list[dict[str, object]]:
    """The files of a record as plain data, for audit and revisions."""
    return [{"name": file.name, "sha256": file.sha256, "size": file.size} for file in files_of(session, subject)]


def remove_originals(session: Session, folder: Folder, subject_id: UUID) -> int:
    """Remove the bytes of files that were taken away from a record; returns how many.

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
    """The SHA-256 of every file that a record ever had, as far as its history is kept."""
    contents = session.exec(select(history.Revision.content).where(history.Revision.subject_id == subject_id))
    return {str(file["sha256"]) for content in contents for file in content.get("files", ())}


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
