"""Records of the Woo as the page after a conflict shows them (`core.web.conflicts`)."""

from sqlmodel import Session

from core.web.conflicts import Meeting, known_part
from core.web.forms import fill
from woo import forms, lists, queries
from woo.content import (
    CategoryContent,
    CategoryStatus,
    Decision,
    DocumentContent,
    DocumentState,
    DossierContent,
    LocationKind,
    ProcessContent,
    ProcessState,
    RequestContent,
    Withholding,
)
from woo.models import Category, Document, Dossier, MappedProcess, WooRequest


def of_category(category: Category, content: CategoryContent) -> Meeting:
    address = f"/woo/categorieen/{category.number}"
    return Meeting(
        subject_id=category.id,
        version=category.version,
        name=f"{category.number} {category.entry.label}",
        address=address,
        form_address=address,
        now=forms.category_form(content).typed,
        as_form=lambda facts: forms.category_form(known_part(CategoryContent, facts)).typed,
        labels=forms.CATEGORY,
        words={
            "status": {status.value: status.value.capitalize() for status in CategoryStatus},
            "locations-*-kind": {kind.value: kind.value.capitalize() for kind in LocationKind},
        },
        rows={"locations": "Locatie", "ambitions": "Ambitie"},
    )


def of_process(process: MappedProcess) -> Meeting:
    address = f"/woo/processen/{process.id}"
    return Meeting(
        subject_id=process.id,
        version=process.version,
        name=process.audit_label(),
        address=address,
        form_address=address,
        now=fill(process.content(), forms.PROCESS).typed,
        as_form=lambda facts: fill(known_part(ProcessContent, facts), forms.PROCESS).typed,
        labels=forms.PROCESS,
        words={
            "category": dict(forms.category_options()),
            "state": {state.value: state.value.capitalize() for state in ProcessState},
        },
    )


def of_request(request: WooRequest) -> Meeting:
    address = f"/woo/verzoeken/{request.id}"
    return Meeting(
        subject_id=request.id,
        version=request.version,
        name=request.audit_label(),
        address=address,
        form_address=address,
        now=fill(request.content(), forms.REQUEST).typed,
        as_form=lambda facts: fill(known_part(RequestContent, facts), forms.REQUEST).typed,
        labels=forms.REQUEST,
        words={"decision": {one.value: one.value.capitalize() for one in Decision}},
    )


def of_dossier(dossier: Dossier) -> Meeting:
    address = f"/woo/dossiers/{dossier.public_id}"
    return Meeting(
        subject_id=dossier.id,
        version=dossier.version,
        name=dossier.title,
        address=address,
        form_address=address,
        now=forms.dossier_form(dossier.content()).typed,
        as_form=lambda facts: forms.dossier_form(known_part(DossierContent, facts)).typed,
        labels=forms.DOSSIER,
        words={"category": dict(forms.category_options())},
    )


def of_document(session: Session, document: Document) -> Meeting:
    categories = dict(forms.category_options())
    others = {str(other.id): other.title or "zonder titel" for other in queries.documents_of(session, document.dossier)}
    is_withdrawn = document.state is DocumentState.WITHDRAWN
    return Meeting(
        subject_id=document.id,
        version=document.version,
        name=document.title or "Document zonder titel",
        address=f"/woo/documenten/{document.id}",
        form_address=f"/woo/documenten/{document.id}/bewerken",
        now=forms.document_form(document.content()).typed,
        as_form=lambda facts: forms.document_form(known_part(DocumentContent, facts)).typed,
        labels=forms.DOCUMENT,
        words={
            "category": categories,
            "other_categories": categories,
            "kinds": dict(lists.options(lists.KINDS)),
            "themes": dict(lists.options(lists.THEMES)),
            "language": dict(lists.options(lists.LANGUAGES)),
            "withheld": {one.value: one.value.capitalize() for one in Withholding},
            "grounds-*-code": {code: f"{code} {lists.GROUNDS.label(code)}" for code in lists.GROUNDS.codes},
            "part_of": others,
            "relations-*-role": dict(lists.options(lists.ROLES)),
            "relations-*-target": others,
        },
        rows={"relations": "Relatie", "extra": "Extra gegeven", "grounds": "Grond"},
        closed="Dit document is intussen ingetrokken. Het is niet meer te wijzigen." if is_withdrawn else "",
    )
