"""A search index of our own in static files: small, on any web server, read by `core/web/static/zoek-register.js`.

    index.json         how many things, how many in a block, the first word of each shard, words that say nothing
    woorden-{n}.json   a shard: stem -> the things that have it, as differences of (place * 4 + weight)
    lijst-{n}.json     a block: address, name and note of each thing

A word is folded (no case, no accents) and cut to a stem, in the same way here and in the script: a test compares them.
A long word is found by its parts too: `parkeervergunning` by `vergunning`. Needs no more than one or two shards and
the blocks of what is shown, whatever the size of the register.
"""

import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, pairwise

from publish.parts import File, as_json, json_line

NAME, TEXT, OTHER = 3, 2, 1
"""How much a word says: it stands in the name, in the explanation, or somewhere else."""
BLOCK = 100
SHARD_BYTES = 40_000
_SHORTEST_STEM = 3
_SHORTEST_PART = 5
EMPTY_WORDS = frozenset(
    (
        *("aan", "als", "bij", "dan", "dat", "de", "der", "die", "dit", "doet", "een", "en", "er"),
        *("gaat", "gemeente", "heeft", "het", "hoe", "ik", "in", "is", "jullie", "krijg", "maar", "me"),
        *("met", "mij", "mijn", "naar", "of", "om", "ook", "op", "over", "te", "tot", "u", "uit", "uw"),
        *("van", "voor", "waarom", "wat", "we", "weet", "weten", "welk", "welke", "wie", "wij", "wil"),
        *("worden", "wordt", "zij", "zijn"),
    )
)
"""What says nothing in the question of a resident."""


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that can be found. `texts` are pairs of weight and text."""

    address: str
    name: str
    note: str
    texts: Sequence[tuple[int, str]]


def fold(text: str) -> str:
    """Small letters without accents."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.category(letter).startswith("M")).lower()


def words(text: str) -> list[str]:
    """The folded words of a text that say something."""
    return [word for word in re.findall("[a-z0-9]+", fold(text)) if word not in EMPTY_WORDS]


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """What forms of a Dutch word have in common: no double letters, no ending, `z` as `s` and `v` as `f`."""
    word = re.sub(r"([a-z])\1+", r"\1", word)
    before = ""
    while word != before:
        before = word
        for ending in ("en", "s", "e"):
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
                word = word[: -len(ending)]
                break
        if len(word) > _SHORTEST_STEM and word[-1] in "zv":
            word = word[:-1] + ("s" if word[-1] == "z" else "f")
    return word


@lru_cache(maxsize=4096)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text))


class Index:
    """The index of so many things; each is added with its place in the order in which equals are shown."""

    def __init__(self, count: int) -> None:
        self._listed: list[bytes] = [b""] * count
        self._having: dict[str, array[int]] = defaultdict(partial(array, "I"))
        """Stem -> place * 4 + weight of the things that have it."""

    def add(self, place: int, thing: Found) -> None:
        self._listed[place] = json_line([thing.address, thing.name, thing.note])
        weights = {found: weight for weight, text in sorted(thing.texts) for found in _stems(text)}
        for found, weight in weights.items():
            self._having[found].append(place * 4 + weight)

    def files(self, folder: str) -> Iterator[File]:
        """The files of the index under `folder`, when all things were added."""
        first_words: list[str] = []
        for number, shard in enumerate(self._shards()):
            first_words.append(next(iter(shard), ""))
            yield f"{folder}/woorden-{number}.json", as_json(shard)
        head = {"count": len(self._listed), "block": BLOCK, "shards": first_words, "empty": sorted(EMPTY_WORDS)}
        yield f"{folder}/index.json", as_json(head)
        for start in range(0, len(self._listed), BLOCK):
            block = b",".join(self._listed[start : start + BLOCK])
            yield f"{folder}/lijst-{start // BLOCK}.json", b"[" + block + b"]\n"

    def _shards(self) -> Iterator[Mapping[str, Sequence[int]]]:
        """At least one."""
        parts = _parts(self._having)
        shard: dict[str, list[int]] = {}
        size = 0
        for word in sorted(self._having.keys() | parts.keys()):
            ordered = [0, *_highest(self._having.get(one, ()) for one in (word, *parts.get(word, ())))]
            listed = [after - before for before, after in pairwise(ordered)]
            length = len(word) + 6 + sum(len(str(number)) + 1 for number in listed)
            if size + length > SHARD_BYTES and shard:
                yield shard
                shard, size = {}, 0
            shard[word] = listed
            size += length
        yield shard


def _parts(words: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The later parts of compound words, each with the words that it is a part of.

    A part is the rest of a word from each place where another known word begins.
    """
    known = {word for word in words if len(word) >= _SHORTEST_PART and word.isalpha()}
    parts: dict[str, list[str]] = defaultdict(list)
    for word in sorted(known):
        for start in range(_SHORTEST_STEM, len(word) - _SHORTEST_PART + 1):
            rest = word[start:]
            if any(rest[:end] in known for end in range(_SHORTEST_PART, len(rest) + 1)):
                parts[rest].append(word)
    return parts


def _highest(having: Iterable[Iterable[int]]) -> list[int]:
    """Of the things in any of these, each with its highest weight; in order."""
    found = sorted(set(chain.from_iterable(having)))
    return [one for one, after in zip(found, [*found[1:], -1], strict=True) if one // 4 != after // 4]
