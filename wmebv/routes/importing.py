"""Reading a list of products: start from ours, the official one or an own one; choose, see what it does, then do it."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import clock, http, jobs, originals, reading_in, sheets, values
from core.accounts.services import Person
from core.content import Part
from core.errors import BadInput, Failed, RuleViolation
from core.folder import Folder
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
from core.web.pages import dutch_moment, dutch_number, redirect
from core.web.security import ReadSession, TypedForm, WriteSession, database
from core.web.uploads import OnlySheet, OurFolder
from wmebv import imports, labels, product_list, services
from wmebv.duties import Scope
from wmebv.forms import CHANNEL_LABELS, MESSAGE_LABELS, PRODUCT_LABELS
from wmebv.importer import Column, ImportNote, Layout, ProductRow, ProductsResult, is_official_list, read_upl
from wmebv.imports import ListSource, ListState, ProductImport
from wmebv.reading import asked
from wmebv.routes.shared import HOME, Editor, show
from wmebv.services import Difference, ImportedRow, ImportOutcome, Outcome

router = APIRouter(prefix="/inlezen")
ADDRESS = "/wmebv/inlezen/"
LISTS = ("Producten inlezen", ADDRESS)
ACCEPT = ".xlsx,.ods,.xls,.csv"
PAGE_SIZE = 100
DIFFERENCES, NOTED = "verschillen", "waarden"
SHOWN: Mapping[str, str] = {
    "nieuw": "Nieuw",
    "aangevuld": "Wordt aangevuld",
    DIFFERENCES: "Anders dan wat er staat",
    NOTED: "Veranderde waarden",
    "zelfde": "Staat er al",
    "overgeslagen": "Overgeslagen",
}
OUTCOMES = {
    "nieuw": Outcome.ADDED,
    "aangevuld": Outcome.COMPLETED,
    "zelfde": Outcome.UNCHANGED,
    "overgeslagen": Outcome.SKIPPED,
}
CHOOSABLE = frozenset({"nieuw", "aangevuld"})
FILE_LABELS = {
    "file": Labels(
        "Uw lijst, of de officiële lijst",
        "Een rekenblad (xlsx, ods, xls of csv) met een rij per product, bericht of kanaal. Of de lijst 'UPL-actueel' "
        "als csv. Er wordt nog niets opgeslagen als product.",
        required=True,
    )
}


class FileInput(Part):
    """The form of an upload; the file itself is no text."""


@router.get("/")
def list_page(request: Request, session: ReadSession, person: Editor, folder: OurFolder) -> Response:
    return _list_page(request, session, person, folder, _empty())


@router.post("/")
def upload_list(request: Request, person: Editor, upload: OnlySheet, folder: OurFolder) -> Response:
    """What takes long, reading and keeping, is done before the write lock is taken."""
    source, form = database(request), _empty()
    content = upload.source.read(sheets.MAX_BYTES + 1) if upload.source else b""
    try:
        made = _opened(request, person, folder, content, upload.name)
    except BadInput as refused:
        form.errors["file"] = refused.message
        with source.read(person.organisation_id) as session:
            return _list_page(request, session, person, folder, form, status_code=422)
    return redirect(f"{_address(made)}kolommen")


@router.post("/voorbeelden")
def start_examples(session: WriteSession, person: Editor) -> Response:
    called = "120 voorbeelden van producten"
    return redirect(_address(services.open_list(session, ListSource.STARTER, file_name=called, actor=person.actor)))


@router.post("/upl")
def fetch_official(request: Request, person: Editor, folder: OurFolder) -> Response:
    """Fetch the official list from the address in the settings."""
    try:
        called = f"UPL van {clock.written(clock.today())}"
        made = _opened(request, person, folder, _fetched(folder.settings.upl_url), called, official=True)
    except (BadInput, Failed) as refused:
        form = _empty()
        form.errors["file"] = refused.message
        with database(request).read(person.organisation_id) as session:
            return _list_page(request, session, person, folder, form, status_code=422)
    return redirect(_address(made))


def _fetched(address: str) -> bytes:
    if not address:
        raise BadInput("Er is geen adres van de officiële lijst ingesteld. Upload de lijst zelf.")
    answer = http.get(address, max_bytes=sheets.MAX_BYTES, is_patient=False)
    if answer.status != HTTPStatus.OK:
        raise BadInput(f"De officiële lijst staat niet op {address} (antwoord {answer.status}). Upload hem zelf.")
    return answer.content


def _opened(
    request: Request, person: Person, folder: Folder, content: bytes, name: str, *, official: bool = False
) -> ProductImport:
    if not name:
        raise BadInput("Kies eerst een bestand.")
    found = sheets.read(content, name)
    place, uris, source = ("", 0), frozenset[str](), ListSource.OFFICIAL
    if official or is_official_list(found):
        uris = frozenset(row.upl_uri for row in read_upl(found).products)
    else:
        source, layout = ListSource.OWN, product_list.layout(found)
        place = (layout.sheet.name, layout.top + 1)
    kept = originals.keep(folder, content)
    with database(request).write(person.organisation_id) as session:
        return services.open_list(
            session, source, file_name=name, kept=kept, place=place, uris=uris, actor=person.actor
        )


def _list_page(
    request: Request,
    session: Session,
    person: Person,
    folder: Folder,
    form: Form[FileInput],
    *,
    status_code: int = 200,
) -> Response:
    return show(
        request,
        "imports.html",
        person,
        "Producten inlezen",
        [HOME, LISTS],
        status_code=status_code,
        form=form,
        accept=ACCEPT,
        has_address=bool(folder.settings.upl_url),
        headings=[product_list.label_of(name) for name in product_list.columns()],
        rows=[
            [
                Cell(made.file_name, _address(made)),
                made.started_by,
                dutch_moment(made.created_at),
                Cell(badge="bezig" if reading_in.is_running(session, made) else made.state.value),
                ", ".join(f"{dutch_number(number)} {word}" for word, number in _told(made) if number) or "-",
            ]
            for made in reading_in.newest(session, ProductImport)
        ],
    )


_RESULT = {
    "added": "Toegevoegd",
    "completed": "Aangevuld",
    "unchanged": "Stond er al",
    "message_types": "Berichten toegevoegd",
    "channels": "Kanalen toegevoegd",
}


def _told(made: ProductImport) -> list[tuple[str, int]]:
    return [(label.lower(), made.result.get(name, 0)) for name, label in _RESULT.items()]


def _address(made: ProductImport) -> str:
    return f"{ADDRESS}{made.id}/"


def _empty() -> Form[FileInput]:
    return Form(FileInput, Typed(), FILE_LABELS)


# --- columns ---------------------------------------------------------------------------------------------------------


@router.get("/{import_id}/kolommen")
def columns_page(
    request: Request, session: ReadSession, person: Editor, import_id: UUID, folder: OurFolder
) -> Response:
    made = reading_in.find(session, ProductImport, import_id)
    if not _may_choose_columns(session, made):
        return redirect(_address(made))
    return _columns_page(request, session, person, folder, made)


@router.post("/{import_id}/blad")
def choose_place(
    request: Request, session: WriteSession, person: Editor, import_id: UUID, typed: TypedForm, folder: OurFolder
) -> Response:
    made = reading_in.find(session, ProductImport, import_id)

    def take(sheet: str, row: int) -> None:
        product_list.layout(imports.sheets_of(folder, made), sheet=sheet, heading_row=row)
        services.choose_place(session, made, sheet, row, actor=person.actor)

    form = place_typed(typed, take)
    if form is None:
        return redirect(f"{_address(made)}kolommen")
    return _columns_page(request, session, person, folder, made, place=form, status_code=422)


@router.post("/{import_id}/kolommen")
def choose_columns(request: Request, person: Editor, import_id: UUID, typed: TypedForm, folder: OurFolder) -> Response:
    """Reading takes a while for a large list, so the write lock is taken only after that."""
    source = database(request)
    with source.read(person.organisation_id) as session:
        made = reading_in.find(session, ProductImport, import_id)
        fields = {column.heading: _field(typed, column) for column in _layout(folder, made).columns}
        if not {"productnaam", "UPL-naam"} & set(fields.values()):
            problem = "Zeg in welke kolom de naam van het product staat."
            return _columns_page(
                request, session, person, folder, made, chosen=fields, problem=problem, status_code=422
            )
    with source.write(person.organisation_id) as session:
        services.choose_columns(session, reading_in.find(session, ProductImport, import_id), fields, actor=person.actor)
    return redirect(_address(made))


def _field(typed: Typed, column: Column) -> str | None:
    named = typed.value(f"column-{column.index}")
    return named if named in product_list.columns() else None


def _layout(folder: Folder, made: ProductImport, mapping: Mapping[str, str | None] | None = None) -> Layout:
    found = imports.sheets_of(folder, made)
    return product_list.layout(found, mapping=mapping, sheet=made.sheet, heading_row=made.heading_row)


def _may_choose_columns(session: Session, made: ProductImport) -> bool:
    is_own = made.source is ListSource.OWN and made.state is not ListState.DONE
    return is_own and bool(made.kept) and not reading_in.is_running(session, made)


def _columns_page(
    request: Request,
    session: Session,
    person: Person,
    folder: Folder,
    made: ProductImport,
    *,
    place: Form[PlaceInput] | None = None,
    chosen: Mapping[str, str | None] | None = None,
    problem: str = "",
    status_code: int = 200,
) -> Response:
    read = imports.sheets_of(folder, made)
    plain = product_list.layout(read, sheet=made.sheet, heading_row=made.heading_row)
    known = (
        chosen
        or made.mapping
        or reading_in.mapping_for(session, ProductImport, [column.heading for column in plain.columns])
    )
    found = product_list.layout(read, mapping=known, sheet=made.sheet, heading_row=made.heading_row)
    title = f"Kolommen van {made.file_name}"
    return show(
        request,
        "import_columns.html",
        person,
        title,
        [HOME, LISTS, (title, "")],
        status_code=status_code,
        address=_address(made),
        problem=problem,
        known=LAST_TIME if known and not made.chosen and chosen is None else "",
        is_certain=any(column.field for column in found.columns),
        place=place or place_form(found.sheet.name, found.top + 1),
        sheet_names=sheet_names(read),
        columns=[
            shown_column(
                column.index,
                column.heading,
                found.cells(column),
                column.field,
                certainty(column.score, column.field),
            )
            for column in found.columns
        ],
        options=_field_options(),
    )


def _field_options() -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields that a column can fill, by what they are about."""
    groups: dict[str, list[tuple[str, str]]] = {}
    group = "Product"
    for name in product_list.columns():
        group = {"berichttype": "Bericht", "kanaal": "Kanaal", "beoordelaar": "Beoordeling"}.get(name, group)
        is_answer = name[0] in "WZ" and name[1:].isdecimal()
        where = _ANSWERS[asked(name).scope] if is_answer else group
        groups.setdefault(where, []).append((name, product_list.label_of(name)))
    return list(groups.items())


