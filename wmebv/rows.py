"""Rows to content and back. Names of columns and of the content are the same; pure but for the rows it fills."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from core.content import Part
from wmebv.content import (
    Answer,
    ChannelContent,
    ChannelLink,
    Designation,
    LegalBasis,
    MessageTypeContent,
    OrganisationContent,
    ProductContent,
    TemplateContent,
    YearVolume,
)
from wmebv.models import (
    AnswerRow,
    Channel,
    ChannelAnswer,
    ChannelTemplate,
    GeneralAnswer,
    GeneralAnswers,
    LegalBasisRow,
    MessageAnswer,
    MessageType,
    Product,
    ProductAnswer,
    Subject,
    TemplateAnswer,
    VolumeRow,
)
from wmebv.report import MessageEntry, ProductEntry
from wmebv.rules import own_answers, with_template

_ELSEWHERE = frozenset({"answers", "legal_bases", "channels", "volumes", "team", "supplier", "template"})
"""Fields of the content that are no column of the record itself."""
_NAMED = frozenset({"channel"})


def product_content(product: Product) -> ProductContent:
    """The product as plain data, with its team by its present name."""
    return ProductContent(
        **_columns(product, ProductContent),
        team=product.team.name if product.team else "",
        legal_bases=tuple(LegalBasis(**_columns(row, LegalBasis)) for row in product.legal_bases),
        answers=answers_of(product),
    )


def message_content(message: MessageType) -> MessageTypeContent:
    """The message type as plain data, with its channels by their present names."""
    return MessageTypeContent(
        **_columns(message, MessageTypeContent),
        channels=tuple(ChannelLink(channel=link.channel.name, use=link.use) for link in message.channels),
        volumes=tuple(
            YearVolume(**_columns(row, YearVolume, leave_out=_NAMED), channel=row.channel.name if row.channel else "")
            for row in message.volumes
        ),
        answers=answers_of(message),
    )


def channel_content(channel: Channel) -> ChannelContent:
    """The channel as plain data, with its supplier by its present name, and with the answers of its template."""
    template = template_content(channel.template) if channel.template else None
    return ChannelContent(
        **_columns(channel, ChannelContent, leave_out=frozenset({"designation"})),
        designation=Designation(**_columns(channel, Designation, prefix="designation_")),
        supplier=channel.supplier.name if channel.supplier else "",
        template=template.name if template else "",
        answers=with_template(answers_of(channel), template),
    )


def template_content(template: ChannelTemplate) -> TemplateContent:
    """The template as plain data."""
    return TemplateContent(**_columns(template, TemplateContent), answers=answers_of(template))


def general_content(general: GeneralAnswers) -> OrganisationContent:
    """The answers about the whole organisation as plain data."""
    return OrganisationContent(answers=answers_of(general))


def entry(product: Product) -> ProductEntry:
    """A product with its living message types and their channels, as the rules and the report want it."""
    return entries([product])[0]


def entries(products: Iterable[Product]) -> tuple[ProductEntry, ...]:
    """The same for many products, of which messages share their channels."""
    channels: dict[UUID, ChannelContent] = {}
    return tuple(
        ProductEntry(
            product_content(product),
            tuple(_message_entry(message, channels) for message in living_messages(product)),
        )
        for product in products
    )


def message_entry(message: MessageType) -> MessageEntry:
    """A message type with its channels; its key is its id."""
    return _message_entry(message, {})


def _message_entry(message: MessageType, known: dict[UUID, ChannelContent]) -> MessageEntry:
    for link in message.channels:
        if link.channel_id not in known:
            known[link.channel_id] = channel_content(link.channel)
    channels = tuple(known[link.channel_id] for link in message.channels)
    return MessageEntry(message_content(message), channels, key=str(message.id))


def living_messages(product: Product) -> list[MessageType]:
    """The message types that have not ended, in order."""
    return [message for message in product.messages if message.ended_on is None]


def answers_of(subject: Subject) -> tuple[Answer, ...]:
    """The answers that a record gives itself, by code of the duty; a channel has those of its template beside them."""
    rows: Iterable[AnswerRow] = subject.answers
    return tuple(Answer(**_columns(row, Answer)) for row in sorted(rows, key=lambda row: row.duty))


def facts_of(subject: Subject) -> dict[str, Any]:
    """What a revision keeps, as JSON: the whole content, and what the record knows beside it.

    A message type names its product and channels by id too, and a channel its template, because names change. The
    answers of the template stand in its own revisions.
    """
    if isinstance(subject, Product):
        known: dict[str, Any] = {
            "number": subject.kenmerk,
            "slug": subject.slug,
            "ended_on": subject.ended_on.isoformat() if subject.ended_on else None,
        }
        return known | product_content(subject).model_dump(mode="json")
    if isinstance(subject, MessageType):
        known = {
            "product_id": str(subject.product_id),
            "position": subject.position,
            "channel_ids": [str(link.channel_id) for link in subject.channels],
            "ended_on": subject.ended_on.isoformat() if subject.ended_on else None,
        }
        return known | message_content(subject).model_dump(mode="json")
    if isinstance(subject, Channel):
        content = channel_content(subject)
        kept = content.model_copy(update={"answers": own_answers(content.answers)}).model_dump(mode="json")
        return {"template_id": str(subject.template_id) if subject.template_id else None} | kept
    if isinstance(subject, ChannelTemplate):
        return template_content(subject).model_dump(mode="json")
    own = {"signed_off_by": subject.signed_off_by, "is_strict": subject.is_strict}
    return own | general_content(subject).model_dump(mode="json")


def write_columns(
    row: Product | MessageType | Channel | ChannelTemplate | LegalBasisRow | VolumeRow | AnswerRow,
    content: Part,
    *,
    leave_out: frozenset[str] = frozenset(),
) -> None:
    """Put the fields of the content that are columns into the row."""
    for name in type(content).model_fields:
        value = getattr(content, name)
        if isinstance(value, Designation):
            for part in Designation.model_fields:
                setattr(row, f"{name}_{part}", _stored(getattr(value, part)))
        elif name not in _ELSEWHERE | leave_out:
            setattr(row, name, _stored(value))


def write_legal_bases(product: Product, bases: tuple[LegalBasis, ...]) -> None:
    """Put the legal bases into rows, in place: a row that stays the same is not touched."""
    for position, basis in enumerate(bases):
        if position == len(product.legal_bases):
            product.legal_bases.append(LegalBasisRow(product_id=product.id, position=position))
        write_columns(product.legal_bases[position], basis)
    del product.legal_bases[len(bases) :]


def write_volumes(message: MessageType, volumes: tuple[YearVolume, ...], channels: Mapping[str, Channel]) -> None:
    """Put the volumes into rows, in place; `channels` by name holds those that they are about."""
    for position, volume in enumerate(volumes):
        if position == len(message.volumes):
            message.volumes.append(VolumeRow(message_type_id=message.id, position=position))
        row, channel = message.volumes[position], channels.get(volume.channel)
        write_columns(row, volume, leave_out=_NAMED)
        row.channel, row.channel_id = channel, channel.id if channel else None
    del message.volumes[len(volumes) :]


def write_answers(subject: Subject, answers: Iterable[Answer]) -> None:
    """Put answers into rows: those with a code that is there already in place, others new."""
    rows: Any = subject.answers  # the four kinds of rows are filled alike
    known = {row.duty: row for row in rows}
    for answer in answers:
        if answer.duty not in known:
            known[answer.duty] = _new_answer(subject, answer.duty)
            rows.append(known[answer.duty])
        write_columns(known[answer.duty], answer)


def drop_answers(subject: Subject, codes: Iterable[str]) -> None:
    """Take the answers with these codes away."""
    rows: Any = subject.answers
    gone = set(codes)
    for row in [row for row in rows if row.duty in gone]:
        rows.remove(row)


def _new_answer(subject: Subject, duty: str) -> AnswerRow:
    if isinstance(subject, Product):
        return ProductAnswer(product_id=subject.id, duty=duty)
    if isinstance(subject, MessageType):
        return MessageAnswer(message_type_id=subject.id, duty=duty)
    if isinstance(subject, Channel):
        return ChannelAnswer(channel_id=subject.id, duty=duty)
    if isinstance(subject, ChannelTemplate):
        return TemplateAnswer(template_id=subject.id, duty=duty)
    return GeneralAnswer(general_id=subject.id, duty=duty)


def _columns(
    row: object, model: type[Part], prefix: str = "", *, leave_out: frozenset[str] = frozenset()
) -> dict[str, Any]:
    names = model.model_fields.keys() - _ELSEWHERE - leave_out
    return {name: getattr(row, prefix + name) for name in names}


def _stored(value: object) -> object:
    if isinstance(value, tuple):
        return [item.model_dump(mode="json") if isinstance(item, Part) else str(item) for item in value]
    return value
