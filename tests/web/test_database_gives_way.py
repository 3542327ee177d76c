"""A database that is taken, goes away or is full in the middle of a request: a clear page, nothing half-done, and on."""

import resource
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from sqlalchemy import event, func, text
from sqlmodel import select
from starlette.testclient import TestClient

from core.audit import AuditEvent, faults
from core.db import Database
from core.history import Revision
from core.web.errors import NOTHING_HALF
from register.models import ProcessingActivity
from support.editors import BUSY, PASSWORD, SAVED, Application, Run, add_editors, differences, shared_records
from support.installation import Installation
from support.pages import InspectedClient, Visit

pytestmark = pytest.mark.on_both

ADDRESS = "/register/VW-0001/bewerken/herkenning"
IMPATIENT = {"sqlite": "PRAGMA busy_timeout = 200", "postgresql": "SET lock_timeout = 200"}


@pytest.fixture
def served(here: Installation, database_kind: str) -> Iterator[Database]:
    """The database as the application has it; who meets a lock waits 0.2 seconds instead of 10."""
    made = Database(here.folder.database_url)

    def be_impatient(connection, _record):
        connection.cursor().execute(IMPATIENT[database_kind])
        connection.commit()

    event.listen(made.engine, "connect", be_impatient)
    yield made
    made.close()


@pytest.fixture
def editor(application: FastAPI, here: Installation, served: Database) -> TestClient:
    """Somebody who edits, with one activity to do it on."""
    application.state.database, application.state.folder = served, here.folder
    here.add_activity(established=False)
    [name] = add_editors(here.database, here.organisation_id, 1)
    client = InspectedClient(application, base_url="http://localhost", headers={"Sec-Fetch-Site": "same-origin"})
    assert client.post("/inloggen", data={"username": name, "password": PASSWORD}).status_code == 200
    return client


def stored(here: Installation) -> tuple[str, int, int, int]:
    """The text that is saved, with everything that a save leaves behind."""
    with here.database.read(here.organisation_id) as session:
        row = session.exec(select(ProcessingActivity)).one()
        revisions = session.exec(select(func.count()).select_from(Revision)).one()
        events = session.exec(select(func.count()).select_from(AuditEvent)).one()
        assert faults(session, here.organisation_id) == []
        return row.remarks, row.version, revisions, events


def said(answer) -> str:
    return " ".join(answer.text.partition("<h1>")[2].partition("</main>")[0].split())


def test_who_saves_while_another_one_writes_for_long_is_told_that_nothing_is_lost(here, editor):
    visit, before = Visit(editor, ADDRESS), stored(here)
    with here.database.write(here.organisation_id) as other:
        other.exec(select(ProcessingActivity)).all()
        told = visit.submit(remarks="Van Aisha")
        assert Visit(editor, ADDRESS).answer.status_code == 200  # who only reads, waits for nobody
    assert told.status_code == 503
    assert "De database is te lang bezet." in said(told)
    assert NOTHING_HALF in said(told)
    assert stored(here) == before
    assert visit.submit(remarks="Van Aisha").status_code == 200
    assert stored(here)[0] == "Van Aisha"


AT = ("SELECT pg_advisory", "UPDATE register_activity", "INSERT INTO core_audit_event", "INSERT INTO core_revision", "")
"""Where the connection breaks: before the statement that begins so; the last one: before the commit."""


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("at", AT)
def test_a_server_that_breaks_off_halfway_a_save_leaves_nothing_half(here, editor, served, at):
    visit, before = Visit(editor, ADDRESS), stored(here)
    broken: list[int] = []

    def break_off(connection) -> None:
        if not broken and connection.get_execution_options().get("openboek_writes"):
            broken.append(pid := connection.connection.dbapi_connection.info.backend_pid)
            with here.database.engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 5000)").bindparams(pid=pid))

    if at:

        @event.listens_for(served.engine, "before_cursor_execute")
        def _before(connection, _cursor, statement, *_):
            if statement.startswith(at):
                break_off(connection)
    else:
        event.listen(served.engine, "commit", break_off)

    told = visit.submit(remarks="Van Aisha")
    assert len(broken) == 1
    assert (told.status_code, stored(here)) == (503, before)
    assert "De database is niet bereikbaar." in said(told)
    assert visit.submit(remarks="Van Aisha").status_code == 200  # on another connection
    assert stored(here)[0] == "Van Aisha"


