"""Working for another municipality in this installation: offering, accepting and ending the link of two records."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlmodel import Session

import register.queries as register
from core.accounts.services import Person
from core.errors import NotFound, RuleViolation
from core.web.forms import Form, Labels, Typed, bind
from core.web.pages import dutch_moment, page, redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession
from register import permissions, processors
from register.processors import LinkState, ProcessorLink, Side

router = APIRouter(prefix="/verwerkersrelaties")
Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Establisher = Annotated[Person, Depends(Allowed(permissions.ESTABLISH))]

HOME = "/verwerkersrelaties/"
LABELS = {
    "activity": Labels("Uw verwerking", required=True),
    "partner": Labels("Andere organisatie", required=True),
}
STATES = {
    LinkState.OFFERED: "wacht op antwoord",
    LinkState.ACCEPTED: "gekoppeld",
    LinkState.REFUSED: "geweigerd",
    LinkState.ENDED: "gestopt",
}


class OfferInput(BaseModel):
    """Which record is offered to whom."""

    activity: str = ""
    partner: str = ""


class AcceptInput(BaseModel):
    """Which record is the other half."""

    activity: str = ""


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    href: str = ""
    badge: str = ""


@router.get("/")
def show_links(request: Request, session: ReadSession, person: Reader) -> Response:
    return _list_page(request, session, person, Form(OfferInput, Typed(), LABELS))


@router.post("/")
def offer_link(request: Request, session: WriteSession, person: Establisher, typed: TypedForm) -> Response:
    _refuse_alone(session)
    form = bind(OfferInput, typed, LABELS, require=("activity", "partner"))
    if form.cleaned is not None:
        activity = register.find(session, form.cleaned.activity)
        try:
            processors.offer(session, activity, to_code=form.cleaned.partner, actor=person.actor)
        except RuleViolation as refused:
            form.errors["activity"] = refused.message
        else:
            return redirect(HOME, "opgeslagen")
    return _list_page(request, session, person, form, status_code=422)


@router.get("/{link_id}")
def show_link(request: Request, session: ReadSession, person: Reader, link_id: UUID) -> Response:
    link = processors.find(session, link_id)
    return _link_page(request, session, person, link, Form(AcceptInput, Typed(), LABELS))


@router.post("/{link_id}/accepteren")
def accept_link(
    request: Request, session: WriteSession, person: Establisher, link_id: UUID, typed: TypedForm
) -> Response:
    link = processors.find(session, link_id)
    form = bind(AcceptInput, typed, LABELS, require=("activity",))
    if form.cleaned is not None:
        activity = register.find(session, form.cleaned.activity)
        try:
            processors.accept(session, link, activity, actor=person.actor)
        except RuleViolation as refused:
            form.errors["activity"] = refused.message
        else:
            return redirect(HOME, "opgeslagen")
    return _link_page(request, session, person, link, form, status_code=422)


@router.post("/{link_id}/stoppen")
def end_link(session: WriteSession, person: Establisher, link_id: UUID) -> Response:
    processors.end(session, processors.find(session, link_id), actor=person.actor)
    return redirect(HOME, "opgeslagen")


def offers(session: Session) -> Sequence[tuple[str, str]]:
    """What another organisation offers and nobody answered yet: a sentence and where to answer."""
    return [
        (f"{side.partner} wil een verwerking koppelen: {side.other_label}", f"{HOME}{side.id}")
        for side in processors.sides(session)
        if side.waits_for_us
    ]


def _refuse_alone(session: Session) -> None:
    """With one organisation there is nothing to link, and nothing to see."""
    if not processors.partners(session):
        raise NotFound("Er is maar één organisatie in deze installatie.")


def _list_page(
    request: Request, session: Session, person: Person, form: Form[OfferInput], *, status_code: int = 200
) -> Response:
    _refuse_alone(session)
    return page(
        request,
        "app/processors.html",
        person=person,
        page_title="Verwerkersrelaties",
        rows=[_row(side) for side in processors.sides(session)],
        form=form,
        activities=[(str(node.id), node.label) for node in register.nodes(session)],
        partners=[(one.code, one.name) for one in processors.partners(session)],
        may_change=person.may(permissions.ESTABLISH),
        status_code=status_code,
    )


def _row(side: Side) -> Sequence[object]:
    return [
        _Cell(side.other_label or "(nog niet gekozen)", f"{HOME}{side.id}"),
        side.partner,
        side.own_label,
        "verwerker" if side.is_processor else "verantwoordelijke",
        STATES[side.state],
        dutch_moment(side.changed_at),
    ]


def _link_page(
    request: Request,
    session: Session,
    person: Person,
    link: ProcessorLink,
    form: Form[AcceptInput],
    *,
    status_code: int = 200,
) -> Response:
    side = processors.side_of(session, link)
    return page(
        request,
        "app/processor.html",
        person=person,
        page_title=f"Koppeling met {side.partner}",
        link=side,
        state=STATES[side.state],
        form=form,
        activities=[(str(node.id), node.label) for node in register.nodes(session)],
        may_change=person.may(permissions.ESTABLISH),
        status_code=status_code,
    )
