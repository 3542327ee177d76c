"""Overviews of Woo art. 3.3a: which there are, what stands in one, and whether the website shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import sheets
from core.accounts.services import Person
from core.errors import BadInput, DomainError, RuleViolation
from core.web.forms import Form, Labels, Typed
from core.web.pages import page, redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession, database
from core.web.uploads import OnlySheet
from woo import importer, overviews, permissions, queries, services, views, views_inspection
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


@dataclass(frozen=True, slots=True)
class SentList:
    """A list that came in, read before anything is locked. `fault` says why it cannot be."""

    version: int
    rows: Sequence[Sequence[str]] = ()
    fault: str = ""


def read_list(person: Editor, upload: OnlySheet, name: OverviewKind) -> SentList:  # noqa: ARG001 - who may, comes first
    version = upload.typed.number("version")
    if upload.source is None:
        return SentList(version, fault="Kies eerst een bestand.")
    try:
        return SentList(version, importer.read_overview(name, sheets.read(upload.source.read(), upload.name)))
    except BadInput as refused:
        return SentList(version, fault=refused.message)


@router.post("/{name}/inlezen")
def take_overview(
    request: Request,
    person: Editor,
    sent: Annotated[SentList, Depends(read_list)],
    session: WriteSession,
    name: OverviewKind,
) -> Response:
    if sent.fault:
        return _overview_page(request, person, session, name, fault=sent.fault)
    services.take_overview(session, name, sent.rows, version=sent.version, actor=person.actor)
    return redirect(f"{ADDRESS}{name.value}", "ingelezen")


def look_first(request: Request, person: Publisher, typed: TypedForm, name: OverviewKind) -> None:
    """Look at a list that is about to become public, as far as that was not done."""
    if typed.value("knop") == "tonen":
        services.look_at_overview(database(request), person.organisation_id, name, actor=person.actor)


@router.post("/{name}")
def change_what_is_shown(
    request: Request,
    person: Publisher,
    _looked: Annotated[None, Depends(look_first)],
    session: WriteSession,
    typed: TypedForm,
    name: OverviewKind,
) -> Response:
    step, said = STEPS.get(typed.value("knop"), STEPS["tonen"])
    try:
        step(session, name, version=typed.number("version"), actor=person.actor)
    except RuleViolation as refused:
        if "inspection" in refused.points:
            return redirect(f"{ADDRESS}{name.value}/controle")
        return _overview_page(request, person, session, name, fault=refused.message)
    except DomainError as refused:
        return _overview_page(request, person, session, name, fault=refused.message)
    return redirect(f"{ADDRESS}{name.value}", said)


def _overview_page(
    request: Request, person: Person, session: Session, kind: OverviewKind, *, fault: str = ""
) -> Response:
    row = queries.overview_of(session, kind)
    form = overviews.FORMS[kind]
    needed = [column.heading for column in form.columns if column.needed]
    kept = queries.kept_overview(session, kind) if row.content.rows else None
    is_public = kept is not None and queries.is_shown(session, kept)
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
        check=views_inspection.check_badge(session, kept, is_shown=is_public) if kept else "",
        facts=views.overview_facts(row),
        headings=overviews.headings(kind),
        shown=views.overview_cells(row.content),
        columns=[column.heading for column in form.columns],
        needed=needed,
        upload=Form(OverviewContent, Typed(), {"file": Labels("Bestand", views.OVERVIEW_HELP, required=True)}),
        can_edit=person.may(permissions.EDIT),
        can_publish=person.may(permissions.PUBLISH),
    )
