"""Dates of birth: a date with the word beside it or above it."""

import re
from collections.abc import Iterator

from woo.inspection.text import Span, Text

_MONTHS = (
    "jan(?:uari)?|feb(?:ruari)?|maart|mrt|apr(?:il)?|mei|juni?|juli?|aug(?:ustus)?|sept?(?:ember)?|okt(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_DATE = re.compile(
    rf"(?<![\d-])(?:(?:0?[1-9]|[12]\d|3[01])(?:[-/.](?:0?[1-9]|1[0-2])[-/.]|\s+(?:{_MONTHS})\.?\s+)(?:(?:19|20)\d\d|\d\d)"
    r"|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?![\d-])",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:\bgeboren\b|\bgeboorte-?\s?(?:datum|dag)\b|\bgeb\.?(?:\s?-?datum|\s?dat\.)?(?![\w])|date of birth|\bborn\b)"
    r"(?P<gap>[^\n]{0,45})$",
    re.IGNORECASE,
)
_HEADING = re.compile(r"geboorte-?\s?(?:datum|dag)|^geb\.?\s?-?dat(?:um|\.)?$|geboren", re.IGNORECASE)
_ELSE = re.compile(r"[^b]\.\s|datum|overle|gehuwd|verhuis|ingeschreven|besluit|d\.d\.", re.IGNORECASE)


def find(text: Text) -> Iterator[Span]:
    for found in _DATE.finditer(text.text):
        label = _LABEL.search(text.before(found.start(), 80))
        is_beside = label and not _DATE.search(label["gap"]) and not _ELSE.search(label["gap"])
        if is_beside or _HEADING.search(text.heading(found.start())):
            yield Span(found.start(), found.end())
