"""Zip files: every file in it is looked at as if it were published by itself."""

import io
import zipfile
from collections.abc import Iterator

from woo.inspection.model import Budget, Inside, Piece, Unreadable
from woo.inspection.readers.packages import Package
from woo.inspection.readers.plain import decode
from woo.inspection.text import as_words


def read(data: bytes, budget: Budget) -> Iterator[Inside | Piece]:
    package = Package(data, budget)
    if not package.names:
        raise Unreadable("Het zip-bestand is leeg. Kies een ander bestand.")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        folders = [part.filename for part in archive.infolist() if part.is_dir()]
        remarks = [archive.comment, *(part.comment for part in archive.infolist())]
    yield Piece("\n".join(map(as_words, folders)), where="naam van een map")
    yield Piece(decode(b"\n".join(filter(None, remarks))), where="opmerking", is_hidden=True)
    for name in package.names:
        yield Inside(name, package.read(name), is_open=True)
