"""Overviews of Woo art. 3.3a: what may be published instead of documents, and what must stand in it. Pure.

The fourth kind is our own and optional: which documents are withheld, in part or as a whole, and why. The law asks for
a notice with each document (art. 3.3 lid 8), not for that list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core import sheets
from core.sheets import Table
from woo.content import OverviewContent, OverviewKind

EVERY = timedelta(days=14)
"""An overview is brought up to date at least every two weeks (Woo art. 3.3a lid 5)."""
MAX_ROWS = 5000
LONGEST = 4000
"""Characters of a cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an overview. What is not `needed` may be empty, because it does not always apply."""

    heading: str
    needed: bool = False
    is_day: bool = False
    also: Sequence[str] = ()
    """Other headings under which lists have it."""


@dataclass(frozen=True, slots=True)
class Form:
    """What an overview is about. `category`: that of the documents it stands for, or empty."""

    title: str
    article: str
    explanation: str
    category: str = ""
    columns: Sequence[Column] = ()


FORMS: Mapping[OverviewKind, Form] = {
    OverviewKind.WITHHELD: Form(
        "Wat niet of deels openbaar is",
        "Woo 3.3 lid 8; 5.1, 5.2",
        "De documenten waarvan een deel is weggelaten of die helemaal niet openbaar zijn, met de reden.",
    ),
    OverviewKind.SUBSIDIES: Form(
        "Subsidies",
        "Woo 3.3a lid 1",
        "Besluiten over subsidies aan organisaties. Dit overzicht staat in de plaats van de besluiten zelf.",
        "016",
        (
            Column("grondslag", needed=True, also=("regeling", "wettelijke grondslag")),
            Column("ontvanger", needed=True, also=("naam ontvanger", "subsidieontvanger")),
            Column("activiteiten en voorschriften", needed=True, also=("activiteiten", "activiteit", "voorschriften")),
            Column("bedrag verleend", also=("verleend", "bedrag", "subsidiebedrag")),
            Column("bedrag vastgesteld", also=("vastgesteld",)),
            Column("wijziging", also=("gewijzigd", "bedrag gewijzigd")),
            Column("intrekking", also=("ingetrokken",)),
            Column("datum", needed=True, is_day=True, also=("datum besluit", "besluitdatum")),
        ),
    ),
    OverviewKind.DECISIONS: Form(
        "Andere beschikkingen",
        "Woo 3.3a lid 2",
        "Besluiten voor een persoon of organisatie. Dit overzicht staat in de plaats van de besluiten zelf.",
        "016",
        (
            Column("grondslag", needed=True, also=("wettelijke grondslag",)),
            Column("rechtsgevolg en voorschriften", needed=True, also=("rechtsgevolg", "besluit", "voorschriften")),
            Column("duur", also=("geldig tot", "looptijd")),
            Column("geadresseerde", also=("voor wie", "aanvrager")),
            Column("datum", needed=True, is_day=True, also=("datum besluit", "besluitdatum")),
        ),
    ),
    OverviewKind.COMPLAINTS: Form(
        "Oordelen over klachten",
        "Woo 3.3a lid 3 en 4",
        "Oordelen over klachten. Dit overzicht staat in de plaats van de brieven. Klachten die op elkaar lijken, "
        "kunnen samen staan met het aantal per maand.",
        "017",
        (
            Column("ontvangen op", needed=True, also=("datum ontvangen", "datum ontvangst", "maand")),
            Column("onderdeel", needed=True, also=("afdeling", "team", "organisatieonderdeel")),
            Column("functie", also=("functie van de ambtenaar",)),
            Column("gedraging", needed=True, also=("klacht", "onderwerp")),
            Column("bevindingen", needed=True, also=("bevinding",)),
            Column("oordeel", needed=True),
            Column("conclusies", needed=True, also=("conclusie",)),
            Column("datum oordeel", needed=True, also=("oordeel op", "datum")),
            Column("aantal", also=("aantal per maand",)),
        ),
    ),
}


def headings(kind: OverviewKind) -> tuple[str, ...]:
    return tuple(column.heading.capitalize() for column in FORMS[kind].columns)


def cells(kind: OverviewKind, rows: Iterable[Sequence[str]]) -> tuple[tuple[str | date, ...], ...]:
    """Rows with days as days."""
    columns = FORMS[kind].columns
    return tuple(
        tuple(
            date.fromisoformat(text) if column.is_day and text else text
            for column, text in zip(columns, row, strict=True)
        )
        for row in rows
    )


def as_file(kind: OverviewKind, rows: Iterable[Sequence[str]]) -> bytes:
    """The list as readers download it."""
    return sheets.write_csv(Table(FORMS[kind].title, headings(kind), cells(kind, rows)))


def renew_by(content: OverviewContent) -> date | None:
    """The last day to bring a public overview up to date (Woo art. 3.3a lid 5); ours follows by itself each night."""
    if content.kind is OverviewKind.WITHHELD or content.renewed_on is None:
        return None
    return content.renewed_on + EVERY
