"""The gap report in rows, in Dutch: the sheets of the workbook, each of which can be a CSV."""

from collections.abc import Iterable, Mapping, Sequence

from core.sheets import Cell, Table
from core.web.pages import dutch_number
from wmebv.duties import Group, cited
from wmebv.report.counting import MEASURES
from wmebv.report.model import WHOLE_ORGANISATION, DutyCount, GapReport, HeatCell, HeatRow, KeyFigures, team_of
from wmebv.rules import Colour, SupportLevel


def tables(report: GapReport) -> Mapping[str, Table]:
    """The report as tables by their name, in the order of the workbook: first what people work with."""
    made = (
        findings_table(report),
        _table_actions(report),
        _table_todo(report),
        _table_lights(report),
        *_tables_law(report),
        *_tables_availability(report),
        *_tables_support(report),
        *_tables_designation(report),
        *_tables_unknown(report),
        _table_goals(report),
        *_tables_agreed(report),
        months_table(report.trend or [report.key_figures]),
        _table("Uitgangspunten", ("Uitgangspunt",), ((text,) for text in report.assumptions)),
    )
    return {table.name: table for table in made}


def _table_lights(report: GapReport) -> Table:
    return _table(
        "Stoplicht",
        ("Onderdeel", "Kleur", "Score in %", "Vragen", "Niet in orde", "Deels in orde"),
        (
            (each.name, each.colour.value, each.percentage, each.applicable, each.failing, each.partly)
            for each in report.lights
        ),
    )


def _table_todo(report: GapReport) -> Table:
    return _table(
        "Wat te doen",
        (
            "Stand",
            "Plicht",
            "Code",
            "Status artikel",
            "Geldt vanaf",
            "Hoe vaak",
            "Waarvan onbekend",
            "Teams",
            "Met actie",
            "Laatste klaar op",
            "Actie te laat",
        ),
        (
            (
                each.need.value,
                each.name,
                each.code,
                each.article_status.value,
                each.on,
                each.count,
                each.unknown,
                ", ".join(f"{one.team} ({one.count})" for one in each.teams),
                each.planned,
                each.ready_on,
                each.late,
            )
            for each in report.todo
        ),
    )


