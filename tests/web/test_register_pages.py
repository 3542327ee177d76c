"""The pages of the register: what comes back, what is refused, who may."""

from uuid import uuid4

import pytest
from lxml import html
from sqlalchemy import event
from sqlmodel import select

from core.organisations import add_organisation, change_organisation, the_organisation
from register import forms, queries, services
from register.content import (
    ActivityContent,
    Afterwards,
    DataItem,
    DataSet,
    Publication,
    Purpose,
    Regime,
    Retention,
    Status,
)
from register.lists import part_of
from register.models import ProcessingActivity
from register.starter import starter_contents
from support import pages
from support.pages import Visit
from support.register import COMPLETE, ESTABLISHER
from support.register_form import fill_in, pages_of


def field(answer, name):
    """What a browser shows: it drops the line break with which a text area opens."""
    return (pages.field(answer, name) or "").removeprefix("\n")


@pytest.fixture
def stored(database, organisation):
    """Put a record in the register; gives its kenmerk."""

    def store(content=COMPLETE, *, establish=False):
        with database.write(organisation.id) as session:
            activity = services.add(session, content, actor=ESTABLISHER)
            if establish:
                from core.audit import COMMAND_LINE

                services.establish(session, activity, actor=COMMAND_LINE)
            return activity.kenmerk

    return store


@pytest.fixture
def content_of(database, organisation):
    def load(kenmerk):
        with database.read(organisation.id) as session:
            return services.content_of(queries.find(session, kenmerk))

    return load


@pytest.fixture
def status_of(database, organisation):
    def load(kenmerk):
        with database.read(organisation.id) as session:
            return queries.find(session, kenmerk).status

    return load


def test_a_new_processing_is_added_page_by_page(client, content_of):
    answer = Visit(client, "/register/nieuw").submit(
        name="Parkeervergunning", reviewed_on="21-11-2026", team="Team Parkeren"
    )
    assert (answer.status_code, answer.url.path) == (200, "/register/VW-0001/bewerken/herkenning")
    fill_in(
        client,
        "VW-0001",
        **{
            "purposes-0-text": "Beslissen over een aanvraag voor een vergunning.",
            "purposes-0-laws-0-name": "Parkeerverordening",
            "data_sets-0-data_subject": "Inwoners",
            "data_sets-0-own_kinds-0-label": "Kleur van de auto",
        },
    )
    content = content_of("VW-0001")
    assert content.data_sets[0].data_subject == "inwoner"
    assert content.data_sets[0].data[0].label == "Kleur van de auto"
    assert (content.purposes[0].laws[0].name, content.team) == ("Parkeerverordening", "Team Parkeren")
    assert str(content.reviewed_on) == "2026-11-21"


def test_a_new_processing_begins_with_the_sentence_on_security_of_the_organisation(
    client, content_of, database, organisation
):
    """AVG art. 30 lid 1 onder g: the page of the organisation promises it."""
    with database.write(organisation.id) as session:
        here = the_organisation(session)
        change = {"security_sentence": "Wij volgen de BIO2."}
        change_organisation(session, here, change, version=here.version, actor=ESTABLISHER)
    Visit(client, "/register/nieuw").submit(name="Parkeervergunning")
    client.post("/register/voorbeelden", data={"voorbeeld": starter_contents()[0].based_on})
    assert {content_of(kenmerk).security for kenmerk in ("VW-0001", "VW-0002")} == {"Wij volgen de BIO2."}


def test_save_and_go_on_leads_through_all_pages(client):
    answer = Visit(client, "/register/nieuw").submit(("action", "next"), name="Parkeervergunning")
    seen = [answer.url.path]
    while "Opslaan en verder" in answer.text:
        answer = Visit(client, seen[-1]).submit(("action", "next"))
        seen.append(answer.url.path)
    assert seen == pages_of("VW-0001")[2:]  # on the second page nothing is asked of who decides alone


