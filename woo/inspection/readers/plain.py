"""Text as it is: txt, csv, xml and json. Rows of a csv become the rows of a table."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from woo.inspection.model import Budget, Found, Piece


def read(data: bytes, budget: Budget) -> Iterator[Piece | Found]:
    del budget
    text = decode(data)
    if text.lstrip()[:1] in {"<", "{", "["}:
        yield Piece(_unescaped(text) if text.lstrip().startswith("<") else text)
        return
    yield _table(text) or Piece(text)


def decode(data: bytes) -> str:
    """The text of a file; Windows-1252 when it is no Unicode."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _unescaped(text: str) -> str:
    """XML with its values as text: a value that is cut up by tags is no value of a person."""
    return re.sub(r"&#(\d{2,5});", lambda sign: chr(int(sign[1])), text.replace("&#64;", "@"))


def _table(text: str) -> Piece | None:
    """The text as a table, when its lines agree on the number of separators."""
    lines = [line for line in text.splitlines() if line.strip()][:50]
    for separator in (";", "\t", ",", "|"):
        counts = Counter(re.sub(r'"[^"]*"', "", line).count(separator) for line in lines)
        number, agreeing = max(counts.items(), key=lambda found: found[1], default=(0, 0))
        if number and len(lines) > 1 and agreeing >= 0.8 * len(lines):
            try:
                rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
            except csv.Error:
                return None
            cells = [[" ".join(cell.split()) for cell in row] for row in rows]
            kept = [(row, number) for number, row in enumerate(cells, start=1) if any(row)]
            return Piece(
                "\n".join("\t".join(row) for row, _ in kept),
                headings=tuple(kept[0][0]),
                sheet="tabel",
                rows=[number for _, number in kept],
            )
    return None
