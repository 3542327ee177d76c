"""The one form in which texts are kept: what any form, file or spreadsheet can hold and give back."""

import re

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
NOT_TEXT = "\ufffd"
"""Stands where a character stood that is no text."""


def clean(text: str) -> str:
    """Text with one kind of line end and ordinary spaces, without characters that nobody can see.

    A control character that has no business in text becomes U+FFFD: XML refuses it, and a person should see it stood
    there.
    """
    if text.isascii() and text.isprintable():  # most are: there is nothing of all that in them
        return text.strip()
    text = _LINE_ENDS.sub("\n", text).replace("\u00a0", " ")
    return _NO_TEXT.sub(NOT_TEXT, _INVISIBLE.sub("", text)).strip()
