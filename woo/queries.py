"""What pages and commands read: lists, one record, and what is to be done."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, null
from sqlalchemy.orm import load_only, raiseload, selectinload
from sqlmodel import Session, col, or_, select

from core import values
from core.audit import Actor, AuditEvent
from core.clock import AMSTERDAM, MONTHS, written
from core.db import folded
from core.errors import NotFound
from core.folder import Folder
from core.history import Version, newest_versions
from core.organisations import Team, the_organisation
from woo import files, lists, rules, services
from woo import overviews as overviews_
from woo.content import (
    CategoryContent,
    DocumentContent,
    DocumentState,
    OverviewContent,
    OverviewKind,
    ProcessState,
    RequestContent,
)
from woo.hits import OPEN, Stand
from woo.models import Category, Document, Dossier, MappedProcess, Overview, Readiness, WooRequest
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
    connected: tuple[int, int]
    """How many mapped processes publish already, of how many that must."""
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
    documents, late, mapped = count_public(session), count_late(session, today), connected(session)
    looked: dict[str, dict[str, tuple[date, str]]] = {}
    for one in session.exec(select(Readiness).order_by(col(Readiness.at))):
        looked.setdefault(one.category, {})[one.url] = (one.at.astimezone(AMSTERDAM).date(), one.fault)
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
            connected=mapped.get(category.number, (0, 0)),
            looked_at=looked.get(category.number, {}),
        )
        found = rules.category_findings(content, facts)
        rows.append(
            CategoryRow(
                category,
                content,
                facts.documents,
                facts.late,
                facts.connected,
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


@dataclass(frozen=True, slots=True)
class ProcessFilters:
    """What a person asked of the map of processes; empty means all."""

    text: str = ""
    category: str = ""
    state: str = ""
    team: str = ""


def processes(session: Session, filters: ProcessFilters) -> Sequence[MappedProcess]:
    """The lines of the map that were asked for. Text is sought in all words, without case and accents."""
    wanted = [values.fold(word) for word in filters.text.split()]
    found = []
    for one in services.all_processes(session):
        content = one.content()
        told = values.fold(f"{content.process} {content.document_kind} {content.system} {content.remarks}")
        if (
            all(word in told for word in wanted)
            and filters.category in {"", content.category}
            and filters.state in {"", content.state.value}
            and filters.team in {"", content.team}
        ):
            found.append(one)
    return found


def process(session: Session, process_id: UUID) -> MappedProcess:
    """One line of the map. NotFound when there is none, or not of this organisation."""
    found = session.exec(select(MappedProcess).where(MappedProcess.id == process_id)).first()
    if found is None:
        raise NotFound("Dit proces staat niet (meer) in de lijst. Zoek het op in de lijst met processen.")
    return found


def connected(session: Session) -> Mapping[str, tuple[int, int]]:
    """Per category how many mapped processes publish already, and how many must; what need not publish is left out."""
    query = (
        select(MappedProcess.category, MappedProcess.state, func.count())
        .where(MappedProcess.state != ProcessState.NOT_NEEDED)
        .group_by(col(MappedProcess.category), col(MappedProcess.state))
    )
    found: dict[str, tuple[int, int]] = {}
    for category, state, number in session.exec(query):
        done, total = found.get(category, (0, 0))
        found[category] = (done + number * (state is ProcessState.CONNECTED), total + number)
    return found


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request with what follows from it."""

    request: WooRequest
    content: RequestContent
    decide_by: date | None
    days_left: int | None
    published: int
    findings: Sequence[Finding]


