"""A website on this machine, on which each page answers in its own way."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWERS = {"/goed": 200, "/weg": 404, "/dicht": 403, "/stuk": 500, "/geen-hoofd": 200}
ROBOTS = b"User-agent: *\nDisallow: /niet-voor-robots\n"


class Pages(BaseHTTPRequestHandler):
    """Keeps what was asked in `asked` of its server."""

    def do_HEAD(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        status, body = ANSWERS.get(self.path, 404), b""
        if self.path == "/geen-hoofd" and self.command == "HEAD":
            status = 405
        if self.path == "/robots.txt":
            status, body = 200, ROBOTS
        if self.path in {"/verhuisd", "/rondje"}:
            self.send_response(301)
            self.send_header("Location", "/goed" if self.path == "/verhuisd" else "/rondje")
        else:
            self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_HEAD  # noqa: N815 - the name that the library wants

    def log_message(self, *_args) -> None:
        pass


@contextmanager
def website() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def address(site: ThreadingHTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{site.server_port}{path}"
