"""Commands of the Woo: import documents and categories, publish and withdraw."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

import typer
from sqlmodel import Session, select

from core import audit, clock, reports, sheets
from core.cli import (
    HERE,
    AsOf,
    Directory,
    DryRun,
    Format,
    Installation,
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
from core.errors import BadInput, NotFound, RuleViolation
from woo import as_of as woo_as_of
from woo import document_list, elsewhere, import_work, importer, inspection, lists, queries, report, services
from woo.content import LocationContent
from woo.document_list import DocumentList, DocumentRow
from woo.importer import CategoryRow, Plan, Skipped
from woo.imports import DocumentImportRow, RowKind, RowOutcome
from woo.models import Category, Document
from woo.sources import Beside

PREVIEW = 5
Ids = Annotated[list[str], typer.Argument(help="Kenmerk (uuid) of adres van elk document.")]


def publish(ids: Ids, directory: Directory = HERE, organisation: OrganisationCode = "") -> None:
    """Publiceer documenten. De volgende export zet ze op de website."""
    with opened(directory, organisation) as here:
        refused = 0
        with here.database.read(here.organisation_id) as session:
            found = [_find(session, named) for named in ids]
            wanted = [document.sha256 for document in found]
            addresses = [document.source_url for document in found if document.source_url and not document.is_public]
        faults = elsewhere.faults_of(addresses)
        services.look_ahead(here.database, here.folder, here.organisation_id, wanted, actor=audit.COMMAND_LINE)
        for named in ids:
            with here.database.write(here.organisation_id) as session:
                document = _find(session, named)
                if fault := faults.get(document.source_url):
                    refused += 1
                    note(f"{document.title or named}: {fault}")
                    continue
                try:
                    services.publish_document(session, document, actor=audit.COMMAND_LINE, folder=here.folder)
                except RuleViolation as error:
                    refused += 1
                    note(f"{document.title or named}: {error.message} {' '.join(error.points.values())}")
                else:
                    say(f"{here.organisation.base_url if not document.source_url else ''}{document.loc}")
    if refused:
        raise typer.Exit(1)


def withdraw(
    ids: Ids,
    reason: Annotated[str, typer.Option("--reason", help="Een van de twee TOOI-redenen, of eigen woorden.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
) -> None:
    """Trek documenten in: meteen van de website, en voorgoed."""
    code = lists.code_of(lists.REASONS, reason)
    with opened(directory, organisation) as here:
        for named in ids:
            with here.database.write(here.organisation_id, urgent=True) as session:
                document = _find(session, named)
                services.withdraw(
                    session,
                    document,
                    reason=code,
                    note="" if code else reason,
                    actor=audit.COMMAND_LINE,
                    folder=here.folder,
                )
                say(f"Ingetrokken: {document.title}")


def import_documents(
    file: Annotated[Path, typer.Argument(help="Lijst met documenten: xlsx, ods, xls of csv.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    dry_run: DryRun = False,
    update: Annotated[
        bool, typer.Option("--update", help="Wijzig ook documenten die er al staan, als de lijst iets anders zegt.")
    ] = False,
    format_: Format = "table",
) -> None:
    """Lees documenten uit een lijst, met een bestand (pad) of adres per rij. Ze komen binnen als concept."""
    format_of(format_)
    listed = document_list.read_documents(sheets.read(file))
    with opened(directory, organisation) as here:
        work = import_work.Work(
            here.folder,
            here.database,
            here.organisation_id,
            audit.COMMAND_LINE,
            partial(_step, here),
            partial(_step, here),
            Beside(file.parent),
        )
        rows = import_work.look(work, listed)
        if not dry_run:
            rows = import_work.import_at_once(work, rows, file.name, takes_changes=update)
    told = [one for one in map(partial(_skipped, update=update), rows) if one]
    counted = Counter(row.outcome or row.kind for row in rows)
    added = counted[RowOutcome.ADDED] + counted[RowOutcome.CHANGED]
    if format_ == "json":
        say_json(_documents_json(listed, told, added, counted[RowKind.SAME]))
    else:
        place = listed.layout
        say(f"Blad '{place.sheet.name}', koppen in rij {place.top + 1}: {len(listed.rows)} rijen gelezen.")
        for note_ in (note_ for row in listed.rows for note_ in _noted(row)):
            say(note_)
        if dry_run:
            coming = f"Nieuw: {counted[RowKind.NEW]}. Anders dan wat er staat: {counted[RowKind.CHANGE]}."
            say(f"Er is niets opgeslagen (proef). {coming} Staat er al: {counted[RowKind.SAME]}.")
        else:
            say(f"Nieuw of gewijzigd: {added}. Stond er al: {counted[RowKind.SAME]}.")
        for one in told:
            say(f"Rij {one.row} overgeslagen: {one.reason}")
        if untried := sum(bool(row.planned and row.planned.get("is_untried")) for row in rows):
            say(f"Nog niet geprobeerde adressen: {untried}. Dat gebeurt bij het publiceren.")
    if told:
        raise typer.Exit(1)


@contextmanager
def _step(here: Installation, done: int, total: int, message: str) -> Iterator[Session]:
    with here.database.write(here.organisation_id) as session:
        yield session
    if message and total > import_work.STEP:
        note(f"{message} {done} van {total}")


def _skipped(row: DocumentImportRow, *, update: bool) -> Skipped | None:
    if row.kind is RowKind.REFUSED:
        return Skipped(row.position, row.problem)
    if row.kind is RowKind.CHANGE and not update:
        return Skipped(row.position, "staat er al, maar is anders. Met --update neemt Openboek de rij over.")
    return None


def _noted(row: DocumentRow) -> Iterator[str]:
    words = {"changed": "veranderd in", "guessed": "geraden als", "kept": "bewaard in"}
    for one in row.notes:
        yield f"Rij {row.row}, {one.heading}: '{one.value}' is {words[one.kind]} {one.became}."


def _documents_json(listed: DocumentList, skipped: Sequence[Skipped], added: int, known: int) -> Mapping[str, Any]:
    return {
        "sheet": listed.layout.sheet.name,
        "heading_row": listed.layout.top + 1,
        "records": len(listed.rows),
        "added": added,
        "unchanged": known,
        "columns": [
            {"heading": column.heading, "field": column.field or None, "score": column.score}
            for column in listed.layout.columns
        ],
        "notes": [
            {"record": number, **asdict(one)} for number, row in enumerate(listed.rows, start=1) for one in row.notes
        ],
        "skipped": [{"row": one.row, "reason": one.reason} for one in skipped],
        "preview": [_preview(row) for row in listed.rows],
    }


def _preview(row: DocumentRow) -> Mapping[str, Any]:
    placed = {"attachment_to": row.attachment_to, "sequence": row.sequence}
    named = {name: value for name, value in placed.items() if value not in {None, ""}}
    return {**row.filled, "dossier": row.dossier, "file": row.file, **named}


def import_categories(
    file: Annotated[Path, typer.Argument(help="Lijst met categorieën en hun locaties: xlsx, ods, xls of csv.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    dry_run: DryRun = False,
    format_: Format = "table",
) -> None:
    """Lees per categorie de status en de locaties uit een lijst. Wat leeg is, blijft zoals het is."""
    format_of(format_)
    plan = importer.read_categories(sheets.read(file))
    added, known = 0, 0
    if not dry_run:
        with opened(directory, organisation) as here, here.database.write(here.organisation_id) as session:
            services.add_categories(session, actor=audit.COMMAND_LINE)
            for row in plan.categories:
                is_new = _import_category(session, row)
                added, known = added + is_new, known + (not is_new)
    _tell(plan, [_category_preview(row) for row in plan.categories], added, known, dry_run=dry_run, format_=format_)


def check_document(
    files_: Annotated[list[Path], typer.Argument(metavar="FILE...", help="De bestanden om na te kijken.")],
    *,
    known: Annotated[
        list[str] | None,
        typer.Option("--known", help="Adres, telefoon of e-mail van de gemeente zelf: geen melding. Mag vaker."),
    ] = None,
    as_published: Annotated[
        bool, typer.Option("--as-published", help="Haal eerst de eigenschappen weg, zoals bij het publiceren.")
    ] = False,
    format_: Format = "table",
) -> None:
    """Zoek persoonsgegevens en verborgen inhoud in bestanden, zonder ze op te slaan."""
    shape = format_of(format_)
    own = inspection.Known(tuple(known or ()))
    found: dict[str, inspection.Inspection] = {}
    missed = 0
    for path in files_:
        try:
            found[str(path)] = inspection.inspect(inspection.strip(path) if as_published else path, own)
        except BadInput as error:
            missed = error.exit_code
            note(error.message)
    if shape == "json":
        say_json({file: [asdict(hit) for hit in result.hits] for file, result in found.items()})
    else:
        for file, result in found.items():
            _tell_hits(file, result)
    if missed:
        raise typer.Exit(missed)
    if any(result.is_critical for result in found.values()):
        raise typer.Exit(1)


def _tell_hits(file: str, result: inspection.Inspection) -> None:
    if not result.hits:
        say(f"{file}: niets gevonden.")
        return
    words = inspection.words()
    rows = [
        ("kritiek" if hit.critical else "let op", words[hit.kind].label, hit.page or "", hit.where, hit.snippet)
        for hit in sorted(result.hits, key=lambda hit: (not hit.critical, hit.page or 0))
    ]
    say_table(("Ernst", "Soort", "Pagina", "Plaats", "Wat er staat"), rows, title=file)
    for kind in dict.fromkeys(hit.kind for hit in result.hits):
        say(f"{words[kind].label}: {words[kind].todo}")


def import_processes(
    file: Annotated[Path, typer.Argument(help="Lijst met processen en hun documenten: xlsx, ods, xls of csv.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    dry_run: DryRun = False,
    format_: Format = "table",
) -> None:
    """Lees welke documenten uit welk werk komen. Wat leeg is in een regel die er al staat, blijft zoals het is."""
    format_of(format_)
    plan = importer.read_processes(sheets.read(file))
    taken = services.Taken()
    if not dry_run:
        with opened(directory, organisation) as here, here.database.write(here.organisation_id) as session:
            taken = services.take_processes(session, plan.processes, actor=audit.COMMAND_LINE)
    records = [{"row": row.row, **row.content.model_dump(mode="json")} for row in plan.processes]
    _tell(plan, records, taken.added + taken.changed, taken.same, dry_run=dry_run, format_=format_)


def _find(session: Session, named: str) -> Document:
    try:
        return queries.document(session, UUID(named))
    except ValueError:
        path = urlsplit(named).path
        found = session.exec(select(Document).where((Document.loc == named) | (Document.loc == path))).first()
        if found is None:
            raise NotFound(f"Er is geen document '{named}'. Zoek het kenmerk of adres op in de lijst.") from None
        return found


def _import_category(session: Session, row: CategoryRow) -> bool:
    """Change the category of a row. False when nothing was new."""
    category = session.exec(select(Category).where(Category.number == row.number)).one()
    before = services.category_facts(session, category)
    stored = services.category_content(category, before["team"])
    locations = {location.url: location for location in stored.locations}
    if row.location:
        old = locations.get(row.location.url, LocationContent())
        filled = {name: value for name, value in row.location.model_dump().items() if value}
        locations[row.location.url] = old.model_copy(update=filled)
    content = stored.model_copy(update={**row.facts, "locations": tuple(locations.values())})
    if content == stored:
        return False
    services.change_category(session, category, content, version=category.version, actor=audit.COMMAND_LINE)
    return True


def _category_preview(row: CategoryRow) -> Mapping[str, Any]:
    location = row.location.model_dump(mode="json") if row.location else None
    return {"number": row.number, **row.facts, "location": location}


def _tell(
    plan: Plan, records: Iterable[Mapping[str, Any]], added: int, known: int, *, dry_run: bool, format_: str
) -> None:
    """The result of an import; exit code 1 when rows were skipped."""
    found = list(records)
    plan.skipped.sort(key=lambda skipped: skipped.row)
    if format_ == "json":
        say_json(
            {
                "sheet": plan.sheet,
                "heading_row": plan.heading_row,
                "records": len(found),
                "added": added,
                "unchanged": known,
                "columns": [
                    {"heading": column.heading, "field": column.field or None, "score": 1.0 if column.field else 0.0}
                    for column in plan.columns
                ],
                "notes": [],
                "skipped": [{"row": skipped.row, "reason": skipped.reason} for skipped in plan.skipped],
                "preview": found[:PREVIEW],
            }
        )
    else:
        say(f"Blad '{plan.sheet}', koppen in rij {plan.heading_row}: {len(found)} rijen gelezen.")
        if unknown := [column.heading for column in plan.columns if column.heading and not column.field]:
            say(f"Niet overgenomen kolommen: {', '.join(unknown)}.")
        say("Er is niets opgeslagen (proef)." if dry_run else f"Nieuw of gewijzigd: {added}. Stond er al: {known}.")
        for skipped in plan.skipped:
            say(f"Rij {skipped.row} overgeslagen: {skipped.reason}")
    if plan.skipped:
        raise typer.Exit(1)


def report_woo(
    output: ReportFile,
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    as_of: AsOf = "",
    sheet: Sheet = "",
) -> None:
    """Schrijf het rapport over de Woo: stand per categorie, termijnen, ambitie, wat komt, en de openheidsparagraaf."""
    reports.form_of(output)
    with opened(directory, organisation) as here, here.database.read(here.organisation_id) as session:
        made = report.report(woo_as_of.read(session, day_of(as_of) if as_of else clock.today()))
    say(str(reports.write(made, output, sheet=sheet)))
