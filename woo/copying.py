"""The next document of a series, such as the decision list of every week: what the last one says, moved in time. Pure.

Everything here is a proposal in a form; a person looks at it and saves.
"""

import re
from collections.abc import Iterator
from datetime import date

from core import clock
from core.terms import after
from woo.content import DocumentContent

WEEK = 7
"""Days."""
DAYS = ("adopted_on", "received_on", "signed_on", "distributed_on", "created_on")
"""Days that move along. A validity and a day before which nothing may be public belong to one document."""
_OWN = (
    "identifiers",
    "relations",
    "part_of",
    "not_before_on",
    *("withheld", "grounds", "notice", "heard_from", "heard_until", "objection_expected", "noticed_on"),
    "valid_from",
    "valid_until",
    "internal_note",
    "source_url",
)
_TITLES = ("short_titles", "alternative_titles", "descriptions")
_WEEK_NUMBER = re.compile(r"\b([Ww]eek\s+)([0-9]{1,2})\b")


def next_of(last: DocumentContent, before: DocumentContent | None = None) -> DocumentContent:
    """What the next document of a series is likely to say.

    Args:
        last: the newest one of the series.
        before: the one before it; the time between the two is the rhythm. Without it: a week.

    The days move by the rhythm, and so do those days (and the number of the week) in titles and descriptions.
    """
    step = _rhythm(last, before)
    moved = {name: after(day, step) for name in DAYS if (day := getattr(last, name))}
    days = {day: after(day, step) for name in DAYS if (day := getattr(last, name))}
    fresh = DocumentContent()
    facts = {name: getattr(fresh, name) for name in _OWN}
    facts |= moved | {"title": _moved(last.title, days)}
    facts |= {name: tuple(_moved(text, days) for text in getattr(last, name)) for name in _TITLES}
    return last.model_copy(update=facts)


def _rhythm(last: DocumentContent, before: DocumentContent | None) -> int:
    if before is not None:
        for name in DAYS:
            old, new = getattr(before, name), getattr(last, name)
            if old and new and new > old:
                step: int = (new - old).days
                return step
    return WEEK


def _moved(text: str, days: dict[date, date]) -> str:
    """The text with each day that moves written as the day it becomes, in the same manner."""
    written: dict[str, str] = {}
    for old, new in days.items():
        for was, becomes in zip(_written(old), _written(new), strict=True):
            written.setdefault(was.casefold(), becomes)
    if written:  # all at once: what one day becomes may be another one of the same document
        longest_first = "|".join(map(re.escape, sorted(written, key=len, reverse=True)))
        found = re.compile(rf"(?<![0-9])(?:{longest_first})(?![0-9])", re.IGNORECASE)
        text = found.sub(lambda one: written[one[0].casefold()], text)
    weeks = {old.isocalendar().week: new.isocalendar().week for old, new in days.items()}
    return _WEEK_NUMBER.sub(lambda found: f"{found[1]}{weeks.get(int(found[2]), int(found[2]))}", text)


def _written(day: date) -> Iterator[str]:
    yield clock.written(day)
    yield f"{day.day} {clock.MONTHS[day.month - 1]}"
    yield f"{day:%d-%m-%Y}"
    yield f"{day.day}-{day.month}-{day.year}"
    yield f"{day:%d/%m/%Y}"
    yield f"{day:%Y-%m-%d}"
    yield f"{day:%Y%m%d}"
