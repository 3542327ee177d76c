"""Many editors at once on several application processes: what each was told, and what the database holds of it.

Used by the tests and by `bench/editors.py`. Editors are threads with a browser of their own; the processes are real.
"""

import http.client
import os
import random
import re
import secrets
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID

from lxml import html
from sqlmodel import Session, col, select

from core import audit
from core.accounts.models import RoleCode
from core.accounts.services import add_user
from core.audit import AuditEvent
from core.db import Database, Record
from core.history import revisions_of
from register.content import Status
from register.models import ProcessingActivity
from support.forked import Command
from support.pages import filled_in
from wmebv import queries as wmebv
from wmebv.content import Direction
from wmebv.models import GeneralAnswers, MessageType
from woo.content import DocumentState
from woo.models import Category, Document

PASSWORD = "twintig mensen tegelijk"
ROLES = (RoleCode.PRIVACY_OFFICER, RoleCode.WOO_COORDINATOR, RoleCode.WMEBV_COORDINATOR)
SAVED, CONFLICT, BUSY, UNKNOWN = "saved", "conflict", "busy", "unknown"
"""What an editor was told. BUSY: the database gave way (503). UNKNOWN: the process went away before it answered."""
_TEXT = re.compile(r"redacteur[0-9]+ [0-9a-f]{16}")
KEPT_OPEN = 3.0
"""Seconds after which a browser takes a new connection; the server closes one that was silent for five."""
OF_EACH = 2
"""Records of each kind that all editors share: few, so that they get in each other's way."""


@dataclass
class Application:
    """One process of the application on a folder. What it says goes to a file, so that no full pipe stops it."""

    directory: Path
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    options: Sequence[str] = ("--no-worker",)
    """More words for the command."""

    def __enter__(self) -> Self:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        arguments = (
            "serve",
            "--directory",
            str(self.directory),
            "--port",
            str(self.port),
            *self.options,
        )
        self.process = Command(*arguments, cwd=self.directory, environment=self.environment, log=self.log)
        deadline = time.monotonic() + 60
        visitor = Browser(self)
        while visitor.get("/health/live").status_code != http.client.OK:
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, "the application does not start"
            time.sleep(0.05)
        visitor.close()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def kill(self) -> None:
        """As a power cut does: no time to tidy up."""
        self.process.kill()
        self.process.wait()

    @property
    def busy_for(self) -> float:
        """Seconds of processor time that it used: a figure that does not depend on what else the machine does."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `status_code` is 0 when the connection broke."""

    status_code: int
    text: str
    location: str
    milliseconds: float


class Browser:
    """One person at one application process: keeps the cookies and the connection. Redirects are not followed."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.cookies: dict[str, str] = {}
        self._connection: http.client.HTTPConnection | None = None
        self._used_at = 0.0

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def move_to(self, application: Application) -> None:
        """Go on at another process, as a load balancer lets people do."""
        self.close()
        self.application = application

    def get(self, address: str) -> Answer:
        return self._ask("GET", address, None)

    def send(self, address: str, form: Mapping[str, Sequence[str] | str]) -> Answer:
        return self._ask("POST", address, urlencode(form, doseq=True))

    def _ask(self, method: str, address: str, body: str | None) -> Answer:
        headers = {"Sec-Fetch-Site": "same-origin"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        start = time.perf_counter()
        if method == "GET" and self._connection and time.monotonic() - self._used_at > KEPT_OPEN:
            self.close()
        self._used_at = time.monotonic()
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.application.port, timeout=60)
            self._connection.request(method, address, body, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode(errors="replace")  # a file is no text
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return Answer(0, f"{type(error).__name__}: {error}", "", (time.perf_counter() - start) * 1000)
        taken = (time.perf_counter() - start) * 1000
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, text, answer.getheader("Location") or "", taken)

    def log_in(self, username: str) -> None:
        answer = self.send("/inloggen", {"username": username, "password": PASSWORD})
        assert (answer.status_code, answer.location) == (303, "/"), answer


@dataclass(frozen=True, slots=True)
class Target:
    """A record that the editors share, the page with its form, and the field that they fill in."""

    model: type[Record]
    id: UUID
    address: str
    field: str
    text_of: Callable[[Any], str]
    """The text of that field in the row itself."""
    first_version: int
    """Its version before the run; 0 for a record that the first save makes."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One save of one editor and what became of it. `version` is the one that the form carried."""

    editor: str
    target: Target
    text: str
    version: int
    outcome: str
    opening: float
    """Milliseconds from asking for the form to its last byte."""
    saving: float
    """Milliseconds from sending the form to the last byte of the answer."""
    answer: str = ""
    """The page, when it was none of the answers that belong here."""


