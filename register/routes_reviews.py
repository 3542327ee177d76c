"""Pages of review rounds: those of the privacy officer, and the one page of a team that has no account."""

from collections.abc import Sequence
from datetime import date, timedelta
from http import HTTPStatus
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
from core.web.forms import Form, Labels, Typed, bind, fill, whole_number
from core.web.lists import Cell, paging
from core.web.pages import dutch_date, page, redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession, database, settings_of
from register import forms, permissions, review_mails, reviews, services
from register.differences import Difference, by_group, compare
from register.places import lists_of
from register.proposals import OwnFields, own_fields
from register.reviews import Decision, Due, Outcome, Review, ReviewAnswer, Said

router = APIRouter(prefix="/controles")
link_router = APIRouter(prefix="/controle")
"""Open to whoever has the link."""

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Decider = Annotated[Person, Depends(Allowed(permissions.APPROVE))]
Opener = Annotated[Person, Depends(Allowed(permissions.ESTABLISH))]
USUAL = timedelta(days=28)
OUTCOMES = {Outcome.RIGHT: "Klopt", Outcome.WRONG: "Klopt niet"}


class OpenInput(BaseModel):
    """Which team is asked, until when."""

    team: str = ""
    closes_on: date | None = None


class AnswerInput(OwnFields):
    """What is said of one record, in words or by filling in its fields otherwise."""

    answer: UUID
    version: int = 0
    outcome: Outcome | None = None
    remark: str = ""

    def said(self) -> Said:
        fields = OwnFields.model_validate(self.model_dump(include=set(OwnFields.model_fields)))
        return Said(self.outcome, self.remark, fields, self.version)


class BeginInput(BaseModel):
    """Which teams are asked at once, until when."""

    closes_on: date | None = None


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
    "answers-*-remark": Labels(
        "Wat klopt er niet?", help="In uw eigen woorden. Of verbeter hieronder wat u weet; beide mag ook."
    ),
    "answers-*-explanation": Labels("Wat doen we, in gewone taal?"),
    "answers-*-process_owner": Labels("Welke functie is eigenaar?", help="Geen naam van een mens."),
    "answers-*-systems": Labels("Welke systemen gebruikt u?", help="Een systeem per regel."),
    "answers-*-recipients": Labels("Wie krijgt de gegevens?", help="Een team of organisatie per regel."),
    "answers-*-retentions": Labels("Hoe lang bewaren we de gegevens?", help="Een termijn per regel."),
    "answers-*-ended_on": Labels("Gestopt op", help="Alleen als uw team dit niet meer doet."),
}
PER_PAGE = 20
"""Records on one page of a team: a form holds a thousand fields at most."""


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


@router.get("/begin")
def begin_page(request: Request, session: ReadSession, person: Opener) -> Response:
    """Everything that is due, team by team, to begin all rounds at once."""
    start = Typed((("closes_on", (clock.today() + USUAL).isoformat()),))
    return _begin_page(request, session, person, Form(BeginInput, start, OPEN_LABELS))


@router.post("/begin")
def begin_many(request: Request, session: WriteSession, person: Opener, typed: TypedForm) -> Response:
    form = bind(BeginInput, typed, OPEN_LABELS, require=("closes_on",))
    ticked = set(typed.values("team"))
    if not ticked:
        form.errors["team"] = "Kies minstens één team."
    if form.errors or form.cleaned is None or form.cleaned.closes_on is None:
        return _begin_page(request, session, person, form, status_code=422)
    wanted = [one for one in _to_begin(session) if one.team and str(one.team.id) in ticked]
    try:
        with session.begin_nested():  # all of them, or none
            opened = [
                reviews.open_review(
                    session,
                    one.team,
                    closes_on=form.cleaned.closes_on,
                    actor=person.actor,
                    only=[record.id for record in one.records],
                )
                for one in wanted
                if one.team
            ]
    except RuleViolation as refused:
        form.refuse(refused)
        return _begin_page(request, session, person, form, status_code=422)
    for review in opened:
        if _mail_address(session, review, settings_of(request)):
            review_mails.ask(session, review, actor=person.actor)
    return redirect("/controles/", "begonnen")


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
    letter = review_mails.invitation(session, review, settings)
    if letter is None or review.is_over:
        raise RuleViolation("De link kan niet per mail. Kopieer hem van de pagina, of vul het adres van het team in.")
    mail.send(settings, to=letter.to, subject=letter.subject, text=letter.text)
    reviews.note_mail(session, review, letter.to, actor=person.actor)
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


