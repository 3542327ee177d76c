"""Actions as a calendar that every agenda reads (RFC 5545): one whole day for each action that has one."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from core.organisations import Organisation
from wmebv import actions
from wmebv.models import Action

_MAX_LINE = 75
"""Of bytes, without the line end (RFC 5545, 3.1)."""
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def calendar(organisation: Organisation, found: Sequence[Action]) -> str:
    """The actions with a day, as the contents of an .ics file. The same actions give the same text."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Openboek//Acties//NL", "CALSCALE:GREGORIAN"]
    for action in found:
        if action.due_on:
            lines += _event(organisation, action, action.due_on)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(organisation: Organisation, action: Action, day: date) -> Iterator[str]:
    about, _ = actions.subject_of(action)
    told = [about, f"Wie: {action.owner}" if action.owner else "", action.remarks]
    yield "BEGIN:VEVENT"
    yield f"UID:{action.id}@{organisation.code}.openboek"
    yield f"DTSTAMP:{_moment(action.updated_at)}"
    yield f"SEQUENCE:{action.version}"
    yield f"DTSTART;VALUE=DATE:{_date(day)}"
    if day < date.max:  # the last day there is has none after it; without an end it is one day too
        yield f"DTEND;VALUE=DATE:{_date(day + timedelta(days=1))}"
    yield f"SUMMARY:{_text(action.title)}"
    if description := "\n".join(filter(None, told)):
        yield f"DESCRIPTION:{_text(description)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _date(day: date) -> str:
    return day.isoformat().replace("-", "")


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    return value.translate(_ESCAPED)


def _folded(line: str) -> Iterator[str]:
    """A long line in parts that each fit, never within a letter; every part but the first begins with a space."""
    part, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > _MAX_LINE:
            yield part
            part, size = " ", 1
        part += letter
        size += width
    yield part
