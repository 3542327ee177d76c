"""What guards every request: log-in on every route, where a form comes from, headers, and errors as Dutch pages."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import select
from starlette.testclient import TestClient

from app.main import create_app
from core import clock, db
from core.accounts.models import RoleCode
from core.audit import AuditEvent
from core.db import Database
from core.errors import BadInput, Busy, Conflict, Failed, NotAllowed, NotFound, RuleViolation
from core.organisations import Team, find_or_add
from core.web import security
from core.web.drafts import AUTOSAVE
from core.web.errors import TITLES
from core.web.security import COOKIE, HEADERS, WriteSession
from support.pages import InspectedClient, QuickClient, faults

OPEN = {
    "/inloggen",
    "/inloggen/code",
    "/inloggen/werkaccount",
    "/inloggen/werkaccount/terug",
    "/uitloggen",
    "/uitloggen/werkaccount",
    "/uitnodiging/{token}",
    "/controle/{token}",
    "/noodtoegang/{token}",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/.well-known/security.txt",
    "/toegankelijkheid",
}
"""What answers without a log-in, besides the static files. A new address here is a decision."""
OURS = {"Sec-Fetch-Site": "same-origin"}


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and address of every route, however deep it was included."""
    waiting = [("", route) for route in app.routes]
    while waiting:
        prefix, route = waiting.pop()
        if isinstance(route, APIRoute):
            yield from ((method, prefix + route.path) for method in sorted(route.methods))
        elif included := getattr(route, "original_router", None):
            waiting.extend((prefix + route.include_context.prefix, found) for found in included.routes)


@pytest.fixture
def stranger(app, organisation) -> TestClient:
    """A browser that nobody logged in with."""
    return InspectedClient(app, base_url="http://localhost", follow_redirects=False, headers=OURS)


def filled_in(path: str) -> str:
    return "".join(part.split("}")[-1] if "}" in part else part for part in path.replace("{", "1{").split("{"))


def test_every_route_needs_a_log_in(app, stranger):
    seen = list(routes_of(app))
    assert len({path for _, path in seen}) > 20
    for method, path in seen:
        if path == AUTOSAVE:  # asked by a script, which cannot follow to a page
            assert stranger.request(method, path).status_code == 401
        elif path not in OPEN:
            answer = stranger.request(method, filled_in(path))
            led_to = answer.headers.get("location", "").split("?")[0]
            assert (method, path, answer.status_code, led_to) == (method, path, 303, "/inloggen")


def test_every_open_address_exists(app):
    assert {path for _, path in routes_of(app)} >= OPEN


def test_no_page_describes_the_program(stranger):
    assert [stranger.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404, 404, 404]


def test_only_an_administrator_opens_the_administration(client_as):
    administrator, others = client_as("beheerder"), client_as(*(set(RoleCode) - {RoleCode.ADMINISTRATOR}))
    for path in ("/beheer/", "/beheer/organisatie", "/beheer/lijsten/teams/", "/beheer/accounts/"):
        assert (administrator.get(path).status_code, others.get(path).status_code) == (200, 403)


# Where a form comes from


