"""The check of one file: it accepts what the harvester can use, and says of the rest in Dutch what is wrong."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from core import clock
from publish import diwoo
from publish.check import (
    Fault,
    faults_in_xml,
    formats,
    manifest,
    marks,
    pages,
    secrets,
    sitemaps,
    sources,
    usual,
    values,
    verify,
)
from support import official
from support.public_documents import (
    ESTABLISHED,
    HOST,
    LOSSER,
    MORNING,
    NEWER,
    PDF,
    full,
    minimal,
    public_documents,
    term,
)
from woo.public import Action, Term

ROOT = Path(__file__).parents[2]
MINIMAL = diwoo.sitemap([minimal(format=PDF)]).decode()
FULL = diwoo.sitemap([full()]).decode()
INDEX = diwoo.sitemap_index([(f"{HOST}/sitemaps/sitemap-diwoo-infocat014-00001.xml", MORNING)]).decode()


def faults(text: str, name: str = "sitemap.xml") -> list[str]:
    return [str(fault) for fault in faults_in_xml(text.encode(), name)]


def test_good_files_have_no_faults():
    assert [faults(MINIMAL), faults(FULL), faults(INDEX, "sitemapindex-diwoo-infocat014.xml")] == [[], [], []]


def test_examples_of_the_standard_are_accepted_and_mutated_ones_refused(shared):
    good, bad = official.examples(shared / "reference" / "xsd")
    assert {name: faults_in_xml(path.read_bytes(), path.name) for name, path in good.items()} == {
        key: [] for key in good
    }
    assert [name for name, path in bad.items() if not faults_in_xml(path.read_bytes(), path.name)] == []
    assert (len(good), len([name for name in bad if name.startswith("bad/")]), "sitemap-mdto.xml" in bad) == (
        3,
        38,
        True,
    )


MUTATIONS = {
    "no loc": (
        MINIMAL,
        r"<loc>.*?</loc>",
        "",
        "lastmod hoort hier niet of staat op de verkeerde plaats. Verwacht: loc.",
    ),
    "loc over http": (MINIMAL, "<loc>https:", "<loc>http:", "loc moet een volledig https-adres zijn"),
    "relative loc": (MINIMAL, "<loc>https://openboek.example", "<loc>", "loc moet een volledig https-adres zijn"),
    "loc with fragment": (MINIMAL, "besluit.pdf</loc>", "besluit.pdf#p2</loc>", "loc moet een volledig https-adres"),
    "loc with space": (MINIMAL, "1-besluit.pdf</loc>", "1 besluit.pdf</loc>", "loc moet een volledig https-adres zijn"),
    "loc too long": (MINIMAL, "1-besluit", "x" * 2048, "loc moet een volledig https-adres zijn"),
    "loc not encoded": (MINIMAL, "1-besluit.pdf</loc>", "é.pdf</loc>", "Codeer ze met procenttekens."),
    "loc no address": (MINIMAL, "<loc>https://openboek.example", "<loc>https://[openboek", "loc is geen geldig adres."),
    "no lastmod": (MINIMAL, r"<lastmod>.*?</lastmod>", "", "Verwacht: lastmod."),
    "lastmod with space": (MINIMAL, "18T09:30:00[+]01:00", "18 09:30:00", "Er staat: 2026-11-18 09:30:00"),
    "lastmod without zone": (MINIMAL, "18T09:30:00[+]01:00", "18T09:30:00", "lastmod moet een datum zijn (2026-11-16)"),
    "date with a zone": (
        MINIMAL,
        "18T09:30:00[+]01:00",
        "18Z",
        "lastmod moet een datum zijn (2026-11-16) of een moment",
    ),
    "atTime without zone": (MINIMAL, "T00:00:00[+]01:00", "T00:00:00", "atTime moet een moment met tijdzone zijn"),
    "validity without zone": (FULL, "2026-07-01T00:00:00[+]02:00", "2026-07-01T00:00:00", "begindatum moet een moment"),
    "creation with time": (
        FULL,
        "<diwoo:creatiedatum>2026-11-12",
        r"\g<0>T00:00:00Z",
        "creatiedatum moet een datum zijn",
    ),
    "entry twice": (MINIMAL, r"(<url>.*</url>)", r"\1\1", "dit adres staat er twee keer."),
    "category twice": (MINIMAL, r"(<diwoo:informatiecategorie .*?</diwoo:informatiecategorie>)", r"\1\1", "twee keer"),
    "action twice": (MINIMAL, r"(<diwoo:documenthandeling>.*</diwoo:documenthandeling>)", r"\1\1", "twee keer"),
    "no document": (MINIMAL, "<diwoo:Document>.*</diwoo:Document>", "", "url is niet volledig. Verwacht: Document."),
    "two documents": (MINIMAL, "(<diwoo:Document>.*</diwoo:Document>)", r"\1\1", "Document hoort hier niet"),
    "empty document": (MINIMAL, "<diwoo:DiWoo>.*</diwoo:DiWoo>", "", "Document is niet volledig. Verwacht: DiWoo."),
    "no publisher": (
        MINIMAL,
        "<diwoo:publisher.*</diwoo:publisher>",
        "",
        "DiWoo is niet volledig. Verwacht: publisher",
    ),
    "no title": (
        MINIMAL,
        "<diwoo:titel.*collectie>(?=<diwoo:cl)",
        "",
        "DiWoo is niet volledig. Verwacht: titelcollectie",
    ),
    "no actions": (MINIMAL, "<diwoo:documenthandelingen.*handelingen>", "", "DiWoo is niet volledig. Verplicht zijn"),
    "blank title": (MINIMAL, "Besluit op Woo-verzoek 2026-1", " \n\t", "officieleTitel is leeg; vul een titel in."),
    "title of no-break spaces": (MINIMAL, "Besluit op Woo-verzoek 2026-1", "\u00a0\u00a0", "officieleTitel is leeg"),
    "title is a file name": (MINIMAL, "Besluit op Woo-verzoek 2026-1", "Besluit 2026 v2.PDF", "is een bestandsnaam."),
    "title is an image": (MINIMAL, "Besluit op Woo-verzoek 2026-1", "scan_001.jpeg", "is een bestandsnaam."),
    "wrong label": (MINIMAL, ">gemeente Losser<", ">Gemeente Losser<", "Schrijf: gemeente Losser"),
    "label of another category": (MINIMAL, ">Woo-verzoeken en -besluiten<", ">convenanten<", "hoort niet bij"),
    "unknown category": (MINIMAL, "c_3baef532", "c_00000000", "dat staat niet in de waardelijst van DiWoo 0.9.8."),
    "TOOI over http": (
        MINIMAL,
        'resource="https(://identifier.overheid.nl/tooi/id)',
        r'resource="http\1',
        "zoals hij in",
    ),
    "EU over https": (MINIMAL, "http(://publications)", r"https\1", "http://publications.europa.eu/resource/authority"),
    "no identifier of publisher": (MINIMAL, ' resource="[^"]*">gemeente', ">gemeente", "heeft geen identifier."),
    "no identifier of category": (MINIMAL, ' resource="[^"]*">Woo', ">Woo", "mist het attribuut resource."),
    "no identifier of action": (MINIMAL, ' resource="[^"]*">vast', ">vast", "mist het attribuut resource."),
    "no identifier of theme": (FULL, ' resource="[^"]*">afval', ">afval", "mist het attribuut resource."),
    "identifier as element": (MINIMAL, "PDF</diwoo:format>", "<resource/>PDF</diwoo:format>", "format"),
    "unknown attribute": (MINIMAL, "<diwoo:format ", '<diwoo:format soort="x" ', "heeft een attribuut dat er niet mag"),
    "format and extension differ": (MINIMAL, "1-besluit.pdf</loc>", "1-besluit.ods</loc>", "Maak ze gelijk."),
    "extension not harvested": (MINIMAL, "1-besluit.pdf</loc>", "1-besluit.xml</loc>", ".xml leest de Woo-index niet."),
    "element out of place": (MINIMAL, "(<lastmod>.*?</lastmod>)(.*)</url>", r"\2\1</url>", "Verwacht: lastmod."),
    "MDTO": (MINIMAL, "diwoo:DiWoo>", "diwoo:MDTO>", "MDTO hoort hier niet"),
    "extra field before DiWoo": (FULL, "(<diwoo:DiWoo>.*</diwoo:DiWoo>)(.*)</diwoo:Doc", r"\2\1</diwoo:Doc", "DiWoo"),
    "empty list": (FULL, "<diwoo:trefwoord>.*</diwoo:trefwoord>", "", "trefwoorden is niet volledig."),
    "wrong priority": (
        MINIMAL,
        "<diwoo:Document>",
        "<priority>2</priority><diwoo:Document>",
        "priority moet een getal",
    ),
    "empty": (MINIMAL, "<url>.*</url>", "", "urlset is niet volledig. Verwacht: url."),
    "another root": (MINIMAL, "urlset", "lijst", "begint met lijst. Verwacht: urlset of sitemapindex"),
    "https namespace": (
        MINIMAL,
        'xmlns="http:',
        'xmlns="https:',
        "begint met urlset. Verwacht: urlset of sitemapindex",
    ),
    "no slash": (MINIMAL, "diwoo/metadata/", "diwoo/metadata", "Document hoort hier niet"),
    "not closed": (MINIMAL, "</urlset>", "", "is geen geldige XML (regel 5, teken 1)."),
    "no XML": (MINIMAL, ".*", "Geachte heer", "is geen geldige XML"),
    "index without sitemap": (INDEX, "<sitemap>.*</sitemap>", "", "sitemapindex is niet volledig. Verwacht: sitemap."),
    "index without loc": (INDEX, "<loc>.*</loc>", "", "Verwacht: loc."),
    "index with a sitemap twice": (INDEX, "(<sitemap>.*</sitemap>)", r"\1\1", "dit adres staat er twee keer."),
    "index with a bad moment": (INDEX, "18T09", "18 09", "lastmod moet een datum zijn"),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_mutated_file_is_refused_with_a_reason(mutation):
    text, pattern, replacement, reason = MUTATIONS[mutation]
    mutated = re.sub(pattern, replacement, text, flags=re.DOTALL)
    assert mutated != text
    found = faults(mutated)
    assert len([fault for fault in found if reason in fault]) >= 1, found
    assert [fault for fault in found if not fault.startswith("sitemap.xml: ")] == []


def test_fault_names_the_document_and_is_one_line():
    mutated = MINIMAL.replace(">gemeente Losser<", ">Losser\n<")
    assert faults(mutated) == [
        (
            "sitemap.xml: https://openboek.example/woo/documenten/2026-1/1-besluit.pdf: publisher 'Losser' hoort niet bij "
            "https://identifier.overheid.nl/tooi/id/gemeente/gm0168. Schrijf: gemeente Losser"
        )
    ]
    assert str(Fault("a.xml", "twee\r\nregels")) == "a.xml: twee regels"


def test_organisation_newer_than_the_lists_may_stand_without_identifier():
    assert faults(diwoo.sitemap([minimal(publisher=NEWER, responsible=NEWER)]).decode()) == []


def test_publisher_that_has_ended_is_refused_from_the_day_after():
    uri, ended = next(iter(sorted(values.ended_organisations().items())))
    publisher = Term(uri, values.labels("organisaties")[uri])
    text = diwoo.sitemap([minimal(publisher=publisher, responsible=publisher)]).decode()
    midday = datetime(ended.year, ended.month, ended.day, 12, tzinfo=UTC)
    with clock.frozen(midday):
        assert faults(text) == []
    with clock.frozen(midday.replace(year=ended.year + 1)):
        assert [fault.rpartition(": ")[2] for fault in faults(text)] == [
            f"publisher bestaat niet meer sinds {ended:%d-%m-%Y}. Kies de organisatie die er nu is."
        ]


def test_htm_is_html_and_a_path_without_extension_says_nothing_about_the_format():
    html = term("formaten", "HTML")
    for loc in (f"{HOST}/besluit.htm", f"{HOST}/besluit", f"{HOST}/rapport-v1.2"):
        assert faults(diwoo.sitemap([minimal(loc=loc, format=html)]).decode()) == []


@pytest.mark.parametrize("reference", ["&bom;", "x"])
def test_xml_bombs_and_doctypes_are_refused(reference):
    bomb = '<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY bom "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    text = MINIMAL.replace("?>\n", f"?>\n<!-- eerst <iets> --><?nog iets?>{bomb}", 1).replace("Besluit", reference)
    assert faults(text) == ["sitemap.xml: heeft een DOCTYPE. Dat mag niet in een sitemap; haal het weg."]


def test_files_outside_are_never_read(tmp_path):
    secret = tmp_path / "geheim.txt"
    secret.write_text("geheim")
    text = MINIMAL.replace("?>", f'?><!DOCTYPE urlset SYSTEM "{secret.as_uri()}">', 1)
    assert faults(text) == ["sitemap.xml: heeft een DOCTYPE. Dat mag niet in een sitemap; haal het weg."]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-7", "cp1252"])
def test_other_encodings_than_utf8_are_refused(encoding):
    data = MINIMAL.replace("UTF-8", encoding).replace("Besluit", "Bésluit").encode(encoding)
    assert [str(fault) for fault in faults_in_xml(data, "a.xml")] == [
        "a.xml: is niet geschreven in UTF-8. Sla het bestand op als UTF-8."
    ]


def test_file_over_the_limit_is_refused_unread(monkeypatch):
    monkeypatch.setattr(sitemaps, "HARVESTER_MAX_BYTES", 100)
    assert faults(MINIMAL) == ["sitemap.xml: is groter dan 50 MB. Verdeel de documenten over meer sitemaps."]


def test_too_many_entries_are_told(monkeypatch):
    monkeypatch.setattr(diwoo, "MAX_ENTRIES", 1)
    text = diwoo.HEADER + diwoo.entry(minimal()) + diwoo.entry(full(loc=f"{HOST}/b.pdf")) + diwoo.FOOTER
    assert faults(text.decode()) == ["sitemap.xml: heeft 2 documenten; hooguit 1 mag. Verdeel ze over meer bestanden."]


def test_a_mistake_in_every_entry_is_told_a_hundred_times():
    entries = b"".join(diwoo.entry(minimal(loc=f"{HOST}/{n}.pdf", title=f"{n}.pdf")) for n in range(150))
    found = faults((diwoo.HEADER + entries + diwoo.FOOTER).decode())
    assert (len(found), found[-1]) == (101, "sitemap.xml: en nog 50 andere fouten in dit bestand.")


def test_file_called_index_must_be_one():
    assert faults(MINIMAL, "sitemapindex-diwoo-infocat014.xml") == [
        "sitemapindex-diwoo-infocat014.xml: is geen sitemapindex, maar een lijst van documenten. Zet er een sitemapindex neer."
    ]


@settings(deadline=None)
@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_give_faults_and_never_an_exception(data):
    assert faults_in_xml(data, "a.xml") != []


@settings(deadline=None)
@given(st.integers(0, len(FULL.encode()) - 1), st.binary(max_size=4))
def test_damaged_file_never_gives_an_exception(position, damage):
    data = FULL.encode()
    for fault in faults_in_xml(data[:position] + damage + data[position + 1 :], "a.xml"):
        assert str(fault).startswith("a.xml: ")


ALIKE = full(actions=(*full().actions, Action(ESTABLISHED, MORNING)))
"""Two of its actions are of one kind: only libxml2 can say whether they differ."""
THREE = (
    diwoo.HEADER
    + b"".join(map(diwoo.entry, (full(), replace(ALIKE, loc=f"{HOST}/2"), minimal(loc=f"{HOST}/3"))))
    + diwoo.FOOTER
)


def read_in_both_ways(data: bytes) -> None:
    slow = sitemaps._read_whole(data, "a.xml")
    for quick in (sitemaps._read_quickly([data], "a.xml"), sitemaps._read_usual([data], "a.xml")):
        assert quick in {None, slow}
        assert quick is None or quick.faults == ()


@settings(deadline=None)
@given(st.integers(0, len(FULL.encode()) - 1), st.binary(max_size=4), st.integers(0, 4))
def test_the_quick_way_takes_nothing_that_the_slow_way_refuses(position, damage, length):
    data = FULL.encode()
    read_in_both_ways(data[:position] + damage + data[position + length :])


@settings(deadline=None)
@given(
    st.integers(0, len(THREE)),
    st.integers(0, len(THREE)),
    st.sampled_from(
        [b"", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x", b"?>", b"&", b"</url>\n", b"<url>", b"</urlset>"]
    ),
    st.sampled_from([b"", b"-->", b"]]>", b"?>", diwoo.FOOTER, diwoo.HEADER]),
)
def test_parts_that_are_good_alone_are_good_together(first, second, opened, closed):
    """What begins in one entry and ends in another is seen, though entries are read one by one."""
    start, end = sorted((first, second))
    read_in_both_ways(THREE[:start] + opened + THREE[start:end] + closed + THREE[end:])


def broken() -> Iterator[tuple[str, bytes]]:
    """A sitemap with each of its elements gone, there twice, before its neighbour, empty, with another name or more."""
    for place, element in enumerate(etree.fromstring(THREE).iter()):
        for name, break_it in BREAKS.items():
            root = etree.fromstring(THREE)
            changed = next(islice(root.iter(), place, None))
            if changed is not root:
                break_it(changed)
                body = etree.tostring(root, encoding="UTF-8").partition(b">\n")[2]
                yield f"{name} {etree.QName(element).localname}", diwoo.HEADER + body + b"\n"


@pytest.mark.soak
@pytest.mark.parametrize("damage", [b"", b"<", b">", b"&", b" ", b"x", b"0", b'"', b"/", b"\n", b"\r", b"\x80", b"\0"])
def test_no_byte_of_a_sitemap_can_be_changed_unseen(damage):
    data = diwoo.sitemap([full()])
    for place in range(len(data)):
        changed = data[:place] + damage + data[place + 1 :]
        quick = sitemaps._read_usual([changed], "a.xml")
        assert quick in {None, quick and sitemaps._read_whole(changed, "a.xml")}, place


def before_its_neighbour(element: etree._Element) -> None:
    if (after := element.getnext()) is not None:
        after.addnext(element)


def empty(element: etree._Element) -> None:
    element[:] = []
    element.text = None


BREAKS: dict[str, Callable[[etree._Element], object]] = {
    "gone": lambda element: element.getparent().remove(element),
    "twice": lambda element: element.addnext(deepcopy(element)),
    "before its neighbour": before_its_neighbour,
    "empty": empty,
    "another name": lambda element: setattr(element, "tag", f"{element.tag}x"),
    "an attribute": lambda element: element.set("soort", "x"),
    "no attribute": lambda element: element.attrib.clear(),
    "another identifier": lambda element: element.set("resource", "https://identifier.overheid.nl/x"),
    "another text": lambda element: setattr(element, "text", "x"),
}


def test_whatever_is_broken_in_a_sitemap_is_found_by_every_way():
    found = dict(broken())
    assert len(found) > 500
    for name, data in found.items():
        quick = sitemaps._read_usual([data], "a.xml")
        if quick is not None:
            assert quick == sitemaps._read_whole(data, "a.xml"), name


@settings(deadline=None)
@given(st.data())
@pytest.mark.parametrize("kind", usual._TYPES)
def test_what_a_pattern_matches_the_schema_accepts(kind, data):
    """`usual` knows the simple types of the schema as patterns of its own."""
    element = {"xs:string": "trefwoord", "xs:date": "creatiedatum", "d:moment": "begindatum", "s:adres": "loc",
               "d:gevuldeTekst": "officieleTitel", "s:wijziging": "lastmod"}[kind]  # fmt: skip
    text = data.draw(st.from_regex(usual._TYPES[kind].replace("*+", "*").replace("++", "+"), fullmatch=True))
    changed = re.sub(rf"(:?{element})>[^<]*</", lambda found: f"{found[1]}>{text}</", FULL, count=1)
    schema = etree.XMLSchema(etree.parse(sitemaps._schema_path(sitemaps.URLSET)))
    assert schema.validate(etree.fromstring(changed.encode())), schema.error_log


@settings(deadline=None)
@given(st.lists(public_documents(), min_size=1, max_size=3, unique_by=lambda document: document.loc))
def test_every_sitemap_of_ours_is_read_in_the_usual_way(documents):
    data = diwoo.sitemap(documents)
    slow = sitemaps._read_whole(data, "a.xml")
    assert sitemaps._read_usual([data], "a.xml") == (None if slow.faults else slow)


def test_the_usual_way_asks_libxml2_only_about_entries_of_another_form(monkeypatch):
    asked: list[bytes] = []
    quickly = sitemaps._read_quickly
    monkeypatch.setattr(
        sitemaps, "_read_quickly", lambda pieces, name: asked.append(b"".join(pieces)) or quickly([asked[-1]], name)
    )
    assert sitemaps._read_usual([THREE], "a.xml") is not None
    assert [b"/2</loc>" in part for part in asked] == [True]


def test_an_address_that_stands_in_two_entries_is_found_whoever_reads_them():
    twice = (full(), minimal(loc=full().loc))
    data = diwoo.HEADER + b"".join(map(diwoo.entry, twice)) + diwoo.FOOTER
    assert sitemaps._read_usual([data], "a.xml") is None
    assert "staat er twee keer" in str(faults_in_xml(data, "a.xml")[0])


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_the_quick_way_leaves_every_mistake_to_the_slow_way(mutation):
    text, pattern, replacement, _ = MUTATIONS[mutation]
    data = re.sub(pattern, replacement, text, flags=re.DOTALL).encode()
    assert [sitemaps._read_quickly([data], "a.xml"), sitemaps._read_usual([data], "a.xml")] == [None, None]


@pytest.mark.parametrize(
    "text", [MINIMAL, FULL, MINIMAL.replace("<diwoo:", "<d:").replace("</diwoo:", "</d:").replace(":diwoo", ":d")]
)
def test_the_quick_way_reads_the_same(text):
    read_in_both_ways(text.encode())


def test_the_quick_way_is_the_usual_one():
    assert sitemaps._read_quickly([FULL.encode()], "a.xml") is not None


def test_one_file_can_be_verified_by_itself(tmp_path):
    file = tmp_path / "sitemap.xml"
    file.write_text(MINIMAL, encoding="utf-8")
    report = verify(str(file))
    assert (report.faults, report.sitemaps, report.documents, dict(report.per_category)) == ((), 1, 1, {"014": 1})
    (tmp_path / "index.xml").write_text(INDEX, encoding="utf-8")
    assert (verify(str(tmp_path / "index.xml")).indexes, verify(str(tmp_path / "index.xml")).faults) == (1, ())


@pytest.mark.parametrize(
    ("code", "head"),
    [
        ("PDF", b"%PDF-1.7\n"), ("PDF", b"\n\n%PDF-2.0"), ("HTML", b"\xef\xbb\xbf<!DOCTYPE html><html>"),
        ("CSV", b"a;b\r\n\xe9;1"), ("TXT", "é".encode("utf-16")), ("RTF", b"{\\rtf1"), ("7z", b"7z\xbc\xaf\x27\x1c"),
        ("ZIP", b"PK\x05\x06"), ("DOC", bytes.fromhex("d0cf11e0a1b11ae1")),
        ("DOCX", b"PK\x03\x04......word/embeddings/xl/"), ("XLSX", b"PK\x03\x04[Content_Types].xml"),
        ("ODT", b"PK\x03\x04" + b"." * 26 + b"mimetypeapplication/vnd.oasis.opendocument.text"),
        ("ODF", b"PK\x03\x04" + b"." * 26 + b"mimetypeapplication/vnd.oasis.opendocument.formula"),
    ],
)  # fmt: skip
def test_contents_of_the_right_format_fit(code, head):
    assert formats.fits(next(entry for entry in values.formats().values() if entry.code == code), head)


@pytest.mark.parametrize("code", [entry.code for entry in values.formats().values()])
def test_a_picture_fits_no_format(code):
    picture = b"\x89PNG\r\n\x1a\n\0\0"
    assert not formats.fits(next(entry for entry in values.formats().values() if entry.code == code), picture)


def test_office_files_of_another_kind_do_not_fit():
    by_code = {entry.code: entry for entry in values.formats().values()}
    sheet = b"PK\x03\x04" + b"." * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
    assert [code for code in ("ODT", "ODP", "DOCX", "XLSX") if formats.fits(by_code[code], sheet)] == []
    assert not formats.fits(by_code["DOCX"], b"PK\x03\x04....xl/workbook.xml")


def test_action_by_somebody_without_identifier_is_refused():
    action = Action(term("documenthandelingen", "ondertekening"), MORNING, Term(None, LOSSER.label))
    assert [fault.rpartition(": ")[2] for fault in faults(diwoo.sitemap([minimal(actions=(action,))]).decode())] == [
        "wasAssociatedWith 'gemeente Losser' heeft geen identifier. Zet die uit de lijst van organisaties in resource."
    ]


PARTS = st.sampled_from(
    ["/", "//", "a", "b-c", ".", "..", ".html", "index.html", "#", "?x", "%20", ":", "é", " ", "~", "top"]
)


@settings(deadline=None, max_examples=300)
@given(st.lists(PARTS, max_size=6).map("".join), st.sampled_from(["index.html", "woo/index.html", "woo/a b.html"]))
def test_a_plain_link_leads_where_any_link_would(link, here):
    found = pages._plain(here, link)
    assert found is None or found == pages._joined(HOST, here, link)


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from([HOST, "http://openboek.example", "https://a.example:8443"]),
    st.lists(PARTS, max_size=6).map("".join),
)
def test_a_plain_address_is_taken_apart_as_any_address(root, rest):
    """An address that is not plain goes the long way; with a fragment too many it is the same address."""
    try:
        long_way = sources.path_of(HOST, f"{root}/{rest}#"), sources.host_of(f"{root}/{rest}#")
    except ValueError:
        return
    assert (sources.path_of(HOST, f"{root}/{rest}"), sources.host_of(f"{root}/{rest}")) == long_way


PIECES = st.lists(
    st.text("ab c", min_size=secrets.SHORTEST, max_size=secrets.LONGEST), min_size=1, max_size=3, unique=True
)


@given(PIECES, st.data())
def test_a_hidden_text_is_found_wherever_it_stands(pieces, data):
    sought = secrets.Secrets({piece: piece for piece in pieces}, lambda _piece: False)
    filling = st.text("ab cx", max_size=70)
    text = data.draw(filling) + data.draw(st.sampled_from([*pieces, pieces[0][1:], ""])) + data.draw(filling)
    size = data.draw(st.integers(1, 200))
    cut = [text[start : start + size].encode() for start in range(0, len(text), size)]
    assert sought.fields_in(cut) == sorted(piece for piece in pieces if piece in text)


def test_a_check_of_a_folder_loads_no_database():
    loaded = "import sys, publish.check; print([name for name in ('sqlalchemy', 'fastapi', 'requests') if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[]"


NAMES = st.text(st.characters(codec="utf-8") | st.sampled_from('"\\/ {},'), min_size=1, max_size=12)


@given(
    st.dictionaries(NAMES, st.tuples(st.text("0123456789abcdef", max_size=8), st.integers(0, 10**12)), max_size=6),
    st.sampled_from([None, 1]), st.booleans(), st.integers(1, 200),
)  # fmt: skip
def test_a_manifest_read_name_by_name_is_the_manifest(names, indent, is_ascii, size):
    files = {name: {"sha256": sha256, "size": number} for name, (sha256, number) in names.items()}
    data = json.dumps({"schema": 1, "files": files}, indent=indent, ensure_ascii=is_ascii).encode()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    found = manifest._shard("a.json", lambda: pieces)
    expected = {name: manifest.Expected(*about) for name, about in names.items()}
    assert (found.number, dict(found.files()), list(found.files())) == (len(names), expected, list(expected.items()))


@settings(deadline=None)
@given(st.data())
def test_a_damaged_manifest_is_refused_as_ever(data):
    whole = json.dumps({"schema": 1, "files": {"a/b": {"sha256": "0f", "size": 1}, 'c"': {"sha256": "1e", "size": 20}}})
    place, length = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 3))
    damaged = (
        whole[:place]
        + data.draw(st.sampled_from(["", '"', "}", ",", "{", "x", "\\u0041", "0"]))
        + whole[place + length :]
    ).encode()
    try:
        expected = manifest._files(damaged)
    except manifest.UnreadableManifestError:
        with pytest.raises(manifest.UnreadableManifestError):
            manifest._shard("a.json", lambda: [damaged])
    else:
        assert dict(manifest._shard("a.json", lambda: [damaged]).files()) == expected


@pytest.mark.parametrize("at_once", [3, 1000])
def test_marks_find_what_is_there_twice_and_what_is_missing(monkeypatch, at_once):
    monkeypatch.setattr(marks, "_AT_ONCE", at_once)
    here, there = marks.Marks(), marks.Marks()
    for number in range(40):
        here.add(f"a{number}")
        there.add(f"a{number + 1}")
    assert (here.repeated(), here.without(there)) == (set(), {marks.mark("a0")})
    for number in (3, 3, 7):
        here.add(f"a{number}")
    assert here.repeated() == {marks.mark("a3"), marks.mark("a7")}
