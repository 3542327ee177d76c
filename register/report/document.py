"""What a document about records says, for every form of document: chapters with groups in the words of the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from core.web.pages import dutch_date, dutch_moment
from register import forms
from register.as_of import Cover, Record
from register.as_of_notes import ClosingThen, Notes, RemarkThen
from register.lists import STATUSES

_Note = TypeVar("_Note", RemarkThen, ClosingThen)
NOTHING = "Niet ingevuld"
_SHORT = 60
"""Characters of a word in a list that stands in one line."""


@dataclass(frozen=True, slots=True)
class Table:
    """Fields with what is filled in; a title when it is one of several parts."""

    title: str
    rows: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    tables: Sequence[Table]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One record. `is_concept`: what stands here is not official (any more)."""

    title: str
    kenmerk: str
    state: str
    is_concept: bool
    facts: Sequence[tuple[str, str]]
    groups: Sequence[Group]
    empty: Sequence[str]
    """Fields that are not filled in, a line for each group."""


@dataclass(frozen=True, slots=True)
class Document:
    title: str
    subtitle: str
    mark: str
    """Stands on top of every page: for whom this is."""
    day: date
    organisation: str
    intro: Sequence[str]
    facts: Sequence[tuple[str, str]]
    """About the organisation, and about the document."""
    chapters: Sequence[Chapter]


def whole_register(cover: Cover, records: Sequence[Record], *, part: str = "") -> Document:
    """The register on a date for the supervisory authority (GDPR art. 30(4)), with internal fields and concepts.

    `part` says which part these records are, when the register does not fit in one document.
    """
    name, on = cover.organisation["name"], dutch_date(cover.day)
    concepts = sum(record.is_concept for record in records)
    official = sum(record.is_official for record in records)
    what = "deel van het register" if part else "register"
    return Document(
        title=f"Register van verwerkingen op {dutch_date(cover.day)}",
        subtitle=" ".join(filter(None, (name, part))),
        mark="Intern: volledig register",
        day=cover.day,
        organisation=name,
        intro=(
            f"Dit is het volledige register van verwerkingen (AVG artikel 30) aan het einde van {on}.",
            "Alle ingevulde velden staan erin, ook die niet op de website staan. Wat leeg is, staat er niet bij.",
            f"Dit {what} heeft {_many(len(records))}. Vastgesteld als versie: {official}.",
            f"Concept: {concepts}. Die inhoud is niet (zo) vastgesteld. Dat staat erbij.",
        ),
        facts=(*organisation_lines(cover.organisation), *_general_closings(cover.notes)),
        chapters=[
            _chapter(record, cover.lists, tells_empty=False, more=_noted(cover.notes, record.kenmerk))
            for record in records
        ],
    )


def _many(count: int) -> str:
    return "1 verwerking" if count == 1 else f"{count} verwerkingen"


def some_records(cover: Cover, records: Sequence[Record], *, title: str) -> Document:
    """Records to mail to a colleague, with internal fields."""
    return Document(
        title=title,
        subtitle=cover.organisation["name"],
        mark="Intern: niet voor de website",
        day=cover.day,
        organisation=cover.organisation["name"],
        intro=(
            f"Stand van {dutch_date(cover.day)}. Met velden die niet op de website staan. Stuur dit niet naar buiten.",
        ),
        facts=(),
        chapters=[_chapter(record, cover.lists, tells_empty=True) for record in records],
    )


def public_records(cover: Cover, chapters: Sequence[Chapter], *, title: str) -> Document:
    """Records as the public sees them, to mail to anybody."""
    return Document(
        title=title,
        subtitle=cover.organisation["name"],
        mark="Openbare versie",
        day=cover.day,
        organisation=cover.organisation["name"],
        intro=(f"Stand van {dutch_date(cover.day)}, zoals op de website.",),
        facts=(),
        chapters=chapters,
    )


