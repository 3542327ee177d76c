"""The list of the register: what one may ask of it, as it stands in an address, and what it shows.

Filters, order, columns and page are plain parameters of an address, so that every list can be kept and sent. A value
that is not known finds nothing, rather than everything. The summaries must be true: see `services.fresh`.
"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, bindparam, case, false, func
from sqlalchemy.orm import load_only
from sqlmodel import Session, col, select

from core import clock, values
from core.db import in_byte_order
from core.organisations import Party, System, Team, bodies, shared
from core.web.forms import Typed, whole_number
from register.content import Status
from register.kept import kept
from register.lists import DOMAINS, LISTS, STATUSES
from register.models import ProcessorUse, SystemUse
from register.services.summarising import holding
from register.summaries import Summary

PAGE_SIZES = (25, 50, 100, 200)
PAGE_SIZE = 50
Value = str | int | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list. `read` gives what a row shows, `sort` the order; codes are sorted by their labels."""

    label: str
    read: Callable[[Summary], Value]
    sort: str = ""
    """Name of the column of `Summary` to sort by; a list of labels in `CODES` makes it follow those."""
    is_standard: bool = False


def _yes(value: bool) -> str:  # noqa: FBT001 - as it is read from a row
    return "Ja" if value else "niet gekozen"


def _bases(row: Summary) -> str:
    return ", ".join(map(short_basis, row.legal_bases.split()))


def short_basis(code: str) -> str:
    """`6-1-e` as people write it: `6 lid 1 e`."""
    return code.replace("-", " lid ", 1).replace("-", " ") if code.startswith("6-1") else code


def findings_in_words(row: Summary) -> str:
    """`2 fouten, 1 tip`; "geen" when there is nothing."""
    amounts = (
        (row.errors, "fout", "fouten"),
        (row.warnings, "waarschuwing", "waarschuwingen"),
        (row.tips, "tip", "tips"),
    )
    return ", ".join(f"{amount} {one if amount == 1 else more}" for amount, one, more in amounts if amount) or "geen"


