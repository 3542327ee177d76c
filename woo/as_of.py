"""The Woo as it was at the end of a day: what we knew then, concepts included. Read from revisions and versions."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session, col, func, select

from core import clock
from core.audit import AuditEvent
from core.content import Part
from core.errors import BadInput
from core.history import Revision, Version
from core.organisations import the_organisation
from woo import lists, rules
from woo.content import (
    CategoryContent,
    DocumentContent,
    DocumentState,
    OverviewContent,
    ProcessContent,
    ProcessState,
    RequestContent,
)
from woo.models import Category, Document, MappedProcess, Overview, Readiness, WooRequest

Content = TypeVar("Content", bound=Part)
_READ = ("title", *rules.OF_TERMS)
"""With tens of thousands of documents the rest would only take time."""


@dataclass(frozen=True, slots=True)
class DocumentThen:
    """A document as it was. `published_on` is the day on which the public saw it first."""

    title: str
    content: DocumentContent
    state: DocumentState
    planned_on: date | None
    published_on: date | None
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True)
class WooThen:
    """Everything of the Woo that a report counts, at the end of `day`; categories by number, in the order of the law.

    `connected`: per category how many mapped processes published, of how many that had to; `connected_at` the same at
    the end of each earlier year for which there was an ambition. `looked_at`: see `rules.CategoryFacts`.
    """

    organisation: str
    day: date
    categories: Mapping[str, CategoryContent]
    documents: Sequence[DocumentThen]
    connected: Mapping[str, tuple[int, int]]
    connected_at: Mapping[int, Mapping[str, tuple[int, int]]]
    requests: Sequence[RequestContent]
    overviews: Sequence[OverviewContent]
    looked_at: Mapping[str, Mapping[str, tuple[date, str]]]


def read(session: Session, day: date) -> WooThen:
    """The Woo at the end of a day in the Netherlands.

    Raises:
        BadInput: the day is still to come.
    """
    if day > clock.today():
        raise BadInput("Deze dag moet nog komen. Kies vandaag of een eerdere dag.")
    moment = clock.end_of_day(day)
    kept = {saved["number"]: _of(CategoryContent, saved) for _, saved in _newest(session, Category, moment)}
    categories = {number: kept[number] for number in lists.categories() if number in kept}
    years = {one.year for content in categories.values() for one in content.ambitions if one.year < day.year}
    return WooThen(
        organisation=the_organisation(session).name,
        day=day,
        categories=categories,
        documents=tuple(_documents(session, moment)),
        connected=_connected(session, moment),
        connected_at={year: _connected(session, clock.end_of_day(date(year, 12, 31))) for year in sorted(years)},
        requests=tuple(_of(RequestContent, saved) for _, saved in _newest(session, WooRequest, moment)),
        overviews=tuple(_overviews(session, moment)),
        looked_at=_looked_at(session, moment),
    )


def _documents(session: Session, moment: datetime) -> Iterator[DocumentThen]:
    first = dict(
        session.exec(
            select(Version.subject_id, func.min(Version.established_at))
            .where(Version.kind == str(Document.__tablename__), col(Version.established_at) < moment)
            .group_by(col(Version.subject_id))
        ).all()
    )
    for subject_id, saved in _newest(session, Document, moment):
        content = DocumentContent.model_validate({name: saved[name] for name in _READ if name in saved})
        withdrawn_at = saved.get("withdrawn_at")
        yield DocumentThen(
            title=content.title,
            content=content,
            state=DocumentState(saved["state"]),
            planned_on=date.fromisoformat(saved["planned_on"]) if saved.get("planned_on") else None,
            published_on=_day(first.get(subject_id)),
            withdrawn_on=_day(datetime.fromisoformat(withdrawn_at)) if withdrawn_at else None,
        )


def _connected(session: Session, moment: datetime) -> Mapping[str, tuple[int, int]]:
    removed = set(
        session.exec(
            select(AuditEvent.subject_id).where(AuditEvent.action == "woo:process:remove", col(AuditEvent.at) < moment)
        )
    )
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for subject_id, saved in _newest(session, MappedProcess, moment):
        process = _of(ProcessContent, saved)
        if subject_id not in removed and process.state is not ProcessState.NOT_NEEDED:
            done, total = found[process.category]
            found[process.category] = (done + (process.state is ProcessState.CONNECTED), total + 1)
    return dict(found)


def _overviews(session: Session, moment: datetime) -> Iterator[OverviewContent]:
    """Those that the public saw."""
    query = (
        select(Version)
        .where(Version.kind == str(Overview.__tablename__), col(Version.established_at) < moment)
        .order_by(col(Version.number))
    )
    newest = {version.subject_id: version for version in session.exec(query)}
    for version in newest.values():
        if version.ended_at is None or version.ended_at >= moment:
            yield OverviewContent.model_validate(version.content)


def _looked_at(session: Session, moment: datetime) -> Mapping[str, Mapping[str, tuple[date, str]]]:
    """Only the last look at a place is kept: of an earlier day nothing is known when somebody looked again since."""
    found: dict[str, dict[str, tuple[date, str]]] = defaultdict(dict)
    for one in session.exec(select(Readiness).where(col(Readiness.at) < moment).order_by(col(Readiness.at))):
        found[one.category][one.url] = (one.at.astimezone(clock.AMSTERDAM).date(), one.fault)
    return dict(found)


def _newest(
    session: Session, table: type[Category | Document | MappedProcess | WooRequest], moment: datetime
) -> Iterator[tuple[UUID, Mapping[str, Any]]]:
    """The last save of every record before a moment, in a fixed order."""
    newest = (
        select(col(Revision.subject_id).label("subject_id"), func.max(Revision.number).label("number"))
        .where(Revision.kind == str(table.__tablename__), col(Revision.at) < moment)
        .group_by(col(Revision.subject_id))
        .subquery()
    )
    query = (
        select(Revision.subject_id, Revision.content)
        .join(newest, (col(Revision.subject_id) == newest.c.subject_id) & (col(Revision.number) == newest.c.number))
        .order_by(col(Revision.subject_id))
        .execution_options(yield_per=500)
    )
    yield from session.exec(query)


def _of(model: type[Content], saved: Mapping[str, Any]) -> Content:
    return model.model_validate({name: saved[name] for name in model.model_fields if name in saved})


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(clock.AMSTERDAM).date() if moment else None
