"""Postal addresses: street, number and postcode, or a street and number after a word such as "wonende".

An address of an organisation is no personal data: a postbus, what the municipality gave as its own, or a name such as
"Stichting" or "Gemeente" on the same line or the line above.
"""

import re
from collections.abc import Iterator

from woo.inspection.text import Span, Text

_STREET = (
    r"(?:'[st]-?|[0-9]{1,2}e )?[A-ZÀ-Ý][\w'.-]{0,40}"
    r"(?:[ ](?:de|den|der|des|van|het|'t|'s|ten|ter|te|op|aan|in|bij|la|le|en|[A-ZÀ-Ý(][\w'.)-]{0,40})){0,5}"
)
_NUMBER = r"[1-9]\d{0,4}(?:[ ]?[-/]?[ ]?(?:[a-zA-Z](?![a-zA-Z])|\d{1,4}(?!\d)|bis|hs|huis|[IVX]{1,4}))?"
_POSTCODE = r"(?<!\d)[1-9]\d{3}[ ]?(?!S[ADS])[A-Z]{2}(?![A-Za-z0-9])"
_WHOLE = re.compile(
    rf"(?<![\w'.-])(?P<street>{_STREET})[ \t]{{1,2}}(?P<number>{_NUMBER})[ \t]*[,;|(·•-]?\s{{0,3}}(?:te[ ])?"
    rf"(?P<postcode>{_POSTCODE})"
)
_NUMBERED = re.compile(
    rf"(?P<postcode>{_POSTCODE})[ \t,;/]{{1,3}}(?i:(?:huis)?nummer:?[ ]|nr\.?[ ])?(?P<number>{_NUMBER})(?![\w-])"
)
_LIVING = re.compile(
    r"\b(?:wonende|woonachtig|woonadres|huisadres|thuisadres|verblijvende|woont|adres)\b[: \t\n]"
    rf"(?:[^\n\d]{{0,25}}?[ \t\n])??(?P<street>{_STREET})[ ]{{1,2}}(?P<number>{_NUMBER})(?![\w%-])"
)
_ORGANISATION = re.compile(
    r"\b(?:gemeente(?:huis|kantoor)?|stadhuis|raadhuis|stadskantoor|bezoekadres|postadres|vestigingsadres|kantooradres"
    r"|stichting|vereniging|ver\.|b\.?v\.?|n\.?v\.?|v\.?o\.?f\.?|co[oö]peratie|maatschap|rechtbank|raad van state|hof"
    r"|ministerie|provincie|waterschap|omgevingsdienst|veiligheidsregio|ggd|college|bibliotheek|school"
    r"|ziekenhuis|museum|kerk|sporthal|zwembad|locatie|perceel|bouwlocatie|autoriteit|bank|holding|groep)(?!\w)",
    re.IGNORECASE,
)
_IN_FRONT = re.compile(
    r"^(?:Gemeente|Stichting|Vereniging|Provincie|Ministerie|Waterschap|Omgevingsdienst|Bezoekadres)\b"
)
_PERSON = re.compile(
    r"\b(?:de heer|dhr|mevr|mevrouw|mw|familie|fam|t\.a\.v|aan:|aanvrager|wonende|woonachtig|woonadres)\b",
    re.IGNORECASE,
)
_NO_STREET = re.compile(
    r"^(?:post-?bus|antwoordnummer|artikel|art\.?|lid|besluit|kamer|bijlage|pagina|nr)\b", re.IGNORECASE
)


def find(text: Text) -> Iterator[Span]:
    taken: list[tuple[int, int]] = []
    for pattern in (_WHOLE, _NUMBERED, _LIVING):
        for found in pattern.finditer(text.text):
            start, end = found.span() if pattern is not _LIVING else (found.start("street"), found.end())
            if any(start < last and end > first for first, last in taken):
                continue
            facts = found.groupdict()
            street, postcode = facts.get("street") or "", facts.get("postcode") or ""
            if _NO_STREET.match(street) or text.is_known(postcode or street, street + facts["number"]):
                continue
            taken.append((start, end))
            if not _is_of_an_organisation(text, start, street):
                yield Span(start, end)


def _is_of_an_organisation(text: Text, start: int, street: str) -> bool:
    beside = text.before(start, 100)
    if _PERSON.search(beside):
        return False
    above = next(iter(text.above(start, 1)), "") if not beside.strip() and not text.is_table else ""
    if _PERSON.search(above):
        return False
    # The name may have been taken for the first words of the street: "Gemeente Losser Raadhuisplein 1".
    return bool(
        _ORGANISATION.search(beside) or _IN_FRONT.search(street) or (len(above) < 80 and _ORGANISATION.search(above))
    )
