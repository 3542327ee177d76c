"""Requests for information: what waits for a decision, how many days are left, and where the documents go."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import clock
from core.accounts.services import Person
from core.errors import Conflict, RuleViolation
from core.organisations import Team, in_use
from core.web.conflicts import conflict_page, settle
from core.web.drafts import DraftForm, form_page
from core.web.forms import Form, Typed, bind, fill
from core.web.pages import page, redirect
from core.web.security import Allowed, ReadSession, WriteSession
from woo import forms, meetings, permissions, queries, services, views
from woo.content import Decision, RequestContent
from woo.queries import RequestRow

router = APIRouter(prefix="/woo/verzoeken")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
TypedRequest = Annotated[Typed, Depends(DraftForm("Woo-verzoek", forms.REQUEST))]

ADDRESS = "/woo/verzoeken/"
OPEN, CLOSED = "open", "besloten"


@router.get("/")
def show_requests(request: Request, person: Reader, session: ReadSession, zoek: str = "", stand: str = "") -> Response:
    is_open = {OPEN: True, CLOSED: False}.get(stand)
    found = queries.requests(session, clock.today(), text=zoek, is_open=is_open)
    return page(
        request,
        "woo/requests.html",
        person=person,
        page_title="Woo-verzoeken",
        rows=views.request_rows(found),
        chosen={"zoek": zoek, "stand": stand},
        stands=[(OPEN, "Wacht op een besluit"), (CLOSED, "Besloten")],
        can_edit=person.may(permissions.EDIT),
    )


@router.get("/nieuw")
def new_request(request: Request, person: Editor, session: ReadSession) -> Response:
    return _form_page(request, person, session, fill(RequestContent(), forms.REQUEST))


@router.post("/nieuw")
def add_request(request: Request, person: Editor, session: WriteSession, typed: TypedRequest) -> Response:
    form = bind(RequestContent, typed, forms.REQUEST)
    if form.cleaned is None:
        return _form_page(request, person, session, form, status_code=422)
    try:
        made = services.add_request(session, form.cleaned, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _form_page(request, person, session, form, status_code=422)
    return redirect(f"{ADDRESS}{made.id}", "opgeslagen")


@router.get("/{request_id}")
def show_request(request: Request, person: Reader, session: ReadSession, request_id: UUID) -> Response:
    row = queries.request(session, request_id, clock.today())
    return _form_page(request, person, session, fill(row.content, forms.REQUEST), row)


@router.post("/{request_id}")
def change_request(
    request: Request, person: Editor, session: WriteSession, typed: TypedRequest, request_id: UUID
) -> Response:
    row = queries.request(session, request_id, clock.today())
    meeting = meetings.of_request(row.request)
    typed, version = settle(session, typed, meeting)
    form = bind(RequestContent, typed, forms.REQUEST)
    if form.cleaned is None:
        return _form_page(request, person, session, form, row, version=version, status_code=422)
    try:
        services.change_request(session, row.request, form.cleaned, version=version, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _form_page(request, person, session, form, row, version=version, status_code=422)
    except Conflict:
        mine = fill(form.cleaned, forms.REQUEST).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return redirect(f"{ADDRESS}{request_id}", "opgeslagen")


@router.post("/{request_id}/dossier")
def open_dossier(person: Editor, session: WriteSession, request_id: UUID) -> Response:
    row = queries.request(session, request_id, clock.today())
    dossier = services.open_dossier(session, row.request, actor=person.actor)
    return redirect(f"/woo/dossiers/{dossier.public_id}", "opgeslagen")


def _form_page(
    request: Request,
    person: Person,
    session: Session,
    form: Form[RequestContent],
    row: RequestRow | None = None,
    *,
    version: int | None = None,
    status_code: int = 200,
) -> Response:
    return form_page(
        request,
        session,
        "woo/request.html",
        person=person,
        status_code=status_code,
        page_title=row.request.audit_label() if row else "Nieuw Woo-verzoek",
        form=form,
        version=version if version is not None else (row.request.version if row else None),
        row=row,
        facts=views.request_facts(row) if row else (),
        findings=views.finding_rows(row.findings, f"{ADDRESS}{row.request.id}") if row else (),
        decisions=[(one.value, one.value.capitalize()) for one in Decision],
        teams=in_use(session, Team),
        can_edit=person.may(permissions.EDIT),
    )
