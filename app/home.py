"""The start page: asks each register what waits. Also the state of the installation, and pages without a log-in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, PlainTextResponse, Response
from sqlmodel import Session

import publish.queries as publishing
import register.permissions as register_permissions
import register.queries as register
import register.services as register_services
import wmebv.permissions as wmebv_permissions
import wmebv.queries as wmebv
import wmebv.services as wmebv_services
import woo.permissions as woo_permissions
import woo.queries as woo
from app import cross
from app.processors import offers
from core import audit, clock, verification
from core.accounts.services import Person
from core.db import organisation_of
from core.errors import BadInput, DomainError
from core.findings import FindingRow, Severity
from core.look import look_of
from core.web.pages import STATIC, dutch_moment, page
from core.web.routes_drafts import unsaved
from core.web.security import database, logged_in
from publish import deliveries
from publish import permissions as publish_permissions
from publish.queries import failed_nights
from register.checks import CHECKS
from register.places import rule_page
from register.routes_list import FindingsSession
from woo.lists import WITHOUT_DUTY

SHOWN = 10
REGISTER, WOO, WMEBV, ACROSS = "Verwerkingsregister", "Woo", "Digitaal zakendoen", "Tussen de registers"
NEEDED: Mapping[str, frozenset[str]] = {
    REGISTER: frozenset({register_permissions.READ}),
    WOO: frozenset({woo_permissions.READ}),
    WMEBV: frozenset({wmebv_permissions.READ}),
    ACROSS: frozenset({register_permissions.READ, wmebv_permissions.READ}),
}
"""Permissions that a person must have to see the findings of a register."""
TRAIL_BROKEN = "Het logboek is niet heel: er is mogelijk mee geknoeid. Doe: openboek audit verify"
router = APIRouter()
open_router = APIRouter()


def findings_per_register(session: Session) -> Mapping[str, Sequence[FindingRow]]:
    """Everything that is wrong, per register, worst first.

    Checking thousands of records takes a while, so the outcome is kept until something changes: every change moves the
    head of the audit chain, and what is late depends on the day.
    """
    organisation_id = organisation_of(session)
    state = (audit.head(session, organisation_id), clock.today())
    kept = _kept.get(organisation_id)
    if kept is None or kept[0] != state:
        kept = _kept[organisation_id] = (state, _check(session))
    return kept[1]


_kept: dict[UUID, tuple[tuple[str, date], Mapping[str, Sequence[FindingRow]]]] = {}


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


@router.get("/")
def show_cockpit(request: Request, session: FindingsSession, person: Annotated[Person, Depends(logged_in)]) -> Response:
    found = {name: rows for name, rows in findings_per_register(session).items() if person.permissions >= NEEDED[name]}
    status = status_of(session, nightly_at=request.app.state.folder.settings.nightly_at)
    run, good = publishing.last_run(session), publishing.last_good_run(session)
    return page(
        request,
        "app/cockpit.html",
        person=person,
        page_title="Overzicht",
        status=status,
        offers=offers(session) if person.may(register_permissions.ESTABLISH) else [],
        last_run=run,
        trail_message=TRAIL_BROKEN if verification.known(session, person.organisation_id) else "",
        last_good_at=dutch_moment(good.finished_at) if good else "",
        table=counted_by_severity(found),
        worst=[
            (
                name,
                [
                    replace(row, message=f"{row.subject}: {row.message}" if row.subject else row.message)
                    for row in rows[:SHOWN]
                ],
                len(rows),
            )
            for name, rows in found.items()
            if rows
        ],
        unsaved=unsaved(session, person),
        to_do=sum(len(rows) for rows in found.values()),
        behind=[
            f"De kopie '{one.name}' van de website loopt achter: {one.error}"
            for one in deliveries.states(session, request.app.state.folder.settings)
            if one.error and person.may(publish_permissions.READ)
        ],
        late=woo.count_overdue(session, clock.today()) if person.may(woo_permissions.READ) else 0,
    )


@router.get("/huisstijl.css")
def look(request: Request, person: Annotated[Person, Depends(logged_in)]) -> Response:
    """The stylesheet of the organisation that one works for; ours when it has none, or none that can be used."""
    try:
        own = look_of(request.app.state.folder, person.organisation_code)
    except BadInput:
        own = None  # the export says what is wrong with it
    if own is None:
        return FileResponse(STATIC / "huisstijl.css", media_type="text/css")
    return Response(own, media_type="text/css")


@open_router.get("/health/live")
def live() -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


@open_router.get("/health/ready")
def ready(request: Request) -> Response:
    """The database answers too, the night went well, and as far as we know nobody tampered with the trail."""
    try:
        with database(request).read(None) as session:
            wrong = [*([TRAIL_BROKEN] if verification.known(session) else []), *failed_nights(session, clock.now())]
            if wrong:
                return PlainTextResponse("\n".join(wrong), status_code=503)
    except DomainError as error:
        return PlainTextResponse(error.message, status_code=503)
    return PlainTextResponse("ok")


@open_router.get("/.well-known/security.txt")
def security_txt(request: Request) -> Response:
    """Where to report a vulnerability (RFC 9116). Without a contact there is nothing to tell."""
    contact = request.app.state.folder.settings.security_contact
    if not contact:
        return PlainTextResponse("Er is geen adres ingesteld.\n", status_code=404)
    expires = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=180)
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: nl, en",
        f"Canonical: {request.url_for('security_txt')}",
    ]
    return PlainTextResponse("\n".join(lines) + "\n")


@open_router.get("/toegankelijkheid")
def accessibility(request: Request) -> Response:
    """What we do for accessibility, and how to tell us what does not work."""
    return page(request, "app/accessibility.html", person=None, page_title="Toegankelijkheid")
