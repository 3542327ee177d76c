"""Our own workbook: the full content of records as sheets that a person can edit and that are read back.

One sheet has a row per processing; each list of the content (purposes, laws, data ...) has a sheet of its own, whose
rows name the kenmerk and count from 1. The sheets follow from the shape of the content, so that no field is forgotten.
A code stands in its cell with its label, as in `gezondheid (Gezondheid)`; reading takes the code. A text of a person
that would be read as something else stands between quotation marks.

Pure: content in, tables out; sheets in, content out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, get_args

from pydantic import ValidationError
from xlsxwriter.utility import xl_rowcol_to_cell

from core import values
from core.content import Part
from core.errors import BadInput
from core.sheets import Cell, Sheet, Table, find_headings
from core.web.forms import day_of, message_of, whole_number
from register.content import SCHEMA_NUMBER, ActivityContent, Status
from register.forms import labels, row_names
from register.lists import LISTS, STATUSES, fields_of

Lists = Mapping[str, Mapping[str, str]]
_Key = tuple[Any, ...]
"""The kenmerk, and the numbers below it, of a row."""
_Place = tuple[str | int, ...]
"""Where a part stands in the content: field, number from 0, field ..."""

MARK = "Openboek-werkboek"
"""Stands in the first cell of the sheet with the explanation, with the schema number beside it."""
KENMERK = "Kenmerk"
MAX_CELL = 32_767
"""Characters; spreadsheet programs keep no more in one cell."""

_RECORDS = "Verwerkingen"
_EXPLANATION = "Uitleg"
_CHOICES = "Keuzelijsten"
_OURS = ("Status", "Vastgestelde versie", "Vastgesteld op")
"""Columns that tell how a record stands; what is typed there is not read."""
_CHOICE_HEADINGS = ("Blad", "Kolom", "Code", "Betekenis")
_OLDEST_DAY = date(1901, 1, 1)
"""Spreadsheets count days from 1900, and not all alike in its first months: an older day is written as text."""
_SHEETS = {
    "corrections": "Verbeteringen",
    "data_sets": "Groepen mensen",
    "data_sets.data": "Gegevens",
    "data_sets.sources": "Bronnen",
    "dpia": "DPIA",
    "joint_controllers": "Samen verantwoordelijk",
    "purposes.laws": "Wetten",
    "retentions": "Bewaren",
    "right_restrictions": "Uitzonderingen op rechten",
    "special_categories": "Bijzondere gegevens",
    "transfers": "Doorgiften",
    "wpg": "Politiegegevens",
}
_SINGLE = {"data_sets.data": "Gegeven", "data_sets.sources": "Bron"}
_HEADINGS = {
    "corrections.basis": "Waaruit het volgde",
    "data_sets.data.code": "Gegeven uit de lijst",
    "data_sets.data.label": "Eigen gegeven",
    "data_sets.sources.kind": "Soort bron",
    "data_sets.sources.text": "Bron in woorden",
}
"""Where the form uses other words, or none."""
_EXPLAINED = (
    "In dit werkboek staat de volledige inhoud van het verwerkingsregister. U kunt het wijzigen en weer inlezen.",
    f"Op het blad '{_RECORDS}' staat elke verwerking op een eigen rij. Op de andere bladen staan de onderdelen.",
    f"De kolom '{KENMERK}' zegt bij welke verwerking een rij hoort. Wijzig een kenmerk niet.",
    "De kolommen met 'nr' tellen de onderdelen van een verwerking. Een wet hoort bij het doel met dat nummer.",
    "Een nieuwe verwerking: zet in de kolom 'Kenmerk' een eigen woord, zoals 'nieuw 1', ook bij de onderdelen.",
    "Een onderdeel erbij: voeg een rij toe met het kenmerk. Het eigen nummer mag leeg blijven.",
    "Een onderdeel eraf: verwijder de rij.",
    "Een keuze staat in de cel als code met de betekenis erachter. De code alleen is genoeg.",
    f"Welke keuzes er zijn, staat op het blad '{_CHOICES}'.",
    "Meer waarden in een cel staan onder elkaar (Alt+Enter in Excel, Ctrl+Enter in LibreOffice).",
    "Een datum vult u in als 21-11-2026. Leeg betekent: niet ingevuld.",
    f"De kolommen {', '.join(f'{name!r}' for name in _OURS)} worden niet ingelezen.",
    "Verwijder geen bladen en geen kolommen, en wijzig de koppen niet.",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A record as it goes into the workbook, with how it stood: the newest version and the day of establishing."""

    kenmerk: str
    content: ActivityContent
    status: Status | None = None
    version: int | None = None
    established_on: date | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be read. The message says what to do."""

    sheet: str
    cell: str
    message: str

    def __str__(self) -> str:
        return f"Blad '{self.sheet}', cel {self.cell}: {self.message}"


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record of a workbook. `kenmerk` is as typed: a new record has a word of its own.

    Without a single fault there is content; a record that stands on no row of the first sheet has faults only.
    """

    kenmerk: str
    content: ActivityContent | None
    faults: tuple[Fault, ...] = ()


