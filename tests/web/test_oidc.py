"""Logging in with an account of the own organisation, against a provider in a process of its own that can lie."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI
from pydantic import SecretStr
from sqlmodel import select
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from app.main import create_app
from core import clock
from core.accounts import external, oidc, one_time_links, roles
from core.accounts.models import ExternalIdentity, LoginSession, PendingLogin, RoleCode, RoleHeld, User
from core.accounts.services import add_user, disable_user, set_password
from core.audit import COMMAND_LINE, INSTALLATION, Actor, AuditEvent, faults
from core.errors import BadInput, NotAllowed, RuleViolation
from core.organisations import add_organisation
from core.settings import Settings, check_safe
from core.web.security import COOKIE, STEP_COOKIE
from support.oidc_provider import CLAIMS, CLIENT_ID, CLIENT_SECRET, SUBJECT, TOKEN_CANARY, Provider
from support.pages import InspectedClient
from support.pages import faults as page_faults

OURS = {"Sec-Fetch-Site": "same-origin"}
ACTOR = Actor("Aisha")
ENSCHEDE = {
    "code": "gm0153",
    "name": "Gemeente Enschede",
    "base_url": "https://b.example",
    "tooi_uri": "https://identifier.overheid.nl/tooi/id/gemeente/gm0153",
    "tooi_label": "gemeente Enschede",
}


@pytest.fixture(scope="session")
def key_file(tmp_path_factory) -> Path:
    """Our own key with its certificate in one PEM file, as an administrator makes it for Entra ID."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "openboek")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    place = tmp_path_factory.mktemp("oidc")
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (place / "openboek.pem").write_bytes(secret + certificate.public_bytes(pem))
    (place / "public.pem").write_bytes(
        key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return place / "openboek.pem"


@pytest.fixture(scope="module", autouse=True)
def _keys_are_read_once() -> Iterator[None]:
    """OpenSSL takes a twentieth of a second to check a key that it reads: once is enough, not for every visitor."""
    kept: dict[tuple[object, ...], object] = {}
    read = oidc._client_auth

    def read_once(settings: Settings) -> object:
        key = settings.oidc_private_key_file, settings.oidc_client_secret_file, settings.oidc_key_id
        if key not in kept:
            kept[key] = read(settings)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(oidc, "_client_auth", read_once)
        yield


@pytest.fixture(scope="session")
def _provider(key_file: Path) -> Iterator[Provider]:
    started = Provider(key_file.with_name("public.pem"))
    yield started
    started.close()


@pytest.fixture
def provider(_provider: Provider) -> Iterator[Provider]:
    _provider.behave()
    return _provider


@pytest.fixture
def settings(provider: Provider, key_file: Path) -> Settings:
    made = Settings(
        _env_file=None,
        app_url="http://localhost",
        oidc_discovery=provider.discovery,
        oidc_client_id=CLIENT_ID,
        oidc_private_key_file=key_file,
        oidc_organisation="gm0168",
        oidc_roles={"OB-Privacy": "privacy_officer", "OB-Beheer": "beheerder", "OB-Lezen": "lezer"},
        oidc_timeout=5,
    )
    check_safe(made)
    return made


@pytest.fixture
def visitor(app, organisation, settings) -> TestClient:
    return visitor_of(app, settings)


def visitor_of(app: FastAPI, settings: Settings) -> TestClient:
    app.state.folder = replace(app.state.folder, settings=settings)
    app.state.oidc = oidc.Provider(settings) if settings.oidc_discovery else None
    return InspectedClient(app, base_url="http://localhost", follow_redirects=False, headers=OURS)


def come_back(visitor: TestClient, provider: Provider, back_to: str = "/register/"):
    """There and back, as a browser does; returns our answer to the way back."""
    there = visitor.get("/inloggen/werkaccount", params={"terug": back_to})
    assert there.status_code == 303, there.text
    return visitor.get(provider.sign_in(there.headers["location"]))


def accounts_of(database) -> list[tuple[str, list[str]]]:
    with database.read(None) as session:
        users = session.exec(select(User).order_by(User.username)).all()
        return [
            (
                user.username,
                sorted(session.exec(select(RoleHeld.role).where(RoleHeld.user_id == user.id))),
            )
            for user in users
        ]


def living_logins(database) -> int:
    with database.read(None) as session:
        return len([login for login in session.exec(select(LoginSession)) if login.revoked_at is None])


# In


def test_the_first_log_in_makes_the_account_with_the_roles_of_the_claim(visitor, provider, database):
    answer = come_back(visitor, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, "/register/")
    assert accounts_of(database) == [("aisha@losser.example", ["privacy_officer"])]
    page = visitor.get("/register/")
    assert (page.status_code, "Aisha Yilmaz" in page.text) == (200, True)
    assert visitor.get("/beheer/").status_code == 403
    with database.read(None) as session:
        assert faults(session, INSTALLATION) == []


def test_the_button_stands_on_the_log_in_page(visitor):
    text = visitor.get("/inloggen?terug=/woo/").text
    assert 'href="/inloggen/werkaccount?terug=/woo/"' in text
    assert 'name="password"' in text


def test_without_a_provider_there_is_no_button_and_no_way(app, organisation, folder):
    plain = visitor_of(app, folder.settings)
    assert "werkaccount" not in plain.get("/inloggen").text
    assert plain.get("/inloggen/werkaccount").status_code == 404
    assert plain.get("/inloggen/werkaccount/terug?code=x&state=y").status_code == 404
    assert plain.get("/uitloggen/werkaccount").status_code == 404


def test_the_browser_is_sent_with_pkce_state_and_nonce_and_never_with_a_secret(visitor, provider, settings):
    from urllib.parse import parse_qs, urlsplit

    asked = parse_qs(urlsplit(visitor.get("/inloggen/werkaccount").headers["location"]).query)
    assert (asked["code_challenge_method"], asked["response_type"], asked["scope"]) == (
        ["S256"],
        ["code"],
        ["openid profile email"],
    )
    assert asked["redirect_uri"] == ["http://localhost/inloggen/werkaccount/terug"]
    assert set(asked) == {
        "client_id",
        "response_type",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    }
    assert len({asked[name][0] for name in ("state", "nonce", "code_challenge")}) == 3


def test_the_second_log_in_finds_the_same_account(visitor, provider, database):
    come_back(visitor, provider)
    provider.behave(claims=CLAIMS | {"preferred_username": "a.yilmaz@losser.example", "name": "A. Yilmaz"})
    assert come_back(visitor, provider).status_code == 303
    assert accounts_of(database) == [("aisha@losser.example", ["privacy_officer"])]


def test_a_new_log_in_ends_the_one_this_browser_had(visitor, provider, database):
    come_back(visitor, provider)
    old = visitor.cookies[COOKIE]
    come_back(visitor, provider)
    assert (visitor.cookies[COOKIE] == old, living_logins(database)) == (False, 1)


def test_roles_follow_the_claim_at_each_log_in(visitor, provider, database):
    come_back(visitor, provider)
    provider.behave(claims=CLAIMS | {"roles": ["OB-Beheer", "OB-Lezen", "Iets-anders"]})
    come_back(visitor, provider)
    assert accounts_of(database) == [("aisha@losser.example", ["beheerder", "lezer"])]
    with database.read(None) as session:
        query = select(AuditEvent).where(AuditEvent.action == "core:user:follow_roles").order_by(AuditEvent.sequence)
        changes = [event.contents for event in session.exec(query)]
    assert changes[1] == {"before": {"roles": ["privacy_officer"]}, "after": {"roles": ["beheerder", "lezer"]}}


def test_roles_that_are_gone_at_the_provider_are_gone_here_and_end_every_log_in(visitor, provider, database):
    come_back(visitor, provider)
    provider.behave(claims=CLAIMS | {"roles": []})
    answer = come_back(visitor, provider)
    assert (answer.status_code, external.NO_ROLE.split(".")[0] in answer.text) == (403, True)
    assert (accounts_of(database), living_logins(database)) == ([("aisha@losser.example", [])], 0)


def test_the_provider_has_the_last_word_also_about_the_last_administrator(visitor, provider, database, organisation):
    provider.behave(claims=CLAIMS | {"roles": ["OB-Beheer"]})
    come_back(visitor, provider)
    provider.behave(claims=CLAIMS | {"roles": ["OB-Lezen"]})
    come_back(visitor, provider)
    assert accounts_of(database) == [("aisha@losser.example", ["lezer"])]
    with database.read(None) as session:
        query = select(AuditEvent).where(AuditEvent.action == "core:user:follow_roles").order_by(AuditEvent.id)
        chains = [event.organisation_id for event in session.exec(query)]
    assert chains == [INSTALLATION, organisation.id] * 2


@pytest.mark.on_both
def test_roles_of_the_provider_are_not_changed_here_but_in_need_from_the_shell(
    visitor, provider, database, organisation
):
    come_back(visitor, provider)
    with database.write(None) as session:
        user = session.exec(select(User)).one()
        with pytest.raises(RuleViolation, match="komen van de aanmelddienst"):
            roles.change_roles(session, user, [RoleCode.READER], organisation_id=organisation.id, actor=ACTOR)
        roles.change_roles(session, user, [RoleCode.ADMINISTRATOR], organisation_id=organisation.id, actor=COMMAND_LINE)
    assert accounts_of(database) == [("aisha@losser.example", ["beheerder"])]


def test_one_value_of_the_claim_may_give_roles_in_several_organisations(
    app, database, organisation, settings, provider
):
    with database.write(None) as session:
        other = add_organisation(session, **ENSCHEDE, actor=ACTOR).id
    given = {"OB-Privacy": "privacy_officer, gm0153:lezer", "OB-Fg": "gm0153:fg"}
    visitor = visitor_of(app, settings.model_copy(update={"oidc_roles": given}))
    come_back(visitor, provider)

    def held() -> set[tuple[object, str]]:
        with database.read(None) as session:
            return {(row.organisation_id, row.role) for row in session.exec(select(RoleHeld))}

    assert held() == {(organisation.id, "privacy_officer"), (other, "lezer")}
    provider.behave(claims=CLAIMS | {"roles": ["OB-Fg"]})
    assert come_back(visitor, provider).status_code == 303
    assert (held(), visitor.get("/register/").status_code) == ({(other, "fg")}, 200)


def test_a_role_claim_may_stand_deeper_as_keycloak_does_it(app, database, organisation, settings, provider):
    provider.behave(claims={"sub": SUBJECT, "preferred_username": "bram", "realm_access": {"roles": ["OB-Lezen"]}})
    visitor = visitor_of(app, settings.model_copy(update={"oidc_role_claim": "realm_access.roles"}))
    assert come_back(visitor, provider).status_code == 303
    assert accounts_of(database) == [("bram", ["lezer"])]


def test_a_client_secret_works_for_a_provider_that_knows_no_key(app, organisation, settings, provider, tmp_path):
    (tmp_path / "geheim").write_text(f"{CLIENT_SECRET}\n")
    with_secret = {"oidc_private_key_file": None, "oidc_client_secret_file": tmp_path / "geheim"}
    visitor = visitor_of(app, settings.model_copy(update=with_secret))
    assert come_back(visitor, provider).headers["location"] == "/register/"


def test_a_provider_may_change_its_keys(visitor, provider):
    come_back(visitor, provider)
    provider.behave("new key")
    assert come_back(visitor, provider).status_code == 303


@pytest.mark.parametrize("honest", ["clock a little off", "says who it is", "without at_hash"])
def test_what_the_standard_allows_is_allowed(visitor, provider, honest):
    provider.behave(honest)
    assert come_back(visitor, provider).status_code == 303


# Every wrong answer


LIES = {
    "state": "state",
    "denied": "denied",
    "mix-up": "issuer",
    "issuer": "issuer",
    "audience": "audience",
    "more audiences": "audience",
    "other party": "audience",
    "nonce": "nonce",
    "without nonce": "nonce",
    "expired": "expired",
    "from the future": "expired",
    "without exp": "token",
    "without iat": "token",
    "without iss": "issuer",
    "without aud": "audience",
    "without sub": "token",
    "subject is a number": "token",
    "expiry in words": "token",
    "at_hash": "token",
    "no id_token": "token",
    "signature": "signature",
    "unknown key": "signature",
    "altered": "signature",
    "garbage": "signature",
    "alg none": "signature",
    "alg none with a signature": "signature",
    "public key as a secret": "signature",
}


@pytest.mark.parametrize(("lie", "reason"), LIES.items())
def test_a_wrong_answer_lets_nobody_in_and_says_why(visitor, provider, database, lie, reason):
    provider.behave(lie)
    with capture_logs() as logs:
        answer = come_back(visitor, provider)
    refused = [entry for entry in logs if entry.get("action") == "core:login:refuse"]
    assert [entry["reason"] for entry in refused] == [reason]
    assert (answer.status_code, page_faults(answer.text), oidc.SENTENCES[reason] in answer.text) == (403, [], True)
    assert ("0900" in answer.text, "<h1>Inloggen is niet gelukt</h1>" in answer.text) == (False, True)
    assert (accounts_of(database), living_logins(database), COOKIE in visitor.cookies) == ([], 0, False)
    with database.read(None) as session:
        assert session.exec(select(PendingLogin)).all() == []


AWAY = [
    (lie, where)
    for where in (".well-known/openid-configuration", "jwks", "token")
    for lie in ("slow", "hangs up", "broken", "not json", "a list", "dripping", "huge")
]


def be_impatient(visitor: TestClient) -> None:
    """Wait for the provider a fifth of a second instead of five; it takes three when it is slow."""
    ours = visitor.app.state.oidc
    ours._settings = ours._settings.model_copy(update={"oidc_timeout": 0.2})


@pytest.mark.parametrize(("lie", "where"), AWAY)
def test_a_provider_that_is_away_or_babbles_is_a_page_within_seconds(visitor, provider, database, lie, where):
    there = None
    if where != ".well-known/openid-configuration":
        there = provider.sign_in(visitor.get("/inloggen/werkaccount").headers["location"])
    provider.behave(lie, where=where)
    be_impatient(visitor)
    start = clock.now()
    answer = visitor.get(there or "/inloggen/werkaccount")
    assert clock.now() - start < timedelta(seconds=2.9)
    assert (answer.status_code, page_faults(answer.text)) in ((503, []), (403, []))
    assert any(sentence in answer.text for sentence in (oidc.DOWN, oidc.GARBLED, oidc.SENTENCES["token"]))
    assert (accounts_of(database), living_logins(database)) == ([], 0)


@pytest.mark.parametrize(
    "lie", ["dripping", "huge", "other issuer in discovery", "plain http token endpoint", "no endpoints", "no keys"]
)
def test_a_configuration_that_cannot_be_trusted_is_refused(visitor, provider, database, lie):
    provider.behave(lie)
    if lie == "dripping":
        be_impatient(visitor)
    start = clock.now()
    answer = visitor.get("/inloggen/werkaccount")
    assert clock.now() - start < timedelta(seconds=2)
    if answer.status_code == 303:
        answer = visitor.get(provider.sign_in(answer.headers["location"]))
    assert (answer.status_code, any(sentence in answer.text for sentence in (oidc.DOWN, oidc.GARBLED))) == (503, True)
    assert accounts_of(database) == []


def test_a_fault_of_the_provider_is_not_kept(visitor, provider):
    provider.behave("broken")
    assert visitor.get("/inloggen/werkaccount").status_code == 503
    provider.behave()
    assert come_back(visitor, provider).status_code == 303


def test_a_provider_that_is_not_there_is_a_page(app, organisation, settings):
    gone = settings.model_copy(update={"oidc_discovery": "http://127.0.0.1:9/realm/.well-known/openid-configuration"})
    answer = visitor_of(app, gone).get("/inloggen/werkaccount")
    assert (answer.status_code, oidc.DOWN in answer.text) == (503, True)


# Replay and mixing


def test_an_answer_is_used_once(visitor, provider):
    there = visitor.get("/inloggen/werkaccount")
    step = visitor.cookies[STEP_COOKIE]
    back = provider.sign_in(there.headers["location"])
    assert visitor.get(back).status_code == 303
    visitor.cookies.set(STEP_COOKIE, step, domain="localhost.local", path="/")
    answer = visitor.get(back)
    assert (answer.status_code, oidc.SENTENCES["state"] in answer.text) == (403, True)


def test_a_code_that_was_used_elsewhere_is_refused(visitor, provider, settings):
    """Somebody was quicker with the code: the provider refuses it, and so do we."""
    from urllib.parse import parse_qs, urlsplit

    there = visitor.get("/inloggen/werkaccount")
    back = provider.sign_in(there.headers["location"])
    code = parse_qs(urlsplit(back).query)["code"][0]
    data = {"grant_type": "authorization_code", "code": code, "code_verifier": "x"}
    requests.post(f"{provider.address}/token", data=data, auth=(CLIENT_ID, CLIENT_SECRET), timeout=5)
    answer = visitor.get(back)
    assert (answer.status_code, oidc.SENTENCES["code"] in answer.text) == (403, True)


def test_an_answer_of_another_browser_is_refused(app, visitor, provider, settings):
    """An attacker sends a victim the way back of the attacker's own log-in."""
    other = visitor_of(app, settings)
    back = provider.sign_in(other.get("/inloggen/werkaccount").headers["location"])
    assert visitor.get(back).status_code == 403
    visitor.get("/inloggen/werkaccount")
    assert visitor.get(back).status_code == 403
    assert COOKIE not in visitor.cookies


@pytest.mark.on_both
def test_a_code_with_another_verifier_is_refused(visitor, provider, database):
    there = visitor.get("/inloggen/werkaccount")
    with database.write(None) as session:
        session.exec(select(PendingLogin)).one().code_verifier = "x" * 64
    answer = visitor.get(provider.sign_in(there.headers["location"]))
    assert (answer.status_code, oidc.SENTENCES["code"] in answer.text) == (403, True)


def test_who_comes_back_too_late_begins_again(visitor, provider):
    back = provider.sign_in(visitor.get("/inloggen/werkaccount").headers["location"])
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        answer = visitor.get(back)
    assert (answer.status_code, oidc.SENTENCES["state"] in answer.text) == (403, True)


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=x", "?state=%00é&code=1", "?code=x&code=y&state="]
)
def test_a_made_up_way_back_is_a_page(visitor, query):
    answer = visitor.get(f"/inloggen/werkaccount/terug{query}")
    assert (answer.status_code, oidc.SENTENCES["state"] in answer.text) == (403, True)


