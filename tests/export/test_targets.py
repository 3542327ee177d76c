"""Copies of the site elsewhere: a folder, a bucket (moto) and servers that speak SFTP or WebDAV; the same rules for all."""

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import obstore
import pytest

from core.errors import BadInput, Failed
from core.settings import TargetSettings
from publish import writer
from publish.targets.bucket import BucketPlace
from publish.targets.dav import DavPlace
from publish.targets.folder import FolderPlace
from publish.targets.journal import MARKER, turn
from publish.targets.place import Parcel, Place
from publish.targets.sending import send, take_away
from publish.targets.sftp import SftpPlace
from support.bucket import BUCKET, KEY_ID, SECRET, Server
from support.dav_server import PASSWORD, DavServer, self_signed
from support.sftp_server import SftpServer

FACTS = {"export": "gm0168-1", "base_url": "https://openboek.losser.example"}
SITE = {
    "index.html": b"<h1>Losser</h1>",
    "woo/index.html": b"<h1>Woo</h1>",
    "verwerkingsregister/register.csv": b"kenmerk\n",
    "sitemap.xml": b"<urlset/>",
    "sitemaps/sitemap-diwoo-infocat014-00001.xml": b"<urlset/>",
    "sitemaps/sitemapindex-diwoo-infocat014.xml": b"<sitemapindex/>",
    "robots.txt": b"User-agent: *\n",
}
DOCUMENTS = {"woo/documenten/1/1-besluit.pdf": b"%PDF-1.7 besluit", "woo/documenten/1/2-brief.pdf": b"%PDF-1.7 brief"}


