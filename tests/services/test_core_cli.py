"""The command line: whatever a person does wrong ends as one Dutch sentence and the right exit code."""

import json
import sys
from pathlib import Path

import pytest
from sqlmodel import select

from app import cli, schema
from core import logs
from core.audit import INSTALLATION, Actor, AuditEvent
from core.cli import say_table
from core.db import Database
from core.folder import Folder
from core.organisations import add_organisation
from support.prepared import prepare
from support.tampering import tamper

pytestmark = pytest.mark.usefixtures("quick_migrations")


class Said:
    """What a command said and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, " ".join(err.split())

    def is_one_sentence(self) -> bool:
        """One line that says what to do, on stderr; nothing that only a programmer reads."""
        signs = ("Traceback", "Error", "Usage", "Try ", 'File "')
        return (
            self.out == "" and bool(self.err) and self.err[-1] in ".:" and not any(sign in self.err for sign in signs)
        )


@pytest.fixture
def openboek(capsys, monkeypatch, tmp_path):
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "500")
    for name in ("OPENBOEK_DATABASE_URL", "OPENBOEK_NIGHTLY_AT"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> Said:
        capsys.readouterr()  # what the test itself logged until now
        with pytest.raises(SystemExit) as ended:
            cli.main(list(arguments))
        said = capsys.readouterr()
        return Said(ended.value.code, said.out, said.err)

    yield run
    logs.configure()


@pytest.fixture
def filled(tmp_path: Path, _all_tables) -> Path:
    """A folder with one municipality, without what a domain adds to it."""
    folder = Folder.at(tmp_path)
    folder.prepare()
    prepare(folder.database_url, "one municipality", lambda: _add(tmp_path, "gm0168"))
    return tmp_path


def _add(place: Path, code: str) -> None:
    database = Database(Folder.at(place).database_url)
    schema.upgrade(database)
    with database.write(None) as session:
        add_organisation(
            session,
            code=code,
            name=f"Gemeente {code}",
            base_url=f"https://{code}.example",
            tooi_uri="x",
            tooi_label="x",
            actor=Actor("Aisha"),
        )
    database.close()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["bestaat-niet"], "bestaat niet"),
        (["users", "bestaat-niet"], "bestaat niet"),
        (["users", "add"], "username"),
        (["status", "--bestaat-niet"], "--bestaat-niet"),
        (["serve", "--port", "veel"], "--port"),
        (["serve", "--port"], "mist iets"),
        (["init", "--name", "X"], "--organisation"),
        (["verify"], "target"),
        (["status", "te", "veel"], "openboek status --help"),
    ],
)
def test_wrong_use_is_one_sentence(openboek, arguments, word):
    said = openboek(*arguments)
    assert (said.code, said.is_one_sentence(), word.lower() in said.err.lower()) == (2, True, True), said.err


def test_without_a_command_there_is_help(openboek):
    assert "demo" in openboek().out + openboek("--help").out


@pytest.mark.parametrize(
    "command",
    [["status"], ["findings"], ["export"], ["users", "list"], ["audit", "verify"], ["upgrade"], ["worker", "--once"]],
)
def test_an_empty_folder_is_told_how_to_begin(openboek, command):
    said = openboek(*command)
    assert (said.code, said.is_one_sentence()) == (2, True)
    assert "staat nog geen register. Begin met 'openboek init' of 'openboek demo'." in said.err


def test_a_folder_that_cannot_be_written_is_told_so(openboek, tmp_path):
    (tmp_path / "bestand").write_text("een bestand waar een map moet zijn")
    said = openboek(
        "init",
        "--directory",
        "bestand/map",
        "--organisation",
        "gm0168",
        "--name",
        "Gemeente Losser",
        "--base-url",
        "https://x.example",
    )
    assert (said.code, said.is_one_sentence(), "kan niet worden geschreven" in said.err) == (5, True, True)


@pytest.mark.parametrize(
    ("option", "value", "word"),
    [
        ("--organisation", "gm9999", "'gm9999' is geen code van een bestaande overheid"),
        ("--base-url", "http://x.example", "moet beginnen met https://"),
        ("--base-url", "https://x.example/pad", "mag geen pad hebben"),
    ],
)
def test_a_municipality_that_cannot_be_made_is_told_why_and_leaves_nothing(openboek, tmp_path, option, value, word):
    values = {"--organisation": "gm0168", "--name": "Gemeente Losser", "--base-url": "https://x.example"} | {
        option: value
    }
    said = openboek("init", *(part for pair in values.items() for part in pair))
    assert (said.code, said.is_one_sentence(), word in said.err) == (2, True, True)


def test_a_new_municipality_gets_an_administrator_once(openboek, tmp_path):
    values = ("--name", "Gemeente Losser", "--base-url", "https://x.example")
    first = openboek("init", "--organisation", "gm0168", *values)
    assert (first.code, "wachtwoord voor één keer: " in first.out) == (0, True)
    again = openboek("init", "--organisation", "gm0168", *values)
    assert (again.code, again.is_one_sentence()) == (1, True)
    same_address = openboek("init", "--organisation", "gm0153", *values)
    assert (same_address.code, same_address.is_one_sentence()) == (2, True)
    other = openboek("init", "--organisation", "gm0153", "--name", "Enschede", "--base-url", "https://y.example")
    assert (other.code, "wachtwoord voor één keer: " in other.out) == (0, True)


def test_an_unknown_municipality_is_told_with_those_there_are(openboek, filled):
    said = openboek("users", "list", "--organisation", "gm0001")
    assert (said.code, said.err) == (2, "Organisatie 'gm0001' bestaat hier niet. Kies uit: gm0168.")


def test_with_two_municipalities_one_must_be_named(openboek, filled):
    _add(filled, "gm0153")
    said = openboek("users", "list")
    assert (said.code, said.err) == (
        2,
        "Er zijn meer organisaties. Voeg --organisation CODE toe; kies uit: gm0153, gm0168.",
    )
    assert openboek("users", "list", "--organisation", "gm0153").code == 0


def test_a_register_without_a_municipality_is_told_how_to_begin(openboek, tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'openboek.db'}")
    schema.upgrade(database)
    database.close()
    said = openboek("status")
    assert (said.code, said.err) == (2, "Er is nog geen organisatie. Begin met 'openboek init'.")


def test_a_file_that_is_no_database_is_told_so(openboek, tmp_path):
    (tmp_path / "openboek.db").write_bytes(b"Dit is een brief, geen database. " * 200)
    for command in (["status"], ["upgrade"]):
        said = openboek(*command)
        assert (said.code, said.is_one_sentence(), "geen (gave) database" in said.err) == (5, True, True)


def test_a_database_of_a_newer_program_is_refused_by_every_command(openboek, filled):
    from sqlalchemy import text

    database = Database(f"sqlite:///{filled / 'openboek.db'}")
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'van_morgen'"))
    database.close()
    for command in (["status"], ["findings"], ["export"], ["upgrade"], ["users", "list"], ["worker", "--once"]):
        said = openboek(*command)
        assert (command, said.code, "van een nieuwere versie van Openboek" in said.err) == (command, 2, True)


def test_a_wrong_setting_is_named(openboek, filled):
    (filled / ".env").write_text("OPENBOEK_NIGHTLY_AT=25:00\n")
    said = openboek("status")
    assert (said.code, said.err) == (
        2,
        "De instelling OPENBOEK_NIGHTLY_AT klopt niet. Kijk in docs/reference/settings.md wat er mag.",
    )


# What commands do


def test_an_account_is_made_listed_given_a_new_password_and_closed(openboek, filled):
    made = json.loads(openboek("users", "add", "bram", "--name", "Bram", "--role", "fg", "--role", "lezer").out)
    assert made["username"] == "bram"
    assert "bram" in openboek("users", "list").out
    assert "fg, lezer" in openboek("users", "list").out
    reset = json.loads(openboek("users", "reset", "bram").out)
    assert reset["one_time_password"] != made["one_time_password"]
    assert json.loads(openboek("users", "disable", "bram").out) == {"username": "bram", "active": False}
    assert "gesloten" in openboek("users", "list").out
    database = Database(f"sqlite:///{filled / 'openboek.db'}")
    with database.read(None) as session:
        query = (
            select(AuditEvent.action).where(AuditEvent.organisation_id == INSTALLATION).order_by(AuditEvent.sequence)
        )
        assert session.exec(query).all() == [
            "core:user:add",
            "core:user:change_roles",
            "core:user:set_password",
            "core:user:disable",
        ]
    database.close()


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["add", "bram", "--role", "koning"], 2, "De rol 'koning' bestaat niet"),
        (["add", ""], 2, "gebruikersnaam"),
        (["reset", "niemand"], 2, "Er is geen account met de naam 'niemand'."),
        (["disable", "niemand"], 2, "Er is geen account met de naam 'niemand'."),
    ],
)
def test_an_account_that_cannot_be_made_or_found_is_told_why(openboek, filled, arguments, code, word):
    said = openboek("users", *arguments)
    assert (said.code, said.is_one_sentence(), word in said.err) == (code, True, True)


def test_the_trail_is_verified(openboek, filled):
    assert openboek("audit", "verify").code == 0
    database = Database(f"sqlite:///{filled / 'openboek.db'}")
    tamper(database, "UPDATE core_audit_event SET actor = 'Niemand' WHERE sequence = 3")
    database.close()
    said = openboek("audit", "verify")
    assert (said.code, said.out) == (1, "Gebeurtenis 3: is na het vastleggen veranderd.\n")


def test_an_upgrade_says_whether_it_changed_anything(openboek, filled):
    assert json.loads(openboek("upgrade").out)["changed"] is False


def test_a_worker_stops_when_there_is_nothing_to_do(openboek, filled):
    assert json.loads(openboek("worker", "--once").out) == {"done": 0}


def test_the_result_alone_goes_to_stdout(openboek, filled):
    said = openboek("status", "--format", "json")
    assert (said.code, set(json.loads(said.out)) >= {"register", "woo", "wmebv", "export", "schema_version"}) == (
        0,
        True,
    )
    said = openboek("findings", "--format", "json")
    assert (said.code, isinstance(json.loads(said.out), list)) == (0, True)


@pytest.mark.parametrize("command", [["status", "--format", "xml"], ["findings", "--format", "pdf"]])
def test_an_unknown_form_is_told_with_those_there_are(openboek, filled, command):
    said = openboek(*command)
    assert (said.code, said.is_one_sentence(), "Kies uit: table, json" in said.err) == (2, True, True)


def test_a_port_in_use_is_told_so(openboek, filled):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = openboek("serve", "--port", str(port))
    assert (said.code, f"Poort {port} is al in gebruik." in said.err) == (5, True)


@pytest.mark.parametrize(
    ("used", "absent"),
    [
        ("app.cli, app.overview", ("alembic", "fastapi", "uvicorn")),
        ("app.cli, publish.services, publish.work", ("alembic", "fastapi", "paramiko", "requests", "uvicorn")),
    ],
)
def test_the_commands_do_not_load_what_they_do_not_need(used, absent):
    """A slow start is felt at every command of a script."""
    import subprocess

    code = f"import sys; import {used}; print([name for name in {absent} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout == "[]\n"


def test_a_long_table_is_whole_and_in_line(capsys):
    rows = [(f"AVG-{number:04}", "kort" if number else "een\nlange zin", number) for number in range(1500)]
    say_table(("Regel", "Melding", "Aantal"), rows, title="Bevindingen")
    title, headings, *lines = capsys.readouterr().out.splitlines()
    assert (title, headings) == ("Bevindingen", "Regel     Melding        Aantal")
    assert (lines[0], lines[-1], len(lines)) == (
        "AVG-0000  een lange zin  0",
        "AVG-1499  kort           1499",
        1500,
    )
