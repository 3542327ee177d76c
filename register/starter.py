"""The starter set: 78 processing activities that most municipalities have, as proposals to begin with.

Everything the set knows is filled in, with an example of the text where most municipalities do the same (how consent is
asked, how a computer helps to decide, why a record is not public as a whole). What only the municipality knows (team,
parties, agreements, transfers, measures, reviews, whether a DPIA was done) stays empty, so the checks ask for it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from core import values
from core.content import YesNo
from register.content import (
    ActivityContent,
    Automation,
    DataItem,
    DataSet,
    DataSource,
    Dpia,
    Law,
    ProcessorUse,
    Publication,
    Purpose,
    Recipient,
    RecipientKind,
    Regime,
    Retention,
    SpecialCategory,
    Wpg,
)
from register.selection_list import AFTERWARDS, TRIGGERS

DPIA_STATUS = {"ja": "nodig", "nee": "niet_nodig", "bekijken": "niet_beoordeeld"}
WPG_ARTICLES = ("8", "9", "13")
_OWN_ORGANISATION = re.compile(
    r"\b(teams?|hulpverleners) van de gemeente\b|^(gemeenteraad|archiefdienst)$", re.IGNORECASE
)
_EVERYONE = re.compile(r"^iedereen\b", re.IGNORECASE)


@cache
def starter_contents() -> tuple[ActivityContent, ...]:
    """All activities of the starter set, in the order of the file. `based_on` holds the id of the row.

    The set names the groups of people and the data of an activity side by side; which data belong to which group
    differs per municipality. Each group therefore starts with all data, and the remarks ask to look at that.
    """
    return tuple(_content(row) for row in values.document("register", "starter-verwerkingen")["waarden"])


def _content(row: Mapping[str, Any]) -> ActivityContent:
    laws = tuple(Law(name=law["naam"], article=law["artikel"]) for law in row["wet"])
    regime = Regime(row["regime"])
    explained = row.get("uitleg_besluit", {})
    return ActivityContent(
        name=row["naam"],
        domain=row["domein"],
        controller=row["bestuursorgaan"],
        regime=regime,
        publication=Publication(row["openbaar"]),
        publication_reason=row.get("openbaar_reden", ""),
        based_on=row["id"],
        remarks="\n".join(_remarks(row)),
        purposes=tuple(_purposes(row, laws)),
        data_sets=_data_sets(row),
        special_categories=_special_categories(row, _in_words(laws)),
        criminal_ground=next(iter(row["grond_strafrechtelijk"]), ""),
        criminal_law=_in_words(laws) if row["grond_strafrechtelijk"] else "",
        bsn_ground=row["bsn_grond"] or "",
        bsn_law=_in_words(laws) if row["bsn_grond"] == "sectorwet" else "",
        recipients=tuple(Recipient(name=name, kind=_recipient_kind(name)) for name in row["ontvangers"]),
        processors=tuple(ProcessorUse(service=service) for service in row["soort_verwerkers"]),
        retentions=(_retention(row["bewaren"]),),
        automation=Automation(row["geautomatiseerd_besluit"]),
        automation_logic=explained.get("logica", ""),
        automation_consequences=explained.get("gevolgen", ""),
        automation_human=explained.get("mens", ""),
        profiling=YesNo.NO if row["profilering"] == "nee" else YesNo.YES,
        dpia=Dpia(criteria=tuple(row["dpia_redenen"]), status=DPIA_STATUS[row["dpia"]]),
        wpg=_wpg(row, laws) if regime is Regime.WPG else Wpg(),
    )


def _purposes(row: Mapping[str, Any], laws: tuple[Law, ...]) -> Iterator[Purpose]:
    """The purpose of the row; a legitimate interest beside a public task is a purpose of its own (GDPR art. 6(1))."""
    consent = row.get("toestemming", {})
    yield Purpose(
        text=row["doel"],
        legal_bases=tuple(row["grondslag"]),
        laws=laws,
        consent_asked=consent.get("hoe_gevraagd", ""),
        consent_withdrawn=consent.get("hoe_intrekken", ""),
        consent_evidence=consent.get("bewijs", ""),
    )
    if other := row.get("ander_doel"):
        assessment = other.get("belangenafweging", "")
        yield Purpose(text=other["doel"], legal_bases=tuple(other["grondslag"]), interests_assessment=assessment)


def _remarks(row: Mapping[str, Any]) -> list[str]:
    remarks = [row["opmerking"]] if row["opmerking"] else []
    if len(row["betrokkenen"]) > 1:
        remarks.append("Nakijken: welke gegevens horen bij welke groep mensen?")
    if row["profilering"] == "soms":
        remarks.append("Nakijken: niet elke gemeente maakt hierbij een profiel.")
    if {"toestemming", "uitleg_besluit", "openbaar_reden"} & row.keys() or "belangenafweging" in row.get(
        "ander_doel", ()
    ):
        remarks.append("Nakijken: een deel van de tekst is een voorbeeld. Klopt het voor uw gemeente?")
    return remarks


def _data_sets(row: Mapping[str, Any]) -> tuple[DataSet, ...]:
    kinds = values.load("register", "persoonsgegevens")
    data = tuple(DataItem(code=code, sensitivity=kinds.entry(code)["soort"]) for code in row["persoonsgegevens"])
    sources = tuple(
        DataSource(kind=source) if source == "betrokkene" else DataSource(text=source) for source in row["bronnen"]
    )
    return tuple(DataSet(data_subject=group, data=data, sources=sources) for group in row["betrokkenen"])


def _special_categories(row: Mapping[str, Any], law: str) -> tuple[SpecialCategory, ...]:
    """Each special category that follows from the data, with each exception the set names (GDPR art. 9(2))."""
    kinds = values.load("register", "persoonsgegevens")
    found = (kinds.entry(code)["bijzondere_categorie"] for code in row["persoonsgegevens"])
    return tuple(
        SpecialCategory(category=category, exception=exception, law=law)
        for category in dict.fromkeys(category for category in found if category)
        for exception in row["uitzondering_bijzonder"] or ("",)
    )


def _in_words(laws: Sequence[Law]) -> str:
    return "; ".join(f"{law.name} {law.article}".strip() for law in laws)


def _recipient_kind(name: str) -> RecipientKind | None:
    """Only what the name itself says; whether an organisation is part of the government is left to the municipality."""
    if _EVERYONE.search(name):
        return RecipientKind.EVERYONE
    return RecipientKind.OWN if _OWN_ORGANISATION.search(name) else None


def _retention(row: Mapping[str, Any]) -> Retention:
    """The period with what the selection list adds to it, as far as all the numbers of the row say the same."""
    numbers = tuple(row["selectielijst"])
    entries = [values.load("register", "selectielijst-2020").entry(number) for number in numbers]
    valued = _only(entry["waardering"] for entry in entries)
    return Retention(
        text=row["tekst"],
        duration=_only(entry["bewaartermijn"] for entry in entries) or "",
        trigger=TRIGGERS.get(_only(entry["procestermijn"] for entry in entries) or "", ""),
        selection_list=numbers,
        afterwards=AFTERWARDS.get(valued or ""),
    )


def _only(found: Any) -> str | None:  # noqa: ANN401 - a generator over JSON
    """The one value that all have; None when they differ, or when there are none."""
    different = set(found)
    return different.pop() if len(different) == 1 else None


def _wpg(row: Mapping[str, Any], laws: Sequence[Law]) -> Wpg:
    """Wpg art. 8, 9 and 13 say why police data may be used; the articles stand among the laws of the row."""
    articles = " ".join(law.article for law in laws if law.name == "Wet politiegegevens")
    named = re.findall(r"[0-9]+", articles)
    groups = values.load("register", "betrokkenen")
    return Wpg(
        articles=tuple(article for article in WPG_ARTICLES if article in named),
        data_subjects=tuple(groups.label(code) for code in row["betrokkenen"]),
        retention=row["bewaren"]["tekst"],
    )
