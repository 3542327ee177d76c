"""A harvester that comes every day, through many days of work (woo-index sections 3 to 5).

It ends with exactly what is public, never reads an invalid file, and fetches again only what changed.
"""

import hashlib
import random
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from lxml import etree
from sqlmodel import col, select
from starlette.testclient import TestClient

from core import clock
from core.errors import BadInput, RuleViolation
from publish import diwoo
from publish import services as exports
from publish.server import PublishedSite
from support import official
from support import woo_documents as make
from support.harvester import Harvester
from support.installation import Installation
from woo import lists, public, services
from woo.models import Document, Dossier

XSD = Path(__file__).parents[3] / "shared" / "reference" / "xsd"
HOST = "openboek.example"
WORDS = ("Besluit", "Nota", "Verslag", "Advies & bijlage", "Brief <aan de raad>")
CATEGORIES = ("001", "002", "011", "014", "3.1")
FIRST_DAY = datetime(2026, 11, 21, 9, tzinfo=UTC)
"""In the two hundred days from here the clock is put forward."""


class Office:
    """A municipality that works on documents, as a seed tells."""

    def __init__(self, root: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.changes = count(1)
        self.moved: set[tuple[UUID, str]] = set()
        self.here = Installation(root / "D")
        with self.here.database.write(self.here.organisation_id) as session:
            self.dossiers = [make.dossier(session, f"Dossier {number}").id for number in range(3)]
        self.add()

    def work(self) -> None:
        """What people do on a day: often nothing, sometimes a lot."""
        actions = (self.add, self.add, self.change, self.change, self.replace, self.reclassify, self.withdraw)
        for _ in range(self.chance.choice((0, 0, 1, 1, 2, 5))):
            self.chance.choice(actions)()

    def night(self) -> None:
        """Mostly an export; sometimes none, or the site of before is put back."""
        chosen = self.chance.random()
        if chosen < 0.1:
            return
        if chosen < 0.15:
            try:
                exports.roll_back(self.here.database, self.here.folder, self.here.organisation_id, actor=make.AISHA)
            except BadInput:
                self.here.export()
            return
        self.here.export()

    def add(self) -> None:
        with self.here.database.write(self.here.organisation_id) as session:
            place = session.get_one(Dossier, self.chance.choice(self.dossiers))
            title, category = self.chance.choice(WORDS), self.chance.choice(CATEGORIES)
            make.publish(session, self.here.folder, place, title=title, category=category)

    def change(self) -> None:
        def change(session, one: Document) -> None:
            facts = {"title": self.chance.choice(WORDS), "keywords": (f"woord {next(self.changes)}",)}
            content = one.content().model_copy(update=facts)
            services.change_document(session, one, content, version=one.version, actor=make.AISHA)
            services.publish_document(session, one, folder=self.here.folder, actor=make.AISHA)

        self.with_one(change)

    def replace(self) -> None:
        file = make.store(self.here.folder, make.pdf(str(self.chance.random())))
        reason, folder = lists.REASONS.codes[1], self.here.folder
        self.with_one(
            lambda session, one: services.replace_file(
                session, one, file, reason=reason, actor=make.AISHA, folder=folder
            )
        )

    def reclassify(self) -> None:
        """Never back to where it was: that would be a change that nobody can see afterwards."""
        category = self.chance.choice(CATEGORIES)

        def reclassify(session, one: Document) -> None:
            before = one.content().category
            if (one.id, category) not in self.moved:
                services.reclassify(session, one, category=category, actor=make.AISHA)
                self.moved |= {(one.id, before), (one.id, category)}

        self.with_one(reclassify)

    def withdraw(self) -> None:
        reason, folder = lists.REASONS.codes[0], self.here.folder
        self.with_one(
            lambda session, one: services.withdraw(session, one, reason=reason, actor=make.AISHA, folder=folder)
        )

    def with_one(self, do) -> None:
        """What the rules forbid changes nothing."""
        with self.here.database.write(self.here.organisation_id) as session:
            query = select(Document).where(col(Document.loc).is_not(None))
            found = session.exec(query.order_by(col(Document.created_at), col(Document.id))).all()
            if found:
                try:
                    do(session, self.chance.choice(found))
                except RuleViolation:
                    session.rollback()


def through(days: int, root: Path, seed: int) -> None:
    """Let the harvester come after every night, and compare at the end."""
    harvester = Harvester(HOST, is_valid)
    with ExitStack() as around:
        now = around.enter_context(ExitStack())
        now.enter_context(clock.frozen(FIRST_DAY))
        office = Office(root, seed)
        around.callback(office.here.close)
        for day in range(days):
            now.close()
            now.enter_context(clock.frozen(FIRST_DAY + timedelta(days=day, minutes=office.chance.randrange(600))))
            office.work()
            now.close()
            now.enter_context(clock.frozen(FIRST_DAY + timedelta(days=day, hours=17)))
            office.night() if day else office.here.export()
            visit(office.here, harvester)
        now.close()
        now.enter_context(clock.frozen(FIRST_DAY + timedelta(days=days)))
        office.here.export()
        visit(office.here, harvester)
        compare(office.here, harvester)
    assert harvester.needless == []


def visit(here: Installation, harvester: Harvester) -> None:
    with here.database.read(here.organisation_id) as session:
        site = PublishedSite(here.folder.root / "site", lambda path: public.is_withdrawn(session, path))
        client = TestClient(site, base_url=f"https://{HOST}")

        def get(path: str) -> tuple[int, bytes]:
            answer = client.get(path)
            return answer.status_code, answer.content

        harvester.visit(get)


def compare(here: Installation, harvester: Harvester) -> None:
    """What the harvester has is what is public: the same documents, the same metadata, the same bytes."""
    found = harvester.everything()
    with here.database.read(here.organisation_id) as session:
        listed = [one for one in public.public_documents(session) if one.category_numbers]
    assert {diwoo.location(one.loc) for one in listed} == set(found)
    site = here.folder.root / "site"
    for one in listed:
        entry = found[diwoo.location(one.loc)]
        now = etree.fromstring(diwoo.HEADER + diwoo.entry(one) + diwoo.FOOTER)[0]
        assert etree.tostring(now, method="c14n") == entry.metadata
        if urlsplit(one.loc).hostname == HOST:
            path = site / urlsplit(one.loc).path.removeprefix("/")
            assert hashlib.sha256(path.read_bytes()).hexdigest() == entry.sha256


def is_valid(name: str, data: bytes) -> None:
    if XSD.is_dir():
        schemas = (official.INDEX,) if "sitemapindex" in name else (official.SITEMAP, official.PROFILE)
        assert [fault for one in schemas for fault in official.refusals(XSD, one, data)] == [], name


@pytest.mark.only_on("sqlite")
def test_a_harvester_that_comes_every_day(tmp_path, database_kind):
    through(8, tmp_path, seed=3)


@pytest.mark.soak
@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("seed", [1, 2])
def test_a_harvester_through_two_hundred_days(tmp_path, database_kind, seed):
    through(200, tmp_path, seed)
