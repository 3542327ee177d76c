"""Linked data in two spellings of the same graph: Turtle and JSON-LD. No blank nodes: everything has an address."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from publish.parts import json_line, json_lines

PREFIXES: Mapping[str, str] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "pd": "https://w3id.org/dpv/pd#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_SHORT = re.compile(rf"(?:{'|'.join(PREFIXES)}):[A-Za-z][A-Za-z0-9-]*")
_IRI = re.compile(r"""https?://[^\s<>"{}|\\^`\x00-\x20]+""")


class Ref(NamedTuple):
    """Another thing, by its address: in full, or short with one of `PREFIXES`."""

    iri: str


class Text(NamedTuple):
    """A value. With `kind` (such as `xsd:date`) or else in a language; an empty language is a code or a name."""

    text: str
    language: str = "nl"
    kind: str = ""


Fact = tuple[str, Ref | Text]
"""A predicate, short, with what it leads to."""


class Thing(NamedTuple):
    iri: str
    kinds: Sequence[str]
    facts: Sequence[Fact]


def is_iri(text: str) -> bool:
    """Whether an address that somebody typed can stand in linked data."""
    return bool(_IRI.fullmatch(text))


def short(iri: str) -> str:
    """A term with its prefix where it has one of ours."""
    for prefix, start in PREFIXES.items():
        if iri.startswith(start) and _SHORT.fullmatch(f"{prefix}:{iri[len(start) :]}"):
            return f"{prefix}:{iri[len(start) :]}"
    return iri


def turtle(things: Iterable[Thing]) -> bytes:
    """RDF 1.1 Turtle."""
    return b"".join(turtle_of(map(turtle_thing, things)))


def turtle_of(things: Iterable[bytes]) -> Iterator[bytes]:
    """The same in pieces, of things as `turtle_thing` makes them."""
    yield "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items()).encode()
    yield from things


def turtle_thing(thing: Thing) -> bytes:
    lines = [f"a {', '.join(thing.kinds)}"] if thing.kinds else []
    lines += (f"{predicate} {', '.join(map(_turtle_value, values))}" for predicate, values in _grouped(thing.facts))
    told = " ;\n  ".join(lines)
    return f"\n{_turtle_iri(thing.iri)} {told} .\n".encode() if lines else b""


def _turtle_iri(iri: str) -> str:
    return iri if _SHORT.fullmatch(iri) else f"<{iri}>"


def _turtle_value(value: Ref | Text) -> str:
    if isinstance(value, Ref):
        return _turtle_iri(value.iri)
    written = json.dumps(value.text, ensure_ascii=False)  # the same escapes as in Turtle
    return f"{written}^^{value.kind}" if value.kind else f"{written}@{value.language}" if value.language else written


def json_ld(things: Iterable[Thing]) -> bytes:
    """JSON-LD 1.1, with its whole context inside; a thing a line."""
    return b"".join(json_ld_of(map(json_thing, things)))


def json_ld_of(things: Iterable[bytes]) -> Iterator[bytes]:
    """The same in pieces, of things as `json_thing` makes them."""
    return json_lines({"@context": PREFIXES}, "@graph", things)


def json_thing(thing: Thing) -> bytes:
    written: dict[str, object] = {"@id": thing.iri}
    if thing.kinds:
        written["@type"] = thing.kinds
    for predicate, values in _grouped(thing.facts):
        written[predicate] = [_json_value(value) for value in values]
    return json_line(written)


def _json_value(value: Ref | Text) -> object:
    if isinstance(value, Ref):
        return {"@id": value.iri}
    if value.kind:
        return {"@value": value.text, "@type": value.kind}
    return {"@value": value.text, "@language": value.language} if value.language else value.text


def _grouped(facts: Iterable[Fact]) -> Iterator[tuple[str, Sequence[Ref | Text]]]:
    """Per predicate its different values, in order; a text without words says nothing."""
    found: dict[str, dict[Ref | Text, None]] = {}
    for predicate, value in facts:
        if not isinstance(value, Text) or value.text:
            found.setdefault(predicate, {})[value] = None
    return ((predicate, list(values)) for predicate, values in found.items())
