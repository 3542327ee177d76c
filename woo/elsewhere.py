"""Addresses of documents that stand on another website: may we name them, and does anything stand there?"""

from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from core import http
from core.errors import Failed
from core.own_network import OwnNetwork

OWN_NETWORK = "Dit adres werkt alleen in uw eigen netwerk. Vul een adres in dat iedereen kan openen."
_REDIRECTS = 5
_NOTHING = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


def fault_of(url: str, *, allows_own_network: bool = False) -> str:
    """What is wrong with an address; empty when it works, or when nobody can say because the site does not answer.

    Args:
        url: of the document itself, as a person typed it.
        allows_own_network: only for tests.
    """
    host = urlsplit(url).hostname
    for _ in range(_REDIRECTS + 1):
        try:
            answer = http.get(url, max_bytes=1, whole=False, outside_only=not allows_own_network, is_patient=False)
        except Failed as error:
            return OWN_NETWORK if isinstance(error.__cause__, OwnNetwork) else ""
        if answer.status in _NOTHING:
            return f"Op dit adres staat niets (fout {answer.status}). Controleer het adres."
        if not answer.redirect:
            return ""
        url = urljoin(url, answer.redirect)
        if urlsplit(url).hostname != host:
            other = urlsplit(url).hostname or "een andere plek"
            return f"Dit adres stuurt door naar {other[:100]}. Vul het adres in waar het document zelf staat."
    return "Dit adres blijft doorsturen. Vul het adres in waar het document zelf staat."
