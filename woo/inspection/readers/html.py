"""Web pages: what they show, and what they say without showing it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html

from woo.inspection.model import Budget, Found, Inside, Kind, Piece
from woo.inspection.readers.packages import person
from woo.inspection.readers.plain import decode
from woo.inspection.text import has_words

Parts = Iterator[Piece | Found | Inside]
_BLOCKS = {
    "p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "header", "footer",
    "dt", "dd", "table", "ul", "ol", "address", "blockquote", "pre", "figure", "figcaption", "main", "nav",
    "form", "fieldset", "option",
}  # fmt: skip
_AUTHOR = re.compile(r"author|auteur|creator|editor|publisher-email", re.IGNORECASE)
_NOT_SHOWN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:text-indent|left|top)\s*:\s*-\d{3,}"
    r"|font-size\s*:\s*(?:0|1px|0?\.\d+(?:px|em|pt))\s*(?:;|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)",
    re.IGNORECASE,
)
_WHITE = re.compile(
    r"(?<![-\w])color\s*:\s*(?:#fff(?:fff)?\b|white|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\)|transparent)", re.IGNORECASE
)
_GROUND = re.compile(
    r"background(?:-color|-image)?\s*:\s*(?!\s*(?:#fff(?:fff)?\b|white|none|transparent))", re.IGNORECASE
)
_NO_REMARK = re.compile(
    r"^\s*(?:\[if|<!\[endif|\[endif|/?\s*(?:end|start|begin|ko|wp:|/wp:|mfunc|noindex|googleo)"
    r"|saved from url|\??xml\b|#)",
    re.IGNORECASE,
)
_BUTTONS = {"submit", "button", "reset", "image", "radio", "checkbox"}
_WORDS = {"alt", "title", "aria-label", "content", "placeholder", "label", "summary", "value"}
"""Attributes that are words for people. Of all others the name says what the value is, as in `data-bsn`."""
_NO_WORDS = {"class", "id", "for", "style", "d", "points", "transform", "viewbox", "integrity", "nonce", "srcdoc"}
_STYLE_LINK = re.compile(r"url\([^)]*\)")
_STYLE_TEXT = re.compile(r"/\*.*?\*/|\"[^\"]*\"|'[^']*'", re.DOTALL)
_TELLING = re.compile(r"[\d@]|\w\s+\w")


def read(data: bytes, budget: Budget) -> Parts:
    del budget
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    root = lxml_html.document_fromstring(decode(data).encode(), parser=parser)
    page = _Page()
    yield from page.walk(root)
    yield Piece(re.sub(r" *\n[ \n]*", "\n", re.sub(r"[ \r\f]+", " ", "".join(page.shown))))
    for text in "".join(page.hidden).split("\f"):
        if has_words(text):
            yield Found(Kind.HIDDEN_TEXT, f"Verborgen: {' '.join(text.split())}", critical=True)
            yield Piece(text, where="verborgen deel", is_hidden=True)


@dataclass(frozen=True, slots=True)
class _Item:
    """An element, or a text, that is still to be looked at."""

    what: "etree._Element | str"
    is_hidden: bool = False
    on_dark: bool = False


@dataclass(slots=True)
class _Page:
    """What is read of a page: what it shows, and what not, each hidden part after a form feed."""

    shown: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    def walk(self, root: "etree._Element") -> Parts:
        """Read all, without recursion: pages of strangers are as deep as they like."""
        waiting = [_Item(found) for found in (*root.itersiblings(preceding=True), root, *root.itersiblings())]
        while waiting:
            item = waiting.pop()
            if isinstance(item.what, str):
                (self.hidden if item.is_hidden else self.shown).append(item.what)
                continue
            element = item.what
            if element.tail and element is not root:
                waiting.append(replace(item, what=element.tail))
            if isinstance(element, etree._Comment):  # noqa: SLF001 - lxml has no other name for it
                yield from _remark(element.text or "")
            elif element.tag == "script":
                yield from _script(element)
            elif element.tag == "style":
                yield Piece("\n".join(_STYLE_TEXT.findall(_STYLE_LINK.sub("", element.text or ""))), where="opmaak")
            elif isinstance(element.tag, str):  # noscript too: in the sandbox of a published page no script runs
                inside = self._state(element, item)
                yield from _attributes(element)
                if page := element.get("srcdoc"):
                    yield Inside("ingebouwde pagina", f"<!doctype html>{page}".encode(), is_open=not inside.is_hidden)
                waiting += reversed(_children(element, inside))

    def _state(self, element: "etree._Element", item: _Item) -> _Item:
        """Whether what stands in an element is seen."""
        style = element.get("style") or ""
        on_dark = item.on_dark or bool(_GROUND.search(style)) or bool(element.get("bgcolor"))
        is_hidden = "hidden" in element.attrib or element.tag == "template" or bool(_NOT_SHOWN.search(style))
        is_hidden = is_hidden or (bool(_WHITE.search(style)) and not on_dark)
        if is_hidden and not item.is_hidden:
            self.hidden.append("\f")
        return replace(item, is_hidden=item.is_hidden or is_hidden, on_dark=on_dark)


def _children(element: "etree._Element", inside: _Item) -> list[_Item]:
    edge = "\n" if element.tag in _BLOCKS else "\t" if element.tag in {"td", "th"} else ""
    parts: list[etree._Element | str] = [edge if edge == "\n" else "", element.text or "", *element, edge]
    return [replace(inside, what=part) for part in parts if not isinstance(part, str) or part]


def _remark(text: str) -> Parts:
    if has_words(text):
        if not _NO_REMARK.match(text):
            yield Found(Kind.COMMENT, f"Opmerking in de code: {' '.join(text.split())}")
        yield Piece(re.sub(r"<[^>]+>", " ", text), where="opmerking", is_hidden=True)


def _script(element: "etree._Element") -> Parts:
    if "json" not in (element.get("type") or ""):
        said = element.get("src") or " ".join((element.text or "").split())
        yield Found(Kind.MACRO, f"Script: {said[:80]}")
    yield Piece(element.text or "", where="script")


def _attributes(element: "etree._Element") -> Parts:
    """What an element says outside of its text: fields, links, the words for who cannot see it."""
    if element.tag == "meta" and _AUTHOR.search(element.get("name") or ""):
        yield from person("Auteur", element.get("content"))
        return
    kind = (element.get("type") or "text").casefold()
    value = (element.get("value") or element.text or "") if element.tag in {"input", "textarea"} else ""
    if kind not in _BUTTONS and has_words(value):
        yield Found(Kind.FORM_FIELD, f"{element.get('name') or 'veld'}: {value}")
        yield Piece(value, where="formulierveld", is_hidden=kind == "hidden")
    for name, said in element.items():
        if name in _WORDS:
            yield Piece(said, where="kenmerk van de pagina")
        elif name not in _NO_WORDS and _TELLING.search(said) and not re.match(r"data:[^,]*;base64", said):
            yield Piece(f"{name}: {unquote(said)}", where="koppeling" if name == "href" else "kenmerk van de pagina")