def test_the_menu_says_how_far_each_page_is(client, stored):
    empty, full = stored(ActivityContent(name="Parkeren")), stored()

    def notes(kenmerk):
        page = html.document_fromstring(client.get(f"/register/{kenmerk}/bewerken/doel").text)
        items = page.xpath("//nav[@aria-label='Onderdelen']//a")
        return {item.get("href").rsplit("/", 1)[1]: item.findtext("span") for item in items}

    assert (notes(empty)["doel"], notes(empty)["verbindingen"]) == ("1 te doen", "leeg")
    assert (notes(full)["doel"], "wpg" in notes(full)) == ("klaar", False)
    assert notes(full).pop("samenwerking") == "niet nodig"
    assert set(notes(full).values()) <= {"klaar", "leeg", "niet nodig", "1 let op", "2 let op"}


def test_the_page_about_police_data_is_there_for_police_data_only(client, stored):
    kenmerk = stored(ActivityContent(name="Handhaving", regime=Regime.WPG))
    page = html.document_fromstring(client.get(f"/register/{kenmerk}/bewerken/doel").text)
    assert page.xpath("//nav[@aria-label='Onderdelen']//a/@href")[-1] == f"/register/{kenmerk}/bewerken/wpg"


def test_a_page_that_is_not_in_the_menu_has_no_next_one(client, stored):
    address = f"/register/{stored()}/bewerken/wpg"
    assert client.post(address, data={"version": "1", "action": "next"}).url.path == address


def test_editing_begins_where_something_must_be_done(client, stored):
    kenmerk = stored(COMPLETE.model_copy(update={"retentions": ()}))
    assert client.get(f"/register/{kenmerk}/bewerken").url.path == f"/register/{kenmerk}/bewerken/bewaren"
    assert client.get(f"/register/{stored()}/bewerken").url.path.endswith("/bewerken/herkenning")
    assert client.get(f"/register/{kenmerk}/bewerken/verzonnen").status_code == 404


def test_a_page_shows_what_must_be_done_on_it(client, stored):
    kenmerk = stored(ActivityContent(name="Parkeren"))
    page = html.document_fromstring(client.get(f"/register/{kenmerk}/bewerken/bewaren").text)
    assert page.xpath("//td[@data-label='Regel']//text()") == ["AVG-007"]
    (link,) = page.xpath("//table//th/a[1]/@href")
    assert link.split("#")[1] in page.xpath("//@id")


def test_what_follows_is_shown_before_it_is_saved(client, stored, content_of):
    kenmerk = stored(ActivityContent(name="Parkeren"))
    visit = Visit(client, f"/register/{kenmerk}/bewerken/gegevens")
    visit.form.xpath(".//input[@value='gezondheid']")[0].set("checked", "checked")
    answer = visit.submit(("action", "look"), **{"data_sets-0-data_subject": "Kinderen jonger dan 16 jaar"})
    said = html.document_fromstring(answer.text).get_element_by_id("gevolg").text_content()
    assert ("Gezondheid" in said, "Kinderen onder 16" in said) == (True, True)
    assert content_of(kenmerk).data_sets == ()


def test_a_period_is_taken_over_from_the_selection_list(client, stored, content_of):
    kenmerk = stored(ActivityContent(name="Hulp"))
    found = client.get("/register/selectielijst?zoek=WMO+voorziening&rij=retentions-0").text
    button = html.document_fromstring(found).xpath("//button[@name='action']/@value")[0]
    assert button == "choose:retentions-0:8.1.1"
    address = f"/register/{kenmerk}/bewerken/bewaren"
    answer = Visit(client, address).submit(("action", button), **{"retentions-0-text": "Zolang het moet."})
    page = html.document_fromstring(answer.text, base_url="http://localhost")
    form = next(form for form in page.forms if form.get("id") == "formulier")
    client.post(address, data=pages.filled_in(form, {}))
    (line,) = content_of(kenmerk).retentions
    assert (line.selection_list, line.duration, line.text) == (("8.1.1",), "P15Y", "Zolang het moet.")
    assert (line.trigger, line.afterwards) == ("na het afsluiten van de zaak", Afterwards.DESTROY)
    assert "Niets gevonden" in client.get("/register/selectielijst?zoek=xyzzy").text


