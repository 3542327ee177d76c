"""Reading a file into the register on screen: upload, columns, a look, and only then the register."""

import json
from datetime import date, timedelta

import pytest
from lxml import html
from sqlmodel import select

from app import jobs as job_handlers
from core import history, jobs, originals, reading_in
from core.audit import COMMAND_LINE, AuditEvent
from core.sheets import Table, write_csv, write_xlsx
from register import imports, queries, services, workbook
from register.content import ActivityContent, Status, SystemUse
from register.imports import ColumnMapping, Import, ImportRow, State
from register.models import ProcessingActivity
from register.places import lists_of
from support.national import RECORD
from support.pages import Visit
from support.register import COMPLETE

HEADINGS = ("Nr", "Taak", "Waarvoor doen we dit", "Bewaartermijn", "Kleur van de map")
ROWS = [
    ("1", "Parkeervergunning bewoners", "Beslissen over een vergunning om te parkeren", "7 jaar", "rood"),
    ("2", "Leerplicht", "Toezien op naar school gaan", "5 jaar", ""),
    ("", "", "Doel zonder naam", "", ""),
]
MAPPING = {"column-1": "naam", "column-2": "doelen[].tekst"}


def csv(rows=ROWS, headings=HEADINGS):
    return write_csv(Table("Register", headings, rows))


@pytest.fixture
def work(database, folder):
    """Do the work that waits."""

    def run():
        while jobs.run_one(database, job_handlers.handlers(folder), "werker"):
            pass

    return run


def upload(client, content, name="register.csv"):
    answer = client.post("/register/inlezen/", files={"file": (name, content)})
    assert answer.status_code == 200, answer.text
    return answer


def through_columns(client, content, fields=MAPPING, name="register.csv"):
    """Upload a file and say what its columns hold; the page that shows what would come of it."""
    address = upload(client, content, name).url.path
    return Visit(client, address, form=1).submit(**fields)


def press(client, answer, action, **more):
    """Send a form of the page that came back."""
    address = f"{answer.url.path.rpartition('/')[0]}/{action}"
    page = html.document_fromstring(answer.text, base_url="http://localhost")
    form = [form for form in page.forms if (form.get("action") or "").endswith(action)][-1]
    return client.post(address, data={**dict(form.form_values()), **more})


def texts(answer, path):
    return [" ".join(found.text_content().split()) for found in html.document_fromstring(answer.text).xpath(path)]


def test_an_import_that_lets_others_go_first_gives_the_same(client, database, organisation, work, monkeypatch):
    monkeypatch.setattr("register.routes_import.STEP", 1)
    monkeypatch.setattr(jobs, "LONGEST_TURN", 0)
    press(client, through_columns(client, csv()), "start")
    work()
    assert names(database, organisation) == [("1", "Parkeervergunning bewoners"), ("2", "Leerplicht")]
    with database.read(organisation.id) as session:
        job = session.exec(select(jobs.Job)).one()
        assert (job.state, job.attempts, job.progress) == (jobs.JobState.DONE, 1, 2)


def names(database, organisation):
    with database.read(organisation.id) as session:
        return [
            (one.external_number, one.name)
            for one in session.exec(select(ProcessingActivity).order_by(ProcessingActivity.number))
        ]


@pytest.mark.on_both
def test_a_file_goes_from_upload_by_columns_and_a_look_into_the_register(client, database, organisation, folder, work):
    asked = upload(client, csv())
    assert asked.url.path.endswith("/kolommen")
    assert texts(asked, "//tbody/tr/th") == list(HEADINGS)
    assert texts(asked, "//tbody/tr/td[1]")[-1] == "rood (1 gevuld)"
    looked = Visit(client, asked.url.path, form=1).submit(**MAPPING)
    assert texts(looked, "//section/h3") == ["Parkeervergunning bewoners", "Leerplicht"]
    assert names(database, organisation) == []
    assert "Kleur van de map: rood" in looked.text
    assert "Lees 2 rijen in" in looked.text
    skipped = client.get(f"{looked.url.path}?toon=rijen")
    assert texts(skipped, "//tbody/tr")[0].startswith("register, rij 4 Deze rij heeft geen naam.")

    going = press(client, looked, "start")
    assert going.url.path == looked.url.path
    assert "Ververs de voortgang" in going.text
    work()
    done = client.get(looked.url.path)
    assert "Klaar." in done.text
    assert texts(done, "//section/p/a") == ["VW-0001 Parkeervergunning bewoners", "VW-0002 Leerplicht"]
    assert names(database, organisation) == [("1", "Parkeervergunning bewoners"), ("2", "Leerplicht")]
    with database.read(organisation.id) as session:
        activity = queries.find(session, "VW-0001")
        assert (activity.status, activity.remarks) == (Status.CONCEPT, "Kleur van de map: rood")
        told = ["Ingelezen uit register.csv, blad 'register', rij 2"]
        assert imports.origins_of(session, activity.id) == told
        event = session.exec(
            select(AuditEvent).where(AuditEvent.subject_id == activity.id).order_by(AuditEvent.sequence)
        ).first()
        assert event.contents["after"]["place"] == "blad 'register', rij 2"
    assert list(folder.store().every()) == []  # nobody needs the file any more
    assert "Ingelezen uit register.csv, blad &#39;register&#39;, rij 2" in client.get("/register/VW-0001/").text


