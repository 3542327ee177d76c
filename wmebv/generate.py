"""Message types and channels to start from, for a product of which only a list is known. Pure.

All of it is a proposal: what the list says of the product, and what the law makes usual around it. Nothing here is
assessed (`assessed_on` stays empty), no channel is called designated, and no address is made up.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core import values
from core.content import YesNo
from wmebv.content import (
    Availability,
    ChannelContent,
    ChannelKind,
    ChannelLink,
    ChannelUse,
    Direction,
    LoginLevel,
    MessageKind,
    MessageTypeContent,
    Official,
)
from wmebv.importer import ChannelRow, ProductRow
from wmebv.labels import CHANNEL_KINDS, KINDS

CONTACT_FORM = ChannelContent(
    name="Algemeen contactformulier",
    kind=ChannelKind.WEB_FORM,
    level=Availability.D4,
    login_levels=(LoginLevel.NONE,),
)
"""The safety net that everything not listed falls back on, as published designation decisions have it."""
DESK = ChannelContent(
    name="Balie (op afspraak)", kind=ChannelKind.DESK, level=Availability.D1, login_levels=(LoginLevel.DESK,)
)
_OWN_FORMS: Mapping[MessageKind, ChannelContent] = {
    kind: ChannelContent(name=name, kind=ChannelKind.WEB_FORM, level=Availability.D4, login_levels=(LoginLevel.NONE,))
    for kind, name in {
        MessageKind.BEZWAAR: "Formulier bezwaar",
        MessageKind.ZIENSWIJZE: "Formulier zienswijze",
        MessageKind.INGEBREKESTELLING: "Formulier ingebrekestelling",
        MessageKind.COMPLAINT: "Formulier klacht",
    }.items()
}
"""A municipality has one form for each of these, whatever the product is."""
_NOT_OFFICIAL = frozenset(
    [MessageKind.SIGNAL, MessageKind.PRIVATE_LAW, MessageKind.OTHER, MessageKind.OUTGOING_DECISION]
)
"""Awb 2:14, and messages of the municipality itself: Awb 2:13 is about messages to it."""
_PERMITS = ("vergunning", "ontheffing")
_FORM_NAMES: Mapping[Availability, str] = {
    Availability.D2: "Formulier om te printen",
    Availability.D3: "E-mail",
    Availability.D4: "Webformulier",
    Availability.D5: "E-formulier",
    Availability.D6: "Portaal",
    Availability.DX: "Landelijke voorziening",
}
_FORM_KINDS: Mapping[Availability, ChannelKind] = {
    Availability.D2: ChannelKind.PAPER,
    Availability.D3: ChannelKind.EMAIL,
    Availability.D6: ChannelKind.PORTAL,
    Availability.DX: ChannelKind.NATIONAL,
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Message types for one product, and every channel that they name."""

    messages: tuple[MessageTypeContent, ...]
    channels: tuple[ChannelContent, ...]


def stated(row: ProductRow) -> Proposal:
    """Only what the list itself says: its message, with its channels."""
    channels = tuple(_stated_channel(channel, row.name) for channel in row.channels)
    uses = [channel.use for channel in row.channels]
    links = tuple(ChannelLink(channel=one.name, use=use) for one, use in zip(channels, uses, strict=True))
    first = _first(row, tuple({link.channel: link for link in reversed(links)}.values())[::-1])
    return Proposal((first,) if first else (), channels if first else ())


def proposed(row: ProductRow) -> Proposal:
    """The message that the list names, the messages that the law puts beside it, and likely channels for all.

    Beside an application (aanvraag, Awb 1:3 lid 3) come a supplement (4:5), a bezwaar (6:4), an ingebrekestelling
    (4:17) and the decision itself, which is a message of the municipality. A permit or exemption also gets a
    zienswijze (3:15 and 4:7), for it touches others. A klacht is about how people were treated (Awb hoofdstuk 9),
    not about a product: the organisation has one product for it, so no other product gets one. Other messages stand
    alone: whether a verzoek, melding or aangifte ends in a decision differs, so a person adds what is needed.
    """
    known = stated(row)
    preferred = tuple(
        channel
        for channel, said in zip(known.channels, row.channels, strict=False)
        if said.use is not ChannelUse.FALLBACK
    ) or _expected_channels(row)
    links = _links(preferred, with_safety_net=not _is_at_the_desk(row))
    first = _first(row, links)
    if first is None:
        return known
    own_net = [link for link in known.messages[0].channels if link.use is ChannelUse.FALLBACK]
    if own_net:
        first = first.model_copy(update={"channels": (*_links(preferred, with_safety_net=False), *own_net)})
    if first.direction is Direction.OUT:
        return known
    messages = [first]
    channels = [*preferred, *known.channels, CONTACT_FORM]
    if row.message_kind is MessageKind.APPLICATION:
        for kind in _beside_an_application(row.name):
            own = _OWN_FORMS.get(kind)
            channels += [own] if own else []
            messages.append(_companion(kind, (own,) if own else preferred))
    return Proposal(tuple(messages), tuple({channel.name: channel for channel in channels}.values()))


@dataclass(frozen=True, slots=True)
class Companion:
    """A standard message that a product has not, with the channels that it names."""

    message: MessageTypeContent
    channels: tuple[ChannelContent, ...]
    is_usual: bool
    """Whether the law usually puts it beside what the product has."""


