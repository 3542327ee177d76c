"""The child process that reads what a file says of itself: a file on stdin, a line of JSON on stdout."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice

from core import clock, confined

SECONDS = 20
"""Of processor time, for one file."""
_MEMORY = 1_000_000_000
_EARLIER = 0.5
_UNPACKED = 500_000_000
"""Bytes that may come out of compressed parts."""
_PIECES, _LETTERS = 20, 4000
_LANGUAGES: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in (
        ("nl", "de het een van en is dat op te voor met niet zijn aan worden door"),
        ("en", "the of and to in is that for with on are this be by not as"),
        ("de", "der die und das den von zu mit ist im nicht auf ein eine des dem"),
        ("fr", "le la les des et en un une du que pour dans est sur par au"),
    )
}
"""Words that make up a fair part of any text in the language."""
_FEWEST = 8
_PROGRAM = re.compile(r"^(?:microsoft (?:word|powerpoint|excel)|word) - ", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"\.[a-z0-9]{2,4}$|^(?:untitled|document ?[0-9]*|presentatie|powerpoint|naamloos|titel)\b", re.IGNORECASE
)
_YEAR = "((?:19|20)[0-9]{2})"
_DAY = re.compile(
    rf"\b([0-9]{{1,2}}) ({'|'.join(clock.MONTHS)}) {_YEAR}\b|\b([0-9]{{1,2}})-([0-9]{{1,2}})-{_YEAR}\b", re.IGNORECASE
)
_DECIDED = re.compile(r"(?:vastgesteld|besloten|besluit|vergadering|datum|d\.d\.)[^.\n]{0,40}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Described:
    """What a file says of itself; empty where it says nothing. `language` is of two letters, as in `nl`.

    `fault` is the sentence that says why nobody can read the file: a password, damaged, or far too large unpacked.
    """

    title: str = ""
    adopted_on: date | None = None
    created_on: date | None = None
    language: str = ""
    pages: int | None = None
    fault: str = ""


def main(size: str) -> None:
    """Read the file on stdin, and write what it says on stdout."""
    confined.limit(SECONDS, _MEMORY + 4 * int(size))
    sys.stdout.write(json.dumps(asdict(described(sys.stdin.buffer.read())), default=str))


def load() -> None:
    """What every file needs, ahead of the first one."""
    described(b"-")


def described(data: bytes) -> Described:
    """In this process: for the child, and for tests of what it finds."""
    from woo.inspection.formats import recognise
    from woo.inspection.model import Unreadable

    kind = recognise(data) or ""
    try:
        told = _properties(kind, data)
        text = _first_text(kind, data)
    except Unreadable as reason:
        return Described(fault=str(reason))
    except Exception:  # noqa: BLE001 - whatever a broken file does to a library, it says nothing then
        told, text = {}, ""
    title = _title(told.get("title", "")) or _title(_first_line(text))
    language = told.get("language", "").replace("_", "-").split("-")[0].lower()
    return Described(
        title=title,
        adopted_on=_day_in(text),
        created_on=_iso(told.get("created", "")),
        language=language if language in _LANGUAGES else _language_of(text),
        pages=int(told["pages"]) if told.get("pages", "").isdecimal() and int(told["pages"]) else None,
    )


def _properties(kind: str, data: bytes) -> dict[str, str]:
    match kind:
        case "PDF":
            return _of_pdf(data)
        case "DOCX" | "XLSX" | "PPTX" | "PPSX":
            return _of_office(data)
        case "ODT" | "ODS" | "ODP":
            return _of_open_document(data)
        case "HTML":
            return _of_html(data)
        case _:
            return {}


def _of_pdf(data: bytes) -> dict[str, str]:
    import io

    import pikepdf

    from woo.inspection.model import Unreadable

    try:
        opened = pikepdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise Unreadable("De PDF is beveiligd met een wachtwoord. Haal het wachtwoord eraf.") from error
    except pikepdf.PdfError as error:
        raise Unreadable("De PDF is beschadigd. Maak hem opnieuw vanuit het brondocument.") from error
    with opened as pdf:
        told = {"pages": str(len(pdf.pages)), "language": str(pdf.Root.get("/Lang", ""))}
        told["title"] = str(pdf.docinfo.get("/Title", ""))
        made = re.match(r"(?:D:)?([0-9]{4})([0-9]{2})([0-9]{2})", str(pdf.docinfo.get("/CreationDate", "")))
        told["created"] = "-".join(made.groups()) if made else ""
        if not told["title"].strip():
            with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
                told["title"] = str(xmp.get("dc:title", "") or "")
        return told


def _of_office(data: bytes) -> dict[str, str]:
    """ISO/IEC 29500-2 part 11 (core properties), and what the program counted."""
    core, counted = _words(data, "docProps/core.xml"), _words(data, "docProps/app.xml")
    return {
        "title": core.get("title", ""),
        "language": core.get("language", ""),
        "created": core.get("created", ""),
        "pages": counted.get("Pages", "") or counted.get("Slides", ""),
    }


def _of_open_document(data: bytes) -> dict[str, str]:
    """OpenDocument 1.3 part 3, 4.3."""
    meta = _words(data, "meta.xml")
    return {
        "title": meta.get("title", ""),
        "language": meta.get("language", ""),
        "created": meta.get("creation-date", ""),
        "pages": meta.get("page-count", ""),
    }


def _of_html(data: bytes) -> dict[str, str]:
    from lxml import html

    page = html.document_fromstring(data)
    return {"title": page.findtext(".//title") or "", "language": page.get("lang") or ""}


def _words(data: bytes, part: str) -> dict[str, str]:
    """The elements and attributes of a part with the text in them, by their name without its space."""
    from woo.inspection.model import Budget
    from woo.inspection.readers.packages import Package

    root = Package(data, Budget(SECONDS, _UNPACKED)).xml(part)
    found: dict[str, str] = {}
    for element in root.iter("*") if root is not None else ():
        for name, text in ((element.tag, element.text or ""), *element.attrib.items()):
            found.setdefault(str(name).rpartition("}")[2], str(text).strip())
    return found


def _first_text(kind: str, data: bytes) -> str:
    """The beginning of what stands in it for all to see."""
    from woo.inspection.model import Budget, Piece, TooLarge
    from woo.inspection.readers import READERS

    def pieces() -> Iterator[str]:
        for part in islice(READERS[kind](data, Budget(SECONDS * _EARLIER, _UNPACKED)), _PIECES):
            if isinstance(part, Piece) and not part.is_hidden and not part.where:
                yield part.text
            if isinstance(part, Piece) and (part.page or 1) > 1:
                return

    found = ""
    if kind in READERS:
        try:
            for text in pieces():
                found += f"{text}\n"
                if len(found) > _LETTERS:
                    break
        except TooLarge:
            raise
        except Exception:  # noqa: BLE001 - as above; what was read so far counts
            return found[:_LETTERS]
    return found[:_LETTERS]


def _first_line(text: str) -> str:
    """The first line that says something: a heading, not the name of a sender or the number of a page."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return next((line for line in lines if len(line.split()) >= 3 and 10 <= len(line) <= 200), "")