def requests(session: Session, today: date, *, text: str = "", is_open: bool | None = None) -> Sequence[RequestRow]:
    """The requests: those that wait for a decision first, the most urgent on top, then the others, newest first.

    `is_open`: only those without a decision, or only those with one.
    """
    public = dict(
        session.exec(
            select(Document.dossier_id, func.count())
            .where(
                Document.state == DocumentState.PUBLISHED, col(Document.dossier_id).in_(select(WooRequest.dossier_id))
            )
            .group_by(col(Document.dossier_id))
        ).all()
    )
    wanted = [values.fold(word) for word in text.split()]
    rows = []
    for request in session.exec(select(WooRequest).order_by(col(WooRequest.received_on), col(WooRequest.id))):
        content = request.content()
        told = values.fold(f"{content.case_number} {content.subject} {content.team}")
        if all(word in told for word in wanted) and is_open in {None, content.decision is None}:
            published = public.get(request.dossier_id, 0) if request.dossier_id else 0
            rows.append(_request_row(request, content, today, published))
    waiting = sorted((row for row in rows if not row.content.decision), key=lambda row: row.decide_by or date.max)
    return [*waiting, *(row for row in reversed(rows) if row.content.decision)]


def count_open_requests(session: Session) -> int:
    """How many requests wait for a decision."""
    return session.exec(select(func.count()).where(col(WooRequest.decision).is_(None))).one()


def request(session: Session, request_id: UUID, today: date) -> RequestRow:
    """One request. NotFound when there is none, or not of this organisation."""
    found = session.exec(select(WooRequest).where(WooRequest.id == request_id)).first()
    if found is None:
        raise NotFound("Dit Woo-verzoek staat niet in de lijst. Zoek het op in de lijst met verzoeken.")
    public = select(func.count()).where(
        Document.dossier_id == found.dossier_id, Document.state == DocumentState.PUBLISHED
    )
    return _request_row(found, found.content(), today, session.exec(public).one() if found.dossier_id else 0)


def _request_row(found: WooRequest, content: RequestContent, today: date, published: int) -> RequestRow:
    facts = rules.RequestFacts(today=today, published=published)
    return RequestRow(
        found,
        content,
        rules.decide_by(content),
        rules.days_left(content, today),
        published,
        rules.request_findings(content, facts),
    )


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """An overview of art. 3.3a. `differs`: the website shows another one than this."""

    content: OverviewContent
    version: int
    is_shown: bool
    differs: bool

    @property
    def renew_by(self) -> date | None:
        """The last day to bring it up to date; None as long as the public does not see it."""
        return overviews_.renew_by(self.content) if self.is_shown else None


def overviews(session: Session) -> Sequence[OverviewRow]:
    """Every overview that there can be, kept already or not."""
    kept = {one.kind: one for one in session.exec(select(Overview))}
    versions = newest_versions(session, [one.id for one in kept.values()])
    found = []
    for kind in OverviewKind:
        one = kept.get(kind)
        newest = versions.get(one.id) if one else None
        shown = newest if newest and newest.ended_at is None else None
        content = one.content() if one else OverviewContent(kind=kind)
        differs = shown is not None and shown.content != content.model_dump(mode="json")
        found.append(OverviewRow(content, one.version if one else 0, shown is not None, differs))
    return found


def kept_overview(session: Session, kind: OverviewKind) -> Overview:
    """An overview that a list was read into.

    Raises:
        NotFound: none was.
    """
    found = session.exec(select(Overview).where(Overview.kind == kind)).first()
    if found is None or not found.rows:
        raise NotFound("Er staat nog niets in dit overzicht. Lees eerst een lijst in.")
    return found


def is_shown(session: Session, checked: services.Checked) -> bool:
    """Whether the public sees it; of an overview: just these rows."""
    if isinstance(checked, Document):
        return checked.is_public
    return checked.id not in {one.id for one in services.overviews_on_their_way(session)}


def overview_of(session: Session, kind: OverviewKind) -> OverviewRow:
    """One overview, kept already or not."""
    return next(row for row in overviews(session) if row.content.kind is kind)


@dataclass(frozen=True, slots=True)
class ToDo:
    """Something that must be done, and the last day for it (None: no fixed day)."""

    what: str
    kind: str
    on: date | None
    note: str
    href: str