COLUMNS: Mapping[str, Column] = {
    "naam": Column("Naam", lambda row: row.name or "(zonder naam)", "sort_name", True),
    "kenmerk": Column("Kenmerk", lambda row: row.kenmerk, "number", True),
    "onderwerp": Column("Onderwerp", lambda row: DOMAINS.get(row.domain, row.domain), "domain", True),
    "team": Column("Team", lambda row: row.team, "sort_team", True),
    "status": Column("Status", lambda row: STATUSES[row.status], "status", True),
    "bevindingen": Column("Bevindingen", findings_in_words, "errors", True),
    "eigenaar": Column("Proceseigenaar", lambda row: row.process_owner, "sort_owner"),
    "orgaan": Column("Bestuursorgaan", lambda row: row.body, "controller"),
    "rol": Column("Rol", lambda row: row.role.value, "role"),
    "regime": Column("Wet", lambda row: row.regime.value.upper(), "regime"),
    "grondslag": Column("Grondslag (artikel)", _bases, "legal_bases"),
    "publicatie": Column("Op de website", lambda row: row.publication.value if row.publication else "", "publication"),
    "bijzonder": Column("Bijzondere gegevens", lambda row: _yes(row.has_special), "has_special"),
    "bsn": Column("BSN", lambda row: _yes(row.has_bsn), "has_bsn"),
    "kinderen": Column("Kinderen", lambda row: _yes(row.about_children), "about_children"),
    "dpia": Column("DPIA", lambda row: LISTS["dpia.status"].get(row.dpia_status, row.dpia_status), "dpia_status"),
    "verwerkers": Column("Verwerkers", lambda row: row.processors.replace("\n", ", "), "processors"),
    "systemen": Column("Systemen", lambda row: row.systems.replace("\n", ", "), "systems"),
    "extern": Column("Extern nummer", lambda row: row.external_number, "external_number"),
    "gecontroleerd": Column("Laatst gecontroleerd", lambda row: row.reviewed_on, "reviewed_on"),
    "controle": Column("Volgende controle", lambda row: row.next_review_on, "next_review_on"),
    "sinds": Column("Status sinds", lambda row: row.status_at, "status_at"),
    "gewijzigd": Column("Gewijzigd op", lambda row: row.changed_at.astimezone(clock.AMSTERDAM).date(), "changed_at"),
    "door": Column("Gewijzigd door", lambda row: row.last_editor, "last_editor"),
}
"""By the name that stands in an address, in the order of the screen."""
STANDARD = tuple(name for name, column in COLUMNS.items() if column.is_standard)
_CODES: Mapping[str, Sequence[str]] = {
    "status": list(STATUSES),
    "role": list(LISTS["role"]),
    "regime": list(LISTS["regime"]),
    "publication": list(LISTS["publication"]),
    "dpia_status": list(LISTS["dpia.status"]),
}
"""Codes in the order of their own list; subjects and bodies stand by their names."""
_DAYS_AND_NUMBERS = frozenset({"number", "reviewed_on", "next_review_on", "status_at", "changed_at"})
_YES = frozenset({"has_special", "has_bsn", "about_children"})


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice above the list."""

    label: str
    kind: str = "choice"
    """`choice`, `day` or `text`."""
    help: str = ""


KINDS_OF_DATA = {"bijzonder": "Bijzondere gegevens", "bsn": "Burgerservicenummer (BSN)", "kinderen": "Over kinderen"}
SEVERITIES = {"fout": "Met een fout", "waarschuwing": "Met een waarschuwing", "geen": "Zonder fout of waarschuwing"}
FILTERS: Mapping[str, Filter] = {
    "zoek": Filter("Zoek in alle tekst", "text"),
    "status": Filter("Status"),
    "onderwerp": Filter("Onderwerp"),
    "bevinding": Filter("Bevindingen"),
    "team": Filter("Team"),
    "orgaan": Filter("Bestuursorgaan"),
    "rol": Filter("Rol van de gemeente"),
    "regime": Filter("Wet"),
    "grondslag": Filter("Grondslag"),
    "publicatie": Filter("Op de website"),
    "gegevens": Filter("Soort gegevens"),
    "dpia": Filter("DPIA"),
    "verwerker": Filter("Verwerker", "text", "De naam of een deel daarvan."),
    "systeem": Filter("Systeem", "text", "De naam of een deel daarvan."),
    "nagekeken": Filter("Niet gecontroleerd sinds", "day", "Ook wat nooit is gecontroleerd."),
    "gewijzigd": Filter("Gewijzigd sinds", "day"),
}
ALWAYS_SHOWN = ("zoek", "status", "onderwerp", "bevinding")
"""The others are folded away until one of them is chosen."""
EMPTY = "-"
"""What one chooses for "not filled in"."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list as it is asked for. `chosen` holds filters that are not empty, as typed."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    sort: str = "kenmerk"
    is_reversed: bool = False
    columns: Sequence[str] = STANDARD
    size: int = PAGE_SIZE
    page: int = 1

    @classmethod
    def read(cls, typed: Typed) -> "Wanted":
        """From the parameters of an address; what makes no sense is as if it were not there, but for filters."""
        sort, size = typed.value("sorteer"), typed.number("aantal")
        chosen = {name: value for name in FILTERS if (value := typed.value(name).strip())}
        columns = [name for name in COLUMNS if name in typed.values("kolom")]
        name = sort.removeprefix("-")
        return cls(
            chosen,
            name if name in COLUMNS else "kenmerk",
            sort.startswith("-") and name in COLUMNS,
            tuple(columns) or STANDARD,
            size if size in PAGE_SIZES else PAGE_SIZE,
            max(whole_number(typed.value("pagina")), 1),
        )

    def pairs(self, **instead: str) -> list[tuple[str, str]]:
        """The parameters that give this list, without its page and without what goes by itself."""
        sort = f"-{self.sort}" if self.is_reversed else self.sort
        pairs = {**self.chosen, "sorteer": "" if sort == "kenmerk" else sort} | {
            "aantal": "" if self.size == PAGE_SIZE else str(self.size)
        }
        columns = [] if tuple(self.columns) == STANDARD else [("kolom", name) for name in self.columns]
        return [(name, value) for name, value in {**pairs, **instead}.items() if value] + columns

    def query(self, **instead: str) -> str:
        """The same as one text for an address, with other parameters in the place of some."""
        return urlencode(self.pairs(**instead))

    @property
    def folded(self) -> Sequence[str]:
        """Which of the filters that are folded away are chosen."""
        return [name for name in self.chosen if name not in ALWAYS_SHOWN]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the list. `page` counts from 1; `pages` is at least 1; `total` is without paging."""

    rows: Sequence[Summary]
    total: int
    page: int
    pages: int


def find(session: Session, wanted: Wanted) -> Found:
    """One page; too high a number gives the last one."""
    ordered = numbers(session, wanted)
    pages = max(1, -(-len(ordered) // wanted.size))
    page = min(wanted.page, pages)
    shown = ordered[(page - 1) * wanted.size : page * wanted.size]
    # In the text itself: PostgreSQL's driver takes a question with more than fifty parameters apart anew each time.
    in_text: Any = bindparam("shown", shown, expanding=True, literal_execute=True)
    query = select(Summary).where(col(Summary.number).in_(in_text)).options(_light_columns())
    rows = {row.number: row for row in session.exec(query)}
    return Found([rows[number] for number in shown], len(ordered), page, pages)


def numbers(session: Session, wanted: Wanted) -> Sequence[int]:
    """The numbers of all records that a list shows, in its order."""

    def ask() -> Sequence[int]:
        query = select(Summary.number).where(*_conditions(session, wanted.chosen)).order_by(*_order(session, wanted))
        return array("I", session.exec(query))  # ten thousand in 40 kB

    return kept(session, ("numbers", *wanted.chosen.items(), wanted.sort, wanted.is_reversed), ask)


def counts(session: Session) -> Mapping[Status, int]:
    """How many records there are in each status; every status is there."""

    def count() -> Mapping[Status, int]:
        found = dict(session.exec(select(Summary.status, func.count()).group_by(col(Summary.status))).all())
        return {status: found.get(status, 0) for status in Status}

    return kept(session, "counts", count)


def living(session: Session, chosen: Mapping[str, str]) -> Sequence[Summary]:
    """What a list with these filters shows and did not end, by number."""
    query = select(Summary).where(*_conditions(session, chosen), Summary.status != Status.ENDED)
    return session.exec(query.order_by(col(Summary.number)).options(_light_columns())).all()


def everything(session: Session, wanted: Wanted) -> Sequence[Summary]:
    """All rows of a list, in its order."""
    query = select(Summary).where(*_conditions(session, wanted.chosen)).order_by(*_order(session, wanted))
    return session.exec(query.options(_light_columns())).all()


def choices(session: Session) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Value and label of what can be chosen in each filter."""
    return kept(session, "choices", lambda: _choices(session))


