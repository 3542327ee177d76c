"""The designation decision (aanwijzingsbesluit, Awb 2:13 lid 2): from the inventory, with its assumptions in sight."""

from datetime import date

import pytest
from lxml import html

from core.content import YesNo
from core.papers import WRITERS, Grid
from core.web.pages import dutch_date
from support.inventories import (
    ON,
    answer,
    good_channel,
    good_entry,
    good_message,
    good_organisation,
    good_outgoing,
    good_product,
    inventory,
    mixed_inventory,
    with_answer,
    without_answer,
)
from wmebv.content import ChannelKind, ChannelLink, ChannelUse, Official, Value
from wmebv.designation import Body, blocks, designation, ways
from wmebv.duties import amended
from wmebv.report import MessageEntry, ProductEntry

SIGNED = (
    Body("raad", "Gemeenteraad", "de voorzitter en de griffier"),
    Body("college", "College van burgemeester en wethouders", "de burgemeester en de secretaris"),
    Body("burgemeester", "Burgemeester", "de burgemeester"),
    Body("rekenkamer", "Rekenkamer", ""),
)


def page_of(stock, bodies=SIGNED):
    return html.document_fromstring(WRITERS[".html"](designation(stock, bodies, ON, dutch_date)))


def entry(product, *pairs):
    return ProductEntry(product, tuple(MessageEntry(message, channels) for message, channels in pairs))


def test_section_9_the_decision_has_its_parts_in_order():
    page = page_of(inventory(good_entry()))
    headings = [" ".join(one.text_content().split()) for one in page.xpath("//h2|//h3")]
    assert page.xpath("string(//h1)").startswith("Aanwijzingsbesluit elektronische kanalen")
    articles = [one for one in headings if one.startswith("Artikel")]
    assert [one.partition(". ")[2] for one in articles] == [
        "Wat de woorden betekenen",
        "Berichten die iemand uit zichzelf stuurt",
        "Berichten waar de gemeente om vraagt",
        "Andere berichten",
        "Bestanden",
        "Storing",
        "Een bericht langs een andere weg",
        "Papier",
        "Ingang en naam",
    ]
    text = page.text_content()
    assert "gelet op artikel 2:13, tweede lid" in text
    for one in ("Bijlage 1. Kanalen", "Toelichting", "Wat dit besluit nog in de weg staat"):
        assert one in headings


@pytest.mark.parametrize("seed", range(4))
def test_section_3_4_it_never_says_that_only_the_right_route_is_handled(seed):
    for stock in (mixed_inventory(seed), inventory(good_entry())):
        text = page_of(stock).text_content().casefold()
        for words in (
            "alleen berichten",
            "uitsluitend",
            "niet in behandeling",
            "worden niet behandeld",
            "buiten behandeling",
        ):
            assert words not in text
        assert "stuurt de gemeente het door" in text


@pytest.mark.parametrize("seed", range(3))
def test_section_9_annex_1_has_every_official_message_to_the_municipality_once(seed):
    stock = mixed_inventory(seed)
    paper = designation(stock, SIGNED, ON, dutch_date)
    annex = next(one for one in paper.blocks if isinstance(one, Grid) and "Kanaal" in one.headings)
    expected = sorted(
        (product.content.name, message.content.name)
        for product in stock.products
        for message in product.messages
        if message.content.direction.value == "in" and message.content.official.value in {"ja", "gemengd"}
    )
    assert sorted((row[1], row[2]) for row in annex.rows) == expected


def test_section_9_a_to_d_what_blocks_the_decision_is_listed():
    bare = good_channel(name="Zonder oordeel", reachable=YesNo.NO, url="https://voorbeeld.nl/weg")
    stock = inventory(
        entry(
            good_product(name="Kapvergunning"),
            (good_message(name="Aanvraag", channels=()), ()),
            (good_message(name="Bezwaar"), (without_answer(bare, "W14"),)),
            (good_message(name="Vraag", official=Official.NO, channels=()), ()),
            (good_outgoing(), ()),
        )
    )
    found = blocks(stock, (Body("college", "College"), Body("raad", "Raad", "de griffier")))
    assert found.without_channel == ["Kapvergunning: Aanvraag"]
    assert found.unassessed == ["Zonder oordeel"]
    assert found.unreachable == ["Zonder oordeel: https://voorbeeld.nl/weg"]
    assert found.unsigned == ["College"]
    text = page_of(stock, (Body("college", "College"),)).text_content()
    assert "Kapvergunning: Aanvraag" in text.partition("Wat dit besluit nog in de weg staat")[2]


