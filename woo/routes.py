"""Pages of the Woo register: categories, dossiers, documents. Handlers read, call and redirect."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session, col

from core import audit, clock
from core.accounts.services import Person
from core.errors import Conflict, NotFound, RuleViolation
from core.organisations import Team, in_use, the_organisation
from core.web.conflicts import conflict_page, settle
from core.web.downloads import TableFormat, download, table_download
from core.web.drafts import DraftForm, form_page
from core.web.forms import Form, Typed, bind, whole_number
from core.web.lists import paging
from core.web.pages import page, redirect
from core.web.related import related
from core.web.security import Allowed, ReadSession, TypedForm, UrgentSession, WriteSession, require
from core.web.uploads import OurFolder
from woo import forms, lists, meetings, permissions, queries, services, views, views_inspection
from woo.content import (
    CategoryContent,
    CategoryStatus,
    DocumentState,
    LocationKind,
    Withholding,
)
from woo.models import Category, Document
from woo.queries import Filters, ProcessFilters
from woo.routes_form import document_page, saved
from woo.routes_inspection import Looked, Offered, put_in_place

router = APIRouter(prefix="/woo")
Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
Publisher = Annotated[Person, Depends(Allowed(permissions.PUBLISH))]

TypedCategory = Annotated[Typed, Depends(DraftForm("Woo-categorie", forms.CATEGORY))]
TypedDocument = Annotated[Typed, Depends(DraftForm("Document", forms.DOCUMENT))]
TypedReason = Annotated[Typed, Depends(DraftForm("Document intrekken", forms.DOCUMENT))]


# --- categories ------------------------------------------------------------------------------------------------------


@router.get("/")
def show_overview(request: Request, person: Reader, session: ReadSession) -> Response:
    today = clock.today()
    rows = queries.overview(session, today)
    states = queries.count_states(session)
    return page(
        request,
        "woo/overview.html",
        person=person,
        page_title="Woo",
        rows=views.category_rows(rows, today),
        states=[
            (state.value, states.get(state, 0), f"/woo/documenten/?status={state.value}") for state in DocumentState
        ],
        late=sum(row.late for row in rows),
        requests=queries.count_open_requests(session),
        can_edit=person.may(permissions.EDIT),
        findings=views.overview_findings(rows),
    )


@router.get("/te-doen")
def show_to_do(request: Request, person: Reader, session: ReadSession, pagina: str = "1") -> Response:
    """What must be done by when: documents that must become public, requests to decide on, others to hear."""
    today, decides = clock.today(), person.may(permissions.DECIDE)
    found = queries.to_do(session, today, person.actor if decides else None)
    count = max(1, -(-len(found) // queries.PER_PAGE))
    number = min(max(1, whole_number(pagina)), count)
    return page(
        request,
        "woo/to_do.html",
        person=person,
        page_title="Te doen voor de Woo",
        rows=views.to_do_rows(found[(number - 1) * queries.PER_PAGE : number * queries.PER_PAGE], today),
        paging=paging("/woo/te-doen", (), number, count, len(found)),
    )


@router.get("/roo.{ending}")
def download_roo_list(ending: TableFormat, person: Reader, session: WriteSession) -> Response:
    """The places to type over into ROO, which has no way in for programs (woo-index section 2)."""
    organisation = the_organisation(session)
    audit.note_download(
        session,
        actor=person.actor,
        action="woo:category:download",
        subject=("core_organisation", organisation.id, organisation.audit_label()),
        file=f"roo.{ending.value}",
    )
    table = views.roo_table(queries.overview(session, clock.today()))
    return table_download(table, ending, name="roo", made_on=clock.today())


@router.post("/categorieen")
def start_categories(person: Editor, session: WriteSession) -> Response:
    services.add_categories(session, actor=person.actor)
    return redirect("/woo/", "opgeslagen")


@router.get("/categorieen/{number}")
def show_category(request: Request, number: str, person: Reader, session: ReadSession) -> Response:
    row = queries.category_row(session, number, clock.today())
    return _category_page(request, person, session, row.category, forms.category_form(row.content))


@router.post("/categorieen/{number}")
def change_category(
    request: Request, number: str, person: Editor, session: WriteSession, typed: TypedCategory
) -> Response:
    row = queries.category_row(session, number, clock.today())
    category, meeting = row.category, meetings.of_category(row.category, row.content)
    typed, version = settle(session, typed, meeting)
    form = bind(CategoryContent, typed, forms.CATEGORY)
    if more := {"locatie": "locations", "ambitie": "ambitions"}.get(typed.value("knop")):
        form.errors.clear()
        form.extra[more] = 1
        return _category_page(request, person, session, category, form)
    if form.cleaned is None:
        return _category_page(request, person, session, category, form, status_code=422)
    try:
        services.change_category(session, category, form.cleaned, version=version, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _category_page(request, person, session, category, form, status_code=422)
    except Conflict:
        mine = forms.category_form(form.cleaned).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return redirect(f"/woo/categorieen/{number}", "opgeslagen")


@router.post("/categorieen/{number}/nakijken")
def ask_for_a_look(number: str, person: Editor, session: WriteSession) -> Response:
    category = queries.category_row(session, number, clock.today()).category
    services.ask_for_a_look(session, category, person)
    return redirect(f"/woo/categorieen/{number}", "gestart")


@router.post("/categorieen/{number}/vaststellen")
def establish_category(number: str, person: Publisher, session: WriteSession, typed: TypedForm) -> Response:
    category = queries.category_row(session, number, clock.today()).category
    services.establish_category(session, category, version=typed.number("version"), actor=person.actor)
    return redirect(f"/woo/categorieen/{number}", "vastgesteld")


def _category_page(
    request: Request,
    person: Person,
    session: Session,
    category: Category,
    form: Form[CategoryContent],
    *,
    status_code: int = 200,
) -> Response:
    today = clock.today()
    row = queries.category_row(session, category.number, today)
    found = queries.list_documents(session, Filters(category=category.number), page=1, today=today)
    return form_page(
        request,
        session,
        "woo/category.html",
        person=person,
        status_code=status_code,
        page_title=f"{category.number} {category.entry.label}",
        category=category,
        version=typed_on(form, category),
        entry=category.entry,
        row=row,
        form=form,
        statuses=[(status.value, status.value.capitalize()) for status in CategoryStatus],
        location_kinds=[(kind.value, kind.value.capitalize()) for kind in LocationKind],
        term=views.term(row.content),
        looks=views.look_rows(queries.readiness_of(session, category.number)),
        connected=views.share_connected(row.connected),
        ambitions=views.ambitions(row.content),
        processes=[
            line[:2] + line[3:]
            for line in views.process_rows(queries.processes(session, ProcessFilters(category=category.number)))
        ],
        teams=in_use(session, Team),
        in_force=views.in_force(row.content, today),
        light=views.LIGHT_BADGES[row.light] or row.light.value,
        findings=views.finding_rows(row.findings, f"/woo/categorieen/{category.number}"),
        documents=views.document_rows(found.documents, today, queries.check_marks(session, found.documents)),
        total=found.total,
        related=related(request, session, category),
        can_edit=person.may(permissions.EDIT),
        can_publish=person.may(permissions.PUBLISH),
    )


# --- documents: list, one --------------------------------------------------------------------------------------------


def asked_filters(zoek: str = "", status: str = "", categorie: str = "", dossier: str = "", laat: str = "") -> Filters:
    """What the list of documents is narrowed down to."""
    return Filters(zoek.strip(), status if status in set(DocumentState) else "", categorie, dossier, bool(laat))


Asked = Annotated[Filters, Depends(asked_filters)]


@router.get("/documenten/lijst.{ending}")
def download_documents(ending: TableFormat, person: Reader, session: WriteSession, filters: Asked) -> Response:
    """What the list shows, as a file that `inlezen` takes back."""
    found = queries.all_documents(session, filters, clock.today())
    titles = queries.titles(session, [one.part_of for one in found if one.part_of])
    organisation = the_organisation(session)
    audit.note_download(
        session,
        actor=person.actor,
        action="woo:document:download",
        subject=("core_organisation", organisation.id, organisation.audit_label()),
        file=f"documenten.{ending.value}",
    )
    return table_download(views.document_table(found, titles), ending, name="documenten", made_on=clock.today())


@router.get("/documenten/")
def list_documents(
    request: Request, person: Reader, session: ReadSession, filters: Asked, pagina: str = "1"
) -> Response:
    found = queries.list_documents(session, filters, page=whole_number(pagina), today=clock.today())
    return page(
        request,
        "woo/documents.html",
        person=person,
        page_title="Documenten",
        filters=filters,
        rows=views.document_rows(found.documents, clock.today(), queries.check_marks(session, found.documents)),
        formats=[kind.value for kind in TableFormat],
        asked=views.as_query(views.asked(filters)),
        paging=paging("/woo/documenten/", views.asked(filters), found.number, found.count, found.total),
        states=[(state.value, state.value.capitalize()) for state in DocumentState],
        categories=forms.category_options(),
        can_edit=person.may(permissions.EDIT),
    )


@router.get("/documenten/{document_id}")
def show_document(request: Request, document_id: UUID, person: Reader, session: ReadSession) -> Response:
    return _document_page(request, person, session, queries.document(session, document_id))


def _document_page(
    request: Request,
    person: Person,
    session: Session,
    document: Document,
    *,
    plan: Form[forms.PlanInput] | None = None,
    status_code: int = 200,
) -> Response:
    content = document.content()
    named = [relation.target for relation in content.relations] + ([content.part_of] if content.part_of else [])
    can_edit = person.may(permissions.EDIT) and document.state is not DocumentState.WITHDRAWN
    today = clock.today()
    found = queries.document_findings(session, document, today)
    checked = queries.check_findings(session, col(Document.id) == document.id)
    edit_address = f"/woo/documenten/{document.id}/bewerken" if can_edit else ""
    return page(
        request,
        "woo/document.html",
        person=person,
        status_code=status_code,
        page_title=document.title or "Document zonder titel",
        document=document,
        facts=views.document_facts(
            document,
            content,
            queries.titles(session, named),
            the_organisation(session).base_url,
            queries.category_of(session, content.category),
        ),
        findings=[
            *(row for href, one in checked for row in views.finding_rows([one], href)),
            *views.finding_rows(found, edit_address),
        ],
        check=views_inspection.check_badge(
            session, document, is_shown=document.is_public and document.file_before is None
        ),
        has_changes=services.has_unpublished_changes(session, document),
        history=views.history_rows(queries.events_of(session, document.id)),
        plan=plan or _empty(forms.PlanInput),
        is_waiting=document.state in queries.WAITING,
        can_edit=can_edit,
        may_add=person.may(permissions.EDIT),
        letter=views.letter_about_withdrawal(document, the_organisation(session)),
        needs_notice=content.withheld is Withholding.FULLY and not document.file_is_notice,
        can_publish=person.may(permissions.PUBLISH) and document.state is not DocumentState.WITHDRAWN,
    )


@router.get("/documenten/{document_id}/bestand")
def download_original(document_id: UUID, person: Reader, session: WriteSession, folder: OurFolder) -> Response:
    document = queries.document(session, document_id)
    if not document.sha256 or folder.store().size(document.sha256) is None:
        raise NotFound("Dit bestand is er niet. Voeg het opnieuw toe.")
    audit.note_download(
        session,
        actor=person.actor,
        action="woo:document:download",
        subject=("woo_document", document.id, document.audit_label()),
        file=document.file_name,
    )
    # An attachment, never shown in our own window: an HTML file of a stranger would run as a page of ours.
    return download(folder.store().open(document.sha256), document.file_name)


# --- documents: change ------------------------------------------------------------------------------------------------


@router.post("/documenten/{document_id}/mededeling")
def make_notice(
    request: Request, document_id: UUID, person: Editor, session: WriteSession, typed: TypedForm, folder: OurFolder
) -> Response:
    document = queries.document(session, document_id)
    try:
        services.make_notice(session, document, folder, version=typed.number("version"), actor=person.actor)
    except RuleViolation as refused:
        form = forms.document_form(document.content())
        form.refuse(refused)
        return document_page(request, person, session, document, form, status_code=422)
    return saved(session, document, person)


@router.get("/documenten/{document_id}/vervangen")
def ask_file(request: Request, document_id: UUID, person: Editor, session: ReadSession) -> Response:
    document = queries.document(session, document_id)
    return _reason_page(request, session, person, document, "vervangen", _empty(forms.ReasonInput))


@router.post("/documenten/{document_id}/vervangen")
def replace_file(
    request: Request, document_id: UUID, person: Editor, offered: Offered, session: WriteSession, folder: OurFolder
) -> Response:
    form, file = bind(forms.ReasonInput, offered.upload.typed, forms.DOCUMENT), offered.file
    document = queries.document(session, document_id)
    if file is None:
        form.errors["file"] = offered.fault or "Kies een bestand."
    if form.cleaned is None or file is None:
        return _reason_page(request, session, person, document, "vervangen", form, status_code=422)
    version = offered.upload.typed.number("version")
    try:
        if document.is_public:
            require(person, permissions.PUBLISH)
            services.offer_file(
                session,
                document,
                file,
                reason=form.cleaned.reason,
                note=form.cleaned.note,
                version=version,
                actor=person.actor,
            )
        else:
            services.attach_file(session, document, file, version=version, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return _reason_page(request, session, person, document, "vervangen", form, status_code=422)
    if document.file_before is None:
        return saved(session, document, person)
    return put_in_place(session, document, person, folder)


# --- documents: what makes them public, or not -----------------------------------------------------------------------


@router.post("/documenten/{document_id}/publiceren")
def publish_document(
    document_id: UUID, person: Publisher, _looked: Looked, session: WriteSession, typed: TypedForm, folder: OurFolder
) -> Response:
    document = queries.document(session, document_id)
    version = typed.number("version")
    try:
        services.publish_document(session, document, version=version, actor=person.actor, folder=folder)
    except RuleViolation as refused:
        if "inspection" not in refused.points:
            raise
        return redirect(f"/woo/documenten/{document_id}/controle")
    return redirect(f"/woo/documenten/{document_id}", "gepubliceerd")


@router.post("/documenten/{document_id}/klaar")
def mark_ready(document_id: UUID, person: Editor, session: WriteSession, typed: TypedForm) -> Response:
    document = queries.document(session, document_id)
    services.mark_ready(session, document, version=typed.number("version"), actor=person.actor)
    return redirect(f"/woo/documenten/{document_id}", "opgeslagen")


@router.post("/documenten/{document_id}/plannen")
def plan_document(
    request: Request, document_id: UUID, person: Publisher, session: WriteSession, typed: TypedForm
) -> Response:
    document = queries.document(session, document_id)
    form = bind(forms.PlanInput, typed, forms.DOCUMENT, require=("planned_on",))
    if form.cleaned is None:
        return _document_page(request, person, session, document, plan=form, status_code=422)
    try:
        services.plan_document(
            session, document, on=form.cleaned.planned_on, version=typed.number("version"), actor=person.actor
        )
    except RuleViolation as refused:
        form.errors["planned_on"] = refused.points.get("planned_on", refused.message)
        return _document_page(request, person, session, document, plan=form, status_code=422)
    return redirect(f"/woo/documenten/{document_id}", "opgeslagen")


@router.get("/documenten/{document_id}/intrekken")
def ask_reason(request: Request, document_id: UUID, person: Publisher, session: ReadSession) -> Response:
    document = queries.document(session, document_id)
    return _reason_page(request, session, person, document, "intrekken", _empty(forms.ReasonInput))


@router.post("/documenten/{document_id}/intrekken")
def withdraw_document(
    request: Request,
    document_id: UUID,
    person: Publisher,
    session: UrgentSession,
    typed: TypedReason,
    folder: OurFolder,
) -> Response:
    document = queries.document(session, document_id)
    form = bind(forms.ReasonInput, typed, forms.DOCUMENT)
    if form.cleaned is None:
        return _reason_page(request, session, person, document, "intrekken", form, status_code=422)
    try:
        services.withdraw(
            session,
            document,
            reason=form.cleaned.reason,
            note=form.cleaned.note,
            version=typed.number("version"),
            actor=person.actor,
            folder=folder,
        )
    except RuleViolation as refused:
        form.refuse(refused)
        return _reason_page(request, session, person, document, "intrekken", form, status_code=422)
    return redirect(f"/woo/documenten/{document_id}", "ingetrokken")


def _reason_page(
    request: Request,
    session: Session,
    person: Person,
    document: Document,
    act: str,
    form: Form[forms.ReasonInput],
    *,
    status_code: int = 200,
) -> Response:
    return form_page(
        request,
        session,
        f"woo/{'withdraw' if act == 'intrekken' else 'replace'}.html",
        person=person,
        status_code=status_code,
        page_title="Document intrekken" if act == "intrekken" else "Bestand toevoegen of vervangen",
        version=document.version,
        merges=False,
        document=document,
        form=form,
        reasons=lists.options(lists.REASONS),
    )


def typed_on(form: Form[Any], record: Category) -> int:
    """The version that a form carries: what was typed on, or else the newest."""
    return form.typed.number("version") or record.version


def _empty(model: type[Any]) -> Form[Any]:
    return Form(model, Typed(), forms.DOCUMENT)