@pytest.mark.only_on("postgresql")
def test_a_page_that_breaks_off_is_there_again_at_the_next_click(here, editor, served):
    @event.listens_for(served.engine, "before_cursor_execute", once=True)
    def _before(connection, *_):
        pid = connection.connection.dbapi_connection.info.backend_pid
        with here.database.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)").bindparams(pid=pid))

    told = editor.get(ADDRESS)
    assert (told.status_code, "De database is niet bereikbaar." in said(told)) == (503, True)
    assert editor.get(ADDRESS).status_code == 200


def test_without_a_database_every_page_says_so(application, editor):
    application.state.database = Database("postgresql+psycopg://niemand@127.0.0.1:9/niets?connect_timeout=2")
    visitor = InspectedClient(application, base_url="http://localhost", cookies=editor.cookies)
    for address in ("/", ADDRESS, "/inloggen"):
        told = visitor.get(address)
        if address == "/inloggen":  # asks the database nothing yet
            assert told.status_code == 200
        else:
            assert (told.status_code, "De database is niet bereikbaar." in said(told)) == (503, True)


def meet_the_end_of_the_disk(here, tmp_path, *, seconds, full_until=None, again_until=None) -> None:
    """A process that may make no file larger than this meets it in the middle of a save."""
    here.add_activity(established=False)
    names = add_editors(here.database, here.organisation_id, 2)
    shared = shared_records(here.database, here.organisation_id)[:1]
    here.close()  # the last one that leaves empties the write-ahead log
    with Application(here.folder.root, tmp_path / "app.log") as application:
        pid = application.process.pid
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
        full = Run([application], shared)
        full.log_in(names)
        full.work(seconds, until=full_until)
        told = [attempt for attempt in full.attempts if attempt.outcome == BUSY]
        assert "De schijf is vol of werkt niet goed." in told[0].answer
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        again = Run([application], shared)
        again.log_in(names)
        again.work(seconds, until=again_until)
    assert again.counted()[SAVED] > 0
    assert full.counted()[SAVED] > 0
    assert differences(here.database, here.organisation_id, shared, full.attempts + again.attempts) == []


@pytest.mark.only_on("sqlite")
def test_a_disk_that_is_full_keeps_what_was_saved_and_goes_on_when_there_is_room(here, tmp_path):
    meet_the_end_of_the_disk(here, tmp_path, seconds=30, full_until={SAVED: 1, BUSY: 10}, again_until={SAVED: 2})


@pytest.mark.soak
@pytest.mark.only_on("sqlite")
def test_a_disk_that_is_full_for_longer(here, tmp_path):
    meet_the_end_of_the_disk(here, tmp_path, seconds=6)


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/register/",
        "/register/bevindingen",
        "/register/lijst.csv",
        "/register/VW-0001/",
        ADDRESS,
        "/register/bestanden",
    ],
)
def test_a_page_never_holds_two_connections(editor, served, address):
    """Fifteen who each hold one and wait for a second would wait for each other."""
    held: set[int] = set()
    most = 0

    @event.listens_for(served.engine, "checkout")
    def _takes(_connection, record, _proxy):
        nonlocal most
        held.add(id(record))
        most = max(most, len(held))

    @event.listens_for(served.engine, "checkin")
    def _gives_back(_connection, record):
        held.discard(id(record))

    for _ in range(2):  # what was worked out and kept by the first is read by the second
        assert editor.get(address).status_code in {200, 403}
    assert (most, held) == (1, set())


def test_a_page_of_a_record_takes_one_connection_once(editor, served):
    """The session in which the log-in is found is the one in which the page is read."""
    taken = []
    event.listen(served.engine, "checkout", lambda *found: taken.append(found))
    editor.get("/register/VW-0001/")
    assert len(taken) == 1
