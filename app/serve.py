"""Runs the application, the published site and a worker in one process: what a small municipality needs."""

import errno
import gc
import os
import secrets
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from html import escape
from types import FrameType
from urllib.parse import urlsplit

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

import woo.public as woo
from app import jobs as job_handlers
from app.main import create_app
from app.scheduler import ask_for_the_night, ask_for_the_week
from app.trail import ask_for_the_look
from core import jobs, kept_uploads
from core.cli import WholeInstallation
from core.drafts import clear_old
from core.errors import Failed
from core.organisations import Organisation, all_organisations
from publish import services
from publish.server import HEADERS, SITE_POLICY, PublishedSite
from register.review_mails import ask_for_reminders
from register.services import clear_old_imports
from wmebv.action_mails import ask_for_mails
from wmebv.report_mails import ask_for_reports
from wmebv.services import clear_old_lists
from woo.services import clear_old_imports as clear_old_document_imports

log = structlog.get_logger()
POLL_SECONDS, URGENT_SECONDS = 1.0, 0.2
CLEAN_SECONDS = 3600.0
SWITCH_SECONDS = 0.001
"""How long a thread that makes a page may keep the interpreter to itself. A change lets go of it at each query, and
would else wait thirty times for every page in the making, with the write lock in its hands (ADR 44).
"""
_LAST_SECONDS = 2.0
"""For the step that is being undone, once a job was given back."""


def listen(host: str, port: int) -> socket.socket:
    """Take a port before anything starts.

    Raises:
        Failed: another program has it, or the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol said aloud: only then asyncio sends at once (TCP_NODELAY). Otherwise every answer waits 40 ms.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen(128)
    except OSError as error:
        taken.close()
        if error.errno == errno.EADDRINUSE:
            option = "--port of --site-port"
            raise Failed(
                f"Poort {port} is al in gebruik. Stop het andere programma, of kies een andere met {option}."
            ) from error
        raise Failed(
            f"Op {host}:{port} kan Openboek niet luisteren. Kies een ander adres of een andere poort."
        ) from error
    return taken


class PublishedSites:
    """The published site of each organisation, found by the host name that a reader asks for.

    That is the host of its base URL, or on this machine `CODE.localhost`. With one organisation every name will do.
    Organisations and withdrawals are read from the database at each request, so that a change counts at once.
    """

    def __init__(self, here: WholeInstallation) -> None:
        self.here = here

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        host = Headers(scope=scope).get("host", "").lower()
        await (await run_in_threadpool(self.choose, host))(scope, receive, send)

    def choose(self, host: str) -> ASGIApp:
        """The site that stands at a host, or a page that names the sites that there are."""
        with self.here.database.read(None) as session:
            organisations = all_organisations(session)
            session.expunge_all()
        for organisation in organisations:
            if len(organisations) == 1 or host_is_of(organisation, host):
                return self._site(organisation)
        page = _which_site(organisations, port=host.partition(":")[2])
        return HTMLResponse(page, status_code=404, headers={**HEADERS, "Content-Security-Policy": SITE_POLICY})

    def _site(self, organisation: Organisation) -> PublishedSite:
        def is_gone(path: str) -> bool:
            with self.here.database.read(organisation.id) as session:
                return woo.is_withdrawn(session, path)

        return PublishedSite(services.live_link(self.here.folder, self.here.database, organisation), is_gone)


def host_is_of(organisation: Organisation, host: str) -> bool:
    """Whether a Host header (in small letters) is that of the site of an organisation."""
    own = urlsplit(organisation.base_url).netloc
    return host.removesuffix(":443") == own or host.partition(":")[0] == f"{organisation.code}.localhost"


def _which_site(organisations: Sequence[Organisation], *, port: str) -> str:
    """No template: this page is only ever seen on a trial, by who asks for no site in particular."""
    behind = f":{port}" if port.isdigit() else ""
    items = "".join(
        f'<li><a href="http://{escape(one.code)}.localhost{behind}/">{escape(one.name)}</a></li>'
        for one in organisations
    )
    return (
        '<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Kies een website</title></head><body>'
        f"<h1>Kies een website</h1><p>Op dit adres staat geen website. Er zijn deze:</p><ul>{items}</ul></body></html>"
    )


@contextmanager
def worker(here: WholeInstallation, *, name: str | None = None) -> Iterator[threading.Event]:
    """Run jobs in the background until the block ends. The job in hand is then finished, or given back when its time
    is up (`job_stop_seconds`).
    """
    stop = threading.Event()
    # The name is of this run alone: who gives back what it has must not take from another.
    me = f"{name or f'{socket.gethostname()[:50]}-{os.getpid()}'}-{secrets.token_hex(3)}"
    thread = threading.Thread(target=work, args=(here, stop, me), name="worker", daemon=True)
    thread.start()
    urgent = threading.Thread(target=work_urgent, args=(here, stop, f"{me}-spoed"), name="urgent", daemon=True)
    urgent.start()
    try:
        yield stop
    finally:
        stop.set()
        urgent.join(timeout=_LAST_SECONDS)
        thread.join(timeout=here.folder.settings.job_stop_seconds)
        if thread.is_alive():
            at = _where(thread)
            try:
                count = jobs.give_back(here.database, me)
            except Failed as error:  # then the end of the lease does it
                log.warning("work was not given back", reason=error.message, at=at)
            else:
                log.info("work was given back", jobs=count, at=at)
            thread.join(timeout=_LAST_SECONDS)


def _where(thread: threading.Thread) -> list[str]:
    """What a thread is doing, the call nearest to us last: for whoever wonders why the work took so long."""
    frame = sys._current_frames().get(thread.ident or 0)  # noqa: SLF001 - its documented name
    calls = traceback.extract_stack(frame)[-60:] if frame else []
    return [f"{one.filename}:{one.lineno} {one.name}" for one in calls]


def work_alone(here: WholeInstallation) -> None:
    """Be a worker until Ctrl-C or SIGTERM."""
    with ended_by_signal(), worker(here):
        threading.Event().wait()


@contextmanager
def ended_by_signal() -> Iterator[None]:
    """SIGTERM ends the block as an exception does, so that what is at hand is put away first."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def work(here: WholeInstallation, stop: threading.Event, me: str) -> None:
    """Do jobs until told to stop; a database that is away for a while is waited for."""
    handlers, settings = job_handlers.handlers(here.folder), here.folder.settings
    length = timedelta(seconds=settings.job_lease_seconds)
    cleaned = -CLEAN_SECONDS
    while not stop.is_set():
        try:
            ask_for_the_night(here.database, settings.nightly_at)
            ask_for_the_look(here.database, settings.nightly_at)
            ask_for_the_week(here.database, settings.nightly_at)
            ask_for_reminders(here.database, settings)
            ask_for_mails(here.database, settings)
            ask_for_reports(here.database, settings)
            clear_old(here.database)
            clear_old_imports(here.database, here.folder)
            clear_old_document_imports(here.database, here.folder)
            clear_old_lists(here.database, here.folder)
            if time.monotonic() - cleaned > CLEAN_SECONDS:
                jobs.clean_up(here.database, days=settings.job_keep_days)
                kept_uploads.clear_old(here.folder)
                cleaned = time.monotonic()
            busy = jobs.run_one(here.database, handlers, me, length=length, retries=job_handlers.RETRIES)
        except Failed as error:
            log.warning("worker waits", reason=error.message)
            busy = False
        except Exception:  # whatever it was, tomorrow's work is still to be done
            log.exception("worker stumbled")
            busy = False
        if not busy:
            stop.wait(POLL_SECONDS)


