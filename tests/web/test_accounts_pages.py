"""Beheer, Accounts: adding people, changing their roles, closing and opening, in one organisation and in several."""

import re
from dataclasses import replace
from uuid import UUID

import pyotp
import pytest
from sqlmodel import select

from app.roles import ROLE_NAMES
from core import clock
from core.accounts import roles as services
from core.accounts import second_factor
from core.accounts.models import RoleCode, SecondFactor, User
from core.accounts.services import all_users, check_credentials, set_password
from core.audit import COMMAND_LINE, INSTALLATION, Actor, AuditEvent
from core.errors import RuleViolation
from core.settings import Settings
from support.municipalities import PASSWORD, add_municipality, add_person
from support.pages import Visit

ADMINISTRATOR, READER, ESTABLISHER = RoleCode.ADMINISTRATOR, RoleCode.READER, RoleCode.ESTABLISHER


@pytest.fixture
def chief(client_as):
    return client_as("beheerder", name="chief")


def user_named(database, username: str) -> User:
    with database.read(None) as session:
        found = session.exec(select(User).where(User.username == username)).one()
        session.expunge(found)
    return found


def roles(database, organisation, username: str) -> list[RoleCode]:
    with database.read(None) as session:
        found = {user.username: held for user, held in all_users(session, organisation.id)}
    return sorted(found.get(username, []))


def events(database, chain: UUID) -> list[tuple[str, str]]:
    with database.read(None) as session:
        query = select(AuditEvent).where(AuditEvent.organisation_id == chain).order_by(AuditEvent.sequence)
        return [(event.actor, event.action) for event in session.exec(query) if event.subject_kind == "core_user"]


def can_log_in(database, username: str, password: str) -> bool:
    with database.write(None) as session:
        return check_credentials(session, username=username, password=password).user is not None


def tick(visit: Visit, *chosen: RoleCode) -> None:
    for box in visit.form.xpath(".//input[@type='checkbox']"):
        box.checked = box.get("value") in chosen


def shown_password(answer) -> str:
    return re.search(r"\b[a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5}\b", answer.text)[0]


# One organisation


def test_the_list_shows_who_may_come_in(chief, client_as):
    client_as("lezer", "vaststeller", name="bram")
    page = chief.get("/beheer/accounts/").text
    assert all(text in page for text in ("Chief", "bram", f"{ROLE_NAMES[ESTABLISHER]}, {ROLE_NAMES[READER]}"))


def test_a_new_account_gets_a_password_that_is_shown_once(chief, database, organisation):
    visit = Visit(chief, "/beheer/accounts/nieuw")
    tick(visit, READER)
    answer = visit.submit(name="Bram de Boer", username="bram", email="bram@losser.example")
    password = shown_password(answer)
    assert roles(database, organisation, "bram") == [READER]
    assert can_log_in(database, "bram", password)
    assert user_named(database, "bram").must_change_password is True
    assert password not in chief.get("/beheer/accounts/").text
    assert events(database, organisation.id) == [("Chief", "core:user:change_roles")]
    assert ("Chief", "core:user:add") in events(database, INSTALLATION)


@pytest.mark.on_both
@pytest.mark.parametrize(
    ("name", "username", "chosen", "said"),
    [
        ("Bram", "chief", [READER], "De gebruikersnaam &#39;chief&#39; bestaat al."),
        ("Bram", "bram boer", [READER], "Kies een gebruikersnaam van letters"),
        ("Bram", "", [READER], "Vul in: &#39;Gebruikersnaam&#39;."),
        ("", "bram", [READER], "Vul in: &#39;Naam&#39;."),
        ("Bram", "bram", [], "Kies minstens één rol."),
    ],
)
def test_what_cannot_be_an_account_is_told_and_nothing_is_made(chief, database, name, username, chosen, said):
    visit = Visit(chief, "/beheer/accounts/nieuw")
    tick(visit, *chosen)
    answer = visit.submit(name=name, username=username)
    assert (answer.status_code, said in answer.text) == (422, True)
    with database.read(None) as session:
        assert session.exec(select(User.username)).all() == ["chief"]


def test_roles_that_are_none_are_refused(chief, client_as, database, organisation):
    client_as("lezer", name="bram")
    address = f"/beheer/accounts/{user_named(database, 'bram').id}"
    assert chief.post(address, data={"roles": "koning", "seen": "lezer"}).status_code == 422
    assert roles(database, organisation, "bram") == [READER]


