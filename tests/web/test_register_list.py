"""The list as people use it: choose, keep a view, take a file along."""

import csv
import io
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html
from sqlmodel import select

from core import clock, sheets
from core.audit import AuditEvent
from register import services
from register.content import ActivityContent, ProcessorUse
from register.views import View
from support.register import COMPLETE


@pytest.fixture
def filled(database, organisation, actor):
    """Three records: two of which a team looks after, one with a name that a spreadsheet would run."""
    with database.write(organisation.id) as session:
        for content in (
            COMPLETE,
            ActivityContent(name="=1+1", team="Zorg", processors=(ProcessorUse(party="Alfa B.V."),)),
            ActivityContent(name="Zonder team", domain="sociaal-domein"),
        ):
            services.add(session, content, actor=actor)


def rows(answer) -> list[list[str]]:
    page = html.fromstring(answer.text)
    return [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("//table/tbody/tr")]


def headings(answer) -> list[str]:
    return [cell.text_content() for cell in html.fromstring(answer.text).xpath("//table/thead//th")]


pytestmark = pytest.mark.usefixtures("filled")


def test_the_list_shows_findings_of_each_row_and_sorts_by_its_headings(client):
    answer = client.get("/register/")
    assert headings(answer) == ["Naam", "Kenmerk", "Onderwerp", "Team", "Status", "Bevindingen"]
    assert rows(answer)[0][:2] == ["Parkeervergunning", "VW-0001"]
    assert "fout" in rows(answer)[1][5]
    page = html.fromstring(answer.text)
    sorts = page.xpath("//thead//a[text()='Team']/@href")[0]
    assert [row[3] for row in rows(client.get(sorts))] == ["Team Parkeren", "Zorg", "niet ingevuld"]
    again = html.fromstring(client.get(sorts).text).xpath("//th[@aria-sort='ascending']//@href")[0]
    assert [row[3] for row in rows(client.get(again))] == ["Zorg", "Team Parkeren", "niet ingevuld"]


@pytest.mark.on_both
def test_filters_stand_together_in_the_address_and_stay_chosen_while_leafing(client):
    answer = client.get("/register/?team=Zorg&status=concept&aantal=25")
    assert [row[0] for row in rows(answer)] == ["=1+1"]
    page = html.fromstring(answer.text)
    assert page.xpath("//select[@name='team']/option[@selected]/@value") == ["Zorg"]
    assert page.xpath("//details[contains(summary, '1 gekozen')]/@open") == ["open"] or "1 gekozen" in answer.text
    assert rows(client.get("/register/?team=verzonnen")) == []


@pytest.mark.on_both
@pytest.mark.parametrize("ending", ["csv", "xlsx", "ods"])
def test_a_file_holds_exactly_what_the_list_shows_on_all_its_pages(client, ending, database, organisation):
    query = "bevinding=fout&sorteer=-naam&kolom=naam&kolom=kenmerk&kolom=verwerkers&aantal=25"
    shown = client.get(f"/register/?{query}")
    answer = client.get(f"/register/lijst.{ending}?{query}")
    assert answer.headers["Content-Disposition"].endswith(f'.{ending}"')
    [sheet] = sheets.read(answer.content)
    assert sheet.rows[0] == headings(shown) == ["Naam", "Kenmerk", "Verwerkers"]
    assert [[cell or "niet ingevuld" for cell in row] for row in sheet.rows[1:]] == rows(shown)
    if ending == "csv":
        cells = [row[0] for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")]
        assert "'=1+1" in cells
    with database.read(organisation.id) as session:
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "register:list:download")).one()
        assert (event.actor, event.contents["after"]["file"].partition(" ")[2]) == ("Aisha", "(2 verwerkingen)")


@pytest.mark.on_both
@pytest.mark.parametrize("ending", ["csv", "xlsx", "ods"])
def test_a_file_has_the_dutch_day_of_a_change_as_the_page_and_the_filter_do(
    client, ending, database, organisation, actor
):
    with clock.frozen(datetime(2026, 11, 21, 23, 30, tzinfo=UTC)), database.write(organisation.id) as session:
        services.add(session, ActivityContent(name="Na middernacht"), actor=actor)
    query = "zoek=middernacht&gewijzigd=2026-11-22&kolom=naam&kolom=gewijzigd"
    assert rows(client.get(f"/register/?{query}")) == [["Na middernacht", "22 november 2026"]]
    [sheet] = sheets.read(client.get(f"/register/lijst.{ending}?{query}").content)
    assert sheet.rows[1:] == [["Na middernacht", "2026-11-22"]]


