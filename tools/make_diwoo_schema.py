"""Write the schemas in publish/schemas from the value lists in woo/data: `python tools/make_diwoo_schema.py`.

They describe the files of the Woo-index (DiWoo metadata 0.9.8 in sitemaps, woo-index sections 5 to 7) in our own words,
stricter than the standard where XML Schema can say it: an https `loc` that occurs once, a `lastmod` with zone, exactly
one filled `diwoo:Document` for each entry, identifiers everywhere but on organisations, and no MDTO. Nothing in them
points outside the folder, so they load without network.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "woo" / "data"
SCHEMAS = ROOT / "publish" / "schemas"

XS_NAMESPACE = "http://www.w3.org/2001/XMLSchema"
SITEMAP_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
DIWOO_NAMESPACE = "https://standaarden.overheid.nl/diwoo/metadata/"
XS = f"{{{XS_NAMESPACE}}}"
MAX_ENTRIES = "50000"


@dataclass(frozen=True)
class Part:
    """An element of the metadata: what it holds is the name of a type, or parts of its own."""

    name: str
    holds: "str | Sequence[Part]"
    required: bool = False
    many: bool = False
    in_order: bool = False
    """Parts of one element may stand in any order, unless this says otherwise."""


def required(name: str, holds: str | Sequence[Part]) -> Part:
    return Part(name, holds, required=True)


def several(wrapper: str, name: str, holds: str | Sequence[Part], *, needed: bool = False) -> Part:
    """A wrapper around one or more of the same element."""
    return Part(wrapper, [Part(name, holds, required=True, many=True)], required=needed, in_order=True)


VALUE_LISTS = {
    "organisatie": "organisaties.json",
    "categorie": "informatiecategorieen.json",
    "soort": "documentsoorten.json",
    "onderwerp": "themas.json",
    "taal": "talen.json",
    "bestandsformaat": "formaten.json",
    "handeling": "documenthandelingen.json",
    "rol": "documentrelaties.json",
    "reden": "redenen-verwijdering.json",
}
"""Type of an element that names an entry of a value list: the list."""

METADATA = [
    several("identifiers", "identifier", "xs:string"),
    required("publisher", "organisatie"),
    Part("verantwoordelijke", "organisatie"),
    several("medeverantwoordelijken", "medeverantwoordelijke", "organisatie"),
    Part("opsteller", "organisatie"),
    Part("naamOpsteller", "xs:string"),
    required(
        "titelcollectie",
        [
            required("officieleTitel", "gevuldeTekst"),
            several("verkorteTitels", "verkorteTitel", "xs:string"),
            several("alternatieveTitels", "alternatieveTitel", "xs:string"),
        ],
    ),
    several("omschrijvingen", "omschrijving", "xs:string"),
    required(
        "classificatiecollectie",
        [
            several("informatiecategorieen", "informatiecategorie", "categorie", needed=True),
            several("documentsoorten", "documentsoort", "soort"),
            several("themas", "thema", "onderwerp"),
            several("trefwoorden", "trefwoord", "xs:string"),
        ],
    ),
    Part("creatiedatum", "xs:date"),
    Part("geldigheid", [Part("begindatum", "moment"), Part("einddatum", "moment")]),
    Part("language", "taal"),
    Part("format", "bestandsformaat"),
    Part("aggregatiekenmerk", "xs:string"),
    Part("isPartOf", "verwijzing"),
    several("hasParts", "hasPart", "verwijzing"),
    several(
        "documenthandelingen",
        "documenthandeling",
        [
            required("soortHandeling", "handeling"),
            required("atTime", "moment"),
            Part("wasAssociatedWith", "organisatie"),
        ],
        needed=True,
    ),
    several("documentrelaties", "documentrelatie", [required("role", "rol"), required("relation", "verwijzing")]),
    Part("redenVerwijderingVervanging", "reden"),
]


def add(parent: etree._Element, name: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{XS}{name}", attributes)


def schema(namespace: str, explanation: str, **prefixes: str) -> etree._Element:
    root = etree.Element(f"{XS}schema", nsmap={"xs": XS_NAMESPACE, **prefixes})
    root.set("targetNamespace", namespace)
    root.set("elementFormDefault", "qualified")
    add(add(root, "annotation"), "documentation").text = explanation
    return root


def add_simple_type(root: etree._Element, name: str, base: str, facets: Iterable[tuple[str, str]]) -> None:
    restriction = add(add(root, "simpleType", name=name), "restriction", base=base)
    for facet, value in facets:
        add(restriction, facet, value=value)


def add_labelled_type(root: etree._Element, name: str, address: str, *, use: str) -> None:
    """A label as text, with an address in the attribute `resource`."""
    content = add(add(root, "complexType", name=name), "simpleContent")
    add(add(content, "extension", base="xs:string"), "attribute", name="resource", type=address, use=use)


def add_part(group: etree._Element, part: Part) -> None:
    element = add(group, "element", name=part.name)
    if not part.required:
        element.set("minOccurs", "0")
    if part.many:
        element.set("maxOccurs", "unbounded")
    if isinstance(part.holds, str):
        element.set("type", part.holds if ":" in part.holds else f"d:{part.holds}")
    else:
        inner = add(add(element, "complexType"), "sequence" if part.in_order else "all")
        for child in part.holds:
            add_part(inner, child)


def identifiers(list_name: str) -> list[str]:
    """The identifiers of a value list, in the order of the list, each once."""
    entries = json.loads((DATA / list_name).read_text(encoding="utf-8"))
    return list(dict.fromkeys(entry.get("uri") or entry["id"] for entry in entries))


def diwoo_schema() -> etree._Element:
    root = schema(
        DIWOO_NAMESPACE,
        "DiWoo-metadata 0.9.8 zoals Openboek die schrijft en controleert. Gemaakt uit de waardelijsten in woo/data "
        "door tools/make_diwoo_schema.py; verander dit bestand niet met de hand.",
        d=DIWOO_NAMESPACE,
    )
    document = add(add(add(root, "element", name="Document"), "complexType"), "sequence")
    add_part(document, required("DiWoo", METADATA))
    extra = add(document, "element", name="extraMetadata", minOccurs="0", maxOccurs="unbounded")
    extra_parts = add(add(extra, "complexType"), "sequence")
    name_space = add(extra_parts, "sequence", minOccurs="0")
    add_part(name_space, required("namespace", "xs:anyURI"))
    add_part(name_space, required("prefix", "xs:string"))
    field = Part(
        "extraMetadataveld",
        [required("key", "xs:string"), several("values", "value", "xs:string", needed=True)],
        required=True,
        many=True,
        in_order=True,
    )
    add_part(extra_parts, Part("extraMetadatavelden", [field], required=True, in_order=True))

    add_simple_type(root, "gevuldeTekst", "xs:string", [("pattern", r"[\s\S]*\S[\s\S]*")])
    add_simple_type(root, "moment", "xs:dateTime", [("pattern", r".+(Z|[+\-][0-9]{2}:[0-9]{2})")])
    add_labelled_type(root, "verwijzing", "xs:string", use="optional")
    for name, list_name in VALUE_LISTS.items():
        # An organisation newer than the lists of 0.9.8 stands there by its label alone; the check in code knows which.
        add_labelled_type(root, name, f"d:{name}lijst", use="optional" if name == "organisatie" else "required")
        add_simple_type(root, f"{name}lijst", "xs:string", [("enumeration", uri) for uri in identifiers(list_name)])
    return root


def add_location_and_moment(root: etree._Element) -> None:
    add_simple_type(root, "adres", "xs:anyURI", [("maxLength", "2048"), ("pattern", r"https://[^\s/#?]+/[^\s#]*")])
    either = add(add(root, "simpleType", name="wijziging"), "union")
    add(add(add(either, "simpleType"), "restriction", base="xs:date"), "pattern", value=r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
    with_zone = r".+(Z|[+\-][0-9]{2}:[0-9]{2})"
    add(add(add(either, "simpleType"), "restriction", base="xs:dateTime"), "pattern", value=with_zone)


def add_unique_location(element: etree._Element, selector: str) -> None:
    unique = add(element, "unique", name="eenmaalGenoemd")
    add(unique, "selector", xpath=selector)
    add(unique, "field", xpath="s:loc")


def add_key(element: etree._Element, name: str, selector: str, *fields: str) -> None:
    key = add(element, "key", name=name)
    add(key, "selector", xpath=selector)
    for field in fields:
        add(key, "field", xpath=field)


def sitemap_schema() -> etree._Element:
    root = schema(
        SITEMAP_NAMESPACE,
        "Een sitemap voor de Woo-index: adressen van documenten met hun DiWoo-metadata. Gemaakt door "
        "tools/make_diwoo_schema.py; verander dit bestand niet met de hand.",
        s=SITEMAP_NAMESPACE,
        d=DIWOO_NAMESPACE,
    )
    add(root, "import", namespace=DIWOO_NAMESPACE, schemaLocation="diwoo.xsd")
    urlset = add(root, "element", name="urlset")
    url = add(add(add(urlset, "complexType"), "sequence"), "element", name="url", maxOccurs=MAX_ENTRIES)
    add_unique_location(urlset, "s:url")
    parts = add(add(url, "complexType"), "sequence")
    add(parts, "element", name="loc", type="s:adres")
    add(parts, "element", name="lastmod", type="s:wijziging")
    add(parts, "element", name="changefreq", type="s:frequentie", minOccurs="0")
    add(parts, "element", name="priority", type="s:voorrang", minOccurs="0")
    add(parts, "element", ref="d:Document")
    metadata = "d:Document/d:DiWoo"
    add_key(
        url,
        "categorieEenmaal",
        f"{metadata}/d:classificatiecollectie/d:informatiecategorieen/d:informatiecategorie",
        "@resource",
    )
    add_key(
        url,
        "handelingEenmaal",
        f"{metadata}/d:documenthandelingen/d:documenthandeling",
        "d:soortHandeling/@resource",
        "d:atTime",
    )
    add_location_and_moment(root)
    frequencies = ("always", "hourly", "daily", "weekly", "monthly", "yearly", "never")
    add_simple_type(root, "frequentie", "xs:string", [("enumeration", value) for value in frequencies])
    add_simple_type(root, "voorrang", "xs:decimal", [("minInclusive", "0"), ("maxInclusive", "1")])
    return root


def index_schema() -> etree._Element:
    root = schema(
        SITEMAP_NAMESPACE,
        "Een index van sitemaps voor de Woo-index. Gemaakt door tools/make_diwoo_schema.py; verander dit bestand niet "
        "met de hand.",
        s=SITEMAP_NAMESPACE,
    )
    index = add(root, "element", name="sitemapindex")
    sitemap = add(add(add(index, "complexType"), "sequence"), "element", name="sitemap", maxOccurs=MAX_ENTRIES)
    add_unique_location(index, "s:sitemap")
    parts = add(add(sitemap, "complexType"), "sequence")
    add(parts, "element", name="loc", type="s:adres")
    add(parts, "element", name="lastmod", type="s:wijziging", minOccurs="0")
    add_location_and_moment(root)
    return root


def schemas() -> dict[str, bytes]:
    """The contents of each file in publish/schemas."""
    roots = {"diwoo.xsd": diwoo_schema(), "sitemap-diwoo.xsd": sitemap_schema(), "sitemapindex.xsd": index_schema()}
    return {
        name: etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
        for name, root in roots.items()
    }


def main() -> int:
    SCHEMAS.mkdir(exist_ok=True)
    for name, data in schemas().items():
        (SCHEMAS / name).write_bytes(data)
        print(f"{SCHEMAS / name}: {len(data)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
