"""Answers to the duties and about the forms of support."""

from collections.abc import Sequence

from sqlmodel import Session

from core import audit
from core.db import refuse_stale
from wmebv import rows
from wmebv.content import Answer
from wmebv.models import Channel, GeneralAnswers, MessageType, Product, Subject
from wmebv.rules import is_given, own_answers
from wmebv.services.saving import record_save, refuse, refuse_ended, wrong_addresses
from wmebv.services.templates import answered_by


def answer(
    session: Session, subject: Subject, *answers: Answer, actor: audit.Actor, version: int | None = None
) -> None:
    """Answer questions about a product, message type, channel or the whole organisation, all in one save.

    Other answers stay as they are. An answer in which nothing is answered takes the old one away. `version` is what
    the form was made from; without it the answers hold whatever was saved in between.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: the subject has ended, an address is none, or a channel answers otherwise than its template
            without saying why.
    """
    refuse_stale(subject, version)
    answers = own_answers(answers)
    if isinstance(subject, Product | MessageType):
        refuse_ended(subject)
    points = {f"{each.duty}-{name}": text for each in answers for name, text in wrong_addresses(each).items()}
    refuse(points | (_unexplained(subject, answers) if isinstance(subject, Channel) else {}))
    before = rows.facts_of(subject)
    given = [each for each in answers if is_given(each)]
    rows.drop_answers(subject, (each.duty for each in answers if not is_given(each)))
    rows.write_answers(subject, given)
    after = rows.facts_of(subject)
    if before["answers"] == after["answers"]:
        return
    session.add(subject)
    record_save(session, subject, "answer", actor, before, after)


def _unexplained(channel: Channel, answers: Sequence[Answer]) -> dict[str, str]:
    """Exceptions to the template that do not say why, but for those that were there already."""
    if channel.template is None:
        return {}
    answered = answered_by(channel.template)
    known = rows.answers_of(channel)
    message = f"Leg uit waarom dit kanaal afwijkt van {channel.template.name}."
    return {
        f"{each.duty}-text": message
        for each in answers
        if each.duty in answered and is_given(each) and not each.text and each not in known
    }


def sign_off(session: Session, general: GeneralAnswers, *, by: str, version: int, actor: audit.Actor) -> None:
    """Note which function signed the inventory off; an empty text takes that back.

    Raises:
        Conflict: somebody saved in between.
    """
    refuse_stale(general, version)
    before = rows.facts_of(general)
    if general.signed_off_by == by.strip():
        return
    general.signed_off_by = by.strip()[:300]
    session.add(general)
    record_save(session, general, "sign_off", actor, before, rows.facts_of(general))
