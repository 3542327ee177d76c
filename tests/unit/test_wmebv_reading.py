"""Answers and dates in words, as they stand in the spreadsheets of municipalities."""

from datetime import date

import pytest

from core.sheets import Sheet
from wmebv.content import ChannelUse, Direction, Executor, Value
from wmebv.generate import stated
from wmebv.product_list import read_product_list
from wmebv.reading import read_answer, read_day

TERMS = "http://standaarden.overheid.nl/owms/terms/"


@pytest.mark.parametrize(
    ("code", "text", "facts", "became"),
    [
        ("W22", "Ja", {"value": Value.YES}, ""),
        ("W22", "x", {"value": Value.YES}, "Ja"),
        ("W22", "?", {"value": Value.UNKNOWN}, "Weten we nog niet"),
        ("W22", "Niet bekend", {"value": Value.UNKNOWN}, "Weten we nog niet"),
        ("W22", "n.v.t.", {"value": Value.NOT_APPLICABLE}, "Niet van toepassing"),
        ("W22", "niet altijd", {"value": Value.PARTLY}, "Deels"),
        ("W22", "Ja, per e-mail", {"value": Value.YES, "text": "per e-mail"}, "Ja; per e-mail"),
        ("W22", "Nee nog niet", {"value": Value.NO, "text": "nog niet"}, "Nee; nog niet"),
        (
            "W22",
            "https://x.nl/a",
            {"value": Value.YES, "evidence_url": "https://x.nl/a"},
            "Ja; https://x.nl/a",
        ),
        ("W06", "12-3-2025", {"value": Value.YES, "evidence_on": date(2025, 3, 12)}, "Ja; 12 maart 2025"),
        ("W06", "45717", {"value": Value.YES, "evidence_on": date(2025, 3, 1)}, "Ja; 1 maart 2025"),
        ("W07", "B", {"choices": ("B",)}, "Status B: voldoet voor een deel"),
        ("W09", "nee", {"choices": ("nee",)}, ""),
        ("W05", "Ja, DigiD Machtigen", {"value": Value.YES, "choices": ("digid_machtigen",)}, "Ja; DigiD Machtigen"),
        # What is noted beside a form of support stays inside: its text is for the website.
        ("Z01", "ja, vraag Jan", {"value": Value.YES, "note": "vraag Jan"}, "Ja; vraag Jan"),
    ],
)
def test_an_answer_in_words_is_taken_apart_and_told(code, text, facts, became):
    said = read_answer(code, text)
    assert said is not None
    assert (said.answer.model_dump(exclude_defaults=True, exclude={"duty"}), said.became) == (facts, became)


@pytest.mark.parametrize("text", ["via het portaal", "jawel", "janneke", "", "45717", "ja/nee", "Ja of nee", "J / N"])
def test_what_is_no_answer_is_not_taken_for_one(text):
    assert read_answer("W22", text) is None


@pytest.mark.parametrize(
    ("text", "day", "is_guess"),
    [
        ("2025-03-01", date(2025, 3, 1), False),
        ("1 mrt. 2025", date(2025, 3, 1), False),
        ("1/3/25", date(2025, 3, 1), True),
        ("31-2-2025", None, False),
        ("voorjaar 2025", None, False),
    ],
)
def test_a_date_as_text(text, day, is_guess):
    found = read_day(text)
    assert (found and found.day, bool(found and found.is_guess)) == (day, is_guess)


def own_list(headings, *rows, **more):
    return read_product_list([Sheet("Lijst", [list(headings), *[list(row) for row in rows]])], **more)


def test_headings_of_the_inventory_fill_product_message_channel_and_answers():
    result = own_list(
        (
            *("productnaam", "bestuursorgaan", "uitvoerder", "richting", "kanaal", "terugvalkanaal"),
            *("ontvangstbevestiging", "WCAG-status", "WCAG-datum", "B1-datum", "beoordelaar", "datum beoordeling"),
            *("machtigen", "archiefdoos"),
        ),
        (
            *("Kapvergunning", "College van B&W", "GR Groen", "inkomend", "E-formulier kap", "Contactformulier"),
            *("Ja, per e-mail", "B", "1 mei 2025", "12-3-2025", "teamleider", "2026-02-01", "brief", "doos 8"),
        ),
    )
    (row,) = result.products
    assert (row.controller, row.executor, row.executor_name) == ("college", Executor.JOINT, "GR Groen")
    assert (row.direction, [(one.name, one.use) for one in row.channels]) == (
        Direction.IN,
        [("E-formulier kap", None), ("Contactformulier", ChannelUse.FALLBACK)],
    )
    answers = {one.duty: one for one in (*row.answers, *row.message_answers, *row.channels[0].answers)}
    assert sorted(answers) == ["W05", "W06", "W07", "W22"]
    assert (answers["W07"].choices, answers["W07"].evidence_on) == (("B",), date(2025, 5, 1))
    assert {(one.answered_by, one.answered_on) for one in answers.values()} == {("teamleider", date(2026, 2, 1))}
    assert row.note == "archiefdoos: doos 8"
    assert {(note.heading, note.kind) for note in result.notes} == {
        ("bestuursorgaan", "guessed"),
        ("uitvoerder", "guessed"),
        ("kanaal", "guessed"),
        ("ontvangstbevestiging", "guessed"),
        ("WCAG-status", "guessed"),
        ("WCAG-datum", "changed"),
        ("B1-datum", "guessed"),
        ("machtigen", "guessed"),
        ("richting", "guessed"),
        ("archiefdoos", "kept"),
    }


