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
from wmebv.duties import ArticleStatus, Duty, Group, Rulebook, Severity, duties, duty_list
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
    DutyCount,
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
    Need,
    NotReached,
    ProductGaps,
    Risk,
    TeamCount,
    TeamGaps,
    TeamSupport,
    TeamUnknowns,
    Todo,
    Undesignated,
    Unknowns,
    Upcoming,
    is_legal_gap,
    team_of,
)
from wmebv.rules import (
    FAILING,
    UNANSWERED,
    UNTOUCHED,
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
INCOMING, DESIGNATED = "Inkomende berichten", "Aanwijzing van kanalen"
"""Names of lights: the designation is a part of what comes in."""
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
_WAITING = frozenset([ActionStatus.OPEN, ActionStatus.BUSY])
_HEAVY = frozenset([Severity.CRITICAL, Severity.HIGH])
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
    risks: list[Risk] = []
    for entry in inventory.products:
        cases = [Case(entry.content, each.content, each.channels, each.key) for each in entry.messages]
        own = [(case, message_verdict(case, on, known, book=book)) for case in cases]
        looked = [_judged(case, verdict) for case, verdict in own]
        judged += looked
        risks += _risk(looked)
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
    gaps = [finding for finding in found if is_legal_gap(finding)]
    waiting = [each for each in inventory.actions if each.content.status in _WAITING]
    plans = _plans(waiting, found)
    upcoming = _upcoming(organisation, judged, book)
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
        todo=(*_todo(gaps, plans, on), *_prepare(upcoming, found, plans, on)),
        legal_gaps=_legal_gaps(gaps),
        team_gaps=_team_gaps(gaps, plans, on),
        product_gaps=_product_gaps(gaps, inventory),
        upcoming=upcoming,
        heat=_heat(organisation, whole, judged),
        levels=_levels(levels),
        maturity=maturity(levels),
        top=tuple(sorted(risks, key=_by_risk)[:_TOP]),
        support=_support(support),
        below_minimum=_below_minimum(support),
        not_reached=_not_reached(support),
        designation=_designation(inventory, incoming),
        unknowns=_unknowns(inventory, judged, levels, _planned(_untouched(found), plans, on)),
        actions=_actions(inventory.actions, waiting, gaps, plans, on),
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
    partly: int
    applicable: int


def _judged(case: Case, verdict: Verdict) -> _Judged:
    counted = _counted(verdict)
    return _Judged(case, verdict, counted, _parts(verdict.colour, counted))


def _counted(verdict: Verdict) -> Sequence[Judgement]:
    return [judgement for judgement in verdict.judgements if judgement.counts]


def _part(whole: Colour, counted: Sequence[Judgement]) -> _Part:
    shade = Colour.GREY if whole is Colour.GREY else colour_of_counted(counted)
    values = [judgement.value for judgement in counted]
    failing = sum([value in FAILING for value in values])
    return _Part(shade, score_of_counted(counted), failing, values.count(Value.PARTLY), len(counted))


def _parts(whole: Colour, counted: Sequence[Judgement]) -> Mapping[Group, _Part]:
    """What a verdict of a colour comes to for each group of duties that applies."""
    members: dict[Group, list[Judgement]] = {}
    for judgement in counted:
        members.setdefault(judgement.duty.group, []).append(judgement)
    return {group: _part(whole, own) for group, own in members.items()}


def _light(name: str, parts: Iterable[_Part], shades: Iterable[Colour] = ()) -> Light:
    """One light for parts of many verdicts; `shades` are colours that count too."""
    applicable = lost = failing = partly = number = 0
    seen = set(shades)
    for part in parts:
        seen.add(part.colour)
        applicable += part.score.applicable
        lost += part.score.lost_halves
        failing += part.failing
        partly += part.partly
        number += part.applicable
    return Light(name, together(seen), Score(applicable, lost).percentage, failing, partly, number)


def _within(parts: Iterable[Mapping[Group, _Part]], *groups: Group) -> Iterator[_Part]:
    return (own[group] for own in parts for group in groups if group in own)


def _lights(
    whole: Mapping[Group, _Part], judged: Sequence[_Judged], support: Iterable[SupportVerdict]
) -> tuple[Light, ...]:
    parts = [whole, *(each.parts for each in judged)]
    about_designation = ((each.verdict.colour, _of_designation(each)) for each in judged)
    designated = (_part(shade, own) for shade, own in about_designation if own)
    help_there_is = [each.colour for each in support]
    return (
        _light("Alles samen", _within(parts, *Group), help_there_is),
        _light(INCOMING, _within(parts, *INBOUND)),
        _light("Berichten van de gemeente", _within(parts, Group.OUTGOING)),
        _light("Zorgplicht", _within(parts, Group.CARE), help_there_is),
        _light(DESIGNATED, designated),
    )


def _of_designation(each: _Judged) -> Sequence[Judgement]:
    """What weighs about the designation of a channel (Awb 2:13 lid 2)."""
    return [judgement for judgement in each.counted if judgement.duty.code in DESIGNATION]


Plans: TypeAlias = Mapping[int, Sequence[ActionEntry]]
"""By the identity of a finding, the actions that wait and mend it."""


def _plans(waiting: Sequence[ActionEntry], found: Sequence[Finding]) -> Plans:
    of_duty: dict[str, list[ActionEntry]] = defaultdict(list)
    for each in waiting:
        of_duty[each.duty].append(each)
    plans: dict[int, list[ActionEntry]] = defaultdict(list)
    for finding in found:
        for each in of_duty.get(finding.code, ()):
            if _is_mended_by(finding, each):
                plans[id(finding)].append(each)
    return plans


def _planned(found: Iterable[Finding], plans: Plans, on: date) -> tuple[int, date | None, int]:
    """For how many findings there is an action, by when the last of those is done, and how many are late."""
    own = [[each.content.due_on for each in plans[id(finding)]] for finding in found if id(finding) in plans]
    days = [min(filter(None, each)) for each in own if any(each)]
    return len(own), max(days, default=None), sum(day < on for day in days)


def _is_unknown(finding: Finding) -> bool:
    return finding.value is Value.UNKNOWN


def _most_first(teams: Iterable[str]) -> tuple[TeamCount, ...]:
    counted = Counter(teams)
    return tuple(TeamCount(*each) for each in sorted(counted.items(), key=lambda each: (-each[1], each[0].casefold())))


def _by_code(found: Iterable[Finding]) -> Mapping[str, Sequence[Finding]]:
    codes: dict[str, list[Finding]] = defaultdict(list)
    for finding in found:
        codes[finding.code].append(finding)
    return codes


def _todo(gaps: Sequence[Finding], plans: Plans, on: date) -> Iterator[Todo]:
    for need, unknown in ((Need.MEND, False), (Need.FIND_OUT, True)):
        found = _by_code(finding for finding in gaps if _is_unknown(finding) is unknown)
        for code, each in sorted(found.items(), key=lambda one: (-len(one[1]), one[0])):
            yield Todo(
                need,
                code,
                duties()[code].name,
                each[0].article_status,
                each[0].in_force_from or duties()[code].in_force_from,
                len(each),
                len(each) if unknown else 0,
                _most_first(map(team_of, each)),
                *_planned(each, plans, on),
            )


def _prepare(upcoming: Sequence[Upcoming], found: Sequence[Finding], plans: Plans, on: date) -> Iterator[Todo]:
    later = _by_code(finding for finding in found if finding.is_upcoming and not finding.is_advice)
    for each in upcoming:
        if each.not_ready:
            yield Todo(
                Need.PREPARE,
                each.code,
                each.name,
                each.article_status,
                each.on,
                each.not_ready,
                each.unknown,
                each.teams,
                *_planned(later.get(each.code, ()), plans, on),
            )


def _legal_gaps(gaps: Sequence[Finding]) -> tuple[LegalGap, ...]:
    counted = (
        LegalGap(
            code=code,
            name=duties()[code].name,
            article=each[0].article,
            article_status=each[0].article_status,
            todo=duties()[code].todo,
            in_force_from=each[0].in_force_from or duties()[code].in_force_from,
            count=len(each),
            unknown=sum(map(_is_unknown, each)),
            teams=tuple(one.team for one in _most_first(map(team_of, each))),
        )
        for code, each in _by_code(gaps).items()
    )
    return tuple(sorted(counted, key=lambda gap: (gap.unknown - gap.count, -gap.unknown, gap.code)))


def _team_gaps(gaps: Sequence[Finding], plans: Plans, on: date) -> tuple[TeamGaps, ...]:
    teams: dict[str, list[Finding]] = defaultdict(list)
    for finding in gaps:
        teams[team_of(finding)].append(finding)
    rows = []
    for team, own in teams.items():
        unknown = sum(map(_is_unknown, own))
        rows.append(TeamGaps(team, len(own) - unknown, unknown, _per_duty(own), *_planned(own, plans, on)))
    return tuple(sorted(rows, key=lambda row: (-row.wrong, -row.unknown, row.team.casefold())))


def _per_duty(found: Iterable[Finding]) -> tuple[DutyCount, ...]:
    counted = []
    for code, each in _by_code(found).items():
        unknown = sum(map(_is_unknown, each))
        counted.append(DutyCount(code, duties()[code].name, len(each) - unknown, unknown))
    return tuple(sorted(counted, key=lambda one: (-one.wrong, -one.unknown, one.code)))


def _product_gaps(gaps: Sequence[Finding], inventory: Inventory) -> tuple[ProductGaps, ...]:
    products: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in gaps:
        if finding.product and not _is_unknown(finding):
            products[finding.product, finding.team, finding.owner].append(finding)
    known = ((each.content.name, each.content.team, each.content.yearly_volume) for each in inventory.products)
    volumes = {(name, team): volume for name, team, volume in known}
    rows = [
        ProductGaps(
            product=name,
            team=team or NO_TEAM,
            owner=owner,
            volume=volumes[name, team],
            message_types=len({(finding.key, finding.message_type) for finding in own}),
            duties=_per_duty(own),
        )
        for (name, team, owner), own in products.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-(row.volume or 0), -row.message_types, row.product.casefold())))


