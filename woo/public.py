"""What the public may know about Woo categories and documents: the only module of `woo` that `publish` imports."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache, reduce
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Select, String, cast, func
from sqlalchemy import select as plain_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core import clock
from core.audit import Actor
from core.clock import AMSTERDAM
from core.db import Database, in_byte_order, of_many_rows, organisation_of
from core.folder import Folder
from core.history import Version, newest_of_kind
from core.organisations import the_organisation
from woo import files, lists, overviews, services, snapshot
from woo.content import DocumentState, OverviewContent, OverviewKind
from woo.models import Category, Document, Dossier, Overview, PublicReference, Sitemap, WithdrawnAddress
from woo.services.sitemaps import later

GROUNDS_KEY = "weigeringsgronden"
"""The name under which the grounds for what is withheld go to the harvester (woo-index 7.3)."""
_AT_ONCE = 500
_MINE, _OTHER = aliased(Document), aliased(Document)  # here, since to make one takes milliseconds
_IS_OWN_FILE = (col(Document.state) == DocumentState.PUBLISHED, col(Document.loc).startswith(files.PUBLIC_PREFIX))
"""Whether a document is public and its file stands on our own site."""
Those = Callable[[type[Document]], ColumnElement[bool]]
"""Which documents a question is about, whatever name the table has in it."""


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
class Ground:
    """Why something is withheld, for a passage or (empty) for the whole document (Woo art. 5.1, 5.2)."""

    code: str
    label: str
    article: str
    passage: str

    @property
    def meaning(self) -> str:
        """What the ground means, in words for every reader; empty for one that the list no longer has."""
        entry = lists.GROUNDS.entries.get(self.code, {})
        return str(entry.get("meaning", ""))


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
    withheld: str = ""
    """`deels` or `helemaal` when the reader does not get all of it (Woo art. 3.3 lid 8)."""
    grounds: tuple[Ground, ...] = ()
    notice: str = ""
    extra: tuple[ExtraField, ...] = ()
    sha256: str = ""
    size: int = 0
    media_type: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PublicLocation:
    """A page where documents of a category stand, as registered for the Woo-index."""

    url: str
    explanation: str


@dataclass(frozen=True, slots=True)
class PublicCategory:
    """A category as it was last established for the website.

    `number` has three digits, or is "3.1" for documents published without duty. `in_force_since` is None when the
    category binds nobody yet; unless `in_force_checked`, both are still to be looked at ("nakijken") and say so.
    """

    number: str
    uri: str
    label: str
    article: str
    status: str
    frequency: str
    in_force_since: date | None
    in_force_source: str
    in_force_checked: bool
    locations: tuple[PublicLocation, ...]
    document_count: int
    established_at: datetime

    @property
    def slug(self) -> str:
        """`001-wetten-en-algemeen-verbindende-voorschriften`, for its address; "3.1" stands alone."""
        return category_slug(self.number, self.label)


@dataclass(frozen=True, slots=True)
class ListedCategory:
    """A category as the law lists it, whatever the organisation did about it; `number` has three digits."""

    number: str
    label: str
    article: str
    is_for_municipalities: bool


def listed_categories() -> list[ListedCategory]:
    """The seventeen categories of Woo art. 3.3, in the order of the law."""
    return [
        ListedCategory(entry.number, entry.label, entry.article, entry.municipality != "no")
        for entry in lists.categories().values()
        if entry.number != lists.WITHOUT_DUTY
    ]


def category_slug(number: str, label: str) -> str:
    """The place of a category in addresses, established for the website or not."""
    return number if number == lists.WITHOUT_DUTY else f"{number}-{files.slug(label)}"


class PublicDossier(NamedTuple):
    """A dossier with at least one public document; `id` stands in its address."""

    id: str
    title: str
    description: str
    category_number: str
    category_label: str
    document_count: int
    changed_at: datetime
    order: tuple[str, ...] = ()
    """Addresses of its documents (`path` behind a slash, or `loc`) in the order that a person gave them."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An address that was public once: it answers 410 for ever. `reason` is a label of the list, or empty."""

    loc: str
    path: str | None
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PublicOverview:
    """An overview of art. 3.3a that was put on the website; `name` stands in its address.

    Ours of what is withheld has no headings and no rows: they follow from the documents.
    """

    name: str
    title: str
    article: str
    explanation: str
    category_number: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str | date, ...], ...]
    renewed_on: date | None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What the page of a dossier tells of a document that was taken back: never its title.

    `number` is its place in the dossier, `reason` a label of the list, or empty when it was another one.
    """

    dossier_id: str
    number: int
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PublicSitemap:
    """A sitemap with at least one entry; `changed_at` is its `lastmod` in the index of the category."""

    category_number: str
    number: int
    entries: int
    changed_at: datetime


class FrozenDocument(NamedTuple):
    """A published document as it stands frozen, for who must read very many of them: `public` tells the same.

    `category` and `sitemap` say in which sitemap it stands ("" and 0: in none, or not asked). `content` has the shape
    of `woo.snapshot.freeze_document`, and `text` is the same as it is stored; `named` are the public documents that it
    names, by id, and `parts` those that name it as their whole.
    """

    id: UUID
    loc: str
    path: str | None
    lastmod: datetime
    published_at: datetime | None
    category: str
    sitemap: int
    text: str
    content: Mapping[str, Any]
    named: Mapping[str, Reference]
    parts: tuple[Reference, ...]

    @property
    def extra(self) -> tuple[ExtraField, ...]:
        """What goes to the harvester as pairs of a name and values."""
        return _extra(self.content)

    @property
    def public(self) -> PublicDocument:
        return _document(self)


class KnownDocument(NamedTuple):
    """What is known of each public document, small enough to hold a million. `digest` is of all that is told of it.

    `id` is that of the document as bytes.
    `category` is the number under which the pages show it, "3.1" for those without duty, and `label` its label.
    `sitemap` is None for a document that stands in none, else category and number.
    """

    id: bytes
    loc: str
    lastmod: datetime
    published_at: datetime
    sitemap: tuple[str, int] | None
    category: str
    label: str
    dossier_id: str
    on: date
    themes: tuple[str, ...]
    is_withheld: bool
    digest: bytes


def public_documents(session: Session) -> Iterator[PublicDocument]:
    """All documents the public may see, by category, sitemap and address; art. 3.1 comes last.

    Read in portions, so that a million fit in memory.
    """
    return (document.public for document in frozen_documents(session))


class Kept(Protocol):
    """What the export before wrote down of frozen texts, by a name, and what this one writes down for the next."""

    def recall(self, name: str) -> Mapping[str, Any]: ...

    def note(self, name: str, facts: Mapping[str, Any]) -> None: ...


def known_documents(session: Session, kept: Kept) -> Iterator[KnownDocument]:
    """The same documents in the same order: what can be told of each without making anything of it.

    Of a version that is known the text is not read again. It never changes: publishing anew makes another version, and
    moves `lastmod`, so that a version that was published after a restore is another one too.
    """
    base_url = the_organisation(session).base_url
    shared: dict[Any, Any] = {}
    named, parts = _others(session, base_url)
    for those, category, number in _places(session):
        sitemap, name = (category, number) if category else None, f"{category}-{number}"
        before, facts = kept.recall(name), {}
        rows = session.execute(
            plain_select(_key(Document), col(Document.loc))
            .where(those(Document), _is_public(Document))
            .order_by(in_byte_order(col(Document.loc)))
        ).all()
        read = _facts_of(session, those, [UUID(bytes=_id_of(key)) for key, _ in rows if key not in before], len(rows))
        for key, loc in rows:
            document_id = _id_of(key)
            fact = facts[key] = before.get(key) or read[document_id]
            lastmod, published_at, shown, label, dossier, on, themes, is_withheld, names, text = fact
            own = parts.get(document_id)
            others = repr(([named.get(target) for target in names], own)) if names or own else ""
            address = _absolute(base_url, loc)
            themes = tuple(themes)
            yield KnownDocument(
                document_id,
                address,
                datetime.fromisoformat(lastmod),
                datetime.fromisoformat(published_at),
                sitemap,
                shared.setdefault(shown, shown),
                shared.setdefault(label, label),
                shared.setdefault(dossier, dossier),
                _on(on),
                shared.setdefault(themes, themes),
                is_withheld,
                hashlib.sha256(f"{key}\0{address}\0{others}\0{text}".encode()).digest()[:16],
            )
        kept.note(name, facts)


_on = lru_cache(maxsize=4096)(date.fromisoformat)


def _key(one: type[Document]) -> ColumnElement[str]:
    """In one text which document it is, and which version of it is shown since when. No two versions share one."""
    facts = (one.id, one.published_version, one.lastmod_at, one.published_at)
    first, *rest = (func.coalesce(cast(col(fact), String), "") for fact in facts)
    return reduce(lambda text, fact: text + " " + fact, rest, first)


def _id_of(key: str) -> bytes:
    return bytes.fromhex(key.partition(" ")[0].replace("-", ""))


def _others(session: Session, base_url: str) -> tuple[Mapping[str, str], Mapping[bytes, Sequence[str]]]:
    """What documents say of others, as `_references` has it but unread: which version is shown, and its address."""
    named: dict[str, str] = {}
    parts: dict[bytes, list[str]] = defaultdict(list)
    query = (
        plain_select(_key(_MINE), col(_MINE.loc), _key(_OTHER), col(_OTHER.loc), col(PublicReference.is_part))
        .select_from(PublicReference)
        .join(_MINE, col(_MINE.id) == PublicReference.source_id)
        .join(_OTHER, col(_OTHER.id) == PublicReference.target_id)
        .where(_is_public(_MINE), _is_public(_OTHER))
    )
    for part, part_loc, whole, whole_loc, is_part in session.execute(query):
        named[str(UUID(bytes=_id_of(whole)))] = f"{whole} {_absolute(base_url, whole_loc or '')}"
        if is_part:
            parts[_id_of(whole)].append(f"{part} {_absolute(base_url, part_loc or '')}")
    return named, {whole: sorted(each) for whole, each in parts.items()}


def _facts_of(session: Session, those: Those, ids: Sequence[UUID], among: int) -> Mapping[bytes, Sequence[Any]]:
    """What the texts of these documents say; when they are most of `those`, all of those are read."""
    few = [_among(ids[start : start + _AT_ONCE]) for start in range(0, len(ids), _AT_ONCE)]
    found = {}
    for some in few if 2 * len(ids) < among else [those]:
        for document_id, _loc, lastmod, published_at, text in _shown(session, some):
            found[document_id.bytes] = [lastmod.isoformat(), (published_at or lastmod).isoformat(), *_facts(text)]
    return found


def _facts(text: str) -> Sequence[Any]:
    """What is known of a document by its text, as JSON keeps it: the last is a digest of all of it."""
    content = _parsed(text)
    numbers = [entry["number"] for entry in content["categories"] if entry["number"] != lists.WITHOUT_DUTY]
    return [
        numbers[0] if numbers else lists.WITHOUT_DUTY,
        content["categories"][0]["label"],
        content["dossier"],
        content["actions"][0]["on"],
        [theme["label"] for theme in content["themes"]],
        bool(content.get("withheld")),
        [target for target, _ in snapshot.references(content)],
        hashlib.sha256(text.encode()).hexdigest()[:32],
    ]


def frozen_documents(session: Session) -> Iterator[FrozenDocument]:
    """All documents the public may see, in the same order, as rows: some five times as fast."""
    return (document for place in _places(session) for document in _frozen(session, *place))


def _places(session: Session) -> Iterator[tuple[Those, str, int]]:
    """Every sitemap, in order, and last what stands in none. All at once would need a disk to sort a million on."""
    listed = select(Sitemap.id, Sitemap.category, Sitemap.number)
    for sitemap_id, category, number in session.exec(listed.order_by(Sitemap.category, col(Sitemap.number))).all():
        yield _in_sitemap(sitemap_id), category, number
    yield lambda one: col(one.sitemap_id).is_(None), "", 0


def documents_in(session: Session, category: str, number: int) -> Iterator[FrozenDocument]:
    """The public documents of one sitemap, by address."""
    place = session.exec(select(Sitemap.id).where(Sitemap.category == category, Sitemap.number == number)).one()
    return _frozen(session, _in_sitemap(place), category, number)


def documents_of(session: Session, ids: Sequence[UUID], *, alone: bool = False) -> Mapping[UUID, FrozenDocument]:
    """These documents, as far as they are public, without their sitemap.

    `alone`: without the other documents that they name, or that name them, too.
    """
    return {
        document.id: document
        for start in range(0, len(ids), _AT_ONCE)
        for document in _frozen(session, _among(ids[start : start + _AT_ONCE]), "", 0, alone=alone)
    }


def _is_public(one: type[Document]) -> ColumnElement[Any]:
    return of_many_rows(col(one.state) == DocumentState.PUBLISHED)


def _is_shown(one: type[Document]) -> ColumnElement[bool]:
    """The version of a document that the public sees."""
    return (col(Version.subject_id) == one.id) & (col(Version.number) == one.published_version)


def _in_sitemap(sitemap_id: UUID) -> Those:
    return lambda one: col(one.sitemap_id) == sitemap_id


def _among(ids: Sequence[UUID]) -> Those:
    return lambda one: col(one.id).in_(ids)


def _frozen(
    session: Session, those: Those, category: str, number: int, *, alone: bool = False
) -> Iterator[FrozenDocument]:
    """These documents by address."""
    base_url = the_organisation(session).base_url
    named, parts = ({}, {}) if alone else _references(session, base_url, those)
    for document_id, loc, lastmod, published_at, content in _shown(session, those, in_byte_order(col(Document.loc))):
        yield FrozenDocument(
            document_id,
            _absolute(base_url, loc),
            _path(loc),
            lastmod,
            published_at,
            category,
            number,
            content,
            _parsed(content),  # one by one: what is parsed is gone before the next
            named,
            parts.get(document_id, ()),
        )


def _shown(
    session: Session, those: Those, *order: ColumnElement[Any]
) -> Iterator[tuple[UUID, str, datetime, datetime | None, str]]:
    """Of these documents: id, address, `lastmod`, first publication, and the text of the version that is shown."""
    query = (
        plain_select(
            col(Document.id),
            col(Document.loc),
            col(Document.lastmod_at),
            col(Document.published_at),
            cast(col(Version.content), String),
        )
        .join(Version, _is_shown(Document))
        .where(those(Document), _is_public(Document))
        .order_by(*order)
        .execution_options(yield_per=_AT_ONCE)
    )
    for document_id, loc, lastmod, published_at, text in session.execute(query):
        if loc is None or lastmod is None:
            raise ValueError(f"public document {document_id} has no address or no lastmod")
        yield document_id, loc, lastmod, published_at, text


def _parsed(text: str) -> dict[str, Any]:
    found: dict[str, Any]
    try:
        found = from_json(text, cache_strings="keys")
    except ValueError:  # half a character: Python reads it, the parser of pydantic, which is faster, does not
        found = json.loads(text)
    return found


def number_public(session: Session) -> int:
    """How many documents the public may see."""
    return session.exec(
        select(func.count()).select_from(Document).where(Document.state == DocumentState.PUBLISHED)
    ).one()


def own_files(session: Session) -> Iterator[tuple[str, str, int]]:
    """Path, SHA-256 and size of every public file that stands on our own site, by path."""
    query = (
        select(Document.loc, col(Version.content)["sha256"].as_string(), col(Version.content)["size"].as_integer())
        .join(Version, (col(Version.subject_id) == Document.id) & (col(Version.number) == Document.published_version))
        .where(*_IS_OWN_FILE)
        .order_by(in_byte_order(col(Document.loc)))
        .execution_options(yield_per=_AT_ONCE)
    )
    with session.exec(query) as rows:  # whoever stops half-way leaves no cursor open
        for loc, sha256, size in rows:
            if loc:
                yield loc.removeprefix("/"), sha256, size


def public_dossiers(session: Session) -> list[PublicDossier]:
    """Dossiers with a public document, as frozen at the latest publication in them; newest change first."""
    counted = {
        dossier_id: (number, changed_at)
        for dossier_id, number, changed_at in session.exec(
            select(Document.dossier_id, func.count(), func.max(Document.lastmod_at))
            .where(Document.state == DocumentState.PUBLISHED)
            .group_by(col(Document.dossier_id))
        )
        if changed_at
    }
    found = []
    query = _newest(str(Dossier.__tablename__), col(Version.subject_id), cast(col(Version.content), String))
    for dossier_id, text in session.execute(query.execution_options(yield_per=_AT_ONCE)):
        if dossier_id not in counted:
            continue
        content = _parsed(text)
        category = content["category"] or {"number": "", "label": ""}
        count, changed_at = counted[dossier_id]
        found.append(
            PublicDossier(
                id=content["public_id"],
                title=content["title"],
                description=content["description"],
                category_number=category["number"],
                category_label=category["label"],
                document_count=count,
                changed_at=changed_at,
                order=tuple(content.get("order", ())),
            )
        )
    return sorted(found, key=lambda dossier: (dossier.changed_at, dossier.id), reverse=True)


def public_categories(session: Session) -> list[PublicCategory]:
    """The categories that were established for the website, in the order of the law.

    A document counts in its first category, the one in whose index it stands.
    """
    counts = dict(
        session.exec(select(Sitemap.category, func.sum(Sitemap.entries)).group_by(col(Sitemap.category))).all()
    )
    without = session.exec(
        select(func.count()).where(Document.state == DocumentState.PUBLISHED, col(Document.sitemap_id).is_(None))
    ).one()
    counts[lists.WITHOUT_DUTY] = without
    return sorted(
        (
            PublicCategory(
                **{
                    name: version.content[name] for name in ("number", "uri", "label", "article", "status", "frequency")
                },
                in_force_since=_day(version.content["in_force_since"]),
                in_force_source=version.content["in_force_source"],
                in_force_checked=version.content["in_force_checked"],
                locations=tuple(PublicLocation(**location) for location in version.content["locations"]),
                document_count=int(counts.get(version.content["number"], 0)),
                established_at=version.established_at,
            )
            for version in _newest_versions(session, str(Category.__tablename__))
        ),
        key=lambda category: category.number if category.number != lists.WITHOUT_DUTY else "999",
    )


def public_overviews(session: Session) -> list[PublicOverview]:
    """The overviews that the organisation chose to show, in the order of the law; ours of what is withheld first."""
    found = []
    for version in _newest_versions(session, str(Overview.__tablename__)):
        content = OverviewContent.model_validate(version.content)
        form = overviews.FORMS[content.kind]
        found.append(
            PublicOverview(
                name=content.kind.value,
                title=form.title,
                article=form.article,
                explanation=form.explanation,
                category_number=form.category,
                headings=overviews.headings(content.kind),
                rows=overviews.cells(content.kind, content.rows),
                renewed_on=content.renewed_on,
            )
        )
    order = [kind.value for kind in OverviewKind]
    return sorted(found, key=lambda overview: order.index(overview.name))


def withdrawn(session: Session) -> list[Withdrawn]:
    """Every address that was taken back, oldest first. It outranks all else: read it last before a switch."""
    base_url = the_organisation(session).base_url
    documents = select(Document.loc, Document.withdrawn_at, Document.withdrawal_reason).where(
        Document.state == DocumentState.WITHDRAWN
    )
    addresses = select(WithdrawnAddress.loc, WithdrawnAddress.withdrawn_at, WithdrawnAddress.withdrawal_reason)
    found = [
        (at, loc.encode(), Withdrawn(_absolute(base_url, loc), _path(loc), at, _reason(reason)))
        for query in (documents, addresses)
        for loc, at, reason in session.exec(query)
        if loc and at
    ]
    return [one for _at, _loc, one in sorted(found, key=itemgetter(0, 1))]


def _reason(code: str) -> str:
    return lists.REASONS.label(code) if code else ""


def withdrawn_since(session: Session, moment: datetime) -> Mapping[str, Sequence[str]]:
    """The full addresses of what was taken back after a moment, by category."""
    base_url = the_organisation(session).base_url
    documents = select(Document.category, Document.loc).where(
        Document.state == DocumentState.WITHDRAWN, col(Document.withdrawn_at) > moment
    )
    addresses = select(WithdrawnAddress.category, WithdrawnAddress.loc).where(
        col(WithdrawnAddress.withdrawn_at) > moment, WithdrawnAddress.category != ""
    )
    found: dict[str, list[str]] = defaultdict(list)
    for query in (documents, addresses):
        for category, loc in session.exec(query):
            if loc:
                found[category].append(_absolute(base_url, loc))
    return {category: sorted(locs, key=str.encode) for category, locs in found.items()}


def move_sitemap_on(session: Session, category: str, number: int) -> datetime:
    """The moment to tell of a sitemap that changes on the site before the next export.

    Its own moment moves on: what else changed in it comes with that export, and the harvester must see that too.
    """
    sitemap = session.exec(select(Sitemap).where(Sitemap.category == category, Sitemap.number == number)).one()
    told = sitemap.changed_at
    sitemap.changed_at = later(told)
    return told


def tombstones(session: Session) -> list[Tombstone]:
    """The documents that were taken back, by dossier and number."""
    documents = (
        select(Dossier.public_id, Document.number, Document.withdrawn_at, Document.withdrawal_reason)
        .join(Dossier, col(Dossier.id) == Document.dossier_id)
        .where(Document.state == DocumentState.WITHDRAWN)
    )
    addresses = session.exec(select(WithdrawnAddress)).all()
    found = [
        *(((dossier, number), at, reason) for dossier, number, at, reason in session.exec(documents)),
        *((files.place_of(one.loc), one.withdrawn_at, one.withdrawal_reason) for one in addresses),
    ]
    known = [Tombstone(*place, at, _reason(reason)) for place, at, reason in found if place and at]
    return sorted(known, key=lambda one: (one.dossier_id.encode(), one.number))


def is_withdrawn(session: Session, path: str) -> bool:
    """Whether this place below the site's root (`woo/documenten/...`) was taken back: it answers 410."""
    loc = f"/{path.lstrip('/')}"
    document = select(Document.id).where(Document.loc == loc, Document.state == DocumentState.WITHDRAWN)
    address = select(WithdrawnAddress.id).where(WithdrawnAddress.loc == loc)
    return any(session.exec(query).first() is not None for query in (document, address))


