"""The check before publishing. Files are looked at ahead, so that no transaction lasts as long as that takes."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core.accounts.services import Person
from core.errors import BadInput, RuleViolation
from core.folder import Folder
from core.web.pages import redirect
from core.web.security import Allowed, database
from core.web.uploads import DraftUpload, OurFolder, Upload
from woo import describing, forms, permissions, queries, services
from woo.files import StoredFile
from woo.models import Document

router = APIRouter(prefix="/woo")
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
Publisher = Annotated[Person, Depends(Allowed(permissions.PUBLISH))]
UploadedFile = Annotated[Upload, Depends(DraftUpload("Bestand vervangen", forms.DOCUMENT))]


def look_first(request: Request, document_id: UUID, person: Publisher, folder: OurFolder) -> None:
    """Look at the file of a document that is about to become public, as far as that was not done."""
    source = database(request)
    with source.read(person.organisation_id) as session:
        wanted = queries.document(session, document_id).sha256
    services.look_ahead(source, folder, person.organisation_id, [wanted], actor=person.actor)


Looked = Annotated[None, Depends(look_first)]


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A form with the file that was stored from it, or else what is wrong with that."""

    upload: Upload
    file: StoredFile | None = None
    fault: str = ""


def store_offered(
    request: Request, document_id: UUID, person: Editor, upload: UploadedFile, folder: OurFolder
) -> OfferedFile:
    """Store the file of a form; look at it when it is meant to become public at once."""
    if upload.source is None:
        return OfferedFile(upload)
    try:
        file = describing.stored(folder, upload.source, upload.name)
    except BadInput as refused:
        return OfferedFile(upload, fault=refused.message)
    source = database(request)
    with source.read(person.organisation_id) as session:
        is_public = queries.document(session, document_id).is_public
    if is_public:
        services.look_ahead(source, folder, person.organisation_id, [file.sha256], actor=person.actor)
    return OfferedFile(upload, file)


Offered = Annotated[OfferedFile, Depends(store_offered)]


def put_in_place(session: Session, document: Document, person: Person, folder: Folder) -> Response:
    """Let the file that waits take its place, or show what somebody must look at first; it waits then."""
    address = f"/woo/documenten/{document.id}"
    try:
        with session.begin_nested():
            services.put_in_place(session, document, actor=person.actor, folder=folder)
    except RuleViolation:
        return redirect(f"{address}/controle", "wacht-op-controle")
    return redirect(address, "opgeslagen")
