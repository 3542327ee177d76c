"""Lists of categories from a spreadsheet: what is taken, and what is skipped with which reason."""

import pytest

from core.sheets import Sheet
from woo import importer
from woo.content import CategoryStatus


def sheet(*rows: list[str]) -> list[Sheet]:
    return [Sheet("Blad1", list(rows))]


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
