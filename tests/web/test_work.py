"""Beheer, Werk: who sees which work, how far it is, and who may stop it or start it again."""

import re
from datetime import timedelta

import pytest
from lxml import html
from sqlmodel import col, select

from app.jobs import KINDS
from core import jobs
from core.accounts.models import LoginSession, User
from core.audit import AuditEvent
from core.errors import BadInput
from core.jobs import Job, JobState
from publish.routes import EXPORT_JOB
from support.pages import Visit
from support.passing_time import pass_time

NOWHERE = "/beheer/werk/00000000-0000-4000-8000-000000000000"


@pytest.fixture
def chief(client_as):
    return client_as("beheerder", name="chief")


def ask(database, organisation, kind="soort", by="Bram", user_id=None, **payload) -> str:
    with database.write(organisation.id) as session:
        return str(jobs.enqueue(session, kind, payload, created_by=by, created_by_id=user_id).id)


def id_of(database, username):
    with database.read(None) as session:
        return session.exec(select(User.id).where(User.username == username)).one()


def job(database, job_id) -> Job:
    with database.read(None) as session:
        found = next(one for one in session.exec(select(Job)) if str(one.id) == job_id)
        session.expunge(found)
    return found


def run(database, handler, kind="soort"):
    jobs.run_one(database, {kind: handler}, "een")


def refuse(_job):
    raise BadInput("Dit bestand is leeg. Kies een ander bestand.")


def rows(answer) -> list[list[str]]:
    page = html.document_fromstring(answer.text)
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")]
        for row in page.xpath("//table//tbody/tr")
    ]


def buttons(answer) -> set[str]:
    page = html.document_fromstring(answer.text)
    return {" ".join(button.text_content().split()) for button in page.xpath("//main//form[@method='post']//button")}


def test_the_list_shows_all_work_of_the_organisation_the_newest_first(database, organisation, chief):
    ask(database, organisation, number=1)
    run(database, lambda _job: {"message": "Er zijn 3 regels gelezen."})
    pass_time(database, timedelta(minutes=5))
    ask(database, organisation, EXPORT_JOB, by="klok")
    found = rows(chief.get("/beheer/werk/"))
    assert [(row[0], row[1], row[3], row[4], row[5]) for row in found] == [
        ("Export naar de website", "klok", "Wacht", "-", "-"),
        ("soort", "Bram", "Klaar", "-", "Er zijn 3 regels gelezen."),
    ]


@pytest.mark.on_both
def test_the_list_is_filtered_by_kind_state_and_person(database, organisation, chief):
    ask(database, organisation, by="Brâm 100%")
    ask(database, organisation, EXPORT_JOB, by="klok")
    assert len(rows(chief.get("/beheer/werk/"))) == 2
    for query, left in (
        ({"soort": EXPORT_JOB}, ["klok"]),
        ({"wie": "bram"}, ["Brâm 100%"]),
        ({"wie": "BRÂM"}, ["Brâm 100%"]),
        ({"wie": "0%"}, ["Brâm 100%"]),
        ({"wie": "%k%"}, []),
        ({"toestand": "wacht"}, ["klok", "Brâm 100%"]),
        ({"toestand": "mislukt"}, []),
        ({"toestand": "bestaat niet"}, ["klok", "Brâm 100%"]),
        ({"soort": EXPORT_JOB, "wie": "bram"}, []),
    ):
        assert sorted(row[1] for row in rows(chief.get("/beheer/werk/", params=query))) == sorted(left), query
    assert "Er is geen werk dat u zoekt." in chief.get("/beheer/werk/?wie=niemand").text
    assert chief.get("/beheer/werk").url.path == "/beheer/werk/"


def test_a_long_list_has_pages(database, organisation, chief):
    for number in range(51):
        ask(database, organisation, nummer=number)
    first, second = (chief.get(f"/beheer/werk/?toestand=wacht&pagina={number}") for number in (1, 2))
    assert (len(rows(first)), len(rows(second))) == (50, 1)
    assert "/beheer/werk/?toestand=wacht&amp;pagina=2" in first.text
    assert len(rows(chief.get("/beheer/werk/?pagina=9999"))) == 1


def test_a_running_job_shows_a_bar_and_asks_to_be_looked_at_again(database, organisation, chief):
    job_id = ask(database, organisation)
    jobs.claim(database, "een").report(3, 10, "Regel 3 van 10")
    answer = chief.get(f"/beheer/werk/{job_id}")
    page = html.document_fromstring(answer.text)
    [bar] = page.xpath("//progress")
    assert (bar.get("value"), bar.get("max")) == ("3", "10")
    assert page.xpath("//*[@data-refresh]/@id") == ["voortgang"]
    assert page.xpath(f"//a[@href='/beheer/werk/{job_id}']")  # without scripts
    assert "Regel 3 van 10" in answer.text
    assert buttons(answer) == {"Afbreken"}


def test_a_job_that_ended_shows_how_and_looks_no_more(database, organisation, chief):
    job_id = ask(database, organisation)
    run(database, refuse)
    answer = chief.get(f"/beheer/werk/{job_id}")
    assert "Dit bestand is leeg. Kies een ander bestand." in answer.text
    assert html.document_fromstring(answer.text).xpath("//*[@data-refresh]|//progress") == []
    assert buttons(answer) == {"Opnieuw starten"}


