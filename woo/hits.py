"""What the findings of a check ask of people before a document may become public. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from woo.content import DecisionState
from woo.inspection.model import Kind

NOTICES = frozenset({Kind.UNTAGGED, Kind.NO_TEXT_LAYER, Kind.METADATA})
"""Nobody has to confirm these: they say how the file gets better."""


class Stand(StrEnum):
    """How far people are with a hit."""

    OPEN = "beoordelen"
    REFUSED = "geweigerd"
    ASKED = "wacht op een tweede persoon"
    NOTICE = "let op"
    SETTLED = "mag openbaar"


OPEN = (Stand.OPEN, Stand.REFUSED, Stand.ASKED)
"""Waits for a person."""


class Hit(Protocol):
    """What is asked here of a hit."""

    key: str
    kind: Kind
    critical: bool


class Said(Protocol):
    """What is asked here of a decision."""

    key: str
    original: str
    state: DecisionState


@dataclass(frozen=True, slots=True)
class Standing:
    """The hits of a file, each with how far people are."""

    hits: Sequence[tuple[Hit, Stand]]

    def count(self, *stands: Stand, critical: bool | None = None) -> int:
        return sum(stand in stands and critical in {None, hit.critical} for hit, stand in self.hits)

    @property
    def hinders(self) -> str:
        """Why the document cannot become public yet, as a sentence; empty when nothing stands in the way."""
        if number := self.count(Stand.OPEN, Stand.REFUSED, critical=True):
            return (
                f"De controle vond {_hits(number, 'kritieke ')}. Verbeter het bestand, of zeg waarom dit openbaar mag "
                "zijn. Daarna beslist een tweede persoon."
            )
        if number := self.count(Stand.ASKED):
            return f"Een tweede persoon moet nog beslissen over {_hits(number, 'kritieke ')} van de controle."
        if number := self.count(Stand.OPEN):
            return f"De controle vond {_hits(number)}. Verbeter het bestand, of bevestig waarom dit openbaar mag zijn."
        return ""


def weigh(hits: Iterable[Hit], said: Mapping[str, Said], original: str) -> Standing:
    """How far people are with each hit of the file with this SHA-256. `said`: the decisions of the document, by key.

    A confirmation holds for the same place with the same masked text, in whichever file of the document. Of something
    critical it holds for this one file: behind the same masked text another number may stand.
    """
    return Standing([(hit, _stand(hit, said.get(hit.key), original)) for hit in hits])


def _stand(hit: Hit, said: Said | None, original: str) -> Stand:
    if not hit.critical:
        if hit.kind in NOTICES:
            return Stand.NOTICE
        return Stand.SETTLED if said else Stand.OPEN
    if said is None or said.original != original:
        return Stand.OPEN
    by_state = {
        DecisionState.ASKED: Stand.ASKED,
        DecisionState.APPROVED: Stand.SETTLED,
        DecisionState.REFUSED: Stand.REFUSED,
    }
    return by_state.get(said.state, Stand.OPEN)


def _hits(number: int, which: str = "") -> str:
    return f"{number} {which}melding{'' if number == 1 else 'en'}"