def _tables_law(report: GapReport) -> tuple[Table, ...]:
    return (
        _table(
            "Wettelijke gaten",
            ("Plicht", "Code", "Artikel", "Geldt sinds", "Aantal", "Waarvan fout", "Waarvan onbekend", "Teams"),
            (
                (
                    each.name,
                    each.code,
                    cited(each.article, each.article_status),
                    each.in_force_from,
                    each.count,
                    each.count - each.unknown,
                    each.unknown,
                    ", ".join(each.teams),
                )
                for each in report.legal_gaps
            ),
        ),
        _table(
            "Gaten per team",
            ("Team", "Fout", "Onbekend", "Plichten", "Met actie", "Laatste klaar op", "Actie te laat"),
            (
                (each.team, each.wrong, each.unknown, _counted(each.duties), each.planned, each.ready_on, each.late)
                for each in report.team_gaps
            ),
        ),
        _table(
            "Gaten per product",
            ("Product", "Wat er fout is", "Berichten", "Aantal per jaar", "Team", "Proceseigenaar"),
            (
                (
                    each.product,
                    _counted(each.duties),
                    each.message_types,
                    each.volume,
                    each.team,
                    each.owner or None,
                )
                for each in report.product_gaps
            ),
        ),
        _table(
            "Wettelijke gaten per bericht",
            ("Product", "Bericht", "Wat er aan de hand is", "Code", "Artikel", "Geldt sinds", "Team", "Proceseigenaar"),
            (
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
        ),
        _table(
            "Komt eraan",
            (
                "Plicht",
                "Code",
                "Artikel",
                "Gaat in op",
                "Nog niet klaar",
                "Waarvan onbekend",
                "Van toepassing op",
                "Teams",
            ),
            (
                (
                    each.name,
                    each.code,
                    cited(each.article, each.article_status),
                    each.on,
                    each.not_ready,
                    each.unknown,
                    each.applicable,
                    ", ".join(f"{one.team} ({one.count})" for one in each.teams) or "niemand",
                )
                for each in report.upcoming
            ),
        ),
        _table(
            "Team en onderwerp",
            ("Team", "Berichten", *(group.value.capitalize() for group in Group), "Rood door", "Oranje door"),
            (
                (
                    row.team,
                    row.message_types,
                    *(_in_words(cell) for cell in row.cells),
                    _counted(row.red) or "niets",
                    _orange(row) or "niets",
                )
                for row in report.heat
            ),
        ),
    )


def _orange(row: HeatRow) -> str:
    untouched = f"nog niets beantwoord: {row.untouched}" if row.untouched else ""
    return "; ".join(filter(None, (_counted(row.orange), untouched)))


def _counted(duties: Sequence[DutyCount]) -> str:
    return "; ".join(f"{each.name} ({each.code}): {how_often(each)}" for each in duties)


def how_often(each: DutyCount) -> str:
    counted = ((each.wrong, "fout"), (each.unknown, "onbekend"), (each.partly, "deels"), (each.outdated, "oud"))
    return ", ".join(f"{dutch_number(number)} {word}" for number, word in counted if number)


def _in_words(cell: HeatCell) -> str:
    if cell.colour is None:
        return "niet van toepassing"
    if cell.colour is Colour.GREY:
        return "grijs, nog niets beantwoord"
    told = f"{cell.colour.value}, {cell.percentage}%, {cell.failing} van {cell.applicable} niet in orde"
    return f"{told}, {cell.partly} deels" if cell.partly else told


def _tables_availability(report: GapReport) -> tuple[Table, ...]:
    return (
        _table(
            "Niveaus",
            ("Niveau", "Wat het betekent", "Berichten"),
            ((each.level.value if each.level else "Onbekend", each.label, each.count) for each in report.levels),
        ),
        _table(
            "Top 10",
            (
                "Product",
                "Bericht",
                "Berichten met een gat",
                "Kleur",
                "Zwaarste gat",
                "Ernst",
                "Gewicht",
                "Aantal per jaar",
                "Behoefte aan hulp",
                "Risico",
                "Team",
                "Proceseigenaar",
            ),
            (
                (
                    each.product,
                    each.message_type,
                    each.message_types,
                    each.colour.value,
                    each.gap,
                    each.severity.value,
                    each.weight,
                    each.volume,
                    each.support_need,
                    each.risk,
                    each.team,
                    each.owner or None,
                )
                for each in report.top
            ),
        ),
    )


def _tables_support(report: GapReport) -> tuple[Table, ...]:
    return (
        _table(
            "Zorgplicht",
            ("Team", "Producten", "Laagste niveau", *(level.value for level in SupportLevel), "Vormen van hulp in %"),
            ((each.team, each.products, each.lowest.value, *each.levels, each.percentage) for each in report.support),
        ),
        _table(
            "Onder het minimum",
            ("Product", "Wat nog niet is aangetoond", "Niveau", "Team", "Proceseigenaar"),
            (
                (each.product, ", ".join(each.missing), each.level.value, each.team, each.owner or None)
                for each in report.below_minimum
            ),
        ),
        _table(
            "Doelgroepen",
            ("Doelgroep", "Aantal producten", "Producten"),
            ((each.label, len(each.products), ", ".join(each.products)) for each in report.not_reached),
        ),
    )


def _tables_designation(report: GapReport) -> tuple[Table, ...]:
    return (
        _table(
            "Niet aangewezen",
            ("Product", "Bericht", "Wat er aan de hand is", "Team", "Proceseigenaar"),
            (
                (each.product, each.message_type, each.message, each.team, each.owner or None)
                for each in report.designation.undesignated
            ),
        ),
        _table(
            "Niet bereikbaar",
            ("Kanaal", "Adres", "Gecontroleerd op"),
            ((each.channel, each.url or None, each.checked_on) for each in report.designation.unreachable),
        ),
        _table(
            "Besluit ouder dan formulier",
            ("Kanaal", "Adres", "Datum besluit", "Formulier gewijzigd op"),
            (
                (each.channel, each.url or None, each.decided_on, each.changed_on)
                for each in report.designation.older_than_form
            ),
        ),
    )


def _tables_unknown(report: GapReport) -> tuple[Table, ...]:
    return (
        _table(
            "Onbekend",
            ("Team", "Berichten", "Nog niets beantwoord", "Vragen onbekend", "Antwoorden oud of zonder datum"),
            (
                (each.team, each.message_types, each.untouched, each.unknown, each.outdated)
                for each in report.unknowns.teams
            ),
        ),
        _table(
            "Producten zonder bericht",
            ("Product",),
            ((name,) for name in report.unknowns.without_message_type),
        ),
    )


def _table_actions(report: GapReport) -> Table:
    return _table(
        "Acties",
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
        (
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
    )


def _table_goals(report: GapReport) -> Table:
    return _table(
        "Doelen",
        ("Doel", "Wat telt mee", "Geteld vanaf", "Doel in %", "Wanneer", "Bereikt in %", "Aantal", "Van de", "Stand"),
        (
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
    )


def _tables_agreed(report: GapReport) -> tuple[Table, ...]:
    return (
        _table(
            "Ambities",
            (
                "Product",
                "Eind van",
                "Niveau",
                "Berichten op dit niveau",
                "Van de",
                "Stand",
                "Bron",
                "Team",
                "Proceseigenaar",
            ),
            (
                (
                    each.product,
                    each.year,
                    each.level.value,
                    each.reached,
                    each.out_of,
                    each.state.value,
                    each.source or None,
                    each.team,
                    each.owner or None,
                )
                for each in report.ambitions
            ),
        ),
        _table(
            "Servicenormen",
            ("Product", "Bericht", "Norm", "Jaar", "Binnen de norm in %", "Bron", "Team", "Proceseigenaar"),
            (
                (
                    each.product,
                    each.message_type,
                    each.norm or None,
                    each.year,
                    each.percentage,
                    each.source or None,
                    each.team,
                    each.owner or None,
                )
                for each in report.norms
            ),
        ),
        _table(
            "Tevredenheid",
            ("Kanaal", "Jaar", "Cijfer", "Bron", "Jaar ervoor", "Cijfer ervoor"),
            (
                (
                    each.channel,
                    each.year,
                    each.grade,
                    each.source or None,
                    each.year_before,
                    each.grade_before or None,
                )
                for each in report.satisfaction
            ),
        ),
    )


def months_table(figures: Sequence[KeyFigures]) -> Table:
    """Key figures, one row a day, oldest first."""
    return _table(
        "Verloop",
        ("Datum", "Score in %", "Berichten", "Rood", "Oranje", "Groen", "Grijs", "Volwassenheid in %"),
        (
            (each.on, each.percentage, each.message_types, each.red, each.orange, each.green, each.grey, each.maturity)
            for each in figures
        ),
    )


def findings_table(report: GapReport) -> Table:
    """Every finding, heaviest first."""
    return _table(
        "Bevindingen",
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
        (
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
    )


def _yes_no(answer: bool) -> str:  # noqa: FBT001 - the answer is the only thing it is about
    return "ja" if answer else "nee"


def _table(name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Table:
    """A sheet in which an empty cell never looks like "no"."""
    return Table(name, headings, [["niet ingevuld" if cell is None else cell for cell in row] for row in rows])
