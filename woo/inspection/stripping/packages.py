"""Office and OpenDocument files without the people and machines in their properties."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence

from lxml import etree

from woo.inspection.model import Budget
from woo.inspection.readers.ooxml import WORKERS
from woo.inspection.readers.packages import Package, attribute, local, parse
from woo.inspection.stripping import images

Stripper = Callable[[bytes], bytes]
_PERSONAL = re.compile(r"author|auteur|user|owner|mail|manager|naam|behandel", re.IGNORECASE)
_IMAGE = re.compile(r"\.(?:jpe?g|png|webp)$", re.IGNORECASE)
_RSID = re.compile(rb'\s\w+:rsid\w*="[0-9A-Fa-f]{8}"|<w:rsid\w*\s+w:val="[0-9A-Fa-f]{8}"\s*/>')
_THUMBNAIL = re.compile(rb"<Relationship\b[^>]*metadata/thumbnail[^>]*/>")
_TEMPLATE = re.compile(rb'(<Relationship\b(?=[^>]*attachedTemplate)[^>]*\bTarget=")[^"]*[\\/]')
_ABS_PATH = re.compile(rb"<x15ac:absPath\b[^>]*/>")
_RESERVED_BY = re.compile(rb'(<fileSharing\b[^>]*?)\s+userName="[^"]*"')
_ODF_RSID = re.compile(rb'\s\w+:(?:paragraph-)?rsid="[0-9A-Fa-f]+"')
_ODF_SETTING = re.compile(
    rb'(<config:config-item config:name="(?:Printer\w*|Rsid\w*)"[^>]*>)[^<]*(</config:config-item>)'
)
_ODF_THUMBNAIL = re.compile(rb'<manifest:file-entry\b[^>]*full-path="Thumbnails/[^>]*/>')


def strip_ooxml(data: bytes, budget: Budget, inside: Stripper) -> bytes:
    """Word, Excel and PowerPoint: who made and changed it, on which computer, and in which session each word came.

    `inside` strips the files in it.
    """
    package = Package(data, budget)
    if any(name.startswith("_xmlsignatures/") for name in package.names):
        return data
    return _rewritten(package, lambda name, content: _ooxml_part(name, content, inside))


def _ooxml_part(name: str, content: bytes, inside: Stripper) -> bytes | None:
    if "/embeddings/" in name:
        return inside(content)
    return next((change(content) for which, change in _OOXML_PARTS if which.fullmatch(name)), content)


def _is_personal_in_ooxml(element: "etree._Element") -> bool:
    if local(element) == "property":
        return bool(_PERSONAL.search(attribute(element, "name")))
    return local(element) in {"creator", "lastModifiedBy", "Manager", "HyperlinkBase", "Template"}


_OOXML_PARTS: Sequence[tuple["re.Pattern[str]", Callable[[bytes], bytes | None]]] = (
    (re.compile(r"docProps/thumbnail\..*"), lambda _content: None),
    (re.compile("docProps/.*"), lambda content: _without(content, _is_personal_in_ooxml)),
    (re.compile(WORKERS), lambda content: _without(content, lambda one: local(one) in {"person", "docChgLst"})),
    (re.compile(r"_rels/\.rels"), lambda content: _THUMBNAIL.sub(b"", content)),
    (re.compile(r"word/_rels/settings\.xml\.rels"), lambda content: _TEMPLATE.sub(rb"\1", content)),
    (re.compile(r"xl/workbook\.xml"), lambda content: _RESERVED_BY.sub(rb"\1", _ABS_PATH.sub(b"", content))),
    (re.compile(r"word/.*\.xml"), lambda content: _RSID.sub(b"", content)),
    (re.compile(f".*{_IMAGE.pattern}", re.IGNORECASE), images.strip),
)
"""Of which parts something goes out, and what is left of them; the first that fits counts."""


def strip_odf(data: bytes, budget: Budget, _inside: Stripper) -> bytes:
    """OpenDocument: who made, changed and printed it, on which printer, and in which session each word came."""
    package = Package(data, budget)
    if "META-INF/documentsignatures.xml" in package.names:
        return data
    return _rewritten(package, _odf_part)


def _odf_part(path: str, content: bytes) -> bytes | None:
    name = re.sub(r"^(?:Object \d+/)+", "", path)  # a file in the file has the same parts
    if name.startswith("Thumbnails/"):
        return None
    if name == "META-INF/manifest.xml":
        return _ODF_THUMBNAIL.sub(b"", content)
    if name == "meta.xml":
        return _without(content, _is_personal_in_odf)
    if name == "settings.xml":
        return _ODF_SETTING.sub(rb"\1\2", content)
    if name in {"content.xml", "styles.xml"}:
        return _ODF_RSID.sub(b"", content)
    return images.strip(content) if _IMAGE.search(name) else content


def _is_personal_in_odf(element: "etree._Element") -> bool:
    if local(element) == "user-defined":
        return bool(_PERSONAL.search(attribute(element, "name")))
    return local(element) in {"initial-creator", "creator", "printed-by", "editing-cycles", "editing-duration"}


def _without(content: bytes, is_dropped: Callable[["etree._Element"], bool]) -> bytes:
    """XML without some elements; as it is when there are none of them."""
    root = parse(content)
    dropped = [] if root is None else [element for element in root.iter() if is_dropped(element)]
    if root is None or not dropped:
        return content
    for element in dropped:
        if (parent := element.getparent()) is not None:
            parent.remove(element)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _rewritten(package: Package, changed: Callable[[str, bytes], bytes | None]) -> bytes:
    parts = ((name, changed(name, package.read(name))) for name in dict.fromkeys(package.names))
    return written((name, content) for name, content in parts if content is not None)


def written(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """A package of parts in this order, all of one moment, so that the same file gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts:
            part = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            part.create_system = 3
            # The kind stands first and unpacked: programs know the file by its first bytes (ODF 1.3, part 2, 3.3).
            part.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(part, content)
    return out.getvalue()
