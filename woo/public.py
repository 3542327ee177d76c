"""What the public may know about Woo categories and documents: the only module of `woo` that `publish` imports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Term:
    """An entry of a TOOI value list. `uri` is emitted unchanged; None when the entry is outside the 0.9.8 schema."""

    uri: str | None
    label: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document: its `loc` (absolute) and its official title."""

    loc: str
    title: str


@dataclass(frozen=True, slots=True)
class Action:
    """A documenthandeling: vaststelling, ondertekening or ontvangst, at a moment with a zone."""

    kind: Term
    at: datetime
    by: Term | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    role: Term
    target: Reference


@dataclass(frozen=True, slots=True)
class ExtraField:
    """A name/value pair of `diwoo:extraMetadata`, shown with a hit and not searchable."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicDocument:
    """A published document with every element of DiWoo 0.9.8 that is filled (woo-index section 7.1).

    Moments carry a zone. `loc` is absolute, https, and never changes. `path` is the place below the site's root
    (`woo/documenten/...`), or None when the file lives elsewhere. `sitemap` is the stored number of its sitemap.
    """

    id: UUID
    loc: str
    path: str | None
    lastmod: datetime
    sitemap: int
    dossier_id: str
    publisher: Term
    title: str
    categories: tuple[Term, ...]
    category_numbers: tuple[str, ...]
    """Three digits each, the first decides the index; empty for documents published without duty (art. 3.1)."""
    actions: tuple[Action, ...]
    identifiers: tuple[str, ...] = ()
    responsible: Term | None = None
    co_responsible: tuple[Term, ...] = ()
    author: Term | None = None
    author_name: str = ""
    short_titles: tuple[str, ...] = ()
    alternative_titles: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    kinds: tuple[Term, ...] = ()
    themes: tuple[Term, ...] = ()
    keywords: tuple[str, ...] = ()
    created_on: date | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    language: Term | None = None
    format: Term | None = None
    aggregation: str = ""
    is_part_of: Reference | None = None
    has_parts: tuple[Reference, ...] = ()
    relations: tuple[Relation, ...] = ()
    replaced_reason: Term | None = None
    extra: tuple[ExtraField, ...] = ()
    sha256: str = ""
    size: int = 0
    media_type: str = ""
    published_at: datetime | None = None
