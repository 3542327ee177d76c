"""The help sheet of a product, for who answers the phone or stands at the desk: one A4, the same facts as the website.

Pure. What nobody answered is said to be unknown or left out; it never becomes "no".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from core.organisations import Organisation
from core.papers import Block, Bullets, Grid, Heading, Paper, Paragraph
from core.web.pages import dutch_date

if TYPE_CHECKING:  # it shows what that module gives
    from wmebv.public import PublicChannel, PublicMessage, PublicProduct

HOW = "Zo kan iemand dit sturen"
COLUMNS = ("Zo kan het", "Lukt dat niet", "Zonder computer", "Mag iemand anders het doen")
WIDTHS = (10, 8, 4, 4)
UNKNOWN = "niet bekend"
UNKNOWN_WAY = "nog niet bekend, vraag het na"
_YES_NO = {None: "", True: "ja", False: "nee"}


def write(product: PublicProduct, organisation: Organisation, day: date) -> Paper:
    """What to tell somebody who asks for help with this product. `day` is that of the facts."""
    return Paper(
        title=f"Hulpblad: {product.name}",
        subtitle=f"{product.number}, stand van {dutch_date(day)}. Voor wie iemand aan de telefoon of de balie helpt.",
        organisation=organisation.name,
        day=day,
        blocks=tuple(_blocks(product, organisation)),
    )


def _blocks(product: PublicProduct, organisation: Organisation) -> Iterator[Block]:
    if product.summary:
        yield Paragraph(product.summary)
    about = [("Voor wie", product.audiences), ("Heet ook", product.keywords), ("Welke wet", product.laws)]
    if told := [f"{name}: {', '.join(found)}" for name, found in about if found]:
        yield Paragraph(f"{'. '.join(told)}.")
    if product.messages:
        yield from _messages(product.messages)
    yield Heading("Wie helpt als het niet lukt")
    contact = ", ".join(filter(None, (organisation.phone, organisation.email, organisation.address)))
    yield Bullets(
        [
            *(f"{found.label}: {found.text}" if found.text else found.label for found in product.help),
            f"{organisation.name}{f': {contact}' if contact else ''}",
        ]
    )


def _messages(messages: Sequence[PublicMessage]) -> Iterator[Block]:
    """What differs per message as a table, what holds for all of them once: so the sheet stays one page."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for message in messages:
        alike.setdefault(tuple(_ways(message)), []).append(message.name or message.kind_label or "Bericht")
    told = [(", ".join(names), ways) for ways, names in alike.items()]
    first = next(iter(alike))
    differ = [place for place in range(len(COLUMNS)) if len({ways[place] for _, ways in told}) > 1]
    yield Heading(HOW if differ else told[0][0])
    if differ:
        yield Grid(
            ("Bericht", *(COLUMNS[place] for place in differ)),
            [(name, *(ways[place] or UNKNOWN for place in differ)) for name, ways in told],
            widths=(4, *(WIDTHS[place] for place in differ)),
        )
    same = [place for place in range(len(COLUMNS)) if place not in differ and first[place]]
    if same and differ:
        yield Paragraph("Voor al deze berichten:")
    if same:
        yield Bullets([f"{COLUMNS[place]}: {first[place]}" for place in same])


def _ways(message: PublicMessage) -> Iterator[str]:
    """A text for each of the columns; empty when nobody answered."""
    own = [channel for channel in message.channels if not channel.is_fallback]
    yield "; ".join(map(_channel, own or message.channels)) or UNKNOWN_WAY
    yield "; ".join(_channel(channel) for channel in message.channels if own and channel.is_fallback)
    yield " ".join(filter(None, (_YES_NO[message.without_computer], message.paper)))
    by = f", met {' of '.join(message.someone_else_by)}" if message.someone_else_by else ""
    yield f"{_YES_NO[message.someone_else]}{by}"


def _channel(channel: PublicChannel) -> str:
    about = ", ".join(filter(None, (channel.kind, *channel.logins)))
    where = channel.url.removeprefix("mailto:")
    return f"{channel.name}{f' ({about})' if about else ''}{f': {where}' if where else ''}"
