"""Links that nobody can make up: what for, about what, until when, signed with the key of the installation.

A link alone is never enough: who reads one also says whether what it opens is still open (an invitation that was used,
a review round that was closed), so a link that was copied or kept does nothing afterwards.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime

from core import clock
from core.errors import NotAllowed

_CONTEXT = b"openboek signed link 1"
MAX_LENGTH = 1000
WRONG = "Deze link klopt niet. Kopieer hem helemaal uit het bericht, of vraag een nieuwe."
CLOSED = "Deze link is al gebruikt of is gesloten. Vraag een nieuwe aan wie hem stuurde."


class LinkRefused(NotAllowed):
    """A link that opens nothing (any more)."""

    title = "Deze link werkt niet"


def sign(secret: bytes, *, purpose: str, subject: str, expires_at: datetime) -> str:
    """Make the part of a link that proves it is ours; letters, digits, `-`, `_` and one dot.

    `purpose` keeps a link for one thing from opening another. `subject` is what it is about, such as the id of a round.
    """
    facts = {"p": purpose, "s": subject, "e": int(expires_at.timestamp())}
    payload = _encode(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode())
    return f"{payload}.{_encode(_mac(secret, payload))}"


def read(secret: bytes, token: str, *, purpose: str, is_open: Callable[[str], bool]) -> str:
    """Give the subject of a link back.

    Raises:
        LinkRefused: altered, not ours, for another purpose, expired, or `is_open` says that it is over. Each sentence
            says what to do; none tells a stranger more than the link already did.
    """
    payload, _, signature = token.partition(".")
    if len(token) > MAX_LENGTH or not hmac.compare_digest(_encode(_mac(secret, payload)).encode(), _plain(signature)):
        raise LinkRefused(WRONG)
    facts = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    if facts["p"] != purpose:
        raise LinkRefused(WRONG)
    if clock.now() >= datetime.fromtimestamp(facts["e"], UTC):
        raise LinkRefused("Deze link is verlopen. Vraag een nieuwe aan wie hem stuurde.")
    subject = str(facts["s"])
    if not is_open(subject):
        raise LinkRefused(CLOSED)
    return subject


def _mac(secret: bytes, payload: str) -> bytes:
    key = hmac.digest(secret, _CONTEXT, hashlib.sha256)  # the same secret may sign other kinds of things
    return hmac.digest(key, _plain(payload), hashlib.sha256)


def _plain(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
