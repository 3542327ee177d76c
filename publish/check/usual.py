"""Entries of a sitemap as our own writer makes them, read with one regular expression that is made out of our schema.

What it matches, the schema accepts; much that the schema accepts it does not match, such as other orders and prefixes.
Reading so takes a fifth of the time that libxml2 needs, which is asked about the other entries only.
"""

import re
from functools import cache
from html import unescape
from importlib import resources
from typing import NamedTuple

from lxml import etree

LONGEST = 1_000_000
"""Characters of an entry: from ten million on libxml2 refuses a text."""
MAX_LOC = 2048

_XS = "{http://www.w3.org/2001/XMLSchema}"
_SCHEMAS = {"s": "sitemap-diwoo.xsd", "d": "diwoo.xsd"}
_PREFIXES = {"s": "", "d": "diwoo:"}

_PLAIN = r"[^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]*+"
_ENTITY = "&(?:amp|lt|gt|quot|#13);"
_TEXT = f"{_PLAIN}(?:{_ENTITY}{_PLAIN})*"
_ATTRIBUTE = _TEXT.replace("[^", r'[^"\t\n')
_ADDRESS = "[A-Za-z0-9/._~!$'()*+,;=:@-]*+"
_DAY = (
    "(?:[12][0-9](?:0[48]|[2468][048]|[13579][26])-02-29|[12][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])))"
)
_MOMENT = f"{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])"
_TYPES = {
    "xs:string": _TEXT,
    "xs:date": _DAY,
    "d:moment": _MOMENT,
    "d:gevuldeTekst": rf"(?=[^\s<&]){_TEXT}",
    "s:adres": rf"https://[A-Za-z0-9.-]++/{_ADDRESS}(?:(?:%[0-9A-Fa-f]{{2}}|&amp;|\?){_ADDRESS})*",
    "s:wijziging": _MOMENT,
}
_LEFT_OUT = frozenset({"changefreq", "priority"})
_CATEGORY, _KIND = 'informatiecategorie resource="', 'soortHandeling resource="'
_OFTEN = {("1", "1"): "", ("0", "1"): "?", ("1", "unbounded"): "+", ("0", "unbounded"): "*"}
_CAUGHT = frozenset({"loc", "lastmod", "officieleTitel"})


class Usual(NamedTuple):
    """What stands in an entry, as it is written there. `terms`: `thema resource="...">afval` and so on."""

    loc: str
    lastmod: str
    title: str
    category: str
    format: str | None
    terms: list[str]
    end: int


def read(text: str, start: int) -> Usual | None:
    """The entry that begins at `start` and ends with its line; None when it is another one than our writer makes."""
    pattern, terms = _patterns()
    found = pattern.match(text, start)
    if found is None or found.end() - start > LONGEST:
        return None
    loc, lastmod, title, form = found.group("loc", "lastmod", "officieleTitel", "format")
    listed: list[str] = terms.findall(text, start, found.end())
    categories = [term.partition(">")[0] for term in listed if term.startswith(_CATEGORY)]
    kinds = [term.partition(">")[0] for term in listed if term.startswith(_KIND)]
    # The schema asks that categories differ; and actions too, but by their moment as well.
    if len(loc) > MAX_LOC or len(set(categories)) < len(categories) or len(set(kinds)) < len(kinds):
        return None
    return Usual(loc, lastmod, title, categories[0][len(_CATEGORY) : -1], form, listed, found.end())


def parts_of(term: str) -> tuple[str, str | None, str]:
    """A term of an entry: its element, its resource and its label."""
    tag, _, label = term.partition(">")
    element, _, resource = tag.partition(' resource="')
    return element, unescape(resource.removesuffix('"')) if resource else None, unescape(label).strip()


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Of an entry, and of the terms from value lists in it."""
    made = _Made()
    url = made.declared("s", "element", "url")
    whole = re.compile(f"{made.element('s', url)}\n")
    return whole, re.compile(f'<diwoo:((?:{"|".join(sorted(made.listed))})(?: resource="[^"]*")?>[^<]*)<')


class _Made:
    """Our schema as text of regular expressions."""

    def __init__(self) -> None:
        folder = resources.files("publish").joinpath("schemas")
        self.schemas = {key: etree.fromstring(folder.joinpath(name).read_bytes()) for key, name in _SCHEMAS.items()}
        self.listed: set[str] = set()
        """Elements whose resource stands in a value list."""

    def element(self, key: str, node: etree._Element) -> str:
        """One or more times the element of a declaration, which stands in the schema called `key`."""
        often = node.get("minOccurs", "1"), node.get("maxOccurs", "1")
        if reference := node.get("ref"):
            key, _, name = reference.partition(":")
            node = self.declared(key, "element", name)
        name = node.attrib["name"]
        if name in _LEFT_OUT:
            return ""
        attribute, content = self._content(key, name, node)
        if name in _CAUGHT:
            content = f"(?P<{name}>{content})"
        once = f"<{_PREFIXES[key]}{name}{attribute}>{content}</{_PREFIXES[key]}{name}>"
        return f"(?:{once}){'' if key == 's' else _OFTEN[often]}"

    def _content(self, key: str, name: str, node: etree._Element) -> tuple[str, str]:
        if (kind := node.get("type")) is None:
            return "", "".join(self.element(key, part) for part in node[0][0].iterchildren(f"{_XS}element"))
        if kind in _TYPES:
            return "", _TYPES[kind]
        place, _, local = kind.partition(":")
        attribute = next(self.declared(place, "complexType", local).iter(f"{_XS}attribute"))
        if attribute.get("type") != "xs:string":
            self.listed.add(name)
        value = f"(?P<{name}>{_ATTRIBUTE})" if name == "format" else _ATTRIBUTE
        given = f'(?: resource="{value}")'
        return given if attribute.get("use") == "required" else f"{given}?", _TEXT

    def declared(self, key: str, kind: str, name: str) -> etree._Element:
        """What the schema called `key` says of a name. Raises StopIteration when it is silent."""
        return next(node for node in self.schemas[key].iter(f"{_XS}{kind}") if node.get("name") == name)
