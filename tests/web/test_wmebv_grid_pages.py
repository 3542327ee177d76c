"""The grid of answers on screen: typing, pasting, looking first, and two people at once."""

import pytest
from lxml import html
from sqlalchemy import event

from core import clock
from core.history import revisions_of
from support.inventories import answer, good_channel, good_message, good_outgoing, good_product
from support.pages import Visit, field
from wmebv import queries, rows, services
from wmebv.content import Answer, TemplateContent, Value

GRID = "/wmebv/raster/aan-de-gemeente/"
PASTE = ("paste", "ja")


@pytest.fixture
def made(database, organisation, actor):
    """The ids of two messages to the municipality without answers, and of what is beside them."""
    with database.write(organisation.id) as session:
        channel = services.add_channel(session, good_channel(), actor=actor)
        product = services.add_product(session, good_product(), actor=actor)
        new = [
            services.add_message_type(session, product, good_message(name=name, answers=(), channels=()), actor=actor)
            for name in ("Aanvraag", "Bezwaar")
        ]
        services.add_message_type(session, product, good_outgoing(), actor=actor)
    return {"first": new[0].id, "second": new[1].id, "product": product.id, "channel": channel.id}


@pytest.fixture
def answers(database, organisation):
    """The answers of a message, by code."""

    def look(message_id):
        with database.read(organisation.id) as session:
            return {one.duty: one for one in rows.answers_of(queries.find_message(session, message_id))}

    return look


@pytest.fixture
def say(database, organisation, actor):
    """Somebody else answers a question about a message."""

    def save(message_id, *given):
        with database.write(organisation.id) as session:
            services.answer(session, queries.find_message(session, message_id), *given, actor=actor)

    return save


