"""The trail: who changed what, when, from what into what. One hash chain per organisation.

The chain hashes a salted digest of the contents and of the name of the subject, not these themselves: they can then be
cleaned (a mistyped BSN) while the chain still verifies. Events are appended under a lock, so that the chain has no
forks, and the database refuses to change or remove them (`core.append_only`). What was done past that refusal is found
by walking the chain and comparing it with anchors: ends of it that were written down elsewhere (`core.anchors`).
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Index, Row, Table, UniqueConstraint, inspect, null
from sqlalchemy import select as plain_select
from sqlalchemy.event import listens_for
from sqlmodel import Field, Session, SQLModel, col, select

from core import clock, security_log
from core.append_only import CLEANED, protect_trail
from core.db import JSON_TYPE, Audited, Owned, UtcDateTime, organisation_of

INSTALLATION = UUID(int=0)
"""Chain of what belongs to no organisation: accounts, log-ins, the organisations themselves."""
GENESIS = "0" * 64
RESTORE = "core:installation:restore"
"""A backup was put back: what came after it is in no chain any more. See `Restore`."""
CLEAN = "core:audit:clean"
"""Contents of earlier events were made empty. `contents["after"]["events"]` are pairs of the first and last number."""
BACKUP, EXPORT = "core:installation:backup", "core:audit:export"
TOLD = frozenset(
    {
        *(RESTORE, CLEAN, BACKUP, EXPORT),
        "core:login:switch",
        "core:organisation:add",
        "core:organisation:change",
        "core:user:change_roles",
        "core:user:follow_roles",
        "core:user:reopen",
        "publish:key:add",
        "publish:key:remove",
        "publish:site:export",
        "publish:site:roll_back",
    }
)
"""What is a line in the security log as well (BIO2 8.15). Log-ins and passwords tell of themselves, with an address."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it. `label` outlives the account: it is stored in the event itself."""

    label: str
    user_id: UUID | None = None


COMMAND_LINE = Actor("opdrachtregel")


