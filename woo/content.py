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


class LocationContent(Part):
    """A place where documents of a category can be found, as it is registered in ROO (woo-index section 2)."""

    url: Address = ""
    explanation: Text = ""
    source_system: Line = ""
    registered_in_roo_on: date | None = None
    last_checked_on: date | None = None


class CategoryContent(Part):
    """How far the organisation is with one category.

    `in_force_since` is empty when the category binds nobody yet. Without `in_force_checked` both are to be looked at
    ("nakijken"): the law grows by royal decree, and this list may be older than the newest one.
    """

    status: CategoryStatus = CategoryStatus.NOT_STARTED
    ambition: Text = ""
    frequency: Line = ""
    team: Line = ""
    in_force_since: date | None = None
    in_force_source: Line = ""
    in_force_checked: bool = False
    locations: tuple[LocationContent, ...] = Field(default=(), max_length=100)


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


class DocumentContent(Part):
    """All metadata of a document that people fill in (woo-index 7.1); codes are addresses of the value lists.

    `category` decides the index in which the document stands. An empty `publisher` is the organisation itself, an
    empty `aggregation` the dossier. `source_url` is for a document that lives elsewhere and has no file here.
    `distributed_on` is the day a meeting paper was sent round, or of the meeting itself for an agenda.
    `not_before_on` and `internal_note` never reach the public.
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
    relations: tuple[RelationContent, ...] = Field(default=(), max_length=200)
    extra: tuple[ExtraContent, ...] = Field(default=(), max_length=50)
    source_url: Address = ""
    is_research_on_itself: bool = False
    not_before_on: date | None = None
    internal_note: Text = ""

    @field_validator("other_categories")
    @classmethod
    def _without_duty_stands_alone(cls, others: Lines, info: ValidationInfo) -> Lines:
        if others and lists.WITHOUT_DUTY in {info.data.get("category"), *others}:
            raise ValueError("artikel 3.1 gaat niet samen met een andere categorie. Kies een van beide.")
        return others
