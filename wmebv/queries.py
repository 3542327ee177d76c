"""Reading the inventory: lists with search and filters, one record, its state on the website. Changes nothing."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import String, case, cast, func
from sqlalchemy.orm import contains_eager, lazyload, selectinload
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core import clock, values
from core.db import folded
from core.errors import NotFound
from core.history import Version
from core.organisations import Team, bodies
from wmebv import rows
from wmebv.content import Direction, Official
from wmebv.duties import Amendment, Rulebook, amended
from wmebv.models import (
    NUMBER_PREFIX,
    Channel,
    ChannelTemplate,
    DutyArticle,
    GeneralAnswers,
    MessageAnswer,
    MessageChannel,
    MessageType,
    Product,
    kenmerk,
)
from wmebv.public import PublicProduct, shown_of
from wmebv.snapshot import snapshot

PAGE_SIZE = 50
_KENMERK = re.compile(rf"^{NUMBER_PREFIX}-([0-9]{{1,9}})$", re.IGNORECASE)


class WebsiteState(StrEnum):
    """What the public sees of a product, in the words of a badge."""

    NOT_YET = "concept"
    ESTABLISHED = "vastgesteld"
    CHANGED = "gewijzigd"
    """The record shows something else than the website."""
    ENDED = "beëindigd"


class Waiting(StrEnum):
    """What a message waits for."""

    ASSESSMENT = "beoordeling"
    """Nobody went through the seven questions."""
    ANSWERS = "antwoorden"
    """No question about it was answered."""


STATE_FILTERS = {"vastgesteld": "Op de website", "concept": "Nog niet op de website", "beëindigd": "Beëindigd"}


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a list. `page` counts from 1; `pages` is at least 1; `total` is without paging."""

    products: Sequence[Product]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Node:
    """A product as the rules across registers see it."""

    id: UUID
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A channel with how many living messages use it."""

    channel: Channel
    uses: int


def list_products(
    session: Session, *, search: str = "", team: str = "", audience: str = "", state: str = "", page: int = 1
) -> Found:
    """One page of the products, by number, with their team; what else belongs to a product is read when asked for.

    Args:
        session: bounded by the organisation.
        search: words that must all occur in kenmerk, name, UPL name, number elsewhere or owner; case and accents do
            not matter.
        team: name of a team, or empty for all. An unknown name finds nothing.
        audience: `particulier` or `ondernemer`, or empty for all.
        state: a key of `STATE_FILTERS`; empty gives every product that has not ended.
        page: counted from 1; too high a number gives the last page.
    """
    matching = select(Product)
    for word in values.fold(search).split():
        matching = matching.where(col(Product.search_text).contains(word, autoescape=True))
    if team:
        matching = matching.where(col(Product.team_id).in_(select(Team.id).where(Team.name == team)))
    is_on_website = col(Product.id).in_(_on_website())
    if state == WebsiteState.ENDED:
        matching = matching.where(col(Product.ended_on).is_not(None))
    else:
        matching = matching.where(col(Product.ended_on).is_(None))
        if state == WebsiteState.ESTABLISHED:
            matching = matching.where(is_on_website)
        elif state == WebsiteState.NOT_YET:
            matching = matching.where(~is_on_website)
    if audience:
        # The codes are stored as a list; as text each code stands between quotes, on every database.
        matching = matching.where(cast(col(Product.audiences), String).contains(f'"{audience}"', autoescape=True))
    total = session.exec(select(func.count()).select_from(matching.subquery())).one()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    query = matching.order_by(col(Product.number)).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)
    query = query.options(lazyload("*"), selectinload(Product.team).options(lazyload("*")))  # type: ignore[arg-type] # a column for the type checker
    return Found(session.exec(query).all(), total, page, pages)


def whole_products(session: Session, ids: Sequence[UUID]) -> Sequence[Product]:
    """Products with messages, channels and answers; the number of queries does not grow with them."""
    query = select(Product).where(col(Product.id).in_(ids)).order_by(col(Product.number))
    return session.exec(query).all()


def living_products(session: Session) -> Sequence[Product]:
    """Every product that has not ended, by number, with messages, channels and answers."""
    query = select(Product).where(col(Product.ended_on).is_(None)).order_by(col(Product.number))
    return session.exec(query).all()


def find_product(session: Session, kenmerk: str) -> Product:
    """One product by its kenmerk (`PD-0001`).

    Raises:
        NotFound: this organisation has no such product.
    """
    match = _KENMERK.match(kenmerk.strip())
    found = session.exec(select(Product).where(Product.number == int(match[1]))).first() if match else None
    if found is None:
        raise NotFound(f"Er is geen product '{kenmerk}'. Zoek op naam in de lijst.")
    return found


def kenmerk_of(session: Session, product_id: UUID) -> str:
    """The number of a product as people read it; empty when this organisation has no such product."""
    found = session.get(Product, product_id)
    return found.kenmerk if found else ""


def find_message(session: Session, message_id: UUID) -> MessageType:
    """One message type.

    Raises:
        NotFound: this organisation has no such message type.
    """
    found = session.exec(select(MessageType).where(MessageType.id == message_id)).first()
    if found is None:
        raise NotFound("Dit bericht bestaat niet. Zoek het product in de lijst.")
    return found


def next_message(session: Session, message: MessageType, waiting: Waiting) -> UUID | None:
    """The message that waits and comes after this one, in the order of products; from the start again after the last.

    None when no other one waits.
    """
    here, place = message.product.number, message.position
    is_later = (col(Product.number) > here) | ((col(Product.number) == here) & (col(MessageType.position) > place))
    query = _waiting(waiting).where(col(MessageType.id) != message.id)
    order = (case((is_later, 0), else_=1), col(Product.number), col(MessageType.position), col(MessageType.id))
    return session.exec(query.order_by(*order).limit(1)).first()


def count_waiting(session: Session, waiting: Waiting) -> int:
    """How many living messages wait for this."""
    return session.exec(select(func.count()).select_from(_waiting(waiting).subquery())).one()


def _waiting(waiting: Waiting) -> SelectOfScalar[UUID]:
    query = (
        select(MessageType.id)
        .join(Product, col(Product.id) == col(MessageType.product_id))
        .where(col(MessageType.ended_on).is_(None), col(Product.ended_on).is_(None))
    )
    if waiting is Waiting.ASSESSMENT:
        return query.where(col(MessageType.assessed_on).is_(None), MessageType.direction == Direction.IN)
    answered = select(MessageAnswer.id).where(col(MessageAnswer.message_type_id) == col(MessageType.id))
    return query.where(~answered.exists())


def find_channel(session: Session, channel_id: UUID) -> Channel:
    """One channel.

    Raises:
        NotFound: this organisation has no such channel.
    """
    found = session.exec(select(Channel).where(Channel.id == channel_id)).first()
    if found is None:
        raise NotFound("Dit kanaal bestaat niet. Zoek het in de lijst met kanalen.")
    return found


def list_channels(session: Session) -> Sequence[ChannelLine]:
    """All channels by name, with how many living messages use each."""
    uses = dict(
        session.exec(
            select(MessageChannel.channel_id, func.count())
            .join(MessageType, col(MessageType.id) == col(MessageChannel.message_type_id))
            .join(Product, col(Product.id) == col(MessageType.product_id))
            .where(col(MessageType.ended_on).is_(None), col(Product.ended_on).is_(None))
            .group_by(col(MessageChannel.channel_id))
        ).all()
    )
    channels = sorted(session.exec(select(Channel)), key=lambda channel: values.fold(channel.name))
    return [ChannelLine(channel, uses.get(channel.id, 0)) for channel in channels]


def messages_of_channel(session: Session, channel: Channel, page: int) -> tuple[Sequence[MessageType], int, int]:
    """A page (from 1) of the living messages that use a channel, by product; how many pages and messages there are."""
    using = select(MessageChannel.message_type_id).where(MessageChannel.channel_id == channel.id)
    query = (
        select(MessageType)
        .join(Product, col(Product.id) == col(MessageType.product_id))
        .where(
            col(MessageType.id).in_(using),
            col(MessageType.ended_on).is_(None),
            col(Product.ended_on).is_(None),
        )
        .order_by(col(Product.number), col(MessageType.position))
    )
    total = session.exec(select(func.count()).select_from(query.order_by(None).subquery())).one()
    pages = max(1, -(-total // PAGE_SIZE))
    found = session.exec(query.offset((min(page, pages) - 1) * PAGE_SIZE).limit(PAGE_SIZE)).all()
    return found, pages, total


def find_template(session: Session, template_id: UUID) -> ChannelTemplate:
    """One template.

    Raises:
        NotFound: this organisation has no such template.
    """
    found = session.exec(select(ChannelTemplate).where(ChannelTemplate.id == template_id)).first()
    if found is None:
        raise NotFound("Dit sjabloon bestaat niet. Zoek het in de lijst met sjablonen.")
    return found


def template_by(session: Session, about: str) -> ChannelTemplate | None:
    """The template with this id, if the text is one."""
    try:
        known = UUID(about)
    except ValueError:
        return None
    return session.exec(select(ChannelTemplate).where(ChannelTemplate.id == known)).first()


def list_templates(session: Session) -> Sequence[ChannelTemplate]:
    """All templates by name."""
    return sorted(session.exec(select(ChannelTemplate)), key=lambda template: values.fold(template.name))


def channels_of(session: Session, template: ChannelTemplate) -> Sequence[Channel]:
    """The channels under a template, by name."""
    found = session.exec(select(Channel).where(Channel.template_id == template.id))
    return sorted(found, key=lambda channel: values.fold(channel.name))


def article_row(session: Session, code: str) -> DutyArticle:
    """What the municipality says of a duty; a new record with version 0 when nobody did."""
    found = session.exec(select(DutyArticle).where(DutyArticle.code == code)).first()
    return found or DutyArticle(code=code, version=0)


def amendments(session: Session) -> Mapping[str, Amendment]:
    """What the municipality says of duties and forms of support instead of the list, by code."""
    found = session.exec(select(DutyArticle).order_by(col(DutyArticle.code)))
    return {row.code: row.amendment() for row in found}


def rulebook(session: Session) -> Rulebook:
    """The duties as the municipality applies them today."""
    return amended(amendments(session), is_strict=session.exec(select(GeneralAnswers.is_strict)).first() or False)


def general(session: Session) -> GeneralAnswers:
    """The answers about the whole organisation; a new, empty record when nobody answered anything yet.

    That one has version 0: of two people who both began with nothing, the second meets the answers of the first.
    """
    return session.exec(select(GeneralAnswers)).first() or GeneralAnswers(version=0)


def teams_with_products(session: Session) -> Sequence[str]:
    """Names of the teams that have a product, in order."""
    used = select(Product.team_id).where(col(Product.team_id).is_not(None))
    return sorted(session.exec(select(Team.name).where(col(Team.id).in_(used))), key=str.casefold)


def newest_versions(session: Session, product_ids: Sequence[UUID]) -> Mapping[UUID, Version]:
    """The newest version of each product, ended or not, by its id; products without one are left out."""
    query = select(Version).where(col(Version.subject_id).in_(product_ids)).order_by(col(Version.number))
    return {version.subject_id: version for version in session.exec(query)}


def website_states(session: Session, products: Sequence[Product]) -> Mapping[UUID, WebsiteState]:
    """What the public sees of each product, by its id. The number of queries does not grow with the products."""
    newest = newest_versions(session, [product.id for product in products])
    help_of_all = rows.general_content(general(session))
    names = bodies(session)
    states = {}
    for product in products:
        version = newest.get(product.id)
        if product.ended_on:
            states[product.id] = WebsiteState.ENDED
        elif version is None or version.ended_at:
            states[product.id] = WebsiteState.NOT_YET
        else:
            now = snapshot(
                rows.entry(product), help_of_all, number=product.kenmerk, slug=product.slug or "", bodies=names
            )
            is_same = shown_of(now) == shown_of(version.content)
            states[product.id] = WebsiteState.ESTABLISHED if is_same else WebsiteState.CHANGED
    return states


def shown_now(session: Session, product: Product) -> PublicProduct:
    """The product as the public would see it when it were established now."""
    frozen = snapshot(
        rows.entry(product),
        rows.general_content(general(session)),
        number=product.kenmerk,
        slug=product.slug or "",
        bodies=bodies(session),
    )
    return PublicProduct(id=product.id, version=0, established_at=clock.now(), **shown_of(frozen))


def count_unofficial(session: Session) -> int:
    """How many living messages to the municipality somebody called not official."""
    query = (
        select(func.count())
        .select_from(MessageType)
        .join(Product, col(Product.id) == col(MessageType.product_id))
        .where(
            col(Product.ended_on).is_(None),
            col(MessageType.ended_on).is_(None),
            MessageType.direction == Direction.IN,
            MessageType.official == Official.NO,
        )
    )
    return session.exec(query).one()


def counts(session: Session) -> Mapping[str, int]:
    """How much there is: products and message types that have not ended, channels, and products on the website."""
    living = select(Product.id).where(col(Product.ended_on).is_(None))
    messages = (
        select(func.count())
        .select_from(MessageType)
        .where(col(MessageType.ended_on).is_(None), col(MessageType.product_id).in_(living))
    )
    return {
        "products": session.exec(select(func.count()).select_from(living.subquery())).one(),
        "message_types": session.exec(messages).one(),
        "channels": session.exec(select(func.count()).select_from(Channel)).one(),
        "products_established": session.exec(select(func.count()).select_from(_on_website().subquery())).one(),
    }


def nodes(session: Session) -> Sequence[Node]:
    """Every living product, as the rules across registers see it."""
    query = select(Product.id, Product.number, Product.name).where(col(Product.ended_on).is_(None))
    return [
        Node(product_id, f"{NUMBER_PREFIX}-{number:04} {name}", f"/wmebv/producten/{NUMBER_PREFIX}-{number:04}/")
        for product_id, number, name in session.exec(query.order_by(col(Product.number)))
    ]


def _on_website() -> SelectOfScalar[UUID]:
    """Ids of the products whose newest version has not ended."""
    kind = Product.__tablename__
    last = select(Version.subject_id, func.max(Version.number).label("number")).where(Version.kind == kind)
    newest = last.group_by(col(Version.subject_id)).subquery()
    return select(Version.subject_id).where(
        Version.kind == kind,
        Version.subject_id == newest.c.subject_id,
        Version.number == newest.c.number,
        col(Version.ended_at).is_(None),
    )


def of_team(session: Session, team: Team) -> Sequence[Product]:
    """The products that a team looks after, by number."""
    return session.exec(select(Product).where(Product.team_id == team.id).order_by(col(Product.number))).all()


class GridKind(StrEnum):
    """What stands down the side of the grid of answers; each answer is asked at the record that it belongs to."""

    INCOMING = "aan-de-gemeente"
    OUTGOING = "van-de-gemeente"
    PRODUCTS = "producten"
    CHANNELS = "kanalen"


def grid_ids(
    session: Session, kind: GridKind, *, search: str = "", team: str = "", page: int = 1
) -> tuple[Sequence[UUID], int, int, int]:
    """The records of one page of the grid, in order; how many there are, which page it became, and how many pages.

    Args:
        session: bounded by the organisation.
        kind: which records.
        search: words that must all occur in the product or in the name of the message or channel.
        team: name of a team, or empty for all; channels belong to no team.
        page: counted from 1; too high a number gives the last page.
    """
    words = values.fold(search).split()
    if kind is GridKind.CHANNELS:
        matching, order = select(Channel.id), [col(Channel.name), col(Channel.id)]
        for word in words:
            matching = matching.where(folded(col(Channel.name)).contains(word, autoescape=True))
    else:
        if kind is GridKind.PRODUCTS:
            matching, order = select(Product.id), [col(Product.number)]
        else:
            matching, order = _messages_in(kind), [col(Product.number), col(MessageType.position), col(MessageType.id)]
        matching = matching.where(col(Product.ended_on).is_(None))
        for word in words:
            found = col(Product.search_text).contains(word, autoescape=True)
            if kind is not GridKind.PRODUCTS:
                found |= folded(col(MessageType.name)).contains(word, autoescape=True)
            matching = matching.where(found)
        if team:
            matching = matching.where(col(Product.team_id).in_(select(Team.id).where(Team.name == team)))
    total = session.exec(select(func.count()).select_from(matching.subquery())).one()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    query = matching.order_by(*order).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)
    return session.exec(query).all(), total, page, pages


def grid_subjects(
    session: Session, kind: GridKind, ids: Collection[UUID]
) -> Mapping[UUID, MessageType | Product | Channel]:
    """The records with these ids, with their answers and, for a message, its product.

    What is not shown in the grid is read when somebody asks for it: that is at most once for each record that changes.
    """
    found: Sequence[MessageType | Product | Channel]
    if kind is GridKind.CHANNELS:
        found = session.exec(select(Channel).where(col(Channel.id).in_(ids))).all()
    elif kind is GridKind.PRODUCTS:
        later = (lazyload(_part(Product.messages)), lazyload(_part(Product.legal_bases)))
        found = session.exec(select(Product).where(col(Product.id).in_(ids)).options(*later)).all()
    else:
        product = contains_eager(_part(MessageType.product)).lazyload("*")
        query = select(MessageType).join(Product, col(Product.id) == col(MessageType.product_id))
        query = query.where(col(MessageType.id).in_(ids), MessageType.direction == _direction_of(kind))
        found = session.exec(query.options(product, lazyload(_part(MessageType.channels)))).all()
    return {one.id: one for one in found}


@dataclass(frozen=True, slots=True)
class Answerable:
    """A record that a question can be about: what people call it, and its page."""

    id: UUID
    name: str
    href: str


def answerable(
    session: Session, kind: GridKind, *, team: str = "", channel_kind: str = "", template: str = ""
) -> Sequence[Answerable]:
    """The living records of a kind, in order.

    Args:
        session: bounded by the organisation.
        kind: which records.
        team: name of the team whose product it is, or whose products use the channel; empty for all.
        channel_kind: only what goes by a channel of this kind, or such channels.
        template: only what goes by a channel with this template, or such channels.
    """
    products = select(Product.id).where(col(Product.ended_on).is_(None))
    if team:
        products = products.where(col(Product.team_id).in_(select(Team.id).where(Team.name == team)))
    messages = select(MessageType.id).where(
        col(MessageType.ended_on).is_(None), col(MessageType.product_id).in_(products)
    )
    channels = select(Channel.id)
    if channel_kind:
        channels = channels.where(Channel.kind == channel_kind)
    if template:
        channels = channels.where(
            col(Channel.template_id).in_(select(ChannelTemplate.id).where(ChannelTemplate.name == template))
        )
    if channel_kind or template:
        by_channel = select(MessageChannel.message_type_id).where(col(MessageChannel.channel_id).in_(channels))
        messages = messages.where(col(MessageType.id).in_(by_channel))
    if kind is GridKind.CHANNELS:
        used = select(MessageChannel.channel_id).where(col(MessageChannel.message_type_id).in_(messages))
        named = select(Channel.id, Channel.name).where(col(Channel.id).in_(channels))
        if team:
            named = named.where(col(Channel.id).in_(used))
        found = sorted(session.exec(named), key=lambda one: values.fold(one[1]))
        return [Answerable(channel_id, name, f"/wmebv/kanalen/{channel_id}/") for channel_id, name in found]
    if kind is GridKind.PRODUCTS:
        own = select(Product.id, Product.name, Product.number).where(col(Product.id).in_(products))
        if channel_kind or template:
            own = own.where(
                col(Product.id).in_(select(MessageType.product_id).where(col(MessageType.id).in_(messages)))
            )
        lines = session.exec(own.order_by(col(Product.number)))
        return [Answerable(one, name, f"/wmebv/producten/{kenmerk(number)}/") for one, name, number in lines]
    wanted = select(MessageType.id, MessageType.name, Product.name).join(
        Product, col(Product.id) == col(MessageType.product_id)
    )
    wanted = wanted.where(col(MessageType.id).in_(messages), MessageType.direction == _direction_of(kind))
    order = (col(Product.number), col(MessageType.position), col(MessageType.id))
    return [
        Answerable(one, f"{product}: {name}", f"/wmebv/berichten/{one}/")
        for one, name, product in session.exec(wanted.order_by(*order))
    ]


def products_with(ids: Collection[UUID]) -> SelectOfScalar[UUID]:
    """The products that have one of these ids, a message with one of them, or a message that goes by such a channel."""
    using = select(MessageChannel.message_type_id).where(col(MessageChannel.channel_id).in_(ids))
    theirs = select(MessageType.product_id).where(col(MessageType.id).in_(ids) | col(MessageType.id).in_(using))
    return select(Product.id).where(col(Product.id).in_(ids) | col(Product.id).in_(theirs))


def _part(relationship: Any) -> Any:  # noqa: ANN401 - typed as what it gives, not as what SQLAlchemy makes of it
    return relationship


def _messages_in(kind: GridKind) -> SelectOfScalar[UUID]:
    query = select(MessageType.id).join(Product, col(Product.id) == col(MessageType.product_id))
    return query.where(col(MessageType.ended_on).is_(None), MessageType.direction == _direction_of(kind))


def _direction_of(kind: GridKind) -> Direction:
    return Direction.IN if kind is GridKind.INCOMING else Direction.OUT
