"""What we publish as open data, told in the way of DCAT-AP-NL 3.0 (avg-register 15.4): Turtle and JSON-LD."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from core.organisations import Organisation
from publish import linked_data, urls
from publish.linked_data import Fact, Ref, Text, Thing
from publish.parts import Download, File

_EU = "http://publications.europa.eu/resource/authority"
_IANA = "https://www.iana.org/assignments/media-types"
LICENCE = "http://creativecommons.org/publicdomain/zero/1.0/deed.nl"
FORMATS = {
    "CSV": ("CSV", "text/csv"),
    "JSON": ("JSON", "application/json"),
    "GEMMA": ("JSON", "application/json"),
    "JSON-LD": ("JSON_LD", "application/ld+json"),
    "ODS": ("ODS", "application/vnd.oasis.opendocument.spreadsheet"),
    "PDF": ("PDF", "application/pdf"),
    "Turtle": ("RDF_TURTLE", "text/turtle"),
    "XML": ("XML", "application/xml"),
}
"""Our name of a format: its code in the list of the EU, and its media type."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A set of files that belong together. `page` is where a person reads about it; `as_of` its last change."""

    name: str
    title: str
    description: str
    page: str
    keywords: Sequence[str]
    files: Sequence[Download]
    as_of: date | None = None


def build(organisation: Organisation, datasets: Sequence[Dataset]) -> Iterator[File]:
    """Both spellings of one graph."""
    things = list(graph(organisation, datasets))
    yield f"{urls.OPEN_DATA}/dataset.ttl", linked_data.turtle(things)
    yield f"{urls.OPEN_DATA}/dataset.jsonld", linked_data.json_ld(things)


def graph(organisation: Organisation, datasets: Sequence[Dataset]) -> Iterator[Thing]:
    """Every set with its files, who publishes it and whom to ask."""
    base_url = organisation.base_url
    contact = f"{base_url}/{urls.OPEN_DATA}/#contact"
    publisher = organisation.tooi_uri
    for dataset in datasets:
        iri = f"{base_url}/{urls.OPEN_DATA}/#{dataset.name}"
        addresses = {file.href: f"{base_url}{file.href}" for file in dataset.files}
        modified = dataset.as_of.isoformat() if dataset.as_of else ""
        facts: list[Fact] = [
            ("dct:identifier", Text(iri, language="")),
            ("dct:title", Text(f"{dataset.title} van {organisation.name}")),
            ("dct:description", Text(dataset.description)),
            ("dct:publisher", Ref(publisher)),
            ("dct:creator", Ref(publisher)),
            ("dcat:contactPoint", Ref(contact)),
            ("dct:accessRights", Ref(f"{_EU}/access-right/PUBLIC")),
            ("dcat:theme", Ref(f"{_EU}/data-theme/GOVE")),
            *(("dcat:keyword", Text(keyword)) for keyword in dataset.keywords),
            ("dct:language", Ref(f"{_EU}/language/NLD")),
            ("dct:accrualPeriodicity", Ref(f"{_EU}/frequency/DAILY")),
            ("dct:modified", Text(modified, kind="xsd:date")),
            ("dcat:landingPage", Ref(f"{base_url}{dataset.page}")),
            *(("dcat:distribution", Ref(f"{address}#bestand")) for address in addresses.values()),
        ]
        yield Thing(iri, ["dcat:Dataset"], facts)
        for file in dataset.files:
            code, media_type = FORMATS[file.format]
            about: list[Fact] = [
                ("dct:title", Text(f"{file.name} ({file.format})")),
                ("dct:description", Text(file.explanation)),
                ("dcat:accessURL", Ref(f"{base_url}{dataset.page}")),
                ("dcat:downloadURL", Ref(addresses[file.href])),
                ("dct:format", Ref(f"{_EU}/file-type/{code}")),
                ("dcat:mediaType", Ref(f"{_IANA}/{media_type}")),
                ("dct:license", Ref(LICENCE)),
            ]
            yield Thing(f"{addresses[file.href]}#bestand", ["dcat:Distribution"], about)
    yield Thing(
        publisher,
        ["foaf:Agent"],
        [
            ("foaf:name", Text(organisation.name)),
            ("dct:type", Ref("http://purl.org/adms/publishertype/LocalAuthority")),
        ],
    )
    mail: list[Fact] = (
        [("vcard:hasEmail", Ref(f"mailto:{quote(organisation.email, safe='@+')}"))] if organisation.email else []
    )
    yield Thing(contact, ["vcard:Organization"], [("vcard:fn", Text(organisation.name)), *mail])
