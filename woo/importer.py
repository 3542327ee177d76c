"""Lists of locations per category and of processes, from a spreadsheet: what each row says. Pure, no database.

Headings are ours, and words that come close to them. What cannot be read is skipped with the reason, never guessed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from core import sheets
from core.errors import BadInput
from core.sheets import Sheet
from core.values import normalise
from woo import lists, overviews
from woo.content import (
    CategoryStatus,
    LocationContent,
    LocationKind,
    OverviewKind,
    ProcessContent,
    ProcessState,
)

CATEGORY_HEADINGS: Mapping[str, Sequence[str]] = {
    "category": ("categorie", "informatiecategorie", "nummer", "categorienummer"),
    "status": ("status",),
    "url": ("url", "adres", "locatie", "webpagina", "link"),
    "kind": ("soort locatie", "soort plek"),
    "explanation": ("toelichting", "omschrijving"),
    "source_system": ("bronsysteem", "systeem"),
    "registered_in_roo_on": ("aangemeld in roo op", "aangemeld", "datum roo"),
    "last_checked_on": ("laatst nagekeken op", "nagekeken"),
    "ambition": ("ambitie",),
    "frequency": ("frequentie", "hoe vaak"),
    "team": ("team", "afdeling"),
}
PROCESS_HEADINGS: Mapping[str, Sequence[str]] = {
    "process": ("proces", "werkproces", "procesnaam", "naam proces", "taak"),
    "document_kind": ("documentsoort", "soort document", "document", "documenttype", "welke documenten"),
    "category": ("categorie", "informatiecategorie", "woo-categorie"),
    "state": ("stand", "status", "stand van zaken"),
    "system": ("systeem", "bronsysteem", "applicatie"),
    "team": ("team", "afdeling", "eigenaar"),
    "yearly_volume": ("aantal per jaar", "volume", "aantal", "hoeveel per jaar", "jaarvolume"),
    "remarks": ("opmerkingen", "opmerking", "toelichting"),
}
_DATE = re.compile(r"^([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})$")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list; `field` is empty when we do not know the heading, and nothing of it is taken."""

    heading: str
    field: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was left out. `row` counts from 1, as the spreadsheet shows it."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """What one row says about a category; empty values leave what is there."""

    row: int
    number: str
    facts: Mapping[str, Any]
    location: LocationContent | None


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One line of a list of processes, and which fields it fills in; the others leave what is there."""

    row: int
    content: ProcessContent
    filled: frozenset[str]

    def over(self, known: ProcessContent) -> ProcessContent:
        """What is known of the process with what this row says laid over it; names stay as they were written."""
        said = self.filled - {"process", "document_kind"}
        return known.model_copy(update={name: getattr(self.content, name) for name in said})


@dataclass(slots=True)
class Plan:
    """What a list says, row by row."""

    sheet: str
    heading_row: int
    columns: Sequence[Column]
    categories: list[CategoryRow] = field(default_factory=list)
    processes: list[ProcessRow] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def read_categories(found: Sequence[Sheet]) -> Plan:
    """Read a list of categories with their locations: one row for each location.

    Raises:
        BadInput: no sheet has a column with categories.
    """
    plan, rows = _table(found, CATEGORY_HEADINGS, needed="category", called="categorie")
    for number, cells in rows:
        try:
            plan.categories.append(_category(number, cells))
        except ValueError as error:
            plan.skipped.append(Skipped(number, _reason(error)))
    return plan


def read_processes(found: Sequence[Sheet]) -> Plan:
    """Read a list of processes with the documents they bring forth: one row for each kind of document.

    A process that stands once above several kinds of documents counts for all rows below it.

    Raises:
        BadInput: no sheet has a column with processes.
    """
    plan, rows = _table(found, PROCESS_HEADINGS, needed="process", called="proces")
    above = ""
    for number, cells in rows:
        above = cells.get("process") or above
        try:
            plan.processes.append(_process(number, {**cells, "process": above}))
        except ValueError as error:
            plan.skipped.append(Skipped(number, _reason(error)))
    return plan


