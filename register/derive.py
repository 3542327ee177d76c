"""What follows from the chosen codes, so that nobody has to fill it in twice. Pure functions over the content.

Derived values are claims only as far as the codes go: what was not filled in is unknown, never "no".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from core import values
from core.content import YesNo
from register.content import ActivityContent, Automation, Correction, DataItem, Role, Scale

_DATA = values.load("register", "persoonsgegevens")
_PEOPLE = values.load("register", "betrokkenen")
_BASES = values.load("register", "grondslagen")
_CRITERIA = values.load("register", "dpia-criteria")

_SENSITIVITY: Mapping[str, str] = {code: str(_DATA.entry(code)["soort"]) for code in _DATA.codes}
_CATEGORY: Mapping[str, str] = {code: str(_DATA.entry(code)["bijzondere_categorie"] or "") for code in _DATA.codes}
_VULNERABLE = frozenset(code for code in _PEOPLE.codes if _PEOPLE.entry(code)["kwetsbaar"])
_CHILDREN = frozenset({"kind", "jeugdhulp-client", "leerling"})
"""Groups that hold children under 16 (GDPR art. 8, UAVG art. 5); `jongere` is 16 and 17."""
SPECIAL, CRIMINAL, SENSITIVE, BSN = "bijzonder", "strafrechtelijk", "gevoelig", "bsn"
CHILDREN, VULNERABLE = "kinderen", "kwetsbaar"
_RIGHT = "recht-"
FROM_THE_PERSON = "betrokkene"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the data sets of one activity say, taken together."""

    data: frozenset[str]
    """Lines of all chosen data."""
    subjects: frozenset[str]
    """Lines or own names of all groups of people."""
    special_categories: tuple[str, ...]
    """Special categories (GDPR art. 9) that follow from the data, codes of `bijzondere-categorieen.json`."""
    has_special: bool
    """Also true for an own kind of data that was called special, which belongs to no known category."""
    has_criminal: bool
    has_bsn: bool
    has_sensitive: bool
    """"gevoelig" is no term of the law; it counts for EDPB criterion 4."""
    about_children: bool
    about_vulnerable: bool
    sources: frozenset[str]
    """The different sources; the person is one of them (`betrokkene`)."""


def sensitivities(item: DataItem) -> frozenset[str]:
    """How sensitive one kind of data is: what the list says, and what a person added to it."""
    return frozenset({_SENSITIVITY.get(item.code, ""), item.sensitivity}) - {""}


def facts(content: ActivityContent) -> Facts:
    """Read the data sets once, with what a person corrected."""
    plain, corrected = _plain_facts(content), _corrected(content)
    if not corrected:
        return plain
    has_special = corrected.get(SPECIAL, plain.has_special)
    return replace(
        plain,
        special_categories=plain.special_categories if has_special else (),
        has_special=has_special,
        has_criminal=corrected.get(CRIMINAL, plain.has_criminal),
        about_children=corrected.get(CHILDREN, plain.about_children),
        about_vulnerable=corrected.get(VULNERABLE, plain.about_vulnerable),
    )


def _plain_facts(content: ActivityContent) -> Facts:
    kinds: set[str] = set()
    categories: dict[str, None] = {}
    sources: set[str] = set()
    data: set[str] = set()
    for data_set in content.data_sets:
        for item in data_set.data:
            data.add(item.code)
            kinds.add(_SENSITIVITY.get(item.code, ""))
            kinds.add(item.sensitivity)
            if category := _CATEGORY.get(item.code):
                categories[category] = None
        for source in data_set.sources:
            sources.add(source.kind if source.kind == FROM_THE_PERSON else (source.text or source.kind).casefold())
    subjects = frozenset(data_set.data_subject for data_set in content.data_sets if data_set.data_subject)
    return Facts(
        data=frozenset(data) - {""},
        subjects=subjects,
        special_categories=tuple(categories),
        has_special=SPECIAL in kinds,
        has_criminal=CRIMINAL in kinds,
        has_bsn=BSN in kinds,
        has_sensitive=SENSITIVE in kinds,
        about_children=not _CHILDREN.isdisjoint(subjects),
        about_vulnerable=not _VULNERABLE.isdisjoint(subjects),
        sources=frozenset(sources) - {""},
    )


PUBLIC_TASK_BASES = frozenset({"6-1-c", "6-1-e"})


def is_public_task(content: ActivityContent) -> bool:
    """Some purpose rests on a legal duty or a public task (GDPR art. 6(1)(c) and (e))."""
    return any(not PUBLIC_TASK_BASES.isdisjoint(purpose.legal_bases) for purpose in content.purposes)


# --- rights (GDPR art. 12-22)