def to_do(session: Session, today: date, decider: Actor | None = None) -> Sequence[ToDo]:
    """Everything that waits, the most urgent first; what has no day comes last.

    `decider`: who may decide as a second person over what the check of a file found.
    """
    found = list(_to_decide(session, decider)) if decider else []
    offered = select(Document).where(col(Document.file_before).is_not(null())).order_by(col(Document.id))
    for item in session.exec(offered.where(Document.state == DocumentState.PUBLISHED)):
        href = f"/woo/documenten/{item.id}/controle"
        found.append(ToDo(item.title or "zonder titel", "nieuw bestand nakijken", None, "openbaar", href))
    for row in requests(session, today, is_open=True):
        what, href = (
            f"Verzoek {row.content.case_number} {row.content.subject}".strip(),
            f"/woo/verzoeken/{row.request.id}",
        )
        if rules.stands_still(row.content):
            found.append(ToDo(what, "zienswijze afwachten", None, "de termijn staat stil", href))
        else:
            found.append(ToDo(what, "besluit nemen", row.decide_by, "in behandeling", href))
    found += _overviews_to_do(session)
    needed: Any = (
        *(Document.title, Document.state, Document.due_on, Document.planned_on),
        *(Document.heard_from, Document.heard_until),
    )
    waiting = select(Document).where(col(Document.state).in_(WAITING)).order_by(col(Document.id))
    marks = check_marks(session)
    for item in session.exec(waiting.options(load_only(*needed), raiseload("*"))):  # an import brings many
        title, href = item.title or "zonder titel", f"/woo/documenten/{item.id}"
        if item.heard_from and not item.heard_until:
            found.append(ToDo(title, "zienswijze afwachten", None, f"gevraagd op {written(item.heard_from)}", href))
        elif item.heard_until and item.heard_until >= max(today, item.planned_on or today):
            found.append(ToDo(title, "zienswijze afwachten", item.heard_until, "mogelijk tot en met deze dag", href))
        elif item.state is DocumentState.PLANNED:
            found.append(ToDo(title, "wordt vanzelf openbaar", item.planned_on, _with(item, marks), href))
        else:
            found.append(ToDo(title, "openbaar maken", item.due_on, _with(item, marks), href))
    return sorted(found, key=lambda one: (one.on or date.max, one.what))


def _to_decide(session: Session, decider: Actor) -> Iterator[ToDo]:
    for checked, said in services.waiting_for(session, decider):
        days: list[date] = []
        if isinstance(checked, Document) and checked.state in WAITING:
            days = [day for day in (checked.planned_on, checked.due_on) if day]
        told, href = f"gevraagd door {said.asked_by}", f"{address_of(checked)}/controle"
        yield ToDo(name_of(checked), "beslissen over kritieke melding", min(days, default=None), told, href)


def _overviews_to_do(session: Session) -> Iterator[ToDo]:
    for row in overviews(session):
        if row.renew_by:
            title, href = overviews_.FORMS[row.content.kind].title, f"/woo/overzichten/{row.content.kind.value}"
            yield ToDo(f"Overzicht {title}", "bijwerken", row.renew_by, "op de website", href)
    for one, standing in services.overviews_with_open_hits(session):
        mark = "kritieke melding" if standing.count(*OPEN, critical=True) else "controle beoordelen"
        yield ToDo(name_of(one), "op de website zetten", None, mark, f"{address_of(one)}/controle")


def count_overdue(session: Session, today: date) -> int:
    """How much of what waits has passed the last day that the law gives: documents to publish, requests to decide."""
    late = (row for row in requests(session, today, is_open=True) if (row.days_left or 0) < 0)
    return sum(count_late(session, today).values()) + sum(1 for _ in late)


