"""What follows an export: copies elsewhere, each by itself, and how they stand; and what a withdrawal asks for at once."""

import threading
from pathlib import Path

import pytest
from sqlmodel import col, select

from app import jobs as job_handlers
from app.doctor import Outcome, examine
from app.serve import work_urgent
from core import jobs
from core.audit import COMMAND_LINE
from core.errors import BadInput, Busy, ExportRefused, Failed
from core.jobs import Job
from core.settings import Settings, TargetSettings, check_targets
from publish import deliveries, services, writer
from publish.models import PublishRun, PublishTarget
from publish.work import EXPORT_JOB, TARGET_JOB
from support.installation import Installation
from woo.services import WITHDRAWN_JOB


@pytest.fixture
def here(here: Installation, tmp_path: Path) -> Installation:
    """Two copies: `een` can be reached, the share of `twee` is not there yet."""
    (tmp_path / "een").mkdir()
    here.folder.settings.targets = {name: TargetSettings(to=str(tmp_path / name)) for name in ("een", "twee")}
    return here


def deliver_all(here: Installation):
    return deliveries.deliver_all(here.database, here.folder, here.organisation_id, actor=COMMAND_LINE, pause=0)


def states(here: Installation) -> dict[str, deliveries.State]:
    with here.database.read(here.organisation_id) as session:
        found = {one.name: one for one in deliveries.states(session, here.folder.settings)}
        session.expunge_all()
    return found


def names_of(root: Path) -> set[str]:
    return {path.name for path in root.rglob("*") if path.is_file()}


def test_a_copy_that_is_away_is_behind_stops_nobody_and_catches_up(here, tmp_path):
    here.add_document("Eerste besluit")
    first = here.export()
    for _ in range(3):  # three nights
        assert deliver_all(here).keys() == {"twee"}
    found = states(here)
    assert (found["een"].export_id, found["een"].error) == (first.export_id, "")
    assert found["twee"].export_id == ""
    assert found["twee"].error == f"De map {tmp_path / 'twee'} is er niet. Maak hem, of koppel de schijf."
    assert found["twee"].row.behind_since < found["twee"].row.tried_at
    with here.database.read(here.organisation_id) as session:
        run = session.exec(select(PublishRun).order_by(col(PublishRun.started_at))).all()[-1]
        assert run.targets["een"].endswith("weggehaald.")
        assert "is er niet" in run.targets["twee"]
    (tmp_path / "twee").mkdir()
    assert deliver_all(here) == {}
    found = states(here)
    assert (found["twee"].export_id, found["twee"].error, found["twee"].row.behind_since) == (first.export_id, "", None)
    assert names_of(tmp_path / "twee" / "site") == names_of(tmp_path / "een" / "site")


def test_a_withdrawn_document_goes_from_every_copy_beside_a_night_that_is_running(here, tmp_path):
    (tmp_path / "twee").mkdir()
    document = here.add_document("Intrekken")
    here.export()
    deliver_all(here)
    shown = [next((tmp_path / name / "documenten").rglob("*intrekken.pdf")) for name in ("een", "twee")]
    with writer.publish_lock(here.folder.exports, "gm0168"):  # the night
        here.withdraw_document(document)
        stop = threading.Event()
        urgent = threading.Thread(target=work_urgent, args=(here, stop, "spoed"))
        urgent.start()
        for _ in range(200):
            if not any(path.exists() for path in shown):
                break
            stop.wait(0.05)
        stop.set()
        urgent.join()
    assert [path.exists() for path in shown] == [False, False]
    with here.database.read(here.organisation_id) as session:
        kinds = session.exec(select(Job.kind).where(Job.state == jobs.JobState.WAITING)).all()
    assert EXPORT_JOB in kinds  # so that no list names it any longer
    assert WITHDRAWN_JOB in job_handlers.URGENT


