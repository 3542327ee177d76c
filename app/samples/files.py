"""Real files out of plain content: PDF, web page, text document and spreadsheet.

All writers are pure: the same content gives the same bytes, on any machine. All files are accessible: a title, the
language, real headings, lists and header rows.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

import typst
from lxml import etree
from lxml.builder import ElementMaker

from app.samples.content import Block, Bullets, Section, Table
from core import clock

LONG_TITLE = 110
"""Characters; a longer title gets smaller letters."""


def pdf(title: str, organisation: str, sections: Sequence[Section], *, on: date) -> bytes:
    """A tagged PDF (PDF/UA-1 and PDF/A-2a), dated `on`.

    Only the typefaces that come with typst are used, else the bytes would depend on the machine. They hold Latin,
    Greek and Cyrillic letters. A character outside them (an emoji, Arabic) raises typst.TypstError: PDF/A refuses
    text that cannot be shown.
    """
    data = {
        "title": title,
        "organisation": organisation,
        "sections": [
            {"heading": section.heading, "blocks": [_for_typst(block) for block in section.blocks]}
            for section in sections
        ],
        "written_on": clock.written(on),
        "date": [on.year, on.month, on.day],
    }
    made = _compiler().compile(
        _part("document.typ"),
        format="pdf",
        sys_inputs={"data": json.dumps(data)},
        pdf_standards=["ua-1", "a-2a"],
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gives one PDF as bytes")
    return made


@cache
def _compiler() -> typst.Compiler:
    # One compiler for all documents: the typefaces are read once.
    return typst.Compiler(ignore_system_fonts=True)


def _for_typst(block: Block) -> Mapping[str, object]:
    match block:
        case str():
            return {"kind": "text", "text": block}
        case Bullets(items):
            return {"kind": "list", "items": items}
        case Table(columns, rows):
            numeric, widths = block.numeric(), block.widths()
            return {"kind": "table", "columns": columns, "rows": rows, "numeric": numeric, "widths": widths}


def _part(name: str) -> bytes:
    return files("app.samples").joinpath("parts", name).read_bytes()


# Web page

_h = ElementMaker()


def html(title: str, organisation: str, sections: Sequence[Section], *, on: date) -> bytes:
    """A page of its own: no script, nothing loaded from elsewhere."""
    page = _h.html(
        _h.head(
            _h.meta(charset="utf-8"),
            _h.title(title),
            _h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            _h.style(_part("page.css").decode()),
        ),
        _h.body(
            _h.header(_h.p(organisation), _h.h1(title, {"class": "long"} if len(title) > LONG_TITLE else {})),
            _h.main(*(_html_section(section) for section in sections)),
            _h.footer(_h.p(clock.written(on))),
        ),
        lang="nl",
    )
    return etree.tostring(page, method="html", doctype="<!DOCTYPE html>", encoding="utf-8") + b"\n"


def _html_section(section: Section) -> etree._Element:
    return _h.section(_h.h2(section.heading), *(_html_block(block, section.heading) for block in section.blocks))


def _html_block(block: Block, heading: str) -> etree._Element:
    match block:
        case str():
            return _h.p(block)
        case Bullets(items):
            return _h.ul(*(_h.li(item) for item in items))
        case Table(columns, rows):
            kinds = [{"class": "number"} if numeric else {} for numeric in block.numeric()]
            heads = (_h.th(text, kind, scope="col") for text, kind in zip(columns, kinds, strict=True))
            lines = (_h.tr(*(_h.td(text, kind) for text, kind in zip(row, kinds, strict=True))) for row in rows)
            # A wide table scrolls by itself on a small screen; the keyboard has to get there as well.
            reach = {"class": "table", "role": "region", "aria-label": heading, "tabindex": "0"}
            return _h.div(_h.table(_h.thead(_h.tr(*heads)), _h.tbody(*lines)), reach)


# Office files: a zip of XML

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_w = ElementMaker(namespace=_W, nsmap={"w": _W})
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_TEXT_WIDTH = 9070
"""A4 less margins of 25 mm, in twentieths of a point."""


def docx(title: str, organisation: str, sections: Sequence[Section], *, on: date) -> bytes:
    """A text document with heading styles, in Dutch."""
    size = [_w.rPr(_w.sz(_val("26")), _w.szCs(_val("26")))] if len(title) > LONG_TITLE else []
    body = _w.body(
        _docx_paragraph(organisation, "Organisation"),
        _docx_paragraph(title, "Title", *size),
        _docx_paragraph(clock.written(on), "Subtitle"),
    )
    for section in sections:
        body.append(_docx_paragraph(section.heading, "Heading1"))
        for block in section.blocks:
            body.extend(_docx_block(block, section.heading))
    page, margins = {"w": "11906", "h": "16838"}, dict.fromkeys(("top", "right", "bottom", "left"), "1418")
    other = {"header": "709", "footer": "709", "gutter": "0"}
    body.append(_w.sectPr(_w.pgSz(_attributes(page)), _w.pgMar(_attributes(margins | other))))
    parts = {
        "[Content_Types].xml": _part("docx-content-types.xml"),
        "_rels/.rels": _part("docx-package-rels.xml"),
        "docProps/core.xml": _docx_properties(title, organisation, on),
        "word/document.xml": _xml(_w.document(body)),
        "word/_rels/document.xml.rels": _part("docx-document-rels.xml"),
        "word/styles.xml": _part("docx-styles.xml"),
        "word/numbering.xml": _part("docx-numbering.xml"),
        "word/settings.xml": _part("docx-settings.xml"),
    }
    return _zip(parts)


def _attributes(values: Mapping[str, str]) -> dict[str, str]:
    return {f"{{{_W}}}{name}": value for name, value in values.items()}


def _val(value: str) -> dict[str, str]:
    return _attributes({"val": value})


def _docx_paragraph(text: str, style: str, *run_properties: etree._Element) -> etree._Element:
    return _w.p(
        _w.pPr(_w.pStyle(_val(style))),
        _w.r(*run_properties, _w.t(text, {_SPACE: "preserve"})),
    )


def _docx_block(block: Block, heading: str) -> Iterator[etree._Element]:
    match block:
        case str():
            yield _docx_paragraph(block, "BodyText")
        case Bullets(items):
            yield from (_docx_paragraph(item, "ListBullet") for item in items)
        case Table(columns, rows):
            widths = [width * _TEXT_WIDTH // sum(block.widths()) for width in block.widths()]
            table = _w.tbl(
                _w.tblPr(
                    _w.tblStyle(_val("Overview")),
                    _w.tblW(_attributes({"w": str(sum(widths)), "type": "dxa"})),
                    _w.tblLayout(_attributes({"type": "fixed"})),
                    _w.tblLook(_attributes({"val": "0020", "firstRow": "1"})),
                    _w.tblCaption(_val(heading)),
                ),
                _w.tblGrid(*(_w.gridCol(_attributes({"w": str(width)})) for width in widths)),
            )
            for row in (columns, *rows):
                line = _w.tr(_w.trPr(_w.cantSplit(), *([_w.tblHeader()] if row is columns else [])))
                for text, width, numeric in zip(row, widths, block.numeric(), strict=True):
                    cell = _docx_paragraph(text, "CellNumber" if numeric else "Cell")
                    line.append(_w.tc(_w.tcPr(_w.tcW(_attributes({"w": str(width), "type": "dxa"}))), cell))
                table.append(line)
            yield table
            yield _docx_paragraph("", "BodyText")  # room below; a table may not be the last thing either


def _docx_properties(title: str, organisation: str, on: date) -> bytes:
    core, dc = (
        "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
        "http://purl.org/dc/elements/1.1/",
    )
    terms, xsi = "http://purl.org/dc/terms/", "http://www.w3.org/2001/XMLSchema-instance"
    names = {"cp": core, "dc": dc, "dcterms": terms, "xsi": xsi}
    root = etree.Element(f"{{{core}}}coreProperties", nsmap=names)
    for name, text in (("title", title), ("creator", organisation), ("language", "nl-NL")):
        etree.SubElement(root, f"{{{dc}}}{name}").text = text
    for name in ("created", "modified"):
        moment = etree.SubElement(root, f"{{{terms}}}{name}", {f"{{{xsi}}}type": "dcterms:W3CDTF"})
        moment.text = f"{on.isoformat()}T12:00:00Z"
    return _xml(root)


_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT = f"{_ODF}office:1.0", f"{_ODF}table:1.0", f"{_ODF}text:1.0"
_STYLE, _FO = f"{_ODF}style:1.0", f"{_ODF}xsl-fo-compatible:1.0"
_META, _DC = f"{_ODF}meta:1.0", "http://purl.org/dc/elements/1.1/"
_ODF_NAMES = {"office": _OFFICE, "table": _TABLE, "text": _TEXT, "style": _STYLE, "fo": _FO, "meta": _META, "dc": _DC}
_office = ElementMaker(namespace=_OFFICE, nsmap=_ODF_NAMES)
_table = ElementMaker(namespace=_TABLE, nsmap=_ODF_NAMES)
_text = ElementMaker(namespace=_TEXT, nsmap=_ODF_NAMES)
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]*?:/\\']")
_CM_PER_CHARACTER = 0.2


def ods(title: str, organisation: str, sections: Sequence[Section], *, on: date) -> bytes:
    """A spreadsheet: the first sheet tells what it is about, each table has a sheet of its own behind it.

    A sheet is called after its section, with the number of the table in front, because names may not be equal.
    Dutch numbers become real numbers.
    """
    explanation = [("Title", title), ("Text", organisation), ("Text", clock.written(on))]
    tables: list[tuple[str, Table]] = []
    for section in sections:
        explanation.append(("Heading", section.heading))
        for block in section.blocks:
            match block:
                case str():
                    explanation.append(("Text", block))
                case Bullets(items):
                    explanation.extend(("Text", f"• {item}") for item in items)
                case Table():
                    tables.append((_sheet_name(len(tables) + 1, section.heading), block))
                    explanation.append(("Text", f"Zie blad “{tables[-1][0]}”."))
    lines = (_ods_row(_ods_cell(text, style)) for style, text in explanation)
    sheets = [
        _table.table(_table("table-column", _names(_TABLE, {"style-name": "w90"})), *lines, _called("Toelichting"))
    ]
    sheets += [_ods_sheet(name, table) for name, table in tables]
    widths = sorted({90, *(width for _, table in tables for width in table.widths())})
    content = _office(
        "document-content",
        _office("automatic-styles", *(_ods_column_style(width) for width in widths)),
        _office.body(_office.spreadsheet(*sheets)),
        _version(),
    )
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": _part("ods-manifest.xml"),
        "meta.xml": _ods_properties(title, organisation, on),
        "styles.xml": _part("ods-styles.xml"),
        "content.xml": _xml(content),
    }
    return _zip(parts)


def _names(namespace: str, values: Mapping[str, str]) -> dict[str, str]:
    return {f"{{{namespace}}}{name}": value for name, value in values.items()}


def _version() -> dict[str, str]:
    return _names(_OFFICE, {"version": "1.3"})


def _called(name: str) -> dict[str, str]:
    return _names(_TABLE, {"name": name})


def _sheet_name(number: int, heading: str) -> str:
    return f"{number} {_NOT_IN_A_SHEET_NAME.sub(' ', heading)}"[:31].rstrip()


def _ods_sheet(name: str, table: Table) -> etree._Element:
    columns = (_table("table-column", _names(_TABLE, {"style-name": f"w{width}"})) for width in table.widths())
    heads = _ods_row(
        *(
            _ods_cell(text, "HeadNumber" if numeric else "Head")
            for text, numeric in zip(table.columns, table.numeric(), strict=True)
        ),
    )
    lines = (
        _ods_row(
            *(
                _ods_number(text) if numeric else _ods_cell(text, "Text")
                for text, numeric in zip(row, table.numeric(), strict=True)
            ),
        )
        for row in table.rows
    )
    return _table.table(*columns, _table("table-header-rows", heads), *lines, _called(name))


def _ods_row(*cells: etree._Element) -> etree._Element:
    return _table("table-row", *cells)


def _ods_cell(text: str, style: str) -> etree._Element:
    kind = _names(_OFFICE, {"value-type": "string"}) | _names(_TABLE, {"style-name": style})
    return _table("table-cell", _ods_paragraph(text), kind)


def _ods_number(text: str) -> etree._Element:
    """A number that looks as it was written: with or without points, with as many decimals."""
    decimals = len(text.partition(",")[2])
    kind = _names(_TABLE, {"style-name": f"Number{decimals}{'p' if '.' in text else ''}"})
    value = {"value-type": "float", "value": text.replace(".", "").replace(",", ".")}
    return _table("table-cell", _ods_paragraph(text), kind | _names(_OFFICE, value))


def _ods_paragraph(text: str) -> etree._Element:
    """ODF reads several spaces as one, so the others are written as an element."""
    pieces: list[str | etree._Element] = []
    for piece in re.split(r"( {2,})", text):
        pieces.append(piece if not piece.startswith("  ") else " ")
        if piece.startswith("  "):
            pieces.append(_text.s(_names(_TEXT, {"c": str(len(piece) - 1)})))
    return _text.p(*pieces)


def _ods_column_style(width: int) -> etree._Element:
    style = ElementMaker(namespace=_STYLE, nsmap=_ODF_NAMES)
    properties = _names(_STYLE, {"column-width": f"{width * _CM_PER_CHARACTER:.1f}cm"})
    return style.style(
        style("table-column-properties", properties), _names(_STYLE, {"name": f"w{width}", "family": "table-column"})
    )


def _ods_properties(title: str, organisation: str, on: date) -> bytes:
    meta = _office.meta()
    values = {"title": title, "creator": organisation, "date": f"{on.isoformat()}T12:00:00", "language": "nl-NL"}
    for name, text in values.items():
        etree.SubElement(meta, f"{{{_DC}}}{name}").text = text
    return _xml(_office("document-meta", meta, _version()))


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _zip(parts: Mapping[str, bytes]) -> bytes:
    """The parts in this order, all of the same moment. `mimetype` of an ODF file may not be compressed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3  # else the bytes would differ between Windows and Linux
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return target.getvalue()
