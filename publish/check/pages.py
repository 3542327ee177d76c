"""The HTML pages of the site: what each needs, and whether its links inside the site lead somewhere."""

import re
from array import array
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from lxml import etree

from publish.check.marks import Marks, mark, packed, unpacked
from publish.check.proofs import Earlier
from publish.check.report import Fault
from publish.check.sources import PLAIN_ADDRESS, UnavailableError, address, path_of

_IDS, _NAMES, _LINKS, _SETS = (
    etree.XPath(path, smart_strings=False)
    for path in ("//@id", "//a/@name", "//@href | //@src | //@action | //@poster", "//@srcset")
)
MAX_PAGE_BYTES = 50_000_000
_MOST_REMEMBERED = 5_000
_NAME = "[A-Za-z0-9_~-][A-Za-z0-9._~-]*+"
_PLAIN_LINK = re.compile(rf"(?:/((?:{_NAME}/)*(?:{_NAME})?))?(?:#([A-Za-z0-9._~-]*))?")
_PLAIN_SITE = re.compile(r"(https?://[a-z0-9.-]+)(?:/[!-Z^-~]*)?")
"""An address elsewhere as most are: nothing in it that needs a parser to be understood, or to be found wrong."""


class _Target(NamedTuple):
    """Where a link leads on this site. `fault`: why it leads nowhere; `path` is empty for mail and other sites."""

    path: str
    anchor: str
    fault: str = ""


_ELSEWHERE = _Target("", "")


@dataclass(slots=True)
class Pages:
    """Pages seen one by one, when all files of the site are there.

    `inspected`: the pages that will be added; `exists`: whether there is a file at a path.
    """

    base_url: str
    inspected: AbstractSet[str]
    exists: Callable[[str], bool]
    earlier: Earlier | None = None
    faults: list[Fault] = field(default_factory=list)
    _seen: int = 0
    _anchors: Marks = field(default_factory=Marks)
    _wanted: Marks = field(default_factory=Marks)
    """Anchors on other pages that links lead to."""
    _broken: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    """Why: the first page, its link, and how many pages share the mistake."""
    _remembered: dict[str, _Target] = field(default_factory=dict)

    def __len__(self) -> int:
        return self._seen

    def add(self, path: str, content: bytes) -> None:
        root, line = _parse(content)
        if root is None:
            self.faults.append(Fault(path, "is geen HTML-pagina in UTF-8. Maak de pagina opnieuw."))
            return
        if line:
            self.faults.append(Fault(path, f"is op regel {line} geen goede HTML. Maak de pagina opnieuw."))
        self._seen += 1
        ids = _IDS(root)
        before = len(self.faults)
        self.faults += (Fault(path, text) for text in _faults(root, ids))
        is_good = not line and len(self.faults) == before
        own = {name for name in (*ids, *_NAMES(root)) if name}
        anchors, wanted, linked = array("Q", (mark(f"{path}#{name}") for name in own)), array("Q"), set()
        for link, target in self._targets(path, root):
            text = target.fault
            if target.anchor and target.path == path and target.anchor not in own:
                text = _no_anchor(target)
            if text:
                self._break(path, link, text)
                is_good = False
            elif target.path:
                linked.add(target.path)
                if target.anchor and target.path != path and target.path in self.inspected:
                    wanted.append(mark(f"{target.path}#{target.anchor}"))
        self._anchors.extend(anchors)
        self._wanted.extend(wanted)
        if self.earlier and is_good:
            self.earlier.proofs.keep(path, packed(anchors, wanted, array("Q", map(mark, sorted(linked)))))

    def recall(self, path: str) -> bool:
        """Whether the page was proved before, and the files to which it links are there; else it must be added."""
        facts = self.earlier.proofs.facts(path) if self.earlier else None
        if self.earlier is None or facts is None:
            return False
        anchors, wanted, linked = unpacked(facts)
        if not self.earlier.present.issuperset(linked):
            self.earlier.proofs.drop(path)
            return False
        self._anchors.extend(anchors)
        self._wanted.extend(wanted)
        self._seen += 1
        return True

    def judge_links(self, read: Callable[[str], bytes]) -> None:
        """Tell of links that lead nowhere; each target once, however many pages share the mistake.

        `read` gives a page again: only marks of anchors were kept, so who misses one is looked for when one is missed.
        """
        if missing := self._wanted.without(self._anchors):
            for path in sorted(self.inspected):
                self._name_missing(path, read, missing)
        for text, (path, link, number) in self._broken.items():
            others = f" (ook op {number - 1} andere pagina's)" if number > 1 else ""
            self.faults.append(Fault(path, f"linkt naar {link}, {text}. Herstel de link{others}."))

    def _name_missing(self, path: str, read: Callable[[str], bytes], missing: AbstractSet[int]) -> None:
        try:
            root, _ = _parse(read(path))
        except UnavailableError:
            return  # told when it was to be added
        for link, target in self._targets(path, root) if root is not None else ():
            is_missing = target.anchor and mark(f"{target.path}#{target.anchor}") in missing
            if is_missing and not target.fault and target.path != path:
                self._break(path, link, _no_anchor(target))

    def _break(self, path: str, link: str, text: str) -> None:
        first, shown, number = self._broken.get(text, (path, link, 0))
        self._broken[text] = (first, shown, number + 1)

    def _targets(self, path: str, root: etree._Element) -> Iterator[tuple[str, _Target]]:
        for link in dict.fromkeys(_links(root)):
            if (elsewhere := _PLAIN_SITE.fullmatch(link)) and elsewhere[1] != self.base_url:
                continue
            if not link.startswith("/"):
                yield link, self._target(path, link)
                continue
            # The same on every page.
            if (target := self._remembered.get(link)) is None:
                if len(self._remembered) >= _MOST_REMEMBERED:
                    self._remembered.clear()
                target = self._remembered[link] = self._target(path, link)
            yield link, target

    def _target(self, here: str, link: str) -> _Target:
        try:
            found = _plain(here, link) or _joined(self.base_url, here, link)
        except ValueError:
            return _Target("", "", f"maar '{link}' is geen geldig adres")
        if found is None:
            return _ELSEWHERE
        path, anchor = found
        anchor = "" if anchor == "top" else anchor
        if self.exists(path):
            return _Target(path, anchor)
        folder = f"{path}/index.html"
        return _Target(folder, anchor) if self.exists(folder) else _Target("", "", f"maar /{path} bestaat niet")


