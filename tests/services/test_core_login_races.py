"""Guesses and links at the same moment, on both databases; and the tables of an installation that is older."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pyotp
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlmodel import SQLModel, select

from app import schema
from core import clock
from core.accounts import external, one_time_links, pending, second_factor
from core.accounts.attempts import FREE_PER_NAME
from core.accounts.models import FailedAttempts, LoginSession, RoleCode, User
from core.accounts.oidc import Identity
from core.accounts.services import Checked, add_user, check_credentials, find_login, key_hash, user_named
from core.audit import INSTALLATION, Actor, faults
from core.db import Database
from core.errors import NotAllowed
from core.organisations import add_organisation
from core.settings import Settings
from support.postgres import own_database

ACTOR = Actor("Beheerder")
PASSWORD = "paarse olifant fluit"
SETTINGS = Settings(_env_file=None, app_url="http://localhost", secret_key="een geheim voor de tests, lang genoeg")


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request, tmp_path, _all_tables) -> Iterator[str]:
    """Of an empty database that several connections can use at the same time."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'openboek.db'}"
    else:
        with own_database(request.getfixturevalue("postgres_url")) as url:
            yield url


@pytest.fixture
def shared_database(address) -> Iterator[Database]:
    """With the account of Bram in it."""
    made = Database(address)
    SQLModel.metadata.create_all(made.engine)
    with made.write(None) as session:
        owner = add_organisation(
            session,
            code="gm0168",
            name="Gemeente Losser",
            base_url="https://x.example",
            tooi_uri="x",
            tooi_label="x",
            actor=ACTOR,
        ).id
    with made.write(None) as session:
        add_user(
            session,
            username="bram",
            name="Bram",
            password=PASSWORD,
            roles=[RoleCode.READER],
            organisation_id=owner,
            actor=ACTOR,
            must_change_password=False,
        )
    yield made
    made.close()


def at_once(number: int, what: Callable[[], object]) -> list[object]:
    """Do the same from many threads at the same moment; an error is an outcome."""
    start, outcomes = threading.Barrier(number), []

    def run() -> None:
        start.wait()
        try:
            outcomes.append(what())
        except NotAllowed as refused:
            outcomes.append(refused)

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_many_guesses_at_one_moment_get_no_more_tries_than_one_by_one(shared_database):
    def guess() -> Checked:
        with shared_database.write(None) as session:
            return check_credentials(session, username="bram", password="fout fout fout", address="192.0.2.1")

    outcomes = at_once(12, guess)
    with shared_database.read(None) as session:
        counted = {found.key.partition(":")[0]: found.failures for found in session.exec(select(FailedAttempts))}
        assert faults(session, INSTALLATION) == []
    assert counted == {"naam": FREE_PER_NAME, "adres": FREE_PER_NAME}
    assert len([one for one in outcomes if isinstance(one, Checked) and one.locked_until]) == 12 - (FREE_PER_NAME - 1)


def test_of_two_with_the_same_code_one_gets_in(shared_database):
    with shared_database.write(None) as session:
        bram = user_named(session, "bram")
        app = pyotp.TOTP(second_factor.propose(session, bram).secret)
        second_factor.confirm(session, bram, app.at(clock.now()), actor=ACTOR)
    code = app.at(clock.now() + timedelta(seconds=30))

    def try_it() -> bool:
        with shared_database.write(None) as session:
            return second_factor.use(session, user_named(session, "bram"), code)

    assert sorted(at_once(4, try_it)) == [False, False, False, True]


def test_of_two_with_the_same_link_one_gets_in(shared_database):
    with shared_database.write(None) as session:
        bram = user_named(session, "bram")
        token = one_time_links.make(session, bram, purpose="noodtoegang", settings=SETTINGS, actor=ACTOR).rpartition(
            "/"
        )[2]

    def enter() -> str:
        with shared_database.write(None) as session:
            return one_time_links.enter(session, token, settings=SETTINGS, address="", device="")

    keys = [one for one in at_once(4, enter) if isinstance(one, str)]
    assert len(keys) == 1
    with shared_database.read(None) as session:
        found = find_login(session, keys[0])
        assert found is not None
        assert found.user.username == "bram"


def test_of_two_that_come_back_from_the_provider_with_one_step_one_goes_on(shared_database):
    with shared_database.write(None) as session:
        key = pending.begin(session, back_to="/", state="x")

    def take() -> bool:
        with shared_database.write(None) as session:
            return pending.take(session, key) is not None

    assert sorted(at_once(4, take)) == [False, False, False, True]


def test_an_older_database_keeps_its_accounts_and_log_ins(address):
    """Every table is as the program knows it afterwards, and who was logged in still is."""
    database, user, at = Database(address), "b" * 32, "2026-11-21 10:00:00"
    with database.engine.connect() as connection:
        command.upgrade(schema.configuration(connection), "0001")
        connection.execute(
            text(
                "INSERT INTO core_user (version, id, username, name, email, password_hash, must_change_password, "
                f"is_active, created_at) VALUES (1, '{user}', 'bram', 'Bram', '', '', false, true, '{at}')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO core_login_session (key_hash, user_id, created_at, seen_at) "
                f"VALUES ('{key_hash('sleutel')}', '{user}', '{at}', '{at}')"
            )
        )
        connection.commit()
    schema.upgrade(database)
    with database.read(None) as session:
        login = session.exec(select(LoginSession)).one()
        assert (login.method, login.device, session.get_one(User, login.user_id).name) == ("wachtwoord", "", "Bram")
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    database.close()


def test_a_first_log_in_with_a_work_account_that_comes_twice_makes_one_account(shared_database):
    who = Identity("https://i.example", "0f3c", "aisha", "Aisha", "", {"gm0168": frozenset({RoleCode.READER})})

    def come_in() -> object:
        with shared_database.write(None) as session:
            return type(external.log_in(session, who))

    assert at_once(4, come_in) == [str] * 4
    with shared_database.read(None) as session:
        assert sorted(session.exec(select(User.username))) == ["aisha", "bram"]