def read_overview(kind: OverviewKind, found: Sequence[Sheet]) -> tuple[tuple[str, ...], ...]:
    """The rows of a list, in the order of the columns; days as ISO 8601.

    Raises:
        BadInput: a column or a value that the law asks for is missing; the message names the first rows.
    """
    columns = overviews.FORMS[kind].columns
    known = {column.heading: (column.heading, *column.also) for column in columns}
    plan, lines = _table(found, known, needed=columns[0].heading, called=columns[0].heading)
    there = {column.field for column in plan.columns}
    if missing := [column.heading for column in columns if column.needed and column.heading not in there]:
        raise BadInput(f"In dit bestand ontbreken kolommen die de wet vraagt: {', '.join(missing)}. Voeg ze toe.")
    if len(lines) > overviews.MAX_ROWS:
        raise BadInput(f"Dit bestand heeft {len(lines)} rijen. Een overzicht heeft er hoogstens {overviews.MAX_ROWS}.")
    rows, faults = [], []
    for number, cells in lines:
        faults += [f"Rij {number}: {fault}" for fault in _overview_faults(columns, cells)]
        rows.append(tuple(_overview_cell(column, cells.get(column.heading, "")) for column in columns))
    if faults:
        more = f" En nog {len(faults) - 5} fouten." if len(faults) > 5 else ""
        raise BadInput(f"Het overzicht is niet ingelezen. {' '.join(faults[:5])}{more}")
    if not rows:
        raise BadInput("In dit bestand staat onder de koppen niets. Vul het overzicht in en probeer het opnieuw.")
    return tuple(rows)


def _overview_faults(columns: Sequence[overviews.Column], cells: Mapping[str, str]) -> Iterator[str]:
    for column in columns:
        text = cells.get(column.heading, "")
        if column.needed and not text:
            yield f"vul '{column.heading}' in."
        elif len(text) > overviews.LONGEST:
            yield f"'{column.heading}' is te lang, hoogstens {overviews.LONGEST} tekens."
        elif column.is_day and text:
            try:
                _date(text)
            except ValueError as error:
                yield f"{column.heading}: {error}"


def _overview_cell(column: overviews.Column, text: str) -> str:
    if not column.is_day or not text:
        return text
    try:
        read_as = _date(text)
    except ValueError:
        return text
    return read_as.isoformat() if read_as else ""


def _table(
    found: Sequence[Sheet], headings: Mapping[str, Sequence[str]], *, needed: str, called: str
) -> tuple[Plan, list[tuple[int, Mapping[str, str]]]]:
    """The sheet with the most headings that we know, and its filled rows by field."""
    names = {normalise(name): field_name for field_name, known in headings.items() for name in known}

    def known(heading: str) -> bool:
        return normalise(heading) in names

    visible = [sheet for sheet in found if not sheet.is_hidden and any(any(row) for row in sheet.rows)]
    best = max(visible, key=lambda sheet: sheets.find_headings(sheet, known)[1], default=None)
    place = sheets.find_headings(best, known)[0] if best else 0
    columns: list[Column] = []
    for heading in best.rows[place] if best else []:
        field_name = names.get(normalise(heading), "")
        # Of two columns for one field the first counts.
        columns.append(Column(heading, "" if field_name in {column.field for column in columns} else field_name))
    if best is None or needed not in {column.field for column in columns}:
        raise BadInput(
            f"In dit bestand staat geen kolom '{called}'. Zet boven elke kolom een kop en probeer het opnieuw."
        )
    rows: list[tuple[int, Mapping[str, str]]] = []
    for offset, row in enumerate(best.rows[place + 1 :], start=place + 2):
        cells = {column.field: cell.strip() for column, cell in zip(columns, row, strict=False) if column.field}
        if any(cells.values()):
            rows.append((offset, cells))
    return Plan(best.name, place + 1, columns), rows


