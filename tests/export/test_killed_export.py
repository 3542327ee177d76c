"""Whatever moment an export is killed, readers have a whole site: the old one or the new one."""

import json
import random
import shutil
import time
from pathlib import Path

import pytest
from sqlmodel import select

import woo.public as woo
from core import audit
from publish import services
from publish.check import verify
from publish.models import PublishRun, RunState
from publish.writer import publish_lock
from support.forked import Command
from support.installation import CODE, Installation, name_on_site
from support.small_files import pdf


@pytest.fixture
def here(here: Installation) -> Installation:
    for number in range(4):
        here.add_activity()
        here.add_document(f"Besluit {number} & meer")
    return here


def export(root: Path) -> dict[str, object]:
    running = Command("export", "--directory", str(root), cwd=root)
    return outcome_of(running)


def outcome_of(running: Command) -> dict[str, object]:
    out, err = running.communicate(timeout=120)
    assert running.returncode == 0, err.decode()
    return json.loads(out)


def kill_at_random(here: Installation, times: int) -> None:
    root = here.folder.root
    running = Command("export", "--directory", str(root), cwd=root)
    start = time.monotonic()
    outcome_of(running)
    lasts = time.monotonic() - start
    dice = random.Random(20261121)
    switched = 0
    for attempt in range(times):
        old, new = name_on_site(root), f"Parkeervergunning {attempt}"
        here.change_activity(new)
        running = Command("export", "--directory", str(root), cwd=root)
        time.sleep(dice.uniform(0.2, 1.05) * lasts)
        running.kill()
        running.communicate()
        assert verify(str(root / "site")).faults == ()
        assert name_on_site(root) in {old, new}
        switched += name_on_site(root) == new
    assert export(root)["changed"] in {True, False}
    assert verify(str(root / "site")).faults == ()
    assert not list(here.folder.exports.glob(".nieuw-*"))
    with here.database.read(here.organisation_id) as session:
        states = session.exec(select(PublishRun.state)).all()
    assert RunState.RUNNING not in states
    assert states.count(RunState.STOPPED) <= times


def test_a_killed_export_leaves_the_old_or_the_new_site(here):
    kill_at_random(here, 3)


@pytest.mark.soak
def test_a_hundred_killed_exports(here):
    kill_at_random(here, 100)


def test_a_copied_folder_still_works(here, tmp_path):
    here.export()
    copy = tmp_path / "elders" / "D"
    shutil.copytree(here.folder.root, copy, symlinks=True)
    shutil.rmtree(here.folder.documents)
    assert verify(str(copy / "site")).faults == ()
    assert export(copy)["changed"] is False


def test_a_second_export_while_one_is_running_is_refused(here):
    with publish_lock(here.folder.exports, "gm0168"):
        running = Command("export", "--directory", str(here.folder.root), cwd=here.folder.root)
        _out, err = running.communicate(timeout=60)
    assert running.returncode == 6
    assert err.decode().strip().endswith("Er loopt al een export. Wacht tot die klaar is en probeer het dan opnieuw.")


def test_nothing_changed_is_said_and_leaves_the_release(here):
    first, second = here.export(), here.export()
    assert (first.changed, second.changed) == (True, False)
    assert len(list(here.folder.exports.glob(f"{CODE}-*"))) == 1


def test_seven_releases_are_kept(here):
    for number in range(9):
        here.change_activity(f"Parkeren {number}")
        here.export()
    assert len(list(here.folder.exports.glob(f"{CODE}-*"))) == 7


def test_a_withdrawn_document_is_in_no_kept_release_and_does_not_come_back(here):
    site = here.folder.root / "site"
    document = here.add_document("Intrekken")
    here.export()
    path = next((site / "woo" / "documenten").rglob("*intrekken.pdf")).relative_to(site)
    here.withdraw_document(document)
    assert not any((release / path).exists() for release in here.folder.exports.iterdir() if release.is_dir())
    here.export()
    services.roll_back(here.database, here.folder, here.organisation_id, actor=audit.COMMAND_LINE)
    assert not (site / path).exists()


def test_a_file_that_was_withdrawn_is_not_put_back_by_who_looked_before(here):
    """Not even for a moment: a web server that reads the folder has not been told yet that it is gone."""
    document = here.add_document("Besluit intrekken")
    here.add_document("Besluit blijft")
    here.export()
    place = next(here.folder.documents.rglob("*intrekken.pdf"))
    with here.database.read(here.organisation_id) as before:
        assert woo.number_public(before) == 6
        here.withdraw_document(document)
        next(here.folder.documents.rglob("*blijft.pdf")).unlink()
        assert woo.place_files(before, here.folder, here.database) == 6, "what this session sees"
    assert not place.exists()
    assert next(here.folder.documents.rglob("*blijft.pdf")).exists()


def test_an_export_begins_anew_when_a_document_is_withdrawn_meanwhile(here, monkeypatch):
    document = here.add_document("Intrekken")
    here.export()
    here.change_activity("Parkeren anders")
    told = []

    def export() -> services.Outcome:
        def progress(step: str) -> None:
            told.append(step)
            if step == "Omschakelen" and told.count(step) == 1:
                here.withdraw_document(document)

        return services.run(
            here.database, here.folder, here.organisation_id, actor=audit.COMMAND_LINE, progress=progress
        )

    assert export().changed
    assert any("begint opnieuw" in step for step in told)
    assert "intrekken.pdf" not in (here.folder.root / "site/sitemap.xml").read_text()
    with here.database.read(here.organisation_id) as session:
        runs = session.exec(select(PublishRun).order_by(PublishRun.started_at)).all()
        assert [run.state.value for run in runs][-2:] == ["afgebroken", "gelukt"]


def test_a_file_that_is_replaced_meanwhile_is_what_readers_get(here):
    """The old one, with what should not have been read, never comes back."""
    document = here.add_document("Vervangen")
    here.export()
    here.change_activity("Parkeren anders")
    [place] = (here.folder.root / "site" / "woo" / "documenten").rglob("*vervangen.pdf")
    steps = []

    def progress(step: str) -> None:
        steps.append(step)
        if steps == ["Pagina's en bestanden maken"]:
            here.replace_file(document, "Zonder de naam")
        assert place.read_bytes() == (pdf("Zonder de naam"))

    services.run(here.database, here.folder, here.organisation_id, actor=audit.COMMAND_LINE, progress=progress)
    assert steps.count("Omschakelen") >= 1
    assert verify(str(here.folder.root / "site")).faults == ()


def test_a_document_whose_file_was_damaged_is_put_right_or_refused(here):
    here.export()
    place = next((here.folder.root / "site" / "woo" / "documenten").rglob("*.pdf"))
    good = place.read_bytes()
    place.unlink()
    place.write_bytes(b"%PDF kapot")
    here.export()
    assert place.read_bytes() == good
