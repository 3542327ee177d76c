"""Channels, each for every message that uses it."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from core import audit, clock, tried_links
from core.content import YesNo
from core.db import refuse_stale
from core.errors import Conflict
from core.link_check import is_tried
from core.organisations import Party, find_or_add
from wmebv import rows
from wmebv.content import ChannelContent
from wmebv.models import Channel
from wmebv.services.saving import record_save, refuse, replace_answers, wrong_addresses
from wmebv.services.templates import find_or_add_template

REPEAT = timedelta(days=28)


def add_channel(session: Session, content: ChannelContent, *, actor: audit.Actor) -> Channel:
    """Add a way to send messages. A supplier that is new joins the shared list of parties, a template its list.

    Raises:
        Conflict: there is a channel with this name.
        RuleViolation: no name, or an address that is none.
    """
    _check_channel(session, content, None)
    channel = Channel(name=content.name)
    _write_channel(session, channel, content, actor=actor)
    session.add(channel)
    record_save(session, channel, "add", actor, None, rows.facts_of(channel))
    return channel


def change_channel(
    session: Session, channel: Channel, content: ChannelContent, *, version: int, actor: audit.Actor
) -> None:
    """Replace the content of a channel, for every message that uses it. Saving what is there already changes nothing.

    Raises:
        Conflict: somebody saved in between, or another channel has this name.
        RuleViolation: no name, or an address that is none.
    """
    refuse_stale(channel, version)
    _check_channel(session, content, channel.id)
    before = rows.facts_of(channel)
    if rows.channel_content(channel) == content:
        return
    _write_channel(session, channel, content, actor=actor)
    record_save(session, channel, "change", actor, before, rows.facts_of(channel))


def keep_reachable(session: Session, *, actor: audit.Actor) -> int:
    """Write with each channel whether its address works, as the link check found; returns how many changed.

    What nobody can say stays as it was. The day moves on once in `REPEAT`, so that history is not filled with days.
    """
    channels = [one for one in session.exec(select(Channel).order_by(col(Channel.name))) if is_tried(one.url)]
    found, gone = tried_links.tried(session, {one.url for one in channels}), tried_links.broken(session)
    changed = 0
    for channel in channels:
        link = found.get(channel.url)
        if link is None or link.tried_at is None or (link.fault and channel.url not in gone) or not link.is_known:
            continue
        state, day = YesNo.NO if link.fault else YesNo.YES, link.tried_at.astimezone(clock.AMSTERDAM).date()
        known = channel.reachable_checked_on
        if channel.reachable is state and known and day - known < REPEAT:
            continue
        before = rows.facts_of(channel)
        channel.reachable, channel.reachable_checked_on = state, day
        session.add(channel)
        record_save(session, channel, "change", actor, before, rows.facts_of(channel))
        changed += 1
    return changed


def _check_channel(session: Session, content: ChannelContent, own_id: UUID | None) -> None:
    points = {} if content.name else {"name": "Vul de naam van het kanaal in."}
    refuse({**points, **wrong_addresses(content)})
    other = session.exec(select(Channel.id).where(Channel.name == content.name)).first()
    if other not in {None, own_id}:
        raise Conflict(f"Er is al een kanaal met de naam '{content.name}'. Kies een andere naam.")


def _write_channel(session: Session, channel: Channel, content: ChannelContent, *, actor: audit.Actor) -> None:
    rows.write_columns(channel, content)
    template = find_or_add_template(session, content.template, actor=actor)
    channel.template, channel.template_id = template, template.id if template else None
    replace_answers(channel, content.answers)
    supplier = find_or_add(session, Party, content.supplier, actor=actor)
    channel.supplier, channel.supplier_id = supplier, supplier.id if supplier else None
