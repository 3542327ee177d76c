"""Addresses of documents that stand on another website: may we name them, and does anything stand there?"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from itertools import zip_longest
from urllib.parse import urljoin, urlsplit

from core import http
from core.errors import Failed
from core.own_network import OwnNetwork

OWN_NETWORK = "Dit adres werkt alleen in uw eigen netwerk. Vul een adres in dat iedereen kan openen."
PAUSE = 0.5
"""Seconds between two requests to one website."""
OF_A_SITE, OF_A_LIST, SECONDS_FOR_A_LIST = 5, 100, 60.0
"""How many addresses of a list are tried: of each website, of the list, and how long that may take."""
SECONDS_AT_ONCE = 900.0
"""How long it may take to try all that is about to become public."""
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


def some_of(urls: Iterable[str]) -> Sequence[str]:
    """The addresses of a long list that are tried: of each website a few, spread evenly over the list."""
    chosen = [found[:: -(-len(found) // OF_A_SITE)] for found in _by_site(urls).values()]
    return [url for turn in zip_longest(*chosen) for url in turn if url][:OF_A_LIST]


def faults_of(
    urls: Iterable[str],
    *,
    seconds: float = SECONDS_AT_ONCE,
    said: Callable[[int, int], None] = lambda _done, _all: None,
) -> Mapping[str, str]:
    """Try addresses one after the other, at a pace that bothers no website: what is wrong with each, as `fault_of`.

    Args:
        urls: the addresses; each is tried once.
        seconds: after these it ends; what was not tried then is not in the answer.
        said: is told after each how many were done, of how many.
    """
    end = time.monotonic() + seconds
    turns = [url for turn in zip_longest(*_by_site(urls).values()) for url in turn if url]
    found: dict[str, str] = {}
    free_at: dict[str, float] = {}
    for url in turns:
        site = urlsplit(url).netloc
        wait = free_at.get(site, 0) - time.monotonic()
        if time.monotonic() + max(wait, 0) > end:
            break
        time.sleep(max(wait, 0))
        found[url] = fault_of(url)
        free_at[site] = time.monotonic() + PAUSE
        said(len(found), len(turns))
    return found


def _by_site(urls: Iterable[str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for url in dict.fromkeys(urls):
        found[urlsplit(url).netloc].append(url)
    return found
