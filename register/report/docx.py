"""Documents as DOCX, to mail and to change."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime, time

import docx
from docx.document import Document as Word
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from core.web.pages import dutch_date
from register.report.document import Chapter, Document

_ACCENT = RGBColor(0x15, 0x42, 0x73)
_WARNING = RGBColor(0x7A, 0x3B, 0x00)
_HEADS = ("Onderdeel", "Wat er staat")
_LABEL_WIDTH, _VALUE_WIDTH = Cm(6), Cm(10.5)
_STAMP = (1980, 1, 1, 0, 0, 0)


def write(document: Document) -> bytes:
    """A Word document with real headings and tables, in Dutch, dated by its day: the same document, the same bytes."""
    word = docx.Document()
    _prepare(word, document)
    word.add_paragraph(document.title, style="Title")
    word.add_paragraph(document.subtitle, style="Subtitle")
    for text in document.intro:
        word.add_paragraph(text)
    if document.facts:
        _table(word, ("Organisatie en FG", "Stand"), [(label, (value,)) for label, value in document.facts])
    for number, chapter in enumerate(document.chapters):
        _chapter(word, chapter, is_first=number == 0)
    out = io.BytesIO()
    word.save(out)
    return _stamped(out.getvalue())


def _chapter(word: Word, chapter: Chapter, *, is_first: bool) -> None:
    heading = word.add_heading(f"{chapter.kenmerk} {chapter.title}", 1)
    heading.paragraph_format.page_break_before = not is_first
    if chapter.is_concept:
        told = word.add_paragraph().add_run(chapter.state)
        told.bold = True
        told.font.color.rgb = _WARNING
    _table(word, ("Over deze verwerking", "Stand"), [(label, (value,)) for label, value in chapter.facts])
    for group in chapter.groups:
        word.add_heading(group.title, 2)
        for part in group.tables:
            if part.title:
                word.add_heading(part.title, 3)
            _table(word, _HEADS, part.rows)
    if chapter.empty:
        word.add_heading("Niet ingevuld", 2)
        for line in chapter.empty:
            word.add_paragraph(line)


def _prepare(word: Word, document: Document) -> None:
    """The look of the document, what it says of itself, and what stands on every page."""
    moment = datetime.combine(document.day, time(), UTC)
    about = word.core_properties
    about.title, about.language, about.author = document.title, "nl-NL", document.organisation
    about.last_modified_by, about.comments, about.keywords = document.organisation, "", ""
    about.created = about.modified = about.last_printed = moment
    about.revision = 1
    normal = word.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10.5)
    language = OxmlElement("w:lang")
    for name in ("w:val", "w:eastAsia", "w:bidi"):
        language.set(qn(name), "nl-NL")
    for style in (normal.element, word.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}")):
        properties = style.find(qn("w:rPr"))
        for old in properties.findall(qn("w:lang")):
            properties.remove(old)
        properties.append(deepcopy(language))
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):
        word.styles[name].font.color.rgb = _ACCENT
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    mark = section.header.paragraphs[0].add_run(document.mark)
    mark.bold, mark.font.color.rgb = True, _ACCENT
    section.footer.paragraphs[0].text = f"{document.organisation}, stand van {dutch_date(document.day)}"


def _table(word: Word, heads: tuple[str, str], rows: Sequence[tuple[str, Sequence[str]]]) -> None:
    table = word.add_table(rows=len(rows) + 1, cols=2, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    table.columns[0].width, table.columns[1].width = _LABEL_WIDTH, _VALUE_WIDTH
    for number, (row, (label, words)) in enumerate(zip(table.rows, [(heads[0], heads[1:]), *rows], strict=True)):
        cells = row.cells
        cells[0].width, cells[1].width = _LABEL_WIDTH, _VALUE_WIDTH
        cells[0].text, cells[1].text = label, "\n".join(words)
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no other way to a heading row
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
            for cell in cells:
                for run in cell.paragraphs[0].runs:
                    run.bold = True
        else:
            properties.append(OxmlElement("w:cantSplit"))
    word.add_paragraph().paragraph_format.space_after = Pt(2)


def _stamped(content: bytes) -> bytes:
    """The same file with one moment for all its parts: the library writes the time at which it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, date_time=_STAMP)
            part.compress_type, part.create_system = zipfile.ZIP_DEFLATED, 3
            new.writestr(part, old.read(name))
    return out.getvalue()
