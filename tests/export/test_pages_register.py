"""The processing register on the website, from the services to the pages."""

import json
from datetime import date, timedelta

import pytest
from lxml import etree
from sqlmodel import Session

from core import clock
from core.organisations import the_organisation
from publish import pages_register, site
from publish.states import Before
from register import services
from register.content import ActivityContent, DataItem, DataSet, Law, Publication, Purpose
from register.public import known_register
from register.public_fields import choose
from register.publication import CHOICES, choices_in
from support.register import COMPLETE, ESTABLISHER
from support.site import AISHA, NASTY, SECRET, built, changed, established, everything, frozen, headings, page, words
from support.sound_pages import faults_together

ATOM = "{http://www.w3.org/2005/Atom}"


def names(files: dict[str, bytes], address: str) -> list[str]:
    """The records in a list."""
    return [words(link) for link in page(files, address).xpath("//ul[@class='ob-entries']/li/a")]


def notices(files: dict[str, bytes], address: str) -> list[str]:
    return [words(box) for box in page(files, address).xpath("//main//div[contains(@class, 'ob-message')]")]


def test_list_start_page_and_data_count_the_established_records(session: Session):
    for number in range(3):
        established(session, name=f"Verwerking {number}")
    services.add(session, COMPLETE, actor=AISHA)  # a concept
    files = built(session)
    assert names(files, "/verwerkingsregister/") == ["Verwerking 0", "Verwerking 1", "Verwerking 2"]
    assert words(page(files, "/").xpath("//p[@class='ob-card__number']")[0]) == "3"
    assert len(files["verwerkingsregister/register.csv"].decode().strip().splitlines()) == 4


def test_change_of_one_record_leaves_the_pages_of_the_others(session: Session):
    def states() -> dict[str, str]:
        session.flush()
        made = {unit.name: unit.state for unit in site.units(session, known_register(session), Before(), [])}
        return {name: state for name, state in made.items() if name.startswith("/verwerkingsregister/")}

    _, activity = established(session, name="Eerste"), established(session, name="Tweede")
    before = states()
    changed(session, activity, name="Anders")
    services.establish(session, activity, actor=ESTABLISHER)
    after = states()
    assert {name for name in after if before[name] != after[name]} == {
        "/verwerkingsregister/",
        "/verwerkingsregister/#pdf",
        f"/verwerkingsregister/{activity.kenmerk}/",
    }
    assert before.keys() == after.keys()


def test_empty_register_says_so(session: Session):
    assert "Er is nog niets gepubliceerd." in words(page(built(session), "/verwerkingsregister/").find(".//main"))


def test_every_internal_field_stays_inside(session: Session):
    frozen(session, everything())
    activity = established(session)
    secrets = everything().model_copy(update={"name": SECRET, "explanation": SECRET, "ended_on": None})
    services.change(session, activity, secrets, version=activity.version, actor=AISHA)
    services.add(session, ActivityContent(name=SECRET, explanation=SECRET), actor=AISHA)
    hidden = established(session, name=SECRET, publication=Publication.NO, publication_reason="x")
    assert hidden.kenmerk == "VW-0004"
    the_organisation(session).dpo_name = SECRET
    files = built(session)
    assert [name for name, data in files.items() if SECRET.encode() in data] == []
    assert sum(b"openbaar" in data for data in files.values()) > 0
    assert [name for name in files if "VW-0003" in name or "VW-0004" in name] == []


def test_a_chosen_field_is_on_the_pages_and_in_the_files_and_gone_when_the_choice_is(session: Session):
    frozen(session, everything())
    paths = [choice.path for choice in CHOICES]
    choose(session, None, shown=paths, actor=AISHA)
    files = built(session)
    here = [name for name, data in files.items() if SECRET.encode() in data]
    assert {name.rsplit(".", 1)[-1] for name in here} == {"html", "json", "xml", "csv", "jsonld", "ttl"}
    assert "verwerkingsregister/VW-0001/v1/index.html" in here
    said = words(page(files, "/verwerkingsregister/VW-0001/").find(".//main"))
    shown_fields = {one.path for one in choices_in(everything().model_dump(mode="json"))}
    assert said.count(SECRET) >= len(shown_fields) - 3  # of some fields a code without a label is the value
    choose(session, None, shown=[], actor=AISHA)
    assert [name for name, data in built(session).items() if SECRET.encode() in data] == []