def _upcoming(organisation: Verdict, judged: Sequence[_Judged], book: Rulebook) -> tuple[Upcoming, ...]:
    waiting: dict[str, list[tuple[str, Judgement]]] = defaultdict(list)
    for team, verdict in ((WHOLE_ORGANISATION, organisation), *((each.team, each.verdict) for each in judged)):
        for judgement in verdict.judgements:
            if judgement.is_upcoming and not judgement.is_advice and judgement.value is not Value.NOT_APPLICABLE:
                waiting[judgement.duty.code].append((team, judgement))
    found = {code: book.duties[code] for code in waiting}
    counted = []
    for code, ready in waiting.items():
        late = [team for team, judgement in ready if not judgement.is_good]
        counted.append(
            Upcoming(
                on=found[code].in_force_from,
                code=code,
                name=found[code].name,
                article=found[code].article,
                article_status=found[code].article_status,
                obliges=found[code].obliges,
                todo=found[code].todo,
                applicable=len(ready),
                not_ready=len(late),
                unknown=sum(judgement.value is Value.UNKNOWN for _team, judgement in ready),
                teams=_most_first(late),
            )
        )
    return tuple(sorted(counted, key=lambda each: (each.on, each.code)))


def _per_team(judged: Sequence[_Judged]) -> Iterator[tuple[str, list[_Judged]]]:
    ordered = sorted(judged, key=lambda each: (each.team == NO_TEAM, each.team.casefold(), each.team))
    for team, members in groupby(ordered, key=lambda each: each.team):
        yield team, list(members)


