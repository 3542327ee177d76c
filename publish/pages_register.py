"""Pages of the processing register (avg-register 14.1): lists, a page per record and per version, and what changed.

A question that nobody answered is shown as "nog niet bekend" or left out; it never becomes "nee".
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, partial
from itertools import chain, pairwise
from operator import attrgetter
from uuid import UUID

from sqlmodel import Session

import register.public as register
from core import clock, values
from core.organisations import the_organisation
from core.web.lists import MenuItem
from core.web.pages import dutch_date, dutch_moment
from publish import data_register, feeds, register_json, register_pdf, search, urls
from publish.html import SiteFrame, render
from publish.parts import Download, Entry, File, Line, Row, merged, pages
from publish.register_parts import Register, law_address
from publish.states import Before, Unit, digest
from register.public import Coded, KnownRegister, PublicPoliceData, PublicProcessingActivity

ON_ONE_PAGE = 150
"""With more records the list page names the subjects only; each has a page of its own."""
PAGE_LENGTH = 100
_TOGETHER = 100
"""Records that are read together."""
CHANGES_LENGTH = 200
SEARCH = f"{urls.REGISTER}/zoeken"
Names = Iterable[tuple[str, str]]
"""Slug and label of each value that a record has in a facet."""
History = Sequence[PublicProcessingActivity]
"""The versions of a record, oldest first."""

UNKNOWN = "Nog niet bekend."
EVERYONE = "Iedereen over wie het gaat"
COMPLAINTS = "https://autoriteitpersoonsgegevens.nl/een-tip-of-klacht-indienen-bij-de-ap"
FEED_LENGTH = 100
SECTION = urls.REGISTER
CRUMBS = (("Start", "/"), ("Verwerkingsregister", f"/{urls.REGISTER}/"))


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a record page: paragraphs, then lines of a list, then rows of terms with values, maybe in groups."""

    id: str
    heading: str
    texts: Sequence[str] = ()
    lines: Sequence[Line] = ()
    groups: Sequence[tuple[str, Sequence[Row]]] = ()