@pytest.mark.on_both
def test_a_period_goes_with_its_group_of_people(client, stored, content_of):
    sets = tuple(DataSet(data_subject=name, data=(DataItem(code="naam"),)) for name in ("inwoner", "ondernemer"))
    lines = tuple(Retention(data_set=number, text=f"Termijn {number}") for number in (0, 1, 2))
    kenmerk = stored(ActivityContent(name="Parkeren", data_sets=sets, retentions=lines))
    address = f"/register/{kenmerk}/bewerken/gegevens"
    answer = Visit(client, address).submit(("action", "remove:data_sets-0"))
    page = html.document_fromstring(answer.text, base_url="http://localhost")
    form = next(form for form in page.forms if form.get("id") == "formulier")
    client.post(address, data=pages.filled_in(form, {}))
    content = content_of(kenmerk)
    assert [one.data_subject for one in content.data_sets] == ["ondernemer"]
    assert [(line.data_set, line.text) for line in content.retentions] == [(0, "Termijn 0"), (1, "Termijn 2")]


def test_two_people_on_two_pages_are_no_conflict(client, stored, content_of):
    kenmerk = stored()
    first, second = (Visit(client, f"/register/{kenmerk}/bewerken/{part}") for part in ("beveiliging", "rechten"))
    assert first.submit(security="Wij volgen de BIO.").status_code == 200
    assert second.submit(privacy_notice="https://openboek.example/privacy").status_code == 200
    content = content_of(kenmerk)
    assert (content.security, content.privacy_notice) == ("Wij volgen de BIO.", "https://openboek.example/privacy")
    assert content.purposes == COMPLETE.purposes


def test_two_people_on_one_page_are_one(client, stored):
    kenmerk = stored()
    first, second = (Visit(client, f"/register/{kenmerk}/bewerken/beveiliging") for _ in range(2))
    assert first.submit(security="Wij volgen de BIO.").status_code == 200
    assert second.submit(security="Wij volgen NEN 7510.").status_code == 409


@pytest.mark.parametrize("number", range(0, 78, 11))
def test_saving_the_form_untouched_changes_nothing(client, stored, content_of, number):
    content = starter_contents()[number]
    kenmerk = stored(content)
    for address in pages_of(kenmerk):
        assert Visit(client, address).submit().url.path == address
    assert content_of(kenmerk) == content


def test_saving_the_complete_record_untouched_changes_nothing(client, stored, content_of, status_of):
    kenmerk = stored(establish=True)
    for address in pages_of(kenmerk):
        Visit(client, address).submit()
    assert (content_of(kenmerk), status_of(kenmerk)) == (COMPLETE, Status.ESTABLISHED)


def test_the_form_comes_back_with_what_was_typed(client, database, organisation):
    visit = Visit(client, "/register/nieuw")
    answer = visit.submit(name="  ", explanation="Vergunning", reviewed_on="32-13-2026")
    assert (answer.status_code, field(answer, "explanation")) == (422, "Vergunning")
    assert field(answer, "reviewed_on") == "32-13-2026"
    messages = html.document_fromstring(answer.text).xpath("//*[@id='foutmelding']//a/text()")
    assert messages == [
        "Vul in: 'Naam van de verwerking'.",
        "Vul bij 'Laatst gecontroleerd op' een datum in, zoals 21-11-2026.",
    ]
    with database.read(organisation.id) as session:
        assert session.exec(select(ProcessingActivity)).all() == []


@pytest.mark.parametrize(
    ("part", "typed"),
    [
        ("herkenning", {"name": "x" * 121, "publish_from": "morgen"}),
        ("doel", {"purposes-0-text": "y" * 601, "purposes-0-interests_assessed_on": "ooit"}),
        ("gegevens", {"bsn_law": "z" * 301, "data_sets-0-data_subject": "z" * 301}),
    ],
)
def test_every_error_links_to_a_field_that_is_on_the_page(client, stored, part, typed):
    answer = Visit(client, f"/register/{stored(ActivityContent(name='Parkeren'))}/bewerken/{part}").submit(**typed)
    page = html.document_fromstring(answer.text)
    targets = [link.lstrip("#") for link in page.xpath("//*[@id='foutmelding']//a/@href")]
    assert (answer.status_code, len(targets)) == (422, 2)
    assert set(targets) <= set(page.xpath("//@id"))


