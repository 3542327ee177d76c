"""The trail: nothing changes unseen, and whoever changes the trail itself is found out."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import select

from core import audit, clock, history
from core.accounts.models import RoleCode
from core.accounts.services import add_user, disable_user
from core.audit import Actor, AuditEvent, AuditHead
from core.db import Database, UnauditedChange
from core.links import LinkKind, link, links_of, unlink
from core.organisations import Team, add_organisation, change_shared, find_or_add
from register import services as register
from register.content import ActivityContent, Purpose
from register.models import ProcessingActivity
from support.prepared import prepare
from support.tampering import tamper

ACTOR = Actor("Aisha")
SUBJECT = ("core_team", uuid4(), "Team")


# Nothing changes unseen


def test_a_record_added_without_an_event_stops_the_commit(database, organisation):
    with pytest.raises(UnauditedChange), database.write(organisation.id) as session:
        session.add(Team(name="Stil"))
    with database.read(organisation.id) as session:
        assert session.exec(select(Team)).all() == []


def test_a_record_changed_without_an_event_stops_the_commit(database, organisation):
    with database.write(organisation.id) as session:
        find_or_add(session, Team, "Zorg", actor=ACTOR)
    with pytest.raises(UnauditedChange), database.write(organisation.id) as session:
        session.exec(select(Team)).one().name = "Stil"
    with database.read(organisation.id) as session:
        assert session.exec(select(Team.name)).all() == ["Zorg"]


def test_a_record_deleted_without_an_event_stops_the_commit(database, organisation):
    with database.write(organisation.id) as session:
        find_or_add(session, Team, "Zorg", actor=ACTOR)
    with pytest.raises(UnauditedChange), database.write(organisation.id) as session:
        session.delete(session.exec(select(Team)).one())


@pytest.mark.parametrize("silence", ["add", "change", "remove"])
def test_a_part_counts_under_its_whole(database, organisation, silence):
    with database.write(organisation.id) as session:
        content = ActivityContent(name="Parkeren", purposes=(Purpose(text="Een"), Purpose(text="Twee")))
        register.add(session, content, actor=ACTOR)
    with pytest.raises(UnauditedChange, match="register_activity"), database.write(organisation.id) as session:
        activity = session.exec(select(ProcessingActivity)).one()
        purposes = activity.purposes
        match silence:
            case "add":
                purposes.append(type(purposes[0])(text="Drie", position=2))
            case "change":
                purposes[0].text = "Anders"
            case "remove":
                purposes.pop()


def test_an_event_about_another_record_does_not_cover_a_change(database, organisation):
    with database.write(organisation.id) as session:
        for name in ("Een", "Twee"):
            find_or_add(session, Team, name, actor=ACTOR)
    with pytest.raises(UnauditedChange), database.write(organisation.id) as session:
        first, second = session.exec(select(Team).order_by(Team.name)).all()
        first.name = "Anders"
        audit.record(session, actor=ACTOR, action="core:team:change", subject=second)


def test_a_role_given_in_silence_stops_the_commit(database, organisation):
    from core.accounts.models import RoleHeld

    with database.write(None) as session:
        user = add_user(
            session,
            username="bram",
            name="Bram",
            password="een lang wachtwoord",
            roles=[RoleCode.READER],
            organisation_id=organisation.id,
            actor=ACTOR,
        )
    with pytest.raises(UnauditedChange, match="core_user"), database.write(None) as session:
        session.add(RoleHeld(user_id=user.id, organisation_id=organisation.id, role=RoleCode.ADMINISTRATOR))


def test_what_is_only_read_needs_no_event(database, organisation):
    with database.write(organisation.id) as session:
        find_or_add(session, Team, "Zorg", actor=ACTOR)
    with database.write(organisation.id) as session:
        session.exec(select(Team)).one().name = "Zorg"  # the same again is no change


def test_a_savepoint_that_is_audited_may_be_kept(database, organisation):
    with database.write(organisation.id) as session, session.begin_nested():
        find_or_add(session, Team, "Zorg", actor=ACTOR)
    with database.read(organisation.id) as session:
        assert session.exec(select(Team.name)).all() == ["Zorg"]


def test_a_change_in_a_savepoint_may_be_audited_after_it(database, organisation):
    with database.write(organisation.id) as session:
        with session.begin_nested():
            team = Team(name="Zorg")
            session.add(team)
        audit.record(session, actor=ACTOR, action="core:team:add", subject=team)


def test_a_silent_change_in_a_savepoint_stops_the_commit(database, organisation):
    with pytest.raises(UnauditedChange), database.write(organisation.id) as session, session.begin_nested():
        session.add(Team(name="Stil"))


def test_a_change_that_was_rolled_back_needs_no_event(database, organisation):
    with database.write(organisation.id) as session:
        savepoint = session.begin_nested()
        session.add(Team(name="Toch niet"))
        session.flush()
        savepoint.rollback()
        find_or_add(session, Team, "Zorg", actor=ACTOR)
    with database.read(organisation.id) as session:
        assert session.exec(select(Team.name)).all() == ["Zorg"]


def test_an_event_that_was_rolled_back_covers_no_later_change(database, organisation):
    with database.write(organisation.id) as session:
        team = find_or_add(session, Team, "Zorg", actor=ACTOR)
    with pytest.raises(UnauditedChange), database.write(organisation.id) as session:
        team = session.exec(select(Team)).one()
        savepoint = session.begin_nested()
        audit.record(session, actor=ACTOR, action="core:team:change", subject=team)
        savepoint.rollback()
        team.name = "Stil"


def test_a_session_starts_clean_after_a_rollback(session, organisation):
    session.add(Team(name="Toch niet"))
    session.flush()
    session.rollback()
    find_or_add(session, Team, "Zorg", actor=ACTOR)
    session.commit()
    assert session.exec(select(Team.name)).all() == ["Zorg"]


# What an event holds


def test_an_event_holds_only_what_differs(session, organisation):
    team = find_or_add(session, Team, "Zorg", actor=ACTOR)
    change_shared(session, team, {"name": "Zorg en welzijn"}, version=team.version, actor=Actor("Bram"))
    event = session.exec(select(AuditEvent).order_by(AuditEvent.sequence.desc())).first()
    assert (event.actor, event.action, event.subject_label, event.contents) == (
        "Bram",
        "core:team:change",
        "Zorg en welzijn",
        {"before": {"name": "Zorg"}, "after": {"name": "Zorg en welzijn"}},
    )


def test_the_name_of_the_actor_outlives_the_account(database, organisation):
    with database.write(None) as session:
        user = add_user(
            session,
            username="bram",
            name="Bram",
            password="een lang wachtwoord",
            roles=[RoleCode.READER],
            organisation_id=organisation.id,
            actor=ACTOR,
        )
        disable_user(session, user, actor=Actor("Bram", user.id))
    with database.read(None) as session:
        last = session.exec(select(AuditEvent).where(AuditEvent.action == "core:user:disable")).one()
        assert (last.actor, last.actor_id, last.organisation_id) == ("Bram", user.id, audit.INSTALLATION)


def test_linking_and_unlinking_leave_a_trace(session, organisation):
    first, second = (find_or_add(session, Team, name, actor=ACTOR) for name in ("Een", "Twee"))
    ends = (("core_team", first.id), ("core_team", second.id))
    made = link(session, LinkKind.RELATES, *ends, actor=ACTOR)
    assert link(session, LinkKind.RELATES, *ends, actor=ACTOR) is made
    unlink(session, made, actor=Actor("Bram"))
    session.commit()
    assert list(links_of(session, first.id)) == []
    actions = session.exec(select(AuditEvent.action).where(AuditEvent.subject_id == made.id)).all()
    assert actions == ["core:link:add", "core:link:remove"]


def test_a_very_long_name_does_not_break_the_chain(session, organisation):
    for label in ("x" * 1000, "Ünïcode 🏛️ ", 'aanhaling " en \\'):
        audit.append(
            session, chain=organisation.id, actor=Actor(label), action="a:b:c", subject=("soort", uuid4(), label)
        )
    assert audit.faults(session, organisation.id) == []


# The chain


def make_two_chains(url: str) -> list[UUID]:
    database, ids = Database(url), []
    for code in ("gm0168", "gm0153"):
        with database.write(None) as session:
            made = add_organisation(
                session,
                code=code,
                name=code,
                base_url=f"https://{code}.example",
                tooi_uri="x",
                tooi_label="x",
                actor=ACTOR,
            )
            for number in range(10):
                audit.append(
                    session,
                    chain=made.id,
                    actor=Actor(f"Persoon {number}", uuid4()),
                    action="register:activity:change",
                    subject=("register_activity", uuid4(), f"Verwerking {number}"),
                    contents={"after": {"naam": f"Naam {number}", "getal": number, "lijst": [1, {"a": None}]}},
                )
            ids.append(made.id)
    database.close()
    return ids


@pytest.fixture
def chain(database_url: str):
    """A database with two municipalities; the first one's chain has ten events more."""
    ids = prepare(database_url, "two chains", lambda: make_two_chains(database_url))
    database = Database(database_url)
    yield database, *ids
    database.close()


