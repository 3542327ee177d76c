"""What goes into the gap report and what comes out: frozen, plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from wmebv.content import (
    ActionContent,
    ActionStatus,
    Availability,
    ChannelContent,
    GoalContent,
    Measure,
    MessageTypeContent,
    OrganisationContent,
    ProductContent,
    TargetGroup,
    Value,
)
from wmebv.duties import ArticleStatus, Rulebook, Severity, as_shipped
from wmebv.rules import Colour, Finding, SupportLevel

NO_TEAM = "Zonder team"
WHOLE_ORGANISATION = "Hele organisatie"


@dataclass(frozen=True, slots=True)
class MessageEntry:
    """A message type with its channels. `key` is the caller's own name for it, such as its id."""

    content: MessageTypeContent
    channels: tuple[ChannelContent, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class ProductEntry:
    content: ProductContent
    messages: tuple[MessageEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionEntry:
    """An action, and what it is about: `duty` for the messages with these keys, for one channel of them if named.

    With a duty and no keys and no channel it is about the whole organisation.
    """

    content: ActionContent
    duty: str = ""
    about: str = ""
    keys: frozenset[str] = frozenset()
    channel: str = ""


@dataclass(frozen=True, slots=True)
class GoalEntry:
    """A goal, with the keys of the messages that were at D2 on its base date, when it counts those.

    `key` is the caller's own name for it, such as its id.
    """

    content: GoalContent
    base: frozenset[str] = frozenset()
    key: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The figures of one report that a later report compares itself with."""

    on: date
    percentage: int | None
    message_types: int
    red: int
    orange: int
    green: int
    grey: int
    maturity: int | None


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything the report is computed from, as known at `data_changed_at`."""

    organisation: str
    data_changed_at: datetime
    answers: OrganisationContent
    products: tuple[ProductEntry, ...] = ()
    previous: tuple[KeyFigures, ...] = ()
    signed_off_by: str = ""
    """The function that signed the data off; empty when nobody did."""
    actions: tuple[ActionEntry, ...] = ()
    goals: tuple[GoalEntry, ...] = ()
    book: Rulebook = field(default_factory=as_shipped)
    """The duties as the municipality applies them."""


@dataclass(frozen=True, slots=True)
class Light:
    """A traffic light with its score in whole percents, and how many judgements fail."""

    name: str
    colour: Colour
    percentage: int | None
    failing: int
    partly: int
    applicable: int


@dataclass(frozen=True, slots=True)
class TeamCount:
    team: str
    count: int


class Need(StrEnum):
    """What has to be done about gaps of one kind."""

    MEND = "fout"
    FIND_OUT = "onbekend"
    PREPARE = "komt eraan"


@dataclass(frozen=True, slots=True)
class Todo:
    """What management has done: for one duty what is wrong, what nobody knows, or what comes.

    `on` is since or from when the duty holds. For `planned` of `count` there is an action, the last by `ready_on`; for
    `late` of those the day of the action is past.
    """

    need: Need
    code: str
    name: str
    article_status: ArticleStatus
    on: date
    count: int
    unknown: int
    """How many of `count` are not known rather than wrong."""
    teams: tuple[TeamCount, ...]
    """Most first."""
    planned: int
    ready_on: date | None
    late: int


@dataclass(frozen=True, slots=True)
class DutyCount:
    """How often a duty fails: wrong or unknown, and how often it is half right or old."""

    code: str
    name: str
    wrong: int
    unknown: int
    partly: int = 0
    outdated: int = 0


@dataclass(frozen=True, slots=True)
class TeamGaps:
    """The legal gaps of one team, those first that are most often wrong."""

    team: str
    wrong: int
    unknown: int
    duties: tuple[DutyCount, ...]
    planned: int
    ready_on: date | None
    late: int
    """For how many of `planned` the day of the action is past."""


@dataclass(frozen=True, slots=True)
class ProductGaps:
    """What was proven wrong about one product. `message_types` counts those with such a gap."""

    product: str
    team: str
    owner: str
    volume: int | None
    message_types: int
    duties: tuple[DutyCount, ...]


@dataclass(frozen=True, slots=True)
class LegalGap:
    """A duty with severity kritiek that fails somewhere today."""

    code: str
    name: str
    article: str
    article_status: ArticleStatus
    todo: str
    in_force_from: date
    count: int
    unknown: int
    """How many of `count` are not known rather than wrong."""
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A duty that is not in force yet, and how many messages (or the organisation) are not ready for it."""

    on: date
    code: str
    name: str
    article: str
    article_status: ArticleStatus
    obliges: str
    todo: str
    applicable: int
    not_ready: int
    unknown: int
    """Of those that are not ready: nobody knows."""
    teams: tuple[TeamCount, ...]
    """Those that are not ready, most first."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """Empty (`applicable` 0) when no duty of this group applies to the team."""

    colour: Colour | None
    percentage: int | None
    failing: int
    partly: int
    applicable: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A team with its colours, and which duties make them; of `untouched` messages nothing is known."""

    team: str
    message_types: int
    untouched: int
    cells: tuple[HeatCell, ...]
    """One for each group of `Group`, in that order."""
    red: tuple[DutyCount, ...]
    orange: tuple[DutyCount, ...]


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many incoming message types have this level; `level` None: no channel has a known level."""

    level: Availability | None
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Risk:
    """Weight of the worst gap x yearly volume x (1 + support need). Unknown volume counts as 1, unknown need as 0.

    A product has the risk of its message with the highest one; `message_types` of its messages have a gap. Of gaps that
    weigh the same one that is certain goes before one of which nobody knows (`is_unknown`).
    """

    product: str
    message_type: str
    message_types: int
    team: str
    owner: str
    colour: Colour
    severity: Severity
    weight: int
    gap: str
    is_unknown: bool
    volume: int | None
    support_need: int | None
    risk: int


@dataclass(frozen=True, slots=True)
class TeamSupport:
    """Duty of care in one team: products per level, and the lowest level."""

    team: str
    products: int
    lowest: SupportLevel
    levels: tuple[int, ...]
    """Products at Z0, Z1, Z2, Z3, Z4."""
    percentage: int | None
    """Average of the product scores."""


@dataclass(frozen=True, slots=True)
class BelowMinimum:
    product: str
    team: str
    owner: str
    level: SupportLevel
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotReached:
    group: TargetGroup
    label: str
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undesignated:
    """An official message type without a published designation."""

    product: str
    message_type: str
    team: str
    owner: str
    message: str


@dataclass(frozen=True, slots=True)
class ChannelGap:
    channel: str
    url: str
    decided_on: date | None
    changed_on: date | None
    checked_on: date | None


@dataclass(frozen=True, slots=True)
class DesignationGaps:
    """Of `incoming` messages `needed` must have a designated channel; of `channels` designated ones, `checked` were."""

    incoming: int
    needed: int
    channels: int
    checked: int
    undesignated: tuple[Undesignated, ...]
    unreachable: tuple[ChannelGap, ...]
    older_than_form: tuple[ChannelGap, ...]


@dataclass(frozen=True, slots=True)
class TeamUnknowns:
    """What is not known in one team: message types untouched, duties unknown, answers too old."""

    team: str
    message_types: int
    untouched: int
    unknown: int
    outdated: int


@dataclass(frozen=True, slots=True)
class Unknowns:
    """What is not known. For `planned` of the `untouched` messages there is an action, as in `Todo`."""

    untouched: int
    planned: int
    ready_on: date | None
    late: int
    with_unknown: int
    unknown: int
    outdated: int
    without_message_type: tuple[str, ...]
    without_volume: int
    without_level: int
    teams: tuple[TeamUnknowns, ...]


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action that waits. `mends` counts the findings that it would mend; 0 when the answers say that it is done."""

    title: str
    about: str
    duty: str
    owner: str
    team: str
    due_on: date | None
    is_late: bool
    phase: int | None
    cost: int | None
    supplier: str
    status: ActionStatus
    mends: int


@dataclass(frozen=True, slots=True)
class Actions:
    """What is being done about the gaps."""

    waiting: tuple[ActionLine, ...]
    """Those first that must be done first."""
    done: int
    cost: int
    """Of what waits, in euros, as far as it is known."""
    cost_unknown: int
    without: tuple[Finding, ...]
    """Legal gaps for which nobody does anything yet."""

    @property
    def gaps_without(self) -> int:
        return len(self.without)

    @property
    def late(self) -> int:
        return sum(each.is_late for each in self.waiting)


class GoalState(StrEnum):
    REACHED = "gehaald"
    ON_THE_WAY = "loopt nog"
    LATE = "te laat"
    UNKNOWN = "niet te bepalen"


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal and how far it is: `reached` percent, which is `counted` out of `out_of` (0: not to be counted)."""

    key: str
    title: str
    measure: Measure
    target: int
    by: date
    base_on: date | None
    reached: int | None
    counted: int
    out_of: int
    state: GoalState


@dataclass(frozen=True, slots=True)
class AmbitionLine:
    """How digital a product must be by the end of a year: `reached` of `out_of` messages to the municipality are."""

    product: str
    team: str
    owner: str
    year: int
    level: Availability
    source: str
    reached: int
    out_of: int
    state: GoalState


@dataclass(frozen=True, slots=True)
class NormLine:
    """A service norm, and which share of a message was handled within it; None when nobody measured it."""

    product: str
    message_type: str
    team: str
    owner: str
    norm: str
    year: int | None
    percentage: int | None
    source: str


@dataclass(frozen=True, slots=True)
class SatisfactionLine:
    """What people think of a channel: a grade of ten such as `7,4`, and the one before it."""

    channel: str
    year: int
    grade: str
    source: str
    year_before: int | None
    grade_before: str


@dataclass(frozen=True, slots=True)
class GapReport:
    """The report on one date. `lights[0]` is the whole."""

    organisation: str
    on: date
    data_changed_at: datetime
    duty_list_version: str
    signed_off_by: str
    products: int
    message_types: int
    assessed: int
    assessed_percentage: int | None
    organisation_colour: Colour
    colours: Mapping[Colour, int]
    lights: tuple[Light, ...]
    todo: tuple[Todo, ...]
    """First what is wrong, then what is unknown, then what comes; of each the most frequent first."""
    legal_gaps: tuple[LegalGap, ...]
    team_gaps: tuple[TeamGaps, ...]
    """Most wrong first."""
    product_gaps: tuple[ProductGaps, ...]
    """The largest yearly volume first."""
    upcoming: tuple[Upcoming, ...]
    heat: tuple[HeatRow, ...]
    levels: tuple[LevelCount, ...]
    maturity: int | None
    top: tuple[Risk, ...]
    support: tuple[TeamSupport, ...]
    below_minimum: tuple[BelowMinimum, ...]
    not_reached: tuple[NotReached, ...]
    designation: DesignationGaps
    unknowns: Unknowns
    actions: Actions
    goals: tuple[GoalLine, ...]
    """By the day on which they must be reached."""
    ambitions: tuple[AmbitionLine, ...]
    norms: tuple[NormLine, ...]
    satisfaction: tuple[SatisfactionLine, ...]
    trend: tuple[KeyFigures, ...]
    """Earlier reports and this one, oldest first; empty without earlier reports."""
    assumptions: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def key_figures(self) -> KeyFigures:
        """To keep, for the trend of the next report."""
        return KeyFigures(
            on=self.on,
            percentage=self.lights[0].percentage,
            message_types=self.message_types,
            red=self.colours[Colour.RED],
            orange=self.colours[Colour.ORANGE],
            green=self.colours[Colour.GREEN],
            grey=self.colours[Colour.GREY],
            maturity=self.maturity,
        )

    @property
    def critical(self) -> tuple[Finding, ...]:
        """The findings behind `legal_gaps`, one for each message type or the organisation; first what is wrong."""
        gaps = [finding for finding in self.findings if is_legal_gap(finding)]
        return tuple(sorted(gaps, key=lambda finding: finding.value is Value.UNKNOWN))


def is_legal_gap(finding: Finding) -> bool:
    return (
        finding.severity is Severity.CRITICAL
        and finding.value in {Value.NO, Value.UNKNOWN}
        and not (finding.is_upcoming or finding.is_advice)
    )


def team_of(finding: Finding) -> str:
    return finding.team or (NO_TEAM if finding.product else WHOLE_ORGANISATION)
