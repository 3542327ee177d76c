"""The duties of the Wmebv (W01-W33) and the forms of support (Z01-Z12), as shipped in `data/`.

Articles, days and severities are data, never program logic: numbers that were not looked up in the law carry the status
`nakijken`, which every screen and report shows. What a municipality says of a duty instead makes its `Rulebook`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import TypeVar

from core.content import Line, Part, Text
from wmebv.content import MessageKind, Official, Value


class Scope(StrEnum):
    """What a duty is asked about."""

    ORGANISATION = "O"
    PRODUCT = "P"
    MESSAGE = "B"
    CHANNEL = "K"
    OUTGOING = "U"


class Severity(StrEnum):
    """How bad it is when the answer is no."""

    CRITICAL = "kritiek"
    HIGH = "hoog"
    MEDIUM = "midden"
    LOW = "laag"


class ArticleStatus(StrEnum):
    CONFIRMED = "bevestigd"
    TO_CHECK = "nakijken"


class Group(StrEnum):
    """Duties that belong together: the columns of the heat map."""

    CARE = "zorgplicht"
    FORWARDING = "doorzenden en bijzondere wet"
    INCOMING = "berichten aan de gemeente"
    WRONG_CHANNEL = "verkeerd kanaal"
    RECEIPT = "na ontvangst"
    OUTGOING = "berichten van de gemeente"


class Asks(StrEnum):
    """What a question asks for."""

    YES_NO = "jn"
    DATE = "datum"
    EVIDENCE = "bewijs"
    URL = "url"
    CHOICE = "keuze"
    SUPPORT_FORMS = "vormen"
    LAW = "wet"
    BODY = "bestuursorgaan"
    KIND = "soort"
    CHANNELS = "kanalen"


def cited(article: str, status: ArticleStatus) -> str:
    """An article as people must see it, with its status as long as that is `nakijken`."""
    return f"{article} (nakijken)" if status is ArticleStatus.TO_CHECK else article


class Choice(Part):
    """One of the possible choices, and the answer it counts as."""

    code: str
    label: str
    counts_as: Value


class Duty(Part):
    """One duty, worded so that "ja" is good. Texts are Dutch, in our own words."""

    code: str
    name: str
    article: str
    article_status: ArticleStatus
    scope: Scope
    group: Group
    severity: Severity
    severity_for: Mapping[MessageKind, Severity] = {}
    in_force_from: date
    answer: tuple[Asks, ...]
    obliges: str
    question: str
    example: str
    """What a good answer looks like."""
    gap: str
    """What is wrong when the answer is no."""
    partly: str = ""
    """What is wrong when it is half right, where the question does not say so by itself."""
    todo: str
    choices: tuple[Choice, ...] = ()
    remark: str = ""
    """Which part of the duty was not verified, or rests on advice."""

    @property
    def cited(self) -> str:
        """The article as people must see it, with its status as long as that is `nakijken`."""
        return cited(self.article, self.article_status)

    def severity_of(self, kind: MessageKind | None) -> Severity:
        """The severity for a message of this kind; W29 weighs more for decisions."""
        return self.severity_for.get(kind, self.severity) if kind else self.severity


class Amendment(Part):
    """What the municipality says of a duty or a form of support, instead of the list. Empty: the list holds."""

    article: Line = ""
    article_status: ArticleStatus = ArticleStatus.TO_CHECK
    source: Line = ""
    """Where the article was looked up."""
    in_force_from: date | None = None
    severity: Severity | None = None
    """For messages of every kind. A form of support has none."""
    reason: Text = ""
    """Why the day or the severity differs from the list."""


class SupportForm(Part):
    """One form of fitting support (passende ondersteuning, Awb 2:1 lid 1)."""

    code: str
    label: str
    scope: Scope
    article: str
    article_status: ArticleStatus
    in_force_from: date
    evidence: str
    personal: bool
    """A person helps: counts for the minimum."""
    without_computer: bool
    counts_double: bool
    """Weighs double when the product's need of support is 2."""
    same_as: str = ""
    """The duty that asks the same thing; its answer serves when this form has none of its own."""
    choices: tuple[Choice, ...] = ()
    personal_choice: str = ""
    """Only with this choice does a person help (Z11)."""


_Known = TypeVar("_Known", Duty, SupportForm)


class DutyList(Part):
    schema_version: int
    version: str
    title: str
    language: str
    disclaimer: str
    duties: tuple[Duty, ...]


class SupportFormList(Part):
    schema_version: int
    version: str
    title: str
    language: str
    disclaimer: str
    forms: tuple[SupportForm, ...]


@cache
def duty_list() -> DutyList:
    """The duties as shipped."""
    return DutyList.model_validate(_read("duties.json"))


@cache
def duties() -> Mapping[str, Duty]:
    """The duties by code, in the order of the list."""
    return {duty.code: duty for duty in duty_list().duties}


@cache
def duties_of(*scopes: Scope) -> tuple[Duty, ...]:
    """The duties with one of these scopes, in the order of the list."""
    return tuple(duty for duty in duty_list().duties if duty.scope in scopes)


def may_look_up(code: str) -> bool:
    """Whether the list leaves the article of a duty or a form of support to be looked up; the others are facts."""
    known = duties().get(code) or support_forms().get(code)
    return known is not None and known.article_status is ArticleStatus.TO_CHECK


@cache
def support_forms() -> Mapping[str, SupportForm]:
    """The forms of support by code, in the order of the list."""
    return {form.code: form for form in SupportFormList.model_validate(_read("support-forms.json")).forms}


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The duties and forms of support as one municipality applies them: all that the rules know of the law."""

    duties: Mapping[str, Duty]
    forms: Mapping[str, SupportForm]
    is_strict: bool = False
    """Every message to the municipality counts as official (wmebv.md section 2, 'strikte modus')."""

    _by_scopes: dict[tuple[Scope, ...], Sequence[Duty]] = field(default_factory=dict, compare=False, repr=False)

    def of(self, *scopes: Scope) -> Sequence[Duty]:
        """The duties with one of these scopes, in the order of the list."""
        if scopes not in self._by_scopes:
            self._by_scopes[scopes] = [duty for duty in self.duties.values() if duty.scope in scopes]
        return self._by_scopes[scopes]

    def is_official(self, said: Official) -> bool:
        """Whether a message to the municipality is official; one of which nobody knows is not, unless all are."""
        return self.is_strict or said in {Official.YES, Official.MIXED}


@cache
def as_shipped() -> Rulebook:
    """What the list says, where the municipality says nothing else."""
    return Rulebook(duties(), support_forms())


def amended(amendments: Mapping[str, Amendment], *, is_strict: bool = False) -> Rulebook:
    """The list with what the municipality says of it, by code."""
    return Rulebook(
        {code: _amended(duty, amendments.get(code)) for code, duty in duties().items()},
        {code: _amended(form, amendments.get(code)) for code, form in support_forms().items()},
        is_strict,
    )


def _amended(known: _Known, said: Amendment | None) -> _Known:
    if said is None:
        return known
    update: dict[str, object] = {}
    if said.article:
        update |= {"article": said.article, "article_status": said.article_status}
    if said.in_force_from:
        update["in_force_from"] = said.in_force_from
    if said.severity and isinstance(known, Duty):
        update |= {"severity": said.severity, "severity_for": {}}
    return known.model_copy(update=update)


def _read(name: str) -> object:
    return json.loads(resources.files("wmebv").joinpath("data", name).read_text(encoding="utf-8"))
