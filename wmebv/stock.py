"""The inventory of today as plain data: read in a handful of queries, past the records that can be changed.

A record that can be changed takes ten times as long to make, and a large municipality has a hundred thousand of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import JSON, ColumnElement
from sqlalchemy import select as plain_select
from sqlmodel import Session, SQLModel, col, select

from core.content import Part, as_checked
from core.organisations import Party, Team
from wmebv.content import (
    Answer,
    ChannelContent,
    ChannelLink,
    Designation,
    LegalBasis,
    MessageTypeContent,
    ProductContent,
    TemplateContent,
    YearVolume,
)
from wmebv.models import (
    Channel,
    ChannelAnswer,
    ChannelTemplate,
    LegalBasisRow,
    MessageAnswer,
    MessageChannel,
    MessageType,
    Product,
    ProductAnswer,
    TemplateAnswer,
    VolumeRow,
    kenmerk,
)
from wmebv.report import MessageEntry, ProductEntry
from wmebv.rules import with_template

_AT_ONCE = 2000
_Found = TypeVar("_Found")
LIVING = select(Product.id).where(col(Product.ended_on).is_(None))


@dataclass(frozen=True, slots=True)
class Stocked:
    """A living product with its living messages; `channels` has the ids of the channels of each of them."""

    id: UUID
    number: str
    entry: ProductEntry
    channels: Sequence[Sequence[UUID]]

    @property
    def name(self) -> str:
        """What people call it: number and name."""
        return f"{self.number} {self.entry.content.name}"


def stock(session: Session, products: Any = LIVING) -> list[Stocked]:  # noqa: ANN401 - ids, or a query that gives them
    """Living products by number, with messages, channels and answers; the number of queries does not grow.

    Args:
        session: bounded by the organisation.
        products: which of them, by id.
    """
    wanted = col(Product.ended_on).is_(None) & col(Product.id).in_(products)
    of_living = col(MessageType.ended_on).is_(None) & col(MessageType.product_id).in_(products)
    messages = select(MessageType.id).where(of_living)
    linked = _rows(
        session,
        (MessageChannel.message_type_id, MessageChannel.channel_id, MessageChannel.use),
        col(MessageChannel.message_type_id).in_(messages),
        MessageChannel.position,
    )
    uses = _grouped((message, (channel, use)) for message, channel, use in linked)
    used_ones = select(MessageChannel.channel_id).where(col(MessageChannel.message_type_id).in_(messages))
    channels = channels_now(session, used_ones)
    names = dict(session.exec(select(Channel.id, Channel.name)).all())
    links = {
        (channel, use): ChannelLink(channel=channels[channel].name, use=use)
        for channel, use in {one for own in uses.values() for one in own}
    }
    volumes = _parts(
        session, VolumeRow, YearVolume, VolumeRow.message_type_id, messages, also=(VolumeRow.channel_id, "channel")
    )
    answers = _answers(session, MessageAnswer, MessageAnswer.message_type_id, messages)
    per_product: dict[UUID, list[tuple[MessageEntry, list[UUID]]]] = {}
    for (message_id, product_id), facts in _facts(
        session, MessageType, MessageTypeContent, (MessageType.id, MessageType.product_id), of_living, "position"
    ):
        used = uses.get(message_id, ())
        facts["channels"] = tuple([links[one] for one in used])
        facts["answers"] = answers.get(message_id, ())
        facts["volumes"] = tuple(
            [
                as_checked(YearVolume, one | {"channel": names.get(one["channel"], "")})
                for one in volumes.get(message_id, ())
            ]
        )
        ids = [channel for channel, _ in used]
        entry = MessageEntry(
            as_checked(MessageTypeContent, facts), tuple([channels[one] for one in ids]), key=str(message_id)
        )
        per_product.setdefault(product_id, []).append((entry, ids))
    return list(_products(session, products, wanted, per_product))


def _products(
    session: Session,
    ids: Any,  # noqa: ANN401 - as for `stock`
    wanted: ColumnElement[bool],
    messages: Mapping[UUID, Sequence[tuple[MessageEntry, Sequence[UUID]]]],
) -> Iterator[Stocked]:
    teams = dict(session.exec(select(Team.id, Team.name)).all())
    answers = _answers(session, ProductAnswer, ProductAnswer.product_id, ids)
    bases = _parts(session, LegalBasisRow, LegalBasis, LegalBasisRow.product_id, ids)
    for (product_id, number, team), facts in _facts(
        session, Product, ProductContent, (Product.id, Product.number, Product.team_id), wanted, "number"
    ):
        facts["team"] = teams[team] if team else ""
        facts["legal_bases"] = tuple([as_checked(LegalBasis, one) for one in bases.get(product_id, ())])
        facts["answers"] = answers.get(product_id, ())
        own = messages.get(product_id, ())
        entry = ProductEntry(as_checked(ProductContent, facts), tuple([message for message, _ in own]))
        yield Stocked(product_id, kenmerk(number), entry, [channels for _, channels in own])


def channels_now(session: Session, ids: Any) -> Mapping[UUID, ChannelContent]:  # noqa: ANN401 - as for `stock`
    """Channels by their id, with the answers of their templates; in a handful of queries too."""
    wanted, every = col(Channel.id).in_(ids), col(ChannelTemplate.id).is_not(None)
    suppliers = dict(session.exec(select(Party.id, Party.name)).all())
    of_templates = _answers(session, TemplateAnswer, TemplateAnswer.template_id, select(ChannelTemplate.id))
    templates = {
        template_id: as_checked(TemplateContent, facts | {"answers": of_templates.get(template_id, ())})
        for (template_id,), facts in _facts(
            session, ChannelTemplate, TemplateContent, (ChannelTemplate.id,), every, "name"
        )
    }
    answers = _answers(session, ChannelAnswer, ChannelAnswer.channel_id, ids)
    decided = _facts(session, Channel, Designation, (Channel.id,), wanted, "name", prefix="designation_")
    decisions = {channel_id: as_checked(Designation, facts) for (channel_id,), facts in decided}
    found = {}
    keys = (Channel.id, Channel.template_id, Channel.supplier_id)
    for (channel_id, template_id, supplier_id), facts in _facts(session, Channel, ChannelContent, keys, wanted, "name"):
        template = templates.get(template_id)
        facts["template"] = template.name if template else ""
        facts["supplier"] = suppliers[supplier_id] if supplier_id else ""
        facts["designation"] = decisions[channel_id]
        facts["answers"] = with_template(answers.get(channel_id, ()), template)
        found[channel_id] = as_checked(ChannelContent, facts)
    return found


# --- Rows -------------------------------------------------------------------------------------------------------------


def _facts(
    session: Session,
    model: type[SQLModel],
    content: type[Part],
    keys: Sequence[Any],
    where: ColumnElement[bool],
    order: str,
    prefix: str = "",
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """The keys of each row, and what it holds of the content; what is no column of the table is up to the caller."""
    names, lists = _columns(model, content, prefix)
    wanted = (*keys, *(getattr(model, prefix + name) for name in names))
    for row in _rows(session, wanted, where, getattr(model, order)):
        facts = dict(zip(names, row[len(keys) :], strict=True))
        for name, read in lists:
            # What is stored was checked when it came in; most lists are empty.
            facts[name] = read(facts[name]) if facts[name] else ()
        yield tuple(row[: len(keys)]), facts


@cache
def _columns(
    model: type[SQLModel], content: type[Part], prefix: str
) -> tuple[Sequence[str], Sequence[tuple[str, Callable[[Any], Any]]]]:
    """The fields of the content that are columns; and of those that are lists, how to read them."""
    columns: Mapping[str, Any] = model.__table__.columns  # type: ignore[attr-defined]  # every table has one
    names = [name for name in content.model_fields if prefix + name in columns]
    lists = [name for name in names if isinstance(columns[prefix + name].type, JSON)]
    return names, [(name, _reader(content, name)) for name in lists]


def _reader(content: type[Part], name: str) -> Callable[[Any], Any]:
    kind: Any = content.model_fields[name].annotation
    return TypeAdapter(kind).validate_python


def _answers(
    session: Session,
    model: type[SQLModel],
    owner: Any,  # noqa: ANN401 - a column
    ids: Any,  # noqa: ANN401 - ids, or a query that gives them
) -> Mapping[UUID, tuple[Answer, ...]]:
    found = _facts(session, model, Answer, (owner,), owner.in_(ids), "duty")
    return _grouped((subject, as_checked(Answer, facts)) for (subject,), facts in found)


def _parts(
    session: Session,
    model: type[SQLModel],
    content: type[Part],
    owner: Any,  # noqa: ANN401 - a column
    ids: Any,  # noqa: ANN401 - ids, or a query that gives them
    also: tuple[Any, str] = (None, ""),
) -> Mapping[UUID, tuple[dict[str, Any], ...]]:
    column, name = also
    keys = (owner,) if column is None else (owner, column)
    found = _facts(session, model, content, keys, owner.in_(ids), "position")
    return _grouped((key[0], facts | ({name: key[1]} if name else {})) for key, facts in found)


def _grouped(pairs: Iterable[tuple[UUID, _Found]]) -> dict[UUID, tuple[_Found, ...]]:
    """What belongs to each owner, in the order in which it came."""
    found: dict[UUID, list[_Found]] = {}
    for owner, part in pairs:
        found.setdefault(owner, []).append(part)
    return {owner: tuple(own) for owner, own in found.items()}


def _rows(session: Session, columns: Sequence[Any], where: ColumnElement[bool], order: Any) -> Iterator[Any]:  # noqa: ANN401 - a column
    yield from session.execute(
        plain_select(*columns).where(where).order_by(order), execution_options={"yield_per": _AT_ONCE}
    )
