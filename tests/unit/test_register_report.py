"""Documents of the register: readable, accessible, without markup from data, and the same bytes for the same data."""

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import docx as word
import page
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings

from core.organisations import BODIES
from register.as_of import Cover, Record
from register.as_of_notes import ClosingThen, Notes, RemarkThen
from register.content import ActivityContent, Status
from register.lists import LISTS
from register.remarks import RemarkState
from register.report import as_json, docx, pdf
from register.report.document import some_records, whole_register
from support.json_schema import faults
from support.register import COMPLETE, contents

DAY = date(2026, 11, 21)
SAVED = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOTES = Notes(
    {"VW-0001": [RemarkThen("=Doel vaag", "Fatma", SAVED, "Klopt", "Priya", SAVED, "", None, RemarkState.ANSWERED)]},
    {
        "": [ClosingThen("AVG-090", "Geen proces", "Zie het convenant", DAY, "Priya", SAVED)],
        "VW-0001": [ClosingThen("AVG-074", "Wie is dat?", "Zie bijlage B", DAY, "Priya", SAVED)],
    },
)
COVER = Cover(
    DAY,
    {
        "code": "gm0168",
        "base_url": "https://voorbeeld.example",
        "name": "Gemeente Voorbeeld",
        "tooi_uri": "https://identifier.overheid.nl/tooi/id/gemeente/gm0168",
        "address": "Markt 1",
        "phone": "14 0123",
        "email": "",
        "website": "",
        "oin": "",
        "dpo_name": "F. Geheim",
        "dpo_contact": "fg@voorbeeld.example",
        "dpo_registered_on": "2024-05-01",
        "rights_url": "",
    },
    {**LISTS, "controller": BODIES},
    NOTES,
)
RECORD = Record("VW-0001", Status.ESTABLISHED, COMPLETE, SAVED, "Aisha", 2, SAVED)
CONCEPT = replace(RECORD, kenmerk="VW-0002", status=Status.CONCEPT)
ODD = '#panic("markup") $x$ *vet* <b> \\ =1+1 🚲 日本 e\u0301'


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    found = "".join(sheet.get_textpage().get_text_range() for sheet in document)
    document.close()
    return squeezed(found)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\ufffe-]", "", text)


@pytest.fixture(scope="module")
def register_pdf() -> bytes:
    odd = replace(RECORD, kenmerk="VW-0003", content=COMPLETE.model_copy(update={"name": ODD[:60], "remarks": ODD}))
    return pdf.write(whole_register(COVER, [RECORD, CONCEPT, odd]), has_cover=True)


def test_the_pdf_is_accessible(register_pdf, tmp_path):
    path = tmp_path / "register.pdf"
    path.write_bytes(register_pdf)
    assert page.validate_pdf(path, profile=page.ValidationProfile.PDF_UA_1).is_compliant
    # The checker wrongly counts a carriage return at the end of a compressed stream as the end of the line.
    wrong = {fault.rule_id for fault in page.validate_pdf(path, profile=page.ValidationProfile.PDF_A_2A).failures}
    assert wrong - {"PDFA2A-STREAM-LENGTH-001"} == set()
    document = pypdfium2.PdfDocument(path)
    assert document.get_metadata_value("Title") == "Register van verwerkingen op 21 november 2026"
    assert document.get_metadata_value("Author") == "Gemeente Voorbeeld"
    document.close()


def test_the_pdf_says_what_when_who_and_what_is_a_concept(register_pdf):
    """GDPR art. 30(1)(a): name and contact details of the controller and of the data protection officer."""
    found = text_of(register_pdf)
    for words in (
        "Gemeente Voorbeeld",
        "fg@voorbeeld.example",
        "FG aangemeld bij de AP op",
        "Inhoud",
        "VW-0001 Parkeervergunning",
        "Concept; gewijzigd sinds versie 2",
        "Gesprek met de leverancier staat gepland.",  # an internal field
        "20 november 2026 om 10:00 uur door Aisha",
        "Intern: volledig register",
        "Opmerkingen van de FG",
        "=Doel vaag",
        "Reden: Zie het convenant",
        "AVG-074: Wie is dat?",
    ):
        assert squeezed(words) in found, words
    assert found.count(squeezed("Concept; gewijzigd")) == 1


