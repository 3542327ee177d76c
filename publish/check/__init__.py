"""Looks at a published site as the harvester and a visitor do, and says in Dutch what is wrong."""

import re
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.errors import BadInput
from publish import urls
from publish.check import manifest, sitemaps
from publish.check.data_files import faults_in_data
from publish.check.harvest import WITHOUT_NUMBER, Harvest, sitemap_lines
from publish.check.marks import Marks, mark
from publish.check.pages import MAX_PAGE_BYTES, Pages
from publish.check.proofs import Earlier, Proofs, proofs_at
from publish.check.report import Fault, Report
from publish.check.secrets import Secrets
from publish.check.sitemaps import faults_in_xml
from publish.check.sources import Folder, Source, UnavailableError, Website, address
from publish.check.values import category_numbers

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

__all__ = ["Fault", "Report", "faults_in_xml", "verify", "verify_live", "verify_release"]

_DATA = (f"{urls.REGISTER}/", f"{urls.PRODUCTS}/", urls.CATALOGUE)
_MAX_DATA_BYTES = 500_000_000
_NO_SITE = "https://localhost"


def verify(
    target: str, *, sample: int | None = None, hosts: Collection[str] = (), keys: "Sequence[Ed25519PublicKey]" = ()
) -> Report:
    """Check an export (a folder), a site on the web (an http or https address) or one XML file.

    `sample`: of each sitemap and of the manifest, look inside at most so many files, evenly spread; None: all of them.
    `hosts`: other registered hosts where documents may stand. `keys`: what the manifest must be signed with. Raises
    BadInput when there is nothing to check.
    """
    if re.match(r"https?://", target):
        return _verify_website(target, sample, hosts, keys)
    path = Path(target)
    if path.is_dir():
        return _verify_folder(path, sample, hosts, keys)
    if path.is_file():
        if keys:
            raise BadInput("Een sleutel hoort bij een hele site. Geef een map met een export of een webadres.")
        return _verify_file(path)
    raise BadInput(f"{target} bestaat niet. Geef een map met een export, een webadres of een XML-bestand.")


def verify_release(root: Path, *, hosts: Collection[str], proofs: Path, secrets: Secrets | None = None) -> Report:
    """As `verify` of a folder, but what an earlier check found good is not looked at again.

    `proofs`: the file in which that is kept from one time to the next; `secrets`: texts that may stand nowhere.
    """
    found, faults = _root_manifest(Folder(root, _NO_SITE))
    if found is None:
        return verify(str(root), hosts=hosts)
    source = Folder(root, found.base_url)
    try:
        with proofs_at(proofs, source.base_url, hosts, without_facts=manifest.DOCUMENTS) as known:
            return _verify_source(source, found, [*faults], None, hosts, known, secrets)
    except sqlite3.Error:  # as slow as the first time, and as sure
        return _verify_source(source, found, faults, None, hosts, secrets=secrets)


def verify_live(
    site: Website, *, sample: int, hosts: Collection[str], keys: "Sequence[Ed25519PublicKey]"
) -> tuple[Report, str]:
    """Check the site that stands on the web. Returns what was found, and which export its manifest names."""
    found, faults = _root_manifest(site, keys)
    return _verify_source(site, found, faults, sample, hosts), found.export if found else ""


def _verify_file(path: Path) -> Report:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} is niet te lezen. Controleer de rechten van het bestand.") from error
    reading = sitemaps.read(data, path.name)
    if reading.kind != sitemaps.URLSET:
        return Report(reading.faults, indexes=int(reading.kind == sitemaps.SITEMAPINDEX))
    per_category: dict[str, int] = {}
    for listed in reading.listed:
        number = category_numbers().get(listed.category or "", WITHOUT_NUMBER)
        per_category[number] = per_category.get(number, 0) + 1
    return Report(reading.faults, sitemaps=1, documents=len(reading.listed), per_category=per_category)