def test_the_same_file_twice_changes_nothing_also_in_another_order(client, database, organisation, work):
    press(client, through_columns(client, csv()), "start")
    work()
    with database.write(organisation.id) as session:  # what somebody does to a record is no news of the file
        activity = queries.find(session, "VW-0001")
        content = services.content_of(activity).model_copy(
            update={"name": "Een heel andere naam", "external_number": ""}
        )
        services.change(session, activity, content, version=activity.version, actor=COMMAND_LINE)
    again = through_columns(client, csv([ROWS[1], ROWS[0]]))
    assert texts(again, "//h2")[-1:] == ["Staat er al"]
    assert "rijen in" not in again.text
    assert names(database, organisation) == [("", "Een heel andere naam"), ("2", "Leerplicht")]


@pytest.mark.on_both
def test_the_mapping_is_proposed_again_and_can_be_changed_and_thrown_away(client, database, organisation):
    through_columns(client, csv())
    second = upload(client, csv([("9", "Wmo", "Hulp geven", "", "")]))
    assert "Dit is wat u de vorige keer koos" in second.text
    page = html.document_fromstring(second.text)
    assert page.xpath("//select[@name='column-1']/option[@selected]/@value") == []
    assert page.xpath("//select[@name='column-1']//option[@selected]/@value") == ["naam"]
    with database.read(organisation.id) as session:
        (mapping,) = session.exec(select(ColumnMapping)).all()
    address = f"/register/inlezen/koppelingen/{mapping.id}"
    visit = Visit(client, address, form=0)
    visit.submit(name="Ons register", **{"column-4": "domein"})
    third = html.document_fromstring(upload(client, csv()).text)
    assert third.xpath("//select[@name='column-4']//option[@selected]/@value") == ["domein"]
    client.post(f"{address}/weg")
    assert client.get(address).status_code == 404
    assert "Dit is wat u de vorige keer koos" not in upload(client, csv()).text


@pytest.mark.on_both
def test_an_established_record_is_never_overwritten(client, database, organisation, work):
    with database.write(organisation.id) as session:
        there = services.add(
            session, COMPLETE.model_copy(update={"name": "Parkeervergunning bewoners"}), actor=COMMAND_LINE
        )
        services.establish(session, there, actor=COMMAND_LINE)
        services.add(
            session, ActivityContent(name="Toezicht op de leerplicht", external_number="2"), actor=COMMAND_LINE
        )
        services.add(session, ActivityContent(name="Wmo-hulp in huis"), actor=COMMAND_LINE)
    rows = [*ROWS, ("7", "Wmo hulp in huis.", "Helpen", "", "")]
    looked = through_columns(client, csv(rows))
    assert texts(looked, "//section/h3") == ["Parkeervergunning bewoners", "Leerplicht", "Wmo hulp in huis."]
    assert [text.split(":")[0].partition(" rij ")[2][2:] for text in texts(looked, "//section/p[1]")] == [
        "De naam is gelijk",
        "Het nummer is gelijk",
        "De naam lijkt erop",
    ]
    table = texts(looked, "//section[1]//table[caption]/tbody/tr")
    assert any("7 jaar" in row for row in table)
    assert "rijen in" not in looked.text  # nothing was decided yet
    keys = html.document_fromstring(looked.text).xpath("//select[starts-with(@name,'keuze-')]/@name")
    saved = press(client, looked, "keuzes", **dict(zip(keys, ("wijzigen", "toevoegen", "laten"), strict=True)))
    press(client, saved, "start")
    work()
    with database.read(organisation.id) as session:
        found = session.exec(select(ProcessingActivity).order_by(ProcessingActivity.number)).all()
        assert [(one.name, one.status) for one in found] == [
            ("Parkeervergunning bewoners", Status.CONCEPT),
            ("Toezicht op de leerplicht", Status.CONCEPT),
            ("Wmo-hulp in huis", Status.CONCEPT),
            ("Leerplicht", Status.CONCEPT),
        ]
        changed = services.content_of(found[0])
        assert (changed.external_number, changed.explanation) == ("1", COMPLETE.explanation)
        assert history.newest_version(session, found[0].id).content["content"]["external_number"] == ""


