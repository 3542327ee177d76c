"""Bulk statements: whichever way somebody finds to change audited rows or the trail, no commit without an event."""

import re
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.orm import Query
from sqlmodel import SQLModel, col, select

from core import audit
from core.audit import Actor, AuditEvent, AuditHead
from core.db import Audited, UnauditedChange, _changed_by
from core.organisations import Team, find_or_add
from register import services as register
from register.content import ActivityContent, Purpose
from register.models import ProcessingActivity

ACTOR = Actor("Aisha")
ROOT = Path(__file__).parents[2]
TEAMS = Team.__table__


@pytest.fixture
def teams(database, organisation):
    with database.write(organisation.id) as session:
        for name in ("Zorg", "Wijken"):
            find_or_add(session, Team, name, actor=ACTOR)
        register.add(session, ActivityContent(name="Parkeren", purposes=(Purpose(text="Een"),)), actor=ACTOR)
    return database


def raw(statement: str):
    return lambda session: session.connection().exec_driver_sql(statement)


WAYS = {
    "update of the model": lambda s: s.exec(update(Team).values(name="x")),
    "delete of the model": lambda s: s.exec(delete(Team)),
    "insert of the model": lambda s: s.execute(insert(Team), [{"name": "x"}]),
    "update of a part": lambda s: s.exec(update(SQLModel.metadata.tables["register_purpose"]).values(text="x")),
    "update of the table": lambda s: s.execute(TEAMS.update().values(name="x")),
    "delete of the table": lambda s: s.execute(TEAMS.delete()),
    "words of SQL": lambda s: s.execute(text("UPDATE core_team SET name = 'x'")),
    "words of SQL that remove": lambda s: s.execute(text("delete from core_team")),
    "words with a comment between": lambda s: s.execute(text("UPDATE /* x */ core_team\nSET name = 'x'")),
    "words with quotes": lambda s: s.execute(text("UPDATE \"core_team\" SET name = 'x'")),
    "words behind others": lambda s: s.execute(text("WITH x AS (SELECT 1) DELETE FROM core_team")),
    "the connection, table": lambda s: s.connection().execute(TEAMS.update().values(name="x")),
    "the connection, driver": raw("UPDATE core_team SET name = 'x'"),
    "the connection, many": lambda s: s.connection().execute(
        TEAMS.update().where(col(Team.name) == "Zorg").values(name="x"), [{}, {}]
    ),
    "bulk update": lambda s: s.bulk_update_mappings(
        Team, [{"id": s.exec(select(Team.id)).first(), "name": "x", "version": 1}]
    ),
    "bulk insert": lambda s: s.bulk_insert_mappings(Team, [{"name": "x"}]),
    "bulk save": lambda s: s.bulk_save_objects([Team(name="x", organisation_id=s.info["organisation"])]),
    "the query of SQLAlchemy": lambda s: Query(Team, s).update({"name": "x"}),
    "the query of SQLAlchemy that removes": lambda s: Query(Team, s).delete(),
    "the trail, updated": lambda s: s.exec(update(AuditEvent).values(contents=None)),
    "the trail, words": raw("UPDATE core_audit_event SET contents = NULL"),
    "the trail, added to": raw("INSERT INTO core_audit_event (actor) VALUES ('x')"),
    "the end of the trail": lambda s: s.exec(update(AuditHead).values(sequence=0)),
    "the end of the trail, words": raw("DELETE FROM core_audit_head"),
}
OF_SQLITE = {
    "replace": raw("REPLACE INTO core_team SELECT * FROM core_team"),
    "insert or replace": raw("INSERT OR REPLACE INTO core_team SELECT * FROM core_team"),
    "update or replace": raw("UPDATE OR REPLACE core_team SET name = 'x'"),
}
OF_POSTGRES = {
    "emptying": raw("TRUNCATE core_team CASCADE"),
    "update within a question": raw("WITH x AS (UPDATE core_team SET name = 'x' RETURNING id) SELECT * FROM x"),
    "only": raw("UPDATE ONLY public.core_team SET name = 'x'"),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_bulk_statement_changes_an_audited_row(teams, organisation, way):
    refused(teams, organisation, WAYS[way])


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("way", OF_SQLITE)
def test_no_bulk_statement_of_sqlite_does(teams, organisation, way):
    refused(teams, organisation, OF_SQLITE[way])


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("way", OF_POSTGRES)
def test_no_bulk_statement_of_postgresql_does(teams, organisation, way):
    refused(teams, organisation, OF_POSTGRES[way])


def refused(database, organisation, way) -> None:
    with pytest.raises(UnauditedChange), database.write(organisation.id) as session:
        way(session)
    with database.read(organisation.id) as session:
        assert sorted(session.exec(select(Team.name))) == ["Wijken", "Zorg"]
        assert audit.faults(session, organisation.id) == []


def test_the_guard_still_stands_after_a_flush_without_work_and_after_one_that_failed(teams, organisation):
    with pytest.raises(UnauditedChange), teams.write(organisation.id) as session:
        team = session.exec(select(Team)).first()
        team.name = str(team.name)  # touched, not changed: a flush that finds no work
        session.flush()
        session.bulk_insert_mappings(Team, [{"name": "x"}])
    with pytest.raises(UnauditedChange), teams.write(organisation.id) as session:
        with pytest.raises(Exception, match="core_team"), session.begin_nested():
            session.add(Team(name="Zorg"))
            session.flush()
        session.connection().exec_driver_sql("UPDATE core_team SET name = 'x'")


def test_what_goes_with_its_owner_needs_the_event_of_its_owner(teams, organisation):
    """A cascade is a change like another: the database itself has none, and the ORM tells of its own."""
    with pytest.raises(UnauditedChange, match="register_activity"), teams.write(organisation.id) as session:
        session.delete(session.exec(select(ProcessingActivity)).one())


def test_no_database_removes_or_empties_rows_by_itself():
    keys = [key for table in SQLModel.metadata.tables.values() for key in table.foreign_keys]
    assert [str(key.column) for key in keys if key.ondelete or key.onupdate] == []
    mappers = list(SQLModel._sa_registry.mappers)
    assert any(issubclass(mapper.class_, Audited) for mapper in mappers)
    relationships = [found for mapper in mappers for found in mapper.relationships]
    assert [str(one) for one in relationships if one.passive_deletes or one.secondary is not None] == []


def test_connections_without_a_session_are_few():
    """They are for whole tables; whoever adds a module here says why its rows need no event."""
    outside = re.compile(r"engine\.(?:connect|begin)\(|database\.connect\(|\.raw_connection\(")
    folders = ("app", "core", "publish", "register", "wmebv", "woo")
    found = {
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if outside.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"app/restoring.py", "app/schema.py", "core/db.py", "publish/services.py"}


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("SELECT * FROM core_team FOR UPDATE", set()),
        ("select 'update core_team'", {"core_team"}),  # rather refused once too often
        ("UPDATE core_numbering SET last = 2", {"core_numbering"}),
        ("INSERT INTO a SELECT * FROM b", {"a"}),
        ('DELETE FROM "public"."a"', {"a"}),
        ("-- DELETE FROM a\nSELECT 1", set()),
    ],
)
def test_the_tables_that_a_statement_changes(statement, tables):
    assert _changed_by(statement) == tables
