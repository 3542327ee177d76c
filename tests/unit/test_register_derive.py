"""What follows from the chosen codes: facts, rights, DPIA criteria and periods."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import values
from core.content import YesNo
from register import derive
from register.content import ActivityContent, Automation, DataItem, DataSource, Role, Scale
from register.derive import DpiaDecision, Duration
from register.starter import starter_contents
from support.activities import complete, data_set, purpose
from support.register import contents


def criteria(content: ActivityContent) -> list[str]:
    return [criterion.code for criterion in derive.derived_criteria(content)]


def with_data(*codes: str, **changes: object) -> ActivityContent:
    return complete(data_sets=(data_set(*codes),), **changes)


def aimed_at(text: str, **changes: object) -> ActivityContent:
    return complete(purposes=(purpose(text=text),), **changes)


def test_health_data_are_special_whether_or_not_anybody_ticked_it():
    known = derive.facts(with_data("naam", "beperking", "geloof", "ziekteverzuim"))
    assert (known.has_special, known.special_categories) == (True, ("gezondheid", "geloof"))
    assert (known.has_criminal, known.has_bsn, known.has_sensitive) == (False, False, False)


def test_criminal_data_bsn_and_sensitive_data():
    known = derive.facts(with_data("verdenking", "bsn", "schulden"))
    assert (known.has_criminal, known.has_bsn, known.has_sensitive, known.has_special) == (True, True, True, False)


def test_a_person_may_call_data_more_sensitive_than_the_list_does():
    photo = DataItem(code="pasfoto", sensitivity="bijzonder")
    known = derive.facts(complete(data_sets=(data_set(data=(photo,)),)))
    assert (known.has_special, known.special_categories, known.has_sensitive) == (True, (), True)
    assert derive.sensitivities(photo) == {"bijzonder", "gevoelig"}


@pytest.mark.parametrize(
    ("group", "is_child", "is_vulnerable"),
    [
        ("kind", True, True),
        ("jongere", False, True),
        ("medewerker", False, True),
        ("inwoner", False, False),
        ("Duiven", False, False),
    ],
)
def test_children_and_vulnerable_people(group, is_child, is_vulnerable):
    known = derive.facts(complete(data_sets=(data_set(data_subject=group),)))
    assert (known.about_children, known.about_vulnerable) == (is_child, is_vulnerable)


def test_the_same_source_in_two_data_sets_counts_once():
    first = data_set(sources=(DataSource(kind="betrokkene", text="formulier"), DataSource(text="BRP")))
    second = data_set(sources=(DataSource(kind="betrokkene"), DataSource(kind="registratie", text="brp")))
    assert derive.facts(complete(data_sets=(first, second))).sources == {"betrokkene", "brp"}


def test_an_empty_record_claims_nothing():
    known = derive.facts(ActivityContent())
    assert not any((known.data, known.subjects, known.special_categories, known.sources, known.has_special))
    assert (derive.rights(ActivityContent()), criteria(ActivityContent())) == ((), [])
    assert not derive.is_public_task(ActivityContent())


# --- rights (section 12)


@pytest.mark.parametrize(
    ("basis", "rights"),
    [
        ("6-1-a", ("13-14", "15", "16", "17", "18", "20", "intrekken")),
        ("6-1-b", ("13-14", "15", "16", "17", "18", "20")),
        ("6-1-c", ("13-14", "15", "16", "18")),
        ("6-1-d", ("13-14", "15", "16", "17", "18")),
        ("6-1-e", ("13-14", "15", "16", "17-beperkt", "18", "21")),
        ("6-1-f", ("13-14", "15", "16", "17", "18", "21")),
    ],
)
def test_rights_by_legal_basis(basis, rights):
    assert derive.rights(complete(purposes=(purpose(legal_bases=(basis,)),))) == rights


def test_rights_of_all_purposes_together():
    two = complete(
        purposes=(purpose(legal_bases=("6-1-e",)), purpose(legal_bases=("6-1-b",))), automation=Automation.PARTLY
    )
    assert derive.rights(two) == ("13-14", "15", "16", "17", "18", "20", "21", "22")


def test_an_unknown_basis_gives_no_rights():
    assert derive.rights(complete(purposes=(purpose(legal_bases=("publieke taak",)),))) == ()


# --- DPIA (section 11)

CRITERIA = {
    "ap-01": (aimed_at("Heimelijk onderzoek doen naar een misstand."), complete()),
    "ap-02": (complete(name="Toegangsverbod zwembad"), complete()),
    "ap-03": (aimed_at("Onderzoek naar fraude met een uitkering."), complete()),
    "ap-04": (aimed_at("De kredietwaardigheid van mensen bekijken."), complete()),
    "ap-05": (with_data("vermogen"), with_data("betaling")),
    "ap-06": (with_data("genetisch"), with_data("gezondheid")),
    "ap-07": (with_data("beperking", domain="sociaal-domein"), with_data("beperking")),
    "ap-08": (with_data("schulden", covenants=("Convenant wijk",)), complete(role=Role.JOINT)),
    "ap-09": (with_data("camerabeeld"), with_data("beeld-vergadering")),
    "ap-10": (complete(name="Bodycams van boa's"), complete()),
    "ap-11": (
        aimed_at(
            "De controle van e-mail van medewerkers.", data_sets=(data_set("logging", data_subject="medewerker"),)
        ),
        aimed_at("De controle van e-mail van inwoners.", data_sets=(data_set("logging"),)),
    ),
    "ap-12": (with_data("parkeren"), with_data("kenteken")),
    "ap-13": (with_data("communicatie-metadata"), with_data("correspondentie")),
    "ap-15": (complete(profiling=YesNo.YES), complete(profiling=None)),
    "ap-16": (aimed_at("Het gedrag beïnvloeden van mensen op straat."), complete()),
    "ap-17": (with_data("vingerafdruk"), with_data("pasfoto")),
    "edpb-1": (aimed_at("Een risico-inschatting maken van een gezin."), complete()),
    "edpb-2": (complete(automation=Automation.PARTLY), complete(automation=None)),
    "edpb-3": (with_data("surfgedrag"), with_data("ip-adres")),
    "edpb-4": (with_data("bsn"), complete()),
    "edpb-5": (complete(scale=Scale.FROM_10000), complete(scale=Scale.UNKNOWN)),
    "edpb-6": (
        complete(data_sets=(data_set(sources=tuple(DataSource(text=name) for name in ("BRP", "RDW", "UWV"))),)),
        complete(data_sets=(data_set(sources=(DataSource(text="BRP"), DataSource(kind="betrokkene"))),)),
    ),
    "edpb-7": (complete(data_sets=(data_set(data_subject="leerling"),)), complete()),
    "edpb-8": (complete(ai_class="hoog risico"), complete(ai_class="geen")),
    "art35-3-a": (complete(profiling=YesNo.YES, automation=Automation.FULLY), complete(profiling=YesNo.YES)),
    "art35-3-b": (with_data("verdenking", scale=Scale.FROM_10000), with_data("bsn", scale=Scale.FROM_10000)),
    "art35-3-c": (with_data("camerabeeld", scale=Scale.FROM_10000), with_data("camerabeeld")),
}
BY_HAND = {"ap-14", "edpb-9"}


def test_every_criterion_of_the_list_is_derived_or_chosen_by_hand():
    listed = set(values.load("register", "dpia-criteria").codes)
    assert (set(CRITERIA), set(derive.DERIVATIONS), BY_HAND | set(CRITERIA)) == (
        set(derive.DERIVATIONS),
        listed - BY_HAND,
        listed,
    )


@pytest.mark.parametrize("code", CRITERIA)
def test_criterion_follows_from_the_content(code):
    follows, does_not = CRITERIA[code]
    assert (code in criteria(follows), code in criteria(does_not)) == (True, False)


def test_case_10_wmo_record_and_the_reasons():
    wmo = complete(domain="sociaal-domein", data_sets=(data_set("naam", "gezondheid", data_subject="wmo-client"),))
    assert [(one.code, one.reason) for one in derive.derived_criteria(wmo)] == [
        ("ap-07", "U koos gegevens over gezondheid in het sociaal domein."),
        ("edpb-4", "U koos gevoelige gegevens."),
        ("edpb-7", "Het gaat over kwetsbare mensen."),
    ]


@pytest.mark.parametrize(
    ("chosen", "decision"),
    [
        ((), DpiaDecision.NOT_NEEDED),
        (("edpb-4",), DpiaDecision.ADVISED),
        (("edpb-4", "edpb-4"), DpiaDecision.ADVISED),
        (("edpb-4", "edpb-7"), DpiaDecision.REQUIRED_UNLESS_MOTIVATED),
        (("ap-14",), DpiaDecision.REQUIRED),
        (("art35-3-a", "edpb-1"), DpiaDecision.REQUIRED),
        (("verzonnen",), DpiaDecision.NOT_NEEDED),
    ],
)
def test_dpia_decision(chosen, decision):
    assert derive.dpia_decision(chosen) is decision


def test_words_for_a_criterion():
    assert derive.criterion_label("edpb-7") == "Kwetsbare mensen"
    assert [derive.is_on_compulsory_list(code) for code in ("ap-01", "art35-3-a", "edpb-1", "x")] == [
        True,
        True,
        False,
        False,
    ]
    assert [derive.is_edpb_criterion(code) for code in ("ap-01", "edpb-1", "x")] == [False, True, False]


@given(contents())
def test_anything_can_be_derived_from_any_record(content):
    known = derive.facts(content)
    found = derive.derived_criteria(content)
    assert found == derive.derived_criteria(content, known)
    assert all(one.reason.endswith(".") and one.label for one in found)
    assert known.has_special or not known.special_categories


def test_starter_set_has_every_special_category_it_names_an_exception_for():
    named = {one.based_on for one in starter_contents() if any(row.exception for row in one.special_categories)}
    assert {one.based_on for one in starter_contents() if derive.facts(one).has_special} == named


# --- periods


@pytest.mark.parametrize(
    ("iso", "words"),
    [
        ("P15Y", "15 jaar"),
        ("P1Y6M", "1 jaar en 6 maanden"),
        ("p1m", "1 maand"),
        ("P28D", "28 dagen"),
        ("P6W", "42 dagen"),
        ("P0D", "0 dagen"),
        ("P1Y1M1D", "1 jaar, 1 maand en 1 dag"),
        ("P18M", "1 jaar en 6 maanden"),
    ],
)
def test_period_in_words(iso, words):
    read = derive.duration(iso)
    assert read is not None
    assert read.in_words == words


@pytest.mark.parametrize("text", ["", "P", "7 jaar", "PT5H", "P1.5Y", "P-1Y", "P²Y", "P99999Y"])
def test_what_is_no_period(text):
    assert derive.duration(text) is None


def test_a_year_is_twelve_months_and_a_week_seven_days():
    assert derive.duration("P1Y") == derive.duration("P12M") == Duration(12, 0)
    assert derive.duration("P4W") == derive.duration("P28D") == Duration(0, 28)


@given(st.integers(0, 9999), st.integers(0, 9999))
def test_reading_a_period_gives_what_was_written(months, days):
    assert derive.duration(f"P{months}M{days}D") == Duration(months, days)


def test_every_period_of_the_selection_list_can_be_read():
    listed = values.load("register", "selectielijst-2020")
    periods = {listed.entry(number)["bewaartermijn"] for number in listed.codes} - {None}
    assert [period for period in periods if derive.duration(period) is None] == []
