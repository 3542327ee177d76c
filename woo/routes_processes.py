"""Processes and documents mapped: where a municipality starts with active publication."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import audit, clock, sheets
from core.accounts.services import Person
from core.errors import BadInput, Conflict, RuleViolation
from core.organisations import System, Team, in_use, the_organisation
from core.sheets import write_csv
from core.web.conflicts import conflict_page, settle
from core.web.downloads import TableFormat, table_download
from core.web.drafts import DraftForm, form_page
from core.web.forms import Form, Labels, Typed, bind, fill
from core.web.pages import page, redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession
from core.web.uploads import OnlySheet
from woo import forms, importer, lists, meetings, permissions, queries, services, views
from woo.content import ProcessContent, ProcessState
from woo.models import MappedProcess
from woo.queries import ProcessFilters

router = APIRouter(prefix="/woo/processen")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
TypedProcess = Annotated[Typed, Depends(DraftForm("Proces", forms.PROCESS))]

ADDRESS = "/woo/processen/"
LONGEST_LIST = 900_000
"""Characters: a form takes a million in one field."""
IMPORT_HELP = (
    "Een rekenblad (xlsx, ods, xls of csv) met een kolom 'proces'. Er wordt nog niets opgeslagen: u ziet eerst wat er "
    "gebeurt."
)
STATES = [(state.value, state.value.capitalize()) for state in ProcessState]


@router.get("/")
def show_processes(
    request: Request,
    person: Reader,
    session: ReadSession,
    zoek: str = "",
    categorie: str = "",
    stand: str = "",
    team: str = "",
) -> Response:
    filters = ProcessFilters(zoek.strip(), categorie, stand, team)
    found = queries.processes(session, filters)
    return page(
        request,
        "woo/processes.html",
        person=person,
        page_title="Processen en documenten",
        filters=filters,
        rows=views.process_rows(found),
        total=len(found),
        volume=sum(one.yearly_volume or 0 for one in found),
        asked=views.process_query(filters),
        states=STATES,
        categories=forms.category_options(),
        teams=[(name, name) for name in in_use(session, Team)],
        formats=[kind.value for kind in TableFormat],
        can_edit=person.may(permissions.EDIT),
    )


@router.get("/lijst.{ending}")
def download_processes(
    ending: TableFormat,
    person: Reader,
    session: WriteSession,
    zoek: str = "",
    categorie: str = "",
    stand: str = "",
    team: str = "",
) -> Response:
    """What the list shows, as a file that `inlezen` takes back."""
    found = queries.processes(session, ProcessFilters(zoek.strip(), categorie, stand, team))
    organisation = the_organisation(session)
    audit.note_download(
        session,
        actor=person.actor,
        action="woo:process:download",
        subject=("core_organisation", organisation.id, organisation.audit_label()),
        file=f"processen.{ending.value}",
    )
    return table_download(views.process_table(found), ending, name="processen", made_on=clock.today())


@router.get("/inlezen")
def ask_for_a_list(request: Request, person: Editor, _session: ReadSession) -> Response:
    return _import_page(request, person)


@router.post("/inlezen")
def look_at_a_list(request: Request, person: Editor, session: ReadSession, upload: OnlySheet) -> Response:
    """Show what a list would do. Nothing is kept: the page itself holds what was read, until a person says yes."""
    if upload.source is None:
        return _import_page(request, person, fault="Kies eerst een bestand.", status_code=422)
    try:
        plan = importer.read_processes(sheets.read(upload.source.read(), upload.name))
    except BadInput as refused:
        return _import_page(request, person, fault=refused.message, status_code=422)
    text = write_csv(views.taken_table(plan.processes)).decode("utf-8-sig")
    if len(text) > LONGEST_LIST:
        fault = "Deze lijst is te lang voor deze pagina. Splits hem, of lees hem in met 'openboek import processes'."
        return _import_page(request, person, fault=fault, status_code=422)
    return _import_page(
        request,
        person,
        name=upload.name,
        text=text,
        rows=views.planned_rows(services.plan_processes(session, plan.processes)),
        skipped=[(skipped.row, skipped.reason) for skipped in plan.skipped],
        unknown=[column.heading for column in plan.columns if column.heading and not column.field],
    )


@router.post("/inlezen/overnemen")
def take_a_list(request: Request, person: Editor, session: WriteSession, typed: TypedForm) -> Response:
    plan = importer.read_processes(sheets.read(typed.value("lijst").encode(), "lijst.csv"))
    if plan.skipped:
        return _import_page(
            request, person, fault="Deze lijst is veranderd. Kies het bestand opnieuw.", status_code=422
        )
    services.take_processes(session, plan.processes, actor=person.actor)
    return redirect(ADDRESS, "ingelezen")


def _import_page(request: Request, person: Person, *, status_code: int = 200, **shown: Any) -> Response:  # noqa: ANN401
    context = {"fault": "", "name": "", "text": "", "rows": (), "skipped": (), "unknown": ()} | shown
    return page(
        request,
        "woo/processes_import.html",
        person=person,
        status_code=status_code,
        page_title="Processen inlezen",
        form=Form(ProcessContent, Typed(), {"file": Labels("Bestand", IMPORT_HELP, required=True)}),
        **context,
    )


@router.get("/nieuw")
def new_process(request: Request, person: Editor, session: ReadSession, categorie: str = "") -> Response:
    start = ProcessContent(category=categorie if categorie in lists.categories() else "")
    return _form_page(request, person, session, fill(start, forms.PROCESS))


@router.post("/nieuw")
def add_process(request: Request, person: Editor, session: WriteSession, typed: TypedProcess) -> Response:
    form = bind(ProcessContent, typed, forms.PROCESS, require=("process",))
    if form.cleaned is None:
        return _form_page(request, person, session, form, status_code=422)
    try:
        services.add_process(session, form.cleaned, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _form_page(request, person, session, form, status_code=422)
    again = f"nieuw?categorie={form.cleaned.category}" if typed.value("knop") == "nog-een" else ""
    return redirect(ADDRESS + again, "opgeslagen")


@router.get("/{process_id}")
def show_process(request: Request, person: Reader, session: ReadSession, process_id: UUID) -> Response:
    process = queries.process(session, process_id)
    return _form_page(request, person, session, fill(process.content(), forms.PROCESS), process)


@router.post("/{process_id}")
def change_process(
    request: Request, person: Editor, session: WriteSession, typed: TypedProcess, process_id: UUID
) -> Response:
    process = queries.process(session, process_id)
    meeting = meetings.of_process(process)
    typed, version = settle(session, typed, meeting)
    form = bind(ProcessContent, typed, forms.PROCESS, require=("process",))
    if form.cleaned is None:
        return _form_page(request, person, session, form, process, version=version, status_code=422)
    try:
        services.change_process(session, process, form.cleaned, version=version, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _form_page(request, person, session, form, process, version=version, status_code=422)
    except Conflict:
        mine = fill(form.cleaned, forms.PROCESS).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return redirect(ADDRESS, "opgeslagen")


@router.post("/{process_id}/weg")
def remove_process(person: Editor, session: WriteSession, typed: TypedForm, process_id: UUID) -> Response:
    process = queries.process(session, process_id)
    services.remove_process(session, process, version=typed.number("version"), actor=person.actor)
    return redirect(ADDRESS, "verwijderd")


def _form_page(
    request: Request,
    person: Person,
    session: Session,
    form: Form[ProcessContent],
    process: MappedProcess | None = None,
    *,
    version: int | None = None,
    status_code: int = 200,
) -> Response:
    return form_page(
        request,
        session,
        "woo/process.html",
        person=person,
        status_code=status_code,
        page_title=process.audit_label() if process else "Nieuw proces",
        form=form,
        version=version if version is not None else (process.version if process else None),
        process=process,
        states=STATES,
        categories=forms.category_options(),
        kinds=[label for _, label in lists.options(lists.KINDS)],
        systems=in_use(session, System),
        teams=in_use(session, Team),
        facts=views.process_facts(process) if process else (),
        can_edit=person.may(permissions.EDIT),
    )
