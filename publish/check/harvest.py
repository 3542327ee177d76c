"""The walk of the harvester (woo-index sections 3 to 5): robots.txt, indexes, sitemaps, documents."""

import json
import re
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import repeat
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from publish.check import formats, values
from publish.check.entries import Entry, microseconds
from publish.check.entries import packed as packed_entries
from publish.check.entries import unpacked as unpacked_entries
from publish.check.manifest import spread
from publish.check.marks import Marks, mark, packed, unpacked
from publish.check.proofs import Earlier
from publish.check.report import Fault
from publish.check.sitemaps import HARVESTER_MAX_BYTES, SITEMAPINDEX, Listed, Reading, read_pieces
from publish.check.sources import Piece, Source, UnavailableError, address, host_of, path_of

if TYPE_CHECKING:
    from urllib.robotparser import RobotFileParser

INDEX_NAME = re.compile(r"sitemapindex-diwoo(?:-infocat([0-9]{3}))?\.xml")
WITHOUT_NUMBER = "3.1"
"""Where documents are counted that are published without duty (Woo art. 3.1)."""
_MAX_ROBOTS_BYTES = 500_000


@dataclass(slots=True)
class Harvest:
    """What the harvester meets. `hosts`: other hosts that are registered, so that documents may stand there."""

    source: Source
    sample: int | None
    hosts: Collection[str]
    earlier: Earlier | None = None
    faults: list[Fault] = field(default_factory=list)
    indexes: int = 0
    sitemaps: int = 0
    documents: int = 0
    per_category: Counter[str] = field(default_factory=Counter)
    _robots: "RobotFileParser | None" = None
    """None when they may read all."""
    _locs: Marks = field(default_factory=Marks)
    _walked: list[tuple[str, str]] = field(default_factory=list)
    """Address and name of each sitemap, in the order in which they were read."""
    _index_of: dict[str, str] = field(default_factory=dict)
    _proved: dict[str, "array[int]"] = field(default_factory=dict)
    """Of each sitemap, by its address, the marks of the documents on this site that were proved before."""

    @property
    def _host(self) -> str:
        return urlsplit(self.source.base_url).netloc

    def _add(self, where: str, text: str) -> None:
        self.faults.append(Fault(where, text))

    def walk(self) -> None:
        try:
            data = self.source.read(address(self.source.base_url, "robots.txt"), max_bytes=_MAX_ROBOTS_BYTES)
        except UnavailableError as error:
            self._add("robots.txt", f"{error}. Zet robots.txt in de hoofdmap van de website.")
            return
        lines = data.decode("utf-8", errors="replace").splitlines()
        if any("disallow" in line.lower() for line in lines):
            from urllib.robotparser import RobotFileParser  # seldom, and it takes some megabytes

            self._robots = RobotFileParser()
            self._robots.parse(lines)
        seen: set[str] = set()
        for url in sitemap_lines(lines):
            if url in seen:
                self._add("robots.txt", f"noemt {url} twee keer. Noem elke index één keer.")
                continue
            seen.add(url)
            self._walk_index(url)
        if self.earlier:
            self._look_again(self.earlier)
        if repeated := self._locs.repeated():
            self._name_repeated(repeated)

    def _may_read(self, url: str) -> bool:
        return self._robots is None or self._robots.can_fetch("*", url)

    def _name_repeated(self, repeated: AbstractSet[int]) -> None:
        """Say which documents stand in two sitemaps. Only their marks were kept, so the sitemaps are read once more."""
        first_in: dict[str, str] = {}
        for url, name in self._walked:
            again = read_pieces(partial(self.source.pieces, url, max_bytes=HARVESTER_MAX_BYTES), name)
            for listed in again.listed:
                if mark(listed.loc) in repeated and (first := first_in.setdefault(listed.loc, name)) != name:
                    self._add(name, f"{listed.loc} staat ook in {first}. Noem elk document in één categorie.")

    def _walk_index(self, url: str) -> None:
        host = host_of(url)
        if host is None:
            self._add("robots.txt", f"de regel 'Sitemap: {url}' is geen volledig https-adres. Vul het aan.")
            return
        name = url.rpartition("/")[2]
        named = INDEX_NAME.fullmatch(name)
        if named is None:
            self._add("robots.txt", f"{url} wordt niet gelezen. Noem de index sitemapindex-diwoo-infocatNNN.xml.")
            return
        number = named[1]
        if number and number not in values.category_numbers().values():
            self._add("robots.txt", f"{url} noemt categorie {number}; die bestaat niet. Kies 001 tot en met 017.")
        if host != self._host:
            self._add("robots.txt", f"{url} staat niet op {self._host}. Zet de index op dezelfde website.")
            return
        reading = self._read(url, name, "robots.txt")
        if reading is None or reading.kind != SITEMAPINDEX:
            return
        self.indexes += 1
        for listed in reading.listed:
            self._walk_sitemap(listed, name, number)

    def _read(
        self, url: str, name: str, named_in: str, proved: Mapping[bytes, Entry] = MappingProxyType({})
    ) -> Reading | None:
        if not self._may_read(url):
            self._add("robots.txt", f"houdt de Woo-index weg bij {url}. Haal de regel Disallow weg.")
        try:
            reading = read_pieces(partial(self.source.pieces, url, max_bytes=HARVESTER_MAX_BYTES), name, proved)
        except UnavailableError as error:
            self._add(named_in, f"{url} {error}. Haal de regel weg of zet het bestand terug.")
            return None
        self.faults += reading.faults
        return reading

    def _walk_sitemap(self, sitemap: Listed, index: str, number: str | None) -> None:
        url = sitemap.loc
        name = url.rpartition("/")[2]
        if host_of(url) != self._host:
            self._add(index, f"{url} staat niet op {self._host}. Zet de sitemap bij de index.")
            return
        if url in self._index_of:
            self._add(index, f"{url} staat ook in {self._index_of[url]}. Noem elke sitemap één keer.")
            return
        self._index_of[url] = index
        if self._recall(sitemap, index):
            return
        faults = len(self.faults)
        reading = self._read(url, name, index, self._proved_entries(url, number))
        if reading is None:
            return
        if reading.kind == SITEMAPINDEX:
            self._add(index, f"{url} is zelf een index. Noem alleen sitemaps.")
            return
        self.sitemaps += 1
        self._walked.append((url, name))
        entries = [*reading.known, *map(self._entry, reading.listed, reading.digests or repeat(b""))]
        newest = _newest(reading)
        self._check_moment(sitemap, index, newest)
        self._locs.extend(map(attrgetter("loc"), entries))
        if reading.known:
            self._count_known(url, reading.known)
        for listed in reading.listed:
            self._count(listed, name, number)
        # Identity first, for all of them; opening files is what a sample spares.
        for listed in spread(reading.listed, self.sample):
            self._check_document(listed, name)
        if len(self.faults) == faults:
            self._keep(sitemap, index, entries, newest)

    def _check_moment(self, sitemap: Listed, index: str, newest: datetime | None) -> None:
        if sitemap.lastmod is None:
            self._add(index, f"{sitemap.loc} heeft geen lastmod. Zet erbij wanneer de inhoud het laatst veranderde.")
        elif newest and sitemap.lastmod < newest:
            text = f"{sitemap.loc}: lastmod is ouder dan het nieuwste document ({newest.isoformat()}). Werk hem bij."
            self._add(index, text)

    def _entry(self, document: Listed, digest: bytes) -> Entry:
        own = path_of(self.source.base_url, document.loc) if self.earlier else None
        return Entry(
            digest,
            mark(document.loc),
            mark(own) if own is not None else 0,
            microseconds(document.lastmod) if document.lastmod else 0,
            int(values.category_numbers().get(document.category or "", 0)),
        )

    def _keep(self, sitemap: Listed, index: str, entries: Sequence[Entry], newest: datetime | None) -> None:
        """A sitemap without faults: what the next check must know of it."""
        path = path_of(self.source.base_url, sitemap.loc)
        if self.earlier is None or path is None or self._robots:
            return
        counted = _per_category(entries)
        about = {"index": index, "newest": newest.isoformat() if newest else None, "per_category": counted}
        marks = packed(map(attrgetter("loc"), entries), filter(None, map(attrgetter("own"), entries)))
        self.earlier.proofs.keep(path, json.dumps(about).encode() + b"\n" + marks)
        self.earlier.proofs.keep_entries(path, packed_entries(one for one in entries if one.digest))

    def _proved_entries(self, url: str, number: str | None) -> Mapping[bytes, Entry]:
        """The entries of a sitemap when it was found good: in an index of `number`, those of that category."""
        path = path_of(self.source.base_url, url)
        if self.earlier is None or path is None or self._robots:
            return {}
        entries = unpacked_entries(self.earlier.proofs.entries(path))
        if number is None or _per_category(entries.values()).keys() <= {number}:
            return entries
        return {digest: entry for digest, entry in entries.items() if _name_of(entry.category) == number}

    def _count_known(self, url: str, entries: Sequence[Entry]) -> None:
        """Entries that were found good before; their documents are looked at when something changed there."""
        self.documents += len(entries)
        self.per_category.update(_per_category(entries))
        self._proved[url] = array("Q", filter(None, map(attrgetter("own"), entries)))

    def _recall(self, sitemap: Listed, index: str) -> bool:
        """Whether a sitemap was proved before, in this index; then it is counted without being read."""
        path = path_of(self.source.base_url, sitemap.loc)
        if self.earlier is None or path is None or self._robots:
            return False
        about, _, marks = (self.earlier.proofs.facts(path) or b"null").partition(b"\n")
        facts = json.loads(about)
        if facts is None or facts["index"] != index:
            return False
        self.sitemaps += 1
        self._walked.append((sitemap.loc, sitemap.loc.rpartition("/")[2]))
        self._check_moment(sitemap, index, datetime.fromisoformat(facts["newest"]) if facts["newest"] else None)
        self.per_category.update(facts["per_category"])
        self.documents += sum(facts["per_category"].values())
        locs, own = unpacked(marks, 2)
        self._locs.extend(locs)
        self._proved[sitemap.loc] = own
        return True

    def _look_again(self, earlier: Earlier) -> None:
        """Read the sitemaps again that were proved before and name a document that is gone, or has other bytes now."""
        changed = earlier.proofs.changed.all() if self._proved else frozenset()
        for url, own in self._proved.items():
            if earlier.present.issuperset(own) and changed.isdisjoint(own):
                continue
            name = url.rpartition("/")[2]
            faults = len(self.faults)
            again = read_pieces(partial(self.source.pieces, url, max_bytes=HARVESTER_MAX_BYTES), name)
            for listed in again.listed:
                self._check_document(listed, name)
            if len(self.faults) > faults:
                earlier.proofs.drop(path_of(self.source.base_url, url) or "")

    def _count(self, document: Listed, name: str, number: str | None) -> None:
        self.documents += 1
        category = values.category_numbers().get(document.category or "", WITHOUT_NUMBER)
        self.per_category[category] += 1
        if number is not None and document.category is not None and category != number:
            self._add(
                name,
                f"{document.loc}: eerste categorie is {category}, maar dit is de index van {number}. Verplaats het.",
            )

    def _check_document(self, document: Listed, name: str) -> None:
        host = host_of(document.loc)
        if host is None:
            return  # told when the file was read
        if host != self._host:
            if host not in self.hosts:
                self._add(
                    name, f"{document.loc} staat niet op {self._host}. Meld die website eerst aan bij de Woo-index."
                )
            return
        if not self._may_read(document.loc):
            self._add("robots.txt", f"houdt de Woo-index weg bij {document.loc}. Haal de regel Disallow weg.")
        try:
            piece = self.source.head(document.loc)
        except UnavailableError as error:
            self._add(name, f"{document.loc} {error}. Haal het document uit de lijst of zet het terug.")
            return
        self.faults += (Fault(name, f"{document.loc}: {text}") for text in content_faults(document, piece))