def check(database: Database, organisation_id) -> list[str]:
    with database.read(None) as session:
        return audit.faults(session, organisation_id)


def test_an_untouched_chain_has_no_faults(chain):
    database, first, second = chain
    assert (check(database, first), check(database, second), check(database, audit.INSTALLATION)) == ([], [], [])


AT = "organisation_id = :me AND sequence = 15"


def change(value: str) -> str:
    """An UPDATE of event 15; `of_14(...)` takes the value of the event before it."""
    return f"UPDATE core_audit_event SET {value} WHERE {AT}"


def of_14(column: str) -> str:
    return f"{column} = (SELECT {column} FROM core_audit_event WHERE organisation_id = :me AND sequence = 14)"


TAMPERING = {
    "contents": [change("""contents = '{"after": {"naam": "Ander"}}'""")],
    "contents of another event": [change(of_14("contents"))],
    "contents that are no JSON": [change("contents = '{kapot'")],
    "actor": [change("actor = 'Niemand'")],
    "account": [change("actor_id = NULL")],
    "moment": [change("at = '2020-01-01 00:00:00.000000'")],
    "a moment that is none": [change("at = 'gisteren'")],
    "action": [change("action = 'register:activity:add'")],
    "label": [change("subject_label = 'Iets anders'")],
    "kind of subject": [change("subject_kind = 'woo_document'")],
    "subject": [change(of_14("subject_id"))],
    "a subject that is none": [change("subject_id = 'x'")],
    "salt": [change(of_14("salt"))],
    "digest": [change(of_14("digest"))],
    "hash": [change(of_14("hash"))],
    "previous": [change(of_14("previous"))],
    "number": [change("sequence = 500")],
    "digest of the name": [change(of_14("label_digest"))],
    "digest of the name gone": [change("label_digest = NULL")],
    "contents gone without a cleaning": [change("contents = NULL")],
    "name gone without a cleaning": [change("subject_label = '[geschoond]'")],
    "removal in the middle": [f"DELETE FROM core_audit_event WHERE {AT}"],
    "removal of the first": ["DELETE FROM core_audit_event WHERE organisation_id = :me AND sequence = 1"],
    "cut tail, head left": ["DELETE FROM core_audit_event WHERE organisation_id = :me AND sequence > 18"],
    "everything gone": ["DELETE FROM core_audit_event WHERE organisation_id = :me"],
    "head gone": ["DELETE FROM core_audit_head WHERE organisation_id = :me"],
    "head of another hash": [f"UPDATE core_audit_head SET {of_14('hash')} WHERE organisation_id = :me"],
    "head of another number": ["UPDATE core_audit_head SET sequence = 18 WHERE organisation_id = :me"],
    "an event moved to another municipality": [change("organisation_id = :you, sequence = 21")],
    "two events exchanged": [
        change("sequence = 99"),
        "UPDATE core_audit_event SET sequence = 15 WHERE organisation_id = :me AND sequence = 14",
        "UPDATE core_audit_event SET sequence = 14 WHERE organisation_id = :me AND sequence = 99",
    ],
    "the rest renumbered over a gap": [
        f"DELETE FROM core_audit_event WHERE {AT}",
        "UPDATE core_audit_event SET sequence = -sequence WHERE organisation_id = :me AND sequence > 15",
        "UPDATE core_audit_event SET sequence = -sequence - 1 WHERE organisation_id = :me AND sequence < 0",
        "UPDATE core_audit_head SET sequence = sequence - 1 WHERE organisation_id = :me",
    ],
    "an event slipped in at the end": [
        (
            "INSERT INTO core_audit_event (organisation_id, sequence, at, actor, actor_id, action, subject_kind, subject_id,"
            " subject_label, contents, salt, digest, previous, hash) SELECT organisation_id, 21, at, actor, actor_id, action,"
            " subject_kind, subject_id, subject_label, contents, salt, digest, previous, hash FROM core_audit_event"
            " WHERE organisation_id = :me AND sequence = 20"
        )
    ],
}


