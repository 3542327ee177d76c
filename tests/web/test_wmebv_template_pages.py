"""Templates of channels on screen: a look at what changes before it changes, and on each form what comes from where."""

import pytest
from lxml import html
from sqlmodel import select

from core.organisations import System, find_or_add
from support.inventories import answer, good_channel, good_message, good_product, without_answer
from support.pages import Visit, field
from wmebv import queries, rows, services
from wmebv.content import TemplateContent, Value
from wmebv.models import Channel, ChannelTemplate, Product


@pytest.fixture
def engine(database, organisation, actor):
    """A form engine that answers one question, and a form under it that answers all others."""
    with database.write(organisation.id) as session:
        template = services.add_template(
            session, TemplateContent(name="Generator X", answers=(answer("W22"),)), actor=actor
        )
        form = without_answer(good_channel(template="Generator X"), "W22")
        services.add_channel(session, form, actor=actor)
        product = services.add_product(session, good_product(), actor=actor)
        services.add_message_type(session, product, good_message(), actor=actor)
    return template


def stored(database, organisation, read):
    with database.read(organisation.id) as session:
        return read(session)


def test_the_pages_of_templates_open_and_one_is_added(client, database, organisation):
    assert "Er zijn nog geen sjablonen." in client.get("/wmebv/sjablonen/").text
    made = Visit(client, "/wmebv/sjablonen/nieuw").submit(name="Generator X")
    assert made.status_code == 200
    assert made.url.path.startswith("/wmebv/sjablonen/")
    assert Visit(client, "/wmebv/sjablonen/nieuw").submit(name="Generator X").status_code == 409
    changed = Visit(client, f"{made.url.path}bewerken").submit(name="Generator Y")
    assert "Generator Y" in changed.text
    assert "0 van" in client.get("/wmebv/sjablonen/").text


def test_an_answer_is_saved_after_a_look_at_what_it_changes(client, database, organisation, engine):
    address = f"/wmebv/sjablonen/{engine.id}/"
    look = Visit(client, address).submit(**{"W22-value": "nee"})
    assert "Er is nog niets opgeslagen." in look.text
    assert "Dit gaat over 1 kanaal en 1 bericht. Daar verandert samen 1 antwoord." in look.text
    assert "1 bericht gaat van groen naar rood." in look.text
    value = lambda session: session.exec(select(ChannelTemplate)).one().answers[0].value  # noqa: E731
    assert stored(database, organisation, value) is Value.YES
    sent = {name: field(look, name) for name in ("version", "seen")}
    other = client.post(address, data=sent | {"W22-value": "deels"})
    assert "Er is nog niets opgeslagen." in other.text
    client.post(address, data={**{name: field(other, name) for name in ("version", "seen")}, "W22-value": "deels"})
    assert stored(database, organisation, value) is Value.PARTLY


def test_a_form_says_what_comes_from_its_template_and_why_it_differs(client, database, organisation, engine):
    channel = stored(database, organisation, lambda session: session.exec(select(Channel.id)).one())
    address = f"/wmebv/kanalen/{channel}/"
    shown = client.get(address).text
    assert "Geldt via sjabloon" in shown
    assert "Generator X" in shown
    refused = Visit(client, address).submit(**{"W22-value": "nee"})
    assert refused.status_code == 422
    assert "Leg uit waarom dit kanaal afwijkt van Generator X." in refused.text
    saved = Visit(client, address).submit(**{"W22-value": "nee", "W22-text": "Ouder formulier"})
    assert "Wijkt af van sjabloon" in saved.text
    assert "Geschiedenis van W22" in saved.text
    page = client.get(f"/wmebv/sjablonen/{engine.id}/").text
    assert "W22" in page.split("<h2>Kanalen onder")[1]


def test_channels_come_under_a_template_after_a_look(client, database, organisation, engine, actor):
    with database.write(organisation.id) as session:
        services.add_channel(session, good_channel(name="Ander formulier"), actor=actor)
        services.add_channel(session, good_channel(name="Balie"), actor=actor)
    address = f"/wmebv/sjablonen/{engine.id}/kanalen"
    assert "Balie" not in client.get(address, params={"zoek": "formulier"}).text
    assert Visit(client, address).submit().status_code == 422
    look = Visit(client, address).submit(all="on", zoek="ander")
    assert "Ander formulier" in look.text
    assert "W22 vervalt" in look.text
    names = lambda session: [one.name for one in queries.channels_of(session, engine)]  # noqa: E731
    assert stored(database, organisation, names) == ["Formulier kapvergunning"]
    hidden = ["confirmed", "own", "reason", "channel"]
    sent = {name: field(look, name) for name in hidden}
    version = f"version-{sent['channel']}"
    client.post(address, data={**sent, version: field(look, version)})
    assert stored(database, organisation, names) == ["Ander formulier", "Formulier kapvergunning"]
    found = stored(
        database, organisation, lambda session: rows.channel_content(queries.channels_of(session, engine)[0])
    )
    assert found.template == "Generator X"


