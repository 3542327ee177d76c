"""Whom the public metadata of a document name: when it changes, its neighbours change too."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from core import audit
from woo import snapshot
from woo.content import DocumentState
from woo.models import Document, PublicReference, Sitemap
from woo.services.sitemaps import later


def store_references(session: Session, document: Document, content: Mapping[str, Any]) -> frozenset[UUID]:
    """Keep whom the public metadata name; gives back the neighbours that this makes."""
    wanted = frozenset((UUID(target), is_part) for target, is_part in snapshot.references(content))
    known = forget_references(session, document, wanted)
    session.add_all(
        PublicReference(source_id=document.id, target_id=target, is_part=is_part) for target, is_part in wanted - known
    )
    session.flush()
    return neighbours_of(session, document)


def forget_references(
    session: Session, document: Document, wanted: frozenset[tuple[UUID, bool]]
) -> frozenset[tuple[UUID, bool]]:
    """Remove the references that are not wanted; gives back those that stay."""
    stored = session.exec(select(PublicReference).where(PublicReference.source_id == document.id)).all()
    for reference in stored:
        if (reference.target_id, reference.is_part) not in wanted:
            session.delete(reference)
    return frozenset((reference.target_id, reference.is_part) for reference in stored) & wanted


def neighbours_of(session: Session, document: Document) -> frozenset[UUID]:
    """Documents whose public metadata name this one: those that refer to it, and the whole that it is a part of."""
    refers = session.exec(select(PublicReference.source_id).where(PublicReference.target_id == document.id))
    whole = session.exec(
        select(PublicReference.target_id).where(
            PublicReference.source_id == document.id, col(PublicReference.is_part).is_(True)
        )
    )
    return frozenset(refers) | frozenset(whole)


def renew(session: Session, neighbours: frozenset[UUID], document: Document, *, actor: audit.Actor) -> None:
    """Move `lastmod` of neighbours that are public: what they say of this document has changed."""
    if not neighbours:
        return
    query = select(Document).where(col(Document.id).in_(neighbours), Document.state == DocumentState.PUBLISHED)
    for neighbour in session.exec(query.order_by(col(Document.id))).all():
        moment = neighbour.lastmod_at = later(neighbour.lastmod_at)
        sitemap = session.get(Sitemap, neighbour.sitemap_id) if neighbour.sitemap_id else None
        if sitemap:
            sitemap.changed_at = later(sitemap.changed_at)
        audit.record(
            session,
            actor=actor,
            action="woo:document:renew",
            subject=neighbour,
            after={"because_of": str(document.id), "lastmod_at": moment.isoformat()},
        )