@pytest.fixture(scope="module")
def s3() -> Iterator[Server]:
    pytest.importorskip("moto.server", reason="needs moto")
    made = Server()
    made.start()
    made.make_bucket()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def sftp(tmp_path_factory) -> Iterator[SftpServer]:
    made = SftpServer(tmp_path_factory.mktemp("server"), tmp_path_factory.mktemp("sleutels"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def dav(tmp_path_factory) -> Iterator[DavServer]:
    made = DavServer(tmp_path_factory.mktemp("dav"))
    yield made
    made.stop()


class Copy:
    """A place, how to come in, and what a reader finds in it."""

    def __init__(self, kind: str, request: pytest.FixtureRequest, root: Path) -> None:
        self.kind, self.name, self.journal = kind, secrets.token_hex(4), root / "doel.db"
        self.request = request
        self.root = root / "elders"
        self.root.mkdir()

    def place(self) -> Place:
        match self.kind:
            case "folder":
                return FolderPlace(self.root)
            case "bucket":
                return BucketPlace(bucket_settings(self.request.getfixturevalue("s3"), self.name))
            case "dav":
                server = self.request.getfixturevalue("dav")
                (server.root / self.name).mkdir(exist_ok=True)
                return DavPlace(dav_settings(server, self.name))
            case _:
                return SftpPlace(sftp_settings(self.request.getfixturevalue("sftp"), self.name))

    def files(self) -> dict[str, bytes]:
        """Every file that a reader can reach."""
        if self.kind == "bucket":
            store = self.request.getfixturevalue("s3").raw()
            listed = [one["path"] for found in obstore.list(store, prefix=self.name) for one in found]
            found = {path.removeprefix(f"{self.name}/"): bytes(obstore.get(store, path).bytes()) for path in listed}
        else:
            top = (
                self.root / "site"
                if self.kind == "folder"
                else self.request.getfixturevalue(self.kind).root / self.name
            )
            paths = [*top.rglob("*"), *(top / writer.DOCUMENTS).rglob("*")] if top.exists() else []
            found = {path.relative_to(top).as_posix(): path.read_bytes() for path in paths if path.is_file()}
        found.pop(MARKER, None)
        return found


def bucket_settings(server: Server, name: str, secret: str = SECRET) -> TargetSettings:
    return TargetSettings(to=f"s3://{BUCKET}/{name}", endpoint=server.endpoint, key_id=KEY_ID, secret=secret)


def sftp_settings(server: SftpServer, name: str, **changes) -> TargetSettings:
    facts = {"key_file": server.key_file, "known_hosts": server.known_hosts}
    return TargetSettings(to=server.address(name), **{**facts, **changes})


def dav_settings(server: DavServer, name: str, secret: str = PASSWORD) -> TargetSettings:
    return TargetSettings(to=server.address(name), secret=secret)


@pytest.fixture(params=["folder", "bucket", "sftp", "dav"])
def copy(request, tmp_path) -> Copy:
    return Copy(request.param, request, tmp_path)


class Here:
    """What is live on this machine."""

    def __init__(self, root: Path) -> None:
        self.exports, self.tree, self.number = root / "exports", root / "documenten", 0

    def release(self, site=SITE, documents=DOCUMENTS) -> Path:
        self.number += 1
        name = f"gm0168-{self.number}"
        with writer.new_release(self.exports, name) as made:
            for path, data in site.items():
                made.write(path, data)
            listed = {}
            for path, data in documents.items():
                target = self.tree / path.removeprefix(f"{writer.DOCUMENTS}/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                listed[path] = (hashlib.sha256(data).hexdigest(), len(data))
            made.link_documents(self.tree, listed)
            made.write_manifests({**FACTS, "export": name})
        return self.exports / name


@pytest.fixture
def here(tmp_path) -> Here:
    return Here(tmp_path / "D")


def bring(copy: Copy, release: Path, gone=()):
    with copy.place() as place:
        return send(place, copy.journal, release, "gm0168", lambda: gone)


def of_release(release: Path) -> dict[str, bytes]:
    paths = [*release.rglob("*"), *(release / writer.DOCUMENTS).rglob("*")]
    return {path.relative_to(release).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def test_a_copy_holds_what_is_live_and_only_what_changed_is_sent(copy, here):
    first = here.release()
    sent = bring(copy, first)
    assert copy.files() == of_release(first)
    assert sent.files == len(of_release(first))
    if copy.kind == "folder":  # it has two trees, each with all but the documents
        assert bring(copy, first).files == sent.files - len(DOCUMENTS)
    assert bring(copy, first).files == 0
    changed = {**SITE, "woo/index.html": b"<h1>Anders</h1>"}
    del changed["verwerkingsregister/register.csv"]
    second = here.release(changed)
    sent = bring(copy, second)
    assert copy.files() == of_release(second)
    assert (sent.files, sent.removed) == (3, 2)  # the page, a manifest and the root; a file and its manifest went


def test_readers_never_find_a_list_of_what_is_not_there(copy, here, monkeypatch):
    """Files before sitemaps before indexes before robots.txt, and what went is taken away after that."""
    bring(copy, here.release({**SITE, "oud.html": b"oud"}))
    order = []
    place = copy.place()
    put, remove = place.put, place.remove
    monkeypatch.setattr(place, "put", lambda parcels: (order.extend(one.name for one in parcels), put(parcels)))
    monkeypatch.setattr(place, "remove", lambda names: (order.extend(f"weg {one}" for one in names), remove(names)))
    new = {name: data + b" nieuw" for name, data in SITE.items()}
    documents = {**DOCUMENTS, "woo/documenten/2/1-nieuw.pdf": b"%PDF-1.7 nieuw"}
    withdrawn = "woo/documenten/1/1-besluit.pdf"
    with place:
        send(place, copy.journal, here.release(new, documents), "gm0168", lambda: [withdrawn])
    assert order[0] == f"weg {withdrawn}"
    sent = [name for name in order if not name.startswith("weg ")]
    assert [turn(name) for name in sent] == sorted(turn(name) for name in sent)
    assert sent[0] == "woo/documenten/2/1-nieuw.pdf"
    assert sent[-1] == "manifest.json"
    assert sent.index("robots.txt") > sent.index("sitemaps/sitemapindex-diwoo-infocat014.xml")
    if copy.kind != "folder":  # its other tree never had the old page
        assert order[-1] == "weg oud.html"
    assert withdrawn not in copy.files()


def test_a_document_that_is_withdrawn_while_the_night_runs_does_not_stay(copy, here):
    withdrawn = "woo/documenten/1/1-besluit.pdf"
    asked = iter([[]])
    with copy.place() as place:
        send(place, copy.journal, here.release(), "gm0168", lambda: next(asked, [withdrawn]))
    assert withdrawn not in copy.files()
    assert "woo/documenten/1/2-brief.pdf" in copy.files()


def test_a_withdrawn_document_goes_at_once(copy, here):
    bring(copy, here.release())
    assert take_away(copy.place(), copy.journal, ["woo/documenten/1/1-besluit.pdf", "woo/documenten/9/9-x.pdf"]) == 1
    assert "woo/documenten/1/1-besluit.pdf" not in copy.files()
    assert take_away(copy.place(), copy.journal, ["woo/documenten/1/1-besluit.pdf"]) == 0


def test_what_was_sent_before_the_line_broke_is_not_sent_again(copy, here, monkeypatch):
    release = here.release()
    place = copy.place()
    put, count = place.put, 0

    def breaks(parcels):
        nonlocal count
        count += 1
        if count == 4:  # the marker, the documents and the pages went
            raise Failed("De lijn brak.")
        put(parcels)

    monkeypatch.setattr(place, "put", breaks)
    with pytest.raises(Failed), place:
        send(place, copy.journal, release, "gm0168", list)
    sent = bring(copy, release)
    assert copy.files() == of_release(release)
    assert sent.files == len(of_release(release)) - len(DOCUMENTS) - 3


def test_a_file_that_somebody_took_away_or_changed_in_the_copy_is_put_back(copy, here):
    release = here.release()
    bring(copy, release)
    bring(copy, release)
    with copy.place() as place:
        place.remove(["woo/documenten/1/2-brief.pdf", "index.html"])
    bring(copy, release)
    assert copy.files() == of_release(release)


def test_files_of_somebody_else_are_left_alone(copy, here, tmp_path):
    release = here.release()
    theirs = Copy(copy.kind, copy.request, tmp_path / "x") if (tmp_path / "x").mkdir() is None else copy
    theirs.name, theirs.root = copy.name, copy.root
    bring(copy, release)
    with theirs.place() as place, pytest.raises(BadInput, match="andere organisatie"):
        send(place, theirs.journal, release, "gm0153", list)
    with copy.place() as place:
        place.remove([MARKER])
    with theirs.place() as place, pytest.raises(BadInput, match="niet van Openboek"):
        send(place, theirs.journal, release, "gm0168", list)
    assert copy.files() == of_release(release)


def test_a_file_that_changed_on_disk_does_not_leave_the_house(copy, here):
    release = here.release()
    (release / "index.html").write_bytes(b"<h1>Gekraakt</h1>")
    with pytest.raises(Failed, match=r"index\.html ontbreekt of is veranderd"):
        bring(copy, release)
    assert "index.html" not in copy.files()


def test_a_folder_that_is_not_mounted_is_not_filled(here, tmp_path, request):
    copy = Copy("folder", request, tmp_path)
    bring(copy, here.release())
    shutil.rmtree(copy.root)
    with pytest.raises(Failed, match="is er niet"):
        bring(copy, here.release())
    copy.root.mkdir()
    with pytest.raises(Failed, match="eerder stond hier een site"):
        bring(copy, here.release())


def test_objects_tell_what_they_are(s3, here, tmp_path, request):
    copy = Copy("bucket", request, tmp_path)
    bring(copy, here.release({**SITE, "opendata/dataset.ttl": b"", "static/stijl.css": b""}))
    kinds = {}
    for name in (*SITE, *DOCUMENTS, "opendata/dataset.ttl", "static/stijl.css"):
        kinds[name] = obstore.get(s3.raw(), f"{copy.name}/{name}").attributes["Content-Type"]
    assert kinds["index.html"] == "text/html; charset=utf-8"
    assert kinds["robots.txt"] == "text/plain; charset=utf-8"
    assert kinds["sitemap.xml"] == "application/xml"
    assert kinds["opendata/dataset.ttl"] == "text/turtle; charset=utf-8"
    assert kinds["woo/documenten/1/1-besluit.pdf"] == "application/pdf"


def test_sftp_with_a_password(sftp, here, tmp_path, request):
    copy = Copy("sftp", request, tmp_path)
    copy.place = lambda: SftpPlace(sftp_settings(sftp, copy.name, key_file=None, secret_file=sftp.secret_file))
    bring(copy, here.release())
    assert set(SITE) <= copy.files().keys()
    assert all(name.endswith(".openboek-deel") for name in sftp.wrote)  # a reader never meets half a file


def test_sftp_with_a_key_behind_a_passphrase(sftp, tmp_path):
    key = asyncssh.read_private_key(sftp.key_file)
    key.write_private_key(tmp_path / "sleutel", passphrase="een wachtzin")
    with SftpPlace(sftp_settings(sftp, "x", key_file=tmp_path / "sleutel", secret="een wachtzin")) as place:
        assert place.marker() is None
    with (
        pytest.raises(BadInput, match="wachtzin"),
        SftpPlace(sftp_settings(sftp, "x", key_file=tmp_path / "sleutel", secret="een andere")),
    ):
        pass


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"key_file": None, "secret": "fout"}, "laat openboek niet binnen"),
        ({"known_hosts": "een andere"}, "is niet de server die in KNOWN_HOSTS staat"),
    ],
)
def test_sftp_that_does_not_trust_us_or_that_we_do_not_trust(sftp, tmp_path, changes, sentence):
    if "known_hosts" in changes:
        other = tmp_path / "known_hosts"
        line = sftp.known_hosts.read_text().split()
        other.write_text(f"{line[0]} {asyncssh.generate_private_key('ssh-ed25519').export_public_key().decode()}")
        changes = {"known_hosts": other}
    with pytest.raises(Failed, match=sentence), SftpPlace(sftp_settings(sftp, "x", **changes)):
        pass


