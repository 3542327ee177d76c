"""The doctor: a healthy installation has no faults, and each thing that is wrong is found and told in plain words."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import app.main  # noqa: F401 - knows every folder's tables
from app import cli, doctor
from app.doctor import Outcome
from core import clock
from core.accounts.models import RoleCode
from core.accounts.services import add_user
from core.audit import COMMAND_LINE
from core.folder import Folder
from core.settings import Settings
from support.backups import drop_triggers
from support.installation import Installation

GOOD_SETTINGS = {"secure_cookies": True, "security_contact": "mailto:beveiliging@losser.example"}


def add_administrator(installation: Installation) -> None:
    with installation.database.write(None) as session:
        add_user(
            session,
            username="beheer",
            name="Beheer",
            password=None,
            roles=[RoleCode.ADMINISTRATOR],
            organisation_id=installation.organisation_id,
            actor=COMMAND_LINE,
        )


@pytest.fixture(scope="module")
def healthy(tmp_path_factory) -> Path:
    """A municipality with a site: one document is public, one was withdrawn after the export."""
    made = Installation(tmp_path_factory.mktemp("gezond"))
    add_administrator(made)
    made.add_activity()
    made.add_document("Besluit")
    goes = made.add_document("Ingetrokken besluit")
    made.export()
    made.withdraw_document(goes)
    made.close()
    return made.folder.root


@pytest.fixture
def folder(healthy, tmp_path, monkeypatch) -> Folder:
    monkeypatch.setattr(doctor.os, "geteuid", lambda: 1000)
    shutil.copytree(healthy, tmp_path / "gemeente", symlinks=True)
    return Folder(tmp_path / "gemeente", Settings(_env_file=None, **GOOD_SETTINGS))


def found_in(folder: Folder) -> list[tuple[str, Outcome]]:
    return [(one.subject, one.outcome) for one in doctor.examine(folder) if one.outcome is not Outcome.GOOD]


def execute(folder: Folder, *statements: str) -> None:
    engine = create_engine(folder.database_url)
    with engine.begin() as connection:
        drop_triggers(connection)
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def original_of(folder: Folder) -> Path:
    return max((path for path in folder.documents.rglob("*") if path.is_file()), key=lambda path: path.name)


def test_a_healthy_installation_has_no_faults(folder):
    assert found_in(folder) == []
    assert [one.subject for one in doctor.examine(folder)] == [
        "Map", "Schijf", "Instellingen", "Opslag", "Database", "Logboek", "Klok", "Beheerder gm0168",
        "Documenten gm0168", "Website gm0168", "Export gm0168",
    ]  # fmt: skip


def alter(path: Path) -> None:
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[:-1] + b"x")


def first_page(folder: Folder) -> Path:
    return folder.root / "site" / "index.html"


DAMAGE = {
    "no database": (lambda f: (f.root / "openboek.db").unlink(), [("Database", Outcome.WRONG)]),
    "no database file": (lambda f: (f.root / "openboek.db").write_bytes(b"brief" * 999), [("Database", Outcome.WRONG)]),
    "an old version": (
        lambda f: execute(f, "UPDATE alembic_version SET version_num = '9999'"),
        [("Database", Outcome.WRONG)],
    ),
    "a broken chain": (
        lambda f: execute(f, "UPDATE core_audit_event SET actor = 'Niemand' WHERE id = 7"),
        [("Logboek", Outcome.WRONG)],
    ),
    "a clock that runs behind": (
        lambda f: execute(f, "UPDATE core_audit_event SET at = '2999-01-01 00:00:00.000000' WHERE id = 7"),
        [("Logboek", Outcome.WRONG), ("Klok", Outcome.WRONG)],
    ),
    "a public file that changed": (lambda f: alter(original_of(f)), [("Documenten gm0168", Outcome.WRONG)]),
    "a public file that went": (lambda f: original_of(f).unlink(), [("Website gm0168", Outcome.WRONG)]),
    "originals that went": (
        lambda f: shutil.rmtree(f.files),
        [("Map", Outcome.WRONG), ("Opslag", Outcome.WRONG)],
    ),
    "no site yet": (lambda f: (f.root / "site").unlink(), [("Website gm0168", Outcome.CAREFUL)]),
    "a page that went": (lambda f: first_page(f).unlink(), [("Website gm0168", Outcome.WRONG)]),
    "a page of another size": (
        lambda f: first_page(f).write_bytes(b"x"),
        [("Website gm0168", Outcome.WRONG)],
    ),
    "a manifest that went": (
        lambda f: (f.root / "site" / "manifest.json").unlink(),
        [("Website gm0168", Outcome.WRONG)],
    ),
    "a shard that changed": (
        lambda f: alter(next((f.root / "site" / "manifesten").iterdir())),
        [("Website gm0168", Outcome.WRONG)],
    ),
    "an export that failed": (
        lambda f: execute(f, "UPDATE publish_run SET state = 'mislukt', message = 'De schijf is vol.'"),
        [("Export gm0168", Outcome.CAREFUL)],
    ),
    "no export yet": (lambda f: execute(f, "DELETE FROM publish_run"), [("Export gm0168", Outcome.CAREFUL)]),
    "secrets for everybody": (
        lambda f: ((f.root / ".env").write_text(""), (f.root / ".env").chmod(0o644)),
        [("Instellingen", Outcome.WRONG)],
    ),
}


@pytest.mark.parametrize("way", DAMAGE)
def test_what_is_wrong_is_found(folder, way):
    damage, expected = DAMAGE[way]
    damage(folder)
    assert found_in(folder) == expected
    assert all(
        one.message.endswith((".", ")", "env", "export", "verify", "upgrade", "init")) for one in doctor.examine(folder)
    )


@pytest.mark.parametrize("change", ["DELETE FROM core_role_held", "UPDATE core_user SET is_active = 0"])
def test_an_organisation_without_an_administrator_is_told(folder, change):
    execute(folder, change)
    assert found_in(folder) == [("Beheerder gm0168", Outcome.CAREFUL)]


def test_an_export_that_was_refused_after_a_good_one_is_wrong(folder):
    columns = (
        "organisation_id, finished_at, started_by, changed, counts, seconds, faults, categories, changes, warnings, "
        "targets"
    )
    execute(
        folder,
        f"INSERT INTO publish_run (id, export_id, state, started_at, message, {columns}) SELECT '{'a' * 32}',"
        " 'gm0168-29990101T000000000000', 'geweigerd',"
        f" '2999-01-01 00:00:00.000000', 'De nieuwe site heeft fouten.', {columns} FROM publish_run",
    )
    assert found_in(folder) == [("Export gm0168", Outcome.WRONG)]


def test_an_export_of_the_day_before_yesterday_is_wrong(folder):
    with clock.frozen(clock.now() + timedelta(hours=27)):
        found = [one for one in doctor.examine(folder) if one.outcome is not Outcome.GOOD]
    assert [(one.subject, one.message) for one in found] == [
        ("Export gm0168", "De laatste export is 27 uur oud. Kijk of de werker draait.")
    ]


@pytest.mark.parametrize(("free", "outcome"), [(1_000, Outcome.WRONG), (1_000_000_000, Outcome.CAREFUL)])
def test_a_disk_that_runs_full_is_told(folder, monkeypatch, free, outcome):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: type("", (), {"free": free}))
    assert found_in(folder) == [("Schijf", outcome)]


def test_settings_of_a_trial_are_told(folder, monkeypatch):
    monkeypatch.setattr(doctor.os, "geteuid", lambda: 0)
    assert found_in(Folder(folder.root, Settings(_env_file=None))) == [("Instellingen", Outcome.CAREFUL)] * 3


@pytest.mark.parametrize("is_wrong", [False, True])
def test_the_command_ends_with_1_when_something_is_wrong(folder, capsys, is_wrong):
    if is_wrong:
        alter(original_of(folder))
    before = (folder.root / "openboek.db").read_bytes()
    with pytest.raises(SystemExit) as ended:
        cli.main(["doctor", "--directory", str(folder.root)])
    out = capsys.readouterr().out
    assert (ended.value.code, "ontbreekt het bestand of is het veranderd" in out) == (int(is_wrong), is_wrong)
    assert (folder.root / "openboek.db").read_bytes() == before


def test_a_folder_that_is_not_there_is_told(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["doctor", "--directory", str(tmp_path / "nergens")])
    assert (ended.value.code, "staat nog geen register" in capsys.readouterr().out) == (1, True)
    assert list(tmp_path.iterdir()) == []
