"""One report for the whole programme: the register, the Woo and the Wmebv, on one page first.

It counts nothing itself. The first page says what the three reports found, in the same words for all three; after it
come their main parts. A register in which nothing was known on the day is grey.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

import woo.as_of
import woo.report
from core import clock, reports
from core.cli import HERE, AsOf, Directory, OrganisationCode, ReportFile, Sheet, day_of, opened, say
from core.clock import written
from core.errors import BadInput
from core.findings import Severity
from core.organisations import the_organisation
from core.papers import Block, Grid, Heading, Paper, Paragraph, Picture, Tone
from core.reports import Report
from core.sheets import Cell, Table
from core.web.pages import dutch_number
from register import figures
from register.checks import CHECKS
from register.figures import RegisterFigures
from wmebv.duties import cited
from wmebv.report import GapReport, as_report
from wmebv.rules import Colour
from wmebv.services import report_on
from woo.content import CategoryStatus
from woo.report import WooFigures
from woo.rules import Light

REGISTER, WOO, WMEBV = "Verwerkingsregister", "Woo", "Digitaal zakendoen"
CHAPTERS: Mapping[str, Sequence[str]] = {
    REGISTER: ("Teams", "Bevindingen"),
    WOO: ("Per categorie", "Termijnen"),
    WMEBV: ("Wettelijke gaten", "Teams en onderwerpen", "Acties", "Doelen"),
}
"""Which parts of each report come after the first page, beside what it says in short."""
IN_SHORT = "In het kort"
_TONES: Mapping[str, Tone] = {
    Colour.RED.value: Tone.BAD,
    Colour.ORANGE.value: Tone.MEDIUM,
    Colour.GREEN.value: Tone.GOOD,
    Colour.GREY.value: Tone.UNKNOWN,
}
_MOST_BREACHES, _MOST_COMING, _MOST_TODO = 3, 4, 5
"""Rows on the first page: breaches for each register, the others for all three together."""
_LATE = "te laat"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one register does, and why."""

    register: str
    colour: Colour
    why: str


@dataclass(frozen=True, slots=True)
class Breach:
    """What the law does not allow today, and how often."""

    register: str
    what: str
    article: str
    number: int


@dataclass(frozen=True, slots=True)
class Coming:
    """What has a day. `is_duty`: the law asks it from that day on."""

    register: str
    what: str
    on: date
    is_duty: bool = False


@dataclass(frozen=True, slots=True)
class Todo:
    """Who does what; `due_on` None: there is no day for it, or there never was one."""

    register: str
    who: str
    what: str
    due_on: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Programme:
    """What the first page says, and the figures behind it. A register of which nothing was known is None."""

    organisation: str
    day: date
    standings: Sequence[Standing]
    breaches: Sequence[Breach]
    coming: Sequence[Coming]
    todo: Sequence[Todo]
    register: RegisterFigures | None
    woo: WooFigures
    wmebv: GapReport


def read(session: Session, day: date) -> Report:
    """The report on the whole programme, as things were known at the end of a day.

    Raises:
        BadInput: the day is still to come.
    """
    of_woo = woo.report.report(woo.as_of.read(session, day))
    of_wmebv = as_report(report_on(session, day))
    try:
        name, records = figures.read(session, day)
        of_register = figures.report(name, day, records)
    except BadInput:  # the day is not to come, so the register was empty
        of_register = None
    return report(the_organisation(session).name, day, of_register, of_woo, of_wmebv)


def report(organisation: str, day: date, of_register: Report | None, of_woo: Report, of_wmebv: Report) -> Report:
    """The three reports as one, in every form. `of_register` is None when there was no register."""
    register: RegisterFigures | None = of_register.facts if of_register else None
    found: WooFigures = of_woo.facts
    wmebv: GapReport = of_wmebv.facts
    facts = Programme(
        organisation=organisation,
        day=day,
        standings=(_register_standing(register), _woo_standing(found), _wmebv_standing(wmebv)),
        breaches=(*_register_breaches(register), *_woo_breaches(found), *_wmebv_breaches(wmebv)),
        coming=sorted((*_woo_coming(found), *_wmebv_coming(wmebv)), key=lambda one: (one.on, one.register, one.what)),
        todo=sorted(
            (*_register_todo(register), *_woo_todo(found), *_wmebv_todo(wmebv)),
            key=lambda one: (not one.is_late, one.due_on or (date.min if one.is_late else date.max), one.who),
        ),
        register=register,
        woo=found,
        wmebv=wmebv,
    )
    parts = {REGISTER: of_register, WOO: of_woo, WMEBV: of_wmebv}
    return Report("programma", _paper(facts, parts), _tables(facts, parts), facts)


