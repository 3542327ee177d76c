"""Logging in and out: who gets in, where to, how long, and that the one-time password goes first."""

from datetime import timedelta

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.main import create_app
from conftest import PASSWORD
from core import clock
from core.accounts import services
from core.accounts.models import LoginSession, RoleCode, User
from core.accounts.passwords import MIN_PASSWORD
from core.accounts.services import ABSOLUTE, IDLE, add_user, disable_user, set_password, user_named
from core.audit import INSTALLATION, Actor, AuditEvent
from core.errors import BadInput, Conflict, RuleViolation
from core.web.security import COOKIE
from support.pages import InspectedClient, QuickClient, Visit, field

ACTOR = Actor("Aisha")
ONE_TIME = "abcde-fghjk-23456"
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def bram(database, organisation) -> str:
    """Bram got a one-time password and has not been here yet."""
    with database.write(None) as session:
        add_user(
            session,
            username="bram",
            name="Bram",
            password=ONE_TIME,
            roles=[RoleCode.ADMINISTRATOR],
            organisation_id=organisation.id,
            actor=ACTOR,
        )
    return "bram"


@pytest.fixture
def visitor(app, organisation) -> TestClient:
    return InspectedClient(app, base_url="http://localhost", follow_redirects=False, headers=OURS)


def log_in(visitor: TestClient, username: str = "bram", password: str = ONE_TIME, back_to: str = "/"):
    return visitor.post("/inloggen", data={"username": username, "password": password, "back_to": back_to})


def refusals(database) -> list[tuple[str, str]]:
    with database.read(None) as session:
        query = select(AuditEvent).where(AuditEvent.action == "core:login:refuse").order_by(AuditEvent.sequence)
        return [(event.actor, event.subject_label) for event in session.exec(query)]


# In


def test_the_right_password_opens_the_door(visitor, bram):
    answer = log_in(visitor)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_the_form_is_filled_in_as_the_page_shows_it(visitor, bram):
    answer = Visit(visitor, "/inloggen?terug=/beheer/logboek").submit(username=" bram ", password=ONE_TIME)
    assert (answer.status_code, answer.headers["location"]) == (303, "/beheer/logboek")


@pytest.mark.parametrize(
    ("username", "password"), [("bram", "verkeerd wachtwoord"), ("niemand", ONE_TIME), ("bram", ONE_TIME.upper())]
)
def test_the_wrong_password_and_the_wrong_name_read_the_same(visitor, bram, username, password):
    answer = log_in(visitor, username, password)
    assert answer.status_code == 422
    assert "horen niet bij elkaar" in answer.text
    assert (field(answer, "username"), field(answer, "password"), COOKIE in answer.cookies) == (username, None, False)
    assert password not in answer.text


def test_empty_fields_are_asked_for(visitor, bram):
    answer = log_in(visitor, " ", "")
    assert answer.status_code == 422
    assert "Vul in: &#39;Gebruikersnaam&#39;." in answer.text
    assert "Vul in: &#39;Wachtwoord&#39;." in answer.text


@pytest.mark.on_both
def test_a_refusal_is_in_the_trail_without_what_was_typed(visitor, bram, database):
    """Who types the password in the wrong field must not find it back in the trail."""
    log_in(visitor, "bram", "verkeerd wachtwoord")
    log_in(visitor, "mijn-geheime-wachtwoord", "x")
    assert refusals(database) == [("bram", "bram"), ("onbekend", "onbekend")]


def test_a_closed_account_does_not_get_in(visitor, bram, database):
    with database.write(None) as session:
        disable_user(session, user_named(session, bram), actor=ACTOR)
    assert log_in(visitor).status_code == 422


@pytest.mark.on_both
def test_an_account_without_a_role_sees_nothing(visitor, bram, database):
    from core import audit
    from core.accounts.models import RoleHeld

    with database.write(None) as session:
        for held in session.exec(select(RoleHeld)):
            session.delete(held)
        audit.record(session, actor=ACTOR, action="core:user:change", subject=user_named(session, bram))
    log_in(visitor)
    assert visitor.get("/beheer/").headers["location"] == "/inloggen?terug=%2Fbeheer%2F"


