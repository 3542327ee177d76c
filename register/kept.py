"""Answers about the whole list that are kept in this process for as long as they are true.

Which records a question gives, in which order, follows from the summaries and from what the trail of the organisation
tells of (its teams, parties, systems and bodies) and from nothing else. So an answer belongs to one state of these:
that which the mark of the summaries names. A reading session sees one moment, so it has one state from begin to end; a
session that may change things has none, and keeps no answers.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from sqlmodel import Session

MOST = 128
"""Answers to keep, of all organisations together: each at most four bytes for each record."""
_STATE = "register_state"
_answers: OrderedDict[Hashable, Any] = OrderedDict()
_lock = Lock()
Answer = TypeVar("Answer")


def sees(session: Session, state: Hashable) -> None:
    """Say of which state a session reads, from begin to end."""
    session.info[_STATE] = state


def kept(session: Session, question: Hashable, answer: Callable[[], Answer]) -> Answer:
    """What was answered before in this state, or else a new answer. Nobody may change it."""
    if (state := session.info.get(_STATE)) is None:
        return answer()
    key = (state, question)
    with _lock:
        if key in _answers:
            _answers.move_to_end(key)
            found: Answer = _answers[key]
            return found
    made = answer()
    with _lock:
        _answers[key] = made
        if len(_answers) > MOST:
            _answers.popitem(last=False)
    return made
