"""The report on the whole programme as a page and as files, for who may read all three registers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from app import programme, roles
from core.accounts.services import Person
from core.web.reports import ReportPage
from core.web.security import Allowed, ReadSession

router = APIRouter(prefix="/rapport")

Reader = Annotated[Person, Depends(Allowed(roles.READ_PROGRAMME))]

PAGE = ReportPage(
    address="/rapport/",
    name="Rapport over het hele programma",
    trail=[("Overzicht", "/")],
    action="core:report:download",
    read=programme.read,
)


@router.get("/")
def show_report(request: Request, person: Reader, session: ReadSession, dag: str = "") -> Response:
    return PAGE.show(request, session, person, dag)


@router.get("/programma.{ending}")
def download_report(request: Request, person: Reader, ending: str, dag: str = "", blad: str = "") -> Response:
    return PAGE.download(request, person, ending, dag, blad)
