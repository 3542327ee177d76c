"""Reading the register: one record, what happened to it, and who names what."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core import values
from core.audit import AuditEvent
from core.db import folded
from core.errors import NotFound
from core.history import Revision, Version
from core.organisations import Body, Party, System, Team
from register.content import Status
from register.models import (
    NUMBER_PREFIX,
    ActivityPart,
    Agreement,
    AgreementKind,
    CovenantUse,
    JointController,
    Law,
    Principal,
    ProcessingActivity,
    ProcessorUse,
    PurposeLaw,
    SystemUse,
    kenmerk,
)

PAGE_SIZE = 50
OWN_HOUSE = "bedrijfsvoering"
"""Domain of what the municipality does to run itself: no product and no special law explains that."""
_KENMERK = re.compile(rf"^{NUMBER_PREFIX}-([0-9]{{1,9}})$", re.IGNORECASE)


Known = TypeVar("Known", Agreement, Law)


@dataclass(frozen=True, slots=True)
class Shelf(Generic[Known]):
    """One page of a shared list; `uses` counts by id how many records name one."""

    items: Sequence[Known]
    uses: Mapping[UUID, int]
    total: int
    page: int
    pages: int


def with_status(
    session: Session, status: Status, *, limit: int, with_note: bool = False
) -> tuple[Sequence[ProcessingActivity], int]:
    """The first records with a status, those that have it longest first, and how many there are.

    `with_note`: only those of which something was said with that status.
    """
    where = [col(ProcessingActivity.status) == status]
    if with_note:
        where.append(col(ProcessingActivity.status_note) != "")
    total = session.exec(select(func.count()).select_from(ProcessingActivity).where(*where)).one()
    query = select(ProcessingActivity).where(*where)
    ordered = query.order_by(col(ProcessingActivity.status_at), col(ProcessingActivity.number)).limit(limit)
    return session.exec(ordered).all(), total


def waiting_numbers(session: Session, statuses: Collection[Status]) -> list[int]:
    """The numbers of all records with one of these statuses."""
    query = select(ProcessingActivity.number).where(col(ProcessingActivity.status).in_(statuses))
    return list(session.exec(query.order_by(col(ProcessingActivity.number))))


def living(session: Session, numbers: Collection[int]) -> Sequence[ProcessingActivity]:
    """The records with these numbers that did not end."""
    query = select(ProcessingActivity).where(
        col(ProcessingActivity.number).in_(numbers), ProcessingActivity.status != Status.ENDED
    )
    return session.exec(query.order_by(col(ProcessingActivity.number))).all()


def using(session: Session, item: Body | Team | Party | System | Agreement | Law) -> Sequence[ProcessingActivity]:
    """Every record, by number, that names a shared thing: a party and an agreement in any part."""
    named: list[ColumnElement[bool]] = []
    match item:
        case Body():
            named = [col(ProcessingActivity.controller) == item.code]
        case Team():
            named = [col(ProcessingActivity.team_id) == item.id]
        case System():
            named = [_names(SystemUse, col(SystemUse.system_id) == item.id)]
        case Law():
            named = [_names(PurposeLaw, col(PurposeLaw.law_id) == item.id)]
        case Agreement():
            named = [_names(part, col(part.agreement_id) == item.id) for part in AGREEMENT_USES]
        case _:
            named = [_names(part, col(part.party_id) == item.id) for part in (ProcessorUse, JointController, Principal)]
    query = select(ProcessingActivity).where(or_(*named)).order_by(col(ProcessingActivity.number))
    return session.exec(query).all()


AGREEMENT_USES = (ProcessorUse, JointController, Principal, CovenantUse)


def agreements(session: Session, *, search: str = "", kind: str = "", page: int = 1) -> Shelf[Agreement]:
    """One page of the agreements, by title. Words are looked for in the title and the name of the party."""
    query = select(Agreement).join(Party, isouter=True)
    for word in values.fold(search).split():
        query = query.where(
            or_(*(folded(column).contains(word, autoescape=True) for column in map(col, (Agreement.title, Party.name))))
        )
    if kind:
        query = query.where(Agreement.kind == kind)
    uses = [(part.agreement_id, part.activity_id) for part in AGREEMENT_USES]
    return _shelf(session, query, uses, page, func.lower(Agreement.title), func.lower(Party.name), Agreement.id)


def agreements_with(session: Session, party: Party) -> Sequence[Agreement]:
    """What was agreed with a party, oldest first."""
    query = select(Agreement).where(Agreement.party_id == party.id)
    return session.exec(query.order_by(col(Agreement.created_at), col(Agreement.id))).all()


def laws(session: Session, *, search: str = "", page: int = 1) -> Shelf[Law]:
    """One page of the laws, by name. Words are looked for in the names and the BWB number."""
    query = select(Law)
    for word in values.fold(search).split():
        named = map(col, (Law.name, Law.short_name, Law.bwb_number))
        query = query.where(or_(*(folded(column).contains(word, autoescape=True) for column in named)))
    return _shelf(session, query, [(PurposeLaw.law_id, PurposeLaw.activity_id)], page, func.lower(Law.name), Law.id)


def articles_of(session: Session, law: Law) -> Sequence[tuple[str, ProcessingActivity]]:
    """Every record that rests on a law, with the article it names; by article, and once for each."""
    query = select(PurposeLaw.article, ProcessingActivity).join(
        ProcessingActivity, col(PurposeLaw.activity_id) == col(ProcessingActivity.id)
    )
    found = session.exec(query.where(PurposeLaw.law_id == law.id).order_by(col(ProcessingActivity.number))).all()
    pairs = {(article, activity.number): activity for article, activity in found}
    return [(key[0], activity) for key, activity in sorted(pairs.items(), key=lambda pair: _by_article(*pair[0]))]


def _by_article(article: str, number: int) -> tuple[list[tuple[int, str]], int]:
    """Article 10 comes after article 9."""
    parts = re.findall(r"[0-9]+|[^0-9]+", article)
    return [(int(part), "") if part[0] in "0123456789" else (0, part) for part in parts], number


def find_shared(session: Session, table: type[Known], number: UUID) -> Known:
    """One agreement or law.

    Raises:
        NotFound: this organisation has no such one.
    """
    found = session.exec(select(table).where(table.id == number)).first()
    if found is None:
        raise NotFound("Dit staat niet (meer) in de lijst. Ga terug naar de lijst.")
    return found


def names_of_agreements(session: Session, kind: AgreementKind) -> list[str]:
    """Titles to choose from."""
    query = select(Agreement.title).where(Agreement.kind == kind, Agreement.title != "").distinct()
    return sorted(session.exec(query), key=str.casefold)


def names_of_laws(session: Session) -> list[str]:
    """Names to choose from."""
    return sorted(set(session.exec(select(Law.name).where(Law.name != ""))), key=str.casefold)


def _shelf(
    session: Session,
    matching: SelectOfScalar[Known],
    uses: Sequence[tuple[Any, Any]],
    page: int,
    *order: Any,  # noqa: ANN401 - columns
) -> Shelf[Known]:
    total = session.exec(select(func.count()).select_from(matching.subquery())).one()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    items = session.exec(matching.order_by(*order).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)).all()
    ids = [item.id for item in items]
    users: dict[UUID, set[UUID]] = {number: set() for number in ids}
    for shared_id, activity_id in uses:
        for number, user in session.exec(select(shared_id, activity_id).where(col(shared_id).in_(ids))):
            users[number].add(user)
    return Shelf(items, {number: len(found) for number, found in users.items()}, total, page, pages)


def _names(part: type[ActivityPart], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return col(ProcessingActivity.id).in_(select(part.activity_id).where(condition))


def find(session: Session, kenmerk_or_id: str) -> ProcessingActivity:
    """One record by its kenmerk (`VW-0001`) or its id.

    Raises:
        NotFound: this organisation has no such record.
    """
    query = select(ProcessingActivity)
    if match := _KENMERK.match(kenmerk_or_id.strip()):
        query = query.where(ProcessingActivity.number == int(match[1]))
    else:
        try:
            query = query.where(ProcessingActivity.id == UUID(kenmerk_or_id.strip()))
        except ValueError:
            raise NotFound(f"Er is geen verwerking '{kenmerk_or_id}'. Gebruik een kenmerk zoals VW-0001.") from None
    found = session.exec(query).first()
    if found is None:
        raise NotFound(f"Er is geen verwerking '{kenmerk_or_id}' in dit register. Zoek op naam in de lijst.")
    return found


def find_version(session: Session, activity: ProcessingActivity, number: int) -> Version:
    """One frozen version of a record.

    Raises:
        NotFound: it has no version with this number.
    """
    query = select(Version).where(Version.subject_id == activity.id, Version.number == number)
    found = session.exec(query).first()
    if found is None:
        raise NotFound(f"{activity.kenmerk} heeft geen versie {number}. Kijk in de lijst met versies.")
    return found


@dataclass(frozen=True, slots=True)
class Save:
    """One thing that happened to a record."""

    at: datetime
    actor: str
    verb: str
    """What was done, as the action in the trail ends: `change`, `establish`, `remark:add`."""
    note: str = ""
    """What was said with it: a note, a question or a reason."""
    revision: int = 0
    """Number of the revision that was kept with it; 0 when none was, or it was cleaned away."""


def saves_of(session: Session, activity: ProcessingActivity, *, limit: int = 100) -> Sequence[Save]:
    """What happened to a record, newest first."""
    said = [col(AuditEvent.contents)["after"][name].as_string() for name in ("note", "reason")]
    query = (
        select(AuditEvent.at, AuditEvent.actor, AuditEvent.action, func.coalesce(*said, ""))
        .where(AuditEvent.subject_id == activity.id)
        .order_by(col(AuditEvent.sequence).desc())
        .limit(limit)
    )
    kept = select(Revision.at, Revision.number).where(Revision.subject_id == activity.id)
    revisions = list(session.exec(kept.order_by(col(Revision.number).desc()).limit(limit)))
    found = []
    for at, actor, action, said_with_it in session.exec(query):
        verb = action.removeprefix("register:").removeprefix("activity:")
        # Both newest first; a revision is kept right after the event of its save, unless it was cleaned away.
        has_revision = ":" not in verb and revisions and revisions[0][0] >= at
        number = revisions.pop(0)[1] if has_revision else 0
        found.append(Save(at, actor, verb, said_with_it, number))
    return found


def counts_by_status(session: Session) -> dict[Status, int]:
    """How many records there are in each status; every status is there."""
    query = select(ProcessingActivity.status, func.count()).group_by(col(ProcessingActivity.status))
    found = dict(session.exec(query).all())
    return {status: found.get(status, 0) for status in Status}


@dataclass(frozen=True, slots=True)
class Node:
    """A record as the rules across registers see it. `has_task`: it serves a task that a law gives, or ourselves."""

    id: UUID
    label: str
    href: str
    has_task: bool


def nodes(session: Session) -> Sequence[Node]:
    """Every living record, for the rules across registers."""
    with_article = set(session.exec(select(PurposeLaw.activity_id).where(PurposeLaw.article != "").distinct()))
    activity = ProcessingActivity
    query = (
        select(activity.id, activity.number, activity.name, activity.domain)
        .where(activity.status != Status.ENDED)
        .order_by(col(activity.number))
    )
    return [
        Node(
            activity_id,
            f"{kenmerk(number)} {name}",
            f"/register/{kenmerk(number)}/",
            has_task=domain == OWN_HOUSE or activity_id in with_article,
        )
        for activity_id, number, name, domain in session.exec(query)
    ]


def count_established(session: Session) -> int:
    """How many records have a version that the register stands for: made official and not ended."""
    table = ProcessingActivity.__tablename__
    newest = (
        select(Version.subject_id, func.max(Version.number).label("number"))
        .where(Version.kind == table)
        .group_by(col(Version.subject_id))
        .subquery()
    )
    query = (
        select(func.count())
        .select_from(Version)
        .join(newest, (col(Version.subject_id) == newest.c.subject_id) & (col(Version.number) == newest.c.number))
        .where(col(Version.ended_at).is_(None))
    )
    return session.exec(query).one()
