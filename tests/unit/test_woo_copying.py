"""The next document of a series: days move, texts move with them, and what belongs to one document stays behind."""

from datetime import date

import pytest

from woo.content import DocumentContent
from woo.copying import next_of


def listed(day: date, **more: object) -> DocumentContent:
    return DocumentContent(title="Besluitenlijst", category="009", adopted_on=day, **more)


def test_the_rhythm_is_that_of_the_last_two_and_a_week_without():
    assert next_of(listed(date(2026, 11, 17))).adopted_on == date(2026, 11, 24)
    assert next_of(listed(date(2026, 11, 17)), listed(date(2026, 11, 3))).adopted_on == date(2026, 12, 1)
    assert next_of(listed(date(2026, 11, 17)), listed(date(2026, 11, 18))).adopted_on == date(2026, 11, 24)


def test_after_the_last_day_that_there_is_comes_no_other():
    assert next_of(listed(date(9999, 12, 30))).adopted_on == date.max


@pytest.mark.parametrize(
    ("title", "becomes"),
    [
        ("Besluitenlijst van 17 november 2026", "Besluitenlijst van 24 november 2026"),
        ("Besluitenlijst van 17 November", "Besluitenlijst van 24 november"),
        ("Besluitenlijst 17-11-2026", "Besluitenlijst 24-11-2026"),
        ("Besluitenlijst 2026-11-17", "Besluitenlijst 2026-11-24"),
        ("BL_20261117", "BL_20261124"),
        ("Besluitenlijst week 47", "Besluitenlijst week 48"),
        ("Besluitenlijst week 12", "Besluitenlijst week 12"),
        ("Verordening 117-11-2026", "Verordening 117-11-2026"),
        ("Besluitenlijst", "Besluitenlijst"),
    ],
)
def test_days_in_a_title_move_along(title, becomes):
    assert next_of(listed(date(2026, 11, 17)).model_copy(update={"title": title})).title == becomes


def test_a_day_that_becomes_another_day_of_the_same_document_moves_once():
    last = listed(date(2026, 11, 17), signed_on=date(2026, 11, 24))
    named = last.model_copy(update={"title": "Lijst van 17 november 2026 (getekend 24 november, 24-11-2026)"})
    assert next_of(named).title == "Lijst van 24 november 2026 (getekend 1 december, 01-12-2026)"


def test_a_month_and_a_year_are_crossed():
    last = listed(date(2026, 12, 29)).model_copy(update={"title": "Besluitenlijst 29 december 2026"})
    assert next_of(last).title == "Besluitenlijst 5 januari 2027"


def test_what_belongs_to_one_document_stays_behind_and_the_rest_comes_along():
    last = listed(
        date(2026, 11, 17),
        keywords=("college",),
        identifiers=("Z-2026-1",),
        not_before_on=date(2026, 12, 1),
        valid_from=date(2026, 11, 18),
        internal_note="Let op",
        source_url="https://elders.example/lijst.pdf",
    )
    new = next_of(last)
    assert (new.category, new.keywords) == ("009", ("college",))
    assert (new.identifiers, new.not_before_on, new.valid_from, new.internal_note, new.source_url) == (
        *((), None, None, ""),
        "",
    )