ORIGINS = [
    ({"Sec-Fetch-Site": "same-origin"}, 303),
    ({"Sec-Fetch-Site": "none"}, 303),
    ({"Sec-Fetch-Site": "same-site"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
    ({"Origin": "http://localhost"}, 303),
    ({"Origin": "http://localhost:8000"}, 403),
    ({"Origin": "http://localhost.evil.example"}, 403),
    ({"Origin": "https://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": "null", "Host": ""}, 403),
    ({"Origin": "http://[kapot"}, 403),
    ({"Origin": ""}, 403),
    ({}, 403),
]


def test_a_form_from_elsewhere_is_refused(client):
    key = client.cookies[COOKIE]
    browser = QuickClient(client.app, base_url="http://localhost", follow_redirects=False, cookies={COOKIE: key})
    for headers, status in ORIGINS:
        answer = browser.post("/beheer/lijsten/teams/", data={"name": "Zorg"}, headers=headers)
        assert (headers, answer.status_code) == (headers, status)
        assert ("komt van een andere website en is geweigerd" in answer.text) is (status == 403)


def test_without_origin_and_without_a_log_in_it_is_no_browser(app):
    program = QuickClient(app, base_url="http://localhost", follow_redirects=False)
    assert program.post("/beheer/lijsten/teams/", data={"name": "Zorg"}).headers["location"] == "/inloggen"


def test_the_guard_stands_before_every_method_that_changes(client):
    for method in ("PUT", "PATCH", "DELETE", "POST"):
        answer = client.request(method, "/beheer/lijsten/teams/", headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403


def test_a_refused_form_changes_nothing(client, database, organisation):
    client.post("/beheer/lijsten/teams/", data={"name": "Zorg"}, headers={"Sec-Fetch-Site": "cross-site"})
    with database.read(organisation.id) as session:
        assert session.exec(select(Team)).all() == []


# Headers


@pytest.fixture
def own_app(database, folder) -> FastAPI:
    """An application that a test may add routes to: the other one is of all tests."""
    return create_app(database, folder)


@pytest.fixture
def broken(client, own_app) -> TestClient:
    """Aisha's browser, and an application with routes that break in every way."""

    def add(path: str, error: Exception) -> None:
        @own_app.get(path)
        def route() -> None:
            raise error

    add("/kapot", ZeroDivisionError("geheim-7f3a"))
    add("/niet-gevonden", NotFound("Dit record bestaat niet."))
    add("/mag-niet", NotAllowed("U mag dit niet doen."))
    add("/regel", RuleViolation("Er zijn nog fouten.", {"name": "Vul de naam in.", "team": "Kies een team."}))
    add("/conflict", Conflict("Iemand anders was u voor."))
    add("/invoer", BadInput("Dit bestand is leeg."))
    add("/bezig", Busy("Er loopt al een export."))
    add("/gefaald", Failed("De schijf is vol."))
    return again(client, own_app)


def again(client: TestClient, app: FastAPI) -> TestClient:
    """Aisha's log-in in another application over the same database."""
    return InspectedClient(
        app, base_url="http://localhost", headers=OURS, cookies=dict(client.cookies), raise_server_exceptions=False
    )


def test_every_answer_carries_the_security_headers(broken):
    answers = {
        "/inloggen": 200,
        "/beheer/": 200,
        "/toegankelijkheid": 200,
        "/health/live": 200,
        "/static/openboek.css": 200,
        "/static/bestaat-niet.css": 404,
        "/bestaat-niet": 404,
        "/mag-niet": 403,
        "/gefaald": 503,
        "/kapot": 500,
    }
    for path, status in answers.items():
        answer = broken.get(path)
        assert (path, answer.status_code) == (path, status)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path
        assert path.startswith("/static/") or answer.headers["cache-control"] == "no-store"


def test_a_refused_form_carries_the_security_headers(client):
    answer = client.post("/beheer/", headers={"Sec-Fetch-Site": "cross-site"})
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_the_policy_allows_nothing_of_others():
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert not any(word in HEADERS["Content-Security-Policy"] for word in ("unsafe", "http:", "https:", "*"))
    assert policy["frame-ancestors"] == "'none'"


# Errors as pages


def test_an_error_is_a_dutch_page_that_says_what_to_do(broken):
    pages = {
        "/bestaat-niet": (404, "Controleer het adres"),
        "/niet-gevonden": (404, "Dit record bestaat niet."),
        "/mag-niet": (403, "U mag dit niet doen."),
        "/regel": (422, "Er zijn nog fouten."),
        "/conflict": (409, "Iemand anders was u voor."),
        "/invoer": (422, "Dit bestand is leeg."),
        "/bezig": (409, "Er loopt al een export."),
        "/gefaald": (503, "De schijf is vol."),
    }
    for path, (status, text_) in pages.items():
        answer = broken.get(path)
        assert (path, answer.status_code, faults(answer.text)) == (path, status, [])
        assert text_ in answer.text
        assert TITLES[status] in answer.text


def test_the_points_of_a_rule_are_all_named(broken):
    answer = broken.get("/regel")
    assert "Vul de naam in." in answer.text
    assert "Kies een team." in answer.text


def test_a_fault_of_ours_shows_a_reference_and_nothing_of_the_inside(broken):
    from structlog.testing import capture_logs

    with capture_logs() as logs:
        answer = broken.get("/kapot")
    [entry] = [entry for entry in logs if entry["event"] == "request broke"]
    assert (answer.status_code, faults(answer.text)) == (500, [])
    assert entry["reference"] in answer.text
    assert not any(sign in answer.text for sign in ("geheim-7f3a", "ZeroDivisionError", "Traceback", ".py"))


def test_a_method_that_does_not_exist_is_told_with_the_ones_that_do(client):
    answer = client.put("/beheer/organisatie")
    assert (answer.status_code, set(answer.headers["allow"].replace(" ", "").split(","))) in (
        (405, {"GET"}),
        (405, {"POST"}),
        (405, {"GET", "POST"}),
    )
    assert TITLES[405] in answer.text


def test_an_address_that_cannot_be_read_does_not_exist(client):
    assert client.get("/beheer/logboek?voor=gisteren").status_code == 404


@pytest.mark.on_both
def test_any_number_in_an_address_has_an_answer(client):
    numbers = ("99999999999999999999999", "-1", "9223372036854775808", "2147483648", "0", "5", "²")
    found = {number: client.get(f"/beheer/logboek?voor={number}").status_code for number in numbers}
    assert found == {number: 200 if number == "5" else 404 for number in numbers}


def test_a_save_of_an_older_version_is_a_page(client, own_app, database, organisation):
    """The database layer itself found that somebody else saved in between."""
    with database.write(organisation.id) as session:
        find_or_add(session, Team, "Zorg", actor=audit_actor())

    @own_app.post("/te-laat")
    def too_late(session: WriteSession) -> None:
        team = session.exec(select(Team)).one()
        set_committed_value(team, "version", team.version - 1)
        team.name = "Te laat"

    answer = again(client, own_app).post("/te-laat")
    assert (answer.status_code, faults(answer.text)) == (409, [])
    assert "intussen opgeslagen" in answer.text


def audit_actor():
    from core.audit import Actor

    return Actor("Aisha")


def test_a_commit_that_fails_is_no_success(client, own_app, database, organisation):
    """The transaction ends before the answer goes out: nobody reads "opgeslagen" when it is not."""

    @own_app.post("/stil")
    def silent(session: WriteSession) -> dict[str, str]:
        session.add(Team(name="Stil"))
        return {"melding": "opgeslagen"}

    assert again(client, own_app).post("/stil").status_code == 500
    with database.read(organisation.id) as session:
        assert session.exec(select(Team)).all() == []


def test_too_many_fields_is_a_page(client):
    answer = client.post("/beheer/lijsten/teams/", data={f"veld{number}": "x" for number in range(5001)})
    assert (answer.status_code, TITLES[400] in answer.text) == (400, True)


def test_a_thousand_fields_are_read(client):
    fields = {f"veld{number}": "x" for number in range(1500)} | {"name": "Zorg"}
    assert "Zorg" in client.post("/beheer/lijsten/teams/", data=fields).text


def test_a_text_of_two_megabytes_is_a_page(client):
    answer = client.post("/beheer/lijsten/teams/", data={"name": "x" * 2_000_000})
    assert answer.status_code in {400, 413}
    assert faults(answer.text) == []


def test_a_form_that_is_too_large_is_a_page(client):
    answer = client.post("/beheer/lijsten/teams/", data={"name": "x" * 11_000_000})
    assert (answer.status_code, TITLES[413] in answer.text, faults(answer.text)) == (413, True, [])


def test_a_body_without_a_length_stops_at_the_largest_upload(database, organisation, folder):
    """Without a limit one request could fill the memory."""
    small = replace(folder, settings=folder.settings.model_copy(update={"max_upload": 1}))
    browser = InspectedClient(create_app(database, small), base_url="http://localhost", headers=OURS)

    def chunks() -> Iterator[bytes]:
        for number in range(50):
            yield b"veld%d=" % number + b"x" * 900_000 + b"&"

    answer = browser.post("/inloggen", content=chunks(), headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status_code, TITLES[413] in answer.text) == (413, True)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_a_link_cannot_put_words_on_our_page(client):
    answer = client.get("/beheer/?melding=Bel+0900-1234+voor+uw+wachtwoord")
    assert "0900" not in answer.text
    assert "Opgeslagen." in client.get("/beheer/?melding=opgeslagen").text


# Health


def test_ready_fails_without_a_database(app):
    away = Database("postgresql+psycopg://niemand@127.0.0.1:9/niets?connect_timeout=2")
    app.state.database = away
    browser = QuickClient(app, base_url="http://localhost")
    assert (browser.get("/health/live").status_code, browser.get("/health/ready").status_code) == (200, 503)
    away.close()


def test_a_page_without_a_database_is_a_page(app):
    away = Database("postgresql+psycopg://niemand@127.0.0.1:9/niets?connect_timeout=2")
    app.state.database = away
    browser = InspectedClient(app, base_url="http://localhost", headers=OURS, cookies={COOKIE: "x"})
    answer = browser.get("/beheer/")
    assert (answer.status_code, TITLES[503] in answer.text) == (503, True)
    away.close()


def test_a_page_view_does_not_wait_for_the_write_lock(tmp_path, _all_tables, folder, monkeypatch):
    """Somebody imports six hundred records; somebody else reads on, also when the idle time-out wants to be moved."""
    from datetime import timedelta

    from sqlalchemy import event
    from sqlmodel import SQLModel

    from core.accounts.services import add_user, open_login
    from core.organisations import add_organisation

    database = Database(f"sqlite:///{tmp_path / 'openboek.db'}")
    event.listen(database.engine, "connect", lambda connection, _record: connection.execute("PRAGMA busy_timeout=200"))
    SQLModel.metadata.create_all(database.engine)
    with database.write(None) as session:
        owner = add_organisation(
            session,
            code="gm0168",
            name="Gemeente Losser",
            base_url="https://x.example",
            tooi_uri="x",
            tooi_label="x",
            actor=audit_actor(),
        ).id
    with database.write(None) as session:
        aisha = add_user(
            session,
            username="aisha",
            name="Aisha",
            password="een lang wachtwoord",
            roles=list(RoleCode),
            organisation_id=owner,
            actor=audit_actor(),
            must_change_password=False,
        )
        key = open_login(session, aisha)
    browser = InspectedClient(
        create_app(database, folder), base_url="http://localhost", headers=OURS, cookies={COOKIE: key}
    )
    write, asked = Database.write, []
    monkeypatch.setattr(db, "_PATIENCE", 0.2)
    monkeypatch.setattr(Database, "write", lambda *to, **how: asked.append(how) or write(*to, **how))
    with database.write(owner) as busy:
        find_or_add(busy, Team, "Zorg", actor=audit_actor())
        assert browser.get("/beheer/").status_code == 200
        with clock.frozen(clock.now() + timedelta(minutes=30)):
            assert browser.get("/beheer/").status_code == 200
        assert asked == [{}, {"urgent": True, "patience": security._A_MOMENT}]
        answer = browser.post("/beheer/lijsten/teams/", data={"name": "Wonen"})
    assert (answer.status_code, "te lang bezet" in answer.text) == (503, True)
    database.close()


def test_nobody_sees_the_password_or_the_key_in_the_trail(client, database):
    with database.read(None) as session:
        kept = "".join(event.model_dump_json() for event in session.exec(select(AuditEvent)))
    assert "een lang wachtwoord" not in kept
    assert client.cookies[COOKIE] not in kept
