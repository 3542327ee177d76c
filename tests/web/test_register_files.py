"""The page with files of the register: at once, as a job, of a team, of one record; the trail knows who took what."""

from datetime import timedelta

import pytest
from sqlmodel import select

from core import clock, jobs
from core.audit import Actor, AuditEvent
from register import queries, routes_files, services
from register.content import ActivityContent
from support.register import COMPLETE, ESTABLISHER

PAGE = "/register/bestanden"


@pytest.fixture
def client(client_as):
    return client_as("lezer", name="bram")


@pytest.fixture
def kenmerk(database, organisation) -> str:
    with database.write(organisation.id) as session:
        activity = services.add(session, COMPLETE, actor=ESTABLISHER)
        return activity.kenmerk


def taken(database) -> list[tuple[str, str]]:
    with database.read(None) as session:
        query = select(AuditEvent).where(AuditEvent.action == "register:file:download").order_by(AuditEvent.id)
        return [(one.actor, one.contents["after"]["file"]) for one in session.exec(query)]


def ask(client, day: str, ending: str):
    return client.post(f"{PAGE}/register", data={"day": day, "ending": ending}, follow_redirects=False)


@pytest.mark.parametrize(("ending", "start"), [("xlsx", b"PK"), ("ods", b"PK"), ("pdf", b"%PDF"), ("json", b"{")])
def test_a_small_register_is_there_at_once(client, database, kenmerk, ending, start):
    today = clock.today().isoformat()
    answer = ask(client, today, ending)
    assert (answer.status_code, answer.content[: len(start)]) == (200, start)
    assert answer.headers["content-disposition"].endswith(f"-{today}.{ending}")
    ((actor, name),) = taken(database)
    assert (actor, name.endswith(f"-{today}.{ending}")) == ("Bram", True)


def test_a_wrong_day_is_told_at_the_field(client, database, kenmerk):
    for day, words in (
        ("2020-01-01", "stond er nog geen verwerking in het register"),
        ((clock.today() + timedelta(days=2)).isoformat(), "Deze dag moet nog komen"),
        ("ooit", "een datum in, zoals 21-11-2026"),
    ):
        answer = ask(client, day, "json")
        assert (answer.status_code, words in answer.text) == (422, True)
    assert taken(database) == []


def test_a_large_register_is_asked_of_a_job_and_waits(client, database, organisation, folder, kenmerk, monkeypatch):
    monkeypatch.setattr(routes_files, "OTHERS_AT_ONCE", 0)
    assert ask(client, clock.today().isoformat(), "json").status_code == 303
    assert "Ververs deze pagina" in client.get(PAGE).text
    with database.write(organisation.id) as session:
        job = session.exec(select(jobs.Job)).one()
        assert (job.state, job.created_by, job.payload["ending"]) == (jobs.JobState.WAITING, "Bram", "json")
        job.state, job.result = jobs.JobState.DONE, {"file": "register.json"}
        session.flush()
        session.expunge(job)
    place = folder.reports / "register" / str(job.id)
    place.parent.mkdir(parents=True)
    place.write_bytes(b"{}")
    assert f"{PAGE}/{job.id}" in client.get(PAGE).text
    answer = client.get(f"{PAGE}/{job.id}")
    assert answer.content == b"{}"
    assert taken(database) == [("Bram", "register.json")]
    place.unlink()
    assert client.get(f"{PAGE}/{job.id}").status_code == 404


def test_a_register_in_parts_is_one_zip(client, database, organisation, folder, kenmerk, monkeypatch):
    monkeypatch.setattr(routes_files.files, "IN_ONE_PDF", 1)
    with database.write(organisation.id) as session:
        services.add(session, ActivityContent(name="Nog een"), actor=ESTABLISHER)
    answer = ask(client, clock.today().isoformat(), "pdf")
    assert (answer.content[:2], answer.headers["content-disposition"][-4:]) == (b"PK", ".zip")


def test_the_records_of_a_team_are_a_document(client, database, kenmerk):
    data = {"team": COMPLETE.team, "document": "docx", "audience": "intern"}
    answer = client.post(f"{PAGE}/team", data=data)
    assert answer.content.startswith(b"PK")
    assert taken(database) == [("Bram", f"verwerkingen-team-parkeren-intern-{clock.today()}.docx")]
    refused = client.post(f"{PAGE}/team", data={**data, "audience": "openbaar"})
    assert (refused.status_code, "Hiervan staat niets op de website" in refused.text) == (422, True)
    assert client.post(f"{PAGE}/team", data={**data, "team": ""}).status_code == 422


def test_one_record_is_a_document(client, database, organisation, kenmerk):
    address = f"/register/{kenmerk}/bestand"
    assert client.get(f"{address}/docx").content.startswith(b"PK")
    assert client.get(f"{address}/docx?voor=openbaar").status_code == 404
    assert "voor=openbaar" not in client.get(f"/register/{kenmerk}/").text
    with database.write(organisation.id) as session:
        services.establish(session, queries.find(session, kenmerk), actor=Actor("Chris"))
    assert "voor=openbaar" in client.get(f"/register/{kenmerk}/").text
    assert client.get(f"{address}/pdf?voor=openbaar").content.startswith(b"%PDF")
    assert client.get(f"{address}/exe").status_code == 404
    assert [name.split("-")[2] for _, name in taken(database)] == ["intern", "openbaar"]