def _heat(organisation: Verdict, whole: Mapping[Group, _Part], judged: Sequence[_Judged]) -> tuple[HeatRow, ...]:
    known = organisation.colour is not Colour.GREY
    own = _counted(organisation) if known else ()
    rows = [HeatRow(WHOLE_ORGANISATION, 0, int(not known), _cells([whole]), *_reasons(own))]
    for team, members in _per_team(judged):
        looked = [each for each in members if each.verdict.colour is not Colour.GREY]
        reasons = _reasons(judgement for each in looked for judgement in each.counted)
        cells = _cells([each.parts for each in members])
        rows.append(HeatRow(team, len(members), len(members) - len(looked), cells, *reasons))
    return tuple(rows)


def _cells(parts: Sequence[Mapping[Group, _Part]]) -> tuple[HeatCell, ...]:
    cells = []
    for group in Group:
        light = _light(group.value, _within(parts, group))
        shade = light.colour if light.applicable else None
        cells.append(HeatCell(shade, light.percentage, light.failing, light.partly, light.applicable))
    return tuple(cells)


def _reasons(counted: Iterable[Judgement]) -> tuple[tuple[DutyCount, ...], tuple[DutyCount, ...]]:
    """Which duties make a team red, and which orange."""
    red: dict[str, list[Judgement]] = defaultdict(list)
    orange: dict[str, list[Judgement]] = defaultdict(list)
    for each in counted:
        if each.value is Value.YES and not each.is_outdated:
            continue
        if each.is_failing and each.severity is Severity.CRITICAL:
            red[each.duty.code].append(each)
        elif each.is_outdated or each.value is Value.UNKNOWN or each.severity in _HEAVY:
            orange[each.duty.code].append(each)
    return _judged_duties(red), _judged_duties(orange)


