"""Tables of the Woo register: categories with their locations, dossiers, documents, and the sitemaps they stand in."""

import hashlib
from datetime import date, datetime
from typing import Any, Optional
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, Relationship

from core import columns
from core.db import JSON_TYPE, Audited, Owned, Record, UtcDateTime
from core.organisations import System, Team
from woo import lists, overviews
from woo.content import (
    MAX_TITLE,
    AmbitionContent,
    CategoryStatus,
    Decision,
    DecisionState,
    DocumentContent,
    DocumentState,
    DossierContent,
    InspectionState,
    LocationContent,
    LocationKind,
    OverviewContent,
    OverviewKind,
    ProcessContent,
    ProcessState,
    RelationContent,
    RequestContent,
    Withholding,
)
from woo.inspection.model import Kind


class Category(Record, table=True):
    """What the organisation does about one of the seventeen categories of Woo art. 3.3, or about art. 3.1."""

    __tablename__ = "woo_category"
    __table_args__ = (UniqueConstraint("organisation_id", "number"),)

    number: str = Field(max_length=3)
    status: CategoryStatus = columns.choice(CategoryStatus, CategoryStatus.NOT_STARTED)
    team_id: UUID | None = Field(default=None, foreign_key="core_team.id")
    ambition: str = columns.text()
    frequency: str = columns.line()
    in_force_since: date | None = None
    deadline_days: int | None = None
    archive_years: int | None = None
    in_force_source: str = columns.line()
    in_force_checked: bool = False
    locations: list["CategoryLocation"] = columns.parts("CategoryLocation.position", back_populates="category")
    ambitions: list["CategoryAmbition"] = columns.parts("CategoryAmbition.year")

    @property
    def entry(self) -> lists.CategoryEntry:
        return lists.categories()[self.number]

    def audit_label(self) -> str:
        return f"{self.number} {self.entry.label}"


