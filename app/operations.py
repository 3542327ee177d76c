"""Commands for who looks after an installation: backup, restore, upgrade, db copy, files copy and doctor."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core import audit, logs, sealed, storage
from core.cli import HERE, Directory, note, say_json, say_table
from core.errors import BadInput
from core.folder import Folder

if TYPE_CHECKING:
    from app.restoring import Restored

KeyFile = Annotated[Path | None, typer.Option("--key-file", help="Het sleutelbestand van versleutelde back-ups.")]


def backup(
    file: Annotated[Path | None, typer.Argument(help="Het bestand van de back-up, zoals openboek.tar.gz.")] = None,
    directory: Directory = HERE,
    *,
    key_file: KeyFile = None,
    make_key: Annotated[
        Path | None, typer.Option("--make-key", help="Maak alleen een nieuw sleutelbestand met deze naam.")
    ] = None,
) -> None:
    """Maak een back-up van alles: database, bestanden en instellingen. De applicatie mag doorwerken."""
    from app import archive, schema

    if make_key:
        if file or key_file:
            raise BadInput("Maak eerst de sleutel met --make-key, en daarna de back-up met --key-file.")
        sealed.make_key(make_key)
        note("Bewaar de sleutel apart van de back-ups. Zonder de sleutel zijn die niet te openen.")
        say_json({"key_file": str(make_key)})
        return
    if file is None:
        raise BadInput("Geef op hoe de back-up moet heten, zoals: openboek backup /backup/openboek.tar.gz")
    key = sealed.read_key(key_file) if key_file else None
    folder = _folder(directory)
    database = folder.database()
    with contextlib.closing(database):
        made = archive.make(file, database, folder, key=key)
        if made.schema_version == schema.newest():  # an older trail cannot be written to
            with database.write(None) as session:
                audit.append(
                    session,
                    chain=audit.INSTALLATION,
                    actor=audit.COMMAND_LINE,
                    action=audit.BACKUP,
                    subject=("core_installation", audit.INSTALLATION, "Openboek"),
                    contents={"after": {"file": file.name, "encrypted": key is not None}},
                )
    if made.settings_left_out:
        note(
            f"Deze instellingen zijn geheim of van deze computer en staan er niet in: {_list(made.settings_left_out)}."
        )
    say_json(
        {
            "file": str(file),
            "bytes": file.stat().st_size,
            "schema_version": made.schema_version,
            "rows": made.rows,
            "files": made.files,
            "encrypted": key is not None,
        }
    )


def _of_the_website(done: "Restored") -> Iterator[str]:
    """What must be known of the website after a restore."""
    if done.withdrawals.unknown:
        yield (
            "Ook ingetrokken, maar niet in deze back-up. Deze adressen blijven weg, geen ander document krijgt ze: "
            f"{_list(done.withdrawals.unknown)}."
        )
    if done.hidden:
        yield f"Na de back-up zijn overzichten van de website gehaald. Dat is weer gedaan: {_list(done.hidden)}."
    if done.limited:
        yield (
            "Na de back-up is besloten om van verwerkingen minder te tonen, of niets. Dat is weer gedaan: "
            f"{_list(done.limited)}."
        )
    if done.ended:
        yield (
            "Na de back-up zijn producten beëindigd. Ze komen niet terug op de website. Beëindig ze opnieuw, of stel "
            f"ze opnieuw vast: {_list(done.ended)}."
        )
    if done.replaced:
        yield (
            "Na de back-up is het bestand hiervan vervangen, en nu staat het oude er weer. Vervang het opnieuw of trek "
            f"het in, voor u exporteert: {_list(done.replaced)}."
        )


def restore(
    file: Annotated[Path, typer.Argument(help="Het bestand van de back-up.")],
    directory: Directory = HERE,
    *,
    key_file: KeyFile = None,
    replace: Annotated[bool, typer.Option("--replace", help="Zet wat er nu staat eerst opzij.")] = False,
) -> None:
    """Zet een back-up terug in een lege map en een lege database."""
    from app.restoring import restore as run

    key = sealed.read_key(key_file) if key_file else None
    done = run(file, _folder(directory), key=key, replace=replace)
    if done.is_old_unreadable:
        note(
            "De oude database was niet te lezen. Kijk zelf of er na de back-up documenten zijn ingetrokken, of "
            "overzichten, verwerkingen of producten van de website zijn gehaald."
        )
    for told in _of_the_website(done):
        note(told)
    if done.has_own_settings:
        note("In de map stond al een .env. Die is gebleven.")
    elif done.manifest.settings_left_out:
        note(f"Zet deze instellingen zelf weer in .env: {_list(done.manifest.settings_left_out)}.")
    for fault in done.faults:
        note(f"Dit klopte al niet in de back-up. {fault}")
    note("Iedereen moet opnieuw inloggen. Maak de website opnieuw met: openboek export")
    say_json(
        {
            "made_at": done.manifest.made_at.isoformat(),
            "rows": done.manifest.rows,
            "files": done.manifest.files,
            "withdrawn_again": list(done.withdrawals.documents),
            "withdrawn_not_here": list(done.withdrawals.unknown),
            "hidden_again": list(done.hidden),
            "limited_again": list(done.limited),
            "ended_again": list(done.ended),
            "replaced_since": list(done.replaced),
            "aside": done.aside,
            "faults": len(done.faults),
        }
    )
    if done.faults:
        raise typer.Exit(1)


def upgrade(
    directory: Directory = HERE,
    *,
    no_backup: Annotated[bool, typer.Option("--no-backup", help="Zonder back-up; u heeft er zelf een.")] = False,
) -> None:
    """Maak een back-up, breng de database op de versie van dit programma en controleer die."""
    from app.upgrading import upgrade as run

    done = run(_folder(directory), with_backup=not no_backup)
    say_json(
        {
            "changed": done.changed,
            "from": done.before,
            "to": done.after,
            "backup": str(done.backup) if done.backup else None,
        }
    )


def copy(
    source: Annotated[str, typer.Argument(help="Adres van de oude database.")],
    target: Annotated[str, typer.Argument(help="Adres van de nieuwe, lege database.")],
) -> None:
    """Zet alles uit een database in een andere, lege database, en vergelijk elke rij."""
    from app.upgrading import copy as run

    counts = run(source, target)
    note("Alle rijen zijn gelijk. Zet het nieuwe adres in OPENBOEK_DATABASE_URL en start de applicatie opnieuw.")
    say_json({"tables": len(counts), "rows": sum(counts.values())})


def copy_files(
    source: Annotated[str, typer.Argument(help="De oude opslag: een map, of een adres zoals s3://bucket/map.")],
    target: Annotated[str, typer.Argument(help="De nieuwe opslag.")],
    directory: Directory = HERE,
) -> None:
    """Zet alle bestanden ook in een andere opslag, en lees elk bestand terug."""
    from app.moving_files import copy as run

    folder = _folder(directory)
    old, new = (storage.at(address, folder.settings, folder.root) for address in (source, target))

    def tell(number: int) -> None:
        if number and number % 1000 == 0:
            note(f"{number} bestanden gedaan.")

    done = run(old, new, progress=tell)
    for fault in done.faults:
        note(fault)
    note(f"Zet nu OPENBOEK_STORAGE op {target} en start de applicatie opnieuw. Kijk daarna met: openboek doctor")
    say_json({"copied": done.copied, "present": done.present, "bytes": done.size, "faults": len(done.faults)})
    if done.faults:
        raise typer.Exit(1)


def doctor(directory: Directory = HERE) -> None:
    """Controleer of deze installatie gezond is, en zeg wat u kunt doen."""
    from app.doctor import Outcome, examine

    found = examine(_folder(directory))
    say_table(("Wat", "Hoe", "Uitleg"), [(one.subject, one.outcome.value, one.message) for one in found])
    if any(one.outcome is Outcome.WRONG for one in found):
        raise typer.Exit(1)


def _folder(directory: Path) -> Folder:
    folder = Folder.at(directory)
    logs.configure(folder.settings.log_format)
    return folder


def _list(names: object) -> str:
    return ", ".join(map(str, names)) if isinstance(names, list | tuple) else str(names)