def test_figures_per_year_are_typed_and_shown(client, database, organisation, engine, actor):
    channel, message = (
        stored(database, organisation, lambda session: session.exec(select(Channel)).one()),
        stored(database, organisation, lambda session: queries.living_products(session)[0].messages[0].id),
    )
    answer_ = Visit(client, f"/wmebv/berichten/{message}/bewerken").submit(
        **{
            "can_be_digital": "nee",
            "why_not_digital": "Er is nog geen formulier",
            "volumes-0-year": "2025",
            "volumes-0-channel": channel.name,
            "volumes-0-number": "1.200",
            "volumes-0-source": "Zaaksysteem",
            "service_norm": "Antwoord binnen 5 werkdagen",
            "norm_results-0-year": "2025",
            "norm_results-0-percentage": "91",
        }
    )
    assert "Nee: Er is nog geen formulier" in answer_.text
    assert f"2025, {channel.name}: 1200 (bron: Zaaksysteem)" in answer_.text
    assert "2025: 91%" in answer_.text
    wrong = Visit(client, f"/wmebv/kanalen/{channel.id}/bewerken").submit(**{"satisfaction-0-grade": "goed"})
    assert wrong.status_code == 422
    right = Visit(client, f"/wmebv/kanalen/{channel.id}/bewerken").submit(
        **{"satisfaction-0-year": "2025", "satisfaction-0-grade": "7,4", "satisfaction-0-source": "Burgerpeiling"}
    )
    assert "2025: 7,4 (bron: Burgerpeiling)" in right.text
    product = Visit(client, "/wmebv/producten/PD-0001/bewerken").submit(
        **{
            "decision_term": "8 weken",
            "objection_possible": "ja",
            "ambitions-0-year": "2027",
            "ambitions-0-level": "D5",
            "ambitions-0-source": "Dienstverleningsvisie",
        }
    )
    assert "2027: D5" in product.text
    assert "8 weken" in product.text


@pytest.mark.on_both
def test_a_product_is_joined_with_a_woo_category_and_a_system(client, database, organisation, engine, actor):
    with database.write(organisation.id) as session:
        find_or_add(session, System, "Zaaksysteem", actor=actor)
    client.post("/woo/categorieen")
    page = client.get("/koppelingen/PD-0001")
    category = html.document_fromstring(page.text).xpath("//select[@name='category']/option[@value!='']/@value")[0]
    system = html.document_fromstring(page.text).xpath("//select[@name='system']/option[@value!='']/@value")[0]
    assert Visit(client, "/koppelingen/PD-0001").submit().status_code == 422
    Visit(client, "/koppelingen/PD-0001").submit(category=category, system=system)
    shown = client.get("/wmebv/producten/PD-0001/").text
    assert "Zaaksysteem" in shown
    assert "/woo/categorieen/001" in shown
    for address in ("/woo/categorieen/001", f"/beheer/lijsten/systemen/{system}"):
        assert 'href="/wmebv/producten/PD-0001/"' in client.get(address).text
    client.post("/koppelingen/PD-0001", data={"remove": system})
    assert "Zaaksysteem" not in client.get("/wmebv/producten/PD-0001/").text


@pytest.mark.on_both
def test_a_template_goes_when_no_channel_is_under_it(client, database, organisation, engine, actor):
    address = f"/wmebv/sjablonen/{engine.id}/"
    assert "verwijderen als er geen kanaal meer onder staat" in client.get(address).text
    refused = client.post(f"{address}verwijderen", data={"version": str(engine.version)})
    assert refused.status_code == 422
    assert "er staan nog kanalen onder (Formulier kapvergunning)" in refused.text
    with database.write(organisation.id) as session:
        channel = session.exec(select(Channel)).one()
        content = rows.channel_content(channel).model_copy(update={"template": ""})
        services.change_channel(session, channel, content, version=channel.version, actor=actor)
    gone = Visit(client, address, form=-1).submit()
    assert "Verwijderd." in gone.text
    assert "Er zijn nog geen sjablonen." in gone.text
    assert client.get(address).status_code == 404


def test_the_messages_of_a_channel_come_page_by_page(client, database, organisation, engine, actor, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 1)
    with database.write(organisation.id) as session:
        product, channel = session.exec(select(Product)).one(), session.exec(select(Channel)).one()
        second = good_message().model_copy(update={"name": "Tweede bericht"})
        services.add_message_type(session, product, second, actor=actor)
    pages = [client.get(f"/wmebv/kanalen/{channel.id}/?pagina={number}").text for number in (1, 2, 9, "x")]
    assert ["Tweede bericht" in page for page in pages] == [False, True, True, False]
    assert "pagina=2" in pages[0]