NONSENSE = {"contents that are no JSON", "a moment that is none", "a subject that is none"}
"""What PostgreSQL takes from nobody."""


@pytest.mark.parametrize("way", TAMPERING)
def test_tampering_with_the_database_is_found(chain, database_kind, way):
    database, first, second = chain
    if database_kind == "postgresql" and way in NONSENSE:
        with pytest.raises(DataError):
            tamper(database, *TAMPERING[way], me=first, you=second)
        return
    tamper(database, *TAMPERING[way], me=first, you=second)
    found = check(database, first)
    assert found
    assert all(fault.endswith(".") for fault in found)


def test_there_are_at_least_twenty_ways():
    assert len(TAMPERING) >= 30


def test_a_fault_says_where_it_is(chain):
    database, first, second = chain
    tamper(database, change("actor = 'Niemand'"), me=first)
    assert check(database, first) == ["Gebeurtenis 15: is na het vastleggen veranderd."]
    assert check(database, second) == []


REFUSED = {
    "removal": "DELETE FROM core_audit_event WHERE sequence = 15",
    "removal of everything": "DELETE FROM core_audit_event",
    "another actor": "UPDATE core_audit_event SET actor = 'Niemand' WHERE sequence = 15",
    "the same actor, another number": "UPDATE core_audit_event SET sequence = 500 WHERE sequence = 15",
    "other contents": """UPDATE core_audit_event SET contents = '{"after": {}}' WHERE sequence = 15""",
    "cleaning with something else": "UPDATE core_audit_event SET contents = NULL, actor = 'x' WHERE sequence = 15",
}
ONLY_IN = {
    "sqlite": {
        "replacement": "REPLACE INTO core_audit_event SELECT * FROM core_audit_event WHERE sequence = 15",
        "an update that removes": "UPDATE OR REPLACE core_audit_event SET sequence = 14 WHERE sequence = 15",
    },
    "postgresql": {"emptying": "TRUNCATE core_audit_event"},
}


