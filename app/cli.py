"""The command `openboek`: every folder's commands under one name, and errors as one Dutch sentence."""

import csv
import io
import os
import secrets
import sys
from collections.abc import Sequence
from datetime import timedelta
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from sqlmodel import Session, select
from typer.core import TyperGroup

from app import schema
from core import audit, cleaning, logs
from core.accounts import roles as account_roles
from core.accounts import services as accounts
from core.accounts.models import User
from core.cli import (
    HERE,
    Directory,
    Format,
    Installation,
    OrganisationCode,
    checks_on_opening,
    format_of,
    note,
    opened,
    opened_whole,
    say,
    say_json,
    say_table,
)
from core.errors import BadInput, DomainError, Failed
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
draft_group = typer.Typer(help="Concepten die u afmaakt in Word.", no_args_is_help=True)
report_group = typer.Typer(help="Rapporten.", no_args_is_help=True)
database_group = typer.Typer(help="De database zelf.", no_args_is_help=True)
files_group = typer.Typer(help="De bestanden van documenten.", no_args_is_help=True)
signing_group = typer.Typer(help="Sleutels waarmee elke export wordt ondertekend.", no_args_is_help=True)
targets_group = typer.Typer(help="Kopieën van de website op andere plekken.", no_args_is_help=True)
cli.add_typer(users_group, name="users")
cli.add_typer(audit_group, name="audit")
cli.add_typer(import_group, name="import")
cli.add_typer(report_group, name="report")
cli.add_typer(draft_group, name="draft")
cli.add_typer(database_group, name="db")
cli.add_typer(files_group, name="files")
cli.add_typer(targets_group, name="targets")
cli.add_typer(signing_group, name="signing")


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

    username, password = prepare(Folder.at(directory), code=organisation, name=name, base_url=base_url)
    say(f"Het register van {name} staat klaar in {directory.resolve()}.")
    say(f"Log in als '{username}' met dit wachtwoord voor één keer: {password}")
    say("Start de applicatie met: openboek serve")


@cli.command()
def serve(
    directory: Directory = HERE,
    *,
    host: Annotated[str, typer.Option("--host", help="Adres om op te luisteren.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Poort van de applicatie.")] = 8000,
    site_port: Annotated[
        int | None, typer.Option("--site-port", help="Toon ook de openbare websites, op deze poort.")
    ] = None,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Zonder werker; start die dan apart.")] = False,
) -> None:
    """Start de applicatie."""
    from app.serve import serve as run

    with opened_whole(directory) as here:
        note(f"Openboek draait op http://{host}:{port}/. Stop met Ctrl-C.")
        run(here, host=host, port=port, site_port=site_port, with_worker=not no_worker)


@cli.command()
def worker(
    directory: Directory = HERE,
    *,
    once: Annotated[bool, typer.Option("--once", help="Stop als er niets meer te doen is.")] = False,
) -> None:
    """Doe het werk dat klaarstaat: exports en ander werk dat langer duurt."""
    from app import jobs as job_handlers
    from app.serve import work_alone
    from core import jobs

    with opened_whole(directory) as here:
        if once:
            done, me = 0, f"opdracht-{os.getpid()}-{secrets.token_hex(3)}"
            length = timedelta(seconds=here.folder.settings.job_lease_seconds)
            handlers = job_handlers.handlers(here.folder)
            while jobs.run_one(here.database, handlers, me, length=length, retries=job_handlers.RETRIES):
                done += 1
            say_json({"done": done})
        else:
            work_alone(here)


