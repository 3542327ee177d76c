"""What is said about a record: offering it with a note, sending it back with a question, and remarks of the FG."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field
from sqlmodel import Session

from core.accounts.services import Person
from core.content import Part, Text
from core.errors import RuleViolation
from core.web.drafts import DraftForm, form_page
from core.web.forms import Form, Labels, Typed, bind
from core.web.pages import dutch_moment, redirect
from core.web.security import Allowed, ReadSession, WriteSession
from register import permissions, queries, remarks, services
from register.models import ProcessingActivity
from register.places import address_of
from register.remarks import Remark

router = APIRouter(prefix="/register")

Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
Approver = Annotated[Person, Depends(Allowed(permissions.APPROVE))]
Officer = Annotated[Person, Depends(Allowed(permissions.REMARK))]


class RemarkInput(Part):
    """A remark, or the answer to one."""

    text: Text = ""


class NoteInput(RemarkInput):
    """What is said with a step."""

    text: Annotated[str, Field(max_length=1000)] = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that asks for one text."""

    title: str
    lead: str
    label: Labels
    button: str
    model: type[RemarkInput]
    notice: str = "opgeslagen"

    @property
    def labels(self) -> dict[str, Labels]:
        return {"text": self.label}


SUBMIT = Asked(
    "Ter controle aanbieden",
    "De privacy officer kijkt de verwerking na. Daarna wordt die goedgekeurd, of u krijgt een vraag terug.",
    Labels("Waar moet de privacy officer op letten?", "Bijvoorbeeld wat u niet zeker weet."),
    "Bied aan",
    NoteInput,
    "aangeboden",
)
SEND_BACK = Asked(
    "Terugsturen met een vraag",
    "De verwerking wordt weer een concept. Uw vraag staat bovenaan de pagina van de verwerking.",
    Labels("Wat wilt u weten, of wat moet er anders?", required=True),
    "Stuur terug",
    NoteInput,
)
REMARK = Asked(
    "Opmerking van de FG",
    "De privacy officer ziet uw opmerking op de werklijst en kan ernaast antwoorden. Wat u eerder schreef, blijft in "
    "het logboek.",
    Labels("Uw opmerking", "Blijft intern. Alleen u kunt deze tekst wijzigen.", required=True),
    "Bewaar opmerking",
    RemarkInput,
)
ANSWER = Asked(
    "Antwoord aan de FG",
    "Uw antwoord komt naast de opmerking. De opmerking zelf kunt u niet wijzigen.",
    Labels("Uw antwoord", "De FG leest dit en sluit daarna de opmerking.", required=True),
    "Bewaar antwoord",
    RemarkInput,
)

TypedSubmit = Annotated[Typed, Depends(DraftForm(SUBMIT.title, SUBMIT.labels))]
TypedBack = Annotated[Typed, Depends(DraftForm(SEND_BACK.title, SEND_BACK.labels))]
TypedRemark = Annotated[Typed, Depends(DraftForm(REMARK.title, REMARK.labels))]
TypedAnswer = Annotated[Typed, Depends(DraftForm(ANSWER.title, ANSWER.labels))]


@router.get("/{kenmerk}/aanbieden")
def submit_page(request: Request, session: ReadSession, person: Editor, kenmerk: str) -> Response:
    activity = queries.find(session, kenmerk)
    return _page(request, session, person, activity, SUBMIT, version=activity.version)


@router.post("/{kenmerk}/aanbieden")
def submit(request: Request, session: WriteSession, person: Editor, kenmerk: str, typed: TypedSubmit) -> Response:
    activity = queries.find(session, kenmerk)

    def keep(note: str, version: int) -> None:
        services.submit(session, activity, note=note, actor=person.actor, version=version)

    return _take(request, session, person, activity, SUBMIT, typed, keep)


@router.get("/{kenmerk}/terugsturen")
def send_back_page(request: Request, session: ReadSession, person: Approver, kenmerk: str) -> Response:
    activity = queries.find(session, kenmerk)
    return _page(request, session, person, activity, SEND_BACK, version=activity.version, quotes=_said(activity))


@router.post("/{kenmerk}/terugsturen")
def send_back(request: Request, session: WriteSession, person: Approver, kenmerk: str, typed: TypedBack) -> Response:
    activity = queries.find(session, kenmerk)

    def keep(question: str, version: int) -> None:
        services.send_back(session, activity, question=question, actor=person.actor, version=version)

    return _take(request, session, person, activity, SEND_BACK, typed, keep, _said(activity))


@router.get("/{kenmerk}/opmerkingen/nieuw")
def new_remark_page(request: Request, session: ReadSession, person: Officer, kenmerk: str) -> Response:
    return _page(request, session, person, queries.find(session, kenmerk), REMARK)


