"""The subject of the checks on one record: its content, what surrounds it, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cached_property

from core.terms import after
from register import derive
from register.checks import Finding, Point, Rulebook, Scope, at, open_findings
from register.content import ActivityContent, Regime, Role
from register.rules import text
from register.rules.context import Context


class Case:
    """One record under examination. What more than one check needs is worked out once."""

    def __init__(self, content: ActivityContent, context: Context) -> None:
        self.content = content
        self.context = context
        self.facts = derive.facts(content)
        self.is_controller = content.role is not Role.PROCESSOR
        self.is_under_gdpr = self.is_controller and content.regime is Regime.AVG
        self.purposes = [(f"purposes.{number}", purpose) for number, purpose in enumerate(content.purposes)]
        self.retentions = [(f"retentions.{number}", line) for number, line in enumerate(content.retentions)]
        self.is_public_task = derive.is_public_task(content)
        self.found: list[Finding] = []
        """What the checks before this one found; only AVG-136 looks back."""
        self.turns_on = date.max
        """The first day after today on which a check may find something else."""

    def has_come(self, day: date, days: int = 0) -> bool:
        """Today is so many days after `day`, or later. The one way in which a check looks at the calendar."""
        day = after(day, days)
        if day <= self.context.today:
            return True
        self.turns_on = min(day, self.turns_on)
        return False

    def is_longer_ago(self, day: date, months: int) -> bool:
        """More than so many months passed since `day`; see `months_before`."""
        return self.has_come(first_day_past(day, months))

    def open_findings(self) -> tuple[Finding, ...]:
        """What the checks before this one found and nobody closed with a reason."""
        return open_findings(self.found, self.context.closed)

    @cached_property
    def derived_criteria(self) -> dict[str, derive.DerivedCriterion]:
        return {criterion.code: criterion for criterion in derive.derived_criteria(self.content, self.facts)}

    @cached_property
    def criteria(self) -> frozenset[str]:
        """The DPIA criteria that count: chosen, or derived and not put aside with a reason (AVG-103)."""
        put_aside = {code for code in self.derived_criteria if f"AVG-103:{code}" in self.context.closed}
        return frozenset(self.content.dpia.criteria) | (self.derived_criteria.keys() - put_aside)

    @cached_property
    def published_texts(self) -> tuple[text.Published, ...]:
        """Everything typed that may come on the website, now or when the municipality chooses so."""
        return text.published(self.content)

    def published_where(self, holds: Callable[[str], object]) -> Iterator[Point]:
        """The published texts in which something is found. Looks at all of them in one go first: mostly nothing is."""
        if holds(self._published_in_one):
            for typed in self.published_texts:
                if holds(typed.text):
                    yield at(typed.path)

    @cached_property
    def _published_in_one(self) -> str:
        return "\n".join(typed.text for typed in self.published_texts)


def first_day_past(day: date, months: int) -> date:
    """The first day on which `day` is more than so many months ago (`months_before` that day is later than `day`)."""
    if day == date.max:
        return day
    following = day + timedelta(days=1)
    year, month = divmod(following.year * 12 + following.month - 1 + months, 12)
    try:
        return date(year, month + 1, following.day)
    except ValueError:  # that month is shorter, or no calendar goes so far
        return date(year, month + 2, 1) if year <= date.max.year else date.max


ACTIVITY: Rulebook[Case] = Rulebook(Scope.ACTIVITY)
check = ACTIVITY.check


def as_controller(case: Case) -> bool:
    """The fields of GDPR art. 30(1); a processor keeps the smaller record of art. 30(2)."""
    return case.is_controller


def under_gdpr(case: Case) -> bool:
    """Checks that rest on articles of the GDPR or UAVG that the Wpg replaces by its own."""
    return case.is_under_gdpr


def under_wpg(case: Case) -> bool:
    """Police data (Wet politiegegevens)."""
    return case.content.regime is Regime.WPG
