"""Files as evidence of an answer: one page for each question about a record."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import attached
from core.accounts.services import Person
from core.errors import BadInput, NotFound, RuleViolation
from core.web.attached import file_rows, send
from core.web.pages import redirect
from core.web.security import ReadSession, WriteSession
from core.web.uploads import OnlyFile, OurFolder
from wmebv import actions, queries, rows, services
from wmebv.duties import duties, support_forms
from wmebv.forms import evidence_address
from wmebv.models import ChannelTemplate, Product, Subject
from wmebv.routes.shared import HOME, Editor, Reader, show

router = APIRouter(prefix="/bewijs/{duty}/{about}")


@router.get("/")
def show_evidence(request: Request, session: ReadSession, person: Reader, duty: str, about: str) -> Response:
    return _page(request, session, person, duty, about)


@router.post("/")
def attach(
    request: Request,
    session: WriteSession,
    person: Editor,
    duty: str,
    about: str,
    upload: OnlyFile,
    folder: OurFolder,
) -> Response:
    subject = _subject(session, duty, about)
    if upload.source is None:
        return _page(request, session, person, duty, about, fault="Kies eerst een bestand.")
    try:
        kept = attached.receive(folder, upload.source, upload.name)
        services.attach_evidence(session, subject, duty, kept, actor=person.actor)
    except (BadInput, RuleViolation) as refused:
        return _page(request, session, person, duty, about, fault=refused.message)
    return redirect(evidence_address(duty, about), "opgeslagen")


@router.get("/{file_id}")
def download(
    session: WriteSession, person: Reader, duty: str, about: str, file_id: UUID, folder: OurFolder
) -> Response:
    return send(session, person, _subject(session, duty, about), file_id, folder)


@router.post("/{file_id}/weghalen")
def detach(session: WriteSession, person: Editor, duty: str, about: str, file_id: UUID) -> Response:
    subject = _subject(session, duty, about)
    services.detach_evidence(session, subject, attached.find(session, subject, file_id), actor=person.actor)
    return redirect(evidence_address(duty, about), "weggehaald")


def _subject(session: Session, duty: str, about: str) -> Subject:
    """The record that an address names, as with actions, or a template.

    Raises:
        NotFound: there is no such question, or this organisation has no such record.
    """
    if duty not in duties() and duty not in support_forms():
        raise NotFound(f"Er is geen vraag met code '{duty}'. Ga terug naar de pagina met de vragen.")
    return queries.template_by(session, about) or actions.find_about(session, about) or queries.general(session)


def _page(request: Request, session: Session, person: Person, duty: str, about: str, *, fault: str = "") -> Response:
    subject = _subject(session, duty, about)
    asked = duties().get(duty)
    if isinstance(subject, ChannelTemplate):
        name, href = subject.name, f"/wmebv/sjablonen/{subject.id}/"
    else:
        name, href = actions.place_of(None if about == actions.WHOLE else subject)  # type: ignore[arg-type]  # the same three
    if isinstance(subject, Product):
        href += "antwoorden"
    files = [one for one in attached.files_of(session, subject) if one.about == duty]
    address = evidence_address(duty, about)
    return show(
        request,
        "evidence.html",
        person,
        f"Bewijs bij {duty}",
        [HOME, (name, href), ("Bewijs", "")],
        status_code=422 if fault else 200,
        about=name,
        question=asked.question if asked else support_forms()[duty].label,
        files=file_rows(address.rstrip("/"), files),
        is_answered=duty in {one.duty for one in rows.answers_of(subject)},
        address=address,
        back=href,
        fault=fault,
    )
