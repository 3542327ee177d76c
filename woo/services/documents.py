"""Documents before they are public: metadata, file, ready, planned."""

from collections.abc import Iterator, Mapping
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from core import audit, clock, history
from core.db import refuse_stale
from core.errors import RuleViolation
from core.folder import Folder
from core.organisations import the_organisation
from woo import files, lists, notice, rules
from woo.content import MAX_RELATIONS, SCHEMA_NUMBER, DocumentContent, DocumentState, RelationContent, Withholding
from woo.files import StoredFile
from woo.models import Document, DocumentRelation, Dossier, WithdrawnAddress
from woo.services.categories import deadlines
from woo.services.inspecting import ask_about

HAS_ATTACHMENT = "https://identifier.overheid.nl/tooi/def/thes/kern/c_05f4a5f3"


def add_document(
    session: Session,
    dossier: Dossier,
    content: DocumentContent,
    file: StoredFile | None = None,
    *,
    actor: audit.Actor,
) -> Document:
    """Add a document to a dossier, as a concept. `file` is an original that `woo.files.store` has kept.

    Raises:
        RuleViolation: it names a document that does not exist, or is a part of itself.
    """
    session.get(Dossier, dossier.id, with_for_update=True)  # numbers within a dossier are given one at a time
    highest = session.exec(select(func.max(Document.number)).where(Document.dossier_id == dossier.id)).one()
    taken = max([highest or 0, *_withdrawn_numbers(session, dossier.public_id)])
    document = Document(dossier_id=dossier.id, number=taken + 1, dossier=dossier)
    take_over(session, document, content)
    if file:
        take_file(document, file)
    session.add(document)
    save_document(session, document, "add", before=None, actor=actor)
    ask_about(session, document, actor=actor)
    return document


def _withdrawn_numbers(session: Session, dossier: str) -> Iterator[int]:
    """Numbers in this dossier of documents that were withdrawn and are not here: their addresses stay taken."""
    within = col(WithdrawnAddress.loc).startswith(f"{files.PUBLIC_PREFIX}{dossier}/", autoescape=True)
    for loc in session.exec(select(WithdrawnAddress.loc).where(within)):
        if place := files.place_of(loc):
            yield place[1]


def make_attachment(session: Session, document: Document, main: Document, *, actor: audit.Actor) -> bool:
    """Say of both that the one is an attachment to the other: it is a part of it, and the main one has it.

    A main document that names as many others as it can stays as it is: that the attachment is a part of it says enough.
    What the public sees of the main document follows when that is published again. Gives back whether it changed.

    Raises:
        RuleViolation: they stand in different dossiers, one of them was withdrawn, or the main one is a part itself.
    """
    if document.dossier_id != main.dossier_id or main.state is DocumentState.WITHDRAWN:
        message = "Kies een document uit hetzelfde dossier, dat niet is ingetrokken."
        raise RuleViolation(message, {"attachment_to": message})
    content = document.content().model_copy(update={"part_of": main.id})
    change_document(session, document, content, version=document.version, actor=actor)
    whole = main.content()
    is_named = any(relation.target == document.id for relation in whole.relations)
    if is_named or len(whole.relations) >= MAX_RELATIONS:
        return False
    has = RelationContent(role=HAS_ATTACHMENT, target=document.id)
    whole = whole.model_copy(update={"relations": (*whole.relations, has)})
    change_document(session, main, whole, version=main.version, actor=actor)
    return True


def change_document(
    session: Session, document: Document, content: DocumentContent, *, version: int, actor: audit.Actor
) -> None:
    """Change the metadata. What the public sees stays as it is until the document is published again.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: the document has been withdrawn, would get another address, or names one that does not exist.
    """
    refuse_stale(document, version)
    refuse_withdrawn(document)
    if document.loc and content.source_url != document.source_url:
        message = "Het adres van een openbaar document verandert niet. Voeg een nieuw document toe."
        raise RuleViolation(message, {"source_url": message})
    before = document_facts(document)
    take_over(session, document, content)
    save_document(session, document, "change", before=before, actor=actor)


def attach_file(session: Session, document: Document, file: StoredFile, *, version: int, actor: audit.Actor) -> None:
    """Give a document that is not public yet its file, or another one.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: the document is public or withdrawn; a public file is replaced with a reason.
    """
    refuse_stale(document, version)
    refuse_withdrawn(document)
    if document.is_public:
        raise RuleViolation("Dit document is openbaar. Kies 'Bestand vervangen' en geef een reden.")
    before = document_facts(document)
    take_file(document, file)
    save_document(session, document, "attach", before=before, actor=actor)
    ask_about(session, document, actor=actor)