def test_the_step_of_a_code_is_no_step_of_a_provider(visitor, provider, database):
    """Between the password and the code there is no state: an empty one does not match it."""
    from core.accounts import pending

    with database.write(None) as session:
        key = pending.begin(session, back_to="/")
    visitor.cookies.set(STEP_COOKIE, key)
    assert visitor.get("/inloggen/werkaccount/terug?code=x&state=").status_code == 403


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_way_back_leads_to_us(visitor, provider, elsewhere):
    assert come_back(visitor, provider, elsewhere).headers["location"] == "/"


# Whose account


def test_a_person_without_a_role_gets_no_account(visitor, provider, database):
    for claims in (
        {"roles": ["Iets-anders"]},
        {"roles": None},
        {"roles": 5},
        {"roles": [["OB-Beheer"]]},
        {"roles": {"OB-Beheer": 1}},
    ):
        provider.behave(claims=CLAIMS | claims)
        answer = come_back(visitor, provider)
        assert (answer.status_code, external.NO_ROLE.split(".")[0] in answer.text) == (403, True)
    provider.behave("without roles")
    assert come_back(visitor, provider).status_code == 403
    assert accounts_of(database) == []


@pytest.mark.on_both
def test_an_account_with_the_same_name_is_not_taken_over(visitor, provider, database, organisation):
    with database.write(None) as session:
        add_user(
            session,
            username="beheerder",
            name="Beheerder",
            password="een lang wachtwoord",
            roles=list(RoleCode),
            organisation_id=organisation.id,
            actor=ACTOR,
        )
    provider.behave(claims=CLAIMS | {"preferred_username": "beheerder"})
    answer = come_back(visitor, provider)
    assert (answer.status_code, external.TAKEN.split(".")[0] in answer.text) == (403, True)
    with database.read(None) as session:
        assert session.exec(select(ExternalIdentity)).all() == []


