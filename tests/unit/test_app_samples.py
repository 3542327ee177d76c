"""The sample documents: real files, with the titles and the contents they should have."""

import io
import json
import zipfile
from collections import Counter
from datetime import date
from importlib.resources import files as resources
from itertools import chain

import page
import pypdfium2
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html
from python_calamine import CalamineWorkbook

from app.samples import files
from app.samples.content import Bullets, Section, Table
from app.samples.documents import ORGANISATION, Outcome, read_sections, sample_dossiers, working_day
from core import clock

TODAY = date(2026, 11, 22)
DOSSIERS = sample_dossiers(TODAY)
DOCUMENTS = [document for dossier in DOSSIERS for document in dossier.documents]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SECTIONS = (
    Section("Waarom", ("Eén  alinea met <b> & “tekens”.", Bullets(("eerste", "tweede")))),
    Section("Cijfers [1/2]", (Table(("Straat", "Euro"), (("Plein", "1.250,50"), ("Laan", "-3,00"))),)),
)
on = date(2026, 3, 4)
xml_text = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), min_size=1)


def of_format(file_format):
    found = [document for document in DOCUMENTS if document.file_format == file_format]
    return pytest.mark.parametrize("document", found, ids=lambda document: document.key)


def labels(package, name):
    return {term["label"] for term in json.loads(resources(package).joinpath("data", name).read_text("utf-8"))}


def texts(sections):
    """All text in the order in which a reader meets it."""
    for section in sections:
        yield section.heading
        for block in section.blocks:
            match block:
                case str():
                    yield block
                case Bullets(items):
                    yield from items
                case Table(columns, rows):
                    yield from chain(columns, *rows)


def inside(data, name):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return etree.fromstring(archive.read(name))


def squeezed(text):
    return "".join(text.replace("\u00ad", "").split())


# Files


@pytest.mark.parametrize("write", [files.pdf, files.html, files.docx, files.ods])
def test_the_same_contents_give_the_same_bytes(write):
    assert write("Titel", ORGANISATION, SECTIONS, on=on) == write("Titel", ORGANISATION, SECTIONS, on=on)


@of_format("PDF")
def test_pdf_is_accessible_and_holds_its_title(document, tmp_path):
    path = tmp_path / "document.pdf"
    path.write_bytes(document.write())
    assert page.validate_pdf(path, profile=page.ValidationProfile.PDF_UA_1).is_compliant
    # The checker wrongly counts a carriage return at the end of a compressed stream as the end of the line.
    faults = {fault.rule_id for fault in page.validate_pdf(path, profile=page.ValidationProfile.PDF_A_2A).failures}
    assert faults - {"PDFA2A-STREAM-LENGTH-001"} == set()
    pdf = pypdfium2.PdfDocument(path)
    assert pdf.get_metadata_value("Title") == document.title
    assert pdf.get_metadata_value("Author") == ORGANISATION
    pdf.close()


def test_pdf_can_be_read_back():
    pdf = pypdfium2.PdfDocument(files.pdf("Parkeren & fietsen", ORGANISATION, SECTIONS, on=on))
    read = "".join(sheet.get_textpage().get_text_range() for sheet in pdf)
    pdf.close()
    for text in ("Parkeren & fietsen", *texts(SECTIONS), "4 maart 2026", "Pagina 1 van 1"):
        assert squeezed(text) in squeezed(read)


def test_pdf_never_takes_contents_for_markup():
    code = '#panic("markup") $x$ *vet* `code` <label> @verwijzing \\'
    pdf = pypdfium2.PdfDocument(files.pdf(code, ORGANISATION, (Section(code, (code,)),), on=on))
    assert pdf.get_metadata_value("Title") == code
    assert squeezed(pdf[0].get_textpage().get_text_range()).count(squeezed(code)) == 3
    pdf.close()


def test_pdf_refuses_a_character_it_cannot_show():
    with pytest.raises(typst.TypstError):
        files.pdf("Bomen 🌳", ORGANISATION, SECTIONS, on=on)


@of_format("HTML")
def test_html_is_a_whole_page_with_its_title(document):
    data = document.write()
    assert data.startswith(b'<!DOCTYPE html>\n<html lang="nl">')
    root = lxml_html.document_fromstring(data.decode())
    assert root.xpath("//meta/@charset") == ["utf-8"]
    assert root.xpath("//title/text()") == [document.title]
    assert root.xpath("//h1/text()") == [document.title]
    assert root.xpath("//h2/text()") == [*(section.heading for section in document.sections), "Over dit document"]
    assert root.xpath("//*[@style or @onclick]|//script|//link") == []


