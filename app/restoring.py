"""Puts a backup back into an empty place, whole or not at all. What left the website after the backup stays off it."""

import contextlib
import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Connection, delete, make_url, text
from sqlalchemy.exc import DatabaseError, ProgrammingError
from sqlmodel import Session

import register.withdrawals as register
import wmebv.withdrawals as wmebv
import woo.withdrawals as woo
from app import archive, schema
from core import anchors, audit, clock, rows
from core.accounts.models import LoginSession
from core.db import UNBOUNDED, Database, told_in_dutch
from core.errors import BadInput, Busy, Failed
from core.folder import Folder
from core.organisations import all_organisations
from core.settings import FILES
from core.storage import Disk, Store

_CHUNK = 1_048_576
_ASIDE = "vervangen"


@dataclass(frozen=True, slots=True)
class Restored:
    """How it went. `aside` says where the old data are; `faults` were in the backup already.

    `replaced` are public documents that have the file of before a replacement again. Taken off the website again were
    the overviews `hidden` and the products `ended`; of the processings `limited` the public sees less again.
    """

    manifest: archive.Manifest
    withdrawals: woo.Again
    hidden: Sequence[str]
    limited: Sequence[str]
    ended: Sequence[str]
    replaced: Sequence[str]
    faults: Sequence[str]
    aside: str
    is_old_unreadable: bool
    has_own_settings: bool


@dataclass(frozen=True, slots=True)
class _Before:
    """What the old data tell: the withdrawals, and where each audit chain ended."""

    withdrawals: Sequence[woo.Withdrawal] = ()
    hidden: Sequence[woo.Hidden] = ()
    limited: Sequence[register.Limited] = ()
    ended: Sequence[wmebv.Ended] = ()
    replaced: Sequence[str] = ()
    ends: Sequence[audit.Anchor] = ()
    is_unreadable: bool = False
    moments: woo.Moments = field(default_factory=woo.Moments)


@dataclass(frozen=True, slots=True)
class _Again:
    """What was taken off the website again, in whole or in part."""

    documents: woo.Again
    overviews: Sequence[str]
    processings: Sequence[str]
    products: Sequence[str]