def make_notice(session: Session, document: Document, folder: Folder, *, version: int, actor: audit.Actor) -> None:
    """Put the notice in the place of a document that is withheld as a whole, while it is not public yet.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: it is public or withdrawn, not withheld as a whole, or lacks the notice or its grounds.
    """
    refuse_stale(document, version)
    _refuse_public(document)
    content = document.content()
    points = {}
    if content.withheld is not Withholding.FULLY:
        points["withheld"] = "Kies eerst dat het document helemaal is geweigerd."
    if not content.notice:
        points["notice"] = "Vul in: 'Mededeling voor de lezer'."
    if not content.grounds or any(ground.code not in lists.GROUNDS.entries for ground in content.grounds):
        points["grounds-0-code"] = "Kies waarom het document niet openbaar is."
    if points:
        raise RuleViolation("De mededeling is nog niet te maken. " + " ".join(points.values()), points)
    page = notice.page(content, organisation=the_organisation(session).name, on=clock.today())
    before = document_facts(document)
    take_file(document, files.store(folder, BytesIO(page), notice.FILE_NAME), is_notice=True)
    save_document(session, document, "attach", before=before, actor=actor)
    ask_about(session, document, actor=actor)


def mark_ready(session: Session, document: Document, *, version: int, actor: audit.Actor) -> None:
    """Say that the document may be published as far as its maker is concerned.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: it is public or withdrawn, or errors stand in the way.
    """
    refuse_stale(document, version)
    _refuse_public(document)
    refuse_errors(session, document, on=clock.today())
    before = document_facts(document)
    document.state, document.planned_on = DocumentState.READY, None
    save_document(session, document, "ready", before=before, actor=actor)


def plan_document(session: Session, document: Document, *, on: date, version: int, actor: audit.Actor) -> None:
    """Let the document become public by itself on a day to come (`publish_due` does it).

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: the day is not in the future, or errors will stand in the way on that day.
    """
    refuse_stale(document, version)
    _refuse_public(document)
    if on <= clock.today():
        message = "Kies een dag in de toekomst, of publiceer het document nu."
        raise RuleViolation(message, {"planned_on": message})
    refuse_errors(session, document, on=on)
    before = document_facts(document)
    document.state, document.planned_on = DocumentState.PLANNED, on
    save_document(session, document, "plan", before=before, actor=actor)


def leave_plan(session: Session, document: Document, *, actor: audit.Actor) -> bool:
    """Let a planned document wait until somebody publishes it or plans it again. False: it was not planned.

    For a change by who may not publish: by itself only that becomes public which a publisher has seen.
    """
    if document.state is not DocumentState.PLANNED:
        return False
    before = document_facts(document)
    document.state, document.planned_on = DocumentState.READY, None
    save_document(session, document, "unplan", before=before, actor=actor)
    return True


def leave_plans(session: Session, dossier: Dossier, *, actor: audit.Actor) -> bool:
    """The same for all in a dossier, which becomes public as it is with each of them. False: none was planned."""
    planned = select(Document).where(Document.dossier_id == dossier.id, Document.state == DocumentState.PLANNED)
    return sum(leave_plan(session, document, actor=actor) for document in session.exec(planned).all()) > 0


def document_facts(document: Document) -> dict[str, Any]:
    """The document as plain data, for audit and revisions."""
    return {
        "dossier": document.dossier.public_id,
        "number": document.number,
        **document.content().model_dump(mode="json"),
        "sha256": document.sha256,
        "size": document.size,
        "pages": document.pages,
        "file_name": document.file_name,
        "file_is_notice": document.file_is_notice,
        "format_code": document.format_code,
        "public_sha256": document.public_sha256,
        "file_before": document.file_before,
        "state": document.state.value,
        "planned_on": _iso(document.planned_on),
        "loc": document.loc,
        "published_version": document.published_version,
        "replacement_reason": document.replacement_reason,
        "replacement_note": document.replacement_note,
        "withdrawn_at": _iso(document.withdrawn_at),
        "withdrawal_reason": document.withdrawal_reason,
        "withdrawal_note": document.withdrawal_note,
    }


def published(session: Session, document: Document) -> history.Version | None:
    """The version that the public sees; None when it sees none."""
    if not document.is_public:
        return None
    query = select(history.Version).where(
        history.Version.subject_id == document.id, history.Version.number == document.published_version
    )
    return session.exec(query).first()


