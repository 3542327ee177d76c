"""Message types: the form, and the end of one."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core.accounts.services import Person
from core.errors import Conflict, RuleViolation
from core.web.conflicts import conflict_page, settle
from core.web.drafts import DraftForm
from core.web.forms import Form, Typed, bind, fill
from core.web.pages import redirect
from core.web.security import ReadSession, TypedForm, WriteSession
from wmebv import labels, meetings, queries, rows, services
from wmebv.content import MessageTypeContent
from wmebv.deciding import STEPS
from wmebv.forms import MESSAGE_LABELS, options
from wmebv.models import MessageType, Product
from wmebv.routes.shared import HOME, PRODUCTS, Editor, address_of, function_of, show, typed_on

router = APIRouter()
TypedMessage = Annotated[Typed, Depends(DraftForm("Bericht", MESSAGE_LABELS))]


_ASSESSED = ("kind", "official", "reasoning", "assessed_on")


@router.get("/producten/{number}/bericht")
def new_message(request: Request, session: ReadSession, person: Editor, number: str) -> Response:
    product = queries.find_product(session, number)
    form = fill(MessageTypeContent(), MESSAGE_LABELS)
    return _message_form(request, session, person, product, None, form)


@router.post("/producten/{number}/bericht")
def add_message(request: Request, session: WriteSession, person: Editor, typed: TypedMessage, number: str) -> Response:
    product = queries.find_product(session, number)
    form = bind(MessageTypeContent, typed, MESSAGE_LABELS, require=["name", "direction"])
    if form.cleaned is None:
        return _message_form(request, session, person, product, None, form, status_code=422)
    try:
        message = services.add_message_type(session, product, form.cleaned, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _message_form(request, session, person, product, None, form, status_code=422)
    return redirect(f"/wmebv/berichten/{message.id}/", "opgeslagen")


@router.get("/berichten/{message_id}/bewerken")
def edit_message(request: Request, session: ReadSession, person: Editor, message_id: UUID) -> Response:
    message = queries.find_message(session, message_id)
    form = fill(rows.message_content(message), MESSAGE_LABELS)
    return _message_form(request, session, person, message.product, message, form)


@router.post("/berichten/{message_id}/bewerken")
def change_message(
    request: Request, session: WriteSession, person: Editor, typed: TypedMessage, message_id: UUID
) -> Response:
    message = queries.find_message(session, message_id)
    product, meeting = message.product, meetings.of_message(message)
    typed, version = settle(session, typed, meeting)
    form = bind(MessageTypeContent, typed, MESSAGE_LABELS, require=["name", "direction"])
    if form.cleaned is None:
        return _message_form(request, session, person, product, message, form, version=version, status_code=422)
    before = rows.message_content(message)
    is_same = all(getattr(form.cleaned, name) == getattr(before, name) for name in _ASSESSED)
    by = before.assessed_by if is_same else function_of(person)
    content = form.cleaned.model_copy(update={"answers": before.answers, "assessed_by": by})
    try:
        services.change_message_type(session, message, content, version=version, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _message_form(request, session, person, product, message, form, version=version, status_code=422)
    except Conflict:
        mine = fill(content, MESSAGE_LABELS).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return redirect(f"/wmebv/berichten/{message.id}/", "opgeslagen")


@router.post("/berichten/{message_id}/vervallen")
def end_message(session: WriteSession, person: Editor, typed: TypedForm, message_id: UUID) -> Response:
    message = queries.find_message(session, message_id)
    services.end_message_type(session, message, version=typed.number("version"), actor=person.actor)
    return redirect(address_of(message.product), "opgeslagen")


def _message_form(
    request: Request,
    session: Session,
    person: Person,
    product: Product,
    message: MessageType | None,
    form: Form[Any],
    *,
    version: int | None = None,
    status_code: int = 200,
) -> Response:
    form.extra = {"channels": 1, "volumes": 1, "norm_results": 1}
    title = f"{message.name} bewerken" if message else f"Nieuw bericht bij {product.name}"
    return show(
        request,
        "message_form.html",
        person,
        title,
        [HOME, PRODUCTS, (product.kenmerk, address_of(product)), (title, "")],
        status_code=status_code,
        form_of=session,
        form=form,
        version=typed_on(version, message),
        back=f"/wmebv/berichten/{message.id}/" if message else address_of(product),
        steps=STEPS,
        kinds=options(labels.KINDS),
        kind_names=labels.KINDS,
        official=options(labels.OFFICIAL),
        directions=options(labels.DIRECTIONS),
        uses=options(labels.USES),
        yes_no=options(labels.YES_NO),
        channels=[(line.channel.name, line.channel.name) for line in queries.list_channels(session)],
    )
