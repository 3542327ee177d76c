"""Commands of register: import, establish, and its part of the findings."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from core import audit, clock, reports, sheets, values
from core.cli import (
    HERE,
    AsOf,
    Directory,
    DryRun,
    Format,
    OrganisationCode,
    ReportFile,
    Sheet,
    day_of,
    format_of,
    note,
    opened,
    say,
    say_json,
    say_table,
)
from core.errors import BadInput, DomainError, Failed, RuleViolation
from register import figures, imports, queries, services, workbook
from register.importer import ImportPlan, layout, national, plan
from register.report.files import note_file, records_now, register_on
from register.services import ImportResult


def import_processings(
    file: Annotated[
        Path,
        typer.Argument(help="Verwerkingen: xlsx, ods, xls of csv, of de export van het AVG-register Rijksoverheid."),
    ],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    dry_run: DryRun = False,
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping",
            help="JSON-bestand: kop van een kolom naar een pad uit de veldenlijst. Of een bewaarde koppeling.",
        ),
    ] = None,
    format_: Format = "table",
) -> None:
    """Lees verwerkingen uit een bestand. Wat er al staat, blijft zoals het is."""
    format_of(format_)
    made = _plan(file, mapping, directory, organisation)
    if dry_run:
        _say_plan(made, format_)
        skipped = len(made.skipped)
    else:
        with opened(directory, organisation) as here, here.database.write(here.organisation_id) as session:
            result = services.import_records(session, made, actor=audit.COMMAND_LINE, source=file.name)
            _say_result(result, made, format_)
            skipped = len(result.skipped)
    if skipped:
        raise typer.Exit(1)


def _plan(file: Path, mapping: Path | None, directory: Path, organisation: str) -> ImportPlan:
    if file.suffix.lower() in {".json", ".zip"} and file.is_file() and file.stat().st_size <= sheets.MAX_BYTES:
        return national.as_plan(file.read_bytes(), file.name)
    read = sheets.read(file)
    if workbook.schema_number(read) is not None:
        raise BadInput("Dit is het werkboek van Openboek. Lees het in op het scherm: daar beslist u over elk verschil.")
    fields = _mapping(mapping, directory, organisation)
    if mapping is not None and not mapping.is_file():  # a saved one may know more headings than this file has
        present = {values.normalise(column.heading) for column in layout(read).columns}
        fields = {heading: path for heading, path in (fields or {}).items() if values.normalise(heading) in present}
    return plan(read, mapping=fields)


def establish(
    ids: Annotated[list[str], typer.Argument(help="Kenmerken, zoals VW-0001.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
) -> None:
    """Stel verwerkingen vast. Wat nog fouten heeft, blijft een concept en wordt genoemd."""
    refused = 0
    with opened(directory, organisation) as here:
        for kenmerk in ids:
            try:
                with here.database.write(here.organisation_id) as session:
                    activity = queries.find(session, kenmerk)
                    version = services.establish(session, activity, actor=audit.COMMAND_LINE)
                    say(f"{activity.kenmerk} is vastgesteld als versie {version.number}.")
            except DomainError as error:
                refused += 1
                note(f"{kenmerk}: {error.message}")
                for point in error.points.values() if isinstance(error, RuleViolation) else ():
                    note(f"  - {point}")
    if refused:
        raise typer.Exit(1)


def register(
    output: Annotated[
        Path,
        typer.Option("--output", help="Bestand om te maken: .xlsx, .ods, .pdf of .json; bij --record .docx of .pdf."),
    ],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    as_of: Annotated[
        str, typer.Option("--as-of", help="Stand aan het einde van deze dag, zoals 2026-11-21. Zonder: vandaag.")
    ] = "",
    record: Annotated[str, typer.Option("--record", help="Alleen deze verwerking, zoals VW-0001.")] = "",
    team: Annotated[str, typer.Option("--team", help="Alleen de verwerkingen van dit team.")] = "",
    public: Annotated[
        bool, typer.Option("--public", help="Bij --record en --team: wat op de website staat, niet de interne versie.")
    ] = False,
) -> None:
    """Maak een bestand van het hele register zoals het was op een dag, of van een verwerking of een team."""
    ending = output.suffix.removeprefix(".").lower()
    some = bool(record or team)
    if (record and team) or (some and as_of) or (public and not some):
        raise BadInput("Kies een van de drie: --as-of, --record of --team. --public hoort bij --record of --team.")
    with opened(directory, organisation) as here, here.database.read(here.organisation_id) as session:
        if some:
            made = records_now(session, ending, kenmerk=record.strip().upper(), team=team, is_public=public)
        else:
            made = register_on(session, day_of(as_of) if as_of else clock.today(), ending)
        for number, file in enumerate(made):
            path = output.with_stem(f"{output.stem}-deel-{number + 1}") if number else output
            with here.database.write(here.organisation_id) as trail:
                note_file(trail, here.organisation_id, path.name, actor=audit.COMMAND_LINE)
            _write(path, file.content)
            say(f"Gemaakt: {path}")


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError:
        raise Failed(f"'{path}' kan niet worden geschreven. Controleer de map en de rechten.") from None


def _mapping(named: Path | None, directory: Path, organisation: str) -> Mapping[str, str | None] | None:
    """What a JSON file says of the columns, or else the saved mapping of that name."""
    if named is None:
        return None
    if not named.is_file() and named.suffix.lower() != ".json":
        with opened(directory, organisation) as here, here.database.read(here.organisation_id) as session:
            saved = {one.name.casefold(): one.fields for one in imports.mappings_of(session)}
        if str(named).casefold() not in saved:
            raise BadInput(f"Er is geen koppeling '{named}' bewaard. Kijk op het scherm bij Inlezen hoe die heet.")
        return saved[str(named).casefold()]
    try:
        found = json.loads(named.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BadInput(
            f'\'{named}\' kan niet worden gelezen. Geef een JSON-bestand, zoals {{"Taak": "naam"}}.'
        ) from None
    if not isinstance(found, dict) or not all(isinstance(value, str | None) for value in found.values()):
        raise BadInput(f'In \'{named}\' moet bij elke kop een pad staan, zoals {{"Taak": "naam"}}.')
    return found


def _say_plan(made: ImportPlan, format_: str) -> None:
    if format_ == "json":
        say_json(made.as_json())
        return
    say_table(
        ["Kolom", "Veld", "Zekerheid"],
        [[column.heading, column.path or "(opmerking)", f"{column.score:.2f}"] for column in made.columns],
        title=f"Blad '{made.sheet}', koppen in rij {made.heading_row}: {len(made.records)} verwerkingen",
    )
    say_table(
        ["Verwerking", "Kolom", "Waarde", "Soort", "Werd"],
        [[entry.record, entry.heading, entry.value, entry.kind, entry.became] for entry in made.notes],
        title="Veranderd, geraden of als opmerking bewaard",
    )
    _note_skipped([f"{row.sheet}, rij {row.row}: {row.reason}" for row in made.skipped])


def _say_result(result: ImportResult, made: ImportPlan, format_: str) -> None:
    if format_ == "json":
        skipped = [{"sheet": row.sheet, "row": row.row, "reason": row.reason} for row in result.skipped]
        added = [activity.kenmerk for activity in result.added]
        say_json({**made.as_json(), "added": added, "skipped": skipped})
        return
    say(f"Toegevoegd als concept: {len(result.added)}. Overgeslagen: {len(result.skipped)}.")
    _note_skipped([f"{row.sheet}, rij {row.row}: {row.reason}" for row in result.skipped])


def _note_skipped(lines: Sequence[str]) -> None:
    for line in lines:
        note(f"Overgeslagen: {line}")


def report_register(
    output: ReportFile,
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    as_of: AsOf = "",
    sheet: Sheet = "",
) -> None:
    """Schrijf het register in cijfers: standen, bevindingen, per team, DPIA's, overeenkomsten en late controles."""
    reports.form_of(output)
    day = day_of(as_of) if as_of else clock.today()
    with opened(directory, organisation) as here, here.database.read(here.organisation_id) as session:
        name, records = figures.read(session, day)
    say(str(reports.write(figures.report(name, day, records), output, sheet=sheet)))
