"""The page for when somebody else saved first: both texts field by field, and a choice where both changed.

A domain says in a `Meeting` how its record becomes a form and what its fields are called. Its route asks `settle` what
to save (that is what came in, or both texts merged when the page below was sent), and answers a `Conflict` with
`conflict_page`. The page is a form on the same address: it holds what the person typed, and the version that it was
typed on; what the other saved is read from the database again, so that nobody can be slipped an older text.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError
from sqlmodel import Session

from core import history, merging
from core.accounts.services import Person
from core.errors import DomainError
from core.merging import Difference, Side, Values
from core.web.drafts import OF_THE_PAGE, as_typed, keep_typed
from core.web.forms import Labels, Typed, pattern_of
from core.web.pages import dutch_date, dutch_moment, page

Model = TypeVar("Model", bound=BaseModel)
MERGED_ON = f"{OF_THE_PAGE}versie"
"""The version of the text of the other, as the page showed it."""
CHOICE = f"{OF_THE_PAGE}kies:"
_ISO_DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")


@dataclass(frozen=True, slots=True)
class Meeting:
    """A record that two people changed, as the page shows it."""

    subject_id: UUID
    version: int
    """The newest one."""
    name: str
    address: str
    """The page of the record, to go back to."""
    form_address: str
    now: Typed
    """The form of what is stored."""
    as_form: Callable[[Mapping[str, Any]], Typed]
    """The form of what a revision holds. It may raise a ValidationError for a revision of an older shape."""
    labels: Mapping[str, Labels]
    """By pattern of a name. A field without a label is not on the form, and is not compared."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By pattern of a name: code and label of what can be chosen there."""
    rows: Mapping[str, str] = field(default_factory=dict)
    """By pattern of a list: what one row of it is called."""
    left_out: frozenset[str] = frozenset()
    """Names of fields that this form does not show, although it has words for them."""
    besides: frozenset[str] = frozenset()
    """Names of fields of the form that are no part of the record, such as a tick that counts for one save."""
    is_part: bool = False
    """Whether the form shows a part of the record: what somebody saved outside it is then no conflict."""
    closed: str = ""
    """Why it cannot be saved any more, when it ended meanwhile."""


@dataclass(frozen=True, slots=True)
class ShownSide:
    """What one of the two has in a field, in words: a line for each value, or for each field of a row."""

    lines: Sequence[tuple[str, str]]
    """Heading (of a row or a field in it, empty for a plain field) and text."""


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """A field on the page."""

    name: str
    id: str
    label: str
    mine: ShownSide
    theirs: ShownSide
    base: ShownSide
    shows_base: bool
    """Whether it says more than the two: when both changed it, and it is known."""
    chosen: str
    error: str


def known_part(model: type[Model], facts: Mapping[str, Any]) -> Model:
    """The part of a revision that a form holds; the rest is what the record knows beside it."""
    return model.model_validate({name: value for name, value in facts.items() if name in model.model_fields})


def settle(session: Session, typed: Typed, meeting: Meeting) -> tuple[Typed, int]:
    """What to save and on which version.

    Without a conflict that is what came in; for a part of a record that nobody touched since, on the newest version.
    From the page below it is both texts merged as chosen. When somebody saved once more, or a choice is missing, it is
    again what the person typed, on the version it was typed on: saving that is a Conflict, and the page comes back.
    """
    opened, on = typed.number("version"), typed.number(MERGED_ON)
    if not on:
        if meeting.is_part and opened and opened < meeting.version:
            base, _, theirs = _texts(session, typed, meeting, opened)
            return typed, meeting.version if base == theirs else opened
        return typed, opened
    mine = Typed((*as_typed(typed), ("version", str(opened))))
    if on == meeting.version:
        texts = _texts(session, mine, meeting, opened)
        with suppress(merging.Undecided):
            merged = merging.merge(*texts, _chosen(typed))
            others = [pair for pair in as_typed(mine) if pair[0] in meeting.besides]
            pairs = [(name, value) for name, values in merged.items() for value in values]
            return Typed((*pairs, *others, ("version", str(on)))), on
    return mine, opened


