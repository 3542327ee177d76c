"""Reading what people typed: what goes public, numbers of people, names, vague and difficult words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from core import values
from core.content import Part
from register.checks import WORDS
from register.content import ActivityContent

# --- texts for the website


class Published(NamedTuple):
    """A typed text that may be published. `is_certain`: always, not only when the municipality chooses so."""

    path: str
    text: str
    is_certain: bool


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class _Step(NamedTuple):
    name: str
    is_certain: bool
    is_list: bool
    is_part: bool


_FIELDS = values.document("register", "velden")
_LEVELS: Mapping[str, str] = {
    row["pad"]: row["openbaar"]
    for section in ("wpg", "verwerkersregister", "waarden")  # the last one wins: it holds the record itself
    for row in _FIELDS[section]
}
_NO_PROSE = _words(
    """ai_class algorithm_register bsn_ground bwb_number category code controller country criminal_ground criteria
    domain duration exception iama_url instrument legal_bases privacy_notice public_url right selection_list
    sensitivity status url"""
)
"""Lines, addresses and numbers of laws: nobody slips there, and long digits in an address are no BSN."""


def _steps(part: type[Part]) -> tuple[_Step, ...]:
    found = []
    for name, field in part.model_fields.items():
        kind: Any = field.annotation
        is_list = get_origin(kind) is tuple
        if is_list:
            kind = get_args(kind)[0]
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        is_part = isinstance(kind, type) and issubclass(kind, Part)
        if not is_part and (kind is not str or name in _NO_PROSE):
            continue
        extra = field.json_schema_extra
        level = _LEVELS[str(extra["path"])] if isinstance(extra, dict) else ""
        if is_part:
            _STEPS[kind] = _steps(kind)
        if is_part or level != "nee":
            found.append(_Step(name, level == "ja", is_list, is_part))
    return tuple(found)


_STEPS: dict[type[Part], tuple[_Step, ...]] = {}
_STEPS[ActivityContent] = _steps(ActivityContent)


def published(content: ActivityContent) -> tuple[Published, ...]:
    """Every text of a record whose field is public or may be chosen to be, with its content path."""
    found: list[Published] = []
    _collect(content, "", found)
    return tuple(found)


def _collect(part: Part, prefix: str, found: list[Published]) -> None:
    for name, is_certain, is_list, is_part in _STEPS[type(part)]:
        value = getattr(part, name)
        if not value:
            continue
        path = prefix + name
        if is_list:
            for number, one in enumerate(value):
                if is_part:
                    _collect(one, f"{path}.{number}.", found)
                elif one:
                    found.append(Published(f"{path}.{number}", one, is_certain))
        elif is_part:
            _collect(value, f"{path}.", found)
        else:
            found.append(Published(path, value, is_certain))


# --- numbers and addresses of people

_DIGITS = re.compile(r"[0-9](?:[. ]?[0-9]){8,}")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def is_bsn(digits: str) -> bool:
    """The elfproef of the BSN: nine digits, not all zero, weighted sum divisible by eleven."""
    if len(digits) != 9 or digits == "0" * 9:
        return False
    return sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11 == 0


def holds_bsn(text: str) -> bool:
    """Some nine digits in the text pass the elfproef: in a row, or alone with dots or spaces between them."""
    for found in _DIGITS.findall(text):
        parts = found.replace(".", " ").split(" ")
        if is_bsn("".join(parts)) or any(map(is_bsn, parts)):
            return True
    return False


_EMAIL = re.compile(r"([a-z]+(?:[._-][a-z]+)+)[0-9]*@[a-z0-9]", re.IGNORECASE)
_MOBILE = re.compile(r"(?:\+31|0031|0)[ .-]?(?:\(0\)[ .-]?)?6(?:[ .-]?[0-9]){8}(?![0-9])")
_FUNCTIONS = _words(
    """administratie afdeling algemeen archief balie bedrijfsvoering belasting belastingen bestuur bezwaar bezwaren
    bescherming burgerzaken cliënt communicatie contact data datalek datalekken domein facturen fg formulier
    functionaris gegevens gegevensbescherming gemeente griffie handhaving helpdesk hr ict info informatie inkoop jeugd
    juridisch juridische klacht klachten klantcontact leerplicht loket mail meldpunt no noreply omgeving openbaar
    openbare parkeren personeel post postbus privacy raad reply ruimte schuldhulp secretariaat service servicedesk
    sociaal sociale stadhuis subsidie subsidies team toezicht vergunning vergunningen verkiezingen verzoek verzoeken
    vragen vth web wmo woo zaken"""
)


def holds_personal_address(text: str) -> bool:
    """An e-mail address like firstname.lastname@, or a Dutch mobile number. An address of a function is fine."""
    if any(not text[: match.start()][-1:].isalnum() for match in _MOBILE.finditer(text)):
        return True
    return "@" in text and any(
        "." in local and _FUNCTIONS.isdisjoint(re.split(r"[._-]", local.casefold())) for local in _EMAIL.findall(text)
    )


_NUMBERS_WITH_DOTS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3,}(?![0-9])")
_SERVER = re.compile(r"\b[a-z]*(?:srv|server)[-_]?[a-z-]*[0-9]+\b")


def technical_detail(text: str, names: Iterable[str]) -> str:
    """The first IP address, server or one of these names (already in lower case) in a text; "" when there is none."""
    lower = text.casefold()
    for found in _NUMBERS_WITH_DOTS.findall(lower):
        numbers = found.split(".")
        if len(numbers) == 4 and all(int(number) < 256 for number in numbers):
            return str(found)
    if ("srv" in lower or "server" in lower) and (match := _SERVER.search(lower)):
        return match.group()
    for name in names:
        if name in lower and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", lower):
            return name
    return ""


# --- names of people

_TITLE = re.compile(r"\b(?:dhr|mevr|mw|mevrouw|de heer)\b", re.IGNORECASE)
_SURNAME = r"(?:(?:van|de|der|den|ter|ten|te|el|al|la|het|'t)\s+)*[A-ZÀ-Þ][a-zà-ÿ'’]+(?:-[A-ZÀ-Þ][a-zà-ÿ'’]+)?"
_INITIALS = re.compile(rf"(?:[A-Z]\.\s?){{1,5}}{_SURNAME}")
_FULL_NAME = re.compile(rf"([A-ZÀ-Þ][a-zà-ÿ]+)\s+({_SURNAME})")
_FIRST_NAMES = _words(
    """ahmed aisha albert alex alexander ali amber amir anita anja anke anna anne anneke annemarie anouk antoon arjan
    arie astrid bart bas ben bernard bert bianca bob bram carla carolien cees charlotte chris christa claudia cor daan
    daniel david dennis diana dick dirk ed eline elisabeth ellen els emma eric erik esther eva eveline fatima femke
    ferdinand floor frank frans fred gerard gerda gerrit gert gijs hanneke hans harry heleen helena hendrik henk
    herman hilde ibrahim ilse ineke inge ingrid irene iris jaap jack jacob jacqueline jan janneke jasper jeroen jesse
    jessica jet joke john johan johannes jolanda joost joris jos judith julia karel karin kees kevin khadija kim klaas
    koen lars laura leo lieke linda lisa loes lotte louis luuk maaike maarten manon marcel marco margriet maria
    marianne marieke marijke mark marjan marloes martijn martin martine mehmet melissa michael michel michiel mieke
    mirjam mohamed mohammed monique mustafa nadia natasja nicole niels nina nynke olaf omar pascal patricia patrick
    paul paula petra peter pieter pim rachid ramon renate rené ria rianne richard rick rik rob robert robin roel roland
    ron ronald rosa ruben ruud saida sander sandra sanne sara saskia sebastiaan simon simone sjoerd sofie sonja
    stefan stephanie susan suzanne sven tamara teun thea theo thijs thomas tim timo tineke tom ton truus wendy wilco
    wilhelmina willem wim wouter yasmin yusuf yvonne"""
)
_NO_SURNAME = _words(
    """advies advocaten bank beheer bureau centrum college diensten fonds groep huis kliniek notaris school scholen
    software stichting transport ziekenhuis zorg"""
)


def looks_like_person(text: str) -> bool:
    """A title before a name, initials with a surname, or a common Dutch first name with a surname and nothing more."""
    text = text.strip()
    if _TITLE.search(text) or _INITIALS.fullmatch(text):
        return True
    match = _FULL_NAME.fullmatch(text)
    return match is not None and match[1].casefold() in _FIRST_NAMES and match[2].casefold() not in _NO_SURNAME


# --- vague and difficult words


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_WORD = re.compile(r"\w+")
_LINKING = _words("aan als bij dat de die deze door een en het in met naar of om onze op te ten tot uit van voor")
_VAGUE_PURPOSE = re.compile(rf"(?<!\w)(?:{_alternatives(WORDS['vage_doelen'])})(?!\w)")
_VAGUE_UP_TO = 60


def _telling(text: str) -> int:
    return sum(1 for word in _WORD.findall(text) if word not in _LINKING)


def is_vague_purpose(text: str) -> bool:
    """Shorter than 60 characters, and more than half of the words that say something are in the list of vague ones."""
    if len(text) >= _VAGUE_UP_TO:
        return False
    lower = text.casefold()
    vague = sum(_telling(phrase) for phrase in _VAGUE_PURPOSE.findall(lower))
    return vague * 2 > _telling(lower)


_FORBIDDEN_PERIODS = frozenset({"onbeperkt", "altijd", "geen", "n.v.t", "nvt"})
_EMPTY_PERIODS = (
    frozenset(period.rstrip(".") for period in (*WORDS["vage_termijnen"], "conform wet")) - _FORBIDDEN_PERIODS
)
_EMPTY_PERIOD = re.compile(rf"(?<!\w)(?:{_alternatives(_EMPTY_PERIODS)})(?!\w)")


def is_forbidden_period(text: str) -> bool:
    """Nothing, "onbeperkt", "altijd", "geen" or "n.v.t.": no period at all."""
    plain = text.casefold().strip(" .")
    return plain in _FORBIDDEN_PERIODS or plain == "" or plain.startswith("onbeperkt")


def is_empty_period(text: str) -> bool:
    """Only "zolang nodig", "volgens selectielijst" and the like: words that tell a resident nothing."""
    rest, found = _EMPTY_PERIOD.subn(" ", text.casefold())
    return found > 0 and _telling(rest) == 0


_WHOLE_WORD = "politie"
_NOT_CARE = frozenset({"zorgen", "zorgt", "zorgde", "zorgden", "verzorg", "bezorg"})
"""Forms of the verb: "zorgen dat" is no care, "jeugdzorg" is."""


class _Signals(NamedTuple):
    """Words that hint at something: most as the beginning of a word, three letters and "politie" as a whole one."""

    stems: Mapping[str, tuple[str, ...]]
    """By their first three letters."""
    phrases: tuple[str, ...]
    together: tuple[tuple[str, str], ...]
    """Words that say something only when another one stands in the text too: "richting (leerplicht)"."""


def _signals(words: Iterable[str]) -> _Signals:
    stems: dict[str, tuple[str, ...]] = {}
    phrases: list[str] = []
    together: list[tuple[str, str]] = []
    for word in words:
        plain, _, note = word.rstrip(")").partition(" (")
        if note:
            together.append((plain, note))
        elif " " in word:
            phrases.append(word)
        else:
            stems[word[:3]] = (*stems.get(word[:3], ()), word)
    return _Signals(stems, tuple(phrases), tuple(together))


_CRIMINAL_SIGNALS = _signals(WORDS["signaalwoorden"]["strafrechtelijk"])
_SPECIAL_SIGNALS = _signals(
    word for kind, words in WORDS["signaalwoorden"].items() for word in words if kind != "strafrechtelijk"
)


def signal(text: str, *, criminal_too: bool) -> str:
    """The first word that hints at special data (health, religion and so on) or criminal data; "" without any."""
    lower = text.casefold()
    words = _WORD.findall(lower)
    for signals in (_SPECIAL_SIGNALS, _CRIMINAL_SIGNALS) if criminal_too else (_SPECIAL_SIGNALS,):
        hints = [word for word in words if any(_begins(word, stem) for stem in signals.stems.get(word[:3], ()))]
        hints += [phrase for phrase in signals.phrases if phrase in lower]
        hints += [word for word, other in signals.together if word in words and other in lower]
        if hints:
            return str(hints[0])
    return next((str(word) for word in words if word.endswith("zorg") and word not in _NOT_CARE), "")


def _begins(word: str, stem: str) -> bool:
    if word == stem:
        return True
    return word.startswith(stem) and len(stem) > 3 and stem != _WHOLE_WORD and word not in _NOT_CARE
