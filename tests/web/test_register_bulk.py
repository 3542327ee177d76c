"""One change in many records from the page: seen first, then done in all of them or in none."""

import pytest
from lxml import html

from register import queries, services
from register.content import ActivityContent, ProcessorUse
from support.pages import Visit, filled_in
from support.register import ESTABLISHER


@pytest.fixture
def contents(database, organisation):
    """Three records, of which one has ended; and a way to look at them."""
    with database.write(organisation.id) as session:
        for name in ("Parkeren", "Wmo", "Leerplicht"):
            services.add(
                session,
                ActivityContent(
                    name=name, team="Oud", processors=(ProcessorUse(party="Traagsoft", agreement_model="eigen"),)
                ),
                actor=ESTABLISHER,
            )
        activity = queries.find(session, "VW-0003")
        services.end(session, activity, on=activity.created_at.date(), reason="Gestopt.", actor=ESTABLISHER)

    def look():
        with database.read(organisation.id) as session:
            return {
                kenmerk: services.content_of(queries.find(session, kenmerk))
                for kenmerk in ("VW-0001", "VW-0002", "VW-0003")
            }

    return look


def go_on(client, answer, button):
    """Press a button of the page that came back."""
    page = html.document_fromstring(answer.text, base_url="http://localhost")
    form = next(form for form in page.forms if form.get("action") == "/register/wijzigen")
    return client.post("/register/wijzigen", data=filled_in(form, {}) | {"action": [button]})


@pytest.mark.on_both
def test_the_list_leads_to_it_with_its_filters(client, contents):
    link = html.document_fromstring(client.get("/register/?zoek=wmo").text).xpath(
        "//a[contains(@href,'wijzigen')]/@href"
    )
    assert link == ["/register/wijzigen?zoek=wmo"]
    page = html.document_fromstring(client.get(link[0]).text)
    assert page.xpath("//input[@name='record']/@value") == ["2"]
    assert len(html.document_fromstring(client.get("/register/wijzigen").text).xpath("//input[@name='record']")) == 2


def test_a_team_is_changed_after_a_look(client, contents):
    seen = Visit(client, "/register/wijzigen").submit(what="team", team="Nieuw")
    rows = [" ".join(row.text_content().split()) for row in html.document_fromstring(seen.text).xpath("//tbody/tr")]
    assert rows == ["VW-0001 Parkeren Oud Nieuw", "VW-0002 Wmo Oud Nieuw"]
    assert {content.team for content in contents().values()} == {"Oud"}
    assert go_on(client, seen, "apply").url.path == "/register/"
    assert [content.team for content in contents().values()] == ["Nieuw", "Nieuw", "Oud"]


def test_a_processor_is_replaced_and_its_agreement_is_not_taken_along(client, contents):
    seen = Visit(client, "/register/wijzigen").submit(what="processor", replaces="traagSOFT", processor="Snelsoft")
    go_on(client, seen, "apply")
    assert contents()["VW-0001"].processors == (ProcessorUse(party="Snelsoft"),)


def test_a_processor_in_the_place_of_itself_stays_with_its_agreement(client, contents):
    seen = Visit(client, "/register/wijzigen").submit(what="processor", replaces="Traagsoft", processor="traagsoft")
    assert "Er verandert niets" in seen.text
    assert contents()["VW-0001"].processors == (ProcessorUse(party="Traagsoft", agreement_model="eigen"),)


def test_a_day_and_an_owner(client, contents):
    for field, value in (("next_review_on", "2027-03-01"), ("process_owner", "Teamleider Inwoners")):
        go_on(client, Visit(client, "/register/wijzigen?zoek=parkeren").submit(what=field, **{field: value}), "apply")
    changed, left, _ = contents().values()
    assert (str(changed.next_review_on), changed.process_owner) == ("2027-03-01", "Teamleider Inwoners")
    assert (left.next_review_on, left.process_owner) == (None, "")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"what": "team"}, "Vul in: 'Nieuw team'."),
        ({"what": "processor", "processor": "Snelsoft"}, "Vul in: 'Verwerker nu'."),
        ({"team": "Nieuw"}, "Kies een van de mogelijkheden bij 'Wat wilt u wijzigen'."),
        ({"what": "next_review_on", "next_review_on": "morgen"}, "Vul bij 'Nieuwe dag van controle' een datum in"),
    ],
)
def test_what_is_missing_is_asked_and_the_choice_stays(client, contents, typed, sentence):
    answer = Visit(client, "/register/wijzigen?zoek=wmo").submit(**typed)
    page = html.document_fromstring(answer.text)
    assert (answer.status_code, sentence in page.text_content()) == (422, True)
    assert page.xpath("//input[@name='record'][@checked]/@value") == ["2"]


def test_without_a_record_or_a_change_nothing_happens(client, contents):
    assert "Kies minstens één verwerking." in client.post("/register/wijzigen", data={"what": "team", "team": "X"}).text
    seen = Visit(client, "/register/wijzigen").submit(what="team", team="Oud")
    assert "Er verandert niets" in seen.text


def test_who_saves_in_between_is_not_overwritten_and_nothing_is_half_done(client, contents, database, organisation):
    seen = Visit(client, "/register/wijzigen").submit(what="team", team="Nieuw")
    with database.write(organisation.id) as session:
        activity = queries.find(session, "VW-0002")
        theirs = services.content_of(activity).model_copy(update={"remarks": "Even wachten."})
        services.change(session, activity, theirs, version=activity.version, actor=ESTABLISHER)
    answer = go_on(client, seen, "apply")
    assert (answer.status_code, "Intussen wijzigde iemand VW-0002." in answer.text) == (409, True)
    assert {content.team for content in contents().values()} == {"Oud"}
    go_on(client, answer, "apply")  # the person looked again
    assert [content.team for content in contents().values()] == ["Nieuw", "Nieuw", "Oud"]


def test_back_keeps_the_choice(client, contents):
    seen = Visit(client, "/register/wijzigen").submit(what="team", team="Nieuw")
    page = html.document_fromstring(go_on(client, seen, "back").text)
    assert page.xpath("//input[@name='team']/@value") == ["Nieuw"]
    assert page.xpath("//input[@name='record'][@checked]/@value") == ["1", "2"]


def test_a_reader_may_not(client_as, contents):
    assert client_as("lezer").get("/register/wijzigen").status_code == 403
