"""Imports on their way: what a file holds, row by row, until a person decided over each of them.

A row is also the stable key of an import: it gets its outcome in the transaction that changes the register, so work
that was cut off goes on where it was and does no row twice. It tells for ever where in which file a record came from.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Text, func
from sqlmodel import Field, Session, col, select

from core import cleaning, columns, reading_in, values
from core.db import JSON_TYPE, Owned, Record, UtcDateTime, enum_type
from core.errors import NotFound
from core.reading_in import ReadingIn
from register.importer.matching import How

PAGE_SIZE = 20
ALIKE = 0.8
"""Share of headings that a file must have in common with a saved mapping, for it to be proposed."""


class Kind(StrEnum):
    """What kind of file it is. Of a whole record every field counts, also one that was made empty."""

    SPREADSHEET = "rekenblad"
    NATIONAL = "rijksregister"
    OWN = "openboek"


class State(StrEnum):
    COLUMNS = "koppelen"
    DECIDING = "nakijken"
    DONE = "klaar"


class RowKind(StrEnum):
    NEW = "nieuw"
    PROPOSAL = "voorstel"
    SAME = "zelfde"


class Choice(StrEnum):
    """What a person wants with a row."""

    ADD = "toevoegen"
    CHANGE = "wijzigen"
    LEAVE = "laten"


class Outcome(StrEnum):
    ADDED = "toegevoegd"
    CHANGED = "gewijzigd"
    LEFT = "gelaten"
    SAME = "zelfde"


class Import(ReadingIn, table=True):
    """One file that somebody reads into the register."""

    __tablename__ = "register_import"

    kind: Kind = Field(sa_type=enum_type(Kind))
    state: State = Field(sa_type=enum_type(State))
    sha256: str = columns.line(64)
    """Of the stored original, which is gone when nobody needs it any more: then it is empty."""
    told: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON_TYPE)
    """Rows of the file that gave no record: sheet, row, reason, text; `aside` for those that never should."""
    noted: list[list[Any]] = Field(default_factory=list, sa_type=JSON_TYPE)
    """How many values were changed, guessed or kept: heading, kind, number."""
    findings: list[int] = columns.codes()
    """How many errors, warnings and tips the new records would have."""
    prepared_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the rows were compared with the register."""
    is_cleared: bool = False


class ImportRow(Owned, table=True):
    """A record of a file, with what it would be in the register and what became of it."""

    __tablename__ = "register_import_row"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    import_id: UUID = Field(default=None, foreign_key="register_import.id", index=True)
    position: int
    kind: RowKind = Field(sa_type=enum_type(RowKind))
    name: str = columns.line(120)
    sheet: str = columns.line()
    rows: list[int] = columns.codes()
    planned: dict[str, Any] | None = Field(default=None, sa_type=JSON_TYPE)
    """The content as the file has it; None once it is in the register, or was left."""
    notes: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON_TYPE)
    fingerprint: str = Field(max_length=64, index=True)
    activity_id: UUID | None = Field(default=None, foreign_key="register_activity.id", index=True)
    """The record that is there already, or the one that was made."""
    how: How | None = Field(default=None, sa_type=enum_type(How))
    findings: list[int] = columns.codes()
    """How many errors, warnings and tips it would have."""
    choice: Choice | None = Field(default=None, sa_type=enum_type(Choice))
    seen_version: int | None = None
    """The version of the record that the person compared it with."""
    outcome: Outcome | None = Field(default=None, sa_type=enum_type(Outcome))
    problem: str = Field(default="", sa_type=Text)
    """Why a choice could not be carried out; the person decides again."""


cleaning.PLACES += [
    cleaning.Place(ImportRow, column, "activity_id") for column in ("name", "planned", "notes", "problem")
]


class ColumnMapping(Record, table=True):
    """What the columns of a kind of file hold, to propose when a file with those headings comes again."""

    __tablename__ = "register_column_mapping"

    name: str = columns.line()
    pairs: list[list[str | None]] = Field(default_factory=list, sa_type=JSON_TYPE)
    """Heading and path, None for the remarks, in the order of the file."""

    @property
    def fields(self) -> dict[str, str | None]:
        return reading_in.fields_of(self.pairs)


Counts = Mapping[tuple[RowKind, Choice | None, Outcome | None], int]


def counts(session: Session, made: Import) -> Counts:
    """How many rows there are of each kind, with each choice and outcome."""
    query = (
        select(ImportRow.kind, ImportRow.choice, ImportRow.outcome, func.count())
        .where(ImportRow.import_id == made.id)
        .group_by(col(ImportRow.kind), col(ImportRow.choice), col(ImportRow.outcome))
    )
    found: Any = session.exec(query)
    return {(kind, choice, outcome): number for kind, choice, outcome, number in found}


def rows_of(session: Session, made: Import, kind: RowKind | None = None, *, page: int = 0) -> Sequence[ImportRow]:
    """The rows in the order of the file: a page of them (from 1), or all."""
    query = select(ImportRow).where(ImportRow.import_id == made.id)
    if kind:
        query = query.where(ImportRow.kind == kind)
    query = query.order_by(col(ImportRow.position))
    return session.exec(query.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE) if page else query).all()


def to_do(session: Session, made: Import) -> Sequence[UUID]:
    """The rows that a person decided over and that nothing was done with yet."""
    query = select(ImportRow.id).where(
        ImportRow.import_id == made.id, col(ImportRow.choice).is_not(None), col(ImportRow.outcome).is_(None)
    )
    return session.exec(query.order_by(col(ImportRow.position))).all()


def origins_of(session: Session, activity_id: UUID) -> Sequence[str]:
    """From which rows of which files a record came, oldest first, in words."""
    query = (
        select(ImportRow, Import)
        .join(Import, col(Import.id) == ImportRow.import_id)
        .where(ImportRow.activity_id == activity_id, col(ImportRow.outcome).in_([Outcome.ADDED, Outcome.CHANGED]))
        .order_by(col(Import.created_at), col(ImportRow.position))
    )
    return [f"Ingelezen uit {made.file_name}, {place_of(row)}" for row, made in session.exec(query)]


def place_of(row: ImportRow) -> str:
    """Where in its file a row stands: `blad 'Zorg', rij 12`."""
    rows = ", ".join(map(str, row.rows))
    return ", ".join(filter(None, (f"blad '{row.sheet}'" if row.sheet else "", f"rij {rows}" if rows else "")))[:300]


def mappings_of(session: Session) -> Sequence[ColumnMapping]:
    """All saved mappings, by name."""
    return session.exec(select(ColumnMapping).order_by(col(ColumnMapping.name), col(ColumnMapping.id))).all()


def find_mapping(session: Session, mapping_id: UUID) -> ColumnMapping:
    """One saved mapping.

    Raises:
        NotFound: this organisation has no such mapping.
    """
    found = session.exec(select(ColumnMapping).where(ColumnMapping.id == mapping_id)).first()
    if found is None:
        raise NotFound("Deze koppeling van kolommen bestaat niet. Kies er een in de lijst bij Inlezen.")
    return found


def mapping_for(session: Session, headings: Sequence[str]) -> ColumnMapping | None:
    """The saved mapping that has most headings in common with a file, if that is nearly all of them."""
    wanted = {values.normalise(heading) for heading in headings if heading}
    shared = [(_overlap(wanted, one), one) for one in mappings_of(session)]
    best = max(shared, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= ALIKE else None


def _overlap(wanted: set[str], mapping: ColumnMapping) -> float:
    known = {values.normalise(heading) for heading in mapping.fields}
    return len(wanted & known) / len(wanted | known) if wanted | known else 0.0
