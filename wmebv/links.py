"""The links in the inventory: where each stands, what it proves, and which do not work. Changes nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from core import tried_links
from core.findings import FindingRow, Severity
from wmebv.duties import duties, support_forms
from wmebv.models import (
    Channel,
    ChannelAnswer,
    ChannelTemplate,
    GeneralAnswer,
    MessageAnswer,
    MessageType,
    Product,
    ProductAnswer,
    TemplateAnswer,
    kenmerk,
)

RULE_ID = "LINK"
_DESIGNATION = "Awb 2:13 lid 2"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a link stands. `proves` says which answer it is the evidence of, or what it is the address of."""

    subject: str
    href: str
    proves: str
    article: str


def link_places(session: Session) -> Mapping[str, Sequence[Place]]:
    """Every address in a living record, with where it stands. A few queries, whatever the number of records."""
    found: dict[str, list[Place]] = {}
    for url, place in (*_of_channels(session), *_of_answers(session)):
        if url:
            found.setdefault(url, []).append(place)
    return found


def broken_rows(session: Session) -> Iterator[FindingRow]:
    """A warning for each place with a link that does not work: what it proves cannot be seen any more."""
    gone = tried_links.broken(session)
    places = link_places(session) if gone else {}
    for url in sorted(gone & places.keys()):
        for place in places[url]:
            message = f"Deze link werkt niet: {url} ({place.proves}). Vul een ander adres in."
            yield FindingRow(RULE_ID, Severity.WARNING, message, place.article, place.href, place.subject)


def _of_channels(session: Session) -> Iterator[tuple[str, Place]]:
    known = dict(session.exec(select(Channel.id, Channel.name).order_by(col(Channel.name))).all())
    addresses = select(Channel.id, Channel.url, Channel.product_page_url, Channel.designation_reference)
    for channel_id, url, page, reference in session.exec(addresses.order_by(col(Channel.name))):
        href = f"/wmebv/kanalen/{channel_id}/"
        for address, proves in (
            (url, "Adres van het kanaal"),
            (page, "Pagina over het kanaal"),
            (reference, "Vindplaats van het besluit"),
        ):
            yield address, Place(known[channel_id], href, proves, _DESIGNATION)


def _of_answers(session: Session) -> Iterator[tuple[str, Place]]:
    living = col(Product.ended_on).is_(None)
    of_products = (
        select(ProductAnswer.evidence_url, ProductAnswer.duty, Product.number, Product.name)
        .join(Product, col(Product.id) == col(ProductAnswer.product_id))
        .where(living, ProductAnswer.evidence_url != "")
        .order_by(col(Product.number), col(ProductAnswer.duty))
    )
    for url, duty, number, name in session.exec(of_products):
        here = kenmerk(number)
        yield url, _evidence(f"{here} {name}", f"/wmebv/producten/{here}/antwoorden", duty)
    messages = (
        select(MessageType.id, MessageType.name, Product.number)
        .join(Product, col(Product.id) == col(MessageType.product_id))
        .where(living, col(MessageType.ended_on).is_(None))
    )
    named = {message_id: f"{kenmerk(number)}: {name}" for message_id, name, number in session.exec(messages)}
    of_messages = select(MessageAnswer.evidence_url, MessageAnswer.duty, MessageAnswer.message_type_id).where(
        MessageAnswer.evidence_url != ""
    )
    proofs = [(named[one], one, duty, url) for url, duty, one in session.exec(of_messages) if one in named]
    for name, message_id, duty, url in sorted(proofs, key=lambda proof: (proof[0], str(proof[1]), proof[2])):
        yield url, _evidence(name, f"/wmebv/berichten/{message_id}/", duty)
    of_channels = (
        select(ChannelAnswer.evidence_url, ChannelAnswer.duty, Channel.id, Channel.name)
        .join(Channel, col(Channel.id) == col(ChannelAnswer.channel_id))
        .where(ChannelAnswer.evidence_url != "")
        .order_by(col(Channel.name), col(ChannelAnswer.duty))
    )
    yield from _named(session.exec(of_channels), "kanalen")
    of_templates = (
        select(TemplateAnswer.evidence_url, TemplateAnswer.duty, ChannelTemplate.id, ChannelTemplate.name)
        .join(ChannelTemplate, col(ChannelTemplate.id) == col(TemplateAnswer.template_id))
        .where(TemplateAnswer.evidence_url != "")
        .order_by(col(ChannelTemplate.name), col(TemplateAnswer.duty))
    )
    yield from _named(session.exec(of_templates), "sjablonen")
    of_all = select(GeneralAnswer.evidence_url, GeneralAnswer.duty).where(GeneralAnswer.evidence_url != "")
    for url, duty in session.exec(of_all.order_by(col(GeneralAnswer.duty))):
        yield url, _evidence("Hele organisatie", "/wmebv/organisatie/", duty)


def _named(lines: Iterable[tuple[str, str, UUID, str]], folder: str) -> Iterator[tuple[str, Place]]:
    for url, duty, subject_id, name in lines:
        yield url, _evidence(name, f"/wmebv/{folder}/{subject_id}/", duty)


def _evidence(subject: str, href: str, code: str) -> Place:
    known = duties().get(code)
    name, article = (known.name, known.cited) if known else (support_forms()[code].label, support_forms()[code].article)
    return Place(subject, href, f"bewijs bij {code} {name}", article)
