"""What stands around the password: lock-out, the code from an app, one-time links, own log-ins, cookies and the log."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pyotp
import pytest
from fastapi import FastAPI
from lxml import etree, html
from sqlmodel import select
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from app import cli
from core import clock
from core import settings as core_settings
from core.accounts import attempts, one_time_links, roles, second_factor
from core.accounts.attempts import FIRST_LOCK, FREE_PER_ADDRESS, FREE_PER_NAME, LONGEST_LOCK
from core.accounts.models import (
    FailedAttempts,
    LoginSession,
    OneTimeLink,
    PendingLogin,
    RecoveryCode,
    RoleCode,
    RoleHeld,
    SecondFactor,
    User,
)
from core.accounts.services import add_user, disable_user, user_named
from core.audit import Actor, AuditEvent
from core.errors import BadInput
from core.organisations import add_organisation
from core.settings import Settings, check_safe
from core.web.security import COOKIE, STEP_COOKIE
from support.mail_server import mail_server
from support.pages import InspectedClient, Visit, faults

OURS = {"Sec-Fetch-Site": "same-origin"}
ACTOR = Actor("Beheerder")
PASSWORD = "paarse olifant fluit"
NEW_PASSWORD = "groene tuinslang zingt"
ENSCHEDE = {
    "code": "gm0153",
    "name": "Gemeente Enschede",
    "base_url": "https://b.example",
    "tooi_uri": "https://identifier.overheid.nl/tooi/id/gemeente/gm0153",
    "tooi_label": "gemeente Enschede",
}
SECRET = "een geheim voor de tests, lang genoeg"


@pytest.fixture
def settings() -> Settings:
    return Settings(_env_file=None, app_url="http://localhost", secret_key=SECRET)


@pytest.fixture
def app(app, organisation, folder, settings) -> FastAPI:
    app.state.folder = replace(folder, settings=settings)
    return app


@pytest.fixture
def bram(database, organisation) -> User:
    with database.write(None) as session:
        return add_user(
            session,
            username="bram",
            name="Bram",
            password=PASSWORD,
            roles=[RoleCode.ADMINISTRATOR],
            organisation_id=organisation.id,
            actor=ACTOR,
            must_change_password=False,
        )


def browser(app: FastAPI, **options: object) -> TestClient:
    made = {"base_url": "http://localhost", "follow_redirects": False, "headers": OURS} | options
    return InspectedClient(app, **made)


@pytest.fixture
def visitor(app, bram) -> TestClient:
    return browser(app)


def log_in(visitor: TestClient, username: str = "bram", password: str = PASSWORD, back_to: str = "/beheer/"):
    return visitor.post("/inloggen", data={"username": username, "password": password, "back_to": back_to})


def everything_kept(database) -> str:
    kinds = (
        AuditEvent,
        User,
        RoleHeld,
        LoginSession,
        PendingLogin,
        FailedAttempts,
        SecondFactor,
        RecoveryCode,
        OneTimeLink,
    )
    with database.read(None) as session:
        return "".join(row.model_dump_json() for kind in kinds for row in session.exec(select(kind)))


# Lock-out


@pytest.mark.parametrize("username", ["bram", "niemand", "BRAM "])
def test_after_five_wrong_guesses_a_name_must_wait_whether_it_exists_or_not(visitor, username):
    answers = [log_in(visitor, username, "fout fout fout") for _ in range(FREE_PER_NAME)]
    assert [("horen niet bij elkaar" in answer.text) for answer in answers] == [True] * (FREE_PER_NAME - 1) + [False]
    assert "Wacht 1 minuut en probeer het dan opnieuw." in answers[-1].text
    right = log_in(visitor, username)
    assert (right.status_code, "Wacht 1 minuut" in right.text, COOKIE in visitor.cookies) == (422, True, False)


def test_after_the_wait_the_right_password_opens_the_door_and_the_count_starts_anew(visitor):
    for _ in range(FREE_PER_NAME):
        log_in(visitor, password="fout fout fout")
    with clock.frozen(clock.now() + FIRST_LOCK + timedelta(seconds=1)):
        assert log_in(visitor).status_code == 303
        assert "horen niet bij elkaar" in log_in(visitor, password="fout fout fout").text


def test_each_wrong_guess_after_that_doubles_the_wait_up_to_a_quarter(database):
    waits = []
    with database.write(None) as session:
        moment = clock.now()
        for _ in range(FREE_PER_NAME + 7):
            with clock.frozen(moment):
                until = attempts.count_failure(session, username="x", address="")
                waits.append(until - moment if until else timedelta(0))
                moment += waits[-1] + timedelta(seconds=1)
    minutes = [wait / timedelta(minutes=1) for wait in waits]
    assert minutes == [0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15, 15]
    assert max(waits) == LONGEST_LOCK


def test_a_guess_during_the_wait_does_not_lengthen_it(visitor):
    start = clock.now()
    for _ in range(FREE_PER_NAME + 20):
        log_in(visitor, password="fout fout fout")
    with clock.frozen(start + FIRST_LOCK + timedelta(seconds=30)):
        assert log_in(visitor).status_code == 303


def test_one_address_that_guesses_at_many_names_must_wait_too(app, bram):
    guesser, colleague = (browser(app, client=(address, 1)) for address in ("198.51.100.7", "198.51.100.8"))
    for number in range(FREE_PER_ADDRESS):
        log_in(guesser, f"naam{number}", "fout fout fout")
    assert "Wacht 1 minuut" in log_in(guesser).text
    assert log_in(colleague).status_code == 303


def test_an_ipv6_guesser_cannot_hide_in_its_own_network():
    assert {attempts.network_of(f"2001:db8:1:2::{number}") for number in range(9)} == {"2001:db8:1:2::/64"}
    assert attempts.network_of("2001:db8:1:3::1") != attempts.network_of("2001:db8:1:2::1")
    assert (attempts.network_of("192.0.2.1"), attempts.network_of("onzin")) == ("192.0.2.1", "onzin")


def test_counts_of_yesterday_are_gone(visitor, database):
    for _ in range(FREE_PER_NAME - 1):
        log_in(visitor, password="fout fout fout")
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert "horen niet bij elkaar" in log_in(visitor, password="fout fout fout").text
        log_in(visitor, "iemand", "fout fout fout")
    with database.read(None) as session:
        assert {found.failures for found in session.exec(select(FailedAttempts))} <= {1, 2}


@pytest.mark.on_both
def test_what_was_typed_as_a_name_cannot_be_found_back(visitor, database):
    log_in(visitor, "mijn-geheime-wachtwoord", "x")
    kept = everything_kept(database)
    assert "geheime" not in kept
    with database.read(None) as session:
        assert {len(found.key.partition(":")[2]) for found in session.exec(select(FailedAttempts))} == {10}


# The second step


def turn_on(visitor: TestClient) -> tuple[pyotp.TOTP, list[str]]:
    """As a person does it: begin, put the secret in an app, type the first code, keep the recovery codes."""
    assert Visit(visitor, "/account/").submit().headers["location"] == "/account/tweede-stap"
    page = visitor.get("/account/tweede-stap")
    secret = html.document_fromstring(page.text).findtext(".//code").replace(" ", "")
    app_ = pyotp.TOTP(secret)
    answer = visitor.post("/account/tweede-stap", data={"code": app_.at(clock.now())})
    assert answer.status_code == 200, answer.text
    codes = [found.text for found in html.document_fromstring(answer.text).findall(".//code")]
    return app_, codes


@pytest.fixture
def with_app(visitor) -> tuple[pyotp.TOTP, list[str]]:
    log_in(visitor)
    made = turn_on(visitor)
    visitor.post("/uitloggen")
    return made


def later(steps: int = 2):
    return clock.frozen(clock.now() + timedelta(seconds=30 * steps))


def test_the_square_code_is_a_picture_without_style_or_script_that_an_app_reads(visitor):
    log_in(visitor)
    Visit(visitor, "/account/").submit()
    answer = visitor.get("/account/tweede-stap/code.svg")
    picture = etree.fromstring(answer.content)
    names = {name for tag in picture.iter() for name in tag.attrib}
    assert (answer.headers["content-type"], etree.QName(picture).localname) == ("image/svg+xml", "svg")
    assert not names & {"style", "class", "onload"}
    assert answer.headers["cache-control"] == "no-store"


def test_with_a_second_step_the_password_alone_opens_nothing(visitor, with_app):
    app_, codes = with_app
    answer = log_in(visitor)
    assert (answer.headers["location"], COOKIE in visitor.cookies, len(codes)) == ("/inloggen/code", False, 10)
    assert visitor.get("/beheer/").headers["location"].startswith("/inloggen?")
    visitor.cookies.set(COOKIE, visitor.cookies[STEP_COOKIE])
    assert visitor.get("/beheer/").headers["location"].startswith("/inloggen?")
    visitor.cookies.delete(COOKIE)
    with later():
        answer = Visit(visitor, "/inloggen/code").submit(code=app_.at(clock.now()))
    assert (answer.status_code, answer.headers["location"]) == (303, "/beheer/")


@pytest.mark.parametrize(("skew", "gets_in"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephone_may_be_one_step_off(visitor, with_app, skew, gets_in):
    app_, _ = with_app
    with later(5):
        log_in(visitor)
        code = app_.at(clock.now() + timedelta(seconds=30 * skew))
        assert (visitor.post("/inloggen/code", data={"code": code}).status_code == 303) is gets_in


def test_a_code_is_good_once(visitor, app, with_app):
    app_, _ = with_app
    second = browser(app)
    with later():
        code = app_.at(clock.now())
        log_in(visitor)
        log_in(second)
        assert visitor.post("/inloggen/code", data={"code": code}).status_code == 303
        answer = second.post("/inloggen/code", data={"code": code})
        older = second.post("/inloggen/code", data={"code": app_.at(clock.now() - timedelta(seconds=30))})
    assert [(found.status_code, "is al gebruikt" in found.text) for found in (answer, older)] == [(422, True)] * 2


@pytest.mark.on_both
def test_the_code_that_turned_it_on_does_not_log_in(visitor):
    with clock.frozen(clock.now()):
        log_in(visitor)
        app_, _ = turn_on(visitor)
        visitor.post("/uitloggen")
        log_in(visitor)
        assert visitor.post("/inloggen/code", data={"code": app_.at(clock.now())}).status_code == 422


def test_a_recovery_code_is_good_once_however_it_is_typed(visitor, with_app, database):
    _, codes = with_app
    log_in(visitor)
    assert visitor.post("/inloggen/code", data={"code": f" {codes[0].upper().replace('-', ' ')} "}).status_code == 303
    assert "U hebt nog 9 herstelcodes." in visitor.get("/account/").text
    log_in(visitor)
    assert visitor.post("/inloggen/code", data={"code": codes[0]}).status_code == 422


@pytest.mark.parametrize(
    "code", ["000000", "12345", "1234567", "abcdef", "²²²²²²", "١٢٣٤٥٦", "x" * 5000, "\ud83d\ude00"]
)
def test_a_wrong_code_is_told_and_does_not_come_back_on_the_page(visitor, with_app, code):
    log_in(visitor)
    answer = visitor.post(
        "/inloggen/code",
        content=f"code={code}".encode("utf-8", "surrogatepass"),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert (answer.status_code, faults(answer.text), code in answer.text) == (422, [], False)


def test_guessing_codes_locks_the_account_and_the_password_does_not_unlock_it(visitor, with_app):
    app_, _ = with_app
    with later():
        for _ in range(FREE_PER_NAME):
            log_in(visitor)
            answer = visitor.post("/inloggen/code", data={"code": "000000"})
        assert "Wacht 1 minuut" in answer.text
        answer = visitor.post("/inloggen/code", data={"code": app_.at(clock.now())})
        assert ("Wacht 1 minuut" in answer.text, COOKIE in visitor.cookies) == (True, False)


def test_the_step_ends_after_ten_minutes_and_without_a_password(visitor, with_app):
    app_, _ = with_app
    assert visitor.get("/inloggen/code").headers["location"] == "/inloggen"
    assert visitor.post("/inloggen/code", data={"code": "123456"}).headers["location"] == "/inloggen"
    log_in(visitor)
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        answer = visitor.post("/inloggen/code", data={"code": app_.at(clock.now())})
    assert answer.headers["location"] == "/inloggen"


def test_an_account_that_was_closed_half_way_does_not_get_in(visitor, with_app, database):
    app_, _ = with_app
    log_in(visitor)
    with database.write(None) as session:
        disable_user(session, user_named(session, "bram"), actor=ACTOR)
    with later():
        assert visitor.post("/inloggen/code", data={"code": app_.at(clock.now())}).headers["location"] == "/inloggen"


def test_a_wrong_first_code_turns_nothing_on(visitor, database):
    log_in(visitor)
    Visit(visitor, "/account/").submit()
    answer = visitor.post("/account/tweede-stap", data={"code": "000000"})
    assert (answer.status_code, "Deze code klopt niet." in answer.text) == (422, True)
    with database.read(None) as session:
        assert second_factor.is_on(session, user_named(session, "bram")) is False


def test_the_secret_is_shown_until_it_is_confirmed_and_never_again(visitor):
    log_in(visitor)
    assert visitor.get("/account/tweede-stap").status_code == 404
    turn_on(visitor)
    for path in ("/account/tweede-stap", "/account/tweede-stap/code.svg"):
        assert visitor.get(path).status_code == 404
    assert visitor.post("/account/tweede-stap/begin").status_code == 409
    assert visitor.post("/account/tweede-stap", data={"code": "123456"}).status_code == 409


def test_turning_it_off_needs_a_code(visitor, with_app):
    app_, codes = with_app
    log_in(visitor)
    visitor.post("/inloggen/code", data={"code": codes[1]})
    assert visitor.post("/account/tweede-stap/uit", data={"code": "000000"}).status_code == 422
    with later():
        answer = visitor.post("/account/tweede-stap/uit", data={"code": app_.at(clock.now())})
    assert answer.headers["location"] == "/account/?melding=stap-uit"
    visitor.post("/uitloggen")
    assert log_in(visitor).headers["location"] == "/beheer/"
    assert visitor.post("/account/tweede-stap/uit", data={"code": "000000"}).status_code == 409


# Where somebody is logged in


def test_somebody_sees_and_ends_the_own_log_ins(app, bram):
    here = browser(app, headers=OURS | {"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/144.0"})
    there = browser(app, headers=OURS | {"user-agent": "Mozilla/5.0 (iPhone) Safari/604.1"})
    log_in(here)
    log_in(there)
    text = here.get("/account/").text
    assert ("Firefox op Windows" in text, "Safari op een iPhone" in text, text.count("Dit is deze aanmelding")) == (
        True,
        True,
        1,
    )
    form = next(
        form for form in html.document_fromstring(text).forms if form.get("action") == "/account/aanmeldingen/einde"
    )
    assert here.post("/account/aanmeldingen/einde", data=dict(form.form_values())).status_code == 303
    assert (here.get("/account/").status_code, there.get("/account/").status_code) == (200, 303)


def test_all_others_end_at_once(app, bram):
    here, *others = (browser(app) for _ in range(4))
    for one in (here, *others):
        log_in(one)
    here.post("/account/aanmeldingen/einde", data={"login": "andere"})
    assert [one.get("/account/").status_code for one in (here, *others)] == [200, 303, 303, 303]


def test_nobody_ends_the_log_in_of_another(app, bram, database, organisation):
    with database.write(None) as session:
        add_user(
            session,
            username="chris",
            name="Chris",
            password=PASSWORD,
            roles=[RoleCode.READER],
            organisation_id=organisation.id,
            actor=ACTOR,
            must_change_password=False,
        )
    mine, theirs = browser(app), browser(app)
    log_in(mine)
    log_in(theirs, "chris")
    with database.read(None) as session:
        keys = {login.user_id: login.key_hash for login in session.exec(select(LoginSession))}
    other = next(key for user_id, key in keys.items() if user_id != bram.id)
    assert mine.post("/account/aanmeldingen/einde", data={"login": other}).status_code == 404
    assert mine.post("/account/aanmeldingen/einde", data={"login": ""}).status_code == 404
    assert theirs.get("/account/").status_code == 200


def test_a_new_log_in_ends_the_one_that_this_browser_had(visitor, app):
    log_in(visitor)
    old = visitor.cookies[COOKIE]
    log_in(visitor)
    thief = browser(app, cookies={COOKIE: old})
    assert (visitor.cookies[COOKIE] == old, thief.get("/account/").status_code) == (False, 303)


def test_the_time_outs_are_settings(app, bram, settings):
    short = settings.model_copy(update={"session_idle_minutes": 10, "session_hours": 1})
    app.state.folder = replace(app.state.folder, settings=short)
    visitor = browser(app)
    log_in(visitor)
    start = clock.now()
    with clock.frozen(start + timedelta(minutes=9)):
        assert visitor.get("/beheer/").status_code == 200
    with clock.frozen(start + timedelta(minutes=20)):
        assert visitor.get("/beheer/").status_code == 303
    log_in(visitor)
    for minutes in range(0, 60, 9):
        with clock.frozen(start + timedelta(minutes=minutes)):
            assert visitor.get("/beheer/").status_code == 200
    with clock.frozen(start + timedelta(minutes=61)):
        assert visitor.get("/beheer/").status_code == 303


def test_a_second_step_that_is_asked_of_everyone_comes_before_all_else(app, bram, settings):
    app.state.folder = replace(app.state.folder, settings=settings.model_copy(update={"second_step": "verplicht"}))
    visitor = browser(app)
    log_in(visitor)
    assert [visitor.get(path).headers.get("location") for path in ("/", "/register/", "/huisstijl.css")] == [
        "/account/"
    ] * 3
    assert visitor.post("/register/nieuw", data={}).headers["location"] == "/account/"
    first = visitor.get("/account/")
    assert (faults(first.text), "Uw organisatie vraagt die van iedereen" in first.text) == ([], True)
    assert 'href="/register/"' not in first.text
    turn_on(visitor)
    assert visitor.get("/register/").status_code == 200


def test_a_log_in_goes_to_the_organisation_of_last_time_while_there_is_a_role(app, bram, database, organisation):
    with database.write(None) as session:
        other = add_organisation(session, **ENSCHEDE, actor=ACTOR).id
    with database.write(None) as session:
        roles.change_roles(session, bram, [RoleCode.READER], organisation_id=other, actor=ACTOR)
    for code, name in (("gm0153", "Gemeente Enschede"), ("gm0168", organisation.name)):
        visitor = browser(app)
        log_in(visitor)
        visitor.post("/organisatie", data={"code": code})
        visitor.post("/uitloggen")
        log_in(visitor)
        assert f'organisation">{name}<' in visitor.get("/account/").text


# The own password


def test_changing_the_password_asks_for_the_one_of_now(visitor):
    log_in(visitor)
    answer = Visit(visitor, "/wachtwoord").submit(current="iets anders lang", password=NEW_PASSWORD, again=NEW_PASSWORD)
    assert (answer.status_code, "Dit is niet uw wachtwoord van nu." in answer.text) == (422, True)
    answer = Visit(visitor, "/wachtwoord").submit(current=PASSWORD, password="Losser2026!!", again="Losser2026!!")
    assert (answer.status_code, "makkelijk te raden" in answer.text) == (422, True)
    answer = Visit(visitor, "/wachtwoord").submit(current=PASSWORD, password=NEW_PASSWORD, again=NEW_PASSWORD)
    assert answer.headers["location"] == "/inloggen?melding=wachtwoord"
    assert (log_in(visitor).status_code, log_in(visitor, password=NEW_PASSWORD).status_code) == (422, 303)


def test_guessing_the_password_of_an_open_computer_locks_too(visitor):
    log_in(visitor)
    for _ in range(FREE_PER_NAME):
        answer = visitor.post(
            "/wachtwoord", data={"current": "fout fout fout", "password": NEW_PASSWORD, "again": NEW_PASSWORD}
        )
    assert "Wacht 1 minuut" in answer.text


# Cookies over https


def test_over_https_cookies_belong_to_this_host_alone(app, bram, with_https):
    visitor = browser(app, base_url="https://localhost")
    header = log_in(visitor).headers["set-cookie"]
    parts = {part.strip().lower() for part in header.split(";")}
    assert header.startswith(f"__Host-{COOKIE}=")
    assert (
        {"secure", "httponly", "path=/", "samesite=lax"} <= parts,
        any(part.startswith("domain") for part in parts),
    ) == (True, False)
    assert visitor.get("/beheer/").status_code == 200
    refused = browser(
        app, base_url="https://localhost", headers={}, cookies={f"__Host-{COOKIE}": visitor.cookies[f"__Host-{COOKIE}"]}
    )
    assert refused.post("/beheer/lijsten/teams/", data={"name": "X"}).status_code == 403
    visitor.post("/uitloggen")
    assert visitor.get("/beheer/").status_code == 303


def test_over_https_a_cookie_that_a_sister_site_set_is_not_read(app, bram, with_https):
    visitor = browser(app, base_url="https://localhost")
    log_in(visitor)
    planted = browser(app, base_url="https://localhost", cookies={COOKIE: visitor.cookies[f"__Host-{COOKIE}"]})
    assert planted.get("/beheer/").status_code == 303


@pytest.fixture
def with_https(app) -> None:
    app.state.secure_cookies = True


# Invitations


def invite(visitor: TestClient, **changed: str):
    filled = {"username": "dina", "name": "Dina de Wit", "email": "", "roles": "lezer"} | changed
    return visitor.post("/beheer/uitnodigen/", data=filled)


def link_on(answer) -> str:
    return urlsplit(html.document_fromstring(answer.text).findtext(".//pre")).path


def test_an_invitation_lets_somebody_choose_a_password_once(visitor, app):
    log_in(visitor)
    link = link_on(invite(visitor))
    dina = browser(app)
    assert "Uw gebruikersnaam is <strong>dina</strong>" in dina.get(link).text
    assert log_in(dina, "dina", "").status_code == 422
    assert Visit(dina, link).submit(password=NEW_PASSWORD, again="iets anders langs").status_code == 422
    answer = Visit(dina, link).submit(password="DinadeWit2026", again="DinadeWit2026")
    assert (answer.status_code, "makkelijk te raden" in answer.text, "DinadeWit2026" in answer.text) == (
        422,
        True,
        False,
    )
    assert (
        Visit(dina, link).submit(password=NEW_PASSWORD, again=NEW_PASSWORD).headers["location"]
        == "/inloggen?melding=uitgenodigd"
    )
    for answer in (dina.get(link), dina.post(link, data={"password": PASSWORD, "again": PASSWORD})):
        assert (answer.status_code, "al gebruikt" in answer.text, faults(answer.text)) == (403, True, [])
    assert log_in(dina, "dina", NEW_PASSWORD, "/register/").headers["location"] == "/register/"
    assert (dina.get("/register/").status_code, dina.get("/beheer/").status_code) == (200, 403)


def test_an_invitation_ends_after_a_week_and_when_the_account_closes(visitor, app, database):
    log_in(visitor)
    link, other = link_on(invite(visitor)), link_on(invite(visitor, username="eva", name="Eva"))
    with database.write(None) as session:
        disable_user(session, user_named(session, "eva"), actor=ACTOR)
    assert browser(app).get(other).status_code == 403
    with clock.frozen(clock.now() + timedelta(days=7, minutes=1)):
        answer = browser(app).get(link)
    assert (answer.status_code, "verlopen" in answer.text) == (403, True)


@pytest.mark.parametrize("token", ["x", "x.y", "%00", "a" * 3000, "..%2f..", "é.é", "."])
def test_a_made_up_link_is_a_page(app, bram, token):
    for path in ("/uitnodiging", "/noodtoegang"):
        answer = browser(app).get(f"{path}/{token}")
        assert (answer.status_code, faults(answer.text)) in ((403, []), (404, []))


def test_a_link_for_an_invitation_opens_no_emergency_door(visitor, app):
    log_in(visitor)
    token = link_on(invite(visitor)).rpartition("/")[2]
    assert browser(app).post(f"/noodtoegang/{token}").status_code == 403


def test_a_new_invitation_ends_the_old_one(visitor, app, database, settings):
    log_in(visitor)
    old = link_on(invite(visitor))
    with database.write(None) as session:
        new = one_time_links.make(
            session, user_named(session, "dina"), purpose="uitnodiging", settings=settings, actor=ACTOR
        )
    assert (browser(app).get(old).status_code, browser(app).get(urlsplit(new).path).status_code) == (403, 200)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"username": "bram"}, "bestaat al"),
        ({"username": "met spatie"}, "Kies een gebruikersnaam"),
        ({"username": ""}, "Vul in"),
        ({"email": "geen adres"}, "E-mail"),
        ({"email": "a@b.nl\r\nBcc: x@y.nl"}, "E-mail"),
        ({"roles": ""}, "Rollen"),
        ({"roles": "koning"}, "Rollen"),
    ],
)
def test_an_invitation_that_cannot_be_made_makes_no_account(visitor, database, changed, message):
    log_in(visitor)
    answer = invite(visitor, **changed)
    assert (answer.status_code, message in answer.text) == (422, True)
    with database.read(None) as session:
        assert [user.username for user in session.exec(select(User))] == ["bram"]


def test_without_a_key_no_link_is_made_and_no_account(visitor, app, database, settings):
    log_in(visitor)
    for changed, name in (({"secret_key": core_settings.SecretStr("")}, "SECRET_KEY"), ({"app_url": ""}, "APP_URL")):
        app.state.folder = replace(app.state.folder, settings=settings.model_copy(update=changed))
        answer = invite(visitor)
        assert (answer.status_code, f"OPENBOEK_{name}" in answer.text) == (422, True)
    with database.read(None) as session:
        assert session.exec(select(OneTimeLink)).all() == []
        assert len(session.exec(select(User)).all()) == 1


def with_mail(app: FastAPI, settings: Settings, port: int) -> None:
    mailed = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "smtp_from": "openboek@losser.example",
    }
    app.state.folder = replace(app.state.folder, settings=settings.model_copy(update=mailed))


def test_with_a_mail_server_the_link_goes_by_mail_and_not_on_the_screen(visitor, app, settings):
    log_in(visitor)
    with mail_server() as server:
        with_mail(app, settings, server.port)
        answer = invite(visitor, email="dina@losser.example")
    [mail] = server.received
    link = re.search(r"http://localhost(/uitnodiging/\S+)", mail.get_content())[1]
    assert (mail["To"], mail["From"], link in answer.text) == ("dina@losser.example", "openboek@losser.example", False)
    assert "De uitnodiging is gemaild." in answer.text
    assert browser(app).get(link).status_code == 200


@pytest.mark.parametrize("state", ["refuses", "away"])
def test_a_mail_that_does_not_go_out_is_told_and_the_link_is_shown(visitor, app, settings, state):
    log_in(visitor)
    with mail_server(refuses=True) as server:
        with_mail(app, settings, server.port if state == "refuses" else 9)
        answer = invite(visitor, email="dina@losser.example")
    assert "De mail is niet verstuurd" in answer.text
    assert browser(app).get(link_on(answer)).status_code == 200


def test_only_an_administrator_invites(client_as):
    assert client_as("lezer").get("/beheer/uitnodigen/").status_code == 403
    assert client_as("privacy_officer").post("/beheer/uitnodigen/", data={"username": "x"}).status_code == 403


# Emergency access


@pytest.mark.on_both
def test_emergency_access_opens_the_door_once_for_a_quarter(app, bram, database, settings):
    def link() -> str:
        with database.write(None) as session:
            made = one_time_links.make(
                session, user_named(session, "bram"), purpose="noodtoegang", settings=settings, actor=ACTOR
            )
        return urlsplit(made).path

    app.state.folder = replace(app.state.folder, settings=settings.model_copy(update={"local_login": False}))
    first, visitor = link(), browser(app)
    answer = Visit(visitor, first).submit()
    assert (answer.headers["location"], visitor.get("/beheer/").status_code) == ("/", 200)
    assert browser(app).post(first).status_code == 403
    late = link()
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert browser(app).post(late).status_code == 403


# Settings


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"app_url": "https://register.losser.example"}, "SECRET_KEY"),
        ({"app_url": "https://register.losser.example", "secret_key": "kort"}, "SECRET_KEY"),
        ({"secret_key": "kort"}, "SECRET_KEY"),
        ({"local_login": False}, "OIDC_DISCOVERY"),
        ({"smtp_host": "mail.losser.example"}, "SMTP_FROM"),
    ],
)
def test_settings_that_are_dangerous_together_refuse_to_start(changed, name):
    with pytest.raises(BadInput, match=f"OPENBOEK_{name}"):
        check_safe(Settings(_env_file=None, **changed))


def test_the_key_may_stand_in_a_file(tmp_path):
    file = tmp_path / "sleutel"
    file.write_text(f"{SECRET}\n")
    made = Settings(_env_file=None, app_url="https://register.losser.example", secret_key_file=file)
    check_safe(made)
    assert (made.secret(), made.is_https) == (SECRET.encode(), True)
    for content in ("", "kort"):
        file.write_text(content)
        with pytest.raises(BadInput):
            check_safe(made)
    file.unlink()
    with pytest.raises(BadInput, match="SECRET_KEY_FILE"):
        check_safe(made)


def test_a_start_with_dangerous_settings_ends_with_a_sentence(tmp_path, capsys, monkeypatch):
    for line in ("OPENBOEK_APP_URL=https://register.losser.example", "OPENBOEK_OIDC_ROLES=geen json"):
        (tmp_path / ".env").write_text(line)
        with pytest.raises(SystemExit) as ended:
            cli.main(["status", "--directory", str(tmp_path)])
        error = capsys.readouterr().err
        assert (ended.value.code, "Traceback" in error, "OPENBOEK_" in error) == (2, False, True)


def test_the_key_is_not_shown_when_settings_are_printed():
    assert SECRET not in repr(Settings(_env_file=None, secret_key=SECRET))


# The security log (BIO2 8.15)


def test_every_step_leaves_a_line_and_no_line_holds_a_secret(app, bram, database, settings):
    visitor = browser(app, client=("198.51.100.7", 1))
    with capture_logs() as logs:
        log_in(visitor, password="verkeerd-kanarie-1")
        log_in(visitor, "kanarie-als-naam-2", "x")
        log_in(visitor)
        app_, codes = turn_on(visitor)
        visitor.post("/uitloggen")
        log_in(visitor)
        visitor.post("/inloggen/code", data={"code": "000000"})
        step = visitor.cookies[STEP_COOKIE]
        visitor.post("/inloggen/code", data={"code": codes[0]})
        key = visitor.cookies[COOKIE]
        link = link_on(invite(visitor))
        Visit(browser(app), link).submit(password=NEW_PASSWORD, again=NEW_PASSWORD)
        for _ in range(FREE_PER_NAME + 1):
            log_in(visitor, "niemand", "x")
    lines = [entry for entry in logs if entry["event"] == "security"]
    assert [(entry["action"], entry["outcome"], entry.get("reason", "")) for entry in lines[:10]] == [
        ("core:login:refuse", "refused", "password"),
        ("core:login:refuse", "refused", "password"),
        ("core:login:accept", "accepted", "wachtwoord"),
        ("core:second_factor:enable", "accepted", ""),
        ("core:login:end", "accepted", ""),
        ("core:login:refuse", "refused", "code"),
        ("core:login:accept", "accepted", "wachtwoord"),
        ("core:user:add", "accepted", ""),
        ("core:user:change_roles", "accepted", ""),
        ("core:invitation:make", "accepted", ""),
    ]
    assert lines[-1]["reason"] == "locked"
    assert {entry["address"] for entry in lines if entry["action"].startswith("core:login:re")} == {"198.51.100.7"}
    hidden = [
        "verkeerd-kanarie-1",
        "kanarie-als-naam-2",
        PASSWORD,
        NEW_PASSWORD,
        step,
        key,
        link.rpartition("/")[2],
        SECRET,
        *codes,
    ]
    assert [secret for secret in hidden if secret in str(logs)] == []
    assert app_.secret not in str(logs)
    assert [secret for secret in hidden if secret in everything_kept(database)] == []


def test_what_was_rolled_back_leaves_no_line(database, bram):
    with capture_logs() as logs, pytest.raises(ZeroDivisionError), database.write(None) as session:
        disable_user(session, user_named(session, "bram"), actor=ACTOR)
        raise ZeroDivisionError
    assert logs == []
