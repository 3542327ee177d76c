"""One sitemap or sitemap index: the schema, and the rules of woo-index sections 5 and 7.2 that a schema cannot say.

A list of documents is read again only when something may be wrong with it: first entry by entry, in little memory, to
see that all is well (`usual` knows most of them at a glance, libxml2 the others); in doubt as a whole, to say what is
not.
"""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from html import unescape
from importlib import resources
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from lxml import etree

from core.clock import AMSTERDAM, today
from publish import diwoo
from publish.check import entries, usual, values
from publish.check.entries import Entry
from publish.check.marks import mark
from publish.check.report import Fault

HARVESTER_MAX_BYTES = 50_000_000
MAX_FAULTS_PER_FILE = 100
"""A file with the same mistake in every entry is told about a hundred times, not fifty thousand."""

URLSET, SITEMAPINDEX = "urlset", "sitemapindex"
_SCHEMA_FILE = {URLSET: "sitemap-diwoo.xsd", SITEMAPINDEX: "sitemapindex.xsd"}
_NAMESPACES = {"s": diwoo.SITEMAP_NAMESPACE, "d": diwoo.DIWOO_NAMESPACE}

_DECLARED_ENCODING = re.compile(rb"^<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_URL_CHARACTERS = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]*")
_FIRST_CHILD = re.compile(r"^/[^/]+/[^/\[]+(?:\[([0-9]+)\])?")
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.+?) \)")
_VALUE = re.compile(r"^[^:]*: (?:\[facet '[^']*'\] )?(?:The value )?'(.*)' is not ", re.DOTALL)
_NAMESPACE = re.compile(r"\{[^}]*\}")
_NO_TITLE = frozenset({"xml", "json", "jpg", "jpeg", "png", "gif", "tif", "tiff", "msg", "eml", "mp3", "mp4", "docm"})
"""Extensions that no format of the harvester has, but that file names do have."""

_NEEDED = frozenset({
    "url", "sitemap", "loc", "lastmod", "Document", "DiWoo", "publisher", "titelcollectie", "officieleTitel",
    "classificatiecollectie", "informatiecategorieen", "documenthandelingen", "soortHandeling", "atTime", "role",
    "relation", "key", "values",
})  # fmt: skip
"""Elements that must stand where they may."""

_COMPLETE = {"DiWoo": "Verplicht zijn publisher, titelcollectie, classificatiecollectie en documenthandelingen."}
"""libxml2 names ten of the elements it expects; DiWoo has more."""
_MOMENT = "moet een moment met tijdzone zijn, zoals 2026-11-16T09:30:00+01:00"
_SHAPE = {
    "loc": "moet een volledig https-adres zijn, zonder spaties en zonder #, van hooguit 2048 tekens",
    "lastmod": "moet een datum zijn (2026-11-16) of een moment met tijdzone (2026-11-16T09:30:00+01:00)",
    "atTime": _MOMENT,
    "begindatum": _MOMENT,
    "einddatum": _MOMENT,
    "creatiedatum": "moet een datum zijn, zoals 2026-11-16",
    "officieleTitel": "is leeg; vul een titel in",
    "priority": "moet een getal van 0.0 tot en met 1.0 zijn",
    "changefreq": "moet always, hourly, daily, weekly, monthly, yearly of never zijn",
}