@router.post("/{review_id}/beslissen")
def decide_proposal(session: WriteSession, person: Decider, review_id: UUID, typed: TypedForm) -> Response:
    """Take over what a team proposes, or not.

    Raises:
        Conflict: somebody changed the record since.
        NotFound: there is no such answer.
        RuleViolation: it was decided already.
    """
    review = reviews.find(session, review_id)
    try:
        answer_id, decision = UUID(typed.value("answer")), Decision(typed.value("decision"))
    except ValueError:
        raise NotFound("Dit antwoord bestaat niet. Ga terug naar de controle.") from None
    reviews.decide(session, review, answer_id, decision, version=typed.number("version"), actor=person.actor)
    return redirect(_address(review), "opgeslagen")


@router.post("/{review_id}/sluiten")
def close_review(session: WriteSession, person: Opener, review_id: UUID) -> Response:
    review = reviews.find(session, review_id)
    reviews.close(session, review, actor=person.actor)
    return redirect(_address(review), "opgeslagen")


@link_router.get("/{token}")
def show_own_records(request: Request, token: str, pagina: str = "1") -> Response:
    organisation_id, review_id = _opened(request, token)
    with database(request).read(organisation_id) as session:
        review = reviews.find(session, review_id)
        answers = _on_page(review, whole_number(pagina))
        return _own_page(request, session, review, token, _stored(answers), answers)


@link_router.post("/{token}")
def answer_own_records(request: Request, token: str, typed: TypedForm, pagina: str = "1") -> Response:
    organisation_id, review_id = _opened(request, token)
    with database(request).write(organisation_id) as session:
        review = reviews.find(session, review_id)
        form = bind(AnswersInput, typed, ANSWER_LABELS)
        if form.cleaned is not None:
            said = {one.answer: one.said() for one in form.cleaned.answers}
            try:
                reviews.say(session, review, said, name=form.cleaned.name)
            except RuleViolation as refused:
                form.refuse(_on_the_form(refused, form.cleaned))
            else:
                behind = f"?pagina={whole_number(pagina)}" if len(review.answers) > PER_PAGE else ""
                return redirect(f"/controle/{token}{behind}", "antwoorden")
        answers = _on_page(review, whole_number(pagina))
        return _own_page(request, session, review, token, form, answers, status_code=422)


def _opened(request: Request, token: str) -> tuple[UUID, UUID]:
    with database(request).read(None) as session:
        return reviews.owner_of(session, token, settings_of(request))


def _on_the_form(refused: RuleViolation, answers: AnswersInput) -> RuleViolation:
    places = {str(one.answer): f"answers-{number}-remark" for number, one in enumerate(answers.answers)}
    return RuleViolation(refused.message, {places.get(point, point): text for point, text in refused.points.items()})