def test_a_button_adds_a_row_and_keeps_what_was_typed(client, stored, content_of):
    kenmerk = stored(ActivityContent(name="Parkeren"))
    visit = Visit(client, f"/register/{kenmerk}/bewerken/doel")
    answer = visit.submit(("action", "add:purposes"), **{"purposes-0-text": "Vergunning"})
    assert (answer.status_code, field(answer, "purposes-0-text"), field(answer, "purposes-1-text")) == (
        200,
        "Vergunning",
        "",
    )
    answer = visit.submit(("action", "add:purposes-0-laws"), **{"purposes-0-laws-0-name": "Wmo 2015"})
    assert field(answer, "purposes-0-laws-1-name") == ""
    answer = visit.submit(("action", "add:purposes-0-laws"), **{"purposes-0-laws-0-name": ""})
    assert field(answer, "purposes-0-laws-1-name") == ""  # also beside an empty one
    answer = visit.submit(("action", "remove:purposes-0"))
    assert field(answer, "purposes-0-text") == ""
    assert content_of(kenmerk).purposes == ()


@pytest.mark.on_both
def test_the_record_page_shows_findings_with_their_article_and_a_link_to_the_field(client, stored):
    kenmerk = stored(ActivityContent(name="Parkeren", purposes=(Purpose(text="Vergunning", legal_bases=("6-1-e",)),)))
    page = html.document_fromstring(client.get(f"/register/{kenmerk}/").text)
    links = dict(
        zip(page.xpath("//td[@data-label='Regel']//text()"), page.xpath("//table//th/a[1]/@href"), strict=True)
    )
    assert links["AVG-031"] == f"/register/{kenmerk}/bewerken/doel#lijst-purposes-0-laws"
    forms = {address: html.document_fromstring(client.get(address).text) for address in pages_of(kenmerk)}
    ids = {f"{address}#{name}" for address, form in forms.items() for name in form.xpath("//@id")}
    assert {link for link in links.values() if link.startswith("/register/")} <= ids


def test_a_value_that_is_not_filled_in_is_never_shown_as_no(client, stored):
    kenmerk = stored(ActivityContent(name="Parkeren"))
    page = html.document_fromstring(client.get(f"/register/{kenmerk}/").text)
    words = {row.findtext("dt"): row.find("dd").text_content().strip() for row in page.xpath("//main//dl/div")}
    assert words["Gaan gegevens naar buiten de EER"] == "niet ingevuld"
    assert words["Maken we een profiel"] == "niet ingevuld"


def test_establishing_from_the_page(client, stored, status_of):
    kenmerk = stored()
    answer = Visit(client, f"/register/{kenmerk}/", form=0).submit()
    assert (answer.status_code, status_of(kenmerk)) == (200, Status.ESTABLISHED)
    assert client.get(f"/register/{kenmerk}/v1/").status_code == 200
    assert client.get(f"/register/{kenmerk}/v2/").status_code == 404


def test_establishing_with_errors_names_them_and_changes_nothing(client, stored, status_of):
    kenmerk = stored(ActivityContent(name="Parkeren"))
    answer = Visit(client, f"/register/{kenmerk}/", form=0).submit()
    assert (answer.status_code, status_of(kenmerk)) == (422, Status.CONCEPT)
    assert "Er zijn nog fouten. Los die eerst op." in answer.text


def test_what_changed_since_the_page_was_opened_is_not_established(client, stored, status_of, database, organisation):
    kenmerk = stored()
    visit = Visit(client, f"/register/{kenmerk}/", form=0)
    with database.write(organisation.id) as session:
        activity = queries.find(session, kenmerk)
        theirs = COMPLETE.model_copy(update={"name": "Parkeerkaart"})
        services.change(session, activity, theirs, version=activity.version, actor=ESTABLISHER)
    assert (visit.submit().status_code, status_of(kenmerk)) == (409, Status.CONCEPT)


def test_ending_and_taking_back(client, stored, status_of):
    kenmerk = stored(establish=True)
    visit = Visit(client, f"/register/{kenmerk}/beeindigen")
    answer = visit.submit(on="01-01-2019", reason="De regeling is vervallen.")
    assert (answer.status_code, field(answer, "reason")) == (422, "De regeling is vervallen.")
    assert visit.submit(on="01-03-2026", reason="De regeling is vervallen.").status_code == 200
    assert status_of(kenmerk) is Status.ENDED
    assert client.get(f"/register/{kenmerk}/bewerken").status_code == 422
    Visit(client, f"/register/{kenmerk}/", form=0).submit()
    assert status_of(kenmerk) is Status.CONCEPT


