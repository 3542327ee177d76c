"""Metadata taken out on the way out: what goes, what stays, and the same bytes every time."""

import functools
import io
import zipfile

import page
import pikepdf
import pytest
import typst
from PIL import Image

from support import corpus, corpus_files, corpus_pdf
from support.corpus import OWN, Sample
from woo import inspection
from woo.inspection.engine import look
from woo.inspection.model import Kind
from woo.inspection.stripping import stripped

SAMPLES = [sample for sample in corpus.samples() if sample.name.startswith(("pdf ", "file ")) and not sample.is_large]
GONE = {Kind.METADATA, Kind.EXIF, Kind.REVISION}
KEPT = {
    "file word comment",
    "file word comment with a mail address",
    "pdf path of a user",
    "pdf link to a file of a user",
    "file word letter to many",
    "file excel data from elsewhere",
    "file excel scenario",
    "file html author",
    "file rtf author",
}
"""A remark stays a hit, with who made it, until somebody takes it out; so do a title, a link and where data come from; pages and rtf have no stripper."""


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_only_metadata_goes_and_every_other_hit_stays(sample: Sample):
    data, kind, hits = corpus.looked(sample)
    bare = stripped(data)
    assert stripped(data) == bare
    assert len(stripped(bare)) == len(bare)
    staying = [hit.kind for hit in hits if hit.kind not in GONE or sample.name in KEPT]
    after = (kind, hits) if bare == data else look(bare, OWN, 60)
    assert (after[0], [hit.kind for hit in after[1]]) == (kind, staying)


# --- pdf ----------------------------------------------------------------------------------------------------------------


@functools.cache
def accessible() -> bytes:
    source = (
        '#set document(title: "Besluit", author: "Karin de Boer", date: datetime(year: 2026, month: 1, day: 1))\n'
        '#set text(lang: "nl")\n= Besluit\nHet college besluit.'
    )
    return bytes(typst.compile(source.encode(), pdf_standards=["ua-1", "a-2a"]))


def test_title_language_and_tags_stay_and_the_author_goes():
    with pikepdf.open(io.BytesIO(stripped(accessible()))) as pdf:
        assert set(pdf.docinfo.keys()) <= {"/Title", "/CreationDate", "/ModDate"}
        assert str(pdf.docinfo["/Title"]) == "Besluit"
        assert str(pdf.Root.Lang) == "nl"
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        with pdf.open_metadata() as xmp:
            assert xmp["dc:title"] == "Besluit"
            assert "dc:creator" not in xmp


@pytest.mark.parametrize("profile", ["PDF_UA_1", "PDF_A_2A"])
def test_iso_14289_1_and_iso_19005_2_a_file_that_was_accessible_and_lasting_still_is(profile: str, tmp_path):
    before, after = tmp_path / "voor.pdf", tmp_path / "na.pdf"
    before.write_bytes(accessible())
    after.write_bytes(stripped(accessible()))
    faults = [
        page.validate_pdf(path, profile=getattr(page.ValidationProfile, profile)).failures for path in (before, after)
    ]
    assert len(faults[1]) <= len(faults[0])
    assert profile != "PDF_UA_1" or not faults[1]


def test_nothing_of_the_person_is_left_in_the_bytes():
    data = corpus_pdf.with_xmp("Karin de Boer")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.docinfo["/Author"] = "Karin de Boer"
        out = io.BytesIO()
        pdf.save(out, compress_streams=False)
    with pikepdf.open(io.BytesIO(stripped(out.getvalue()))) as pdf:
        assert not any(b"Boer" in item.read_bytes() for item in pdf.objects if isinstance(item, pikepdf.Stream))
        assert "/Author" not in pdf.docinfo


def test_earlier_revisions_are_gone():
    data = corpus_pdf.saved_again(corpus_pdf.text("Eerst dit"), corpus_pdf.text("Nu dat"))
    bare = stripped(data)
    assert bare.count(b"%%EOF") == 1
    assert b"Eerst dit" in data
    with pikepdf.open(io.BytesIO(bare)) as pdf:
        assert not any(b"Eerst dit" in item.read_bytes() for item in pdf.objects if isinstance(item, pikepdf.Stream))


