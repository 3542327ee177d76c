"""Lists of documents on their way in: what a list holds, row by row, and what became of it (ADR 21)."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import func
from sqlmodel import Field, Session, col, select

from core import cleaning, columns
from core.db import JSON_TYPE, Owned, enum_type
from core.reading_in import ReadingIn

PAGE_SIZE = 25


class ImportState(StrEnum):
    """What it waits for: a person who says what columns hold, a worker who looks, a person who decides, or nothing."""

    COLUMNS = "koppelen"
    LOOKING = "bekijken"
    DECIDING = "nakijken"
    DONE = "klaar"


class RowKind(StrEnum):
    """What a row is beside the register."""

    NEW = "nieuw"
    CHANGE = "anders"
    SAME = "zelfde"
    REFUSED = "overgeslagen"


class RowOutcome(StrEnum):
    ADDED = "toegevoegd"
    CHANGED = "gewijzigd"
    LEFT = "gelaten"


class DocumentImport(ReadingIn, table=True):
    """One list that somebody reads in."""

    __tablename__ = "woo_import"
    is_not_there: ClassVar[str] = "Deze lijst is er niet. Kies hem bij 'Documenten inlezen'."

    state: ImportState = Field(sa_type=enum_type(ImportState))
    list_name: str = columns.line()
    """Of the list itself, when it came in a zip."""
    kept: str = columns.line(64)
    """SHA-256 of the list as it was kept (`core.originals`); empty when it is gone, or was read by a command."""
    archives: list[str] = columns.codes()
    """The same of the zip files with the documents."""
    takes_changes: bool = False
    """Whether documents that are there already take over what the list says of them."""
    is_cleared: bool = False


class DocumentImportRow(Owned, table=True):
    """A row of a list, with what it would be and what became of it."""

    __tablename__ = "woo_import_row"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    import_id: UUID = Field(default=None, foreign_key="woo_import.id", index=True)
    position: int
    """The row, as the spreadsheet shows it."""
    kind: RowKind = Field(sa_type=enum_type(RowKind))
    name: str = columns.line(120)
    planned: dict[str, Any] | None = Field(default=None, sa_type=JSON_TYPE)
    """`content` (what the row says), `dossier`, `file`, its `pages`, whether the address `is_untried`, what it is an
    `attachment_to`, its `sequence`. In the register the last two wait until all rows are; then None, as when left."""
    notes: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON_TYPE)
    noted: int = 0
    """How many notes there are."""
    errors: int = 0
    """How many errors stand between the document and publication."""
    fingerprint: str = Field(max_length=64, index=True)
    """Of all that the row says, with the bytes of its file."""
    document_id: UUID | None = Field(default=None, foreign_key="woo_document.id", index=True)
    """The document that is there already, or the one that was made."""
    outcome: RowOutcome | None = Field(default=None, sa_type=enum_type(RowOutcome))
    problem: str = columns.text()
    """Why it was skipped, or what a person should know."""


cleaning.PLACES += [
    cleaning.Place(DocumentImportRow, column, "document_id") for column in ("name", "planned", "notes", "problem")
]


def left_open(session: Session, called: str) -> Sequence[DocumentImport]:
    """Imports of a list by a command that never came to their end."""
    open_ones = (
        DocumentImport.file_name == called,
        DocumentImport.kept == "",
        DocumentImport.state != ImportState.DONE,
    )
    return session.exec(select(DocumentImport).where(*open_ones).order_by(col(DocumentImport.created_at))).all()


Counts = Mapping[tuple[RowKind, RowOutcome | None], int]


def counts(session: Session, made: DocumentImport) -> Counts:
    """How many rows there are of each kind, with each outcome."""
    query = (
        select(DocumentImportRow.kind, DocumentImportRow.outcome, func.count())
        .where(DocumentImportRow.import_id == made.id)
        .group_by(col(DocumentImportRow.kind), col(DocumentImportRow.outcome))
    )
    found: Any = session.exec(query)
    return {(kind, outcome): number for kind, outcome, number in found}


def count_noted(session: Session, made: DocumentImport) -> int:
    """How many rows have a value that was changed, guessed or kept."""
    query = select(func.count()).where(DocumentImportRow.import_id == made.id, col(DocumentImportRow.noted) > 0)
    return session.exec(query).one()


def rows_of(session: Session, made: DocumentImport, kind: RowKind | None, *, page: int) -> Sequence[DocumentImportRow]:
    """A page (from 1) of the rows of a kind, in the order of the list; without a kind those with notes."""
    which = DocumentImportRow.kind == kind if kind else col(DocumentImportRow.noted) > 0
    query = select(DocumentImportRow).where(DocumentImportRow.import_id == made.id, which)
    query = query.order_by(col(DocumentImportRow.position)).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)
    return session.exec(query).all()


def all_rows(session: Session, made: DocumentImport) -> Sequence[DocumentImportRow]:
    """All rows in the order of the list."""
    query = select(DocumentImportRow).where(DocumentImportRow.import_id == made.id)
    return session.exec(query.order_by(col(DocumentImportRow.position))).all()


def to_do(session: Session, made: DocumentImport) -> Sequence[UUID]:
    """The rows that must still be carried out, in the order of the list."""
    kinds = [RowKind.NEW, RowKind.CHANGE] if made.takes_changes else [RowKind.NEW]
    query = select(DocumentImportRow.id).where(
        DocumentImportRow.import_id == made.id,
        col(DocumentImportRow.kind).in_(kinds),
        col(DocumentImportRow.outcome).is_(None),
    )
    return session.exec(query.order_by(col(DocumentImportRow.position))).all()


def to_attach(session: Session, made: DocumentImport) -> Sequence[UUID]:
    """The rows whose documents are in the register, and are an attachment to another one."""
    query = select(DocumentImportRow.id, DocumentImportRow.planned).where(
        DocumentImportRow.import_id == made.id,
        col(DocumentImportRow.outcome).is_not(None),
        col(DocumentImportRow.planned).is_not(None),
    )
    found = session.exec(query.order_by(col(DocumentImportRow.position)))
    return [row_id for row_id, planned in found if planned and planned.get("attachment_to")]
