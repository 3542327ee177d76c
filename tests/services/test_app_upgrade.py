"""Upgrade and db copy: the data of every released version come through whole, and what fails changes nothing."""

import contextlib
import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, make_url, text
from sqlmodel import select

import app.main  # noqa: F401 - knows every folder's tables
from app import archive, cli, restoring, schema, upgrading
from core import audit, logs, rows
from core.db import Database
from core.errors import BadInput, Busy, Failed
from core.folder import Folder
from core.organisations import Organisation, Team, find_or_add
from publish import services as publishing
from support.backups import RELEASED, everything_below, files_of, folder_at, rows_of
from support.postgres import own_database
from woo.content import DocumentState
from woo.models import Document

pytestmark = pytest.mark.usefixtures("quick_migrations")
NEWEST = max(RELEASED.glob("*.tar.gz"))


def fill(folder: Folder, path: Path = NEWEST) -> Folder:
    """Put a backup back as it was then: its tables are still of the old version."""
    folder.prepare()
    database = Database(folder.database_url)
    with contextlib.closing(database), schema.one_transaction(database) as connection:
        restoring.load(connection, path, None, archive.check(path), folder.root)
    return folder


def current(folder: Folder) -> Folder:
    """Bring it to the version of this program."""
    upgrading.upgrade(folder, with_backup=False)
    return folder


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Folder:
    """The newest release, brought up to date, in a file. Nobody changes it."""
    return current(fill(folder_at(tmp_path_factory.mktemp("gevuld"))))


@pytest.fixture(scope="module")
def filled_server(tmp_path_factory, postgres_url):
    """The same on the server: the address of a database to copy."""
    with own_database(postgres_url) as url:
        current(fill(folder_at(tmp_path_factory.mktemp("server"), url)))
        yield url


@pytest.fixture
def here(filled, tmp_path) -> Folder:
    """A copy of it, to do with what a test wants."""
    shutil.copytree(filled.root, tmp_path / "hier", symlinks=True)
    return folder_at(tmp_path / "hier")


@pytest.fixture(params=["sqlite", "postgresql"])
def folder(request, here):
    """A copy of it on each of the two databases."""
    if request.param == "sqlite":
        yield here
        return
    (here.root / "openboek.db").unlink()
    server = request.getfixturevalue("postgres_url")
    with own_database(server, request.getfixturevalue("filled_server")) as url:
        yield folder_at(here.root, url)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """A folder of an installation that is still to be filled, on each of the two databases."""
    if request.param == "sqlite":
        yield folder_at(tmp_path / "gemeente")
        return
    with own_database(request.getfixturevalue("postgres_url")) as url:
        yield folder_at(tmp_path / "gemeente", url)


MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9001", "{head}", None, None

def upgrade():
    with op.batch_alter_table("core_team") as batch:
        batch.add_column(sa.Column("floor", sa.Integer(), nullable=False, server_default="7"))
    op.create_table("core_room", sa.Column("id", sa.Integer(), primary_key=True))
    {more}
"""


@pytest.fixture(scope="module")
def _migrations(tmp_path_factory) -> Path:
    """The migrations of this program, where one may be added: compiled once."""
    return shutil.copytree(schema.MIGRATIONS, tmp_path_factory.mktemp("later") / "migrations")


@pytest.fixture
def newer(tmp_path, _migrations, monkeypatch):
    """A program that knows one migration more; gives what makes it."""
    logs.configure()  # as the command does; without it a fault is drawn with every variable, which takes a second
    made = _migrations / "versions" / f"9001_{tmp_path.name}.py"

    def make(more: str = "pass") -> None:
        made.write_text(MIGRATION.format(head=schema.newest(), more=more), encoding="utf-8")
        monkeypatch.setattr(schema, "MIGRATIONS", _migrations)

    yield make
    made.unlink(missing_ok=True)
    logs.configure()


def shape_of(folder: Folder) -> dict[str, list[str]]:
    engine = create_engine(folder.database_url)
    found = inspect(engine).get_multi_columns()
    engine.dispose()
    return {name: [column["name"] for column in columns] for (_schema, name), columns in found.items()}


@pytest.fixture(scope="module")
def _seen() -> dict[str, tuple[dict[str, list[str]], dict[str, list[str]]]]:
    return {}


@pytest.fixture
def was(folder, _seen) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The rows and the tables of `folder` before a test; every copy of a kind has the same."""
    kind = make_url(folder.database_url).get_backend_name()
    if kind not in _seen:
        _seen[kind] = rows_of(folder), shape_of(folder)
    return _seen[kind]


