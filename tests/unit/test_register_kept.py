"""Answers about the list are kept by the state that a session sees, and not too many."""

from sqlmodel import Session

from register.kept import MOST, kept, sees


def asked(state: object, question: object) -> bool:
    """Whether the answer had to be made."""
    made = []
    session = Session()
    if state:
        sees(session, state)
    assert kept(session, question, lambda: made.append(1) or f"{state} {question}") == f"{state} {question}"
    return bool(made)


def test_an_answer_belongs_to_one_state_and_one_question():
    assert [asked("Losser, event 1", "all"), asked("Losser, event 1", "all")] == [True, False]
    assert asked("Losser, event 2", "all")
    assert asked("Dinkelland, event 1", "all")
    assert asked("Losser, event 1", "some")


def test_a_session_that_may_change_things_keeps_nothing():
    assert [asked(None, "changing"), asked(None, "changing")] == [True, True]


def test_what_was_not_asked_for_longest_makes_room():
    for number in range(MOST):
        assert asked("full", number)
    assert not asked("full", 0)
    assert asked("full", MOST)
    assert not asked("full", 0)
    assert asked("full", 1)
