"""The gap report on paper: first the page that management reads, then the parts of section 8 of the reference."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from core.clock import written
from core.papers import Block, Bullets, Grid, Heading, Kind, Paper, Paragraph, Tone
from core.papers.drawings import Bar, Pile, Shade, Square, bars, heat, piles
from core.reports import Report
from core.web.pages import dutch_date, dutch_number, euros
from wmebv.duties import Group
from wmebv.report.model import (
    WHOLE_ORGANISATION,
    ActionLine,
    GapReport,
    GoalLine,
    GoalState,
    HeatCell,
    HeatRow,
    KeyFigures,
    Risk,
    team_of,
)
from wmebv.report.tables import cited, months_table, tables
from wmebv.rules import Colour, Finding, SupportLevel

SUPPORT_LABELS: Mapping[SupportLevel, str] = {
    SupportLevel.Z0: "Niets bekend",
    SupportLevel.Z1: "Alleen informatie",
    SupportLevel.Z2: "Minimum gehaald",
    SupportLevel.Z3: "Minimum, machtigen, eenvoudige taal en toegankelijkheid bewezen",
    SupportLevel.Z4: "Ook getest met de doelgroep",
}
MOST_ROWS = 25
"""A longer table shows its first rows on paper; the workbook has them all."""
_FIRST = 5
"""Gaps on the first page."""
_NAMES = 4
"""Teams or products that a cell names; of more it says how many."""
_TEAMS = 22
"""Rows of a heat map that fit on a page."""
_SHADES = {Colour.RED: Shade.RED, Colour.ORANGE: Shade.ORANGE, Colour.GREEN: Shade.GREEN, Colour.GREY: Shade.GREY}
_COLOURS = {Colour.RED: Tone.BAD, Colour.ORANGE: Tone.MEDIUM, Colour.GREEN: Tone.GOOD, Colour.GREY: Tone.UNKNOWN}
_TONES: Mapping[str, Tone] = {colour.value: tone for colour, tone in _COLOURS.items()}
_STATES: Mapping[str, Tone] = {
    GoalState.REACHED.value: Tone.GOOD,
    GoalState.LATE.value: Tone.BAD,
    GoalState.UNKNOWN.value: Tone.UNKNOWN,
}
_KNOWN_NOT = "niet ingevuld"
_TO_CHECK = "Bij ‘nakijken’ is het artikelnummer nog niet gecontroleerd in de wet."


def as_report(report: GapReport) -> Report:
    """The report in every form: as a paper, as tables, and its figures."""
    return Report("wmebv", _paper(report), list(tables(report).values()), report)


def months_report(organisation: str, day: date, figures: Sequence[KeyFigures]) -> Report:
    """The key figures of every month, in every form."""
    paper = Paper(
        title="Digitaal zakendoen: cijfers per maand",
        subtitle=f"{organisation}, stand op {written(day)}. Van elke maand de laatste dag, met wat toen bekend was.",
        organisation=organisation,
        day=day,
        blocks=list(_months(figures, "maand")),
    )
    return Report("wmebv-maanden", paper, [months_table(figures)], Months(organisation, day, tuple(figures)))


@dataclass(frozen=True, slots=True)
class Months:
    """What `months_report` holds."""

    organisation: str
    on: date
    months: tuple[KeyFigures, ...]


def _paper(report: GapReport) -> Paper:
    return Paper(
        title="Digitaal zakendoen: wat moet beter?",
        subtitle=(
            f"{report.organisation}, stand op {written(report.on)}. Dit rapport gaat over de Wet modernisering "
            "elektronisch bestuurlijk verkeer (Wmebv)."
        ),
        organisation=report.organisation,
        day=report.on,
        blocks=[
            *_first_page(report),
            *_legal_gaps(report),
            *_upcoming(report),
            *_teams(report),
            *_levels(report),
            *_trend(report),
            *_top(report),
            *_support(report),
            *_designation(report),
            *_unknowns(report),
            *_actions(report),
            *_goals(report),
            *_ambitions(report),
            *_norms(report),
            *_satisfaction(report),
            Heading("Uitgangspunten"),
            Bullets(report.assumptions),
        ],
    )


# --- The first page ---------------------------------------------------------------------------------------------------


def _first_page(report: GapReport) -> Iterator[Block]:
    yield Paragraph(
        "Mensen en bedrijven mogen officiële berichten digitaal aan de gemeente sturen. Wie dat niet kan, krijgt hulp. "
        "Hieronder staat wat nog niet klopt en wat het eerst moet gebeuren."
    )
    yield Heading("In het kort")
    yield Bullets(headlines(report, written))
    yield Grid(
        ("Onderdeel", "Kleur", "Score", "Niet in orde"),
        [
            [each.name, each.colour.value, _percent(each.percentage), f"{_n(each.failing)} van {_n(each.applicable)}"]
            for each in report.lights
        ],
        "Hoe staat het ervoor?",
        (40, 18, 18, 24),
        _TONES,
    )
    yield Paragraph(
        "Rood: een kritieke plicht is niet in orde. Oranje: iets belangrijks is niet in orde, iets is onbekend, of een "
        "antwoord is oud. Groen: hooguit iets lichts staat open. Grijs: nog niets beantwoord. De score weegt hoe zwaar "
        "een plicht is; onbekend telt als nee."
    )
    if report.legal_gaps:
        yield Grid(
            ("Plicht", "Hoe vaak", "Waarvan onbekend", "Geldt sinds"),
            [
                [f"{each.name} ({each.code})", _n(each.count), _n(each.unknown), written(each.in_force_from)]
                for each in report.legal_gaps[:_FIRST]
            ],
            "Los dit het eerst op" if len(report.legal_gaps) <= _FIRST else f"De {_FIRST} grootste wettelijke gaten",
            (46, 14, 20, 20),
        )
    share = "" if report.assessed_percentage is None else f" ({report.assessed_percentage}%)"
    yield Paragraph(
        f"Geteld zijn {_many(report.products, 'product', 'producten')}, "
        f"{_many(report.message_types, 'bericht', 'berichten')}. Daarvan zijn er {_n(report.assessed)} "
        f"beoordeeld{share}. De gegevens zijn voor het laatst gewijzigd op {dutch_date(report.data_changed_at)}. "
        f"{_signed_off(report)} Lijst van plichten: versie {report.duty_list_version}."
    )


def _signed_off(report: GapReport) -> str:
    by = report.signed_off_by
    return f"Ze zijn afgetekend door: {by}." if by else "Nog niemand heeft ze afgetekend."


def headlines(report: GapReport, day: Callable[[date], str]) -> tuple[str, ...]:
    """The report in a few sentences, the most important first. `day` writes a date in words."""
    lines = [*_colours_in_words(report)]
    if report.legal_gaps:
        number, unknown = len(report.critical), sum(gap.unknown for gap in report.legal_gaps)
        most = report.legal_gaps[0]
        lines.append(
            f"Op {_many(number, 'plek', 'plekken')} is niet in orde wat de wet nu al eist (een kritieke plicht). "
            f"Daarvan {_verb(unknown)} er {_n(unknown)} nog onbekend. "
            f"Het vaakst gaat het om: {most.name.lower()} ({_n(most.count)} keer)."
        )
    lines.extend(
        f"Op {day(each.on)} gaat een plicht in: {each.name.lower()}. "
        f"Dat is nog {_n(each.not_ready)} van de {_n(each.applicable)} keer niet geregeld."
        for each in report.upcoming
        if each.not_ready
    )
    if report.below_minimum:
        lines.append(
            f"Bij {_many(len(report.below_minimum), 'product', 'producten')} is het minimum aan hulp niet aangetoond."
        )
    if report.designation.undesignated:
        number = len(report.designation.undesignated)
        lines.append(
            f"Voor {_many(number, 'bericht', 'berichten')} is geen bekendgemaakt besluit met een kanaal bekend."
        )
    if report.actions.waiting:
        number, late = len(report.actions.waiting), report.actions.late
        told = f"{_many(number, 'actie wacht', 'acties wachten')}, waarvan {_n(late)} te laat {_verb(late)}."
        lines.append(f"{told} Voor {_n(report.actions.gaps_without)} kritieke gaten is er nog geen actie.")
    if report.goals:
        reached = sum(each.state is GoalState.REACHED for each in report.goals)
        lines.append(f"Van {_many(len(report.goals), 'doel', 'doelen')} {_verb(reached)} er {_n(reached)} gehaald.")
    if report.ambitions:
        reached = sum(each.state is GoalState.REACHED for each in report.ambitions)
        late = sum(each.state is GoalState.LATE for each in report.ambitions)
        told = f", {_n(late)} {_verb(late)} te laat" if late else ""
        wanted = _many(len(report.ambitions), "ambitie", "ambities")
        lines.append(f"Van {wanted} voor digitale producten {_verb(reached)} er {_n(reached)} gehaald{told}.")
    if report.trend and report.trend[-2].percentage is not None:
        before = report.trend[-2]
        lines.append(
            f"De score is nu {_percent(report.lights[0].percentage)}. Op {day(before.on)} was dat "
            f"{_percent(before.percentage)}."
        )
    return tuple(lines)


def _colours_in_words(report: GapReport) -> Iterator[str]:
    if not report.message_types:
        yield "Er zijn nog geen berichten. Begin met een lijst van producten."
        return
    yield (
        f"{_many(report.message_types, 'bericht', 'berichten')}: {_n(report.colours[Colour.RED])} rood, "
        f"{_n(report.colours[Colour.ORANGE])} oranje, {_n(report.colours[Colour.GREEN])} groen en "
        f"{_n(report.colours[Colour.GREY])} grijs (nog niets bekend)."
    )


# --- The parts --------------------------------------------------------------------------------------------------------


def _legal_gaps(report: GapReport) -> Iterator[Block]:
    yield Heading("Wettelijke gaten", on_new_page=True)
    if not report.legal_gaps:
        yield Paragraph("Er zijn geen wettelijke gaten gevonden in wat is beoordeeld.")
        return
    yield Paragraph(
        "Dit is nu al verplicht en kritiek. Los dit het eerst op. Is iets nog onbekend? Zoek dat dan eerst uit. "
        f"{_TO_CHECK}"
    )
    yield Grid(
        ("Plicht", "Artikel", "Geldt sinds", "Hoe vaak", "Waarvan onbekend", "Teams"),
        [
            [
                f"{each.name} ({each.code})",
                cited(each.article, each.article_status),
                written(each.in_force_from),
                _n(each.count),
                _n(each.unknown),
                _named(each.teams, "teams"),
            ]
            for each in report.legal_gaps
        ],
        "Wettelijke gaten per plicht",
        (24, 24, 14, 9, 12, 17),
    )
    yield from _rows(
        "Wettelijke gaten per bericht",
        ("Product en bericht", "Wat er aan de hand is", "Artikel", "Geldt sinds", "Wie"),
        (26, 34, 16, 12, 12),
        report.critical,
        lambda each: (_place(each), each.message, each.cited, _day(each.in_force_from), _who(each)),
    )


def _upcoming(report: GapReport) -> Iterator[Block]:
    yield Heading("Komt eraan")
    yield from _rows(
        "",
        ("Plicht", "Artikel", "Gaat in op", "Nog niet klaar", "Geldt voor"),
        (34, 26, 16, 12, 12),
        report.upcoming,
        lambda each: (
            f"{each.name} ({each.code})",
            cited(each.article, each.article_status),
            written(each.on),
            _n(each.not_ready),
            _n(each.applicable),
        ),
        when_empty="Er zijn geen plichten bekend die later ingaan en voor uw berichten gelden.",
    )


def _teams(report: GapReport) -> Iterator[Block]:
    groups = [group.value.capitalize() for group in Group]
    yield Heading("Teams en onderwerpen", on_new_page=True)
    yield Paragraph(
        "Elk vak geeft de kleur en de score van een team bij een onderwerp. R is rood, O is oranje, G is groen, "
        "? is nog niets beantwoord en – is niet van toepassing. Plichten van de hele organisatie tellen één keer."
    )
    parts = [report.heat[at : at + _TEAMS] for at in range(0, len(report.heat), _TEAMS)]
    for number, part in enumerate(parts, start=1):
        title = "Kleur en score per team en onderwerp" + (f" ({number} van {len(parts)})" if len(parts) > 1 else "")
        yield heat(title, groups, [(row.team, [_square(cell) for cell in row.cells]) for row in part])
    yield Grid(
        ("Team", "Berichten", *groups),
        [[row.team, _messages_of(row), *(_cell(cell) for cell in row.cells)] for row in report.heat],
        "Niet in orde, per team en onderwerp",
        (20, 11, 12, 12, 12, 10, 11, 12),
    )


def _messages_of(row: HeatRow) -> str:
    return "alle" if row.team == WHOLE_ORGANISATION else _n(row.message_types)


def _square(cell: HeatCell) -> Square:
    if cell.colour is None:
        return Square(Shade.NONE)
    return Square(_SHADES[cell.colour], "" if cell.colour is Colour.GREY else f"{cell.percentage}%")


def _cell(cell: HeatCell) -> str:
    if cell.colour is None:
        return "–"
    if cell.colour is Colour.GREY:
        return "nog niets bekend"
    return f"{cell.colour.value}, {_n(cell.failing)} van {_n(cell.applicable)}"


def _levels(report: GapReport) -> Iterator[Block]:
    yield Heading("Hoe digitaal zijn we?", on_new_page=True)
    yield Paragraph(
        "Het niveau zegt niet of iets mag volgens de wet: een hoog niveau kan rood zijn, en een lager niveau groen. "
        f"Zetten we elk niveau om in een percentage, dan is het gemiddelde {_percent(report.maturity)}. Die omrekening "
        "is van Openboek zelf; het rapport noemt dit de volwassenheid."
    )
    lines = [(f"{each.level.value} {each.label}" if each.level else each.label, each.count) for each in report.levels]
    yield bars("Berichten aan de gemeente per niveau", [Bar(label, count, _n(count)) for label, count in lines])
    yield Grid(
        ("Niveau", "Berichten"),
        [[label, _n(count)] for label, count in lines],
        "Hoe digitaal zijn de berichten aan de gemeente?",
        (70, 30),
    )


def _trend(report: GapReport) -> Iterator[Block]:
    yield Heading("Verloop")
    if not report.trend:
        yield Paragraph("Dit is het eerste rapport. Het verloop ziet u vanaf het volgende rapport.")
        return
    yield from _months(report.trend, "rapport")


def _months(figures: Sequence[KeyFigures], each_what: str) -> Iterator[Block]:
    yield Paragraph(
        f"Elke balk is een {each_what}: hoeveel berichten toen rood (R), oranje (O), groen (G) en grijs (?) waren."
    )
    yield piles(
        f"Kleur van de berichten en score, per {each_what}",
        [
            Pile(
                f"{each.on:%d-%m-%Y}",
                (
                    (Shade.RED, each.red),
                    (Shade.ORANGE, each.orange),
                    (Shade.GREEN, each.green),
                    (Shade.GREY, each.grey),
                ),
                f"score {_percent(each.percentage)}",
            )
            for each in figures
        ],
    )
    yield Grid(
        ("Datum", "Score", "Berichten", "Rood", "Oranje", "Groen", "Grijs", "Volwassenheid"),
        [
            [
                written(each.on),
                _percent(each.percentage),
                *map(_n, (each.message_types, each.red, each.orange, each.green, each.grey)),
                _percent(each.maturity),
            ]
            for each in figures[-MOST_ROWS:]
        ],
        f"Cijfers per {each_what}",
        (20, 11, 12, 10, 11, 10, 10, 16),
    )


def _top(report: GapReport) -> Iterator[Block]:
    yield Heading("De tien grootste risico’s", on_new_page=True)
    if not report.top:
        yield Paragraph("Er zijn geen gaten gevonden in wat is beoordeeld.")
        return
    yield Paragraph(
        "Risico is: hoe zwaar het gat is, keer het aantal per jaar, keer de behoefte aan hulp. De letter in "
        "het plaatje is de kleur van het bericht: R is rood, O is oranje, ? is grijs."
    )
    yield bars(
        "Risico per bericht, het grootste bovenaan",
        [
            Bar(f"{each.product}: {each.message_type}", each.risk, _n(each.risk), _SHADES[each.colour])
            for each in report.top
        ],
    )
    yield Grid(
        ("Product en bericht", "Kleur", "Grootste gat", "Aantal per jaar", "Behoefte aan hulp", "Risico"),
        [_risk(each) for each in report.top],
        "De tien grootste risico’s met hun gat",
        (32, 14, 24, 11, 11, 12),
        _TONES,
    )


def _risk(each: Risk) -> Sequence[str]:
    return (
        f"{each.product}: {each.message_type}",
        each.colour.value,
        each.gap,
        _KNOWN_NOT if each.volume is None else _n(each.volume),
        _KNOWN_NOT if each.support_need is None else str(each.support_need),
        _n(each.risk),
    )


def _support(report: GapReport) -> Iterator[Block]:
    yield Heading("Zorgplicht: hulp voor wie dat nodig heeft")
    yield Paragraph("Per team: hoeveel producten er op elk niveau staan. " + _levels_of_support())
    yield from _rows(
        "Zorgplicht per team",
        ("Team", "Producten", "Laagste niveau", *(level.value for level in SupportLevel), "Score"),
        (30, 13, 13, 7, 7, 7, 7, 7, 11),
        report.support,
        lambda each: (
            each.team,
            _n(each.products),
            each.lowest.value,
            *map(_n, each.levels),
            _percent(each.percentage),
        ),
        when_empty="Er zijn nog geen producten.",
    )
    yield from _rows(
        "Producten waar het minimum aan hulp niet is aangetoond",
        ("Product", "Wat er mist", "Niveau", "Wie"),
        (34, 36, 10, 20),
        report.below_minimum,
        lambda each: (each.product, ", ".join(each.missing), each.level.value, each.owner or each.team),
        when_empty="Er staat geen product onder het minimum.",
    )
    yield from _rows(
        "Doelgroepen die nog niet worden bereikt",
        ("Doelgroep", "Hoeveel producten", "Producten"),
        (40, 15, 45),
        report.not_reached,
        lambda each: (each.label, _n(len(each.products)), _named(each.products, "producten")),
        when_empty=(
            "Bij geen product staat een doelgroep die niet wordt bereikt. Misschien zijn ze nog niet ingevuld."
        ),
    )


def _levels_of_support() -> str:
    return "; ".join(f"{level.value}: {label.lower()}" for level, label in SUPPORT_LABELS.items()) + "."


def _designation(report: GapReport) -> Iterator[Block]:
    yield Heading("Aanwijzing van kanalen")
    yield from _rows(
        "Berichten zonder bekendgemaakte aanwijzing",
        ("Product en bericht", "Wat er aan de hand is", "Wie"),
        (38, 42, 20),
        report.designation.undesignated,
        lambda each: (f"{each.product}: {each.message_type}", each.message, each.owner or each.team),
        sheet="Niet aangewezen",
        when_empty="Er is geen bericht zonder bekendgemaakte aanwijzing.",
    )
    yield from _rows(
        "Aangewezen kanalen die niet bereikbaar zijn",
        ("Kanaal", "Adres", "Gecontroleerd op"),
        (35, 45, 20),
        report.designation.unreachable,
        lambda each: (each.channel, each.url or _KNOWN_NOT, _day(each.checked_on)),
        sheet="Niet bereikbaar",
        when_empty="Bij de laatste controle was geen aangewezen kanaal onbereikbaar. Niet elk kanaal is gecontroleerd.",
    )
    yield from _rows(
        "Besluiten die ouder zijn dan het formulier",
        ("Kanaal", "Datum van het besluit", "Formulier gewijzigd op"),
        (50, 25, 25),
        report.designation.older_than_form,
        lambda each: (each.channel, _day(each.decided_on), _day(each.changed_on)),
        sheet="Besluit ouder dan formulier",
        when_empty="Geen besluit is ouder dan het formulier, voor zover de datums bekend zijn.",
    )


def _unknowns(report: GapReport) -> Iterator[Block]:
    unknowns = report.unknowns
    yield Heading("Wat nog niet bekend is")
    yield Paragraph("Onbekend is nooit groen.")
    yield Bullets(
        (
            f"Over {_many(unknowns.untouched, 'bericht', 'berichten')} is nog niets beantwoord.",
            f"Bij {_many(unknowns.with_unknown, 'bericht', 'berichten')} is een deel onbekend.",
            f"Van {_many(unknowns.without_level, 'bericht', 'berichten')} aan de gemeente is het niveau onbekend.",
            f"Van {_many(unknowns.without_volume, 'bericht', 'berichten')} is het aantal per jaar onbekend.",
        )
    )
    yield from _rows(
        "Onbekend of oud, per team",
        ("Team", "Berichten", "Nog niets beantwoord", "Vragen onbekend", "Antwoorden ouder dan 24 maanden"),
        (32, 14, 18, 16, 20),
        unknowns.teams,
        lambda each: (each.team, *map(_n, (each.message_types, each.untouched, each.unknown, each.outdated))),
        sheet="Onbekend",
        when_empty="Er zijn nog geen berichten.",
    )
    if empty := unknowns.without_message_type:
        yield Paragraph(f"Zonder bericht: {_named(empty, 'producten')}.")


def _actions(report: GapReport) -> Iterator[Block]:
    actions = report.actions
    yield Heading("Acties")
    if actions.waiting:
        number = len(actions.waiting)
        unknown = f"; van {_n(actions.cost_unknown)} zijn de kosten niet bekend" if actions.cost_unknown else ""
        yield Paragraph(
            f"{_many(number, 'actie wacht', 'acties wachten')}, waarvan {_n(actions.late)} te laat. Klaar: "
            f"{_n(actions.done)}. De kosten van wat wacht zijn samen {euros(actions.cost)}{unknown}."
        )
    if actions.gaps_without:
        yield Paragraph(f"Voor {_n(actions.gaps_without)} kritieke gaten is er nog geen actie.", Kind.WARNING)
    yield from _rows(
        "Acties die nog moeten",
        ("Wat moet er gebeuren", "Waarover", "Wie", "Klaar op", "Kosten", "Leverancier"),
        (27, 22, 16, 13, 10, 12),
        actions.waiting,
        _action,
        sheet="Acties",
        when_empty="Er zijn geen acties die nog moeten.",
        tones={_due(each): Tone.BAD for each in actions.waiting if each.is_late},
    )


def _action(each: ActionLine) -> Sequence[str]:
    return (
        each.title,
        each.about or "algemeen",
        each.owner or each.team or _KNOWN_NOT,
        _due(each),
        _KNOWN_NOT if each.cost is None else euros(each.cost),
        each.supplier or "niet nodig",
    )


def _due(each: ActionLine) -> str:
    return f"te laat: {each.due_on:%d-%m-%Y}" if each.is_late and each.due_on else _day(each.due_on)


def _goals(report: GapReport) -> Iterator[Block]:
    if report.goals:
        yield Heading("Doelen")
        yield Grid(
            ("Doel", "Hoeveel", "Wanneer", "Bereikt", "Stand"),
            [_goal(each) for each in report.goals],
            "Doelen en hoe ver het is",
            (38, 10, 17, 17, 18),
            _STATES,
        )


def _goal(each: GoalLine) -> Sequence[str]:
    reached = "" if each.reached is None else f"{each.reached}% ({_n(each.counted)} van {_n(each.out_of)})"
    return (each.title, f"{each.target}%", written(each.by), reached or "nog niet te tellen", each.state.value)


def _ambitions(report: GapReport) -> Iterator[Block]:
    if not report.ambitions:
        return
    yield Heading("Ambities: hoe digitaal moet het worden?")
    yield Paragraph(
        "De gemeente koos zelf hoe digitaal een product moet zijn, en wanneer. Een ambitie is gehaald als alle "
        "berichten over het product zo ver zijn. De niveaus staan bij ‘Hoe digitaal zijn we?’."
    )
    yield from _rows(
        "Ambities",
        ("Product", "Eind van", "Niveau", "Berichten die zo ver zijn", "Stand", "Wie"),
        (32, 10, 10, 15, 15, 18),
        report.ambitions,
        lambda each: (
            each.product,
            str(each.year),
            each.level.value,
            f"{_n(each.reached)} van {_n(each.out_of)}",
            each.state.value,
            each.owner or each.team,
        ),
        tones=_STATES,
    )


def _norms(report: GapReport) -> Iterator[Block]:
    if not report.norms:
        return
    yield Heading("Servicenormen: antwoorden we op tijd?")
    unmeasured = sum(each.percentage is None for each in report.norms)
    yield Paragraph(
        f"{_many(len(report.norms), 'bericht heeft', 'berichten hebben')} een servicenorm: zo snel belooft de gemeente "
        f"te antwoorden. {_n(unmeasured)} daarvan {_verb(unmeasured)} nog niet gemeten. De laagste staan bovenaan."
    )
    yield from _rows(
        "Servicenormen",
        ("Product en bericht", "Norm", "Op tijd", "Jaar", "Waar komt dit cijfer vandaan"),
        (30, 25, 11, 9, 25),
        report.norms,
        lambda each: (
            f"{each.product}: {each.message_type}",
            each.norm or _KNOWN_NOT,
            "niet gemeten" if each.percentage is None else f"{each.percentage}%",
            str(each.year) if each.year else "–",
            each.source or ("–" if each.percentage is None else _KNOWN_NOT),
        ),
    )


def _satisfaction(report: GapReport) -> Iterator[Block]:
    if not report.satisfaction:
        return
    yield Heading("Tevredenheid per kanaal")
    yield from _rows(
        "Tevredenheid",
        ("Kanaal", "Cijfer", "Jaar", "Vorige keer", "Waar komt dit cijfer vandaan"),
        (34, 10, 10, 16, 30),
        report.satisfaction,
        lambda each: (
            each.channel,
            each.grade,
            str(each.year),
            f"{each.grade_before} ({each.year_before})" if each.year_before else "–",
            each.source or _KNOWN_NOT,
        ),
    )


# --- Words ------------------------------------------------------------------------------------------------------------


_Line = TypeVar("_Line")


def _rows(
    caption: str,
    headings: Sequence[str],
    widths: Sequence[int],
    found: Sequence[_Line],
    row: Callable[[_Line], Sequence[str]],
    *,
    sheet: str = "",
    when_empty: str = "",
    tones: Mapping[str, Tone] | None = None,
) -> Iterator[Block]:
    """A table of the first rows, or a sentence when there are none; it says where the rest is."""
    if not found:
        yield Paragraph(when_empty)
        return
    yield Grid(headings, [row(each) for each in found[:MOST_ROWS]], caption, widths, tones or {})
    if len(found) > MOST_ROWS:
        yield Paragraph(
            f"U ziet hier {MOST_ROWS} van de {_n(len(found))} regels. Alle regels staan in het werkboek (xlsx), op het "
            f"blad ‘{sheet or caption}’."
        )


def _place(finding: Finding) -> str:
    return f"{finding.product}: {finding.message_type}" if finding.product else WHOLE_ORGANISATION


def _who(finding: Finding) -> str:
    return finding.owner or team_of(finding)


def _named(names: Sequence[str], many: str) -> str:
    return ", ".join(names) if len(names) <= _NAMES else f"{_n(len(names))} {many}"


def _day(day: date | None) -> str:
    return written(day) if day else _KNOWN_NOT


def _percent(number: int | None) -> str:
    return "niet te bepalen" if number is None else f"{number}%"


def _n(number: int) -> str:
    return dutch_number(number)


def _many(number: int, one: str, more: str) -> str:
    return f"{_n(number)} {one if number == 1 else more}"


def _verb(number: int) -> str:
    return "is" if number == 1 else "zijn"
