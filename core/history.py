"""What we knew when, and what was made official: revisions and versions, for the records of every register.

A *revision* is kept at every save, so that "as it was on a date" is what we knew then. A *version* is a frozen copy
that the public sees: a full snapshot with every label as of then. `publish` reads versions only.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

from sqlalchemy import Select, UniqueConstraint, func, tuple_
from sqlalchemy import select as plain_select
from sqlmodel import Field, Session, col, select

from core import audit, clock
from core.db import JSON_TYPE, Owned, Record, UtcDateTime


class Revision(Owned, table=True):
    """The full content of a record after a save. `number` counts from 1 per record."""

    __tablename__ = "core_revision"
    __table_args__ = (UniqueConstraint("subject_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=60, index=True)
    subject_id: UUID
    number: int
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor: str = Field(max_length=200)
    schema_number: int
    content: dict[str, Any] = Field(sa_type=JSON_TYPE)
    record_version: int | None = None
    """The version that the record had after this save; None for a save of before this was kept."""


class Version(Owned, table=True):
    """A frozen, official copy of a record, with an address of its own for ever.

    `ended_at` is set on the newest version when the record is ended: it stays findable as stopped.
    """

    __tablename__ = "core_version"
    __table_args__ = (UniqueConstraint("subject_id", "number"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: str = Field(max_length=60, index=True)
    subject_id: UUID
    number: int
    schema_number: int
    content: dict[str, Any] = Field(sa_type=JSON_TYPE)
    established_at: datetime = Field(sa_type=UtcDateTime)
    established_by: str = Field(max_length=200)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Kept(Protocol):
    """What has revisions: every record, and the organisation itself."""

    version: int

    def audit_key(self) -> tuple[str, UUID]: ...


def record_save(
    session: Session,
    subject: Record,
    verb: str,
    *,
    actor: audit.Actor,
    schema_number: int,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
) -> None:
    """Keep a revision of `after` and append the change to the trail. Every save of a record ends here.

    With the verb `change` a row of `register_activity` gives the action `register:activity:change`.
    """
    subject.updated_at = clock.now()  # also when only a part changed: the optimistic lock of the whole moves
    kind, _ = subject.audit_key()
    action = f"{kind.replace('_', ':', 1)}:{verb}"
    audit.record(session, actor=actor, action=action, subject=subject, before=before, after=after)
    keep_revision(session, subject, actor=actor, schema_number=schema_number, content=after)


def keep_revision(
    session: Session,
    subject: Kept,
    *,
    actor: audit.Actor,
    schema_number: int,
    content: Mapping[str, Any],
) -> None:
    """Keep what a record holds after a save that the trail knows already."""
    session.flush()  # only then the record has the version that goes with this content
    kind, subject_id = subject.audit_key()
    session.add(
        Revision(
            kind=kind,
            subject_id=subject_id,
            number=_next(session, Revision, subject_id),
            at=clock.now(),
            actor=actor.label,
            schema_number=schema_number,
            content=dict(content),
            record_version=subject.version,
        )
    )
    session.flush()


def freeze(
    session: Session, subject: Record, *, actor: audit.Actor, schema_number: int, content: Mapping[str, Any]
) -> Version:
    """Make a version of `content`: from now on the public can see it. The caller records the audit event."""
    kind, subject_id = subject.audit_key()
    version = Version(
        kind=kind,
        subject_id=subject_id,
        number=_next(session, Version, subject_id),
        schema_number=schema_number,
        content=dict(content),
        established_at=clock.now(),
        established_by=actor.label,
    )
    session.add(version)
    session.flush()
    return version


def versions_of(session: Session, subject_id: UUID) -> Sequence[Version]:
    """All versions of a record, oldest first."""
    return session.exec(select(Version).where(Version.subject_id == subject_id).order_by(col(Version.number))).all()


def newest_of_kind(kind: str, *told: Any) -> Select[Any]:  # noqa: ANN401 - columns or a whole table
    """A question for the newest version of each record of a kind: `told` of it."""
    newest = (
        select(Version.subject_id, func.max(Version.number).label("number"))
        .where(Version.kind == kind)
        .group_by(col(Version.subject_id))
        .subquery()
    )
    return plain_select(*told).join(
        newest, (col(Version.subject_id) == newest.c.subject_id) & (col(Version.number) == newest.c.number)
    )


def newest_version(session: Session, subject_id: UUID) -> Version | None:
    """The version the public sees now, ended or not; None when the record was never made official."""
    query = select(Version).where(Version.subject_id == subject_id).order_by(col(Version.number).desc()).limit(1)
    return session.exec(query).first()


def newest_versions(session: Session, subject_ids: Collection[UUID]) -> Mapping[UUID, Version]:
    """The newest version of each of these records that has one, by the id of the record."""
    of_these = col(Version.subject_id).in_(subject_ids)
    newest = select(Version.subject_id, func.max(Version.number)).where(of_these).group_by(col(Version.subject_id))
    query = select(Version).where(tuple_(col(Version.subject_id), col(Version.number)).in_(newest))
    return {version.subject_id: version for version in session.exec(query)}


def revisions_of(session: Session, subject_id: UUID) -> Sequence[Revision]:
    """All revisions of a record, newest first."""
    query = select(Revision).where(Revision.subject_id == subject_id).order_by(col(Revision.number).desc())
    return session.exec(query).all()


def newest_revision(session: Session, subject_id: UUID) -> Revision | None:
    """The last save of a record: who, when and what."""
    query = select(Revision).where(Revision.subject_id == subject_id).order_by(col(Revision.number).desc()).limit(1)
    return session.exec(query).first()


def last_before(session: Session, subject_id: UUID, moment: datetime) -> Revision | None:
    """What we knew of a record just before a moment; None when nothing was saved by then."""
    query = select(Revision).where(Revision.subject_id == subject_id, col(Revision.at) < moment)
    return session.exec(query.order_by(col(Revision.number).desc()).limit(1)).first()


def opened_revision(session: Session, subject_id: UUID, version: int) -> Revision | None:
    """What a record held at a version, that of a page which somebody opened; None when that is not known (any more)."""
    query = select(Revision).where(Revision.subject_id == subject_id, col(Revision.record_version) <= version)
    return session.exec(query.order_by(col(Revision.number).desc()).limit(1)).first()


def is_saved_since(session: Session, subject: Record, version: int) -> bool:
    """Whether somebody saved a record itself; of a save of before versions were noted only the version tells."""
    newest = newest_revision(session, subject.id)
    return subject.version != version and (newest is None or (newest.record_version or subject.version) > version)


def _next(session: Session, table: type[Revision] | type[Version], subject_id: UUID) -> int:
    highest = session.exec(select(func.max(table.number)).where(table.subject_id == subject_id)).one()
    return (highest or 0) + 1
