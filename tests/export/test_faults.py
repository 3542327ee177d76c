"""Whatever gives way during an export: readers have a whole site, nothing published is lost, and the next run repairs."""

import random
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from core import audit, clock
from core.errors import DomainError, ExportRefused, Failed
from publish import queries, services
from publish.check import verify
from publish.models import PublishRun, RunState
from support.forked import Command
from support.installation import Installation, name_on_site


@pytest.fixture
def here(here: Installation) -> Installation:
    """A site is live, and something changed since."""
    here.add_activity()
    here.add_document("Besluit")
    here.export()
    here.change_activity("Nieuwe naam")
    here.add_document("Nieuw besluit")
    return here


def run(here: Installation, progress: Callable[[str], None] = lambda _step: None, output: Path | None = None) -> None:
    services.run(
        here.database, here.folder, here.organisation_id, actor=audit.COMMAND_LINE, output=output, progress=progress
    )


def is_whole(here: Installation, name: str) -> None:
    """What readers see is right and has this name on it."""
    site = here.folder.root / "site"
    assert [str(fault) for fault in verify(str(site)).faults] == []
    assert name_on_site(here.folder.root) == name


def is_repaired(here: Installation) -> None:
    """The next run puts everything online, and the log of runs says how each went."""
    run(here)
    is_whole(here, "Nieuwe naam")
    site = here.folder.root / "site"
    assert len(list(site.glob("woo/documenten/*/*besluit.pdf"))) == 2
    assert list(here.folder.exports.glob(".nieuw-*")) == []
    with here.database.read(here.organisation_id) as session:
        runs = queries.runs(session)
        assert (runs[0].state, RunState.RUNNING in {one.state for one in runs}) == (RunState.DONE, False)


# The disk is full


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def fill_the_disk(here: Installation, sizes: list[int]) -> None:
    for size in sizes:
        with no_file_larger_than(size), pytest.raises(Failed) as told:
            run(here)
        assert told.value.exit_code == 5
        is_whole(here, "Parkeervergunning")
    is_repaired(here)


def test_a_full_disk_leaves_the_old_site(here):
    fill_the_disk(here, [0, 3_000, 30_000])


@pytest.mark.soak
def test_a_disk_that_is_full_at_any_moment(here):
    dice = random.Random(20261123)
    fill_the_disk(here, [dice.randrange(40_000) for _ in range(60)])


# A folder that cannot be written. Nobody may write in /proc, whatever his rights.


def test_a_folder_of_exports_that_cannot_be_written_leaves_the_old_site(here):
    moved = here.folder.root / "elders"
    here.folder.exports.rename(moved)
    here.folder.exports.symlink_to("/proc/self/net")
    with pytest.raises(Failed, match=r"kan niet worden geschreven\. Pas de rechten aan"):
        run(here)
    here.folder.exports.unlink()
    moved.rename(here.folder.exports)
    is_whole(here, "Parkeervergunning")
    is_repaired(here)


def test_a_place_for_the_site_that_cannot_be_written_leaves_the_old_site(here):
    with pytest.raises(Failed, match=r"kan niet worden geschreven\. Pas de rechten aan"):
        run(here, output=Path("/proc/self/net/site"))
    is_whole(here, "Parkeervergunning")
    is_repaired(here)


def test_what_cannot_be_tidied_when_the_new_site_is_live_is_a_warning(here, monkeypatch):
    """Or a person looks for the old site, and the copies elsewhere stay behind."""

    def no(*_arguments: object) -> None:
        raise Failed("Dat kan niet worden verwijderd. Haal het zelf weg.")

    monkeypatch.setattr(services.woo, "clear_files", no)
    monkeypatch.setattr(services.taking_out, "take_out", no)
    run(here)
    is_whole(here, "Nieuwe naam")
    with here.database.read(here.organisation_id) as session:
        done = queries.runs(session)[0]
        assert (done.state, done.export_id) == (RunState.DONE, (here.folder.root / "site").resolve().name)
        sentence = "De site staat online, maar er bleef iets liggen. Dat kan niet worden verwijderd. Haal het zelf weg."
        assert [told for told in done.warnings if told == sentence] == [sentence] * 2


# The database is locked, or gone


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("at", ["Pagina's en bestanden maken", "Controleren zoals de Woo-index leest", "Omschakelen"])
def test_a_database_that_goes_half_way_leaves_a_whole_site(here, at):
    root = here.folder.root
    away = root / "weg"
    away.mkdir()

    def progress(step: str) -> None:
        if step == at:
            here.database.engine.dispose()
            for path in root.glob("openboek.db*"):
                path.rename(away / path.name)

    with pytest.raises((DomainError, sqlite3.Error)):
        run(here, progress)
    here.database.engine.dispose()
    for path in root.glob("openboek.db*"):
        path.unlink()  # an empty one that was made meanwhile
    for path in away.iterdir():
        path.rename(root / path.name)
    is_whole(here, "Parkeervergunning")
    is_repaired(here)


def test_a_database_where_another_one_writes_does_not_stop_the_making(here, database_kind):
    """Who only reads waits for nobody; the place in the log waits for its turn."""
    writing = here.database.write(here.organisation_id)

    def progress(step: str) -> None:
        if step.startswith("Pagina's"):
            session = writing.__enter__()
            session.exec(select(PublishRun)).all()
        if step.startswith("Controleren"):
            writing.__exit__(None, None, None)

    run(here, progress)
    is_whole(here, "Nieuwe naam")


# The clock jumps back


def test_a_clock_that_jumps_back_does_not_confuse_old_and_new(here):
    """What was established after the moment that the clock shows now is still established."""
    with clock.frozen(clock.now() - timedelta(days=3)):
        run(here)
        is_whole(here, "Nieuwe naam")
        with here.database.read(here.organisation_id) as session:
            assert queries.last_good_run(session) == queries.runs(session)[0]
            assert queries.runs(session)[0].counts["documenten"] == 2
        here.change_activity("Nog nieuwer")
        run(here)
        is_whole(here, "Nog nieuwer")
        services.roll_back(here.database, here.folder, here.organisation_id, actor=audit.COMMAND_LINE)
        assert name_on_site(here.folder.root) == "Nieuwe naam"


# A document that is missing, or changed on the disk


def originals(here: Installation) -> list[Path]:
    return sorted(path for path in here.folder.root.glob("files/??/??/*") if path.is_file())


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"%PDF kapot")])
def test_a_lost_or_changed_original_stops_the_export_and_is_named(here, harm, tmp_path):
    kept = {path: shutil.copy(path, tmp_path / path.name) for path in originals(here)}
    for path in kept:
        other = path.with_suffix(".kopie")
        shutil.copy(path, other)  # the public file is a second name: harm the original only
        other.replace(path)
        harm(path)
    with pytest.raises((Failed, ExportRefused)) as told:
        run(here)
    assert "Zet een back-up terug" in told.value.message
    is_whole(here, "Parkeervergunning")
    for path, copy in kept.items():
        path.unlink(missing_ok=True)
        shutil.copy(copy, path)
    is_repaired(here)


# Two at once


@pytest.mark.soak
def test_many_runners_at_once_make_one_site(here):
    root = here.folder.root
    for number in range(10):
        here.change_activity("Nieuwe naam" if number % 2 else f"Naam {number}")
        running = [Command("export", "--directory", str(root), cwd=root) for _ in range(4)]
        for one in running:
            one.communicate(timeout=120)
        assert {one.returncode for one in running} <= {0, 6}
        assert 0 in {one.returncode for one in running}
        assert [str(fault) for fault in verify(str(root / "site")).faults] == []
    is_repaired(here)
