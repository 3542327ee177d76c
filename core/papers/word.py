"""Papers as DOCX, to mail, to change and to sign."""

import io
import zipfile
from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime, time
from typing import Any

import docx
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor
from docx.table import _Row
from docx.text.paragraph import Paragraph as WordParagraph

from core import typesetting
from core.errors import Failed
from core.papers.model import Bullets, Grid, Heading, Kind, Paper, Paragraph, Picture, Tone, Turn
from core.web.pages import dutch_date

_ACCENT = RGBColor(0x15, 0x42, 0x73)
_WARNING = RGBColor(0x7A, 0x3B, 0x00)
_ASSUMED = "FFF2CC"
_GROUNDS = {Tone.BAD: "F4C7C3", Tone.MEDIUM: "FBDDB0", Tone.GOOD: "CFEAD3", Tone.UNKNOWN: "E5E5E5"}
_SHORT, _LONG, _MARGIN, _EDGE = Cm(21), Cm(29.7), Cm(2.2), Cm(1.8)
_LETTERS, _SMALL = Pt(8.5), Pt(7.5)
"""In a table, and in one with long words in many columns."""
_ACROSS = 92
"""Letters beside each other, on the safe side: who opens the file may have another typeface."""
_STAMP = (1980, 1, 1, 0, 0, 0)


def write(paper: Paper) -> bytes:
    """A Word document with real headings and tables, in Dutch, dated by its day: the same paper, the same bytes.

    Raises:
        Failed: the pictures in it cannot be made.
    """
    word = docx.Document()
    _prepare(word, paper)
    drawn = iter(_drawn([block.svg for block in paper.blocks if isinstance(block, Picture)]))
    word.add_paragraph(paper.title, style="Title")
    word.add_paragraph(paper.subtitle, style="Subtitle")
    for block in paper.blocks:
        match block:
            case Heading():
                heading = word.add_heading(block.text, block.level)
                heading.paragraph_format.page_break_before = block.on_new_page
            case Paragraph():
                _paragraph(word, block)
            case Bullets():
                for item in block.items:
                    word.add_paragraph(item, style="List Bullet")
            case Grid():
                _grid(word, block)
            case Picture():
                _picture(word, block, next(drawn))
            case Turn():
                _turn(word, block)
    out = io.BytesIO()
    word.save(out)
    return _stamped(out.getvalue())


def _drawn(drawings: Sequence[str]) -> Sequence[bytes]:
    made = typesetting.pictures(drawings) if drawings else []
    if made is None:
        raise Failed("De plaatjes kunnen niet worden gemaakt. Probeer het opnieuw, of kies een ander soort bestand.")
    return made


def _picture(word: Word, block: Picture, content: bytes) -> None:
    made = word.add_paragraph()
    made.paragraph_format.keep_with_next = True
    shape = made.add_run().add_picture(io.BytesIO(content), width=Cm(16.6))
    about = shape._inline.docPr  # noqa: SLF001 - python-docx has no other way to an alternative text
    about.set("descr", block.alt)
    about.set("title", block.caption)
    word.add_paragraph(block.caption, style="Caption")


def _paragraph(word: Word, block: Paragraph) -> None:
    if block.kind is Kind.ASSUMPTION:
        made = word.add_paragraph()
        made.add_run("Aanname: ").bold = True
        made.add_run(block.text)
        _shade(made)
    else:
        run = word.add_paragraph().add_run(block.text)
        if block.kind is Kind.WARNING:
            run.bold = True
            run.font.color.rgb = _WARNING


def _shade(paragraph: WordParagraph) -> None:
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - the only way to a shade
    properties.append(_shading(_ASSUMED))


def _shading(ground: str) -> Any:  # noqa: ANN401 - an element of lxml
    shading = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", ground)):
        shading.set(qn(name), value)
    return shading


def _prepare(word: Word, paper: Paper) -> None:
    """The look of the document, what it says of itself, and what stands on every page."""
    moment = datetime.combine(paper.day, time(), UTC)
    about = word.core_properties
    about.title, about.language, about.author = paper.title, "nl-NL", paper.organisation
    about.last_modified_by, about.comments, about.keywords = paper.organisation, "", ""
    about.created = about.modified = about.last_printed = moment
    about.revision = 1
    normal = word.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10)
    language = OxmlElement("w:lang")
    for name in ("w:val", "w:eastAsia", "w:bidi"):
        language.set(qn(name), "nl-NL")
    for style in (normal.element, word.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}")):
        properties = style.find(qn("w:rPr"))
        for old in properties.findall(qn("w:lang")):
            properties.remove(old)
        properties.append(deepcopy(language))
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(4), 1.05
    word.styles["Title"].font.size = Pt(22)
    word.styles["Heading 1"].paragraph_format.space_before = Pt(12)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):
        word.styles[name].font.color.rgb = _ACCENT
    section = word.sections[0]
    section.page_width, section.page_height = _SHORT, _LONG
    section.left_margin = section.right_margin = _MARGIN
    section.top_margin = section.bottom_margin = _EDGE
    if paper.mark:
        mark = section.header.paragraphs[0].add_run(paper.mark)
        mark.bold, mark.font.color.rgb = True, _ACCENT
    section.footer.paragraphs[0].text = f"{paper.organisation}, stand van {dutch_date(paper.day)}"


def _grid(word: Word, grid: Grid) -> None:
    if grid.caption:
        caption = word.add_paragraph()
        caption.add_run(grid.caption).bold = True
        caption.paragraph_format.keep_with_next = True
    shares = grid.shares(_ACROSS)
    page_width = (word.sections[-1].page_width or _SHORT) - 2 * _MARGIN
    widths = [Length(int(page_width * share / sum(shares))) for share in shares]
    table = word.add_table(rows=len(grid.rows) + 1, cols=len(widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for number, (row, texts) in enumerate(zip(table.rows, [grid.headings, *grid.rows], strict=True)):
        _fill(row, texts, widths, is_heading=number == 0)
        _set_letters(row, _LETTERS if sum(grid.least) <= _ACROSS else _SMALL)
        for cell, text in zip(row.cells, texts, strict=True) if grid.tones else ():
            if tone := grid.tones.get(text):
                cell._tc.get_or_add_tcPr().append(_shading(_GROUNDS[tone]))  # noqa: SLF001 - as above
    between = word.add_paragraph().paragraph_format
    between.space_after, between.line_spacing = Pt(2), Pt(8)


def _turn(word: Word, block: Turn) -> None:
    section = word.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE if block.is_wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (_LONG, _SHORT) if block.is_wide else (_SHORT, _LONG)


def _fill(row: _Row, texts: Sequence[str], widths: Sequence[Length], *, is_heading: bool) -> None:
    cells = row.cells
    for cell, text, width in zip(cells, texts, widths, strict=True):
        cell.width, cell.text = width, text
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no other way to a heading row
    properties.append(OxmlElement("w:tblHeader" if is_heading else "w:cantSplit"))  # type: ignore[arg-type]
    for run in (run for cell in cells for run in cell.paragraphs[0].runs):
        run.bold = is_heading or None


def _set_letters(row: _Row, size: Length) -> None:
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.space_after = Pt(0)
        for run in cell.paragraphs[0].runs:
            run.font.size = size


def _stamped(content: bytes) -> bytes:
    """The same file with one moment for all its parts: the library writes the time at which it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, date_time=_STAMP)
            part.compress_type, part.create_system = zipfile.ZIP_DEFLATED, 3
            new.writestr(part, old.read(name))
    return out.getvalue()
