"""The notice that takes the place of a document that is withheld as a whole (Woo art. 3.3 lid 8). Pure.

A page of its own: it goes to the harvester as the document would have gone, and stands without our style sheets.
"""

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

from core import clock
from woo import lists
from woo.content import DocumentContent

FILE_NAME = "mededeling.html"


def says_the_same(one: DocumentContent, other: DocumentContent) -> bool:
    """Whether both give the same notice."""
    return (words(one), one.category) == (words(other), other.category)


Words = tuple[str, str, tuple[str, ...]]
"""What a notice says of its document. Its category is told of by the page too, and moves at once."""


def words(content: DocumentContent) -> Words:
    """The words that the notice of a document has."""
    return content.title, content.notice, tuple(_grounds(content))


def frozen_words(version: Mapping[str, Any]) -> Words:
    """The same of a version."""
    codes = dict.fromkeys(ground["code"] for ground in version.get("grounds", ()))
    return version["title"], version.get("notice", ""), tuple(codes)


def _grounds(content: DocumentContent) -> dict[str, None]:
    """The codes of the grounds, each once."""
    return dict.fromkeys(ground.code for ground in content.grounds)


def page(content: DocumentContent, *, organisation: str, on: date) -> bytes:
    """The notice as HTML: what is not public, why, and since when.

    Args:
        content: the document with its notice and grounds.
        organisation: the name of who withholds it.
        on: the day of the notice.
    """
    title = f"Niet openbaar: {content.title}"
    grounds = "".join(
        f"<li>{escape(str(lists.GROUNDS.entry(code)['article']))}: {escape(lists.GROUNDS.label(code))}</li>"
        for code in _grounds(content)
    )
    entry = lists.categories().get(content.category)
    category = f"<p>Soort informatie: {escape(entry.label)}.</p>" if entry else ""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in content.notice.splitlines() if line.strip())
    return (
        '<!doctype html>\n<html lang="nl">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
        f"<p>{escape(organisation)} maakt dit document niet openbaar.</p>\n{paragraphs}\n"
        f"<h2>Waarom niet?</h2>\n<ul>{grounds}</ul>\n{category}\n"
        f"<p>Deze mededeling is van {clock.written(on)}.</p>\n</main>\n</body>\n</html>\n"
    ).encode()
