"""Counting the gap report. Nothing in here is estimated, and what is unknown is counted as unknown."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, groupby
from typing import TypeAlias

from core.content import YesNo
from wmebv.content import (
    ActionStatus,
    Availability,
    ChannelContent,
    Direction,
    Measure,
    ProductContent,
    TargetGroup,
    Value,
)
from wmebv.duties import ArticleStatus, Duty, Group, Rulebook, duties, duty_list
from wmebv.report import agreed
from wmebv.report.model import (
    NO_TEAM,
    WHOLE_ORGANISATION,
    ActionEntry,
    ActionLine,
    Actions,
    AmbitionLine,
    BelowMinimum,
    ChannelGap,
    DesignationGaps,
    GapReport,
    GoalEntry,
    GoalLine,
    GoalState,
    HeatCell,
    HeatRow,
    Inventory,
    LegalGap,
    LevelCount,
    Light,
    NotReached,
    Risk,
    TeamSupport,
    TeamUnknowns,
    Undesignated,
    Unknowns,
    Upcoming,
    is_legal_gap,
    team_of,
)
from wmebv.rules import (
    FAILING,
    WEIGHTS,
    Case,
    Colour,
    Finding,
    Judgement,
    Known,
    Score,
    SupportLevel,
    SupportVerdict,
    Verdict,
    availability,
    colour_of_counted,
    findings,
    maturity,
    message_verdict,
    organisation_findings,
    organisation_verdict,
    score_of_counted,
    support_verdict,
    together,
)

INBOUND = (Group.FORWARDING, Group.INCOMING, Group.WRONG_CHANNEL, Group.RECEIPT)
DESIGNATION = ("W12", "W13")
CONVERTED_TO = frozenset([Availability.D4, Availability.D5, Availability.D6, Availability.DX])
"""What a form to print has become when it counts as converted."""
LEVEL_LABELS: Mapping[Availability, str] = {
    Availability.D0: "Niet digitaal",
    Availability.D1: "Alleen informatie",
    Availability.D2: "Formulier om te printen",
    Availability.D3: "E-mail",
    Availability.D4: "Webformulier zonder inlog",
    Availability.D5: "Formulier met inlog",
    Availability.D6: "Alles digitaal, ook het antwoord",
    Availability.DX: "Landelijke voorziening",
}
TARGET_GROUP_LABELS: Mapping[TargetGroup, str] = {
    TargetGroup.LOW_LITERACY: "Mensen die moeite hebben met lezen en schrijven",
    TargetGroup.LOW_DIGITAL_SKILLS: "Mensen die weinig digitale ervaring hebben",
    TargetGroup.NO_DEVICE: "Mensen zonder computer of internet",
    TargetGroup.NO_LOGIN: "Mensen zonder DigiD of eHerkenning",
    TargetGroup.DISABILITY: "Mensen met een beperking in zien, horen of bewegen",
    TargetGroup.OTHER_LANGUAGE: "Mensen die een andere taal spreken",
    TargetGroup.REPRESENTED: "Mensen onder bewind of met een mantelzorger",
    TargetGroup.NO_ADDRESS: "Mensen zonder vast adres",
    TargetGroup.EU_WITHOUT_BSN: "EU-burgers zonder BSN",
    TargetGroup.SMALL_BUSINESS: "Kleine ondernemers",
}
MEASURES: Mapping[Measure, str] = {
    Measure.CONVERTED: "Pdf-formulieren die nu een digitaal formulier zijn",
    Measure.SCORE: "Score van het hele rapport",
    Measure.DESIGNATED: "Berichten met een kanaal in een bekendgemaakt besluit",
    Measure.ASSESSED: "Berichten die zijn beoordeeld",
    Measure.NOT_RED: "Berichten die oranje of groen zijn",
    Measure.SUPPORTED: "Producten met het minimum aan hulp",
    Measure.AMBITION: "Producten die zo digitaal zijn als de gemeente wil",
}
_TOP = 10
_SEVERITIES = tuple(WEIGHTS)


@dataclass(frozen=True, slots=True)
class _Judged:
    case: Case
    verdict: Verdict
    counted: Sequence[Judgement]
    """Those of the verdict that weigh."""
    parts: Mapping[Group, "_Part"]

    @property
    def team(self) -> str:
        return self.case.product.team or NO_TEAM


def gap_report(inventory: Inventory, on: date) -> GapReport:
    """Count the whole report for a date. The organisation's own duties count once."""
    book = inventory.book
    organisation = organisation_verdict(inventory.answers, on, book=book)
    judged: list[_Judged] = []
    known: Known = {}
    support: list[tuple[ProductContent, SupportVerdict]] = []
    for entry in inventory.products:
        cases = [Case(entry.content, each.content, each.channels, each.key) for each in entry.messages]
        own = [(case, message_verdict(case, on, known, book=book)) for case in cases]
        judged += [_judged(case, verdict) for case, verdict in own]
        support.append((entry.content, support_verdict(entry.content, own, inventory.answers, on, book=book)))
    found = tuple(
        sorted(
            chain(organisation_findings(organisation), *(findings(each.case, each.verdict) for each in judged)),
            key=_by_weight,
        )
    )
    incoming = [each for each in judged if each.case.message.direction is Direction.IN]
    levels = [availability(each.case.channels) for each in incoming]
    colours = Counter(each.verdict.colour for each in judged)
    whole = _parts(organisation.colour, _counted(organisation))
    lights = _lights(whole, judged, [verdict for _, verdict in support])
    assessed = len(judged) - colours[Colour.GREY]
    wanted = agreed.ambitions(inventory.products, on)
    counted = _Counted(lights[0].percentage, judged, [verdict for _, verdict in support], wanted)
    report = GapReport(
        organisation=inventory.organisation,
        on=on,
        data_changed_at=inventory.data_changed_at,
        duty_list_version=duty_list().version,
        signed_off_by=inventory.signed_off_by,
        products=len(inventory.products),
        message_types=len(judged),
        assessed=assessed,
        assessed_percentage=assessed * 100 // len(judged) if judged else None,
        organisation_colour=organisation.colour,
        colours={each: colours[each] for each in Colour},
        lights=lights,
        legal_gaps=_legal_gaps(found),
        upcoming=_upcoming(organisation, judged, book),
        heat=_heat(whole, judged),
        levels=_levels(levels),
        maturity=maturity(levels),
        top=_top(judged),
        support=_support(support),
        below_minimum=_below_minimum(support),
        not_reached=_not_reached(support),
        designation=_designation(inventory, incoming),
        unknowns=_unknowns(inventory, judged, levels),
        actions=_actions(inventory.actions, found, on),
        goals=_goals(inventory.goals, counted, on),
        ambitions=wanted,
        norms=agreed.norms(inventory.products),
        satisfaction=agreed.satisfaction(inventory.products),
        trend=(),
        assumptions=_assumptions(book),
        findings=found,
    )
    earlier = tuple(sorted((each for each in inventory.previous if each.on < on), key=lambda each: each.on))
    return replace(report, trend=(*earlier, report.key_figures)) if earlier else report