def test_what_no_field_holds_stays_in_the_remarks_in_the_words_of_the_list():
    result = own_list(
        ("productnaam", "doelgroep", "niveau", "ontvangstbevestiging", "datum besluit", "notificatie", "bewijs"),
        ("Kap", "inwoner vanaf 18", "bijna D5", "via het portaal", "vorig jaar", "ja", "map 3"),
    )
    assert result.products[0].note.splitlines() == [
        "doelgroep: inwoner vanaf 18",
        "niveau: bijna D5",
        "datum besluit: vorig jaar",
        "ontvangstbevestiging: via het portaal",
        "bewijs: map 3",
        "notificatie: ja",
    ]


def test_a_uri_that_is_none_or_that_the_official_list_does_not_know_is_told_and_not_used():
    rows = [
        ("A", f"{TERMS}a"),
        ("B", f"{TERMS}weg"),
        ("C", "kapvergunning"),
        ("D", f"{TERMS}UPL-naam_nog_niet_beschikbaar"),
    ]
    result = own_list(("product", "UPL-URI"), *rows, official=frozenset({f"{TERMS}a"}))
    assert [row.upl_uri for row in result.products] == [f"{TERMS}a", "", "", ""]
    assert [row.note for row in result.products] == ["", f"UPL-URI: {TERMS}weg", "UPL-URI: kapvergunning", ""]
    assert "geen UPL-URI: hij staat niet in de officiële lijst" in {note.became for note in result.notes}


def test_columns_are_proposed_with_a_score_and_a_decision_goes_before_it():
    rows = [["Overzicht 2026"], ["Naam van het product", "Ontvangsbevestiging", "kleur"], ["Kap", "ja", "rood"]]
    found = read_product_list([Sheet("Lijst", rows)], mapping={"Naam van het product": "productnaam"}, heading_row=2)
    assert [(column.field, round(column.score, 1)) for column in found.layout.columns] == [
        ("productnaam", 1.0),
        ("W22", 0.9),
        ("", 0.0),
    ]


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("jaar", "2024 volgens Piet"),
        ("bron", "Jaarverslag"),
        ("streefjaar", "2027"),
        ("bewijs", "Map 8"),
        ("beoordelaar", "teamleider"),
        ("datum beoordeling", "1-2-2026"),
    ],
)
def test_a_column_that_says_something_of_another_one_is_not_lost_without_that_one(heading, text):
    (row,) = own_list(("productnaam", heading), ("Kapvergunning", text)).products
    assert row.note == f"{heading}: {text}"


def test_what_is_too_much_of_such_a_column_stays_in_the_remarks_once():
    headings = ("productnaam", "soort bericht", "servicenorm gehaald", "aantal in een jaar", "jaar", "W04", "W05")
    cells = ("Kapvergunning", "aanvraag", "90%", "12", "2024 volgens Piet", "ja", "ja, brief")
    (row,) = own_list((*headings, "bewijs", "beoordelaar"), (*cells, "m" * 310, "t" * 310)).products
    assert [one.year for one in (*row.volumes, *row.norm_results)] == [2024, 2024]
    lines = [f"beoordelaar: {'t' * 310}", f"bewijs: {'m' * 310}", "jaar: 2024 volgens Piet"]
    assert sorted(row.note.splitlines()) == lines


@pytest.mark.parametrize(
    ("heading", "text"),
    [("motivering", "Volgens de verordening"), ("richting", "inkomend"), ("op verzoek", "ja"), ("officieel", "?")],
)
def test_what_a_row_without_a_message_says_of_one_stays_in_the_remarks(heading, text):
    (row,) = own_list(("productnaam", heading, "aantal 2025"), ("Kapvergunning", text, "12")).products
    assert (stated(row).messages, row.yearly_volume) == ((), 12)
    assert f"{heading}: {text}" in row.note.splitlines()