_ANSWERS = {
    Scope.PRODUCT: "Vragen over het product",
    Scope.MESSAGE: "Vragen over het bericht",
    Scope.OUTGOING: "Vragen over een bericht van de gemeente",
    Scope.CHANNEL: "Vragen over het kanaal",
}


# --- what would come of it, and what came of it ----------------------------------------------------------------------


@router.get("/{import_id}/")
def import_page(
    request: Request,
    session: ReadSession,
    person: Editor,
    import_id: UUID,
    folder: OurFolder,
    toon: str = "",
    zoek: str = "",
    team: str = "",
    pagina: str = "1",
) -> Response:
    made = reading_in.find(session, ProductImport, import_id)
    if made.state is ListState.COLUMNS:
        return redirect(f"{_address(made)}kolommen")
    filters = {"toon": toon, "zoek": zoek, "team": team}
    return _import_page(request, session, person, folder, made, filters=filters, number=whole_number(pagina))


@router.post("/{import_id}/kiezen")
def choose_rows(request: Request, person: Editor, import_id: UUID, typed: TypedForm, folder: OurFolder) -> Response:
    """Keep which of the rows that were shown are read in; with `alles` or `niets` all that the filter finds."""
    source = database(request)
    filters = {name: typed.value(name) for name in ("toon", "zoek", "team")}
    with source.read(person.organisation_id) as session:
        made = reading_in.find(session, ProductImport, import_id)
        found = _looked_at(session, folder, made)
    every = [row.row for row in found.result.products]
    if how := typed.value("hoe"):
        among = [row.row for row in found.rows_of(filters["toon"], filters["zoek"], filters["team"])]
        picked = among if how == "alles" else []
    else:
        among, picked = list(_numbers(typed, "getoond")), list(_numbers(typed, "rij"))
    with source.write(person.organisation_id) as session:
        services.choose_rows(
            session,
            reading_in.find(session, ProductImport, import_id),
            among=among,
            picked=picked,
            every=every,
            actor=person.actor,
        )
    return redirect(_with(_address(made), filters | {"pagina": typed.value("pagina")}), "opgeslagen")


