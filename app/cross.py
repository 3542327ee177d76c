"""Rules across registers: what no separate spreadsheet can say. Pure; `gather` reads what they need.

The third one, a Woo category without a location, needs one register only and stands in `woo/rules.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

import register.queries as register
import wmebv.queries as wmebv
from core.findings import FindingRow, Severity
from core.links import LinkKind, linked_ids
from register.models import ProcessingActivity
from wmebv.models import Product

ACTIVITY = str(ProcessingActivity.__tablename__)
PRODUCT = str(Product.__tablename__)


@dataclass(frozen=True, slots=True)
class Node:
    """A record as these rules see it. `explained`: it needs no partner, because a task explains it."""

    id: UUID
    label: str
    href: str
    explained: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """The records of two registers, and which product collects data in which processing."""

    activities: Sequence[Node]
    products: Sequence[Node]
    collects: frozenset[tuple[UUID, UUID]]


def findings(facts: Facts) -> Sequence[FindingRow]:
    """All findings between the registers, in the order of the rules."""
    return (
        *_product_without_processing(facts),
        *_processing_without_reason(facts),
    )


def _product_without_processing(facts: Facts) -> Iterator[FindingRow]:
    """Who asks for a product gives personal data: GDPR art. 30 wants that processing in the register."""
    linked = {product for product, _activity in facts.collects}
    for product in facts.products:
        if product.id not in linked:
            yield FindingRow(
                "KRUIS-001",
                Severity.WARNING,
                "Dit product hoort nog bij geen verwerking. Kies bij het product welke verwerking erbij hoort.",
                "AVG art. 30 lid 1",
                product.href,
                product.label,
            )


def _processing_without_reason(facts: Facts) -> Iterator[FindingRow]:
    """A processing that serves no product and no task of the municipality has no visible reason (GDPR art. 5(1)(b))."""
    linked = {activity for _product, activity in facts.collects}
    for activity in facts.activities:
        if activity.id not in linked and not activity.explained:
            yield FindingRow(
                "KRUIS-002",
                Severity.WARNING,
                "Deze verwerking hoort bij geen product en geen wettelijke taak. Noem de wet of koppel een product.",
                "AVG art. 5 lid 1 onder b",
                activity.href,
                activity.label,
            )


def gather(session: Session) -> Facts:
    """Read what the rules need, in a fixed number of queries."""
    return Facts(
        activities=[Node(row.id, row.label, row.href, explained=row.has_task) for row in register.nodes(session)],
        products=[Node(row.id, row.label, row.href) for row in wmebv.nodes(session)],
        collects=linked_ids(session, LinkKind.COLLECTS, from_kind=PRODUCT, to_kind=ACTIVITY),
    )
