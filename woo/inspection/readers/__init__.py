"""How each kind of file is read. A new kind is one module with `read`, one line here and one entry in the corpus."""

from collections.abc import Callable, Iterator, Mapping

from woo.inspection.formats import IMAGE, TEXT, XML
from woo.inspection.model import Budget, Found, Inside, Piece
from woo.inspection.readers import archive, excel, html, image, odf, old, pdf, plain, slides, word

Reader = Callable[[bytes, Budget], Iterator[Piece | Found | Inside]]

READERS: Mapping[str | None, Reader] = {
    "PDF": pdf.read,
    "DOCX": word.read,
    "XLSX": excel.read,
    "PPTX": slides.read,
    "PPSX": slides.read,
    "ODT": odf.read,
    "ODS": odf.read,
    "ODP": odf.read,
    "ODF": odf.read,
    "HTML": html.read,
    "CSV": plain.read,
    TEXT: plain.read,
    XML: plain.read,
    "RTF": old.read_rtf,
    "DOC": old.read_binary,
    "XLS": old.read_workbook,
    "PPT": old.read_binary,
    "PPS": old.read_binary,
    "ZIP": archive.read,
    IMAGE: image.read,
}
