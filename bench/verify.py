"""How long the check of a site takes and how much memory, for so many documents.

    python bench/verify.py [--documents 100000] [--json]
    python bench/verify.py --gate [--documents 100000] [--json]

Writes a site with the writer of the program: each entry with full metadata, ten documents in a dossier, a page for each
dossier, and pages that list them. Then looks at it as `openboek verify` does, once at the sitemaps only, and as the
gate before the switch does: with nothing proved before, and again. The floor is reading the same files with SHA-256 and
nothing else.

With `--gate`: the part of the harvester of a full export with its gate, from the database to the switch, for documents
that stand on another website: nothing proved before, and again when all was proved. Every look has a process of its
own; memory is that of all its processes.
"""

import argparse
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from example import EMPTY, ROOT, example, machine

Measured = dict[str, Any]
RELEASE = "gm0168-1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--gate", action="store_true", help="the export of the sitemaps with its gate")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--look", choices=LOOKS, help=argparse.SUPPRESS)
    parser.add_argument("--directory", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.look:
        print(json.dumps(LOOKS[options.look](options.directory)))
        return
    print(machine())
    with _from_a_database(options.documents) if options.gate else _on_the_disk(options.documents) as directory:
        looks = ("export", "export again") if options.gate else ("read", "sitemaps", "whole site", "gate", "gate again")
        found = {name: _in_a_process(name, directory) for name in looks}
    print(f"| {options.documents} documents | seconds | processor | MiB | faults |\n|---|---|---|---|---|")
    for name, one in found.items():
        print(f"| {name} | {one['seconds']} | {one['processor_seconds']} | {one['peak_rss_mib']} | {one['faults']} |")
    if options.json:
        wanted = found["export" if options.gate else "whole site"]
        more = {} if options.gate else {"ratio_to_floor": round(wanted["seconds"] / found["read"]["seconds"], 2)}
        about = {"documents": options.documents, "documents_per_second": round(options.documents / wanted["seconds"])}
        print(json.dumps({**about, **wanted, **more, "looks": found}))


@contextmanager
def _on_the_disk(documents: int) -> Iterator[Path]:
    from a_site import CODE, write

    with TemporaryDirectory() as place:
        yield write(Path(place), documents, f"{CODE}-1")


@contextmanager
def _from_a_database(documents: int) -> Iterator[Path]:
    from many_documents import load

    from core.cli import opened

    with example("sqlite", EMPTY) as directory:
        with opened(directory) as here:
            load(here.database, here.organisation_id, documents)
        yield directory


def _in_a_process(look: str, directory: Path) -> Measured:
    command = [sys.executable, __file__, "--look", look, "--directory", str(directory)]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    sys.stderr.write(made.stderr)
    if made.returncode:
        raise SystemExit(1)
    return dict(json.loads(made.stdout.splitlines()[-1]))


def _measured(look: Callable[[], Any]) -> Measured:
    """`look` gives the faults."""
    begun, used = time.perf_counter(), os.times()
    faults = look()
    spent, now = time.perf_counter() - begun, os.times()
    for fault in faults[:10]:
        print(fault, file=sys.stderr)
    return {
        "seconds": round(spent, 2),
        "processor_seconds": round(sum(now[:4]) - sum(used[:4]), 2),
        "peak_rss_mib": round(_peak()),
        "faults": len(faults),
    }


def _peak() -> float:
    """What this program took, and the largest that it started; `getrusage` would tell of its parent too."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return (int(line.split()[1]) + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


# --- the looks; each imports what it needs and no more


def read(release: Path) -> Measured:
    def look() -> list[str]:
        for folder, _, names in os.walk(release, followlinks=True):
            for name in names:
                with Path(folder, name).open("rb") as file:
                    hashlib.file_digest(file, "sha256")
        return []

    return _measured(look)


def only_sitemaps(release: Path) -> Measured:
    from publish.check.harvest import Harvest
    from publish.check.sources import Folder

    harvest = Harvest(Folder(release, str(json.loads((release / "manifest.json").read_bytes())["base_url"])), None, ())

    def look() -> list[Any]:
        harvest.walk()
        return harvest.faults

    return _measured(look)


def everything(release: Path) -> Measured:
    """In a process that has loaded what the command loads."""
    import app.cli  # noqa: F401 - counts as memory
    from publish.cli import check

    return _measured(lambda: check(str(release)).faults)


def gate(release: Path) -> Measured:
    from publish import writer
    from publish.check import verify_release

    proofs = writer.proofs_of(release.parent, RELEASE)
    return _measured(lambda: verify_release(release, hosts=(), proofs=proofs).faults)


def export(directory: Path) -> Measured:
    """As bench/export.py makes the part of the harvester, and as the export looks at it before the switch."""
    from core.cli import opened
    from publish import diwoo_stream, site, writer
    from publish.check import verify_release
    from publish.secrets import secrets_of

    with opened(directory) as here:
        exports, about = directory / "bench", {"export": RELEASE, "base_url": here.organisation.base_url}
        shutil.rmtree(exports / RELEASE, ignore_errors=True)

        def look() -> list[Any]:
            with writer.new_release(exports, RELEASE) as release:
                with here.database.read(here.organisation_id) as session:
                    for name, data in diwoo_stream.files(session, here.organisation.base_url):
                        release.write(name, data)
                    hosts = site.document_hosts(session)
                release.write_manifests(about)
                proofs = writer.proofs_of(exports, RELEASE)
                secrets = secrets_of(here.database, here.organisation)
                faults = verify_release(release.path, hosts=hosts, proofs=proofs, secrets=secrets).faults
            writer.switch(directory / "bench-site", exports / RELEASE)
            return list(faults)

        return _measured(look)


LOOKS = {
    "read": read,
    "sitemaps": only_sitemaps,
    "whole site": everything,
    "gate": gate,
    "gate again": gate,
    "export": export,
    "export again": export,
}

if __name__ == "__main__":
    main()