def _verify_folder(
    root: Path, sample: int | None, hosts: Collection[str], keys: "Sequence[Ed25519PublicKey]"
) -> Report:
    found, faults = _root_manifest(Folder(root, _NO_SITE), keys)
    base_url = found.base_url if found else _base_url_of_robots(Folder(root, _NO_SITE))
    return _verify_source(Folder(root, base_url), found, faults, sample, hosts)


def _verify_website(url: str, sample: int | None, hosts: Collection[str], keys: "Sequence[Ed25519PublicKey]") -> Report:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadInput(f"{url} is geen geldig adres. Geef het adres van de website.") from error
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise BadInput(f"{url} is niet het begin van een website. Geef alleen https:// en de naam van de website.")
    root = f"{parts.scheme}://{parts.netloc}"
    found, faults = _root_manifest(Website(root, root), keys)
    base_url = root
    if found and found.base_url != root:
        # A trial server has another address than the site will get; a real one must have its own.
        if parts.scheme == "http":
            base_url = found.base_url
        else:
            faults.append(
                Fault(manifest.ROOT, f"hoort bij {found.base_url}, niet bij {root}. Zet de juiste export neer.")
            )
    return _verify_source(Website(root, base_url), found, faults, sample, hosts)


def _root_manifest(
    source: Source, keys: "Sequence[Ed25519PublicKey]" = ()
) -> tuple[manifest.Manifest | None, list[Fault]]:
    """The manifest, and what is wrong with it or with its signatures."""
    from publish.check.signatures import faults_in_signatures  # who looks ahead needs no cryptography

    try:
        data = source.read(address(source.base_url, manifest.ROOT), max_bytes=manifest.MAX_MANIFEST_BYTES)
        found = manifest.parse_root(data)
        return found, [*faults_in_signatures(source, data, found.signed_by, keys)]
    except UnavailableError as error:
        # A site made by something else may have none.
        return None, [Fault(manifest.ROOT, f"{error}, dus niets is ondertekend.")] if keys else []
    except manifest.UnreadableManifestError as error:
        return None, [Fault(manifest.ROOT, str(error))]


def _base_url_of_robots(folder: Folder) -> str:
    """Where the site will stand, when only its robots.txt says so."""
    try:
        lines = folder.read(address(_NO_SITE, "robots.txt"), max_bytes=500_000).decode(errors="replace").splitlines()
    except UnavailableError:
        return _NO_SITE
    for line in sitemap_lines(lines):
        if host := re.match(r"https://[^/?#\s]+", line):
            return host[0]
    return _NO_SITE


def _verify_source(
    source: Source,
    found: manifest.Manifest | None,
    faults: list[Fault],
    sample: int | None,
    hosts: Collection[str],
    proofs: Proofs | None = None,
    secrets: Secrets | None = None,
) -> Report:
    paths, present = _check_files(source, found, faults, sample, proofs, secrets)
    earlier = None
    if proofs:
        present -= proofs.absent.all()
        earlier = Earlier(proofs, present)
    harvest = Harvest(source, sample, hosts, earlier)
    harvest.walk()
    faults += harvest.faults
    try:
        faults += _check_data(source, paths, proofs)
    except UnavailableError as error:
        faults.append(Fault("verwerkingsregister", f"heeft een bestand dat {error}. Maak de export opnieuw."))
    pages = _read_pages(source, paths, sample, earlier)
    faults += pages.faults
    if proofs:
        proofs.forget_unseen(present)
    return Report(
        faults=tuple(faults),
        indexes=harvest.indexes,
        sitemaps=harvest.sitemaps,
        documents=harvest.documents,
        pages=len(pages),
        per_category=dict(sorted(harvest.per_category.items())),
    )


