"""Where a published site is read: a folder on this machine, or a web server."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol
from urllib.parse import quote, unquote, urlsplit

from core.errors import Failed

if TYPE_CHECKING:
    from core import http

HEAD_BYTES = 65_536
"""Enough of a document to see what kind of file it is."""
PLAIN_ADDRESS = re.compile(r"(https?://[A-Za-z0-9.:-]+)/([A-Za-z0-9/._~-]*)")
"""An address of which nothing has to be taken apart or decoded."""
_NO_NAMES = frozenset({"", ".", ".."})


class UnavailableError(Exception):
    """The site does not give this file; the message says why, in Dutch, as the end of a sentence about the file."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The first bytes of a document. `media_type` is None where no server tells one."""

    content: bytes
    media_type: str | None


class Source(Protocol):
    """Addresses are absolute, below `base_url`; paths are those of the manifest, relative to the root."""

    base_url: str
    is_web: bool

    def read(self, url: str, *, max_bytes: int) -> bytes:
        """The whole file at an address. Raises UnavailableError."""

    def pieces(self, url: str, *, max_bytes: int) -> Iterator[bytes]:
        """The same in pieces. Raises UnavailableError when the first is asked for."""

    def head(self, url: str) -> Piece:
        """The first bytes of the file at an address, served well. Raises UnavailableError."""

    def digest(self, path: str, *, max_bytes: int) -> tuple[str, int]:
        """SHA-256 and size of a file. Raises UnavailableError."""

    def status(self, path: str) -> os.stat_result | None:
        """Which file on this machine stands at a path; None when it is elsewhere. Raises UnavailableError."""

    def exists(self, path: str) -> bool:
        """Whether there is a file at a path; False where that cannot be asked."""


def address(base_url: str, path: str) -> str:
    """The address of a file of the site."""
    return f"{base_url}/{quote(path)}"


def path_of(base_url: str, url: str) -> str | None:
    """The path of the file behind an address; None when it is not on this site. A folder is its index.html."""
    if plain := PLAIN_ADDRESS.fullmatch(url):
        root, path = plain.groups()
        if root != _root_of(base_url):
            return None
    else:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != _root_of(base_url):
            return None
        path = unquote(parts.path).removeprefix("/")
    return f"{path}index.html" if not path or path.endswith("/") else path


@lru_cache(maxsize=8)
def _root_of(base_url: str) -> str:
    base = urlsplit(base_url)
    return f"{base.scheme}://{base.netloc}"


def host_of(url: str) -> str | None:
    """The host of an absolute https address; None for anything else."""
    if plain := PLAIN_ADDRESS.fullmatch(url):
        return plain[1].removeprefix("https://") if url.startswith("https://") else None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.netloc if parts.scheme == "https" and parts.netloc else None


