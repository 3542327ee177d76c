"""The designation decision: what stands in its way, and the draft to take along."""

from io import BytesIO

from fastapi import APIRouter, Request
from fastapi.responses import Response

from core import audit, clock
from core.errors import NotFound
from core.papers import WRITERS
from core.web.downloads import download
from core.web.security import ReadSession, WriteSession
from wmebv import services
from wmebv.designation import titled
from wmebv.routes.shared import CHANNELS, HOME, Reader, show

router = APIRouter()


@router.get("/besluit/")
def show_designation(request: Request, session: ReadSession, person: Reader) -> Response:
    found = services.what_blocks_designation(session)
    trail = [HOME, CHANNELS, ("Aanwijzingsbesluit", "")]
    return show(request, "designation.html", person, "Aanwijzingsbesluit", trail, blocks=list(titled(found)))


@router.get("/besluit/besluit.{ending}")
def download_designation(session: WriteSession, person: Reader, ending: str) -> Response:
    writer = WRITERS.get(f".{ending}")
    if writer is None:
        raise NotFound("Dit concept bestaat niet. Kies docx of html.")
    name = f"aanwijzingsbesluit-{clock.today().isoformat()}.{ending}"
    audit.note_download(
        session,
        actor=person.actor,
        action="wmebv:designation:download",
        subject=("core_organisation", person.organisation_id, "Aanwijzingsbesluit"),
        file=name,
    )
    return download(BytesIO(writer(services.draft_designation(session))), name)
