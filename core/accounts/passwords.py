"""Which passwords are good enough (NIST SP 800-63B): length counts, everyday words do not, no sign is obligatory."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from core.errors import RuleViolation

MIN_PASSWORD = 12
MAX_PASSWORD = 128
LEFT_OVER = 6
"""Letters and digits that must remain when everything that is guessed first is taken out."""

_WORDS = """
    wachtwoord password passwort passw0rd paswoord welkom welcome geheim secret hallo hello qwerty azerty inlog
    inloggen login toegang sesam admin administrator beheer beheerder gebruiker gebruikersnaam account letmein
    iloveyou ikhouvanjou schatje liefje monkey dragon sunshine princess football voetbal ajax feyenoord psv oranje
    nederland holland amsterdam rotterdam denhaag utrecht gemeente stadhuis gemeentehuis raadhuis college
    burgemeester wethouder raad privacy openboek register verwerking verwerkingsregister kantoor werk werkplek
    computer laptop internet windows microsoft office outlook teams zomer lente herfst winter voorjaar najaar
    januari februari maart april mei juni juli augustus september oktober november december maandag dinsdag woensdag
    donderdag vrijdag zaterdag zondag vandaag morgen gisteren verander veranderen wijzig wijzigen nieuw nieuwe
    tijdelijk test testen changeme default starwars superman batman pokemon master
""".split()  # noqa: SIM905 - a list of words reads better than 150 quoted ones
_ROWS = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "1234567890",
    "0123456789",
    "1qaz2wsx3edc4rfv",
)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_LOOKALIKES = str.maketrans("013457@$!€", "oieastasie")
_RUN = 4
"""Keys next to each other that make a row rather than a word."""


def check_length(password: str) -> None:
    """Refuse what is too short to be safe, or too long to be typed.

    Raises:
        RuleViolation: under `MIN_PASSWORD` or over `MAX_PASSWORD` signs.
    """
    if len(password) < MIN_PASSWORD:
        _refuse(f"Kies een wachtwoord van minstens {MIN_PASSWORD} tekens. Een korte zin werkt goed.")
    if len(password) > MAX_PASSWORD:
        _refuse(f"Kies een wachtwoord van hoogstens {MAX_PASSWORD} tekens.")


def check_chosen(password: str, *, personal: Iterable[str]) -> None:
    """Refuse what an attacker tries first. `personal`: username, own name, name of the municipality.

    Raises:
        RuleViolation: the length, the same few signs over and over, or hardly more than words everybody uses.
    """
    check_length(password)
    if len(set(password.lower())) <= _RUN:
        _refuse("Dit wachtwoord herhaalt steeds dezelfde tekens. Kies iets met meer verschillende tekens.")
    own = frozenset(part for text in personal for part in _parts(text) if len(part) >= _RUN)
    if _left_of(_plain(password), own) < LEFT_OVER:
        _refuse(
            "Dit wachtwoord is makkelijk te raden: het bestaat bijna alleen uit uw naam, de gemeente, jaartallen, "
            "rijtjes toetsen of woorden die veel mensen gebruiken. Kies een zin die alleen u bedenkt."
        )


@cache
def common_passwords() -> frozenset[str]:
    """What is guessed first, made here: words, rows of keys both ways, the alphabet, and years."""
    rows = {
        row[at : at + length] for row in (*_ROWS, _ALPHABET) for length in range(_RUN, 11) for at in range(len(row))
    }
    whole_rows = {row for row in rows if len(row) >= _RUN}
    return frozenset({*_WORDS, *whole_rows, *(row[::-1] for row in whole_rows), *map(str, range(1900, 2100))})


def _left_of(text: str, own: frozenset[str]) -> int:
    """How many letters and digits remain, as typed or with digits read as the letters they look like."""
    typed = _without(text, own)
    return min(len(re.sub(r"[\W_]", "", left)) for left in (typed, _without(typed.translate(_LOOKALIKES), own)))


def _without(text: str, own: frozenset[str]) -> str:
    return _pattern(own).sub(" ", text)


@lru_cache(maxsize=32)
def _pattern(own: frozenset[str]) -> re.Pattern[str]:
    """Longest first, the own words among the others: "gemeente" of a name must not leave "huis" of "gemeentehuis"."""
    return re.compile("|".join(map(re.escape, sorted(common_passwords() | own, key=len, reverse=True))))


def _parts(text: str) -> list[str]:
    plain = _plain(text)
    return [plain, *re.split(r"[\W_]+", plain)]


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _refuse(message: str) -> None:
    raise RuleViolation(message, {"password": message})
