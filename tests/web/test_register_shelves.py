"""The pages of agreements and laws, and internal files."""

import io

import pytest
from lxml import html
from sqlmodel import select

from core import audit
from core.audit import AuditEvent
from register import services
from register.content import Law, ProcessorUse, Purpose
from register.models import Agreement
from register.models import Law as SharedLaw
from support.municipalities import PDF
from support.pages import Visit, field
from support.register import COMPLETE, ESTABLISHER

CONTENT = COMPLETE.model_copy(
    update={
        "processors": (ProcessorUse(party="Alfa", agreement_document="VO zaaksysteem"),),
        "purposes": (Purpose(text="Helpen", laws=(Law(name="Wmo 2015", article="art. 2.3.2"),)),),
    }
)


@pytest.fixture
def scene(database, organisation):
    """Addresses of a record, its agreement and its law."""
    with database.write(organisation.id) as session:
        activity = services.add(session, CONTENT, actor=ESTABLISHER)
        agreement, law = session.exec(select(Agreement)).one(), session.exec(select(SharedLaw)).one()
        return (
            f"/register/{activity.kenmerk}/",
            f"/register/overeenkomsten/{agreement.id}",
            f"/register/wetten/{law.id}",
        )


def send(client, address, name, data):
    return client.post(address, files={"file": (name, io.BytesIO(data))})


def in_table(answer):
    return [
        " ".join(cell.text_content().split())
        for cell in html.document_fromstring(answer.text).xpath("//tbody//td|//tbody//th")
    ]


def test_an_agreement_says_who_uses_it_and_is_changed_once(client, scene):
    record, agreement, _ = scene
    listed = client.get("/register/overeenkomsten/?zoek=alfa&soort=verwerkersovereenkomst")
    assert in_table(listed)[:3] == ["VO zaaksysteem", "Verwerkersovereenkomst", "Alfa"]
    assert "Niets gevonden" in client.get("/register/overeenkomsten/?zoek=anders").text
    assert "Parkeervergunning" in in_table(client.get(agreement))
    answer = Visit(client, agreement).submit(until="2026-12-31", agreed_on="2027-01-01")
    assert (answer.status_code, field(answer, "until")) == (422, "2026-12-31")
    answer = Visit(client, agreement).submit(until="2030-12-31", party="Alfa Groep")
    assert answer.status_code == 200
    assert "31 december 2030" in client.get(record).text


def test_a_law_says_which_records_rest_on_it_by_article(client, scene):
    record, _, law = scene
    assert in_table(client.get(law))[:2] == ["art. 2.3.2", "Parkeervergunning"]
    assert Visit(client, law).submit(bwb_number="35362").status_code == 422
    answer = Visit(client, law).submit(bwb_number="BWBR0035362", short_name="Wmo")
    assert "https://wetten.overheid.nl/BWBR0035362" in answer.text
    assert "https://wetten.overheid.nl/BWBR0035362" in client.get(record).text
    assert "Wmo 2015" in client.get("/register/wetten/?zoek=0035362").text


@pytest.mark.on_both
@pytest.mark.parametrize(
    ("address", "typed", "fault"),
    [
        ("/register/overeenkomsten/", {"title": "Convenant", "kind": "convenant"}, {"remarks": "zonder naam"}),
        ("/register/wetten/", {"name": "Awb"}, {"name": "A"}),
    ],
)
def test_one_is_added_and_taken_out_of_the_list_again(client, address, typed, fault):
    assert Visit(client, address).submit(**fault).status_code == 422
    added = Visit(client, address).submit(**typed)
    assert "Geen verwerking gebruikt dit." in added.text
    client.post(f"{added.url.path}/weghalen")
    assert client.get(added.url.path).status_code == 404


@pytest.mark.on_both
@pytest.mark.parametrize("number", [0, 1])
def test_a_file_comes_and_goes_and_the_trail_says_who_took_it_out(client, database, organisation, scene, number):
    page = scene[number]
    address = f"{page}dpia/bestanden" if number == 0 else f"{page}/bestanden"
    assert send(client, address, "DPIA.pdf", b"").status_code == 422
    answer = send(client, address, "DPIA.pdf", PDF)
    [link] = html.document_fromstring(answer.text).xpath("//main//ul[@class='ob-files']//a/@href")
    sent = client.get(link)
    assert (sent.content, sent.headers["content-disposition"]) == (PDF, "attachment; filename*=UTF-8''DPIA.pdf")
    client.post(f"{link}/weghalen")
    assert client.get(link).status_code == 404
    with database.read(organisation.id) as session:
        actions = session.exec(select(AuditEvent.action).order_by(AuditEvent.sequence.desc()).limit(3)).all()
        assert [action.rpartition(":")[2] for action in actions] == ["detach", "download", "attach"]
        assert audit.faults(session, organisation.id) == []


def test_who_only_reads_sees_all_and_changes_nothing(client_as, scene):
    reader = client_as("lezer")
    for address in (*scene, "/register/overeenkomsten/", "/register/wetten/"):
        page = html.document_fromstring(reader.get(address).text)
        assert page.xpath("//main//form[@method='post']") == [], address
    assert send(reader, f"{scene[1]}/bestanden", "a.pdf", PDF).status_code == 403


def test_a_description_of_a_data_breach_is_refused_with_what_to_do(client, scene):
    answer = Visit(client, f"{scene[0]}bewerken/verbindingen").submit(data_breaches="Laptop gestolen")
    assert (answer.status_code, field(answer, "data_breaches")) == (422, "Laptop gestolen")
    assert Visit(client, f"{scene[0]}bewerken/verbindingen").submit(data_breaches="DL-3").status_code == 200