# --- What the three reports found -------------------------------------------------------------------------------------


def _register_standing(found: RegisterFigures | None) -> Standing:
    if found is None:
        return Standing(REGISTER, Colour.GREY, "Er staat nog geen verwerking in het register.")
    errors, warnings = (found.severities[one.value] for one in (Severity.ERROR, Severity.WARNING))
    late = len(found.reviews_late)
    shade = Colour.RED if errors else Colour.ORANGE if warnings or late else Colour.GREEN
    living = sum(one.records for one in found.teams)
    return Standing(
        REGISTER,
        shade,
        f"{_many(living, 'verwerking', 'verwerkingen')}, waarvan {_n(found.established)} vastgesteld. De controles "
        f"vinden {_many(errors, 'fout', 'fouten')} en {_many(warnings, 'waarschuwing', 'waarschuwingen')}.",
    )


def _register_breaches(found: RegisterFigures | None) -> Iterator[Breach]:
    rules = [one for one in found.rules if one.severity is Severity.ERROR] if found else []
    for one in sorted(rules, key=lambda one: (-one.number, one.rule_id)):
        yield Breach(REGISTER, f"{CHECKS[one.rule_id].looks_at} ({one.rule_id})", one.article, one.number)


def _register_todo(found: RegisterFigures | None) -> Iterator[Todo]:
    for one in found.teams if found else ():
        if one.reviews_late:
            what = f"{_many(one.reviews_late, 'verwerking', 'verwerkingen')} opnieuw controleren"
            yield Todo(REGISTER, one.team, what, None, is_late=True)


def _woo_standing(found: WooFigures) -> Standing:
    binding = woo.report.bound(found)
    late, requests = len(found.late), found.requests.open_late
    if not found.categories:
        return Standing(WOO, Colour.GREY, "Er is nog niets over de Woo ingevuld.")
    lights = {one.light for one in binding}
    shade = Colour.ORANGE if Light.ORANGE in lights else Colour.GREEN
    if Light.RED in lights or late or requests:
        shade = Colour.RED
    in_order = sum(one.status is CategoryStatus.IN_ORDER for one in binding)
    return Standing(
        WOO,
        shade,
        f"Van {_many(len(binding), 'verplichte categorie', 'verplichte categorieën')} {_are(in_order)} er "
        f"{_n(in_order)} op orde. Te laat: {_many(late, 'document', 'documenten')} en "
        f"{_many(requests, 'Woo-verzoek', 'Woo-verzoeken')}.",
    )


def _woo_breaches(found: WooFigures) -> Iterator[Breach]:
    if found.late:
        what = "Documenten die al openbaar hadden moeten zijn"
        yield Breach(WOO, what, "Woo art. 3.3 lid 4 en 5", len(found.late))
    if late := found.requests.open_late:
        yield Breach(WOO, "Woo-verzoeken waarvan de termijn voorbij is", "Woo art. 4.4", late)
    for one in found.categories:
        if one.is_in_force and one.light is Light.RED:
            yield Breach(WOO, f"Categorie niet op orde: {one.label}", one.article, one.to_mend)


def _woo_coming(found: WooFigures) -> Iterator[Coming]:
    """A duty that begins by itself; of the rest how much there is of a kind, with the first day."""
    kinds: dict[str, list[woo.report.Coming]] = {}
    for one in found.coming:
        kinds.setdefault(one.what if one.kind == woo.report.BEGINS else one.kind, []).append(one)
    for each in kinds.values():
        first, more = each[0], len(each) - 1
        rest = f" (en daarna nog {_n(more)} keer)" if more else ""
        yield Coming(WOO, f"{first.what}: {first.kind}{rest}", first.on, is_duty=first.kind == woo.report.BEGINS)


