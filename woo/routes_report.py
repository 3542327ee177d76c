"""The report on the Woo as a page and as files, for today or for an earlier day."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from core.accounts.services import Person
from core.web.reports import ReportPage
from core.web.security import Allowed, ReadSession
from woo import as_of, permissions, report

router = APIRouter(prefix="/woo/rapport")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]

PAGE = ReportPage(
    address="/woo/rapport/",
    name="Woo-rapport",
    trail=[("Overzicht", "/"), ("Woo", "/woo/")],
    action="woo:report:download",
    read=lambda session, day: report.report(as_of.read(session, day)),
)


@router.get("/")
def show_report(request: Request, person: Reader, session: ReadSession, dag: str = "") -> Response:
    return PAGE.show(request, session, person, dag)


@router.get("/woo.{ending}")
def download_report(request: Request, person: Reader, ending: str, dag: str = "", blad: str = "") -> Response:
    return PAGE.download(request, person, ending, dag, blad)
