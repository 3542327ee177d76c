"""Links in records: tried politely and within limits, never into the own network, and found when they do not work."""

from collections.abc import Iterator
from datetime import datetime
from http.server import ThreadingHTTPServer

import pytest
from sqlmodel import select

from app.scheduler import ask_for_the_week
from core import audit, clock, jobs
from core.clock import AMSTERDAM
from core.jobs import Job, JobState, enqueue, run_one
from core.link_check import LINK_JOB, Limits, _session, check_links, is_tried, try_link
from core.organisations import Party, change_shared, find_or_add
from core.tried_links import all_tried, broken
from register import queries, services
from register.content import ProcessorUse
from support.pages import Visit
from support.register import COMPLETE, ESTABLISHER
from support.websites import address, website

HERE = Limits(pause=0, seconds=5, redirects=3, allows_own_network=True)


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    with website() as server:
        yield server


def outcome(site, path: str, limits: Limits = HERE):
    with _session(allows_own_network=limits.allows_own_network) as web:
        return try_link(address(site, path), web, limits)


@pytest.mark.parametrize(
    ("path", "status", "fault"),
    [
        ("/goed", 200, ""),
        ("/verhuisd", 200, ""),
        ("/geen-hoofd", 200, ""),
        ("/dicht", 403, ""),
        ("/weg", 404, "De pagina bestaat niet (meer)."),
        ("/stuk", 500, "De website zegt: fout 500."),
        ("/rondje", None, "De link verwijst steeds door."),
    ],
)
def test_what_a_website_says(site, path, status, fault):
    found = outcome(site, path)
    assert (found.status, found.fault) == (status, fault)


def test_a_page_is_asked_for_only_when_its_head_is_not_given(site):
    outcome(site, "/goed")
    outcome(site, "/geen-hoofd")
    assert site.asked == ["HEAD /goed", "HEAD /geen-hoofd", "GET /geen-hoofd"]


def test_a_website_that_is_not_there(site):
    with _session(allows_own_network=True) as web:
        assert try_link("http://127.0.0.1:9/", web, HERE).fault == "De website is niet te bereiken."


def test_the_own_network_is_never_asked_and_never_called_broken(site):
    found = outcome(site, "/weg", Limits(pause=0, seconds=5))
    assert (found.status, found.fault, site.asked) == (None, "", [])


@pytest.mark.parametrize(
    "text", ["", "zie de website", "ftp://x.example/a", "https://", "http://[", "file:///etc/passwd"]
)
def test_only_addresses_of_the_web_are_tried(text):
    assert not is_tried(text)


@pytest.fixture
def run(database, organisation):
    def once(limits: Limits = HERE):
        with database.write(organisation.id) as session:
            enqueue(session, LINK_JOB, {}, created_by="Aisha")

        def handler(job):
            with database.read(organisation.id) as session:
                urls = services.link_addresses(session)
            return check_links(job, urls, limits)

        assert run_one(database, {LINK_JOB: handler}, "ik")
        with database.read(organisation.id) as session:
            job = session.exec(select(Job).order_by(Job.created_at.desc())).first()
            assert job.state is JobState.DONE
            return job.result

    return once


def store(database, organisation, **changes):
    with database.write(organisation.id) as session:
        return services.add(session, COMPLETE.model_copy(update=changes), actor=ESTABLISHER).kenmerk


def found(database, organisation, rule_id):
    with database.read(organisation.id) as session:
        return [(one.subject, one.about) for one in services.all_findings(session) if one.rule_id == rule_id]


def test_avg_147_a_page_that_is_gone_is_found_at_once_and_a_faulty_server_after_two_times(
    database, organisation, site, run
):
    gone, faulty = address(site, "/weg"), address(site, "/stuk")
    kenmerk = store(database, organisation, privacy_notice=gone, iama_url=faulty)
    assert run() == {"message": "2 links geprobeerd, 2 werken niet.", "tried": 2, "faults": 2}
    assert found(database, organisation, "AVG-147") == [(kenmerk, gone)]
    run()
    assert {about for _, about in found(database, organisation, "AVG-147")} == {gone, faulty}
    with database.read(organisation.id) as session:
        events = session.exec(select(audit.AuditEvent).where(audit.AuditEvent.action == LINK_JOB)).all()
        assert [one.contents["after"] for one in events] == [{"rows": 2, "faults": 2}] * 2


