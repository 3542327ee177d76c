"""The pieces that are written as text are those that the components in `templates/` make; data as `json` writes it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from core.clock import now
from core.web.pages import templates
from publish import pieces
from publish.parts import Entry, Line, Listed, json_line

TEXTS = st.text(st.sampled_from("aé <>&'\"\n;{"), max_size=6)
LINES = st.builds(Line, TEXTS, TEXTS, st.sampled_from(["", "gestopt", "nakijken"]))
ENTRIES = st.builds(Entry, TEXTS, TEXTS, TEXTS, st.none() | TEXTS, TEXTS, TEXTS)

ANSWERS = st.none() | st.booleans() | st.integers() | st.text() | st.characters(max_codepoint=0xFF)
FACTS = st.recursive(
    ANSWERS, lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner)
)


def component(place: str, name: str, *shown: object) -> str:
    return str(getattr(templates().get_template(place).module, name)(*shown))


@settings(max_examples=60, deadline=None)
@given(LINES, st.lists(st.tuples(TEXTS, st.lists(LINES, max_size=2)), max_size=3), st.lists(ENTRIES, max_size=3))
def test_pieces_are_those_of_the_components(line, rows, entries):
    assert pieces.cell(line) == component("components/lists.html", "cell", line)
    assert pieces.definition(rows) == component("components/lists.html", "definition", rows)
    assert pieces.entry_list(entries) == component("public/parts.html", "entry_list", entries)


@given(st.lists(st.builds(Listed, *[TEXTS] * 6, *[st.just(now())] * 2, TEXTS), max_size=3), LINES)
def test_the_documents_on_a_page_are_found_again(shown, line):
    entries = [pieces.document(one) for one in shown]
    page = f"<h1>{pieces.cell(line)}</h1><ul>\n<li>x</li>\n</ul>{pieces.document_list(entries)}<ul><li>y</li>\n</ul>"
    assert pieces.documents_on(page) == entries


@given(TEXTS, TEXTS, TEXTS, st.booleans())
def test_a_document_in_a_list_says_what_it_was_given(title, note, dossier, has_dossier):
    moment = now()
    href = "/woo/dossiers/1/" if has_dossier else ""
    shown = Listed("/a?b&c", title, note, href, dossier, "", moment, moment, "/a")
    (item,) = html.fragment_fromstring(str(pieces.document_list([pieces.document(shown)])))
    told = f" {title}{note}{f' · Dossier: {dossier}' if has_dossier else ''}"
    assert item.text_content() == told
    assert item.xpath(".//a/@href") == ["/a?b&c", *([href] if has_dossier else [])]


@given(FACTS)
def test_data_are_written_as_json_writes_them(facts):
    assert json_line(facts) == json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()


def test_half_a_character_is_not_written():
    with pytest.raises(ValueError, match="surrogates not allowed"):
        json_line({"naam": "\ud83d"})
