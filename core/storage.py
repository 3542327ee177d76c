"""Where the originals of uploaded files stand: a folder, or a bucket that speaks S3. Both keep a file by its hash.

A file never changes under its name (its SHA-256), so storing it twice keeps it once, and whoever reads it can see that
it is the file that was stored. What is read is checked before the first byte goes on to anybody.

The folder is plain files, not `obstore`: that does not sync to disk, and the public tree needs a second name of a file
on the same disk. The bucket is `obstore`.
"""

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import obstore
from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from core.errors import Failed
from core.settings import FILES, S3, Settings, parts_of, read_secret

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

_CHUNK = 1_048_576
_PART = 16 * _CHUNK
"""Bytes of one request to a bucket: each part is tried again by itself when the connection breaks."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PATIENCE = timedelta(seconds=20)
_RETRY: "RetryConfig" = {
    "max_retries": 5,
    "retry_timeout": _PATIENCE,
    "backoff": {"init_backoff": timedelta(milliseconds=200), "max_backoff": timedelta(seconds=5), "base": 2},
}


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in a store."""

    sha256: str
    size: int


class Store(ABC):
    """Keeps files by their SHA-256. Every method raises Failed when the disk or the server gives way."""

    name: str
    """For people: a folder or an address, never a secret."""
    scratch: Path
    """A folder on this machine for files on their way."""

    @abstractmethod
    def put(self, sha256: str, source: Path) -> None:
        """Keep the bytes of a file on this machine, whole or not at all. The source may be gone afterwards.

        A file that is there already is written again: it may have been damaged, and its age then begins anew.
        """

    @abstractmethod
    def open(self, sha256: str) -> BinaryIO:
        """A file to read from, whose bytes have been checked. Close it.

        Raises:
            Damaged: it is not there, or it is not what was stored.
        """

    @abstractmethod
    def give(self, sha256: str, target: Path) -> None:
        """Put the file at a path that is still free, on disk for good; as a second name of it where that can be.

        Raises:
            Damaged: it is not there.
        """

    @abstractmethod
    def size(self, sha256: str) -> int | None:
        """How many bytes it has; None when it is not there."""

    @abstractmethod
    def delete(self, sha256: str) -> None:
        """Remove it. Harmless when it is gone already."""

    @abstractmethod
    def every(self) -> Iterator[Stored]:
        """All files, in any order."""

    @abstractmethod
    def check(self) -> None:
        """Write something, read it and remove it again."""

    def is_at(self, sha256: str, path: Path) -> bool:
        """Whether the file at a path has these bytes."""
        try:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except FileNotFoundError:
            return False

    @contextmanager
    def receiving(self) -> Iterator[tuple[Path, BinaryIO]]:
        """A new file on this machine to write to, for `put`. It is gone at the end, whatever happens."""
        with beside(self.scratch) as (path, out):
            yield path, out


