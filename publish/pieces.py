"""Pieces that stand on the pages of the site hundreds of times, written as text: some twenty times as fast.

The components in `templates/` stay the reference; tests/unit/test_publish_pieces.py proves that both write the same.
"""

from collections.abc import Iterable
from functools import cache

from markupsafe import Markup

from core.web.pages import templates
from publish.parts import Entry, Line, Listed, Row

_EMPTY = '<span class="ob-empty-value">niet ingevuld</span>'

_DOCUMENTS = '<ul class="ob-entries">\n'
_DOCUMENT_END = "</li>\n"


def escaped(text: str) -> str:
    """The text as it may stand in HTML."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("'", "&#39;").replace('"', "&#34;")


def cell(line: Line) -> Markup:
    """As the component `cell`."""
    return _safe(_cell(line))


def definition(rows: Iterable[Row]) -> Markup:
    """As the component `definition`, of rows of lines."""
    return _safe(f'<dl class="ob-definition">{"".join(map(_row, rows))}</dl>')


def entry_list(entries: Iterable[Entry]) -> Markup:
    """As the component `entry_list`."""
    return _safe(f'<ul class="ob-entries">{"".join(map(_entry, entries))}</ul>')


def document_list(documents: Iterable[str]) -> Markup:
    """Documents in a collection, each as `document` tells it."""
    return _safe(f"{_DOCUMENTS}{''.join(documents)}</ul>")


def documents_on(page: str) -> list[str]:
    """The documents in the list that stands on a page, each as `document` told it; none when there is no such list."""
    _before, _begin, rest = page.partition(_DOCUMENTS)
    return [f"{text}{_DOCUMENT_END}" for text in rest.partition("</ul>")[0].split(_DOCUMENT_END)[:-1]]


def _cell(line: Line) -> str:
    text = escaped(line.text)
    if line.href:
        text = f'<a href="{escaped(line.href)}">{text}</a>'
    elif not text and not line.badge:
        text = _EMPTY
    return f"{text} {_component('lists', 'badge', line.badge)}" if line.badge else text


def _row(row: Row) -> str:
    term, lines = row
    told = "".join([f"    <dd>{_cell(line)}</dd>" for line in lines]) or f"    <dd>{_EMPTY}</dd>"
    return f'  <div class="ob-definition__row">\n    <dt>{escaped(term)}</dt>{told}  </div>'


def _entry(entry: Entry) -> str:
    words = f' data-woorden="{escaped(entry.words)}"' if entry.words is not None else ""
    stopped = f" {_component('lists', 'badge', 'gestopt')}" if entry.stopped else ""
    explanation = f"<p>{escaped(entry.explanation)}</p>" if entry.explanation else ""
    end = f" · Einde: {escaped(entry.stopped)}" if entry.stopped else ""
    return (
        f'  <li{words}><a href="{escaped(entry.href)}">{escaped(entry.name)}</a>{stopped}'
        f'{explanation}<p class="ob-small">{escaped(entry.note)}{end}</p></li>'
    )


def document(listed: Listed) -> str:
    """A document in a collection, with its dossier."""
    dossier = ""
    if listed.dossier_href:
        dossier = f' · Dossier: <a href="{escaped(listed.dossier_href)}">{escaped(listed.dossier_title)}</a>'
    return (
        f'  <li>{_component("icons", "icon", "file")} <a href="{escaped(listed.href)}">{escaped(listed.title)}</a>'
        f'<p class="ob-small">{escaped(listed.note)}{dossier}</p>{_DOCUMENT_END}'
    )


@cache
def _component(place: str, name: str, word: str) -> str:
    return str(getattr(templates().get_template(f"components/{place}.html").module, name)(word))


def _safe(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - every text in it went through `escaped`
