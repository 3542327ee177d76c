"""Pages of the Woo: the categories with their state, a collection page per category, and a page per dossier."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache, lru_cache, partial
from hashlib import blake2b
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlmodel import Session

import woo.public as woo
from core import clock
from core.sheets import Table, write_csv
from core.web.lists import MenuItem, Paging
from core.web.pages import dutch_date, dutch_moment, dutch_number
from publish import feeds, pieces, urls
from publish.diwoo import moment, percent_encoded
from publish.html import SiteFrame, render
from publish.parts import File, Line, Listed, Row, as_json, capital, filled, pages
from publish.states import Before, Part, Unit, digest
from woo.public import (
    FrozenDocument,
    Ground,
    KnownDocument,
    PublicCategory,
    PublicDocument,
    PublicDossier,
    PublicOverview,
    Reference,
    Tombstone,
)

Cell = str | date | Line
FrozenTerm = Mapping[str, Any]
"""An entry of a value list as a document holds it: `uri` and `label`."""

PAGE_LENGTH = 50
FEED_LENGTH = 100
_TOGETHER = 100
"""Dossiers of which the documents are read together."""
_AHEAD = 500
"""Documents that are read together, for this page and those that come next."""
_KEPT = 20_000
"""Documents of a category that stay at hand for its pages by year and by theme."""
T = TypeVar("T")
WITHOUT_DUTY = "3.1"
CRUMBS = (("Start", "/"), ("Woo", f"/{urls.WOO}/"))
UNKNOWN = "Nog niet bekend"


@dataclass(frozen=True, slots=True)
class Collection:
    """A category with its page. `category` is None when it was never established for the website."""

    number: str
    label: str
    address: str
    category: PublicCategory | None


@dataclass(frozen=True, slots=True)
class View:
    """A part of a collection with pages of its own, by year or by theme; or all of it, with an empty `label`."""

    label: str
    address: str
    documents: Sequence[KnownDocument]


@dataclass(frozen=True, slots=True)
class Shown:
    """A document on the page of its dossier."""

    id: str
    title: str
    href: str
    note: str
    replaced: str
    withheld: str
    notice: Sequence[str]
    grounds: Sequence[Sequence[str]]
    rows: Sequence[Row]


def units(
    session: Session,
    frame: SiteFrame,
    known: Sequence[KnownDocument],
    changed_at: datetime | None,
    before: Before,
) -> Iterator[Unit]:
    """Every page of the Woo, with the data file of each dossier.

    `known` are all public documents; what a page tells of them is read when the page is made. `changed_at` is the last
    change of all this.
    """
    dossiers = woo.public_dossiers(session)
    titles = {dossier.id: _title_of(dossier) for dossier in dossiers}
    by_category: dict[str, list[KnownDocument]] = defaultdict(list)
    by_dossier: dict[str, list[KnownDocument]] = defaultdict(list)
    labels: dict[str, str] = {}
    for document in known:
        labels.setdefault(document.category, document.label)
        by_category[document.category].append(document)
        by_dossier[document.dossier_id].append(document)
    collections = _collections(woo.public_categories(session), labels)
    overviews = woo.public_overviews(session)
    counts = {number: len(listed) for number, listed in by_category.items()}
    whole = replace(frame, changed_on=dutch_moment(changed_at))
    yield Unit(f"/{urls.WOO}/", "", lambda: [_overview(whole, collections, counts, overviews)])
    withheld = [document for document in known if document.is_withheld]
    frame_state = frame.state
    for overview in overviews:
        yield Unit(
            _overview_address(overview),
            digest(frame_state, overview, [document.digest for document in withheld]),
            partial(_overview_files, frame, overview, withheld, session),
        )
    for collection in collections:
        yield from _collection_units(session, frame, collection, by_category[collection.number], titles, before)
    tombstones: dict[str, list[Tombstone]] = defaultdict(list)
    for tombstone in woo.tombstones(session):
        tombstones[tombstone.dossier_id].append(tombstone)
    addresses = {collection.number: collection for collection in collections}
    yield from _dossier_units(session, frame, dossiers, by_dossier, tombstones, addresses, before)


def _dossier_units(
    session: Session,
    frame: SiteFrame,
    dossiers: Sequence[PublicDossier],
    by_dossier: Mapping[str, Sequence[KnownDocument]],
    tombstones: Mapping[str, Sequence[Tombstone]],
    addresses: Mapping[str, Collection],
    before: Before,
) -> Iterator[Unit]:
    """A unit for each dossier. The documents of those that must be made are read together."""
    frame_state = frame.state
    around = {number: digest(one.label, one.address).encode() for number, one in addresses.items()}
    for start in range(0, len(dossiers), _TOGETHER):
        group = dossiers[start : start + _TOGETHER]
        states = {}
        for dossier in group:
            inside = by_dossier[dossier.id]
            numbers = sorted({dossier.category_number, *[known.category for known in inside]})
            told = b"".join([*(known.digest for known in inside), *(around.get(number, b"-") for number in numbers)])
            gone = tombstones.get(dossier.id, ())
            states[_dossier_address(dossier.id)] = digest(frame_state, dossier, len(inside), told, gone)
        before.expect(states)
        units = list(zip(group, states.items(), strict=True))
        anew = [dossier for dossier, unit in units if not before.holds(*unit)]
        ahead = _ids(known for dossier in anew for known in by_dossier[dossier.id])
        shelf = _Shelf(partial(woo.documents_of, session), ahead)
        for dossier, (address, state) in units:
            listed = partial(shelf.of, by_dossier[dossier.id])
            gone = tombstones.get(dossier.id, ())
            yield Unit(address, state, partial(_dossier_files, frame, dossier, listed, gone, addresses))


def _ids(documents: Iterable[KnownDocument]) -> list[UUID]:
    return [UUID(bytes=known.id) for known in documents]


class _Shelf(Generic[T]):
    """What pages tell of documents, read together with that of the pages that come next: `ahead`, in this order."""

    def __init__(self, read: Callable[[Sequence[UUID]], Mapping[UUID, T]], ahead: Iterable[UUID] = ()) -> None:
        self.read = read
        self.ahead = iter(ahead)
        self.found: dict[UUID, T] = {}

    def of(self, documents: Iterable[KnownDocument]) -> list[T]:
        return self.take(_ids(documents))

    def take(self, ids: Sequence[UUID]) -> list[T]:
        """Of these documents, in this order."""
        if any(one not in self.found for one in ids):
            coming = islice(self.ahead, _AHEAD)
            read = self.read([one for one in dict.fromkeys([*ids, *coming]) if one not in self.found])
            kept = {one: self.found[one] for one in ids if one in self.found} if len(self.found) > _KEPT else self.found
            self.found = {**kept, **read}
        return [self.found[one] for one in ids]


def _collections(categories: Sequence[PublicCategory], labels: Mapping[str, str]) -> list[Collection]:
    """The established categories, and those that only have documents, in the order of the law."""
    found = [
        Collection(category.number, category.label, f"/{urls.WOO}/{category.slug}/", category)
        for category in categories
    ]
    known = {category.number for category in categories}
    for number, label in labels.items():
        if number not in known:
            found.append(Collection(number, label, f"/{urls.WOO}/{woo.category_slug(number, label)}/", None))
    return sorted(found, key=lambda collection: (collection.number == WITHOUT_DUTY, collection.number))


# --- the categories


def _overview(
    frame: SiteFrame,
    collections: Sequence[Collection],
    counts: Mapping[str, int],
    overviews: Sequence[PublicOverview],
) -> File:
    today = clock.today()
    found = {collection.number: collection for collection in collections}
    rows = []
    for listed in woo.listed_categories():
        collection = found.pop(listed.number, None)
        if collection:
            rows.append(_overview_row(collection, today, counts.get(listed.number, 0)))
        else:  # the law names it; what the municipality did about it was never established for the website
            duty = UNKNOWN if listed.is_for_municipalities else "Geldt niet voor gemeenten"
            rows.append([capital(listed.label), listed.number, Line(duty), Line(UNKNOWN), 0, 0])
    rows += [_overview_row(collection, today, counts.get(number, 0)) for number, collection in found.items()]
    page = render(
        frame,
        "woo/overview.html",
        section=urls.WOO,
        crumbs=CRUMBS,
        rows=rows,
        total=sum(counts.values()),
        overviews=[(Line(one.title, _overview_address(one)), one.explanation) for one in overviews],
    )
    return f"{urls.WOO}/index.html", page


def _overview_row(collection: Collection, today: date, count: int) -> list[Line | str | int]:
    category = collection.category
    return [
        Line(capital(collection.label), collection.address),
        collection.number,
        _in_force(category, today),
        Line(capital(category.status) if category else UNKNOWN),
        len(category.locations) if category else 0,
        count,
    ]


def _in_force(category: PublicCategory | None, today: date) -> Line:
    """Whether the duty binds. What nobody looked up says "nakijken": the law grows by royal decree."""
    if category is None:
        return Line(UNKNOWN)
    since = category.in_force_since
    if since is None:
        text = "Nog niet verplicht"
    elif since <= today:
        text = f"Verplicht sinds {dutch_date(since)}"
    else:
        text = f"Verplicht vanaf {dutch_date(since)}"
    return Line(text, badge="" if category.in_force_checked else "nakijken")


# --- overviews: what may stand in the place of documents (Woo art. 3.3a), and ours of what is withheld

WITHHELD = ("Document", "Soort informatie", "Datum", "Hoeveel", "Wat is weggelaten", "Waarom", "Artikel")


def _overview_files(
    frame: SiteFrame, overview: PublicOverview, withheld: Sequence[KnownDocument], session: Session
) -> Iterator[File]:
    """The pages of an overview, and all of it as csv."""
    home = _overview_address(overview)
    headings = overview.headings or WITHHELD
    rows: Sequence[Sequence[Cell]] = overview.rows
    if not overview.headings:
        ids = _ids(withheld)
        found = woo.documents_of(session, ids, alone=True)
        rows = [row for one in ids for row in _withheld_rows(found[one].public)]
    newest = max((document.lastmod for document in withheld), default=None) if not overview.headings else None
    frame = replace(frame, changed_on=dutch_moment(newest) or dutch_date(overview.renewed_on))
    for address, page in pages(home, len(rows), PAGE_LENGTH):
        shown = rows[(page.number - 1) * PAGE_LENGTH : page.number * PAGE_LENGTH]
        crumbs = [*CRUMBS, (overview.title, home)]
        crumbs += [(f"Pagina {page.number}", "")] if page.number > 1 else []
        yield (
            f"{address[1:]}index.html",
            render(
                frame,
                "woo/overview_of.html",
                section=urls.WOO,
                crumbs=crumbs,
                title=overview.title if page.number == 1 else f"{overview.title}, pagina {page.number}",
                overview=overview,
                renewed_on=dutch_date(overview.renewed_on),
                headings=headings,
                rows=[[dutch_date(cell) if isinstance(cell, date) else cell for cell in row] for row in shown],
                file=f"{home}overzicht.csv",
                page=page,
            ),
        )
    plain = [[cell.text if isinstance(cell, Line) else cell for cell in row] for row in rows]
    if not overview.headings:  # a file has no links: where to read on stands in a column of its own
        headings = (*headings, "Adres")
        plain = [[*row, f"{frame.base_url}{_target(shown)}"] for row, shown in zip(plain, rows, strict=True)]
    yield f"{home[1:]}overzicht.csv", write_csv(Table(overview.title, headings, plain))


def _withheld_rows(document: PublicDocument) -> Iterator[Sequence[Cell]]:
    """A document of which something is withheld: a row for each passage."""
    for ground in document.grounds if document.withheld else ():
        yield [
            Line(document.title, _dossier_address(document.dossier_id)),
            capital(document.categories[0].label),
            _day_of(document),
            document.withheld,
            *_ground_row(ground),
        ]


def _target(row: Sequence[Cell]) -> str:
    return row[0].href if isinstance(row[0], Line) else ""


def _overview_address(overview: PublicOverview) -> str:
    return f"/{urls.WOO}/overzichten/{overview.name}/"


# --- the pages of a category


def _collection_units(
    session: Session,
    frame: SiteFrame,
    collection: Collection,
    documents: list[KnownDocument],
    titles: Mapping[str, str],
    before: Before,
) -> Iterator[Unit]:
    """A unit for each page, and one for the feed."""
    documents.sort(key=lambda known: (known.on, known.published_at, known.loc), reverse=True)
    everything = View("", collection.address, documents)
    years = _by_year(collection, documents)
    themes = _by_theme(collection, documents)
    shelf = _Shelf(partial(_listed_of, session, titles))
    frame_state = frame.state
    parts = {known.id: known.id + _told(known, titles.get(known.dossier_id, "")) for known in documents}
    views = (everything, *years, *themes)
    beside = [(view.label, view.address, len(view.documents)) for view in views]
    collection_state = digest(frame_state, collection.label, collection.address, beside)
    for view in views:
        menus = cache(partial(_menus, everything, years, themes, view))
        around = digest(collection_state, view.label, view.address)
        found: list[tuple[str, str, Paging, Sequence[KnownDocument], list[Part]]] = []
        for address, page in pages(view.address, len(view.documents), PAGE_LENGTH):
            shown = view.documents[(page.number - 1) * PAGE_LENGTH : page.number * PAGE_LENGTH]
            listed = [parts[known.id] for known in shown]
            facts = _established(frame, collection) if view is everything and page.number == 1 else ()
            found.append((address, digest(around, page, facts, b"".join(listed)), page, shown, listed))
        before.expect([address for address, *_ in found])
        anew = [(address, listed) for address, state, *_, listed in found if not before.holds(address, state)]
        shelf.ahead = iter([one for address, listed in anew for one in _absent(listed, before.parts(address))])
        for address, state, page, shown, listed in found:
            entries = partial(_entries, shelf, before, address, listed)
            make = partial(_collection_page, frame, collection, view, menus, address, page, shown, entries)
            yield Unit(address, state, make, listed)
    newest = sorted(documents, key=lambda known: (known.lastmod, known.loc), reverse=True)[:FEED_LENGTH]
    since = collection.category.established_at if collection.category else None
    feed = _feed_address(collection)
    yield Unit(
        feed,
        digest(frame_state, collection.label, collection.address, since, [known.digest for known in newest]),
        lambda: [(feed[1:], _feed(frame, collection, since, shelf.of(newest)))],
    )


def _told(known: KnownDocument, title: str) -> bytes:
    """The state of what a list tells of a document: itself, and the title of its dossier when that is public."""
    return blake2b(known.digest + title.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _absent(parts: Iterable[Part], among: Iterable[Part]) -> list[UUID]:
    """The documents of the parts that are not among those."""
    there = frozenset(among)
    return [UUID(bytes=part[:16]) for part in parts if part not in there]


def _entries(shelf: _Shelf[Listed], before: Before, address: str, parts: Sequence[Part]) -> Sequence[str]:
    """The documents on a page. Of those that stood on it already, as they are now, the text is copied."""
    old, page = before.pieces(address)
    texts = pieces.documents_on(page.decode())
    known = dict(zip(old, texts, strict=True)) if len(old) == len(texts) else {}
    made = map(pieces.document, shelf.take(_absent(parts, known)))
    return [known.get(part) or next(made) for part in parts]


def _collection_page(
    frame: SiteFrame,
    collection: Collection,
    view: View,
    menus: Callable[[], Sequence[tuple[str, str, Sequence[MenuItem]]]],
    address: str,
    page: Paging,
    shown: Sequence[KnownDocument],
    entries: Callable[[], Sequence[str]],
) -> Iterator[File]:
    title = capital(collection.label)
    named = f"{title}: {view.label}" if view.label else title
    is_first = not view.label and page.number == 1
    crumbs = [*CRUMBS, (title, collection.address)]
    crumbs += [(view.label, view.address)] if view.label else []
    crumbs += [(f"Pagina {page.number}", "")] if page.number > 1 else []
    category = collection.category if is_first else None
    moments = [known.lastmod for known in shown] + ([category.established_at] if category else [])
    data = render(
        replace(frame, changed_on=dutch_moment(max(moments, default=None))),
        "woo/collection.html",
        section=urls.WOO,
        crumbs=crumbs,
        title=named if page.number == 1 else f"{named}, pagina {page.number}",
        facts=_facts(category) if category else (),
        locations=[_location(frame, collection, location) for location in category.locations] if category else (),
        menus=menus() if shown else (),
        feed=_feed_address(collection),
        documents=entries(),
        page=page,
    )
    yield f"{address[1:]}index.html", data


def _established(frame: SiteFrame, collection: Collection) -> Sequence[object]:
    """What the first page tells of the category itself, today."""
    category = collection.category
    if category is None:
        return ()
    return (
        _facts(category),
        [_location(frame, collection, one) for one in category.locations],
        category.established_at,
    )


def _feed_address(collection: Collection) -> str:
    return f"{collection.address}atom.xml"


def _facts(category: PublicCategory) -> Sequence[Row]:
    facts: list[Row] = [
        ("Artikel", [Line(category.article)]),
        ("Is dit verplicht?", _in_force_lines(category)),
        ("Hoe ver zijn we?", [Line(capital(category.status))]),
    ]
    if category.frequency:
        facts.append(("Hoe vaak vullen we aan?", [Line(category.frequency)]))
    return facts


def _by_year(collection: Collection, documents: Iterable[KnownDocument]) -> Sequence[View]:
    """The newest year first; the documents are in that order already."""
    found: dict[int, list[KnownDocument]] = defaultdict(list)
    for known in documents:
        found[known.on.year].append(known)
    return [View(str(year), f"{collection.address}jaar-{year:04}/", each) for year, each in found.items()]


def _by_theme(collection: Collection, documents: Iterable[KnownDocument]) -> Sequence[View]:
    found: dict[str, list[KnownDocument]] = defaultdict(list)
    for known in documents:
        for theme in known.themes:
            found[theme].append(known)
    return [
        View(theme, f"{collection.address}thema-{urls.slug(theme)}/", found[theme])
        for theme in sorted(found, key=str.casefold)
    ]


def _menus(
    everything: View, years: Sequence[View], themes: Sequence[View], current: View
) -> Sequence[tuple[str, str, Sequence[MenuItem]]]:
    return [
        ("Per jaar", "per-jaar", _menu([everything, *years], current)),
        ("Per thema", "per-thema", _menu(themes, current)),
    ]


def _menu(views: Iterable[View], current: View) -> Sequence[MenuItem]:
    return [
        MenuItem(
            f"{capital(view.label) or 'Alle documenten'} ({dutch_number(len(view.documents))})",
            view.address,
            view is current,
        )
        for view in views
    ]


def _feed(frame: SiteFrame, collection: Collection, since: datetime | None, newest: Sequence[Listed]) -> bytes:
    """What was published or changed last. The address of a document is its id."""
    return feeds.atom(
        frame,
        collection.address,
        f"{capital(collection.label)} van {frame.organisation_name}",
        [
            feeds.Entry(
                id=percent_encoded(listed.loc),
                title=listed.title,
                href=percent_encoded(listed.loc),
                updated=moment(listed.lastmod),
                published=moment(listed.published_at),
                summary=listed.summary,
            )
            for listed in newest
        ],
        empty_since=moment(since) if since else "",
    )


def _in_force_lines(category: PublicCategory) -> list[Line]:
    lines = [_in_force(category, clock.today())]
    if category.in_force_source:
        lines.append(Line(f"Bron: {category.in_force_source}"))
    return lines


def _location(frame: SiteFrame, collection: Collection, location: woo.PublicLocation) -> tuple[Line, str]:
    if location.url.removeprefix(frame.base_url) == collection.address:
        return Line("Op deze pagina", "#documenten"), location.explanation
    return Line(location.url, urls.outside(frame.base_url, location.url)), location.explanation


def _listed_of(session: Session, titles: Mapping[str, str], ids: Sequence[UUID]) -> Mapping[UUID, Listed]:
    found = woo.documents_of(session, ids, alone=True)
    return {one: _listed(document, titles) for one, document in found.items()}


def _listed(document: FrozenDocument, titles: Mapping[str, str]) -> Listed:
    content = document.content
    kind = content["kinds"][0]["label"] if content["kinds"] else ""
    on = _written(content["actions"][0]["on"])
    kept_back = {"deels": "deels openbaar", "helemaal": "niet openbaar"}.get(content.get("withheld", ""), "")
    file = _file_note(content["format"]["label"] if content["format"] else "", content["size"])
    dossier_id = content["dossier"]
    return Listed(
        href=_address(document.path, document.loc),
        title=content["title"],
        note=" · ".join(filter(None, (on, capital(kind), capital(kept_back), file))),
        dossier_href=_dossier_address(dossier_id) if dossier_id in titles else "",
        dossier_title=titles.get(dossier_id, ""),
        summary=next(filter(None, content["descriptions"]), ""),
        published_at=document.published_at or document.lastmod,
        lastmod=document.lastmod,
        loc=document.loc,
    )


@lru_cache(maxsize=4096)
def _written(day: str | None) -> str:
    return dutch_date(date.fromisoformat(day)) if day else ""


# --- a dossier


def _dossier_files(
    frame: SiteFrame,
    dossier: PublicDossier,
    listed: Callable[[], Sequence[FrozenDocument]],
    gone: Sequence[Tombstone],
    collections: Mapping[str, Collection],
) -> Iterator[File]:
    title = _title_of(dossier)
    documents = sorted(listed(), key=partial(_place_in_dossier, dossier.order))
    folder = _dossier_address(dossier.id)[1:]
    numbers = [entry["number"] for document in documents[:1] for entry in document.content["categories"]]
    with_duty = (number for number in numbers if number != WITHOUT_DUTY)
    collection = collections.get(dossier.category_number or next(with_duty, ""))
    crumbs = list(CRUMBS)
    if collection:
        crumbs.append((capital(collection.label), collection.address))
    changed_at = max([dossier.changed_at, *(tombstone.at for tombstone in gone)])
    yield (
        f"{folder}index.html",
        render(
            replace(frame, changed_on=dutch_moment(changed_at)),
            "woo/dossier.html",
            section=urls.WOO,
            crumbs=[*crumbs, (title, "")],
            title=title,
            paragraphs=_lines(dossier.description),
            changed_on=dutch_date(changed_at),
            documents=[
                _shown(frame, document, f"document-{place}") for place, document in enumerate(documents, start=1)
            ],
            gone=[
                [f"Document {tombstone.number}", dutch_date(tombstone.at), tombstone.reason or "Een andere reden"]
                for tombstone in gone
            ],
            json_href=f"/{folder}dossier.json",
        ),
    )
    yield f"{folder}dossier.json", _dossier_json(frame, dossier, title, changed_at, documents, gone)


def _shown(frame: SiteFrame, document: FrozenDocument, place: str) -> Shown:
    content, named = document.content, document.named
    grounds = content.get("grounds", ())
    rows: list[Row] = [("Omschrijving", [Line(text) for text in content["descriptions"] if text])]
    rows.append(("Categorie", [Line(capital(category["label"])) for category in content["categories"]]))
    rows += [
        (capital(action["kind"]["label"]), [Line(_with(_written(action["on"]), action["by"]))])
        for action in content["actions"]
    ]
    for term, texts in (
        ("Soort document", _labels(*content["kinds"])),
        ("Thema", _labels(*content["themes"])),
        ("Trefwoorden", content["keywords"]),
        ("Andere titels", (*content["short_titles"], *content["alternative_titles"])),
        ("Nummers", content["identifiers"]),
        ("Verantwoordelijk", _labels(content["responsible"], *content["co_responsible"])),
        ("Opgesteld door", (*_labels(content["author"]), content["author_name"])),
        ("Gemaakt op", (_written(content["created_on"]),)),
        ("Geldig", (_validity(content),)),
        ("Taal", _labels(content["language"])),
        ("Gepubliceerd", (_with(dutch_date(document.published_at), content["publisher"]),)),
        ("Laatst gewijzigd", (dutch_date(document.lastmod),)),
    ):
        rows.append((term, [Line(text) for text in texts if text]))
    if whole := named.get(content["part_of"]):
        rows.append(("Hoort bij", [_reference(frame, whole)]))
    rows.append(("Bijlagen", [_reference(frame, part) for part in document.parts]))
    related: dict[str, list[Line]] = defaultdict(list)
    for role, target in _relations(document):
        related[capital(role["label"])].append(_reference(frame, target))
    rows += related.items()
    rows += [(capital(pair["key"]), [Line(value) for value in pair["values"]]) for pair in _others(content)]
    format_name = content["format"]["label"] if content["format"] else ""
    return Shown(
        id=place,
        title=content["title"],
        href=_address(document.path, document.loc),
        note=_file_note(format_name, content["size"]) or "op een andere website",
        replaced=content["replaced_reason"]["label"] if content["replaced_reason"] else "",
        withheld=content.get("withheld", ""),
        notice=_lines(content.get("notice", "")),
        grounds=[_ground_row(Ground(**ground)) for ground in grounds],
        rows=[(term, lines) for term, lines in rows if lines],
    )


def _relations(document: FrozenDocument) -> Iterator[tuple[FrozenTerm, Reference]]:
    """Its relations to documents that are public: what the other one is to it, and which."""
    for relation in document.content["relations"]:
        if relation["target"] in document.named:
            yield relation["role"], document.named[relation["target"]]


def _others(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The pairs of a name and values; the grounds for what is withheld are told in a better way."""
    told = {woo.GROUNDS_KEY} if content.get("grounds") else set()
    return [pair for pair in content["extra"] if pair["key"] not in told]


