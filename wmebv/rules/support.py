"""The duty of care: is there fitting support for a product (Awb 2:1 lid 1)?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from wmebv.content import Answer, Direction, MessageTypeContent, OrganisationContent, ProductContent, TargetGroup, Value
from wmebv.duties import Group, Rulebook, Scope, SupportForm, as_shipped, support_forms
from wmebv.rules.answers import FAILING, Reason, by_duty, has_evidence, is_given, is_outdated, judge
from wmebv.rules.channels import is_electronic
from wmebv.rules.verdict import Case, Colour, Judgement, Verdict, colour, message_verdict


class SupportLevel(StrEnum):
    Z0 = "Z0"
    Z1 = "Z1"
    Z2 = "Z2"
    Z3 = "Z3"
    Z4 = "Z4"


@dataclass(frozen=True, slots=True)
class SupportVerdict:
    """Duty of care for one product (Awb 2:1 lid 1)."""

    colour: Colour
    level: SupportLevel
    percentage: int | None
    missing: tuple[str, ...]
    """What of the minimum is missing, in Dutch; empty when the minimum is met."""
    forms: Mapping[str, float]
    """0, 0.5 or 1 for each form that applies: missing, something, proven."""
    not_reached: tuple[TargetGroup, ...] = ()

    @property
    def has_minimum(self) -> bool:
        return not self.missing


def support_verdict(
    product: ProductContent,
    judged: Sequence[tuple[Case, Verdict]],
    organisation: OrganisationContent,
    on: date,
    *,
    book: Rulebook | None = None,
) -> SupportVerdict:
    """Is there fitting support for this product (Awb 2:1 lid 1, in force since 2024)?

    `judged` are the message types of this product with their `message_verdict` on the same date. A form that is
    asked per message or channel counts for the product
    as it does for the worst of its incoming messages. One that is not in force yet on that date does not count.
    """
    book = book or as_shipped()
    forms_asked = [form for form in book.forms.values() if form.in_force_from <= on]
    incoming = [pair for pair in judged if pair[0].message.direction is Direction.IN]
    if not incoming:
        alone = Case(product, _NO_MESSAGE)
        incoming = [(alone, message_verdict(alone, on, book=book))]
    general, own = by_duty(organisation.answers), by_duty(product.answers)
    looked = [_support_of(case, verdict, general, own, on, forms_asked) for case, verdict in incoming]
    page = judge(book.duties["W01"], general.get("W01"))[0] in {Value.YES, Value.PARTLY}
    forms: dict[str, float] = {}
    for each in looked:
        for code, points in each.forms.items():
            forms[code] = min(points, forms.get(code, 1.0))
    missing = tuple(
        text
        for text, present in (
            ("hulp van een persoon", all(each.has_personal for each in looked)),
            ("een weg zonder computer", all(each.has_route_without_computer for each in looked)),
            ("de algemene pagina over hulp", page),
        )
        if not present
    )
    touched = any(each.is_touched for each in looked)
    if not touched:
        shade = Colour.GREY
    elif missing:
        shade = Colour.RED
    else:
        shade = colour(judgement for each in looked for judgement in each.judgements)
    reached = {
        group
        for answers in (product.answers, organisation.answers, *(case.message.answers for case, _ in incoming))
        for answer in answers
        if answer.value in {Value.YES, Value.PARTLY}
        for group in answer.reaches
    }
    return SupportVerdict(
        colour=shade,
        level=_support_level(
            forms, missing, page=page, touched=touched, tested=product.tested_with_target_group_on, on=on
        ),
        percentage=_support_score(forms, product.support_need),
        missing=missing,
        forms=forms,
        not_reached=tuple(group for group in product.target_groups if group not in reached),
    )


_NO_MESSAGE = MessageTypeContent()


@dataclass(frozen=True, slots=True)
class _Support:
    """The support around one message type."""

    forms: Mapping[str, float]
    judgements: tuple[Judgement, ...]
    has_personal: bool
    has_route_without_computer: bool
    is_touched: bool


def _support_of(
    case: Case,
    verdict: Verdict,
    general: Mapping[str, Answer],
    of_product: Mapping[str, Answer],
    on: date,
    asked: Sequence[SupportForm],
) -> _Support:
    judgements = verdict.within(Group.CARE)
    if case.message is _NO_MESSAGE:
        judgements = tuple(judgement for judgement in judgements if judgement.duty.scope is Scope.PRODUCT)
    judged = {judgement.duty.code: judgement for judgement in judgements}
    own: dict[str, Answer] = {**of_product, **by_duty(case.message.answers)}
    electronic = [channel for channel in case.channels if is_electronic(channel)]
    forms: dict[str, float] = {}
    personal = False
    for form in asked:
        if form.scope is Scope.CHANNEL:
            points = _worst_points(
                _points(form, by_duty(each.answers).get(form.code), judged, on) for each in electronic
            )
        elif form.scope is Scope.MESSAGE and case.message is _NO_MESSAGE:
            points = None
        else:
            answer = (general if form.scope is Scope.ORGANISATION else own).get(form.code)
            points = _points(form, answer, judged, on, chosen_in=own.get("W03"))
            personal = personal or (bool(points) and _has_person(form, answer, own.get("W03")))
        if points is not None:
            forms[form.code] = points
    # W03 and W04 ask for exactly this, so their answers count even when no form is named. A law that closes the way
    # without computer (section 6: W04 is n.v.t.) takes it out of the minimum too; a person helps all the same.
    personal = personal or _is_there(judged, "W03")
    is_closed = "W04" in judged and judged["W04"].reason is Reason.LAW
    without_computer = (
        is_closed or _is_there(judged, "W04") or any(forms.get(form.code, 0) for form in asked if form.without_computer)
    )
    touched = any(is_given(answer) for code, answer in own.items() if code in forms or code in judged)
    return _Support(forms, judgements, personal, without_computer, is_touched=touched)


def _is_there(judged: Mapping[str, Judgement], code: str) -> bool:
    return code in judged and judged[code].value in {Value.YES, Value.PARTLY}


def _points(
    form: SupportForm,
    answer: Answer | None,
    judged: Mapping[str, Judgement],
    on: date,
    chosen_in: Answer | None = None,
) -> float | None:
    """0 missing, 0.5 something without proof or too old, 1 proven; None when it does not apply."""
    if answer is None or not is_given(answer):
        if chosen_in is not None and form.code in chosen_in.choices:
            answer = chosen_in  # W03 names the forms in which a person helps
        elif form.same_as in judged:
            same = judged[form.same_as]
            return None if same.value is Value.NOT_APPLICABLE else _worth(same.value, outdated=same.is_outdated)
        else:
            return 0.0
    if answer.value is Value.NOT_APPLICABLE:
        return None
    value = answer.value or (Value.YES if answer.choices or has_evidence(answer) else Value.UNKNOWN)
    if value is Value.YES and not has_evidence(answer):
        value = Value.PARTLY
    return _worth(value, outdated=is_outdated(answer.answered_on, on))


def _worth(value: Value, *, outdated: bool) -> float:
    if value in FAILING:
        return 0.0
    return 0.5 if outdated or value is Value.PARTLY else 1.0


def _worst_points(points: Iterable[float | None]) -> float | None:
    return min((each for each in points if each is not None), default=None)


def _has_person(form: SupportForm, answer: Answer | None, chosen_in: Answer | None) -> bool:
    if not form.personal or not form.personal_choice:
        return form.personal
    by_choice = chosen_in is not None and form.code in chosen_in.choices
    return by_choice or (answer is not None and form.personal_choice in answer.choices)


def _support_score(forms: Mapping[str, float], support_need: int | None) -> int | None:
    total = points = 0.0
    for code, worth in forms.items():
        weight = 2 if support_need == 2 and support_forms()[code].counts_double else 1
        total += weight
        points += weight * worth
    return int(100 * points // total) if total else None


def _support_level(
    forms: Mapping[str, float], missing: Sequence[str], *, page: bool, touched: bool, tested: date | None, on: date
) -> SupportLevel:
    if not touched or not (page or any(forms.values())):
        return SupportLevel.Z0
    if missing:
        return SupportLevel.Z1
    # Acting through someone else, plain language and accessibility: a form that does not apply needs no proof.
    if any(forms.get(code, 1.0) < 1 for code in ("Z06", "Z09", "Z08")):
        return SupportLevel.Z2
    if tested is None or tested > on or is_outdated(tested, on):
        return SupportLevel.Z3
    return SupportLevel.Z4
