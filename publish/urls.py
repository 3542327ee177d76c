"""Public addresses: where a page of the site stands, and what may be linked to. An address never changes."""

import hashlib
import re
from urllib.parse import urlsplit

from core import values

REGISTER = "verwerkingsregister"
WOO = "woo"
PRODUCTS = "digitaal-zakendoen"
CATALOGUE = f"{PRODUCTS}/samenwerkende-catalogi.xml"
OPEN_DATA = "opendata"
SCHEMAS = "opendata/schemas"
_SIGNATURES = "ondertekening"

_LONGEST = 80


def slug(text: str) -> str:
    """The text as a part of an address: small letters, digits and hyphens, at most 80.

    Different texts can give the same slug. A text without any letter gets a digest of itself.
    """
    made = "-".join(re.findall(r"[a-z0-9]+", values.fold(text)))[:_LONGEST].rstrip("-")
    return made or f"x{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def public_key(key_id: str) -> str:
    """The file of a key that the manifest is signed with."""
    return f"{_SIGNATURES}/{key_id}.pem"


def signature(key_id: str) -> str:
    """The file of the signature of the manifest with a key."""
    return f"{_SIGNATURES}/{key_id}.sig"


def activity(number: str) -> str:
    """The newest version of a processing activity."""
    return f"/{REGISTER}/{number}/"


def activity_version(number: str, version: int) -> str:
    """A frozen version: the identifier that logs of other systems refer to."""
    return f"/{REGISTER}/{number}/v{version}/"


def outside(base_url: str, typed: str) -> str:
    """An address that somebody typed, when it may become a link: on the web, and on another host than ours.

    Empty for anything else. What is on our own host comes and goes with the registers; a typed link there could
    break, and a site with a broken link is not published.
    """
    try:
        parts = urlsplit(typed)
        usable = parts.scheme in {"http", "https"} and parts.hostname
        return typed if usable and parts.hostname != urlsplit(base_url).hostname else ""
    except ValueError:
        return ""
