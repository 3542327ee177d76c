"""The value lists of the Woo: categories, kinds, themes, formats, organisations. Codes are TOOI addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from core import values
from core.values import ValueList

WITHOUT_DUTY = "3.1"
"""Our number for documents published without duty (Woo art. 3.1); the list gives that entry none."""
DUTCH = "http://publications.europa.eu/resource/authority/language/NLD"

KINDS = values.load("woo", "documentsoorten", key="id")
THEMES = values.load("woo", "themas", key="id")
LANGUAGES = values.load("woo", "talen", key="id")
ROLES = values.load("woo", "documentrelaties", key="id")
REASONS = values.load("woo", "redenen-verwijdering", key="id")
ACTIONS = values.load("woo", "documenthandelingen", key="id")
GROUNDS = values.load("woo", "weigeringsgronden", key="id")
ORGANISATIONS = values.load("woo", "organisaties", key="uri")
NEWER_ORGANISATIONS = values.load("woo", "organisaties-buiten-0.9.8", key="uri")
"""In TOOI, but not in the schema of 0.9.8: they are named without their address (woo-index 7.2, point 8)."""


@dataclass(frozen=True, slots=True)
class CategoryEntry:
    """One of the seventeen categories of Woo art. 3.3, or the entry for art. 3.1.

    `in_force_since` is what was read in the law when the list was made; each organisation keeps its own copy with a
    source. `municipality`: yes, no, or "in practice no". `deadline_days` is None without a fixed term.
    """

    number: str
    uri: str
    label: str
    label_singular: str
    article: str
    in_force_since: date | None
    checked_against: str
    municipality: str
    deadline_days: int | None


@dataclass(frozen=True, slots=True)
class Format:
    """A format that the harvester takes. `extensions` has the usual one first."""

    code: str
    uri: str
    label: str
    extensions: tuple[str, ...]
    media_type: str


@cache
def categories() -> Mapping[str, CategoryEntry]:
    """All eighteen, by number and in the order of the law."""
    found = {}
    for row in values.document("woo", "informatiecategorieen"):
        number = row["number"] or WITHOUT_DUTY
        found[number] = CategoryEntry(
            number=number,
            uri=row["id"],
            label=row["label"],
            label_singular=row["label_singular"],
            article=row["article"],
            in_force_since=date.fromisoformat(row["in_force_since"]) if row["in_force_since"] else None,
            checked_against=row["in_force_checked_against"],
            municipality=row["municipality"],
            deadline_days=row["deadline_days"],
        )
    return found


@cache
def formats() -> Mapping[str, Format]:
    """The nineteen formats by code."""
    return {
        row["code"]: Format(
            code=row["code"],
            uri=row["id"],
            label=row["label"],
            extensions=tuple(row["extensions"]),
            media_type=row["mime"] or "application/vnd.oasis.opendocument.formula",
        )
        for row in values.document("woo", "formaten")
    }


@cache
def format_of_extension() -> Mapping[str, Format]:
    return {extension: entry for entry in formats().values() for extension in entry.extensions}


@cache
def ended_organisations() -> Mapping[str, date]:
    """Address of each organisation that no longer exists, and its last day."""
    return {
        uri: date.fromisoformat(entry["ended"]) for uri, entry in ORGANISATIONS.entries.items() if entry.get("ended")
    }


@cache
def _organisations_by_name() -> Mapping[str, str]:
    # Two entries can share a name: the one that exists today and comes first in the list is meant.
    living = [uri for uri in ORGANISATIONS.codes if uri not in ended_organisations()]
    by_preference = [*NEWER_ORGANISATIONS.codes, *ended_organisations(), *reversed(living)]
    return {organisation_name(uri).casefold(): uri for uri in by_preference}


def organisation_code(named: str) -> str:
    """The address of an organisation by its name; what is not in the lists comes back as it was typed."""
    typed = " ".join(named.split())
    return typed if typed in ORGANISATIONS.entries else _organisations_by_name().get(typed.casefold(), typed)


def organisation_name(code: str) -> str:
    """The name of an organisation by its address; what is not in the lists is its own name."""
    listed = ORGANISATIONS if code in ORGANISATIONS.entries else NEWER_ORGANISATIONS
    return listed.label(code)


def is_organisation(code: str) -> bool:
    return code in ORGANISATIONS.entries or code in NEWER_ORGANISATIONS.entries


def code_of(values_list: ValueList, named: str) -> str:
    """The code of a label or a code, whatever its case; empty when neither is in the list."""
    typed = " ".join(named.split())
    if typed in values_list.entries:
        return typed
    wanted = typed.casefold()
    return next((code for code, entry in values_list.entries.items() if str(entry["label"]).casefold() == wanted), "")


def options(values_list: ValueList) -> Sequence[tuple[str, str]]:
    """Code and label, by label, for a choice on a page."""
    pairs = ((code, values_list.label(code)) for code in values_list.codes)
    return sorted(pairs, key=lambda pair: pair[1].casefold())
