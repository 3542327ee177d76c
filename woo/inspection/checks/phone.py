"""Telephone numbers of persons: valid Dutch numbers and international ones with a plus (E.164, Nummerplan)."""

import re
from collections.abc import Iterator

from woo.inspection.checks.labels import is_other_number
from woo.inspection.text import Span, Text

_SHAPE = re.compile(
    r"(?<![\w,€$£#=%@])(?<!\d[./:-])(?<![A-Za-z][-/_])(?:(?:\+|00)\d{1,3}|\(\+\d{1,3}\)|\(0\d{1,3}\)|0\d{1,3})"
    r"(?:[ ]?[-/.]?[ ]?\(?\d\)?){6,11}(?![\w@%])(?![./-]\d)"
)
_DUTCH_START = re.compile(r"(?:\(?\+31\)?|0031|\(?0)")
_LABEL = re.compile(
    r"\b(?:tel(?:efoon\w*|\.|:)?|mobiel|mob\.|gsm|bel(?:len)?|bereikbaar|fax|[tm]:?)(?!\w)[^\n]{0,30}$", re.IGNORECASE
)
_NAKED = re.compile(r"0\d{9}")


def find(text: Text) -> Iterator[Span]:
    candidates = list(_SHAPE.finditer(text.text))
    if not candidates:
        return
    import phonenumbers

    of_a_person = {
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        phonenumbers.PhoneNumberType.VOIP,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
    }
    for found in candidates:
        before = text.before(found.start())
        heading = text.heading(found.start()) if text.is_table else ""
        is_named = _LABEL.search(before) or (heading and _LABEL.search(heading))
        if not is_named and (is_other_number(before) or is_other_number(heading)):
            continue
        if _NAKED.fullmatch(found[0]) and not found[0].startswith("06") and not is_named:
            continue  # ten digits in a row are as likely a number of anything else
        try:
            number = phonenumbers.parse(found[0], "NL")
        except phonenumbers.NumberParseException:
            continue
        if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in of_a_person:
            continue
        if number.country_code == 31 and not _DUTCH_START.match(found[0]):
            continue
        national = str(number.national_number)
        if not text.is_known(f"0{national}") and not text.is_known(f"+{number.country_code}{national}"):
            yield Span(found.start(), found.end())
