"""Which of many texts look alike, quick enough to compare every text with every other."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from core import values


class _Print(NamedTuple):
    number: int
    """How many different pairs of letters the text has."""
    place: int
    """Of the first text with these pairs."""
    pairs: int
    """One bit for each of those pairs."""
    ranks: Sequence[int]
    """The numbers of those bits, the rarest pair first."""


def alike(texts: Sequence[str], least: float) -> Mapping[int, int]:
    """For each text that looks like an earlier one: the first such. Both by their place in `texts`.

    Likeness is the share of neighbouring letters that two texts have in common, 0 to 1, leaving out case, accents,
    punctuation and spaces (the coefficient of Dice on pairs of letters). Empty texts are like nothing.

    Two texts that are alike share most of their pairs, so they share one of the few rarest of each ("prefix
    filtering"): only texts that do so are compared.
    """
    places: dict[frozenset[str], list[int]] = {}
    for place, text in enumerate(texts):
        if pairs := letter_pairs(text):
            places.setdefault(pairs, []).append(place)
    prints = _prints({pairs: found[0] for pairs, found in places.items()})
    first = {one.place: one.place for one in prints}
    known: dict[int, list[int]] = {}
    share = least / (2 - least)
    for number, one in enumerate(prints):
        # All of the shorter text must be in the longer one, so it cannot be much shorter, and they share so many pairs.
        smallest = one.number * share - 1e-9
        rarest = one.ranks[: one.number - ceil(smallest) + 1]
        for candidate in {candidate for rank in rarest for candidate in known.get(rank, ())}:
            other = prints[candidate]
            if other.number < smallest:
                continue
            if 2 * (one.pairs & other.pairs).bit_count() >= least * (one.number + other.number):
                first[one.place] = min(first[one.place], other.place)
                first[other.place] = min(first[other.place], one.place)
        for rank in rarest:
            known.setdefault(rank, []).append(number)
    # Texts with the same pairs are like each other, and like the same others.
    return {place: first[found[0]] for found in places.values() for place in found if first[found[0]] < place}


def letter_pairs(text: str) -> frozenset[str]:
    """What a text is compared by; a text of one letter is compared by that letter."""
    plain = values.normalise(text).replace(" ", "")
    return frozenset(left + right for left, right in pairwise(plain)) or frozenset(plain)


def _prints(places: Mapping[frozenset[str], int]) -> list[_Print]:
    """One for each set of pairs, those with the fewest first."""
    counted = Counter(pair for pairs in places for pair in pairs)
    ranks = {pair: rank for rank, pair in enumerate(sorted(counted, key=lambda pair: (counted[pair], pair)))}
    made = []
    for pairs, place in places.items():
        rarest_first = tuple(sorted(ranks[pair] for pair in pairs))
        made.append(_Print(len(pairs), place, sum(1 << rank for rank in rarest_first), rarest_first))
    return sorted(made)
