"""Documents for the tests of the Woo: small real files, and a document without any error."""

import io
import zipfile
from datetime import date
from typing import Any

from sqlmodel import Session

from core import audit
from core.folder import Folder
from support.small_files import pdf
from woo import files, lists, services
from woo.content import DocumentContent, DossierContent
from woo.files import StoredFile
from woo.models import Document, Dossier

BESLUIT = lists.code_of(lists.KINDS, "besluit")
AISHA = audit.Actor("Aisha")


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def office(kind: str) -> bytes:
    """The smallest file that says it is a Word (`wordprocessingml.document`) or other Office file."""
    main = f"application/vnd.openxmlformats-officedocument.{kind}.main+xml"
    types = f'<Types><Override PartName="/main.xml" ContentType="{main}"/></Types>'
    return zipped({"docProps/app.xml": b"<x/>", "[Content_Types].xml": types.encode()})


def open_document(kind: str) -> bytes:
    media_type = f"application/vnd.oasis.opendocument.{kind}"
    return zipped({"mimetype": media_type.encode(), "META-INF/manifest.xml": b"<x/>"})


def content(**changes: Any) -> DocumentContent:
    """A document in which the rules find nothing, not even a tip; changes replace whole fields."""
    return DocumentContent(
        **{
            "title": "Besluit over de speelplek",
            "category": "002",
            "kinds": (BESLUIT,),
            "descriptions": ("Wat het college besloot over de speelplek.",),
            "adopted_on": date(2026, 11, 16),
        }
        | changes
    )


def store(folder: Folder, data: bytes, name: str = "besluit.pdf") -> StoredFile:
    return files.store(folder, io.BytesIO(data), name)


def dossier(session: Session, title: str = "Speelplekken", category: str = "002") -> Dossier:
    return services.add_dossier(session, DossierContent(title=title, category=category), actor=AISHA)


def add(session: Session, folder: Folder, place: Dossier | None = None, **changes: Any) -> Document:
    """A concept with a file of its own."""
    file = store(folder, pdf(str(changes.get("title", ""))))
    return services.add_document(session, place or dossier(session), content(**changes), file, actor=AISHA)


def publish(session: Session, folder: Folder, place: Dossier | None = None, **changes: Any) -> Document:
    """A public document."""
    document = add(session, folder, place, **changes)
    services.publish_document(session, document, actor=AISHA, folder=folder)
    return document