class Disk(Store):
    """A folder on this machine: `ab/cd/<sha256>`."""

    def __init__(self, root: Path) -> None:
        self.root = self.scratch = root
        self.name = str(root)

    def path(self, sha256: str) -> Path:
        """Where a file stands."""
        return self.root.joinpath(*_key(sha256).split("/"))

    def put(self, sha256: str, source: Path) -> None:
        target = self.path(sha256)
        with self._told():
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.stat().st_dev != target.parent.stat().st_dev:
                with beside(target.parent) as (near, out), source.open("rb") as file:
                    shutil.copyfileobj(file, out, _CHUNK)
                    to_disk(out)
                    near.chmod(0o644)
                    near.replace(target)
            else:
                source.chmod(0o644)
                source.replace(target)
            for folder in (target.parent, target.parent.parent, self.root):
                path_to_disk(folder)

    def open(self, sha256: str) -> BinaryIO:
        try:
            file = self.path(sha256).open("rb")
        except FileNotFoundError as error:
            raise missing(sha256, self.name) from error
        except OSError as error:
            raise Failed(f"In {self.name} kan niet worden gelezen. Pas de rechten aan.") from error
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            file.close()
            raise altered(sha256, self.name)
        file.seek(0)
        return file

    def give(self, sha256: str, target: Path) -> None:
        source = self.path(sha256)
        if not source.is_file():
            raise missing(sha256, self.name)
        try:
            target.hardlink_to(source)
        except OSError:  # a disk without second names, or another one
            with source.open("rb") as file, target.open("xb") as copy:
                shutil.copyfileobj(file, copy, _CHUNK)
                to_disk(copy)
            target.chmod(0o644)

    def size(self, sha256: str) -> int | None:
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, sha256: str) -> None:
        with self._told():
            self.path(sha256).unlink(missing_ok=True)

    def every(self) -> Iterator[Stored]:
        for path in sorted(self.root.glob("??/??/*")):
            if _SHA256.fullmatch(path.name) and path.is_file():
                yield Stored(path.name, path.stat().st_size)

    def check(self) -> None:
        if not self.root.is_dir():
            raise Failed(f"De map {self.root} ontbreekt. Zet hem terug, of pas OPENBOEK_STORAGE aan.")
        with self.receiving() as (path, out):
            out.write(b"proef")
            to_disk(out)
            if path.read_bytes() != b"proef":
                raise Failed(f"Wat in {self.name} wordt geschreven, komt er anders uit. Controleer de schijf.")

    def is_at(self, sha256: str, path: Path) -> bool:
        """As of any store, and the original must be there; a second name of it needs no reading."""
        source = self.path(sha256)
        if not source.is_file() or not path.is_file():
            return False
        if path.samefile(source):
            return True
        return path.stat().st_size == source.stat().st_size and super().is_at(sha256, path)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unwritable(self.root) from error


