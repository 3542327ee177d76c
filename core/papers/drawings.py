"""Pictures for papers: SVG of our own, without style, script or anything from elsewhere. Same figures, same bytes.

What a colour says, a letter says too, and the worse something is, the darker it is: also in black and white. Colours of
letters on their ground differ 4.5 to 1 or more (WCAG 2.2, 1.4.3).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import combining, normalize
from xml.sax.saxutils import escape

from markupsafe import Markup

from core.papers.model import Picture

WIDTH = 680
"""Units across a picture; its letters are 15 units high."""
_LABEL = 250
_INK, _LINE = "#1a1a1a", "#595959"
_LETTERS = 15
_PER_LETTER = 8.2
"""Units that a letter takes, on the wide side: typefaces differ."""


class Shade(StrEnum):
    """A colour by its letter."""

    RED = "R"
    ORANGE = "O"
    GREEN = "G"
    GREY = "?"
    PLAIN = ""
    NONE = "-"
    """Nothing to say here."""


_GROUND = {
    Shade.RED: ("#a31515", "#ffffff"),
    Shade.ORANGE: ("#f2a33a", _INK),
    Shade.GREEN: ("#bfe3c4", _INK),
    Shade.GREY: ("#ffffff", _INK),
    Shade.PLAIN: ("#1d5f9e", "#ffffff"),
    Shade.NONE: ("#f2f2f2", _INK),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A lying bar with what stands before and behind it."""

    label: str
    value: int
    text: str
    shade: Shade = Shade.PLAIN


@dataclass(frozen=True, slots=True)
class Square:
    """A cell of a heat map."""

    shade: Shade
    text: str = ""


@dataclass(frozen=True, slots=True)
class Pile:
    """Something that consists of shades, with what stands below it."""

    label: str
    parts: Sequence[tuple[Shade, int]]
    text: str


def bars(title: str, lines: Sequence[Bar], told: str = "") -> Picture:
    """Lying bars below each other; the longest fills the width. `told`: in words, when a table has the figures."""
    longest = max((bar.value for bar in lines), default=0) or 1
    room = WIDTH - _LABEL - 110
    drawn, top = [], 0
    for bar in lines:
        label = _in_lines(bar.label, _LABEL - 12, 3)
        height = 28 if len(label) == 1 else 6 + 18 * len(label)
        width = max(2, round(bar.value * room / longest)) if bar.value else 0
        drawn.append(_texts(label, _LABEL - 10, top + height / 2, anchor="end"))
        if width:
            drawn.append(_rectangle(_LABEL, top + height / 2 - 11, width, 22, bar.shade))
        if bar.shade is not Shade.PLAIN and width >= 18:
            drawn.append(_texts([bar.shade.value], _LABEL + 9, top + height / 2, ink=_GROUND[bar.shade][1], bold=True))
        drawn.append(_texts([bar.text], _LABEL + width + 8, top + height / 2, anchor="start", bold=True))
        top += height
    told = told or "; ".join(f"{bar.label}: {bar.text}{_in_letters(bar.shade)}" for bar in lines)
    return _picture(title, told, top, drawn)


def heat(title: str, headings: Sequence[str], rows: Sequence[tuple[str, Sequence[Square]]]) -> Picture:
    """Squares in rows and columns, each with its letter."""
    left, gap = 184, 3
    across = (WIDTH - left) / len(headings)
    heads = [_in_lines(heading, across, 4) for heading in headings]
    top = 18 * max(map(len, heads)) + 8
    drawn = [_texts(head, left + (at + 0.5) * across, top / 2) for at, head in enumerate(heads)]
    for number, (label, squares) in enumerate(rows):
        y = top + number * 40
        drawn.append(_texts(_in_lines(label, left - 3, 2), 0, y + 18, anchor="start"))
        for at, square in enumerate(squares):
            drawn.append(_rectangle(left + at * across + gap, y, across - 2 * gap, 36, square.shade))
            text = f"{square.shade} {square.text}".strip() if square.shade is not Shade.NONE else "\u2013"
            drawn.append(_texts([text], left + (at + 0.5) * across, y + 18, ink=_GROUND[square.shade][1], bold=True))
    told = "; ".join(
        f"{label}: " + ", ".join(f"{head} {_words(square)}" for head, square in zip(headings, squares, strict=True))
        for label, squares in rows
    )
    return _picture(title, told, top + 40 * len(rows), drawn)


