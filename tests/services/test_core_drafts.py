"""Drafts in the database: one for each form, not too many, not too large, and gone after thirty days."""

from datetime import timedelta
from threading import Event
from types import SimpleNamespace

import pytest
from alembic.script import ScriptDirectory
from sqlmodel import func, select

from app import schema
from app.serve import work
from core import clock, drafts, history
from core.accounts.models import User
from core.audit import AuditEvent
from core.drafts import MAX_DRAFTS, MAX_SIZE, Draft
from core.errors import BadInput, NotFound
from core.organisations import Team, change_shared, find_or_add
from support.municipalities import add_municipality, add_person


@pytest.fixture
def aisha(database, organisation) -> User:
    return add_person(database, "aisha", organisation)


def keep(session, user, address="/register/nieuw", text="half", **facts):
    return drafts.keep(session, user.id, address, [("name", text)], **{"version": None, **facts})


def test_a_form_has_one_draft_and_it_is_the_last_one(session, aisha):
    keep(session, aisha, text="eerst", version=1, title="Verwerking: eerst")
    keep(session, aisha, text="daarna", version=2)
    found = drafts.drafts_of(session, aisha.id)
    assert [(one.pairs, one.record_version, one.title) for one in found] == [
        ([("name", "daarna")], 2, "Verwerking: eerst")
    ]


def test_of_more_than_the_maximum_the_oldest_go(session, aisha):
    start = clock.now() - timedelta(days=1)
    for number in range(MAX_DRAFTS + 3):
        with clock.frozen(start + timedelta(minutes=number)):
            keep(session, aisha, f"/register/VW-{number:04}/bewerken")
    addresses = [one.address for one in drafts.drafts_of(session, aisha.id)]
    assert addresses == [f"/register/VW-{number:04}/bewerken" for number in range(MAX_DRAFTS + 2, 2, -1)]


def test_too_much_text_leaves_what_was_kept(session, aisha):
    keep(session, aisha, text="kort")
    with pytest.raises(BadInput):
        keep(session, aisha, text="x" * MAX_SIZE)
    assert drafts.find(session, aisha.id, "/register/nieuw").pairs == [("name", "kort")]


def test_nobody_gets_the_draft_of_somebody_else(database, organisation, session, aisha):
    bram = add_person(database, "bram", organisation)
    keep(session, aisha)
    draft = drafts.find(session, aisha.id, "/register/nieuw")
    assert drafts.find(session, bram.id, "/register/nieuw") is None
    assert drafts.drafts_of(session, bram.id) == []
    with pytest.raises(NotFound):
        drafts.get(session, bram.id, draft.id)


def test_a_draft_belongs_to_one_organisation(database, organisation, aisha):
    other = add_municipality(database, "gm0153", "Gemeente Enschede")
    with database.write(organisation.id) as session:
        keep(session, aisha)
    with database.write(other.id) as session:
        assert drafts.drafts_of(session, aisha.id) == []
        drafts.drop(session, aisha.id, "/register/nieuw")
    with database.read(organisation.id) as session:
        assert len(drafts.drafts_of(session, aisha.id)) == 1


def test_after_thirty_days_a_draft_is_gone_for_the_person_and_from_the_database(database, organisation, aisha):
    with clock.frozen(clock.now() - timedelta(days=30, minutes=1)), database.write(organisation.id) as session:
        keep(session, aisha, "/register/nieuw")
    with clock.frozen(clock.now() - timedelta(days=29)), database.write(organisation.id) as session:
        keep(session, aisha, "/register/VW-0001/bewerken")
    with database.read(organisation.id) as session:
        assert drafts.find(session, aisha.id, "/register/nieuw") is None
        assert [one.address for one in drafts.drafts_of(session, aisha.id)] == ["/register/VW-0001/bewerken"]
    assert (drafts.clear_old(database), drafts.clear_old(database)) == (1, 0)
    with database.read(None) as session:
        assert [one.address for one in session.exec(select(Draft))] == ["/register/VW-0001/bewerken"]


def test_a_draft_leaves_nothing_in_the_trail(database, organisation, aisha):
    def events() -> int:
        with database.read(None) as session:
            return session.exec(select(func.count()).select_from(AuditEvent)).one()

    before = events()
    with database.write(organisation.id) as session:
        keep(session, aisha)
        drafts.drop(session, aisha.id, "/register/nieuw")
        keep(session, aisha)
    assert events() == before


def test_the_worker_clears_what_is_old(database, organisation, aisha, folder):
    with clock.frozen(clock.now() - timedelta(days=31)), database.write(organisation.id) as session:
        keep(session, aisha)

    class Once(Event):
        """Stops the worker when it has nothing to do."""

        def wait(self, timeout=None):
            self.set()
            return super().wait(timeout)

    work(SimpleNamespace(database=database, folder=folder), Once(), "proef")
    with database.read(None) as session:
        assert session.exec(select(Draft)).all() == []


def test_an_upgrade_says_which_version_the_newest_revisions_are(database, organisation, actor):
    with database.write(organisation.id) as session:
        team = find_or_add(session, Team, "Een", actor=actor)
        change_shared(session, team, {"name": "Twee"}, version=team.version, actor=actor)
        ids = (team.id, team.version)
    scripts = ScriptDirectory.from_config(schema.configuration()).walk_revisions()
    migration = next(script.module for script in scripts if script.path.endswith("_drafts.py"))
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE core_revision SET record_version = NULL")
        migration._say_which_version_the_newest_revisions_are(connection)
    with database.read(organisation.id) as session:
        revisions = history.revisions_of(session, ids[0])
        assert [(one.content["name"], one.record_version) for one in revisions] == [("Twee", ids[1]), ("Een", None)]
