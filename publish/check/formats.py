"""Whether the bytes of a document are of the format that its metadata claims."""

from publish.check.values import Format

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = {
    "7z": b"7z\xbc\xaf\x27\x1c",
    "DOC": _OLE,
    "PPS": _OLE,
    "PPT": _OLE,
    "RTF": b"{\\rtf",
    "XLS": _OLE,
    "ZIP": b"PK",  # an empty archive has no file inside to begin with
}
_OFFICE_FOLDER = {"DOCX": b"word/", "XLSX": b"xl/", "PPTX": b"ppt/", "PPSX": b"ppt/"}
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."
_OPEN_DOCUMENT_KIND = {"ODT": b"text", "ODS": b"spreadsheet", "ODP": b"presentation", "ODF": b""}
_BINARY = (_ZIP, _OLE, b"%PDF-", b"{\\rtf", b"7z\xbc\xaf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def fits(entry: Format, head: bytes) -> bool:
    """Whether a file that begins with `head` (some tens of kilobytes) can be of this format."""
    match entry.code:
        case "PDF":
            return b"%PDF-" in head[:1024]
        case "HTML":
            start = head[:4096].lower()
            return b"<html" in start or b"<!doctype html" in start
        case "CSV" | "TXT":
            return not head.startswith(_BINARY) and (head.startswith(_UTF16) or b"\0" not in head)
        case code if code in _OPEN_DOCUMENT_KIND:
            # The standard puts the file `mimetype` first and uncompressed, so it stands at a fixed place.
            return head.startswith(_ZIP) and head[30:].startswith(_OPEN_DOCUMENT + _OPEN_DOCUMENT_KIND[code])
        case code if code in _OFFICE_FOLDER:
            return head.startswith(_ZIP) and _is_office(head, _OFFICE_FOLDER[code])
        case code:
            return head.startswith(_SIGNATURES[code])


def _is_office(head: bytes, folder: bytes) -> bool:
    """The parts of another kind may be inside (a table in a letter), but then its own are there too."""
    if head[30:].startswith(_OPEN_DOCUMENT):
        return False
    return folder in head or not any(other in head for other in _OFFICE_FOLDER.values())