def piles(title: str, columns: Sequence[Pile], told: str = "") -> Picture:
    """Standing piles beside each other, all equally high: the share of each shade. `told` as for `bars`."""
    high, most = 220, 12
    across = WIDTH / max(len(columns), 5)
    drawn = []
    for at, pile in enumerate(columns[-most:]):
        total, top = sum(number for _, number in pile.parts) or 1, 4.0
        left, wide = at * across + across * 0.12, across * 0.76
        for shade, number in pile.parts:
            height = number * high / total
            if number:
                drawn.append(_rectangle(left, top, wide, height, shade))
            if height >= 18:
                text = f"{shade} {number}" if wide >= 48 else shade.value
                drawn.append(_texts([text], left + wide / 2, top + height / 2, ink=_GROUND[shade][1], bold=True))
            top += height
        below = [*_in_lines(pile.label, across, 2), *_in_lines(pile.text, across, 2)]
        drawn.append(_texts(below, left + wide / 2, high + 12 + 9 * len(below)))
    told = told or "; ".join(
        f"{pile.label}: " + ", ".join(f"{number} {_NAMES[shade]}" for shade, number in pile.parts) + f", {pile.text}"
        for pile in columns[-most:]
    )
    return _picture(title, told, high + 90, drawn)


_NAMES = {Shade.RED: "rood", Shade.ORANGE: "oranje", Shade.GREEN: "groen", Shade.GREY: "grijs"}


def _words(square: Square) -> str:
    if square.shade is Shade.NONE:
        return "niet van toepassing"
    return f"{_NAMES.get(square.shade, '')} {square.text}".strip()


def _in_letters(shade: Shade) -> str:
    return f" ({_NAMES[shade]})" if shade in _NAMES else ""


def _picture(title: str, told: str, height: float, drawn: Iterable[str]) -> Picture:
    body = "".join(drawn)
    alt = f"{title}. {told}."
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" class="ob-chart" viewBox="0 0 {WIDTH} {height:g}"'
        f' width="{WIDTH}" height="{height:g}" font-family="Noto Sans, Libertinus Serif, sans-serif"'
        f' font-size="{_LETTERS}"><title>{escape(title)}</title><desc>{escape(alt)}</desc>{body}</svg>'
    )
    return Picture(Markup(svg), title, alt)  # noqa: S704 - every text in it was escaped


def _rectangle(x: float, y: float, width: float, height: float, shade: Shade) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    dashes = ' stroke-dasharray="4 3"' if shade is Shade.GREY else ""
    return f'<rect {place} fill="{_GROUND[shade][0]}" stroke="{_LINE}"{dashes}/>'


def _texts(
    lines: Sequence[str], x: float, middle: float, *, anchor: str = "middle", ink: str = _INK, bold: bool = False
) -> str:
    """Lines of text around a height."""
    weight = ' font-weight="700"' if bold else ""
    first = middle + 5 - 9 * (len(lines) - 1)
    return "".join(
        f'<text x="{x:.1f}" y="{first + 18 * at:.1f}" text-anchor="{anchor}" fill="{ink}"{weight}>{_shown(line)}</text>'
        for at, line in enumerate(lines)
    )


def _shown(line: str) -> str:
    """A line as SVG. A mark that makes no letter with the one before it (an accent on a j) is left out.

    No typeface has those, and PDF/A refuses a picture with what cannot be read back. The table has the text as it is.
    """
    return escape("".join(letter for letter in normalize("NFC", line) if not combining(letter)))


def _in_lines(text: str, width: float, most: int) -> list[str]:
    """The words of a text on lines of a width; what does not fit in the last line is left out, the table has it."""
    room = max(3, int(width / _PER_LETTER))
    lines = list(_wrapped(text, room))
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"{' '.join(lines[most - 1 :])[: room - 1].rstrip()}…"]


def _wrapped(text: str, room: int) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > room:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
        while len(line) > room:
            yield f"{line[: room - 1]}-"
            line = line[room - 1 :]
    yield line
