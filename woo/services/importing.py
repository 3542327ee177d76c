"""Lists of documents: each row beside what is in the register, then into it, some at a time (ADR 21)."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, delete, select, update

from core import audit, clock, jobs, originals, reading_in, values
from core.db import Database
from core.errors import Conflict, RuleViolation
from core.folder import Folder
from core.organisations import the_organisation
from woo import imports, rules
from woo.content import DocumentContent, DocumentState, DossierContent
from woo.document_list import DocumentRow
from woo.files import StoredFile
from woo.importer import Skipped
from woo.imports import DocumentImport, DocumentImportRow, ImportState, RowKind, RowOutcome
from woo.models import Document, Dossier
from woo.services.categories import deadlines
from woo.services.documents import add_document, attach_file, change_document, leave_plan, make_attachment
from woo.services.dossiers import add_dossier, arrange

DOCUMENT_IMPORT_JOB = "woo:import"
KEPT_FOR = timedelta(days=30)
_AT_ONCE = 500
"""How many rows are looked up by one query."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the file of a row is. `problem` says why it, or the address elsewhere, cannot be used."""

    sha256: str = ""
    format_code: str = ""
    problem: str = ""
    pages: int | None = None
    is_untried: bool = False
    """Nobody looked at the address elsewhere: that is done before the document becomes public."""


# --- what a row is beside the register -------------------------------------------------------------------------------


def compared(
    session: Session, rows: Sequence[DocumentRow], skipped: Sequence[Skipped], judged: Mapping[int, Judged]
) -> list[DocumentImportRow]:
    """Put each row beside the register: new, different, the same, or refused with the reason. Nothing is stored.

    A row is recognised by what was read before, by a number that only one document has, by its address elsewhere, or
    by the bytes of its file. A document that was withdrawn never comes back by a list.

    Args:
        session: of the organisation.
        rows: what the list says.
        skipped: the rows that could not be read.
        judged: number of a row -> what its file is.
    """
    prints = [_fingerprint(row, judged.get(row.row, Judged())) for row in rows]
    known = _Register.of(session, rows, prints)
    publisher, terms, today = the_organisation(session).tooi_uri, deadlines(session), clock.today()
    seen: dict[object, int] = {}
    made = []
    found = known.documents_of(rows, prints, judged)
    for row, fingerprint, there in zip(rows, prints, found, strict=True):
        file = judged.get(row.row, Judged())
        facts = rules.DocumentFacts(
            today=today,
            publisher=publisher,
            format_code=file.format_code,
            has_file=bool(row.file),
            deadline_days=terms.get(row.content.category),
        )
        blocking = rules.what_blocks(row.content, facts)
        one = DocumentImportRow(
            position=row.row,
            kind=RowKind.NEW,
            name=row.content.title[:120],
            planned={
                "content": dict(row.filled),
                "dossier": row.dossier,
                "file": row.file,
                "pages": file.pages,
                "is_untried": file.is_untried,
                "attachment_to": row.attachment_to,
                "sequence": row.sequence,
            },
            notes=[asdict(note) for note in row.notes],
            noted=len(row.notes),
            errors=len(blocking),
            fingerprint=fingerprint,
        )
        _place(one, row, file, there, known, seen)
        if one.kind is RowKind.NEW and blocking:
            one.problem = blocking[0].message
        made.append(one)
    made += [
        DocumentImportRow(position=one.row, kind=RowKind.REFUSED, name="", fingerprint="", problem=one.reason)
        for one in skipped
    ]
    return sorted(made, key=lambda one: one.position)


