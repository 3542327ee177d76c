"""Requests for information: kept by case number, decided in time, and published with their documents."""

from typing import Any

from sqlmodel import Session, select

from core import audit, clock, history
from core.db import refuse_stale
from core.errors import RuleViolation
from core.organisations import Team, find_or_add
from woo.content import SCHEMA_NUMBER, DossierContent, RequestContent
from woo.models import Dossier, WooRequest
from woo.services.dossiers import add_dossier

CATEGORY = "014"
"""Woo-verzoeken en -besluiten (Woo art. 3.3 lid 2 onder i)."""


def add_request(session: Session, content: RequestContent, *, actor: audit.Actor) -> WooRequest:
    """Put a request on the list.

    Raises:
        RuleViolation: no case number, no day of receipt or one that has not come, or the case is on the list already.
    """
    _check(session, content)
    request = WooRequest()
    _write(session, request, content, actor)
    session.add(request)
    _save(session, request, "add", None, actor)
    return request


def change_request(
    session: Session, request: WooRequest, content: RequestContent, *, version: int, actor: audit.Actor
) -> None:
    """Change a request. Saving what is there already changes nothing.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: see `add_request`.
    """
    refuse_stale(request, version)
    _check(session, content, request)
    if request.content() == content:
        return
    before = request_facts(request)
    _write(session, request, content, actor)
    _save(session, request, "change", before, actor)


def open_dossier(session: Session, request: WooRequest, *, actor: audit.Actor) -> Dossier:
    """The dossier of a request, made when it has none: there its documents are put out (category 014)."""
    if request.dossier is not None:
        return request.dossier
    before = request_facts(request)
    title = f"Woo-verzoek {request.case_number}" + (f": {request.subject}" if request.subject else "")
    made = add_dossier(session, DossierContent(title=title, category=CATEGORY), actor=actor)
    request.dossier = made
    _save(session, request, "change", before, actor)
    return made


def request_facts(request: WooRequest) -> dict[str, Any]:
    """A request as plain data, for audit and revisions."""
    dossier = request.dossier.public_id if request.dossier else ""
    return {**request.content().model_dump(mode="json"), "dossier": dossier}


def _check(session: Session, content: RequestContent, own: WooRequest | None = None) -> None:
    points = {}
    if not content.case_number:
        points["case_number"] = "Vul in: 'Zaaknummer'."
    if content.received_on is None:
        points["received_on"] = "Vul in: 'Ontvangen op'."
    elif content.received_on > clock.today():
        points["received_on"] = (
            "Vul bij 'Ontvangen op' de dag in waarop het verzoek binnenkwam. Deze dag moet nog komen."
        )
    same = session.exec(select(WooRequest).where(WooRequest.case_number == content.case_number)).first()
    if same is not None and same is not own:
        points["case_number"] = f"Zaaknummer {content.case_number} staat al in de lijst. Pas dat verzoek aan."
    if points:
        raise RuleViolation("Het verzoek is niet opgeslagen. " + " ".join(points.values()), points)


def _write(session: Session, request: WooRequest, content: RequestContent, actor: audit.Actor) -> None:
    request.team = find_or_add(session, Team, content.team, actor=actor)
    for name, value in content.model_dump(exclude={"team"}).items():
        setattr(request, name, value)


def _save(session: Session, request: WooRequest, verb: str, before: dict[str, Any] | None, actor: audit.Actor) -> None:
    history.record_save(
        session,
        request,
        verb,
        actor=actor,
        schema_number=SCHEMA_NUMBER,
        before=before,
        after=request_facts(request),
    )