def test_another_person_with_the_name_of_an_account_is_another_person(visitor, provider, database):
    come_back(visitor, provider)
    provider.behave(claims=CLAIMS | {"sub": "iemand-anders"})
    assert come_back(visitor, provider).status_code == 403


def test_a_closed_account_stays_closed(visitor, provider, database):
    come_back(visitor, provider)
    with database.write(None) as session:
        disable_user(session, session.exec(select(User)).one(), actor=ACTOR)
    answer = come_back(visitor, provider)
    assert (answer.status_code, external.CLOSED.split(".")[0] in answer.text) == (403, True)


def test_an_account_of_a_provider_gets_no_password_here(visitor, provider, database, settings):
    """Else somebody who left could still come in by the other door."""
    come_back(visitor, provider)
    with pytest.raises(NotAllowed, match="werkaccount"), database.write(None) as session:
        set_password(session, session.exec(select(User)).one(), "een nieuwe lange zin", actor=ACTOR, must_change=True)
    linked = settings.model_copy(update={"secret_key": SecretStr("een geheim voor de tests, lang genoeg")})
    with pytest.raises(NotAllowed, match="werkaccount"), database.write(None) as session:
        user = session.exec(select(User)).one()
        one_time_links.make(session, user, purpose=one_time_links.INVITATION, settings=linked, actor=ACTOR)
    assert "U logt in met een werkaccount." in visitor.get("/account/").text
    assert visitor.post("/account/tweede-stap/begin").status_code == 403
    answer = visitor.post("/inloggen", data={"username": "aisha@losser.example", "password": ""})
    assert answer.status_code == 422


