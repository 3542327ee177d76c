"""What every register has to say of itself, together: all findings, and how many there are of everything.

No page stands here, so that a command that asks for it starts without the web.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

import publish.queries as publishing
import register.queries as register
import register.services as register_services
import wmebv.queries as wmebv
import wmebv.services as wmebv_services
import woo.queries as woo
from app import cross
from core import audit, clock
from core.db import organisation_of
from core.findings import FindingRow, Severity
from register.checks import CHECKS
from register.places import rule_page
from woo.lists import WITHOUT_DUTY

REGISTER, WOO, WMEBV, ACROSS = "Verwerkingsregister", "Woo", "Digitaal zakendoen", "Tussen de registers"


def findings_per_register(session: Session) -> Mapping[str, Sequence[FindingRow]]:
    """Everything that is wrong, per register, worst first.

    Checking thousands of records takes a while, so the outcome is kept until something changes: every change moves the
    head of the audit chain, a look from outside tells when it was, and what is late depends on the day.
    """
    organisation_id = organisation_of(session)
    state = (audit.head(session, organisation_id), woo.last_look(session), clock.today())
    kept = _kept.get(organisation_id)
    if kept is None or kept[0] != state:
        kept = _kept[organisation_id] = (state, _check(session))
    return kept[1]


_kept: dict[UUID, tuple[tuple[str, datetime | None, date], Mapping[str, Sequence[FindingRow]]]] = {}


_ORDER: Mapping[Severity, int] = {severity: place for place, severity in enumerate(Severity)}


def _check(session: Session) -> Mapping[str, Sequence[FindingRow]]:
    found = {
        REGISTER: [
            FindingRow(
                one.rule_id,
                one.severity,
                one.message,
                one.article,
                _of_register(one.subject),
                one.subject,
                rule_href=rule_page(one.rule_id),
            )
            for one in register_services.all_findings(session)
        ],
        WOO: [
            FindingRow(one.rule_id, one.severity, one.message, one.article, href, one.subject)
            for href, one in woo.findings(session, clock.today())
        ],
        WMEBV: wmebv_services.finding_rows(session),
        ACROSS: cross.findings(cross.gather(session)),
    }
    return {name: sorted(rows, key=lambda row: _ORDER[row.severity]) for name, rows in found.items()}


def _of_register(kenmerk: str) -> str:
    return f"/register/{kenmerk}/" if kenmerk else "/beheer/organisatie"


def all_findings(session: Session) -> Sequence[FindingRow]:
    return [row for rows in findings_per_register(session).values() for row in rows]


def closed_findings(session: Session) -> Sequence[FindingRow]:
    """What was closed with a reason and counts today."""
    return [
        FindingRow(
            one.rule_id,
            CHECKS[one.rule_id].severity,
            one.message,
            CHECKS[one.rule_id].article,
            _of_register(one.subject),
            one.subject,
            closed=f"{one.reason} ({one.closed_by}, tot en met {one.until:%d-%m-%Y})",
        )
        for one in register_services.closings(session)
        if one.until >= clock.today()
    ]


def counted_by_severity(found: Mapping[str, Sequence[FindingRow]]) -> list[list[str | int]]:
    """A row for each register: its name, and how many errors, warnings and tips."""
    return [
        [name, *(sum(row.severity is severity for row in rows) for severity in Severity)]
        for name, rows in found.items()
    ]


def status_of(session: Session, *, nightly_at: str) -> dict[str, Any]:
    """Counts per register and state; `documents_published` is the number of `loc` in the sitemaps."""
    good, latest = publishing.last_good_run(session), publishing.last_run(session)
    statuses = register.counts_by_status(session)
    states = woo.count_states(session)
    in_sitemaps = sum(number for category, number in woo.count_public(session).items() if category != WITHOUT_DUTY)
    return {
        "register": {state.value: number for state, number in statuses.items()}
        | {"total": sum(statuses.values()), "established": register.count_established(session)},
        "woo": {state.value: number for state, number in states.items()}
        | {"documents": sum(states.values()), "documents_published": in_sitemaps},
        "wmebv": dict(wmebv.counts(session)),
        "export": {
            "finished_at": good.finished_at.isoformat() if good and good.finished_at else None,
            "id": good.export_id if good else None,
            "last_state": latest.state.value if latest else None,
            "next_at": nightly_at,
        },
    }
