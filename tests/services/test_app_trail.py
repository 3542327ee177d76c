"""The trail of a whole installation: the command, the night, backup and restore, and the lights that turn red."""

import gzip
import json
import shutil
from datetime import timedelta

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app import archive, doctor, jobs, restoring, trail
from app.cli import main
from app.main import create_app
from core import anchors, audit, clock, sealed, verification
from core.accounts import services as accounts
from core.errors import BadInput
from core.folder import Folder
from core.jobs import Job, JobState, run_one
from support.tampering import tamper, tamper_well

pytestmark = pytest.mark.usefixtures("quick_migrations")
SUBJECT = ("core_user", audit.INSTALLATION, "x")
X = {"after": {"x": 1}}
CUT = "DELETE FROM core_audit_event WHERE organisation_id = :me AND sequence > 5"


def test_an_export_and_a_backup_leave_anchors(here, tmp_path):
    here.add_activity()
    here.export()
    with here.database.read(None) as session:
        end = audit.head(session, here.organisation_id)
    archive.make(tmp_path / "back-up.tar.gz", here.database, here.folder)
    kept = [json.loads(line) for line in (here.folder.root / anchors.NAME).read_text().splitlines()]
    own = [line for line in kept if line["chain"] == here.organisation_id.hex]
    assert [(line["why"], line["hash"]) for line in own] == [("export", end), ("backup", end)]
    manifest = json.loads((here.folder.root / "site" / "manifest.json").read_text())
    assert manifest["audit_sequence"] < own[0]["sequence"]
    assert trail.verify(here.database, here.folder)[0] == []


def test_a_tail_that_was_cut_off_is_told_by_the_command_the_doctor_and_the_lights(here, capsys):
    here.add_activity()
    here.export()
    tamper_well(here.database, here.organisation_id, CUT, since=5, me=here.organisation_id)
    client = TestClient(create_app(here.database, here.folder))
    assert client.get("/health/ready").status_code == 200  # nobody looked yet
    said = {one.subject: one for one in doctor.examine(here.folder)}["Logboek"]
    assert (said.outcome, "openboek audit verify" in said.message) == (doctor.Outcome.WRONG, True)
    with pytest.raises(SystemExit) as ended:
        main(["audit", "verify", "--directory", str(here.folder.root)])
    out = capsys.readouterr().out
    assert ended.value.code == 1
    assert "\nNa gebeurtenis 5 is het einde weggehaald: volgens het " in f"\n{out}"
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.text) == (
        503,
        "Het logboek is niet heel: er is mogelijk mee geknoeid. Doe: openboek audit verify",
    )


def test_an_anchor_kept_elsewhere_finds_it_when_those_in_the_folder_are_gone_too(here, tmp_path):
    here.add_activity()
    here.export()
    backup = tmp_path / "back-up.tar.gz"
    archive.make(backup, here.database, here.folder)
    elsewhere = tmp_path / "bewaard.jsonl"
    shutil.copy(here.folder.root / anchors.NAME, elsewhere)
    tamper_well(here.database, here.organisation_id, CUT, since=5, me=here.organisation_id)
    (here.folder.root / anchors.NAME).unlink()
    shutil.rmtree(here.folder.exports)
    assert trail.verify(here.database, here.folder)[0] == []
    for kept in (elsewhere, backup):
        faults = trail.verify(here.database, here.folder, kept=[kept])[0]
        assert [fault[:41] for fault in faults] == ["Na gebeurtenis 5 is het einde weggehaald:"], kept


def test_what_is_no_anchor_is_refused_in_a_sentence(here, tmp_path):
    (tmp_path / "leeg.tar.gz").write_bytes(gzip.compress(b""))
    key = tmp_path / "sleutel"
    sealed.make_key(key)
    archive.make(tmp_path / "dicht", here.database, here.folder, key=sealed.read_key(key))
    for name, words in (("niets", "kan niet worden gelezen"), ("leeg.tar.gz", "beschadigd"), ("dicht", "versleuteld")):
        with pytest.raises(BadInput, match=words):
            trail.verify(here.database, here.folder, kept=[tmp_path / name])
    with pytest.raises(BadInput, match="bestaat hier niet"):
        trail.verify(here.database, here.folder, code="gm9999")


@pytest.mark.only_on("sqlite")
def test_a_restore_explains_the_anchors_of_after_the_backup(here, tmp_path):
    here.add_activity()
    here.export()
    backup = tmp_path / "back-up.tar.gz"
    archive.make(backup, here.database, here.folder)
    here.change_activity("Anders")
    here.export()
    here.close()
    restoring.restore(backup, here.folder, replace=True)
    database = here.folder.database()
    faults, _ends, restored = trail.verify(database, here.folder)
    assert (faults, len(restored)) == ([], 1)
    database.close()


