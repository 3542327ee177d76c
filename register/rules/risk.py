"""AVG-100 to 122: DPIA, decisions by a computer, rights (GDPR art. 12-23, 35, 36; AI Act art. 27)."""

import re
from collections.abc import Iterator
from datetime import date

from core.content import YesNo
from register import derive
from register.checks import Point, at
from register.content import Automation, Scale
from register.rules.case import Case, as_controller, check, under_gdpr
from register.rules.data import EXPLICIT_CONSENT, PUBLIC_INTEREST
from register.rules.purposes import CONSENT, CONTRACT, names_law

_DONE, _BUSY, _NOT_ASSESSED = "uitgevoerd", "bezig", "niet_beoordeeld"
_UNDER_WAY = frozenset({_DONE, _BUSY})
_ENOUGH_CRITERIA = 2
_OBJECTION_BASES = frozenset({"6-1-e", "6-1-f"})
_GENERAL_LAW = re.compile(
    r"uavg|avg|gdpr|awb|algemene verordening|uitvoeringswet|algemene wet bestuursrecht", re.IGNORECASE
)
_HIGH_RISK = "hoog risico"


def months_before(today: date, months: int) -> date:
    """The same day so many months earlier; the last of the month when that day does not exist."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    for day in range(today.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, today.day)


def _plain(code: str) -> str:
    return code.casefold().replace("_", " ").replace("-", " ")


# --- DPIA


@check("AVG-100", when=under_gdpr)
def _compulsory(case: Case) -> Iterator[Point]:
    if case.content.dpia.status not in _UNDER_WAY and any(map(derive.is_on_compulsory_list, case.criteria)):
        yield at("dpia.status")


@check("AVG-101", when=under_gdpr)
def _motivate(case: Case) -> Iterator[Point]:
    number = sum(map(derive.is_edpb_criterion, case.criteria))
    dpia = case.content.dpia
    if number >= _ENOUGH_CRITERIA and dpia.status not in _UNDER_WAY and not dpia.motivation:
        yield at("dpia.status", "dpia.motivation", n=str(number))


@check("AVG-102", when=under_gdpr)
def _not_assessed(case: Case) -> Iterator[Point]:
    if case.content.dpia.status in {"", _NOT_ASSESSED}:
        yield at("dpia.status")


@check("AVG-103", when=under_gdpr)
def _not_chosen(case: Case) -> Iterator[Point]:
    for code, criterion in case.derived_criteria.items():
        if code not in case.content.dpia.criteria:
            yield at("dpia.criteria", about=code, criterium=criterion.label)


@check("AVG-104", when=under_gdpr)
def _advice(case: Case) -> Iterator[Point]:
    dpia = case.content.dpia
    if dpia.status == _DONE and not dpia.dpo_advice and dpia.dpo_advice_on is None:
        yield at("dpia.dpo_advice")


@check("AVG-105", when=under_gdpr)
def _consultation(case: Case) -> Iterator[Point]:
    dpia = case.content.dpia
    if dpia.residual_risk == "hoog" and not dpia.consultation and dpia.consultation_on is None:
        yield at("dpia.consultation")


@check("AVG-106", when=under_gdpr)
def _old(case: Case) -> Iterator[Point]:
    done_on, months = case.content.dpia.done_on, case.context.thresholds.dpia_months
    if done_on is not None and case.is_longer_ago(done_on, months):
        yield at("dpia.done_on", maanden=str(months))


@check("AVG-107", when=under_gdpr)
def _changed(case: Case) -> Iterator[Point]:
    if case.context.changed_since_dpia and case.content.dpia.done_on is not None:
        yield at("dpia.done_on")


@check("AVG-108", when=under_gdpr)
def _reason_contradicts(case: Case) -> Iterator[Point]:
    content, known = case.content, case.facts
    for number, reason in enumerate(content.dpia.reasons_not):
        match _plain(reason):
            case "geen bijzondere gegevens":
                is_wrong = known.has_special or known.has_criminal
            case "kleine schaal":
                is_wrong = content.scale is Scale.FROM_10000
            case "geen profiel of computerbesluit":
                is_wrong = content.profiling is YesNo.YES or _computer_decides(case)
            case "geen koppeling":
                is_wrong = "edpb-6" in case.criteria
            case _:
                is_wrong = False
        if is_wrong:
            yield at(f"dpia.reasons_not.{number}", reden=_plain(reason))


# --- decisions by a computer


def _computer_decides(case: Case) -> bool:
    """Also with "deels": a person signs, but follows the outcome in practice."""
    return case.content.automation in {Automation.PARTLY, Automation.FULLY}


def _special_law(case: Case) -> bool:
    return any(
        law.name and not _GENERAL_LAW.search(law.name) for purpose in case.content.purposes for law in purpose.laws
    )


@check("AVG-110", when=under_gdpr)
def _explained(case: Case) -> Iterator[Point]:
    if _computer_decides(case):
        names = ("automation_logic", "automation_consequences")
        if fields := [name for name in names if not getattr(case.content, name)]:
            yield at(*fields)


@check("AVG-111", when=under_gdpr)
def _allowed(case: Case) -> Iterator[Point]:
    """GDPR art. 22(2): law, contract or consent; art. 22(3): somebody who looks along."""
    if case.content.automation is not Automation.FULLY:
        return
    may = any(
        names_law(purpose) or CONSENT in purpose.legal_bases or CONTRACT in purpose.legal_bases
        for purpose in case.content.purposes
    )
    if not may:
        yield at("automation")
    if not case.content.automation_human:
        yield at("automation_human")


@check("AVG-112", when=under_gdpr)
def _algorithm_register(case: Case) -> Iterator[Point]:
    is_algorithm = _computer_decides(case) or case.content.profiling is YesNo.YES
    if is_algorithm and not any(case.content.algorithm_register):
        yield at("algorithm_register", about=f"{case.content.automation or ''} {case.content.profiling or ''}")


@check("AVG-113", when=under_gdpr)
def _with_special_data(case: Case) -> Iterator[Point]:
    if not case.facts.has_special or not _computer_decides(case):
        return
    for number, special in enumerate(case.content.special_categories):
        if special.exception and special.exception not in {EXPLICIT_CONSENT, PUBLIC_INTEREST}:
            yield at("automation", f"special_categories.{number}.exception")


@check("AVG-114", when=under_gdpr)
def _fundamental_rights(case: Case) -> Iterator[Point]:
    content = case.content
    if _plain(content.ai_class) == _HIGH_RISK and content.iama_on is None and not content.iama_url:
        yield at("iama_on")


@check("AVG-115", when=under_gdpr)
def _profile_and_decision(case: Case) -> Iterator[Point]:
    """UAVG art. 40 excepts public bodies from the ban, but not for decisions based on profiling."""
    content = case.content
    if content.automation is Automation.FULLY and content.profiling is YesNo.YES and not _special_law(case):
        yield at("automation", "profiling")


# --- rights


@check("AVG-121", when=as_controller)
def _restriction(case: Case) -> Iterator[Point]:
    for number, restriction in enumerate(case.content.right_restrictions):
        if not restriction.law:
            yield at(f"right_restrictions.{number}.law")


@check("AVG-122", when=under_gdpr)
def _objection(case: Case) -> Iterator[Point]:
    """GDPR art. 21(4): the right to object must be told about."""
    may_object = any(not _OBJECTION_BASES.isdisjoint(purpose.legal_bases) for purpose in case.content.purposes)
    if may_object and "bezwaar" not in case.content.explanation.casefold():
        yield at("explanation")
