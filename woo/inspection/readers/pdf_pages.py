"""What stands on the pages of a PDF, and what of it nobody sees.

A page is drawn twice, with and without its text. A letter whose place is the same in both pictures is not seen:
whatever the reason (a box or an image over it, its own colour, a layer that is off, no ink), and whatever the colours
of the page. Text over a scan is the other way round: it has no ink of its own, but there is ink in the picture.
"""

import ctypes
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops

from woo.inspection.model import Budget, Found, Kind, Piece, Unreadable
from woo.inspection.readers import image

MAX_PIXELS = 12_000_000
SCALE = 2
_SEEN = 12
"""How much lighter or darker a letter must make its place, of 255."""
_INK = 40
_SMALLEST = 2.0
"""Points; nobody reads smaller letters."""
_FEW = 3
_DEEPEST = 10
_CAMERA_SHARE = 0.5


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("De PDF is beschadigd. Maak hem opnieuw vanuit het brondocument.") from error


def _text_of(page: pypdfium2.PdfPage) -> str:
    textpage = page.get_textpage()
    text = textpage.get_text_range(errors="replace")
    # A hyphen at the end of a line is told as a sign of its own: of a word that goes on, or of a code or a double name.
    text = re.sub(r"[\x02\ufffe](?:\r?\n)?(?=[A-Z0-9])", "-", text)
    return re.sub(r"[\x02\ufffe\u00ad](?:\r?\n)?", "", text).replace("\r\n", "\n")


def _pages(document: pypdfium2.PdfDocument) -> Iterator[tuple[int, pypdfium2.PdfPage | None]]:
    """The pages by number from 1; None for one that is broken. Each is closed before the next is opened."""
    for number in range(len(document)):
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            yield number + 1, None
            continue
        try:
            yield number + 1, page
        finally:
            page.close()


def texts(data: bytes, budget: Budget) -> Iterator[Piece | Found]:
    """The text of every page; and which pages are a picture only."""
    document, scans, broken = _open(data), list[int](), list[int]()
    if not len(document):
        raise Unreadable("De PDF heeft geen pagina's. Kies een ander bestand.")
    for number, page in _pages(document):
        if page is None:
            broken.append(number)
            continue
        text = _text_of(page)
        if len(re.findall(r"\w", text)) < 30 and _is_picture(page, has_text=bool(text.strip())):
            scans.append(number)
        yield Piece(text, page=number)
        if budget.is_spent:
            yield Found(
                Kind.UNREADABLE,
                f"De controle duurde te lang: pagina {number + 1} tot en met {len(document)} zijn niet nagekeken.",
            )
            return
    if scans:
        yield Found(Kind.NO_TEXT_LAYER, f"Zonder tekst: {_numbers(scans)} van {len(document)}.", page=scans[0])
    if broken:
        yield Found(Kind.UNREADABLE, f"Beschadigd en niet nagekeken: {_numbers(broken)}.", page=broken[0])


def _numbers(pages: Sequence[int]) -> str:
    """Page numbers as people say them: pagina 1-3, 7."""
    spans: list[list[int]] = []
    for page in pages:
        if spans and page == spans[-1][1] + 1:
            spans[-1][1] = page
        else:
            spans.append([page, page])
    return "pagina " + ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans[:20])


def _is_picture(page: pypdfium2.PdfPage, *, has_text: bool) -> bool:
    images = _image_boxes(page)
    if has_text:
        return _share(images, page) >= _CAMERA_SHARE
    return bool(images) or pdfium.FPDFPage_CountObjects(page.raw) > 50  # letters drawn as lines


@dataclass(frozen=True, slots=True)
class Appearance:
    """What a PDF shows, to compare with another: the lines of its text and small pictures of its first pages."""

    lines: tuple[str, ...]
    pictures: tuple[bytes, ...]

    @property
    def lines_known(self) -> frozenset[str]:
        return frozenset(self.lines)


def appearance(data: bytes, budget: Budget) -> Appearance | None:
    """How a PDF looks; None when it cannot be opened."""
    lines, pictures = list[str](), list[bytes]()
    try:
        document = _open(data)
        for number, page in _pages(document):
            if page is None:
                continue
            lines += [" ".join(line.split()) for line in _text_of(page).split("\n") if line.strip()]
            if number <= 20:
                pictures.append(page.render(scale=0.5).to_pil().tobytes())
            if budget.is_spent:
                break
    except (Unreadable, pypdfium2.PdfiumError, ValueError):
        return None
    return Appearance(tuple(lines), tuple(pictures))


# --- what is seen ----------------------------------------------------------------------------------------------------


