"""The start page: asks each register what waits. Also the state of the installation, and pages without a log-in."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, PlainTextResponse, Response

import publish.queries as publishing
import register.permissions as register_permissions
import wmebv.permissions as wmebv_permissions
import woo.permissions as woo_permissions
import woo.queries as woo
from app.overview import ACROSS, REGISTER, WMEBV, WOO, counted_by_severity, findings_per_register, status_of
from app.processors import offers
from core import clock, verification
from core.accounts.services import Person
from core.errors import BadInput, DomainError
from core.look import look_of
from core.web.pages import STATIC, dutch_moment, page
from core.web.routes_drafts import unsaved
from core.web.security import database, logged_in
from publish import deliveries
from publish import permissions as publish_permissions
from publish.queries import failed_nights
from register.routes_list import FindingsSession

SHOWN = 10
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
