"""How well columns with headings that nobody saw are mapped, and that nothing of a sheet is ever lost."""

import json
import re
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import values
from core.sheets import Sheet
from register.importer import clues, layout, plan
from register.lists import codes_in
from support.mapping import measured
from support.registers import HELD_BACK, TUNED


@pytest.mark.parametrize("register", HELD_BACK, ids=lambda register: register.name)
def test_a_held_back_register_maps_at_least_eighty_percent_of_its_columns_right(register):
    result = measured(register)
    assert result.right / result.columns >= 0.8, result.wrong


def test_held_back_registers_together_map_nine_columns_of_ten_right():
    results = [measured(register) for register in HELD_BACK]
    assert sum(result.right for result in results) >= 0.9 * sum(result.columns for result in results)


CODED = ("grondslagen", "betrokkenen", "persoonsgegevens")


def told_by(made) -> str:
    """Everything that a plan tells, in one text: records with the words of their codes, notes, rows that gave none."""
    words = [json.dumps(made.as_json(), ensure_ascii=False)]
    for record in made.records:
        codes = {code for _, code in codes_in(record.content)}
        for name in CODED:
            listed = values.load("register", name)
            words += [json.dumps(listed.entry(code), ensure_ascii=False) for code in codes & set(listed.codes)]
    return values.fold(" ".join(words))


def lost(sheet: Sheet, made) -> list[str]:
    """The cells below the headings of which a word is told nowhere."""
    told = told_by(made)
    cells = [cell for row in sheet.rows[made.heading_row :] for cell in row if cell]
    return [cell for cell in cells if not all(word in told for word in re.findall(r"\w+", values.fold(cell)))]


@pytest.mark.parametrize("register", [*TUNED, *HELD_BACK], ids=lambda register: register.name)
def test_no_cell_of_a_register_is_lost(register):
    assert lost(register.sheet, plan([register.sheet])) == []


HEADINGS = sorted({heading for register in TUNED for heading in register.truth})
WORD = st.from_regex(r"[a-z]{5,12}", fullmatch=True)
CELL = st.one_of(
    st.just(""),
    WORD,
    st.lists(WORD, min_size=2, max_size=4).map("; ".join),
    st.lists(WORD, min_size=2, max_size=4).map(", ".join),
    WORD.map(lambda word: f"ja, {word}"),
    WORD.map(lambda word: f"nee: {word}"),
    st.tuples(WORD, st.integers(1, 30)).map(lambda pair: f"{pair[1]} jaar na {pair[0]}"),
    WORD.map(lambda word: f"Wet {word} art. 4"),
    WORD.map(lambda word: f"Toestemming ({word})"),
    st.dates().map(lambda day: f"{day:%d-%m-%Y}"),
)


@settings(max_examples=10)
@given(st.data())
def test_whatever_stands_in_a_sheet_is_in_a_record_a_remark_a_note_or_a_row_that_is_told(data):
    headings = ["Naam", *data.draw(st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=8, unique=True))]
    rows = data.draw(st.lists(st.lists(CELL, min_size=len(headings), max_size=len(headings)), min_size=1, max_size=4))
    sheet = Sheet("Blad", [headings, *rows])
    assert lost(sheet, plan([sheet])) == []


@pytest.mark.parametrize(
    ("heading", "path"),
    [
        ("4. Rechts-\ngrond", "doelen[].grondslag"),
        ("b) Bewaartermijn", "bewaren[].tekst"),
        ("Ontvagers", "ontvangers[].naam"),
        ("Betrokkenencategorie", "gegevenssets[].betrokkene"),
        ("Grondsl.", "doelen[].grondslag"),
    ],
)
def test_numbers_line_ends_slips_compounds_and_cut_words_do_not_matter(heading, path):
    found = clues.scores(heading)
    assert max(found, key=lambda one: found[one]) == path


def test_a_cross_says_what_is_in_the_heading():
    rows = [
        ["Naam", "BSN", "Gezondheid", "Toestemming"],
        ["Wmo", "x", "x", ""],
        ["Krant", "", "nee", "x"],
        ["Enquête", "", "", "x"],
    ]
    made = plan([Sheet("Blad", rows)])
    wmo, krant, _ = (record.content for record in made.records)
    assert {item.code for item in wmo.data_sets[0].data} == {"bsn", "gezondheid"}
    assert (krant.data_sets, krant.purposes[0].legal_bases) == ((), ("6-1-a",))
    notes = {(note.record, note.heading, note.became) for note in made.notes}
    assert {(1, "Gezondheid", "Gezondheid"), (2, "Gezondheid", "geen Gezondheid")} <= notes


def test_a_row_of_groups_above_the_headings_helps_and_is_told():
    (register,) = (one for one in TUNED if one.name == "dubbele koppen")
    made = plan([register.sheet])
    assert made.heading_row == 2
    assert [row.row for row in made.aside if "boven de kolomkoppen" in row.reason] == [1]
    assert {record.content.team for record in made.records} == {
        f"Afdeling {name}" for name in ("Burgerzaken", "Sociaal domein", "Communicatie", "P&O", "Veiligheid")
    }


def test_the_column_with_names_is_found_by_what_stands_in_it():
    rows = [["Kopje", "Bewaartermijn"], ["Parkeren", "1 jaar"], ["Leerplicht", "2 jaar"], ["Wmo", "3 jaar"]]
    found = layout([Sheet("Blad", rows)])
    assert (found.columns[0].path, found.columns[0].score) == ("naam", 0.5)


def test_the_same_heading_twice_is_two_columns():
    made = plan([Sheet("Blad", [["Naam", "Toelichting", "Toelichting"], ["Wmo", "een", "twee"]])])
    assert [column.heading for column in made.columns] == ["Naam", "Toelichting", "Toelichting (2)"]
    assert set(chain.from_iterable(line.split() for line in made.records[0].content.remarks.splitlines())) >= {
        "een",
        "twee",
    }