def _ground_row(ground: Ground) -> Sequence[str]:
    return [ground.passage or "Het hele document", ground.meaning or capital(ground.label), ground.article]


def _dossier_json(
    frame: SiteFrame,
    dossier: PublicDossier,
    title: str,
    changed_at: datetime,
    documents: Sequence[FrozenDocument],
    gone: Sequence[Tombstone],
) -> bytes:
    facts = filled(
        {
            "id": dossier.id,
            "adres": f"{frame.base_url}{_dossier_address(dossier.id)}",
            "titel": title,
            "omschrijving": dossier.description,
            "categorie": dossier.category_label,
            "gewijzigd_op": changed_at.isoformat(timespec="seconds"),
            "documenten": [_document_facts(document) for document in documents],
            "ingetrokken": [
                filled({"nummer": tombstone.number, "op": _moment(tombstone.at), "reden": tombstone.reason})
                for tombstone in gone
            ],
        }
    )
    return as_json(facts)


def _document_facts(document: FrozenDocument) -> dict[str, Any]:
    content = document.content
    return filled(
        {
            "adres": percent_encoded(document.loc),
            "titel": content["title"],
            "omschrijvingen": content["descriptions"],
            "categorieen": [_term(category) for category in content["categories"]],
            "soorten": [_term(kind) for kind in content["kinds"]],
            "themas": [_term(theme) for theme in content["themes"]],
            "trefwoorden": content["keywords"],
            "verkorte_titels": content["short_titles"],
            "andere_titels": content["alternative_titles"],
            "nummers": content["identifiers"],
            "uitgever": _term(content["publisher"]),
            "verantwoordelijke": _term(content["responsible"]),
            "medeverantwoordelijken": [_term(other) for other in content["co_responsible"]],
            "opsteller": _term(content["author"]),
            "naam_opsteller": content["author_name"],
            "handelingen": [
                filled({"soort": _term(action["kind"]), "op": _midnight(action["on"]), "door": _term(action["by"])})
                for action in content["actions"]
            ],
            "gemaakt_op": content["created_on"],
            "geldig_van": _midnight(content["valid_from"]),
            "geldig_tot": _midnight(content["valid_until"]),
            "taal": _term(content["language"]),
            "formaat": _term(content["format"]),
            "media_type": content["media_type"],
            "bytes": content["size"] or None,
            "sha256": content["sha256"],
            "hoort_bij": _reference_facts(document.named.get(content["part_of"])),
            "bijlagen": [_reference_facts(part) for part in document.parts],
            "relaties": [
                {"soort": _term(role), "document": _reference_facts(target)} for role, target in _relations(document)
            ],
            "geweigerd": content.get("withheld", ""),
            "weigeringsgronden": [
                filled(
                    {
                        "code": ground["code"],
                        "label": ground["label"],
                        "artikel": ground["article"],
                        "passage": ground["passage"],
                    }
                )
                for ground in content.get("grounds", ())
            ],
            "mededeling": content.get("notice", ""),
            "overig": {pair["key"]: pair["values"] for pair in _others(content)} or None,
            "vervangen_om": _term(content["replaced_reason"]),
            "gepubliceerd_op": _moment(document.published_at),
            "gewijzigd_op": _moment(document.lastmod),
        }
    )


