"""The sitemap in which a public document stands, and moments that readers of sitemaps can trust."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from core import clock
from woo import lists, snapshot
from woo.models import Category, Document, Sitemap

MAX_ENTRIES = 50_000
"""Entries in one sitemap (woo-index 5.1)."""
MAX_WEIGHT = 30_000_000
"""From this size on the next sitemap is opened. The harvester takes 50 MB; entries that are in may still grow."""
_SECOND = timedelta(seconds=1)


def enter_sitemap(session: Session, document: Document, content: Mapping[str, Any]) -> None:
    """Give the document its sitemap, or keep it there. Documents without duty (art. 3.1) stand in none."""
    category, weight = content["categories"][0]["number"], snapshot.weight(content)
    current = session.get(Sitemap, document.sitemap_id) if document.sitemap_id else None
    if current and current.category == category:
        current.weight += weight - document.weight
        current.changed_at = later(current.changed_at)
    else:
        leave_sitemap(session, document)
        if category == lists.WITHOUT_DUTY:
            return
        current = _sitemap_with_room(session, category, weight)
        current.entries += 1
        current.weight += weight
        # Who comes from elsewhere may have a later moment: of changes in one second, or of a clock put back since.
        current.changed_at = max(later(current.changed_at), document.lastmod_at or current.changed_at)
        document.sitemap_id = current.id
    document.weight = weight


def leave_sitemap(session: Session, document: Document) -> None:
    current = session.get(Sitemap, document.sitemap_id) if document.sitemap_id else None
    if current:
        current.entries -= 1
        current.weight -= document.weight
        current.changed_at = later(current.changed_at)
    document.sitemap_id, document.weight = None, 0


def _sitemap_with_room(session: Session, category: str, weight: int) -> Sitemap:
    # The lock on the category keeps two publications from opening the same sitemap.
    session.exec(select(Category).where(Category.number == category).with_for_update()).first()
    query = select(Sitemap).where(Sitemap.category == category).order_by(col(Sitemap.number).desc()).limit(1)
    newest = session.exec(query.with_for_update()).first()
    if newest and newest.entries < MAX_ENTRIES and newest.weight + weight <= MAX_WEIGHT:
        return newest
    # A moment long gone: whoever enters it moves it.
    opened = Sitemap(category=category, number=newest.number + 1 if newest else 1, changed_at=clock.now() - _SECOND)
    session.add(opened)
    session.flush()
    return opened


def later(previous: datetime | None) -> datetime:
    """Now, in whole seconds as a sitemap tells them, and always after the moment before: a change must be seen."""
    moment = clock.now().replace(microsecond=0)
    return moment if previous is None or moment > previous else previous + _SECOND
