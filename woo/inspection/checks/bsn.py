"""Burgerservicenummer: nine digits that pass the elfproef (Besluit BSN art. 1; Logisch Ontwerp BSN)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from woo.inspection.checks.labels import is_other_number
from woo.inspection.text import Span, Text

LABEL = re.compile(
    r"\b(?:(?:bsn|sofi)(?:[- ]?(?:nummers?|nrs?\.?))?|burger ?service ?-?(?:nummers?|nrs?\.?))"
    r"(?:\s*(?:/|of)\s*\w+)?\b",
    re.IGNORECASE,
)
_SHAPE = re.compile(
    r"(?<![\w,€$£#%+])(?<!\d[./:-])(?<!\w[/_@])(?<!€ )(?<!EUR )"
    r"(?:\d{9}|\d{8}"
    r"|(?<!\d )(?:\d{3}([ .-])\d{3}\1\d{3}|\d{4}([ .-])\d{2}\2\d{3}|\d{4}([ .-])\d{3}\3\d{2})(?! \d{2,4}\b))"
    r"(?![\w@%])(?![.,/-]\d)(?!,-| ?euro| ?m[23²³]\b)"
)
_NUMBER = re.compile(r"nummer|\bn(?:umme)?rs?\b|kenmerk|kvk|rsin|btw|oin\b|nota|factuur|\bid\b", re.IGNORECASE)
_IN_A_COLUMN = 3
_MOST = 0.8
"""How many of the numbers in a column must pass: of ordinary numbers one in eleven does."""


def passes(digits: str) -> bool:
    """The elfproef: weights 9 to 2 and then -1, divisible by eleven. A number of eight has lost its first zero."""
    number = digits.zfill(9)
    total = sum(weight * int(digit) for weight, digit in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), number, strict=True))
    return total % 11 == 0 and len(set(number)) > 1


def find(text: Text) -> Iterator[Span]:
    """Critical with the word on the line, in the heading or as one of a column; a warning when only the sum fits."""
    shapes = list(_SHAPE.finditer(text.text))
    if not shapes:
        return
    in_columns = _in_columns(text, shapes)
    for found in shapes:
        digits = re.sub(r"\D", "", found[0])
        if not passes(digits):
            continue
        before, heading = text.before(found.start()), text.heading(found.start())
        if re.search(r"\w-$", before) and not re.search(rf"(?:{LABEL.pattern})-$", before, re.IGNORECASE):
            continue  # the end of a longer code
        if before.endswith("=") and not re.search(rf"(?:{LABEL.pattern})=$", before, re.IGNORECASE):
            continue  # of an address: only its name tells what it is, as in ?bsn=
        is_other = _is_other(before) or (text.is_table and is_other_number(heading))
        named = _is_named(text, found.start(), found.end(), before, heading)
        if len(digits) < 9 and not (named and not is_other):
            continue
        if is_other and not named:
            continue
        if not named and found.start() not in in_columns and re.fullmatch(r"\d{3}[ .]\d{3}[ .]\d{3}", found[0]):
            continue  # that is how amounts are written
        is_critical = (named or found.start() in in_columns) and not is_other
        yield Span(found.start(), found.end(), critical=is_critical)


def _is_other(before: str) -> bool:
    """Whether it is called another number: "zaaknummer", or after the word BSN, as in "BSN onbekend, zaaknummer".

    "Aanvraag van BSN", "BSN van de klant" and "BSN/klantnummer" call it a BSN.
    """
    *_, last = [0, *(found.end() for found in LABEL.finditer(before))]
    rest = before[last:]
    return is_other_number(rest) and (not last or bool(_NUMBER.search(rest)))


def _is_named(text: Text, start: int, end: int, before: str, heading: str) -> bool:
    if LABEL.search(before) or LABEL.search(text.after(end, 60)):
        return True
    if text.is_table:
        return bool(LABEL.search(heading) or LABEL.search(text.cell_above(start)))
    return _heading_above(text, start)


def _heading_above(text: Text, place: int) -> bool:
    """A short line with the word, above it; in between only lines that have such a number too, and three others."""
    others = 0
    for line in text.above(place, 60):
        if LABEL.search(line):
            return len(line) <= 80 and not line.endswith((".", "?"))
        others += not _SHAPE.search(line)
        if others > 3:
            break
    return False


def _in_columns(text: Text, shapes: list["re.Match[str]"]) -> set[int]:
    """Where numbers stand that are one of a column in which nearly all pass."""
    columns: Mapping[tuple[int, int], list[re.Match[str]]] = defaultdict(list)
    block, last_row, place = 0, -2, 0
    for found in shapes:
        row = text.row(found.start())
        if not text.is_table:
            block, place = (block if row - last_row <= 1 else row), (place + 1 if row == last_row else 0)
        columns[block, text.column(found.start()) if text.is_table else place].append(found)
        last_row = row
    starts: set[int] = set()
    for numbers in columns.values():
        whole = [found for found in numbers if len(re.sub(r"\D", "", found[0])) == 9]
        passing = [found for found in whole if passes(re.sub(r"\D", "", found[0]))]
        if len({found[0] for found in passing}) >= _IN_A_COLUMN and len(passing) >= _MOST * len(whole):
            starts |= {found.start() for found in passing}
    return starts