def _judged_duties(found: Mapping[str, Sequence[Judgement]]) -> tuple[DutyCount, ...]:
    counted = []
    for code, each in found.items():
        values = [judgement.value for judgement in each]
        counted.append(
            DutyCount(
                code=code,
                name=duties()[code].name,
                wrong=values.count(Value.NO),
                unknown=values.count(Value.UNKNOWN),
                partly=values.count(Value.PARTLY),
                outdated=values.count(Value.YES),  # good, but for its age
            )
        )
    return tuple(sorted(counted, key=lambda one: (-len(found[one.code]), one.code)))


def _levels(levels: Sequence[Availability | None]) -> tuple[LevelCount, ...]:
    counted = Counter(levels)
    known = tuple(LevelCount(level, LEVEL_LABELS[level], counted[level]) for level in Availability)
    return (*known, LevelCount(None, "Niveau onbekend", counted[None]))


def _by_risk(risk: Risk) -> tuple[object, ...]:
    return (-risk.risk, -risk.weight, risk.is_unknown, risk.product.casefold(), risk.message_type)


def _risk(looked: Sequence[_Judged]) -> Sequence[Risk]:
    """The risk of a product is that of its message with the highest one; nothing when none has a gap."""
    found = [risk for each in looked if (risk := _message_risk(each))]
    return [replace(min(found, key=_by_risk), message_types=len(found))] if found else []


def _message_risk(each: _Judged) -> Risk | None:
    """The risk of the heaviest failing duty; None when nothing fails."""
    failing = [judgement for judgement in each.counted if judgement.is_failing]
    if not failing:
        return None
    worst = min(failing, key=lambda one: (_SEVERITIES.index(one.severity), one.value is Value.UNKNOWN))
    product, message = each.case.product, each.case.message
    volume = _volume(each.case)
    is_untouched, is_unknown = each.verdict.colour is Colour.GREY, worst.value is Value.UNKNOWN
    gap = f"{worst.duty.name} (onbekend)" if is_unknown else worst.duty.name
    return Risk(
        product=product.name,
        message_type=message.name,
        message_types=1,
        team=each.team,
        owner=product.process_owner,
        colour=each.verdict.colour,
        severity=worst.severity,
        weight=WEIGHTS[worst.severity],
        gap="Nog niets bekend" if is_untouched else gap,
        is_unknown=is_untouched or is_unknown,
        volume=volume,
        support_need=product.support_need,
        risk=WEIGHTS[worst.severity] * (1 if volume is None else volume) * (1 + (product.support_need or 0)),
    )


