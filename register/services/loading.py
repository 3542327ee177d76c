"""The content of many records at once, read as plain rows: far quicker than records that can be changed."""

from collections.abc import Collection, Iterator, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import inspect
from sqlmodel import Session, col, select

from core.organisations import Team
from register.content import ActivityContent
from register.models import ProcessingActivity
from register.services import plain
from register.services.rows import read

AT_ONCE = 200
"""Records in one query: a database takes no endless list of parameters."""
_ALWAYS = ("id", "number", "status")
Batch = Sequence[tuple[ProcessingActivity, ActivityContent]]


def batches(session: Session, ids: Collection[UUID], only: Collection[str] = ()) -> Iterator[Batch]:
    """Each record with its content (see `content_of`), a few hundred at a time. These records cannot be changed.

    With `only` nothing else is read than these fields of the content.
    """
    wanted, lists = list(ids), plain.NAMES & frozenset(only) if only else plain.NAMES
    names = [one.key for one in inspect(ProcessingActivity).column_attrs if _is_wanted(one.key, only)]
    columns = [getattr(ProcessingActivity, name) for name in names]
    query: Any = select(Team.name, *columns).select_from(ProcessingActivity).join(Team, isouter=True)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        parts = plain.parts_of(session, some, lists)
        found = session.exec(query.where(col(ProcessingActivity.id).in_(some)))
        rows: list[Any] = [_row(team, dict(zip(names, values, strict=True))) for team, *values in found]
        yield [(row, read(row, parts[row.id], only)) for row in rows]


def _is_wanted(name: str, only: Collection[str]) -> bool:
    """Whether a column of a record is asked for; `dpia_status` is a part of `dpia`."""
    return not only or name in _ALWAYS or name in only or any(name.startswith(f"{field}_") for field in only)


def _row(team: str | None, facts: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(**facts, team=SimpleNamespace(name=team) if team else None)
