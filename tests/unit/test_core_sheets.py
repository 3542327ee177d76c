import io
import zipfile
from contextlib import suppress
from datetime import date, datetime

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from core import sheets, values
from core.errors import BadInput
from core.sheets import Table
from core.texts import clean
from support import workbooks

DAY = date(2026, 11, 21)
TABLE = Table(
    "Lijst",
    ("naam", "aantal", "datum"),
    [("één & <twee>", 3, DAY), ("=1+1", 0, None), ("regel\ntwee  spaties", -4, DAY)],
)
ROWS = [
    ["naam", "aantal", "datum"],
    ["één & <twee>", "3", "2026-11-21"],
    ["=1+1", "0", ""],
    ["regel\ntwee  spaties", "-4", "2026-11-21"],
]


def workbook(fill):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        fill(book)
    return out.getvalue()


def refusal(content, **options):
    with pytest.raises(BadInput) as caught:
        sheets.read(content, "register.xlsx", **options)
    return caught.value.message


@pytest.mark.parametrize(
    "content",
    [sheets.write_xlsx([TABLE], made_on=DAY), sheets.write_ods([TABLE]), sheets.write_csv(TABLE)],
    ids=["xlsx", "ods", "csv"],
)
def test_what_is_written_is_read_back(content):
    assert sheets.read(content, "Lijst.csv")[0].rows == ROWS


def test_same_tables_give_the_same_bytes():
    assert sheets.write_ods([TABLE, TABLE]) == sheets.write_ods([TABLE, TABLE])
    assert sheets.write_xlsx([TABLE], made_on=DAY) == sheets.write_xlsx([TABLE], made_on=DAY)


def test_text_that_looks_like_a_formula_stays_text():
    assert sheets.write_csv(TABLE).decode("utf-8-sig").splitlines()[2] == "'=1+1;0;"
    with zipfile.ZipFile(io.BytesIO(sheets.write_xlsx([TABLE], made_on=DAY))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_a_row_is_as_high_as_its_longest_text_and_no_higher_than_excel_takes():
    texts = ["kort", "x" * 58, "één\ntwee\ndrie", "woord " * 18, "woord " * 30, "regel\n" * 100]
    with zipfile.ZipFile(
        io.BytesIO(sheets.write_xlsx([Table("L", ("a",), [(t,) for t in texts])], made_on=DAY))
    ) as book:
        sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    heights = [row.get("ht") for row in sheet.findall(".//{*}row")]
    assert heights == [None, None, None, "45", "30", "45", "408"]


def test_a_sheet_is_printed_one_page_wide_with_its_headings_on_each_page():
    with zipfile.ZipFile(io.BytesIO(sheets.write_xlsx([TABLE], made_on=DAY))) as book:
        sheet, names = (etree.fromstring(book.read(f"xl/{one}.xml")) for one in ("worksheets/sheet1", "workbook"))
    assert sheet.find(".//{*}pageSetUpPr").get("fitToPage") == "1"
    setup = sheet.find("{*}pageSetup")
    assert (setup.get("orientation"), setup.get("paperSize"), setup.get("fitToHeight")) == ("landscape", "9", "0")
    titles = [name.text for name in names.findall(".//{*}definedName") if name.get("name") == "_xlnm.Print_Titles"]
    assert titles == ["Lijst!$1:$1"]


def test_ods_says_what_it_is_in_its_first_bytes():
    with zipfile.ZipFile(io.BytesIO(sheets.write_ods([TABLE]))) as archive:
        first = archive.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)


def test_sheets_with_names_that_excel_refuses_get_names_it_takes():
    tables = [Table(name, ("a",), [("b",)]) for name in ("[1]/2", "x" * 40, "X" * 40, "")]
    for content in (sheets.write_xlsx(tables, made_on=DAY), sheets.write_ods(tables)):
        assert [sheet.name for sheet in sheets.read(content)] == ["1  2", "x" * 31, "X" * 27 + " (2)", "Blad"]


