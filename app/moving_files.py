"""Brings the originals from one store to another: from a folder to a bucket, or back. Nothing is taken away."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.errors import BadInput
from core.storage import Damaged, Store, to_disk

_CHUNK = 1_048_576


@dataclass(frozen=True, slots=True)
class Copied:
    """How many files went, and how many were there already. `faults` names those that are no longer what they were."""

    copied: int
    present: int
    size: int
    faults: Sequence[str]


def copy(source: Store, target: Store, *, progress: Callable[[int], None] = lambda _number: None) -> Copied:
    """Copy each file and read it back. Doing it again goes on where it stopped; the application may run meanwhile.

    Raises:
        BadInput: both are the same store.
        Failed: one of them is away, or cannot be read or written. What was copied is whole.
    """
    if source.name == target.name:
        raise BadInput("De oude en de nieuwe opslag zijn dezelfde. Geef twee verschillende op.")
    source.check()
    target.check()
    copied, present, size, faults = 0, 0, 0, []
    for one in source.every():
        progress(copied + present)
        if target.size(one.sha256) == one.size and _is_whole(target, one.sha256):
            present += 1
            continue
        try:
            file = source.open(one.sha256)
        except Damaged as error:
            faults.append(error.message)
            continue
        with file, target.receiving() as (path, out):
            shutil.copyfileobj(file, out, _CHUNK)
            to_disk(out)
            target.put(one.sha256, path)
        target.open(one.sha256).close()
        copied, size = copied + 1, size + one.size
    return Copied(copied, present, size, faults)


def _is_whole(store: Store, sha256: str) -> bool:
    try:
        store.open(sha256).close()
    except Damaged:
        return False
    return True