def _by_weight(finding: Finding) -> tuple[object, ...]:
    later = finding.is_upcoming or finding.is_advice
    place = _SEVERITIES.index(finding.severity)
    return (later, place, finding.code, finding.team, finding.product, finding.message_type, finding.key)


@dataclass(frozen=True, slots=True)
class _Part:
    """What a verdict comes to for some of its duties. One of which nothing is known stays grey."""

    colour: Colour
    score: Score
    failing: int
    applicable: int


def _judged(case: Case, verdict: Verdict) -> _Judged:
    counted = _counted(verdict)
    return _Judged(case, verdict, counted, _parts(verdict.colour, counted))


def _counted(verdict: Verdict) -> Sequence[Judgement]:
    return [judgement for judgement in verdict.judgements if judgement.counts]


def _part(whole: Colour, counted: Sequence[Judgement]) -> _Part:
    shade = Colour.GREY if whole is Colour.GREY else colour_of_counted(counted)
    failing = sum([judgement.value in FAILING for judgement in counted])
    return _Part(shade, score_of_counted(counted), failing, len(counted))


def _parts(whole: Colour, counted: Sequence[Judgement]) -> Mapping[Group, _Part]:
    """What a verdict of a colour comes to for each group of duties that applies."""
    members: dict[Group, list[Judgement]] = {}
    for judgement in counted:
        members.setdefault(judgement.duty.group, []).append(judgement)
    return {group: _part(whole, own) for group, own in members.items()}


