"""The pages of digitaal zakendoen, as three people see them; every page fetched here is inspected too."""

import json

import pypdfium2
import pytest
from lxml import html
from sqlmodel import select

from core import clock
from core.audit import AuditEvent
from support.inventories import good_channel, good_message, good_outgoing, good_product
from support.pages import Visit, field, filled_in
from wmebv import public, queries, rows, services
from wmebv.content import Answer, LegalBasis, ProductContent, Value
from wmebv.duties import duties
from wmebv.models import Channel, GeneralAnswers, MessageType, Product
from wmebv.report import gap_report


@pytest.fixture
def product(database, organisation, actor):
    """Kapvergunning, with one message in, one out, and one channel."""
    with database.write(organisation.id) as session:
        services.add_channel(session, good_channel(), actor=actor)
        made = services.add_product(session, good_product(), actor=actor)
        services.add_message_type(session, made, good_message(), actor=actor)
        services.add_message_type(session, made, good_outgoing(), actor=actor)
    return made


@pytest.fixture
def stored(database, organisation):
    """Look at what is stored now."""

    def look(read):
        with database.read(organisation.id) as session:
            return read(session)

    return look


def text(answer):
    return " ".join(html.document_fromstring(answer.text).text_content().split())


def content_now(stored):
    return stored(lambda session: rows.product_content(session.exec(select(Product)).one()))


def test_every_page_opens_when_nothing_is_there_yet(client):
    for address in (
        "",
        "producten/",
        "producten/nieuw",
        "kanalen/",
        "kanalen/nieuw",
        "organisatie/",
        "rapport/",
        "besluit/",
        "doelen/",
    ):
        assert client.get(f"/wmebv/{address}").status_code == 200


def test_every_page_of_a_product_opens(client, product, stored):
    message, channel = product.messages[0].id, stored(lambda session: session.exec(select(Channel.id)).one())
    outgoing = product.messages[1].id
    for address in (
        "",
        "producten/",
        "producten/PD-0001/",
        "producten/PD-0001/bewerken",
        "producten/PD-0001/antwoorden",
        "producten/PD-0001/bericht",
        f"berichten/{message}/",
        f"berichten/{outgoing}/",
        f"berichten/{message}/bewerken",
        "kanalen/",
        f"kanalen/{channel}/",
        f"kanalen/{channel}/bewerken",
        "rapport/",
    ):
        assert client.get(f"/wmebv/{address}").status_code == 200, address


def test_a_product_is_added_with_the_form(client, stored):
    values = {"name": "Paspoort", "team": "Burgerzaken", "legal_bases-0-law": "Paspoortwet", "yearly_volume": "1200"}
    answer = Visit(client, "/wmebv/producten/nieuw").submit(audiences=["particulier"], **values)
    assert answer.url.path == "/wmebv/producten/PD-0001/"
    assert content_now(stored) == ProductContent(
        name="Paspoort",
        team="Burgerzaken",
        audiences=("particulier",),
        yearly_volume=1200,
        legal_bases=(LegalBasis(law="Paspoortwet"),),
    )


def test_a_form_with_a_fault_comes_back_with_what_was_typed(client, product, stored):
    answer = Visit(client, "/wmebv/producten/PD-0001/bewerken").submit(name=" ", yearly_volume="veel")
    assert answer.status_code == 422
    assert field(answer, "yearly_volume") == "veel"
    assert "Vul bij 'Hoe vaak per jaar' een heel getal in." in text(answer)
    assert content_now(stored) == good_product()


def test_an_address_that_is_none_is_refused_beside_its_field(client, product, stored):
    answer = Visit(client, "/wmebv/producten/PD-0001/bewerken").submit(
        **{"legal_bases-0-law": "Wet", "legal_bases-0-url": "javascript:alert(1)"}
    )
    assert answer.status_code == 422
    page = html.document_fromstring(answer.text)
    assert page.xpath("//*[@id='foutmelding']//a/@href") == ["#veld-legal_bases-0-url"]
    assert content_now(stored) == good_product()


