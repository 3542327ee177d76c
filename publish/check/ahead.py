"""Looks at the files of a site while the rest of it is being made, in a process beside ours.

What it finds good becomes a proof, as an earlier check would have left it (`proofs`). It takes for granted that every
page to which a page links will be there; the check of the whole site looks at that, as it does after any earlier check.
What it finds wrong, does not come to or leaves undone because it was killed has no proof, and is looked at then.
"""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from core import confined
from publish.check import manifest
from publish.check.pages import MAX_PAGE_BYTES, Pages
from publish.check.proofs import Earlier, Proofs, proofs_at
from publish.check.secrets import Secrets
from publish.check.sources import Folder, UnavailableError, address

FEW = 500
"""Of fewer files the check is done before a process is there."""
_QUEUE_BYTES = 1 << 20
_LONGEST = 600
"""Seconds that what is in the queue may take."""
_TOGETHER = 1000
"""Pages of which the marks are kept; nobody asks for them here."""


@dataclass(frozen=True, slots=True)
class About:
    """What the process must know of the site. `pieces`: as in `Secrets`."""

    root: str
    base_url: str
    hosts: Collection[str]
    proofs: str
    pieces: Mapping[str, str]


class Ahead:
    """The process, seen from here. `about` is asked when there are enough files to begin with.

    It never makes us wait but at the end: when its queue is full, a file is left to the check of the whole site.
    """

    def __init__(self, about: Callable[[], About]) -> None:
        self._about = about
        self._waiting: list[bytes] = []
        self._child: subprocess.Popen[bytes] | None = None
        self._may_begin = len(os.sched_getaffinity(0)) > 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child:
            self._child.kill()
            self._child.communicate()

    def add(self, path: str, sha256: str, size: int) -> None:
        """A file that was written and will not change."""
        line = line_of(path, sha256, size)
        if self._child and self._child.stdin:
            with suppress(OSError):  # it is behind, or gone
                os.write(self._child.stdin.fileno(), line)
        elif self._may_begin:
            self._waiting.append(line)
            if len(self._waiting) == FEW:
                self._begin()

    def _begin(self) -> None:
        self._child = confined.begin(__name__)
        queue = self._child.stdin
        if queue is None:
            return
        with suppress(OSError):
            fcntl.fcntl(queue, fcntl.F_SETPIPE_SZ, _QUEUE_BYTES)  # first: it takes a second before it reads
            queue.write(b"".join([json.dumps(asdict(self._about())).encode(), b"\n", *self._waiting]))
            queue.flush()
        os.set_blocking(queue.fileno(), False)
        self._waiting.clear()

    def finish(self) -> None:
        """Wait until it looked at everything that it was given."""
        if self._child:
            try:
                self._child.communicate(timeout=_LONGEST)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.communicate()


def line_of(path: str, sha256: str, size: int) -> bytes:
    return f"{sha256} {size} {path}\n".encode(errors="surrogateescape")


class _AnyPage(frozenset[str]):
    """The pages of the site, as far as a name can tell."""

    def __contains__(self, path: object) -> bool:
        return str(path).endswith(".html") and not str(path).startswith(manifest.DOCUMENTS)


def look_at(about: About, lines: Iterable[bytes]) -> None:
    """What the process does, with a line for each file as `Ahead` writes them."""
    source = Folder(Path(about.root), about.base_url)
    secrets = Secrets(about.pieces, lambda _piece: False)
    with proofs_at(Path(about.proofs), about.base_url, about.hosts, without_facts=manifest.DOCUMENTS) as proofs:
        pages = _pages(about, proofs)
        for line in lines:
            if len(pages) == _TOGETHER:
                pages = _pages(about, proofs)
            sha256, size, path = line.decode(errors="surrogateescape").removesuffix("\n").split(" ", 2)
            with suppress(UnavailableError):
                _look(source, path, manifest.Expected(sha256, int(size)), pages, secrets)


def _pages(about: About, proofs: Proofs) -> Pages:
    return Pages(about.base_url, _AnyPage(), lambda _path: True, Earlier(proofs, set()))


def _look(source: Folder, path: str, expected: manifest.Expected, pages: Pages, secrets: Secrets) -> None:
    proofs = pages.earlier.proofs if pages.earlier else None
    alone = manifest.Shard(path, 1, lambda: [(path, expected)])
    is_right = not any(manifest.file_faults(source, alone, sample=None, proofs=proofs, secrets=secrets))
    if is_right and path in pages.inspected:
        pages.add(path, source.read(address(source.base_url, path), max_bytes=MAX_PAGE_BYTES))


if __name__ == "__main__":
    look_at(About(**json.loads(sys.stdin.buffer.readline())), sys.stdin.buffer)
