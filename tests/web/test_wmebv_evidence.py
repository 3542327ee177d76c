"""Files as evidence: beside the address and the date of an answer, never public, and each download in the trail."""

import pytest
from sqlmodel import select

from core import attached, audit, clock
from core.attached import InternalFile
from support.inventories import answer, good_channel, good_message, good_product
from wmebv import rows, services
from wmebv.content import TemplateContent, Value
from wmebv.models import Channel, ChannelTemplate, GeneralAnswers, MessageType, Product

PDF = ("bevestiging.pdf", b"%PDF-1.4\n%%EOF\n")


@pytest.fixture
def product(database, organisation, actor):
    with database.write(organisation.id) as session:
        services.add_template(session, TemplateContent(name="Generator X", answers=(answer("W22"),)), actor=actor)
        services.add_channel(session, good_channel(), actor=actor)
        made = services.add_product(session, good_product(), actor=actor)
        services.add_message_type(session, made, good_message(), actor=actor)
        general = GeneralAnswers(version=0)
        services.answer(session, general, answer("W01"), actor=actor)
    return made


def stored(database, organisation, table, duty):
    with database.read(organisation.id) as session:
        subject = session.exec(select(table)).one()
        document = next(one.evidence_document for one in rows.answers_of(subject) if one.duty == duty)
        return subject.id, document, [one.name for one in attached.files_of(session, subject) if one.about == duty]


@pytest.mark.on_both
@pytest.mark.parametrize(
    ("table", "duty", "page"),
    [
        (Product, "W03", "/wmebv/producten/PD-0001/antwoorden"),
        (MessageType, "W04", "/wmebv/berichten/{id}/"),
        (Channel, "W22", "/wmebv/kanalen/{id}/"),
        (ChannelTemplate, "W22", "/wmebv/sjablonen/{id}/"),
        (GeneralAnswers, "W01", "/wmebv/organisatie/"),
    ],
)
def test_a_file_proves_an_answer_of_every_record(client, database, organisation, product, table, duty, page):
    subject_id, before, _ = stored(database, organisation, table, duty)
    about = {Product: "PD-0001", GeneralAnswers: "organisatie"}.get(table, subject_id)
    address = f"/wmebv/bewijs/{duty}/{about}/"
    page = page.format(id=subject_id)
    assert f'href="{address}"' in client.get(page).text
    assert client.post(address, files={"file": PDF}).status_code == 200
    _, document, names = stored(database, organisation, table, duty)
    assert (document, names) == (before or "bevestiging.pdf", ["bevestiging.pdf"])
    assert "bevestiging.pdf" in client.get(page).text
    with database.read(organisation.id) as session:
        file_id = session.exec(select(InternalFile.id)).one()
    assert client.get(f"{address}{file_id}").content == PDF[1]
    client.post(f"{address}{file_id}/weghalen")
    assert stored(database, organisation, table, duty)[1:] == (before, [])
    with database.read(organisation.id) as session:
        told = session.exec(select(audit.AuditEvent.action).order_by(audit.AuditEvent.sequence.desc()).limit(3)).all()
        assert [one.rpartition(":")[2] for one in told] == ["detach", "download", "attach"]


def test_a_file_counts_as_evidence_of_a_ja_without_any(client, database, organisation, product, actor):
    with database.write(organisation.id) as session:
        channel = session.exec(select(Channel)).one()
        services.answer(
            session,
            channel,
            answer("W22", Value.YES, evidence_url="", evidence_on=None, answered_on=clock.today()),
            actor=actor,
        )

    def gaps():
        with database.read(organisation.id) as session:
            found = services.finding_rows_of(session, session.exec(select(Product)).one(), clock.today())
            return [row.rule_id for row in found if row.rule_id == "W22"]

    assert gaps() == ["W22"]
    client.post(f"/wmebv/bewijs/W22/{channel.id}/", files={"file": PDF})
    assert gaps() == []


@pytest.mark.on_both
def test_what_is_not_answered_or_no_file_is_refused_with_a_sentence(client, database, organisation, product):
    unanswered = client.post("/wmebv/bewijs/Z03/PD-0001/", files={"file": PDF})
    assert (unanswered.status_code, "Beantwoord eerst Z03" in unanswered.text) == (422, True)
    strange = client.post("/wmebv/bewijs/W03/PD-0001/", files={"file": ("film.mp4", b"x" * 20)})
    assert (strange.status_code, "Maak er een PDF van" in strange.text) == (422, True)
    assert "Kies eerst een bestand." in client.post("/wmebv/bewijs/W03/PD-0001/", data={}).text
    assert client.get("/wmebv/bewijs/W99/PD-0001/").status_code == 404
    assert client.get("/wmebv/bewijs/W03/PD-0009/").status_code == 404
    with database.read(organisation.id) as session:
        assert session.exec(select(InternalFile)).all() == []
