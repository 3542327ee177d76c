"""The archive of a backup: one tar.gz with every row, every file and a manifest, the same for both databases.

    tables/{table}/{00001}.jsonl   rows, a line of JSON each, tables in order of dependence
    files/...  documenten/...      files, by their place in a folder; also when the originals are in a bucket
    manifest.json                  the last member: what must be in the archive, with numbers and SHA-256

An archive without its manifest was cut off. With a key the whole is sealed (`core.sealed`).
"""

import errno
import gzip
import hashlib
import io
import json
import os
import secrets
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from pydantic import BaseModel, Field, SecretStr
from sqlalchemy import Connection, text

from app import schema
from core import anchors, clock, rows
from core.db import Database
from core.errors import BadInput, Failed
from core.folder import Folder
from core.sealed import SealedReader, SealedWriter, is_sealed
from core.settings import FILES, Settings
from core.storage import Disk, Store

PLACES = (FILES, "documenten", "huisstijl")
"""Folders that nobody can make again. Exports and reports are made anew."""
MANIFEST = "manifest.json"
_ROWS_IN_PART = 5000
_CHUNK = 1_048_576
_SECRETS = ("SECRET", "PASSWORD", "KEY", "TOKEN", "DATABASE_URL", "STORAGE")
"""Parts of names of settings that are secret, or that say where this one installation keeps its data."""
_DAMAGED = "De back-up {} is beschadigd of niet af. Gebruik een andere back-up."


class TableEntry(BaseModel):
    """How many rows a table has, and their fingerprint in any order (`core.rows.Digest`)."""

    rows: int
    digest: str


class Member(BaseModel):
    """A file in the archive."""

    size: int
    sha256: str


class Manifest(BaseModel):
    """What the archive holds. `copies` are files with the bytes of another member: path to path."""

    format: int = Field(default=1, ge=1, le=1)
    made_at: datetime
    program_version: str
    schema_version: str
    organisations: list[str]
    audit_heads: dict[str, str]
    audit_sequences: dict[str, int] = Field(default_factory=dict)
    settings: dict[str, str]
    settings_left_out: list[str]
    tables: dict[str, TableEntry] = Field(default_factory=dict)
    members: dict[str, Member] = Field(default_factory=dict)
    copies: dict[str, str] = Field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    @property
    def files(self) -> int:
        return len(self.copies) + sum(not name.startswith("tables/") for name in self.members)


def make(target: Path, database: Database, folder: Folder, *, key: bytes | None = None) -> Manifest:
    """Write an archive of everything as it is at one moment, read it back, and give it its name.

    The application may run on.

    Raises:
        BadInput: there is something of this name already, or no register to back up.
        Failed: the disk is full, or cannot be read or written; nothing is left behind.
    """
    if target.exists():
        raise BadInput(f"{target} bestaat al. Kies een andere naam: een back-up wordt nooit overschreven.")
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            manifest = _write(file, database, folder, key)
            file.flush()
            os.fsync(file.fileno())
        if check(unfinished, key) != manifest:
            raise Failed(
                "De back-up is anders teruggelezen dan geschreven. Controleer de schijf en probeer het opnieuw."
            )
        unfinished.replace(target)
        anchors.note(folder, anchors.of_backup(manifest.model_dump(mode="json")), "backup")
    except OSError as error:
        raise told(error, target.parent) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def told(error: OSError, place: Path) -> Failed:
    """What a person can do when the disk gives way."""
    reason = (
        "De schijf is vol."
        if error.errno in {errno.ENOSPC, errno.EDQUOT}
        else f"Er ging iets mis met de schijf: {error.strerror}."
    )
    return Failed(f"{reason} Er is niets half opgeslagen. Maak ruimte of controleer de rechten in {place}.")


def check(path: Path, key: bytes | None = None) -> Manifest:
    """Read a whole archive and compare it with its manifest.

    Raises:
        BadInput: no archive of ours, damaged, cut off, or another key is needed.
    """
    members: dict[str, Member] = {}
    tables: dict[str, rows.Digest] = {}
    manifest: Manifest | None = None
    with reading(path, key) as found:
        for name, stream in found:
            if manifest is not None or name in members:
                raise damaged(path)
            if name == MANIFEST:
                manifest = Manifest.model_validate_json(stream.read())
            elif name.startswith("tables/"):
                data = stream.read()
                members[name] = Member(size=len(data), sha256=hashlib.sha256(data).hexdigest())
                digest = tables.setdefault(table_of(name), rows.Digest())
                for line in lines_of(data):
                    digest.add(json.loads(line))
            else:
                members[name] = _measure(stream)
    if manifest is None or members != manifest.members:
        raise damaged(path)
    if {name: TableEntry(rows=one.rows, digest=one.value) for name, one in tables.items()} != manifest.tables:
        raise damaged(path)
    if not all(is_place(name) for name in manifest.copies) or not set(manifest.copies.values()) <= set(members):
        raise damaged(path)
    return manifest