@pytest.mark.parametrize(
    ("kind", "sentence"), [("sftp", "stopte halverwege"), ("dav", r"127\.0\.0\.1:[0-9]+ is niet te bereiken")]
)
def test_a_line_that_breaks_halfway_is_told_and_resumed(kind, sentence, here, tmp_path, request, monkeypatch):
    monkeypatch.setattr("core.http.BACKOFF_SECONDS", 0.01)
    copy, release, server = Copy(kind, request, tmp_path), here.release(), request.getfixturevalue(kind)
    server.fails_after = 5
    with pytest.raises(Failed, match=sentence):
        bring(copy, release)
    server.fails_after = None
    bring(copy, release)
    assert copy.files() == of_release(release)


def test_an_sftp_line_that_was_gone_before_it_was_used_is_no_full_disk(sftp, here, tmp_path, request):
    """Paramiko says of a channel that closed what it says of a file that a server refused: no reason at all."""
    copy, release = Copy("sftp", request, tmp_path), here.release()
    with copy.place() as place:
        sftp.break_line()
        with pytest.raises(Failed, match="stopte halverwege"):
            send(place, copy.journal, release, "gm0168", list)
        with pytest.raises(Failed, match="stopte halverwege"):  # by now every channel is known to be closed
            place.put([Parcel("index.html", release / "index.html", "", 0)])
    bring(copy, release)
    assert copy.files() == of_release(release)