RIGHTS = ("13-14", "15", "16", "17", "17-beperkt", "18", "20", "21", "22", "intrekken")
"""Article numbers, in the order of the page; `17-beperkt`: erasure is mostly excluded by art. 17(3)(b)."""


def rights(content: ActivityContent) -> tuple[str, ...]:
    """The rights that apply, by the legal bases of all purposes together; nothing while no basis is known.

    Under the Wpg other rights apply, and there are no art. 6 bases: nothing then either. What a person
    corrected counts.
    """
    found = _plain_rights(content)
    for about, holds in _corrected(content).items():
        if about.startswith(_RIGHT):
            found = (found | {about[len(_RIGHT) :]}) if holds else found - {about[len(_RIGHT) :]}
    return tuple(right for right in RIGHTS if right in found)


def _plain_rights(content: ActivityContent) -> frozenset[str]:
    bases = {code for purpose in content.purposes for code in purpose.legal_bases if code in _BASES.entries}
    if not bases:
        return frozenset()
    found = {"13-14"}.union(*(_BASES.entry(code)["rechten"] for code in bases))
    if "17" in found:
        found.discard("17-beperkt")
    if content.automation in {Automation.PARTLY, Automation.FULLY}:
        found.add("22")
    return frozenset(found)


# --- DPIA (GDPR art. 35)


class DpiaDecision(StrEnum):
    """Section 11.3: how compelling the criteria are together."""

    REQUIRED = "verplicht"
    REQUIRED_UNLESS_MOTIVATED = "verplicht_tenzij_gemotiveerd"
    ADVISED = "aanbevolen"
    NOT_NEEDED = "niet_nodig"


@dataclass(frozen=True, slots=True)
class DerivedCriterion:
    """A DPIA criterion that follows from what was filled in, and from what exactly."""

    code: str
    label: str
    reason: str
    """One Dutch sentence for the screen."""


def dpia_decision(criteria: Iterable[str]) -> DpiaDecision:
    """Weigh codes of `dpia-criteria.json`: art. 35(3), art. 35(4) with the list of the AP, and WP248 (EDPB)."""
    lists = [_LIST_OF[code] for code in set(criteria) if code in _LIST_OF]
    if "avg" in lists or "ap" in lists:
        return DpiaDecision.REQUIRED
    if len(lists) >= 2:
        return DpiaDecision.REQUIRED_UNLESS_MOTIVATED
    return DpiaDecision.ADVISED if lists else DpiaDecision.NOT_NEEDED


def is_on_compulsory_list(code: str) -> bool:
    """One of these criteria alone makes a DPIA compulsory (GDPR art. 35(3), or the list of the AP)."""
    return _LIST_OF.get(code) in {"ap", "avg"}


def is_edpb_criterion(code: str) -> bool:
    """One of the nine criteria of WP248; two together ask for a DPIA or a motivation."""
    return _LIST_OF.get(code) == "edpb"


def criterion_label(code: str) -> str:
    """What a person reads for a criterion."""
    return _CRITERION_LABELS.get(code, code)


_CRITERION_LABELS: Mapping[str, str] = {code: _CRITERIA.label(code) for code in _CRITERIA.codes}
_LIST_OF: Mapping[str, str] = {code: str(_CRITERIA.entry(code)["lijst"]) for code in _CRITERIA.codes}


@dataclass(frozen=True, slots=True)
class _Seen:
    content: ActivityContent
    facts: Facts
    purposes: str
    name: str
    is_large: bool
    decides: bool


def derived_criteria(content: ActivityContent, known: Facts | None = None) -> tuple[DerivedCriterion, ...]:
    """The DPIA criteria that follow from the content, in the order of the list. Some can only be chosen by hand.

    A person may decide that a criterion does not count, for instance because the scale is small: by a correction, or by
    closing the finding AVG-103 with a reason.

    Args:
        content: the record.
        known: its facts, when the caller has them already.
    """
    found = _plain_criteria(content, known)
    corrected = _corrected(content)
    if not corrected:
        return found
    by_code = {one.code: one for one in found if corrected.get(one.code, True)}
    for code, holds in corrected.items():
        if holds and code in _LIST_OF and code not in by_code:
            by_code[code] = DerivedCriterion(code, _CRITERION_LABELS[code], "U verbeterde dit met een reden.")
    return tuple(by_code[code] for code in _LIST_OF if code in by_code)


def _plain_criteria(content: ActivityContent, known: Facts | None) -> tuple[DerivedCriterion, ...]:
    seen = _Seen(
        content=content,
        facts=known or facts(content),
        purposes="\n".join(purpose.text for purpose in content.purposes).casefold(),
        name=content.name.casefold(),
        is_large=content.scale is Scale.FROM_10000,
        decides=content.automation in {Automation.PARTLY, Automation.FULLY},
    )
    return tuple(
        DerivedCriterion(code, _CRITERION_LABELS[code], reason)
        for code, derivation in DERIVATIONS.items()
        if (reason := derivation(seen))
    )


