"""Whether a place can be used by the national index: each step of the harvester fails by itself (woo-index 2 to 5)."""

from pathlib import Path

import pytest

from publish import diwoo
from publish.check.readiness import look, look_at_page
from publish.check.sources import Folder
from support.public_documents import HOST, MORNING, PDF, minimal

PAGE = f"{HOST}/woo/014/"
INDEX = "sitemaps/sitemapindex-diwoo-infocat014.xml"
SITEMAP = "sitemaps/sitemap-diwoo-infocat014-00001.xml"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    document = minimal(format=PDF)
    files = {
        "woo/014/index.html": b"<!doctype html><title>Woo</title>",
        "robots.txt": f"User-agent: *\nAllow: /\nSitemap: {HOST}/{INDEX}\n".encode(),
        INDEX: diwoo.sitemap_index([(f"{HOST}/{SITEMAP}", MORNING)]),
        SITEMAP: diwoo.sitemap([document]),
        document.loc.removeprefix(f"{HOST}/"): b"%PDF-1.7 inhoud",
    }
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    return tmp_path


def told(site: Path, number: str = "014") -> list[tuple[str, str]]:
    return [(step.name, step.fault) for step in look(Folder(site, HOST), PAGE, number)]


def test_a_place_in_order_passes_every_step(site):
    assert told(site) == [(name, "") for name in ("Pagina", "robots.txt", "Index", "Sitemap", "Document")]


def test_one_index_for_everything_will_do(site):
    (site / INDEX).rename(site / "sitemaps/sitemapindex-diwoo.xml")
    (site / "robots.txt").write_text(f"Sitemap: {HOST}/sitemaps/sitemapindex-diwoo.xml\n")
    assert [fault for _, fault in told(site)] == [""] * 5


@pytest.mark.parametrize(
    ("broken", "content", "step", "says"),
    [
        ("woo/014/index.html", None, "Pagina", "bestaat niet"),
        ("robots.txt", None, "robots.txt", "Zet robots.txt in de hoofdmap"),
        ("robots.txt", "User-agent: *\n", "robots.txt", "noemt geen index voor deze categorie"),
        ("robots.txt", f"Sitemap: {HOST}/sitemaps/index.xml\n", "robots.txt", "noemt geen index"),
        (
            "robots.txt",
            f"User-agent: *\nDisallow: /sitemaps/\nSitemap: {HOST}/{INDEX}\n",
            "Index",
            "houdt de Woo-index",
        ),
        (
            "robots.txt",
            "Sitemap: https://elders.example/sitemapindex-diwoo-infocat014.xml\n",
            "Index",
            "andere website",
        ),
        (INDEX, None, "Index", "bestaat niet"),
        (INDEX, "<sitemapindex/>", "Index", ""),
        (SITEMAP, None, "Sitemap", "bestaat niet"),
        (SITEMAP, "geen xml", "Sitemap", ""),
    ],
)
def test_the_step_that_fails_is_the_last_and_says_what_to_do(site, broken, content, step, says):
    if content is None:
        (site / broken).unlink()
    else:
        (site / broken).write_text(content)
    steps = told(site)
    name, fault = next(one for one in steps if one[1])
    assert name == step
    assert says in fault
    assert fault[0].isupper() or fault.startswith("robots.txt")
    assert name == "Pagina" or steps[-1][0] == step


def test_a_document_that_is_gone_or_another_kind_of_file_is_told(site):
    (document,) = site.rglob("*.pdf")
    document.write_bytes(b"<html>niet gevonden</html>")
    assert "inhoud is geen PDF" in told(site)[-1][1]
    document.unlink()
    assert "bestaat niet" in told(site)[-1][1]


def test_of_a_place_that_others_offer_only_the_page_is_looked_at(site):
    (site / "robots.txt").unlink()
    assert [(step.name, step.fault) for step in look_at_page(Folder(site, HOST), PAGE)] == [("Pagina", "")]