MOVED = {
    "register_processor_use": (
        "register_agreement",
        {
            "agreement_document": "title",
            "agreement_on": "agreed_on",
            "agreement_until": "until",
            "agreement_model": "model",
        },
    ),
    "register_joint_controller": (
        "register_agreement",
        {"arrangement_document": "title", "arrangement_on": "agreed_on"},
    ),
    "register_principal": ("register_agreement", {"agreement_document": "title", "agreement_on": "agreed_on"}),
    "register_purpose_law": ("register_law", {"name": "name", "bwb_number": "bwb_number"}),
}
"""Facts that stand in a shared record now: the table of that, and the old column -> the column there."""
WORKED_OUT = {"register_activity": {"search_text"}}
"""Columns of then that hold no fact of their own: they follow from the others, and are worked out elsewhere now."""


def facts_in(before: dict[str, list[str]]) -> dict[str, list[str]]:
    """The rows of then without what only follows from the rest."""
    return before | {
        name: [
            rows._canonical({key: value for key, value in json.loads(line).items() if key not in columns})
            for line in before.get(name, ())
        ]
        for name, columns in WORKED_OUT.items()
    }


def moved_back(after: dict[str, list[str]]) -> dict[str, list[str]]:
    """The rows of now, with what moved to a shared record read through the row that points there."""
    found = {name: [json.loads(line) for line in lines] for name, lines in after.items()}
    shared = {row["id"]: row for name in ("register_agreement", "register_law") for row in found.get(name, ())}
    for name, (table, columns) in MOVED.items():
        for row in found.get(name, ()):
            there = shared.get(row.get(f"{table.removeprefix('register_')}_id"), {})
            empty = {} if there else {old: "" for old in columns if not old.endswith(("_on", "_until"))}
            row.update(empty | {old: there[new] for old, new in columns.items() if new in there})
    covenants = sorted(found.get("register_covenant_use", ()), key=lambda row: row["position"])
    for row in found.get("register_activity", ()):
        row["covenants"] = [
            shared[use["agreement_id"]]["title"] for use in covenants if use["activity_id"] == row["id"]
        ]
    return {name: [rows._canonical(row) for row in lines] for name, lines in found.items()}


