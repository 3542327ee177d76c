"""Reading a spreadsheet into the register, and the commands around it."""

import json
from pathlib import Path

import pytest
import typer
from sqlmodel import select

from core.audit import COMMAND_LINE, AuditEvent
from core.db import Database
from core.errors import BadInput, NotFound
from core.folder import Folder
from core.organisations import add_organisation
from core.settings import Settings
from core.sheets import Sheet
from register import cli, queries, services
from register.content import ActivityContent, Status
from register.importer import plan
from register.models import ProcessingActivity
from support.national import RECORD
from support.register import COMPLETE

CSV = """Nr;Naam verwerking;Doel;Bewaartermijn
12;Parkeervergunning;Beslissen over een vergunning om te parkeren;7 jaar
13;Parkeervergunning;Innen van parkeerbelasting;7 jaar
;;Doel zonder naam;
14;Leerplicht;Toezien op naar school gaan;5 jaar
"""


@pytest.fixture
def rows():
    return [Sheet("Blad1", [line.split(";") for line in CSV.splitlines()])]


def all_names(session):
    return [activity.name for activity in session.exec(select(ProcessingActivity).order_by(ProcessingActivity.number))]


def test_records_of_a_file_become_concepts_and_rows_without_a_name_are_told(session, actor, rows):
    result = services.import_records(session, plan(rows), actor=actor, source="register.csv")
    assert [(a.external_number, a.name, a.status) for a in result.added] == [
        ("12", "Parkeervergunning", Status.CONCEPT),
        ("13", "Parkeervergunning", Status.CONCEPT),
        ("14", "Leerplicht", Status.CONCEPT),
    ]
    assert [row.row for row in result.skipped] == [4]
    event = session.exec(select(AuditEvent).where(AuditEvent.subject_id == result.added[0].id)).one()
    assert event.contents["after"]["source"] == "register.csv"


def test_the_same_file_twice_changes_nothing(session, actor, rows):
    services.import_records(session, plan(rows), actor=actor, source="register.csv")
    before = session.exec(select(AuditEvent).order_by(AuditEvent.sequence)).all()
    again = services.import_records(session, plan(rows), actor=actor, source="register.csv")
    assert (again.added, [row.row for row in again.skipped]) == ((), [4, 2, 3, 5])
    assert session.exec(select(AuditEvent).order_by(AuditEvent.sequence)).all() == before


def test_an_established_record_with_the_same_name_is_never_overwritten(session, actor, rows):
    there = services.add(session, COMPLETE, actor=COMMAND_LINE)
    services.establish(session, there, actor=COMMAND_LINE)
    result = services.import_records(session, plan(rows), actor=actor, source="register.csv")
    assert [activity.external_number for activity in result.added] == ["13", "14"]
    assert (services.content_of(there), there.status) == (COMPLETE, Status.ESTABLISHED)


def test_a_new_row_with_a_known_name_is_added_when_that_name_belongs_to_another_row(session, actor, rows):
    services.import_records(session, plan(rows), actor=actor, source="een.csv")
    more = [Sheet("Blad1", [*rows[0].rows, ["15", "Leerplicht", "Boete bij verzuim", "5 jaar"]])]
    result = services.import_records(session, plan(more), actor=actor, source="twee.csv")
    assert [activity.external_number for activity in result.added] == ["15"]


@pytest.fixture
def installation(tmp_path, actor, _sqlite_image):
    """A folder as `openboek init` leaves it."""
    folder = Folder(tmp_path, Settings(_env_file=None))
    folder.prepare()
    (tmp_path / "openboek.db").write_bytes(_sqlite_image)
    database = Database(folder.database_url)
    with database.write(None) as session:
        made = add_organisation(
            session,
            code="gm0168",
            name="Gemeente Losser",
            base_url="https://openboek.example",
            tooi_uri="https://identifier.overheid.nl/tooi/id/gemeente/gm0168",
            tooi_label="gemeente Losser",
            actor=actor,
            address="Raadhuisplein 1",
            dpo_contact="fg@voorbeeld.example",
        ).id
    (tmp_path / "register.csv").write_text(CSV, encoding="utf-8")
    yield tmp_path, database, made
    database.close()


