"""Backup and restore: every row and every file comes back, on both databases, or nothing changes at all."""

import contextlib
import errno
import gc
import gzip
import io
import json
import shutil
import tarfile
import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlmodel import Session, select

import app.main  # noqa: F401 - knows every folder's tables
import register.public
import register.services
import wmebv.public
import wmebv.services
import woo.public
import woo.services
from app import archive, cli, restoring
from core import audit, jobs
from core.accounts.models import LoginSession
from core.db import Database
from core.errors import BadInput, Busy, Conflict, DomainError, Failed
from core.folder import Folder
from core.organisations import Organisation, Team, find_or_add
from core.settings import Settings
from publish.check import verify
from register.content import Publication
from register.models import ProcessingActivity
from support import activities, woo_documents
from support.backups import RELEASED, RESTORED, drop_triggers, everything_below, files_of, folder_at, rows_of
from support.installation import Installation
from support.inventories import good_outgoing, good_product
from support.postgres import own_database
from support.small_files import pdf
from wmebv.models import Product
from woo.content import DocumentState, OverviewKind
from woo.models import Document, Dossier, Overview, WithdrawnAddress

pytestmark = pytest.mark.usefixtures("quick_migrations")
DAMAGED = "is beschadigd of niet af. Gebruik een andere back-up."


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Folder:
    """A municipality with something in every register. Nobody changes it."""
    folder = folder_at(tmp_path_factory.mktemp("gemeente"))
    restoring.restore(RELEASED / "0.1.0.tar.gz", folder)
    return folder


@pytest.fixture(scope="module")
def made(town: Folder, tmp_path_factory) -> Path:
    """A backup of it."""
    return make(town, tmp_path_factory.mktemp("back-up") / "openboek.tar.gz")