@router.post("/{import_id}/overnemen")
def choose_values(session: WriteSession, person: Editor, import_id: UUID, typed: TypedForm) -> Response:
    made = reading_in.find(session, ProductImport, import_id)
    services.choose_values(session, made, among=typed.values("getoond"), taken=typed.values("neem"), actor=person.actor)
    return redirect(_with(_address(made), {"toon": DIFFERENCES, "pagina": typed.value("pagina")}), "opgeslagen")


@router.post("/{import_id}/start")
def start_import(
    request: Request, session: WriteSession, person: Editor, import_id: UUID, typed: TypedForm, folder: OurFolder
) -> Response:
    """Read in what was chosen; `bekijk` only shows it again with or without what usually comes along."""
    made, generate = reading_in.find(session, ProductImport, import_id), bool(typed.value("erbij"))
    try:
        if typed.value("bekijk"):
            services.choose_company(session, made, generate=generate, actor=person.actor)
            return redirect(_address(made), "opgeslagen")
        services.start_list(session, made, generate=generate, actor=person.actor)
    except RuleViolation as refused:
        return _import_page(request, session, person, folder, made, problem=refused.message, status_code=422)
    return redirect(_address(made), "gestart")


@router.post("/{import_id}/sluiten")
def close_import(session: WriteSession, person: Editor, import_id: UUID, folder: OurFolder) -> Response:
    made = reading_in.find(session, ProductImport, import_id)
    services.close_list(session, made, actor=person.actor)
    services.forget_file(session, folder, made)
    return redirect(ADDRESS, "opgeslagen")