# Where to


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "//evil.example/beheer",
        "///evil.example",
        "https://evil.example",
        "http:evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\t\\evil.example",
        "/\n//evil.example",
        "javascript:alert(1)",
        "evil.example",
        "//[",
        "http://[",
        "",
        " //evil.example",
    ],
)
def test_a_link_cannot_send_somebody_elsewhere_after_logging_in(visitor, bram, elsewhere):
    assert field(visitor.get("/inloggen", params={"terug": elsewhere}), "back_to") == "/"
    assert log_in(visitor, back_to=elsewhere).headers["location"] == "/"


@pytest.mark.parametrize("own", ["/beheer/", "/register/?zoek=parkeren&blad=2", "/woo/documenten/1"])
def test_somebody_comes_back_to_the_page_that_was_asked_for(visitor, bram, own):
    assert field(visitor.get("/inloggen", params={"terug": own}), "back_to") == own
    assert log_in(visitor, back_to=own).headers["location"] == own


def test_a_page_without_a_log_in_leads_to_it_and_back(visitor):
    assert visitor.get("/beheer/logboek").headers["location"] == "/inloggen?terug=%2Fbeheer%2Flogboek"


def test_the_search_of_a_page_comes_back_too(visitor):
    location = visitor.get("/beheer/logboek?voor=5").headers["location"]
    assert location == "/inloggen?terug=%2Fbeheer%2Flogboek%3Fvoor%3D5"


# The cookie


def test_the_cookie_holds_an_opaque_key_and_the_browser_keeps_it_from_scripts(visitor, bram, database):
    cookie = log_in(visitor).headers["set-cookie"]
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert "secure" not in cookie.lower()
    key = visitor.cookies[COOKIE]
    with database.read(None) as session:
        stored = session.exec(select(LoginSession)).one()
    assert (key in stored.model_dump_json(), len(stored.key_hash), "bram" in key) == (False, 64, False)


def test_behind_https_the_cookie_is_secure(database, organisation, folder, bram):
    from dataclasses import replace

    secure = replace(folder, settings=folder.settings.model_copy(update={"secure_cookies": True}))
    visitor = QuickClient(
        create_app(database, secure), base_url="https://localhost", follow_redirects=False, headers=OURS
    )
    assert "secure" in {part.strip().lower() for part in log_in(visitor).headers["set-cookie"].split(";")}


def test_two_log_ins_have_two_keys(visitor, bram):
    keys = []
    for _ in range(2):
        log_in(visitor)
        keys.append(visitor.cookies[COOKIE])
    assert keys[0] != keys[1]


def test_a_made_up_key_opens_nothing(visitor):
    visitor.cookies.set(COOKIE, "verzonnen")
    assert visitor.get("/beheer/").headers["location"].startswith("/inloggen")


# Out


def test_logging_out_ends_it_also_for_who_kept_the_cookie(client):
    key = client.cookies[COOKIE]
    assert Visit(client, "/beheer/organisatie").answer.status_code == 200
    answer = client.post("/uitloggen")
    assert (answer.url.path, "U bent uitgelogd." in answer.text, COOKIE in client.cookies) == ("/inloggen", True, False)
    client.cookies.set(COOKIE, key)
    assert client.get("/beheer/").url.path == "/inloggen"


def test_logging_out_twice_is_harmless(visitor):
    assert [visitor.post("/uitloggen").status_code for _ in range(2)] == [303, 303]


def test_who_does_nothing_for_an_hour_logs_in_again(client):
    start = clock.now()
    with clock.frozen(start + IDLE - timedelta(seconds=5)):
        assert client.get("/beheer/").url.path == "/beheer/"
    with clock.frozen(start + 2 * IDLE - timedelta(minutes=1)):
        assert client.get("/beheer/").url.path == "/beheer/"
    with clock.frozen(start + 3 * IDLE):
        assert client.get("/beheer/").url.path == "/inloggen"


def test_after_twelve_hours_everybody_logs_in_again(client):
    start = clock.now()
    for half_hour in range(24):
        with clock.frozen(start + half_hour * timedelta(minutes=30)):
            assert client.get("/beheer/logboek").url.path == "/beheer/logboek"
    with clock.frozen(start + ABSOLUTE + timedelta(minutes=1)):
        assert client.get("/beheer/logboek").url.path == "/inloggen"


def test_closing_an_account_ends_its_log_ins(client, database):
    with database.write(None) as session:
        disable_user(session, user_named(session, "aisha"), actor=ACTOR)
    assert client.get("/beheer/").url.path == "/inloggen"


