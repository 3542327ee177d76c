"""Reading a list of products on screen: from a file to the inventory, and nothing before somebody says so."""

from datetime import timedelta

import pytest
from lxml import html
from sqlmodel import select

from app import jobs as job_handlers
from core import clock, jobs
from core.sheets import Table, write_csv
from support import workbooks
from support.pages import Visit
from wmebv import rows, services
from wmebv.content import ProductContent
from wmebv.imports import ListState, ProductImport
from wmebv.models import Channel, Product

HEADINGS = ("Naam v/h product", "Team", "Soort bericht", "Kanaal", "Ontvangsbevestiging", "Kleur")
ROWS = [
    ("Kapvergunning", "Groen", "aanvraag", "webformulier", "Ja, per e-mail", "rood"),
    ("Paspoort", "Publiekszaken", "aanvraag", "balie", "?", ""),
    ("", "Zorg", "", "", "", ""),
]


@pytest.fixture
def work(database, folder):
    """Do the work that waits."""

    def run():
        while jobs.run_one(database, job_handlers.handlers(folder), "werker"):
            pass

    return run


@pytest.fixture
def passport(database, organisation, actor):
    with database.write(organisation.id) as session:
        services.add_product(session, ProductContent(name="Paspoort", team="Burgerzaken"), actor=actor)


def upload(client, content=None, name="producten.csv"):
    content = content or write_csv(Table("Lijst", HEADINGS, ROWS))
    return client.post("/wmebv/inlezen/", files={"file": (name, content)})


def cells(client, address, shown):
    page = html.document_fromstring(client.get(f"{address}?toon={shown}").text)
    return [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("//tbody/tr")]


def products(database, organisation):
    with database.read(organisation.id) as session:
        found = session.exec(select(Product).order_by(Product.number)).all()
        return [(one.name, one.team.name if one.team else "") for one in found]


def test_an_own_list_goes_by_columns_and_a_look_into_the_inventory(client, database, organisation, work, passport):
    asked = upload(client)
    page = html.document_fromstring(asked.text)
    chosen = page.xpath("//select[starts-with(@name, 'column-')]//option[@selected]/@value")
    assert chosen == ["productnaam", "afdeling", "soort bericht", "kanaal", "W22", ""]
    assert "88% zeker" in asked.text
    looked = Visit(client, asked.url.path, form=1).submit()
    address = looked.url.path
    assert [row[1] for row in cells(client, address, "nieuw")] == ["Kapvergunning rij 2"]
    assert [row[1] for row in cells(client, address, "aangevuld")] == ["Paspoort rij 3"]
    assert cells(client, address, "verschillen") == [["", "PD-0001 rij 3", "Team", "Burgerzaken", "Publiekszaken"]]
    assert cells(client, address, "overgeslagen") == [["Zorg", "4", "Zonder naam."]]
    assert cells(client, address, "waarden") == [
        ["Kapvergunning, rij 2", "Ontvangsbevestiging", "Ja, per e-mail", "geraden: Ja; per e-mail"],
        ["Kapvergunning, rij 2", "Kleur", "rood", "bewaard: opmerking"],
        ["Paspoort, rij 3", "Ontvangsbevestiging", "?", "geraden: Weten we nog niet"],
    ]
    assert products(database, organisation) == [("Paspoort", "Burgerzaken")]

    going = Visit(client, address, form=0).submit()
    assert "Ververs de voortgang" in going.text
    work()
    assert "Klaar." in client.get(address).text
    assert products(database, organisation) == [("Paspoort", "Burgerzaken"), ("Kapvergunning", "Groen")]
    with database.read(organisation.id) as session:
        assert session.exec(select(ProductImport)).one().kept == ""
        told = [rows.channel_content(one).answers for one in session.exec(select(Channel).order_by(Channel.name))]
    assert [[answer.text for answer in answers] for answers in told] == [[""], ["per e-mail"]]


def test_a_value_of_the_list_is_taken_over_when_somebody_ticks_it(client, database, organisation, work, passport):
    address = Visit(client, upload(client).url.path, form=1).submit().url.path
    chosen = client.post(f"{address}overnemen", data={"getoond": "3:team", "neem": "3:team"})
    assert "checked" in chosen.text
    Visit(client, address, form=0).submit()
    work()
    assert products(database, organisation)[0] == ("Paspoort", "Publiekszaken")


def test_what_was_said_of_columns_is_known_the_next_time(client):
    first = upload(client).url.path
    Visit(client, first, form=1).submit(**{"column-5": "opmerking"})
    again = upload(client)
    assert "Dit is wat u de vorige keer koos" in again.text
    selected = html.document_fromstring(again.text).xpath("//select[@name='column-5']//option[@selected]/@value")
    assert selected == ["opmerking"]


def test_examples_are_chosen_by_team_before_anything_is_there(client, database, organisation, work):
    begun = client.post("/wmebv/inlezen/voorbeelden")
    address = begun.url.path
    assert "Er is niets gekozen" in begun.text
    refused = client.post(f"{address}start", data={"erbij": "on"})
    assert (refused.status_code, "Kies eerst een of meer producten." in refused.text) == (422, True)
    client.post(f"{address}kiezen", data={"toon": "nieuw", "team": "Belastingen", "hoe": "alles"})
    client.post(f"{address}kiezen", data={"toon": "nieuw", "getoond": ["1", "2"], "rij": ["2"]})
    going = client.post(f"{address}start", data={"erbij": "on"})
    assert going.status_code == 200
    work()
    names = [name for name, _ in products(database, organisation)]
    assert len(names) > 2
    assert "Paspoort" not in names
    again = client.post("/wmebv/inlezen/voorbeelden").url.path
    assert len(cells(client, again, "zelfde")) == len(names)