# --- which sheets and columns there are


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    heading: str
    place: str
    """The field without numbers, as in `LISTS`."""
    kind: type
    """What one value is: str, date, int, bool or an enum."""
    is_list: bool
    default: object


@dataclass(frozen=True, slots=True)
class _Level:
    """A sheet: the records themselves, a list in them, or a part of which each has one."""

    place: str
    sheet: str
    is_list: bool
    keys: tuple[str, ...]
    """Headings of the kenmerk and the numbers that say where a row belongs."""
    model: type[Part]
    columns: tuple[_Column, ...]
    children: tuple[_Level, ...]

    @property
    def name(self) -> str:
        """The field that holds it."""
        return self.place.rpartition(".")[2]

    def all(self) -> Iterator[_Level]:
        yield self
        for child in self.children:
            yield from child.all()


@cache
def _root() -> _Level:
    return _level(ActivityContent, "", _RECORDS, (KENMERK,), is_list=True)


def _level(model: type[Part], place: str, sheet: str, keys: tuple[str, ...], *, is_list: bool) -> _Level:
    columns, children = [], []
    for name, part, many in fields_of(model):
        here = f"{place}.{name}".lstrip(".")
        if part is None:
            columns.append(_column(model, name, here, is_list=many))
            continue
        called = _SHEETS.get(here) or _word_of(model, name)
        single = _SINGLE.get(here) or row_names().get(here.replace(".", "-*-")) or called
        number = (f"{single} nr",) if many else ()
        children.append(_level(part, here, called, keys + number, is_list=many))
    return _Level(place, sheet, is_list, keys, model, tuple(columns), tuple(children))


def _word_of(model: type[Part], name: str) -> str:
    """The Dutch word for a list of the content: the first of its path in `velden.json`."""
    extra = model.model_fields[name].json_schema_extra
    word = str(extra["path"]) if isinstance(extra, dict) else name
    return re.split(r"[.\[]", word)[0].capitalize()


def _column(model: type[Part], name: str, place: str, *, is_list: bool) -> _Column:
    info = model.model_fields[name]
    inner = get_args(info.annotation)[0] if is_list else info.annotation
    kind = next(one for one in (*get_args(inner), inner) if isinstance(one, type) and one is not type(None))
    return _Column(name, _heading(model, name, place), place, kind, is_list, info.default)


def _heading(model: type[Part], name: str, place: str) -> str:
    if own := _HEADINGS.get(place):
        return own
    by_place = {pattern.replace("-*-", ".").replace("-", "."): words.label for pattern, words in labels().items()}
    label = by_place.get(place) or by_place.get(place.replace("data_sets.data.", "data_sets.own_kinds."))
    return re.sub(r" \(1 per regel\)$", "", label) if label else f"{_word_of(model, name)}: {name}"


# --- cells


_QUOTED = r'"(?:[^"]|"")*"'
_ENTRY = re.compile(rf"{_QUOTED}(?=\n|$)|[^\n]+")
"""One value of a list in a cell: between quotation marks, or a line."""
_TICKS = {"ja": True, "nee": False}


