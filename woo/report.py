"""The report on the Woo: per category how far we are, the terms, ambition against reached, what comes, and the text on
openness that budget and annual account ask (Woo art. 3.5). Pure: what was known goes in, the report comes out.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.clock import written
from core.findings import Severity
from core.papers import Block, Bullets, Grid, Heading, Kind, Paper, Paragraph
from core.reports import Report
from core.sheets import Cell, Table
from woo import lists, overviews, rules
from woo.as_of import DocumentThen, WooThen
from woo.content import CategoryContent, CategoryStatus, DocumentState
from woo.rules import CategoryFacts, Light

AHEAD = timedelta(days=60)
"""How far the report looks ahead for what has a day; duties that begin are named however far off they are."""
BEGINS = "wordt verplicht"
WAITING = frozenset({DocumentState.CONCEPT, DocumentState.READY, DocumentState.PLANNED})


@dataclass(frozen=True, slots=True)
class Terms:
    """How documents did against the term of the law (art. 3.3 lid 4 and 5). `without`: no fixed term, or no day."""

    in_time: int = 0
    late: int = 0
    without: int = 0

    @property
    def percentage(self) -> int | None:
        """Of those with a term; None when there are none."""
        counted = self.in_time + self.late
        return self.in_time * 100 // counted if counted else None


@dataclass(frozen=True, slots=True)
class CategoryFigures:
    """One category. `waiting_late`: how many of `waiting` should have been public. `to_mend`: errors and warnings."""

    number: str
    label: str
    article: str
    in_force_since: date | None
    is_in_force: bool
    in_force_checked: bool
    status: CategoryStatus
    light: Light
    to_mend: int
    locations: int
    processes_connected: int
    processes_total: int
    public: int
    terms: Terms
    waiting: int
    waiting_late: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class AmbitionFigures:
    """An ambition for a year, and which share of the processes published at its end; None while it is still to come."""

    number: str
    label: str
    year: int
    goal: str
    share: int | None
    reached: int | None

    @property
    def is_reached(self) -> bool | None:
        """None when there is no figure to reach, or nothing was mapped."""
        return None if self.share is None or self.reached is None else self.reached >= self.share


@dataclass(frozen=True, slots=True)
class RequestFigures:
    """Requests for information of a year: those received in it, and those decided in it. `open` is of any year."""

    received: int
    decided: int
    decided_in_time: int
    open: int
    open_late: int


@dataclass(frozen=True, slots=True)
class Coming:
    on: date
    what: str
    kind: str


@dataclass(frozen=True, slots=True)
class Late:
    """A document that waits although its term has passed."""

    title: str
    category: str
    due_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class WooFigures:
    """Every figure of the report. `year` is that of the day; its figures run from 1 January up to the day."""

    organisation: str
    day: date
    year: int
    categories: Sequence[CategoryFigures]
    ambitions: Sequence[AmbitionFigures]
    published_in_year: Terms
    withdrawn_in_year: int
    requests: RequestFigures
    coming: Sequence[Coming]
    late: Sequence[Late]


def figures(then: WooThen) -> WooFigures:
    """Count everything."""
    by_category: dict[str, list[DocumentThen]] = defaultdict(list)
    for document in then.documents:
        by_category[document.content.category].append(document)
    begin = date(then.day.year, 1, 1)
    this_year = [one for one in then.documents if one.published_on and one.published_on >= begin]
    return WooFigures(
        organisation=then.organisation,
        day=then.day,
        year=then.day.year,
        categories=[
            _category(then, number, content, by_category[number]) for number, content in then.categories.items()
        ],
        ambitions=list(_ambitions(then)),
        published_in_year=_terms(then, this_year),
        withdrawn_in_year=sum(1 for one in then.documents if one.withdrawn_on and one.withdrawn_on >= begin),
        requests=_requests(then, begin),
        coming=sorted(_coming(then), key=lambda one: (one.on, one.kind, one.what)),
        late=sorted(_late(then), key=lambda one: (one.due_on, one.title)),
    )


def _category(
    then: WooThen, number: str, content: CategoryContent, documents: Sequence[DocumentThen]
) -> CategoryFigures:
    entry = lists.categories()[number]
    public = [one for one in documents if one.state is DocumentState.PUBLISHED]
    waiting = [one for one in documents if one.state in WAITING]
    waiting_late = sum(1 for one in waiting if _is_late(then, one))
    connected = then.connected.get(number, (0, 0))
    facts = CategoryFacts(
        number=number,
        today=then.day,
        documents=len(public),
        late=waiting_late,
        looked_at=then.looked_at.get(number, {}),
        connected=connected,
    )
    found = rules.category_findings(content, facts)
    return CategoryFigures(
        number=number,
        label=entry.label,
        article=entry.article,
        in_force_since=content.in_force_since,
        is_in_force=rules.is_in_force(content, then.day),
        in_force_checked=content.in_force_checked,
        status=content.status,
        light=rules.light(content, found),
        to_mend=sum(1 for one in found if one.severity is not Severity.TIP),
        locations=sum(1 for location in content.locations if location.url),
        processes_connected=connected[0],
        processes_total=connected[1],
        public=len(public),
        terms=_terms(then, public),
        waiting=len(waiting),
        waiting_late=waiting_late,
        withdrawn=sum(1 for one in documents if one.state is DocumentState.WITHDRAWN),
    )


def _due(then: WooThen, document: DocumentThen) -> rules.Due:
    category = then.categories.get(document.content.category)
    entry = lists.categories().get(document.content.category)
    days = category.deadline_days if category else entry.deadline_days if entry else None
    return rules.due(document.content, days)


def _is_late(then: WooThen, document: DocumentThen) -> bool:
    on = _due(then, document).on
    return on is not None and on < then.day


def _terms(then: WooThen, documents: Sequence[DocumentThen]) -> Terms:
    in_time = late = 0
    for document in documents:
        on = _due(then, document).on
        if on and document.published_on:
            in_time += document.published_on <= on
            late += document.published_on > on
    return Terms(in_time, late, len(documents) - in_time - late)


def _ambitions(then: WooThen) -> Iterator[AmbitionFigures]:
    for number, content in then.categories.items():
        for one in sorted(content.ambitions, key=lambda ambition: ambition.year):
            now = then.connected if one.year == then.day.year else then.connected_at.get(one.year, {})
            done, total = now.get(number, (0, 0))
            reached = done * 100 // total if total and one.year <= then.day.year else None
            label = lists.categories()[number].label
            yield AmbitionFigures(number, label, one.year, one.goal, one.share, reached)


def _requests(then: WooThen, begin: date) -> RequestFigures:
    decided = [
        (one, rules.decide_by(one)) for one in then.requests if one.decided_on and begin <= one.decided_on <= then.day
    ]
    waiting = [one for one in then.requests if one.decision is None]
    return RequestFigures(
        received=sum(1 for one in then.requests if one.received_on and begin <= one.received_on <= then.day),
        decided=len(decided),
        decided_in_time=sum(1 for one, by in decided if by and one.decided_on and one.decided_on <= by),
        open=len(waiting),
        open_late=sum(1 for one in waiting if (rules.days_left(one, then.day) or 0) < 0),
    )


def _coming(then: WooThen) -> Iterator[Coming]:
    last = then.day + AHEAD
    for number, content in then.categories.items():
        if content.in_force_since and content.in_force_since > then.day:
            yield Coming(content.in_force_since, f"{number} {lists.categories()[number].label}", BEGINS)
    for document in then.documents:
        due = _due(then, document).on
        if document.state is DocumentState.PLANNED and document.planned_on and document.planned_on <= last:
            yield Coming(document.planned_on, document.title, "wordt vanzelf openbaar")
        elif document.state in WAITING and due and then.day <= due <= last:
            yield Coming(due, document.title, "moet openbaar zijn")
    for request in then.requests:
        by = rules.decide_by(request)
        if by and request.decision is None and not rules.stands_still(request) and then.day <= by <= last:
            yield Coming(by, f"Woo-verzoek {request.case_number}", "besluit nemen")
    for overview in then.overviews:
        by = overviews.renew_by(overview)
        if by and by >= then.day:
            yield Coming(by, f"Overzicht {overviews.FORMS[overview.kind].title}", "bijwerken")


def _late(then: WooThen) -> Iterator[Late]:
    for document in then.documents:
        due = _due(then, document)
        if document.state in WAITING and due.on and due.on < then.day:
            entry = lists.categories()[document.content.category]
            yield Late(document.title or "zonder titel", f"{entry.number} {entry.label}", due.on, due.reason)


# --- in words --------------------------------------------------------------------------------------------------------


def report(then: WooThen) -> Report:
    """The report in every form: as a paper, as tables, and its figures."""
    found = figures(then)
    tables = [
        _categories_table(found),
        _ambitions_table(found),
        Table("Komt eraan", ("Wanneer", "Wat", "Soort"), [[one.on, one.what, one.kind] for one in found.coming]),
        Table(
            "Te laat",
            ("Document", "Categorie", "Uiterlijk", "Termijn"),
            [[one.title, one.category, one.due_on, one.reason] for one in found.late],
        ),
        _openness_table(found),
    ]
    return Report(name="woo", paper=_paper(found), tables=tables, facts=found)


def _categories_table(found: WooFigures) -> Table:
    headings = (
        *("Nummer", "Categorie", "Artikel", "Verplicht", "Verplicht sinds", "Nagekeken", "Status", "Oordeel"),
        *("Fouten en waarschuwingen", "Vindplaatsen", "Processen aangesloten", "Processen die moeten", "Openbaar"),
        *("Op tijd", "Te laat openbaar", "Zonder vaste termijn", "Wacht", "Waarvan te laat", "Ingetrokken"),
    )
    rows: list[list[Cell]] = [
        [
            *(one.number, one.label, one.article, _yes_no(one.is_in_force), one.in_force_since),
            *(_yes_no(one.in_force_checked), one.status.value, one.light.value, one.to_mend, one.locations),
            *(one.processes_connected, one.processes_total, one.public),
            *(one.terms.in_time, one.terms.late, one.terms.without, one.waiting, one.waiting_late, one.withdrawn),
        ]
        for one in found.categories
    ]
    return Table("Categorieën", headings, rows)


def _ambitions_table(found: WooFigures) -> Table:
    return Table(
        "Ambitie",
        ("Nummer", "Categorie", "Jaar", "Doel", "Doel in %", "Bereikt in %", "Gehaald"),
        [
            [
                *(one.number, one.label, one.year, one.goal, one.share, one.reached),
                "" if one.is_reached is None else _yes_no(one.is_reached),
            ]
            for one in found.ambitions
        ],
    )


def _openness_table(found: WooFigures) -> Table:
    return Table("Openheid", ("Wat", f"In {found.year}"), [[what, number] for what, number in _openness_figures(found)])


def _openness_figures(found: WooFigures) -> Sequence[tuple[str, int | None]]:
    binding = bound(found)
    return (
        ("Categorieën die nu verplicht zijn", len(binding)),
        ("Waarvan op orde", sum(1 for one in binding if one.status is CategoryStatus.IN_ORDER)),
        ("Documenten openbaar gemaakt", _sum(found.published_in_year)),
        ("Waarvan met een vaste termijn", found.published_in_year.in_time + found.published_in_year.late),
        ("Waarvan op tijd", found.published_in_year.in_time),
        ("Op tijd in %", found.published_in_year.percentage),
        ("Documenten ingetrokken", found.withdrawn_in_year),
        ("Documenten die nu te laat zijn", len(found.late)),
        ("Woo-verzoeken ontvangen", found.requests.received),
        ("Besluiten op een Woo-verzoek", found.requests.decided),
        ("Waarvan op tijd", found.requests.decided_in_time),
        ("Woo-verzoeken die nu wachten", found.requests.open),
        ("Waarvan te laat", found.requests.open_late),
        ("Processen aangesloten", sum(one.processes_connected for one in found.categories)),
        ("Processen die moeten", sum(one.processes_total for one in found.categories)),
    )


def _paper(found: WooFigures) -> Paper:
    blocks: list[Block] = [
        Heading("In het kort"),
        Bullets(_headlines(found)),
        Heading("Per categorie"),
        Grid(
            ("Categorie", "Verplicht?", "Status", "Oordeel", "Vindplaatsen", "Processen"),
            [
                [
                    f"{one.number} {one.label}",
                    _in_force(one),
                    one.status.value,
                    one.light.value,
                    str(one.locations),
                    f"{one.processes_connected} van {one.processes_total}" if one.processes_total else "niet in kaart",
                ]
                for one in found.categories
            ],
            "Hoe ver is elke categorie?",
            (30, 18, 14, 14, 12, 12),
        ),
        Heading("Termijnen"),
        Paragraph(
            "De wet zegt per categorie hoe snel een document openbaar moet zijn, meestal binnen twee weken (artikel "
            "3.3 lid 4 en 5). Geteld is de eerste keer dat een document openbaar werd."
        ),
        Grid(
            ("Categorie", "Openbaar", "Op tijd", "Te laat", "Zonder termijn", "Wacht", "Waarvan te laat"),
            [
                [
                    f"{one.number} {one.label}",
                    *map(str, (one.public, one.terms.in_time, one.terms.late, one.terms.without)),
                    *map(str, (one.waiting, one.waiting_late)),
                ]
                for one in found.categories
                if one.public or one.waiting
            ],
            "Documenten per categorie",
            (28, 12, 12, 12, 12, 12, 12),
        ),
        *_listed("Documenten die te laat zijn", _late_grid(found), "Er is geen document te laat."),
        Heading("Ambitie en wat is bereikt"),
        *_listed("", _ambition_grid(found), "Er is voor geen categorie een ambitie ingevuld."),
        Heading("Wat eraan komt"),
        *_listed(
            "",
            Grid(
                ("Wanneer", "Wat", "Soort"),
                [[written(one.on), one.what, one.kind] for one in found.coming[:_MOST]],
                f"De komende {AHEAD.days} dagen, en plichten die ingaan",
                (20, 55, 25),
            ),
            "Er staat niets op de kalender.",
        ),
        *_rest(len(found.coming), "Komt eraan"),
        Heading("Openheidsparagraaf (Woo artikel 3.5)", on_new_page=True),
        *_openness(found),
        Heading("Uitgangspunten"),
        Bullets(
            (
                f"Dit is wat op {written(found.day)} bekend was, ook concepten.",
                "De categorie en de termijn zijn die van dat moment. Artikel 3.1 heeft geen vaste termijn.",
                "Bereikt is het deel van de processen in kaart dat openbaar maakt, aan het eind van het jaar.",
            )
        ),
    ]
    return Paper(
        title="Woo: hoe ver zijn we?",
        subtitle=f"{found.organisation}, stand op {written(found.day)}. Dit rapport gaat over de Wet open overheid.",
        organisation=found.organisation,
        day=found.day,
        blocks=blocks,
    )


_MOST = 25
"""Rows of a table on paper; the workbook has them all."""


def _listed(title: str, grid: Grid, when_empty: str) -> Iterator[Block]:
    if title:
        yield Heading(title, 2)
    yield grid if grid.rows else Paragraph(when_empty)


def _rest(count: int, sheet: str) -> Iterator[Block]:
    if count > _MOST:
        yield Paragraph(
            f"U ziet hier {_MOST} van de {count} regels. Alle staan in het werkboek, op het blad '{sheet}'."
        )


def _late_grid(found: WooFigures) -> Grid:
    rows = [[one.title, one.category, written(one.due_on), one.reason] for one in found.late[:_MOST]]
    return Grid(("Document", "Categorie", "Uiterlijk", "Termijn"), rows, "Te laat", (35, 25, 18, 22))


def _ambition_grid(found: WooFigures) -> Grid:
    rows = [
        [
            f"{one.number} {one.label}",
            str(one.year),
            _goal(one),
            f"{one.reached} %" if one.reached is not None else "nog niet bekend",
            "niet te zeggen" if one.is_reached is None else _yes_no(one.is_reached),
        ]
        for one in found.ambitions
    ]
    return Grid(("Categorie", "Jaar", "Doel", "Bereikt", "Gehaald"), rows, "Ambitie per jaar", (28, 8, 36, 15, 13))


def _headlines(found: WooFigures) -> Sequence[str]:
    binding = bound(found)
    in_order = sum(1 for one in binding if one.status is CategoryStatus.IN_ORDER)
    public = sum(one.public for one in found.categories)
    late = len(found.late)
    requests = _many(found.requests.open, "Woo-verzoek wacht", "Woo-verzoeken wachten")
    coming = [one for one in found.coming if one.kind == BEGINS]
    return (
        f"Van de {len(binding)} categorieën die nu verplicht zijn, {_are(in_order)} er {in_order} op orde.",
        f"Er {_are(public)} {_many(public, 'document', 'documenten')} openbaar.",
        _in_time(found),
        f"{_many(late, 'document had', 'documenten hadden')} al openbaar moeten zijn."
        if late
        else "Geen document is te laat.",
        f"{requests} op een besluit, waarvan {found.requests.open_late} te laat.",
        *(f"Op {written(one.on)} wordt {one.what} verplicht." for one in coming),
    )


def bound(found: WooFigures) -> Sequence[CategoryFigures]:
    """The categories that bind a municipality now; art. 3.1 asks for an effort and has no list."""
    return [
        one
        for one in found.categories
        if one.is_in_force and one.number != lists.WITHOUT_DUTY and lists.categories()[one.number].municipality != "no"
    ]


def _in_time(found: WooFigures) -> str:
    terms = found.published_in_year
    if terms.percentage is None:
        return f"In {found.year} is nog geen document met een vaste termijn openbaar gemaakt."
    counted = terms.in_time + terms.late
    return (
        f"In {found.year} {'ging' if counted == 1 else 'gingen'} {_many(counted, 'document', 'documenten')} met een "
        f"vaste termijn naar buiten. Daarvan {_are(terms.in_time)} {terms.in_time} op tijd ({terms.percentage} %)."
    )


def _openness(found: WooFigures) -> Iterator[Block]:
    """A draft for budget and annual account: the figures are ours, what they mean is for the municipality to say."""
    year, requests = found.year, found.requests
    binding = bound(found)
    yield Paragraph(
        "Dit is een concept. Lees het na en vul het aan voor het in de begroting of de jaarstukken komt.", Kind.WARNING
    )
    yield Heading(f"Voor de jaarstukken van {year}: wat we deden", 2)
    in_order = sum(1 for one in binding if one.status is CategoryStatus.IN_ORDER)
    names = ", ".join(one.label for one in binding) or "geen"
    yield Paragraph(
        f"{found.organisation} maakt informatie uit zichzelf openbaar. Van de zeventien soorten informatie in de Wet "
        f"open overheid {_are(len(binding))} er nu {len(binding)} verplicht: {names}. "
        f"Daarvan {_are(in_order)} er {in_order} op orde."
    )
    published = _sum(found.published_in_year)
    yield Paragraph(
        f"In {year} maakten we {_many(published, 'document', 'documenten')} openbaar. {_in_time(found)} "
        f"We trokken {_many(found.withdrawn_in_year, 'document', 'documenten')} in."
    )
    yield Paragraph(
        f"We ontvingen {_many(requests.received, 'Woo-verzoek', 'Woo-verzoeken')} en namen "
        f"{_many(requests.decided, 'besluit', 'besluiten')}, waarvan {requests.decided_in_time} op tijd. "
        f"Er {_are(requests.open)} nu {_many(requests.open, 'verzoek', 'verzoeken')} zonder besluit, waarvan "
        f"{requests.open_late} te laat."
    )
    table = _openness_table(found)
    yield Grid(
        table.headings,
        [[what, "niet te bepalen" if number is None else str(number)] for what, number in _openness_figures(found)],
        f"Cijfers over {year} tot en met {written(found.day)}",
        (75, 25),
    )
    yield Paragraph("Vul aan wat het kostte (geld en uren) en wat inwoners ervan merkten.", Kind.ASSUMPTION)
    yield Heading(f"Voor de begroting van {year + 1}: wat we willen", 2)
    goals = [f"{one.label}: {_goal(one)}" for one in found.ambitions if one.year == year + 1]
    if goals:
        yield Paragraph(f"In {year + 1} willen we dit bereiken:")
        yield Bullets(goals)
    else:
        yield Paragraph(
            f"Voor {year + 1} staat bij geen categorie een ambitie. Vul die in bij de categorieën.", Kind.ASSUMPTION
        )
    begins = [f"{one.what}, op {written(one.on)}" for one in found.coming if one.kind == BEGINS]
    if begins:
        yield Paragraph("Deze soorten informatie worden verplicht:")
        yield Bullets(begins)
    else:
        yield Paragraph(
            "Wanneer de volgende soorten informatie verplicht worden, staat nog in geen koninklijk besluit dat hier is "
            "ingevuld. Kijk dat na.",
            Kind.ASSUMPTION,
        )
    yield Paragraph(f"Vul aan welk geld en welke mensen daarvoor in {year + 1} nodig zijn.", Kind.ASSUMPTION)


def _goal(one: AmbitionFigures) -> str:
    share = f"{one.share} % van de processen maakt openbaar" if one.share is not None else ""
    return "; ".join(filter(None, (one.goal.rstrip("."), share)))


def _in_force(one: CategoryFigures) -> str:
    if one.in_force_since is None:
        text = "nog niet"
    elif one.is_in_force:
        text = f"sinds {written(one.in_force_since)}"
    else:
        text = f"vanaf {written(one.in_force_since)}"
    return text if one.in_force_checked else f"{text} (nakijken)"


def _sum(terms: Terms) -> int:
    return terms.in_time + terms.late + terms.without


def _many(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _are(number: int) -> str:
    return "is" if number == 1 else "zijn"


def _yes_no(answer: bool) -> str:  # noqa: FBT001 - the answer is the only thing it is about
    return "ja" if answer else "nee"