class CategoryAmbition(Owned, Audited, table=True):
    """What must be reached in a year."""

    __tablename__ = "woo_category_ambition"
    __table_args__ = (UniqueConstraint("category_id", "year"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    category_id: UUID = Field(foreign_key="woo_category.id", index=True)
    year: int
    goal: str = columns.text()
    share: int | None = None

    def audit_key(self) -> tuple[str, UUID]:
        return "woo_category", self.category_id

    def content(self) -> AmbitionContent:
        return AmbitionContent(year=self.year, goal=self.goal, share=self.share)


class CategoryLocation(Owned, Audited, table=True):
    """A web address where documents of the category stand, as registered in ROO."""

    __tablename__ = "woo_category_location"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    category_id: UUID = Field(foreign_key="woo_category.id", index=True)
    position: int = 0
    url: str = columns.url()
    kind: LocationKind | None = columns.choice(LocationKind)
    explanation: str = columns.text()
    source_system: str = columns.line()
    registered_in_roo_on: date | None = None
    last_checked_on: date | None = None
    category: Category = Relationship(back_populates="locations")

    @property
    def host(self) -> str:
        """The harvester looks for robots.txt at the root of this host (woo-index section 2)."""
        return urlsplit(self.url).hostname or ""

    def audit_key(self) -> tuple[str, UUID]:
        return "woo_category", self.category_id

    def content(self) -> LocationContent:
        return LocationContent.model_validate({name: getattr(self, name) for name in LocationContent.model_fields})


class Readiness(Owned, table=True):
    """What a look from outside found at a place of a category. Kept by the program, not by people."""

    __tablename__ = "woo_readiness"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    category: str = Field(max_length=3, index=True)
    url: str = columns.url()
    at: datetime = Field(sa_type=UtcDateTime)
    steps: list[dict[str, str]] = columns.codes()

    @property
    def fault(self) -> str:
        """The first thing that is wrong; empty when the national index can use the place."""
        return next((step["fault"] for step in self.steps if step["fault"]), "")


class MappedProcess(Record, table=True):
    """A kind of document that a process brings forth, and how far it is on its way to the public."""

    __tablename__ = "woo_process"

    process: str = columns.line()
    document_kind: str = columns.line()
    category: str = Field(default="", max_length=3, index=True)
    state: ProcessState = columns.choice(ProcessState, ProcessState.MAPPED)
    system_id: UUID | None = Field(default=None, foreign_key="core_system.id", index=True)
    team_id: UUID | None = Field(default=None, foreign_key="core_team.id", index=True)
    yearly_volume: int | None = None
    remarks: str = columns.text()

    system: System | None = columns.shared()
    team: Team | None = columns.shared()

    def audit_label(self) -> str:
        return f"{self.process}: {self.document_kind}" if self.document_kind else self.process

    def content(self) -> ProcessContent:
        shared = {"system": self.system.name if self.system else "", "team": self.team.name if self.team else ""}
        plain = {name: getattr(self, name) for name in ProcessContent.model_fields if name not in shared}
        return ProcessContent.model_validate(plain | shared)


class WooRequest(Record, table=True):
    """A request for information, by the number of its case. Its documents stand in a dossier."""

    __tablename__ = "woo_request"
    __table_args__ = (UniqueConstraint("organisation_id", "case_number"),)

    case_number: str = columns.line()
    subject: str = columns.line()
    received_on: date | None = Field(default=None, index=True)
    extended_on: date | None = None
    extension_reason: str = columns.text()
    suspended_from: date | None = None
    suspended_until: date | None = None
    decision: Decision | None = columns.choice(Decision)
    decided_on: date | None = None
    team_id: UUID | None = Field(default=None, foreign_key="core_team.id", index=True)
    remarks: str = columns.text()
    dossier_id: UUID | None = Field(default=None, foreign_key="woo_dossier.id", index=True)

    team: Team | None = columns.shared()
    dossier: Optional["Dossier"] = columns.shared()

    def audit_label(self) -> str:
        return f"Woo-verzoek {self.case_number}"

    def content(self) -> RequestContent:
        plain = {name: getattr(self, name) for name in RequestContent.model_fields if name != "team"}
        return RequestContent.model_validate(plain | {"team": self.team.name if self.team else ""})


class Overview(Record, table=True):
    """An overview that may stand in the place of documents (Woo art. 3.3a)."""

    __tablename__ = "woo_overview"
    __table_args__ = (UniqueConstraint("organisation_id", "kind"),)

    kind: OverviewKind = columns.choice(OverviewKind, OverviewKind.SUBSIDIES)
    rows: list[list[str]] = columns.codes()
    renewed_on: date | None = None

    @property
    def file(self) -> bytes:
        """The list as readers download it, which is what the check looks at."""
        return overviews.as_file(self.kind, self.rows)

    @property
    def sha256(self) -> str:
        """Of `file`; empty as long as nothing was read in."""
        return hashlib.sha256(self.file).hexdigest() if self.rows else ""

    def audit_label(self) -> str:
        return f"Overzicht {self.kind.value}"

    def content(self) -> OverviewContent:
        return OverviewContent(kind=self.kind, rows=tuple(tuple(row) for row in self.rows), renewed_on=self.renewed_on)


class Dossier(Record, table=True):
    """Documents that belong together. `public_id` stands in addresses and never changes."""

    __tablename__ = "woo_dossier"
    __table_args__ = (UniqueConstraint("organisation_id", "public_id"),)

    public_id: str = Field(max_length=80)
    title: str = columns.line(MAX_TITLE)
    description: str = columns.text()
    category: str = columns.line(3)
    sequence: list[int] = columns.codes()
    """Numbers of its documents in the order that a person gave them; others come after these, by number."""

    def audit_label(self) -> str:
        return self.title or self.public_id

    def content(self) -> DossierContent:
        return DossierContent.model_validate({name: getattr(self, name) for name in DossierContent.model_fields})


class Sitemap(Owned, table=True):
    """A sitemap of a category: which documents stand in it is stored with the document, never computed anew.

    `changed_at` is the `lastmod` of the sitemap in its index: it moves when a document comes, changes or goes, and
    never back. `entries` and `weight` (bytes, estimated upward) say when the next sitemap must be opened.
    """

    __tablename__ = "woo_sitemap"
    __table_args__ = (UniqueConstraint("organisation_id", "category", "number"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    category: str = Field(max_length=3)
    number: int
    entries: int = 0
    weight: int = 0
    changed_at: datetime = Field(sa_type=UtcDateTime)


class WithdrawnAddress(Owned, Audited, table=True):
    """The address of a document that was withdrawn and that this database never had: it was published and taken back
    after the backup that was put back here.

    It answers 410 for ever and no other document gets it (woo-index 5.6). `category` and `withdrawal_reason` are empty
    when only the website still told of it. `withdrawn_at` is then when the backup was put back.
    """

    __tablename__ = "woo_withdrawn_address"
    __table_args__ = (UniqueConstraint("organisation_id", "loc"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    loc: str = Field(max_length=2000)
    category: str = Field(default="", max_length=3)
    withdrawn_at: datetime = Field(sa_type=UtcDateTime)
    withdrawal_reason: str = columns.line()
    withdrawal_note: str = columns.text()

    def audit_label(self) -> str:
        return self.loc[:200]


class Document(Record, table=True):
    """A document with its metadata, its file, and what happened to it.

    `number` counts within the dossier and is never given twice. `loc` is the path of the file on the site, or the
    full address of a document that lives elsewhere; it is filled at first publication and never changes, and no other
    document ever gets it. Everything from `planned_on` down is kept by the services, nobody types it.
    """

    __tablename__ = "woo_document"
    __table_args__ = (
        UniqueConstraint("dossier_id", "number"),
        UniqueConstraint("organisation_id", "loc"),
        Index("ix_woo_document_state_due", "state", "due_on"),
        Index("ix_woo_document_sha256", "sha256"),
        Index("ix_woo_document_sitemap_id", "sitemap_id", "loc"),  # an export reads them in this order
    )

    dossier_id: UUID = Field(foreign_key="woo_dossier.id", index=True)
    number: int
    title: str = columns.line(MAX_TITLE)
    category: str = Field(default="", max_length=3, index=True)
    other_categories: list[str] = columns.codes()
    kinds: list[str] = columns.codes()
    themes: list[str] = columns.codes()
    keywords: list[str] = columns.codes()
    descriptions: list[str] = columns.codes()
    adopted_on: date | None = None
    received_on: date | None = None
    signed_on: date | None = None
    distributed_on: date | None = None
    acted_by: str = columns.line()
    publisher: str = columns.line()
    responsible: str = columns.line()
    co_responsible: list[str] = columns.codes()
    author: str = columns.line()
    author_name: str = columns.line()
    short_titles: list[str] = columns.codes()
    alternative_titles: list[str] = columns.codes()
    identifiers: list[str] = columns.codes()
    created_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    language: str = Field(default=lists.DUTCH, max_length=300)
    aggregation: str = columns.line()
    part_of: UUID | None = Field(default=None, foreign_key="woo_document.id")
    extra: list[dict[str, Any]] = columns.codes()
    source_url: str = columns.url()
    is_research_on_itself: bool = False
    not_before_on: date | None = None
    withheld: Withholding | None = columns.choice(Withholding)
    grounds: list[dict[str, Any]] = columns.codes()
    notice: str = columns.text()
    heard_from: date | None = None
    heard_until: date | None = None
    objection_expected: bool = False
    noticed_on: date | None = None
    internal_note: str = columns.text()

    sha256: str = columns.line(64)
    size: int = 0
    pages: int | None = None
    """How many pages the file has; None where it has none, or nobody could count them."""
    file_name: str = columns.line()
    format_code: str = columns.line(10)
    file_is_notice: bool = False
    """The file is the notice in the place of a document that is withheld as a whole."""
    public_sha256: str = columns.line(64)
    """Of the bytes that the public gets: the file without its metadata. Empty as long as it gets none."""
    public_size: int = 0
    file_before: dict[str, Any] | None = Field(default=None, sa_type=JSON_TYPE)
    """The facts of the file of a public document while another one waits to take its place."""

    state: DocumentState = columns.choice(DocumentState, DocumentState.CONCEPT)
    due_on: date | None = None
    planned_on: date | None = Field(default=None, index=True)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    published_version: int | None = None
    """Number of the frozen version that the public sees."""
    loc: str | None = Field(default=None, max_length=2000)
    sitemap_id: UUID | None = Field(default=None, foreign_key="woo_sitemap.id")
    weight: int = 0
    lastmod_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    replaced_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    replacement_reason: str = columns.line()
    replacement_note: str = columns.text()
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    withdrawal_reason: str = columns.line()
    withdrawal_note: str = columns.text()

    dossier: Dossier = columns.shared()
    relations: list["DocumentRelation"] = columns.parts(
        "DocumentRelation.position", back_populates="document", foreign_keys="DocumentRelation.document_id"
    )

    def audit_label(self) -> str:
        return self.title or f"document {self.number}"

    @property
    def is_public(self) -> bool:
        return self.state is DocumentState.PUBLISHED

    def content(self) -> DocumentContent:
        """The metadata as people fill them in."""
        relations = tuple(RelationContent(role=part.role, target=part.target_id) for part in self.relations)
        plain = {name: getattr(self, name) for name in DocumentContent.model_fields if name != "relations"}
        return DocumentContent.model_validate({**plain, "relations": relations})


class DocumentRelation(Owned, Audited, table=True):
    """What a document does with another one. `target_id` is a document of the same organisation."""

    __tablename__ = "woo_document_relation"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    document_id: UUID = Field(foreign_key="woo_document.id", index=True)
    position: int = 0
    role: str = columns.line()
    target_id: UUID = Field(foreign_key="woo_document.id", index=True)
    document: Document = Relationship(
        back_populates="relations", sa_relationship_kwargs={"foreign_keys": "DocumentRelation.document_id"}
    )

    def audit_key(self) -> tuple[str, UUID]:
        return "woo_document", self.document_id


class PublicReference(Owned, table=True):
    """The public metadata of `source_id` name `target_id`. When the target gets another title or goes, both change.

    `is_part`: the source is a part of the target, so the target names the source too.
    """

    __tablename__ = "woo_public_reference"

    source_id: UUID = Field(primary_key=True, foreign_key="woo_document.id")
    target_id: UUID = Field(primary_key=True, foreign_key="woo_document.id", index=True)
    is_part: bool = Field(primary_key=True)


class FileInspection(Owned, table=True):
    """The check of a file, by its SHA-256 (`original`); the same bytes are looked at once. Kept by the program.

    `stripped` are the bytes without metadata: those that were looked at, and that become public. It counts as long as
    `engine` and `known` (a digest) are those of now.
    """

    __tablename__ = "woo_inspection"
    __table_args__ = (UniqueConstraint("organisation_id", "original"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    original: str = columns.line(64)
    engine: int
    known: str = columns.line(64)
    state: InspectionState = columns.choice(InspectionState, InspectionState.RUNNING)
    at: datetime = Field(sa_type=UtcDateTime)
    stripped: str = columns.line(64)
    stripped_size: int = 0
    fault: str = columns.text()
    hits: list["InspectionHit"] = columns.parts("InspectionHit.position")


class InspectionHit(Owned, table=True):
    """Something that a check found; see `woo.inspection.Hit`."""

    __tablename__ = "woo_inspection_hit"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    inspection_id: UUID = Field(foreign_key="woo_inspection.id", index=True)
    position: int
    key: str = columns.line(20)
    kind: Kind = columns.choice(Kind)
    critical: bool = False
    page: int | None = None
    place: str = columns.text()
    snippet: str = columns.text()


class HitDecision(Owned, Audited, table=True):
    """That a person said why something that the check found may be public: in a document, or else in an overview.

    It is about a place and its masked text (`key`), in the file with the SHA-256 `original`. `answer` is why the second
    person found that it may not.
    """

    __tablename__ = "woo_hit_decision"
    __table_args__ = (UniqueConstraint("document_id", "key"), UniqueConstraint("overview_id", "key"))

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    document_id: UUID | None = Field(default=None, foreign_key="woo_document.id", index=True)
    overview_id: UUID | None = Field(default=None, foreign_key="woo_overview.id", index=True)
    key: str = columns.line(20)
    original: str = columns.line(64)
    state: DecisionState = columns.choice(DecisionState, DecisionState.ACCEPTED)
    reason: str = columns.text()
    asked_at: datetime = Field(sa_type=UtcDateTime)
    asked_by: str = columns.line(200)
    asked_by_id: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str = columns.line(200)
    answer: str = columns.text()

    def audit_key(self) -> tuple[str, UUID]:
        if self.overview_id:
            return "woo_overview", self.overview_id
        assert self.document_id is not None  # noqa: S101 - it is one of both
        return "woo_document", self.document_id


class InspectionSettings(Record, table=True):
    """What the check must know of the organisation: `known` are texts of its own, which are no finding."""

    __tablename__ = "woo_inspection_settings"
    __table_args__ = (UniqueConstraint("organisation_id"),)

    known: list[str] = columns.codes()

    def audit_label(self) -> str:
        return "Controle voor het publiceren"
