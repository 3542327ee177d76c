"""PDF without authors, programs and earlier revisions; tags, title, language and attachments stay."""

import io

import pikepdf
from pikepdf import Dictionary, Name, Stream

from woo.inspection.model import Budget, Unreadable
from woo.inspection.stripping import images

_KEPT_PROPERTIES = {"/Title", "/Subject", "/Keywords", "/CreationDate", "/ModDate", "/Trapped", "/GTS_PDFXVersion"}
_KEPT_XMP = (
    "{http://purl.org/dc/elements/1.1/}title",
    "{http://purl.org/dc/elements/1.1/}language",
    "{http://purl.org/dc/elements/1.1/}description",
    "{http://purl.org/dc/elements/1.1/}rights",
    "{http://purl.org/dc/elements/1.1/}format",
    "{http://purl.org/dc/elements/1.1/}date",
    "{http://ns.adobe.com/pdf/1.3/}Keywords",
    "{http://ns.adobe.com/xap/1.0/}CreateDate",
    "{http://ns.adobe.com/xap/1.0/}ModifyDate",
    "{http://www.aiim.org/pdfa/ns/",
    "{http://www.aiim.org/pdfua/ns/",
)
"""What readers need, and what says that it is PDF/A or PDF/UA (ISO 19005-1, 6.7; ISO 14289-1, 5)."""


def strip(data: bytes, budget: Budget) -> bytes:
    """Written anew: what nothing leads to any more is gone with it, and so are earlier revisions."""
    del budget
    if b"/ByteRange" in data:  # a signature stands in the open, for its place in the file is part of it (12.8.1)
        return data
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            _properties(pdf)
            for item in pdf.objects:
                if isinstance(item, Dictionary | Stream):
                    _object(item, pdf)
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True, encryption=False)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, KeyError) as error:
        raise Unreadable("De PDF is beschadigd of beveiligd.") from error
    return out.getvalue()


def _properties(pdf: pikepdf.Pdf) -> None:
    if "/Info" in pdf.trailer:
        for key in list(pdf.docinfo.keys()):
            if key not in _KEPT_PROPERTIES:
                del pdf.docinfo[key]
    if "/Metadata" not in pdf.Root:
        return
    try:
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False, strict=True) as xmp:
            for key in list(xmp):
                if not str(key).startswith(_KEPT_XMP):
                    del xmp[key]
    except (ValueError, TypeError, KeyError, AttributeError, SyntaxError):
        del pdf.Root.Metadata  # broken, so nobody can tell what is in it


def _object(item: Dictionary | Stream, pdf: pikepdf.Pdf) -> None:
    is_root = item.objgen == pdf.Root.objgen
    for key in ("/PieceInfo", "/Thumb", *(() if is_root else ("/Metadata",))):
        if key in item:
            del item[key]
    if isinstance(item, Stream) and item.get("/Filter") == Name.DCTDecode:
        raw = item.read_raw_bytes()
        parameters = item.get("/DecodeParms")
        if (bare := images.strip(raw)) != raw:
            kept = parameters if isinstance(parameters, Dictionary) else None
            item.write(bare, filter=Name.DCTDecode, decode_parms=kept)
