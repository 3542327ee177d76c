"""Our own corpus for the check before publishing: files made by code, with what is to be found in each, and no more.

Made-up people only. It is split in two: what we look at while we tune the checks, and what we measure on. Which half a
sample is in follows from its name, so that adding one moves no other.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from woo.inspection.engine import look
from woo.inspection.model import Hit, Kind, Known

OWN = Known(
    (
        "Gemeente Voorbeeld, Raadhuisplein 1, 7581 AG Losser",
        "053 537 74 44",
        "+31 53 537 74 44",
        "wethouders@gemeentevoorbeeld.nl",
        "NL86 INGB 0002 4455 88",
    )
)


@dataclass(frozen=True)
class Sample:
    """A file with the number of hits of each kind that it should give. Kinds in `either` may be found or not."""

    name: str
    make: Callable[[], bytes]
    expected: Mapping[Kind, int] = field(default_factory=dict)
    critical: frozenset[Kind] = frozenset()
    """Of which kinds at least one hit must be critical; of all others none may be."""
    either: frozenset[Kind] = frozenset()
    is_large: bool = False
    """Too slow for the suite: for the bench only."""
    is_held_out: bool = False
    """Written to measure on; never looked at while tuning, and no promise of the suite."""

    @property
    def is_for_tuning(self) -> bool:
        return not self.is_held_out and hashlib.sha256(self.name.encode()).digest()[0] % 2 == 0


@dataclass
class Score:
    """Of one kind: what was there and found, found and not there, there and not found."""

    right: int = 0
    false: int = 0
    missed: int = 0
    false_critical: int = 0
    missed_critical: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.false) if self.right + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def faults(sample: Sample, hits: Iterable[Hit]) -> list[str]:
    """What is wrong with the hits of a sample, in words."""
    scores: dict[Kind, Score] = {}
    add(scores, sample, hits)
    found = []
    for kind, score in scores.items():
        for number, said in (
            (score.missed, "missed"),
            (score.false, "false"),
            (score.missed_critical, "not critical"),
            (score.false_critical, "falsely critical"),
        ):
            if number:
                found.append(f"{sample.name}: {number} {kind.value} {said}")
    return found


def add(scores: dict[Kind, Score], sample: Sample, hits: Iterable[Hit]) -> None:
    """Count the hits of a sample."""
    hits = list(hits)
    found = Counter(hit.kind for hit in hits)
    critical = {hit.kind for hit in hits if hit.critical}
    for kind in {*found, *sample.expected}:
        score = scores.setdefault(kind, Score())
        if kind not in sample.either:
            there = sample.expected.get(kind, 0)
            score.right += min(there, found[kind])
            score.false += max(0, found[kind] - there)
            score.missed += max(0, there - found[kind])
        score.false_critical += kind in critical - sample.critical - sample.either
        score.missed_critical += kind in sample.critical - critical


_looked: dict[str, tuple[bytes, str | None, list[Hit]]] = {}


def looked(sample: Sample) -> tuple[bytes, str | None, list[Hit]]:
    """The bytes of a sample with its format and hits, made once in each test process."""
    if sample.name not in _looked:
        data = sample.make()
        _looked[sample.name] = (data, *look(data, OWN, 60))
    return _looked[sample.name]


def samples(*, times: int = 1) -> list[Sample]:
    """The whole corpus; `times` makes that many of each text, with other people in it."""
    from support import corpus_files, corpus_letters, corpus_pdf, corpus_text

    return [*corpus_text.samples(times), *corpus_pdf.samples(), *corpus_files.samples(), *corpus_letters.samples()]