def _place(
    one: DocumentImportRow,
    row: DocumentRow,
    file: Judged,
    there: "_There | None",
    known: "_Register",
    seen: dict[object, int],
) -> None:
    """Say what kind of row it is."""
    if there and there.state is DocumentState.WITHDRAWN:
        one.kind = RowKind.REFUSED
        one.problem = "dit document is ingetrokken. Moet het terug, voeg het dan zelf toe als nieuw document."
        return
    if row.attachment_to and not known.has_main_of(row):
        one.kind, one.problem = RowKind.REFUSED, _no_main(row.attachment_to)
        return
    if file.problem and not (there and known.files.get(there.id) == _file_name(row.file)):
        one.kind, one.problem = RowKind.REFUSED, file.problem
        return
    if file.problem and one.planned:
        one.planned = one.planned | {"file": ""}  # it is the one that the document has
    for mark in filter(None, (one.fingerprint, row.content.source_url, there and there.id)):
        if mark in seen:
            one.kind, one.problem = RowKind.REFUSED, f"dit is hetzelfde document als in rij {seen[mark]}."
            return
        seen[mark] = row.row
    if there is None:
        return
    one.document_id = there.id
    if one.fingerprint in known.read_before or known.says_the_same(there.id, row, file):
        one.kind = RowKind.SAME
    else:
        one.kind = RowKind.CHANGE
        if file.sha256 and there.state is DocumentState.PUBLISHED and file.sha256 != there.sha256:
            one.problem = _FILE_OF_A_PUBLIC_ONE


def _no_main(named: str) -> str:
    return f"in dit dossier staat geen ander document '{named[:80]}'. Verbeter de kolom 'bijlage bij'."


_FILE_OF_A_PUBLIC_ONE = (
    "Dit document is openbaar en het bestand is anders. Kies bij het document 'Bestand vervangen' en geef een reden."
)


_NOT_PLANNED = "was gepland. Dat is het nu niet meer: kijk het na en plan het opnieuw."


@dataclass(frozen=True, slots=True)
class _There:
    """A document that is in the register."""

    id: UUID
    state: DocumentState
    title: str
    dossier: str
    sha256: str


@dataclass(slots=True)
class _Register:
    """What rows are recognised by."""

    session: Session
    read_before: dict[str, UUID]
    documents: dict[UUID, _There] = field(default_factory=dict)
    by_number: dict[str, list[UUID]] = field(default_factory=dict)
    by_address: dict[str, UUID] = field(default_factory=dict)
    by_bytes: dict[str, list[UUID]] = field(default_factory=dict)
    by_file: dict[str, list[UUID]] = field(default_factory=dict)
    files: dict[UUID, str] = field(default_factory=dict)
    whole: dict[UUID, Document] = field(default_factory=dict)
    in_list: Counter[str] = field(default_factory=Counter)
    mains: dict[tuple[str, str], set[object]] = field(default_factory=dict)
    """Dossier and title or number -> the rows and documents that are called so."""

    @classmethod
    def of(cls, session: Session, rows: Sequence[DocumentRow], prints: Sequence[str]) -> "_Register":
        made = cls(session, _read_before(session, prints))
        made.in_list = Counter(number for row in rows for number in dict.fromkeys(row.content.identifiers))
        for row in rows:
            for name in (row.content.title, *row.content.identifiers):
                made._call(row.dossier, name, row.row)
        query = select(Document.id, Document.state, Document.title, Dossier.title)
        query = query.join(Dossier, col(Dossier.id) == Document.dossier_id)
        more = (Document.sha256, Document.identifiers, Document.source_url, Document.file_name, Dossier.public_id)
        by_age: Any = query.order_by(col(Document.created_at), col(Document.id)).add_columns(*map(col, more))
        found: Any = session.exec(by_age)
        for document_id, state, title, dossier, sha256, identifiers, url, file_name, public_id in found:
            made.documents[document_id] = _There(document_id, DocumentState(state), title, dossier, sha256)
            for name in (title, *identifiers) if state != DocumentState.WITHDRAWN else ():
                made._call(dossier, name, document_id)
                made._call(public_id, name, document_id)
            for number in identifiers:
                made.by_number.setdefault(number, []).append(document_id)
            if url:
                made.by_address[url] = document_id
            if sha256:
                made.by_bytes.setdefault(sha256, []).append(document_id)
            if file_name and state != DocumentState.WITHDRAWN:
                made.files[document_id] = _file_name(file_name)
                made.by_file.setdefault(_file_name(file_name), []).append(document_id)
        return made

    def _call(self, dossier: str, name: str, what: object) -> None:
        self.mains.setdefault((dossier, values.fold(name)), set()).add(what)

    def has_main_of(self, row: DocumentRow) -> bool:
        """Whether the document that a row is an attachment to stands in the list or in the register."""
        return bool(self.mains.get((row.dossier, values.fold(row.attachment_to)), set()) - {row.row})

    def documents_of(
        self, rows: Sequence[DocumentRow], prints: Sequence[str], judged: Mapping[int, Judged]
    ) -> list[_There | None]:
        """The document of each row; those that must be compared are read together."""
        found = [
            self._document_of(row, one, judged.get(row.row, Judged())) for row, one in zip(rows, prints, strict=True)
        ]
        wanted = [one.id for one, mark in zip(found, prints, strict=True) if one and mark not in self.read_before]
        for start in range(0, len(wanted), _AT_ONCE):
            query = select(Document).where(col(Document.id).in_(wanted[start : start + _AT_ONCE]))
            self.whole |= {one.id: one for one in self.session.exec(query)}
        return found

    def _document_of(self, row: DocumentRow, fingerprint: str, file: Judged) -> _There | None:
        found = self.read_before.get(fingerprint) or self._by_number(row) or self.by_address.get(row.content.source_url)
        if found is None and file.sha256:
            alike = (self.documents[one] for one in self.by_bytes.get(file.sha256, ()))
            found = next(
                (one.id for one in alike if one.title == row.content.title or one.dossier == row.dossier), None
            )
        if found is None and file.problem and row.file:  # not in the zip: perhaps it was uploaded before
            same = self.by_file.get(_file_name(row.file), [])
            found = same[0] if len(same) == 1 else None
        return self.documents.get(found) if found else None

    def _by_number(self, row: DocumentRow) -> UUID | None:
        """Several documents of one case have its number: only one that nobody else has tells which it is."""
        for number in row.content.identifiers:
            found = self.by_number.get(number, [])
            if len(found) == 1 and self.in_list[number] == 1:
                return found[0]
        return None

    def says_the_same(self, document_id: UUID, row: DocumentRow, file: Judged) -> bool:
        document = self.whole[document_id]
        content = document.content()
        has_other_file = bool(file.sha256) and file.sha256 != document.sha256
        main = (self.mains.get((row.dossier, values.fold(row.attachment_to))) or set()) if row.attachment_to else None
        has_other_main = main is not None and document.part_of not in main
        return becomes(content, row.filled) == content and not has_other_file and not has_other_main


