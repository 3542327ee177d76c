"""The checks on the processing register: one pure function for each check of `data/regels.json`.

No database and no clock: everything a check must know is in the record and in `Context`.
"""

from datetime import date
from typing import NamedTuple

from core.findings import Severity
from register import derive
from register.checks import Finding, open_findings
from register.content import ActivityContent
from register.rules import complete, data, parties, publication, purposes, retention, risk
from register.rules.case import ACTIVITY, Case
from register.rules.context import Context, Entry, OrganisationSettings, Register, Thresholds
from register.rules.organisation import ORGANISATION
from register.rules.whole_register import REGISTER, entry_of

__all__ = [
    "ACTIVITY",
    "ORGANISATION",
    "REGISTER",
    "Context",
    "Entry",
    "OrganisationSettings",
    "Register",
    "Thresholds",
    "Verdict",
    "entry_of",
    "findings",
    "judged",
    "open_findings",
    "organisation_findings",
    "register_findings",
    "score",
    "what_blocks",
]

_LOADED = (complete, purposes, data, parties, retention, risk, publication)  # ties their conditions to the list
ACTIVITY.arrange(last="AVG-136")  # looks at what all others found


def findings(content: ActivityContent, context: Context) -> tuple[Finding, ...]:
    """Everything the checks find in one record, also what was closed with a reason (`open_findings` leaves that out).

    Checks on the settings of the organisation and on the whole register are not among them.
    """
    return tuple(_examined(content, context).found)


class Verdict(NamedTuple):
    """What is open in one record, and how long that stays so."""

    found: tuple[Finding, ...]
    turns_on: date
    """The first day after today on which something else may be found in the same record."""
    facts: derive.Facts


def judged(content: ActivityContent, context: Context) -> Verdict:
    """What the checks find in one record and nobody closed with a reason, and until when."""
    case = _examined(content, context)
    case.has_come(context.closed_until, 1)
    return Verdict(case.open_findings(), case.turns_on, case.facts)


def _examined(content: ActivityContent, context: Context) -> Case:
    case = Case(content, context)
    for finding in ACTIVITY.findings(case):
        case.found.append(finding)
    return case


def organisation_findings(context: Context) -> tuple[Finding, ...]:
    """What misses in the settings of the organisation. Field paths start with `organisation.`."""
    return tuple(ORGANISATION.findings(context))


def register_findings(register: Register) -> tuple[Finding, ...]:
    """What only shows when all records stand side by side. `Finding.subject` is the number of the record."""
    return tuple(REGISTER.findings(register))


def what_blocks(content: ActivityContent, context: Context) -> tuple[Finding, ...]:
    """The open errors that stand in the way of establishing, those in the settings of the organisation included."""
    everything = (*findings(content, context), *organisation_findings(context))
    return tuple(one for one in open_findings(everything, context.closed) if one.severity is Severity.ERROR)


def score(content: ActivityContent, context: Context) -> float:
    """Share, 0 to 1, of the errors and warnings that could apply to this record and were not found in it.

    Which checks could apply follows from role and regime. A finding closed with a reason counts as passed.
    """
    case = Case(content, context)
    counted = {
        rule.check.id
        for rule in ACTIVITY.rules.values()
        if rule.check.severity is not Severity.TIP and rule.applies(case)
    }
    failed = {one.rule_id for one in open_findings(findings(content, context), context.closed)}
    return 1 - len(failed & counted) / len(counted)
