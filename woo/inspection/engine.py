"""The check itself: reads a file piece by piece, searches the texts, and makes the hits. Runs in a child process."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from core.filetypes import ENCRYPTED
from woo.inspection.checks import CHECKS
from woo.inspection.formats import recognise
from woo.inspection.model import MAX_DEPTH, Budget, Found, Hit, Inside, Kind, Known, Piece, Unreadable
from woo.inspection.readers import READERS
from woo.inspection.text import Span, Text, as_words, column_name, mask

MAX_HITS = 2_000
MAX_PER_KIND = 500
MAX_INSIDE = 1_000
MAX_TEXT = 200_000
"""A piece is searched in parts of this many characters, so that the time is looked at in between."""
_AROUND = 40
_SNIPPET = 160
_PERSONAL = frozenset(kind for kind, _ in CHECKS)


class TimeUp(Exception):
    """The budget is spent."""


@dataclass(slots=True)
class Check:
    """One check of one file, with the files in it."""

    known: Known
    budget: Budget
    give: Callable[[Hit], None]
    """Is handed each hit as soon as it is found, so that a check that is ended halfway has told what it saw."""
    count: Counter[Kind] = field(default_factory=Counter)
    _seen: dict[tuple[object, ...], bool] = field(default_factory=dict)
    _keys: Counter[str] = field(default_factory=Counter)
    _insides: int = 0
    _place: str = ""

    def run(self, data: bytes) -> str | None:
        """Look at a file as a whole. Returns its format."""
        found = recognise(data)
        try:
            self._file(data, found, where="", is_hidden=False, depth=0)
        except TimeUp:
            if not self.count[Kind.UNREADABLE]:  # else the reader has said what was not looked at
                self._tell_unreadable(f"De controle duurde te lang en is gestopt{self._place}. Kijk de rest zelf na.")
        except (MemoryError, RecursionError):
            self._tell_unreadable(f"Het bestand vraagt te veel geheugen; de controle is gestopt{self._place}.")
        return found or None

    def _file(self, data: bytes, kind: str | None, *, where: str, is_hidden: bool, depth: int) -> None:
        try:
            for part in self._parts(data, kind):
                self._part(part, where=where, is_hidden=is_hidden, depth=depth)
                if self.budget.is_overdue:
                    raise TimeUp
        except Unreadable as reason:
            self._tell_unreadable(str(reason), where)

    @staticmethod
    def _no_reader(kind: str | None) -> Unreadable:
        if kind == ENCRYPTED:
            return Unreadable("Het bestand is beveiligd met een wachtwoord. Haal het wachtwoord eraf.")
        if kind:
            return Unreadable(f"Een bestand van het soort {kind} kan Openboek niet nakijken. Kijk het zelf na.")
        return Unreadable("Dit soort bestand is onbekend. Kijk het zelf na, of maak er een gewone PDF van.")

    def _parts(self, data: bytes, kind: str | None) -> Iterator[Piece | Found | Inside]:
        """What the reader of this kind of file gives; whatever a broken file does to a library is one sentence."""
        if not data:
            raise Unreadable("Het bestand is leeg (0 bytes). Kies een ander bestand.")
        if kind not in READERS:
            raise self._no_reader(kind)
        try:
            yield from READERS[kind](data, self.budget)
        except (Unreadable, TimeUp, MemoryError, RecursionError):
            raise
        except Exception as error:
            raise Unreadable(
                "Het bestand is beschadigd en is niet helemaal nagekeken. Maak het opnieuw vanuit het brondocument."
            ) from error

    def _part(self, part: Piece | Found | Inside, *, where: str, is_hidden: bool, depth: int) -> None:
        match part:
            case Piece():
                place = _joined(where, part.where)
                self._place = f" bij pagina {part.page}" if part.page else self._place
                self._piece(replace(part, where=place, is_hidden=part.is_hidden or is_hidden))
            case Found():
                self._found(replace(part, where=_joined(where, part.where)))
            case Inside():
                name = Piece(as_words(part.name), where=_joined(where, "bestandsnaam"), is_hidden=is_hidden)
                self._piece(name)
                self._inside(
                    part, where=_joined(where, part.name), is_hidden=is_hidden or not part.is_open, depth=depth
                )

    def _inside(self, part: Inside, *, where: str, is_hidden: bool, depth: int) -> None:
        self._insides += 1
        if depth >= MAX_DEPTH or self._insides > MAX_INSIDE:
            self._tell_unreadable("Er zitten te veel bestanden in elkaar. Kijk de rest zelf na.", where)
            return
        self._file(part.data, recognise(part.data), where=where, is_hidden=is_hidden, depth=depth + 1)

    # --- texts

    def _piece(self, piece: Piece) -> None:
        for part in _in_parts(piece):
            text = Text(part, self.known)
            spans = spans_in(text)
            for kind, span in spans:
                cell = _cell(part, text, span.start)
                value = re.sub(r"\W", "", text.text[span.start : span.end]).casefold()
                hit = Hit(
                    kind,
                    snippet(text.text, spans, span.start, span.end),
                    # A number that only might be a BSN stays a question, also where nobody sees it.
                    span.critical or (piece.is_hidden and kind is not Kind.BSN),
                    piece.page,
                    _joined(piece.where, cell),
                )
                self._tell(hit, (value, cell))
            if self.budget.is_overdue:
                raise TimeUp

    def _found(self, found: Found) -> None:
        text = Text(Piece(found.text), self.known)
        shown = snippet(text.text, spans_in(text), 0, min(len(text.text), _SNIPPET))
        self._tell(Hit(found.kind, shown, found.critical, found.page, found.where), (shown,))

    # --- hits

    def _tell_unreadable(self, reason: str, where: str = "") -> None:
        self._tell(Hit(Kind.UNREADABLE, reason, where=where), (reason,))

    def _tell(self, hit: Hit, value: tuple[object, ...]) -> None:
        """Hand on a hit, once: the same value on the same page is one hit, unless it turns out to be critical."""
        identity = (hit.kind, hit.page, "" if hit.kind in _PERSONAL else hit.where, *value)
        if identity in self._seen and (self._seen[identity] or not hit.critical):
            return
        self._seen[identity] = hit.critical
        self.count[hit.kind] += 1
        total = self.count.total()
        if hit.kind is not Kind.UNREADABLE and (self.count[hit.kind] > MAX_PER_KIND or total > MAX_HITS):
            if self.count[hit.kind] == MAX_PER_KIND + 1 or total == MAX_HITS + 1:
                self._tell_unreadable("Er zijn heel veel meldingen. Alleen de eerste staan hier.")
            return
        hit = replace(hit, where=self._masked(hit.where))
        basis = f"{hit.kind}|{hit.page}|{hit.where}|{hit.snippet}"
        self._keys[basis] += 1
        key = hashlib.sha256(f"{basis}|{self._keys[basis]}".encode()).hexdigest()[:20]
        self.give(replace(hit, key=key))

    def _masked(self, where: str) -> str:
        """A place without the personal data in it: files, folders and sheets may be called after a person."""
        return snippet(where, spans_in(Text(Piece(as_words(where)), self.known)), 0, len(where))


def look(data: bytes, known: Known, seconds: float) -> tuple[str | None, list[Hit]]:
    """Check a file in this process. For the child, and for tests of what it finds."""
    hits: list[Hit] = []
    return Check(known, Budget(seconds), hits.append).run(data), hits


def spans_in(text: Text) -> list[tuple[Kind, Span]]:
    """What the checks find in a text, in order of place, without overlaps: the check of most trust goes first."""
    taken: list[tuple[Kind, Span]] = []
    for kind, find in CHECKS:
        for span in find(text):
            if not any(span.start < other.end and span.end > other.start for _, other in taken):
                taken.append((kind, span))
    return sorted(taken, key=lambda found: found[1].start)


def snippet(text: str, spans: Sequence[tuple[Kind, Span]], start: int, end: int) -> str:
    """The text around a place on one line, with all personal data in it masked."""
    left = max(text.rfind("\n", 0, start) + 1, start - _AROUND)
    right = text.find("\n", end)
    right = min(len(text) if right < 0 else right, end + _AROUND)
    # No half masked value at the edges: whatever is cut by an edge is taken as a whole.
    touching = [(kind, span) for kind, span in spans if span.start < right and span.end > left]
    left, right = min([left, *(s.start for _, s in touching)]), max([right, *(s.end for _, s in touching)])
    shown, place = "", left
    for kind, span in touching:
        shown += text[place : span.start] + mask(kind, text[span.start : span.end])
        place = span.end
    shown = re.sub(r"\s+", " ", shown + text[place:right]).strip()
    shown = "".join(sign for sign in shown if sign.isprintable())
    return shown if len(shown) <= 2 * _SNIPPET else f"{shown[: 2 * _SNIPPET]}…"


def _in_parts(piece: Piece) -> Iterator[Piece]:
    if len(piece.text) <= MAX_TEXT:
        yield piece
        return
    lines, size, first = list[str](), 0, 0
    for number, line in enumerate(piece.text.split("\n")):
        for cut in [line[start : start + MAX_TEXT] for start in range(0, max(1, len(line)), MAX_TEXT)]:
            lines.append(cut)
            size += len(cut) + 1
            if size > MAX_TEXT:
                yield replace(piece, text="\n".join(lines), rows=piece.rows[first : number + 1])
                lines, size, first = [], 0, number + 1
    if lines:
        yield replace(piece, text="\n".join(lines), rows=piece.rows[first:])


def _joined(*steps: str) -> str:
    return " › ".join(step for step in steps if step)


def _cell(piece: Piece, text: Text, place: int) -> str:
    """The cell of a place, as spreadsheets name it."""
    row = text.row(place)
    if not piece.sheet or row >= len(piece.rows):
        return ""
    return f"{piece.sheet}!{column_name(text.column(place))}{piece.rows[row]}"