def _choices(session: Session) -> Mapping[str, Sequence[tuple[str, str]]]:
    empty = [(EMPTY, "Niet ingevuld")]
    return {
        "status": list(STATUSES.items()),
        "onderwerp": [*DOMAINS.items(), *empty],
        "bevinding": list(SEVERITIES.items()),
        "team": [*((team.name, team.name) for team in shared(session, Team)), *empty],
        "orgaan": [*bodies(session).items(), *empty],
        "rol": list(LISTS["role"].items()),
        "regime": list(LISTS["regime"].items()),
        "grondslag": [*LISTS["purposes.legal_bases"].items(), *empty],
        "publicatie": [*LISTS["publication"].items(), *empty],
        "gegevens": list(KINDS_OF_DATA.items()),
        "dpia": [*LISTS["dpia.status"].items(), *empty],
    }


@cache
def _light_columns() -> Any:  # noqa: ANN401
    columns = [getattr(Summary, name) for name in Summary.model_fields if not name.startswith("sort_")]
    return load_only(*columns, raiseload=True)


# --- conditions


def _conditions(session: Session, chosen: Mapping[str, str]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name, value in chosen.items():
        if name == "zoek":
            found += holding(value)
        elif name in _NAMED:
            found.append(_uses(session, name, value))
        else:
            found.append(_CONDITIONS[name](value))
    return found


_NAMED: Mapping[str, tuple[Any, Any, Any, Any]] = {
    "verwerker": (ProcessorUse, ProcessorUse.party_id, Party, Summary.processors),
    "systeem": (SystemUse, SystemUse.system_id, System, Summary.systems),
}
"""The rows that name a shared thing, by which column, of which kind; and where the summary has the names."""


def _uses(session: Session, name: str, value: str) -> ColumnElement[bool]:
    """Records that name something with these letters; case and accents do not matter, on either database."""
    model, key, kind, column = _NAMED[name]
    if value == EMPTY:
        return col(column) == ""
    wanted = values.fold(value)
    ids = [one for one, called in session.exec(select(kind.id, kind.name)) if wanted in values.fold(called)]
    return col(Summary.activity_id).in_(select(model.activity_id).where(col(key).in_(ids)))


def _code(column: Any, known: Mapping[str, str]) -> Callable[[str], ColumnElement[bool]]:  # noqa: ANN401 - a column
    def condition(value: str) -> ColumnElement[bool]:
        if value == EMPTY:
            return col(column).is_(None)
        return col(column) == value if value in known else false()

    return condition


def _text(column: Any) -> Callable[[str], ColumnElement[bool]]:  # noqa: ANN401 - a column
    return lambda value: col(column) == ("" if value == EMPTY else value)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _not_reviewed_since(value: str) -> ColumnElement[bool]:
    day = _day(value)
    return false() if day is None else (col(Summary.reviewed_on) < day) | col(Summary.reviewed_on).is_(None)


def _changed_since(value: str) -> ColumnElement[bool]:
    day = _day(value)
    return false() if day is None else col(Summary.changed_at) >= clock.start_of_day(day)


def _finding(value: str) -> ColumnElement[bool]:
    return {
        "fout": col(Summary.errors) > 0,
        "waarschuwing": col(Summary.warnings) > 0,
        "geen": (col(Summary.errors) == 0) & (col(Summary.warnings) == 0),
    }.get(value, false())


def _kind_of_data(value: str) -> ColumnElement[bool]:
    return {
        "bijzonder": col(Summary.has_special).is_(True),
        "bsn": col(Summary.has_bsn).is_(True),
        "kinderen": col(Summary.about_children).is_(True),
    }.get(value, false())


def _basis(value: str) -> ColumnElement[bool]:
    return (
        col(Summary.legal_bases) == ""
        if value == EMPTY
        else col(Summary.legal_bases).contains(f" {value} ", autoescape=True)
    )


_CONDITIONS: Mapping[str, Callable[[str], ColumnElement[bool]]] = {
    "status": lambda value: col(Summary.status) == Status(value) if value in STATUSES else false(),
    "onderwerp": _text(Summary.domain),
    "bevinding": _finding,
    "team": _text(Summary.team),
    "orgaan": _text(Summary.controller),
    "rol": _code(Summary.role, LISTS["role"]),
    "regime": _code(Summary.regime, LISTS["regime"]),
    "grondslag": _basis,
    "publicatie": _code(Summary.publication, LISTS["publication"]),
    "gegevens": _kind_of_data,
    "dpia": _text(Summary.dpia_status),
    "nagekeken": _not_reviewed_since,
    "gewijzigd": _changed_since,
}


# --- order


def _order(session: Session, wanted: Wanted) -> list[ColumnElement[Any]]:
    """What is not filled in comes last, either way; equals stand by number."""
    number: Any = Summary.number
    if wanted.sort == "kenmerk":
        return [number.desc() if wanted.is_reversed else number.asc()]
    name = COLUMNS[wanted.sort].sort
    column: Any = getattr(Summary, name)
    is_empty: ColumnElement[bool] = column == ""
    if name == "errors":
        amounts = (col(Summary.errors), col(Summary.warnings), col(Summary.tips))
        return [*(amount.asc() if wanted.is_reversed else amount.desc() for amount in amounts), number]
    if name in _DAYS_AND_NUMBERS:
        key, is_empty = column, column.is_(None)
    elif name in _YES:
        key, is_empty = column, column.is_(False)
    elif name in _CODES:
        key, is_empty = _place_in(_CODES[name], column), column.is_(None)
    elif name in {"domain", "controller"}:
        labels = DOMAINS if name == "domain" else bodies(session)
        key = _place_in(sorted(labels, key=lambda code: values.fold(labels[code])), column)
    else:
        key = in_byte_order(column)
    return [is_empty, key.desc() if wanted.is_reversed else key, number]


def _place_in(codes: Sequence[str], column: Any) -> ColumnElement[Any]:  # noqa: ANN401 - a column
    return case({code: place for place, code in enumerate(codes)}, value=column, else_=len(codes))
