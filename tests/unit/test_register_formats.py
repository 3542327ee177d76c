"""The register in the forms of others: GEMMA, DPV, DCAT-AP-NL and OpenDocument. No database: content in, files out."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from rdflib import RDF, Graph, Namespace, URIRef

from core import sheets, values
from core.content import YesNo
from core.organisations import Organisation
from publish import data_register, dcat, linked_data, register_dpv, register_gemma, register_tables
from publish.check import data_files
from publish.linked_data import Ref, Text, Thing
from publish.parts import Download
from register.content import (
    ActivityContent,
    Automation,
    DataItem,
    DataSet,
    DataSource,
    Dpia,
    Law,
    Purpose,
    Role,
    SpecialCategory,
    Transfer,
)
from register.publication import CHOICES
from support.register import COMPLETE, contents
from support.site import NASTY, Records, data_of, everything, joined, public

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # its own reading of JSON-LD
EVERY_CHOICE = frozenset(choice.path for choice in CHOICES)
OIN = "00000001001234567000"
HERE = Organisation(
    code="gm0168",
    name="Gemeente Losser",
    tooi_uri="https://identifier.overheid.nl/tooi/id/gemeente/gm0168",
    tooi_label="gemeente Losser",
    base_url="https://openboek.example",
    oin=OIN,
    address="Raadhuisplein 1",
    email="privacy@voorbeeld.example",
    dpo_contact="fg@voorbeeld.example",
)
RICH = COMPLETE.model_copy(
    update={
        "name": NASTY,
        "purposes": (
            *COMPLETE.purposes,
            Purpose(
                text='Een "tweede" doel\nop twee regels \\ en een tab\t.',
                legal_bases=("6-1-c", "6-1-a"),
                laws=(
                    Law(name="Wet <x>", url="https://wetten.overheid.nl/BWBR0004826"),
                    Law(name="B", url="geen adres"),
                ),
            ),
        ),
        "data_sets": (
            *COMPLETE.data_sets,
            DataSet(
                data_subject="Eigen groep",
                data=(DataItem(code="gezondheid"), DataItem(label="Eigen soort", sensitivity="bijzonder")),
                sources=(DataSource(kind="betrokkene"), DataSource(text="De huisarts")),
            ),
        ),
        "special_categories": (SpecialCategory(category="gezondheid", exception="9-2-g", law="Wmo"),),
        "transfers_outside_eea": YesNo.YES,
        "transfers": (Transfer(country="US", importer="Firma", instrument="46-2-c"),),
        "automation": Automation.PARTLY,
        "dpia": Dpia(status="uitgevoerd", public_url="https://openboek.example/dpia"),
    }
)
DPV, EU = Namespace(linked_data.PREFIXES["dpv"]), Namespace(linked_data.PREFIXES["eu-gdpr"])
DCT, DCAT, VCARD = (Namespace(linked_data.PREFIXES[prefix]) for prefix in ("dct", "dcat", "vcard"))


def register_of(*records: ActivityContent, oin: str = OIN) -> Records:
    made = [public(content, number=number, chosen=EVERY_CHOICE) for number, content in enumerate(records, start=1)]
    return Records(HERE.model_copy(update={"oin": oin}), date(2026, 11, 21), made)


def triples(data: bytes, spelling: str) -> set[object]:
    """No blank nodes, so two graphs are the same when their triples are."""
    return set(Graph().parse(data=data, format=spelling))


def written(form: Any, register: Records) -> dict[str, bytes]:
    for activity in register.activities:
        form.add(activity)
    return joined(form.files())


def graph_of(register: Records) -> Graph:
    turtle = written(register_dpv.LinkedData(register), register)["verwerkingsregister/register.ttl"]
    return Graph().parse(data=turtle, format="turtle")


def test_section_15_3_turtle_and_json_ld_are_one_graph():
    register = register_of(COMPLETE, RICH, everything(), ActivityContent(name="Leeg"))
    files = written(register_dpv.LinkedData(register), register)
    turtle = triples(files["verwerkingsregister/register.ttl"], "turtle")
    assert turtle == triples(files["verwerkingsregister/register.jsonld"], "json-ld")
    assert len(turtle) > 100


@given(contents())
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whatever_was_typed_both_spellings_can_be_read_and_say_the_same(content: ActivityContent):
    register = register_of(content)
    json_ld, turtle = written(register_dpv.LinkedData(register), register).values()
    assert triples(turtle, "turtle") == triples(json_ld, "json-ld")


def test_section_15_3_only_terms_of_the_reference_and_of_the_value_lists(shared: Path):
    text = (shared / "reference" / "avg-register.md").read_text(encoding="utf-8")
    named = text[text.index("### 15.2") : text.index("### 15.4")]
    banned = {
        "RecordOfProcessing",
        "PublicAuthority",
        "LargeScale",
        "hasTechnology",
        "hasAgreement",
        "Signature",
        "Debt",
    }
    known = set(re.findall(r"\b(?:dpv|pd|eu-gdpr):([A-Za-z0-9-]+)", named)) - banned
    known |= {f"A{number}" for number in range(13, 23)}  # "A13 to A22"
    known |= {"DPIANotRequired", "TemporalDuration", "FullAutomation", "PartialAutomation"} & set(
        re.findall(r"\w+", named)
    )
    for name in ("persoonsgegevens", "betrokkenen", "grondslagen", "bijzondere-categorieen", "doorgifte-instrumenten"):
        known |= set(re.findall(r"w3id\.org/dpv[a-z/]*#([A-Za-z0-9-]+)", json.dumps(values.document("register", name))))
    spaces = tuple(linked_data.PREFIXES[prefix] for prefix in ("dpv", "pd", "eu-gdpr"))
    used = {
        str(term).rsplit("#", 1)[-1]
        for triple in graph_of(register_of(COMPLETE, RICH, everything()))
        for term in triple
        if isinstance(term, URIRef) and str(term).startswith(spaces)
    }
    assert used - known == set()
    assert len(used) > 40


def test_section_15_2_a_record_says_in_dpv_what_it_says_on_its_page():
    found = graph_of(register_of(RICH))
    record = URIRef("https://openboek.example/verwerkingsregister/VW-0001/v1/")
    assert (record, RDF.type, DPV.Process) in found
    assert (record, DPV.hasLegalBasis, EU["A6-1-e"]) in found
    assert (record, DPV.hasLegalBasis, EU["A9-2-g"]) in found
    assert (record, DPV.hasLegalBasis, EU["A46-2-c"]) in found
    assert (record, DPV.hasDataSubject, DPV.Citizen) in found
    assert (record, DPV.hasPersonalData, EU.HealthData) in found
    assert (record, DPV.hasAutomationLevel, DPV.PartialAutomation) in found
    assert {str(right).rsplit("#", 1)[-1] for right in found.objects(record, DPV.hasRight)} >= {"A15", "A16", "A18"}
    [register] = found.subjects(RDF.type, DPV.ROPA)
    assert list(found.objects(register, DPV.hasProcess)) == [record]


def test_of_a_processor_the_public_body_is_processor():
    found = graph_of(register_of(COMPLETE.model_copy(update={"role": Role.PROCESSOR})))
    assert [str(one).rsplit("#", 1)[-1] for one in found.objects(None, DPV.hasDataProcessor)] == ["orgaan-college"]
    assert list(found.objects(None, DPV.hasDataController)) == []


def test_an_address_that_is_none_does_not_break_the_graph():
    assert [
        linked_data.is_iri(text)
        for text in ("https://a.nl/b?c=d#e", "a.nl", "https://a b", 'https://a"', "javascript:x")
    ] == [*(True, False, False, False, False)]
    thing = Thing(
        "https://a.nl/x", [], [("dct:title", Text('"\\\n\t\u0007', kind="")), ("dct:source", Ref("https://é.nl"))]
    )
    assert triples(linked_data.turtle([thing]), "turtle") == triples(linked_data.json_ld([thing]), "json-ld")


# --- DCAT-AP-NL


def catalogue() -> Graph:
    files = data_register.downloads(HERE, 1)
    sets = [
        dcat.Dataset("register", "Register", "Alles.", "/verwerkingsregister/", ("AVG",), files, date(2026, 11, 21))
    ]
    made = dict(dcat.build(HERE, sets))
    assert triples(made["opendata/dataset.ttl"], "turtle") == triples(made["opendata/dataset.jsonld"], "json-ld")
    return Graph().parse(data=made["opendata/dataset.ttl"], format="turtle")


def test_section_15_4_a_dataset_has_what_dcat_ap_nl_asks():
    found = catalogue()
    [dataset] = found.subjects(RDF.type, DCAT.Dataset)
    for once in (
        DCT.title,
        DCT.description,
        DCT.identifier,
        DCT.publisher,
        DCT.creator,
        DCAT.contactPoint,
        DCT.accessRights,
    ):
        assert len(list(found.objects(dataset, once))) == 1, once
    assert list(found.objects(dataset, DCAT.theme))
    [contact] = found.objects(dataset, DCAT.contactPoint)
    assert str(found.value(contact, VCARD.hasEmail)) == "mailto:privacy@voorbeeld.example"
    [publisher] = found.objects(dataset, DCT.publisher)
    assert found.value(publisher, URIRef(f"{linked_data.PREFIXES['foaf']}name"))


def test_section_15_4_a_distribution_has_an_address_and_a_licence():
    found = catalogue()
    files = set(found.subjects(RDF.type, DCAT.Distribution))
    assert len(files) == len(data_register.downloads(HERE, 1))
    for file in files:
        for once in (DCAT.accessURL, DCT.license, DCT["format"], DCAT.mediaType, DCAT.downloadURL):
            assert len(list(found.objects(file, once))) == 1, (file, once)
    assert files == set(found.objects(None, DCAT.distribution))


def test_every_format_of_a_download_has_a_name_in_the_lists_of_the_eu():
    assert {file.format for file in data_register.downloads(HERE, 1)} <= dcat.FORMATS.keys()
    assert isinstance(data_register.downloads(HERE, 1)[0], Download)


# --- GEMMA


def pages(register: Records) -> list[dict[str, object]]:
    return [json.loads(data) for data in written(register_gemma.Gemma(register.organisation), register).values()]


def test_section_15_1_pages_have_the_shape_of_the_var_api():
    [page] = pages(register_of(RICH))
    assert {name: page[name] for name in ("count", "next", "previous")} == {"count": 1, "next": None, "previous": None}
    [found] = page["results"]
    assert found["grondslag"] == "Publieke taak"
    assert found["doel"].startswith(f"{COMPLETE.purposes[0].text}; Een")
    assert found["verantwoordelijkeBestuursorgaan"] == "College van B&W"
    assert found["afnemendeInternationaleDerden"] == ["Verenigde Staten"]
    assert {"rolBetrokkene": "Inwoners", "naam": "Kenteken en voertuig"} in found["verwerktePersoonsgegevens"]
    assert found["verantwoordelijkeOrganisatie"] == OIN
    assert found.keys() >= {"id", "naam", "doel", "grondslag", "verantwoordelijkeOrganisatie"}


def test_section_15_1_there_are_five_legal_bases_and_vital_interests_is_none_of_them():
    kinds = [("6-1-a", "Toestemming betrokkene"), ("6-1-d", None), ("6-1-f", "Gerechtvaardigd belang")]
    for basis, expected in kinds:
        made = public(
            COMPLETE.model_copy(update={"purposes": (Purpose(text="Doel van dit werk", legal_bases=(basis,)),)})
        )
        found = register_gemma.resource(made, HERE)
        assert (found and found["grondslag"]) == expected, basis


def test_section_15_1_long_texts_are_cut():
    long = COMPLETE.model_copy(
        update={"purposes": tuple(Purpose(text=f"{n} {'x' * 590}", legal_bases=("6-1-e",)) for n in range(5))}
    )
    found = register_gemma.resource(replace(public(long), name="n" * 300), HERE)
    assert found
    assert (len(found["naam"]), len(found["doel"])) == (242, 2042)


def test_pages_lead_to_each_other(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(register_gemma, "PAGE", 2)
    found = pages(register_of(*[COMPLETE] * 5))
    home = "https://openboek.example/verwerkingsregister/gemma/verwerkingsactiviteiten"
    assert [(page["previous"], page["next"], len(page["results"])) for page in found] == [
        (None, f"{home}/2.json", 2),
        (f"{home}/1.json", f"{home}/3.json", 2),
        (f"{home}/2.json", None, 1),
    ]


def test_without_an_oin_there_is_no_gemma():
    assert pages(register_of(COMPLETE, oin="")) == []
    assert [
        file for file in data_register.downloads(HERE.model_copy(update={"oin": ""}), 1) if file.format == "GEMMA"
    ] == []


# --- OpenDocument


def test_the_spreadsheet_holds_what_the_two_csv_files_hold(tmp_path: Path):
    register = register_of(COMPLETE, RICH)
    file = tmp_path / "register.ods"
    tables = written(register_tables.Tables(register.organisation), register)
    file.write_bytes(tables["verwerkingsregister/register.ods"])
    records, data = sheets.read(file)
    assert (records.name, data.name) == ("Verwerkingen", "Gegevens")
    assert tuple(records.rows[0]) == register_tables.CSV_COLUMNS
    assert len(records.rows) == 3
    assert (
        tuple(data.rows[0])
        == register_tables.LONG_COLUMNS
        == ("kenmerk", "betrokkene", "gegeven", "soort", "bron", "bewaartermijn")
    )
    assert len(data.rows) == 1 + 3 + 5


def test_same_register_same_bytes():
    register = register_of(COMPLETE, RICH)
    assert data_of(register) == data_of(register)


# --- the check of an export


def checked_files() -> dict[str, bytes]:
    register = register_of(COMPLETE, RICH)
    files = data_of(register)
    for record in register.activities:
        folder = f"verwerkingsregister/{record.number}"
        files |= {f"{folder}/index.html": b"", f"{folder}/v1.json": b""}
    return files


def faults_of(files: dict[str, bytes]) -> list[str]:
    return [fault.where for fault in data_files.faults_in_data(files, files.__getitem__)]


def test_good_data_files_have_no_faults():
    assert faults_of(checked_files()) == []


@pytest.mark.parametrize("ending", ["csv", "xml", "ods", "jsonld", "ttl", "json"])
@pytest.mark.parametrize("kind", ["one record less", "damaged"])
def test_a_data_file_that_says_something_else_is_found(ending: str, kind: str):
    files, path = checked_files(), f"verwerkingsregister/register.{ending}"
    other = data_of(register_of(COMPLETE))[path]
    files[path] = other if kind == "one record less" else other[: len(other) // 2] + b"\xff<"
    assert path in faults_of(files) or (ending == "json" and faults_of(files) != [])


def test_a_number_that_is_there_twice_is_found_though_records_are_read_one_by_one():
    files = checked_files()
    path = "verwerkingsregister/register.xml"
    files[path] = files[path].replace(b'kenmerk="VW-0002"', b'kenmerk="VW-0001"')
    assert faults_of(files) == [path]


@pytest.mark.parametrize("written", [{"indent": 1}, {"separators": (",", ":")}, {"sort_keys": True}])
def test_json_that_is_written_otherwise_is_read_as_a_whole(written: dict[str, object]):
    files = checked_files()
    for path in ("verwerkingsregister/register.json", "verwerkingsregister/register.jsonld"):
        files[path] = json.dumps(json.loads(files[path]), **written).encode()
    assert faults_of(files) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"\n]}\n", b"\n]}\n]}\n"), (b"\n]}\n", b",\n]}\n"), (b"\n]}\n", b"\n"), (b"},\n{", b"}\n{"), (b"[\n", b"[1\n")],
)
def test_json_that_is_broken_between_its_lines_is_found(old: bytes, new: bytes):
    files = checked_files()
    path = "verwerkingsregister/register.json"
    assert files[path].count(old) == 1
    files[path] = files[path].replace(old, new)
    assert faults_of(files) == [path]


def test_a_record_without_its_page_is_found():
    files = checked_files()
    del files["verwerkingsregister/VW-0002/index.html"]
    assert faults_of(files) == ["verwerkingsregister/register.json"]
