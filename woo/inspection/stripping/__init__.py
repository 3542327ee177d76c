"""What a file says about people and machines, taken out. One function for each kind of file, in one list."""

import re
from collections.abc import Callable, Mapping

from woo.inspection.formats import IMAGE, recognise
from woo.inspection.model import MAX_DEPTH, Budget, Unreadable
from woo.inspection.readers.packages import Package
from woo.inspection.stripping import images, packages, pdf

_PACKAGES: Mapping[str | None, Callable[[bytes, Budget, packages.Stripper], bytes]] = {
    "DOCX": packages.strip_ooxml,
    "XLSX": packages.strip_ooxml,
    "PPTX": packages.strip_ooxml,
    "PPSX": packages.strip_ooxml,
    "ODT": packages.strip_odf,
    "ODS": packages.strip_odf,
    "ODP": packages.strip_odf,
    "ODF": packages.strip_odf,
}
_STRIPPERS: Mapping[str | None, Callable[[bytes, Budget], bytes]] = {"PDF": pdf.strip, IMAGE: images.strip}


_SIGNED = re.compile(r"META-INF/[^/]*(?:signature|\.(?:sf|rsa|dsa|ec)$)|\.(?:p7s|sig)$", re.IGNORECASE)
"""In a zip: of the zip itself (ETSI EN 319 162-1; JAR), or of a file beside it."""


def stripped(data: bytes) -> bytes:
    """The same file without metadata; as it is when it has none that we know, or cannot be read."""
    return _stripped(data, Budget(float("inf")), depth=0)


def _stripped(data: bytes, budget: Budget, *, depth: int) -> bytes:
    kind = recognise(data)
    try:
        if kind == "ZIP" and depth < MAX_DEPTH:
            return _zip(Package(data, budget), depth)
        if kind in _PACKAGES:
            return _PACKAGES[kind](data, budget, lambda content: _inside(content, budget, depth))
        return _STRIPPERS[kind](data, budget) if kind in _STRIPPERS else data
    except Unreadable:
        return data  # the check says why


def _inside(data: bytes, budget: Budget, depth: int) -> bytes:
    return _stripped(data, budget, depth=depth + 1) if depth < MAX_DEPTH else data


def _zip(package: Package, depth: int) -> bytes:
    """Each file in it as if it were published by itself. It is left as it is when it is signed or nothing goes out."""
    if any(map(_SIGNED.search, package.names)):
        return package.data
    parts = {name: package.read(name) for name in package.names}
    bare = {name: _inside(content, package.budget, depth) for name, content in parts.items()}
    return package.data if bare == parts else packages.written(bare.items())
