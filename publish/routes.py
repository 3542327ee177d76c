"""Pages about the published site: the run log, and a button to export now."""

from itertools import count
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session, col, select

from core import jobs
from core.accounts.services import Person
from core.errors import ExportRefused
from core.folder import Folder
from core.organisations import the_organisation
from core.web.lists import Cell
from core.web.pages import dutch_moment, dutch_number, page, redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession
from publish import catalogue, deliveries, live, permissions, queries, refusals, services
from publish.check.values import category_labels
from publish.models import PublishRun, RunState
from publish.work import EXPORT_JOB, LOOK_JOB, TARGET_JOB, ask_for_the_rest

EXPORT_STEPS = 3
"""How often an export says what it is at."""

router = APIRouter(prefix="/publicatie")


@router.get("/")
def show_runs(
    request: Request, session: ReadSession, person: Annotated[Person, Depends(Allowed(permissions.READ))]
) -> Response:
    runs, folder = queries.runs(session), request.app.state.folder
    verdict, last_good = queries.last_verdict(session), queries.last_good_run(session)
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
        last_good=last_good,
        job_note="De export is gestart. Ververs deze pagina om te zien of hij klaar is." if busy else "",
        job_kind="info",
        job_href=f"/beheer/werk/{job.id}" if job and person.may(permissions.RUN) else "",
        may_run=person.may(permissions.RUN),
        copies=_copies(session, folder),
        verdict=verdict,
        seen=_export(session, verdict.export_id) if verdict and verdict.export_id else Cell("onbekend"),
        address=live.address_of(the_organisation(session), folder.settings),
        catalogue=[
            warning.removeprefix(catalogue.WARNING)
            for warning in (last_good.warnings if last_good else ())
            if warning.startswith(catalogue.WARNING)
        ],
    )


def _row(run: PublishRun) -> list[object]:
    nothing_new = run.state is RunState.DONE and not run.changed
    return [
        Cell(dutch_moment(run.started_at), href=f"/publicatie/exports/{run.id}"),
        run.started_by,
        Cell("Er was niets veranderd." if nothing_new else run.message or " ", badge=run.state.value),
        f"{dutch_number(round(sum(run.seconds.values()), 1))} seconden",
        ", ".join(f"{dutch_number(number)} {name}" for name, number in run.counts.items()),
    ]


def _copies(session: Session, folder: Folder) -> list[list[object]]:
    return [
        [
            one.name,
            Cell(one.error or (" " if one.export_id else "Nog niet gestuurd."), badge=_standing(one)),
            _export(session, one.export_id) if one.export_id else "nog geen",
            (one.row and dutch_moment(one.row.sent_at)) or "nog niet",
            (one.row and dutch_moment(one.row.behind_since)) or "loopt niet achter",
        ]
        for one in deliveries.states(session, folder.settings)
    ]


def _export(session: Session, export_id: str) -> Cell:
    """An export by its moment, with a link to its page; by its number when there is none."""
    run = queries.run_of(session, export_id)
    return Cell(dutch_moment(run.started_at), href=f"/publicatie/exports/{run.id}") if run else Cell(export_id)


def _standing(state: deliveries.State) -> str:
    if state.error:
        return "loopt achter"
    return "bijgewerkt" if state.export_id else "wacht"


@router.get("/exports/{run_id}")
def show_run(
    request: Request, run_id: UUID, session: ReadSession, person: Annotated[Person, Depends(Allowed(permissions.READ))]
) -> Response:
    run = queries.run(session, run_id)
    return page(
        request,
        "publish/run.html",
        person=person,
        page_title=f"Export van {dutch_moment(run.started_at)}",
        run=run,
        facts=[
            ("Uitkomst", Cell(run.message, badge=run.state.value)),
            ("Begonnen", dutch_moment(run.started_at)),
            ("Klaar", dutch_moment(run.finished_at) or "nog niet"),
            ("Door", run.started_by),
            ("Nummer", Cell(run.export_id, is_code=True)),
            ("Website", "veranderd" if run.changed else "niet veranderd"),
        ],
        counts=[[name, dutch_number(number)] for name, number in run.counts.items()],
        categories=[
            [f"{number} {category_labels().get(number, '')}".strip(), dutch_number(many)]
            for number, many in run.categories.items()
        ],
        seconds=[[name, f"{dutch_number(float(many))} seconden"] for name, many in run.seconds.items()],
        changes=[[name or "hoofdmap", *map(dutch_number, numbers)] for name, numbers in run.changes.items()],
        targets=[[name, said] for name, said in sorted(run.targets.items())],
    )


@router.post("/kopieen")
def update_copies(
    request: Request, session: WriteSession, person: Annotated[Person, Depends(Allowed(permissions.RUN))]
) -> Response:
    for name in deliveries.names(session, request.app.state.folder.settings):
        jobs.enqueue(session, TARGET_JOB, {"target": name}, created_by=person.name, created_by_id=person.id)
    return redirect("/publicatie/", "gestart")


@router.post("/bekijken")
def look_from_outside(session: WriteSession, person: Annotated[Person, Depends(Allowed(permissions.RUN))]) -> Response:
    jobs.enqueue(session, LOOK_JOB, {}, created_by=person.name, created_by_id=person.id)
    return redirect("/publicatie/", "gestart")


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

        def ask_for_more() -> None:
            with claimed.database.write(claimed.organisation_id) as session:
                ask_for_the_rest(session, folder, created_by=claimed.created_by)

        try:
            outcome = services.run(
                claimed.database,
                folder,
                claimed.organisation_id,
                actor=claimed.actor,
                may_be_fewer=bool(claimed.payload.get("may_be_fewer")),
                progress=tell,
            )
        except ExportRefused:
            ask_for_more()  # a copy may still be behind with the site of before
            raise
        ask_for_more()
        message = "De nieuwe site staat online." if outcome.changed else "Er was niets veranderd."
        return {"message": message, "export": outcome.export_id, "changed": outcome.changed}

    return handle