def _numbers(typed: Typed, name: str) -> Iterable[int]:
    return (int(text) for text in typed.values(name) if text.isascii() and text.isdecimal() and len(text) < 8)


def _with(address: str, filters: Mapping[str, str]) -> str:
    asked_for = urlencode({name: value for name, value in filters.items() if value})
    return f"{address}?{asked_for}" if asked_for else address


class _Looked:
    """A list as it was read, with what it would do now."""

    def __init__(self, result: ProductsResult, outcome: ImportOutcome, *, knows_uris: bool) -> None:
        self.result, self.outcome, self.knows_uris = result, outcome, knows_uris
        self.said: Mapping[int, ProductRow] = {row.row: row for row in result.products}

    @property
    def says_uris(self) -> bool:
        return any(column.field == "UPL-URI" for column in self.result.layout.columns)

    def rows_of(self, shown: str, search: str = "", team: str = "") -> list[ImportedRow]:
        words = values.fold(search).split()
        return [
            row
            for row in self.outcome.rows
            if row.outcome is OUTCOMES.get(shown)
            and (not team or self.said[row.row].department == team)
            and all(word in values.fold(f"{row.name} {self.said[row.row].upl_label}") for word in words)
        ]


def _looked_at(session: Session, folder: Folder, made: ProductImport) -> _Looked:
    official = imports.official_uris(session)
    result = imports.read_list(folder, made, official)
    outcome = services.plan_products(session, result.products, generate=made.generate)
    return _Looked(result, outcome, knows_uris=bool(official))


def _import_page(
    request: Request,
    session: Session,
    person: Person,
    folder: Folder,
    made: ProductImport,
    *,
    filters: Mapping[str, str] | None = None,
    number: int = 1,
    problem: str = "",
    status_code: int = 200,
) -> Response:
    job = reading_in.job_of(session, made)
    title = f"Inlezen van {made.file_name}"
    is_running = job is not None and job.state not in jobs.ENDED
    is_done = made.state is ListState.DONE
    seen: dict[str, Any] = {}
    if not (is_running or is_done):
        asked_for = {"toon": "", "zoek": "", "team": ""} | dict(filters or {})
        seen = _seen(made, _looked_at(session, folder, made), asked_for, number)
    return show(
        request,
        "import.html",
        person,
        title,
        [HOME, LISTS, (title, "")],
        status_code=status_code,
        made=made,
        address=_address(made),
        problem=problem,
        job=job,
        is_running=is_running,
        is_done=is_done,
        may_choose_columns=_may_choose_columns(session, made),
        outcomes=[(label, made.result[name]) for name, label in _RESULT.items() if made.result.get(name)],
        **({"menu": []} | seen),
    )