def sitemaps(session: Session) -> list[PublicSitemap]:
    """The sitemaps that hold something, by category and number. An empty one may not be listed (woo-index 5.1)."""
    query = select(Sitemap).where(Sitemap.entries > 0).order_by(col(Sitemap.category), col(Sitemap.number))
    return [
        PublicSitemap(sitemap.category, sitemap.number, sitemap.entries, sitemap.changed_at)
        for sitemap in session.exec(query)
    ]


def last_change(session: Session) -> datetime | None:
    """The moment of the last change that the public can see; None when there has never been one."""
    kinds = [str(table.__tablename__) for table in (Category, Dossier, Document, Overview)]
    moments = [
        session.exec(select(func.max(Version.established_at)).where(col(Version.kind).in_(kinds))).one(),
        *session.exec(select(func.max(Document.lastmod_at), func.max(Document.withdrawn_at))).one(),
        session.exec(select(func.max(WithdrawnAddress.withdrawn_at))).one(),
        session.exec(select(func.max(Sitemap.changed_at))).one(),
    ]
    return max((moment for moment in moments if moment), default=None)


class Due(NamedTuple):
    """What became of planned documents."""

    published: int
    waiting: Sequence[str]
    """A sentence for each that is not public although its day has come: which, and why."""


def publish_due(database: Database, folder: Folder, organisation_id: UUID, *, actor: Actor) -> Due:
    """Publish what was planned for today or earlier. What has errors waits, and is a finding.

    The last days of what waits follow the rules of now. The files are looked at and addresses elsewhere are tried
    first, outside of the transaction.
    """
    today = clock.today()
    services.look_at_due(database, folder, organisation_id, today, actor=actor)
    with database.read(organisation_id) as session:
        addresses, terms = services.due_addresses(session, today), services.other_terms(session)
    if terms:
        with database.write(organisation_id) as session:
            services.move_terms(session, terms, actor=actor)
    faults: Mapping[str, str] = {}
    if addresses:
        from woo import elsewhere  # with all that asks other websites, and there are seldom any

        faults = elsewhere.faults_of(addresses)
    with database.write(organisation_id) as session:
        done = services.publish_due(session, today, faults=faults, actor=actor, folder=folder)
        return Due(len(done.published), [_waits(document, reason) for document, reason in done.refused])