def becomes(content: DocumentContent, said: Mapping[str, Any]) -> DocumentContent:
    """What a document becomes when it takes over what a row says; what the row leaves open stays."""
    return DocumentContent.model_validate({**content.model_dump(mode="json"), **said})


def _file_name(path: str) -> str:
    """The name of a file without its folders, as it is compared."""
    return values.fold(path.replace("\\", "/").rpartition("/")[2])


def _fingerprint(row: DocumentRow, file: Judged) -> str:
    said = [row.filled, row.dossier, file.sha256 or row.file]
    said += [row.attachment_to, str(row.sequence)] if row.attachment_to or row.sequence is not None else []
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _read_before(session: Session, prints: Sequence[str]) -> dict[str, UUID]:
    """The documents that came from a row that said exactly this."""
    found: dict[str, UUID] = {}
    for start in range(0, len(prints), _AT_ONCE):
        query = select(DocumentImportRow.fingerprint, DocumentImportRow.document_id).where(
            col(DocumentImportRow.fingerprint).in_(prints[start : start + _AT_ONCE]),
            col(DocumentImportRow.outcome).in_([RowOutcome.ADDED, RowOutcome.CHANGED]),
        )
        found |= {fingerprint: document_id for fingerprint, document_id in session.exec(query) if document_id}
    return found


# --- an import from its beginning to its end -------------------------------------------------------------------------


def open_import(
    session: Session, *, file_name: str, actor: audit.Actor, list_name: str = "", kept: str = "", archive: str = ""
) -> DocumentImport:
    """Begin to read a list. Nothing of it is in the register yet."""
    made = DocumentImport(
        file_name=file_name[-300:],
        state=ImportState.COLUMNS,
        list_name=list_name[-300:],
        kept=kept,
        archives=[archive] if archive else [],
        started_by=actor.label[:200],
    )
    session.add(made)
    _tell(session, made, "open", actor)
    return made


