"""The categories of art. 3.3: how far the organisation is, and where the documents stand."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select as plain_select
from sqlmodel import Session, col, select

from core import audit, history
from core.db import refuse_stale
from core.errors import RuleViolation
from core.organisations import Team, find_or_add
from woo import lists, rules, snapshot
from woo.content import (
    SCHEMA_NUMBER,
    CategoryContent,
    CategoryStatus,
    DocumentContent,
    DocumentState,
    LocationContent,
)
from woo.models import Category, CategoryAmbition, CategoryLocation, Document

_PLAIN = (
    *("status", "ambition", "frequency", "in_force_since", "in_force_source", "in_force_checked"),
    *("deadline_days", "archive_years"),
)


def add_categories(session: Session, *, actor: audit.Actor) -> Sequence[Category]:
    """Add the seventeen categories and the one of art. 3.1, with what the list knows; doing it twice is harmless."""
    known = {category.number for category in session.exec(select(Category))}
    added = []
    for number, entry in lists.categories().items():
        if number in known:
            continue
        category = Category(
            number=number,
            status=CategoryStatus.NOT_STARTED if entry.municipality == "yes" else CategoryStatus.NOT_APPLICABLE,
            in_force_since=entry.in_force_since,
            deadline_days=entry.deadline_days,
            in_force_source=f"Wet open overheid, {_in_dutch(entry.checked_against)}",
        )
        session.add(category)
        _save_category(session, category, "add", before=None, actor=actor)
        added.append(category)
    return added


def change_category(
    session: Session, category: Category, content: CategoryContent, *, version: int, actor: audit.Actor
) -> None:
    """Change how far the organisation is with a category. The website follows when it is established.

    Another term moves the last day of every document of the category that still waits.

    Raises:
        Conflict: somebody saved in between (`version` is what the form was made from).
        RuleViolation: a year has two ambitions.
    """
    refuse_stale(category, version)
    _refuse_double_years(content)
    before = category_facts(session, category)
    has_other_term = content.deadline_days != category.deadline_days
    team = find_or_add(session, Team, content.team, actor=actor)
    category.team_id = team.id if team else None
    for name in _PLAIN:
        setattr(category, name, getattr(content, name))
    _write_ambitions(category, content)
    filled = [location for location in content.locations if location != LocationContent()]
    category.locations = [
        CategoryLocation(category_id=category.id, position=position, **location.model_dump())
        for position, location in enumerate(filled)
    ]
    _save_category(session, category, "change", before=before, actor=actor)
    if has_other_term:
        move_terms(session, other_terms(session), actor=actor)


def _refuse_double_years(content: CategoryContent) -> None:
    years = [ambition.year for ambition in content.ambitions]
    for place, year in enumerate(years):
        if year in years[:place]:
            message = f"Voor {year} staan er twee ambities. Zet ze bij elkaar."
            raise RuleViolation(message, {f"ambitions-{place}-year": message})


def _write_ambitions(category: Category, content: CategoryContent) -> None:
    """Row by row: a year that stays keeps its row, for two rows of one year may not be there for a moment."""
    wanted = {ambition.year: ambition for ambition in content.ambitions}
    known = {row.year: row for row in category.ambitions}
    for gone in known.keys() - wanted.keys():
        category.ambitions.remove(known[gone])
    for year, ambition in wanted.items():
        if row := known.get(year):
            row.goal, row.share = ambition.goal, ambition.share
        else:
            category.ambitions.append(CategoryAmbition(category_id=category.id, **ambition.model_dump()))


def other_terms(session: Session) -> Mapping[UUID, date | None]:
    """The documents that wait of which the stored last day is not the one that follows from the rules and the term of
    now, with that day: after another term, or in a newer program with other rules. It is stored because lists ask for
    it.
    """
    terms = deadlines(session)
    told = (Document.id, Document.due_on, *(getattr(Document, name) for name in rules.OF_TERMS))
    waiting = plain_select(*map(col, told)).where(
        col(Document.state).in_([DocumentState.CONCEPT, DocumentState.READY, DocumentState.PLANNED])
    )
    found = {}
    for id_, due_on, *facts in session.execute(waiting):
        content = DocumentContent.model_validate(dict(zip(rules.OF_TERMS, facts, strict=True)))
        due = rules.due(content, terms.get(content.category)).on
        if due != due_on:
            found[id_] = due
    return found


def move_terms(session: Session, found: Mapping[UUID, date | None], *, actor: audit.Actor) -> None:
    """Store the last days that `other_terms` gave."""
    for id_, due_on in found.items():
        document = session.get_one(Document, id_)
        before, after = ({"due_on": day.isoformat() if day else None} for day in (document.due_on, due_on))
        document.due_on = due_on
        audit.record(session, actor=actor, action="woo:document:term", subject=document, before=before, after=after)


def deadlines(session: Session) -> Mapping[str, int | None]:
    """The term of each category in days, as this organisation keeps it; that of our list before it keeps any."""
    kept = session.exec(select(Category.number, Category.deadline_days)).all()
    return {number: entry.deadline_days for number, entry in lists.categories().items()} | dict(kept)


def add_location(session: Session, category: Category, location: LocationContent, *, actor: audit.Actor) -> None:
    """Add a place where documents of the category stand; an address that is there already is left as it is."""
    if any(known.url == location.url for known in category.locations):
        return
    before = category_facts(session, category)
    category.locations.append(
        CategoryLocation(category_id=category.id, position=len(category.locations), **location.model_dump())
    )
    _save_category(session, category, "change", before=before, actor=actor)


def establish_category(
    session: Session, category: Category, *, actor: audit.Actor, version: int | None = None
) -> history.Version:
    """Make the category, as it is now, visible on the website. Findings do not stand in the way: they are the truth.

    Raises:
        Conflict: somebody saved in between (`version` is what the page was made from).
    """
    refuse_stale(category, version)
    content = snapshot.freeze_category(category_content(category, ""), number=category.number)
    newest = history.newest_version(session, category.id)
    if newest and newest.content == content:
        return newest
    frozen = history.freeze(session, category, actor=actor, schema_number=snapshot.SCHEMA_NUMBER, content=content)
    audit.record(
        session, actor=actor, action="woo:category:establish", subject=category, after={"version": frozen.number}
    )
    return frozen


def category_content(category: Category, team: str) -> CategoryContent:
    """The category as people fill it in. `team`: the name of its team."""
    return CategoryContent(
        status=category.status,
        ambition=category.ambition,
        ambitions=tuple(row.content() for row in category.ambitions),
        frequency=category.frequency,
        team=team,
        in_force_since=category.in_force_since,
        deadline_days=category.deadline_days,
        archive_years=category.archive_years,
        in_force_source=category.in_force_source,
        in_force_checked=category.in_force_checked,
        locations=tuple(location.content() for location in category.locations),
    )


def category_facts(session: Session, category: Category) -> dict[str, Any]:
    """The category as plain data, for audit and revisions."""
    return {"number": category.number, **category_content(category, _team(session, category)).model_dump(mode="json")}


def _team(session: Session, category: Category) -> str:
    team = session.get(Team, category.team_id) if category.team_id else None
    return team.name if team else ""


def _save_category(
    session: Session, category: Category, verb: str, *, before: Mapping[str, Any] | None, actor: audit.Actor
) -> None:
    history.record_save(
        session,
        category,
        verb,
        actor=actor,
        schema_number=SCHEMA_NUMBER,
        before=before,
        after=category_facts(session, category),
    )


def _in_dutch(checked_against: str) -> str:
    """`consolidated text of 2026-02-20` as a person reads it."""
    return checked_against.replace("consolidated text of", "geconsolideerde tekst van")
