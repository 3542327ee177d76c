"""The register in the shape of the GEMMA VAR API 0.1.0 (avg-register 15.1): pages of JSON, for who builds on that.

The shape has no versions, special data or processors, and one legal basis per record: this is a summary. A record
with several purposes is one resource with the purposes joined. What the shape cannot hold (no purpose yet, or only
the legal basis of art. 6(1)(d), which it does not know) is left out; a municipality without an OIN has no pages.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from core import values
from core.organisations import Organisation
from publish import urls
from publish.parts import File, Spool, filled, json_line, json_lines
from publish.register_parts import label, laws_of
from register.public import PublicProcessingActivity

FOLDER = "gemma/verwerkingsactiviteiten"
PAGE = 100
MAX_NAME, MAX_PURPOSE = 242, 2042
BODIES: Mapping[str, str] = {
    "college": "College van B&W",
    "raad": "Raad",
    "burgemeester": "Burgemeester",
    "ambtenaar-burgerlijke-stand": "Ambtenaar van de burgerlijke stand",
    "rekenkamer": "Rekenkamercommissie",
}
"""The five bodies that the shape knows; another one is left out."""


class Gemma:
    """The pages, `1.json` and on. Nothing without an OIN, which the shape asks for."""

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation
        self._lines = Spool()

    def add(self, activity: PublicProcessingActivity) -> None:
        if self._organisation.oin and (made := resource(activity, self._organisation)):
            self._lines.add(json_line(made))

    def files(self) -> Iterator[File]:
        if not self._organisation.oin:
            return
        home, count, lines = f"{urls.REGISTER}/{FOLDER}", len(self._lines), iter(self._lines)
        last = max(1, -(-count // PAGE))
        for number in range(1, last + 1):
            head = {
                "count": count,
                "next": f"{self._organisation.base_url}/{home}/{number + 1}.json" if number < last else None,
                "previous": f"{self._organisation.base_url}/{home}/{number - 1}.json" if number > 1 else None,
            }
            yield f"{home}/{number}.json", b"".join(json_lines(head, "results", islice(lines, PAGE)))


def resource(activity: PublicProcessingActivity, organisation: Organisation) -> dict[str, Any] | None:
    """One `Verwerkingsactiviteit`; None when the shape cannot hold this record."""
    bases = [basis for purpose in activity.purposes for basis in purpose.legal_bases]
    known = values.load("register", "grondslagen").entries
    basis = next((known[one.code]["gemma"] for one in bases if known.get(one.code, {}).get("gemma")), None)
    purpose = _texts(purpose.text for purpose in activity.purposes)
    if not basis or not purpose:
        return None
    return filled(
        {
            "id": str(activity.id),
            "naam": _cut(activity.name, MAX_NAME),
            "gebaseerdOp": activity.based_on if activity.based_on.startswith("http") else "",
            "categorie": label(activity.domain),
            "verantwoordelijkeOrganisatie": organisation.oin,
            "verantwoordelijkeBestuursorgaan": BODIES.get(activity.controller.code, ""),
            "doel": _cut(purpose, MAX_PURPOSE),
            "grondslag": basis,
            "toelichtingGrondslag": _texts([*(one.article or one.label for one in bases), laws_of(activity)]),
            "bewaartermijn": _texts(retention.text for retention in activity.retentions),
            "herkomst": _texts(source for data_set in activity.data_sets for source in data_set.sources),
            "afnemendeInternationaleDerden": list(
                dict.fromkeys(transfer.country.label for transfer in activity.transfers if transfer.country.label)
            ),
            "afnemendeCategorieOntvangers": [recipient.name for recipient in activity.recipients if recipient.name],
            "verwerktePersoonsgegevens": [
                {"rolBetrokkene": data_set.data_subject.label, "naam": item.kind.label}
                for data_set in activity.data_sets
                for item in data_set.data
                if data_set.data_subject.label and item.kind.label
            ],
        }
    )


def _texts(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
