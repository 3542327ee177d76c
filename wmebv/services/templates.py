"""Templates: what many channels share, such as one form engine, with the answers that those channels then have."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from core import audit
from core.db import refuse_stale
from core.errors import Conflict, RuleViolation
from wmebv import queries, rows
from wmebv.content import Answer, ChannelContent, ProductContent, TemplateContent, Value
from wmebv.duties import Rulebook
from wmebv.models import Channel, ChannelTemplate, MessageChannel, MessageType
from wmebv.report import MessageEntry
from wmebv.rules import Case, Colour, Known, is_given, message_verdict, own_answers, with_template
from wmebv.services.saving import record_save, refuse, replace_answers
from wmebv.stock import channels_now, stock


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of a template would do. `colours`: how many messages go from which colour to which."""

    channels: int
    messages: int
    answers: int
    """How many duties of how many channels would be judged otherwise."""
    colours: Mapping[tuple[Colour, Colour], int]


def add_template(session: Session, content: TemplateContent, *, actor: audit.Actor) -> ChannelTemplate:
    """Add a template.

    Raises:
        Conflict: there is a template with this name.
        RuleViolation: no name.
    """
    _check(session, content, None)
    template = ChannelTemplate(name=content.name)
    _write(template, content)
    session.add(template)
    record_save(session, template, "add", actor, None, rows.facts_of(template))
    return template


def change_template(
    session: Session, template: ChannelTemplate, content: TemplateContent, *, version: int, actor: audit.Actor
) -> None:
    """Replace the content of a template, for every channel under it. Saving what is there already changes nothing.

    Raises:
        Conflict: somebody saved in between, or another template has this name.
        RuleViolation: no name.
    """
    refuse_stale(template, version)
    _check(session, content, template.id)
    before = rows.facts_of(template)
    if rows.template_content(template) == content:
        return
    _write(template, content)
    record_save(session, template, "change", actor, before, rows.facts_of(template))


def find_or_add_template(session: Session, name: str, *, actor: audit.Actor) -> ChannelTemplate | None:
    """The template that goes by this name, new when there was none; None without a name."""
    if not name:
        return None
    found = session.exec(select(ChannelTemplate).where(ChannelTemplate.name == name)).first()
    return found or add_template(session, TemplateContent(name=name), actor=actor)


def answered_by(template: ChannelTemplate) -> frozenset[str]:
    """What a template answers. Where it says that nobody knows, any answer of a channel is news and no exception."""
    return frozenset(row.duty for row in template.answers if row.value != Value.UNKNOWN)


def put_under(
    session: Session,
    template: ChannelTemplate,
    channels: Iterable[tuple[Channel, int]],
    *,
    drops_own: bool,
    reason: str,
    actor: audit.Actor,
) -> int:
    """Put channels, each with the version that was looked at, under a template: all of them or none.

    Args:
        session: bounded by the organisation.
        template: what they come under, instead of the one they may have.
        channels: which ones.
        drops_own: take away what a channel answers itself where the template answers it too. Otherwise that stays, as
            an exception.
        reason: why those exceptions are there; for answers that do not say so themselves.
        actor: who does it.

    Returns:
        How many channels came under the template.

    Raises:
        Conflict: somebody saved one of the channels in between.
        RuleViolation: an exception without a reason.
    """
    answered = answered_by(template)
    moved = 0
    for channel, version in channels:
        refuse_stale(channel, version)
        before = rows.facts_of(channel)
        own = {each.duty: each for each in rows.answers_of(channel)}
        both = [own[duty] for duty in own.keys() & answered]
        if drops_own:
            rows.drop_answers(channel, [each.duty for each in both])
        else:
            silent = [each for each in both if not each.text]
            if silent and not reason.strip():
                raise RuleViolation(
                    f"Er is niets opgeslagen. Leg uit waarom de eigen antwoorden van {channel.name} blijven gelden.",
                    {"reason": "Leg uit waarom eigen antwoorden blijven gelden."},
                )
            rows.write_answers(channel, [each.model_copy(update={"text": reason.strip()}) for each in silent])
        channel.template, channel.template_id = template, template.id
        session.add(channel)
        after = rows.facts_of(channel)
        if before != after:
            record_save(session, channel, "change", actor, before, after)
            moved += 1
    return moved


