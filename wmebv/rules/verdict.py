"""The verdict on a message type and on the organisation, on a date: colour and score."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from core.content import YesNo
from wmebv.content import (
    Answer,
    ChannelContent,
    Direction,
    MessageTypeContent,
    Official,
    OrganisationContent,
    ProductContent,
    SpecialAct,
    Value,
)
from wmebv.duties import (
    Duty,
    Group,
    Rulebook,
    Scope,
    Severity,
    as_shipped,
)
from wmebv.rules.answers import (
    FAILING,
    WORST_FIRST,
    Reason,
    by_duty,
    is_given,
    is_outdated,
    judge,
    special_act,
)
from wmebv.rules.channels import availability, is_designated, is_electronic, works_without_login

WEIGHTS: Mapping[Severity, int] = {Severity.CRITICAL: 10, Severity.HIGH: 5, Severity.MEDIUM: 2, Severity.LOW: 1}

_CLOSED_WHEN_PHYSICAL = frozenset(f"W{n}" for n in (*range(11, 18), *range(22, 27)))
_CLOSED_WHEN_DIGITAL = frozenset(["W04"])
_FOR_UNOFFICIAL = frozenset(f"W{n:02}" for n in (*range(1, 10), 18))
_HEAVY = frozenset([Severity.CRITICAL, Severity.HIGH])


class Colour(StrEnum):
    """Traffic light. Grey means that nothing has been answered yet."""

    GREY = "grijs"
    RED = "rood"
    ORANGE = "oranje"
    GREEN = "groen"


@dataclass(frozen=True, slots=True)
class Case:
    """One message type with what its verdict needs: the product it belongs to and its channels."""

    product: ProductContent
    message: MessageTypeContent
    channels: tuple[ChannelContent, ...] = ()
    key: str = ""
    """The caller's own name for the message type, such as its id; comes back in each finding."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one duty comes to for one subject. `value` is what counts, which may be less than what was answered."""

    duty: Duty
    severity: Severity
    value: Value
    reason: Reason
    is_answered: bool
    is_outdated: bool = False
    is_upcoming: bool = False
    is_advice: bool = False
    channel: str = ""
    """Name of the channel that decides, for duties of scope K."""

    @property
    def counts(self) -> bool:
        """It weighs in colour and score: in force, no mere advice, applicable."""
        return not (self.is_upcoming or self.is_advice or self.value is Value.NOT_APPLICABLE)

    @property
    def is_failing(self) -> bool:
        return self.value in FAILING

    @property
    def is_good(self) -> bool:
        """Nothing to do: yes with evidence and recent, or not applicable."""
        return self.value is Value.NOT_APPLICABLE or (self.value is Value.YES and not self.is_outdated)


@dataclass(frozen=True, slots=True)
class Score:
    """1 - failing / applicable, by weight. `lost` is kept in halves ("deels" loses half), so sums stay exact."""

    applicable: int = 0
    lost_halves: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.applicable + other.applicable, self.lost_halves + other.lost_halves)

    @property
    def share(self) -> float | None:
        """0 to 1; None when no duty applies."""
        return 1 - self.lost_halves / 2 / self.applicable if self.applicable else None

    @property
    def percentage(self) -> int | None:
        """Whole percents, rounded down: 100 means that nothing is missing. None when no duty applies."""
        if not self.applicable:
            return None
        return (2 * self.applicable - self.lost_halves) * 100 // (2 * self.applicable)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Colour and judgements of a message type or of the organisation."""

    colour: Colour
    judgements: tuple[Judgement, ...]

    @property
    def score(self) -> Score:
        return score(self.judgements)

    def within(self, *groups: Group) -> tuple[Judgement, ...]:
        return tuple(judgement for judgement in self.judgements if judgement.duty.group in groups)

    def of(self, *codes: str) -> tuple[Judgement, ...]:
        return tuple(judgement for judgement in self.judgements if judgement.duty.code in codes)


Known: TypeAlias = dict[tuple[int, str], Judgement]
"""What was judged of products and channels already by one book, by the identity of either and the code of a duty."""


def message_verdict(case: Case, on: date, known: Known | None = None, *, book: Rulebook | None = None) -> Verdict:
    """The verdict on one message type on a date (Awb 2:1 and afdeling 2.3).

    Incoming messages are judged on the duties about product, message and channel, outgoing ones on those about
    outgoing messages. Duties of the organisation are left out: they are judged once (`organisation_verdict`).
    `known` is kept by who judges many messages on one date, of which products and channels stay in memory.
    `book` is what the municipality says of the duties; without it the list holds.
    """
    book = book or as_shipped()
    if case.message.direction is Direction.OUT:
        answers = by_duty(case.message.answers)
        judgements = [_answered(duty, answers, case, on) for duty in book.of(Scope.OUTGOING)]
    else:
        if book.is_strict:
            case = replace(case, message=case.message.model_copy(update={"official": Official.YES}))
        judgements = list(_judge_incoming(case, on, {} if known is None else known, book))
    # That it is not official is an answer too, though no duty is left that asks for it.
    is_assessed = case.message.direction is Direction.IN and case.message.assessed_on is not None
    return Verdict(colour(judgements) if is_assessed else _colour_or_grey(judgements), tuple(judgements))