@pytest.mark.on_both
def test_roles_are_changed_and_count_at_once(chief, client_as, database, organisation):
    bram = client_as("lezer", name="bram")
    assert bram.get("/beheer/").status_code == 403
    visit = Visit(chief, f"/beheer/accounts/{user_named(database, 'bram').id}", form=0)
    tick(visit, ADMINISTRATOR)
    assert visit.submit().url.path == "/beheer/accounts/"
    assert roles(database, organisation, "bram") == [ADMINISTRATOR]
    assert (bram.get("/beheer/").status_code, bram.get("/register/").status_code) == (200, 200)
    with database.read(None) as session:
        event = session.exec(
            select(AuditEvent).where(
                AuditEvent.organisation_id == organisation.id, AuditEvent.action == "core:user:change_roles"
            )
        ).one()
    assert (event.subject_label, event.contents) == (
        "Bram (bram)",
        {"before": {"roles": ["lezer"]}, "after": {"roles": ["beheerder"]}},
    )


def test_who_saves_roles_after_somebody_else_is_told(chief, client_as, database, organisation):
    client_as("lezer", name="bram")
    user = user_named(database, "bram")
    visit = Visit(chief, f"/beheer/accounts/{user.id}", form=0)
    with database.write(None) as session:
        found = session.get_one(User, user.id)
        services.change_roles(session, found, [ESTABLISHER], organisation_id=organisation.id, actor=COMMAND_LINE)
    answer = visit.submit()
    assert (answer.status_code, "intussen gewijzigd" in answer.text) == (409, True)
    assert roles(database, organisation, "bram") == [ESTABLISHER]


def test_nobody_changes_or_closes_the_own_account(chief, client_as, database, organisation):
    client_as("beheerder", name="bram")
    own = f"/beheer/accounts/{user_named(database, 'chief').id}"
    assert "Dit is uw eigen account." in chief.get(own).text
    for path, data in (
        (own, {"roles": "lezer", "seen": "beheerder"}),
        (f"{own}/sluiten", {}),
        (f"{own}/wachtwoord", {}),
    ):
        answer = chief.post(path, data=data)
        assert (answer.status_code, "eigen" in answer.text) == (422, True), path
    assert roles(database, organisation, "chief") == [ADMINISTRATOR]
    assert user_named(database, "chief").is_active is True


@pytest.mark.on_both
def test_the_last_administrator_stays(database, organisation):
    """Also for the command line, and for who is an administrator no more when it is saved."""
    user = add_person(database, "enig", organisation, ADMINISTRATOR)
    closed = add_person(database, "dicht", organisation, ADMINISTRATOR)
    with database.write(None) as session:
        services.close_account(
            session, session.get_one(User, closed.id), organisation_id=organisation.id, actor=COMMAND_LINE
        )
    for change in (
        lambda session, found: services.change_roles(
            session, found, [READER], organisation_id=organisation.id, actor=COMMAND_LINE
        ),
        lambda session, found: services.close_account(
            session, found, organisation_id=organisation.id, actor=COMMAND_LINE
        ),
    ):
        with pytest.raises(RuleViolation, match="enige beheerder"), database.write(None) as session:
            change(session, session.get_one(User, user.id))
    assert roles(database, organisation, "enig") == [ADMINISTRATOR]
    assert user_named(database, "enig").is_active is True


def test_an_account_keeps_a_role_somewhere(chief, client_as, database, organisation):
    client_as("lezer", name="bram")
    visit = Visit(chief, f"/beheer/accounts/{user_named(database, 'bram').id}", form=0)
    tick(visit)
    answer = visit.submit()
    assert (answer.status_code, services.NO_ROLE in answer.text) == (422, True)
    assert roles(database, organisation, "bram") == [READER]


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(chief, client_as, database, organisation):
    bram = client_as("lezer", name="bram")
    address = f"/beheer/accounts/{user_named(database, 'bram').id}"
    assert "gesloten" in chief.post(f"{address}/sluiten").text
    assert bram.get("/register/").url.path == "/inloggen"
    assert can_log_in(database, "bram", PASSWORD) is False
    password = shown_password(chief.post(f"{address}/openen"))
    assert can_log_in(database, "bram", PASSWORD) is False
    assert can_log_in(database, "bram", password) is True
    assert roles(database, organisation, "bram") == [READER]
    assert [action for _, action in events(database, organisation.id)] == ["core:user:disable", "core:user:reopen"]


