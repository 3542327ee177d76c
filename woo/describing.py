"""What a file says of itself: title, dates, language and pages. Proposals for a form, never facts.

Files of strangers are read in a child process with limits on time and memory. What cannot be read gives no proposal and
no error: the file itself was judged before.
"""

import json
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import IO, Any, BinaryIO

from core import confined
from core.errors import BadInput
from core.folder import Folder
from woo import files
from woo.files import StoredFile
from woo.inspection.facts import SECONDS, Described

MAX_BYTES = 250_000_000
"""A larger file is not read: it has to stand in memory."""
_CHILD = "woo.inspection.facts"


def describe(source: bytes | IO[bytes]) -> Described:
    """Ask a file of any kind what it says of itself.

    Args:
        source: its bytes, or the opened file.
    """
    size = len(source) if isinstance(source, bytes) else source.seek(0, 2)
    if size > MAX_BYTES:
        return Described()
    answer = confined.run(_CHILD, source, [str(size)], timeout=2 * SECONDS)
    if not answer.is_whole:
        return Described()
    said: dict[str, Any] = json.loads(answer.output)
    for name in ("adopted_on", "created_on"):
        said[name] = date.fromisoformat(said[name]) if said[name] else None
    return Described(**said)


def stored(folder: Folder, source: BinaryIO, name: str) -> StoredFile:
    """Keep an original that can be read, with the number of its pages; raises as `judge`, which keeps nothing."""
    judged = judge(folder, source, name)
    source.seek(0)
    return replace(files.store(folder, source, name), pages=judged.pages)


def judge(folder: Folder, source: BinaryIO, name: str) -> StoredFile:
    """What `stored` would say of a file.

    Raises:
        BadInput: as `files.store`, or nobody can read it: a password, damaged, or far too large unpacked.
        Failed: the store cannot be reached or written, or the disk is full.
    """
    return read(folder, source, name)[0]


def read(folder: Folder, source: BinaryIO, name: str) -> tuple[StoredFile, Described]:
    """What `judge` says of a file, and what the file says of itself. Raises as `judge`."""
    with files.received(folder, source, name) as (path, judged):
        with path.open("rb") as whole:
            told = describe(whole)
        if told.fault:
            raise BadInput(f"'{judged.name}': {told.fault[:1].lower()}{told.fault[1:]}")
    return replace(judged, pages=told.pages), told


def standing_by() -> AbstractContextManager[None]:
    """For many files: meanwhile one process has the code loaded, and each file costs some hundredths of a second."""
    return confined.standing_by(_CHILD)
