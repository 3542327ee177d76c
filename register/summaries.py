"""What is worked out from each record for the list, and kept: findings, facts to filter on, words to search.

All of it can be made again at any moment from the records (`services.summarising`), which alone says what is true.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Index, UniqueConstraint, delete, event
from sqlalchemy.orm import Mapper
from sqlmodel import Field, col

from core import columns
from core.db import JSON_TYPE, Owned, UtcDateTime, enum_type
from register.checks import CHECKS, Finding
from register.content import Publication, Regime, Role, Status
from register.models import ProcessingActivity, kenmerk


class Summary(Owned, table=True):
    """A record in one flat row: the list filters and sorts here, and joins nothing."""

    __tablename__ = "register_summary"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        Index("ix_register_summary_status", "organisation_id", "status"),  # to count without reading the rows
    )

    organisation_id: UUID = Field(default=None, foreign_key="core_organisation.id")
    activity_id: UUID = Field(foreign_key="register_activity.id", primary_key=True)
    number: int
    status: Status = Field(sa_type=enum_type(Status))
    status_at: date | None = None
    errors: int = 0
    warnings: int = 0
    tips: int = 0
    turns_on: date
    """The first day after it was looked at on which something else may be found, also when nobody changes it."""
    name: str = columns.line(120)
    sort_name: str = columns.line()
    """In small letters without accents, so that both databases sort alike; the same for those below."""
    external_number: str = columns.line(80)
    domain: str = columns.line(80)
    team: str = columns.line()
    sort_team: str = columns.line()
    process_owner: str = columns.line()
    sort_owner: str = columns.line()
    controller: str = columns.line(80)
    body: str = columns.line(200)
    """The name of the controller."""
    role: Role = columns.choice(Role, Role.CONTROLLER)
    regime: Regime = columns.choice(Regime, Regime.AVG)
    publication: Publication | None = columns.choice(Publication)
    legal_bases: str = columns.line()
    """Codes, each between spaces."""
    has_special: bool = False
    has_bsn: bool = False
    about_children: bool = False
    dpia_status: str = columns.line(40)
    processors: str = columns.text()
    """Names, one on each line; the same for `systems`."""
    systems: str = columns.text()
    reviewed_on: date | None = None
    next_review_on: date | None = None
    changed_at: datetime = Field(sa_type=UtcDateTime)
    last_editor: str = columns.line(200)

    @property
    def kenmerk(self) -> str:
        return kenmerk(self.number)


class SummaryWords(Owned, table=True):
    """The words of a record, to search in. Apart from `Summary`: to filter or sort would be to read these too."""

    __tablename__ = "register_summary_words"

    activity_id: UUID = Field(foreign_key="register_activity.id", primary_key=True)
    number: int
    words: str = columns.text()
    """Every word of the record once, in small letters without accents, with a space between; see `words_of`."""


class SummaryFindings(Owned, table=True):
    """What the checks find in a record and nobody closed. Apart from `Summary`, which is read from end to end."""

    __tablename__ = "register_summary_findings"

    activity_id: UUID = Field(foreign_key="register_activity.id", primary_key=True)
    findings: list[Any] = Field(sa_type=JSON_TYPE)
    """As `packed`."""
    entry: list[Any] = Field(sa_type=JSON_TYPE)
    """What the checks on the whole register look at: `rules.Entry` without its number."""


KEPT = (Summary, SummaryWords, SummaryFindings)
"""What is worked out of each record."""


class SummaryMark(Owned, table=True):
    """Up to where in the trail the summaries of an organisation are true, on which day, and by which rules."""

    __tablename__ = "register_summary_mark"

    organisation_id: UUID = Field(foreign_key="core_organisation.id", primary_key=True)
    sequence: int
    hash: str = Field(max_length=64)
    day: date
    program: str = Field(max_length=64)
    context: str = Field(max_length=64)
    """Fingerprint of what surrounds every record alike, such as the limits that the organisation chose."""
    technical_names: list[str] = columns.codes()
    """Names that do not belong in a text for the website: when one comes, only records with its words change."""


class SummaryWhole(Owned, table=True):
    """What the checks on the organisation and the whole register find, as long as the mark holds. Kept by who asks."""

    __tablename__ = "register_summary_whole"

    organisation_id: UUID = Field(foreign_key="core_organisation.id", primary_key=True)
    findings: list[Any] = Field(sa_type=JSON_TYPE)
    """As `packed`, each with the record that it is about."""


class Packed(NamedTuple):
    """A finding as it is kept: what `data/regels.json` says of the check is not."""

    rule_id: str
    message: str
    fields: Sequence[str]
    about: str
    subject: str
    """Empty for a finding in a record, which is kept with that record."""


def packed(finding: Finding) -> Packed:
    return Packed(finding.rule_id, finding.message, finding.fields, finding.about, finding.subject)


def unpacked(kept: Sequence[Any], kenmerk: str = "") -> Finding:
    """The finding again; `kenmerk` of the record that it was kept with."""
    rule_id, message, fields, about, subject = kept
    return Finding(CHECKS[rule_id], tuple(fields), message, about, subject or kenmerk)


@event.listens_for(ProcessingActivity, "after_update")
def _forget(_mapper: Mapper[Any], connection: Connection, activity: ProcessingActivity) -> None:
    # Words that were taken out of a record (a mistyped BSN) may not stay here until somebody looks at the list.
    for table in KEPT:
        connection.execute(delete(table).where(table.activity_id == activity.id))  # type: ignore[arg-type]
    mine = col(SummaryWhole.organisation_id) == activity.organisation_id
    connection.execute(delete(SummaryWhole).where(mine))
