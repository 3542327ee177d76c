"""A list of documents from a spreadsheet: what its columns hold and what each row says. Pure, no database.

Nothing is lost and nothing happens unseen: each value that was changed, guessed or kept gives a note, a column that we
do not know goes to the internal note, and a row that cannot be read is told with the reason.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import ValidationError

from core import clock, sheets
from core.errors import BadInput
from core.inside import is_inside
from core.sheets import Sheet
from core.texts import NOT_TEXT, clean
from core.values import SURE, ValueList, normalise
from woo import lists
from woo.content import MAX_TITLE, DocumentContent
from woo.importer import Skipped, category_number

HEADINGS: Mapping[str, Sequence[str]] = {
    "title": (
        *("titel", "officiële titel", "documenttitel", "titel document", "naam document", "documentnaam", "naam"),
        "onderwerp",
    ),
    "file": (
        *("bestand", "bestandsnaam", "pad", "url", "link", "locatie", "document", "adres", "webadres", "bestandspad"),
        *("bestandslocatie", "vindplaats"),
    ),
    "category": ("categorie", "informatiecategorie", "woo-categorie", "categorienummer", "informatiesoort"),
    "dossier": ("dossier", "dossiertitel", "verzameling", "vergadering", "zaak", "dossiernaam"),
    "attachment_to": ("bijlage bij", "hoofddocument", "bijlage van", "hoort bij document"),
    "sequence": ("volgorde", "volgorde in dossier", "volgorde in het dossier", "volgnummer"),
    "adopted_on": (
        *("datum vastgesteld", "vastgesteld", "datum besluit", "besluitdatum", "datum", "documentdatum"),
        *("datum document", "vastgesteld op", "datum vaststelling", "vaststellingsdatum"),
    ),
    "received_on": ("datum ontvangen", "ontvangen", "datum ontvangst", "ontvangen op", "ontvangstdatum"),
    "signed_on": ("datum ondertekend", "ondertekend", "datum ondertekening", "ondertekend op"),
    "distributed_on": ("datum toegezonden", "datum vergadering", "vergaderdatum", "toegezonden op"),
    "identifiers": (
        *("kenmerk", "zaaknummer", "kenmerken", "extern nummer", "documentnummer", "documentkenmerk", "nummer", "id"),
        *("document-id", "registratienummer", "identificatie", "uniek nummer"),
    ),
    "kinds": ("documentsoort", "soort", "soort document", "documenttype", "type document", "type"),
    "themes": ("thema", "thema's", "beleidsthema"),
    "descriptions": ("omschrijving", "omschrijving document", "samenvatting", "toelichting", "beschrijving"),
    "keywords": ("trefwoorden", "trefwoord", "tags", "zoekwoorden"),
    "author": ("opsteller", "gemaakt door", "organisatie die het document maakte", "opgesteld door"),
    "author_name": ("naam van de opsteller", "auteur"),
    "publisher": ("publicerende organisatie", "uitgever", "publisher"),
    "responsible": ("verantwoordelijke organisatie", "verantwoordelijke"),
    "co_responsible": ("medeverantwoordelijke organisaties", "medeverantwoordelijke"),
    "acted_by": ("organisatie die vaststelde", "vastgesteld door", "ondertekend door"),
    "other_categories": ("andere categorieën", "andere categorie"),
    "short_titles": ("verkorte titel", "verkorte titels", "korte titel"),
    "alternative_titles": ("alternatieve titel", "alternatieve titels"),
    "created_on": ("datum gemaakt", "aanmaakdatum", "datum creatie", "creatiedatum", "gemaakt op"),
    "valid_from": ("geldig vanaf", "ingangsdatum", "datum inwerkingtreding"),
    "valid_until": ("geldig tot", "einddatum", "geldig tot en met"),
    "not_before_on": ("niet openbaar voor", "embargo", "embargo tot"),
    "language": ("taal",),
    "aggregation": ("kenmerk van het geheel",),
    "internal_note": ("notitie", "interne notitie", "opmerking", "opmerkingen"),
}
"""What a column can fill, with the headings that people use for it."""
CERTAIN = 0.86
"""A heading that resembles a known one less is left for a person: "datum publicatie" is no "datum"."""
_DAYS = frozenset(
    {
        *("adopted_on", "received_on", "signed_on", "distributed_on", "created_on"),
        *("valid_from", "valid_until", "not_before_on"),
    }
)
_CODED = {"kinds": lists.KINDS, "themes": lists.THEMES}
_SEVERAL = frozenset({"keywords", "identifiers", "short_titles", "alternative_titles", "co_responsible"})
_PLACE = re.compile(r"https?://\S+$|.*\.[A-Za-z0-9]{2,5}$", re.IGNORECASE)
_MOSTLY = 0.8
_SEPARATORS = re.compile(r"[;\n|]")
_DATE = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{2}|[0-9]{4})")
_SPELLED = re.compile(r"(?:[a-z]+ )?([0-9]{1,2}) ([a-z]+)\.? ([0-9]{4})")
_CENTURY = 2000
_LANGUAGES = {"nl": "nederlands", "en": "engels", "de": "duits", "fr": "frans", "fy": "fries", "nld": "nederlands"}

NoteKind = Literal["changed", "guessed", "kept"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list. An empty `field`: its cells go to the internal note. `score`: 1 is certain, 0 unknown."""

    index: int
    heading: str
    field: str
    score: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the documents stand in a file, and what the columns are taken for; `top` counts from 0."""

    sheet: Sheet
    top: int
    columns: Sequence[Column]

    @property
    def is_certain(self) -> bool:
        """Whether one of its headings is known."""
        return any(column.field for column in self.columns)

    def cells(self, column: Column) -> list[str]:
        """What stands in a column, without the empty cells."""
        rows = self.sheet.rows[self.top + 1 :]
        return [row[column.index] for row in rows if column.index < len(row) and row[column.index]]


@dataclass(frozen=True, slots=True)
class Note:
    """A value that did not come in as it stood: what was typed, what became of it."""

    heading: str
    value: str
    kind: NoteKind
    became: str


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document. `file` is the name of a file or empty; an address stands in `content.source_url`.

    What the row says is what was set in `content`; all else is as in a new document.
    """

    row: int
    content: DocumentContent
    dossier: str
    file: str
    notes: Sequence[Note] = ()
    attachment_to: str = ""
    """Title or number of the document in the same dossier that this one is an attachment to."""
    sequence: int | None = None
    """Its place in the dossier, beside that of the other rows."""

    @property
    def filled(self) -> Mapping[str, Any]:
        """What the row says, as plain data."""
        return self.content.model_dump(mode="json", exclude_unset=True)


