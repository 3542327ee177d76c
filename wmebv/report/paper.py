"""The gap report on paper: first the page that management reads, then the parts of section 8 of the reference."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TypeVar

from core.clock import written
from core.papers import Block, Bullets, Grid, Heading, Kind, Paper, Paragraph, Tone
from core.papers.drawings import Bar, Pile, Shade, Square, bars, heat, piles
from core.reports import Report
from core.web.pages import dutch_date, dutch_number, euros
from wmebv.content import Measure, Value
from wmebv.duties import ArticleStatus, Group, cited
from wmebv.report.agreed import as_number
from wmebv.report.model import (
    WHOLE_ORGANISATION,
    ActionLine,
    AmbitionLine,
    BelowMinimum,
    DutyCount,
    GapReport,
    GoalLine,
    GoalState,
    HeatCell,
    HeatRow,
    KeyFigures,
    Need,
    Risk,
    SatisfactionLine,
    TeamCount,
    TeamGaps,
    Todo,
    Undesignated,
    Unknowns,
)
from wmebv.report.tables import how_often, months_table, tables
from wmebv.rules import MATURITY, UNTOUCHED, Colour, SupportLevel

SUPPORT_LABELS: Mapping[SupportLevel, str] = {
    SupportLevel.Z0: "Hulp niet bekend",
    SupportLevel.Z1: "Alleen informatie",
    SupportLevel.Z2: "Minimum gehaald",
    SupportLevel.Z3: "Minimum, machtigen, eenvoudige taal en toegankelijkheid bewezen",
    SupportLevel.Z4: "Ook getest met de doelgroep",
}
MOST_ROWS = 15
"""A longer table shows its first rows on paper; the workbook has them all."""
_FEW_ROWS = 10
_DECISIONS = 12
"""Rows of decisions that fit on the first page."""
_SECTIONS: Mapping[Need, str] = {
    Need.PREPARE: "Komt eraan",
    Need.MEND: "Wettelijke gaten",
    Need.FIND_OUT: "Wettelijke gaten",
}
"""Where the report tells the rest."""
_NAMES = 4
"""Teams, products or duties that a cell names; of more it says how many."""
_REASONS = 3
"""Duties that a cell names as reasons for a colour."""
_TEAMS = 22
"""Rows of a heat map that fit on a page."""
_SHADES = {Colour.RED: Shade.RED, Colour.ORANGE: Shade.ORANGE, Colour.GREEN: Shade.GREEN, Colour.GREY: Shade.GREY}
_COLOURS = {Colour.RED: Tone.BAD, Colour.ORANGE: Tone.MEDIUM, Colour.GREEN: Tone.GOOD, Colour.GREY: Tone.UNKNOWN}
_TONES: Mapping[str, Tone] = {colour.value: tone for colour, tone in _COLOURS.items()}
_STATES: Mapping[str, Tone] = {
    GoalState.REACHED.value: Tone.GOOD,
    GoalState.ON_THE_WAY.value: Tone.MEDIUM,
    GoalState.LATE.value: Tone.BAD,
    GoalState.UNKNOWN.value: Tone.UNKNOWN,
}
_LATE = "te laat"
_NEEDS: Mapping[str, Tone] = {
    Need.MEND.value: Tone.BAD,
    Need.FIND_OUT.value: Tone.UNKNOWN,
    Need.PREPARE.value: Tone.MEDIUM,
    _LATE: Tone.BAD,
}
_COUNTED: Mapping[Measure, str] = {
    Measure.CONVERTED: "pdf-formulieren",
    Measure.SCORE: "punten",
    Measure.DESIGNATED: "berichten waarvoor een kanaal nodig is",
    Measure.ASSESSED: "berichten",
    Measure.NOT_RED: "berichten",
    Measure.SUPPORTED: "producten",
    Measure.AMBITION: "ambities",
}
"""What a goal counts."""
_KNOWN_NOT = "niet ingevuld"
_TO_CHECK = "Bij ‘nakijken’ is het artikelnummer nog niet gecontroleerd in de wet."
_BELOW = "De cijfers staan in de tabel hieronder"


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
        subtitle=f"{report.organisation}, stand op {written(report.on)}",
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
        "Volgens de Wet modernisering elektronisch bestuurlijk verkeer (Wmebv) mag iedereen de gemeente officiële "
        "berichten digitaal sturen, en is er hulp. Een bericht is hier een soort bericht, zoals de aanvraag van een "
        "paspoort."
    )
    yield Heading("In het kort")
    yield Bullets(headlines(report, written))
    yield Heading("Wat u moet beslissen of laten doen")
    if rows := _decisions(report):
        yield Paragraph(
            "Begin bovenaan. Kies per regel één trekker en een datum. Fout: laat herstellen. Onbekend: laat "
            "uitzoeken. Nakijken: herstel het, en laat een jurist het artikel nakijken. Actie klaar: de "
            "laatste datum, en voor hoeveel. Oranje (zie ‘Teams en onderwerpen’) komt daarna, en doelen en ambities "
            "die niet te laat zijn ook."
        )
        yield Grid(("Stand", "Wat", "Aantal", "Wie", "Actie klaar"), rows, "", (12, 28, 7, 35, 18), _NEEDS)
    else:
        yield Paragraph("Er is nu niets dat u moet beslissen.")
    whole, incoming, *others, designated = report.lights
    about = [(each.name, each) for each in (whole, incoming)]
    about += [(f"waarvan {designated.name.lower()}", designated), *((each.name, each) for each in others)]
    yield Grid(
        ("Onderdeel", "Kleur", "Score", "Vragen", "Niet in orde", "Deels"),
        [
            [name, each.colour.value, _percent(each.percentage), *map(_n, (each.applicable, each.failing, each.partly))]
            for name, each in about
        ],
        "Hoe staat het ervoor?",
        (36, 14, 12, 12, 13, 13),
        _TONES,
    )
    yield Paragraph(
        "Een vraag: één plicht bij één bericht. Niet in orde: nee of onbekend (ook grijs). Score: deel in orde, zwaar "
        "telt meer. Rood: een kritieke (zwaarste) plicht niet in orde. Oranje: een zware niet of deels, of iets "
        "onbekend of oud."
    )
    partly = report.unknowns.with_unknown
    yield Paragraph(
        f"Geteld: {_many(report.products, 'product', 'producten')} en "
        f"{_many(report.message_types, 'bericht', 'berichten')}. Daarvan is bij {_n(report.assessed - partly)} alles "
        f"bekend, bij {_n(partly)} een deel en bij {_n(report.message_types - report.assessed)} niets. De gegevens "
        f"zijn van {dutch_date(report.data_changed_at)}. {_signed_off(report)} Lijst van plichten: versie "
        f"{report.duty_list_version}."
    )


def _decisions(report: GapReport) -> Sequence[Sequence[str]]:
    """What is late and what comes; what is wrong, as far as the page has room; what is unknown, and what may wait."""
    first = [*_late_actions(report), *_duties(report, Need.PREPARE, 2)]
    last = [*_duties(report, Need.FIND_OUT, 3), *_not_begun(report), *_late_wishes(report), *_unsigned(report)]
    return [*first, *_duties(report, Need.MEND, _DECISIONS - len(first) - len(last)), *last]


def _late_actions(report: GapReport) -> Iterator[Sequence[str]]:
    if late := [each for each in report.actions.waiting if each.is_late]:
        first, *rest = late
        owners = dict.fromkeys(each.owner or each.team or _KNOWN_NOT for each in late)
        told = f" (en nog {_many(len(rest), 'actie', 'acties')})" if rest else ""
        yield (
            _LATE,
            f"Actie {_quoted(first)}{told}",
            _n(len(late)),
            _named(list(owners), "mensen"),
            f"was {_day(first.due_on)}",
        )


def _duties(report: GapReport, need: Need, room: int) -> Iterator[Sequence[str]]:
    """The duties of one need in at most so many rows, of which the last counts those that have none of their own."""
    found = [each for each in report.todo if each.need is need]
    most = len(found) if len(found) <= room else room - 1
    for each in found[:most]:
        split = _split(each.count - each.unknown, each.unknown)
        since = f", vanaf {written(each.on)}: {split}" if need is Need.PREPARE else ""
        to_check = ", nakijken" if each.article_status is ArticleStatus.TO_CHECK else ""
        what = f"{each.name} ({each.code}{to_check}){since}"
        yield (need.value, what, _n(each.count), _spread(each.teams, 1), _ready(each))
    if more := found[most:]:
        what = f"Nog {_many(len(more), 'plicht', 'plichten')}"
        yield (need.value, what, _n(sum(each.count for each in more)), f"zie ‘{_SECTIONS[need]}’", "zie daar")


def _not_begun(report: GapReport) -> Iterator[Sequence[str]]:
    if untouched := [TeamCount(each.team, each.untouched) for each in report.unknowns.teams if each.untouched]:
        untouched.sort(key=lambda each: (-each.count, each.team))
        number, ready = _n(report.unknowns.untouched), _ready(report.unknowns)
        yield (Need.FIND_OUT.value, "Nog niets beantwoord (grijs)", number, _spread(untouched, 1), ready)


def _late_wishes(report: GapReport) -> Iterator[Sequence[str]]:
    """Goals and ambitions of the municipality itself of which the day is past."""
    if goals := [each for each in report.goals if each.state is GoalState.LATE]:
        yield (_LATE, "Doelen: halen of uitstellen", _n(len(goals)), WHOLE_ORGANISATION, f"was {written(goals[0].by)}")
    if ambitions := [each for each in report.ambitions if each.state is GoalState.LATE]:
        teams = [TeamCount(*each) for each in Counter(each.team for each in ambitions).most_common()]
        number = _n(len(ambitions))
        yield (_LATE, "Ambities: halen of uitstellen", number, _spread(teams, 1), f"was eind {ambitions[0].year}")


def _unsigned(report: GapReport) -> Iterator[Sequence[str]]:
    if not report.signed_off_by and report.message_types:
        yield ("open", "De gegevens aftekenen", _n(report.message_types), "u kiest wie", "–")


def _ready(each: Todo | TeamGaps | Unknowns) -> str:
    """By when it is done, as far as there are actions."""
    if isinstance(each, Unknowns):
        count = each.untouched
    else:
        count = each.count if isinstance(each, Todo) else each.wrong + each.unknown
    if not each.planned:
        return "geen actie"
    told = written(each.ready_on) if each.ready_on else "geen datum"
    late = f", waarvan {_n(each.late)} {_LATE}" if each.late else ""
    return f"{told} ({_n(each.planned)} van {_n(count)}{late})"


def _split(not_ready: int, unknown: int) -> str:
    counted = ((not_ready, "niet klaar"), (unknown, "onbekend"))
    return ", ".join(f"{_n(number)} {word}" for number, word in counted if number)


def _spread(teams: Sequence[TeamCount], most: int) -> str:
    """Teams with how many each; the largest by name."""
    shown = ", ".join(f"{each.team} ({_n(each.count)})" for each in teams[:most])
    rest = len(teams) - most
    return f"{shown} en nog {_many(rest, 'team', 'teams')}" if rest > 0 else shown


def _quoted(each: ActionLine) -> str:
    return f"‘{each.title.rstrip('.')}’" + (f" ({each.about})" if each.about else "")


def _signed_off(report: GapReport) -> str:
    by = report.signed_off_by
    return f"Ze zijn afgetekend door: {by}." if by else "Nog niemand heeft ze afgetekend."


def headlines(report: GapReport, day: Callable[[date], str]) -> tuple[str, ...]:
    """The report in a few sentences, the most important first. `day` writes a date in words."""
    lines = [*_colours_in_words(report)]
    if report.legal_gaps:
        number, unknown = len(report.critical), sum(gap.unknown for gap in report.legal_gaps)
        to_check = sum(
            gap.count - gap.unknown for gap in report.legal_gaps if gap.article_status is ArticleStatus.TO_CHECK
        )
        told = f" (bij {_n(to_check)}: artikel nakijken)" if to_check else ""
        lines.append(
            f"{_many(number, 'wettelijk gat', 'wettelijke gaten')}: kritieke plicht nu niet in orde. Fout: "
            f"{_n(number - unknown)}{told}. Onbekend: {_n(unknown)}."
        )
    lines.extend(_coming_in_words(report, day))
    if report.below_minimum:
        lines.append(
            f"Bij {_many(len(report.below_minimum), 'product', 'producten')} is het minimum aan hulp (norm van "
            "Openboek) niet aangetoond."
        )
    if report.designation.undesignated:
        number = len(report.designation.undesignated)
        untouched = sum(each.message == UNTOUCHED for each in report.designation.undesignated)
        told = f" (over {_n(untouched)} daarvan is nog niets bekend)" if untouched else ""
        lines.append(f"Voor {_many(number, 'bericht', 'berichten')} is geen besluit met een kanaal bekend{told}.")
    if report.actions.waiting:
        number, late = len(report.actions.waiting), report.actions.late
        told = f"{_many(number, 'actie wacht', 'acties wachten')}, waarvan {_n(late)} te laat {_verb(late)}."
        lines.append(f"{told} Voor {_n(report.actions.gaps_without)} wettelijke gaten is er nog geen actie.")
    wanted = [
        f"{_many(len(each), *words)}: {_states(each)}."
        for each, words in ((report.goals, ("doel", "doelen")), (report.ambitions, ("ambitie", "ambities")))
        if each
    ]
    if wanted:
        lines.append(" ".join(wanted))
    if report.trend and report.trend[-2].percentage is not None:
        before = report.trend[-2]
        lines.append(
            f"De score is nu {_percent(report.lights[0].percentage)}. Op {day(before.on)} was dat "
            f"{_percent(before.percentage)}."
        )
    return tuple(lines)


def _coming_in_words(report: GapReport, day: Callable[[date], str]) -> Iterator[str]:
    """One sentence for each day on which duties come that are not ready."""
    for on, found in groupby((each for each in report.upcoming if each.not_ready), key=lambda each: each.on):
        first, *rest = found
        what = f"gaan in: {1 + len(rest)} plichten" if rest else f"gaat in: {first.name.lower()} ({first.code})"
        applicable = sum(each.applicable for each in (first, *rest))
        unknown = sum(each.unknown for each in (first, *rest))
        wrong = sum(each.not_ready for each in (first, *rest)) - unknown
        of = _many(applicable, "vraag", "vragen") if rest else _many(applicable, "bericht", "berichten")
        yield f"Op {day(on)} {what}. Van {of}: {_split(wrong, unknown)}."


def _states(lines: Sequence[GoalLine] | Sequence[AmbitionLine]) -> str:
    counted = Counter(each.state for each in lines)
    words = {GoalState.ON_THE_WAY: ("loopt nog", "lopen nog")}
    return ", ".join(
        f"{_n(counted[state])} {words.get(state, (state.value,) * 2)[counted[state] != 1]}"
        for state in GoalState
        if counted[state]
    )


def _colours_in_words(report: GapReport) -> Iterator[str]:
    if not report.message_types:
        yield "Er zijn nog geen berichten. Begin met een lijst van producten."
        return
    red = report.colours[Colour.RED]
    wrong = len(
        {(gap.product, gap.message_type, gap.key) for gap in report.critical if gap.product and gap.value is Value.NO}
    )
    split = ((wrong, "zeker fout"), (red - wrong, "onbekend"))
    why = f" ({', '.join(f'{_n(number)} {word}' for number, word in split if number)})" if red else ""
    yield (
        f"{_many(report.message_types, 'bericht', 'berichten')}: {_n(red)} rood{why}, "
        f"{_n(report.colours[Colour.ORANGE])} oranje, {_n(report.colours[Colour.GREEN])} groen en "
        f"{_n(report.colours[Colour.GREY])} grijs (niets bekend)."
    )


# --- The parts --------------------------------------------------------------------------------------------------------


def _legal_gaps(report: GapReport) -> Iterator[Block]:
    yield Heading("Wettelijke gaten", on_new_page=True)
    if not report.legal_gaps:
        yield Paragraph("Er zijn geen wettelijke gaten gevonden in wat is beoordeeld.")
        return
    yield Paragraph(
        "Een wettelijk gat is een kritieke plicht die nu al geldt en niet in orde is, bij één bericht. Kritiek zijn de "
        "plichten die in onze lijst het zwaarst wegen. Fout: het antwoord is nee. Onbekend: zoek eerst uit of het in "
        f"orde is. {_grey(report)}{_TO_CHECK} Awb: Algemene wet bestuursrecht. W01 tot en met W33: nummers in de lijst "
        "van plichten van Openboek, het programma waarmee dit rapport is gemaakt."
    )
    yield Grid(
        ("Plicht", "Artikel", "Geldt sinds", "Fout", "Onbekend", "Wat er moet gebeuren"),
        [
            [
                f"{each.name} ({each.code})",
                cited(each.article, each.article_status),
                written(each.in_force_from),
                _n(each.count - each.unknown),
                _n(each.unknown),
                each.todo,
            ]
            for each in report.legal_gaps
        ],
        "Wettelijke gaten per plicht",
        (15, 20, 16, 6, 9, 34),
    )
    yield from _rows(
        "Wettelijke gaten per team",
        ("Team", "Fout", "Onbekend", "Waar het om gaat", "Actie klaar"),
        (21, 6, 9, 48, 16),
        report.team_gaps,
        lambda each: (each.team, _n(each.wrong), _n(each.unknown), _gaps(each.duties), _ready(each)),
        sheet="Gaten per team",
    )
    yield from _rows(
        "Wat fout is per product, het grootste aantal per jaar eerst",
        ("Product", "Wat er fout is", "Berichten", "Aantal per jaar", "Wie"),
        (26, 25, 9, 9, 31),
        report.product_gaps,
        lambda each: (
            each.product,
            _upper(", ".join(one.name.lower() for one in each.duties)),
            _n(each.message_types),
            _KNOWN_NOT if each.volume is None else _n(each.volume),
            each.owner or each.team,
        ),
        sheet="Gaten per product",
        when_empty="Er is geen product waarvan zeker is dat het fout is.",
    )
    if report.critical:
        yield Paragraph(
            "Elk gat, per bericht, staat in het werkboek op het blad ‘Wettelijke gaten per bericht’. Het werkboek is "
            "het bestand voor Excel bij dit rapport in Openboek."
        )


def _grey(report: GapReport) -> str:
    number = report.unknowns.untouched
    told = f"Bij {_many(number, 'bericht', 'berichten')} is nog niets beantwoord: die tellen hier nog niet mee. "
    return told if number else ""


def _gaps(duties: Sequence[DutyCount]) -> str:
    wrong = ", ".join(f"{one.name.lower()} ({_n(one.wrong)})" for one in duties if one.wrong)
    unknown = ", ".join(f"{one.name.lower()} ({_n(one.unknown)})" for one in duties if one.unknown)
    return " ".join(f"{word}: {told}." for word, told in (("Fout", wrong), ("Onbekend", unknown)) if told)


def _upcoming(report: GapReport) -> Iterator[Block]:
    yield Heading("Komt eraan")
    for each in report.upcoming:
        yield Paragraph(
            f"{each.name} ({each.code}): {each.obliges} Dit moet klaar zijn vóór {written(each.on)}. Is het niet "
            f"klaar? {each.todo} Is het onbekend? Zoek het eerst uit. Tot die dag telt het niet mee in de kleuren en "
            "de score."
        )
    yield from _rows(
        "Plichten die later ingaan",
        ("Plicht", "Artikel", "Gaat in op", "Niet klaar", "Onbekend", "Klaar", "Wie"),
        (14, 14, 14, 8, 10, 7, 33),
        report.upcoming,
        lambda each: (
            f"{each.name} ({each.code})",
            cited(each.article, each.article_status),
            written(each.on),
            *map(_n, (each.not_ready - each.unknown, each.unknown, each.applicable - each.not_ready)),
            _spread(each.teams, _TEAMS) if each.teams else "niemand",
        ),
        when_empty="Er zijn geen plichten bekend die later ingaan en voor uw berichten gelden.",
    )


def _teams(report: GapReport) -> Iterator[Block]:
    groups = [group.value.capitalize() for group in Group]
    yield Heading("Teams en onderwerpen")
    yield Paragraph(
        "Elk vak geeft de kleur en de score van een team bij een onderwerp. R is rood, O is oranje, G is groen, "
        "? is nog niets beantwoord en – is niet van toepassing. De kleur is die van het zwaarste gat, de score (het "
        "percentage) is hoeveel er in orde is. Groen is dus: geen zwaar gat. Zo kan G 50% zijn: de enige plicht is "
        "licht, en half in orde. En zo kan O 0% zijn: niemand weet het antwoord, maar de plicht is niet kritiek."
    )
    yield Paragraph(
        "Plichten van de hele organisatie tellen één keer. ‘Inkomende berichten’ op de eerste bladzijde zijn vier "
        "onderwerpen samen: doorzenden en bijzondere wet, berichten aan de gemeente, verkeerd kanaal en na ontvangst. "
        "Doorzenden is van de hele organisatie; een team zegt of voor een bericht een bijzondere wet geldt. ‘Berichten "
        "van de gemeente’ gaat over wat de gemeente digitaal stuurt, en over de handtekening die zij bij een bericht "
        "vraagt. Een grijs bericht telt in deze kleuren en scores niet mee."
    )
    parts = [report.heat[at : at + _TEAMS] for at in range(0, len(report.heat), _TEAMS)]
    for number, part in enumerate(parts, start=1):
        title = "Kleur en score per team en onderwerp" + (f" ({number} van {len(parts)})" if len(parts) > 1 else "")
        yield heat(title, groups, [(row.team, [_square(cell) for cell in row.cells]) for row in part])
    yield Paragraph(
        "Waardoor een team rood of oranje is, ziet u hieronder, met hoe vaak. Deels: half geregeld, of geregeld zonder "
        "bewijs. Oud: het antwoord is ouder dan 24 maanden of heeft geen datum."
    )
    yield Grid(
        ("Team", "Berichten", "Rood door", "Oranje door"),
        [[row.team, _messages_of(row), _reasons(row.red), _reasons(row.orange)] for row in report.heat],
        "Waardoor rood, waardoor oranje",
        (22, 13, 31, 34),
    )


def _reasons(duties: Sequence[DutyCount]) -> str:
    """The duties that decide a colour, the most frequent first."""
    told = [f"{each.name.lower()} ({how_often(each)})" for each in duties[:_REASONS]]
    if len(duties) > _REASONS:
        told.append(f"nog {_many(len(duties) - _REASONS, 'plicht', 'plichten')}")
    return _upper("; ".join(told)) or "–"


def _messages_of(row: HeatRow) -> str:
    if row.team == WHOLE_ORGANISATION:
        return "nog niets beantwoord" if row.untouched else "alle"
    return _n(row.message_types) + (f", waarvan {_n(row.untouched)} grijs" if row.untouched else "")


def _square(cell: HeatCell) -> Square:
    if cell.colour is None:
        return Square(Shade.NONE)
    return Square(_SHADES[cell.colour], "" if cell.colour is Colour.GREY else f"{cell.percentage}%")


def _levels(report: GapReport) -> Iterator[Block]:
    yield Heading("Hoe digitaal zijn we?")
    yield Paragraph(
        "Het niveau zegt niet of iets mag volgens de wet: een hoog niveau kan rood zijn, en een lager niveau groen. De "
        f"volwassenheid is het gemiddelde van wat elk niveau telt: {_percent(report.maturity)}. Wat een niveau telt, "
        "is een eigen omrekening; u ziet haar in de tabel."
    )
    lines = [(f"{each.level.value} {each.label}" if each.level else each.label, each) for each in report.levels]
    number = sum(each.count for each in report.levels)
    yield bars(
        "Berichten aan de gemeente per niveau",
        [Bar(label, each.count, _n(each.count)) for label, each in lines],
        _BELOW,
    )
    yield Grid(
        ("Niveau", "Berichten", "Telt voor"),
        [[label, _n(each.count), f"{MATURITY[each.level]}%" if each.level else "–"] for label, each in lines],
        f"Hoe digitaal zijn de {_n(number)} berichten aan de gemeente?",
        (60, 20, 20),
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
                written(each.on),
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
        _BELOW,
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
    yield Heading("De tien grootste risico’s")
    if not report.top:
        yield Paragraph("Er zijn geen gaten gevonden in wat is beoordeeld.")
        return
    yield Paragraph(
        "Een product staat hier met het bericht dat het meeste telt. Risico is een aantal punten: gewicht van het "
        "zwaarste gat (kritiek 10, hoog 5, midden 2, laag 1), keer het aantal per jaar van dat bericht of anders van "
        "het product, keer de behoefte aan hulp (1 gewoon, 2 meer, 3 veel, zoals bij zorg of schulden). De letter in "
        "het plaatje is de kleur van het bericht: R is rood, O is oranje, ? is grijs. Herstel eerst wat zeker fout is, "
        "ook als het hier lager staat. Een product met alleen onbekende gaten staat niet bij ‘Wat fout is per "
        "product’. Grijs telt als kritiek."
    )
    yield bars(
        "Risico per product, het grootste bovenaan",
        [Bar(each.product, each.risk, _n(each.risk), _SHADES[each.colour]) for each in report.top],
        _BELOW,
    )
    yield Grid(
        ("Product en bericht", "Kleur", "Zwaarste gat", "Gewicht", "Aantal per jaar", "Behoefte aan hulp", "Risico"),
        [_risk(each) for each in report.top],
        "De tien grootste risico’s met hun gat",
        (30, 10, 22, 9, 9, 10, 10),
        _TONES,
    )


def _risk(each: Risk) -> Sequence[str]:
    return (
        f"{each.product}: {each.message_type.lower()}",
        each.colour.value,
        each.gap,
        str(each.weight),
        _KNOWN_NOT if each.volume is None else _n(each.volume),
        _KNOWN_NOT if each.support_need is None else str(1 + each.support_need),
        _n(each.risk),
    )


def _support(report: GapReport) -> Iterator[Block]:
    yield Heading("Zorgplicht: hulp voor wie dat nodig heeft")
    yield Paragraph(
        f"Hoeveel producten per team op elk niveau staan. {_levels_of_support()} Is over een product iets "
        "beantwoord, maar het minimum niet aangetoond? Dan is de zorgplicht rood, en alles samen ook. Voor het minimum "
        "telt alle hulp bij een product: de balie is ook een weg zonder computer. Is een product hier in orde, maar "
        "staat een bericht erover bij de gaten met ‘ook zonder computer’, of bij oranje met ‘toegankelijk kanaal’? Dan "
        "spreken twee antwoorden elkaar tegen: laat dat nakijken."
    )
    yield from _rows(
        "Zorgplicht per team",
        ("Team", "Producten", "Laagste niveau", *(level.value for level in SupportLevel)),
        (34, 13, 13, 8, 8, 8, 8, 8),
        report.support,
        lambda each: (each.team, _n(each.products), each.lowest.value, *map(_n, each.levels)),
        most=_TEAMS,
        when_empty="Er zijn nog geen producten.",
    )
    below: dict[str, list[BelowMinimum]] = {}
    for each in report.below_minimum:
        below.setdefault(each.team, []).append(each)
    yield from _rows(
        "Producten waar het minimum aan hulp niet is aangetoond",
        ("Team", "Hoeveel", "Producten", "Wat nog niet is aangetoond"),
        (24, 8, 40, 28),
        sorted(below.items(), key=lambda one: (-len(one[1]), one[0].casefold())),
        lambda one: (
            one[0],
            _n(len(one[1])),
            _first_of([each.product for each in one[1]]),
            _upper(", ".join(dict.fromkeys(text for each in one[1] for text in each.missing))),
        ),
        sheet="Onder het minimum",
        when_empty="Er staat geen product onder het minimum.",
    )
    yield from _rows(
        "Doelgroepen die nog niet worden bereikt",
        ("Doelgroep", "Hoeveel producten", "Producten"),
        (40, 15, 45),
        report.not_reached,
        lambda each: (each.label, _n(len(each.products)), _first_of(each.products)),
        sheet="Doelgroepen",
        when_empty=("Bij geen product is ingevuld dat een doelgroep niet wordt bereikt."),
    )


def _levels_of_support() -> str:
    return "; ".join(f"{level.value}: {label.lower()}" for level, label in SUPPORT_LABELS.items()) + "."


def _designation(report: GapReport) -> Iterator[Block]:
    gaps = report.designation
    yield Heading("Aanwijzing van kanalen")
    yield Paragraph(
        "Een kanaal is de weg waarlangs een bericht komt, zoals een webformulier of e-mail. Aanwijzen is: in een "
        f"bekendgemaakt besluit zeggen welk kanaal het is. Van de {_n(report.message_types)} berichten gaan er "
        f"{_n(gaps.incoming)} naar de gemeente. Voor {_n(gaps.needed)} daarvan is een kanaal nodig, met per bericht "
        "twee vragen: is er een kanaal, en is het besluit bekendgemaakt? Bij de andere is het bericht niet officieel, "
        "of moet iemand volgens de wet zelf komen."
    )
    yield from _rows(
        "Berichten zonder bekendgemaakte aanwijzing",
        ("Wat er aan de hand is", "Berichten", "Producten", "Wie"),
        (38, 10, 30, 22),
        _by_fault(gaps.undesignated),
        lambda found: (
            found[0].message,
            _n(len(found)),
            _first_of(list(dict.fromkeys(each.product for each in found))),
            _named(list(dict.fromkeys(each.team for each in found)), "teams"),
        ),
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
        when_empty=(
            f"Van {_many(gaps.channels, 'aangewezen kanaal', 'aangewezen kanalen')} {_verb(gaps.checked)} er "
            f"{_n(gaps.checked)} gecontroleerd. Daarvan was er geen onbereikbaar."
        ),
    )
    if older := gaps.older_than_form:
        yield Paragraph(
            f"Bij {_many(len(older), 'aangewezen kanaal', 'aangewezen kanalen')} is het formulier gewijzigd na het "
            "besluit. Dat is geen gat: laat alleen nakijken of het besluit nog klopt. Is dat niet zo, dan neemt wie "
            "het kanaal aanwees (college, burgemeester of raad) een nieuw besluit."
        )
    yield from _rows(
        "Besluiten die ouder zijn dan het formulier",
        ("Kanaal", "Datum van het besluit", "Formulier gewijzigd op"),
        (50, 25, 25),
        sorted(gaps.older_than_form, key=lambda each: (each.changed_on or date.min, each.channel), reverse=True),
        lambda each: (each.channel, _day(each.decided_on), _day(each.changed_on)),
        most=_FEW_ROWS,
        sheet="Besluit ouder dan formulier",
        when_empty="Geen besluit is ouder dan het formulier, voor zover de datums bekend zijn.",
    )


def _by_fault(found: Iterable[Undesignated]) -> Sequence[Sequence[Undesignated]]:
    """Messages with the same fault together, the most frequent fault first."""
    same: dict[str, list[Undesignated]] = {}
    for each in found:
        same.setdefault(each.message, []).append(each)
    return sorted(same.values(), key=len, reverse=True)


def _unknowns(report: GapReport) -> Iterator[Block]:
    unknowns = report.unknowns
    yield Heading("Wat nog niet bekend is")
    yield Paragraph("Onbekend is nooit groen.")
    counted = (
        (unknowns.untouched, "Bij {} is nog niets beantwoord."),
        (unknowns.with_unknown, "Bij {} is een deel onbekend."),
        (unknowns.without_level, "Bij {} aan de gemeente is het niveau onbekend."),
        (unknowns.without_volume, "Bij {} is het aantal per jaar onbekend."),
    )
    lines = [text.format(_many(number, "bericht", "berichten")) for number, text in counted if number]
    if lines:
        yield Bullets(lines)
    open_teams = [each for each in unknowns.teams if each.untouched or each.unknown or each.outdated]
    yield from _rows(
        "Onbekend of oud, per team",
        ("Team", "Berichten", "Nog niets beantwoord", "Andere vragen onbekend", "Antwoorden oud of zonder datum"),
        (32, 14, 18, 16, 20),
        open_teams,
        lambda each: (each.team, *map(_n, (each.message_types, each.untouched, each.unknown, each.outdated))),
        most=_TEAMS,
        sheet="Onbekend",
        when_empty="Bij geen team is iets onbekend of oud." if unknowns.teams else "Er zijn nog geen berichten.",
    )
    if done := [each.team for each in unknowns.teams if each not in open_teams]:
        yield Paragraph(f"Bij deze teams is alles bekend en niets oud: {', '.join(done)}.")
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
        yield Paragraph(f"Voor {_n(actions.gaps_without)} wettelijke gaten is er nog geen actie.", Kind.WARNING)
    yield from _rows(
        "Acties die nog moeten",
        ("Wat moet er gebeuren", "Waarover", "Wie", "Klaar op", "Kosten", "Leverancier"),
        (24, 19, 17, 20, 9, 11),
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
    return f"{_LATE}: {written(each.due_on)}" if each.is_late and each.due_on else _day(each.due_on)


def _goals(report: GapReport) -> Iterator[Block]:
    if report.goals:
        yield Heading("Doelen")
        yield Grid(
            ("Doel", "Streven", "Klaar op", "Bereikt", "Stand"),
            [_goal(each) for each in report.goals],
            "Doelen en hoe ver het is",
            (30, 8, 17, 28, 17),
            _STATES,
        )


def _goal(each: GoalLine) -> Sequence[str]:
    if each.reached is not None:
        reached = f"{each.reached}%: {_n(each.counted)} van {_n(each.out_of)} {_COUNTED[each.measure]}"
    elif each.measure is Measure.CONVERTED and each.base_on:
        reached = f"niets te tellen: er zijn geen pdf-formulieren van {written(each.base_on)} (meer)"
    else:
        reached = "nog niets te tellen"
    return (each.title, f"{each.target}%", written(each.by), reached, each.state.value)


def _ambitions(report: GapReport) -> Iterator[Block]:
    if not report.ambitions:
        return
    yield Heading("Ambities: hoe digitaal moet het worden?")
    yield Paragraph(
        "De gemeente koos zelf hoe digitaal een product moet zijn, en aan het eind van welk jaar. Een ambitie is "
        "gehaald als alle berichten over het product zo ver zijn. De niveaus staan bij ‘Hoe digitaal zijn we?’. "
        f"{_many(len(report.ambitions), 'ambitie', 'ambities')}: {_states(report.ambitions)}."
    )
    yield from _rows(
        "Ambities die niet zijn gehaald",
        ("Product", "Eind van", "Niveau", "Berichten die zo ver zijn", "Stand", "Wie"),
        (30, 9, 9, 15, 13, 24),
        sorted(
            (each for each in report.ambitions if each.state is not GoalState.REACHED),
            key=lambda each: each.state is not GoalState.LATE,
        ),
        lambda each: (
            each.product,
            str(each.year),
            each.level.value,
            f"{_n(each.reached)} van {_n(each.out_of)}",
            each.state.value,
            each.owner or each.team,
        ),
        sheet="Ambities",
        when_empty="Alle ambities zijn gehaald.",
        tones=_STATES,
    )


def _norms(report: GapReport) -> Iterator[Block]:
    if not report.norms:
        return
    yield Heading("Servicenormen: antwoorden we op tijd?")
    unmeasured = sum(each.percentage is None for each in report.norms)
    yield Paragraph(
        f"{_many(len(report.norms), 'bericht heeft', 'berichten hebben')} een servicenorm: een termijn uit de wet, of "
        f"een belofte van de gemeente zelf. {_n(unmeasured)} daarvan {_verb(unmeasured)} nog niet gemeten. Op tijd is "
        "het deel dat binnen de norm een antwoord kreeg. Hoeveel genoeg is, kiest de gemeente zelf; een termijn uit "
        "de wet geldt altijd. De laagste staan bovenaan."
    )
    yield from _rows(
        "Servicenormen",
        ("Product en bericht", "Norm", "Op tijd", "Jaar", "Bron", "Wie"),
        (28, 18, 8, 6, 12, 28),
        [each for each in report.norms if each.percentage is not None],
        lambda each: (
            f"{each.product}: {each.message_type.lower()}",
            each.norm or _KNOWN_NOT,
            f"{each.percentage}%",
            str(each.year),
            each.source or _KNOWN_NOT,
            each.owner or each.team,
        ),
        most=_FEW_ROWS,
        when_empty="Nog geen servicenorm is gemeten.",
    )


def _satisfaction(report: GapReport) -> Iterator[Block]:
    if not report.satisfaction:
        return
    yield Heading("Tevredenheid per kanaal")
    yield Paragraph(_change(report.satisfaction) + " De laagste cijfers staan bovenaan.")
    yield from _rows(
        "Tevredenheid",
        ("Kanaal", "Cijfer", "Jaar", "Vorige keer", "Bron"),
        (44, 9, 8, 15, 24),
        report.satisfaction,
        lambda each: (
            each.channel,
            each.grade,
            str(each.year),
            f"{each.grade_before} ({each.year_before})" if each.year_before else "–",
            each.source or _KNOWN_NOT,
        ),
        most=_FEW_ROWS,
    )


def _change(lines: Sequence[SatisfactionLine]) -> str:
    """Whether grades rose or fell since the time before, in one sentence."""
    told = f"{_many(len(lines), 'kanaal heeft', 'kanalen hebben')} een rapportcijfer."
    known = [(as_number(each.grade), as_number(each.grade_before)) for each in lines if each.grade_before]
    if not known:
        return told
    fell, rose = sum(now < before for now, before in known), sum(now > before for now, before in known)
    if len(known) in {fell, rose}:
        which = "Het cijfer is" if len(known) == 1 else f"Alle {_n(len(known))} cijfers zijn"
        return f"{told} {which} {'lager' if fell else 'hoger'} dan de vorige keer."
    same = len(known) - fell - rose
    return f"{told} Sinds de vorige keer zijn er {_n(fell)} gedaald, {_n(rose)} gestegen en {_n(same)} gelijk gebleven."


# --- Words ------------------------------------------------------------------------------------------------------------


_Line = TypeVar("_Line")


def _rows(
    caption: str,
    headings: Sequence[str],
    widths: Sequence[int],
    found: Sequence[_Line],
    row: Callable[[_Line], Sequence[str]],
    *,
    most: int = MOST_ROWS,
    sheet: str = "",
    when_empty: str = "",
    tones: Mapping[str, Tone] | None = None,
) -> Iterator[Block]:
    """A table of the first rows, or a sentence when there are none; it says where the rest is."""
    if not found:
        yield Paragraph(when_empty)
        return
    yield Grid(headings, [row(each) for each in found[:most]], caption, widths, tones or {})
    if len(found) > most:
        yield Paragraph(
            f"U ziet hier {most} van de {_n(len(found))} regels. Alle staan in het werkboek, op het blad "
            f"‘{sheet or caption}’."
        )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _first_of(names: Sequence[str]) -> str:
    rest = len(names) - _NAMES - 1
    return ", ".join(names) if rest <= 0 else f"{', '.join(names[:_NAMES])} en nog {_n(rest + 1)}"


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
