"""How to do business digitally, on the website and for machines."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from lxml import etree
from sqlmodel import Session

from core.organisations import change_organisation, the_organisation
from publish import catalogue, data_products
from support.inventories import answer, good_channel, good_message, good_outgoing, good_product
from support.json_schema import checked
from support.site import AISHA, NASTY, SECRET, built, headings, page, terms, words
from support.sound_pages import faults_together
from wmebv import help_sheet, services
from wmebv.content import Answer, ChannelContent, ChannelLink, ChannelUse, LoginLevel, MessageTypeContent, Value
from wmebv.models import Product

HOME = "/digitaal-zakendoen/"
FOLDER = "digitaal-zakendoen"


def kapvergunning(session: Session, **changes: Any) -> Product:
    """A product on the website, with a preferred channel and a safety net."""
    product = services.add_product(session, good_product(**changes), actor=AISHA)
    services.add_channel(session, good_channel(login_levels=(LoginLevel.DIGID_MIDDEN,)), actor=AISHA)
    fallback = ChannelContent(name="Algemeen", kind="e-mail", url="post@voorbeeld.example")
    services.add_channel(session, fallback, actor=AISHA)
    links = (ChannelLink(channel="Formulier kapvergunning"), ChannelLink(channel="Algemeen", use=ChannelUse.FALLBACK))
    services.add_message_type(session, product, good_message(channels=links), actor=AISHA)
    services.add_message_type(session, product, good_outgoing(), actor=AISHA)
    session.flush()
    services.establish_for_website(session, [product], actor=AISHA)
    return product


def only_name(session: Session, name: str) -> Product:
    """A product about which nobody answered anything yet."""
    product = services.add_product(session, good_product(name=name, answers=()), actor=AISHA)
    message = MessageTypeContent(name=f"Vraag over {name}", kind="verzoek")
    services.add_message_type(session, product, message, actor=AISHA)
    session.flush()
    services.establish_for_website(session, [product], actor=AISHA)
    return product


def test_product_page_tells_channel_login_and_who_may_help(session: Session):
    kapvergunning(session)
    found = page(built(session), f"{HOME}kapvergunning/")
    assert headings(found) == ["Aanvraag kapvergunning", "Hulp nodig?"]
    cells = [[words(cell) for cell in row] for row in found.xpath("//tbody/tr")]
    assert [row[:3] for row in cells] == [
        ["Formulier kapvergunning", "Webformulier", "DigiD"],
        ["Algemeen (als het eerste niet lukt)", "E-mail", "niet ingevuld"],
    ]
    assert found.xpath("//tbody//a/@href") == ["https://voorbeeld.nl/formulier", "mailto:post@voorbeeld.example"]
    assert terms(found)["Kan het ook zonder computer?"] == ["Ja."]
    assert terms(found)["Mag iemand anders dit voor u doen?"][0] == "Ja."


def test_what_nobody_answered_is_not_printed_as_no(session: Session):
    only_name(session, "Leeg")
    files = built(session)
    assert terms(page(files, f"{HOME}leeg/")) == {}
    [row] = csv.DictReader(io.StringIO(files[f"{FOLDER}/producten.csv"].decode("utf-8-sig"), newline=""), delimiter=";")
    assert (row["zonder_computer"], row["iemand_anders"]) == ("", "")
    [product] = json.loads(files[f"{FOLDER}/producten.json"])["producten"]
    assert product["bericht"] == [{"naam": "Vraag over Leeg", "soort": "verzoek", "soort_naam": "Verzoek"}]


def test_list_stands_by_letter_and_counts_the_products(session: Session):
    for name in ("Éénoudertoeslag", "Afval", "112-melding", "Eigen verklaring"):
        only_name(session, name)
    services.add_product(session, good_product(name="Concept"), actor=AISHA)
    files = built(session)
    found = page(files, HOME)
    assert headings(found) == ["Of kies wat u zoekt", "0-9", "A", "E", "Downloads"]
    assert len(found.xpath("//ul[@class='ob-entries']/li")) == 4
    assert words(page(files, "/").xpath("//p[@class='ob-card__number']")[2]) == "4"


def test_data_files_say_the_same(session: Session):
    kapvergunning(session)
    files = built(session)
    rows = list(
        csv.DictReader(io.StringIO(files[f"{FOLDER}/producten.csv"].decode("utf-8-sig"), newline=""), delimiter=";")
    )
    assert [(row["kenmerk"], row["kanaal"], row["vangnet"], row["iemand_anders"]) for row in rows] == [
        ("PD-0001", "Formulier kapvergunning", "", "ja"),
        ("PD-0001", "Algemeen", "ja", "ja"),
    ]
    [product] = json.loads(files[f"{FOLDER}/producten.json"])["producten"]
    channels = [channel["naam"] for message in product["bericht"] for channel in message["kanaal"]]
    xml = etree.fromstring(files[f"{FOLDER}/producten.xml"])
    names = {"p": data_products.NAMESPACE}
    assert channels == xml.xpath("//p:bericht/p:kanaal/p:naam/text()", namespaces=names)
    assert channels == ["Formulier kapvergunning", "Algemeen"]
    assert product["adres"] == xml.findtext("p:product/p:adres", namespaces=names)


def in_catalogue(session: Session) -> None:
    """The organisation has its place in the OWMS list."""
    here = the_organisation(session)
    facts = {"owms_label": "Voorbeeld", "owms_uri": "http://standaarden.overheid.nl/owms/terms/Voorbeeld"}
    change_organisation(session, here, facts, version=here.version, actor=AISHA)


def test_json_and_xml_fit_their_published_schemas(session: Session):
    kapvergunning(session, name=NASTY, summary=NASTY, keywords=("boom", NASTY), sdg_codes=("N1",))
    only_name(session, "Leeg")
    files = built(session)
    found = checked(files[f"{FOLDER}/producten.json"], json.loads(files["opendata/schemas/producten.schema.json"]))
    assert found["schema"] == "https://openboek.example/opendata/schemas/producten.schema.json"
    assert [one["naam"] for one in found["producten"]] == [NASTY, "Leeg"]
    schema = etree.XMLSchema(etree.fromstring(files["opendata/schemas/producten.xsd"]))
    assert schema.validate(etree.fromstring(files[f"{FOLDER}/producten.xml"])), schema.error_log


def test_catalogue_fits_the_description_of_the_standard(session: Session, shared: Path):
    """Samenwerkende Catalogi 4.0 section 4, by another schema than the one that the export checks with."""
    in_catalogue(session)
    kapvergunning(session, name=NASTY, summary=f"{NASTY} " * 5, keywords=(NASTY, "<>"), audiences=("particulier",))
    kapvergunning_online(session)
    data = built(session)[catalogue.FILE]
    assert data.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<')
    schema = etree.XMLSchema(etree.parse(shared / "reference/xsd/sc/sc-4.0-reconstructie.xsd"))
    assert schema.validate(etree.fromstring(data)), schema.error_log


def kapvergunning_online(session: Session) -> Product:
    product = services.add_product(
        session,
        good_product(
            name="Verhuizing",
            summary="Gaat u verhuizen? Geef dan uw nieuwe adres door aan de gemeente.",
            upl_label="verhuismelding",
            upl_uri="http://standaarden.overheid.nl/owms/terms/verhuismelding",
            audiences=("particulier", "ondernemer"),
        ),
        actor=AISHA,
    )
    services.add_channel(session, good_channel(name="Portaal", login_levels=("digid_midden",)), actor=AISHA)
    links = (ChannelLink(channel="Portaal"),)
    services.add_message_type(
        session, product, MessageTypeContent(name="x", kind="melding", channels=links), actor=AISHA
    )
    session.flush()
    services.establish_for_website(session, [product], actor=AISHA)
    return product


def test_catalogue_says_what_a_product_is_and_where_to_apply(session: Session):
    in_catalogue(session)
    kapvergunning_online(session)
    [entry] = etree.fromstring(built(session)[catalogue.FILE])
    texts = {etree.QName(one).localname: one.text for one in entry.iter() if one.text and one.text.strip()}
    assert texts | {"modified": ""} == {
        "identifier": "https://openboek.example/digitaal-zakendoen/verhuizing/",
        "title": "Verhuizing",
        "language": "nl",
        "type": "productbeschrijving",
        "modified": "",
        "spatial": "Voorbeeld",
        "authority": "Voorbeeld",
        "audience": "ondernemer",
        "abstract": "Gaat u verhuizen? Geef dan uw nieuwe adres door aan de gemeente.",
        "productID": "PD-0001",
        "onlineAanvragen": "digid",
        "uniformeProductnaam": "verhuismelding",
    }
    assert entry.find(".//{*}aanvraagURL").get("resourceIdentifier") == "https://voorbeeld.nl/formulier"
    assert [one.text for one in entry.iterfind(".//{*}audience")] == ["particulier", "ondernemer"]


def test_without_an_identifier_or_a_product_for_somebody_there_is_no_catalogue(session: Session):
    kapvergunning(session, audiences=())
    assert catalogue.FILE not in built(session)
    in_catalogue(session)
    files = built(session)
    assert catalogue.FILE not in files
    assert b"samenwerkende-catalogi" not in files[f"{FOLDER}/index.html"] + files["opendata/index.html"]


def test_ways_into_the_list_are_pages(session: Session):
    kapvergunning(session, audiences=("particulier",), keywords=("boom kappen",))
    only_name(session, "voor wie")
    files = built(session)
    found = page(files, HOME)
    side = {
        link.get("href"): words(link)
        for link in found.xpath(
            "//nav[@aria-label='Voor wie' or @aria-label='Wat wilt u doen' or @aria-label='Hoe u inlogt']//a"
        )
    }
    assert side == {
        f"{HOME}voor-wie/particulier/": "Inwoners",
        f"{HOME}wat/aanvraag/": "Aanvraag",
        f"{HOME}wat/verzoek/": "Verzoek",
        f"{HOME}inloggen/digid-midden/": "DigiD",
    }
    for address in side:
        assert len(page(files, address).xpath("//ul[@class='ob-entries']/li")) == 1
    assert "boom" in found.xpath("//ul[@class='ob-entries']/li/@data-woorden")[0].split()


def test_help_sheet_tells_the_same_as_the_page(session: Session):
    """The contact centre reads it aloud: every way, on paper, who may do it, who helps; nothing that nobody knows."""
    at_the_desk = Answer(duty="Z01", value=Value.YES, text="Elke ochtend.")
    kapvergunning(session, answers=(at_the_desk,))
    only_name(session, "Leeg")
    files = built(session)
    found = page(files, f"{HOME}kapvergunning/hulpblad/")
    assert headings(found) == ["Aanvraag kapvergunning", "Wie helpt als het niet lukt"]
    told = [words(line) for line in found.xpath("//main//li")]
    assert told[:4] == [
        "Zo kan het: Formulier kapvergunning (Webformulier, DigiD): https://voorbeeld.nl/formulier",
        "Lukt dat niet: Algemeen (E-mail): post@voorbeeld.example",
        "Zonder computer: ja",
        "Mag iemand anders het doen: ja, met DigiD Machtigen",
    ]
    assert told[4] == "Hulp aan de balie: Elke ochtend."
    assert told[-1].startswith("Gemeente Losser: ")
    empty = [words(line) for line in page(files, f"{HOME}leeg/hulpblad/").xpath("//main//li")]
    assert empty[0] == f"Zo kan het: {help_sheet.UNKNOWN_WAY}"
    assert not [line for line in empty if "nee" in line.split()]


def test_nothing_internal_and_no_concept_reaches_the_site(session: Session):
    told = Answer(duty="W03", value=Value.YES, text=SECRET, note=SECRET, evidence_document=SECRET, answered_by=SECRET)
    product = services.add_product(
        session,
        good_product(
            answers=(told,), team=SECRET, process_owner=SECRET, note=SECRET, executor_name=SECRET, external_id=SECRET
        ),
        actor=AISHA,
    )
    secret_channel = good_channel(supplier=SECRET, form_id=SECRET, note=SECRET, answers=(answer("W18", note=SECRET),))
    services.add_channel(session, secret_channel, actor=AISHA)
    services.add_message_type(session, product, good_message(note=SECRET, reasoning=SECRET), actor=AISHA)
    session.flush()
    services.establish_for_website(session, [product], actor=AISHA)
    services.add_product(session, good_product(name=SECRET), actor=AISHA)
    services.change_product(session, product, good_product(name=SECRET), version=product.version, actor=AISHA)
    files = built(session)
    assert [name for name, data in files.items() if SECRET.encode() in data] == []
    assert f"{FOLDER}/kapvergunning/index.html" in files


def test_ended_product_is_gone(session: Session):
    product = kapvergunning(session)
    services.end_product(session, product, version=product.version, actor=AISHA)
    assert f"{FOLDER}/kapvergunning/index.html" not in built(session)


def test_every_link_leads_somewhere_and_every_page_is_sound(session: Session):
    kapvergunning(session, name=NASTY)
    only_name(session, "Tweede")
    files = built(session)
    for name in files:
        if name.endswith("index.html"):
            page(files, f"/{name.removesuffix('index.html')}")
    assert faults_together(files) == []
    assert built(session) == files
