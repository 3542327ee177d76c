"""Commands of publish: export, verify and the copies elsewhere."""

import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from core import audit
from core.cli import (
    HERE,
    Directory,
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
from core.errors import BadInput, DomainError, ExportRefused
from core.organisations import the_organisation
from publish.check import Report
from publish.check import verify as check
from publish.check.signatures import key_in

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
    from publish import services

    with opened(directory, organisation) as here:
        actor = audit.COMMAND_LINE
        if rollback:
            name = services.roll_back(here.database, here.folder, here.organisation_id, actor=actor, output=output)
            behind = _follow(here)
            say_json({"changed": True, "export": name, "rollback": True, "behind": behind})
            return
        try:
            outcome = services.run(
                here.database,
                here.folder,
                here.organisation_id,
                actor=actor,
                output=output,
                full=full,
                may_be_fewer=confirm_fewer,
                progress=note,
            )
        except ExportRefused as refused:
            for fault in refused.faults[:MAX_FAULTS_SHOWN]:
                note(fault)
            raise
        behind = _follow(here)
        say_json(
            {
                "changed": outcome.changed,
                "export": outcome.export_id,
                "full": outcome.units.taken == 0,
                "live": str(output.expanduser().absolute() if output else outcome.live),
                "counts": dict(outcome.counts),
                "units": {"made": outcome.units.made, "taken": outcome.units.taken},
                "seconds": dict(outcome.seconds),
                "behind": behind,
            }
        )


def _follow(here: Installation) -> list[str]:
    """What comes after a site that went online, which it no longer depends on. Returns the copies that are behind."""
    from publish import deliveries
    from publish.work import ask_for_a_look

    errors = deliveries.deliver_all(here.database, here.folder, here.organisation_id, actor=audit.COMMAND_LINE)
    for name, error in errors.items():
        note(f"De kopie '{name}' loopt achter. {error}")
    with here.database.write(here.organisation_id) as session:
        ask_for_a_look(session, here.folder, created_by=audit.COMMAND_LINE.label)
    return sorted(errors)


def verify(
    target: Annotated[str, typer.Argument(help="Map met een export, adres van een website of een XML-bestand.")],
    sample: Annotated[
        int | None, typer.Option("--sample", help="Kijk per sitemap in hoogstens zoveel bestanden.")
    ] = None,
    directory: Annotated[
        Path | None,
        typer.Option(
            "--directory", help="Vergelijk een website ook met wat er volgens deze map online hoort te staan."
        ),
    ] = None,
    organisation: OrganisationCode = "",
    key: Annotated[
        Path | None, typer.Option("--key", help="Openbare sleutel waarmee de site ondertekend moet zijn.")
    ] = None,
) -> None:
    """Bekijk een site zoals de Woo-index dat doet en meld elke fout."""
    start = time.perf_counter()
    if directory is None:
        report = check(target, sample=sample, keys=[key_in(key)] if key else ())
        faults: Sequence[str] = list(map(str, report.faults))
    else:
        if key:
            raise BadInput("Met --directory kent Openboek de sleutel al. Laat --key weg.")
        report, faults = _compared(target, directory, organisation)
    for fault in faults:
        say(fault)
    note(
        f"{len(faults)} fouten. Gelezen: {report.indexes} indexen, {report.sitemaps} sitemaps, "
        f"{report.documents} documenten en {report.pages} pagina's in {time.perf_counter() - start:.1f} seconden."
    )
    if faults:
        raise typer.Exit(1)


def _compared(target: str, directory: Path, organisation: str) -> tuple[Report, Sequence[str]]:
    """As the job does after each export; the outcome is kept and stands at Publicatie."""
    from publish import live

    address = target.rstrip("/")
    if not re.fullmatch(r"https?://[^/?#]+", address):
        raise BadInput("Met --directory hoort het adres van de website: https:// en de naam, zonder pad.")
    with opened(directory, organisation) as here:
        return live.look(here.database, here.folder, here.organisation_id, actor=audit.COMMAND_LINE, at=address)


def list_targets(directory: Directory = HERE, organisation: OrganisationCode = "", format_: Format = "table") -> None:
    """Toon de kopieën van de website en hoe ze ervoor staan."""
    from publish import deliveries

    with opened(directory, organisation) as here, here.database.read(here.organisation_id) as session:
        found = [
            {
                "name": one.name,
                "to": one.to,
                "export": one.export_id,
                "sent_at": one.row.sent_at.isoformat() if one.row and one.row.sent_at else "",
                "behind_since": one.row.behind_since.isoformat() if one.row and one.row.behind_since else "",
                "error": one.error,
            }
            for one in deliveries.states(session, here.folder.settings)
        ]
    if format_of(format_) == "json":
        say_json(found)
        return
    headings = ("Naam", "Plek", "Export", "Bijgewerkt op", "Loopt achter sinds", "Fout")
    say_table(headings, [tuple(one.values()) for one in found])


def send_targets(
    name: Annotated[list[str] | None, typer.Argument(help="Naam van een kopie; zonder naam alle.")] = None,
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    anew: Annotated[bool, typer.Option("--anew", help="Stuur alles opnieuw, ook wat er al zou staan.")] = False,
) -> None:
    """Werk de kopieën van de website nu bij. Wat er al staat, gaat niet nog een keer."""
    with opened(directory, organisation) as here:
        errors = _send(here, name or [], anew=anew)
    for failed, error in errors.items():
        note(f"{failed}: {error.message}")
    if errors:
        raise typer.Exit(max(error.exit_code for error in errors.values()))


def _send(here: Installation, chosen: Sequence[str], *, anew: bool) -> Mapping[str, DomainError]:
    from publish import deliveries

    with here.database.read(here.organisation_id) as session:
        wanted = chosen or deliveries.names(session, here.folder.settings)
    if not wanted:
        raise BadInput("Er zijn nog geen kopieën ingesteld. Zet ze in .env: zie OPENBOEK_TARGETS in de instellingen.")
    errors: dict[str, DomainError] = {}
    for name in wanted:
        try:
            done = deliveries.deliver(
                here.database, here.folder, here.organisation_id, name, actor=audit.COMMAND_LINE, anew=anew
            )
        except DomainError as error:
            errors[name] = error
        else:
            say(f"{name}: {done}")
    return errors


def new_key(directory: Directory = HERE, organisation: OrganisationCode = "") -> None:
    """Maak een sleutel die elke volgende export ondertekent, naast de sleutels die er al zijn."""
    from publish import signing

    with opened(directory, organisation) as here:
        made = signing.make(here.folder, _code_of(here))
        _tell_of_key(here, "publish:key:add", made.id)
        say(f"Sleutel {made.id} staat in {made.path}.")
        say("Hij ondertekent vanaf de volgende export. Doe nu: openboek export")


def list_keys(directory: Directory = HERE, organisation: OrganisationCode = "", format_: Format = "table") -> None:
    """Toon de sleutels die elke export ondertekenen, de oudste eerst."""
    from publish import services, signing, writer
    from publish.check.signatures import id_of, keys_of

    with opened(directory, organisation) as here:
        with here.database.read(here.organisation_id) as session:
            live = writer.current(services.live_link(here.folder, here.database, the_organisation(session)))
        shown = {id_of(key) for key in keys_of(live)} if live else set()
        found = [
            {"id": key.id, "path": str(key.path), "live": key.id in shown}
            for key in signing.keys(here.folder, _code_of(here))
        ]
    if format_of(format_) == "json":
        say_json(found)
        return
    say_table(
        ("Sleutel", "Bestand", "Ondertekent de site"),
        [(one["id"], one["path"], "ja" if one["live"] else "vanaf de volgende export") for one in found],
    )


def retire_key(
    name: Annotated[str, typer.Argument(help="De sleutel, zoals 'signing list' hem noemt.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
) -> None:
    """Haal een sleutel voorgoed weg. Vanaf de volgende export ondertekent hij niets meer."""
    from publish import signing

    with opened(directory, organisation) as here:
        signing.retire(here.folder, _code_of(here), name)
        _tell_of_key(here, "publish:key:remove", name)
        say(f"Sleutel {name} is weg. Doe nu: openboek export")


def _code_of(here: Installation) -> str:
    with here.database.read(here.organisation_id) as session:
        return the_organisation(session).code


def _tell_of_key(here: Installation, action: str, name: str) -> None:
    with here.database.write(here.organisation_id) as session:
        audit.append(
            session,
            chain=here.organisation_id,
            actor=audit.COMMAND_LINE,
            action=action,
            subject=("core_organisation", here.organisation_id, name),
            contents={"after": {"key": name}},
        )
