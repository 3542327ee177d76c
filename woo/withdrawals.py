"""Withdrawals outrank restore: what was taken back after a backup was made stays gone when the backup comes back.

Two witnesses: the database that is put aside, and the lists of withdrawn addresses in the releases of the site. Of
overviews that were taken off the website only the first knows.

Nor do the moments that the harvester goes by move back: what was changed since comes back as a change.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, inspect, text
from sqlmodel import Session, col, select

from core import audit, clock, jobs
from core.db import bind_organisation
from core.folder import Folder
from core.organisations import Organisation
from woo import files, services
from woo.content import DocumentState, OverviewKind
from woo.models import Document, Dossier, Overview, Sitemap, WithdrawnAddress
from woo.services.sitemaps import later

_AT_ONCE = 500
UNKNOWN_REASON = "Ingetrokken nadat de back-up was gemaakt; bij het terugzetten opnieuw ingetrokken."


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That an address was taken back. From a list of the site only organisation and address are known."""

    organisation: str
    loc: str
    category: str = ""
    document_id: UUID | None = None
    at: datetime | None = None
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Moments:
    """Which `lastmod` the harvester may have seen: of each document by its address, of each sitemap by its name."""

    documents: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    sitemaps: Mapping[tuple[str, str, int], datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Again:
    """How it went: addresses of documents that were withdrawn again, and those whose document the backup does not have.

    Those are gone for good as well: see `woo.models.WithdrawnAddress`.
    """

    documents: Sequence[str]
    unknown: Sequence[str]


@dataclass(frozen=True, slots=True)
class Hidden:
    """When an overview was last taken off the website."""

    organisation: str
    kind: OverviewKind
    at: datetime


def in_database(connection: Connection) -> list[Withdrawal]:
    """The withdrawals that a database knows. Plain SQL: it may be of an older version."""
    documents = """
        SELECT o.code, d.loc, d.category, d.id, d.withdrawn_at, d.withdrawal_reason, d.withdrawal_note
        FROM woo_document d JOIN core_organisation o ON o.id = d.organisation_id
        WHERE d.state = :state AND d.loc IS NOT NULL
    """
    addresses = """
        SELECT o.code, a.loc, a.category, NULL, a.withdrawn_at, a.withdrawal_reason, a.withdrawal_note
        FROM woo_withdrawn_address a JOIN core_organisation o ON o.id = a.organisation_id
    """
    found = list(connection.execute(text(documents), {"state": DocumentState.WITHDRAWN.value}).all())
    if inspect(connection).has_table(str(WithdrawnAddress.__tablename__)):
        found += connection.execute(text(addresses)).all()
    return [
        Withdrawal(code, loc, category, UUID(str(id_)) if id_ else None, _moment(at), reason, note)
        for code, loc, category, id_, at, reason, note in found
    ]


def hidden_in_database(connection: Connection) -> list[Hidden]:
    """The overviews that were taken off the website, as a database knows. Plain SQL: it may be of an older version."""
    if not inspect(connection).has_table(str(Overview.__tablename__)):
        return []
    overviews = """
        SELECT o.code, w.kind, max(v.ended_at)
        FROM core_version v
        JOIN woo_overview w ON w.id = v.subject_id
        JOIN core_organisation o ON o.id = v.organisation_id
        WHERE v.ended_at IS NOT NULL
        GROUP BY o.code, w.kind
    """
    found = connection.execute(text(overviews)).all()
    return [Hidden(code, OverviewKind(kind), at) for code, kind, told in found if (at := _moment(told))]


def moments_in_database(connection: Connection) -> Moments:
    """The moments that a database told the harvester. Plain SQL: it may be of an older version."""
    documents = """
        SELECT o.code, d.loc, d.lastmod_at
        FROM woo_document d JOIN core_organisation o ON o.id = d.organisation_id
        WHERE d.loc IS NOT NULL AND d.lastmod_at IS NOT NULL
    """
    sitemaps = """
        SELECT o.code, s.category, s.number, s.changed_at
        FROM woo_sitemap s JOIN core_organisation o ON o.id = s.organisation_id
    """
    return Moments(
        {(code, loc): at for code, loc, told in connection.execute(text(documents)) if (at := _moment(told))},
        {
            (code, category, number): at
            for code, category, number, told in connection.execute(text(sitemaps))
            if (at := _moment(told))
        },
    )


def move_on(session: Session, moments: Moments, *, actor: audit.Actor) -> int:
    """Let nothing in a restored database be older than what the harvester saw (woo-index 5.4): documents that were
    changed after the backup count as changed now, and their sitemaps with them. Gives back how many.

    The session is not bounded yet. Doing it twice is harmless.
    """
    moved = 0
    for organisation in session.exec(select(Organisation)).all():
        bind_organisation(session, organisation.id)
        code = organisation.code
        for sitemap in session.exec(select(Sitemap)).all():
            seen = moments.sitemaps.get((code, sitemap.category, sitemap.number))
            if seen and seen > sitemap.changed_at:
                sitemap.changed_at = later(seen)
        newer = [loc for (of, loc), at in moments.documents.items() if of == code]
        for start in range(0, len(newer), _AT_ONCE):
            public = select(Document).where(
                Document.state == DocumentState.PUBLISHED, col(Document.loc).in_(newer[start : start + _AT_ONCE])
            )
            for document in session.exec(public.order_by(col(Document.loc))).all():
                seen = moments.documents[code, str(document.loc)]
                if document.lastmod_at and seen > document.lastmod_at:
                    moment = document.lastmod_at = later(seen)
                    after = {"lastmod_at": moment.isoformat()}
                    audit.record(session, actor=actor, action="woo:document:renew", subject=document, after=after)
                    moved += 1
    return moved


def replaced_since(connection: Connection, moment: datetime) -> list[str]:
    """Addresses whose file was replaced after a moment: a backup of that moment brings the earlier file back."""
    query = "SELECT loc, replaced_at FROM woo_document WHERE loc IS NOT NULL AND replaced_at IS NOT NULL ORDER BY loc"
    return [loc for loc, at in connection.execute(text(query)).all() if (_moment(at) or moment) > moment]


def in_releases(folder: Folder) -> list[Withdrawal]:
    """The withdrawals that the releases in a folder tell of, the live ones among them."""
    found: dict[tuple[str, str], Withdrawal] = {}
    for release in _releases(folder):
        try:
            code = str(json.loads((release / "manifest.json").read_bytes())["organisation"])
            gone = json.loads((release / "server" / "gone.json").read_bytes())["gone"]
            for path in gone:
                found[code, path] = Withdrawal(code, f"/{path}")
        except (OSError, ValueError, KeyError, TypeError):
            continue  # half a release, or not one of ours: no witness
    return list(found.values())


def apply_again(session: Session, withdrawals: Sequence[Withdrawal], *, actor: audit.Actor, folder: Folder) -> Again:
    """Take back in a restored database what was taken back before. The session is not bounded yet.

    Doing it twice is harmless.

    Raises:
        Failed: a file in the public tree cannot be removed.
    """
    documents: list[str] = []
    unknown: list[str] = []
    for organisation in session.exec(select(Organisation)).all():
        bind_organisation(session, organisation.id)
        known = [one for one in withdrawals if one.organisation == organisation.code]
        is_news = False
        for withdrawal in sorted(known, key=lambda one: one.document_id is None):  # who knows most goes first
            document = _find(session, withdrawal)
            if document is None:
                is_news |= _remember(session, withdrawal, actor=actor)
                unknown.append(withdrawal.loc)
            elif document.state is not DocumentState.WITHDRAWN:
                services.withdraw_again(
                    session,
                    document,
                    loc=withdrawal.loc,
                    at=withdrawal.at,
                    reason=withdrawal.reason,
                    note=withdrawal.note or ("" if withdrawal.reason else UNKNOWN_REASON),
                    actor=actor,
                    folder=folder,
                )
                is_news = True
                documents.append(withdrawal.loc)
        if is_news:  # the live lists and the copies elsewhere follow, as after any withdrawal
            jobs.enqueue(session, services.WITHDRAWN_JOB, {}, created_by=actor.label, created_by_id=actor.user_id)
    return Again(tuple(documents), tuple(sorted(set(unknown))))


def hide_again(session: Session, hidden: Sequence[Hidden], *, actor: audit.Actor) -> list[str]:
    """Take overviews off the website again in a restored database. The session is not bounded yet. Gives back which.

    Doing it twice is harmless.
    """
    done: list[str] = []
    for organisation in session.exec(select(Organisation)).all():
        bind_organisation(session, organisation.id)
        known = [one for one in hidden if one.organisation == organisation.code]
        done += [
            one.kind.value for one in known if services.hide_overview_again(session, one.kind, at=one.at, actor=actor)
        ]
    return done


def _find(session: Session, withdrawal: Withdrawal) -> Document | None:
    if withdrawal.document_id:
        return session.exec(select(Document).where(Document.id == withdrawal.document_id)).first()
    found = session.exec(select(Document).where(Document.loc == withdrawal.loc)).first()
    return found or _planned_for(session, withdrawal.loc)


def _planned_for(session: Session, loc: str) -> Document | None:
    """The document that got this address after the backup was made: its dossier and number stand in the address."""
    place = files.place_of(loc)
    if place is None:
        return None
    dossier, number = place
    query = select(Document).join(Dossier).where(Dossier.public_id == dossier, Document.number == number)
    found = session.exec(query).first()
    return found if found and found.loc is None else None


def _remember(session: Session, withdrawal: Withdrawal, *, actor: audit.Actor) -> bool:
    """Keep the address of a document that is not here. False when it is kept already."""
    if session.exec(select(WithdrawnAddress).where(WithdrawnAddress.loc == withdrawal.loc)).first():
        return False
    kept = WithdrawnAddress(
        loc=withdrawal.loc,
        category=withdrawal.category,
        withdrawn_at=withdrawal.at or clock.now(),
        withdrawal_reason=withdrawal.reason,
        withdrawal_note=withdrawal.note or ("" if withdrawal.reason else UNKNOWN_REASON),
    )
    session.add(kept)
    after = {"withdrawal_reason": kept.withdrawal_reason, "withdrawn_at": kept.withdrawn_at.isoformat()}
    audit.record(session, actor=actor, action="woo:address:withdraw", subject=kept, after=after)
    return True


def _releases(folder: Folder) -> Iterator[Path]:
    yield from (path for path in [folder.root / "site", *(folder.root / "sites").glob("*")] if path.is_dir())
    yield from (path for path in folder.exports.glob("*") if path.is_dir())


def _moment(value: object) -> datetime | None:
    """PostgreSQL gives a moment, SQLite its text in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime.fromisoformat(str(value)).replace(tzinfo=UTC) if value else None