def test_saving_the_form_as_it_stands_changes_nothing(client, product, stored):
    Visit(client, "/wmebv/producten/PD-0001/bewerken").submit()
    assert content_now(stored) == good_product()
    message = stored(lambda session: session.exec(select(MessageType)).first())
    Visit(client, f"/wmebv/berichten/{message.id}/bewerken").submit()
    channel = stored(lambda session: session.exec(select(Channel)).one())
    Visit(client, f"/wmebv/kanalen/{channel.id}/bewerken").submit()
    Visit(client, f"/wmebv/berichten/{message.id}/", form=0).submit()
    Visit(client, f"/wmebv/kanalen/{channel.id}/", form=0).submit()
    Visit(client, "/wmebv/producten/PD-0001/antwoorden").submit()
    entry = stored(lambda session: services.inventory(session, clock.today())).products[0]
    assert (entry.content, entry.messages[0].content) == (good_product(), good_message())
    assert entry.messages[0].channels == (good_channel(),)


def test_two_people_at_once_get_a_conflict_and_no_text_is_lost(client, product, stored, database, organisation, actor):
    visit = Visit(client, "/wmebv/producten/PD-0001/bewerken")
    with database.write(organisation.id) as session:
        other = queries.find_product(session, "PD-0001")
        changed = rows.product_content(other).model_copy(update={"note": "Van Bram"})
        services.change_product(session, other, changed, version=other.version, actor=actor)
    answer = visit.submit(name="Mijn naam")
    assert (answer.status_code, field(answer, "name")) == (409, "Mijn naam")
    assert content_now(stored).name == "Kapvergunning"


def test_questions_about_a_message_are_answered_on_one_screen(client, product, stored):
    message = product.messages[0].id
    Visit(client, f"/wmebv/berichten/{message}/", form=0).submit(
        **{"W04-value": "nee", "W04-note": "Nog regelen", "Z05-value": "ja", "Z05-text": "Stuur een brief."}
    )
    found = stored(lambda session: {a.duty: a for a in rows.answers_of(queries.find_message(session, message))})
    assert (found["W04"].value, found["W04"].note) == (Value.NO, "Nog regelen")
    assert (found["Z05"].text, found["Z05"].answered_on) == ("Stuur een brief.", clock.today())
    assert found["Z05"].answered_by == "Wmebv coordinator"
    kept = next(answer for answer in good_message().answers if answer.duty == "W05")
    assert found["W05"] == kept


def test_save_and_next_goes_on_to_the_next_message_without_answers(client, product, database, organisation, actor):
    with database.write(organisation.id) as session:
        made = queries.find_product(session, "PD-0001")
        for name in ("Tweede", "Derde"):
            services.add_message_type(session, made, good_message(name=name, answers=()), actor=actor)
        first, _, second, third = (message.id for message in made.messages)

    def save(message, **typed):
        return client.post(f"/wmebv/berichten/{message}/", data={"version": "1", "verder": "ja"} | typed)

    assert "Nog 2 berichten zonder antwoorden" in text(client.get(f"/wmebv/berichten/{first}/"))
    assert save(second).url.path == f"/wmebv/berichten/{third}/"  # nothing was answered: it is skipped, and waits
    answer = save(third, **{"W04-value": "ja"})
    assert answer.url.path == f"/wmebv/berichten/{second}/"
    answer = save(second, **{"W04-value": "nee"})
    assert (answer.url.path, "Er wacht geen ander bericht meer." in text(answer)) == (
        f"/wmebv/berichten/{second}/",
        True,
    )


def test_each_question_has_its_article_help_and_an_example(client, product):
    shown = text(client.get(f"/wmebv/berichten/{product.messages[0].id}/"))
    for code in ("W04", "W05", "W09", "W11", "W13", "W33"):
        duty = duties()[code]
        assert all(words in shown for words in (duty.question, duty.obliges, duty.example, duty.article)), code