def preview(answer):
    """What the page says that would change: about, question, now, becomes, text, how read."""
    page = html.document_fromstring(answer.text)
    assert page.findtext(".//h1") == "Klopt dit?"
    lines = page.xpath("//main//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in line][1:] for line in lines]


@pytest.mark.on_both
def test_every_kind_has_its_grid_with_its_own_questions(client, made):
    for kind, name, codes in (
        ("aan-de-gemeente", "Aanvraag", ["W04", "W05", "W09", "W11", "W13", "W33", "Z05"]),
        ("van-de-gemeente", "Besluit kapvergunning", ["W27", "W28", "W29", "W30", "W31", "W32"]),
        ("producten", "Kapvergunning", ["W03", "W06", "W15", "Z01", "Z02", "Z03", "Z07", "Z10"]),
        ("kanalen", "Formulier kapvergunning", ["W07", "W14", "W16", "W17", "W22", "W23", "W24", "W26"]),
    ):
        page = html.document_fromstring(client.get(f"/wmebv/raster/{kind}/").text)
        assert [text.split()[0] for text in page.xpath("//table//thead//th/text()")][1:] == codes
        assert page.xpath("//table//tbody//th/a/text()")[0] == name
    assert client.get("/wmebv/raster/iets/").status_code == 404


def test_letters_are_saved_at_once_with_their_author_and_a_revision(client, made, answers, database, organisation):
    visit = Visit(client, GRID, form=1)
    shown = visit.submit(**{"rows-0-W04": "j", "rows-0-W09": "1", "rows-1-W04": "n"})
    assert (shown.url.path, shown.url.params["melding"]) == (GRID, "opgeslagen")
    found = answers(made["first"])
    assert (found["W04"].value, found["W09"].choices) == (Value.YES, ("nee",))
    assert (found["W04"].answered_on, found["W04"].answered_by) == (clock.today(), "Wmebv coordinator")
    assert answers(made["second"])["W04"].value is Value.NO
    with database.read(organisation.id) as session:
        saves = [len(revisions_of(session, made[name])) for name in ("first", "second")]
    assert saves == [2, 2]  # one save for each message that changed, whatever the number of its cells
    assert field(client.get(GRID), "rows-0-W09") == "1"


def test_saving_the_grid_as_it_stands_changes_nothing(client, made, answers, say):
    say(made["first"], answer("W04"), answer("W05"), answer("W09"), answer("W33"))
    before = answers(made["first"])
    for kind in ("aan-de-gemeente", "van-de-gemeente", "producten", "kanalen"):
        assert Visit(client, f"/wmebv/raster/{kind}/", form=1).submit().status_code == 200
    assert answers(made["first"]) == before


def test_words_are_shown_before_they_are_kept_and_a_tick_leaves_one_out(client, made, answers):
    shown = Visit(client, GRID, form=1).submit(
        **{"rows-0-W04": "Ja, per e-mail", "rows-1-W04": "zie Piet", "rows-1-W05": "j"}
    )
    assert preview(shown) == [
        [
            "Aanvraag PD-0001 Kapvergunning",
            "W04 Ook zonder computer",
            "nog niet beantwoord",
            "Ja; per e-mail",
            "Ja, per e-mail",
            "Opgevat: kijk dit na",
        ],
        [
            "Bezwaar PD-0001 Kapvergunning",
            "W04 Ook zonder computer",
            "nog niet beantwoord",
            "Weten we nog niet; zie Piet",
            "zie Piet",
            "Niet begrepen: de tekst blijft als opmerking",
        ],
        [
            "Bezwaar PD-0001 Kapvergunning",
            "W05 Iemand anders regelt het",
            "nog niet beantwoord",
            "Ja",
            "j",
            "Precies zo",
        ],
    ]
    assert answers(made["first"]) == answers(made["second"]) == {}
    form = html.document_fromstring(shown.text).forms[-1]
    data = {name: value for name, value in form.form_values() if name != "rows-1-W05"}
    client.post(form.action, data=data)
    assert (answers(made["first"])["W04"].text, answers(made["second"])["W04"].note) == ("per e-mail", "zie Piet")
    assert "W05" not in answers(made["second"])


def test_a_pasted_block_is_always_shown_first_with_what_it_replaces(client, made, answers, say):
    say(made["second"], answer("W04", evidence_url=""))
    block = "j\tj\nn\t\n"
    shown = Visit(client, GRID, form=1).submit(PASTE, block=block, first_row="0", first_code="W04")
    assert [line[1:4] for line in preview(shown)] == [
        ["W04 Ook zonder computer", "nog niet beantwoord", "Ja"],
        ["W05 Iemand anders regelt het", "nog niet beantwoord", "Ja"],
        ["W04 Ook zonder computer", "Ja", "Nee"],
    ]
    assert answers(made["second"])["W04"].value is Value.YES


def test_a_block_of_the_wrong_size_says_so_and_nothing_typed_is_lost(client, made, answers):
    typed = {"rows-0-W05": "d", "block": "j\nj\nj", "first_row": "0", "first_code": "W04"}
    shown = Visit(client, GRID, form=1).submit(PASTE, **typed)
    assert shown.status_code == 422
    assert "Het blok heeft 3 regels en 1 kolom." in shown.text
    assert (field(shown, "rows-0-W05"), field(shown, "block").split()) == ("d", ["j", "j", "j"])
    assert answers(made["first"]) == {}


def test_what_a_law_closes_is_not_asked_and_not_taken_over(client, made, say, answers):
    law = Answer(duty="W09", choices=("verplicht_fysiek",), law="Paspoortwet", article="28", answered_on=clock.today())
    say(made["first"], law)
    page = client.get(GRID)
    assert (field(page, "rows-0-W11"), field(page, "rows-1-W11")) == (None, "")
    typed = {"block": "W11\tW04\nj\tj", "first_row": "0", "first_code": "W04"}
    shown = Visit(client, GRID, form=1).submit(PASTE, **typed)
    assert [line[1] for line in preview(shown)] == ["W04 Ook zonder computer"]
    assert "Aanvraag (PD-0001 Kapvergunning), W11: j" in shown.text


@pytest.mark.on_both
def test_two_people_at_other_cells_of_a_row_both_keep_their_answers(client, made, say, answers):
    visit = Visit(client, GRID, form=1)
    say(made["first"], answer("W05"))
    assert visit.submit(**{"rows-0-W04": "j"}).status_code == 200
    assert {code: one.value for code, one in answers(made["first"]).items()} == {"W04": Value.YES, "W05": Value.YES}


def test_two_people_at_one_cell_see_both_answers_before_anything_is_saved(client, made, say, answers):
    visit = Visit(client, GRID, form=1)
    say(made["first"], answer("W04"), answer("W05"))
    shown = visit.submit(**{"rows-0-W04": "n", "rows-1-W04": "d"})
    assert shown.status_code == 409
    assert "Aisha vulde intussen &#39;j&#39; in." in shown.text
    assert (field(shown, "rows-0-W04"), field(shown, "rows-0-W05"), field(shown, "rows-1-W04")) == ("n", "j", "d")
    assert (answers(made["first"])["W04"].value, answers(made["second"])) == (Value.YES, {})
    page = Visit.__new__(Visit)
    page.client, page.address = client, GRID
    page.form = html.document_fromstring(shown.text).forms[-1]
    assert page.submit().status_code == 200
    assert (answers(made["first"])["W04"].value, answers(made["first"])["W05"].value) == (Value.NO, Value.YES)
    assert answers(made["second"])["W04"].value is Value.PARTLY


def test_a_channel_shows_what_its_template_says_and_departs_from_it_with_a_reason(
    client, made, database, organisation, actor
):
    with database.write(organisation.id) as session:
        template = services.add_template(session, TemplateContent(name="Formulieren"), actor=actor)
        services.answer(session, template, answer("W22", evidence_url=""), actor=actor)
        channel = queries.find_channel(session, made["channel"])
        content = rows.channel_content(channel).model_copy(update={"template": "Formulieren", "answers": ()})
        services.change_channel(session, channel, content, version=channel.version, actor=actor)
    page = html.document_fromstring(client.get("/wmebv/raster/kanalen/").text)
    cell = page.xpath("//input[@name='rows-0-W22']")[0]
    assert (cell.get("value"), cell.get("placeholder")) == ("", "j")
    refused = Visit(client, "/wmebv/raster/kanalen/", form=1).submit(**{"rows-0-W22": "n"})
    assert (refused.status_code, "leg uit waarom dit kanaal afwijkt" in refused.text) == (422, True)
    shown = Visit(client, "/wmebv/raster/kanalen/").submit(**{"rows-0-W22": "nee, want dat kan niet"})
    assert [line[1:4] for line in preview(shown)] == [
        ["W22 Ontvangstbevestiging", "nog niet beantwoord", "Nee; want dat kan niet"]
    ]
    with database.write(organisation.id) as session:
        (template,) = queries.list_templates(session)
        services.answer(session, template, answer("W22", Value.UNKNOWN, evidence_url=""), actor=actor)
    saved = Visit(client, "/wmebv/raster/kanalen/").submit(**{"rows-0-W22": "n"})
    assert (saved.status_code, "leg uit waarom" in saved.text) == (200, False)
    with database.read(organisation.id) as session:
        assert {one.duty: one.value for one in queries.find_channel(session, made["channel"]).answers} == {"W22": "nee"}


def test_a_row_that_is_no_record_here_is_refused(client, made):
    data = {"rows-0-subject": str(made["product"]), "rows-0-version": "1", "rows-0-W04": "j"}
    assert client.post(GRID, data=data).status_code == 404
    assert client.post(GRID, data=data | {"rows-0-subject": "x"}).status_code == 404
    assert client.post(GRID, data={f"rows-{number}-subject": "x" for number in range(51)}).status_code == 422


def test_what_was_typed_and_not_saved_comes_back(client, made):
    client.post(GRID, data={"rows-0-subject": str(made["second"]), "rows-0-version": "1", "rows-0-W04": "eens"})
    shown = client.get(GRID)  # the look at it was left: it is a draft now, of that one row
    assert (field(shown, "rows-0-W04"), field(shown, "rows-0-subject")) == ("eens", str(made["second"]))


def test_a_page_of_four_hundred_messages_asks_few_questions_of_the_database(client, database, organisation, actor):
    with database.write(organisation.id) as session:
        for number in range(80):
            product = services.add_product(session, good_product(name=f"Product {number}"), actor=actor)
            services.add_message_type(session, product, good_message(channels=()), actor=actor)
    asked = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    shown = client.get(f"{GRID}?pagina=2")
    assert "Pagina 2 van 2" in " ".join(html.document_fromstring(shown.text).text_content().split())
    assert len(html.document_fromstring(shown.text).xpath("//tbody/tr")) == 30
    assert len(asked) < 25
    asked.clear()
    client.get(GRID)
    assert len(asked) < 25  # fifty rows ask no more than thirty


@pytest.mark.on_both
def test_a_filter_finds_messages_by_word_and_team(client, made):
    def names(query):
        return html.document_fromstring(client.get(f"{GRID}{query}").text).xpath("//table//tbody//th/a/text()")

    assert names("?zoek=bezwaar") == ["Bezwaar"]
    assert names("?zoek=kapvergunning&team=Vergunningen") == ["Aanvraag", "Bezwaar"]
    assert names("?team=Belastingen") == []