def test_data_never_becomes_markup_and_a_character_without_a_glyph_becomes_its_number(register_pdf):
    found = text_of(register_pdf)
    assert squeezed('#panic("markup") $x$ *vet* <b> \\ =1+1 [U+1F6B2] [U+65E5][U+672C]') in found


def test_the_same_documents_are_the_same_bytes(register_pdf):
    document = some_records(COVER, [RECORD], title="VW-0001")
    assert docx.write(document) == docx.write(document)
    assert pdf.write(document, has_cover=False) == pdf.write(document, has_cover=False)


def test_the_word_document_reads_back():
    content = docx.write(some_records(COVER, [RECORD, CONCEPT], title="Verwerkingen van team Parkeren"))
    document = word.Document(io.BytesIO(content))
    about = document.core_properties
    assert (about.title, about.author, about.last_modified_by, about.language) == (
        "Verwerkingen van team Parkeren",
        "Gemeente Voorbeeld",
        "Gemeente Voorbeeld",
        "nl-NL",
    )
    assert about.created == about.modified == datetime(2026, 11, 21, tzinfo=UTC)
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings == ["VW-0001 Parkeervergunning", "VW-0002 Parkeervergunning"]
    assert "3 Doel en grondslag" in [one.text for one in document.paragraphs if one.style.name == "Heading 2"]
    cells = {row.cells[0].text: row.cells[1].text for table in document.tables for row in table.rows}
    assert cells["Opmerkingen (intern)"] == COMPLETE.remarks
    assert cells["Welke gegevens"] == "Naam; Adres en woonplaats; Kenteken en voertuig"
    assert document.sections[0].header.paragraphs[0].text == "Intern: niet voor de website"
    xml = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    assert xml.count("<w:tblHeader/>") == len(document.tables)
    styles = zipfile.ZipFile(io.BytesIO(content)).read("word/styles.xml").decode()
    assert set(re.findall(r'<w:lang [^>]*w:val="([^"]+)"', styles)) == {"nl-NL"}


def test_the_word_document_says_what_is_not_filled_in():
    record = replace(RECORD, content=ActivityContent(name="Kaal"))
    document = word.Document(io.BytesIO(docx.write(some_records(COVER, [record], title="x"))))
    texts = [one.text for one in document.paragraphs]
    assert any(text.startswith("1 Herkenning en beheer: Uitleg voor inwoners, Onderwerp") for text in texts)


@settings(deadline=None, max_examples=3, suppress_health_check=list(HealthCheck))
@given(contents())
def test_any_content_makes_a_word_document(content):
    assert docx.write(some_records(COVER, [replace(RECORD, content=content)], title="x")).startswith(b"PK")


# --- JSON


@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(contents())
def test_json_follows_its_schema_and_gives_back_all_content(content):
    found = json.loads(as_json.write(COVER, [replace(RECORD, content=content), CONCEPT]))
    schema = as_json.schema()
    assert list(faults(found, schema, schema)) == []
    first, second = found["verwerkingen"]
    assert (first["opmerkingen_fg"][0]["stand"], first["gesloten_bevindingen"][0]["reden"]) == (
        "beantwoord",
        "Zie bijlage B",
    )
    assert found["gesloten_bevindingen"][0]["regel"] == "AVG-090"
    assert not {"opmerkingen_fg", "gesloten_bevindingen"} & set(second)
    assert [as_json.content_of(one["inhoud"]) for one in found["verwerkingen"]] == [content, COMPLETE]
    assert [one["concept"] for one in found["verwerkingen"]] == [False, True]


def test_json_holds_every_code_with_its_label_and_the_settings_of_the_day():
    found = json.loads(as_json.write(COVER, [RECORD]))
    labels = {(one["veld"], one["code"]): one["betekenis"] for one in found["keuzelijsten"]}
    assert labels["controller", "college"] == "College van burgemeester en wethouders"
    assert labels["retentions.selection_list", "8.1.3"].startswith("Verstrekt")
    assert found["organisatie"]["fg_aangemeld_op"] == "2024-05-01"
    assert found["peildatum"] == "2026-11-21"
    (one,) = found["verwerkingen"]
    assert (one["versie"], one["opgeslagen_door"]) == (2, "Aisha")
    assert "no_recipients" not in one["inhoud"]  # nobody ticked it: that is no "no"
