"""The links that stand in records: how it went the last time, and a button to try them now."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from core import jobs
from core.accounts.services import Person
from core.link_check import LINK_JOB, is_tried
from core.tried_links import all_tried
from core.web.lists import Cell
from core.web.pages import dutch_moment, page, redirect
from core.web.security import Allowed, ReadSession, WriteSession
from register import permissions, services

router = APIRouter(prefix="/register/links")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]


@router.get("")
def links_page(request: Request, session: ReadSession, person: Reader) -> Response:
    tried = {one.url: one for one in all_tried(session)}
    rows = [
        [
            Cell(url, url) if is_tried(url) else url,
            ", ".join(records),
            one.says if (one := tried.get(url)) else "nog niet geprobeerd",
            dutch_moment(one.tried_at) if one else "",
        ]
        for url, records in services.link_addresses(session).items()
    ]
    return page(
        request,
        "register/links.html",
        person=person,
        page_title="Links in het verwerkingsregister",
        rows=sorted(rows, key=lambda row: (row[2] == "werkt", row[2] == "nog niet geprobeerd")),
        may_try=person.may(permissions.EDIT),
    )


@router.post("")
def try_links(session: WriteSession, person: Editor) -> Response:
    jobs.enqueue(session, LINK_JOB, {}, created_by=person.name, created_by_id=person.id)
    return redirect("/register/links", "gestart")