class Folder:
    """A release on disk. Links are followed: the documents are one lasting tree to which releases point."""

    is_web = False

    def __init__(self, root: Path, base_url: str) -> None:
        self._root = root
        self._start = f"{root}/"
        self.base_url = base_url

    def _file(self, path: str | None) -> tuple[str, int]:
        """Where a file stands, and its size."""
        # An address with ".." would read outside the site.
        if path is None or "\0" in path or not _NO_NAMES.isdisjoint(path.split("/")):
            raise UnavailableError("wijst niet naar een bestand van deze site")
        found = self._stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise UnavailableError("bestaat niet")
        return self._start + path, found.st_size

    @contextmanager
    def _opened(self, path: str | None, max_bytes: int | None = None) -> Iterator[BinaryIO]:
        place, size = self._file(path)
        if max_bytes is not None and size > max_bytes:
            raise UnavailableError(f"is groter dan {max_bytes} bytes")
        try:
            with open(place, "rb", buffering=0) as stream:  # noqa: PTH123 - of a million files
                yield stream
        except OSError as error:
            raise UnavailableError("is niet te lezen") from error

    def read(self, url: str, *, max_bytes: int) -> bytes:
        with self._opened(path_of(self.base_url, url), max_bytes) as stream:
            return stream.read()

    def pieces(self, url: str, *, max_bytes: int) -> Iterator[bytes]:
        with self._opened(path_of(self.base_url, url), max_bytes) as stream:
            while piece := stream.read(HEAD_BYTES):
                yield piece

    def head(self, url: str) -> Piece:
        with self._opened(path_of(self.base_url, url)) as stream:
            return Piece(stream.read(HEAD_BYTES), None)

    def digest(self, path: str, *, max_bytes: int) -> tuple[str, int]:
        found, size = hashlib.sha256(), 0
        with self._opened(path) as stream:
            while size <= max_bytes and (piece := stream.read(HEAD_BYTES)):
                found.update(piece)
                size += len(piece)
        return found.hexdigest(), size

    def status(self, path: str) -> os.stat_result | None:
        if "/../" in f"/{path}/" or not stat.S_ISREG((found := self._stat(path)).st_mode):
            raise UnavailableError("bestaat niet")
        return found

    def _stat(self, path: str) -> os.stat_result:
        try:
            return os.stat(self._start + path)  # noqa: PTH116 - of a million files
        except (FileNotFoundError, NotADirectoryError) as error:
            raise UnavailableError("bestaat niet") from error
        except (OSError, ValueError) as error:
            raise UnavailableError("is niet te lezen") from error

    def exists(self, path: str) -> bool:
        try:
            self._file(path)
        except UnavailableError:
            return False
        return True

    def paths(self, *, but: str) -> Iterator[str]:
        """Every file there is, except below the folder `but`."""
        real_root = os.path.realpath(self._root)
        visited = {real_root, os.path.realpath(self._root / but)}
        folders = [("", real_root)]
        while folders:
            folder, real = folders.pop()
            for entry in _entries(self._start + folder):
                if not _is_folder(entry):
                    yield folder + entry.name
                    continue
                # A link back up would go round for ever. Where a link leads must be asked; of all else it is known.
                place = os.path.realpath(entry.path) if entry.is_symlink() else f"{real}/{entry.name}"
                if place not in visited:
                    visited.add(place)
                    folders.append((f"{folder}{entry.name}/", place))


def _entries(folder: str) -> "Sequence[os.DirEntry[str]]":
    """What stands in a folder; nothing when it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return ()


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


class Website:
    """A site on a web server at `root`, whose addresses begin with `base_url` (another one for a trial on loopback).

    `outside_only`: somebody typed the address, so it must not lead into the own network.
    """

    is_web = True

    def __init__(self, root: str, base_url: str, *, outside_only: bool = False) -> None:
        self._root = root
        self._outside_only = outside_only
        self.base_url = base_url

    def _get(self, url: str, *, max_bytes: int, whole: bool) -> "http.Answer":
        from core import http  # a folder is checked without

        try:
            address_there = self._root + url.removeprefix(self.base_url)
            answer = http.get(address_there, max_bytes=max_bytes, whole=whole, outside_only=self._outside_only)
        except Failed as error:
            raise UnavailableError(f"is niet op te halen: {error.message.rstrip('.')}") from error
        if answer.redirect:
            raise UnavailableError(f"stuurt door naar {answer.redirect}; zet het bestand zelf op dit adres")
        if answer.status != 200:
            raise UnavailableError(f"geeft status {answer.status} in plaats van 200")
        return answer

    def read(self, url: str, *, max_bytes: int) -> bytes:
        return self._get(url, max_bytes=max_bytes, whole=True).content

    def pieces(self, url: str, *, max_bytes: int) -> Iterator[bytes]:
        yield self.read(url, max_bytes=max_bytes)

    def head(self, url: str) -> Piece:
        answer = self._get(url, max_bytes=HEAD_BYTES, whole=False)
        return Piece(answer.content, answer.media_type)

    def digest(self, path: str, *, max_bytes: int) -> tuple[str, int]:
        content = self.read(address(self.base_url, path), max_bytes=max_bytes)
        return hashlib.sha256(content).hexdigest(), len(content)

    def status(self, path: str) -> os.stat_result | None:  # noqa: ARG002 - no file of this machine
        return None

    def exists(self, path: str) -> bool:  # noqa: ARG002 - asking for each link would be much
        return False
