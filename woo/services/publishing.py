"""Publishing, replacing, withdrawing: what the public sees from now on.

Rows and files. An original is stored first (`woo.files.store`), so a row never names a file that is not there; an
original without a row is harmless, because originals are not public. *Publishing* changes rows only: the file comes
into the public tree when an export asks for it (`woo.public.place_files`), before the switch, so a publication that is
rolled back leaves nothing public. What becomes public is not the original but what is left of it without metadata, and
only when its check leaves nothing open (`woo.services.inspecting`). *Withdrawing* and *replacing* must hold at once:
when all rows have been written and checked, the last step takes the file away or puts the new one in its place, just
before the caller commits. Should that commit fail after all, a withdrawn file stays gone until the next export; the
person sees the error and tries again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from core import audit, clock, history, jobs
from core.db import refuse_stale
from core.errors import Conflict, Failed, RuleViolation
from core.folder import Folder
from core.organisations import the_organisation
from woo import files, lists, rules, snapshot
from woo.content import DocumentContent, DocumentState
from woo.files import StoredFile
from woo.models import Document, FileInspection, WithdrawnAddress
from woo.services.documents import (
    document_facts,
    facts_of,
    published,
    refuse_errors,
    refuse_withdrawn,
    save_document,
    take_file,
    take_over,
)
from woo.services.dossiers import publish_dossier
from woo.services.inspecting import ask_about, cleared
from woo.services.references import forget_references, neighbours_of, renew, store_references
from woo.services.sitemaps import enter_sitemap, later, leave_sitemap

WITHDRAWN_JOB = "woo:document:withdrawn"
"""Asked for with each withdrawal: what the public site and its copies still say of it."""


def publish_document(
    session: Session, document: Document, *, actor: audit.Actor, folder: Folder, version: int | None = None
) -> history.Version:
    """Show the document to the public as it is now; also what has been changed in a document that is public already.

    At first publication it gets its address (`loc`), for ever, and its place in a sitemap. A version is frozen,
    `lastmod` of the document and of its sitemap move. Without a change nothing happens. The dossier becomes public
    with its first document.

    Raises:
        Conflict: somebody saved in between, or the address belongs to another document.
        RuleViolation: it has been withdrawn, errors stand in the way, or somebody must look at what the check of its
            file found; `points` names the fields.
        Failed: the file cannot be read, or put in the place of the one before.
    """
    refuse_stale(document, version)
    refuse_withdrawn(document)
    refuse_errors(session, document, on=clock.today())
    before = document_facts(document)
    checked, is_replaced = _checked(session, document, folder, actor=actor), document.file_before is not None
    if document.loc is None:
        document.loc = _new_location(session, document)
        document.published_at = clock.now()
    _take_public_bytes(document, checked)
    content = _frozen(session, document)
    shown = published(session, document)
    if shown and shown.content == content and not is_replaced:
        return shown
    publish_dossier(session, document.dossier, actor=actor)
    made = _show(session, document, content, "replace" if is_replaced else "publish", before=before, actor=actor)
    if is_replaced:
        _put_in_place(session, document, folder)
    return made


def due_addresses(session: Session, today: date) -> Sequence[str]:
    """The addresses elsewhere of what was planned for today or earlier."""
    query = select(Document.source_url).where(
        Document.state == DocumentState.PLANNED, col(Document.planned_on) <= today, Document.source_url != ""
    )
    return session.exec(query.order_by(col(Document.source_url))).all()


def publish_due(
    session: Session, today: date, *, faults: Mapping[str, str] | None = None, actor: audit.Actor, folder: Folder
) -> "Planned":
    """Publish what was planned for today or earlier. What has errors stays planned and is told.

    `faults`: what is wrong with addresses elsewhere.
    """
    query = (
        select(Document)
        .where(Document.state == DocumentState.PLANNED, col(Document.planned_on) <= today)
        .order_by(col(Document.planned_on), col(Document.dossier_id), col(Document.number))
    )
    done, refused = [], []
    for document in session.exec(query).all():
        if fault := (faults or {}).get(document.source_url):
            refused.append((document, fault))
            continue
        try:
            publish_document(session, document, actor=actor, folder=folder)
        except (RuleViolation, Conflict, Failed) as error:
            refused.append((document, error.message))
        else:
            done.append(document)
    return Planned(done, refused)


@dataclass(frozen=True, slots=True)
class Planned:
    """What became of planned documents; `refused` with the reason."""

    published: Sequence[Document]
    refused: Sequence[tuple[Document, str]]


def replace_file(
    session: Session,
    document: Document,
    file: StoredFile,
    *,
    reason: str,
    note: str = "",
    version: int | None = None,
    actor: audit.Actor,
    folder: Folder,
) -> history.Version:
    """Put another file at the address of a public document, at once. The address stays, `lastmod` moves.

    Only the file changes for the public; metadata that were changed but not published stay as they are. `reason` is
    one of the two TOOI reasons and becomes public; `note` is for the record only.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: not public, no reason, a file of another format (that is another document), or somebody must
            look at what its check found: see `offer_file`.
        Failed: the file could not be put in its place; nothing has changed.
    """
    offer_file(session, document, file, reason=reason, note=note, version=version, actor=actor)
    return put_in_place(session, document, actor=actor, folder=folder)


def offer_file(
    session: Session,
    document: Document,
    file: StoredFile,
    *,
    reason: str,
    note: str = "",
    version: int | None = None,
    actor: audit.Actor,
) -> None:
    """Let a file wait to take the place of the one of a public document, for when people must look at it first.

    The public sees the old one until `put_in_place`. A file that waited already makes way.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: not public, no reason, or a file of another format.
    """
    refuse_stale(document, version)
    if published(session, document) is None or document.loc is None:
        raise RuleViolation("Dit document is niet openbaar. Voeg het nieuwe bestand gewoon toe.")
    if document.source_url:
        raise RuleViolation("Dit document staat op een andere website. Vervang het bestand daar.")
    if reason not in lists.REASONS.entries:
        raise RuleViolation("Kies waarom u het bestand vervangt.", {"reason": "Kies een reden uit de lijst."})
    if file.format.code != document.format_code:
        was = lists.formats()[document.format_code].label
        message = f"Het bestand moet {was} blijven: een ander soort bestand is een ander document. Voeg dat apart toe."
        raise RuleViolation(message, {"file": message})
    before = document_facts(document)
    if document.file_before is None:
        document.file_before = {name: getattr(document, name) for name in _OF_FILE}
    take_file(document, file)
    document.replacement_reason, document.replacement_note = reason, note
    save_document(session, document, "offer", before=before, actor=actor)
    ask_about(session, document, actor=actor)


def drop_offer(session: Session, document: Document, *, version: int | None = None, actor: audit.Actor) -> None:
    """Let the file of a public document stay as it is, instead of the one that waits to take its place.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: no file waits.
    """
    refuse_stale(document, version)
    _refuse_without_offer(document)
    before = document_facts(document)
    _forget_offer(document)
    save_document(session, document, "drop_offer", before=before, actor=actor)


def put_in_place(
    session: Session, document: Document, *, version: int | None = None, actor: audit.Actor, folder: Folder
) -> history.Version:
    """Let the file that waits take its place at once; see `replace_file`.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: no file waits, or somebody must look at what its check found.
        Failed: the file could not be read or put in its place; nothing has changed.
    """
    refuse_stale(document, version)
    _refuse_without_offer(document)
    shown = published(session, document)
    assert shown is not None  # noqa: S101 - a file is only offered for a public document
    checked, before = _checked(session, document, folder, actor=actor), document_facts(document)
    _take_public_bytes(document, checked)
    now_frozen = _frozen(session, document)
    changed = {name: now_frozen[name] for name in ("sha256", "size", "format", "media_type", "replaced_reason")}
    made = _show(session, document, {**shown.content, **changed}, "replace", before=before, actor=actor)
    _put_in_place(session, document, folder)
    return made


_OF_FILE = (
    *("sha256", "size", "pages", "file_name", "format_code", "file_is_notice"),
    *("replacement_reason", "replacement_note"),
)


def _forget_offer(document: Document) -> None:
    """The document has the file again that it had before another one waited, if one did."""
    for name, value in (document.file_before or {}).items():
        setattr(document, name, value)
    document.file_before = None


def _refuse_without_offer(document: Document) -> None:
    if document.file_before is None or not document.is_public:
        raise RuleViolation("Er wacht geen nieuw bestand. Ververs de pagina.")


def _checked(session: Session, document: Document, folder: Folder, *, actor: audit.Actor) -> FileInspection | None:
    """The check of the file, with nothing open; None for a document that stands on another website."""
    if document.source_url or not document.sha256:
        return None
    return cleared(session, document, folder, actor=actor)


def _take_public_bytes(document: Document, checked: FileInspection | None) -> None:
    """From now on the public gets the bytes that the check was about."""
    if checked is None:
        return
    document.public_sha256, document.public_size = checked.stripped, checked.stripped_size
    if document.file_before is not None:
        document.file_before, document.replaced_at = None, clock.now()


def _put_in_place(session: Session, document: Document, folder: Folder) -> None:
    assert document.loc is not None  # noqa: S101 - it is public
    code = the_organisation(session).code
    if not files.stands(folder, code, document.loc, document.public_sha256):
        with files.ready(folder, code, document.loc, document.public_sha256) as put:
            put()
        files.public_to_disk(folder, code, [document.loc])


def reclassify(
    session: Session,
    document: Document,
    *,
    category: str,
    other_categories: Sequence[str] = (),
    version: int | None = None,
    actor: audit.Actor,
) -> None:
    """Move a document to another category; a public one moves to another sitemap as well, and keeps its address.

    Only the categories change for the public, at once. Without a change nothing happens: no moment moves.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: withdrawn, or no category that a municipality can use.
    """
    refuse_stale(document, version)
    refuse_withdrawn(document)
    content = document.content().model_copy(update={"category": category, "other_categories": tuple(other_categories)})
    content = DocumentContent.model_validate(content.model_dump())
    refused = [
        finding
        for finding in rules.what_blocks(content, facts_of(session, document, on=clock.today()))
        if finding.field == "category"
    ]
    if refused:
        raise RuleViolation(refused[0].message, {"category": refused[0].message})
    shown = published(session, document)
    if content == document.content() and (
        shown is None or snapshot.freeze_categories(content).items() <= shown.content.items()
    ):
        return
    before = document_facts(document)
    take_over(session, document, content)
    if shown is None:
        save_document(session, document, "reclassify", before=before, actor=actor)
    else:
        frozen = {**shown.content, **snapshot.freeze_categories(content)}
        _show(session, document, frozen, "reclassify", before=before, actor=actor)


def withdraw(
    session: Session,
    document: Document,
    *,
    reason: str = "",
    note: str = "",
    version: int | None = None,
    actor: audit.Actor,
    folder: Folder,
) -> None:
    """Take a document back, for good: file gone, out of its sitemap, on the list of withdrawn addresses.

    `reason` is one of the two TOOI reasons, or empty when `note` says why in own words; a note is never shown to the
    public. The file goes last (see the top of this module).

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: not public, or no reason at all.
        Failed: the file could not be removed; nothing has changed.
    """
    refuse_stale(document, version)
    shown = published(session, document)
    if shown is None or document.loc is None:
        raise RuleViolation("Dit document is niet openbaar, dus er is niets in te trekken.")
    if reason and reason not in lists.REASONS.entries:
        raise RuleViolation("Kies een reden uit de lijst.", {"reason": "Kies een reden uit de lijst."})
    if not reason and not note.strip():
        message = "Kies waarom u dit document intrekt, of schrijf het in eigen woorden op."
        raise RuleViolation(message, {"reason": message})
    before = document_facts(document)
    moment = clock.now()
    document.state, document.withdrawn_at, document.planned_on = DocumentState.WITHDRAWN, moment, None
    document.withdrawal_reason, document.withdrawal_note = reason, note
    _forget_offer(document)
    shown.ended_at = moment
    leave_sitemap(session, document)
    renew(session, neighbours_of(session, document), document, actor=actor)
    forget_references(session, document, frozenset())
    save_document(session, document, "withdraw", before=before, actor=actor)
    jobs.enqueue(session, WITHDRAWN_JOB, {}, created_by=actor.label, created_by_id=actor.user_id)
    if not document.source_url:
        files.take_away(folder, the_organisation(session).code, document.loc)


def withdraw_again(
    session: Session,
    document: Document,
    *,
    loc: str,
    at: datetime | None,
    reason: str,
    note: str,
    actor: audit.Actor,
    folder: Folder,
) -> None:
    """Take a document back that came with a backup of before its withdrawal; `at` is when that was, if known.

    In the backup it may not have been public yet: then it never becomes so, and its address stays taken.

    Raises:
        Failed: the file could not be removed; nothing has changed.
    """
    if document.is_public:
        withdraw(session, document, reason=reason, note=note, actor=actor, folder=folder)
        return
    before = document_facts(document)
    document.state, document.planned_on = DocumentState.WITHDRAWN, None
    document.loc, document.withdrawn_at = loc, at or clock.now()
    document.withdrawal_reason, document.withdrawal_note = reason, note
    save_document(session, document, "withdraw", before=before, actor=actor)


def has_unpublished_changes(session: Session, document: Document) -> bool:
    """Whether a public document has been changed since: the public sees something else than the page."""
    shown = published(session, document)
    if shown is None:
        return False
    try:
        return document.file_before is not None or bool(shown.content != _frozen(session, document))
    except KeyError:  # a code that is in no list: typed since, and an error in the way of publishing
        return True


def _frozen(session: Session, document: Document) -> dict[str, Any]:
    """The document as a version would hold it. KeyError when a code in it is in no list."""
    return snapshot.freeze_document(
        document.content(),
        publisher=the_organisation(session).tooi_uri,
        dossier=document.dossier.public_id,
        sha256=document.public_sha256,
        size=document.public_size,
        format_code=document.format_code,
        replacement_reason=document.replacement_reason,
    )


def _new_location(session: Session, document: Document) -> str:
    if not document.source_url:
        found = lists.formats()[document.format_code]
        return files.public_location(document.dossier.public_id, document.number, document.title, found)
    loc = document.source_url
    of_another = session.exec(select(Document.id).where(Document.loc == loc)).first()
    if of_another or session.exec(select(WithdrawnAddress.id).where(WithdrawnAddress.loc == loc)).first():
        message = "Dit adres hoort al bij een ander document, of bij een dat is ingetrokken. Kies een ander adres."
        raise Conflict(message)
    return loc


def _show(
    session: Session,
    document: Document,
    content: Mapping[str, Any],
    verb: str,
    *,
    before: Mapping[str, Any],
    actor: audit.Actor,
) -> history.Version:
    """From now on the public sees `content`."""
    shown = published(session, document)
    version = history.freeze(session, document, actor=actor, schema_number=snapshot.SCHEMA_NUMBER, content=content)
    document.state, document.planned_on, document.published_version = DocumentState.PUBLISHED, None, version.number
    document.lastmod_at = later(document.lastmod_at)
    enter_sitemap(session, document, content)
    before_it, after_it = neighbours_of(session, document), store_references(session, document, content)
    is_named_anew = shown is None or shown.content["title"] != content["title"]
    renew(session, before_it | after_it if is_named_anew else before_it ^ after_it, document, actor=actor)
    save_document(session, document, verb, before=before, actor=actor)
    return version
