"""The form of a document: a new one with its file, and the metadata of one that is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, BinaryIO
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session, select

from core import kept_uploads
from core.accounts.services import Person
from core.errors import BadInput, Conflict, RuleViolation
from core.folder import Folder
from core.web.conflicts import conflict_page, settle
from core.web.drafts import OF_THE_PAGE, DraftForm, form_page
from core.web.forms import Form, Typed, bind, fill
from core.web.pages import redirect
from core.web.security import Allowed, ReadSession, WriteSession, database
from core.web.uploads import DraftUpload, OurFolder, Upload
from woo import copying, describing, elsewhere, files, forms, lists, meetings, permissions, queries, services
from woo.content import DocumentContent, DossierContent, Withholding
from woo.files import StoredFile
from woo.inspection.facts import Described
from woo.models import Document, Dossier

router = APIRouter(prefix="/woo/documenten")
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
TypedDocument = Annotated[Typed, Depends(DraftForm("Document", forms.DOCUMENT))]
UploadedDocument = Annotated[Upload, Depends(DraftUpload("Document", forms.DOCUMENT))]

KEPT_FILE, KEPT_NAME = f"{OF_THE_PAGE}bestand", f"{OF_THE_PAGE}naam"
FROM_FILE = "voorstel"
"""The button that asks for proposals from the file, and saves nothing."""
OF_DOSSIER = "stukken"
"""The button that asks which documents a dossier has, to be an attachment to, and saves nothing."""


# --- a new document --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Sent:
    """A form that came in, read and judged before anything is locked.

    `file` is stored already when nothing is wrong with the form. Otherwise the bytes are kept aside under `token`.
    """

    form: Form[forms.NewDocument]
    name: str = ""
    token: str = ""
    file: StoredFile | None = None
    told: Described = field(default_factory=Described)

    @property
    def asks_for_proposals(self) -> bool:
        return self.form.value("knop") == FROM_FILE

    @property
    def asks_for_mains(self) -> bool:
        return self.form.value("knop") == OF_DOSSIER


def read_new_document(person: Editor, upload: UploadedDocument, folder: OurFolder) -> Sent:
    """Storing and reading a large file takes a while: it is done before the route takes the write lock."""
    form = bind(forms.NewDocument, upload.typed, forms.DOCUMENT, require=("title", "category"))
    if bool(form.value("dossier").strip()) == bool(form.value("new_dossier").strip()):
        form.errors["dossier"] = "Kies een dossier, of typ de titel van een nieuw dossier. Een van de twee."
    _look_at_address(form, "")
    sent = Sent(form)
    with _chosen(upload, folder, person) as (source, name, token):
        if source is None:
            return sent
        sent.name = name
        try:
            judged, sent.told = describing.read(folder, source, name)
            source.seek(0)
            if sent.asks_for_proposals or sent.asks_for_mains or form.errors:
                sent.token = token or kept_uploads.keep(folder, source, person.id)
            else:
                sent.file = replace(files.store(folder, source, name), pages=judged.pages)
                sent.token = token
        except BadInput as refused:
            form.errors["file"] = refused.message
            sent.name = ""
    return sent


def _look_at_address(form: Form[Any], known: str) -> None:
    """Try the address of a document elsewhere, when it is a new one."""
    address = form.value("source_url").strip()
    if address != known and address and "source_url" not in form.errors and (fault := elsewhere.fault_of(address)):
        form.errors["source_url"] = fault


@contextmanager
def _chosen(upload: Upload, folder: Folder, person: Person) -> Iterator[tuple[BinaryIO | None, str, str]]:
    """The file that was chosen now, or the one that was chosen before and kept: the file, its name and its token."""
    if upload.source is not None:
        yield upload.source, upload.name, ""
        return
    token = upload.typed.value(KEPT_FILE)
    kept = kept_uploads.opened(folder, token, person.id)
    try:
        yield kept, upload.typed.value(KEPT_NAME)[:200] or "bestand", token
    finally:
        if kept:
            kept.close()


SentDocument = Annotated[Sent, Depends(read_new_document)]


@router.get("/{document_id}/volgende")
def next_document(request: Request, person: Editor, session: ReadSession, document_id: UUID) -> Response:
    """Begin with what another document says, as the next one of its series."""
    last = queries.document(session, document_id)
    next_one = copying.next_of(*queries.series_of(session, last))
    start = forms.NewDocument(**next_one.model_dump(), dossier=last.dossier.public_id)
    return _form_page(request, person, session, forms.document_form(start), like=last.title or "zonder titel")


@router.get("/nieuw")
def new_document(request: Request, person: Editor, session: ReadSession, dossier: str = "") -> Response:
    start = forms.NewDocument()
    if dossier:
        found = queries.dossier(session, dossier)
        main = queries.main_document(session, found)
        facts = {"dossier": found.public_id, "category": found.category, "attachment_to": main.id if main else None}
        start = start.model_copy(update=facts)
    return _form_page(request, person, session, fill(start, forms.DOCUMENT))


@router.post("/{document_id}/volgende")
def add_next(
    request: Request, person: Editor, sent: SentDocument, session: WriteSession, folder: OurFolder, document_id: UUID
) -> Response:
    queries.document(session, document_id)
    return add_document(request, person, sent, session, folder)


@router.post("/nieuw")
def add_document(
    request: Request, person: Editor, sent: SentDocument, session: WriteSession, folder: OurFolder
) -> Response:
    form = sent.form
    if sent.asks_for_proposals:
        faults = {"file": form.errors.get("file") or "Kies eerst een bestand."} if not sent.name else {}
        form.errors = faults
        return _new_page(request, person, session, sent, status_code=422 if faults else 200)
    if sent.asks_for_mains:
        form.errors = {} if form.value("dossier") else {"dossier": "Kies eerst een dossier."}
        return _new_page(request, person, session, sent, status_code=422 if form.errors else 200)
    if form.cleaned is None or form.errors:
        return _new_page(request, person, session, sent, status_code=422)
    typed = form.cleaned
    try:
        with session.begin_nested():  # a document that is refused leaves no empty dossier behind
            if typed.dossier:
                dossier = queries.dossier(session, typed.dossier)
            else:
                new = DossierContent(title=typed.new_dossier, category=typed.category)
                dossier = services.add_dossier(session, new, actor=person.actor)
            document = services.add_document(session, dossier, typed.content(), sent.file, actor=person.actor)
            main = typed.attachment_to
            is_held = main is not None and _attach(session, person, document, main)
    except RuleViolation as refused:
        form.refuse(refused)
        if sent.file and not sent.token:
            with folder.store().open(sent.file.sha256) as stored:
                sent.token = kept_uploads.keep(folder, stored, person.id)
        return _new_page(request, person, session, sent, status_code=422)
    kept_uploads.drop(folder, sent.token, person.id)
    return redirect(f"/woo/documenten/{document.id}", "hoofd-niet-gepland" if is_held else "opgeslagen")


def _attach(session: Session, person: Person, document: Document, main_id: UUID) -> bool:
    """Make it an attachment. Whether the main document was planned, and now waits for a publisher."""
    main = queries.document(session, main_id)
    is_changed = services.make_attachment(session, document, main, actor=person.actor)
    may_publish = person.may(permissions.PUBLISH)
    return is_changed and not may_publish and services.leave_plan(session, main, actor=person.actor)


def _new_page(request: Request, person: Person, session: Session, sent: Sent, *, status_code: int) -> Response:
    """The form once more, with proposals from its file where a person typed nothing."""
    had_title = "title" in sent.form.errors
    forms.propose(sent.form, sent.told)
    if had_title and sent.told.title:
        sent.form.errors["title"] = "Kijk of deze titel uit het bestand klopt, en sla dan op."
    return _form_page(
        request, person, session, sent.form, status_code=status_code, kept=(sent.token, sent.name), told=sent.told
    )


# --- the metadata of a document --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked at before the write lock was taken."""

    told: Described
    fault: str
    """Of the address elsewhere, when that is a new one."""


