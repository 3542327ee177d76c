"""How long the pages of the application take: from request to last byte, uvicorn on loopback, one client, warm.

    python bench/pages.py [--requests 1000] [--database sqlite]

Makes an example municipality for itself (`openboek demo`). Gives median and 95th percentile per page, beside the lower
bound measured in the same run: an answer without a database. The last column is the processor time of the application
for one page: it does not depend on what else the machine does.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path

from example import KINDS, example, machine, middle_and_slow

from core.cli import opened
from support.editors import Application, Browser, add_editors

PAGES = (
    "/health/live",
    "/",
    "/register/",
    "/register/?zoek=parkeren",
    "/register/bevindingen",
    "/register/VW-0020/",
    "/register/VW-0020/bewerken/gegevens",
    "/woo/",
    "/woo/documenten/",
    "/wmebv/",
    "/wmebv/producten/",
    "/wmebv/producten/PD-0001/",
    "/publicatie/",
)
WARM = 5
"""Requests for each page that are not counted."""
Row = tuple[str, str, float, float, float]
"""Database, page, median, 95th percentile and processor time, all in milliseconds."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--database", choices=KINDS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows: list[Row] = []
    for kind in [options.database] if options.database else KINDS:
        with example(kind) as directory:
            rows += measured(kind, directory, options.requests)
    report(rows, as_json=options.json)


def measured(kind: str, directory: Path, times: int) -> Iterator[Row]:
    with opened(directory) as here:
        [name] = add_editors(here.database, here.organisation_id, 1)
    with Application(directory, directory / "app.log") as application:
        browser = Browser(application)
        browser.log_in(name)
        for page in PAGES:
            before = application.busy_for
            answers = [browser.get(page) for _ in range(WARM + times)]
            used = (application.busy_for - before) * 1000 / len(answers)
            if wrong := [answer for answer in answers if answer.status_code != HTTPStatus.OK]:
                raise SystemExit(f"{page}: {wrong[0]}")
            median, slow = middle_and_slow([answer.milliseconds for answer in answers[WARM:]])
            yield KINDS[kind], page, median, slow, used
        browser.close()


def report(rows: Sequence[Row], *, as_json: bool) -> None:
    if as_json:
        names = ("database", "page", "median_ms", "p95_ms", "processor_ms")
        print(json.dumps([dict(zip(names, row, strict=True)) for row in rows]))
        return
    print(machine())
    print("| database | page | median ms | 95 % ms | x floor | processor ms |\n|---|---|---|---|---|---|")
    floors: dict[str, float] = {}
    for database, page, median, slow, used in rows:
        floor = floors.setdefault(database, median)
        print(f"| {database} | `{page}` | {median:.1f} | {slow:.1f} | {median / floor:.0f} | {used:.0f} |")


if __name__ == "__main__":
    main()
