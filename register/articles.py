"""From how a check names its article to the address where anybody can read it: the policy next to the rule.

EUR-Lex for laws of the Union, wetten.overheid.nl (by BWB number, in the jci form) for Dutch ones. A source whose
address we are not sure of has none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

_EUR_LEX = "https://eur-lex.europa.eu/legal-content/NL/TXT/HTML/?uri=CELEX:{}"
_EUROPEAN: Mapping[str, str] = MappingProxyType({"AVG": "32016R0679", "Verordening (EU) 2024/1689": "32024R1689"})
_DUTCH: Mapping[str, str] = MappingProxyType(
    {
        "Archiefwet": "BWBR0007376",
        "Awb": "BWBR0005537",
        "Gemeentewet": "BWBR0005416",
        "UAVG": "BWBR0040940",
        "Wabb": "BWBR0022428",
        "Wet BRP": "BWBR0033715",
        "Woo": "BWBR0045754",
        "Wpg": "BWBR0022463",
    }
)
_DOCUMENTS: Mapping[str, str] = MappingProxyType(
    {
        "Algoritmeregister": "https://algoritmes.overheid.nl/",
        "HvJ C-311/18": _EUR_LEX.format("62018CJ0311"),
        "Selectielijst": "https://zoek.officielebekendmakingen.nl/stcrt-2020-11143.html",
        "Staatscourant 2019, 64418": "https://zoek.officielebekendmakingen.nl/stcrt-2019-64418.html",
    }
)
_SEPARATOR = re.compile(r"(; |, (?!64418))")
_ARTICLE = re.compile(r"art\. ([0-9]+[a-z]?(?:[.:][0-9]+)?)")
_BARE = re.compile(r"([0-9]+[a-z]?)(?: lid\b|$)")


class Source(NamedTuple):
    """A piece of how an article is named, with the address of that article; "" for none."""

    text: str
    url: str


def sources(named: str) -> tuple[Source, ...]:
    """Cut up `AVG art. 13 lid 2 onder f, 14 lid 2 onder g; UAVG art. 40`. The pieces together are the text itself."""
    found: list[Source] = []
    law, article = "", ""
    for piece in _SEPARATOR.split(named):
        if _SEPARATOR.fullmatch(piece):
            found.append(Source(piece, ""))
            continue
        document = next((url for name, url in _DOCUMENTS.items() if piece.startswith(name)), "")
        if document:
            law = article = ""
            found.append(Source(piece, document))
            continue
        named_law = next((name for name in (*_EUROPEAN, *_DUTCH) if piece.split(" art.")[0] == name), "")
        match, bare = _ARTICLE.search(piece), _BARE.match(piece)
        if match:
            law, article = law if piece.startswith("art.") else named_law, match[1]
        elif not piece[0].isdigit():
            law, article = law if piece.startswith("overweging") else named_law, ""
        elif bare and (" lid" in piece or " onder " not in found[-2].text):
            article = bare[1]  # "art. 8, 9, 13" goes on about articles, "art. 4 onder 8, 9 en 10" about its points
        found.append(Source(piece, address_of_article(law, article)))
    return tuple(found)


def address_of_article(law: str, article: str = "") -> str:
    """Where an article can be read, or the whole law without one; "" for a law that we have no address of."""
    if celex := _EUROPEAN.get(law):
        return _EUR_LEX.format(celex) + (f"#art_{article}" if article else "")
    if number := _DUTCH.get(law):
        return f"https://wetten.overheid.nl/jci1.3:c:{number}&artikel={article}" if article else _whole(number)
    return ""


def _whole(number: str) -> str:
    return f"https://wetten.overheid.nl/{number}"
