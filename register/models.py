"""Tables of the processing register: the facts of `content.py` in rows.

Columns carry the names of the content, so that `services` maps them in a loop. A table checks nothing: what comes in
has passed `ActivityContent`. `Dpia` and `Wpg`, of which there is one per record, are columns with that prefix; lists
of codes are JSON; shared things (team, party, system, agreement, law) are references.
"""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from core import columns
from core.content import YesNo
from core.db import Audited, Owned, Record, UtcDateTime, enum_type
from core.organisations import Party, System, Team
from register.content import Afterwards, Automation, Publication, RecipientKind, Regime, Role, Scale, Status

NUMBER_PREFIX = "VW"
"""Kind of number in the shared numbering, and the start of every kenmerk."""
LAWS_SITE = "https://wetten.overheid.nl/"
BWB_NUMBER = re.compile(r"BWB[A-Z][0-9]{7}")


class AgreementKind(StrEnum):
    """What was agreed: GDPR art. 28(3), art. 26(1), a covenant, or art. 28(3) with us as the processor."""

    PROCESSING = "verwerkersovereenkomst"
    JOINT = "gezamenlijke regeling"
    COVENANT = "convenant"
    ASSIGNMENT = "opdracht van een ander"


class Agreement(Record, table=True):
    """What was agreed with a party, once for every record that rests on it. Never public.

    One without a title is that of its party. Two may have the same title and party when they say other things.
    """

    __tablename__ = "register_agreement"

    named_facts: ClassVar[frozenset[str]] = frozenset({"title", "party_id", "agreed_on", "until", "model"})
    kind: AgreementKind = columns.choice(AgreementKind, AgreementKind.PROCESSING)
    title: str = Field(default="", max_length=300, index=True)
    party_id: UUID | None = Field(default=None, foreign_key="core_party.id", index=True)
    agreed_on: date | None = None
    until: date | None = None
    model: str = columns.line()
    """The standard of the VNG, or one's own (GDPR art. 28(3))."""
    remarks: str = columns.text()
    party: Party | None = columns.shared()

    @property
    def label(self) -> str:
        """What people call it, also when nobody gave it a title."""
        return (
            self.title or f"{str(self.kind).capitalize()} met {self.party.name if self.party else 'onbekende partij'}"
        )

    def audit_label(self) -> str:
        return self.label


class Law(Record, table=True):
    """A law that records rest on, once for all of them; each names its own article."""

    __tablename__ = "register_law"

    named_facts: ClassVar[frozenset[str]] = frozenset({"name", "bwb_number", "url"})
    name: str = Field(default="", max_length=300, index=True)
    short_name: str = columns.line(100)
    bwb_number: str = columns.line(20)
    url: str = columns.line()
    remarks: str = columns.text()

    @property
    def label(self) -> str:
        return self.name or self.bwb_number

    def audit_label(self) -> str:
        return self.label


def address_of(law: Law) -> str:
    """Where a law can be read: what somebody filled in, or what follows from its number; may be empty."""
    return law.url or (f"{LAWS_SITE}{law.bwb_number}" if BWB_NUMBER.fullmatch(law.bwb_number) else "")