def test_a_withdrawn_document_goes_from_every_copy_also_when_the_disk_here_is_full(here, tmp_path, monkeypatch):
    (tmp_path / "twee").mkdir()
    document = here.add_document("Intrekken")
    here.add_document("Blijft")
    here.export()
    deliver_all(here)

    def full(*_arguments: object) -> None:
        raise Failed("De schijf is vol.")

    monkeypatch.setattr(writer, "renew", full)
    here.withdraw_document(document)
    assert jobs.run_one(here.database, job_handlers.handlers(here.folder), "spoed", only=job_handlers.URGENT)
    assert not any(name.endswith("intrekken.pdf") for place in ("een", "twee") for name in names_of(tmp_path / place))
    with here.database.read(here.organisation_id) as session:
        job = session.exec(select(Job).where(Job.kind == WITHDRAWN_JOB)).one()
        assert job.state is not jobs.JobState.DONE, "it is tried again, or told"


def test_what_we_keep_of_a_copy_may_be_lost_or_out_of_reach_and_stops_no_other(here, tmp_path):
    (tmp_path / "twee").mkdir()
    here.add_document("Besluit")
    here.export()
    journal = here.folder.exports / ".doel-gm0168-een.db"
    journal.write_bytes(b"geen database" * 500)
    assert deliver_all(here) == {}, "all of it goes once more"
    journal.unlink()
    journal.mkdir()
    here.withdraw_document(here.add_document("Nieuw besluit"))
    here.add_document("Nog een besluit")
    last = here.export()
    errors = deliver_all(here)
    assert errors.keys() == {"een"}
    assert "Maak ruimte vrij of pas de rechten aan." in errors["een"]
    found = states(here)
    assert (found["een"].error, found["twee"].export_id) == (errors["een"], last.export_id)
    with pytest.raises(Failed, match="niet lezen of bijhouden"):
        deliveries.take_away_withdrawn(here.database, here.folder, here.organisation_id, actor=COMMAND_LINE)


def test_an_export_asks_for_each_copy_also_when_it_is_refused(here, monkeypatch):
    here.add_activity()
    ask = job_handlers.handlers(here.folder)
    with here.database.write(here.organisation_id) as session:
        jobs.enqueue(session, EXPORT_JOB, {}, created_by="klok")
    assert jobs.run_one(here.database, ask, "een")

    def waiting() -> list[str]:
        with here.database.write(here.organisation_id) as session:
            found = session.exec(select(Job).where(Job.kind == TARGET_JOB).order_by(col(Job.created_at))).all()
            names = [job.payload["target"] for job in found]
            for job in found:
                session.delete(job)
            return names

    assert waiting() == ["een", "twee"]

    def refuse(*_arguments, **_options):
        raise ExportRefused("De nieuwe site heeft fouten.")

    monkeypatch.setattr(services, "run", refuse)
    with here.database.write(here.organisation_id) as session:
        jobs.enqueue(session, EXPORT_JOB, {}, created_by="klok")
    assert jobs.run_one(here.database, ask, "een")
    assert waiting() == ["een", "twee"]


@pytest.mark.only_on("postgresql")
def test_one_export_at_a_time_also_from_two_machines(here):
    """Two machines share a PostgreSQL and not the lock in a folder; a database in a file is of one machine."""
    with (
        services._lock_between_machines(here.database, here.organisation_id),
        pytest.raises(Busy, match="op een andere machine"),
    ):
        here.export()


def test_the_doctor_tells_of_a_copy_that_is_behind(here):
    here.add_activity()
    here.export()
    deliver_all(here)
    found = {one.subject: one for one in examine(here.folder) if one.subject.startswith("Kopie")}
    assert found["Kopie een"].outcome is Outcome.GOOD
    assert found["Kopie twee"].outcome is Outcome.CAREFUL
    assert "is er niet" in found["Kopie twee"].message


