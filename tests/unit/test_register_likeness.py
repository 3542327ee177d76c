"""AVG-144 compares every record with every other: as one would by hand, and quickly."""

import random
from time import process_time

import pytest

from register.rules.likeness import alike, letter_pairs


def by_hand(texts: list[str], least: float) -> dict[int, int]:
    """Each text beside each earlier one."""
    found = {}
    pairs = [letter_pairs(text) for text in texts]
    for place, own in enumerate(pairs):
        for earlier, other in enumerate(pairs[:place]):
            if own and other and 2 * len(own & other) >= least * (len(own) + len(other)):
                found[place] = earlier
                break
    return found


@pytest.mark.parametrize("least", [0.1, 0.5, 0.7, 0.85, 1.0])
def test_what_looks_alike_is_what_one_finds_by_hand(least):
    chance = random.Random(7)
    for _ in range(120):
        texts = ["".join(chance.choices("abcd e", k=chance.randrange(14))) for _ in range(chance.randrange(1, 30))]
        assert alike(texts, least) == by_hand(texts, least)


def test_thousands_of_equal_texts_cost_no_more_than_many_different_ones():
    chance = random.Random(8)
    syllables = ["ver", "gun", "ning", "par", "keer", "hulp", "zorg", "aan", "vraag", "toe", "zicht", "be", "heer"]
    names = ["".join(chance.choices(syllables, k=7)) for _ in range(2000)]

    def seconds(texts: list[str]) -> float:
        start = process_time()
        alike(texts, 0.85)
        return process_time() - start

    assert seconds(["Dezelfde naam"] * 20_000) < 30 * seconds(names)