STANDARD = (
    *(MessageKind.SUPPLEMENT, MessageKind.ZIENSWIJZE, MessageKind.BEZWAAR),
    *(MessageKind.COMPLAINT, MessageKind.INGEBREKESTELLING),
)
"""The messages that can go with any product; see `proposed` for why each is usual or not."""


def companions(name: str, messages: Sequence[MessageTypeContent]) -> Mapping[MessageKind, Companion]:
    """The standard messages that a product has not yet, by kind; `messages` are all that it has or had."""
    present = {message.kind for message in messages}
    applied = next((message for message in messages if message.kind is MessageKind.APPLICATION), None)
    usual = set(_beside_an_application(name)) if applied else set()
    found = {}
    for kind in STANDARD:
        if kind in present:
            continue
        own = _OWN_FORMS.get(kind)
        message = _companion(kind, (own,) if own else ())
        if own is None and applied:  # a supplement goes the way of the application
            message = message.model_copy(update={"channels": applied.channels})
        elif own is None:
            message = message.model_copy(update={"channels": ()})
        channels = (own, CONTACT_FORM) if own else ()
        found[kind] = Companion(message, channels, kind in usual)
    return found


def _beside_an_application(name: str) -> Iterator[MessageKind]:
    yield MessageKind.SUPPLEMENT
    if any(word in name.casefold() for word in _PERMITS):
        yield MessageKind.ZIENSWIJZE
    yield MessageKind.INGEBREKESTELLING
    yield MessageKind.BEZWAAR
    yield MessageKind.OUTGOING_DECISION


def _first(row: ProductRow, links: tuple[ChannelLink, ...]) -> MessageTypeContent | None:
    """The message that the row is about; None when it names none."""
    kind = row.message_kind
    says_more = row.channels or row.message_answers or row.official_message is not Official.UNKNOWN
    if not (kind or row.message_name or says_more):
        return None
    official = row.official_message
    if official is Official.UNKNOWN and kind is not None:
        official = Official.NO if kind in _NOT_OFFICIAL else Official.YES
    return MessageTypeContent(
        name=row.message_name or (KINDS[kind] if kind else "Bericht"),
        kind=kind,
        official=official,
        reasoning=row.reasoning,
        direction=row.direction or (Direction.OUT if kind is MessageKind.OUTGOING_DECISION else Direction.IN),
        on_request=row.on_request,
        yearly_volume=row.yearly_volume,
        volumes=row.volumes,
        service_norm=row.service_norm,
        norm_results=row.norm_results,
        channels=links,
        answers=row.message_answers,
    )


def _companion(kind: MessageKind, channels: tuple[ChannelContent, ...]) -> MessageTypeContent:
    if kind is MessageKind.OUTGOING_DECISION:
        return MessageTypeContent(name=KINDS[kind], kind=kind, official=Official.NO, direction=Direction.OUT)
    return MessageTypeContent(
        name=KINDS[kind],
        kind=kind,
        official=Official.YES,
        # A supplement is what the municipality asks for when an application is not complete (Awb 4:5).
        on_request=YesNo.YES if kind is MessageKind.SUPPLEMENT else YesNo.NO,
        channels=_links(channels, with_safety_net=True),
    )


def _links(channels: tuple[ChannelContent, ...], *, with_safety_net: bool) -> tuple[ChannelLink, ...]:
    preferred = tuple(ChannelLink(channel=channel.name, use=ChannelUse.PREFERRED) for channel in channels)
    if not with_safety_net or CONTACT_FORM.name in {link.channel for link in preferred}:
        return preferred
    return (*preferred, ChannelLink(channel=CONTACT_FORM.name, use=ChannelUse.FALLBACK))


def _is_at_the_desk(row: ProductRow) -> bool:
    return row.physical_presence is YesNo.YES


def _expected_channels(row: ProductRow) -> tuple[ChannelContent, ...]:
    """The channel to expect; none when the list gives no level, for then nothing is known."""
    level = row.expected_availability
    if level is None:
        return (DESK,) if _is_at_the_desk(row) else ()
    if level in {Availability.D0, Availability.D1}:
        return (DESK,)
    is_national = level is Availability.DX and row.national_facility
    return (
        ChannelContent(
            name=row.national_facility if is_national else f"{_FORM_NAMES[level]} {row.name}"[:300],
            kind=_FORM_KINDS.get(level, ChannelKind.WEB_FORM),
            level=level,
            # Who log in at a national facility differs per product; the channel is shared, so it says nothing.
            login_levels=() if is_national else tuple(dict.fromkeys(row.login_levels.values())),
        ),
    )


def _stated_channel(channel: ChannelRow, product: str) -> ChannelContent:
    """A channel as the list has it. A name that only says what kind it is gets the product's name behind it."""
    name = channel.name or (CHANNEL_KINDS[channel.kind] if channel.kind else "Kanaal")
    kinds = {values.normalise(word) for kind in ChannelKind for word in (kind, CHANNEL_KINDS[kind])}
    is_general = values.normalise(name) in kinds | {"e formulier", "formulier", "kanaal"}
    return ChannelContent(
        name=f"{name} {product}"[:300].strip() if is_general else name,
        kind=channel.kind,
        url=f"https://{channel.url}" if channel.url.casefold().startswith("www.") else channel.url,
        level=channel.level,
        login_levels=channel.login_levels,
        supplier=channel.supplier,
        form_id=channel.form_id,
        product_page_url=channel.product_page_url,
        designated=channel.designated,
        designation=channel.designation,
        answers=channel.answers,
        template=channel.template,
        satisfaction=channel.satisfaction,
    )