@router.post("/{kenmerk}/opmerkingen/nieuw")
def add_remark(request: Request, session: WriteSession, person: Officer, kenmerk: str, typed: TypedRemark) -> Response:
    activity = queries.find(session, kenmerk)

    def keep(text: str, _version: int) -> None:
        remarks.add(session, activity, text, actor=person.actor)

    return _take(request, session, person, activity, REMARK, typed, keep)


@router.get("/{kenmerk}/opmerkingen/{remark_id}/wijzigen")
def change_remark_page(
    request: Request, session: ReadSession, person: Officer, kenmerk: str, remark_id: UUID
) -> Response:
    remark = remarks.find(session, queries.find(session, kenmerk), remark_id)
    form = Form(RemarkInput, Typed((("text", remark.text),)), REMARK.labels)
    return _page(
        request, session, person, remark.activity, REMARK, form, version=remark.version, quotes=_answered(remark)
    )


@router.post("/{kenmerk}/opmerkingen/{remark_id}/wijzigen")
def change_remark(
    request: Request, session: WriteSession, person: Officer, kenmerk: str, remark_id: UUID, typed: TypedRemark
) -> Response:
    remark = remarks.find(session, queries.find(session, kenmerk), remark_id)

    def keep(text: str, version: int) -> None:
        remarks.change(session, remark, text, version=version, actor=person.actor)

    return _take(request, session, person, remark.activity, REMARK, typed, keep, _answered(remark))


@router.get("/{kenmerk}/opmerkingen/{remark_id}/antwoorden")
def answer_page(request: Request, session: ReadSession, person: Approver, kenmerk: str, remark_id: UUID) -> Response:
    remark = remarks.find(session, queries.find(session, kenmerk), remark_id)
    form = Form(RemarkInput, Typed((("text", remark.answer),)), ANSWER.labels)
    return _page(
        request, session, person, remark.activity, ANSWER, form, version=remark.version, quotes=_remarked(remark)
    )


@router.post("/{kenmerk}/opmerkingen/{remark_id}/antwoorden")
def answer_remark(
    request: Request, session: WriteSession, person: Approver, kenmerk: str, remark_id: UUID, typed: TypedAnswer
) -> Response:
    remark = remarks.find(session, queries.find(session, kenmerk), remark_id)

    def keep(text: str, version: int) -> None:
        remarks.answer(session, remark, text, version=version, actor=person.actor)

    return _take(request, session, person, remark.activity, ANSWER, typed, keep, _remarked(remark))


@router.post("/{kenmerk}/opmerkingen/{remark_id}/sluiten")
def close_remark(session: WriteSession, person: Officer, kenmerk: str, remark_id: UUID) -> Response:
    activity = queries.find(session, kenmerk)
    remarks.close(session, remarks.find(session, activity, remark_id), actor=person.actor)
    return redirect(address_of(activity), "opgeslagen")


# --- the page that asks for one text

Quotes = tuple[tuple[str, str], ...]
"""Who said it when, and what."""


def _take(
    request: Request,
    session: Session,
    person: Person,
    activity: ProcessingActivity,
    asked: Asked,
    typed: Typed,
    keep: Callable[[str, int], None],
    quotes: Quotes = (),
) -> Response:
    """Do with the text, and the version of the page, what was asked; or show the page again with what is wrong."""
    form = bind(asked.model, typed, asked.labels, require=("text",) if asked.label.required else ())
    if form.cleaned is not None:
        try:
            keep(form.cleaned.text, typed.number("version"))
        except RuleViolation as refused:
            form.refuse(refused)
        else:
            return redirect(address_of(activity), asked.notice)
    return _page(request, session, person, activity, asked, form, quotes=quotes)


def _page(
    request: Request,
    session: Session,
    person: Person,
    activity: ProcessingActivity,
    asked: Asked,
    form: Form[RemarkInput] | None = None,
    *,
    version: int | None = None,
    quotes: Quotes = (),
) -> Response:
    """The page, empty or stored; as it was sent when the form has faults."""
    form = form or Form(asked.model, Typed(), asked.labels)
    return form_page(
        request,
        session,
        "register/one_text.html",
        person=person,
        status_code=422 if form.errors else 200,
        page_title=asked.title,
        form=form,
        version=version,
        merges=False,
        asked=asked,
        activity=activity,
        address=address_of(activity),
        quotes=quotes,
    )


def _said(activity: ProcessingActivity) -> Quotes:
    return ((f"{activity.status_by} schreef", activity.status_note),) if activity.status_note else ()


def _remarked(remark: Remark) -> Quotes:
    return ((f"{remark.made_by} schreef op {dutch_moment(remark.changed_at or remark.made_at)}", remark.text),)


def _answered(remark: Remark) -> Quotes:
    if not remark.answer:
        return ()
    return ((f"{remark.answered_by} antwoordde op {dutch_moment(remark.answered_at)}", remark.answer),)
