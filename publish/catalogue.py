"""The products for the national search: Samenwerkende Catalogi 4.0 (samenwerkende-catalogi.md sections 2 to 4).

The file is made when the organisation filled in its identifier of the OWMS list. A product without an audience cannot
stand in it; `remarks` says which, and what else Logius would ask about.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

from lxml import etree

from core import clock
from core.errors import ExportRefused
from core.organisations import Organisation
from publish import urls
from publish.parts import Download
from wmebv.public import PublicChannel, PublicProduct

XML_SCHEMA = "sc.xsd"
SCHEMA_PARTS = ("sc-dcterms.xsd", "sc-overheid.xsd")
FILE = urls.CATALOGUE
DOWNLOAD = Download(f"/{FILE}", "Samenwerkende Catalogi 4.0", "XML", "Voor de landelijke zoekdienst van de overheid.")
PRODUCT = "http://standaarden.overheid.nl/product/terms/"
OWMS = "http://standaarden.overheid.nl/owms/terms/"
DCTERMS = "http://purl.org/dc/terms/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_LOCATION = f"{PRODUCT} https://standaarden.overheid.nl/sc/4.0/xsd/sc.xsd"
_SCHEMES = {"gm": "overheid:Gemeente", "pv": "overheid:Provincie", "ws": "overheid:Waterschap"}
"""First letters of the TOOI code -> scheme of the organisation and its area."""
_NO_UPL_NAME = ("UPL-naam nog niet beschikbaar", f"{OWMS}UPL-naam_nog_niet_beschikbaar")
_ONLINE = frozenset({"D4", "D5", "D6", "DX"})
_ABOUT_ANOTHER = frozenset(
    {"aanvulling", "administratief_beroep", "bezwaar", "ingebrekestelling", "klacht", "procedurevraag", "zienswijze"}
)
"""Kinds of messages that are not the application for the product itself."""
WARNING = "Samenwerkende Catalogi: "
"""How a remark begins among the warnings of a run."""
ABSTRACT_LENGTHS = (50, 300)
PLAUSIBLE = range(30, 401)


def is_known(organisation: Organisation) -> bool:
    """Whether this organisation has what every entry needs."""
    return bool(organisation.owms_uri and organisation.owms_label and organisation.code[:2] in _SCHEMES)


def is_made(organisation: Organisation, products: Sequence[PublicProduct]) -> bool:
    """Whether there is a file: an empty one may not be."""
    return is_known(organisation) and bool(entries(products))


def entries(products: Sequence[PublicProduct]) -> Sequence[PublicProduct]:
    """The products that can stand in the catalogue: an audience is required (section 4)."""
    return [product for product in products if product.audience_codes]


def catalogue_xml(organisation: Organisation, products: Sequence[PublicProduct]) -> bytes:
    """The whole file, with the declaration without which it is not processed (section 2).

    Raises:
        ExportRefused: it does not fit our own schema; `faults` has one line each.
    """
    names = {"overheidproduct": PRODUCT, "overheid": OWMS, "dcterms": DCTERMS, "xsi": _XSI}
    root = etree.Element(f"{{{PRODUCT}}}scproducten", nsmap=names)
    root.set(f"{{{_XSI}}}schemaLocation", _LOCATION)
    for product in entries(products):
        _write(root, organisation, product)
    if not schema().validate(root):
        faults = tuple(f"samenwerkende-catalogi.xml, regel {one.line}: {one.message}" for one in schema().error_log)
        raise ExportRefused("Het bestand voor Samenwerkende Catalogi voldoet niet aan het schema.", faults)
    etree.indent(root, " ")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + etree.tostring(root, encoding="utf-8") + b"\n"


def online(product: PublicProduct) -> tuple[str, str]:
    """`onlineAanvragen` and the address: `digid`, `ja`, or `nee` without an address (section 4, check 1).

    A way that is only the safety net, or that has no address, is no way to apply.
    """
    ways = [
        channel
        for message in product.messages
        if message.kind not in _ABOUT_ANOTHER
        for channel in message.channels
        if channel.level in _ONLINE and not channel.is_fallback and _is_address(channel.url)
    ]
    for channel in ways:
        if _takes_digid(channel):
            return "digid", channel.url
    return ("ja", ways[0].url) if ways else ("nee", "")


def abstract(product: PublicProduct, organisation: Organisation) -> str:
    """The municipality's own words, or as long as it has none what we know for certain; 50 to 300 characters."""
    own = f"{product.name}: zo regelt u dit met {organisation.name}. U leest hoe u iets stuurt en wie u helpt."
    text = _plain(product.summary)
    text = text if len(text) >= ABSTRACT_LENGTHS[0] else _plain(own)
    return text if len(text) <= ABSTRACT_LENGTHS[1] else f"{text[: ABSTRACT_LENGTHS[1] - 1].rstrip()}…"