class _Words:
    """How the values of one column stand in a cell, with the choices that it has."""

    def __init__(self, column: _Column, known: Mapping[str, str]) -> None:
        self._column = column
        self._known = known
        self._codes = {label.casefold(): code for code, label in reversed(tuple(known.items()))}

    def cell(self, value: Any) -> Cell:  # noqa: ANN401 - a value of any field
        """A value as it stands in a cell."""
        if self._column.is_list:
            text = "\n".join(self._word(one) for one in value)
            # With every label it may not fit: the codes alone always do.
            return text if len(text) <= MAX_CELL else "\n".join(self._word(one, labelled=False) for one in value)
        if isinstance(value, bool):
            return "ja" if value else None
        if isinstance(value, str):
            return (self._word(value) if self._known else str(value)) or None
        if isinstance(value, date):
            return value if value >= _OLDEST_DAY else value.isoformat()
        return None if value == self._column.default else value

    def value(self, text: str) -> object:
        """What a cell says, for the model to judge."""
        if self._column.is_list:
            return [self._read(one) for one in _ENTRY.findall(text) if one.strip()]
        if self._column.kind is bool:
            return _TICKS.get(text.casefold(), text)
        if self._column.kind is date:
            return day_of(text)
        return self._read(text) if self._known else text

    def _word(self, value: str, *, labelled: bool = True) -> str:
        value = str(value)
        if label := self._known.get(value):
            return f"{value} ({label})" if labelled and label.casefold() != value.casefold() else value
        is_odd = self._column.is_list and (not value or "\n" in value)
        if is_odd or value.startswith('"') or self._read(value) != value:
            return '"' + value.replace('"', '""') + '"'
        return value

    def _read(self, text: str) -> str:
        if re.fullmatch(_QUOTED, text):
            return text[1:-1].replace('""', '"')
        code = text if text in self._known else text.split(" (", maxsplit=1)[0]
        return code if code in self._known else self._codes.get(text.casefold(), text)


def _words_of(lists: Lists, more: Mapping[tuple[str, str], Mapping[str, str]] = MappingProxyType({})) -> _AllWords:
    """The words of every column; `more` has choices by sheet and heading."""
    return {
        column.place: _Words(column, {**lists.get(column.place, {}), **more.get((level.sheet, column.heading), {})})
        for level in _root().all()
        for column in level.columns
    }


_AllWords = Mapping[str, _Words]


# --- writing


def tables(rows: Iterable[Row], *, lists: Lists, about: Sequence[tuple[str, Cell]] = ()) -> list[Table]:
    """The workbook of these records, to be written as xlsx or ods.

    Args:
        rows: the records, in the order of the workbook.
        lists: code and label per field, with the public bodies of the organisation.
        about: what else the explanation says: a word and what it is.
    """
    words = _words_of(lists)
    filled: dict[str, list[list[Cell]]] = {level.place: [] for level in _root().all()}
    for row in rows:
        own = [STATUSES[row.status] if row.status else None, row.version, row.established_on]
        _spread(_root(), row.content, [row.kenmerk], own, filled, words)
    made = [
        Table(
            level.sheet,
            [*level.keys, *(_OURS if level is _root() else ()), *(column.heading for column in level.columns)],
            filled[level.place],
        )
        for level in _root().all()
    ]
    return [*made, _choices(lists), _explanation(about)]


def _spread(
    level: _Level,
    part: Part,
    key: list[Cell],
    own: list[Cell],
    filled: dict[str, list[list[Cell]]],
    words: _AllWords,
) -> None:
    cells = [words[column.place].cell(getattr(part, column.name)) for column in level.columns]
    filled[level.place].append([*key, *own, *cells])
    for child in level.children:
        value = getattr(part, child.name)
        if child.is_list:
            for number, item in enumerate(value, start=1):
                _spread(child, item, [*key, number], [], filled, words)
        elif value != child.model():
            _spread(child, value, key, [], filled, words)


def _choices(lists: Lists) -> Table:
    rows = [
        (level.sheet, column.heading, code, label)
        for level in _root().all()
        for column in level.columns
        for code, label in lists.get(column.place, {}).items()
    ]
    return Table(_CHOICES, _CHOICE_HEADINGS, rows)


def _explanation(about: Sequence[tuple[str, Cell]]) -> Table:
    words = {pattern.replace("-*-", ".").replace("-", "."): found for pattern, found in labels().items()}
    rows: list[Sequence[Cell]] = [(name, value, None) for name, value in about]
    rows += [("Zo werkt het", text, None) for text in _EXPLAINED]
    for level in _root().all():
        for column in level.columns:
            found = words.get(column.place)
            told = " ".join(filter(None, (found.why, found.help))) if found else ""
            article = f" ({found.article})" if found and found.article else ""
            if told or article:
                rows.append((level.sheet, f"{column.heading}{article}", told))
    return Table(_EXPLANATION, (MARK, f"vorm {SCHEMA_NUMBER}", ""), rows)


# --- reading


def schema_number(sheets: Sequence[Sheet]) -> int | None:
    """The schema number of a workbook of ours; None when these sheets are something else."""
    for sheet in sheets:
        for row in sheet.rows[:5]:
            if len(row) > 1 and row[0] == MARK and (found := re.fullmatch("vorm ([0-9]{1,4})", row[1])):
                return int(found[1])
    return None


