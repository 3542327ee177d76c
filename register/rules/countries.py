"""Countries as the rules on transfers need them: in the EEA or not, and which decisions on adequacy there are.

People fill in an ISO code or a Dutch name; both work. The list with its doubts stands in `data/adequaatheid.json`.
"""

from collections.abc import Mapping
from datetime import date

from core import values

_ADEQUATE = values.load("register", "adequaatheid", key="iso")
_EEA = values.load("register", "adequaatheid", "eer", key="iso")
_KINGDOM = values.load("register", "adequaatheid", "derde_landen_binnen_het_koninkrijk", key="iso")
_NAMES: Mapping[str, str] = {
    code: str(listed.entry(code)["naam"]) for listed in (_ADEQUATE, _EEA, _KINGDOM) for code in listed.codes
}
_CODES: Mapping[str, str] = {name.casefold(): code for code, name in _NAMES.items()} | {
    "amerika": "US",
    "engeland": "GB",
    "groot-brittannië": "GB",
    "uk": "GB",
    "usa": "US",
    "verenigde staten van amerika": "US",
    "vs": "US",
}
_WHOLE_EEA = frozenset({"eer", "eu", "europa", "europese unie", "europese economische ruimte"})
_UNKNOWN = frozenset({"", "?", "-", "geen", "n.v.t.", "nvt", "onbekend"})
_IN_PART = frozenset({"US", "CA", "JP", "KR"})
"""The decision covers only some recipients there (AVG-083)."""


def _code(country: str) -> str:
    """The ISO code, or what was typed when it is in none of the lists."""
    plain = country.strip()
    return _CODES.get(plain.casefold(), plain.upper() if len(plain) <= 3 else plain)


def name(country: str) -> str:
    """The Dutch name where a list has it, otherwise what was typed."""
    return _NAMES.get(_code(country), country.strip())


def is_in_eea(country: str) -> bool:
    """Certainly within the EEA."""
    return _code(country) in _EEA.entries or country.strip().casefold() in _WHOLE_EEA


def is_outside_eea(country: str) -> bool:
    """A country is named, and it is not one of the EEA."""
    return country.strip().casefold() not in _UNKNOWN and not is_in_eea(country)


def adequate_until(country: str) -> date | None:
    """The last day of the decision on adequacy (GDPR art. 45), far away when it has none; None without a decision."""
    code = _code(country)
    if code not in _ADEQUATE.entries:
        return None
    until = _ADEQUATE.entry(code)["geldig_tot"]
    return date.fromisoformat(until) if until else date.max


def is_adequate_in_part(country: str) -> bool:
    """The decision covers only recipients that take part in something or fall under a certain law."""
    return _code(country) in _IN_PART
