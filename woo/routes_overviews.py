"""Overviews of Woo art. 3.3a: which there are, what stands in one, and whether the website shows it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import sheets
from core.accounts.services import Person
from core.errors import BadInput, DomainError
from core.web.forms import Form, Labels, Typed
from core.web.pages import page, redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession
from core.web.uploads import OnlySheet
from woo import importer, overviews, permissions, queries, services, views
from woo.content import OverviewContent, OverviewKind

router = APIRouter(prefix="/woo/overzichten")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
Publisher = Annotated[Person, Depends(Allowed(permissions.PUBLISH))]

ADDRESS = "/woo/overzichten/"
STEPS = {
    "tonen": (services.show_overview, "vastgesteld"),
    "bijgewerkt": (services.renew_overview, "opgeslagen"),
    "weghalen": (services.hide_overview, "weggehaald"),
}


@router.get("/")
def show_overviews(request: Request, person: Reader, session: ReadSession) -> Response:
    return page(
        request,
        "woo/overviews.html",
        person=person,
        page_title="Overzichten",
        rows=views.overview_rows(queries.overviews(session)),
    )


@router.get("/{name}")
def show_overview(request: Request, person: Reader, session: ReadSession, name: OverviewKind) -> Response:
    return _overview_page(request, person, session, name)


@router.post("/{name}/inlezen")
def take_overview(
    request: Request, person: Editor, session: WriteSession, upload: OnlySheet, name: OverviewKind
) -> Response:
    if upload.source is None:
        return _overview_page(request, person, session, name, fault="Kies eerst een bestand.")
    try:
        rows = importer.read_overview(name, sheets.read(upload.source.read(), upload.name))
    except BadInput as refused:
        return _overview_page(request, person, session, name, fault=refused.message)
    services.take_overview(session, name, rows, version=upload.typed.number("version"), actor=person.actor)
    return redirect(f"{ADDRESS}{name.value}", "ingelezen")


@router.post("/{name}")
def change_what_is_shown(
    request: Request, person: Publisher, session: WriteSession, typed: TypedForm, name: OverviewKind
) -> Response:
    step, said = STEPS.get(typed.value("knop"), STEPS["tonen"])
    try:
        step(session, name, version=typed.number("version"), actor=person.actor)
    except DomainError as refused:
        return _overview_page(request, person, session, name, fault=refused.message)
    return redirect(f"{ADDRESS}{name.value}", said)


def _overview_page(
    request: Request, person: Person, session: Session, kind: OverviewKind, *, fault: str = ""
) -> Response:
    row = queries.overview_of(session, kind)
    form = overviews.FORMS[kind]
    needed = [column.heading for column in form.columns if column.needed]
    return page(
        request,
        "woo/overview_of.html",
        person=person,
        status_code=422 if fault else 200,
        page_title=f"Overzicht: {form.title}",
        fault=fault,
        about=form,
        kind=kind.value,
        row=row,
        facts=views.overview_facts(row),
        headings=overviews.headings(kind),
        shown=views.overview_cells(row.content),
        columns=[column.heading for column in form.columns],
        needed=needed,
        upload=Form(OverviewContent, Typed(), {"file": Labels("Bestand", views.OVERVIEW_HELP, required=True)}),
        can_edit=person.may(permissions.EDIT),
        can_publish=person.may(permissions.PUBLISH),
    )