def test_attachments_stay():
    with pikepdf.open(io.BytesIO(stripped(corpus_pdf.attached(b"inhoud", "names")))) as pdf:
        assert pdf.attachments["bijlage.txt"].get_file().read_bytes() == b"inhoud"


def test_a_signed_file_is_not_touched():
    for data in (
        corpus_pdf.form("iemand", "Sig"),
        corpus_files.replaced(corpus_files.author("Karin"), {"_xmlsignatures/sig1.xml": "<x/>"}),
        corpus_files.odt("", **{"META-INF/documentsignatures.xml": "<x/>"}),
    ):
        assert stripped(data) == data


def test_restrictions_go_with_it_for_those_who_let_a_page_be_read_out():
    with pikepdf.open(io.BytesIO(stripped(corpus_pdf.restricted()))) as pdf:
        assert not pdf.is_encrypted


# --- packages and images --------------------------------------------------------------------------------------------------


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_word_file_loses_people_and_the_marks_of_sessions_and_keeps_its_title():
    def change(document):
        document.core_properties.title = "Besluit"
        document.core_properties.author = "Karin de Boer"
        document.core_properties.last_modified_by = "Piet"
        document.core_properties.language = "nl-NL"

    data = corpus_files.word(change)
    marked = corpus_files.part(data, "word/document.xml").replace("<w:p>", '<w:p w:rsidR="00A77B3E">', 1)
    before = corpus_files.replaced(data, {"word/document.xml": marked})
    after = parts(stripped(before))
    assert b"Boer" not in b"".join(after.values())
    assert b"Piet" not in after["docProps/core.xml"]
    assert b"rsidR" not in after["word/document.xml"]
    assert b"Besluit" in after["docProps/core.xml"]
    assert b"nl-NL" in after["docProps/core.xml"]
    assert "docProps/thumbnail.jpeg" not in after
    assert b"thumbnail" not in after["_rels/.rels"]


def test_who_worked_on_a_file_and_where_its_template_stood_goes_and_the_rest_of_it_stays():
    changes = {"word/people.xml": corpus_files.PEOPLE, corpus_files.TEMPLATE_LINK: corpus_files.TEMPLATE}
    after = parts(stripped(corpus_files.replaced(corpus_files.word(), changes)))
    assert b"people" in after["word/people.xml"]
    assert b'Target="Brief.dotm"' in after[corpus_files.TEMPLATE_LINK]
    slides = corpus_files.replaced(corpus_files.slides("Welkom"), {corpus_files.CHANGES_PART: corpus_files.CHANGES})
    shown = parts(stripped(slides))
    assert b"Boer" not in b"".join([*after.values(), *shown.values()]).replace(b"kboer", b"Boer")


def test_files_in_an_office_file_lose_their_metadata_too():
    letter = corpus_files.author("Karin de Boer")
    inner = corpus_files.replaced(corpus_files.slides("Welkom"), {"ppt/embeddings/brief.docx": letter})
    after = parts(stripped(corpus_files.replaced(corpus_files.word(), {"word/embeddings/dia.pptx": inner})))
    embedded = parts(parts(after["word/embeddings/dia.pptx"])["ppt/embeddings/brief.docx"])
    assert b"Boer" not in b"".join(embedded.values())
    assert corpus_files.SENTENCE.encode() in embedded["word/document.xml"]
    object_meta = f"<office:document-meta {corpus_files.ODF}><dc:creator>Karin</dc:creator></office:document-meta>"
    odt = parts(stripped(corpus_files.odt("", **{"Object 1/meta.xml": object_meta})))
    assert b"Karin" not in odt["Object 1/meta.xml"]


def test_files_in_a_zip_lose_their_metadata_too_and_the_others_stay():
    files = {"map/brief.docx": corpus_files.author("Karin de Boer"), "lees.txt": b"Karin de Boer"}
    after = parts(stripped(corpus_files.zipped({**files, "in.zip": corpus_files.zipped(files)})))
    assert list(after) == ["map/brief.docx", "lees.txt", "in.zip"]
    assert parts(after["in.zip"]) == {name: after[name] for name in files}
    assert b"Boer" not in parts(after["map/brief.docx"])["docProps/core.xml"]
    assert after["lees.txt"] == b"Karin de Boer"


