"""Reading a list of documents on screen: upload, columns, a look by a worker, and only then the register."""

import io
from datetime import timedelta

import pikepdf
import pytest
from lxml import html
from sqlmodel import select

from app import jobs as job_handlers
from core import clock, jobs, originals, sheets
from core.audit import COMMAND_LINE
from core.errors import Failed
from core.sheets import Table, write_csv
from support import woo_documents as make
from support.other_sites import standing_at
from support.pages import Visit
from woo import elsewhere, lists, services
from woo.content import DocumentState
from woo.imports import DocumentImport, DocumentImportRow, ImportState, RowKind
from woo.models import Document

HEADINGS = ("Titel", "Bestand", "Categorie", "Datum vastgesteld", "Dossier", "Kenmerk", "Kleur")
ROWS = [
    ("Besluit A", "stukken/a.pdf", "002", "16 november 2026", "Speelplekken", "Z-1", "rood"),
    ("Besluit B", "https://ris.example/b.pdf", "011", "2026-11-16", "Speelplekken", "", ""),
    ("", "stukken/a.pdf", "002", "", "", "", ""),
    ("Besluit C", "weg.pdf", "002", "2026-11-16", "", "", ""),
]


def listed(rows=ROWS):
    return write_csv(Table("Lijst", HEADINGS, rows))


def zipped(rows=ROWS, **files):
    return make.zipped({"lijst.csv": listed(rows), "stukken/a.pdf": make.pdf("a"), **files})


@pytest.fixture
def work(database, folder):
    """Do the work that waits."""

    def run():
        while jobs.run_one(database, job_handlers.handlers(folder), "werker"):
            pass

    return run


def upload(client, content, name="stukken.zip"):
    answer = client.post("/woo/inlezen/", files={"file": (name, content)})
    assert answer.status_code == 200, answer.text
    return answer


def looked(client, work, content, name="stukken.zip"):
    """Upload, take the columns as they are proposed, and let a worker look; the address of the import."""
    address = upload(client, content, name).url.path
    answer = Visit(client, address, form=1).submit()
    work()
    return answer.url.path


def taken(client, work, address, **chosen):
    Visit(client, address, form=0).submit(**chosen)
    work()
    return client.get(address)


def cells(client, address, shown):
    page = html.document_fromstring(client.get(f"{address}?toon={shown}").text)
    return [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("//tbody/tr")]


def documents(database, organisation):
    with database.read(organisation.id) as session:
        found = session.exec(select(Document).order_by(Document.title)).all()
        return [(one, one.dossier)[0] for one in found]


@pytest.mark.on_both
def test_a_zip_goes_from_upload_by_columns_and_a_look_into_the_register(client, database, organisation, folder, work):
    asked = upload(client, zipped())
    assert asked.url.path.endswith("/kolommen")
    page = html.document_fromstring(asked.text)
    assert page.xpath("//select[@name='column-1']//option[@selected]/@value") == ["file"]
    assert page.xpath("//select[@name='column-6']//option[@selected]/@value") == [""]
    going = Visit(client, asked.url.path, form=1).submit()
    assert "Ververs de voortgang" in going.text
    work()
    address = going.url.path
    new, other = cells(client, address, "nieuw")
    assert new[:4] == ["Besluit A", "2", "Speelplekken", "stukken/a.pdf"]
    assert "Compleet." in new[4]
    assert other[3] == "https://ris.example/b.pdf"
    refused = cells(client, address, "overgeslagen")
    assert [(row[1], row[4]) for row in refused] == [
        ("4", "Er is geen titel. Vul de titel in."),
        ("5", "Het bestand 'weg.pdf' zit niet in de zip. Voeg het toe of verbeter de naam."),
    ]
    assert cells(client, address, "waarden") == [
        ["Besluit A", "2", "Datum vastgesteld", "16 november 2026", "veranderd: 16 november 2026"],
        ["Besluit A", "2", "Kleur", "rood", "bewaard: interne notitie"],
    ]
    assert documents(database, organisation) == []

    done = taken(client, work, address)
    assert "Klaar." in done.text
    first, second = documents(database, organisation)
    assert (first.title, first.format_code, first.state) == ("Besluit A", "PDF", DocumentState.CONCEPT)
    assert (first.identifiers, first.internal_note) == (["Z-1"], "Kleur: rood")
    assert (second.source_url, second.dossier_id) == ("https://ris.example/b.pdf", first.dossier_id)
    assert [one.sha256 for one in folder.store().every()] == [first.sha256]  # the uploads are gone


