"""Pages about the published site: the run log, and a button to export now."""

from itertools import count
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import col, select

import wmebv.public as wmebv
from core import jobs
from core.accounts.services import Person
from core.folder import Folder
from core.organisations import the_organisation
from core.web.lists import Cell
from core.web.pages import dutch_moment, dutch_number, page, redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession
from publish import catalogue, permissions, queries, refusals, services
from publish.models import PublishRun, RunState
from publish.work import EXPORT_JOB, ask_for_the_rest

EXPORT_STEPS = 3
"""How often an export says what it is at."""

router = APIRouter(prefix="/publicatie")


@router.get("/")
def show_runs(
    request: Request, session: ReadSession, person: Annotated[Person, Depends(Allowed(permissions.READ))]
) -> Response:
    runs = queries.runs(session)
    job = session.exec(
        select(jobs.Job).where(jobs.Job.kind == EXPORT_JOB).order_by(col(jobs.Job.created_at).desc()).limit(1)
    ).first()
    busy = job is not None and job.state in {jobs.JobState.WAITING, jobs.JobState.RUNNING}
    return page(
        request,
        "publish/runs.html",
        person=person,
        page_title="Publicatie",
        rows=[_row(run) for run in runs],
        faults=runs[0].faults if runs else [],
        may_be_fewer=bool(runs) and refusals.asks_for_a_yes(runs[0]),
        last_good=queries.last_good_run(session),
        job_note="De export is gestart. Ververs deze pagina om te zien of hij klaar is." if busy else "",
        job_kind="info",
        job_href=f"/beheer/werk/{job.id}" if job and person.may(permissions.RUN) else "",
        may_run=person.may(permissions.RUN),
        catalogue=list(catalogue.remarks(the_organisation(session), wmebv.public_products(session))),
    )


def _row(run: PublishRun) -> list[object]:
    nothing_new = run.state is RunState.DONE and not run.changed
    return [
        dutch_moment(run.started_at),
        run.started_by,
        Cell("Er was niets veranderd." if nothing_new else run.message or " ", badge=run.state.value),
        f"{dutch_number(round(sum(run.seconds.values()), 1))} seconden",
        ", ".join(f"{dutch_number(number)} {name}" for name, number in run.counts.items()),
    ]


@router.post("/exporteren")
def export_now(
    session: WriteSession, typed: TypedForm, person: Annotated[Person, Depends(Allowed(permissions.RUN))]
) -> Response:
    payload = {"may_be_fewer": True} if typed.value("minder") == "ja" else {}
    jobs.enqueue(session, EXPORT_JOB, payload, created_by=person.name, created_by_id=person.id)
    return redirect("/publicatie/", "gestart")


def export_job(folder: Folder) -> jobs.Handler:
    """The handler that a worker runs for the button."""

    def handle(claimed: jobs.Claimed) -> dict[str, object]:
        steps = count()

        def tell(step: str) -> None:
            claimed.report(next(steps), EXPORT_STEPS, step)

        outcome = services.run(
            claimed.database,
            folder,
            claimed.organisation_id,
            actor=claimed.actor,
            may_be_fewer=bool(claimed.payload.get("may_be_fewer")),
            progress=tell,
        )
        with claimed.database.write(claimed.organisation_id) as session:
            ask_for_the_rest(session, folder, created_by=claimed.created_by)
        message = "De nieuwe site staat online." if outcome.changed else "Er was niets veranderd."
        return {"message": message, "export": outcome.export_id, "changed": outcome.changed}

    return handle