def test_a_new_password_ends_the_old_one_and_every_log_in(chief, client_as, database, organisation):
    bram = client_as("lezer", name="bram")
    password = shown_password(chief.post(f"/beheer/accounts/{user_named(database, 'bram').id}/wachtwoord"))
    assert bram.get("/register/").url.path == "/inloggen"
    assert (can_log_in(database, "bram", PASSWORD), can_log_in(database, "bram", password)) == (False, True)
    assert events(database, organisation.id) == [("Chief", "core:user:set_password")]


# Several organisations


@pytest.fixture
def other(database):
    return add_municipality(database, "gm0153", "Gemeente Enschede")


def give(database, username: str, organisation, *wanted: RoleCode) -> None:
    with database.write(None) as session:
        user = session.exec(select(User).where(User.username == username)).one()
        services.change_roles(session, user, wanted, organisation_id=organisation.id, actor=COMMAND_LINE)


def test_who_has_roles_in_one_organisation_sees_nothing_of_changing(chief, other):
    page = chief.get("/").text
    assert ("wissel-organisatie" in page, "organisatie=" in page) == (False, False)


def test_who_has_roles_in_two_changes_between_them(client_as, database, organisation, other):
    client = client_as("beheerder", name="aisha")
    give(database, "aisha", other, READER)
    # Which of the two comes first at the log-in is not said, so go to the one and then to the other.
    for code, name, may_administer in (
        ("gm0153", "Enschede", False),
        ("gm0168", "Losser", True),
        ("gm0153", "Enschede", False),
    ):
        answer = client.post("/organisatie", data={"code": code})
        brand = re.search(r'ob-brand__organisation">([^<]*)<', answer.text)[1]
        assert (answer.url.path, brand) == ("/", f"Gemeente {name}")
        assert (client.get("/beheer/").status_code == 200) is may_administer
    assert ("Aisha", "core:login:switch") in events(database, other.id)


def test_a_form_made_for_one_organisation_never_changes_the_other(client_as, database, organisation, other):
    """Two tabs: a form is open for Losser, and in the other tab the person goes on for Enschede."""
    client = client_as("beheerder", name="aisha")
    give(database, "aisha", other, ADMINISTRATOR)
    client.post("/organisatie", data={"code": "gm0168"})
    visit = Visit(client, "/beheer/lijsten/teams/")
    client.post("/organisatie", data={"code": "gm0153"})
    answer = visit.submit(name="Team van Losser")
    assert (answer.status_code, "Dit formulier is van Gemeente Losser" in answer.text) == (409, True)
    assert "Team van Losser" not in client.get("/beheer/lijsten/teams/").text
    client.post("/organisatie", data={"code": "gm0168"})
    assert "Team van Losser" in visit.submit(name="Team van Losser").text


def test_every_form_says_for_which_organisation_it_is(client_as, database, organisation, other):
    client = client_as(*RoleCode, name="aisha")
    give(database, "aisha", other, READER)
    client.post("/organisatie", data={"code": "gm0168"})
    for path in ("/register/nieuw", "/wmebv/producten/nieuw", "/woo/documenten/nieuw", "/beheer/organisatie"):
        tags = re.findall(r'<form\b[^>]*method="post"[^>]*>', client.get(path).text)
        assert len(tags) >= 3
        assert [tag for tag in tags if "organisatie=gm0168" not in tag] == [], path


def test_a_role_that_is_taken_away_ends_the_work_there(client_as, database, organisation, other):
    client = client_as("beheerder", name="aisha")
    give(database, "aisha", other, READER)
    client.post("/organisatie", data={"code": "gm0153"})
    give(database, "aisha", other)
    assert client.get("/register/").url.path == "/inloggen"


def test_an_administrator_of_one_has_no_power_over_who_is_of_two(chief, client_as, database, organisation, other):
    """Otherwise a new password would open the other municipality."""
    add_person(database, "theirs", other, ADMINISTRATOR)
    add_person(database, "both", organisation, READER)
    give(database, "both", other, ADMINISTRATOR)
    address = f"/beheer/accounts/{user_named(database, 'both').id}"
    for path in ("sluiten", "wachtwoord", "openen"):
        answer = chief.post(f"{address}/{path}")
        assert (answer.status_code, services.ELSEWHERE in answer.text) == (422, True), path
    assert can_log_in(database, "both", PASSWORD) is True
    visit = Visit(chief, address, form=0)
    tick(visit)
    assert visit.submit().url.path == "/beheer/accounts/"
    assert (roles(database, organisation, "both"), roles(database, other, "both")) == ([], [ADMINISTRATOR])
    assert chief.get(f"/beheer/accounts/{user_named(database, 'theirs').id}").status_code == 404


