"""Trying the links that stand in records: politely, within limits, and never into the own network.

The results are in `core.tried_links`. A register says which addresses it has; what it makes of a broken one is its own.
"""

import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import requests
from sqlmodel import Session, col, select

from core import audit, clock
from core.jobs import Claimed, Retry
from core.own_network import OutsideAdapter, OwnNetwork
from core.tried_links import GONE, TriedLink

LINK_JOB = "core:link:try"
RETRY = Retry(attempts=2, pause=timedelta(hours=1))
LONGEST = 2000
NAME = "Openboek"
"""What websites call us in their robots.txt."""
_NOBODY_KNOWS = frozenset({401, 403, 405, 406, 429, 451})
"""The page may be there, but not for a program; saying that it is broken would be a guess."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far one run goes. What is left comes first in the next one."""

    most: int = 1000
    """Addresses."""
    seconds: float = 10
    """For connecting, and for each wait for an answer."""
    redirects: int = 5
    max_bytes: int = 65_536
    pause: float = 1.0
    """Between two requests to one host; longer when its robots.txt asks for that."""
    longest_pause: float = 10
    allows_own_network: bool = False
    """Only for tests: a link in a record must not lead this server to what only this server can reach."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went. No fault: it works, or nobody can say."""

    status: int | None
    fault: str
    final_url: str = ""
    """Where the redirects ended; empty when there were none."""


def is_tried(url: str) -> bool:
    """Whether a text is an address of a page on the web, which can be tried."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and len(url) <= LONGEST


def check_links(job: Claimed, urls: Collection[str], limits: Limits | None = None) -> Mapping[str, Any]:
    """Try every address, that which waits longest first, and keep how it went. What no record has any more goes.

    Each address is a turn of the job: others go first, and then it goes on with the address that came next.

    Raises:
        Stopped: the job may not go on; what was tried is kept.
    """
    limits = limits or Limits()
    wanted = {url for url in urls if is_tried(url)}
    total, done = max(min(len(wanted), limits.most), job.done), job.done
    with job.step(done, total) as session:
        queue = _bring_up_to_date(session, wanted)
    web = _session(allows_own_network=limits.allows_own_network)
    wishes: dict[str, RobotFileParser] = {}
    free_at: dict[str, float] = {}
    if done:
        job.must_stop.wait(limits.pause)  # the turn before may have asked the same host just now
    for url in queue[: total - done]:
        host = urlsplit(url).netloc
        job.must_stop.wait(max(free_at.get(host, 0) - time.monotonic(), 0))
        job.check()
        if host not in wishes:
            wishes[host] = _wishes_of(url, web, limits)
            job.must_stop.wait(limits.pause)
            job.check()
        outcome = try_link(url, web, limits) if wishes[host].can_fetch(NAME, url) else Outcome(None, "")
        asked = float(wishes[host].crawl_delay(NAME) or 0)
        free_at[host] = time.monotonic() + min(max(asked, limits.pause), max(limits.longest_pause, limits.pause))
        done += 1
        with job.turn(done, total, f"{done} van {total} links geprobeerd") as session:
            _keep(session, url, outcome)
    with job.step(done, total) as session:
        tried = select(TriedLink.fault).where(col(TriedLink.tried_at).is_not(None))
        newest = session.exec(tried.order_by(col(TriedLink.tried_at).desc()).limit(done)).all()
        faults = sum(map(bool, newest))
        # The trail tells that there are new results; that also makes what is kept of findings old.
        audit.append(
            session,
            chain=job.organisation_id,
            actor=job.actor,
            action=LINK_JOB,
            subject=("core_tried_link", job.id, "Links"),
            contents={"after": {"rows": done, "faults": faults}},
        )
    return {"message": f"{done} links geprobeerd, {faults} werken niet.", "tried": done, "faults": faults}


def try_link(url: str, web: requests.Session, limits: Limits) -> Outcome:
    """Ask for the head of a page, and for the page itself when the server does not do heads. Follows redirects."""
    try:
        answer, ended = _follow("HEAD", url, web, limits)
        if answer is not None and answer >= HTTPStatus.BAD_REQUEST:
            answer, ended = _follow("GET", url, web, limits)
    except OwnNetwork:
        return Outcome(None, "")
    except (requests.RequestException, UnicodeError, ValueError) as error:
        return Outcome(None, next(text for kind, text in _FAULTS.items() if isinstance(error, kind)))
    return Outcome(answer, _fault(answer), ended if ended != url else "")


def _wishes_of(url: str, web: requests.Session, limits: Limits) -> RobotFileParser:
    """What a website asks of programs (RFC 9309). One that says nothing, or cannot be reached, forbids nothing."""
    found = RobotFileParser()
    lines: list[str] = []
    with suppress(requests.RequestException, OwnNetwork, UnicodeError, ValueError):
        address = urljoin(url, "/robots.txt")
        with web.get(address, stream=True, allow_redirects=False, timeout=limits.seconds) as answer:
            if answer.status_code == HTTPStatus.OK:
                lines = answer.raw.read(limits.max_bytes, decode_content=True).decode(errors="replace").splitlines()
    found.parse(lines)
    return found


_FAULTS: Mapping[type[Exception], str] = {
    requests.exceptions.SSLError: "Het certificaat van de website klopt niet.",
    requests.exceptions.Timeout: "De website antwoordt te langzaam.",
    Exception: "De website is niet te bereiken.",
}


def _fault(status: int | None) -> str:
    if status is None:
        return "De link verwijst steeds door."
    if status in GONE:
        return "De pagina bestaat niet (meer)."
    return (
        f"De website zegt: fout {status}." if status >= HTTPStatus.BAD_REQUEST and status not in _NOBODY_KNOWS else ""
    )


def _follow(method: str, url: str, web: requests.Session, limits: Limits) -> tuple[int | None, str]:
    """The status and the address at the end of the redirects; no status when there is no end."""
    for _ in range(limits.redirects + 1):
        with web.request(method, url, stream=True, allow_redirects=False, timeout=limits.seconds) as response:
            status, target = response.status_code, response.headers.get("Location", "")
            if method == "GET":
                response.raw.read(limits.max_bytes)
        if status not in _REDIRECTS or not target:
            return status, url
        url = urljoin(url, target)
        if not is_tried(url):
            raise ValueError(url)
    return None, url


def _session(*, allows_own_network: bool) -> requests.Session:
    session = requests.Session()
    session.headers["User-Agent"] = f"{NAME} (controle van links)"
    if not allows_own_network:
        for scheme in ("http://", "https://"):
            session.mount(scheme, OutsideAdapter())
    return session


# --- rows


def _bring_up_to_date(session: Session, wanted: Collection[str]) -> list[str]:
    """A row for each address and no other ones; the addresses, that which waits longest first."""
    known = {row.url: row for row in session.exec(select(TriedLink).order_by(col(TriedLink.url)))}
    for url, row in known.items():
        if url not in wanted:
            session.delete(row)
    for url in sorted(wanted - known.keys()):
        session.add(TriedLink(url=url, digest=sha256(url.encode()).hexdigest()))
    tried = {url: row.tried_at for url, row in known.items()}
    new = [url for url in sorted(wanted) if tried.get(url) is None]
    return new + sorted((url for url in wanted if tried.get(url)), key=lambda url: (tried[url], url))


def _keep(session: Session, url: str, outcome: Outcome) -> None:
    row = session.exec(select(TriedLink).where(TriedLink.url == url)).one()
    row.tried_at, row.status, row.fault = clock.now(), outcome.status, outcome.fault
    row.final_url = outcome.final_url
    row.failures = row.failures + 1 if outcome.fault else 0
