"""The one way to the outside over HTTP: time limits, a maximum size, another try when the server falters."""

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.util import Retry

from core.errors import Failed
from core.own_network import OutsideAdapter, OwnNetwork

CONNECT_SECONDS = 10
READ_SECONDS = 30
WRITE_SECONDS = 120
"""A server to which we write may need time for a large file."""
SHORT = 4
"""Seconds for each of both, when a person waits."""
TOTAL_SECONDS = 300
"""A server that keeps dripping is left after this, however fast each drop comes."""
BACKOFF_SECONDS = 0.5
TRIES = 3
AGENT = "Openboek"
_CHUNK = 65_536
_HARMLESS = frozenset({"GET", "PUT", "PATCH", "DELETE", "PROPFIND", "MKCOL"})
"""Doing them twice has the same effect as once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. `media_type` has no parameters and is in lower case; `redirect` is where a 3xx points."""

    status: int
    media_type: str
    redirect: str
    content: bytes


def _retry(methods: Collection[str], tries: int) -> Retry:
    """Another try when the server falters. A wish of the server for a long pause is not obeyed."""
    return Retry(
        total=tries,
        backoff_factor=BACKOFF_SECONDS,
        status_forcelist=(429, 502, 503, 504),
        allowed_methods=methods,
        raise_on_status=False,
        respect_retry_after_header=False,
        redirect=False,
    )


@cache
def _session(*, outside_only: bool, is_patient: bool) -> requests.Session:
    session = requests.Session()
    session.headers["User-Agent"] = AGENT
    retry = _retry({"GET"}, TRIES if is_patient else 0)  # GET changes nothing there, so it may be tried again
    for scheme in ("http://", "https://"):
        session.mount(scheme, (OutsideAdapter if outside_only else HTTPAdapter)(max_retries=retry))
    return session


def get(url: str, *, max_bytes: int, whole: bool = True, outside_only: bool = False, is_patient: bool = True) -> Answer:
    """Fetch an address; redirects are told, not followed.

    With `whole=False` only the first `max_bytes` bytes are read. `outside_only` is for an address that a person typed:
    it never reaches into the own network. Not `is_patient`: somebody waits for the answer, so there is one short try.
    Raises Failed with a Dutch sentence when the server cannot be reached, is
    too slow, or sends more than `max_bytes`.
    """
    with (
        _told(url),
        _session(outside_only=outside_only, is_patient=is_patient).get(
            url, stream=True, allow_redirects=False, timeout=(CONNECT_SECONDS, READ_SECONDS) if is_patient else SHORT
        ) as response,
    ):
        return _answer(response, url, max_bytes, whole=whole)


class Line:
    """A line to a server of others that knows us, on which we may write. Several threads may use it at once."""

    def __init__(self, authorization: str, *, at_once: int) -> None:
        """`authorization` is the header that says who we are; `at_once` is how many threads will use it."""
        self._session = requests.Session()
        self._session.headers["User-Agent"] = AGENT
        self._session.auth = _Known(authorization)
        adapter = HTTPAdapter(pool_maxsize=at_once, max_retries=_retry(_HARMLESS, TRIES))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)

    def close(self) -> None:
        self._session.close()

    def ask(
        self,
        method: str,
        url: str,
        *,
        max_bytes: int,
        data: bytes | BinaryIO | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request; what does no harm when it is done twice is tried again when the server falters.

        Raises:
            Failed: see `get`.
        """
        with (
            _told(url),
            self._session.request(
                method,
                url,
                data=data,
                headers=headers,
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_SECONDS, WRITE_SECONDS),
            ) as response,
        ):
            return _answer(response, url, max_bytes)


class _Known(AuthBase):
    """Says who we are, and lets no `.netrc` of whoever runs this say something else."""

    def __init__(self, authorization: str) -> None:
        self._authorization = authorization

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._authorization
        return request


def _answer(response: requests.Response, url: str, max_bytes: int, *, whole: bool = True) -> Answer:
    deadline = time.monotonic() + TOTAL_SECONDS
    content = bytearray()
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if len(content) > max_bytes:
            if whole:
                raise Failed(f"{url} is groter dan {max_bytes} bytes. Kijk of het adres klopt.")
            break
        if time.monotonic() > deadline:
            raise Failed(f"{urlsplit(url).netloc} antwoordt te langzaam. Probeer het later opnieuw.")
    return Answer(
        status=response.status_code,
        media_type=response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
        redirect=response.headers.get("Location", "") if response.is_redirect else "",
        content=bytes(content[:max_bytes]),
    )


@contextmanager
def _told(url: str) -> Iterator[None]:
    """What a person can do about a server that gives way."""
    host = urlsplit(url).netloc
    try:
        yield
    except requests.exceptions.SSLError as error:
        raise Failed(
            f"Het certificaat van {host} klopt niet. Laat de beheerder van de website ernaar kijken."
        ) from error
    except requests.exceptions.Timeout as error:
        raise Failed(f"{host} antwoordt te langzaam. Probeer het later opnieuw.") from error
    except OwnNetwork as error:
        raise Failed(f"{host} ligt in het eigen netwerk. Vul een adres in dat iedereen kan bereiken.") from error
    except (requests.RequestException, UnicodeError) as error:
        raise Failed(f"{host or url} is niet te bereiken. Controleer het adres en de verbinding.") from error
