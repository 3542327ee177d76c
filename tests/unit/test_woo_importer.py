"""Lists of documents and categories from a spreadsheet: what is taken, and what is skipped with which reason."""

from datetime import date

import pytest

from core.errors import BadInput
from core.sheets import Sheet
from woo import importer, lists
from woo.content import CategoryStatus


def sheet(*rows: list[str]) -> list[Sheet]:
    return [Sheet("Blad1", list(rows))]


def test_a_list_of_documents_is_read_below_whatever_stands_above_it():
    plan = importer.read_documents(
        sheet(
            ["Documenten van team JZ", "", ""],
            [],
            ["Titel", "Bestand", "Categorie", "Datum vastgesteld", "Documentsoort", "Trefwoorden", "Kleur"],
            ["Besluit A", "a.pdf", "14", "2026-11-16", "besluit", "een; twee", "rood"],
            ["Besluit B", "https://ris.example/b.pdf", "convenanten", "16-11-2026", "", "", ""],
        )
    )
    first, second = plan.documents
    assert (plan.sheet, plan.heading_row, plan.skipped) == ("Blad1", 3, [])
    assert (first.row, first.file, first.content.category, first.content.keywords) == (
        4,
        "a.pdf",
        "014",
        ("een", "twee"),
    )
    assert first.content.kinds == (lists.code_of(lists.KINDS, "besluit"),)
    assert (second.file, second.content.source_url) == ("", "https://ris.example/b.pdf")
    assert (second.content.category, second.content.adopted_on) == ("011", date(2026, 11, 16))
    assert [column.heading for column in plan.columns if not column.field] == ["Kleur"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["", "a.pdf", "14", ""], "geen titel"),
        (["A", "a.pdf", "99", ""], "bestaat niet"),
        (["A", "a.pdf", "14", "31-02-2026"], "geen datum"),
        (["A" * 2001, "a.pdf", "14", ""], "kolom title"),
        (["A", "http://onveilig.example/a.pdf", "14", ""], "kolom source_url: vul een volledig adres in"),
    ],
)
def test_a_row_that_cannot_be_read_is_skipped_with_the_reason(row, told):
    plan = importer.read_documents(sheet(["titel", "bestand", "categorie", "vastgesteld"], row, ["Goed", "", "", ""]))
    assert [document.content.title for document in plan.documents] == ["Goed"]
    (skipped,) = plan.skipped
    assert skipped.row == 2
    assert told in skipped.reason


def test_a_list_without_titles_is_refused():
    with pytest.raises(BadInput, match="geen kolom 'titel'"):
        importer.read_documents(sheet(["bestand", "datum"], ["a.pdf", "2026-01-01"]))


def test_a_list_of_categories_gives_status_and_locations():
    plan = importer.read_categories(
        sheet(
            ["Nummer", "Status", "URL", "Aangemeld in ROO op"],
            ["001", "Op orde", "https://a.example/", "2026-01-02"],
            ["001", "", "https://b.example/", ""],
            ["agenda's en besluitenlijsten bestuurscolleges", "kwijt", "", ""],
        )
    )
    first, second = plan.categories
    assert (first.number, first.facts["status"]) == ("001", CategoryStatus.IN_ORDER)
    assert (second.location.url, second.facts) == ("https://b.example/", {})
    assert [(skipped.row, "bestaat niet" in skipped.reason) for skipped in plan.skipped] == [(4, True)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", ""),
        ("1", "001"),
        ("017", "017"),
        ("infocat014", "014"),
        ("Convenanten", "011"),
        ("convenant", "011"),
        ("3.1", "3.1"),
        ("agenda's en besluitenlijsten bestuurscolleges", "009"),
    ],
)
def test_a_category_has_many_names(text, number):
    assert importer.category_number(text) == number
