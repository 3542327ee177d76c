"""Sessions on a real file: locks, lost updates, moments, and what a person reads when the database gives way."""

import sqlite3
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError, InternalError, StatementError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, SQLModel, select

from core import audit, clock
from core.accounts.models import RoleCode, RoleHeld
from core.accounts.services import add_user
from core.audit import Actor, AuditEvent
from core.db import Database, in_byte_order
from core.errors import BadInput, Failed
from core.links import Link, LinkKind, link
from core.organisations import Numbering, Organisation, Team, add_organisation, change_shared, find_or_add, next_number
from register.models import ActivityPart, ProcessingActivity
from support.postgres import own_database

ACTOR = Actor("Aisha")


IMPATIENT = {"sqlite": "PRAGMA busy_timeout = 200", "postgresql": "SET lock_timeout = 200"}
only_on_sqlite = pytest.mark.only_on("sqlite")


@pytest.fixture
def file_database(database_url: str, database_kind: str):
    """A database for several connections; whoever meets a lock waits 0.2 seconds instead of 10."""

    def be_impatient(connection, _record):
        connection.cursor().execute(IMPATIENT[database_kind])
        connection.commit()

    made = Database(database_url)
    event.listen(made.engine, "connect", be_impatient)
    yield made
    made.close()


@pytest.fixture
def owner(file_database: Database) -> Organisation:
    with file_database.write(None) as session:
        return add_organisation(
            session,
            code="gm0168",
            name="Gemeente Losser",
            base_url="https://losser.example",
            tooi_uri="x",
            tooi_label="x",
            actor=ACTOR,
        )


def test_an_update_is_never_lost(database_url):
    """Read, add one, write, in four threads at once: who writes takes the lock before the read."""
    database = Database(database_url)
    with database.write(None) as session:
        owner = add_organisation(
            session, code="gm0168", name="X", base_url="https://x.example", tooi_uri="x", tooi_label="x", actor=ACTOR
        ).id
    failures = []

    def work(name: str) -> None:
        try:
            for number in range(10):
                with database.write(owner) as session:
                    next_number(session, "proef")
                    find_or_add(session, Team, f"{name} {number}", actor=ACTOR)
        except Exception as error:  # noqa: BLE001 - told to the test, not to the thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(f"Team {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.read(owner) as session:
        assert session.exec(select(Numbering.last).where(Numbering.kind == "proef")).one() == 40
        assert audit.faults(session, owner) == []
    database.close()


@pytest.mark.parametrize("in_process", ["in_this_one", "in_another"])
def test_who_writes_takes_the_lock_at_once(file_database, database_url, owner, in_process, monkeypatch):
    """Within a process the queue says so, between two of them the database does."""
    monkeypatch.setattr("core.db._PATIENCE", 0.2)
    first = file_database if in_process == "in_this_one" else Database(database_url)
    with first.write(owner.id) as session:
        session.exec(select(Team)).all()  # has read, not written
        with pytest.raises(Failed, match="te lang bezet"), file_database.write(owner.id) as second:
            second.exec(select(Team)).all()
    with file_database.write(owner.id) as third:
        find_or_add(third, Team, "Zorg", actor=ACTOR)  # who gave up holds no place
    if first is not file_database:
        first.close()


