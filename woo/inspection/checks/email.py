"""E-mail addresses of persons. An address of a desk or a department, such as info@, is nobody's personal data."""

import re
from collections.abc import Iterator

from woo.inspection.text import Span, Text

_SHAPE = re.compile(
    r"(?<![\w.%+/-])(?P<local>[A-Za-z0-9][\w.%+-]{0,63})@(?P<domain>(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,18})(?![\w@])"
)
_OF_A_DESK = re.compile(
    r"(?:info|informatie|gemeente|contact|post|postbus|mail|email|e-mail|receptie|balie|secretariaat|administratie|archief"
    r"|griffie|raadsgriffie|raad|gemeenteraad|college|bestuur|bestuurssecretariaat|directie|klachten|klacht|bezwaar|beroep"
    r"|bezwaarschriften|woo|wob|woo-?verzoek(?:en)?|avg|fg|privacy|dpo|functionarisgegevensbescherming|gegevensbescherming"
    r"|security|abuse|webmaster|web|website|redactie|communicatie|pers|persvoorlichting|voorlichting|hr|hrm|personeel|p-?en-?o"
    r"|vacatures?|sollicitaties?|inkoop|aanbestedingen|facturen|factuur|crediteuren|debiteuren|financien|belastingen|wmo|jeugd"
    r"|sociaaldomein|participatie|omgevingsloket|vergunningen|vergunning|handhaving|toezicht|burgerzaken|publiekszaken"
    r"|klantcontact|klantenservice|servicedesk|helpdesk|support|ict|noreply|no-reply|donotreply|openbaar|meldingen|melding"
    r"|gemeentewinkel|loket|wijkteam|team|afdeling|projecten|project|ondernemers|economie|evenementen|sport|cultuur|subsidies?"
    r"|rekenkamer|ombudsman|integriteit|dienstverlening|verkoop|planning|algemeen|ruimte|duurzaam|office|hello|hallo|service|sales|jobs)"
    r"(?:[.\-_].*|\d*)$",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"(?:^|\.)(?:example|voorbeeld|test|invalid|localhost)(?:\.|$)", re.IGNORECASE)
_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|css|js|pdf|docx?)$", re.IGNORECASE)


def is_of_a_desk(local: str) -> bool:
    """Whether the part before the @ is that of a desk or a department."""
    return bool(_OF_A_DESK.match(local))


def find(text: Text) -> Iterator[Span]:
    if "@" not in text.text:
        return
    for found in _SHAPE.finditer(text.text):
        domain = found["domain"]
        if is_of_a_desk(found["local"]) or _EXAMPLE.search(domain) or _FILE.search(domain):
            continue
        if not text.is_known(found[0]) and not text.is_known_domain(domain):
            yield Span(found.start(), found.end())
