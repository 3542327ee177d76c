"""Kinds of before 2007: rtf as far as it is text, xls by its cells, doc and ppt by the runs of letters in them."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from woo.inspection.model import Budget, Found, Kind, Piece
from woo.inspection.readers import excel
from woo.inspection.readers.packages import person

_RUN_OF_BYTES = re.compile(rb"[\x20-\x7e\x80-\xff\t\r]{6,}")
_RUN_OF_PAIRS = re.compile(rb"(?:[\x20-\x7e\xa0-\xff\t\r]\x00){4,}")
_TOKEN = re.compile(
    r"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<code>[0-9a-fA-F]{2})|\\(?P<sign>[^a-z])|(?P<brace>[{}])"
    r"|[\r\n]+|(?P<text>[^\\{}\r\n]+)"
)
_SKIPPED = {
    "fonttbl", "colortbl", "stylesheet", "pict", "object", "themedata", "colorschememapping", "listtable",
    "rsidtbl", "generator", "datastore", "latentstyles", "xmlnstbl", "listoverridetable", "blipuid", "fldinst",
    "bkmkstart", "bkmkend", "info",
}  # fmt: skip
_STATES = {"author": "author", "operator": "author", "manager": "author", "annotation": "annotation"}
_SWITCHES = {"v": "hidden", "deleted": "deleted"}
_PARTS = {"par": "\n", "line": "\n", "row": "\n", "page": "\n", "cell": "\t", "tab": " ", "emdash": "-", "endash": "-"}
_SIGNS = {"~": " ", "_": "-", "-": "", "*": ""}


def read_binary(data: bytes, budget: Budget) -> Iterator[Piece | Found]:
    """Word and PowerPoint of before 2007: the letters can be searched, what is hidden cannot be seen."""
    del budget
    yield from _macros(data)
    runs = [found[0].decode("utf-16-le") for found in _RUN_OF_PAIRS.finditer(data)]
    runs += [found[0].decode("cp1252", errors="replace") for found in _RUN_OF_BYTES.finditer(data)]
    yield Piece("\n".join(runs))
    yield Found(
        Kind.UNREADABLE, "Van dit oude soort bestand is alleen de tekst doorzocht. Sla het op als docx, pptx of pdf."
    )


def read_workbook(data: bytes, budget: Budget) -> Iterator[Piece | Found]:
    """Excel of before 2007: cells and hidden sheets; hidden rows and comments cannot be seen."""
    del budget
    yield from _macros(data)
    yield from excel.grids(data, {})
    yield Found(
        Kind.UNREADABLE, "Van dit oude soort bestand zijn alleen de cellen doorzocht. Sla het op als xlsx of ods."
    )


def _macros(data: bytes) -> Iterator[Found]:
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        yield Found(Kind.MACRO, "Het bestand heeft macro's.")


def read_rtf(data: bytes, budget: Budget) -> Iterator[Piece | Found]:
    """Rich text: shown, hidden and deleted text, remarks, author and what is embedded."""
    del budget
    if b"\\objdata" in data:
        yield Found(Kind.ATTACHMENT, "Ingesloten bestand")
    said = _by_state(data.decode("latin-1"))
    yield Piece(said[""])
    for state, kind, label in (
        ("hidden", Kind.HIDDEN_TEXT, "Verborgen"),
        ("deleted", Kind.TRACKED_CHANGE, "Geschrapt"),
        ("annotation", Kind.COMMENT, "Opmerking"),
    ):
        if content := said[state].strip():
            yield Found(kind, f"{label}: {content}", critical=kind is not Kind.COMMENT)
            yield Piece(content, is_hidden=True)
    yield from person("Auteur", said["author"])


def _by_state(text: str) -> Mapping[str, str]:
    """The text of a file by what it is; empty for what is shown. A group in braces ends what began in it."""
    said: Mapping[str, list[str]] = defaultdict(list)
    stack: list[str] = []
    state, start = "", ""
    for found in _TOKEN.finditer(text):
        if found["brace"] == "{":
            stack.append(state)
        elif found["brace"]:
            state = stack.pop() if stack else ""
        elif found["word"]:
            state = _state(state, found["word"], found["number"], start)
        said[state].append(_said(found))
        start = "{" if found["brace"] == "{" else "{*" if start and found["sign"] == "*" else ""
    return defaultdict(str, {state: "".join(parts) for state, parts in said.items()})


def _said(found: "re.Match[str]") -> str:
    """The text that a token stands for."""
    if found["word"] == "u" and found["number"]:
        return chr(int(found["number"]) % 65_536)
    if found["code"]:
        return bytes.fromhex(found["code"]).decode("cp1252", errors="replace")
    if found["sign"]:
        return _SIGNS.get(found["sign"], found["sign"])
    return found["text"] or _PARTS.get(found["word"] or "", "")


def _state(state: str, word: str, number: str | None, start: str) -> str:
    """What the text after a control word is. `start` is what stands in front of it when it begins a group."""
    # After a star stands a word that a reader may not know, and then leaves out with all that belongs to it.
    if start and (start == "{*" or word in _SKIPPED or word in _STATES):
        return _STATES.get(word, "skip")
    if word in _SWITCHES and state in {"", *_SWITCHES.values()}:
        return "" if number == "0" else _SWITCHES[word]
    return "" if word == "plain" and state in _SWITCHES.values() else state
