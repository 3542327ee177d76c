"""The power goes at any moment of an export: readers have the whole old site or the whole new one, and the next run works."""

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from publish.check import verify
from support.installation import Installation, name_on_site
from support.power import Recorder


def is_database(name: str) -> bool:
    """Written by SQLite, out of our sight: the database, and what is written down of a release."""
    return name.startswith(("openboek.db", ".staat-"))


@pytest.fixture
def cuts(here: Installation) -> "Cuts":
    """An export of a change, a new document and a withdrawal, as the disk saw it."""
    here.add_activity()
    here.add_document("Blijft")
    gone = here.add_document("Gaat weg")
    here.export()
    here.change_activity("Nieuwe naam")
    here.add_document("Nieuw document")
    recorder = Recorder(here.folder.root, is_database)
    with recorder.recording():
        here.withdraw_document(gone)
        withdrawn_at = len(recorder.steps)
        here.export()
    return Cuts(recorder, withdrawn_at)


@dataclass
class Cuts:
    recorder: Recorder
    withdrawn_at: int
    """From this step on nobody may read the document that was withdrawn."""

    def survive(self, times: int, place: Path) -> None:
        dice = random.Random(20261122)
        last = len(self.recorder.steps)
        names = {
            self._survive(moment, place, dice) for moment in (last, *(dice.randrange(last) for _ in range(times - 1)))
        }
        assert names == {"Parkeervergunning", "Nieuwe naam"}

    def _survive(self, moment: int, place: Path, dice: random.Random) -> str:
        """Look at what is left, let the next export do its work, and look again. Returns what readers saw first."""
        self.recorder.cut(moment, place, dice)
        for database in self.recorder.root.glob("openboek.db*"):
            shutil.copy(database, place)
        site, seen = place / "site", name_on_site(place)
        faults = [str(fault) for fault in verify(str(site)).faults if "gaat-weg" not in str(fault)]
        assert faults == [], moment
        if moment >= self.withdrawn_at:
            assert list(place.glob("documenten/*/*/*gaat-weg*")) == [], moment
        again = Installation.reopened(place)
        again.export()
        again.close()
        assert verify(str(site)).faults == (), moment
        assert name_on_site(place) == "Nieuwe naam"
        assert list(site.glob("woo/documenten/*/*nieuw-document*")) != []
        shutil.rmtree(place)
        return seen


def test_the_power_goes_at_a_few_moments(cuts, tmp_path):
    cuts.survive(4, tmp_path / "cut")


@pytest.mark.soak
def test_the_power_goes_at_three_hundred_moments(cuts, tmp_path):
    cuts.survive(300, tmp_path / "cut")
