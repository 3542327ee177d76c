"""The register in figures on a day: records per state, what the checks find, per team, DPIAs, agreements, late reviews.

Pure but for `read`, which takes what was known at the end of the day.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, select

from core import clock
from core.clock import written
from core.findings import Severity
from core.papers import Block, Bullets, Grid, Heading, Paper, Paragraph
from core.reports import Report
from core.sheets import Table
from register import as_of, rules
from register.checks import CHECKS, Finding
from register.content import ActivityContent, Status
from register.lists import LISTS
from register.models import ProcessingActivity
from register.services.findings import asks_four_eyes, contexts_of, surroundings
from register.services.thresholds import thresholds_then

NO_TEAM = "Zonder team"
UNKNOWN = "niet ingevuld"


@dataclass(frozen=True, slots=True)
class Known:
    """A record on the day, with what the checks on a single record find in it."""

    kenmerk: str
    status: Status
    content: ActivityContent
    is_established: bool
    findings: Sequence[Finding]

    @property
    def team(self) -> str:
        return self.content.team or NO_TEAM

    @property
    def is_living(self) -> bool:
        return self.status is not Status.ENDED


@dataclass(frozen=True, slots=True)
class RuleFigures:
    rule_id: str
    severity: Severity
    article: str
    number: int


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """One team: its living records, how many were official, and what there is to do."""

    team: str
    records: int
    established: int
    errors: int
    warnings: int
    reviews_late: int


@dataclass(frozen=True, slots=True)
class LateReview:
    kenmerk: str
    name: str
    team: str
    due_on: date | None
    """None: no review was ever planned."""


@dataclass(frozen=True, slots=True)
class AgreementFigures:
    """Uses of a processor in living records: with an agreement, one that has ended, and without any known."""

    uses: int
    with_agreement: int
    ended: int
    unknown: int


@dataclass(frozen=True, slots=True)
class RegisterFigures:
    """Every figure of the report. `dpia`: living records by the state of their DPIA, in words."""

    organisation: str
    day: date
    states: Mapping[str, int]
    established: int
    severities: Mapping[str, int]
    rules: Sequence[RuleFigures]
    teams: Sequence[TeamFigures]
    dpia: Mapping[str, int]
    agreements: AgreementFigures
    reviews_late: Sequence[LateReview]


def read(session: Session, day: date) -> tuple[str, Sequence[Known]]:
    """The organisation and its records at the end of a day. What somebody had closed with a reason is no finding.

    Raises:
        BadInput: the day is still to come, or the register was empty.
    """
    cover = as_of.cover(session, day)
    records = list(as_of.records(session, day))
    activities = {one.kenmerk: one for one in session.exec(select(ProcessingActivity))}
    contexts = contexts_of(session, [(activities[one.kenmerk], one.content) for one in records], surroundings(session))
    in_review = [activities[one.kenmerk].id for one in records if one.status is Status.IN_REVIEW]
    waiting = as_of.waiting_since(session, day, in_review)
    is_past, settings = day != clock.today(), cover.organisation
    editors = as_of.last_editors(session, day) if is_past else {}
    limits = thresholds_then(session, clock.end_of_day(day))
    found = []
    for record in records:
        subject_id = activities[record.kenmerk].id
        context = replace(contexts[subject_id], today=day, status=record.status, waiting_since=waiting.get(subject_id))
        if is_past:
            context = replace(
                context,
                last_editor=editors.get(subject_id, ""),
                established_by=record.established_by if record.status is Status.ESTABLISHED else "",
                four_eyes=asks_four_eyes(settings.get("four_eyes", True), settings.get("cooling_off_hours")),
                thresholds=limits,
                closed=frozenset(),  # what was closed since was open then
            )
        closed = {
            (one.rule_id, one.message) for one in cover.notes.closings.get(record.kenmerk, ()) if one.until >= day
        }
        findings = rules.open_findings(rules.findings(record.content, context), context.closed)
        still = [one for one in findings if (one.rule_id, one.message) not in closed]
        found.append(Known(record.kenmerk, record.status, record.content, record.is_official, still))
    return str(cover.organisation["name"]), found


def figures(organisation: str, day: date, records: Sequence[Known]) -> RegisterFigures:
    """Count everything. Records that have ended count in the states only."""
    living = [one for one in records if one.is_living]
    every = [finding for one in living for finding in one.findings]
    states, severities = Counter(one.status for one in records), Counter(finding.severity for finding in every)
    dpia = Counter(_dpia(one.content) for one in living)
    return RegisterFigures(
        organisation=organisation,
        day=day,
        states={status.value: states[status] for status in Status if states[status]},
        established=sum(one.is_established for one in living),
        severities={severity.value: severities[severity] for severity in Severity},
        rules=list(_rules(every)),
        teams=list(_teams(living, day)),
        dpia={label: dpia[label] for label in sorted(dpia, key=lambda label: (label == UNKNOWN, label))},
        agreements=_agreements(living, day),
        reviews_late=[
            LateReview(one.kenmerk, one.content.name, one.team, one.content.next_review_on)
            for one in sorted(living, key=lambda one: (one.content.next_review_on or date.min, one.kenmerk))
            if _is_late(one, day)
        ],
    )


def _rules(found: Iterable[Finding]) -> Iterator[RuleFigures]:
    order = list(Severity)
    counted = Counter((order.index(one.severity), one.rule_id, one.article) for one in found)
    for (severity, rule_id, article), number in sorted(counted.items()):
        yield RuleFigures(rule_id, order[severity], article, number)


def _teams(living: Iterable[Known], day: date) -> Iterator[TeamFigures]:
    by_team: dict[str, list[Known]] = defaultdict(list)
    for one in living:
        by_team[one.team].append(one)
    for team in sorted(by_team, key=lambda name: (name == NO_TEAM, name.casefold(), name)):
        mine = by_team[team]
        severities = Counter(finding.severity for one in mine for finding in one.findings)
        yield TeamFigures(
            team=team,
            records=len(mine),
            established=sum(one.is_established for one in mine),
            errors=severities[Severity.ERROR],
            warnings=severities[Severity.WARNING],
            reviews_late=sum(_is_late(one, day) for one in mine),
        )


def _dpia(content: ActivityContent) -> str:
    return LISTS["dpia.status"].get(content.dpia.status, content.dpia.status) or UNKNOWN


def _agreements(living: Iterable[Known], day: date) -> AgreementFigures:
    uses = [use for one in living for use in one.content.processors]
    known = [use for use in uses if use.agreement_document or use.agreement_on]
    ended = sum(1 for use in known if use.agreement_until and use.agreement_until < day)
    return AgreementFigures(len(uses), len(known) - ended, ended, len(uses) - len(known))


def _is_late(one: Known, day: date) -> bool:
    """A living record whose next review has passed, or that has none planned: the same as the work list says."""
    return one.content.next_review_on is None or one.content.next_review_on <= day


# --- in words


_MOST = 25
"""Rows of a table on paper; the workbook has them all."""


def report(organisation: str, day: date, records: Sequence[Known]) -> Report:
    """The report in every form: as a paper, as tables, and its figures."""
    found = figures(organisation, day, records)
    living = sum(one.records for one in found.teams)
    teams = Table(
        "Teams",
        ("Team", "Verwerkingen", "Vastgesteld", "Fouten", "Waarschuwingen", "Controles te laat"),
        [[one.team, one.records, one.established, one.errors, one.warnings, one.reviews_late] for one in found.teams],
    )
    tables = (
        teams,
        Table(
            "Standen",
            ("Stand", "Verwerkingen"),
            [[state.replace("_", " "), number] for state, number in found.states.items()],
        ),
        Table(
            "Bevindingen",
            ("Regel", "Wat er aan de hand is", "Ernst", "Artikel", "Aantal"),
            [
                [one.rule_id, CHECKS[one.rule_id].looks_at, one.severity.value, one.article, one.number]
                for one in found.rules
            ],
        ),
        Table("DPIA", ("Stand van de DPIA", "Verwerkingen"), [list(pair) for pair in found.dpia.items()]),
        Table("Overeenkomsten", ("Wat", "Aantal"), [list(pair) for pair in _agreement_rows(found.agreements)]),
        Table(
            "Controles te laat",
            ("Kenmerk", "Verwerking", "Team", "Had moeten zijn op"),
            [[one.kenmerk, one.name, one.team, one.due_on] for one in found.reviews_late],
        ),
    )
    paper = Paper(
        title="Verwerkingsregister in cijfers",
        subtitle=f"{organisation}, stand op {written(day)}. Dit rapport gaat over het register van AVG artikel 30.",
        organisation=organisation,
        day=day,
        blocks=list(_blocks(found, tables, living)),
    )
    return Report(name="register", paper=paper, tables=tables, facts=found)


def _blocks(found: RegisterFigures, tables: Sequence[Table], living: int) -> Iterator[Block]:
    errors, warnings = (found.severities[one.value] for one in (Severity.ERROR, Severity.WARNING))
    unknown = found.agreements.unknown
    yield Heading("In het kort")
    yield Bullets(
        (
            f"Er lopen {living} verwerkingen. Daarvan hebben er {found.established} een vastgestelde versie.",
            f"De controles vinden {errors} fouten en {warnings} waarschuwingen.",
            f"Een verwerker is {found.agreements.uses} keer ingezet, {unknown} keer zonder bekende overeenkomst.",
            f"Van {len(found.reviews_late)} verwerkingen is de controle te laat of nooit gepland.",
        )
    )
    widths = {
        "Teams": (40, 14, 13, 10, 13, 12),
        "Controles te laat": (12, 46, 24, 18),
        "Bevindingen": (11, 41, 15, 22, 11),
    }
    for table in tables:
        yield Heading(table.name)
        if not table.rows:
            yield Paragraph("Er is niets te melden.")
            continue
        rows = [[_text(cell) for cell in row] for row in table.rows[:_MOST]]
        yield Grid(table.headings, rows, widths=widths.get(table.name, ()))
        if len(table.rows) > _MOST:
            yield Paragraph(f"U ziet hier {_MOST} van de {len(table.rows)} regels. Alle staan in het werkboek (xlsx).")
    yield Heading("Uitgangspunten")
    yield Bullets(
        (
            f"Dit is wat op {written(found.day)} bekend was, ook concepten.",
            "Beëindigde verwerkingen tellen alleen bij de standen.",
            "Bevindingen zijn die van de controles van nu op de inhoud van toen, zonder wat was gesloten.",
            "Controles over verwerkingen heen, zoals dubbele, tellen niet mee.",
        )
    )


def _agreement_rows(found: AgreementFigures) -> Sequence[tuple[str, int]]:
    return (
        ("Keren dat een verwerker wordt ingezet", found.uses),
        ("Met een overeenkomst", found.with_agreement),
        ("Met een overeenkomst die is afgelopen", found.ended),
        ("Zonder bekende overeenkomst", found.unknown),
    )


def _text(cell: object) -> str:
    if isinstance(cell, date):
        return written(cell)
    return "nooit gepland" if cell is None else str(cell)
