"""The fast writer of sitemaps gives the bytes of the obvious one, whatever a document holds."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import cast
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from publish import diwoo, diwoo_stream
from publish.check import values
from support.public_documents import HOST, MORNING, legal_text, locations, moments, references, several, terms
from woo.public import FrozenDocument

ANY_TEXT = (
    legal_text | st.text(max_size=5) | st.sampled_from(["", "Besluit", "&", "a > b", '"', "\x85", "\ufeff", "\r"])
)
DAYS = st.dates().map(lambda day: day.isoformat())
IDS = st.sampled_from([str(UUID(int=number)) for number in range(4)])


def frozen_terms(list_name: str) -> st.SearchStrategy[dict[str, str | None]]:
    return terms(list_name).map(asdict) | st.fixed_dictionaries({"uri": st.none() | ANY_TEXT, "label": ANY_TEXT})


ORGANISATIONS = frozen_terms("organisaties")
CATEGORIES = terms("informatiecategorieen").map(
    lambda term: {**asdict(term), "number": values.category_numbers().get(term.uri, "3.1")}
)
CONTENTS = st.fixed_dictionaries(
    {
        "dossier": st.just("2026-1"),
        "title": ANY_TEXT,
        "categories": st.lists(CATEGORIES, max_size=3),
        "actions": st.lists(
            st.fixed_dictionaries(
                {"kind": frozen_terms("documenthandelingen"), "on": DAYS, "by": st.none() | ORGANISATIONS}
            ),
            max_size=3,
        ),
        "publisher": ORGANISATIONS,
        "responsible": st.none() | ORGANISATIONS,
        "co_responsible": st.lists(ORGANISATIONS, max_size=2),
        "author": st.none() | ORGANISATIONS,
        "author_name": ANY_TEXT,
        "identifiers": st.lists(ANY_TEXT, max_size=2),
        "short_titles": st.lists(ANY_TEXT, max_size=2),
        "alternative_titles": st.lists(ANY_TEXT, max_size=2),
        "descriptions": st.lists(ANY_TEXT, max_size=2),
        "kinds": st.lists(frozen_terms("documentsoorten"), max_size=2),
        "themes": st.lists(frozen_terms("themas"), max_size=2),
        "keywords": st.lists(ANY_TEXT, max_size=2),
        "created_on": st.none() | DAYS,
        "valid_from": st.none() | DAYS,
        "valid_until": st.none() | DAYS,
        "language": st.none() | frozen_terms("talen"),
        "format": st.none() | ORGANISATIONS,
        "media_type": st.just("application/pdf"),
        "sha256": st.just(""),
        "size": st.just(0),
        "aggregation": ANY_TEXT,
        "part_of": st.none() | IDS,
        "relations": st.lists(
            st.fixed_dictionaries({"role": frozen_terms("documentrelaties"), "target": IDS}), max_size=3
        ),
        "extra": st.lists(
            st.fixed_dictionaries({"key": ANY_TEXT, "values": st.lists(ANY_TEXT, max_size=2)}), max_size=2
        ),
        "replaced_reason": st.none() | frozen_terms("redenen-verwijdering"),
    },
    optional={  # a version of schema number 1 knew nothing of these
        "withheld": st.sampled_from(["", "deels"]),
        "grounds": st.lists(
            st.fixed_dictionaries(
                dict.fromkeys(("label", "article", "passage"), ANY_TEXT)
                | {"code": st.sampled_from(["5.1.2e", "5.2.1"])}
            ),
            max_size=3,
        ),
        "notice": ANY_TEXT,
    },
)
ADDRESSES = locations | st.sampled_from(
    [
        f"{HOST}/woo/documenten/2026-1/1-besluit.pdf",
        f"{HOST}/a?b=1&c=2",
        f"{HOST}/a%20b%zz",
        f"{HOST}//a",
        f"{HOST}/",
        HOST,
        "https://OPENBOEK.example/a",
        "https:///a",
        "http://openboek.example/a",
        f"{HOST}/a#b",
        f"{HOST}/{'a' * 2048}",
        f"{HOST}/\"'<>",
        "https://gemeente-één.example/é",
    ]
)
DOCUMENTS = st.builds(
    FrozenDocument,
    id=st.just(UUID(int=9)),
    loc=ADDRESSES,
    path=st.none(),
    lastmod=moments,
    published_at=st.none(),
    category=st.just("014"),
    sitemap=st.just(1),
    text=st.just(""),
    content=CONTENTS,
    named=st.dictionaries(IDS, references, max_size=3),
    parts=several(references),
)


def outcome(write: Callable[[], bytes]) -> bytes | None:
    """What it writes; None when it refuses the document."""
    try:
        return write()
    except ValueError:
        return None


@settings(deadline=None, max_examples=40)
@given(DOCUMENTS)
def test_both_writers_give_the_same_bytes_and_refuse_the_same(document: FrozenDocument):
    fast = outcome(lambda: diwoo_stream.entry(document).encode())
    assert fast == outcome(lambda: diwoo.entry(document.public))


def test_the_first_day_of_the_calendar_is_refused_as_it_falls_before_it_in_utc():
    first = frozen(1)
    action = {**first.content["actions"][0], "on": "0001-01-01"}
    document = first._replace(content={**first.content, "actions": [action]})
    for write in (lambda: diwoo_stream.entry(document), lambda: diwoo.entry(document.public)):
        with pytest.raises(ValueError, match="UTC"):
            write()


@settings(max_examples=100)
@given(st.text(max_size=8))
@example("]]>")
def test_a_text_is_written_as_lxml_does(text: str):
    from lxml import etree

    def reference() -> bytes:
        element = etree.Element("a", b=text)
        element.text = text
        return etree.tostring(element, encoding="UTF-8", xml_declaration=False)

    assert outcome(reference) == outcome(
        lambda: b"".join(
            part.encode()
            for part in ('<a b="', diwoo_stream._attribute(text), '">', diwoo_stream.escaped(text), "</a>")
        )
    )


def test_a_sitemap_in_pieces_is_the_sitemap(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(diwoo_stream, "_AT_ONCE", 2)
    documents = [frozen(number) for number in range(5)]
    assert b"".join(diwoo_stream.sitemap(documents)) == diwoo.sitemap([document.public for document in documents])


@given(
    before=st.lists(st.integers(0, 12), min_size=1, unique=True),
    now=st.lists(st.integers(0, 12), min_size=1, unique=True),
    changed=st.sets(st.integers(0, 12)),
)
@example(before=[*range(13)], now=[*range(13)], changed={5})
def test_a_sitemap_that_is_stitched_is_the_sitemap(before: list[int], now: list[int], changed: set[int]):
    def part(number: int, state: int) -> bytes:
        return UUID(int=number).bytes + bytes([state]) * 16

    def read(_session: object, ids: Iterable[UUID]) -> Iterator[FrozenDocument]:
        made.extend(one.int for one in ids)
        return map(anew, made)

    def anew(number: int) -> FrozenDocument:
        found = frozen(number)
        return found._replace(content={**found.content, "title": f"Nieuw {number}"}) if number in changed else found

    made: list[int] = []
    parts = [part(number, number in changed) for number in now]
    there = [part(number, 0) for number in before]
    data = b"".join(diwoo_stream.sitemap(map(frozen, before)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(diwoo_stream, "_AT_ONCE", 3)
        patch.setattr(diwoo_stream, "_read", read)
        stitched = b"".join(diwoo_stream._stitched(cast("Session", None), ("014", 1), parts, (there, data)))
    assert stitched == b"".join(diwoo_stream.sitemap(map(anew, now)))
    assert made == [number for number in now if number in changed or number not in before]


@pytest.mark.parametrize(("name", "limit"), [("MAX_ENTRIES", 2), ("MAX_BYTES", 2500)])
def test_woo_index_5_1_a_sitemap_that_is_empty_or_too_large_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, limit: int
):
    with pytest.raises(ValueError, match="at least one"):
        b"".join(diwoo_stream.sitemap([]))
    monkeypatch.setattr(diwoo, name, limit)
    with pytest.raises(ValueError, match="at most"):
        b"".join(diwoo_stream.sitemap([frozen(number) for number in range(3)]))


def frozen(number: int) -> FrozenDocument:
    term = {"uri": "https://voorbeeld.example/x", "label": "x"}
    content: dict[str, object] = {}
    lists = ("identifiers", "co_responsible", "short_titles", "alternative_titles", "kinds", "themes", "keywords")
    content |= {name: [] for name in (*lists, "descriptions", "relations", "extra")}
    content |= dict.fromkeys(("author_name", "aggregation", "media_type", "sha256", "dossier"), "")
    content |= dict.fromkeys(("responsible", "author", "created_on", "valid_from", "valid_until"))
    content |= dict.fromkeys(("language", "format", "part_of", "replaced_reason"))
    content |= {"title": f"Besluit {number}", "publisher": term, "size": 0}
    content |= {"categories": [{**term, "number": "014"}], "actions": [{"kind": term, "on": "2026-11-16", "by": None}]}
    return FrozenDocument(UUID(int=number), f"{HOST}/{number}.pdf", None, MORNING, None, "014", 1, "", content, {}, ())
