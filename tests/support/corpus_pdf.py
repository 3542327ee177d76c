"""PDF files with something that nobody sees or that hangs on them, and honest ones that look like it."""

import functools
import io
import random
from collections.abc import Callable, Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw, ImageFont

from support.corpus import Sample
from support.corpus_text import as_pdf
from woo.inspection.model import Kind

A4 = (595, 842)
SENTENCE = "Het college besluit de vergunning te verlenen."
BSN = "BSN 111222333"


def new(*contents: str, **resources: pikepdf.Object) -> pikepdf.Pdf:
    """A PDF with a page for each content stream, with what a reader needs: tags, a title and a language."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    for content in contents:
        pdf.add_blank_page(page_size=A4)
        page = pdf.pages[-1]
        page.Resources = Dictionary(Font=Dictionary(F=font), **resources)
        page.Contents = pdf.make_stream(content.encode("cp1252"))
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    pdf.Root.Lang = "nl-NL"
    pdf.docinfo["/Title"] = "Besluit"
    return pdf


def written(pdf: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id="encryption" not in options, **options)
    return out.getvalue()


def text(said: str, x: float = 60, y: float = 700, size: float = 11) -> str:
    escaped = said.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F {size} Tf {x} {y} Td ({escaped}) Tj ET\n"


def page(content: str, **resources: pikepdf.Object) -> bytes:
    return written(new(text(SENTENCE) + content, **resources))


# --- pictures ----------------------------------------------------------------------------------------------------------


def ink(seed: int, colour: str = "#1a237e", size: tuple[int, int] = (360, 120)) -> Image.Image:
    """A scribble of a pen on white."""
    die = random.Random(seed)
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    points = [
        (20 + step * (size[0] - 40) / 14, size[1] * (0.5 + 0.38 * (1 if step % 2 else -1) * die.random()))
        for step in range(15)
    ]
    draw.line(points, fill=colour, width=4, joint="curve")
    draw.line([(30, size[1] * 0.8), (size[0] - 60, size[1] * 0.62)], fill=colour, width=3)
    return image


def logo() -> Image.Image:
    """A name in letters with a block beside it."""
    image = Image.new("RGB", (360, 120), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((10, 20, 90, 100), fill="#00695c")
    draw.text((110, 40), "Gemeente Voorbeeld", fill="#00695c", font=ImageFont.load_default(26))
    return image


def photo(size: tuple[int, int] = (600, 420)) -> Image.Image:
    """Something of all colours."""
    image = Image.effect_mandelbrot(size, (-2.0, -1.2, 1.0, 1.2), 80).convert("RGB")
    return Image.blend(image, Image.linear_gradient("L").resize(size).convert("RGB"), 0.5)


def scan(said: str = SENTENCE) -> Image.Image:
    """A page as a scanner sees it."""
    image = Image.new("L", (1190, 1684), 250)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(22)
    for line in range(30):
        draw.text((120, 240 + line * 40), said, fill=30, font=font)
    return image.convert("RGB")


def placed(pdf: pikepdf.Pdf, image: Image.Image, name: str = "I", *, jpeg: bytes | None = None) -> None:
    """Hang an image under a name in the resources of the first page."""
    if jpeg is None:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=85)
        jpeg = out.getvalue()
    stream = pdf.make_stream(
        jpeg, Type=Name.XObject, Subtype=Name.Image, Width=image.width, Height=image.height, ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8, Filter=Name.DCTDecode,
    )  # fmt: skip
    resources = pdf.pages[0].Resources
    if "/XObject" not in resources:
        resources.XObject = Dictionary()
    resources.XObject[f"/{name}"] = stream


def with_image(content: str, image: Image.Image, *, jpeg: bytes | None = None) -> bytes:
    pdf = new(content)
    placed(pdf, image, jpeg=jpeg)
    return written(pdf)


def drawn(x: float, y: float, width: float, height: float, name: str = "I") -> str:
    return f"q {width} 0 0 {height} {x} {y} cm /{name} Do Q\n"


def ocr(said: str = SENTENCE, mode: str = "3 Tr") -> str:
    """The layer of text that recognition puts over a scan, line by line where the ink is."""
    lines = "".join(f"1 0 0 1 60 {842 - 136 - line * 20} Tm ({said}) Tj\n" for line in range(30))
    return f"BT {mode} /F 11.5 Tf {lines}ET\n"


def on_scan(before: str, after: str, said: str = SENTENCE) -> bytes:
    return with_image(before + drawn(0, 0, *A4) + after, scan(said))


# --- what hangs on it ----------------------------------------------------------------------------------------------------


def layer(*, is_on: bool) -> bytes:
    pdf = new(text(SENTENCE) + "/OC /L BDC " + text("Dit staat in een laag", y=600) + " EMC")
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="laag"))
    off = Array([]) if is_on else Array([group])
    pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary(OFF=off, Order=Array([group])))
    pdf.pages[0].Resources.Properties = Dictionary(L=group)
    return written(pdf)


def annotated(kind: str, said: str = "", **more: object) -> bytes:
    pdf = new(text(SENTENCE))
    facts = {"Type": Name.Annot, "Subtype": Name(f"/{kind}"), "Rect": Array([60, 600, 160, 620]), **more}
    annotation = Dictionary(**facts)
    if said:
        annotation.Contents = said
    pdf.pages[0].Annots = Array([pdf.make_indirect(annotation)])
    return written(pdf)


def attached(content: bytes, how: str, name: str = "bijlage.txt") -> bytes:
    pdf = new(text(SENTENCE))
    if how == "names":
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, content, filename=name)
        return written(pdf)
    stream = pdf.make_stream(content, Type=Name.EmbeddedFile)
    spec = pdf.make_indirect(Dictionary(Type=Name.Filespec, F="bijlage.txt", UF="bijlage.txt", EF=Dictionary(F=stream)))
    if how == "af":
        pdf.Root.AF = Array([spec])
    else:
        pdf.pages[0].Annots = Array(
            [
                pdf.make_indirect(
                    Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([9, 9, 20, 20]), FS=spec)
                )
            ]
        )
    return written(pdf)


def beside(place: str, said: str) -> bytes:
    """A text that does not stand on the page, but for the name in it: in a bookmark, a layer or a tag."""
    pdf = new(text(SENTENCE) + text("Aan mevrouw K. de Boer" if "Boer" in said else "Bijlagen", y=600))
    if place == "bookmark":
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(said, 0))
    elif place == "layer":
        drawn_in = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=said))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([drawn_in]), D=Dictionary())
    else:
        tag = Dictionary(Type=Name.StructElem, S=Name.Figure, P=pdf.Root.StructTreeRoot, **{place: said})
        pdf.Root.StructTreeRoot.K = pdf.make_indirect(tag)
    return written(pdf)


def xml_form() -> bytes:
    """A form of which the answers stand in XML (XFA), in one piece."""
    pdf = new(text(SENTENCE))
    answers = f"<xdp:xdp><xfa:datasets><xfa:data><veld>{BSN}</veld></xfa:data></xfa:datasets></xdp:xdp>"
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(answers.encode()))
    return written(pdf)


def form(value: str, kind: str = "Tx", **more: object) -> bytes:
    pdf = new(text(SENTENCE))
    field = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name(f"/{kind}"), T="naam", Rect=Array([60, 600, 260, 620]), **more
    )
    if kind == "Sig":
        field.V = Dictionary(Type=Name.Sig, Name=value, ByteRange=Array([0, 1, 2, 3]), Contents=b"\0")
    elif value:
        field.V = value
    field = pdf.make_indirect(field)
    pdf.pages[0].Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
    return written(pdf)


def saved_again(before: str, after: str) -> bytes:
    """An incremental save (ISO 32000-2, 7.5.6): another content stream for the page, added at the end."""
    pdf = new(before)
    first = written(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    with pikepdf.open(io.BytesIO(first)) as opened:
        number = opened.pages[0].Contents.objgen[0]
        size, root, info = int(opened.trailer.Size), opened.trailer.Root.objgen[0], opened.trailer.Info.objgen[0]
    content = after.encode("cp1252")
    at = len(first)
    added = b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (number, len(content), content)
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, at)
    start = first.rindex(b"startxref")
    previous = int(first[start:].split()[1])
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        root,
        info,
        previous,
        at + len(added),
    )
    return first + added + table + trailer


def scripted(key: str) -> bytes:
    pdf = new(text(SENTENCE))
    action = Dictionary(S=Name.JavaScript, JS="app.alert('hallo')")
    if key == "open":
        pdf.Root.OpenAction = action
    else:
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["a", pdf.make_indirect(action)])))
    return written(pdf)


def with_properties(**facts: str) -> bytes:
    pdf = new(text(SENTENCE))
    for key, value in facts.items():
        pdf.docinfo[f"/{key}"] = value
    return written(pdf)


def with_xmp(creator: str) -> bytes:
    pdf = new(text(SENTENCE))
    with pdf.open_metadata(set_pikepdf_as_editor=False) as xmp:
        xmp["dc:creator"] = [creator]
        xmp["dc:title"] = "Besluit"
    return written(pdf)


def untagged(*missing: str) -> bytes:
    pdf = new(text(SENTENCE))
    for key in missing:
        del pdf.Root[key]
    return written(pdf)


def photo_with_place() -> bytes:
    image = photo((300, 200))
    exif = image.getexif()
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 15.0, 40.0)})
    exif[0x0110] = "Telefoon"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return with_image(text(SENTENCE) + drawn(60, 300, 300, 200), image, jpeg=out.getvalue())


def many_pages(count: int) -> bytes:
    return written(new(*(text(f"{SENTENCE} Pagina {number}") for number in range(count))))


def encrypted() -> bytes:
    return written(new(text(SENTENCE)), encryption=pikepdf.Encryption(owner="baas", user="geheim"))


def restricted() -> bytes:
    return written(new(text(SENTENCE)), encryption=pikepdf.Encryption(owner="baas", user=""))


H, CRITICAL = Kind.HIDDEN_TEXT, frozenset({Kind.HIDDEN_TEXT})
BOX = "0 g 55 594 300 18 re f\n"
GREY = "0.35 0.35 0.35 rg 55 594 300 18 re f\n"
SECRET = text("Dit mag niemand lezen", y=600)
LETTER = "\n".join(
    f"Regel {number} van een brief aan de raad over de begroting van volgend jaar." for number in range(35)
)


def samples() -> Iterator[Sample]:  # noqa: PLR0915 - a list, one entry a line
    def sample(
        name: str,
        make: Callable[[], bytes],
        *kinds: Kind,
        critical: bool = False,
        either: frozenset[Kind] = frozenset(),
    ) -> Sample:
        counted = {kind: kinds.count(kind) for kind in kinds}
        return Sample(f"pdf {name}", make, counted, frozenset(kinds) if critical else frozenset(), either)

    def of(function: Callable[..., bytes], *args: object, **kwargs: object) -> Callable[[], bytes]:
        return functools.partial(function, *args, **kwargs)

    # Text that nobody sees.
    yield sample("text under a black box", of(page, SECRET + BOX), H, critical=True)
    yield sample("text under a grey box", of(page, SECRET + GREY), H, critical=True)
    yield sample("text under a white box", of(page, SECRET + "1 g 55 594 300 18 re f\n"), H, critical=True)
    yield sample("part of a line under a box", of(page, SECRET + "0 g 90 594 60 18 re f\n"), H, critical=True)
    yield sample("white on white", of(page, f"1 g {SECRET} 0 g"), H, critical=True)
    yield sample("nearly white on white", of(page, f"0.98 0.98 0.98 rg {SECRET} 0 g"), H, critical=True)
    yield sample("black on black", of(page, f"0 g 55 594 300 18 re f {SECRET}"), H, critical=True)
    yield sample("tiny", of(page, text("Dit is veel te klein om te lezen", y=600, size=1)), H, critical=True)
    yield sample(
        "tiny by its matrix",
        of(page, "q 0.1 0 0 0.1 60 600 cm " + text("Dit is veel te klein", x=0, y=0, size=12) + "Q"),
        H,
        critical=True,
    )
    yield sample("outside the page", of(page, text("Buiten beeld gezet", x=700)), H, critical=True)
    yield sample("below the page", of(page, text("Onder de rand gezet", y=-40)), H, critical=True)
    yield sample("no ink", of(page, f"3 Tr {SECRET}"), H, critical=True)
    yield sample(
        "fully transparent",
        of(page, f"/G gs {SECRET}", ExtGState=Dictionary(G=Dictionary(ca=0, CA=0))),
        H,
        critical=True,
    )
    yield sample("clipped away", of(page, f"q 0 0 10 10 re W n {SECRET} Q"), H, critical=True)
    yield sample("in a layer that is off", of(layer, is_on=False), H, critical=True)
    yield sample("in a form under a box", of(in_form, SECRET + BOX), H, critical=True)
    yield sample(
        "behind an image", of(with_image, text(SENTENCE) + SECRET + drawn(50, 580, 330, 40), photo()), H, critical=True
    )
    yield sample(
        "behind a logo", of(with_image, text(SENTENCE) + SECRET + drawn(50, 560, 330, 80), logo()), H, critical=True
    )
    yield sample("box over a scan with its text", of(on_scan, "", ocr() + "0 g 55 600 500 60 re f\n"), H, critical=True)
    yield sample("white box over a scan", of(on_scan, "", ocr() + "1 g 55 600 500 60 re f\n"), H, critical=True)
    yield sample("on a turned page", of(turned, text(SENTENCE) + SECRET + BOX), H, critical=True)
    yield sample("on a page that is cut off", of(cut, text(SENTENCE) + SECRET + BOX), H, critical=True)
    # Honest pages.
    yield sample("white on a dark bar", of(page, f"0.1 0.2 0.5 rg 55 594 300 18 re f 1 g {SECRET}"))
    yield sample("black on a yellow bar", of(page, f"1 0.9 0.2 rg 55 594 300 18 re f 0 g {SECRET}"))
    yield sample("grey letters", of(page, f"0.75 g {SECRET} 0 g"))
    yield sample("yellow letters", of(page, f"1 1 0 rg {SECRET} 0 g"))
    yield sample("small print", of(page, text("Dit zijn de kleine lettertjes", y=600, size=5)))
    yield sample(
        "text on a photo",
        of(
            with_image,
            text(SENTENCE, y=500) + drawn(50, 560, 400, 280) + "1 g " + text("Foto van het plein", y=600),
            photo(),
        ),
    )
    yield sample("layer that is on", of(layer, is_on=True))
    yield sample("scan with its text", of(on_scan, "", ocr()))
    yield sample("scan with its text behind", of(on_scan, ocr(mode="0 Tr"), ""))
    yield sample(
        "table with coloured headings",
        of(
            page,
            "".join(
                f"0.2 0.3 0.6 rg {60 + i * 90} 594 85 18 re f 1 g {text('Kolom', 64 + i * 90, 600)}" for i in range(4)
            ),
        ),
    )
    yield sample("turned", of(turned, text(SENTENCE)))
    yield sample("cut off", of(cut, text(SENTENCE)))
    yield sample("outlines of letters", of(page, f"1 Tr {SECRET}"))
    yield sample("watermark", of(page, "0.93 g BT /F 60 Tf 0.7 0.7 -0.7 0.7 150 250 Tm (CONCEPT) Tj ET 0 g"))
    yield sample("letter", of(as_pdf, LETTER))
    # What hangs on it.
    yield sample("note", of(annotated, "Text", "Nog even nakijken"), Kind.ANNOTATION)
    yield sample("highlight", of(annotated, "Highlight"), Kind.ANNOTATION)
    yield sample("mark to redact", of(annotated, "Redact"), Kind.ANNOTATION, critical=True)
    yield sample("hidden note", of(annotated, "Text", "Dit is geheim", F=2), Kind.ANNOTATION, critical=True)
    yield sample("link", of(annotated, "Link", A=Dictionary(S=Name.URI, URI="https://www.losser.nl")))
    yield sample(
        "link to a person", of(annotated, "Link", A=Dictionary(S=Name.URI, URI="mailto:j.jansen@gmail.com")), Kind.EMAIL
    )
    yield sample(
        "link with a bsn",
        of(annotated, "Link", A=Dictionary(S=Name.URI, URI="https://zaak.example/?bsn=111222333")),
        Kind.BSN,
        critical=True,
    )
    yield sample("words about a link", of(annotated, "Link", BSN), Kind.BSN, critical=True)
    yield sample(
        "link to a file of a user",
        of(annotated, "Link", A=Dictionary(S=Name.GoToR, F="file:///C:/Users/kboer/brief.pdf")),
        Kind.METADATA,
    )
    for key in ("Subj", "RC"):
        yield Sample(
            f"pdf bsn in {key} of a note",
            of(annotated, "Text", "Let op", **{key: BSN}),
            {Kind.ANNOTATION: 1, Kind.BSN: 1},
            frozenset({Kind.BSN}),
        )
    yield sample("bookmark", of(beside, "bookmark", BSN), Kind.BSN, critical=True)
    yield sample("bookmark to a heading with a name", of(beside, "bookmark", "Aan mevrouw K. de Boer"), Kind.NAME)
    yield sample("name of a layer", of(beside, "layer", BSN), Kind.BSN, critical=True)
    for key in ("Alt", "ActualText", "E"):
        yield sample(f"bsn in {key} of a tag", of(beside, key, BSN), Kind.BSN, critical=True)
    yield sample("picture with a description", of(beside, "Alt", "Foto van het plein"))
    for how in ("names", "af", "annotation"):
        either = frozenset({Kind.ANNOTATION})
        yield sample(
            f"attachment by {how}",
            of(attached, b"Een gewone bijlage over de begroting.", how),
            Kind.ATTACHMENT,
            either=either,
        )
    yield Sample(
        "pdf attachment with a bsn",
        of(attached, b"BSN 111222333", "names"),
        {Kind.ATTACHMENT: 1, Kind.BSN: 1},
        frozenset({Kind.BSN}),
    )
    yield sample("filled form", of(form, "Een waarde"), Kind.FORM_FIELD)
    yield sample("empty form", of(form, ""))
    yield sample("explanation of a field", of(form, "", TU=BSN), Kind.BSN, critical=True)
    yield sample("first value of a field", of(form, "", DV=BSN), Kind.BSN, critical=True)
    yield sample("choices of a field", of(form, "", "Ch", Opt=Array(["Losser", BSN])), Kind.BSN, critical=True)
    yield sample("form in xml", xml_form, Kind.BSN, critical=True)
    yield sample("signature field", of(form, "de ondertekenaar", "Sig"), Kind.SIGNATURE)
    yield sample("empty signature field", of(form, ""))
    yield sample(
        "earlier text",
        of(saved_again, text("Eerst stond hier iets anders"), text(SENTENCE)),
        Kind.REVISION,
        critical=True,
    )
    yield sample("saved again without a change", of(saved_again, text(SENTENCE), text(SENTENCE) + " "))
    yield sample(
        "saved again with more",
        of(saved_again, text(SENTENCE), text(SENTENCE) + text("En dit erbij", y=500)),
        Kind.REVISION,
    )
    yield sample("linearised", lambda: written(new(*[text(SENTENCE)] * 3), linearize=True))
    yield sample("script when opened", of(scripted, "open"), Kind.MACRO)
    yield sample("script by name", of(scripted, "names"), Kind.MACRO)
    yield sample("author", of(with_properties, Author="Karin de Boer"), Kind.METADATA)
    yield sample("account as author", of(with_properties, Author="boerk01"), Kind.METADATA)
    yield sample(
        "organisation as author",
        of(with_properties, Author="Gemeente Voorbeeld", Producer="Microsoft Word", Creator="Word"),
    )
    yield sample("xmp creator", of(with_xmp, "K. de Boer"), Kind.METADATA)
    yield sample("path of a user", of(with_properties, Title="C:\\Users\\kboer\\brief.docx"), Kind.METADATA)
    yield sample("photo with its place", photo_with_place, Kind.EXIF)
    yield sample("no tags", of(untagged, "/MarkInfo"), Kind.UNTAGGED)
    yield sample("no language", of(untagged, "/Lang"), Kind.UNTAGGED)
    yield sample("no structure at all", of(untagged, "/MarkInfo", "/StructTreeRoot", "/Lang"), Kind.UNTAGGED)
    yield sample("scan without text", of(on_scan, "", ""), Kind.NO_TEXT_LAYER)
    yield sample("scan with a page number", of(on_scan, "", text("Pagina 1", y=20)), Kind.NO_TEXT_LAYER)
    # Signatures.
    for seed in range(3):
        content = text("Hoogachtend,", y=420) + drawn(60, 350, 150, 50) + text("teamleider", y=330)
        yield sample(f"signature {seed}", of(with_image, text(SENTENCE) + content, ink(seed)), Kind.SIGNATURE)
    yield sample(
        "black signature",
        of(with_image, text(SENTENCE) + text("Ondertekend:", y=420) + drawn(60, 350, 150, 50), ink(5, "black")),
        Kind.SIGNATURE,
    )
    yield sample(
        "signature without words", of(with_image, text(SENTENCE) + drawn(60, 300, 150, 50), ink(7)), Kind.SIGNATURE
    )
    yield sample("logo", of(with_image, drawn(60, 760, 150, 50) + text(SENTENCE), logo()))
    yield sample(
        "photo near a signing",
        of(with_image, text(SENTENCE) + text("Hoogachtend,", y=520) + drawn(60, 340, 240, 160), photo()),
    )
    # What cannot be read.
    yield sample("with a password", encrypted, Kind.UNREADABLE)
    yield sample("with restrictions only", restricted)
    yield sample("broken", lambda: page("")[:200], Kind.UNREADABLE)
    yield sample("nothing but a first line", lambda: b"%PDF-1.7\n%\n%%EOF\n", Kind.UNREADABLE)


def in_form(content: str) -> bytes:
    pdf = new(text(SENTENCE) + "/X Do")
    resources = Dictionary(Font=pdf.pages[0].Resources.Font)
    stream = pdf.make_stream(
        content.encode(), Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, *A4]), Resources=resources
    )
    pdf.pages[0].Resources.XObject = Dictionary(X=stream)
    return written(pdf)


def turned(content: str) -> bytes:
    pdf = new(content)
    pdf.pages[0].Rotate = 90
    return written(pdf)


def cut(content: str) -> bytes:
    pdf = new(content)
    pdf.pages[0].CropBox = Array([30, 40, 560, 800])
    return written(pdf)
