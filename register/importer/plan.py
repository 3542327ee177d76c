"""From sheets to a plan: which rows are records, and what is told about each of them in other rows."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core import values
from core.content import YesNo
from core.errors import BadInput
from core.sheets import Sheet, find_headings
from register.content import ActivityContent
from register.importer import clues, texts
from register.importer import columns as headings_
from register.importer.columns import NAME, Column
from register.importer.record import Cell, Note, build
from register.importer.texts import is_blank

HEADINGS_WITHIN = 15
"""In how many of the first rows the headings are looked for."""
ENOUGH_HEADINGS = 3
"""A sheet with fewer known headings is taken for something else, such as an explanation."""
_GROUP_PATHS = ("team", "domein")
_GROUP_WORD = re.compile(
    r"^(?:afdeling|team|cluster|domein|sector|dienst|bureau|directie|programma|eenheid)\b", re.IGNORECASE
)
_INSTRUCTION = re.compile(
    r"\?$|^(?:beschrijf|vermeld|noem|geef|vul|kies|omschrijf|wat |wie |welke |waarom |waarvoor |hoe |op grond van welke"
    r"|van wie|aan wie|met wie|toelichting|uitleg|invulinstructie|hier |in deze kolom|bijvoorbeeld|bijv\.|bv\.)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SkippedRow:
    """A row that gave no record, counted from 1 as on screen, with the reason in Dutch and what stands in it."""

    row: int
    reason: str
    sheet: str
    text: str = ""

    def as_json(self) -> dict[str, object]:
        """As the dry run tells it."""
        return {"sheet": self.sheet, "row": self.row, "reason": self.reason, "text": self.text}


@dataclass(frozen=True)
class PlannedRecord:
    """What would be stored, and where it came from: the sheet, and its rows counted from 1."""

    content: ActivityContent
    sheet: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class ImportPlan:
    """Everything an import would do. Nothing of the file is left out: it is in a record, a note or a skipped row."""

    sheet: str
    heading_row: int
    """Counted from 1, as on screen."""
    records: tuple[PlannedRecord, ...]
    columns: tuple[Column, ...]
    notes: tuple[Note, ...]
    skipped: tuple[SkippedRow, ...]
    aside: tuple[SkippedRow, ...] = ()
    """Rows that were never meant as a record: a title above the headings, the name of a department between rows."""

    def as_json(self) -> dict[str, object]:
        """The plan in the form that `import --dry-run --format json` promises; notes count records from 1."""
        return {
            "sheet": self.sheet,
            "heading_row": self.heading_row,
            "records": len(self.records),
            "columns": [{"heading": c.heading, "field": c.path, "score": c.score} for c in self.columns],
            "notes": [
                {
                    "record": note.record,
                    "heading": note.heading,
                    "value": note.value,
                    "kind": note.kind,
                    "became": note.became,
                }
                for note in self.notes
            ],
            "skipped": [row.as_json() for row in self.skipped],
            "aside": [row.as_json() for row in self.aside],
            "preview": [record.content.model_dump(mode="json") for record in self.records],
        }


@dataclass(frozen=True)
class Layout:
    """Where the register stands in a file, and what its columns are taken for."""

    sheet: Sheet
    top: int
    """Place of the row with the headings, from 0."""
    is_certain: bool
    """Whether a heading that we know stands in that row, or a person chose it."""
    columns: tuple[Column, ...]

    def cells(self, column: Column) -> list[str]:
        """What stands in a column, without the empty cells."""
        rows = self.sheet.rows[self.top + 1 :]
        return [row[column.index] for row in rows if column.index < len(row) and row[column.index]]


def layout(
    sheets: Sequence[Sheet],
    *,
    mapping: Mapping[str, str | None] | None = None,
    sheet: str = "",
    heading_row: int = 0,
) -> Layout:
    """Find the sheet and the row with the headings, and propose a field for each column.

    Args:
        sheets: as `core.sheets.read` gives them.
        mapping: heading -> path of `velden.json`, or None for the remarks; goes before what is proposed.
        sheet: name of the sheet that a person chose; the one that looks most like a register when left out.
        heading_row: row that a person chose, from 1; the one with the most known headings when left out.

    Raises:
        BadInput: `mapping` names what is not there, or there is no such sheet or row.
    """
    decided = {values.normalise(heading) for heading in mapping or ()}
    candidates = [one for one in sheets if one.rows and sheet in {"", one.name}]
    if not candidates:
        raise BadInput(f"Er is geen blad '{sheet}' met gegevens. Kies een ander blad.")

    def is_known(cell: str) -> bool:
        return headings_.is_known(clues.plain(cell)) or values.normalise(cell) in decided

    ranked = [(_find_headings(one, is_known), one) for one in candidates]
    (top, count), chosen = max(ranked, key=lambda rank: (not rank[1].is_hidden, rank[0][1]))
    if count == 0:  # none that we know: the largest sheet, from the first row with several cells
        chosen = max(candidates, key=lambda one: (not one.is_hidden, sum(map(len, one.rows))))
        top = next((place for place, row in enumerate(chosen.rows) if sum(map(bool, row)) > 1), 0)
    if heading_row:
        if heading_row > len(chosen.rows) or not any(chosen.rows[heading_row - 1]):
            raise BadInput(f"Rij {heading_row} van blad '{chosen.name}' is leeg. Kies de rij met de koppen.")
        top = heading_row - 1
    named = _named_headings(chosen, top)
    below = [[row[index] if index < len(row) else "" for row in chosen.rows[top + 1 :]] for index in range(len(named))]
    columns = headings_.propose(named, mapping, cells=below, groups=_groups_above(chosen, top))
    return Layout(chosen, top, count > 0 or heading_row > 0, columns)


def plan(
    sheets: Sequence[Sheet],
    *,
    mapping: Mapping[str, str | None] | None = None,
    sheet: str = "",
    heading_row: int = 0,
) -> ImportPlan:
    """Work out what an import of these sheets would store; the arguments are those of `layout`.

    Raises:
        BadInput: as `layout`; or no sheet has a row with headings, or no column holds the name.
    """
    is_filled = any(one.rows for one in sheets)
    found = layout(sheets, mapping=mapping, sheet=sheet, heading_row=heading_row) if is_filled else None
    if found is None or not found.is_certain:
        raise BadInput(
            "Er is geen rij met kolomkoppen gevonden. Zet in een van de eerste 15 rijen koppen, zoals 'naam' en 'doel'."
        )
    if not headings_.name_columns(found.columns):
        raise BadInput("Er is geen kolom met de naam van de verwerking. Zet boven die kolom 'naam'.")
    readers = [_SheetReader(found.sheet, found.top, found.columns)]
    skipped: list[SkippedRow] = []
    aside: list[SkippedRow] = []
    for other in sheets:
        if other is found.sheet or not any(map(any, other.rows)):
            continue
        row, count = find_headings(other, headings_.is_known)
        if not other.is_hidden and count and _same_headings(other.rows[row], found.sheet.rows[found.top]):
            readers.append(_SheetReader(other, row, found.columns))
            continue
        reason = "Dit blad is verborgen." if other.is_hidden else "Dit blad heeft andere kolommen."
        told = SkippedRow(row + 1, f"{reason} Zet het in een eigen bestand en lees dat apart in.", other.name)
        (aside if count < ENOUGH_HEADINGS else skipped).append(told)
    records: list[PlannedRecord] = []
    notes: list[Note] = []
    for reader in readers:
        for source in reader.sources():
            number = len(records) + 1
            content, seen = build(number, source.name, source.cells, source.other)
            records.append(PlannedRecord(content, reader.sheet.name, tuple(row + 1 for row in source.rows)))
            notes += [Note(number, hint.heading, hint.text, hint.kind, hint.became) for hint in source.hints] + seen
        skipped += reader.skipped
        aside += reader.aside
    return ImportPlan(
        found.sheet.name, found.top + 1, tuple(records), found.columns, tuple(notes), tuple(skipped), tuple(aside)
    )


def _find_headings(sheet: Sheet, is_known: Callable[[str], bool]) -> tuple[int, float]:
    """The row with the headings, and how much speaks for it: a word that may be one counts half of one that we know.

    A row with one likely word is no row with headings; a title has that too.
    """
    weights = []
    for row in sheet.rows[:HEADINGS_WITHIN]:
        known = {values.normalise(cell) for cell in row if cell and is_known(cell)}
        likely = {values.normalise(cell) for cell in row if cell and headings_.is_likely(cell)} - known
        weights.append(len(known) + len(likely) / 2)
    best = max(weights, default=0.0)
    return (weights.index(best), best) if best >= 1 else (0, 0.0)


def _groups_above(sheet: Sheet, top: int) -> list[str]:
    """What a row right above the headings says over several columns at once; a title is no such row."""
    above = sheet.rows[top - 1] if top else []
    if sum(map(bool, above)) < 2:
        return []
    groups, last = [], ""
    for cell in above:
        last = cell or last
        groups.append(last)
    return groups


def _named_headings(sheet: Sheet, top: int) -> list[str]:
    """The headings; a column with cells but without a heading is called by its letter, so that it is not lost."""
    width = max(len(row) for row in sheet.rows[top:])
    headings = sheet.rows[top] + [""] * (width - len(sheet.rows[top]))
    in_use = {column for row in sheet.rows[top + 1 :] for column, cell in enumerate(row) if cell}
    named: list[str] = []
    seen: dict[str, int] = {}
    for column, heading in enumerate(headings):
        name = " ".join(heading.split()) or (f"kolom {_letter(column)}" if column in in_use else "")
        times = seen[values.normalise(name)] = seen.get(values.normalise(name), 0) + 1
        named.append(f"{name} ({times})" if name and times > 1 else name)
    return named


def _letter(column: int) -> str:
    first, last = divmod(column, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)


def _same_headings(row: Sequence[str], other: Sequence[str]) -> bool:
    return [values.normalise(cell) for cell in row if cell] == [values.normalise(cell) for cell in other if cell]


@dataclass(frozen=True)
class _Hint:
    """Something that another row or a merged cell told about a record."""

    heading: str
    text: str
    became: str
    kind: str = "guessed"


@dataclass
class _Source:
    """All that the sheet tells about one record."""

    name: Cell
    rows: list[int]
    cells: dict[str, list[Cell]] = field(default_factory=dict)
    other: list[Cell] = field(default_factory=list)
    hints: list[_Hint] = field(default_factory=list)


class _SheetReader:
    """Walks down the rows of one sheet, remembering the department it is in."""

    def __init__(self, sheet: Sheet, top: int, columns: Sequence[Column]) -> None:
        self.sheet = sheet
        self.skipped: list[SkippedRow] = []
        self.aside: list[SkippedRow] = []
        self._top = top
        for row in range(top):
            if any(sheet.rows[row]):
                self._put_aside(row, "Deze rij staat boven de kolomkoppen.")
        self._columns = columns
        self._names = headings_.name_columns(columns)
        self._groups = sorted(
            {c.index for c in columns if c.path in _GROUP_PATHS} | {c.index for c in self._names[:-1]},
        )
        self._above: dict[int, str] = {}
        self._between: tuple[int, str] | None = None
        self._merged = self._merged_cells()

    def sources(self) -> Iterator[_Source]:
        """The records, top to bottom. A name that is merged over several rows makes them one record."""
        current: _Source | None = None
        for row in range(self._top + 1, len(self.sheet.rows)):
            if not any(self.sheet.rows[row]):
                continue
            if current and self._continues(row):
                current.rows.append(row)
                self._fill(current, row)
                continue
            if self._is_no_record(row, is_first=current is None):
                continue
            source = self._open(row)
            if source is None:
                continue
            if current:
                yield current
            current = source
        if current:
            yield current

    # --- rows that are no records ---

    def _is_no_record(self, row: int, *, is_first: bool) -> bool:
        filled = {column: cell for column, cell in enumerate(self.sheet.rows[row]) if cell}
        if _same_headings(self.sheet.rows[row], self.sheet.rows[self._top]):
            self._skip(row, "Dit zijn de kolomkoppen nog een keer.")
            return True
        if is_first and _is_explanation(list(filled.values())):
            self._skip(row, "Dit is de uitleg bij de kolommen.")
            return True
        if set(filled) <= {c.index for c in self._columns if c.path in _GROUP_PATHS}:
            self._put_aside(row, "Dit is een afdeling of onderwerp. De rijen eronder kregen het.")
            self._remember(filled)
            return True
        if self._is_between(row, filled):
            self._put_aside(row, "Dit is een tussenkop. De rijen eronder kregen die als team, als zij er geen hadden.")
            self._between = (row, next(iter(filled.values())))
            self._above = {}
            return True
        return False

    def _is_between(self, row: int, filled: Mapping[int, str]) -> bool:
        """Is this a line between the records that says to which department the next ones belong?"""
        if len(filled) != 1 or row + 1 >= len(self.sheet.rows):
            return False
        ((column, text),) = filled.items()
        if any(top == row == bottom and left <= column < right for (top, left), (bottom, right) in self.sheet.merged):
            return True
        if _GROUP_WORD.match(text):
            return True
        path = next((c.path for c in self._columns if c.index == column), None)
        if path == "id":
            return not re.search(r"[0-9]", text)
        # Without a column for departments, a lonely name above a full row is the name of one.
        has_team = any(c.path == "team" for c in self._columns)
        return path == NAME and not has_team and self._filled_below(row) > 1 and self._between_is_fresh(row)

    def _filled_below(self, row: int) -> int:
        below = (cells for cells in self.sheet.rows[row + 1 :] if any(cells))
        return sum(bool(cell) for cell in next(below, []))

    def _between_is_fresh(self, row: int) -> bool:
        """Two lonely names under each other are two records with nothing but a name."""
        above = [cells for cells in self.sheet.rows[self._top + 1 : row] if any(cells)]
        return not above or sum(bool(cell) for cell in above[-1]) > 1

    def _skip(self, row: int, reason: str) -> None:
        self.skipped.append(SkippedRow(row + 1, reason, self.sheet.name, self._whole(row)))

    def _put_aside(self, row: int, reason: str) -> None:
        self.aside.append(SkippedRow(row + 1, reason, self.sheet.name, self._whole(row)))

    def _whole(self, row: int) -> str:
        return " | ".join(cell for cell in self.sheet.rows[row] if cell)

    # --- rows that are ---

    def _open(self, row: int) -> _Source | None:
        source = _Source(Cell("", ""), [row])
        self._fill_down(source, row)
        name = self._name(source, row)
        if is_blank(name.text):
            heading = self._names[-1].heading
            self._skip(row, f"Deze rij heeft geen naam. Vul de kolom '{heading}' en lees het bestand opnieuw in.")
            return None
        source.name = name
        self._fill(source, row)
        if self._between and not source.cells.get("team"):
            place, text = self._between
            source.cells["team"] = [Cell(f"tussenkop in rij {place + 1}", text)]
            source.hints.append(_Hint(f"tussenkop in rij {place + 1}", text, "team"))
        return source

    def _fill_down(self, source: _Source, row: int) -> None:
        """An empty cell under a department, a task or a main process means: the same as above."""
        filled = {index: self._cell(row, index) for index in self._groups if self._cell(row, index)}
        self._remember(filled)
        for index in self._groups:
            is_name = index in {c.index for c in self._names[:-1]}
            if index in filled or index not in self._above or (is_name and not self._cell(row, self._names[-1].index)):
                continue
            column = next(c for c in self._columns if c.index == index)
            source.hints.append(_Hint(column.heading, self._above[index], "uit de rij erboven"))
            if not is_name and column.path:
                source.cells[column.path] = [Cell(column.heading, self._above[index])]

    def _remember(self, filled: Mapping[int, str]) -> None:
        """A new department ends what was said below the old one."""
        for index in sorted(filled):
            if self._above.get(index) != filled[index]:
                self._above = {known: text for known, text in self._above.items() if known < index}
            self._above[index] = filled[index]

    def _name(self, source: _Source, row: int) -> Cell:
        heading = " + ".join(column.heading for column in self._names)
        parts = [self._cell(row, column.index) for column in self._names]
        if len(parts) == 2 and not parts[0] and parts[1]:
            parts[0] = self._above.get(self._names[0].index, "")
        parts = [part for part in parts if not is_blank(part)]
        parts = list({values.normalise(part): part for part in reversed(parts)}.values())[::-1]
        name = " - ".join(parts)
        if len(parts) > 1:
            source.hints.append(_Hint(heading, " | ".join(parts), name, "changed"))
        return Cell(heading, name)

    def _fill(self, source: _Source, row: int) -> None:
        names = {column.index for column in self._names}
        for column in self._columns:
            text = self._cell(row, column.index)
            if column.index in names or not text:
                continue
            cell = self._ticked(source, column, text) if column.is_ticked else Cell(column.heading, text)
            if cell is None:
                continue
            target = source.other if column.path is None else source.cells.setdefault(column.path, [])
            if cell in target:
                continue
            target.append(cell)
            if (row, column.index) in self._merged and column.index not in self._groups and row == source.rows[0]:
                source.hints.append(_Hint(column.heading, text, "uit de samengevoegde cel"))

    def _ticked(self, source: _Source, column: Column, text: str) -> Cell | None:
        """A cross under "Gezondheid" says that health data are used; a no is told, and nothing else."""
        name = clues.plain(column.heading)
        if texts.yes_no(text).answer is YesNo.YES:
            source.hints.append(_Hint(column.heading, text, name, "changed"))
            return Cell(column.heading, name)
        if not is_blank(text):
            source.hints.append(_Hint(column.heading, text, f"geen {name}", "changed"))
        return None

    def _continues(self, row: int) -> bool:
        column = self._names[-1].index
        return any(top < row <= bottom and left == column for (top, left), (bottom, _) in self.sheet.merged)

    def _cell(self, row: int, column: int) -> str:
        cells = self.sheet.rows[row]
        return self._merged.get((row, column)) or (cells[column] if column < len(cells) else "")

    def _merged_cells(self) -> dict[tuple[int, int], str]:
        """The text of each cell that belongs to the one above it, for merged cells below the headings."""
        found = {}
        height = len(self.sheet.rows)
        for (top, left), (bottom, _) in self.sheet.merged:
            if top <= self._top or top >= height or left >= len(self.sheet.rows[top]):
                continue
            for row in range(top + 1, min(bottom + 1, height)):
                found[row, left] = self.sheet.rows[top][left]
        return found


def _is_explanation(filled: Sequence[str]) -> bool:
    """Do at least half of the cells, and two or more, tell what to fill in?"""
    telling = sum(bool(_INSTRUCTION.search(cell)) for cell in filled)
    return telling >= 2 and telling * 2 >= len(filled)
