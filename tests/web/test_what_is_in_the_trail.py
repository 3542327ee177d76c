"""Log-ins, downloads, exports, roles, settings, backups: each leaves an event, and what is about safety a line."""

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from app.cli import main
from core import audit
from core.audit import AuditEvent
from support.pages import Visit
from support.routes import routes_of
from support.small_files import pdf
from support.woo_documents import add

PASSWORD = "een lang wachtwoord"


def events(database, action: str) -> list[AuditEvent]:
    with database.read(None) as session:
        return list(session.exec(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def test_a_log_in_says_from_where_and_how(client_as, database):
    client = client_as("lezer", name="bram")
    client.post("/inloggen", data={"username": "bram", "password": "een lang wachtwoord"}, follow_redirects=False)
    _, made = events(database, "core:login:accept")
    assert (made.actor, made.organisation_id) == ("Bram", audit.INSTALLATION)
    assert made.contents == {"after": {"address": "testclient", "method": "wachtwoord"}}


def test_a_log_in_that_failed_says_from_where_and_why_but_not_what_was_typed(client_as, database):
    client = client_as("lezer", name="bram")
    client.post("/inloggen", data={"username": "mijn geheime wachtwoord", "password": "x"})
    client.post("/inloggen", data={"username": "bram", "password": "x"})
    found = events(database, "core:login:refuse")
    assert [(one.actor, one.contents) for one in found] == [
        ("onbekend", {"after": {"address": "testclient", "reason": "password"}}),
        ("bram", {"after": {"address": "testclient", "reason": "password"}}),
    ]


def test_a_lock_out_is_a_line_in_the_security_log(client_as):
    client = client_as("lezer", name="bram")
    with capture_logs() as logs:
        for _ in range(5):
            client.post("/inloggen", data={"username": "bram", "password": "x"})
    assert [entry["actor"] for entry in logs if entry.get("action") == "core:login:lock"] == ["bram"]


def test_logging_out_is_an_event(client_as, database):
    client = client_as("lezer", name="bram")
    client.post("/uitloggen")
    assert [one.actor for one in events(database, "core:login:end")] == ["Bram"]


def test_a_report_that_goes_out_is_an_event(client_as, database, organisation):
    client = client_as("lezer", name="bram")
    with capture_logs() as logs:
        assert client.get("/wmebv/rapport/wmebv.csv").status_code == 200
    (made,) = events(database, "wmebv:report:download")
    assert (made.actor, made.organisation_id, made.contents["after"]["file"][-4:]) == ("Bram", organisation.id, ".csv")
    assert [entry["action"] for entry in logs if entry["event"] == "security"] == ["wmebv:report:download"]


def test_a_report_on_the_woo_that_goes_out_is_an_event(client_as, database):
    client = client_as("lezer", name="bram")
    answer = client.get("/woo/rapport/woo.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    (made,) = events(database, "woo:report:download")
    assert (made.actor, made.contents["after"]["file"][-4:]) == ("Bram", ".csv")
    assert client.get("/woo/rapport/woo.exe").status_code == 404


def test_the_months_that_go_out_are_an_event(client_as, database):
    client = client_as("lezer", name="bram")
    assert client.get("/wmebv/rapport/maanden.csv").content.decode("utf-8-sig").startswith("Datum;Score in %;")
    (made,) = events(database, "wmebv:report:download")
    assert made.contents["after"]["file"].startswith("wmebv-maanden-")


def test_an_original_that_goes_out_is_an_event(client_as, database, organisation, folder):
    client = client_as("woo_redacteur", name="bram")
    with database.write(organisation.id) as session:
        document = add(session, folder)
        number, name = document.id, document.file_name
    assert client.get(f"/woo/documenten/{number}/bestand").content[:5] == pdf()[:5]
    (made,) = events(database, "woo:document:download")
    assert (made.actor, made.subject_id, made.contents) == ("Bram", number, {"after": {"file": name}})
    assert "Bestand gedownload" in client.get(f"/woo/documenten/{number}").text


@pytest.mark.parametrize(
    ("address", "action", "file"),
    [
        ("/woo/documenten/lijst.csv", "woo:document:download", "documenten.csv"),
        ("/woo/overzichten/subsidies/controle/bestand", "woo:overview:download", "overzicht subsidies.csv"),
        ("/wmebv/vragenbladen/blad.xlsx", "wmebv:sheet:download", ""),
        ("/wmebv/vragenbladen/alle.zip", "wmebv:sheet:download", "vragenbladen.zip"),
    ],
)
@pytest.mark.usefixtures("one_of_everything")
def test_what_a_redactor_takes_along_is_an_event(client, database, address, action, file):
    assert client.get(address).content
    (made,) = events(database, action)
    assert (made.actor, file in made.contents["after"]["file"]) == ("Aisha", True)


def test_a_download_that_is_not_there_is_no_event(client_as, database):
    client = client_as("lezer")
    assert client.get("/wmebv/rapport/wmebv.exe").status_code == 404
    assert events(database, "wmebv:report:download") == []


def test_every_download_is_known_here(_application):
    """A new address that hands out a file: see that it leaves an event, with a test, and add it."""
    files = {str(route) for route in routes_of(_application) if route.method == "GET" and is_file(route.path)}
    assert files == {
        "GET /beheer/logboek/bestand.{ending}",
        "GET /register/lijst.{ending}",
        "GET /wmebv/acties/agenda.ics",
        "GET /wmebv/acties/lijst.{ending}",
        "GET /wmebv/acties/plan.{ending}",
        "GET /wmebv/besluit/besluit.{ending}",
        "GET /rapport/programma.{ending}",
        "GET /register/rapport/register.{ending}",
        "GET /wmebv/rapport/maanden.csv",
        "GET /wmebv/producten/{number}/hulpblad.pdf",
        "GET /wmebv/rapport/wmebv.{ending}",
        "GET /wmebv/vragenbladen/alle.zip",
        "GET /wmebv/vragenbladen/blad.xlsx",
        "GET /woo/documenten/lijst.{ending}",
        "GET /woo/documenten/{document_id}/bestand",
        "GET /woo/documenten/{document_id}/controle/bestand",
        "GET /woo/overzichten/{name}/controle/bestand",
        "GET /woo/processen/lijst.{ending}",
        "GET /woo/rapport/woo.{ending}",
        "GET /woo/roo.{ending}",
    }


def is_file(path: str) -> bool:
    last = path.rpartition("/")[2]
    return last in {"bestand", "download", "export"} or last.endswith(
        (".csv", ".xlsx", ".json", ".{ending}", ".ods", ".ics", ".pdf", ".zip")
    )


def test_settings_are_events_and_lines(client_as, database):
    client = client_as("beheerder", name="chief")
    with capture_logs() as logs:
        Visit(client, "/beheer/organisatie").submit(phone="14 053 1")
    (made,) = events(database, "core:organisation:change")
    assert made.contents["after"] == {"phone": "14 053 1"}
    lines = [entry for entry in logs if entry["event"] == "security"]
    assert [(line["action"], line["actor"]) for line in lines] == [("core:organisation:change", "Chief")]
    assert "14 053 1" not in str(lines)  # never what was typed


@pytest.mark.on_both
def test_a_change_of_roles_is_one_line(client_as, database, organisation):
    client = client_as("beheerder", name="chief")
    client_as("lezer", name="bram")
    with database.read(None) as session:
        added = select(AuditEvent.subject_id).where(AuditEvent.action == "core:user:add").order_by(AuditEvent.id)
        bram = session.exec(added).all()[-1]
    with capture_logs() as logs:
        client.post(f"/beheer/accounts/{bram}", data={"roles": ["fg"], "seen": ["lezer"]})
    assert len(events(database, "core:user:change_roles")) == 2  # in both chains
    assert [one["action"] for one in logs if one["event"] == "security"] == ["core:user:change_roles"]


def test_who_asks_for_what_is_not_allowed_or_not_there_is_a_line(client_as):
    client = client_as("lezer", name="bram")
    with capture_logs() as logs:
        client.get("/beheer/accounts/")
        client.get("/woo/documenten/00000000-0000-4000-8000-000000000000")
        client.get("/register/VW-0999/")
    lines = [(one["reason"], one["subject"], one["actor"]) for one in logs if one["event"] == "security"]
    assert lines == [
        ("not_allowed", "GET /beheer/accounts/", "Bram"),
        ("not_found", "GET /woo/documenten/{document_id}", "Bram"),
        ("not_found", "GET /register/{kenmerk}/", "Bram"),
    ]


def test_an_export_and_a_backup_are_events_and_lines(here, tmp_path, capsys):
    with capture_logs() as logs:
        here.export()
    assert "publish:site:export" in [one["action"] for one in logs if one["event"] == "security"]
    with pytest.raises(SystemExit) as ended:
        main(["backup", str(tmp_path / "back-up.tar.gz"), "--directory", str(here.folder.root)])
    assert ended.value.code == 0
    (made,) = events(here.database, audit.BACKUP)
    assert made.contents == {"after": {"file": "back-up.tar.gz", "encrypted": False}}
    assert '"action": "core:installation:backup"' in capsys.readouterr().err
