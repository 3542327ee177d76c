"""The writer: readers see the old site or the new one, whole, whatever happens in between."""

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.errors import BadInput, Busy, Failed
from publish import writer
from publish.writer import (
    clean_up,
    current,
    fingerprint,
    new_release,
    publish_lock,
    releases,
    remove_document,
    set_aside,
    switch,
    tree_faults,
)

CODE = "gm0168"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The folder of an installation; `D/exports` holds the releases."""
    (tmp_path / "D").mkdir()
    return tmp_path / "D"


def make(place: Path, number: int, files: dict[str, bytes] | None = None) -> Path:
    """A finished release."""
    name = f"{CODE}-20261121T{number:012d}"
    with new_release(place / "exports", name) as release:
        for path, data in (files or {"index.html": b"<p>%d</p>" % number}).items():
            release.write(path, data)
        release.write_manifests({"export": name})
    return place / "exports" / name


def test_a_release_gets_its_name_when_it_is_whole(place):
    with new_release(place / "exports", "gm0168-1") as release:
        release.write("woo/index.html", b"Woo")
        assert [path.name for path in (place / "exports").iterdir()] == [".nieuw-gm0168-1"]
    assert [path.name for path in (place / "exports").iterdir()] == ["gm0168-1"]
    assert (place / "exports/gm0168-1/woo/index.html").read_bytes() == b"Woo"


def test_a_release_that_breaks_leaves_nothing(place):
    with pytest.raises(ZeroDivisionError), new_release(place / "exports", "gm0168-1") as release:
        release.write("index.html", b"half")
        _ = 1 / 0
    assert list((place / "exports").iterdir()) == []


def test_what_a_killed_run_left_is_written_anew(place):
    left = place / "exports/.nieuw-gm0168-1"
    left.mkdir(parents=True)
    (left / "oud.html").write_text("van de vorige keer")
    with new_release(place / "exports", "gm0168-1") as release:
        release.write("index.html", b"nieuw")
    assert [path.name for path in (place / "exports/gm0168-1").iterdir()] == ["index.html"]


@pytest.mark.parametrize(
    "path",
    ["../buiten.html", "/etc/passwd", "woo/../../buiten.html", "", ".", "..", "woo/documenten/x.pdf", "woo/documenten"],
)
def test_a_path_that_leaves_the_release_is_refused(place, path):
    with new_release(place / "exports", "gm0168-1") as release:
        release.link_documents(place / "documenten" / CODE, {})
        with pytest.raises(ValueError, match="leaves the release"):
            release.write(path, b"x")
    assert list((place / "documenten" / CODE).iterdir()) == []


# The switch


def test_the_switch_is_one_step_to_a_relative_link(place):
    link = place / "site"
    for number in (1, 2):
        release = make(place, number)
        switch(link, release)
        assert (str(link.readlink()), current(link)) == (f"exports/{release.name}", release.resolve())
    assert sorted(path.name for path in place.iterdir()) == ["exports", "site"]


def test_a_reader_sees_a_whole_site_at_every_moment(place):
    link = place / "site"
    made = [make(place, number, {"a.html": b"%d" % number, "b.html": b"%d" % number}) for number in range(2)]
    switch(link, made[0])
    stop, seen = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            try:
                root = link.resolve(strict=True)
                seen.append((root / "a.html").read_bytes() == (root / "b.html").read_bytes())
            except OSError as error:
                seen.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(300):
        switch(link, made[number % 2])
    stop.set()
    reader.join()
    assert set(seen) == {True}


def test_a_copied_folder_still_works(place, tmp_path):
    release = make(place, 1, {"index.html": b"<p>Welkom</p>"})
    switch(place / "site", release)
    shutil.copytree(place, tmp_path / "elders/E", symlinks=True)
    shutil.rmtree(place)
    assert (tmp_path / "elders/E/site/index.html").read_bytes() == b"<p>Welkom</p>"


def test_documents_hang_in_the_release_by_a_relative_link(place, tmp_path):
    tree = place / "documenten" / CODE
    tree.mkdir(parents=True)
    (tree / "besluit.pdf").write_bytes(b"%PDF")
    with new_release(place / "exports", f"{CODE}-1") as release:
        release.link_documents(tree, {"woo/documenten/besluit.pdf": ("0" * 64, 4)})
        release.write_manifests({})
    switch(place / "site", place / f"exports/{CODE}-1")
    shutil.copytree(place, tmp_path / "kopie", symlinks=True)
    shutil.rmtree(place)
    assert (tmp_path / "kopie/site/woo/documenten/besluit.pdf").read_bytes() == b"%PDF"


def test_exports_on_another_disk_behind_a_link_work(place, tmp_path):
    """An administrator moves the large folder and leaves a link."""
    big = tmp_path / "grote/schijf/exports"
    big.mkdir(parents=True)
    (place / "exports").symlink_to(big)
    tree = place / "documenten" / CODE
    tree.mkdir(parents=True)
    (tree / "besluit.pdf").write_bytes(b"%PDF")
    with new_release(place / "exports", f"{CODE}-1") as release:
        release.write("index.html", b"<p>Welkom</p>")
        release.link_documents(tree, {"woo/documenten/besluit.pdf": ("0" * 64, 4)})
    switch(place / "site", place / f"exports/{CODE}-1")
    assert (place / "site/index.html").read_bytes() == b"<p>Welkom</p>"
    assert (place / "site/woo/documenten/besluit.pdf").read_bytes() == b"%PDF"


def test_a_live_link_in_a_folder_behind_a_link_works(place, tmp_path):
    (tmp_path / "srv/www/ver/weg").mkdir(parents=True)
    (tmp_path / "www").symlink_to(tmp_path / "srv/www/ver/weg")
    switch(tmp_path / "www/site", make(place, 1, {"index.html": b"<p>Welkom</p>"}))
    assert (tmp_path / "www/site/index.html").read_bytes() == b"<p>Welkom</p>"


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_real_folder_or_file_is_never_replaced(place, kind):
    link = place / "site"
    if kind == "folder":
        link.mkdir()
        (link / "van-een-ander.html").write_text("niet van ons")
    else:
        link.write_text("niet van ons")
    with pytest.raises(BadInput, match="echte map of een bestand"):
        switch(link, make(place, 1))
    assert (link / "van-een-ander.html" if kind == "folder" else link).read_text() == "niet van ons"


def test_a_link_to_nowhere_is_replaced(place):
    link = place / "site"
    link.symlink_to("exports/weg")
    assert current(link) is None
    release = make(place, 1)
    switch(link, release)
    assert current(link) == release.resolve()


def test_a_switch_that_was_killed_half_way_does_not_stop_the_next(place):
    (place / ".site.nieuw").symlink_to("exports/weg")
    switch(place / "site", make(place, 1))
    assert sorted(path.name for path in place.iterdir()) == ["exports", "site"]


# What is kept


def test_seven_releases_are_kept_and_the_live_one_always(place):
    made = [make(place, number) for number in range(10)]
    clean_up(place / "exports", CODE, made[0].resolve())
    assert releases(place / "exports", CODE) == [made[0], *made[3:]]


def test_what_killed_runs_left_is_taken_away(place):
    made = make(place, 1)
    (place / "exports/.nieuw-gm0168-oud/woo").mkdir(parents=True)
    (place / "exports/.nieuw-gm0153-oud").mkdir()
    clean_up(place / "exports", CODE, made)
    # Of another municipality a run may be busy right now.
    assert sorted(path.name for path in (place / "exports").iterdir()) == [".nieuw-gm0153-oud", made.name]


def test_releases_of_another_municipality_are_left_alone(place):
    make(place, 1)
    for number in range(10):
        with new_release(place / "exports", f"gm0153-20261121T00000{number}-ab"):
            pass
    clean_up(place / "exports", CODE, None)
    assert len(releases(place / "exports", "gm0153")) == 10


# A tree that is used again


def inodes(release: Path) -> dict[str, int]:
    """Every file of a release, its manifests left out, with the inode that the disk knows it by."""
    found = (path for path in release.rglob("*") if path.is_file() and "manifest" not in path.as_posix())
    return {path.relative_to(release).as_posix(): path.stat().st_ino for path in found}


def next_release(place: Path, before: Path, taken: list[str], files: dict[str, bytes]) -> Path:
    """A release after `before`: some files of it, and new ones."""
    name = f"{CODE}-20261121T{int(before.name[-12:]) + 100:012d}"
    with new_release(place / "exports", name) as release:
        for path in taken:
            data = (before / path).read_bytes()
            assert release.take(before, [(path, hashlib.sha256(data).hexdigest(), len(data))])
        for path, data in files.items():
            release.write(path, data)
        release.write_manifests({"export": name})
    return place / "exports" / name


def test_a_release_in_a_tree_that_was_set_aside_is_as_one_in_a_new_tree(place):
    live = make(place, 2, {"index.html": b"start", "woo/a/index.html": b"a", "woo/b/index.html": b"b"})
    old = make(place, 1, {"index.html": b"oud", "woo/a/index.html": b"a", "woo/c/index.html": b"c", "weg.html": b"w"})
    (old / "woo/b").mkdir()
    (old / "woo/b/index.html").hardlink_to(live / "woo/b/index.html")
    before = inodes(live)
    for spared in (True, False):  # the second time in a new tree
        if spared:
            set_aside(old)
        made = next_release(place, live, ["woo/a/index.html", "woo/b/index.html"], {"index.html": b"nieuw"})
        assert inodes(live) == before
        assert (live / "index.html").read_bytes() == b"start"
        assert {name: number for name, number in inodes(made).items() if name != "index.html"} == {
            name: before[name] for name in ("woo/a/index.html", "woo/b/index.html")
        }
        assert (made / "index.html").read_bytes() == b"nieuw"
        assert not (made / "woo/c").exists()
        assert [path.name for path in (place / "exports").iterdir() if path.name.startswith(".")] == []
        shutil.rmtree(made)


def test_what_somebody_put_in_a_tree_that_was_set_aside_is_no_part_of_the_next_release(place):
    old = make(place, 1, {"index.html": b"oud", "woo/index.html": b"w"})
    set_aside(old)
    assert releases(place / "exports", CODE) == []
    (spare,) = (place / "exports").iterdir()
    (spare / "woo/google1234.html").write_bytes(b"x")
    (spare / "woo/documenten").symlink_to(place)
    made = next_release(place, make(place, 2), [], {"index.html": b"nieuw", "woo/index.html": b"w"})
    assert sorted(inodes(made)) == ["index.html", "woo/index.html"]
    assert not (made / "woo/documenten").exists()


def test_a_file_that_was_taken_and_written_then_is_another_file(place):
    """A unit of which one file is damaged is made again as a whole: also what was taken of it already."""
    live = make(place, 2, {"a.html": b"a", "b.html": b"b"})
    set_aside(make(place, 1, {"a.html": b"old"}))
    with new_release(place / "exports", f"{CODE}-3") as release:
        sha256 = hashlib.sha256(b"a").hexdigest()
        assert not release.take(live, [("a.html", sha256, 1), ("b.html", sha256, 2)])
        release.write("a.html", b"new")
    assert (live / "a.html").read_bytes() == b"a"
    assert (place / f"exports/{CODE}-3/a.html").read_bytes() == b"new"


def test_one_tree_is_set_aside_and_no_more(place):
    for number in range(10):
        make(place, number, {"woo/index.html": b"%d" % number})
    clean_up(place / "exports", CODE, None)
    hidden = [path for path in (place / "exports").iterdir() if path.name.startswith(".")]
    assert len(hidden) == 1
    assert (hidden[0] / "woo/index.html").read_bytes() == b"0"
    set_aside(releases(place / "exports", CODE)[0])
    assert len(list((place / "exports").iterdir())) == 7


def test_a_release_in_a_tree_that_was_set_aside_leaves_nothing_when_it_breaks(place):
    set_aside(make(place, 1))
    with pytest.raises(ZeroDivisionError), new_release(place / "exports", f"{CODE}-2") as release:
        release.write("index.html", b"half")
        _ = 1 / 0
    assert list((place / "exports").iterdir()) == []


# Manifests


def test_every_file_stands_in_one_manifest_with_its_hash(place):
    release = make(place, 1, {"index.html": b"a", "woo/index.html": b"b", "woo/x/y.html": b"c", "robots.txt": b"d"})
    root = json.loads((release / "manifest.json").read_bytes())
    assert [(shard["path"], shard["files"]) for shard in root["shards"]] == [("", 2), ("woo", 2)]
    for shard in root["shards"]:
        data = (release / shard["manifest"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == shard["sha256"]
        for name, facts in json.loads(data)["files"].items():
            content = (release / name).read_bytes()
            assert facts == {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def test_the_same_files_have_the_same_fingerprint_and_a_change_moves_one_shard(place):
    files = {"index.html": b"a", "woo/index.html": b"b"}
    first, second, third = (
        make(place, 1, files),
        make(place, 2, files),
        make(place, 3, files | {"woo/index.html": b"c"}),
    )
    assert fingerprint(first) == fingerprint(second)
    changed = [a[0] for a, b in zip(fingerprint(first), fingerprint(third), strict=True) if a != b]
    assert changed == ["woo"]


@pytest.mark.parametrize("content", [None, "", "{kapot", "[]", '{"shards": [{}]}', '{"shards": 3}'])
def test_a_manifest_that_cannot_be_read_has_no_fingerprint(place, content):
    release = place / "exports/gm0168-1"
    release.mkdir(parents=True)
    if content is not None:
        (release / "manifest.json").write_text(content)
    assert fingerprint(release) is None


# Documents


def test_a_missing_or_changed_document_is_named(place):
    tree = place / "documenten"
    tree.mkdir()
    for name, data in {"goed.pdf": b"1234", "anders.pdf": b"123"}.items():
        (tree / name).write_bytes(data)
    documents = {f"woo/documenten/{name}": ("0" * 64, 4) for name in ("goed.pdf", "anders.pdf", "weg.pdf")}
    assert list(tree_faults(tree, documents)) == ["woo/documenten/anders.pdf", "woo/documenten/weg.pdf"]


def test_a_withdrawn_document_is_gone_from_every_release_at_once(place):
    tree = place / "documenten" / CODE
    tree.mkdir(parents=True)
    (tree / "besluit.pdf").write_bytes(b"%PDF")
    for number in range(2):
        with new_release(place / "exports", f"{CODE}-{number}") as release:
            release.link_documents(tree, {"woo/documenten/besluit.pdf": ("0" * 64, 4)})
    remove_document(tree, "woo/documenten/besluit.pdf")
    remove_document(tree, "woo/documenten/besluit.pdf")  # gone already is good
    assert list(place.rglob("besluit.pdf")) == []


def test_only_documents_are_taken_away(place):
    tree = place / "documenten"
    tree.mkdir()
    (place / "openboek.db").write_bytes(b"van ons")
    for name in ("woo/documenten/../openboek.db", "../openboek.db", "openboek.db", "/openboek.db"):
        with pytest.raises(ValueError, match="documenten"):
            remove_document(tree, name)
    assert (place / "openboek.db").exists()


# One at a time, and a disk that gives way


def test_a_second_run_is_told_that_one_is_busy(place):
    with (
        publish_lock(place / "exports", "gm0168"),
        pytest.raises(Busy, match="loopt al een export"),
        publish_lock(place / "exports", "gm0168"),
    ):
        pass
    with publish_lock(place / "exports", "gm0168"):
        pass


def test_the_lock_is_free_again_after_a_kill(place):
    code = (
        "import sys, time; from pathlib import Path; from publish.writer import publish_lock\n"
        "with publish_lock(Path(sys.argv[1]), 'gm0168'):\n    print('bezig', flush=True); time.sleep(60)"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code, str(place / "exports")], stdout=subprocess.PIPE, cwd=root
    ) as holder:
        holder.stdout.readline()
        with pytest.raises(Busy), publish_lock(place / "exports", "gm0168"):
            pass
        holder.kill()
        holder.wait()
    with publish_lock(place / "exports", "gm0168"):
        pass


def test_the_lock_tells_when_the_folder_cannot_be_written(place):
    (place / "exports").write_text("een bestand waar een map moet zijn")
    with pytest.raises(Failed, match="kan niet worden geschreven"), publish_lock(place / "exports", "gm0168"):
        pass


def test_an_error_within_the_lock_is_not_the_locks(place):
    with pytest.raises(FileNotFoundError), publish_lock(place / "exports", "gm0168"):
        raise FileNotFoundError


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (errno.ENOSPC, "De schijf is vol"),
        (errno.EDQUOT, "De schijf is vol"),
        (errno.EROFS, "kan niet worden geschreven"),
        (errno.EACCES, "kan niet worden geschreven"),
    ],
)
def test_a_disk_that_gives_way_leaves_the_old_site(place, monkeypatch, code, message):
    switch(place / "site", make(place, 1))

    def give_way(path: str, data: bytes) -> None:
        Path(path).write_bytes(data[:3])
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(writer, "_write_whole", give_way)
    with pytest.raises(Failed, match=message), new_release(place / "exports", "gm0168-2") as release:
        release.write("index.html", b"<p>nieuw</p>")
    assert (place / "site/index.html").read_bytes() == b"<p>1</p>"
    assert len(list((place / "exports").iterdir())) == 1


def test_a_release_that_cannot_get_its_name_leaves_the_old_site(place, monkeypatch):
    switch(place / "site", make(place, 1))

    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr(Path, "rename", refuse)
    with (
        pytest.raises(Failed, match="kan niet worden geschreven"),
        new_release(place / "exports", "gm0168-2") as release,
    ):
        release.write("index.html", b"<p>nieuw</p>")
    assert [path.name for path in (place / "exports").iterdir()] == [current(place / "site").name]


def test_a_really_full_disk_is_said_so(place):
    """A file may grow to 100 kB in this process: the system itself refuses the rest."""
    code = (
        "import resource, sys; from pathlib import Path\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "from core.errors import Failed; from publish.writer import new_release\n"
        "try:\n"
        "    with new_release(Path(sys.argv[1]), 'gm0168-1') as release: release.write('groot.html', b'x' * 200_000)\n"
        "except Failed as failed: print(failed.message)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code, str(place / "exports")], capture_output=True, text=True, cwd=root, check=True
    )
    assert done.stdout == "De schijf is vol. Maak ruimte vrij; de oude site staat nog online.\n"
    assert list((place / "exports").iterdir()) == []
