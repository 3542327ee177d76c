"""The gap report in rows and sentences, in Dutch: the same for the page, the workbook and the CSV."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from wmebv.duties import ArticleStatus, Group
from wmebv.report.counting import MEASURES
from wmebv.report.model import WHOLE_ORGANISATION, GapReport, HeatCell, team_of
from wmebv.rules import Colour, SupportLevel

Cell: TypeAlias = str | int | date | None


@dataclass(frozen=True, slots=True)
class Table:
    """A part of the report as rows. A None cell means "not filled in", never "no"."""

    name: str
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    when_empty: str

    @property
    def numbers(self) -> frozenset[int]:
        """The columns that hold numbers."""
        return frozenset(column for row in self.rows for column, cell in enumerate(row) if isinstance(cell, int))


def tables(report: GapReport) -> Mapping[str, Table]:
    """The report as tables, in the order of the workbook."""
    made = (
        _table_lights(report),
        *_tables_law(report),
        *_tables_availability(report),
        *_tables_support(report),
        *_tables_designation(report),
        *_tables_unknown(report),
        _table_actions(report),
        _table_goals(report),
        _table_trend(report),
        findings_table(report),
        Table("Uitgangspunten", "Uitgangspunten", ("Uitgangspunt",), tuple((text,) for text in report.assumptions), ""),
    )
    return {table.name: table for table in made}


def _cited(article: str, status: ArticleStatus) -> str:
    return f"{article} (nakijken)" if status is ArticleStatus.TO_CHECK else article


def _table_lights(report: GapReport) -> Table:
    return Table(
        "Stoplicht",
        "Stoplicht en score",
        ("Onderdeel", "Kleur", "Score in %", "Niet in orde", "Beoordeeld"),
        tuple((each.name, each.colour.value, each.percentage, each.failing, each.applicable) for each in report.lights),
        "",
    )


def _tables_law(report: GapReport) -> tuple[Table, ...]:
    return (
        Table(
            "Wettelijke gaten",
            "Wettelijke gaten per plicht",
            ("Plicht", "Code", "Artikel", "Geldt sinds", "Aantal", "Waarvan onbekend", "Teams"),
            tuple(
                (
                    each.name,
                    each.code,
                    _cited(each.article, each.article_status),
                    each.in_force_from,
                    each.count,
                    each.unknown,
                    ", ".join(each.teams),
                )
                for each in report.legal_gaps
            ),
            "Geen wettelijke gaten gevonden in wat is beoordeeld.",
        ),
        Table(
            "Wettelijke gaten per bericht",
            "Wettelijke gaten per bericht",
            ("Product", "Bericht", "Wat er aan de hand is", "Code", "Artikel", "Geldt sinds", "Team", "Proceseigenaar"),
            tuple(
                (
                    each.product or WHOLE_ORGANISATION,
                    each.message_type or WHOLE_ORGANISATION,
                    each.message,
                    each.code,
                    each.cited,
                    each.in_force_from,
                    team_of(each),
                    each.owner or None,
                )
                for each in report.critical
            ),
            "Geen wettelijke gaten gevonden in wat is beoordeeld.",
        ),
        Table(
            "Komt eraan",
            "Plichten die nog ingaan",
            ("Plicht", "Code", "Artikel", "Gaat in op", "Nog niet klaar", "Van toepassing op"),
            tuple(
                (
                    each.name,
                    each.code,
                    _cited(each.article, each.article_status),
                    each.on,
                    each.not_ready,
                    each.applicable,
                )
                for each in report.upcoming
            ),
            "Er zijn geen plichten bekend die later ingaan en voor uw berichten gelden.",
        ),
        Table(
            "Team en onderwerp",
            "Team en onderwerp",
            ("Team", "Berichten", *(group.value.capitalize() for group in Group)),
            tuple((row.team, row.message_types, *(_in_words(cell) for cell in row.cells)) for row in report.heat),
            "",
        ),
    )


def _in_words(cell: HeatCell) -> str:
    if cell.colour is None:
        return "niet van toepassing"
    if cell.colour is Colour.GREY:
        return "grijs, nog niets beantwoord"
    return f"{cell.colour.value}, {cell.percentage}%, {cell.failing} van {cell.applicable} niet in orde"


def _tables_availability(report: GapReport) -> tuple[Table, ...]:
    return (
        Table(
            "Niveaus",
            "Hoe digitaal zijn de berichten aan de gemeente?",
            ("Niveau", "Wat het betekent", "Berichten"),
            tuple((each.level.value if each.level else "Onbekend", each.label, each.count) for each in report.levels),
            "",
        ),
        Table(
            "Top 10",
            "De tien grootste risico’s",
            (
                "Product",
                "Bericht",
                "Kleur",
                "Grootste gat",
                "Ernst",
                "Aantal per jaar",
                "Behoefte aan hulp",
                "Risico",
                "Team",
                "Proceseigenaar",
            ),
            tuple(
                (
                    each.product,
                    each.message_type,
                    each.colour.value,
                    each.gap,
                    each.severity.value,
                    each.volume,
                    each.support_need,
                    each.risk,
                    each.team,
                    each.owner or None,
                )
                for each in report.top
            ),
            "Geen gaten gevonden in wat is beoordeeld.",
        ),
    )


def _tables_support(report: GapReport) -> tuple[Table, ...]:
    return (
        Table(
            "Zorgplicht",
            "Zorgplicht per team",
            ("Team", "Producten", "Laagste niveau", *(level.value for level in SupportLevel), "Score in %"),
            tuple(
                (each.team, each.products, each.lowest.value, *each.levels, each.percentage) for each in report.support
            ),
            "Er zijn nog geen producten.",
        ),
        Table(
            "Onder het minimum",
            "Producten waar het minimum aan hulp niet is aangetoond",
            ("Product", "Wat er mist", "Niveau", "Team", "Proceseigenaar"),
            tuple(
                (each.product, ", ".join(each.missing), each.level.value, each.team, each.owner or None)
                for each in report.below_minimum
            ),
            "Er staat geen product onder het minimum.",
        ),
        Table(
            "Doelgroepen",
            "Doelgroepen die nog niet worden bereikt",
            ("Doelgroep", "Aantal producten", "Producten"),
            tuple((each.label, len(each.products), ", ".join(each.products)) for each in report.not_reached),
            "Bij geen product staat een doelgroep die niet wordt bereikt. Misschien zijn ze nog niet ingevuld.",
        ),
    )


def _tables_designation(report: GapReport) -> tuple[Table, ...]:
    return (
        Table(
            "Niet aangewezen",
            "Berichten zonder bekendgemaakte aanwijzing",
            ("Product", "Bericht", "Wat er aan de hand is", "Team", "Proceseigenaar"),
            tuple(
                (each.product, each.message_type, each.message, each.team, each.owner or None)
                for each in report.designation.undesignated
            ),
            "Er is geen bericht zonder bekendgemaakte aanwijzing.",
        ),
        Table(
            "Niet bereikbaar",
            "Aangewezen kanalen die niet bereikbaar zijn",
            ("Kanaal", "Adres", "Gecontroleerd op"),
            tuple((each.channel, each.url or None, each.checked_on) for each in report.designation.unreachable),
            "Bij de laatste controle was geen aangewezen kanaal onbereikbaar. Niet elk kanaal is gecontroleerd.",
        ),
        Table(
            "Besluit ouder dan formulier",
            "Besluiten die ouder zijn dan het formulier",
            ("Kanaal", "Adres", "Datum besluit", "Formulier gewijzigd op"),
            tuple(
                (each.channel, each.url or None, each.decided_on, each.changed_on)
                for each in report.designation.older_than_form
            ),
            "Geen besluit is ouder dan het formulier, voor zover de datums bekend zijn.",
        ),
    )


def _tables_unknown(report: GapReport) -> tuple[Table, ...]:
    return (
        Table(
            "Onbekend",
            "Wat nog niet bekend is, per team",
            ("Team", "Berichten", "Nog niets beantwoord", "Vragen onbekend", "Antwoorden ouder dan 24 maanden"),
            tuple(
                (each.team, each.message_types, each.untouched, each.unknown, each.outdated)
                for each in report.unknowns.teams
            ),
            "Er zijn nog geen berichten.",
        ),
        Table(
            "Producten zonder bericht",
            "Producten zonder bericht",
            ("Product",),
            tuple((name,) for name in report.unknowns.without_message_type),
            "Er is geen product zonder bericht.",
        ),
    )


def _table_actions(report: GapReport) -> Table:
    return Table(
        "Acties",
        "Acties die nog moeten",
        (
            "Wat moet er gebeuren",
            "Waarover",
            "Code",
            "Wie",
            "Team",
            "Klaar op",
            "Te laat",
            "Jaar in het plan",
            "Kosten in euro’s",
            "Leverancier",
            "Status",
            "Lost zoveel bevindingen op",
        ),
        tuple(
            (
                each.title,
                each.about or "algemeen",
                each.duty or "geen",
                each.owner or None,
                each.team or None,
                each.due_on,
                _yes_no(each.is_late),
                each.phase,
                each.cost,
                each.supplier or "niet nodig",
                each.status.value,
                each.mends,
            )
            for each in report.actions.waiting
        ),
        "Er zijn geen acties die nog moeten.",
    )


def _table_goals(report: GapReport) -> Table:
    return Table(
        "Doelen",
        "Doelen en hoe ver het is",
        ("Doel", "Wat telt mee", "Geteld vanaf", "Doel in %", "Wanneer", "Bereikt in %", "Aantal", "Van de", "Stand"),
        tuple(
            (
                each.title,
                MEASURES[each.measure],
                each.base_on or "niet van toepassing",
                each.target,
                each.by,
                each.reached,
                each.counted,
                each.out_of,
                each.state.value,
            )
            for each in report.goals
        ),
        "Er zijn nog geen doelen.",
    )


def _table_trend(report: GapReport) -> Table:
    return Table(
        "Verloop",
        "Verloop",
        ("Datum", "Score in %", "Berichten", "Rood", "Oranje", "Groen", "Grijs", "Volwassenheid in %"),
        tuple(
            (each.on, each.percentage, each.message_types, each.red, each.orange, each.green, each.grey, each.maturity)
            for each in report.trend
        ),
        "Dit is het eerste rapport. Het verloop ziet u vanaf het volgende rapport.",
    )


def findings_table(report: GapReport) -> Table:
    """Every finding, heaviest first: what the CSV holds."""
    return Table(
        "Bevindingen",
        "Alle bevindingen",
        (
            "Ernst",
            "Code",
            "Wat er aan de hand is",
            "Wat u kunt doen",
            "Artikel",
            "Status artikel",
            "Geldt vanaf",
            "Telt als",
            "Reden",
            "Komt eraan",
            "Alleen advies",
            "Team",
            "Proceseigenaar",
            "Product",
            "Bericht",
            "Kanaal",
        ),
        tuple(
            (
                each.severity.value,
                each.code,
                each.message,
                each.todo,
                each.article,
                each.article_status.value,
                each.in_force_from,
                each.value.value,
                each.reason.value,
                _yes_no(each.is_upcoming),
                _yes_no(each.is_advice),
                team_of(each),
                each.owner or None,
                each.product or WHOLE_ORGANISATION,
                each.message_type or WHOLE_ORGANISATION,
                each.channel or "niet van toepassing",
            )
            for each in report.findings
        ),
        "Geen bevindingen in wat is beoordeeld.",
    )


def _yes_no(answer: bool) -> str:  # noqa: FBT001 - the answer is the only thing it is about
    return "ja" if answer else "nee"


def headlines(report: GapReport, day: Callable[[date], str]) -> tuple[str, ...]:
    """The report in a few sentences, the most important first. `day` writes a date in words."""
    lines = [_colours_in_words(report)]
    if report.legal_gaps:
        number, unknown = len(report.critical), sum(gap.unknown for gap in report.legal_gaps)
        most = report.legal_gaps[0]
        lines.append(
            f"Op {_many(number, 'plek', 'plekken')} is een kritieke plicht niet in orde. "
            f"Daarvan {_verb(unknown)} er {unknown} nog onbekend. "
            f"Het vaakst gaat het om: {most.name.lower()} ({most.count} keer)."
        )
    lines.extend(
        f"Op {day(each.on)} gaat een plicht in: {each.name.lower()}. "
        f"Daarvoor {_verb(each.not_ready)} nog {each.not_ready} van {each.applicable} niet klaar."
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
        told = f"{_many(number, 'actie wacht', 'acties wachten')}, waarvan {late} te laat {_verb(late)}."
        lines.append(f"{told} Voor {report.actions.gaps_without} kritieke gaten is er nog geen actie.")
    return tuple(lines)


def _colours_in_words(report: GapReport) -> str:
    if not report.message_types:
        return "Er zijn nog geen berichten. Begin met een lijst van producten."
    return (
        f"{_many(report.message_types, 'bericht', 'berichten')}: {report.colours[Colour.RED]} rood, "
        f"{report.colours[Colour.ORANGE]} oranje, {report.colours[Colour.GREEN]} groen en "
        f"{report.colours[Colour.GREY]} grijs (nog niets bekend)."
    )


def _many(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _verb(number: int) -> str:
    return "is" if number == 1 else "zijn"