def _data(*codes: str) -> Callable[[_Seen], str]:
    wanted = frozenset(codes)

    def derivation(seen: _Seen) -> str:
        if wanted.isdisjoint(seen.facts.data):
            return ""
        found = next(code for code in codes if code in seen.facts.data)
        return f"U koos het gegeven '{_DATA.label(found)}'."

    return derivation


def _category(category: str) -> Callable[[_Seen], str]:
    def derivation(seen: _Seen) -> str:
        if category not in seen.facts.special_categories:
            return ""
        return f"U koos bijzondere gegevens over '{_SPECIAL.label(category)}'."

    return derivation


_SPECIAL = values.load("register", "bijzondere-categorieen")


def _text(*words: str, name_too: bool = False) -> Callable[[_Seen], str]:
    def derivation(seen: _Seen) -> str:
        for word in words:
            if word in seen.purposes or (name_too and word in seen.name):
                return f"In {'de naam of het doel' if name_too else 'het doel'} staat '{word}'."
        return ""

    return derivation


def _any(*derivations: Callable[[_Seen], str]) -> Callable[[_Seen], str]:
    def derivation(seen: _Seen) -> str:
        return next((reason for part in derivations if (reason := part(seen))), "")

    return derivation


def _profiling(seen: _Seen) -> str:
    return "De gemeente maakt profielen." if seen.content.profiling is YesNo.YES else ""


def _decides(seen: _Seen) -> str:
    return "De computer beslist (deels)." if seen.decides else ""


def _profile_and_decision(seen: _Seen) -> str:
    return "De gemeente maakt profielen en de computer beslist (deels)." if seen.decides and _profiling(seen) else ""


def _large(seen: _Seen) -> str:
    return "Het gaat om 10.000 mensen of meer." if seen.is_large else ""


def _large_health(seen: _Seen) -> str:
    if "gezondheid" in seen.facts.special_categories:
        if seen.is_large:
            return "U koos gegevens over gezondheid, van 10.000 mensen of meer."
        if seen.content.domain == "sociaal-domein":
            return "U koos gegevens over gezondheid in het sociaal domein."
    return ""


def _large_special(seen: _Seen) -> str:
    if seen.is_large and (seen.facts.has_special or seen.facts.has_criminal):
        return "U koos bijzondere gegevens of strafbare feiten, van 10.000 mensen of meer."
    return ""


def _large_camera(seen: _Seen) -> str:
    return "Camera's filmen 10.000 mensen of meer." if seen.is_large and "camerabeeld" in seen.facts.data else ""


def _cooperation(seen: _Seen) -> str:
    shares = seen.content.role is Role.JOINT or seen.content.covenants
    if shares and (seen.facts.has_special or seen.facts.has_criminal or seen.facts.has_sensitive):
        return "De gemeente deelt gevoelige gegevens met andere organisaties."
    return ""


def _watched_staff(seen: _Seen) -> str:
    watched = not seen.facts.data.isdisjoint({"logging", "locatie", "camerabeeld"})
    if watched and "medewerker" in seen.facts.subjects and "controle" in seen.purposes:
        return "Het doel is controle van medewerkers."
    return ""


def _sensitive(seen: _Seen) -> str:
    known = seen.facts
    return (
        "U koos gevoelige gegevens."
        if (known.has_special or known.has_criminal or known.has_sensitive or known.has_bsn)
        else ""
    )


def _sources(seen: _Seen) -> str:
    return "De gegevens komen uit 3 of meer bronnen." if len(seen.facts.sources) >= 3 else ""


def _vulnerable(seen: _Seen) -> str:
    return "Het gaat over kwetsbare mensen." if seen.facts.about_vulnerable else ""


def _ai(seen: _Seen) -> str:
    return "U koos een soort AI-systeem." if seen.content.ai_class.casefold() not in {"", "geen"} else ""


