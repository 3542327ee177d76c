"""The worklist of the register: what waits for whom, one's own work first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import clock
from core.accounts.services import Person
from core.web.lists import Cell
from core.web.pages import dutch_date, page
from core.web.security import Allowed, ReadSession
from register import permissions, queries, remarks, reviews
from register.content import Status
from register.models import ProcessingActivity
from register.places import address_of
from register.remarks import Remark, RemarkState
from register.services import thresholds_of

router = APIRouter(prefix="/register")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
SHOWN = 50
"""Rows of a list of work; the register itself shows all of them."""
SOON = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Work:
    """A list of what waits for somebody. `does` is the permission of who can take the next step."""

    title: str
    waits_for: str
    does: str
    headings: Sequence[str]
    rows: Sequence[Sequence[object]]
    total: int
    more: tuple[str, str]
    """What to read on the link to where all of it stands, and its address."""


@router.get("/werk")
def work_page(request: Request, session: ReadSession, person: Reader) -> Response:
    found = [one for one in (make(session) for make in _LISTS) if one.total]
    return page(
        request,
        "register/work.html",
        person=person,
        page_title="Werklijst van het verwerkingsregister",
        mine=[one for one in found if person.may(one.does)],
        others=[one for one in found if not person.may(one.does)],
        shown=SHOWN,
    )


def _questions(session: Session) -> Work:
    found, total = queries.with_status(session, Status.CONCEPT, limit=SHOWN, with_note=True)
    return Work(
        "Teruggekomen met een vraag",
        "wie de verwerking invult",
        permissions.EDIT,
        ["Verwerking", "Team", "Vraag", "Sinds"],
        [[_link(one), _team(one), f"{one.status_by}: {one.status_note}", _since(one)] for one in found],
        total,
        ("Alle concepten", f"/register/?status={Status.CONCEPT}"),
    )


def _to_check(session: Session) -> Work:
    found, total = queries.with_status(session, Status.IN_REVIEW, limit=SHOWN)
    late = clock.today() - timedelta(days=thresholds_of(session).waiting_days)  # AVG-142
    return Work(
        "Ter controle aangeboden",
        "de privacy officer",
        permissions.APPROVE,
        ["Verwerking", "Team", "Wat erbij is gezegd", "Sinds"],
        [
            [
                _link(one),
                _team(one),
                f"{one.status_by}: {one.status_note}" if one.status_note else one.status_by,
                Cell(_since(one), badge="te lang" if one.status_at and one.status_at < late else ""),
            ]
            for one in found
        ],
        total,
        ("Alles wat in controle is", f"/register/?status={Status.IN_REVIEW}"),
    )


def _to_establish(session: Session) -> Work:
    found, total = queries.with_status(session, Status.APPROVED, limit=SHOWN)
    return Work(
        "Goedgekeurd",
        "wie vaststelt",
        permissions.ESTABLISH,
        ["Verwerking", "Team", "Goedgekeurd door", "Sinds"],
        [[_link(one), _team(one), one.status_by, _since(one)] for one in found],
        total,
        ("Stel vast", f"/register/vaststellen?status={Status.APPROVED}"),
    )


def _proposals(session: Session) -> Work:
    found = reviews.proposals(session)
    return Work(
        "Teams zeggen dat iets niet klopt",
        "de privacy officer",
        permissions.APPROVE,
        ["Verwerking", "Door", "Wat er niet klopt", "Sinds"],
        [
            [
                Cell(one.activity.audit_label(), f"/controles/{one.review_id}"),
                one.answered_by,
                one.remark or "een voorstel",
                dutch_date(one.answered_at),
            ]
            for one in found[:SHOWN]
        ],
        len(found),
        ("Alle controles", "/controles/"),
    )


def _remarks(session: Session) -> Work:
    return _of_remarks("Opmerkingen van de FG", "de privacy officer", permissions.APPROVE, session, RemarkState.OPEN)


def _answered(session: Session) -> Work:
    return _of_remarks("Antwoorden aan de FG", "de FG", permissions.REMARK, session, RemarkState.ANSWERED)


def _of_remarks(title: str, waits_for: str, does: str, session: Session, state: RemarkState) -> Work:
    found = [one for one in remarks.not_closed(session) if one.state is state]
    return Work(
        title,
        waits_for,
        does,
        ["Verwerking", "Opmerking", "Antwoord", "Sinds"],
        [_remark_row(one) for one in found[:SHOWN]],
        len(found),
        ("Naar het register", "/register/"),
    )


def _remark_row(remark: Remark) -> Sequence[object]:
    last = max(filter(None, (remark.made_at, remark.changed_at, remark.answered_at)))
    return [
        Cell(remark.activity.audit_label(), f"{address_of(remark.activity)}#opmerkingen"),
        remark.text,
        remark.answer or "nog geen antwoord",
        dutch_date(last),
    ]


def _to_review(session: Session) -> Work:
    found = [one for one in reviews.due(session, until=clock.today() + SOON) if not one.running]
    return Work(
        "Moet gecontroleerd worden",
        "wie controles begint",
        permissions.ESTABLISH,
        ["Team", "Verwerkingen", "Sinds"],
        [
            [
                one.team.name if one.team else "(geen team)",
                len(one.records),
                dutch_date(one.since) or "nooit gepland",
            ]
            for one in found[:SHOWN]
        ],
        len(found),
        ("Begin controles", "/controles/begin"),
    )


_LISTS: Sequence[Callable[[Session], Work]] = (
    _questions,
    _to_check,
    _to_establish,
    _proposals,
    _remarks,
    _answered,
    _to_review,
)


def _link(activity: ProcessingActivity) -> Cell:
    return Cell(activity.audit_label(), address_of(activity))


def _team(activity: ProcessingActivity) -> str:
    return activity.team.name if activity.team else "geen team"


def _since(activity: ProcessingActivity) -> str:
    return dutch_date(activity.status_at)