def work_urgent(here: WholeInstallation, stop: threading.Event, me: str) -> None:
    """Do what cannot wait for a night that is running, until told to stop."""
    handlers, urgent = job_handlers.handlers(here.folder), job_handlers.URGENT
    while not stop.is_set():
        try:
            if jobs.waits(here.database, urgent):
                jobs.run_one(here.database, handlers, me, retries=job_handlers.RETRIES, only=urgent)
        except Failed as error:
            log.warning("worker waits", reason=error.message)
        except Exception:
            log.exception("worker stumbled")
        stop.wait(URGENT_SECONDS)


def make_routes(app: Starlette) -> None:
    """Let FastAPI make its routes now. It does so at the first question: everybody would wait for that, in the middle
    of whatever they send.
    """
    for route in app.routes:
        route.matches({"type": "http", "method": "GET", "path": "/-/", "headers": []})


def serve(here: WholeInstallation, *, host: str, port: int, site_port: int | None, with_worker: bool) -> None:
    """Serve until Ctrl-C.

    Raises:
        Failed: a port is in use.
    """
    sockets = [listen(host, port)]
    pages = create_app(here.database, here.folder)
    make_routes(pages)
    apps: list[ASGIApp] = [pages]
    if site_port is not None:
        try:
            sockets.append(listen(host, site_port))
        except Failed:
            sockets[0].close()
            raise
        apps.append(PublishedSites(here))
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()  # what is there now stays: looking at it again and again costs a page a tenth of its time
    servers = [
        uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                forwarded_allow_ips=here.folder.settings.trusted_proxies,
            )
        )
        for app in apps
    ]
    others = [
        threading.Thread(target=server.run, args=([taken],), daemon=True)  # signals stay with the main thread
        for server, taken in zip(servers[1:], sockets[1:], strict=True)
    ]
    for thread in others:
        thread.start()
    try:
        with ended_by_signal():
            if with_worker:
                with worker(here):
                    servers[0].run(sockets=[sockets[0]])
            else:
                servers[0].run(sockets=[sockets[0]])
    finally:
        for server in servers[1:]:
            server.should_exit = True
        deadline = time.monotonic() + 5
        for thread in others:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))
