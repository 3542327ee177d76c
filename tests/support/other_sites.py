"""A website of others, in this process, on which each page answers in its own way."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from woo import elsewhere


class Pages(BaseHTTPRequestHandler):
    """A website on which each page answers in its own way."""

    def do_GET(self) -> None:
        there = {
            "/ander.pdf": "https://elders.example/x.pdf",
            "/verhuisd.pdf": "/goed.pdf",
            "/rondje.pdf": "/rondje.pdf",
            "/intern.pdf": "http://10.0.0.1/x.pdf",
        }.get(self.path)
        self.send_response(302 if there else 404 if self.path == "/weg.pdf" else 200)
        if there:
            self.send_header("Location", there)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args) -> None:
        pass


@contextmanager
def website() -> Iterator[str]:
    """The website for a while; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextmanager
def standing_at(host: str) -> Iterator[None]:
    """The same, reached by addresses as `https://host/` too: they are really tried, on this machine."""
    really = elsewhere.fault_of
    with website() as site, pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            elsewhere,
            "fault_of",
            lambda url: really(url.replace(f"https://{host}", site), allows_own_network=True),
        )
        patch.setattr(elsewhere, "PAUSE", 0.0)
        yield