def test_an_sftp_server_with_a_full_disk_is_told_and_resumed(sftp, here, tmp_path, request):
    copy, release = Copy("sftp", request, tmp_path), here.release()
    sftp.is_full = True
    with pytest.raises(Failed, match="Vaak is de schijf daar vol"):
        bring(copy, release)
    sftp.is_full = False
    bring(copy, release)
    assert copy.files() == of_release(release)


def test_webdav_files_go_under_another_name_and_tell_what_they_are(dav, here, tmp_path, request):
    copy = Copy("dav", request, tmp_path)
    dav.asked.clear()
    bring(copy, here.release({**SITE, "leeg.txt": b"", "map met spatie/café 100%.html": b"<h1>Caf\xc3\xa9</h1>"}))
    sent = {path.rpartition("/")[2]: kind for method, path, kind in dav.asked if method == "PUT"}
    assert all(name.endswith(".openboek-deel") for name in sent)  # a reader never meets half a file
    assert sent[".index.html.openboek-deel"] == "text/html; charset=utf-8"
    assert sent[".sitemap.xml.openboek-deel"] == "application/xml"
    assert sent[".1-besluit.pdf.openboek-deel"] == "application/pdf"
    assert copy.files()["leeg.txt"] == b""
    dav.asked.clear()
    assert bring(copy, here.exports / "gm0168-1").files == 0
    assert dav.asked == []  # what it says that it has, is what we sent, whatever the name