def _volume(case: Case) -> int | None:
    """How often a message comes in a year: as it says, else as it was counted last, else as often as its product."""
    message = case.message
    if message.yearly_volume is not None:
        return message.yearly_volume
    counted = [(one.year, one.channel, one.number) for one in message.volumes if one.year and one.number is not None]
    if not counted:
        return case.product.yearly_volume
    newest = max(year for year, _, _ in counted)
    of_all = [number for year, channel, number in counted if year == newest and not channel]
    return of_all[0] if of_all else sum(number for year, _, number in counted if year == newest)


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
    undesignated, needed = [], 0
    for each in incoming:
        own = _of_designation(each)
        needed += bool(own)
        failing = [judged for judged in own if judged.is_failing]
        if failing:
            if each.verdict.colour is Colour.GREY:
                wrong = UNTOUCHED
            else:
                wrong = "Nog niet bekend" if failing[0].value is Value.UNKNOWN else failing[0].duty.gap
            undesignated.append(
                Undesignated(
                    product=each.case.product.name,
                    message_type=each.case.message.name,
                    team=each.team,
                    owner=each.case.product.process_owner,
                    message=wrong,
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
    checked = [channel for channel in ordered if channel.reachable_checked_on]
    return DesignationGaps(
        incoming=len(incoming),
        needed=needed,
        channels=len(ordered),
        checked=len(checked),
        undesignated=tuple(undesignated),
        unreachable=tuple(_channel_gap(channel) for channel in ordered if channel.reachable is YesNo.NO),
        older_than_form=tuple(_channel_gap(channel) for channel in ordered if _is_older_than_form(channel)),
    )


def _actions(
    entries: Sequence[ActionEntry],
    waiting: Sequence[ActionEntry],
    gaps: Sequence[Finding],
    plans: Plans,
    on: date,
) -> Actions:
    mends = Counter(id(each) for own in plans.values() for each in own)
    lines = [_action_line(each, mends[id(each)], on) for each in waiting]
    lines.sort(key=lambda line: (line.due_on is None, line.due_on or on, line.title.casefold(), line.about))
    costs = [each.content.cost for each in waiting if each.content.cost is not None]
    return Actions(
        waiting=tuple(lines),
        done=sum(each.content.status is ActionStatus.DONE for each in entries),
        cost=sum(costs),
        cost_unknown=len(waiting) - len(costs),
        without=tuple(finding for finding in gaps if id(finding) not in plans),
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


def _untouched(found: Iterable[Finding]) -> Iterator[Finding]:
    """The findings about messages of which nothing is known."""
    return (finding for finding in found if finding.code == UNANSWERED and finding.product)


def _unknowns(
    inventory: Inventory,
    judged: Sequence[_Judged],
    levels: Sequence[Availability | None],
    planned: tuple[int, date | None, int],
) -> Unknowns:
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
    number, ready_on, late = planned
    return Unknowns(
        untouched=sum(each.untouched for each in teams),
        planned=number,
        ready_on=ready_on,
        late=late,
        with_unknown=sum(
            each.verdict.colour is not Colour.GREY
            and any(judgement.value is Value.UNKNOWN for judgement in each.counted)
            for each in judged
        ),
        unknown=sum(each.unknown for each in teams),
        outdated=sum(each.outdated for each in teams),
        without_message_type=tuple(empty),
        without_volume=sum(_volume(each.case) is None for each in judged),
        without_level=sum(level is None for level in levels),
        teams=tuple(teams),
    )


def _assumptions(book: Rulebook) -> tuple[str, ...]:
    listed = duties()
    to_check = [duty for duty in book.duties.values() if duty.article_status is ArticleStatus.TO_CHECK]
    own = [duty for duty in book.duties.values() if _weighs_otherwise(duty, listed[duty.code])]
    return (
        duty_list().disclaimer,
        *([f"Nog nakijken in de wet: {_in_words(to_check)}."] if to_check else ()),
        *([f"De gemeente koos zelf de ernst of de ingangsdatum van: {_in_words(own)}."] if own else ()),
        *(["Strikte modus: elk bericht aan de gemeente telt als officieel."] if book.is_strict else ()),
        *(f"{duty.name} ({duty.code}): {duty.remark}" for duty in listed.values() if duty.remark),
        (
            "De score is het deel van de plichten dat in orde is. Een zware plicht telt meer: kritiek 10, hoog 5, "
            "midden 2, laag 1. ‘Onbekend’ telt als ‘nee’. ‘Deels’ telt voor de helft. ‘Ja’ zonder bewijs telt als "
            "‘deels’."
        ),
        "Een antwoord ouder dan 24 maanden, of zonder datum, maakt groen oranje. Het telt niet als ‘niet in orde’.",
        (
            "Het minimum aan hulp is een eigen norm van Openboek: hulp van een persoon, een weg zonder computer (niet "
            "waar een wet de digitale weg verplicht) en een algemene pagina over hulp."
        ),
        "De volwassenheid is een eigen omrekening van de niveaus D0 tot en met D6 en DX.",
        "Is het aantal per jaar onbekend? Dan rekent het risico met 1. Zo’n product staat dus te laag in de lijst.",
        "Percentages zijn naar beneden afgerond: 100% betekent dat niets ontbreekt.",
    )


def _in_words(found: Iterable[Duty]) -> str:
    return ", ".join(f"{duty.name.lower()} ({duty.code})" for duty in found)


def _weighs_otherwise(duty: Duty, listed: Duty) -> bool:
    return (duty.severity, duty.severity_for, duty.in_force_from) != (
        listed.severity,
        listed.severity_for,
        listed.in_force_from,
    )
