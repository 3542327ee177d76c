"""The border between organisations: what belongs to another one does not exist, however it is asked for."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import exists, insert, union_all, update
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlmodel import Session, col, func, select

from core import audit, history, jobs
from core.db import Database, OrganisationCrossed, UnauditedChange, bind_organisation, organisation_of
from core.links import Link, LinkKind, link, linked_ids, links_of
from core.organisations import (
    Organisation,
    Party,
    Team,
    add_organisation,
    bodies,
    change_shared,
    find_or_add,
    next_number,
)
from register import content as shapes
from register import services as register
from register.content import ActivityContent
from register.models import ProcessingActivity, ProcessorUse, Purpose
from register.services.loading import batches
from support.images import Images

ACTOR = audit.Actor("Aisha")


@pytest.fixture
def other(database: Database, organisation: Organisation, _images: Images) -> Organisation:
    """A second municipality in the same installation."""

    def make() -> None:
        with database.write(None) as session:
            add_organisation(
                session,
                code="gm0153",
                name="Gemeente Enschede",
                base_url="https://enschede.example",
                tooi_uri="https://identifier.overheid.nl/tooi/id/gemeente/gm0153",
                tooi_label="gemeente Enschede",
                actor=ACTOR,
            )

    _images.put(database, "border, two municipalities", make)
    with database.read(None) as session:
        made = session.exec(select(Organisation).where(Organisation.code == "gm0153")).one()
        session.expunge(made)
    return made


@pytest.fixture(scope="session")
def _made() -> dict[str, dict[str, Any]]:
    """The ids in each of the images."""
    return {}


@pytest.fixture
def theirs(
    database: Database,
    database_kind: str,
    organisation: Organisation,
    other: Organisation,
    _images: Images,
    _made: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    """Both organisations have one of everything; the ids are those of the other one."""

    def make() -> None:
        for owner in (organisation, other):
            _made[database_kind] = _fill(database, owner)

    _images.put(database, "border, one of everything", make)
    return _made[database_kind]


def _fill(database: Database, owner: Organisation) -> dict[str, Any]:
    with database.write(owner.id) as session:
        team = find_or_add(session, Team, f"Team van {owner.code}", actor=ACTOR)
        party = find_or_add(session, Party, f"Partij van {owner.code}", actor=ACTOR)
        content = ActivityContent(
            name=f"Verwerking van {owner.code}",
            team=team.name,
            purposes=(shapes.Purpose(text=f"Doel van {owner.code}"),),
            processors=(shapes.ProcessorUse(party=party.name),),
        )
        activity = register.add(session, content, actor=ACTOR)
        version = history.freeze(session, activity, actor=ACTOR, schema_number=1, content={"naam": owner.code})
        audit.record(session, actor=ACTOR, action="register:activity:establish", subject=activity)
        joined = link(session, LinkKind.COLLECTS, ("core_team", team.id), ("core_party", party.id), actor=ACTOR)
        job = jobs.enqueue(session, "soort", {"van": owner.code}, created_by="Aisha")
        next_number(session, "proef")
        return {
            "organisation": owner.id,
            "team": team.id,
            "party": party.id,
            "activity": activity.id,
            "version": version.id,
            "link": joined.id,
            "job": job.id,
        }


@pytest.fixture
def ours(database: Database, organisation: Organisation, theirs: dict[str, Any]):
    with database.read(organisation.id) as session:
        yield session


WAYS: dict[str, Callable[[Session], Any]] = {
    "all rows": lambda s: [team.name for team in s.exec(select(Team)).all()],
    "one column": lambda s: s.exec(select(Team.name)).all(),
    "a column of an alias": lambda s: s.exec(select(aliased(Team).name)).all(),
    "an alias": lambda s: [team.name for team in s.exec(select(aliased(Team)))],
    "a joined pair": lambda s: s.exec(select(Team.name).join(Party, col(Party.id).isnot(None)).distinct()).all(),
    "the second of a join": lambda s: s.exec(
        select(Team.name).select_from(Party).join(Team, col(Team.id).isnot(None))
    ).all(),
    "an outer join": lambda s: s.exec(
        select(Team.name).select_from(Party).outerjoin(Team, col(Team.id).isnot(None))
    ).all(),
    "a subquery": lambda s: s.exec(select(select(Team.name).subquery().c.name)).all(),
    "a common table expression": lambda s: s.exec(select(select(Team.name).cte().c.name)).all(),
    "a union": lambda s: s.exec(union_all(select(Team.name), select(Team.name))).scalars().unique().all(),
    "a scalar subquery": lambda s: s.exec(select(select(func.max(Team.name)).scalar_subquery())).all(),
    "the smallest": lambda s: s.exec(select(func.min(Team.name))).all(),
    "the largest": lambda s: s.exec(select(func.max(Team.name))).all(),
    "by name": lambda s: [team.name for team in s.exec(select(Team).where(col(Team.name).like("Team%")))],
    "ordered and limited": lambda s: [team.name for team in s.exec(select(Team).order_by(col(Team.name)).limit(1))],
}


@pytest.mark.parametrize("way", WAYS)
def test_a_query_finds_only_what_is_ours(ours, way):
    assert list(WAYS[way](ours)) == ["Team van gm0168"]


COUNTS: dict[str, Callable[[Session], int]] = {
    "count of a table": lambda s: s.exec(select(func.count()).select_from(Team)).one(),
    "count of a column": lambda s: s.exec(select(func.count(Team.id))).one(),
    "count of a subquery": lambda s: s.exec(select(func.count()).select_from(select(Team.id).subquery())).one(),
    "count of revisions": lambda s: s.exec(
        select(func.count()).select_from(history.Revision).where(history.Revision.kind == "core_team")
    ).one(),
    "count of versions": lambda s: s.exec(select(func.count(history.Version.id))).one(),
    "count of jobs": lambda s: s.exec(select(func.count()).select_from(jobs.Job)).one(),
    "count of links": lambda s: s.exec(select(func.count()).select_from(Link)).one(),
    "count with exists": lambda s: s.exec(
        select(func.count()).select_from(Party).where(exists().where(col(Team.id).isnot(None)))
    ).one(),
}


@pytest.mark.parametrize("way", COUNTS)
def test_a_count_counts_only_what_is_ours(ours, way):
    assert COUNTS[way](ours) == 1


def test_exists_does_not_see_what_is_theirs(ours, theirs):
    assert ours.exec(select(exists().where(Team.id == theirs["team"]))).one() is False
    assert ours.exec(select(Party).where(exists().where(Team.id == theirs["team"]))).all() == []


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (Team, "team"),
        (Party, "party"),
        (ProcessingActivity, "activity"),
        (history.Version, "version"),
        (Link, "link"),
        (jobs.Job, "job"),
    ],
)
def test_get_does_not_find_what_is_theirs(ours, theirs, table, name):
    assert ours.get(table, theirs[name]) is None


def test_versions_revisions_and_links_are_ours_alone(ours, theirs, organisation):
    assert list(history.versions_of(ours, theirs["activity"])) == []
    assert history.newest_version(ours, theirs["activity"]) is None
    assert list(history.revisions_of(ours, theirs["activity"])) == []
    assert list(links_of(ours, theirs["team"])) == []
    pairs = linked_ids(ours, LinkKind.COLLECTS, from_kind="core_team", to_kind="core_party")
    assert (len(pairs), theirs["team"] in {source for source, _ in pairs}) == (1, False)


def test_events_of_the_trail_are_ours_alone(ours, organisation):
    assert set(ours.exec(select(audit.AuditEvent.organisation_id))) == {organisation.id}


def test_public_bodies_are_ours_alone(ours, other):
    assert len(bodies(ours)) == 9


def test_two_sessions_by_turns_keep_to_their_own_side(database, organisation, other, theirs):
    for _ in range(3):
        for owner in (organisation, other):
            with database.read(owner.id) as session:
                assert [team.name for team in session.exec(select(Team))] == [f"Team van {owner.code}"]


@pytest.mark.parametrize("loading", [None, selectinload, joinedload])
def test_a_relationship_leads_to_nothing_that_is_theirs(database, organisation, theirs, loading):
    """Also when a row of ours, by a fault or by force, points to a row of another organisation."""
    with database.engine.begin() as connection:
        connection.execute(update(ProcessingActivity.__table__).values(team_id=theirs["team"]))
    with database.read(organisation.id) as session:
        query = select(ProcessingActivity)
        if loading:
            query = query.options(loading(ProcessingActivity.team))
        assert session.exec(query).one().team is None


@pytest.mark.parametrize("many", [False, True])
def test_content_holds_nothing_that_is_theirs(database, organisation, theirs, many):
    """Parts of records are read past the models (`services.plain`): the same border counts there."""
    with database.engine.begin() as connection:
        connection.execute(update(ProcessingActivity.__table__).values(team_id=theirs["team"]))
        connection.execute(update(ProcessorUse.__table__).values(party_id=theirs["party"]))
        connection.execute(update(Purpose.__table__).values(organisation_id=theirs["organisation"]))
    with database.read(organisation.id) as session:
        stored = session.exec(select(ProcessingActivity)).one()
        if many:
            [[(_, content)]] = batches(session, [stored.id])
        else:
            content = register.content_of(stored)
    assert (content.team, content.processors, content.purposes) == ("", (shapes.ProcessorUse(),), ())


def test_a_relationship_leads_to_what_is_ours(ours):
    activity = ours.exec(select(ProcessingActivity)).one()
    assert activity.team.name == "Team van gm0168"
    assert [purpose.text for purpose in activity.purposes] == ["Doel van gm0168"]


def test_a_refresh_keeps_what_was_found(ours):
    team = ours.exec(select(Team)).one()
    ours.refresh(team)
    ours.expire(team)
    assert team.name == "Team van gm0168"


def test_a_session_for_the_whole_installation_sees_all(database, theirs):
    with database.read(None) as session:
        assert sorted(session.exec(select(Team.name))) == ["Team van gm0153", "Team van gm0168"]


def test_a_session_that_names_no_organisation_is_refused(database, theirs):
    with Session(database.engine) as session, pytest.raises(OrganisationCrossed):
        session.exec(select(Team)).all()


def test_a_session_that_names_no_organisation_inserts_nothing(database, theirs, organisation):
    with Session(database.engine) as session:
        session.add(Team(name="Zonder", organisation_id=organisation.id))
        with pytest.raises(OrganisationCrossed):
            session.flush()


def test_nothing_is_inserted_for_another_organisation(database, organisation, other):
    with pytest.raises(OrganisationCrossed), database.write(organisation.id) as session:
        session.add(Team(name="Van hen", organisation_id=other.id))
        session.flush()


def test_a_row_cannot_be_moved_to_another_organisation(database, organisation, other, theirs):
    with pytest.raises(OrganisationCrossed), database.write(organisation.id) as session:
        team = session.exec(select(Team)).one()
        team.organisation_id = other.id
        audit.record(session, actor=ACTOR, action="core:team:change", subject=team)


def test_an_insert_needs_to_know_for_which_organisation(database, organisation):
    with pytest.raises(OrganisationCrossed), database.write(None) as session:
        session.add(Team(name="Van wie"))
        session.flush()


def test_a_new_row_gets_the_organisation_of_the_session(session, organisation):
    made = find_or_add(session, Team, "Nieuw", actor=ACTOR)
    assert made.organisation_id == organisation.id


def test_a_session_can_be_bound_before_its_first_query(database, organisation, other, theirs):
    with database.read(None) as session:
        bind_organisation(session, other.id)
        assert (organisation_of(session), session.exec(select(Team.name)).all()) == (other.id, ["Team van gm0153"])


def test_an_unbounded_session_is_of_no_organisation(database):
    with database.read(None) as session, pytest.raises(OrganisationCrossed):
        organisation_of(session)


def test_numbers_count_per_organisation(database, organisation, other, theirs):
    for owner in (organisation, other):
        with database.write(owner.id) as session:
            assert (next_number(session, "proef"), next_number(session, "ander")) == (2, 1)


def test_the_same_name_may_be_in_two_organisations(database, organisation, other):
    for owner in (organisation, other):
        with database.write(owner.id) as session:
            find_or_add(session, Team, "Burgerzaken", actor=ACTOR)
    with database.read(None) as session:
        assert session.exec(select(Team.name)).all() == ["Burgerzaken", "Burgerzaken"]


def test_a_name_that_is_theirs_is_free_for_us(database, organisation, other, theirs):
    with database.write(organisation.id) as session:
        team = session.exec(select(Team)).one()
        change_shared(session, team, {"name": "Team van gm0153"}, version=team.version, actor=ACTOR)
    with database.read(None) as session:
        assert sorted(session.exec(select(Team.name))) == ["Team van gm0153", "Team van gm0153"]


@pytest.mark.parametrize(
    "statement",
    [
        lambda: update(Team).values(name="Weg"),
        lambda: insert(Team),
        lambda: Team.__table__.update().values(name="Weg"),
        Team.__table__.delete,
        lambda: Team.__table__.insert().values(id=uuid4(), name="Erbij"),
    ],
)
def test_bulk_statements_on_audited_rows_are_refused(session, statement):
    with pytest.raises(UnauditedChange):
        session.execute(statement())


def test_a_plain_table_is_no_way_around_the_border(ours):
    with pytest.raises(OrganisationCrossed):
        ours.execute(Team.__table__.select()).all()