def _light(name: str, parts: Iterable[_Part], shades: Iterable[Colour] = ()) -> Light:
    """One light for parts of many verdicts; `shades` are colours that count too."""
    applicable = lost = failing = number = 0
    seen = set(shades)
    for part in parts:
        seen.add(part.colour)
        applicable += part.score.applicable
        lost += part.score.lost_halves
        failing += part.failing
        number += part.applicable
    return Light(name, together(seen), Score(applicable, lost).percentage, failing, number)


def _within(parts: Iterable[Mapping[Group, _Part]], *groups: Group) -> Iterator[_Part]:
    return (own[group] for own in parts for group in groups if group in own)


def _lights(
    whole: Mapping[Group, _Part], judged: Sequence[_Judged], support: Iterable[SupportVerdict]
) -> tuple[Light, ...]:
    parts = [whole, *(each.parts for each in judged)]
    about_designation = ((each.verdict.colour, _of_designation(each)) for each in judged)
    designated = (_part(shade, own) for shade, own in about_designation if own)
    return (
        _light("Alles samen", _within(parts, *Group)),
        _light("Berichten aan de gemeente", _within(parts, *INBOUND)),
        _light("Berichten van de gemeente", _within(parts, Group.OUTGOING)),
        _light("Zorgplicht", _within(parts, Group.CARE), [each.colour for each in support]),
        _light("Aanwijzing van kanalen", designated),
    )


def _of_designation(each: _Judged) -> Sequence[Judgement]:
    """What weighs about the designation of a channel (Awb 2:13 lid 2)."""
    return [judgement for judgement in each.counted if judgement.duty.code in DESIGNATION]


def _legal_gaps(found: Iterable[Finding]) -> tuple[LegalGap, ...]:
    gaps: dict[str, list[Finding]] = defaultdict(list)
    for finding in found:
        if is_legal_gap(finding):
            gaps[finding.code].append(finding)
    counted = (
        LegalGap(
            code=code,
            name=duties()[code].name,
            article=each[0].article,
            article_status=each[0].article_status,
            in_force_from=each[0].in_force_from or duties()[code].in_force_from,
            count=len(each),
            unknown=sum(finding.value is Value.UNKNOWN for finding in each),
            teams=tuple(sorted({team_of(finding) for finding in each}, key=str.casefold)),
        )
        for code, each in gaps.items()
    )
    return tuple(sorted(counted, key=lambda gap: (-gap.count, gap.code)))


def _upcoming(organisation: Verdict, judged: Sequence[_Judged], book: Rulebook) -> tuple[Upcoming, ...]:
    waiting: dict[str, list[bool]] = defaultdict(list)
    for verdict in (organisation, *(each.verdict for each in judged)):
        for judgement in verdict.judgements:
            if judgement.is_upcoming and not judgement.is_advice and judgement.value is not Value.NOT_APPLICABLE:
                waiting[judgement.duty.code].append(judgement.is_good)
    found = {code: book.duties[code] for code in waiting}
    counted = (
        Upcoming(
            on=found[code].in_force_from,
            code=code,
            name=found[code].name,
            article=found[code].article,
            article_status=found[code].article_status,
            applicable=len(ready),
            not_ready=ready.count(False),
        )
        for code, ready in waiting.items()
    )
    return tuple(sorted(counted, key=lambda each: (each.on, each.code)))


def _per_team(judged: Sequence[_Judged]) -> Iterator[tuple[str, list[_Judged]]]:
    ordered = sorted(judged, key=lambda each: (each.team == NO_TEAM, each.team.casefold(), each.team))
    for team, members in groupby(ordered, key=lambda each: each.team):
        yield team, list(members)


def _heat(organisation: Mapping[Group, _Part], judged: Sequence[_Judged]) -> tuple[HeatRow, ...]:
    rows = [HeatRow(WHOLE_ORGANISATION, 0, _cells([organisation]))]
    for team, members in _per_team(judged):
        rows.append(HeatRow(team, len(members), _cells([each.parts for each in members])))
    return tuple(rows)


