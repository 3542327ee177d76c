"""The manifest: one file at the root, and one for each part of the site with the SHA-256 of every file in it.

`manifest.json`: `{"schema": 1, "base_url": ..., "signed_by": [id of a key], "shards": [{"path", "manifest", "sha256",
"files"}]}`; that of
a part: `{"schema": 1, "files": {path: {"sha256", "size"}}}`, with paths relative to the root of the site.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar

from publish.check.proofs import Proofs
from publish.check.report import Fault
from publish.check.secrets import Secrets
from publish.check.sources import Source, UnavailableError, address

ROOT = "manifest.json"
MAX_MANIFEST_BYTES = 500_000_000
DOCUMENTS = "woo/documenten/"
"""Uploaded files stand here; whatever their format, they are not pages of ours."""

SERVER = "server/"
"""For the web server itself. Some servers hide the files that they include."""

T = TypeVar("T")
_KEY_ID = re.compile(r"[0-9a-f]{16}")


class Expected(NamedTuple):
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    base_url: str
    shards: Sequence[object]
    export: str = ""
    signed_by: Sequence[str] = ()


class UnreadableManifestError(Exception):
    """The manifest is not what it should be; the message says how, in Dutch."""


def spread(items: Sequence[T], sample: int | None) -> Sequence[T]:
    """At most `sample` of the items, evenly spread; all of them when there is no limit."""
    if sample is None or len(items) <= sample:
        return items
    return [items[position * len(items) // sample] for position in range(sample)]


def parse_root(data: bytes) -> Manifest:
    """Read the root manifest. Raises UnreadableManifestError."""
    content = _parse(data)
    base_url, shards, signed_by = content.get("base_url"), content.get("shards"), content.get("signed_by", [])
    if not isinstance(base_url, str) or not isinstance(shards, list):
        raise UnreadableManifestError("mist base_url of shards. Maak de export opnieuw.")
    if not isinstance(signed_by, list) or not all(_KEY_ID.fullmatch(str(name)) for name in signed_by):
        raise UnreadableManifestError("noemt bij signed_by iets wat geen sleutel is. Maak de export opnieuw.")
    return Manifest(base_url.rstrip("/"), shards, str(content.get("export", "")), signed_by)


def _parse(data: bytes) -> Mapping[str, object]:
    try:
        content = json.loads(data, object_pairs_hook=_compact)
    except (ValueError, RecursionError) as error:
        raise UnreadableManifestError("is geen geldige JSON. Maak de export opnieuw.") from error
    if not isinstance(content, dict) or content.get("schema") != 1:
        raise UnreadableManifestError("is geen manifest dat deze versie kent. Controleer met een nieuwere versie.")
    return content


@dataclass(frozen=True, slots=True)
class Shard:
    """The manifest of a part of the site. `files` reads it: the files that it names, as often as it is called.

    It raises UnavailableError or UnreadableManifestError when the manifest is no longer what it was.
    """

    path: str
    number: int
    files: Callable[[], Iterable[tuple[str, Expected]]]


def read_shards(source: Source, manifest: Manifest, faults: list[Fault]) -> Iterator[Shard]:
    """The manifests one by one. What is wrong with them is added to `faults`."""
    for shard in manifest.shards:
        if not isinstance(shard, dict) or not isinstance(path := shard.get("manifest"), str):
            faults.append(Fault(ROOT, "heeft een onderdeel zonder manifest. Maak de export opnieuw."))
            continue
        found = Shard(path, 0, tuple)
        try:
            pieces = _pieces(source, path)
            digest = hashlib.sha256()
            for piece in pieces():
                digest.update(piece)
            if digest.hexdigest() != shard.get("sha256"):
                faults.append(Fault(path, f"past niet bij de SHA-256 in {ROOT}. Maak de export opnieuw."))
            found = _shard(path, pieces)
            if found.number != shard.get("files"):
                counted = f"noemt {found.number} bestanden, {ROOT} zegt {shard.get('files')}. Maak de export opnieuw."
                faults.append(Fault(path, counted))
        except UnavailableError as error:
            faults.append(Fault(path, f"{error}. Maak de export opnieuw."))
        except UnreadableManifestError as error:
            faults.append(Fault(path, str(error)))
        yield found


def _pieces(source: Source, path: str) -> Callable[[], Iterable[bytes]]:
    """What gives the bytes of a manifest, again and again. From the web they are fetched once."""
    pieces = partial(source.pieces, address(source.base_url, path), max_bytes=MAX_MANIFEST_BYTES)
    if not source.is_web:
        return pieces
    fetched = list(pieces())
    return lambda: fetched


def _shard(path: str, pieces: Callable[[], Iterable[bytes]]) -> Shard:
    """Name by name when it looks as ours do, for there may be a million; else as a whole."""
    try:
        return Shard(path, sum(map(len, _usual_lines(pieces()))), lambda: _usual_files(pieces()))
    except UnreadableManifestError:
        files = _files(b"".join(pieces()))
        return Shard(path, len(files), files.items)


_SPACE = rb"[ \t\n\r]*+"
_BEGIN = re.compile(rb'_{_"schema"_:_1_,_"files"_:_{'.replace(b"_", _SPACE))
_ABOUT = (
    rb'_"((?:[^"\\\x00-\x1f]++|\\["\\/bfnrt])*)"_:_{_"sha256"_:_"([0-9a-z]*+)"_,_"size"_:_(0|[1-9][0-9]{0,17})_}_'
).replace(b"_", _SPACE)
_FILES = re.compile(b"(?:%b,)*+(?:%b})?" % ((re.sub(rb"\((?!\?)", b"(?:", _ABOUT),) * 2))
_FILE = re.compile(_ABOUT.decode())
_END = re.compile(rb"_}_".replace(b"_", _SPACE))
_LONGEST = 100_000


def _usual_files(pieces: Iterable[bytes]) -> Iterator[tuple[str, Expected]]:
    """What `_files` finds, in little memory. Raises UnreadableManifestError for JSON that is written otherwise."""
    for together in _usual_lines(pieces):
        for name, sha256, size in together:
            yield json.loads(f'"{name}"') if "\\" in name else name, Expected(sha256, int(size))


def _usual_lines(pieces: Iterable[bytes]) -> Iterator[Sequence[tuple[str, str, str]]]:
    """The same as it is written, as many at once as there are whole ones."""
    rest, is_begun, is_ended = b"", False, False
    try:
        for piece in pieces:
            rest += piece
            position = 0
            if not is_begun and (begin := _BEGIN.match(rest)):
                is_begun, position = True, begin.end()
            if is_begun and not is_ended and (found := _FILES.match(rest, position)):
                yield _FILE.findall(rest[position : found.end()].decode())
                is_ended, position = found[0].endswith(b"}"), found.end()
            rest = rest[position:]
            if len(rest) > _LONGEST:
                break
    except ValueError as error:
        raise UnreadableManifestError("is geen geldige JSON. Maak de export opnieuw.") from error
    if not is_ended or not _END.fullmatch(rest):
        raise UnreadableManifestError("is intussen veranderd. Controleer nog een keer.")


def _files(data: bytes) -> Mapping[str, Expected]:
    files = _parse(data).get("files")
    if not isinstance(files, dict):
        raise UnreadableManifestError("mist files. Maak de export opnieuw.")
    for name, about in files.items():
        if not isinstance(about, Expected):
            raise UnreadableManifestError(f"noemt bij {name} geen sha256 en size. Maak de export opnieuw.")
    return files


def _compact(pairs: list[tuple[str, object]]) -> object:
    """What stands about a file in little memory; any other object as it is."""
    found = dict(pairs)
    sha256, size = found.get("sha256"), found.get("size")
    return Expected(sha256, size) if isinstance(sha256, str) and isinstance(size, int) and len(found) == 2 else found


def file_faults(
    source: Source,
    shard: Shard,
    *,
    sample: int | None,
    proofs: Proofs | None = None,
    secrets: Secrets | None = None,
) -> Iterator[Fault]:
    """Files that are not there, or not with the contents that the manifest says, or with a text that is not public.

    A file that was seen to hold them, and is the same one on the disk, is not read again. In the documents themselves
    no texts are looked for: who published them read them.
    """
    chosen = None if sample is None else frozenset(spread(range(shard.number), sample))
    for place, (path, expected) in enumerate(shard.files()):
        if (chosen is not None and place not in chosen) or (source.is_web and path.startswith(SERVER)):
            continue
        sha256 = expected.sha256
        try:
            status = source.status(path) if proofs else None
            if proofs and status and proofs.has_bytes(path, sha256, status):
                continue
            if secrets and not path.startswith(DOCUMENTS):
                found, told = _read(source, path, secrets)
            else:
                found, told = source.digest(path, max_bytes=expected.size), ()
        except UnavailableError as error:
            if proofs:
                proofs.absent.add(path)
            yield Fault(path, f"{error}, maar staat wel in het manifest. Maak de export opnieuw.")
            continue
        if found != (sha256, expected.size):
            yield Fault(path, "heeft een andere inhoud dan het manifest zegt. Maak de export opnieuw.")
        elif told:
            yield from (
                Fault(path, f"noemt tekst die niet openbaar is: {name}. Meld dit aan de maker.") for name in told
            )
        elif proofs and status:
            proofs.saw_bytes(path, sha256, status)


def _read(source: Source, path: str, secrets: Secrets) -> tuple[tuple[str, int], Sequence[str]]:
    """SHA-256 and size of a file, and the fields of which a text stands in it, in one reading."""
    digest, size = hashlib.sha256(), 0

    def pieces() -> Iterator[bytes]:
        nonlocal size
        for piece in source.pieces(address(source.base_url, path), max_bytes=MAX_MANIFEST_BYTES):
            digest.update(piece)
            size += len(piece)
            yield piece

    told = secrets.fields_in(pieces())
    return (digest.hexdigest(), size), told
