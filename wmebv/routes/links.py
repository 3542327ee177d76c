"""The links of the inventory: how it went the last time, what each proves, and a button to try them now."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from core import jobs
from core.link_check import LINK_JOB, is_tried
from core.tried_links import tried
from core.web.lists import Cell, paging
from core.web.pages import dutch_moment, redirect
from core.web.security import ReadSession, WriteSession
from wmebv.links import link_places
from wmebv.queries import PAGE_SIZE
from wmebv.routes.shared import HOME, Editor, Reader, show

router = APIRouter()


@router.get("/links")
def links_page(request: Request, session: ReadSession, person: Reader, pagina: int = 1) -> Response:
    places = link_places(session)
    known = tried(session, places.keys())
    lines = []
    for url, found in places.items():
        one = known.get(url)
        lines.append(
            [
                Cell(url, url) if is_tried(url) else url,
                [Cell(f"{place.subject}: {place.proves}", place.href) for place in found],
                (one.says if one else "nog niet geprobeerd") if is_tried(url) else "geen webadres",
                one.final_url if one else "",
                dutch_moment(one.tried_at) if one else "",
                not (one and one.fault),
            ]
        )
    lines.sort(key=lambda line: bool(line[-1]))
    pages = max(1, -(-len(lines) // PAGE_SIZE))
    at = min(max(pagina, 1), pages)
    return show(
        request,
        "links.html",
        person,
        "Links in de inventaris",
        [HOME, ("Links", "")],
        lines=lines[(at - 1) * PAGE_SIZE : at * PAGE_SIZE],
        paging=paging("/wmebv/links", {}, at, pages, len(lines)),
    )


@router.post("/links")
def try_links(session: WriteSession, person: Editor) -> Response:
    jobs.enqueue(session, LINK_JOB, {}, created_by=person.name, created_by_id=person.id)
    return redirect("/wmebv/links", "gestart")
