"""What differs between two moments of a record, field by field in words."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from core.accounts.services import Person
from core.web.pages import page
from core.web.security import Allowed, ReadSession
from register import moments, permissions, queries
from register.differences import by_group, compare, with_labels
from register.lists import STATUSES
from register.places import address_of, lists_of

router = APIRouter(prefix="/register")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]


@router.get("/{kenmerk}/verschillen")
def differences_page(
    request: Request, session: ReadSession, person: Reader, kenmerk: str, van: str = "", tot: str = moments.NOW
) -> Response:
    """Two moments beside each other; without `van` the newest version, or else the first save."""
    activity = queries.find(session, kenmerk)
    choices = moments.choices(session, activity)
    start = next((name for name, _ in choices if name.startswith("v")), choices[-1][0])
    one, other = (moments.find(session, activity, name) for name in (van or start, tot or moments.NOW))
    lists = with_labels(lists_of(session), one.labels, other.labels)
    statuses = tuple(STATUSES[one.status] if one.status else "" for one in (one, other))
    return page(
        request,
        "register/differences.html",
        person=person,
        page_title=f"Verschillen in {activity.kenmerk}",
        activity=activity,
        address=address_of(activity),
        choices=choices,
        before=one,
        after=other,
        statuses=statuses,
        groups=by_group(compare(one.content, other.content, lists)),
    )
