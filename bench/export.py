"""How fast the website is made of very many documents, beside the least that writing and reading them can take.

    python bench/export.py [--documents 100000] [--processings 0] [--database sqlite] [--pages] [--json]

Makes a municipality for itself with that many public documents that stand on another website. Measured, each in a
process of its own: the DiWoo part of a full export, without the gate (database, sitemaps, indexes, hashes, everything
on the disk, switch); the floor beside it, which is writing the same finished bytes with their SHA-256 to the disk; and
a raw cursor over the same rows. With `--pages` also whole exports, with the gate, step by step: a first one, one when
nothing changed, one after 1 % of the documents got another title, and again in full; their memory is that of all
processes of the export together.
"""

import argparse
import hashlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from example import EMPTY, KINDS, ROOT, example, machine

from core.cli import opened
from publish import diwoo_stream, writer

RELEASE = "bench-1"
PIECE = 1 << 17
ROWS = (
    "SELECT d.loc, d.lastmod_at, v.content FROM woo_document d"
    " JOIN core_version v ON v.subject_id = d.id AND v.number = d.published_version"
    " WHERE d.state = 'gepubliceerd'"
)
Measured = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--processings", type=int, default=0)
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--times", type=int, default=3, help="measure so often and take the middle one")
    parser.add_argument("--pages", action="store_true", help="whole exports too")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--directory", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(STEPS[options.step](options.directory)))
        return
    told = print if not options.json else lambda text: print(text, file=sys.stderr)
    told(machine())
    with example(options.database, EMPTY) as directory:
        _load(directory, options.documents, options.processings)
        found = diwoo_part(directory, options.documents, options.times)
        told(_table(found))
        if options.pages:
            found["exports"] = whole_exports(directory)
            told(_exports_table(found["exports"]))
    if options.json:
        print(json.dumps(found))


def _load(directory: Path, documents: int, processings: int) -> None:
    from many import load as load_processings  # not at the top: what measures itself does not need it
    from many_documents import load as load_documents

    with opened(directory) as here:
        if processings:
            load_processings(here.database, here.organisation_id, processings)
        load_documents(here.database, here.organisation_id, documents)


# --- the part of the harvester


def diwoo_part(directory: Path, documents: int, times: int) -> Measured:
    """The median of each step, and what follows from them."""
    runs = [{name: _in_a_process(name, directory) for name in ("diwoo", "write", "read")} for _ in range(times)]
    seconds = {name: statistics.median(run[name]["seconds"] for run in runs) for name in runs[0]}
    return {
        "documents": documents,
        "bytes": runs[0]["write"]["bytes"],
        "sitemaps": runs[0]["write"]["files"],
        "seconds": round(seconds["diwoo"], 3),
        "documents_per_second": round(documents / seconds["diwoo"]),
        "floor_seconds": round(seconds["write"], 3),
        "ratio_to_floor": round(seconds["diwoo"] / seconds["write"], 2),
        "cursor_seconds": round(seconds["read"], 3),
        "ratio_to_both": round(seconds["diwoo"] / (seconds["write"] + seconds["read"]), 2),
        "processor_seconds": round(statistics.median(run["diwoo"]["processor"] for run in runs), 3),
        "peak_rss_mib": round(max(run["diwoo"]["rss"] for run in runs)),
    }


def _in_a_process(step: str, directory: Path) -> Measured:
    command = [sys.executable, __file__, "--step", step, "--directory", str(directory)]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    if made.returncode:
        raise SystemExit(made.stderr)
    return dict(json.loads(made.stdout.splitlines()[-1]))


def make_diwoo(directory: Path) -> Measured:
    """From the database to the switch, without the gate."""
    with opened(directory) as here:
        exports, link = directory / "bench", directory / "bench-site"
        shutil.rmtree(exports, ignore_errors=True)
        begun, used = time.perf_counter(), time.process_time()
        with writer.new_release(exports, RELEASE) as release, here.database.read(here.organisation_id) as session:
            for name, data in diwoo_stream.files(session, here.organisation.base_url):
                release.write(name, data)
            release.write_manifests({"export": RELEASE})
        writer.switch(link, exports / RELEASE)
        return _told(begun, used)


def write_floor(directory: Path) -> Measured:
    """The same finished bytes, already in memory."""
    made = sorted(path for path in (directory / "bench" / RELEASE).rglob("*") if path.is_file())
    place = directory / "bench" / "floor"
    place.mkdir()
    spent = used = 0.0
    size = 0
    for path in made:
        data = path.read_bytes()
        begun, busy = time.perf_counter(), time.process_time()
        digest = hashlib.sha256()
        with (place / path.name).open("wb") as file:
            for start in range(0, len(data), PIECE):
                piece = data[start : start + PIECE]
                file.write(piece)
                digest.update(piece)
            file.flush()
            os.fsync(file.fileno())
        spent, used = spent + time.perf_counter() - begun, used + time.process_time() - busy
        size += len(data)
    shutil.rmtree(place)
    return {"seconds": spent, "processor": used, "bytes": size, "files": len(made)}


