"""Beheer, Werk: what runs in the background, how far it is, and how it ended. One's own work is open to everybody."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app.jobs import KINDS
from app.roles import ADMINISTER, SEE_WORK, STEER_WORK
from core import jobs, values
from core.accounts.services import Person
from core.db import folded
from core.errors import NotAllowed, NotFound
from core.jobs import ENDED, Job, JobState
from core.web.lists import Cell, paging
from core.web.pages import dutch_moment, dutch_number, page, redirect
from core.web.security import ReadSession, WriteSession, logged_in

router = APIRouter(prefix="/beheer/werk")
Somebody = Annotated[Person, Depends(logged_in)]

PER_PAGE = 50
MAX_PAGE = 100_000
ADDRESS = "/beheer/werk/"
STATES = [(state.value, state.value.capitalize()) for state in JobState]
LABELS = [(kind, facts.label) for kind, facts in KINDS.items()]


@router.get("/")
def show_work(
    request: Request,
    session: ReadSession,
    person: Somebody,
    soort: Annotated[str, Query(max_length=60)] = "",
    toestand: Annotated[str, Query(max_length=40)] = "",
    wie: Annotated[str, Query(max_length=200)] = "",
    pagina: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 1,
) -> Response:
    query = visible_to(person)
    if soort:
        query = query.where(Job.kind == soort)
    if toestand in set(JobState):
        query = query.where(Job.state == JobState(toestand))
    if wie:
        query = query.where(folded(col(Job.created_by)).contains(values.fold(wie), autoescape=True))
    total = session.exec(select(func.count()).select_from(query.subquery())).one()
    last = max(1, -(-total // PER_PAGE))
    number = min(pagina, last)
    newest = query.order_by(col(Job.created_at).desc(), col(Job.id)).offset((number - 1) * PER_PAGE).limit(PER_PAGE)
    chosen = {"soort": soort, "toestand": toestand, "wie": wie}
    return page(
        request,
        "app/work.html",
        person=person,
        page_title="Werk",
        rows=[_row(job) for job in session.exec(newest)],
        paging=paging(ADDRESS, chosen, number, last, total),
        chosen=chosen,
        kinds=LABELS,
        states=STATES,
        sees_all=person.may(SEE_WORK),
        in_administration=person.may(ADMINISTER),
    )


@router.get("/{job_id}")
def show_job(request: Request, session: ReadSession, person: Somebody, job_id: UUID) -> Response:
    job = _found(session, person, job_id)
    may = _may_steer(person, job)
    return page(
        request,
        "app/work_item.html",
        person=person,
        page_title=label_of(job),
        job=job,
        facts=_facts(job),
        is_going_on=job.state not in ENDED,
        outcome=KINDS[job.kind].outcome if job.kind in KINDS and person.may(KINDS[job.kind].permission) else None,
        may_cancel=may and job.state not in ENDED and not job.cancelled_by,
        may_retry=may and job.state in {JobState.FAILED, JobState.CANCELLED},
        in_administration=person.may(ADMINISTER),
    )


@router.post("/{job_id}/afbreken")
def cancel_job(session: WriteSession, person: Somebody, job_id: UUID) -> Response:
    jobs.cancel(session, _steered(session, person, job_id), actor=person.actor)
    return redirect(f"{ADDRESS}{job_id}", "afgebroken")


@router.post("/{job_id}/opnieuw")
def retry_job(session: WriteSession, person: Somebody, job_id: UUID) -> Response:
    new = jobs.again(session, _steered(session, person, job_id), actor=person.actor)
    return redirect(f"{ADDRESS}{new.id}", "gestart")


def visible_to(person: Person) -> SelectOfScalar[Job]:
    """The jobs that a person may see: all, or one's own and those that one could have asked for."""
    query = select(Job)
    if person.may(SEE_WORK):
        return query
    could_ask = [kind for kind, facts in KINDS.items() if person.may(facts.permission)]
    return query.where(or_(col(Job.created_by_id) == person.id, col(Job.kind).in_(could_ask)))


def label_of(job: Job) -> str:
    """What people call this kind of work; the code itself for a kind of another version of the program."""
    return KINDS[job.kind].label if job.kind in KINDS else job.kind


def _found(session: Session, person: Person, job_id: UUID) -> Job:
    job = session.exec(visible_to(person).where(Job.id == job_id)).first()
    if job is None:
        raise NotFound("Dit werk bestaat niet (meer). Oud werk wordt na een tijd opgeruimd.")
    return job


def _steered(session: Session, person: Person, job_id: UUID) -> Job:
    job = _found(session, person, job_id)
    if not _may_steer(person, job):
        raise NotAllowed("U mag dit werk alleen bekijken. Vraag de beheerder van Openboek om het te doen.")
    return job


def _may_steer(person: Person, job: Job) -> bool:
    """Who may stop and restart it. Having asked is not enough to ask again: the role may be gone since."""
    kind = KINDS.get(job.kind)
    return person.may(STEER_WORK) or (kind is not None and person.may(kind.permission))


def _row(job: Job) -> list[object]:
    return [
        Cell(label_of(job), href=f"{ADDRESS}{job.id}"),
        job.created_by,
        dutch_moment(job.created_at),
        Cell(" ", badge=job.state.value),
        _how_far(job) or "-",
        job.message or "-",
    ]


def _how_far(job: Job) -> str:
    return f"{dutch_number(job.progress)} van {dutch_number(job.total)}" if job.total else ""


def _facts(job: Job) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = [("Gevraagd door", job.created_by), ("Gevraagd op", dutch_moment(job.created_at))]
    if job.started_at:
        found.append(("Begonnen op", dutch_moment(job.started_at)))
    if job.state is JobState.WAITING and job.attempts:
        found.append(("Volgende poging", dutch_moment(job.run_after)))
    if job.attempts > 1:
        found.append(("Aantal pogingen", job.attempts))
    if job.finished_at:
        found.append(("Klaar op", dutch_moment(job.finished_at)))
    return found
