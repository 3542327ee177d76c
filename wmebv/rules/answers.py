"""What one answer to a duty comes to, and how old it is."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache

from wmebv.content import Answer, InheritedAnswer, MessageTypeContent, SpecialAct, TemplateContent, Value
from wmebv.duties import Asks, Duty

VALID_MONTHS = 24

FAILING = frozenset([Value.NO, Value.UNKNOWN])
WORST_FIRST = (Value.NO, Value.UNKNOWN, Value.PARTLY, Value.YES, Value.NOT_APPLICABLE)


class Reason(StrEnum):
    """Why a duty counts as it does."""

    ANSWERED = "beantwoord"
    NOT_ANSWERED = "niet beantwoord"
    UNKNOWN = "onbekend"
    INCOMPLETE = "niet volledig"
    NO_EVIDENCE = "ja, zonder bewijs"
    OUTDATED = "ouder dan 24 maanden"
    LAW = "wet maakt uitzondering"
    RECORDED = "blijkt uit de gegevens"


def is_given(answer: Answer | None) -> bool:
    """Somebody answered something; "onbekend" is an answer too."""
    return answer is not None and bool(
        answer.value or answer.choices or answer.text or answer.law or answer.body or has_evidence(answer)
    )


def has_evidence(answer: Answer) -> bool:
    """A URL, a document or a date stands beside the answer."""
    return bool(answer.evidence_url or answer.evidence_document or answer.evidence_on)


def is_outdated(answered_on: date | None, on: date) -> bool:
    """The answer is older than 24 months. An answer without a date is of unknown age, so it counts as old."""
    return answered_on is None or answered_on < months_before(on, VALID_MONTHS)


@lru_cache(maxsize=64)
def months_before(day: date, months: int) -> date:
    """The same day some months earlier; the last day of that month when it is shorter."""
    month = day.year * 12 + day.month - 1 - months
    first = date(month // 12, month % 12 + 1, 1)
    following = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def special_act(message: MessageTypeContent) -> SpecialAct | None:
    """What W09 says, when it holds: an exception without law and article is no exception (Awb 2:7)."""
    answer = by_duty(message.answers).get("W09")
    if answer is None or answer.value is Value.UNKNOWN or not answer.choices:
        return None
    act = next((act for act in SpecialAct if act.value == answer.choices[0]), None)
    if act in {None, SpecialAct.NO} or (answer.law and answer.article):
        return act
    return None


def with_template(own: Iterable[Answer], template: TemplateContent | None) -> tuple[Answer, ...]:
    """The answers of a channel: its own, and those of its template about what it does not answer itself."""
    if template is None:
        return tuple(own)
    found = {each.duty: each for each in own}
    for each in template.answers:
        if each.duty not in found:
            found[each.duty] = InheritedAnswer.model_construct(**dict(each), template=template.name)
    return tuple(found[code] for code in sorted(found))


def own_answers(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """The answers that a record gives itself, without those of its template."""
    return tuple(each for each in answers if not isinstance(each, InheritedAnswer))


def by_duty(answers: Iterable[Answer]) -> Mapping[str, Answer]:
    return {answer.duty: answer for answer in answers}


def judge(duty: Duty, answer: Answer | None, on: date = date.max) -> tuple[Value, Reason]:
    """What an answer to a duty comes to on a date, apart from its age."""
    if answer is None or not is_given(answer):
        return Value.UNKNOWN, Reason.NOT_ANSWERED
    if answer.value is Value.UNKNOWN:
        return Value.UNKNOWN, Reason.UNKNOWN
    if answer.value is Value.NO and Asks.LAW not in duty.answer:
        return Value.NO, Reason.ANSWERED
    if answer.value is Value.NOT_APPLICABLE and _may_be_not_applicable(duty):
        return Value.NOT_APPLICABLE, Reason.ANSWERED
    if Asks.YES_NO in duty.answer:
        value, reason = _judge_yes_no(duty, answer)
    elif Asks.CHOICE in duty.answer:
        value, reason = _judge_choice(duty, answer)
    else:
        value, reason = _judge_dated(duty, answer, on)
    if value is Value.YES and _needs_evidence(duty) and not has_evidence(answer):
        return Value.PARTLY, Reason.NO_EVIDENCE
    return value, reason


def _judge_yes_no(duty: Duty, answer: Answer) -> tuple[Value, Reason]:
    if Asks.CHOICE in duty.answer and not _chosen(duty, answer):
        return Value.NO, Reason.INCOMPLETE  # W05: yes, but no means chosen
    if answer.value in {Value.YES, Value.PARTLY}:
        return Value(answer.value), Reason.ANSWERED
    return (Value.YES, Reason.ANSWERED) if answer.choices else (Value.UNKNOWN, Reason.INCOMPLETE)


def _judge_choice(duty: Duty, answer: Answer) -> tuple[Value, Reason]:
    chosen = _chosen(duty, answer)
    if not chosen:
        return Value.UNKNOWN, Reason.INCOMPLETE
    if Asks.LAW in duty.answer:
        names_law = answer.law and answer.article
        needs_law = any(choice != SpecialAct.NO for choice in answer.choices)
        return (Value.NO, Reason.INCOMPLETE) if needs_law and not names_law else (Value.YES, Reason.ANSWERED)
    worst = min(chosen, key=WORST_FIRST.index)  # "kan niet" beside a way that can is no "ja"
    if worst is Value.YES and answer.value is Value.PARTLY:
        worst = Value.PARTLY
    return worst, Reason.ANSWERED


def _judge_dated(duty: Duty, answer: Answer, on: date) -> tuple[Value, Reason]:
    """W02 and W13: date, evidence and (W13) bestuursorgaan must all be there. What is still to be decided is not."""
    is_decided = answer.evidence_on is not None and answer.evidence_on <= on
    complete = is_decided and (answer.evidence_url or answer.evidence_document)
    if not complete or (Asks.BODY in duty.answer and not answer.body):
        return Value.NO, Reason.INCOMPLETE
    return (Value.PARTLY if answer.value is Value.PARTLY else Value.YES), Reason.ANSWERED


def _chosen(duty: Duty, answer: Answer) -> tuple[Value, ...]:
    counts = {choice.code: choice.counts_as for choice in duty.choices}
    return tuple(counts[code] for code in answer.choices if code in counts)


def _needs_evidence(duty: Duty) -> bool:
    return bool({Asks.YES_NO, Asks.EVIDENCE, Asks.DATE} & set(duty.answer))


def _may_be_not_applicable(duty: Duty) -> bool:
    """Only where the question offers it: yes/no questions and choices, never the question about a special act."""
    return Asks.YES_NO in duty.answer or (Asks.CHOICE in duty.answer and Asks.LAW not in duty.answer)
