"""The only code that writes the published site: a new folder beside the live one, then one switch of a link.

    D/exports/{id}/                     a release: pages, data files, sitemaps, manifests
    D/exports/{id}/woo/documenten       -> ../../../documenten/{code}: the lasting tree of document files
    D/site                              -> exports/{id}: a relative link, replaced in one step
    D/sites/{code}                      the same, for each organisation when there are several

Every link is relative, so a copied folder still works. Whatever breaks, readers keep the last good site: a release
counts only when the link points to it.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from core.errors import BadInput, Busy, Failed
from core.storage import path_to_disk
from publish import urls

KEPT_RELEASES = 7
MANIFESTS = "manifesten"
DOCUMENTS = "woo/documenten"
Data = bytes | Iterable[bytes]
"""What a file holds: all of it, or the pieces of one that is too large to hold."""
Written = tuple[str, str, int]
"""A file of a release: its path, its SHA-256 and its size."""
_Packed = bytes
"""SHA-256 and size of a file in a third of the memory that a tuple of them takes."""
_UNFINISHED = ".nieuw-"
_KEPT = ".bewaard-"
_PROOFS = ".bewijs-"
_SPARE = ".over-"
_STATE = ".staat-"
_MOMENT = "%Y%m%dT%H%M%S%f"
_MANY = 500
"""From so many files and folders on, the whole disk is flushed at once."""


class Signer(Protocol):
    """Signs the root manifest; its public key stands on the site under its id."""

    @property
    def id(self) -> str: ...

    def sign(self, data: bytes) -> bytes: ...


@contextmanager
def publish_lock(root: Path, code: str, *, wait: bool = False) -> Iterator[None]:
    """One run at a time for an organisation; the system frees the lock when the process ends, however it ends.

    Raises:
        Busy: another run holds it (unless `wait`).
        Failed: the folder cannot be written.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        file = (root / f".bezig-{code}").open("a")
    except OSError as error:
        raise _told(error, root) from error
    with file as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise Busy("Er loopt al een export. Wacht tot die klaar is en probeer het dan opnieuw.") from error
        yield


