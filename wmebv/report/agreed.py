"""What was agreed beside the law, as far as people filled it in: ambitions, service norms, and what people think."""

from collections.abc import Iterable, Sequence
from datetime import date

from wmebv.content import Availability, Direction
from wmebv.report.model import NO_TEAM, AmbitionLine, GoalState, NormLine, ProductEntry, SatisfactionLine
from wmebv.rules import availability, is_at_least

_FIRST = (GoalState.LATE, GoalState.UNKNOWN, GoalState.ON_THE_WAY, GoalState.REACHED)


def ambitions(products: Iterable[ProductEntry], on: date) -> tuple[AmbitionLine, ...]:
    """Wanted against reached, by year. A product is there when all its messages to the municipality are.

    A message of which the level is unknown is not there; nobody knows that it is not, either.
    """
    lines = []
    for entry in products:
        levels = [availability(each.channels) for each in entry.messages if each.content.direction is Direction.IN]
        lines += [
            _ambition(entry, wanted.year, wanted.level, wanted.source, levels, on)
            for wanted in entry.content.ambitions
            if wanted.year and wanted.level
        ]
    return tuple(sorted(lines, key=lambda line: (line.year, _FIRST.index(line.state), line.product.casefold())))


def _ambition(
    entry: ProductEntry,
    year: int,
    level: Availability,
    source: str,
    levels: Sequence[Availability | None],
    on: date,
) -> AmbitionLine:
    known = [one for one in levels if one is not None]
    reached = sum(is_at_least(one, level) for one in known)
    if levels and reached == len(levels):
        state = GoalState.REACHED
    elif reached == len(known):
        state = GoalState.UNKNOWN
    else:
        state = GoalState.LATE if year < on.year else GoalState.ON_THE_WAY
    return AmbitionLine(
        product=entry.content.name,
        team=entry.content.team or NO_TEAM,
        owner=entry.content.process_owner,
        year=year,
        level=level,
        source=source,
        reached=reached,
        out_of=len(levels),
        state=state,
    )


def norms(products: Iterable[ProductEntry]) -> tuple[NormLine, ...]:
    """Every message with a service norm or a measurement of it, with the newest one; what was not measured last."""
    lines = []
    for entry in products:
        for message in entry.messages:
            content = message.content
            measured = [one for one in content.norm_results if one.year and one.percentage is not None]
            newest = max(measured, key=lambda one: one.year or 0, default=None)
            if content.service_norm or newest:
                lines.append(
                    NormLine(
                        product=entry.content.name,
                        message_type=content.name,
                        team=entry.content.team or NO_TEAM,
                        owner=entry.content.process_owner,
                        norm=content.service_norm,
                        year=newest.year if newest else None,
                        percentage=newest.percentage if newest else None,
                        source=newest.source if newest else "",
                    )
                )

    def worst_first(line: NormLine) -> tuple[object, ...]:
        return (line.percentage is None, line.percentage or 0, line.product.casefold(), line.message_type)

    return tuple(sorted(lines, key=worst_first))


def satisfaction(products: Iterable[ProductEntry]) -> tuple[SatisfactionLine, ...]:
    """The newest grade that people gave each channel in use, and the one before it; the lowest first."""
    channels = {channel.name: channel for entry in products for each in entry.messages for channel in each.channels}
    lines = []
    for channel in channels.values():
        graded = sorted((one for one in channel.satisfaction if one.year and one.grade), key=lambda one: one.year or 0)
        if graded:
            newest, before = graded[-1], graded[-2] if len(graded) > 1 else None
            lines.append(
                SatisfactionLine(
                    channel=channel.name,
                    year=newest.year or 0,
                    grade=newest.grade,
                    source=newest.source,
                    year_before=before.year if before else None,
                    grade_before=before.grade if before else "",
                )
            )
    return tuple(sorted(lines, key=lambda line: (as_number(line.grade), line.channel.casefold())))


def as_number(grade: str) -> float:
    return float(grade.replace(",", "."))