def old_part(after: dict[str, list[str]], before: dict[str, list[str]]) -> dict[str, list[str]]:
    """The rows of now, with the columns of then only."""
    then = {name: {key for line in lines for key in json.loads(line)} for name, lines in before.items()}
    return {
        name: [
            json.dumps({k: v for k, v in json.loads(line).items() if k in then[name]}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            for line in lines
        ]
        for name, lines in after.items()
        if name in before
    }  # fmt: skip


# Released versions


@pytest.mark.parametrize(
    "released", sorted(RELEASED.glob("*.tar.gz")), ids=lambda path: path.name.removesuffix(".tar.gz")
)
def test_the_data_of_a_released_version_come_through(empty, released):
    folder = fill(empty, released)
    before, files = facts_in(rows_of(folder)), files_of(folder)
    upgrading.upgrade(folder)
    assert old_part(moved_back(rows_of(folder)), before) == before
    assert files_of(folder) == files
    database = folder.database()
    with contextlib.closing(database):
        schema.require_current(database)
        with database.read(None) as session:
            owner = session.exec(select(Organisation.id)).one()
            assert audit.faults(session, owner) + audit.faults(session, audit.INSTALLATION) == []
        done = publishing.run(database, folder, owner, actor=audit.COMMAND_LINE)
        with database.read(owner) as session:
            public = session.exec(select(Document).where(Document.state == DocumentState.PUBLISHED)).all()
            assert public
            assert [one.public_sha256 for one in public] == [one.sha256 for one in public]
        with database.write(owner) as session:
            find_or_add(session, Team, "Een nieuw team", actor=audit.COMMAND_LINE)
    assert (done.changed, done.counts["documenten"]) == (True, 4)


def test_there_are_data_of_every_released_version():
    log = (Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = [line.split()[-1] for line in log.splitlines() if line.startswith("## ")]
    assert [path.name.removesuffix(".tar.gz") for path in sorted(RELEASED.glob("*.tar.gz"))] == sorted(versions)


# An upgrade


def test_an_upgrade_keeps_a_backup_migrates_and_keeps_every_row(folder, was, newer, tmp_path):
    old_version, (before, shape) = schema.newest(), was
    newer()
    done = upgrading.upgrade(folder)
    assert (done.changed, done.before, done.after) == (True, old_version, "9001")
    after = rows_of(folder)
    assert old_part(after, before) == before
    assert set(shape_of(folder)) - set(shape) == {"core_room"}
    assert {json.loads(line)["floor"] for line in after["core_team"]} == {7}
    kept = archive.check(done.backup)
    assert (done.backup.parent, kept.schema_version) == (folder.root / "backups", old_version)
    assert done.backup.name.startswith(f"before-{kept.program_version}-")
    restored = folder_at(tmp_path / "terug")  # a backup of before an upgrade comes back in the new version
    assert restoring.restore(done.backup, restored).faults == []
    assert old_part(rows_of(restored), before) == before
    assert "core_room" in shape_of(restored)


def test_what_is_up_to_date_stays_as_it_is(folder):
    before = everything_below(folder.root)
    done = upgrading.upgrade(folder)
    assert (done.changed, done.backup) == (False, None)
    assert {name: data for name, data in everything_below(folder.root).items() if "openboek.db" not in name} == {
        name: data for name, data in before.items() if "openboek.db" not in name
    }


BREAKS = {
    "it raises": "raise RuntimeError('kapot')",
    "wrong sql": "op.execute('UPDATE nergens SET x = 1')",
    "it breaks after a table went": "op.drop_table('publish_run'); op.execute('SELECT x FROM nergens')",
    "a row gets lost": "op.execute('DELETE FROM core_link')",
    "a row is doubled": "op.execute(\"INSERT INTO core_numbering (organisation_id, kind, last) SELECT id, 'dubbel', 1 FROM core_organisation\")",
    "the end of the trail is replaced": "op.execute(\"UPDATE core_audit_head SET hash = 'x'\")",
}


@pytest.mark.parametrize("way", BREAKS)
def test_a_migration_that_breaks_changes_nothing(folder, was, newer, way):
    version = schema.newest()
    newer(BREAKS[way])
    with pytest.raises(Failed) as error:
        upgrading.upgrade(folder)
    assert "is gelaten zoals die was" in error.value.message
    assert f"De back-up staat in {folder.root / 'backups'}" in error.value.message
    assert (rows_of(folder), shape_of(folder)) == was
    database = folder.database()
    with contextlib.closing(database):
        assert schema.version_of(database) == version


def test_a_migration_that_leaves_a_row_pointing_to_nothing_is_refused(here, tmp_path, newer):
    before = rows_of(here)
    newer("op.execute(\"UPDATE woo_document SET dossier_id = 'weg'\")")
    with pytest.raises(Failed, match="Tabel woo_document verwijst naar een rij van woo_dossier die er niet is"):
        upgrading.upgrade(here)
    assert rows_of(here) == before


def test_after_a_broken_migration_references_are_kept_again(here, tmp_path, newer):
    newer("raise RuntimeError('kapot')")
    database = here.database()
    with contextlib.closing(database):
        with pytest.raises(RuntimeError):
            schema.upgrade(database)
        with database.engine.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_an_old_program_refuses_a_newer_database(folder, newer, monkeypatch):
    old = schema.MIGRATIONS
    newer()
    upgrading.upgrade(folder, with_backup=False)
    before = rows_of(folder)
    monkeypatch.setattr(schema, "MIGRATIONS", old)
    with pytest.raises(BadInput, match="van een nieuwere versie van Openboek"):
        upgrading.upgrade(folder)
    assert rows_of(folder) == before


def test_a_database_that_is_in_use_is_not_upgraded(folder, newer):
    newer()
    database = folder.database()
    with contextlib.closing(database), database.read(None) as session:
        session.exec(select(Team)).all()
        with pytest.raises(Busy, match="Openboek draait nog"):
            upgrading.upgrade(folder)


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    said = capsys.readouterr()
    return ended.value.code, said.out, " ".join(said.err.split())


def test_the_command_says_what_it_did(here, tmp_path, newer, capsys):
    version = schema.newest()
    newer()
    code, out, _ = run(capsys, "upgrade", "--no-backup", "--directory", str(here.root))
    assert (code, json.loads(out)) == (0, {"changed": True, "from": version, "to": "9001", "backup": None})
    code, out, _ = run(capsys, "upgrade", "--directory", str(here.root))
    assert (code, json.loads(out)) == (0, {"changed": False, "from": "9001", "to": "9001", "backup": None})
    assert run(capsys, "upgrade", "--directory", str(tmp_path / "leeg"))[0] == 2


# From one database to the other


def test_a_municipality_moves_to_postgres_and_back(here, tmp_path, postgres_url, capsys):
    before = rows_of(here)
    with own_database(postgres_url) as url:
        code, out, err = run(capsys, "db", "copy", here.database_url, url)
        assert (code, json.loads(out)["rows"]) == (0, sum(map(len, before.values())) + 1)  # the end of a chain
        assert err.startswith("Alle rijen zijn gelijk.")
        assert rows_of(folder_at(here.root, url)) == before
        back = tmp_path / "terug.db"
        upgrading.copy(url, f"sqlite:///{back}")
        assert rows_of(folder_at(tmp_path, f"sqlite:///{back}")) == before
        there = Database(url)
        with contextlib.closing(there):  # and one can go on working there
            with there.read(None) as session:
                owner = session.exec(select(Organisation.id)).one()
            with there.write(owner) as session:
                find_or_add(session, Team, "Een nieuw team", actor=audit.COMMAND_LINE)
        for target in (url, f"sqlite:///{back}"):  # neither is empty now
            kept = rows_of(folder_at(tmp_path, target))
            with pytest.raises(BadInput, match="niet leeg"):
                upgrading.copy(here.database_url, target)
            assert rows_of(folder_at(tmp_path, target)) == kept
    assert rows_of(here) == before


@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        ("sqlite:////nergens/openboek.db", "sqlite:///{0}/nieuw.db", "bestaat niet"),
        ("mysql://server/openboek", "sqlite:///{0}/nieuw.db", "Geef een adres op"),
        ("openboek.db", "sqlite:///{0}/nieuw.db", "Geef een adres op"),
        ("sqlite:///{0}/leeg.db", "sqlite:///{0}/nieuw.db", "openboek upgrade"),
    ],
)
def test_an_address_that_cannot_be_used_is_one_sentence(tmp_path, capsys, source, target, sentence):
    (tmp_path / "leeg.db").touch()
    code, out, err = run(capsys, "db", "copy", source.format(tmp_path), target.format(tmp_path))
    assert (code, out, sentence in err) == (2, "", True)
    assert not (tmp_path / "nieuw.db").exists()