def facts_of(
    session: Session,
    document: Document,
    *,
    on: date,
    terms: Mapping[str, int | None] | None = None,
    publisher: str | None = None,
) -> rules.DocumentFacts:
    """What the rules must know around the content. For many documents the caller asks once for what they share.

    Args:
        session: of the organisation.
        document: the one that the facts are about.
        on: the day.
        terms: those of `deadlines`.
        publisher: the TOOI address of the organisation.
    """
    shown = published(session, document) if document.file_is_notice else None
    return rules.DocumentFacts(
        today=on,
        publisher=the_organisation(session).tooi_uri if publisher is None else publisher,
        state=document.state,
        format_code=document.format_code,
        has_file=bool(document.sha256),
        file_is_notice=document.file_is_notice,
        deadline_days=(deadlines(session) if terms is None else terms).get(document.category),
        public_notice=notice.frozen_words(shown.content) if shown else None,
        planned_on=document.planned_on,
    )


def take_over(session: Session, document: Document, content: DocumentContent) -> None:
    _check_others(session, document, content)
    days = deadlines(session).get(content.category)  # asked first: a question writes what has changed so far
    if document.file_is_notice and not document.is_public and not notice.says_the_same(document.content(), content):
        _drop_file(document)  # else readers get a notice in other words than its page
    for name, value in content.model_dump(exclude={"relations"}).items():
        setattr(document, name, list(value) if isinstance(value, tuple) else value)
    document.extra = [{"key": pair.key, "values": list(pair.values)} for pair in content.extra]
    document.grounds = [ground.model_dump() for ground in content.grounds]
    named = dict.fromkeys((relation.role, relation.target) for relation in content.relations)
    document.relations = [
        DocumentRelation(document_id=document.id, position=position, role=role, target_id=target)
        for position, (role, target) in enumerate(named)
    ]
    document.due_on = rules.due(content, days).on


def _check_others(session: Session, document: Document, content: DocumentContent) -> None:
    wanted = {relation.target for relation in content.relations} | ({content.part_of} if content.part_of else set())
    found = set(session.exec(select(Document.id).where(col(Document.id).in_(wanted)))) if wanted else set()
    if wanted - found:
        message = "Dit verwijst naar een document dat niet bestaat. Kies een document uit de lijst."
        raise RuleViolation(message, {"relations": message})
    if any(relation.target == document.id for relation in content.relations):
        message = "Een document verwijst niet naar zichzelf. Kies een ander document."
        raise RuleViolation(message, {"relations": message})
    whole, seen = content.part_of, set[UUID]()
    while whole and whole not in seen:
        if whole == document.id:
            message = "Een document is geen deel van zichzelf. Kies een ander document."
            raise RuleViolation(message, {"part_of": message})
        seen.add(whole)
        whole = session.exec(select(Document.part_of).where(Document.id == whole)).first()


def take_file(document: Document, file: StoredFile, *, is_notice: bool = False) -> None:
    document.sha256, document.size = file.sha256, file.size
    document.file_name, document.format_code, document.pages = file.name, file.format.code, file.pages
    document.file_is_notice = is_notice


def _drop_file(document: Document) -> None:
    document.sha256, document.size = "", 0
    document.file_name, document.format_code, document.pages = "", "", None
    document.file_is_notice = False


def save_document(
    session: Session, document: Document, verb: str, *, before: Mapping[str, Any] | None, actor: audit.Actor
) -> None:
    history.record_save(
        session,
        document,
        verb,
        actor=actor,
        schema_number=SCHEMA_NUMBER,
        before=before,
        after=document_facts(document),
    )


def refuse_errors(session: Session, document: Document, *, on: date) -> None:
    found = rules.what_blocks(document.content(), facts_of(session, document, on=on))
    if found:
        raise RuleViolation(
            "Dit document kan nog niet openbaar worden. Los eerst de fouten op.",
            {finding.field or finding.rule_id: finding.message for finding in found},
        )


def refuse_withdrawn(document: Document) -> None:
    if document.state is DocumentState.WITHDRAWN:
        raise RuleViolation("Dit document is ingetrokken. Voeg het opnieuw toe als het terug moet komen.")


def _refuse_public(document: Document) -> None:
    refuse_withdrawn(document)
    if document.is_public:
        raise RuleViolation("Dit document is al openbaar.")


def _iso(moment: date | None) -> str | None:
    return moment.isoformat() if moment else None
