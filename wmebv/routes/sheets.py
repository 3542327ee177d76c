"""Question sheets on screen: one for each team, out and back in after a look."""

import base64
import binascii
import io
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import audit, clock, sheets
from core.accounts.services import Person
from core.content import Part
from core.errors import BadInput, RuleViolation
from core.organisations import bodies, the_organisation
from core.web.downloads import download
from core.web.forms import Form, Labels, Typed
from core.web.imports import short
from core.web.lists import Cell
from core.web.pages import redirect
from core.web.security import ReadSession, TypedForm, WriteSession, database
from core.web.uploads import OnlySheet
from wmebv import services
from wmebv.question_sheet import ReadSheet, read_sheet
from wmebv.routes.shared import HOME, Editor, show
from wmebv.services import SheetChange, SheetEffect

router = APIRouter(prefix="/vragenbladen")
ADDRESS = "/wmebv/vragenbladen/"
SHEETS = ("Vragenbladen", ADDRESS)
MAX_BYTES = 700_000
"""The file goes with the page that shows it and comes back with the answer; nothing of it is kept on the way."""
FILE_LABELS = {"file": Labels("Ingevuld vragenblad", "Het xlsx-bestand dat een team terugstuurde.", required=True)}


class FileInput(Part):
    """The form of an upload; the file itself is no text."""


@router.get("/")
def sheets_page(request: Request, session: ReadSession, person: Editor) -> Response:
    return _sheets_page(request, session, person, Form(FileInput, Typed(), FILE_LABELS))


@router.get("/blad.xlsx")
def download_sheet(request: Request, person: Editor, team: str = "") -> Response:
    """The sheet of one team; without a team that of the products of no team."""
    with database(request).read(person.organisation_id) as session:
        lines = services.open_questions(session, team).get(team, [])
        name, content = services.question_sheet(session, team, lines, clock.today())
    _note(request, person, name)
    return download(io.BytesIO(content), name)


@router.get("/alle.zip")
def download_all(request: Request, person: Editor) -> Response:
    with database(request).read(person.organisation_id) as session:
        content = services.zipped(services.question_sheets(session, clock.today()))
    _note(request, person, "vragenbladen.zip")
    return download(io.BytesIO(content), "vragenbladen.zip")


def _note(request: Request, person: Person, name: str) -> None:
    with database(request).write(person.organisation_id) as session:
        one = the_organisation(session)
        subject = (one.__tablename__, one.id, one.name)
        audit.note_download(session, actor=person.actor, action="wmebv:sheet:download", subject=subject, file=name)


@router.post("/")
def look_at_sheet(request: Request, person: Editor, upload: OnlySheet) -> Response:
    form = Form(FileInput, Typed(), FILE_LABELS)
    content = upload.source.read(MAX_BYTES + 1) if upload.source else b""
    with database(request).read(person.organisation_id) as session:
        try:
            if not upload.name:
                form.errors["file"] = "Kies eerst een bestand."
            else:
                read = read_sheet(sheets.read(content, upload.name, max_bytes=MAX_BYTES), bodies(session))
                return _look(request, session, person, read, upload.name, base64.b64encode(content).decode())
        except BadInput as refused:
            form.errors["file"] = refused.message
        return _sheets_page(request, session, person, form, status_code=422)


@router.post("/inlezen")
def take_sheet(request: Request, session: WriteSession, person: Editor, typed: TypedForm) -> Response:
    name, kept, taken = typed.value("name"), typed.value("kept"), typed.values("neem")
    try:
        content = base64.b64decode(kept, validate=True)
        read = read_sheet(sheets.read(content, name, max_bytes=MAX_BYTES), bodies(session))
    except (BadInput, binascii.Error):
        raise BadInput("Het vragenblad is onderweg beschadigd. Upload het opnieuw.") from None
    try:
        services.take_answers(session, read, taken=taken, actor=person.actor)
    except RuleViolation as refused:
        return _look(request, session, person, read, name, kept, problem=refused.message, status_code=422)
    return redirect(ADDRESS, "opgeslagen")


def _sheets_page(
    request: Request, session: Session, person: Person, form: Form[FileInput], *, status_code: int = 200
) -> Response:
    rows = [
        [Cell(team or "Producten zonder team", f"{ADDRESS}blad.xlsx?{urlencode({'team': team})}"), number]
        for team, number in services.count_open_questions(session).items()
    ]
    return show(
        request,
        "sheets.html",
        person,
        "Vragenbladen",
        [HOME, SHEETS],
        status_code=status_code,
        form=form,
        rows=rows,
    )


def _look(
    request: Request,
    session: Session,
    person: Person,
    read: ReadSheet,
    name: str,
    kept: str,
    *,
    problem: str = "",
    status_code: int = 200,
) -> Response:
    changes = services.plan_answers(session, read)
    counted = Counter(change.effect for change in changes)
    return show(
        request,
        "sheet.html",
        person,
        f"Vragenblad {name}",
        [HOME, SHEETS, (name, "")],
        status_code=status_code,
        problem=problem,
        name=name,
        kept=kept,
        by=read.by,
        on=read.on,
        faults=[[fault.cell, short(fault.value), fault.message] for fault in read.faults],
        counted=[(effect.value, counted[effect]) for effect in SheetEffect if counted[effect]],
        conflicts=[_line(change) for change in changes if change.effect is SheetEffect.CONFLICT],
        changes=[
            [change.label, Cell(badge=change.effect.value), short(change.ours), _told(change)]
            for change in changes
            if change.effect not in {SheetEffect.CONFLICT, SheetEffect.SAME}
        ],
        is_useful=bool(counted[SheetEffect.NEW] or counted[SheetEffect.CHANGED] or counted[SheetEffect.CONFLICT]),
    )


def _line(change: SheetChange) -> Mapping[str, Any]:
    return {"key": change.key, "label": change.label, "ours": short(change.ours), "theirs": short(change.theirs)}


def _told(change: SheetChange) -> str:
    guess = " (zo gelezen)" if change.guess else ""
    return change.reason or short(change.theirs) + guess