def readiness_of(session: Session, number: str) -> Sequence[Readiness]:
    """What looks from outside found at the places of a category, by address."""
    return session.exec(select(Readiness).where(Readiness.category == number).order_by(col(Readiness.url))).all()


def last_look(session: Session) -> datetime | None:
    """When a place was last looked at from outside."""
    return session.exec(select(func.max(Readiness.at))).one()


def category_of(session: Session, number: str) -> CategoryContent:
    """What the organisation keeps of a category, without its team; the list's own term before it keeps any."""
    found = session.exec(select(Category).where(Category.number == number)).first()
    if found is not None:
        return services.category_content(found, "")
    return CategoryContent(deadline_days=services.deadlines(session).get(number))


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


def _asked_for(filters: Filters, today: date) -> Sequence[ColumnElement[bool]]:
    """Text is sought in title, dossier and file name."""
    sought = (col(Document.title), col(Dossier.title), col(Document.file_name))
    asked: list[ColumnElement[bool]] = [
        or_(*(folded(column).contains(word, autoescape=True) for column in sought))
        for word in values.fold(filters.text).split()
    ]
    if filters.state:
        asked.append(col(Document.state) == filters.state)
    if filters.category:
        asked.append(col(Document.category) == filters.category)
    if filters.dossier:
        asked.append(col(Dossier.public_id) == filters.dossier)
    if filters.late:
        asked.append(_is_late(today))
    return (col(Dossier.id) == Document.dossier_id, *asked)


def all_documents(session: Session, filters: Filters, today: date) -> Sequence[Document]:
    """All documents that a list shows, by dossier and number; withdrawn ones only when they are asked for."""
    query = select(Document).where(*_asked_for(filters, today))
    if not filters.state:
        query = query.where(Document.state != DocumentState.WITHDRAWN)
    query = query.options(selectinload(Document.dossier))  # type: ignore[arg-type]
    return session.exec(query.order_by(col(Dossier.created_at), col(Dossier.id), col(Document.number))).all()


def list_documents(session: Session, filters: Filters, *, page: int, today: date) -> DocumentPage:
    """A page of documents, the last changed first."""
    joined = _asked_for(filters, today)
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


def documents_by_id(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, Document]:
    """Documents by id; those that are not there are left out."""
    return {one.id: one for one in session.exec(select(Document).where(col(Document.id).in_(ids)))} if ids else {}


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
    """The documents of a dossier in the order that a person gave them; the others after these, by number."""
    return services.in_order(session, found)


def mains_of(session: Session, found: Dossier) -> Sequence[Document]:
    """The documents of a dossier that another can be an attachment to: those that are no part of one, in order."""
    return [
        one for one in documents_of(session, found) if one.part_of is None and one.state is not DocumentState.WITHDRAWN
    ]


def main_document(session: Session, found: Dossier) -> Document | None:
    """The document that a new one in this dossier is likely to be an attachment to: the first."""
    return next(iter(mains_of(session, found)), None)


def series_of(session: Session, last: Document) -> tuple[DocumentContent, DocumentContent | None]:
    """What a document says, and what the one before it in its series said: same category, same words in the title."""
    same = select(Document).where(Document.category == last.category, Document.id != last.id)
    older = session.exec(
        same.where(col(Document.created_at) <= last.created_at).order_by(col(Document.created_at).desc()).limit(50)
    ).all()
    words = _without_numbers(last.title)
    alike = [one for one in older if _without_numbers(one.title) == words]
    return last.content(), alike[0].content() if alike else None


def _without_numbers(title: str) -> str:
    """What the titles of a series have in common."""
    months = "|".join(MONTHS)
    return re.sub(rf"[0-9]+|{months}", "", values.fold(title))