def organisation_verdict(content: OrganisationContent, on: date, *, book: Rulebook | None = None) -> Verdict:
    """The verdict on the duties that are asked once, for the whole organisation."""
    answers = by_duty(content.answers)
    judgements = tuple(_answered(duty, answers, None, on) for duty in (book or as_shipped()).of(Scope.ORGANISATION))
    return Verdict(_colour_or_grey(judgements), judgements)


def colour(judgements: Iterable[Judgement]) -> Colour:
    """Red, orange or green for judgements of which something was answered; with anything unknown never green."""
    return colour_of_counted([judgement for judgement in judgements if judgement.counts])


def colour_of_counted(judgements: Iterable[Judgement]) -> Colour:
    """The same for judgements that all count."""
    found = Colour.GREEN
    for judgement in judgements:
        fails = judgement.value in FAILING
        if fails and judgement.severity is Severity.CRITICAL:
            return Colour.RED
        if (
            judgement.is_outdated
            or judgement.value is Value.UNKNOWN
            or (judgement.severity in _HEAVY and (fails or judgement.value is Value.PARTLY))
        ):
            found = Colour.ORANGE
    return found


def together(colours: Iterable[Colour]) -> Colour:
    """One colour for many: any red is red; grey among others is orange, because unknown is never green."""
    found = set(colours)
    if found <= {Colour.GREY}:
        return Colour.GREY
    if Colour.RED in found:
        return Colour.RED
    return Colour.GREEN if found == {Colour.GREEN} else Colour.ORANGE


def score(judgements: Iterable[Judgement]) -> Score:
    """Weights lost and applicable; scores of many are added up, never averaged."""
    return score_of_counted([judgement for judgement in judgements if judgement.counts])


def score_of_counted(judgements: Iterable[Judgement]) -> Score:
    """The same for judgements that all count."""
    applicable = lost = 0
    for judgement in judgements:
        weight = WEIGHTS[judgement.severity]
        applicable += weight
        if judgement.value in FAILING:
            lost += 2 * weight
        elif judgement.value is Value.PARTLY:
            lost += weight
    return Score(applicable, lost)


def _colour_or_grey(judgements: Sequence[Judgement]) -> Colour:
    return colour(judgements) if any(judgement.is_answered for judgement in judgements) else Colour.GREY


def _answered(duty: Duty, answers: Mapping[str, Answer], case: Case | None, on: date) -> Judgement:
    """Judge a duty by its answer alone."""
    answer = answers.get(duty.code)
    value, reason = judge(duty, answer, on)
    return _judgement(duty, value, reason, case, on, answer=answer)


def _judgement(
    duty: Duty,
    value: Value,
    reason: Reason,
    case: Case | None,
    on: date,
    *,
    answer: Answer | None = None,
    is_answered: bool = False,
    channel: str = "",
) -> Judgement:
    given = answer is not None and is_given(answer)
    outdated = answer is not None and given and is_outdated(answer.answered_on, on)
    return Judgement(
        duty=duty,
        severity=duty.severity_of(case.message.kind if case else None),
        value=value,
        reason=Reason.OUTDATED if outdated and value is Value.YES else reason,
        is_answered=given or is_answered,
        is_outdated=outdated and value is not Value.UNKNOWN,
        is_upcoming=duty.in_force_from > on,
        channel=channel,
    )


def duties_of_incoming(message: MessageTypeContent, book: Rulebook) -> Iterator[tuple[Duty, bool, bool]]:
    """The duties that an incoming message has to do with; whether a law closes each, and whether it is mere advice."""
    act = special_act(message)
    closed: frozenset[str] = frozenset()
    if act is SpecialAct.PHYSICAL_ONLY:
        closed = _CLOSED_WHEN_PHYSICAL
    elif act is SpecialAct.DIGITAL_ONLY:
        closed = _CLOSED_WHEN_DIGITAL
    unofficial = message.official is Official.NO and not book.is_strict
    for duty in book.of(Scope.PRODUCT, Scope.MESSAGE, Scope.CHANNEL):
        advice = unofficial and duty.code not in _FOR_UNOFFICIAL
        if not advice or duty.scope is Scope.CHANNEL:
            yield duty, duty.code in closed, advice


def _judge_incoming(case: Case, on: date, known: Known, book: Rulebook) -> Iterator[Judgement]:
    message = by_duty(case.message.answers)
    electronic = tuple(channel for channel in case.channels if is_electronic(channel))
    for duty, closed, advice in duties_of_incoming(case.message, book):
        if closed:
            yield _judgement(duty, Value.NOT_APPLICABLE, Reason.LAW, case, on)
            continue
        judged: Judgement | None
        if duty.scope is Scope.CHANNEL:
            judged = _worst_channel(duty, electronic, on, known, book)
        elif duty.scope is Scope.PRODUCT:
            judged = _of_subject(duty, case.product, on, known, book)
        elif duty.code in _RECORDED:
            judged = _RECORDED[duty.code](duty, message.get(duty.code), case, electronic, on)
        else:
            judged = _answered(duty, message, case, on)
        if judged is not None:
            yield replace(judged, is_advice=True) if advice else judged


