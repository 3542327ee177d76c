"""Kentekens: the fourteen side codes of the RDW (Regeling kentekens en kentekenplaten), with hyphens.

A line may end at a hyphen. Without a word such as "kenteken" or "auto" only letters that plates of today have count:
case numbers look like plates.
"""

import re
from collections.abc import Iterator

from woo.inspection.checks.labels import is_other_number
from woo.inspection.text import Span, Text

SIDE_CODES = (
    "LL-99-99", "99-99-LL", "99-LL-99", "LL-99-LL", "LL-LL-99", "99-LL-LL", "99-LLL-9", "9-LLL-99",
    "LL-999-L", "L-999-LL", "LLL-99-L", "L-99-LLL", "9-LL-999", "999-LL-9",
)  # fmt: skip


def _pattern(letter: str, separator: str) -> "re.Pattern[str]":
    codes = (code.replace("-", separator).replace("L", letter).replace("9", r"\d") for code in SIDE_CODES)
    # The sign after it: a case number goes on after a hyphen, a slash or a point.
    return re.compile(rf"(?<![\w-])(?<![\w][/._-])(?:{'|'.join(codes)})(?![\w-]|[/._]\w)")


_SURE = _pattern("[BDFGHJKLNPRSTVXZ]", "-\n?")
_NAMED = _pattern("[A-Za-z]", "(?:-\n?| )?")
_LABEL = re.compile(
    r"\b(?:kentekens?|nummerplaat|voertuig\w*|personenauto|bedrijfsauto|bestelauto|vrachtauto|auto|motor(?:fiets)?|bromfiets"
    r"|snorfiets|scooter|aanhanger|aanhangwagen|caravan|camper|taxi|wagen)\b",
    re.IGNORECASE,
)


def find(text: Text) -> Iterator[Span]:
    seen = set()
    for found in _SURE.finditer(text.text):
        if not is_other_number(text.before(found.start())) and not _is_other_column(text, found.start()):
            seen.add(found.start())
            yield Span(found.start(), found.end())
    for label in _LABEL.finditer(text.text):
        found_near = _NAMED.search(text.text, label.end(), label.end() + 60)
        if found_near and found_near.start() not in seen and _is_plausible(text, label.end(), found_near):
            seen.add(found_near.start())
            yield Span(found_near.start(), found_near.end())
    if text.is_table and any(map(_LABEL.search, text.piece.headings)):
        for found in _NAMED.finditer(text.text):
            if found.start() not in seen and _LABEL.search(text.heading(found.start())) and _has_both(found[0]):
                yield Span(found.start(), found.end())


def _is_plausible(text: Text, end: int, found: "re.Match[str]") -> bool:
    between = text.text[end : found.start()]
    return "." not in between and not is_other_number(between) and _has_both(found[0])


def _has_both(plate: str) -> bool:
    letters = [sign for sign in plate if sign.isalpha()]
    return all(sign.isupper() for sign in letters) or "-" in plate


def _is_other_column(text: Text, place: int) -> bool:
    return text.is_table and is_other_number(text.heading(place))