def what_is_not_seen(data: bytes, budget: Budget) -> Iterator[Piece | Found]:
    """Text that is there and is not seen, and pictures that look like a signature."""
    document = _open(data)
    document.init_forms()
    for number, page in _pages(document):
        if page is None:
            continue
        if budget.is_spent:
            pages = f"op pagina {number} tot en met {len(document)} is niet gekeken naar verborgen tekst."
            yield Found(Kind.UNREADABLE, f"De controle duurde te lang: {pages}", page=number)
            return
        looked = _Page(page)
        for said, text in looked.hidden():
            yield Found(Kind.HIDDEN_TEXT, f"{said}: {' '.join(text.split())}", critical=True, page=number)
            yield Piece(text, page=number, where="verborgen tekst", is_hidden=True)
        for beside in looked.signatures():
            yield Found(Kind.SIGNATURE, f"Afbeelding bij: {beside}" if beside else "Afbeelding", page=number)


def _extremes(grey: Image.Image, box: tuple[int, int, int, int]) -> tuple[float, float]:
    """The darkest and the lightest of a part of a picture."""
    found: tuple[float, float] = grey.crop(box).getextrema()  # type: ignore[assignment]
    return found


Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in points."""


class _Page:
    """A page with its two pictures."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.page = page
        self.textpage = page.get_textpage()
        width, height = page.get_size()
        self.scale = min(SCALE, math.sqrt(MAX_PIXELS / max(1.0, width * height)))
        self.images = _image_boxes(page)
        self._with = self._drawn()
        # The text was read before; from here on the page has none.
        for item in _objects(page, pdfium.FPDF_PAGEOBJ_TEXT):
            pdfium.FPDFPageObj_SetIsActive(item, False)
        self._without = self._drawn()

    def _drawn(self) -> Image.Image:
        drawn: Image.Image = self.page.render(scale=self.scale, may_draw_forms=True, rev_byteorder=True).to_pil()
        return drawn.convert("RGB")

    @cached_property
    def _ink_of_text(self) -> Image.Image:
        red, green, blue = ImageChops.difference(self._with, self._without).split()
        return ImageChops.lighter(ImageChops.lighter(red, green), blue)

    @cached_property
    def _grey(self) -> Image.Image:
        return self._without.convert("L")

    @cached_property
    def _is_scan(self) -> bool:
        return _share(self.images, self.page) >= _CAMERA_SHARE

    @cached_property
    def _matrix(self) -> tuple[float, float, float, float, float, float]:
        """From points of the page to pixels of its picture; pages may be turned and cut off."""
        fine = 1000
        size = [int(side * fine) for side in self._with.size]

        def device(x: float, y: float) -> tuple[float, float]:
            across, down = ctypes.c_int(), ctypes.c_int()
            pdfium.FPDF_PageToDevice(self.page.raw, 0, 0, *size, 0, x, y, ctypes.byref(across), ctypes.byref(down))
            return across.value / fine, down.value / fine

        (e, f), (ax, ay), (bx, by) = device(0, 0), device(100, 0), device(0, 100)
        return (ax - e) / 100, (ay - f) / 100, (bx - e) / 100, (by - f) / 100, e, f

    def _pixels(self, box: Box) -> tuple[float, float, float, float]:
        a, b, c, d, e, f = self._matrix
        xs = [a * x + c * y + e for x, y in ((box[0], box[1]), (box[2], box[3]))]
        ys = [b * x + d * y + f for x, y in ((box[0], box[1]), (box[2], box[3]))]
        return min(xs), min(ys), max(xs), max(ys)

    def hidden(self) -> Iterator[tuple[str, str]]:
        """Runs of text that are not seen, each with why not."""
        signs = [pdfium.FPDFText_GetUnicode(self.textpage.raw, place) for place in range(self.textpage.count_chars())]
        text = "".join(chr(sign) if 0 < sign < 0xD800 or 0xE000 <= sign < 0x110000 else " " for sign in signs)
        run, reasons = list[int](), list[str]()
        for place, sign in enumerate(text):
            if not sign.isalnum():
                continue
            reason = self._why_not_seen(place)
            if reason is None:
                continue
            if reason and (not reasons or reason == reasons[-1]):
                run.append(place)
                reasons.append(reason)
                continue
            yield from self._told(text, run, reasons)
            run, reasons = ([place], [reason]) if reason else ([], [])
        yield from self._told(text, run, reasons)

    def _told(self, text: str, run: Sequence[int], reasons: Sequence[str]) -> Iterator[tuple[str, str]]:
        few = _FEW + 1 if self._is_scan else _FEW  # text recognition reads a speck as a letter now and then
        if len(run) >= few:
            yield reasons[0], text[run[0] : run[-1] + 1].replace("\r\n", "\n")

    def _why_not_seen(self, place: int) -> str | None:
        """Why a letter is not seen; empty when it is, None when it has no place at all."""
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        if not pdfium.FPDFText_GetCharBox(self.textpage.raw, place, left, right, bottom, top):
            return None
        x0, y0, x1, y1 = self._pixels((left.value, bottom.value, right.value, top.value))
        if x1 - x0 <= 0 and y1 - y0 <= 0:
            return None
        width, height = self._with.size
        middle = (x0 + x1) / 2, (y0 + y1) / 2
        if not (0 <= middle[0] <= width and 0 <= middle[1] <= height):
            return "Buiten de pagina"
        box = (
            max(0, math.floor(x0)),
            max(0, math.floor(y0)),
            min(width, math.ceil(x1) + 1),
            min(height, math.ceil(y1) + 1),
        )
        if _extremes(self._ink_of_text, box)[1] >= _SEEN:
            return (
                "Heel kleine letters" if max(x1 - x0, y1 - y0) < _SMALLEST * self.scale and self._is_tiny(place) else ""
            )
        darkest, lightest = _extremes(self._grey, box)
        if self._is_scan and lightest - darkest >= _INK:
            return ""  # text over a scan: the ink is in the picture
        return "Niet te zien op de pagina"

    def _is_tiny(self, place: int) -> bool:
        matrix = pdfium.FS_MATRIX()
        if not pdfium.FPDFText_GetMatrix(self.textpage.raw, place, ctypes.byref(matrix)):
            return False
        grown = math.sqrt(abs(matrix.a * matrix.d - matrix.b * matrix.c))
        return bool(pdfium.FPDFText_GetFontSize(self.textpage.raw, place) * grown < _SMALLEST)

    def signatures(self) -> Iterator[str]:
        """What is printed near pictures that look like a signature."""
        for left, bottom, right, top in self.images:
            if not (30 <= right - left <= 350 and 10 <= top - bottom <= 170):
                continue
            beside = self.textpage.get_text_bounded(left - 60, bottom - 70, right + 60, top + 70, errors="replace")
            box = [round(side) for side in self._pixels((left, bottom, right, top))]
            if box[2] - box[0] < 8 or box[3] - box[1] < 8:
                continue
            crop = self._without.crop((max(0, box[0]), max(0, box[1]), box[2], box[3]))
            if image.looks_like_ink(crop, is_sure=not image.SIGNING.search(beside)):
                yield " ".join(beside.split())[-80:]


