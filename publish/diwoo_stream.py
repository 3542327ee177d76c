"""Sitemaps of very many documents: the bytes of `publish.diwoo`, written as text straight from the frozen contents.

`publish.diwoo` stays the reference; tests/unit/test_publish_diwoo_stream.py proves that both write the same.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from functools import lru_cache, partial
from itertools import groupby, islice, takewhile
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

from sqlmodel import Session

import woo.public as woo
from core.clock import AMSTERDAM
from publish import diwoo
from publish.states import Before, File, Part, Unit, digest
from woo.public import ExtraField, FrozenDocument, KnownDocument, Reference

_AT_ONCE = 200
"""Entries that are written to the file together."""
_PLAIN_ADDRESS = re.compile(r"https://[a-z0-9.-]+/[A-Za-z0-9/._~-]*")
"""An address that stands in XML as it is."""
_END = re.compile(b"</url>\n")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Term = Mapping[str, Any]


def files(session: Session, base_url: str) -> Iterator[File]:
    """robots.txt, an index per category, and its sitemaps (woo-index sections 3 to 5), all in one stream.

    A sitemap comes in pieces, to be taken at once.
    """
    documents = takewhile(lambda document: document.category, woo.frozen_documents(session))
    listed = []
    for (category, number), entries in groupby(documents, key=attrgetter("category", "sitemap")):
        yield f"sitemaps/{diwoo.sitemap_name(category, number)}", sitemap(entries)
        listed.append((category, number))
    yield from _indexes(session, base_url, listed)


def units(session: Session, base_url: str, known: Iterable[KnownDocument], before: Before) -> Iterator[Unit]:
    """The same files in units. Of a sitemap that changed, what did not change is copied."""
    listed = []
    documents = takewhile(lambda document: document.sitemap is not None, known)
    for place, entries in groupby(documents, key=attrgetter("sitemap")):
        name = diwoo.sitemap_name(*place)
        parts = [entry.id + entry.digest for entry in entries]
        yield Unit(
            f"/sitemaps/{name}",
            digest(b"".join(parts)),
            partial(_changed_sitemap, session, name, place, parts, before),
            parts,
        )
        listed.append(place)
    yield Unit("/robots.txt", "", lambda: _indexes(session, base_url, listed))


def _indexes(session: Session, base_url: str, listed: Iterable[tuple[str, int]]) -> Iterator[File]:
    root = f"{base_url}/sitemaps/"
    changed = {(entry.category_number, entry.number): entry.changed_at for entry in woo.sitemaps(session)}
    lines = ["User-agent: *", "Allow: /", ""]
    for category, places in groupby(listed, key=itemgetter(0)):
        name = diwoo.index_name(category)
        entries = [(f"{root}{diwoo.sitemap_name(*place)}", changed[place]) for place in places]
        yield f"sitemaps/{name}", diwoo.sitemap_index(entries)
        lines.append(f"Sitemap: {root}{name}")
    yield "robots.txt", ("\n".join(lines).rstrip() + "\n").encode()


def _changed_sitemap(
    session: Session, name: str, place: tuple[str, int], parts: Sequence[Part], before: Before
) -> Iterator[File]:
    yield f"sitemaps/{name}", _stitched(session, place, parts, before.pieces(f"/sitemaps/{name}"))


def _stitched(
    session: Session, place: tuple[str, int], parts: Sequence[Part], pieces: tuple[list[Part], bytes]
) -> Iterator[bytes]:
    """A sitemap out of the one before: an entry of which the state is the same is copied."""
    before, data = pieces
    ends = [len(diwoo.HEADER), *(match.end() for match in _END.finditer(data))]
    if len(ends) != len(before) + 1 or not before:
        yield from sitemap(woo.documents_in(session, *place))
        return
    yield from _limited(_entries(session, parts, before, ends, data))


def _entries(
    session: Session, parts: Sequence[Part], before: Sequence[Part], ends: Sequence[int], data: bytes
) -> Iterator[tuple[int, bytes]]:
    """How many entries, and their bytes: made, or copied together when they stood one after the other in `data`."""
    old = {part: place for place, part in enumerate(before)}
    anew = _read(session, [UUID(bytes=part[:16]) for part in parts if part not in old])
    start = 0
    while start < len(parts):
        if (place := old.get(parts[start])) is None:
            yield 1, entry(next(anew)).encode()
            start += 1
            continue
        number = 1
        limit = min(_AT_ONCE, len(parts) - start, len(before) - place)
        while number < limit and parts[start + number] == before[place + number]:
            number += 1
        yield number, data[ends[place] : ends[place + number]]
        start += number


def _read(session: Session, ids: Sequence[UUID]) -> Iterator[FrozenDocument]:
    """These documents, in this order. They may be far apart, and each question has its price."""
    for start in range(0, len(ids), _AT_ONCE):
        together = ids[start : start + _AT_ONCE]
        found = woo.documents_of(session, together)
        yield from (found[one] for one in together)


def sitemap(documents: Iterable[FrozenDocument]) -> Iterator[bytes]:
    """A whole sitemap in pieces. Raises ValueError when it is empty or passes a limit: such a file is not read."""
    texts = map(entry, documents)
    together = iter(lambda: list(islice(texts, _AT_ONCE)), [])
    return _limited((len(some), "".join(some).encode()) for some in together)


def _limited(pieces: Iterable[tuple[int, bytes]]) -> Iterator[bytes]:
    yield diwoo.HEADER
    number, size = 0, len(diwoo.HEADER) + len(diwoo.FOOTER)
    for entries, piece in pieces:
        number, size = number + entries, size + len(piece)
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


def _texts(wrapper: str, name: str, texts: Sequence[str]) -> str:
    if not texts:
        return ""
    filled = "".join([f"<diwoo:{name}>{escaped(text)}</diwoo:{name}>" for text in texts if text])
    return f"<diwoo:{wrapper}>{filled}</diwoo:{wrapper}>" if filled else ""


def _term(name: str, term: Term | None) -> str:
    return _of_list(name, term["uri"], term["label"]) if term else ""


def _terms(wrapper: str, name: str, terms: Sequence[Term]) -> str:
    if not terms:
        return ""
    filled = "".join([_of_list(name, term["uri"], term["label"]) for term in terms])
    return f"<diwoo:{wrapper}>{filled}</diwoo:{wrapper}>"


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
    whole = document.named.get(document.content["part_of"])
    return _reference("isPartOf", whole) if whole else ""


def _has_parts(parts: Sequence[Reference]) -> str:
    if not parts:
        return ""
    return f"<diwoo:hasParts>{''.join([_reference('hasPart', part) for part in parts])}</diwoo:hasParts>"


def _action(action: Mapping[str, Any]) -> str:
    return (
        f"<diwoo:documenthandeling>{_term('soortHandeling', action['kind'])}"
        f"<diwoo:atTime>{_midnight(action['on'])}</diwoo:atTime>"
        f"{_term('wasAssociatedWith', action['by'])}</diwoo:documenthandeling>"
    )


def _relations(document: FrozenDocument) -> str:
    if not document.content["relations"]:
        return ""
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
