"""What pages about reading a file into a register have in common (`templates/components/imports.html`)."""

from collections.abc import Callable, Mapping, Sequence

from core.content import Line, Part
from core.errors import BadInput, RuleViolation
from core.sheets import Sheet
from core.web.forms import Form, Labels, Typed, bind

NOTE_WORDS = {"changed": "veranderd", "guessed": "geraden", "kept": "bewaard"}
PLACE_LABELS = {
    "sheet": Labels("Blad"),
    "heading_row": Labels("In welke rij staan de koppen", required=True),
}
LAST_TIME = " bij een lijst met deze koppen"
"""After 'Dit is wat u de vorige keer koos'."""
_SAMPLES = 3


class PlaceInput(Part):
    """Where the headings stand."""

    sheet: Line = ""
    heading_row: int = 0


def place_form(sheet: str, heading_row: int) -> Form[PlaceInput]:
    """The form that says so, filled in; the row counts from 1."""
    typed = Typed((("sheet", sheet), ("heading_row", str(heading_row))))
    return Form(PlaceInput, typed, PLACE_LABELS)


def place_typed(typed: Typed, take: Callable[[str, int], None]) -> Form[PlaceInput] | None:
    """Hand the sheet and the row that somebody typed to `take`; the form with what is wrong, None when all went well.

    `take` raises BadInput or RuleViolation for a place where no list can be, or when it is too late.
    """
    form = bind(PlaceInput, typed, PLACE_LABELS, require=("heading_row",))
    if form.cleaned:
        try:
            take(form.cleaned.sheet, max(1, form.cleaned.heading_row))
        except (BadInput, RuleViolation) as refused:
            form.errors["heading_row"] = refused.message
        else:
            return None
    return form


def certainty(score: float, field: str | None) -> str:
    """How sure it is what a column holds, in words."""
    return f"{round(score * 100)}% zeker" if field else "niet herkend"


def sheet_names(read: Sequence[Sheet]) -> list[tuple[str, str]]:
    """The sheets to choose from."""
    return [(one.name, one.name + (" (verborgen)" if one.is_hidden else "")) for one in read if one.rows]


def shown_column(index: int, heading: str, cells: Sequence[str], path: str, certainty: str) -> Mapping[str, object]:
    """A column with the first different values in it. `cells` are those that are filled."""
    return {
        "index": index,
        "heading": heading,
        "samples": [short(sample) for sample in list(dict.fromkeys(cells))[:_SAMPLES]],
        "filled": len(cells),
        "path": path,
        "certainty": certainty,
    }


def short(text: str, longest: int = 120) -> str:
    """A text on one line, cut where it is too long."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= longest else f"{one_line[:longest].rstrip()}…"
