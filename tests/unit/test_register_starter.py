from collections import Counter

from core import values
from register.content import Afterwards, Regime
from register.starter import starter_contents

BY_ID = {content.based_on: content for content in starter_contents()}


def known(name, section="waarden"):
    return set(values.load("register", name, section).codes)


def test_the_78_activities_load_with_names_and_ids_of_their_own():
    assert (len(starter_contents()), len(BY_ID), len({content.name for content in starter_contents()})) == (78, 78, 78)


def test_every_code_exists_in_its_value_list():
    data, groups, bases = known("persoonsgegevens"), known("betrokkenen"), known("grondslagen")
    exceptions = known("bijzondere-categorieen", "uitzonderingen")
    for content in starter_contents():
        assert {item.code for data_set in content.data_sets for item in data_set.data} <= data
        assert {data_set.data_subject for data_set in content.data_sets} <= groups
        assert {code for purpose in content.purposes for code in purpose.legal_bases} <= bases
        assert {special.category for special in content.special_categories} <= known("bijzondere-categorieen")
        assert {special.exception for special in content.special_categories} <= exceptions
        assert {content.criminal_ground} <= known("bijzondere-categorieen", "strafrechtelijk") | {""}
        assert {content.bsn_ground} <= known("bijzondere-categorieen", "bsn") | {""}
        assert set(content.dpia.criteria) <= known("dpia-criteria")
        assert {content.dpia.status} <= known("dpia-criteria", "statussen")
        assert {content.domain} <= known("starter-verwerkingen", "domeinen")
        assert {content.controller} <= known("starter-verwerkingen", "bestuursorganen")
        assert {number for line in content.retentions for number in line.selection_list} <= known("selectielijst-2020")


def test_nothing_is_claimed_that_only_the_municipality_knows():
    for content in starter_contents():
        assert (content.team, content.process_owner, content.security, content.measures) == ("", "", "", ())
        assert (content.transfers_outside_eea, content.transfers, content.reviewed_on) == (None, (), None)
        assert [use.party for use in content.processors if use.party or use.agreement_on] == []
        assert (content.scale, content.dpia.done_on, content.dpia.dpo_advice) == (None, None, "")


def test_every_special_kind_of_data_has_an_exception_with_its_law():
    kinds = values.load("register", "persoonsgegevens")
    for content in starter_contents():
        if content.regime is Regime.WPG:
            continue
        found = {kinds.entry(item.code)["bijzondere_categorie"] for item in content.data_sets[0].data} - {None}
        assert {special.category for special in content.special_categories} == found
        assert all(special.exception and special.law for special in content.special_categories)


def test_the_period_follows_from_the_selection_list_when_all_numbers_agree():
    adres, verkiezingen = BY_ID["adresonderzoek"].retentions[0], BY_ID["verkiezingen"].retentions[0]
    assert (adres.duration, adres.afterwards, adres.selection_list) == ("P10Y", Afterwards.DESTROY, ("12.1.6",))
    assert (verkiezingen.duration, verkiezingen.afterwards) == ("", None)


def test_the_police_record_follows_the_wpg():
    boa = BY_ID["boa-handhaving"]
    assert (boa.regime, boa.purposes[0].legal_bases, boa.wpg.articles) == (Regime.WPG, (), ("8",))
    assert Counter(content.regime for content in starter_contents()) == {Regime.AVG: 77, Regime.WPG: 1}


def test_an_example_of_a_text_says_that_it_is_one():
    with_example = [
        content.based_on
        for content in starter_contents()
        if content.publication_reason
        or content.automation_logic
        or any(purpose.consent_asked or purpose.interests_assessment for purpose in content.purposes)
    ]
    assert len(with_example) == 16
    for name in with_example:
        assert "een deel van de tekst is een voorbeeld" in BY_ID[name].remarks


def test_what_is_uncertain_stands_in_the_remarks():
    assert "Nakijken: niet elke gemeente maakt hierbij een profiel." in BY_ID["adresonderzoek"].remarks
