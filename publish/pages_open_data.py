"""The page that lists all downloads, and the schemas they follow."""

from collections.abc import Iterator
from importlib import resources

from sqlmodel import Session

from publish import data_products, data_register, urls
from publish.html import SiteFrame, render
from publish.parts import Download, File

CRUMBS = (("Start", "/"), ("Open data", f"/{urls.OPEN_DATA}/"))
SCHEMAS = (
    (data_register.JSON_SCHEMA, "Verwerkingsregister", "JSON Schema", "Waar register.json aan voldoet."),
    (data_register.XML_SCHEMA, "Verwerkingsregister", "XSD", "Waar register.xml aan voldoet."),
    ("sitemap-diwoo.xsd", "Sitemap met DiWoo-metadata", "XSD", "Waar de sitemaps voor de Woo-index aan voldoen."),
    ("diwoo.xsd", "DiWoo-metadata", "XSD", "Hoort bij het schema van de sitemaps."),
    ("sitemapindex.xsd", "Index van sitemaps", "XSD", "Waar de indexen van sitemaps aan voldoen."),
)
FEED = Download(
    f"/{urls.REGISTER}/wijzigingen/atom.xml", "Wijzigingen in het verwerkingsregister", "Atom", "De nieuwste 100."
)


def build(session: Session, frame: SiteFrame) -> Iterator[File]:  # noqa: ARG001 - every part is called the same way
    """The page and the schemas."""
    schemas = [Download(f"/{urls.SCHEMAS}/{name}", *words) for name, *words in SCHEMAS]
    yield (
        f"{urls.OPEN_DATA}/index.html",
        render(
            frame,
            "open_data.html",
            section=urls.OPEN_DATA,
            crumbs=CRUMBS,
            groups=[
                ("Verwerkingsregister", "register", [*data_register.DOWNLOADS, FEED]),
                ("Digitaal zakendoen", "producten", data_products.DOWNLOADS),
                ("Schema's", "schemas", schemas),
            ],
        ),
    )
    for name, *_ in SCHEMAS:
        yield f"{urls.SCHEMAS}/{name}", (resources.files("publish") / "schemas" / name).read_bytes()
