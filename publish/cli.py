"""Commands of publish: export and verify."""

import time
from pathlib import Path
from typing import Annotated

import typer

from core import audit
from core.cli import HERE, Directory, OrganisationCode, note, opened, say, say_json
from core.errors import ExportRefused
from publish import services
from publish.check import verify as check

MAX_FAULTS_SHOWN = 500


def export(
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    full: Annotated[bool, typer.Option("--full", help="Maak alles opnieuw, ook wat niet veranderde.")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Zet de vorige site terug.")] = False,
    confirm_fewer: Annotated[
        bool, typer.Option("--confirm-fewer", help="Zeg ja tegen een site met veel minder erop dan de vorige.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", help="De link die lezers volgen (standaard: site).")
    ] = None,
) -> None:
    """Maak de website en de bestanden voor de Woo-index, controleer ze en zet ze live."""
    with opened(directory, organisation) as here:
        actor = audit.COMMAND_LINE
        if rollback:
            name = services.roll_back(here.database, here.folder, here.organisation_id, actor=actor, output=output)
            say_json({"changed": True, "export": name, "rollback": True})
            return
        try:
            outcome = services.run(
                here.database,
                here.folder,
                here.organisation_id,
                actor=actor,
                output=output,
                may_be_fewer=confirm_fewer,
                progress=note,
            )
        except ExportRefused as refused:
            for fault in refused.faults[:MAX_FAULTS_SHOWN]:
                note(fault)
            raise
        say_json(
            {
                "changed": outcome.changed,
                "export": outcome.export_id,
                "full": full or outcome.changed,
                "live": str(outcome.live),
                "counts": dict(outcome.counts),
                "seconds": dict(outcome.seconds),
            }
        )


def verify(
    target: Annotated[str, typer.Argument(help="Map met een export, adres van een website of een XML-bestand.")],
    sample: Annotated[
        int | None, typer.Option("--sample", help="Kijk per sitemap in hoogstens zoveel bestanden.")
    ] = None,
) -> None:
    """Bekijk een site zoals de Woo-index dat doet en meld elke fout."""
    start = time.perf_counter()
    report = check(target, sample=sample)
    for fault in report.faults:
        say(str(fault))
    note(
        f"{len(report.faults)} fouten. Gelezen: {report.indexes} indexen, {report.sitemaps} sitemaps, "
        f"{report.documents} documenten en {report.pages} pagina's in {time.perf_counter() - start:.1f} seconden."
    )
    if report.faults:
        raise typer.Exit(1)
