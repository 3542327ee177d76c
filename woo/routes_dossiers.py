"""Dossiers: documents that belong together, and their order."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import clock
from core.accounts.services import Person
from core.errors import Conflict
from core.web.conflicts import conflict_page, settle
from core.web.drafts import DraftForm, form_page
from core.web.forms import Form, Typed, bind, whole_number
from core.web.pages import redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession
from woo import forms, meetings, permissions, queries, services, views
from woo.content import DossierContent

router = APIRouter(prefix="/woo/dossiers")
Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
Publisher = Annotated[Person, Depends(Allowed(permissions.PUBLISH))]
TypedDossier = Annotated[Typed, Depends(DraftForm("Dossier", forms.DOSSIER))]


@router.get("/{public_id}")
def show_dossier(request: Request, public_id: str, person: Reader, session: ReadSession) -> Response:
    dossier = queries.dossier(session, public_id)
    return _dossier_page(request, person, session, public_id, forms.dossier_form(dossier.content()))


@router.post("/{public_id}")
def change_dossier(
    request: Request, public_id: str, person: Editor, session: WriteSession, typed: TypedDossier
) -> Response:
    dossier = queries.dossier(session, public_id)
    meeting = meetings.of_dossier(dossier)
    typed, version = settle(session, typed, meeting)
    form = bind(DossierContent, typed, forms.DOSSIER, require=("title",))
    if form.cleaned is None:
        return _dossier_page(request, person, session, public_id, form, status_code=422)
    says_the_same = form.cleaned == dossier.content()
    try:
        services.change_dossier(session, dossier, form.cleaned, version=version, actor=person.actor)
    except Conflict:
        mine = forms.dossier_form(form.cleaned).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    # By itself only that becomes public which a publisher has seen.
    is_other = not says_the_same and not person.may(permissions.PUBLISH)
    is_held = is_other and services.leave_plans(session, dossier, actor=person.actor)
    return redirect(f"/woo/dossiers/{public_id}", "dossier-niet-gepland" if is_held else "opgeslagen")


@router.post("/{public_id}/volgorde")
def move_document(public_id: str, person: Editor, session: WriteSession, typed: TypedForm) -> Response:
    """One place up or down; the button says which document and which way."""
    way, _, number = typed.value("knop").partition("-")
    services.move_document(
        session,
        queries.dossier(session, public_id),
        whole_number(number),
        up=way == "op",
        version=typed.number("version"),
        actor=person.actor,
    )
    return redirect(f"/woo/dossiers/{public_id}", "opgeslagen")


@router.post("/{public_id}/publiceren")
def publish_dossier(public_id: str, person: Publisher, session: WriteSession) -> Response:
    services.publish_dossier(session, queries.dossier(session, public_id), actor=person.actor)
    return redirect(f"/woo/dossiers/{public_id}", "gepubliceerd")


def _dossier_page(
    request: Request,
    person: Person,
    session: Session,
    public_id: str,
    form: Form[DossierContent],
    *,
    status_code: int = 200,
) -> Response:
    dossier = queries.dossier(session, public_id)
    documents = queries.documents_of(session, dossier)
    return form_page(
        request,
        session,
        "woo/dossier.html",
        person=person,
        status_code=status_code,
        page_title=dossier.title,
        dossier=dossier,
        version=form.typed.number("version") or dossier.version,
        category=views.category_name(dossier.category),
        form=form,
        categories=forms.category_options(),
        documents=views.dossier_rows(documents, clock.today(), queries.check_marks(session, documents)),
        has_changes=services.has_unpublished_dossier(session, dossier),
        can_edit=person.may(permissions.EDIT),
        can_publish=person.may(permissions.PUBLISH),
    )