def restore(path: Path, folder: Folder, *, key: bytes | None = None, replace: bool = False) -> Restored:
    """Put a backup back. The archive is read and checked whole before anything is touched.

    With `replace` what stands here moves aside first: into `D/vervangen-...`, on PostgreSQL into a schema of that name.

    Raises:
        BadInput: no good archive, of a newer program, or the place is not empty.
        Busy: the application is running here.
        Failed: the disk or the database gave way; everything is as it was.
    """
    manifest = archive.check(path, key)
    if not schema.knows(manifest.schema_version):
        raise BadInput(
            f"Deze back-up is van een nieuwere versie van Openboek ({manifest.program_version}). "
            "Installeer die versie en probeer het opnieuw."
        )
    file = sqlite_file(folder.database_url)
    has_database = file.exists() if file else not _is_empty(folder.database_url)
    if not replace and (has_database or _has_files(folder)):
        raise BadInput(
            f"In {folder.root} staan al gegevens. Kies een lege map en een lege database, of voeg --replace toe: "
            "dan gaan de oude gegevens eerst opzij."
        )
    if has_database:
        refuse_while_used(folder.database_url)
    folder.prepare()
    before = _look_back(folder, manifest, has_database=has_database)
    name = f"{_ASIDE}-{clock.now():%Y%m%dT%H%M%S}"
    staging = folder.root / f".terugzetten-{secrets.token_hex(4)}"
    moves = _Moves()
    try:
        staging.mkdir()
        has_own_settings = _stage_settings(folder, staging, manifest)
        database = Database(f"sqlite:///{staging / 'openboek.db'}" if file else folder.database_url)
        with contextlib.closing(database), schema.one_transaction(database) as connection:
            if not file and has_database:
                _put_schema_aside(connection, name.replace("-", "_").lower())
            staged = Folder(staging, folder.settings.model_copy(update={"storage": FILES}))
            again, faults = _fill(connection, path, key, manifest, before, staged)
            if not file:  # PostgreSQL commits when the files stand
                _into_place(moves, folder, staging, folder.root / name)
        if file:
            refuse_while_used(
                f"sqlite:///{staging / 'openboek.db'}"
            )  # nobody does; it puts all in the one file that moves
            _into_place(moves, folder, staging, folder.root / name, database=file)
    except BaseException as error:
        moves.undo()
        if isinstance(error, OSError):
            raise archive.told(error, folder.root) from error
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    restored = folder.database()
    with contextlib.closing(restored):
        anchors.write(folder, restored, "restore")
    is_aside = has_database or (folder.root / name).exists()
    aside = name if is_aside else ""
    return Restored(
        manifest=manifest,
        withdrawals=again.documents,
        hidden=again.overviews,
        limited=again.processings,
        ended=again.products,
        replaced=before.replaced,
        faults=faults,
        aside=aside,
        is_old_unreadable=before.is_unreadable,
        has_own_settings=has_own_settings,
    )


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None for another kind."""
    found = make_url(url)
    return Path(found.database or "") if found.get_backend_name() == "sqlite" else None


_LEAVING_SECONDS = 2
"""A connection that was closed a moment ago may still be there."""
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


def refuse_while_used(url: str) -> None:
    """Refuse to take a database away from under a running application. Of SQLite it also empties the write-ahead log.

    Raises:
        Busy: somebody has it open.
    """
    file = sqlite_file(url)
    if file is None:
        with contextlib.closing(Database(url)) as database, told_in_dutch(), database.engine.connect() as connection:
            deadline = time.monotonic() + _LEAVING_SECONDS
            while others := connection.execute(_OTHERS).scalar_one():
                if time.monotonic() > deadline:
                    raise Busy(
                        f"Openboek draait nog: {others} keer is iets anders met de database verbonden. Stop de "
                        "applicatie, de werkers en andere programma's op deze database, en probeer het opnieuw."
                    )
                time.sleep(0.05)
        return
    with contextlib.closing(sqlite3.connect(file, timeout=_LEAVING_SECONDS)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=delete")  # only who is alone may do this
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise Busy("Openboek draait nog. Stop de applicatie en de werkers, en probeer het opnieuw.") from error
        except sqlite3.DatabaseError:
            return  # no database, or a broken one: nobody works with it


def _is_empty(url: str) -> bool:
    database = Database(url)
    with told_in_dutch(), contextlib.closing(database), database.engine.connect() as connection:
        return rows.is_empty(connection)


def _has_files(folder: Folder) -> bool:
    """In the folder, that is: what is in a bucket can stay, since a file there never changes."""
    return any(path.is_file() for root in archive.places_of(folder).values() for path in root.rglob("*"))


def _look_back(folder: Folder, manifest: archive.Manifest, *, has_database: bool) -> _Before:
    seen = woo.in_releases(folder)
    last = _furthest(anchors.of_folder(folder, {}))  # the best we know when the database is gone
    if not has_database:
        return _Before(seen, ends=last)
    database = Database(folder.database_url)
    try:
        with contextlib.closing(database), database.engine.connect() as connection:
            heads = connection.execute(text("SELECT organisation_id, hash, sequence FROM core_audit_head")).all()
            told = connection.execute(_RESTORES, {"action": audit.RESTORE}).scalars().all()
            known, replaced = woo.in_database(connection), woo.replaced_since(connection, manifest.made_at)
            hidden = woo.hidden_in_database(connection)
            limited, ended = register.in_database(connection), wmebv.in_database(connection)
            moments = woo.moments_in_database(connection)
    except DatabaseError:
        return _Before(seen, ends=last, is_unreadable=True)
    ends = [audit.Anchor(UUID(str(chain)), head, number) for chain, head, number in heads]
    # The events of earlier restores may go with this one: what they explained, this one explains.
    earlier = [json.loads(one) if isinstance(one, str) else one for one in told if one]
    left = [end for one in earlier for end in _ends_in(one.get("before", {}))]
    return _Before([*known, *seen], hidden, limited, ended, replaced, _furthest([*ends, *left]), moments=moments)


_RESTORES = text("SELECT contents FROM core_audit_event WHERE action = :action")


def _furthest(ends: Iterable[audit.Anchor]) -> list[audit.Anchor]:
    """The end with the highest number of each chain."""
    found: dict[UUID, audit.Anchor] = {}
    for end in ends:
        if end.chain not in found or (end.sequence or 0) > (found[end.chain].sequence or 0):
            found[end.chain] = end
    return list(found.values())


def _ends_in(told: Mapping[str, Any]) -> list[audit.Anchor]:
    numbers = told.get("sequences", {})
    return [audit.Anchor(UUID(chain), head, numbers.get(chain)) for chain, head in told.get("heads", {}).items()]


def _put_schema_aside(connection: Connection, name: str) -> None:
    current = connection.execute(text("SELECT current_schema()")).scalar_one()
    try:
        connection.execute(text(f'ALTER SCHEMA "{current}" RENAME TO "{name}"'))
        connection.execute(text(f'CREATE SCHEMA "{current}"'))
    except ProgrammingError as error:
        raise Failed(
            "Het account van de database mag de oude gegevens niet opzijzetten. Maak een nieuwe, lege database, en zet "
            "het adres daarvan in OPENBOEK_DATABASE_URL."
        ) from error


def _fill(
    connection: Connection,
    path: Path,
    key: bytes | None,
    manifest: archive.Manifest,
    before: _Before,
    staged: Folder,
) -> tuple["_Again", Sequence[str]]:
    load(connection, path, key, manifest, staged.root)
    schema.migrate(connection)
    faults = rows.broken_references(connection)
    with Session(connection, expire_on_commit=False) as session:
        session.info["organisation"] = UNBOUNDED
        for chain in [*(organisation.id for organisation in all_organisations(session)), audit.INSTALLATION]:
            faults += audit.faults(session, chain)
        session.exec(delete(LoginSession))  # a log-in that was ended since would come back to life
        audit.append(
            session,
            chain=audit.INSTALLATION,
            actor=audit.COMMAND_LINE,
            action=audit.RESTORE,
            subject=("core_installation", audit.INSTALLATION, "Openboek"),
            contents={
                "after": {"made_at": manifest.made_at.isoformat()}
                | _ends_of(anchors.of_backup(manifest.model_dump(mode="json"))),
                "before": _ends_of(before.ends),
            },
        )
        again = _Again(
            woo.apply_again(session, before.withdrawals, actor=audit.COMMAND_LINE, folder=staged),
            woo.hide_again(session, before.hidden, actor=audit.COMMAND_LINE),
            register.limit_again(session, before.limited, actor=audit.COMMAND_LINE),
            wmebv.end_again(session, before.ended, actor=audit.COMMAND_LINE),
        )
        woo.move_on(session, before.moments, actor=audit.COMMAND_LINE)
        session.commit()
    return again, faults


def _ends_of(ends: Sequence[audit.Anchor]) -> dict[str, dict[str, str] | dict[str, int]]:
    """Where chains ended, as `core.audit.Restore` reads it back."""
    return {
        "heads": {one.chain.hex: one.hash for one in ends},
        "sequences": {one.chain.hex: one.sequence for one in ends if one.sequence is not None},
    }


def load(connection: Connection, path: Path, key: bytes | None, manifest: archive.Manifest, root: Path) -> None:
    """Make the tables of the version of the archive, fill them, write the files below `root`, and compare the rows.

    Raises:
        BadInput: the archive is of another shape, or this database cannot hold a row.
        Failed: the rows that stand in the database are not those of the archive.
    """
    schema.migrate(connection, manifest.schema_version)
    tables = {stored.name: stored for stored in rows.tables_of(connection)}
    if set(tables) != set(manifest.tables):
        raise archive.damaged(path)
    loading = rows.Loading(connection)
    with archive.reading(path, key) as members:
        for name, stream in members:
            if name.startswith("tables/"):
                stored = tables[archive.table_of(name)]
                loading.load(stored, (rows.from_line(stored, line) for line in archive.lines_of(stream.read())))
            elif archive.is_place(name):
                _write_file(root / name, stream)
    loading.finish()
    for name, twin in manifest.copies.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            (root / name).hardlink_to(root / twin)
        except OSError:  # a disk without second names
            shutil.copyfile(root / twin, root / name)
    for name, entry in manifest.tables.items():
        if rows.digest_of(connection, tables[name]).value != entry.digest:
            raise Failed(f"De rijen van {name} zijn anders teruggelezen dan geschreven. Er is niets teruggezet.")


def _write_file(target: Path, stream: IO[bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        shutil.copyfileobj(stream, file, _CHUNK)
    target.chmod(0o644)


class _Moves:
    """Files and folders that moved, so that they can go back."""

    def __init__(self) -> None:
        self._done: list[tuple[Path, Path]] = []

    def move(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)
        self._done.append((source, target))

    def undo(self) -> None:
        for source, target in reversed(self._done):
            shutil.move(target, source)
            with contextlib.suppress(OSError):  # the folder for what went aside
                target.parent.rmdir()
        self._done.clear()


def _into_place(moves: _Moves, folder: Folder, staging: Path, aside: Path, database: Path | None = None) -> None:
    """The database goes last: with it the place is an installation again."""
    _into_bucket(folder.store(), staging)
    if database:
        for old in _parts_of(database):
            moves.move(old, aside / old.name)
    for place, now in archive.places_of(folder).items():
        if any(path.is_file() for path in now.rglob("*")):
            moves.move(now, aside / place)
        if (staging / place).exists():
            shutil.rmtree(now, ignore_errors=True)
            moves.move(staging / place, now)
    if (staging / ".env").exists():
        moves.move(staging / ".env", folder.root / ".env")
    if database:
        moves.move(staging / "openboek.db", database)
    folder.prepare()


def _into_bucket(store: Store, staging: Path) -> None:
    """The originals first: should anything fail after this, they are files that no row names, and harm nobody."""
    if isinstance(store, Disk):
        return
    for one in Disk(staging / FILES).every():
        store.put(one.sha256, staging / archive.member_of(one.sha256))


def _parts_of(database: Path) -> Iterator[Path]:
    for ending in ("", "-wal", "-shm"):
        part = database.with_name(database.name + ending)
        if part.exists():
            yield part


def _stage_settings(folder: Folder, staging: Path, manifest: archive.Manifest) -> bool:
    """Prepare `.env` when there is none. True when the folder has its own."""
    if (folder.root / ".env").exists():
        return True
    target = staging / ".env"
    target.touch(mode=0o600)
    target.write_text("".join(f"{name}={value}\n" for name, value in manifest.settings.items()), encoding="utf-8")
    return False