def conflict_page(
    request: Request, session: Session, meeting: Meeting, *, person: Person, mine: Typed, opened: int
) -> Response:
    """Show both texts. `mine` is what the person typed, as the form would show it when it were stored."""
    raw: Typed = getattr(request.state, "typed", Typed())
    asked_on, chosen = raw.number(MERGED_ON), _chosen(raw)
    base, ours, theirs = _texts(session, mine, meeting, opened)
    differences = merging.compare(base, ours, theirs)
    is_undecided = asked_on == meeting.version
    both, only_mine, only_theirs = (
        [
            _shown(one, meeting, chosen, fault="Kies welke tekst blijft." if is_undecided else "")
            for one in differences
            if one.changed_by is side
        ]
        for side in (None, Side.MINE, Side.THEIRS)
    )
    saved = history.newest_revision(session, meeting.subject_id)
    if saved and (saved.record_version or meeting.version) <= opened:
        saved = None  # nobody saved this record: something that it names changed (`core.following`)
    with suppress(DomainError):
        keep_typed(request, session, person.id, request.url.path, raw, opened)
    others = [pair for pair in as_typed(raw) if pair[0] in meeting.besides]
    return page(
        request,
        "conflict.html",
        person=person,
        status_code=409,
        page_title="Iemand anders was u voor",
        meeting=meeting,
        saved_by=saved.actor if saved else "een ander",
        saved_at=dutch_moment(saved.at) if saved else "",
        is_again=bool(asked_on) and not is_undecided,
        is_base_known=base is not None,
        both=both,
        only_mine=only_mine,
        only_theirs=only_theirs,
        faults=[one for one in both if one.error],
        opened=opened,
        typed=[*((name, value) for name, values in ours.items() for value in values), *others],
        names={"version": MERGED_ON, "choice": CHOICE},
    )


def _texts(session: Session, mine: Typed, meeting: Meeting, opened: int) -> tuple[Values | None, Values, Values]:
    base: Values | None = None if opened else {}  # 0: there was nothing yet
    revision = history.opened_revision(session, meeting.subject_id, opened)
    if revision is not None and revision.content:
        with suppress(ValidationError):  # of an older shape: then nobody knows any more what it was
            base = _compared(meeting.as_form(revision.content), meeting)
    return base, _compared(mine, meeting), _compared(meeting.now, meeting)


def _is_compared(name: str, meeting: Meeting) -> bool:
    return pattern_of(name) in meeting.labels and name not in meeting.left_out


def _compared(typed: Typed, meeting: Meeting) -> Values:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in typed.pairs:
        text = value.replace("\r\n", "\n").strip()
        if text and _is_compared(name, meeting):
            found[name] = (*found.get(name, ()), text)
    return found


def _chosen(typed: Typed) -> Mapping[str, Side]:
    return {
        name.removeprefix(CHOICE): Side(value)
        for name, value in typed.pairs
        if name.startswith(CHOICE) and value in set(Side)
    }


def _shown(one: Difference, meeting: Meeting, chosen: Mapping[str, Side], *, fault: str) -> ShownDifference:
    side = chosen.get(one.field) or one.changed_by
    return ShownDifference(
        name=one.field,
        id="kies-" + re.sub(r"[^A-Za-z0-9_-]", "-", one.field),
        label=_label(one, meeting),
        mine=_side(one, one.mine, meeting),
        theirs=_side(one, one.theirs, meeting),
        base=_side(one, one.base or {}, meeting),
        shows_base=one.base is not None and one.changed_by is None,
        chosen=side.value if side else "",
        error="" if side else fault,
    )


def _label(one: Difference, meeting: Meeting) -> str:
    """`Doel 1: Wet 2: Artikel`, and `Doel (alle regels)` for a whole list."""
    above = [_row_name(name, meeting) for name in _rows_above(one.field)]
    own = (
        f"{_one_row(one.field, meeting)} (alle regels)" if one.is_list else meeting.labels[pattern_of(one.field)].label
    )
    return ": ".join([*above, own])


def _rows_above(name: str) -> Iterator[str]:
    """`purposes-0-laws-1-name` -> `purposes-0`, `purposes-0-laws-1`."""
    steps = name.split("-")
    for at, step in enumerate(steps):
        if at and pattern_of(f"x-{step}") == "x-*":
            yield "-".join(steps[: at + 1])


def _one_row(name: str, meeting: Meeting) -> str:
    return meeting.rows.get(pattern_of(name), "Regel")


def _row_name(name: str, meeting: Meeting) -> str:
    parent, _, number = name.rpartition("-")
    return f"{_one_row(parent, meeting)} {int(number) + 1}"


def _side(one: Difference, text: Values, meeting: Meeting) -> ShownSide:
    if not one.is_list:
        return ShownSide([("", "\n".join(_words(name, values, meeting))) for name, values in text.items()])
    depth = len(list(_rows_above(one.field)))
    return ShownSide(
        [
            (
                ": ".join(
                    [
                        *(_row_name(row, meeting) for row in list(_rows_above(name))[depth:]),
                        meeting.labels[pattern_of(name)].label,
                    ]
                ),
                "\n".join(_words(name, values, meeting)),
            )
            for name, values in text.items()
        ]
    )


def _words(name: str, values: Sequence[str], meeting: Meeting) -> Iterator[str]:
    known = meeting.words.get(pattern_of(name), {})
    for value in values:
        if value in known:
            yield known[value]
        elif _ISO_DATE.match(value):
            yield _day(value)
        else:
            yield "ja" if value == "on" else value


def _day(text: str) -> str:
    try:
        return dutch_date(date.fromisoformat(text))
    except ValueError:  # such as 2026-02-31: that is what was typed
        return text
