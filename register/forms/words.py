"""The fields as people fill them in, and the words beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Annotated

from pydantic import ConfigDict, Field, field_validator

from core import values
from core.content import Line, Lines, Part, Text, YesNo
from core.web.forms import Labels
from register.content import BREACHES, ActivityContent, DataItem, path, refers_to_breaches
from register.forms.layout import GROUPS, Item, Rows
from register.lists import part_of


class DataSetInput(Part):
    """A `DataSet` as people fill it in: kinds of data to tick, own kinds in rows, sources in lines."""

    data_subject: Annotated[Line, path("gegevenssets[].betrokkene")] = ""
    kinds: Annotated[Lines, path("gegevenssets[].gegeven[]")] = ()
    own_kinds: Annotated[tuple[DataItem, ...], path("gegevenssets[].gegeven[]")] = ()
    from_the_person: Annotated[bool, path("gegevenssets[].bron[]")] = False
    other_sources: Annotated[Lines, path("gegevenssets[].bron[]")] = ()
    obligatory: Annotated[YesNo | None, path("gegevenssets[].verplicht_te_geven")] = None
    obligatory_consequence: Annotated[Text, path("gegevenssets[].verplicht_te_geven")] = ""
    unneeded: Annotated[Lines, path("gegevenssets[].niet_nodig[]")] = ()


class ActivityInput(ActivityContent):
    """`ActivityContent` as people fill it in: labels instead of codes where a person may also type an own word."""

    data_sets: Annotated[tuple[DataSetInput, ...], path("gegevenssets[].betrokkene")] = ()  # type: ignore[assignment]  # a form of its own

    @field_validator("data_breaches")
    @classmethod
    def _breaches(cls, text: str) -> str:
        if not refers_to_breaches(text):
            raise ValueError(BREACHES)
        return text


class EndInput(Part):
    """Since when and why a processing stopped."""

    model_config = ConfigDict(str_strip_whitespace=True)

    on: date
    reason: Annotated[str, Field(min_length=3, max_length=1000)]


END_LABELS = {
    "on": Labels("Gestopt op", "Vandaag of een eerdere dag.", required=True),
    "reason": Labels("Waarom stopt de verwerking", "Dit komt in de geschiedenis, niet op de website.", required=True),
}
HELP = {
    "publication_reason": "Nodig bij 'beperkt' en bij 'nee'.",
    "joint_controllers.party": "Alleen als de gemeente samen met een ander beslist.",
    "purposes.laws.name": "Nodig als de wet ons verplicht, en bij onze taak als gemeente. Noem ook het artikel.",
    "purposes.consent_asked": "Alleen als de persoon toestemming geeft.",
    "purposes.interests_assessment": "Alleen bij een belang dat zwaarder weegt.",
    "special_categories.category": "Volgt uit de gekozen gegevens. Vul aan wat ontbreekt.",
    "special_categories.law": "Nodig bij de meeste uitzonderingen.",
    "criminal_ground": "Alleen als u gegevens over strafbare feiten koos.",
    "bsn_ground": "Alleen als u het burgerservicenummer koos.",
    "transfers.safeguards_document": "Nodig als een contract of afspraak de gegevens beschermt.",
    "retentions.deviation": "Alleen als u een andere termijn kiest dan de selectielijst.",
    "automation_logic": "Alleen als een computer (deels) beslist.",
    "automation_human": "Alleen als een computer helemaal beslist.",
    "dpia.done_on": "Alleen als de DPIA klaar is.",
    "dpia.public_url": "De DPIA zelf bewaart u als bestand bij de verwerking. Die komt niet op de website.",
    "contacts": "Een functie of postbus, geen naam als het kan.",
    "external_number": "Alleen als de verwerking uit een ander register komt.",
    "retentions.duration": "Zoals P7Y voor 7 jaar of P6M voor 6 maanden.",
    "retentions.selection_list": "Een nummer per regel, zoals 8.1.3.",
    "data_sets.from_the_person": "Komen er ook gegevens van anderen? Noem die hieronder.",
    "data_sets.unneeded": "Een gegeven per regel.",
    "processors.countries": "Een land per regel, zoals Nederland.",
    "processors.sub_processors": "Een bedrijf per regel.",
    "principals.categories": "Een taak per regel.",
    "covenants": "Een convenant per regel.",
    "algorithm_register": "Een link per regel.",
    "case_types": "Een zaaktype per regel.",
    "wpg.data_subjects": "Een groep per regel: verdachte, slachtoffer, getuige, veroordeelde of derde.",
    "data_breaches": "Een nummer of link in uw register van datalekken. Meer dan één? Zet er een komma tussen.",
    "purposes.laws.bwb_number": "Staat de wet al in de lijst? Dan komt het nummer vanzelf.",
    "purposes.laws.url": "Komt vanzelf bij een BWB-nummer. Of vul een link naar het artikel in.",
    "processors.agreement_document": "Kies een overeenkomst die er al is, of typ een nieuwe titel.",
    "processors.agreement_on": "Geldt voor elke verwerking met deze overeenkomst.",
}
"""What `velden.json` does not say about how to fill in a field."""
NEEDED = frozenset({"wet", "beleid"})


@cache
def labels() -> Mapping[str, Labels]:
    """The words of every field, by pattern of its name. Of fields that share a row only the first asks why."""
    rows = {
        row["pad"]: row
        for section in ("waarden", "verwerkersregister", "wpg")
        for row in reversed(values.document("register", "velden")[section])
    }
    explained = values.load("register", "uitleg", key="veld").entries
    found: dict[str, Labels] = {}
    seen: set[str] = set()
    for pattern, dotted, item in _walk():
        row = rows[_path_of(dotted)]
        first = row["pad"] not in seen
        seen.add(row["pad"])
        article = row["artikel"] if first and row["artikel"] != "-" else ""
        hint = row.get("hulptekst") if first else ""
        found[pattern] = Labels(
            label=item.label or row["label"],
            help=HELP.get(dotted) or hint or "",
            article=article,
            required=first and row["verplicht"] in NEEDED,
            why=explained[dotted]["waarom"],
            example=explained[dotted]["voorbeeld"],
        )
    return found


def _walk(
    items: Sequence[Item | Rows] | None = None, pattern: str = "", dotted: str = ""
) -> Iterator[tuple[str, str, Item]]:
    """Every field with the pattern of its name (`purposes-*-text`) and its place in the content (`purposes.text`)."""
    for item in [item for group in GROUPS for item in group.items] if items is None else items:
        if isinstance(item, Rows):
            yield from _walk(item.items, f"{pattern}{item.name}-*-", f"{dotted}{item.name}.")
        else:
            yield f"{pattern}{item.name}", f"{dotted}{item.name.replace('-', '.')}", item


def _path_of(dotted: str) -> str:
    """The row of `velden.json` that a field belongs to."""
    model: type[Part] = ActivityInput
    *steps, last = dotted.split(".")
    for step in steps:
        part, _ = part_of(model.model_fields[step])
        assert part is not None  # noqa: S101 - GROUPS follows the model, a test walks all of it
        model = part
    extra = model.model_fields[last].json_schema_extra
    assert isinstance(extra, dict)  # noqa: S101 - idem: every field has a path
    return str(extra["path"])


LINES = frozenset(pattern for pattern, _, item in _walk() if item.kind in {"lines", "selection"})
