"""PDF (ISO 32000): the text of the pages, and all that a PDF carries besides.

What can be seen and what cannot is looked at in `pdf_pages`; here is what the file is made of.
"""

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from urllib.parse import unquote

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from woo.inspection.model import Budget, Found, Inside, Kind, Piece, Unreadable
from woo.inspection.readers import image, pdf_pages
from woo.inspection.readers.packages import person, user_path
from woo.inspection.text import has_words

Parts = Iterator[Piece | Found | Inside]
MAX_OBJECTS = 400_000
MAX_REVISIONS = 20
_SCRIPTS = {
    "/JavaScript": "JavaScript",
    "/Launch": "start een programma",
    "/SubmitForm": "verstuurt gegevens",
    "/ImportData": "haalt gegevens op",
}
_QUIET_ANNOTATIONS = {"/Link", "/Widget", "/Popup", "/TrapNet", "/PrinterMark"}
_ANNOTATIONS = {
    "/Text": "Notitie",
    "/FreeText": "Tekst op de pagina",
    "/Highlight": "Markering",
    "/Underline": "Onderstreping",
    "/StrikeOut": "Doorhaling",
    "/Squiggly": "Golflijn",
    "/Stamp": "Stempel",
    "/Ink": "Pentekening",
    "/Redact": "Weglak-markering die niet is toegepast",
    "/Caret": "Invoeging",
    "/FileAttachment": "Bijlage",
}
_PERSONAL_KEY = re.compile(r"author|auteur|manager|mail|user|owner|editor", re.IGNORECASE)
_PERSONAL_XMP = re.compile(
    r"\}(?:creator|author|contributor|OwnerName|LastModifiedBy|manager)$|^\{http://ns.adobe.com/pdfx/.*(?:author|mail|manager)",
    re.IGNORECASE,
)
_OF_TAGS = {
    "/Alt": "beschrijving van een afbeelding",
    "/ActualText": "tekst voor een voorleesprogramma",
    "/E": "voluit geschreven afkorting",
}
"""Texts of the tags (ISO 32000-2, 14.9), which programs read out, search and copy."""
_HIDDEN_FLAGS = 2 | 32  # ISO 32000-2, table 167: hidden, and no view
_BROKEN_XMP = (ValueError, TypeError, KeyError, AttributeError, SyntaxError)


def read(data: bytes, budget: Budget) -> Parts:
    try:
        opened = pikepdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise Unreadable("De PDF is beveiligd met een wachtwoord. Haal het wachtwoord eraf.") from error
    except pikepdf.PdfError as error:
        raise Unreadable("De PDF is beschadigd. Maak hem opnieuw vanuit het brondocument.") from error
    with opened as pdf:
        shown = set[str]()
        for part in pdf_pages.texts(data, budget):
            if isinstance(part, Piece):
                shown |= {" ".join(line.split()) for line in part.text.split("\n")}
            yield part
        if budget.is_spent:
            return
        yield from _properties(pdf)
        yield from _accessibility(pdf)
        yield from _form(pdf)
        yield from _annotations(pdf)
        yield from _objects(pdf, budget, shown)
    yield from _revisions(data, budget)
    yield from pdf_pages.what_is_not_seen(data, budget)


# --- properties -------------------------------------------------------------------------------------------------------


def _properties(pdf: pikepdf.Pdf) -> Parts:
    for key, value in pdf.docinfo.items():
        text = _text(value)
        if key == "/Author":
            yield from person("Auteur", text)
        elif _PERSONAL_KEY.search(str(key)):
            yield from person(str(key)[1:], text)
        elif key in {"/Title", "/Subject", "/Keywords"}:
            yield Piece(text, where="eigenschappen")
        yield from user_path(str(key)[1:], text)
    author = _text(pdf.docinfo.get("/Author", "")).strip()
    for key, entry in _xmp(pdf).items():
        for text in map(str, entry if isinstance(entry, list | set) else [entry]):
            if _PERSONAL_XMP.search(key) and text.strip() != author:
                yield from person("XMP", text)
            yield from user_path("XMP", text)


def _xmp(pdf: pikepdf.Pdf) -> dict[str, object]:
    """The properties in XML (ISO 16684-1); none when they are broken."""
    try:
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
            return {str(key): value for key, value in xmp.items()}
    except _BROKEN_XMP:
        return {}


def _text(value: object) -> str:
    try:
        return str(value)
    except (ValueError, UnicodeError):
        return ""


def _accessibility(pdf: pikepdf.Pdf) -> Parts:
    """PDF/UA (ISO 14289-1): tags (7.1), a language (7.2) and a title (7.1)."""
    root, missing = pdf.Root, list[str]()
    marked = root.get("/MarkInfo")
    if not (isinstance(marked, Dictionary) and marked.get("/Marked", False) and "/StructTreeRoot" in root):
        missing.append("codes voor de opbouw")
    if not _text(root.get("/Lang", "")):
        missing.append("de taal")
    title = _text(pdf.docinfo.get("/Title", "")) or str(_xmp(pdf).get("{http://purl.org/dc/elements/1.1/}title") or "")
    if not title.strip():
        missing.append("een titel")
    if missing:
        yield Found(Kind.UNTAGGED, f"De PDF mist: {', '.join(missing)}.")


