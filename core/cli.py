"""What every command shares: the folder, the organisation, and where words go (result: stdout; the rest: stderr)."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from core import logs
from core.db import Database
from core.errors import BadInput
from core.folder import Folder
from core.organisations import Organisation, all_organisations

Directory = Annotated[Path, typer.Option("--directory", help="De map met openboek.db, files/, exports/ en site.")]
OrganisationCode = Annotated[
    str, typer.Option("--organisation", help="Code van de organisatie; alleen nodig als er meer dan een is.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Laat alleen zien wat er zou gebeuren.")]
Format = Annotated[str, typer.Option("--format", help="table of json.")]
ReportFile = Annotated[Path, typer.Option("--output", help="Het bestand: .html, .pdf, .docx, .xlsx, .csv of .json.")]
AsOf = Annotated[str, typer.Option("--as-of", help="Stand op deze datum, zoals 2026-11-21.")]
Sheet = Annotated[str, typer.Option("--sheet", help="Voor .csv: welk blad van het werkboek. Zonder keuze het eerste.")]
HERE = Path()
_FITTED = 1000
"""Rows of a table that is made to fit; fitting a hundred thousand takes more than half a minute."""

stderr = Console(stderr=True, highlight=False)
checks_on_opening: list[Callable[[Database], None]] = []
"""What the roof wants to know of a database before any command uses it: whether its tables are of this program."""


@dataclass(frozen=True)
class WholeInstallation:
    """An opened folder, for all its organisations."""

    folder: Folder
    database: Database


@dataclass(frozen=True)
class Installation(WholeInstallation):
    """An opened folder, for one organisation."""

    organisation: Organisation

    @property
    def organisation_id(self) -> UUID:
        return self.organisation.id


def format_of(asked: str, *known: str) -> str:
    """The format that was asked for; without `known` a table or JSON.

    Raises:
        BadInput: this command has no such format.
    """
    known = known or ("table", "json")
    if asked not in known:
        raise BadInput(f"De vorm '{asked}' bestaat niet. Kies uit: {', '.join(known)}.")
    return asked


def day_of(text: str) -> date:
    """A day as commands take it, `2026-11-21`.

    Raises:
        BadInput: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"'{text}' is geen datum. Schrijf de datum als jaar-maand-dag, zoals 2026-11-21.") from None


@contextmanager
def opened(directory: Path, organisation: str = "") -> Iterator[Installation]:
    """Open the installation in a folder, for one organisation.

    Raises:
        BadInput: there is none, or it must be said for which organisation.
    """
    with opened_whole(directory) as here:
        yield Installation(here.folder, here.database, _chosen(here.database, organisation))


@contextmanager
def opened_whole(directory: Path) -> Iterator[WholeInstallation]:
    """Open the installation in a folder, for what serves every organisation in it.

    Raises:
        BadInput: there is none.
    """
    folder = Folder.at(directory)
    logs.configure(folder.settings.log_format)
    database = folder.database()
    try:
        for check in checks_on_opening:
            check(database)
        yield WholeInstallation(folder, database)
    finally:
        database.close()


def _chosen(database: Database, code: str) -> Organisation:
    with database.read(None) as session:
        found = all_organisations(session)
        session.expunge_all()
    wanted = [organisation for organisation in found if code in {"", organisation.code}]
    known = ", ".join(organisation.code for organisation in found)
    if not wanted:
        message = (
            f"Organisatie '{code}' bestaat hier niet. Kies uit: {known}." if known else "Er is nog geen organisatie."
        )
        raise BadInput(message if known else f"{message} Begin met 'openboek init'.")
    if len(wanted) > 1:
        raise BadInput(f"Er zijn meer organisaties. Voeg --organisation CODE toe; kies uit: {known}.")
    return wanted[0]


def say(text: str) -> None:
    """Part of the result."""
    sys.stdout.write(f"{text}\n")


def say_json(data: Mapping[str, Any] | Sequence[Any]) -> None:
    """The result, as JSON on one line."""
    say(json.dumps(data, ensure_ascii=False, default=str))


def note(text: str) -> None:
    """Progress or advice; not part of the result."""
    stderr.print(text, markup=False, soft_wrap=True)


def say_table(headings: Sequence[str], rows: Sequence[Sequence[object]], *, title: str | None = None) -> None:
    """The result, as a table as wide as the terminal; a long one as wide as it needs, because to fit it takes long."""
    if len(rows) > _FITTED:
        cells = [[" ".join(str(cell).split()) for cell in row] for row in (headings, *rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in cells]
        sys.stdout.write("\n".join([title, *lines, ""] if title else [*lines, ""]))
        return
    table = Table(*headings, title=title, title_justify="left")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    width = None if sys.stdout.isatty() else 240  # a file or a pipe has no width, and cutting loses text
    Console(file=sys.stdout, highlight=False, markup=False, width=width).print(table)
