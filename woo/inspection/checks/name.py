"""Names of persons: after a word such as "de heer", with initials, or a usual first name with a surname.

The list of names is our own (`data/names.json`). A name is always a question to a person, never a verdict.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as resources

from woo.inspection.checks.email import is_of_a_desk
from woo.inspection.text import Span, Text

_CAPITAL = r"[A-ZÀ-ÖØ-ÞŞİĞÖÜÇ][\w'`ıışğ]*(?:-[A-ZÀ-ÖØ-Þ][\w']*)?"
_INITIALS = r"(?:(?:[A-Z]|Th|Ch|Ph|IJ|Tj|Sj)\.[ ]?){1,5}"
_TITLE = r"(?:(?:dr|drs|mr|ir|ing|prof|ds)\.?[ ])*"
_TITLES = r"(?:[Dd]e heer|[Dd]hr\.?|[Mm]evr\.?|[Mm]evrouw|[Mm]w\.?)"
_SENDER = re.compile(rf"(?<![\w.])(?P<name>{_CAPITAL}[^\n<>:;@\d]{{2,50}}?)[ ]?[<(](?P<local>[\w.+-]+)@")
_WORD = re.compile(rf"(?<![\w-]){_CAPITAL}")
_GOES_ON = re.compile(
    r"[ ]?\w*(?:straat|laan|weg|plein|school|college|fonds|park|prijs|stichting|B\.?V\.?\b|N\.?V\.?\b)"
    r"|[ ]?\d+[a-z]?[ ,]+\d{4} ?[A-Z]{2}"
)
"""What makes a name the name of something else: a street, a school, a company."""
_NAME_COLUMN = re.compile(
    r"(?:(?:achter|voor|familie)?na(?:am|men)(?: (?:aanvrager|bewoner|medewerker|betrokkene|contactpersoon))?"
    r"|contactpersoon|aanvrager|bewoner)",
    re.IGNORECASE,
)
_PERSON_COLUMN = re.compile(r"voornaam|achternaam|voorletters|geboorte|bsn|contactpersoon|bewoner", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Words:
    first: frozenset[str]
    last: frozenset[str]
    also_words: frozenset[str]
    """First names that are ordinary words too: those need a surname that we know."""
    no_surname: frozenset[str]
    no_endings: tuple[str, ...]
    called: "re.Pattern[str]"
    with_initials: "re.Pattern[str]"
    in_full: "re.Pattern[str]"
    of_an_organisation: "re.Pattern[str]"


@cache
def _words() -> _Words:
    data = json.loads((resources("woo.inspection") / "data" / "names.json").read_text(encoding="utf-8"))
    particles = _one_of([form for word in data["particles"].split() for form in {word, word.title()}])
    surname = rf"(?:{particles}[ ])*(?P<last>{_CAPITAL})(?:[ -](?:{particles}[ ])*{_CAPITAL})?"
    before = _one_of([form for word in data["before_a_name"] for form in {word, word[0].upper() + word[1:]}])
    name = rf"(?P<name>{_TITLE}(?:{_INITIALS}|(?:{_CAPITAL}[ ]){{0,3}}?){surname})"
    return _Words(
        frozenset(" ".join(data["first_names"]).split()),
        frozenset(" ".join(data["surnames"]).split()),
        frozenset(data["also_words"].split()),
        frozenset(data["words"].split()),
        tuple(data["not_a_surname"].split()),
        re.compile(rf"(?<!\w)(?:{before}[ \t]+|{_TITLES}[ ]?\n){name}"),
        re.compile(rf"(?<![\w.§])(?P<name>{_INITIALS}(?:\([A-Z]\w+\)[ ])?{surname})"),
        re.compile(rf"(?P<name>{_CAPITAL}[ ](?:{_INITIALS})?(?:{_CAPITAL}[ ])??{surname})"),
        re.compile(rf"{_one_of(data['organisations'].split())}[ ]$"),
    )


def _one_of(words: Sequence[str]) -> str:
    """Any of these words, the longest first."""
    return f"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})"


def find(text: Text) -> Iterator[Span]:
    words = _words()
    for found in words.called.finditer(text.text):
        if _is_of_a_person(text, found):
            yield Span(*found.span("name"))
    yield from _by_itself(text)
    for found in _SENDER.finditer(text.text):
        if not is_of_a_desk(found["local"]):
            yield Span(*found.span("name"))
    if text.is_table:
        yield from _in_columns(text)


def _by_itself(text: Text) -> Iterator[Span]:
    """Names with initials, and names in full that begin with a usual first name."""
    words = _words()
    for found in words.with_initials.finditer(text.text):
        initials = found["name"][: found.start("last") - found.start("name")]
        is_sure = initials.count(".") > 1 or initials.strip()[-1] != "." or found["last"] in words.last
        if is_sure and _is_of_a_person(text, found):
            yield Span(*found.span("name"))
    for word in _WORD.finditer(text.text):
        if word[0] in words.first and (full := words.in_full.match(text.text, word.start())):
            is_sure = word[0] not in words.also_words or full["last"] in words.last or re.search(" [a-z]", full[0])
            if is_sure and _is_of_a_person(text, full):
                yield Span(*full.span("name"))


def _in_columns(text: Text) -> Iterator[Span]:
    """Cells under a heading such as "achternaam" that begin with a capital."""
    headings = text.piece.headings
    columns = {number for number, heading in enumerate(headings) if _NAME_COLUMN.fullmatch(heading.strip())}
    if not columns or not any(map(_PERSON_COLUMN.search, headings)):
        return
    place = 0
    for line in text.lines:
        for column, cell in enumerate(line.split("\t")):
            if column in columns and cell[:1].isupper() and cell not in headings and not re.search(r"\d", cell):
                yield Span(place, place + len(cell))
            place += len(cell) + 1


def _is_of_a_person(text: Text, found: "re.Match[str]") -> bool:
    words = _words()
    if (
        found["last"].isupper()
        or found["name"].startswith(("B.V.", "N.V."))
        or any(word in words.no_surname for word in re.findall(r"[A-Z]\w+", found["name"])[-2:])
    ):
        return False
    if found["name"].casefold().endswith(words.no_endings) and found["last"] not in words.last:
        return False
    if _GOES_ON.match(text.after(found.end(), 24)):
        return False
    return not words.of_an_organisation.search(text.before(found.start("name"), 30))