def organisation_lines(facts: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Who is responsible, and who the DPO is (GDPR art. 30(1)(a)), as they stood in the settings; empty is left out."""
    lines = (
        ("Verwerkingsverantwoordelijke", facts["name"]),
        ("Adres", facts["address"]),
        ("Telefoon", facts["phone"]),
        ("E-mail", facts["email"]),
        ("Website", facts["website"]),
        ("OIN", facts["oin"]),
        ("Functionaris gegevensbescherming (FG)", facts["dpo_name"]),
        ("Contact met de FG", facts["dpo_contact"]),
        ("FG aangemeld bij de AP op", dutch_date(_day(facts["dpo_registered_on"]))),
        ("Rechten gebruiken", facts["rights_url"]),
    )
    return [(label, value or NOTHING) for label, value in lines]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _chapter(record: Record, lists: forms.Lists, *, tells_empty: bool, more: Sequence[Group] = ()) -> Chapter:
    shown = forms.show(record.content, lists)
    state = STATUSES[record.status]
    if record.is_official and record.is_concept:
        state += f"; gewijzigd sinds versie {record.version}"
    official = f"versie {record.version} op {dutch_date(record.established_on)}" if record.version else "nog niet"
    if record.version_ended_at:
        official = f"niet meer sinds {dutch_date(record.established_on)}"
    saved = f"{dutch_moment(record.saved_at)} door {record.saved_by}"
    return Chapter(
        title=record.content.name or "(zonder naam)",
        kenmerk=record.kenmerk,
        state=state[:1].upper() + state[1:],
        is_concept=record.is_concept,
        facts=(("Kenmerk", record.kenmerk), ("Status", state), ("Vastgesteld", official), ("Laatst opgeslagen", saved)),
        groups=[*_groups(shown), *more],
        empty=list(_empty(shown)) if tells_empty else (),
    )


def _groups(shown: Sequence[forms.ShownGroup]) -> Sequence[Group]:
    """What is filled in. A part stands under a heading of its own."""
    groups = [
        Group(
            group.title,
            [
                Table(part.title, rows)
                for part in group.parts
                if (rows := [_row(field) for field in part.fields if field.words])
            ],
        )
        for group in shown
    ]
    return [group for group in groups if group.tables]


def _noted(notes: Notes, kenmerk: str) -> Sequence[Group]:
    """What people noted about a record."""
    remarks = [_table(f"Opmerking {number}", _remark(one)) for number, one in _numbered(notes.remarks, kenmerk)]
    closings = [_table(f"Bevinding {number}", _closing(one)) for number, one in _numbered(notes.closings, kenmerk)]
    groups = (Group("Opmerkingen van de FG", remarks), Group("Gesloten bevindingen", closings))
    return [group for group in groups if group.tables]


def _numbered(found: Mapping[str, Sequence[_Note]], kenmerk: str) -> Iterator[tuple[int, _Note]]:
    return enumerate(found.get(kenmerk, ()), start=1)


def _table(title: str, rows: Sequence[tuple[str, str]]) -> Table:
    return Table(title, [(label, (words,)) for label, words in rows])


def _remark(one: RemarkThen) -> Sequence[tuple[str, str]]:
    lines = [("Opmerking", one.text), ("Geschreven", _by(one.made_at, one.made_by)), ("Stand", str(one.state))]
    if one.answered_at:
        lines += [("Antwoord", one.answer), ("Beantwoord", _by(one.answered_at, one.answered_by))]
    return [*lines, ("Gesloten", _by(one.closed_at, one.closed_by))] if one.closed_at else lines


def _closing(one: ClosingThen) -> Sequence[tuple[str, str]]:
    return (
        ("Bevinding", f"{one.rule_id}: {one.message}"),
        ("Reden", one.reason),
        ("Geldt tot en met", dutch_date(one.until)),
        ("Gesloten", _by(one.closed_at, one.closed_by)),
    )


def _general_closings(notes: Notes) -> Iterator[tuple[str, str]]:
    for number, one in _numbered(notes.closings, ""):
        told = "\n".join(f"{label}: {words}" for label, words in _closing(one))
        yield f"Gesloten bevinding over het hele register ({number})", told


def _by(moment: datetime, who: str) -> str:
    return f"{dutch_moment(moment)} door {who}"


def _row(field: forms.Shown) -> tuple[str, Sequence[str]]:
    return _label(field), joined(field.words)


def joined(words: Sequence[str]) -> Sequence[str]:
    """A list of short words in one line; longer texts stay apart."""
    is_short = max(map(len, words), default=0) <= _SHORT and not any("\n" in word for word in words)
    return ("; ".join(words),) if words and is_short else words


def _label(field: forms.Shown) -> str:
    return field.label.removesuffix(" (1 per regel)")


def _empty(shown: Sequence[forms.ShownGroup]) -> Iterator[str]:
    for group in shown:
        labels = [
            f"{_label(field)} ({part.title.lower()})" if part.title else _label(field)
            for part in group.parts
            for field in part.fields
            if not field.words
        ]
        if labels:
            yield f"{group.title}: {', '.join(labels)}."