def test_an_export_that_ended_leads_to_what_came_of_it(database, organisation, client_as):
    coordinator = client_as("woo_coordinator")
    job_id = ask(database, organisation, EXPORT_JOB)
    link = "//main//a[@href='/publicatie/']"
    assert html.document_fromstring(coordinator.get(f"/beheer/werk/{job_id}").text).xpath(link) == []
    run(database, lambda _job: {"message": "Er was niets veranderd."}, EXPORT_JOB)
    assert html.document_fromstring(coordinator.get(f"/beheer/werk/{job_id}").text).xpath(link)


def test_a_waiting_job_is_cancelled_and_asked_again_with_buttons(database, organisation, chief):
    job_id = ask(database, organisation, van=1)
    answer = Visit(chief, f"/beheer/werk/{job_id}").submit()
    assert (job(database, job_id).state, answer.status_code) == (JobState.CANCELLED, 200)
    assert "Afgebroken door Chief. Er is niets half gedaan." in answer.text
    again = Visit(chief, f"/beheer/werk/{job_id}").submit()
    new = again.url.path.rpartition("/")[2]
    assert new != job_id
    assert (job(database, new).payload, job(database, new).created_by) == ({"van": 1}, "Chief")
    with database.read(organisation.id) as session:
        actions = session.exec(select(AuditEvent.action).where(col(AuditEvent.subject_kind) == "core_job")).all()
    assert sorted(actions) == ["core:job:cancel", "core:job:retry"]
    assert "Werk op de achtergrond: afgebroken" in chief.get("/beheer/logboek").text


def test_a_running_job_says_that_it_is_about_to_stop(database, organisation, chief):
    job_id = ask(database, organisation)
    claimed = jobs.claim(database, "een")
    answer = Visit(chief, f"/beheer/werk/{job_id}").submit()
    assert "Chief heeft gevraagd om dit af te breken." in answer.text
    assert buttons(answer) == set()
    with pytest.raises(jobs.Cancelled):
        claimed.report(1, 1)


def test_what_has_ended_meanwhile_is_not_cancelled(database, organisation, chief):
    job_id = ask(database, organisation)
    visit = Visit(chief, f"/beheer/werk/{job_id}")
    run(database, lambda _job: {})
    answer = visit.submit()
    assert (answer.status_code, "al gestopt of klaar" in answer.text) == (422, True)
    assert chief.post(f"/beheer/werk/{job_id}/opnieuw").status_code == 422


def test_work_that_is_not_there_is_not_found(chief):
    assert chief.get(NOWHERE).status_code == 404
    assert chief.post(f"{NOWHERE}/afbreken").status_code == 404
    assert chief.post(f"{NOWHERE}/opnieuw").status_code == 404
    assert chief.get("/beheer/werk/geen-nummer").status_code == 404
    assert chief.get("/beheer/werk/?pagina=0").status_code == 404


def test_who_asked_for_it_sees_it_and_nobody_else_without_a_role(database, organisation, client_as):
    reader, other = client_as("lezer", name="ria"), client_as("lezer", name="olaf")
    job_id = ask(database, organisation, by="Ria", user_id=id_of(database, "ria"))
    ask(database, organisation, by="Ria", van=2)  # of her namesake
    assert [row[1] for row in rows(reader.get("/beheer/werk/"))] == ["Ria"]
    assert reader.get(f"/beheer/werk/{job_id}").status_code == 200
    assert rows(other.get("/beheer/werk/")) == []
    assert other.get(f"/beheer/werk/{job_id}").status_code == 404
    assert other.post(f"/beheer/werk/{job_id}/afbreken").status_code == 404
    # Having asked is to look at; to ask again takes the role that it asks.
    assert buttons(reader.get(f"/beheer/werk/{job_id}")) == set()
    assert reader.post(f"/beheer/werk/{job_id}/afbreken").status_code == 403
    assert reader.post(f"/beheer/werk/{job_id}/opnieuw").status_code == 403


@pytest.mark.on_both
def test_who_may_export_sees_and_stops_every_export(database, organisation, client_as):
    coordinator = client_as("woo_coordinator")
    job_id = ask(database, organisation, EXPORT_JOB, by="klok")
    ask(database, organisation, "geheim")
    assert [row[0] for row in rows(coordinator.get("/beheer/werk/"))] == [KINDS[EXPORT_JOB].label]
    Visit(coordinator, f"/beheer/werk/{job_id}").submit()
    assert job(database, job_id).state is JobState.CANCELLED


@pytest.mark.on_both
def test_the_button_that_exports_leads_to_the_work(database, client_as):
    coordinator = client_as("woo_coordinator", name="wim")
    answer = coordinator.post("/publicatie/exporteren")
    [address] = re.findall(r"/beheer/werk/[0-9a-f-]{36}", answer.text)
    assert coordinator.get(address).status_code == 200
    assert job(database, address.rpartition("/")[2]).created_by_id == id_of(database, "wim")
    assert "/beheer/werk/" not in client_as("lezer").get("/publicatie/").text


@pytest.mark.on_both
def test_a_page_that_refreshes_itself_does_not_keep_the_log_in_alive(database, chief):
    def seen():
        with database.read(None) as session:
            return session.exec(select(LoginSession.seen_at)).one()

    with database.write(None) as session:
        session.exec(select(LoginSession)).one().seen_at -= timedelta(minutes=30)
    before = seen()
    assert chief.get("/beheer/werk/", headers={"Openboek-Refresh": "1"}).status_code == 200
    assert seen() == before
    chief.get("/beheer/werk/")
    assert seen() > before