@dataclass(frozen=True, slots=True)
class Facet:
    """A way into the register: one page per value, with the records that have it."""

    folder: str
    label: str
    explanation: str
    names: Callable[[PublicProcessingActivity], Names]
    title: Callable[[str], str] | None = None
    """The heading of the page of one value, when it is no more than label and value."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a record page needs besides the record. `listed` holds the facet pages in which the record stands.

    Old versions name values that the record has no more; those are shown without a link.
    """

    frame: SiteFrame
    today: date
    listed: frozenset[str]

    def line(self, folder: str, slug: str, text: str) -> Line:
        address = f"/{urls.REGISTER}/{folder}/{slug}/"
        return Line(text, address if address in self.listed else "")

    def lines(self, folder: str, values: Iterable[Coded]) -> list[Line]:
        return [self.line(folder, slug, label) for slug, label in _named(values)]

    def web(self, address: str, text: str = "") -> Line:
        """An address that somebody typed, as a link when it may be one."""
        return Line(text or address, urls.outside(self.frame.base_url, address))


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a page that says something else than in the version before. Empty: it was not there."""

    part: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Change:
    """A version that appeared: what it did to the register, and when."""

    at: datetime
    number: str
    version: int
    id: UUID
    what: str
    name: str
    is_first: bool

    @property
    def on(self) -> str:
        return dutch_date(self.at)

    @property
    def href(self) -> str:
        return urls.activity_version(self.number, self.version)

    @property
    def comparison(self) -> str:
        """The page that says what differs; empty for the first version."""
        return "" if self.is_first else f"{self.href}verschil/"


def _named(coded: Iterable[Coded | None]) -> Iterator[tuple[str, str]]:
    for found in coded:
        if found and found.label:
            yield urls.slug(found.code or found.label), found.label


def _yes_no(answer: bool | None) -> Names:  # noqa: FBT001 - the answer itself
    return () if answer is None else (("ja", "Ja"),) if answer else (("nee", "Nee"),)


def _laws(activity: PublicProcessingActivity) -> Names:
    return ((urls.slug(law.name), law.name) for purpose in activity.purposes for law in purpose.laws if law.name)


def _letter(activity: PublicProcessingActivity) -> Names:
    first = search.fold(activity.name)[:1]
    return [(first, first.upper())] if "a" <= first <= "z" else [("0-9", "0-9")]


def _about_law(name: str) -> str:
    folded = search.fold(name)
    neuter = any(word in folded for word in ("besluit", "wetboek", "reglement", "convenant", "verdrag", "statuut"))
    article = "" if folded.startswith("artikel") else "het " if neuter else "de "
    return f"Welke verwerkingen rusten op {article}{name}?"


FACETS: Sequence[Facet] = (
    Facet("onderwerp", "Onderwerp", "Waar gaat het over?", lambda a: _named([a.domain])),
    Facet("over-wie", "Over wie", "Over welke mensen gaat het?", lambda a: _named(s.data_subject for s in a.data_sets)),
    Facet(
        "gegevens",
        "Welke gegevens",
        "Welke gegevens gebruiken we?",
        lambda a: _named(item.kind for s in a.data_sets for item in s.data),
    ),
    Facet(
        "bijzondere-gegevens",
        "Bijzondere gegevens",
        "Welke extra beschermde gegevens gebruiken we?",
        lambda a: _named(special.category for special in a.special_categories),
    ),
    Facet("grondslag", "Grondslag", "Waarom mag het?", lambda a: _named(b for p in a.purposes for b in p.legal_bases)),
    Facet("wet", "Wet", "Op welke wet rust het?", _laws, _about_law),
    Facet("ontvanger", "Wie krijgt het", "Wie krijgt de gegevens?", lambda a: _named(r.kind for r in a.recipients)),
    Facet(
        "buiten-europa", "Buiten Europa", "Gaan de gegevens buiten Europa?", lambda a: _yes_no(a.transfers_outside_eea)
    ),
    Facet("computer", "Beslist een computer", "Beslist een computer over u?", lambda a: _named([a.automation])),
    Facet(
        "a-z", "Van A tot Z", "Alle verwerkingen van A tot Z", _letter, lambda letter: f"Verwerkingen met een {letter}"
    ),
)
_DOMAIN, _WHO, _DATA, _SPECIAL, _BASIS, _LAW = (facet.folder for facet in FACETS[:6])


def units(
    session: Session, frame: SiteFrame, known: KnownRegister, before: Before, printing: register_pdf.Printing
) -> Iterator[Unit]:
    """A unit for each record, and one for what shows many of them.

    Where that must be made each record is read once, for both; then its `printing` is begun too, for it takes long.
    """
    whole = CRUMBS[-1][1], _state(session, frame, known)
    together = cache(partial(_Together, session, frame, known, printing))
    reads_all = not before.holds(*whole)
    frame_state = frame.state
    for start in range(0, len(known.records), _TOGETHER):
        group = known.records[start : start + _TOGETHER]
        states = {urls.activity(record.number): digest(frame_state, record.state) for record in group}
        before.expect(states)
        units = list(zip(group, states.items(), strict=True))
        shelf = _Shelf(session, [record.id for record, unit in units if reads_all or not before.holds(*unit)])
        for record, (address, state) in units:
            if reads_all:
                together().add(shelf.look(record.id))
            yield Unit(address, state, partial(_record_files, frame, shelf, record.id))
    yield Unit(*whole, lambda: together().files())


def on_paper(session: Session, frame: SiteFrame, known: KnownRegister, printing: register_pdf.Printing) -> Unit:
    """The register as PDF: for after the other units, when most of what was begun is ready."""
    return Unit(
        f"{CRUMBS[-1][1]}#pdf", _state(session, frame, known), partial(_printed_files, session, frame, known, printing)
    )


def _state(session: Session, frame: SiteFrame, known: KnownRegister) -> str:
    return digest(frame.state, sorted(the_organisation(session).model_dump().items()), known.state)


class _Shelf:
    """Records that must be made anew, read together when the first of them is asked for."""

    def __init__(self, session: Session, ids: Sequence[UUID]) -> None:
        self.session = session
        self.ids = ids
        self.found: dict[UUID, History] = {}

    def look(self, one: UUID) -> History:
        if one not in self.found:
            ids = self.ids if one in self.ids else [one]
            self.found = {history[0].id: history for history in register.histories(self.session, ids)}
        return self.found[one]

    def take(self, one: UUID) -> History:
        """The same, for who is the last that asks."""
        history = self.look(one)
        del self.found[one]
        return history


def _record_files(frame: SiteFrame, shelf: _Shelf, one: UUID) -> Iterator[File]:
    """The pages of a record: the newest version, every version, and what each changed."""
    history = shelf.take(one)
    listed = frozenset(_facet_addresses(history[-1]))
    folder = urls.activity(history[-1].number).strip("/")
    earlier = None
    for activity, change in zip(history, _changes(history), strict=True):
        around = Surroundings(replace(frame, changed_on=dutch_moment(activity.established_at)), clock.today(), listed)
        if activity.is_newest:
            yield f"{folder}/index.html", _record_page(around, activity, is_frozen=False)
        yield f"{folder}/v{activity.version}/index.html", _record_page(around, activity, is_frozen=True)
        yield f"{folder}/v{activity.version}.json", register_json.version_json(activity, frame.base_url)
        if earlier:
            differences = _differences(around, earlier, activity)
            yield f"{change.comparison[1:]}index.html", _comparison(around.frame, change, differences)
        earlier = activity


class _Together:
    """What shows many records: lists, search, changes, and every data file but the PDF. Nothing is read twice."""

    def __init__(
        self, session: Session, frame: SiteFrame, known: KnownRegister, printing: register_pdf.Printing
    ) -> None:
        self._session = session
        self._known = known
        self._printing = printing
        self._frame = replace(frame, changed_on=dutch_moment(known.changed_at))
        self._around = Surroundings(self._frame, clock.today(), frozenset())
        self._organisation = the_organisation(session)
        by_name = sorted(known.records, key=lambda record: (search.fold(record.name), record.number))
        self._places = {urls.activity(record.number): place for place, record in enumerate(by_name)}
        self._changes: list[Change] = []
        self._lists = _Lists(self._places)
        self._index = search.Index(len(self._places))
        as_of = known.changed_at.astimezone(clock.AMSTERDAM).date() if known.changed_at else None
        self._forms = data_register.forms(Register(self._organisation, as_of))

    def add(self, history: History) -> None:
        """A record; all of them, in their order, or none."""
        newest = history[-1]
        self._lists.add(newest)
        self._index.add(self._places[urls.activity(newest.number)], _findable(newest))
        self._changes.extend(_changes(history))
        self._printing.add(_printed(self._around, newest))
        for form in self._forms:
            form.add(newest)

    def files(self) -> Iterator[File]:
        if not self._changes:  # all was taken over, until a file turned out to be gone
            for history in _histories(self._session, self._known):
                self.add(history)
        for form in self._forms:
            yield from form.files()
        yield from self._index.files(SEARCH)
        count = len(self._places)
        downloads = data_register.downloads(self._organisation, count)
        yield from self._lists.files(self._frame, count, dutch_date(self._known.changed_at), downloads)
        changes = sorted(self._changes, key=attrgetter("at", "number", "version"), reverse=True)
        yield from _change_pages(self._frame, changes)
        yield f"{urls.REGISTER}/wijzigingen/atom.xml", _feed(self._around, changes[:FEED_LENGTH], self._session)


def _printed_files(
    session: Session, frame: SiteFrame, known: KnownRegister, printing: register_pdf.Printing
) -> Iterator[File]:
    if not printing.is_begun:  # all else that shows many records was taken over
        around = Surroundings(frame, clock.today(), frozenset())
        for history in _histories(session, known):
            printing.add(_printed(around, history[-1]))
    yield from printing.files()


def _histories(session: Session, known: KnownRegister) -> Iterator[History]:
    return register.histories(session, [record.id for record in known.records])


# --- lists


def _facet_addresses(activity: PublicProcessingActivity) -> Iterator[str]:
    for facet in FACETS:
        for slug, _ in facet.names(activity):
            yield f"/{urls.REGISTER}/{facet.folder}/{slug}/"


class _Lists:
    """The list and the pages of the facets. `places` says where the page of a record stands in the order of names."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self.places = places
        self.found: dict[str, dict[str, list[Entry]]] = {facet.folder: defaultdict(list) for facet in FACETS}
        self.labels: dict[tuple[str, str], str] = {}
        self.domains: dict[str, list[Entry]] = defaultdict(list)
        self.law_texts: dict[str, str] = {}
        """Where the text of each law can be read, by its slug."""

    def add(self, activity: PublicProcessingActivity) -> None:
        entry = _entry(activity)
        for facet in FACETS:
            for slug, label in dict(facet.names(activity)).items():
                self.found[facet.folder][slug].append(entry)
                self.labels.setdefault((facet.folder, slug), label)
        self.domains[activity.domain.label if activity.domain else ""].append(entry)
        for purpose in activity.purposes:
            for law in purpose.laws:
                if address := law_address(law):
                    self.law_texts[urls.slug(law.name)] = address

    def files(self, frame: SiteFrame, count: int, changed_on: str, downloads: Sequence[Download]) -> Iterator[File]:
        for entries in chain.from_iterable(found.values() for found in (*self.found.values(), self.domains)):
            entries.sort(key=lambda entry: self.places[entry.href])
        menu = [
            MenuItem(f"{facet.label} ({len(self.found[facet.folder])})", f"/{urls.REGISTER}/{facet.folder}/")
            for facet in FACETS
            if self.found[facet.folder]
        ]
        menu.append(MenuItem("Wat is er veranderd?", f"/{urls.REGISTER}/wijzigingen/"))
        ordered = sorted(self.domains, key=lambda label: (not label, label.casefold()))
        tables = [_table_of(facet, self.labels, self.found[facet.folder]) for facet in (FACETS[0], FACETS[-1])]
        yield (
            f"{urls.REGISTER}/index.html",
            render(
                frame,
                "register/list.html",
                section=SECTION,
                crumbs=CRUMBS,
                menu=menu,
                count=count,
                changed_on=changed_on,
                search=f"/{SEARCH}/",
                groups=[
                    (label or "Overige", f"groep-{urls.slug(label or 'overige')}", self.domains[label])
                    for label in ordered
                ]
                if count <= ON_ONE_PAGE
                else (),
                subjects=tables[0],
                letters=tables[1],
                downloads=downloads,
            ),
        )
        texts = {slug: urls.outside(frame.base_url, address) for slug, address in self.law_texts.items()}
        for facet in FACETS:
            listed = self.found[facet.folder]
            values = sorted((self.labels[facet.folder, slug], slug, entries) for slug, entries in listed.items())
            if values:
                yield from _facet_pages(frame, facet, values, menu, texts if facet.folder == _LAW else {})


