"""The data files: each can be read, fits its schema, and holds as many records as the others beside it."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, TypeVar
from urllib.parse import urlsplit

from lxml import etree

from publish import urls
from publish.check.report import Fault

_REGISTER = f"{urls.REGISTER}/register.json"
_PRODUCTS = f"{urls.PRODUCTS}/producten.json"
_GEMMA = re.compile(rf"{urls.REGISTER}/gemma/verwerkingsactiviteiten/[0-9]+\.json")
_PDF = re.compile(rf"{urls.REGISTER}/register(-[0-9]+)?\.pdf")
_PROCESS = re.compile(rb"^<[^>]+> a dpv:Process\b")
_ROW = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}table-row"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}table"
T = TypeVar("T")
_UNREADABLE = (ValueError, KeyError, TypeError, etree.LxmlError, zipfile.BadZipFile, csv.Error)


@cache
def _schema(name: str) -> etree.XMLSchema:
    """One of ours. It is read here too, for who writes with it needs the database, and a check does not."""
    with resources.as_file(resources.files("publish") / "schemas") as folder:
        return etree.XMLSchema(etree.parse(folder / name))


def faults_in_data(paths: Collection[str], read: Callable[[str], bytes]) -> Iterator[Fault]:
    """What is wrong with the data files among `paths`; a site without our register has none.

    `read` gives the bytes of a path. What it raises, goes on to the caller.
    """
    yield from _faults_in_products(paths, read)
    if _REGISTER not in paths:
        return
    try:
        records = _records(read(_REGISTER))
    except _UNREADABLE:
        yield Fault(_REGISTER, "is geen JSON in de vorm van ons schema. Maak de export opnieuw.")
        return
    for number, version in records:
        for path in (f"{urls.REGISTER}/{number}/index.html", f"{urls.REGISTER}/{number}/v{version}.json"):
            if path not in paths:
                yield Fault(_REGISTER, f"noemt {number}, maar /{path} bestaat niet. Maak de export opnieuw.")
    for ending, count in _COUNTS.items():
        path = f"{urls.REGISTER}/register.{ending}"
        if path in paths:
            yield from _faults_in(path, read(path), count, len(records))
    for path in sorted(filter(_PDF.fullmatch, paths)):
        yield from _faults_in(path, read(path), _whole_pdf, None)
    for path in sorted(filter(_GEMMA.fullmatch, paths)):
        yield from _faults_in(path, read(path), _gemma_page, None)


def _faults_in_products(paths: Collection[str], read: Callable[[str], bytes]) -> Iterator[Fault]:
    if _PRODUCTS not in paths:
        return
    try:
        listed = [(str(one["kenmerk"]), str(one["adres"])) for one in json.loads(read(_PRODUCTS))["producten"]]
    except _UNREADABLE:
        yield Fault(_PRODUCTS, "is geen JSON in de vorm van ons schema. Maak de export opnieuw.")
        return
    for number, address in listed:
        place = urlsplit(address).path.strip("/")
        if f"{place}/index.html" not in paths:
            yield Fault(_PRODUCTS, f"noemt {number}, maar /{place}/ bestaat niet. Maak de export opnieuw.")
    for ending, count in _PRODUCT_COUNTS.items():
        path = f"{urls.PRODUCTS}/producten.{ending}"
        if path in paths:
            yield from _faults_in(path, read(path), count, len(listed), "producten")
    if urls.CATALOGUE in paths:
        yield from _faults_in_catalogue(read(urls.CATALOGUE), dict(listed))


def _faults_in_catalogue(data: bytes, addresses: Mapping[str, str]) -> Iterator[Fault]:
    """Samenwerkende Catalogi section 2 and the checks of section 4 that a schema cannot make."""
    if not data.startswith(b'<?xml version="1.0" encoding="utf-8"?>'):
        yield Fault(urls.CATALOGUE, "begint niet met de XML-declaratie voor utf-8. Maak de export opnieuw.")
    try:
        root = etree.fromstring(data)
        _schema("sc.xsd").assertValid(root)
    except _UNREADABLE as error:
        yield Fault(urls.CATALOGUE, f"voldoet niet aan het schema ({error}). Maak de export opnieuw.")
        return
    for product in root:
        number, address = (product.findtext(f".//{{*}}{name}") for name in ("productID", "identifier"))
        if addresses.get(number or "") != address:
            yield Fault(
                urls.CATALOGUE, f"{number} staat met een ander adres in producten.json. Maak de export opnieuw."
            )
        is_online = product.findtext(".//{*}onlineAanvragen") != "nee"
        if is_online != (product.find(".//{*}aanvraagURL") is not None):
            yield Fault(
                urls.CATALOGUE,
                f"{number} moet een aanvraagURL hebben als het online kan, en anders niet. Maak de export opnieuw.",
            )


def _faults_in(
    path: str, data: bytes, count: Callable[[bytes], int], expected: int | None, what: str = "verwerkingen"
) -> Iterator[Fault]:
    try:
        found = count(data)
    except _UNREADABLE as error:
        yield Fault(path, f"is niet te lezen ({type(error).__name__}). Maak de export opnieuw.")
        return
    if expected is not None and found != expected:
        yield Fault(path, f"heeft {found} {what}, het JSON-bestand heeft er {expected}. Maak de export opnieuw.")


def _records(data: bytes) -> list[tuple[str, int]]:
    return _each(data, "verwerkingen", lambda one: (str(one["kenmerk"]), int(one["versie"])))


def _each(data: bytes, name: str, tell: Callable[[Any], T]) -> list[T]:
    """What is told of each thing in the list `name` of a JSON object.

    A list that ends the object with a line for each thing, as we write it, is read by the line: all of it as objects
    takes ten times the memory of the text. Anything else is read as a whole.
    """
    lines = io.BytesIO(data)
    try:
        head = json.loads(lines.readline() + b"]}")
        if list(head)[-1] == name and head[name] == []:
            found: list[T] = []
            is_last = False
            for line in lines:
                if is_last:
                    if line == b"]}\n" and not lines.read():
                        return found
                    break
                found.append(tell(json.loads(line.removesuffix(b",\n"))))
                is_last = not line.endswith(b",\n")
    except _UNREADABLE:
        pass
    return [tell(one) for one in json.loads(data)[name]]


def _csv_rows(data: bytes) -> int:
    lines = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    return len([row["kenmerk"] for row in csv.DictReader(lines, delimiter=";")])


def _xml_records(data: bytes) -> int:
    """Valid as a whole, but not held as a whole: that takes ten times the memory of the text."""
    schema, number = _schema("verwerkingsregister.xsd"), 0
    try:
        for _, record in etree.iterparse(io.BytesIO(data), tag="{*}verwerking", schema=schema):
            number += 1
            record.clear()
            if (whole := record.getparent()) is not None:
                del whole[:-1]
    except etree.XMLSyntaxError:  # it does not say whether that is the XML or the schema
        root = etree.fromstring(data)
        schema.assertValid(root)
        return len(root)
    return number


def _ods_rows(data: bytes) -> int:
    """Rows of the first sheet, without its headings."""
    rows = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("content.xml") as content:
        for _, element in etree.iterparse(content, tag=(_ROW, _TABLE)):
            if element.tag == _TABLE:
                break
            rows += 1
            element.clear()
    return rows - 1


def _linked_records(data: bytes) -> int:
    return sum(_each(data, "@graph", lambda thing: "dpv:Process" in thing.get("@type", ())))


def _turtle_records(data: bytes) -> int:
    return sum(bool(line.decode()) and _PROCESS.match(line) is not None for line in io.BytesIO(data))


def _whole_pdf(data: bytes) -> int:
    if not data.startswith(b"%PDF-") or not data.rstrip().endswith(b"%%EOF"):
        raise ValueError("no whole PDF")
    return len(data)


def _gemma_page(data: bytes) -> int:
    found = json.loads(data)
    if len(found["results"]) > found["count"]:
        raise ValueError("more than there are")
    return len([one["id"] for one in found["results"]])


def _csv_products(data: bytes) -> int:
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")
    return len({row["kenmerk"] for row in rows})


def _xml_products(data: bytes) -> int:
    root = etree.fromstring(data)
    _schema("producten.xsd").assertValid(root)
    return len(root)


_PRODUCT_COUNTS: dict[str, Callable[[bytes], int]] = {"csv": _csv_products, "xml": _xml_products}
_COUNTS: dict[str, Callable[[bytes], int]] = {
    "csv": _csv_rows,
    "xml": _xml_records,
    "ods": _ods_rows,
    "jsonld": _linked_records,
    "ttl": _turtle_records,
}
