"""Looks whether the trail is whole, and keeps what was found for pages and for `/health/ready`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from sqlmodel import Field, Session, SQLModel, col, select

from core import anchors, audit, clock
from core.db import JSON_TYPE, Database, UtcDateTime
from core.folder import Folder
from core.organisations import all_organisations

MAX_KEPT = 50
log = structlog.get_logger()


class AuditCheck(SQLModel, table=True):
    """What the newest look at a chain found; `faults` are the first sentences, `count` is of all."""

    __tablename__ = "core_audit_check"

    organisation_id: UUID = Field(primary_key=True)
    checked_at: datetime = Field(sa_type=UtcDateTime)
    count: int = 0
    faults: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)


def examine(
    session: Session,
    folder: Folder,
    *,
    only: Iterable[UUID] | None = None,
    kept_elsewhere: Sequence[audit.Anchor] = (),
) -> Mapping[UUID, list[str]]:
    """The faults of every chain, or of some, with the anchors of the folder beside it. The session has no border."""
    organisations = {one.code: one.id for one in all_organisations(session)}
    found = [*anchors.of_folder(folder, organisations), *kept_elsewhere]
    restores = audit.restores(session)
    known_chains = {*audit.chains(session), *organisations.values(), *(one.chain for one in found)}
    wanted = known_chains if only is None else set(only)
    faults = {chain: audit.faults(session, chain, found, restores) for chain in sorted(wanted)}
    for chain in set(organisations.values()) & wanted:
        if not faults[chain] and session.get(audit.AuditHead, chain) is None:
            faults[chain].append("De hele keten ontbreekt.")
    return faults


def keep(database: Database, found: Mapping[UUID, Sequence[str]]) -> None:
    """Remember what a look at chains found, and tell the log of every chain that is not whole."""
    with database.write(None) as session:
        for chain, faults in found.items():
            row = session.get(AuditCheck, chain) or AuditCheck(organisation_id=chain, checked_at=clock.now())
            row.checked_at, row.count, row.faults = clock.now(), len(faults), list(faults[:MAX_KEPT])
            session.add(row)
    for chain, faults in found.items():
        if faults:
            log.error("security", action="core:audit:fault", outcome="refused", chain=chain.hex, faults=len(faults))


def known(session: Session, organisation_id: UUID | None = None) -> int:
    """How many faults the newest looks found: in every chain, or in those that matter to one organisation."""
    query = select(AuditCheck)
    if organisation_id is not None:
        query = query.where(col(AuditCheck.organisation_id).in_([organisation_id, audit.INSTALLATION]))
    return sum(one.count for one in session.exec(query))