def _woo_todo(found: WooFigures) -> Iterator[Todo]:
    if found.late:
        what = f"{_many(len(found.late), 'document', 'documenten')} openbaar maken"
        yield Todo(WOO, "Woo-coördinator", what, min(one.due_on for one in found.late), is_late=True)
    if late := found.requests.open_late:
        what = f"{_many(late, 'Woo-verzoek', 'Woo-verzoeken')} beantwoorden"
        yield Todo(WOO, "Woo-coördinator", what, None, is_late=True)


def _wmebv_standing(found: GapReport) -> Standing:
    whole = found.lights[0]
    if not found.message_types:
        return Standing(WMEBV, Colour.GREY, "Er zijn nog geen producten met berichten.")
    red, below = found.colours[Colour.RED], len(found.below_minimum)
    helped = f" Bij {_many(below, 'product', 'producten')} is het minimum aan hulp niet aangetoond." if below else ""
    return Standing(
        WMEBV,
        whole.colour,
        f"Van {_many(found.message_types, 'bericht', 'berichten')} {_are(red)} er {_n(red)} rood en "
        f"{_n(found.colours[Colour.GREY])} nog niet beoordeeld. Er {_are(len(found.critical))} "
        f"{_many(len(found.critical), 'wettelijk gat', 'wettelijke gaten')}.{helped}",
    )


def _wmebv_breaches(found: GapReport) -> Iterator[Breach]:
    for one in found.legal_gaps:
        yield Breach(
            WMEBV, f"Niet in orde: {one.name.lower()} ({one.code})", cited(one.article, one.article_status), one.count
        )


def _wmebv_coming(found: GapReport) -> Iterator[Coming]:
    for one in found.upcoming:
        left = f"{_n(one.not_ready)} van {_n(one.applicable)} niet klaar"
        yield Coming(WMEBV, f"{one.name} ({one.code}) wordt verplicht: {left}", one.on, is_duty=True)


def _wmebv_todo(found: GapReport) -> Iterator[Todo]:
    for one in found.actions.waiting:
        what = f"{one.title.rstrip('.')}: {one.about}" if one.about else one.title
        yield Todo(WMEBV, one.owner or one.team or "nog niemand", what, one.due_on, one.is_late)


# --- On paper ---------------------------------------------------------------------------------------------------------


def _paper(facts: Programme, parts: Mapping[str, Report | None]) -> Paper:
    chapters = [block for name, made in parts.items() if made for block in _chapter(name, made.paper)]
    return Paper(
        title="Register, Woo en digitaal zakendoen",
        subtitle=(
            f"{facts.organisation}, stand op {written(facts.day)}. Dit rapport gaat over drie wetten: hoe staat de "
            "gemeente ervoor, wat mag vandaag niet, en wie lost het op?"
        ),
        organisation=facts.organisation,
        day=facts.day,
        blocks=[*_first_page(facts), *chapters],
    )


def _first_page(facts: Programme) -> Iterator[Block]:
    yield Grid(
        ("Onderdeel", "Kleur", "Waarom"),
        [(one.register, one.colour.value, one.why) for one in facts.standings],
        "Hoe staan we ervoor?",
        (22, 12, 66),
        _TONES,
    )
    yield Paragraph(
        "Rood: iets mag vandaag niet volgens de wet. Oranje: er is werk te doen. Groen: in orde. Grijs: nog niets "
        "bekend."
    )
    chosen = sorted(facts.coming, key=lambda one: not one.is_duty)[:_MOST_COMING]  # a duty is left out last
    coming = sorted(chosen, key=lambda one: one.on)
    breaches = [one for name in CHAPTERS for one in _of(facts.breaches, name)[:_MOST_BREACHES]]
    yield from _table(
        Grid(
            ("Onderdeel", "Wat", "Artikel", "Hoe vaak"),
            [(one.register, one.what, one.article, _n(one.number)) for one in breaches],
            "Wat vandaag niet mag",
            (20, 46, 22, 12),
        ),
        len(facts.breaches),
        "Er is niets gevonden dat vandaag niet mag.",
    )
    yield from _table(
        Grid(
            ("Wanneer", "Onderdeel", "Wat"),
            [(written(one.on), one.register, one.what) for one in coming],
            "Wat eraan komt",
            (20, 20, 60),
        ),
        len(facts.coming),
        "Er staat niets op de kalender.",
    )
    yield from _table(
        Grid(
            ("Wie", "Wat", "Onderdeel", "Klaar op"),
            [(one.who, one.what, one.register, _due(one)) for one in facts.todo[:_MOST_TODO]],
            "Wie doet wat?",
            (24, 40, 18, 18),
            {_due(one): Tone.BAD for one in facts.todo if one.is_late},
        ),
        len(facts.todo),
        "Er staat geen actie open.",
    )


