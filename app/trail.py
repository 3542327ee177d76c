"""What the clock does for the trail, every night: look whether it is whole, forget, and write down where it ends."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlmodel import col, select

from app import archive
from app.scheduler import CLOCK, tonight
from core import anchors, audit, clock, verification
from core.db import Database, bind_organisation
from core.errors import BadInput
from core.folder import Folder
from core.jobs import Claimed, Handler, Job, enqueue
from core.organisations import all_organisations
from core.sealed import is_sealed
from core.web.pages import dutch_moment

NIGHT_JOB = "core:audit:night"
EXPIRING = ("core:login:accept", "core:login:refuse")
"""Kinds of events whose contents are kept for a time only (design, "Retention per kind is a setting")."""
_BATCH = 1000


def ask_for_the_look(database: Database, nightly_at: str) -> int:
    """Ask for the nightly look at the chain of each organisation, once a night. Returns how many were asked.

    Safe to call every second, from several workers, as `app.scheduler.ask_for_the_night` is.
    """
    moment, count = clock.now(), 0
    with database.read(None) as session:
        struck = {one.id: tonight(moment, one.nightly_at or nightly_at) for one in all_organisations(session)}
        asked = select(Job.organisation_id, Job.created_at).where(Job.kind == NIGHT_JOB)
        newest = asked.where(col(Job.created_at) >= min(struck.values(), default=moment))
        done = {chain for chain, at in session.exec(newest) if at >= struck.get(chain, at)}
    for organisation_id in struck.keys() - done:
        with database.write(None) as session:
            bind_organisation(session, organisation_id)
            query = select(Job).where(Job.kind == NIGHT_JOB, col(Job.created_at) >= struck[organisation_id])
            if session.exec(query).first() is None:
                enqueue(session, NIGHT_JOB, {}, created_by=CLOCK)
                count += 1
    return count


def expire(database: Database, months: int) -> int:
    """Empty the contents of log-ins of more than so many months ago: from where somebody came is personal data.

    An event says which. At most a batch at a time, so that nobody waits for the lock; returns how many.
    """
    before, count = clock.now() - timedelta(days=round(months * 365.25 / 12)), 0
    old = (
        select(audit.AuditEvent)
        .where(
            audit.AuditEvent.organisation_id == audit.INSTALLATION,
            col(audit.AuditEvent.action).in_(EXPIRING),
            col(audit.AuditEvent.at) < before,
            col(audit.AuditEvent.contents).is_not(None),
        )
        .order_by(col(audit.AuditEvent.sequence))
        .limit(_BATCH)
    )
    while True:
        with database.write(None) as session:
            events = session.exec(old).all()
            if not events:
                return count
            for event in events:
                event.contents = None
            audit.append(
                session,
                chain=audit.INSTALLATION,
                actor=audit.Actor(CLOCK),
                action=audit.CLEAN,
                subject=("core_audit_event", audit.INSTALLATION, "Bewaartermijn van inloggen"),
                contents={
                    "after": {
                        "events": _ranges([event.sequence for event in events]),
                        "reason": f"Ouder dan {months} maanden.",
                    }
                },
            )
            count += len(events)


def _ranges(numbers: Sequence[int]) -> list[list[int]]:
    """Numbers in order, as pairs of the first and last of each row without a gap."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def night_job(folder: Folder) -> Handler:
    """The handler: the chain of the organisation, and with the first organisation also that of the installation."""

    def handle(claimed: Claimed) -> Mapping[str, object]:
        with claimed.database.read(None) as session:
            is_first = all_organisations(session)[0].id == claimed.organisation_id
            chains = [claimed.organisation_id, *([audit.INSTALLATION] if is_first else [])]
            found = verification.examine(session, folder, only=chains)
        verification.keep(claimed.database, found)
        if is_first:
            expire(claimed.database, folder.settings.login_trail_months)
            anchors.write(folder, claimed.database, "night")
        count = sum(map(len, found.values()))
        message = "De keten is heel." if not count else f"De keten is op {count} plaatsen niet heel."
        return {"message": message, "faults": count}

    return handle


def verify(
    database: Database, folder: Folder, *, code: str = "", kept: Sequence[Path] = ()
) -> tuple[list[str], list[str], list[str]]:
    """Look at the chains of one organisation and the installation, or at all, and remember what was found.

    Returns the faults, where each chain ends, and when a backup was put back; `kept` are files with anchors.

    Raises:
        BadInput: there is no such organisation, or a file holds no anchors.
    """
    with database.read(None) as session:
        organisations = {one.code: one.id for one in all_organisations(session)}
        if code and code not in organisations:
            raise BadInput(f"Organisatie '{code}' bestaat hier niet. Kies uit: {', '.join(organisations)}.")
        elsewhere = [one for path in kept for one in _anchors_in(path, organisations)]
        only = [organisations[code], audit.INSTALLATION] if code else None
        found = verification.examine(session, folder, only=only, kept_elsewhere=elsewhere)
        names = {chain: name for name, chain in organisations.items()} | {audit.INSTALLATION: "installatie"}
        is_told = len(organisations) > 1
        ends = [f"{names.get(chain, chain.hex)} {audit.head(session, chain)}" for chain in found]
        restored = [dutch_moment(one.at) for one in audit.restores(session)]
    verification.keep(database, found)
    faults = [
        f"{names.get(chain, f'onbekend ({chain.hex})')}: {fault}"
        if is_told or chain not in organisations.values()
        else fault
        for chain, told in found.items()
        for fault in told
    ]
    return faults, ends, restored


def _anchors_in(path: Path, organisations: Mapping[str, UUID]) -> Sequence[audit.Anchor]:
    if _is_backup(path):
        manifest = archive.check(path)
        return anchors.of_backup(manifest.model_dump(mode="json"))
    return anchors.read(path, organisations)


def _is_backup(path: Path) -> bool:
    """Whether a file is packed (or sealed), as a backup is."""
    try:
        with path.open("rb") as file:
            start = file.read(2)
            file.seek(0)
            return start == b"\x1f\x8b" or is_sealed(file)
    except OSError:
        return False
