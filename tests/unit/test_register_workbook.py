"""Our own workbook holds everything and gives everything back (issue 4, points 6 and 8)."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core import sheets
from core.content import MAX_LIST, Part, tidied
from core.errors import BadInput, RuleViolation
from core.sheets import Sheet, Table
from core.texts import clean
from register import workbook
from register.content import (
    ActivityContent,
    DataItem,
    DataSet,
    Dpia,
    Law,
    Purpose,
    Retention,
    SpecialCategory,
    Status,
    Transfer,
)
from register.lists import LISTS, fields_of
from support import workbooks
from support.register import COMPLETE, contents

DAY = date(2026, 11, 21)
ODD = (
    "=1+1",
    "'tekst",
    '"tussen aanhalingstekens"',
    '"half',
    "a\n\nb \n  c",
    "twee  spaties",
    "emoji \U0001f6b2 \U0001f469\u200d\U0001f4bb",
    "_x000D_ en _x0041_",
    "e\u0301 en \u00e9",
    "Gezondheid",
    "gezondheid (Gezondheid)",
    "gezondheid",
    "inwoner (en partner)",
    "007",
    "1e10",
    "21-11-2026",
    "ja",
    "<b>&amp;</b> ]]>",
    "\ufffd",
)
_TEXT = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(codec="utf-8"), max_size=30).map(lambda text: clean(text.replace("\t", " "))),
)
quick = settings(deadline=None, suppress_health_check=list(HealthCheck))


def in_sheets(tables):
    """The tables as they are read back, without a file in between."""
    return [
        Sheet(table.name, [[clean(sheets._plain(cell)) for cell in row] for row in (table.headings, *table.rows)])
        for table in tables
    ]


def through_a_file(tables, kind):
    content = sheets.write_ods(tables) if kind == "ods" else sheets.write_xlsx(tables, made_on=DAY)
    return workbooks.opened(content)


def book(*contents, lists=LISTS):
    rows = [workbook.Row(f"VW-{at:04}", content, Status.CONCEPT) for at, content in enumerate(contents, start=1)]
    return workbook.tables(rows, lists=lists)


def with_cell(tables, sheet, heading, text, *, row=0):
    """The sheets, with another text in one cell."""
    found = in_sheets(tables)
    place = next(one for one in found if one.name == sheet)
    place.rows[row + 1][place.rows[0].index(heading)] = text
    return found


def the_faults(found):
    return [str(fault) for record in workbook.read(found) for fault in record.faults]


@settings(quick, max_examples=40)
@given(contents(text=_TEXT), contents(text=_TEXT))
def test_any_content_is_read_back_from_the_sheets(first, second):
    found = workbook.read(in_sheets(book(first, second)))
    assert [(record.kenmerk, record.content, record.faults) for record in found] == [
        ("VW-0001", first, ()),
        ("VW-0002", second, ()),
    ]


@settings(quick, max_examples=6)
@given(contents(text=_TEXT), st.sampled_from(["ods", "xlsx"]))
def test_any_content_is_read_back_from_a_file(content, kind):
    found = workbook.read(through_a_file(book(content, COMPLETE), kind))
    assert [record.content for record in found] == [content, COMPLETE]


@pytest.mark.soak
@settings(quick, max_examples=1000)
@given(st.lists(contents(text=_TEXT), max_size=4), st.sampled_from(["ods", "xlsx"]))
def test_any_register_is_read_back_from_a_file(register, kind):
    found = workbook.read(through_a_file(book(*register), kind))
    assert [(record.content, record.faults) for record in found] == [(content, ()) for content in register]


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_odd_texts_come_back_as_they_are(kind):
    content = ActivityContent(
        name="=SOM(A1)",
        contacts=ODD,
        remarks="\n".join(ODD),
        data_sets=tuple(DataSet(data_subject=text, unneeded=ODD, data=(DataItem(label=text),)) for text in ODD),
        transfers=tuple(Transfer(country=text) for text in ODD),
        started_on=date(1, 1, 1),
        ended_on=date(1900, 2, 28),
        reviewed_on=date(9999, 12, 31),
    )
    (record,) = workbook.read(through_a_file(book(content), kind))
    assert record.content == content


def test_every_field_of_the_content_has_a_column():
    def count(model: type[Part]) -> int:
        return sum(count(part) if part else 1 for _, part, _ in fields_of(model))

    tables = [table for table in book() if table.name not in {"Keuzelijsten", "Uitleg"}]
    keys = {"Kenmerk", "Status", "Vastgestelde versie", "Vastgesteld op"}
    columns = [heading for table in tables for heading in table.headings if heading not in keys | _numbers(tables)]
    assert len(columns) == count(ActivityContent)
    for table in tables:
        assert len({heading.casefold() for heading in table.headings}) == len(table.headings), table.name
    assert len({table.name.casefold() for table in book()}) == len(book())
    assert not [heading for heading in columns if ":" in heading and heading.rsplit(": ")[-1] in _names()]


def _numbers(tables):
    return {heading for table in tables for heading in table.headings if heading.endswith(" nr")}


def _names():
    return {name for level in workbook._root().all() for name, _, _ in fields_of(level.model)}


@pytest.mark.parametrize("place", sorted(LISTS))
def test_every_code_stands_with_its_label_and_comes_back(place):
    level, column = next(
        (level, column) for level in workbook._root().all() for column in level.columns if column.place == place
    )
    words = workbook._Words(column, LISTS[place])
    for code, label in LISTS[place].items():
        value = (code,) if column.is_list else code
        cell = words.cell(value)
        assert label.casefold() in cell.casefold()
        for typed in (cell, code):
            assert words.value(typed) == ([code] if column.is_list else code), level.sheet


def test_a_person_may_type_the_label_alone():
    found = with_cell(book(COMPLETE), "Groepen mensen", "Over wie gaan de gegevens", "inwoners")
    (record,) = workbook.read(found)
    assert record.content == COMPLETE


def test_same_content_gives_the_same_bytes():
    assert sheets.write_xlsx(book(COMPLETE), made_on=DAY) == sheets.write_xlsx(book(COMPLETE), made_on=DAY)
    assert sheets.write_ods(book(COMPLETE)) == sheets.write_ods(book(COMPLETE))


def test_a_list_of_the_longest_length_fits_in_a_cell():
    longest = ("a",) * (MAX_LIST // 2)
    for lines in (longest, ('"',) * len(longest), ("8.1.3",) * (MAX_LIST // 6), ("",) * MAX_LIST):
        content = ActivityContent(contacts=lines, retentions=(Retention(selection_list=lines),))
        (record,) = workbook.read(in_sheets(book(content)))
        assert record.content == content
        assert max(len(str(cell)) for table in book(content) for row in table.rows for cell in row) <= 32_767


# --- refused texts (issue 4, point 8)


def test_a_control_character_is_refused_with_its_place():
    content = ActivityContent(name="Bel\x07len", purposes=(Purpose(text="a\x00b"),))
    with pytest.raises(RuleViolation, match="Er staat een onzichtbaar teken in 'Bel\ufffdlen'") as refused:
        tidied(content)
    assert list(refused.value.points) == ["name", "purposes.0.text"]


def test_texts_are_kept_in_one_form():
    content = ActivityContent(remarks="a\r\nb\u2028c\td\u00a0e\u200b", contacts=("\ufeffx",))
    assert tidied(content) == ActivityContent(remarks="a\nb\nc d e", contacts=("x",))
    assert tidied(COMPLETE) is COMPLETE


@settings(quick, max_examples=30)
@given(contents(text=_TEXT))
def test_tidy_content_stays_as_it_is(content):
    assert tidied(content) is content


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "x" * 32_768},
        {"remarks": "x" * 32_768},
        {"security": "x" * 32_768},
        {"purposes": [{"text": "x" * 32_768}]},
        {"contacts": ["x" * 300] * 110},
    ],
)
def test_a_text_that_no_cell_can_hold_is_refused(facts):
    with pytest.raises(ValidationError, match=r"at most|te veel voor een lijst"):
        ActivityContent.model_validate(facts)


# --- what a person does to a workbook


def test_other_sheets_are_no_workbook():
    assert workbook.schema_number(in_sheets([Table("Blad1", ["Naam"], [["x"]])])) is None
    assert workbook.schema_number(in_sheets(book(COMPLETE))) == 1
    with pytest.raises(BadInput, match="gewone spreadsheet"):
        workbook.read(in_sheets([Table("Blad1", ["Naam"], [["x"]])]))


def test_a_workbook_of_another_shape_is_refused():
    found = in_sheets(book(COMPLETE))
    found[-1].rows[0][1] = "vorm 99"
    with pytest.raises(BadInput, match="andere versie"):
        workbook.read(found)


def test_a_missing_sheet_or_column_takes_nothing_away():
    with pytest.raises(BadInput, match="Het blad 'Wetten' ontbreekt"):
        workbook.read([sheet for sheet in in_sheets(book(COMPLETE)) if sheet.name != "Wetten"])
    found = in_sheets(book(COMPLETE))
    for row in next(sheet for sheet in found if sheet.name == "Wetten").rows:
        del row[-1]
    with pytest.raises(BadInput, match="Op blad 'Wetten' ontbreekt kolom 'Link naar de wet'"):
        workbook.read(found)


@pytest.mark.parametrize(
    ("sheet", "heading", "text", "fault"),
    [
        ("Verwerkingen", "Begonnen op", "ooit", "cel Q2: Vul bij 'Begonnen op' een datum in, zoals 21-11-2026."),
        (
            "Verwerkingen",
            "Naam van de verwerking",
            "x" * 121,
            "cel E2: Maak de tekst bij 'Naam van de verwerking' kort",
        ),
        ("Verwerkingen", "Op de website", "misschien", "cel N2: Kies een van de mogelijkheden bij 'Op de website'."),
        ("Verwerkingen", "Niemand anders krijgt de gegevens", "soms", "cel AC2: Kies ja of nee bij 'Niemand anders"),
        ("Wetten", "Doel nr", "9", "cel A2: De rij van 'VW-0001' met nr 9 waar dit bij hoort, is er niet."),
        ("Wetten", "Doel nr", "", "cel B2: Vul bij 'Doel nr' een nummer in, zoals 1."),
        ("Wetten", "Wet nr", "een", "cel C2: Vul bij 'Wet nr' een nummer in, zoals 1."),
        ("Wetten", "Kenmerk", "VW-0009", "cel A2: De rij van 'VW-0009' met nr 1 waar dit bij hoort, is er niet."),
        ("Wetten", "Kenmerk", "", "cel A2: Vul in bij welke verwerking deze rij hoort, of verwijder de rij."),
        ("Gegevens", "Gegeven nr", "2", "cel A3: 'VW-0001 1 2' staat er twee keer."),
        (
            "Bewaren",
            "Voor welke gegevens",
            "9999",
            "cel C2: Vul bij 'Voor welke gegevens' een getal in van 200 of lager",
        ),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_with_what_to_do(sheet, heading, text, fault):
    faults = the_faults(with_cell(book(COMPLETE), sheet, heading, text))
    assert faults[0].startswith(f"Blad '{sheet}', {fault}")


def test_a_record_with_a_fault_leaves_the_others_whole():
    found = with_cell(book(COMPLETE, COMPLETE), "Verwerkingen", "Begonnen op", "ooit")
    first, second = workbook.read(found)
    assert (first.content, second.content) == (None, COMPLETE)


def test_a_text_under_no_heading_is_not_lost_in_silence():
    found = in_sheets(book(COMPLETE))
    for row in found[0].rows:
        row.append("")
    found[0].rows[1][-1] = "Let op!"
    assert the_faults(found) == ["Blad 'Verwerkingen', cel AU2: Deze kolom leest Openboek niet. Maak de cel leeg."]


def test_a_row_added_without_a_number_comes_last():
    found = in_sheets(book(COMPLETE))
    laws = next(sheet for sheet in found if sheet.name == "Wetten")
    laws.rows.insert(1, ["VW-0001", "1", "", "Wegenverkeerswet 1994", "artikel 2", "", ""])
    (record,) = workbook.read(found)
    assert record.content.purposes[0].laws == (
        *COMPLETE.purposes[0].laws,
        Law(name="Wegenverkeerswet 1994", article="artikel 2"),
    )


def test_a_group_taken_away_takes_its_number_along():
    sets = tuple(DataSet(data_subject=name) for name in ("inwoner", "kind", "ouder"))
    content = ActivityContent(data_sets=sets, retentions=(Retention(data_set=3), Retention(data_set=0)))
    found = in_sheets(book(content))
    groups = next(sheet for sheet in found if sheet.name == "Groepen mensen")
    del groups.rows[2]
    (record,) = workbook.read(found)
    assert record.content == ActivityContent(
        data_sets=(sets[0], sets[2]), retentions=(Retention(data_set=2), Retention(data_set=0))
    )
    found[next(at for at, sheet in enumerate(found) if sheet.name == "Bewaren")].rows[1][2] = "2"
    assert the_faults(found)[0].startswith("Blad 'Bewaren', cel C2: Groep 2 staat niet op blad 'Groepen mensen'.")


def test_columns_and_rows_may_be_moved():
    found = in_sheets(book(COMPLETE, ActivityContent(dpia=Dpia(status="gepland"))))
    for sheet in found[:-2]:
        sheet.rows[1:] = sheet.rows[:0:-1]
        for row in sheet.rows:
            row.reverse()
        sheet.rows.insert(0, ["Verwerkingen van Gemeente Voorbeeld"] + [""] * (len(sheet.rows[0]) - 1))
    assert {record.kenmerk: record.content for record in workbook.read(found)} == {
        "VW-0001": COMPLETE,
        "VW-0002": ActivityContent(dpia=Dpia(status="gepland")),
    }


def test_a_body_of_another_organisation_is_known_from_the_workbook_itself():
    content = ActivityContent(controller="waterschap", special_categories=(SpecialCategory(category="gezondheid"),))
    tables = book(content, lists={**LISTS, "controller": {"waterschap": "Waterschap (samen)"}})
    (record,) = workbook.read(in_sheets(tables))
    assert record.content == content