def test_the_same_list_twice_changes_nothing_and_a_better_one_only_what_it_says(client, database, organisation, work):
    taken(client, work, looked(client, work, zipped()))
    before = [one.version for one in documents(database, organisation)]
    again = looked(client, work, zipped([ROWS[1], ROWS[0]]))
    assert [row[0] for row in cells(client, again, "zelfde")] == ["Besluit B", "Besluit A"]
    assert "document in" not in client.get(again).text

    better = ("Besluit A, verbeterd", "stukken/a.pdf", "", "", "Speelplekken", "Z-1", "")
    address = looked(client, work, zipped([better]))
    (row,) = cells(client, address, "anders")
    assert "Titel: 'Besluit A' wordt 'Besluit A, verbeterd'." in row[4]
    assert Visit(client, address, form=0).submit(wijzigingen=False).status_code == 422
    taken(client, work, address, wijzigingen="on")
    first, _ = documents(database, organisation)
    assert (first.title, first.category, first.adopted_on.isoformat()) == ("Besluit A, verbeterd", "002", "2026-11-16")
    assert [one.version for one in documents(database, organisation)][1] == before[1]


def test_a_planned_document_that_a_list_changes_waits_for_a_person(client, database, organisation, work):
    taken(client, work, looked(client, work, zipped()))
    with database.write(organisation.id) as session:
        for one in session.exec(select(Document)).all():
            tomorrow = clock.today() + timedelta(days=1)
            services.plan_document(session, one, on=tomorrow, version=one.version, actor=make.AISHA)
    better = ("Besluit A, verbeterd", "stukken/a.pdf", "", "", "Speelplekken", "Z-1", "")
    address = looked(client, work, zipped([better, ROWS[1]]))
    taken(client, work, address, wijzigingen="on")
    first, second = documents(database, organisation)
    assert (first.state, first.planned_on) == (DocumentState.READY, None)
    assert second.state is DocumentState.PLANNED
    (row,) = cells(client, address, "anders")
    assert "Dit document was gepland. Dat is het nu niet meer" in row[4]


def test_a_planned_document_that_gets_an_attachment_by_a_list_waits_for_a_person(client, database, organisation, work):
    taken(client, work, looked(client, work, zipped()))
    with database.write(organisation.id) as session:
        main = session.exec(select(Document).where(Document.title == "Besluit A")).one()
        tomorrow = clock.today() + timedelta(days=1)
        services.plan_document(session, main, on=tomorrow, version=main.version, actor=make.AISHA)
    listed_ = "titel;bestand;categorie;dossier;bijlage bij;datum\nBijlage;https://elders.example/b.pdf;002;Speelplekken;Besluit A;1-10-2026\n"
    address = looked(client, work, listed_.encode(), "lijst.csv")
    taken(client, work, address)
    (row,) = cells(client, address, "nieuw")
    assert "'Besluit A' was gepland. Dat is het nu niet meer" in row[4]
    with database.read(organisation.id) as session:
        assert session.get_one(Document, main.id).state is DocumentState.READY


def test_files_can_be_added_after_the_list(client, database, organisation, work):
    address = looked(client, work, listed([ROWS[0]]), "lijst.csv")
    (missing,) = cells(client, address, "overgeslagen")
    assert missing[4].startswith("Het bestand 'stukken/a.pdf'")
    refused = client.post(f"{address}bestanden", files={"file": ("a.pdf", make.pdf())})
    assert (refused.status_code, "Kies een zip met de bestanden" in refused.text) == (422, True)
    client.post(f"{address}bestanden", files={"file": ("los.zip", make.zipped({"A.PDF": make.pdf("a")}))})
    work()
    taken(client, work, address)
    assert [one.file_name for one in documents(database, organisation)] == ["a.pdf"]


def test_a_list_about_files_that_were_uploaded_before_fills_their_documents(
    client, database, organisation, folder, work
):
    with database.write(organisation.id) as session:
        file = make.store(folder, make.pdf("a"), "a.pdf")
        services.add_document(
            session, make.dossier(session), make.content(title="Nog geen titel"), file, actor=make.AISHA
        )
    address = looked(client, work, listed([ROWS[0]]), "lijst.csv")
    taken(client, work, address, wijzigingen="on")
    (document,) = documents(database, organisation)
    assert (document.title, document.identifiers) == ("Besluit A", ["Z-1"])


