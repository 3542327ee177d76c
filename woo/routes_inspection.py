"""The check before publishing. Files are looked at ahead, so that no transaction lasts as long as that takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from core import audit, second_person
from core.accounts.services import Person
from core.errors import BadInput, Conflict, NotFound, RuleViolation
from core.folder import Folder
from core.web.downloads import download
from core.web.forms import Form, Labels, Typed, bind
from core.web.pages import page, redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession, database
from core.web.uploads import DraftUpload, OurFolder, Upload
from woo import describing, elsewhere, forms, permissions, queries, services, views_inspection
from woo.content import InspectionState, OverviewKind
from woo.files import StoredFile
from woo.hits import Stand, Standing
from woo.models import Document, FileInspection, HitDecision
from woo.services import Checked
from woo.views_inspection import Group

router = APIRouter(prefix="/woo")
Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
Decider = Annotated[Person, Depends(Allowed(permissions.DECIDE))]
Publisher = Annotated[Person, Depends(Allowed(permissions.PUBLISH))]
UploadedFile = Annotated[Upload, Depends(DraftUpload("Bestand vervangen", forms.DOCUMENT))]

TO_CONFIRM = (Stand.OPEN, Stand.REFUSED)


class CheckInput(BaseModel):
    """Why something may be public."""

    model_config = ConfigDict(str_strip_whitespace=True)

    reason: str = Field(min_length=5, max_length=1000)


class AnswerInput(BaseModel):
    """What the second person adds to a decision."""

    model_config = ConfigDict(str_strip_whitespace=True)

    answer: str = Field(default="", max_length=1000)


class KnownInput(BaseModel):
    """What belongs to the organisation itself, a text on each line."""

    known: str = Field(default="", max_length=40_000)


# --- ahead of a change -----------------------------------------------------------------------------------------------


def look_first(request: Request, document_id: UUID, person: Publisher, folder: OurFolder) -> None:
    """Look at the file of a document that is about to become public, as far as that was not done; or at its address.

    Raises:
        RuleViolation: the address elsewhere sends on, leads inside or to nothing. A list may have brought it in.
    """
    source = database(request)
    with source.read(person.organisation_id) as session:
        document = queries.document(session, document_id)
        wanted, address = document.sha256, "" if document.is_public else document.source_url
    if address and (fault := elsewhere.fault_of(address)):
        raise RuleViolation(fault, {"source_url": fault})
    services.look_ahead(source, folder, person.organisation_id, [wanted], actor=person.actor)


Looked = Annotated[None, Depends(look_first)]


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A form with the file that was stored from it, or else what is wrong with that."""

    upload: Upload
    file: StoredFile | None = None
    fault: str = ""


def store_offered(
    request: Request, document_id: UUID, person: Editor, upload: UploadedFile, folder: OurFolder
) -> OfferedFile:
    """Store the file of a form; look at it when it is meant to become public at once."""
    if upload.source is None:
        return OfferedFile(upload)
    try:
        file = describing.stored(folder, upload.source, upload.name)
    except BadInput as refused:
        return OfferedFile(upload, fault=refused.message)
    source = database(request)
    with source.read(person.organisation_id) as session:
        is_public = queries.document(session, document_id).is_public
    if is_public:
        services.look_ahead(source, folder, person.organisation_id, [file.sha256], actor=person.actor)
    return OfferedFile(upload, file)


Offered = Annotated[OfferedFile, Depends(store_offered)]


def put_in_place(session: Session, document: Document, person: Person, folder: Folder) -> Response:
    """Let the file that waits take its place, or show what somebody must look at first; it waits then."""
    address = f"/woo/documenten/{document.id}"
    try:
        with session.begin_nested():
            services.put_in_place(session, document, actor=person.actor, folder=folder)
    except RuleViolation:
        return redirect(f"{address}/controle")
    return redirect(address, "opgeslagen")


# --- the page --------------------------------------------------------------------------------------------------------


@router.get("/documenten/{document_id}/controle")
def show_check(request: Request, document_id: UUID, person: Reader, session: ReadSession) -> Response:
    return _check_page(request, person, session, queries.document(session, document_id))


@router.get("/overzichten/{name}/controle")
def show_check_of_overview(request: Request, name: OverviewKind, person: Reader, session: ReadSession) -> Response:
    return _check_page(request, person, session, queries.kept_overview(session, name))


@router.post("/documenten/{document_id}/controle/bevestigen")
def confirm(request: Request, document_id: UUID, person: Editor, session: WriteSession, typed: TypedForm) -> Response:
    return _confirm(request, person, session, queries.document(session, document_id), typed)


@router.post("/overzichten/{name}/controle/bevestigen")
def confirm_in_overview(
    request: Request, name: OverviewKind, person: Editor, session: WriteSession, typed: TypedForm
) -> Response:
    return _confirm(request, person, session, queries.kept_overview(session, name), typed)


@router.post("/documenten/{document_id}/controle/beslissen")
def decide(request: Request, document_id: UUID, person: Decider, session: WriteSession, typed: TypedForm) -> Response:
    return _decide(request, person, session, queries.document(session, document_id), typed)


