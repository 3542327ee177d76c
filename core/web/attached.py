"""Internal files of a record on pages: the list of them (`components/files.html`), and one going out."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi.responses import StreamingResponse
from sqlmodel import Session

from core import attached, audit
from core.accounts.services import Person
from core.attached import KINDS, InternalFile
from core.db import Record
from core.folder import Folder
from core.web.downloads import download
from core.web.pages import dutch_date, file_size


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as a page lists it."""

    name: str
    href: str
    note: str


def file_rows(address: str, files: Sequence[InternalFile]) -> list[FileRow]:
    """Internal files with where each can be fetched: below `address`."""
    return [
        FileRow(
            file.name,
            f"{address}/{file.id}",
            f"{KINDS[file.kind][0]}, {file_size(file.size)}, {dutch_date(file.added_at)} door {file.added_by}",
        )
        for file in files
    ]


def send(session: Session, person: Person, subject: Record, file_id: UUID, folder: Folder) -> StreamingResponse:
    """A file that is not public goes out, and the trail says so."""
    file = attached.find(session, subject, file_id)
    opened = folder.store().open(file.sha256)
    kind, subject_id = subject.audit_key()
    audit.note_download(
        session,
        actor=person.actor,
        action=f"{kind.replace('_', ':', 1)}:download",
        subject=(kind, subject_id, subject.audit_label()),
        file=file.name,
    )
    return download(opened, file.name)
