"""Very many texts, kept as eight bytes each: enough to tell what is there twice, and what is not there at all."""

import hashlib
from array import array
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate, filterfalse, pairwise

_AT_ONCE = 200_000


def mark(text: str) -> int:
    """The eight bytes of a text, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest())


def packed(*groups: Iterable[int]) -> bytes:
    """Groups of marks to be kept, for `unpacked`."""
    arrays = [array("Q", group) for group in groups]
    return array("Q", [len(one) for one in arrays]).tobytes() + b"".join(one.tobytes() for one in arrays)


def unpacked(data: bytes, groups: int = 3) -> "Sequence[array[int]]":
    found = array("Q")
    found.frombytes(data)
    ends = list(accumulate(found[:groups], initial=groups))
    return [found[start:end] for start, end in pairwise(ends)]


class Marks:
    """A bag of marks. A million take eight megabytes; of a large bag one part at a time is looked at."""

    def __init__(self) -> None:
        self._all = array("Q")

    def add(self, text: str) -> None:
        self._all.append(mark(text))

    def extend(self, marks: Iterable[int]) -> None:
        self._all.extend(marks)

    def __len__(self) -> int:
        return len(self._all)

    def all(self) -> set[int]:
        return set(self._all)

    def part(self, number: int, parts: int) -> AbstractSet[int]:
        """One of so many parts of about the same size."""
        return self.all() if parts == 1 else {made for made in self._all if made % parts == number}

    def repeated(self) -> AbstractSet[int]:
        """What was added more than once."""
        parts = len(self) // _AT_ONCE + 1
        if parts == 1 and len(self.all()) == len(self):
            return set()
        found: set[int] = set()
        for number in range(parts):
            once: set[int] = set()
            for made in self._all:
                if made % parts == number:
                    (found if made in once else once).add(made)
        return found

    def without(self, others: "Marks") -> AbstractSet[int]:
        """What is here and not there."""
        parts = len(others) // _AT_ONCE + 1
        found: set[int] = set()
        for number in range(parts):
            there = others.part(number, parts)
            here = self._all if parts == 1 else (made for made in self._all if made % parts == number)
            found.update(filterfalse(there.__contains__, here))
        return found
