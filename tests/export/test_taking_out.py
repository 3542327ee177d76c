"""A withdrawn document is out of the live list at once, beside a night that is running."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from app import jobs as job_handlers
from core import audit, clock, jobs
from publish import live as live_site
from publish import services, writer
from publish.check import verify
from support.installation import CODE, Installation

SITEMAP, INDEX = "sitemaps/sitemap-diwoo-infocat014-00001.xml", "sitemaps/sitemapindex-diwoo-infocat014.xml"


@pytest.fixture
def documents(here: Installation) -> list[UUID]:
    return [here.add_document(f"Besluit {number} & meer") for number in range(3)]


def text_of(release: Path, name: str = SITEMAP) -> str:
    return (release / name).read_text(encoding="utf-8")


def is_named(release: Path, number: int) -> bool:
    return f"/1-besluit-{number}" in text_of(release)


def do_what_is_urgent(here: Installation) -> None:
    handlers = job_handlers.handlers(here.folder)
    assert jobs.run_one(here.database, handlers, "spoed", only=job_handlers.URGENT)


def live(here: Installation) -> Path:
    found = writer.current(here.folder.root / "site")
    assert found is not None
    return found


def test_a_withdrawn_document_is_out_of_the_live_list_before_the_next_export(here, documents):
    here.export()
    earlier = live(here)
    before = text_of(earlier)
    here.add_activity()
    here.export()
    told = text_of(live(here), INDEX)
    with writer.publish_lock(here.folder.exports, CODE):  # the night
        here.withdraw_document(documents[1])
        do_what_is_urgent(here)
    assert [is_named(live(here), number) for number in range(3)] == [True, False, True]
    found = [str(fault) for fault in verify(str(live(here))).faults]
    assert [fault for fault in found if "woo/documenten/" not in fault] == [], "sitemap, index and manifests agree"
    assert text_of(live(here), INDEX) > told, "the harvester sees that it must come back"
    assert text_of(earlier) == before, "a release that shared the file keeps it"


def test_a_copy_may_be_named_intrekken(here, documents):
    """A delivery to a copy holds a lock with its name, for as long as it takes."""
    here.export()
    here.withdraw_document(documents[1])
    with ThreadPoolExecutor(1) as beside, writer.publish_lock(here.folder.exports, f"{CODE}-intrekken"):
        taken = beside.submit(do_what_is_urgent, here)
        wait([taken], timeout=20)
        is_taken, is_out = taken.done(), not is_named(live(here), 1)
    assert (is_taken, is_out) == (True, True)


def test_so_it_is_after_the_clock_was_put_back(here, documents):
    """The site was made later, as the clock has it, than the document was withdrawn."""
    with clock.frozen(clock.now() + timedelta(hours=1)):
        here.export()
    here.withdraw_document(documents[1])
    do_what_is_urgent(here)
    assert [is_named(live(here), number) for number in range(3)] == [True, False, True]
    with here.database.read(here.organisation_id) as session:
        assert live_site._expected(session, here.folder, here.database).gone_since == {"014": 1}


def test_a_link_with_another_name_follows_whoever_asks_for_an_export(here, documents, tmp_path):
    """`export --output`: what is withdrawn in the day does not wait there for the next night."""
    name = tmp_path / "www" / "openboek"

    def run(progress: Callable[[str], None] = lambda _step: None) -> None:
        services.run(
            here.database, here.folder, here.organisation_id, actor=audit.COMMAND_LINE, output=name, progress=progress
        )

    def stop(_step: str) -> None:
        raise jobs.Stopped("Gestopt.")

    here.export()
    old = live(here)
    here.add_activity()
    run()
    release = live(here)
    assert writer.current(name) == release != old
    writer.switch(name, release)  # as it was made before
    writer.switch(here.folder.root / "site", old)
    with pytest.raises(jobs.Stopped):
        run(stop)
    assert writer.current(name) == live(here) == release, "readers go on seeing what they saw"
    here.withdraw_document(documents[1])
    do_what_is_urgent(here)
    here.add_document("Nog een besluit")
    here.export()
    found = writer.current(name)
    assert found == live(here) != release
    assert not is_named(found, 1)
    services.roll_back(here.database, here.folder, here.organisation_id, actor=audit.COMMAND_LINE, output=name)
    assert writer.current(name) == release


def test_what_comes_with_the_next_export_is_seen_too(here, documents):
    """The moment that was told of a sitemap is never told again with other contents."""
    here.export()
    here.withdraw_document(documents[1])
    here.add_document("Besluit nieuw")
    do_what_is_urgent(here)
    first, told = text_of(live(here)), text_of(live(here), INDEX)
    assert "nieuw" not in first
    here.export()
    assert "nieuw" in text_of(live(here))
    assert text_of(live(here), INDEX) > told
    assert verify(str(live(here))).faults == ()
    services.run(here.database, here.folder, here.organisation_id, actor=audit.COMMAND_LINE, full=True)
    assert not is_named(live(here), 1)


def test_a_second_time_is_harmless_and_the_last_document_waits_for_the_export(here, documents):
    here.export()
    for document in documents[:2]:
        here.withdraw_document(document)
    do_what_is_urgent(here)
    files = {path: path.read_bytes() for path in live(here).rglob("*") if path.is_file()}
    with here.database.write(here.organisation_id) as session:
        jobs.enqueue(session, "woo:document:withdrawn", {}, created_by="klok")
    here.withdraw_document(documents[2])
    do_what_is_urgent(here)
    assert {path: path.read_bytes() for path in files} == files, "an empty sitemap may not be listed"
    here.export()
    assert not (live(here) / SITEMAP).exists()


def test_who_withdraws_just_before_the_switch_or_a_way_back_is_not_named_after_it(here, documents, monkeypatch):
    here.export()
    look: Callable[..., None] = services._let_withdrawals_win

    def just_after(*arguments: object) -> None:
        look(*arguments)
        here.withdraw_document(documents[0])

    monkeypatch.setattr(services, "_let_withdrawals_win", just_after)
    here.add_activity()
    assert here.export().changed
    assert [is_named(live(here), number) for number in range(3)] == [False, True, True]
    services.roll_back(here.database, here.folder, here.organisation_id, actor=audit.COMMAND_LINE)
    assert [is_named(live(here), number) for number in range(3)] == [False, True, True]
