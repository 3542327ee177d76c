"""The page that lists all downloads, and the schemas they follow."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from importlib import resources

from sqlmodel import Session

import register.public as register
import wmebv.public as wmebv
import woo.public as woo
from core import clock
from core.organisations import Organisation, the_organisation
from publish import (
    catalogue,
    data_products,
    data_register,
    dcat,
    diwoo,
    pages_woo,
    register_json,
    register_xml,
    signing,
    urls,
)
from publish.html import SiteFrame, render
from publish.parts import Download, File, as_json

CRUMBS = (("Start", "/"), ("Open data", f"/{urls.OPEN_DATA}/"))
SCHEMAS = (
    (register_json.JSON_SCHEMA, "Verwerkingsregister", "JSON Schema", "Waar register.json aan voldoet."),
    (register_xml.XML_SCHEMA, "Verwerkingsregister", "XSD", "Waar register.xml aan voldoet."),
    (data_products.JSON_SCHEMA, "Producten", "JSON Schema", "Waar producten.json aan voldoet."),
    (data_products.XML_SCHEMA, "Producten", "XSD", "Waar producten.xml aan voldoet."),
    (catalogue.XML_SCHEMA, "Samenwerkende Catalogi", "XSD", "Ons eigen schema van wat wij leveren."),
    *((name, "Samenwerkende Catalogi", "XSD", "Hoort bij ons eigen schema.") for name in catalogue.SCHEMA_PARTS),
    ("sitemap-diwoo.xsd", "Sitemap met DiWoo-metadata", "XSD", "Waar de sitemaps voor de Woo-index aan voldoen."),
    ("diwoo.xsd", "DiWoo-metadata", "XSD", "Hoort bij het schema van de sitemaps."),
    ("sitemapindex.xsd", "Index van sitemaps", "XSD", "Waar de indexen van sitemaps aan voldoen."),
)
AS_OF_SCHEMA = Download(
    register.AS_OF_SCHEMA_PLACE,
    "Verwerkingsregister op een datum",
    "JSON Schema",
    "Voor wie het volledige register van de gemeente krijgt, zoals de Autoriteit Persoonsgegevens.",
)
FEED = Download(
    f"/{urls.REGISTER}/wijzigingen/atom.xml", "Wijzigingen in het verwerkingsregister", "Atom", "De nieuwste 100."
)

CATALOGUE = (
    Download(
        f"/{urls.OPEN_DATA}/dataset.ttl",
        "Onze datasets (DCAT-AP-NL)",
        "Turtle",
        "Voor data.overheid.nl en andere catalogi.",
    ),
    Download(f"/{urls.OPEN_DATA}/dataset.jsonld", "Onze datasets (DCAT-AP-NL)", "JSON-LD", "Dezelfde beschrijving."),
)


def build(
    session: Session,
    frame: SiteFrame,
    records: register.KnownRegister,
    woo_changed_at: datetime | None,
    signers: Sequence[signing.Key],
) -> Iterator[File]:
    """The page, the keys that sign, and the sets of data as a catalogue reads them."""
    organisation = the_organisation(session)
    datasets = _datasets(session, organisation, records, woo_changed_at)
    schemas = [*(Download(f"/{urls.SCHEMAS}/{name}", *words) for name, *words in SCHEMAS), AS_OF_SCHEMA]
    register_files, product_files, *_ = (dataset.files for dataset in datasets)
    yield (
        f"{urls.OPEN_DATA}/index.html",
        render(
            frame,
            "open_data.html",
            section=urls.OPEN_DATA,
            crumbs=CRUMBS,
            signed_by=[f"/{urls.public_key(key.id)}" for key in signers],
            groups=[
                ("Verwerkingsregister", "verwerkingsregister", [*register_files, FEED]),
                ("Digitaal zakendoen", "producten", product_files),
                ("Schema's", "schemas", schemas),
                ("Beschrijving voor catalogi", "contact", CATALOGUE),
            ],
        ),
    )
    yield from ((urls.public_key(key.id), key.public) for key in signers)
    yield from dcat.build(organisation, datasets)


def schema_files() -> Iterator[File]:
    """What the data files answer to: the same for every organisation, until there is another program."""
    for name, *_ in SCHEMAS:
        yield f"{urls.SCHEMAS}/{name}", (resources.files("publish") / "schemas" / name).read_bytes()
    yield register.AS_OF_SCHEMA_PLACE.removeprefix("/"), as_json(register.as_of_schema())


def _datasets(
    session: Session, organisation: Organisation, records: register.KnownRegister, woo_changed_at: datetime | None
) -> Sequence[dcat.Dataset]:
    categories = sorted({one.category_number for one in woo.sitemaps(session)} - {pages_woo.WITHOUT_DUTY})
    sitemaps = [
        Download(
            f"/sitemaps/{diwoo.index_name(number)}", f"Sitemap-index {number}", "XML", "Sitemaps met DiWoo-metadata."
        )
        for number in categories
    ]
    return (
        dcat.Dataset(
            name="verwerkingsregister",
            title="Verwerkingsregister",
            description="Wat de gemeente met persoonsgegevens doet: waarom, van wie, welke en hoe lang.",
            page=f"/{urls.REGISTER}/",
            keywords=("AVG", "verwerkingsregister", "privacy"),
            files=data_register.downloads(organisation, len(records.records)),
            as_of=_day(records.changed_at),
        ),
        dcat.Dataset(
            name="producten",
            title="Producten en digitale kanalen",
            description="Per product hoe u berichten kunt sturen, wie helpt en hoe het op papier kan.",
            page=f"/{urls.PRODUCTS}/",
            keywords=("producten", "digitaal zakendoen", "Wmebv"),
            files=data_products.downloads(organisation, wmebv.public_products(session)),
            as_of=_day(wmebv.last_change(session)),
        ),
        dcat.Dataset(
            name="woo",
            title="Woo-documenten",
            description="Adressen en metadata van de documenten die volgens de Wet open overheid openbaar zijn.",
            page=f"/{urls.WOO}/",
            keywords=("Woo", "actieve openbaarmaking", "documenten"),
            files=sitemaps,
            as_of=_day(woo_changed_at),
        ),
    )


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(clock.AMSTERDAM).date() if moment else None
