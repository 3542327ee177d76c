"""The tables: made by migrations, the same on both databases, and never of another version than the program."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlmodel import SQLModel, select

from app import schema
from core import audit
from core.audit import Actor
from core.db import Database
from core.errors import BadInput, Failed
from core.organisations import Organisation, Team, add_organisation, find_or_add
from support.postgres import own_database


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request, tmp_path: Path, _all_tables) -> Iterator[Database]:
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path / 'openboek.db'}")
        yield made
        made.close()
        return
    with own_database(request.getfixturevalue("postgres_url")) as url:
        made = Database(url)
        yield made
        made.close()


@pytest.fixture(scope="module")
def upgraded_file(tmp_path_factory, _all_tables) -> bytes:
    """An empty database after all migrations, which take longer than any test here."""
    file = tmp_path_factory.mktemp("migraties") / "openboek.db"
    with contextlib.closing(Database(f"sqlite:///{file}")) as made:
        schema.upgrade(made)
    return file.read_bytes()


@pytest.fixture(scope="module")
def upgraded_server(postgres_url, _all_tables) -> Iterator[str]:
    """The same on the server."""
    with own_database(postgres_url) as url:
        with contextlib.closing(Database(url)) as made:
            schema.upgrade(made)
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def upgraded(request, tmp_path: Path) -> Iterator[Database]:
    """A copy of it, on each of the two databases."""
    if request.param == "sqlite":
        (tmp_path / "openboek.db").write_bytes(request.getfixturevalue("upgraded_file"))
        with contextlib.closing(Database(f"sqlite:///{tmp_path / 'openboek.db'}")) as made:
            yield made
        return
    server = request.getfixturevalue("postgres_url")
    with (
        own_database(server, request.getfixturevalue("upgraded_server")) as url,
        contextlib.closing(Database(url)) as made,
    ):
        yield made


def test_an_upgrade_makes_the_tables_that_the_program_knows(upgraded):
    with upgraded.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    assert schema.version_of(upgraded) == schema.newest()
    schema.require_current(upgraded)


def test_an_upgrade_makes_the_same_constraints_as_the_models(upgraded):
    """Alembic does not compare unique constraints of SQLite, nor checks: names and columns are laid side by side here."""
    inspector = inspect(upgraded.engine)
    for name, table in SQLModel.metadata.tables.items():
        unique = {
            tuple(sorted(column.name for column in constraint.columns))
            for constraint in table.constraints
            if type(constraint).__name__ == "UniqueConstraint"
        }
        unique |= {(column.name,) for column in table.columns if column.unique}
        found = {tuple(sorted(one["column_names"])) for one in inspector.get_unique_constraints(name)}
        found |= {tuple(sorted(one["column_names"])) for one in inspector.get_indexes(name) if one["unique"]}
        assert unique <= found, name
        foreign = {(column.name, key.column.table.name) for column in table.columns for key in column.foreign_keys}
        assert foreign == {
            (one["constrained_columns"][0], one["referred_table"]) for one in inspector.get_foreign_keys(name)
        }
        assert {column.name for column in table.columns if not column.nullable} == {
            one["name"] for one in inspector.get_columns(name) if not one["nullable"]
        }


def test_upgrading_twice_is_harmless_and_keeps_what_is_there(upgraded):
    with upgraded.write(None) as session:
        owner = add_organisation(
            session,
            code="gm0168",
            name="Gemeente Losser",
            base_url="https://x.example",
            tooi_uri="x",
            tooi_label="x",
            actor=Actor("Aisha"),
        ).id
        find_or_add(session, Team, "Zorg", actor=Actor("Aisha"))
    schema.upgrade(upgraded)
    with upgraded.read(owner) as session:
        assert session.exec(select(Team.name)).all() == ["Zorg"]
        assert audit.faults(session, owner) == []


def test_foreign_keys_are_kept_after_an_upgrade(tmp_path, _all_tables):
    """They are off while SQLite rebuilds tables; a connection must not go back to the pool that way."""
    database = Database(f"sqlite:///{tmp_path / 'openboek.db'}")
    schema.upgrade(database)
    held = [database.engine.connect() for _ in range(3)]
    assert [connection.execute(text("PRAGMA foreign_keys")).scalar_one() for connection in held] == [1, 1, 1]
    for connection in held:
        connection.close()
    database.close()


def test_a_database_of_a_newer_version_is_refused(upgraded):
    with upgraded.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'van_morgen'"))
    for use in (schema.refuse_newer, schema.require_current, schema.upgrade):
        with pytest.raises(BadInput) as refused:
            use(upgraded)
        assert refused.value.message == (
            "Deze database is van een nieuwere versie van Openboek. Installeer die versie, of zet een back-up terug."
        )


def test_a_database_of_an_older_version_must_be_upgraded_first(empty):
    with pytest.raises(BadInput) as refused:
        schema.require_current(empty)
    assert refused.value.message == "Deze database is van een oudere versie. Voer eerst 'openboek upgrade' uit."


def test_an_upgrade_that_breaks_leaves_the_database_as_it_was(tmp_path, _all_tables, monkeypatch):
    database = Database(f"sqlite:///{tmp_path / 'openboek.db'}")

    def break_off(*_arguments):
        raise ZeroDivisionError

    from alembic import command

    real = command.upgrade

    def half_way(configuration, revision):
        real(configuration, revision)
        break_off()

    monkeypatch.setattr(command, "upgrade", half_way)
    with pytest.raises(ZeroDivisionError):
        schema.upgrade(database)
    monkeypatch.undo()
    assert schema.version_of(database) is None
    schema.upgrade(database)
    schema.require_current(database)
    database.close()


def test_a_file_that_is_no_database_is_said_so(tmp_path):
    (tmp_path / "openboek.db").write_bytes(b"Dit is een brief, geen database. " * 200)
    database = Database(f"sqlite:///{tmp_path / 'openboek.db'}")
    for use in (schema.upgrade, schema.version_of, schema.require_current):
        with pytest.raises(Failed, match="geen \\(gave\\) database"):
            use(database)


def test_a_server_that_is_away_is_said_so():
    away = Database("postgresql+psycopg://niemand@127.0.0.1:9/niets?connect_timeout=2")
    with pytest.raises(Failed, match="niet bereikbaar"):
        schema.upgrade(away)


def test_there_is_one_line_of_migrations():
    scripts = ScriptDirectory.from_config(schema.configuration())
    assert (len(scripts.get_heads()), len(scripts.get_bases())) == (1, 1)


def test_the_files_of_the_migrations_say_which_there_are():
    """What every command asks about a database is answered without loading alembic."""
    scripts = ScriptDirectory.from_config(schema.configuration())
    assert schema.newest() == scripts.get_current_head()
    numbers = (f"{number:04}" for number in range(100))
    assert {number for number in numbers if schema.knows(number)} == {one.revision for one in scripts.walk_revisions()}


def test_every_table_carries_its_folder():
    folders = ("core_", "register_", "woo_", "wmebv_", "publish_")
    assert [name for name in SQLModel.metadata.tables if not name.startswith(folders)] == []


def test_an_empty_database_has_no_organisation(upgraded):
    with upgraded.read(None) as session:
        assert session.exec(select(Organisation)).all() == []