def _cells(parts: Sequence[Mapping[Group, _Part]]) -> tuple[HeatCell, ...]:
    cells = []
    for group in Group:
        light = _light(group.value, _within(parts, group))
        shade = light.colour if light.applicable else None
        cells.append(HeatCell(shade, light.percentage, light.failing, light.applicable))
    return tuple(cells)


def _levels(levels: Sequence[Availability | None]) -> tuple[LevelCount, ...]:
    counted = Counter(levels)
    known = tuple(LevelCount(level, LEVEL_LABELS[level], counted[level]) for level in Availability)
    return (*known, LevelCount(None, "Niveau onbekend", counted[None]))


def _top(judged: Sequence[_Judged]) -> tuple[Risk, ...]:
    risks = [risk for each in judged if (risk := _risk(each))]
    risks.sort(key=lambda risk: (-risk.risk, -WEIGHTS[risk.severity], risk.product.casefold(), risk.message_type))
    return tuple(risks[:_TOP])


def _risk(each: _Judged) -> Risk | None:
    """The risk of the heaviest failing duty; None when nothing fails."""
    failing = [judgement for judgement in each.counted if judgement.is_failing]
    if not failing:
        return None
    worst = min(failing, key=lambda judgement: _SEVERITIES.index(judgement.severity))
    product, message = each.case.product, each.case.message
    volume = message.yearly_volume if message.yearly_volume is not None else product.yearly_volume
    gap = f"{worst.duty.name} (onbekend)" if worst.value is Value.UNKNOWN else worst.duty.name
    return Risk(
        product=product.name,
        message_type=message.name,
        team=each.team,
        owner=product.process_owner,
        colour=each.verdict.colour,
        severity=worst.severity,
        gap="Nog niets bekend" if each.verdict.colour is Colour.GREY else gap,
        volume=volume,
        support_need=product.support_need,
        risk=WEIGHTS[worst.severity] * (1 if volume is None else volume) * (1 + (product.support_need or 0)),
    )


Supported: TypeAlias = Sequence[tuple[ProductContent, SupportVerdict]]


def _support(support: Supported) -> tuple[TeamSupport, ...]:
    teams: dict[str, list[SupportVerdict]] = defaultdict(list)
    for product, verdict in support:
        teams[product.team or NO_TEAM].append(verdict)
    rows = []
    for team in sorted(teams, key=lambda name: (name == NO_TEAM, name.casefold(), name)):
        counted = Counter(each.level for each in teams[team])
        scores = [each.percentage for each in teams[team] if each.percentage is not None]
        rows.append(
            TeamSupport(
                team=team,
                products=len(teams[team]),
                lowest=min(counted),
                levels=tuple(counted[level] for level in SupportLevel),
                percentage=sum(scores) // len(scores) if scores else None,
            )
        )
    return tuple(rows)


def _below_minimum(support: Supported) -> tuple[BelowMinimum, ...]:
    found = (
        BelowMinimum(product.name, product.team or NO_TEAM, product.process_owner, verdict.level, verdict.missing)
        for product, verdict in support
        if not verdict.has_minimum
    )
    return tuple(sorted(found, key=lambda each: (each.level, each.team.casefold(), each.product.casefold())))


def _not_reached(support: Supported) -> tuple[NotReached, ...]:
    missed: dict[TargetGroup, list[str]] = defaultdict(list)
    for product, verdict in support:
        for group in verdict.not_reached:
            missed[group].append(product.name)
    return tuple(
        NotReached(group, TARGET_GROUP_LABELS[group], tuple(sorted(missed[group], key=str.casefold)))
        for group in TargetGroup
        if group in missed
    )