def _plain(here: str, link: str) -> tuple[str, str] | None:
    """What `_joined` finds for a link as most are; None for any other."""
    found = _PLAIN_LINK.fullmatch(link)
    if found is None:
        return None
    path, anchor = found.groups(default="")
    if not link.startswith("/"):
        return here, anchor
    return f"{path}index.html" if not path or path.endswith("/") else path, anchor


def _joined(base_url: str, here: str, link: str) -> tuple[str, str] | None:
    """The path and the place on it to which a link on the page `here` leads; None when that is not on this site.

    Raises ValueError when it is no address.
    """
    link = link.strip()
    url, fragment = link, ""
    if not PLAIN_ADDRESS.fullmatch(link):
        if urlsplit(link).scheme in {"data", "mailto", "tel", "javascript"}:
            return None
        url, fragment = urldefrag(urljoin(address(base_url, here), link))
    path = path_of(base_url, url)
    return None if path is None else (path, unquote(fragment))


def _no_anchor(target: _Target) -> str:
    return f"maar /{target.path} heeft geen plek met de naam '{target.anchor}'"


def _parse(content: bytes) -> tuple[etree._Element | None, int]:
    """The page, and the line of the first thing that is no good HTML; 0 when all of it is."""
    try:
        content.decode("utf-8")
        parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
        root = etree.fromstring(content, parser)
    except (UnicodeDecodeError, etree.ParserError, etree.XMLSyntaxError):
        return None, 0
    # The parser makes a page of anything; a page of ours says that it is one.
    if root is None or root.tag != "html" or b"<html" not in content[:1000].lower():
        return None, 0
    return root, next((error.line for error in parser.error_log), 0)


def _faults(root: etree._Element, ids: list[str]) -> Iterator[str]:
    if not (root.get("lang") or "").strip():
        yield 'heeft geen taal. Zet lang="nl" op het element html.'
    if not (root.findtext("head/title") or "").strip():
        yield "heeft geen titel. Vul het element title."
    if (headings := len(root.findall(".//h1"))) != 1:
        yield f"heeft {headings} koppen h1; het moet er precies één zijn."
    named = [name for name in ids if name]
    for repeated in sorted({name for name in named if named.count(name) > 1}) if len(set(named)) < len(named) else ():
        yield f"heeft id '{repeated}' meer dan één keer. Geef elk onderdeel een eigen id."


def _links(root: etree._Element) -> Iterator[str]:
    yield from _LINKS(root)
    for candidates in _SETS(root):
        for candidate in candidates.split(","):
            if candidate.strip():
                yield candidate.split()[0]
