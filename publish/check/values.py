"""The value lists of DiWoo 0.9.8 as a check needs them: identifier to label, format to extension."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

LIST_OF_ELEMENT = {
    "publisher": "organisaties",
    "verantwoordelijke": "organisaties",
    "medeverantwoordelijke": "organisaties",
    "opsteller": "organisaties",
    "wasAssociatedWith": "organisaties",
    "informatiecategorie": "informatiecategorieen",
    "documentsoort": "documentsoorten",
    "thema": "themas",
    "language": "talen",
    "format": "formaten",
    "soortHandeling": "documenthandelingen",
    "role": "documentrelaties",
    "redenVerwijderingVervanging": "redenen-verwijdering",
}
"""Element of the metadata that names an entry of a value list: the list."""

# The end of a path that looks like a file type. A letter is asked for: "rapport-v1.2" has no extension.
_EXTENSION = re.compile(r"[^/\s]\.((?=[0-9]*[a-z])[a-z0-9]{1,5})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Format:
    uri: str
    code: str
    extensions: tuple[str, ...]
    media_types: tuple[str, ...]


def _read(name: str) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = json.loads(
        resources.files("woo").joinpath("data", f"{name}.json").read_text(encoding="utf-8")
    )
    return entries


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    return (str(value),) if value else ()


@cache
def labels(list_name: str) -> Mapping[str, str]:
    """Identifier to label."""
    return {str(entry.get("uri") or entry["id"]): str(entry["label"]) for entry in _read(list_name)}


@cache
def newer_organisations() -> frozenset[str]:
    """Labels of organisations that are not in the lists of 0.9.8: they stand in the metadata without identifier."""
    return frozenset(str(entry["label"]) for entry in _read("organisaties-buiten-0.9.8"))


@cache
def ended_organisations() -> Mapping[str, date]:
    """Identifier to the last day of each organisation that no longer exists."""
    return {
        str(entry["uri"]): date.fromisoformat(str(entry["ended"]))
        for entry in _read("organisaties")
        if entry.get("ended")
    }


@cache
def category_numbers() -> Mapping[str, str]:
    """Identifier of each category that has a number: that number."""
    return {str(entry["id"]): str(entry["number"]) for entry in _read("informatiecategorieen") if entry.get("number")}


@cache
def category_labels() -> Mapping[str, str]:
    """Number of each category: what it is called."""
    return {
        str(entry["number"]): str(entry["label"]) for entry in _read("informatiecategorieen") if entry.get("number")
    }


@cache
def formats() -> Mapping[str, Format]:
    """Identifier to format."""
    return {
        str(entry["id"]): Format(
            uri=str(entry["id"]),
            code=str(entry["code"]),
            extensions=_texts(entry["extensions"]),
            media_types=_texts(entry.get("mime")) + _texts(entry.get("mime_alt")),
        )
        for entry in _read("formaten")
    }


@cache
def format_of_extension() -> Mapping[str, Format]:
    return {extension: entry for entry in formats().values() for extension in entry.extensions}


def extension(path: str) -> str:
    """The extension at the end of a path or name in lower case without dot; empty when there is none."""
    found = _EXTENSION.search(path)
    return found[1].lower() if found else ""
