"""The index of the public search: words of people find records, whatever the size of the register."""

import json
from itertools import accumulate

import pytest

from publish import search
from publish.search import Found
from support.search_cases import CASES


def index_of(*things: Found) -> dict[str, object]:
    index = search.Index(len(things))
    for place, thing in reversed(list(enumerate(things))):
        index.add(place, thing)
    return {name: json.loads(data) for name, data in index.files("z")}


def having(index: dict[str, object], typed: str) -> dict[int, int]:
    """The places of the things with a word that begins with the stem of `typed`, each with its weight."""
    found: dict[int, int] = {}
    start = search.stem(search.fold(typed))
    for name, shard in index.items():
        if name.startswith("z/woorden-"):
            for word, listed in shard.items():
                if word.startswith(start):
                    for number in accumulate(listed):
                        found[number >> 2] = max(number & 3, found.get(number >> 2, 0))
    return found


def thing(name: str, *other: str) -> Found:
    texts = [(search.NAME, name), *((search.OTHER, text) for text in other)]
    return Found(f"/{name}/", name, "", texts)


@pytest.mark.parametrize(("text", "stems"), CASES.items())
def test_words_are_folded_and_cut_to_a_stem(text: str, stems: list[str]):
    assert [search.stem(word) for word in search.words(text)] == stems


def test_a_stem_stays_itself():
    for text in CASES:
        for word in search.words(text):
            assert search.stem(search.stem(word)) == search.stem(word)


def test_case_accents_and_forms_do_not_matter():
    index = index_of(thing("Reünies en huizen"), thing("Iets anders"))
    for typed in ("REUNIE", "reünie", "huis", "Huizen", "reun"):
        assert having(index, typed) == {0: search.NAME}, typed


def test_a_compound_is_found_by_its_parts():
    index = index_of(
        thing("Parkeervergunning"), thing("Vergunning voor een boom"), thing("Bijstandsuitkeringen", "Uitkering")
    )
    assert having(index, "vergunningen") == {0: search.NAME, 1: search.NAME}
    assert having(index, "parkeren") == {0: search.NAME}
    assert having(index, "uitkering") == {2: search.NAME}


def test_the_highest_weight_counts():
    assert having(index_of(thing("Huis", "huis huizen"), thing("Boom", "huis")), "huis") == {
        0: search.NAME,
        1: search.OTHER,
    }


def test_a_large_index_is_split_in_order_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(search, "SHARD_BYTES", 300)
    things = [thing(f"Naam{number} woord{number % 7}") for number in range(250)]
    index = index_of(*things)
    head = index["z/index.json"]
    shards = [index[f"z/woorden-{number}.json"] for number in range(len(head["shards"]))]
    assert len(shards) > 5
    assert head["shards"] == [next(iter(shard)) for shard in shards]
    named = [word for shard in shards for word in shard]
    assert named == sorted(set(named))
    assert set(having(index, "woord3")) == set(range(3, 250, 7))
    assert [len(index[f"z/lijst-{number}.json"]) for number in range(3)] == [100, 100, 50]
    assert (head["count"], head["block"]) == (250, 100)


def test_an_empty_register_has_an_index_too():
    assert index_of()["z/index.json"]["count"] == 0