def test_section_6_what_a_law_wants_on_paper_or_at_the_desk_needs_no_digital_channel():
    law = {"choices": ("verplicht_fysiek",), "value": None, "law": "Wegenverkeerswet 1994", "article": "artikel 113"}
    desk, form = good_channel(name="Balie", kind=ChannelKind.DESK, level=None), without_answer(good_channel(), "W14")
    closed = with_answer(good_message(name="Aanvraag"), answer("W09", **law))
    stock = inventory(entry(good_product(name="Rijbewijs"), (closed, (desk, form))))
    assert not blocks(stock, SIGNED)
    paper = designation(stock, SIGNED, ON, dutch_date)
    annex = next(one for one in paper.blocks if isinstance(one, Grid) and "Kanaal" in one.headings)
    assert [row[3:] for row in annex.rows] == [
        ("kan niet digitaal (Wegenverkeerswet 1994 artikel 113)", "", "", "Balie")
    ]
    without_article = with_answer(closed, answer("W09", **law | {"article": ""}))
    stock = inventory(entry(good_product(name="Rijbewijs"), (without_article, (desk,))))
    assert blocks(stock, SIGNED).without_channel == ["Rijbewijs: Aanvraag"]


def test_nothing_blocks_a_municipality_in_order():
    stock = inventory(good_entry())
    assert not blocks(stock, SIGNED)
    assert "niets gevonden dat dit besluit in de weg staat" in page_of(stock).text_content()


def test_the_waarderingskamer_advises_one_channel_for_all_of_the_woz():
    first, second = good_channel(name="Formulier A"), good_channel(name="Formulier B")
    both = entry(
        good_product(name="WOZ-waarde"),
        (good_message(name="Bezwaar"), (first,)),
        (good_message(name="Gegevens"), (second,)),
    )
    assert blocks(inventory(both), SIGNED).several_for_woz == ["Formulier A", "Formulier B"]
    same = entry(good_product(name="WOZ-waarde"), *((good_message(name=one), (first,)) for one in ("Een", "Twee")))
    assert blocks(inventory(same), SIGNED).several_for_woz == []
    assert (
        blocks(inventory(entry(good_product(name="Zwozel"), (good_message(), (first, second)))), SIGNED).several_for_woz
        == []
    )


def test_the_preferred_channel_comes_first_and_the_safety_net_is_named_in_article_2():
    message = good_message(
        channels=(
            ChannelLink(channel="Contactformulier", use=ChannelUse.FALLBACK),
            ChannelLink(channel="Formulier kap", use=ChannelUse.PREFERRED),
        )
    )
    channels = (good_channel(name="Contactformulier"), good_channel(name="Formulier kap"))
    stock = inventory(entry(good_product(), (message, channels)))
    [way] = ways(stock)
    assert [one.name for one in way.channels] == ["Formulier kap", "Contactformulier"]
    assert "Staat een bericht niet in bijlage 1, dan kan het via: Contactformulier." in page_of(stock).text_content()


def test_articles_about_other_laws_are_there_when_the_inventory_has_such_messages():
    with_laws = good_product(national_facility="Omgevingsloket", services_directive=YesNo.YES)
    page = page_of(inventory(entry(with_laws, (good_message(), (good_channel(),)))))
    titles = [one.text_content().partition(". ")[2] for one in page.xpath("//h2") if "Artikel" in one.text_content()]
    assert ("Berichten over de Omgevingswet" in titles, "Berichten van dienstverrichters" in titles) == (True, True)
    assert len(titles) == 11


def test_who_decides_are_the_three_and_the_bodies_that_products_name():
    stock = inventory(entry(good_product(controller="rekenkamer"), (good_message(), (good_channel(),))))
    assert blocks(stock, SIGNED).unsigned == ["Rekenkamer"]
    text = page_of(stock).text_content()
    assert "Gemeenteraad, College van burgemeester en wethouders, Burgemeester en Rekenkamer van" in " ".join(
        text.split()
    )