def _title(text: str) -> str:
    """A title that a reader could use; nothing for what a program made up or for the name of a file."""
    found = _PROGRAM.sub("", " ".join(text.split()))
    return found if 3 <= len(found) <= 500 and found.isprintable() and not _NO_TITLE.search(found) else ""


def _day_in(text: str) -> date | None:
    """The day on which it was decided when the text says so, or else the first day in it; never one to come."""
    found = [(match, day) for match in _DAY.finditer(text) if (day := _day(match)) and day <= clock.today()]
    decided = next((day for match, day in found if _DECIDED.search(text[: match.start()])), None)
    return decided or (found[0][1] if found else None)


def _day(match: re.Match[str]) -> date | None:
    day, month, year = (match[1], match[2], match[3]) if match[2] else (match[4], match[5], match[6])
    number = clock.MONTHS.index(month.lower()) + 1 if match[2] else int(month)
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


def _iso(text: str) -> date | None:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if found <= clock.today() else None


def _language_of(text: str) -> str:
    """The language whose small words stand in a text most; nothing when there are few of any."""
    words = re.findall(r"[a-zà-ÿ]+", text.lower())
    counted = {language: sum(word in known for word in words) for language, known in _LANGUAGES.items()}
    best = max(counted, key=lambda language: counted[language])
    return best if counted[best] >= _FEWEST else ""


if __name__ == "__main__":
    main(*sys.argv[1:])