def _table_of(
    facet: Facet, labels: Mapping[tuple[str, str], str], found: Mapping[str, Sequence[Entry]]
) -> list[list[object]]:
    """Each value of a facet with its page and how many records have it."""
    named = sorted((labels[facet.folder, slug], slug, len(listed)) for slug, listed in found.items())
    return [[Line(label, f"/{urls.REGISTER}/{facet.folder}/{slug}/"), count] for label, slug, count in named]


def _facet_pages(
    frame: SiteFrame,
    facet: Facet,
    values: Sequence[tuple[str, str, list[Entry]]],
    menu: Sequence[MenuItem],
    texts: Mapping[str, str],
) -> Iterator[File]:
    home = f"/{urls.REGISTER}/{facet.folder}/"
    marked = [MenuItem(item.label, item.href, item.href == home) for item in menu]
    yield (
        f"{home[1:]}index.html",
        render(
            frame,
            "register/facet.html",
            section=SECTION,
            crumbs=(*CRUMBS, (facet.label, "")),
            menu=marked,
            title=facet.explanation,
            rows=[[Line(label, f"{home}{slug}/"), len(listed)] for label, slug, listed in values],
        ),
    )
    for label, slug, listed in values:
        title = facet.title(label) if facet.title else f"{facet.label}: {label}"
        for address, page in pages(f"{home}{slug}/", len(listed), PAGE_LENGTH):
            yield (
                f"{address[1:]}index.html",
                render(
                    frame,
                    "register/facet_value.html",
                    section=SECTION,
                    crumbs=(*CRUMBS, (facet.label, home), (label, "")),
                    menu=marked,
                    title=title if page.number == 1 else f"{title} (pagina {page.number})",
                    label=label,
                    law_text=texts.get(slug, ""),
                    page=page,
                    entries=listed[(page.number - 1) * PAGE_LENGTH : page.number * PAGE_LENGTH],
                ),
            )