def _waits(document: Document, reason: str) -> str:
    return f"'{document.title}' had openbaar moeten worden op {document.planned_on:%d-%m-%Y}. {reason}"


def hidden_texts(session: Session, newest: int) -> Iterator[tuple[str, str]]:
    """Texts about documents that no reader may find, with the field; of so many that were changed last."""
    query = select(Document.internal_note).where(Document.internal_note != "")
    for note in session.exec(query.order_by(col(Document.updated_at).desc(), col(Document.id)).limit(newest)):
        yield "interne notitie", note


def shows(session: Session, text: str) -> bool:
    """Whether a text stands in what the public sees of any document or dossier. Reads all of them."""
    found = (public_documents(session), public_dossiers(session), public_overviews(session))
    return sum(text in repr(one) for some in found for one in some) > 0  # all are read: no cursor stays open


def place_files(session: Session, folder: Folder, database: Database | None = None) -> int:
    """Put the file of every public document in the public tree, unless it stands there already.

    To be called before each switch of a release, with a session that sees what is public now. A session that only reads
    sees what was public when it began: then `database` is needed, so that what was withdrawn since does not come back.
    Gives back how many public files stand there.

    Raises:
        Failed: an original is missing, or the tree cannot be written.
    """
    code = the_organisation(session).code
    number, missing = 0, {}
    for path, sha256, _size in own_files(session):
        number += 1
        if not files.stands(folder, code, f"/{path}", sha256):
            missing[f"/{path}"] = sha256
    put: list[str] = []
    rest = iter(missing.items())
    while some := dict(islice(rest, _AT_ONCE)):
        with ExitStack() as stack:
            made = {loc: stack.enter_context(files.ready(folder, code, loc, sha256)) for loc, sha256 in some.items()}
            # Nobody can withdraw while we look and put: the lock is that of every change.
            now = stack.enter_context(database.write(organisation_of(session))) if database else session
            for loc, _sha256 in _public_bytes(now, some).items() & some.items():
                made[loc]()
                put.append(loc)
    files.public_to_disk(folder, code, put)
    return number


