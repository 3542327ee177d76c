"""Documents through random lives, as the harvester and a reader see them: what was taken back stays gone, no address is
given twice, no moment moves back, and every sitemap is what the national schemas ask."""

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from lxml import etree
from sqlmodel import col, select

from app import archive, restoring
from core import clock
from core.db import Database
from core.errors import BadInput, RuleViolation
from publish import services as exports
from publish import writer
from publish.check import verify
from publish.server import PublishedSite
from support import official, postgres
from support import woo_documents as make
from support.installation import Installation
from support.lives import live
from woo import lists, public, services
from woo.models import Document, Dossier

SM = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XSD = Path(__file__).parents[3] / "shared" / "reference" / "xsd"
CATEGORIES = st.sampled_from(["001", "002", "011", "3.1"])
TITLES = st.sampled_from(["Besluit", "Nota", "Nota & bijlage 1"])
WHICH = st.integers(0, 5)


class Lives(RuleBasedStateMachine):
    """One municipality. Its clock goes forward with each step. At an address on a server its database is there."""

    address = ""

    def __init__(self) -> None:
        super().__init__()
        self.around = ExitStack()
        self.root = Path(tempfile.mkdtemp(prefix="openboek-lives-"))
        self.around.callback(shutil.rmtree, self.root, ignore_errors=True)
        self.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
        self.frozen = self.around.enter_context(ExitStack())
        self.pass_time(0)
        if self.address:
            with closing(Database(self.address)) as database:
                postgres.empty(database)
        self.here = Installation(self.root / "D", self.address)
        with self.here.database.write(self.here.organisation_id) as session:
            self.dossier = make.dossier(session).id
        self.backup: Path | None = None
        self.gone: set[str] = set()
        self.locs: dict[UUID, str] = {}
        self.lastmods: dict[str, str] = {}
        self.indexes: dict[str, tuple[str, bytes]] = {}

    def teardown(self) -> None:
        self.here.close()
        self.around.close()

    def pass_time(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds, microseconds=1)
        self.frozen.close()
        self.frozen.enter_context(clock.frozen(self.now))

    @initialize()
    def begin(self) -> None:
        self.publish("Besluit", "002", 0)
        self.publish("Nota", "002", 0)

    @rule(title=TITLES, category=CATEGORIES, seconds=st.integers(0, 2))
    def publish(self, title: str, category: str, seconds: int) -> None:
        self.pass_time(seconds)
        with self.here.database.write(self.here.organisation_id) as session:
            place = session.get_one(Dossier, self.dossier)
            make.publish(session, self.here.folder, place, title=title, category=category)

    @rule(which=WHICH, title=TITLES)
    def change(self, which: int, title: str) -> None:
        self.step(which, lambda session, one: self._change(session, one, title))

    def _change(self, session, one: Document, title: str) -> None:
        changed = one.content().model_copy(update={"title": title, "keywords": (str(self.now),)})
        services.change_document(session, one, changed, version=one.version, actor=make.AISHA)
        services.publish_document(session, one, folder=self.here.folder, actor=make.AISHA)

    @rule(which=WHICH)
    def replace(self, which: int) -> None:
        file = make.store(self.here.folder, make.pdf(str(self.now)))
        reason = lists.REASONS.codes[1]
        folder = self.here.folder
        self.step(
            which,
            lambda session, one: services.replace_file(
                session, one, file, reason=reason, actor=make.AISHA, folder=folder
            ),
        )

    @rule(which=WHICH, category=CATEGORIES)
    def reclassify(self, which: int, category: str) -> None:
        self.step(which, lambda session, one: services.reclassify(session, one, category=category, actor=make.AISHA))

    @rule(which=WHICH)
    def withdraw(self, which: int) -> None:
        reason = lists.REASONS.codes[0]
        folder = self.here.folder

        def withdraw(session, one: Document) -> None:
            services.withdraw(session, one, reason=reason, actor=make.AISHA, folder=folder)
            self.gone.add(str(one.loc).removeprefix("/"))

        self.step(which, withdraw)
        self.nothing_came_back()

    def step(self, which: int, do) -> None:
        """What the rules forbid changes nothing."""
        self.pass_time(1)
        with self.here.database.write(self.here.organisation_id) as session:
            found = session.exec(select(Document).order_by(col(Document.created_at), col(Document.id))).all()
            if found:
                try:
                    do(session, found[which % len(found)])
                except RuleViolation:
                    session.rollback()

    @rule()
    def export(self) -> None:
        self.pass_time(1)
        self.here.export()
        site = self.here.folder.root / "site"
        assert verify(str(site)).faults == ()
        self.nothing_came_back()
        self.addresses_stay()
        self.sitemaps_are_right(site)

    @rule()
    def roll_back(self) -> None:
        self.pass_time(1)
        try:
            exports.roll_back(self.here.database, self.here.folder, self.here.organisation_id, actor=make.AISHA)
        except BadInput:
            return  # there is no earlier site
        self.nothing_came_back()

    @rule()
    def make_backup(self) -> None:
        self.pass_time(1)
        self.backup = self.root / f"{self.now:%H%M%S%f}.tar.gz"
        archive.make(self.backup, self.here.database, self.here.folder)

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore(self) -> None:
        self.pass_time(1)
        assert self.backup is not None
        self.here.close()
        restoring.restore(self.backup, self.here.folder, replace=True)
        self.here.database = self.here.folder.database()
        self.nothing_came_back()

    # --- what must always be

    def nothing_came_back(self) -> None:
        """Woo-index 5.6: a withdrawn file is in no kept release, and its address answers 410."""
        releases = writer.releases(self.here.folder.exports, "gm0168")
        assert [path for path in self.gone for release in releases if (release / path).exists()] == []
        with self.here.database.read(self.here.organisation_id) as session:
            site = PublishedSite(self.here.folder.root / "site", lambda path: public.is_withdrawn(session, path))
            assert {site.answer("GET", f"/{path}").status_code for path in self.gone} <= {410}

    def addresses_stay(self) -> None:
        """An address is of one document, for ever, and of no other one after it was withdrawn."""
        with self.here.database.read(self.here.organisation_id) as session:
            documents = session.exec(select(Document).where(col(Document.loc).is_not(None))).all()
            found = {document.id: str(document.loc) for document in documents}
            open_now = {str(document.loc).removeprefix("/") for document in documents if document.is_public}
        assert len(set(found.values())) == len(found)
        assert all(self.locs.get(one, loc) == loc for one, loc in found.items())
        assert open_now & self.gone == set()
        self.locs |= found

    def sitemaps_are_right(self, site: Path) -> None:
        """Woo-index 5.4: no `lastmod` goes back, and an index tells of each sitemap that changed."""
        moments: dict[str, str] = {}
        indexes: dict[str, tuple[str, bytes]] = {}
        for path in sorted(site.glob("sitemaps/sitemapindex-*.xml")):
            self.is_valid(official.INDEX, path.read_bytes())
            for entry in etree.parse(path).iter(f"{SM}sitemap"):
                name = str(entry.findtext(f"{SM}loc")).rpartition("/")[2]
                indexes[name] = (str(entry.findtext(f"{SM}lastmod")), (site / "sitemaps" / name).read_bytes())
        for _, data in indexes.values():
            self.is_valid(official.SITEMAP, data)
            self.is_valid(official.PROFILE, data)
            moments |= lastmods(data)
        for known, seen in ((self.lastmods, moments), (first(self.indexes), first(indexes))):
            assert [name for name in known.keys() & seen.keys() if moment(seen[name]) < moment(known[name])] == []
        for name in self.indexes.keys() & indexes.keys():
            (before, was), (after, now) = self.indexes[name], indexes[name]
            assert was == now or moment(after) > moment(before)
        self.lastmods |= moments
        self.indexes |= indexes
        with self.here.database.read(self.here.organisation_id) as session:
            listed = {one.loc for one in public.public_documents(session) if one.category_numbers}
        assert set(moments) == listed

    def is_valid(self, name: str, data: bytes) -> None:
        if XSD.is_dir():
            assert official.refusals(XSD, name, data) == []


