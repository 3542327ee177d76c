"""Which product collects data in which processing, yields documents of which Woo category and uses which system.

Shown on the records, changed on one page.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlmodel import Session, col, select

import register.queries as register
import wmebv.queries as wmebv
from app.cross import ACTIVITY, Node
from core import links
from core.accounts.services import Person
from core.db import Record
from core.links import Link, LinkKind
from core.organisations import System
from core.web.forms import Form, Labels, Typed
from core.web.pages import page, redirect
from core.web.related import Related
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession
from register import processors
from register.processors import LinkState
from wmebv import permissions
from wmebv.models import Product
from woo.models import Category

router = APIRouter(prefix="/koppelingen")
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]

LABELS = {
    "activity": Labels("Verwerking", help="In welke verwerking staan de gegevens van dit product?"),
    "category": Labels("Woo-categorie", help="Welke documenten komen uit dit product voort?"),
    "system": Labels("Systeem", help="In welk systeem wordt dit product behandeld?"),
}


class LinkInput(BaseModel):
    """What to add: the id of a record on each side."""

    activity: str = ""
    category: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """A kind of record that a product can be joined with. `name` is the field of the form."""

    name: str
    kind: LinkKind
    table: str
    heading: str
    empty: str
    nodes: Callable[[Session], Sequence[Node]]
    products: str
    """What the products are called on the other side."""
    no_products: str


def _activities(session: Session) -> Sequence[Node]:
    return [Node(node.id, node.label, node.href) for node in register.nodes(session)]


def _categories(session: Session) -> Sequence[Node]:
    found = session.exec(select(Category).order_by(col(Category.number)))
    return [Node(one.id, f"{one.number} {one.entry.label}", f"/woo/categorieen/{one.number}") for one in found]


def _systems(session: Session) -> Sequence[Node]:
    return [Node(one.id, one.name, "") for one in session.exec(select(System).order_by(col(System.name)))]


SIDES = (
    Side(
        "activity",
        LinkKind.COLLECTS,
        ACTIVITY,
        "Verwerkingen van dit product",
        "Bij dit product hoort nog geen verwerking.",
        _activities,
        "Producten bij deze verwerking",
        "Bij deze verwerking hoort nog geen product.",
    ),
    Side(
        "category",
        LinkKind.YIELDS,
        str(Category.__tablename__),
        "Woo-categorieën van dit product",
        "Bij dit product hoort nog geen Woo-categorie.",
        _categories,
        "Producten bij deze categorie",
        "Bij deze categorie hoort nog geen product.",
    ),
    Side(
        "system",
        LinkKind.RELATES,
        str(System.__tablename__),
        "Systemen van dit product",
        "Bij dit product hoort nog geen systeem.",
        _systems,
        "Producten in dit systeem",
        "Bij dit systeem hoort nog geen product.",
    ),
)


def related(session: Session, record: Record) -> Sequence[Related]:
    """The other side of the links of a record. The number of queries does not grow with the links."""
    found = links.links_of(session, record.id)
    if isinstance(record, Product):
        return [
            Related(
                side.heading, [(node.label, node.href) for node in nodes], side.empty, f"/koppelingen/{record.kenmerk}"
            )
            for side, nodes, _ in _sides(session, found)
        ]
    side = next(side for side in SIDES if side.table == record.audit_key()[0])
    joined = [link for link in found if link.kind is side.kind and link.to_id == record.id]
    names = {node.id: (node.label, node.href) for node in wmebv.nodes(session)} if joined else {}
    items = [names[link.from_id] for link in joined if link.from_id in names]
    lists = [Related(side.products, items, side.no_products)]
    if side.table == ACTIVITY and processors.partners(session):
        others = [
            (f"{side.partner}: {side.other_label}", "")  # by name and number only: the record itself is theirs
            for side in processors.sides(session, record.id)
            if side.state is LinkState.ACCEPTED
        ]
        heading = "Verwerkingen bij andere organisaties"
        lists.append(Related(heading, others, "Er is geen gekoppelde verwerking.", "/verwerkersrelaties/"))
    return lists


def _sides(
    session: Session, found: Sequence[Link], *, with_others: bool = False
) -> Iterator[tuple[Side, Sequence[Node], Sequence[Node]]]:
    """Each side with the records that are joined and, when asked, those that could be."""
    for side in SIDES:
        ids = {link.to_id for link in found if link.kind is side.kind and link.to_kind == side.table}
        nodes = side.nodes(session) if ids or with_others else ()
        yield side, [node for node in nodes if node.id in ids], [node for node in nodes if node.id not in ids]


@router.get("/{kenmerk}")
def show_links(request: Request, session: ReadSession, person: Editor, kenmerk: str) -> Response:
    return _links_page(request, session, person, wmebv.find_product(session, kenmerk), Form(LinkInput, Typed(), LABELS))


@router.post("/{kenmerk}")
def change_links(request: Request, session: WriteSession, person: Editor, kenmerk: str, typed: TypedForm) -> Response:
    product = wmebv.find_product(session, kenmerk)
    found = links.links_of(session, product.id)
    if removed := typed.value("remove"):
        for link in found:
            if str(link.to_id) == removed:
                links.unlink(session, link, actor=person.actor)
        return redirect(f"/koppelingen/{product.kenmerk}", "opgeslagen")
    form = Form(LinkInput, typed, LABELS)
    chosen: list[tuple[Side, UUID]] = []
    for side, joined, others in _sides(session, found, with_others=True):
        known = {str(node.id): node.id for node in (*joined, *others)}
        wanted = typed.value(side.name)
        if wanted in known:
            chosen.append((side, known[wanted]))
        elif wanted:
            form.errors[side.name] = f"Kies bij '{LABELS[side.name].label}' iets uit de lijst."
    if not (chosen or form.errors):
        form.errors["activity"] = "Kies een verwerking, Woo-categorie of systeem uit de lijst."
    if form.errors:
        return _links_page(request, session, person, product, form, status_code=422)
    for side, record_id in chosen:
        links.link(session, side.kind, product.audit_key(), (side.table, record_id), actor=person.actor)
    return redirect(f"/koppelingen/{product.kenmerk}", "opgeslagen")


def _links_page(
    request: Request,
    session: Session,
    person: Person,
    product: Product,
    form: Form[LinkInput],
    *,
    status_code: int = 200,
) -> Response:
    found = links.links_of(session, product.id)
    sides = list(_sides(session, found, with_others=True))
    return page(
        request,
        "app/connections.html",
        person=person,
        page_title=f"Koppelingen van {product.name}",
        product=product,
        form=form,
        linked=[(side, sorted(joined, key=lambda node: node.label)) for side, joined, _ in sides],
        choices=[(side.name, [(str(node.id), node.label) for node in others]) for side, _, others in sides],
        status_code=status_code,
    )
