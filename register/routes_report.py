"""The register in figures as a page and as files, for today or for an earlier day."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core.accounts.services import Person
from core.reports import Report
from core.web.reports import ReportPage
from core.web.security import Allowed, ReadSession
from register import figures, permissions

router = APIRouter(prefix="/register/rapport")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]


def read(session: Session, day: date) -> Report:
    """The register in figures at the end of a day.

    Raises:
        BadInput: the day is still to come, or the register was empty.
    """
    name, records = figures.read(session, day)
    return figures.report(name, day, records)


PAGE = ReportPage(
    address="/register/rapport/",
    name="Rapport over het register",
    trail=[("Overzicht", "/"), ("Verwerkingsregister", "/register/")],
    action="register:report:download",
    read=read,
)


@router.get("/")
def show_report(request: Request, person: Reader, session: ReadSession, dag: str = "") -> Response:
    return PAGE.show(request, session, person, dag)


@router.get("/register.{ending}")
def download_report(request: Request, person: Reader, ending: str, dag: str = "", blad: str = "") -> Response:
    return PAGE.download(request, person, ending, dag, blad)
