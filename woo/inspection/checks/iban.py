"""Rekeningnummer: an IBAN whose remainder by 97 is one (ISO 13616, ISO 7064)."""

import re
from collections.abc import Iterator

from woo.inspection.text import Span, Text

_SHAPE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[ ]?\d{2}(?:[ .-]?[A-Z0-9]){11,30}(?![A-Za-z0-9])")
_COUNTRIES = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 "
    "FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 "
    "LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 "
    "SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
)
_LENGTHS = {code[:2]: int(code[2:]) for code in _COUNTRIES.split()}


def passes(account: str) -> bool:
    """Whether the digits of control fit; `account` has no spaces."""
    turned = account[4:] + account[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def find(text: Text) -> Iterator[Span]:
    for found in _SHAPE.finditer(text.text):
        # What follows may be a word in capitals or a number, so the length of the country decides.
        places = [place for place, sign in enumerate(found[0]) if sign.isalnum()]
        length = _LENGTHS.get(found[0][:2], len(places) + 1)
        if length > len(places):
            continue
        end = places[length - 1] + 1
        account = re.sub(r"[ .-]", "", found[0][:end])
        if not found[0][end : end + 1].isalnum() and passes(account) and not text.is_known(account):
            yield Span(found.start(), found.start() + end)
