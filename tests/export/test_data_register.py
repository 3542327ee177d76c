"""The processing register for machines: all forms say the same, and fit their schemas."""

import csv
import io
import json
from datetime import date

from lxml import etree
from sqlmodel import Session

from core import clock
from core.clock import AMSTERDAM
from core.content import YesNo
from publish import register_json, register_xml
from register.content import ActivityContent, Publication
from register.report.files import register_on
from support.json_schema import checked
from support.site import NASTY, built, established, everything, frozen

NS = {"v": register_xml.NAMESPACE}
FOLDER = "verwerkingsregister"


def rows(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_csv_has_the_columns_of_section_15(session: Session):
    established(session)
    head = built(session)[f"{FOLDER}/register.csv"].decode("utf-8-sig").splitlines()[0]
    assert head == (
        "kenmerk;versie;uri;naam;uitleg;onderwerp;bestuursorgaan;organisatie_oin;rol;samen_met;doelen;grondslagen;"
        "wetten;betrokkenen;persoonsgegevens;bijzondere_gegevens;uitzonderingen;strafrechtelijk;bsn;bronnen;ontvangers;"
        "doorgifte;landen;doorgifte_grond;bewaartermijn;duur_iso;selectielijst;daarna;beveiliging;computer_beslist;"
        "uitleg_besluit;profilering;algoritmeregister;dpia_uitgevoerd;rechten;begin;einde;laatst_gecontroleerd"
    )


def test_csv_says_what_the_record_says(session: Session):
    established(session)
    [row] = rows(built(session)[f"{FOLDER}/register.csv"])
    assert {name: row[name] for name in ("kenmerk", "uri", "persoonsgegevens", "wetten", "doorgifte", "duur_iso")} == {
        "kenmerk": "VW-0001",
        "uri": "https://openboek.example/verwerkingsregister/VW-0001/v1/",
        "persoonsgegevens": "Naam | Adres en woonplaats | Kenteken en voertuig",
        "wetten": "Parkeerverordening, artikel 3",
        "doorgifte": "nee",
        "duur_iso": "P10Y",
    }


def test_what_nobody_answered_is_empty_in_csv_and_absent_elsewhere(session: Session):
    frozen(session, ActivityContent(name="Leeg", publication=Publication.YES))
    files = built(session)
    [row] = rows(files[f"{FOLDER}/register.csv"])
    assert (row["doorgifte"], row["profilering"], row["computer_beslist"], row["ontvangers"]) == ("", "", "", "")
    [found] = json.loads(files[f"{FOLDER}/register.json"])["verwerkingen"]
    assert found.keys() & {"doorgifte", "besluitvorming", "kinderen", "geen_ontvangers", "ontvangers"} == set()
    assert b"nee" not in files[f"{FOLDER}/register.xml"]


def test_nobody_gets_it_is_an_answer(session: Session):
    established(session, recipients=(), no_recipients=True)
    files = built(session)
    [row] = rows(files[f"{FOLDER}/register.csv"])
    xml = etree.fromstring(files[f"{FOLDER}/register.xml"])
    [found] = json.loads(files[f"{FOLDER}/register.json"])["verwerkingen"]
    assert (row["ontvangers"], xml.xpath("//v:ontvangers/@geen", namespaces=NS), found["geen_ontvangers"]) == (
        "geen",
        ["ja"],
        True,
    )


def test_long_csv_has_a_row_per_kind_of_data(session: Session):
    established(session)
    found = rows(built(session)[f"{FOLDER}/register-gegevens.csv"])
    assert [(row["betrokkene"], row["gegeven"], row["bron"], row["bewaartermijn"]) for row in found] == [
        ("Inwoners", kind, "De persoon zelf", "10 jaar na het einde van de vergunning")
        for kind in ("Naam", "Adres en woonplaats", "Kenteken en voertuig")
    ]


def test_no_cell_is_a_formula(session: Session):
    established(session, name="=1+1", security="@som | -1")
    [row] = rows(built(session)[f"{FOLDER}/register.csv"])
    assert (row["naam"], row["beveiliging"]) == ("'=1+1", "'@som | -1")


def test_json_and_xml_fit_their_published_schemas_and_name_the_same_records(session: Session):
    established(session, name=NASTY, transfers_outside_eea=YesNo.NO)
    established(session, name="Beperkt", publication=Publication.LIMITED, publication_reason="Een zaak.")
    frozen(session, everything())
    files = built(session)
    schema = json.loads(files[f"opendata/schemas/{register_json.JSON_SCHEMA}"])
    whole = checked(files[f"{FOLDER}/register.json"], schema)
    xml = etree.fromstring(files[f"{FOLDER}/register.xml"])
    assert etree.XMLSchema(etree.fromstring(files["opendata/schemas/verwerkingsregister.xsd"])).validate(xml)
    in_json = [(record["kenmerk"], record["naam"], record["openbaar"]) for record in whole["verwerkingen"]]
    in_xml = [
        (record.get("kenmerk"), record.findtext("v:naam", namespaces=NS), record.get("openbaar"))
        for record in xml.findall("v:verwerking", namespaces=NS)
    ]
    assert (
        in_json
        == in_xml
        == [("VW-0001", NASTY, "ja"), ("VW-0002", "Beperkt", "beperkt"), ("VW-0003", "openbaar", "ja")]
    )
    assert len(rows(files[f"{FOLDER}/register.csv"])) == 3


def test_register_on_a_date_names_a_schema_that_stands_on_the_site(session: Session):
    """The file goes to the authority (GDPR art. 30 lid 4), who finds what the names mean without asking."""
    established(session, name=NASTY)
    established(session)
    [made] = register_on(session, clock.today(), "json")
    address = json.loads(made.content)["schema"].removeprefix("https://openboek.example/")
    assert len(checked(made.content, json.loads(built(session)[address]))["verwerkingen"]) == 2


def test_each_version_is_a_file_in_the_shape_of_the_whole(session: Session):
    established(session)
    files = built(session)
    [record] = json.loads(files[f"{FOLDER}/register.json"])["verwerkingen"]
    assert json.loads(files[f"{FOLDER}/VW-0001/v1.json"]) == record


def test_day_of_the_register_is_that_of_the_last_change(session: Session):
    activity = established(session)
    files = built(session)
    found = date.fromisoformat(json.loads(files[f"{FOLDER}/register.json"])["peildatum"])
    assert found == activity.updated_at.astimezone(AMSTERDAM).date()
