"""Office files, web pages, images and archives with something left in them, and honest ones."""

import functools
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping

import docx
import xlsxwriter
from docx.oxml import parse_xml
from docx.shared import Pt, RGBColor

from core import sheets
from support import corpus_pdf
from support.corpus import Sample
from support.corpus_text import as_docx, as_html
from woo.inspection.model import Kind

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SENTENCE = "Het college besluit de vergunning te verlenen."
PERSONAL = "BSN 111222333"


def zipped(parts: Mapping[str, bytes | str], **options: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def replaced(data: bytes, parts: Mapping[str, bytes | str]) -> bytes:
    """The package with some parts added or changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()} | dict(parts))


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


# --- Word --------------------------------------------------------------------------------------------------------------


def word(change: "Callable[[docx.document.Document], object] | None" = None) -> bytes:
    document = docx.Document()
    document.core_properties.author = ""
    document.add_paragraph(SENTENCE)
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def run(said: str, inside: str = "") -> Callable[[object], object]:
    def change(document: docx.document.Document) -> None:
        paragraph = document.add_paragraph("Tekst ")
        paragraph._p.append(parse_xml(f"<w:r {W}><w:rPr>{inside}</w:rPr><w:t>{said}</w:t></w:r>"))

    return change


def changed(tag: str, said: str) -> Callable[[object], object]:
    def change(document: docx.document.Document) -> None:
        text = "delText" if tag == "del" else "t"
        xml = f'<w:{tag} {W} w:id="9" w:author="K. de Boer" w:date="2026-01-01T00:00:00Z"><w:r><w:{text}>{said}</w:{text}></w:r></w:{tag}>'
        document.add_paragraph("Tekst ")._p.append(parse_xml(xml))

    return change


def in_header(document: docx.document.Document) -> None:
    document.sections[0].header.paragraphs[0].text = PERSONAL


def in_footer(document: docx.document.Document) -> None:
    document.sections[0].footer.paragraphs[0].text = "Mail j.jansen@gmail.com"


def in_table(document: docx.document.Document) -> None:
    table = document.add_table(rows=3, cols=2)
    for row, cells in enumerate((("Zaak", "BSN"), ("1", "111222333"), ("2", "123456782"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text


def dark_table(document: docx.document.Document) -> None:
    table = document.add_table(rows=2, cols=2)
    cell = table.cell(0, 0)
    cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {W} w:val="clear" w:fill="1F3864"/>'))
    cell.paragraphs[0].add_run("Kop van de tabel").font.color.rgb = RGBColor(255, 255, 255)
    table.cell(1, 0).text = "gewone tekst"


def tiny(document: docx.document.Document) -> None:
    document.add_paragraph().add_run("Bijna onzichtbaar klein").font.size = Pt(1)


def small(document: docx.document.Document) -> None:
    document.add_paragraph().add_run("De kleine lettertjes").font.size = Pt(6)


def text_box(document: docx.document.Document) -> None:
    box = (
        f'<w:r {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml">'
        '<mc:AlternateContent><mc:Choice Requires="wps"><wps:txbx><w:txbxContent><w:p><w:r><w:t>'
        f"{PERSONAL}</w:t></w:r></w:p></w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><v:textbox><w:txbxContent><w:p><w:r><w:t>"
        f"{PERSONAL}</w:t></w:r></w:p></w:txbxContent></v:textbox></mc:Fallback></mc:AlternateContent></w:r>"
    )
    document.add_paragraph()._p.append(parse_xml(box))


def comment(said: str) -> bytes:
    data = word()
    xml = f'<w:comments {W}><w:comment w:id="0" w:author="K. de Boer"><w:p><w:r><w:t>{said}</w:t></w:r></w:p></w:comment></w:comments>'
    return replaced(data, {"word/comments.xml": xml})


def author(name: str) -> bytes:
    return word(lambda document: setattr(document.core_properties, "author", name))


def with_picture(before: str, picture: bytes) -> bytes:
    def change(document: docx.document.Document) -> None:
        document.add_paragraph(before)
        document.add_picture(io.BytesIO(picture))

    return word(change)


def png(image: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def jpeg_with_place(*, thumbnail: bool = False) -> bytes:
    image = corpus_pdf.photo((120, 80))
    exif = image.getexif()
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 15.0, 40.0), 3: "E", 4: (7.0, 0.0, 0.0)})
    exif[0x013B] = "K. de Boer"
    del thumbnail
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def plain_jpeg() -> bytes:
    out = io.BytesIO()
    corpus_pdf.photo((120, 80)).save(out, "JPEG")
    return out.getvalue()


# --- Excel -------------------------------------------------------------------------------------------------------------


def book(change: "Callable[[xlsxwriter.Workbook, object], object] | None" = None) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Cijfers")
        for row, cells in enumerate((("Post", "Bedrag"), ("Wegen", 1200), ("Groen", 800), ("Water", 400))):
            sheet.write_row(row, 0, cells)
        if change:
            change(workbook, sheet)
    return out.getvalue()


def hidden_sheet(
    workbook: xlsxwriter.Workbook, sheet: object, *, very: bool = False, said: str = "Dit is verborgen"
) -> None:
    del sheet
    other = workbook.add_worksheet("Oud")
    other.very_hidden() if very else other.hide()
    if said:
        other.write(0, 0, said)


def bsn_sheet(workbook: xlsxwriter.Workbook, sheet: object) -> None:
    del sheet
    other = workbook.add_worksheet("Lijst")
    other.write_row(0, 0, ("Zaak", "BSN"))
    for row, number in enumerate((111222333, 123456782), start=1):
        other.write_row(row, 0, (f"zaak {row}", number))


def order_sheet(workbook: xlsxwriter.Workbook, sheet: object) -> None:
    del sheet
    other = workbook.add_worksheet("Bestellingen")
    other.write_row(0, 0, ("Ordernummer", "Kenteken van het bestek", "Artikelnummer"))
    for row, number in enumerate((111222333, 123456782, 123456789, 987654321), start=1):
        other.write_row(row, 0, (number, "bestek", 123456782))


def csv(*lines: str) -> bytes:
    return "\r\n".join(lines).encode("cp1252")


# --- others ------------------------------------------------------------------------------------------------------------

ODF = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0" xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'


def odf(kind: str, body: str, *, styles: str = "", meta: str = "", **more: str) -> bytes:
    content = f"<office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles><office:body>{body}</office:body></office:document-content>"
    parts = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "META-INF/manifest.xml": f"<manifest:manifest {ODF}/>",
        "content.xml": content,
        "meta.xml": f"<office:document-meta {ODF}><office:meta><dc:title>Besluit</dc:title>{meta}</office:meta></office:document-meta>",
    }
    return zipped(parts | more)


def odt(body: str, **more: str) -> bytes:
    return odf("text", f"<office:text>{body}<text:p>{SENTENCE}</text:p></office:text>", **more)


def ods(rows: str, *, columns: str = "", table: str = "", **more: str) -> bytes:
    return odf(
        "spreadsheet",
        f'<office:spreadsheet><table:table table:name="Blad1" {table}>{columns}{rows}</table:table></office:spreadsheet>',
        **more,
    )


def row(*cells: str, more: str = "") -> str:
    inside = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
    )
    return f"<table:table-row {more}>{inside}</table:table-row>"


P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def slides(*texts: str, hidden: int = 0, notes: str = "") -> bytes:
    main = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    parts: dict[str, str] = {
        "[Content_Types].xml": f'<Types><Override PartName="/ppt/presentation.xml" ContentType="{main}"/></Types>',
        "ppt/presentation.xml": f"<p:presentation {P}/>",
    }
    for number, said in enumerate(texts, start=1):
        show = 'show="0"' if number == hidden else ""
        parts[f"ppt/slides/slide{number}.xml"] = f"<p:sld {P} {show}><a:p><a:r><a:t>{said}</a:t></a:r></a:p></p:sld>"
    if notes:
        parts["ppt/slides/_rels/slide1.xml.rels"] = (
            '<Relationships><Relationship Id="r1" Target="../notesSlides/notesSlide1.xml"/></Relationships>'
        )
        parts["ppt/notesSlides/notesSlide1.xml"] = f"<p:notes {P}><a:p><a:r><a:t>{notes}</a:t></a:r></a:p></p:notes>"
    return zipped(parts)


def html(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html lang='nl'><head><title>Besluit</title>{head}</head><body><p>{SENTENCE}</p>{body}</body></html>".encode()


def bomb() -> bytes:
    return zipped({"groot.txt": b"0" * 600_000_000}, compresslevel=9)


def zip_with_remarks() -> bytes:
    out = io.BytesIO(zipped({"brief.txt": SENTENCE}))
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = PERSONAL.encode()
        archive.getinfo("brief.txt").comment = b"van j.jansen@gmail.com"
    return out.getvalue()


def locked_zip() -> bytes:
    data = bytearray(zipped({"geheim.txt": "tekst"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def charted(categories: str, title: str = "Aantallen") -> Callable[..., object]:
    """A chart of the cells of the second sheet, with a title."""

    def change(workbook: xlsxwriter.Workbook, _: object) -> None:
        sheet = workbook.add_worksheet("Gegevens")
        sheet.write_row(0, 0, ["Ordernummer", "Factuurnummer"])
        for number in range(3):
            sheet.write_row(number + 1, 0, [categories, 123456782])
        chart = workbook.add_chart({"type": "column"})
        chart.add_series({"categories": "=Gegevens!$A$2:$A$4", "values": "=Gegevens!$B$2:$B$4"})
        chart.set_title({"name": title})
        sheet.insert_chart(5, 1, chart, {"description": "Aantallen per jaar"})

    return change


A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
DIAGRAM = f"<d {A}><a:p><a:r><a:t>{PERSONAL}</a:t></a:r></a:p></d>"
CHART = (
    f"<c {A}><title><a:p><a:r><a:t>Lijst</a:t></a:r></a:p></title><strCache><pt><v>{PERSONAL}</v></pt></strCache></c>"
)
OUTSIDE = '<Relationships><Relationship Id="r9" Target="https://zaak.example/?bsn=111222333" TargetMode="External"/></Relationships>'
TEMPLATE_LINK = "word/_rels/settings.xml.rels"
TEMPLATE = '<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="file:///C:\\Users\\kboer\\Brief.dotm" TargetMode="External"/></Relationships>'
PEOPLE = '<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"><w15:person w15:author="Karin de Boer"><w15:presenceInfo w15:providerId="AD" w15:userId="S::k.deboer@gemeentevoorbeeld.nl::1"/></w15:person></w15:people>'
CHANGES_PART = "ppt/changesInfos/changesInfo1.xml"
CHANGES = '<pc:chgInfo xmlns:pc="http://schemas.microsoft.com/office/powerpoint/2013/main/command"><pc:docChgLst><pc:chgData name="Karin de Boer" userId="1" providerId="AD"/></pc:docChgLst></pc:chgInfo>'

K = Kind


def samples() -> Iterator[Sample]:  # noqa: PLR0915 - a list, one entry a line
    def sample(
        name: str,
        make: Callable[[], bytes],
        *kinds: Kind,
        critical: tuple[Kind, ...] = (),
        either: tuple[Kind, ...] = (),
    ) -> Sample:
        return Sample(
            f"file {name}", make, {kind: kinds.count(kind) for kind in kinds}, frozenset(critical), frozenset(either)
        )

    def of(function: Callable[..., bytes], *args: object, **kwargs: object) -> Callable[[], bytes]:
        return functools.partial(function, *args, **kwargs)

    # Word.
    yield sample("word", word)
    yield sample(
        "word hidden", of(word, run("Dit is verborgen", "<w:vanish/>")), K.HIDDEN_TEXT, critical=(K.HIDDEN_TEXT,)
    )
    yield sample("word not hidden after all", of(word, run("Dit is zichtbaar", '<w:vanish w:val="0"/>')))
    yield sample(
        "word white", of(word, run("Dit is wit", '<w:color w:val="FFFFFF"/>')), K.HIDDEN_TEXT, critical=(K.HIDDEN_TEXT,)
    )
    yield sample(
        "word white on a bar",
        of(word, run("Dit is wit", '<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="1F3864"/>')),
    )
    yield sample("word dark table", of(word, dark_table))
    yield sample("word tiny", of(word, tiny), K.HIDDEN_TEXT, critical=(K.HIDDEN_TEXT,))
    yield sample("word small", of(word, small))
    yield sample(
        "word deleted", of(word, changed("del", "een oude zin")), K.TRACKED_CHANGE, critical=(K.TRACKED_CHANGE,)
    )
    yield sample("word inserted", of(word, changed("ins", "een nieuwe zin")), K.TRACKED_CHANGE)
    yield sample(
        "word deleted bsn",
        of(word, changed("del", PERSONAL)),
        K.TRACKED_CHANGE,
        K.BSN,
        critical=(K.TRACKED_CHANGE, K.BSN),
    )
    yield sample("word comment", of(comment, "Klopt dit wel?"), K.COMMENT, K.METADATA)
    yield sample(
        "word comment with a mail address",
        of(comment, "Vraag j.jansen@gmail.com"),
        K.COMMENT,
        K.METADATA,
        K.EMAIL,
        critical=(K.EMAIL,),
    )
    yield sample("word header", of(word, in_header), K.BSN, critical=(K.BSN,))
    yield sample("word footer", of(word, in_footer), K.EMAIL)
    yield sample("word text box", of(word, text_box), K.BSN, critical=(K.BSN,))
    yield sample("word table with bsn", of(word, in_table), K.BSN, K.BSN, critical=(K.BSN,))
    yield sample("word author", of(author, "Karin de Boer"), K.METADATA)
    yield sample("word author is the organisation", of(author, "Gemeente Voorbeeld"))
    yield sample("word macro", lambda: replaced(word(), {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0 macro"}), K.MACRO)
    yield sample("word embedded", lambda: replaced(word(), {"word/embeddings/sheet.xlsx": book()}), K.ATTACHMENT)
    yield sample(
        "word embedded with hidden sheet",
        lambda: replaced(word(), {"word/embeddings/sheet.xlsx": book(hidden_sheet)}),
        K.ATTACHMENT,
        K.HIDDEN_SHEET,
        critical=(K.HIDDEN_SHEET,),
    )
    yield sample("word signature", lambda: with_picture("Hoogachtend,", png(corpus_pdf.ink(3))), K.SIGNATURE)
    yield sample("word logo", lambda: with_picture("Gemeente Voorbeeld", png(corpus_pdf.logo())))
    yield sample("word photo with its place", lambda: with_picture("Het plein", jpeg_with_place()), K.EXIF)
    # Excel.
    yield sample("excel", book)
    yield sample("excel hidden sheet", of(book, hidden_sheet), K.HIDDEN_SHEET, critical=(K.HIDDEN_SHEET,))
    yield sample(
        "excel very hidden sheet",
        of(book, functools.partial(hidden_sheet, very=True)),
        K.HIDDEN_SHEET,
        critical=(K.HIDDEN_SHEET,),
    )
    yield sample("excel empty hidden sheet", of(book, functools.partial(hidden_sheet, said="")))
    yield sample(
        "excel hidden row",
        of(book, lambda _, sheet: sheet.set_row(2, None, None, {"hidden": True})),
        K.HIDDEN_ROW,
        critical=(K.HIDDEN_ROW,),
    )
    yield sample(
        "excel hidden column",
        of(book, lambda _, sheet: sheet.set_column(1, 1, None, None, {"hidden": True})),
        K.HIDDEN_ROW,
        critical=(K.HIDDEN_ROW,),
    )
    yield sample(
        "excel empty hidden column", of(book, lambda _, sheet: sheet.set_column(7, 9, None, None, {"hidden": True}))
    )
    yield sample(
        "excel comment", of(book, lambda _, sheet: sheet.write_comment(1, 1, "Klopt dit?", {"author": ""})), K.COMMENT
    )
    yield sample("excel bsn column", of(book, bsn_sheet), K.BSN, K.BSN, critical=(K.BSN,))
    yield sample("excel order numbers", of(book, order_sheet))
    yield sample(
        "excel author",
        of(book, lambda workbook, _: workbook.set_properties({"author": "Karin de Boer"})),
        K.METADATA,
        K.METADATA,
    )
    yield sample(
        "excel text box", of(book, lambda _, sheet: sheet.insert_textbox(5, 1, PERSONAL)), K.BSN, critical=(K.BSN,)
    )
    yield sample("excel footer", of(book, lambda _, sheet: sheet.set_footer("&Lj.jansen@gmail.com")), K.EMAIL)
    yield sample(
        "excel hidden name",
        of(book, lambda workbook, _: workbook.define_name("geheim", '="verborgen j.jansen@gmail.com"')),
        K.EMAIL,
        critical=(K.EMAIL,),
    )
    pivot = '<pivotCacheRecords xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><r><s v="Jansen"/><s v="j.jansen@gmail.com"/></r></pivotCacheRecords>'
    yield sample(
        "excel pivot",
        lambda: replaced(book(), {"xl/pivotCache/pivotCacheRecords1.xml": pivot}),
        K.HIDDEN_SHEET,
        K.EMAIL,
        critical=(K.HIDDEN_SHEET, K.EMAIL),
    )
    # Text.
    yield sample("csv with bsn", of(csv, "naam;bsn", "a;111222333", "b;123456782"), K.BSN, K.BSN, critical=(K.BSN,))
    yield sample(
        "csv with order numbers", of(csv, "ordernummer;bedrag", "111222333;10", "123456782;20", "123456789;30")
    )
    yield sample(
        "csv with dates of birth",
        of(csv, "geboortedatum;plaats", "1970-01-02;Losser", "1971-02-03;Losser"),
        K.BIRTHDATE,
        K.BIRTHDATE,
    )
    yield sample("csv with names", of(csv, "voornaam;achternaam", "Karin;Oortjes", "Piet;Bakker"), *[K.NAME] * 4)
    yield sample("json", lambda: b'{"bsn": "111222333", "order": 123456782}', K.BSN, either=(K.BSN,), critical=(K.BSN,))
    yield sample("xml", lambda: b"<?xml version='1.0'?><lijst><bsn>111222333</bsn></lijst>", K.BSN, critical=(K.BSN,))
    # OpenDocument.
    hidden_style = (
        '<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>'
    )
    white = '<style:style style:name="T1" style:family="text"><style:text-properties fo:color="#ffffff"/></style:style>'
    span = '<text:p>Tekst <text:span text:style-name="T1">niemand ziet dit</text:span></text:p>'
    yield sample("odt", of(odt, ""))
    yield sample("odt hidden", of(odt, span, styles=hidden_style), K.HIDDEN_TEXT, critical=(K.HIDDEN_TEXT,))
    yield sample("odt white", of(odt, span, styles=white), K.HIDDEN_TEXT, critical=(K.HIDDEN_TEXT,))
    deletion = "<text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>x</dc:creator></office:change-info><text:p>een oude zin</text:p></text:deletion></text:changed-region></text:tracked-changes>"
    yield sample("odt deleted", of(odt, deletion), K.TRACKED_CHANGE, critical=(K.TRACKED_CHANGE,))
    yield sample(
        "odt comment",
        of(odt, "<text:p>Tekst<office:annotation><text:p>Klopt dit?</text:p></office:annotation></text:p>"),
        K.COMMENT,
    )
    yield sample(
        "odt author", of(odt, "", meta="<meta:initial-creator>Karin de Boer</meta:initial-creator>"), K.METADATA
    )
    yield sample(
        "odt with a password",
        of(
            odt,
            "",
            **{"META-INF/manifest.xml": f"<manifest:manifest {ODF}><manifest:encryption-data/></manifest:manifest>"},
        ),
        K.UNREADABLE,
    )
    yield sample("ods", of(ods, row("Post", "Bedrag") + row("Wegen", "veel")))
    yield sample("ods from us", lambda: sheets.write_ods([sheets.Table("Blad", ["Post", "Bedrag"], [["Wegen", 12]])]))
    yield sample(
        "ods hidden row",
        of(ods, row("Post", "Bedrag") + row("Geheim", "veel", more='table:visibility="collapse"')),
        K.HIDDEN_ROW,
        critical=(K.HIDDEN_ROW,),
    )
    off = '<style:style style:name="ta1" style:family="table"><style:table-properties table:display="false"/></style:style>'
    yield sample(
        "ods hidden sheet",
        of(ods, row("Geheim", "veel"), table='table:style-name="ta1"', styles=off),
        K.HIDDEN_SHEET,
        critical=(K.HIDDEN_SHEET,),
    )
    yield sample("ods bsn column", of(ods, row("Zaak", "BSN") + row("a", "111222333")), K.BSN, critical=(K.BSN,))
    odp_off = '<style:style style:name="dp1" style:family="drawing-page"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    odp = '<office:presentation><draw:page draw:name="1"><draw:frame><draw:text-box><text:p>Welkom allemaal</text:p></draw:text-box></draw:frame></draw:page><draw:page draw:name="2" {}><draw:frame><draw:text-box><text:p>Deze dia niet</text:p></draw:text-box></draw:frame></draw:page></office:presentation>'
    yield sample("odp", of(odf, "presentation", odp.format("")))
    yield sample(
        "odp hidden slide",
        of(odf, "presentation", odp.format('draw:style-name="dp1"'), styles=odp_off),
        K.HIDDEN_SHEET,
        critical=(K.HIDDEN_SHEET,),
    )
    # PowerPoint.
    yield sample("slides", of(slides, "Welkom", "Begroting"))
    yield sample(
        "slides hidden", of(slides, "Welkom", "Deze dia niet", hidden=2), K.HIDDEN_SHEET, critical=(K.HIDDEN_SHEET,)
    )
    yield sample("slides notes", of(slides, "Welkom", notes="Niet vergeten te zeggen"), K.COMMENT)
    yield sample("slides bsn", of(slides, PERSONAL), K.BSN, critical=(K.BSN,))
    # What is drawn, and what stands behind text.
    for name, kind, make in (("ppt", "slides", of(slides, "Welkom")), ("word", "word", word)):
        for part_name, content in {
            f"{name}/diagrams/data1.xml": DIAGRAM,
            f"{name}/charts/chart1.xml": CHART,
            f"{name}/_rels/more.xml.rels": OUTSIDE,
        }.items():
            changed_parts = {part_name: content}
            yield sample(
                f"{kind} with {part_name}",
                lambda make=make, parts=changed_parts: replaced(make(), parts),
                K.BSN,
                critical=(K.BSN,),
            )
    layout = f"<p:sldLayout {P}><a:p><a:r><a:t>{{}}</a:t></a:r></a:p></p:sldLayout>"
    model = "ppt/slideLayouts/slideLayout1.xml"
    yield sample(
        "slides model", lambda: replaced(slides("Welkom"), {model: layout.format(PERSONAL)}), K.BSN, critical=(K.BSN,)
    )
    honest = layout.format("Klik om de stijl te bewerken")
    yield sample("slides model, honest", lambda: replaced(slides("Welkom"), {model: honest}))
    picture = f'<p:sld {P}><p:pic><p:nvPicPr><p:cNvPr id="1" name="x" descr="{PERSONAL}"/></p:nvPicPr></p:pic></p:sld>'
    yield sample(
        "slides picture with words",
        lambda: replaced(slides("Welkom"), {"ppt/slides/slide1.xml": picture}),
        K.BSN,
        critical=(K.BSN,),
    )
    variable = f'<w:settings {W}><w:docVars><w:docVar w:name="bsn" w:val="111222333"/></w:docVars></w:settings>'
    yield sample("word variable", lambda: replaced(word(), {"word/settings.xml": variable}), K.BSN, critical=(K.BSN,))
    control = f'<w:sdt {W}><w:sdtPr><w:alias w:val="{PERSONAL}"/></w:sdtPr><w:sdtContent/></w:sdt>'
    yield sample(
        "word control",
        of(word, lambda document: document.element.body.insert(0, parse_xml(control))),
        K.BSN,
        critical=(K.BSN,),
    )
    field = "<w:textInput><w:default w:val='{}'/></w:textInput>", "<w:ddList><w:listEntry w:val='{}'/></w:ddList>"
    for name, inside in zip(("first value", "choices"), field, strict=True):
        old_field = f"<w:r {W}><w:fldChar w:fldCharType='begin'><w:ffData>{inside.format(PERSONAL)}</w:ffData></w:fldChar></w:r>"
        yield sample(
            f"word old field with a {name}",
            of(word, lambda document, field=old_field: document.add_paragraph()._p.append(parse_xml(field))),
            K.BSN,
            critical=(K.BSN,),
        )
    source = f'<w:settings {W}><w:mailMerge><w:connectString w:val="Source=C:\\Users\\kboer\\namen.xlsx"/><w:query w:val="WHERE bsn = 111222333"/></w:mailMerge></w:settings>'
    yield sample(
        "word letter to many",
        lambda: replaced(word(), {"word/settings.xml": source}),
        K.BSN,
        K.METADATA,
        critical=(K.BSN,),
    )
    yield sample("word template of a user", lambda: replaced(word(), {TEMPLATE_LINK: TEMPLATE}), K.METADATA)
    yield sample("word workers", lambda: replaced(word(), {"word/people.xml": PEOPLE}), K.METADATA)
    yield sample("slides workers", lambda: replaced(slides("Welkom"), {CHANGES_PART: CHANGES}), K.METADATA)
    tagged = f'<p:tagLst {P}><p:tag name="ZAAK" val="{PERSONAL}"/></p:tagLst>'
    yield sample(
        "slides tag", lambda: replaced(slides("Welkom"), {"ppt/tags/tag1.xml": tagged}), K.BSN, critical=(K.BSN,)
    )
    choices = {"validate": "list", "source": ["Losser", PERSONAL]}
    yield sample(
        "excel choices", of(book, lambda _, sheet: sheet.data_validation(9, 0, 9, 0, choices)), K.BSN, critical=(K.BSN,)
    )
    simple = f'<w:fldSimple {W} w:instr="HYPERLINK &quot;https://zaak.example/?bsn=111222333&quot;"><w:r><w:t>Zaak</w:t></w:r></w:fldSimple>'
    yield sample(
        "word simple field",
        of(word, lambda document: document.add_paragraph()._p.append(parse_xml(simple))),
        K.BSN,
        critical=(K.BSN,),
    )
    sheet_part = "xl/worksheets/sheet1.xml"
    scenario = f'</sheetData><scenarios><scenario name="A" user="Karin de Boer" comment="{PERSONAL}"/></scenarios>'
    yield sample(
        "excel scenario",
        lambda: replaced(book(), {sheet_part: part(book(), sheet_part).replace("</sheetData>", scenario)}),
        K.BSN,
        K.METADATA,
        critical=(K.BSN,),
    )
    helped = {"validate": "any", "input_title": "Vraag", "input_message": "Bel j.jansen@gmail.com"}
    yield sample(
        "excel help with a cell", of(book, lambda _, sheet: sheet.data_validation(9, 0, 9, 0, helped)), K.EMAIL
    )
    yield sample(
        "excel text in a formula",
        of(book, lambda _, sheet: sheet.write_formula(9, 0, f'=IF(B2>0,"ja","{PERSONAL}")', None, "ja")),
        K.BSN,
        critical=(K.BSN,),
    )
    yield sample(
        "excel formula", of(book, lambda _, sheet: sheet.write_formula(9, 0, '=IF(B2>0,"ja","nee")', None, "ja"))
    )
    link = '<connections><connection description="BSN 111222333"><dbPr connection="Server=zaken;User ID=kboer"/></connection></connections>'
    yield sample(
        "excel data from elsewhere",
        lambda: replaced(book(), {"xl/connections.xml": link}),
        K.BSN,
        K.METADATA,
        critical=(K.BSN,),
    )
    yield sample("excel chart", of(book, charted("Wegen", PERSONAL)), K.BSN, critical=(K.BSN,))
    yield sample("excel chart of order numbers", of(book, charted("111222333")))
    yield sample(
        "excel sheet name", of(book, lambda workbook, _: workbook.add_worksheet(PERSONAL)), K.BSN, critical=(K.BSN,)
    )
    yield sample(
        "excel link that a cell says",
        of(book, lambda _, sheet: sheet.write_url(9, 0, "mailto:j.jansen@gmail.com")),
        K.EMAIL,
    )
    described = (
        f"<text:p><draw:frame><svg:title>{PERSONAL}</svg:title><svg:desc>{PERSONAL}</svg:desc></draw:frame></text:p>"
    )
    yield sample("odt picture with words", of(odt, described), K.BSN, critical=(K.BSN,))
    choice = f"<text:p><text:drop-down><text:label text:value='{PERSONAL}'/>Losser</text:drop-down></text:p>"
    yield sample("odt choices", of(odt, choice), K.BSN, critical=(K.BSN,))
    for name, inside in (
        (
            "user field",
            f"<text:user-field-decls><text:user-field-decl office:string-value='{PERSONAL}'/></text:user-field-decls>",
        ),
        ("variable", f"<text:p><text:variable-set office:string-value='{PERSONAL}'/></text:p>"),
        ("text on a condition", f"<text:p><text:conditional-text text:string-value-if-true='{PERSONAL}'/></text:p>"),
        ("placeholder", f"<text:p><text:placeholder text:description='{PERSONAL}'>Naam</text:placeholder></text:p>"),
    ):
        yield sample(f"odt {name}", of(odt, inside), K.BSN, critical=(K.BSN,))
    formula = f"<table:table-row><table:table-cell table:formula='of:=IF(1;&quot;ja&quot;;&quot;{PERSONAL}&quot;)' office:value-type='string'><text:p>ja</text:p></table:table-cell></table:table-row>"
    yield sample("ods text in a formula", of(ods, formula), K.BSN, critical=(K.BSN,))
    named = f"<table:named-expressions><table:named-expression table:name='a' table:expression='&quot;{PERSONAL}&quot;'/></table:named-expressions>"
    pivot_member = (
        f"<table:data-pilot-tables><table:data-pilot-member table:name='{PERSONAL}'/></table:data-pilot-tables>"
    )
    for name, kept in (("name", named), ("pivot", pivot_member)):
        body = (
            f"<office:spreadsheet><table:table table:name='Blad1'>{row('a')}</table:table>{kept}</office:spreadsheet>"
        )
        yield sample(f"ods {name}", of(odf, "spreadsheet", body), K.BSN, critical=(K.BSN,))
    answer = f"<office:forms><form:text xmlns:form='urn:oasis:names:tc:opendocument:xmlns:form:1.0' form:current-value='{PERSONAL}'/></office:forms>"
    yield sample("odt form", of(odt, answer), K.BSN, critical=(K.BSN,))
    listed = f"<table:content-validations><table:content-validation table:condition='cell-content-is-in-list(&quot;Losser&quot;;&quot;{PERSONAL}&quot;)'/></table:content-validations>"
    yield sample(
        "ods choices",
        of(
            odf,
            "spreadsheet",
            f"<office:spreadsheet>{listed}<table:table table:name='Blad1'>{row('a')}</table:table></office:spreadsheet>",
        ),
        K.BSN,
        critical=(K.BSN,),
    )
    yield sample(
        "odt link",
        of(
            odt,
            '<text:p><text:a xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://zaak.example/?bsn=111222333">Zaak</text:a></text:p>',
        ),
        K.BSN,
        critical=(K.BSN,),
    )
    # Web pages.
    yield sample("html", of(html, ""))
    yield sample("html comment", of(html, "<!-- Nog vragen aan de afdeling -->"), K.COMMENT)
    yield sample("html comment with bsn", of(html, f"<!-- {PERSONAL} -->"), K.COMMENT, K.BSN, critical=(K.BSN,))
    yield sample("html comment of a program", of(html, "<!--[if lt IE 9]><p>oud</p><![endif]--><!-- end main -->"))
    yield sample(
        "html hidden",
        of(html, "<div style='display:none'>niemand ziet dit</div>"),
        K.HIDDEN_TEXT,
        critical=(K.HIDDEN_TEXT,),
    )
    yield sample(
        "html hidden attribute", of(html, "<p hidden>niemand ziet dit</p>"), K.HIDDEN_TEXT, critical=(K.HIDDEN_TEXT,)
    )
    yield sample(
        "html white", of(html, "<p style='color:#fff'>niemand ziet dit</p>"), K.HIDDEN_TEXT, critical=(K.HIDDEN_TEXT,)
    )
    yield sample("html white on dark", of(html, "<p style='background:#123;color:#fff'>iedereen ziet dit</p>"))
    yield sample("html author", of(html, "", "<meta name='author' content='Karin de Boer'>"), K.METADATA)
    yield sample("html script", of(html, "<script>alert(1)</script>"), K.MACRO)
    yield sample("html field", of(html, "<form><input name='naam' value='een waarde'></form>"), K.FORM_FIELD)
    yield sample("html bsn", lambda: as_html(PERSONAL), K.BSN, critical=(K.BSN,))
    yield sample("html without scripts", of(html, f"<noscript><p>{PERSONAL}</p></noscript>"), K.BSN, critical=(K.BSN,))
    yield sample("html without scripts, honest", of(html, "<noscript><p>Zet JavaScript aan.</p></noscript>"))
    in_attributes = {
        "placeholder": f"<input placeholder='{PERSONAL}'>",
        "value": f"<select><option value='{PERSONAL}'>Keuze</option></select>",
        "button": f"<input type='submit' value='{PERSONAL}'>",
        "srcdoc": f"<iframe srcdoc='&lt;p&gt;{PERSONAL}&lt;/p&gt;'></iframe>",
        "data": "<p data-bsn='111222333'>Tekst</p>",
        "longdesc": f"<img longdesc='{PERSONAL}'>",
        "onclick": f"<p onclick='toon(\"{PERSONAL}\")'>Tekst</p>",
        "style": f"<style>/* {PERSONAL} */</style>",
        "link": "<a href='https://zaak.example/?bsn=111222333'>Zaak</a>",
        "mail": "<a href='mailto:zaak@example.nl?subject=BSN%20111222333'>Zaak</a>",
        "remark of a program": f"<!-- # {PERSONAL} -->",
    }
    for place, body in in_attributes.items():
        yield sample(f"html bsn in {place}", of(html, body), K.BSN, critical=(K.BSN,), either=(K.EMAIL,))
    yield sample(
        "html bsn before the page",
        lambda: f"<!-- {PERSONAL} -->".encode() + html(""),
        K.COMMENT,
        K.BSN,
        critical=(K.BSN,),
    )
    yield sample(
        "html attributes of a program",
        lambda: (
            b'<?xml version="1.0"?>'
            + html(
                "<!-- saved from url=(0014)about:internet --><a class='x 111222333' data-v-123456782 "
                "href='https://www.losser.nl/2024/123456782/bijlage?id=123456782&amp;p=2'>Bijlage</a>"
                "<img alt='' src='data:image/png;base64,0612345678' srcset='a-480w.jpg 480w, b.jpg 2x'>"
                "<svg viewBox='0 0 123456782 1'><path d='M 123456782 12-AB-34'/></svg>",
                "<style>@font-face{src:url(data:font/woff;base64,0612345678)} p{z-index:111222333;color:#111222}</style>",
            )
        ),
    )
    # Rich text.
    yield sample("rtf", lambda: rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 Het college besluit.\par}")
    apart = rb"{\rtf1{\*\userprops{\propname A}{\staticval j.jansen@ziggo.nl}}Tekst}"
    yield sample("rtf with parts that are not shown", lambda: apart)
    yield sample(
        "rtf hidden",
        lambda: rb"{\rtf1\ansi Zichtbaar {\v niemand ziet dit} weer zichtbaar}",
        K.HIDDEN_TEXT,
        critical=(K.HIDDEN_TEXT,),
    )
    yield sample("rtf author", lambda: rb"{\rtf1\ansi{\info{\author Karin de Boer}}Tekst}", K.METADATA)
    yield sample("rtf bsn", lambda: rb"{\rtf1\ansi BSN: 111222333\par}", K.BSN, critical=(K.BSN,))
    # Images.
    yield sample("jpeg with its place", jpeg_with_place, K.EXIF, K.NO_TEXT_LAYER)
    yield sample("jpeg", plain_jpeg, K.NO_TEXT_LAYER)
    yield sample("png", lambda: png(corpus_pdf.logo()), K.NO_TEXT_LAYER)
    # Archives and what cannot be read.
    yield sample("zip", lambda: zipped({"brief.txt": SENTENCE, "map/brief.docx": as_docx(SENTENCE)}))
    yield sample("zip with bsn", lambda: zipped({"brief.docx": as_docx(PERSONAL)}), K.BSN, critical=(K.BSN,))
    for name in (f"{PERSONAL} mevrouw.txt", "BSN_111222333_mevrouw.txt", f"{PERSONAL}/brief.txt", "BSN/111222333.txt"):
        yield sample(f"zip with {name}", of(zipped, {name: SENTENCE}), K.BSN, critical=(K.BSN,))
    yield sample("zip with an author", lambda: zipped({"brief.docx": author("Karin de Boer")}), K.METADATA)
    yield sample(
        "zip in a zip with a photo",
        lambda: zipped({"a.zip": zipped({"b.jpg": jpeg_with_place()})}),
        K.EXIF,
        K.NO_TEXT_LAYER,
    )
    yield sample(
        "zip with an empty folder",
        lambda: zipped({f"{PERSONAL}/": "", "brief.txt": SENTENCE}),
        K.BSN,
        critical=(K.BSN,),
    )
    yield sample("zip with remarks", zip_with_remarks, K.BSN, K.EMAIL, critical=(K.BSN, K.EMAIL))
    numbers = ("zaak_111222333.pdf", "2024_111222333/besluit 123456782.pdf", "2024-12-3456.pdf", "W12.34.56_v2.pdf")
    yield sample("zip with numbers in names", of(zipped, {name.replace("pdf", "txt"): SENTENCE for name in numbers}))
    yield sample(
        "zip in a zip in a zip in a zip in a zip",
        lambda: functools.reduce(lambda data, _: zipped({"a.zip": data}), range(5), zipped({"a.txt": "a"})),
        K.UNREADABLE,
    )
    yield Sample("file zip bomb", bomb, {K.UNREADABLE: 1}, is_large=True)
    yield sample("zip with a password", locked_zip, K.UNREADABLE)
    yield sample("7z", lambda: b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(50), K.UNREADABLE)
    yield sample("empty", lambda: b"", K.UNREADABLE)
    yield sample("noise", lambda: bytes(range(256)) * 20, K.UNREADABLE)
    yield sample("broken word", lambda: word()[:3000], K.UNREADABLE)
    yield sample("word without its text", lambda: replaced(word(), {"word/document.xml": "geen xml"}), K.UNREADABLE)
    yield sample("broken excel", lambda: replaced(book(), {"xl/workbook.xml": "<geen"}), K.UNREADABLE)
    yield sample("broken image", lambda: plain_jpeg()[:200], K.UNREADABLE)
