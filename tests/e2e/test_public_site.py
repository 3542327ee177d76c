"""The published site as a resident finds it, on a real server."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

import requests
from lxml import html
from playwright.sync_api import Page, expect
from sqlmodel import select

from core.cli import Installation
from support.browsing import Example
from woo.content import DocumentState
from woo.models import Document

HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy")


def test_a_resident_finds_a_processing_through_a_filter_and_downloads_them_all(resident: Page, tmp_path: Path) -> None:
    resident.goto("/verwerkingsregister/")
    resident.get_by_role("navigation", name="Bekijk per").get_by_role("link", name="Grondslag").click()
    resident.get_by_role("link", name="De wet verplicht ons hiertoe").click()
    resident.get_by_role("link", name="Paspoort en identiteitskaart").click()
    expect(resident.get_by_role("heading", level=1)).to_have_text("Paspoort en identiteitskaart")

    resident.goto("/opendata/")
    with resident.expect_download() as download:
        resident.get_by_role("link", name="Verwerkingen (CSV)").click()
    file = tmp_path / "register.csv"
    download.value.save_as(file)
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text, delimiter=";"))
    assert [row["naam"] for row in rows].count("Paspoort en identiteitskaart") == 1


def test_a_visitor_without_javascript_sees_the_whole_list(resident: Page, example: Example) -> None:
    context = resident.context.browser.new_context(base_url=example.site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/verwerkingsregister/?zoek=rijbewijs")
    expect(page.get_by_role("link", name="Rijbewijs")).to_be_visible()
    expect(page.get_by_role("link", name="Paspoort en identiteitskaart")).to_be_visible()
    expect(page.get_by_label("Zoek een verwerking")).to_be_hidden()
    context.close()


def test_every_link_on_the_site_answers_and_what_was_withdrawn_is_gone(
    example: Example, installation: Installation
) -> None:
    with installation.database.read(installation.organisation_id) as data:
        withdrawn = set(data.exec(select(Document.loc).where(Document.state == DocumentState.WITHDRAWN)))
    refused: dict[str, tuple[int, list[str]]] = {}
    visited = 0
    with requests.Session() as session:
        for address, answer in _walk(session, example):
            visited += 1
            missing = [name for name in HEADERS if name not in answer.headers]
            expected = 410 if unquote(address) in withdrawn else 200  # a list still names it until the next export
            if answer.status_code != expected or missing:
                refused[address] = (answer.status_code, missing)
        assert refused == {}
        assert visited > 500

        gone = json.loads((example.directory / "site/server/gone.json").read_bytes())["gone"]
        assert len(gone) >= 4
        for path in gone:
            answer = session.get(f"{example.site}/{quote(path)}", timeout=10)
            assert answer.status_code == 410
            assert html.fromstring(answer.content).findtext(".//h1") == "Dit document is ingetrokken"
            assert [name for name in HEADERS if name not in answer.headers] == []


def _walk(session: requests.Session, example: Example) -> Iterator[tuple[str, requests.Response]]:
    """Every address of the site that a page links to, from its start, with the answer."""
    waiting, known = ["/"], {"/"}
    while waiting:
        path = waiting.pop()
        answer = session.get(f"{example.site}{path}", timeout=10)
        yield path, answer
        is_ours = not path.startswith("/woo/documenten/")  # an uploaded file may link to whatever it wants
        if is_ours and answer.headers["Content-Type"].startswith("text/html"):
            for target in html.fromstring(answer.content).xpath("//@href|//@src"):
                parts = urlsplit(urljoin(f"https://openboek.example{path}", urldefrag(target).url))
                found = quote(unquote(parts.path))
                if parts.netloc == "openboek.example" and parts.scheme == "https" and found not in known:
                    known.add(found)
                    waiting.append(found)
