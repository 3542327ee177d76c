"""Actions: the list, one action, a new one from a finding, and a calendar."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import audit, clock
from core.accounts.services import Person
from core.errors import Conflict, NotFound, RuleViolation
from core.organisations import Party, Team, in_use, the_organisation
from core.papers import WRITERS
from core.sheets import Table
from core.web.conflicts import conflict_page, settle
from core.web.downloads import TableFormat, download, table_download
from core.web.drafts import DraftForm
from core.web.forms import Form, Typed, bind, fill
from core.web.lists import Cell, paging
from core.web.pages import dutch_date, euros, redirect
from core.web.security import ReadSession, WriteSession
from wmebv import actions, labels, meetings, queries, services
from wmebv.actions import ADDRESS
from wmebv.calendar import calendar
from wmebv.content import ActionContent
from wmebv.duties import Duty
from wmebv.forms import ACTION_LABELS, options
from wmebv.models import Action
from wmebv.routes.shared import ACTIONS, HOME, Editor, Reader, show, typed_on

router = APIRouter()
TypedAction = Annotated[Typed, Depends(DraftForm("Actie", ACTION_LABELS))]
HEADINGS = ("Wat moet er gebeuren", "Waarover", "Wie", "Klaar op", "Jaar", "Kosten", "Leverancier", "Status")
REQUIRED = ["title", "status"]


@router.get("/acties/")
def show_actions(
    request: Request,
    session: ReadSession,
    person: Reader,
    zoek: str = "",
    stand: str = actions.OPEN,
    team: str = "",
    jaar: str = "",
    pagina: int = 1,
) -> Response:
    today = clock.today()
    chosen = {"zoek": zoek, "stand": stand, "team": team, "jaar": jaar}
    found = actions.listed(session, today, text=zoek, state=stand, team=team, phase=jaar, page=pagina)
    teams, years = actions.choices(session)
    return show(
        request,
        "actions.html",
        person,
        "Acties",
        [HOME, ACTIONS],
        chosen=chosen,
        headings=HEADINGS,
        lines=[_line(action) for action in found.actions],
        found=found,
        states=list(actions.FILTERS.items()),
        teams=[(name, name) for name in teams],
        years=[(str(year), str(year)) for year in years],
        paging=paging(ADDRESS, chosen, found.page, found.pages, found.total),
    )


@router.get("/acties/lijst.{ending}")
def download_actions(session: WriteSession, person: Reader, ending: TableFormat) -> Response:
    waiting, today = actions.waiting(session), clock.today()
    _note_download(session, person, f"acties.{ending.value}")
    return table_download(_table(waiting), ending, name="acties", made_on=today)


@router.get("/acties/agenda.ics")
def download_calendar(session: WriteSession, person: Reader) -> Response:
    _note_download(session, person, "acties.ics")
    text = calendar(the_organisation(session), actions.waiting(session))
    return download(BytesIO(text.encode()), "acties.ics")


@router.get("/acties/plan.{ending}")
def download_plan(session: WriteSession, person: Reader, ending: str) -> Response:
    writer = WRITERS.get(f".{ending}")
    if writer is None:
        raise NotFound("Dit plan bestaat niet. Kies docx of html.")
    today = clock.today()
    paper = services.draft_plan(session)
    _note_download(session, person, f"plan.{ending}")
    return download(BytesIO(writer(paper)), f"plan-van-aanpak-{today.isoformat()}.{ending}")


@router.get("/acties/nieuw")
@router.get("/acties/nieuw/{duty}/{about}")
def new_action(request: Request, session: ReadSession, person: Editor, duty: str = "", about: str = "") -> Response:
    subject = actions.find_about(session, about) if about else None
    proposal = services.proposed(duty, subject)
    return _form_page(request, session, person, fill(proposal, ACTION_LABELS), duty=duty, about=about)


@router.post("/acties/nieuw")
@router.post("/acties/nieuw/{duty}/{about}")
def add_action(
    request: Request, session: WriteSession, person: Editor, typed: TypedAction, duty: str = "", about: str = ""
) -> Response:
    subject = actions.find_about(session, about) if about else None
    form = bind(ActionContent, typed, ACTION_LABELS, require=REQUIRED)
    if form.cleaned is None:
        return _form_page(request, session, person, form, duty=duty, about=about, status_code=422)
    services.add_action(session, form.cleaned, duty=duty, about=subject, actor=person.actor)
    return redirect(actions.place_of(subject)[1] if about else ADDRESS, "opgeslagen")


@router.get("/acties/{action_id}")
def show_action(request: Request, session: ReadSession, person: Reader, action_id: UUID) -> Response:
    action = actions.find(session, action_id)
    return _form_page(request, session, person, fill(action.content(), ACTION_LABELS), action)


@router.post("/acties/{action_id}")
def change_action(
    request: Request, session: WriteSession, person: Editor, typed: TypedAction, action_id: UUID
) -> Response:
    action = actions.find(session, action_id)
    meeting = meetings.of_action(action)
    typed, version = settle(session, typed, meeting)
    form = bind(ActionContent, typed, ACTION_LABELS, require=REQUIRED)
    if form.cleaned is None:
        return _form_page(request, session, person, form, action, version=version, status_code=422)
    try:
        services.change_action(session, action, form.cleaned, version=version, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _form_page(request, session, person, form, action, version=version, status_code=422)
    except Conflict:
        mine = fill(form.cleaned, ACTION_LABELS).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return redirect(ADDRESS, "opgeslagen")


def _form_page(
    request: Request,
    session: Session,
    person: Person,
    form: Form[ActionContent],
    action: Action | None = None,
    *,
    duty: str = "",
    about: str = "",
    version: int | None = None,
    status_code: int = 200,
) -> Response:
    if action:
        subject = actions.subject_of(action)
    else:
        subject = actions.place_of(actions.find_about(session, about)) if about else ("", "")
    known = queries.rulebook(session).duties.get(action.duty if action else duty)
    title = action.title if action else "Nieuwe actie"
    return show(
        request,
        "action.html",
        person,
        title,
        [HOME, ACTIONS, (title, "")],
        status_code=status_code,
        form_of=session,
        form=form,
        action=action,
        facts=[*_about(*subject, known), *(_told(action) if action else ())],
        version=typed_on(version, action) if action else None,
        statuses=options(labels.ACTION_STATUSES),
        teams=in_use(session, Team),
        suppliers=in_use(session, Party),
    )


def _about(name: str, address: str, duty: Duty | None) -> Iterator[tuple[str, object]]:
    if name:
        yield "Waarover", Cell(name, address)
    if duty:
        yield "Plicht", f"{duty.code} {duty.name}"
        yield "Artikel", duty.cited


def _told(action: Action) -> Iterator[tuple[str, object]]:
    yield "Status", Cell(badge=action.status.value)
    yield "Wie", ", ".join(filter(None, (action.owner, action.team.name if action.team else "")))
    yield "Klaar op", Cell(dutch_date(action.due_on), badge="te laat" if action.is_late(clock.today()) else "")
    yield "Opmerking (intern)", action.remarks
    if action.ended_on:
        yield "Afgerond op", dutch_date(action.ended_on)


def _line(action: Action) -> list[object]:
    return [
        Cell(action.title, f"{ADDRESS}{action.id}"),
        Cell(*actions.subject_of(action)),
        ", ".join(filter(None, (action.owner, action.team.name if action.team else ""))),
        Cell(dutch_date(action.due_on), badge="te laat" if action.is_late(clock.today()) else ""),
        str(action.phase or ""),
        "" if action.cost is None else euros(action.cost),
        action.supplier.name if action.supplier else "",
        Cell(badge=action.status.value),
    ]


def _table(found: Sequence[Action]) -> Table:
    """Everything that waits, for a spreadsheet."""
    headings = ("actie", "plicht", "waarover", "wie", "team", "klaar op", "jaar", "kosten", "leverancier", "status")
    lines = [
        [
            action.title,
            action.duty,
            actions.subject_of(action)[0],
            action.owner,
            action.team.name if action.team else "",
            action.due_on,
            action.phase,
            action.cost,
            action.supplier.name if action.supplier else "",
            action.status.value,
        ]
        for action in found
    ]
    return Table("Acties", headings, lines)


def _note_download(session: Session, person: Person, name: str) -> None:
    audit.note_download(
        session,
        actor=person.actor,
        action="wmebv:action:download",
        subject=("core_organisation", person.organisation_id, "Acties"),
        file=name,
    )
