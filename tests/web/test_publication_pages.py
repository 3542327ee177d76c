"""The screens about the published site: the log of exports, a page for each, copies elsewhere, and the look from outside."""

from datetime import timedelta

import pytest
from sqlmodel import select

from core import clock
from core.db import bind_organisation
from core.jobs import Job
from core.settings import TargetSettings
from publish.models import PublishRun, PublishTarget, PublishVerdict, RunState
from publish.work import LOOK_JOB, TARGET_JOB


@pytest.fixture
def run(database, organisation) -> PublishRun:
    made = PublishRun(
        export_id="gm0168-20261122T020000000000",
        state=RunState.DONE,
        started_at=clock.now(),
        finished_at=clock.now(),
        started_by="klok",
        changed=True,
        counts={"documenten": 1200},
        categories={"014": 1100, "008": 100},
        seconds={"maken": 12.5},
        changes={"sitemaps": [1, 2, 3], "": [0, 1, 0]},
        warnings=[
            "Er staan 1200 documenten op de site, bij de vorige goede export waren dat er 1201.",
            "Samenwerkende Catalogi: Er staan 2 producten in. Een gemeente heeft er ongeveer 100.",
        ],
        targets={"web": "12 bestanden gestuurd, 1 weggehaald."},
    )
    return kept(database, organisation, made)


def kept(database, organisation, row):
    with database.write(None) as session:
        bind_organisation(session, organisation.id)
        session.add(row)
        session.flush()
        session.expunge(row)
    return row


def test_a_page_tells_everything_about_an_export(client_as, run):
    reader = client_as("lezer")
    assert f'href="/publicatie/exports/{run.id}"' in reader.get("/publicatie/").text
    text = reader.get(f"/publicatie/exports/{run.id}").text
    for expected in (
        "014 Woo-verzoeken",
        "1.100",
        "12,5 seconden",
        "sitemaps",
        "hoofdmap",
        "waren dat er 1201",
        "12 bestanden gestuurd, 1 weggehaald.",
        "klok",
        run.export_id,
    ):
        assert expected.lower() in text.lower()
    assert reader.get("/publicatie/exports/00000000-0000-0000-0000-000000000000").status_code == 404


def test_what_the_last_good_export_says_of_the_catalogue_is_shown(client_as, run):
    text = client_as("lezer").get("/publicatie/").text
    assert "<li>Er staan 2 producten in. Een gemeente heeft er ongeveer 100.</li>" in text
    assert "waren dat er 1201" not in text


@pytest.mark.on_both
def test_copies_show_how_they_stand_and_can_be_asked_for(app, client_as, database, organisation, monkeypatch):
    targets = {"web": TargetSettings(to="/mnt/web"), "cdn": TargetSettings(to="s3://losser")}
    monkeypatch.setattr(app.state.folder.settings, "targets", targets)
    kept(
        database,
        organisation,
        PublishTarget(name="web", error="De map /mnt/web is er niet.", behind_since=clock.now(), export_id="gm0168-1"),
    )
    coordinator, reader = client_as("woo_coordinator"), client_as("lezer")
    text = reader.get("/publicatie/").text
    assert "Loopt achter" in text
    assert "De map /mnt/web is er niet." in text
    assert "Nog niet gestuurd." in text
    assert "/publicatie/kopieen" not in text
    assert "De kopie &#39;web&#39; van de website loopt achter" in reader.get("/").text
    coordinator.post("/publicatie/kopieen")
    with database.read(None) as session:
        asked = session.exec(select(Job).where(Job.kind == TARGET_JOB).order_by(Job.created_at)).all()
        assert [job.payload["target"] for job in asked] == ["cdn", "web"]
    assert reader.post("/publicatie/kopieen").status_code == 403


@pytest.mark.on_both
def test_the_look_from_outside_is_shown_and_can_be_asked_for(app, client_as, database, organisation, monkeypatch):
    coordinator = client_as("woo_coordinator")
    assert "is een voorbeeld" in coordinator.get("/publicatie/").text
    monkeypatch.setattr(app.state.folder.settings, "site_at", {organisation.code: "http://10.1.2.3"})
    kept(
        database,
        organisation,
        PublishVerdict(
            seen_at=clock.now(),
            address="http://10.1.2.3",
            export_id="gm0168-1",
            documents=12,
            faults=["manifest.json: ontbreekt."],
            asked_by="klok",
        ),
    )
    text = coordinator.get("/publicatie/").text
    assert "Online klopt niet alles: 1 fouten." in text
    assert "manifest.json: ontbreekt." in text
    coordinator.post("/publicatie/bekijken")
    with database.read(None) as session:
        assert len(session.exec(select(Job).where(Job.kind == LOOK_JOB)).all()) == 1


def test_a_failed_or_missed_night_shows_at_health_ready(client, database, organisation, run):
    assert client.get("/health/ready").text == "ok"
    with clock.frozen(run.started_at + timedelta(hours=27)):
        answer = client.get("/health/ready")
        assert (answer.status_code, answer.text) == (
            503,
            "Van gm0168 is al 27 uur geen export gelukt. Kijk of de werker draait.",
        )
    failed = PublishRun(
        export_id="gm0168-20261122T030000000000",
        state=RunState.REFUSED,
        started_at=clock.now(),
        started_by="klok",
        message="Fout.",
    )
    kept(database, organisation, failed)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.text) == (
        503,
        "De laatste export van gm0168 is niet gelukt. Kijk bij Publicatie.",
    )
    kept(
        database,
        organisation,
        PublishRun(
            export_id="gm0168-20261122T040000000000", state=RunState.DONE, started_at=clock.now(), started_by="Aisha"
        ),
    )
    assert client.get("/health/ready").status_code == 200


@pytest.mark.on_both
def test_metrics_are_there_when_the_administrator_says_so(app, client, monkeypatch, database, organisation, run):
    """The text format of Prometheus, 0.0.4."""
    assert client.get("/metrics").status_code == 404
    monkeypatch.setattr(app.state.folder.settings, "metrics", True)
    monkeypatch.setattr(app.state.folder.settings, "targets", {"web": TargetSettings(to="/mnt/web")})
    kept(database, organisation, PublishTarget(name="web", error="Weg.", behind_since=clock.now()))
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    assert 'openboek_target_behind{organisation="gm0168",target="web"} 1' in lines
    assert 'openboek_public{organisation="gm0168",kind="documenten"} 1200' in lines
    assert 'openboek_export_seconds{organisation="gm0168",step="maken"} 12.5' in lines
    assert 'openboek_export_last_failed{organisation="gm0168"} 0' in lines
    names = [line.split("{")[0] for line in lines if not line.startswith("#")]
    assert {line.split()[2] for line in lines if line.startswith("# TYPE")} == set(names)
