"""Images: what the camera or the program wrote into them, and whether one looks like a signature."""

import io
import re
import warnings
from collections import deque
from collections.abc import Iterator

from PIL import Image, UnidentifiedImageError

from woo.inspection.model import Budget, Found, Kind, Unreadable

MAX_PIXELS = 60_000_000
_SMALL = 160
_INK = 165
SIGNING = re.compile(
    r"handteken|ondertekend|ondertekening|\bw\.\s?g\.|getekend|hoogachtend|met vriendelijke groet|voor akkoord|paraaf"
    r"|namens (?:deze|het college)"
    r"|\b(?:burgemeester|secretaris|griffier|wethouder|voorzitter|directeur|manager|teamleider),?\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_PERSONAL_XMP = re.compile(
    rb"creator|author|GPS|OwnerName|SerialNumber|photoshop:|xmpMM:History|personInImage", re.IGNORECASE
)
_EXIF_IFD, _GPS_IFD, _THUMBNAIL_IFD = 0x8769, 0x8825, 1
_TAGS = {
    0: {271: "toestel", 272: "toestel", 315: "maker", 33432: "rechten", 270: "beschrijving", 306: "tijdstip"},
    _EXIF_IFD: {36867: "tijdstip", 42032: "eigenaar", 42033: "serienummer", 37510: "opmerking"},
}


def read(data: bytes, budget: Budget) -> Iterator[Found]:
    """A file that is an image. Nothing can be read in it, and a person should know."""
    del budget
    try:
        with _opened(data):
            pass
    except (OSError, ValueError, SyntaxError) as error:
        raise Unreadable("De afbeelding is beschadigd of te groot. Sla haar opnieuw op.") from error
    yield from properties(data)
    yield Found(Kind.NO_TEXT_LAYER, "Een afbeelding: de tekst erin kan niet worden nagekeken.")


def properties(data: bytes, *, where: str = "", page: int | None = None) -> Iterator[Found]:
    """A hit when the image says where, when, by whom or with what it was made."""
    try:
        with _opened(data) as image:
            said = _said(image)
    except (OSError, ValueError, SyntaxError, KeyError, TypeError, ZeroDivisionError):
        return  # who looks at pages sees that an image is broken
    if said:
        yield Found(Kind.EXIF, "De afbeelding bewaart: " + ", ".join(dict.fromkeys(said)), where=where, page=page)


def _opened(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(data))
        except (UnidentifiedImageError, Image.DecompressionBombError) as error:
            raise OSError("no image") from error
    if image.width * image.height > MAX_PIXELS:
        raise OSError("too large")
    return image


def _said(image: Image.Image) -> list[str]:
    exif = image.getexif()
    said = ["plaats (GPS)"] if exif.get_ifd(_GPS_IFD) else []
    for place, tags in _TAGS.items():
        values = exif if place == 0 else exif.get_ifd(place)
        said += [label for tag, label in tags.items() if str(values.get(tag, "")).strip(" \x00")]
    if exif.get_ifd(_THUMBNAIL_IFD):
        said.append("een voorvertoning")
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    if _PERSONAL_XMP.search(xmp.encode() if isinstance(xmp, str) else xmp):
        said.append("XMP-eigenschappen")
    if image.info.get("photoshop"):
        said.append("IPTC-eigenschappen")
    said += [
        "tekst: " + name for name in ("Author", "Comment", "Description", "comment", "Artist") if image.info.get(name)
    ]
    return said


# --- signatures ------------------------------------------------------------------------------------------------------


def is_signature(data: bytes, beside: str) -> bool:
    """Whether a picture looks like ink on paper: near words of signing a bit, anywhere else very much."""
    try:
        with _opened(data) as image:
            return looks_like_ink(image, is_sure=not SIGNING.search(beside))
    except (OSError, ValueError, SyntaxError, KeyError, TypeError):
        return False


def looks_like_ink(image: Image.Image, *, is_sure: bool) -> bool:
    """Thin dark strokes on a light ground, wider than high. With `is_sure` one stroke must go through most of it."""
    small = _on_white(image)
    small.thumbnail((_SMALL, _SMALL), Image.Resampling.BILINEAR)
    ink = small.point(lambda level: 255 if level < _INK else 0)
    box = ink.getbbox()
    if box is None:
        return False
    width, height = box[2] - box[0], box[3] - box[1]
    dark = ink.histogram()[255]
    share = dark / max(1, width * height)
    if width < 20 or height < 6 or not 1.1 <= width / height <= 9 or not 0.015 <= share <= 0.3:
        return False
    light = sum(small.histogram()[205:]) / (small.width * small.height)
    if light < 0.6:
        return False
    strokes = _widest(ink.crop(box))
    return strokes >= (0.7 if is_sure else 0.35) and (not is_sure or _is_slanted(ink.crop(box)))


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in {"RGBA", "LA", "P", "PA"}:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image)
        return ground.convert("L")
    return image.convert("L")


def _widest(ink: Image.Image) -> float:
    """How much of the width the widest connected stroke takes."""
    width, height = ink.size
    waiting = {place for place, level in enumerate(ink.tobytes()) if level}
    widest = 0
    while waiting:
        queue = deque([waiting.pop()])
        first = last = queue[0] % width
        while queue:
            y, x = divmod(queue.popleft(), width)
            first, last = min(first, x), max(last, x)
            for near_y in (y - 1, y, y + 1):
                for near_x in (x - 1, x, x + 1):
                    near = near_y * width + near_x
                    if 0 <= near_x < width and 0 <= near_y < height and near in waiting:
                        waiting.remove(near)
                        queue.append(near)
        widest = max(widest, last - first + 1)
    return widest / width


def _is_slanted(ink: Image.Image) -> bool:
    """Whether no row or column is filled for the greater part, as those of boxes, rules and charts are."""
    width, height = ink.size
    pixels = ink.tobytes()
    rows = max(sum(1 for level in pixels[row * width : (row + 1) * width] if level) / width for row in range(height))
    columns = max(sum(1 for level in pixels[column::width] if level) / height for column in range(width))
    return rows < 0.6 and columns < 0.75