def _entry(activity: PublicProcessingActivity) -> Entry:
    return Entry(
        href=urls.activity(activity.number),
        name=activity.name,
        explanation=activity.explanation,
        note=_note(activity),
        stopped=dutch_date(activity.ended_on),
    )


def _note(activity: PublicProcessingActivity) -> str:
    domain = activity.domain.label if activity.domain else ""
    return " · ".join(filter(None, (activity.number, activity.controller.label, domain)))


def _findable(activity: PublicProcessingActivity) -> search.Found:
    """A record as the search sees it: what avg-register 14.1 names, synonyms of our lists too."""
    texts = [(search.NAME, activity.name), (search.NAME, activity.number), (search.TEXT, activity.explanation)]
    for purpose in activity.purposes:
        texts.append((search.TEXT, purpose.text))
        texts += ((search.OTHER, law.name) for law in purpose.laws)
    for data_set in activity.data_sets:
        texts.append((search.OTHER, _with_synonyms("betrokkenen", data_set.data_subject)))
        texts += ((search.OTHER, _with_synonyms("persoonsgegevens", item.kind)) for item in data_set.data)
    if activity.domain:
        texts.append((search.OTHER, activity.domain.label))
    stopped = f" · Einde: {dutch_date(activity.ended_on)}" if activity.ended_on else ""
    return search.Found(urls.activity(activity.number), activity.name, f"{_note(activity)}{stopped}", texts)


def _with_synonyms(name: str, coded: Coded) -> str:
    known = values.load("register", name).entries.get(coded.code, {})
    return " ".join([coded.label, *(known.get("synoniemen") or ())])


# --- a record


def _record_page(around: Surroundings, activity: PublicProcessingActivity, *, is_frozen: bool) -> bytes:
    notices = []
    if activity.ended_on:
        verb = "Gestopt op" if activity.ended_on <= around.today else "Stopt op"
        notices.append(("warning", f"{verb} {dutch_date(activity.ended_on)}.", ""))
    if is_frozen and not activity.is_newest:
        notices.append(("info", "Dit is een oude versie.", urls.activity(activity.number)))
    name = f"{activity.name} (versie {activity.version})" if is_frozen else activity.name
    crumbs = [*CRUMBS, (activity.name, urls.activity(activity.number) if is_frozen else "")]
    if is_frozen:
        crumbs.append((f"Versie {activity.version}", ""))
    return render(
        around.frame,
        "register/record.html",
        section=SECTION,
        crumbs=crumbs,
        name=name,
        notices=notices,
        is_limited=activity.is_limited,
        sections=list(_sections(around, activity)),
    )


def _sections(around: Surroundings, activity: PublicProcessingActivity) -> Iterator[Section]:
    """The headings in the order of avg-register 14.1; a limited record has those it may show."""
    yield _what(around, activity)
    yield _why(around, activity)
    if not activity.is_limited:
        yield _who(around, activity)
        yield _data(around, activity)
        yield _sources(activity)
        yield _recipients(activity)
        yield _transfers(activity)
        yield _retention(activity)
        yield _automation(around, activity)
        if activity.security or not (activity.role and activity.role.code == "verwerker"):
            yield Section("beveiliging", "Hoe beveiligen we ze?", _paragraphs(activity.security))
    yield _rights(around, activity)
    yield _questions(around.frame, activity)
    yield _about(around.frame, activity)


