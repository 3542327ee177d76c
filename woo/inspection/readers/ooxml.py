"""What Word, Excel and PowerPoint of today (ISO/IEC 29500) have in common: properties, references, what is embedded."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from urllib.parse import unquote

from lxml import etree

from woo.inspection.model import Found, Inside, Kind, Piece
from woo.inspection.readers import image
from woo.inspection.readers.packages import Package, attribute, local, person, user_path

Parts = Iterator[Piece | Found | Inside]
WORKERS = r"word/people\.xml|ppt/changesInfos/.+\.xml"
"""Parts that keep who worked on a file together."""
_PERSONS = {"creator": "Auteur", "lastModifiedBy": "Laatst gewijzigd door", "Manager": "Manager"}
_PERSONAL = re.compile(r"author|auteur|user|owner|mail|manager|naam|behandel", re.IGNORECASE)
_PROGRAM = re.compile(r"vbaProject\.bin$|/macrosheets/|/activeX/", re.IGNORECASE)
_DRAWN = r"(?:ppt|word|xl)/(?:diagrams/(?:data|drawing)|charts/chart(?:ex)?|drawings/drawing)\d*\.xml"
_PICTURE = re.compile(r"/media/[^/]+\.(?:jpe?g|png|tiff?|gif|webp)$", re.IGNORECASE)


def common(package: Package, shown: AbstractSet[str] = frozenset()) -> Parts:
    """All but what is shown. Of charts and links only what is not in `shown`, the texts of the cells."""
    for name in ("docProps/core.xml", "docProps/app.xml"):
        for element in elements(package.xml(name)):
            yield from _property(element)
    for element in elements(package.xml("docProps/custom.xml")):
        if local(element) == "property" and (value := "".join(element.itertext()).strip()):
            if _PERSONAL.search(attribute(element, "name")):
                yield from person(attribute(element, "name"), value)
            yield Piece(value, where="eigenschappen", is_hidden=True)
    for name in package.names:
        yield from _part(package, name)
    for name in package.matching(_DRAWN):
        lines = (line for line in _drawn(package.xml(name)) if line.strip() and line not in shown)
        yield Piece("\n".join(lines), where="grafiek" if "/charts/" in name else "schema of tekening")
    for name in package.matching(r"(?!ppt/slides/).*\.rels"):
        found = list(links(package, name))
        yield Piece("\n".join(line for line in found if line not in shown), where="koppeling")
        for line in found:
            yield from user_path("Gekoppeld bestand", line)
    yield from _built_in(package)


def _built_in(package: Package) -> Parts:
    """What programs keep in a file for themselves: data of forms and tags, and who worked on it."""
    for name in package.matching(r"customXml/item\d+\.xml"):
        texts = (text for element in elements(package.xml(name)) for text in (element.text, element.tail) if text)
        yield Piece("\n".join(text for text in texts if text.strip()), where="ingebouwde gegevens", is_hidden=True)
    for name in package.matching(r"ppt/tags/tag\d+\.xml"):
        texts = (attribute(element, "val") for element in elements(package.xml(name)))
        yield Piece("\n".join(texts), where="ingebouwde gegevens", is_hidden=True)
    for name in package.matching(WORKERS):
        for element in elements(package.xml(name)):
            yield from person("Werkte eraan", attribute(element, "author") or attribute(element, "name"))


def _property(element: "etree._Element") -> Parts:
    if label := _PERSONS.get(local(element)):
        yield from person(label, element.text)
    elif local(element) in {"title", "subject", "description", "keywords"} and element.text:
        yield Piece(element.text, where="eigenschappen")
    elif local(element) in {"HyperlinkBase", "Template"}:
        yield from user_path("Sjabloon", element.text)


def _part(package: Package, name: str) -> Parts:
    file = name.rpartition("/")[2]
    if _PROGRAM.search(name):
        yield Found(Kind.MACRO, f"Onderdeel {name}")
    elif "/embeddings/" in name:
        yield Found(Kind.ATTACHMENT, f"Ingesloten bestand {file}")
        yield Inside(file, package.read(name))
    elif _PICTURE.search(name):
        yield from image.properties(package.read(name), where=file)
    elif name.startswith("_xmlsignatures/") and name.endswith(".xml"):
        yield Found(Kind.SIGNATURE, "Digitale handtekening bij het bestand")


def _drawn(root: "etree._Element | None") -> Iterator[str]:
    """The lines of a diagram, a chart or a drawing (ISO/IEC 29500-1, part 21), and the labels that a chart keeps."""
    for element in elements(root):
        match local(element):
            case "p":
                yield "".join(text.text or "" for text in element.iter() if local(text) == "t")
            case "v" | "pt" if _is_in(element, "strCache", "multiLvlStrCache", "strDim"):
                yield element.text or ""
            case "t" if not _is_in(element, "p"):
                yield element.text or ""
            case _:
                pass
    yield from alternatives(root)


def _is_in(element: "etree._Element", *names: str) -> bool:
    return any(local(parent) in names for parent in element.iterancestors())


def alternatives(root: "etree._Element | None") -> Iterator[str]:
    """What pictures and drawings say to who cannot see them."""
    for element in elements(root):
        if local(element) == "cNvPr":
            yield f"{attribute(element, 'title')} {attribute(element, 'descr')}"


def links(package: Package, name: str) -> Iterator[str]:
    """The addresses outside of the file that a part with relations has."""
    for link in elements(package.xml(name)):
        if attribute(link, "TargetMode") == "External":
            yield unquote(attribute(link, "Target").removeprefix("mailto:"))


def elements(root: "etree._Element | None") -> Iterator["etree._Element"]:
    """All elements of a part; none when there is no such part."""
    return iter(()) if root is None else root.iter()


def relations(package: Package, name: str) -> Mapping[str, str]:
    """Where the references of a part lead to, as names in the package."""
    folder, _, file = name.rpartition("/")
    root = package.xml(f"{folder}/_rels/{file}.rels")
    return {
        attribute(link, "Id"): _target(folder, attribute(link, "Target"))
        for link in elements(root)
        if attribute(link, "Id")
    }


def _target(folder: str, target: str) -> str:
    steps = [] if target.startswith("/") else folder.split("/")
    for step in target.split("/"):
        steps = steps[:-1] if step == ".." else [*steps, step] if step else steps
    return "/".join(steps)