def test_a_zip_with_nothing_to_take_out_or_with_a_signature_is_not_touched():
    letter = corpus_files.author("Karin de Boer")
    for data in (
        corpus_files.zipped({"lees.txt": "Tekst"}),
        corpus_files.zipped({"brief.docx": letter, "brief.docx.p7s": "x"}),
        corpus_files.zipped({"brief.docx": letter, "META-INF/signatures001.xml": "<x/>"}),
    ):
        assert stripped(data) == data


def test_a_zip_that_holds_itself_is_stripped_as_deep_as_the_check_looks():
    data = functools.reduce(lambda inner, _: corpus_files.zipped({"a.zip": inner}), range(2_000), b"PK\x05\x06")
    assert stripped(data) == data


def test_an_excel_file_loses_where_it_was_kept():
    path = '<x15ac:absPath url="C:\\Users\\kboer\\"/>'
    data = corpus_files.book()
    book = corpus_files.part(data, "xl/workbook.xml").replace(
        "<sheets>", f"{path}<fileSharing readOnlyRecommended='1' userName=\"kboer\"/><sheets>"
    )
    after = parts(stripped(corpus_files.replaced(data, {"xl/workbook.xml": book})))
    assert b"kboer" not in after["xl/workbook.xml"]
    assert b"<sheets>" in after["xl/workbook.xml"]


def test_an_open_document_loses_people_printers_and_its_thumbnail_and_keeps_its_kind_in_front():
    settings = f'<office:settings {corpus_files.ODF}><config:config-item config:name="PrinterName" config:type="string">HP-kamer-12</config:config-item></office:settings>'
    more = {"settings.xml": settings, "Thumbnails/thumbnail.png": "beeld"}
    data = corpus_files.odt(
        "", meta="<meta:initial-creator>Karin</meta:initial-creator><dc:language>nl</dc:language>", **more
    )
    bare = stripped(data)
    after = parts(bare)
    assert next(iter(after)) == "mimetype"
    assert bare[30:38] == b"mimetype"
    assert b"Karin" not in after["meta.xml"]
    assert b"<dc:language>nl" in after["meta.xml"]
    assert b"kamer-12" not in after["settings.xml"]
    assert "Thumbnails/thumbnail.png" not in after


def test_a_photo_keeps_every_point_and_how_it_is_turned():
    image = corpus_pdf.photo((64, 48))
    exif = image.getexif()
    exif[0x0112], exif[0x013B] = 6, "Karin"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, icc_profile=b"profiel", comment=b"geheim")
    bare = stripped(out.getvalue() + b"wat een telefoon erachter hangt")
    before, after = Image.open(io.BytesIO(out.getvalue())), Image.open(io.BytesIO(bare))
    assert before.tobytes() == after.tobytes()
    assert dict(after.getexif()) == {0x0112: 6}
    assert after.info["icc_profile"] == b"profiel"
    assert not any(secret in bare for secret in (b"Karin", b"geheim", b"telefoon"))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_images_keep_every_point_too(kind: str):
    image = corpus_pdf.logo()
    exif = image.getexif()
    exif[0x013B] = "Karin"
    out = io.BytesIO()
    image.save(out, kind, exif=exif, lossless=True)
    bare = stripped(out.getvalue())
    assert b"Karin" in out.getvalue()
    assert b"Karin" not in bare
    assert Image.open(io.BytesIO(bare)).convert("RGB").tobytes() == image.tobytes()


def test_a_photo_in_a_pdf_loses_its_place():
    data = corpus_pdf.photo_with_place()
    assert b"Telefoon" in data
    assert b"Telefoon" not in stripped(data)


def test_what_cannot_be_read_stays_as_it_is():
    for data in (b"", b"tekst", corpus_pdf.encrypted(), corpus_pdf.page("")[:200], corpus_files.locked_zip()):
        assert stripped(data) == data


def test_it_runs_in_a_child(tmp_path):
    path = tmp_path / "brief"
    path.write_bytes(corpus_files.author("Karin de Boer"))
    assert inspection.strip(path) == stripped(path.read_bytes())
