"""Pages with files of the register: all of it as it was on a day, and records to mail.

A file is made within a session that only reads, which ends before the trail is written: making may take seconds.
"""

import io
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlmodel import col, select

from core import clock, jobs
from core.accounts.services import Person
from core.content import Line
from core.errors import BadInput, Failed, NotFound
from core.folder import Folder
from core.organisations import Team, shared
from core.web.downloads import download
from core.web.forms import Form, Labels, Typed, bind
from core.web.lists import Cell
from core.web.pages import dutch_date, dutch_moment, page, redirect
from core.web.security import Allowed, TypedForm, WriteSession, database
from register import as_of, permissions, queries
from register.report import files

router = APIRouter(prefix="/register")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]

FILE_JOB = "register:file"
HOME = "/register/bestanden"
AT_ONCE: Mapping[str, int] = {"pdf": 60}
"""Records of which a file is made while somebody waits; of more a job makes it."""
OTHERS_AT_ONCE = 1500
_KEPT = timedelta(days=7)
"""How long a file of a job waits to be downloaded."""


class Ending(StrEnum):
    XLSX = "xlsx"
    ODS = "ods"
    PDF = "pdf"
    JSON = "json"


class DocumentEnding(StrEnum):
    DOCX = "docx"
    PDF = "pdf"


class Audience(StrEnum):
    INTERNAL = "intern"
    PUBLIC = "openbaar"


class RegisterInput(BaseModel):
    """The whole register on a day."""

    day: date
    ending: Ending


class TeamInput(BaseModel):
    """The records of a team."""

    team: Line
    document: DocumentEnding
    audience: Audience


ENDINGS: Mapping[str, str] = {
    Ending.XLSX: "Excel (xlsx), ook om te wijzigen en weer in te lezen",
    Ending.ODS: "LibreOffice (ods), ook om te wijzigen en weer in te lezen",
    Ending.PDF: "PDF, om te lezen en te bewaren",
    Ending.JSON: "JSON, voor computers",
}
DOCUMENTS: Mapping[str, str] = {DocumentEnding.DOCX: "Word (docx)", DocumentEnding.PDF: "PDF"}
AUDIENCES: Mapping[str, str] = {
    Audience.INTERNAL: "Intern: alles wat is ingevuld",
    Audience.PUBLIC: "Openbaar: alleen wat op de website staat",
}
REGISTER_LABELS: Mapping[str, Labels] = {
    "day": Labels(
        "Stand aan het einde van",
        "U krijgt het register zoals het toen was, met de concepten en de interne velden.",
        "AVG artikel 30 lid 4",
        required=True,
    ),
    "ending": Labels("Soort bestand", required=True),
}
TEAM_LABELS: Mapping[str, Labels] = {
    "team": Labels("Team", required=True),
    "document": Labels("Soort document", required=True),
    "audience": Labels("Voor wie", required=True),
}


@router.get("/bestanden")
def files_page(request: Request, person: Reader) -> Response:
    return _page(request, person, *_empty_forms())


@router.post("/bestanden/register")
def make_register(request: Request, person: Reader, typed: TypedForm) -> Response:
    _, team_form = _empty_forms()
    form = bind(RegisterInput, typed, REGISTER_LABELS)
    if form.cleaned is None:
        return _page(request, person, form, team_form, status_code=422)
    day, ending = form.cleaned.day, form.cleaned.ending.value
    try:
        with database(request).read(person.organisation_id) as session:
            is_small = as_of.count(session, day) <= AT_ONCE.get(ending, OTHERS_AT_ONCE)
            made = list(files.register_on(session, day, ending)) if is_small else []
    except BadInput as refused:
        form.errors["day"] = refused.message
        return _page(request, person, form, team_form, status_code=422)
    if made:
        return _answer(request, person, made)
    with database(request).write(person.organisation_id) as session:
        payload = {"day": day.isoformat(), "ending": ending}
        jobs.enqueue(session, FILE_JOB, payload, created_by=person.name, created_by_id=person.id)
    return redirect(HOME, "gestart")


@router.post("/bestanden/team")
def make_team(request: Request, person: Reader, typed: TypedForm) -> Response:
    register_form, _ = _empty_forms()
    form = bind(TeamInput, typed, TEAM_LABELS, require=["team"])
    if form.cleaned is None:
        return _page(request, person, register_form, form, status_code=422)
    wanted = form.cleaned
    is_public = wanted.audience is Audience.PUBLIC
    try:
        with database(request).read(person.organisation_id) as session:
            made = list(files.records_now(session, wanted.document, team=wanted.team, is_public=is_public))
    except (BadInput, NotFound) as refused:
        form.errors["team"] = refused.message
        return _page(request, person, register_form, form, status_code=422)
    return _answer(request, person, made)


@router.get("/bestanden/{made_id}")
def download_made(session: WriteSession, request: Request, person: Reader, made_id: UUID) -> Response:
    job = session.exec(select(jobs.Job).where(jobs.Job.id == made_id, jobs.Job.kind == FILE_JOB)).first()
    path = _place(request.app.state.folder, made_id)
    if job is None or job.state is not jobs.JobState.DONE or not path.is_file():
        raise NotFound("Dit bestand is er niet (meer). Maak het opnieuw op de pagina met bestanden.")
    name = str(job.result["file"])
    files.note_file(session, person.organisation_id, name, actor=person.actor)
    return download(path.open("rb"), name)


