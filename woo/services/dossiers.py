"""Dossiers: documents that belong together."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from core import audit, history
from core.db import refuse_stale
from core.errors import RuleViolation
from core.organisations import next_number
from woo import files, lists, snapshot
from woo.content import SCHEMA_NUMBER, DossierContent
from woo.models import Dossier


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


def dossier_facts(dossier: Dossier) -> dict[str, Any]:
    return {"public_id": dossier.public_id, **dossier.content().model_dump(mode="json")}


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


def publish_dossier(session: Session, dossier: Dossier, *, actor: audit.Actor) -> None:
    content = snapshot.freeze_dossier(dossier.content(), public_id=dossier.public_id)
    newest = history.newest_version(session, dossier.id)
    if newest and newest.content == content:
        return
    frozen = history.freeze(session, dossier, actor=actor, schema_number=snapshot.SCHEMA_NUMBER, content=content)
    audit.record(session, actor=actor, action="woo:dossier:publish", subject=dossier, after={"version": frozen.number})
