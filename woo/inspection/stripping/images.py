"""Images without what the camera and the program wrote: the picture itself is not touched, so nothing is lost of it."""

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from woo.inspection.model import Budget

_ORIENTATION = 0x0112
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_DROPPED = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}


def strip(data: bytes, budget: Budget | None = None) -> bytes:
    """Jpeg, png and webp; other kinds stay as they are, and so does what is broken."""
    del budget
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return b"".join(_jpeg(data))
        if data.startswith(_PNG):
            return b"".join(_png(data))
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _webp(data)
    except (struct.error, ValueError, IndexError, zlib.error):
        pass
    return data


def _jpeg(data: bytes) -> Iterator[bytes]:
    """The segments (ITU-T T.81, annex B) that make the picture: no EXIF, XMP, IPTC, remarks or what hangs behind."""
    yield data[:2]
    if (turned := _turned(data)) is not None:
        yield turned
    place = 2
    while True:
        if data[place] != 0xFF:
            raise ValueError("no marker")
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == 0xD9:
            yield data[place : place + 2]
            return
        length = struct.unpack(">H", data[place + 2 : place + 4])[0]
        segment = data[place : place + 2 + length]
        place += 2 + length
        is_profile = marker == 0xE2 and segment[4:15] == b"ICC_PROFILE"
        is_about = 0xE1 <= marker <= 0xEF and marker != 0xEE and not is_profile
        if not is_about and marker != 0xFE:
            yield segment
        if marker == 0xDA:
            end = _end_of_scan(data, place)
            yield data[place:end]
            place = end


def _end_of_scan(data: bytes, place: int) -> int:
    """Where the compressed picture ends: at the first marker that is no stuffing and no restart."""
    while True:
        place = data.index(b"\xff", place)
        following = data[place + 1]
        if following and not 0xD0 <= following <= 0xD7 and following != 0xFF:
            return place
        place += 2 if following != 0xFF else 1


def _turned(data: bytes) -> bytes | None:
    """A segment that only says how the picture is turned, when it is: without it people would lie on their side."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            turned = image.getexif().get(_ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, Image.DecompressionBombError):
        return None
    if turned not in range(2, 9):
        return None
    body = b"Exif\x00\x00II*\x00" + struct.pack("<LHHHLHHL", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(data: bytes) -> Iterator[bytes]:
    yield _PNG
    place = len(_PNG)
    while place + 12 <= len(data):
        length = struct.unpack(">L", data[place : place + 4])[0]
        kind = data[place + 4 : place + 8]
        if kind not in _PNG_DROPPED:
            yield data[place : place + 12 + length]
        place += 12 + length
        if kind == b"IEND":
            return
    raise ValueError("no end")


def _webp(data: bytes) -> bytes:
    chunks, place = [], 12
    while place + 8 <= len(data):
        kind, length = data[place : place + 4], struct.unpack("<L", data[place + 4 : place + 8])[0]
        chunk = data[place : place + 8 + length + length % 2]
        place += len(chunk)
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~0x0C]) + chunk[9:]  # no EXIF, no XMP
        if kind not in {b"EXIF", b"XMP "}:
            chunks.append(chunk)
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<L", len(body)) + body
