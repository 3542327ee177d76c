"""Copies of the site elsewhere: which there are, bringing them up to date, and how each of them stands."""

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

import structlog
from sqlmodel import Session, col, select

import woo.public as woo
from core import audit, clock
from core.db import Database
from core.errors import BadInput, Busy, DomainError, Failed
from core.folder import Folder
from core.organisations import Organisation, all_organisations, the_organisation
from core.settings import S3, SFTP, Settings, TargetSettings
from publish import services, writer
from publish.models import PublishRun, PublishTarget
from publish.targets.folder import FolderPlace
from publish.targets.journal import Journal
from publish.targets.place import Place
from publish.targets.sending import send, take_away

log = structlog.get_logger()
TRIES = 3
_PAUSE_SECONDS = 2.0
"""Before the second try; twice as long before each next one. What was sent is not sent again."""


@dataclass(frozen=True, slots=True)
class State:
    """How a copy stands. `error` is empty when it is up to date or was never tried."""

    name: str
    to: str
    export_id: str
    error: str
    row: PublishTarget | None


class Copy(Protocol):
    """What is kept up to date elsewhere: a copy of the site, or the documents of a publicatiebank."""

    def bring(self, release: Path) -> str:
        """One try to bring it up to this release; what was sent is not sent again by the next. Says what was done."""

    def take_away(self) -> int:
        """Remove withdrawn documents now. Returns how many."""

    def forget(self) -> None:
        """Compare everything anew with what is there."""


@dataclass(frozen=True, slots=True)
class SiteCopy:
    """All files of the site, at a place of any kind."""

    database: Database
    folder: Folder
    organisation: Organisation
    name: str
    target: TargetSettings

    def bring(self, release: Path) -> str:
        """See `Copy`."""
        with place_of(self.target, self.folder) as place:
            sent = send(place, self._journal, release, self.organisation.code, self._withdrawn)
        return f"{sent.files} bestanden gestuurd, {sent.removed} weggehaald."

    def take_away(self) -> int:
        """See `Copy`."""
        if not self._journal.exists():
            return 0
        return take_away(place_of(self.target, self.folder), self._journal, self._withdrawn())

    def forget(self) -> None:
        """See `Copy`."""
        with closing(Journal(self._journal)) as journal:
            journal.forget()

    @property
    def _journal(self) -> Path:
        return self.folder.exports / f".doel-{self.organisation.code}-{self.name}.db"

    def _withdrawn(self) -> Sequence[str]:
        with self.database.read(self.organisation.id) as session:
            return [entry.path for entry in woo.withdrawn(session) if entry.path]


def targets_of(settings: Settings, organisation: Organisation, *, several: bool) -> Mapping[str, TargetSettings]:
    """The copies of one organisation. With several organisations a copy says whose it is."""
    return {
        name: target
        for name, target in sorted(settings.targets.items())
        if target.organisation == organisation.code or (not target.organisation and not several)
    }


def names(session: Session, settings: Settings) -> Sequence[str]:
    """The names of the copies of the organisation of this session."""
    return tuple(_targets(session, settings))


def states(session: Session, settings: Settings) -> Sequence[State]:
    """How every copy stands, by name."""
    rows = {row.name: row for row in session.exec(select(PublishTarget).order_by(col(PublishTarget.name)))}
    return [
        State(name, target.to, row.export_id if row else "", row.error if row else "", row)
        for name, target in _targets(session, settings).items()
        for row in (rows.get(name),)
    ]


def _targets(session: Session, settings: Settings) -> Mapping[str, TargetSettings]:
    if not settings.targets:
        return {}
    with_others = len(all_organisations(session)) > 1
    return targets_of(settings, the_organisation(session), several=with_others)


def deliver(
    database: Database,
    folder: Folder,
    organisation_id: UUID,
    name: str,
    *,
    actor: audit.Actor,
    anew: bool = False,
    pause: float = _PAUSE_SECONDS,
) -> str:
    """Bring one copy, or the documents of a publicatiebank, up to the site that is live here, in a few tries.

    Returns what was done, in Dutch.

    Raises:
        BadInput: there is no such copy, there is no site yet, or the place is not ours.
        Busy: somebody is at it already.
        Failed: the place gives way; the copy is behind, which is kept.
    """
    organisation, target = _target(database, folder, organisation_id, name)
    copy = _copy(database, folder, organisation, name, target)
    release = writer.current(services.live_link(folder, database, organisation))
    if release is None:
        raise BadInput("Er is nog geen site om te sturen. Doe eerst: openboek export")
    with _alone(folder, organisation, name):
        try:
            if anew:
                with _here(folder, name):
                    copy.forget()
            for attempt in range(TRIES):
                try:
                    with _here(folder, name):
                        done = copy.bring(release)
                    break
                except Failed:
                    if attempt + 1 == TRIES:
                        raise
                    time.sleep(pause * 2**attempt)
        except DomainError as error:
            _keep(database, organisation_id, name, actor, release.name, error=error.message)
            raise
    _keep(database, organisation_id, name, actor, release.name, done=done)
    return done


