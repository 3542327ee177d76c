"""The HTML pages of the site: what each needs, and whether its links inside the site lead somewhere."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from lxml import etree

from publish.check.report import Fault
from publish.check.sources import address, path_of

_LINKS = ("href", "src", "action", "poster")


@dataclass(slots=True)
class _Page:
    anchors: frozenset[str]
    links: tuple[str, ...]


@dataclass(slots=True)
class Pages:
    """Pages seen one by one; the links are judged when all files of the site are known."""

    base_url: str
    faults: list[Fault] = field(default_factory=list)
    _pages: dict[str, _Page] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._pages)

    def add(self, path: str, content: bytes) -> None:
        root = _parse(content)
        if root is None:
            self.faults.append(Fault(path, "is geen HTML-pagina in UTF-8. Maak de pagina opnieuw."))
            return
        self.faults += (Fault(path, text) for text in _faults(root))
        self._pages[path] = _Page(anchors=frozenset(_anchors(root)), links=tuple(dict.fromkeys(_links(root))))

    def link_faults(self, paths: Collection[str]) -> Iterator[Fault]:
        """Links to files or anchors that are not there; each target once, however many pages share the mistake.

        `paths`: every file of the site.
        """
        broken: dict[str, list[tuple[str, str]]] = {}
        for path, page in self._pages.items():
            here = address(self.base_url, path)
            for link in page.links:
                if text := self._fault(here, link, paths):
                    broken.setdefault(text, []).append((path, link))
        for text, places in broken.items():
            path, link = places[0]
            others = f" (ook op {len(places) - 1} andere pagina's)" if len(places) > 1 else ""
            yield Fault(path, f"linkt naar {link}, {text}. Herstel de link{others}.")

    def _fault(self, here: str, link: str, paths: Collection[str]) -> str | None:
        try:
            target, fragment = urldefrag(urljoin(here, link.strip()))
            path = path_of(self.base_url, target)
        except ValueError:
            return f"maar '{link}' is geen geldig adres"
        if path is None:
            return None  # mail, telephone and other sites
        if path not in paths:
            folder = f"{path}/index.html"
            if folder not in paths:
                return f"maar /{path} bestaat niet"
            path = folder
        anchor = unquote(fragment)
        if anchor in {"", "top"} or path not in self._pages or anchor in self._pages[path].anchors:
            return None
        return f"maar /{path} heeft geen plek met de naam '{anchor}'"


def _parse(content: bytes) -> etree._Element | None:
    try:
        content.decode("utf-8")
        parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
        root = etree.fromstring(content, parser)
    except (UnicodeDecodeError, etree.ParserError, etree.XMLSyntaxError):
        return None
    # The parser makes a page of anything; a page of ours says that it is one.
    return root if root is not None and root.tag == "html" and b"<html" in content[:1000].lower() else None


def _faults(root: etree._Element) -> Iterator[str]:
    if not (root.get("lang") or "").strip():
        yield 'heeft geen taal. Zet lang="nl" op het element html.'
    if not " ".join(root.xpath("//head/title//text()")).strip():
        yield "heeft geen titel. Vul het element title."
    if (headings := len(root.findall(".//h1"))) != 1:
        yield f"heeft {headings} koppen h1; het moet er precies één zijn."
    ids = [element.get("id") for element in root.iter() if isinstance(element.tag, str) and element.get("id")]
    for repeated in sorted({str(name) for name in ids if ids.count(name) > 1}) if len(set(ids)) < len(ids) else ():
        yield f"heeft id '{repeated}' meer dan één keer. Geef elk onderdeel een eigen id."


def _anchors(root: etree._Element) -> Iterator[str]:
    for element in root.iter():
        if isinstance(element.tag, str):
            if name := element.get("id"):
                yield name
            if element.tag == "a" and (name := element.get("name")):
                yield name


def _links(root: etree._Element) -> Iterator[str]:
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        for attribute in _LINKS:
            link = element.get(attribute)
            if link is not None and _scheme(link) not in {"data", "mailto", "tel", "javascript"}:
                yield link
        for candidate in (element.get("srcset") or "").split(","):
            if candidate.strip():
                yield candidate.split()[0]


def _scheme(link: str) -> str:
    try:
        return urlsplit(link.strip()).scheme
    except ValueError:
        return ""  # told when the link is judged
