"""What is known about products, their messages, channels and answers, as plain data.

One shape serves the form, the import, the verdict, the revisions, the frozen versions and the exports; the tables in
`models.py` hold the same facts in rows. A product has one or more message types, a message type is sent through one
or more channels, and a channel (one form engine, the general contact form) can serve many message types.

Answers hang on what they are about, following the scope of the duty (`data/duties.json`): organisation, product,
message type or channel. Empty means "not filled in". It never means "no" or "none": those are answers of their own.
Shared things (team, party, channel) are held by name; `bestuursorgaan` codes are those of the organisation.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from core.content import Line, Lines, Part, Text, Url, YesNo

SCHEMA_NUMBER = 1
"""Raised when the shape of a content model here changes; snapshots of older numbers stay readable."""


class Audience(StrEnum):
    RESIDENT = "particulier"
    BUSINESS = "ondernemer"


class Executor(StrEnum):
    """Who carries the task out."""

    OWN = "eigen"
    JOINT = "gemeenschappelijke regeling"
    EXTERNAL = "extern"


class Value(StrEnum):
    """An answer to a duty's question. Every question is worded so that "ja" is good."""

    YES = "ja"
    PARTLY = "deels"
    NO = "nee"
    NOT_APPLICABLE = "nvt"
    UNKNOWN = "onbekend"


class MessageKind(StrEnum):
    """Which kind of message this is (Awb 2:13 lid 1 and 2:14)."""

    APPLICATION = "aanvraag"
    SUPPLEMENT = "aanvulling"
    INGEBREKESTELLING = "ingebrekestelling"
    ZIENSWIJZE = "zienswijze"
    BEZWAAR = "bezwaar"
    ADMINISTRATIEF_BEROEP = "administratief_beroep"
    PROCEDURE_QUESTION = "procedurevraag"
    COMPLAINT = "klacht"
    NOTIFICATION = "melding"
    DECLARATION = "aangifte"
    STATEMENT = "opgave"
    REQUEST = "verzoek"
    SIGNAL = "signaal"
    PRIVATE_LAW = "privaatrechtelijk"
    OTHER = "ander_bericht"
    OUTGOING_DECISION = "uitgaand_besluit"


class Official(StrEnum):
    """Is it an official message (Awb 2:13)? `MIXED` depends on local rules and counts as yes."""

    YES = "ja"
    NO = "nee"
    MIXED = "gemengd"
    UNKNOWN = "onbekend"


class Direction(StrEnum):
    IN = "in"
    OUT = "uit"


class ChannelKind(StrEnum):
    """The first five are electronic; the last three are ways without a computer."""

    WEB_FORM = "webformulier"
    EMAIL = "e-mail"
    PORTAL = "portaal"
    MESSAGE_BOX = "berichtenbox"
    NATIONAL = "landelijk"
    PAPER = "papier"
    DESK = "balie"
    PHONE = "telefoon"


class Availability(StrEnum):
    """How digital a channel is. A level says nothing about compliance."""

    D0 = "D0"
    D1 = "D1"
    D2 = "D2"
    D3 = "D3"
    D4 = "D4"
    D5 = "D5"
    D6 = "D6"
    DX = "DX"


class LoginLevel(StrEnum):
    NONE = "geen"
    DIGID_MIDDEN = "digid_midden"
    DIGID_SUBSTANTIEEL = "digid_substantieel"
    EH2PLUS = "eh2plus"
    EH3 = "eh3"
    EIDAS = "eidas"
    DESK = "balie"


class ChannelUse(StrEnum):
    """What a channel is for one message type: the way we point at, or the safety net."""

    PREFERRED = "voorkeur"
    FALLBACK = "terugval"


class ActionStatus(StrEnum):
    OPEN = "open"
    BUSY = "bezig"
    DONE = "klaar"
    DROPPED = "vervallen"


class Measure(StrEnum):
    """What a goal counts; always a share in whole percents."""

    CONVERTED = "pdf_omgezet"
    """Of the message types at D2 on the base date that are still there: those that are at D4 or higher now."""
    SCORE = "score"
    """The score of the whole report."""
    DESIGNATED = "aangewezen"
    """Of the messages to the municipality: those with a channel in a published decision (Awb 2:13 lid 2)."""
    ASSESSED = "beoordeeld"
    """Of all message types: those of which something is known."""
    NOT_RED = "niet_rood"
    """Of all message types: those that are orange or green."""
    SUPPORTED = "minimum_hulp"
    """Of all products: those with the minimum of help (Awb 2:1 lid 1)."""
    AMBITION = "ambitie"
    """Of the ambitions for the years until that of the goal: those that were reached."""