@dataclass(slots=True)
class DocumentList:
    """What a list says, row by row."""

    layout: Layout
    rows: list[DocumentRow] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def layout(
    found: Sequence[Sheet],
    *,
    mapping: Mapping[str, str | None] | None = None,
    sheet: str = "",
    heading_row: int = 0,
) -> Layout:
    """Find the sheet and the row with the headings, and propose a field for each column.

    Args:
        found: as `core.sheets.read` gives them.
        mapping: heading -> field, or None for the internal note; goes before what is proposed.
        sheet: the one that a person chose; without it the one with the most headings that we know.
        heading_row: the row that a person chose, from 1.

    Raises:
        BadInput: there is no such sheet or row.
    """
    best, top = sheets.place_of_list(found, is_heading, sheet=sheet, heading_row=heading_row)
    plain = Layout(best, top, [Column(at, heading, "", 0.0) for at, heading in enumerate(best.rows[top]) if heading])
    return replace(plain, columns=_proposed(plain, mapping or {}))


def is_heading(text: str) -> bool:
    """Whether a text is a heading that we know word for word."""
    return len(text) <= 80 and _known().match(text).score == 1.0


def read_documents(
    found: Sequence[Sheet],
    *,
    mapping: Mapping[str, str | None] | None = None,
    sheet: str = "",
    heading_row: int = 0,
) -> DocumentList:
    """Read a list of documents.

    Raises:
        BadInput: no column has titles, or see `layout`.
    """
    place = layout(found, mapping=mapping, sheet=sheet, heading_row=heading_row)
    if "title" not in {column.field for column in place.columns}:
        raise BadInput("Er is geen kolom 'titel'. Zeg in welke kolom de titel staat, of zet er de kop 'titel' boven.")
    made = DocumentList(place)
    for number, row in enumerate(place.sheet.rows[place.top + 1 :], start=place.top + 2):
        cells = [(column, row[column.index]) for column in place.columns if column.index < len(row)]
        if not any(text.strip() for _, text in cells):
            continue
        try:
            made.rows.append(_Reader().document(number, cells))
        except ValueError as error:
            made.skipped.append(Skipped(number, _reason(error, place.columns)))
    return made


