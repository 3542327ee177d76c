"""Sums of days that stay within the calendar, and legal terms in days: when the last day falls in a weekend or on a
holiday, the next working day counts. Pure.

Source: Algemene termijnenwet art. 1 lid 1 and art. 3 lid 1 and 2.
"""

from datetime import date, timedelta
from functools import lru_cache

_KINGS_DAY = (4, 27)
_SUNDAY = 6


def after(start: date, days: int) -> date:
    """So many days later, or earlier; the last (or first) date that there is when the calendar goes no further.

    People type 31-12-9999 for a day that never comes: that is a date, and a sum with it is one too.
    """
    return date.fromordinal(min(max(start.toordinal() + days, date.min.toordinal()), date.max.toordinal()))


def last_day(start: date, days: int) -> date:
    """The last day of a term of so many days that begins the day after `start` (Algemene termijnenwet art. 1 lid 1)."""
    day = after(start, days)  # of the very last days 31 December 9999 is a working day, a Friday
    while day.weekday() >= _SUNDAY - 1 or day in holidays(day.year):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """The generally recognised holidays, and Good Friday, which counts as one (Algemene termijnenwet art. 3)."""
    easter = _easter(year)
    kings_day = date(year, *_KINGS_DAY)
    if kings_day.weekday() == _SUNDAY:
        kings_day -= timedelta(days=1)
    return frozenset(
        {
            date(year, 1, 1),
            easter - timedelta(days=2),
            easter,
            easter + timedelta(days=1),
            kings_day,
            date(year, 5, 5),
            easter + timedelta(days=39),
            easter + timedelta(days=49),
            easter + timedelta(days=50),
            date(year, 12, 25),
            date(year, 12, 26),
        }
    )


def _easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar, by the method of Gauss as Meeus gives it."""
    golden, century, rest = year % 19, year // 100, year % 100
    leap, missing = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * missing + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