DERIVATIONS: Mapping[str, Callable[[_Seen], str]] = MappingProxyType(
    {
        "ap-01": _text("heimelijk"),
        "ap-02": _text("zwarte lijst", "toegangsverbod", name_too=True),
        "ap-03": _text("fraude", "handhaving uitkering"),
        "ap-04": _text("kredietwaardigheid"),
        "ap-05": _data("inkomen", "vermogen", "schulden", "uitkering"),
        "ap-06": _data("genetisch"),
        "ap-07": _large_health,
        "ap-08": _cooperation,
        "ap-09": _data("camerabeeld"),
        "ap-10": _text("bodycam", name_too=True),
        "ap-11": _watched_staff,
        "ap-12": _data("locatie", "parkeren"),
        "ap-13": _data("communicatie-metadata"),
        "ap-15": _profiling,
        "ap-16": _text("gedrag beïnvloeden"),
        "ap-17": _category("biometrisch"),
        "edpb-1": _any(_profiling, _text("risico-inschatting")),
        "edpb-2": _decides,
        "edpb-3": _data("camerabeeld", "locatie", "surfgedrag"),
        "edpb-4": _sensitive,
        "edpb-5": _large,
        "edpb-6": _any(_sources, _text("koppelen")),
        "edpb-7": _vulnerable,
        "edpb-8": _any(_ai, _category("biometrisch"), _text("bodycam", "drone", name_too=True)),
        "art35-3-a": _profile_and_decision,
        "art35-3-b": _large_special,
        "art35-3-c": _large_camera,
    }
)
"""From what each criterion follows. `ap-14` (smart devices) and `edpb-9` (losing a right) follow from no field."""


# --- where a person knows better

CORRECTABLE: tuple[str, ...] = (
    SPECIAL,
    CRIMINAL,
    CHILDREN,
    VULNERABLE,
    *_LIST_OF,
    *(f"{_RIGHT}{right}" for right in RIGHTS),
)
"""What may be corrected: facts about the data and the people, DPIA criteria, rights."""


def _corrected(content: ActivityContent) -> Mapping[str, bool]:
    """What a person said, with a reason: without one it does not count."""
    if not content.corrections:
        return {}
    return {one.about: one.value is YesNo.YES for one in content.corrections if one.value and one.reason}


def basis_of(content: ActivityContent, about: str) -> tuple[str, ...]:
    """What something follows from, in short texts; nothing when it does not follow."""
    items = [item for data_set in content.data_sets for item in data_set.data]
    subjects = {data_set.data_subject for data_set in content.data_sets}
    if about in {SPECIAL, CRIMINAL}:
        found = {item.code or item.label for item in items if about in sensitivities(item)}
    elif about in {CHILDREN, VULNERABLE}:
        found = set(subjects & (_CHILDREN if about == CHILDREN else _VULNERABLE))
    elif about.startswith(_RIGHT):
        holds = about[len(_RIGHT) :] in _plain_rights(content)
        found = {basis for purpose in content.purposes for basis in purpose.legal_bases} if holds else set()
    else:
        found = {one.reason for one in _plain_criteria(content, None) if one.code == about}
    return tuple(sorted(text[:300] for text in found))


def settled(corrections: Iterable[Correction], content: ActivityContent) -> tuple[Correction, ...]:
    """The corrections without what falls away because it follows by itself now, each with its basis.

    The last one about a thing counts. A basis that was noted before stays, so that a change of it shows.
    """
    kept: dict[str, Correction] = {}
    for one in corrections:
        basis = basis_of(content, one.about)
        if (one.value is YesNo.YES) is not bool(basis):
            kept[one.about] = one if one.basis else one.model_copy(update={"basis": basis})
    return tuple(kept.values())


def doubtful(content: ActivityContent) -> tuple[Correction, ...]:
    """The corrections that must be looked at again: what they corrected follows from something else by now."""
    return tuple(one for one in content.corrections if one.basis != basis_of(content, one.about))


# --- periods


@dataclass(frozen=True, slots=True)
class Duration:
    """An ISO 8601 period in whole months and days: P1Y and P12M are the same."""

    months: int
    days: int

    @property
    def in_words(self) -> str:
        """In Dutch, such as "1 jaar en 6 maanden"."""
        years, months = divmod(self.months, 12)
        parts = [f"{years} jaar"] if years else []
        if months:
            parts.append("1 maand" if months == 1 else f"{months} maanden")
        if self.days or not parts:
            parts.append("1 dag" if self.days == 1 else f"{self.days} dagen")
        return " en ".join(parts) if len(parts) < 3 else f"{parts[0]}, {parts[1]} en {parts[2]}"

    @property
    def about_days(self) -> int:
        """In days, a month taken as 30, for comparing with a limit in days."""
        return self.months * 30 + self.days


_DURATION = re.compile(r"P(?:([0-9]{1,4})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})W)?(?:([0-9]{1,4})D)?")


def duration(text: str) -> Duration | None:
    """Read an ISO 8601 period of years, months, weeks and days; None when it is something else."""
    match = _DURATION.fullmatch(text.strip().upper())
    if match is None or not any(match.groups()):
        return None
    years, months, weeks, days = (int(group or 0) for group in match.groups())
    return Duration(years * 12 + months, weeks * 7 + days)