def add_editors(database: Database, organisation_id: UUID, number: int) -> Sequence[str]:
    """Make accounts; returns the usernames."""
    names = [f"redacteur{place:02}" for place in range(1, number + 1)]
    with database.write(None) as session:
        for name in names:
            add_user(
                session,
                username=name,
                name=name.capitalize(),
                password=PASSWORD,
                roles=ROLES,
                organisation_id=organisation_id,
                actor=audit.COMMAND_LINE,
                must_change_password=False,
            )
    return names


def shared_records(database: Database, organisation_id: UUID) -> Sequence[Target]:
    """A few records of every register, as they stand now."""
    with database.read(organisation_id) as session:
        found: list[Target] = []
        activities = select(ProcessingActivity).where(ProcessingActivity.status == Status.CONCEPT)
        found += [
            Target(
                ProcessingActivity,
                activity.id,
                f"/register/{activity.kenmerk}/bewerken/herkenning",
                "remarks",
                lambda row: row.remarks,
                activity.version,
            )
            for activity in session.exec(activities.order_by(col(ProcessingActivity.number)).limit(OF_EACH))
        ]
        documents = select(Document).where(Document.state != DocumentState.WITHDRAWN)
        found += [
            Target(
                Document,
                document.id,
                f"/woo/documenten/{document.id}/bewerken",
                "internal_note",
                lambda row: row.internal_note,
                document.version,
            )
            for document in session.exec(documents.order_by(col(Document.id)).limit(OF_EACH))
        ]
        found += [
            Target(
                Category,
                category.id,
                f"/woo/categorieen/{category.number}",
                "ambition",
                lambda row: row.ambition,
                category.version,
            )
            for category in session.exec(select(Category).order_by(col(Category.number)).limit(OF_EACH))
        ]
        found += [
            Target(
                MessageType, message.id, f"/wmebv/berichten/{message.id}/", "W04-note", _note_of("W04"), message.version
            )
            for message in session.exec(
                select(MessageType)
                .where(MessageType.direction == Direction.IN)
                .order_by(col(MessageType.id))
                .limit(OF_EACH)
            )
        ]
        general = wmebv.general(session)
        is_stored = general in session
        found.append(
            Target(
                GeneralAnswers,
                general.id,
                "/wmebv/organisatie/",
                "W01-note",
                _note_of("W01"),
                general.version if is_stored else 0,
            )
        )
    return found


def _note_of(duty: str) -> Callable[[Any], str]:
    return lambda row: next((answer.note for answer in row.answers if answer.duty == duty), "")


@dataclass
class Run:
    """Editors at work until told to stop."""

    applications: Sequence[Application]
    targets: Sequence[Target]
    pause: float = 0.0
    """Seconds that an editor rests between two saves, on average."""
    attempts: list[Attempt] = field(default_factory=list)
    _browsers: dict[str, Browser] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _faults: list[BaseException] = field(default_factory=list)
    _enough: Counter[str] = field(default_factory=Counter)

    def log_in(self, usernames: Sequence[str]) -> None:
        """Open a browser for each, in turn on each of the processes."""
        for place, name in enumerate(usernames):
            self._browsers[name] = Browser(self.applications[place % len(self.applications)])
            self._browsers[name].log_in(name)

    def work(
        self, seconds: float, *, halfway: Callable[[], None] | None = None, until: Mapping[str, int] | None = None
    ) -> None:
        """Let everybody who logged in open, fill in and save for so long, or until so many had such an outcome."""
        self._enough = Counter(until)
        threads = [threading.Thread(target=self._edit, args=item) for item in self._browsers.items()]
        for thread in threads:
            thread.start()
        if halfway:
            self._stop.wait(seconds / 2)
            halfway()
            seconds /= 2
        self._stop.wait(seconds)
        self._stop.set()
        for thread in threads:
            thread.join(timeout=120)
        assert self._faults == [], self._faults

    def _edit(self, name: str, browser: Browser) -> None:
        chance = random.Random(name)
        try:
            while not self._stop.is_set():
                attempt = _attempt(name, browser, chance.choice(self.targets), chance)
                self.attempts.append(attempt)
                if self._enough and self._enough <= self.counted():
                    self._stop.set()
                if attempt.outcome == UNKNOWN:
                    browser.move_to(next(each for each in self.applications if each.is_running))
                self._stop.wait(chance.uniform(0, 2 * self.pause))
        except BaseException as error:  # noqa: BLE001 - told to the test, not to the thread
            self._faults.append(error)
            self._stop.set()
        finally:
            browser.close()

    def counted(self) -> Counter[str]:
        return Counter(attempt.outcome for attempt in self.attempts)


