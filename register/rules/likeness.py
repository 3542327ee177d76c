"""Which of many texts look alike, quick enough to compare every text with every other."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from core import values


class _Print(NamedTuple):
    number: int
    """How many different pairs of letters the text has."""
    place: int
    pairs: int
    """One bit for each of those pairs."""


def alike(texts: Sequence[str], least: float) -> Mapping[int, int]:
    """For each text that looks like an earlier one: the first such. Both by their place in `texts`.

    Likeness is the share of neighbouring letters that two texts have in common, 0 to 1, leaving out case, accents,
    punctuation and spaces (the coefficient of Dice on pairs of letters). Empty texts are like nothing.
    """
    prints = _prints(texts)
    numbers = [one.number for one in prints]
    found: dict[int, int] = {}
    for end, (number, place, pairs) in enumerate(prints):
        # The shorter of two texts that are alike cannot be much shorter: all of it must be in the longer one.
        start = bisect_left(numbers, number * least / (2 - least) - 1e-9, hi=end)
        for other in prints[start:end]:
            if 2 * (pairs & other.pairs).bit_count() >= least * (number + other.number):
                later, earlier = max(place, other.place), min(place, other.place)
                found[later] = min(earlier, found.get(later, earlier))
    return found


def letter_pairs(text: str) -> frozenset[str]:
    """What a text is compared by; a text of one letter is compared by that letter."""
    plain = values.normalise(text).replace(" ", "")
    return frozenset(left + right for left, right in pairwise(plain)) or frozenset(plain)


def _prints(texts: Sequence[str]) -> list[_Print]:
    """One for each text that is not empty, those with the fewest pairs first."""
    bits: dict[str, int] = {}
    prints = []
    for place, text in enumerate(texts):
        if pairs := letter_pairs(text):
            print_ = sum(1 << bits.setdefault(pair, len(bits)) for pair in pairs)
            prints.append(_Print(len(pairs), place, print_))
    return sorted(prints)
