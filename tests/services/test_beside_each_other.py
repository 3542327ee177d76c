"""Two applications and two workers on one PostgreSQL and one bucket, as a service centre runs them."""

import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from lxml import html
from sqlmodel import col, select

from app.scheduler import CLOCK
from core import audit
from core.accounts.models import RoleCode
from core.accounts.services import add_user
from core.folder import Folder
from core.jobs import Job, JobState
from core.organisations import Team
from publish.routes import EXPORT_JOB
from support.bucket import BUCKET, Server
from support.forked import Command
from support.installation import Installation
from support.small_files import pdf

pytestmark = pytest.mark.only_on("postgresql")
PASSWORD = "een lang wachtwoord"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    pytest.importorskip("moto.server", reason="needs moto")
    made = Server()
    made.start()
    made.make_bucket()
    yield made
    made.stop()


@pytest.fixture
def shared(server: Server, here: Installation) -> Installation:
    """An installation with its originals in the bucket, and Aisha, who may do everything."""
    with (here.folder.root / ".env").open("a") as file:
        file.write(server.environment(f"s3://{BUCKET}/{uuid4().hex}"))
    here.folder = Folder.at(here.folder.root)
    with here.database.write(None) as session:
        add_user(
            session,
            username="aisha",
            name="Aisha",
            password=PASSWORD,
            roles=list(RoleCode),
            organisation_id=here.organisation_id,
            actor=audit.COMMAND_LINE,
            must_change_password=False,
        )
    return here


@pytest.fixture
def addresses(shared: Installation, tmp_path: Path) -> Iterator[Sequence[str]]:
    """Two applications, each with a folder of its own as on two machines, and two workers beside the first."""
    second = tmp_path / "tweede"
    second.mkdir()
    (second / ".env").write_bytes((shared.folder.root / ".env").read_bytes())
    Folder.at(second).prepare()
    ports = [free_port(), free_port()]
    processes = [
        Command("serve", "--no-worker", "--port", str(port), cwd=root)
        for port, root in zip(ports, (shared.folder.root, second), strict=True)
    ]
    processes += [Command("worker", cwd=shared.folder.root) for _ in range(2)]
    made = [f"http://127.0.0.1:{port}" for port in ports]
    try:
        for address in made:
            wait_for(lambda address=address: is_ready(address))
        yield made
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            end(process)


def end(process: Command) -> None:
    try:
        process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        number: int = taken.getsockname()[1]
        return number


def is_ready(address: str) -> bool:
    try:
        return requests.get(f"{address}/health/ready", timeout=5).text == "ok"
    except requests.ConnectionError:
        return False


def wait_for(happens: Callable[[], object], *, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.2)


def text_of(answer: requests.Response) -> str:
    return " ".join(html.document_fromstring(answer.text).text_content().split())


def fields_of(answer: requests.Response, name: str) -> dict[str, Any]:
    """The form on a page that has a field of this name, as it would be sent."""
    [form] = [one for one in html.document_fromstring(answer.text).forms if name in one.fields]
    return dict(form.form_values())


def states_of(here: Installation) -> list[JobState]:
    with here.database.read(here.organisation_id) as session:
        return [job.state for job in session.exec(select(Job).where(Job.kind == EXPORT_JOB))]


def test_a_log_in_a_change_an_export_and_a_file_go_from_one_process_to_the_other(shared, addresses):
    shared.add_activity()
    document_id = shared.add_document("Besluit")
    one, two = addresses
    with requests.Session() as browser:
        browser.headers["Sec-Fetch-Site"] = "same-origin"

        # Logged in with the one is logged in with the other.
        browser.post(f"{one}/inloggen", data={"username": "aisha", "password": PASSWORD}, timeout=30)
        assert "Ingelogd als Aisha" in text_of(browser.get(f"{two}/", timeout=30))

        # What is saved with the one is there with the other, and an older page is refused.
        assert browser.post(f"{one}/beheer/lijsten/teams/", data={"name": "Team Zorg"}, timeout=30).ok
        listed = browser.get(f"{two}/beheer/lijsten/teams/", timeout=30)
        [path] = re.findall(r'href="(/beheer/lijsten/teams/[0-9a-f-]{36})"[^>]*>\s*Team Zorg', listed.text)
        typed = fields_of(browser.get(f"{two}{path}", timeout=30), "email")
        first = browser.post(f"{one}{path}", data=typed | {"email": "zorg@losser.example"}, timeout=30)
        late = browser.post(f"{two}{path}", data=typed | {"email": "anders@losser.example"}, timeout=30)
        assert (first.status_code, late.status_code) == (200, 409)
        with shared.database.read(shared.organisation_id) as session:
            assert "zorg@losser.example" in session.exec(select(Team.email)).all()

        # What the clock asked for, one of the two workers does.
        wait_for(lambda: states_of(shared) == [JobState.DONE])

        # An export that was asked with the one is followed with the other, until a worker has done it.
        asked = browser.post(f"{one}/publicatie/exporteren", timeout=30)
        [work] = set(re.findall(r"/beheer/werk/[0-9a-f-]{36}", asked.text))
        wait_for(lambda: "data-refresh" not in browser.get(f"{two}{work}", timeout=30).text)
        assert re.search(
            "De nieuwe site staat online|Er was niets veranderd", text_of(browser.get(f"{two}{work}", timeout=30))
        )
        assert (shared.folder.root / "site" / "index.html").is_file()

        # A file in the bucket is there for both machines.
        for address in addresses:
            answer = browser.get(f"{address}/woo/documenten/{document_id}/bestand", timeout=30)
            assert (answer.status_code, answer.content) == (200, pdf("Besluit"))

        # Logged out of the one is logged out of the other.
        browser.post(f"{two}/uitloggen", timeout=30)
        assert browser.get(f"{one}/beheer/", timeout=30).url.startswith(f"{one}/inloggen")

    with shared.database.read(shared.organisation_id) as session:
        jobs = session.exec(select(Job).where(Job.kind == EXPORT_JOB).order_by(col(Job.created_at))).all()
        assert [job.created_by for job in jobs].count(CLOCK) == 1  # two workers, one night
        assert {job.state for job in jobs} == {JobState.DONE}
        assert audit.faults(session, shared.organisation_id) == []