class ActivityPart(Owned, Audited):
    """A row that belongs to a record; `position` is its place in the list it stands in, from 0."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    activity_id: UUID = Field(foreign_key="register_activity.id", index=True)
    position: int = 0

    def audit_key(self) -> tuple[str, UUID]:
        return ProcessingActivity.__tablename__, self.activity_id


class JointController(ActivityPart, table=True):
    __tablename__ = "register_joint_controller"

    party_id: UUID | None = Field(default=None, foreign_key="core_party.id", index=True)
    agreement_id: UUID | None = Field(default=None, foreign_key="register_agreement.id", index=True)
    essence: str = columns.line(600)
    contact_point: str = columns.line()
    party: Party | None = columns.shared()
    agreement: Agreement | None = columns.shared()


class PurposeLaw(ActivityPart, table=True):
    __tablename__ = "register_purpose_law"

    purpose_id: UUID = Field(foreign_key="register_purpose.id", index=True)
    law_id: UUID | None = Field(default=None, foreign_key="register_law.id", index=True)
    article: str = columns.line()
    url: str = columns.line()
    """Of the article; empty when the address of the law is enough."""
    law: Law | None = columns.shared()


class Purpose(ActivityPart, table=True):
    __tablename__ = "register_purpose"

    text: str = columns.line(600)
    legal_bases: list[str] = columns.codes()
    necessity: str = columns.text()
    consent_asked: str = columns.text()
    consent_withdrawn: str = columns.text()
    consent_evidence: str = columns.text()
    interests_assessment: str = columns.text()
    interests_assessed_on: date | None = None
    further_use: YesNo | None = columns.choice(YesNo)
    further_use_test: str = columns.text()
    laws: list[PurposeLaw] = columns.parts(PurposeLaw.position)


class DataItem(ActivityPart, table=True):
    __tablename__ = "register_data_item"

    data_set_id: UUID = Field(foreign_key="register_data_set.id", index=True)
    code: str = columns.line(80)
    label: str = columns.line()
    sensitivity: str = columns.line(20)


class DataSource(ActivityPart, table=True):
    __tablename__ = "register_data_source"

    data_set_id: UUID = Field(foreign_key="register_data_set.id", index=True)
    kind: str = columns.line(80)
    text: str = columns.line()


class DataSet(ActivityPart, table=True):
    __tablename__ = "register_data_set"

    data_subject: str = columns.line()
    obligatory: YesNo | None = columns.choice(YesNo)
    obligatory_consequence: str = columns.text()
    unneeded: list[str] = columns.codes()
    data: list[DataItem] = columns.parts(DataItem.position)
    sources: list[DataSource] = columns.parts(DataSource.position)


class SpecialCategory(ActivityPart, table=True):
    __tablename__ = "register_special_category"

    category: str = columns.line(80)
    exception: str = columns.line(20)
    law: str = columns.line()


class Recipient(ActivityPart, table=True):
    __tablename__ = "register_recipient"

    name: str = columns.line()
    kind: RecipientKind | None = columns.choice(RecipientKind)
    basis: str = columns.line()


class ProcessorUse(ActivityPart, table=True):
    __tablename__ = "register_processor_use"

    party_id: UUID | None = Field(default=None, foreign_key="core_party.id", index=True)
    agreement_id: UUID | None = Field(default=None, foreign_key="register_agreement.id", index=True)
    service: str = columns.line()
    sub_processors: list[str] = columns.codes()
    countries: list[str] = columns.codes()
    party: Party | None = columns.shared()
    agreement: Agreement | None = columns.shared()


class CovenantUse(ActivityPart, table=True):
    __tablename__ = "register_covenant_use"

    agreement_id: UUID = Field(foreign_key="register_agreement.id", index=True)
    agreement: Agreement = columns.shared()


class Transfer(ActivityPart, table=True):
    __tablename__ = "register_transfer"

    country: str = columns.line()
    importer: str = columns.line()
    instrument: str = columns.line(20)
    safeguards_document: str = columns.line()
    assessed_on: date | None = None
    assessment: str = columns.text()
    covered_by_decision: YesNo | None = columns.choice(YesNo)


class Retention(ActivityPart, table=True):
    __tablename__ = "register_retention"

    data_set: int = 0
    text: str = columns.text()
    duration: str = columns.line(20)
    trigger: str = columns.line()
    selection_list: list[str] = columns.codes()
    deviation: str = columns.text()
    afterwards: Afterwards | None = columns.choice(Afterwards)


class Measure(ActivityPart, table=True):
    __tablename__ = "register_measure"

    name: str = columns.line()
    bio2: str = columns.line(10)


class SystemUse(ActivityPart, table=True):
    """A system that is used. Its supplier, hosting and country stand in the shared record, once for everybody."""

    __tablename__ = "register_system_use"

    system_id: UUID | None = Field(default=None, foreign_key="core_system.id", index=True)
    system: System | None = columns.shared()


class RightRestriction(ActivityPart, table=True):
    __tablename__ = "register_right_restriction"

    right: str = columns.line(20)
    text: str = columns.text()
    law: str = columns.line()


class Principal(ActivityPart, table=True):
    __tablename__ = "register_principal"

    party_id: UUID | None = Field(default=None, foreign_key="core_party.id", index=True)
    contact: str = columns.line()
    representative: str = columns.line()
    data_protection_officer: str = columns.line()
    agreement_id: UUID | None = Field(default=None, foreign_key="register_agreement.id", index=True)
    categories: list[str] = columns.codes()
    party: Party | None = columns.shared()
    agreement: Agreement | None = columns.shared()


class Correction(ActivityPart, table=True):
    __tablename__ = "register_correction"

    about: str = columns.line(40)
    value: YesNo | None = columns.choice(YesNo)
    reason: str = columns.text()
    basis: list[str] = columns.codes()


def _parts(order_by: object) -> Any:  # noqa: ANN401 - as `columns.parts`
    """The rows of a list of a record, which `services.plain` reads; here they come when they are changed."""
    return columns.parts(order_by, lazy="select")


class ProcessingActivity(Record, table=True):
    """One entry of the register (GDPR art. 30). The public sees its versions, never this row."""

    __tablename__ = "register_activity"
    __table_args__ = (UniqueConstraint("organisation_id", "number"),)

    number: int
    """Counts per organisation, never given twice. People read it as `kenmerk`."""
    status: Status = Field(default=Status.CONCEPT, sa_type=enum_type(Status), index=True)
    status_at: date | None = None
    """Since when the status is what it is, a date in the Netherlands."""
    status_by: str = columns.line(200)
    """Who gave it that status."""
    status_note: str = columns.text()
    """What was said with it: what to look at, or the question with which it came back."""
    last_editor: str = columns.line(200)
    last_editor_id: UUID | None = None
    """Who last changed the content: another person establishes (four eyes)."""

    # 1 identity and upkeep
    name: str = columns.line(120)
    explanation: str = columns.line(1000)
    domain: str = Field(default="", max_length=80, index=True)
    role: Role = columns.choice(Role, Role.CONTROLLER)
    regime: Regime = columns.choice(Regime, Regime.AVG)
    controller: str = columns.line(80)
    team_id: UUID | None = Field(default=None, foreign_key="core_team.id", index=True)
    process_owner: str = columns.line()
    contacts: list[str] = columns.codes()
    publication: Publication | None = columns.choice(Publication)
    publication_reason: str = columns.text()
    publish_from: date | None = None
    started_on: date | None = None
    ended_on: date | None = None
    reviewed_on: date | None = None
    next_review_on: date | None = None
    based_on: str = columns.line()
    external_number: str = Field(default="", max_length=80, index=True)
    remarks: str = columns.text()
    # 4 people and data
    scale: Scale | None = columns.choice(Scale)
    criminal_ground: str = columns.line(80)
    criminal_law: str = columns.line()
    bsn_ground: str = columns.line(80)
    bsn_law: str = columns.line()
    # 5 recipients and processors
    no_recipients: bool = False
    # 6 transfers
    transfers_outside_eea: YesNo | None = columns.choice(YesNo)
    # 8 security
    security: str = columns.text()
    confidentiality: str = columns.line(40)
    pseudonymised: YesNo | None = columns.choice(YesNo)
    # 9 automated decisions and DPIA
    automation: Automation | None = columns.choice(Automation)
    automation_logic: str = columns.text()
    automation_consequences: str = columns.text()
    automation_human: str = columns.text()
    profiling: YesNo | None = columns.choice(YesNo)
    algorithm_register: list[str] = columns.codes()
    ai_class: str = columns.line(40)
    dpia_criteria: list[str] = columns.codes()
    dpia_status: str = columns.line(40)
    dpia_done_on: date | None = None
    dpia_dpo_advice: str = columns.text()
    dpia_dpo_advice_on: date | None = None
    dpia_residual_risk: str = columns.line(20)
    dpia_consultation: str = columns.text()
    dpia_consultation_on: date | None = None
    dpia_motivation: str = columns.text()
    dpia_reasons_not: list[str] = columns.codes()
    dpia_public_url: str = columns.line()
    iama_on: date | None = None
    iama_url: str = columns.line()
    # 10 rights
    privacy_notice: str = columns.line()
    # 11 connections
    case_types: list[str] = columns.codes()
    data_breaches: str = columns.line()
    # Wpg
    wpg_controller: str = columns.line()
    wpg_articles: list[str] = columns.codes()
    wpg_boa_domain: str = columns.line(10)
    wpg_data_subjects: list[str] = columns.codes()
    wpg_sensitive: str = columns.text()
    wpg_disclosure: str = columns.text()
    wpg_retention: str = columns.text()
    wpg_authorisations: str = columns.text()
    wpg_logging: YesNo | None = columns.choice(YesNo)
    wpg_impact_assessment: str = columns.line()
    wpg_privacy_officer: str = columns.line()
    wpg_internal_audit_on: date | None = None
    wpg_external_audit_on: date | None = None
    wpg_measures: str = columns.text()

    team: Team | None = columns.shared("joined")
    joint_controllers: list[JointController] = _parts(JointController.position)
    purposes: list[Purpose] = _parts(Purpose.position)
    data_sets: list[DataSet] = _parts(DataSet.position)
    special_categories: list[SpecialCategory] = _parts(SpecialCategory.position)
    recipients: list[Recipient] = _parts(Recipient.position)
    processors: list[ProcessorUse] = _parts(ProcessorUse.position)
    covenants: list[CovenantUse] = _parts(CovenantUse.position)
    transfers: list[Transfer] = _parts(Transfer.position)
    retentions: list[Retention] = _parts(Retention.position)
    measures: list[Measure] = _parts(Measure.position)
    systems: list[SystemUse] = _parts(SystemUse.position)
    right_restrictions: list[RightRestriction] = _parts(RightRestriction.position)
    principals: list[Principal] = _parts(Principal.position)
    corrections: list[Correction] = _parts(Correction.position)

    @property
    def kenmerk(self) -> str:
        """What people call the record by, such as `VW-0001`."""
        return kenmerk(self.number)

    def audit_label(self) -> str:
        return f"{self.kenmerk} {self.name}".strip()


def kenmerk(number: int) -> str:
    """Write a number as people read it: `VW-0001`."""
    return f"{NUMBER_PREFIX}-{number:04}"


class Closing(Record, table=True):
    """A finding that somebody closed with a reason. It counts until its last day, or until somebody opens it again."""

    __tablename__ = "register_closing"

    activity_id: UUID | None = Field(default=None, foreign_key="register_activity.id", index=True)
    """None for what belongs to no single record."""
    subject: str = columns.line(20)
    """Kenmerk of that record, empty without one."""
    rule_id: str = columns.line(20)
    key: str = columns.text()
    """`Finding.key`: the reason holds only for the content that it was given for."""
    message: str = columns.text()
    """What the finding said."""
    reason: str = columns.text()
    until: date
    """The last day on which it counts, in the Netherlands."""
    closed_by: str = columns.line(200)
    closed_at: datetime = Field(sa_type=UtcDateTime)
    reopened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    def audit_label(self) -> str:
        return f"{self.subject} {self.rule_id}".strip()


class CheckSettings(Record, table=True):
    """The limits that the checks of one organisation count with; without a row those of `rules.Thresholds`."""

    __tablename__ = "register_check_settings"
    __table_args__ = (UniqueConstraint("organisation_id"),)

    review_months: int
    publish_months: int
    dpia_months: int
    agreement_days: int
    waiting_days: int
    similarity_percent: int
    closing_months: int

    def audit_label(self) -> str:
        return "Grenzen van de controles"
