"""Reading a list of documents: upload, say what columns hold, see what would come of it, and only then do it."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import filetypes, jobs, originals, reading_in, sheets
from core.accounts.services import Person
from core.content import Part
from core.errors import BadInput, RuleViolation
from core.folder import Folder
from core.sheets import Sheet
from core.web.forms import Form, Labels, Typed, whole_number
from core.web.imports import (
    LAST_TIME,
    NOTE_WORDS,
    PlaceInput,
    certainty,
    place_form,
    place_typed,
    sheet_names,
    short,
    shown_column,
)
from core.web.lists import Cell, MenuItem, paging
from core.web.pages import dutch_moment, dutch_number, page, redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession, database
from core.web.uploads import OnlyFile, OurFolder, Upload
from woo import document_list, forms, imports, permissions, queries, services, views
from woo.document_list import Column, Layout
from woo.import_work import list_of
from woo.imports import DocumentImport, DocumentImportRow, ImportState, RowKind, RowOutcome
from woo.models import Document
from woo.sources import Zipped, list_in

router = APIRouter(prefix="/woo/inlezen")
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
HOME = "/woo/inlezen/"
ACCEPT = ".xlsx,.ods,.xls,.csv,.zip"
NOTED = "waarden"
SHOWN: Mapping[str, str] = {
    RowKind.NEW: "Nieuw",
    RowKind.CHANGE: "Anders dan wat er staat",
    RowKind.SAME: "Staat er al",
    RowKind.REFUSED: "Overgeslagen",
    NOTED: "Veranderde waarden",
}
STATES: Mapping[ImportState, str] = {
    ImportState.COLUMNS: "koppelen",
    ImportState.LOOKING: "bezig",
    ImportState.DECIDING: "nakijken",
    ImportState.DONE: "klaar",
}
FILE_LABELS = {
    "file": Labels(
        "Lijst of zip",
        "Een rekenblad (xlsx, ods, xls of csv) met een rij per document, of een zip met die lijst en de bestanden. "
        "Er wordt nog niets opgeslagen als document.",
        required=True,
    )
}
ARCHIVE_LABELS = {"file": Labels("Zip met bestanden", "Met de namen uit de lijst. Een zip per keer.", required=True)}


class FileInput(Part):
    """The form of an upload; the file itself is no text."""


@router.get("/")
def list_page(request: Request, session: ReadSession, person: Editor) -> Response:
    return _list_page(request, session, person, _empty(FILE_LABELS))


@router.post("/")
def upload_list(request: Request, person: Editor, upload: OnlyFile, folder: OurFolder) -> Response:
    """What takes long, reading and keeping, is done before the write lock is taken."""
    source, form = database(request), _empty(FILE_LABELS)
    try:
        list_name, content = _list_in(upload)
        found = document_list.layout(sheets.read(content, list_name))
    except BadInput as refused:
        form.errors["file"] = refused.message
        with source.read(person.organisation_id) as session:
            return _list_page(request, session, person, form, status_code=422)
    kept, archive = originals.keep(folder, content), _kept(upload, folder) if list_name != upload.name else ""
    with source.write(person.organisation_id) as session:
        made = services.open_import(
            session, file_name=upload.name, list_name=list_name, kept=kept, archive=archive, actor=person.actor
        )
        made.sheet, made.heading_row = found.sheet.name, found.top + 1
        return redirect(f"{_address(made)}kolommen")


def _list_in(upload: Upload) -> tuple[str, bytes]:
    """The name and the bytes of the list that was sent, by itself or in a zip."""
    if upload.source is None:
        raise BadInput("Kies eerst een bestand.")
    if not _is_zip(upload):
        content = upload.source.read(sheets.MAX_BYTES + 1)
        return upload.name, content
    archive = Zipped([upload.source], upload.name)
    name = list_in(archive, upload.name)
    with archive.opened(name) as listed:
        return name, listed.read(sheets.MAX_BYTES + 1)


def _is_zip(upload: Upload) -> bool:
    """By its contents; a workbook is a zip too, but says what it is."""
    if upload.source is None:
        return False
    found = filetypes.recognise_in(upload.source, "")
    upload.source.seek(0)
    return found == "ZIP"


def _kept(upload: Upload, folder: Folder) -> str:
    if upload.source is None:
        return ""
    upload.source.seek(0)
    return originals.keep(folder, upload.source)


def _list_page(
    request: Request, session: Session, person: Person, form: Form[FileInput], *, status_code: int = 200
) -> Response:
    return page(
        request,
        "woo/imports.html",
        person=person,
        status_code=status_code,
        page_title="Documenten inlezen",
        form=form,
        accept=ACCEPT,
        rows=[
            [
                Cell(made.file_name, _address(made)),
                made.started_by,
                dutch_moment(made.created_at),
                Cell(badge="bezig" if reading_in.is_running(session, made) else STATES[made.state]),
                _summary(session, made),
            ]
            for made in reading_in.newest(session, DocumentImport)
        ],
        headings=[", ".join(document_list.HEADINGS[name][:1]) for name in document_list.HEADINGS],
    )


def _summary(session: Session, made: DocumentImport) -> str:
    done = imports.counts(session, made)
    told = {
        "toegevoegd": _sum(done, outcome=RowOutcome.ADDED),
        "gewijzigd": _sum(done, outcome=RowOutcome.CHANGED),
        "overgeslagen": _sum(done, kind=RowKind.REFUSED),
    }
    return ", ".join(f"{dutch_number(number)} {word}" for word, number in told.items() if number) or "-"


def _sum(done: imports.Counts, *, kind: RowKind | None = None, outcome: RowOutcome | None = None) -> int:
    return sum(
        number for (found, became), number in done.items() if kind in {None, found} and outcome in {None, became}
    )


def _address(made: DocumentImport) -> str:
    return f"{HOME}{made.id}/"


def _empty(labels: Mapping[str, Labels]) -> Form[FileInput]:
    return Form(FileInput, Typed(), labels)


# --- columns ---------------------------------------------------------------------------------------------------------


@router.get("/{import_id}/kolommen")
def columns_page(
    request: Request, session: ReadSession, person: Editor, import_id: UUID, folder: OurFolder
) -> Response:
    made = reading_in.find(session, DocumentImport, import_id)
    if not _may_choose_columns(session, made):
        return redirect(_address(made))
    return _columns_page(request, session, person, made, list_of(folder, made))


@router.post("/{import_id}/blad")
def choose_place(
    request: Request, session: WriteSession, person: Editor, import_id: UUID, typed: TypedForm, folder: OurFolder
) -> Response:
    made = reading_in.find(session, DocumentImport, import_id)
    read = list_of(folder, made)

    def take(sheet: str, row: int) -> None:
        document_list.layout(read, sheet=sheet, heading_row=row)
        services.choose_place(session, made, sheet, row, actor=person.actor)

    form = place_typed(typed, take)
    if form is None:
        return redirect(f"{_address(made)}kolommen")
    return _columns_page(request, session, person, made, read, place=form, status_code=422)


@router.post("/{import_id}/kolommen")
def choose_columns(request: Request, person: Editor, import_id: UUID, typed: TypedForm, folder: OurFolder) -> Response:
    """Reading takes a while for a large list, so the write lock is taken only after that."""
    source = database(request)
    with source.read(person.organisation_id) as session:
        made = reading_in.find(session, DocumentImport, import_id)
        read = list_of(folder, made)
        found = document_list.layout(read, sheet=made.sheet, heading_row=made.heading_row)
        fields = {column.heading: _chosen(typed, column) for column in found.columns}
        if "title" not in fields.values():
            problem = "Zeg in welke kolom de titel staat. Zonder titel is er geen document."
            return _columns_page(request, session, person, made, read, chosen=fields, problem=problem, status_code=422)
    with source.write(person.organisation_id) as session:
        services.look_at(session, reading_in.find(session, DocumentImport, import_id), fields, actor=person.actor)
    return redirect(_address(made))


def _chosen(typed: Typed, column: Column) -> str | None:
    named = typed.value(f"column-{column.index}")
    return named if named in document_list.HEADINGS else None


def _may_choose_columns(session: Session, made: DocumentImport) -> bool:
    is_touched = any(outcome for _, outcome in imports.counts(session, made))
    return bool(made.kept) and not is_touched and not reading_in.is_running(session, made)


def _columns_page(
    request: Request,
    session: Session,
    person: Person,
    made: DocumentImport,
    read: Sequence[Sheet],
    *,
    place: Form[PlaceInput] | None = None,
    chosen: Mapping[str, str | None] | None = None,
    problem: str = "",
    status_code: int = 200,
) -> Response:
    plain = document_list.layout(read, sheet=made.sheet, heading_row=made.heading_row)
    known = (
        chosen
        or made.mapping
        or reading_in.mapping_for(session, DocumentImport, [column.heading for column in plain.columns])
    )
    found = document_list.layout(read, mapping=known, sheet=made.sheet, heading_row=made.heading_row)
    return page(
        request,
        "woo/import_columns.html",
        person=person,
        status_code=status_code,
        page_title=f"Kolommen van {made.file_name}",
        address=_address(made),
        problem=problem,
        known=LAST_TIME if known and not made.chosen and chosen is None else "",
        place=place or place_form(found.sheet.name, found.top + 1),
        sheet_names=sheet_names(read),
        columns=[_column(column, found) for column in found.columns],
        options=field_options(),
        is_certain=found.is_certain,
    )


def _column(column: Column, found: Layout) -> Mapping[str, object]:
    sure = certainty(column.score, column.field)
    return shown_column(column.index, column.heading, found.cells(column), column.field, sure)


def field_options() -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """The fields that a column can fill, with their label."""
    pairs = [(name, forms.DOCUMENT[name].label) for name in document_list.HEADINGS]
    named = [(name, "Bestand of adres elders" if name == "file" else label) for name, label in pairs]
    return [("Meest gebruikt", named[:12]), ("Meer gegevens", named[12:])]


# --- what would come of it, and what came of it ----------------------------------------------------------------------


@router.get("/{import_id}/")
def import_page(
    request: Request, session: ReadSession, person: Editor, import_id: UUID, toon: str = "", pagina: str = "1"
) -> Response:
    made = reading_in.find(session, DocumentImport, import_id)
    if made.state is ImportState.COLUMNS:
        return redirect(f"{_address(made)}kolommen")
    return _import_page(request, session, person, made, shown=toon, number=whole_number(pagina))


@router.post("/{import_id}/bestanden")
def add_archive(request: Request, person: Editor, import_id: UUID, upload: OnlyFile, folder: OurFolder) -> Response:
    source, form = database(request), _empty(ARCHIVE_LABELS)
    if not _is_zip(upload):
        form.errors["file"] = "Kies een zip met de bestanden uit de lijst."
    else:
        try:
            Zipped([upload.source] if upload.source else [], upload.name)
        except BadInput as refused:
            form.errors["file"] = refused.message
    if form.errors:
        with source.read(person.organisation_id) as session:
            made = reading_in.find(session, DocumentImport, import_id)
            return _import_page(request, session, person, made, form=form, status_code=422)
    kept = _kept(upload, folder)
    try:
        with source.write(person.organisation_id) as session:
            made = reading_in.find(session, DocumentImport, import_id)
            services.add_archive(session, made, kept, actor=person.actor)
            return redirect(_address(made), "gestart")
    except RuleViolation:
        originals.remove(folder, kept)
        raise


@router.post("/{import_id}/start")
def start_import(
    request: Request, session: WriteSession, person: Editor, import_id: UUID, typed: TypedForm
) -> Response:
    made = reading_in.find(session, DocumentImport, import_id)
    try:
        services.start_import(session, made, takes_changes=bool(typed.value("wijzigingen")), actor=person.actor)
    except RuleViolation as refused:
        return _import_page(request, session, person, made, problem=refused.message, status_code=422)
    return redirect(_address(made), "gestart")


@router.post("/{import_id}/sluiten")
def close_import(
    request: Request, session: WriteSession, person: Editor, import_id: UUID, folder: OurFolder
) -> Response:
    made = reading_in.find(session, DocumentImport, import_id)
    try:
        services.close_import(session, made, actor=person.actor)
    except RuleViolation as refused:
        return _import_page(request, session, person, made, problem=refused.message, status_code=422)
    services.forget_files(session, folder, made)
    return redirect(HOME, "opgeslagen")


def _import_page(
    request: Request,
    session: Session,
    person: Person,
    made: DocumentImport,
    *,
    shown: str = "",
    number: int = 1,
    problem: str = "",
    form: Form[FileInput] | None = None,
    status_code: int = 200,
) -> Response:
    done = imports.counts(session, made)
    totals: dict[str, int] = {kind: _sum(done, kind=kind) for kind in RowKind}
    totals[NOTED] = imports.count_noted(session, made)
    if shown not in SHOWN:
        shown = next((name for name in SHOWN if totals[name]), RowKind.NEW.value)
    pages = max(1, -(-totals[shown] // imports.PAGE_SIZE))
    number = min(max(1, number), pages)
    job = reading_in.job_of(session, made)
    kind = None if shown == NOTED else RowKind(shown)
    rows = imports.rows_of(session, made, kind, page=number)
    return page(
        request,
        "woo/import.html",
        person=person,
        status_code=status_code,
        page_title=f"Inlezen van {made.file_name}",
        made=made,
        address=_address(made),
        problem=problem,
        form=form or _empty(ARCHIVE_LABELS),
        job=job,
        is_running=job is not None and job.state not in jobs.ENDED,
        is_done=made.state is ImportState.DONE,
        is_ready=made.state is ImportState.DECIDING,
        may_choose_columns=_may_choose_columns(session, made),
        new=_waiting(done, RowKind.NEW),
        changes=_waiting(done, RowKind.CHANGE),
        outcomes=[
            ("Toegevoegd als concept", _sum(done, outcome=RowOutcome.ADDED)),
            ("Gewijzigd", _sum(done, outcome=RowOutcome.CHANGED)),
            ("Gelaten zoals het is", _sum(done, outcome=RowOutcome.LEFT)),
        ],
        menu=[
            MenuItem(label, f"{_address(made)}?toon={name}", name == shown, dutch_number(totals[name]))
            for name, label in SHOWN.items()
        ],
        shown=shown,
        heading=SHOWN[shown],
        rows=_noted(rows) if kind is None else _rows(session, rows),
        paging=paging(_address(made), {"toon": shown}, number, pages, totals[shown]),
    )


def _waiting(done: imports.Counts, kind: RowKind) -> int:
    return sum(number for (found, outcome), number in done.items() if found is kind and outcome is None)


def _rows(session: Session, rows: Sequence[DocumentImportRow]) -> list[list[object]]:
    documents = queries.documents_by_id(session, [row.document_id for row in rows if row.document_id])
    return [_row(row, documents.get(row.document_id) if row.document_id else None) for row in rows]


def _row(row: DocumentImportRow, document: Document | None) -> list[object]:
    planned = row.planned or {}
    content = planned.get("content", {})
    title = row.name or "zonder titel"
    address = f"/woo/documenten/{document.id}" if document else ""
    return [
        Cell(title, address),
        row.position,
        short(str(planned.get("dossier", "")) or (document.dossier.title if document else ""), 80) or "-",
        short(str(planned.get("file", "") or content.get("source_url", "")), 80) or "-",
        Cell(_told(row, document), badge=row.outcome.value if row.outcome else ""),
    ]


def _told(row: DocumentImportRow, document: Document | None) -> str:
    """What a person should know of a row: why it was skipped, what would change, what must be done after it."""
    told = [f"{row.problem[:1].upper()}{row.problem[1:]}"] if row.problem else []
    if row.kind is RowKind.CHANGE and row.planned and document and not row.outcome:
        now = document.content()
        told += views.differences(now, services.becomes(now, row.planned["content"]))
    if row.kind is RowKind.NEW and not row.outcome:
        more = f"Nog {row.errors} {'punt' if row.errors == 1 else 'punten'} voor publicatie:"
        told.insert(0, more if row.errors else "Compleet.")
    if row.planned and row.planned.get("is_untried") and not row.outcome:
        told.append("Het adres is nog niet geprobeerd; dat gebeurt bij het publiceren.")
    if row.noted and row.kind is not RowKind.REFUSED:
        told.append(f"{row.noted} {'waarde' if row.noted == 1 else 'waarden'} om na te kijken.")
    return " ".join(told)


def _noted(rows: Sequence[DocumentImportRow]) -> list[list[object]]:
    return [
        [
            short(row.name, 80) or "zonder titel",
            row.position,
            note["heading"],
            short(note["value"], 200),
            f"{NOTE_WORDS[note['kind']]}: {note['became']}",
        ]
        for row in rows
        for note in row.notes
    ]
