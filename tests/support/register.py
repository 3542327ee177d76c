"""Processing activities for tests: one that may be established, and any that the model allows."""

from datetime import date
from typing import Any, get_args

from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from core.audit import Actor
from core.content import Part, YesNo
from core.texts import clean
from register.content import (
    ActivityContent,
    Afterwards,
    Automation,
    DataItem,
    DataSet,
    DataSource,
    Dpia,
    JointController,
    Law,
    Principal,
    ProcessorUse,
    Publication,
    Purpose,
    Recipient,
    RecipientKind,
    Retention,
    Scale,
    SystemUse,
)
from register.lists import part_of

ESTABLISHER = Actor("Bram")
"""Not the actor of the fixtures, so that four eyes have looked."""

COMPLETE = ActivityContent(
    name="Parkeervergunning",
    explanation="U vraagt een vergunning om te parkeren. Wij kijken of u die krijgt. U mag bezwaar maken.",
    domain="fysieke-leefomgeving",
    controller="college",
    team="Team Parkeren",
    process_owner="Teamleider parkeren",
    publication=Publication.YES,
    reviewed_on=date(2026, 6, 1),
    next_review_on=date(2027, 6, 1),
    started_on=date(2020, 1, 1),
    remarks="Gesprek met de leverancier staat gepland.",
    purposes=(
        Purpose(
            text="Beslissen over een aanvraag voor een parkeervergunning en controleren of iemand mag parkeren.",
            legal_bases=("6-1-e",),
            laws=(Law(name="Parkeerverordening", article="artikel 3"),),
            necessity="Zonder kenteken kan de gemeente de vergunning niet controleren.",
            further_use=YesNo.NO,
        ),
    ),
    data_sets=(
        DataSet(
            data_subject="inwoner",
            data=(DataItem(code="naam"), DataItem(code="adres"), DataItem(code="kenteken")),
            sources=(DataSource(kind="betrokkene"),),
            obligatory=YesNo.YES,
            obligatory_consequence="Zonder deze gegevens krijgt u geen vergunning.",
        ),
    ),
    scale=Scale.UNDER_10000,
    recipients=(Recipient(name="Team handhaving", kind=RecipientKind.OWN),),
    transfers_outside_eea=YesNo.NO,
    retentions=(
        Retention(
            text="10 jaar na het einde van de vergunning",
            duration="P10Y",
            trigger="na het einde van de vergunning",
            selection_list=("8.1.3",),
            afterwards=Afterwards.DESTROY,
        ),
    ),
    security="Alleen medewerkers die de gegevens nodig hebben, kunnen erbij.",
    systems=(SystemUse(name="Parkeersysteem", supplier="Voorbeeldbedrijf", hosting="eigen beheer", country="NL"),),
    automation=Automation.NO,
    profiling=YesNo.NO,
    dpia=Dpia(status="niet_nodig", motivation="Er is geen hoog risico.", reasons_not=("kleine schaal",)),
    privacy_notice="https://openboek.example/privacy",
)
"""Passes every check that blocks establishing."""

SHARED_NAMES = ("Alfa", "Beta BV", "Gamma & Zoon")
"""Few, so that records share them. The case of a letter is no difference between shared records."""
_TEXT = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufffe\uffff"), max_size=30
).map(clean)
"""In the form in which texts are kept."""


_SHARED: dict[type[Part], tuple[str, dict[str, Any]]] = {
    ProcessorUse: (
        "agreement_document",
        {
            "agreement_on": date(2024, 5, 1),
            "agreement_until": date(2029, 5, 1),
            "agreement_model": "VNG-standaard",
        },
    ),
    JointController: ("arrangement_document", {"arrangement_on": date(2023, 5, 1)}),
    Principal: ("agreement_document", {"agreement_on": date(2022, 5, 1)}),
    Law: ("name", {"bwb_number": "BWB"}),
}
"""What names a shared agreement or law, and the facts of one with a name."""
_SOME_WORDS = {
    "team": ("", *SHARED_NAMES),
    "party": ("", *SHARED_NAMES),
    "data_breaches": ("", "DL-2026-003", "12, https://datalek.example/13"),
}


def contents(model: type[Part] = ActivityContent, text: st.SearchStrategy[str] = _TEXT) -> st.SearchStrategy[Any]:
    """Any content that is kept. A system, agreement or law has the same facts wherever it is named."""
    if model is SystemUse:
        facts = {name: SystemUse(name=name, supplier=f"Leverancier van {name}", country="NL") for name in SHARED_NAMES}
        return st.sampled_from([SystemUse(), *facts.values()])
    fields = {name: _values(name, info, text) for name, info in model.model_fields.items()}
    if model not in _SHARED:
        return st.builds(model, **fields)
    title, facts = _SHARED[model]
    # Without a title each agreement is one of its own, whatever it says; a law without a name has no number here.
    unnamed = {"bwb_number": st.just("")} if model is Law else {}
    named = {name: st.just(value) for name, value in facts.items()}
    return st.one_of(
        st.builds(model, **fields | {title: st.just("")} | unnamed),
        st.builds(model, **fields | {title: st.sampled_from(SHARED_NAMES)} | named),
    )


def _values(name: str, info: FieldInfo, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    part, is_list = part_of(info)
    if part:
        return st.lists(contents(part, text), max_size=2).map(tuple) if is_list else contents(part, text)
    if is_list:
        word = st.sampled_from(SHARED_NAMES) if name == "covenants" else text.filter(bool)
        return st.lists(word, max_size=3).map(tuple)
    if name in _SOME_WORDS:
        return st.sampled_from(_SOME_WORDS[name])
    kinds = set(get_args(info.annotation)) or {info.annotation}
    if str in kinds:
        longest = next((limit.max_length for limit in info.metadata if hasattr(limit, "max_length")), 300)
        return text.map(lambda typed: typed[:longest].strip())
    if int in kinds:
        return st.integers(0, 200)
    return st.one_of([st.none() if kind is type(None) else st.from_type(kind) for kind in kinds])