@pytest.fixture(scope="module")
def was(town: Folder) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Its rows and its files."""
    return rows_of(town), files_of(town)


@pytest.fixture(scope="module")
def restored(made: Path, tmp_path_factory) -> tuple[Folder, restoring.Restored]:
    """That backup put back in an empty folder, and what was told of it. Nobody changes it."""
    folder = folder_at(tmp_path_factory.mktemp("terug") / "gemeente")
    return folder, restoring.restore(made, folder)


@pytest.fixture(scope="module")
def town_on_server(made: Path, tmp_path_factory, postgres_url) -> Iterator[Folder]:
    """The same, with its rows on the server."""
    with own_database(postgres_url) as url:
        folder = folder_at(tmp_path_factory.mktemp("server") / "gemeente", url)
        restoring.restore(made, folder)
        yield folder


@contextlib.contextmanager
def copy_of(folder: Folder, root: Path) -> Iterator[Folder]:
    """The same once more, to do with what a test wants."""
    shutil.copytree(folder.root, root, symlinks=True)
    if restoring.sqlite_file(folder.database_url):
        yield folder_at(root)
        return
    server = make_url(folder.database_url).set(database="postgres").render_as_string(hide_password=False)
    with own_database(server, folder.database_url) as url:
        yield folder_at(root, url)


def make(folder: Folder, target: Path, key: bytes | None = None) -> Path:
    database = folder.database()
    with contextlib.closing(database):
        archive.make(target, database, folder, key=key)
    return target


@contextlib.contextmanager
def session_in(folder: Folder):
    database = folder.database()
    with contextlib.closing(database), database.read(None) as session:
        yield session


# Everything comes back


def test_a_restore_into_an_empty_folder_gives_every_row_and_every_file(was, restored):
    other, done = restored
    assert (rows_of(other), files_of(other)) == was
    assert (done.faults, done.withdrawals.documents, done.aside) == ([], (), "")
    assert [path.name for path in sorted(other.root.iterdir())] == [
        ".env", "anchors.jsonl", "documenten", "exports", "files", "openboek.db", "reports",
    ]  # fmt: skip


def test_the_comparison_is_about_something(was):
    found, files = was
    assert min(len(found[name]) for name in ("register_activity", "woo_document", "wmebv_product", "core_version")) > 2
    assert len(files) == 12


def test_a_backup_of_one_database_restores_into_the_other_and_back(was, town_on_server, tmp_path, postgres_url):
    with copy_of(town_on_server, tmp_path / "server") as there, own_database(postgres_url) as second:
        further = folder_at(tmp_path / "verder", second)
        restoring.restore(make(there, tmp_path / "server.tar.gz"), further)
        back = folder_at(tmp_path / "terug")
        restoring.restore(make(further, tmp_path / "verder.tar.gz"), back)
        for folder in (there, further, back):
            assert (rows_of(folder), files_of(folder)) == was
        database = there.database()
        with contextlib.closing(database):
            owner = organisation_of(there)
            with database.write(owner) as session:  # PostgreSQL counts on from the highest number
                find_or_add(session, Team, "Nieuw team", actor=audit.COMMAND_LINE)
            with database.read(None) as session:
                assert audit.faults(session, owner) == []


def organisation_of(folder: Folder):
    with session_in(folder) as session:
        return session.exec(select(Organisation.id)).one()


def test_a_restored_document_is_still_a_second_name_of_its_original(restored):
    other, _done = restored
    public = sorted(path for path in other.documents.rglob("*") if path.is_file())
    assert {path.stat().st_nlink for path in public} == {2}
    assert {path.stat().st_mode & 0o777 for path in public} == {0o644}


def test_the_trail_says_that_a_backup_was_put_back_and_still_holds(restored):
    other, done = restored
    with session_in(other) as session:
        event = session.exec(
            select(audit.AuditEvent).where(audit.AuditEvent.action == RESTORED).order_by(audit.AuditEvent.sequence)
        ).all()[-1]
        after = {
            "made_at": done.manifest.made_at.isoformat(),
            "heads": done.manifest.audit_heads,
            "sequences": done.manifest.audit_sequences,
        }
        assert event.contents == {"after": after, "before": {"heads": {}, "sequences": {}}}
        assert {len(head) for head in done.manifest.audit_heads.values()} == {64}
        assert audit.faults(session, audit.INSTALLATION) == []


def test_a_log_in_does_not_come_back_to_life(town, tmp_path):
    shutil.copytree(town.root, tmp_path / "van", symlinks=True)
    here = folder_at(tmp_path / "van")
    database = here.database()
    with contextlib.closing(database), database.write(None) as session:
        user = session.connection().execute(text("SELECT id FROM core_user")).scalars().first()
        moment = datetime(2026, 11, 22, tzinfo=UTC).replace(tzinfo=None).isoformat(" ")
        session.connection().execute(
            text("INSERT INTO core_login_session (key_hash, user_id, created_at, seen_at) VALUES ('a', :u, :m, :m)"),
            {"u": user, "m": moment},
        )
    other = folder_at(tmp_path / "naar")
    restoring.restore(make(here, tmp_path / "b.tar.gz"), other)
    with session_in(other) as session:
        assert session.exec(select(LoginSession)).all() == []


def test_a_backup_while_people_save_is_of_one_moment(town, tmp_path):
    shutil.copytree(town.root, tmp_path / "van", symlinks=True)
    here, owner, stop = folder_at(tmp_path / "van"), organisation_of(town), threading.Event()
    database = here.database()

    def save() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with database.write(owner) as session:
                find_or_add(session, Team, f"Team {number}", actor=audit.COMMAND_LINE)

    writer = threading.Thread(target=save)
    writer.start()
    made = [make(here, tmp_path / f"{number}.tar.gz") for number in range(2)]
    stop.set()
    writer.join()
    database.close()
    counts = []
    for number, path in enumerate(made):
        other = folder_at(tmp_path / f"naar{number}")
        assert restoring.restore(path, other).faults == []
        with session_in(other) as session:
            assert audit.faults(session, owner) == []
            counts.append(len(session.exec(select(Team)).all()))
    assert 0 < counts[0] < counts[1]


def test_a_null_and_a_json_null_stay_apart(town, tmp_path, postgres_url):
    shutil.copytree(town.root, tmp_path / "van", symlinks=True)
    here = folder_at(tmp_path / "van")
    engine = create_engine(here.database_url)
    with engine.begin() as connection:
        drop_triggers(connection)
        connection.execute(text("UPDATE core_audit_event SET contents = 'null' WHERE id % 3 = 0"))
        connection.execute(text("UPDATE core_audit_event SET contents = NULL WHERE id % 3 = 1"))
        count = "SELECT sum(CASE WHEN contents IS NULL THEN 1 ELSE 0 END), count(*) FROM core_audit_event WHERE action <> :a"
        before = connection.execute(text(count), {"a": RESTORED}).one()
    engine.dispose()
    with own_database(postgres_url) as url:
        there = folder_at(tmp_path / "server", url)
        restoring.restore(make(here, tmp_path / "b.tar.gz"), there)
        engine = create_engine(url)
        with engine.connect() as connection:
            assert connection.execute(text(count), {"a": RESTORED}).one() == before
        engine.dispose()
        assert rows_of(there) == rows_of(here)


@pytest.mark.parametrize("name", ["Te lang " * 50, "Met een \0 erin"])
def test_a_row_that_postgres_cannot_hold_is_said_and_nothing_stays(town, tmp_path, postgres_url, name):
    shutil.copytree(town.root, tmp_path / "van", symlinks=True)
    here = folder_at(tmp_path / "van")
    engine = create_engine(here.database_url)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE core_team SET name = :name WHERE id = (SELECT id FROM core_team LIMIT 1)"), {"name": name}
        )
    engine.dispose()
    with own_database(postgres_url) as url:
        there = folder_at(tmp_path / "server", url)
        with pytest.raises(BadInput, match="Een rij van core_team past niet in deze database"):
            restoring.restore(make(here, tmp_path / "b.tar.gz"), there)
        assert restoring._is_empty(url)
    assert everything_below(tmp_path / "server") == {}


# Settings


def test_settings_come_along_but_secrets_do_not(town, tmp_path):
    chosen = Settings(_env_file=None, secure_cookies=True, max_upload=5, nightly_at="03:30")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "_SECRETS", ("NIGHTLY",))
        make(Folder(town.root, chosen), tmp_path / "b.tar.gz")
    other = folder_at(tmp_path / "terug")
    done = restoring.restore(tmp_path / "b.tar.gz", other)
    assert (other.root / ".env").read_text() == "OPENBOEK_MAX_UPLOAD=5\nOPENBOEK_SECURE_COOKIES=true\n"
    assert (other.root / ".env").stat().st_mode & 0o777 == 0o600
    assert done.manifest.settings_left_out == ["OPENBOEK_NIGHTLY_AT"]
    assert Folder.at(other.root).settings.secure_cookies is True


def test_the_address_of_the_database_with_its_password_stays_out(town_on_server, tmp_path):
    manifest = archive.check(make(town_on_server, tmp_path / "b.tar.gz"))
    assert (manifest.settings, manifest.settings_left_out) == ({}, ["OPENBOEK_DATABASE_URL"])


def test_settings_that_are_there_stay(made, tmp_path):
    (tmp_path / ".env").write_text("OPENBOEK_LOG_FORMAT=json\n")
    assert restoring.restore(made, folder_at(tmp_path)).has_own_settings is True
    assert (tmp_path / ".env").read_text() == "OPENBOEK_LOG_FORMAT=json\n"


# Withdrawals outrank restore


@pytest.fixture
def here(tmp_path):
    made = Installation(tmp_path / "gemeente")
    yield made
    made.close()


def state_of(folder: Folder, document_id) -> tuple[DocumentState, str | None]:
    with session_in(folder) as session:
        document = session.get_one(Document, document_id)
        return document.state, document.loc


def test_a_document_that_was_withdrawn_after_the_backup_stays_gone(here, tmp_path):
    stays, goes = here.add_document("Besluit"), here.add_document("Met een naam erin")
    here.export()
    backup = make(here.folder, tmp_path / "b.tar.gz")
    assert len([name for name in files_of(here.folder) if name.startswith("documenten/")]) == 2
    here.withdraw_document(goes)
    here.close()
    done = restoring.restore(backup, here.folder, replace=True)
    _, loc = state_of(here.folder, goes)
    assert list(done.withdrawals.documents) == [loc]
    assert state_of(here.folder, goes)[0] is DocumentState.WITHDRAWN
    assert state_of(here.folder, stays)[0] is DocumentState.PUBLISHED
    assert [name for name in files_of(here.folder) if name.startswith("documenten/")] == [
        "documenten/gm0168/1-dossier-besluit/1-besluit.pdf"
    ]
    with session_in(here.folder) as session:
        last = session.exec(
            select(audit.AuditEvent)
            .where(audit.AuditEvent.subject_id == goes)
            .order_by(audit.AuditEvent.sequence.desc())
        ).first()
        assert last.action == "woo:document:withdraw"
        assert audit.faults(session, here.organisation_id) == []
    database = Database(here.folder.database_url)
    with contextlib.closing(database), database.read(here.organisation_id) as session:
        assert woo.public.is_withdrawn(session, loc)
    here.export()
    assert not (here.folder.root / "site" / loc.lstrip("/")).exists()


def test_the_list_on_the_site_is_a_witness_when_the_database_is_lost(here, tmp_path):
    goes = here.add_document("Met een naam erin")
    backup = make(here.folder, tmp_path / "b.tar.gz")
    here.withdraw_document(goes)
    here.export()
    here.close()
    for name in ("openboek.db", "openboek.db-wal", "openboek.db-shm"):
        (here.folder.root / name).unlink(missing_ok=True)
    shutil.rmtree(here.folder.files)
    shutil.rmtree(here.folder.documents)
    done = restoring.restore(backup, here.folder)
    assert state_of(here.folder, goes)[0] is DocumentState.WITHDRAWN
    assert len(done.withdrawals.documents) == 1
    assert [name for name in files_of(here.folder) if name.startswith("documenten/")] == []


@pytest.mark.parametrize("has_old_database", [True, False])
def test_a_document_that_was_published_and_withdrawn_after_the_backup_never_becomes_public(
    here, tmp_path, has_old_database
):
    from woo import services

    goes = here.add_document("Nog een concept", published=False)
    backup = make(here.folder, tmp_path / "b.tar.gz")
    with here.database.write(here.organisation_id) as session:
        services.publish_document(
            session, session.get_one(Document, goes), actor=audit.COMMAND_LINE, folder=here.folder
        )
    here.withdraw_document(goes)
    here.export()
    here.close()
    _, loc = state_of(here.folder, goes)
    if not has_old_database:
        (here.folder.root / "openboek.db").write_bytes(b"kapot" * 1000)
    done = restoring.restore(backup, here.folder, replace=True)
    assert (done.is_old_unreadable, list(done.withdrawals.documents)) == (not has_old_database, [loc])
    assert state_of(here.folder, goes) == (DocumentState.WITHDRAWN, loc)


def test_a_withdrawn_document_that_the_backup_does_not_know_is_named(here, tmp_path):
    backup = make(here.folder, tmp_path / "b.tar.gz")
    goes = here.add_document("Van later")
    here.withdraw_document(goes)
    _, loc = state_of(here.folder, goes)
    here.close()
    done = restoring.restore(backup, here.folder, replace=True)
    assert (list(done.withdrawals.documents), list(done.withdrawals.unknown)) == ([], [loc])


@pytest.mark.parametrize("has_old_database", [True, False])
@pytest.mark.parametrize("knows_dossier", [True, False])
def test_woo_index_5_6_an_address_of_which_the_backup_knows_nothing_stays_gone(
    here, tmp_path, knows_dossier, has_old_database
):
    """Also after another restore; and the next document at that place gets another address."""

    def publish_one() -> Document:
        with here.database.write(here.organisation_id) as session:
            place = session.exec(select(Dossier)).first() or woo_documents.dossier(session, "Besluiten")
            return woo_documents.publish(session, here.folder, place, title="Besluit")

    if knows_dossier:
        publish_one()
    backup = make(here.folder, tmp_path / "b.tar.gz")
    goes = publish_one()
    here.export()
    here.withdraw_document(goes.id)
    here.export()
    loc, number = str(goes.loc), goes.number
    here.close()
    if not has_old_database:
        (here.folder.root / "openboek.db").write_bytes(b"kapot" * 1000)
    for _ in range(2):
        assert list(restoring.restore(backup, here.folder, replace=True).withdrawals.unknown) == [loc]
        database = here.folder.database()
        with contextlib.closing(database), database.read(here.organisation_id) as session:
            assert woo.public.is_withdrawn(session, loc)
            assert [entry.path for entry in woo.public.withdrawn(session)] == [loc.lstrip("/")]
            assert [(one.dossier_id, one.number) for one in woo.public.tombstones(session)] == [("1-besluiten", number)]
            assert session.exec(select(WithdrawnAddress.category)).one() == ("002" if has_old_database else "")
            assert audit.faults(session, here.organisation_id) == []
            kinds = session.exec(select(jobs.Job.kind).where(jobs.Job.state == jobs.JobState.WAITING)).all()
            assert woo.services.WITHDRAWN_JOB in kinds
    here.database = here.folder.database()
    assert publish_one().loc == f"/woo/documenten/1-besluiten/{number + 1}-besluit.pdf"
    here.export()
    site = here.folder.root / "site"
    assert json.loads((site / "server" / "gone.json").read_bytes())["gone"] == [loc.lstrip("/")]
    assert verify(str(site)).faults == ()


def test_an_address_elsewhere_that_was_taken_back_after_the_backup_is_given_to_no_other_document(here, tmp_path):
    backup = make(here.folder, tmp_path / "b.tar.gz")
    elsewhere = "https://ris.example/stukken/besluit.pdf"

    def publish_one() -> Document:
        with here.database.write(here.organisation_id) as session:
            content = woo_documents.content(source_url=elsewhere)
            document = woo.services.add_document(
                session, woo_documents.dossier(session), content, actor=audit.COMMAND_LINE
            )
            woo.services.publish_document(session, document, actor=audit.COMMAND_LINE, folder=here.folder)
            return document

    here.withdraw_document(publish_one().id)
    here.close()
    assert list(restoring.restore(backup, here.folder, replace=True).withdrawals.unknown) == [elsewhere]
    here.database = here.folder.database()
    with pytest.raises(Conflict, match="Dit adres hoort al bij een ander document"):
        publish_one()


SUBSIDY = ["ASV", "Stichting Wel", "Een dag", "€ 1", "", "", "", "2026-01-01"]


def steps_of_an_overview(there: Installation, *steps) -> None:
    """Take in a list, show it, take it off: each a use case of its own."""
    for step in steps:
        with there.database.write(there.organisation_id) as session:
            known = session.exec(select(Overview)).first()
            what = [[SUBSIDY]] if step is woo.services.take_overview else []
            version = known.version if known else 0
            step(session, OverviewKind.SUBSIDIES, *what, version=version, actor=woo_documents.AISHA)


@pytest.mark.parametrize("on_server", [False, True])
def test_woo_3_3a_an_overview_that_was_taken_off_the_website_after_the_backup_stays_off(request, tmp_path, on_server):
    """Also after another restore; it comes back when somebody shows it again."""
    take, show, hide = woo.services.take_overview, woo.services.show_overview, woo.services.hide_overview
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(own_database(request.getfixturevalue("postgres_url"))) if on_server else ""
        there = Installation(tmp_path / "gemeente", url)
        steps_of_an_overview(there, take, show)
        backup = make(there.folder, tmp_path / "b.tar.gz")
        steps_of_an_overview(there, hide)
        there.close()
        for _ in range(2):
            assert restoring.restore(backup, there.folder, replace=True).hidden == ["subsidies"]
            with session_in(there.folder) as session:
                assert woo.public.public_overviews(session) == []
                assert audit.faults(session, there.organisation_id) == []
        there.database = there.folder.database()
        steps_of_an_overview(there, show)
        later = make(there.folder, tmp_path / "later.tar.gz")
        there.close()
        assert restoring.restore(later, there.folder, replace=True).hidden == []
        with session_in(there.folder) as session:
            assert [one.name for one in woo.public.public_overviews(session)] == ["subsidies"]


def established(session: Session, name: str) -> UUID:
    """A processing that the public sees in full."""
    activity = register.services.add(session, activities.complete(name=name), actor=woo_documents.AISHA)
    register.services.establish(session, activity, actor=audit.COMMAND_LINE)
    return activity.id


def established_product(session: Session) -> UUID:
    """A product that the public sees."""
    actor = woo_documents.AISHA
    product = wmebv.services.add_product(session, good_product(), actor=actor)
    wmebv.services.add_message_type(session, product, good_outgoing(), actor=actor)
    wmebv.services.establish_for_website(session, [product], actor=actor)
    return product.id


def show(there: Installation, activity_id: UUID, publication: Publication) -> None:
    """Establish it for the website in another way."""
    with there.database.write(there.organisation_id) as session:
        activity = session.get_one(ProcessingActivity, activity_id)
        said = {"publication": publication, "publication_reason": "Opsporing"}
        content = register.services.content_of(activity).model_copy(update=said)
        register.services.change(session, activity, content, version=activity.version, actor=woo_documents.AISHA)
        register.services.establish(session, activity, actor=audit.COMMAND_LINE)


def seen(folder: Folder) -> tuple[dict[str, bool], list[str]]:
    """The processings on the website, each with whether readers see only a part; and the products."""
    with session_in(folder) as session:
        known = register.public.known_register(session).records
        shown = [versions[-1] for versions in register.public.histories(session, [one.id for one in known])]
        return {one.name: one.is_limited for one in shown}, [one.name for one in wmebv.public.public_products(session)]


@pytest.mark.parametrize("on_server", [False, True])
def test_what_readers_no_longer_saw_of_the_register_and_the_products_stays_so(request, tmp_path, on_server):
    """Also after another restore; what somebody showed again after it stays on the website."""
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(own_database(request.getfixturevalue("postgres_url"))) if on_server else ""
        there = Installation(tmp_path / "gemeente", url)
        with there.database.write(there.organisation_id) as session:
            hidden, limited, back = (established(session, name) for name in ("Verborgen", "Beperkt", "Weer terug"))
            product_id = established_product(session)
        backup = make(there.folder, tmp_path / "b.tar.gz")
        show(there, hidden, Publication.NO)
        show(there, limited, Publication.LIMITED)
        show(there, back, Publication.NO)
        show(there, back, Publication.YES)
        with there.database.write(there.organisation_id) as session:
            product = session.get_one(Product, product_id)
            wmebv.services.end_product(session, product, version=product.version, actor=woo_documents.AISHA)
            name = product.name
        expected = ({"Beperkt": True, "Weer terug": False}, [])
        assert seen(there.folder) == expected
        there.close()
        for _ in range(2):
            done = restoring.restore(backup, there.folder, replace=True)
            assert (done.limited, done.ended) == (["VW-0001", "VW-0002"], ["PD-0001"])
            assert seen(there.folder) == expected
            with session_in(there.folder) as session:
                assert audit.faults(session, there.organisation_id) == []
                record = session.get_one(ProcessingActivity, hidden)
                assert (record.publication, record.publication_reason) == (Publication.NO, "Opsporing")
        there.database = there.folder.database()
        show(there, hidden, Publication.YES)
        with there.database.write(there.organisation_id) as session:
            product = session.get_one(Product, product_id)
            wmebv.services.establish_for_website(session, [product], actor=woo_documents.AISHA)
        later = make(there.folder, tmp_path / "later.tar.gz")
        there.close()
        done = restoring.restore(later, there.folder, replace=True)
        assert (done.limited, done.ended) == ([], [])
        assert seen(there.folder) == ({"Verborgen": False, "Beperkt": True, "Weer terug": False}, [name])


def test_a_document_whose_file_was_replaced_after_the_backup_is_named(here, tmp_path):
    from woo import files, lists, services

    changes, stays = here.add_document("Besluit"), here.add_document("Ander besluit")
    backup = make(here.folder, tmp_path / "b.tar.gz")
    file = files.store(here.folder, io.BytesIO(pdf("gelakt")), "besluit.pdf")
    with here.database.write(here.organisation_id) as session:
        reason = next(iter(lists.REASONS.entries))
        document = session.get_one(Document, changes)
        services.replace_file(
            session, document, file, reason=reason, note="", actor=audit.COMMAND_LINE, folder=here.folder
        )
        loc = document.loc
    here.close()
    assert stays != changes
    assert list(restoring.restore(backup, here.folder, replace=True).replaced) == [loc]
    assert list(restoring.restore(backup, here.folder, replace=True).replaced) == []


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the driver cannot close a cursor whose server is gone
def test_a_server_that_goes_away_during_a_backup_is_said_and_leaves_nothing(
    town_on_server, tmp_path, monkeypatch, postgres_url
):
    with copy_of(town_on_server, tmp_path / "server") as there:
        real, engine = archive._add_table, create_engine(postgres_url, isolation_level="AUTOCOMMIT")

        def cut(tar, connection, stored, manifest):
            if stored.name == "woo_document":
                kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
                with engine.connect() as other:
                    other.execute(text(kill), {"name": make_url(there.database_url).database})
            real(tar, connection, stored, manifest)

        monkeypatch.setattr(archive, "_add_table", cut)
        (tmp_path / "back-up").mkdir()
        with pytest.raises(Failed, match="De database is niet bereikbaar"):
            make(there, tmp_path / "back-up" / "b.tar.gz")
        engine.dispose()
        gc.collect()
        assert list((tmp_path / "back-up").iterdir()) == []


# Only into an empty place, whole or not at all


def test_a_place_with_data_is_refused_and_stays_as_it_is(town, made):
    before = everything_below(town.root)
    with pytest.raises(BadInput, match="staan al gegevens"):
        restoring.restore(made, town)
    assert everything_below(town.root) == before


def test_a_folder_with_files_alone_is_refused_too(made, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "iets").write_text("van een ander")
    with pytest.raises(BadInput, match="staan al gegevens"):
        restoring.restore(made, folder_at(tmp_path))
    assert everything_below(tmp_path) == {"files/iets": b"van een ander"}


def test_a_database_that_is_in_use_is_not_taken_away(here, tmp_path):
    backup = make(here.folder, tmp_path / "b.tar.gz")
    with here.database.read(None) as session:
        session.exec(select(Team)).all()
        with pytest.raises(Busy, match="Openboek draait nog"):
            restoring.restore(backup, here.folder, replace=True)


def test_replace_puts_the_old_data_aside(here, made, was):
    here.add_document("Oud")
    here.export()
    rows, files = rows_of(here.folder), files_of(here.folder)
    here.close()
    done = restoring.restore(made, here.folder, replace=True)
    aside = folder_at(here.folder.root / done.aside)
    assert (rows_of(aside), files_of(aside)) == (rows, files)
    is_as_it_was(here.folder, was)


def is_as_it_was(folder: Folder, was: tuple[dict[str, list[str]], dict[str, str]]) -> None:
    """All but the moment of a sitemap: the harvester saw another one, so this one is a change to it (woo-index 5.4)."""
    found, wanted = rows_of(folder), dict(was[0])
    now, then = ([json.loads(row) for row in rows.pop("woo_sitemap")] for rows in (found, wanted))
    assert (found, files_of(folder)) == (wanted, was[1])
    assert len(now) == len(then) > 0
    for after, before in zip(now, then, strict=True):
        assert after.pop("changed_at") > before.pop("changed_at")
    assert now == then


def test_replace_puts_the_old_rows_of_postgres_aside(made, was, town_on_server, tmp_path):
    with copy_of(town_on_server, tmp_path / "server") as there:
        done = restoring.restore(made, there, replace=True)
        assert (rows_of(there), files_of(there)) == was
        engine = create_engine(there.database_url)
        with engine.connect() as connection:
            old = done.aside.replace("-", "_").lower()
            count = connection.execute(text(f"SELECT count(*) FROM {old}.woo_document")).scalar_one()
        engine.dispose()
        assert count == len(was[0]["woo_document"])


@pytest.mark.parametrize("on_server", [False, True])
def test_a_full_disk_half_way_leaves_everything_as_it_was(request, made, was, tmp_path, monkeypatch, on_server):
    with copy_of(request.getfixturevalue("town_on_server" if on_server else "town"), tmp_path / "hier") as folder:
        real, moved = shutil.move, []

        def full(source, target):
            moved.append(target)
            if len(moved) == 3:
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(source, target)

        monkeypatch.setattr(restoring.shutil, "move", full)
        with pytest.raises(Failed, match="De schijf is vol"):
            restoring.restore(made, folder, replace=True)
        assert (rows_of(folder), files_of(folder)) == was
        assert [path.name for path in folder.root.iterdir() if path.name.startswith((".terug", "vervangen"))] == []


# Bad archives: told in one sentence, before anything is touched


def refused(path: Path, root: Path, key: bytes | None = None) -> str:
    with pytest.raises(DomainError) as error:
        restoring.restore(path, folder_at(root), key=key)
    assert error.value.exit_code == 2
    assert not root.exists()
    return error.value.message


@pytest.mark.parametrize(
    "contents", [b"", b"Dit is een brief.", gzip.compress(b"geen tar", mtime=0), b"\x1f\x8b" + bytes(100)]
)
def test_what_is_no_backup_is_refused(tmp_path, contents):
    (tmp_path / "b.tar.gz").write_bytes(contents)
    assert refused(tmp_path / "b.tar.gz", tmp_path / "naar").endswith(DAMAGED)


def test_a_backup_that_is_not_there_is_refused(tmp_path):
    assert refused(tmp_path / "b", tmp_path / "naar").endswith(
        "kan niet worden gelezen. Controleer de naam en de rechten."
    )
    assert refused(tmp_path, tmp_path / "naar").endswith("kan niet worden gelezen. Controleer de naam en de rechten.")


@pytest.mark.parametrize("part", [0.01, 0.3, 0.7, 0.99, 0.9999])
def test_a_backup_that_was_cut_off_is_refused(made, tmp_path, part):
    data = made.read_bytes()
    (tmp_path / "b.tar.gz").write_bytes(data[: int(len(data) * part)])
    assert refused(tmp_path / "b.tar.gz", tmp_path / "naar").endswith(DAMAGED)


@pytest.mark.parametrize("part", [0.001, 0.1, 0.5, 0.9, 0.99999])
def test_a_backup_with_a_broken_byte_is_refused(made, tmp_path, part):
    whole = made.read_bytes()
    broken = (with_broken(whole, place) for place in range(int(len(whole) * part), len(whole)))
    (tmp_path / "b.tar.gz").write_bytes(next(data for data in broken if not unpacks_alike(data, whole)))
    assert refused(tmp_path / "b.tar.gz", tmp_path / "naar").endswith(DAMAGED)


def with_broken(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]


def unpacks_alike(data: bytes, whole: bytes) -> bool:
    """Now and then a byte says how a sign would be packed that does not occur: then nothing is broken."""
    with contextlib.suppress(gzip.BadGzipFile, zlib.error, EOFError):
        return gzip.decompress(data) == gzip.decompress(whole)
    return False


def rewritten(source: Path, target: Path, change) -> Path:
    """The archive with other members: `change` gets and gives names with their bytes."""
    with tarfile.open(source) as old:
        members = [(member.name, old.extractfile(member).read()) for member in old]
    with tarfile.open(target, "w:gz") as new:
        for name, data in change(members):
            facts = tarfile.TarInfo(name)
            facts.size = len(data)
            new.addfile(facts, io.BytesIO(data))
    return target


def with_manifest(**facts):
    def change(members):
        *rest, (name, data) = members
        return [*rest, (name, json.dumps({**json.loads(data), **facts}).encode())]

    return change


def other_row(members):
    return [
        (name, data.replace(b'"Besluit"', b'"Ander"') if name.startswith("tables/woo_document/") else data)
        for name, data in members
    ]


WRONG = {
    "without a manifest": lambda members: members[:-1],
    "a member too many": lambda members: [("files/extra", b"x"), *members],
    "a member too few": lambda members: members[1:],
    "a member twice": lambda members: [members[0], *members],
    "something after the manifest": lambda members: [*members, ("files/extra", b"x")],
    "a file outside the folder": lambda members: [("files/../../buiten", b"x"), *members],
    "an absolute path": lambda members: [("/buiten", b"x"), *members],
    "a file that is none of ours": lambda members: [("openboek.db", b"x"), *members],
    "another row": other_row,
    "another form": with_manifest(format=2),
    "a manifest without moment": with_manifest(made_at=None),
    "a copy of nothing": with_manifest(copies={"documenten/x": "files/y"}),
    "a copy outside the folder": with_manifest(copies={"../x": "tables/core_team/00001.jsonl"}),
}


@pytest.mark.parametrize("way", WRONG)
def test_an_archive_that_was_tampered_with_is_refused(made, tmp_path, way):
    path = rewritten(made, tmp_path / "b.tar.gz", WRONG[way])
    assert refused(path, tmp_path / "naar").endswith(DAMAGED)


def test_a_backup_of_a_newer_version_is_refused(made, tmp_path):
    path = rewritten(made, tmp_path / "b.tar.gz", with_manifest(schema_version="9999", program_version="9.9"))
    assert refused(path, tmp_path / "naar") == (
        "Deze back-up is van een nieuwere versie van Openboek (9.9). Installeer die versie en probeer het opnieuw."
    )


def test_an_archive_that_is_merely_packed_again_is_good(made, tmp_path):
    path = rewritten(made, tmp_path / "b.tar.gz", lambda members: members)
    assert restoring.restore(path, folder_at(tmp_path / "naar")).faults == []


# Encryption


@pytest.fixture(scope="module")
def sealed(town, tmp_path_factory) -> tuple[Path, bytes]:
    """A backup with the key that it was made with. Nobody changes it."""
    key = bytes(range(32))
    return make(town, tmp_path_factory.mktemp("versleuteld") / "b.sealed", key), key


def test_an_encrypted_backup_comes_back_with_its_key_only(sealed, was, tmp_path):
    path, key = sealed
    assert refused(path, tmp_path / "naar", bytes(32)) == (
        "Deze sleutel hoort niet bij dit bestand. Gebruik de sleutel waarmee het is gemaakt."
    )
    assert refused(path, tmp_path / "naar").endswith("is versleuteld. Geef het sleutelbestand op met --key-file.")
    restoring.restore(path, folder_at(tmp_path / "naar"), key=key)
    assert rows_of(folder_at(tmp_path / "naar")) == was[0]


def test_a_key_for_an_open_backup_is_refused(made, tmp_path):
    assert refused(made, tmp_path / "naar", bytes(32)).endswith("is niet versleuteld. Laat --key-file weg.")


def test_a_sealed_backup_that_was_damaged_is_refused(sealed, tmp_path):
    whole, key = sealed
    data = bytearray(whole.read_bytes())
    data[len(data) // 2] ^= 1
    path = tmp_path / "b.sealed"
    path.write_bytes(data)
    assert "beschadigd" in refused(path, tmp_path / "naar", key)


# Making one


def test_a_backup_is_for_its_owner_only_and_never_overwrites(town, made, tmp_path):
    assert made.stat().st_mode & 0o777 == 0o600
    before = made.read_bytes()
    with pytest.raises(BadInput, match="bestaat al"):
        make(town, made)
    assert made.read_bytes() == before


class FullDisk(io.BytesIO):
    """A file on a disk that is full after so many bytes."""

    def write(self, data):
        if self.tell() + len(data) > 20_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


def test_a_full_disk_during_a_backup_leaves_nothing(town, tmp_path, monkeypatch):
    monkeypatch.setattr(archive.os, "fdopen", lambda *_: FullDisk())
    with pytest.raises(Failed) as error:
        make(town, tmp_path / "b.tar.gz")
    assert error.value.message == (
        f"De schijf is vol. Er is niets half opgeslagen. Maak ruimte of controleer de rechten in {tmp_path}."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(town, tmp_path):
    with pytest.raises(Failed, match="Er is niets half opgeslagen"):
        make(town, tmp_path / "nergens" / "b.tar.gz")


def test_a_backup_that_reads_back_wrongly_does_not_count(town, tmp_path, monkeypatch):
    real = archive.check
    monkeypatch.setattr(archive, "check", lambda *a: real(*a).model_copy(update={"members": {}}))
    with pytest.raises(Failed, match="anders teruggelezen dan geschreven"):
        make(town, tmp_path / "b.tar.gz")
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_says_what_it_is(made, town, was):
    manifest = archive.check(made)
    found, _files = was
    assert manifest.program_version == version("openboek")
    assert (manifest.organisations, manifest.files, len(manifest.copies)) == (["gm0168"], 12, 4)
    assert {name: entry.rows for name, entry in manifest.tables.items() if "audit" not in name} == {
        name: len(rows) for name, rows in found.items() if "audit" not in name
    }
    with session_in(town) as session:
        heads = {str(row.organisation_id).replace("-", ""): row.hash for row in session.exec(select(audit.AuditHead))}
    assert manifest.audit_heads == heads


# The commands


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    said = capsys.readouterr()
    return ended.value.code, said.out, " ".join(said.err.split())


def test_the_commands_make_a_key_a_backup_and_put_it_back(town, tmp_path, capsys):
    shutil.copytree(town.root, tmp_path / "van", symlinks=True)  # the command leaves a line in its trail
    origin, key, file, place = (str(tmp_path / name) for name in ("van", "sleutel", "b.tar.gz", "naar"))
    assert run(capsys, "backup", "--make-key", key)[0] == 0
    code, out, _ = run(capsys, "backup", file, "--directory", origin, "--key-file", key)
    told = json.loads(out)
    assert (code, told["encrypted"], told["files"], told["bytes"]) == (0, True, 12, Path(file).stat().st_size)
    code, out, err = run(capsys, "restore", file, "--directory", place)
    assert (code, out, err) == (2, "", f"{file} is versleuteld. Geef het sleutelbestand op met --key-file.")
    code, out, err = run(capsys, "restore", file, "--directory", place, "--key-file", key)
    assert (code, json.loads(out)["rows"]) == (0, told["rows"])
    assert "Maak de website opnieuw met: openboek export" in err
    code, _, err = run(capsys, "restore", file, "--directory", place, "--key-file", key)
    assert (code, "staan al gegevens" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["backup"], "Geef op hoe de back-up moet heten"),
        (["backup", "x", "--make-key", "y"], "Maak eerst de sleutel met --make-key"),
        (["backup", "x"], "staat nog geen register"),
        (["backup", "x", "--key-file", "nergens"], "is geen sleutelbestand"),
        (["restore", "nergens"], "kan niet worden gelezen"),
    ],
)
def test_wrong_use_is_one_sentence_and_code_2(tmp_path, capsys, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *arguments)
    assert (code, out, sentence in err) == (2, "", True)
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_was_tampered_with_comes_back_with_a_warning(town, tmp_path, capsys):
    shutil.copytree(town.root, tmp_path / "van", symlinks=True)
    here = folder_at(tmp_path / "van")
    engine = create_engine(here.database_url)
    with engine.begin() as connection:
        drop_triggers(connection)
        connection.execute(text("UPDATE core_audit_event SET actor = 'Niemand' WHERE id = 5"))
    engine.dispose()
    make(here, tmp_path / "b.tar.gz")
    code, out, err = run(capsys, "restore", str(tmp_path / "b.tar.gz"), "--directory", str(tmp_path / "naar"))
    assert (code, json.loads(out.splitlines()[-1])["faults"]) == (1, 1)
    assert "Dit klopte al niet in de back-up. Gebeurtenis 5: is na het vastleggen veranderd." in err
