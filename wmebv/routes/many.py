"""Many at once: standard messages beside products, and one answer to one question for many records."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import clock, values
from core.accounts.services import Person
from core.errors import RuleViolation
from core.organisations import bodies
from core.web.forms import Form, whole_number
from core.web.lists import paging
from core.web.pages import redirect
from core.web.security import ReadSession, TypedForm, WriteSession
from wmebv import labels, queries, rows, services
from wmebv.content import Answer, ChannelContent, MessageKind, ProductContent
from wmebv.duties import Scope
from wmebv.forms import Question, answer_form, answers_typed, bind_answers, options, questions_of
from wmebv.generate import STANDARD, companions
from wmebv.models import Channel, MessageType, Product
from wmebv.reading import asked, in_words
from wmebv.routes.shared import HOME, PRODUCTS, Editor, address_of, function_of, show
from wmebv.rules import Case, Known, is_given, message_verdict
from wmebv.stock import stock

router = APIRouter()
COMPANIONS, MANY = "/wmebv/standaardberichten/", "/wmebv/antwoorden/"
_RECORDED = frozenset({"W10", "W12"})
_SCOPES = {
    Scope.CHANNEL: "Over een kanaal",
    Scope.MESSAGE: "Over een bericht aan de gemeente",
    Scope.OUTGOING: "Over een bericht van de gemeente",
    Scope.PRODUCT: "Over een product",
}
_KINDS = {
    Scope.CHANNEL: queries.GridKind.CHANNELS,
    Scope.MESSAGE: queries.GridKind.INCOMING,
    Scope.OUTGOING: queries.GridKind.OUTGOING,
    Scope.PRODUCT: queries.GridKind.PRODUCTS,
}
MAX_LINES = 500
"""A form holds no more than a thousand fields."""
Record = Product | MessageType | Channel


# --- standard messages -----------------------------------------------------------------------------------------------


@router.get("/standaardberichten/")
def companions_page(
    request: Request,
    session: ReadSession,
    person: Editor,
    product: str = "",
    zoek: str = "",
    team: str = "",
    pagina: str = "1",
) -> Response:
    filters = {"product": product, "zoek": zoek, "team": team}
    return _companions_page(request, session, person, filters, whole_number(pagina))


@router.post("/standaardberichten/")
def add_companions(request: Request, session: WriteSession, person: Editor, typed: TypedForm) -> Response:
    filters = {name: typed.value(name) for name in ("product", "zoek", "team")}
    chosen = [
        (queries.find_product(session, number), MessageKind(kind))
        for number, _, kind in (text.partition(":") for text in typed.values("bericht"))
        if kind in {each.value for each in STANDARD}
    ]
    if not chosen:
        problem = "Vink eerst een of meer berichten aan."
        return _companions_page(request, session, person, filters, 1, problem=problem, status_code=422)
    services.add_companions(session, chosen, actor=person.actor)
    return redirect(address_of(chosen[0][0]) if filters["product"] else COMPANIONS, "opgeslagen")


def _companions_page(
    request: Request,
    session: Session,
    person: Person,
    filters: Mapping[str, str],
    number: int,
    *,
    problem: str = "",
    status_code: int = 200,
) -> Response:
    if filters["product"]:
        found = [queries.find_product(session, filters["product"])]
        pages = paging(COMPANIONS, filters, 1, 1, 1)
    else:
        listed = queries.list_products(session, search=filters["zoek"], team=filters["team"], page=number)
        found = list(listed.products)
        pages = paging(COMPANIONS, filters, listed.page, listed.pages, listed.total)
    lines = []
    for product in found:
        missing = companions(product.name, [rows.message_content(message) for message in product.messages])
        cells = [(kind.value, labels.KINDS[kind], missing.get(kind)) for kind in STANDARD]
        lines.append((product, cells))
    trail = [HOME, PRODUCTS, ("Standaardberichten", "")]
    return show(
        request,
        "companions.html",
        person,
        "Standaardberichten toevoegen",
        trail,
        status_code=status_code,
        problem=problem,
        lines=lines,
        kinds=[labels.KINDS[kind] for kind in STANDARD],
        filters=filters,
        teams=[(name, name) for name in queries.teams_with_products(session)],
        paging=pages,
    )


# --- one answer for many ---------------------------------------------------------------------------------------------


@router.get("/antwoorden/")
def many_page(
    request: Request,
    session: ReadSession,
    person: Editor,
    vraag: str = "",
    team: str = "",
    soort: str = "",
    sjabloon: str = "",
    zoek: str = "",
) -> Response:
    filters = {"vraag": vraag, "team": team, "soort": soort, "sjabloon": sjabloon, "zoek": zoek}
    return _many_page(request, session, person, filters)


@router.post("/antwoorden/")
def answer_many(request: Request, session: WriteSession, person: Editor, typed: TypedForm) -> Response:
    """Show what an answer would change, and with `bewaar` give it."""
    filters = {name: typed.value(name) for name in ("vraag", "team", "soort", "sjabloon", "zoek")}
    question = _question(filters["vraag"])
    if question is None:
        return redirect(MANY)
    form = bind_answers([question], typed)
    picked = set(typed.values("record"))
    chosen = _records(session, filters, [one for one in _found(session, filters) if str(one.id) in picked])
    replaces = bool(typed.value("vervang"))
    problem = "" if chosen else "Vink eerst aan voor welke regels dit antwoord geldt."
    if form.cleaned is None or problem:
        return _many_page(request, session, person, filters, form, problem=problem, picked=picked, status_code=422)
    (given,) = answers_typed(form.cleaned, [question], (), on=clock.today(), by=function_of(person), is_checked=False)
    if not is_given(given):
        problem = "Kies eerst een antwoord."
        return _many_page(request, session, person, filters, form, problem=problem, picked=picked, status_code=422)
    if typed.value("bewaar"):
        try:
            services.answer_many(session, chosen, given, replaces=replaces, actor=person.actor)
        except RuleViolation as refused:
            form.refuse(refused)
            return _many_page(request, session, person, filters, form, picked=picked, status_code=422)
        return redirect(f"{MANY}?vraag={question.code}", "opgeslagen")
    preview = _preview(session, chosen, given, replaces=replaces)
    return _many_page(request, session, person, filters, form, picked=picked, replaces=replaces, preview=preview)


def _question(code: str) -> Question | None:
    return next((one for one in questions_of(*_SCOPES) if one.code == code and code not in _RECORDED), None)


def _questions() -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    return [
        (label, [(one.code, f"{one.code} {one.title}") for one in questions_of(scope) if one.code not in _RECORDED])
        for scope, label in _SCOPES.items()
    ]


def _found(session: Session, filters: Mapping[str, str]) -> Sequence[queries.Answerable]:
    """What the question is about, as far as the filters reach."""
    words = values.fold(filters["zoek"]).split()
    found = queries.answerable(
        session, _kind(filters), team=filters["team"], channel_kind=filters["soort"], template=filters["sjabloon"]
    )
    return [one for one in found if all(word in values.fold(one.name) for word in words)]


def _kind(filters: Mapping[str, str]) -> queries.GridKind:
    return _KINDS[asked(filters["vraag"]).scope]


def _records(session: Session, filters: Mapping[str, str], found: Sequence[queries.Answerable]) -> Sequence[Record]:
    known = queries.grid_subjects(session, _kind(filters), [one.id for one in found])
    return [known[one.id] for one in found]


def _lines(session: Session, filters: Mapping[str, str], found: Sequence[queries.Answerable]) -> list[dict[str, str]]:
    lines = []
    for one, record in zip(found, _records(session, filters, found), strict=True):
        present = next((each for each in services.answers_now(record) if each.duty == filters["vraag"]), None)
        now = in_words(present) if present else ""
        lines.append({"id": str(one.id), "name": one.name, "href": one.href, "now": now})
    return lines


def _preview(session: Session, chosen: Sequence[Record], given: Answer, *, replaces: bool) -> Mapping[str, Any]:
    """How many records get the answer, and what that does to the colours of the messages that they count for."""
    ids = {one.id for one in chosen if replaces or not services.is_answered(one, given.duty)}
    moves = Counter(_moves(session, ids, given, clock.today()))
    return {
        "becomes": in_words(given),
        "changing": len(ids),
        "left": len(chosen) - len(ids),
        "moves": [
            (before.value, after.value, number)
            for (before, after), number in sorted(moves.items(), key=lambda item: -item[1])
        ],
    }


def _moves(session: Session, ids: set[UUID], given: Answer, on: date) -> Iterable[tuple[Any, Any]]:
    """The colour before and after of every message for which one of these records counts."""

    def answered(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
        return (*(one for one in answers if one.duty != given.duty), given)

    changed: dict[UUID, ChannelContent] = {}
    replaced: list[ProductContent] = []
    known: Known = {}
    book = queries.rulebook(session)
    products = stock(
        session, queries.products_with(ids)
    )  # these, and what replaces them, stay in memory: `known` asks for it
    for product in products:
        content = product.entry.content
        new = content.model_copy(update={"answers": answered(content.answers)}) if product.id in ids else content
        replaced.append(new)
        for message, links in zip(product.entry.messages, product.channels, strict=True):
            own, told = UUID(message.key), message.content
            if not ids.intersection([product.id, own, *links]):
                continue
            for channel_id, channel in zip(links, message.channels, strict=True):
                if channel_id not in changed:
                    update = {"answers": answered(channel.answers)}
                    changed[channel_id] = channel.model_copy(update=update) if channel_id in ids else channel
            before = Case(content, told, message.channels)
            if own in ids:
                told = told.model_copy(update={"answers": answered(told.answers)})
            after = Case(new, told, tuple(changed[one] for one in links))
            now, then = (message_verdict(case, on, known, book=book) for case in (before, after))
            yield now.colour, then.colour


def _many_page(
    request: Request,
    session: Session,
    person: Person,
    filters: Mapping[str, str],
    form: Form[Any] | None = None,
    *,
    picked: set[str] | None = None,
    replaces: bool = False,
    preview: Mapping[str, Any] | None = None,
    problem: str = "",
    status_code: int = 200,
) -> Response:
    question = _question(filters["vraag"])
    found = _found(session, filters) if question else []
    lines = _lines(session, filters, found[:MAX_LINES]) if question else []
    return show(
        request,
        "many.html",
        person,
        "Eén antwoord voor veel tegelijk",
        [HOME, ("Veel tegelijk beantwoorden", "")],
        status_code=status_code,
        problem=problem,
        filters=filters,
        groups=_questions(),
        question=question,
        form=form or (answer_form([question], ()) if question else None),
        lines=lines,
        more=max(0, len(found) - MAX_LINES),
        picked={line["id"] for line in lines if not line["now"]} if picked is None else picked,
        replaces=replaces,
        preview=preview,
        teams=[(name, name) for name in queries.teams_with_products(session)],
        kinds=options(labels.CHANNEL_KINDS),
        form_engines=[(one.name, one.name) for one in queries.list_templates(session)],
        bodies=options(bodies(session)),
    )