def _printed(around: Surroundings, activity: PublicProcessingActivity) -> Mapping[str, object]:
    """The same for the register on paper, without what is the same for every record."""
    rows = [("Kenmerk", [f"{activity.number}, versie {activity.version}"])]
    if activity.ended_on:
        rows.append(("Gestopt op", [dutch_date(activity.ended_on)]))
    for section in _sections(around, activity):
        if section.id in {"vragen", "over"}:
            continue
        texts = [*section.texts, *(line.text for line in section.lines)]
        for heading, found in section.groups:
            texts += [f"{heading}:"] if heading else []
            for term, lines in found:
                colon = "" if term.endswith("?") else ":"
                texts.append(f"{term}{colon} {'; '.join(line.text.rstrip('.') for line in lines)}")
        rows.append((section.heading, texts))
    changed_on = activity.established_at.astimezone(clock.AMSTERDAM).date()
    return {"name": activity.name, "rows": rows, "changed_on": changed_on}


def _what(around: Surroundings, activity: PublicProcessingActivity) -> Section:
    rows: list[Row] = []
    if activity.domain:
        rows.append(("Onderwerp", around.lines(_DOMAIN, [activity.domain])))
    rows.append(("Wie is verantwoordelijk", [Line(activity.controller.label)]))
    if activity.team:
        rows.append(("Verantwoordelijk team", [Line(activity.team)]))
    if activity.role:
        rows.append(("Rol van de gemeente", [Line(activity.role.label)]))
    if activity.regime and activity.regime.code != "avg":
        rows.append(("Welke wet geldt", [Line(activity.regime.label)]))
    for joint in activity.joint_controllers:
        desk = f"U kunt terecht bij: {joint.contact_point}" if joint.contact_point else ""
        rows.append(("Samen met", [Line(text) for text in (joint.party, joint.essence, desk) if text]))
    if activity.done_for_others:
        rows.append(("Wat we voor anderen doen", [Line(text) for text in activity.done_for_others]))
    if activity.principals:
        rows.append(("Voor wie we dit doen", [Line(name) for name in activity.principals]))
    texts = _paragraphs(activity.explanation, unknown="")
    if not texts:
        texts = tuple(purpose.text for purpose in activity.purposes if purpose.text)
    return Section("wat", "Wat doen we?", texts, groups=[("", rows)])


def _why(around: Surroundings, activity: PublicProcessingActivity) -> Section:
    groups: list[tuple[str, Sequence[Row]]] = []
    for position, purpose in enumerate(activity.purposes, start=1):
        rows: list[Row] = [("Waarvoor", [Line(purpose.text)])]
        bases = [
            around.line(_BASIS, urls.slug(basis.code or basis.label), _with_article(basis))
            for basis in purpose.legal_bases
        ]
        rows.append(("Waarom mag dat (grondslag)", bases or [Line(UNKNOWN)]))
        laws = []
        for law in purpose.laws:
            text = ", ".join(filter(None, (law.name, law.article)))
            laws.append(around.line(_LAW, urls.slug(law.name), text))
            if (read := around.web(law_address(law), f"Lees de tekst van {law.name or 'de wet'}")).href:
                laws.append(read)
        if laws:
            rows.append(("Welke wet", laws))
        if purpose.consent_asked:
            rows.append(("Hoe we toestemming vragen", [Line(purpose.consent_asked)]))
        if purpose.consent_withdrawn:
            rows.append(("Zo trekt u toestemming in", [Line(purpose.consent_withdrawn)]))
        if purpose.interests_assessment or purpose.interests_assessed_on:
            on = f"Afgewogen op {dutch_date(purpose.interests_assessed_on)}." if purpose.interests_assessed_on else ""
            texts = [Line(text) for text in (purpose.interests_assessment, on) if text]
            rows.append(("Hoe we de belangen afwegen", texts))
        if purpose.further_use is not None:
            answer = "Ja." if purpose.further_use else "Nee."
            told = " ".join(filter(None, (answer, purpose.further_use_test)))
            rows.append(("Gebruiken we de gegevens ook voor iets anders?", [Line(told)]))
        groups.append((f"Doel {position}" if len(activity.purposes) > 1 else "", rows))
    if activity.police:
        groups.append(("Politiegegevens", _police(activity.police)))
    return Section("waarom", "Waarom mag dat?", () if groups else (UNKNOWN,), groups=groups)


def _police(police: PublicPoliceData) -> list[Row]:
    rows: list[Row] = [
        ("Verantwoordelijk volgens de Wpg", [Line(police.controller)]),
        ("Artikel van de Wpg", [Line(article.label) for article in police.articles]),
        ("Domein van de boa", [Line(police.boa_domain.label if police.boa_domain else "")]),
        ("Over wie", [Line(one.label) for one in police.data_subjects]),
        ("Wie krijgt de gegevens", [Line(police.disclosure)]),
        ("Hoe lang bewaren we ze", [Line(police.retention)]),
    ]
    return [(term, lines) for term, lines in rows if any(line.text for line in lines)]