def _designation(inventory: Inventory, incoming: Sequence[_Judged]) -> DesignationGaps:
    undesignated = []
    for each in incoming:
        failing = [judged for judged in _of_designation(each) if judged.is_failing]
        if failing:
            unknown = failing[0].value is Value.UNKNOWN
            undesignated.append(
                Undesignated(
                    product=each.case.product.name,
                    message_type=each.case.message.name,
                    team=each.team,
                    owner=each.case.product.process_owner,
                    message="Nog niet bekend" if unknown else failing[0].duty.gap,
                )
            )
    undesignated.sort(key=lambda each: (each.team.casefold(), each.product.casefold(), each.message_type))
    channels = {
        (channel.name, channel.url): channel
        for product in inventory.products
        for message in product.messages
        for channel in message.channels
        if channel.designated is YesNo.YES
    }
    ordered = [channels[key] for key in sorted(channels)]
    return DesignationGaps(
        undesignated=tuple(undesignated),
        unreachable=tuple(_channel_gap(channel) for channel in ordered if channel.reachable is YesNo.NO),
        older_than_form=tuple(_channel_gap(channel) for channel in ordered if _is_older_than_form(channel)),
    )


def _actions(entries: Sequence[ActionEntry], found: Sequence[Finding], on: date) -> Actions:
    waiting = [each for each in entries if each.content.status in {ActionStatus.OPEN, ActionStatus.BUSY}]
    of_duty: dict[str, list[Finding]] = defaultdict(list)
    for finding in found:
        of_duty[finding.code].append(finding)
    mended: set[int] = set()
    lines = []
    for each in waiting:
        own = [finding for finding in of_duty[each.duty] if _is_mended_by(finding, each)]
        mended.update(id(finding) for finding in own)
        lines.append(_action_line(each, len(own), on))
    lines.sort(key=lambda line: (line.due_on is None, line.due_on or on, line.title.casefold(), line.about))
    costs = [each.content.cost for each in waiting if each.content.cost is not None]
    return Actions(
        waiting=tuple(lines),
        done=sum(each.content.status is ActionStatus.DONE for each in entries),
        cost=sum(costs),
        cost_unknown=len(waiting) - len(costs),
        without=tuple(finding for finding in found if is_legal_gap(finding) and id(finding) not in mended),
    )


def _is_mended_by(finding: Finding, entry: ActionEntry) -> bool:
    if entry.channel:
        return finding.channel == entry.channel
    return finding.key in entry.keys if entry.keys else not finding.key