def test_strange_signs_in_a_name_become_dashes(visitor, provider, database):
    provider.behave(claims=CLAIMS | {"preferred_username": "LOSSER\\aisha yilmaz#1", "name": "<b>Aisha</b>"})
    come_back(visitor, provider)
    assert accounts_of(database) == [("LOSSER-aisha-yilmaz-1", ["privacy_officer"])]
    assert "&lt;b&gt;Aisha&lt;/b&gt;" in visitor.get("/register/").text


# Settings, logging out, the log


def test_local_log_in_can_be_switched_off(app, organisation, settings, provider):
    only = settings.model_copy(update={"local_login": False})
    visitor = visitor_of(app, only)
    assert 'name="password"' not in visitor.get("/inloggen").text
    answer = visitor.post("/inloggen", data={"username": "x", "password": "y"})
    assert (answer.status_code, "Log in met uw werkaccount" in answer.text) == (403, True)
    assert come_back(visitor, provider).status_code == 303


def test_logging_out_at_the_provider_is_one_step_further(visitor, provider):
    come_back(visitor, provider)
    assert visitor.post("/uitloggen").headers["location"] == "/inloggen?melding=uitgelogd"
    location = visitor.get("/uitloggen/werkaccount").headers["location"]
    assert location == (
        f"{provider.address}/logout?client_id={CLIENT_ID}&post_logout_redirect_uri=http%3A%2F%2Flocalhost%2Finloggen"
    )