# --- objects of a page -----------------------------------------------------------------------------------------------


def _objects(page: pypdfium2.PdfPage, kind: int) -> Iterator[ctypes._Pointer]:  # type: ignore[type-arg]
    """All objects of a kind on a page, also those in forms."""
    waiting = [
        (pdfium.FPDFPage_GetObject(page.raw, place), 0) for place in range(pdfium.FPDFPage_CountObjects(page.raw))
    ]
    while waiting:
        item, depth = waiting.pop()
        found = pdfium.FPDFPageObj_GetType(item)
        if found == kind:
            yield item
        elif found == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            waiting += [
                (pdfium.FPDFFormObj_GetObject(item, place), depth + 1)
                for place in range(pdfium.FPDFFormObj_CountObjects(item))
            ]


def _image_boxes(page: pypdfium2.PdfPage) -> list[Box]:
    """Where pictures stand on the page. Of a form with a picture in it, the box of the form is taken."""
    boxes = []
    for place in range(pdfium.FPDFPage_CountObjects(page.raw)):
        item = pdfium.FPDFPage_GetObject(page.raw, place)
        if _has_picture(item, 0):
            left, bottom, right, top = (ctypes.c_float() for _ in range(4))
            if pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
                boxes.append((left.value, bottom.value, right.value, top.value))
    return boxes


def _has_picture(item: "ctypes._Pointer", depth: int) -> bool:  # type: ignore[type-arg]
    kind = pdfium.FPDFPageObj_GetType(item)
    if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
        return any(
            _has_picture(pdfium.FPDFFormObj_GetObject(item, place), depth + 1)
            for place in range(pdfium.FPDFFormObj_CountObjects(item))
        )
    return bool(kind == pdfium.FPDF_PAGEOBJ_IMAGE)


def _share(boxes: Sequence[Box], page: pypdfium2.PdfPage) -> float:
    """Which part of the page pictures cover."""
    width, height = page.get_size()
    area = sum(
        max(0.0, min(right, width) - max(left, 0.0)) * max(0.0, min(top, height) - max(bottom, 0.0))
        for left, bottom, right, top in boxes
    )
    return float(area / max(1.0, width * height))
