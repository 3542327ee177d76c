"""The export of the national register, as import-kolommen.json describes it; contents made up."""

import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.content import YesNo
from core.errors import BadInput
from register.content import DataItem, SpecialCategory
from register.importer import national
from support.national import RECORD


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.json", content)
    return out.getvalue()


def one(record):
    ((_, content, notes),), _ = national.read(json.dumps([record]).encode(), "export.json")
    return content, notes


def test_purposes_keep_their_own_legal_basis_and_groups_their_own_data():
    content, _ = one(RECORD)
    assert [(purpose.text, purpose.legal_bases) for purpose in content.purposes] == [
        ("Beslissen over een aanvraag om subsidie", ("6-1-c",)),
        ("Informatie sturen aan wie dat wil", ("6-1-a",)),
    ]
    people, staff = content.data_sets
    assert (people.data_subject, staff.data_subject) == ("inwoner", "medewerker")
    assert {item.code for item in people.data} >= {"naam", "bankrekening"}
    assert any(item.sensitivity == "bijzonder" for item in people.data)
    assert (people.obligatory, people.obligatory_consequence) == (YesNo.YES, "Geen subsidie")
    assert [source.kind or source.text for source in people.sources] == ["betrokkene", "KVK"]
    assert [item.code for item in staff.data] == ["email"]
    assert [(period.data_set, period.duration) for period in content.retentions] == [(1, "P7Y"), (1, "P5Y")]
    assert content.special_categories == (SpecialCategory(category="gezondheid"),)


def test_the_plain_fields_are_where_they_belong():
    content, _ = one(RECORD)
    assert (content.external_number, str(content.reviewed_on), content.controller) == ("R-12", "2024-03-01", "college")
    assert ([use.party for use in content.processors], [use.name for use in content.systems]) == (
        ["Snelsoft"],
        ["Subsidiesysteem"],
    )
    assert (content.transfers_outside_eea, content.transfers[0].country) == (YesNo.YES, "US")
    assert (content.automation_logic, content.automation_consequences) == ("Rekenregels", "Wel of geen geld")
    assert content.security.splitlines() == [
        "Maatregelen: Logging",
        "Maatregelen: Autorisatie",
        "Encryptie: Ja, met TLS",
    ]
    assert content.dpia.status == "niet_beoordeeld"


def test_what_no_field_can_hold_is_a_remark_with_its_key():
    remarks = one(RECORD)[0].remarks
    for kept in (
        "IetsNieuws.Diep: hier",
        "VerdelingVerantwoordelijkheid: Wij beslissen zelf",
        "Verantwoordelijken.adres.Plaats: Losser",
        "Verwerkers.Email: info@snelsoft.example",
        "Betrokkenen.Genetisch: Onbekend",
        "Gegevens.Verzameldoel: aanspreken",
        "GebPia.IsGrootschaligeVerwerking: Onbekend",
        "Status: Actief",
    ):
        assert kept in remarks.splitlines(), kept


@given(
    st.dictionaries(st.from_regex(r"[A-Z][a-z]{2,9}", fullmatch=True), st.from_regex(r"[a-z]{4,12}", fullmatch=True))
)
def test_no_key_is_ever_lost(extra):
    unknown = {key: value for key, value in extra.items() if key not in RECORD}
    content, notes = one({**RECORD, **unknown})
    told = content.model_dump_json() + "".join(note.value for note in notes)
    assert [value for value in unknown.values() if value not in told] == []


def test_a_zip_holds_records_and_other_lists():
    content = zipped(verwerkingen=json.dumps([RECORD, {**RECORD, "Naam": "Tweede"}]), partijen='[{"Naam": "Snelsoft"}]')
    assert national.is_json(content)
    found, other = national.read(content, "export.zip")
    assert [(place, made.name) for place, made, _ in found] == [
        ("verwerkingen.json", "Subsidies verlenen"),
        ("verwerkingen.json", "Tweede"),
    ]
    assert [(row.sheet, row.row, row.text) for row in other] == [("partijen.json", 1, '{"Naam": "Snelsoft"}')]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped(bom=b"[" + b" " * (national.MAX_BYTES + 1) + b"]"), "te groot"),
        (b"[" * 100_000, "beschadigd"),
        (b'{"Naam": ', "beschadigd"),
        (zipped(stuk="[1, 2")[:-5], "beschadigd"),
        (b"[1, 2]", "geen verwerking"),
        (zipped(**{f"n{number}": "[]" for number in range(national.MAX_FILES + 1)}), "te groot"),
    ],
    ids=["zip bomb", "deep", "cut off", "broken zip", "no records", "many files"],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(content, words):
    with pytest.raises(BadInput, match=words):
        national.read(content, "export.zip")


def test_other_data_items_stay_what_they_are():
    record = {"Naam": "X", "Betrokkenen": [{"Omschrijving": "Kwekers", "Gegevens": ["Bollenkaart"]}]}
    content, _ = one(record)
    assert (content.data_sets[0].data_subject, content.data_sets[0].data) == (
        "Kwekers",
        (DataItem(label="Bollenkaart"),),
    )
