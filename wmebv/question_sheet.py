"""A question sheet: the open questions of a team as a workbook, and such a workbook as answers. Pure, no database.

A row is one question about one product, message or channel. Two hidden columns say which, and what the answer was when
the sheet was made, so that an answer that somebody gave meanwhile is found out.
"""

import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from core.errors import BadInput
from core.sheets import Sheet, lines_of, row_height
from core.values import fold
from wmebv.content import Answer
from wmebv.forms import NOT_ANSWERED, Question
from wmebv.labels import VALUES
from wmebv.public import safe_address
from wmebv.reading import asked, read_answer, read_day

KEY, STATE = "Sleutel", "Stand"
HEADINGS = (
    *(KEY, STATE, "Product", "Bericht of kanaal", "Vraag", "Antwoord", "Keuze", "Toelichting"),
    *("Bewijs", "Datum bewijs", "Wet", "Artikel", "Bestuursorgaan"),
)
_TYPED = HEADINGS[5:]
WHO, WHEN = "Ingevuld door (functie)", "Ingevuld op"
_KEY = re.compile(r"[PBK]:[0-9a-f-]{36}:[WZ][0-9]{2}")
_WIDTHS = (10, 10, 28, 28, 60, 18, 26, 40, 34, 14, 22, 14, 20)
_HIDDEN_COLUMNS = 2
_HEADING_ROW = 4
MAX_TEXT, MAX_LINE = 4000, 300
HELP = (
    "Dit blad heeft één rij per vraag die nog openstaat. De vragen staan op het blad 'Vragen'.",
    "1. Vul bovenaan in welke functie de vragen beantwoordt, en op welke dag. Geen namen van mensen.",
    "2. Kies bij 'Antwoord' uit de lijst. Weet u het niet? Kies 'Weten we nog niet' of laat de rij leeg.",
    "3. Staat er bij 'Keuze' een lijst? Kies daar ook. Meer dan één mag soms: zet dan een ; tussen de keuzes.",
    "4. Ja zonder bewijs telt half. Zet bij 'Bewijs' een adres (https://...) of de naam van een document.",
    "5. Rijen mag u sorteren of leeg laten. Verwijder geen kolommen en verander niets in de grijze cellen.",
    "6. Stuur het bestand terug. Openboek laat eerst zien wat er verandert.",
)