def read_floor(directory: Path) -> Measured:
    """A raw cursor over the same rows."""
    with opened(directory) as here, here.database.connect() as connection:
        cursor = connection.connection.cursor()
        begun, used = time.perf_counter(), time.process_time()
        cursor.execute(ROWS)
        while cursor.fetchmany(1000):
            pass
        return _told(begun, used)


def _told(begun: float, used: float) -> Measured:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": time.perf_counter() - begun, "processor": time.process_time() - used, "rss": memory}


# --- whole exports


def whole_exports(directory: Path) -> Mapping[str, Measured]:
    """Exports as the administrator starts them, each with its time per step."""
    found = {"first": _export(directory), "nothing changed": _export(directory)}
    _change(directory)
    found["1 % changed"] = _export(directory)
    found["in full"] = _export(directory, "--full")
    return found


def _export(directory: Path, *options: str) -> Measured:
    command = [sys.executable, "-m", "app", "export", *options, "--directory", str(directory)]
    begun, memory, status = time.perf_counter(), 0, 0
    with tempfile.TemporaryFile("w+") as told, tempfile.TemporaryFile("w+") as faults:
        with subprocess.Popen(command, cwd=ROOT, stdout=told, stderr=faults, text=True) as running:
            ended = 0
            while not ended:
                memory = max(memory, sum(map(_memory_of, _processes_of(running.pid))))
                time.sleep(0.05)
                ended, status, usage = os.wait4(running.pid, os.WNOHANG)
            running.returncode = os.waitstatus_to_exitcode(status)
        faults.seek(0)
        if running.returncode:
            raise SystemExit(faults.read()[-3000:])
        told.seek(0)
        printed = told.read()
    outcome = json.loads(printed[printed.index("{") :])
    return {
        "seconds": round(time.perf_counter() - begun, 1),
        "processor_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "steps": outcome["seconds"],
        "peak_mib": round(memory / 1024),
        "units": outcome.get("units", {}),
    }


def _processes_of(pid: int) -> Iterator[int]:
    """A process with all that it started, and what those started; not one that is still about to become another."""
    yield pid
    with suppress(OSError):  # it ended meanwhile
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                if Path(f"/proc/{child}/cmdline").read_bytes() != Path(f"/proc/{pid}/cmdline").read_bytes():
                    yield from _processes_of(int(child))


def _memory_of(pid: int) -> int:
    """The kilobytes that a process holds; of what it shares with others its part."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def _change(directory: Path) -> None:
    """Another title for one document in a hundred, as the services would freeze it."""
    from sqlmodel import select

    from core import clock
    from core.history import Version
    from woo.models import Document, Sitemap

    with opened(directory) as here, here.database.engine.begin() as connection:
        documents, versions, sitemaps = (model.__table__ for model in (Document, Version, Sitemap))
        now = clock.now().replace(microsecond=0)
        ids = [row.id for row in connection.execute(select(documents.c.id).order_by(documents.c.loc))][::100]
        for document_id in ids:
            of_it = versions.c.subject_id == document_id
            content = dict(connection.execute(select(versions.c.content).where(of_it)).scalar_one())
            content["title"] += " (nieuw)"
            connection.execute(versions.update().where(of_it).values(content=content, established_at=now))
            moved = documents.update().where(documents.c.id == document_id)
            connection.execute(moved.values(title=content["title"], lastmod_at=now))
        connection.execute(sitemaps.update().values(changed_at=now))


# --- tables


def _table(found: Measured) -> str:
    names = ("documents", "seconds", "documents_per_second", "floor_seconds", "ratio_to_floor", "cursor_seconds")
    names += ("ratio_to_both", "processor_seconds", "peak_rss_mib")
    return _rows(names, [[found[name] for name in names]])


def _exports_table(found: Mapping[str, Measured]) -> str:
    steps = list(dict.fromkeys(step for one in found.values() for step in one["steps"]))
    rows = [
        [
            name,
            one["seconds"],
            one["processor_seconds"],
            *(one["steps"].get(step, "") for step in steps),
            one["peak_mib"],
        ]
        for name, one in found.items()
    ]
    return _rows(["export", "seconds", "processor_seconds", *steps, "peak_mib"], rows)


def _rows(names: Any, rows: Any) -> str:  # noqa: ANN401 - anything that can be printed
    lines: Iterator[Any] = iter([names, ["---"] * len(names), *rows])
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


STEPS = {"diwoo": make_diwoo, "write": write_floor, "read": read_floor}

if __name__ == "__main__":
    main()