def _newest(reading: Reading) -> datetime | None:
    moments = [document.lastmod for document in reading.listed if document.lastmod]
    if reading.known:
        moments.append(max(reading.known, key=attrgetter("lastmod")).moment)
    return max(moments, default=None)


def _name_of(category: int) -> str:
    return f"{category:03}" if category else WITHOUT_NUMBER


def _per_category(entries: Iterable[Entry]) -> Mapping[str, int]:
    counted = Counter(map(attrgetter("category"), entries))
    return {_name_of(category): number for category, number in counted.items()}


def sitemap_lines(lines: Collection[str]) -> list[str]:
    """The addresses on the `Sitemap:` lines of a robots.txt."""
    found = []
    for line in lines:
        key, colon, value = line.partition("#")[0].partition(":")
        if colon and key.strip().lower() == "sitemap" and value.strip():
            found.append(value.strip())
    return found


def content_faults(document: Listed, piece: Piece) -> list[str]:
    """What is wrong with the first bytes of a document, in Dutch, as the end of a sentence about it."""
    entry = document.format or values.format_of_extension().get(values.extension(urlsplit(document.loc).path))
    if entry is None:
        if piece.media_type and any(piece.media_type in known.media_types for known in values.formats().values()):
            return []
        return ["het formaat is onbekend. Zet format in de metadata."]
    faults = []
    if not formats.fits(entry, piece.content):
        faults.append(f"de inhoud is geen {entry.code}. Bied het juiste bestand aan.")
    if piece.media_type is not None and entry.media_types and piece.media_type not in entry.media_types:
        shown = piece.media_type or "niets"
        faults.append(f"de server noemt {shown} als Content-Type; dat moet {entry.media_types[0]} zijn.")
    return faults
