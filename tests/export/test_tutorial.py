"""The tutorial, done as it is written: its commands, its pages with their buttons, and the site that comes of it."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from lxml import html
from sqlmodel import select

from app import cli
from app import jobs as job_handlers
from core import jobs
from core.accounts.models import User
from core.accounts.services import open_login
from core.audit import COMMAND_LINE
from core.db import Database
from core.folder import Folder
from core.organisations import Organisation, change_organisation
from core.web.security import COOKIE
from support.pages import InspectedClient, Visit, filled_in
from support.register_form import fill_in

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial"
TEXT = (TUTORIAL / "van-spreadsheet-naar-register.md").read_text(encoding="utf-8")
KENMERKEN = ("VW-0001", "VW-0002", "VW-0003")
pytestmark = pytest.mark.usefixtures("quick_migrations")


def commands():
    """The commands of the tutorial, in order, but the one that goes on until somebody stops it."""
    blocks = re.findall(r"^```\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    lines = [shlex.split(line)[1:] for block in blocks for line in block.splitlines()]
    return [line for line in lines if line != ["serve"]]


def run(words):
    cli.register_commands()
    typer.main.get_command(cli.cli).main(words, standalone_mode=False)


def browser(application, database, username):
    """A browser of somebody who chose a password."""
    with database.write(None) as session:
        user = session.exec(select(User).where(User.username == username)).one()
        user.must_change_password = False
        session.info.setdefault("audited", set()).add(user.audit_key())
        key = open_login(session, user, address="testclient")
    client = InspectedClient(
        application, base_url="http://localhost", follow_redirects=True, headers={"Sec-Fetch-Site": "same-origin"}
    )
    client.cookies.set(COOKIE, key, domain="localhost.local")
    return client


def press(client, seen, answer, action):
    """Press a button of the page that came back; what every page says is kept in `seen`."""
    seen.append(answer.text)
    page = html.document_fromstring(answer.text, base_url="http://localhost")
    form = next(form for form in page.forms if (form.get("action") or "").endswith(action))
    return client.post(form.get("action"), data=filled_in(form, {}))


def test_an_old_spreadsheet_becomes_a_published_register(application, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    *preparing, export, verify = commands()
    assert [words[0] for words in preparing] == ["init", "users", "users"]
    for words in preparing:
        run(words)
    folder = Folder.at(tmp_path)
    database = folder.database()
    application.state.database, application.state.folder = database, folder
    try:
        fill_in_the_organisation(database)
        seen = in_the_browser(application, database, folder)
        database.close()
        for label in re.findall(r"\*\*(.+?)\*\*", TEXT, re.DOTALL):
            words = " ".join(label.split())
            assert any(words in " ".join(text.split()) for text in seen), label
        run(export)
        capsys.readouterr()
        run(verify)
        assert "0 fouten" in capsys.readouterr().err
        for kenmerk in KENMERKEN:
            assert (tmp_path / "site" / "verwerkingsregister" / kenmerk / "index.html").is_file()
        start = (tmp_path / "site" / "verwerkingsregister" / "index.html").read_text(encoding="utf-8")
        assert [name in start for name in ("Parkeervergunning", "Gevonden voorwerpen", "Nieuwsbrief")] == [True] * 3
    finally:
        database.close()


def fill_in_the_organisation(database: Database) -> None:
    with database.read(None) as session:
        organisation_id = session.exec(select(Organisation.id)).one()
    with database.write(organisation_id) as session:
        organisation = session.get_one(Organisation, organisation_id)
        facts = {
            "address": "Markt 1",
            "phone": "14 0123",
            "email": "info@voorbeeld.example",
            "dpo_contact": "fg@voorbeeld.example",
        }
        change_organisation(session, organisation, facts, version=organisation.version, actor=COMMAND_LINE)


def in_the_browser(application, database, folder):
    """Steps 2 to 6; gives the text of every page on the way."""
    petra, seen = browser(application, database, "petra"), []
    seen.append(petra.get("/register/inlezen/").text)
    content = (TUTORIAL / "oud-register.csv").read_bytes()
    columns = petra.post("/register/inlezen/", files={"file": ("oud-register.csv", content)})
    assert len(html.document_fromstring(columns.text).xpath("//tbody/tr")) == 17
    looked = press(petra, seen, columns, "kolommen")
    going = press(petra, seen, looked, "start")
    assert jobs.run_one(database, job_handlers.handlers(folder), "werker")
    done = petra.get(going.url.path)
    seen.append(done.text)
    assert all(kenmerk in done.text for kenmerk in KENMERKEN)
    victor = browser(application, database, "victor")
    for kenmerk in KENMERKEN:
        fill_in(petra, kenmerk, automation="nee", profiling="nee", publication="ja")
        if kenmerk == KENMERKEN[-1]:
            typed = {
                "purposes-0-consent_asked": "Met een vinkje op de website.",
                "purposes-0-consent_withdrawn": "Met een link onderaan.",
            }
            fill_in(petra, kenmerk, **typed)
        visit = Visit(victor, f"/register/{kenmerk}/")
        seen.append(visit.answer.text)
        press(victor, seen, visit.answer, "vaststellen")
        assert "Versie 1" in victor.get(f"/register/{kenmerk}/").text
    return seen
