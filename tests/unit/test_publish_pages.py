"""What the pages of the register say, record by record. No database: content in, text out."""

import json
from dataclasses import replace
from datetime import date
from importlib import resources
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from core.content import YesNo
from core.organisations import Organisation
from publish import pages_register, register_json, register_xml, urls
from publish.html import SiteFrame
from publish.parts import Line, merged
from register.content import ActivityContent, Automation, DataItem, DataSet, DataSource, Law, Purpose, Role
from register.publication import CHOICES
from support.json_schema import checked
from support.pages import faults
from support.register import COMPLETE, contents
from support.site import NASTY, Records, data_of, headings, public, terms, words

FRAME = SiteFrame(
    organisation_name="Gemeente Losser",
    organisation_code="gm0168",
    base_url="https://openboek.example",
    demo=False,
    changed_on="20 november 2026",
    contact_email="gemeente@voorbeeld.example",
    contact_address="Raadhuisplein 1",
    contact_phone="14 053",
    dpo_contact="fg@voorbeeld.example",
    rights_url="https://www.voorbeeld.example/privacy",
    accessibility_url="/toegankelijkheid/",
)
ORDER = [
    "Wat doen we?",
    "Waarom mag dat?",
    "Over wie gaat het?",
    "Welke gegevens?",
    "Waar komen ze vandaan?",
    "Wie krijgt de gegevens?",
    "Gaan ze naar buiten Europa?",
    "Hoe lang bewaren we ze?",
    "Beslist een computer?",
    "Hoe beveiligen we ze?",
    "Wat zijn uw rechten?",
    "Vragen of klachten?",
    "Over deze pagina",
]
NOTHING: frozenset[str] = frozenset()
EVERY_CHOICE = frozenset(choice.path for choice in CHOICES)
SCHEMA = json.loads((resources.files("publish") / "schemas" / register_json.JSON_SCHEMA).read_text())
ORGANISATION = Organisation(
    code="gm0168",
    name="Gemeente Losser",
    base_url="https://openboek.example",
    tooi_uri="https://identifier.overheid.nl/tooi/id/gemeente/gm0168",
    tooi_label="gemeente Losser",
)


def shown(content: ActivityContent, *, today: date = date(2026, 11, 21), **how: Any) -> html.HtmlElement:
    around = pages_register.Surroundings(FRAME, today, frozenset())
    page = pages_register._record_page(around, public(content, **how), is_frozen=False).decode()
    assert faults(page) == []
    return html.document_fromstring(page)


def said(root: html.HtmlElement, section: str) -> str:
    """The text under a heading."""
    heading = root.get_element_by_id(section)
    texts = []
    for element in heading.itersiblings():
        if element.tag == "h2":
            break
        texts.append(words(element))
    return " ".join(texts)


def test_headings_stand_in_the_order_of_section_14_1():
    assert headings(shown(COMPLETE)) == ORDER


def test_a_limited_record_shows_name_body_purpose_legal_basis_and_rights_only():
    page = shown(COMPLETE, is_limited=True)
    assert headings(page) == [ORDER[0], ORDER[1], *ORDER[10:]]
    assert said(page, "wat") == (
        "Beslissen over een aanvraag voor een parkeervergunning en controleren of iemand mag parkeren. "
        "Wie is verantwoordelijk College van burgemeester en wethouders"
    )


@pytest.mark.parametrize(
    ("section", "text"),
    [
        ("over-wie", "Nog niet bekend."),
        ("gegevens", "Nog niet bekend."),
        ("bronnen", "Nog niet bekend."),
        ("ontvangers", "Nog niet bekend."),
        ("doorgifte", "Nog niet bekend."),
        ("bewaren", "Nog niet bekend."),
        ("computer", "Nog niet bekend."),
        ("beveiliging", "Nog niet bekend."),
        ("rechten", "Nog niet bekend. Zo gebruikt u uw rechten https://www.voorbeeld.example/privacy"),
    ],
)
def test_an_unanswered_question_is_never_printed_as_no(section, text):
    assert said(shown(ActivityContent(name="Leeg", publication="ja")), section) == text


def test_case_18_no_word_nee_on_the_page_of_an_empty_record():
    assert "nee" not in words(shown(ActivityContent(name="Leeg"))).casefold().replace("gemeente", "").split()