def _attempt(name: str, browser: Browser, target: Target, chance: random.Random) -> Attempt:
    text = f"{name} {secrets.token_hex(8)}"
    opened = browser.get(target.address)
    if opened.status_code != http.client.OK:
        outcome = {0: UNKNOWN, 503: BUSY}.get(opened.status_code, f"opening: {opened.status_code}")
        return Attempt(name, target, text, 0, outcome, opened.milliseconds, 0, opened.text)
    page = html.document_fromstring(opened.text)
    form = next(found for found in page.forms if target.field in found.fields)
    data = filled_in(form, {target.field: text})
    saved = browser.send(form.get("action") or target.address, data)
    if saved.status_code == http.client.SEE_OTHER and "melding=opgeslagen" in saved.location:
        outcome = SAVED
    else:
        known = {0: UNKNOWN, 409: CONFLICT, 503: BUSY}
        outcome = known.get(saved.status_code, f"saving: {saved.status_code} {saved.location}")
    version = int(form.fields["version"])
    page_of_fault = "" if outcome in {SAVED, CONFLICT} else saved.text
    return Attempt(name, target, text, version, outcome, opened.milliseconds, saved.milliseconds, page_of_fault)


def differences(
    database: Database, organisation_id: UUID, targets: Sequence[Target], attempts: Sequence[Attempt]
) -> Sequence[str]:
    """Where the database and what the editors were told are not the same, in words; read from the tables themselves."""
    found = [f"{each.editor}: {each.outcome}: {each.answer[-2000:]}" for each in attempts if _is_strange(each)]
    with database.read(organisation_id) as session:
        for target in targets:
            found += _differences(session, target, [each for each in attempts if each.target == target])
        found += audit.faults(session, organisation_id)
    with database.read(None) as session:
        found += audit.faults(session, audit.INSTALLATION)
    return found


def _is_strange(attempt: Attempt) -> bool:
    return attempt.outcome not in {SAVED, CONFLICT, BUSY, UNKNOWN}


def _differences(session: Session, target: Target, attempts: Sequence[Attempt]) -> Iterator[str]:
    # What everybody agreed on by filling in one record: kind and number say which one in a message.
    row = (
        session.exec(select(target.model)).first()
        if target.first_version == 0
        else session.get(target.model, target.id)
    )
    if row is None:
        if any(attempt.outcome == SAVED for attempt in attempts):
            yield f"{target.address}: is not there, and somebody saved it"
        return
    by_text = {attempt.text: attempt for attempt in attempts}
    revisions = list(reversed(revisions_of(session, row.id)))
    numbers = [revision.number for revision in revisions]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"{target.address}: numbers of revisions are {numbers}"
    kept = [text for revision in revisions for text in _texts_in(revision.content) if text in by_text]
    told = [text for event in _events_about(session, row) for text in _texts_in((event.contents or {}).get("after"))]
    if kept != told:
        yield f"{target.address}: revisions and trail differ: {kept} and {told}"
    times = Counter(kept)
    for text, attempt in by_text.items():
        wanted = {SAVED: (1,), UNKNOWN: (0, 1)}.get(attempt.outcome, (0,))
        if times[text] not in wanted:
            yield f"{target.address}: '{text}' was answered {attempt.outcome} and stands in {times[text]} revisions"
    made_on = [by_text[text].version for text in kept]
    if made_on != list(range(target.first_version, target.first_version + len(kept))):
        yield f"{target.address}: a save was made on another version than the newest: {made_on}"
    if row.version != (version := target.first_version + len(kept)):
        yield f"{target.address}: version is {row.version}, not {version}"
    if kept and target.text_of(row) != kept[-1]:
        yield f"{target.address}: holds '{target.text_of(row)}', and the last save was '{kept[-1]}'"


def _texts_in(contents: object) -> Sequence[str]:
    return list(dict.fromkeys(_TEXT.findall(str(contents))))


def _events_about(session: Session, row: Record) -> Sequence[AuditEvent]:
    query = select(AuditEvent).where(AuditEvent.subject_id == row.id).order_by(col(AuditEvent.sequence))
    return session.exec(query).all()


@contextmanager
def two_processes(directory: Path) -> Iterator[Sequence[Application]]:
    """Two processes of the application beside each other on one folder."""
    with suppress(FileNotFoundError):
        (directory / "app.log").unlink()
    with Application(directory, directory / "app.log") as one, Application(directory, directory / "app.log") as two:
        yield one, two
