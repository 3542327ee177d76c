"""The writer of sitemaps: whatever the register publishes, the harvester and the official schemas take it."""

import importlib.util
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from publish import diwoo
from publish.check import faults_in_xml, values
from support import official
from support.public_documents import HOST, MORNING, full, legal_text, minimal, public_documents
from woo.public import ExtraField, PublicDocument, Term

ROOT = Path(__file__).parents[2]
NAMESPACES = {"s": diwoo.SITEMAP_NAMESPACE, "d": diwoo.DIWOO_NAMESPACE}


def texts(data: bytes, path: str) -> list[str]:
    return [element.text or "" for element in etree.fromstring(data).iterfind(f".//{path}", NAMESPACES)]


@settings(deadline=None)
@given(st.lists(public_documents(), min_size=1, max_size=3, unique_by=lambda document: diwoo.location(document.loc)))
def test_sitemap_is_always_well_formed(documents: list[PublicDocument]):
    data = diwoo.sitemap(documents)
    assert faults_in_xml(data, "sitemap.xml") == []
    assert texts(data, "d:officieleTitel") == [document.title for document in documents]
    assert texts(data, "d:omschrijving") == [text for document in documents for text in document.descriptions if text]
    assert texts(data, "d:hasPart") == [part.title for document in documents for part in document.has_parts]
    assert texts(data, "s:loc") == [diwoo.location(document.loc) for document in documents]


@settings(deadline=None)
@given(document=public_documents())
def test_official_schemas_and_profile_accept_everything_the_writer_makes(shared: Path, document: PublicDocument):
    data = diwoo.sitemap([document])
    assert official.refusals(shared / "reference" / "xsd", official.SITEMAP, data) == []
    assert official.refusals(shared / "reference" / "xsd", official.PROFILE, data) == []


@pytest.mark.parametrize("document", [minimal(), full()], ids=["minimal", "full"])
def test_official_schemas_and_profile_accept_the_smallest_and_the_fullest_document(shared, document):
    data = diwoo.sitemap([document])
    assert faults_in_xml(data, "sitemap.xml") == []
    assert official.refusals(shared / "reference" / "xsd", official.SITEMAP, data) == []
    assert official.refusals(shared / "reference" / "xsd", official.PROFILE, data) == []


def test_official_schema_accepts_an_index(shared):
    data = diwoo.sitemap_index([(f"{HOST}/sitemaps/{diwoo.sitemap_name('014', 1)}", MORNING)])
    assert official.refusals(shared / "reference" / "xsd", official.INDEX, data) == []


def test_the_smallest_entry_holds_what_it_must_and_nothing_else():
    assert diwoo.entry(minimal()).decode() == (
        "<url><loc>https://openboek.example/woo/documenten/2026-1/1-besluit.pdf</loc>"
        "<lastmod>2026-11-18T09:30:00+01:00</lastmod><diwoo:Document><diwoo:DiWoo>"
        '<diwoo:publisher resource="https://identifier.overheid.nl/tooi/id/gemeente/gm0168">gemeente Losser'
        "</diwoo:publisher><diwoo:titelcollectie><diwoo:officieleTitel>Besluit op Woo-verzoek 2026-1"
        "</diwoo:officieleTitel></diwoo:titelcollectie><diwoo:classificatiecollectie><diwoo:informatiecategorieen>"
        '<diwoo:informatiecategorie resource="https://identifier.overheid.nl/tooi/def/thes/kern/c_3baef532">'
        "Woo-verzoeken en -besluiten</diwoo:informatiecategorie></diwoo:informatiecategorieen>"
        "</diwoo:classificatiecollectie><diwoo:documenthandelingen><diwoo:documenthandeling>"
        '<diwoo:soortHandeling resource="https://identifier.overheid.nl/tooi/def/thes/kern/c_641ecd76">vaststelling'
        "</diwoo:soortHandeling><diwoo:atTime>2026-11-16T00:00:00+01:00</diwoo:atTime></diwoo:documenthandeling>"
        "</diwoo:documenthandelingen></diwoo:DiWoo></diwoo:Document></url>\n"
    )


def test_the_fullest_entry_has_every_element_of_diwoo_0_9_8_that_a_document_can_have():
    written = {etree.QName(element).localname for element in etree.fromstring(diwoo.sitemap([full()])).iter()}
    declared = {
        str(element.get("name")) for element in etree.parse(str(ROOT / "publish/schemas/diwoo.xsd")).iter("{*}element")
    }
    # An own namespace for extra fields is allowed by the standard; our fields have none.
    assert declared - written == {"namespace", "prefix"}


def test_empty_texts_and_fields_leave_no_empty_elements():
    document = minimal(
        identifiers=("",), descriptions=("", ""), extra=(ExtraField("leeg", ("",)), ExtraField("leeg", ()))
    )
    assert diwoo.entry(document) == diwoo.entry(minimal())


def test_organisation_outside_the_lists_is_written_by_its_label():
    data = diwoo.sitemap([minimal(responsible=Term(None, "Adviescollege toetsing regeldruk"))])
    element = etree.fromstring(data).find(".//d:verantwoordelijke", NAMESPACES)
    assert (element.text, dict(element.attrib)) == ("Adviescollege toetsing regeldruk", {})


def test_streaming_gives_the_same_bytes():
    documents = [minimal(), full(loc=f"{HOST}/ander.pdf")]
    streamed = diwoo.HEADER + b"".join(diwoo.entry(document) for document in documents) + diwoo.FOOTER
    assert streamed == diwoo.sitemap(documents)


@pytest.mark.parametrize("bad", ["\x00", "\x08", "\x1b", "\ud800", "\ufffe", "\uffff"])
@pytest.mark.parametrize("field", ["title", "author_name"])
def test_characters_that_xml_cannot_hold_are_refused(field, bad):
    with pytest.raises(ValueError):  # noqa: PT011 - lxml words it in its own way
        diwoo.entry(minimal(**{field: f"Besluit{bad}"}))


