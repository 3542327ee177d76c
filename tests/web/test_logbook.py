"""The page of the trail: found, read in plain words, taken along, and never that of another organisation."""

import csv
import io
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from lxml import html
from sqlmodel import select

from app import logbook_words as words
from core import audit, clock
from core.accounts.models import RoleCode
from core.audit import Actor, AuditEvent
from core.organisations import Team, change_shared, find_or_add
from register import services as register
from register.content import ActivityContent, Purpose
from support.municipalities import add_municipality, fill
from support.pages import Visit
from woo.models import Document

SAMIR = Actor("Samir")


@pytest.fixture
def filled(database, organisation):
    with database.write(organisation.id) as session:
        with clock.frozen(datetime(2026, 3, 1, 12, tzinfo=UTC)):
            team = find_or_add(session, Team, "Zorg", actor=SAMIR)
        with clock.frozen(datetime(2026, 4, 1, 12, tzinfo=UTC)):
            change_shared(session, team, {"name": "Zórg en wélzijn"}, version=team.version, actor=Actor("Bram"))
        activity = register.add(
            session, ActivityContent(name="Parkeren", purposes=(Purpose(text="Vergunning geven"),)), actor=SAMIR
        )
        content = register.content_of(activity).model_copy(
            update={
                "purposes": (Purpose(text="Ontheffing geven"),),
                "started_on": datetime(2026, 1, 2, tzinfo=UTC).date(),
            }
        )
        register.change(session, activity, content, version=activity.version, actor=Actor("Bram"))
    return organisation


def found(client, query: str = "") -> list[str]:
    page = Visit(client, f"/beheer/logboek{query}").page
    return [" ".join(row.text_content().split()) for row in page.xpath("//tbody/tr")]


def test_the_newest_stands_on_top_in_plain_words(client_as, filled):
    client = client_as("fg", name="fenna")
    rows = found(client)
    assert rows[0].startswith("Verwerking: gewijzigd VW-0001 Parkeren Bram")
    assert not any(":" in row.split()[0] and "_" in row for row in rows)


@pytest.mark.on_both
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?van=2026-03-01&tot=2026-03-01", 1),
        ("?van=1-4-2026&tot=01-04-2026", 1),
        ("?tot=2026-02-28", 0),
        ("?wie=bram", 2),
        ("?wie=BR", 2),
        ("?wie=BR%C3%81M", 2),
        ("?record=EN%20WELZIJN", 1),
        ("?record=en%20w%C3%89lzijn", 1),
        ("?wat=register:activity:add", 1),
        ("?wat=iets", 0),
        ("?record=parker", 2),
        ("?record=VW-0001", 2),
        ("?record=PD-0001", 0),
        ("?tekst=vergunning", 2),
        ("?tekst=w%C3%A9lzijn", 1),
        ("?tekst=W%C3%89LZIJN", 1),
        ("?tekst=%25", 0),
        ("?record=_arkeren", 0),
        ("?wie=bram&tekst=ontheffing", 1),
        ("?tekst=%22", 0),  # every name in contents has them: only what people typed is searched for them
    ],
)
def test_a_search_finds_what_was_asked(client_as, filled, query, count):
    client = client_as("privacy_officer", name="fenna")
    rows = [row for row in found(client, query) if "Bestuursorgaan" not in row and "gemeente" not in row]
    assert len([row for row in rows if "Samir" in row or "Bram" in row]) == count


@pytest.mark.parametrize(
    "query", ["?van=gisteren", "?tot=31-02-2026", "?van=2026-13-01", "?van=1-2", "?van=%C2%B2-1-2026"]
)
def test_a_day_that_is_none_is_told(client_as, filled, query):
    answer = client_as("fg").get(f"/beheer/logboek{query}")
    assert (answer.status_code, "Kies een datum zoals 21-11-2026" in answer.text) == (422, True)


@pytest.mark.parametrize(
    "query", ["?voor=0", "?voor=x", "?voor=99999999999999999999", "?keten=installatie", "?wie=" + "x" * 300]
)
def test_what_cannot_be_asked_is_not_there(client_as, filled, query):
    assert client_as("fg").get(f"/beheer/logboek{query}").status_code == 404


def test_pages_go_back_to_the_beginning(client_as, database, organisation):
    with database.write(organisation.id) as session:
        for number in range(120):
            audit.append(
                session, chain=organisation.id, actor=SAMIR, action="a:b:c", subject=("soort", uuid4(), f"Nr {number}")
            )
    client = client_as("fg")
    seen, address = [], "/beheer/logboek"
    while address:
        page = Visit(client, address).page
        seen += [row.xpath("string(td[last()])").strip() for row in page.xpath("//tbody/tr")]
        address = next(iter(page.xpath("//main//a[normalize-space()='Ouder']/@href")), "")
    assert seen == [str(number) for number in range(len(seen), 0, -1)]
    assert len(seen) > 120


def test_an_event_shows_field_by_field_what_it_was_and_became(client_as, database, filled):
    client = client_as("fg")
    page = Visit(client, "/beheer/logboek?wat=register:activity:change").page
    address = page.xpath("//tbody/tr[1]//a/@href")[0]
    page = html.document_fromstring(client.get(address).text)
    rows = [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in page.xpath("//tbody/tr")]
    assert rows == [
        ["Begonnen op", "niet ingevuld", "2 januari 2026"],
        ["Waarvoor gebruiken we de gegevens (1)", "Vergunning geven", "Ontheffing geven"],
    ]
    text = page.text_content()
    assert "{" not in text
    assert page.xpath("//dd/a[normalize-space()='VW-0001 Parkeren']/@href")[0].startswith("/register/")
    all_of_it = page.xpath("//a[normalize-space()='Alle gebeurtenissen hiervan']/@href")[0]
    assert len(found(client, all_of_it.removeprefix("/beheer/logboek"))) == 2
    assert client.get(page.xpath("//dd/a/@href")[0]).status_code == 200


