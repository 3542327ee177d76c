"""Tables of the Wmebv inventory: the facts of `content.py` in rows.

Columns carry the names of the content, so that `services` maps them in a loop. A table checks nothing: what comes in
has passed the content models. A product has message types, a message type uses channels, a channel can serve many
message types. Answers hang on the record they are about; those about the whole organisation hang on the one row of
`GeneralAnswers`.
"""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Relationship

from core import columns
from core.content import YesNo
from core.db import Audited, Owned, Record
from core.organisations import Party, Team
from wmebv.content import (
    ActionContent,
    ActionStatus,
    Availability,
    ChannelKind,
    ChannelUse,
    Direction,
    Executor,
    GoalContent,
    Measure,
    MessageKind,
    Official,
    Value,
)
from wmebv.duties import Amendment, ArticleStatus, Severity

NUMBER_PREFIX = "PD"
"""Kind of number in the shared numbering, and the start of every kenmerk."""


class AnswerRow(Owned, Audited):
    """An answer to a duty (W01-W33) or about a form of support (Z01-Z12); one for each code and subject."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    duty: str = Field(max_length=3)
    value: Value | None = columns.choice(Value)
    choices: list[str] = columns.codes()
    text: str = columns.text()
    law: str = columns.line()
    article: str = columns.line()
    body: str = columns.line()
    evidence_url: str = columns.url()
    evidence_document: str = columns.line()
    evidence_on: date | None = None
    reaches: list[str] = columns.codes()
    answered_on: date | None = None
    answered_by: str = columns.line()
    note: str = columns.text()


class GeneralAnswer(AnswerRow, table=True):
    __tablename__ = "wmebv_general_answer"
    __table_args__ = (UniqueConstraint("general_id", "duty"),)

    general_id: UUID = Field(foreign_key="wmebv_general.id")

    def audit_key(self) -> tuple[str, UUID]:
        return GeneralAnswers.__tablename__, self.general_id


class GeneralAnswers(Record, table=True):
    """What is answered once for the whole organisation; one row for each organisation."""

    __tablename__ = "wmebv_general"
    __table_args__ = (UniqueConstraint("organisation_id"),)

    signed_off_by: str = columns.line()
    """The function that signed the inventory off for the report; empty when nobody did."""
    is_strict: bool = False
    """Every message to the municipality counts as official."""
    answers: list[GeneralAnswer] = columns.parts(GeneralAnswer.duty)

    def audit_label(self) -> str:
        return "Antwoorden voor de hele organisatie"


class ChannelAnswer(AnswerRow, table=True):
    __tablename__ = "wmebv_channel_answer"
    __table_args__ = (UniqueConstraint("channel_id", "duty"),)

    channel_id: UUID = Field(foreign_key="wmebv_channel.id")

    def audit_key(self) -> tuple[str, UUID]:
        return Channel.__tablename__, self.channel_id


class TemplateAnswer(AnswerRow, table=True):
    __tablename__ = "wmebv_template_answer"
    __table_args__ = (UniqueConstraint("template_id", "duty"),)

    template_id: UUID = Field(foreign_key="wmebv_template.id")

    def audit_key(self) -> tuple[str, UUID]:
        return ChannelTemplate.__tablename__, self.template_id


class ChannelTemplate(Record, table=True):
    """What many channels share, such as one form engine: they have its answers, unless they answer themselves."""

    __tablename__ = "wmebv_template"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    named_facts: ClassVar[frozenset[str]] = frozenset({"name"})
    name: str = columns.line()
    note: str = columns.text()

    answers: list[TemplateAnswer] = columns.parts(TemplateAnswer.duty)

    def audit_label(self) -> str:
        return self.name


class Channel(Record, table=True):
    """A way to send or receive messages: a form, a portal, the desk. People know it by its name."""

    __tablename__ = "wmebv_channel"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    name: str = columns.line()
    template_id: UUID | None = Field(default=None, foreign_key="wmebv_template.id", index=True)
    kind: ChannelKind | None = columns.choice(ChannelKind)
    url: str = columns.url()
    level: Availability | None = columns.choice(Availability)
    login_levels: list[str] = columns.codes()
    supplier_id: UUID | None = Field(default=None, foreign_key="core_party.id", index=True)
    form_id: str = columns.line()
    product_page_url: str = columns.url()
    changed_on: date | None = None
    designated: YesNo | None = columns.choice(YesNo)
    designation_bodies: list[str] = columns.codes()
    designation_title: str = columns.line()
    designation_decided_on: date | None = None
    designation_reference: str = columns.url()
    reachable: YesNo | None = columns.choice(YesNo)
    reachable_checked_on: date | None = None
    satisfaction: list[dict[str, Any]] = columns.codes()
    note: str = columns.text()

    template: ChannelTemplate | None = columns.shared()
    supplier: Party | None = columns.shared()
    answers: list[ChannelAnswer] = columns.parts(ChannelAnswer.duty)


class MessageChannel(Owned, Audited, table=True):
    """A message type can go through a channel: the way we point at, or the safety net."""

    __tablename__ = "wmebv_message_channel"
    __table_args__ = (UniqueConstraint("message_type_id", "channel_id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    message_type_id: UUID = Field(foreign_key="wmebv_message_type.id")
    channel_id: UUID = Field(foreign_key="wmebv_channel.id", index=True)
    position: int = 0
    use: ChannelUse | None = columns.choice(ChannelUse)
    channel: Channel = columns.shared()

    def audit_key(self) -> tuple[str, UUID]:
        return MessageType.__tablename__, self.message_type_id


class VolumeRow(Owned, Audited, table=True):
    """How often a message came in over a year, by one channel or by all together."""

    __tablename__ = "wmebv_volume"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    message_type_id: UUID = Field(foreign_key="wmebv_message_type.id", index=True)
    channel_id: UUID | None = Field(default=None, foreign_key="wmebv_channel.id", index=True)
    position: int = 0
    year: int | None = None
    number: int | None = None
    source: str = columns.line()
    channel: Channel | None = columns.shared()

    def audit_key(self) -> tuple[str, UUID]:
        return MessageType.__tablename__, self.message_type_id


class MessageAnswer(AnswerRow, table=True):
    __tablename__ = "wmebv_message_answer"
    __table_args__ = (UniqueConstraint("message_type_id", "duty"),)

    message_type_id: UUID = Field(foreign_key="wmebv_message_type.id")

    def audit_key(self) -> tuple[str, UUID]:
        return MessageType.__tablename__, self.message_type_id


class MessageType(Record, table=True):
    """One kind of message about a product, in or out. `ended_on`: since when there is no such message any more."""

    __tablename__ = "wmebv_message_type"

    product_id: UUID = Field(foreign_key="wmebv_product.id", index=True)
    position: int = 0
    name: str = columns.line()
    kind: MessageKind | None = columns.choice(MessageKind)
    official: Official = columns.choice(Official, Official.UNKNOWN)
    reasoning: str = columns.text()
    direction: Direction = columns.choice(Direction, Direction.IN)
    on_request: YesNo | None = columns.choice(YesNo)
    can_be_digital: YesNo | None = columns.choice(YesNo)
    why_not_digital: str = columns.text()
    yearly_volume: int | None = None
    service_norm: str = columns.line()
    norm_results: list[dict[str, Any]] = columns.codes()
    assessed_on: date | None = None
    assessed_by: str = columns.line()
    note: str = columns.text()
    ended_on: date | None = None

    channels: list[MessageChannel] = columns.parts(MessageChannel.position)
    volumes: list[VolumeRow] = columns.parts(VolumeRow.position)
    answers: list[MessageAnswer] = columns.parts(MessageAnswer.duty)
    product: "Product" = Relationship()


class LegalBasisRow(Owned, Audited, table=True):
    __tablename__ = "wmebv_legal_basis"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    product_id: UUID = Field(foreign_key="wmebv_product.id", index=True)
    position: int = 0
    law: str = columns.line()
    article: str = columns.line()
    url: str = columns.url()

    def audit_key(self) -> tuple[str, UUID]:
        return Product.__tablename__, self.product_id


class ProductAnswer(AnswerRow, table=True):
    __tablename__ = "wmebv_product_answer"
    __table_args__ = (UniqueConstraint("product_id", "duty"),)

    product_id: UUID = Field(foreign_key="wmebv_product.id")

    def audit_key(self) -> tuple[str, UUID]:
        return Product.__tablename__, self.product_id


class Product(Record, table=True):
    """One product or service of the municipality. The public sees its versions, never this row."""

    __tablename__ = "wmebv_product"
    __table_args__ = (UniqueConstraint("organisation_id", "number"), UniqueConstraint("organisation_id", "slug"))

    number: int
    """Counts per organisation, never given twice. People read it as `kenmerk`."""
    slug: str | None = Field(default=None, max_length=120)
    """Its place on the website, fixed when it is established for the first time."""
    ended_on: date | None = None
    """Since when it is no product any more."""
    search_text: str = columns.text()
    """What can be searched, in small letters without accents; kept by the services."""

    name: str = columns.line()
    summary: str = columns.line()
    keywords: list[str] = columns.codes()
    upl_label: str = columns.line()
    upl_uri: str = Field(default="", max_length=2000, index=True)
    audiences: list[str] = columns.codes()
    team_id: UUID | None = Field(default=None, foreign_key="core_team.id", index=True)
    process_owner: str = columns.line()
    controller: str = columns.line(80)
    executor: Executor | None = columns.choice(Executor)
    executor_name: str = columns.line()
    yearly_volume: int | None = None
    decision_term: str = columns.line()
    objection_possible: YesNo | None = columns.choice(YesNo)
    special_act: str = columns.line()
    support_need: int | None = None
    target_groups: list[str] = columns.codes()
    tested_with_target_group_on: date | None = None
    sdg_codes: list[str] = columns.codes()
    services_directive: YesNo | None = columns.choice(YesNo)
    national_facility: str = columns.line()
    physical_presence: YesNo | None = columns.choice(YesNo)
    can_be_digital: YesNo | None = columns.choice(YesNo)
    why_not_digital: str = columns.text()
    ambitions: list[dict[str, Any]] = columns.codes()
    external_id: str = Field(default="", max_length=80, index=True)
    note: str = columns.text()

    team: Team | None = columns.shared()
    legal_bases: list[LegalBasisRow] = columns.parts(LegalBasisRow.position)
    answers: list[ProductAnswer] = columns.parts(ProductAnswer.duty)
    messages: list[MessageType] = Relationship(
        # For reading only: a message type is a record of its own, so adding one is no change of the product.
        sa_relationship_kwargs={"viewonly": True, "lazy": "selectin", "order_by": "MessageType.position"}
    )

    @property
    def kenmerk(self) -> str:
        """What people call the product by, such as `PD-0001`."""
        return kenmerk(self.number)

    def audit_label(self) -> str:
        return f"{self.kenmerk} {self.name}".strip()


class Action(Record, table=True):
    """Something to do, about a gap or not. What it is about, if anything, is fixed when it is made.

    `duty` is the code of the duty that it mends; with a duty and nothing else it is about the whole organisation.
    """

    __tablename__ = "wmebv_action"

    duty: str = Field(default="", max_length=3, index=True)
    product_id: UUID | None = Field(default=None, foreign_key="wmebv_product.id", index=True)
    message_type_id: UUID | None = Field(default=None, foreign_key="wmebv_message_type.id", index=True)
    channel_id: UUID | None = Field(default=None, foreign_key="wmebv_channel.id", index=True)
    title: str = columns.line()
    owner: str = columns.line()
    team_id: UUID | None = Field(default=None, foreign_key="core_team.id", index=True)
    due_on: date | None = None
    phase: int | None = None
    cost: int | None = None
    supplier_id: UUID | None = Field(default=None, foreign_key="core_party.id", index=True)
    status: ActionStatus = columns.choice(ActionStatus, ActionStatus.OPEN)
    ended_on: date | None = None
    """Since when nobody has to do it any more: it was done, or dropped."""
    remarks: str = columns.text()

    product: Product | None = columns.shared()
    message_type: MessageType | None = columns.shared()
    channel: Channel | None = columns.shared()
    team: Team | None = columns.shared()
    supplier: Party | None = columns.shared()

    def audit_label(self) -> str:
        return self.title

    def content(self) -> ActionContent:
        shared = {
            "team": self.team.name if self.team else "",
            "supplier": self.supplier.name if self.supplier else "",
        }
        plain = {name: getattr(self, name) for name in ActionContent.model_fields if name not in shared}
        return ActionContent.model_validate(plain | shared)

    def is_late(self, today: date) -> bool:
        return self.ended_on is None and self.due_on is not None and self.due_on < today


class Goal(Record, table=True):
    """What the municipality wants to reach, counted from the inventory itself."""

    __tablename__ = "wmebv_goal"

    title: str = columns.line()
    measure: Measure = columns.choice(Measure, Measure.SCORE)
    target: int = 100
    by: date
    base_on: date | None = None
    base: list[str] = columns.codes()
    """The message types that were at D2 on that day, by id: the past does not change any more."""
    remarks: str = columns.text()

    def audit_label(self) -> str:
        return self.title

    def content(self) -> GoalContent:
        return GoalContent.model_validate({name: getattr(self, name) for name in GoalContent.model_fields})


class DutyArticle(Record, table=True):
    """What the municipality says of a duty or a form of support instead of the list; empty where the list holds."""

    __tablename__ = "wmebv_duty_article"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    code: str = Field(max_length=3)
    article: str = columns.line()
    article_status: ArticleStatus = columns.choice(ArticleStatus, ArticleStatus.TO_CHECK)
    source: str = columns.line()
    """Where it was looked up."""
    in_force_from: date | None = None
    severity: Severity | None = columns.choice(Severity)
    reason: str = columns.text()
    """Why the day or the severity differs from the list."""

    def amendment(self) -> Amendment:
        return Amendment.model_validate({name: getattr(self, name) for name in Amendment.model_fields})

    def audit_label(self) -> str:
        return f"Plicht {self.code}"


class ReportFigures(Owned, table=True):
    """The key figures of a gap report that was made, for the trend of later ones; one row a day."""

    __tablename__ = "wmebv_report_figures"
    __table_args__ = (UniqueConstraint("organisation_id", "on"),)

    id: int | None = Field(default=None, primary_key=True)
    on: date
    percentage: int | None = None
    message_types: int = 0
    red: int = 0
    orange: int = 0
    green: int = 0
    grey: int = 0
    maturity: int | None = None


Subject = Product | MessageType | Channel | ChannelTemplate | GeneralAnswers
"""What an answer can be about."""


def kenmerk(number: int) -> str:
    """Write a number as people read it: `PD-0001`."""
    return f"{NUMBER_PREFIX}-{number:04}"