@router.post("/overzichten/{name}/controle/beslissen")
def decide_over_overview(
    request: Request, name: OverviewKind, person: Decider, session: WriteSession, typed: TypedForm
) -> Response:
    return _decide(request, person, session, queries.kept_overview(session, name), typed)


@router.post("/documenten/{document_id}/controle/heropenen")
def take_back(document_id: UUID, person: Editor, session: WriteSession, typed: TypedForm) -> Response:
    return _take_back(person, session, queries.document(session, document_id), typed)


@router.post("/overzichten/{name}/controle/heropenen")
def take_back_in_overview(name: OverviewKind, person: Editor, session: WriteSession, typed: TypedForm) -> Response:
    return _take_back(person, session, queries.kept_overview(session, name), typed)


@router.post("/documenten/{document_id}/controle/opnieuw")
def check_again(document_id: UUID, person: Editor, session: WriteSession) -> Response:
    return _check_again(person, session, queries.document(session, document_id))


@router.post("/overzichten/{name}/controle/opnieuw")
def check_overview_again(name: OverviewKind, person: Editor, session: WriteSession) -> Response:
    return _check_again(person, session, queries.kept_overview(session, name))


@router.post("/documenten/{document_id}/controle/plaatsen")
def place_offered(
    document_id: UUID, person: Publisher, _looked: Looked, session: WriteSession, folder: OurFolder
) -> Response:
    return put_in_place(session, queries.document(session, document_id), person, folder)


@router.post("/documenten/{document_id}/controle/weggooien")
def drop_offered(document_id: UUID, person: Publisher, session: WriteSession, typed: TypedForm) -> Response:
    document = queries.document(session, document_id)
    services.drop_offer(session, document, version=typed.number("version"), actor=person.actor)
    return redirect(f"/woo/documenten/{document_id}", "weggehaald")


@router.get("/documenten/{document_id}/controle/bestand")
def download_stripped(document_id: UUID, person: Reader, session: WriteSession, folder: OurFolder) -> Response:
    """What becomes public, so that people can look at just that."""
    document = queries.document(session, document_id)
    found = services.inspection_of(session, document.sha256)
    if not found or found.state is not InspectionState.DONE or folder.store().size(found.stripped) is None:
        raise NotFound("Dit bestand is nog niet nagekeken. Wacht even en probeer het opnieuw.")
    audit.note_download(
        session,
        actor=person.actor,
        action="woo:document:download",
        subject=("woo_document", document.id, document.audit_label()),
        file=document.file_name,
    )
    return download(folder.store().open(found.stripped), document.file_name)


@router.get("/overzichten/{name}/controle/bestand")
def download_overview(name: OverviewKind, person: Reader, session: WriteSession) -> Response:
    """The list as readers will download it."""
    overview = queries.kept_overview(session, name)
    file = f"overzicht {name.value}.csv"
    audit.note_download(
        session,
        actor=person.actor,
        action="woo:overview:download",
        subject=("woo_overview", overview.id, overview.audit_label()),
        file=file,
    )
    return download(BytesIO(overview.file), file)


def _confirm(request: Request, person: Person, session: Session, checked: Checked, typed: Typed) -> Response:
    found, standing, said = _seen(session, checked, typed)
    wanted = views_inspection.groups(standing, said, *TO_CONFIRM)
    form = bind(CheckInput, typed, _labels(wanted))
    if form.cleaned is None:
        return _check_page(request, person, session, checked, confirming=form, status_code=422)
    keys = views_inspection.chosen(typed, wanted)
    try:
        services.confirm(
            session, checked, keys, reason=form.cleaned.reason, original=found.original, actor=person.actor
        )
    except RuleViolation as refused:
        for name, message in refused.points.items():
            form.errors[wanted[0].name if name == "hit" and wanted else name] = message
        if not refused.points:
            form.errors[""] = refused.message
        return _check_page(request, person, session, checked, confirming=form, status_code=422)
    return redirect(_address(checked), "opgeslagen")


def _decide(request: Request, person: Person, session: Session, checked: Checked, typed: Typed) -> Response:
    found, standing, said = _seen(session, checked, typed)
    asked = views_inspection.groups(standing, said, Stand.ASKED, prefix="beslis")
    form = bind(AnswerInput, typed, _labels(asked))
    refused = ""
    if form.cleaned:
        try:
            with session.begin_nested():
                services.decide(
                    session,
                    checked,
                    views_inspection.chosen(typed, asked),
                    approve=typed.value("knop") == "ja",
                    answer=form.cleaned.answer,
                    original=found.original,
                    actor=person.actor,
                )
        except RuleViolation as violation:
            session.expire_all()
            refused = violation.message
        else:
            return redirect(_address(checked), "opgeslagen")
    return _check_page(request, person, session, checked, deciding=form, refused=refused, status_code=422)


def _take_back(person: Person, session: Session, checked: Checked, typed: Typed) -> Response:
    found, standing, said = _seen(session, checked, typed)
    settled = views_inspection.groups(standing, said, Stand.SETTLED, Stand.ASKED, prefix="terug")
    keys = views_inspection.chosen(typed, settled)
    services.take_back(session, checked, keys, original=found.original, actor=person.actor)
    return redirect(_address(checked), "opgeslagen")


