"""How long the pages of the application take: from request to last byte, uvicorn on loopback, one client, warm.

    python3 run.py demo --no-serve --directory /tmp/bench
    .venv/bin/python bench/pages.py --directory /tmp/bench [--requests 200] [--json]

Median and 95th percentile per page, beside the lower bound measured in the same run: a page without a database.
The password of the administrator is replaced in that folder, so use a folder made for this.
"""

import argparse
import http.client
import json
import platform
import secrets
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

from app.setup import ADMINISTRATOR
from core import audit
from core.accounts.services import set_password, user_named
from core.cli import opened

PAGES = (
    "/health/live",
    "/",
    "/register/",
    "/register/?zoek=parkeren",
    "/register/VW-0020/",
    "/register/VW-0020/bewerken",
    "/woo/",
    "/woo/documenten/",
    "/wmebv/",
    "/wmebv/producten/",
    "/wmebv/producten/PD-0001/",
    "/publicatie/",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    password = f"meten is weten {secrets.token_hex(4)}"
    with opened(options.directory) as here, here.database.write(None) as session:
        user = user_named(session, ADMINISTRATOR)
        set_password(session, user, password, actor=audit.COMMAND_LINE, must_change=False)
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--no-worker", "--directory", str(options.directory)]
    server = subprocess.Popen([*command, "--port", str(port)], stderr=subprocess.DEVNULL)
    try:
        connection = connect(port)
        cookie = log_in(connection, password)
        rows = [(page, *measure(connection, page, cookie, options.requests)) for page in PAGES]
    finally:
        server.terminate()
        server.wait()
    report(rows, as_json=options.json)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def connect(port: int) -> http.client.HTTPConnection:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.connect()
        except OSError:
            time.sleep(0.1)
        else:
            return connection
    raise SystemExit("the server does not start")


def log_in(connection: http.client.HTTPConnection, password: str) -> str:
    body = urlencode({"username": ADMINISTRATOR, "password": password})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    connection.request("POST", "/inloggen", body, headers)
    answer = connection.getresponse()
    answer.read()
    return (answer.getheader("Set-Cookie") or "").split(";")[0]


def measure(connection: http.client.HTTPConnection, page: str, cookie: str, times: int) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    taken = []
    for number in range(times + 5):
        start = time.perf_counter()
        connection.request("GET", page, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{page}: {answer.status}")
        if number >= 5:  # the first ones are not warm
            taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def report(rows: list[tuple[str, float, float]], *, as_json: bool) -> None:
    floor = rows[0][1]
    if as_json:
        print(json.dumps([{"page": page, "median_ms": median, "p95_ms": slow} for page, median, slow in rows]))
        return
    print(f"{platform.python_version()} on {platform.machine()}, {platform.system()}")
    print("| page | median ms | 95 % ms | x floor |\n|---|---|---|---|")
    for page, median, slow in rows:
        print(f"| `{page}` | {median:.1f} | {slow:.1f} | {median / floor:.0f} |")


if __name__ == "__main__":
    main()
