"""How fast the register answers with ten thousand processings: uvicorn on loopback, one client, warm.

    python bench/register.py [--records 10000] [--requests 1000] [--database sqlite] [--json]

Loads the register past the services (`bench/many.py`) and asks for the list, for searches and filters, for a record and
for the pages of its form, saves, and takes the list along as a file. Then what all findings cost: with nothing to work
out, on the first look of a day, after a change, and when all of it is worked out anew. *Processor* is the time that the
application itself used for one request or command. The floor is an answer without a database.
"""

import argparse
import json
import os
import resource
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from example import EMPTY, KINDS, ROOT, example, machine, middle_and_slow
from lxml import html
from many import load
from sqlmodel import Session, col, delete, update

from app import overview
from core import clock
from core.cli import Installation, opened
from register.services import fresh_findings
from register.summaries import Summary, SummaryMark, SummaryWhole
from support.editors import Answer, Application, Browser, add_editors
from support.pages import filled_in

WARM = 5
"""Requests for each page that are not counted."""
SEARCH = "/register/?zoek="
PAGES: Sequence[tuple[str, str]] = (
    ("floor", "/health/live"),
    ("list", "/register/"),
    ("list, page 100", "/register/?pagina=100"),
    ("list by name", "/register/?sorteer=naam"),
    ("list by findings", "/register/?sorteer=bevindingen"),
    ("list with filters", "/register/?status=vastgesteld&grondslag=6-1-e&gegevens=bijzonder&bevinding=fout"),
    ("search, few", f"{SEARCH}parkeerkaart+haven"),
    ("search, all", f"{SEARCH}gegevens"),
    ("search, none", f"{SEARCH}geelvogel"),
    ("search a kenmerk", f"{SEARCH}VW-0042"),
    ("record", "/register/VW-0042/"),
    ("page of the form", "/register/VW-0042/bewerken/doel"),
)
FORM = "/register/VW-0042/bewerken/herkenning"
FILES: Sequence[tuple[str, str]] = (
    ("csv of all", "/register/lijst.csv"),
    ("xlsx of all", "/register/lijst.xlsx"),
    ("ods of all", "/register/lijst.ods"),
)
Row = Mapping[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--database", choices=KINDS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows: list[Row] = []
    for kind in [options.database] if options.database else KINDS:
        with example(kind, EMPTY) as directory, opened(directory) as here:
            load(here.database, here.organisation_id, options.records)
            for row in measured(here, options.requests):
                rows.append({"database": KINDS[kind], **row})
                print(json.dumps(rows[-1]), file=sys.stderr)
    report(rows, as_json=options.json)


def measured(here: Installation, times: int) -> Iterator[Row]:
    [name] = add_editors(here.database, here.organisation_id, 1)
    directory: Path = here.folder.root
    with Application(directory, directory / "app.log") as application:
        browser = Browser(application)
        browser.log_in(name)
        browser.get("/register/")  # the first look works out all summaries
        for what, address in PAGES:
            yield row_of(application, what, times, lambda address=address: browser.get(address))
        yield saving(application, browser, times)
        by_name = "/register/?sorteer=naam"  # its order is not kept any more, and the summary of the record is old
        yield row_of(
            application,
            "list by name, first after a save",
            max(20, times // 10),
            lambda: browser.get(by_name),
            first=lambda: save(browser),
        )
        for what, address in FILES:
            yield row_of(application, what, max(3, times // 100), lambda address=address: browser.get(address))
        browser.close()
    yield from findings(here)


def row_of(
    application: Application,
    what: str,
    times: int,
    ask: Callable[[], Answer],
    expected: int = HTTPStatus.OK,
    first: Callable[[], object] = lambda: None,
) -> Row:
    """`first` goes before each question and is not counted."""
    used, answers = 0.0, []
    for place in range(-min(WARM, times), times):
        first()
        before = application.busy_for
        answer = ask()
        if place >= 0:
            used += (application.busy_for - before) * 1000 / times
            answers.append(answer)
    if wrong := [answer for answer in answers if answer.status_code != expected]:
        raise SystemExit(f"{what}: {wrong[0]}")
    median, slow = middle_and_slow([answer.milliseconds for answer in answers])
    return {"what": what, "median_ms": median, "p95_ms": slow, "processor_ms": used}


def saving(application: Application, browser: Browser, times: int) -> Row:
    """A page of the form with one field changed, sent again and again; opening it is not counted."""
    opening = row_of(application, "open the form", max(20, times // 10), lambda: browser.get(FORM))
    row = row_of(application, "save", times, lambda: save(browser), HTTPStatus.SEE_OTHER)
    return {**row, "processor_ms": row["processor_ms"] - opening["processor_ms"]}


def save(browser: Browser) -> Answer:
    page = html.document_fromstring(browser.get(FORM).text)
    form = next(found for found in page.forms if "remarks" in found.fields)
    return browser.send(FORM, filled_in(form, {"remarks": f"Bekeken {secrets.token_hex(8)}"}))


def findings(here: Installation) -> Iterator[Row]:
    """All findings, as a page asks for them and as `openboek findings` with the start of the program.

    With all kept, on the first look of a day, after a change, and all anew.
    """

    def new_day(session: Session) -> None:
        today = clock.today()
        session.exec(update(SummaryMark).values(day=today - timedelta(days=1)))
        turning = col(Summary.turns_on) == today + timedelta(days=1)
        session.exec(update(Summary).where(turning).values(turns_on=today))

    yield asked_in_one_process(here)
    command = [sys.executable, "-m", "app", "findings", "--format", "csv", "--directory", str(here.folder.root)]
    # As it is installed: compiled once, not at every start.
    compiled = {**os.environ, "PYTHONPYCACHEPREFIX": str(here.folder.root / "compiled")}
    compiled.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run([*command[:3], "--help"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, env=compiled)
    for what, before in (
        ("openboek findings", lambda _session: None),
        ("openboek findings, first of a day", new_day),
        ("openboek findings, after a change", lambda session: session.exec(delete(SummaryWhole))),
        ("openboek findings, all worked out anew", lambda session: session.exec(delete(SummaryMark))),
    ):
        taken, used = [], []
        for _ in range(3):
            with here.database.write(here.organisation_id) as session:
                before(session)
            start, processor = perf_counter(), _processor_of_children()
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, env=compiled)
            taken.append((perf_counter() - start) * 1000)
            used.append((_processor_of_children() - processor) * 1000)
        yield {"what": what, "median_ms": middle(taken), "p95_ms": max(taken), "processor_ms": middle(used)}


def asked_in_one_process(here: Installation, times: int = 20) -> Row:
    """What a page waits for: the program runs, the findings are kept, the outcome of the last time is thrown away."""
    taken, used = [], []
    for place in range(-1, times):
        overview._kept.clear()  # noqa: SLF001 - or only the first time would be measured
        start, processor = perf_counter(), process_time()
        with fresh_findings(here.database, here.organisation_id) as session:
            overview.all_findings(session)
        if place >= 0:
            taken.append((perf_counter() - start) * 1000)
            used.append((process_time() - processor) * 1000)
    return {
        "what": "all findings, the program runs",
        "median_ms": middle(taken),
        "p95_ms": max(taken),
        "processor_ms": middle(used),
    }


def _processor_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def middle(taken: Sequence[float]) -> float:
    return sorted(taken)[len(taken) // 2]


def report(rows: Sequence[Row], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(rows))
        return
    print(machine())
    print("| database | what | median ms | 95 % ms | processor ms |\n|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row['database']} | {row['what']} | {row['median_ms']:.1f} | {row['p95_ms']:.1f} "
            f"| {row['processor_ms']:.1f} |"
        )


if __name__ == "__main__":
    main()
