"""What the public may know about products and how to do business with the municipality.

The only module of `wmebv` that `publish` imports. Everything comes from frozen versions, never from the record that
somebody is typing in. A field that is not named in the classes below does not leave this module: no notes, evidence,
suppliers, owners, teams or verdicts. Empty or None means "not known (yet)", never "no".
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, func
from sqlalchemy import select as plain_select
from sqlmodel import Session, col, select

from core import clock
from core.history import Version
from core.organisations import Organisation
from core.papers import Paper
from wmebv import help_sheet
from wmebv.content import SpecialAct, Value
from wmebv.models import Channel, ChannelTemplate, MessageType, Product

_KIND = Product.__tablename__
_ADDRESS = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_EMAIL = re.compile(r"(?:mailto:)?([^\s@/:]+@[^\s@/:]+\.[^\s@/:]+)", re.IGNORECASE)
_SUPPORT = re.compile(r"Z[0-9]{2}")
_ASKED_ELSEWHERE = frozenset({"Z05", "Z06", "Z08"})
"""Forms of support that a message or channel shows: paper, someone else, accessible."""


@dataclass(frozen=True, slots=True)
class PublicHelp:
    """A form of help. `text` says where and when, in the words of the municipality; it may be empty."""

    code: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class PublicChannel:
    """A way to send a message. `url` is safe to link to (https, http or mailto), or empty. `level` is D0 to DX."""

    name: str
    kind: str
    url: str
    level: str
    level_label: str
    logins: tuple[str, ...]
    login_codes: tuple[str, ...]
    is_fallback: bool


@dataclass(frozen=True, slots=True)
class PublicMessage:
    """A message that people can send to the municipality."""

    name: str
    kind: str
    kind_label: str
    channels: tuple[PublicChannel, ...]
    without_computer: bool | None
    """It can be done on paper or at the desk; `paper` says how."""
    paper: str
    someone_else: bool | None
    """Someone else may do it; `someone_else_by` says by which means."""
    someone_else_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicProduct:
    """A product as it was established for the website. `slug` never changes."""

    id: UUID
    number: str
    slug: str
    name: str
    summary: str
    keywords: tuple[str, ...]
    upl_label: str
    upl_uri: str
    audiences: tuple[str, ...]
    audience_codes: tuple[str, ...]
    """`particulier`, `ondernemer`."""
    laws: tuple[str, ...]
    sdg_codes: tuple[str, ...]
    messages: tuple[PublicMessage, ...]
    help: tuple[PublicHelp, ...]
    version: int
    established_at: datetime


def public_products(session: Session) -> Sequence[PublicProduct]:
    """The products on the website, by name: of each the newest version, unless it has ended."""
    products = [public_product(version) for version in session.exec(_public(select(Version)))]
    return sorted(products, key=lambda product: (product.name.casefold(), product.number))


def number_public(session: Session) -> int:
    """How many products the public can see."""
    return int(session.exec(_public(select(func.count()).select_from(Version))).one())


def _public(query: Any) -> Any:  # noqa: ANN401 - a choice of anything from versions
    newest = (
        select(Version.subject_id, func.max(Version.number).label("number"))
        .where(Version.kind == _KIND)
        .group_by(col(Version.subject_id))
        .subquery()
    )
    return query.where(
        Version.kind == _KIND,
        Version.subject_id == newest.c.subject_id,
        Version.number == newest.c.number,
        col(Version.ended_at).is_(None),
    )


def hidden_texts(session: Session, newest: int) -> Iterator[tuple[str, str]]:
    """Notes that no reader may find; of so many products, messages and channels that were changed last."""
    for model in (Product, MessageType, Channel, ChannelTemplate):
        query = select(model.note).where(model.note != "")
        for note in session.exec(query.order_by(col(model.updated_at).desc(), col(model.id)).limit(newest)):
            yield "notitie", note


def shows(session: Session, text: str) -> bool:
    """Whether a text stands in a product as the public sees it. Reads all of them."""
    return any(text in repr(product) for product in public_products(session))


def last_change(session: Session) -> datetime | None:
    """The moment of the last change that the public can see; None when nothing was ever established."""
    query = select(func.max(Version.established_at), func.max(Version.ended_at)).where(Version.kind == _KIND)
    return max((moment for moment in session.exec(query).one() if moment), default=None)


def state(session: Session) -> str:
    """A digest of everything that decides what the public sees of the products, without reading it as such."""
    found = hashlib.blake2b(digest_size=16)
    query = (
        plain_select(
            col(Version.subject_id),
            col(Version.number),
            col(Version.schema_number),
            col(Version.established_at),
            col(Version.ended_at),
            cast(col(Version.content), String),
        )
        .where(col(Version.kind) == _KIND)
        .order_by(col(Version.subject_id), col(Version.number))
    )
    for row in session.execute(query):
        found.update(repr(tuple(row)).encode())
    return found.hexdigest()


def public_product(version: Version) -> PublicProduct:
    """Read a frozen version; snapshots of every schema number stay readable here."""
    shown = shown_of(version.content)
    return PublicProduct(id=version.subject_id, version=version.number, established_at=version.established_at, **shown)


def shown_of(frozen: Mapping[str, Any]) -> dict[str, Any]:
    """What a snapshot shows to the public, but for the number and the moment of its version.

    Two snapshots that show the same need no new version.
    """
    content, labels = frozen["content"], frozen["labels"]
    messages = [message for message in frozen["messages"] if message["content"]["direction"] == "in"]
    return {
        "number": frozen["number"],
        "slug": frozen["slug"],
        "name": content["name"],
        # Versions from before these two fields have neither.
        "summary": content.get("summary", ""),
        "keywords": tuple(content.get("keywords", ())),
        "upl_label": content["upl_label"],
        "upl_uri": content["upl_uri"],
        "audiences": tuple(labels["audience"][code] for code in content["audiences"]),
        "audience_codes": tuple(content["audiences"]),
        "laws": tuple(_law(basis) for basis in content["legal_bases"] if basis["law"]),
        "sdg_codes": tuple(content["sdg_codes"]),
        "messages": tuple(_message(message, labels) for message in messages),
        "help": tuple(_help([*content["answers"], *frozen["general"]], labels)),
    }


def help_sheet_of(product: PublicProduct, organisation: Organisation) -> Paper:
    """One A4 for who helps somebody with this product."""
    return help_sheet.write(product, organisation, product.established_at.astimezone(clock.AMSTERDAM).date())


def _law(basis: Mapping[str, str]) -> str:
    return ", ".join(filter(None, (basis["law"], basis["article"])))


def _message(message: Mapping[str, Any], labels: Mapping[str, Any]) -> PublicMessage:
    content = message["content"]
    answers = {answer["duty"]: answer for answer in content["answers"]}
    paper, represented = answers.get("Z05"), answers.get("W05")
    is_on_paper = _is_yes(paper)
    return PublicMessage(
        name=content["name"],
        kind=content["kind"] or "",
        kind_label=labels.get("kind", {}).get(content["kind"], ""),
        channels=tuple(_channel(used, labels) for used in message["channels"]),
        without_computer=is_on_paper
        or (False if _must_be_digital(answers.get("W09")) else _is_yes(answers.get("W04"))),
        paper=paper["text"] if paper and is_on_paper else "",
        someone_else=_is_yes(represented),
        someone_else_by=tuple(_chosen(represented, labels)) if represented and _is_yes(represented) else (),
    )


def _channel(used: Mapping[str, Any], labels: Mapping[str, Any]) -> PublicChannel:
    content = used["content"]
    return PublicChannel(
        name=content["name"],
        kind=labels.get("channel_kind", {}).get(content["kind"], ""),
        url=safe_address(content["url"]),
        level=content["level"] or "",
        level_label=labels.get("level", {}).get(content["level"], ""),
        logins=tuple(labels["login"][code] for code in content["login_levels"]),
        login_codes=tuple(content["login_levels"]),
        is_fallback=used["use"] == "terugval",
    )


def _help(answers: Sequence[Mapping[str, Any]], labels: Mapping[str, Any]) -> Iterator[PublicHelp]:
    """The forms of support that are there, and those in which a person helps according to the answer to W03."""
    by_code = {answer["duty"]: answer for answer in answers}
    person = by_code.get("W03")
    chosen = labels.get("choice.W03", {}) if _is_yes(person) else {}
    for code in sorted({*by_code, *chosen}):
        if not _SUPPORT.fullmatch(code) or code in _ASKED_ELSEWHERE:
            continue
        answer = by_code.get(code)
        if _is_yes(answer):
            yield PublicHelp(code, labels["support"][code], answer["text"] if answer else "")
        elif answer is None and code in chosen:
            yield PublicHelp(code, chosen[code], "")


def _chosen(answer: Mapping[str, Any], labels: Mapping[str, Any]) -> Iterator[str]:
    known = labels.get(f"choice.{answer['duty']}", {})
    return (known[code] for code in answer["choices"] if code in known)


def _is_yes(answer: Mapping[str, Any] | None) -> bool | None:
    """Yes and partly are yes, no is no; all else is not known."""
    return {"ja": True, "deels": True, "nee": False}.get(answer["value"]) if answer else None


def _must_be_digital(answer: Mapping[str, Any] | None) -> bool:
    """An act that is named prescribes the digital way (Awb 2:7): then nobody is asked about a way without computer."""
    if answer is None or answer["value"] == Value.UNKNOWN:
        return False
    return answer["choices"][:1] == [SpecialAct.DIGITAL_ONLY] and bool(answer["law"] and answer["article"])


def safe_address(text: str) -> str:
    """The address when a page may link to it; an e-mail address as mailto. All else is empty."""
    if _ADDRESS.match(text):
        return text
    found = _EMAIL.fullmatch(text)
    return f"mailto:{found[1]}" if found else ""
