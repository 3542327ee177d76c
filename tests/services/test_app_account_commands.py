"""The commands around logging in: invite, emergency, forget-second-step."""

import json
from urllib.parse import urlsplit

import pyotp
import pytest
from sqlmodel import select

from app import cli
from core import clock
from core.accounts import one_time_links, second_factor
from core.accounts.services import check_credentials, user_named
from core.audit import INSTALLATION, Actor, AuditEvent, faults
from core.errors import NotAllowed
from core.settings import load
from support.installation import Installation

KEY = "een geheim voor de tests, lang genoeg"
PASSWORD = "paarse olifant fluit"


@pytest.fixture
def here(tmp_path):
    (tmp_path / ".env").write_text(f"OPENBOEK_APP_URL=https://register.losser.example\nOPENBOEK_SECRET_KEY={KEY}\n")
    made = Installation(tmp_path)
    yield made
    made.close()


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    out = capsys.readouterr()
    return int(ended.value.code or 0), out.out, out.err


def test_a_person_is_invited_and_an_account_that_exists_gets_a_new_link(here, capsys):
    at = ("--directory", str(here.folder.root))
    settings = load(here.folder.root)
    links = []
    for _ in range(2):
        code, out, _ = run(capsys, "users", "invite", "dina", "--name", "Dina", "--role", "woo_redacteur", *at)
        answer = json.loads(out)
        links.append(answer["link"])
        assert (code, answer["mailed"], urlsplit(answer["link"]).hostname) == (0, False, "register.losser.example")
    first, second = (link.rpartition("/")[2] for link in links)
    with pytest.raises(NotAllowed, match="al gebruikt"), here.database.write(None) as session:
        one_time_links.accept_invitation(session, first, PASSWORD, settings=settings)
    with here.database.write(None) as session:
        one_time_links.accept_invitation(session, second, PASSWORD, settings=settings)
    with here.database.write(None) as session:
        assert check_credentials(session, username="dina", password=PASSWORD).user is not None


def test_emergency_access_and_forgetting_the_second_step_are_in_the_trail(here, capsys):
    at = ("--directory", str(here.folder.root))
    with here.database.write(None) as session:
        user = user_named(session, "beheerder")
        app = pyotp.TOTP(second_factor.propose(session, user).secret)
        second_factor.confirm(session, user, app.at(clock.now()), actor=Actor("beheerder"))
    code, out, _ = run(capsys, "users", "emergency", "beheerder", *at)
    assert (code, "/noodtoegang/" in json.loads(out)["link"]) == (0, True)
    assert run(capsys, "users", "forget-second-step", "beheerder", *at)[0] == 0
    with here.database.read(None) as session:
        assert second_factor.is_on(session, user_named(session, "beheerder")) is False
        actions = session.exec(
            select(AuditEvent.action).where(AuditEvent.organisation_id == INSTALLATION).order_by(AuditEvent.sequence)
        ).all()
        assert actions[-3:] == ["core:second_factor:enable", "core:emergency:make", "core:second_factor:disable"]
        assert faults(session, INSTALLATION) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("invite", "dina", "--role", "koning"), "De rol 'koning' bestaat niet"),
        (("invite", "met spatie"), "Kies een gebruikersnaam"),
        (("emergency", "niemand"), "Er is geen account"),
        (("forget-second-step", "niemand"), "Er is geen account"),
    ],
)
def test_a_wrong_command_is_one_sentence(here, capsys, arguments, message):
    code, out, err = run(capsys, "users", *arguments, "--directory", str(here.folder.root))
    assert (code, out, message in err, "Traceback" in err) == (2, "", True, False)


def test_without_a_key_there_is_no_link(here, capsys):
    (here.folder.root / ".env").write_text("OPENBOEK_APP_URL=http://localhost:8000\n")
    code, out, err = run(capsys, "users", "emergency", "beheerder", "--directory", str(here.folder.root))
    assert (code, out, "OPENBOEK_SECRET_KEY" in err) == (2, "", True)