def test_a_limited_record_shows_the_limited_fields_only(session: Session):
    secret_law = Law(name="Parkeerverordening", article="artikel 3")
    established(
        session,
        name="Beperkt",
        explanation=f"{SECRET} uitleg.",
        publication=Publication.LIMITED,
        publication_reason="Er loopt een zaak.",
        security=SECRET,
        purposes=(Purpose(text=COMPLETE.purposes[0].text, legal_bases=("6-1-e",), laws=(secret_law,)),),
        data_sets=(DataSet(data_subject=SECRET, data=(DataItem(code="naam"),), sources=COMPLETE.data_sets[0].sources),),
    )
    files = built(session)
    assert [name for name, data in files.items() if SECRET.encode() in data] == []
    assert names(files, "/verwerkingsregister/grondslag/6-1-e/") == ["Beperkt"]
    assert "verwerkingsregister/over-wie/index.html" not in files
    assert notices(files, "/verwerkingsregister/VW-0001/") == [
        "Over deze verwerking laten we niet alles zien. Wilt u meer weten? Vraag het ons."
    ]


def test_public_page_keeps_its_version_until_the_next_is_established(session: Session):
    activity = established(session, name="Oud")
    changed(session, activity, name="Nieuw")
    assert names(built(session), "/verwerkingsregister/") == ["Oud"]
    services.establish(session, activity, actor=ESTABLISHER)
    files = built(session)
    assert names(files, "/verwerkingsregister/") == ["Nieuw"]
    assert words(page(files, "/verwerkingsregister/VW-0001/v1/").find(".//h1")) == "Oud (versie 1)"
    assert words(page(files, "/verwerkingsregister/VW-0001/v2/").find(".//h1")) == "Nieuw (versie 2)"
    assert notices(files, "/verwerkingsregister/VW-0001/v1/") == ["Dit is een oude versie. Bekijk de nieuwste versie."]
    assert notices(files, "/verwerkingsregister/VW-0001/v2/") == []


def test_ended_record_stays_findable_as_stopped(session: Session):
    activity = established(session)
    day = clock.today() - timedelta(days=1)
    services.end(session, activity, on=day, reason="Het beleid stopt.", actor=AISHA)
    files = built(session)
    [stopped] = page(files, "/verwerkingsregister/").xpath("//ul[@class='ob-entries']/li")
    assert "Gestopt" in words(stopped)
    assert notices(files, "/verwerkingsregister/VW-0001/")[0].startswith("Gestopt op ")


@pytest.mark.parametrize(
    "address",
    [
        "onderwerp/fysieke-leefomgeving",
        "over-wie/inwoner",
        "gegevens/kenteken",
        "grondslag/6-1-e",
        "wet/parkeerverordening",
        "ontvanger/eigen-organisatie",
        "buiten-europa/nee",
        "computer/nee",
        "a-z/e",
    ],
)
def test_each_way_in_has_a_page_with_its_records(session: Session, address: str):
    established(session, name="Eerste")
    other = (Purpose(text=COMPLETE.purposes[0].text, legal_bases=("6-1-c",), laws=(Law(name="Wabo"),)),)
    established(
        session,
        name="Tweede",
        domain="burgerzaken",
        purposes=other,
        data_sets=(
            DataSet(data_subject="ondernemer", data=(DataItem(code="naam"),), sources=COMPLETE.data_sets[0].sources),
        ),
        retentions=COMPLETE.retentions,
        recipients=(),
        no_recipients=True,
    )
    files = built(session)
    expected = ["Eerste", "Tweede"] if address.startswith(("buiten-europa", "computer")) else ["Eerste"]
    assert names(files, f"/verwerkingsregister/{address}/") == expected
    folder, value = address.split("/")
    rows = page(files, f"/verwerkingsregister/{folder}/").xpath("//tbody/tr")
    counts = {row.find("th/a").get("href").split("/")[-2]: int(words(row.find("td"))) for row in rows}
    assert counts[value] == len(expected)


def test_old_version_does_not_link_to_a_list_that_is_gone(session: Session):
    activity = established(session)
    gone = (Purpose(text=COMPLETE.purposes[0].text, legal_bases=("6-1-e",), laws=(Law(name="Andere verordening"),)),)
    changed(session, activity, purposes=gone)
    services.establish(session, activity, actor=ESTABLISHER)
    files = built(session)
    assert "verwerkingsregister/wet/parkeerverordening/index.html" not in files
    assert "Parkeerverordening, artikel 3" in words(page(files, "/verwerkingsregister/VW-0001/v1/").find(".//main"))


def test_every_link_leads_somewhere_and_every_page_is_sound(session: Session):
    established(session, name=NASTY, explanation=f"{NASTY}. Dat is alles.")
    activity = established(session, name="Tweede")
    services.end(session, activity, on=clock.today(), reason="Klaar.", actor=AISHA)
    frozen(session, everything())
    files = built(session)
    for name in files:
        if name.endswith("index.html"):
            page(files, f"/{name.removesuffix('index.html')}")
    assert faults_together(files) == []


