"""The smallest PDF in which a check finds nothing, and that is public as it came: there is nothing to strip."""

from functools import cache

from woo.inspection.stripping import stripped

_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"


@cache
def pdf(text: str = "besluit") -> bytes:
    """Another file for each text, which nobody sees: it is a remark in the drawing of an empty page."""
    drawing = f"% {text}\n".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        _PAGE,
        b"<</Length %d>>\nstream\n%bendstream" % (len(drawing), drawing),
    ]
    made, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(made)
    made += b"xref\n0 5\n0000000000 65535 f \n%btrailer\n<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF\n" % (
        rows,
        start,
    )
    return stripped(stripped(made))