def deliver_all(
    database: Database, folder: Folder, organisation_id: UUID, *, actor: audit.Actor, pause: float = _PAUSE_SECONDS
) -> Mapping[str, str]:
    """Bring every copy up to date. One that gives way does not stop the others. Returns the errors, by name."""
    with database.read(organisation_id) as session:
        wanted = names(session, folder.settings)
    errors = {}
    for name in wanted:
        try:
            deliver(database, folder, organisation_id, name, actor=actor, pause=pause)
        except Busy as busy:
            errors[name] = busy.message
        except DomainError as error:
            errors[name] = error.message
    return errors


def take_away_withdrawn(
    database: Database, folder: Folder, organisation_id: UUID, *, actor: audit.Actor
) -> Mapping[str, int]:
    """Remove withdrawn documents from every copy now, without waiting for an export. Returns how many, by name.

    A copy that is being brought up to date does so by itself, within a second.

    Raises:
        Failed: a place gave way; the others were done.
    """
    with database.read(organisation_id) as session:
        organisation = the_organisation(session)
        targets = _targets(session, folder.settings)
        session.expunge_all()
    counts: dict[str, int] = {}
    broken: Failed | None = None
    for name, target in targets.items():
        try:
            with _alone(folder, organisation, name), _here(folder, name):
                counts[name] = _copy(database, folder, organisation, name, target).take_away()
        except Busy:
            continue
        except Failed as error:
            live = writer.current(services.live_link(folder, database, organisation))
            _keep(database, organisation_id, name, actor, live.name if live else "", error=error.message)
            broken = error
    if broken:
        raise broken
    return counts


def _copy(database: Database, folder: Folder, organisation: Organisation, name: str, target: TargetSettings) -> Copy:
    if target.is_gpp:
        from publish.targets.gpp import GppCopy

        return GppCopy(database, organisation.id, name, target)
    return SiteCopy(database, folder, organisation, name, target)


def place_of(target: TargetSettings, folder: Folder) -> Place:
    """The place behind a setting. What speaks with another server takes long to load, and most copies need one kind.

    Raises:
        BadInput: it lies within the folder of the installation, or a secret cannot be read.
    """
    if target.to.startswith(S3):
        from publish.targets.bucket import BucketPlace

        return BucketPlace(target)
    if target.to.startswith(SFTP):
        from publish.targets.sftp import SftpPlace

        return SftpPlace(target)
    if target.is_dav:
        from publish.targets.dav import DavPlace

        return DavPlace(target)
    root = Path(target.to).resolve()
    if root.is_relative_to(folder.root) or folder.root.is_relative_to(root):
        raise BadInput(f"{root} ligt bij de bestanden van Openboek zelf. Kies een map ergens anders.")
    return FolderPlace(root)


def _target(
    database: Database, folder: Folder, organisation_id: UUID, name: str
) -> tuple[Organisation, TargetSettings]:
    with database.read(organisation_id) as session:
        organisation, targets = the_organisation(session), _targets(session, folder.settings)
        session.expunge_all()
    if name not in targets:
        known = ", ".join(targets) or "er zijn er nog geen"
        raise BadInput(f"De plek '{name}' bestaat niet voor {organisation.code}. Kies uit: {known}.")
    return organisation, targets[name]


@contextmanager
def _alone(folder: Folder, organisation: Organisation, name: str) -> Iterator[None]:
    try:
        with writer.publish_lock(folder.exports, f"{organisation.code}-{name}"):
            yield
    except Busy as error:
        raise Busy(f"De plek '{name}' wordt al bijgewerkt. Wacht tot dat klaar is.") from error


@contextmanager
def _here(folder: Folder, name: str) -> Iterator[None]:
    """What gives way on this machine is told of in the same way: it stops no other copy."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise Failed(
            f"Openboek kan in {folder.exports} niet lezen of bijhouden wat naar '{name}' gaat. Maak ruimte vrij of pas "
            "de rechten aan."
        ) from error


def _keep(
    database: Database,
    organisation_id: UUID,
    name: str,
    actor: audit.Actor,
    export_id: str,
    *,
    done: str = "",
    error: str = "",
) -> None:
    """Write down how it went: with the copy, with the run that made the export, in the trail and in the log."""
    moment = clock.now()
    with database.write(organisation_id) as session:
        row = session.exec(select(PublishTarget).where(PublishTarget.name == name)).first() or PublishTarget(name=name)
        row.tried_at, row.error = moment, error[:500]
        if error:
            row.behind_since = row.behind_since or moment
        else:
            row.export_id, row.sent_at, row.behind_since = export_id, moment, None
        session.add(row)
        session.flush()
        for run in session.exec(select(PublishRun).where(PublishRun.export_id == export_id)):
            run.targets = {**run.targets, name: done or error}
        audit.append(
            session,
            chain=organisation_id,
            actor=actor,
            action="publish:target:send",
            subject=("publish_target", row.id, name),
            contents={"after": {"export": export_id, "message": done or error}},
        )
    if error:
        log.warning("copy is behind", target=name, export=export_id, reason=error)
    else:
        log.info("copy is up to date", target=name, export=export_id, done=done)
