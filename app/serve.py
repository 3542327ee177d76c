"""Runs the application, the published site and a worker in one process: what a small municipality needs."""

import errno
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from starlette.types import ASGIApp

import woo.public as woo
from app import jobs as job_handlers
from app.main import create_app
from app.scheduler import ask_for_the_night
from core import jobs
from core.cli import Installation
from core.errors import Failed
from publish import services
from publish.server import PublishedSite

log = structlog.get_logger()
POLL_SECONDS = 1.0


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


def site_app(here: Installation) -> PublishedSite:
    """The published site of an organisation, with withdrawals taken from the database at each request."""

    def is_gone(path: str) -> bool:
        with here.database.read(here.organisation_id) as session:
            return woo.is_withdrawn(session, path)

    return PublishedSite(services.live_link(here.folder, here.database, here.organisation), is_gone)


@contextmanager
def worker(here: Installation, *, name: str | None = None) -> Iterator[threading.Event]:
    """Run jobs in the background until the block ends; the job in hand is finished first."""
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(here, stop, name), name="worker", daemon=True)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(timeout=30)


def work(here: Installation, stop: threading.Event, name: str | None = None) -> None:
    """Do jobs until told to stop; a database that is away for a while is waited for."""
    handlers = job_handlers.handlers(here.folder)
    me = name or f"{socket.gethostname()}-{os.getpid()}"
    while not stop.is_set():
        try:
            ask_for_the_night(here.database, here.folder.settings.nightly_at)
            busy = jobs.run_one(here.database, handlers, me)
        except Failed as error:
            log.warning("worker waits", reason=error.message)
            busy = False
        if not busy:
            stop.wait(POLL_SECONDS)


def serve(here: Installation, *, host: str, port: int, site_port: int | None, with_worker: bool) -> None:
    """Serve until Ctrl-C.

    Raises:
        Failed: a port is in use.
    """
    sockets = [listen(host, port)]
    apps: list[ASGIApp] = [create_app(here.database, here.folder)]
    if site_port is not None:
        try:
            sockets.append(listen(host, site_port))
        except Failed:
            sockets[0].close()
            raise
        apps.append(site_app(here))
    servers = [
        uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="off"))
        for app in apps
    ]
    others = [
        threading.Thread(target=server.run, args=([taken],), daemon=True)  # signals stay with the main thread
        for server, taken in zip(servers[1:], sockets[1:], strict=True)
    ]
    for thread in others:
        thread.start()
    try:
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
