"""Which column of a spreadsheet holds which field: the headings people use, and the traps in them."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache

from core import values
from core.errors import BadInput

REMARKS = "opmerkingen"
NAME = "naam"
BASIS, LAW = "doelen[].grondslag", "doelen[].wet[]"

_FIRST_NAMES = ("verwerking", "proces", "werkproces", "hoofdproces", "naam verwerking")
_SECOND_NAMES = ("verwerkingsactiviteit", "verwerkingsactiviteiten", "processtap", "activiteit")
# A heading with one of these words is about the field next to it: how many, when, where to find it.
_OTHER_MATTERS = ("aantal", "omvang", "datum", "link", "url", "status", "versie", "toelichting", "opmerking")
_COUNTS_ONCE = frozenset(
    {"id", "team", "domein", "proceseigenaar", "rol", "dpia.datum", "laatst_gecontroleerd", "openbaar"}
)


@dataclass(frozen=True)
class Column:
    """A column with the field it fills. `path` is that of `velden.json`; None sends its cells to the remarks."""

    index: int
    heading: str
    path: str | None
    score: float
    """1 for a heading we know word for word, 0 for one we do not know."""


@cache
def known_paths() -> frozenset[str]:
    """Every field that a column can fill."""
    return frozenset(values.load("register", "import-kolommen").codes)


def is_known(heading: str) -> bool:
    """Is this, word for word, a heading of a processing register?"""
    return values.load("register", "import-kolommen").match(heading).score == 1.0


def propose(headings: Sequence[str], mapping: Mapping[str, str | None] | None = None) -> tuple[Column, ...]:
    """Say for each heading which field it fills. What a person decided in `mapping` goes before every guess.

    Raises:
        BadInput: `mapping` names a heading that is not there, or a field that does not exist.
    """
    decided = {values.normalise(heading): path for heading, path in (mapping or {}).items()}
    _refuse_unknown(headings, mapping or {})
    columns = []
    for index, heading in enumerate(headings):
        name = values.normalise(heading)
        if name in decided:
            columns.append(Column(index, heading, decided[name], 1.0))
        elif heading:
            path, score = _guess(heading)
            columns.append(Column(index, heading, path, score))
    return _without_traps(columns, frozenset(decided))


def _refuse_unknown(headings: Sequence[str], mapping: Mapping[str, str | None]) -> None:
    present = {values.normalise(heading) for heading in headings}
    for heading, path in mapping.items():
        if values.normalise(heading) not in present:
            raise BadInput(f"De kolom '{heading}' staat niet in het bestand. Pas de koppeling van kolommen aan.")
        if path is not None and path not in known_paths():
            raise BadInput(f"Het veld '{path}' bestaat niet. Kies voor de kolom '{heading}' een ander veld.")


def _guess(heading: str) -> tuple[str | None, float]:
    path, score = values.load("register", "import-kolommen").match(heading)
    if score == 1.0:
        return path, score
    words = values.normalise(heading).split()
    if score < values.SURE or any(word in words for word in _OTHER_MATTERS):
        return None, 0.0
    return path, score


def _without_traps(columns: list[Column], decided: frozenset[str]) -> tuple[Column, ...]:
    """Mend what a heading on its own cannot tell; columns a person decided on stay as they are."""
    own = {column.index for column in columns if values.normalise(column.heading) not in decided}
    columns = [_law_column(column, columns) if column.index in own else column for column in columns]
    taken = {column.path for column in columns if column.index not in own}
    surplus = {column.index for column in columns if column.index in own and _is_surplus(column, columns, taken)}
    return tuple(replace(column, path=None, score=0.0) if column.index in surplus else column for column in columns)


def _law_column(column: Column, columns: Sequence[Column]) -> Column:
    """Beside "Rechtmatige grondslag" (art. 6), a column "Grondslag" holds the law, as in Hendrik-Ido-Ambacht."""
    others = [other for other in columns if other.path == BASIS and other.index != column.index]
    is_plain = values.normalise(column.heading) == "grondslag"
    if column.path == BASIS and is_plain and any(values.normalise(other.heading) != "grondslag" for other in others):
        return replace(column, path=LAW, score=0.9)
    return column


def _is_surplus(column: Column, columns: Sequence[Column], taken: AbstractSet[str | None]) -> bool:
    """A field with room for one value takes the best column; of two names that belong together both stay."""
    if column.path == NAME:
        return NAME in taken or column.index not in {found.index for found in _best_names(columns)}
    if column.path not in _COUNTS_ONCE:
        return False
    rivals = [other for other in columns if other.path == column.path]
    return column.path in taken or column.index != min(rivals, key=lambda rival: (-rival.score, rival.index)).index


def name_columns(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The column with the name, or those that make "verwerking - verwerkingsactiviteit" together."""
    return tuple(column for column in columns if column.path == NAME)


def _best_names(columns: Sequence[Column]) -> tuple[Column, ...]:
    named = name_columns(columns)
    first = next((column for column in named if values.normalise(column.heading) in _normal(_FIRST_NAMES)), None)
    second = next((column for column in named if values.normalise(column.heading) in _normal(_SECOND_NAMES)), None)
    if first and second:
        return first, second
    order = [values.normalise(name) for name in _name_headings()]
    ranked = sorted(named, key=lambda column: (-column.score, _place(order, column.heading), column.index))
    return tuple(ranked[:1])


def _place(order: Sequence[str], heading: str) -> int:
    name = values.normalise(heading)
    return order.index(name) if name in order else len(order)


@cache
def _name_headings() -> tuple[str, ...]:
    """The list puts what says most first: "verwerking" before "omschrijving"."""
    return tuple(values.load("register", "import-kolommen").entry(NAME)["koppen"])


@cache
def _normal(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(values.normalise(name) for name in names)
