"""The originals in a bucket or a folder: what is stored comes back, what was altered is refused, nothing is half-done."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import obstore
import pytest
from sqlmodel import select

import woo.files
import woo.services as woo_services
from app import archive, cli, restoring
from app.doctor import Outcome, examine
from app.moving_files import copy
from core import audit, storage
from core.errors import BadInput, Failed
from core.folder import Folder
from core.settings import Settings, load
from core.storage import Bucket, Damaged, Disk, Store, at
from support.backups import rows_of
from support.bucket import BUCKET, KEY_ID, SECRET, Server
from support.installation import Installation
from support.small_files import pdf
from woo import lists
from woo.content import DocumentContent, DossierContent
from woo.models import Document

pytestmark = pytest.mark.usefixtures("quick_migrations")
DATA = b"een bestand"
PDF = pdf()
NOTHING = "0" * 64


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    pytest.importorskip("moto.server", reason="needs moto")
    made = Server()
    made.start()
    made.make_bucket()
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch) -> None:
    """A bucket that is away is asked as often as always, but with shorter waits in between."""
    waits = {"init_backoff": timedelta(milliseconds=2), "max_backoff": timedelta(milliseconds=20), "base": 2}
    monkeypatch.setitem(storage._RETRY, "backoff", waits)


@pytest.fixture
def address() -> str:
    """A place of its own in the bucket."""
    return f"s3://{BUCKET}/{uuid4().hex}"


@pytest.fixture
def bucket(server, address, tmp_path) -> Store:
    return server.folder(tmp_path / "D", storage=address).store()


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path) -> Store:
    """Each test of the contract holds for both."""
    return Disk(tmp_path / "map") if request.param == "folder" else request.getfixturevalue("bucket")


def put(store: Store, data: bytes) -> str:
    with store.receiving() as (path, out):
        out.write(data)
        out.flush()
        store.put(sha256_of(data), path)
    return sha256_of(data)


def in_bucket(server: Server, address: str) -> dict[str, int]:
    prefix = address.removeprefix(f"s3://{BUCKET}/")
    found = [one for part in obstore.list(server.raw(), prefix) for one in part]
    return {one["path"].removeprefix(f"{prefix}/"): one["size"] for one in found}


def leftovers(root: Path) -> list[Path]:
    """Files that a step should have taken away; what an export keeps for the next one stays."""
    kept = (".env", ".bezig", ".staat-", ".bewijs-")
    return [path for path in root.rglob(".*") if path.is_file() and not path.name.startswith(kept)]


# The contract


@pytest.mark.parametrize("data", [b"", DATA, os.urandom(17_000_000)], ids=["nothing", "little", "two parts"])
def test_what_is_stored_comes_back(store, data, tmp_path):
    sha256 = put(store, data)
    with store.open(sha256) as file:
        assert file.read() == data
    store.give(sha256, tmp_path / "gegeven")
    assert (tmp_path / "gegeven").read_bytes() == data
    assert store.size(sha256) == len(data)
    assert leftovers(tmp_path) == []


def test_the_same_bytes_are_kept_once_and_a_file_goes_away_once(store):
    first, second = put(store, DATA), put(store, DATA)
    other = put(store, b"iets anders")
    assert first == second
    assert sorted(one.sha256 for one in store.every()) == sorted([first, other])
    for _ in range(2):
        store.delete(first)
    assert [one.sha256 for one in store.every()] == [other]


def test_what_is_not_there_is_told(store, tmp_path):
    assert store.size(NOTHING) is None
    with pytest.raises(Damaged, match="ontbreekt"):
        store.open(NOTHING)
    with pytest.raises(Damaged, match="ontbreekt"):
        store.give(NOTHING, tmp_path / "niets")
    assert not store.is_at(NOTHING, tmp_path / "niets")


@pytest.mark.parametrize("wrong", ["", "../../etc/passwd", "A" * 64, NOTHING + "0", "é" * 64])
def test_only_a_hash_is_a_name(store, wrong):
    for use in (store.open, store.size, store.delete):
        with pytest.raises(ValueError, match="not a SHA-256"):
            use(wrong)


def test_a_store_that_works_says_so_and_keeps_nothing_of_the_trial(store, tmp_path):
    if isinstance(store, Disk):
        store.root.mkdir()
    store.check()
    assert list(store.every()) == []
    assert leftovers(tmp_path) == []


def test_a_file_that_was_altered_is_not_read_and_storing_it_again_mends_it(server, store, address):
    sha256 = put(store, DATA)
    if isinstance(store, Disk):
        store.path(sha256).write_bytes(b"EEN BESTAND")
    else:
        prefix = address.removeprefix(f"s3://{BUCKET}/")
        obstore.put(server.raw(), f"{prefix}/{sha256[:2]}/{sha256[2:4]}/{sha256}", b"EEN BESTAND")
    with pytest.raises(Damaged, match="veranderd of beschadigd"):
        store.open(sha256)
    put(store, DATA)
    store.open(sha256).close()


def test_strange_objects_in_the_bucket_are_left_alone(server, bucket, address):
    prefix = address.removeprefix(f"s3://{BUCKET}/")
    for name in ("leesmij.txt", "ab/cd/kort", ".proef-van-vroeger"):
        obstore.put(server.raw(), f"{prefix}/{name}", b"x")
    sha256 = put(bucket, DATA)
    assert [one.sha256 for one in bucket.every()] == [sha256]


# Away, refused, wrong


def test_a_bucket_that_is_away_is_told_in_a_sentence_and_comes_back(tmp_path):
    own = Server()
    own.start()
    own.make_bucket()
    store = own.folder(tmp_path / "D").store()
    sha256 = put(store, DATA)
    own.stop()
    for use in (lambda: put(store, b"nieuw"), lambda: store.open(sha256), lambda: list(store.every()), store.check):
        with pytest.raises(Failed, match=r"niet bereikbaar\. Er is niets half opgeslagen") as told:
            use()
        assert not isinstance(told.value, Damaged)  # the file may be quite right
    assert leftovers(tmp_path) == []
    own.start()
    own.make_bucket()
    assert put(store, DATA) == sha256
    own.stop()


def test_a_server_that_falters_is_asked_again(server, bucket):
    """It holds its breath for a moment; nobody notices."""
    sha256 = put(bucket, DATA)
    with contextlib.ExitStack() as stack:
        stack.enter_context(server.away())
        timer = threading.Timer(0.3, stack.pop_all().close)
        timer.start()
        with bucket.open(sha256) as file:
            assert file.read() == DATA
        timer.join()


def test_a_bucket_that_does_not_exist_is_told(server, tmp_path):
    store = server.folder(tmp_path / "D", storage="s3://bestaat-niet/x").store()
    with pytest.raises(Failed, match=r"bestaat niet\. Controleer de naam van de bucket"):
        store.check()


def test_a_key_that_is_refused_is_told_and_never_shown(tmp_path):
    """Moto asks for a right signature once its first calls are over."""
    own = Server()
    own.start(checking_keys=True)
    store = own.folder(tmp_path / "D").store()
    with pytest.raises(Failed, match="weigert de sleutel") as told:
        store.check()
    assert SECRET not in f"{told.value!r}{told.value.__cause__!r}{told.value.__context__!r}"
    assert (KEY_ID in str(told.value), SECRET in repr(store)) == (False, False)
    own.stop()


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("OPENBOEK_STORAGE=s3://", "is geen adres van een opslag"),
        ("OPENBOEK_STORAGE=s3://Hoofdletter/x", "is geen adres van een opslag"),
        ("OPENBOEK_STORAGE=s3://bucket/../x", "is geen adres van een opslag"),
        ("OPENBOEK_STORAGE=s3://bucket/a//b", "is geen adres van een opslag"),
        ("OPENBOEK_STORAGE=https://bucket/x", "een map of een adres dat begint met s3://"),
        ("OPENBOEK_STORAGE_ENDPOINT=http://opslag.losser.nl", "moet met https beginnen"),
        ("OPENBOEK_STORAGE_KEY_ID=x", "of geen van beide"),
        ("OPENBOEK_STORAGE_SECRET=x", "of geen van beide"),
    ],
)
def test_settings_that_cannot_work_are_refused(tmp_path, lines, told):
    (tmp_path / ".env").write_text(lines)
    with pytest.raises(BadInput, match=told):
        load(tmp_path)


def test_the_secret_may_stand_in_a_file_and_a_file_that_is_not_there_is_told(server, address, tmp_path):
    (tmp_path / "geheim").write_text(f"{SECRET}\n")
    facts = {"storage": address, "storage_secret": "", "storage_secret_file": tmp_path / "geheim"}
    server.folder(tmp_path / "D", **facts).store().check()
    with pytest.raises(BadInput, match="STORAGE_SECRET_FILE kan niet worden gelezen"):
        server.folder(tmp_path / "D", **facts | {"storage_secret_file": tmp_path / "weg"}).store()


def test_the_usual_variables_of_amazon_do_too(server, address, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    server.folder(tmp_path / "D", storage=address, storage_key_id="", storage_secret="").store().check()


def test_another_folder_holds_the_files_too(tmp_path):
    folder = Folder(tmp_path / "D", Settings(_env_file=None, storage=str(tmp_path / "elders")))
    folder.prepare()
    stored = woo.files.store(folder, io.BytesIO(PDF), "a.pdf")
    assert folder.files == tmp_path / "elders"
    assert [path.name for path in (tmp_path / "elders").rglob("*") if path.is_file()] == [stored.sha256]


# A whole installation with its files in a bucket


@pytest.fixture
def town(server, address, here: Installation) -> Installation:
    """The installation of `here`, but its originals are in the bucket."""
    with (here.folder.root / ".env").open("a") as file:
        file.write(server.environment(address))
    here.folder = Folder.at(here.folder.root)
    return here


def document_of(here: Installation, document_id) -> Document:
    with here.database.read(here.organisation_id) as session:
        found = session.get_one(Document, document_id)
        session.expunge(found)
    return found


def shown_at(here: Installation, document: Document) -> Path:
    assert document.loc
    return woo.files.public_path(here.folder, "gm0168", document.loc)


def test_a_document_is_published_replaced_and_withdrawn_from_a_bucket(server, address, town):
    document_id = town.add_document("Besluit")
    assert town.export().changed
    document = document_of(town, document_id)
    shown = shown_at(town, document)
    assert (shown.read_bytes(), shown.stat().st_nlink) == (pdf("Besluit"), 1)
    file = woo.files.store(town.folder, io.BytesIO(pdf("gelakt")), "besluit.pdf")
    with town.database.write(town.organisation_id) as session:
        woo_services.replace_file(
            session,
            session.get_one(Document, document_id),
            file,
            reason=next(iter(lists.REASONS.entries)),
            actor=audit.COMMAND_LINE,
            folder=town.folder,
        )
    assert shown.read_bytes() == pdf("gelakt")
    assert town.export().changed
    assert not town.export().changed
    town.withdraw_document(document_id)
    assert not shown.exists()
    assert len(in_bucket(server, address)) == 2  # originals stay, out of sight
    assert leftovers(town.folder.root) == []


def test_an_upload_to_a_bucket_that_is_away_leaves_no_row_and_no_file(here, tmp_path):
    own = Server()
    folder = own.folder(here.folder.root)
    with pytest.raises(Failed, match="niet bereikbaar"):
        woo.files.store(folder, io.BytesIO(PDF), "besluit.pdf")
    with here.database.read(here.organisation_id) as session:
        assert session.exec(select(Document)).all() == []
    assert leftovers(folder.root) == []


def test_a_download_is_checked_before_its_first_byte(
    server, address, client_as, folder, _application, database, organisation
):
    _application.state.folder = folder = server.folder(folder.root, storage=address)
    client = client_as("woo_coordinator")
    _application.state.folder = folder
    file = woo.files.store(folder, io.BytesIO(PDF), "besluit é.pdf")
    with database.write(organisation.id) as session:
        dossier = woo_services.add_dossier(
            session, DossierContent(title="Dossier", category="014"), actor=audit.COMMAND_LINE
        )
        content = DocumentContent(title="Besluit", category="014")
        document_id = woo_services.add_document(session, dossier, content, file, actor=audit.COMMAND_LINE).id
    path = f"/woo/documenten/{document_id}/bestand"
    answer = client.get(path)
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, PDF, str(len(PDF)))
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''besluit%20%C3%A9.pdf"
    prefix = address.removeprefix(f"s3://{BUCKET}/")
    key = f"{prefix}/{file.sha256[:2]}/{file.sha256[2:4]}/{file.sha256}"
    obstore.put(server.raw(), key, PDF.replace(b"Catalog", b"Kwaad  "))
    altered = client.get(path)
    assert (altered.status_code, "veranderd of beschadigd" in altered.text) == (503, True)
    obstore.delete(server.raw(), key)
    assert client.get(path).status_code == 404
    assert leftovers(folder.root) == []


def make_backup(here: Installation, target: Path) -> archive.Manifest:
    return archive.make(target, here.database, here.folder)


def test_a_backup_from_a_bucket_comes_back_in_a_folder_and_the_other_way_round(server, town, tmp_path):
    """The last restore is again into a bucket: nothing was lost on the way."""
    for number in range(3):
        town.add_document(f"Besluit {number}", published=number < 2)
    town.export()
    made = make_backup(town, tmp_path / "een.tar.gz")
    assert sorted(made.copies.values()) == sorted(name for name in made.copies.values() if name.startswith("files/"))
    assert len(made.copies) == 2  # what is public is in it once
    sha256s = sorted(one.sha256 for one in town.folder.store().every())
    back = Folder(tmp_path / "map", Settings(_env_file=None))
    restoring.restore(tmp_path / "een.tar.gz", back)
    assert sorted(one.sha256 for one in Disk(back.files).every()) == sha256s
    assert rows_of(back) == rows_of(town.folder)
    env = (back.root / ".env").read_text()
    assert "STORAGE" not in env
    database = back.database()
    with contextlib.closing(database):
        archive.make(tmp_path / "twee.tar.gz", database, back)
    third = f"s3://{BUCKET}/{uuid4().hex}"
    again = server.folder(tmp_path / "opnieuw", storage=third)
    done = restoring.restore(tmp_path / "twee.tar.gz", again)
    assert (done.faults, sorted(one.sha256 for one in again.store().every())) == ([], sha256s)
    assert not any(path.is_file() for path in again.files.rglob("*"))
    for one in again.store().every():
        again.store().open(one.sha256).close()
    assert list((again.documents / "gm0168").rglob("*.pdf"))


def test_the_secret_of_the_bucket_is_in_no_backup(town, tmp_path):
    town.add_document("Besluit")
    made = make_backup(town, tmp_path / "een.tar.gz")
    assert [name for name in made.settings_left_out if "STORAGE" in name] == [
        "OPENBOEK_STORAGE",
        "OPENBOEK_STORAGE_ENDPOINT",
        "OPENBOEK_STORAGE_KEY_ID",
        "OPENBOEK_STORAGE_SECRET",
    ]
    with archive.reading(tmp_path / "een.tar.gz") as members:
        assert not any(SECRET.encode() in stream.read() for _name, stream in members)


def test_a_backup_of_a_bucket_with_an_altered_file_is_refused(server, address, town, tmp_path):
    """A backup that looks whole and is not would be found out on the worst day."""
    town.add_document("Besluit")
    [(name, _size)] = in_bucket(server, address).items()
    obstore.put(server.raw(), f"{address.removeprefix(f's3://{BUCKET}/')}/{name}", b"x")
    with pytest.raises(Damaged):
        make_backup(town, tmp_path / "een.tar.gz")
    assert list(tmp_path.glob("*een*")) == []


def test_a_restore_into_a_bucket_that_is_away_changes_nothing(here, tmp_path):
    here.add_document("Besluit")
    make_backup(here, tmp_path / "een.tar.gz")
    away = Server().folder(tmp_path / "weg")
    with pytest.raises(Failed, match="niet bereikbaar"):
        restoring.restore(tmp_path / "een.tar.gz", away)
    assert [path for path in away.root.rglob("*") if path.is_file()] == []


def test_the_doctor_looks_at_the_bucket(server, address, town):
    town.add_document("Besluit")
    town.export()

    def found(subject: str) -> Outcome:
        return next(one.outcome for one in examine(town.folder) if one.subject == subject)

    assert (found("Opslag"), found("Documenten gm0168")) == (Outcome.GOOD, Outcome.GOOD)
    [(name, _size)] = in_bucket(server, address).items()
    obstore.delete(server.raw(), f"{address.removeprefix(f's3://{BUCKET}/')}/{name}")
    assert found("Documenten gm0168") is Outcome.WRONG
    away = Server().settings()
    town.folder = Folder(
        town.folder.root, town.folder.settings.model_copy(update={"storage_endpoint": away.storage_endpoint})
    )
    findings = {one.subject: one for one in examine(town.folder)}
    assert findings["Opslag"].outcome is Outcome.WRONG
    assert SECRET not in findings["Opslag"].message
    assert "Documenten gm0168" not in findings


# Moving


def test_files_move_to_a_bucket_and_back_and_doing_it_again_copies_nothing(server, address, here, capsys, tmp_path):
    for number in range(3):
        here.add_document(f"Besluit {number}")
    with (here.folder.root / ".env").open("a") as file:
        file.write(server.environment("files"))

    def run(source: str, target: str) -> tuple[int, dict[str, int]]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["files", "copy", source, target, "--directory", str(here.folder.root)])
        said = capsys.readouterr()
        assert SECRET not in said.out + said.err
        return ended.value.code, json.loads(said.out or "{}")

    size = sum(len(pdf(f"Besluit {number}")) for number in range(3))
    assert run("files", address) == (0, {"copied": 3, "present": 0, "bytes": size, "faults": 0})
    assert run("files", address) == (0, {"copied": 0, "present": 3, "bytes": 0, "faults": 0})
    assert len(in_bucket(server, address)) == 3
    assert run(address, "terug") == (5, {})  # a folder that is not there may be a mistyped one
    (tmp_path / "D" / "terug").mkdir()
    assert run(address, "terug") == (0, {"copied": 3, "present": 0, "bytes": size, "faults": 0})
    before = {one.sha256 for one in Disk(here.folder.files).every()}
    assert {one.sha256 for one in Disk(tmp_path / "D" / "terug").every()} == before


def test_a_damaged_file_is_named_and_the_others_move(here, bucket, capsys):
    here.add_document("Besluit 1")
    here.add_document("Besluit 2")
    source = Disk(here.folder.files)
    bad = next(iter(source.every())).sha256
    source.path(bad).write_bytes(b"iets anders")
    done = copy(source, bucket)
    assert (done.copied, [bad[:12] in fault for fault in done.faults]) == (1, [True])
    assert bucket.size(bad) is None


def test_a_damaged_copy_is_made_anew(server, address, here, bucket):
    here.add_document("Besluit")
    source = Disk(here.folder.files)
    copy(source, bucket)
    [(name, size)] = in_bucket(server, address).items()
    obstore.put(server.raw(), f"{address.removeprefix(f's3://{BUCKET}/')}/{name}", b"x" * size)
    assert (copy(source, bucket).copied, copy(source, bucket).present) == (1, 1)


def test_a_store_is_not_copied_onto_itself(here, bucket):
    with pytest.raises(BadInput, match="dezelfde"):
        copy(bucket, bucket)


def test_the_kind_of_store_follows_the_address(server, tmp_path):
    settings = server.settings()
    kinds = [type(at(address, settings, tmp_path)) for address in ("files", "/elders/x", f"s3://{BUCKET}")]
    assert kinds == [Disk, Disk, Bucket]
    shutil.rmtree(tmp_path / "files", ignore_errors=True)
