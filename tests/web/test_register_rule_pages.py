"""Pages of closed findings, of the checks themselves and of their limits."""

import pytest
from lxml import html

from register import queries, services
from register.content import Recipient, RecipientKind
from support.pages import Visit
from support.register import COMPLETE, ESTABLISHER

REASON = "Het convenant zegt dit al."
SHARES = COMPLETE.model_copy(update={"recipients": (Recipient(name="Woningcorporatie", kind=RecipientKind.OTHER),)})


@pytest.fixture
def kenmerk(database, organisation):
    with database.write(organisation.id) as session:
        return services.add(session, SHARES, actor=ESTABLISHER).kenmerk


def text_of(answer):
    return " ".join(html.document_fromstring(answer.text).text_content().split())


def close_address(client, address):
    (link,) = html.document_fromstring(client.get(address).text).xpath(
        "//a[starts-with(., 'Sluit met een reden') and contains(., 'Woningcorporatie')]/@href"
    )
    return link


@pytest.mark.parametrize("start", ["/register/{}/", "/register/bevindingen"])
def test_a_finding_is_closed_and_opened_again_from_both_lists(client, kenmerk, start):
    link = close_address(client, start.format(kenmerk))
    answer = Visit(client, link).submit(reason=REASON)
    assert (answer.status_code, answer.url.path) == (200, f"/register/{kenmerk}/")
    assert REASON in text_of(answer)
    assert link not in answer.text
    assert REASON in text_of(client.get("/register/bevindingen/gesloten"))
    assert client.get(link).status_code == 404  # it is not open any more
    form = html.document_fromstring(answer.text).xpath("//form[contains(@action, '/openen')]/@action")[0]
    assert link in client.post(form).text


def test_a_refused_closing_keeps_what_was_typed(client, kenmerk):
    visit = Visit(client, close_address(client, f"/register/{kenmerk}/"))
    answer = visit.submit(reason="Te kort", until="2020-01-01")
    assert answer.status_code == 422
    assert "minstens 10 tekens" in answer.text
    assert "Te kort" in answer.text


def test_who_may_not_establish_may_not_close(client_as, kenmerk, database, organisation):
    with database.read(organisation.id) as session:
        finding = next(
            one for one in services.findings_of(session, queries.find(session, kenmerk)) if one.check.closable
        )
    client = client_as("invuller")
    assert "Sluit met een reden" not in client.get(f"/register/{kenmerk}/").text
    assert client.get(f"/register/{kenmerk}/bevindingen/{finding.mark}").status_code == 403


def test_each_finding_leads_to_the_page_of_its_check(client, kenmerk):
    page = html.document_fromstring(client.get("/register/bevindingen").text)
    links = set(page.xpath("//td[@data-label='Regel']/a/@href"))
    assert "/register/regels/AVG-074" in links
    assert all(client.get(link).status_code == 200 for link in links)


def test_the_page_of_a_check_says_why_and_how_often(client, kenmerk):
    said = text_of(client.get("/register/regels/AVG-074"))
    assert "een ontvanger is een overheid of andere organisatie" in said.lower()
    assert "1 keer gevonden" in said
    page = html.document_fromstring(client.get("/register/regels/avg-031").text)
    assert page.xpath("//a[contains(@href, 'eur-lex.europa.eu')]/@href") == [
        "https://eur-lex.europa.eu/legal-content/NL/TXT/HTML/?uri=CELEX:32016R0679#art_6"
    ]
    assert client.get("/register/regels/AVG-999").status_code == 404


def test_findings_of_one_check(client, kenmerk):
    page = html.document_fromstring(client.get("/register/bevindingen?regel=AVG-074").text)
    assert page.xpath("//td[@data-label='Regel']//text()") == ["AVG-074"]


def test_limits_are_chosen_at_beheer_and_shown_with_the_check(client):
    answer = Visit(client, "/beheer/controles/").submit(dpia_months="24")
    assert answer.url.path == "/beheer/"
    assert "24 maanden" in text_of(client.get("/register/regels/AVG-106"))
    refused = Visit(client, "/beheer/controles/").submit(dpia_months="500")
    assert refused.status_code == 422
    assert "Kies een getal van 1 tot en met 120." in refused.text
    assert 'value="500"' in refused.text


def test_limits_that_somebody_else_changed_are_not_overwritten(client):
    visit = Visit(client, "/beheer/controles/")
    Visit(client, "/beheer/controles/").submit(dpia_months="24")
    answer = visit.submit(dpia_months="30")
    assert answer.status_code == 409
    assert "intussen gewijzigd" in answer.text


def test_the_page_of_a_check_shows_an_example_that_fails_and_one_that_passes(client):
    said = text_of(client.get("/register/regels/AVG-031"))
    wrong, right = said.partition("Zo vindt de regel iets")[2].split("Zo is het goed")
    assert "niet ingevuld" in wrong
    assert "Parkeerverordening" in right