def _seen(made: ProductImport, found: _Looked, filters: dict[str, str], number: int) -> dict[str, Any]:
    """What the page shows of a list that was not read in yet."""
    by_row = {row.row: row for row in found.outcome.rows}
    notes, differences = found.result.notes, found.outcome.differences
    totals = {name: sum(row.outcome is kind for row in found.outcome.rows) for name, kind in OUTCOMES.items()}
    totals["overgeslagen"] += len(found.result.skipped)
    totals |= {NOTED: len(notes), DIFFERENCES: len(differences)}
    shown = filters["toon"] if filters["toon"] in SHOWN else next((name for name in SHOWN if totals[name]), "nieuw")
    if shown == NOTED:
        rows: list[Any] = [_noted(note, by_row) for note in notes]
    elif shown == DIFFERENCES:
        rows = [_difference(one, made) for one in differences]
    elif shown == "overgeslagen":
        rows = [[one.name, one.row, f"{one.reason[:1].upper()}{one.reason[1:]}."] for one in found.result.skipped]
        rows += [[row.name, row.row, f"{row.reason[:1].upper()}{row.reason[1:]}."] for row in found.rows_of(shown)]
    else:
        rows = [
            _row(row, found.said[row.row], is_picked=made.is_picked(row.row))
            for row in found.rows_of(shown, filters["zoek"], filters["team"])
        ]
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    number = min(max(1, number), pages)
    picked = [
        row
        for row in found.outcome.rows
        if made.is_picked(row.row) and row.outcome in {Outcome.ADDED, Outcome.COMPLETED}
    ]
    takes = {one.row for one in differences if one.key in made.taken and made.is_picked(one.row)}
    return {
        "menu": [
            MenuItem(label, f"{_address(made)}?toon={name}", name == shown, dutch_number(totals[name]))
            for name, label in SHOWN.items()
        ],
        "shown": shown,
        "heading": SHOWN[shown],
        "is_choosable": shown in CHOOSABLE,
        "filters": filters,
        "teams": sorted({(row.department, row.department) for row in found.result.products if row.department}),
        "rows": rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        "total": len(rows),
        "page_number": number,
        "paging": paging(_address(made), filters | {"toon": shown}, number, pages, len(rows)),
        "is_unchecked": shown == NOTED and found.says_uris and not found.knows_uris,
        "to_do": len({row.row for row in picked} | takes),
        "messages": sum(len(row.messages) for row in picked),
    }


def _row(row: ImportedRow, said: ProductRow, *, is_picked: bool) -> Mapping[str, object]:
    """A product that can be chosen, with what would happen to it."""
    told = [f"Berichten erbij: {', '.join(row.messages)}."] if row.messages else []
    told += [f"Cijfers per jaar: {'; '.join(row.figures)}."] if row.figures else []
    if row.reason:
        told.insert(0, f"{row.reason[:1].upper()}{row.reason[1:]}.")
    return {
        "row": row.row,
        "name": row.name,
        "upl": said.upl_label if values.fold(said.upl_label) != values.fold(row.name) else "",
        "number": row.number,
        "team": said.department,
        "audiences": ", ".join(labels.AUDIENCES[one] for one in said.audiences),
        "told": " ".join(told),
        "is_picked": is_picked,
    }


def _noted(note: ImportNote, by_row: Mapping[int, ImportedRow]) -> list[object]:
    name = by_row[note.row].name if note.row in by_row else ""
    became = short(f"{NOTE_WORDS[note.kind]}: {note.became}", 200)
    return [f"{short(name, 60)}, rij {note.row}", note.heading, short(note.value, 200), became]


def _difference(one: Difference, made: ProductImport) -> Mapping[str, object]:
    return {
        "key": one.key,
        "number": one.number or f"rij {one.row}",
        "row": one.row,
        "field": _field_label(one.field, one.channel),
        "ours": short(one.ours, 300),
        "theirs": short(one.theirs, 300),
        "is_taken": one.key in made.taken,
    }


def _field_label(name: str, channel: str) -> str:
    if name[0] in "WZ" and name[1:].isdecimal():
        return f"{name} {getattr(asked(name), 'name', '') or getattr(asked(name), 'label', '')}"
    about, _, plain = name.rpartition(".")
    words = {"": PRODUCT_LABELS, "bericht": MESSAGE_LABELS, "kanaal": CHANNEL_LABELS}[about]
    label = words[plain].label if plain in words else plain
    return f"{label} ({' '.join(filter(None, (about, channel)))})" if about else label
