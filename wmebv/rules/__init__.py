"""The verdict on messages, products and the organisation under the Wmebv, on a date. Pure: no database, no clock.

A verdict is about compliance; the level of digital availability stands beside it and says nothing about compliance.
The articles, days and severities of the duties are data (`duties.py`), which a municipality may amend: its `Rulebook`
goes into every verdict. What is unknown never becomes green.
"""

from wmebv.rules.answers import (
    FAILING,
    has_evidence,
    is_given,
    is_outdated,
    months_before,
    own_answers,
    special_act,
    with_template,
)
from wmebv.rules.channels import (
    MATURITY,
    availability,
    is_at_least,
    is_designated,
    is_electronic,
    maturity,
    works_without_login,
)
from wmebv.rules.findings import UNANSWERED, UNTOUCHED, Finding, findings, organisation_findings
from wmebv.rules.support import SupportLevel, SupportVerdict, support_verdict
from wmebv.rules.verdict import (
    WEIGHTS,
    Case,
    Colour,
    Judgement,
    Known,
    Score,
    Verdict,
    colour,
    colour_of_counted,
    duties_of_incoming,
    message_verdict,
    organisation_verdict,
    score,
    score_of_counted,
    together,
)

__all__ = [
    "FAILING",
    "MATURITY",
    "UNANSWERED",
    "UNTOUCHED",
    "WEIGHTS",
    "Case",
    "Colour",
    "Finding",
    "Judgement",
    "Known",
    "Score",
    "SupportLevel",
    "SupportVerdict",
    "Verdict",
    "availability",
    "colour",
    "colour_of_counted",
    "duties_of_incoming",
    "findings",
    "has_evidence",
    "is_at_least",
    "is_designated",
    "is_electronic",
    "is_given",
    "is_outdated",
    "maturity",
    "message_verdict",
    "months_before",
    "organisation_findings",
    "organisation_verdict",
    "own_answers",
    "score",
    "score_of_counted",
    "special_act",
    "support_verdict",
    "together",
    "with_template",
    "works_without_login",
]
