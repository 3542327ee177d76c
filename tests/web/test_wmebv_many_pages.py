"""Standard messages and one answer for many: what is shown first, and that nothing is doubled or overwritten unasked."""

import pytest
from lxml import html
from sqlmodel import select

from support.inventories import good_channel, good_message, good_product
from support.pages import Visit
from wmebv import rows, services
from wmebv.content import Answer, MessageKind, MessageTypeContent, ProductContent, Value
from wmebv.models import Channel, MessageType, Product


@pytest.fixture
def stored(database, organisation):
    def look(read):
        with database.read(organisation.id) as session:
            return read(session)

    return look


@pytest.fixture
def permit(database, organisation, actor):
    with database.write(organisation.id) as session:
        product = services.add_product(session, ProductContent(name="Kapvergunning", team="Groen"), actor=actor)
        content = MessageTypeContent(name="Aanvraag", kind=MessageKind.APPLICATION)
        services.add_message_type(session, product, content, actor=actor)
        return product.kenmerk


def kinds(stored):
    return stored(
        lambda session: [one.kind for one in session.exec(select(MessageType).order_by(MessageType.position))]
    )


def test_the_usual_messages_come_with_one_click_and_never_twice(client, stored, permit):
    address = f"/wmebv/standaardberichten/?product={permit}"
    page = html.document_fromstring(client.get(address).text)
    ticked = page.xpath("//input[@name='bericht'][@checked]/@value")
    assert ticked == [f"{permit}:{kind}" for kind in ("aanvulling", "zienswijze", "bezwaar", "ingebrekestelling")]
    assert f"{permit}:klacht" in page.xpath("//input[@name='bericht']/@value")
    Visit(client, address, form=0).submit()
    usual = [MessageKind.SUPPLEMENT, MessageKind.ZIENSWIJZE, MessageKind.BEZWAAR, MessageKind.INGEBREKESTELLING]
    assert kinds(stored) == [MessageKind.APPLICATION, *usual]
    client.post("/wmebv/standaardberichten/", data={"bericht": [f"{permit}:bezwaar", f"{permit}:klacht"]})
    assert kinds(stored) == [MessageKind.APPLICATION, *usual, MessageKind.COMPLAINT]
    channels = stored(lambda session: [one.name for one in session.exec(select(Channel).order_by(Channel.name))])
    assert channels == [
        *("Algemeen contactformulier", "Formulier bezwaar", "Formulier ingebrekestelling", "Formulier klacht"),
        "Formulier zienswijze",
    ]


@pytest.mark.on_both
def test_many_products_at_once_by_team(client, permit, stored):
    refused = client.post("/wmebv/standaardberichten/", data={"team": "Groen"})
    assert (refused.status_code, "Vink eerst een of meer berichten aan." in refused.text) == (422, True)
    assert "Er zijn geen producten" in client.get("/wmebv/standaardberichten/?team=Zorg").text
    Visit(client, "/wmebv/standaardberichten/?team=Groen", form=1).submit()
    assert len(kinds(stored)) == 5


@pytest.fixture
def two_channels(database, organisation, actor):
    """A message that goes by two channels: one answered, one of which nothing is known."""
    with database.write(organisation.id) as session:
        services.add_channel(session, good_channel(), actor=actor)
        bare = good_channel(name="Formulier zonder antwoorden")
        services.add_channel(session, bare.model_copy(update={"answers": ()}), actor=actor)
        product = services.add_product(session, good_product(), actor=actor)
        links = tuple(
            link.model_copy(update={"channel": name})
            for link, name in zip(good_message().channels * 2, ("Formulier zonder antwoorden",), strict=False)
        )
        services.add_message_type(session, product, good_message(channels=links), actor=actor)
        found = session.exec(select(Channel).order_by(Channel.name)).all()
        return {channel.name: str(channel.id) for channel in found}


def answers(stored, code):
    def read(session):
        found = session.exec(select(Channel).order_by(Channel.name)).all()
        return [one.value for channel in found for one in rows.answers_of(channel) if one.duty == code]

    return stored(read)


@pytest.mark.on_both
def test_one_answer_for_many_shows_colours_first_and_overwrites_nothing_unasked(client, two_channels, stored):
    before = answers(stored, "W22")
    given = {"vraag": "W22", "W22-value": "ja", "W22-evidence_url": "https://voorbeeld.nl/bewijs"}
    data = given | {"record": list(two_channels.values())}
    shown = client.post("/wmebv/antwoorden/", data=data)
    assert shown.status_code == 200
    assert "1 keer wordt het antwoord: Ja; https://voorbeeld.nl/bewijs." in shown.text
    assert "1 keer staat er al een antwoord. Dat blijft." in shown.text
    assert "Kleur van de berichten" in shown.text
    assert answers(stored, "W22") == before
    client.post("/wmebv/antwoorden/", data=data | {"bewaar": "ja"})
    assert len(answers(stored, "W22")) == 2
    none = client.post("/wmebv/antwoorden/", data=data)
    assert "0 keer wordt het antwoord" in none.text
    client.post("/wmebv/antwoorden/", data=data | {"W22-value": "nee", "vervang": "on", "bewaar": "ja"})
    assert answers(stored, "W22") == [Value.NO, Value.NO]
    told = stored(lambda session: rows.answers_of(session.exec(select(Channel).order_by(Channel.name)).first()))
    assert next(one for one in told if one.duty == "W22").answered_by != ""


@pytest.mark.on_both
@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"W22-value": "ja"}, "Vink eerst aan voor welke regels dit antwoord geldt."),
        ({"record": "alle"}, "Kies eerst een antwoord."),
        ({"record": "alle", "W22-value": "ja", "W22-evidence_url": "zomaar", "bewaar": "ja"}, "Begin het adres met"),
    ],
)
def test_a_choice_that_is_not_made_is_asked_for(client, two_channels, data, told):
    chosen = {"vraag": "W22"} | data
    if chosen.get("record"):
        chosen["record"] = list(two_channels.values())
    answer = client.post("/wmebv/antwoorden/", data=chosen)
    assert (answer.status_code, told in answer.text) == (422, True)


@pytest.mark.on_both
def test_records_are_found_by_team_and_kind_of_channel(client, two_channels, permit):
    def listed(query):
        page = html.document_fromstring(client.get(f"/wmebv/antwoorden/?{query}").text)
        return [" ".join(cell.text_content().split()) for cell in page.xpath("//tbody//th")]

    assert len(listed("vraag=W11")) == 2
    assert listed("vraag=W11&team=Groen") == ["Kapvergunning: Aanvraag"]
    assert len(listed("vraag=W11&soort=webformulier")) == 1
    assert listed("vraag=W22&team=Groen") == []
    assert len(listed("vraag=W03")) == 2
    assert listed("vraag=W10") == listed("vraag=bestaatniet") == []


def test_answers_are_given_to_all_or_to_none(session, actor):
    products = [services.add_product(session, ProductContent(name=name), actor=actor) for name in ("a", "b")]
    given = Answer(duty="W03", value=Value.YES)
    services.answer(session, products[0], given.model_copy(update={"value": Value.NO}), actor=actor)
    assert services.answer_many(session, products, given, replaces=False, actor=actor) == 1
    found = session.exec(select(Product).order_by(Product.number)).all()
    assert [rows.answers_of(one)[0].value for one in found] == [Value.NO, Value.YES]