def _worst_channel(
    duty: Duty, channels: Sequence[ChannelContent], on: date, known: Known, book: Rulebook
) -> Judgement | None:
    """Every electronic channel has to comply, so the worst one decides. None without electronic channel.

    What was answered about another channel counts too: then the message is not untouched, and an old answer there is
    one that somebody has to look at again.
    """
    judged = [_of_subject(duty, channel, on, known, book) for channel in channels]
    if len(judged) < 2:
        return judged[0] if judged else None
    worst = min(judged, key=lambda judgement: (WORST_FIRST.index(judgement.value), not judgement.is_outdated))
    is_answered = any(judgement.is_answered for judgement in judged)
    is_outdated = worst.value is not Value.UNKNOWN and any(
        judgement.is_outdated and judgement.value is not Value.NOT_APPLICABLE for judgement in judged
    )
    if (is_answered, is_outdated) == (worst.is_answered, worst.is_outdated):
        return worst
    return replace(worst, is_answered=is_answered, is_outdated=is_outdated)


def _of_subject(
    duty: Duty, subject: ProductContent | ChannelContent, on: date, known: Known, book: Rulebook
) -> Judgement:
    """What a duty of a product or a channel comes to; the same for every message that has to do with it."""
    place = (id(subject), duty.code)
    if place not in known:
        answers = by_duty(subject.answers)
        name = subject.name if duty.scope is Scope.CHANNEL else ""
        for each in book.of(duty.scope):
            answer = answers.get(each.code)
            known[id(subject), each.code] = _judgement(
                each, *judge(each, answer), None, on, answer=answer, channel=name
            )
    return known[place]


def _judge_official(
    duty: Duty, _answer: Answer | None, case: Case, _electronic: Sequence[ChannelContent], on: date
) -> Judgement:
    """W10 is answered by the message type itself; `assessed_on` says when, and whether anybody looked."""
    message = case.message
    assessed = message.assessed_on is not None
    if message.official is Official.UNKNOWN or message.kind is None:
        value, reason = Value.UNKNOWN, Reason.UNKNOWN if assessed else Reason.NOT_ANSWERED
    else:
        value, reason = Value.YES, Reason.RECORDED
    outdated = value is Value.YES and is_outdated(message.assessed_on, on)
    return Judgement(
        duty=duty,
        severity=duty.severity,
        value=value,
        reason=Reason.OUTDATED if outdated else reason,
        is_answered=assessed,
        is_outdated=outdated,
        is_upcoming=duty.in_force_from > on,
    )


def _judge_digital(
    duty: Duty, answer: Answer | None, case: Case, electronic: Sequence[ChannelContent], on: date
) -> Judgement:
    """W11: the answer, checked against the channels. A form to print (D2) is not sent electronically."""
    level = availability(case.channels)
    value, reason = judge(duty, answer)
    if value is Value.NO or value is Value.NOT_APPLICABLE or reason is Reason.UNKNOWN:
        pass
    elif level is not None and not electronic:
        value, reason = Value.NO, Reason.RECORDED
    elif reason in {Reason.NOT_ANSWERED, Reason.NO_EVIDENCE, Reason.INCOMPLETE} and electronic:
        proven = any(channel.url for channel in electronic)
        value, reason = (Value.YES, Reason.RECORDED) if proven else (Value.PARTLY, Reason.NO_EVIDENCE)
    return _judgement(duty, value, reason, case, on, answer=answer)


def _judge_channels(
    duty: Duty, answer: Answer | None, case: Case, electronic: Sequence[ChannelContent], on: date
) -> Judgement:
    """W12: some electronic channel is linked; half when all of them need DigiD or eHerkenning."""
    if not electronic:
        value = Value.NO
    elif not any(works_without_login(channel) for channel in electronic):
        value = Value.PARTLY
    else:
        value = Value.YES
    return _judgement(duty, value, Reason.RECORDED, case, on, is_answered=is_given(answer))


def _judge_designation(
    duty: Duty, answer: Answer | None, case: Case, electronic: Sequence[ChannelContent], on: date
) -> Judgement:
    """W13: the answer about this message type, else what the channels say about the decision that names them."""
    if is_given(answer):
        return _judgement(duty, *judge(duty, answer, on), case, on, answer=answer)
    stated = any(channel.designated is not None for channel in electronic)
    if any(is_designated(channel, on) for channel in electronic):
        value, reason = Value.YES, Reason.RECORDED
    elif any(channel.designated is YesNo.YES for channel in electronic):
        value, reason = Value.NO, Reason.INCOMPLETE
    elif stated:
        value, reason = Value.NO, Reason.RECORDED
    else:
        value, reason = Value.UNKNOWN, Reason.NOT_ANSWERED
    return _judgement(duty, value, reason, case, on, is_answered=stated)


_RECORDED = {"W10": _judge_official, "W11": _judge_digital, "W12": _judge_channels, "W13": _judge_designation}
"""Duties about a message type that the record itself answers."""
