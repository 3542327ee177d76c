"""PowerPoint (ISO/IEC 29500-1, part 19): slides, also hidden ones, with notes and remarks."""

import re
from collections.abc import Iterator

from lxml import etree

from woo.inspection.model import Budget, Found, Kind, Piece
from woo.inspection.readers.ooxml import Parts, alternatives, common, elements, links, relations
from woo.inspection.readers.packages import Package, attribute, local, person
from woo.inspection.text import has_words


def read(data: bytes, budget: Budget) -> Parts:
    package = Package(data, budget)
    for number, name in enumerate(package.matching(r"ppt/slides/slide\d+\.xml"), start=1):
        if (root := package.xml(name)) is None:
            continue
        is_hidden = attribute(root, "show") in {"0", "false"}
        text = _text(root)
        if is_hidden and has_words(text):
            yield Found(Kind.HIDDEN_SHEET, f"Verborgen dia: {text}", critical=True, page=number)
        yield Piece(text, page=number, is_hidden=is_hidden)
        behind = (*alternatives(root), *links(package, name.replace("slides/", "slides/_rels/") + ".rels"))
        yield Piece("\n".join(behind), page=number, where="afbeelding of koppeling", is_hidden=is_hidden)
        for target in relations(package, name).values():
            yield from _beside(package, target, number)
    for name in package.matching(r"ppt/(?:slideLayout|slideMaster|notesMaster|handoutMaster)s/\w+\.xml"):
        yield Piece(_text(package.xml(name)), where="model van de dia's")
    for name in package.matching(r"ppt/(?:commentAuthors|authors)\.xml"):
        for element in elements(package.xml(name)):
            yield from person("Opmerking van", attribute(element, "name"))
    yield from common(package)


def _beside(package: Package, target: str, number: int) -> Parts:
    """Notes and remarks of a slide."""
    said, where = list[str](), ""
    if "notesSlide" in target:
        said, where = [_text(package.xml(target))], "notitie"
    elif re.search(r"/comments?/", target):
        parts = (element for element in elements(package.xml(target)) if local(element) in {"text", "txBody"})
        said, where = [" ".join("".join(map(str, part.itertext())).split()) for part in parts], "opmerking"
    for text in filter(has_words, said):
        yield Found(Kind.COMMENT, f"{where.capitalize()} bij de dia: {text}", page=number)
        yield Piece(text, page=number, where=where, is_hidden=True)


def _text(root: "etree._Element | None") -> str:
    """The lines of a slide; the cells of a row of a table on one line."""
    lines = []
    for element in elements(root):
        if local(element) == "tr":
            cells = (child for child in element if local(child) == "tc")
            lines.append("\t".join(" ".join("".join(_texts(cell)).split()) for cell in cells))
        elif local(element) == "p" and not any(local(parent) == "tr" for parent in element.iterancestors()):
            lines.append("".join(_texts(element)))
    return "\n".join(line for line in lines if line.strip())


def _texts(element: "etree._Element") -> Iterator[str]:
    for child in element.iter():
        if local(child) == "t" and not any(local(parent) == "fld" for parent in child.iterancestors()):
            yield child.text or ""
        elif local(child) == "br":
            yield "\n"