def _who(around: Surroundings, activity: PublicProcessingActivity) -> Section:
    texts = []
    if not activity.data_sets:
        texts.append(UNKNOWN)
    if activity.about_children:
        texts.append("Het gaat ook over kinderen onder de 16 jaar.")
    return Section(
        "over-wie", "Over wie gaat het?", texts, around.lines(_WHO, _unique(s.data_subject for s in activity.data_sets))
    )


def _data(around: Surroundings, activity: PublicProcessingActivity) -> Section:
    rows = merged(
        (
            data_set.data_subject.label or EVERYONE,
            around.lines(_DATA, [item.kind for item in data_set.data]) or [Line(UNKNOWN)],
        )
        for data_set in activity.data_sets
    )
    duties = merged(
        (
            data_set.data_subject.label or EVERYONE,
            [Line(" ".join(filter(None, ("Ja." if data_set.obligatory else "Nee.", data_set.obligatory_consequence))))],
        )
        for data_set in activity.data_sets
        if data_set.obligatory is not None
    )
    protected: list[Row] = []
    for special in activity.special_categories:
        why = [Line(_with_article(special.exception) if special.exception else f"Waarom dat mag: {UNKNOWN.lower()}")]
        protected.append((special.category.label, [*why, *([Line(special.law)] if special.law else [])]))
    for term, ground in (
        ("Gegevens over strafbare feiten", activity.criminal),
        ("Burgerservicenummer (BSN)", activity.bsn),
    ):
        if ground:
            why = [Line(_with_article(ground.ground) if ground.ground else f"Waarom dat mag: {UNKNOWN.lower()}")]
            protected.append((term, [*why, *([Line(ground.law)] if ground.law else [])]))
    groups: list[tuple[str, Sequence[Row]]] = [("", rows)] if rows else []
    if protected:
        groups.append(("Gegevens met extra bescherming", protected))
    if duties:
        groups.append(("Moet u deze gegevens geven?", duties))
    return Section("gegevens", "Welke gegevens?", () if groups else (UNKNOWN,), groups=groups)


def _sources(activity: PublicProcessingActivity) -> Section:
    rows = merged(
        (data_set.data_subject.label or EVERYONE, [Line(source) for source in data_set.sources])
        for data_set in activity.data_sets
        if data_set.sources
    )
    return Section("bronnen", "Waar komen ze vandaan?", () if rows else (UNKNOWN,), groups=[("", rows)] if rows else ())


def _recipients(activity: PublicProcessingActivity) -> Section:
    texts = []
    if activity.no_recipients and not activity.recipients:
        texts.append("Niemand anders krijgt deze gegevens.")
    elif not activity.recipients:
        texts.append(UNKNOWN)
    lines = []
    for recipient in activity.recipients:
        kind = recipient.kind.label.lower() if recipient.kind else ""
        about = ", ".join(filter(None, (kind, recipient.basis)))
        lines.append(Line(f"{recipient.name} ({about})" if about else recipient.name))
    if activity.uses_processors:
        lines.append(Line("Bedrijven die ons helpen. Zij mogen de gegevens alleen gebruiken voor onze opdracht."))
    rows: list[Row] = []
    if activity.processors:
        helpers = [Line(": ".join(filter(None, (one.name, one.service)))) for one in activity.processors]
        rows.append(("Deze bedrijven helpen ons", helpers))
    if activity.covenants:
        rows.append(("Afspraken met anderen", [Line(text) for text in activity.covenants]))
    return Section("ontvangers", "Wie krijgt de gegevens?", texts, lines, [("", rows)] if rows else ())


def _transfers(activity: PublicProcessingActivity) -> Section:
    rows: list[Row] = [
        (
            transfer.country.label or "Land nog niet bekend",
            [
                *([Line(f"Aan: {transfer.importer}")] if transfer.importer else []),
                Line(
                    _with_article(transfer.instrument) if transfer.instrument else f"Waarom dat mag: {UNKNOWN.lower()}"
                ),
            ],
        )
        for transfer in activity.transfers
    ]
    if activity.transfers_outside_eea is None:
        text = UNKNOWN
    elif activity.transfers_outside_eea:
        text = "Ja. Er gaan gegevens naar een land buiten de Europese Economische Ruimte (EER)."
    else:
        text = "Nee. De gegevens blijven binnen de Europese Economische Ruimte (EER)."
    return Section("doorgifte", "Gaan ze naar buiten Europa?", (text,), groups=[("", rows)] if rows else ())


def _retention(activity: PublicProcessingActivity) -> Section:
    rows: list[Row] = []
    for retention in activity.retentions:
        start = f"De termijn begint: {retention.trigger}" if retention.trigger else ""
        texts = (retention.text or retention.duration or UNKNOWN, start)
        lines = [Line(text) for text in texts if text]
        if retention.afterwards:
            lines.append(Line(f"Daarna: {retention.afterwards.label[:1].lower()}{retention.afterwards.label[1:]}"))
        lines += (
            Line(f"Selectielijst {entry.code}: {entry.label}" if entry.code else f"Selectielijst {entry.label}")
            for entry in retention.selection_list
        )
        rows.append((retention.data_subject or "Alle gegevens", lines))
    return Section(
        "bewaren", "Hoe lang bewaren we ze?", () if rows else (UNKNOWN,), groups=[("", rows)] if rows else ()
    )


