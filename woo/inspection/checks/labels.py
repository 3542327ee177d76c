"""Words that say what kind of number follows. A number with such a word in front is that, and nothing else."""

import re

# What a municipality numbers. None of these is personal data, and one in eleven passes for a BSN.
_OTHER_NUMBER = re.compile(
    r"(?:kvk|k\.v\.k|kamer van koophandel|rsin|btw|omzetbelasting|fiscaal|order|factu|\bnota|zaak|dossier|kenmerk"
    r"|referentie|ons nummer|uw nummer|klant|debiteur|crediteur|polis|relatie|isbn|issn|\bdoi|serie|meter|\bean"
    r"|vestiging|inschrij|project|contract|bestel(?!bus|auto|wagen)|aanvra|registratie|document|besluit|verplichting"
    r"|transactie|betaling|perceel|kadast|co[oö]rdina|\boin|\blei\b|artikel|product|inventaris|volgnummer|verseon|corsa"
    r"|djuma|decos|\bstuk|pagina|bladzijde|tender|aanbested|bag-?id|objectnummer|nummeraanduiding|ticket|melding"
    r"|machtiging|versie|bedrag|totaal|saldo|raming)[^\d\n]{0,25}$",
    re.IGNORECASE,
)


def is_other_number(before: str) -> bool:
    """Whether the words in front say that this is the number of a case, an invoice, a company and so on."""
    return bool(_OTHER_NUMBER.search(before))