def _term(term: FrozenTerm | None) -> Mapping[str, str] | None:
    return _of_list(term["uri"], term["label"]) if term else None


@lru_cache(maxsize=4096)
def _of_list(uri: str | None, label: str) -> Mapping[str, str]:
    return filled({"uri": uri, "label": label})


def _reference_facts(reference: Reference | None) -> dict[str, str] | None:
    return {"adres": percent_encoded(reference.loc), "titel": reference.title} if reference else None


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


@lru_cache(maxsize=4096)
def _midnight(day: str | None) -> str | None:
    """A day becomes midnight Dutch time, as for the harvester."""
    return _moment(datetime.combine(date.fromisoformat(day), time(), clock.AMSTERDAM)) if day else None


# --- words


def _day_of(document: PublicDocument) -> date:
    """The day of the document itself: adopted, else signed, else received."""
    return document.actions[0].at.astimezone(clock.AMSTERDAM).date()


def _address(path: str | None, loc: str) -> str:
    return percent_encoded(f"/{path}" if path else loc)


def _reference(frame: SiteFrame, reference: Reference) -> Line:
    """Another document; ours by its path, so that the site also works under another name."""
    return Line(reference.title, percent_encoded(reference.loc.removeprefix(frame.base_url)))


def _title_of(dossier: PublicDossier) -> str:
    return dossier.title or f"Dossier {dossier.id}"