def test_the_database_itself_refuses_to_change_the_trail(chain, database_kind):
    database, first, second = chain
    for way, statement in (REFUSED | ONLY_IN[database_kind]).items():
        with pytest.raises(IntegrityError, match="can only grow"), database.engine.begin() as connection:
            connection.exec_driver_sql(statement)
            pytest.fail(way)
    assert (check(database, first), check(database, second)) == ([], [])


def test_the_program_itself_cannot_change_the_trail(chain):
    database, first, _ = chain
    for change_it in (
        lambda session, event: setattr(event, "actor", "x"),
        lambda session, event: session.delete(event),
    ):
        with pytest.raises(IntegrityError, match="can only grow"), database.write(first) as session:
            change_it(session, session.exec(select(AuditEvent).where(AuditEvent.sequence == 15)).one())
    assert check(database, first) == []


def test_contents_can_be_cleaned_while_the_chain_still_holds(chain):
    database, first, _ = chain
    with database.write(None) as session:
        event = session.exec(
            select(AuditEvent).where(AuditEvent.organisation_id == first, AuditEvent.sequence == 15)
        ).one()
        event.contents = None
        audit.append(
            session,
            chain=first,
            actor=ACTOR,
            action=audit.CLEAN,
            subject=SUBJECT,
            contents={"after": {"events": [[15, 15]]}},
        )
    assert check(database, first) == []
    with database.read(first) as session:
        assert session.exec(select(AuditEvent).where(AuditEvent.sequence == 15)).one().contents is None
    with pytest.raises(IntegrityError, match="can only grow"), database.write(None) as session:
        session.get(AuditEvent, event.id).contents = {"after": {}}  # what was cleaned stays clean


def test_the_same_contents_have_another_digest_each_time(chain):
    """Without the salt a mistyped BSN could be guessed back from the digest that stays."""
    database, first, _ = chain
    with database.write(first) as session:
        made = [
            audit.append(
                session, chain=first, actor=ACTOR, action="a:b:c", subject=SUBJECT, contents={"bsn": "x"}
            ).digest
            for _ in range(2)
        ]
    assert made[0] != made[1]


def test_the_head_is_the_hash_of_the_newest_event(chain):
    database, first, _ = chain
    with database.write(first) as session:
        made = audit.append(session, chain=first, actor=ACTOR, action="a:b:c", subject=SUBJECT).hash
    with database.read(first) as session:
        assert (audit.head(session, first), audit.head(session, uuid4())) == (made, audit.GENESIS)


def test_two_municipalities_have_two_chains(chain):
    database, first, second = chain
    with database.write(second) as session:
        audit.append(session, chain=second, actor=ACTOR, action="a:b:c", subject=SUBJECT)
    with database.read(None) as session:
        ends = {row.organisation_id: row.sequence for row in session.exec(select(AuditHead))}
    assert (ends[first], ends[second]) == (20, 21)