@pytest.mark.on_both
def test_who_saves_in_between_is_not_overwritten(client, database, organisation, work):
    with database.write(organisation.id) as session:
        services.add(session, ActivityContent(name="Leerplicht"), actor=COMMAND_LINE)
    looked = through_columns(client, csv(ROWS[1:2]))
    chosen = press(client, looked, "keuzes", alles="wijzigen")
    with database.write(organisation.id) as session:
        activity = queries.find(session, "VW-0001")
        services.change(
            session, activity, ActivityContent(name="Leerplicht", remarks="nieuw"), version=1, actor=COMMAND_LINE
        )
    press(client, chosen, "start")
    work()
    after = client.get(looked.url.path)
    assert "Iemand anders heeft dit intussen opgeslagen" in after.text
    with database.read(organisation.id) as session:
        assert services.content_of(queries.find(session, "VW-0001")).remarks == "nieuw"


def test_work_that_was_cut_off_goes_on_where_it_was(client, database, organisation, folder, work, monkeypatch):
    monkeypatch.setattr("register.routes_import.STEP", 1)
    rows = [(str(number), f"Verwerking {'x' * number}", "Helpen", "", "") for number in range(1, 5)]
    looked = through_columns(client, csv(rows))
    press(client, looked, "start")
    with database.read(organisation.id) as session:
        made = session.exec(select(Import)).one()
        first = imports.to_do(session, made)[:2]
    with database.write(organisation.id) as session:  # an earlier worker did two rows, and fell away
        services.carry_out(session, reading_in.find(session, imports.Import, made.id), first, actor=COMMAND_LINE)
    work()
    assert [number for number, _ in names(database, organisation)] == ["1", "2", "3", "4"]


def test_what_came_into_the_register_since_the_look_is_no_second_time(client, database, organisation, work):
    first, second = through_columns(client, csv()), through_columns(client, csv())
    press(client, first, "start")
    press(client, second, "start")
    work()
    assert len(names(database, organisation)) == 2
    assert "Intussen kwam VW-0001" in client.get(f"{second.url.path}?toon=voorstel").text


@pytest.mark.on_both
def test_an_import_is_closed_and_forgets_the_file(client, database, organisation, folder):
    looked = through_columns(client, csv())
    assert len(list(folder.store().every())) == 1
    press(client, looked, "sluiten")
    assert list(folder.store().every()) == []
    with database.read(organisation.id) as session:
        assert session.exec(select(Import)).one().state is State.DONE
        assert {row.planned for row in session.exec(select(ImportRow))} == {None}
    assert names(database, organisation) == []
    assert client.get(looked.url.path).status_code == 200


def test_another_sheet_and_row_of_headings(client):
    tables = [
        Table("Uitleg", ("Naam", "Doel"), [("kijk", "hier")]),
        Table("Oud", ("Gemaakt in 2019",), [("",), ("Naam van de taak",), ("Parkeren",)]),
    ]
    content = write_xlsx(tables, made_on=date(2026, 11, 22))
    asked = upload(client, content, "register.xlsx")
    assert texts(asked, "//tbody/tr/th") == ["Naam", "Doel"]
    other = Visit(client, asked.url.path, form=0).submit(sheet="Oud", heading_row="3")
    assert texts(other, "//tbody/tr/th") == ["Naam van de taak"]
    wrong = Visit(client, asked.url.path, form=0).submit(sheet="Oud", heading_row="2")
    assert (wrong.status_code, "is leeg. Kies de rij met de koppen" in wrong.text) == (422, True)
    nothing = Visit(client, asked.url.path, form=1).submit(**{"column-0": ""})
    assert (nothing.status_code, "Er is geen kolom met de naam" in nothing.text) == (422, True)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 geen rekenblad"])
def test_a_file_that_is_no_spreadsheet_is_refused_and_not_kept(client, folder, content):
    answer = client.post("/register/inlezen/", files={"file": ("register.xlsx", content)})
    assert answer.status_code == 422
    assert list(folder.store().every()) == []
    assert client.post("/register/inlezen/", data={}).status_code == 422