@dataclass(frozen=True, slots=True)
class Line:
    """An open question, with what it is about."""

    key: str
    product: str
    about: str
    question: Question
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be used, with the sentence that says what to do."""

    cell: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class SheetAnswer:
    """An answer from a row. `said` has the fields that were filled in; `state` is that of `Line`."""

    row: int
    key: str
    state: str
    said: Mapping[str, object]
    guess: str = ""
    """What the answer was taken for, when it was no word of the list."""


@dataclass(frozen=True, slots=True)
class ReadSheet:
    answers: Sequence[SheetAnswer]
    faults: Sequence[Fault]
    by: str
    on: date | None


def state_of(answer: Answer | None) -> str:
    """Eight signs that change when an answer does."""
    return hashlib.sha256(answer.model_dump_json().encode()).hexdigest()[:8] if answer else "leeg"


# --- out -------------------------------------------------------------------------------------------------------------


def write_sheet(title: str, lines: Sequence[Line], bodies: Mapping[str, str], *, made_on: date) -> bytes:
    """The workbook of a team: an explanation, and its open questions with lists to choose from."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": title, "created": datetime.combine(made_on, time())})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        grey = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#EEEEEE"})
        free = book.add_format({"text_wrap": True, "valign": "top", "locked": False, "border": 1})
        day = book.add_format({"num_format": "dd-mm-yyyy", "valign": "top", "locked": False, "border": 1})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        told = book.add_worksheet("Uitleg")
        told.set_column(0, 0, 100)
        told.write_string(0, 0, title, bold)
        for row, text in enumerate(HELP, start=2):
            told.write_string(row, 0, text, plain)
        sheet, lists = book.add_worksheet("Vragen"), book.add_worksheet("Lijsten")
        lists.hide()
        ranges: dict[tuple[str, ...], str] = {}

        def range_of(words: Sequence[str]) -> str:
            """Where a list stands; a comma in a word would split it, if it stood in the cell itself."""
            known = tuple(words)
            if known not in ranges:
                column = len(ranges)
                lists.write_column(0, column, known)
                letters = _letters(column)
                ranges[known] = f"=Lijsten!${letters}$1:${letters}${len(known)}"
            return ranges[known]

        sheet.write_string(0, 2, title, book.add_format({"bold": True}))
        for row, label in ((1, WHO), (2, WHEN)):
            sheet.write_string(row, 2, label, bold)
            sheet.write_blank(row, 3, None, day if label == WHEN else free)
        for column, heading in enumerate(HEADINGS):
            sheet.write_string(_HEADING_ROW, column, heading, bold)
            sheet.set_column(column, column, _WIDTHS[column], None, {"hidden": column < _HIDDEN_COLUMNS})
        for row, line in enumerate(lines, start=_HEADING_ROW + 1):
            asks = line.question
            fixed = (line.key, state_of(line.answer), line.product, line.about, f"{asks.code} {asks.text}")
            for column, text in enumerate(fixed):
                sheet.write_string(row, column, text, grey)
            sheet.set_row(row, row_height(max(map(lines_of, fixed[_HIDDEN_COLUMNS:], _WIDTHS[_HIDDEN_COLUMNS:]))))
            wanted: dict[str, Sequence[str]] = {
                "Antwoord": [label for value, label in asks.values if value],
                "Keuze": [label for code, label in asks.choices if code != NOT_ANSWERED[0]],
                "Toelichting": ["*"],
                "Bewijs": ["*"],
                "Datum bewijs": ["*"],
                "Wet": ["*"] if asks.asks_law else [],
                "Artikel": ["*"] if asks.asks_law else [],
                "Bestuursorgaan": list(bodies.values()) if asks.asks_body else [],
            }
            for column, heading in enumerate(_TYPED, start=len(fixed)):
                words = wanted[heading]
                sheet.write_blank(row, column, None, (day if heading == "Datum bewijs" else free) if words else grey)
                if words and words != ["*"]:
                    kind = "stop" if heading != "Keuze" or asks.is_single_choice else "information"
                    rule = {"validate": "list", "source": range_of(words), "error_type": kind}
                    sheet.data_validation(row, column, row, column, rule | {"error_message": "Kies uit de lijst."})
        sheet.freeze_panes(_HEADING_ROW + 1, 3)
        sheet.autofilter(_HEADING_ROW, 0, _HEADING_ROW + max(1, len(lines)), len(HEADINGS) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEADING_ROW)
        allowed = ("autofilter", "sort", "format_columns", "format_rows", "format_cells", "select_locked_cells")
        sheet.protect("", dict.fromkeys(allowed, True))
        sheet.activate()
    return out.getvalue()


