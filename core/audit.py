"""The trail: who changed what, when, from what into what. One hash chain per organisation.

The chain hashes a salted digest of the contents, not the contents: contents can then be cleaned (a mistyped BSN) while
the chain still verifies. Events are appended under a lock, so that the chain has no forks, and the database refuses to
change or remove them (`core.append_only`).
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, UniqueConstraint
from sqlalchemy.event import listens_for
from sqlmodel import Field, Session, SQLModel, col, select

from core import clock
from core.append_only import protect_trail
from core.db import JSON_TYPE, Audited, Owned, UtcDateTime

INSTALLATION = UUID(int=0)
"""Chain of what belongs to no organisation: accounts, log-ins, the organisations themselves."""
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it. `label` outlives the account: it is stored in the event itself."""

    label: str
    user_id: UUID | None = None


COMMAND_LINE = Actor("opdrachtregel")


class AuditEvent(Owned, table=True):
    """One link of the chain. Never changed, never deleted; `contents` may be cleaned, `digest` stays."""

    __tablename__ = "core_audit_event"
    __table_args__ = (UniqueConstraint("organisation_id", "sequence"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: UUID = Field(index=True)  # no foreign key: the chain of the installation has no organisation
    sequence: int
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(max_length=200)
    actor_id: UUID | None = None
    action: str = Field(max_length=100, index=True)
    subject_kind: str = Field(max_length=60)
    subject_id: UUID = Field(index=True)
    subject_label: str = Field(max_length=300)
    contents: dict[str, Any] | None = Field(default=None, sa_type=JSON_TYPE)
    salt: str = Field(max_length=32)
    digest: str = Field(max_length=64)
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)


@listens_for(SQLModel.metadata.tables["core_audit_event"], "after_create")
def _protect(_table: Table, connection: Connection, **_options: object) -> None:
    protect_trail(connection)


class AuditHead(SQLModel, table=True):
    """The end of each chain; locking this row is what keeps two writers from appending at the same place."""

    __tablename__ = "core_audit_head"

    organisation_id: UUID = Field(primary_key=True)
    sequence: int = 0
    hash: str = Field(default=GENESIS, max_length=64)


def record(
    session: Session,
    *,
    actor: Actor,
    action: str,
    subject: Audited,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Append what happened to `subject`. `before` and `after` are plain data; equal fields are left out.

    `action` reads `folder:subject:verb`, such as `register:activity:establish`.
    """
    session.flush()
    kind, subject_id = subject.audit_key()
    chain: UUID = getattr(subject, "organisation_id", INSTALLATION)
    session.info.setdefault("audited", set()).add((kind, subject_id))
    return append(
        session,
        chain=chain,
        actor=actor,
        action=action,
        subject=(kind, subject_id, subject.audit_label()),
        contents=_difference(before, after),
    )


def append(
    session: Session,
    *,
    chain: UUID,
    actor: Actor,
    action: str,
    subject: tuple[str, UUID, str],
    contents: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Append an event that is about no stored change: a log-in, an export, a download."""
    # A head that this session read earlier may be old by now: the lock and the newest values come together.
    head = session.get(AuditHead, chain, with_for_update=True, populate_existing=True)
    if head is None:
        head = AuditHead(organisation_id=chain)
        session.add(head)
    kind, subject_id, label = subject
    salt = secrets.token_hex(16)
    event = AuditEvent(
        organisation_id=chain,
        sequence=head.sequence + 1,
        at=clock.now(),
        actor=actor.label[:200],
        actor_id=actor.user_id,
        action=action,
        subject_kind=kind,
        subject_id=subject_id,
        subject_label=label[:300],
        contents=dict(contents) if contents else None,
        salt=salt,
        digest=_digest(salt, contents or None),
        previous=head.hash,
        hash="",
    )
    event.hash = _link(event)
    head.sequence, head.hash = event.sequence, event.hash
    session.add(event)
    session.flush()
    return event


def head(session: Session, organisation_id: UUID) -> str:
    """Hash of the newest event: the anchor that exports and logs carry."""
    found = session.get(AuditHead, organisation_id)
    return found.hash if found else GENESIS


def faults(session: Session, organisation_id: UUID) -> list[str]:
    """Walk one chain and say in Dutch where it was tampered with; empty when it is whole."""
    found: list[str] = []
    previous, expected = GENESIS, 1
    events: Iterable[AuditEvent] = session.exec(
        select(AuditEvent)
        .where(AuditEvent.organisation_id == organisation_id)
        .order_by(col(AuditEvent.sequence))
        .execution_options(yield_per=500)
    )
    try:
        for event in events:
            where = f"Gebeurtenis {event.sequence}"
            if event.sequence != expected:
                found.append(f"{where}: hiervoor ontbreken gebeurtenissen (verwacht was {expected}).")
            if event.previous != previous:
                found.append(f"{where}: sluit niet aan op de vorige gebeurtenis.")
            if event.hash != _link(event):
                found.append(f"{where}: is na het vastleggen veranderd.")
            if event.contents is not None and event.digest != _digest(event.salt, event.contents):
                found.append(f"{where}: de inhoud is na het vastleggen veranderd.")
            previous, expected = event.hash, event.sequence + 1
    except ValueError:  # a value that is no moment, no id or no JSON: rows are read in batches, so the place is a range
        return [*found, f"Vanaf gebeurtenis {expected} zijn gegevens veranderd in iets wat niet te lezen is."]
    end = session.get(AuditHead, organisation_id)
    if (end.sequence, end.hash) != (expected - 1, previous) if end else expected != 1:
        found.append("Het einde van de keten ontbreekt of is vervangen.")
    return found


def _difference(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> dict[str, Any] | None:
    old, new = before or {}, after or {}
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    if not changed:
        return None
    return {"before": {k: old[k] for k in changed if k in old}, "after": {k: new[k] for k in changed if k in new}}


def _digest(salt: str, contents: Mapping[str, Any] | None) -> str:
    text = json.dumps(contents, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def _link(event: AuditEvent) -> str:
    """Everything but the contents themselves, in one hash with the previous link."""
    facts = [
        event.previous,
        str(event.organisation_id),
        event.sequence,
        event.at.isoformat(),
        event.actor,
        str(event.actor_id or ""),
        event.action,
        event.subject_kind,
        str(event.subject_id),
        event.subject_label,
        event.salt,
        event.digest,
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()