def remarks(organisation: Organisation, products: Sequence[PublicProduct]) -> Iterator[str]:
    """What Logius would ask about (section 2 and the checks of section 4); nothing of it stops an export."""
    if not is_known(organisation):
        yield "Vul bij Organisatie de naam en het adres uit de lijst van Samenwerkende Catalogi in."
        return
    listed = entries(products)
    if missing := [product.number for product in products if not product.audience_codes]:
        yield f"Zonder 'Voor wie' staat een product er niet in: {', '.join(missing)}."
    if short := [product.number for product in listed if len(product.summary) < ABSTRACT_LENGTHS[0]]:
        yield f"{len(short)} producten hebben geen korte uitleg van {ABSTRACT_LENGTHS[0]} tekens of meer."
    if tests := [product.number for product in listed if re.search(r"\btest", product.name, re.IGNORECASE)]:
        yield f"De naam lijkt die van een test: {', '.join(tests)}."
    if listed and len({code for product in listed for code in product.audience_codes}) == 1:
        yield "Alle producten zijn voor dezelfde doelgroep. Dat is zelden zo."
    if listed and len(listed) not in PLAUSIBLE:
        yield f"Er staan {len(listed)} producten in. Een gemeente heeft er ongeveer 100."


@cache
def schema() -> etree.XMLSchema:
    """Our own schema; what we publish is checked with it. The official one could not be had."""
    with resources.as_file(resources.files("publish") / "schemas") as folder:
        return etree.XMLSchema(etree.parse(folder / XML_SCHEMA))


def _plain(text: str) -> str:
    """No mark-up, not even escaped."""
    return " ".join(re.sub(r"[<>]", " ", text).split())


def _is_address(text: str) -> bool:
    """Whether the schema takes it for an address on the web: one typed address must not stop the whole export."""
    element = etree.Element(f"{{{DCTERMS}}}identifier")
    element.text = text
    return schema().validate(element)


def _takes_digid(channel: PublicChannel) -> bool:
    return any(code.startswith("digid") for code in channel.login_codes)


def _write(root: etree._Element, organisation: Organisation, product: PublicProduct) -> None:
    entry = _add(root, PRODUCT, "scproduct")
    entry.set("owms-version", "4.0")
    meta = _add(entry, PRODUCT, "meta")
    core = _add(meta, PRODUCT, "owmskern")
    scheme = _SCHEMES[organisation.code[:2]]
    here = {"scheme": scheme, "resourceIdentifier": organisation.owms_uri}
    day = product.established_at.astimezone(clock.AMSTERDAM).date().isoformat()
    _add(core, DCTERMS, "identifier", f"{organisation.base_url}/{urls.PRODUCTS}/{product.slug}/")
    _add(core, DCTERMS, "title", _plain(product.name) or product.number)
    _add(core, DCTERMS, "language", "nl")
    _add(core, DCTERMS, "type", "productbeschrijving", scheme="overheid:Informatietype")
    _add(core, DCTERMS, "modified", day)
    _add(core, DCTERMS, "spatial", organisation.owms_label, **here)
    _add(core, OWMS, "authority", organisation.owms_label, **here)
    mantle = _add(meta, PRODUCT, "owmsmantel")
    for audience in product.audience_codes:
        _add(mantle, DCTERMS, "audience", audience, scheme="overheid:Doelgroep")
    for word in filter(None, map(_plain, product.keywords)):
        _add(mantle, DCTERMS, "subject", word)
    _add(mantle, DCTERMS, "abstract", abstract(product, organisation))
    _write_own_part(_add(meta, PRODUCT, "scmeta"), product)
    _add(entry, PRODUCT, "body")


def _write_own_part(meta: etree._Element, product: PublicProduct) -> None:
    kind, address = online(product)
    _add(meta, PRODUCT, "productID", product.number)
    _add(meta, PRODUCT, "onlineAanvragen", kind)
    if address:
        _add(meta, PRODUCT, "aanvraagURL", resourceIdentifier=address)
    label, uri = _plain(product.upl_label), product.upl_uri
    if not (label and uri.startswith(OWMS) and _is_address(uri)):
        label, uri = _NO_UPL_NAME
    _add(meta, PRODUCT, "uniformeProductnaam", label, scheme="overheid:UniformeProductnaam", resourceIdentifier=uri)


def _add(parent: etree._Element, namespace: str, name: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{namespace}}}{name}", attributes)
    if text:
        element.text = text
    return element