def remove_template(session: Session, template: ChannelTemplate, *, version: int, actor: audit.Actor) -> None:
    """Take a template away that no channel is under. What it answered stays in its history.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: there are channels under it.
    """
    refuse_stale(template, version)
    if channels := queries.channels_of(session, template):
        names = ", ".join(channel.name for channel in channels[:3])
        more = f" en nog {len(channels) - 3}" if len(channels) > 3 else ""
        raise RuleViolation(
            f"Het sjabloon is niet verwijderd: er staan nog kanalen onder ({names}{more}). Kies bij die kanalen eerst "
            "een ander sjabloon of geen sjabloon."
        )
    before = rows.facts_of(template)
    record_save(session, template, "remove", actor, before, before)
    session.delete(template)


def effect_of_answers(session: Session, template: ChannelTemplate, answers: Iterable[Answer], on: date) -> Effect:
    """What answering these questions would change for the channels under a template, and for their messages."""
    new = {each.duty: each for each in rows.answers_of(template)} | {each.duty: each for each in answers}
    given = tuple(each for each in new.values() if is_given(each))
    then = rows.template_content(template).model_copy(update={"answers": given})
    now = channels_now(session, select(Channel.id).where(Channel.template_id == template.id))
    return _effect(session, now, {one: _under(content, then) for one, content in now.items()}, on)


def effect_of_putting(
    session: Session, template: ChannelTemplate, channels: Sequence[Channel], *, drops_own: bool, on: date
) -> Effect:
    """What putting channels under a template would change for them, and for their messages."""
    content, answered = rows.template_content(template), answered_by(template)
    now = channels_now(session, [channel.id for channel in channels])
    after = {}
    for one, present in now.items():
        kept = tuple(each for each in own_answers(present.answers) if not (drops_own and each.duty in answered))
        after[one] = _under(present.model_copy(update={"answers": kept}), content)
    return _effect(session, now, after, on)


def _under(channel: ChannelContent, template: TemplateContent) -> ChannelContent:
    answers = with_template(own_answers(channel.answers), template)
    return channel.model_copy(update={"template": template.name, "answers": answers})


def _effect(
    session: Session, now: Mapping[UUID, ChannelContent], after: Mapping[UUID, ChannelContent], on: date
) -> Effect:
    using = select(MessageChannel.message_type_id).where(col(MessageChannel.channel_id).in_(list(now)))
    products = stock(session, select(MessageType.product_id).where(col(MessageType.id).in_(using)))
    book = queries.rulebook(session)
    known: Known = {}
    colours = Counter(
        _colours(product.entry.content, message, ids, after, on, known, book)
        for product in products
        for message, ids in zip(product.entry.messages, product.channels, strict=True)
        if not after.keys().isdisjoint(ids)
    )
    changed = sum(_differing(content, after[one]) for one, content in now.items())
    return Effect(len(now), colours.total(), changed, colours)


def _colours(
    product: ProductContent,
    message: MessageEntry,
    channel_ids: Sequence[UUID],
    after: Mapping[UUID, ChannelContent],
    on: date,
    known: Known,
    book: Rulebook,
) -> tuple[Colour, Colour]:
    then = [after.get(one, channel) for one, channel in zip(channel_ids, message.channels, strict=True)]
    cases = (Case(product, message.content, used) for used in (message.channels, tuple(then)))
    now, new = (message_verdict(case, on, known, book=book) for case in cases)
    return now.colour, new.colour


def _differing(before: ChannelContent, after: ChannelContent) -> int:
    """How many answers of a channel would be otherwise, whoever gives them."""
    old, new = ({each.duty: _said(each) for each in content.answers} for content in (before, after))
    return sum(old.get(duty) != new.get(duty) for duty in old.keys() | new.keys())


def _said(answer: Answer) -> Mapping[str, object]:
    return {name: getattr(answer, name) for name in Answer.model_fields}


def _check(session: Session, content: TemplateContent, own_id: UUID | None) -> None:
    refuse({} if content.name else {"name": "Vul de naam van het sjabloon in."})
    other = session.exec(select(ChannelTemplate.id).where(ChannelTemplate.name == content.name)).first()
    if other not in {None, own_id}:
        raise Conflict(f"Er is al een sjabloon met de naam '{content.name}'. Kies een andere naam.")


def _write(template: ChannelTemplate, content: TemplateContent) -> None:
    rows.write_columns(template, content)
    replace_answers(template, content.answers)
