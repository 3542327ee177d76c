"""Odd files for the register: a clear sentence or all of it, within the limits, and nothing lost."""

import io
import time
from datetime import date

import pytest
import xlsxwriter

from core import sheets
from core.errors import BadInput
from core.sheets import Table, write_csv, write_xlsx
from register.importer import plan

DAY = date(2026, 11, 22)
HEADINGS = ("Nr", "Naam", "Doel", "Laatst gewijzigd")


def made(write):
    """A workbook that `write` fills."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        write(book.add_worksheet("Register"))
    return out.getvalue()


def read(content, name="register.xlsx"):
    return plan(sheets.read(content, name))


def test_the_limits_are_those_that_the_issue_asks():
    assert (sheets.MAX_SECONDS, sheets.MAX_MEMORY) == (30, 500_000_000)


def test_a_million_empty_rows_are_refused_with_what_to_do():
    def write(sheet):
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_string(1_000_000, 0, "x")

    begun = time.monotonic()
    with pytest.raises(BadInput, match="Verwijder de lege rijen"):
        read(made(write))
    assert time.monotonic() - begun < sheets.MAX_SECONDS


def test_a_formula_gives_what_was_last_computed():
    def write(sheet):
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_formula(1, 1, '="Par"&"keren"', None, "Parkeren")

    assert read(made(write)).records[0].content.name == "Parkeren"


@pytest.mark.parametrize("day", ["12 maart 2023", "12-3-2023", "12/03/23", "2023-03-12"])
def test_a_date_as_text_is_a_date(day):
    content = write_csv(Table("Register", HEADINGS, [("1", "Parkeren", "Beslissen", day)]))
    assert read(content, "register.csv").records[0].content.reviewed_on == date(2023, 3, 12)


def test_two_hundred_columns_stand_in_the_remarks():
    headings = [*HEADINGS, *(f"Extra {number}" for number in range(196))]
    row = ["1", "Parkeren", "Beslissen", "", *(f"waarde{number}" for number in range(196))]
    remarks = read(write_xlsx([Table("R", headings, [row])], made_on=DAY)).records[0].content.remarks
    assert [number for number in range(196) if f"Extra {number}: waarde{number}" not in remarks] == []


def test_a_cell_of_fifty_thousand_characters_is_kept_as_far_as_it_fits_and_told():
    text = "lang " * 10_000
    result = read(write_csv(Table("R", HEADINGS, [("1", "Parkeren", text, "")])), "register.csv")
    told = "".join(note.value for note in result.notes)
    assert len(result.records[0].content.purposes[0].text) <= 600
    assert told.count("lang") + result.records[0].content.remarks.count("lang") >= 10_000


def test_two_records_with_the_same_number_are_both_there():
    rows = [("1", "Parkeren", "a", ""), ("1", "Leerplicht", "b", "")]
    names = [one.content.name for one in read(write_csv(Table("R", HEADINGS, rows)), "r.csv").records]
    assert names == ["Parkeren", "Leerplicht"]


def test_headings_in_row_seven_under_a_title_and_merged_cells():
    def write(sheet):
        sheet.merge_range(0, 0, 0, 3, "Register van de gemeente")
        sheet.write_row(6, 0, HEADINGS)
        sheet.merge_range(7, 1, 8, 1, "Parkeren")
        sheet.write(7, 2, "Beslissen")
        sheet.write(8, 2, "Innen")

    result = read(made(write))
    assert (result.heading_row, [one.rows for one in result.records]) == (7, [(8, 9)])
    assert [purpose.text for purpose in result.records[0].content.purposes] == ["Beslissen", "Innen"]


def test_a_file_that_is_cut_off_or_damaged_is_refused():
    whole = made(lambda sheet: sheet.write_row(0, 0, HEADINGS))
    for broken in (whole[: len(whole) // 2], whole[:200] + b"\0" * 300 + whole[500:]):
        with pytest.raises(BadInput, match=r"beschadigd|geen rekenblad"):
            read(broken)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_csv_of_an_office_is_read(encoding, separator):
    text = separator.join(HEADINGS) + "\r\n" + separator.join(["1", "Café Één", "Beslissen", ""]) + "\r\n"
    assert read(text.encode(encoding), "register.csv").records[0].content.name == "Café Één"
