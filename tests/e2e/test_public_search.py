"""The search of the public register in a browser, under the policy of the site, with and without its index."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from core import values
from core.web.pages import STATIC
from publish import search
from publish.html import SiteFrame, render
from publish.search import Found
from publish.server import SITE_POLICY
from support.browsing import Example
from support.search_cases import CASES

HOME = "https://openboek.example"
FRAME = SiteFrame("Gemeente", "gm0168", HOME, False, *[""] * 6, accessibility_url="/toegankelijkheid/")
Serve = Callable[..., Page]


@pytest.fixture
def serve(browser: Browser) -> Iterator[Serve]:
    """A site that holds no more than a list page of so many records and its index."""
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()

    def start(count: int, *, with_index: bool = True) -> Page:
        things = [
            Found(
                f"/verwerkingsregister/VW-{number:05}/",
                f"Parkeervergunning {number}" if number % 1000 == 7 else f"Uitkering {number}",
                f"VW-{number:05}",
                [
                    (search.NAME, "Parkeervergunning" if number % 1000 == 7 else "Uitkering"),
                    (search.OTHER, "adres woonplaats"),
                ],
            )
            for number in range(count)
        ]
        index = search.Index(len(things))
        for place, thing in enumerate(things):
            index.add(place, thing)
        files = dict(index.files("verwerkingsregister/zoeken")) if with_index else {}
        shown = {"section": "", "crumbs": [], "menu": [], "changed_on": "", "groups": (), "downloads": []}
        tables = {"subjects": [], "letters": []}
        files["verwerkingsregister/"] = render(
            FRAME, "register/list.html", count=count, search="/verwerkingsregister/zoeken/", **shown, **tables
        )

        def answer(route: Route) -> None:
            path = urlsplit(route.request.url).path[1:]
            body = files.get(path)
            if body is None and path.startswith("static/") and (STATIC / path[7:]).is_file():
                body = (STATIC / path[7:]).read_bytes()
            kinds = {"js": "text/javascript", "json": "application/json", "css": "text/css", "svg": "image/svg+xml"}
            kind = kinds.get(path.rsplit(".", 1)[-1], "text/html")
            headers = {"Content-Security-Policy": SITE_POLICY, "Content-Type": kind}
            route.fulfill(status=404 if body is None else 200, body=body or b"", headers=headers)

        page.route("**/*", answer)
        page.goto(f"{HOME}/verwerkingsregister/")
        return page

    yield start
    context.close()


def test_the_script_folds_and_cuts_words_as_python_does(serve: Serve) -> None:
    page = serve(1)
    names = [
        values.load("register", name).label(code)
        for name in ("persoonsgegevens", "betrokkenen", "selectielijst-2020")
        for code in values.load("register", name).codes
    ]
    texts = [*CASES, *names, "ǅ İstanbul ΣΑΣ ½ ² ﷺ Ünïcödé"]
    script = "texts => texts.map(text => words(text).map(stem))"
    in_python = [[search.stem(word) for word in re.findall("[a-z0-9]+", search.fold(text))] for text in texts]
    assert page.evaluate(script, texts) == in_python


def test_ten_thousand_records_are_searched_with_a_few_small_files(serve: Serve) -> None:
    page = serve(10_000)
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())) if "/zoeken/" in answer.url else None)
    page.get_by_label("Zoek een verwerking").fill("wat weet de gemeente bij parkeervergunningen")
    expect(page.get_by_role("status")).to_have_text("10 verwerkingen gevonden.")
    found = page.get_by_role("list", name="Gevonden verwerkingen").get_by_role("link")
    expect(found).to_have_count(10)
    expect(page.get_by_role("button", name="Toon meer")).to_be_hidden()
    expect(found.first).to_have_attribute("href", "/verwerkingsregister/VW-00007/")
    expect(page.locator("#alles")).to_be_hidden()
    assert len(sizes) < 16
    assert sum(sizes) < 400_000
    page.get_by_label("Zoek een verwerking").fill("adressen")
    expect(page.get_by_role("status")).to_have_text("10.000 verwerkingen gevonden.")
    expect(found).to_have_count(20)
    page.get_by_role("button", name="Toon meer").click()
    expect(found).to_have_count(40)
    expect(found.nth(20)).to_be_focused()


def test_what_is_not_there_is_said_and_what_resembles_is_shown(serve: Serve) -> None:
    page = serve(50)
    field, status = page.get_by_label("Zoek een verwerking"), page.get_by_role("status")
    field.fill("qqzz")
    expect(status).to_have_text("Niets gevonden. Probeer een ander woord.")
    field.fill("parkeren qqzz")
    expect(status).to_have_text("Geen verwerking met al deze woorden. Dit lijkt er het meest op: 1 verwerking.")
    field.fill("de")
    expect(page.locator("#alles")).to_be_visible()


def test_without_its_index_the_page_says_so_and_keeps_its_lists(serve: Serve) -> None:
    page = serve(50, with_index=False)
    page.get_by_label("Zoek een verwerking").fill("parkeren")
    expect(page.get_by_role("status")).to_have_text("Zoeken lukt nu niet. Gebruik de lijsten hieronder.")
    expect(page.locator("#alles")).to_be_visible()


def test_a_resident_searches_from_the_start_page_with_the_keyboard(resident: Page) -> None:
    resident.goto("/")
    resident.get_by_label("Wat weet de gemeente over mij?").fill("Ik vraag een PARKEERVERGUNNING aan")
    resident.keyboard.press("Enter")
    expect(resident.get_by_role("status")).to_contain_text("verwerking")
    first = resident.get_by_role("list", name="Gevonden verwerkingen").get_by_role("link").first
    expect(first).to_have_text("Parkeervergunning")
    first.press("Enter")
    expect(resident.get_by_role("heading", level=1)).to_have_text("Parkeervergunning")
    expect(resident.get_by_role("heading", name="Welke gegevens?")).to_be_visible()
    resident.go_back()
    expect(resident.get_by_label("Zoek een verwerking")).to_have_value("Ik vraag een PARKEERVERGUNNING aan")


@pytest.mark.parametrize("with_script", [True, False])
def test_in_two_clicks_a_resident_reads_what_the_gemeente_knows_for_a_parking_permit(
    resident: Page, example: Example, with_script: bool
) -> None:
    context = resident.context.browser.new_context(base_url=example.site, java_script_enabled=with_script)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name="Verwerkingsregister").click()
    page.get_by_role("link", name="Parkeervergunning", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Parkeervergunning")
    expect(page.get_by_role("heading", name="Welke gegevens?")).to_be_visible()
    expect(page.get_by_text("Kenteken", exact=False).first).to_be_visible()
    context.close()
