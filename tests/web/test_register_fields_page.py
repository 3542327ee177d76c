"""The pages where a municipality chooses what the public sees, as a person uses them."""

import pytest
from lxml import html

from register import public
from support.pages import Visit
from support.site import established, words

PAGE = "/register/op-de-website"


@pytest.fixture
def seen(database, organisation):
    """Two records on the website; and what the public sees of them."""
    with database.write(organisation.id) as session:
        established(session)
        established(session, name="Tweede")

    def look():
        with database.read(organisation.id) as session:
            return [(view.team, view.dpia_status is not None) for view in public.public_activities(session)]

    return look


def tables(answer):
    root = html.document_fromstring(answer.text)
    return {
        words(table.find("caption")): [[words(cell) for cell in row] for row in table.xpath(".//tbody/tr")]
        for table in root.iter("table")
    }


def test_a_field_is_chosen_after_a_look_at_what_it_touches(client, seen):
    assert seen() == [("", False), ("", False)]
    shown = tables(client.get(f"{PAGE}?veld=team"))
    [touched] = [rows for caption, rows in shown.items() if caption.startswith("Kies een veld")]
    assert [row for row in touched if row[0] == "Verantwoordelijk team"] == [
        ["Verantwoordelijk team", "Nee", "2", "AVG art. 24"]
    ]
    assert shown["Verwerkingen met iets in dit veld"] == [
        ["VW-0001 Parkeervergunning", "Team Parkeren"],
        ["VW-0002 Tweede", "Team Parkeren"],
    ]
    assert Visit(client, PAGE).submit(shown={"team"}).url.path == PAGE
    assert seen() == [("Team Parkeren", False), ("Team Parkeren", False)]


def test_one_record_differs_with_a_reason(client, seen):
    Visit(client, PAGE).submit(shown={"team"})
    visit = Visit(client, "/register/VW-0002/op-de-website")
    refused = visit.submit(shown={"dpia.status"}, hidden={"team"})
    assert refused.status_code == 422
    assert "Schrijf op waarom deze verwerking anders is dan de andere." in refused.text
    visit.submit(shown={"dpia.status"}, hidden={"team"}, reason="Het team is één mens.")
    assert seen() == [("Team Parkeren", False), ("", True)]
    again = Visit(client, "/register/VW-0002/op-de-website")
    assert again.form.fields["reason"].strip() == "Het team is één mens."
    assert again.page.xpath("//input[@name='hidden' and @checked]/@value") == ["team"]


def test_who_may_not_establish_sees_what_was_chosen_and_cannot_choose(client, client_as, seen):
    Visit(client, PAGE).submit(shown={"team"})
    reader = client_as("lezer")
    for address in (PAGE, "/register/VW-0001/op-de-website"):
        answer = reader.get(address)
        assert answer.status_code == 200
        assert "Opslaan" not in answer.text
        assert reader.post(address, data={"shown": "dpia.status"}).status_code == 403
    assert seen() == [("Team Parkeren", False), ("Team Parkeren", False)]
