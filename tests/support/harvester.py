"""A harvester as the Woo-index has one: fetches every day, and only what says that it changed (woo-index sections 3 to 5)."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree

SM = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
Get = Callable[[str], tuple[int, bytes]]
"""Status and bytes of a path of the site."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the harvester keeps of a document. `sha256` is of the file as it was fetched; empty for one elsewhere."""

    lastmod: datetime
    metadata: bytes
    sha256: str


@dataclass(slots=True)
class Harvester:
    """Remembers what it saw. `fetched` counts how often it fetched which path."""

    host: str
    is_valid: Callable[[str, bytes], None]
    """Is given every sitemap and index with its name; raises when it is not what the schemas ask."""
    seen: dict[str, datetime] = field(default_factory=dict)
    """Sitemap -> its moment in the index when it was last fetched."""
    documents: dict[str, dict[str, Entry]] = field(default_factory=dict)
    """Sitemap -> address -> entry."""
    fetched: Counter[str] = field(default_factory=Counter)
    needless: list[str] = field(default_factory=list)
    """Addresses that said to be changed and were not."""

    def visit(self, get: Get) -> None:
        """One day: robots, indexes, the sitemaps that changed, the documents in them that changed."""
        robots = self._fetch(get, "/robots.txt").decode()
        listed: set[str] = set()
        for line in robots.splitlines():
            name, _, address = line.partition(": ")
            if name == "Sitemap":
                listed |= self._index(get, self._path(address))
        for gone in self.seen.keys() - listed:
            del self.seen[gone]
            self.documents.pop(gone, None)

    def everything(self) -> Mapping[str, Entry]:
        return {loc: entry for of_sitemap in self.documents.values() for loc, entry in of_sitemap.items()}

    def _index(self, get: Get, path: str) -> set[str]:
        data = self._fetch(get, path)
        self.is_valid(path, data)
        listed = set()
        for sitemap in etree.fromstring(data).iter(f"{SM}sitemap"):
            name = self._path(str(sitemap.findtext(f"{SM}loc")))
            changed_at = datetime.fromisoformat(str(sitemap.findtext(f"{SM}lastmod")))
            listed.add(name)
            if name not in self.seen or changed_at > self.seen[name]:
                self._sitemap(get, name)
                self.seen[name] = changed_at
        return listed

    def _sitemap(self, get: Get, path: str) -> None:
        data = self._fetch(get, path)
        self.is_valid(path, data)
        known, now = self.everything(), {}
        for url in etree.fromstring(data).iter(f"{SM}url"):
            loc = str(url.findtext(f"{SM}loc"))
            entry = known.get(loc)
            lastmod = datetime.fromisoformat(str(url.findtext(f"{SM}lastmod")))
            if entry is None or lastmod > entry.lastmod:
                entry = self._document(get, loc, lastmod, etree.tostring(url, method="c14n"), entry)
            now[loc] = entry
        self.documents[path] = now

    def _document(self, get: Get, loc: str, lastmod: datetime, metadata: bytes, known: Entry | None) -> Entry:
        is_ours = urlsplit(loc).hostname == self.host
        sha256 = hashlib.sha256(self._fetch(get, urlsplit(loc).path)).hexdigest() if is_ours else ""
        if known and (known.sha256, without_moment(known.metadata)) == (sha256, without_moment(metadata)):
            self.needless.append(loc)
        return Entry(lastmod, metadata, sha256)

    def _fetch(self, get: Get, path: str) -> bytes:
        status, data = get(path)
        if status != 200:
            raise AssertionError(f"{path} answers {status}")
        self.fetched[path] += 1
        return data

    def _path(self, address: str) -> str:
        parts = urlsplit(address)
        if parts.hostname != self.host:
            raise AssertionError(f"{address} is not of {self.host}")
        return parts.path


def without_moment(metadata: bytes) -> bytes:
    """An entry without its `lastmod`."""
    url = etree.fromstring(metadata)
    moment = url.find(f"{SM}lastmod")
    if moment is not None:
        url.remove(moment)
    return etree.tostring(url, method="c14n")
