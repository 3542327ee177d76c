"""The work of an import of documents: looking at every row and file, then putting the rows in the register.

A worker does it for the screens and a command does it at once; both hand over how a step is made and where the files
are. What was carried out has an outcome in the same transaction, so whoever goes on after a cut does no row twice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from sqlmodel import Session, col, select

from core import audit, jobs, originals, reading_in, sheets
from core.db import Database
from core.errors import BadInput
from core.folder import Folder
from core.sheets import Sheet
from woo import describing, document_list, elsewhere, files, imports, services
from woo.document_list import DocumentList, DocumentRow
from woo.files import StoredFile
from woo.imports import DocumentImport, DocumentImportRow
from woo.models import Document
from woo.services import Judged
from woo.sources import Source, Zipped

STEP = 25
"""How many documents are added by one transaction: others wait that long for their turn."""
LOOK_STEP = 200

Step = Callable[[int, int, str], AbstractContextManager[Session]]
"""Makes one transaction and shows progress: how many are done, of how many, in which words."""


@dataclass(frozen=True, slots=True)
class Work:
    """What somebody who does an import has in hands."""

    folder: Folder
    database: Database
    organisation_id: UUID
    actor: audit.Actor
    step: Step
    turn: Step
    """A step after which others may go first, for work that goes on where it was."""
    source: Source

    def read(self) -> AbstractContextManager[Session]:
        return self.database.read(self.organisation_id)


def look(work: Work, listed: DocumentList) -> Sequence[DocumentImportRow]:
    """Judge every file, and put every row beside the register. Nothing is kept.

    Raises:
        Failed: the disk or the database gives way.
    """
    judged = _addresses_judged(work, listed.rows)
    with describing.standing_by():
        for at, row in enumerate(listed.rows):
            if at % LOOK_STEP == 0:
                with work.step(at, len(listed.rows), "Openboek bekijkt de rijen en de bestanden."):
                    pass
            if row.file:
                judged[row.row] = _judged(work, row)
    with work.read() as session:
        return services.compared(session, listed.rows, listed.skipped, judged)


def take(work: Work, import_id: UUID) -> None:
    """Put the rows that wait in the register, some at a time.

    Raises:
        Failed: the disk or the database gives way; what was done stays done.
    """
    with work.read() as session:
        waiting = imports.to_do(session, reading_in.find(session, DocumentImport, import_id))
    for start in range(0, len(waiting), STEP):
        part = waiting[start : start + STEP]
        stored = dict(_stored(work, part))
        with work.turn(start + len(part), len(waiting), "Documenten komen in het register.") as session:
            services.carry_out(
                session, reading_in.find(session, DocumentImport, import_id), part, stored, actor=work.actor
            )
    with work.read() as session:
        attached = imports.to_attach(session, reading_in.find(session, DocumentImport, import_id))
    for start in range(0, len(attached), STEP):
        part = attached[start : start + STEP]
        with work.turn(start + len(part), len(attached), "Bijlagen verwijzen naar hun document.") as session:
            services.attach_rows(session, reading_in.find(session, DocumentImport, import_id), part, actor=work.actor)
    with work.step(len(waiting), len(waiting), "") as session:
        made = reading_in.find(session, DocumentImport, import_id)
        services.end_run(session, made, actor=work.actor)
        if made.finished_at:
            services.forget_files(session, work.folder, made)


def import_at_once(
    work: Work, rows: Sequence[DocumentImportRow], called: str, *, takes_changes: bool
) -> Sequence[DocumentImportRow]:
    """Carry out what `look` gave, without a person in between; returns the rows with what became of them.

    What an earlier run of the same list left open, because it was cut off, is closed: `look` saw how far it came.

    Raises:
        Failed: the disk or the database gives way; what was done stays done.
    """
    with work.step(0, 0, "") as session:
        for left in imports.left_open(session, called):
            services.close_import(session, left, actor=work.actor)
        made = services.open_import(session, file_name=called, actor=work.actor)
        services.prepare_import(session, made, rows, actor=work.actor)
        made.takes_changes, import_id = takes_changes, made.id
    take(work, import_id)
    with work.step(0, 0, "") as session:
        made = reading_in.find(session, DocumentImport, import_id)
        done = imports.all_rows(session, made)
        services.close_import(session, made, actor=work.actor)
        session.flush()
        session.expunge_all()
    return done


def _addresses_judged(work: Work, rows: Sequence[DocumentRow]) -> dict[int, Judged]:
    """What is wrong with addresses elsewhere: some of those that are new are tried, for a list may have thousands."""
    with work.read() as session:
        known = set(session.exec(select(Document.source_url).where(Document.source_url != "")))
    new = [row for row in rows if row.content.source_url and row.content.source_url not in known]

    def said(done: int, total: int) -> None:
        with work.step(done, total, "Openboek probeert adressen van andere websites."):
            pass

    chosen = elsewhere.some_of(row.content.source_url for row in new)
    faults = elsewhere.faults_of(chosen, seconds=elsewhere.SECONDS_FOR_A_LIST, said=said)
    found = ((row.row, faults.get(row.content.source_url)) for row in new)
    return {number: Judged(problem=fault or "", is_untried=fault is None) for number, fault in found}


def _judged(work: Work, row: DocumentRow) -> Judged:
    try:
        with work.source.opened(row.file) as file:
            found = describing.judge(work.folder, file, row.file)
    except BadInput as refused:
        return Judged(problem=refused.message)
    return Judged(found.sha256, found.format.code, pages=found.pages)


def _stored(work: Work, row_ids: Sequence[UUID]) -> Iterator[tuple[UUID, StoredFile | str]]:
    """The files of rows, each kept, or the reason why it cannot be."""
    with work.read() as session:
        query = select(DocumentImportRow.id, DocumentImportRow.planned).where(col(DocumentImportRow.id).in_(row_ids))
        named = [(row_id, planned["file"], planned["pages"]) for row_id, planned in session.exec(query) if planned]
    for row_id, name, pages in named:
        if not name:
            continue
        try:
            with work.source.opened(name) as file:
                yield row_id, replace(files.store(work.folder, file, name), pages=pages)
        except BadInput as refused:
            yield row_id, refused.message


# --- what was uploaded ------------------------------------------------------------------------------------------------


def list_of(folder: Folder, made: DocumentImport) -> list[Sheet]:
    """The sheets of the list as it was uploaded.

    Raises:
        BadInput: it is not kept any more.
    """
    return sheets.read(originals.read(folder, made.kept), Path(made.list_name or made.file_name).name)


@contextmanager
def uploaded(folder: Folder, archives: Sequence[str]) -> Iterator[Source]:
    """The zip files of an import."""
    with ExitStack() as stack:
        yield Zipped([stack.enter_context(originals.opened(folder, sha256)) for sha256 in archives])


def import_job(folder: Folder) -> jobs.Handler:
    """The handler that looks at an import, or carries it out."""

    def handle(claimed: jobs.Claimed) -> Mapping[str, object]:
        import_id = UUID(claimed.payload["import"])
        with claimed.database.read(claimed.organisation_id) as session:
            made = reading_in.find(session, DocumentImport, import_id)
            session.expunge(made)

        def turn(done: int, total: int, message: str) -> AbstractContextManager[Session]:
            return claimed.turn(claimed.done + done, claimed.done + total, message)

        with uploaded(folder, made.archives) as source:
            work = Work(folder, claimed.database, claimed.organisation_id, claimed.actor, claimed.step, turn, source)
            if claimed.payload["task"] == "look":
                listed = document_list.read_documents(
                    list_of(folder, made), mapping=made.mapping, sheet=made.sheet, heading_row=made.heading_row
                )
                rows = look(work, listed)
                with claimed.step(len(rows), len(rows)) as session:
                    services.prepare_import(
                        session, reading_in.find(session, DocumentImport, import_id), rows, actor=claimed.actor
                    )
                return {"message": "De lijst is bekeken.", "import": str(import_id)}
            take(work, import_id)
        return {"message": "De documenten zijn ingelezen.", "import": str(import_id)}

    return handle
