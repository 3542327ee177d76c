"""How long the public register takes for many records: pages, search and every file, without writing them.

python bench/register_export.py --directory FOLDER_OF_A_DEMO [--records 10000] [--no-pdf]
"""

import argparse
import copy
import resource
import time
from collections import defaultdict
from itertools import chain
from pathlib import Path
from uuid import UUID, uuid4

from sqlmodel import Session, SQLModel, insert, select

import register.public as register
from core.cli import opened
from core.db import Database
from core.history import Version
from core.organisations import Organisation, the_organisation
from publish import pages_register, register_pdf, site
from publish.states import Before


def main() -> None:
    """Copy the records of a demo until there are enough, then make everything once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--no-pdf", action="store_true", help="as on a night in which nothing changed")
    asked = parser.parse_args()
    with opened(asked.directory) as here, here.database.read(here.organisation_id) as session:
        organisation = the_organisation(session).model_dump()
        kind = "register_activity"
        versions = [one.model_dump() for one in session.exec(select(Version).where(Version.kind == kind))]
    database = Database("sqlite://")
    SQLModel.metadata.create_all(database.engine)
    with database.engine.begin() as connection:
        connection.execute(insert(Organisation), organisation)
    with database.write(organisation["id"]) as session:
        for number in range(asked.records):
            row = copy.deepcopy(versions[number % len(versions)])
            row |= {"id": uuid4(), "subject_id": UUID(int=number), "number": 1}
            row["content"]["number"] = f"VW-{number:05}"
            row["content"]["content"]["name"] += f" {number}"
            session.add(Version(**row))
    with database.read(organisation["id"]) as session:
        _measure(session, (lambda _name, _make: b"") if asked.no_pdf else register_pdf.make)


def _measure(session: Session, keep: register_pdf.Keep) -> None:
    """One pass over all files; what a file costs is the processor time since the one before."""
    records = register.known_register(session)
    frame = site.frame_of(session, the_organisation(session), records.changed_at, None)
    spent: dict[str, float] = defaultdict(float)
    sizes: dict[str, int] = defaultdict(int)
    files: dict[str, int] = defaultdict(int)
    start, before = time.perf_counter(), time.process_time()
    printing = register_pdf.Printing(the_organisation(session), len(records.records), keep)
    units = pages_register.units(session, frame, records, Before(), printing)
    paper = pages_register.on_paper(session, frame, records, printing)
    for name, made in (file for unit in chain(units, [paper]) for file in unit.make()):
        data = made if isinstance(made, bytes) else b"".join(made)
        now = time.process_time()
        kind = _kind(name)
        spent[kind] += now - before
        sizes[kind] += len(data)
        files[kind] += 1
        before = now
    for kind, used in sorted(spent.items(), key=lambda pair: -pair[1]):
        print(f"{kind:28} {files[kind]:6} files {sizes[kind] / 1e6:8.1f} MB {used:7.1f} s")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"processor {sum(spent.values()):.1f} s, clock {time.perf_counter() - start:.1f} s, memory {memory:.0f} MB")


def _kind(name: str) -> str:
    """Which step a file comes from. The first one of a step carries what the step reads or counts beforehand."""
    if "/zoeken/" in name:
        return "search"
    if name.endswith(".html") or "/wijzigingen/" in name:
        return "changes" if "wijzigingen" in name or "verschil" in name else "pages"
    if "/gemma/" in name:
        return "gemma"
    if name.endswith(".json") and "/v" in name:
        return "json of each version"
    return name.rsplit("/", 1)[-1] if ".pdf" not in name else "pdf"


if __name__ == "__main__":
    main()