@pytest.mark.on_both
def test_who_administers_both_may_close_and_each_trail_tells_it(client_as, database, organisation, other):
    chief = client_as("beheerder", name="chief")
    give(database, "chief", other, ADMINISTRATOR)
    add_person(database, "both", organisation, READER)
    give(database, "both", other, READER)
    chief.post("/organisatie", data={"code": "gm0168"})
    assert "gesloten" in chief.post(f"/beheer/accounts/{user_named(database, 'both').id}/sluiten").text
    for place in (organisation, other):
        assert ("Chief", "core:user:disable") in events(database, place.id)


def test_a_taken_name_is_refused_without_a_word_about_whose_it_is(chief, database, other):
    add_person(database, "theirs", other, ADMINISTRATOR)
    visit = Visit(chief, "/beheer/accounts/nieuw")
    tick(visit, READER)
    answer = visit.submit(name="Iemand", username="theirs")
    assert (answer.status_code, "Enschede" in answer.text) == (422, False)


@pytest.mark.on_both
def test_set_password_by_command_line_still_ends_log_ins(client_as, database, actor):
    client = client_as("lezer", name="bram")
    with database.write(None) as session:
        user = session.exec(select(User).where(User.username == "bram")).one()
        set_password(session, user, "nog een lang wachtwoord", actor=Actor("x"), must_change=False)
    assert client.get("/").url.path == "/inloggen"


def test_who_cannot_invite_yet_reads_why_before_typing_anything(chief):
    """An installation without an address of its own: a link would lead nowhere."""
    answer = chief.get("/beheer/uitnodigen/")
    assert "Uitnodigen kan nog niet. Zet eerst OPENBOEK_APP_URL" in answer.text
    assert 'name="username"' not in answer.text
    assert 'href="/beheer/accounts/nieuw"' in answer.text


@pytest.mark.on_both
def test_an_administrator_turns_off_a_second_step_that_was_lost(chief, client_as, database, organisation):
    reader = client_as("lezer", name="bram")
    user = user_named(database, "bram")
    with database.write(None) as session:
        found = session.get_one(User, user.id)
        second_factor.propose(session, found)
        code = pyotp.TOTP(session.get_one(SecondFactor, user.id).secret).at(clock.now())
        second_factor.confirm(session, found, code, actor=COMMAND_LINE)
    page = chief.get(f"/beheer/accounts/{user.id}")
    assert "Tweede stap uitzetten" in page.text
    answer = chief.post(f"/beheer/accounts/{user.id}/tweede-stap-uit")
    assert ("De tweede stap staat uit." in answer.text, "Tweede stap uitzetten" in answer.text) == (True, False)
    assert reader.get("/register/").url.path == "/inloggen"
    assert ("Chief", "core:second_factor:disable") in events(database, INSTALLATION)


@pytest.mark.on_both
def test_who_never_used_an_invitation_is_invited_again(chief, folder, database, organisation):
    settings = Settings(_env_file=None, app_url="http://localhost", secret_key="een geheim voor de tests, lang genoeg")
    chief.app.state.folder = replace(folder, settings=settings)
    Visit(chief, "/beheer/uitnodigen/").submit(username="els", name="Els", roles=["lezer"])
    user = user_named(database, "els")
    assert "nog geen wachtwoord gekozen" in chief.get(f"/beheer/accounts/{user.id}").text
    answer = chief.post(f"/beheer/accounts/{user.id}/uitnodigen")
    assert "http://localhost/uitnodiging/" in answer.text


@pytest.mark.parametrize("what", ["tweede-stap-uit", "uitnodigen"])
def test_what_opens_an_account_is_not_for_who_administers_a_part(chief, client_as, database, organisation, other, what):
    add_person(database, "dirk", organisation, READER)
    dirk = user_named(database, "dirk")
    with database.write(None) as session:
        found = session.get_one(User, dirk.id)
        services.change_roles(session, found, [READER], organisation_id=other.id, actor=COMMAND_LINE)
    answer = chief.post(f"/beheer/accounts/{dirk.id}/{what}")
    assert (answer.status_code, "ook rollen bij een andere organisatie" in answer.text) == (422, True)
