"""Closing a finding with a reason, opening it again, and the list of what is closed."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from core.accounts.services import Person
from core.errors import NotFound, RuleViolation
from core.web.drafts import DraftForm, form_page
from core.web.forms import Form, Labels, Typed, bind
from core.web.pages import page, redirect
from core.web.security import Allowed, ReadSession, WriteSession
from register import permissions, queries, services
from register.checks import Finding
from register.models import ProcessingActivity
from register.places import address_of, closed_rows

router = APIRouter(prefix="/register")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Approver = Annotated[Person, Depends(Allowed(permissions.APPROVE))]


class ClosingInput(BaseModel):
    """Why a finding may stay as it is, and until when."""

    model_config = ConfigDict(str_strip_whitespace=True)

    reason: str = Field(max_length=2000)
    until: date


CLOSING_LABELS = {
    "reason": Labels("Waarom mag dit zo blijven", "Dit blijft intern en komt in de geschiedenis.", required=True),
    "until": Labels("Tot en met", "Na deze dag komt de bevinding terug en kijkt u opnieuw.", required=True),
}
TypedClosing = Annotated[Typed, Depends(DraftForm("Bevinding sluiten", CLOSING_LABELS))]


@router.get("/bevindingen/gesloten")
def closed_page(request: Request, session: ReadSession, person: Reader) -> Response:
    return page(
        request,
        "register/closed_list.html",
        person=person,
        page_title="Gesloten met een reden",
        rows=closed_rows(services.closings(session)),
        may_close=person.may(permissions.APPROVE),
    )


@router.post("/bevindingen/gesloten/{closing_id}/openen")
def reopen_finding(session: WriteSession, person: Approver, closing_id: UUID) -> Response:
    closing = services.find_closing(session, closing_id)
    services.reopen_finding(session, closing, actor=person.actor)
    return redirect(f"/register/{closing.subject}/" if closing.subject else "/register/bevindingen", "geopend")


@router.get("/{kenmerk}/bevindingen/{mark}")
def close_page(request: Request, session: ReadSession, person: Approver, kenmerk: str, mark: str) -> Response:
    activity = queries.find(session, kenmerk)
    start = Typed((("until", services.last_day(session).isoformat()),))
    form = Form(ClosingInput, start, CLOSING_LABELS)
    return _close_page(request, session, person, activity, _finding(session, activity, mark), form)


@router.post("/{kenmerk}/bevindingen/{mark}")
def close_finding(
    request: Request, session: WriteSession, person: Approver, kenmerk: str, mark: str, typed: TypedClosing
) -> Response:
    activity = queries.find(session, kenmerk)
    finding = _finding(session, activity, mark)
    form = bind(ClosingInput, typed, CLOSING_LABELS)
    if form.cleaned:
        said = form.cleaned
        try:
            services.close(session, finding, activity, reason=said.reason, until=said.until, actor=person.actor)
        except RuleViolation as refused:
            form.refuse(refused)
        else:
            return redirect(address_of(activity), "bevinding-gesloten")
    return _close_page(request, session, person, activity, finding, form, status_code=422)


def _finding(session: Session, activity: ProcessingActivity, mark: str) -> Finding:
    """The open finding with this mark: of the record alone, or of the record beside all others.

    Raises:
        NotFound: it is not there any more, or its check cannot be closed.
    """
    own = services.findings_of(session, activity)
    if all(one.mark != mark for one in own):
        own = tuple(one for one in services.all_findings(session) if one.subject == activity.kenmerk)
    found = next((one for one in own if one.mark == mark and one.check.closable), None)
    if found is None:
        raise NotFound("Deze bevinding is er niet meer, of kan niet met een reden dicht. Ga terug naar het register.")
    return found


def _close_page(
    request: Request,
    session: Session,
    person: Person,
    activity: ProcessingActivity,
    finding: Finding,
    form: Form[ClosingInput],
    *,
    status_code: int = 200,
) -> Response:
    return form_page(
        request,
        session,
        "register/close.html",
        person=person,
        status_code=status_code,
        page_title="Sluit met een reden",
        form=form,
        activity=activity,
        address=address_of(activity),
        finding=finding,
        furthest=services.last_day(session),
    )