def names(answer):
    return html.document_fromstring(answer.text).xpath("//tbody//th/a/text()")


def test_the_list_searches_without_case_or_accents_and_filters(client, stored):
    stored(ActivityContent(name="Eén loket", domain="dienstverlening"))
    stored(ActivityContent(name="Parkeren", purposes=(Purpose(text="Controle op straat"),)))
    stored(establish=True)
    assert names(client.get("/register/?zoek=EÉN+loket")) == ["Eén loket"]
    assert names(client.get("/register/?zoek=straat+controle")) == ["Parkeren"]
    assert names(client.get("/register/?zoek=kenteken")) == ["Parkeervergunning"]
    assert names(client.get("/register/?zoek=vw-0002")) == ["Parkeren"]
    assert names(client.get("/register/?zoek=100%25")) == []
    assert names(client.get("/register/?status=vastgesteld")) == ["Parkeervergunning"]
    assert names(client.get("/register/?status=bestaat-niet")) == []
    assert names(client.get("/register/?onderwerp=dienstverlening")) == ["Eén loket"]


@pytest.mark.on_both
def test_the_list_has_pages_of_fifty(client, database, organisation):
    with database.write(organisation.id) as session:
        for number in range(51):
            services.add(session, ActivityContent(name=f"Verwerking {number}"), actor=ESTABLISHER)
    assert len(names(client.get("/register/"))) == 50
    assert names(client.get("/register/?pagina=2")) == ["Verwerking 50"]
    assert names(client.get("/register/?pagina=99")) == ["Verwerking 50"]
    assert len(names(client.get("/register/?pagina=x"))) == 50


@pytest.mark.on_both
@pytest.mark.parametrize("address", ["/register/", "/register/bevindingen"])
def test_the_number_of_queries_does_not_grow_with_the_rows(client, stored, database, address):
    def queries_of_a_page() -> int:
        counted: list[str] = []

        def count(_connection, _cursor, statement, *_rest):
            counted.append(statement)

        client.get(address)  # the first look works out what changed; see test_register_listing
        event.listen(database.engine, "before_cursor_execute", count)
        assert client.get(address).status_code == 200
        event.remove(database.engine, "before_cursor_execute", count)
        return len(counted)

    stored(starter_contents()[0])
    few = queries_of_a_page()
    for content in starter_contents()[1:8]:
        stored(content)
    assert queries_of_a_page() == few


def test_the_findings_page_shows_all_and_filters(client, stored):
    stored(ActivityContent(name="Parkeren"))
    page = html.document_fromstring(client.get("/register/bevindingen?ernst=fout").text)
    assert {badge.text_content().strip() for badge in page.xpath("//main//tbody//*[contains(@class,'ob-badge')]")} == {
        "Fout"
    }


def test_a_reader_reads_and_does_not_change(client_as, stored):
    kenmerk = stored()
    reader = client_as("lezer")
    assert [reader.get(address).status_code for address in ("/register/", f"/register/{kenmerk}/")] == [200, 200]
    assert [reader.get(f"/register/{kenmerk}/{page}").status_code for page in ("bewerken", "beeindigen")] == [403, 403]
    assert [
        reader.post(f"/register/{kenmerk}/{verb}", data={}).status_code
        for verb in ("bewerken/doel", "vaststellen", "beeindigen", "concept", "kopie")
    ] == [403] * 5
    assert "Bewerken" not in reader.get(f"/register/{kenmerk}/").text


def test_a_contributor_does_not_establish(client_as, stored):
    kenmerk = stored()
    contributor = client_as("invuller")
    assert contributor.get(f"/register/{kenmerk}/bewerken").status_code == 200
    assert contributor.post(f"/register/{kenmerk}/vaststellen", data={}).status_code == 403


