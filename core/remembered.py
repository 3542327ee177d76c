"""What was counted, kept in the memory of this process for as long as nothing is saved in the organisation.

Every save keeps a revision, also of shared names, and every establishing a version: the newest of both say whether what
was counted still holds. So two processes never differ, and who saves has nothing to throw away.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

from sqlalchemy import func
from sqlmodel import Session, col, select

from core.history import Revision, Version
from core.organisations import the_organisation

MOST = 200
"""Answers, of all organisations together; the one that was not asked for longest goes first."""

_Counted = TypeVar("_Counted")
_kept: OrderedDict[Hashable, tuple[Hashable, object]] = OrderedDict()
_lock = Lock()


def remembered(session: Session, question: Hashable, count: Callable[[], _Counted]) -> _Counted:
    """The answer to a question about this organisation, counted anew when something was saved since.

    Args:
        session: bounded by the organisation.
        question: what is asked, with all that the answer depends on besides what is stored, such as the day.
        count: gives the answer: small, and never changed afterwards.
    """
    key = (the_organisation(session).id, question)
    stand = (
        tuple(session.exec(select(func.max(Revision.id), func.max(Revision.at))).one()),
        tuple(session.exec(select(func.max(Version.established_at), func.max(col(Version.ended_at)))).one()),
    )
    with _lock:
        before = _kept.get(key)
        if before and before[0] == stand:
            _kept.move_to_end(key)
            return cast("_Counted", before[1])
    answer = count()
    with _lock:
        _kept[key] = (stand, answer)
        _kept.move_to_end(key)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return answer
