"""Message types of a product, and the channels they go through."""

from collections.abc import Mapping

from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select

from core import audit, clock
from core.db import refuse_stale
from wmebv import rows
from wmebv.content import Direction, MessageKind, MessageTypeContent, Official
from wmebv.deciding import OUTCOMES, needs_reason
from wmebv.models import Channel, MessageChannel, MessageType, Product
from wmebv.services.saving import record_save, refuse, refuse_ended, replace_answers, wrong_addresses


def add_message_type(
    session: Session, product: Product, content: MessageTypeContent, *, actor: audit.Actor
) -> MessageType:
    """Add a kind of message to a product. The channels it names must be there.

    Raises:
        RuleViolation: the product has ended, there is no name, or a channel is unknown or named twice.
    """
    refuse_ended(product)
    channels = _channels_named(session, content)
    message = MessageType(product_id=product.id, product=product, position=len(product.messages))
    _write_message(message, content, channels)
    session.add(message)
    set_committed_value(product, "messages", [*product.messages, message])
    record_save(session, message, "add", actor, None, rows.facts_of(message))
    return message


def change_message_type(
    session: Session, message: MessageType, content: MessageTypeContent, *, version: int, actor: audit.Actor
) -> None:
    """Replace the content of a message type. Saving what is there already changes nothing.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: it or its product has ended, there is no name, or a channel is unknown or named twice.
    """
    refuse_stale(message, version)
    refuse_ended(message)
    channels = _channels_named(session, content)
    before = rows.facts_of(message)
    if rows.message_content(message) == content:
        return
    _write_message(message, content, channels)
    record_save(session, message, "change", actor, before, rows.facts_of(message))


def assess(
    session: Session,
    message: MessageType,
    kind: MessageKind | None,
    official: Official | None,
    reasoning: str,
    *,
    by: str,
    version: int,
    actor: audit.Actor,
) -> None:
    """Keep what the seven questions came to (Awb 2:13 lid 1), with today, and the function that decided.

    Args:
        session: bounded by the organisation.
        message: the message that the questions are about.
        kind: what it is; None: nobody knows yet.
        official: None: what the questions say of that kind.
        reasoning: why; needed for anything else than what the questions say.
        by: the function of who decides.
        version: what the form was made from.
        actor: of the trail.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: it has ended, it is a message from the municipality, or the reason is missing.
    """
    if message.direction is not Direction.IN or kind is MessageKind.OUTGOING_DECISION:
        refuse({"kind": "Kies een soort bericht aan de gemeente. Voor andere berichten gelden deze vragen niet."})
    official = official or (OUTCOMES[kind].official if kind else Official.UNKNOWN)
    if needs_reason(kind, official) and not reasoning.strip():
        refuse({"reasoning": "Leg uit waarom. U kiest iets anders dan de uitkomst van de vragen."})
    found = {"kind": kind, "official": official, "reasoning": reasoning.strip()}
    content = rows.message_content(message).model_copy(
        update={**found, "assessed_on": clock.today(), "assessed_by": by}
    )
    change_message_type(session, message, content, version=version, actor=actor)


def end_message_type(session: Session, message: MessageType, *, version: int, actor: audit.Actor) -> None:
    """There is no such message any more: from today on it leaves the report.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: it or its product has ended already.
    """
    refuse_stale(message, version)
    refuse_ended(message)
    before = rows.facts_of(message)
    message.ended_on = clock.today()
    record_save(session, message, "end", actor, before, rows.facts_of(message))


def _write_message(message: MessageType, content: MessageTypeContent, channels: Mapping[str, Channel]) -> None:
    rows.write_columns(message, content)
    replace_answers(message, content.answers)
    rows.write_volumes(message, content.volumes, channels)
    known = {link.channel_id: link for link in message.channels}
    wanted = [(channels[link.channel], link) for link in content.channels]
    for channel_id in known.keys() - {channel.id for channel, _ in wanted}:
        message.channels.remove(known[channel_id])
    for position, (channel, link) in enumerate(wanted):
        row = known.get(channel.id)
        if row is None:
            row = MessageChannel(message_type_id=message.id, channel_id=channel.id, channel=channel)
            message.channels.append(row)
        row.position, row.use = position, link.use
    message.channels.sort(key=lambda row: row.position)


def _channels_named(session: Session, content: MessageTypeContent) -> Mapping[str, Channel]:
    names = [link.channel for link in content.channels]
    counted = [volume.channel for volume in content.volumes]
    wanted = select(Channel).where(col(Channel.name).in_({*names, *counted}))
    found = {channel.name: channel for channel in session.exec(wanted)}
    points = {} if content.name else {"name": "Vul de naam van het bericht in."}
    for place, name in enumerate(names):
        if name not in found:
            points[f"channels-{place}-channel"] = f"Het kanaal '{name}' bestaat niet. Voeg het kanaal eerst toe."
        elif name in names[:place]:
            points[f"channels-{place}-channel"] = "Kies elk kanaal één keer."
    for place, name in enumerate(counted):
        if name and name not in found:
            points[f"volumes-{place}-channel"] = f"Het kanaal '{name}' bestaat niet. Voeg het kanaal eerst toe."
    refuse({**points, **wrong_addresses(content)})
    return found
