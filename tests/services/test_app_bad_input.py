"""What a person can do wrong ends as one Dutch sentence and the right exit code, with nothing half-done."""

import errno
import json
import socket
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from app import schema
from app.cli import main
from core.db import Database
from core.sheets import Table, write_csv, write_xlsx
from register.models import ProcessingActivity

HEADINGS = ("Naam verwerking", "Doel", "Grondslag", "Betrokkenen", "Persoonsgegevens", "Bewaartermijn")
ROW = ("Parkeervergunning", "Vergunning geven om te parkeren", "publieke taak", "inwoners", "naam; adres", "5 jaar")


@pytest.fixture
def run(here, capsys):
    """Run a command in the folder of the installation; gives exit code, result and what was said."""

    def command(*arguments: str, directory: Path | None = here.folder.root) -> tuple[int, str, str]:
        where = ("--directory", str(directory)) if directory else ()
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([*arguments, *where])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return int(stop.value.code or 0), said.out, " ".join(said.err.split())

    return command


def names(here) -> list[str]:
    with here.database.read(here.organisation_id) as session:
        return list(session.exec(select(ProcessingActivity.name).order_by(ProcessingActivity.number)))


def test_a_file_that_is_no_spreadsheet(run, here, tmp_path):
    picture = tmp_path / "register.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    code, out, said = run("import", "processings", str(picture))
    assert (code, out) == (2, "")
    assert said.endswith(".")
    assert names(here) == []


def test_an_empty_file(run, here, tmp_path):
    empty = tmp_path / "leeg.csv"
    empty.touch()
    code, _out, said = run("import", "processings", str(empty))
    assert code == 2
    assert "leeg" in said
    assert names(here) == []


def test_a_file_that_is_not_there(run):
    code, _out, said = run("import", "processings", "bestaat-niet.xlsx")
    assert code == 2
    assert said.endswith(".")


def test_csv_in_windows_1252_keeps_its_accents(run, here, tmp_path):
    file = tmp_path / "register.csv"
    row = ("Reünie café", *ROW[1:])
    file.write_bytes("\r\n".join(";".join(line) for line in (HEADINGS, row)).encode("cp1252"))
    code, _out, _said = run("import", "processings", str(file))
    assert code == 0
    assert names(here) == ["Reünie café"]


def test_a_row_without_a_name_is_skipped_and_told_and_the_others_go_on(run, here, tmp_path):
    file = tmp_path / "register.xlsx"
    file.write_bytes(
        write_xlsx(
            [Table("Blad1", HEADINGS, [ROW, ("", *ROW[1:]), ("Subsidie", *ROW[1:])])], made_on=date(2026, 11, 21)
        )
    )
    code, _out, said = run("import", "processings", str(file))
    assert code == 1
    assert "rij 3: Deze rij heeft geen naam." in said
    assert names(here) == ["Parkeervergunning", "Subsidie"]


def test_a_dry_run_changes_nothing_and_tells_what_it_would_do(run, here, tmp_path):
    file = tmp_path / "register.csv"
    file.write_bytes(write_csv(Table("Blad1", HEADINGS, [ROW])))
    code, out, _said = run("import", "processings", str(file), "--dry-run", "--format", "json")
    plan = json.loads(out)
    assert code == 0
    assert {"sheet", "heading_row", "records", "columns", "notes", "preview"} <= plan.keys()
    assert plan["records"] == 1
    assert names(here) == []


@pytest.fixture
def newer(here):
    """The database has had a migration of tomorrow; afterwards it is of today again, for the next test."""
    write = "UPDATE alembic_version SET version_num = '{}'"
    with here.database.engine.begin() as connection:
        connection.exec_driver_sql(write.format("9999"))
    yield
    with here.database.engine.begin() as connection:
        connection.exec_driver_sql(write.format(schema.newest()))


def test_a_database_of_a_newer_version(run, newer):
    code, _out, said = run("upgrade")
    assert code == 2
    assert said.startswith("Deze database is van een nieuwere versie van Openboek.")


def test_every_command_refuses_a_database_of_a_newer_version(run, newer):
    for command in (["status"], ["export"], ["findings"], ["serve"], ["audit", "verify"]):
        code, _out, said = run(*command)
        assert (code, said.startswith("Deze database is van een nieuwere versie")) == (2, True), command


def test_an_empty_folder(run, tmp_path):
    code, _out, said = run("status", directory=tmp_path / "niets")
    assert code == 2
    assert said.endswith("Begin met 'openboek init' of 'openboek demo'.")


def test_a_folder_that_cannot_be_made(run, tmp_path):
    (tmp_path / "bestand").touch()
    options = ("--organisation", "gm0168", "--name", "Losser", "--base-url", "https://x.example")
    code, _out, said = run("init", *options, directory=tmp_path / "bestand" / "D")
    assert code == 5
    assert said.endswith("Kies een andere map of pas de rechten aan.")


def test_a_full_disk_leaves_the_old_site(run, here, monkeypatch):
    here.add_activity()
    here.export()
    before = (here.folder.root / "site").readlink()
    here.change_activity("Andere naam")

    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("publish.writer._write_whole", full)
    code, _out, said = run("export")
    assert (code, said.split(". ")[-1]) == (5, "Maak ruimte vrij; de oude site staat nog online.")
    assert (here.folder.root / "site").readlink() == before
    kept = [path.name for path in here.folder.exports.iterdir() if path.is_dir() and not path.name.startswith(".")]
    assert kept == [before.name]


def test_a_port_in_use(run):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        code, _out, said = run("serve", "--port", str(other.getsockname()[1]))
    assert code == 5
    assert "is al in gebruik" in said


def test_a_site_with_faults_is_refused_and_the_old_one_stands(run, here, monkeypatch):
    here.add_activity()
    here.export()
    before = (here.folder.root / "site").readlink()
    here.change_activity("Andere naam")
    monkeypatch.setattr("publish.site.dutch_moment", lambda _moment: "<h1>kapot</h1>")
    monkeypatch.setattr("publish.site._listed", lambda *_: b"<urlset>")
    monkeypatch.setattr("publish.servers.snippets", lambda *_: iter([("kapot.html", b"geen pagina")]))
    code, out, said = run("export")
    assert (code, out) == (4, "")
    assert "kapot.html" in said
    assert (here.folder.root / "site").readlink() == before


def test_a_name_that_is_no_link_is_left_alone(run, here, tmp_path):
    real = tmp_path / "www"
    real.mkdir()
    (real / "index.html").write_text("van iemand anders")
    code, _out, said = run("export", "--output", str(real))
    assert (code, (real / "index.html").read_text()) == (2, "van iemand anders")
    assert "echte map" in said


@pytest.mark.parametrize(
    "arguments",
    [["bestaat-niet"], ["export", "--onbekend"], ["init"], ["status", "--format", "xml"], ["establish"], ["verify"]],
)
def test_wrong_use_is_one_dutch_sentence(run, arguments):
    code, out, said = run(*arguments, directory=None)
    assert (code, out) == (2, "")
    assert said.endswith(".")
    assert "Error" not in said


def test_the_audit_trail_of_all_this_is_whole(run, here):
    here.add_activity()
    here.export()
    code, out, _said = run("audit", "verify")
    assert (code, out) == (0, "")


def test_the_database_can_be_opened_twice(here):
    other = Database(here.folder.database_url)
    assert schema.version_of(other) == schema.newest()
    other.close()
