"""Reading a file into the register: upload, say what columns hold, see what would come of it, and only then do it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import jobs, originals, reading_in, sheets, values
from core.accounts.services import Person
from core.content import Line, Part
from core.errors import BadInput, RuleViolation
from core.folder import Folder
from core.web.forms import Form, Labels, Typed, bind, whole_number
from core.web.imports import (
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
from core.web.uploads import OnlySheet, OurFolder
from register import differences, forms, imports, permissions, services, workbook
from register.content import ActivityContent, Status
from register.importer import Column, Layout, known_paths, layout, national, plan
from register.importer.matching import How
from register.imports import Choice, ColumnMapping, Import, ImportRow, Kind, Outcome, RowKind, State
from register.models import ProcessingActivity
from register.places import address_of, lists_of
from register.services.importing import becomes

router = APIRouter(prefix="/register/inlezen")
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
HOME = "/register/inlezen/"
STEP = 25
"""How many records are put in the register by one transaction: others wait that long for their turn."""
REMARK = ""
"""Choice for a column whose cells are kept as remarks."""
FILE_LABELS = {
    "file": Labels(
        "Bestand",
        f"Een rekenblad (xlsx, ods, xls of csv), ons eigen werkboek, of de export van het AVG-register Rijksoverheid "
        f"(JSON of zip). Hoogstens {sheets.MAX_BYTES // 1_000_000} MB. Er gaat nog niets het register in.",
        required=True,
    )
}
MAPPING_LABELS = {"name": Labels("Naam", required=True)}
STATES: Mapping[State, str] = {
    State.COLUMNS: "kolommen koppelen",
    State.DECIDING: "nakijken",
    State.DONE: "klaar",
}
CHOICES: Mapping[RowKind, Sequence[tuple[Choice | None, str]]] = {
    RowKind.NEW: ((Choice.ADD, "Lees in als concept"), (Choice.LEAVE, "Laat weg")),
    RowKind.PROPOSAL: (
        (None, "Beslis later"),
        (Choice.CHANGE, "Neem de verschillen over"),
        (Choice.ADD, "Voeg toe als nieuwe verwerking"),
        (Choice.LEAVE, "Laat zoals het is"),
    ),
}
HOW_WORDS: Mapping[How, str] = {
    How.KENMERK: "Het kenmerk is gelijk",
    How.NUMBER: "Het nummer is gelijk",
    How.NAME: "De naam is gelijk",
    How.LIKENESS: "De naam lijkt erop",
}
SEVERITIES = ("fouten", "waarschuwingen", "tips")
SHOWN: Mapping[str, str] = {
    RowKind.NEW: "Nieuw",
    RowKind.PROPOSAL: "Voorstellen",
    RowKind.SAME: "Staat er al",
    "waarden": "Veranderde waarden",
    "rijen": "Overgeslagen rijen",
}


class FileInput(Part):
    """The form of an upload; the file itself is no text."""


class MappingInput(Part):
    """A saved mapping; its fields are read beside it."""

    name: Line = ""


# --- all imports -----------------------------------------------------------------------------------------------------


@router.get("/")
def list_page(request: Request, session: ReadSession, person: Editor) -> Response:
    return _list_page(request, session, person, Form(FileInput, Typed(), FILE_LABELS))


@router.post("/")
def upload_file(request: Request, person: Editor, upload: OnlySheet, folder: OurFolder) -> Response:
    form: Form[FileInput] = Form(FileInput, Typed(), FILE_LABELS)
    source = database(request)
    content = upload.source.read() if upload.source else b""
    try:
        with source.read(person.organisation_id) as session:
            looked = _look(session, upload.name, content)
    except BadInput as refused:
        form.errors["file"] = refused.message
        with source.read(person.organisation_id) as session:
            return _list_page(request, session, person, form, status_code=422)
    sha256 = originals.keep(folder, content) if looked.layout else ""
    with source.write(person.organisation_id) as session:
        made = services.open_import(session, file_name=upload.name, kind=looked.kind, sha256=sha256, actor=person.actor)
        if looked.layout is None:
            services.prepare(session, made, looked.rows, looked.told, actor=person.actor)
            return redirect(_address(made))
        made.sheet, made.heading_row = looked.layout.sheet.name, looked.layout.top + 1
        return redirect(f"{_address(made)}kolommen")


@dataclass(frozen=True, slots=True)
class Looked:
    """What an uploaded file is. A spreadsheet has a layout; another file says itself what its fields are."""

    kind: Kind
    layout: Layout | None = None
    rows: Sequence[ImportRow] = ()
    told: Sequence[Mapping[str, object]] = ()


def _look(session: Session, name: str, content: bytes) -> Looked:
    if national.is_json(content):
        kind, (incoming, told) = Kind.NATIONAL, services.incoming_of_export(content, name)
    else:
        read = sheets.read(content, name)
        if workbook.schema_number(read) is None:
            return Looked(Kind.SPREADSHEET, layout(read))
        records = workbook.read(read, lists=lists_of(session))
        kind, (incoming, told) = Kind.OWN, services.incoming_of_workbook(records)
    return Looked(kind, rows=services.compared(session, incoming, kind=kind), told=told)


def _list_page(
    request: Request, session: Session, person: Person, form: Form[FileInput], *, status_code: int = 200
) -> Response:
    return page(
        request,
        "register/imports.html",
        person=person,
        status_code=status_code,
        page_title="Inlezen",
        form=form,
        accept=".xlsx,.ods,.xls,.csv,.json,.zip",
        rows=[
            [
                Cell(made.file_name, _address(made)),
                made.started_by,
                dutch_moment(made.created_at),
                Cell(badge="bezig" if reading_in.is_running(session, made) else STATES[made.state]),
                _summary(session, made),
            ]
            for made in reading_in.newest(session, Import)
        ],
        mappings=[
            [Cell(one.name, f"{HOME}koppelingen/{one.id}"), len(one.pairs), dutch_moment(one.updated_at)]
            for one in imports.mappings_of(session)
        ],
    )


def _summary(session: Session, made: Import) -> str:
    done = imports.counts(session, made)
    outcomes = {
        "toegevoegd": _sum(done, outcome=Outcome.ADDED),
        "gewijzigd": _sum(done, outcome=Outcome.CHANGED),
        "nog open": _sum(done, outcome=None),
    }
    return ", ".join(f"{dutch_number(number)} {word}" for word, number in outcomes.items() if number) or "-"


def _sum(counts: imports.Counts, *, kind: RowKind | None = None, outcome: Outcome | str | None = "") -> int:
    return sum(
        number for (found, _, became), number in counts.items() if kind in {None, found} and outcome in {"", became}
    )


def _address(made: Import) -> str:
    return f"{HOME}{made.id}/"


# --- columns ---------------------------------------------------------------------------------------------------------


@router.get("/{import_id}/kolommen")
def columns_page(
    request: Request, session: ReadSession, person: Editor, import_id: UUID, folder: OurFolder
) -> Response:
    made = reading_in.find(session, Import, import_id)
    if made.kind is not Kind.SPREADSHEET or made.state is State.DONE or services.is_started(session, made):
        return redirect(_address(made))
    found = _layout(session, folder, made)
    return _columns_page(request, session, person, made, found, _all_sheets(folder, made))


@router.post("/{import_id}/blad")
def choose_place(
    request: Request, session: WriteSession, person: Editor, import_id: UUID, typed: TypedForm, folder: OurFolder
) -> Response:
    made = reading_in.find(session, Import, import_id)
    read = _all_sheets(folder, made)

    def take(sheet: str, row: int) -> None:
        layout(read, sheet=sheet, heading_row=row)
        services.choose_place(session, made, sheet, row, actor=person.actor)

    form = place_typed(typed, take)
    if form is None:
        return redirect(f"{_address(made)}kolommen")
    found = _layout(session, folder, made, read)
    return _columns_page(request, session, person, made, found, read, place=form, status_code=422)


@router.post("/{import_id}/kolommen")
def choose_columns(request: Request, person: Editor, import_id: UUID, typed: TypedForm, folder: OurFolder) -> Response:
    """Reading and comparing take a while for a large file, so the write lock is taken only after that."""
    source = database(request)
    with source.read(person.organisation_id) as session:
        made = reading_in.find(session, Import, import_id)
        read = _all_sheets(folder, made)
        found = _layout(session, folder, made, read)
        fields = _chosen(typed, found)
        try:
            made_of_it = plan(read, mapping=fields, sheet=made.sheet, heading_row=made.heading_row)
        except BadInput as refused:
            found = layout(read, mapping=fields, sheet=made.sheet, heading_row=made.heading_row)
            return _columns_page(request, session, person, made, found, read, problem=refused.message, status_code=422)
        rows = services.compared(session, services.incoming_of(made_of_it), kind=made.kind)
    with source.write(person.organisation_id) as session:
        made = reading_in.find(session, Import, import_id)
        services.prepare(session, made, rows, services.told_of(made_of_it), actor=person.actor)
        made.chosen = reading_in.pairs_of(fields)
        services.save_mapping(session, PurePath(made.file_name).stem, fields, actor=person.actor)
    return redirect(_address(made))


def _all_sheets(folder: Folder, made: Import) -> list[sheets.Sheet]:
    return sheets.read(originals.read(folder, made.sha256), made.file_name)


def _layout(session: Session, folder: Folder, made: Import, read: list[sheets.Sheet] | None = None) -> Layout:
    """The columns with what was decided of them, or else what was decided of a file with these headings before."""
    read = read or _all_sheets(folder, made)
    plain = layout(read, sheet=made.sheet, heading_row=made.heading_row)
    headings = [column.heading for column in plain.columns]
    known = made.mapping
    if not known and (saved := imports.mapping_for(session, headings)):
        known = saved.fields
    present = {values.normalise(heading) for heading in headings}
    fitting = {heading: path for heading, path in known.items() if values.normalise(heading) in present}
    return layout(read, mapping=fitting, sheet=made.sheet, heading_row=made.heading_row) if fitting else plain


def _chosen(typed: Typed, found: Layout) -> dict[str, str | None]:
    return {
        column.heading: (path if (path := typed.value(f"column-{column.index}")) in known_paths() else None)
        for column in found.columns
    }


def _columns_page(
    request: Request,
    session: Session,
    person: Person,
    made: Import,
    found: Layout,
    read: Sequence[sheets.Sheet],
    *,
    place: Form[PlaceInput] | None = None,
    problem: str = "",
    status_code: int = 200,
) -> Response:
    saved = imports.mapping_for(session, [column.heading for column in found.columns])
    return page(
        request,
        "register/import_columns.html",
        person=person,
        status_code=status_code,
        page_title=f"Kolommen van {made.file_name}",
        made=made,
        address=_address(made),
        problem=problem,
        known=f", uit de koppeling '{saved.name}'" if saved and not made.chosen else "",
        place=place or place_form(found.sheet.name, found.top + 1),
        sheet_names=sheet_names(read),
        columns=[_column(column, found) for column in found.columns],
        options=field_options(),
        is_certain=found.is_certain,
    )


def _column(column: Column, found: Layout) -> Mapping[str, object]:
    return shown_column(column.index, column.heading, found.cells(column), column.path or REMARK, _certainty(column))


def _certainty(column: Column) -> str:
    return "gekozen" if column.path is None and column.score == 1 else certainty(column.score, column.path)


def field_options() -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """The fields that a column can fill, with their label, by group of the form."""
    listed = values.load("register", "velden")
    groups: dict[str, list[tuple[str, str]]] = {}
    for path in listed.codes:
        if path in known_paths():
            groups.setdefault(str(listed.entry(path)["groep"]), []).append((path, listed.label(path)))
    return list(groups.items())


def label_of(path: str | None) -> str:
    """What a person reads for the field of a column."""
    return values.load("register", "velden").label(path) if path else "Bewaren als opmerking"


# --- what would come of it, and what came of it ----------------------------------------------------------------------


@router.get("/{import_id}/")
def import_page(
    request: Request, session: ReadSession, person: Editor, import_id: UUID, toon: str = "", pagina: str = "1"
) -> Response:
    made = reading_in.find(session, Import, import_id)
    if made.state is State.COLUMNS:
        return redirect(f"{_address(made)}kolommen")
    return _import_page(request, session, person, made, shown=toon, number=whole_number(pagina))


@router.post("/{import_id}/keuzes", dependencies=[Depends(Allowed(permissions.EDIT))])
def choose_rows(session: WriteSession, import_id: UUID, typed: TypedForm) -> Response:
    made = reading_in.find(session, Import, import_id)
    shown = typed.value("toon")
    if typed.value("alles") in set(Choice):
        services.choose_all(session, made, Choice(typed.value("alles")))
    else:
        services.choose(session, made, dict(_choices(typed)))
    number = whole_number(typed.value("pagina")) or 1
    return redirect(f"{_address(made)}?toon={shown if shown in SHOWN else ''}&pagina={number}", "opgeslagen")


def _choices(typed: Typed) -> Sequence[tuple[UUID, tuple[Choice | None, int]]]:
    found = []
    for name, value in typed.pairs:
        kind, _, row = name.partition("-")
        if kind == "keuze" and value in {"", *Choice}:
            try:
                found.append((UUID(row), (Choice(value) if value else None, typed.number(f"versie-{row}"))))
            except ValueError:
                continue
    return found


@router.post("/{import_id}/start")
def start_import(request: Request, session: WriteSession, person: Editor, import_id: UUID) -> Response:
    made = reading_in.find(session, Import, import_id)
    try:
        services.start_import(session, made, actor=person.actor)
    except RuleViolation as refused:
        return _import_page(request, session, person, made, problem=refused.message)
    return redirect(_address(made), "gestart")


@router.post("/{import_id}/sluiten")
def close_import(
    request: Request, session: WriteSession, person: Editor, import_id: UUID, folder: OurFolder
) -> Response:
    made = reading_in.find(session, Import, import_id)
    try:
        services.close_import(session, made, actor=person.actor)
    except RuleViolation as refused:
        return _import_page(request, session, person, made, problem=refused.message)
    originals.remove(folder, made.sha256)
    made.sha256 = ""
    return redirect(HOME, "opgeslagen")


def _import_page(
    request: Request,
    session: Session,
    person: Person,
    made: Import,
    *,
    shown: str = "",
    number: int = 1,
    problem: str = "",
) -> Response:
    done = imports.counts(session, made)
    totals: dict[str, int] = {kind: _sum(done, kind=kind) for kind in RowKind}
    totals["rijen"] = len(made.told)
    totals["waarden"] = sum(many for _, _, many in made.noted)
    if shown not in SHOWN:
        shown = next((name for name in SHOWN if totals[name]), RowKind.NEW.value)
    number = max(1, number)
    pages = max(1, -(-totals[shown] // imports.PAGE_SIZE)) if shown in set(RowKind) else 1
    number = min(number, pages)
    job = reading_in.job_of(session, made)
    rows = imports.rows_of(session, made, RowKind(shown), page=number) if shown in set(RowKind) else ()
    return page(
        request,
        "register/import.html",
        person=person,
        status_code=422 if problem else 200,
        page_title=f"Inlezen van {made.file_name}",
        made=made,
        address=_address(made),
        problem=problem,
        job=job,
        is_running=job is not None and job.state not in jobs.ENDED,
        is_done=made.state is State.DONE,
        may_choose_columns=made.kind is Kind.SPREADSHEET
        and made.state is not State.DONE
        and not services.is_started(session, made),
        to_do=len(imports.to_do(session, made)),
        undecided=_sum({key: many for key, many in done.items() if key[1] is None}, outcome=None),
        outcomes=[
            ("Toegevoegd als concept", _sum(done, outcome=Outcome.ADDED)),
            ("Gewijzigd, nu een concept", _sum(done, outcome=Outcome.CHANGED)),
            ("Gelaten zoals het is", _sum(done, outcome=Outcome.LEFT)),
        ],
        findings=list(zip(SEVERITIES, made.findings, strict=False)),
        menu=[
            MenuItem(label, f"{_address(made)}?toon={name}", name == shown, dutch_number(totals[name]))
            for name, label in SHOWN.items()
        ],
        shown=shown,
        heading=SHOWN[shown],
        page_number=number,
        rows=[_row(session, made, row) for row in rows],
        choices=CHOICES.get(RowKind(shown), ()) if shown in set(RowKind) else (),
        notes=[[heading, NOTE_WORDS.get(kind, kind), many] for heading, kind, many in made.noted],
        told=[
            [f"{one['sheet']}, rij {one['row']}", str(one["reason"]), short(str(one["text"]), 300)] for one in made.told
        ],
        paging=paging(_address(made), {"toon": shown}, number, pages, totals[shown]),
    )


def _row(session: Session, made: Import, row: ImportRow) -> Mapping[str, object]:
    activity = session.get(ProcessingActivity, row.activity_id) if row.activity_id else None
    lists = lists_of(session)
    planned = ActivityContent.model_validate(row.planned) if row.planned else None
    found: Sequence[differences.Difference] = ()
    if planned and activity and row.kind is RowKind.PROPOSAL:
        found = differences.compare(services.content_of(activity), becomes(row, activity, made.kind), lists)
    shown = forms.show(planned, lists) if planned and row.kind is RowKind.NEW else []
    return {
        "id": row.id,
        "name": row.name or "(zonder naam)",
        "where": imports.place_of(row),
        "how": HOW_WORDS[row.how] if row.how else "",
        "activity": activity,
        "is_ended": activity is not None and activity.status is Status.ENDED,
        "address": address_of(activity) if activity else "",
        "version": activity.version if activity else 0,
        "choice": row.choice.value if row.choice else "",
        "outcome": row.outcome.value if row.outcome else "",
        "problem": row.problem,
        "findings": [f"{many} {word}" for many, word in zip(row.findings, SEVERITIES, strict=False) if many],
        "fields": [
            (f"{part.title}: {field.label}" if part.title else field.label, list(field.words))
            for group in shown
            for part in group.parts
            for field in part.fields
            if field.words
        ],
        "differences": [
            [one.title, Cell("; ".join(one.before) or "-"), Cell("; ".join(one.after) or "-")] for one in found
        ],
        "notes": [
            [note["heading"], short(note["value"], 200), f"{NOTE_WORDS[note['kind']]}: {note['became']}"]
            for note in row.notes
        ],
    }


# --- saved mappings --------------------------------------------------------------------------------------------------


@router.get("/koppelingen/{mapping_id}")
def mapping_page(request: Request, session: ReadSession, person: Editor, mapping_id: UUID) -> Response:
    mapping = imports.find_mapping(session, mapping_id)
    return _mapping_page(request, person, mapping, Form(MappingInput, Typed((("name", mapping.name),)), MAPPING_LABELS))


@router.post("/koppelingen/{mapping_id}")
def change_mapping(
    request: Request, session: WriteSession, person: Editor, mapping_id: UUID, typed: TypedForm
) -> Response:
    mapping = imports.find_mapping(session, mapping_id)
    form = bind(MappingInput, typed, MAPPING_LABELS, require=("name",))
    if form.cleaned is None:
        return _mapping_page(request, person, mapping, form, status_code=422)
    fields = {
        heading: (path if (path := typed.value(f"column-{place}")) in known_paths() else None)
        for place, heading in enumerate(mapping.fields)
    }
    services.change_mapping(
        session, mapping, form.cleaned.name, fields, version=typed.number("version"), actor=person.actor
    )
    return redirect(HOME, "opgeslagen")


@router.post("/koppelingen/{mapping_id}/weg")
def remove_mapping(session: WriteSession, person: Editor, mapping_id: UUID) -> Response:
    services.remove_mapping(session, imports.find_mapping(session, mapping_id), actor=person.actor)
    return redirect(HOME, "opgeslagen")


def _mapping_page(
    request: Request, person: Person, mapping: ColumnMapping, form: Form[MappingInput], *, status_code: int = 200
) -> Response:
    return page(
        request,
        "register/import_mapping.html",
        person=person,
        status_code=status_code,
        page_title=f"Koppeling van kolommen: {mapping.name}",
        mapping=mapping,
        address=f"{HOME}koppelingen/{mapping.id}",
        form=form,
        columns=[
            {"index": place, "heading": heading, "path": path or REMARK}
            for place, (heading, path) in enumerate(mapping.fields.items())
        ],
        options=field_options(),
    )


# --- the work itself -------------------------------------------------------------------------------------------------


def import_job(folder: Folder) -> jobs.Handler:
    """The handler that puts the rows in the register, some at a time."""

    def handle(claimed: jobs.Claimed) -> Mapping[str, object]:
        import_id = UUID(claimed.payload["import"])
        with claimed.database.read(claimed.organisation_id) as session:
            waiting = imports.to_do(session, reading_in.find(session, Import, import_id))
        total = claimed.done + len(waiting)
        for start in range(0, len(waiting), STEP):
            part = waiting[start : start + STEP]
            done = claimed.done + start + len(part)
            with claimed.turn(done, total, "Verwerkingen komen in het register.") as session:
                services.carry_out(session, reading_in.find(session, Import, import_id), part, actor=claimed.actor)
        with claimed.step(total, total) as session:
            made = reading_in.find(session, Import, import_id)
            services.end_run(session, made, actor=claimed.actor)
            originals.remove(folder, made.sha256)
            made.sha256 = ""
            message = _summary(session, made)
        return {"message": f"Ingelezen: {message}.", "import": str(import_id)}

    return handle