def look_around(request: Request, person: Editor, document_id: UUID, typed: TypedDocument, folder: OurFolder) -> Seen:
    """Read the file of a document when somebody asks what it says, and try an address that was not there before."""
    with database(request).read(person.organisation_id) as session:
        document = queries.document(session, document_id)
    told = Described()
    if typed.value("knop") == FROM_FILE and document.sha256 and not document.file_is_notice:
        with folder.store().open(document.sha256) as file:
            told = describing.describe(file)
    form = bind(DocumentContent, typed, forms.DOCUMENT)
    _look_at_address(form, document.source_url)
    return Seen(told, form.errors.get("source_url", ""))


@router.get("/{document_id}/bewerken")
def edit_document(request: Request, document_id: UUID, person: Editor, session: ReadSession) -> Response:
    document = queries.document(session, document_id)
    return document_page(request, person, session, document, forms.document_form(document.content()))


@router.post("/{document_id}/bewerken")
def change_document(
    request: Request,
    document_id: UUID,
    person: Editor,
    seen: Annotated[Seen, Depends(look_around)],
    session: WriteSession,
    typed: TypedDocument,
) -> Response:
    document = queries.document(session, document_id)
    meeting = meetings.of_document(session, document)
    typed, version = settle(session, typed, meeting)
    form = bind(DocumentContent, typed, forms.DOCUMENT, require=("title", "category"))
    button = typed.value("knop")
    if button in {"relations", "extra", "grounds", FROM_FILE}:
        form.errors.clear()
        form.extra[button] = 1
        forms.propose(form, seen.told)
        told = seen.told if button == FROM_FILE else None
        return document_page(request, person, session, document, form, version=version, told=told)
    if seen.fault:
        form.errors["source_url"] = seen.fault
        form.cleaned = None
    if form.cleaned is None:
        return document_page(request, person, session, document, form, version=version, status_code=422)
    try:
        services.change_document(session, document, form.cleaned, version=version, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return document_page(request, person, session, document, form, version=version, status_code=422)
    except Conflict:
        mine = forms.document_form(form.cleaned).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return saved(session, document, person)


def saved(session: Session, document: Document, person: Person) -> Response:
    """To the page of a document that was changed. A planned one waits for a publisher, unless one changed it."""
    is_held = not person.may(permissions.PUBLISH) and services.leave_plan(session, document, actor=person.actor)
    return redirect(f"/woo/documenten/{document.id}", "niet-gepland" if is_held else "opgeslagen")


def document_page(
    request: Request,
    person: Person,
    session: Session,
    document: Document,
    form: Form[Any],
    *,
    version: int | None = None,
    status_code: int = 200,
    told: Described | None = None,
) -> Response:
    """The form of a document that is there."""
    content = document.content()
    siblings = queries.documents_of(session, document.dossier)
    others = {str(other.id): other.title or "zonder titel" for other in siblings if other.id != document.id}
    named = [*(r.target for r in content.relations), *([content.part_of] if content.part_of else [])]
    others |= {str(found): title for found, title in queries.titles(session, named).items()}
    return _form_page(
        request,
        person,
        session,
        form,
        document=document,
        version=version if version is not None else document.version,
        status_code=status_code,
        others=others,
        told=told,
    )


def _form_page(
    request: Request,
    person: Person,
    session: Session,
    form: Form[Any],
    *,
    document: Document | None = None,
    version: int | None = None,
    status_code: int = 200,
    others: dict[str, str] | None = None,
    kept: tuple[str, str] = ("", ""),
    told: Described | None = None,
    like: str = "",
) -> Response:
    return form_page(
        request,
        session,
        "woo/form.html",
        person=person,
        status_code=status_code,
        page_title="Document bewerken" if document else "Nieuw document",
        form=form,
        address=f"/woo/documenten/{document.id}/bewerken" if document else request.url.path,
        document=document,
        version=version,
        kept={"file": KEPT_FILE, "name": KEPT_NAME, "token": kept[0], "called": kept[1]},
        told=forms.told_words(told) if told else "",
        like=like,
        others=list((others or {}).items()),
        dossiers=[] if document else [(found.public_id, found.title) for found in queries.dossiers(session)],
        mains=[] if document else _mains(session, form.value("dossier")),
        asks_for_mains=form.value("knop") == OF_DOSSIER and bool(form.value("dossier")),
        categories=forms.category_options(),
        kinds=lists.options(lists.KINDS),
        themes=lists.options(lists.THEMES),
        languages=lists.options(lists.LANGUAGES),
        roles=lists.options(lists.ROLES),
        withholdings=[(one.value, one.value.capitalize()) for one in Withholding],
        grounds=[(code, f"{code} {lists.GROUNDS.label(code)}") for code in lists.GROUNDS.codes],
    )


def _mains(session: Session, public_id: str) -> list[tuple[str, str]]:
    """The documents of a dossier that a new one can be an attachment to."""
    found = session.exec(select(Dossier).where(Dossier.public_id == public_id)).first() if public_id else None
    return [(str(one.id), one.title or "zonder titel") for one in queries.mains_of(session, found)] if found else []
