"""An export that makes only what changed gives the same files as one that makes everything, whatever happened before."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlmodel import col, select
from test_woo_lives import CATEGORIES, WHICH, Lives

from core import clock
from core.errors import RuleViolation
from core.look import look_of
from core.organisations import Organisation, change_organisation, the_organisation
from publish import services, site, states, writer
from support import woo_documents as make
from support.activities import complete
from support.installation import CODE, Installation
from support.lives import live, on_server
from woo import lists, public
from woo import services as woo_services
from woo.content import GroundContent, RelationContent, Withholding
from woo.models import Category, Document, Dossier


class Changes(Lives):
    """The lives of documents, with all else that a site is made of; every export is compared with one in full."""

    @rule(which=WHICH, other=WHICH, is_part=st.booleans())
    def refer(self, which: int, other: int, is_part: bool) -> None:
        with self.here.database.read(self.here.organisation_id) as session:
            ids = session.exec(select(Document.id).order_by(col(Document.created_at), col(Document.id))).all()
        target = ids[other % len(ids)]
        relation = RelationContent(role=lists.ROLES.codes[0], target=target)
        changes = {"part_of": target} if is_part else {"relations": (relation,)}
        grounds = (GroundContent(code="5.1.2e", passage="de namen"),)

        def change(session, one: Document) -> None:
            told = {**changes, "withheld": Withholding.PARTLY, "grounds": grounds}
            changed = one.content().model_copy(update=told)
            woo_services.change_document(session, one, changed, version=one.version, actor=make.AISHA)
            woo_services.publish_document(session, one, folder=self.here.folder, actor=make.AISHA)

        self.step(which, change)

    @rule(title=st.sampled_from(["Speelplekken", "Wegen & straten"]))
    def name_the_dossier(self, title: str) -> None:
        self.pass_time(1)
        with self.here.database.write(self.here.organisation_id) as session:
            dossier = session.get_one(Dossier, self.dossier)
            content = dossier.content().model_copy(update={"title": title})
            try:
                woo_services.change_dossier(session, dossier, content, version=dossier.version, actor=make.AISHA)
                woo_services.publish_dossier(session, dossier, actor=make.AISHA)
            except RuleViolation:  # nothing in it is public
                session.rollback()

    @rule(number=CATEGORIES, days=st.integers(-1, 1))
    def establish_a_category(self, number: str, days: int) -> None:
        """In force yesterday, today or tomorrow: the words change when that day comes."""
        self.pass_time(1)
        with self.here.database.write(self.here.organisation_id) as session:
            category = session.exec(select(Category).where(Category.number == number)).one()
            content = woo_services.category_content(category, "").model_copy(
                update={"in_force_since": clock.today() + timedelta(days=days), "in_force_checked": True}
            )
            woo_services.change_category(session, category, content, version=category.version, actor=make.AISHA)
            woo_services.establish_category(session, category, actor=make.AISHA)

    @rule(days=st.integers(-1, 1))
    def establish_an_activity(self, days: int) -> None:
        self.pass_time(1)
        ended_on = clock.today() + timedelta(days=days)
        self.here.add_activity(complete().model_copy(update={"name": str(self.now), "ended_on": ended_on}))

    @rule(phone=st.sampled_from(["14 053", "14 0570"]))
    def call_another_number(self, phone: str) -> None:
        self.pass_time(1)
        with self.here.database.write(self.here.organisation_id) as session:
            here = the_organisation(session)
            change_organisation(session, here, {"phone": phone}, version=here.version, actor=make.AISHA)

    @rule(address=st.sampled_from(["https://www.losser.nl", "https://losser.example"]))
    def move_the_site(self, address: str) -> None:
        self.pass_time(1)
        with self.here.database.write(self.here.organisation_id) as session:
            here = the_organisation(session)
            change_organisation(session, here, {"base_url": address}, version=here.version, actor=make.AISHA)

    @rule()
    def let_a_day_pass(self) -> None:
        self.pass_time(24 * 3600)

    @rule()
    def export(self) -> None:
        self.pass_time(1)
        self.here.export()
        assert differences(self.here) == []


def differences(here: Installation) -> list[str]:
    """Files of the live site that are other than when all is made anew, or other than the manifest says."""
    root = here.folder.root / "site"
    with (
        here.database.read(here.organisation_id) as session,
        writer.kept(here.folder.exports, CODE) as keep,
    ):
        made = {
            name: data if isinstance(data, bytes) else b"".join(data)
            for name, data in site.build(session, look_of(here.folder, CODE), keep)
        }
    told = manifest(root)
    ours = {name for name in told if not name.startswith(f"{writer.DOCUMENTS}/")}
    found = [name for name in made.keys() & ours if (root / name).read_bytes() != made[name]]
    found += [name for name in made.keys() & ours if told[name] != hashlib.sha256(made[name]).hexdigest()]
    return sorted({*found, *(made.keys() ^ ours)})


def manifest(root: Path) -> Mapping[str, str]:
    shards = json.loads((root / "manifest.json").read_bytes())["shards"]
    return {
        name: facts["sha256"]
        for shard in shards
        for name, facts in json.loads((root / shard["manifest"]).read_bytes())["files"].items()
    }


@pytest.fixture
def here(tmp_path: Path, database_kind):
    installation = Installation(tmp_path / "D")
    installation.add_activity()
    for title in ("Een", "Twee", "Drie"):
        installation.add_document(title)
    yield installation
    installation.close()


def rename(here: Installation, title: str) -> None:
    """Another title for one of the documents."""
    change(here, "Een", title=title)


def change(here: Installation, which: str, **facts: object) -> None:
    """Other facts of a document, by its title."""
    with here.database.write(here.organisation_id) as session:
        one = session.exec(select(Document).where(Document.title == which)).one()
        changed = one.content().model_copy(update=facts)
        woo_services.change_document(session, one, changed, version=one.version, actor=make.AISHA)
        woo_services.publish_document(session, one, folder=here.folder, actor=make.AISHA)


def inode(here: Installation, name: str) -> int:
    return (here.folder.root / "site" / name).stat().st_ino


@pytest.mark.only_on("sqlite")
def test_only_what_changed_is_made_and_the_rest_is_the_same_file_on_the_disk(here: Installation):
    first = here.export()
    assert (first.units.taken, first.units.made > 10) == (0, True)
    (dossier,) = (here.folder.root / "site/woo/dossiers").glob("*twee*")
    same = ("verwerkingsregister/index.html", f"woo/dossiers/{dossier.name}/dossier.json")
    before = [inode(here, name) for name in same]
    always = here.export().units.made  # a handful of pages is made each time
    rename(here, "Eén")
    second = here.export()
    # the dossier, the pages of the category (all, by year) and its feed, and the sitemap
    assert (second.changed, second.units.made) == (True, always + 5)
    assert [inode(here, name) for name in same] == before
    assert differences(here) == []


@pytest.mark.only_on("sqlite")
def test_of_a_page_that_changed_only_the_documents_that_changed_are_read(
    here: Installation, monkeypatch: pytest.MonkeyPatch
):
    really, read = public.documents_of, []
    monkeypatch.setattr(
        public, "documents_of", lambda session, ids, **how: read.append(len(ids)) or really(session, ids, **how)
    )
    here.export()
    assert read == [3, 3], "for the pages of the category with its feed, and for the three dossiers"
    read.clear()
    rename(here, "Eén")
    here.export()
    assert read == [1, 1, 2, 1], "for the sitemap, for the pages, for the feed, which tells of all, and for the dossier"
    assert differences(here) == []


@pytest.mark.only_on("sqlite")
def test_a_page_of_a_year_counts_the_documents_of_other_years(here: Installation):
    for title, year in (("Een", 2025), ("Twee", 2024)):
        change(here, title, adopted_on=date(year, 11, 2))
        here.export()
        assert differences(here) == []


@pytest.mark.only_on("sqlite")
def test_the_order_in_which_the_fields_of_the_organisation_are_told_makes_nothing_anew(
    here: Installation, monkeypatch: pytest.MonkeyPatch
):
    here.export()
    always = here.export().units.made
    really = Organisation.model_dump
    monkeypatch.setattr(Organisation, "model_dump", lambda one: dict(reversed(really(one).items())))
    assert here.export().units.made == always


@pytest.mark.only_on("sqlite")
def test_full_makes_everything_and_changes_nothing(here: Installation):
    here.export()
    full = services.run(here.database, here.folder, here.organisation_id, actor=make.AISHA, full=True)
    assert (full.units.taken, full.changed) == (0, False)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "name",
    [
        "sitemaps/sitemap-diwoo-infocat014-00001.xml",
        "verwerkingsregister/register.csv",
        "woo/014-woo-verzoeken-en-besluiten/index.html",
    ],
)
def test_a_damaged_file_is_not_taken_over(here: Installation, name: str):
    here.export()
    live = here.folder.root / "site" / name
    live.write_bytes(live.read_bytes().replace(b"e", b"", 1))
    rename(here, "Eén")
    here.export()
    assert differences(here) == []


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("harm", ["gone", "no database", "other program"])
def test_without_what_was_written_down_everything_is_made(here: Installation, harm: str):
    here.export()
    ledger = writer.state_of((here.folder.root / "site").resolve())
    if harm == "gone":
        ledger.unlink()
    elif harm == "no database":
        ledger.write_bytes(b"x" * 5000)
    else:
        with closing(sqlite3.connect(ledger)) as database:
            database.execute("UPDATE program SET fingerprint = 'of last year'")
            database.commit()
    assert here.export().units.taken == 0
    assert here.export().units.taken > 0  # the site was the same; what is now written down counts for it


@pytest.mark.only_on("sqlite")
def test_readers_cannot_come_where_it_is_written_down(here: Installation):
    here.export()
    release = (here.folder.root / "site").resolve()
    assert writer.state_of(release).is_file()
    assert not writer.state_of(release).is_relative_to(release)
    writer.set_aside(release)
    assert not writer.state_of(release).exists()


@pytest.mark.only_on("sqlite")
def test_of_a_version_that_is_known_the_text_is_not_read_again(here: Installation, monkeypatch: pytest.MonkeyPatch):
    really, read = public._facts, []
    monkeypatch.setattr(public, "_facts", lambda text: read.append(text) or really(text))
    here.export()
    assert len(read) == 3
    before = states.Before((here.folder.root / "site").resolve())
    with closing(before):
        for title, number in (("", 0), ("Eén", 1)):
            if title:
                rename(here, title)
            with here.database.read(here.organisation_id) as session:
                read.clear()
                known = list(public.known_documents(session, before))
                assert len(read) == number
                assert known == list(public.known_documents(session, states.Before()))


@pytest.mark.only_on("sqlite")
def test_a_document_elsewhere_that_names_one_of_ours_is_another_one_when_our_site_moves(here: Installation):
    """Its sitemap tells the whole address of the other."""
    with here.database.write(here.organisation_id) as session:
        ours = session.exec(select(Document).where(Document.title == "Een")).one()
        relation = RelationContent(role=lists.ROLES.codes[0], target=ours.id)
        content = make.content(title="Elders", source_url="https://ris.example/elders.pdf", relations=(relation,))
        place = session.get_one(Dossier, ours.dossier_id)
        one = woo_services.add_document(session, place, content, actor=make.AISHA)
        woo_services.publish_document(session, one, actor=make.AISHA, folder=here.folder)
        document_id = one.id

    def known() -> bytes:
        with here.database.read(here.organisation_id) as session:
            found = {one.id: one.digest for one in public.known_documents(session, states.Before())}
        return found[document_id.bytes]

    before = known()
    with here.database.write(here.organisation_id) as session:
        organisation = the_organisation(session)
        address = {"base_url": "https://elders.example"}
        change_organisation(session, organisation, address, version=organisation.version, actor=make.AISHA)
    assert known() != before


def test_whatever_happens_an_incremental_export_is_the_full_one(database_url: str):
    live(on_server(Changes, database_url), 2, 12)


@pytest.mark.soak
def test_whatever_happens_for_long_an_incremental_export_is_the_full_one(database_url: str):
    live(on_server(Changes, database_url), 60, 60)