def test_changes_say_what_was_added_changed_and_stopped(session: Session):
    activity = established(session, name="Eerste")
    changed(session, activity, name="Eerste, verbeterd")
    services.establish(session, activity, actor=ESTABLISHER)
    services.end(session, activity, on=clock.today(), reason="Klaar.", actor=AISHA)
    files = built(session)
    rows = page(files, "/verwerkingsregister/wijzigingen/").xpath("//tbody/tr")
    assert [[words(cell) for cell in row][1:] for row in rows] == [
        ["Gestopt", "Eerste, verbeterd", "VW-0001", "Wat is anders?"],
        ["Gewijzigd", "Eerste, verbeterd", "VW-0001", "Wat is anders?"],
        ["Toegevoegd", "Eerste", "VW-0001", "Eerste versie"],
    ]
    difference = page(files, "/verwerkingsregister/VW-0001/v2/verschil/").xpath("//tbody/tr")
    assert [[words(cell) for cell in row] for row in difference] == [["Naam", "Eerste", "Eerste, verbeterd"]]
    end = page(files, "/verwerkingsregister/VW-0001/v3/verschil/").xpath("//tbody/tr")
    assert [words(row[0]) for row in end] == ["Gestopt op"]
    assert "verwerkingsregister/VW-0001/v1/verschil/index.html" not in files
    feed = etree.fromstring(files["verwerkingsregister/wijzigingen/atom.xml"])
    assert [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")] == [
        f"https://openboek.example/verwerkingsregister/VW-0001/v{number}/" for number in (3, 2, 1)
    ]
    assert [entry.findtext(f"{ATOM}summary") for entry in feed.findall(f"{ATOM}entry")] == [
        "Veranderd: Gestopt op",
        "Veranderd: Naam",
        None,
    ]


def test_planned_record_waits_for_its_day(session: Session):
    established(session, publish_from=clock.today() + timedelta(days=1))
    assert names(built(session), "/verwerkingsregister/") == []


def test_same_data_same_bytes(session: Session):
    established(session)
    established(session, name="Tweede", started_on=date(2021, 1, 1))
    assert built(session) == built(session)


def test_headings_of_the_list_are_the_subjects(session: Session):
    established(session)
    assert headings(page(built(session), "/verwerkingsregister/")) == [
        "Fysieke leefomgeving",
        "Uw rechten",
        "Downloads",
    ]


def test_a_page_per_law_asks_what_rests_on_it_and_leads_to_its_text(session: Session):
    law = Law(name="Wmo 2015", bwb_number="BWBR0035362")
    established(session, purposes=(Purpose(text=COMPLETE.purposes[0].text, legal_bases=("6-1-e",), laws=(law,)),))
    found = page(built(session), "/verwerkingsregister/wet/wmo-2015/")
    assert words(found.find(".//h1")) == "Welke verwerkingen rusten op de Wmo 2015?"
    assert "https://wetten.overheid.nl/BWBR0035362" in found.xpath("//main//a/@href")


def test_a_long_register_names_subjects_and_letters_and_has_pages(session: Session, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pages_register, "ON_ONE_PAGE", 2)
    monkeypatch.setattr(pages_register, "PAGE_LENGTH", 2)
    for name in ("Aangifte", "Bezwaar", "Cursus"):
        frozen(session, COMPLETE.model_copy(update={"name": name}))
    files = built(session)
    home = page(files, "/verwerkingsregister/")
    assert headings(home)[:2] == ["Kies een onderwerp", "Of kies een letter"]
    assert home.xpath("//tbody//a/@href") == [
        "/verwerkingsregister/onderwerp/fysieke-leefomgeving/",
        *(f"/verwerkingsregister/a-z/{letter}/" for letter in "abc"),
    ]
    subject = "/verwerkingsregister/onderwerp/fysieke-leefomgeving/"
    assert names(files, subject) == ["Aangifte", "Bezwaar"]
    assert page(files, subject).xpath("//nav[@aria-label='Bladeren']/a/@href") == [f"{subject}pagina/2/"]
    assert names(files, f"{subject}pagina/2/") == ["Cursus"]


def test_search_index_holds_every_record_with_synonyms(session: Session):
    established(session)
    files = built(session)
    assert json.loads(files["verwerkingsregister/zoeken/index.json"])["count"] == 1
    stems = json.loads(files["verwerkingsregister/zoeken/woorden-0.json"])
    assert {"parkerverguning", "burger", "naw", "0001"} <= stems.keys()
