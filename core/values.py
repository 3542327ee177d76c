"""Value lists: the codes and labels that ship with a domain as `<package>/data/<name>.json`.

A list is a JSON array, or an object whose sections are arrays (`waarden` is the usual one). Only code, label and
synonyms are known here; whatever else an entry holds is read by its owner through `entry()`.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

CODE_KEYS = ("code", "id", "uri", "nummer", "iso", "pad")
LABEL_KEYS = ("label", "naam", "categorie", "resultaat")
SYNONYM_KEYS = ("synoniemen", "gemma", "rijk", "koppen")
SURE = 0.74
"""From this score on a match may be taken over; below it a person has to look."""
NEAR = 0.6
"""Below this score a match says nothing and is not given."""
_LONGEST_MATCHED = 300  # no name in a list is longer, and comparing letters costs the square of the length
_LONGEST_COMPARED = 80
_SLIP = 0.9  # letters in common say less than words in common
_EMPTY_WORDS = frozenset(
    [
        "persoon",
        "persoons",
        "de",
        "het",
        "een",
        "van",
        "voor",
        "over",
        "met",
        "en",
        "of",
        "in",
        "op",
        "aan",
        "bij",
        "uit",
    ]
)


class Match(NamedTuple):
    """The entry that fits a text best: its code and 0 to 1. Without any fit the code is empty and the score 0."""

    code: str
    score: float


def fold(text: str) -> str:
    """Small letters without accents, so that search finds "Één" for "een"."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@lru_cache(maxsize=8192)  # an import compares each name with all others
def normalise(text: str) -> str:
    """The words of a text without case, accents, punctuation and plural s, so that equal things look equal."""
    return " ".join(_singular(word) for word in re.findall(r"[^\W_]+", fold(text)))


def likeness(text: str, other: str) -> float:
    """How much two texts resemble each other: 1 is equal after `normalise`, 0 has nothing in common."""
    first, second = _compact(text), _compact(other)
    if not first or not second:
        return 0.0
    if first == second:
        return 1.0
    # A text that equals but for a few letters is a slip of the pen; it never scores as high as the thing itself.
    return min(0.95, SequenceMatcher(None, first[:_LONGEST_COMPARED], second[:_LONGEST_COMPARED]).ratio())


@dataclass(frozen=True, eq=False)
class ValueList:
    """One list of codes. `eq=False`: a list equals only itself, which makes it a key of the cache of matches."""

    name: str
    entries: Mapping[str, Mapping[str, Any]]

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, in the order of the file."""
        return tuple(self.entries)

    def entry(self, code: str) -> Mapping[str, Any]:
        """Everything the file says about a code.

        Raises:
            KeyError: no such code; codes from outside are compared with `codes` first.
        """
        return self.entries[code]

    def label(self, code: str) -> str:
        """What a person reads for this code. A code that is not in the list is its own label."""
        if code not in self.entries:
            return code
        entry = self.entries[code]
        return next((str(entry[key]) for key in LABEL_KEYS if entry.get(key)), code)

    def match(self, text: str) -> Match:
        """The code whose code, label or synonym fits the text best; on a draw the longest name, then the first."""
        return _match(self, text[:_LONGEST_MATCHED])


def load(package: str, name: str, section: str = "waarden", *, key: str | None = None) -> ValueList:
    """Read a list of a package, such as `load("register", "betrokkenen")`; a second call costs nothing.

    Args:
        package: the folder whose `data/` holds the file.
        name: the name of the file without `.json`.
        section: which array of the file; of no account when the file is an array itself.
        key: which key of an entry is its code; without it the first of `CODE_KEYS` that the entry has.
    """
    return _load(package, name, section, key)


@cache
def document(package: str, name: str) -> Any:  # noqa: ANN401 - JSON can be anything; who reads it knows its shape
    """The whole file as it stands. Do not change what it returns: everybody gets the same object."""
    return json.loads((resources.files(package) / "data" / f"{name}.json").read_text(encoding="utf-8"))


@cache
def _load(package: str, name: str, section: str, key: str | None) -> ValueList:
    content = document(package, name)
    rows = content if isinstance(content, list) else content[section]
    entries = {}
    for row in rows:
        code_key = key or next(candidate for candidate in CODE_KEYS if candidate in row)
        entries[str(row[code_key])] = row
    return ValueList(f"{package}/{name}", entries)


class _Name(NamedTuple):
    """One of the names an entry goes by, ready for comparing."""

    compact: str
    words: frozenset[str]
    code: str


@cache
def _names(values: ValueList) -> tuple[_Name, ...]:
    """All names of all entries. Codes and labels go before synonyms: the list's own word wins from a synonym."""
    own: list[tuple[str, str]] = []
    other: list[tuple[str, str]] = []
    for code, entry in values.entries.items():
        own += [(code, code)] + [(str(entry[key]), code) for key in LABEL_KEYS if entry.get(key)]
        for key in SYNONYM_KEYS:
            found = entry.get(key) or ()
            other += [(name, code) for name in ((found,) if isinstance(found, str) else found)]
    return tuple(_Name(_compact(name), _words(name), code) for name, code in own + other)


@lru_cache(maxsize=8192)
def _match(values: ValueList, text: str) -> Match:
    compact, words = _compact(text), _words(text)
    best, longest = Match("", 0.0), 0
    matcher = SequenceMatcher(None, "", compact[:_LONGEST_COMPARED])
    for name in _names(values):
        if name.compact == compact:
            return Match(name.code, 1.0)
        score = _words_in_common(words, name.words)
        matcher.set_seq1(name.compact[:_LONGEST_COMPARED])
        if matcher.quick_ratio() * _SLIP > max(score, best.score):
            score = max(score, matcher.ratio() * _SLIP)
        # On equal scores the longer name says more: "datum verwerkersovereenkomst" before "verwerkersovereenkomst".
        if (score, len(name.compact)) > (best.score, longest):
            best, longest = Match(name.code, score), len(name.compact)
    best = Match(best.code, round(best.score, 2))
    return best if best.score >= NEAR else Match("", 0.0)


def _words_in_common(text: frozenset[str], name: frozenset[str]) -> float:
    """Equal but for words that say nothing; a text that says more than the name; a text that says less."""
    if not text or not name:
        return 0.0
    if text == name:
        return 0.95
    if name < text:
        return 0.7 + 0.25 * len(name) / len(text)
    return 0.6 + 0.3 * len(text) / len(name) if text < name else 0.0


def _compact(text: str) -> str:
    return normalise(text).replace(" ", "")


def _words(text: str) -> frozenset[str]:
    """The words that carry meaning; "adresgegevens" is about an "adres"."""
    words = (word.removesuffix("gegeven") for word in normalise(text).split())
    return frozenset(_singular(word) for word in words if word) - _EMPTY_WORDS


def _singular(word: str) -> str:
    """The word without the s of a plural. Short words keep theirs: "huis" and "bus" are no plurals."""
    return word[:-1] if len(word) > 4 and word.endswith("s") else word
