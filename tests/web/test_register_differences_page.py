"""The page with what differs between two moments of a record, and the ways that lead to it."""

from datetime import timedelta

import pytest
from lxml import html

from core import clock
from core.audit import COMMAND_LINE
from register import queries, services
from register.moments import choices, find
from support.register import COMPLETE, ESTABLISHER


@pytest.fixture
def record(database, organisation):
    """A record with two versions and a change since, each a day after the other; gives its address."""
    start = clock.now()
    with database.write(organisation.id) as session:
        for day, name in enumerate(("Parkeren", "Parkeren op straat", "Parkeren overal")):
            content = COMPLETE.model_copy(update={"name": name})
            with clock.frozen(start - timedelta(days=3 - day)):
                if day == 0:
                    activity = services.add(session, content, actor=ESTABLISHER)
                else:
                    services.change(session, activity, content, version=activity.version, actor=ESTABLISHER)
                if day < 2:
                    services.establish(session, activity, actor=COMMAND_LINE)
        return f"/register/{activity.kenmerk}/"


def shown(answer) -> list[list[str]]:
    rows = html.document_fromstring(answer.text).xpath("//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def test_the_record_leads_to_what_differs_from_the_website(client_as, record):
    reader = client_as("lezer")
    page = reader.get(record)
    assert "Versie 2 staat nu op de website. Daarna is er op 1 plaats iets gewijzigd." in page.text
    answer = reader.get(f"{record}verschillen")
    assert shown(answer) == [["Naam van de verwerking Gewijzigd", "Parkeren op straat", "Parkeren overal"]]


def test_each_link_of_the_record_opens(client_as, record):
    reader = client_as("lezer")
    page = html.document_fromstring(reader.get(record).text)
    links = [link for link in page.xpath("//a/@href") if "verschillen?" in link]
    assert links == [
        f"{record}verschillen?van={van}&tot={tot}" for van, tot in (("v1", "v2"), ("r4", "r5"), ("r2", "r3"))
    ]
    for link in links:
        assert len(shown(reader.get(link))) == 1


@pytest.mark.parametrize(
    ("van", "tot", "was", "becomes"),
    [("v1", "v2", "Parkeren", "Parkeren op straat"), ("r1", "nu", "Parkeren", "Parkeren overal")],
)
def test_any_two_moments_can_be_chosen(client_as, record, van, tot, was, becomes):
    answer = client_as("lezer").get(f"{record}verschillen", params={"van": van, "tot": tot})
    assert shown(answer)[0][1:] == [was, becomes]


@pytest.mark.on_both
def test_what_we_knew_on_a_day(client_as, record, database, organisation):
    reader, today = client_as("lezer"), clock.today()
    answer = reader.get(f"{record}verschillen", params={"van": (today - timedelta(days=2)).isoformat()})
    assert shown(answer)[0][1:] == ["Parkeren op straat", "Parkeren overal"]
    assert "geen verschil" in reader.get(f"{record}verschillen", params={"van": today.isoformat()}).text
    before = reader.get(f"{record}verschillen", params={"van": "2020-01-01"})
    assert (before.status_code, "stond op 1 januari 2020 nog niet" in before.text) == (404, True)


@pytest.mark.parametrize(("van", "status"), [("r9", 404), ("r999999999", 404), ("gisteren", 422), ("2026-02-31", 422)])
def test_a_moment_that_is_not_there_says_what_to_do(client_as, record, van, status):
    answer = client_as("lezer").get(f"{record}verschillen", params={"van": van})
    assert (answer.status_code, "Kies een" in answer.text) == (status, True)


@pytest.mark.on_both
def test_a_new_record_has_nothing_to_compare(client_as, database, organisation):
    with database.write(organisation.id) as session:
        address = f"/register/{services.add(session, COMPLETE, actor=ESTABLISHER).kenmerk}/"
    reader = client_as("lezer")
    assert "geen verschil" in reader.get(f"{address}verschillen").text
    assert "iets gewijzigd" not in reader.get(address).text


def test_words_of_a_version_stay(session, actor):
    activity = services.add(session, COMPLETE, actor=actor)
    version = services.establish(session, activity, actor=ESTABLISHER)
    assert find(session, activity, "v1").labels == version.content["labels"]
    assert [name for name, _ in choices(session, activity)] == ["nu", "v1", "r2", "r1"]
    assert queries.saves_of(session, activity)[0].revision == 2
