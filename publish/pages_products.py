"""Pages about doing business digitally: per product how to send what, who helps, and how to do it on paper."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session

import wmebv.public as wmebv
from core.organisations import the_organisation
from publish import data_products, urls
from publish.html import SiteFrame, render
from publish.parts import Entry, File, Line, Row
from wmebv.public import PublicChannel, PublicMessage, PublicProduct

CRUMBS = (("Start", "/"), ("Digitaal zakendoen", f"/{urls.PRODUCTS}/"))


@dataclass(frozen=True, slots=True)
class Message:
    """One message about a product, with its channels as rows of a table."""

    heading: str
    channels: Sequence[Sequence[Line]]
    rows: Sequence[Row]


def build(session: Session, frame: SiteFrame) -> Iterator[File]:
    """The list, a page per product, and the data files."""
    products = wmebv.public_products(session)
    letters: dict[str, list[Entry]] = defaultdict(list)
    for product in products:
        letters[_letter(product.name)].append(_entry(product))
    yield (
        f"{urls.PRODUCTS}/index.html",
        render(
            frame,
            "products/list.html",
            section=urls.PRODUCTS,
            crumbs=CRUMBS,
            count=len(products),
            letters=[(letter, f"letter-{letter.lower()}", letters[letter]) for letter in sorted(letters)],
            downloads=data_products.DOWNLOADS,
        ),
    )
    for product in products:
        yield f"{urls.PRODUCTS}/{product.slug}/index.html", _product_page(frame, product)
    yield from data_products.build(the_organisation(session), products)


def _letter(name: str) -> str:
    """Under which letter a product stands; an accent does not matter, all else is "0-9"."""
    first = unicodedata.normalize("NFKD", name[:1]).upper()[:1]
    return first if "A" <= first <= "Z" else "0-9"


def _entry(product: PublicProduct) -> Entry:
    kinds = dict.fromkeys(channel.kind for message in product.messages for channel in message.channels if channel.kind)
    words = {word for message in product.messages for word in message.name.casefold().split()}
    return Entry(
        href=f"/{urls.PRODUCTS}/{product.slug}/",
        name=product.name,
        note=" · ".join(filter(None, (" en ".join(product.audiences), ", ".join(kinds)))),
        words=" ".join(sorted({*words, *product.upl_label.casefold().split()})),
    )


def _product_page(frame: SiteFrame, product: PublicProduct) -> bytes:
    facts: list[Row] = []
    if product.audiences:
        facts.append(("Voor wie", [Line(audience) for audience in product.audiences]))
    if product.laws:
        facts.append(("Welke wet", [Line(law) for law in product.laws]))
    return render(
        frame,
        "products/product.html",
        section=urls.PRODUCTS,
        crumbs=(*CRUMBS, (product.name, "")),
        name=product.name,
        facts=facts,
        messages=[_message(frame, message) for message in product.messages],
        help=[(found.label, [Line(found.text)] if found.text else []) for found in product.help],
    )


def _message(frame: SiteFrame, message: PublicMessage) -> Message:
    rows: list[Row] = []
    # What nobody answered yet is left out: it must not look like "no".
    if message.without_computer is not None:
        told = ["Ja." if message.without_computer else "Nee.", message.paper]
        rows.append(("Kan het ook zonder computer?", [Line(" ".join(filter(None, told)))]))
    if message.someone_else is not None:
        means = [Line(f"Met: {means}") for means in message.someone_else_by]
        rows.append(("Mag iemand anders dit voor u doen?", [Line("Ja." if message.someone_else else "Nee."), *means]))
    return Message(
        heading=message.name or message.kind_label or "Bericht",
        channels=[_channel(frame, channel) for channel in message.channels],
        rows=rows,
    )


def _channel(frame: SiteFrame, channel: PublicChannel) -> Sequence[Line]:
    is_mail = channel.url.startswith("mailto:")
    href = channel.url if is_mail else urls.outside(frame.base_url, channel.url)
    name = f"{channel.name} (als het eerste niet lukt)" if channel.is_fallback else channel.name
    return (
        Line(name, href),
        Line(channel.kind),
        Line(", ".join(channel.logins)),
        Line(channel.level_label),
    )