@settings(deadline=None)  # the machine may be busy
@given(title=xml_text, paragraph=xml_text)
def test_html_gives_back_any_text(title, paragraph):
    data = files.html(title, ORGANISATION, (Section(title, (paragraph,)),), on=on)
    root = lxml_html.document_fromstring(data.decode())
    assert (root.findtext(".//h1"), root.findtext(".//section/p")) == (title, paragraph)


@of_format("DOCX")
def test_docx_has_title_headings_and_language(document):
    data = document.write()
    assert inside(data, "docProps/core.xml").findtext("{http://purl.org/dc/elements/1.1/}title") == document.title
    body = inside(data, "word/document.xml")

    def styled(name):
        return ["".join(found.itertext()) for found in body.iter(f"{W}p") if style_of(found) == name]

    def style_of(paragraph):
        return paragraph.find(f"{W}pPr/{W}pStyle").get(f"{W}val")

    assert styled("Title") == [document.title]
    assert styled("Heading1") == [*(section.heading for section in document.sections), "Over dit document"]
    used = {style_of(paragraph) for paragraph in body.iter(f"{W}p")}
    styles = inside(data, "word/styles.xml")
    assert used <= {style.get(f"{W}styleId") for style in styles.iter(f"{W}style")}
    assert styles.find(f".//{W}rPrDefault/{W}rPr/{W}lang").get(f"{W}val") == "nl-NL"


@settings(deadline=None)  # the machine may be busy
@given(title=xml_text, paragraph=xml_text)
def test_docx_gives_back_any_text(title, paragraph):
    body = inside(files.docx(title, ORGANISATION, (Section("Kop", (paragraph,)),), on=on), "word/document.xml")
    assert [found.text for found in body.iter(f"{W}t")] == [ORGANISATION, title, "4 maart 2026", "Kop", paragraph]


def test_docx_names_every_part_it_holds():
    data = files.docx("Titel", ORGANISATION, SECTIONS, on=on)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        held = {f"/{name}" for name in archive.namelist() if not name.endswith(".rels")} - {"/[Content_Types].xml"}
    assert {part.get("PartName") for part in inside(data, "[Content_Types].xml") if part.get("PartName")} == held


@of_format("ODS")
def test_ods_opens_with_its_title_and_a_sheet_for_each_table(document):
    data = document.write()
    assert data[30:84] == b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    tables = [block for section in document.sections for block in section.blocks if isinstance(block, Table)]
    assert tables
    assert len(book.sheet_names) == len(tables) + 1
    assert book.get_sheet_by_name("Toelichting").to_python()[0] == [document.title]
    assert inside(data, "meta.xml").findtext(".//{http://purl.org/dc/elements/1.1/}title") == document.title
    for name, table in zip(book.sheet_names[1:], tables, strict=True):
        rows = book.get_sheet_by_name(name).to_python()
        assert tuple(rows[0]) == table.columns
        assert len(rows) == len(table.rows) + 1


def test_dutch_numbers_are_real_numbers_in_ods():
    book = CalamineWorkbook.from_filelike(io.BytesIO(files.ods("Titel", ORGANISATION, SECTIONS, on=on)))
    assert book.sheet_names == ["Toelichting", "1 Cijfers  1 2"]
    assert book.get_sheet_by_name("1 Cijfers  1 2").to_python() == [["Straat", "Euro"], ["Plein", 1250.5], ["Laan", -3]]


@pytest.mark.parametrize(
    ("cell", "is_number"),
    [("0", True), ("1.250,50", True), ("1862", True), ("-3,5", True)]
    + [(text, False) for text in ("0117", "1.25", "geen grens", "", "²", "1,234", "12%")],
)
def test_only_a_dutch_number_counts_as_a_number(cell, is_number):
    assert Table(("Kop",), ((cell,),)).numeric() == (is_number,)


# Contents


def test_body_is_read_as_sections():
    body = "\n# Eerste\nEen alinea.\n\nNog een.\n- a\n- b\n# Tweede\n| K | L |\n| 1 | x y |\nSlot."
    assert read_sections(body) == (
        Section("Eerste", ("Een alinea.", "Nog een.", Bullets(("a", "b")))),
        Section("Tweede", (Table(("K", "L"), (("1", "x y"),)), "Slot.")),
    )


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_working_day_is_never_later_and_never_in_a_weekend(day):
    assert working_day(day).weekday() < 5
    assert 0 <= (day - working_day(day)).days <= 2


