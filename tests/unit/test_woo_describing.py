"""What a file says of itself: title, dates, language, pages; and that a broken one says nothing."""

import io
import re
import zipfile
from datetime import date, timedelta

import pikepdf
import pytest

from core import clock
from core.errors import BadInput
from support import woo_documents as make
from woo import describing
from woo.inspection import facts
from woo.inspection.facts import Described

TEXT = "Gemeente Losser\n\nBesluit over de nieuwe speelplek in de wijk\nVastgesteld op 16 november 2026.\n" + (
    "Het college heeft besloten dat de speelplek er komt. " * 5
)


def pdf(*, title="", language="", made="", pages=3):
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        if title:
            document.docinfo["/Title"] = title
        if made:
            document.docinfo["/CreationDate"] = made
        if language:
            document.Root["/Lang"] = pikepdf.String(language)
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def word(body, **core):
    told = "".join(f"<x:{name}>{text}</x:{name}>" for name, text in core.items())
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in body.splitlines())
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return make.zipped(
        {
            "[Content_Types].xml": f'<Types><Override PartName="/word/document.xml" ContentType="{main}"/></Types>'.encode(),
            "word/document.xml": f"<w:document {space}><w:body>{paragraphs}</w:body></w:document>".encode(),
            "docProps/core.xml": f'<c xmlns:x="x">{told}</c>'.encode(),
            "docProps/app.xml": b"<p><Pages>7</Pages></p>",
        }
    )


def test_a_pdf_tells_its_title_language_day_and_pages_in_a_child_process(tmp_path):
    content = pdf(title="Besluit over de speelplek", language="nl-NL", made="D:20261105103000+01'00'")
    expected = Described("Besluit over de speelplek", None, date(2026, 11, 5), "nl", 3)
    assert describing.describe(content) == expected
    path = tmp_path / "besluit.pdf"
    path.write_bytes(content)
    with path.open("rb") as file:
        file.read(100)
        assert describing.describe(file) == expected


def test_what_the_properties_do_not_say_is_read_from_the_text():
    found = facts.described(word(TEXT, title="Microsoft Word - besluit.docx", created="2026-11-05T10:00:00Z"))
    assert found == Described(
        "Besluit over de nieuwe speelplek in de wijk", date(2026, 11, 16), date(2026, 11, 5), "nl", 7
    )


def test_the_day_of_the_decision_goes_before_other_days_and_one_to_come_is_none():
    tomorrow = clock.today() + timedelta(days=1)
    text = f"Uw brief van 2 januari 2026. Vastgesteld in de vergadering van 16-11-2026, geldig op {tomorrow:%d-%m-%Y}."
    assert facts.described(word(text)).adopted_on == date(2026, 11, 16)
    assert facts.described(word(f"Het begint op {tomorrow:%d-%m-%Y}.")).adopted_on is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The council decided that the playground is to be built in the park and for the children of the town.", "en"),
        ("Der Rat hat beschlossen, dass der Spielplatz in der Stadt mit den Kindern und von der Gemeinde ist.", "de"),
        ("Twee woorden.", ""),
    ],
)
def test_a_language_is_known_by_its_small_words(text, language):
    assert facts.described(word(text)).language == language


@pytest.mark.parametrize(
    "content",
    [
        make.zipped({"[Content_Types].xml": b"x"}),
        b"",
        b"\x00\x01",
        make.open_document("text"),
    ],
)
def test_a_file_that_cannot_be_read_says_nothing(content):
    assert facts.described(content) == Described()


def test_html_has_a_title_and_a_language():
    page = "<!doctype html><html lang='nl'><head><title>Uitleg van het besluit</title></head><body><p>Ja.</p></body></html>"
    found = facts.described(page.encode())
    assert (found.title, found.language, found.pages) == ("Uitleg van het besluit", "nl", None)


def locked():
    with pikepdf.open(io.BytesIO(pdf())) as document:
        out = io.BytesIO()
        document.save(out, encryption=pikepdf.Encryption(user="geheim", owner="geheim"))
    return out.getvalue()


def bomb():
    """A Word file whose properties unpack to far more than they are."""
    out = io.BytesIO()
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{main}"/></Types>')
        with archive.open("docProps/core.xml", "w") as part:
            part.write(bytes(2_000_000))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("geheim.pdf", locked(), "'geheim.pdf': de PDF is beveiligd met een wachtwoord. Haal het wachtwoord eraf."),
        ("stuk.pdf", b"%PDF-1.7 afgebroken", "'stuk.pdf': de PDF is beschadigd."),
    ],
)
def test_a_file_that_nobody_can_read_is_refused_before_it_is_kept(folder, name, content, told):
    with pytest.raises(BadInput, match=re.escape(told)):
        describing.stored(folder, io.BytesIO(content), name)
    assert list(folder.store().every()) == []


def test_a_file_that_unpacks_to_terabytes_is_told_and_not_unpacked(monkeypatch):
    monkeypatch.setattr(facts, "_UNPACKED", 1_000_000)
    assert facts.described(bomb()).fault.startswith("Uitgepakt is het bestand veel te groot.")
