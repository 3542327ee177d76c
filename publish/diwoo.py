"""Public documents to sitemaps with DiWoo 0.9.8 metadata, as the harvester of the Woo-index reads them. Pure.

`sitemap` is for as many documents as fit in memory. Who streams writes HEADER, an `entry` per document and FOOTER,
and gets the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

from lxml import etree

from core.clock import AMSTERDAM

if TYPE_CHECKING:  # the check of a site reads this file too, and needs no database
    from woo.public import Action, ExtraField, PublicDocument, Reference, Relation, Term

SITEMAP_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
DIWOO_NAMESPACE = "https://standaarden.overheid.nl/diwoo/metadata/"
MAX_ENTRIES = 50_000
"""Entries in one sitemap, and sitemaps in one index."""
MAX_BYTES = 45_000_000
"""Size of one file, uncompressed. The harvester stops at 50 MB; this keeps a margin."""
MAX_LOC = 2048

_SM = f"{{{SITEMAP_NAMESPACE}}}"
_DIWOO = f"{{{DIWOO_NAMESPACE}}}"
_URLSET = f'<urlset xmlns="{SITEMAP_NAMESPACE}" xmlns:diwoo="{DIWOO_NAMESPACE}">'.encode()
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'

HEADER = _DECLARATION + _URLSET + b"\n"
FOOTER = b"</urlset>\n"

_CATEGORY_NUMBER = re.compile(r"[0-9]{3}")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLAIN = re.compile(r"(?:https?://[a-z0-9.-]+)?/[A-Za-z0-9/._~-]*")
"""An address as most are: nothing in it has to be encoded."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def index_name(number: str) -> str:
    """The file name of the sitemap index of a category. Under any other name the harvester does not read it.

    `number`: three digits. Raises ValueError for anything else.
    """
    return f"sitemapindex-diwoo-infocat{_category(number)}.xml"


def sitemap_name(number: str, n: int) -> str:
    """The file name of the n-th sitemap (from 1) of a category."""
    if not 1 <= n <= MAX_ENTRIES:
        raise ValueError(f"an index holds sitemaps 1 to {MAX_ENTRIES}, not {n}")
    return f"sitemap-diwoo-infocat{_category(number)}-{n:05}.xml"


def _category(number: str) -> str:
    if not _CATEGORY_NUMBER.fullmatch(number):
        raise ValueError(f"a category number has three digits, {number!r} has not")
    return number


