"""What people fill in about a category, a dossier or a document: the shape of form, import, revision and version.

A draft may be incomplete, so nothing here is required; what must be filled in before publishing is for `woo.rules`.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

import core.content
from core.content import Line, Lines, Text, Url
from woo import lists

SCHEMA_NUMBER = 1
"""Of revisions: raised when the shape of a content model here changes. Versions have their own, in `snapshot`."""
MAX_TITLE = 2000
MAX_RELATIONS = 200
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _https(address: str) -> str:
    parts = urlsplit(address)
    if address and (parts.scheme != "https" or not parts.hostname or parts.fragment or parts.username is not None):
        raise ValueError("vul een volledig adres in dat begint met https://, zonder # en zonder wachtwoord.")
    return address


def _organisation(named: object) -> object:
    return lists.organisation_code(named) if isinstance(named, str) else named


def _document(named: object) -> UUID:
    try:
        return named if isinstance(named, UUID) else UUID(str(named))
    except ValueError:
        raise ValueError("kies een document uit de lijst.") from None


DocumentId = Annotated[UUID, BeforeValidator(_document)]
Address = Annotated[Url, AfterValidator(_https)]
OrganisationCode = Annotated[Line, BeforeValidator(_organisation)]
"""A TOOI address. A name is taken too, and becomes the address when the lists know it."""


class Part(core.content.Part):
    """A piece of content that holds only what a database can store."""

    @field_validator("*")
    @classmethod
    def _can_be_stored(cls, value: object) -> object:
        """What no database can hold becomes U+FFFD, which the rules refuse: a person then sees that it stood there."""
        if isinstance(value, str) and not isinstance(value, StrEnum):
            return _UNSTORABLE.sub("\ufffd", value)
        if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
            return tuple(_UNSTORABLE.sub("\ufffd", item) for item in value)
        return value


class CategoryStatus(StrEnum):
    NOT_STARTED = "niet gestart"
    STARTED = "bezig"
    IN_ORDER = "op orde"
    NOT_APPLICABLE = "niet van toepassing"


class DocumentState(StrEnum):
    """Where a document is in its life.

    A replaced document stays *gepubliceerd*: its address lives on with another file, and the record says when and
    why it was replaced. *Ingetrokken* is final: what may come back comes back as a new document with a new address.
    """

    CONCEPT = "concept"
    READY = "klaar"
    PLANNED = "gepland"
    PUBLISHED = "gepubliceerd"
    WITHDRAWN = "ingetrokken"


class InspectionState(StrEnum):
    """Where the check of a file is. A file that nothing is known of waits for its turn."""

    WAITING = "wacht"
    RUNNING = "bezig"
    DONE = "klaar"
    FAILED = "mislukt"


class DecisionState(StrEnum):
    """What people said of something that the check found. Something critical is asked by one and decided by another."""

    ACCEPTED = "bevestigd"
    ASKED = "wacht op een tweede persoon"
    APPROVED = "goedgekeurd"
    REFUSED = "geweigerd"


class LocationKind(StrEnum):
    """What kind of place it is. Publication elsewhere counts as much as on our own site (Woo art. 3.3b)."""

    OWN = "deze website"
    OTHER = "andere website van de gemeente"
    COUNCIL = "raadsinformatiesysteem"
    GAZETTE = "officiële bekendmakingen"


class ProcessState(StrEnum):
    """How far a mapped process is on its way to publishing what it brings forth."""

    MAPPED = "in kaart"
    AGREED = "afgesproken"
    CONNECTED = "aangesloten"
    NOT_NEEDED = "hoeft niet"


class LocationContent(Part):
    """A place where documents of a category can be found, as it is registered in ROO (woo-index section 2)."""

    url: Address = ""
    kind: LocationKind | None = None
    explanation: Text = ""
    source_system: Line = ""
    registered_in_roo_on: date | None = None
    last_checked_on: date | None = None


class AmbitionContent(Part):
    """What must be reached in a year: in words, and as a share (percent) of the mapped processes that publish."""

    year: Annotated[int, Field(ge=2022, le=2100)]
    goal: Text = ""
    share: Annotated[int, Field(ge=0, le=100)] | None = None


class CategoryContent(Part):
    """How far the organisation is with one category.

    `in_force_since` is empty when the category binds nobody yet, `deadline_days` when the law gives no fixed term.
    `archive_years` says after how many years a document goes to the archive; it is shown, and never deletes anything.
    Without `in_force_checked` both are to be looked at ("nakijken"): the law grows by royal decree, and this list may
    be older than the newest one.
    """

    status: CategoryStatus = CategoryStatus.NOT_STARTED
    ambition: Text = ""
    ambitions: tuple[AmbitionContent, ...] = Field(default=(), max_length=30)
    frequency: Line = ""
    team: Line = ""
    in_force_since: date | None = None
    deadline_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    archive_years: Annotated[int, Field(ge=1, le=100)] | None = None
    in_force_source: Line = ""
    in_force_checked: bool = False
    locations: tuple[LocationContent, ...] = Field(default=(), max_length=100)


class ProcessContent(Part):
    """One kind of document that a process brings forth: this is how a municipality starts with a category.

    `yearly_volume` is the number of documents in a year, empty when nobody counted. `system` and `team` are names of
    shared things.
    """

    process: Line = ""
    document_kind: Line = ""
    category: Annotated[str, Field(max_length=3)] = ""
    state: ProcessState = ProcessState.MAPPED
    system: Line = ""
    team: Line = ""
    yearly_volume: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    remarks: Text = ""


class Decision(StrEnum):
    """How a request for information ended (Woo art. 4.1 to 4.5, 5.1, 5.2)."""

    FULL = "openbaar gemaakt"
    PARTLY = "deels openbaar gemaakt"
    REFUSED = "niet openbaar gemaakt"
    NOTHING_FOUND = "niets gevonden"
    NOT_TREATED = "niet in behandeling genomen"
    FORWARDED = "doorgestuurd"
    TAKEN_BACK = "ingetrokken door de indiener"


class RequestContent(Part):
    """A request for information (Woo art. 4.1), by the number of its case. Who asked does not stand here.

    The term stands still from the day after `suspended_from`, when others are asked for their view, up to and with
    `suspended_until` (Woo art. 4.4 lid 3). `extended_on` is the day on which two more weeks were announced.
    """

    case_number: Line = ""
    subject: Line = ""
    received_on: date | None = None
    extended_on: date | None = None
    extension_reason: Text = ""
    suspended_from: date | None = None
    suspended_until: date | None = None
    decision: Decision | None = None
    decided_on: date | None = None
    team: Line = ""
    remarks: Text = ""


class OverviewKind(StrEnum):
    """An overview instead of documents (Woo art. 3.3a), or our own of what is withheld."""

    WITHHELD = "geweigerd"
    SUBSIDIES = "subsidies"
    DECISIONS = "beschikkingen"
    COMPLAINTS = "klachtoordelen"


class OverviewContent(Part):
    """What stands in an overview: texts in the order of its columns, and the day it was last brought up to date."""

    kind: OverviewKind
    rows: tuple[tuple[str, ...], ...] = ()
    renewed_on: date | None = None


class DossierContent(Part):
    title: Annotated[str, Field(max_length=MAX_TITLE)] = ""
    description: Text = ""
    category: Annotated[str, Field(max_length=3)] = ""


class RelationContent(Part):
    """This document does something (`role`, an address in the list) with another one (`target`, its id)."""

    role: Line = ""
    target: DocumentId


class ExtraContent(Part):
    """A name with values, shown with a hit and not searchable (woo-index 7.3)."""

    key: Line = ""
    values: Lines = ()


class Withholding(StrEnum):
    """How much of a document the reader does not get (Woo art. 3.3 lid 8, 5.1 and 5.2)."""

    NOTHING = "niets"
    PARTLY = "deels"
    FULLY = "helemaal"


class GroundContent(Part):
    """Why something is withheld: a ground of Woo art. 5.1 or 5.2, for a passage or (empty) for the whole document.

    `reason` is the weighing itself, which stays internal.
    """

    code: Annotated[str, Field(max_length=10)] = ""
    passage: Line = ""
    reason: Text = ""


class DocumentContent(Part):
    """All metadata of a document that people fill in (woo-index 7.1); codes are addresses of the value lists.

    `category` decides the index in which the document stands. An empty `publisher` is the organisation itself, an
    empty `aggregation` the dossier. `source_url` is for a document that lives elsewhere and has no file here.
    `distributed_on` is the day a meeting paper was sent round, or of the meeting itself for an agenda.
    `not_before_on` and `internal_note` never reach the public.

    What is withheld has grounds and a `notice` that the reader sees with the document or in its place (Woo art. 3.3
    lid 8). A third party is heard from `heard_from` until `heard_until` (lid 5 onder h); `noticed_on` is the day on
    which who may object was told what will be public (lid 5 onder i and lid 7). These days stay internal.
    """

    title: Annotated[str, Field(max_length=MAX_TITLE)] = ""
    category: Annotated[str, Field(max_length=3)] = ""
    other_categories: Lines = ()
    kinds: Lines = ()
    themes: Lines = ()
    keywords: Lines = ()
    descriptions: tuple[Text, ...] = ()
    adopted_on: date | None = None
    received_on: date | None = None
    signed_on: date | None = None
    distributed_on: date | None = None
    acted_by: OrganisationCode = ""
    publisher: OrganisationCode = ""
    responsible: OrganisationCode = ""
    co_responsible: tuple[OrganisationCode, ...] = ()
    author: OrganisationCode = ""
    author_name: Line = ""
    short_titles: Lines = ()
    alternative_titles: Lines = ()
    identifiers: Lines = ()
    created_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    language: Line = lists.DUTCH
    aggregation: Line = ""
    part_of: DocumentId | None = None
    relations: tuple[RelationContent, ...] = Field(default=(), max_length=MAX_RELATIONS)
    extra: tuple[ExtraContent, ...] = Field(default=(), max_length=50)
    source_url: Address = ""
    is_research_on_itself: bool = False
    not_before_on: date | None = None
    withheld: Withholding | None = None
    grounds: tuple[GroundContent, ...] = Field(default=(), max_length=500)
    notice: Text = ""
    heard_from: date | None = None
    heard_until: date | None = None
    objection_expected: bool = False
    noticed_on: date | None = None
    internal_note: Text = ""

    @field_validator("other_categories")
    @classmethod
    def _without_duty_stands_alone(cls, others: Lines, info: ValidationInfo) -> Lines:
        if others and lists.WITHOUT_DUTY in {info.data.get("category"), *others}:
            raise ValueError("artikel 3.1 gaat niet samen met een andere categorie. Kies een van beide.")
        return others