def test_cells_become_plain_text():
    def fill(book):
        sheet = book.add_worksheet("Blad")
        day, moment = book.add_format({"num_format": "dd-mm-yyyy"}), book.add_format({"num_format": "d-m-yyyy hh:mm"})
        sheet.write_row(2, 1, [12.0, 2.5, True, "  a\u00a0b\r\nc "])
        sheet.write_datetime(3, 1, DAY, day)
        sheet.write_datetime(3, 2, datetime.fromisoformat("2026-11-21 13:05"), moment)

    (sheet,) = sheets.read(workbook(fill))
    assert sheet.rows == [
        [""] * 5,
        [""] * 5,
        ["", "12", "2.5", "ja", "a b\nc"],
        ["", "2026-11-21", "2026-11-21 13:05", "", ""],
    ]


def test_merged_areas_and_hidden_sheets_are_told():
    def fill(book):
        book.add_worksheet("Open").merge_range(1, 0, 3, 1, "samen")
        hidden = book.add_worksheet("Dicht")
        hidden.write(0, 0, "x")
        hidden.hide()

    first, second = sheets.read(workbook(fill))
    assert (first.merged, first.rows[1], first.is_hidden, second.is_hidden) == (
        (((1, 0), (3, 1)),),
        ["samen"],
        False,
        True,
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_csv_is_read_whatever_its_encoding_and_separator(encoding, separator):
    text = separator.join(['naam"', "geldt voor", "café"]).replace('naam"', '"naam, of ""titel""\ntwee"')
    content = f"{text}\r\na{separator}b{separator}€ 5\r\n".encode(encoding)
    assert sheets.read(content, "lijst.csv")[0].rows == [
        ['naam, of "titel"\ntwee', "geldt voor", "café"],
        ["a", "b", "€ 5"],
    ]


def test_first_line_of_a_csv_may_name_the_separator():
    assert sheets.read(b"sep=,\r\na,b;c\r\n", "x.csv")[0].rows == [["a", "b;c"]]


def test_the_bytes_say_what_a_file_is_not_its_name(tmp_path):
    path = tmp_path / "register.xls"
    path.write_bytes(sheets.write_csv(TABLE))
    assert sheets.read(path)[0].rows == ROWS


def test_control_characters_are_shown_as_damage():
    assert sheets.read(b"a;b\n\x93x\x81\x1fy\x94;z\n", "x.csv")[0].rows == [["a", "b"], ["“x\ufffd\ufffdy”", "z"]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is leeg"),
        (b" \r\n ", "is leeg"),
        (b";;;\r\n;;;\r\n", "heeft geen gevulde cellen"),
        (b"%PDF-1.7 bla", "is geen rekenblad"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is geen rekenblad"),
        (b"<!DOCTYPE html><html></html>", "is geen rekenblad"),
        (b'{"a": 1}', "is geen rekenblad"),
        (b"\x00\x01\x02\x03" * 40, "is geen rekenblad"),
        (b"PK\x03\x04" + b"0" * 50, "is beschadigd"),
        (sheets.write_xlsx([TABLE], made_on=DAY)[:800], "is beschadigd"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "is "),
    ],
)
def test_bad_files_are_refused_in_one_sentence(content, words):
    message = refusal(content)
    assert (f"'register.xlsx' {words}" in message, message.endswith("."), "\n" in message) == (True, True, False)


def test_a_zip_that_is_no_spreadsheet_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "is geen rekenblad" in refusal(out.getvalue())


def test_a_spreadsheet_with_damaged_contents_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook>")
    assert "is beschadigd" in refusal(out.getvalue())


def test_an_encrypted_spreadsheet_asks_for_one_without_password():
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
        'manifest:full-path="content.xml" manifest:media-type="text/xml"><manifest:encryption-data/></manifest:file-entry>'
        "</manifest:manifest>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", b"\x00\x01rubbish")
    assert "beveiligd met een wachtwoord" in refusal(out.getvalue())


def test_an_encrypted_xlsx_asks_for_one_without_password():
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    assert "beveiligd met een wachtwoord" in refusal(content)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "groot.csv"
    path.write_bytes(b"a;b\n" * 1000)
    with pytest.raises(BadInput, match=r"'groot\.csv' is te groot: hoogstens 0 MB"):
        sheets.read(path, max_bytes=1000)


