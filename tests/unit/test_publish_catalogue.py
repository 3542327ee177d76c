"""What a product is in the national search (samenwerkende-catalogi.md sections 2 and 4), and what `verify` sees of it."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from core.organisations import Organisation
from publish import catalogue
from publish.check.data_files import faults_in_data
from wmebv.public import PublicChannel, PublicMessage, PublicProduct

HERE = Organisation(
    code="gm0001",
    name="Gemeente Voorbeeld",
    base_url="https://voorbeeld.example",
    tooi_uri="x",
    tooi_label="x",
    owms_label="Voorbeeld",
    owms_uri="http://standaarden.overheid.nl/owms/terms/Voorbeeld",
)
FORM = PublicChannel("Formulier", "Webformulier", "https://voorbeeld.nl/f", "D4", "Webformulier", (), (), False)
DIGID = replace(FORM, url="https://voorbeeld.nl/digid", level="D5", login_codes=("digid_midden",), logins=("DigiD",))


def message(*channels: PublicChannel, kind: str = "aanvraag") -> PublicMessage:
    return PublicMessage(kind, kind, kind.title(), channels, None, "", None, ())


def product(*messages: PublicMessage, **changes) -> PublicProduct:
    made = PublicProduct(
        id=UUID(int=1),
        number="PD-0001",
        slug="kap",
        name="Kapvergunning",
        summary="",
        keywords=(),
        upl_label="",
        upl_uri="",
        audiences=("Inwoners",),
        audience_codes=("particulier",),
        laws=(),
        sdg_codes=(),
        messages=messages,
        help=(),
        version=1,
        established_at=datetime(2026, 1, 14, 23, 30, tzinfo=UTC),
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([message(FORM)], ("ja", FORM.url)),
        ([message(FORM, DIGID)], ("digid", DIGID.url)),
        ([message(replace(DIGID, level="D6", login_codes=("eh3",)))], ("ja", DIGID.url)),
        ([message(replace(DIGID, level="DX"))], ("digid", DIGID.url)),
        ([message(replace(FORM, level=level)) for level in ("D0", "D1", "D2", "D3", "")], ("nee", "")),
        ([message(replace(FORM, url=""))], ("nee", "")),
        ([message(replace(FORM, url="https://voorbeeld.nl/een formulier"))], ("nee", "")),
        ([message(replace(FORM, is_fallback=True))], ("nee", "")),
        ([message(FORM, kind="bezwaar"), message(DIGID, kind="klacht")], ("nee", "")),
        ([], ("nee", "")),
    ],
)
def test_section_4_level_becomes_the_value_of_the_standard(messages, expected):
    assert catalogue.online(product(*messages)) == expected


def test_section_4_day_of_change_is_the_dutch_day():
    assert b"<dcterms:modified>2026-01-15<" in catalogue.catalogue_xml(HERE, [product()])


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(exclude_categories=("C",)), max_size=320),
    st.text(st.characters(exclude_categories=("C",)), max_size=320),
    st.text(st.characters(codec="ascii", exclude_categories=("C",)), max_size=40),
)
def test_whatever_is_typed_fits_the_schema(name, summary, address):
    channel = replace(FORM, url=f"https://{address}")
    typed = product(message(channel), name=name, summary=summary, keywords=(name, summary), upl_label=name)
    data = catalogue.catalogue_xml(HERE, [replace(typed, upl_uri=f"{catalogue.OWMS}{address}")])
    [text] = etree.fromstring(data).xpath("//*[local-name()='abstract']/text()")
    assert 50 <= len(text) <= 300
    assert list(faults_in(data)) == []


def faults_in(data: bytes, address: str = "https://voorbeeld.example/digitaal-zakendoen/kap/"):
    listed = {"producten": [{"kenmerk": "PD-0001", "adres": address}]}
    files = {
        "digitaal-zakendoen/producten.json": json.dumps(listed).encode(),
        "digitaal-zakendoen/kap/index.html": b"",
        catalogue.FILE: data,
    }
    return [str(fault) for fault in faults_in_data(files, files.__getitem__)]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b">digid<", b">Digid<", "voldoet niet aan het schema"),
        (b">digid<", b">nee<", "PD-0001 moet een aanvraagURL hebben als het online kan, en anders niet"),
        (b'owms-version="4.0"', b'owms-version="3.0"', "voldoet niet aan het schema"),
        (b">particulier<", b">iedereen<", "voldoet niet aan het schema"),
        (b">PD-0001<", b">PD-0002<", "PD-0002 staat met een ander adres in producten.json"),
        (b'encoding="utf-8"?>', b'encoding="UTF-8" ?>', "begint niet met de XML-declaratie"),
        (b"<dcterms:language>nl</dcterms:language>", b"", "voldoet niet aan het schema"),
        (b"</overheidproduct:scproducten>", b"", "voldoet niet aan het schema"),
    ],
)
def test_verify_sees_what_the_national_search_would_refuse(old, new, told):
    data = catalogue.catalogue_xml(HERE, [product(message(DIGID))])
    assert faults_in(data) == []
    assert old in data
    assert told in " ".join(faults_in(data.replace(old, new)))


def test_verify_misses_the_page_of_a_product():
    data = catalogue.catalogue_xml(HERE, [product()])
    assert any(
        "bestaat niet" in fault for fault in faults_in(data, "https://voorbeeld.example/digitaal-zakendoen/weg/")
    )


def test_one_number_or_address_twice_is_refused():
    data = catalogue.catalogue_xml(HERE, [product()])
    [entry] = re.findall(rb" <overheidproduct:scproduct .*</overheidproduct:scproduct>\n", data, re.DOTALL)
    assert "voldoet niet aan het schema" in faults_in(data.replace(entry, entry * 2))[0]


def test_remarks_are_what_logius_would_ask():
    good = product(summary="Wilt u een boom kappen? Vraag dan eerst een vergunning aan.")
    both = ("particulier", "ondernemer")
    assert list(catalogue.remarks(HERE, [replace(good, audience_codes=both)] * 100)) == []
    told = list(catalogue.remarks(HERE, [product(name="Testproduct"), product(number="PD-0002", audience_codes=())]))
    assert told == [
        "Zonder 'Voor wie' staat een product er niet in: PD-0002.",
        "1 producten hebben geen korte uitleg van 50 tekens of meer.",
        "De naam lijkt die van een test: PD-0001.",
        "Alle producten zijn voor dezelfde doelgroep. Dat is zelden zo.",
        "Er staan 1 producten in. Een gemeente heeft er ongeveer 100.",
    ]
    assert len(list(catalogue.remarks(HERE.model_copy(update={"owms_uri": ""}), [good]))) == 1