def choose_place(session: Session, made: DocumentImport, sheet: str, heading_row: int, *, actor: audit.Actor) -> None:
    """Say on which sheet and in which row (from 1) the headings stand; what was decided of columns is forgotten.

    Raises:
        RuleViolation: it is being read in, or was.
    """
    _refuse_late(session, made)
    if (made.sheet, made.heading_row) != (sheet, heading_row):
        made.sheet, made.heading_row, made.chosen, made.state = sheet, heading_row, [], ImportState.COLUMNS
        session.exec(delete(DocumentImportRow).where(col(DocumentImportRow.import_id) == made.id))
        _tell(session, made, "change", actor)


def look_at(session: Session, made: DocumentImport, fields: Mapping[str, str | None], *, actor: audit.Actor) -> None:
    """Say what the columns hold, and let a worker look at every row and every file.

    Raises:
        RuleViolation: it is being read in, or was.
    """
    _refuse_late(session, made)
    made.chosen = [[heading, name] for heading, name in fields.items()]
    _look(session, made, actor)


def add_archive(session: Session, made: DocumentImport, kept: str, *, actor: audit.Actor) -> None:
    """Add a zip with documents that the list names, and look again.

    Raises:
        RuleViolation: it is being read in, or was.
    """
    _refuse_late(session, made)
    made.archives = [*made.archives, kept]
    _look(session, made, actor)


def _look(session: Session, made: DocumentImport, actor: audit.Actor) -> None:
    session.exec(delete(DocumentImportRow).where(col(DocumentImportRow.import_id) == made.id))
    made.state = ImportState.LOOKING
    _enqueue(session, made, "look", actor)
    _tell(session, made, "change", actor)


def prepare(session: Session, made: DocumentImport, rows: Sequence[DocumentImportRow], *, actor: audit.Actor) -> None:
    """Keep what `compared` gave, for a person to decide over."""
    session.exec(delete(DocumentImportRow).where(col(DocumentImportRow.import_id) == made.id))
    for row in rows:
        row.import_id = made.id
    session.add_all(rows)
    made.state, made.job_id = ImportState.DECIDING, None
    _tell(session, made, "change", actor)


def start(session: Session, made: DocumentImport, *, takes_changes: bool, actor: audit.Actor) -> None:
    """Ask a worker to add what is new, and with `takes_changes` to change what is there already.

    Raises:
        RuleViolation: it is being done already, or there is nothing to do.
    """
    _refuse_running(session, made)
    made.takes_changes = takes_changes
    if made.state is not ImportState.DECIDING or not imports.to_do(session, made):
        raise RuleViolation("Er is niets om in te lezen. Verbeter de lijst en upload hem opnieuw.")
    _enqueue(session, made, "take", actor)
    _tell(session, made, "start", actor)


def carry_out(
    session: Session,
    made: DocumentImport,
    row_ids: Sequence[UUID],
    stored: Mapping[UUID, StoredFile | str],
    *,
    actor: audit.Actor,
) -> None:
    """Put rows in the register, each as a whole or not at all; what cannot be done is told with the row.

    Args:
        session: whoever opened it commits all of these rows together.
        made: their import.
        row_ids: those that already have an outcome are left alone.
        stored: their files, or the reason why there is none.
        actor: whoever asked for it.
    """
    query = select(DocumentImportRow).where(
        col(DocumentImportRow.id).in_(row_ids), DocumentImportRow.import_id == made.id
    )
    rows = session.exec(query.order_by(col(DocumentImportRow.position))).all()
    dossiers = _dossiers(session, {row.planned["dossier"] for row in rows if row.planned})
    for row in rows:
        if row.outcome is not None or row.planned is None:
            continue
        file = stored.get(row.id)
        if isinstance(file, str):
            row.kind, row.problem, row.planned = RowKind.REFUSED, file, None
            continue
        try:
            with session.begin_nested():
                _carry_out(session, row, row.planned, file, dossiers, actor)
        except Conflict as refused:
            row.kind, row.problem, row.planned = RowKind.REFUSED, refused.message, None
        except RuleViolation as refused:
            why = next(iter(refused.points.values()), refused.message)
            row.kind, row.problem, row.planned = RowKind.REFUSED, why, None


