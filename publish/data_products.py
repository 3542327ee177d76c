"""Products and their channels for machines: csv, JSON and XML. What nobody answered is left out or empty."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any

from lxml import etree

from core.errors import ExportRefused
from core.organisations import Organisation
from core.sheets import Table, write_csv
from publish import catalogue, urls
from publish.parts import Download, File, as_json, filled, joined, yes_no
from wmebv.public import PublicChannel, PublicMessage, PublicProduct

NAMESPACE = "urn:openboek:producten:1"
JSON_SCHEMA = "producten.schema.json"
XML_SCHEMA = "producten.xsd"
_NS = f"{{{NAMESPACE}}}"
COLUMNS = (
    *("kenmerk", "product", "adres", "upl_naam", "upl_uri", "doelgroep", "bericht", "soort_bericht", "kanaal"),
    *("soort_kanaal", "kanaal_adres", "inloggen", "niveau", "vangnet", "zonder_computer", "op_papier"),
    *("iemand_anders", "iemand_anders_met", "hulp", "uitleg", "andere_woorden"),
)
_DOWNLOADS: Sequence[Download] = (
    Download(f"/{urls.PRODUCTS}/producten.csv", "Producten", "CSV", "Een regel per bericht en kanaal."),
    Download(f"/{urls.PRODUCTS}/producten.json", "Producten", "JSON", "Alle velden."),
    Download(f"/{urls.PRODUCTS}/producten.xml", "Producten", "XML", "Alle velden."),
)


def downloads(organisation: Organisation, products: Sequence[PublicProduct]) -> Sequence[Download]:
    """The files there are; the catalogue only when it is made."""
    return (*_DOWNLOADS, *([catalogue.DOWNLOAD] if catalogue.is_made(organisation, products) else []))


@cache
def schema() -> etree.XMLSchema:
    """Our XSD. What we publish is checked with it."""
    return etree.XMLSchema(etree.fromstring((resources.files("publish") / "schemas" / XML_SCHEMA).read_bytes()))


def build(organisation: Organisation, products: Sequence[PublicProduct]) -> Iterator[File]:
    """The files.

    Raises:
        ExportRefused: one of them does not fit its schema.
    """
    rows = [row for product in products for row in _rows(product, organisation.base_url)]
    yield f"{urls.PRODUCTS}/producten.csv", write_csv(Table("producten", COLUMNS, rows))
    facts = [_product(product, organisation.base_url) for product in products]
    about = filled({"naam": organisation.name, "tooi": organisation.tooi_uri})
    address = f"{organisation.base_url}/{urls.SCHEMAS}/{JSON_SCHEMA}"
    yield f"{urls.PRODUCTS}/producten.json", as_json({"schema": address, "organisatie": about, "producten": facts})
    root = etree.Element(f"{_NS}producten", nsmap={None: NAMESPACE})
    root.set("gemeente", organisation.tooi_uri)
    for fact in facts:
        _write(root, "product", fact)
    if not schema().validate(root):
        faults = tuple(f"producten.xml, regel {fault.line}: {fault.message}" for fault in schema().error_log)
        raise ExportRefused("De lijst met producten voldoet niet aan zijn eigen XML-schema.", faults)
    etree.indent(root, " ")
    yield f"{urls.PRODUCTS}/producten.xml", etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"
    if catalogue.is_made(organisation, products):
        yield catalogue.FILE, catalogue.catalogue_xml(organisation, products)


def _rows(product: PublicProduct, base_url: str) -> Iterator[Sequence[str]]:
    first = (
        product.number,
        product.name,
        _address(product, base_url),
        product.upl_label,
        product.upl_uri,
        joined(product.audiences),
    )
    last = (joined(found.label for found in product.help), product.summary, joined(product.keywords))
    for message in product.messages:
        said = (
            yes_no(message.without_computer),
            message.paper,
            yes_no(message.someone_else),
            joined(message.someone_else_by),
        )
        for channel in message.channels:
            logins = joined(channel.logins)
            used = (channel.name, channel.kind, channel.url, logins, channel.level, "ja" if channel.is_fallback else "")
            yield (*first, message.name, message.kind_label, *used, *said, *last)
        if not message.channels:
            yield (*first, message.name, message.kind_label, *[""] * 6, *said, *last)
    if not product.messages:
        yield (*first, *[""] * 12, *last)


def _product(product: PublicProduct, base_url: str) -> dict[str, Any]:
    return filled(
        {
            "kenmerk": product.number,
            "versie": product.version,
            "vastgesteld_op": product.established_at.isoformat(timespec="seconds"),
            "adres": _address(product, base_url),
            "naam": product.name,
            "uitleg": product.summary,
            "andere_woorden": list(product.keywords),
            "upl_naam": product.upl_label,
            "upl_uri": product.upl_uri,
            "doelgroep": list(product.audience_codes),
            "wet": list(product.laws),
            "sdg": list(product.sdg_codes),
            "bericht": [_message(message) for message in product.messages],
            "hulp": [filled({"code": found.code, "label": found.label, "tekst": found.text}) for found in product.help],
        }
    )


def _message(message: PublicMessage) -> dict[str, Any]:
    return filled(
        {
            "naam": message.name,
            "soort": message.kind,
            "soort_naam": message.kind_label,
            "kanaal": [_channel(channel) for channel in message.channels],
            "zonder_computer": yes_no(message.without_computer),
            "op_papier": message.paper,
            "iemand_anders": yes_no(message.someone_else),
            "iemand_anders_met": list(message.someone_else_by),
        }
    )


def _channel(channel: PublicChannel) -> dict[str, Any]:
    return filled(
        {
            "naam": channel.name,
            "soort": channel.kind,
            "adres": channel.url,
            "niveau": channel.level,
            "niveau_naam": channel.level_label,
            "inloggen": list(channel.logins),
            "vangnet": "ja" if channel.is_fallback else "",
        }
    )


def _write(parent: etree._Element, name: str, value: object) -> None:
    """The same facts as the JSON: an element per name, repeated for a list."""
    if isinstance(value, list):
        for item in value:
            _write(parent, name, item)
        return
    element = etree.SubElement(parent, f"{_NS}{name}")
    if isinstance(value, dict):
        for inner, part in value.items():
            _write(element, inner, part)
    else:
        element.text = str(value)


def _address(product: PublicProduct, base_url: str) -> str:
    return f"{base_url}/{urls.PRODUCTS}/{product.slug}/"