def _check_again(person: Person, session: Session, checked: Checked) -> Response:
    services.ask_again(session, checked, actor=person.actor)
    return redirect(_address(checked), "gestart")


def _seen(
    session: Session, checked: Checked, typed: Typed
) -> tuple[FileInspection, Standing, Mapping[str, HitDecision]]:
    """What the person saw, if that is still so."""
    found = services.inspection_of(session, checked.sha256)
    if found is None or found.state is not InspectionState.DONE or typed.value("gezien") != _mark(found):
        raise Conflict("Het bestand is intussen vervangen of opnieuw nagekeken. Ga terug en ververs de pagina.")
    return found, services.standing(session, checked, found), services.decisions(session, checked)


def _mark(found: FileInspection) -> str:
    return f"{found.original[:16]}-{found.at.timestamp():.0f}"


def _address(checked: Checked) -> str:
    return f"{queries.address_of(checked)}/controle"


def _labels(groups: Sequence[Group]) -> Mapping[str, Labels]:
    own = {"reason": views_inspection.REASON, "answer": views_inspection.ANSWER}
    return own | {group.name: group.label for group in groups}


def _check_page(
    request: Request,
    person: Person,
    session: Session,
    checked: Checked,
    *,
    confirming: Form[CheckInput] | None = None,
    deciding: Form[AnswerInput] | None = None,
    refused: str = "",
    status_code: int = 200,
) -> Response:
    has_file = views_inspection.has_file(checked)
    found = services.inspection_of(session, checked.sha256) if has_file else None
    is_done = found is not None and found.state is InspectionState.DONE
    standing = services.standing(session, checked, found) if found and is_done else Standing(())
    said = services.decisions(session, checked)
    is_over = views_inspection.is_over(checked)
    document = checked if isinstance(checked, Document) else None
    waits = document is not None and document.is_public and document.file_before is not None
    to_confirm = views_inspection.groups(standing, said, *TO_CONFIRM)
    to_decide = views_inspection.groups(standing, said, Stand.ASKED, prefix="beslis")
    settled = views_inspection.groups(standing, said, Stand.SETTLED, Stand.ASKED, prefix="terug")
    own = [said[hit.key] for group in to_decide for hit in group.hits]
    may_decide = all(second_person.may_decide_from(session, one, person.actor) for one in own)
    return page(
        request,
        "woo/inspection.html",
        person=person,
        status_code=status_code,
        page_title="Controle van het bestand" if document else "Controle van het overzicht",
        name=queries.name_of(checked),
        address=queries.address_of(checked),
        document=document,
        is_over=is_over,
        has_file=has_file,
        state=(found.state if found else InspectionState.WAITING).value,
        fault=found.fault if found else "",
        mark=_mark(found) if found else "",
        facts=views_inspection.facts(checked, found) if found and is_done else [],
        hinders=standing.hinders,
        is_done=is_done,
        refused=refused,
        confirm=confirming or Form(CheckInput, Typed(), _labels(to_confirm)),
        decide=deciding or Form(AnswerInput, Typed(), _labels(to_decide)),
        reopen=Form(CheckInput, Typed(), _labels(settled)),
        to_confirm=to_confirm,
        to_decide=to_decide,
        settled=settled,
        rows=views_inspection.hit_rows(standing, said, *TO_CONFIRM, Stand.ASKED, Stand.SETTLED),
        notices=views_inspection.notices(standing),
        can_edit=person.may(permissions.EDIT) and not is_over,
        can_decide=person.may(permissions.DECIDE) and not is_over,
        may_decide=may_decide,
        can_publish=person.may(permissions.PUBLISH) and not is_over,
        waits=waits,
        is_shown=queries.is_shown(session, checked) and not waits,
    )


# --- what belongs to the organisation itself -------------------------------------------------------------------------


@router.get("/controle")
def show_settings(request: Request, person: Reader, session: ReadSession) -> Response:
    typed = Typed((("known", "\n".join(services.known_texts(session).texts)),))
    return _settings_page(request, person, session, Form(KnownInput, typed, views_inspection.SETTINGS))


@router.post("/controle")
def change_settings(request: Request, person: Publisher, session: WriteSession, typed: TypedForm) -> Response:
    form = bind(KnownInput, typed, views_inspection.SETTINGS)
    if form.cleaned is None:
        return _settings_page(request, person, session, form, status_code=422)
    lines = form.cleaned.known.splitlines()
    try:
        services.change_known(session, lines, version=typed.number("version"), actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _settings_page(request, person, session, form, status_code=422)
    return redirect("/woo/controle", "opgeslagen")


def _settings_page(
    request: Request, person: Person, session: Session, form: Form[KnownInput], *, status_code: int = 200
) -> Response:
    return page(
        request,
        "woo/inspection_settings.html",
        person=person,
        status_code=status_code,
        page_title="Controle van bestanden",
        form=form,
        known=services.known_texts(session),
        own=services.own_texts(session),
        can_edit=person.may(permissions.PUBLISH),
    )
