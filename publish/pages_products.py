"""Pages about doing business digitally: per product how to send what, who helps, and how to do it on paper."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session

import wmebv.public as wmebv
from core.organisations import Organisation, the_organisation
from publish import data_products, urls
from publish.html import SiteFrame, render
from publish.parts import Entry, File, Line, Row
from wmebv.public import PublicChannel, PublicMessage, PublicProduct

CRUMBS = (("Start", "/"), ("Digitaal zakendoen", f"/{urls.PRODUCTS}/"))
HELP_SHEET = "hulpblad"


@dataclass(frozen=True, slots=True)
class Message:
    """One message about a product, with its channels as rows of a table."""

    heading: str
    channels: Sequence[Sequence[Line]]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Way:
    """A way into the list: a page for each value, with the products that have it.

    Each page stands in a folder of the way. The folder has no page of its own, since a product may have that address.
    """

    folder: str
    heading: str
    values: Callable[[PublicProduct], Iterable[tuple[str, str]]]
    """Code and label of each value of a product."""


WAYS = (
    Way(
        "voor-wie",
        "Voor wie",
        lambda product: zip(product.audience_codes, product.audiences, strict=True),
    ),
    Way(
        "wat",
        "Wat wilt u doen",
        lambda product: ((message.kind, message.kind_label) for message in product.messages),
    ),
    Way(
        "inloggen",
        "Hoe u inlogt",
        lambda product: (
            pair
            for message in product.messages
            for channel in message.channels
            for pair in zip(channel.login_codes, channel.logins, strict=True)
        ),
    ),
)


def build(session: Session, frame: SiteFrame) -> Iterator[File]:
    """The list, the ways into it, a page and a help sheet per product, and the data files."""
    organisation, products = the_organisation(session), wmebv.public_products(session)
    found = [(way, _values(way, products)) for way in WAYS]
    ways = [(way.heading, [Line(label, _address(way, code)) for code, label in values]) for way, values in found]
    yield f"{urls.PRODUCTS}/index.html", _list_page(frame, organisation, products, [row for row in ways if row[1]])
    for way, values in found:
        for (code, label), listed in values.items():
            yield f"{_address(way, code).strip('/')}/index.html", _way_page(frame, way, label, listed)
    for product in products:
        yield f"{urls.PRODUCTS}/{product.slug}/index.html", _product_page(frame, product)
        yield f"{urls.PRODUCTS}/{product.slug}/{HELP_SHEET}/index.html", _help_page(frame, organisation, product)
    yield from data_products.build(organisation, products)


def _values(way: Way, products: Sequence[PublicProduct]) -> dict[tuple[str, str], list[PublicProduct]]:
    """The products of each value, by label. The newest label of a code wins: an old version may have another one."""
    labels = {
        code: label
        for product in sorted(products, key=lambda each: each.established_at)
        for code, label in way.values(product)
        if code
    }
    found: dict[tuple[str, str], list[PublicProduct]] = {
        (code, labels[code]): [] for code in sorted(labels, key=lambda code: (labels[code].casefold(), code))
    }
    for product in products:
        for code in dict.fromkeys(code for code, _ in way.values(product) if code):
            found[code, labels[code]].append(product)
    return found


def _address(way: Way, code: str) -> str:
    return f"/{urls.PRODUCTS}/{way.folder}/{urls.slug(code)}/"


def _list_page(
    frame: SiteFrame, organisation: Organisation, products: Sequence[PublicProduct], ways: Sequence[Row]
) -> bytes:
    letters: dict[str, list[Entry]] = defaultdict(list)
    for product in products:
        letters[_letter(product.name)].append(_entry(product))
    return render(
        frame,
        "products/list.html",
        section=urls.PRODUCTS,
        crumbs=CRUMBS,
        count=len(products),
        ways=ways,
        letters=[(letter, f"letter-{letter.lower()}", letters[letter]) for letter in sorted(letters)],
        downloads=data_products.downloads(organisation, products),
    )


def _way_page(frame: SiteFrame, way: Way, label: str, products: Sequence[PublicProduct]) -> bytes:
    return render(
        frame,
        "products/way.html",
        section=urls.PRODUCTS,
        crumbs=(*CRUMBS, (label, "")),
        title=f"{way.heading}: {label}",
        entries=[_entry(product) for product in products],
    )


def _letter(name: str) -> str:
    """Under which letter a product stands; an accent does not matter, all else is "0-9"."""
    first = unicodedata.normalize("NFKD", name[:1]).upper()[:1]
    return first if "A" <= first <= "Z" else "0-9"


def _entry(product: PublicProduct) -> Entry:
    kinds = dict.fromkeys(channel.kind for message in product.messages for channel in message.channels if channel.kind)
    words = {word for message in product.messages for word in message.name.casefold().split()}
    other = " ".join((*product.keywords, product.upl_label)).casefold().split()
    return Entry(
        href=f"/{urls.PRODUCTS}/{product.slug}/",
        name=product.name,
        note=" · ".join(filter(None, (" en ".join(product.audiences), ", ".join(kinds)))),
        words=" ".join(sorted({*words, *other})),
        explanation=product.summary,
    )


def _product_page(frame: SiteFrame, product: PublicProduct) -> bytes:
    facts: list[Row] = []
    if product.audiences:
        facts.append(("Voor wie", [Line(audience) for audience in product.audiences]))
    if product.keywords:
        facts.append(("Heet ook", [Line(word) for word in product.keywords]))
    if product.laws:
        facts.append(("Welke wet", [Line(law) for law in product.laws]))
    return render(
        frame,
        "products/product.html",
        section=urls.PRODUCTS,
        crumbs=(*CRUMBS, (product.name, "")),
        name=product.name,
        summary=product.summary,
        facts=facts,
        messages=[_message(frame, message) for message in product.messages],
        help=[(found.label, [Line(found.text)] if found.text else []) for found in product.help],
        help_sheet=f"/{urls.PRODUCTS}/{product.slug}/{HELP_SHEET}/",
    )


def _help_page(frame: SiteFrame, organisation: Organisation, product: PublicProduct) -> bytes:
    return render(
        frame,
        "products/help_sheet.html",
        section=urls.PRODUCTS,
        crumbs=(*CRUMBS, (product.name, f"/{urls.PRODUCTS}/{product.slug}/"), ("Hulpblad", "")),
        paper=wmebv.help_sheet_of(product, organisation),
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