# --- forms and annotations --------------------------------------------------------------------------------------------


def _form(pdf: pikepdf.Pdf) -> Parts:
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, Dictionary):
        return
    waiting: list[tuple[Object, str, object, int]] = [(field, "", None, 0) for field in _items(form.get("/Fields"))]
    while waiting:
        field, parent, kind, depth = waiting.pop()
        if not isinstance(field, Dictionary) or depth > 50:
            continue
        name = ".".join(filter(None, (parent, _text(field.get("/T", "")))))
        kind = field.get("/FT", kind)
        waiting += [(child, name, kind, depth + 1) for child in _items(field.get("/Kids"))]
        if "/V" in field:
            yield from _filled(field, name, is_signature=kind == Name.Sig)
        yield Piece("\n".join(_around_field(field)), where="formulierveld")
    xfa = form.get("/XFA")
    for part in [xfa] if isinstance(xfa, Stream) else _items(xfa):
        if isinstance(part, Stream) and b"<xfa:data" in (content := part.read_bytes()):
            said = re.sub(rb"<[^>]+>", b"\n", content).decode("utf-8", errors="replace")
            yield Piece(said, where="formuliergegevens", is_hidden=True)


def _filled(field: Dictionary, name: str, *, is_signature: bool) -> Parts:
    value = field["/V"]
    if is_signature:
        signer = _text(value.get("/Name", "")) if isinstance(value, Dictionary) else ""
        yield Found(
            Kind.SIGNATURE, f"Digitale handtekening, ondertekend door {signer}" if signer else "Digitale handtekening"
        )
    elif text := "" if isinstance(value, Name) and str(value) == "/Off" else _value(value):
        is_hidden = bool(int(field.get("/F", 0)) & _HIDDEN_FLAGS)
        yield Found(Kind.FORM_FIELD, f"{name or 'veld'}: {text}", critical=is_hidden and has_words(text))
        yield Piece(f"{name}: {text}", where="formulierveld", is_hidden=is_hidden)


def _around_field(field: Dictionary) -> Iterator[str]:
    """What a field says before somebody fills it in: its explanation, its first value and what can be chosen."""
    yield _text(field.get("/TU", ""))
    if "/DV" in field:
        yield _value(field["/DV"])
    for option in _items(field.get("/Opt")):
        yield _value(option)


def _value(value: Object) -> str:
    if isinstance(value, Array):
        return ", ".join(map(_text, _items(value)))
    if isinstance(value, Stream):
        return value.read_bytes().decode("utf-8", errors="replace")
    return _text(value).removeprefix("/")


def _items(value: object) -> list[Object]:
    return list(value) if isinstance(value, Array) else []


def _annotations(pdf: pikepdf.Pdf) -> Parts:
    for number, page in enumerate(pdf.pages, start=1):
        for annotation in _items(page.obj.get("/Annots")):
            if not isinstance(annotation, Dictionary):
                continue
            kind = str(annotation.get("/Subtype", ""))
            link = _leads_to(annotation)
            yield Piece(link, page=number, where="koppeling")
            yield from user_path("Gekoppeld bestand", link)
            text = _text(annotation.get("/Contents", "")).strip()
            if kind in _QUIET_ANNOTATIONS:
                yield Piece(text, page=number, where="koppeling")
                continue
            said = f"{_ANNOTATIONS.get(kind, 'Aantekening')}: {text}" if text else _ANNOTATIONS.get(kind, "Aantekening")
            is_hidden = bool(int(annotation.get("/F", 0)) & _HIDDEN_FLAGS)
            is_critical = kind == "/Redact" or (is_hidden and has_words(text))
            yield Found(Kind.ANNOTATION, said, critical=is_critical, page=number)
            rich = re.sub(r"<[^>]+>", "\n", _text(annotation.get("/RC", "")))
            texts = "\n".join((text, _text(annotation.get("/Subj", "")), rich))
            yield Piece(texts, page=number, where="aantekening", is_hidden=is_hidden or kind != "/FreeText")
            yield from person("Aantekening van", _text(annotation.get("/T", "")))


def _leads_to(item: Dictionary) -> str:
    """The address or the file that a link or a bookmark leads to, outside of this file; empty when to none."""
    action = item.get("/A")
    if not isinstance(action, Dictionary):
        return ""
    found: Object | str = action.get("/URI", action.get("/F", ""))
    if isinstance(found, Dictionary):  # a file, with its name
        found = found.get("/UF", found.get("/F", ""))
    return unquote(re.sub(r"^(?:mailto|tel):", "", _text(found)))


# --- all objects -----------------------------------------------------------------------------------------------------