class SpecialAct(StrEnum):
    """Answer to W09: does a special act say how the message must be sent (Awb 2:7)?"""

    NO = "nee"
    DIGITAL_ONLY = "verplicht_digitaal"
    PHYSICAL_ONLY = "verplicht_fysiek"
    OWN_COUNTER = "eigen_loket"


class TargetGroup(StrEnum):
    """People who may need help (duty of care, Awb 2:1 lid 1)."""

    LOW_LITERACY = "laaggeletterd"
    LOW_DIGITAL_SKILLS = "weinig_digitaal_vaardig"
    NO_DEVICE = "geen_computer_of_internet"
    NO_LOGIN = "geen_digid_of_eherkenning"
    DISABILITY = "beperking"
    OTHER_LANGUAGE = "anderstalig"
    REPRESENTED = "bewind_of_mantelzorg"
    NO_ADDRESS = "geen_vast_adres"
    EU_WITHOUT_BSN = "eu_zonder_bsn"
    SMALL_BUSINESS = "kleine_ondernemer"


MAX_VOLUME = 100_000_000
Volume = Annotated[int, Field(ge=0, le=MAX_VOLUME)]
Year = Annotated[int | None, Field(ge=2000, le=2100)]


class Answer(Part):
    """An answer to a duty (W01-W33) or about a form of support (Z01-Z12).

    `value` answers a yes/no question, `choices` a choice (codes of the duty's `choices`), `law` and `article` name a
    legal provision. Evidence is any of URL, document, date; `evidence_on` is also the date a question asks for, such
    as the day a policy was established. `answered_by` is a function, never a person's name.
    """

    duty: Annotated[str, Field(pattern=r"^[WZ][0-9]{2}$")]
    value: Value | None = None
    choices: Lines = ()
    text: Text = ""
    law: Line = ""
    article: Line = ""
    body: Line = ""
    """Code of the bestuursorgaan that decided (W13)."""
    evidence_url: Url = ""
    evidence_document: Line = ""
    evidence_on: date | None = None
    reaches: tuple[TargetGroup, ...] = ()
    """Which target groups this form of support reaches (Z01-Z12)."""
    answered_on: date | None = None
    answered_by: Line = ""
    note: Text = ""


class InheritedAnswer(Answer):
    """An answer that a channel has from its template, as long as it has none of its own."""

    template: Line


class TemplateContent(Part):
    """What many channels share, such as one form engine. `answers` are those of scope K, for every channel under it."""

    name: Line = ""
    note: Text = ""
    answers: tuple[Answer, ...] = ()


class LegalBasis(Part):
    """The provision a product rests on."""

    law: Line = ""
    article: Line = ""
    url: Url = ""


class Designation(Part):
    """The published decision that designates a channel (Awb 2:13 lid 2)."""

    bodies: Lines = ()
    """Codes of the bestuursorganen that decided, each for its own powers."""
    title: Line = ""
    decided_on: date | None = None
    reference: Url = ""
    """Where it was made known: the URL or number in the gemeenteblad."""


class Satisfaction(Part):
    """What people think of a channel, measured over a year. `grade` is one of ten, such as `7,4`."""

    year: Year = None
    grade: Annotated[str, Field(pattern=r"^((10|[1-9])(,[0-9])?)?$")] = ""
    source: Line = ""


class ChannelContent(Part):
    """A way to send or receive messages. `answers` are those of scope K, and Z08.

    With a template, what the template answers and the channel does not is there too, as `InheritedAnswer`.
    """

    name: Line = ""
    template: Line = ""
    kind: ChannelKind | None = None
    url: Url = ""
    """Address of the form, the portal, the file to print, or the e-mail address."""
    level: Availability | None = None
    login_levels: tuple[LoginLevel, ...] = ()
    supplier: Line = ""
    form_id: Line = ""
    product_page_url: Url = ""
    changed_on: date | None = None
    """When the form was last changed: a designation older than this needs a look."""
    designated: YesNo | None = None
    designation: Designation = Designation()
    reachable: YesNo | None = None
    """What the last link check found."""
    reachable_checked_on: date | None = None
    satisfaction: tuple[Satisfaction, ...] = ()
    answers: tuple[Answer, ...] = ()
    note: Text = ""


