"""The command `openboek`: every folder's commands under one name, and errors as one Dutch sentence."""

import csv
import io
import os
import sys
import threading
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from app import schema
from core import audit, logs
from core.accounts import services as accounts
from core.cli import (
    HERE,
    Directory,
    Format,
    OrganisationCode,
    checks_on_opening,
    format_of,
    note,
    opened,
    say,
    say_json,
    say_table,
)
from core.errors import DomainError, Failed
from core.folder import Folder

FINDING_HEADINGS = ("Regel", "Ernst", "Onderwerp", "Wat is er", "Artikel")

cli = typer.Typer(
    name="openboek",
    help="Openboek: verwerkingsregister, Woo en digitaal zakendoen van een gemeente.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
users_group = typer.Typer(help="Accounts en rollen.", no_args_is_help=True)
audit_group = typer.Typer(help="Het spoor van wijzigingen.", no_args_is_help=True)
import_group = typer.Typer(help="Inlezen uit een bestand.", no_args_is_help=True)
report_group = typer.Typer(help="Rapporten.", no_args_is_help=True)
cli.add_typer(users_group, name="users")
cli.add_typer(audit_group, name="audit")
cli.add_typer(import_group, name="import")
cli.add_typer(report_group, name="report")


@cli.command()
def demo(
    directory: Annotated[Path, typer.Option("--directory", help="De map voor het voorbeeld.")] = Path("demo"),
    *,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop als alles klaarstaat.")] = False,
    host: Annotated[str, typer.Option("--host", help="Adres om op te luisteren.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Poort van de applicatie.")] = 8000,
    site_port: Annotated[int, typer.Option("--site-port", help="Poort van de openbare website.")] = 8001,
) -> None:
    """Maak een voorbeeldgemeente met alles erin, exporteer, controleer en start."""
    from app.demo import run

    run(directory, serve_after=not no_serve, host=host, port=port, site_port=site_port)


@cli.command()
def init(
    directory: Directory = HERE,
    *,
    organisation: Annotated[str, typer.Option("--organisation", help="TOOI-code, zoals gm0168.")],
    name: Annotated[str, typer.Option("--name", help="Naam, zoals 'Gemeente Losser'.")],
    base_url: Annotated[str, typer.Option("--base-url", help="Adres van de openbare website, met https.")],
) -> None:
    """Maak een register voor een gemeente: database, waardelijsten en een beheerder."""
    from app.setup import prepare

    password = prepare(Folder.at(directory), code=organisation, name=name, base_url=base_url)
    say(f"Het register van {name} staat klaar in {directory.resolve()}.")
    if password:
        say(f"Log in als 'beheerder' met dit wachtwoord voor één keer: {password}")
    say("Start de applicatie met: openboek serve")


@cli.command()
def serve(
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    host: Annotated[str, typer.Option("--host", help="Adres om op te luisteren.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Poort van de applicatie.")] = 8000,
    site_port: Annotated[
        int | None, typer.Option("--site-port", help="Toon ook de openbare website, op deze poort.")
    ] = None,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Zonder werker; start die dan apart.")] = False,
) -> None:
    """Start de applicatie."""
    from app.serve import serve as run

    with opened(directory, organisation) as here:
        note(f"Openboek draait op http://{host}:{port}/. Stop met Ctrl-C.")
        run(here, host=host, port=port, site_port=site_port, with_worker=not no_worker)


@cli.command()
def worker(
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    once: Annotated[bool, typer.Option("--once", help="Stop als er niets meer te doen is.")] = False,
) -> None:
    """Doe het werk dat klaarstaat: exports en ander werk dat langer duurt."""
    from app import jobs as job_handlers
    from app.serve import work
    from core import jobs

    with opened(directory, organisation) as here:
        if once:
            done = 0
            while jobs.run_one(here.database, job_handlers.handlers(here.folder), f"opdracht-{os.getpid()}"):
                done += 1
            say_json({"done": done})
        else:
            work(here, threading.Event())


@cli.command()
def upgrade(directory: Directory = HERE) -> None:
    """Breng de database op de versie van dit programma."""
    folder = Folder.at(directory)
    database = folder.database()
    try:
        before = schema.version_of(database)
        schema.upgrade(database)
        after = schema.version_of(database)
    finally:
        database.close()
    say_json({"changed": before != after, "from": before, "to": after})


@cli.command()
def status(
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    format_: Format = "table",
) -> None:
    """Toon aantallen, de laatste export en de versie."""
    from app.home import status_of

    with opened(directory, organisation) as here, here.database.read(here.organisation_id) as session:
        found = status_of(session, nightly_at=here.folder.settings.nightly_at)
    found["schema_version"] = schema.newest()
    found["program_version"] = version("openboek")
    if format_of(format_) == "json":
        say_json(found)
    else:
        rows = [
            (f"{part}.{name}", value)
            for part, facts in found.items()
            if isinstance(facts, dict)
            for name, value in facts.items()
        ]
        rows += [(name, value) for name, value in found.items() if not isinstance(value, dict)]
        say_table(("Wat", "Waarde"), rows)


@cli.command()
def findings(
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    format_: Annotated[str, typer.Option("--format", help="table, json of csv.")] = "table",
) -> None:
    """Toon alle bevindingen van alle regels, ook die tussen de registers."""
    from app.home import all_findings

    shape = format_of(format_, "table", "json", "csv")
    with opened(directory, organisation) as here, here.database.read(here.organisation_id) as session:
        found = all_findings(session)
    rows = [(one.rule_id, one.severity, one.subject, one.message, one.article) for one in found]
    if shape == "json":
        keys = ("rule", "severity", "subject", "message", "article")
        say_json([dict(zip(keys, row, strict=True)) for row in rows])
    elif shape == "csv":
        out = io.StringIO()
        csv.writer(out, delimiter=";", lineterminator="\n").writerows([FINDING_HEADINGS, *rows])
        sys.stdout.write(out.getvalue())
    else:
        say_table(FINDING_HEADINGS, rows)


@users_group.command("add")
def add_user(
    username: Annotated[str, typer.Argument(help="Gebruikersnaam om mee in te loggen.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    name: Annotated[str, typer.Option("--name", help="Naam zoals die in het logboek komt.")] = "",
    role: Annotated[list[str] | None, typer.Option("--role", help="Rol; mag vaker.")] = None,
) -> None:
    """Maak een account. Het wachtwoord voor één keer komt op het scherm."""
    password = accounts.one_time_password()
    with opened(directory, organisation) as here:
        roles = [accounts.parse_role(text) for text in role or ["lezer"]]
        with here.database.write(None) as session:
            accounts.add_user(
                session,
                username=username,
                name=name or username,
                password=password,
                roles=roles,
                organisation_id=here.organisation_id,
                actor=audit.COMMAND_LINE,
            )
    say_json({"username": username, "one_time_password": password})


@users_group.command("list")
def list_users(directory: Directory = HERE, organisation: OrganisationCode = "") -> None:
    """Toon de accounts met hun rollen."""
    with opened(directory, organisation) as here, here.database.read(None) as session:
        rows = [
            (user.username, user.name, ", ".join(roles), "open" if user.is_active else "gesloten")
            for user, roles in accounts.all_users(session, here.organisation_id)
        ]
    say_table(("Gebruikersnaam", "Naam", "Rollen", "Account"), rows)


@users_group.command("disable")
def disable_user(
    username: Annotated[str, typer.Argument(help="Gebruikersnaam.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
) -> None:
    """Sluit een account."""
    with opened(directory, organisation) as here, here.database.write(None) as session:
        accounts.disable_user(session, accounts.user_named(session, username), actor=audit.COMMAND_LINE)
    say_json({"username": username, "active": False})


@users_group.command("reset")
def reset_user(
    username: Annotated[str, typer.Argument(help="Gebruikersnaam.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
) -> None:
    """Geef een account een nieuw wachtwoord voor één keer."""
    password = accounts.one_time_password()
    with opened(directory, organisation) as here, here.database.write(None) as session:
        user = accounts.user_named(session, username)
        accounts.set_password(session, user, password, actor=audit.COMMAND_LINE, must_change=True)
    say_json({"username": username, "one_time_password": password})


@audit_group.command("verify")
def verify_audit(directory: Directory = HERE, organisation: OrganisationCode = "") -> None:
    """Controleer of het spoor van wijzigingen heel is."""
    with opened(directory, organisation) as here, here.database.read(None) as session:
        faults = [*audit.faults(session, here.organisation_id), *audit.faults(session, audit.INSTALLATION)]
        head = audit.head(session, here.organisation_id)
    for fault in faults:
        say(fault)
    note(f"{len(faults)} fouten. Einde van de keten: {head}")
    if faults:
        raise typer.Exit(1)


@cache
def register_commands() -> None:
    """Hang the commands of every folder in."""
    import publish.cli
    import register.cli
    import wmebv.cli
    import woo.cli

    commands: list[tuple[typer.Typer, str, Callable[..., Any]]] = [
        (import_group, "processings", register.cli.import_processings),
        (import_group, "products", wmebv.cli.import_products),
        (import_group, "documents", woo.cli.import_documents),
        (import_group, "categories", woo.cli.import_categories),
        (report_group, "wmebv", wmebv.cli.report_wmebv),
        (cli, "establish", register.cli.establish),
        (cli, "publish", woo.cli.publish),
        (cli, "withdraw", woo.cli.withdraw),
        (cli, "export", publish.cli.export),
        (cli, "verify", publish.cli.verify),
    ]
    for group, name, function in commands:
        group.command(name)(function)


def main(arguments: list[str] | None = None) -> None:
    """Run a command; whatever goes wrong by a person's hand ends as one sentence and the right exit code."""
    logs.configure()
    register_commands()
    group = typer.main.get_command(cli)
    assert isinstance(group, TyperGroup)  # noqa: S101 - for the type checker; an app with groups is one
    checks_on_opening.append(schema.require_current)
    try:
        code = _run(group, arguments)
    finally:
        checks_on_opening.clear()
    sys.exit(code)


def _run(group: TyperGroup, arguments: list[str] | None) -> int:
    try:
        outcome = group.main(arguments, prog_name="openboek", standalone_mode=False)
    except DomainError as error:
        note(error.message)
        return error.exit_code
    except typer.TyperException as error:
        note(_wrong_use(error))
        return 2
    except (typer.Abort, KeyboardInterrupt):
        note("Gestopt.")
        return 130
    except BrokenPipeError:
        return 0  # who reads our output has seen enough
    except OSError as error:
        note(
            Failed(
                f"Er kan niet worden gelezen of geschreven: {error.strerror or error}. Controleer schijf en rechten."
            ).message
        )
        return Failed.exit_code
    return outcome if isinstance(outcome, int) else 0


def _wrong_use(error: typer.TyperException) -> str:
    """The errors of the command line, which speak English, in one Dutch sentence."""
    context = getattr(error, "ctx", None)
    where = f" Bekijk '{context.command_path} --help'." if context else ""
    parameter = getattr(error, "param", None)
    name = parameter.opts[0] if parameter else "een waarde"
    match type(error).__name__:
        case "MissingParameter":
            return f"Vul {name} in.{where}"
        case "NoSuchOption":
            return f"De optie {getattr(error, 'option_name', '')} bestaat niet.{where}"
        case "BadParameter":
            return f"De waarde bij {name} klopt niet.{where}"
        case _:
            return f"Deze opdracht bestaat niet of mist iets.{where}"