def test_the_import_command_adds_and_ends_with_1_when_rows_were_skipped(installation, capsys):
    place, database, organisation = installation
    with pytest.raises(typer.Exit) as ended:
        cli.import_processings(place / "register.csv", place)
    assert ended.value.exit_code == 1
    assert "Toegevoegd als concept: 3. Overgeslagen: 1." in capsys.readouterr().out
    with database.read(organisation) as session:
        assert all_names(session) == ["Parkeervergunning", "Parkeervergunning", "Leerplicht"]


def test_a_dry_run_shows_the_plan_as_json_and_stores_nothing(installation, capsys):
    place, database, organisation = installation
    with pytest.raises(typer.Exit):
        cli.import_processings(place / "register.csv", place, dry_run=True, format_="json")
    told = json.loads(capsys.readouterr().out)
    assert (told["sheet"], told["heading_row"], told["records"]) == ("register", 1, 3)
    assert told["preview"][0]["name"] == "Parkeervergunning"
    assert [column["field"] for column in told["columns"]] == ["id", "naam", "doelen[].tekst", "bewaren[].tekst"]
    with database.read(organisation) as session:
        assert all_names(session) == []


def test_the_command_takes_a_saved_mapping_by_its_name_and_the_export_of_the_national_register(installation, capsys):
    place, database, organisation = installation
    with database.write(organisation) as session:
        services.save_mapping(
            session, "Ons register", {"Naam verwerking": None, "Doel": "naam", "Weg": "id"}, actor=COMMAND_LINE
        )
    cli.import_processings(place / "register.csv", place, mapping=Path("ons register"), dry_run=True, format_="json")
    told = json.loads(capsys.readouterr().out)
    assert told["preview"][0]["name"] == "Beslissen over een vergunning om te parkeren"
    with pytest.raises(BadInput, match="geen koppeling"):
        cli.import_processings(place / "register.csv", place, mapping=Path("onbekend"))
    (place / "export.json").write_text(json.dumps([RECORD]), encoding="utf-8")
    cli.import_processings(place / "export.json", place)
    with database.read(organisation) as session:
        assert all_names(session) == ["Subsidies verlenen"]


def test_a_mapping_that_is_no_mapping_is_refused(installation):
    place, _, _ = installation
    (place / "mapping.json").write_text("[1, 2]", encoding="utf-8")
    for name in ("mapping.json", "bestaat-niet.json"):
        with pytest.raises(BadInput):
            cli.import_processings(place / "register.csv", place, mapping=place / name)
    with pytest.raises(BadInput):
        cli.import_processings(place / "register.csv", place, format_="xml")


def test_the_establish_command_does_what_it_can_and_names_the_rest(installation, capsys):
    place, database, organisation = installation
    with database.write(organisation) as session:
        services.add(session, COMPLETE, actor=COMMAND_LINE)
        services.add(session, ActivityContent(name="Nog niet af"), actor=COMMAND_LINE)
    with pytest.raises(typer.Exit) as ended:
        cli.establish(["VW-0002", "VW-0001", "VW-0099"], place)
    told = capsys.readouterr()
    assert (ended.value.exit_code, told.out) == (1, "VW-0001 is vastgesteld als versie 1.\n")
    assert "VW-0002: Er zijn nog fouten." in told.err
    assert "VW-0099: Er is geen verwerking" in told.err
    with database.read(organisation) as session:
        assert [one.status for one in session.exec(select(ProcessingActivity).order_by(ProcessingActivity.number))] == [
            Status.ESTABLISHED,
            Status.CONCEPT,
        ]


def test_findings_name_the_record_and_how_bad_it_is(session, actor):
    services.add(session, ActivityContent(name="Parkeren"), actor=actor)
    found = next(found for found in services.all_findings(session) if found.rule_id == "AVG-003")
    assert (found.subject, found.severity) == ("VW-0001", "fout")


@pytest.mark.parametrize("name", ["", "VW-", "VW-0002", "onzin", "VW-" + "9" * 30])
def test_a_record_that_is_not_there_is_not_found(session, actor, name):
    services.add(session, COMPLETE, actor=actor)
    with pytest.raises(NotFound):
        queries.find(session, name)


def test_a_record_is_found_by_kenmerk_and_by_id(session, actor):
    made = services.add(session, COMPLETE, actor=actor)
    assert [queries.find(session, name) for name in ("vw-0001", " VW-0001 ", str(made.id))] == [made] * 3