def _check_data(source: Source, paths: AbstractSet[str], proofs: Proofs | None) -> Iterator[Fault]:
    """The data files are looked at together: when all of them are what they were, they are good."""
    digest = proofs.digest_of(path for path in sorted(paths) if path.startswith(_DATA)) if proofs else ""
    if proofs and proofs.has_group("data", digest):
        return
    number = 0
    for fault in faults_in_data(
        paths, lambda path: source.read(address(source.base_url, path), max_bytes=_MAX_DATA_BYTES)
    ):
        number += 1
        yield fault
    if proofs and not number:
        proofs.keep_group("data", digest)


def _check_files(
    source: Source,
    found: manifest.Manifest | None,
    faults: list[Fault],
    sample: int | None,
    proofs: Proofs | None,
    secrets: Secrets | None,
) -> tuple[AbstractSet[str], set[int]]:
    """Compare what is there with the manifest.

    Returns the files of the site, of a folder without its documents; and the marks of all, with the documents.
    """
    if found is None:
        return frozenset(source.paths(but=manifest.DOCUMENTS) if isinstance(source, Folder) else ()), set()
    marks, listed = Marks(), {manifest.ROOT}
    marks.add(manifest.ROOT)

    def noted(shard: manifest.Shard) -> Iterator[tuple[str, manifest.Expected]]:
        for path, expected in shard.files():
            marks.add(path)
            if source.is_web or not path.startswith(manifest.DOCUMENTS):
                listed.add(path)
            yield path, expected

    for shard in manifest.read_shards(source, found, faults):
        marks.add(shard.path)
        listed.add(shard.path)
        looked_at = replace(shard, files=partial(noted, shard))
        try:
            faults += manifest.file_faults(source, looked_at, sample=sample, proofs=proofs, secrets=secrets)
        except UnavailableError as error:
            faults.append(Fault(shard.path, f"{error}. Controleer nog een keer."))
        except manifest.UnreadableManifestError as error:
            faults.append(Fault(shard.path, str(error)))
    present = marks.all()
    if len(present) < len(marks):
        faults += _named_twice(source, found, marks.repeated())
    if isinstance(source, Folder):
        faults += _surplus(source, listed, {*map(urls.signature, found.signed_by)})
    return listed, present


def _surplus(source: Folder, listed: set[str], but: AbstractSet[str]) -> Iterator[Fault]:
    """Files that no manifest names. When they are told, `listed` is what there is.

    The tree of documents outlives a release: a document that is on its way to the next one is no fault.
    """
    surplus, absent = [], set(listed)
    for path in source.paths(but=manifest.DOCUMENTS):
        if path in listed:
            absent.discard(path)
        else:
            surplus.append(path)
    for path in sorted({*surplus} - but):
        yield Fault(path, "staat niet in het manifest. Haal het weg of maak de export opnieuw.")
    listed -= absent
    listed.update(surplus)


def _named_twice(source: Source, found: manifest.Manifest, repeated: AbstractSet[int]) -> Iterator[Fault]:
    seen: set[str] = set()
    for shard in manifest.read_shards(source, found, []):
        for path, _ in shard.files():
            if mark(path) in repeated:
                if path in seen:
                    yield Fault(shard.path, f"noemt {path}, dat al in een ander manifest staat.")
                seen.add(path)


def _read_pages(source: Source, paths: AbstractSet[str], sample: int | None, earlier: Earlier | None) -> Pages:
    ours = sorted(path for path in paths if path.endswith(".html") and not path.startswith(manifest.DOCUMENTS))
    chosen = manifest.spread(ours, sample)
    pages = Pages(source.base_url, frozenset(chosen), lambda path: path in paths or source.exists(path), earlier)

    def read(path: str) -> bytes:
        return source.read(address(source.base_url, path), max_bytes=MAX_PAGE_BYTES)

    for path in chosen:
        if pages.recall(path):
            continue
        try:
            pages.add(path, read(path))
        except UnavailableError as error:
            pages.faults.append(Fault(path, f"{error}. Maak de export opnieuw."))
    pages.judge_links(read)
    return pages
