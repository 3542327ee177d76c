"""Where things of the register stand in the application, and the words of its choices: for all its pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from core import clock
from core.findings import FindingRow
from core.organisations import bodies
from register import forms
from register.checks import Finding
from register.kept import kept
from register.lists import LISTS, SENSITIVITIES
from register.models import Closing, ProcessingActivity
from register.services.renaming import renamed


def address_of(activity: ProcessingActivity) -> str:
    """The page of a record."""
    return f"/register/{activity.kenmerk}/"


def form_of(kenmerk: str, group: forms.Group) -> str:
    """A page of the form of a record."""
    return f"/register/{kenmerk}/bewerken/{group.id}"


def place_of(finding: Finding, kenmerk: str) -> str:
    """The field in the form where it can be mended; the settings for what the organisation itself misses."""
    place = next(iter(finding.fields), "")
    if place.startswith("organisation."):
        return "/beheer/"
    return f"{form_of(kenmerk, forms.group_of(place))}#{forms.anchor(place)}" if kenmerk else ""


def rule_page(rule_id: str) -> str:
    """The page that explains a check."""
    return f"/register/regels/{rule_id}"


def row_of(finding: Finding, kenmerk: str, *, may_mend: bool, may_close: bool = False) -> FindingRow:
    """A finding as a table shows it, with the places to mend it or to close it with a reason for who may."""
    closes = may_close and kenmerk and finding.check.closable
    return FindingRow(
        finding.rule_id,
        finding.severity,
        finding.message,
        finding.article,
        place_of(finding, kenmerk) if may_mend else "",
        rule_href=rule_page(finding.rule_id),
        close_href=f"/register/{kenmerk}/bevindingen/{finding.mark}" if closes else "",
    )


@dataclass(frozen=True, slots=True)
class ClosedRow:
    """A finding that was closed, as a table shows it."""

    closing: Closing
    state: str


def closed_rows(closings: Sequence[Closing]) -> Sequence[ClosedRow]:
    """What was closed, with whether it still counts today."""
    today = clock.today()
    return [ClosedRow(one, "loopt" if one.until >= today else "voorbij") for one in closings]


@dataclass(frozen=True, slots=True)
class Again:
    """Records whose public version has names that changed since."""

    names: Sequence[tuple[str, str]]
    kenmerken: Sequence[str]
    address: str
    """Where to establish them again."""


def again(session: Session, activities: Sequence[ProcessingActivity], name: str) -> Again | None:
    """Which of these records to establish again because something has this name now; None when there are none."""
    found = {
        number: [pair for pair in pairs if pair[1] == name]
        for number, pairs in renamed(session, activities).items()
        if any(now == name for _, now in pairs)
    }
    if not found:
        return None
    behind = [one for one in activities if one.id in found]
    numbers = ",".join(str(one.number) for one in behind)
    return Again(
        list(dict.fromkeys(pair for pairs in found.values() for pair in pairs)),
        [one.kenmerk for one in behind],
        f"/register/vaststellen?nummers={numbers}",
    )


def lists_of(session: Session) -> Mapping[str, Mapping[str, str]]:
    """Code and label per field, with the public bodies of this organisation."""
    names = kept(session, "bodies", lambda: bodies(session))
    return {**LISTS, "controller": names, "data_sets.own_kinds.sensitivity": SENSITIVITIES}
