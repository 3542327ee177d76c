"""Word (ISO/IEC 29500-1, part 17): what a reader sees, and what is hidden, struck or said beside it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from woo.inspection.model import Budget, Found, Kind, Piece, Unreadable
from woo.inspection.readers import image
from woo.inspection.readers.ooxml import Parts, common, elements
from woo.inspection.readers.ooxml import relations as relations_of
from woo.inspection.readers.packages import Package, attribute, local, person, user_path
from woo.inspection.text import has_words

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = {"0", "false", "off", "none"}
_WHITE = {"ffffff", "fefefe", "fdfdfd"}


@dataclass(slots=True)
class _Paragraph:
    """The text of a paragraph, by what a reader gets to see of it."""

    shown: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    inserted: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    boxes: list["etree._Element"] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    has_signature_line: bool = False


@dataclass(frozen=True, slots=True)
class _Styles:
    hidden: frozenset[str]
    white: frozenset[str]
    shaded: frozenset[str]


_OF_FIELDS = {"alias", "tag", "listItem", "helpText", "statusText", "default", "listEntry"}
_PARTS: Mapping[str, str] = {
    r"word/document\d*\.xml": "",
    r"word/header\d*\.xml": "koptekst",
    r"word/footer\d*\.xml": "voettekst",
    r"word/footnotes\.xml": "voetnoot",
    r"word/endnotes\.xml": "eindnoot",
    r"word/glossary/document\.xml": "snelonderdelen",
}


def read(data: bytes, budget: Budget) -> Parts:
    package = Package(data, budget)
    if all(package.xml(name) is None for name in package.matching(r"word/document\d*\.xml")):
        raise Unreadable("Het document heeft geen tekst of is beschadigd. Sla het opnieuw op.")
    styles = _styles(package)
    for pattern, where in _PARTS.items():
        for name in package.matching(pattern):
            if (root := package.xml(name)) is not None:
                relations = relations_of(package, name)
                yield from _Document(package, styles, relations, where, is_hidden="glossary" in name).read(root)
                yield Piece("\n".join(_around_fields(root)), where="invulveld")
    yield from _settings(package)
    for name in package.matching(r"word/comments\.xml"):
        for comment in elements(package.xml(name)):
            if local(comment) == "comment":
                lines = ["".join(_paragraph(p, styles).shown) for p in comment.iter(f"{_W}p")]
                yield Found(Kind.COMMENT, "Opmerking: " + " ".join(lines), where="opmerking")
                yield Piece("\n".join(lines), where="opmerking", is_hidden=True)
                yield from person("Opmerking van", attribute(comment, "author"))
    yield from common(package)


def _settings(package: Package) -> Parts:
    """Variables, and where a letter to many gets its names (17.14)."""
    for setting in elements(package.xml("word/settings.xml")):
        said = attribute(setting, "val")
        if local(setting) == "docVar":
            yield Piece(f"{attribute(setting, 'name')}: {said}", where="variabele", is_hidden=True)
        elif local(setting) in {"connectString", "query"}:
            yield Piece(said, where="samenvoegen", is_hidden=True)
            yield from user_path("Samengevoegd", said)


def _around_fields(root: "etree._Element") -> Iterator[str]:
    """What fields say beside their contents (17.5.2, 17.16.17): names, explanations, first values and choices."""
    for element in root.iter():
        if local(element) in _OF_FIELDS:
            yield from (attribute(element, name) for name in ("val", "displayText", "value"))


def _styles(package: Package) -> _Styles:
    hidden, white, shaded, based = set[str](), set[str](), set[str](), dict[str, str]()
    root = package.xml("word/styles.xml")
    for style in () if root is None else root.iter(f"{_W}style"):
        name = attribute(style, "styleId")
        if (parent := style.find(f"{_W}basedOn")) is not None:
            based[name] = attribute(parent, "val")
        if _is_on(style.find(f"{_W}rPr/{_W}vanish")):
            hidden.add(name)
        if (colour := style.find(f"{_W}rPr/{_W}color")) is not None and attribute(colour, "val").lower() in _WHITE:
            white.add(name)
        if any(_fills(shade) for shade in style.iter(f"{_W}shd")):
            shaded.add(name)
    for found in (hidden, white, shaded):
        for name in based:
            step, seen = name, set[str]()
            while step in based and step not in seen:
                seen.add(step)
                step = based[step]
                if step in found:
                    found.add(name)
    return _Styles(frozenset(hidden), frozenset(white), frozenset(shaded))


def _is_on(element: "etree._Element | None") -> bool:
    return element is not None and attribute(element, "val").lower() not in _OFF


def _fills(shade: "etree._Element") -> bool:
    fill = attribute(shade, "fill").lower()
    return bool(fill and fill not in {"auto", *_WHITE}) or bool(attribute(shade, "themeFill"))


@dataclass(frozen=True, slots=True)
class _Document:
    """One part of a Word file."""

    package: Package
    styles: _Styles
    relations: Mapping[str, str]
    where: str
    is_hidden: bool = False

    def read(self, root: "etree._Element") -> Parts:
        lines: list[str] = []
        last: list[_Paragraph] = []
        for block in _blocks(root):
            if isinstance(block, list):
                if lines:
                    yield self._piece(lines)
                    lines = []
                yield from self._table(block)
                continue
            paragraph = _paragraph(block, self.styles)
            yield from self._left_behind(paragraph)
            last = [*last[-2:], paragraph]
            yield from self._signatures(last)
            lines.append("".join(paragraph.shown))
            for box in paragraph.boxes:
                yield from self.read(box)
        if lines:
            yield self._piece(lines)

    def _piece(self, lines: Sequence[str]) -> Piece:
        return Piece("\n".join(lines), where=self.where, is_hidden=self.is_hidden)

    def _table(self, rows: Sequence["etree._Element"]) -> Parts:
        cells: list[list[str]] = []
        for row in rows:
            cells.append([])
            for cell in row.iter(f"{_W}tc"):
                found = [_paragraph(p, self.styles, is_in_table=True) for p in cell.iter(f"{_W}p")]
                cells[-1].append(
                    " ".join("".join(paragraph.shown) for paragraph in found).replace("\t", " ").replace("\n", " ")
                )
                for paragraph in found:
                    yield from self._left_behind(paragraph)
                yield from self._signatures(found)
        text = "\n".join("\t".join(row) for row in cells)
        yield Piece(
            text, where=self.where or "tabel", is_hidden=self.is_hidden, headings=tuple(cells[0]) if cells else ()
        )

    def _left_behind(self, paragraph: _Paragraph) -> Parts:
        for texts, said, kind, critical in (
            (paragraph.deleted, "Geschrapt", Kind.TRACKED_CHANGE, True),
            (paragraph.inserted, "Ingevoegd", Kind.TRACKED_CHANGE, False),
            (paragraph.hidden, "Verborgen", Kind.HIDDEN_TEXT, True),
        ):
            text = "".join(texts)
            if text.strip():
                yield Found(kind, f"{said}: {text}", critical=critical and has_words(text), where=self.where)
                if critical:
                    yield Piece(text, where=self.where, is_hidden=True)
        if code := "".join(paragraph.codes):
            yield Piece(code, where=self.where or "veld")
        if paragraph.has_signature_line:
            yield Found(Kind.SIGNATURE, "Handtekeningregel", where=self.where)

    def _signatures(self, paragraphs: Sequence[_Paragraph]) -> Parts:
        """A picture that looks like ink, near words that go with a signature."""
        if paragraphs and paragraphs[-1].pictures:
            beside = " ".join("".join(paragraph.shown) for paragraph in paragraphs)
            for name in paragraphs[-1].pictures:
                target = self.relations.get(name, "")
                if target in self.package.names and image.is_signature(self.package.read(target), beside):
                    yield Found(
                        Kind.SIGNATURE,
                        f"Afbeelding bij: {beside.strip()[-80:]}" if beside.strip() else "Afbeelding",
                        where=self.where,
                    )


def _blocks(root: "etree._Element") -> Iterator["etree._Element | list[etree._Element]"]:
    """Paragraphs, and tables as their rows, in the order of reading."""
    for child in root:
        match local(child):
            case "p":
                yield child
            case "tbl":
                yield [row for row in child.iter(f"{_W}tr") if next(row.iterancestors(f"{_W}tbl")) is child]
            case "AlternateContent":
                for choice in child:
                    if local(choice) == "Choice":
                        yield from _blocks(choice)
            case "":
                pass
            case _:
                yield from _blocks(child)


def _paragraph(element: "etree._Element", styles: _Styles, *, is_in_table: bool = False) -> _Paragraph:
    found = _Paragraph()
    properties = element.find(f"{_W}pPr")
    style = properties.find(f"{_W}pStyle") if properties is not None else None
    shade = properties.find(f"{_W}shd") if properties is not None else None
    name = attribute(style, "val") if style is not None else ""
    is_dark = is_in_table or name in styles.shaded or (shade is not None and _fills(shade))
    is_dark = is_dark or any(local(parent) == "txbxContent" for parent in element.iterancestors())
    _runs(element, found, styles, is_dark=is_dark, is_hidden=name in styles.hidden, change="")
    return found


def _runs(
    node: "etree._Element", found: _Paragraph, styles: _Styles, *, is_dark: bool, is_hidden: bool, change: str
) -> None:
    for child in node:
        match local(child):
            case "r":
                _run(child, found, styles, is_dark=is_dark, is_hidden=is_hidden, change=change)
            case "del" | "moveFrom":
                _runs(child, found, styles, is_dark=is_dark, is_hidden=is_hidden, change="deleted")
            case "ins" | "moveTo":
                _runs(child, found, styles, is_dark=is_dark, is_hidden=is_hidden, change=change or "inserted")
            case "pPr" | "rPr" | "Fallback" | "":
                pass
            case name:
                if name == "fldSimple":
                    found.codes.append(attribute(child, "instr"))
                _runs(child, found, styles, is_dark=is_dark, is_hidden=is_hidden, change=change)


def _run(
    run: "etree._Element", found: _Paragraph, styles: _Styles, *, is_dark: bool, is_hidden: bool, change: str
) -> None:
    hidden = is_hidden or _is_hidden(run.find(f"{_W}rPr"), styles, is_dark=is_dark)
    for child in run.iter():
        match local(child):
            case "t" | "delText" if _is_own(child, run):
                _add(found, child.text or "", change=change, hidden=hidden)
            case "tab" | "br" | "cr" | "noBreakHyphen" if child.getparent() is run:
                _add(found, {"tab": " ", "noBreakHyphen": "-"}.get(local(child), "\n"), change=change, hidden=hidden)
            case "instrText" | "delInstrText":
                found.codes.append(child.text or "")
            case "txbxContent" if _is_own(child, run):
                found.boxes.append(child)
            case "blip":
                found.pictures.append(attribute(child, "embed"))
            case "imagedata":
                found.pictures.append(attribute(child, "id"))
            case "docPr" if (said := f"{attribute(child, 'title')} {attribute(child, 'descr')}").strip():
                found.codes.append(f"{said}\n")
            case "signatureline":
                found.has_signature_line = True
            case _:
                pass


def _is_own(child: "etree._Element", run: "etree._Element") -> bool:
    """Whether it is text of this run: what stands in a text box is read with the box, and a fallback says it twice."""
    for parent in child.iterancestors():
        if parent is run:
            return True
        if local(parent) in {"txbxContent", "Fallback"}:
            return False
    return False


def _add(found: _Paragraph, text: str, *, change: str, hidden: bool) -> None:
    if change == "deleted":
        found.deleted.append(text)
    elif hidden:
        found.hidden.append(text)
    else:
        found.shown.append(text)
        if change:
            found.inserted.append(text)


def _is_hidden(properties: "etree._Element | None", styles: _Styles, *, is_dark: bool) -> bool:
    if properties is None:
        return False
    style = properties.find(f"{_W}rStyle")
    name = attribute(style, "val") if style is not None else ""
    vanish = properties.find(f"{_W}vanish")
    if _is_on(vanish) or (vanish is None and name in styles.hidden):
        return True
    size = properties.find(f"{_W}sz")
    if size is not None and re.fullmatch(r"[0-3]", attribute(size, "val")):  # in half points: less than two
        return True
    colour, shade = properties.find(f"{_W}color"), properties.find(f"{_W}shd")
    is_white = (colour is not None and attribute(colour, "val").lower() in _WHITE) or (
        colour is None and name in styles.white
    )
    is_shaded = (
        (shade is not None and _fills(shade)) or properties.find(f"{_W}highlight") is not None or name in styles.shaded
    )
    return is_white and not is_dark and not is_shaded