# The one-time password


def test_the_one_time_password_is_changed_before_anything_else(visitor, bram):
    log_in(visitor)
    for path in ("/", "/beheer/", "/register/"):
        assert visitor.get(path).headers["location"] == "/wachtwoord"
    answer = Visit(visitor, "/wachtwoord").submit(password="een nieuwe lange zin", again="een nieuwe lange zin")
    assert answer.headers["location"] == "/inloggen?melding=wachtwoord"
    assert log_in(visitor).status_code == 422
    assert log_in(visitor, password="een nieuwe lange zin").status_code == 303
    assert visitor.get("/beheer/").status_code == 200


@pytest.mark.parametrize(
    ("password", "again", "message"),
    [
        ("te kort", "te kort", "Kies een wachtwoord van minstens 12 tekens."),
        (ONE_TIME, ONE_TIME, "Kies een ander wachtwoord dan het oude."),
        ("een nieuwe lange zin", "een andere lange zin", "De twee wachtwoorden zijn niet gelijk."),
        ("", "", "Vul in: &#39;Nieuw wachtwoord&#39;."),
    ],
)
def test_a_password_that_will_not_do_is_told_why(visitor, bram, password, again, message):
    log_in(visitor)
    answer = Visit(visitor, "/wachtwoord").submit(password=password, again=again)
    assert (answer.status_code, message in answer.text) == (422, True)
    assert not password or password not in answer.text
    assert visitor.get("/beheer/").headers["location"] == "/wachtwoord"


def test_a_new_password_ends_every_other_log_in(client, database):
    with database.write(None) as session:
        set_password(session, user_named(session, "aisha"), "een nieuwe lange zin", actor=ACTOR, must_change=False)
    assert client.get("/beheer/").url.path == "/inloggen"


# Accounts


def test_a_password_is_never_stored(database, bram):
    with database.read(None) as session:
        user = session.exec(select(User)).one()
    assert user.password_hash.startswith("$argon2id$")
    assert ONE_TIME not in user.model_dump_json()


@pytest.mark.parametrize("username", ["", " ", "bram de vries", "x" * 101, "a\x00b", " bram"])
def test_a_username_that_cannot_be_typed_is_refused(database, organisation, username):
    with pytest.raises(BadInput, match="gebruikersnaam"), database.write(None) as session:
        add_user(
            session,
            username=username,
            name="X",
            password=PASSWORD,
            roles=[RoleCode.READER],
            organisation_id=organisation.id,
            actor=ACTOR,
        )


def test_a_username_is_given_once(database, organisation, bram):
    with pytest.raises(Conflict, match="bestaat al"), database.write(None) as session:
        add_user(
            session,
            username=bram,
            name="Andere Bram",
            password=PASSWORD,
            roles=[RoleCode.READER],
            organisation_id=organisation.id,
            actor=ACTOR,
        )


def test_a_short_password_is_refused(database, organisation):
    with pytest.raises(RuleViolation, match="minstens 12"), database.write(None) as session:
        add_user(
            session,
            username="kort",
            name="Kort",
            password="elf tekens!",
            roles=[RoleCode.READER],
            organisation_id=organisation.id,
            actor=ACTOR,
        )
    with database.read(None) as session:
        assert session.exec(select(User)).all() == []


@pytest.mark.on_both
def test_every_account_and_log_in_is_in_the_chain_of_the_installation(visitor, bram, database):
    from core import audit

    log_in(visitor)
    with database.read(None) as session:
        query = (
            select(AuditEvent.action).where(AuditEvent.organisation_id == INSTALLATION).order_by(AuditEvent.sequence)
        )
        assert session.exec(query).all() == ["core:user:add", "core:login:accept"]
        assert audit.faults(session, INSTALLATION) == []


def test_a_one_time_password_is_long_enough_and_has_no_signs_that_look_alike():
    made = {services.one_time_password() for _ in range(50)}
    assert len(made) == 50
    assert not set("".join(made)) & set("il1o0")
    assert {len(password) >= MIN_PASSWORD for password in made} == {True}


def test_an_unknown_role_is_told_with_the_ones_there_are():
    with pytest.raises(BadInput, match="Kies uit: beheerder, privacy_officer"):
        services.parse_role("koning")