def test_writers_at_the_same_time_make_one_chain(chain):
    database, first, _ = chain
    failures: list[BaseException] = []

    def write(name: str) -> None:
        try:
            for number in range(10):
                with database.write(first) as session:
                    audit.append(
                        session, chain=first, actor=Actor(name), action="a:b:c", subject=(*SUBJECT[:2], str(number))
                    )
        except BaseException as error:  # noqa: BLE001 - told to the test, not to the thread
            failures.append(error)

    threads = [threading.Thread(target=write, args=(f"Schrijver {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failures, check(database, first)) == ([], [])
    with database.read(first) as session:
        assert session.get(AuditHead, first).sequence == 20 + 40


def test_two_writers_may_begin_a_chain_at_the_same_time(chain):
    """Neither would find an end to append to; the second one waits for the first and goes on behind it."""
    database, _, _ = chain
    has_begun = threading.Event()

    def begin(name: str) -> None:
        with database.write(None) as session:
            audit.append(session, chain=audit.INSTALLATION, actor=Actor(name), action="a:b:c", subject=SUBJECT)
            if name == "Een":
                has_begun.set()
                second.join(0.3)  # time enough to run into the first one

    second = threading.Thread(target=lambda: has_begun.wait(10) and begin("Twee"))
    second.start()
    begin("Een")
    second.join()
    with database.read(None) as session:
        found = session.exec(
            select(AuditEvent).where(AuditEvent.organisation_id == audit.INSTALLATION).order_by(AuditEvent.sequence)
        ).all()
        assert sorted((event.sequence, event.actor) for event in found) == [(1, "Een"), (2, "Twee")]
    assert check(database, audit.INSTALLATION) == []


def test_an_event_that_is_rolled_back_leaves_no_gap(chain):
    database, first, _ = chain
    with pytest.raises(ZeroDivisionError), database.write(first) as session:
        audit.append(session, chain=first, actor=ACTOR, action="a:b:c", subject=SUBJECT)
        _ = 1 / 0
    with database.write(first) as session:
        assert audit.append(session, chain=first, actor=ACTOR, action="a:b:c", subject=SUBJECT).sequence == 21
    assert check(database, first) == []


def test_a_chain_of_more_than_one_batch_is_walked_whole(chain):
    database, first, _ = chain
    with database.write(first) as session:
        for _ in range(600):
            audit.append(session, chain=first, actor=ACTOR, action="a:b:c", subject=SUBJECT)
    assert check(database, first) == []
    tamper(database, "UPDATE core_audit_event SET actor = 'x' WHERE organisation_id = :me AND sequence = 601", me=first)
    assert check(database, first) == ["Gebeurtenis 601: is na het vastleggen veranderd."]


# Revisions and versions


def test_revisions_are_numbered_from_one(session, organisation):
    team = find_or_add(session, Team, "Een", actor=ACTOR)
    for name in ("Twee", "Drie"):
        change_shared(session, team, {"name": name}, version=team.version, actor=Actor("Bram"))
    found = [(kept.number, kept.actor, kept.content["name"]) for kept in history.revisions_of(session, team.id)]
    assert found == [(3, "Bram", "Drie"), (2, "Bram", "Twee"), (1, "Aisha", "Een")]


def test_two_records_have_their_own_numbers(session, organisation):
    for name in ("Een", "Twee"):
        team = find_or_add(session, Team, name, actor=ACTOR)
        assert [kept.number for kept in history.revisions_of(session, team.id)] == [1]


def test_every_save_moves_the_moment_and_the_lock_of_the_record(session, organisation):
    team = find_or_add(session, Team, "Een", actor=ACTOR)
    before = team.version
    later = clock.now() + timedelta(days=1)
    with clock.frozen(later):
        change_shared(session, team, {"name": "Twee"}, version=before, actor=ACTOR)
    assert (team.version, team.updated_at) == (before + 1, later)


def test_a_version_is_a_frozen_copy(session, organisation):
    team = find_or_add(session, Team, "Een", actor=ACTOR)
    content = {"naam": "Een"}
    with clock.frozen(datetime(2026, 11, 21, 12, tzinfo=UTC)):
        made = history.freeze(session, team, actor=ACTOR, schema_number=3, content=content)
    content["naam"] = "Veranderd"
    team.name = "Anders"
    assert (made.number, made.schema_number, made.content, made.established_by) == (1, 3, {"naam": "Een"}, "Aisha")
    assert made.established_at == datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_the_newest_version_is_what_the_public_sees(session, organisation):
    team = find_or_add(session, Team, "Een", actor=ACTOR)
    assert history.newest_version(session, team.id) is None
    made = [history.freeze(session, team, actor=ACTOR, schema_number=1, content={"n": n}) for n in range(3)]
    assert [version.number for version in history.versions_of(session, team.id)] == [1, 2, 3]
    assert history.newest_version(session, team.id) is made[-1]
