"""What a file says about people and machines, taken out. One function for each kind of file, in one list."""

from collections.abc import Callable, Mapping

from woo.inspection.formats import IMAGE, recognise
from woo.inspection.model import Budget, Unreadable
from woo.inspection.stripping import images, packages, pdf

_STRIPPERS: Mapping[str | None, Callable[[bytes, Budget], bytes]] = {
    "PDF": pdf.strip,
    "DOCX": packages.strip_ooxml,
    "XLSX": packages.strip_ooxml,
    "PPTX": packages.strip_ooxml,
    "PPSX": packages.strip_ooxml,
    "ODT": packages.strip_odf,
    "ODS": packages.strip_odf,
    "ODP": packages.strip_odf,
    "ODF": packages.strip_odf,
    IMAGE: images.strip,
}


def stripped(data: bytes) -> bytes:
    """The same file without metadata; as it is when it has none that we know, or cannot be read."""
    strip = _STRIPPERS.get(recognise(data))
    if strip is None:
        return data
    try:
        return strip(data, Budget(float("inf")))
    except Unreadable:
        return data  # the check says why
