"""Searching one chain of the trail: newest first, page by page, quick with a hundred thousand events."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func, or_
from sqlmodel import Session, col, select

from core.audit import AuditEvent
from core.clock import end_of_day, start_of_day
from core.db import folded
from core.values import fold

MAX_NUMBER = 2**31 - 1
"""The largest number that every database can compare with."""


@dataclass(frozen=True, slots=True)
class Search:
    """What to find; what is empty does not limit. Days are Dutch days, and count as a whole."""

    since: date | None = None
    until: date | None = None
    actor: str = ""
    """A part of the name, whatever its case and accents; so is `label`."""
    action: str = ""
    label: str = ""
    """A part of the name of the record."""
    subjects: Collection[UUID] = ()
    """Records; with a `label` either may fit."""
    words: str = ""
    """A text in the contents."""


def page_of(
    session: Session, chain: UUID, search: Search, *, before: int | None = None, limit: int = 50
) -> Sequence[AuditEvent]:
    """At most `limit` events of a chain, newest first, older than number `before`."""
    query = select(AuditEvent).where(*_conditions(session, chain, search))
    if before is not None:
        query = query.where(AuditEvent.sequence < before)
    return session.exec(query.order_by(col(AuditEvent.sequence).desc()).limit(limit)).all()


def all_of(session: Session, chain: UUID, search: Search) -> Iterator[AuditEvent]:
    """Every event that fits, oldest first, a batch at a time."""
    query = select(AuditEvent).where(*_conditions(session, chain, search)).order_by(col(AuditEvent.sequence))
    for event in session.exec(query.execution_options(yield_per=500)):
        session.expunge(event)
        yield event


def actions_in(session: Session, chain: UUID) -> Sequence[str]:
    """The actions that occur in a chain: from one to the next in the index, for they are few and events are many."""
    found: list[str] = []
    query = select(func.min(AuditEvent.action)).where(AuditEvent.organisation_id == chain)
    following: str | None = session.exec(query).one()
    while following is not None:
        found.append(following)
        following = session.exec(query.where(AuditEvent.action > following)).one()
    return found


def _conditions(session: Session, chain: UUID, search: Search) -> Iterator[ColumnElement[bool]]:
    yield col(AuditEvent.organisation_id) == chain
    if search.since:
        yield col(AuditEvent.at) >= start_of_day(search.since)
    if search.until:
        yield col(AuditEvent.at) < end_of_day(search.until)
    if search.actor:
        yield folded(col(AuditEvent.actor)).contains(fold(search.actor), autoescape=True)
    if search.action:
        yield col(AuditEvent.action) == search.action
    if search.label or search.subjects:
        either: list[ColumnElement[bool]] = (
            [col(AuditEvent.subject_id).in_(list(search.subjects))] if search.subjects else []
        )
        if search.label:
            either.append(folded(col(AuditEvent.subject_label)).contains(fold(search.label), autoescape=True))
        yield or_(*either)
    if search.words:
        yield text_in(session, cast(col(AuditEvent.contents), Text), search.words)


def text_in(session: Session, column: ColumnElement[Any], words: str) -> ColumnElement[bool]:
    """Whether JSON, cast to text, holds a text, in whatever case.

    SQLite keeps letters with accents as codes, PostgreSQL as letters; small and capital ones have other codes.
    """
    as_codes = session.get_bind().dialect.name == "sqlite"
    written = {json.dumps(form, ensure_ascii=as_codes)[1:-1] for form in (words, words.lower(), words.upper())}
    return or_(*(column.icontains(form, autoescape=True) for form in sorted(written)))
