"""A list of documents from a spreadsheet: what its columns and rows say, and what is told of each value."""

from datetime import date

import pytest

from core.errors import BadInput
from core.sheets import Sheet
from woo import document_list, lists
from woo.document_list import Note


def sheet(*rows: list[str]) -> list[Sheet]:
    return [Sheet("Blad1", list(rows))]


def test_a_list_of_documents_is_read_below_whatever_stands_above_it():
    plan = document_list.read_documents(
        sheet(
            ["Documenten van team JZ", "", ""],
            [],
            ["Titel", "Bestand", "Categorie", "Datum vastgesteld", "Documentsoort", "Trefwoorden", "Kleur"],
            ["Besluit A", "a.pdf", "14", "2026-11-16", "besluit", "een; twee", "rood"],
            ["Besluit B", "https://ris.example/b.pdf", "convenanten", "16-11-2026", "", "", ""],
        )
    )
    first, second = plan.rows
    assert (plan.layout.sheet.name, plan.layout.top, plan.skipped) == ("Blad1", 2, [])
    assert (first.row, first.file, first.content.category, first.content.keywords) == (
        4,
        "a.pdf",
        "014",
        ("een", "twee"),
    )
    assert first.content.kinds == (lists.code_of(lists.KINDS, "besluit"),)
    assert (second.file, second.content.source_url) == ("", "https://ris.example/b.pdf")
    assert (second.content.category, second.content.adopted_on) == ("011", date(2026, 11, 16))
    assert [column.heading for column in plan.layout.columns if not column.field] == ["Kleur"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["", "a.pdf", "14", ""], "geen titel"),
        (["A", "a.pdf", "99", ""], "bestaat niet"),
        (["A", "a.pdf", "14", "31-02-2026"], "geen datum"),
        (["A" * 2001, "a.pdf", "14", ""], "kolom 'titel': de tekst is te lang. Er passen 2000 tekens."),
        (["A\x08B", "a.pdf", "14", ""], "onzichtbaar teken"),
        (["A", "https://intranet/a.pdf", "14", ""], "werkt alleen in uw eigen netwerk"),
        (["A", "http://onveilig.example/a.pdf", "14", ""], "kolom 'bestand': vul een volledig adres in"),
    ],
)
def test_a_row_that_cannot_be_read_is_skipped_with_the_reason(row, told):
    plan = document_list.read_documents(
        sheet(["titel", "bestand", "categorie", "vastgesteld"], row, ["Goed", "", "", ""])
    )
    assert [row.content.title for row in plan.rows] == ["Goed"]
    (skipped,) = plan.skipped
    assert skipped.row == 2
    assert told in skipped.reason


def test_a_list_without_titles_is_refused():
    with pytest.raises(BadInput, match="geen kolom 'titel'"):
        document_list.read_documents(sheet(["bestand", "datum"], ["a.pdf", "2026-01-01"]))


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Officiële titel", "title"),
        ("Naam van het document", "title"),
        ("Bestandsnaam", "file"),
        ("Datum van ontvangst", "received_on"),
        ("Zaaknummer", "identifiers"),
        ("Type document", "kinds"),
        ("Datum publicatie", ""),
        ("Kleur van de map", ""),
    ],
)
def test_headings_are_known_by_the_words_that_people_use(heading, field):
    (column,) = document_list.layout(sheet([heading])).columns
    assert column.field == field


def test_what_a_person_said_of_a_column_goes_first_and_two_columns_never_fill_one_field():
    found = document_list.layout(
        sheet(["titel", "onderwerp", "map"], ["a", "b", "c"]), mapping={"map": "dossier", "titel": None}
    )
    assert [column.field for column in found.columns] == ["", "title", "dossier"]
    found = document_list.layout(sheet(["onderwerp", "titel"], ["a", "b"]))
    assert [column.field for column in found.columns] == ["title", ""]


def test_a_column_full_of_places_holds_the_files_whatever_stands_above_it():
    found = document_list.layout(sheet(["titel", "waar"], ["a", "x.pdf"], ["b", "https://a.example/b.pdf"]))
    assert [(column.field, column.score) for column in found.columns] == [("title", 1.0), ("file", 0.7)]


def test_every_value_that_was_changed_guessed_or_kept_is_told():
    plan = document_list.read_documents(
        sheet(
            ["titel", "datum", "soort", "taal", "kleur"],
            ["Besluit  over\nwater", "16 november 2026", "besluitt; bladiebla", "nl", "rood"],
            ["Nota", "16-11-26", "", "", ""],
        )
    )
    first, second = plan.rows
    assert list(first.notes) == [
        Note("titel", "Besluit  over\nwater", "changed", "Besluit over water"),
        Note("datum", "16 november 2026", "changed", "16 november 2026"),
        Note("soort", "besluitt", "guessed", "besluit"),
        Note("soort", "bladiebla", "kept", "interne notitie"),
        Note("kleur", "rood", "kept", "interne notitie"),
    ]
    assert first.content.internal_note == "soort: bladiebla\nkleur: rood"
    assert (first.content.adopted_on, first.content.language) == (date(2026, 11, 16), lists.DUTCH)
    assert [(note.kind, note.became) for note in second.notes] == [("guessed", "16 november 2026")]


def test_a_row_says_no_more_than_its_cells():
    (row,) = document_list.read_documents(sheet(["titel", "soort", "datum"], ["A", "", ""])).rows
    assert row.filled == {"title": "A"}


def test_a_sheet_or_row_without_headings_is_refused():
    listed = sheet(["titel"], ["a"], [""])
    with pytest.raises(BadInput, match="Rij 3 van blad 'Blad1' is leeg"):
        document_list.layout(listed, heading_row=3)
    with pytest.raises(BadInput, match="Kies een ander blad"):
        document_list.layout(listed, sheet="Blad9")
