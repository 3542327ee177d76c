"""How long it takes until a document that is withdrawn is gone, while people work and an export runs beside it.

    python bench/withdrawal.py [--documents 10000] [--times 20] [--database sqlite] [--alone]

With `--alone` nothing runs beside it but a worker: for very many documents, loaded past the services, in a site that
only has the part for the harvester. The export that follows each withdrawal is kept waiting. The index is that of the
category; when it tells of the change, the sitemap itself has changed.

Else it makes a municipality for itself with that many public documents and two kept releases. Then one export follows
the other, editors save, readers read, and one document after the other is withdrawn on the screen. Measured from the
click: until the application has answered, until the address on the website answers 410, and until the sitemap on the
website no longer names it. After each withdrawal the file is looked for in the public tree and in all kept releases.
"""

import argparse
import io
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from example import EMPTY, KINDS, example, machine, middle_and_slow
from sqlmodel import col, select

from core import clock
from core.cli import Installation, opened
from publish import diwoo_stream, site, writer
from support import woo_documents as make
from support.editors import Application, Browser, Run, add_editors, shared_records
from support.forked import Command
from support.small_files import pdf
from woo import files, lists, public, services
from woo.content import DocumentState, DossierContent
from woo.models import Document

IN_A_DOSSIER = 100
EDITORS, READERS = 4, 3
POLL = 0.005
"""Seconds between two times that a reader asks for the address."""
INDEX = "/sitemaps/sitemapindex-diwoo-infocat002.xml"
LONGEST = 300
"""Seconds that a run may wait for one withdrawal to reach the sitemap."""


