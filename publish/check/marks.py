"""Very many texts, kept as eight bytes each: enough to tell what is there twice, and what is not there at all."""

from array import array
from collections.abc import Set as AbstractSet

_PARTS = 256
_EIGHT_BYTES = 2**64 - 1


def mark(text: str) -> int:
    """The eight bytes of a text; other ones in the next process."""
    return hash(text) & _EIGHT_BYTES


class Marks:
    """A bag of marks. A million take eight megabytes, and one part of them is looked at at a time."""

    def __init__(self) -> None:
        self.parts = [array("Q") for _ in range(_PARTS)]

    def add(self, text: str) -> None:
        made = mark(text)
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