def test_a_setting_that_cannot_work_refuses_to_start(settings, folder, database, tmp_path):
    def refuses(match: str, **changed: object) -> None:
        wrong = settings.model_copy(update=changed)
        with pytest.raises(BadInput, match=match):
            check_safe(wrong)
            create_app(database, replace(folder, settings=wrong))

    (tmp_path / "rommel.pem").write_text("geen sleutel")
    refuses("OIDC_CLIENT_ID", oidc_client_id="")
    refuses("APP_URL", app_url="")
    refuses("OIDC_ROLES", oidc_roles={})
    refuses("OIDC_ORGANISATION", oidc_organisation="")
    refuses("OIDC_ORGANISATION", oidc_roles={"A": ":lezer"})
    refuses("OIDC_PRIVATE_KEY_FILE", oidc_private_key_file=None)
    refuses("kan niet worden gelezen", oidc_private_key_file=tmp_path / "weg.pem")
    refuses("geen RSA-sleutel", oidc_private_key_file=tmp_path / "rommel.pem")
    refuses("openbare helft", oidc_private_key_file=settings.oidc_private_key_file.with_name("public.pem"))
    refuses("De rol 'koning' bestaat niet", oidc_roles={"A": "koning"})
    refuses("De rol 'koning' bestaat niet", oidc_roles={"A": "lezer, gm0168:koning"})
    refuses("De rol '' bestaat niet", oidc_roles={"A": "lezer,"})
    refuses("met https", oidc_discovery="http://login.example/.well-known/openid-configuration")
    refuses("met https", app_url="http://register.example")


