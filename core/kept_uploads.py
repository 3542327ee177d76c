"""A file that somebody chose in a form that was not saved yet: kept a day, so that it need not be chosen again.

It stands in the folder of this installation and in no store, and only who sent it can ask for it: the name has a part
that nobody can guess. Where several machines serve one installation the next request may come to another one; the
person is then asked for the file again.
"""

import re
import secrets
import shutil
import time
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from core.folder import Folder
from core.storage import beside, to_disk

KEPT_SECONDS = 24 * 60 * 60
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,60}")
_CHUNK = 1_048_576


def keep(folder: Folder, source: BinaryIO, person_id: UUID) -> str:
    """Keep a file; returns the word to find it by. What was kept longer than a day goes.

    Raises:
        Failed: the disk is full or cannot be written.
    """
    clear_old(folder)
    token = secrets.token_urlsafe(24)
    source.seek(0)
    with beside(_place(folder)) as (path, out):
        shutil.copyfileobj(source, out, _CHUNK)
        to_disk(out)
        path.replace(_path(folder, token, person_id))
    return token


def opened(folder: Folder, token: str, person_id: UUID) -> BinaryIO | None:
    """The file, when this person kept one by that word and it is still there. Close it."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        return _path(folder, token, person_id).open("rb")
    except OSError:
        return None


def drop(folder: Folder, token: str, person_id: UUID) -> None:
    """Forget a file. Harmless when it is gone already."""
    if _TOKEN.fullmatch(token):
        _path(folder, token, person_id).unlink(missing_ok=True)


def clear_old(folder: Folder) -> int:
    """Forget what was kept for longer than a day; returns how many."""
    old = [path for path in _place(folder).glob("*") if _age(path) > KEPT_SECONDS]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _place(folder: Folder) -> Path:
    return folder.root / "uploads"


def _path(folder: Folder, token: str, person_id: UUID) -> Path:
    return _place(folder) / f"{person_id.hex}-{token}"