class Listed(NamedTuple):
    """What the harvester takes from one entry. `category`: identifier of the first one, None in an index."""

    loc: str
    lastmod: datetime | None
    category: str | None
    format: values.Format | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as read: `kind` is the name of its root (empty when unreadable)."""

    kind: str
    faults: tuple[Fault, ...]
    listed: tuple[Listed, ...] = ()
    digests: tuple[bytes, ...] = field(default=(), compare=False)
    """Of the bytes of each that is listed, as far as they were read one by one."""
    known: tuple[Entry, ...] = ()
    """Entries that were not read, for they were found good before; they are not in `listed`."""


def faults_in_xml(data: bytes, name: str) -> list[Fault]:
    """Everything that is wrong with one sitemap or index; nothing when the harvester can use it. Never raises.

    `name` is the file name: it stands in each fault, and a file called sitemapindex-... must be an index.
    """
    return list(read(data, name).faults)


def read(data: bytes, name: str) -> Reading:
    """Read and check one sitemap or index. Never raises: what cannot be read is a fault."""
    return read_pieces(lambda: [data], name)


def read_pieces(
    pieces: Callable[[], Iterable[bytes]], name: str, proved: Mapping[bytes, Entry] = MappingProxyType({})
) -> Reading:
    """As `read`, for a file that need not be in memory. `pieces` is called again when something may be wrong.

    `proved`: entries of this file that were found good before. Raises what `pieces` raises.
    """
    found = _read_usual(pieces(), name, proved) or _read_quickly(pieces(), name)
    return found or _read_whole(b"".join(pieces()), name)


def _read_whole(data: bytes, name: str) -> Reading:
    """The slow way, which knows of each fault where it is and what to do about it."""
    try:
        root = _parse(data)
        kind = _kind(root, name)
    except _UnreadableError as error:
        return Reading("", (Fault(name, str(error)),))
    entries = [child for child in root if isinstance(child.tag, str)]
    texts = [*_limit_faults(kind, entries), *_schema_faults(kind, root, entries)]
    for entry in entries:
        texts += (f"{_label(entry)}: {text}" for text in _entry_faults(entry))
    if (more := len(texts) - MAX_FAULTS_PER_FILE) > 0:
        texts[MAX_FAULTS_PER_FILE:] = [f"en nog {more} andere fouten in dit bestand."]
    return Reading(kind, tuple(Fault(name, text) for text in texts), tuple(_listed(entry) for entry in entries))


def _read_usual(
    pieces: Iterable[bytes], name: str, proved: Mapping[bytes, Entry] = MappingProxyType({})
) -> Reading | None:
    """As `_read_quickly`, five times as fast, for a list as our own writer makes it; None for any other.

    Entries one after the other are good when each of them is good alone. What an entry cannot know is looked at here:
    that no two have the same address, how many there are and how large they are together.
    """
    listed: list[Listed] = []
    digests: list[bytes] = []
    known: list[Entry] = []
    terms: set[str] = set()
    try:
        for entry in _cut(pieces, name):
            digest = entries.digest(entry)
            if found := proved.get(digest):
                known.append(found)
                continue
            one = _read_entry(entry + _END, terms, name)
            if one is None or one.lastmod is None:
                return None
            listed.append(one)
            digests.append(digest)
    except _OtherError:
        return None
    addresses = (
        {one.loc for one in listed}
        if not known
        else {*map(attrgetter("loc"), known), *(mark(one.loc) for one in listed)}
    )
    if not 0 < len(addresses) == len(known) + len(listed) <= diwoo.MAX_ENTRIES:
        return None
    return Reading(URLSET, (), tuple(listed), tuple(digests), tuple(known))


class _OtherError(Exception):
    """A file is not laid out as our own writer does."""


def _cut(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The entries of a list as our own writer makes it, each without its end. Raises _OtherError for any other."""
    rest, size = b"", 0
    for piece in pieces:
        if not size and not piece.startswith(diwoo.HEADER):
            raise _OtherError
        start = 0 if size else len(diwoo.HEADER)
        size += len(piece)
        for position in range(start, len(piece), _AT_ONCE):
            *whole, rest = (rest + piece[position : position + _AT_ONCE]).split(_END)
            if len(rest) > usual.LONGEST:
                raise _OtherError
            yield from whole
    if rest != diwoo.FOOTER or size > HARVESTER_MAX_BYTES or name.startswith("sitemapindex-"):
        raise _OtherError