@cli.command()
def status(
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    format_: Format = "table",
) -> None:
    """Toon aantallen, de laatste export en de versie."""
    from app.overview import status_of

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
    closed: Annotated[
        bool, typer.Option("--closed", help="Toon wat met een reden is gesloten, in plaats van wat open staat.")
    ] = False,
) -> None:
    """Toon alle bevindingen van alle regels, ook die tussen de registers."""
    from app.overview import all_findings, closed_findings
    from register.services import fresh_findings

    shape = format_of(format_, "table", "json", "csv")
    with opened(directory, organisation) as here, fresh_findings(here.database, here.organisation_id) as session:
        found = closed_findings(session) if closed else all_findings(session)
    headings: tuple[str, ...] = FINDING_HEADINGS
    keys: tuple[str, ...] = ("rule", "severity", "subject", "message", "article")
    rows: list[tuple[str, ...]] = [(one.rule_id, one.severity, one.subject, one.message, one.article) for one in found]
    if closed:
        headings, keys = (*headings, "Gesloten met een reden"), (*keys, "closed")
        rows = [(*row, one.closed) for row, one in zip(rows, found, strict=True)]
    if shape == "json":
        say_json([dict(zip(keys, row, strict=True)) for row in rows])
    elif shape == "csv":
        out = io.StringIO()
        csv.writer(out, delimiter=";", lineterminator="\n").writerows([headings, *rows])
        sys.stdout.write(out.getvalue())
    else:
        say_table(headings, rows)


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
            account_roles.add_account(
                session,
                username=username,
                name=name or username,
                email="",
                password=password,
                roles=roles,
                organisation_id=here.organisation_id,
                actor=audit.COMMAND_LINE,
            )
    say_json({"username": username, "one_time_password": password})


