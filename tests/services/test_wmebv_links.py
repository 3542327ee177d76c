"""Links of the inventory: tried with those of the register, kept as evidence, and found when they do not work."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app import jobs
from core import clock
from core.content import YesNo
from core.history import revisions_of
from core.jobs import Job, JobState, enqueue, run_one
from core.link_check import LINK_JOB, Limits, check_links
from core.tried_links import tried
from support.inventories import answer, good_channel, good_message, good_product
from support.pages import Visit
from support.websites import address, website
from wmebv import services
from wmebv.links import broken_rows, link_places
from wmebv.models import Channel

HERE = Limits(pause=0, seconds=5, redirects=3, allows_own_network=True)


@pytest.fixture
def site():
    with website() as server:
        yield server


@pytest.fixture
def stored(database, organisation, actor, site):
    """A product page that is there, a form that moved, evidence that is gone and a page where robots are not welcome."""
    with database.write(organisation.id) as session:
        content = good_channel(
            url=address(site, "/verhuisd"),
            product_page_url=address(site, "/niet-voor-robots"),
            answers=(),
            reachable=YesNo.NO,
            reachable_checked_on=None,
        )
        channel = services.add_channel(session, content, actor=actor)
        product = services.add_product(
            session, good_product(answers=(answer("W15", evidence_url=address(site, "/goed")),)), actor=actor
        )
        message = services.add_message_type(
            session, product, good_message(answers=(answer("W04", evidence_url=address(site, "/weg")),)), actor=actor
        )
    return {"channel": channel.id, "message": message.id}


@pytest.fixture
def run(database, organisation, monkeypatch):
    """The job as the application does it, but for the own network, which the website of the test is in."""
    monkeypatch.setattr(jobs, "check_links", lambda job, urls: check_links(job, urls, HERE))

    def once():
        with database.write(organisation.id) as session:
            enqueue(session, LINK_JOB, {}, created_by="Aisha")
        assert run_one(database, {LINK_JOB: jobs.link_job}, "ik")
        with database.read(organisation.id) as session:
            done = session.exec(select(Job).order_by(Job.created_at.desc())).first()
            assert done.state is JobState.DONE
            return done.result

    return once


def test_each_address_says_where_it_stands_and_what_it_proves(stored, database, organisation, site):
    with database.read(organisation.id) as session:
        found = {
            url: [(place.subject, place.proves) for place in places] for url, places in link_places(session).items()
        }
    assert found[address(site, "/goed")] == [("PD-0001 Kapvergunning", "bewijs bij W15 Kanaal op de productpagina")]
    assert found[address(site, "/weg")] == [("PD-0001: Aanvraag kapvergunning", "bewijs bij W04 Ook zonder computer")]
    assert found[address(site, "/verhuisd")] == [("Formulier kapvergunning", "Adres van het kanaal")]
    assert len(found) == 5  # with the page of the channel, and the place where its decision was published


def test_the_outcome_is_kept_with_status_day_and_final_address(stored, run, database, organisation, site):
    assert run()["tried"] == 4  # the place of the decision is a number, no address of the web
    with database.read(organisation.id) as session:
        known = tried(session, link_places(session).keys())
        moved, gone = known[address(site, "/verhuisd")], known[address(site, "/weg")]
        assert (moved.status, moved.says, moved.final_url) == (200, "werkt", address(site, "/goed"))
        assert (gone.status, gone.says, gone.final_url) == (404, "De pagina bestaat niet (meer).", "")
        assert moved.tried_at.date() == clock.now().date()


def test_a_website_that_does_not_want_programs_is_not_asked_and_not_called_broken(
    stored, run, database, organisation, site
):
    run()
    assert not any("/niet-voor-robots" in line for line in site.asked)
    assert site.asked.count("GET /robots.txt") == 1  # once for a host
    with database.read(organisation.id) as session:
        url = address(site, "/niet-voor-robots")
        assert tried(session, [url])[url].says.startswith("niet te zeggen")
        assert all(url not in row.message for row in broken_rows(session))


def test_a_channel_knows_whether_its_address_works_and_history_does_not_fill_up(stored, run, database, organisation):
    def saves():
        with database.read(organisation.id) as session:
            channel = session.exec(select(Channel)).one()
            return channel.reachable, channel.reachable_checked_on, len(revisions_of(session, channel.id))

    run()
    first = saves()
    assert (first[0], first[2]) == (YesNo.YES, 2)
    run()
    assert saves() == first
    with clock.frozen(clock.now() + timedelta(days=29)):
        run()
    assert saves()[1] == first[1] + timedelta(days=29)


def test_evidence_that_is_gone_is_a_finding_and_shown_beside_its_answer(
    stored, run, database, organisation, site, client
):
    assert client.get("/wmebv/links").text.count("nog niet geprobeerd") == 4
    run()
    with database.read(organisation.id) as session:
        rows = [row for row in services.finding_rows(session) if row.rule_id == "LINK"]
    place = f"/wmebv/berichten/{stored['message']}/"
    assert [(row.subject, row.href) for row in rows] == [("PD-0001: Aanvraag kapvergunning", place)]
    assert address(site, "/weg") in rows[0].message
    assert "De pagina bestaat niet (meer)" in client.get(place).text
    assert "werkt" in client.get("/wmebv/producten/PD-0001/antwoorden").text
    assert f"Komt uit op {address(site, '/goed')}" in client.get(f"/wmebv/kanalen/{stored['channel']}/").text
    page = client.get("/wmebv/links").text
    assert page.index(address(site, "/weg")) < page.index(address(site, "/goed"))  # what does not work comes first


def test_the_button_asks_for_a_try(client, database, organisation, stored):
    assert Visit(client, "/wmebv/links").submit().url.params["melding"] == "gestart"
    with database.read(organisation.id) as session:
        assert [job.kind for job in session.exec(select(Job))] == [LINK_JOB]
