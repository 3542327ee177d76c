"""A file that somebody sends: its name, its size and its kind are claims, until it stands in the store."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Text, cast, func, select
from sqlmodel import Session, SQLModel

from core.errors import BadInput
from core.filetypes import ENCRYPTED
from core.folder import Folder
from core.storage import to_disk

Kind = TypeVar("Kind")
_CHUNK = 1_048_576


@dataclass(frozen=True, slots=True)
class Kept(Generic[Kind]):
    """A file that was stored. `name` is what the person called it; nothing relies on it."""

    sha256: str
    size: int
    name: str
    kind: Kind


def keep(folder: Folder, source: BinaryIO, name: str, kind_of: Callable[[Path, str], Kind]) -> Kept[Kind]:
    """Store the bytes that come in, a part at a time. The same bytes twice are kept once.

    `kind_of` looks at the contents, and raises BadInput for what is not welcome.

    Raises:
        BadInput: empty, too large, or a kind that is not welcome.
        Failed: the store cannot be reached or written, or the disk is full.
    """
    with received(folder, source, name, kind_of) as (path, out, kept):
        to_disk(out)
        folder.store().put(kept.sha256, path)
    return kept


@contextmanager
def received(
    folder: Folder, source: BinaryIO, name: str, kind_of: Callable[[Path, str], Kind]
) -> Iterator[tuple[Path, BinaryIO, Kept[Kind]]]:
    """The bytes that come in, in a file of their own that is gone at the end. Raises as `keep`."""
    called = last_step(name)
    limit = folder.settings.max_upload
    _refuse_before_reading(source, called, limit)
    with folder.store().receiving() as (path, out):
        digest, size = hashlib.sha256(), 0
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise _too_large(called, limit)
            digest.update(chunk)
            out.write(chunk)
        if not size:
            raise BadInput(f"'{called}' is leeg (0 bytes). Kies een ander bestand.")
        out.flush()
        yield path, out, Kept(digest.hexdigest(), size, called, kind_of(path, called))


def refuse_encrypted(code: str | None, called: str) -> None:
    """Nobody can look into a file with a password.

    Raises:
        BadInput: `code` says that it has one.
    """
    if code == ENCRYPTED:
        raise BadInput(f"'{called}' is beveiligd met een wachtwoord. Haal het wachtwoord eraf en probeer het opnieuw.")


def is_of_another(session: Session, sha256: str, subject_id: UUID) -> bool:
    """Whether the same bytes are a file of another record, in whichever organisation: of now, or of a version."""
    tables = SQLModel.metadata.tables
    versions = tables["core_version"]
    queries = [
        select(func.count()).where(cast(versions.c.content, Text).contains(sha256), versions.c.subject_id != subject_id)
    ]
    for table in tables.values():
        for column in (table.c[name] for name in ("sha256", "public_sha256") if name in table.c):
            owner = table.c.subject_id if "subject_id" in table.c else table.c.id
            queries.append(select(func.count()).where(column == sha256, owner != subject_id))
    return any(session.connection().execute(query).scalar_one() for query in queries)


def _refuse_before_reading(source: BinaryIO, called: str, limit: int) -> None:
    if not source.seekable():
        return
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    if size > limit:
        raise _too_large(called, limit)


def _too_large(called: str, limit: int) -> BadInput:
    return BadInput(f"'{called}' is te groot: hoogstens {limit // 1_000_000} MB. Splits het of maak het kleiner.")


def last_step(name: str) -> str:
    """The name without folders (browsers and mail programs send them) and without characters nobody can see."""
    shown = "".join(char if char.isprintable() else " " for char in name)
    return shown.replace("\\", "/").rpartition("/")[2].strip()[-200:] or "bestand"
