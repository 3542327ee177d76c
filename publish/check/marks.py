"""Very many texts, kept as eight bytes each: enough to tell what is there twice, and what is not there at all."""

import hashlib
from array import array
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate, pairwise

_PARTS = 256


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
    """A bag of marks. A million take eight megabytes, and one part of them is looked at at a time."""

    def __init__(self) -> None:
        self.parts = [array("Q") for _ in range(_PARTS)]

    def add(self, text: str) -> None:
        self.add_mark(mark(text))

    def add_mark(self, made: int) -> None:
        self.parts[made % _PARTS].append(made)

    def repeated(self) -> AbstractSet[int]:
        """What was added more than once."""
        found: set[int] = set()
        for part in self.parts:
            if len(once := set(part)) < len(part):
                for made in part:
                    if made in once:
                        once.discard(made)
                    else:
                        found.add(made)
        return found

    def without(self, others: "Marks") -> AbstractSet[int]:
        """What is here and not there."""
        found: set[int] = set()
        for part, other in zip(self.parts, others.parts, strict=True):
            found |= set(part).difference(other)
        return found

    def all(self) -> AbstractSet[int]:
        return {made for part in self.parts for made in part}
