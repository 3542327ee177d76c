"""OpenDocument (ISO/IEC 26300): text, spreadsheets and presentations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from core import sheets
from woo.inspection.model import Budget, Found, Inside, Kind, Piece, Unreadable
from woo.inspection.readers import image
from woo.inspection.readers.excel import QUOTED, grids
from woo.inspection.readers.packages import Package, attribute, local, person
from woo.inspection.text import has_words

Parts = Iterator[Piece | Found | Inside]
_PERSONS = {"initial-creator": "Auteur", "creator": "Laatst gewijzigd door", "printed-by": "Afgedrukt door"}
_PERSONAL = re.compile(r"author|auteur|user|owner|mail|manager|naam", re.IGNORECASE)
_PROGRAM = re.compile(r"(?:Basic|Scripts)/.+\.(?:xml|py|js|bsh)$")
_LIST_OF_PROGRAMS = re.compile(r"script-l[bc]\.xml|dialog-l[bc]\.xml")
_PICTURE = re.compile(r"(?:Pictures|media)/.+\.(?:jpe?g|png|tiff?|webp)$", re.IGNORECASE)
_WHITE = re.compile(r"#f[c-f]f[c-f]f[c-f]", re.IGNORECASE)
_FIELDS = {"label", "user-field-decl", "variable-set", "conditional-text", "placeholder"}
_OF_FIELDS = (
    *("label", "title", "value", "current-value", "description"),
    *("string-value", "string-value-if-true", "string-value-if-false"),
)
_BESIDE_CELLS = {
    "table-cell": "formula",
    "named-expression": "expression",
    "data-pilot-member": "name",
    "scenario": "comment",
}
"""What a spreadsheet keeps without showing it, by the element and its attribute."""
_NOT_SHOWN = {"collapse", "filter"}
_FILLED = {"solid", "gradient", "bitmap"}


@dataclass(frozen=True, slots=True)
class _Styles:
    """Names of styles, by what they do."""

    hidden: frozenset[str]
    white: frozenset[str]
    shaded: frozenset[str]
    off: frozenset[str]
    """Of tables, slides and sections that are not shown."""


def read(data: bytes, budget: Budget) -> Parts:
    package = Package(data, budget)
    if "META-INF/manifest.xml" in package.names and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise Unreadable("Het bestand is beveiligd met een wachtwoord. Haal het wachtwoord eraf.")
    content, common = package.xml("content.xml"), package.xml("styles.xml")
    if content is None:
        raise Unreadable("Het bestand is beschadigd. Maak het opnieuw vanuit het brondocument.")
    styles = _styles(content, common)
    body = next((element for element in content.iter() if local(element) == "body"), content)
    yield from _left_behind(body)
    if any(local(element) == "spreadsheet" for element in body):
        yield from _spreadsheet(data, body)
    else:
        yield from _text(body, styles, where="")
    for element in () if common is None else common.iter():
        if local(element) in {"header", "footer", "header-left", "footer-left", "header-first", "footer-first"}:
            yield from _text(element, styles, where="kop- of voettekst")
    yield from _properties(package)


def _styles(*roots: "etree._Element | None") -> _Styles:
    found: dict[str, set[str]] = {"hidden": set(), "white": set(), "shaded": set(), "off": set()}
    for root in roots:
        for style in () if root is None else root.iter():
            for part in style if local(style) == "style" else ():
                for effect in _effects(part):
                    found[effect].add(attribute(style, "name"))
    return _Styles(*(frozenset(found[key]) for key in ("hidden", "white", "shaded", "off")))


def _effects(properties: "etree._Element") -> Iterator[str]:
    """What the properties of a style do to how much is seen."""
    ground, size = attribute(properties, "background-color"), attribute(properties, "font-size")
    display = attribute(properties, "display")
    if local(properties) == "text-properties":
        small = re.fullmatch(r"([01](?:\.\d+)?)pt", size)
        if display == "none" or (small and float(small[1]) < 2):
            yield "hidden"
        if _WHITE.fullmatch(attribute(properties, "color")):
            yield "white"
    if (ground and ground != "transparent" and not _WHITE.fullmatch(ground)) or attribute(
        properties, "fill"
    ) in _FILLED:
        yield "shaded"
    if local(properties) in {"table-properties", "section-properties"} and display in {"false", "none"}:
        yield "off"
    if local(properties) == "drawing-page-properties" and attribute(properties, "visibility") == "hidden":
        yield "off"


def _left_behind(body: "etree._Element") -> Parts:
    """Tracked changes and remarks."""
    for element in body.iter():
        match local(element):
            case "deletion":
                # Who and when stand in office:change-info; the rest is what was there.
                text = "\n".join(_plain(part) for part in element if local(part) != "change-info").strip()
                yield Found(Kind.TRACKED_CHANGE, f"Geschrapt: {text}", critical=has_words(text))
                yield Piece(text, where="geschrapte tekst", is_hidden=True)
            case "insertion" | "format-change" | "cell-content-change":
                yield Found(Kind.TRACKED_CHANGE, "Ingevoegd of gewijzigd")
                previous = [_plain(part) for part in element.iter() if local(part) == "previous"]
                if has_words(" ".join(previous)):
                    yield Found(Kind.TRACKED_CHANGE, f"Vorige inhoud: {' '.join(previous)}", critical=True)
                    yield Piece("\n".join(previous), where="vorige inhoud", is_hidden=True)
            case "annotation":
                text = " ".join(_plain(part) for part in element if local(part) in {"p", "list"})
                yield Found(Kind.COMMENT, f"Opmerking: {text}")
                yield Piece(text, where="opmerking", is_hidden=True)
                for part in element:
                    if local(part) == "creator":
                        yield from person("Opmerking van", part.text)
            case _:
                pass


def _text(body: "etree._Element", styles: _Styles, *, where: str) -> Parts:
    lines: list[str] = []
    hidden: list[str] = []
    page: int | None = None
    for element in body.iter():
        if local(element) == "page":
            yield Piece("\n".join(lines), page=page, where=where)
            lines, page = [], (page or 0) + 1
            yield from _slide(element, styles, page)
        lines += _lines(element, styles, hidden)
    yield Piece("\n".join(lines), page=page, where=where)
    for text in hidden:
        if has_words(text):
            yield Found(Kind.HIDDEN_TEXT, f"Verborgen: {text}", critical=True, where=where)
            yield Piece(text, where=where, is_hidden=True)


def _lines(element: "etree._Element", styles: _Styles, hidden: list[str]) -> Iterator[str]:
    """The line that an element makes by itself; what a style hides goes to `hidden`."""
    name = local(element)
    if name == "table-row" and not _inside(element, "table-row"):
        cells = (child for child in element if local(child) == "table-cell")
        yield "\t".join(" ".join(_shown(cell, styles, hidden).split()) for cell in cells)
    elif name in {"p", "h"} and not _inside(element, "table-row", "annotation", "notes", "tracked-changes", "p", "h"):
        yield _shown(element, styles, hidden)
    elif name in {"hidden-text", "hidden-paragraph"}:
        hidden.append(attribute(element, "string-value") or _plain(element))
    elif name in _FIELDS or ":xmlns:form:" in str(element.tag):
        yield from (attribute(element, fact) for fact in _OF_FIELDS)
    elif name in {"title", "desc"}:
        yield element.text or ""
    elif name == "a":
        yield unquote(attribute(element, "href").removeprefix("mailto:"))


def _slide(element: "etree._Element", styles: _Styles, page: int) -> Parts:
    """What is not seen of a slide: the whole of a hidden one, and notes."""
    if attribute(element, "style-name") in styles.off and has_words(text := _plain(element)):
        yield Found(Kind.HIDDEN_SHEET, f"Verborgen dia: {text}", critical=True, page=page)
        yield Piece(text, page=page, is_hidden=True)
    for part in element:
        if local(part) == "notes" and has_words(notes := _notes(part)):
            yield Found(Kind.COMMENT, f"Notitie bij de dia: {notes}", page=page)
            yield Piece(notes, page=page, where="notitie", is_hidden=True)


def _notes(element: "etree._Element") -> str:
    return "\n".join(
        _plain(part)
        for part in element.iter()
        if local(part) == "p" and not any(local(child) == "page-number" for child in part)
    )


def _inside(element: "etree._Element", *names: str) -> bool:
    return any(local(parent) in names for parent in element.iterancestors())


def _plain(element: "etree._Element") -> str:
    return "".join(_pieces(element))


def _pieces(element: "etree._Element") -> Iterator[str]:
    yield element.text or ""
    for child in element:
        match local(child):
            case "s":
                yield " "
            case "tab":
                yield " "
            case "line-break":
                yield "\n"
            case "annotation" | "change-info" | "creator" | "date" | "":
                pass
            case "p" | "h":
                yield from (*_pieces(child), "\n")
            case _:
                yield from _pieces(child)
        yield child.tail or ""


def _shown(element: "etree._Element", styles: _Styles, hidden: list[str]) -> str:
    """The text that a reader sees; what a style hides goes to `hidden`."""
    shaded = any(attribute(parent, "style-name") in styles.shaded for parent in (element, *element.iterancestors()))
    shaded = shaded or _inside(element, "custom-shape", "frame", "table-row") or local(element) == "table-row"
    return "".join(_seen(element, styles, hidden, is_dark=shaded or local(element) == "table-cell"))


def _seen(element: "etree._Element", styles: _Styles, hidden: list[str], *, is_dark: bool) -> Iterator[str]:
    style = attribute(element, "style-name")
    if style in styles.hidden or (style in styles.white and not is_dark and style not in styles.shaded):
        hidden.append(_plain(element))
        return
    yield element.text or ""
    for child in element:
        match local(child):
            case "s" | "tab":
                yield " "
            case "line-break":
                yield "\n"
            case "annotation" | "note-citation" | "":
                pass
            case "desc":  # of a picture, behind its title
                yield from ("\n", *_seen(child, styles, hidden, is_dark=is_dark), "\n")
            case "p" | "h":
                yield from (*_seen(child, styles, hidden, is_dark=is_dark), "\n")
            case _:
                yield from _seen(child, styles, hidden, is_dark=is_dark)
        yield child.tail or ""


def _spreadsheet(data: bytes, body: "etree._Element") -> Parts:
    kept = dict[str, None]()
    hidden: dict[str, tuple[set[int], set[int]]] = {}
    for table in body.iter():
        if local(table) == "table" and attribute(table, "name"):
            name = attribute(table, "name")
            hidden[name] = (_repeated(table, "table-row"), _repeated(table, "table-column"))
        elif local(table) == "p" and _inside(table, "frame", "custom-shape") and not _inside(table, "annotation"):
            yield Piece(_plain(table), where="tekstvak")
        elif local(table) == "content-validation":
            choices = attribute(table, "condition").replace(";", "\n")
            yield Piece(f"{choices}\n{_plain(table)}", where="keuzelijst")
        elif fact := _BESIDE_CELLS.get(local(table)):
            said = attribute(table, fact)
            kept |= dict.fromkeys([said] if fact in {"name", "comment"} else QUOTED.findall(said))
    yield Piece("\n".join(kept), where="formules en namen")
    yield from grids(data, hidden)


def _repeated(table: "etree._Element", kind: str) -> set[int]:
    """The rows or columns that are not shown, from 0; one element may stand for many."""
    found, place = set[int](), 0
    for element in table.iter():
        if local(element) == kind:
            count = min(int(attribute(element, f"number-{kind[6:]}s-repeated") or 1), sheets.MAX_ROWS)
            if attribute(element, "visibility") in _NOT_SHOWN:
                found |= set(range(place, place + count))
            place += count
    return found


def _properties(package: Package) -> Parts:
    meta = package.xml("meta.xml")
    for element in () if meta is None else meta.iter():
        text = element.text or ""
        if label := _PERSONS.get(local(element)):
            yield from person(label, text)
        elif local(element) == "user-defined" and has_words(text):
            if _PERSONAL.search(attribute(element, "name")):
                yield from person(attribute(element, "name"), text)
            yield Piece(text, where="eigenschappen", is_hidden=True)
        elif local(element) in {"title", "subject", "description", "keyword"}:
            yield Piece(text, where="eigenschappen")
    for name in package.names:
        yield from _part(package, name)


def _part(package: Package, name: str) -> Parts:
    if _PROGRAM.match(name) and not _LIST_OF_PROGRAMS.search(name):
        yield Found(Kind.MACRO, f"Onderdeel {name}")
    elif re.fullmatch(r"Object \d+/content\.xml", name):
        yield Found(Kind.ATTACHMENT, f"Ingesloten object {name.partition('/')[0]}")
        if (root := package.xml(name)) is not None:
            yield Piece(
                "\n".join(_plain(part) for part in root.iter() if local(part) == "p"), where="ingesloten object"
            )
    elif _PICTURE.match(name):
        yield from image.properties(package.read(name), where=name.rpartition("/")[2])
    elif name.endswith("documentsignatures.xml"):
        yield Found(Kind.SIGNATURE, "Digitale handtekening bij het bestand")
