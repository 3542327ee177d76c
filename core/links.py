"""Joins records of different registers without imports between them: a product collects data in a processing.

A reference is a kind (the table's name) and an id. Who reads a link looks the other side up through the roof (`app`).
"""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, or_, select

from core import audit
from core.db import Record, enum_type
from core.errors import NotFound


class LinkKind(StrEnum):
    """What the first record does with the second."""

    COLLECTS = "collects"
    """A product collects personal data in a processing activity."""
    YIELDS = "yields"
    """A product brings forth documents of a Woo category."""
    RELATES = "relates"


class Link(Record, table=True):
    __tablename__ = "core_link"
    __table_args__ = (
        UniqueConstraint("organisation_id", "from_id", "to_id", "kind"),
        Index("ix_core_link_to", "to_id"),
    )

    kind: LinkKind = Field(sa_type=enum_type(LinkKind))
    from_kind: str = Field(max_length=60)
    from_id: UUID
    to_kind: str = Field(max_length=60)
    to_id: UUID

    def audit_label(self) -> str:
        return f"{self.from_kind} {self.kind} {self.to_kind}"


def link(
    session: Session, kind: LinkKind, source: tuple[str, UUID], target: tuple[str, UUID], *, actor: audit.Actor
) -> Link:
    """Join two records; doing it twice is harmless.

    Raises:
        NotFound: one of them is not in this organisation (a record of another one does not exist here).
    """
    for kind_of_record, record_id in (source, target):
        if not _is_here(session, kind_of_record, record_id):
            raise NotFound("Wat u wilt koppelen, staat niet in dit register. Ververs de pagina en kies opnieuw.")
    query = select(Link).where(Link.kind == kind, Link.from_id == source[1], Link.to_id == target[1])
    found = session.exec(query).first()
    if found:
        return found
    new = Link(kind=kind, from_kind=source[0], from_id=source[1], to_kind=target[0], to_id=target[1])
    session.add(new)
    audit.record(
        session, actor=actor, action="core:link:add", subject=new, after={"from": str(source[1]), "to": str(target[1])}
    )
    return new


def _is_here(session: Session, kind: str, record_id: UUID) -> bool:
    """Whether this organisation has such a record; what no register keeps is nowhere."""
    tables = {
        mapper.class_.__tablename__: mapper.class_
        for mapper in SQLModel._sa_registry.mappers  # noqa: SLF001 - the one list of all tables, as in core.db
        if issubclass(mapper.class_, Record)
    }
    return kind in tables and session.get(tables[kind], record_id) is not None


def unlink(session: Session, found: Link, *, actor: audit.Actor) -> None:
    """Take a link away."""
    before = {"from": str(found.from_id), "to": str(found.to_id)}
    session.delete(found)
    audit.record(session, actor=actor, action="core:link:remove", subject=found, before=before)


def links_of(session: Session, record_id: UUID) -> Sequence[Link]:
    """All links from or to a record."""
    query = select(Link).where(or_(Link.from_id == record_id, Link.to_id == record_id)).order_by(col(Link.created_at))
    return session.exec(query).all()


def linked_ids(session: Session, kind: LinkKind, *, from_kind: str, to_kind: str) -> frozenset[tuple[UUID, UUID]]:
    """Every pair (from, to) of one kind of link between two kinds of records."""
    query = select(Link.from_id, Link.to_id).where(
        Link.kind == kind, Link.from_kind == from_kind, Link.to_kind == to_kind
    )
    return frozenset((source, target) for source, target in session.exec(query))