class AuditEvent(Owned, table=True):
    """One link of the chain. Never changed, never deleted.

    `contents` and `subject_label` may be cleaned; `digest` and `label_digest` stay. An event of before there was a
    `label_digest` has none, and its name stays as it is.
    """

    __tablename__ = "core_audit_event"
    __table_args__ = (
        UniqueConstraint("organisation_id", "sequence"),
        Index("ix_core_audit_event_action", "organisation_id", "action", "sequence"),
        Index("ix_core_audit_event_subject", "organisation_id", "subject_id", "sequence"),
        Index("ix_core_audit_event_at", "organisation_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: UUID  # no foreign key: the chain of the installation has no organisation
    sequence: int
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(max_length=200)
    actor_id: UUID | None = None
    action: str = Field(max_length=100)
    subject_kind: str = Field(max_length=60)
    subject_id: UUID
    subject_label: str = Field(max_length=300)
    contents: dict[str, Any] | None = Field(default=None, sa_type=JSON_TYPE)
    salt: str = Field(max_length=32)
    digest: str = Field(max_length=64)
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)
    label_digest: str | None = Field(default=None, max_length=64)


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
    salt, label = secrets.token_hex(16), label[:300]
    event = AuditEvent(
        organisation_id=chain,
        sequence=head.sequence + 1,
        at=clock.now(),
        actor=actor.label[:200],
        actor_id=actor.user_id,
        action=action,
        subject_kind=kind,
        subject_id=subject_id,
        subject_label=label,
        contents=dict(contents) if contents else None,
        salt=salt,
        digest=_digest(salt, contents or None),
        label_digest=_digest_of_text(salt, label),
        previous=head.hash,
        hash="",
    )
    event.hash = _link(event)
    head.sequence, head.hash = event.sequence, event.hash
    session.add(event)
    session.flush()
    is_twice = chain != INSTALLATION and kind == "core_user"  # once for the installation, once for who administers
    if action in TOLD and not is_twice:
        security_log.tell(session, action, succeeded=True, user_id=actor.user_id, actor=actor.label, subject=label)
    return event


def note_download(
    session: Session, *, actor: Actor, action: str, subject: tuple[str, UUID, str], file: str
) -> AuditEvent:
    """Append that somebody took a file out that is not public. Call it before the file goes out."""
    made = append(
        session,
        chain=organisation_of(session),
        actor=actor,
        action=action,
        subject=subject,
        contents={"after": {"file": file}},
    )
    security_log.tell(session, action, succeeded=True, user_id=actor.user_id, actor=actor.label, subject=subject[2])
    return made


def head(session: Session, organisation_id: UUID) -> str:
    """Hash of the newest event: the anchor that exports and logs carry."""
    found = session.get(AuditHead, organisation_id)
    return found.hash if found else GENESIS


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a chain ended at some moment, kept outside of the database. `source` says where, in Dutch."""

    chain: UUID
    hash: str
    sequence: int | None = None
    """None: only the hash was kept."""
    at: datetime | None = None
    source: str = "een anker"


@dataclass(frozen=True, slots=True)
class Restore:
    """A backup was put back: of each chain, where the old one ended (`before`) and where that of the backup did."""

    at: datetime
    before: Mapping[UUID, Anchor]
    after: Mapping[UUID, Anchor]

    def explains(self, anchor: Anchor) -> bool:
        """Whether an anchor is of a part of the chain that this restore left behind."""
        old, new = self.before.get(anchor.chain), self.after.get(anchor.chain)
        if old is None or (anchor.at is not None and anchor.at > self.at):
            return False
        if anchor.sequence is None or old.sequence is None:
            return anchor.hash == old.hash
        return anchor.sequence <= old.sequence and (new is None or anchor.sequence > (new.sequence or 0))


@dataclass(slots=True)
class _Walk:
    """What must be remembered while a chain goes by: the anchors to meet, and what was cleaned by which event."""

    wanted: Mapping[int, Collection[Anchor]]
    hashes: Mapping[str, Anchor]
    empty: dict[int, str] = field(default_factory=dict)
    cleaned: list[tuple[int, int, int]] = field(default_factory=list)
    """Number of the event that says so, first and last number of what it cleaned."""
    met: set[Anchor] = field(default_factory=set)

    def look(self, event: Row[Any]) -> Iterable[str]:
        """What is wrong with one event by itself."""
        where = f"Gebeurtenis {event.sequence}"
        if event.hash != _link(event):
            yield f"{where}: is na het vastleggen veranderd."
        if event.contents is not None and event.digest != _digest(event.salt, event.contents):
            yield f"{where}: de inhoud is na het vastleggen veranderd."
        if event.label_digest is not None and event.label_digest != _digest_of_text(event.salt, event.subject_label):
            if event.subject_label == CLEANED:
                self.empty[event.sequence] = "naam"
            else:
                yield f"{where}: de naam van het onderwerp is na het vastleggen veranderd."
        if event.contents is None and event.digest != _digest(event.salt, None):
            self.empty[event.sequence] = "inhoud"
        if event.action == CLEAN:
            self.cleaned += [(event.sequence, first, last) for first, last in cleaned_by(event)]
        for anchor in [*self.wanted.get(event.sequence, ()), *filter(None, [self.hashes.get(event.hash)])]:
            if anchor.hash == event.hash:
                self.met.add(anchor)

    def emptied(self) -> Iterable[str]:
        """Contents that are gone while no event says that they were cleaned."""
        for sequence, what in sorted(self.empty.items()):
            if not any(first <= sequence <= last < by for by, first, last in self.cleaned):
                yield f"Gebeurtenis {sequence}: de {what} is weggehaald zonder dat er iets is geschoond."


def is_cleaned(event: AuditEvent) -> bool:
    """Whether the event had contents that were taken away."""
    return event.contents is None and event.digest != _digest(event.salt, None)


def cleaned_by(event: AuditEvent | Row[Any]) -> Sequence[tuple[int, int]]:
    """The events whose contents a cleaning made empty, as pairs of first and last number."""
    after = (event.contents or {}).get("after", {})
    return [(int(first), int(last)) for first, last in after.get("events", ())]


def length(session: Session, organisation_id: UUID) -> int:
    """The number of the newest event; 0 for a chain that did not begin."""
    found = session.get(AuditHead, organisation_id)
    return found.sequence if found else 0


def faults(
    session: Session, organisation_id: UUID, anchors: Iterable[Anchor] = (), restores: Sequence[Restore] = ()
) -> list[str]:
    """Walk one chain and say in Dutch where it was tampered with; empty when it is whole.

    `anchors` may be of any chain. One that the chain does not meet is a fault, unless one of `restores` explains it.
    """
    told = [one for r in restores for one in r.after.values()]
    known = {(one.sequence, one.hash): one for one in [*told, *anchors] if one.chain == organisation_id}
    own, numbered = set(known.values()), dict[int, list[Anchor]]()
    for anchor in own:
        if anchor.sequence is not None:
            numbered.setdefault(anchor.sequence, []).append(anchor)
    walk = _Walk(numbered, {anchor.hash: anchor for anchor in own if anchor.sequence is None})
    found: list[str] = []
    previous, expected = GENESIS, 1
    try:
        for event in _rows(session, organisation_id):
            where = f"Gebeurtenis {event.sequence}"
            if event.sequence != expected:
                found.append(f"{where}: hiervoor ontbreken gebeurtenissen (verwacht was {expected}).")
            if event.previous != previous:
                found.append(f"{where}: sluit niet aan op de vorige gebeurtenis.")
            found += walk.look(event)
            previous, expected = event.hash, event.sequence + 1
    except (ValueError, TypeError, AttributeError):  # a value that is no moment, no id or no JSON of ours: rows are
        # read in batches, so the place is a range
        return [*found, f"Vanaf gebeurtenis {expected} zijn gegevens veranderd in iets wat niet te lezen is."]
    found += walk.emptied()
    end = session.get(AuditHead, organisation_id, populate_existing=True)
    if (end.sequence, end.hash) != (expected - 1, previous) if end else expected != 1:
        found.append("Het einde van de keten ontbreekt of is vervangen.")
    lost = own - walk.met
    return found + _lost([one for one in lost if not any(r.explains(one) for r in restores)], expected - 1)


def _rows(session: Session, organisation_id: UUID) -> Iterable[Row[Any]]:
    """The events of a chain as plain rows, for a chain may be long; also of a database that must be upgraded first."""
    there = {column["name"] for column in inspect(session.connection()).get_columns(AuditEvent.__tablename__)}
    columns = [getattr(AuditEvent, name) if name in there else null().label(name) for name in AuditEvent.model_fields]
    query = plain_select(*columns).where(col(AuditEvent.organisation_id) == organisation_id)
    return session.execute(query.order_by(col(AuditEvent.sequence)).execution_options(yield_per=500))


def _lost(anchors: Collection[Anchor], last: int) -> list[str]:
    """One sentence for what is gone and one for what was made anew, each with the anchor that says most about where."""
    gone = [anchor for anchor in anchors if anchor.sequence is not None and anchor.sequence > last]
    other = [anchor for anchor in anchors if anchor.sequence is not None and anchor.sequence <= last]
    found = []
    if gone:
        far = max(gone, key=lambda anchor: anchor.sequence or 0)
        found.append(
            f"Na gebeurtenis {last} is het einde weggehaald: volgens {far.source}{_when(far)} waren er {far.sequence}."
        )
    if other:
        first = min(other, key=lambda anchor: anchor.sequence or 0)
        found.append(
            f"Gebeurtenis {first.sequence} is een andere dan die van {first.source}{_when(first)}: "
            "de keten is daar of eerder opnieuw gemaakt."
        )
    found += [
        f"Het einde volgens {anchor.source}{_when(anchor)} komt niet voor: de keten is ingekort of opnieuw gemaakt."
        for anchor in anchors
        if anchor.sequence is None
    ]
    return found


def _when(anchor: Anchor) -> str:
    return f" van {anchor.at.astimezone(clock.AMSTERDAM):%d-%m-%Y %H:%M} uur" if anchor.at else ""


def chains(session: Session) -> Sequence[UUID]:
    """Every chain that there is, that of the installation first. The session has no border."""
    found = {
        *session.exec(select(AuditHead.organisation_id)),
        *session.exec(select(AuditEvent.organisation_id).distinct()),
    }
    return [INSTALLATION, *sorted(found - {INSTALLATION})]


def restores(session: Session) -> Sequence[Restore]:
    """The backups that were put back, as the chain of the installation tells. The session has no border."""
    query = select(AuditEvent).where(AuditEvent.organisation_id == INSTALLATION, AuditEvent.action == RESTORE)
    return [_restore_of(event) for event in session.exec(query.order_by(col(AuditEvent.sequence)))]


def _restore_of(event: AuditEvent) -> Restore:
    contents = event.contents or {}

    def ends(side: str) -> dict[UUID, Anchor]:
        told = contents.get(side, {}).get("heads", {})
        numbers = contents.get(side, {}).get("sequences", {})
        source = "de teruggezette back-up"
        return {UUID(one): Anchor(UUID(one), told[one], numbers.get(one), event.at, source) for one in told}

    return Restore(event.at, ends("before"), ends("after"))


def _difference(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> dict[str, Any] | None:
    old, new = before or {}, after or {}
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    if not changed:
        return None
    return {"before": {k: old[k] for k in changed if k in old}, "after": {k: new[k] for k in changed if k in new}}


def _digest(salt: str, contents: Mapping[str, Any] | None) -> str:
    return _digest_of_text(salt, json.dumps(contents, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def _digest_of_text(salt: str, contents: str) -> str:
    return hashlib.sha256(f"{salt}\n{contents}".encode()).hexdigest()


def _link(event: AuditEvent | Row[Any]) -> str:
    """Everything but what may be cleaned, in one hash with the previous link."""
    is_old = event.label_digest is None
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
        event.subject_label if is_old else "",
        event.salt,
        event.digest,
        *([] if is_old else [event.label_digest]),
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()