class Bucket(Store):
    """A bucket of Amazon S3 or of what speaks the same language, such as MinIO or Ceph."""

    def __init__(self, address: str, scratch: Path, config: "S3Config") -> None:
        self.name, self.scratch = address, scratch
        self._store = s3_store(address, config)

    def put(self, sha256: str, source: Path) -> None:
        with self._told():
            obstore.put(self._store, _key(sha256), source)
            kept = obstore.head(self._store, _key(sha256))["size"]
        if kept != source.stat().st_size:
            raise Failed(f"De opslag {self.name} heeft een bestand niet heel bewaard. Probeer het opnieuw.")

    def open(self, sha256: str) -> BinaryIO:
        self.scratch.mkdir(parents=True, exist_ok=True)
        try:
            # Without a name: whatever happens to this process, nothing stays behind.
            file = cast("BinaryIO", tempfile.TemporaryFile(dir=self.scratch))  # noqa: SIM115 - the caller's
        except OSError as error:
            raise unwritable(self.scratch) from error
        try:
            self._fetch(sha256, file)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def give(self, sha256: str, target: Path) -> None:
        with target.open("xb") as copy:
            self._fetch(sha256, copy)
            to_disk(copy)
        target.chmod(0o644)

    def size(self, sha256: str) -> int | None:
        try:
            with self._told():
                return obstore.head(self._store, _key(sha256))["size"]
        except _NotThere:
            return None

    def delete(self, sha256: str) -> None:
        with self._told(), contextlib.suppress(NotFoundError, FileNotFoundError):
            obstore.delete(self._store, _key(sha256))

    def every(self) -> Iterator[Stored]:
        with self._told():
            for found in obstore.list(self._store, chunk_size=1000):
                for one in found:
                    sha256 = one["path"].rpartition("/")[2]
                    if _SHA256.fullmatch(sha256):
                        yield Stored(sha256, one["size"])

    def check(self) -> None:
        name = f".proef-{secrets.token_hex(8)}"
        with self._told():
            obstore.put(self._store, name, b"proef")
            read = bytes(obstore.get(self._store, name).bytes())
            obstore.delete(self._store, name)
        if read != b"proef":
            raise Failed(f"Wat naar {self.name} wordt geschreven, komt er anders uit. Controleer de opslag.")

    def _fetch(self, sha256: str, out: BinaryIO) -> None:
        """Bring all bytes here and compare; a part at a time, so that memory holds one part."""
        size = self.size(sha256)
        if size is None:
            raise missing(sha256, self.name)
        digest = hashlib.sha256()
        try:
            for start in range(0, size, _PART):
                with self._told():
                    part = obstore.get_range(self._store, _key(sha256), start=start, length=min(_PART, size - start))
                digest.update(part)
                out.write(part)
        except OSError as error:
            raise unwritable(self.scratch) from error
        if digest.hexdigest() != sha256:
            raise altered(sha256, self.name)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What a person can do about it. The words of the server stay behind: they name hosts and keys."""
        try:
            yield
        except (NotFoundError, FileNotFoundError):
            raise _NotThere(
                f"De opslag {self.name} bestaat niet. Controleer de naam van de bucket in OPENBOEK_STORAGE."
            ) from None
        except (PermissionDeniedError, UnauthenticatedError):
            raise Failed(
                f"De opslag {self.name} weigert de sleutel van Openboek. Controleer OPENBOEK_STORAGE_KEY_ID, het "
                "geheim en de rechten op de bucket: lezen, schrijven, verwijderen en de lijst opvragen."
            ) from None
        except BaseError:
            raise Failed(
                f"De opslag {self.name} is niet bereikbaar. Er is niets half opgeslagen. Controleer of die draait en "
                "probeer het opnieuw."
            ) from None


class Damaged(Failed):
    """This one file is gone, or is not what was stored; the store itself works."""


class _NotThere(Failed):
    """The file, or the bucket itself."""


def at(address: str, settings: Settings, root: Path) -> Store:
    """The store at an address: a folder (from `root` when it is relative) or `s3://bucket/prefix`.

    Raises:
        BadInput: the address or a setting cannot be used.
    """
    if not address.startswith(S3):
        return Disk(root / address)
    secret = settings.storage_secret.get_secret_value()
    if settings.storage_secret_file:
        secret = read_secret(settings.storage_secret_file, "STORAGE_SECRET_FILE")
    return _bucket(
        address, root / FILES, settings.storage_endpoint, settings.storage_region, settings.storage_key_id, secret
    )


@lru_cache(maxsize=8)
def _bucket(address: str, scratch: Path, endpoint: str, region: str, key_id: str, secret: str) -> Bucket:
    """One for each set of facts: it holds the connections. What is not given comes from the `AWS_*` variables."""
    return Bucket(address, scratch, s3_config(endpoint, region, key_id, secret))


def s3_config(endpoint: str, region: str, key_id: str, secret: str) -> "S3Config":
    """What is known of a bucket; what is empty comes from the `AWS_*` variables."""
    given = {"endpoint": endpoint, "region": region, "access_key_id": key_id, "secret_access_key": secret}
    return cast("S3Config", {name: value for name, value in given.items() if value})


def s3_store(address: str, config: "S3Config") -> S3Store:
    """A bucket, with patience for a server that falters.

    Raises:
        BadInput: it is no address of a bucket.
    """
    bucket, prefix = parts_of(address)
    options: ClientConfig = {
        "allow_http": str(config.get("endpoint", "")).startswith("http://"),
        "connect_timeout": timedelta(seconds=5),
        "timeout": timedelta(seconds=120),
    }
    return S3Store(bucket, prefix=prefix or None, config=config, client_options=options, retry_config=_RETRY)


@contextmanager
def beside(place: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file in a folder, which is gone at the end unless it was given another name: never half a file.

    Raises:
        Failed: the folder cannot be written, or the disk is full.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=".deel", dir=place)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                yield path, out
        finally:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(place) from error


def to_disk(out: BinaryIO) -> None:
    """What was written survives a power cut."""
    out.flush()
    os.fsync(out.fileno())


def path_to_disk(path: Path) -> None:
    """What a file holds survives a power cut; of a folder, which names are there and which are gone."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unwritable(place: Path) -> Failed:
    return Failed(f"In de map {place} kan niet worden geschreven. Maak ruimte vrij of pas de rechten aan.")


def missing(sha256: str, name: str) -> Damaged:
    return Damaged(f"Bestand {sha256[:12]} ontbreekt in {name}. Zet een back-up terug of vervang het bestand.")


def altered(sha256: str, name: str) -> Damaged:
    return Damaged(
        f"Bestand {sha256[:12]} in {name} is veranderd of beschadigd, en wordt niet gebruikt. Zet een back-up terug of "
        "vervang het bestand."
    )


def _key(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
