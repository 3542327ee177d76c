"""Twenty editors on two processes: what was answered "opgeslagen" is there, once, and nothing else is. On both databases."""

from collections.abc import Sequence

import pytest

from core import audit
from support.activities import complete
from support.editors import (
    BUSY,
    CONFLICT,
    SAVED,
    UNKNOWN,
    Run,
    Target,
    add_editors,
    differences,
    shared_records,
    two_processes,
)
from support.installation import Installation
from wmebv.content import Direction, MessageTypeContent, ProductContent
from wmebv.services import add_message_type, add_product

EDITORS = 20


@pytest.fixture
def shared(here: Installation) -> Sequence[Target]:
    """Two records of every kind, and the answers of the whole organisation, which nobody gave yet."""
    for name in ("Parkeren", "Kermis"):
        here.add_activity(complete(name=name), established=False)
        here.add_document(name, published=name == "Kermis")
    with here.database.write(here.organisation_id) as session:
        product = add_product(session, ProductContent(name="Parkeervergunning"), actor=audit.COMMAND_LINE)
        for name in ("Aanvraag", "Klacht"):
            message = MessageTypeContent(name=name, direction=Direction.IN)
            add_message_type(session, product, message, actor=audit.COMMAND_LINE)
    return shared_records(here.database, here.organisation_id)


def work(here: Installation, shared: Sequence[Target], *, seconds: float, killing: bool = False) -> Run:
    usernames = add_editors(here.database, here.organisation_id, EDITORS)
    with two_processes(here.folder.root) as applications:
        run = Run(applications, shared)
        run.log_in(usernames)
        run.work(seconds, halfway=applications[0].kill if killing else None)
    found = differences(here.database, here.organisation_id, shared, run.attempts)
    assert found == []
    return run


def test_of_twenty_editors_on_two_processes_every_save_is_kept_once(here, shared):
    told = work(here, shared, seconds=2).counted()
    assert set(told) == {SAVED, CONFLICT}


@pytest.mark.soak
@pytest.mark.parametrize("killing", [False, True])
def test_a_minute_of_twenty_editors(here, shared, killing):
    """Halfway one of the two processes is killed: who was at it goes on at the other, with the same log-in."""
    told = work(here, shared, seconds=60, killing=killing).counted()
    assert told[SAVED] > 0
    assert told[CONFLICT] > 0
    assert told[BUSY] == 0
    assert (told[UNKNOWN] > 0) == killing
