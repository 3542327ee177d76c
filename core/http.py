"""The one way to the outside over HTTP: time limits, a maximum size, another try when the server falters."""

import time
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from core.errors import Failed
from core.own_network import OutsideAdapter, OwnNetwork

CONNECT_SECONDS = 10
READ_SECONDS = 30
SHORT = 4
"""Seconds for each of both, when a person waits."""
TOTAL_SECONDS = 300
"""A server that keeps dripping is left after this, however fast each drop comes."""
BACKOFF_SECONDS = 0.5
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. `media_type` has no parameters and is in lower case; `redirect` is where a 3xx points."""

    status: int
    media_type: str
    redirect: str
    content: bytes


@cache
def _session(*, outside_only: bool, is_patient: bool) -> requests.Session:
    session = requests.Session()
    session.headers["User-Agent"] = "Openboek"
    # GET changes nothing there, so it may be tried again. A wish of the server for a long pause is not obeyed.
    retry = Retry(
        total=3 if is_patient else 0,
        backoff_factor=BACKOFF_SECONDS,
        status_forcelist=(429, 502, 503, 504),
        allowed_methods={"GET"},
        raise_on_status=False,
        respect_retry_after_header=False,
        redirect=False,
    )
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
    host = urlsplit(url).netloc
    deadline = time.monotonic() + TOTAL_SECONDS
    try:
        with _session(outside_only=outside_only, is_patient=is_patient).get(
            url, stream=True, allow_redirects=False, timeout=(CONNECT_SECONDS, READ_SECONDS) if is_patient else SHORT
        ) as response:
            content = bytearray()
            for chunk in response.iter_content(_CHUNK):
                content += chunk
                if len(content) > max_bytes:
                    if whole:
                        raise Failed(f"{url} is groter dan {max_bytes} bytes. Kijk of het adres klopt.")
                    break
                if time.monotonic() > deadline:
                    raise Failed(f"{host} antwoordt te langzaam. Probeer het later opnieuw.")
            return Answer(
                status=response.status_code,
                media_type=response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
                redirect=response.headers.get("Location", "") if response.is_redirect else "",
                content=bytes(content[:max_bytes]),
            )
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