def test_a_record_links_to_its_events_for_who_may_read_them(client_as, filled):
    assert "/beheer/logboek?record=" in client_as("fg").get("/register/VW-0001/").text
    assert "/beheer/logboek?record=" not in client_as("lezer").get("/register/VW-0001/").text


def test_who_may_not_read_it_sees_no_menu_and_gets_nothing(client_as, filled):
    client = client_as("lezer")
    assert "/beheer/logboek" not in client.get("/").text
    for address in ("", "/1", "/bestand.csv"):
        assert client.get(f"/beheer/logboek{address}").status_code == 403


@pytest.mark.on_both
def test_an_event_of_another_organisation_is_not_there(client_as, database, filled):
    other = add_municipality(database, "gm0153", "Gemeente Enschede")
    with database.read(None) as session:
        theirs = session.exec(select(AuditEvent.id).where(AuditEvent.organisation_id == other.id)).first()
        installation = session.exec(select(AuditEvent.id).where(AuditEvent.organisation_id == audit.INSTALLATION)).all()
    client = client_as(*RoleCode)
    for number in (theirs, *installation, 2**31 - 1):
        assert client.get(f"/beheer/logboek/{number}").status_code == 404
        assert client.get(f"/beheer/logboek/{number}?keten=installatie").status_code == 404


@pytest.mark.on_both
def test_the_administrator_of_everything_reads_the_trail_of_the_installation(client_as, database, filled):
    client = client_as("beheerder", name="chief")
    rows = found(client, "?keten=installatie")
    assert rows[0].startswith("Ingelogd Chief Chief")
    assert client.get("/beheer/logboek/bestand.csv?keten=installatie").status_code == 200
    page = Visit(client, "/beheer/logboek?keten=installatie&wat=core:login:accept").page
    assert "Van welk adres" in client.get(page.xpath("//tbody/tr[1]//a/@href")[0]).text
    add_municipality(database, "gm0153", "Gemeente Enschede")
    for address in ("", "/bestand.csv"):
        assert client.get(f"/beheer/logboek{address}?keten=installatie").status_code == 404
    assert "keten=installatie" not in client.get("/beheer/logboek").text


# Taking it along


def test_the_csv_is_for_a_spreadsheet_and_does_no_sums(client_as, database, filled):
    with database.write(filled.id) as session:
        find_or_add(session, Team, "=1+1;x", actor=Actor("@Samir"))
    answer = client_as("fg").get("/beheer/logboek/bestand.csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="logboek-')
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert (rows[-2]["Waarvan"], rows[-2]["Wie"], rows[-2]["Naar"].splitlines()[-1]) == (
        "'=1+1;x",
        "'@Samir",
        "Naam: =1+1;x",
    )
    assert [int(row["Nummer"]) for row in rows] == list(range(1, len(rows) + 1))


@pytest.mark.on_both
def test_the_json_holds_all_that_the_chain_is_made_of(client_as, database, filled):
    client = client_as("fg", name="fenna")
    rows = json.loads(client.get("/beheer/logboek/bestand.json?wie=bram").text)
    assert [(row["actor"], row["action"]) for row in rows] == [
        ("Bram", "core:team:change"),
        ("Bram", "register:activity:change"),
    ]
    assert set(rows[0]) == set(AuditEvent.model_fields)
    with database.read(None) as session:
        made = session.exec(select(AuditEvent).where(AuditEvent.action == audit.EXPORT)).one()
        assert (made.actor, made.contents) == ("Fenna", {"after": {"format": "json", "filter": {"wie": "bram"}}})


@pytest.mark.on_both
def test_the_text_that_was_looked_for_is_not_written_down(client_as, database, filled):
    client_as("fg").get("/beheer/logboek/bestand.csv?tekst=123456782")
    with database.read(None) as session:
        made = session.exec(select(AuditEvent).where(AuditEvent.action == audit.EXPORT)).one()
        assert made.contents["after"]["filter"] == {"text": "ja"}


def test_another_kind_of_file_is_not_there(client_as, filled):
    client = client_as("fg")
    for address in ("bestand.exe", "bestand.csv?van=x"):
        assert client.get(f"/beheer/logboek/{address}").status_code == 404


# Words


def test_every_action_and_every_field_has_dutch_words(database, organisation, folder):
    add_municipality(database, "gm0153", "Gemeente Enschede")
    with database.write(organisation.id) as session:
        fill(session, folder, "woord", partner="gm0153")
        assert session.exec(select(Document)).first()
    missing = set()
    with database.read(None) as session:
        for event in session.exec(select(AuditEvent)):
            _folder, subject, verb = event.action.split(":")
            missing |= {subject} - set(words.SUBJECTS) | {verb} - set(words.VERBS)
            for side in (event.contents or {}).values():
                for path, _ in words._flat(side):
                    missing |= {
                        f"{event.subject_kind}: {name}"
                        for name in path
                        if isinstance(name, str) and not words.has_words(event.subject_kind, name)
                    }
    assert ", ".join(sorted(missing)) == ""
