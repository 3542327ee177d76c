"""What a cell says: dates, periods, laws, legal bases, countries and yes or no, read from the words people use.

Pure functions of text. None of them guesses in silence: what they cannot read they hand back.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from core import values
from core.content import YesNo
from register.content import Afterwards, Law

DASHES = frozenset("-–—_.")
"""A cell with nothing but these was filled to show that somebody passed by; it answers nothing."""
LONGEST_READ = 600
"""A longer piece of text is a story, not a law or a legal basis; searching it takes time and finds nonsense."""
LONGEST_NUMBER = 9
"""A number with more digits counts no days or years."""
MONTHS = ("jan", "feb", "maa", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")

_LINES = re.compile(r"[;\n|•●▪]|(?:^|(?<=\s))[-*–] ")
_COMMAS = re.compile(r"[;\n|•●▪]|(?:^|(?<=\s))[-*–] |,(?![0-9])|/ | / ")
_LAW_WORD = re.compile(
    r"wet\b|wetten\b|\bwet|wetboek|besluit\b|verordening|regeling|verdrag|code\b|richtlijn|statuut|reglement|gemeentewet"
    r"|\b(?:awb|wmo|avg|uavg|wpg|wjsg|brp|awr|apv|bw|gw|archiefwet|woo|wob|wabo|cao)\b",
    re.IGNORECASE,
)
_ARTICLE = r"(?:art(?:ikel(?:en)?|t)?\.?)\s*[0-9]"
_ARTICLE_LAST = re.compile(
    rf"^(?P<name>.*?\S)[\s,:(–-]+(?P<article>(?:{_ARTICLE}|§\s*[0-9]|hoofdstuk\s|titel\s).*)$", re.IGNORECASE
)
# `*+` gives nothing back: words such as "lid" fit in two places, and trying them all would take for ever.
_ARTICLE_FIRST = re.compile(
    rf"^(?P<article>{_ARTICLE}[\w.:]*"
    r"(?:\s*(?:,|en|lid|leden|sub|onder|aanhef|eerste|tweede|derde|t/m|tot en met|juncto|jo\.?)"
    r"(?:\s*(?:[0-9][\w.:]*|[a-z]\b))?)*+)"
    r"\s+(?:(?:van|uit)\s+(?:de|het)\s+|van\s+|,\s*)?(?P<name>[a-z].*)$",
    re.IGNORECASE,
)
_BASIS_LETTERS = re.compile(
    r"(?:art(?:ikel|\.)?\s*)?\b6\b(?:\W|\b(?:lid|eerste|1e?|sub|onder(?:deel)?|aanhef|en|avg|gdpr)\b)*?"
    r"\b(?P<first>[a-f])\b(?P<more>(?:\s*(?:,|/|en|of)\s*(?:(?:sub|onder)\s*)?[a-f]\b)*)",
    re.IGNORECASE,
)
_EXCEPTION_LETTER = re.compile(
    r"\b9\b(?:\W|\b(?:lid|tweede|2e?|sub|onder(?:deel)?|aanhef|en|avg)\b)*?\b([a-j])\b", re.IGNORECASE
)
_OTHER_COUNTRY_NAMES = {
    "vs": "US",
    "v s": "US",
    "usa": "US",
    "amerika": "US",
    "united states": "US",
    "vk": "GB",
    "uk": "GB",
    "groot brittannie": "GB",
    "engeland": "GB",
    "holland": "NL",
    "canada": "CA",
    "india": "IN",
    "china": "CN",
    "australie": "AU",
    "turkije": "TR",
    "marokko": "MA",
    "suriname": "SR",
    "rusland": "RU",
    "oekraine": "UA",
}


class Said(NamedTuple):
    """The answer that a cell opens with, and what it says besides. No answer: None and the whole text."""

    answer: YesNo | None
    rest: str


class Period(NamedTuple):
    """What a sentence about keeping data tells a machine."""

    duration: str
    """ISO 8601, empty when the sentence names none or more than one."""
    durations: int
    trigger: str
    afterwards: Afterwards | None


@dataclass(frozen=True)
class Bases:
    """Legal bases found in a cell, with the parts that are about a law and those that are about neither."""

    codes: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()


class Countries(NamedTuple):
    inside: tuple[str, ...]
    """ISO codes of countries in the European Economic Area."""
    outside: tuple[str, ...]


@cache
def _settings() -> Any:  # noqa: ANN401 - JSON
    return values.document("register", "import-kolommen")


def is_blank(text: str) -> bool:
    """Empty, or filled with dashes alone."""
    return not text.strip() or set(text.strip()) <= DASHES


def lines(text: str) -> tuple[str, ...]:
    """The parts of a cell that stand on lines of their own, or are kept apart with a semicolon, a bar or a bullet."""
    return tuple(_split(text, _LINES))


def items(text: str) -> tuple[str, ...]:
    """The parts of a list in a cell, also when commas keep them apart. A comma within brackets does not count."""
    return tuple(_split(text, _COMMAS))


def _split(text: str, separators: re.Pattern[str]) -> Iterator[str]:
    depth = start = 0
    ends = {match.start(): match.end() for match in separators.finditer(text)}
    for place, letter in enumerate(text):
        depth = max(0, depth + (letter == "(") - (letter == ")"))
        if place in ends and place >= start and (depth == 0 or letter == "\n"):
            yield from _trimmed(text[start:place])
            start = ends[place]
    yield from _trimmed(text[start:])


def _trimmed(part: str) -> Iterator[str]:
    part = " ".join(part.split()).strip(" ,")
    part = part[:-1].rstrip() if part.endswith(".") and not re.search(r"\b\w\.$|\w\.\w+\.$", part) else part
    if not is_blank(part):
        yield part


def yes_no(text: str) -> Said:
    """Read an answer such as "Ja", "n.v.t." or "Nee, tenzij de politie erom vraagt"."""
    whole = text.strip().casefold()
    for answer, words in ((YesNo.YES, _settings()["ja"]), (YesNo.NO, _settings()["nee"])):
        if whole.rstrip(".!") in words or whole in words:
            return Said(answer, "")
    if opening := re.match(r"(ja|nee|geen|niet|n\.?v\.?t\.?)(?=[\s,.;:(–-])[\s,.;:–-]*", text.strip(), re.IGNORECASE):
        answer = YesNo.YES if opening[1].casefold() == "ja" else YesNo.NO
        return Said(answer, text.strip()[opening.end() :].strip())
    return Said(None, text.strip())


def find_date(text: str) -> date | None:
    """The first full date in a text: `2026-11-21`, `21-11-2026`, `21/11/26` or `21 november 2026`."""
    if found := re.search(r"\b([12][0-9]{3})-([0-9]{1,2})-([0-9]{1,2})(?:\b|(?=T[0-9]))", text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := re.search(r"\b([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([12][0-9]{3}|[0-9]{2})\b", text):
        year = int(found[3])
        return _date(year if year > 99 else 2000 + year, int(found[2]), int(found[1]))
    if found := re.search(r"\b([0-9]{1,2})\s+([a-z]{3,9})\.?\s+([12][0-9]{3})\b", text.casefold()):
        month = "maa" if found[2] in {"mrt", "mar"} else found[2][:3]
        if month in MONTHS:
            return _date(int(found[3]), MONTHS.index(month) + 1, int(found[1]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def find_period(text: str) -> Period:
    """Read "7 jaar na het einde van de vergunning, daarna vernietigen"."""
    durations: dict[str, None] = {}
    for pattern in _settings()["duur_patronen"]:
        if pattern["iso"]:
            for found in re.finditer(pattern["patroon"] + r"\b", text, re.IGNORECASE):
                if len(found[1]) <= LONGEST_NUMBER:
                    durations[_iso(pattern["iso"], int(found[1]))] = None
    trigger = re.search(r"\b(?:na|vanaf|gerekend vanaf|te rekenen vanaf)\s+[^.;\n(]+", text, re.IGNORECASE)
    return Period(
        duration=next(iter(durations)) if len(durations) == 1 else "",
        durations=len(durations),
        trigger=re.split(r",|\b(?:daarna|waarna)\b", trigger[0])[0].strip() if trigger and durations else "",
        afterwards=_afterwards(text),
    )


def _iso(template: str, number: int) -> str:
    """Fill in `P{1}Y`, or `P{7*1}D` for what counts seven a piece."""
    return template.replace("{1}", str(number)).replace("{7*1}", str(7 * number))


def _afterwards(text: str) -> Afterwards | None:
    """What the sentence says will happen; None when it says two things."""
    found = {
        what
        for what, words in (
            (Afterwards.DESTROY, r"vernietig|gewist|verwijder|\bwissen"),
            (
                Afterwards.ARCHIVE,
                r"\bblijvend|\bpermanent|te bewaren|naar (?:het )?archief|archiefbewaarplaats|overgebracht",
            ),
            (Afterwards.ANONYMISE, r"anonimiseer|geanonimiseerd|anoniem"),
        )
        if re.search(words, text, re.IGNORECASE)
    }
    return found.pop() if len(found) == 1 else None


def list_numbers(text: str, *, is_own_column: bool) -> tuple[str, ...]:
    """Numbers of the selection list, such as 8.1.1.

    In a sentence about a period only numbers that the list has, and that cannot be half years or articles of a law.
    """
    without_dates = re.sub(r"\b[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}\b", " ", text)
    found = dict.fromkeys(match[0] for match in re.finditer(_settings()["selectielijst_patroon"], without_dates))
    if is_own_column:
        return tuple(found)
    known = values.load("register", "selectielijst-2020").entries
    is_about_list = re.search(r"selectielijst|\bsl\b|\bnr\b|nummer|categorie|procestype|resultaat", text, re.IGNORECASE)
    half = {number for number in found if re.search(rf"{re.escape(number)}\s*(?:jaar|maand|week|wek|dag)", text)}
    return tuple(n for n in found if n in known and n not in half and (is_about_list or n.count(".") == 2))


def looks_like_law(text: str) -> bool:
    """Does the text name a law, or an article of one?"""
    return bool(_LAW_WORD.search(text) or re.search(_ARTICLE, text, re.IGNORECASE))


def find_laws(text: str) -> tuple[Law, ...]:
    """The laws of a cell, each with its article: "Wmo 2015 art. 2.3.5; Jeugdwet" are two."""
    found = []
    for part in lines(text):
        found += [
            _law(piece)
            for piece in re.split(r",\s+(?=(?!art)[A-Z][\w ]*(?:wet|besluit|wetboek|Wmo|Awb|AVG|BW)\b)", part)
        ]
    return tuple(found)


def _law(text: str) -> Law:
    if len(text) > LONGEST_READ:
        return Law(name=text[:300])
    number = re.search(r"\bBWBR[0-9]{7}\b", text)
    url = re.search(r"https?://[^\s)]+", text)
    plain = re.sub(r"\bBWBR[0-9]{7}\b|https?://[^\s)]+|\(\s*\)", "", text).strip(" ,;()-") if number or url else text
    bwb, link = number[0] if number else "", url[0] if url else ""
    if parts := _ARTICLE_FIRST.match(plain) or _ARTICLE_LAST.match(plain):
        name, article = parts["name"].strip(" ,(:"), parts["article"].strip(" ,")
        article = article[:-1].strip() if article.endswith(")") and "(" not in article else article
        return Law(name=name[:300], article=article[:300], bwb_number=bwb, url=link[:300])
    return Law(name=plain[:300], bwb_number=bwb, url=link[:300])


def find_bases(text: str) -> Bases:
    """Read a cell about the legal basis: "Wettelijke verplichting (Paspoortwet art. 3)", "art. 6 lid 1 sub c en e".

    Text after a colon or between brackets goes to the law, as `import-kolommen.json` says.
    """
    codes: dict[str, None] = {}
    guessed: list[str] = []
    laws: list[str] = []
    rest: list[str] = []
    for part in lines(text):
        if len(part) > LONGEST_READ:
            rest.append(part)
            continue
        if exact := values.load("register", "grondslagen").match(part).code if _is_exact(part) else "":
            codes[exact] = None
            continue
        letters = [letter for found in _BASIS_LETTERS.finditer(part) for letter in _letters(found)]
        codes |= dict.fromkeys(f"6-1-{letter}" for letter in letters)
        head, tail = _head_and_tail(_BASIS_LETTERS.sub(" ", part))
        known = _bases_in(head)
        if known and not letters:
            guessed.append(part)
        codes |= dict.fromkeys(known)
        leftovers = [tail] if known or letters else [head, tail]
        for leftover in filter(lambda piece: not is_blank(piece.strip("() ")), leftovers):
            if re.fullmatch(r"\W*(?:avg|gdpr|algemene verordening gegevensbescherming)?\W*", leftover, re.IGNORECASE):
                continue
            (laws if looks_like_law(leftover) else rest).append(leftover)
    return Bases(tuple(codes), tuple(guessed), tuple(laws), tuple(rest))


def _is_exact(part: str) -> bool:
    return values.load("register", "grondslagen").match(part).score == 1.0


def _letters(found: re.Match[str]) -> list[str]:
    return [found["first"].casefold(), *re.findall(r"\b([a-f])\b", found["more"].casefold())]


def _head_and_tail(part: str) -> tuple[str, str]:
    """A part as (what comes before the colon or the brackets, what comes after or within)."""
    if brackets := re.match(r"([^(]*)\((.*)\)\s*$", part, re.DOTALL):
        return brackets[1].strip(), brackets[2].strip()
    head, _, tail = part.partition(":")
    return head.strip(), tail.strip()


def _bases_in(text: str) -> list[str]:
    """The codes of legal bases in a text: one, or several with a slash, a comma or "en" between them."""
    bases = values.load("register", "grondslagen")
    if re.fullmatch(r"(?:sub |onder )?([a-f])[.)]?", text.strip(), re.IGNORECASE):
        return ["6-1-" + text.strip().rstrip(".)")[-1].casefold()]
    parts = [bases.match(part) for part in re.split(r"\s*(?:,|/|\+|&|\ben\b|\bof\b)\s*", text) if part]
    if len(parts) > 1 and (sure := [found.code for found in parts if found.score >= values.SURE]):
        return sure
    whole = bases.match(text)
    return [whole.code] if whole.score >= values.SURE and not looks_like_law(_without_bases(text)) else []


def _without_bases(text: str) -> str:
    """The text without "wettelijke verplichting" and "wettelijke taak", which hold the word "wet" but name none."""
    return re.sub(r"\bwettelijke?\b", "", text, flags=re.IGNORECASE)


def find_exception(text: str) -> str:
    """The code of an exception of GDPR art. 9(2), or nothing."""
    if letter := _EXCEPTION_LETTER.search(text):
        return f"9-2-{letter[1].casefold()}"
    found = values.load("register", "bijzondere-categorieen", "uitzonderingen").match(text)
    return found.code if found.score >= values.SURE else ""


def find_countries(text: str) -> Countries:
    """The countries that a text names."""
    words = f" {values.normalise(text)} "
    inside = [code for name, code in _countries("eer") if f" {name} " in words]
    outside = [
        code
        for name, code in (
            *_countries("waarden"),
            *_countries("derde_landen_binnen_het_koninkrijk"),
            *_other_countries(),
        )
        if f" {name} " in words
    ]
    return Countries(tuple(dict.fromkeys(inside)), tuple(dict.fromkeys(code for code in outside if code not in inside)))


@cache
def _countries(section: str) -> tuple[tuple[str, str], ...]:
    listed = values.load("register", "adequaatheid", section)
    return tuple((values.normalise(listed.label(code)), code) for code in listed.codes)


@cache
def _other_countries() -> tuple[tuple[str, str], ...]:
    return tuple((values.normalise(name), code) for name, code in _OTHER_COUNTRY_NAMES.items())