def test_one_at_a_time_for_each_copy(here):
    here.add_activity()
    here.export()
    with writer.publish_lock(here.folder.exports, "gm0168-een"), pytest.raises(Busy, match="'een' wordt al bijgewerkt"):
        deliveries.deliver(here.database, here.folder, here.organisation_id, "een", actor=COMMAND_LINE)


def test_what_cannot_be_sent_says_what_to_do(here):
    def deliver(name: str) -> None:
        deliveries.deliver(here.database, here.folder, here.organisation_id, name, actor=COMMAND_LINE, pause=0)

    with pytest.raises(BadInput, match="nog geen site"):
        deliver("een")
    with pytest.raises(BadInput, match="Kies uit: een, twee"):
        deliver("drie")
    here.add_activity()
    here.export()
    here.folder.settings.targets = {"een": TargetSettings(to=str(here.folder.exports / "x"))}
    with pytest.raises(BadInput, match="bij de bestanden van Openboek zelf"):
        deliver("een")


def test_with_several_organisations_a_copy_says_whose_it_is(here):
    targets = {"een": TargetSettings(to="/een"), "twee": TargetSettings(to="/twee", organisation="gm0168")}
    settings = Settings(_env_file=None, targets=targets)
    with here.database.read(here.organisation_id) as session:
        organisation = services.the_organisation(session)
        assert set(deliveries.targets_of(settings, organisation, several=False)) == {"een", "twee"}
        assert set(deliveries.targets_of(settings, organisation, several=True)) == {"twee"}
        organisation.code = "gm0153"
        assert set(deliveries.targets_of(settings, organisation, several=True)) == set()
        session.rollback()


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"to": "site"}, "WEB__TO"),
        ({"to": "ftp://server/map"}, "WEB__TO"),
        ({"to": "s3://Fout"}, "is geen adres van een opslag"),
        ({"to": "s3://losser", "endpoint": "http://elders.example"}, "WEB__ENDPOINT moet met https"),
        ({"to": "s3://losser", "key_id": "naam"}, "WEB__KEY_ID samen met"),
        ({"to": "sftp://server/map", "known_hosts": "/k", "secret": "x"}, "sftp://gebruiker@server/map"),
        ({"to": "sftp://wie:geheim@server/map", "known_hosts": "/k"}, "sftp://gebruiker@server/map"),
        ({"to": "sftp://wie@server/map", "secret": "x"}, "WEB__KNOWN_HOSTS"),
        ({"to": "sftp://wie@server/map", "known_hosts": "/k"}, "WEB__KEY_FILE of"),
        ({"to": "http://wie@server/map", "secret": "x"}, "https://gebruiker@server/map"),
        ({"to": "https://server/map", "secret": "x"}, "https://gebruiker@server/map"),
        ({"to": "https://wie:geheim@server/map"}, "https://gebruiker@server/map"),
        ({"to": "https://wie@server/map"}, "WEB__SECRET_FILE"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(facts, sentence):
    with pytest.raises(BadInput, match=sentence):
        check_targets(Settings(_env_file=None, targets={"web": TargetSettings(**facts)}))


def test_the_address_to_read_the_site_at_is_an_address():
    with pytest.raises(BadInput, match="OPENBOEK_SITE_AT__GM0168"):
        check_targets(Settings(_env_file=None, site_at={"gm0168": "10.1.2.3"}))


def test_a_copy_that_gives_way_when_a_document_is_withdrawn_is_behind(here, tmp_path, monkeypatch):
    document = here.add_document("Intrekken")
    here.export()
    deliver_all(here)
    here.withdraw_document(document)
    (tmp_path / "een").rename(tmp_path / "los")
    with pytest.raises(Failed, match="is er niet"):
        deliveries.take_away_withdrawn(here.database, here.folder, here.organisation_id, actor=COMMAND_LINE)
    with here.database.read(here.organisation_id) as session:
        row = session.exec(select(PublishTarget).where(PublishTarget.name == "een")).one()
        assert "is er niet" in row.error
