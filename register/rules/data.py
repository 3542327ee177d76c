"""AVG-050 to 067: special and criminal data, the BSN, sources (GDPR art. 5, 9, 10, 14, 87; UAVG; Wabb)."""

import re
from collections.abc import Iterator

from core import values
from register import derive
from register.checks import Point, at
from register.content import DataSet, RecipientKind, SpecialCategory
from register.rules import text
from register.rules.case import Case, as_controller, check, under_gdpr

_KINDS = values.load("register", "persoonsgegevens")
_EXCEPTIONS = values.load("register", "bijzondere-categorieen", "uitzonderingen")
_NEEDS_LAW = frozenset(code for code in _EXCEPTIONS.codes if _EXCEPTIONS.entry(code)["wet_nodig"])
_EU_LAW = re.compile(r"^\W*(?:avg|gdpr|algemene verordening|verordening \(eu\))", re.IGNORECASE)
EXPLICIT_CONSENT, OWN_MEMBERS, PUBLIC_INTEREST = "9-2-a", "9-2-d", "9-2-g"
_NO_BSN_BASES = frozenset({"6-1-a", "6-1-b", "6-1-f"})
_SECTOR_LAW = "sectorwet"
_FROM_BASE_REGISTERS = frozenset({
    "bsn", "a-nummer", "burgerlijke-staat", "nationaliteit", "gezinssamenstelling", "ouders-kinderen", "gezag",
    "verblijfsstatus", "inkomen", "eigendom", "woz",
})  # fmt: skip
"""Data that the BRP, the tax authority, the Kadaster and the WOZ hold; name and address alone are asked everywhere."""


def _chosen(case: Case) -> Iterator[tuple[str, SpecialCategory]]:
    for number, special in enumerate(case.content.special_categories):
        yield f"special_categories.{number}", special


def names_dutch_law(law: str) -> bool:
    """Something is named, and not only the GDPR itself: an art. 9(2) exception of this kind needs national law."""
    return any(part.strip() and not _EU_LAW.match(part) for part in law.split(";"))


@check("AVG-050", when=under_gdpr)
def _exception(case: Case) -> Iterator[Point]:
    """Each category has its own exception; an own kind of special data, without a category, needs any exception."""
    allowed = {special.category for special in case.content.special_categories if special.exception}
    for category in case.facts.special_categories:
        if category not in allowed:
            yield at("special_categories", about=category)
    for path, special in _chosen(case):
        if special.category not in allowed and special.category not in case.facts.special_categories:
            yield at(f"{path}.exception", about=special.category)
    if case.facts.has_special and not case.facts.special_categories and not case.content.special_categories:
        yield at("special_categories")


@check("AVG-051", when=under_gdpr)
def _dutch_law(case: Case) -> Iterator[Point]:
    for path, special in _chosen(case):
        if special.exception in _NEEDS_LAW and not names_dutch_law(special.law):
            yield at(f"{path}.law")


@check("AVG-052", when=under_gdpr)
def _church(case: Case) -> Iterator[Point]:
    for path, special in _chosen(case):
        if special.exception == OWN_MEMBERS:
            yield at(f"{path}.exception")


@check("AVG-053", when=under_gdpr)
def _explicit_consent(case: Case) -> Iterator[Point]:
    for path, special in _chosen(case):
        if special.exception == EXPLICIT_CONSENT and case.is_public_task:
            yield at(f"{path}.exception", about=special.category)


@check("AVG-054", when=under_gdpr)
def _exception_without_data(case: Case) -> Iterator[Point]:
    if not case.facts.has_special:
        for path, special in _chosen(case):
            if special.exception:
                yield at(path)


@check("AVG-055", when=under_gdpr)
def _signal_word(case: Case) -> Iterator[Point]:
    if case.facts.has_special:
        return
    texts = [("name", case.content.name)]
    texts += [(f"purposes.{number}.text", purpose.text) for number, purpose in enumerate(case.content.purposes)]
    for path, typed in texts:
        if word := text.signal(typed, criminal_too=not case.facts.has_criminal):
            yield at(path, about=word)


@check("AVG-056", when=under_gdpr)
def _criminal_ground(case: Case) -> Iterator[Point]:
    if case.facts.has_criminal and not case.content.criminal_ground:
        yield at("criminal_ground")


@check("AVG-057", when=under_gdpr)
def _police_data(case: Case) -> Iterator[Point]:
    if "politiegegeven" in case.facts.data:
        yield at("regime")


@check("AVG-058", when=under_gdpr)
def _bsn_ground(case: Case) -> Iterator[Point]:
    if case.facts.has_bsn and not case.content.bsn_ground:
        yield at("bsn_ground")


@check("AVG-059", when=under_gdpr)
def _bsn_basis(case: Case) -> Iterator[Point]:
    bases = {basis for purpose in case.content.purposes for basis in purpose.legal_bases}
    if case.facts.has_bsn and bases and bases <= _NO_BSN_BASES and case.content.bsn_ground != _SECTOR_LAW:
        yield at("bsn_ground", *(f"purposes.{number}.legal_bases" for number in range(len(case.content.purposes))))


def _holds_bsn_or_special(data_set: DataSet) -> bool:
    kinds = frozenset[str]().union(*map(derive.sensitivities, data_set.data))
    return derive.BSN in kinds or derive.SPECIAL in kinds


@check("AVG-060", when=as_controller)
def _everyone(case: Case) -> Iterator[Point]:
    if not (case.facts.has_bsn or case.facts.has_special):
        return
    for number, recipient in enumerate(case.content.recipients):
        if recipient.kind is RecipientKind.EVERYONE:
            sets = [
                f"data_sets.{place}" for place, one in enumerate(case.content.data_sets) if _holds_bsn_or_special(one)
            ]
            yield at(f"recipients.{number}", *sets, about=recipient.name)


@check("AVG-065", when=under_gdpr)
def _source_described(case: Case) -> Iterator[Point]:
    for place, data_set in enumerate(case.content.data_sets):
        for number, source in enumerate(data_set.sources):
            if source.kind != derive.FROM_THE_PERSON and not source.text:
                yield at(f"data_sets.{place}.sources.{number}")


@check("AVG-066", when=as_controller)
def _base_register(case: Case) -> Iterator[Point]:
    if case.facts.sources == {derive.FROM_THE_PERSON} and not _FROM_BASE_REGISTERS.isdisjoint(case.facts.data):
        yield at(*(f"data_sets.{place}.sources" for place, one in enumerate(case.content.data_sets) if one.sources))


@check("AVG-067", when=as_controller)
def _unneeded(case: Case) -> Iterator[Point]:
    for place, data_set in enumerate(case.content.data_sets):
        if data_set.unneeded:
            labels = ", ".join(_KINDS.label(code) for code in data_set.unneeded)
            yield at(f"data_sets.{place}.unneeded", about=labels, gegevens=labels)