def test_a_withdrawn_document_never_comes_back_by_a_list(client, database, organisation, folder, work):
    taken(client, work, looked(client, work, zipped([ROWS[0]])))
    with database.write(organisation.id) as session:
        (document,) = session.exec(select(Document)).all()
        services.publish_document(session, document, actor=make.AISHA, folder=folder)
        services.withdraw(session, document, reason=lists.REASONS.codes[0], actor=make.AISHA, folder=folder)
    address = looked(client, work, zipped([ROWS[0], ("Anders", "stukken/a.pdf", "", "", "Speelplekken", "", "")]))
    assert ["ingetrokken" in row[4] for row in cells(client, address, "overgeslagen")] == [True, True]


def test_the_same_document_twice_in_a_list_comes_in_once(client, work):
    other = ("Nog eens", "https://ris.example/b.pdf", "", "", "", "", "")
    address = looked(client, work, zipped([ROWS[0], ROWS[0], ROWS[1], other]))
    assert [(row[1], row[4]) for row in cells(client, address, "overgeslagen")] == [
        ("3", "Dit is hetzelfde document als in rij 2."),
        ("5", "Dit is hetzelfde document als in rij 4."),
    ]


def test_an_import_that_lets_others_go_first_gives_the_same(client, database, organisation, work, monkeypatch):
    monkeypatch.setattr("woo.import_work.STEP", 1)
    monkeypatch.setattr(jobs, "LONGEST_TURN", 0)
    rows = [(f"Besluit {n}", "stukken/a.pdf", "002", "", "Speelplekken", f"Z-{n}", "") for n in range(3)]
    address = looked(client, work, zipped(rows))
    Visit(client, address, form=0).submit()
    work()
    assert [one.title for one in documents(database, organisation)] == [f"Besluit {n}" for n in range(3)]
    assert "Klaar." in client.get(address).text
    with database.read(organisation.id) as session:
        imported = session.exec(select(jobs.Job).where(jobs.Job.kind == services.DOCUMENT_IMPORT_JOB)).all()
        assert {(one.state, one.progress == one.total) for one in imported} == {(jobs.JobState.DONE, True)}