def test_an_organisation_that_is_not_here_is_told(app, organisation, settings, provider):
    visitor = visitor_of(app, settings.model_copy(update={"oidc_organisation": "gm9999"}))
    answer = come_back(visitor, provider)
    assert (answer.status_code, "OPENBOEK_OIDC_ORGANISATION" in answer.text) == (503, True)


def test_no_token_code_or_key_is_in_the_log_or_in_the_database(visitor, provider, database, key_file):
    with capture_logs() as logs:
        there = visitor.get("/inloggen/werkaccount")
        back = provider.sign_in(there.headers["location"])
        visitor.get(back)
        key = visitor.cookies[COOKIE]
        provider.behave("signature")
        come_back(visitor, provider)
    from urllib.parse import parse_qs, urlsplit

    answer = parse_qs(urlsplit(back).query)
    secrets_ = [TOKEN_CANARY, key, answer["code"][0], answer["state"][0]]
    with database.read(None) as session:
        kept = "".join(
            row.model_dump_json()
            for kind in (AuditEvent, LoginSession, PendingLogin, User, ExternalIdentity)
            for row in session.exec(select(kind))
        )
    assert [secret for secret in secrets_ if secret in kept + str(logs)] == []
    assert [entry["action"] for entry in logs if entry["event"] == "security"] == [
        "core:user:add",
        "core:user:follow_roles",
        "core:login:accept",
        "core:login:refuse",
    ]