def _automation(around: Surroundings, activity: PublicProcessingActivity) -> Section:
    rows: list[Row] = [
        (term, [Line(text)])
        for term, text in (
            ("Hoe werkt het?", activity.automation_logic),
            ("Wat betekent het voor u?", activity.automation_consequences),
            ("Hoe kijkt een mens mee?", activity.automation_human),
        )
        if text
    ]
    if activity.profiling is not None:
        rows.append(("Maken we een profiel van u?", [Line("Ja" if activity.profiling else "Nee")]))
    if activity.algorithm_register:
        rows.append(("In het Algoritmeregister", [around.web(address) for address in activity.algorithm_register]))
    if activity.ai_class:
        rows.append(("Soort AI-systeem", [Line(activity.ai_class.label)]))
    dpia = [Line(activity.dpia_status.label)] if activity.dpia_status else []
    if activity.dpia_done_on:
        dpia.append(Line(f"Gedaan op {dutch_date(activity.dpia_done_on)}"))
    if activity.dpia_url:
        dpia.append(around.web(activity.dpia_url))
    if dpia:
        rows.append(("Onderzoek naar privacyrisico's (DPIA)", dpia))
    iama = [Line(f"Gedaan op {dutch_date(activity.iama_on)}")] if activity.iama_on else []
    if activity.iama_url:
        iama.append(around.web(activity.iama_url))
    if iama:
        rows.append(("Toets op mensenrechten (IAMA)", iama))
    text = f"{activity.automation.label}." if activity.automation else UNKNOWN
    return Section("computer", "Beslist een computer?", (text,), groups=[("", rows)] if rows else ())


def _rights(around: Surroundings, activity: PublicProcessingActivity) -> Section:
    lines = [Line(right.label) for right in activity.rights]
    groups: list[tuple[str, Sequence[Row]]] = []
    rows: list[Row] = [
        (
            restriction.right.label if restriction.right else "Uitzondering op uw rechten",
            [Line(text) for text in (restriction.text, restriction.law) if text],
        )
        for restriction in activity.right_restrictions
    ]
    if rows:
        groups.append(("Uitzonderingen op deze rechten", rows))
    rows = []
    if around.frame.rights_url:
        rows.append(("Zo gebruikt u uw rechten", [around.web(around.frame.rights_url)]))
    if activity.privacy_notice:
        rows.append(("Privacyverklaring", [around.web(activity.privacy_notice)]))
    if rows:
        groups.append(("", rows))
    return Section("rechten", "Wat zijn uw rechten?", () if lines else (UNKNOWN,), lines, groups)


def _questions(frame: SiteFrame, activity: PublicProcessingActivity) -> Section:
    contact = [Line(frame.contact_address)] if frame.contact_address else []
    if frame.contact_phone:
        contact.append(Line(f"Telefoon {frame.contact_phone}"))
    if frame.contact_email:
        contact.append(Line(frame.contact_email, f"mailto:{frame.contact_email}"))
    rows: list[Row] = [(frame.organisation_name, contact)] if contact else []
    if frame.dpo_contact:
        is_mail = "@" in frame.dpo_contact and " " not in frame.dpo_contact
        line = Line(frame.dpo_contact, f"mailto:{frame.dpo_contact}" if is_mail else "")
        rows.append(("Functionaris gegevensbescherming (FG)", [line]))
    rows.append(("Klacht bij de toezichthouder", [Line("Autoriteit Persoonsgegevens", COMPLAINTS)]))
    text = f"Noem het kenmerk {activity.number} als u contact opneemt."
    return Section("vragen", "Vragen of klachten?", (text,), groups=[("", rows)])


def _about(frame: SiteFrame, activity: PublicProcessingActivity) -> Section:
    address = urls.activity_version(activity.number, activity.version)
    rows: list[Row] = [
        ("Kenmerk", [Line(activity.number)]),
        ("Versie", [Line(f"{activity.version}, vastgesteld op {dutch_date(activity.established_at)}")]),
    ]
    for term, day in (
        ("Begonnen op", activity.started_on),
        ("Gestopt op", activity.ended_on),
        ("Laatst gecontroleerd op", activity.reviewed_on),
    ):
        if day:
            rows.append((term, [Line(dutch_date(day))]))
    if activity.based_on:
        rows.append(("Gebaseerd op", [Line(activity.based_on)]))
    others = [number for number in reversed(activity.versions) if number != activity.version]
    if others:
        lines = [Line(f"Versie {number}", urls.activity_version(activity.number, number)) for number in others]
        rows.append(("Andere versies", lines))
    if activity.version > activity.versions[0]:
        rows.append(("Wat is er veranderd?", [Line("Vergelijk met de versie ervoor", f"{address}verschil/")]))
    rows += [
        ("Vast adres van deze versie", [Line(f"{frame.base_url}{address}", address)]),
        ("Downloaden", [Line("Deze versie als JSON", f"{address.rstrip('/')}.json")]),
        ("Het hele register", [Line("Alle bestanden en formaten", f"/{urls.OPEN_DATA}/")]),
    ]
    return Section("over", "Over deze pagina", groups=[("", rows)])