def test_a_message_says_how_its_product_and_channels_stand(client, product):
    page = html.document_fromstring(client.get(f"/wmebv/berichten/{product.messages[0].id}/").text)
    table = page.xpath("//table[contains(caption, 'ook voor dit bericht')]")[0]
    rows_shown = [" ".join(row.text_content().split()) for row in table.xpath(".//tbody/tr")]
    assert rows_shown == ["Product: Kapvergunning 3 van 3", "Kanaal: Formulier kapvergunning 8 van 8"]


def test_answers_that_were_checked_get_todays_date(client, product, stored):
    message = product.messages[0].id
    visit = Visit(client, f"/wmebv/berichten/{message}/", form=0)
    visit.submit(checked="on")
    found = stored(lambda session: rows.answers_of(queries.find_message(session, message)))
    assert {answer.answered_on for answer in found} == {clock.today()}


def test_a_note_without_an_answer_is_kept_as_not_known_yet(client, product, stored):
    Visit(client, "/wmebv/producten/PD-0001/antwoorden").submit(**{"Z07-note": "Vraag het de balie"})
    found = {answer.duty: answer for answer in content_now(stored).answers}
    assert (found["Z07"].value, found["Z07"].note) == (Value.UNKNOWN, "Vraag het de balie")


def test_only_questions_that_apply_are_shown(client, product, database, organisation, actor):
    def asked():
        page = html.document_fromstring(client.get(f"/wmebv/berichten/{product.messages[0].id}/").text)
        return {name.split("-")[0] for name in page.xpath("//main//@name") if name[:1] in "WZ"}

    assert asked() == {"W04", "W05", "W09", "W11", "W13", "W33", "Z05"}
    law = Answer(duty="W09", choices=("verplicht_fysiek",), law="Paspoortwet", article="28", answered_on=clock.today())
    with database.write(organisation.id) as session:
        services.answer(session, queries.find_message(session, product.messages[0].id), law, actor=actor)
    assert asked() == {"W04", "W05", "W09", "W33", "Z05"}
    shown = text(client.get(f"/wmebv/berichten/{product.messages[0].id}/"))
    assert "Verplicht fysiek, dus zelf langskomen: Paspoortwet, 28. Daarom geldt hier niet: digitaal te sturen" in shown
    law = law.model_copy(update={"choices": ("verplicht_digitaal",)})
    with database.write(organisation.id) as session:
        services.answer(session, queries.find_message(session, product.messages[0].id), law, actor=actor)
    assert asked() == {"W05", "W09", "W11", "W13", "W33", "Z05"}
    shown = text(client.get(f"/wmebv/berichten/{product.messages[0].id}/"))
    assert "Verplicht digitaal: Paspoortwet, 28. Daarom geldt hier niet: ook zonder computer (W04)." in shown


def test_what_was_typed_at_a_question_that_another_closed_meanwhile_is_not_lost(
    client, product, stored, database, organisation, actor
):
    address = f"/wmebv/berichten/{product.messages[0].id}/"
    visit = Visit(client, address, form=0)
    law = Answer(duty="W09", choices=("verplicht_fysiek",), law="Paspoortwet", article="28", answered_on=clock.today())
    with database.write(organisation.id) as session:
        services.answer(session, queries.find_message(session, product.messages[0].id), law, actor=actor)
    conflict = visit.submit(**{"W11-value": "ja", "W11-note": "Vraag het de balie"})
    assert (conflict.status_code, "Vraag het de balie" in text(conflict)) == (409, True)
    page = html.document_fromstring(conflict.text)
    form = next(one for one in page.forms if one.get("action") == address)
    client.post(address, data=filled_in(form, {}))
    found = stored(
        lambda session: {a.duty: a for a in rows.answers_of(queries.find_message(session, product.messages[0].id))}
    )
    assert (found["W11"].note, found["W09"].choices) == ("Vraag het de balie", ("verplicht_fysiek",))


