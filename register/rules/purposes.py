"""AVG-020 to 040: why the data are used, and on which legal basis (GDPR art. 5(1)(b), 6, 7)."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from core import values
from core.content import YesNo
from register.checks import Point, at
from register.content import Law, Purpose
from register.derive import PUBLIC_TASK_BASES
from register.rules import text
from register.rules.case import Case, as_controller, check, under_gdpr

CONSENT, CONTRACT, VITAL, INTEREST = "6-1-a", "6-1-b", "6-1-d", "6-1-f"
_BASES = frozenset(values.load("register", "grondslagen").codes)
_CONTRACT_PARTIES = frozenset({"medewerker", "inhuur", "leverancier", "eigenaar", "ondernemer", "sollicitant"})
_MANY_PURPOSES = 5
_SHORTEST_PURPOSE = 20
_ARTICLE = re.compile(r"[0-9]|\b[IVXLC]+\b")
_PARENT = re.compile(r"\b(?:ouder|voogd|verzorger|gezag)", re.IGNORECASE)
_LAW_SITES = frozenset({"wetten.overheid.nl", "lokaleregelgeving.overheid.nl"})


def _with_basis(case: Case, basis: str) -> list[tuple[str, Purpose]]:
    return [(path, purpose) for path, purpose in case.purposes if basis in purpose.legal_bases]


def _laws(case: Case) -> Iterator[tuple[str, Law]]:
    for path, purpose in case.purposes:
        for number, law in enumerate(purpose.laws):
            if law.name:
                yield f"{path}.laws.{number}", law


def names_law(purpose: Purpose) -> bool:
    """Some law has a name; whether its article is there too is another check."""
    return any(law.name for law in purpose.laws)


@check("AVG-020", when=as_controller)
def _too_short(case: Case) -> Iterator[Point]:
    name = case.content.name.casefold()
    for path, purpose in case.purposes:
        if len(purpose.text) < _SHORTEST_PURPOSE or purpose.text.casefold().rstrip(".") == name:
            yield at(f"{path}.text")


@check("AVG-021", when=as_controller)
def _vague(case: Case) -> Iterator[Point]:
    for path, purpose in case.purposes:
        if text.is_vague_purpose(purpose.text):
            yield at(f"{path}.text", about=purpose.text)


@check("AVG-022", when=as_controller)
def _many(case: Case) -> Iterator[Point]:
    if len(case.content.purposes) > _MANY_PURPOSES:
        yield at("purposes", about=" ".join(purpose.text for _, purpose in case.purposes))


@check("AVG-023", when=under_gdpr)
def _further_use(case: Case) -> Iterator[Point]:
    for path, purpose in case.purposes:
        if purpose.further_use is YesNo.YES and not purpose.further_use_test and not names_law(purpose):
            yield at(f"{path}.further_use")


@check("AVG-030", when=under_gdpr)
def _no_basis(case: Case) -> Iterator[Point]:
    for path, purpose in case.purposes:
        if _BASES.isdisjoint(purpose.legal_bases):
            yield at(f"{path}.legal_bases")


@check("AVG-031", when=under_gdpr)
def _law_is_named(case: Case) -> Iterator[Point]:
    """GDPR article 6(3): points (c) and (e) rest on a law. A law without its article is a warning (AVG-032)."""
    for path, purpose in case.purposes:
        if not PUBLIC_TASK_BASES.isdisjoint(purpose.legal_bases) and not names_law(purpose):
            yield at(f"{path}.laws")


@check("AVG-032", when=under_gdpr)
def _article_is_named(case: Case) -> Iterator[Point]:
    for path, law in _laws(case):
        if not _ARTICLE.search(law.article):
            yield at(path, about=law.name)


@check("AVG-033", when=under_gdpr)
def _consent(case: Case) -> Iterator[Point]:
    for path, purpose in _with_basis(case, CONSENT):
        yield at(f"{path}.legal_bases", about=purpose.text)


@check("AVG-034", when=under_gdpr)
def _consent_explained(case: Case) -> Iterator[Point]:
    for path, purpose in _with_basis(case, CONSENT):
        fields = [f"{path}.{name}" for name in ("consent_asked", "consent_withdrawn") if not getattr(purpose, name)]
        if fields:
            yield at(*fields)


@check("AVG-035", when=under_gdpr)
def _consent_for_children(case: Case) -> Iterator[Point]:
    if "kind" not in case.facts.subjects:
        return
    for path, purpose in _with_basis(case, CONSENT):
        told = f"{purpose.consent_asked}\n{purpose.consent_withdrawn}\n{purpose.consent_evidence}"
        if not _PARENT.search(told):
            yield at(f"{path}.consent_asked")


@check("AVG-036", when=under_gdpr)
def _interest_and_public_task(case: Case) -> Iterator[Point]:
    for path, purpose in _with_basis(case, INTEREST):
        if not PUBLIC_TASK_BASES.isdisjoint(purpose.legal_bases) or names_law(purpose):
            yield at(f"{path}.legal_bases")


@check("AVG-037", when=under_gdpr)
def _interest_weighed(case: Case) -> Iterator[Point]:
    for path, purpose in _with_basis(case, INTEREST):
        if not purpose.interests_assessment:
            yield at(f"{path}.interests_assessment")


@check("AVG-038", when=under_gdpr)
def _contract_with_whom(case: Case) -> Iterator[Point]:
    if case.facts.subjects and _CONTRACT_PARTIES.isdisjoint(case.facts.subjects):
        for path, purpose in _with_basis(case, CONTRACT):
            yield at(f"{path}.legal_bases", about=purpose.text)


@check("AVG-039", when=under_gdpr)
def _vital_interest(case: Case) -> Iterator[Point]:
    for path, purpose in _with_basis(case, VITAL):
        yield at(f"{path}.legal_bases", about=purpose.text)


@check("AVG-040", when=as_controller)
def _link_to_law(case: Case) -> Iterator[Point]:
    for path, law in _laws(case):
        if not is_law_site(law.url):
            yield at(f"{path}.url")


def is_law_site(url: str) -> bool:
    """The address is one of the two official sites where laws and bylaws can be read."""
    try:
        return urlsplit(url).hostname in _LAW_SITES
    except ValueError:  # "http://[" is no address
        return False
