"""The report on the Woo as a page and as files, for today or for an earlier day."""

from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import audit, clock, reports
from core.accounts.services import Person
from core.errors import BadInput, NotFound
from core.reports import Report
from core.web.pages import page
from core.web.security import Allowed, ReadSession, WriteSession
from woo import as_of, permissions, report

router = APIRouter(prefix="/woo/rapport")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]

ADDRESS = "/woo/rapport/"


@router.get("/")
def show_report(request: Request, person: Reader, session: ReadSession, dag: str = "") -> Response:
    try:
        made, fault = _report(session, dag), ""
    except BadInput as refused:
        made, fault = _report(session, ""), refused.message
    day = made.paper.day
    asked = f"?dag={day.isoformat()}" if day != clock.today() else ""
    return page(
        request,
        "woo/report.html",
        person=person,
        status_code=422 if fault else 200,
        page_title="Rapport",
        fault=fault,
        paper=made.paper,
        day=day.isoformat(),
        today=clock.today().isoformat(),
        files=[(ending, f"{ADDRESS}woo.{ending}{asked}") for ending in reports.FORMS],
    )


@router.get("/woo.{ending}")
def download_report(person: Reader, session: WriteSession, ending: str, dag: str = "") -> Response:
    try:
        form = reports.form_of(Path(f"woo.{ending}"))
    except BadInput:
        raise NotFound(f"Dit rapport bestaat niet. Kies {', '.join(reports.FORMS)}.") from None
    made = _report(session, dag)
    name = f"woo-{made.paper.day.isoformat()}.{ending}"
    audit.note_download(
        session,
        actor=person.actor,
        action="woo:report:download",
        subject=("core_organisation", person.organisation_id, "Woo-rapport"),
        file=name,
    )
    return Response(
        form.write(made), media_type=form.media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _report(session: Session, day: str) -> Report:
    try:
        on = date.fromisoformat(day) if day else clock.today()
    except ValueError:
        raise BadInput("Dit is geen datum. Kies een dag.") from None
    return report.report(as_of.read(session, on))