def _category(number: int, cells: Mapping[str, str]) -> CategoryRow:
    category = category_number(cells.get("category", ""))
    if not category:
        raise ValueError("er is geen categorie. Vul het nummer of de naam van de categorie in.")
    facts: dict[str, Any] = {name: cells[name] for name in ("ambition", "frequency", "team") if cells.get(name)}
    if cells.get("status"):
        statuses = {status.value: status for status in CategoryStatus}
        if cells["status"].lower() not in statuses:
            raise ValueError(f"de status '{cells['status'][:50]}' bestaat niet. Kies uit: {', '.join(statuses)}.")
        facts["status"] = statuses[cells["status"].lower()]
    location = None
    if cells.get("url"):
        kinds = {kind.value: kind for kind in LocationKind}
        if (kind := cells.get("kind", "").lower()) and kind not in kinds:
            raise ValueError(f"de soort locatie '{kind[:50]}' bestaat niet. Kies uit: {', '.join(kinds)}.")
        location = LocationContent(
            url=cells["url"],
            kind=kinds.get(kind),
            explanation=cells.get("explanation", ""),
            source_system=cells.get("source_system", ""),
            registered_in_roo_on=_date(cells.get("registered_in_roo_on", "")),
            last_checked_on=_date(cells.get("last_checked_on", "")),
        )
    return CategoryRow(number, category, facts, location)


def _process(number: int, cells: Mapping[str, str]) -> ProcessRow:
    if not cells["process"]:
        raise ValueError("er is geen proces. Vul de naam van het proces in.")
    facts: dict[str, Any] = {name: text for name, text in cells.items() if text}
    if "category" in facts:
        facts["category"] = category_number(facts["category"])
    if "state" in facts:
        states = {state.value: state for state in ProcessState}
        if facts["state"].lower() not in states:
            raise ValueError(f"de stand '{facts['state'][:50]}' bestaat niet. Kies uit: {', '.join(states)}.")
        facts["state"] = states[facts["state"].lower()]
    if "yearly_volume" in facts:
        facts["yearly_volume"] = _count(facts["yearly_volume"])
    return ProcessRow(number, ProcessContent(**facts), frozenset(facts))


def _count(text: str) -> int:
    """`1.200`, `ca. 40` -> a number; ValueError for what holds none."""
    found = re.fullmatch(r"(?:ca\.?|circa|ongeveer|\+/-|±)?\s*([0-9]{1,3}(?:[. ][0-9]{3})+|[0-9]{1,8})", text.lower())
    if not found:
        raise ValueError(f"'{text[:40]}' is geen aantal. Schrijf een getal, bijvoorbeeld 40.")
    return int(re.sub(r"[. ]", "", found[1]))


def category_number(text: str) -> str:
    """`14`, `014`, `infocat014` or a label -> `014`; empty stays empty. ValueError for anything else."""
    if not text:
        return ""
    if text in {lists.WITHOUT_DUTY, f"artikel {lists.WITHOUT_DUTY}"}:
        return lists.WITHOUT_DUTY
    digits = re.fullmatch(r"(?:infocat)?0*([1-9][0-9]?)", text.lower())
    if digits and f"{int(digits[1]):03}" in lists.categories():
        return f"{int(digits[1]):03}"
    wanted = normalise(text.replace("’", "'"))
    for number, entry in lists.categories().items():
        if wanted in {normalise(name.replace("’", "'")) for name in (entry.label, entry.label_singular)}:
            return number
    raise ValueError(f"de categorie '{text[:80]}' bestaat niet. Vul een nummer van 001 tot en met 017 in, of 3.1.")


def _date(text: str) -> date | None:
    if not text:
        return None
    match = _DATE.match(text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError(f"'{text[:40]}' is geen datum. Schrijf bijvoorbeeld 21-11-2026.") from None


def _reason(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    fault = error.errors()[0]
    told = str(fault.get("ctx", {}).get("error", "")) or "de tekst is te lang of bevat iets wat niet kan."
    return f"kolom {fault['loc'][0]}: {told}" if fault["loc"] else told
