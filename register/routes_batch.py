"""Establishing many records: choose them, see for each what changes in public, and afterwards what was done."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import clock, jobs
from core.accounts.services import Person
from core.errors import NotFound, RuleViolation
from core.organisations import the_organisation
from core.web.forms import whole_number
from core.web.lists import paging
from core.web.pages import page, redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession
from register import listing, permissions, queries, services
from register.content import Status
from register.differences import by_group
from register.listing import Wanted
from register.lists import DOMAINS, STATUSES
from register.models import kenmerk
from register.places import address_of
from register.routes_list import Asked, FreshSession
from register.services import BatchOutcome, Verdict

router = APIRouter(prefix="/register")

Establisher = Annotated[Person, Depends(Allowed(permissions.ESTABLISH))]
ADDRESS = "/register/vaststellen"
PER_PAGE = 25
NAMED = "nummers"
_NUMBER = re.compile(r"([0-9]{1,9})(?:,|;|\s|$)")


@router.get("/vaststellen")
def choose_page(
    request: Request,
    session: FreshSession,
    person: Establisher,
    wanted: Asked,
    nummers: str = "",
) -> Response:
    """What establishing would do to each of the records that the filters of the list find, a page at a time."""
    chosen = {**wanted.chosen, **({NAMED: nummers} if nummers else {})}
    numbers = _found(session, wanted.chosen, nummers)
    pages = max(1, -(-len(numbers) // PER_PAGE))
    at = min(wanted.page, pages)
    rows = services.preview_batch(session, numbers[(at - 1) * PER_PAGE : at * PER_PAGE], actor=person.actor)
    return page(
        request,
        "register/batch.html",
        person=person,
        page_title="Verwerkingen vaststellen",
        chosen=chosen,
        statuses=[(code, label) for code, label in STATUSES.items() if code != Status.ENDED],
        domains=list(DOMAINS.items()),
        rows=[(row, address_of(row.activity), by_group(row.differences)) for row in rows],
        can=sum(row.refusal is None for row in rows),
        new=Verdict.NEW,
        paging=paging(ADDRESS, chosen, at, pages, len(numbers)),
        total=len(numbers),
        seen_at=clock.now().isoformat(),
    )


@router.post("/vaststellen")
def establish_chosen(request: Request, session: WriteSession, person: Establisher, typed: TypedForm) -> Response:
    """Establish what was ticked at once, or all that the filters find in the background.

    Raises:
        RuleViolation: nothing was ticked, or nothing is found any more.
    """
    if typed.value("action") == "all":
        services.refresh(session)
        numbers = _found(session, Wanted.read(typed).chosen, typed.value(NAMED))
        if not numbers:
            raise RuleViolation("Er is niets meer om vast te stellen. Kies een ander filter.")
        job = jobs.enqueue(
            session,
            services.ESTABLISH_JOB,
            {"numbers": numbers, "seen_at": _seen_at(typed.value("seen_at"))},
            created_by=person.name,
            created_by_id=person.id,
        )
        return redirect(f"{ADDRESS}/{job.id}")
    ticked = list(dict.fromkeys(whole_number(value) for value in typed.values("record")))
    if not ticked:
        raise RuleViolation("Kies minstens één verwerking. Ga terug en zet een vinkje.")
    versions = {number: typed.number(f"version-{number}") for number in ticked}
    outcomes = list(services.establish_each(session, ticked, actor=person.actor, versions=versions))
    return _result_page(request, session, person, outcomes, made=sum(one.version is not None for one in outcomes))


@router.get("/vaststellen/{job_id}")
def result_page(request: Request, session: ReadSession, person: Establisher, job_id: UUID) -> Response:
    """How far the background work is, and what was not established.

    Raises:
        NotFound: there is no such work.
    """
    job = jobs.find(session, job_id)
    if job.kind != services.ESTABLISH_JOB:
        raise NotFound("Dit werk bestaat niet (meer). Oud werk wordt na een tijd opgeruimd.")
    refused = [BatchOutcome(one[0], None, one[1], tuple(one[2:])) for one in job.result.get("refused", [])]
    return _result_page(request, session, person, refused, made=job.result.get("established", 0), job=job)


def _found(session: Session, chosen: Mapping[str, str], named: str) -> list[int]:
    """The numbers of the records to look at: those that were named, or what the filters find.

    Without a status those count that nobody established since they changed; where approval comes first, those that
    were approved.
    """
    if named:
        numbers = {int(number) for number in _NUMBER.findall(named)}
        return sorted(activity.number for activity in queries.living(session, numbers))
    found = list(listing.numbers(session, Wanted(chosen)))
    if "status" in chosen:
        return found
    first = the_organisation(session).approval_first
    wanted = {Status.APPROVED} if first else {Status.CONCEPT, Status.IN_REVIEW, Status.APPROVED}
    waiting = set(queries.waiting_numbers(session, wanted))
    return [number for number in found if number in waiting]


def _seen_at(text: str) -> str:
    """When the page was made, as it says; now when it does not, so that nothing that changed since slips through."""
    try:
        seen = clock.moment(text)
    except ValueError:
        seen = clock.now()
    return min(seen, clock.now()).isoformat()


def _result_page(
    request: Request,
    session: Session,
    person: Person,
    outcomes: Sequence[BatchOutcome],
    *,
    made: int,
    job: jobs.Job | None = None,
) -> Response:
    names = {one.number: one.name for one in queries.living(session, [outcome.number for outcome in outcomes])}
    return page(
        request,
        "register/batch_result.html",
        person=person,
        page_title="Vastgesteld" if job is None or job.state in jobs.ENDED else "Bezig met vaststellen",
        made=made,
        established=[(kenmerk(one.number), names.get(one.number, ""), one.version) for one in outcomes if one.version],
        refused=[
            (kenmerk(one.number), names.get(one.number, ""), one.reason, one.points)
            for one in outcomes
            if one.version is None
        ],
        job=job,
        is_going_on=job is not None and job.state not in jobs.ENDED,
    )