def test_answered_questions_are_printed():
    content = COMPLETE.model_copy(
        update={
            "transfers_outside_eea": YesNo.NO,
            "profiling": YesNo.NO,
            "automation": Automation.FULLY,
            "automation_logic": "Een rekenregel.",
        }
    )
    page = shown(content)
    assert said(page, "doorgifte") == "Nee. De gegevens blijven binnen de Europese Economische Ruimte (EER)."
    assert terms(page)["Maken we een profiel van u?"] == ["Nee"]
    assert terms(page)["Hoe werkt het?"] == ["Een rekenregel."]


def test_groups_of_people_with_the_same_data_are_named_once():
    sets = tuple(DataSet(data_subject=code, data=(DataItem(code="naam"),)) for code in ("inwoner", "oud-inwoner"))
    assert terms(shown(COMPLETE.model_copy(update={"data_sets": sets})))["Inwoners, Oud-inwoners"] == ["Naam"]


@pytest.mark.parametrize(
    ("today", "text"),
    [(date(2026, 11, 21), "Stopt op 22 november 2026."), (date(2026, 11, 22), "Gestopt op 22 november 2026.")],
)
def test_an_ended_record_says_since_when(today, text):
    page = shown(COMPLETE.model_copy(update={"ended_on": date(2026, 11, 22)}), today=today)
    assert [words(box) for box in page.xpath("//main//div[contains(@class, 'ob-message')]")] == [text]


def test_a_processor_without_description_of_security_has_no_such_heading():
    page = shown(ActivityContent(name="Voor anderen", role=Role.PROCESSOR))
    assert "Hoe beveiligen we ze?" not in headings(page)


def test_nasty_text_is_text():
    page = shown(COMPLETE.model_copy(update={"name": NASTY[:120], "explanation": NASTY}))
    assert words(page.find(".//h1")) == NASTY
    assert page.xpath("//main//b") == []


@pytest.mark.parametrize(
    "typed", ["javascript:alert(1)", "https://[", "//x", "ftp://a.example", "https://openboek.example/weg"]
)
def test_an_address_that_may_not_be_a_link_is_text(typed):
    page = shown(COMPLETE.model_copy(update={"privacy_notice": typed}))
    assert terms(page)["Privacyverklaring"] == [typed]
    assert page.xpath("//dd[.=$typed]//a", typed=typed) == []


def test_a_law_leads_to_its_text():
    law = Law(name="Wmo 2015", article="art. 2.3.5", bwb_number="BWBR0035362")
    page = shown(COMPLETE.model_copy(update={"purposes": (Purpose(text="x", legal_bases=("6-1-c",), laws=(law,)),)}))
    assert page.xpath("//a[starts-with(., 'Lees de tekst')]/@href") == ["https://wetten.overheid.nl/BWBR0035362"]


@settings(
    deadline=None, max_examples=40, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(content=contents(), is_limited=st.booleans(), chosen=st.sampled_from([NOTHING, EVERY_CHOICE]))
def test_any_content_gives_a_sound_page_and_sound_data(content, is_limited, chosen):
    content = content.model_copy(update={"name": content.name or "Zonder naam"})  # a rule asks for a name
    activity = public(content, is_limited=is_limited, chosen=chosen)
    shown(content, is_limited=is_limited, chosen=chosen)
    register = Records(ORGANISATION, date(2026, 11, 21), [replace(activity, number="VW-0001")])
    files = data_of(register)
    xml = etree.fromstring(files["verwerkingsregister/register.xml"])
    assert register_xml.schema().validate(xml)
    checked(files["verwerkingsregister/register.json"], SCHEMA)
    checked(register_json.version_json(activity, ORGANISATION.base_url), SCHEMA, "verwerking")


def test_a_source_without_a_word_is_no_source():
    sources = (DataSource(), DataSource(text="RDW"))
    activity = public(COMPLETE.model_copy(update={"data_sets": (DataSet(data_subject="inwoner", sources=sources),)}))
    assert activity.data_sets[0].sources == ("RDW",)
    checked(register_json.version_json(activity, ORGANISATION.base_url), SCHEMA, "verwerking")


@given(st.text())
def test_a_slug_is_a_safe_part_of_an_address_and_stays_itself(text):
    made = urls.slug(text)
    assert made == urls.slug(made)
    assert 1 <= len(made) <= 80
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_rows_with_equal_values_become_one():
    naam, adres = Line("Naam"), Line("Adres")
    rows = [("A", [naam]), ("B", [naam, adres]), ("C", [naam]), ("A", [naam])]
    assert merged(rows) == [("A, C", (naam,)), ("B", (naam, adres))]
