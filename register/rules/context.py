"""What the checks must know besides the content of a record. Whoever calls them fills it; rules ask nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from register.content import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Limits that stand in no law; each organisation may set its own."""

    review_months: int = 12
    publish_months: int = 24
    dpia_months: int = 36
    agreement_days: int = 90
    waiting_days: int = 30
    similarity: float = 0.85
    closing_months: int = 12
    """How long a finding may stay closed with a reason before somebody must look again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationSettings:
    """The settings of the organisation that the checks look at; empty means not filled in."""

    name: str = ""
    contact: str = ""
    dpo_contact: str = ""
    dpo_registered_on: date | None = None
    rights_url: str = ""
    has_police_data: bool = False
    """At least one record under the Wpg that has not ended; the audits below then become a duty."""
    wpg_internal_audit_on: date | None = None
    wpg_external_audit_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What surrounds one record. Only `today` has no default: a check never asks the clock."""

    today: date
    organisation: OrganisationSettings = field(default_factory=OrganisationSettings)
    thresholds: Thresholds = field(default_factory=Thresholds)
    status: Status = Status.CONCEPT
    waiting_since: date | None = None
    """Since when the record waits for a check (status in_controle)."""
    created_on: date | None = None
    """A record without a review date counts as last looked at when it came into the register."""
    last_editor: str = ""
    established_by: str = ""
    four_eyes: bool = True
    """The organisation wants somebody other than the last editor to establish."""
    changed_since_dpia: bool = False
    """Purposes, data, processors or technique changed after the date of the DPIA."""
    technical_names: frozenset[str] = frozenset()
    """Names of all shared systems and their suppliers, which do not belong in a text for the website."""
    closed: frozenset[str] = frozenset()
    """Keys of findings of this record that somebody closed with a reason (`Finding.key`)."""
    closed_until: date = date.max
    """The last day on which all of these reasons count."""


class Entry(NamedTuple):
    """What the checks on the whole register look at in one record (`entry_of`). Leave out records that have ended."""

    number: str
    name: str
    domain: str
    purposes: str
    """The texts of all purposes, one after the other."""
    shared: Sequence[str]
    """Names of the team, the processors and the systems; in small letters, as those below."""
    agreements: Sequence[str]
    """Names of what may be behind an agreement with a processor or a covenant."""
    links: Sequence[tuple[str, str]]
    """Every address with its content path, as it was typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The whole register of one organisation, with the shared lists around it."""

    entries: Sequence[Entry]
    """In the order in which they came into the register: the later one of two that look alike gets the finding."""
    domains: Mapping[str, str] = field(default_factory=dict)
    """Domains that should have a record, code to label."""
    stopped: Sequence[str] = ()
    """Names of processors, systems and teams that have stopped."""
    agreements: Sequence[str] = ()
    """Names of the parties or documents of all agreements with processors and covenants that are known."""
    broken_links: frozenset[str] = frozenset()
    """Addresses for which the link check found a fault."""
    thresholds: Thresholds = field(default_factory=Thresholds)
