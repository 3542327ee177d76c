"""Records of other registers on a record page: a domain does not know the others, the roof says what belongs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class Related:
    """One list under a heading: (label, address) of each record, and the page where the list is changed."""

    heading: str
    items: Sequence[tuple[str, str]]
    empty: str
    change_href: str = ""


Finder = Callable[[Session, UUID], Sequence[Related]]
"""Set by the roof as `app.state.related`: what belongs to the record with this id."""


def related(request: Request, session: Session, record_id: UUID) -> Sequence[Related]:
    """What belongs to a record, for `components/lists.html: related_lists`."""
    finder: Finder = request.app.state.related
    return finder(session, record_id)
