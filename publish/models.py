"""Tables of publish: the log of runs."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

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


def counts_of(run: PublishRun) -> dict[str, Any]:
    """What the cockpit and `openboek status` say about a run."""
    return {"export": run.export_id, "state": run.state.value, "changed": run.changed, **run.counts}
