"""Addresses of documents elsewhere: a site that sends on to another host, or into the own network, is refused."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.inside import is_inside
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


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/goed.pdf", ""),
        ("/verhuisd.pdf", ""),
        ("/weg.pdf", "Op dit adres staat niets (fout 404)."),
        ("/ander.pdf", "Dit adres stuurt door naar elders.example."),
        ("/intern.pdf", "Dit adres stuurt door naar 10.0.0.1."),
        ("/rondje.pdf", "Dit adres blijft doorsturen."),
    ],
)
def test_an_address_is_tried_and_told_in_one_sentence(site, path, told):
    found = elsewhere.fault_of(f"{site}{path}", allows_own_network=True)
    assert found.startswith(told) if told else found == ""


def test_an_address_in_the_own_network_is_refused_and_a_site_that_is_away_is_not(site):
    assert elsewhere.fault_of(f"{site}/goed.pdf") == elsewhere.OWN_NETWORK
    assert elsewhere.fault_of("http://127.0.0.1:9/x.pdf", allows_own_network=True) == ""


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("intranet", True),
        ("zaken.losser.local", True),
        ("10.1.2.3", True),
        ("[::1]", True),
        ("localhost", True),
        ("169.254.169.254", True),
        ("ris.losser.nl", False),
        ("93.184.216.34", False),
    ],
)
def test_a_name_can_say_that_nobody_outside_can_reach_it(host, inside):
    assert is_inside(host) is inside