def _read_entry(data: bytes, terms: set[str], name: str) -> Listed | None:
    """What the harvester takes from an entry that is good; None when something may be wrong with it."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    entry = usual.read(text, 0)
    if entry and entry.end == len(text):
        return _usual_entry(entry, terms)
    alone = _read_quickly([diwoo.HEADER, data, diwoo.FOOTER], name)
    return alone.listed[0] if alone and len(alone.listed) == 1 else None


def _usual_entry(entry: usual.Usual, known: set[str]) -> Listed | None:
    """As `_good_entry`; `known` has the terms as they are written."""
    if not known.issuperset(entry.terms):
        for term in entry.terms:
            if not _is_good_term(*usual.parts_of(term)):
                return None
            known.add(term)
    loc = unescape(entry.loc) if "&" in entry.loc else entry.loc
    form = values.formats().get(entry.format or "")
    by_extension = values.format_of_extension().get(values.extension(loc.partition("?")[0]))
    if (form is None or form is not by_extension) and any(_format_faults(loc, form)):
        return None
    if "." in entry.title and any(_title_faults(entry.title)):
        return None
    return Listed(loc, _moment(entry.lastmod), entry.category, form)


def _read_quickly(pieces: Iterable[bytes], name: str) -> Reading | None:
    """A list of documents without any fault, in the memory of one entry at a time; None when there may be one.

    libxml2 goes through a list of allowed values one by one. So the long lists are taken out of the schema, and each
    term is looked up here, which is three times as fast.
    """
    # No resolve_entities=False: with a schema lxml then keeps silent about a file that is cut off. Nor is it needed:
    # in a file with the usual start no entity can be declared.
    parser = etree.XMLPullParser(("end",), tag=_ENTRY, schema=_quick_schema(), no_network=True, huge_tree=False)
    listed: list[Listed] = []
    known: set[_Found] = set()
    size = 0
    try:
        for piece in pieces:
            if not size and not _USUAL_START.match(piece):
                return None
            size += len(piece)
            for position in range(0, len(piece), _AT_ONCE):
                parser.feed(piece[position : position + _AT_ONCE])
                for _, entry in parser.read_events():
                    one = _good_entry(entry, known)
                    if one is None:
                        return None
                    listed.append(one)
                    entry.clear()
                    if (parent := entry.getparent()) is not None:
                        del parent[:]
        parser.close()
    except etree.XMLSyntaxError:
        return None
    if size > HARVESTER_MAX_BYTES or len(listed) > diwoo.MAX_ENTRIES or name.startswith("sitemapindex-"):
        return None
    return Reading(URLSET, (), tuple(listed))


_Found = tuple[str, str | None, str]
"""A term of the metadata as it stands there: element, identifier and label."""


def _good_entry(entry: etree._Element, known: set[_Found]) -> Listed | None:
    """What the harvester takes from an entry without faults; None for any other.

    `known`: terms that were found good before.
    """
    found: dict[str, str] = {}
    for element in entry.iter(*_LOOKED_AT):
        tag, text = str(element.tag), element.text or ""
        if tag not in _TEXTS:
            term = (tag, element.get("resource"), text.strip())
            if term not in known:
                if len(element) or not _is_good_term(etree.QName(element).localname, *term[1:]):
                    return None
                known.add(term)
            text = term[1] or ""
        found.setdefault(tag, text)  # of the categories the first counts
    loc = found.get(_LOC, "").strip()
    form = values.formats().get(found.get(_FORMAT, ""))
    if any(_loc_faults(loc)) or any(_title_faults(found.get(_TITLE, ""))) or any(_format_faults(loc, form)):
        return None
    return Listed(loc, _moment(found.get(_LASTMOD, "").strip()), found.get(_CATEGORY), form)


def _is_good_term(element: str, resource: str | None, label: str) -> bool:
    if resource is not None and resource not in values.labels(values.LIST_OF_ELEMENT[element]):
        return False
    if element == "publisher" and (ended := values.ended_organisations().get(resource or "")) and ended < today():
        return False
    return not any(_term_faults(element, resource, label))


_USUAL_START = re.compile(rb"(<\?xml version=[\"']1\.0[\"'] encoding=[\"']UTF-8[\"']\?>)?\s*<urlset\s", re.IGNORECASE)
"""No comment, DOCTYPE or other encoding before the first element."""
_AT_ONCE = 65_536
_END = b"</url>\n"
_MANY = 20
_ENTRY, _LOC, _LASTMOD = (f"{{{diwoo.SITEMAP_NAMESPACE}}}{name}" for name in ("url", "loc", "lastmod"))
_TITLE, _FORMAT, _CATEGORY = (
    f"{{{diwoo.DIWOO_NAMESPACE}}}{name}" for name in ("officieleTitel", "format", "informatiecategorie")
)
_TEXTS = frozenset({_LOC, _LASTMOD, _TITLE})
_LOOKED_AT = (*_TEXTS, *(f"{{{diwoo.DIWOO_NAMESPACE}}}{name}" for name in values.LIST_OF_ELEMENT))


@cache
def _quick_schema() -> etree.XMLSchema:
    """Our schema without its long lists of values: `_is_good_term` knows those."""
    xsd = "{http://www.w3.org/2001/XMLSchema}"
    with tempfile.TemporaryDirectory() as folder:
        for name in ("diwoo.xsd", _SCHEMA_FILE[URLSET]):
            tree = etree.fromstring(resources.files("publish").joinpath("schemas", name).read_bytes())
            for restriction in tree.iter(f"{xsd}restriction"):
                allowed = restriction.findall(f"{xsd}enumeration")
                for entry in allowed if len(allowed) > _MANY else ():
                    restriction.remove(entry)
            Path(folder, name).write_bytes(etree.tostring(tree))
        return etree.XMLSchema(etree.parse(Path(folder, _SCHEMA_FILE[URLSET])))


class _UnreadableError(Exception):
    """The file cannot be read as XML, or only at a risk; the message says why, in Dutch."""


def _parse(data: bytes) -> etree._Element:
    if len(data) > HARVESTER_MAX_BYTES:
        raise _UnreadableError("is groter dan 50 MB. Verdeel de documenten over meer sitemaps.")
    if not _is_utf8(data):
        raise _UnreadableError("is niet geschreven in UTF-8. Sla het bestand op als UTF-8.")
    if _has_doctype(data):
        raise _UnreadableError("heeft een DOCTYPE. Dat mag niet in een sitemap; haal het weg.")
    # Second lock on the door: no file or address is opened, no entity filled in, and libxml2's own limits stay on.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise _UnreadableError(
            f"is geen geldige XML (regel {line}, teken {column}). Maak het bestand opnieuw."
        ) from error


def _kind(root: etree._Element, name: str) -> str:
    tag = etree.QName(root)
    if tag.localname not in _SCHEMA_FILE or tag.namespace != diwoo.SITEMAP_NAMESPACE:
        raise _UnreadableError(
            f"begint met {tag.localname}. Verwacht: urlset of sitemapindex uit {diwoo.SITEMAP_NAMESPACE}."
        )
    if name.startswith("sitemapindex-") and tag.localname != SITEMAPINDEX:
        raise _UnreadableError("is geen sitemapindex, maar een lijst van documenten. Zet er een sitemapindex neer.")
    return tag.localname


def _is_utf8(data: bytes) -> bool:
    declared = _DECLARED_ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"}:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _has_doctype(data: bytes) -> bool:
    """Whether a DOCTYPE stands before the first element. Looked for by hand: parsing one is what makes it dangerous."""
    position = 0
    while (start := data.find(b"<", position)) != -1:
        if data.startswith(b"<!DOCTYPE", start):
            return True
        if data.startswith(b"<!--", start):
            end = data.find(b"-->", start)
        elif data.startswith(b"<?", start):
            end = data.find(b"?>", start)
        else:
            return False
        if end == -1:
            return False
        position = end
    return False


@cache
def _schema_path(kind: str) -> str:
    return str(resources.files("publish").joinpath("schemas", _SCHEMA_FILE[kind]))


def _limit_faults(kind: str, entries: list[etree._Element]) -> Iterator[str]:
    if len(entries) > diwoo.MAX_ENTRIES:
        what = "documenten" if kind == URLSET else "sitemaps"
        yield f"heeft {len(entries)} {what}; hooguit {diwoo.MAX_ENTRIES} mag. Verdeel ze over meer bestanden."


def _schema_faults(kind: str, root: etree._Element, entries: list[etree._Element]) -> Iterator[str]:
    # Compiling takes five thousandths of a second, and an object of its own keeps the error log out of other threads.
    schema = etree.XMLSchema(etree.parse(_schema_path(kind)))
    if schema.validate(root):
        return
    told: set[str] = set()
    for error in schema.error_log:
        text = _in_dutch(error)
        # One mistake gives several errors at the same place; the first says it best.
        if text is None or (error.path or "") in told:
            continue
        told.add(error.path or "")
        found = _FIRST_CHILD.match(error.path or "")
        position = int(found[1] or 1) if found else 0
        yield f"{_label(entries[position - 1])}: {text}" if 0 < position <= len(entries) else text


def _in_dutch(error: etree._LogEntry) -> str | None:
    """The error of libxml2 in Dutch, or None when it only follows from another one."""
    message = _NAMESPACE.sub("", error.message)
    named = re.match(r"Element '([^']*)'", message)
    element = named[1] if named else "dit bestand"
    found = _VALUE.search(message)
    value = found[1].strip() if found else ""
    match error.type_name:
        case "SCHEMAV_ELEMENT_CONTENT":
            text = _content_in_dutch(element, message)
        case "SCHEMAV_CVC_ENUMERATION_VALID" if "attribute 'resource'" in message:
            text = _identifier_in_dutch(element, value)
        case "SCHEMAV_CVC_COMPLEX_TYPE_4":
            text = f"{element} mist het attribuut resource. Zet er de identifier uit de waardelijst in."
        case "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1":
            text = f"{element} heeft een attribuut dat er niet mag staan. Haal het weg."
        case "SCHEMAV_CVC_IDC":
            what = "dit adres" if element in {"url", "sitemap"} else element
            return f"{what} staat er twee keer. Noem het één keer." if "Duplicate" in message else None
        case _ if element in _SHAPE:
            text = f"{element} {_SHAPE[element]}." + (f" Er staat: {value[:80]}" if value else "")
        case _:
            text = f"{element} (regel {error.line}) voldoet niet aan de standaard. Kijk het na."
    return text


def _content_in_dutch(element: str, message: str) -> str:
    found = _EXPECTED.search(message)
    expected = [part.strip().removesuffix("*") for part in found[1].split(",")] if found else []
    # Of all that may stand here, name what must.
    expected = [part for part in expected if part in _NEEDED] or ([] if element in _COMPLETE else expected)
    hint = f" Verwacht: {', '.join(expected)}." if expected else f" {_COMPLETE.get(element, '')}".rstrip()
    if "Missing child" in message:
        return f"{element} is niet volledig.{hint}"
    return f"{element} hoort hier niet of staat op de verkeerde plaats.{hint}"


def _identifier_in_dutch(element: str, uri: str) -> str:
    known = values.labels(values.LIST_OF_ELEMENT.get(element, "organisaties"))
    for one, other in (("http://", "https://"), ("https://", "http://")):
        if uri.startswith(one) and (right := other + uri.removeprefix(one)) in known:
            return f"{element} heeft {uri}. Neem de identifier over zoals hij in de lijst staat: {right}"
    return f"{element} heeft {uri or 'geen identifier'}, dat staat niet in de waardelijst van DiWoo 0.9.8. Kies er een."


def _label(entry: etree._Element) -> str:
    """How to find this entry: its loc, else its line."""
    return (entry.findtext("s:loc", "", _NAMESPACES) or "").strip() or f"regel {entry.sourceline}"


def _entry_faults(entry: etree._Element) -> Iterator[str]:
    loc = (entry.findtext("s:loc", "", _NAMESPACES) or "").strip()
    yield from _loc_faults(loc)
    metadata = entry.find("d:Document/d:DiWoo", _NAMESPACES)
    if metadata is None:
        return
    title = metadata.findtext("d:titelcollectie/d:officieleTitel", None, _NAMESPACES)
    if title is not None:
        yield from _title_faults(title)
    for element in metadata.iter(f"{{{diwoo.DIWOO_NAMESPACE}}}*"):
        name = etree.QName(element).localname
        if name in values.LIST_OF_ELEMENT:
            yield from _term_faults(name, element.get("resource"), (element.text or "").strip())
    publisher = metadata.find("d:publisher", _NAMESPACES)
    ended = values.ended_organisations().get(publisher.get("resource", "")) if publisher is not None else None
    if ended and ended < today():
        yield f"publisher bestaat niet meer sinds {ended:%d-%m-%Y}. Kies de organisatie die er nu is."
    yield from _format_faults(loc, _format(entry))


def _loc_faults(loc: str) -> Iterator[str]:
    try:
        urlsplit(loc)
    except ValueError:
        yield "loc is geen geldig adres. Kijk het na."
        return
    # Spaces and # are for the schema to tell.
    if not _URL_CHARACTERS.fullmatch(re.sub(r"[\s#]", "", loc)):
        yield "loc heeft tekens die niet in een adres mogen. Codeer ze met procenttekens."


def _title_faults(title: str) -> Iterator[str]:
    # The schema takes a no-break space for a title; a reader does not.
    if title and not title.strip() and re.search(r"[^ \t\r\n]", title):
        yield "officieleTitel is leeg; vul een titel in."
    extension = values.extension(title.strip())
    if extension in values.format_of_extension() or extension in _NO_TITLE:
        yield f"de titel '{title.strip()[:80]}' is een bestandsnaam. Geef het document een echte titel."


def _term_faults(element: str, resource: str | None, label: str) -> Iterator[str]:
    list_name = values.LIST_OF_ELEMENT[element]
    if resource is None:
        if list_name == "organisaties" and label not in values.newer_organisations():
            yield f"{element} '{label}' heeft geen identifier. Zet die uit de lijst van organisaties in resource."
        return
    right = values.labels(list_name).get(resource)
    if right is not None and right != label:
        yield f"{element} '{label}' hoort niet bij {resource}. Schrijf: {right}"


def _format_faults(loc: str, entry: values.Format | None) -> Iterator[str]:
    try:
        extension = values.extension(urlsplit(loc).path)
    except ValueError:
        return
    if not extension:
        return
    by_extension = values.format_of_extension().get(extension)
    if by_extension is None:
        yield f"bestanden met .{extension} leest de Woo-index niet. Bied het document aan als bijvoorbeeld PDF."
    elif entry is not None and entry != by_extension and extension not in entry.extensions:
        yield f"format is {entry.code}, maar het adres eindigt op .{extension}. Maak ze gelijk."


def _format(entry: etree._Element) -> values.Format | None:
    element = entry.find("d:Document/d:DiWoo/d:format", _NAMESPACES)
    return values.formats().get(element.get("resource", "")) if element is not None else None


def _listed(entry: etree._Element) -> Listed:
    category = entry.find(
        "d:Document/d:DiWoo/d:classificatiecollectie/d:informatiecategorieen/d:informatiecategorie", _NAMESPACES
    )
    return Listed(
        loc=(entry.findtext("s:loc", "", _NAMESPACES) or "").strip(),
        lastmod=_moment((entry.findtext("s:lastmod", "", _NAMESPACES) or "").strip()),
        category=category.get("resource") if category is not None else None,
        format=_format(entry),
    )


def _moment(text: str) -> datetime | None:
    """The moment of a `lastmod`; a plain date is midnight in the Netherlands. None when it cannot be read."""
    try:
        if len(text) == len("2026-11-16"):
            return datetime.combine(date.fromisoformat(text), time(), AMSTERDAM)
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
