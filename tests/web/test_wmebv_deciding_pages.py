"""The page of the seven questions about a message, as the people who decide see it."""

import pytest
from sqlmodel import select

from core import clock
from core.history import newest_revision
from support.inventories import good_message, good_outgoing, good_product
from support.pages import Visit
from wmebv import queries, rows, services
from wmebv.content import Direction, MessageKind, Official
from wmebv.models import MessageType


@pytest.fixture
def messages(database, organisation, actor):
    """Three messages to the municipality of which nobody knows anything, over two products, and one from it."""
    new = {"kind": None, "official": Official.UNKNOWN, "assessed_on": None, "channels": (), "answers": ()}
    with database.write(organisation.id) as session:
        first = services.add_product(session, good_product(), actor=actor)
        made = [services.add_message_type(session, first, good_message(name=name, **new), actor=actor) for name in "AB"]
        services.add_message_type(session, first, good_outgoing(name="Uit", assessed_on=None), actor=actor)
        second = services.add_product(session, good_product(name="Paspoort"), actor=actor)
        made.append(services.add_message_type(session, second, good_message(name="C", **new), actor=actor))
    return [one.id for one in made]


@pytest.fixture
def now(database, organisation):
    """What is stored about a message."""

    def look(message_id):
        with database.read(organisation.id) as session:
            return rows.message_content(queries.find_message(session, message_id))

    return look


def address(message_id):
    return f"/wmebv/berichten/{message_id}/beoordelen"


def test_a_decision_is_kept_with_its_author_moment_and_reason(client, messages, now, database, organisation):
    answer = Visit(client, address(messages[0])).submit(kind="klacht", reasoning="Over een ambtenaar")
    assert answer.url.path == f"/wmebv/berichten/{messages[0]}/"
    found = now(messages[0])
    assert (found.kind, found.official, found.reasoning) == (MessageKind.COMPLAINT, Official.YES, "Over een ambtenaar")
    assert (found.assessed_on, found.assessed_by) == (clock.today(), "Wmebv coordinator")
    assert "Awb 2:13 lid 1 en hoofdstuk 9" in answer.text
    with database.read(organisation.id) as session:
        revision = newest_revision(session, messages[0])
    assert (revision.content["official"], revision.content["assessed_by"]) == ("ja", "Wmebv coordinator")


def test_sometimes_official_needs_a_reason_and_nothing_is_lost(client, messages, now):
    visit = Visit(client, address(messages[0]))
    answer = visit.submit(kind="signaal", official="gemengd")
    assert answer.status_code == 422
    assert "Leg uit waarom." in answer.text
    assert now(messages[0]).kind is None
    visit.submit(kind="signaal", official="gemengd", reasoning="Soms volgens de APV")
    assert (now(messages[0]).kind, now(messages[0]).official) == (MessageKind.SIGNAL, Official.MIXED)


def test_who_chooses_nothing_is_asked_to_choose(client, messages, now):
    answer = Visit(client, address(messages[0])).submit()
    assert answer.status_code == 422
    assert "Lees de vragen van boven naar beneden" in answer.text


def test_who_does_not_know_says_why_and_it_stays_unknown(client, messages, now):
    answer = Visit(client, address(messages[0])).submit(kind="", reasoning="Vraag het de jurist")
    assert answer.status_code == 200
    assert (now(messages[0]).official, now(messages[0]).assessed_on) == (Official.UNKNOWN, clock.today())


@pytest.mark.on_both
def test_save_and_next_goes_round_what_was_not_decided_yet(client, messages):
    visited = []
    for _ in range(3):
        page = address(visited[-1]) if visited else address(messages[1])
        answer = client.post(page, data={"version": "1", "kind": "aanvraag", "verder": "ja"})
        visited.append(answer.url.path.split("/")[3])
    # from the second on to the other product, round to the first one, and then there is nothing left
    assert visited == [str(messages[2]), str(messages[0]), str(messages[0])]
    assert "Er wacht geen ander bericht meer." in answer.text


@pytest.mark.on_both
def test_a_message_from_the_municipality_has_no_such_questions(client, messages, database, organisation):
    with database.read(organisation.id) as session:
        outgoing = session.exec(select(MessageType).where(MessageType.direction == Direction.OUT)).one()
    page = client.get(f"/wmebv/berichten/{outgoing.id}/")
    assert "beoordelen" not in page.text
    answer = client.post(address(outgoing.id), data={"version": "1", "kind": "klacht"})
    assert answer.status_code == 422


def test_two_people_who_decide_differently_see_both(client, messages, now, database, organisation, actor):
    visit = Visit(client, address(messages[0]))
    with database.write(organisation.id) as session:
        message = queries.find_message(session, messages[0])
        services.assess(
            session, message, MessageKind.BEZWAAR, None, "", by="Jurist", version=message.version, actor=actor
        )
    answer = visit.submit(kind="klacht")
    assert answer.status_code == 409
    assert "Bezwaar" in answer.text
    assert "Klacht" in answer.text
    assert now(messages[0]).kind is MessageKind.BEZWAAR


def test_another_form_that_was_saved_in_between_is_no_conflict(client, messages, now, database, organisation, actor):
    visit = Visit(client, address(messages[0]))
    with database.write(organisation.id) as session:
        message = queries.find_message(session, messages[0])
        changed = rows.message_content(message).model_copy(update={"note": "Van Bram"})
        services.change_message_type(session, message, changed, version=message.version, actor=actor)
    assert visit.submit(kind="klacht").status_code == 200
    assert (now(messages[0]).kind, now(messages[0]).note) == (MessageKind.COMPLAINT, "Van Bram")


def test_the_ordinary_form_says_who_changed_the_kind(client, messages, now):
    Visit(client, f"/wmebv/berichten/{messages[0]}/bewerken").submit(note="Alleen dit")
    assert now(messages[0]).assessed_by == ""
    Visit(client, f"/wmebv/berichten/{messages[0]}/bewerken").submit(kind="melding", official="ja")
    assert now(messages[0]).assessed_by == "Wmebv coordinator"
