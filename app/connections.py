"""Which product collects data in which processing: shown on both records, changed on one page."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlmodel import Session

import register.queries as register
import wmebv.queries as wmebv
from app.cross import ACTIVITY
from core import links
from core.accounts.services import Person
from core.db import Record
from core.links import LinkKind
from core.web.forms import Form, Labels, Typed
from core.web.pages import page, redirect
from core.web.related import Related
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession
from register import processors
from register.processors import LinkState
from wmebv import permissions
from wmebv.models import Product

router = APIRouter(prefix="/koppelingen")
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]

LABELS = {
    "activity": Labels("Verwerking", help="In welke verwerking staan de gegevens van dit product?", required=True)
}


class LinkInput(BaseModel):
    """Which processing to add."""

    activity: str = ""


def related(session: Session, record: Record) -> Sequence[Related]:
    """The other side of the links of a record. The number of queries does not grow with the links."""
    found = [link for link in links.links_of(session, record.id) if link.kind is LinkKind.COLLECTS]
    if isinstance(record, Product):
        names = {node.id: (node.label, node.href) for node in register.nodes(session)} if found else {}
        items = [names[link.to_id] for link in found if link.to_id in names]
        empty = "Bij dit product hoort nog geen verwerking."
        return [Related("Verwerkingen van dit product", items, empty, f"/koppelingen/{record.kenmerk}")]
    names = {node.id: (node.label, node.href) for node in wmebv.nodes(session)} if found else {}
    items = [names[link.from_id] for link in found if link.from_id in names]
    lists = [Related("Producten bij deze verwerking", items, "Bij deze verwerking hoort nog geen product.")]
    if processors.partners(session):
        others = [
            (f"{side.partner}: {side.other_label}", "")  # by name and number only: the record itself is theirs
            for side in processors.sides(session, record.id)
            if side.state is LinkState.ACCEPTED
        ]
        heading = "Verwerkingen bij andere organisaties"
        lists.append(Related(heading, others, "Er is geen gekoppelde verwerking.", "/verwerkersrelaties/"))
    return lists


@router.get("/{kenmerk}")
def show_links(request: Request, session: ReadSession, person: Editor, kenmerk: str) -> Response:
    return _links_page(request, session, person, wmebv.find_product(session, kenmerk), Form(LinkInput, Typed(), LABELS))


@router.post("/{kenmerk}")
def change_links(request: Request, session: WriteSession, person: Editor, kenmerk: str, typed: TypedForm) -> Response:
    product = wmebv.find_product(session, kenmerk)
    choices = _choices(session)
    if removed := typed.value("remove"):
        for link in links.links_of(session, product.id):
            if str(link.to_id) == removed:
                links.unlink(session, link, actor=person.actor)
        return redirect(f"/koppelingen/{product.kenmerk}", "opgeslagen")
    form = Form(LinkInput, typed, LABELS)
    if typed.value("activity") not in choices:
        form.errors["activity"] = "Kies een verwerking uit de lijst."
        return _links_page(request, session, person, product, form, status_code=422)
    target = (ACTIVITY, UUID(typed.value("activity")))
    links.link(session, LinkKind.COLLECTS, product.audit_key(), target, actor=person.actor)
    return redirect(f"/koppelingen/{product.kenmerk}", "opgeslagen")


def _choices(session: Session) -> Mapping[str, str]:
    return {str(node.id): node.label for node in register.nodes(session)}


def _links_page(
    request: Request,
    session: Session,
    person: Person,
    product: Product,
    form: Form[LinkInput],
    *,
    status_code: int = 200,
) -> Response:
    names = {node.id: node for node in register.nodes(session)}
    linked = {link.to_id for link in links.links_of(session, product.id) if link.to_id in names}
    return page(
        request,
        "app/connections.html",
        person=person,
        page_title=f"Verwerkingen bij {product.name}",
        product=product,
        form=form,
        linked=[names[record_id] for record_id in sorted(linked, key=lambda one: names[one].label)],
        options=[(str(node.id), node.label) for node in names.values() if node.id not in linked],
        status_code=status_code,
    )