def test_a_record_of_another_organisation_is_not_found(client, database, actor):
    with database.write(None) as session:
        other = add_organisation(
            session,
            code="gm0153",
            name="Gemeente Enschede",
            base_url="https://enschede.example",
            tooi_uri="https://identifier.overheid.nl/tooi/id/gemeente/gm0153",
            tooi_label="gemeente Enschede",
            actor=actor,
        ).id
    with database.write(other) as session:
        activity = services.add(session, COMPLETE, actor=actor)
        found = (activity.kenmerk, activity.id)
    for name in (*found, uuid4(), "VW-9999", "onzin"):
        assert client.get(f"/register/{name}/").status_code == 404


def test_a_limited_record_says_why_in_the_form_only(client, stored):
    kenmerk = stored(
        COMPLETE.model_copy(update={"publication": Publication.LIMITED, "publication_reason": "Opsporing"})
    )
    answer = client.get(f"/register/{kenmerk}/bewerken/herkenning")
    assert field(answer, "publication_reason").strip() == "Opsporing"


def test_every_field_of_the_content_is_on_the_form():
    def names_of(model, prefix=""):
        for name, info in model.model_fields.items():
            part, is_list = part_of(info)
            if part:
                yield from names_of(part, f"{prefix}{name}-*-" if is_list else f"{prefix}{name}-")
            else:
                yield f"{prefix}{name}"

    hidden = {"data_sets-*-own_kinds-*-code"}  # an own kind has no code
    assert set(names_of(forms.ActivityInput)) - hidden == set(forms.labels())


def test_an_empty_register_says_that_it_is_empty(client):
    assert "Er staat nog niets in het register." in client.get("/register/").text


def test_a_copy_is_a_concept_of_its_own(client, stored, content_of, status_of):
    kenmerk = stored(COMPLETE.model_copy(update={"external_number": "42"}), establish=True)
    visit = next(
        v
        for n in range(9)
        if (v := Visit(client, f"/register/{kenmerk}/", form=n)).form.get("action").endswith("/kopie")
    )
    answer = visit.submit()
    assert (answer.url.path, "Dit is de kopie." in answer.text) == ("/register/VW-0002/bewerken/herkenning", True)
    copied = content_of("VW-0002")
    assert (copied.name, copied.based_on) == (f"Kopie van {COMPLETE.name}", kenmerk)
    assert (copied.purposes, copied.data_sets, copied.external_number) == (COMPLETE.purposes, COMPLETE.data_sets, "")
    assert (copied.reviewed_on, copied.dpia.status, status_of("VW-0002")) == (None, "", Status.CONCEPT)
    assert content_of(kenmerk).external_number == "42"


def test_examples_are_taken_over_once(client, content_of):
    keys = [content.based_on for content in starter_contents()[:2]]
    page = client.get("/register/voorbeelden?zoek=ADRES").text
    assert ("Onderzoek naar een adres" in page, "Paspoort" in page) == (True, False)
    assert "Geen voorbeeld gevonden" in client.get("/register/voorbeelden?zoek=xyzzy").text
    for _ in range(2):
        answer = client.post("/register/voorbeelden", data={"voorbeeld": keys})
    assert (answer.url.path, len(names(client.get("/register/")))) == ("/register/", 2)
    assert content_of("VW-0001") == starter_contents()[0]
    assert "(staat al in het register)" in client.get("/register/voorbeelden").text


def test_every_field_says_why_it_is_asked_and_gives_an_example():
    said = {name: (len(words.why) > 20, len(words.example) > 2) for name, words in forms.labels().items()}
    assert {name for name, both in said.items() if both != (True, True)} == set()


def test_a_page_offers_the_lists_that_its_fields_ask_from_and_no_long_one_besides(client, stored):
    kenmerk, used = stored(), set()
    for group in forms.GROUPS:
        page = html.document_fromstring(client.get(f"/register/{kenmerk}/bewerken/{group.id}").text)
        asked, offered = set(page.xpath("//input/@list")), set(page.xpath("//datalist/@id"))
        assert asked <= offered
        assert offered <= {f"keuze-{kind}" for kind in group.kinds}
        used |= asked
    assert {"keuze-teams", "keuze-parties", "keuze-systems", "keuze-laws", "keuze-agreements"} <= used
