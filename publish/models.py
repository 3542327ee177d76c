"""Tables of publish: the log of runs, the copies and documents elsewhere, and how the site looked from outside."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from core.db import JSON_TYPE, Owned, UtcDateTime, enum_type


class RunState(StrEnum):
    RUNNING = "bezig"
    DONE = "gelukt"
    REFUSED = "geweigerd"
    FAILED = "mislukt"
    STOPPED = "afgebroken"
    """The process was killed half-way; found and said by the next run."""


class PublishRun(Owned, table=True):
    """One run of the export. `counts` and `seconds` are per kind and per step; `faults` has one line each."""

    __tablename__ = "publish_run"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    export_id: str = Field(max_length=60)
    state: RunState = Field(default=RunState.RUNNING, sa_type=enum_type(RunState))
    started_at: datetime = Field(sa_type=UtcDateTime, index=True)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    started_by: str = Field(max_length=200)
    changed: bool = False
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON_TYPE)
    seconds: dict[str, float] = Field(default_factory=dict, sa_type=JSON_TYPE)
    faults: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    message: str = Field(default="", max_length=500)
    categories: dict[str, int] = Field(default_factory=dict, sa_type=JSON_TYPE)
    """Documents in the sitemaps of each Woo category, by its number."""
    changes: dict[str, list[int]] = Field(default_factory=dict, sa_type=JSON_TYPE)
    """Files that are new, changed and gone, by the part of the site; against the site of before."""
    warnings: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    targets: dict[str, str] = Field(default_factory=dict, sa_type=JSON_TYPE)
    """How it went to each copy elsewhere, by its name."""


class PublishTarget(Owned, table=True):
    """A copy of the site elsewhere, as it stands. Which there are, and how to reach them, is a setting."""

    __tablename__ = "publish_target"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str = Field(max_length=60)
    export_id: str = Field(default="", max_length=60)
    """The export that it holds; empty when none ever came there whole."""
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    behind_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when it does not hold what it should; None: it is up to date."""
    error: str = Field(default="", max_length=500)


class GppDocument(Owned, table=True):
    """A document of ours as a GPP-publicatiebank knows it. What is withdrawn there has no row any more."""

    __tablename__ = "publish_gpp_document"
    __table_args__ = (UniqueConstraint("organisation_id", "target", "document_id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    target: str = Field(max_length=60)
    document_id: UUID
    loc: str = Field(max_length=2000)
    publication: str = Field(max_length=36)
    """The id of the publication there."""
    file: str = Field(default="", max_length=36)
    """The id of the document in it; empty when the file is not ours, or did not go yet."""
    state: str = Field(default="", max_length=32)
    """Of what was sent last; empty when it must be sent again."""


class PublishVerdict(Owned, table=True):
    """How the public site looked from outside, one row for each look."""

    __tablename__ = "publish_verdict"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    seen_at: datetime = Field(sa_type=UtcDateTime, index=True)
    address: str = Field(max_length=300)
    export_id: str = Field(default="", max_length=60)
    """The export that stood there, as its manifest says."""
    documents: int = 0
    faults: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    seconds: int = 0
    asked_by: str = Field(max_length=200)


def counts_of(run: PublishRun) -> dict[str, Any]:
    """What the cockpit and `openboek status` say about a run."""
    return {"export": run.export_id, "state": run.state.value, "changed": run.changed, **run.counts}
