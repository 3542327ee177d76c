"""The checks on the processing register: what stands in the list, and what a check found.

Severity, article and Dutch text of a check stand in `data/regels.json`; its condition is a function in `rules`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from core import values
from core.findings import Severity

_BLANK = re.compile(r"\{\w+\}")


class Scope(StrEnum):
    """What a check looks at: one activity, the settings of the organisation, or the whole register."""

    ACTIVITY = "verwerking"
    ORGANISATION = "organisatie"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Check:
    """One check of `data/regels.json`. `fields` holds paths of `data/velden.json`, such as `doelen[].wet[]`."""

    id: str
    severity: Severity
    topic: str
    scope: Scope
    condition: str
    article: str
    message: str
    fields: tuple[str, ...]
    closable: bool
    """A person may close the finding with a reason, which is kept in the history."""
    looks_at: str = ""
    """The condition in plain words, for a page."""
    limit: str = ""
    """The field of `rules.Thresholds` that it counts with, if any (`similarity_percent` for `similarity`)."""

    @property
    def words(self) -> str:
        """The message before it is about something: its blanks are dots."""
        return _BLANK.sub("…", self.message)


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that failed, and where. The message is filled in and ready for the screen."""

    check: Check
    fields: tuple[str, ...]
    """Content paths with indexes from 0, such as `purposes.0.laws`; not those of `data/velden.json`."""
    message: str
    about: str = ""
    """The thing itself (a party, a criterion, the text of a purpose): a reason for it must not cover another one."""
    subject: str = ""
    """Number of the activity, filled by the checks on the whole register; empty when it concerns no single one."""

    @property
    def rule_id(self) -> str:
        return self.check.id

    @property
    def severity(self) -> Severity:
        return self.check.severity

    @property
    def article(self) -> str:
        return self.check.article

    @property
    def key(self) -> str:
        """Names this finding for closing it with a reason: survives another order of rows, not another content."""
        return f"{self.rule_id}:{self.about or '|'.join(self.fields)}"

    @property
    def mark(self) -> str:
        """The key in a few letters, for an address: a key may hold the whole text of a purpose."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:16]


def open_findings(findings: Iterable[Finding], closed: frozenset[str]) -> tuple[Finding, ...]:
    """Leave out what somebody closed with a reason (`Finding.key`); a check that may not be closed always stays."""
    return tuple(one for one in findings if not (one.check.closable and one.key in closed))


class Point(NamedTuple):
    """Where a condition holds, and what the blanks in the message become."""

    fields: tuple[str, ...]
    blanks: Mapping[str, str]
    about: str = ""
    subject: str = ""


def at(*fields: str, about: str = "", subject: str = "", **blanks: str) -> Point:
    """Point at content fields; each blank is a `{...}` of the message."""
    return Point(fields, blanks, about, subject)


Subject = TypeVar("Subject")
Condition = Callable[[Subject], Iterator[Point]]


def _always(_subject: object) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Rule(Generic[Subject]):
    check: Check
    condition: Condition[Subject]
    applies: Callable[[Subject], bool]


class Rulebook(Generic[Subject]):
    """The conditions of all checks with one scope, in the order of the list."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.rules: dict[str, Rule[Subject]] = {}

    def check(
        self, rule_id: str, *, when: Callable[[Subject], bool] = _always
    ) -> Callable[[Condition[Subject]], Condition[Subject]]:
        """Tie a condition to its check in the list; `when` says for which subjects the check exists at all.

        Raises:
            ValueError: the check has another scope, or a condition already.
        """

        def tie(condition: Condition[Subject]) -> Condition[Subject]:
            check = CHECKS[rule_id]
            if check.scope is not self.scope or rule_id in self.rules:
                raise ValueError(f"{rule_id}: scope {check.scope}, or written twice")
            self.rules[rule_id] = Rule(check, condition, when)
            return condition

        return tie

    def arrange(self, *, last: str) -> None:
        """Put the checks in the order of the list, whichever was loaded first, with one of them at the end."""
        order = [rule_id for rule_id in CHECKS if rule_id in self.rules and rule_id != last]
        self.rules = {rule_id: self.rules[rule_id] for rule_id in (*order, last)}

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Everything the checks find, one check after the other."""
        for rule in self.rules.values():
            if rule.applies is _always or rule.applies(subject):
                for point in rule.condition(subject):
                    yield found(rule.check, point)


def found(check: Check, point: Point) -> Finding:
    """Make a finding: the check, the place and the message with its blanks filled in."""
    message = check.message.format_map(point.blanks) if point.blanks else check.message
    return Finding(check, point.fields, message, point.about, point.subject)


def _read() -> Mapping[str, Check]:
    plain = {row["regel"]: row for row in values.document("register", "regels-uitleg")["waarden"]}
    return MappingProxyType(
        {
            row["id"]: Check(
                id=row["id"],
                severity=Severity(row["ernst"]),
                topic=row["onderwerp"],
                scope=Scope(row["bereik"]),
                condition=row["conditie"],
                article=row["artikel"],
                message=row["melding"],
                fields=tuple(row["velden"]),
                closable=row["opheffen"] == "met reden",
                looks_at=plain[row["id"]]["kijkt_naar"],
                limit=plain[row["id"]].get("grens", ""),
            )
            for row in values.document("register", "regels")["waarden"]
        }
    )


CHECKS: Mapping[str, Check] = _read()
"""Every check by its number, in the order of the list."""

WORDS: Mapping[str, Any] = MappingProxyType(values.document("register", "regels")["woordenlijsten"])
"""Word lists that belong to the checks: vague purposes and periods, signal words, difficult words."""
