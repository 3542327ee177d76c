"""The Selectielijst 2020: how long a municipality keeps records, found by words and taken over by number.

Pure: what the form, the import and the starter set know of the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from core import values
from register import derive
from register.content import Afterwards

AFTERWARDS: Mapping[str, Afterwards] = MappingProxyType(
    {"vernietigen": Afterwards.DESTROY, "blijvend_bewaren": Afterwards.ARCHIVE}
)
TRIGGERS: Mapping[str, str] = MappingProxyType(
    {
        "nihil": "na het afsluiten van de zaak",
        "bestaansduur_procesobject": "na het einde van de vergunning, uitkering of overeenkomst",
        "vast_te_leggen_datum": "vanaf een datum die bij de start is vastgelegd",
        "samengevoegd_met_bewaartermijn": "de hele termijn loopt vanaf het begin",
    }
)
"""When a period of the selection list starts to run, in the words of the screen (the list's `procestermijn`)."""


@dataclass(frozen=True, slots=True)
class Result:
    """One result of the list (Staatscourant 2020, 11143), such as 8.1.1."""

    number: str
    process: str
    """What the 29 process types are called, such as `Voorzieningen verstrekken`."""
    name: str
    """The result, and for a specific one also what it is about."""
    duration: str
    """ISO 8601; empty for what is kept for ever."""
    trigger: str
    afterwards: Afterwards

    @property
    def is_permanent(self) -> bool:
        return self.afterwards is Afterwards.ARCHIVE

    @property
    def period(self) -> str:
        """In words: "15 jaar, na het afsluiten van de zaak"."""
        if self.is_permanent:
            return "blijvend bewaren"
        known = derive.duration(self.duration)
        return ", ".join(part for part in (known.in_words if known else self.duration, self.trigger) if part)


@cache
def results() -> Mapping[str, Result]:
    """Every result that is in force, by its number."""
    listed = values.document("register", "selectielijst-2020")
    processes = {row["nummer"]: row["naam"] for row in listed["procestypen"]}
    return MappingProxyType(
        {
            row["nummer"]: Result(
                number=row["nummer"],
                process=processes[row["procestype"]],
                name=f"{row['categorie']} ({row['resultaat'].lower()})" if row["categorie"] else row["resultaat"],
                duration=row["bewaartermijn"] or "",
                trigger=TRIGGERS.get(row["procestermijn"] or "", ""),
                afterwards=AFTERWARDS[row["waardering"]],
            )
            for row in listed["waarden"]
            if not row["vervallen"]
        }
    )


@cache
def _searched() -> Sequence[tuple[str, Result]]:
    return [(values.fold(f"{one.number} {one.name} {one.process}"), one) for one in results().values()]


def search(text: str, *, limit: int = 20) -> Sequence[Result]:
    """Results with all these words in number, name or process; case and accents do not matter. Nothing for no words.

    A number gives that result first, then those below it.
    """
    words = values.fold(text).split()
    if not words:
        return []
    found = [one for searched, one in _searched() if all(word in searched for word in words)]
    found.sort(key=lambda one: not one.number.startswith(words[0]))
    return found[:limit]
