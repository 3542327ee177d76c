"""What is typed is what is kept: saving and loading, trail, revisions, borders."""

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from sqlmodel import select

from core import audit, history
from core.audit import Actor, AuditEvent
from core.db import Database, organisation_of
from core.errors import Conflict, RuleViolation
from core.organisations import Organisation, Party, System, Team
from register import models, services
from register.content import ActivityContent, ProcessorUse, Purpose, Status, SystemUse
from register.models import ProcessingActivity
from register.starter import starter_contents
from support.register import COMPLETE, contents


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(content=contents())
def test_every_field_of_content_survives_a_save_and_a_load(database: Database, organisation: Organisation, content):
    with database.write(organisation.id) as session:
        made = services.add(session, content, actor=Actor("Aisha")).id
    with database.read(organisation.id) as session:
        assert services.content_of(session.get_one(ProcessingActivity, made)) == content


@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(first=contents(), second=contents())
def test_a_change_leaves_nothing_of_what_was_there(database: Database, organisation: Organisation, first, second):
    with database.write(organisation.id) as session:
        activity = services.add(session, first, actor=Actor("Aisha"))
        services.change(session, activity, second, version=activity.version, actor=Actor("Aisha"))
        made = activity.id
    with database.write(organisation.id) as session:
        stored = session.get_one(ProcessingActivity, made)
        assert services.content_of(stored) == second
        services.change(session, stored, first, version=stored.version, actor=Actor("Aisha"))
        assert services.content_of(stored) == first
    with database.read(organisation.id) as session:
        assert services.content_of(session.get_one(ProcessingActivity, made)) == first


def test_numbers_count_up_per_organisation(session, actor):
    first = services.add(session, ActivityContent(name="Een"), actor=actor)
    second = services.add(session, ActivityContent(name="Twee"), actor=actor)
    assert (first.kenmerk, second.kenmerk) == ("VW-0001", "VW-0002")


def test_a_shared_name_becomes_one_shared_record(session, actor):
    for name in ("Een", "Twee"):
        content = ActivityContent(name=name, team="Zorg", processors=(ProcessorUse(party="Alfa"),))
        services.add(session, content, actor=actor)
    assert [team.name for team in session.exec(select(Team))] == ["Zorg"]
    assert [party.name for party in session.exec(select(Party))] == ["Alfa"]


def test_facts_typed_about_a_system_go_to_the_shared_system(session, actor):
    services.add(session, ActivityContent(name="Een", systems=(SystemUse(name="Suite"),)), actor=actor)
    services.add(session, ActivityContent(name="Twee", systems=(SystemUse(name="Suite", country="US"),)), actor=actor)
    assert [(system.name, system.country) for system in session.exec(select(System))] == [("Suite", "US")]


def test_every_save_is_in_the_trail_with_before_and_after(session, actor):
    activity = services.add(session, ActivityContent(name="Oud"), actor=actor)
    services.change(session, activity, ActivityContent(name="Nieuw"), version=activity.version, actor=Actor("Bram"))
    mine = select(AuditEvent).where(AuditEvent.subject_id == activity.id)
    events = session.exec(mine.order_by(AuditEvent.sequence)).all()
    assert [(event.actor, event.action) for event in events] == [
        ("Aisha", "register:activity:add"),
        ("Bram", "register:activity:change"),
    ]
    assert events[1].contents == {"before": {"name": "Oud"}, "after": {"name": "Nieuw"}}
    assert audit.faults(session, organisation_of(session)) == []


def test_every_save_keeps_a_full_revision(session, actor):
    activity = services.add(session, ActivityContent(name="Oud"), actor=actor)
    services.change(session, activity, COMPLETE, version=activity.version, actor=actor)
    assert [revision.content for revision in history.revisions_of(session, activity.id)] == [
        {"number": "VW-0001", "status": "concept", **COMPLETE.model_dump(mode="json")},
        {"number": "VW-0001", "status": "concept", **ActivityContent(name="Oud").model_dump(mode="json")},
    ]


def test_saving_what_is_there_already_changes_nothing(session, actor):
    activity = services.add(session, COMPLETE, actor=actor)
    version = activity.version
    services.change(session, activity, COMPLETE, version=version, actor=Actor("Bram"))
    assert (activity.version, activity.last_editor) == (version, "Aisha")
    assert len(history.revisions_of(session, activity.id)) == 1


def test_a_change_of_only_a_part_moves_the_version(session, actor):
    activity = services.add(session, COMPLETE, actor=actor)
    before = activity.version
    purposes = (*COMPLETE.purposes, Purpose(text="Nog een doel"))
    services.change(session, activity, COMPLETE.model_copy(update={"purposes": purposes}), version=before, actor=actor)
    assert activity.version == before + 1


def test_a_save_of_an_older_version_is_a_conflict(session, actor):
    activity = services.add(session, ActivityContent(name="Een"), actor=actor)
    seen = activity.version
    services.change(session, activity, ActivityContent(name="Twee"), version=seen, actor=actor)
    with pytest.raises(Conflict):
        services.change(session, activity, ActivityContent(name="Drie"), version=seen, actor=actor)
    assert services.content_of(activity).name == "Twee"


def test_an_ended_record_is_not_changed(session, actor):
    activity = services.add(session, ActivityContent(name="Een"), actor=actor)
    activity.status = Status.ENDED
    with pytest.raises(RuleViolation):
        services.change(session, activity, ActivityContent(name="Twee"), version=activity.version, actor=actor)


def test_a_record_of_another_organisation_does_not_exist(database, organisation, actor):
    with database.write(organisation.id) as session:
        made = services.add(session, COMPLETE, actor=actor).id
    with database.read(uuid4()) as session:
        assert session.exec(select(ProcessingActivity)).all() == []
        assert session.exec(select(models.Purpose)).all() == []
    with database.read(organisation.id) as session:
        assert [activity.id for activity in session.exec(select(ProcessingActivity))] == [made]


def test_the_starter_set_is_added_once(session, actor):
    added = services.add_starter_set(session, actor=actor)
    again = services.add_starter_set(session, actor=actor)
    assert (len(added), again) == (78, [])
    assert [services.content_of(activity) for activity in added] == list(starter_contents())
