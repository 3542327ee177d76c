"""The documents of the example municipality. Everything in them is made up; nobody is called by name.

The contents stand in `dossiers/*.toml`, one file for each dossier. Dates there are days from today, so that the
example is never out of date. In the texts `{day}` stands for the document's own date (`{day-7}` is a week before) and
`{year}` for the year of the dossier, that of its first document (`{year+1}` is the year after). A body is written as
sections (`# heading`) of paragraphs, `- list items` and `| table | rows |`, of which the first row holds the headings.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from importlib.resources import files
from itertools import groupby
from typing import Any

from app.samples.content import Block, Bullets, Section, Table
from app.samples.files import docx, html, ods, pdf
from core import clock

ORGANISATION = "Gemeente Losser (voorbeeld)"
COLOPHON = Section("Over dit document", ("Dit is een voorbeeld. Alles in dit document is verzonnen.",))
WRITERS = {"PDF": pdf, "HTML": html, "DOCX": docx, "ODS": ods}
_PLACEHOLDER = re.compile(r"\{(day|year)([+-][0-9]+)?\}")


class Outcome(StrEnum):
    """What becomes of the document in the example."""

    PUBLISH = "publish"
    REPLACE = "replace"
    """Published, then replaced by `replacement`."""
    WITHDRAW = "withdraw"
    CONCEPT = "concept"
    PLANNED = "planned"
    """Becomes public on `planned_on`."""


@dataclass(frozen=True, slots=True)
class SampleRelation:
    role: str
    """Label of a documentrelatie, `heeft bijlage` for instance."""
    key: str
    """The other document."""


@dataclass(frozen=True, slots=True)
class SampleDocument:
    """A document with its contents. Exactly one of the three dates is filled; labels are those of the value lists.

    `category_numbers` has three digits each and is empty for documents published without duty (Woo 3.1).
    `reason` is a label of the reasons for removal, `reason_note` says it in a sentence; both are empty unless the
    document is replaced or withdrawn.
    """

    key: str
    title: str
    file_format: str
    category_numbers: tuple[str, ...]
    kind_labels: tuple[str, ...]
    theme_labels: tuple[str, ...]
    keywords: tuple[str, ...]
    description: str
    sections: tuple[Section, ...]
    adopted_on: date | None = None
    received_on: date | None = None
    signed_on: date | None = None
    relations: tuple[SampleRelation, ...] = ()
    outcome: Outcome = Outcome.PUBLISH
    replacement: tuple[Section, ...] = ()
    reason: str = ""
    reason_note: str = ""
    planned_on: date | None = None
    language: str = "nl"

    @property
    def dated_on(self) -> date:
        """The date on the paper."""
        (day,) = (day for day in (self.adopted_on, self.received_on, self.signed_on) if day)
        return day

    def write(self) -> bytes:
        """The file."""
        return self._write(self.sections)

    def write_replacement(self) -> bytes:
        """The file that took the place of the first one."""
        return self._write(self.replacement)

    def _write(self, sections: tuple[Section, ...]) -> bytes:
        return WRITERS[self.file_format](self.title, ORGANISATION, (*sections, COLOPHON), on=self.dated_on)


@dataclass(frozen=True, slots=True)
class SampleDossier:
    """`category_number` is None for a dossier published without duty (Woo 3.1)."""

    key: str
    title: str
    description: str
    category_number: str | None
    documents: tuple[SampleDocument, ...]


def sample_dossiers(today: date) -> list[SampleDossier]:
    """All dossiers as they are on `today`, in the order of their categories."""
    folder = files("app.samples").joinpath("dossiers")
    sources = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name
    )
    dossiers = [
        _read_dossier(source.name.removesuffix(".toml"), tomllib.loads(source.read_text("utf-8")), today)
        for source in sources
    ]
    return sorted(dossiers, key=lambda dossier: dossier.category_number or "999")


def working_day(day: date) -> date:
    """The day itself, or the Friday before when it falls in a weekend: no office adopts a document on a Sunday."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def read_sections(text: str) -> tuple[Section, ...]:
    """Turn the plain text of a body into sections."""
    parts = re.split(r"^# (.+)$", text.strip(), flags=re.MULTILINE)
    headings, bodies = parts[1::2], parts[2::2]
    return tuple(Section(heading, tuple(_blocks(body))) for heading, body in zip(headings, bodies, strict=True))


def _blocks(text: str) -> Iterator[Block]:
    lines = [line for line in text.splitlines() if line.strip()]
    for mark, group in groupby(lines, key=lambda line: line[:2] if line[:2] in {"- ", "| "} else ""):
        if mark == "- ":
            yield Bullets(tuple(line.removeprefix("- ") for line in group))
        elif mark == "| ":
            columns, *rows = (tuple(cell.strip() for cell in line.strip("| ").split("|")) for line in group)
            yield Table(columns, tuple(rows))
        else:
            yield from group


def _read_dossier(key: str, source: Mapping[str, Any], today: date) -> SampleDossier:
    category = source.get("category")
    first_on = _dated_on(source["documents"][0], today)
    return SampleDossier(
        key=key,
        title=_fill_in(source["title"], first_on, first_on.year),
        description=source["description"],
        category_number=category,
        documents=tuple(
            _read_document(document, category=category, year=first_on.year, today=today)
            for document in source["documents"]
        ),
    )


def _read_document(source: Mapping[str, Any], *, category: str | None, year: int, today: date) -> SampleDocument:
    dated_on = _dated_on(source, today)
    return SampleDocument(
        key=source["key"],
        title=_fill_in(source["title"], dated_on, year),
        file_format=source["format"],
        category_numbers=((category,) if category else ()) + tuple(source.get("also", ())),
        kind_labels=tuple(source["kinds"]),
        theme_labels=tuple(source["themes"]),
        keywords=tuple(source["keywords"]),
        description=source["description"],
        sections=read_sections(_fill_in(source["body"], dated_on, year)),
        adopted_on=dated_on if "adopted" in source else None,
        received_on=dated_on if "received" in source else None,
        signed_on=dated_on if "signed" in source else None,
        relations=tuple(SampleRelation(role, other) for role, other in source.get("relations", ())),
        outcome=Outcome(source.get("outcome", Outcome.PUBLISH)),
        replacement=read_sections(_fill_in(source.get("replacement", ""), dated_on, year)),
        reason=source.get("reason", ""),
        reason_note=source.get("reason_note", ""),
        planned_on=working_day(today + timedelta(days=source["planned"])) if "planned" in source else None,
    )


def _dated_on(source: Mapping[str, Any], today: date) -> date:
    (days,) = (source[name] for name in ("adopted", "received", "signed") if name in source)
    return working_day(today + timedelta(days=days))


def _fill_in(text: str, dated_on: date, year: int) -> str:
    def value(found: re.Match[str]) -> str:
        shift = int(found[2] or 0)
        if found[1] == "year":
            return str(year + shift)
        return clock.written(working_day(dated_on + timedelta(days=shift)))

    return _PLACEHOLDER.sub(value, text)