def _public_bytes(session: Session, locs: Collection[str]) -> Mapping[str, str]:
    """The SHA-256 of the bytes at these addresses, as far as they are public."""
    query = (
        select(Document.loc, col(Version.content)["sha256"].as_string())
        .join(Version, (col(Version.subject_id) == Document.id) & (col(Version.number) == Document.published_version))
        .where(Document.state == DocumentState.PUBLISHED, col(Document.loc).in_(locs))
    )
    return {loc: sha256 for loc, sha256 in session.exec(query) if loc}


def clear_files(session: Session, folder: Folder) -> None:
    """Take away what stands in the public tree and is not of a public document.

    To be called after a switch: before it, readers may follow the old site there, and a new one may be refused.

    Raises:
        Failed: a file cannot be removed.
    """
    code = the_organisation(session).code
    wanted = frozenset(session.exec(select(Document.loc).where(*_IS_OWN_FILE)))
    for loc in files.public_files(folder, code):
        if loc not in wanted:
            files.take_away(folder, code, loc)


def replaced_files(session: Session, documents: Mapping[str, tuple[str, int]]) -> Iterator[str]:
    """The paths of those of these documents that have other bytes by now; `documents` are paths with their SHA-256."""
    for path, sha256, _size in own_files(session):
        if path in documents and documents[path][0] != sha256:
            yield path