def read(sheets: Sequence[Sheet], *, lists: Lists = MappingProxyType(LISTS)) -> list[ReadRecord]:
    """Read a workbook of ours back, in the order of its first sheet.

    What stands in the columns about status and version is not read. Choices are those of `lists` and of the workbook.

    Raises:
        BadInput: no workbook of ours, made by a newer or an older Openboek, or a sheet or column is missing.
    """
    number = schema_number(sheets)
    if number is None:
        raise BadInput("Dit is geen werkboek van Openboek. Lees het in als gewone spreadsheet.")
    if number != SCHEMA_NUMBER:
        raise BadInput("Dit werkboek is van een andere versie van Openboek. Download het opnieuw en wijzig dat.")
    return _Reader(sheets, lists).records()


@dataclass(slots=True)
class _Line:
    """A row of a sheet: the key it names, what its cells say, and where they stand."""

    sheet: str
    row: int
    """From 0."""
    key: _Key
    facts: dict[str, object]
    columns: Mapping[str, int]
    """Heading of a key, or field, to column."""
    headings: Mapping[str, str]
    """Field to heading."""
    is_used: bool = False

    def fault(self, name: str, message: str) -> Fault:
        return Fault(self.sheet, xl_rowcol_to_cell(self.row, self.columns.get(name, 0)), message)


