"""The manifest: one file at the root, and one for each part of the site with the SHA-256 of every file in it.

`manifest.json`: `{"schema": 1, "base_url": ..., "shards": [{"path", "manifest", "sha256", "files"}]}`; that of
a part: `{"schema": 1, "files": {path: {"sha256", "size"}}}`, with paths relative to the root of the site.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

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


@dataclass(frozen=True, slots=True)
class Expected:
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    base_url: str
    shards: Sequence[object]
    export: str = ""


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
    base_url, shards = content.get("base_url"), content.get("shards")
    if not isinstance(base_url, str) or not isinstance(shards, list):
        raise UnreadableManifestError("mist base_url of shards. Maak de export opnieuw.")
    return Manifest(base_url.rstrip("/"), shards, str(content.get("export", "")))


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
    """The manifest of a part of the site, as read, and the files that it names."""

    path: str
    files: Mapping[str, Expected]


def read_shards(source: Source, manifest: Manifest, faults: list[Fault]) -> Iterator[Shard]:
    """The manifests one by one, for all of them may be much. What is wrong with them is added to `faults`."""
    for shard in manifest.shards:
        if not isinstance(shard, dict) or not isinstance(path := shard.get("manifest"), str):
            faults.append(Fault(ROOT, "heeft een onderdeel zonder manifest. Maak de export opnieuw."))
            continue
        files: Mapping[str, Expected] = {}
        try:
            data = source.read(address(source.base_url, path), max_bytes=MAX_MANIFEST_BYTES)
            if hashlib.sha256(data).hexdigest() != shard.get("sha256"):
                faults.append(Fault(path, f"past niet bij de SHA-256 in {ROOT}. Maak de export opnieuw."))
            files = _files(data)
            del data
            if len(files) != shard.get("files"):
                counted = f"noemt {len(files)} bestanden, {ROOT} zegt {shard.get('files')}. Maak de export opnieuw."
                faults.append(Fault(path, counted))
        except UnavailableError as error:
            faults.append(Fault(path, f"{error}. Maak de export opnieuw."))
        except UnreadableManifestError as error:
            faults.append(Fault(path, str(error)))
        yield Shard(path, files)


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
    expected: Mapping[str, Expected],
    *,
    sample: int | None,
    proofs: Proofs | None = None,
    secrets: Secrets | None = None,
) -> Iterator[Fault]:
    """Files that are not there, or not with the contents that the manifest says, or with a text that is not public.

    A file that was seen to hold them, and is the same one on the disk, is not read again. In the documents themselves
    no texts are looked for: who published them read them.
    """
    for path in spread(sorted(expected), sample):
        if source.is_web and path.startswith(SERVER):
            continue
        sha256 = expected[path].sha256
        try:
            status = source.status(path) if proofs else None
            if proofs and status and proofs.has_bytes(path, sha256, status):
                continue
            found = source.digest(path, max_bytes=expected[path].size)
            told = _told(source, path, secrets) if secrets and not path.startswith(DOCUMENTS) else []
        except UnavailableError as error:
            if proofs:
                proofs.absent.add(path)
            yield Fault(path, f"{error}, maar staat wel in het manifest. Maak de export opnieuw.")
            continue
        if found != (sha256, expected[path].size):
            yield Fault(path, "heeft een andere inhoud dan het manifest zegt. Maak de export opnieuw.")
        elif told:
            yield from (
                Fault(path, f"noemt tekst die niet openbaar is: {name}. Meld dit aan de maker.") for name in told
            )
        elif proofs and status:
            proofs.saw_bytes(path, sha256, status)


def _told(source: Source, path: str, secrets: Secrets) -> Sequence[str]:
    return secrets.fields_in(source.pieces(address(source.base_url, path), max_bytes=MAX_MANIFEST_BYTES))
