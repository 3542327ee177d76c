"""The same for many records at once: standard messages beside products, one answer to one question."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from core import audit
from wmebv import rows
from wmebv.content import Answer, MessageKind
from wmebv.generate import companions
from wmebv.models import Channel, MessageType, Product
from wmebv.rules import is_given
from wmebv.services.answers import answer
from wmebv.services.channels import add_channel
from wmebv.services.messages import add_message_type


def add_companions(
    session: Session, chosen: Iterable[tuple[Product, MessageKind]], *, actor: audit.Actor
) -> Sequence[MessageType]:
    """Add standard messages to products, with channels that are not there yet; one that is there is left alone.

    Raises:
        RuleViolation: a product has ended; nothing was added then.
    """
    known = {channel.name for channel in session.exec(select(Channel).order_by(col(Channel.name)))}
    added = []
    for product, kind in chosen:
        missing = companions(product.name, [rows.message_content(message) for message in product.messages])
        if kind not in missing:
            continue
        for channel in missing[kind].channels:
            if channel.name not in known:
                add_channel(session, channel, actor=actor)
                known.add(channel.name)
        added.append(add_message_type(session, product, missing[kind].message, actor=actor))
    return added


def answer_many(
    session: Session,
    subjects: Sequence[Product | MessageType | Channel],
    given: Answer,
    *,
    replaces: bool,
    actor: audit.Actor,
) -> int:
    """Give many records the same answer to one question; returns how many it changed.

    What somebody answered already stays, unless `replaces`.

    Raises:
        RuleViolation: a record has ended, or an address is none; nothing was answered then.
    """
    changed = 0
    for subject in subjects:
        if replaces or not is_answered(subject, given.duty):
            answer(session, subject, given, actor=actor)
            changed += 1
    return changed


def is_answered(subject: Product | MessageType | Channel, duty: str) -> bool:
    """Whether the question about the record has an answer, be it that of its template."""
    return any(each.duty == duty and is_given(each) for each in answers_now(subject))


def answers_now(subject: Product | MessageType | Channel) -> tuple[Answer, ...]:
    """The answers that hold for a record: a channel has those of its template beside its own."""
    return rows.channel_content(subject).answers if isinstance(subject, Channel) else rows.answers_of(subject)
