"""Which column of a spreadsheet holds which field: the headings people use, and the traps in them."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache

from core import values
from core.errors import BadInput
from register.importer import clues

REMARKS = "opmerkingen"
NAME, ID = "naam", "id"
BASIS, LAW = "doelen[].grondslag", "doelen[].wet[]"

_FIRST_NAMES = ("verwerking", "proces", "werkproces", "hoofdproces", "naam verwerking")
_SECOND_NAMES = ("verwerkingsactiviteit", "verwerkingsactiviteiten", "processtap", "activiteit")
# A heading with one of these words is about the field next to it: how many, when, where to find it.
_OTHER_MATTERS = ("aantal", "omvang", "datum", "link", "url", "status", "versie", "toelichting", "opmerking")
_LONGEST_HEADING = 120
_FROM_GROUP = 0.6
_SURE_OF, _LIKE_NAMES = 0.9, 0.6
_GUESSED = 0.95
_OF_SOMETHING = 0.85
"""A heading that speaks of another field so clearly has the number of that: "DPIA (nummer)"."""
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
    is_ticked: bool = False
    """Its cells are yes or no, and what they answer is in the heading: "Gezondheid" with a cross."""


@cache
def known_paths() -> frozenset[str]:
    """Every field that a column can fill."""
    return frozenset(values.load("register", "import-kolommen").codes)


def is_likely(heading: str) -> bool:
    """Could this be a heading of a processing register, by its words?"""
    return len(heading) <= _LONGEST_HEADING and max(clues.scores(heading).values(), default=0.0) >= clues.PROPOSED


def is_known(heading: str) -> bool:
    """Is this, word for word, a heading of a processing register?"""
    return values.load("register", "import-kolommen").match(heading).score == 1.0


def propose(
    headings: Sequence[str],
    mapping: Mapping[str, str | None] | None = None,
    *,
    cells: Sequence[Sequence[str]] = (),
    groups: Sequence[str] = (),
) -> tuple[Column, ...]:
    """Say for each heading which field it fills. What a person decided in `mapping` goes before every guess.

    Args:
        headings: as they stand above the columns; empty for a column without cells.
        mapping: heading -> path, or None for the remarks.
        cells: the cells below each heading, which confirm a guess or say that it is wrong.
        groups: what stands above each heading, in a row of headings over several columns.

    Raises:
        BadInput: `mapping` names a heading that is not there, or a field that does not exist.
    """
    decided = {values.normalise(heading): path for heading, path in (mapping or {}).items()}
    _refuse_unknown(headings, mapping or {})
    columns = []
    others: dict[int, Sequence[tuple[str, float]]] = {}
    for index, heading in enumerate(headings):
        name, below = values.normalise(heading), cells[index] if index < len(cells) else ()
        ticked = clues.ticked_as(heading, below)
        if name in decided:
            is_ticked = ticked is not None and ticked == decided[name]
            columns.append(Column(index, heading, decided[name], 1.0, is_ticked=is_ticked))
        elif heading and ticked and _is_no_other(heading, ticked):
            columns.append(Column(index, heading, ticked, 0.9, is_ticked=True))
        elif heading:
            others[index] = _guesses(heading, below, groups[index] if index < len(groups) else "")
            path, score = next(iter(others[index]), (None, 0.0))
            columns.append(Column(index, heading, path, score))
    if cells and not any(column.path == NAME for column in columns):
        columns = _with_a_name(columns, cells, frozenset(decided))
    return _without_traps(columns, frozenset(decided), others)


def _is_no_other(heading: str, ticked: str) -> bool:
    """Whether a heading with ticks is not, word for word, that of another field: "BSN" and "DPIA" are."""
    known = values.load("register", "import-kolommen").match(clues.plain(heading))
    return known.score < 1.0 or known.code in {NAME, ticked}


def _with_a_name(columns: list[Column], cells: Sequence[Sequence[str]], decided: frozenset[str]) -> list[Column]:
    """Take the column that looks most like one with names, when no heading says which it is."""
    unsure = [c for c in columns if c.score < _SURE_OF and values.normalise(c.heading) not in decided]
    fullest = max((sum(map(bool, column)) for column in cells), default=0) or 1
    like = {c.index: clues.name_likeness(cells[c.index]) * sum(map(bool, cells[c.index])) / fullest for c in unsure}
    best = max(unsure, key=lambda one: (like[one.index], one.path is None, -one.index), default=None)
    if best is None or like[best.index] < _LIKE_NAMES:
        return columns
    return [replace(column, path=NAME, score=0.5) if column is best else column for column in columns]


def _refuse_unknown(headings: Sequence[str], mapping: Mapping[str, str | None]) -> None:
    present = {values.normalise(heading) for heading in headings}
    for heading, path in mapping.items():
        if values.normalise(heading) not in present:
            raise BadInput(f"De kolom '{heading}' staat niet in het bestand. Pas de koppeling van kolommen aan.")
        if path is not None and path not in known_paths():
            raise BadInput(f"Het veld '{path}' bestaat niet. Kies voor de kolom '{heading}' een ander veld.")


def _guesses(heading: str, cells: Sequence[str], group: str) -> Sequence[tuple[str, float]]:
    """The fields that a heading may be about, best first; one that we know word for word goes before all others."""
    known = values.load("register", "import-kolommen")
    plain = clues.plain(heading)
    path, score = known.match(plain)
    about_other = any(word in values.normalise(plain).split() for word in _normal(_OTHER_MATTERS))
    if not cells:
        return [(path, score)] if score == 1.0 or (score >= values.SURE and not about_other) else []
    found = clues.scores(heading)
    if score >= values.SURE and (score == 1.0 or not about_other):
        found[path] = max(found.get(path, 0.0), 0.9 * score)
    for other, more in clues.scores(group).items():
        if other in found or more > _FROM_GROUP:
            found[other] = found.get(other, 0.0) + 0.25 * more
    if max((likely for other, likely in found.items() if other not in {ID, NAME}), default=0.0) >= _OF_SOMETHING:
        found.pop(ID, None)
    weighed = {one: clues.weighed(one, heading, likely, cells) for one, likely in found.items()}
    likely_ones = [(one, round(min(value, _GUESSED), 2)) for one, value in weighed.items() if value >= clues.PROPOSED]
    ranked = sorted(likely_ones, key=lambda one: -one[1])
    if score == 1.0:
        exact = 1.0 if values.normalise(plain) == values.normalise(heading) else _GUESSED
        return [(path, exact), *(one for one in ranked if one[0] != path)]
    spoken, voice = clues.by_values(cells)
    return ranked or ([(spoken, voice)] if spoken else [])


def _without_traps(
    columns: list[Column], decided: frozenset[str], others: Mapping[int, Sequence[tuple[str, float]]]
) -> tuple[Column, ...]:
    """Mend what a heading on its own cannot tell; columns a person decided on stay as they are."""
    own = {column.index for column in columns if values.normalise(column.heading) not in decided}
    columns = [_law_column(column, columns) if column.index in own else column for column in columns]
    taken = {column.path for column in columns if column.index not in own}
    surplus = {column.index for column in columns if column.index in own and _is_surplus(column, columns, taken)}
    taken |= {column.path for column in columns if column.index not in surplus}
    return tuple(_second(column, others, taken) if column.index in surplus else column for column in columns)


def _second(
    column: Column, others: Mapping[int, Sequence[tuple[str, float]]], taken: AbstractSet[str | None]
) -> Column:
    """What a column is when the field that it looked like most is another one's."""
    full = _COUNTS_ONCE | {NAME}
    for path, score in others.get(column.index, ()):
        if path != column.path and not (path in full and path in taken):
            return replace(column, path=path, score=score)
    return replace(column, path=None, score=0.0)


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