@dataclass(slots=True)
class Measured:
    """Milliseconds from the click, of each withdrawal; `index` in seconds."""

    answered: list[float] = field(default_factory=list)
    gone: list[float] = field(default_factory=list)
    index: list[float] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Files that were still there when the application had answered."""
    exports: int = 0
    overtaken: int = 0
    saves: int = 0
    reads: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--database", choices=KINDS)
    parser.add_argument("--alone", action="store_true")
    options = parser.parse_args()
    print(machine())
    if options.alone:
        alone(options.documents, options.times, [options.database] if options.database else list(KINDS))
        return
    print(
        "| database | documents | withdrawn | answer ms | 95 % | 410 ms | 95 % | longest ms | sitemap s | left |\n"
        "|---|---|---|---|---|---|---|---|---|---|"
    )
    for kind in [options.database] if options.database else KINDS:
        with example(kind, EMPTY) as directory:
            load(directory, options.documents)
            print(row(KINDS[kind], options.documents, measured(directory, options.times)), flush=True)


def row(database: str, documents: int, found: Measured) -> str:
    (answer, slow_answer), (gone, slow_gone) = middle_and_slow(found.answered), middle_and_slow(found.gone)
    index = f"{min(found.index):.0f} to {max(found.index):.0f}" if found.index else "-"
    meanwhile = f"{found.saves} saves, {found.reads} pages read"
    print(
        f"{found.exports} exports ({found.overtaken} overtaken), {meanwhile}; left: {found.left}",
        file=sys.stderr,
    )
    return (
        f"| {database} | {documents} | {len(found.gone)} | {answer:.0f} | {slow_answer:.0f} | {gone:.0f} "
        f"| {slow_gone:.0f} | {max(found.gone):.0f} | {index} | {len(found.left)} |"
    )


def load(directory: Path, number: int) -> None:
    """Public documents, each with its own address and sitemap entry; the bytes are those of one file."""
    with opened(directory) as here:
        stored = files.store(here.folder, io.BytesIO(pdf("besluit")), "besluit.pdf")
        for start in range(0, number, IN_A_DOSSIER):
            with here.database.write(here.organisation_id) as session:
                place = DossierContent(title=f"Vergadering {start // IN_A_DOSSIER}", category="002")
                dossier = services.add_dossier(session, place, actor=make.AISHA)
                for one in range(start, min(start + IN_A_DOSSIER, number)):
                    content = make.content(title=f"Besluit {one}", category="002", adopted_on=clock.today())
                    document = services.add_document(session, dossier, content, stored, actor=make.AISHA)
                    services.publish_document(session, document, actor=make.AISHA, folder=here.folder)
        add_editors(here.database, here.organisation_id, EDITORS + 1)
    for _ in range(2):
        assert export(directory) == 0


def export(directory: Path) -> int:
    command = Command("export", "--full", "--directory", str(directory), cwd=directory, log=directory / "export.log")
    return int(command.wait())


def measured(directory: Path, times: int) -> Measured:
    found, stop, site_port = Measured(), threading.Event(), free_port()
    with (
        opened(directory) as here,
        Application(directory, directory / "app.log", options=("--no-worker", *at(site_port))) as application,
    ):
        wanted = documents_of(here, times)
        names = [f"redacteur{place:02}" for place in range(1, EDITORS + 2)]
        targets = [one for one in shared_records(here.database, here.organisation_id) if one.model is not Document]
        editors = Run([application], targets, pause=0.1)
        editors.log_in(names[1:])
        boss = Browser(application)
        boss.log_in(names[0])
        work = [
            threading.Thread(target=lambda: editors.work(100_000)),
            threading.Thread(target=exports, args=(directory, stop, found)),
            *(threading.Thread(target=readers, args=(site_port, stop, found)) for _ in range(READERS)),
        ]
        for thread in work:
            thread.start()
        watchers = []
        try:
            for document_id, loc in wanted:
                clicked = withdraw(boss, here, site_port, document_id, loc, found)
                watchers.append(threading.Thread(target=watch, args=(site_port, loc, clicked, found)))
                watchers[-1].start()
                time.sleep(0.5)  # as somebody would who withdraws one after the other
            for thread in watchers:
                thread.join()
        finally:
            stop.set()
            editors._stop.set()  # noqa: SLF001 - the run is over when the last one is gone
            for thread in work:
                thread.join()
        found.saves = editors.counted()["saved"]
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def at(site_port: int) -> tuple[str, str]:
    return "--site-port", str(site_port)


# --- alone, among very many


def alone(documents: int, times: int, kinds: Sequence[str]) -> None:
    print(
        "| database | documents | withdrawn | answer ms | 95 % | 410 ms | 95 % | index ms | 95 % | longest ms |\n"
        "|---|---|---|---|---|---|---|---|---|---|"
    )
    for kind in kinds:
        with example(kind, EMPTY) as directory:
            load_many(directory, documents, times)
            found = measured_alone(directory)
            index = [seconds * 1000 for seconds in found.index]
            figures = [middle_and_slow(some) for some in (found.answered, found.gone, index)]
            told = " | ".join(f"{middle:.0f} | {slow:.0f}" for middle, slow in figures)
            print(f"| {KINDS[kind]} | {documents} | {times} | {told} | {max(index):.0f} |", flush=True)


def load_many(directory: Path, number: int, own: int) -> None:
    """That many public documents elsewhere and some of our own; the part of a site that the harvester reads."""
    import many_documents  # not at the top: any Python starts a bench, and `example` finds the right one

    with opened(directory) as here:
        many_documents.load(here.database, here.organisation_id, number)
        stored = files.store(here.folder, io.BytesIO(pdf("besluit")), "besluit.pdf")
        with here.database.write(here.organisation_id) as session:
            place = DossierContent(title="Vergadering", category="002")
            dossier = services.add_dossier(session, place, actor=make.AISHA)
            for one in range(own):
                content = make.content(title=f"Besluit {one}", category="002", adopted_on=clock.today())
                document = services.add_document(session, dossier, content, stored, actor=make.AISHA)
                services.publish_document(session, document, actor=make.AISHA, folder=here.folder)
        add_editors(here.database, here.organisation_id, 1)
        export_id = writer.name_of(here.organisation.code, clock.now())
        facts = {"export": export_id, "base_url": here.organisation.base_url, "organisation": here.organisation.code}
        with (
            writer.new_release(here.folder.exports, export_id) as release,
            here.database.read(here.organisation_id) as session,
        ):
            public.place_files(session, here.folder, here.database)
            for name, data in diwoo_stream.files(session, here.organisation.base_url):
                release.write(name, data)
            for name in ("index.html", "404.html", "ingetrokken.html"):
                release.write(name, b"<!doctype html><title>Losser</title>")
            release.link_documents(here.folder.documents / here.organisation.code, site.document_files(session))
            release.write_manifests(facts)
        writer.switch(here.folder.root / "site", here.folder.exports / export_id)


def measured_alone(directory: Path) -> Measured:
    found, site_port = Measured(), free_port()
    with (
        opened(directory) as here,
        writer.publish_lock(here.folder.exports, here.organisation.code),
        Application(directory, directory / "app.log", options=at(site_port)) as application,
    ):
        boss = Browser(application)
        boss.log_in("redacteur01")
        with here.database.read(here.organisation_id) as session:
            query = select(Document.id, Document.loc).where(
                Document.state == DocumentState.PUBLISHED, col(Document.loc).startswith(files.PUBLIC_PREFIX)
            )
            wanted = session.exec(query.order_by(col(Document.number))).all()
        for document_id, loc in wanted:
            before = ask(site_port, INDEX)
            clicked = withdraw(boss, here, site_port, str(document_id), str(loc), found)
            while (now := ask(site_port, INDEX)) == before or now[0] != HTTPStatus.OK:
                time.sleep(POLL)
            found.index.append(time.perf_counter() - clicked)
            sitemaps = (directory / "site" / "sitemaps").glob("sitemap-*infocat002-*.xml")
            assert not [path for path in sitemaps if f"{loc}<".encode() in path.read_bytes()]
            time.sleep(1.2)  # a sitemap tells whole seconds: the next change is to be seen
    return found


def documents_of(here: Installation, times: int) -> Sequence[tuple[str, str]]:
    with here.database.read(here.organisation_id) as session:
        query = select(Document.id, Document.loc).where(Document.state == DocumentState.PUBLISHED)
        found = session.exec(query.order_by(col(Document.loc))).all()
    return [(str(document_id), str(loc)) for document_id, loc in found[:: max(1, len(found) // times)][:times]]


def withdraw(boss: Browser, here: Installation, site_port: int, document_id: str, loc: str, found: Measured) -> float:
    """Withdraw one document; returns the moment of the click."""
    with here.database.read(here.organisation_id) as session:
        version = session.exec(select(Document.version).where(Document.loc == loc)).one()
    gone: list[float] = []
    clicked = time.perf_counter()
    looking = threading.Thread(target=lambda: gone.append(until(site_port, loc, clicked)))
    looking.start()
    form = {"version": str(version), "reason": lists.REASONS.codes[0]}
    answer = boss.send(f"/woo/documenten/{document_id}/intrekken", form)
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer
    found.answered.append(answer.milliseconds)
    releases = writer.releases(here.folder.exports, here.organisation.code)
    places = [release / loc.lstrip("/") for release in releases]
    places.append(files.public_path(here.folder, here.organisation.code, loc))
    found.left += [str(place) for place in places if place.exists()]
    looking.join()
    found.gone += gone
    return clicked


def until(site_port: int, loc: str, clicked: float) -> float:
    while ask(site_port, loc)[0] != HTTPStatus.GONE:
        time.sleep(POLL)
    return (time.perf_counter() - clicked) * 1000


def watch(site_port: int, loc: str, clicked: float, found: Measured) -> None:
    """Wait until no sitemap of the category names the document."""
    while time.perf_counter() - clicked < LONGEST:
        listed = re.findall(r"<loc>https://[^/<]+([^<]+)</loc>", ask(site_port, INDEX)[1].decode())
        answers = [ask(site_port, path) for path in listed]
        if answers and all(status == HTTPStatus.OK and f"{loc}<".encode() not in text for status, text in answers):
            found.index.append(time.perf_counter() - clicked)
            return
        time.sleep(1)


def ask(site_port: int, path: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", site_port, timeout=60)
    try:
        connection.request("GET", path, headers={"Host": "openboek.example"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, HTTPException):
        return 0, b""
    finally:
        connection.close()


def exports(directory: Path, stop: threading.Event, found: Measured) -> None:
    while not stop.is_set():
        if export(directory) == 0:
            found.exports += 1
        else:  # overtaken by withdrawals each time: nothing of these became public
            found.overtaken += 1


def readers(site_port: int, stop: threading.Event, found: Measured) -> None:
    for path in pages(stop):
        ask(site_port, path)
        found.reads += 1
        time.sleep(0.02)


def pages(stop: threading.Event) -> Iterator[str]:
    while not stop.is_set():
        yield from ("/", "/woo/", "/verwerkingsregister/", "/sitemaps/sitemapindex-diwoo-infocat002.xml")


if __name__ == "__main__":
    main()
