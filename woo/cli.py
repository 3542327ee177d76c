"""Commands of the Woo: import documents and categories, publish and withdraw."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

import typer
from sqlmodel import Session, select

from core import audit, sheets
from core.cli import (
    HERE,
    Directory,
    DryRun,
    Format,
    Installation,
    OrganisationCode,
    format_of,
    note,
    opened,
    say,
    say_json,
    say_table,
)
from core.errors import BadInput, Conflict, NotFound, RuleViolation
from woo import files, importer, inspection, lists, queries, services
from woo.content import DossierContent, LocationContent
from woo.files import StoredFile
from woo.importer import CategoryRow, DocumentRow, Plan, Skipped
from woo.models import Category, Document, Dossier

PREVIEW = 5
Ids = Annotated[list[str], typer.Argument(help="Kenmerk (uuid) of adres van elk document.")]


def publish(ids: Ids, directory: Directory = HERE, organisation: OrganisationCode = "") -> None:
    """Publiceer documenten. De volgende export zet ze op de website."""
    with opened(directory, organisation) as here:
        refused = 0
        for named in ids:
            with here.database.write(here.organisation_id) as session:
                document = _find(session, named)
                try:
                    services.publish_document(session, document, actor=audit.COMMAND_LINE)
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
            with here.database.write(here.organisation_id) as session:
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
    format_: Format = "table",
) -> None:
    """Lees documenten uit een lijst, met een bestand (pad) of adres per rij. Ze komen binnen als concept."""
    format_of(format_)
    plan = importer.read_documents(sheets.read(file))
    added, known = 0, 0
    if dry_run:
        for row in plan.documents:
            if row.file and not (file.parent / row.file).is_file():
                plan.skipped.append(_missing(row))
    else:
        with opened(directory, organisation) as here:
            for row in plan.documents:
                try:
                    is_new = _import_document(here, row, file.parent)
                except (BadInput, RuleViolation, Conflict) as error:
                    plan.skipped.append(Skipped(row.row, error.message))
                else:
                    added, known = added + is_new, known + (not is_new)
    _tell(plan, [_document_preview(row) for row in plan.documents], added, known, dry_run=dry_run, format_=format_)


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


def _import_document(here: Installation, row: DocumentRow, base: Path) -> bool:
    """Add the document of a row, with its dossier when that is new. False when it is there already."""
    stored: StoredFile | None = None
    if row.file:
        path = base / row.file
        if not path.is_file():
            raise BadInput(_missing(row).reason)
        with path.open("rb") as source:
            stored = files.store(here.folder, source, path.name)
    with here.database.write(here.organisation_id) as session:
        dossier = session.exec(select(Dossier).where(Dossier.title == row.dossier)).first()
        if dossier and any(
            document.title == row.content.title and document.sha256 == (stored.sha256 if stored else "")
            for document in queries.documents_of(session, dossier)
        ):
            return False
        if dossier is None:
            content = DossierContent(title=row.dossier, category=row.content.category)
            dossier = services.add_dossier(session, content, actor=audit.COMMAND_LINE)
        services.add_document(session, dossier, row.content, stored, actor=audit.COMMAND_LINE)
    return True


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


def _missing(row: DocumentRow) -> Skipped:
    return Skipped(row.row, f"het bestand '{row.file}' is er niet. Zet het naast de lijst of verbeter het pad.")


def _document_preview(row: DocumentRow) -> Mapping[str, Any]:
    filled = {name: value for name, value in row.content.model_dump(mode="json").items() if value}
    return {**filled, "dossier": row.dossier, "file": row.file}


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