def test_originals_are_of_one_import_each(folder):
    first, second = originals.keep(folder, b"a;b"), originals.keep(folder, b"a;b")
    assert first != second
    originals.remove(folder, first)
    assert originals.read(folder, second) == b"a;b"


def of_register(database, organisation, edit):
    """Our own workbook of the register, after somebody edited it."""
    with database.read(organisation.id) as session:
        rows = [
            workbook.Row(one.kenmerk, edit(one.kenmerk, services.content_of(one)), one.status)
            for one in session.exec(select(ProcessingActivity).order_by(ProcessingActivity.number))
        ]
        return write_xlsx(workbook.tables(rows, lists=lists_of(session)), made_on=date(2026, 11, 22))


def test_our_own_workbook_edited_makes_concepts_of_the_changed_rows(client, database, organisation, work):
    with database.write(organisation.id) as session:
        for name in ("Parkeren", "Wmo", "Leerplicht"):
            made = services.add(session, COMPLETE.model_copy(update={"name": name}), actor=COMMAND_LINE)
            services.establish(session, made, actor=COMMAND_LINE)
    before = of_register(database, organisation, lambda _, content: content)

    def edit(kenmerk, content):
        return (
            content.model_copy(update={"explanation": "Nieuwe uitleg.", "systems": ()})
            if kenmerk == "VW-0002"
            else content
        )

    edited = of_register(database, organisation, edit)
    with database.write(organisation.id) as session:  # after the workbook went out, somebody goes on on screen
        activity = queries.find(session, "VW-0003")
        content = services.content_of(activity).model_copy(update={"remarks": "later"})
        services.change(session, activity, content, version=activity.version, actor=COMMAND_LINE)
    looked = upload(client, edited, "werkboek.xlsx")
    assert texts(looked, "//section/h3") == ["Wmo"]
    assert any("Nieuwe uitleg." in row for row in texts(looked, "//section//table/tbody/tr"))
    press(client, looked, "start")
    work()
    with database.read(organisation.id) as session:
        found = {
            one.kenmerk: (one.status, one.explanation)
            for one in session.exec(select(ProcessingActivity).order_by(ProcessingActivity.number))
        }
        assert found["VW-0002"] == (Status.CONCEPT, "Nieuwe uitleg.")
        assert found["VW-0001"] == (Status.ESTABLISHED, COMPLETE.explanation)
        assert services.content_of(queries.find(session, "VW-0002")).systems == ()
        assert services.content_of(queries.find(session, "VW-0003")).remarks == "later"
    again = upload(client, before, "werkboek.xlsx")
    assert texts(again, "//h2")[-1:] == ["Staat er al"]


@pytest.mark.on_both
def test_rows_of_our_own_workbook_may_all_say_something_new_of_one_system(client, database, organisation, work):
    with database.write(organisation.id) as session:
        for name in ("Parkeren", "Wmo"):
            uses = {"name": name, "systems": (SystemUse(name="Suite", supplier="Oud"),)}
            services.add(session, COMPLETE.model_copy(update=uses), actor=COMMAND_LINE)
    new = (SystemUse(name="Suite", supplier="Nieuw"),)
    edited = of_register(
        database,
        organisation,
        lambda number, content: content.model_copy(update={"systems": new, "explanation": f"Uitleg van {number}."}),
    )
    press(client, upload(client, edited, "werkboek.xlsx"), "start")
    work()
    with database.read(organisation.id) as session:
        for number in ("VW-0001", "VW-0002"):
            content = services.content_of(queries.find(session, number))
            assert (content.systems, content.explanation) == (new, f"Uitleg van {number}.")


def test_an_export_of_the_national_register_asks_for_no_columns(client, database, organisation, work):
    looked = upload(client, json.dumps([RECORD]).encode(), "export.json")
    assert texts(looked, "//section/h3") == ["Subsidies verlenen"]
    press(client, looked, "start")
    work()
    assert names(database, organisation) == [("R-12", "Subsidies verlenen")]


def test_an_import_that_nobody_comes_back_to_is_closed_after_thirty_days(client, database, organisation, folder):
    looked = through_columns(client, csv())
    assert services.clear_old_imports(database, folder) == 0
    with database.write(organisation.id) as session:
        made = session.exec(select(Import)).one()
        made.updated_at -= timedelta(days=31)
        session.info.setdefault("audited", set()).add(made.audit_key())
    assert (services.clear_old_imports(database, folder), services.clear_old_imports(database, folder)) == (1, 0)
    assert list(folder.store().every()) == []
    assert "Klaar." in client.get(looked.url.path).text
