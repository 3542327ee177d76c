"""A look from outside at the places of a category: asked once, done in the background, kept, and never into our network."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from app.overview import all_findings
from app.readiness import readiness_job
from core import jobs
from core.jobs import Job, JobState, run_one
from support import woo_documents as make
from support.pages import Visit
from woo import queries, services
from woo.content import CategoryContent, CategoryStatus, LocationContent, LocationKind
from woo.models import Category, Readiness
from woo.services import READINESS_JOB

NOON = datetime(2026, 11, 21, 11, tzinfo=UTC)


@pytest.fixture
def place() -> Iterator[str]:
    """Somebody listens there: only then the border of the own network is what stops us."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}/woo/"


def change(session: Session, *places: LocationContent) -> Category:
    services.add_categories(session, actor=make.AISHA)
    category = session.exec(select(Category).where(Category.number == "009")).one()
    content = CategoryContent(status=CategoryStatus.STARTED, locations=places)
    services.change_category(session, category, content, version=category.version, actor=make.AISHA)
    return category


def findings(session: Session) -> list[str]:
    return [one.rule_id for one in queries.category_row(session, "009", NOON.date()).findings]


@pytest.mark.parametrize("kind", [None, LocationKind.GAZETTE])
def test_a_look_is_asked_on_the_page_and_never_goes_into_our_own_network(client, database, organisation, place, kind):
    with database.write(organisation.id) as session:
        change(session, LocationContent(url=place, kind=kind))
    for _ in range(2):
        answer = client.post("/woo/categorieen/009/nakijken")
    assert "Gestart" in answer.text
    with database.read(organisation.id) as session:
        assert "WOO-109" not in {one.rule_id for one in all_findings(session)}
    assert run_one(database, {READINESS_JOB: readiness_job()}, "een")
    with database.read(organisation.id) as session:
        (job,) = session.exec(select(Job).where(Job.kind == READINESS_JOB)).all()
        assert (job.state, job.message) == (JobState.DONE, "1 van 1 locaties zijn nog niet in orde.")
        assert "WOO-109" in findings(session)
        assert "WOO-109" in {one.rule_id for one in all_findings(session)}, "the start page too, at once"
    text = client.get("/woo/categorieen/009").text
    assert "ligt in het eigen netwerk" in text


def test_others_go_first_between_two_places_and_none_is_looked_at_twice(database, organisation, place, monkeypatch):
    monkeypatch.setattr(jobs, "LONGEST_TURN", 0)
    with database.write(organisation.id) as session:
        change(session, LocationContent(url=place), LocationContent(url=f"{place}b/"))
        jobs.enqueue(session, READINESS_JOB, {"number": "009"}, created_by="Aisha")
    assert [run_one(database, {READINESS_JOB: readiness_job()}, "een") for _ in range(4)] == [True, True, True, False]
    with database.read(organisation.id) as session:
        (job,) = session.exec(select(Job).where(Job.kind == READINESS_JOB)).all()
        assert (job.state, job.attempts) == (JobState.DONE, 1)
        assert job.message == "2 van 2 locaties zijn nog niet in orde."


def test_a_place_that_was_found_good_needs_no_other_look_for_a_year(session):
    category = change(session, LocationContent(url="https://a.example/"))
    assert "WOO-105" in findings(session)
    step = {"name": "Pagina", "about": "https://a.example/", "fault": ""}
    services.keep_readiness(session, category.number, "https://a.example/", [step], at=NOON)
    session.flush()
    assert {"WOO-105", "WOO-109"}.isdisjoint(findings(session))


def test_what_was_found_is_replaced_and_forgotten_with_its_place(session):
    for fault in ("Stuk.", ""):
        step = {"name": "Pagina", "about": "https://a.example/", "fault": fault}
        services.keep_readiness(session, "009", "https://a.example/", [step], at=NOON)
        session.flush()
    (kept,) = session.exec(select(Readiness)).all()
    assert kept.fault == ""
    services.forget_other_places(session, "009", ["https://b.example/"])
    session.flush()
    assert session.exec(select(Readiness)).all() == []


def test_without_a_place_there_is_no_button(client, database, organisation):
    with database.write(organisation.id) as session:
        change(session)
    page = Visit(client, "/woo/categorieen/009").page
    assert not page.xpath("//form[contains(@action, '/nakijken')]")