def _action_line(entry: ActionEntry, mends: int, on: date) -> ActionLine:
    content = entry.content
    return ActionLine(
        title=content.title,
        about=entry.about,
        duty=entry.duty,
        owner=content.owner,
        team=content.team,
        due_on=content.due_on,
        is_late=content.due_on is not None and content.due_on < on,
        phase=content.phase,
        cost=content.cost,
        supplier=content.supplier,
        status=content.status,
        mends=mends,
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """What goals are counted from."""

    percentage: int | None
    judged: Sequence[_Judged]
    support: Sequence[SupportVerdict]
    ambitions: Sequence[AmbitionLine]


def _goals(entries: Sequence[GoalEntry], counted: _Counted, on: date) -> tuple[GoalLine, ...]:
    lines = [_goal_line(each, counted, on) for each in entries]
    return tuple(sorted(lines, key=lambda line: (line.by, line.title.casefold(), line.target)))


def _goal_line(entry: GoalEntry, counted: _Counted, on: date) -> GoalLine:
    goal = entry.content
    measure, target, by = goal.measure or Measure.SCORE, goal.target or 100, goal.by or on
    number, out_of = _progress(measure, entry.base, counted, by)
    reached = number * 100 // out_of if out_of else None
    if reached is None:
        state = GoalState.UNKNOWN
    elif reached >= target:
        state = GoalState.REACHED
    else:
        state = GoalState.LATE if by < on else GoalState.ON_THE_WAY
    return GoalLine(entry.key, goal.title, measure, target, by, goal.base_on, reached, number, out_of, state)


def _progress(measure: Measure, base: frozenset[str], counted: _Counted, by: date) -> tuple[int, int]:
    """How many of how many; the score is a number of a hundred already."""
    judged = counted.judged
    if measure is Measure.SCORE:
        return (0, 0) if counted.percentage is None else (counted.percentage, 100)
    if measure is Measure.SUPPORTED:
        return sum(each.has_minimum for each in counted.support), len(counted.support)
    if measure is Measure.AMBITION:
        due = [line.state for line in counted.ambitions if line.year <= by.year]
        return due.count(GoalState.REACHED), len(due)
    if measure is Measure.CONVERTED:
        levels = [availability(each.case.channels) for each in judged if each.case.key in base]
        return sum(level in CONVERTED_TO for level in levels), len(levels)
    if measure is Measure.DESIGNATED:
        own = [_of_designation(each) for each in judged if each.case.message.direction is Direction.IN]
        return sum(bool(each) and not any(one.is_failing for one in each) for each in own), sum(map(bool, own))
    colours = Counter(each.verdict.colour for each in judged)
    good = len(judged) - colours[Colour.GREY] - (colours[Colour.RED] if measure is Measure.NOT_RED else 0)
    return good, len(judged)


def _is_older_than_form(channel: ChannelContent) -> bool:
    decided, changed = channel.designation.decided_on, channel.changed_on
    return decided is not None and changed is not None and decided < changed


def _channel_gap(channel: ChannelContent) -> ChannelGap:
    return ChannelGap(
        channel.name, channel.url, channel.designation.decided_on, channel.changed_on, channel.reachable_checked_on
    )


def _unknowns(inventory: Inventory, judged: Sequence[_Judged], levels: Sequence[Availability | None]) -> Unknowns:
    teams = []
    for team, members in _per_team(judged):
        looked = [each for each in members if each.verdict.colour is not Colour.GREY]
        counted = [judgement for each in looked for judgement in each.counted]
        teams.append(
            TeamUnknowns(
                team=team,
                message_types=len(members),
                untouched=len(members) - len(looked),
                unknown=sum(judgement.value is Value.UNKNOWN for judgement in counted),
                outdated=sum(judgement.is_outdated for judgement in counted),
            )
        )
    empty = sorted((each.content.name for each in inventory.products if not each.messages), key=str.casefold)
    return Unknowns(
        untouched=sum(each.untouched for each in teams),
        with_unknown=sum(
            each.verdict.colour is not Colour.GREY
            and any(judgement.value is Value.UNKNOWN for judgement in each.counted)
            for each in judged
        ),
        unknown=sum(each.unknown for each in teams),
        outdated=sum(each.outdated for each in teams),
        without_message_type=tuple(empty),
        without_volume=sum(
            each.case.message.yearly_volume is None and each.case.product.yearly_volume is None for each in judged
        ),
        without_level=sum(level is None for level in levels),
        teams=tuple(teams),
    )


def _assumptions(book: Rulebook) -> tuple[str, ...]:
    listed = duties()
    to_check = [duty for duty in book.duties.values() if duty.article_status is ArticleStatus.TO_CHECK]
    own = [duty.code for duty in book.duties.values() if _weighs_otherwise(duty, listed[duty.code])]
    return (
        duty_list().disclaimer,
        *([f"Nog nakijken in de wet: {', '.join(duty.code for duty in to_check)}."] if to_check else ()),
        *([f"De gemeente koos zelf de ernst of de ingangsdatum van: {', '.join(own)}."] if own else ()),
        *(["Strikte modus: elk bericht aan de gemeente telt als officieel."] if book.is_strict else ()),
        *(f"{duty.code}: {duty.remark}" for duty in listed.values() if duty.remark),
        "‘Onbekend’ telt in de score als ‘nee’. ‘Deels’ telt voor de helft. ‘Ja’ zonder bewijs telt als ‘deels’.",
        "Een antwoord ouder dan 24 maanden maakt een groen bericht oranje.",
        (
            "Het minimum van de zorgplicht is onze eigen norm: hulp van een persoon, een weg zonder computer en een "
            "algemene pagina over hulp."
        ),
        "De volwassenheid is een eigen omrekening van de niveaus D0 tot en met D6 en DX.",
        "Risico is: gewicht van het zwaarste gat, keer het aantal per jaar, keer 1, 2 of 3 voor de behoefte aan hulp.",
        "Is het aantal per jaar onbekend? Dan rekenen we met 1. Zo’n bericht staat dus te laag in de lijst.",
    )


def _weighs_otherwise(duty: Duty, listed: Duty) -> bool:
    return (duty.severity, duty.severity_for, duty.in_force_from) != (
        listed.severity,
        listed.severity_for,
        listed.in_force_from,
    )
