"""Pages of review rounds: those of the privacy officer, and the one page of a team that has no account."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlmodel import Session

from core import clock, mail
from core.accounts.services import Person
from core.errors import BadInput, NotFound, RuleViolation
from core.organisations import Team, the_organisation
from core.settings import Settings
from core.web.forms import Form, Labels, Typed, bind
from core.web.lists import Cell
from core.web.pages import dutch_date, page, redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession, database, settings_of
from register import forms, permissions, reviews, services
from register.places import lists_of
from register.reviews import Outcome, Review, ReviewAnswer, Said

router = APIRouter(prefix="/controles")
link_router = APIRouter(prefix="/controle")
"""Open to whoever has the link."""

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Opener = Annotated[Person, Depends(Allowed(permissions.ESTABLISH))]
USUAL = timedelta(days=28)
OUTCOMES = {Outcome.RIGHT: "Klopt", Outcome.WRONG: "Klopt niet"}


class OpenInput(BaseModel):
    """Which team is asked, until when."""

    team: str = ""
    closes_on: date | None = None


class AnswerInput(BaseModel):
    """What is said of one record."""

    answer: UUID
    outcome: Outcome | None = None
    remark: str = ""


class AnswersInput(BaseModel):
    name: str = ""
    answers: tuple[AnswerInput, ...] = ()


OPEN_LABELS = {
    "team": Labels("Team", required=True, help="Alleen teams met verwerkingen staan in de lijst."),
    "closes_on": Labels("Laatste dag", required=True, help="Zo lang werkt de link. Hoogstens drie maanden."),
}
ANSWER_LABELS = {
    "name": Labels("Uw naam", required=True),
    "answers-*-outcome": Labels("Klopt dit nog?", required=True),
    "answers-*-remark": Labels("Wat klopt er niet?", help="Alleen invullen als er iets niet klopt."),
}


@router.get("/")
def list_reviews(request: Request, session: ReadSession, person: Reader) -> Response:
    start = Typed((("closes_on", (clock.today() + USUAL).isoformat()),))
    return _list_page(request, session, person, Form(OpenInput, start, OPEN_LABELS))


@router.post("/")
def open_review(request: Request, session: WriteSession, person: Opener, typed: TypedForm) -> Response:
    form = bind(OpenInput, typed, OPEN_LABELS, require=("team", "closes_on"))
    if form.cleaned is not None and form.cleaned.closes_on:
        team = next((one for one in reviews.teams(session) if str(one.id) == form.cleaned.team), None)
        if team is None:
            form.errors["team"] = "Kies een team uit de lijst."
        else:
            try:
                review = reviews.open_review(session, team, closes_on=form.cleaned.closes_on, actor=person.actor)
            except RuleViolation as refused:
                form.refuse(refused)
            else:
                return redirect(_address(review), "opgeslagen")
    return _list_page(request, session, person, form, status_code=422)


@router.get("/{review_id}")
def show_review(request: Request, session: ReadSession, person: Reader, review_id: UUID) -> Response:
    return _review_page(request, session, person, reviews.find(session, review_id))


@router.post("/{review_id}/mailen")
def mail_link(request: Request, session: WriteSession, person: Opener, review_id: UUID) -> Response:
    """Mail the link to the team.

    Raises:
        RuleViolation: there is no mail server or no address, or the round is over.
        Failed: the mail did not go out.
    """
    review, settings = reviews.find(session, review_id), settings_of(request)
    to = _mail_address(session, review, settings)
    if not to or review.is_over:
        raise RuleViolation("De link kan niet per mail. Kopieer hem van de pagina, of vul het adres van het team in.")
    sender = the_organisation(session).name
    text = (
        f"Beste collega,\n\n{sender} houdt bij welke persoonsgegevens teams gebruiken. Wilt u kijken of dit voor "
        f"{review.team_name} nog klopt? Dat kan tot en met {dutch_date(review.closes_on)}, zonder account:\n\n"
        f"{reviews.link_of(review, settings)}\n\nVragen? Stel ze aan {person.name}.\n"
    )
    mail.send(settings, to=to, subject="Kloppen de verwerkingen van uw team nog?", text=text)
    reviews.note_mail(session, review, to, actor=person.actor)
    return redirect(_address(review), "verstuurd")


@router.post("/{review_id}/afgehandeld")
def settle_answer(session: WriteSession, person: Opener, review_id: UUID, typed: TypedForm) -> Response:
    review = reviews.find(session, review_id)
    try:
        answer_id = UUID(typed.value("answer"))
    except ValueError:
        raise NotFound("Dit antwoord bestaat niet. Ga terug naar de controle.") from None
    reviews.settle(session, review, answer_id, actor=person.actor)
    return redirect(_address(review), "opgeslagen")


@router.post("/{review_id}/sluiten")
def close_review(session: WriteSession, person: Opener, review_id: UUID) -> Response:
    review = reviews.find(session, review_id)
    reviews.close(session, review, actor=person.actor)
    return redirect(_address(review), "opgeslagen")


@link_router.get("/{token}")
def show_own_records(request: Request, token: str) -> Response:
    organisation_id, review_id = _opened(request, token)
    with database(request).read(organisation_id) as session:
        review = reviews.find(session, review_id)
        return _own_page(request, session, review, token, _stored(review))


@link_router.post("/{token}")
def answer_own_records(request: Request, token: str, typed: TypedForm) -> Response:
    organisation_id, review_id = _opened(request, token)
    with database(request).write(organisation_id) as session:
        review = reviews.find(session, review_id)
        form = bind(AnswersInput, typed, ANSWER_LABELS)
        if form.cleaned is not None:
            said = {one.answer: Said(one.outcome, one.remark) for one in form.cleaned.answers}
            try:
                reviews.say(session, review, said, name=form.cleaned.name)
            except RuleViolation as refused:
                form.refuse(_on_the_form(refused, form.cleaned))
            else:
                return redirect(f"/controle/{token}", "antwoorden")
        return _own_page(request, session, review, token, form, status_code=422)


def _opened(request: Request, token: str) -> tuple[UUID, UUID]:
    with database(request).read(None) as session:
        return reviews.owner_of(session, token, settings_of(request))


def _on_the_form(refused: RuleViolation, answers: AnswersInput) -> RuleViolation:
    places = {str(one.answer): f"answers-{number}-remark" for number, one in enumerate(answers.answers)}
    return RuleViolation(refused.message, {places.get(point, point): text for point, text in refused.points.items()})


def _stored(review: Review) -> Form[AnswersInput]:
    pairs = [
        (f"answers-{number}-{name}", str(value))
        for number, answer in enumerate(review.answers)
        for name, value in (("outcome", answer.outcome or ""), ("remark", answer.remark))
    ]
    return Form(AnswersInput, Typed(tuple(pairs)), ANSWER_LABELS)


def _own_page(
    request: Request,
    session: Session,
    review: Review,
    token: str,
    form: Form[AnswersInput],
    *,
    status_code: int = 200,
) -> Response:
    lists = lists_of(session)
    return page(
        request,
        "register/own_records.html",
        person=None,
        status_code=status_code,
        page_title=f"Klopt dit nog? {review.team_name}",
        review=review,
        address=f"/controle/{token}",
        sender=the_organisation(session).name,
        form=form,
        outcomes=[(outcome.value, label) for outcome, label in OUTCOMES.items()],
        records=[(answer, forms.show(services.content_of(answer.activity), lists)) for answer in review.answers],
        answered=sum(answer.outcome is not None for answer in review.answers),
    )


def _list_page(
    request: Request, session: Session, person: Person, form: Form[OpenInput], *, status_code: int = 200
) -> Response:
    return page(
        request,
        "register/reviews.html",
        person=person,
        status_code=status_code,
        page_title="Controles door teams",
        rows=[
            [
                Cell(review.team_name, _address(review)),
                dutch_date(review.closes_on),
                Cell(badge="voorbij" if review.is_over else "loopt"),
                _progress(review),
            ]
            for review in reviews.all_reviews(session)
        ],
        form=form,
        teams=[(str(team.id), team.name) for team in reviews.teams(session)],
        may_open=person.may(permissions.ESTABLISH),
    )


def _review_page(request: Request, session: Session, person: Person, review: Review) -> Response:
    settings = settings_of(request)
    link, problem = "", ""
    may_open = person.may(permissions.ESTABLISH)
    if may_open and not review.is_over:
        try:
            link = reviews.link_of(review, settings)
        except BadInput as error:
            problem = error.message
    return page(
        request,
        "register/review.html",
        person=person,
        page_title=review.audit_label(),
        review=review,
        address=_address(review),
        progress=_progress(review),
        link=link,
        problem=problem,
        mail_to=_mail_address(session, review, settings) if link else "",
        answers=[(answer, _said(answer)) for answer in review.answers],
        may_open=may_open,
    )


def _said(answer: ReviewAnswer) -> str:
    return OUTCOMES[answer.outcome] if answer.outcome else "nog niet beantwoord"


def _progress(review: Review) -> str:
    answered = sum(answer.outcome is not None for answer in review.answers)
    waiting = sum(answer.is_open for answer in review.answers)
    return f"{answered} van {len(review.answers)} beantwoord" + (f", {waiting} te verwerken" if waiting else "")


def _mail_address(session: Session, review: Review, settings: Settings) -> str:
    team = session.get(Team, review.team_id)
    return team.email if team and settings.smtp_host else ""


def _address(review: Review) -> str:
    return f"/controles/{review.id}"