def titles(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Titles of documents by id."""
    return dict(session.exec(select(Document.id, Document.title).where(col(Document.id).in_(ids))).all()) if ids else {}


def events_of(session: Session, record_id: UUID) -> Sequence[AuditEvent]:
    """What happened to a record, the latest first."""
    query = select(AuditEvent).where(AuditEvent.subject_id == record_id).order_by(col(AuditEvent.sequence).desc())
    return session.exec(query).all()


def document_findings(
    session: Session,
    found: Document,
    today: date,
    terms: Mapping[str, int | None] | None = None,
    publisher: str | None = None,
) -> Sequence[Finding]:
    """What the rules find in a document; nothing for one that was withdrawn.

    `terms` and `publisher`: see `services.facts_of`.
    """
    if found.state is DocumentState.WITHDRAWN:
        return ()
    facts = services.facts_of(session, found, on=today, terms=terms, publisher=publisher)
    return rules.document_findings(found.content(), facts)


def name_of(checked: services.Checked) -> str:
    """What people call a document or an overview."""
    if isinstance(checked, Overview):
        return f"Overzicht {overviews_.FORMS[checked.kind].title}"
    return checked.title or "zonder titel"


def address_of(checked: services.Checked) -> str:
    """The page of a document or an overview."""
    if isinstance(checked, Overview):
        return f"/woo/overzichten/{checked.kind.value}"
    return f"/woo/documenten/{checked.id}"


def check_findings(session: Session, *conditions: ColumnElement[bool]) -> Sequence[tuple[str, Finding]]:
    """What the check of files leaves open, with the address where somebody decides; of all documents, or of some."""
    return [
        (f"/woo/documenten/{one.document_id}/controle", finding)
        for one in services.open_hits(session, *conditions)
        for finding in rules.check_findings(one.title, critical=one.critical, is_asked=one.is_asked)
    ]


def check_marks(session: Session, documents: Sequence[Document] | None = None) -> Mapping[UUID, str]:
    """A word about what the check of a file leaves open, by document; of these documents, or of all that wait."""
    ids = None if documents is None else [col(Document.id).in_([document.id for document in documents])]
    return {
        one.document_id: "kritieke melding" if one.critical else "controle beoordelen"
        for one in services.open_hits(session, *(ids or ()))
    }


def _with(document: Document, marks: Mapping[UUID, str]) -> str:
    """The state of a document, with what stands in its way."""
    state, due, planned = document.state.value, document.due_on, document.planned_on
    if due and planned and planned > due:
        state = f"gepland na de laatste dag ({written(due)})"
    return ", ".join(filter(None, (state, marks.get(document.id))))


def findings(session: Session, today: date) -> Sequence[tuple[str, Finding]]:
    """Everything to be done in this register: the address of the page where it is mended, and the finding."""
    found = [
        (f"/woo/categorieen/{row.category.number}", finding)
        for row in overview(session, today)
        for finding in row.findings
    ]
    waiting = session.exec(select(Document).where(col(Document.state).in_(WAITING)).order_by(col(Document.id))).all()
    terms, publisher = services.deadlines(session), the_organisation(session).tooi_uri
    found += [
        (f"/woo/verzoeken/{row.request.id}", finding) for row in requests(session, today) for finding in row.findings
    ]
    found += [
        (f"/woo/documenten/{item.id}", finding)
        for item in waiting
        for finding in document_findings(session, item, today, terms, publisher)
    ]
    found += check_findings(session)
    found += [
        (f"{address_of(one)}/controle", finding)
        for one, standing in services.overviews_with_open_hits(session)
        for finding in rules.check_findings(
            name_of(one),
            critical=standing.count(*OPEN, critical=True),
            is_asked=bool(standing.count(Stand.ASKED)),
        )
    ]
    found += [
        (f"/woo/overzichten/{one.content.kind.value}", finding)
        for one in overviews(session)
        for finding in rules.overview_findings(one.content, is_shown=one.is_shown, today=today)
    ]
    return found


def _is_late(today: date) -> ColumnElement[bool]:
    return col(Document.state).in_(WAITING) & (col(Document.due_on) < today)


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