@pytest.mark.only_on("sqlite")
def test_a_restore_after_the_database_was_lost_goes_by_the_anchors_that_are_left(here, tmp_path):
    here.add_activity()
    backup = tmp_path / "back-up.tar.gz"
    archive.make(backup, here.database, here.folder)
    here.change_activity("Anders")
    here.export()
    here.close()
    for part in here.folder.root.glob("openboek.db*"):
        part.unlink()
    restoring.restore(backup, here.folder, replace=True)
    database = here.folder.database()
    assert trail.verify(database, here.folder)[0] == []
    database.close()


@pytest.mark.only_on("sqlite")
def test_a_restore_explains_what_an_earlier_restore_explained(here, tmp_path):
    """The event of the first restore is not in the oldest backup."""
    here.add_activity()
    oldest, newer = tmp_path / "oudst.tar.gz", tmp_path / "nieuwer.tar.gz"
    archive.make(oldest, here.database, here.folder)
    here.change_activity("Anders")
    archive.make(newer, here.database, here.folder)
    for number in range(4):
        here.change_activity(f"Anders {number}")
    here.export()
    here.close()
    restoring.restore(newer, here.folder, replace=True)
    with clock.frozen(clock.now() + timedelta(seconds=2)):  # what goes aside is called by the second
        restoring.restore(oldest, here.folder, replace=True)
    database = here.folder.database()
    assert trail.verify(database, here.folder)[0] == []
    kept = (here.folder.root / anchors.NAME).read_text().splitlines()
    assert [json.loads(line)["why"] for line in kept][-1] == "restore"
    database.close()


def test_a_restore_in_an_empty_folder_has_no_faults(here, tmp_path):
    here.add_activity()
    backup = tmp_path / "back-up.tar.gz"
    archive.make(backup, here.database, here.folder)
    there = Folder.at(tmp_path / "terug")
    restoring.restore(backup, there)
    database = there.database()
    assert trail.verify(database, there)[0] == []
    database.close()


# The night


def test_the_night_looks_once_at_every_chain(here):
    night = "02:00"
    assert [trail.ask_for_the_look(here.database, night) for _ in range(3)] == [1, 0, 0]
    assert run_one(here.database, jobs.handlers(here.folder), "werker")
    with here.database.read(None) as session:
        job = session.exec(select(Job)).one()
        assert (job.state, job.message, job.result["faults"]) == (JobState.DONE, "De keten is heel.", 0)
        looked = {one.organisation_id for one in session.exec(select(verification.AuditCheck))}
    assert looked == {here.organisation_id, audit.INSTALLATION}
    assert '"why": "night"' in (here.folder.root / anchors.NAME).read_text()
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert trail.ask_for_the_look(here.database, night) == 1


def test_the_night_finds_what_was_tampered_with(here, capsys):
    tamper(here.database, "UPDATE core_audit_event SET actor = 'x' WHERE organisation_id = :me", me=audit.INSTALLATION)
    trail.ask_for_the_look(here.database, "02:00")
    run_one(here.database, jobs.handlers(here.folder), "werker")
    with here.database.read(None) as session:
        assert verification.known(session, here.organisation_id) > 0
        assert "niet heel" in session.exec(select(Job.message)).one()


def test_old_log_ins_forget_from_where_and_the_chain_still_holds(here):
    def log_in(moment, times):
        with clock.frozen(moment), here.database.write(None) as session:
            for _ in range(times):
                accounts.refuse_login(session, None, reason="password", address="198.51.100.7")
            audit.append(
                session, chain=audit.INSTALLATION, actor=audit.COMMAND_LINE, action="a:b:c", subject=SUBJECT, contents=X
            )

    now = clock.now()
    log_in(now, 3)
    log_in(now, 2)
    with clock.frozen(now + timedelta(days=300)):
        assert trail.expire(here.database, 12) == 0
    log_in(now + timedelta(days=300), 1)
    with clock.frozen(now + timedelta(days=370)):
        assert trail.expire(here.database, 12) == 5
        assert trail.expire(here.database, 12) == 0
    with here.database.read(None) as session:
        assert audit.faults(session, audit.INSTALLATION) == []
        made = session.exec(select(audit.AuditEvent).where(audit.AuditEvent.action == audit.CLEAN)).one()
        assert (made.actor, [last - first + 1 for first, last in made.contents["after"]["events"]]) == ("klok", [3, 2])
        kept = session.exec(select(audit.AuditEvent.contents).where(audit.AuditEvent.action == "a:b:c")).all()
        assert kept == [X, X, X]
