"""The pages around the registers: start, open data, not found, withdrawn, accessibility."""

import pytest
from lxml import etree, html
from sqlmodel import Session

from core.organisations import the_organisation
from publish import diwoo
from support.pages import faults
from support.site import built, established, headings, page, words
from support.sound_pages import faults_together


@pytest.fixture
def files(session: Session) -> dict[str, bytes]:
    return built(session)


def test_empty_site_has_all_its_pages_and_no_broken_link(files: dict[str, bytes]):
    for name, data in files.items():
        if name.endswith(".html"):
            assert faults(data.decode()) == [], name
    assert faults_together(files) == []
    assert {"index.html", "404.html", "ingetrokken.html", "toegankelijkheid/index.html"} <= files.keys()


def test_start_page_searches_in_the_lists(files: dict[str, bytes]):
    forms = page(files, "/").forms
    assert [(form.action, form.method, list(form.fields)) for form in forms] == [
        ("/verwerkingsregister/", "GET", ["zoek"]),
        ("/digitaal-zakendoen/", "GET", ["zoek"]),
    ]


def test_search_works_on_the_two_lists_and_nothing_else_needs_a_script(session: Session):
    established(session)
    files = built(session)
    with_script = [name for name, data in files.items() if name.endswith(".html") and b"<script" in data]
    assert with_script == ["verwerkingsregister/index.html", "digitaal-zakendoen/index.html"]
    assert "static/zoeken.js" in files
    box = page(files, "/verwerkingsregister/").get_element_by_id("zoeken")
    assert "hidden" in box.attrib  # without a script there is nothing to search with


def test_every_download_and_schema_on_the_open_data_page_is_there(files: dict[str, bytes]):
    found = page(files, "/opendata/")
    assert headings(found) == [
        "Verwerkingsregister",
        "Digitaal zakendoen",
        "Schema's",
        "Beschrijving voor catalogi",
        "Woo-documenten",
    ]
    listed = [address.strip("/") for address in found.xpath("//ul[@class='ob-files']//a/@href")]
    assert [address for address in listed if address not in files] == []
    schemas = [name for name in files if name.startswith("opendata/schemas/")]
    assert schemas == [name for name in listed if name.startswith("opendata/schemas/")]


def test_a_list_of_pages_for_search_engines_holds_no_more_than_they_read(session: Session, monkeypatch):
    whole = etree.fromstring(built(session)["sitemap.xml"]).xpath("//*[local-name() = 'loc']/text()")
    monkeypatch.setattr(diwoo, "MAX_ENTRIES", 5)
    files = built(session)
    root = etree.fromstring(files["sitemap.xml"])
    assert etree.QName(root).localname == "sitemapindex"
    names = [loc.rpartition("/")[2] for loc in root.xpath("//*[local-name() = 'loc']/text()")]
    lists = [etree.fromstring(files[name]).xpath("//*[local-name() = 'loc']/text()") for name in names]
    assert max(map(len, lists)) == 5
    assert [loc for one in lists for loc in one] == whole


def test_site_without_mail_address_still_says_where_to_ask(session: Session):
    the_organisation(session).email = ""
    text = words(html.document_fromstring(built(session)["404.html"]).find(".//main"))
    assert text.endswith("Komt u er niet uit? Vraag het de gemeente.")


def test_own_accessibility_statement_replaces_our_page(session: Session):
    the_organisation(session).accessibility_url = "https://www.voorbeeld.example/toegankelijk"
    assert "toegankelijkheid/index.html" not in built(session)