@dataclass(slots=True)
class Release:
    """A release while it is being written."""

    path: Path
    finished: Callable[[str, str, int], None] = lambda _name, _digest, _size: None
    """Is told of each file that was written, with its SHA-256 and size."""
    files: dict[str, _Packed] = field(default_factory=dict)
    """By their paths. There may be a million of them."""
    _standing: dict[str, int] = field(default_factory=dict)
    """What the folder held already and nobody wrote or took yet, each with the inode that the disk knows it by."""
    _folders: set[str] = field(default_factory=set)
    """Those that are there: asked of the disk for each file, it takes longer than to link a file."""
    _new: set[str] = field(default_factory=set)
    """Files that were written and folders in which something changed, as far as the disk was not told yet."""

    def write(self, name: str, data: Data) -> tuple[str, int]:
        """Write one file; gives its SHA-256 and size. The path may not leave the release, nor lead to the documents."""
        if f"{name}/".startswith(f"{DOCUMENTS}/"):
            raise ValueError(f"a path that leaves the release: {name!r}")
        told = self._write(name, data)
        self.files[name] = _packed(*told)
        self.finished(name, *told)
        return told

    def _write(self, name: str, data: Data) -> tuple[str, int]:
        target = self._place(name)
        self._new.add(name)
        if not isinstance(data, bytes):
            return _write_pieces(target, data)
        _write_whole(target, data)
        return hashlib.sha256(data).hexdigest(), len(data)

    def take(self, before: Path, files: Sequence[Written]) -> bool:
        """Take files over from a release, each with its SHA-256 and size. False when one is gone or has another size.

        They are the same files on the disk: nothing may ever be written in a file that stands in a release.
        """
        for name, _digest, size in files:
            try:
                found = os.stat(f"{before}/{name}")  # noqa: PTH116 - a Path takes longer than the system
                if found.st_size != size:
                    return False
                if self._standing.get(name) != found.st_ino:
                    os.link(f"{before}/{name}", self._place(name))
                    self._standing[name] = found.st_ino
            except OSError:
                return False
        for name, digest, size in files:
            del self._standing[name]
            self.files[name] = _packed(digest, size)
        return True

    def link_documents(self, tree: Path, documents: Mapping[str, tuple[str, int]]) -> None:
        """Hang the lasting tree of documents in the release; `documents` are paths with their SHA-256 and size."""
        place = Path(self._place(DOCUMENTS))
        tree.mkdir(parents=True, exist_ok=True)
        place.symlink_to(_relative(tree, place.parent))
        self.files.update((name, _packed(*told)) for name, told in documents.items())

    def write_manifests(self, facts: Mapping[str, str | int], signers: Sequence[Signer] = ()) -> None:
        """Write a manifest per folder, and the root manifest over them (`facts` go into the root as they are), signed.

        What the folder held already and is in none of them, goes.
        """
        shards: dict[str, list[str]] = {}
        for name in sorted(self.files):
            shards.setdefault(_shard_of(name), []).append(name)
        listed = []
        for shard, names in sorted(shards.items()):
            path = f"{MANIFESTS}/{shard.replace('/', '-') or 'begin'}.json"
            digest, _size = self._write(path, _manifest((name, *_unpacked(self.files[name])) for name in names))
            listed.append({"path": shard, "manifest": path, "sha256": digest, "files": len(names)})
        signed_by = {"signed_by": [one.id for one in signers]} if signers else {}
        root = _json({"schema": 1, **facts, **signed_by, "shards": listed})
        self._write("manifest.json", root)
        for one in signers:
            self._write(urls.signature(one.id), one.sign(root))
        self._drop_the_rest()

    def look(self) -> None:
        """Find what the folder holds already."""
        folders = [""]
        while folders:
            folder = folders.pop()
            self._folders.add(folder)
            with os.scandir(f"{self.path}/{folder}") as entries:
                for entry in entries:
                    name = f"{folder}/{entry.name}" if folder else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(name)
                    else:
                        self._standing[name] = entry.inode()

    def _drop_the_rest(self) -> None:
        for name in self._standing:
            folder = name.rpartition("/")[0]
            os.unlink(f"{self.path}/{name}")  # noqa: PTH108 - a Path takes longer than the system
            self._touch(folder)
            with suppress(OSError):  # it holds something else still
                os.removedirs(f"{self.path}/{folder}")
        self._standing.clear()

    def to_disk(self) -> None:
        """Everything on the disk before the switch: after a power cut the live link never points to half a release."""
        if len(self._new) > _MANY:
            os.sync()  # the disk is flushed once, not for each of them; Linux waits until it is done
        else:
            for place in (self.path / name for name in sorted(self._new)):
                if place.exists():
                    path_to_disk(place)
        self._new.clear()

    def _place(self, name: str) -> str:
        """Where a file can be made; its folder is there. A text, for there are very many of them."""
        folder, _, last = name.rpartition("/")
        if folder not in self._folders:
            if not {"", ".", ".."}.isdisjoint(folder.split("/") if folder else ()):
                raise ValueError(f"a path that leaves the release: {name!r}")
            (self.path / folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        if last in {"", ".", ".."}:
            raise ValueError(f"a path that leaves the release: {name!r}")
        self._touch(folder)
        target = f"{self.path}/{name}"
        if self._standing.pop(name, None) is not None:
            os.unlink(target)  # noqa: PTH108 - other releases may hold the same file: it is never written in
        return target

    def _touch(self, folder: str) -> None:
        """Something changes in a folder; it may come or go, so in those above it too."""
        while folder not in self._new:
            self._new.add(folder)
            folder = folder.rpartition("/")[0]


@contextmanager
def new_release(exports: Path, export_id: str) -> Iterator[Release]:
    """Write a release in a folder that nobody looks at; it gets its name when everything is written and synced.

    Where a tree was set aside it is used again: what is in it need not be put there.

    Raises:
        Failed: the disk is full or the folder cannot be written; nothing is left behind.
    """
    unfinished, spare = exports / f"{_UNFINISHED}{export_id}", _spare_beside(exports / export_id)
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        if spare.is_dir():
            spare.rename(unfinished)
        unfinished.mkdir(parents=True, exist_ok=True)
        release = Release(unfinished)
        release.look()
        yield release
        release.to_disk()
        unfinished.rename(exports / export_id)
        path_to_disk(exports)
        path_to_disk(exports.parent)
    except BaseException as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        if isinstance(error, OSError):
            raise _told(error, exports) from error
        raise


@contextmanager
def kept(exports: Path, code: str) -> Iterator[Callable[[str, Callable[[], bytes]], bytes]]:
    """Files that cost much to make, by a name that says what is in them; those that nobody asked for go.

    Files of a run that failed stay for the next.
    """
    folder = exports / f"{_KEPT}{code}"
    asked: set[str] = set()

    def keep(name: str, make: Callable[[], bytes]) -> bytes:
        asked.add(name)
        path = folder / name
        try:
            return path.read_bytes()
        except OSError:
            data = make()
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{name}"
        _write_whole(unfinished, data)
        path_to_disk(unfinished)
        unfinished.replace(path)
        return data

    yield keep
    for path in folder.glob("*") if asked else ():  # nobody asks when all that is made of them is taken over
        if path.name not in asked:
            path.unlink()


def proofs_of(exports: Path, code: str) -> Path:
    """Where the check of an organisation's releases keeps what it found good: beside them, not in one."""
    return exports / f"{_PROOFS}{code}"


def renew(release: Path, files: Mapping[str, Data], signers: Sequence[Signer] = ()) -> None:
    """Give files of a finished release other bytes, in this order, each in one step; its manifests follow.

    They are new files with the old names: the releases that share the old ones keep them. Half-way the manifests tell
    of the old bytes; nobody else may renew the same release meanwhile. Those of the signers who signed it do so again;
    the other signatures go.

    Raises:
        Failed: the disk is full or the folder cannot be written.
    """
    try:
        told = {name: _put(release / name, data) for name, data in files.items()}
        root = json.loads((release / "manifest.json").read_bytes())
        for shard in root["shards"]:
            if mine := {name: about for name, about in told.items() if _shard_of(name) == shard["path"]}:
                listed = json.loads((release / shard["manifest"]).read_bytes())
                old = {name: (about["sha256"], about["size"]) for name, about in listed["files"].items()}
                anew = _manifest((name, *about) for name, about in (old | mine).items())
                shard["sha256"], _size = _put(release / shard["manifest"], anew)
        _sign_again(release, root, signers)
    except OSError as error:
        raise _told(error, release, but="") from error


def _sign_again(release: Path, root: dict[str, Any], signers: Sequence[Signer]) -> None:
    """Write the root manifest of a finished release, with its signatures."""
    before = root.get("signed_by", [])
    again = [one for one in signers if one.id in before]
    if before:
        root["signed_by"] = [one.id for one in again]
    data = _json(root)
    _put(release / "manifest.json", data)
    for one in again:
        _put(release / urls.signature(one.id), one.sign(data))
    for name in {*before} - {one.id for one in again}:
        (release / urls.signature(name)).unlink(missing_ok=True)


def _put(place: Path, data: Data) -> tuple[str, int]:
    """Let a file take the place of another one, if any, safe for a power cut; gives its SHA-256 and size."""
    beside = place.with_name(f".{place.name}.nieuw")
    try:
        found = _write_pieces(beside, [data] if isinstance(data, bytes) else data)
        path_to_disk(beside)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
    path_to_disk(place.parent)
    return found


def name_of(code: str, moment: datetime) -> str:
    """The name of the release of an organisation that is begun at a moment."""
    return f"{code}-{moment:{_MOMENT}}"


def moment_of(name: str) -> datetime | None:
    """The moment that a release is named for; None for a name of another kind."""
    try:
        return datetime.strptime(name.rpartition("-")[2], _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None


def switch(link: Path, release: Path) -> None:
    """Let the live link point to a release, in one step.

    Raises:
        BadInput: there is a real folder or file where the link should be; it is not ours to remove.
        Failed: the link cannot be written.
    """
    if link.exists() and not link.is_symlink():
        raise BadInput(f"{link} is een echte map of een bestand. Kies een andere plek, of haal die eerst weg.")
    beside = link.with_name(f".{link.name}.nieuw")
    try:
        beside.unlink(missing_ok=True)
        link.parent.mkdir(parents=True, exist_ok=True)
        beside.symlink_to(_relative(release, link.parent))
        beside.replace(link)
        path_to_disk(link.parent)
        path_to_disk(link.parent.parent)
    except OSError as error:
        raise _told(error, link.parent) from error


def current(link: Path) -> Path | None:
    """The release that readers see now."""
    return link.resolve() if link.is_symlink() and link.exists() else None


def state_of(release: Path) -> Path:
    """The file that says what a release was made of: beside it, where no reader of the site can come."""
    return release.with_name(f"{_STATE}{release.name}")


def releases(exports: Path, code: str) -> list[Path]:
    """Finished releases of an organisation, oldest first."""
    return sorted(path for path in exports.glob(f"{code}-*") if path.is_dir())


def clean_up(exports: Path, code: str, live: Path | None) -> None:
    """Keep the newest releases; take away the rest and what killed runs left behind."""
    for path in exports.glob(f"{_UNFINISHED}{code}-*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in releases(exports, code)[:-KEPT_RELEASES]:
        if path != live:
            set_aside(path)
    for path in exports.glob(f"{_STATE}{code}-*"):
        if not (exports / path.name.removeprefix(_STATE)).is_dir():
            path.unlink(missing_ok=True)


def set_aside(release: Path) -> None:
    """Take a release away, with what was written down of it.

    One tree of folders and links stays, for the next release: to make it anew takes longer than all that changes in it.
    """
    state_of(release).unlink(missing_ok=True)
    spare = _spare_beside(release)
    with suppress(OSError):
        if not spare.exists():
            release.rename(spare)
    shutil.rmtree(release, ignore_errors=True)


def _spare_beside(release: Path) -> Path:
    return release.with_name(f"{_SPARE}{release.name.rpartition('-')[0]}")


def remove_document(tree: Path, name: str) -> None:
    """Take a document file away by its path on the site; being gone already is good.

    Raises:
        Failed: it cannot be removed.
    """
    inside = PurePosixPath(name).relative_to(DOCUMENTS)
    if ".." in inside.parts:
        raise ValueError(f"a path that leaves {DOCUMENTS}: {name!r}")
    path = tree.joinpath(*inside.parts)
    try:
        path.unlink()
        path_to_disk(path.parent)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise _told(error, tree) from error


def fingerprint(release: Path) -> list[tuple[str, str]] | None:
    """What a release holds, whatever its moment: by whom it is signed, path and SHA-256 of each shard.

    None when it cannot be read.
    """
    try:
        found = json.loads((release / "manifest.json").read_bytes())
        shards = [(shard["path"], shard["sha256"]) for shard in found["shards"]]
        return [*(("manifest.json", name) for name in found.get("signed_by", ())), *shards]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def tree_faults(tree: Path, documents: Mapping[str, tuple[str, int]]) -> Iterable[str]:
    """Document files that are missing or have another size, by their path on the site."""
    for name, (_digest, size) in documents.items():
        path = tree / PurePosixPath(name).relative_to(DOCUMENTS)
        try:
            if path.stat().st_size != size:
                yield name
        except OSError:
            yield name


def _relative(target: Path, folder: Path) -> str:
    """How a link in `folder` names `target`: by where both really stand, for either may be reached through a link.

    A target that is a link itself stays one: it may lead elsewhere tomorrow.
    """
    return os.path.relpath(target.parent.resolve() / target.name, folder.resolve())


def _shard_of(name: str) -> str:
    if name.startswith(f"{DOCUMENTS}/"):
        return DOCUMENTS
    return name.split("/", 1)[0] if "/" in name else ""


def _packed(sha256: str, size: int) -> _Packed:
    return bytes.fromhex(sha256) + size.to_bytes(8)


def _unpacked(packed: _Packed) -> tuple[str, int]:
    return packed[:-8].hex(), int.from_bytes(packed[-8:])


def _manifest(files: Iterable[Written]) -> Iterator[bytes]:
    """The manifest of a part of the site, as `_json` would write it, which takes ten times as long."""
    yield b'{\n "schema": 1,\n "files": {'
    between, encode = "", json.JSONEncoder(ensure_ascii=False).encode
    for name, digest, size in files:
        yield f'{between}\n  {encode(name)}: {{\n   "sha256": "{digest}",\n   "size": {size}\n  }}'.encode()
        between = ","
    yield b"\n }\n}\n"


def _json(data: Mapping[str, object]) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"


def _write_whole(path: Path | str, data: bytes) -> None:
    with open(path, "wb") as file:  # noqa: PTH123 - a Path takes longer than the system
        file.write(data)


def _write_pieces(path: Path | str, pieces: Iterable[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with open(path, "wb") as file:  # noqa: PTH123 - a Path takes longer than the system
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def _told(error: OSError, place: Path, but: str = "; de oude site staat nog online") -> Failed:
    if error.errno in {28, 122, 27}:  # ENOSPC, EDQUOT, EFBIG
        return Failed(f"De schijf is vol. Maak ruimte vrij{but}.")
    return Failed(f"In {place} kan niet worden geschreven. Pas de rechten aan{but}.")