def _document(frozen: FrozenDocument) -> PublicDocument:
    content, named = frozen.content, frozen.named
    return PublicDocument(
        id=frozen.id,
        loc=frozen.loc,
        path=frozen.path,
        lastmod=frozen.lastmod,
        sitemap=frozen.sitemap,
        dossier_id=content["dossier"],
        publisher=Term(**content["publisher"]),
        title=content["title"],
        categories=tuple(Term(entry["uri"], entry["label"]) for entry in content["categories"]),
        category_numbers=tuple(
            entry["number"] for entry in content["categories"] if entry["number"] != lists.WITHOUT_DUTY
        ),
        actions=tuple(
            Action(Term(**action["kind"]), _midnight(action["on"]), _term(action["by"]))
            for action in content["actions"]
        ),
        identifiers=tuple(content["identifiers"]),
        responsible=_term(content["responsible"]),
        co_responsible=_terms(content["co_responsible"]),
        author=_term(content["author"]),
        author_name=content["author_name"],
        short_titles=tuple(content["short_titles"]),
        alternative_titles=tuple(content["alternative_titles"]),
        descriptions=tuple(content["descriptions"]),
        kinds=_terms(content["kinds"]),
        themes=_terms(content["themes"]),
        keywords=tuple(content["keywords"]),
        created_on=_day(content["created_on"]),
        valid_from=_midnight(content["valid_from"]) if content["valid_from"] else None,
        valid_until=_midnight(content["valid_until"]) if content["valid_until"] else None,
        language=_term(content["language"]),
        format=_term(content["format"]),
        aggregation=content["aggregation"],
        is_part_of=named.get(content["part_of"] or ""),
        has_parts=frozen.parts,
        relations=tuple(
            Relation(Term(**relation["role"]), named[relation["target"]])
            for relation in content["relations"]
            if relation["target"] in named
        ),
        replaced_reason=_term(content["replaced_reason"]),
        # A version of schema number 1 knew nothing of these three.
        withheld=content.get("withheld", ""),
        grounds=tuple(Ground(**ground) for ground in content.get("grounds", ())),
        notice=content.get("notice", ""),
        extra=frozen.extra,
        sha256=content["sha256"],
        size=content["size"],
        media_type=content["media_type"],
        published_at=frozen.published_at,
    )


