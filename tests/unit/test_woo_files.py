"""Files: known by their contents, kept by their hash, published under a name that cannot leave the tree."""

import io
import re
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import BadInput, Failed
from core.filetypes import recognise
from core.folder import Folder
from core.settings import Settings
from support import woo_documents as make
from woo import files, lists

WORD = "wordprocessingml.document"


def compound(*names: str) -> bytes:
    """The smallest compound file (Office before 2007) with these streams at the top, in one sector of directory."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<L", header, 48, 1)
    struct.pack_into("<109L", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128L", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\x00")
        + struct.pack("<HBBLLL", 2 * len(name) + 2, 1, 1, 0xFFFFFFFF, right, child)
        + bytes(48)
        for name, right, child in [("Root Entry", 0xFFFFFFFF, 1)]
        + [(name, place + 2 if place + 1 < len(names) else 0xFFFFFFFF, 0xFFFFFFFF) for place, name in enumerate(names)]
    )
    return bytes(header) + table + entries.ljust(512, b"\x00")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.pdf", make.pdf(), "PDF"),
        ("a.pdf", b"\n\n%PDF-1.4", "PDF"),
        ("a.docx", make.office(WORD), "DOCX"),
        ("a.xlsx", make.office("spreadsheetml.sheet"), "XLSX"),
        ("a.pptx", make.office("presentationml.presentation"), "PPTX"),
        ("a.ppsx", make.office("presentationml.slideshow"), "PPSX"),
        ("a.odt", make.open_document("text"), "ODT"),
        ("a.ods", make.open_document("spreadsheet"), "ODS"),
        ("a.odp", make.open_document("presentation"), "ODP"),
        ("a.odf", make.open_document("formula"), "ODF"),
        ("a.zip", make.zipped({"a.txt": b"a"}), "ZIP"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\x00\x04", "7z"),
        ("a.rtf", b"{\\rtf1\\ansi a}", "RTF"),
        ("a.html", b"\xef\xbb\xbf<!-- gemaakt --> <!DOCTYPE html>\n<html lang='nl'>", "HTML"),
        ("a.htm", b"<HTML>", "HTML"),
        ("a.html", b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC 'x'><html>", "HTML"),
        ("a.txt", "Één regel – tekst\n".encode(), "TXT"),
        ("a.csv", "naam;aantal\r\ncafé;3\r\n".encode("cp1252"), "CSV"),
        ("a.txt", "tekst".encode("utf-16"), "TXT"),
        ("a.doc", compound("1Table", "WordDocument"), "DOC"),
        ("a.xls", compound("Workbook"), "XLS"),
        ("a.ppt", compound("PowerPoint Document"), "PPT"),
        ("a.pps", compound("PowerPoint Document"), "PPS"),
        ("zonder extensie", make.pdf(), "PDF"),
    ],
)
def test_the_nineteen_formats_are_known_by_their_contents(folder, name, data, code):
    assert make.store(folder, data, name).format.code == code


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.pdf", b"", "leeg (0 bytes)"),
        ("a.pdf", make.open_document("text"), "de inhoud is ODT"),
        ("a.docx", make.zipped({"a.txt": b"a"}), "de inhoud is ZIP"),
        ("a.docm", make.office("wordprocessingml.template"), "niet leest"),
        ("a.ott", make.open_document("text-template"), "niet leest"),
        ("a.docx", compound("EncryptionInfo", "EncryptedPackage"), "beveiligd met een wachtwoord"),
        ("a.msg", compound("__substg1.0_1000001F"), "niet leest"),
        ("a.xml", b"<?xml version='1.0'?><register/>", "niet leest"),
        ("a.txt", b"<?xml version='1.0'?><register/>", "niet leest"),
        ("a.txt", b"MZ\x90\x00\x03", "niet leest"),
        ("a.csv", b"a;b\n\x00\x01", "niet leest"),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF", "niet leest"),
        ("a.zip", b"PK\x03\x04 afgebroken", "niet leest"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 kort", "niet leest"),
        ("a", b"gewone tekst zonder extensie", "niet leest"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence_and_leaves_nothing(folder, name, data, told):
    with pytest.raises(BadInput, match=re.escape(told)):
        make.store(folder, data, name)
    assert [path for path in folder.files.rglob("*") if path.is_file()] == []


def test_a_file_that_is_too_large_is_refused_before_it_is_kept(tmp_path):
    small = Folder(tmp_path, Settings(_env_file=None, max_upload=1000))
    small.prepare()

    class Stream(io.RawIOBase):
        """A sender that tells no size and never ends."""

        def readable(self) -> bool:
            return True

        def readinto(self, buffer) -> int:
            buffer[:] = b"a" * len(buffer)
            return len(buffer)

    for source in (io.BytesIO(b"%PDF-" + b"a" * 1000), Stream()):
        with pytest.raises(BadInput, match="te groot"):
            files.store(small, source, "a.pdf")
    assert list(small.files.rglob("*")) == []


def test_the_same_bytes_are_kept_once(folder):
    first, second = make.store(folder, make.pdf(), "a.pdf"), make.store(folder, make.pdf(), "b.pdf")
    assert first.sha256 == second.sha256
    assert [path.name for path in folder.files.rglob("*") if path.is_file()] == [first.sha256]
    assert folder.store().path(first.sha256).relative_to(folder.files).parts[:2] == (
        first.sha256[:2],
        first.sha256[2:4],
    )


def test_a_folder_that_cannot_be_written_is_told(folder):
    folder.files.rmdir()
    folder.files.write_text("a file stands where the folder should be")
    with pytest.raises(Failed, match="kan niet worden geschreven"):
        make.store(folder, make.pdf())


@given(st.binary(max_size=600), st.sampled_from(["pdf", "docx", "doc", "txt", "zip", ""]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes_get_an_answer(tmp_path, data, extension):
    for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        path = tmp_path / "bestand"
        path.write_bytes(start + data)
        assert recognise(path, extension) in {None, "", *lists.formats()}


def test_a_zip_with_an_endless_list_of_contents_is_not_read_into_memory(tmp_path):
    path = tmp_path / "bom.zip"
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, 900_000_000, 0, 0)
    path.write_bytes(b"PK\x03\x04" + end)
    assert recognise(path, "zip") == "ZIP"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Besluit over de speelplek", "besluit-over-de-speelplek"),
        ("  Café ’t Hóékje & Zoon / §3  ", "cafe-t-hoekje-zoon-3"),
        ("Straße, Ærø, Łódź, İzmir", "strasse-aero-lodz-izmir"),
        ("agenda’s en besluitenlijsten", "agendas-en-besluitenlijsten"),
        ("../../etc/passwd", "etc-passwd"),
        ("🎈🎈", "document"),
        ("Привет", "document"),
        ("", "document"),
        ("woord " * 50, "-".join(["woord"] * 13)),
        ("a" * 200, "a" * 80),
    ],
)
def test_a_slug_keeps_the_words_that_an_address_can_hold(title, expected):
    assert files.slug(title) == expected


@given(st.text(st.characters(codec=None)))
def test_every_title_makes_an_address_inside_the_tree(title):
    slug = files.slug(title)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= 80
    folder = Folder(Path("/srv/openboek"), Settings(_env_file=None))
    loc = files.public_location(f"1-{files.slug(title, longest=60)}", 1, title, lists.formats()["PDF"])
    path = files.public_path(folder, "gm0168", loc)
    assert path.resolve().is_relative_to("/srv/openboek/documenten/gm0168")


@given(st.text())
def test_an_address_that_could_leave_the_tree_is_refused(text):
    folder = Folder(Path("/srv/openboek"), Settings(_env_file=None))
    try:
        path = files.public_path(folder, "gm0168", f"{files.PUBLIC_PREFIX}{text}")
    except ValueError:
        return
    assert path == path.resolve()
    assert path.is_relative_to("/srv/openboek/documenten/gm0168")
    assert path != Path("/srv/openboek/documenten/gm0168")


@pytest.mark.parametrize(
    "loc", ["/woo/documenten/../x.pdf", "/woo/documenten/a/.hidden", "/elders/a.pdf", "/woo/documenten/"]
)
def test_nasty_addresses_are_refused(folder, loc):
    with pytest.raises(ValueError, match="not a location"):
        files.public_path(folder, "gm0168", loc)


def put_public(folder, code, loc, sha256):
    with files.ready(folder, code, loc, sha256) as put:
        put()
    assert files.stands(folder, code, loc, sha256)


def test_putting_a_file_in_the_tree_is_one_step_and_can_be_done_again(folder):
    first, second = make.store(folder, make.pdf("een")), make.store(folder, make.pdf("twee"))
    loc = "/woo/documenten/1-a/1-b.pdf"
    path = files.public_path(folder, "gm0168", loc)
    for _ in range(2):
        put_public(folder, "gm0168", loc, first.sha256)
        assert path.read_bytes() == make.pdf("een")
    put_public(folder, "gm0168", loc, second.sha256)
    assert path.read_bytes() == make.pdf("twee")
    assert folder.store().path(first.sha256).read_bytes() == make.pdf("een"), "the original is not written over"
    assert list(files.public_files(folder, "gm0168")) == [loc]


def test_a_disk_without_hard_links_gets_a_copy(folder, monkeypatch):
    stored = make.store(folder, make.pdf("een"))

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    loc = "/woo/documenten/1-a/1-b.pdf"
    for _ in range(2):
        put_public(folder, "gm0168", loc, stored.sha256)
    path = files.public_path(folder, "gm0168", loc)
    assert (path.read_bytes(), path.stat().st_nlink) == (make.pdf("een"), 1)


def test_a_missing_original_is_told(folder):
    with pytest.raises(Failed, match="ontbreekt"):
        put_public(folder, "gm0168", "/woo/documenten/1-a/1-b.pdf", "0" * 64)


def test_taking_away_twice_is_harmless_and_leaves_other_files(folder):
    stored = make.store(folder, make.pdf())
    first, second = "/woo/documenten/1-a/1-b.pdf", "/woo/documenten/1-a/2-b.pdf"
    for loc in (first, second):
        put_public(folder, "gm0168", loc, stored.sha256)
    for _ in range(2):
        files.take_away(folder, "gm0168", first)
    assert list(files.public_files(folder, "gm0168")) == [second]
    files.take_away(folder, "gm0168", second)
    assert not files.public_path(folder, "gm0168", second).parent.exists()