def _objects(pdf: pikepdf.Pdf, budget: Budget, shown: AbstractSet[str]) -> Parts:
    """Attachments, scripts, images and texts beside the pages, wherever they hang: also what nothing leads to.

    A text that is a line of a page too, as a bookmark to a heading, is told there: `shown`.
    """
    files, scripts = dict[tuple[int, int], tuple[str, Stream]](), set[str]()
    aside: Mapping[str, list[str]] = defaultdict(list)
    for count, item in enumerate(pdf.objects):
        if count > MAX_OBJECTS or (count % 500 == 0 and budget.is_spent):
            said = "De PDF heeft heel veel onderdelen; niet alle zijn nagekeken op bijlagen, scripts en bladwijzers."
            yield Found(Kind.UNREADABLE, said)
            break
        if isinstance(item, Stream):
            if item.get("/Type") == Name.EmbeddedFile:
                files.setdefault(item.objgen, ("bijlage", item))
            elif item.get("/Subtype") == Name.Image and item.get("/Filter") == Name.DCTDecode:
                yield from _camera(item)
        for found in _dictionaries(item, 0):
            files |= {stream.objgen: (name, stream) for name, stream in _embedded(found)}
            scripts |= _scripts(found)
            for where, text in _aside(found):
                aside[where].append(text)
    for where, texts in aside.items():
        yield Piece("\n".join(_not_in(shown, texts)), where=where)
    yield from (Found(Kind.MACRO, f"De PDF heeft een script: {script}.") for script in sorted(scripts))
    for name, stream in files.values():
        yield Found(Kind.ATTACHMENT, f"Bijlage: {name}")
        yield Inside(name, _content(stream, budget))


def _scripts(found: Dictionary) -> AbstractSet[str]:
    kind = str(found.get("/S", ""))
    return {_SCRIPTS.get(kind, "JavaScript")} if kind in _SCRIPTS or "/JS" in found else set()


def _not_in(shown: AbstractSet[str], texts: Sequence[str]) -> Iterator[str]:
    return (text for text in texts if " ".join(text.split()) not in shown)


def _aside(found: Dictionary) -> Iterator[tuple[str, str]]:
    """Of a bookmark (ISO 32000-2, 12.3.3), a layer (8.11.2) or a tag: where it stands, and what it says."""
    if found.get("/Type") == Name.OCG:
        yield "naam van een laag", _text(found.get("/Name", ""))
    elif "/Title" in found and "/Parent" in found:
        yield "bladwijzer", _text(found["/Title"])
        yield "koppeling", _leads_to(found)
    for key, where in _OF_TAGS.items():
        if key in found:
            yield where, _text(found[key])


def _embedded(found: Dictionary) -> Iterator[tuple[str, Stream]]:
    """The files that a file specification brings along (ISO 32000-2, 7.11.4), with their name."""
    embedded = found.get("/EF")
    for stream in embedded.values() if isinstance(embedded, Dictionary) else ():
        if isinstance(stream, Stream):
            yield _text(found.get("/UF", found.get("/F", ""))) or "bijlage", stream


def _dictionaries(item: Object, depth: int) -> Iterator[Dictionary]:
    """A dictionary with those that stand in it directly; a reference is an object of its own."""
    if isinstance(item, Stream | Dictionary):
        yield item  # type: ignore[misc]
        children = [child for _, child in item.items()] if depth < 4 else []
    else:
        children = _items(item) if depth < 4 else []
    for child in children:
        if isinstance(child, Dictionary | Array) and not isinstance(child, Stream) and not child.is_indirect:
            yield from _dictionaries(child, depth + 1)


def _content(stream: Stream, budget: Budget) -> bytes:
    facts = stream.get("/Params")
    if isinstance(facts, Dictionary) and int(facts.get("/Size", 0)) > budget.unpacked:
        raise Unreadable("Een bijlage in de PDF is te groot om na te kijken.")
    content = stream.read_bytes()
    budget.unpacked -= len(content)
    return content


def _camera(stream: Stream) -> Iterator[Found]:
    """A photo keeps in the PDF what the camera wrote into it."""
    raw = stream.read_raw_bytes()
    if b"Exif\x00\x00" in raw[:65_536] or b"ns.adobe.com/xap" in raw[:65_536]:
        yield from image.properties(raw, where="afbeelding in de PDF")


# --- revisions -------------------------------------------------------------------------------------------------------


def _revisions(data: bytes, budget: Budget) -> Parts:
    """Every save that only adds leaves the file of before whole, up to its own end (ISO 32000-2, 7.5.6)."""
    ends = [found.end() for found in re.finditer(rb"%%EOF\s{0,2}", data)]
    if b"/Linearized" in data[:2048]:
        ends = ends[1:]  # the first end is that of the table for the first page
    ends = [end for end in ends[:-1] if data[:end].rfind(b"startxref") >= 0]
    if not ends:
        return
    now = pdf_pages.appearance(data, budget)
    found = 0
    for end in ends[-MAX_REVISIONS:]:
        before = pdf_pages.appearance(data[:end], budget)
        if before is None or now is None or before == now:
            continue
        found += 1
        lost = [line for line in before.lines if line not in now.lines_known]
        text = "\n".join(lost)
        if has_words(text):
            yield Found(Kind.REVISION, f"Een eerdere versie had ook: {' | '.join(lost)}", critical=True)
            yield Piece(text, where="eerdere versie", is_hidden=True)
        else:
            yield Found(Kind.REVISION, f"Het bestand bewaart een eerdere versie ({found}).")