def test_an_official_list_is_known_by_its_headings_and_says_which_uris_there_are(client, database, organisation):
    answer = upload(client, workbooks.upl_csv(), "upl.csv")
    assert answer.url.path.endswith("/")
    with database.read(organisation.id) as session:
        made = session.exec(select(ProductImport)).one()
        uris = made.uris
    assert (made.state, made.picked, len(uris) > 0) == (ListState.DECIDING, [], True)
    listed = [("product", "UPL-URI"), ("Kap", "http://standaarden.overheid.nl/owms/terms/bestaatniet")]
    asked = upload(client, write_csv(Table("x", listed[0], listed[1:])))
    address = Visit(client, asked.url.path, form=1).submit().url.path
    assert "geraden: geen UPL-URI: hij staat niet in de officiële lijst" in client.get(f"{address}?toon=waarden").text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.7", "is geen rekenblad"),
        (b"kleur;maat\nrood;4\n", ""),
        (b"", "is leeg"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(client, content, told):
    answer = client.post("/wmebv/inlezen/", files={"file": ("lijst.csv", content or b" ")})
    if told:
        assert (answer.status_code, told in answer.text) == (422, True)
    else:
        refused = Visit(client, answer.url.path, form=1).submit()
        assert "Zeg in welke kolom de naam van het product staat." in refused.text


@pytest.mark.parametrize(
    ("heading", "text", "kept"),
    [
        ("Aantal 2025", "123456789", 0),
        ("Andere woorden", ", ".join(["woord"] * 2500), 1666),
        ("Andere woorden", f"boom, {'w' * 400}", 2),
        ("SDG-code", " ".join(["A1"] * 5000), 3333),
    ],
)
def test_a_cell_with_more_than_fits_stays_in_the_remarks_and_the_rest_of_the_list_goes_in(
    client, database, organisation, work, heading, text, kept
):
    content = write_csv(Table("Lijst", ("Productnaam", "Soort bericht", heading), [("Kap", "aanvraag", text)]))
    address = upload(client, content).url.path
    looked = Visit(client, address, form=1).submit()
    assert looked.status_code == 200
    assert cells(client, looked.url.path, "waarden")[0][1] == heading
    Visit(client, looked.url.path, form=0).submit()
    work()
    with database.read(organisation.id) as session:
        product = session.exec(select(Product)).one()
        assert len(product.keywords) + len(product.sdg_codes) == kept
        assert product.note.startswith(f"{heading}: {text[:3000]}")


def test_without_an_address_the_official_list_is_not_fetched(client):
    answer = client.post("/wmebv/inlezen/upl")
    assert (answer.status_code, "geen adres van de officiële lijst" in answer.text) == (422, True)


@pytest.mark.on_both
def test_a_list_that_nobody_touched_is_closed_and_forgotten(client, database, organisation, folder):
    upload(client)
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert services.clear_old_lists(database, folder) == 1
        assert services.clear_old_lists(database, folder) == 0
    with database.read(organisation.id) as session:
        made = session.exec(select(ProductImport)).one()
        assert (made.state, made.kept) == (ListState.DONE, "")


def test_an_import_that_lets_others_go_first_gives_the_same(client, database, organisation, folder, monkeypatch):
    monkeypatch.setattr("wmebv.import_work.STEP", 1)
    monkeypatch.setattr(jobs, "LONGEST_TURN", 0)
    uri = "http://standaarden.overheid.nl/owms/terms/Paspoort"
    rows = [("Paspoort", uri), ("Kaart", ""), ("Paspoort kwijt", uri), ("Paspoort met spoed", uri)]
    answer = upload(client, write_csv(Table("Lijst", ("Productnaam", "UPL-URI"), rows)))
    address = Visit(client, answer.url.path, form=1).submit().url.path
    Visit(client, address, form=0).submit()
    turns = 0
    while jobs.run_one(database, job_handlers.handlers(folder), "werker"):
        turns += 1
    assert turns == len(rows) + 1
    assert [name for name, _ in products(database, organisation)] == [name for name, _ in rows]
    assert "Klaar." in client.get(address).text


def test_an_import_that_is_cut_off_goes_on_where_it_was(client, database, organisation, folder, work, monkeypatch):
    monkeypatch.setattr("wmebv.import_work.STEP", 1)
    address = Visit(client, upload(client).url.path, form=1).submit().url.path
    Visit(client, address, form=0).submit()
    real, seen = services.import_products, []

    def once(*args, **more):
        seen.append(1)
        if len(seen) == 2:
            raise RuntimeError
        return real(*args, **more)

    monkeypatch.setattr(services, "import_products", once)
    jobs.run_one(database, job_handlers.handlers(folder), "werker")
    assert products(database, organisation) == [("Kapvergunning", "Groen")]
    with clock.frozen(clock.now() + timedelta(hours=1)), database.write(None) as session:
        waiting = session.exec(select(jobs.Job)).one()
        waiting.run_after = clock.now() - timedelta(hours=2)
        session.add(waiting)
    work()
    assert [name for name, _ in products(database, organisation)] == ["Kapvergunning", "Paspoort"]
