"""One example municipality and one server for all journeys: made by `openboek demo`, as in the README."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect
from sqlalchemy import delete

from core import audit, clock, originals, sheets
from core.accounts.models import RoleCode
from core.accounts.services import add_user
from core.cli import Installation, opened
from core.drafts import Draft
from core.jobs import Job, JobState
from core.sheets import Table, write_csv
from register import imports, reviews, services
from register.importer import plan
from support import workbooks
from support.browsing import WIDE, Example, Listener, Open
from wmebv import services as wmebv_services
from wmebv.imports import ListSource
from woo import document_list
from woo import services as woo_services

ROOT = Path(__file__).parents[2]
PASSWORD = "een lang wachtwoord"
PATIENCE = 30_000
"""Milliseconds to wait for what must come: much more than it takes, for a machine that is busy with other things."""
expect.set_options(timeout=PATIENCE)
PEOPLE = {
    "aisha": (RoleCode.PRIVACY_OFFICER,),
    "bram": (RoleCode.ESTABLISHER,),
    "carla": (RoleCode.WOO_COORDINATOR,),
    "daan": (RoleCode.WMEBV_COORDINATOR,),
    "els": tuple(RoleCode),
    "femke": (RoleCode.READER,),
}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs chromium")
    return browser_type_launch_args | {
        "executable_path": chromium,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def example(
    browser_type_launch_args: dict[str, Any],  # without a browser there is no need for an example
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Example]:
    """`openboek demo`, running; with the people of the journeys beside its administrator."""
    directory = tmp_path_factory.mktemp("voorbeeld")
    port, site_port = _free_port(), _free_port()
    ports = ["--port", str(port), "--site-port", str(site_port)]
    with (
        (directory / "stderr").open("wb") as stderr,
        subprocess.Popen(
            [sys.executable, "-u", "-m", "app", "demo", "--directory", str(directory), *ports],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith("OPENBOEK_")},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            encoding="utf-8",
        ) as server,
    ):
        try:
            assert server.stdout
            password = ""
            for line in server.stdout:
                if "wachtwoord voor één keer: " in line:
                    password = line.rsplit(" ", 1)[-1].strip()
                if line.startswith("Openbare website:"):
                    break
            else:
                pytest.fail((directory / "stderr").read_text(encoding="utf-8"))
            _add_people(directory)
            _add_work(directory)
            _add_review(directory)
            _add_import(directory)
            yield Example(directory, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{site_port}", password)
        finally:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        number: int = taken.getsockname()[1]
        return number


def _add_people(directory: Path) -> None:
    with opened(directory) as here, here.database.write(None) as session:
        for username, roles in PEOPLE.items():
            add_user(
                session,
                username=username,
                name=username.capitalize(),
                password=PASSWORD,
                roles=roles,
                organisation_id=here.organisation_id,
                actor=audit.COMMAND_LINE,
                must_change_password=False,
            )


def _add_work(directory: Path) -> None:
    """One of each state, of a kind that no worker takes up before the tests are over."""
    later = clock.now() + timedelta(days=1)
    with opened(directory) as here, here.database.write(here.organisation_id) as session:
        for state in JobState:
            session.add(
                Job(
                    kind="voorbeeld",
                    state=state,
                    created_by="Els",
                    run_after=later,
                    leased_until=later if state is JobState.RUNNING else None,
                    lease=uuid4() if state is JobState.RUNNING else None,
                    started_at=clock.now(),
                    progress=3,
                    total=10,
                    attempts=1,
                    message="Regel 3 van 10",
                )
            )


def _add_review(directory: Path) -> None:
    """A round with one answer of each kind."""
    with opened(directory) as here, here.database.write(here.organisation_id) as session:
        team = max(reviews.teams(session), key=lambda one: one.name == "Burgerzaken")
        review = reviews.open_review(session, team, closes_on=clock.today(), actor=audit.COMMAND_LINE)
        said = [reviews.Said(reviews.Outcome.RIGHT), reviews.Said(reviews.Outcome.WRONG, "Het systeem heet anders")]
        answers = {answer.id: one for answer, one in zip(review.answers, said, strict=False)}
        reviews.say(session, review, answers, name="Jan")


def _add_import(directory: Path) -> None:
    """A file half-way: its columns were chosen, and nothing of it is in the register."""
    content = workbooks.amersfoort_xlsx()
    made_of_it = plan(workbooks.opened(content))
    with opened(directory) as here, here.database.write(here.organisation_id) as session:
        kept = originals.keep(here.folder, content)
        made = services.open_import(
            session, file_name="amersfoort.xlsx", kind=imports.Kind.SPREADSHEET, sha256=kept, actor=audit.COMMAND_LINE
        )
        made.sheet, made.heading_row = made_of_it.sheet, made_of_it.heading_row
        rows = services.compared(session, services.incoming_of(made_of_it), kind=made.kind)
        services.prepare(session, made, rows, services.told_of(made_of_it), actor=audit.COMMAND_LINE)
        fields = {column.heading: column.path for column in made_of_it.columns}
        services.save_mapping(session, "Amersfoort", fields, actor=audit.COMMAND_LINE)
        listed = write_csv(
            Table("Lijst", ("Titel", "Bestand", "Kleur"), [("Besluit", "a.pdf", "rood"), ("", "b.pdf", "")])
        )
        found = document_list.read_documents(sheets.read(listed, "lijst.csv"))
        documents = woo_services.open_import(
            session, file_name="lijst.csv", kept=originals.keep(here.folder, listed), actor=audit.COMMAND_LINE
        )
        incoming = woo_services.compared(session, found.rows, found.skipped, {})
        woo_services.prepare_import(session, documents, incoming, actor=audit.COMMAND_LINE)
        products = wmebv_services.open_list(
            session,
            ListSource.OWN,
            file_name="producten.csv",
            kept=originals.keep(here.folder, b"Product;Kleur\nGroot rijbewijs;rood\nRijbewijs;geel\n"),
            place=("", 1),
            actor=audit.COMMAND_LINE,
        )
        columns = {"Product": "productnaam", "Kleur": None}
        wmebv_services.choose_columns(session, products, columns, actor=audit.COMMAND_LINE)


@pytest.fixture(scope="session")
def installation(example: Example) -> Iterator[Installation]:
    """The folder of the example, to look in beside the running server."""
    with opened(example.directory) as here:
        yield here


@pytest.fixture(scope="session")
def state_of(browser: Browser, example: Example) -> Callable[[str], StorageState]:
    """The cookies of a person who logged in; each logs in once."""
    states: dict[str, StorageState] = {}

    def log_in(username: str) -> StorageState:
        if username not in states:
            context = browser.new_context(base_url=example.app)
            page = context.new_page()
            page.goto("/inloggen")
            page.get_by_label("Gebruikersnaam").fill(username)
            page.get_by_label("Wachtwoord").fill(PASSWORD)
            page.get_by_role("button", name="Inloggen").click()
            assert page.locator(".ob-user__name").inner_text().endswith(username.capitalize())
            states[username] = context.storage_state()
            context.close()
        return states[username]

    return log_in


@pytest.fixture
def open_as(
    browser: Browser, example: Example, installation: Installation, state_of: Callable[[str], StorageState]
) -> Iterator[Open]:
    """Browsers of logged-in people, closed at the end; none of them may have complained.

    What they typed and did not save is forgotten, or the next journey would find it in its forms.
    """
    contexts = []
    listener = Listener()

    def open_browser(username: str | None, **options: Any) -> Page:
        options.setdefault("viewport", WIDE)
        state = state_of(username) if username else None
        context = browser.new_context(base_url=example.app, storage_state=state, locale="nl-NL", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        listener.attach(page)
        return page

    yield open_browser
    for context in contexts:
        context.close()
    with installation.database.write(None) as session:
        session.exec(delete(Draft))
    assert listener.complaints == []


@pytest.fixture
def resident(browser: Browser, example: Example) -> Iterator[Page]:
    """A browser on the published site; nobody is logged in there."""
    listener = Listener()
    context = browser.new_context(base_url=example.site, locale="nl-NL", viewport=WIDE)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    listener.attach(page)
    yield page
    context.close()
    assert listener.complaints == []