def _dossier_address(dossier_id: str) -> str:
    return f"/{urls.WOO}/dossiers/{dossier_id}/"


def _place_in_dossier(order: Sequence[str], document: FrozenDocument) -> tuple[int, bool, int, str]:
    """In the order that a person gave; the others ours by their number, then those elsewhere by their address."""
    start = PurePosixPath(document.path).name.split("-", 1)[0] if document.path else ""
    address = f"/{document.path}" if document.path else document.loc
    return order.index(address) if address in order else len(order), not start, int(start or 0), document.loc


def _file_note(kind: str, size: int) -> str:
    return ", ".join(filter(None, (kind, _size(size))))


def _size(size: int) -> str:
    """In words a reader knows: `120 kB`, `1,5 MB`."""
    if size >= 1_000_000:
        return f"{dutch_number(size / 1_000_000)} MB"
    return f"{max(1, round(size / 1000))} kB" if size else ""


def _validity(content: Mapping[str, Any]) -> str:
    start = f"van {_written(content['valid_from'])}" if content["valid_from"] else ""
    end = f"tot en met {_written(content['valid_until'])}" if content["valid_until"] else ""
    return " ".join(filter(None, (start, end)))


def _with(text: str, by: FrozenTerm | None) -> str:
    return f"{text}, door {by['label']}" if by and text else text


def _labels(*terms: FrozenTerm | None) -> Iterable[str]:
    return [str(term["label"]) for term in terms if term]


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