def test_an_import_that_is_cut_off_goes_on_where_it_was(client, database, organisation, folder, work, monkeypatch):
    monkeypatch.setattr("woo.import_work.STEP", 1)
    rows = [(f"Besluit {n}", "stukken/a.pdf", "002", "", "Speelplekken", f"Z-{n}", "") for n in range(4)]
    address = looked(client, work, zipped(rows))
    Visit(client, address, form=0).submit()
    done, step = [], jobs.Claimed.step

    def cut_off(self, *how):
        done.append(how)
        if len(done) == 3:
            raise Failed("De stroom viel uit.")
        return step(self, *how)

    with monkeypatch.context() as broken:
        broken.setattr(jobs.Claimed, "step", cut_off)
        work()
    assert len(documents(database, organisation)) == 2
    with database.write(organisation.id) as session:
        for job in session.exec(select(jobs.Job)):
            job.run_after = clock.now() - timedelta(hours=2)
    work()
    assert [one.title for one in documents(database, organisation)] == [f"Besluit {n}" for n in range(4)]
    assert "Klaar." in client.get(address).text


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("leeg.csv", b"", "is leeg"),
        ("foto.zip", make.zipped({"a.pdf": b"x"}), "zit geen lijst"),
        ("twee.zip", make.zipped({"a.csv": b"x", "b.csv": b"x"}), "zitten meer rekenbladen"),
        ("stuk.zip", zipped()[:-30], "is beschadigd"),
        ("brief.pdf", make.pdf(), "is geen rekenblad"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(client, folder, name, content, told):
    answer = client.post("/woo/inlezen/", files={"file": (name, content)})
    assert answer.status_code == 422
    assert told in html.document_fromstring(answer.text).xpath("string(//p[contains(@class, 'ob-error')])")
    assert list(folder.store().every()) == []


def test_each_file_of_a_zip_is_judged_by_its_contents(client, work):
    rows = [(name, name, "", "", "", "", "") for name in ("leeg.pdf", "word.pdf", "geheim.pdf", "goed.odt")]
    with pikepdf.open(io.BytesIO(make.pdf())) as plain:
        locked = io.BytesIO()
        plain.save(locked, encryption=pikepdf.Encryption(user="geheim", owner="geheim"))
    files = {
        "geheim.pdf": locked.getvalue(),
        "leeg.pdf": b"",
        "word.pdf": make.office("wordprocessingml.document"),
        "goed.odt": make.open_document("text"),
    }
    address = looked(client, work, make.zipped({"lijst.csv": listed(rows), **files}))
    assert [row[0] for row in cells(client, address, "nieuw")] == ["goed.odt"]
    empty, word, secret = cells(client, address, "overgeslagen")
    assert "beveiligd met een wachtwoord" in secret[4]
    assert "is leeg (0 bytes)" in empty[4]
    assert "maar de inhoud is Word DOCX" in word[4]


def test_a_row_says_what_stands_in_the_way_of_publication(client, work):
    rows = [("Besluit", "https://ris.example/a.pdf", "002", "2099-01-01", "", "", "")]
    (row,) = cells(client, looked(client, work, listed(rows), "lijst.csv"), "nieuw")
    assert row[4] == "Nog 1 punt voor publicatie: Deze datum ligt in de toekomst. Vul de dag in waarop het is gebeurd."


def test_an_address_that_sends_on_is_a_row_that_is_skipped_with_the_reason(client, work, monkeypatch):
    monkeypatch.setattr(elsewhere, "OF_A_SITE", 3)
    names = ("goed", "ander", "intern", "weg", "goed2")
    rows = [(f"Besluit {name}", f"https://raad.example/{name}.pdf", "002", "2026-11-16", "", "", "") for name in names]
    with standing_at("raad.example"):
        address = looked(client, work, listed(rows), "lijst.csv")
    told = {row[0]: row[4] for shown in ("nieuw", "overgeslagen") for row in cells(client, address, shown)}
    assert told == {
        "Besluit goed": "Compleet.",
        "Besluit ander": "Compleet. Het adres is nog niet geprobeerd; dat gebeurt bij het publiceren.",
        "Besluit intern": "Dit adres stuurt door naar 10.0.0.1. Vul het adres in waar het document zelf staat.",
        "Besluit weg": "Compleet. Het adres is nog niet geprobeerd; dat gebeurt bij het publiceren.",
        "Besluit goed2": "Compleet.",
    }
    with standing_at("raad.example"):
        assert [row[0] for row in cells(client, looked(client, work, listed(rows[3:4]), "een.csv"), "overgeslagen")]


@pytest.mark.on_both
def test_attachments_and_the_order_of_a_dossier_come_from_the_list(client, database, organisation, work):
    """Of woo-index 7.2: an attachment is a part of the main document, which has it; whatever the order of the rows."""
    headings = ("Titel", "Bestand", "Categorie", "Datum", "Dossier", "Kenmerk", "Bijlage bij", "Volgorde")

    def row(name, main, place):
        at = f"https://ris.example/{name}.pdf"
        return (f"Stuk {name}", at, "002", "2026-11-16", "Raad", f"Z-{name}", main, place)

    rows = [row("a", "stuk hoofd", "2"), row("b", "Z-hoofd", "3"), row("los", "", ""), row("hoofd", "", "1")]
    bad = [row("c", "Bestaat niet", ""), row("d", "", "achteraan")]
    address = looked(client, work, write_csv(Table("Lijst", headings, rows + bad)), "lijst.csv")
    assert [one[4] for one in cells(client, address, "overgeslagen")] == [
        "In dit dossier staat geen ander document 'Bestaat niet'. Verbeter de kolom 'bijlage bij'.",
        "Kolom 'Volgorde': 'achteraan' is geen getal. Schrijf een getal, bijvoorbeeld 2.",
    ]
    taken(client, work, address)
    with database.read(organisation.id) as session:
        found = {one.title: one for one in session.exec(select(Document).order_by(Document.number))}
        main = found["Stuk hoofd"]
        assert [one.title for one in services.in_order(session, main.dossier)] == [
            *("Stuk hoofd", "Stuk a", "Stuk b", "Stuk los")
        ]
        assert {one.title: one.part_of for one in found.values() if one.part_of} == {
            "Stuk a": main.id,
            "Stuk b": main.id,
        }
        assert {relation.target_id for relation in main.relations} == {found["Stuk a"].id, found["Stuk b"].id}
        assert [one.planned for one in session.exec(select(DocumentImportRow)) if one.outcome] == [None] * 4
    again = looked(client, work, write_csv(Table("Lijst", headings, rows)), "lijst.csv")
    assert len(cells(client, again, "zelfde")) == 4
    saved = client.get("/woo/documenten/lijst.xlsx?zoek=stuk").content
    (listed_out,) = sheets.read(saved, "documenten.xlsx")
    told = [dict(zip(listed_out.rows[0], line, strict=False)) for line in listed_out.rows[1:]]
    assert [(one["Titel"], one["Bijlage bij"], one["Volgorde"]) for one in told] == [
        ("Stuk hoofd", "", "1"),
        ("Stuk a", "Stuk hoofd", "2"),
        ("Stuk b", "Stuk hoofd", "3"),
        ("Stuk los", "", "4"),
    ]
    assert len(cells(client, looked(client, work, saved, "documenten.xlsx"), "zelfde")) == 4
    assert client.get("/woo/documenten/lijst.csv?status=ingetrokken").content.count(b"Stuk") == 0
    joined = looked(client, work, write_csv(Table("Lijst", headings, [row("los", "Stuk hoofd", "")])), "lijst.csv")
    assert len(cells(client, joined, "anders")) == 1


def test_a_list_that_was_saved_says_the_same_of_a_document_with_several_descriptions(
    client, database, organisation, folder, work
):
    with database.write(organisation.id) as session:
        document = make.add(session, folder, descriptions=("Een zin.", "Nog een."), keywords=("spelen", "buiten"))
    saved = client.get("/woo/documenten/lijst.xlsx").content
    address = looked(client, work, saved, "documenten.xlsx")
    assert [row[0] for row in cells(client, address, "zelfde")] == [document.title], cells(client, address, "anders")


def test_a_column_with_titles_must_be_told(client, database, organisation):
    address = upload(client, write_csv(Table("Lijst", ("Wat", "Hoe"), [("a", "b")])), "lijst.csv").url.path
    answer = Visit(client, address, form=1).submit()
    assert (answer.status_code, "in welke kolom de titel staat" in answer.text) == (422, True)
    answer = Visit(client, address, form=1).submit(**{"column-0": "title"})
    assert answer.url.path.endswith("/")
    second = upload(client, write_csv(Table("Lijst", ("Wat", "Hoe"), [("c", "d")])), "lijst.csv")
    assert "Dit is wat u de vorige keer koos" in second.text


@pytest.mark.on_both
def test_an_old_import_is_closed_and_its_contents_forgotten(client, database, organisation, folder, work):
    address = looked(client, work, zipped())
    assert len(list(folder.store().every())) == 2
    with database.write(organisation.id) as session:
        made = session.exec(select(DocumentImport)).one()
        made.updated_at -= timedelta(days=31)
        session.info.setdefault("audited", set()).add(made.audit_key())
    assert services.clear_old_imports(database, folder) == 1
    assert services.clear_old_imports(database, folder) == 0
    assert list(folder.store().every()) == []
    with database.read(organisation.id) as session:
        (made,) = session.exec(select(DocumentImport)).all()
        assert (made.state, made.kept) == (ImportState.DONE, "")
        assert {row.planned for row in session.exec(select(DocumentImportRow))} == {None}
    assert client.get(address).status_code == 200


def test_stop_removes_what_was_uploaded(client, folder, work):
    address = looked(client, work, zipped())
    answer = client.post(f"{address}sluiten")
    assert answer.url.path == "/woo/inlezen/"
    assert list(folder.store().every()) == []


def test_who_may_not_edit_may_not_read_in(client_as):
    client = client_as("lezer")
    assert client.get("/woo/inlezen/").status_code == 403
    assert client.post("/woo/inlezen/", files={"file": ("lijst.csv", listed())}).status_code == 403


@pytest.mark.on_both
def test_what_changed_meanwhile_is_refused_with_its_reason(client, database, organisation, work, folder):
    """Between the look and the start somebody made the document public: its file is not replaced without a reason."""
    taken(client, work, looked(client, work, zipped([ROWS[0]])))
    better = zipped([("Besluit A", "stukken/a.pdf", "", "", "", "Z-1", "")], **{"stukken/a.pdf": make.pdf("ander")})
    address = looked(client, work, better)
    with database.write(organisation.id) as session:
        (document,) = session.exec(select(Document)).all()
        services.publish_document(session, document, actor=COMMAND_LINE, folder=folder)
    taken(client, work, address, wijzigingen="on")
    with database.read(organisation.id) as session:
        row = session.exec(select(DocumentImportRow).where(DocumentImportRow.kind == RowKind.REFUSED)).one()
    assert "Bestand vervangen" in row.problem


def test_uploads_of_imports_are_of_one_import_each(folder):
    first, second = originals.keep(folder, b"a;b"), originals.keep(folder, b"a;b")
    originals.remove(folder, first)
    assert originals.read(folder, second) == b"a;b"
