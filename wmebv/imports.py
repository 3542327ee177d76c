"""Lists of products on their way in: which list, what a person chose of it, and what became of it (ADR 36).

What a list would do is worked out anew each time that somebody looks (`services.plan_products`): it changes nothing,
and the inventory beside it goes on. Only choices are kept.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, ClassVar

from sqlmodel import Field, Session, col, select

from core import columns, originals, sheets
from core.db import JSON_TYPE, enum_type
from core.folder import Folder
from core.reading_in import ReadingIn
from core.sheets import Sheet
from wmebv.importer import Layout, ProductRow, ProductsResult, read_upl, starter_products
from wmebv.product_list import read_product_list


class ListSource(StrEnum):
    """Whose list it is."""

    OWN = "eigen lijst"
    OFFICIAL = "UPL"
    STARTER = "voorbeelden"


class ListState(StrEnum):
    """What it waits for: a person who says what columns hold, a person who chooses products, or nothing."""

    COLUMNS = "koppelen"
    DECIDING = "nakijken"
    DONE = "klaar"


class ProductImport(ReadingIn, table=True):
    """One list of products that somebody reads in."""

    __tablename__ = "wmebv_import"
    is_not_there: ClassVar[str] = "Deze lijst is er niet. Kies hem bij 'Producten inlezen'."

    source: ListSource = Field(sa_type=enum_type(ListSource))
    state: ListState = Field(sa_type=enum_type(ListState))
    kept: str = columns.line(64)
    """SHA-256 of the list as it was kept (`core.originals`); empty when it is gone, or was no file."""
    generate: bool = False
    """Whether messages and channels that usually go with a product come along."""
    picked: list[int] | None = Field(default=None, sa_type=JSON_TYPE)
    """The rows to read in; None for all."""
    taken: list[str] = columns.codes()
    """The differences (`Difference.key`) of which the value in the list is taken over."""
    uris: list[str] = columns.codes()
    """Of an official list: the products that it has for municipalities."""
    result: dict[str, int] = Field(default_factory=dict, sa_type=JSON_TYPE)
    """How many products and messages were added or completed so far."""

    def is_picked(self, row: int) -> bool:
        return self.picked is None or row in self.picked


def official_uris(session: Session) -> frozenset[str]:
    """The products of the official list that was read here last; empty when it never was."""
    query = select(ProductImport.uris).where(ProductImport.source == ListSource.OFFICIAL)
    found: Any = session.exec(query.order_by(col(ProductImport.created_at).desc())).first()
    return frozenset(found or ())


def sheets_of(folder: Folder, made: ProductImport) -> list[Sheet]:
    """The sheets of the list as it was uploaded.

    Raises:
        BadInput: it is not kept any more.
    """
    return sheets.read(originals.read(folder, made.kept), made.file_name)


def read_list(folder: Folder, made: ProductImport, official: Collection[str]) -> ProductsResult:
    """What the list says, row by row.

    Raises:
        BadInput: it is not kept any more, or its columns hold no product.
    """
    if made.source is ListSource.STARTER:
        products = tuple(replace(row, row=at) for at, row in enumerate(starter_products(), start=1))
        return ProductsResult(products, (), Layout(Sheet("", []), 0, ()), rows_read=len(products))
    found = sheets_of(folder, made)
    if made.source is ListSource.OFFICIAL:
        return read_upl(found)
    return read_product_list(
        found, mapping=made.mapping, sheet=made.sheet, heading_row=made.heading_row, official=frozenset(official)
    )


def to_do(made: ProductImport, products: Sequence[ProductRow]) -> list[ProductRow]:
    """The rows that were chosen, in the order of the list."""
    picked = None if made.picked is None else set(made.picked)
    return [row for row in products if picked is None or row.row in picked]