def _extra(content: Mapping[str, Any]) -> tuple[ExtraField, ...]:
    """The pairs of the document, with the grounds for what is withheld as the standard shows them (woo-index 7.3)."""
    pairs = [ExtraField(pair["key"], tuple(pair["values"])) for pair in content["extra"]]
    codes = tuple(dict.fromkeys(ground["code"] for ground in content.get("grounds", ())))
    return (ExtraField(GROUNDS_KEY, codes), *pairs) if codes else tuple(pairs)


def _references(
    session: Session, base_url: str, those: Those
) -> tuple[Mapping[str, Reference], Mapping[UUID, tuple[Reference, ...]]]:
    """What these documents say of others: those that they name, by id, and the parts of each, by address.

    Of documents that are not public nothing is told.
    """

    def found(own: object, others: object) -> Iterator[tuple[UUID, UUID, Reference]]:
        query = (
            plain_select(col(_MINE.id), col(_OTHER.id), col(_OTHER.loc), col(Version.content)["title"].as_string())
            .select_from(PublicReference)
            .join(_MINE, col(_MINE.id) == own)
            .join(_OTHER, col(_OTHER.id) == others)
            .join(Version, _is_shown(_OTHER))
            .where(those(_MINE), _is_public(_OTHER))
        )
        if others is PublicReference.source_id:
            query = query.where(col(PublicReference.is_part).is_(True))
        for own_id, other_id, loc, title in session.execute(query):
            yield own_id, other_id, Reference(_absolute(base_url, loc or ""), title)

    named = {str(target): one for _, target, one in found(PublicReference.source_id, PublicReference.target_id)}
    parts: dict[UUID, list[Reference]] = defaultdict(list)
    for whole, _, one in found(PublicReference.target_id, PublicReference.source_id):
        parts[whole].append(one)
    return named, {whole: tuple(sorted(each, key=lambda one: one.loc)) for whole, each in parts.items()}


def _newest_versions(session: Session, kind: str) -> Iterable[Version]:
    """The newest version of each record of a kind that has not been ended."""
    return session.execute(_newest(kind, Version)).scalars()


def _newest(kind: str, *told: Any) -> Select[Any]:  # noqa: ANN401 - columns or a whole table
    return newest_of_kind(kind, *told).where(col(Version.ended_at).is_(None))


def _absolute(base_url: str, loc: str) -> str:
    return f"{base_url}{loc}" if loc.startswith("/") else loc


def _path(loc: str) -> str | None:
    return loc.removeprefix("/") if loc.startswith("/") else None


def _term(frozen: Mapping[str, Any] | None) -> Term | None:
    return Term(**frozen) if frozen else None


def _terms(frozen: Iterable[Mapping[str, Any]]) -> tuple[Term, ...]:
    return tuple(Term(**entry) for entry in frozen)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _midnight(text: str) -> datetime:
    """A day becomes midnight Dutch time (woo-index 7.2, point 5)."""
    return datetime.combine(date.fromisoformat(text), time(), AMSTERDAM)