def test_an_urgent_change_goes_before_those_that_wait_and_no_other_waits_for_ever(database_url, file_database, owner):
    """Of eight that wait the two urgent ones go first and third: in between somebody who came before them."""
    order: list[str] = []
    database = Database(database_url)

    def change(name: str) -> None:
        with database.write(owner.id, urgent=name.startswith("u")) as session:
            session.exec(select(Team)).all()
            order.append(name)

    names = ["1", "2", "3", "4", "5", "6", "u1", "u2"]
    threads = [threading.Thread(target=change, args=(name,)) for name in names]
    with database.write(owner.id) as holder:
        holder.exec(select(Team)).all()
        [queue] = database._turns.values()
        for place, thread in enumerate(threads, start=1):
            thread.start()
            while sum(map(len, queue._waiting.values())) < place:
                assert thread.is_alive()
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    database.close()
    assert order == ["u1", "1", "u2", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize("is_elsewhere", [False, True])
def test_a_change_that_can_be_done_another_time_gives_up_first(database_url, file_database, owner, is_elsewhere):
    """Also when another process has the lock. Somebody who came before it still waits then, and gets a turn."""
    there, came_of_it = Database(database_url), []

    def wait() -> None:
        with there.write(owner.id) as session:
            session.exec(select(Team)).all()
        came_of_it.append("a turn")

    patient = threading.Thread(target=wait)
    with file_database.write(owner.id) as holder:
        holder.exec(select(Team)).all()
        patient.start()
        hasty = Database(database_url) if is_elsewhere else file_database
        with pytest.raises(Failed, match="te lang bezet"), hasty.write(owner.id, patience=0.05) as session:
            session.exec(select(Team)).all()
        assert came_of_it == []
        assert patient.is_alive()
    patient.join()
    assert came_of_it == ["a turn"]
    with hasty.write(owner.id, patience=5) as session:  # whoever gave up left nothing behind
        find_or_add(session, Team, "Zorg", actor=ACTOR)
    with hasty.write(owner.id) as session:
        assert session.exec(select(Team.name)).all() == ["Zorg"]
    there.close()
    if is_elsewhere:
        hasty.close()


def test_who_reads_does_not_wait_for_who_writes(file_database, owner):
    with file_database.write(owner.id) as writer:
        find_or_add(writer, Team, "Zorg", actor=ACTOR)
        with file_database.read(owner.id) as reader:  # the writer ends after this, so to wait for it would have no end
            assert reader.exec(select(Team)).all() == []


def test_who_writes_does_not_wait_for_who_reads(file_database, owner):
    with file_database.read(owner.id) as reader:
        assert reader.exec(select(Team)).all() == []
        with file_database.write(owner.id) as writer:
            find_or_add(writer, Team, "Zorg", actor=ACTOR)
        assert reader.exec(select(Team)).all() == []  # one consistent view to the end
    with file_database.read(owner.id) as reader:
        assert reader.exec(select(Team.name)).all() == ["Zorg"]


@pytest.mark.parametrize("turns", [200, pytest.param(400, marks=pytest.mark.soak)])
def test_who_waits_to_write_is_not_passed_for_ever(database_url, file_database, owner, turns):
    """Eight threads that never rest: with SQLite's own waiting one of them is passed by all others for the whole time.

    Counted in turns, not in seconds: a slow machine makes every turn longer, and lets nobody go first.
    """
    database, taken, passed = Database(database_url), 0, []

    def work() -> None:
        nonlocal taken
        while (asked := taken) < turns:
            with database.write(owner.id) as session:
                session.exec(select(Team)).all()  # has the lock: from here on nobody else counts
                passed.append(taken - asked)
                taken += 1
                time.sleep(0.01)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    assert len(passed) == taken >= turns
    assert max(passed) < turns / 2


def test_a_change_that_asked_nothing_yet_keeps_nobody_waiting(file_database, owner):
    """As of somebody whose form is still coming in, over a slow line."""
    with file_database.write(owner.id) as slow:
        with file_database.write(owner.id) as session:
            find_or_add(session, Team, "Zorg", actor=ACTOR)
        assert slow.exec(select(Team.name)).all() == ["Zorg"]


def test_what_breaks_half_way_changes_nothing(file_database, owner):
    with pytest.raises(ZeroDivisionError), file_database.write(owner.id) as session:
        find_or_add(session, Team, "Zorg", actor=ACTOR)
        _ = 1 / 0
    with file_database.read(owner.id) as session:
        assert session.exec(select(Team)).all() == []


@only_on_sqlite
def test_a_reading_session_saves_nothing(file_database, owner):
    with file_database.read(owner.id) as session:
        find_or_add(session, Team, "Zorg", actor=ACTOR)
    with file_database.read(owner.id) as session:
        assert session.exec(select(Team)).all() == []


def test_a_save_of_an_older_version_is_refused(file_database, owner):
    """Two people opened the same record; the database itself refuses the second save."""
    with file_database.write(owner.id) as session:
        find_or_add(session, Team, "Zorg", actor=ACTOR)
    with file_database.read(owner.id) as session:
        old = session.exec(select(Team)).one()
        session.expunge(old)
    with file_database.write(owner.id) as session:
        newest = session.exec(select(Team)).one()
        change_shared(session, newest, {"name": "Zorg en welzijn"}, version=newest.version, actor=ACTOR)
    with pytest.raises(StaleDataError), file_database.write(owner.id) as session:
        session.add(old)
        change_shared(session, old, {"name": "Te laat"}, version=old.version, actor=Actor("Bram"))
    with file_database.read(owner.id) as session:
        assert session.exec(select(Team.name)).all() == ["Zorg en welzijn"]


def test_versions_count_up_by_one(file_database, owner):
    with file_database.write(owner.id) as session:
        team = find_or_add(session, Team, "Een", actor=ACTOR)
        seen = [team.version]
        for name in ("Twee", "Drie"):
            change_shared(session, team, {"name": name}, version=team.version, actor=ACTOR)
            seen.append(team.version)
    assert [number - seen[0] for number in seen] == [0, 1, 2]


# What is stored


def test_the_value_of_an_enum_is_stored_not_its_name(file_database, owner):
    with file_database.write(owner.id) as session:
        teams = [find_or_add(session, Team, name, actor=ACTOR) for name in ("Een", "Twee")]
        link(session, LinkKind.COLLECTS, *(("core_team", team.id) for team in teams), actor=ACTOR)
    with file_database.write(None) as session:
        add_user(
            session,
            username="bram",
            name="Bram",
            password="een lang wachtwoord",
            roles=[RoleCode.DATA_PROTECTION_OFFICER],
            organisation_id=owner.id,
            actor=ACTOR,
        )
    with file_database.engine.connect() as connection:
        assert connection.execute(text("SELECT kind FROM core_link")).scalars().all() == ["collects"]
        assert connection.execute(text("SELECT role FROM core_role_held")).scalars().all() == ["fg"]
    with file_database.read(owner.id) as session:
        assert session.exec(select(Link.kind)).one() is LinkKind.COLLECTS
        assert session.exec(select(RoleHeld.role)).one() is RoleCode.DATA_PROTECTION_OFFICER


def test_a_moment_without_a_zone_is_refused(session):
    event_ = AuditEvent(
        sequence=1,
        at=datetime(2026, 11, 21, 12),  # noqa: DTZ001 - that is the point
        actor="x",
        action="x",
        subject_kind="x",
        subject_id=owner_id(session),
        subject_label="x",
        salt="",
        digest="",
        previous="",
        hash="",
    )
    session.add(event_)
    with pytest.raises(StatementError, match="needs a zone"):
        session.flush()


def owner_id(session: Session):
    return session.info["organisation"]


def test_a_moment_comes_back_in_utc(file_database, owner):
    summer = datetime(2026, 7, 1, 14, 30, 15, 123456, tzinfo=timezone(timedelta(hours=2)))
    with clock.frozen(summer), file_database.write(owner.id) as session:
        find_or_add(session, Team, "Zorg", actor=ACTOR)
    with file_database.read(owner.id) as session:
        stored = session.exec(select(Team)).one().created_at
    assert (stored, stored.tzinfo) == (datetime(2026, 7, 1, 12, 30, 15, 123456, tzinfo=UTC), UTC)


def test_a_moment_may_be_asked_for_in_any_zone(file_database, owner):
    with clock.frozen(datetime(2026, 7, 1, 12, tzinfo=UTC)), file_database.write(owner.id) as session:
        find_or_add(session, Team, "Zorg", actor=ACTOR)
    same = datetime(2026, 7, 1, 14, tzinfo=clock.AMSTERDAM)
    with file_database.read(owner.id) as session:
        assert session.exec(select(Team.name).where(Team.created_at == same)).all() == ["Zorg"]


SETTINGS_OF_SQLITE = {
    "busy_timeout": 10_000,
    "foreign_keys": 1,
    "journal_mode": "wal",
    "recursive_triggers": 1,
    "synchronous": 2,  # FULL: what was answered with "opgeslagen" is there after a power cut
}


@only_on_sqlite
def test_every_connection_to_sqlite_is_set_up_the_same(database_url):
    """Also one that was made while others were in use, and one that just wrote or had to wait."""
    made = Database(database_url)
    held = [made.engine.connect() for _ in range(3)]
    with made.write(None) as session, made.read(None) as reader:
        session.exec(select(Team)).all()
        reader.exec(select(Organisation)).all()
        held += [session.connection(), reader.connection()]
        found = [
            {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in SETTINGS_OF_SQLITE}
            for connection in held
        ]
    assert found == [SETTINGS_OF_SQLITE] * 5
    for connection in held[:3]:
        connection.close()
    made.close()


@only_on_sqlite
def test_a_row_that_points_nowhere_is_refused(file_database, owner):
    with pytest.raises(IntegrityError), file_database.write(owner.id) as session:
        session.add(RoleHeld(user_id=owner.id, organisation_id=owner.id, role=RoleCode.READER))


# What a person reads when the database gives way


def read_something(database: Database) -> None:
    with database.read(None) as session:
        session.exec(select(Organisation)).all()


def told(database: Database) -> str:
    with pytest.raises(Failed) as failure:
        read_something(database)
    return failure.value.message


def test_a_file_that_is_no_database_is_said_so(tmp_path):
    (tmp_path / "openboek.db").write_bytes(b"Dit is een brief, geen database. " * 200)
    assert told(Database(f"sqlite:///{tmp_path / 'openboek.db'}")) == (
        "Dit bestand is geen (gave) database. Zet een back-up terug met 'openboek restore'."
    )


@only_on_sqlite
def test_a_damaged_database_is_said_so(file_database, owner, tmp_path):
    file_database.close()
    path = tmp_path / "D" / "openboek.db"
    damaged = bytearray(path.read_bytes())
    damaged[1024:] = b"\xff" * (len(damaged) - 1024)
    path.write_bytes(damaged)
    assert told(Database(f"sqlite:///{path}")).startswith("Dit bestand is geen (gave) database.")


def test_an_empty_database_is_said_so(tmp_path, _all_tables):
    assert told(Database(f"sqlite:///{tmp_path / 'leeg.db'}")) == (
        "Deze database is leeg of van een oudere versie. Voer eerst 'openboek upgrade' uit."
    )


@only_on_sqlite
def test_a_database_that_misses_a_column_is_of_an_older_version(file_database, owner):
    with file_database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE core_organisation DROP COLUMN four_eyes"))
    assert told(file_database) == "Deze database is leeg of van een oudere versie. Voer eerst 'openboek upgrade' uit."


def test_a_folder_that_is_not_there_is_said_so(tmp_path):
    assert told(Database(f"sqlite:///{tmp_path / 'nergens' / 'openboek.db'}")) == (
        "De database kan niet worden geschreven. Controleer de rechten op de map."
    )


def test_a_server_that_is_away_is_said_so():
    away = Database("postgresql+psycopg://niemand@127.0.0.1:9/niets?connect_timeout=2")
    assert told(away) == "De database is niet bereikbaar. Controleer of die draait en probeer het opnieuw."


@only_on_sqlite
def test_a_full_disk_is_said_so_and_nothing_is_half_saved(file_database, owner):
    with file_database.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count={pages}"))
        connection.commit()
        event.listen(file_database.engine, "checkout", lambda raw, *_: raw.execute(f"PRAGMA max_page_count={pages}"))
    with pytest.raises(Failed, match="De schijf is vol"), file_database.write(owner.id) as session:
        for number in range(500):
            find_or_add(session, Team, f"Team {number} " + "x" * 250, actor=ACTOR)
    with file_database.read(owner.id) as session:
        assert session.exec(select(Team)).all() == []
        assert audit.faults(session, owner.id) == []


@only_on_sqlite
def test_a_locked_database_is_said_so(file_database, owner, tmp_path):
    other = sqlite3.connect(tmp_path / "D" / "openboek.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Failed) as failure, file_database.write(owner.id) as session:
        find_or_add(session, Team, "Zorg", actor=ACTOR)
    other.execute("ROLLBACK")
    other.close()
    assert failure.value.message == "De database is te lang bezet. Probeer het over een minuut opnieuw."


def test_more_readers_than_connections_is_said_so(file_database, owner):
    file_database.engine.pool._timeout = 0.1
    held = [file_database.engine.connect() for _ in range(15)]
    assert told(file_database) == "De database is te lang bezet. Probeer het over een minuut opnieuw."
    for connection in held:
        connection.close()


@pytest.mark.parametrize("name", ["een map", "50% klaar", "Gemeente Ü & Ö", "nummer #1", "a+b", "een:twee"])
def test_a_folder_may_have_any_name(tmp_path, name, _all_tables, monkeypatch):
    from core.folder import Folder

    monkeypatch.delenv("OPENBOEK_DATABASE_URL", raising=False)
    place = tmp_path / name
    place.mkdir()
    folder = Folder.at(place)
    database = Database(folder.database_url)
    SQLModel.metadata.create_all(database.engine)
    database.close()
    assert (place / "openboek.db").is_file()
    read_something(folder.database())


def test_a_folder_with_a_question_mark_is_refused(tmp_path):
    """SQLAlchemy would read what follows it as options, and put the database in another folder."""
    from core.folder import Folder

    with pytest.raises(BadInput, match="vraagteken"):
        Folder.at(tmp_path / "wat?")


# PostgreSQL: the same code, other ways to give way


def test_what_is_published_is_sorted_the_same_on_every_server():
    query = str(select(Team.id).order_by(in_byte_order(Team.name)).compile(dialect=postgresql.dialect()))
    assert query.endswith('ORDER BY core_team.name COLLATE "C"')


def test_what_is_published_is_sorted_by_its_bytes(file_database, owner):
    names = ["Zorg", "zorg", "Één", "10", "9", "~", "\U0001f6b2"]
    with file_database.write(owner.id) as session:
        for name in names:
            session.add(kind := Team(name=name))
            audit.record(session, actor=ACTOR, action="core:team:add", subject=kind)
        found = session.exec(select(Team.name).order_by(in_byte_order(Team.name))).all()
    assert found == sorted(names, key=str.encode)


only_on_postgresql = pytest.mark.only_on("postgresql")


def test_an_empty_postgres_database_is_said_so(postgres_url, _all_tables):
    with own_database(postgres_url) as url:
        empty = Database(url)
        assert told(empty) == "Deze database is leeg of van een oudere versie. Voer eerst 'openboek upgrade' uit."
        empty.close()


@only_on_postgresql
@pytest.mark.parametrize(
    ("statement", "begin"),
    [
        ("SELECT iets FROM core_team", "Deze database is leeg of van een oudere versie."),
        ("SET LOCAL statement_timeout = 20; SELECT pg_sleep(5)", "De database is te lang bezet."),
        ("SELECT pg_terminate_backend(pg_backend_pid())", "De database is niet bereikbaar."),
        ("DO $$ BEGIN RAISE SQLSTATE '53100'; END $$", "De schijf is vol."),
        ("DO $$ BEGIN RAISE SQLSTATE '53300'; END $$", "De database is te lang bezet."),
        ("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$", "De database is te lang bezet."),
    ],
)
def test_what_postgres_says_is_told_in_dutch(file_database, owner, statement, begin):
    with pytest.raises(Failed) as failure, file_database.write(owner.id) as session:
        find_or_add(session, Team, "Zorg", actor=ACTOR)
        session.connection().exec_driver_sql(statement)
    assert failure.value.message.startswith(begin)
    with file_database.read(owner.id) as session:  # also when the connection was lost: the next one is another
        assert session.exec(select(Team)).all() == []


@only_on_postgresql
def test_a_text_that_does_not_fit_is_told_in_dutch(file_database, owner):
    with pytest.raises(BadInput, match="te lang om op te slaan"), file_database.write(owner.id) as session:
        find_or_add(session, Team, "x" * 301, actor=ACTOR)


@only_on_postgresql
def test_a_reading_session_on_postgres_cannot_write(file_database):
    with pytest.raises(InternalError, match="read-only"), file_database.read(None) as session:
        session.execute(text("CREATE TABLE stil (id int)"))


@only_on_postgresql
def test_postgres_keeps_what_it_prepared_for_who_reads_often(file_database, owner):
    """Planning a statement anew takes longer than answering it, and the driver forgets all of them at a rollback."""
    for _ in range(8):
        with file_database.read(owner.id) as session:
            session.exec(select(Team.name)).all()
    with file_database.read(owner.id) as session:
        kept = session.execute(text("SELECT generic_plans + custom_plans FROM pg_prepared_statements")).scalars().all()
    assert max(kept) >= 2


@pytest.mark.parametrize("fails", [False, True])
def test_a_reading_session_leaves_nothing_behind_when_it_ends(file_database, owner, fails):
    with suppress(ZeroDivisionError), file_database.read(owner.id) as session:
        session.add(Team(name="Zorg"))
        _ = 1 / (not fails)
    with file_database.read(owner.id) as session:
        assert session.exec(select(Team)).all() == []


@only_on_postgresql
def test_organisations_do_not_wait_for_each_other_on_postgres(file_database, owner):
    with file_database.write(None) as session:
        other = add_organisation(
            session, code="gm0153", name="X", base_url="https://x.example", tooi_uri="x", tooi_label="x", actor=ACTOR
        )
    with file_database.write(owner.id) as first, file_database.write(other.id) as second:
        for session in (first, second):
            find_or_add(session, Team, "Zorg", actor=ACTOR)
    for organisation in (owner, other):
        with file_database.read(organisation.id) as session:
            assert session.exec(select(Team.name)).all() == ["Zorg"]
            assert audit.faults(session, organisation.id) == []


@only_on_sqlite
def test_sqlite_reads_the_parts_of_one_record_and_not_those_of_all(file_database, owner):
    """Without statistics it would take the organisation for the way in, and most rows are of one organisation."""
    plans: dict[str, str] = {}

    @event.listens_for(file_database.engine, "before_cursor_execute")
    def note(connection, _cursor, statement, values, _context, _many):
        if statement.startswith("SELECT") and "register_" in statement:
            plan = connection.connection.dbapi_connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            plans[statement] = " ".join(row[3] for row in plan)

    parts = [mapper.class_ for mapper in SQLModel._sa_registry.mappers if issubclass(mapper.class_, ActivityPart)]
    with file_database.read(owner.id) as session:
        for part in parts:
            session.exec(select(part).where(part.activity_id == uuid4()).order_by(part.position)).all()
        assert len(plans) == len(parts) > 10
        assert [plan for plan in plans.values() if "activity_id=?" not in plan] == []
        plans.clear()
        session.exec(select(ProcessingActivity.id).where(ProcessingActivity.number == 1)).all()
        [plan] = plans.values()
        assert "organisation_id=? AND number=?" in plan