def _carry_out(
    session: Session,
    row: DocumentImportRow,
    planned: Mapping[str, Any],
    file: StoredFile | None,
    dossiers: dict[str, Dossier],
    actor: audit.Actor,
) -> None:
    said: Mapping[str, Any] = planned["content"]
    problem = ""
    if row.kind is RowKind.CHANGE:
        document = session.get_one(Document, row.document_id)
        if file and file.sha256 != document.sha256:
            if document.is_public:
                raise RuleViolation(_FILE_OF_A_PUBLIC_ONE)
            attach_file(session, document, file, version=document.version, actor=actor)
        content = becomes(document.content(), said)
        change_document(session, document, content, version=document.version, actor=actor)
        if leave_plan(session, document, actor=actor):
            problem = f"dit document {_NOT_PLANNED}"
        row.outcome = RowOutcome.CHANGED
    else:
        content = DocumentContent.model_validate(said)
        named: str = planned["dossier"]
        dossier = dossiers.get(named)
        if dossier is None:
            new = DossierContent(title=named, category=content.category)
            dossier = dossiers[named] = add_dossier(session, new, actor=actor)
        row.document_id = add_document(session, dossier, content, file, actor=actor).id
        row.outcome = RowOutcome.ADDED
    later = {name: planned.get(name) for name in ("attachment_to", "sequence") if planned.get(name) not in {None, ""}}
    row.planned, row.problem = later or None, problem


def attach_rows(session: Session, made: DocumentImport, row_ids: Sequence[UUID], *, actor: audit.Actor) -> None:
    """Let documents that came from rows be attachments to others, now that all of these are there."""
    query = select(DocumentImportRow).where(
        col(DocumentImportRow.id).in_(row_ids), DocumentImportRow.import_id == made.id
    )
    for row in session.exec(query.order_by(col(DocumentImportRow.position))):
        planned = dict(row.planned or {})
        named = planned.pop("attachment_to", "")
        row.planned = planned or None
        document = session.get(Document, row.document_id)
        if document is None or not named:
            continue
        main = _main_of(session, document, named)
        if main is None:
            row.problem = _no_main(named)
            continue
        if document.part_of == main.id:
            continue
        try:
            with session.begin_nested():
                is_changed = make_attachment(session, document, main, actor=actor)
                if is_changed and leave_plan(session, main, actor=actor):
                    row.problem = f"'{main.title[:80]}' {_NOT_PLANNED}"
        except RuleViolation as refused:
            row.problem = next(iter(refused.points.values()), refused.message)


def _main_of(session: Session, document: Document, named: str) -> Document | None:
    query = select(Document).where(
        Document.dossier_id == document.dossier_id,
        Document.id != document.id,
        Document.state != DocumentState.WITHDRAWN,
    )
    wanted = values.fold(named)
    found = session.exec(query.order_by(col(Document.number)))
    return next((one for one in found if wanted in map(values.fold, (one.title, *one.identifiers))), None)


def _arrange_dossiers(session: Session, made: DocumentImport, actor: audit.Actor) -> None:
    """Put the documents of each dossier in the order that the list gives them."""
    placed = select(DocumentImportRow).where(
        DocumentImportRow.import_id == made.id,
        col(DocumentImportRow.outcome).is_not(None),
        col(DocumentImportRow.planned).is_not(None),
    )
    rows = session.exec(placed.order_by(col(DocumentImportRow.position))).all()
    wanted: dict[UUID, list[tuple[int, int]]] = {}
    for row in rows:
        document = session.get(Document, row.document_id)
        if document and row.planned and "sequence" in row.planned:
            wanted.setdefault(document.dossier_id, []).append((row.planned["sequence"], document.number))
        row.planned = None
    for dossier_id, numbers in wanted.items():
        ordered = [number for _, number in sorted(numbers, key=lambda pair: pair[0])]
        arrange(session, session.get_one(Dossier, dossier_id), ordered, actor=actor)


