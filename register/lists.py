"""Which list of values belongs to which field: the options of the form, and the labels that a version freezes.

Fields are named by their path in the content without numbers, such as `purposes.legal_bases`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from core import values
from core.content import Part, YesNo
from register.content import Afterwards, Automation, Publication, RecipientKind, Regime, Role, Scale, Status

FROM_THE_PERSON = "betrokkene"
"""Code of the source that is the person; every other source is described in words."""

ANSWERS: Mapping[str, str] = {YesNo.YES: "Ja", YesNo.NO: "Nee"}
STATUSES: Mapping[str, str] = {
    Status.CONCEPT: "concept",
    Status.IN_REVIEW: "in controle",
    Status.APPROVED: "goedgekeurd",
    Status.ESTABLISHED: "vastgesteld",
    Status.ENDED: "beëindigd",
}
ROLES: Mapping[str, str] = {
    Role.CONTROLLER: "De gemeente beslist zelf (verantwoordelijke)",
    Role.JOINT: "De gemeente beslist samen met anderen (gezamenlijk)",
    Role.PROCESSOR: "De gemeente werkt voor een ander (verwerker)",
}
REGIMES: Mapping[str, str] = {
    Regime.AVG: "Algemene verordening gegevensbescherming (AVG)",
    Regime.WPG: "Wet politiegegevens (Wpg)",
}
PUBLICATION: Mapping[str, str] = {
    Publication.YES: "Ja, op de website",
    Publication.LIMITED: "Beperkt: alleen naam, doel, grondslag en rechten",
    Publication.NO: "Nee, niet op de website",
}
AUTOMATION: Mapping[str, str] = {
    Automation.NO: "Nee, een mens beslist",
    Automation.PARTLY: "Deels",
    Automation.FULLY: "Ja, helemaal",
}
RECIPIENT_KINDS: Mapping[str, str] = {kind: kind.value.capitalize() for kind in RecipientKind}
AFTERWARDS: Mapping[str, str] = {
    Afterwards.DESTROY: "We vernietigen de gegevens",
    Afterwards.ARCHIVE: "De gegevens gaan naar het archief",
    Afterwards.ANONYMISE: "We halen weg om wie het gaat (anonimiseren)",
}
SCALES: Mapping[str, str] = {
    Scale.UNDER_100: "Minder dan 100",
    Scale.UNDER_1000: "100 tot 1.000",
    Scale.UNDER_10000: "1.000 tot 10.000",
    Scale.FROM_10000: "10.000 of meer",
    Scale.UNKNOWN: "Onbekend",
}
RIGHTS: Mapping[str, str] = {
    "13-14": "Recht op informatie over het gebruik van uw gegevens",
    "15": "Recht om uw gegevens in te zien",
    "16": "Recht om fouten in uw gegevens te laten verbeteren",
    "17": "Recht om uw gegevens te laten wissen",
    "17-beperkt": "Recht om uw gegevens te laten wissen, maar alleen in bijzondere gevallen",
    "18": "Recht om het gebruik van uw gegevens te laten stilleggen",
    "20": "Recht om uw gegevens mee te nemen",
    "21": "Recht om bezwaar te maken tegen het gebruik van uw gegevens",
    "22": "Recht op een mens die meekijkt als een computer beslist",
    "intrekken": "Recht om uw toestemming in te trekken",
}
"""By article of the GDPR; `17-beperkt`: erasure is mostly excluded by art. 17(3)(b), `intrekken`: art. 7(3)."""
SENSITIVITIES: Mapping[str, str] = {
    row["code"]: row["label"] for row in values.document("register", "persoonsgegevens")["soorten"]
}
BOA_DOMAINS: Mapping[str, str] = {
    "I": "I: openbare ruimte",
    "II": "II: milieu, welzijn en infrastructuur",
    "III": "III: onderwijs",
    "IV": "IV: openbaar vervoer",
    "V": "V: werk, inkomen en zorg",
    "VI": "VI: generieke opsporing",
}
WPG_ARTICLES: Mapping[str, str] = {
    "8": "Artikel 8: dagelijkse taak",
    "9": "Artikel 9: gericht onderzoek",
    "13": "Artikel 13: ondersteunende taken",
}
MODELS = ("VNG-standaard", "eigen model")
"""What an agreement with a processor follows; a person may type another name."""
WPG_DATA_SUBJECTS: Mapping[str, str] = {
    name.casefold(): name for name in ("Verdachte", "Slachtoffer", "Getuige", "Veroordeelde", "Derde")
}


def _labels(name: str, section: str = "waarden") -> Mapping[str, str]:
    found = values.load("register", name, section)
    return {code: found.label(code) for code in found.codes}


def _choices(field: str) -> Mapping[str, str]:
    """Choices that the list of fields names in words: `keuze: laag, midden, hoog`."""
    kind: str = values.load("register", "velden").entry(field)["type"]
    return {choice: choice.capitalize() for choice in kind.removeprefix("keuze:").strip().split(", ")}


def _selection_list() -> Mapping[str, str]:
    found = values.load("register", "selectielijst-2020")
    return {
        number: " - ".join(str(entry[key]) for key in ("resultaat", "categorie") if entry[key])
        for number, entry in found.entries.items()
    }


DOMAINS = _labels("starter-verwerkingen", "domeinen")
DATA = _labels("persoonsgegevens")
DATA_SUBJECTS = _labels("betrokkenen")
COUNTRIES: Mapping[str, str] = {
    **_labels("adequaatheid", "eer"),
    **_labels("adequaatheid"),
    **_labels("adequaatheid", "derde_landen_binnen_het_koninkrijk"),
}

LISTS: Mapping[str, Mapping[str, str]] = {
    "ai_class": _choices("ai_klasse"),
    "automation": AUTOMATION,
    "bsn_ground": _labels("bijzondere-categorieen", "bsn"),
    "corrections.about": {
        "bijzonder": "Er zijn bijzondere gegevens bij",
        "strafrechtelijk": "Er zijn gegevens over strafbare feiten bij",
        "kinderen": "Het gaat over kinderen onder 16",
        "kwetsbaar": "Het gaat over kwetsbare mensen",
        **{code: f"DPIA: {label}" for code, label in _labels("dpia-criteria").items()},
        **{f"recht-{code}": f"Recht: {label}" for code, label in RIGHTS.items()},
    },
    "corrections.value": ANSWERS,
    "criminal_ground": _labels("bijzondere-categorieen", "strafrechtelijk"),
    "data_sets.data.code": DATA,
    "data_sets.data.sensitivity": SENSITIVITIES,
    "data_sets.data_subject": DATA_SUBJECTS,
    "data_sets.obligatory": ANSWERS,
    "data_sets.sources.kind": {FROM_THE_PERSON: "De persoon zelf"},
    "data_sets.unneeded": DATA,
    "domain": DOMAINS,
    "dpia.criteria": _labels("dpia-criteria"),
    "dpia.reasons_not": _choices("dpia.reden_niet[]"),
    "dpia.residual_risk": _choices("dpia.restrisico"),
    "dpia.status": _labels("dpia-criteria", "statussen"),
    "processors.countries": COUNTRIES,
    "profiling": ANSWERS,
    "pseudonymised": ANSWERS,
    "publication": PUBLICATION,
    "purposes.further_use": ANSWERS,
    "purposes.legal_bases": _labels("grondslagen"),
    "recipients.kind": RECIPIENT_KINDS,
    "regime": REGIMES,
    "retentions.afterwards": AFTERWARDS,
    "retentions.selection_list": _selection_list(),
    "right_restrictions.right": RIGHTS,
    "role": ROLES,
    "scale": SCALES,
    "special_categories.category": _labels("bijzondere-categorieen"),
    "special_categories.exception": _labels("bijzondere-categorieen", "uitzonderingen"),
    "systems.country": COUNTRIES,
    "transfers.country": COUNTRIES,
    "transfers.covered_by_decision": ANSWERS,
    "transfers.instrument": _labels("doorgifte-instrumenten"),
    "transfers_outside_eea": ANSWERS,
    "wpg.articles": WPG_ARTICLES,
    "wpg.boa_domain": BOA_DOMAINS,
    "wpg.data_subjects": WPG_DATA_SUBJECTS,
    "wpg.logging": ANSWERS,
}
"""Code and label per field, in the order of the screen. `controller` is not here: bodies belong to the organisation."""


def _articles(name: str, section: str = "waarden") -> Mapping[str, str]:
    return {
        code: str(entry["artikel"])
        for code, entry in values.load("register", name, section).entries.items()
        if entry.get("artikel")
    }


ARTICLES: Mapping[str, Mapping[str, str]] = {
    "bsn_ground": _articles("bijzondere-categorieen", "bsn"),
    "criminal_ground": _articles("bijzondere-categorieen", "strafrechtelijk"),
    "purposes.legal_bases": _articles("grondslagen"),
    "special_categories.exception": _articles("bijzondere-categorieen", "uitzonderingen"),
    "transfers.instrument": _articles("doorgifte-instrumenten"),
}
"""The article behind a code, for the fields whose codes stand for one."""


def part_of(info: FieldInfo) -> tuple[type[Part] | None, bool]:
    """Which model a field of the content holds, if any, and whether it holds a list."""
    is_list = get_origin(info.annotation) is tuple
    inner: Any = get_args(info.annotation)[0] if is_list else info.annotation
    return (inner if isinstance(inner, type) and issubclass(inner, Part) else None), is_list


@cache
def fields_of(model: type[Part]) -> tuple[tuple[str, type[Part] | None, bool], ...]:
    """The fields of a part of the content: name, the model it holds if any, and whether it holds a list of them."""
    return tuple((name, *part_of(info)) for name, info in model.model_fields.items())


def codes_in(content: Part, path: str = "") -> Iterator[tuple[str, str]]:
    """Every filled text or choice in the content, with the path of its field; codes are among them."""
    for name, part, is_list in fields_of(type(content)):
        value, here = getattr(content, name), f"{path}{name}"
        if part:
            for item in value if is_list else (value,):
                yield from codes_in(item, f"{here}.")
        elif isinstance(value, tuple):
            yield from ((here, item) for item in value)
        elif isinstance(value, str | StrEnum) and value:
            yield here, str(value)


@cache
def kinds_by_group() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Kinds of personal data for the form: group to pairs of code and label, in the order of the file."""
    found: dict[str, list[tuple[str, str]]] = {}
    kinds = values.load("register", "persoonsgegevens")
    for code, entry in kinds.entries.items():
        found.setdefault(str(entry["groep"]).capitalize(), []).append((code, kinds.label(code)))
    return {group: tuple(pairs) for group, pairs in found.items()}


_NUMBERS = re.compile(r"[.-][0-9]{1,3}(?=[.-]|$)")


def without_numbers(place: str) -> str:
    """`purposes.0.laws.1.name` and `purposes-0-laws-1-name` both become `purposes.laws.name`."""
    return _NUMBERS.sub("", place).replace("-", ".")