def _letters(column: int) -> str:
    """`A` for 0, `AB` for 27."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


# --- in --------------------------------------------------------------------------------------------------------------


def read_sheet(sheets: Sequence[Sheet], bodies: Mapping[str, str]) -> ReadSheet:
    """Read a question sheet that came back; every cell that cannot be used is told by its place.

    Raises:
        BadInput: it is no question sheet, or a column is gone.
    """
    found = next(((one, at) for one in sheets for at, row in enumerate(one.rows[:30]) if KEY in row), None)
    if found is None:
        raise BadInput("Dit is geen vragenblad: de kolom 'Sleutel' ontbreekt. Kies het bestand dat Openboek maakte.")
    sheet, top = found
    columns = {heading: sheet.rows[top].index(heading) for heading in HEADINGS if heading in sheet.rows[top]}
    if missing := [heading for heading in (STATE, *_TYPED[:2]) if heading not in columns]:
        raise BadInput(
            f"De kolom '{missing[0]}' ontbreekt. Download het vragenblad opnieuw en neem de antwoorden over."
        )
    reader = _Reader(columns, bodies)
    for number, cells in enumerate(sheet.rows[top + 1 :], start=top + 2):
        reader.read(number, {name: cells[at].strip() for name, at in columns.items() if at < len(cells)})
    by, on = _beside(sheet.rows[:top], WHO), _beside(sheet.rows[:top], WHEN)
    day = read_day(on)
    if on and day is None:
        reader.faults.append(Fault(WHEN, on, "Dit is geen datum. Schrijf bijvoorbeeld 21-11-2026."))
    return ReadSheet(reader.answers, reader.faults, by[:MAX_LINE], day.day if day else None)


def _beside(rows: Sequence[Sequence[str]], label: str) -> str:
    """What stands to the right of a label above the questions."""
    for row in rows:
        if label in row:
            return next((cell.strip() for cell in row[row.index(label) + 1 :] if cell.strip()), "")
    return ""


class _Reader:
    def __init__(self, columns: Mapping[str, int], bodies: Mapping[str, str]) -> None:
        self.columns, self.bodies = columns, bodies
        self.answers: list[SheetAnswer] = []
        self.faults: list[Fault] = []
        self._seen: dict[str, int] = {}

    def read(self, number: int, cells: Mapping[str, str]) -> None:
        typed = {name: cells.get(name, "") for name in _TYPED}
        key = cells.get(KEY, "")
        if not any(typed.values()):
            return
        if not key:
            self._fault(number, KEY, "", "Deze rij heeft geen sleutel. Zet het antwoord in de rij van de vraag.")
        elif not _KEY.fullmatch(key) or not _is_asked(key[-3:]):
            self._fault(number, KEY, key, "Deze sleutel is veranderd. Download het vragenblad opnieuw.")
        elif key in self._seen:
            told = f"Deze vraag staat ook in rij {self._seen[key]}. Laat er één staan."
            self._fault(number, KEY, key, told)
        else:
            self._seen[key] = number
            before = len(self.faults)
            said, guess = self._said(number, key[-3:], typed)
            if len(self.faults) == before:
                self.answers.append(SheetAnswer(number, key, cells.get(STATE, ""), said, guess))

    def _said(self, number: int, code: str, typed: Mapping[str, str]) -> tuple[dict[str, object], str]:
        said: dict[str, object] = {}
        guess = self._answer(number, code, typed["Antwoord"], said) if typed["Antwoord"] else ""
        if text := typed["Keuze"]:
            self._choices(number, code, text, said)
        if text := typed["Bewijs"]:
            is_address = safe_address(text) and len(text) <= 2000
            name, longest = ("evidence_url", 2000) if is_address else ("evidence_document", MAX_LINE)
            self._put(number, "Bewijs", text, name, longest, said)
        # The text of a form of support becomes public; what a team notes stays inside.
        note = "note" if code.startswith("Z") else "text"
        for heading, name, longest in (
            ("Toelichting", note, MAX_TEXT),
            ("Wet", "law", MAX_LINE),
            ("Artikel", "article", MAX_LINE),
        ):
            if text := typed[heading]:
                self._put(number, heading, text, name, longest, said)
        if text := typed["Datum bewijs"]:
            if day := read_day(text):
                said["evidence_on"] = day.day
            else:
                self._fault(number, "Datum bewijs", text, "Dit is geen datum. Schrijf bijvoorbeeld 21-11-2026.")
        if text := typed["Bestuursorgaan"]:
            self._body(number, text, said)
        return said, guess

    def _answer(self, number: int, code: str, text: str, said: dict[str, object]) -> str:
        """Read the answer itself; returns what it was taken for when it was no word of the list."""
        value = next((value for value, label in VALUES.items() if fold(label) == fold(text)), None)
        if value is not None:
            said["value"] = value
        elif read := read_answer(code, text):
            said |= {name: found for name, found in read.answer if found not in (None, "", ()) and name != "duty"}
            return read.became
        else:
            choose = ", ".join(VALUES.values())
            self._fault(number, "Antwoord", text, f"Dit is geen antwoord. Kies uit: {choose}.")
        return ""

    def _body(self, number: int, text: str, said: dict[str, object]) -> None:
        body = next((body for body, name in self.bodies.items() if fold(text) in {fold(name), fold(body)}), None)
        if body is None:
            choose = ", ".join(self.bodies.values())
            self._fault(number, "Bestuursorgaan", text, f"Dit bestuursorgaan is er niet. Kies uit: {choose}.")
        else:
            said["body"] = body

    def _choices(self, number: int, code: str, text: str, said: dict[str, object]) -> None:
        known = {fold(name): one.code for one in asked(code).choices for name in (one.label, one.code)}
        parts = [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]
        unknown = [part for part in parts if fold(part) not in known]
        if unknown and not known:
            self._fault(number, "Keuze", text, "Bij deze vraag hoort geen keuze. Maak de cel leeg.")
        elif unknown:
            choose = "; ".join(one.label for one in asked(code).choices)
            self._fault(number, "Keuze", text, f"'{unknown[0]}' staat niet in de lijst. Kies uit: {choose}.")
        else:
            said["choices"] = tuple(dict.fromkeys(known[fold(part)] for part in parts))

    def _put(self, number: int, heading: str, text: str, name: str, longest: int, said: dict[str, object]) -> None:
        if len(text) > longest:
            self._fault(number, heading, text[:80], f"Deze tekst is te lang. Er passen {longest} tekens.")
        else:
            said[name] = text

    def _fault(self, number: int, heading: str, value: str, message: str) -> None:
        self.faults.append(Fault(f"{_letters(self.columns[heading])}{number}", value, message))


def _is_asked(code: str) -> bool:
    try:
        asked(code)
    except KeyError:
        return False
    return True