@settings(deadline=None, max_examples=25)  # reads all dossiers each time
@given(st.dates(date(2025, 1, 1), date(2045, 1, 1)))
def test_example_is_never_out_of_date(today):
    for document in chain.from_iterable(dossier.documents for dossier in sample_dossiers(today)):
        assert document.dated_on < today
        assert (document.planned_on is not None) == (document.outcome is Outcome.PLANNED)
        assert document.planned_on is None or document.planned_on > today
        assert "{" not in document.title + "".join(texts((*document.sections, *document.replacement)))


def test_agenda_and_decisions_name_the_same_meeting():
    titles = {document.key: document.title for document in DOCUMENTS}
    assert titles["college-b-agenda"].split("college ")[1] == f"{clock.written(date(2026, 11, 4))} [versie 2/2]"
    assert titles["college-b-besluiten"].split("college ")[1] == clock.written(date(2026, 11, 4))


def test_there_is_enough_to_show():
    outcomes = Counter(document.outcome for document in DOCUMENTS)
    assert len(DOCUMENTS) >= 66
    assert len({number for document in DOCUMENTS for number in document.category_numbers}) >= 9
    assert {document.file_format for document in DOCUMENTS} == {"PDF", "ODS", "DOCX", "HTML"}
    assert outcomes[Outcome.REPLACE] >= 4
    assert outcomes[Outcome.WITHDRAW] >= 4
    assert outcomes[Outcome.CONCEPT] >= 3
    assert outcomes[Outcome.PLANNED] >= 2
    assert sum(bool(document.relations) for document in DOCUMENTS) >= 6
    assert len([dossier for dossier in DOSSIERS if dossier.category_number is None]) == 1


@pytest.mark.parametrize(
    "sign",
    [
        "&",
        '"',
        "'",
        "’",
        "‘",
        "<",
        ">",
        "🌳",
        "e\u0301",
        "\u00ad",
        "م",
        "ğ",
        "/",
        "%",
        "+",
        ";",
        "€",
        "#",
        "[",
        "?",
        "  ",
    ],
)
def test_titles_hold_what_breaks_careless_software(sign):
    assert any(sign in document.title for document in DOCUMENTS)


def test_titles_go_to_the_limits():
    titles = [document.title for document in DOCUMENTS]
    assert any(len(title) > 900 for title in titles)
    assert any(title[0].isdigit() for title in titles)
    assert any(title[-1].isdigit() for title in titles)
    assert any(title.isupper() for title in titles)
    assert all(title == title.strip() for title in titles)


def test_keys_are_unique_and_relations_lead_somewhere():
    keys = [document.key for document in DOCUMENTS]
    assert len(keys) == len(set(keys))
    targets = [(document.key, relation.key) for document in DOCUMENTS for relation in document.relations]
    assert [pair for pair in targets if pair[1] not in keys or pair[0] == pair[1]] == []


def test_labels_are_those_of_the_value_lists():
    numbers = {
        term["number"]
        for term in json.loads(resources("woo").joinpath("data", "informatiecategorieen.json").read_text("utf-8"))
    }
    assert {number for document in DOCUMENTS for number in document.category_numbers} <= numbers
    assert set(chain(*(document.kind_labels for document in DOCUMENTS))) <= labels("woo", "documentsoorten.json")
    assert set(chain(*(document.theme_labels for document in DOCUMENTS))) <= labels("woo", "themas.json")
    roles = {relation.role for document in DOCUMENTS for relation in document.relations}
    assert roles == labels("woo", "documentrelaties.json")
    reasons = {document.reason for document in DOCUMENTS if document.reason}
    assert reasons == labels("woo", "redenen-verwijdering.json")


def test_only_what_is_replaced_or_withdrawn_has_a_reason():
    for document in DOCUMENTS:
        ended = document.outcome in {Outcome.REPLACE, Outcome.WITHDRAW}
        assert (bool(document.reason), bool(document.reason_note)) == (ended, ended)
        assert bool(document.replacement) == (document.outcome is Outcome.REPLACE)


def test_a_replacement_is_another_file():
    replaced = [document for document in DOCUMENTS if document.replacement]
    assert [document.key for document in replaced if document.write() == document.write_replacement()] == []


def test_every_file_says_that_it_is_an_example():
    (document,) = (document for document in DOCUMENTS if document.key == "klacht-telefoon")
    assert "Alles in dit document is verzonnen." in document.write().decode()


def test_every_document_has_contents():
    thin = [document.key for document in DOCUMENTS if len(" ".join(texts(document.sections))) < 200]
    assert thin == []