def _unique(values: Iterable[Coded]) -> list[Coded]:
    return list(dict.fromkeys(values))


def _with_article(coded: Coded) -> str:
    return f"{coded.label} ({coded.article})" if coded.article else coded.label


def _paragraphs(text: str, unknown: str = UNKNOWN) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip()) or ((unknown,) if unknown else ())


# --- changes


def _changes(history: History) -> Iterator[Change]:
    """What each version of a record did to the register, oldest first."""
    earlier = None
    for activity in history:
        what = "Gewijzigd" if earlier else "Toegevoegd"
        if activity.ended_on and activity.ended_on <= clock.today() and not (earlier and earlier.ended_on):
            what = "Gestopt"
        yield Change(
            activity.established_at,
            activity.number,
            activity.version,
            activity.id,
            what,
            activity.name,
            is_first=earlier is None,
        )
        earlier = activity


def _differences(
    around: Surroundings, before: PublicProcessingActivity, now: PublicProcessingActivity
) -> list[Difference]:
    """What the pages of two versions say differently, part by part; what is the same on every page is left out."""
    old, new = _said(around, before), _said(around, now)
    return [
        Difference(
            part,
            "; ".join(text for text in old.get(part, ()) if text not in new.get(part, ())),
            "; ".join(text for text in new.get(part, ()) if text not in old.get(part, ())),
        )
        for part in dict.fromkeys((*new, *old))
        if old.get(part, []) != new.get(part, [])
    ]


def _said(around: Surroundings, activity: PublicProcessingActivity) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {"Naam": [activity.name]}
    for section in _sections(around, activity):
        if section.id in {"vragen", "over"}:
            continue
        said.setdefault(section.heading, []).extend([*section.texts, *(line.text for line in section.lines)])
        for group, rows in section.groups:
            for term, lines in rows:
                part = " > ".join(filter(None, (section.heading, group, term)))
                said.setdefault(part, []).extend(line.text for line in lines)
    for term, day in (("Begonnen op", activity.started_on), ("Gestopt op", activity.ended_on)):
        if day:
            said[term] = [dutch_date(day)]
    return said


def _change_pages(frame: SiteFrame, changes: Sequence[Change]) -> Iterator[File]:
    home = f"/{urls.REGISTER}/wijzigingen/"
    for address, page in pages(home, len(changes), CHANGES_LENGTH):
        listed = changes[(page.number - 1) * CHANGES_LENGTH : page.number * CHANGES_LENGTH]
        yield (
            f"{address[1:]}index.html",
            render(
                frame,
                "register/changes.html",
                section=SECTION,
                crumbs=(*CRUMBS, ("Wijzigingen", "")),
                page=page,
                rows=[
                    [
                        change.on,
                        change.what,
                        Line(change.name, change.href),
                        change.number,
                        Line("Wat is anders?", change.comparison) if change.comparison else "Eerste versie",
                    ]
                    for change in listed
                ],
            ),
        )


def _comparison(frame: SiteFrame, change: Change, differences: Iterable[Difference]) -> bytes:
    newest = urls.activity(change.number)
    return render(
        frame,
        "register/comparison.html",
        section=SECTION,
        crumbs=(*CRUMBS, (change.name, newest), (f"Versie {change.version}", change.href), ("Wat is anders?", "")),
        change=change,
        rows=[[one.part, one.before or "(stond er niet)", one.now or "(staat er niet meer)"] for one in differences],
    )


def _feed(around: Surroundings, changes: Sequence[Change], session: Session) -> bytes:
    """The newest changes. The address of a version is its id."""
    frame = around.frame
    parts: dict[tuple[UUID, int], str] = {}
    for history in register.histories(session, list({change.id: None for change in changes if not change.is_first})):
        for earlier, now in pairwise(history):
            differing = (one.part.split(" > ")[0] for one in _differences(around, earlier, now))
            parts[now.id, now.version] = "; ".join(dict.fromkeys(differing))
    return feeds.atom(
        frame,
        f"/{urls.REGISTER}/wijzigingen/",
        f"Verwerkingsregister van {frame.organisation_name}: wijzigingen",
        [
            feeds.Entry(
                id=frame.base_url + change.href,
                title=f"{change.what}: {change.name}",
                href=frame.base_url + change.href,
                updated=change.at.isoformat(timespec="seconds"),
                related=(frame.base_url + change.comparison, "Wat is anders?") if differing else None,
                summary=f"Veranderd: {differing}" if differing else "",
            )
            for change in changes
            for differing in [parts.get((change.id, change.version), "")]
        ],
    )
