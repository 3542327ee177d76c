"""Terms of the law end on a working day (Algemene termijnenwet art. 1 and 3)."""

from datetime import date, timedelta

import pytest

from core.terms import after, holidays, last_day


@pytest.mark.parametrize(
    ("year", "easter"),
    [(2019, date(2019, 4, 21)), (2024, date(2024, 3, 31)), (2026, date(2026, 4, 5)), (2038, date(2038, 4, 25))],
)
def test_the_days_that_move_with_easter(year, easter):
    assert {easter - timedelta(days=2), easter + timedelta(days=1), easter + timedelta(days=39)} <= holidays(year)
    assert easter + timedelta(days=50) in holidays(year)


def test_the_days_of_2026_algemene_termijnenwet_art_3():
    assert sorted(holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 5),
        date(2026, 4, 6),
        date(2026, 4, 27),
        date(2026, 5, 5),
        date(2026, 5, 14),
        date(2026, 5, 24),
        date(2026, 5, 25),
        date(2026, 12, 25),
        date(2026, 12, 26),
    ]


def test_the_birthday_of_the_king_is_kept_on_a_saturday_when_it_is_a_sunday():
    assert (date(2025, 4, 26) in holidays(2025), date(2025, 4, 27) in holidays(2025)) == (True, False)


def test_no_sum_of_days_leaves_the_calendar():
    assert after(date(2026, 12, 31), 1) == date(2027, 1, 1)
    assert after(date.max, 14) == after(date(2026, 1, 1), 3_000_000) == last_day(date.max, 28) == date.max
    assert after(date.min, -1) == date.min
    assert last_day(date(9999, 12, 11), 14) == date(9999, 12, 27)  # Christmas is a Saturday, the day after a Sunday
    assert last_day(date.min, 0) == date(1, 1, 2)


@pytest.mark.parametrize(
    ("start", "days", "ends"),
    [
        (date(2026, 11, 2), 28, date(2026, 11, 30)),  # a Monday
        (date(2026, 11, 7), 28, date(2026, 12, 7)),  # a Saturday becomes a Monday
        (date(2026, 11, 27), 28, date(2026, 12, 28)),  # Christmas Day, Boxing Day, Sunday
        (date(2026, 3, 6), 28, date(2026, 4, 7)),  # Good Friday to the day after Easter Monday
    ],
)
def test_a_term_ends_on_a_working_day_algemene_termijnenwet_art_1(start, days, ends):
    assert last_day(start, days) == ends
