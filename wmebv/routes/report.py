"""The overview, and the gap report for management as a page and as files."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response

from core import audit, clock
from core.errors import NotFound
from core.web.pages import dutch_date
from core.web.security import ReadSession, WriteSession
from wmebv import queries, services
from wmebv.report import as_csv, as_json, as_xlsx, gap_report, page_context
from wmebv.routes.shared import HOME, Reader, show

router = APIRouter()


@router.get("/")
def show_overview(request: Request, session: ReadSession, person: Reader) -> Response:
    today = clock.today()
    report = gap_report(services.inventory(session, today), today)
    return show(
        request,
        "overview.html",
        person,
        "Digitaal zakendoen",
        [HOME],
        report=report,
        counts=queries.counts(session),
    )


@router.get("/rapport/")
def show_report(request: Request, session: ReadSession, person: Reader) -> Response:
    today = clock.today()
    report = gap_report(services.inventory(session, today), today)
    return show(
        request,
        "report.html",
        person,
        "Wmebv-rapport",
        [HOME, ("Rapport", "")],
        base="wmebv/report_page.html",
        files=[(ending, f"/wmebv/rapport/wmebv.{ending}") for ending in _FILES],
        **page_context(report, dutch_date),
    )


@router.get("/rapport/wmebv.{ending}")
def download_report(session: WriteSession, person: Reader, ending: str) -> Response:
    if ending not in _FILES:
        raise NotFound("Dit rapport bestaat niet. Kies xlsx, csv of json.")
    media_type, write = _FILES[ending]
    today = clock.today()
    data = write(gap_report(services.inventory(session, today), today))
    name = f"wmebv-{today.isoformat()}.{ending}"
    audit.note_download(
        session,
        actor=person.actor,
        action="wmebv:report:download",
        subject=("core_organisation", person.organisation_id, "Wmebv-rapport"),
        file=name,
    )
    return Response(data, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


_FILES: dict[str, tuple[str, Callable[..., bytes]]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "csv": ("text/csv; charset=utf-8", lambda report: as_csv(report).encode("utf-8-sig")),
    "json": ("application/json", lambda report: as_json(report).encode()),
}