def test_two_cells_in_far_corners_do_not_take_the_program_down():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1048575, 16383, "z")

    assert "te veel rijen of kolommen" in refusal(workbook(fill))


def test_an_ods_that_repeats_a_cell_a_million_times_is_refused():
    content = sheets.write_ods([Table("x", ("a",), [("b",)])])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            repeated = b'<table:table-row table:number-rows-repeated="1000000">'
            new.writestr(part, old.read(part).replace(b"<table:table-row>", repeated))
    assert "te veel rijen of kolommen" in refusal(out.getvalue())


def test_a_zip_bomb_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (sheets.MAX_UNPACKED_BYTES + 1))
    assert len(out.getvalue()) < 1_000_000
    assert "te veel rijen of kolommen" in refusal(out.getvalue())


def test_a_csv_with_too_many_columns_is_refused():
    assert "te veel rijen of kolommen" in refusal(b"a;" * 600)


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(BadInput, match=r"'weg\.xlsx' bestaat niet"):
        sheets.read(tmp_path / "weg.xlsx")


def test_headings_are_the_row_with_the_most_known_ones():
    sheet = sheets.Sheet("x", [["naam"], [], ["naam", "doel", "doel"], ["naam", "doel"]])
    assert sheets.find_headings(sheet, {"naam", "doel"}.__contains__) == (2, 2)
    assert sheets.find_headings(sheets.Sheet("x", []), bool) == (0, 0)


texts = st.text(st.characters(codec=None), max_size=20)


@given(st.lists(st.lists(texts, min_size=2, max_size=2), min_size=1, max_size=5))
def test_any_text_can_be_written_and_is_read_back(rows):
    table = Table("x", ("kop een", "kop twee"), rows)
    written = [[clean(cell) for cell in row] for row in rows]
    ods = workbooks.opened(sheets.write_ods([table]))[0].rows[1:]
    assert _without_empty_end(ods) == [[c.replace("\t", " ") for c in row] for row in _without_empty_end(written)]
    xlsx = workbooks.opened(sheets.write_xlsx([table], made_on=DAY))[0].rows[1:]
    assert xlsx == _without_empty_end(written)
    assert [row for row in sheets.read(sheets.write_csv(table), "x.csv")[0].rows[1:] if any(row)] == [
        row for row in _unguarded(written) if any(row)
    ]


def _without_empty_end(rows):
    rows = list(rows)
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _unguarded(rows):
    """Text that itself opens with an apostrophe before a sign cannot be told from a guard."""
    return [[sheets._unguarded(cell) for cell in row] for row in rows]


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_are_refused(content):
    with suppress(BadInput):
        assert sheets.read(content, "x") != []


def test_a_value_list_knows_its_codes_labels_and_entries():
    groups = values.load("register", "betrokkenen")
    assert (len(groups.codes), groups.label("inwoner"), groups.label("eigen groep")) == (48, "Inwoners", "eigen groep")
    assert groups.entry("inwoner")["groep"] == "inwoners"
    assert values.load("register", "betrokkenen") is groups


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Inwoners", "inwoner"),
        ("INWONER", "inwoner"),
        ("cliënten WMO", "wmo-client"),
        ("client wmo", "wmo-client"),
        ("ambtenaren", "medewerker"),
        ("inwoners van het dorp", "inwoner"),
    ],
)
def test_case_accents_and_plurals_do_not_matter(text, code):
    match = values.load("register", "betrokkenen").match(text)
    assert (match.code, match.score >= values.SURE) == (code, True)


@pytest.mark.parametrize("text", ["", "…", "xyzzy"])
def test_a_text_that_resembles_nothing_has_no_match(text):
    assert values.load("register", "betrokkenen").match(text) == ("", 0.0)


def test_every_value_list_that_ships_can_be_loaded():
    for package, name in (("woo", "informatiecategorieen"), ("woo", "formaten"), ("register", "selectielijst-2020")):
        listed = values.load(package, name)
        assert all(listed.label(code) for code in listed.codes)


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_the_same_both_ways_round_for_equal_texts(first, second):
    assert 0.0 <= values.likeness(first, second) <= 1.0
    assert values.likeness(first, first) in {0.0, 1.0}
