"""Commands of wmebv: import products, write the gap report."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from core import audit, clock, reports, sheets
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
from core.errors import BadInput, Failed
from core.organisations import bodies
from core.papers import WRITERS, Paper
from core.web.imports import NOTE_WORDS
from wmebv import services
from wmebv.importer import NOT_MUNICIPAL, ProductsResult, is_official_list, read_upl
from wmebv.product_list import read_product_list
from wmebv.question_sheet import read_sheet
from wmebv.report import as_report
from wmebv.services import ImportOutcome, Outcome

MAX_LINES = 50


def import_products(
    file: Annotated[Path, typer.Argument(help="De officiële lijst (upl.csv) of een eigen lijst: xlsx, ods, xls, csv.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    dry_run: DryRun = False,
    generate: Annotated[
        bool, typer.Option("--generate", help="Voeg ook de berichten en kanalen toe die er meestal bij horen.")
    ] = False,
    format_: Format = "table",
) -> None:
    """Lees producten uit een lijst. Wat er al staat, blijft zoals het is; alleen wat leeg is, wordt gevuld."""
    format_of(format_)
    found = sheets.read(file)
    result = read_upl(found) if is_official_list(found) else read_product_list(found)
    with opened(directory, organisation) as here:
        if dry_run:
            with here.database.read(here.organisation_id) as session:
                outcome = services.plan_products(session, result.products, generate=generate)
        else:
            with here.database.write(here.organisation_id) as session:
                outcome = services.import_products(
                    session, result.products, actor=audit.COMMAND_LINE, generate=generate
                )
    if format_ == "json":
        say_json(_as_json(result, outcome, dry_run=dry_run))
    else:
        _say(result, outcome, dry_run=dry_run)
    # Rows for provinces and the state belong in the official list: leaving those out is no fault of anybody.
    if outcome.count(Outcome.SKIPPED) or any(row.reason != NOT_MUNICIPAL for row in result.skipped):
        raise typer.Exit(1)


def draft_questions(
    output: Annotated[Path, typer.Option("--output", help="Het bestand: .xlsx met --team, of .zip met alle teams.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    team: Annotated[str, typer.Option("--team", help="Naam van het team.")] = "",
) -> None:
    """Maak de vragenbladen: per team de vragen die nog openstaan, om in Excel te beantwoorden."""
    with opened(directory, organisation) as here, here.database.read(here.organisation_id) as session:
        if team:
            found = services.open_questions(session)
            if team not in found:
                known = ", ".join(filter(None, found)) or "geen"
                raise BadInput(f"Team '{team}' heeft geen producten. Teams met producten: {known}.")
            content = services.question_sheet(session, team, found[team], clock.today())[1]
        else:
            content = services.zipped(services.question_sheets(session, clock.today()))
    _write(output, content)
    say(str(output))


def import_answers(
    file: Annotated[Path, typer.Argument(help="Een ingevuld vragenblad (xlsx of ods).")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    dry_run: DryRun = False,
    format_: Format = "table",
) -> None:
    """Lees een ingevuld vragenblad in. Een antwoord dat intussen is gegeven, blijft staan."""
    format_of(format_)
    found = sheets.read(file)
    with opened(directory, organisation) as here:
        with here.database.read(here.organisation_id) as session:
            read = read_sheet(found, bodies(session))
            changes = services.plan_answers(session, read)
        if not (dry_run or read.faults):
            with here.database.write(here.organisation_id) as session:
                changes = services.take_answers(session, read, taken=(), actor=audit.COMMAND_LINE)
    if format_ == "json":
        say_json(
            {
                "dry_run": dry_run,
                "by": read.by,
                "faults": [{"cell": one.cell, "value": one.value, "message": one.message} for one in read.faults],
                "answers": [
                    {
                        "row": one.row,
                        "about": one.label,
                        "effect": one.effect.value,
                        "ours": one.ours,
                        "theirs": one.theirs,
                        "guess": one.guess,
                        "reason": one.reason,
                    }
                    for one in changes
                ],
            }
        )
    else:
        title = "Proef: er is niets opgeslagen" if dry_run else None
        say_table(
            ("Waarover", "Wat", "In het blad"),
            [(one.label, one.effect.value, one.theirs) for one in changes],
            title=title,
        )
        for fault in read.faults:
            note(f"{fault.cell}: '{fault.value}'. {fault.message}")
    if read.faults or any(one.effect in services.NOT_TAKEN for one in changes):
        raise typer.Exit(1)


def report_wmebv(
    output: ReportFile,
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    as_of: AsOf = "",
    sheet: Sheet = "",
    months: Annotated[bool, typer.Option("--months", help="Alleen de kerncijfers, van elke maand een regel.")] = False,
) -> None:
    """Schrijf het rapport over digitaal zakendoen: wat moet, wat ontbreekt, wie het oplost."""
    on = day_of(as_of) if as_of else clock.today()
    reports.form_of(output)
    with opened(directory, organisation) as here, here.database.write(here.organisation_id) as session:
        if months:
            made = services.months_on(session, on)
        else:
            report = services.report_on(session, on)
            made = as_report(report)
            if on == clock.today():
                services.keep_figures(session, report)
    say(str(reports.write(made, output, sheet=sheet)))


def draft_plan(
    output: Annotated[Path, typer.Option("--output", help="Het bestand: .docx of .html.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
) -> None:
    """Schrijf een concept voor het plan van aanpak: per jaar de doelen en de acties."""
    _draft(output, directory, organisation, services.draft_plan)


def draft_designation(
    output: Annotated[Path, typer.Option("--output", help="Het bestand: .docx of .html.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
) -> None:
    """Schrijf een concept voor het aanwijzingsbesluit (Awb 2:13 lid 2), met wat het nog in de weg staat."""
    _draft(output, directory, organisation, services.draft_designation)


def _draft(output: Path, directory: Path, organisation: str, made: Callable[[Session], Paper]) -> None:
    """Write a paper; the ending of the file name says in which form, and is looked at before any work is done."""
    writer = WRITERS.get(output.suffix.lower())
    if writer is None:
        known = " of ".join(WRITERS)
        raise BadInput(f"Een concept met '{output.suffix or output.name}' kan niet. Kies een naam met {known}.")
    with opened(directory, organisation) as here, here.database.read(here.organisation_id) as session:
        paper = made(session)
    _write(output, writer(paper))
    say(str(output))


def _write(output: Path, data: bytes) -> None:
    try:
        output.write_bytes(data)
    except OSError:
        raise Failed(f"Er kan niet naar {output} worden geschreven. Controleer de map en de rechten.") from None


def _as_json(result: ProductsResult, outcome: ImportOutcome, *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "sheet": result.layout.sheet.name,
        "heading_row": result.layout.top + 1,
        "rows": result.rows_read,
        "records": len(result.products),
        **{name: outcome.count(kind) for name, kind in _COUNTED.items()},
        "message_types_added": outcome.message_types_added,
        "channels_added": outcome.channels_added,
        "skipped_by_reason": dict(_skipped(result, outcome)),
        "columns": [
            {"heading": column.heading, "field": column.field or None, "score": round(column.score, 2)}
            for column in result.layout.columns
        ],
        "notes": [
            {"record": one.row, "heading": one.heading, "value": one.value, "kind": one.kind, "became": one.became}
            for one in result.notes
        ],
        "differences": [
            {"record": one.row, "number": one.number, "field": one.field, "ours": one.ours, "theirs": one.theirs}
            for one in outcome.differences
        ],
        "preview": [
            {
                "row": row.row,
                "number": row.number,
                "name": row.name,
                "outcome": row.outcome.value,
                "reason": row.reason,
                "messages": list(row.messages),
                "figures": list(row.figures),
            }
            for row in outcome.rows
        ],
    }


_COUNTED = {"added": Outcome.ADDED, "completed": Outcome.COMPLETED, "unchanged": Outcome.UNCHANGED}


def _say(result: ProductsResult, outcome: ImportOutcome, *, dry_run: bool) -> None:
    lines = [
        ("Regels gelezen", result.rows_read),
        ("Producten in de lijst", len(result.products)),
        ("Producten toegevoegd", outcome.count(Outcome.ADDED)),
        ("Producten aangevuld", outcome.count(Outcome.COMPLETED)),
        ("Producten die er al stonden", outcome.count(Outcome.UNCHANGED)),
        ("Berichten toegevoegd", outcome.message_types_added),
        ("Kanalen toegevoegd", outcome.channels_added),
        *((f"Overgeslagen: {reason}", number) for reason, number in _skipped(result, outcome)),
    ]
    say_table(("Wat", "Aantal"), lines, title="Proef: er is niets opgeslagen" if dry_run else None)
    for one in result.notes[:MAX_LINES]:
        word = NOTE_WORDS[one.kind]
        note(f"Rij {one.row}, {one.heading}: '{one.value}' is {word}: '{one.became}'.")
    for other in outcome.differences[:MAX_LINES]:
        note(
            f"Rij {other.row}, {other.number}: in de lijst staat bij {other.field} '{other.theirs}'. "
            f"'{other.ours}' is gebleven."
        )
    if rest := max(0, len(result.notes) - MAX_LINES) + max(0, len(outcome.differences) - MAX_LINES):
        note(f"En nog {rest} meldingen. Gebruik --format json om alles te zien.")


def _skipped(result: ProductsResult, outcome: ImportOutcome) -> list[tuple[str, int]]:
    found = dict(result.skipped_by_reason)
    for row in outcome.rows:
        if row.outcome is Outcome.SKIPPED:
            found[row.reason] = found.get(row.reason, 0) + 1
    return list(found.items())