def _on_page(review: Review, number: int) -> Sequence[ReviewAnswer]:
    pages = max(1, -(-len(review.answers) // PER_PAGE))
    start = (min(max(number, 1), pages) - 1) * PER_PAGE
    return review.answers[start : start + PER_PAGE]


def _stored(answers: Sequence[ReviewAnswer]) -> Form[AnswersInput]:
    """The fields as they are, with what the team proposes and nobody decided about."""
    shown = [
        AnswerInput(
            answer=answer.id,
            version=answer.activity.version,
            outcome=answer.outcome,
            remark=answer.remark,
            **(own_fields(services.content_of(answer.activity)).model_dump() | _waiting(answer)),
        )
        for answer in answers
    ]
    form = fill(AnswersInput(answers=tuple(shown)), ANSWER_LABELS)
    lines = ("systems", "recipients", "retentions")
    pairs: list[tuple[str, str]] = []
    for name, value in form.typed.pairs:  # a list of lines is one text, as a person types it
        if name.endswith(lines) and pairs and pairs[-1][0] == name:
            pairs[-1] = (name, f"{pairs[-1][1]}\n{value}")
        else:
            pairs.append((name, value))
    form.typed = Typed(tuple(pairs))
    return form


def _waiting(answer: ReviewAnswer) -> dict[str, object]:
    if not answer.has_proposal or not answer.proposal:
        return {}
    return OwnFields.model_validate(answer.proposal).model_dump(include=set(answer.proposal))


def _own_page(
    request: Request,
    session: Session,
    review: Review,
    token: str,
    form: Form[AnswersInput],
    answers: Sequence[ReviewAnswer],
    *,
    status_code: int = 200,
) -> Response:
    lists = lists_of(session)
    at = review.answers.index(answers[0]) // PER_PAGE + 1 if answers else 1
    pages = max(1, -(-len(review.answers) // PER_PAGE))
    return page(
        request,
        "register/own_records.html",
        person=None,
        status_code=status_code,
        page_title=f"Klopt dit nog? {review.team_name}",
        review=review,
        address=f"/controle/{token}",
        at=at,
        sender=the_organisation(session).name,
        form=form,
        outcomes=[(outcome.value, label) for outcome, label in OUTCOMES.items()],
        records=[(answer, forms.show(services.content_of(answer.activity), lists)) for answer in answers],
        answered=sum(answer.outcome is not None for answer in review.answers),
        paging=paging(f"/controle/{token}", {}, at, pages, len(review.answers)),
        pages=pages,
    )


def _to_begin(session: Session) -> Sequence[Due]:
    """What is due within the usual time of a round, of teams that have no round yet."""
    return [one for one in reviews.due(session, until=clock.today() + USUAL) if one.team is None or not one.running]


def _begin_page(
    request: Request, session: Session, person: Person, form: Form[BeginInput], *, status_code: int = 200
) -> Response:
    settings = settings_of(request)
    waiting = _to_begin(session)
    ticked = set(form.values("team")) if status_code != HTTPStatus.OK else None
    return page(
        request,
        "register/reviews_begin.html",
        person=person,
        status_code=status_code,
        page_title="Begin controles voor alle teams",
        form=form,
        until=clock.today() + USUAL,
        teams=[one for one in waiting if one.team],
        ticked=ticked,
        mails=bool(settings.smtp_host),
        homeless=[record for one in waiting if one.team is None for record in one.records],
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
        due=[
            [
                one.team.name if one.team else "(geen team)",
                ", ".join(one.owners),
                len(one.records),
                dutch_date(one.since) or "nog nooit gepland",
                Cell(badge="loopt" if one.running else "wacht"),
            ]
            for one in reviews.due(session, until=clock.today() + USUAL)
        ],
        until=clock.today() + USUAL,
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
        proposals=[(answer, _differences(session, answer)) for answer in review.answers if answer.has_proposal],
        may_open=may_open,
        may_decide=person.may(permissions.APPROVE),
    )


def _differences(session: Session, answer: ReviewAnswer) -> Sequence[tuple[str, Sequence[Difference]]]:
    before, after = services.content_of(answer.activity), reviews.content_with(session, answer)
    return by_group(compare(before, after, lists_of(session)))


def _said(answer: ReviewAnswer) -> str:
    if answer.outcome is None:
        return "nog niet beantwoord"
    return (
        f"{OUTCOMES[answer.outcome]}; voorstel {answer.decision or 'wacht'}"
        if answer.proposal
        else OUTCOMES[answer.outcome]
    )


def _progress(review: Review) -> str:
    answered = sum(answer.outcome is not None for answer in review.answers)
    waiting = sum(answer.is_open for answer in review.answers)
    return f"{answered} van {len(review.answers)} beantwoord" + (f", {waiting} te verwerken" if waiting else "")


def _mail_address(session: Session, review: Review, settings: Settings) -> str:
    team = session.get(Team, review.team_id)
    return team.email if team and settings.smtp_host else ""


def _address(review: Review) -> str:
    return f"/controles/{review.id}"