@users_group.command("roles")
def change_roles(
    username: Annotated[str, typer.Argument(help="Gebruikersnaam van een bestaand account.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    role: Annotated[list[str] | None, typer.Option("--role", help="Rol; mag vaker. Zonder: geen enkele rol.")] = None,
) -> None:
    """Geef een account precies deze rollen bij een organisatie, ook een account van een andere organisatie."""
    with opened(directory, organisation) as here:
        wanted = {accounts.parse_role(text) for text in role or ()}
        with here.database.write(None) as session:
            user = accounts.user_named(session, username)
            account_roles.change_roles(
                session, user, wanted, organisation_id=here.organisation_id, actor=audit.COMMAND_LINE
            )
    say_json({"username": username, "organisation": here.organisation.code, "roles": sorted(wanted)})


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
        account_roles.close_account(
            session, _user_of(session, username, here), organisation_id=here.organisation_id, actor=audit.COMMAND_LINE
        )
    say_json({"username": username, "active": False})


@users_group.command("reset")
def reset_user(
    username: Annotated[str, typer.Argument(help="Gebruikersnaam.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
) -> None:
    """Geef een account een nieuw wachtwoord voor één keer, en open het als het gesloten was."""
    password = accounts.one_time_password()
    with opened(directory, organisation) as here, here.database.write(None) as session:
        user = _user_of(session, username, here)
        give = account_roles.reset_password if user.is_active else account_roles.reopen_account
        give(session, user, password, organisation_id=here.organisation_id, actor=audit.COMMAND_LINE)
    say_json({"username": username, "one_time_password": password})


def _user_of(session: Session, username: str, here: Installation) -> User:
    """An account of the organisation that the command is for."""
    return account_roles.account(session, accounts.user_named(session, username).id, here.organisation_id)


@users_group.command("invite")
def invite_user(
    username: Annotated[str, typer.Argument(help="Gebruikersnaam om mee in te loggen.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    name: Annotated[str, typer.Option("--name", help="Naam zoals die in het logboek komt.")] = "",
    email: Annotated[str, typer.Option("--email", help="Mailadres voor de uitnodiging.")] = "",
    role: Annotated[list[str] | None, typer.Option("--role", help="Rol; mag vaker.")] = None,
) -> None:
    """Nodig iemand uit om zelf een wachtwoord te kiezen. Bestaat het account al, dan komt er een nieuwe link."""
    from app.invitations import invite

    with opened(directory, organisation) as here:
        invited = invite(
            here.database,
            here.folder.settings,
            username=username,
            name=name or username,
            email=email,
            roles=[accounts.parse_role(text) for text in role or ["lezer"]],
            organisation_id=here.organisation_id,
            actor=audit.COMMAND_LINE,
            may_exist=True,
        )
    if invited.problem:
        note(invited.problem)
    say_json({"username": username, "mailed": invited.mailed, "link": invited.link})


@users_group.command("emergency")
def emergency_access(
    username: Annotated[str, typer.Argument(help="Gebruikersnaam.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
) -> None:
    """Maak een link waarmee iemand één keer inlogt zonder wachtwoord of werkaccount. Hij werkt een kwartier."""
    from core.accounts import one_time_links

    with opened(directory, organisation) as here, here.database.write(None) as session:
        link = one_time_links.make(
            session,
            _user_of(session, username, here),
            purpose=one_time_links.EMERGENCY,
            settings=here.folder.settings,
            actor=audit.COMMAND_LINE,
        )
    say_json({"username": username, "link": link})


@users_group.command("forget-second-step")
def forget_second_step(
    username: Annotated[str, typer.Argument(help="Gebruikersnaam.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
) -> None:
    """Zet de tweede stap van een account uit, voor wie telefoon en herstelcodes kwijt is."""
    from core.accounts import second_factor

    with opened(directory, organisation) as here, here.database.write(None) as session:
        second_factor.turn_off(session, _user_of(session, username, here), actor=audit.COMMAND_LINE)
    say_json({"username": username, "second_step": False})


@audit_group.command("verify")
def verify_audit(
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    anchor: Annotated[
        list[Path] | None,
        typer.Option(
            "--anchor", help="Bestand met ankers dat u ergens anders bewaart: ankers, logboek, manifest of back-up."
        ),
    ] = None,
) -> None:
    """Controleer of het spoor van wijzigingen heel is, van elke organisatie en van de installatie."""
    from app.trail import verify

    with opened_whole(directory) as here:
        faults, ends, restored = verify(here.database, here.folder, code=organisation, kept=anchor or [])
    for fault in faults:
        say(fault)
    for moment in restored:
        note(f"Op {moment} is een back-up teruggezet. Ankers van daarvoor tellen niet voor wat er daarna kwam.")
    note(f"{len(faults)} fouten. Einde van de keten: {', '.join(ends)}")
    if faults:
        raise typer.Exit(1)


@audit_group.command("cleanings")
def list_cleanings(directory: Directory = HERE, organisation: OrganisationCode = "") -> None:
    """Toon de verzoeken om te schonen die op een beslissing wachten. De tekst zelf staat er niet bij."""
    with opened(directory, organisation) as here, here.database.read(here.organisation_id) as session:
        rows = [
            (one.id, one.subject_kind, one.event_sequence or "", one.reason, one.asked_by, one.asked_at.isoformat())
            for one in cleaning.waiting(session)
        ]
    say_table(("Verzoek", "Soort", "Gebeurtenis", "Reden", "Gevraagd door", "Wanneer"), rows)


@audit_group.command("ask-cleaning")
def ask_cleaning(
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    event: Annotated[int, typer.Option("--event", help="Nummer van een gebeurtenis in het logboek.")],
    reason: Annotated[str, typer.Option("--reason", help="Waarom. Schrijf de tekst zelf er niet bij.")],
    whole_event: Annotated[
        bool, typer.Option("--whole-event", help="Schoon deze ene gebeurtenis helemaal; er wordt geen tekst gevraagd.")
    ] = False,
    whole_value: Annotated[
        bool, typer.Option("--whole-value", help="Schoon het hele veld waar de tekst staat.")
    ] = False,
    files: Annotated[bool, typer.Option("--files", help="Gooi ook oude bestanden van het document weg.")] = False,
) -> None:
    """Vraag om te schonen. De tekst leest de opdracht van de invoer, zodat die niet in uw geschiedenis komt."""
    typed = "" if whole_event else typer.prompt("Welke tekst moet weg", hide_input=sys.stdin.isatty(), err=True)
    with opened(directory, organisation) as here, here.database.write(here.organisation_id) as session:
        found = session.exec(select(audit.AuditEvent).where(audit.AuditEvent.sequence == event)).first()
        wanted = cleaning.Wanted(
            reason=reason,
            text=typed,
            is_whole_value=whole_value,
            takes_files=files,
            event_sequence=event if whole_event or found is None else None,
            subject_id=found.subject_id if found else None,
        )
        made = cleaning.ask(session, wanted, actor=audit.COMMAND_LINE)
        say_json({"request": str(made.id)})


@audit_group.command("clean")
def clean_audit(
    request: Annotated[str, typer.Argument(help="Nummer van het verzoek, uit 'audit cleanings'.")],
    directory: Directory = HERE,
    organisation: OrganisationCode = "",
    *,
    refuse: Annotated[bool, typer.Option("--refuse", help="Weiger het verzoek.")] = False,
) -> None:
    """Beslis over een verzoek om te schonen dat een ander deed."""
    from app.cleaning import CLOSED, takers

    try:
        number = UUID(request)
    except ValueError:
        raise BadInput(f"'{request}' is geen nummer van een verzoek. Kijk in 'openboek audit cleanings'.") from None
    with opened(directory, organisation) as here, here.database.write(here.organisation_id) as session:
        found = cleaning.find(session, number)
        if refuse:
            cleaning.refuse(session, found, version=found.version, actor=audit.COMMAND_LINE)
            counts = {}
        else:
            files = takers(here.folder)
            actor, version = audit.COMMAND_LINE, found.version
            done = cleaning.clean(session, found, version=version, actor=actor, take_files=files, closed=CLOSED)
            counts = dict(done)
    if counts:
        note("Exporteer als er iets van op de website staat. Back-ups en exports van eerder houden de tekst.")
    say_json({"request": request, "refused": refuse, **counts})


_COMMANDS: Sequence[tuple[typer.Typer, str, str, str]] = (
    (cli, "backup", "app.operations", "backup"),
    (cli, "restore", "app.operations", "restore"),
    (cli, "upgrade", "app.operations", "upgrade"),
    (cli, "doctor", "app.operations", "doctor"),
    (database_group, "db copy", "app.operations", "copy"),
    (files_group, "files copy", "app.operations", "copy_files"),
    (import_group, "import processings", "register.cli", "import_processings"),
    (import_group, "import products", "wmebv.cli", "import_products"),
    (import_group, "import answers", "wmebv.cli", "import_answers"),
    (import_group, "import documents", "woo.cli", "import_documents"),
    (import_group, "import categories", "woo.cli", "import_categories"),
    (import_group, "import processes", "woo.cli", "import_processes"),
    (report_group, "report wmebv", "wmebv.cli", "report_wmebv"),
    (draft_group, "draft designation", "wmebv.cli", "draft_designation"),
    (draft_group, "draft questions", "wmebv.cli", "draft_questions"),
    (draft_group, "draft plan", "wmebv.cli", "draft_plan"),
    (report_group, "report woo", "woo.cli", "report_woo"),
    (report_group, "report register", "register.cli", "report_register"),
    (report_group, "report programme", "app.programme", "report_programme"),
    (cli, "establish", "register.cli", "establish"),
    (cli, "register", "register.cli", "register"),
    (cli, "publish", "woo.cli", "publish"),
    (cli, "check-document", "woo.cli", "check_document"),
    (cli, "withdraw", "woo.cli", "withdraw"),
    (cli, "export", "publish.cli", "export"),
    (cli, "verify", "publish.cli", "verify"),
    (targets_group, "targets list", "publish.cli", "list_targets"),
    (targets_group, "targets send", "publish.cli", "send_targets"),
    (signing_group, "signing new", "publish.cli", "new_key"),
    (signing_group, "signing list", "publish.cli", "list_keys"),
    (signing_group, "signing retire", "publish.cli", "retire_key"),
)
"""Commands of every folder: the group, what a person types, and the module and function that do it."""
_hung: set[str] = set()


def register_commands(arguments: Sequence[str] = ()) -> None:
    """Hang in the command that the arguments begin with, or every one: to read all takes longer than most work."""
    typed = " ".join(arguments)
    asked = [one for one in _COMMANDS if f"{typed} ".startswith(f"{one[1]} ")]
    for group, words, module, function in asked or _COMMANDS:
        if words not in _hung:
            _hung.add(words)
            group.command(words.split()[-1])(getattr(import_module(module), function))


def main(arguments: list[str] | None = None) -> None:
    """Run a command; whatever goes wrong by a person's hand ends as one sentence and the right exit code."""
    logs.configure()
    register_commands(sys.argv[1:] if arguments is None else arguments)
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
