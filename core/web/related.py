"""Records of other registers on a record page: a domain does not know the others, the roof says what belongs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import Request
from sqlmodel import Session

from core.db import Record


@dataclass(frozen=True, slots=True)
class Related:
    """One list under a heading: (label, address) of each record, and the page where the list is changed."""

    heading: str
    items: Sequence[tuple[str, str]]
    empty: str
    change_href: str = ""


Finder = Callable[[Session, Record], Sequence[Related]]
"""Set by the roof as `app.state.related`: what belongs to this record."""


def related(request: Request, session: Session, record: Record) -> Sequence[Related]:
    """What belongs to a record, for `components/lists.html: related_lists`."""
    finder: Finder = request.app.state.related
    return finder(session, record)
