"""The overview, and the gap report for management as a page and as files."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from core import clock, reports
from core.web.reports import ReportPage
from core.web.security import ReadSession
from wmebv import queries, services
from wmebv.routes.shared import HOME, Reader, show

router = APIRouter()

PAGE = ReportPage(
    address="/wmebv/rapport/",
    name="Wmebv-rapport",
    trail=[("Overzicht", "/"), HOME],
    action="wmebv:report:download",
    read=services.written_report,
    more=[
        ("Alleen de acties (csv)", "/wmebv/rapport/wmebv.csv?blad=Acties"),
        ("Cijfers per maand (csv)", "/wmebv/rapport/maanden.csv"),
    ],
)


@router.get("/")
def show_overview(request: Request, session: ReadSession, person: Reader) -> Response:
    return show(
        request,
        "overview.html",
        person,
        "Digitaal zakendoen",
        [HOME],
        report=services.overview(session),
        counts=queries.counts(session),
    )


@router.get("/rapport/")
def show_report(request: Request, session: ReadSession, person: Reader, dag: str = "") -> Response:
    return PAGE.show(request, session, person, dag)


@router.get("/rapport/maanden.csv")
def download_months(request: Request, person: Reader) -> Response:
    form = reports.FORMS["csv"]
    return PAGE.hand_out(request, person, form, lambda session: services.months_on(session, clock.today()))


@router.get("/rapport/wmebv.{ending}")
def download_report(request: Request, person: Reader, ending: str, dag: str = "", blad: str = "") -> Response:
    return PAGE.download(request, person, ending, dag, blad)
