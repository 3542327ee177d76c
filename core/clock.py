"""The time. Nobody else asks the system for it, so tests can stand still (`frozen`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
_DAY = timedelta(days=1)
_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The moment, in UTC with a zone."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The date in the Netherlands: after midnight in Amsterdam it is tomorrow, whatever UTC says."""
    return now().astimezone(AMSTERDAM).date()


def written(day: date) -> str:
    """`21 november 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def start_of_day(day: date) -> datetime:
    """The moment at which a date in the Netherlands begins, in UTC; the very first date begins with the second."""
    return datetime.combine(max(day, date.min + _DAY), time.min, AMSTERDAM).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The moment at which a date in the Netherlands is over, in UTC; the very last date is over as it begins."""
    return start_of_day(min(day, date.max - _DAY) + _DAY)


def moment(text: str) -> datetime:
    """A moment as `isoformat` wrote it.

    Raises:
        ValueError: it is none, or it has no zone.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"a moment needs a zone: {text}")
    return found.astimezone(UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Let time stand still at `moment` (with a zone) within this context."""
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