def test_an_article_that_was_not_looked_up_says_so(client, product):
    answer = client.get(f"/wmebv/berichten/{product.messages[0].id}/")
    assert "(nakijken)" in text(answer)


def test_a_message_is_added_with_its_channel(client, product, stored):
    values = {"name": "Bezwaar", "kind": "bezwaar", "official": "ja", "channels-0-channel": "Formulier kapvergunning"}
    answer = Visit(client, "/wmebv/producten/PD-0001/bericht").submit(**values)
    assert answer.status_code == 200
    names = stored(lambda session: [m.name for m in queries.find_product(session, "PD-0001").messages])
    assert names == ["Aanvraag kapvergunning", "Besluit kapvergunning", "Bezwaar"]


def test_a_message_that_is_no_more_can_lapse(client, product, stored):
    message = product.messages[1].id
    answer = client.post(f"/wmebv/berichten/{message}/vervallen", data={"version": str(product.messages[1].version)})
    assert "Vervallen: Besluit kapvergunning." in text(answer)


def test_a_channel_is_added_and_a_name_is_given_once(client, stored):
    assert Visit(client, "/wmebv/kanalen/nieuw").submit(name="Portaal", url="https://voorbeeld.nl").status_code == 200
    again = Visit(client, "/wmebv/kanalen/nieuw").submit(name="Portaal")
    assert (again.status_code, field(again, "name")) == (409, "Portaal")


def test_the_list_of_channels_is_shown_in_pages(client, product, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 1)
    Visit(client, "/wmebv/kanalen/nieuw").submit(name="Portaal")
    first, second, beyond = (text(client.get(f"/wmebv/kanalen/{query}")) for query in ("", "?pagina=2", "?pagina=9"))
    assert ("Formulier kapvergunning" in first, "Portaal" in first) == (True, False)
    assert "Pagina 2 van 2 (2 in totaal)" in second
    assert ("Formulier kapvergunning" in second, "Portaal" in second) == (False, True)
    assert beyond == second


def test_questions_about_the_organisation_are_answered_and_signed_off(client, stored):
    Visit(client, "/wmebv/organisatie/", form=0).submit(
        **{"W20-value": "ja", "W20-evidence_url": "https://voorbeeld.nl"}
    )
    Visit(client, "/wmebv/organisatie/").submit(by="Directeur dienstverlening")
    general = stored(lambda session: session.exec(select(GeneralAnswers)).one())
    assert (general.signed_off_by, [answer.duty for answer in general.answers]) == (
        "Directeur dienstverlening",
        ["W20"],
    )


def test_of_two_who_give_the_first_answers_about_the_organisation_the_second_is_told(client, stored):
    """Both saw a page on which nothing stood yet; there was no record either."""
    first, second = (Visit(client, "/wmebv/organisatie/", form=0) for _ in range(2))
    assert first.submit(**{"W01-note": "Van Aisha"}).status_code == 200
    told = second.submit(**{"W01-note": "Van Bram"})
    assert (told.status_code, field(told, "W01-note")) == (409, "Van Bram")
    general = stored(lambda session: session.exec(select(GeneralAnswers)).one())
    assert [answer.note for answer in general.answers] == ["Van Aisha"]


def test_a_product_is_established_from_its_page_and_from_the_list(client, product, stored):
    client.post("/wmebv/producten/PD-0001/vaststellen")
    assert [shown.name for shown in stored(public.public_products)] == ["Kapvergunning"]
    again = client.post("/wmebv/producten/PD-0001/vaststellen")
    assert again.status_code == 422
    Visit(client, "/wmebv/producten/PD-0001/bewerken").submit(name="Bomen kappen")
    client.post("/wmebv/producten/vaststellen", data={"product": ["PD-0001"]})
    assert [shown.version for shown in stored(public.public_products)] == [2]


def test_establishing_without_a_choice_says_what_to_do(client, product):
    answer = client.post("/wmebv/producten/vaststellen")
    assert answer.status_code == 422
    assert "Kies eerst een of meer producten in de lijst." in text(answer)


