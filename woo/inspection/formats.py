"""What kind of file it is, by its bytes: the kinds of the Woo-index, and those that may be in a file or a zip."""

import io
import re
import zipfile

from core.filetypes import recognise_in

IMAGE = "IMAGE"
TEXT = "TXT"
XML = "XML"
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*", b"BM")
_FOLDERS = {"word/": "DOCX", "xl/": "XLSX", "ppt/": "PPTX"}
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def recognise(data: bytes) -> str | None:
    """The code of the format; ENCRYPTED with a password, None for anything else. Never by a name."""
    found = recognise_in(io.BytesIO(data), "")
    if found not in {None, "ZIP"}:
        return found
    if data.startswith(b"PK"):
        return _package(data) or found
    if data.startswith(_IMAGES) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return IMAGE
    return _text(data)


def _package(data: bytes) -> str | None:
    """Office files of a kind that the Woo-index does not take: templates, and files with macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    return next((code for folder, code in _FOLDERS.items() if any(name.startswith(folder) for name in names)), None)


def _text(data: bytes) -> str | None:
    start = data[:65_536]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return TEXT
    if not start or _NOT_TEXT.search(start):
        return None
    return XML if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") else TEXT
