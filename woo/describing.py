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
    """Keep an original, with the number of its pages. Raises as `files.store`."""
    kept = files.store(folder, source, name)
    with folder.store().open(kept.sha256) as file:
        return replace(kept, pages=describe(file).pages)


def standing_by() -> AbstractContextManager[None]:
    """For many files: meanwhile one process has the code loaded, and each file costs some hundredths of a second."""
    return confined.standing_by(_CHILD)
