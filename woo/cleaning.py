"""Takes away stored originals of a document that nobody needs any more, when cleaning asks for it."""

from uuid import UUID

from sqlmodel import Session, select

from core.errors import NotFound, RuleViolation
from core.folder import Folder
from core.history import Revision, Version
from core.uploads import is_of_another
from woo.content import DocumentState
from woo.models import Document
from woo.services.inspecting import forget, stripped_of

KIND = "woo_document"


def is_closed(session: Session, document_id: UUID) -> bool:
    """Whether a document was withdrawn: nobody can change its metadata any more."""
    document = session.get(Document, document_id)
    return document is not None and document.state is DocumentState.WITHDRAWN


def remove_originals(session: Session, folder: Folder, document_id: UUID) -> int:
    """Remove the files of before a replacement, and of a withdrawn document also the last one; returns how many.

    Both forms go: the file as it came, and what was or would have been public of it; and what the check found in it.
    A file that another document has too, in whichever organisation, stays. So does the file of a document that is
    public or still being made.

    Raises:
        NotFound: this organisation has no such document.
        RuleViolation: there is no file that may go.
        Failed: a file cannot be removed; nothing was cleaned then.
    """
    document = session.get(Document, document_id)
    if document is None:
        raise NotFound("Dit document is er niet. Zoek het op in de lijst met documenten.")
    contents = [
        *session.exec(select(Revision.content).where(Revision.subject_id == document_id)),
        *session.exec(select(Version.content).where(Version.subject_id == document_id)),
    ]
    known = {str(content.get(name) or "") for content in contents for name in ("sha256", "public_sha256")}
    known |= {document.sha256, document.public_sha256}
    needed = {""}
    if document.state is not DocumentState.WITHDRAWN:
        needed |= {document.sha256, document.public_sha256, str((document.file_before or {}).get("sha256"))}
    known |= stripped_of(session, known - needed)
    store = folder.store()
    going = [
        digest
        for digest in sorted(known - needed)
        if not is_of_another(session, digest, document_id) and store.size(digest) is not None
    ]
    if not going:
        raise RuleViolation(
            "Er is geen bestand dat weg kan. Het bestand van nu blijft staan zolang het document niet is vervangen of "
            "ingetrokken."
        )
    for digest in going:
        store.delete(digest)
    forget(session, going)
    return len(going)
