"""What is different on a new site, told in numbers."""

from pathlib import Path

from publish.changes import changes_between
from publish.writer import Release


def released(place: Path, files: dict[str, bytes]) -> Path:
    place.mkdir()
    release = Release(place)
    for name, data in files.items():
        release.write(name, data)
    release.write_manifests({"base_url": "https://x.example"})
    return place


def test_each_part_tells_what_is_new_changed_and_gone(tmp_path: Path):
    before = released(
        tmp_path / "a",
        {"index.html": b"a", "woo/1": b"1", "woo/2": b"2", 'woo/"3"\n': b"3", "oud/1": b"1", "x/1": b"x"},
    )
    after = released(
        tmp_path / "b", {"index.html": b"a", "woo/1": b"1", "woo/2": b"!", "woo/4": b"4", "woo/5": b"5", "x/1": b"x"}
    )
    assert changes_between(before, after) == {"oud": [0, 0, 1], "woo": [2, 1, 1]}
    assert changes_between(after, before) == {"oud": [1, 0, 0], "woo": [1, 1, 2]}
    assert changes_between(before, before) == changes_between(None, after) == {}


def test_nobody_can_say_what_changed_without_a_manifest(tmp_path: Path):
    before, after = released(tmp_path / "a", {"woo/1": b"1"}), released(tmp_path / "b", {"woo/1": b"2"})
    assert changes_between(before, after) == {"woo": [0, 1, 0]}
    (before / "manifesten/woo.json").unlink()
    assert changes_between(before, after) == {}