def test_a_run_that_had_enough_leaves_the_rest_for_the_next(database, organisation, site, run):
    store(database, organisation, privacy_notice=address(site, "/goed"))
    assert run(Limits(pause=0, most=0, allows_own_network=True))["tried"] == 0
    assert run()["tried"] == 1


def test_who_waits_for_an_export_waits_for_one_link_and_no_link_is_tried_twice(
    database, organisation, site, monkeypatch
):
    monkeypatch.setattr(jobs, "TURN", 0)
    urls = {address(site, f"/{path}") for path in ("goed", "weg", "stuk")}
    done = []

    def links(job):
        return check_links(job, urls, HERE)

    def export(_job):
        done.append(len([one for one in site.asked if one.startswith("HEAD")]))
        return {}

    for kind in (LINK_JOB, "export"):
        with database.write(organisation.id) as session:
            enqueue(session, kind, {}, created_by="Aisha")
    while run_one(database, {LINK_JOB: links, "export": export}, "ik"):
        pass
    assert done == [1]
    assert sorted(one for one in site.asked if one.startswith("HEAD")) == ["HEAD /goed", "HEAD /stuk", "HEAD /weg"]
    with database.read(organisation.id) as session:
        told = session.exec(select(Job).where(Job.kind == LINK_JOB)).one()
        assert told.result == {"message": "3 links geprobeerd, 2 werken niet.", "tried": 3, "faults": 2}


def test_an_address_that_no_record_has_any_more_is_forgotten(database, organisation, site, run):
    kenmerk = store(database, organisation, privacy_notice=address(site, "/weg"))
    run()
    with database.write(organisation.id) as session:
        activity = queries.find(session, kenmerk)
        content = services.content_of(activity).model_copy(update={"privacy_notice": ""})
        services.change(session, activity, content, version=activity.version, actor=ESTABLISHER)
    run()
    with database.read(organisation.id) as session:
        assert (all_tried(session), broken(session)) == ([], frozenset())


def test_the_clock_asks_once_a_week(database, organisation):
    def at(*parts: int) -> int:
        with clock.frozen(datetime(*parts, tzinfo=AMSTERDAM)):
            return ask_for_the_week(database, "02:00")

    assert [at(2026, 11, 21, 2, 0), at(2026, 11, 21, 3, 0), at(2026, 11, 26, 3, 0)] == [1, 0, 0]
    with database.write(organisation.id) as session:
        for job in session.exec(select(Job)):
            job.state = JobState.DONE
            job.created_at = datetime(2026, 11, 21, 2, 0, tzinfo=AMSTERDAM)
    assert [at(2026, 11, 28, 1, 59), at(2026, 11, 28, 2, 0)] == [0, 1]


def test_links_are_shown_and_can_be_tried_by_a_button(client, database, organisation):
    url = "https://voorbeeld.example/privacy"
    store(database, organisation, privacy_notice=url)
    visit = Visit(client, "/register/links")
    assert url in client.get("/register/links").text
    assert visit.submit().status_code == 200
    with database.read(organisation.id) as session:
        assert [job.kind for job in session.exec(select(Job))] == [LINK_JOB]


def test_avg_146_a_stopped_supplier_that_is_still_named(database, organisation):
    store(database, organisation, processors=(ProcessorUse(party="Bedrijf Alfa", agreement_document="Z-1"),))
    assert found(database, organisation, "AVG-146") == []
    with database.write(organisation.id) as session:
        party = find_or_add(session, Party, "Bedrijf Alfa", actor=ESTABLISHER)
        change_shared(session, party, {"ended_on": clock.today()}, version=party.version, actor=ESTABLISHER)
    assert found(database, organisation, "AVG-146") == [("", "Bedrijf Alfa")]
