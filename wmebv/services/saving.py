"""What every save of the inventory does: refuse what is wrong, keep a revision, tell the trail."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session

from core import audit, history
from core.content import Part
from core.errors import RuleViolation
from wmebv import rows
from wmebv.content import SCHEMA_NUMBER, Answer, ChannelLink
from wmebv.models import Channel, ChannelTemplate, MessageType, Product, Subject
from wmebv.public import safe_address
from wmebv.rules import own_answers

_ADDRESSES = frozenset({"url", "product_page_url", "evidence_url"})
_ADDRESS_MESSAGE = "Begin het adres met https://, of vul een e-mailadres in."


def replace_answers(subject: Product | MessageType | Channel | ChannelTemplate, answers: Iterable[Answer]) -> None:
    wanted = {each.duty: each for each in own_answers(answers)}
    rows.drop_answers(subject, [row.duty for row in subject.answers if row.duty not in wanted])
    rows.write_answers(subject, wanted.values())


def record_save(
    session: Session,
    subject: Subject,
    verb: str,
    actor: audit.Actor,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
) -> None:
    history.record_save(session, subject, verb, actor=actor, schema_number=SCHEMA_NUMBER, before=before, after=after)


def refuse_ended(subject: Product | MessageType) -> None:
    if isinstance(subject, MessageType):
        if subject.ended_on:
            raise RuleViolation("Dit bericht is vervallen.")
        subject = subject.product
    if subject.ended_on:
        raise RuleViolation("Dit product is beëindigd. Zet het eerst terug.")


def wrong_addresses(content: Part, prefix: str = "") -> dict[str, str]:
    """What somebody typed where an address belongs: it becomes a link on a page, so it must be one."""
    found: dict[str, str] = {}
    for name in type(content).model_fields:
        value = getattr(content, name)
        if isinstance(value, Part):
            found |= wrong_addresses(value, f"{prefix}{name}-")
        elif isinstance(value, tuple):
            for place, item in enumerate(value):
                if isinstance(item, Part) and not isinstance(item, ChannelLink):
                    found |= wrong_addresses(item, f"{prefix}{name}-{place}-")
        elif name in _ADDRESSES and value and not safe_address(value):
            found[prefix + name] = _ADDRESS_MESSAGE
    return found


def refuse(points: Mapping[str, str]) -> None:
    if points:
        raise RuleViolation("Er is niets opgeslagen. " + " ".join(dict.fromkeys(points.values())), points)
