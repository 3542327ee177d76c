"""Bring a place up to a release: what was withdrawn goes first, then what is new in an order that readers can trust."""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import BadInput, Failed
from publish import urls
from publish.check import manifest
from publish.check.report import Fault
from publish.check.sources import Folder
from publish.targets.journal import BATCH, MARKER, Journal
from publish.targets.place import Parcel, Place

Gone = Callable[[], Collection[str]]
"""Names of the documents that were withdrawn, as of now."""
_LOOK_AGAIN = 1.0
"""Seconds; a withdrawal during a long night is obeyed within this, and the file that is on its way."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was done: the number of files sent and removed."""

    files: int
    removed: int


def send(place: Place, journal_at: Path, release: Path, code: str, gone: Gone) -> Sent:
    """Make the place hold this release and nothing else. What it has already is not sent again.

    Args:
        place: entered by the caller.
        journal_at: the file in which is kept what the place has.
        release: the export that is live here.
        code: the organisation.
        gone: see `Gone`.

    Raises:
        BadInput: the place holds files of somebody else.
        Failed: the place or the disk gave way; what was sent counts.
    """
    journal = Journal(journal_at, place.tree)
    try:
        _claim(place, journal, code, journal_at, journal.meet(place.listed()))
        withdrawn = Withdrawn(gone)
        removed = _remove(place, journal, journal.has(withdrawn.now()))
        journal.want(row for row in _files(release) if row[0] not in withdrawn.now())
        sent = 0
        for batch in journal.to_send(release):
            news = withdrawn.now()
            removed += _remove(place, journal, journal.has(news))
            parcels = [_checked(parcel) for parcel in batch if parcel.name not in news]
            place.put(parcels)
            journal.sent(parcels)
            sent += len(parcels)
        removed += _remove(place, journal, journal.surplus())
        removed += _remove(place, journal, journal.has(gone()))
        place.done()
        return Sent(sent, removed)
    finally:
        journal.close()


def take_away(place: Place, journal_at: Path, names: Sequence[str]) -> int:
    """Remove withdrawn documents that we know to be there. Returns how many.

    Raises:
        Failed: the place gave way.
    """
    journal = Journal(journal_at)
    try:
        if not (found := journal.has(names)):
            return 0
        with place:
            return _remove(place, journal, found)
    finally:
        journal.close()


class Withdrawn:
    """Asks again when the answer is old."""

    def __init__(self, ask: Gone) -> None:
        self._ask, self._answer, self._at = ask, frozenset(ask()), time.monotonic()

    def now(self) -> frozenset[str]:
        if time.monotonic() - self._at > _LOOK_AGAIN:
            self._answer, self._at = frozenset(self._ask()), time.monotonic()
        return self._answer


def _claim(place: Place, journal: Journal, code: str, journal_at: Path, files: int) -> None:
    """Make sure that this is our place: an empty one becomes ours, another's is left alone."""
    found = place.marker()
    wanted = json.dumps({"openboek": code}).encode() + b"\n"
    if found == wanted:
        return
    if found is not None:
        raise BadInput("Op deze plek staat de site van een andere organisatie. Kies een andere plek.")
    if files:
        raise BadInput("Op deze plek staan al bestanden die niet van Openboek zijn. Kies een lege plek.")
    if not journal.is_new():
        # A disk that is not mounted looks like an empty folder.
        raise Failed(
            "Deze plek is leeg, en eerder stond hier een site. Kijk of de schijf of de map er is. Klopt het dat hij "
            "leeg is? Doe dan: openboek targets send --anew"
        )
    source = journal_at.with_suffix(".merk")
    source.write_bytes(wanted)
    place.put([Parcel(MARKER, source, hashlib.sha256(wanted).hexdigest(), len(wanted))])


def _remove(place: Place, journal: Journal, names: Sequence[str]) -> int:
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        place.remove(batch)
        journal.removed(batch)
    return len(names)


def _files(release: Path) -> Iterator[tuple[str, str, int]]:
    """Every file of a release with its SHA-256 and size, the manifests and signatures too."""
    root = Folder(release, "https://localhost")
    try:
        found = manifest.parse_root((release / manifest.ROOT).read_bytes())
    except (OSError, manifest.UnreadableManifestError) as error:
        raise Failed("De export van deze site is niet heel. Exporteer opnieuw.") from error
    faults: list[Fault] = []
    for shard in manifest.read_shards(root, found, faults):
        yield from ((name, one.sha256, one.size) for name, one in shard.files())
        yield _of_manifest(release, shard.path)
    yield _of_manifest(release, manifest.ROOT)
    yield from (_of_manifest(release, urls.signature(name)) for name in found.signed_by)
    if faults:
        raise Failed("De export van deze site is niet heel. Exporteer opnieuw.")


def _of_manifest(release: Path, name: str) -> tuple[str, str, int]:
    data = (release / name).read_bytes()
    return name, hashlib.sha256(data).hexdigest(), len(data)


def _checked(parcel: Parcel) -> Parcel:
    """Only what the manifest promises leaves the house."""
    if is_as_promised(parcel.source, parcel.sha256):
        return parcel
    raise Failed(f"Het bestand {parcel.name} ontbreekt of is veranderd. Exporteer opnieuw.")


def is_as_promised(source: Path, sha256: str) -> bool:
    """Whether a file is there and holds these bytes."""
    try:
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False
