"""Dossiers: documents that belong together."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, select

from core import audit, history
from core.db import refuse_stale
from core.errors import RuleViolation
from core.organisations import next_number
from woo import files, lists, snapshot
from woo.content import SCHEMA_NUMBER, DossierContent
from woo.models import Document, Dossier


def add_dossier(session: Session, content: DossierContent, *, actor: audit.Actor) -> Dossier:
    """Make a dossier. Its public id is made of a number and the title, and stays, whatever the title becomes.

    Raises:
        RuleViolation: there is no title, or no such category.
    """
    _check_dossier(content)
    number = next_number(session, "woo-dossier")
    dossier = Dossier(public_id=f"{number}-{files.slug(content.title, longest=60)}", **content.model_dump())
    session.add(dossier)
    _save_dossier(session, dossier, "add", before=None, actor=actor)
    return dossier


def change_dossier(
    session: Session, dossier: Dossier, content: DossierContent, *, version: int, actor: audit.Actor
) -> None:
    """Change a dossier. The website follows with the next publication of one of its documents.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: there is no title, or no such category.
    """
    refuse_stale(dossier, version)
    _check_dossier(content)
    before = dossier_facts(dossier)
    for name, value in content.model_dump().items():
        setattr(dossier, name, value)
    _save_dossier(session, dossier, "change", before=before, actor=actor)


def move_document(
    session: Session, dossier: Dossier, number: int, *, up: bool, version: int, actor: audit.Actor
) -> None:
    """Let a document change places with the one before or after it. At the end of the row nothing happens.

    Raises:
        Conflict: somebody saved in between.
    """
    refuse_stale(dossier, version)
    numbers = [document.number for document in in_order(session, dossier)]
    place = numbers.index(number) if number in numbers else -1
    other = place - 1 if up else place + 1
    if place < 0 or not 0 <= other < len(numbers):
        return
    before = dossier_facts(dossier)
    numbers[place], numbers[other] = numbers[other], numbers[place]
    dossier.sequence = numbers
    _save_dossier(session, dossier, "change", before=before, actor=actor)


def arrange(session: Session, dossier: Dossier, numbers: Sequence[int], *, actor: audit.Actor) -> None:
    """Put these documents (by number) first in a dossier, in this order; the others stay in theirs after these."""
    rest = [document.number for document in in_order(session, dossier) if document.number not in numbers]
    if [document.number for document in in_order(session, dossier)] == [*numbers, *rest]:
        return
    before = dossier_facts(dossier)
    dossier.sequence = [*numbers, *rest]
    _save_dossier(session, dossier, "change", before=before, actor=actor)


def in_order(session: Session, dossier: Dossier) -> Sequence[Document]:
    """The documents of a dossier in the order that a person gave them; the others after these, by number."""
    given = dossier.sequence
    found = session.exec(select(Document).where(Document.dossier_id == dossier.id)).all()
    return sorted(found, key=lambda one: (given.index(one.number) if one.number in given else len(given), one.number))


def dossier_facts(dossier: Dossier) -> dict[str, Any]:
    content = dossier.content().model_dump(mode="json")
    return {"public_id": dossier.public_id, **content, "sequence": dossier.sequence}


def _check_dossier(content: DossierContent) -> None:
    if not content.title:
        raise RuleViolation("Geef het dossier een titel.", {"title": "Vul in: 'Titel van het dossier'."})
    if content.category and content.category not in lists.categories():
        raise RuleViolation("Kies een categorie uit de lijst.", {"category": "Kies een categorie uit de lijst."})


def _save_dossier(
    session: Session, dossier: Dossier, verb: str, *, before: Mapping[str, Any] | None, actor: audit.Actor
) -> None:
    history.record_save(
        session,
        dossier,
        verb,
        actor=actor,
        schema_number=SCHEMA_NUMBER,
        before=before,
        after=dossier_facts(dossier),
    )


def has_unpublished_dossier(session: Session, dossier: Dossier) -> bool:
    """Whether the public sees the dossier, and sees it otherwise than it is now."""
    newest = history.newest_version(session, dossier.id)
    return newest is not None and newest.content != _frozen(session, dossier)


def _frozen(session: Session, dossier: Dossier) -> dict[str, Any]:
    locations = [one.loc for one in in_order(session, dossier) if one.loc] if dossier.sequence else []
    return snapshot.freeze_dossier(dossier.content(), public_id=dossier.public_id, order=locations)


def publish_dossier(session: Session, dossier: Dossier, *, actor: audit.Actor) -> None:
    """Show the public the dossier as it is now. Without a change nothing happens."""
    content = _frozen(session, dossier)
    newest = history.newest_version(session, dossier.id)
    if newest and newest.content == content:
        return
    frozen = history.freeze(session, dossier, actor=actor, schema_number=snapshot.SCHEMA_NUMBER, content=content)
    audit.record(session, actor=actor, action="woo:dossier:publish", subject=dossier, after={"version": frozen.number})