@cache
def _known() -> ValueList:
    return ValueList(
        "woo/document-list", {name: {"label": known[0], "koppen": known} for name, known in HEADINGS.items()}
    )


def _proposed(place: Layout, mapping: Mapping[str, str | None]) -> Sequence[Column]:
    decided = {normalise(heading): chosen for heading, chosen in mapping.items()}
    columns = []
    for column in place.columns:
        name = normalise(column.heading)
        if name in decided:
            columns.append(replace(column, field=decided[name] or "", score=1.0))
            continue
        code, score = _known().match(column.heading)
        columns.append(
            replace(column, field=code if score >= CERTAIN else "", score=score if score >= CERTAIN else 0.0)
        )
    columns = [
        # Of two columns for one field the first that is most certain counts.
        column
        if column.field == "" or column is max((c for c in columns if c.field == column.field), key=lambda c: c.score)
        else replace(column, field="", score=0.0)
        for column in columns
    ]
    if not any(column.field == "file" for column in columns):
        columns = [_by_cells(place, column, decided) for column in columns]
        first = next((column for column in columns if column.field == "file"), None)
        columns = [replace(c, field="", score=0.0) if c.field == "file" and c is not first else c for c in columns]
    return columns


def _by_cells(place: Layout, column: Column, decided: Mapping[str, str | None]) -> Column:
    """A column of which nearly all cells look like a place is the one with the files, whatever stands above it."""
    cells = place.cells(column)
    looks_like = sum(1 for cell in cells if _PLACE.fullmatch(cell.strip()))
    if column.field or normalise(column.heading) in decided or not cells or looks_like < _MOSTLY * len(cells):
        return column
    return replace(column, field="file", score=0.7)