def test_answers_of_the_organisation_take_assumptions_away():
    known = inventory(good_entry(), answers=good_organisation())
    unknown = inventory(good_entry(), answers=without_answer(good_organisation(), "W18", "W19", "W20", "W21"))
    assert len(page_of(unknown).xpath("//mark")) == len(page_of(known).xpath("//mark")) + 2


@pytest.mark.parametrize("code", ["W17", "W22", "W23"])
def test_section_9_what_the_note_says_of_forms_is_an_assumption_until_it_is_proven(code):
    proven = page_of(inventory(good_entry())).xpath("string(//body)")
    product, message, channel = good_product(), good_message(), without_answer(good_channel(), code)
    unproven = page_of(inventory(entry(product, (message, (channel,)))))
    told = [one.text_content() for one in unproven.xpath("//mark")]
    assert f"({code})" not in proven
    assert [one for one in told if one.startswith("Aanname: Van 1 kanaal is dit nog niet bewezen") and code in one]


def test_the_decision_is_called_what_stands_above_it():
    page = page_of(inventory(good_entry()))
    assert f"Het heet: {page.xpath('string(//h1)')}." in page.text_content()


def test_the_same_inventory_gives_the_same_bytes():
    paper = designation(mixed_inventory(1), SIGNED, date(2026, 11, 22), dutch_date)
    assert WRITERS[".docx"](paper) == WRITERS[".docx"](paper)


def annex_of(stock):
    paper = designation(stock, SIGNED, ON, dutch_date)
    return next(one for one in paper.blocks if isinstance(one, Grid) and "Kanaal" in one.headings)


def test_section_9_the_safety_net_of_messages_that_are_not_listed_is_an_electronic_channel():
    desk, net = good_channel(name="Balie", kind=ChannelKind.DESK, level=None), good_channel(name="Contactformulier")
    links = (
        ChannelLink(channel="Formulier kapvergunning"),
        ChannelLink(channel="Balie", use=ChannelUse.FALLBACK),
        ChannelLink(channel="Contactformulier", use=ChannelUse.FALLBACK),
    )
    sent, both = good_message(channels=links[:2]), good_message(channels=links)
    stock = inventory(entry(good_product(), (sent, (good_channel(), desk)), (both, (good_channel(), desk, net))))
    assert "Staat een bericht niet in bijlage 1, dan kan het via: Contactformulier." in page_of(stock).text_content()
    stock = inventory(entry(good_product(), (sent, (good_channel(), desk))))
    assert "De inventaris noemt geen kanaal als vangnet." in page_of(stock).text_content()


DIGITAL_ONLY = {
    "choices": ("verplicht_digitaal",),
    "value": None,
    "law": "Telecommunicatiewet",
    "article": "artikel 5.4",
}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((answer("W04"),), "ja, zie de productpagina"),
        ((answer("W04", Value.UNKNOWN), answer("Z05")), "ja, zie de productpagina"),
        ((answer("W04", Value.NO),), "nee"),
        ((), "nog niet bekend"),
        ((answer("W09", **DIGITAL_ONLY),), "kan alleen digitaal (Telecommunicatiewet artikel 5.4)"),
        ((answer("W04"), answer("W09", **DIGITAL_ONLY)), "kan alleen digitaal (Telecommunicatiewet artikel 5.4)"),
    ],
)
def test_the_annex_says_of_each_message_whether_it_can_be_done_without_internet(given, said):
    message = without_answer(good_message(), "W04")
    for one in given:
        message = with_answer(message, one)
    [row] = annex_of(inventory(entry(good_product(), (message, (good_channel(),))))).rows
    assert row[-1] == said


def test_it_says_how_many_messages_are_left_out_because_nobody_knows_whether_they_are_official():
    unknown = good_message(official=Official.UNKNOWN)
    stock = inventory(entry(good_product(), (good_message(), (good_channel(),)), (unknown, (good_channel(),))))
    assert "Van 1 bericht is nog niet bepaald of het officieel is (W10)." in page_of(stock).text_content()
    assert "nog niet bepaald of het officieel" not in page_of(inventory(good_entry())).text_content()
    strict = inventory(*stock.products, book=amended({}, is_strict=True))
    assert "nog niet bepaald of het officieel" not in page_of(strict).text_content()
