"""A grid of answers: records down, questions across, an answer in a letter or two. Pure.

A cell holds `j`, `d`, `n`, `-` or `?`; where a question asks for a choice, the number of the choice (`1`, or `1+3`), or
the letter that the choice has of itself. Anything else that somebody types or pastes is read as `reading` reads a
spreadsheet, and is shown before it is kept.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from core import values
from wmebv.content import Answer, Value
from wmebv.forms import Question
from wmebv.reading import in_words, read_answer
from wmebv.rules import is_given

SHORT: Mapping[Value, str] = {
    Value.YES: "j",
    Value.PARTLY: "d",
    Value.NO: "n",
    Value.NOT_APPLICABLE: "-",
    Value.UNKNOWN: "?",
}
MAX_LINES, MAX_COLUMNS, MAX_TEXT = 200, 60, 2000
_HEADING = re.compile(r"([WZ][0-9]{2})\b")
_BY_LETTER = {letter: value for value, letter in SHORT.items()}


class Read(StrEnum):
    """How the text of a cell was read."""

    EXACT = "precies"
    GUESSED = "opgevat"
    NOT_UNDERSTOOD = "niet begrepen"
    CLEARED = "leeg"


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that would change: the answer as it is, as it becomes, and how its text was read."""

    question: Question
    text: str
    read: Read
    before: Answer | None
    after: Answer

    @property
    def was(self) -> str:
        return in_words(self.before) if self.before else ""

    @property
    def becomes(self) -> str:
        return in_words(self.after)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a pasted block comes: text by row and code. `problem` says in Dutch why it does not fit."""

    cells: Mapping[tuple[int, str], str] = field(default_factory=dict)
    problem: str = ""


def letters_of(question: Question) -> Sequence[tuple[str, str, str]]:
    """What can be typed in the cells of a question: what one types, its code, what it means."""
    if question.values:
        return [(SHORT[Value(code)], code, label) for code, label in question.values if code]
    chosen = [(code, label) for code, label in question.choices if code]
    return [(code if len(code) == 1 else str(at), code, label) for at, (code, label) in enumerate(chosen, start=1)]


def cell_of(question: Question, answer: Answer | None) -> str:
    """An answer as its cell shows it; empty when nothing was answered."""
    if answer is None or not is_given(answer):
        return ""
    if question.values or not answer.choices:
        return SHORT[answer.value] if answer.value else ""
    letters = {code: letter for letter, code, _ in letters_of(question)}
    return "+".join(letters.get(code, code) for code in answer.choices)


def change_of(question: Question, before: Answer | None, text: str, *, on: date, by: str) -> Change | None:
    """What a text in a cell changes; None when the cell said that already. What stood beside an answer stays there.

    A text that nobody can read becomes a remark. It takes no answer away: an empty cell says "weten we nog niet".
    """
    text = text.strip()[:MAX_TEXT]
    if text.casefold() == cell_of(question, before).casefold():
        return None
    kept = before or Answer(duty=question.code)
    after, read = _read(question, kept, text)
    if after == kept:
        return None
    return Change(question, text, read, before, after.model_copy(update={"answered_on": on, "answered_by": by}))


def _read(question: Question, kept: Answer, text: str) -> tuple[Answer, Read]:
    if not text:
        return _cleared(kept), Read.CLEARED
    if exact := _exact(question, text):
        return kept.model_copy(update=exact), Read.EXACT
    said = read_answer(question.code, text)
    if said is None:
        value = kept.value or (None if kept.choices else Value.UNKNOWN)
        return kept.model_copy(update={"value": value, "note": _added(kept.note, text)}), Read.NOT_UNDERSTOOD
    found = said.answer
    facts = {name: new for name in ("evidence_on", "evidence_url") if (new := getattr(found, name))}
    facts |= {name: _added(getattr(kept, name), new) for name in ("text", "note") if (new := getattr(found, name))}
    if found.choices or not question.values:
        facts["choices"] = found.choices
    is_plain = not said.became and not facts.keys() - {"choices"}
    return kept.model_copy(update={"value": found.value, **facts}), Read.EXACT if is_plain else Read.GUESSED


def _cleared(kept: Answer) -> Answer:
    """Nothing answered any more; with evidence or a text beside it: not known yet, so that this is not lost."""
    left = kept.model_copy(update={"value": None, "choices": ()})
    nothing = Answer(duty=kept.duty, answered_on=kept.answered_on, answered_by=kept.answered_by)
    return left if left == nothing else left.model_copy(update={"value": Value.UNKNOWN})


def _exact(question: Question, text: str) -> Mapping[str, object] | None:
    """The value or the choices that a cell names with its own letters."""
    letters = {letter.casefold(): code for letter, code, _ in letters_of(question)}
    if question.values:
        value = letters.get(text.casefold())
        return {"value": Value(value)} if value else None
    if text in {SHORT[Value.UNKNOWN], SHORT[Value.NOT_APPLICABLE]}:
        return {"value": _BY_LETTER[text], "choices": ()}
    named = [letters.get(part.strip().casefold(), "") for part in text.split("+")]
    if not all(named) or (question.is_single_choice and len(named) > 1):
        return None
    return {"value": None, "choices": tuple(dict.fromkeys(named))}


def _added(text: str, more: str) -> str:
    return text if more in text else "\n".join(filter(None, (text, more)))[:4000]


def place(
    block: str, rows: Sequence[frozenset[str]], codes: Sequence[str], *, first_row: int, first_code: str
) -> Placed:
    """Lay a block that was copied from a spreadsheet on the grid.

    With codes of questions in its first line (W04) each column goes to its question, and a column without a code tells
    for which record the line is. Without them the block begins at the cell that was chosen. Empty cells change nothing.

    Args:
        block: lines, with tabs between the cells.
        rows: the names by which each row of the grid is known, folded (`values.fold`).
        codes: the questions of the grid, in order.
        first_row: where a block without names begins.
        first_code: where a block without codes begins.
    """
    lines = [[cell.strip() for cell in line] for line in csv.reader(block.splitlines(keepends=True), delimiter="\t")]
    while lines and not any(lines[-1]):
        lines.pop()
    if not lines:
        return Placed(problem="Plak eerst een blok uit uw werkblad in het vak.")
    width = max(map(len, lines))
    if len(lines) > MAX_LINES or width > MAX_COLUMNS:
        return Placed(problem=f"Plak hooguit {MAX_LINES} regels en {MAX_COLUMNS} kolommen in één keer.")
    if any(_HEADING.match(cell) for cell in lines[0]):
        return _by_headings(lines, rows, codes, first_row)
    first = list(codes).index(first_code) if first_code in codes else 0
    if first_row + len(lines) > len(rows) or first + width > len(codes):
        return _does_not_fit(len(lines), width, len(rows) - first_row, len(codes) - first)
    return Placed(
        {
            (first_row + down, codes[first + right]): text
            for down, line in enumerate(lines)
            for right, text in enumerate(line)
            if text
        }
    )


def _does_not_fit(height: int, width: int, rows: int, columns: int) -> Placed:
    return Placed(
        problem=f"Het blok heeft {_counted(height, 'regel', 'regels')} en {_counted(width, 'kolom', 'kolommen')}. "
        f"Vanaf de cel die u koos passen er {_counted(rows, 'regel', 'regels')} en "
        f"{_counted(columns, 'kolom', 'kolommen')}. "
        "Kies een andere eerste cel of een kleiner blok. Er is niets veranderd."
    )


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _by_headings(
    lines: Sequence[Sequence[str]], rows: Sequence[frozenset[str]], codes: Sequence[str], first_row: int
) -> Placed:
    columns = {at: found[1] for at, cell in enumerate(lines[0]) if (found := _HEADING.match(cell))}
    if strange := sorted(set(columns.values()) - set(codes)):
        return Placed(
            problem=f"{', '.join(strange)} staat niet in dit raster. Haal die kolom weg. Er is niets veranderd."
        )
    names = [[text for at, text in enumerate(line) if at not in columns and text] for line in lines[1:]]
    if not any(names) and first_row + len(names) > len(rows):
        return _does_not_fit(len(names), len(columns), len(rows) - first_row, len(codes))
    cells: dict[tuple[int, str], str] = {}
    for at, (line, named) in enumerate(zip(lines[1:], names, strict=True)):
        fitting = list(_rows_named(rows, named)) if named else [] if any(names) else [first_row + at]
        if len(fitting) != 1:
            what = f"'{' - '.join(named)}'" if named else "zonder naam"
            why = "past bij meer dan één rij" if fitting else "staat niet op deze pagina van het raster"
            return Placed(problem=f"Regel {at + 2} ({what}) {why}. Er is niets veranderd.")
        cells |= {(fitting[0], code): line[at] for at, code in columns.items() if at < len(line) and line[at]}
    return Placed(cells)


def _rows_named(rows: Sequence[frozenset[str]], named: Sequence[str]) -> Iterator[int]:
    wanted = {values.fold(name) for name in named}
    return (at for at, known in enumerate(rows) if wanted <= known)