def test_a_server_that_is_away_is_said_so(here, tmp_path, capsys):
    code, out, err = run(
        capsys, "db", "copy", here.database_url, "postgresql+psycopg://niemand@127.0.0.1:9/niets?connect_timeout=2"
    )
    assert (code, out, err) == (
        5,
        "",
        "De database is niet bereikbaar. Controleer of die draait en probeer het opnieuw.",
    )


def test_a_copy_that_is_not_the_same_is_taken_away(here, tmp_path, monkeypatch):
    real = rows.Loading.load

    def forgets(self, stored, found):
        real(self, stored, list(found)[1:] if stored.name == "core_link" else found)

    monkeypatch.setattr(rows.Loading, "load", forgets)
    with pytest.raises(Failed, match=r"De kopie is niet gelijk en is weggehaald\. Tabel core_link: rij"):
        upgrading.copy(here.database_url, f"sqlite:///{tmp_path / 'nieuw.db'}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hier"]


def test_every_difference_is_found(here, tmp_path):
    other = tmp_path / "anders.db"
    shutil.copy(here.root / "openboek.db", other)
    engine = create_engine(f"sqlite:///{other}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE core_team SET name = name || '.'"))
        connection.execute(text("DELETE FROM core_job"))
        connection.execute(text("CREATE TABLE extra (id INTEGER PRIMARY KEY)"))
    engine.dispose()
    one, two = create_engine(here.database_url), create_engine(f"sqlite:///{other}")
    with one.connect() as left, two.connect() as right:
        found = list(rows.differences(left, right))
    one.dispose()
    two.dispose()
    assert [sentence.split(":")[0] for sentence in sorted(found)] == [
        "Tabel core_job", "Tabel core_team", "Tabel extra staat maar in één van de twee.",
    ]  # fmt: skip