@contextmanager
def reading(path: Path, key: bytes | None = None) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """The members of an archive, one after the other; each must be read before the next.

    Raises:
        BadInput: as `check`.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadInput(f"{path} kan niet worden gelezen. Controleer de naam en de rechten.") from error
    try:
        with (
            file,
            gzip.GzipFile(fileobj=_opened(file, path, key), mode="rb") as unzipped,
            tarfile.open(fileobj=unzipped, mode="r|") as tar,
        ):
            yield _members(tar, path)
            while unzipped.read(_CHUNK):  # to the end, where the checksum of the whole is
                pass
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError) as error:
        raise damaged(path) from error


def damaged(path: Path) -> BadInput:
    return BadInput(_DAMAGED.format(path))


def table_of(name: str) -> str:
    """The table that a member holds rows of."""
    return name.split("/")[1]


def lines_of(data: bytes) -> list[str]:
    """The rows in a member. Only a line feed ends a line: texts hold other separators."""
    return data.decode().split("\n")[:-1]


def is_place(name: str) -> bool:
    """Whether a member may stand below the folder of an installation."""
    pure = PurePosixPath(name)
    return not pure.is_absolute() and ".." not in pure.parts and "\0" not in name and pure.parts[:1] in _PLACES


_PLACES = {(place,) for place in PLACES}


def settings_of(settings: Settings) -> tuple[dict[str, str], list[str]]:
    """The settings that are not the default, as they stand in `.env`; and the names of those that are secrets."""
    kept, secret = {}, []
    for field, value in sorted(settings.model_dump(exclude_defaults=True).items()):
        name = f"OPENBOEK_{field.upper()}"
        if isinstance(value, SecretStr) or any(word in name for word in _SECRETS):
            secret.append(name)
        else:
            kept[name] = str(value) if isinstance(value, str | Path) else json.dumps(value, default=str)
    return kept, secret


def _write(file: BinaryIO, database: Database, folder: Folder, key: bytes | None) -> Manifest:
    sealed = SealedWriter(file, key) if key else None
    with (
        gzip.GzipFile(fileobj=cast("BinaryIO", sealed or file), mode="wb", compresslevel=3, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        with database.read(None) as session:
            connection = session.connection()
            manifest = _begin(connection, folder)
            for stored in rows.tables_of(connection):
                _add_table(tar, connection, stored, manifest)
        # Originals are only ever added, so after the rows every file that a row names is still there.
        _add_files(tar, folder, manifest)
        _add(tar, MANIFEST, manifest.model_dump_json(indent=1).encode())
    if sealed:
        sealed.close()
    return manifest


def _begin(connection: Connection, folder: Folder) -> Manifest:
    schema_version = schema.version_on(connection)
    if schema_version is None:
        raise BadInput("Deze database is leeg: er is niets om een back-up van te maken. Begin met 'openboek init'.")
    heads = connection.execute(text("SELECT organisation_id, hash, sequence FROM core_audit_head ORDER BY 1")).all()
    kept, left_out = settings_of(folder.settings)
    return Manifest(
        made_at=clock.now(),
        program_version=version("openboek"),
        schema_version=schema_version,
        organisations=list(connection.execute(text("SELECT code FROM core_organisation ORDER BY 1")).scalars()),
        audit_heads={str(chain).replace("-", ""): head for chain, head, _ in heads},
        audit_sequences={str(chain).replace("-", ""): number for chain, _, number in heads},
        settings=kept,
        settings_left_out=left_out,
    )


def _add_table(tar: tarfile.TarFile, connection: Connection, stored: rows.Stored, manifest: Manifest) -> None:
    digest, part, number = rows.Digest(), io.BytesIO(), 1
    for row in rows.read(connection, stored):
        digest.add(row)
        part.write(rows.to_line(row).encode() + b"\n")
        if digest.rows % _ROWS_IN_PART == 0:
            _add_part(tar, stored, number, part.getvalue(), manifest)
            part, number = io.BytesIO(), number + 1
    if part.tell() or number == 1:
        _add_part(tar, stored, number, part.getvalue(), manifest)
    manifest.tables[stored.name] = TableEntry(rows=digest.rows, digest=digest.value)


def _add_part(tar: tarfile.TarFile, stored: rows.Stored, number: int, data: bytes, manifest: Manifest) -> None:
    name = f"tables/{stored.name}/{number:05}.jsonl"
    _add(tar, name, data)
    manifest.members[name] = Member(size=len(data), sha256=hashlib.sha256(data).hexdigest())


def _add_files(tar: tarfile.TarFile, folder: Folder, manifest: Manifest) -> None:
    store, written = folder.store(), dict[tuple[int, int], str]()
    if not isinstance(store, Disk):
        _add_bucket(tar, store, manifest)
    for place, root in places_of(folder).items():
        for path in sorted(root.rglob("*")):
            if path.name.startswith(".") or path.is_symlink() or not path.is_file():
                continue
            name = f"{place}/{path.relative_to(root).as_posix()}"
            try:
                file = path.open("rb")
            except FileNotFoundError:  # a document that was withdrawn just now
                continue
            with file:
                facts = os.fstat(file.fileno())
                if twin := written.get((facts.st_dev, facts.st_ino)):
                    manifest.copies[name] = twin  # a public document is a second name of its original
                    continue
                if not isinstance(store, Disk) and (twin := _original(name, file, manifest)):
                    manifest.copies[name] = twin
                    continue
                manifest.members[name] = _add_stream(tar, name, file, facts.st_size)
                written[facts.st_dev, facts.st_ino] = name


def places_of(folder: Folder) -> dict[str, Path]:
    """The folders of an installation that nobody can make again: name in the archive, and where it is."""
    places = {place: folder.root / place for place in PLACES}
    if isinstance(folder.store(), Disk):
        return {**places, FILES: folder.files}
    del places[FILES]  # on their way to a bucket; what arrived is there
    return places


def _add_bucket(tar: tarfile.TarFile, store: Store, manifest: Manifest) -> None:
    """Bring each file here, checked, one at a time."""
    for one in store.every():
        with store.open(one.sha256) as file:
            name = member_of(one.sha256)
            manifest.members[name] = _add_stream(tar, name, file, one.size)


def member_of(sha256: str) -> str:
    """The name of an original in the archive, wherever it is kept."""
    return f"{FILES}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _original(name: str, file: BinaryIO, manifest: Manifest) -> str | None:
    """The member with the bytes of a public document, which has no second name in a bucket."""
    if not name.startswith("documenten/"):
        return None
    twin = member_of(_measure(file).sha256)
    file.seek(0)
    return twin if twin in manifest.members else None


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    _add_stream(tar, name, io.BytesIO(data), len(data))


def _add_stream(tar: tarfile.TarFile, name: str, stream: IO[bytes], size: int) -> Member:
    facts = tarfile.TarInfo(name)
    facts.size, facts.mode = size, 0o600
    hashing = _Hashing(stream)
    tar.addfile(facts, cast("IO[bytes]", hashing))
    return Member(size=size, sha256=hashing.digest.hexdigest())


class _Hashing:
    """Reads on, and hashes what was read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._read: Callable[[int], bytes] = stream.read
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._read(size)
        self.digest.update(data)
        return data


def _opened(file: BinaryIO, path: Path, key: bytes | None) -> BinaryIO:
    if not is_sealed(file):
        if key:
            raise BadInput(f"{path} is niet versleuteld. Laat --key-file weg.")
        return file
    if not key:
        raise BadInput(f"{path} is versleuteld. Geef het sleutelbestand op met --key-file.")
    return cast("BinaryIO", SealedReader(file, key))


def _members(tar: tarfile.TarFile, path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    for member in tar:
        stream = tar.extractfile(member) if member.isfile() else None
        is_ours = member.name == MANIFEST or member.name.startswith("tables/") or is_place(member.name)
        if stream is None or not is_ours:
            raise damaged(path)
        yield member.name, stream


def _measure(stream: IO[bytes]) -> Member:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return Member(size=size, sha256=digest.hexdigest())
