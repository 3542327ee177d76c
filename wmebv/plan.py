"""The plan of action as a paper: where we stand, and per year the goals and the actions. Pure."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from core.papers import Block, Bullets, Grid, Heading, Kind, Paper, Paragraph
from wmebv.content import Value
from wmebv.duties import duties
from wmebv.report.counting import MEASURES
from wmebv.report.model import ActionLine, GapReport, GoalLine, team_of
from wmebv.report.paper import headlines
from wmebv.rules import Finding

LATER = "Nog zonder jaar"
Written = Callable[[date | None], str]


def plan(report: GapReport, day: Written, euros: Callable[[int], str]) -> Paper:
    """A draft for whoever decides over it. `day` writes a date, `euros` an amount."""
    return Paper(
        title="Plan van aanpak: digitaal zaken doen met de gemeente",
        subtitle=f"Concept, stand van {day(report.on)}",
        organisation=report.organisation,
        day=report.on,
        mark="Concept",
        blocks=tuple(_blocks(report, day, euros)),
    )


def _blocks(report: GapReport, day: Written, euros: Callable[[int], str]) -> Iterator[Block]:
    yield Heading("Waarom dit plan")
    yield Paragraph(
        "Sinds 1 januari 2026 mag iedereen een officieel bericht digitaal naar de gemeente sturen (Awb afdeling 2.3). "
        "De gemeente helpt wie dat niet zelf kan (Awb artikel 2:1). Dit plan zegt wat er nog moet gebeuren, wie dat "
        "doet, wanneer het klaar is en wat het kost."
    )
    yield Heading("Waar we staan")
    yield Bullets(headlines(report, day))
    yield Grid(
        ("Onderdeel", "Kleur", "Score", "Niet in orde"),
        [
            (
                light.name,
                light.colour.value,
                "niet te bepalen" if light.percentage is None else f"{light.percentage}%",
                f"{light.failing} van {light.applicable}",
            )
            for light in report.lights
        ],
        "Stoplicht en score",
        widths=(5, 2, 2, 3),
    )
    for year, name in _years(report):
        goals = [one for one in report.goals if one.by.year == year]
        actions = [one for one in report.actions.waiting if one.phase == year]
        yield Heading(name)
        yield from _goals(goals, day)
        yield from _actions(actions, day, euros)
    yield from _whole(report, euros)
    yield from _without(report)
    yield Heading("Wat nog moet worden besloten")
    yield Paragraph("Wie stelt dit plan vast, en wanneer?", Kind.ASSUMPTION)
    if report.actions.cost_unknown:
        yield Paragraph(
            f"De kosten die niet bekend zijn ({report.actions.cost_unknown} keer), zijn hier niet meegeteld.",
            Kind.ASSUMPTION,
        )


def _years(report: GapReport) -> Sequence[tuple[int | None, str]]:
    found = {one.by.year for one in report.goals} | {one.phase for one in report.actions.waiting if one.phase}
    named: list[tuple[int | None, str]] = [(year, f"In {year}") for year in sorted(found)]
    return [*named, (None, LATER)] if any(one.phase is None for one in report.actions.waiting) else named


def _goals(goals: Sequence[GoalLine], day: Written) -> Iterator[Block]:
    if goals:
        yield Grid(
            ("Doel", "Wat telt mee", "Hoeveel", "Wanneer", "Nu"),
            [
                (
                    one.title,
                    MEASURES[one.measure] + (f", geteld vanaf {day(one.base_on)}" if one.base_on else ""),
                    f"{one.target}%",
                    day(one.by),
                    one.state.value if one.reached is None else f"{one.reached}%, {one.state.value}",
                )
                for one in goals
            ],
            "Doelen",
            widths=(4, 4, 2, 3, 3),
        )


def _actions(actions: Sequence[ActionLine], day: Written, euros: Callable[[int], str]) -> Iterator[Block]:
    if not actions:
        yield Paragraph("Voor dit jaar staan er nog geen acties in het plan.")
        return
    yield Grid(
        ("Wat", "Waarover", "Wie", "Klaar op", "Kosten", "Leverancier"),
        [
            (
                one.title + (f" ({one.duty})" if one.duty in duties() else ""),
                one.about or "algemeen",
                ", ".join(filter(None, (one.owner, one.team))) or "nog niet bekend",
                (day(one.due_on) or "nog niet bekend") + (" (te laat)" if one.is_late else ""),
                "nog niet bekend" if one.cost is None else euros(one.cost),
                one.supplier or "niet nodig",
            )
            for one in actions
        ],
        "Acties",
        widths=(5, 4, 3, 3, 2, 3),
    )
    known = [one.cost for one in actions if one.cost is not None]
    unknown = len(actions) - len(known)
    told = f"Kosten samen: {euros(sum(known))}."
    yield Paragraph(f"{told} Dat is zonder {unknown} waarvan de kosten niet bekend zijn." if unknown else told)


def _whole(report: GapReport, euros: Callable[[int], str]) -> Iterator[Block]:
    actions = report.actions
    needed = sorted({one.supplier for one in actions.waiting if one.supplier}, key=str.casefold)
    yield Heading("Alles samen")
    yield Paragraph(
        f"Acties die nog moeten: {len(actions.waiting)}, waarvan te laat: {actions.late}. Klaar: {actions.done}. "
        f"De kosten zijn samen {euros(actions.cost)}."
    )
    if needed:
        yield Paragraph("We wachten daarbij op deze leveranciers:")
        yield Bullets(needed)


def _without(report: GapReport) -> Iterator[Block]:
    yield Heading("Wettelijke gaten zonder actie")
    gaps = report.actions.without
    if not gaps:
        yield Paragraph("Voor elk wettelijk gat dat nu bekend is, staat er een actie in het plan.")
        return
    number = "1 wettelijk gat" if len(gaps) == 1 else f"{len(gaps)} wettelijke gaten"
    told = f"Voor {number} doet nog niemand iets."
    yield Paragraph(f"{told} Maak daar acties van, of leg uit waarom niet. In het rapport staan ze allemaal.")
    per_duty: dict[str, list[Finding]] = {}
    for one in gaps:
        per_duty.setdefault(one.code, []).append(one)
    yield Grid(
        ("Plicht", "Artikel", "Hoe vaak", "Waarvan onbekend", "Teams"),
        [
            (
                f"{duties()[code].name} ({code})",
                found[0].cited,
                str(len(found)),
                str(sum(one.value is Value.UNKNOWN for one in found)),
                ", ".join(sorted({team_of(one) for one in found}, key=str.casefold)),
            )
            for code, found in sorted(per_duty.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        ],
        widths=(4, 3, 2, 2, 6),
    )
