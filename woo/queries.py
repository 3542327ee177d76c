"""What pages and commands read: lists, one record, and what is to be done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, or_, select

from core.audit import AuditEvent
from core.errors import NotFound
from core.folder import Folder
from core.history import Version
from core.organisations import Team, the_organisation
from woo import files, lists, rules, services
from woo.content import CategoryContent, DocumentState
from woo.models import Category, Document, Dossier
from woo.rules import CategoryFacts, Finding, Light

PER_PAGE = 25
WAITING = (DocumentState.CONCEPT, DocumentState.READY, DocumentState.PLANNED)
"""Not public yet, but meant to be."""


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category in the overview. `is_shown`: it was established for the website."""

    category: Category
    content: CategoryContent
    documents: int
    late: int
    findings: Sequence[Finding]
    light: Light
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person asked of the list; empty means all."""

    text: str = ""
    state: str = ""
    category: str = ""
    dossier: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class DocumentPage:
    documents: Sequence[Document]
    number: int
    count: int
    total: int


def overview(session: Session, today: date) -> Sequence[CategoryRow]:
    """All categories in the order of the law, with what is to be done; the number of queries does not grow."""
    documents, late = count_public(session), count_late(session, today)
    teams = {team.id: team.name for team in session.exec(select(Team))}
    shown = set(session.exec(select(Version.subject_id).where(Version.kind == str(Category.__tablename__))))
    rows = []
    for category in session.exec(select(Category).order_by(col(Category.number))).all():
        content = services.category_content(category, teams.get(category.team_id, "") if category.team_id else "")
        facts = CategoryFacts(
            number=category.number,
            today=today,
            documents=documents.get(category.number, 0),
            late=late.get(category.number, 0),
        )
        found = rules.category_findings(content, facts)
        rows.append(
            CategoryRow(
                category,
                content,
                facts.documents,
                facts.late,
                found,
                rules.light(content, found),
                category.id in shown,
            )
        )
    order = list(lists.categories())
    return sorted(rows, key=lambda row: order.index(row.category.number))


def category_row(session: Session, number: str, today: date) -> CategoryRow:
    """One category. NotFound when there is none with this number."""
    found = next((row for row in overview(session, today) if row.category.number == number), None)
    if found is None:
        raise NotFound("Deze categorie bestaat niet. Ga terug naar het overzicht.")
    return found


def count_public(session: Session) -> Mapping[str, int]:
    """Public documents by first category."""
    query = (
        select(Document.category, func.count())
        .where(Document.state == DocumentState.PUBLISHED)
        .group_by(col(Document.category))
    )
    return dict(session.exec(query).all())


def count_late(session: Session, today: date) -> Mapping[str, int]:
    """Documents that should have been public before today, by first category."""
    query = select(Document.category, func.count()).where(_is_late(today)).group_by(col(Document.category))
    return dict(session.exec(query).all())


def count_states(session: Session) -> Mapping[DocumentState, int]:
    """Documents by state."""
    counted = session.exec(select(Document.state, func.count()).group_by(col(Document.state)))
    return {DocumentState(state): number for state, number in counted}


def list_documents(session: Session, filters: Filters, *, page: int, today: date) -> DocumentPage:
    """A page of documents, the last changed first. Text is sought in title, dossier and file name."""
    asked: list[ColumnElement[bool]] = []
    for word in filters.text.split():
        pattern = f"%{_literally(word.lower())}%"
        asked.append(
            or_(
                *(
                    func.lower(column).like(pattern, escape="\\")
                    for column in (col(Document.title), col(Dossier.title), col(Document.file_name))
                )
            )
        )
    if filters.state:
        asked.append(col(Document.state) == filters.state)
    if filters.category:
        asked.append(col(Document.category) == filters.category)
    if filters.dossier:
        asked.append(col(Dossier.public_id) == filters.dossier)
    if filters.late:
        asked.append(_is_late(today))
    joined = (col(Dossier.id) == Document.dossier_id, *asked)
    total = session.exec(select(func.count(col(Document.id))).where(*joined)).one()
    count = max(1, -(-total // PER_PAGE))
    number = min(max(1, page), count)
    query = (
        select(Document)
        .where(*joined)
        .order_by(col(Document.updated_at).desc(), col(Document.id))
        .offset((number - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    return DocumentPage(session.exec(query).all(), number, count, total)


def document(session: Session, document_id: UUID) -> Document:
    """One document. NotFound when there is none, or not of this organisation."""
    found = session.exec(select(Document).where(Document.id == document_id)).first()
    if found is None:
        raise NotFound("Dit document bestaat niet. Zoek het op in de lijst.")
    return found


def dossier(session: Session, public_id: str) -> Dossier:
    """One dossier. NotFound when there is none, or not of this organisation."""
    found = session.exec(select(Dossier).where(Dossier.public_id == public_id)).first()
    if found is None:
        raise NotFound("Dit dossier bestaat niet. Zoek het op in de lijst met documenten.")
    return found


def dossiers(session: Session) -> Sequence[Dossier]:
    """All dossiers, the newest first."""
    return session.exec(select(Dossier).order_by(col(Dossier.created_at).desc(), col(Dossier.public_id))).all()


def documents_of(session: Session, found: Dossier) -> Sequence[Document]:
    """The documents of a dossier, by number."""
    return session.exec(select(Document).where(Document.dossier_id == found.id).order_by(col(Document.number))).all()


def titles(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Titles of documents by id."""
    return dict(session.exec(select(Document.id, Document.title).where(col(Document.id).in_(ids))).all()) if ids else {}


def events_of(session: Session, record_id: UUID) -> Sequence[AuditEvent]:
    """What happened to a record, the latest first."""
    query = select(AuditEvent).where(AuditEvent.subject_id == record_id).order_by(col(AuditEvent.sequence).desc())
    return session.exec(query).all()


def document_findings(session: Session, found: Document, today: date) -> Sequence[Finding]:
    """What the rules find in a document; nothing for one that was withdrawn."""
    if found.state is DocumentState.WITHDRAWN:
        return ()
    return rules.document_findings(found.content(), services.facts_of(session, found, on=today))


def findings(session: Session, today: date) -> Sequence[tuple[str, Finding]]:
    """Everything to be done in this register: the address of the page where it is mended, and the finding."""
    found = [
        (f"/woo/categorieen/{row.category.number}", finding)
        for row in overview(session, today)
        for finding in row.findings
    ]
    waiting = session.exec(select(Document).where(col(Document.state).in_(WAITING)).order_by(col(Document.id))).all()
    found += [
        (f"/woo/documenten/{item.id}", finding)
        for item in waiting
        for finding in document_findings(session, item, today)
    ]
    return found


def _is_late(today: date) -> ColumnElement[bool]:
    return col(Document.state).in_(WAITING) & (col(Document.due_on) < today)


def _literally(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def public_files(session: Session, folder: Folder) -> Iterator[tuple[str, Path, str]]:
    """Of each public document with a file here: its address, its place in the public tree, and its SHA-256."""
    code = the_organisation(session).code
    query = (
        select(Document.loc, Version.content)
        .join(Version, (col(Version.subject_id) == Document.id) & (col(Version.number) == Document.published_version))
        .where(Document.state == DocumentState.PUBLISHED, col(Document.loc).startswith(files.PUBLIC_PREFIX))
        .order_by(col(Document.loc))
        .execution_options(yield_per=500)
    )
    for loc, content in session.exec(query):
        if loc:
            yield loc, files.public_path(folder, code, loc), content["sha256"]