@pytest.mark.parametrize(
    ("method", "said", "sentence"),
    [
        ("PUT", "507 Insufficient Storage", "geen ruimte meer. Maak daar ruimte vrij"),
        ("PUT", "413 Request Entity Too Large", "te groot"),
        ("PUT", "423 Locked", "op slot gezet"),
        ("PUT", "403 Forbidden", "mag openboek@losser.example niet lezen of schrijven in /"),
        ("MKCOL", "500 Oeps", "antwoordt op .* met status 500"),
        ("MOVE", "502 Bad Gateway", "laat de header Destination niet kloppen"),
        ("PROPFIND", "405 Method Not Allowed", "spreekt op dit adres geen WebDAV"),
        ("PROPFIND", "200 OK", "spreekt op dit adres geen WebDAV"),
        ("PROPFIND", "301 Moved Permanently", "verwijst door"),
        ("PROPFIND", "207 Multi-Status", "spreekt op dit adres geen WebDAV"),  # without one
    ],
)
def test_what_a_webdav_server_will_not_do_is_told_in_a_sentence(
    method, said, sentence, dav, here, tmp_path, request, monkeypatch
):
    copy, release = Copy("dav", request, tmp_path), here.release()
    monkeypatch.setattr("core.http.BACKOFF_SECONDS", 0.01)
    monkeypatch.setitem(dav.answers, method, said)
    with pytest.raises(Failed, match=sentence) as told:
        bring(copy, release)
    assert PASSWORD not in str(told.value)
    dav.answers.clear()
    bring(copy, release)
    assert copy.files() == of_release(release)


def test_a_webdav_server_that_falters_is_asked_again(dav, here, tmp_path, request, monkeypatch):
    copy, release = Copy("dav", request, tmp_path), here.release()
    monkeypatch.setattr("core.http.BACKOFF_SECONDS", 0.01)
    dav.falters = 2
    bring(copy, release)
    assert dav.falters == 0
    assert copy.files() == of_release(release)  # also what was sent half before


def test_webdav_with_a_wrong_password_or_a_folder_that_is_not_there(dav):
    with (
        pytest.raises(Failed, match=r"laat openboek@losser\.example niet binnen"),
        DavPlace(dav_settings(dav, "x", "fout")) as place,
    ):
        list(place.listed())
    with (
        pytest.raises(Failed, match=r"De map /is-er-niet is er niet op 127\.0\.0\.1"),
        DavPlace(dav_settings(dav, "is-er-niet")) as place,
    ):
        list(place.listed())


def test_webdav_over_https_with_a_certificate_that_nobody_vouches_for(tmp_path, monkeypatch):
    certificate = self_signed(tmp_path)
    server = DavServer(tmp_path, certificate)
    monkeypatch.setattr("core.http.BACKOFF_SECONDS", 0.01)
    try:
        with (
            pytest.raises(Failed, match="Het certificaat van 127"),
            DavPlace(dav_settings(server, "")) as place,
        ):
            list(place.listed())
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate[0])  # somebody does
        with DavPlace(dav_settings(server, "")) as place:
            assert {name for name, _ in place.listed()} == {"certificaat.pem", "sleutel.pem"}
    finally:
        server.stop()


def test_a_server_that_is_away_is_told_in_a_sentence(s3, sftp, monkeypatch):
    monkeypatch.setattr("core.http.BACKOFF_SECONDS", 0.01)
    away = TargetSettings(to="http://openboek@127.0.0.1:1/x", secret="x")
    with pytest.raises(Failed, match="is niet te bereiken"), DavPlace(away) as place:
        list(place.listed())
    gone = sftp_settings(sftp, "x").model_copy(update={"to": "sftp://openboek@127.0.0.1:1/x"})
    with pytest.raises(Failed, match="is niet bereikbaar"), SftpPlace(gone):
        pass
    other = TargetSettings(to="s3://bestaat-niet/x", endpoint=s3.endpoint, key_id=KEY_ID, secret=SECRET)
    with pytest.raises(Failed, match="bestaat niet"), BucketPlace(other) as place:
        list(place.listed())


def test_the_manifest_of_a_copy_names_the_export(copy, here):
    release = here.release()
    bring(copy, release)
    assert json.loads(copy.files()["manifest.json"])["export"] == release.name
