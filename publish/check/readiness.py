"""Can the national index use a place: the walk of the harvester for one category, from outside, step by step.

Each step says what is wrong in Dutch, or nothing; after a fault the later steps cannot be taken (woo-index 2 to 5).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from publish.check.harvest import INDEX_NAME, content_faults, sitemap_lines
from publish.check.sitemaps import HARVESTER_MAX_BYTES, SITEMAPINDEX, URLSET, Listed, read
from publish.check.sources import Source, UnavailableError, address

PAGE, ROBOTS, INDEX, SITEMAP, DOCUMENT = "Pagina", "robots.txt", "Index", "Sitemap", "Document"
_MAX_ROBOTS_BYTES = 500_000


@dataclass(frozen=True, slots=True)
class Step:
    """What was looked at, and what is wrong with it; no fault: it is good."""

    name: str
    about: str
    fault: str = ""


def look(source: Source, page: str, number: str) -> tuple[Step, ...]:
    """Look at the place where a category is registered.

    Args:
        source: the website that the page stands on.
        page: the registered address.
        number: the category, three digits.
    """
    return tuple(_Look(source, page, number).steps())


def look_at_page(source: Source, page: str) -> tuple[Step, ...]:
    """Look at a page only: where others do the rest, as with the official gazettes."""
    return (_Look(source, page, "").of_page(),)


class _Look:
    def __init__(self, source: Source, page: str, number: str) -> None:
        self.source, self.page, self.number = source, page, number
        self.robots = RobotFileParser()

    def steps(self) -> Iterator[Step]:
        yield self.of_page()
        url = address(self.source.base_url, "robots.txt")
        try:
            lines = self.source.read(url, max_bytes=_MAX_ROBOTS_BYTES).decode("utf-8", errors="replace").splitlines()
        except UnavailableError as error:
            yield Step(ROBOTS, url, f"robots.txt {error}. Zet robots.txt in de hoofdmap van deze website.")
            return
        self.robots.parse(lines)
        index = self._index(sitemap_lines(lines))
        if index is None:
            name = f"sitemapindex-diwoo-infocat{self.number}.xml"
            yield Step(ROBOTS, url, f"robots.txt noemt geen index voor deze categorie. Zet erin: Sitemap: ...{name}")
            return
        yield Step(ROBOTS, url)
        index_step, sitemap = self._listing(INDEX, index, SITEMAPINDEX)
        yield index_step
        if sitemap is None:
            return
        sitemap_step, document = self._listing(SITEMAP, sitemap.loc, URLSET)
        yield sitemap_step
        if document is not None:
            yield self._of_document(document)

    def of_page(self) -> Step:
        try:
            self.source.head(self.page)
        except UnavailableError as error:
            return Step(PAGE, self.page, f"Deze pagina {error}. Controleer het adres.")
        return Step(PAGE, self.page)

    def _index(self, urls: list[str]) -> str | None:
        """The index of the category, or the one for everything."""
        named = {url: found[1] for url in urls if (found := INDEX_NAME.fullmatch(url.rpartition("/")[2]))}
        own = [url for url, number in named.items() if number == self.number]
        return next(iter([*own, *(url for url, number in named.items() if number is None)]), None)

    def _listing(self, name: str, url: str, kind: str) -> tuple[Step, Listed | None]:
        """Read an index or a sitemap, and give the first entry of it."""
        if urlsplit(url).netloc != urlsplit(self.source.base_url).netloc:
            return Step(name, url, "Dit staat op een andere website. Zet het op dezelfde website als de pagina."), None
        if not self.robots.can_fetch("*", url):
            return Step(name, url, "robots.txt houdt de Woo-index hier weg. Haal de regel Disallow weg."), None
        try:
            reading = read(self.source.read(url, max_bytes=HARVESTER_MAX_BYTES), url.rpartition("/")[2])
        except UnavailableError as error:
            return Step(name, url, f"Dit {error}. Haal de regel weg of zet het bestand terug."), None
        if reading.faults:
            return Step(name, url, reading.faults[0].text[:1].upper() + reading.faults[0].text[1:]), None
        if reading.kind != kind or not reading.listed:
            return Step(name, url, "Hier staat iets anders dan de Woo-index verwacht. Maak het bestand opnieuw."), None
        return Step(name, url), reading.listed[0]

    def _of_document(self, document: Listed) -> Step:
        if urlsplit(document.loc).netloc != urlsplit(self.source.base_url).netloc:
            return Step(DOCUMENT, document.loc)  # another registered website: looked at as a place of its own
        if not self.robots.can_fetch("*", document.loc):
            return Step(DOCUMENT, document.loc, "robots.txt houdt de Woo-index hier weg. Haal de regel Disallow weg.")
        try:
            piece = self.source.head(document.loc)
        except UnavailableError as error:
            return Step(DOCUMENT, document.loc, f"Dit document {error}. Haal het uit de lijst of zet het terug.")
        faults = content_faults(document, piece)
        return Step(DOCUMENT, document.loc, faults[0][:1].upper() + faults[0][1:] if faults else "")