class _Reader:
    """Reads the sheets row by row, then puts the rows of a record together; used once."""

    def __init__(self, sheets: Sequence[Sheet], lists: Lists) -> None:
        self._sheets = {values.fold(sheet.name): sheet for sheet in reversed(sheets)}
        self._words = _words_of(lists, self._own_choices())
        self._faults: dict[str, list[Fault]] = {}
        self._lines = {level.place: self._read_sheet(level) for level in _root().all()}

    def records(self) -> list[ReadRecord]:
        found = {line.key[0]: self._content(line) for line in self._lines[""].get((), ())}
        for level in _root().all():
            for owner, lines in self._lines[level.place].items():
                for line in lines:
                    if not line.is_used:
                        nr = f" met nr {owner[-1]}" if len(owner) > 1 else ""
                        self._refuse(
                            line,
                            KENMERK,
                            f"De rij van '{owner[0]}'{nr} waar dit bij hoort, is er niet. "
                            "Zet die terug, of verwijder deze rij.",
                        )
        return [
            ReadRecord(name, None if name in self._faults else found[name], tuple(self._faults.get(name, ())))
            for name in dict.fromkeys([*found, *self._faults])
        ]

    def _refuse(self, line: _Line, name: str, message: str) -> None:
        self._faults.setdefault(line.key[0], []).append(line.fault(name, message))

    def _own_choices(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        """Choices that the workbook knows, such as the bodies of another organisation."""
        found: dict[tuple[str, str], dict[str, str]] = {}
        sheet = self._sheets.get(values.fold(_CHOICES))
        for row in sheet.rows if sheet else ():
            if len(row) >= len(_CHOICE_HEADINGS):
                place, heading, code, label = row[: len(_CHOICE_HEADINGS)]
                found.setdefault((place, heading), {})[code] = label
        return found

    # --- rows

    def _read_sheet(self, level: _Level) -> dict[_Key, list[_Line]]:
        """The rows of a sheet in order, by the key of the row that they belong to."""
        sheet = self._sheets.get(values.fold(level.sheet))
        if sheet is None:
            raise BadInput(f"Het blad '{level.sheet}' ontbreekt. Zet het terug, of begin met een nieuw werkboek.")
        wanted = {**{key: key for key in level.keys}, **{column.heading: column.name for column in level.columns}}
        top, _ = find_headings(sheet, wanted.__contains__)
        headings = [" ".join(cell.split()) for cell in sheet.rows[top]] if sheet.rows else []
        if missing := next((heading for heading in wanted if heading not in headings), None):
            raise BadInput(
                f"Op blad '{level.sheet}' ontbreekt kolom '{missing}'. Zet die terug, of begin met een nieuw werkboek."
            )
        columns = {name: headings.index(heading) for heading, name in wanted.items()}
        known = {*columns.values(), *(place for place, heading in enumerate(headings) if heading in _OURS)}
        found: dict[_Key, list[_Line]] = {}
        for number, row in enumerate(sheet.rows[top + 1 :], start=top + 1):
            if any(row) and (line := self._line(level, sheet.name, number, row, columns, known)):
                owner = line.key[:-1] if level.is_list else line.key
                found.setdefault(owner, []).append(line)
        return {owner: self._in_order(lines) for owner, lines in found.items()}

    def _line(
        self,
        level: _Level,
        sheet: str,
        number: int,
        row: Sequence[str],
        columns: Mapping[str, int],
        known: Collection[int],
    ) -> _Line | None:
        kenmerk, *numbers = (row[columns[heading]] for heading in level.keys)
        headings = {column.name: column.heading for column in level.columns}
        line = _Line(sheet, number, (kenmerk, *map(whole_number, numbers)), {}, columns, headings)
        for place, cell in enumerate(row):
            if cell and place not in known:
                fault = Fault(
                    sheet, xl_rowcol_to_cell(number, place), "Deze kolom leest Openboek niet. Maak de cel leeg."
                )
                self._faults.setdefault(kenmerk, []).append(fault)
        for column in level.columns:
            if text := row[columns[column.name]]:
                line.facts[column.name] = self._words[column.place].value(text)
        if not kenmerk:
            self._refuse(line, KENMERK, "Vul in bij welke verwerking deze rij hoort, of verwijder de rij.")
            return None
        for heading, text, read in zip(level.keys[1:], numbers, line.key[1:], strict=True):
            if not read and (text or heading != level.keys[-1] or not level.is_list):
                self._refuse(line, heading, f"Vul bij '{heading}' een nummer in, zoals 1.")
                return None
        return line

    def _in_order(self, lines: list[_Line]) -> list[_Line]:
        """By number; a row without one comes after the others."""
        highest = max((line.key[-1] for line in lines if isinstance(line.key[-1], int)), default=0)
        ordered: dict[_Key, _Line] = {}
        for line in lines:
            if not line.key[-1]:
                highest += 1
                line.key = (*line.key[:-1], highest)
            if line.key in ordered:
                name = " ".join(map(str, line.key))
                self._refuse(line, KENMERK, f"'{name}' staat er twee keer. Geef een van de twee een ander nummer.")
                line.is_used = True
            else:
                ordered[line.key] = line
        return sorted(ordered.values(), key=lambda line: line.key[1:])

    # --- records

    def _content(self, line: _Line) -> ActivityContent | None:
        lines: dict[_Place, _Line] = {}
        facts = self._facts(_root(), line, (), lines)
        self._renumber(line, facts, lines)
        try:
            return ActivityContent.model_validate(facts)
        except ValidationError as error:
            for fault in error.errors():
                self._refuse_value(fault, lines)
        return None

    def _facts(self, level: _Level, line: _Line, place: _Place, lines: dict[_Place, _Line]) -> dict[str, object]:
        """The facts of a row with those of the rows that belong to it; `lines` tells where each part stands."""
        line.is_used = True
        lines[place] = line
        facts = dict(line.facts)
        for child in level.children:
            found = self._lines[child.place].get(line.key, [])
            if child.is_list:
                facts[child.name] = [
                    self._facts(child, one, (*place, child.name, at), lines) for at, one in enumerate(found)
                ]
            elif found:
                facts[child.name] = self._facts(child, found[0], (*place, child.name), lines)
        return facts

    def _renumber(self, line: _Line, facts: dict[str, Any], lines: Mapping[_Place, _Line]) -> None:
        """A period names a group of people by its number: where groups were taken away, the number moves along."""
        groups = {int(one.key[-1]): at for at, one in enumerate(self._lines["data_sets"].get(line.key, ()), start=1)}
        for at, retention in enumerate(facts["retentions"]):
            number = whole_number(retention.get("data_set", ""))
            if number in groups:
                retention["data_set"] = groups[number]
            elif 0 < number <= len(groups):
                message = (
                    f"Groep {number} staat niet op blad '{_SHEETS['data_sets']}'. Vul een nummer in dat daar staat."
                )
                self._refuse(lines["retentions", at], "data_set", message)

    def _refuse_value(self, fault: Mapping[str, Any], lines: Mapping[_Place, _Line]) -> None:
        place = tuple(fault["loc"])
        part = next(place[:size] for size in range(len(place), -1, -1) if place[:size] in lines)
        name = str(place[len(part)]) if len(place) > len(part) else KENMERK
        line = lines[part]
        self._refuse(line, name, message_of(fault, line.headings.get(name, name)))
