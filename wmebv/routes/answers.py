"""Questions and answers: one page for every kind of record."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import attached, clock, history, tried_links
from core.accounts.services import Person
from core.errors import Conflict, RuleViolation
from core.organisations import bodies
from core.web.conflicts import conflict_page, settle
from core.web.drafts import DraftForm
from core.web.forms import Form, Typed, whole_number
from core.web.lists import Cell, paging
from core.web.pages import redirect
from core.web.security import ReadSession, TypedForm, WriteSession
from wmebv import labels, meetings, queries, rows, services
from wmebv.actions import WHOLE
from wmebv.content import Answer, ChannelContent, ChannelKind, Direction, MessageTypeContent, ProductContent
from wmebv.duties import Rulebook, Scope
from wmebv.forms import (
    Question,
    all_answer_labels,
    answer_form,
    answers_typed,
    bind_answers,
    columns,
    message_questions,
    options,
    questions_of,
    with_changes,
    with_files,
    with_template,
)
from wmebv.models import Channel, ChannelTemplate, GeneralAnswers, MessageType, Product, Subject
from wmebv.queries import Waiting
from wmebv.routes.facts import channel_facts, effect_lines, in_a_sentence, message_facts
from wmebv.routes.shared import (
    CHANNELS,
    HOME,
    PRODUCTS,
    TEMPLATES,
    Editor,
    Establisher,
    Reader,
    address_of,
    function_of,
    message_line,
    on_to,
    show,
    typed_on,
)
from wmebv.rules import Case, Verdict, message_verdict, organisation_verdict, own_answers

router = APIRouter()
TypedAnswers = Annotated[Typed, Depends(DraftForm("Antwoorden", all_answer_labels()))]


@dataclass(frozen=True, slots=True)
class Look:
    """What saving would change, to be seen first; `seen` comes back with the form when it was."""

    lines: Sequence[str]
    seen: str


@router.get("/producten/{number}/antwoorden")
def show_product_answers(request: Request, session: ReadSession, person: Reader, number: str) -> Response:
    product = queries.find_product(session, number)
    return _answer_page(request, session, person, product)


@router.post("/producten/{number}/antwoorden")
def answer_product(
    request: Request, session: WriteSession, person: Editor, typed: TypedAnswers, number: str
) -> Response:
    product = queries.find_product(session, number)
    return _save_answers(request, session, person, product, typed)


@router.get("/berichten/{message_id}/")
def show_message(request: Request, session: ReadSession, person: Reader, message_id: UUID) -> Response:
    return _answer_page(request, session, person, queries.find_message(session, message_id))


@router.post("/berichten/{message_id}/")
def answer_message(
    request: Request, session: WriteSession, person: Editor, typed: TypedAnswers, message_id: UUID
) -> Response:
    return _save_answers(request, session, person, queries.find_message(session, message_id), typed)


@router.get("/kanalen/{channel_id}/")
def show_channel(
    request: Request, session: ReadSession, person: Reader, channel_id: UUID, pagina: str = ""
) -> Response:
    channel = queries.find_channel(session, channel_id)
    return _answer_page(request, session, person, channel, page=max(1, whole_number(pagina)))


@router.post("/kanalen/{channel_id}/")
def answer_channel(
    request: Request, session: WriteSession, person: Editor, typed: TypedAnswers, channel_id: UUID
) -> Response:
    return _save_answers(request, session, person, queries.find_channel(session, channel_id), typed)


@router.get("/sjablonen/{template_id}/")
def show_template(request: Request, session: ReadSession, person: Reader, template_id: UUID) -> Response:
    return _answer_page(request, session, person, queries.find_template(session, template_id))


@router.post("/sjablonen/{template_id}/")
def answer_template(
    request: Request, session: WriteSession, person: Editor, typed: TypedAnswers, template_id: UUID
) -> Response:
    return _save_answers(request, session, person, queries.find_template(session, template_id), typed)


@router.get("/organisatie/")
def show_organisation(request: Request, session: ReadSession, person: Reader) -> Response:
    return _answer_page(request, session, person, queries.general(session))


@router.post("/organisatie/")
def answer_organisation(request: Request, session: WriteSession, person: Editor, typed: TypedAnswers) -> Response:
    return _save_answers(request, session, person, queries.general(session), typed)


@router.post("/organisatie/aftekenen")
def sign_off(session: WriteSession, person: Establisher, typed: TypedForm) -> Response:
    general = queries.general(session)
    services.sign_off(session, general, by=typed.value("by"), version=typed.number("version"), actor=person.actor)
    return redirect("/wmebv/organisatie/", "opgeslagen")


def _answer_page(
    request: Request,
    session: Session,
    person: Person,
    subject: Subject,
    form: Form[Any] | None = None,
    *,
    version: int | None = None,
    status_code: int = 200,
    look: Look | None = None,
    page: int = 1,
) -> Response:
    today = clock.today()
    book = queries.rulebook(session)
    asked: Iterable[Question] = _questions(subject, today, book)
    asked = with_files(
        asked, own_answers(rows.answers_of(subject)), attached.files_of(session, subject), _about(subject)
    )
    questions = tuple(with_changes(asked, history.revisions_of(session, subject.id)))
    shown = form or answer_form(questions, rows.answers_of(subject))
    context: dict[str, Any] = {
        "subject": subject,
        "questions": questions,
        "form": shown,
        "bodies": options(bodies(session)),
        "target_groups": options(labels.TARGET_GROUP_LABELS),
        "version": typed_on(version, subject),
        "action": _answers_address(subject),
        "form_of": session,
        "tried": _tried(session, subject),
    }
    if isinstance(subject, MessageType):
        entry = rows.message_entry(subject)
        case = Case(rows.product_content(subject.product), entry.content, entry.channels, entry.key)
        line = message_line(subject, case, message_verdict(case, today, book=book))
        trail = [HOME, PRODUCTS, (subject.product.kenmerk, address_of(subject.product)), (subject.name, "")]
        title = f"{subject.name}: {subject.product.name}"
        context |= {
            "line": line,
            "content": entry.content,
            "facts": message_facts(entry.content),
            "elsewhere": _asked_elsewhere(subject, today, book),
            "waiting": queries.count_waiting(session, Waiting.ANSWERS),
            "next_waiting": queries.next_message(session, subject, Waiting.ANSWERS),
        }
        return show(request, "message.html", person, title, trail, status_code=status_code, **context)
    if isinstance(subject, Channel):
        content = rows.channel_content(subject)
        using, pages, total = queries.messages_of_channel(session, subject, page)
        uses = [
            Cell(f"{message.product.kenmerk} {message.product.name}: {message.name}", f"/wmebv/berichten/{message.id}/")
            for message in using
        ]
        facts = channel_facts(content, bodies(session), subject.template_id)
        if link := tried_links.tried(session, [content.url]).get(content.url):
            facts.append(("Controle van het adres", in_a_sentence(link)))
        address = f"/wmebv/kanalen/{subject.id}/"
        context |= {"facts": facts, "uses": uses, "paging": paging(address, (), min(page, pages), pages, total)}
        trail = [HOME, CHANNELS, (subject.name, "")]
        return show(request, "channel.html", person, subject.name, trail, status_code=status_code, **context)
    if isinstance(subject, ChannelTemplate):
        context |= {"look": look, "lines": _lines_under(session, subject)}
        trail = [HOME, TEMPLATES, (subject.name, "")]
        return show(request, "template.html", person, subject.name, trail, status_code=status_code, **context)
    if isinstance(subject, Product):
        title = f"Vragen over {subject.name}"
        trail = [HOME, PRODUCTS, (subject.kenmerk, address_of(subject)), ("Vragen", "")]
        return show(request, "product_answers.html", person, title, trail, status_code=status_code, **context)
    title, trail = "Vragen over de hele organisatie", [HOME, ("Hele organisatie", "")]
    return show(request, "general.html", person, title, trail, status_code=status_code, **context)


def _save_answers(request: Request, session: Session, person: Person, subject: Subject, typed: Typed) -> Response:
    today, book = clock.today(), queries.rulebook(session)
    questions = (*(now := _questions(subject, today, book)), *_asked_before(subject, typed, now, book))
    name, address = _name_of(subject), _answers_address(subject)
    goes_on = bool(typed.value("verder"))
    meeting = meetings.of_answers(session, subject, questions, bind_answers(questions, typed), name, address)
    typed, version = settle(session, typed, meeting)
    form = bind_answers(questions, typed)
    if form.cleaned is None:
        return _answer_page(request, session, person, subject, form, version=version, status_code=422)
    answers = list(
        answers_typed(
            form.cleaned,
            questions,
            rows.answers_of(subject),
            on=today,
            by=function_of(person),
            is_checked=typed.value("checked") == "on",
        )
    )
    if isinstance(subject, ChannelTemplate) and version == subject.version:
        look = _look_at(session, subject, answers, today)
        if look and typed.value("seen") != look.seen:
            return _answer_page(request, session, person, subject, form, version=version, look=look)
    try:
        services.answer(session, subject, *answers, actor=person.actor, version=version)
    except RuleViolation as refused:
        form.refuse(refused)
        return _answer_page(request, session, person, subject, form, version=version, status_code=422)
    except Conflict:
        mine = answer_form(questions, answers).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    if isinstance(subject, MessageType):
        return on_to(session, subject, Waiting.ANSWERS, "", goes_on=goes_on)
    return redirect(_answers_address(subject), "opgeslagen")


def _asked_before(subject: Subject, typed: Typed, now: Sequence[Question], book: Rulebook) -> Iterator[Question]:
    """Questions that the form held when it was opened, and that what another answered took out since.

    What was typed there is kept, beside what the other saved.
    """
    if isinstance(subject, MessageType):
        scopes = (Scope.MESSAGE, Scope.OUTGOING)
        asked = {question.code for scope in scopes for question in columns(scope)} - {one.code for one in now}
        held = asked & {name.partition("-")[0] for name, _ in typed.pairs}
        yield from (question for question in questions_of(*scopes, book=book) if question.code in held)


def _tried(session: Session, subject: Subject) -> Mapping[str, str]:
    """How it went with the links that are evidence, by code of the question, in a sentence."""
    urls = {answer.duty: answer.evidence_url for answer in rows.answers_of(subject) if answer.evidence_url}
    known = tried_links.tried(session, set(urls.values())) if urls else {}
    return {code: in_a_sentence(known[url]) for code, url in urls.items() if url in known}


def _asked_elsewhere(message: MessageType, on: date, book: Rulebook) -> list[list[Cell | str]]:
    """The records whose answers count for this message too, and how many of those are all right now."""
    if message.direction is not Direction.IN:
        return []
    product = message.product
    about = _product_verdict(product, on, book)
    found = [(f"Product: {product.name}", _answers_address(product), about, Scope.PRODUCT)]
    for channel in (link.channel for link in message.channels):
        verdict = _channel_verdict(rows.channel_content(channel), on, book)
        found.append((f"Kanaal: {channel.name}", _answers_address(channel), verdict, Scope.CHANNEL))
    lines: list[list[Cell | str]] = []
    for name, address, verdict, scope in found:
        judged = [each for each in verdict.judgements if each.duty.scope is scope and not each.is_upcoming]
        lines.append([Cell(name, address), f"{sum(each.is_good for each in judged)} van {len(judged)}"])
    return lines


def _questions(subject: Subject, on: date, book: Rulebook) -> tuple[Question, ...]:
    if isinstance(subject, MessageType):
        entry = rows.message_entry(subject)
        case = Case(rows.product_content(subject.product), entry.content, entry.channels)
        verdict = message_verdict(case, on, book=book)
        return message_questions(verdict, is_incoming=subject.direction is Direction.IN, book=book)
    if isinstance(subject, Product):
        return questions_of(Scope.PRODUCT, verdict=_product_verdict(subject, on, book), book=book)
    if isinstance(subject, Channel):
        verdict = _channel_verdict(rows.channel_content(subject), on, book)
        questions = questions_of(Scope.CHANNEL, verdict=verdict, book=book)
        if subject.template is None:
            return questions
        href = f"/wmebv/sjablonen/{subject.template_id}/"
        return tuple(with_template(questions, rows.answers_of(subject), rows.template_content(subject.template), href))
    if isinstance(subject, ChannelTemplate):
        return questions_of(Scope.CHANNEL, verdict=_channel_verdict(_alone(subject), on, book), book=book)
    verdict = organisation_verdict(rows.general_content(subject), on, book=book)
    return questions_of(Scope.ORGANISATION, verdict=verdict, book=book)


def _product_verdict(product: Product, on: date, book: Rulebook) -> Verdict:
    """Duties about the product come out the same for a message of which nothing else is known."""
    return message_verdict(Case(rows.product_content(product), MessageTypeContent()), on, book=book)


def _channel_verdict(channel: ChannelContent, on: date, book: Rulebook) -> Verdict:
    return message_verdict(Case(ProductContent(), MessageTypeContent(), (channel,)), on, book=book)


def _alone(template: ChannelTemplate) -> ChannelContent:
    """A form that says nothing by itself: how the answers of a template would be judged."""
    return ChannelContent(kind=ChannelKind.WEB_FORM, answers=rows.answers_of(template))


def _look_at(session: Session, template: ChannelTemplate, answers: Sequence[Answer], on: date) -> Look | None:
    """What saving these answers would change for the channels under the template; None when that is nothing."""
    effect = services.effect_of_answers(session, template, answers, on)
    if not effect.answers:
        return None
    said = "".join(answer.model_dump_json() for answer in answers)
    return Look(effect_lines(effect), hashlib.sha256(said.encode()).hexdigest())


def _lines_under(session: Session, template: ChannelTemplate) -> list[list[Any]]:
    """The channels under a template: what each answers itself, and how many messages use it."""
    answered = {row.duty for row in template.answers}
    uses = {line.channel.id: line.uses for line in queries.list_channels(session)}
    return [
        [
            Cell(channel.name, f"/wmebv/kanalen/{channel.id}/"),
            ", ".join(row.duty for row in channel.answers if row.duty in answered) or "geen",
            uses[channel.id],
        ]
        for channel in queries.channels_of(session, template)
    ]


def _about(subject: Subject) -> str:
    if isinstance(subject, GeneralAnswers):
        return WHOLE
    return subject.kenmerk if isinstance(subject, Product) else str(subject.id)


def _name_of(subject: Subject) -> str:
    return "Vragen over de hele organisatie" if isinstance(subject, GeneralAnswers) else f"Vragen over {subject.name}"


def _answers_address(subject: Subject) -> str:
    if isinstance(subject, Product):
        return f"{address_of(subject)}antwoorden"
    if isinstance(subject, MessageType):
        return f"/wmebv/berichten/{subject.id}/"
    if isinstance(subject, ChannelTemplate):
        return f"/wmebv/sjablonen/{subject.id}/"
    return f"/wmebv/kanalen/{subject.id}/" if isinstance(subject, Channel) else "/wmebv/organisatie/"
