"""The grid of answers: what a cell shows, how its text is read, and where a pasted block goes."""

from datetime import date

import pytest

from core.values import fold
from support.inventories import answer
from wmebv.content import Answer, Value
from wmebv.duties import Scope
from wmebv.forms import columns
from wmebv.grid import Read, cell_of, change_of, letters_of, place

TODAY = date(2026, 11, 22)
QUESTIONS = {question.code: question for scope in Scope for question in columns(scope)}
ROWS = [
    frozenset(map(fold, names)) for names in (("Aanvraag", "PD-0001"), ("Bezwaar", "PD-0001"), ("Bezwaar", "PD-0002"))
]
CODES = ["W04", "W05", "W09"]


def change(code, before, text):
    return change_of(QUESTIONS[code], before, text, on=TODAY, by="Coordinator")


def test_every_letter_says_one_thing_and_comes_back_as_it_was_typed():
    for question in QUESTIONS.values():
        letters = letters_of(question)
        assert len({letter.casefold() for letter, _, _ in letters}) == len(letters) > 0, question.code
        for letter, _, _ in letters:
            found = change_of(question, None, letter.upper(), on=TODAY, by="")
            assert (found.read, cell_of(question, found.after)) == (Read.EXACT, letter), (question.code, letter)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("j", "ja"),
        ("D", "deels"),
        ("n", "nee"),
        ("-", "nvt"),
        ("?", "onbekend"),
        ("Nee", "nee"),
        ("niet van toepassing", "nvt"),
    ],
)
def test_letters_and_our_own_words_are_read_exactly(text, value):
    found = change("W04", None, text)
    assert (found.after.value, found.read) == (Value(value), Read.EXACT)
    assert (found.after.answered_on, found.after.answered_by) == (TODAY, "Coordinator")


def test_a_choice_is_its_number_or_its_own_letter():
    assert change("W09", None, "2").after.choices == ("verplicht_digitaal",)
    assert change("W07", None, "b").after.choices == ("B",)
    several = change("W23", None, "1+2").after
    assert (several.choices, cell_of(QUESTIONS["W23"], several)) == (("download", "kopie"), "1+2")
    assert change("W09", None, "1+2").read is not Read.EXACT  # there can be one
    assert change("W09", answer("W09"), "?").after.choices == ()


def test_words_are_a_guess_and_nothing_of_them_is_lost():
    found = change("W04", None, "Ja, per e-mail")
    assert (found.read, found.after.value, found.after.text) == (Read.GUESSED, Value.YES, "per e-mail")
    assert found.becomes == "Ja; per e-mail"


def test_what_nobody_can_read_is_a_remark_and_takes_no_answer_away():
    empty = change("W04", None, "zie mail van Piet")
    assert (empty.read, empty.after.value, empty.after.note) == (
        Read.NOT_UNDERSTOOD,
        Value.UNKNOWN,
        "zie mail van Piet",
    )
    kept = change("W04", answer("W04", note="Oud"), "zie mail van Piet").after
    assert (kept.value, kept.note) == (Value.YES, "Oud\nzie mail van Piet")
    chosen = change("W09", answer("W09"), "zie mail van Piet").after
    assert (chosen.value, chosen.choices) == (Value.YES, ("nee",))


def test_a_new_answer_leaves_evidence_law_and_remarks_where_they_are():
    before = answer("W04", note="Let op", law="Awb")
    after = change("W04", before, "n").after
    assert (after.value, after.evidence_url, after.note, after.law) == (
        Value.NO,
        before.evidence_url,
        "Let op",
        "Awb",
    )


def test_an_empty_cell_takes_the_answer_away_but_not_what_stood_beside_it():
    assert change("W04", Answer(duty="W04", value=Value.YES, answered_on=TODAY), "").after.value is None
    assert change("W04", answer("W04"), "").after.value is Value.UNKNOWN
    assert change("W04", None, "  ") is None


def test_the_same_again_changes_nothing_not_even_the_date():
    assert change("W04", answer("W04"), "J ") is None
    assert change("W09", answer("W09"), "1") is None
    assert change("W04", Answer(duty="W04", value=Value.UNKNOWN, note="zie mail"), "zie mail") is None


def put(block, **where):
    return place(block, ROWS, CODES, **({"first_row": 0, "first_code": "W04"} | where))


def test_a_block_begins_at_the_cell_that_was_chosen_and_empty_cells_change_nothing():
    assert put("j\tn\n\t?\n\n", first_row=1, first_code="W05").cells == {
        (1, "W05"): "j",
        (1, "W09"): "n",
        (2, "W09"): "?",
    }


@pytest.mark.parametrize(
    ("block", "where", "words"),
    [
        (
            "j\tj\nj\tj",
            {"first_row": 2},
            "Het blok heeft 2 regels en 2 kolommen. Vanaf de cel die u koos passen er 1 regel en 3 kolommen.",
        ),
        (
            "j\tj\tj\tj",
            {},
            "Het blok heeft 1 regel en 4 kolommen. Vanaf de cel die u koos passen er 3 regels en 3 kolommen.",
        ),
        ("W04\nj\nj", {"first_row": 2}, "passen er 1 regel"),
        ("W04\tW22\nj\tj", {}, "W22 staat niet in dit raster."),
        ("Bericht\tW04\nAanvraag\tj\nKlacht\tn", {}, "Regel 3 ('Klacht') staat niet op deze pagina van het raster."),
        ("Bericht\tW04\nBezwaar\tj", {}, "Regel 2 ('Bezwaar') past bij meer dan één rij."),
        ("Bericht\tW04\nAanvraag\tj\n\tn", {}, "Regel 3 (zonder naam) staat niet op deze pagina"),
        (" \n\t\n", {}, "Plak eerst een blok"),
        ("j\n" * 201, {}, "Plak hooguit 200 regels"),
    ],
)
def test_a_block_that_does_not_fit_says_why_and_places_nothing(block, where, words):
    placed = put(block, **where)
    assert words in placed.problem
    assert placed.cells == {}


def test_codes_and_names_bring_each_cell_to_its_place():
    block = "Product\tSoort\tW09 Bijzondere wet\tW04\nPD-0002\tbezwaar\t1\tj\nPD-0001\tAANVRAAG\t\tn\n"
    assert put(block, first_row=2, first_code="W09").cells == {(2, "W09"): "1", (2, "W04"): "j", (0, "W04"): "n"}
    assert put("W05\nj\nn", first_row=1).cells == {(1, "W05"): "j", (2, "W05"): "n"}


def test_a_cell_of_several_lines_stays_one_cell():
    assert put('"Ja,\nmet een brief"\tn\nj\tj').cells[0, "W04"] == "Ja,\nmet een brief"