@router.get("/{kenmerk}/bestand/{ending}")
def download_record(
    request: Request, person: Reader, kenmerk: str, ending: str, voor: str = Audience.INTERNAL
) -> Response:
    if ending not in files.RECORD_FORMATS:
        raise NotFound("Dit bestand bestaat niet. Kies docx of pdf.")
    with database(request).read(person.organisation_id) as session:
        activity = queries.find(session, kenmerk)
        is_public = voor == Audience.PUBLIC
        made = list(files.records_now(session, ending, kenmerk=activity.kenmerk, is_public=is_public))
    return _answer(request, person, made)


def file_job(folder: Folder) -> jobs.Handler:
    """The handler that makes a large file; it waits on disk until somebody downloads it, for some days."""

    def handle(claimed: jobs.Claimed) -> dict[str, object]:
        day, ending = date.fromisoformat(claimed.payload["day"]), str(claimed.payload["ending"])
        place = _place(folder, claimed.id)
        place.parent.mkdir(parents=True, exist_ok=True)
        _forget_old(place.parent)
        unfinished = place.with_suffix(".bezig")
        try:
            with claimed.database.read(claimed.organisation_id) as session:
                name = _keep(unfinished, files.register_on(session, day, ending, tell=claimed.report))
            unfinished.replace(place)
        except OSError as error:
            raise Failed("Het bestand kan niet worden geschreven. Controleer of de schijf vol is.") from error
        finally:
            unfinished.unlink(missing_ok=True)
        return {"file": name, "message": "Het bestand staat klaar."}

    return handle


# --- what several pages share


def _empty_forms() -> tuple[Form[RegisterInput], Form[TeamInput]]:
    today = Typed((("day", clock.today().isoformat()), ("ending", Ending.XLSX)))
    chosen = Typed((("document", DocumentEnding.DOCX), ("audience", Audience.INTERNAL)))
    return Form(RegisterInput, today, REGISTER_LABELS), Form(TeamInput, chosen, TEAM_LABELS)


def _page(
    request: Request,
    person: Person,
    register_form: Form[RegisterInput],
    team_form: Form[TeamInput],
    *,
    status_code: int = 200,
) -> Response:
    newest = select(jobs.Job).where(jobs.Job.kind == FILE_JOB).order_by(col(jobs.Job.created_at).desc()).limit(10)
    with database(request).read(person.organisation_id) as session:
        asked = session.exec(newest).all()
        return page(
            request,
            "register/files.html",
            person=person,
            status_code=status_code,
            page_title="Bestanden van het register",
            register_form=register_form,
            team_form=team_form,
            endings=list(ENDINGS.items()),
            documents=list(DOCUMENTS.items()),
            audiences=list(AUDIENCES.items()),
            teams=[(team.name, team.name) for team in shared(session, Team)],
            rows=[_row(job, request.app.state.folder) for job in asked],
            is_busy=any(job.state not in jobs.ENDED for job in asked),
        )


def _row(job: jobs.Job, folder: Folder) -> Sequence[object]:
    is_there = job.state is jobs.JobState.DONE and _place(folder, job.id).is_file()
    name = str(job.result.get("file", ""))
    what = f"Register op {dutch_date(date.fromisoformat(job.payload['day']))}, {job.payload['ending']}"
    return [
        Cell(name or what, f"{HOME}/{job.id}" if is_there else ""),
        dutch_moment(job.created_at),
        job.created_by,
        Cell(job.message or " ", badge=job.state.value),
    ]


def _answer(request: Request, person: Person, made: Sequence[files.File]) -> Response:
    """The file as a download, after the trail knows of it; several parts as one zip."""
    name, content = made[0].name, made[0].content
    if len(made) > 1:
        name, out = _name_of_parts(made[0]), io.BytesIO()
        _zip(out, made)
        content = out.getvalue()
    with database(request).write(person.organisation_id) as session:
        files.note_file(session, person.organisation_id, name, actor=person.actor)
    return download(io.BytesIO(content), name)


def _keep(target: Path, made: Iterator[files.File]) -> str:
    """Write a file, or its parts as one zip, and say what it is called."""
    first, second = next(made), next(made, None)
    if second is None:
        target.write_bytes(first.content)
        return first.name
    _zip(target, chain([first, second], made))
    return _name_of_parts(first)


def _name_of_parts(first: files.File) -> str:
    return f"{Path(first.name).stem.removesuffix('-deel-1')}-pdf.zip"


def _zip(target: Path | io.BytesIO, made: Iterable[files.File]) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for file in made:
            part = zipfile.ZipInfo(file.name, date_time=(1980, 1, 1, 0, 0, 0))
            archive.writestr(part, file.content)  # a PDF is packed already


def _place(folder: Folder, job_id: UUID) -> Path:
    return folder.reports / "register" / str(job_id)


def _forget_old(place: Path) -> None:
    for path in place.iterdir():
        if path.stat().st_mtime < time.time() - _KEPT.total_seconds():
            path.unlink(missing_ok=True)