def lastmods(data: bytes) -> Mapping[str, str]:
    return {
        str(url.findtext(f"{SM}loc")): str(url.findtext(f"{SM}lastmod"))
        for url in etree.fromstring(data).iter(f"{SM}url")
    }


def first(found: Mapping[str, tuple[str, bytes]]) -> Mapping[str, str]:
    return {name: pair[0] for name, pair in found.items()}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.only_on("sqlite")
def test_woo_index_5_4_no_moment_moves_back_after_a_restore(database_kind):
    """What was changed after the backup comes back as it was: to the harvester that is a change too."""
    lives = Lives()
    try:
        lives.begin()
        lives.make_backup()
        lives.replace(0)
        lives.change(1, "Nota & bijlage 1")
        lives.withdraw(1)
        lives.export()
        lives.restore()
        lives.export()
    finally:
        lives.teardown()


@pytest.mark.only_on("sqlite")
def test_woo_index_5_6_what_no_backup_knows_stays_gone_too(database_kind):
    """Published and withdrawn after the backup: the address answers 410 and is given to nobody else."""
    lives = Lives()
    try:
        lives.begin()
        lives.make_backup()
        lives.publish("Besluit", "002", 0)
        lives.withdraw(2)
        lives.restore()
        lives.publish("Besluit", "002", 0)
        lives.export()
        lives.make_backup()
        lives.restore()
        lives.export()
    finally:
        lives.teardown()


@pytest.mark.only_on("sqlite")
def test_lives_of_documents(database_kind):
    live(Lives, 3, 12)


@pytest.mark.soak
@pytest.mark.only_on("sqlite")
def test_many_lives_of_documents(database_kind):
    live(Lives, 60, 60)