def test_there_is_no_other_kind_of_file(client):
    assert client.get("/register/lijst.exe").status_code == 404


@pytest.mark.on_both
def test_a_view_keeps_filters_order_and_columns_and_may_open_the_list(client):
    body = {"team": "Zorg", "sorteer": "-naam", "kolom": ["naam", "team"], "name": " Mijn  lijst ", "start": "ja"}
    answer = client.post("/register/weergaven", data=body, follow_redirects=False)
    assert answer.status_code == 303
    opened = client.get("/register/", follow_redirects=False)
    asked = parse_qs(urlsplit(opened.headers["Location"]).query)
    assert asked == {"team": ["Zorg"], "sorteer": ["-naam"], "kolom": ["naam", "team"]}
    page = client.get("/register/")
    assert (headings(page), rows(page)) == (["Naam", "Team"], [["=1+1", "Zorg"]])
    assert html.fromstring(page.text).xpath("//nav[@aria-label='Weergaven']/a[@aria-current]/text()") == ["Mijn lijst"]
    assert len(rows(client.get("/register/?toon=alles"))) == 3
    client.post("/register/weergaven/start", data={"view": ""})
    assert len(rows(client.get("/register/"))) == 3


def test_a_view_without_a_name_is_refused_and_its_choices_stay(client):
    answer = client.post("/register/weergaven", data={"team": "Zorg", "name": " "})
    assert (answer.status_code, [row[0] for row in rows(answer)]) == (422, ["=1+1"])
    assert "Geef de weergave een naam" in answer.text


@pytest.mark.on_both
def test_a_shared_view_is_there_for_all_and_goes_by_who_made_it_only(client, client_as, database, organisation):
    client.post("/register/weergaven", data={"status": "concept", "name": "Samen", "shared": "ja"})
    client.post("/register/weergaven", data={"status": "vastgesteld", "name": "Van mij"})
    reader = client_as("lezer")
    assert html.fromstring(reader.get("/register/").text).xpath("//nav[@aria-label='Weergaven']/a/text()") == [
        "Alles",
        "Samen",
    ]
    reader.post("/register/weergaven", data={"name": "Toch niet", "shared": "ja"})
    with database.read(organisation.id) as session:
        views = {view.name: view for view in session.exec(select(View))}
    assert {name: view.is_shared for name, view in views.items()} == {
        "Samen": True,
        "Van mij": False,
        "Toch niet": False,
    }
    own, shared = views["Van mij"].id, views["Samen"].id
    reader.post("/register/weergaven/start", data={"view": str(shared)})
    assert reader.post("/register/weergaven/start", data={"view": str(own)}).status_code == 404
    assert reader.post("/register/weergaven/start", data={"view": "x"}).status_code == 404
    assert reader.post(f"/register/weergaven/{own}/weg").status_code == 404
    assert reader.post(f"/register/weergaven/{shared}/weg").status_code == 403
    assert client.post(f"/register/weergaven/{shared}/weg", follow_redirects=False).status_code == 303
    assert len(rows(reader.get("/register/"))) == 3  # who began with it begins with everything again


@pytest.mark.on_both
def test_a_view_of_the_same_name_takes_the_place_of_the_old_one(client, database, organisation):
    for status in ("concept", "vastgesteld"):
        client.post("/register/weergaven", data={"status": status, "name": "Lijst"})
    with database.read(organisation.id) as session:
        assert [view.query for view in session.exec(select(View))] == ["status=vastgesteld"]
        events = session.exec(select(AuditEvent.action).where(AuditEvent.subject_kind == "register_view"))
        assert sorted(events) == ["register:view:add", "register:view:change"]


@pytest.mark.on_both
def test_changing_many_gets_the_filter_of_the_list(client):
    answer = client.get("/register/?team=Zorg&bevinding=fout")
    address = html.fromstring(answer.text).xpath("//a[contains(., 'in één keer')]/@href")[0]
    page = html.fromstring(client.get(address).text)
    assert page.xpath("//input[@name='record']/@value") == ["2"]
    assert page.xpath("//form//input[@type='hidden' and @name='lijst']/@value") == ["bevinding=fout&team=Zorg"]
