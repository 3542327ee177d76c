"""What kind of file it is, by its contents. Only what tells the kind is read, never the contents as a whole.

Nothing is unpacked but one small part of an Office file, and that no further than a limit: this is safe for files of
strangers. The extension decides only where contents cannot: text or csv, and presentation or slide show.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

ENCRYPTED = ""
"""Answer for an Office file with a password: its kind does not matter any more."""

_HEAD = 65_536
_MAX_DIRECTORY = 16_000_000
_MAX_PART = 1_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OOXML = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "DOCX",
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "XLSX",
    b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "PPTX",
    b"application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml": "PPSX",
}
_ODF = {
    b"application/vnd.oasis.opendocument.text": "ODT",
    b"application/vnd.oasis.opendocument.spreadsheet": "ODS",
    b"application/vnd.oasis.opendocument.presentation": "ODP",
    b"application/vnd.oasis.opendocument.formula": "ODF",
}
_OLE_STREAMS = {"WordDocument": "DOC", "Workbook": "XLS", "Book": "XLS", "PowerPoint Document": "PPT"}
_HTML = re.compile(
    rb"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE | re.DOTALL
)
_MARKUP = re.compile(rb"^\s*<[?!a-z]", re.IGNORECASE)
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def recognise(path: Path, extension: str) -> str | None:
    """The code of the format in `data/formaten.json`; ENCRYPTED for a file with a password, None for anything else."""
    with path.open("rb") as source:
        return recognise_in(source, extension)


def recognise_in(source: BinaryIO, extension: str) -> str | None:
    """As `recognise`, for an open file."""
    head = source.read(_HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _in_zip(source)
    if head.startswith(_OLE):
        return _in_ole(source, extension)
    if head.startswith(b"7z\xbc\xaf\x27\x1c"):
        return "7z"
    if head.startswith(b"{\\rtf"):
        return "RTF"
    if b"%PDF-" in head[:1024]:
        return "PDF"
    return _in_text(source, head, extension)


def _in_zip(source: BinaryIO) -> str | None:
    """Open document and Office files are zip files with a part that says what they are."""
    if directory_size(source) > _MAX_DIRECTORY:
        return "ZIP"
    try:
        with zipfile.ZipFile(source) as archive:
            names = set(archive.namelist())
            if "mimetype" in names:
                return _ODF.get(
                    _part(archive, "mimetype").strip(), "ZIP" if "META-INF/manifest.xml" not in names else None
                )
            if "[Content_Types].xml" not in names:
                return "ZIP"
            types = _part(archive, "[Content_Types].xml")
            # Templates and files with macros have a type of their own, which is not among these.
            return next((code for kind, code in _OOXML.items() if b'"' + kind + b'"' in types), None)
    except (
        zipfile.BadZipFile,
        RuntimeError,
        EOFError,
        ValueError,
        OSError,
        struct.error,
        zlib.error,
    ):
        return None


def directory_size(source: BinaryIO) -> int:
    """How large the list of contents at the end of a zip file is: it is read into memory as a whole."""
    size = source.seek(0, 2)
    source.seek(max(0, size - 65_557))
    tail = source.read()
    place = tail.rfind(b"PK\x05\x06")
    source.seek(0)
    return int(struct.unpack("<L", tail[place + 12 : place + 16])[0]) if 0 <= place <= len(tail) - 22 else 0


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(_MAX_PART)


def _in_ole(source: BinaryIO, extension: str) -> str | None:
    """The Office files of before 2007; the streams at the top say which program wrote them."""
    try:
        names = set(_top_streams(source))
    except (struct.error, ValueError, IndexError):
        return None
    if "EncryptedPackage" in names:
        return ENCRYPTED
    found = next((code for name, code in _OLE_STREAMS.items() if name in names), None)
    return "PPS" if found == "PPT" and extension == "pps" else found


def _top_streams(source: BinaryIO) -> Iterator[str]:
    """Names in the root of a compound file ([MS-CFB] 2.2 and 2.6). An embedded file keeps its streams further down."""
    source.seek(0)
    header = source.read(512)
    shift = struct.unpack("<H", header[30:32])[0]
    if shift not in {9, 12}:
        raise ValueError("sector size")
    directory = _chain(source, header, struct.unpack("<L", header[48:52])[0], 1 << shift)
    entries = [directory[place : place + 128] for place in range(0, len(directory) - 127, 128)]
    waiting, seen = [struct.unpack("<L", entries[0][76:80])[0]], set[int]()
    while waiting:
        place = waiting.pop()
        if place >= len(entries) or place in seen:
            continue
        seen.add(place)
        entry = entries[place]
        length = struct.unpack("<H", entry[64:66])[0]
        yield entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", errors="replace")
        waiting += struct.unpack("<LL", entry[68:76])


def _chain(source: BinaryIO, header: bytes, first: int, sector: int) -> bytes:
    """The sectors of the directory, at most 64 of them: more than enough for what stands at the top."""
    tables = struct.unpack("<109L", header[76:512])
    found, place = b"", first
    for _ in range(64):
        if place >= 0xFFFFFFFA:
            break
        source.seek((place + 1) * sector)
        found += source.read(sector)
        table, slot = divmod(place, sector // 4)
        source.seek((tables[table] + 1) * sector + slot * 4)
        place = struct.unpack("<L", source.read(4))[0]
    return found


def _in_text(source: BinaryIO, head: bytes, extension: str) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
        return extension.upper() if extension in {"txt", "csv"} and "\x00" not in text else None
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "HTML"
    if extension not in {"txt", "csv"} or _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return None
    source.seek(0)
    while chunk := source.read(1_048_576):
        if _NOT_TEXT.search(chunk):
            return None
    return extension.upper()
