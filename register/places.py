"""Where things of the register stand in the application, and the words of its choices: for all its pages."""

from collections.abc import Mapping

from sqlmodel import Session

from core.findings import FindingRow
from core.organisations import bodies
from register import forms
from register.checks import Finding
from register.lists import LISTS, SENSITIVITIES
from register.models import ProcessingActivity


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


def row_of(finding: Finding, kenmerk: str, *, may_mend: bool) -> FindingRow:
    """A finding as a table shows it, with the place to mend it for who may."""
    place = place_of(finding, kenmerk) if may_mend else ""
    return FindingRow(finding.rule_id, finding.severity, finding.message, finding.article, place)


def lists_of(session: Session) -> Mapping[str, Mapping[str, str]]:
    """Code and label per field, with the public bodies of this organisation."""
    return {**LISTS, "controller": bodies(session), "data_sets.own_kinds.sensitivity": SENSITIVITIES}
