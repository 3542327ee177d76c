"""The seven questions that decide whether a message to the municipality is official (Awb 2:13 lid 1 and 2:14). Pure.

A person goes down the list and stops at the first "yes". What is chosen there says which kind it is, and that says
whether the message is official, unless somebody decides otherwise with a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wmebv.content import MessageKind, Official


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a "yes" comes to: the kind, what it means, and its article (`is_checked`: somebody looked that up)."""

    kind: MessageKind
    means: str
    article: str
    official: Official = Official.YES
    is_checked: bool = True

    @property
    def cited(self) -> str:
        """The article with its status as long as nobody looked it up."""
        return self.article if self.is_checked else f"{self.article} (nakijken)"


@dataclass(frozen=True, slots=True)
class Step:
    """One question, with the kinds that a "yes" can mean."""

    question: str
    help: str
    outcomes: Sequence[Outcome]


def _other(kind: MessageKind, means: str) -> Outcome:
    return Outcome(kind, means, "Awb 2:14", Official.NO)


STEPS: Sequence[Step] = (
    Step(
        "Is iemand het niet eens met een besluit?",
        "Een beroep bij de rechter is geen bericht aan de gemeente. Komt het toch bij u binnen, stuur het dan door.",
        (
            Outcome(MessageKind.BEZWAAR, "Aan wie het besluit nam.", "Awb 2:13 lid 1 en 6:4 lid 1"),
            Outcome(
                MessageKind.ADMINISTRATIEF_BEROEP,
                "Aan een ander bestuursorgaan, als een wet dat zegt.",
                "Awb 2:13 lid 1 en 6:4 lid 2",
                is_checked=False,
            ),
        ),
    ),
    Step(
        "Is het een klacht over de gemeente of over iemand die voor de gemeente werkt?",
        "Ook een klacht aan de gemeentelijke ombudsman, of volgens een eigen klachtenregeling.",
        (Outcome(MessageKind.COMPLAINT, "Over hoe de gemeente met iemand omging.", "Awb 2:13 lid 1 en hoofdstuk 9"),),
    ),
    Step(
        "Hoort het bij een besluit of procedure die al loopt?",
        "Zoals stukken die nog ontbreken, of een reactie op een plan.",
        (
            Outcome(MessageKind.SUPPLEMENT, "Stukken of gegevens die nog ontbraken.", "Awb 2:13 lid 1 en 4:5"),
            Outcome(MessageKind.ZIENSWIJZE, "Een reactie voordat het besluit er is.", "Awb 2:13 lid 1, 3:15 en 4:7"),
            Outcome(MessageKind.INGEBREKESTELLING, "De gemeente is te laat met een besluit.", "Awb 2:13 lid 1 en 4:17"),
            Outcome(MessageKind.PROCEDURE_QUESTION, "Hoe het staat met de eigen zaak.", "Awb 2:13 lid 1"),
        ),
    ),
    Step(
        "Vraagt iemand met dit bericht om een besluit?",
        "Zoals een vergunning, een uitkering of een subsidie.",
        (Outcome(MessageKind.APPLICATION, "De gemeente moet ja of nee zeggen.", "Awb 2:13 lid 1 en 4:1"),),
    ),
    Step(
        "Staat in een wet of verordening dat iemand dit moet melden, aangeven of opgeven?",
        "Zoals een verhuizing, een geboorte of een inkomen bij een uitkering.",
        (
            Outcome(MessageKind.NOTIFICATION, "Zeggen dat iets gaat gebeuren of is gebeurd.", "Awb 2:13 lid 1"),
            Outcome(
                MessageKind.DECLARATION,
                "Bij de burgerlijke stand, de BRP of de belasting.",
                "Awb 2:13 lid 1",
                is_checked=False,
            ),
            Outcome(MessageKind.STATEMENT, "Gegevens die iemand moet geven.", "Awb 2:13 lid 1", is_checked=False),
        ),
    ),
    Step(
        "Geeft een wet iemand het recht om dit te vragen?",
        "Zoals inzage in eigen gegevens (AVG), informatie (Woo) of een afschrift (BRP).",
        (Outcome(MessageKind.REQUEST, "De wet noemt dit recht.", "Awb 2:13 lid 1", is_checked=False),),
    ),
    Step(
        "Is het niets van dit alles?",
        "Dan is het een ander bericht. De gemeente mag zelf bepalen hoe dat digitaal binnenkomt.",
        (
            _other(MessageKind.SIGNAL, "Zoals een losse stoeptegel, zonder procedure in een wet."),
            _other(MessageKind.PRIVATE_LAW, "Zoals huur, koop of schade."),
            _other(MessageKind.OTHER, "Zoals een algemene vraag of een afspraak."),
        ),
    ),
)
"""In the order in which they are asked."""
OUTCOMES: Mapping[MessageKind, Outcome] = {one.kind: one for step in STEPS for one in step.outcomes}
"""By kind; a message from the municipality itself has none."""


def answered(kind: MessageKind) -> Sequence[tuple[str, str]]:
    """The questions that were gone through to come at a kind, each with its answer."""
    found = []
    for step in STEPS:
        is_here = any(one.kind is kind for one in step.outcomes)
        found.append((step.question, "ja" if is_here else "nee"))
        if is_here:
            break
    return found


def needs_reason(kind: MessageKind | None, official: Official) -> bool:
    """Whether this differs from what the questions say, or leaves it open: then people must be able to read why."""
    return kind is None or OUTCOMES[kind].official is not official