def _of(breaches: Iterable[Breach], register: str) -> Sequence[Breach]:
    return [one for one in breaches if one.register == register]


def _table(grid: Grid, count: int, when_empty: str) -> Iterator[Block]:
    if not grid.rows:
        yield Paragraph(when_empty)
        return
    yield grid
    if count > len(grid.rows):
        yield Paragraph(f"U ziet hier {len(grid.rows)} van de {_n(count)} regels. Alle staan in het werkboek (xlsx).")


def _due(one: Todo) -> str:
    if one.due_on is None:
        return _LATE if one.is_late else "nog geen dag"
    return f"{_LATE}: {written(one.due_on)}" if one.is_late else written(one.due_on)


def _chapter(name: str, paper: Paper) -> Iterator[Block]:
    """The main parts of a report, under one heading."""
    found = _sections(paper)
    yield Heading(name, on_new_page=True)
    yield Paragraph(paper.subtitle)
    for section in (IN_SHORT, *CHAPTERS[name]):
        blocks = found.get(section, ())
        has_picture = any(isinstance(block, Picture) for block in blocks)
        for block in blocks:
            if not isinstance(block, Heading):
                yield block
            elif block.text != IN_SHORT:
                yield replace(block, level=min(block.level + 1, 3), on_new_page=block.on_new_page and has_picture)


def _sections(paper: Paper) -> Mapping[str, Sequence[Block]]:
    """The blocks below each heading of the first level, with the heading itself."""
    found: dict[str, list[Block]] = {}
    section: list[Block] = []
    for block in paper.blocks:
        if isinstance(block, Heading) and block.level == 1:
            section = found.setdefault(block.text, [])
        section.append(block)
    return found


def _tables(facts: Programme, parts: Mapping[str, Report | None]) -> Sequence[Table]:
    """First what the first page says, as one sheet; then every sheet of the three, each with a name of its own."""
    headings = ("Onderdeel", "Soort", "Wat", "Kleur of wie", "Artikel", "Hoe vaak", "Wanneer")
    tables = [Table("Programma", headings, list(_lines(facts)))]
    for name, made in parts.items():
        for table in made.tables if made else ():
            is_taken = any(table.name == one.name for one in tables)
            tables.append(replace(table, name=f"{table.name} ({_SHORT[name]})") if is_taken else table)
    return tables


def _lines(facts: Programme) -> Iterator[list[Cell]]:
    for one in facts.standings:
        yield [one.register, "Stand", one.why, one.colour.value, "", "", ""]
    for breach in facts.breaches:
        yield [breach.register, "Mag niet", breach.what, "", breach.article, breach.number, ""]
    for coming in facts.coming:
        yield [coming.register, "Komt eraan", coming.what, "", "", "", coming.on]
    for todo in facts.todo:
        yield [todo.register, "Te doen", todo.what, todo.who, "", "", todo.due_on or _due(todo)]


_SHORT: Mapping[str, str] = {REGISTER: "register", WOO: "Woo", WMEBV: "Wmebv"}


def _n(number: int) -> str:
    return dutch_number(number)


def _many(number: int, one: str, more: str) -> str:
    return f"{_n(number)} {one if number == 1 else more}"


def _are(number: int) -> str:
    return "is" if number == 1 else "zijn"


# --- The command ------------------------------------------------------------------------------------------------------


def report_programme(
    output: ReportFile,
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    as_of: AsOf = "",
    sheet: Sheet = "",
) -> None:
    """Schrijf één rapport over register, Woo en digitaal zakendoen: eerst één bladzijde voor het management."""
    reports.form_of(output)
    day = day_of(as_of) if as_of else clock.today()
    with opened(directory, organisation) as here, here.database.read(here.organisation_id) as session:
        made = read(session, day)
    say(str(reports.write(made, output, sheet=sheet)))