class _Reader:
    """Reads one row, and notes what became of its values."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.kept: list[str] = []
        self.facts: dict[str, Any] = {}

    def document(self, number: int, cells: Sequence[tuple[Column, str]]) -> DocumentRow:
        by_field = {column.field: (column.heading, text) for column, text in cells if column.field}
        heading, title = by_field.get("title", ("titel", ""))
        if not title.strip():
            raise ValueError("er is geen titel. Vul de titel in.")
        self.facts["title"] = self._one_line(heading, title)
        for name, (heading, text) in by_field.items():
            if text.strip() and name not in {"title", "file", "dossier", "attachment_to", "sequence"}:
                self._take(name, heading, clean(text))
        _, file = by_field.get("file", ("", ""))
        file = file.strip()
        if re.match(r"https?://", file, re.IGNORECASE):
            self.facts["source_url"], file = file, ""
        for column, text in cells:
            if not column.field and text.strip():
                self._keep(column.heading, clean(text))
        if self.kept:
            self.facts["internal_note"] = "\n".join(filter(None, [self.facts.get("internal_note", ""), *self.kept]))
        content = DocumentContent(**self.facts)
        if content.source_url and is_inside(urlsplit(content.source_url).hostname or ""):
            raise ValueError("dit adres werkt alleen in uw eigen netwerk. Vul een adres in dat iedereen kan openen.")
        heading, dossier = by_field.get("dossier", ("dossier", ""))
        dossier = self._one_line(heading, dossier) or content.title
        if len(dossier) > MAX_TITLE:
            raise ValueError(f"kolom '{heading}': de tekst is te lang. Er passen {MAX_TITLE} tekens.")
        main = self._one_line(*by_field.get("attachment_to", ("bijlage bij", "")))
        place = _place_in_dossier(*by_field.get("sequence", ("volgorde", "")))
        return DocumentRow(number, content, dossier, file, tuple(self.notes), main, place)

    def _take(self, name: str, heading: str, text: str) -> None:
        if name in _DAYS:
            self.facts[name] = self._day(heading, text)
        elif name in _CODED:
            codes = self._codes(_CODED[name], heading, text)
            self.facts |= {name: codes} if codes else {}
        elif name in _SEVERAL:
            self.facts[name] = _parts(text)
        elif name == "category":
            self.facts[name] = category_number(text)
        elif name == "other_categories":
            self.facts[name] = tuple(filter(None, map(category_number, _parts(text))))
        elif name == "descriptions":
            self.facts[name] = tuple(line.strip() for line in text.splitlines() if line.strip())  # as in the form
        elif name == "language":
            codes = self._codes(lists.LANGUAGES, heading, _LANGUAGES.get(text.lower(), text))
            self.facts |= {name: codes[0]} if codes else {}
        else:
            self.facts[name] = text

    def _one_line(self, heading: str, text: str) -> str:
        """A title on one line, without what nobody can see."""
        line = " ".join(clean(text).split())
        if NOT_TEXT in line:
            raise ValueError(f"kolom '{heading}': er staat een onzichtbaar teken in. Typ de tekst daar opnieuw.")
        if line != text.strip():
            self.notes.append(Note(heading, text, "changed", line))
        return line

    def _day(self, heading: str, text: str) -> date:
        typed = text.strip().lower()
        spelled, short = _SPELLED.fullmatch(typed), _DATE.fullmatch(typed)
        try:
            if spelled:
                day = date(int(spelled[3]), _month(spelled[2]), int(spelled[1]))
                self.notes.append(Note(heading, text, "changed", clock.written(day)))
            elif short:
                year = int(short[3])
                day = date(year + _CENTURY if len(short[3]) == 2 else year, int(short[2]), int(short[1]))
                if len(short[3]) == 2:
                    self.notes.append(Note(heading, text, "guessed", clock.written(day)))
            else:
                day = date.fromisoformat(typed[:10])
        except ValueError:
            raise ValueError(f"'{text[:40]}' is geen datum. Schrijf bijvoorbeeld 21-11-2026.") from None
        return day

    def _codes(self, values: ValueList, heading: str, text: str) -> tuple[str, ...]:
        found = []
        for part in _parts(text):
            code = lists.code_of(values, part)
            if not code:
                code, score = values.match(part)
                if score < SURE:
                    self._keep(heading, part)
                    continue
                self.notes.append(Note(heading, part, "guessed", values.label(code)))
            found.append(code)
        return tuple(dict.fromkeys(found))

    def _keep(self, heading: str, text: str) -> None:
        self.kept.append(f"{heading}: {text}")
        self.notes.append(Note(heading, text, "kept", "interne notitie"))


def _place_in_dossier(heading: str, text: str) -> int | None:
    """`3`, `3.` or `3.0` -> 3."""
    found = re.fullmatch(r"([0-9]{1,6})(?:[.,]0*)?", text.strip())
    if text.strip() and not found:
        raise ValueError(f"kolom '{heading}': '{text.strip()[:40]}' is geen getal. Schrijf een getal, bijvoorbeeld 2.")
    return int(found[1]) if found else None


def _month(word: str) -> int:
    """The number of a month, also by its first letters; 0, which no date takes, for any other word."""
    return next((at for at, name in enumerate(clock.MONTHS, start=1) if len(word) >= 3 and name.startswith(word)), 0)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _SEPARATORS.split(text) if part.strip())


def _reason(error: ValueError, columns: Sequence[Column]) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    fault = error.errors()[0]
    told = str(fault.get("ctx", {}).get("error", ""))
    if not told:
        longest = fault.get("ctx", {}).get("max_length")
        told = f"de tekst is te lang. Er passen {longest} tekens." if longest else "hier staat iets wat niet kan."
    name = str(fault["loc"][0]) if fault["loc"] else ""
    name = "file" if name == "source_url" else name
    heading = next((column.heading for column in columns if column.field == name), "")
    return f"kolom '{heading}': {told}" if heading else told
