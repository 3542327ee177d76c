"""Sitemaps of very many documents: the bytes of `publish.diwoo`, written as text straight from the frozen contents.

`publish.diwoo` stays the reference; tests/unit/test_publish_diwoo_stream.py proves that both write the same.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from functools import lru_cache
from itertools import groupby, islice, takewhile
from operator import attrgetter
from typing import Any

from sqlmodel import Session

import woo.public as woo
from core.clock import AMSTERDAM
from publish import diwoo
from woo.public import ExtraField, FrozenDocument, Reference

_AT_ONCE = 200
"""Entries that are written to the file together."""
_PLAIN_ADDRESS = re.compile(r"https://[a-z0-9.-]+/[A-Za-z0-9/._~-]*")
"""An address that stands in XML as it is."""
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Term = Mapping[str, Any]


def files(session: Session, base_url: str) -> Iterator[tuple[str, bytes | Iterable[bytes]]]:
    """robots.txt, an index per category, and its sitemaps (woo-index sections 3 to 5).

    A sitemap comes in pieces, to be taken at once.
    """
    root = f"{base_url}/sitemaps/"
    documents = takewhile(lambda document: document.category, woo.frozen_documents(session))
    changed = {(entry.category_number, entry.number): entry.changed_at for entry in woo.sitemaps(session)}
    indexes = []
    for category, in_category in groupby(documents, key=attrgetter("category")):
        listed = []
        for number, entries in groupby(in_category, key=attrgetter("sitemap")):
            name = diwoo.sitemap_name(category, number)
            yield f"sitemaps/{name}", sitemap(entries)
            listed.append((f"{root}{name}", changed[category, number]))
        yield f"sitemaps/{diwoo.index_name(category)}", diwoo.sitemap_index(listed)
        indexes.append(f"{root}{diwoo.index_name(category)}")
    lines = ["User-agent: *", "Allow: /", "", *(f"Sitemap: {address}" for address in indexes)]
    yield "robots.txt", ("\n".join(lines).rstrip() + "\n").encode()


def sitemap(documents: Iterable[FrozenDocument]) -> Iterator[bytes]:
    """A whole sitemap in pieces. Raises ValueError when it is empty or passes a limit: such a file is not read."""
    yield diwoo.HEADER
    number, size = 0, len(diwoo.HEADER) + len(diwoo.FOOTER)
    texts = map(entry, documents)
    while together := list(islice(texts, _AT_ONCE)):
        piece = "".join(together).encode()
        number, size = number + len(together), size + len(piece)
        if number > diwoo.MAX_ENTRIES or size > diwoo.MAX_BYTES:
            raise ValueError(f"a sitemap holds at most {diwoo.MAX_ENTRIES} documents and {diwoo.MAX_BYTES} bytes")
        yield piece
    if not number:
        raise ValueError("a sitemap holds at least one document")
    yield diwoo.FOOTER


def entry(document: FrozenDocument) -> str:
    """One `<url>` element and a line end. Raises ValueError for what `diwoo.entry` refuses."""
    content = document.content
    categories, actions = content["categories"], content["actions"]
    if not categories or not actions:
        raise ValueError(f"{document.loc!r} needs at least one category and one action")
    has_extra = content["extra"] or content.get("grounds")
    return (
        f"<url><loc>{_location(document.loc)}</loc><lastmod>{diwoo.moment(document.lastmod)}</lastmod>"
        "<diwoo:Document><diwoo:DiWoo>"
        f"{_texts('identifiers', 'identifier', content['identifiers'])}"
        f"{_term('publisher', content['publisher'])}"
        f"{_term('verantwoordelijke', content['responsible'])}"
        f"{_terms('medeverantwoordelijken', 'medeverantwoordelijke', content['co_responsible'])}"
        f"{_term('opsteller', content['author'])}"
        f"{_text('naamOpsteller', content['author_name'])}"
        "<diwoo:titelcollectie>"
        f"<diwoo:officieleTitel>{escaped(content['title'])}</diwoo:officieleTitel>"
        f"{_texts('verkorteTitels', 'verkorteTitel', content['short_titles'])}"
        f"{_texts('alternatieveTitels', 'alternatieveTitel', content['alternative_titles'])}"
        "</diwoo:titelcollectie>"
        f"{_texts('omschrijvingen', 'omschrijving', content['descriptions'])}"
        "<diwoo:classificatiecollectie>"
        f"{_terms('informatiecategorieen', 'informatiecategorie', categories)}"
        f"{_terms('documentsoorten', 'documentsoort', content['kinds'])}"
        f"{_terms('themas', 'thema', content['themes'])}"
        f"{_texts('trefwoorden', 'trefwoord', content['keywords'])}"
        "</diwoo:classificatiecollectie>"
        f"{_text('creatiedatum', content['created_on'])}"
        f"{_validity(content['valid_from'], content['valid_until'])}"
        f"{_term('language', content['language'])}"
        f"{_term('format', content['format'])}"
        f"{_text('aggregatiekenmerk', content['aggregation'])}"
        f"{_is_part_of(document)}"
        f"{_has_parts(document.parts)}"
        f"<diwoo:documenthandelingen>{''.join(map(_action, actions))}</diwoo:documenthandelingen>"
        f"{_relations(document)}"
        f"{_term('redenVerwijderingVervanging', content['replaced_reason'])}"
        "</diwoo:DiWoo>"
        f"{_extra(document.extra) if has_extra else ''}"
        "</diwoo:Document></url>\n"
    )


def escaped(text: str) -> str:
    """The text as it stands in XML between two tags. Raises ValueError for what XML cannot hold."""
    if text.isprintable() and "&" not in text and "<" not in text and ">" not in text:
        return text
    if _ILLEGAL.search(text):
        raise ValueError(f"XML cannot hold {text!r}")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _attribute(text: str) -> str:
    return escaped(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def _location(loc: str) -> str:
    if _PLAIN_ADDRESS.fullmatch(loc) and len(loc) <= diwoo.MAX_LOC:
        return loc
    return escaped(diwoo.location(loc))


def _text(name: str, text: str | None) -> str:
    return f"<diwoo:{name}>{escaped(text)}</diwoo:{name}>" if text else ""


def _texts(wrapper: str, name: str, texts: Iterable[str]) -> str:
    filled = "".join([f"<diwoo:{name}>{escaped(text)}</diwoo:{name}>" for text in texts if text])
    return f"<diwoo:{wrapper}>{filled}</diwoo:{wrapper}>" if filled else ""


def _term(name: str, term: Term | None) -> str:
    return _of_list(name, term["uri"], term["label"]) if term else ""


def _terms(wrapper: str, name: str, terms: Iterable[Term]) -> str:
    filled = "".join([_of_list(name, term["uri"], term["label"]) for term in terms])
    return f"<diwoo:{wrapper}>{filled}</diwoo:{wrapper}>" if filled else ""


@lru_cache(maxsize=4096)
def _of_list(name: str, uri: str | None, label: str) -> str:
    """An entry of a value list: a few of them return in every document."""
    resource = f' resource="{_attribute(uri)}"' if uri is not None else ""
    return f"<diwoo:{name}{resource}>{escaped(label)}</diwoo:{name}>"


@lru_cache(maxsize=4096)
def _midnight(day: str) -> str:
    return diwoo.moment(datetime.combine(datetime.fromisoformat(day), time(), AMSTERDAM))


def _validity(start: str | None, end: str | None) -> str:
    if not start and not end:
        return ""
    begins, ends = start and _midnight(start), end and _midnight(end)
    return f"<diwoo:geldigheid>{_text('begindatum', begins)}{_text('einddatum', ends)}</diwoo:geldigheid>"


def _reference(name: str, reference: Reference) -> str:
    loc = reference.loc
    address = loc if _PLAIN_ADDRESS.fullmatch(loc) else _attribute(diwoo.percent_encoded(loc))
    return f'<diwoo:{name} resource="{address}">{escaped(reference.title)}</diwoo:{name}>'


def _is_part_of(document: FrozenDocument) -> str:
    whole = document.named.get(document.content["part_of"] or "")
    return _reference("isPartOf", whole) if whole else ""


def _has_parts(parts: Iterable[Reference]) -> str:
    filled = "".join([_reference("hasPart", part) for part in parts])
    return f"<diwoo:hasParts>{filled}</diwoo:hasParts>" if filled else ""


def _action(action: Mapping[str, Any]) -> str:
    return (
        f"<diwoo:documenthandeling>{_term('soortHandeling', action['kind'])}"
        f"<diwoo:atTime>{_midnight(action['on'])}</diwoo:atTime>"
        f"{_term('wasAssociatedWith', action['by'])}</diwoo:documenthandeling>"
    )


def _relations(document: FrozenDocument) -> str:
    filled = "".join(
        [
            f"<diwoo:documentrelatie>{_term('role', relation['role'])}"
            f"{_reference('relation', document.named[relation['target']])}</diwoo:documentrelatie>"
            for relation in document.content["relations"]
            if relation["target"] in document.named
        ]
    )
    return f"<diwoo:documentrelaties>{filled}</diwoo:documentrelaties>" if filled else ""


def _extra(fields: Iterable[ExtraField]) -> str:
    filled = "".join(
        [
            f"<diwoo:extraMetadataveld><diwoo:key>{escaped(field.key)}</diwoo:key>"
            f"{_texts('values', 'value', field.values)}</diwoo:extraMetadataveld>"
            for field in fields
            if any(field.values)
        ]
    )
    if not filled:
        return ""
    return f"<diwoo:extraMetadata><diwoo:extraMetadatavelden>{filled}</diwoo:extraMetadatavelden></diwoo:extraMetadata>"