@given(st.text(st.characters(codec=None)))
def test_any_text_is_written_whole_or_refused(text):
    try:
        data = diwoo.sitemap([minimal(title=text)])
    except ValueError:
        return
    assert texts(data, "d:officieleTitel") == [text]


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2026, 11, 15, 23, tzinfo=UTC), "2026-11-16T00:00:00+01:00"),
        (datetime(2026, 6, 30, 22, 0, 1, 999_999, tzinfo=UTC), "2026-07-01T00:00:01+02:00"),
        (datetime(1851, 6, 29, 12, tzinfo=UTC), "1851-06-29T12:00:00+00:00"),
    ],
    ids=["winter", "summer", "when the sun told the time"],
)
def test_moments_are_written_in_dutch_time_with_their_zone(at, written):
    assert diwoo.moment(at) == written


def test_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="has no zone"):
        diwoo.moment(datetime(2026, 11, 16))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("loc", "written"),
    [
        ("https://a.example/b c/é.pdf", "https://a.example/b%20c/%C3%A9.pdf"),
        ("https://a.example/100%.pdf", "https://a.example/100%25.pdf"),
        ("https://a.example/al%20klaar.pdf", "https://a.example/al%20klaar.pdf"),
        ("https://gemeenté.example/x?y=z&q=<>", "https://xn--gemeent-hya.example/x?y=z&q=%3C%3E"),
    ],
)
def test_loc_is_percent_encoded_once(loc, written):
    assert (diwoo.location(loc), diwoo.location(written)) == (written, written)


@given(legal_text)
def test_encoding_an_address_twice_changes_nothing(text):
    once = diwoo.percent_encoded(f"{HOST}/" + "".join(text.split()))
    assert (diwoo.percent_encoded(once), once.isascii()) == (once, True)


@given(st.from_regex(diwoo._PLAIN, fullmatch=True))
def test_a_plain_address_would_be_written_the_same_with_all_care(address):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(diwoo, "_PLAIN", re.compile("(?!)"))
        assert diwoo.percent_encoded(address) == address


@pytest.mark.parametrize(
    "loc",
    [
        "http://a.example/x.pdf", "/x.pdf", "x.pdf", "https:///x.pdf", "https://a.example", "ftp://a.example/x.pdf",
        "https://a.example/x.pdf#p2", "https://a.example/x.pdf#", "https://a.example/\n.pdf", "https://[a/x.pdf",
        "https://a b.example/x.pdf", "https://a.example/" + "x" * 2048, "https://a.example/" + "é" * 400, "",
    ],
)  # fmt: skip
def test_loc_that_the_harvester_cannot_use_is_refused(loc):
    with pytest.raises(ValueError):  # noqa: PT011 - the standard library words some of them
        diwoo.location(loc)


@pytest.mark.parametrize("changes", [{"categories": ()}, {"actions": ()}])
def test_document_without_category_or_action_is_refused(changes):
    with pytest.raises(ValueError, match="needs at least one category and one action"):
        diwoo.entry(minimal(**changes))


def test_empty_sitemap_and_empty_index_are_refused():
    with pytest.raises(ValueError, match="1 to 50000 documents, not 0"):
        diwoo.sitemap([])
    with pytest.raises(ValueError, match="1 to 50000 sitemaps, not 0"):
        diwoo.sitemap_index([])


def test_limits_of_a_sitemap_are_kept(monkeypatch):
    monkeypatch.setattr(diwoo, "MAX_ENTRIES", 1)
    with pytest.raises(ValueError, match="1 to 1 documents, not 2"):
        diwoo.sitemap([minimal(), minimal()])
    monkeypatch.setattr(diwoo, "MAX_BYTES", 500)
    with pytest.raises(ValueError, match="at most 500 bytes"):
        diwoo.sitemap([minimal()])


def test_file_names_follow_the_convention_of_section_4():
    assert diwoo.index_name("014") == "sitemapindex-diwoo-infocat014.xml"
    assert diwoo.sitemap_name("014", 1) == "sitemap-diwoo-infocat014-00001.xml"
    for number, n in [("14", 1), ("0014", 1), ("٠١٤", 1), ("014", 0), ("014", 50_001)]:
        with pytest.raises(ValueError, match=r"three digits|sitemaps 1 to"):
            diwoo.sitemap_name(number, n)


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_diwoo_schema", ROOT / "tools" / "make_diwoo_schema.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their own module up
    spec.loader.exec_module(module)
    return module


def test_schemas_are_what_the_value_lists_make_of_them():
    made = maker().schemas()
    stored = {name: (ROOT / "publish" / "schemas" / name).read_bytes() for name in made}
    assert stored == made, "run: python tools/make_diwoo_schema.py"


def test_schemas_point_to_nothing_outside_their_folder():
    ours = {path.name: etree.parse(str(path)) for path in (ROOT / "publish" / "schemas").glob("*.xsd")}
    places = {
        name: [one.get("schemaLocation") for one in tree.iter("{*}import", "{*}include")] for name, tree in ours.items()
    }
    assert places["sitemap-diwoo.xsd"] == ["diwoo.xsd"]
    assert {place for found in places.values() for place in found} <= set(ours)


def test_our_identifiers_are_those_of_the_official_lists(shared):
    lists = etree.parse(str(shared / "reference/xsd/diwoo-metadata-lijsten.xsd"))
    theirs = {str(element.get("value")) for element in lists.iter("{*}enumeration")}
    ours = {uri for name in set(values.LIST_OF_ELEMENT.values()) for uri in values.labels(name)}
    assert ours == theirs
