"""The check of files before they become public (`woo.inspection`): of which bytes, when, and what it found.

What becomes public are the bytes without metadata; those are looked at. Of an overview (Woo art. 3.3a) it is the list
that readers download, which is made of its rows and is stored nowhere. A look takes seconds, so it is done outside of
any transaction: by the worker after an upload, and else ahead of a publication. A publication that finds none all the
same does it then and there: nothing becomes public without.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, null
from sqlmodel import Session, col, select

from core import audit, clock, history, jobs
from core.db import Database, refuse_stale
from core.errors import BadInput, RuleViolation
from core.folder import Folder
from core.jobs import Claimed, Handler, Job, JobState
from core.organisations import the_organisation
from core.storage import Damaged, to_disk
from woo import hits, inspection
from woo.content import SCHEMA_NUMBER, DecisionState, DocumentState, InspectionState, OverviewKind
from woo.inspection import Hit, Kind, Known
from woo.models import Document, FileInspection, HitDecision, InspectionHit, InspectionSettings, Overview

Checked = Document | Overview
"""What becomes public only after a check of its file."""
INSPECT_JOB = "woo:inspect"
MAX_KNOWN = 200
WAITING = (DocumentState.CONCEPT, DocumentState.READY, DocumentState.PLANNED)
_NOT_STRIPPED = (
    "De eigenschappen konden niet uit het bestand worden gehaald: het vraagt te veel tijd of geheugen. Het bestand zou "
    "dus openbaar worden zoals het is."
)
_FORGOTTEN = timedelta(minutes=20)
"""A look that began longer ago was broken off."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a look depends on, beside the bytes and the version of the engine."""

    known: Known

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.known.texts).encode()).hexdigest()

    @property
    def holds(self) -> ColumnElement[bool]:
        return (col(FileInspection.engine) == inspection.VERSION) & (col(FileInspection.known) == self.digest)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look gave, and what it went by. `fault`: why there was none."""

    original: str
    basis: Basis
    stripped: str = ""
    size: int = 0
    hits: Sequence[Hit] = ()
    fault: str = ""


# --- what belongs to the organisation itself -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KnownTexts:
    """What people said that belongs to the organisation itself. `version` is 0 when nobody said anything yet."""

    texts: Sequence[str] = ()
    version: int = 0


def known_texts(session: Session) -> KnownTexts:
    """What people said that belongs to the organisation itself."""
    found = session.exec(select(InspectionSettings)).first()
    return KnownTexts(found.known, found.version) if found else KnownTexts()


def own_texts(session: Session) -> Sequence[str]:
    """What is known of the organisation without anybody saying it here."""
    organisation = the_organisation(session)
    found = (organisation.address, organisation.phone, organisation.email, organisation.dpo_contact)
    return [text for text in found if text]


def change_known(session: Session, texts: Iterable[str], *, version: int, actor: audit.Actor) -> None:
    """Say what belongs to the organisation itself. What waits to become public is looked at again.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: too many texts, or one that is too short to mean anything.
    """
    found = session.exec(select(InspectionSettings)).first()
    before = {"known": list(found.known)} if found else None
    found = found or InspectionSettings(known=[], version=0)
    refuse_stale(found, version)
    wanted = list(dict.fromkeys(filter(None, (text.strip() for text in texts))))
    short = next((text for text in wanted if len(text) < 6), "")
    if short or len(wanted) > MAX_KNOWN:
        message = (
            f"'{short}' is te kort. Vul het hele nummer of adres in." if short else f"Hoogstens {MAX_KNOWN} regels."
        )
        raise RuleViolation(message, {"known": message})
    if wanted == found.known:
        return
    found.known = wanted
    session.add(found)
    verb = "change" if before else "add"
    history.record_save(
        session, found, verb, actor=actor, schema_number=SCHEMA_NUMBER, before=before, after={"known": wanted}
    )
    ask(session, actor=actor)


def basis(session: Session) -> Basis:
    return Basis(Known((*own_texts(session), *known_texts(session).texts)))


# --- what is known of a file -----------------------------------------------------------------------------------------


def inspection_of(session: Session, sha256: str) -> FileInspection | None:
    """The look at a file that counts now, however far it is; None when the file waits for one."""
    query = select(FileInspection).where(FileInspection.original == sha256, basis(session).holds)
    return session.exec(query).first()


def decisions(session: Session, checked: Checked) -> dict[str, HitDecision]:
    """What was said of hits in a document or overview, by key."""
    column = HitDecision.overview_id if isinstance(checked, Overview) else HitDecision.document_id
    query = select(HitDecision).where(column == checked.id).order_by(col(HitDecision.key))
    return {one.key: one for one in session.exec(query)}


def standing(session: Session, checked: Checked, found: FileInspection) -> hits.Standing:
    """How far people are with what was found in the file of a document or overview."""
    return hits.weigh(found.hits, decisions(session, checked), found.original)


def cleared(session: Session, document: Document, folder: Folder, *, actor: audit.Actor) -> FileInspection:
    """The check of a file that is about to become public, with nothing in it that waits for a person.

    A file that was not looked at yet, is looked at here and now.

    Raises:
        RuleViolation: somebody must mend the file first, or say why it may be public.
        Failed: the file cannot be read.
    """
    found = inspection_of(session, document.sha256)
    if found is None or not _is_done(found, folder):
        found = keep(session, look(folder, document.sha256, basis(session)), actor=actor)
    _refuse_open(session, document, found)
    return found


def refuse_unclear_overview(session: Session, overview: Overview, *, actor: audit.Actor) -> None:
    """Let an overview go on to the public only with nothing in it that waits for a person; see `cleared`.

    Raises:
        RuleViolation: somebody must mend the list first, or say why it may be public.
    """
    found = inspection_of(session, overview.sha256)
    if found is None or found.state is not InspectionState.DONE:
        found = keep(session, look_at_list(overview.file, basis(session)), actor=actor)
    _refuse_open(session, overview, found)


def _refuse_open(session: Session, checked: Checked, found: FileInspection) -> None:
    if reason := standing(session, checked, found).hinders:
        raise RuleViolation(reason, {"inspection": reason})


def _is_done(found: FileInspection, folder: Folder) -> bool:
    return found.state is InspectionState.DONE and folder.store().size(found.stripped) is not None


@dataclass(frozen=True, slots=True)
class Open:
    """How many hits in the file of a document wait for a person, and how many of these are critical."""

    document_id: UUID
    title: str
    total: int
    critical: int
    is_asked: bool
    """Somebody said why something critical may be public, and a second person must decide."""


def open_hits(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Open]:
    """The documents on their way to the public with hits that wait for a person; the same as `hits.weigh`, in SQL."""
    said = and_(col(HitDecision.document_id) == Document.id, col(HitDecision.key) == InspectionHit.key)
    same_file = and_(said, col(HitDecision.original) == Document.sha256)
    settled = select(HitDecision.id).where(said, ~col(InspectionHit.critical)).exists() | (
        select(HitDecision.id).where(same_file, HitDecision.state == DecisionState.APPROVED).exists()
    )
    asked = select(HitDecision.id).where(same_file, HitDecision.state == DecisionState.ASKED).exists()
    counted: Any = (
        *(Document.id, Document.title, func.count()),
        func.sum(case((col(InspectionHit.critical), 1), else_=0)),
        func.max(case((asked, 1), else_=0)),
    )
    query = (
        select(*counted)
        .join(FileInspection, col(FileInspection.original) == Document.sha256)
        .join(InspectionHit, col(InspectionHit.inspection_id) == FileInspection.id)
        .where(
            _is_on_its_way(),
            basis(session).holds,
            col(InspectionHit.critical) | col(InspectionHit.kind).not_in(hits.NOTICES),
            ~settled,
            *conditions,
        )
        .group_by(col(Document.id))
        .order_by(col(Document.id))
    )
    return [
        Open(id_, title, total, critical, bool(is_asked))
        for id_, title, total, critical, is_asked in session.exec(query)
    ]


def _is_on_its_way() -> ColumnElement[bool]:
    return col(Document.state).in_(WAITING) | col(Document.file_before).is_not(null())


def overviews_on_their_way(session: Session) -> Sequence[Overview]:
    """The overviews with rows that the public does not see."""
    found = session.exec(select(Overview).order_by(col(Overview.kind))).all()
    shown = history.newest_versions(session, [one.id for one in found])
    return [one for one in found if one.rows and not _is_shown(shown.get(one.id), one.rows)]


def _is_shown(version: history.Version | None, rows: Sequence[Sequence[str]]) -> bool:
    return version is not None and version.ended_at is None and bool(version.content["rows"] == rows)


def overviews_with_open_hits(session: Session) -> Sequence[tuple[Overview, hits.Standing]]:
    """The overviews on their way to the public with hits that wait for a person; see `open_hits`."""
    checked = [(one, inspection_of(session, one.sha256)) for one in overviews_on_their_way(session)]
    weighed = [(one, standing(session, one, found)) for one, found in checked if found]
    return [(one, standing_) for one, standing_ in weighed if standing_.hinders]


# --- looking ---------------------------------------------------------------------------------------------------------


def look(folder: Folder, sha256: str, wanted: Basis) -> Looked:
    """Strip a file of its metadata, look at what is left, and store that. Changes no rows.

    Raises:
        Failed: the file is gone or damaged, or the store gives way.
    """
    with folder.store().open(sha256) as file:
        try:
            stripped = inspection.strip(file)
        except BadInput:
            found = inspection.inspect(file, wanted.known)
            hit = Hit(Kind.METADATA, _NOT_STRIPPED, critical=True, key="not-stripped")
            return Looked(sha256, wanted, sha256, file.seek(0, 2), (hit, *found.hits))
    found = inspection.inspect(stripped, wanted.known)
    return Looked(sha256, wanted, _store(folder, stripped), len(stripped), found.hits)


def look_at_list(data: bytes, wanted: Basis) -> Looked:
    """Look at an overview as readers download it: it has no metadata to strip. Changes no rows."""
    sha256 = hashlib.sha256(data).hexdigest()
    return Looked(sha256, wanted, sha256, len(data), inspection.inspect(data, wanted.known).hits)


def _store(folder: Folder, data: bytes) -> str:
    digest, store = hashlib.sha256(data).hexdigest(), folder.store()
    if store.size(digest) is None:
        with store.receiving() as (path, out):
            out.write(data)
            to_disk(out)
            store.put(digest, path)
    return digest


def keep(session: Session, looked: Looked, *, actor: audit.Actor) -> FileInspection:
    """Note what a look gave, instead of what an earlier one did, and tell it of each record with the file."""
    found = _row(session, looked.original, looked.basis)
    found.state = InspectionState.FAILED if looked.fault else InspectionState.DONE
    found.stripped, found.stripped_size, found.fault = looked.stripped, looked.size, looked.fault
    found.hits = [
        InspectionHit(
            inspection_id=found.id,
            position=position,
            key=hit.key,
            kind=hit.kind,
            critical=hit.critical,
            page=hit.page,
            place=hit.where,
            snippet=hit.snippet,
        )
        for position, hit in enumerate(looked.hits)
    ]
    session.flush()
    critical = sum(hit.critical for hit in looked.hits)
    told = {"fault": looked.fault} if looked.fault else {"hits": len(looked.hits), "critical": critical}
    of_file = select(Document).where(Document.sha256 == looked.original).order_by(col(Document.id))
    overviews = (one for one in session.exec(select(Overview).order_by(col(Overview.kind))) if one.rows)
    checked: list[Checked] = [*session.exec(of_file), *(one for one in overviews if one.sha256 == looked.original)]
    for one in checked:
        audit.append(
            session,
            chain=one.organisation_id,
            actor=actor,
            action=action_of(one, "inspect"),
            subject=(str(one.__tablename__), one.id, one.audit_label()),
            contents={"after": told},
        )
    return found


def action_of(checked: Checked, verb: str) -> str:
    return f"woo:{'overview' if isinstance(checked, Overview) else 'document'}:{verb}"


def _row(session: Session, sha256: str, wanted: Basis) -> FileInspection:
    """The row of a file, as of a look that begins now."""
    found = session.exec(select(FileInspection).where(FileInspection.original == sha256)).first()
    if found is None:
        found = FileInspection(original=sha256, engine=inspection.VERSION, known="", at=clock.now())
    found.engine, found.known, found.at = inspection.VERSION, wanted.digest, clock.now()
    found.state, found.fault = InspectionState.RUNNING, ""
    session.add(found)
    return found


def look_ahead(
    database: Database, folder: Folder, organisation_id: UUID, files: Iterable[str], *, actor: audit.Actor
) -> None:
    """Look at files that are about to become public, as far as that was not done; each is noted by itself.

    Raises:
        Failed: a file cannot be read.
    """
    with database.read(organisation_id) as session:
        wanted = basis(session)
        done = {sha256: inspection_of(session, sha256) for sha256 in dict.fromkeys(filter(None, files))}
    waiting = [sha256 for sha256, found in done.items() if found is None or not _is_done(found, folder)]
    with inspection.standing_by() if len(waiting) > 1 else nullcontext():
        for sha256 in waiting:
            looked = look(folder, sha256, wanted)
            with database.write(organisation_id) as session:
                keep(session, looked, actor=actor)


def look_at_overview(database: Database, organisation_id: UUID, kind: OverviewKind, *, actor: audit.Actor) -> None:
    """Look at an overview that is about to become public, unless that was done."""
    with database.read(organisation_id) as session:
        wanted = basis(session)
        overview = session.exec(select(Overview).where(Overview.kind == kind)).first()
        found = inspection_of(session, overview.sha256) if overview else None
        data = overview.file if overview and overview.rows else b""
    if data and (found is None or found.state is not InspectionState.DONE):
        looked = look_at_list(data, wanted)
        with database.write(organisation_id) as session:
            keep(session, looked, actor=actor)


def look_at_due(database: Database, folder: Folder, organisation_id: UUID, today: date, *, actor: audit.Actor) -> None:
    """Look at the files that `publish_due` is about to publish. One that cannot be read stays for that to tell."""
    due = select(Document.sha256).where(Document.state == DocumentState.PLANNED, col(Document.planned_on) <= today)
    with database.read(organisation_id) as session:
        files = session.exec(due).all()
    for sha256 in files:
        try:
            look_ahead(database, folder, organisation_id, [sha256], actor=actor)
        except Damaged:
            continue


# --- in the background -----------------------------------------------------------------------------------------------


def ask(session: Session, *, actor: audit.Actor) -> None:
    """Have what waits looked at in the background."""
    jobs.enqueue(session, INSPECT_JOB, {}, created_by=actor.label, created_by_id=actor.user_id)


def ask_about(session: Session, checked: Checked, *, actor: audit.Actor) -> None:
    """Have a file looked at in the background, unless that was done."""
    asked = select(Job.id).where(Job.kind == INSPECT_JOB, Job.state == JobState.WAITING).limit(1)
    sha256 = checked.sha256
    if sha256 and not session.exec(asked).first() and inspection_of(session, sha256) is None:
        ask(session, actor=actor)


def ask_again(session: Session, checked: Checked, *, actor: audit.Actor) -> None:
    """Have a file looked at once more, as when the last time failed."""
    found = inspection_of(session, checked.sha256)
    if found and found.state is not InspectionState.DONE:
        session.delete(found)
    ask(session, actor=actor)


def inspect_job(folder: Folder) -> Handler:
    """The handler that looks at all files that wait, of the document that was changed last first."""

    def handle(claimed: Claimed) -> Mapping[str, Any]:
        with claimed.step(claimed.done, claimed.done) as session:
            lists = {one.sha256: one.file for one in _waiting_overviews(session)}
            files = [*lists, *session.exec(_waiting(session))]
        total = claimed.done + len(files)
        with inspection.standing_by():
            for done, sha256 in enumerate(files, claimed.done):
                with claimed.step(done, total, f"{done} van {total} nagekeken") as session:
                    wanted = basis(session)
                    if not _still_waits(session, sha256):
                        continue
                    _row(session, sha256, wanted)
                try:
                    listed = lists.get(sha256)
                    looked = look_at_list(listed, wanted) if listed else look(folder, sha256, wanted)
                except Damaged as error:
                    looked = Looked(sha256, wanted, fault=error.message)
                with claimed.turn(done + 1, total) as session:
                    keep(session, looked, actor=claimed.actor)
        return {"message": f"{total} nagekeken.", "files": total}

    return handle


def _still_waits(session: Session, sha256: str) -> bool:
    is_file = session.exec(_waiting(session).where(Document.sha256 == sha256)).first() is not None
    return is_file or sha256 in {one.sha256 for one in _waiting_overviews(session)}


def _waiting_overviews(session: Session) -> Sequence[Overview]:
    """The overviews that no look counts of."""
    looked = [(one, inspection_of(session, one.sha256)) for one in overviews_on_their_way(session)]
    return [one for one, found in looked if found is None or _is_broken_off(found)]


def _is_broken_off(found: FileInspection) -> bool:
    return found.state is InspectionState.RUNNING and found.at <= clock.now() - _FORGOTTEN


def _waiting(session: Session) -> Any:  # noqa: ANN401 - a query, which SQLModel cannot name
    """The files that no look counts of, of the document that was changed last first."""
    began = clock.now() - _FORGOTTEN
    counts = (
        basis(session).holds
        & (col(FileInspection.original) == Document.sha256)
        & ((col(FileInspection.state) != InspectionState.RUNNING) | (col(FileInspection.at) > began))
    )
    return (
        select(Document.sha256)
        .where(
            _is_on_its_way(),
            Document.sha256 != "",
            ~select(FileInspection.id).where(counts).exists(),
        )
        .group_by(col(Document.sha256))
        .order_by(func.max(Document.updated_at).desc(), col(Document.sha256))
    )


def stripped_of(session: Session, files: Iterable[str]) -> set[str]:
    """What is left of these files without metadata."""
    query = select(FileInspection.stripped).where(col(FileInspection.original).in_(list(files)))
    return {stripped for stripped in session.exec(query) if stripped}


def forget(session: Session, files: Iterable[str]) -> None:
    """Drop what was found in files that are removed."""
    for found in session.exec(select(FileInspection).where(col(FileInspection.original).in_(list(files)))):
        session.delete(found)