def test_a_product_ends_and_comes_back(client, product, stored):
    version = stored(lambda session: queries.find_product(session, "PD-0001").version)
    answer = client.post("/wmebv/producten/PD-0001/beeindigen", data={"version": str(version)})
    assert "Dit product is beëindigd" in text(answer)
    answer = client.post("/wmebv/producten/PD-0001/terugzetten", data={"version": str(version + 1)})
    assert "Dit product is beëindigd" not in text(answer)


def test_the_list_is_searched_and_says_when_nothing_fits(client, product):
    assert "Kapvergunning" in text(client.get("/wmebv/producten/?zoek=KAP"))
    assert "Er zijn geen producten die hierbij passen." in text(client.get("/wmebv/producten/?zoek=niets"))


def test_the_report_page_shows_the_counts_of_the_report(client, product, stored):
    report = stored(lambda session: gap_report(services.inventory(session, clock.today()), clock.today()))
    page = text(client.get("/wmebv/rapport/"))
    assert f"{report.products} product en {report.message_types} berichten" in page
    assert all(light.name in page for light in report.lights)
    assert json.loads(client.get("/wmebv/rapport/wmebv.json").text)["message_types"] == 2
    assert client.get("/wmebv/rapport/wmebv.xlsx").content[:2] == b"PK"
    assert client.get("/wmebv/rapport/wmebv.doc").status_code == 404


def test_what_does_not_exist_is_404(client, product):
    for address in ("producten/PD-0099/", "producten/x/", "berichten/x/", f"kanalen/{product.id}/"):
        assert client.get(f"/wmebv/{address}").status_code == 404


def test_who_reads_sees_no_buttons_and_changes_nothing(client_as, product, stored):
    reader = client_as("lezer")
    page = html.document_fromstring(reader.get("/wmebv/producten/PD-0001/").text)
    assert page.xpath("//main//form") == []
    for address in (
        "producten/nieuw",
        "producten/PD-0001/bewerken",
        "producten/PD-0001/antwoorden",
        "producten/PD-0001/vaststellen",
        "producten/PD-0001/beeindigen",
        "producten/vaststellen",
        f"berichten/{product.messages[0].id}/",
        "kanalen/nieuw",
        "organisatie/",
        "organisatie/aftekenen",
    ):
        assert reader.post(f"/wmebv/{address}", data={"name": "x"}).status_code == 403, address
    assert content_now(stored) == good_product()


def test_who_has_no_permission_sees_nothing(client_as, product):
    stranger = client_as("woo_redacteur")
    for address in ("", "producten/", "producten/PD-0001/", "kanalen/", "rapport/", "rapport/wmebv.csv"):
        assert stranger.get(f"/wmebv/{address}").status_code == 403, address


def test_help_sheet_is_one_page_and_its_download_is_kept(client, product, stored):
    answer = client.get("/wmebv/producten/PD-0001/hulpblad.pdf")
    document = pypdfium2.PdfDocument(answer.content)
    told = " ".join(document[0].get_textpage().get_text_bounded().split())
    assert len(document) == 1
    assert "Hulpblad: Kapvergunning" in told
    assert "Formulier kapvergunning (Webformulier): https://voorbeeld.nl/formulier" in told
    query = select(AuditEvent).where(AuditEvent.action == "wmebv:product:download")
    assert stored(lambda session: session.exec(query).one().subject_id) == product.id


def test_drafts_of_the_decision_and_the_plan_can_be_taken_along(client, product):
    assert "Formulier kapvergunning" not in client.get("/wmebv/besluit/").text
    for address in ("/wmebv/besluit/besluit", "/wmebv/acties/plan"):
        assert client.get(f"{address}.docx").content.startswith(b"PK")
        assert "<h1>" in client.get(f"{address}.html").text
        assert client.get(f"{address}.exe").status_code == 404
