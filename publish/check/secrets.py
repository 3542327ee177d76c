"""Texts that are never public: when one of them stands in a file of the site, the site does not go online.

A few long texts are looked for of each field, not all there are: what lets one through, a template or a list of fields,
lets them all through. Only a piece is looked for that every format writes in the same way, so escaping hides nothing.
"""

import re
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

SHORTEST, LONGEST, WORDS = 40, 60, 6
"""Characters of a piece, and the least words: shorter ones may stand anywhere by chance, longer ones may be cut off."""
_SAMPLE = SHORTEST // 2
_SAMPLES = struct.Struct(f"{_SAMPLE}sx")
_PLAIN = re.compile(rf"[A-Za-z0-9(][A-Za-z0-9 .,()]{{{SHORTEST - 1},{LONGEST - 1}}}")


def piece_of(text: str) -> str:
    """The longest part of a text that looks the same in HTML, XML, JSON and csv; empty when there is none."""
    found = max(_PLAIN.findall(text), key=len, default="").strip()
    return found if len(found) >= SHORTEST and len(found.split()) >= WORDS else ""


@dataclass(slots=True)
class Secrets:
    """What may stand nowhere: pieces, each with the field that it is from.

    `is_public` is asked about a piece that was found: the same words may stand in a public field too.
    """

    pieces: Mapping[str, str]
    is_public: Callable[[str], bool]
    _asked: dict[str, bool] = field(default_factory=dict)
    _sought: dict[bytes, str] = field(init=False)
    _samples: frozenset[tuple[bytes]] = field(init=False)

    def __post_init__(self) -> None:
        """Raises ValueError for a piece that is too short."""
        if any(len(piece) < SHORTEST for piece in self.pieces):
            raise ValueError(f"a piece has {SHORTEST} characters at least")
        self._sought = {piece.encode(): name for piece, name in self.pieces.items()}
        self._samples = frozenset(
            (piece[start : start + _SAMPLE],) for piece in self._sought for start in range(len(piece) - _SAMPLE + 1)
        )

    def fields_in(self, pieces_of_file: Iterable[bytes]) -> list[str]:
        """The fields of which a text stands in a file."""
        found: dict[str, str] = {}
        before = b""
        for data in pieces_of_file:
            whole = before + data
            if self._may_be_in(whole):
                found |= {piece.decode(): name for piece, name in self._sought.items() if piece in whole}
            before = whole[-LONGEST:]
        return sorted({name for piece, name in found.items() if not self._is_public(piece)})

    def _may_be_in(self, data: bytes) -> bool:
        """Whether one of the samples of `data` is of a piece: four times as fast as looking for a hundred pieces.

        Samples stand so close together that one at least falls wholly within any piece.
        """
        filled = data + bytes(-len(data) % _SAMPLES.size)
        return not self._samples.isdisjoint(_SAMPLES.iter_unpack(filled))

    def _is_public(self, piece: str) -> bool:
        if piece not in self._asked:
            self._asked[piece] = self.is_public(piece)
        return self._asked[piece]