def moment(at: datetime) -> str:
    """The moment as `xs:dateTime` in Dutch time, with the zone that was in force on that day. Whole seconds.

    Raises ValueError when `at` has no zone, or falls before the year 1 in UTC.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at} has no zone")
    try:
        local = at.astimezone(AMSTERDAM)
        # Before 1892 clocks followed the sun: the offset had seconds, which XML cannot write.
        if (local.utcoffset() or timedelta()) % timedelta(minutes=1):
            local = at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{at} cannot be written in UTC") from error
    return local.isoformat(timespec="seconds")


def percent_encoded(url: str) -> str:
    """The address in ASCII: spaces and other characters percent-encoded, the host in punycode. Twice gives the same.

    Raises ValueError for control characters and for hosts that cannot exist.
    """
    if _PLAIN.fullmatch(url):
        return url
    if _CONTROL.search(url):
        raise ValueError(f"control character in address {url!r}")
    parts = urlsplit(url)
    netloc = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    path, query, fragment = (
        quote(_STRAY_PERCENT.sub("%25", part), safe=safe)
        for part, safe in (
            (parts.path, "/:@!$&'()*+,;=~%"),
            (parts.query, "/?:@!$&'()*+,;=~%"),
            (parts.fragment, "/?:@!$&'()*+,;=~%"),
        )
    )
    return urlunsplit((parts.scheme, netloc, path, query, fragment))


def location(loc: str) -> str:
    """`loc` as it stands in the sitemap (woo-index section 5.3): the identity of the document for the harvester.

    Raises ValueError unless it is absolute, https, without fragment, and at most 2048 characters once encoded.
    """
    encoded = percent_encoded(loc)
    parts = urlsplit(encoded)
    if parts.scheme != "https" or not parts.hostname or not parts.path.startswith("/") or " " in parts.netloc:
        raise ValueError(f"loc must be an absolute https address, {loc!r} is not")
    if "#" in loc:
        raise ValueError(f"loc must have no fragment, {loc!r} has")
    if len(encoded) > MAX_LOC:
        raise ValueError(f"loc must have at most {MAX_LOC} characters, this one has {len(encoded)}: {loc!r}")
    return encoded


def entry(document: PublicDocument) -> bytes:
    """One `<url>` element and a line end, to stand between HEADER and FOOTER.

    Raises ValueError for text that XML cannot hold, a moment without zone, a bad `loc`, no category or no action.
    """
    # The namespaces are declared on urlset, so the element is written inside one and cut out of it.
    urlset = etree.Element(f"{_SM}urlset", nsmap={None: SITEMAP_NAMESPACE, "diwoo": DIWOO_NAMESPACE})
    url = etree.SubElement(urlset, f"{_SM}url")
    url.tail = "\n"
    etree.SubElement(url, f"{_SM}loc").text = location(document.loc)
    etree.SubElement(url, f"{_SM}lastmod").text = moment(document.lastmod)
    _write_document(etree.SubElement(url, f"{_DIWOO}Document"), document)
    return etree.tostring(urlset, encoding="UTF-8", xml_declaration=False)[len(_URLSET) : -len(b"</urlset>")]


def sitemap(documents: Iterable[PublicDocument]) -> bytes:
    """A whole sitemap. Raises ValueError when it is empty or passes a limit: such a file is not read."""
    entries = [entry(document) for document in documents]
    if not 1 <= len(entries) <= MAX_ENTRIES:
        raise ValueError(f"a sitemap holds 1 to {MAX_ENTRIES} documents, not {len(entries)}")
    return _limited(HEADER + b"".join(entries) + FOOTER)


def sitemap_index(entries: Iterable[tuple[str, datetime]]) -> bytes:
    """An index of sitemaps: for each its absolute address and the moment its contents last changed, removals included.

    Raises ValueError when it is empty or passes a limit.
    """
    root = etree.Element(f"{_SM}sitemapindex", nsmap={None: SITEMAP_NAMESPACE})
    for loc, lastmod in entries:
        element = etree.SubElement(root, f"{_SM}sitemap")
        etree.SubElement(element, f"{_SM}loc").text = location(loc)
        etree.SubElement(element, f"{_SM}lastmod").text = moment(lastmod)
        element.tail = "\n"
    if not 1 <= len(root) <= MAX_ENTRIES:
        raise ValueError(f"an index holds 1 to {MAX_ENTRIES} sitemaps, not {len(root)}")
    root.text = "\n"
    return _limited(_DECLARATION + etree.tostring(root, encoding="UTF-8", xml_declaration=False) + b"\n")


def _limited(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise ValueError(f"a file holds at most {MAX_BYTES} bytes, this one has {len(data)}")
    return data


def _write_document(parent: etree._Element, document: PublicDocument) -> None:
    diwoo = etree.SubElement(parent, f"{_DIWOO}DiWoo")
    _write_texts(diwoo, "identifiers", "identifier", document.identifiers)
    _write_term(diwoo, "publisher", document.publisher)
    _write_term(diwoo, "verantwoordelijke", document.responsible)
    _write_terms(diwoo, "medeverantwoordelijken", "medeverantwoordelijke", document.co_responsible)
    _write_term(diwoo, "opsteller", document.author)
    _write_text(diwoo, "naamOpsteller", document.author_name)
    titles = etree.SubElement(diwoo, f"{_DIWOO}titelcollectie")
    etree.SubElement(titles, f"{_DIWOO}officieleTitel").text = document.title
    _write_texts(titles, "verkorteTitels", "verkorteTitel", document.short_titles)
    _write_texts(titles, "alternatieveTitels", "alternatieveTitel", document.alternative_titles)
    _write_texts(diwoo, "omschrijvingen", "omschrijving", document.descriptions)
    if not document.categories or not document.actions:
        raise ValueError(f"{document.loc!r} needs at least one category and one action")
    classification = etree.SubElement(diwoo, f"{_DIWOO}classificatiecollectie")
    _write_terms(classification, "informatiecategorieen", "informatiecategorie", document.categories)
    _write_terms(classification, "documentsoorten", "documentsoort", document.kinds)
    _write_terms(classification, "themas", "thema", document.themes)
    _write_texts(classification, "trefwoorden", "trefwoord", document.keywords)
    if document.created_on:
        _write_text(diwoo, "creatiedatum", document.created_on.isoformat())
    if document.valid_from or document.valid_until:
        validity = etree.SubElement(diwoo, f"{_DIWOO}geldigheid")
        if document.valid_from:
            _write_text(validity, "begindatum", moment(document.valid_from))
        if document.valid_until:
            _write_text(validity, "einddatum", moment(document.valid_until))
    _write_term(diwoo, "language", document.language)
    _write_term(diwoo, "format", document.format)
    _write_text(diwoo, "aggregatiekenmerk", document.aggregation)
    if document.is_part_of:
        _write_reference(diwoo, "isPartOf", document.is_part_of)
    if document.has_parts:
        parts = etree.SubElement(diwoo, f"{_DIWOO}hasParts")
        for part in document.has_parts:
            _write_reference(parts, "hasPart", part)
    _write_actions(diwoo, document.actions)
    _write_relations(diwoo, document.relations)
    _write_term(diwoo, "redenVerwijderingVervanging", document.replaced_reason)
    _write_extra(parent, document.extra)


def _write_text(parent: etree._Element, name: str, text: str) -> None:
    if text:
        etree.SubElement(parent, f"{_DIWOO}{name}").text = text


def _write_texts(parent: etree._Element, wrapper: str, name: str, texts: Iterable[str]) -> None:
    if filled := [text for text in texts if text]:
        element = etree.SubElement(parent, f"{_DIWOO}{wrapper}")
        for text in filled:
            _write_text(element, name, text)


def _write_term(parent: etree._Element, name: str, term: Term | None) -> None:
    if term:
        element = etree.SubElement(parent, f"{_DIWOO}{name}")
        element.text = term.label
        # Outside the 0.9.8 lists the label stands alone: the schema refuses any address it does not know.
        if term.uri is not None:
            element.set("resource", term.uri)


def _write_terms(parent: etree._Element, wrapper: str, name: str, terms: Iterable[Term]) -> None:
    if terms := tuple(terms):
        element = etree.SubElement(parent, f"{_DIWOO}{wrapper}")
        for term in terms:
            _write_term(element, name, term)


def _write_reference(parent: etree._Element, name: str, reference: Reference) -> None:
    element = etree.SubElement(parent, f"{_DIWOO}{name}", resource=percent_encoded(reference.loc))
    element.text = reference.title


def _write_actions(parent: etree._Element, actions: Iterable[Action]) -> None:
    wrapper = etree.SubElement(parent, f"{_DIWOO}documenthandelingen")
    for action in actions:
        element = etree.SubElement(wrapper, f"{_DIWOO}documenthandeling")
        _write_term(element, "soortHandeling", action.kind)
        _write_text(element, "atTime", moment(action.at))
        _write_term(element, "wasAssociatedWith", action.by)


def _write_relations(parent: etree._Element, relations: Iterable[Relation]) -> None:
    if relations := tuple(relations):
        wrapper = etree.SubElement(parent, f"{_DIWOO}documentrelaties")
        for relation in relations:
            element = etree.SubElement(wrapper, f"{_DIWOO}documentrelatie")
            _write_term(element, "role", relation.role)
            _write_reference(element, "relation", relation.target)


def _write_extra(parent: etree._Element, fields: Iterable[ExtraField]) -> None:
    if filled := [field for field in fields if any(field.values)]:
        extra = etree.SubElement(parent, f"{_DIWOO}extraMetadata")
        wrapper = etree.SubElement(extra, f"{_DIWOO}extraMetadatavelden")
        for field in filled:
            element = etree.SubElement(wrapper, f"{_DIWOO}extraMetadataveld")
            etree.SubElement(element, f"{_DIWOO}key").text = field.key
            _write_texts(element, "values", "value", field.values)