def _dossiers(session: Session, named: Collection[str]) -> dict[str, Dossier]:
    """The dossiers with these titles or public ids; of two with the same title the oldest."""
    query = select(Dossier).where(col(Dossier.title).in_(named) | col(Dossier.public_id).in_(named))
    found = session.exec(query.order_by(col(Dossier.created_at).desc(), col(Dossier.id))).all()
    return {name: one for one in found for name in (one.public_id, one.title)}


def end_run(session: Session, made: DocumentImport, *, actor: audit.Actor) -> None:
    """All that was asked has been done. The import is over when no row is open any more."""
    made.job_id = None
    _arrange_dossiers(session, made, actor)
    waiting = select(DocumentImportRow.id).where(
        DocumentImportRow.import_id == made.id,
        DocumentImportRow.kind == RowKind.CHANGE,
        col(DocumentImportRow.outcome).is_(None),
    )
    is_over = session.exec(waiting.limit(1)).first() is None
    if is_over:
        made.state, made.finished_at = ImportState.DONE, clock.now()
    _tell(session, made, "read", actor)


def close(session: Session, made: DocumentImport, *, actor: audit.Actor) -> None:
    """Leave what is open, and forget the contents of the list; which document came from which row stays.

    Raises:
        RuleViolation: it is being read in just now.
    """
    _refuse_running(session, made)
    mine = col(DocumentImportRow.import_id) == made.id
    open_rows = col(DocumentImportRow.outcome).is_(None) & col(DocumentImportRow.kind).in_(
        [RowKind.NEW, RowKind.CHANGE]
    )
    session.exec(update(DocumentImportRow).where(mine, open_rows).values(outcome=RowOutcome.LEFT))
    session.exec(update(DocumentImportRow).where(mine).values(planned=None, notes=[], noted=0))
    made.state, made.finished_at, made.is_cleared = ImportState.DONE, made.finished_at or clock.now(), True
    _tell(session, made, "close", actor)


def forget_files(session: Session, folder: Folder, made: DocumentImport) -> None:
    """Remove the uploads of an import: nobody needs them any more."""
    for sha256 in (made.kept, *made.archives):
        originals.remove(folder, sha256)
    made.kept, made.archives = "", []
    session.add(made)


def clear_old(database: Database, folder: Folder) -> int:
    """Close imports that nobody touched for thirty days and forget their contents; returns how many. Looks first."""
    old = (col(DocumentImport.is_cleared).is_(False), DocumentImport.updated_at < clock.now() - KEPT_FOR)
    with database.read(None) as session:
        found = session.exec(select(DocumentImport.id, DocumentImport.organisation_id).where(*old)).all()
    for import_id, organisation_id in found:
        with database.write(organisation_id) as session:
            made = reading_in.find(session, DocumentImport, import_id)
            close(session, made, actor=audit.Actor("klok"))
            forget_files(session, folder, made)
    return len(found)


def _refuse_late(session: Session, made: DocumentImport) -> None:
    _refuse_running(session, made)
    done = imports.counts(session, made)
    if made.state is ImportState.DONE or any(outcome for _, outcome in done):
        raise RuleViolation("Deze lijst is al (deels) ingelezen. Upload hem opnieuw als u de kolommen anders wilt.")


def _refuse_running(session: Session, made: DocumentImport) -> None:
    if reading_in.is_running(session, made):
        raise RuleViolation("Openboek is nu met deze lijst bezig. Wacht tot dat klaar is, of breek het werk af.")


def _enqueue(session: Session, made: DocumentImport, task: str, actor: audit.Actor) -> None:
    payload = {"import": str(made.id), "task": task}
    made.job_id = jobs.enqueue(
        session, DOCUMENT_IMPORT_JOB, payload, created_by=actor.label, created_by_id=actor.user_id
    ).id


def _tell(session: Session, made: DocumentImport, verb: str, actor: audit.Actor) -> None:
    session.flush()
    done = imports.counts(session, made)
    after = {"file_name": made.file_name, "state": made.state.value} | {
        outcome.value: sum(number for (_, found), number in done.items() if found is outcome) for outcome in RowOutcome
    }
    made.updated_at = clock.now()
    audit.record(session, actor=actor, action=f"woo:import:{verb}", subject=made, after=after)