class YearVolume(Part):
    """How often a message came in over a year, by one channel or (empty) by all together."""

    year: Year = None
    channel: Line = ""
    number: Annotated[int | None, Field(ge=0, le=100_000_000)] = None
    source: Line = ""


class NormResult(Part):
    """Which share of a message was handled within its service norm, in whole percents, over a year."""

    year: Year = None
    percentage: Annotated[int | None, Field(ge=0, le=100)] = None
    source: Line = ""


class ChannelLink(Part):
    """A channel of a message type, by the channel's name."""

    channel: Line
    use: ChannelUse | None = None


class MessageTypeContent(Part):
    """One kind of message about a product. `answers` are those of scope B (incoming) or U (outgoing), Z05 and Z06."""

    name: Line = ""
    kind: MessageKind | None = None
    official: Official = Official.UNKNOWN
    reasoning: Text = ""
    direction: Direction = Direction.IN
    on_request: YesNo | None = None
    """The municipality asks for this message; the way named in its request then holds."""
    can_be_digital: YesNo | None = None
    why_not_digital: Text = ""
    yearly_volume: Volume | None = None
    volumes: tuple[YearVolume, ...] = ()
    service_norm: Line = ""
    """What the municipality promises, such as "antwoord binnen 5 werkdagen"."""
    norm_results: tuple[NormResult, ...] = ()
    channels: tuple[ChannelLink, ...] = ()
    answers: tuple[Answer, ...] = ()
    assessed_on: date | None = None
    """When kind and official were decided; also says which text of the law the message is judged by."""
    assessed_by: Line = ""
    """A function, never a person's name."""
    note: Text = ""


class Ambition(Part):
    """How digital a product must be by the end of a year; `source` is where that was decided."""

    year: Year = None
    level: Availability | None = None
    source: Line = ""


class ProductContent(Part):
    """One product or service of the municipality. `answers` are those of scope P and the Z codes of scope P."""

    name: Line = ""
    summary: Line = ""
    """What it is, in plain words: the first sentence on the website and the abstract of Samenwerkende Catalogi."""
    keywords: Lines = ()
    """Other words that people look for."""
    upl_label: Line = ""
    upl_uri: Url = ""
    audiences: tuple[Audience, ...] = ()
    team: Line = ""
    process_owner: Line = ""
    controller: Annotated[str, Field(max_length=80)] = ""
    """Code of the bestuursorgaan whose power it is, such as `college`."""
    executor: Executor | None = None
    executor_name: Line = ""
    yearly_volume: Volume | None = None
    legal_bases: tuple[LegalBasis, ...] = ()
    decision_term: Line = ""
    """How long the municipality may take to decide, such as "8 weken"."""
    objection_possible: YesNo | None = None
    special_act: Line = ""
    """Law and article that prescribe or exclude the digital way; the verdict itself rests on the answer to W09."""
    support_need: Annotated[int | None, Field(ge=0, le=2)] = None
    target_groups: tuple[TargetGroup, ...] = ()
    tested_with_target_group_on: date | None = None
    sdg_codes: Lines = ()
    services_directive: YesNo | None = None
    national_facility: Line = ""
    physical_presence: YesNo | None = None
    can_be_digital: YesNo | None = None
    why_not_digital: Text = ""
    ambitions: tuple[Ambition, ...] = ()
    external_id: Annotated[str, Field(max_length=80)] = ""
    """The number this product had in the list or system it came from."""
    answers: tuple[Answer, ...] = ()
    note: Text = ""


class OrganisationContent(Part):
    """What is answered once for the whole organisation: scope O, and Z04, Z11, Z12."""

    answers: tuple[Answer, ...] = ()


class ActionContent(Part):
    """Something that somebody does about a gap, or to reach a goal. `owner` is a function, never a person's name.

    `phase` is the year of the plan in which it is done; `supplier` is who else it depends on.
    """

    title: Line = ""
    owner: Line = ""
    team: Line = ""
    due_on: date | None = None
    phase: Annotated[int | None, Field(ge=2024, le=2100)] = None
    cost: Volume | None = None
    """An estimate, in whole euros."""
    supplier: Line = ""
    status: ActionStatus = ActionStatus.OPEN
    remarks: Text = ""


class GoalContent(Part):
    """What must be reached by a day. `base_on` is the day that a conversion is counted from."""

    title: Line = ""
    measure: Measure | None = None
    target: Annotated[int | None, Field(ge=1, le=100)] = None
    """In whole percents."""
    by: date | None = None
    base_on: date | None = None
    remarks: Text = ""
