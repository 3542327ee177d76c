"""Which of many texts look alike, quick enough to compare every text with every other."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil

from core import values


def alike(texts: Sequence[str], least: float) -> Mapping[int, int]:
    """For each text that looks like an earlier one: the first such. Both by their place in `texts`.

    Likeness is the share of neighbouring letters that two texts have in common, 0 to 1, leaving out case, accents,
    punctuation and spaces (the coefficient of Dice on pairs of letters). Empty texts are like nothing.

    For each pair of letters one large number says which texts have it, a bit for each. Adding these up counts what a
    text has in common with all others at once.
    """
    places: dict[frozenset[str], list[int]] = {}
    for place, text in enumerate(texts):
        if pairs := letter_pairs(text):
            places.setdefault(pairs, []).append(place)
    different = list(places)
    having: defaultdict[str, int] = defaultdict(int)
    for number, pairs in enumerate(different):
        for pair in pairs:
            having[pair] |= 1 << number
    # All of the shorter text must be in the longer one, so they share at least so many pairs.
    share = least / (2 - least)
    found: dict[int, int] = {}
    for number, (pairs, same) in enumerate(places.items()):
        earlier = (1 << number) - 1
        near = _in_many([having[pair] & earlier for pair in pairs], max(1, ceil(len(pairs) * share - 1e-9)), earlier)
        first = same[0]
        while near:
            lowest = near & -near
            other = different[lowest.bit_length() - 1]
            if 2 * len(pairs & other) >= least * (len(pairs) + len(other)):
                first = places[other][0]
                break
            near ^= lowest
        # Texts with the same pairs are like each other, and like the same others.
        found.update((place, first) for place in same if first < place)
    return found


def _in_many(sets: list[int], least: int, everything: int) -> int:
    """What is in at least `least` of these sets, in which each bit is a thing.

    Binary addition in columns, for all bits at once. It begins at what `least` falls short of a power of two, so that
    the last carry says it.
    """
    width = len(sets).bit_length()
    column, start = sets, (1 << width) - least
    for place in range(width):
        if start >> place & 1:
            column.append(everything)
        carried = []
        while len(column) > 1:
            one, two, three = column.pop(), column.pop(), column.pop() if column else 0
            odd = one ^ two
            column.append(odd ^ three)
            carried.append(one & two | odd & three)
        column = carried
    found = 0
    for one in column:
        found |= one
    return found


def letter_pairs(text: str) -> frozenset[str]:
    """What a text is compared by; a text of one letter is compared by that letter."""
    plain = values.normalise(text).replace(" ", "")
    return frozenset(left + right for left, right in pairwise(plain)) or frozenset(plain)
