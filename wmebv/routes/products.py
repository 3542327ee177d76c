"""Products: the list, one product, its form, and what makes it official."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import audit, clock, history
from core.accounts.services import Person
from core.errors import Conflict, RuleViolation
from core.findings import FindingRow, Severity
from core.organisations import Team, bodies, in_use, the_organisation
from core.papers import pdf
from core.remembered import remembered
from core.web.conflicts import conflict_page, settle
from core.web.downloads import download
from core.web.drafts import DraftForm
from core.web.forms import Form, Typed, bind, fill
from core.web.lists import paging
from core.web.pages import redirect
from core.web.related import related
from core.web.security import ReadSession, TypedForm, WriteSession
from wmebv import actions, help_sheet, labels, meetings, permissions, queries, rows, services
from wmebv.content import ProductContent
from wmebv.duties import Scope
from wmebv.forms import PRODUCT_LABELS, options, questions_of
from wmebv.models import Product
from wmebv.routes.facts import answer_rows, level_options, product_facts
from wmebv.routes.shared import (
    HOME,
    PRODUCTS,
    Editor,
    Establisher,
    Reader,
    address_of,
    judged_entry,
    judged_messages,
    message_line,
    show,
    typed_on,
)
from wmebv.rules import Colour, Score, support_verdict, together

router = APIRouter()
TypedProduct = Annotated[Typed, Depends(DraftForm("Product", PRODUCT_LABELS))]


@dataclass(frozen=True, slots=True)
class ProductLine:
    """What the rules say of a product in the list."""

    colour: Colour
    percentage: int | None
    support_level: str
    messages: int
    state: str


@router.get("/producten/")
def show_products(
    request: Request,
    session: ReadSession,
    person: Reader,
    zoek: str = "",
    team: str = "",
    doelgroep: str = "",
    status: str = "",
    pagina: int = 1,
) -> Response:
    return _product_list(
        request,
        session,
        person,
        {"zoek": zoek, "team": team, "doelgroep": doelgroep, "status": status},
        pagina,
    )


@router.post("/producten/vaststellen")
def establish_products(request: Request, session: WriteSession, person: Establisher, typed: TypedForm) -> Response:
    chosen = [queries.find_product(session, number) for number in typed.values("product")]
    if not chosen:
        return _product_list(
            request, session, person, {}, 1, status_code=422, fault="Kies eerst een of meer producten in de lijst."
        )
    services.establish_for_website(session, chosen, actor=person.actor)
    return redirect("/wmebv/producten/", "vastgesteld")


@router.get("/producten/nieuw")
def new_product(request: Request, session: ReadSession, person: Editor) -> Response:
    return _product_form(request, session, person, None, fill(ProductContent(), PRODUCT_LABELS))


@router.post("/producten/nieuw")
def add_product(request: Request, session: WriteSession, person: Editor, typed: TypedProduct) -> Response:
    form = bind(ProductContent, typed, PRODUCT_LABELS, require=["name"])
    if form.cleaned is None:
        return _product_form(request, session, person, None, form, status_code=422)
    try:
        product = services.add_product(session, form.cleaned, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _product_form(request, session, person, None, form, status_code=422)
    return redirect(address_of(product), "opgeslagen")


@router.get("/producten/{number}/")
def show_product(request: Request, session: ReadSession, person: Reader, number: str) -> Response:
    product = queries.find_product(session, number)
    today = clock.today()
    content = rows.product_content(product)
    book = queries.rulebook(session)
    judged = judged_messages(product, today, book)
    general = rows.general_content(queries.general(session))
    verdicts = [verdict for _, _, verdict in judged]
    return show(
        request,
        "product.html",
        person,
        product.name,
        [HOME, PRODUCTS, (product.kenmerk, "")],
        product=product,
        content=content,
        state=queries.website_states(session, [product])[product.id].value,
        colour=together(verdict.colour for verdict in verdicts),
        percentage=sum((verdict.score for verdict in verdicts), Score()).percentage,
        support=support_verdict(content, [(case, verdict) for _, case, verdict in judged], general, today, book=book),
        facts=product_facts(content, bodies(session)),
        messages=[message_line(message, case, verdict) for message, case, verdict in judged],
        ended=[message for message in product.messages if message.ended_on],
        answers=answer_rows(questions_of(Scope.PRODUCT, book=book), content.answers),
        findings=_finding_lines(session, product, today, may_edit=person.may(permissions.EDIT)),
        related=related(request, session, product),
        versions=list(reversed(history.versions_of(session, product.id))),
    )


@router.get("/producten/{number}/hulpblad.pdf")
def download_help_sheet(session: WriteSession, person: Reader, number: str) -> Response:
    product = queries.find_product(session, number)
    name = f"hulpblad-{product.kenmerk}.pdf"
    audit.note_download(
        session,
        actor=person.actor,
        action="wmebv:product:download",
        subject=(Product.__tablename__, product.id, product.audit_label()),
        file=name,
    )
    sheet = help_sheet.write(queries.shown_now(session, product), the_organisation(session), clock.today())
    return download(BytesIO(pdf.write(sheet)), name)


@router.get("/producten/{number}/bewerken")
def edit_product(request: Request, session: ReadSession, person: Editor, number: str) -> Response:
    product = queries.find_product(session, number)
    form = fill(rows.product_content(product), PRODUCT_LABELS)
    return _product_form(request, session, person, product, form)


@router.post("/producten/{number}/bewerken")
def change_product(
    request: Request, session: WriteSession, person: Editor, typed: TypedProduct, number: str
) -> Response:
    product = queries.find_product(session, number)
    meeting = meetings.of_product(session, product, address_of(product))
    typed, version = settle(session, typed, meeting)
    form = bind(ProductContent, typed, PRODUCT_LABELS, require=["name"])
    if form.cleaned is None:
        return _product_form(request, session, person, product, form, version=version, status_code=422)
    content = form.cleaned.model_copy(update={"answers": rows.answers_of(product)})
    try:
        services.change_product(session, product, content, version=version, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _product_form(request, session, person, product, form, version=version, status_code=422)
    except Conflict:
        mine = fill(content, PRODUCT_LABELS).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return redirect(address_of(product), "opgeslagen")


@router.post("/producten/{number}/vaststellen")
def establish_product(session: WriteSession, person: Establisher, number: str) -> Response:
    product = queries.find_product(session, number)
    if not services.establish_for_website(session, [product], actor=person.actor):
        raise RuleViolation("Er is niets veranderd dat op de website komt. Vaststellen is niet nodig.")
    return redirect(address_of(product), "vastgesteld")


@router.post("/producten/{number}/beeindigen")
def end_product(session: WriteSession, person: Establisher, typed: TypedForm, number: str) -> Response:
    product = queries.find_product(session, number)
    services.end_product(session, product, version=typed.number("version"), actor=person.actor)
    return redirect(address_of(product), "beeindigd")


@router.post("/producten/{number}/terugzetten")
def reopen_product(session: WriteSession, person: Establisher, typed: TypedForm, number: str) -> Response:
    product = queries.find_product(session, number)
    services.reopen_product(session, product, version=typed.number("version"), actor=person.actor)
    return redirect(address_of(product), "opgeslagen")


def _product_list(
    request: Request,
    session: Session,
    person: Person,
    filters: dict[str, str],
    number: int,
    *,
    status_code: int = 200,
    fault: str = "",
) -> Response:
    found = queries.list_products(
        session,
        search=filters.get("zoek", ""),
        team=filters.get("team", ""),
        audience=filters.get("doelgroep", ""),
        state=filters.get("status", ""),
        page=number,
    )
    ids = tuple(product.id for product in found.products)
    known = remembered(session, ("wmebv products", clock.today(), ids), lambda: _judged(session, ids, clock.today()))
    lines = [(product, known[product.id]) for product in found.products]
    return show(
        request,
        "products.html",
        person,
        "Producten",
        [HOME, PRODUCTS],
        status_code=status_code,
        fault=fault,
        lines=lines,
        filters={"zoek": "", "team": "", "doelgroep": "", "status": ""} | filters,
        teams=[(name, name) for name in queries.teams_with_products(session)],
        audiences=options(labels.AUDIENCES),
        states=options(queries.STATE_FILTERS),
        paging=paging("/wmebv/producten/", filters, found.page, found.pages, found.total),
    )


def _judged(session: Session, ids: Sequence[UUID], on: date) -> Mapping[UUID, ProductLine]:
    """What the rules say of products, by their id."""
    products = queries.whole_products(session, ids)
    general = rows.general_content(queries.general(session))
    states, book = queries.website_states(session, products), queries.rulebook(session)
    lines = {}
    for product, entry in zip(products, rows.entries(products), strict=True):
        judged = judged_entry(entry, on, book)
        verdicts = [verdict for _, verdict in judged]
        lines[product.id] = ProductLine(
            colour=together(verdict.colour for verdict in verdicts),
            percentage=sum((verdict.score for verdict in verdicts), Score()).percentage,
            support_level=support_verdict(entry.content, judged, general, on, book=book).level.value,
            messages=len(judged),
            state=states[product.id].value,
        )
    return lines


def _product_form(
    request: Request,
    session: Session,
    person: Person,
    product: Product | None,
    form: Form[Any],
    *,
    version: int | None = None,
    status_code: int = 200,
) -> Response:
    form.extra = {"legal_bases": 1, "ambitions": 1}
    title = f"{product.name} bewerken" if product else "Nieuw product"
    return show(
        request,
        "product_form.html",
        person,
        title,
        [HOME, PRODUCTS, (title, "")],
        status_code=status_code,
        form_of=session,
        form=form,
        version=typed_on(version, product),
        back=address_of(product) if product else "/wmebv/producten/",
        teams=in_use(session, Team),
        bodies=options(bodies(session)),
        audiences=options(labels.AUDIENCES),
        executors=options(labels.EXECUTORS),
        support_needs=options(labels.SUPPORT_NEEDS),
        target_groups=options(labels.TARGET_GROUP_LABELS),
        yes_no=options(labels.YES_NO),
        levels=level_options(),
    )


def _finding_lines(session: Session, product: Product, on: date, *, may_edit: bool) -> list[FindingRow]:
    """The findings of one product, worst first; each says which message or channel it is about, and its action."""
    own = f"{product.kenmerk} {product.name}"
    known = actions.by_gap(session)
    found = []
    for row in services.finding_rows_of(session, product, on):
        about = f"{row.subject.removeprefix(f'{own}: ')}: " if row.subject != own else ""
        address, status = row.action_href if may_edit else "", ""
        if action := known.get((row.rule_id, row.action_href.rpartition("/")[2])):
            address, status = f"{actions.ADDRESS}{action.id}", action.status.value
        found.append(replace(row, message=about + row.message, action_href=address, action=status))
    return sorted(found, key=lambda row: list(Severity).index(row.severity))
