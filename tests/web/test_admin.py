"""Beheer: the settings of the municipality, the shared lists and the trail."""

from datetime import date

import pytest
from lxml import html
from sqlmodel import select

from core import audit
from core.audit import Actor, AuditEvent
from core.errors import BadInput
from core.organisations import (
    Body,
    Organisation,
    Party,
    System,
    Team,
    add_organisation,
    check_base_url,
    find_or_add,
    in_use,
    the_organisation,
)
from register import services as register
from register.content import ActivityContent, JointController, ProcessorUse, SystemUse
from support.pages import Visit, field
from support.register import COMPLETE

ACTOR = Actor("Aisha")


def summary(answer) -> list[tuple[str, str]]:
    """Each line of the error summary: where it points and what it says."""
    page = html.document_fromstring(answer.text)
    return [(link.get("href"), link.text_content()) for link in page.xpath("//*[@id='foutmelding']//a")]


def stored(database, organisation) -> Organisation:
    with database.read(organisation.id) as session:
        found = the_organisation(session)
        session.expunge(found)
    return found


# The municipality


def test_opening_and_saving_the_settings_changes_nothing(client, database, organisation):
    before = stored(database, organisation)
    answer = Visit(client, "/beheer/organisatie").submit()
    assert (answer.url.path, "Opgeslagen." in answer.text) == ("/beheer/", True)
    after = stored(database, organisation)
    assert after.model_dump(exclude={"version"}) == before.model_dump(exclude={"version"})
    assert after.four_eyes is True


def test_a_setting_is_changed_and_stands_in_the_trail(client, database, organisation):
    Visit(client, "/beheer/organisatie").submit(name="Gemeente Losser a/d Dinkel", phone="053 537 7444")
    with database.read(organisation.id) as session:
        event = session.exec(select(AuditEvent).order_by(AuditEvent.sequence.desc())).first()
        assert (event.actor, event.action, event.contents["after"]) == (
            "Aisha",
            "core:organisation:change",
            {"name": "Gemeente Losser a/d Dinkel", "phone": "053 537 7444"},
        )


def test_a_tick_can_be_taken_away_and_set_again(client, database, organisation):
    for ticked in (False, True):
        visit = Visit(client, "/beheer/organisatie")
        visit.form.inputs["four_eyes"].checked = ticked
        visit.submit()
        assert stored(database, organisation).four_eyes is ticked


def test_a_cooling_off_time_and_an_own_clock_are_set_and_shown(client, database, organisation):
    Visit(client, "/beheer/organisatie").submit(cooling_off_hours="24", nightly_at="03:15")
    after = stored(database, organisation)
    assert (after.four_eyes, after.cooling_off_hours, after.nightly_at) == (True, 24, "03:15")
    assert "door een ander dan de laatste bewerker, of na 24 uur" in client.get("/beheer/").text
    Visit(client, "/beheer/organisatie").submit(cooling_off_hours="", nightly_at="")
    after = stored(database, organisation)
    assert (after.cooling_off_hours, after.nightly_at) == (None, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [("cooling_off_hours", "0"), ("cooling_off_hours", "721"), ("cooling_off_hours", "veel"), ("nightly_at", "24:00")],
)
def test_a_time_that_cannot_be_is_asked_again(client, database, organisation, name, value):
    answer = Visit(client, "/beheer/organisatie").submit(**{name: value})
    assert (answer.status_code, [href for href, _ in summary(answer)]) == (422, [f"#veld-{name}"])
    assert field(answer, name) == value
    assert stored(database, organisation).cooling_off_hours is None


def test_faults_stand_in_a_summary_that_points_at_the_fields(client, database, organisation):
    answer = Visit(client, "/beheer/organisatie").submit(
        name="x", oin="12", email="geen adres", dpo_registered_on="gisteren"
    )
    assert answer.status_code == 422
    assert summary(answer) == [
        ("#veld-name", "Vul in: 'Naam van de gemeente'. Gebruik minstens 3 tekens."),
        ("#veld-oin", "Vul 'OIN' in zoals in het voorbeeld."),
        ("#veld-email", "Vul 'E-mail' in zoals in het voorbeeld."),
        ("#veld-dpo_registered_on", "Vul bij 'FG aangemeld bij de AP op' een datum in, zoals 21-11-2026."),
    ]
    shown = [field(answer, name) for name in ("name", "oin", "email", "dpo_registered_on")]
    assert shown == ["x", "12", "geen adres", "gisteren"]
    assert stored(database, organisation).name == "Gemeente Losser"


def test_every_line_of_the_summary_points_at_something(client):
    answer = Visit(client, "/beheer/organisatie").submit(name="", base_url="x" * 300, oin="1", email="x")
    ids = set(html.document_fromstring(answer.text).xpath("//@id"))
    assert {href.removeprefix("#") for href, _ in summary(answer)} <= ids


def test_an_address_that_cannot_be_used_changes_nothing_else(client, database, organisation):
    """The name is right, the address is not: neither is saved, both come back."""
    answer = Visit(client, "/beheer/organisatie").submit(name="Gemeente Anders", base_url="http://losser.example/pad")
    assert answer.status_code == 422
    assert summary(answer) == [
        ("#veld-base_url", "Het adres van de website moet beginnen met https:// en een gewone hostnaam hebben.")
    ]
    assert (field(answer, "name"), field(answer, "base_url")) == ("Gemeente Anders", "http://losser.example/pad")
    assert stored(database, organisation).name == "Gemeente Losser"


def test_a_version_that_is_no_number_is_no_way_round_the_lock(client, database, organisation):
    values = dict(Visit(client, "/beheer/organisatie").form.form_values()) | {"version": "x", "name": "Gemeente Anders"}
    assert client.post("/beheer/organisatie", data=values).status_code == 422
    assert stored(database, organisation).name == "Gemeente Losser"


@pytest.mark.parametrize(
    "address",
    [
        "http://openboek.example",
        "openboek.example",
        "https://",
        "https://openboek.example/pad",
        "https://openboek.example?x=1",
        "https://openboek.example#x",
        "https://naam@openboek.example",
        "https://open boek.example",
        "https://[",
        "https://[::1",
        "",
        "ftp://openboek.example",
    ],
)
def test_an_address_for_the_site_is_https_and_nothing_but_a_host(address):
    with pytest.raises(BadInput, match="Het adres van de website"):
        check_base_url(address)


def test_an_address_loses_its_last_slash():
    assert check_base_url(" https://openboek.example:8443/ ") == "https://openboek.example:8443"


def test_a_refused_organisation_leaves_nothing(database):
    with pytest.raises(BadInput), database.write(None) as session:
        add_organisation(session, code="gm1", name="X", base_url="http://x", tooi_uri="x", tooi_label="x", actor=ACTOR)
    with database.read(None) as session:
        assert session.exec(select(Organisation)).all() == []


# Shared lists


@pytest.mark.on_both
@pytest.mark.parametrize(("kind", "table"), [("teams", Team), ("partijen", Party), ("systemen", System)])
def test_a_record_is_added_shown_and_changed(client, database, organisation, kind, table):
    answer = Visit(client, f"/beheer/lijsten/{kind}/").submit(name=" Eerste & <Tweede> ")
    assert "Eerste &amp; &lt;Tweede&gt;" in answer.text
    with database.read(organisation.id) as session:
        number = session.exec(select(table.id)).one()
    answer = Visit(client, f"/beheer/lijsten/{kind}/{number}").submit(name="Derde")
    assert answer.url.path == f"/beheer/lijsten/{kind}/"
    with database.read(organisation.id) as session:
        assert session.exec(select(table.name)).all() == ["Derde"]
        assert audit.faults(session, organisation.id) == []


@pytest.mark.on_both
@pytest.mark.parametrize(("kind", "table"), [("teams", Team), ("partijen", Party), ("systemen", System)])
def test_what_stopped_stays_in_the_list_but_is_not_offered_any_more(client, database, organisation, kind, table):
    with database.write(organisation.id) as session:
        gone, later = (find_or_add(session, table, name, actor=ACTOR).id for name in ("Gestopt", "Stopt later"))
    Visit(client, f"/beheer/lijsten/{kind}/{gone}").submit(ended_on="2026-01-31")
    Visit(client, f"/beheer/lijsten/{kind}/{later}").submit(ended_on="2999-01-01")
    with database.read(organisation.id) as session:
        assert session.exec(select(table.ended_on).where(table.id == gone)).one() == date(2026, 1, 31)
        assert in_use(session, table) == ["Stopt later"]
    assert "Gestopt" in client.get(f"/beheer/lijsten/{kind}/").text


def test_adding_the_same_name_twice_keeps_one(client, database, organisation):
    for name in ("Burgerzaken", "burgerzaken", " Burgerzaken "):
        Visit(client, "/beheer/lijsten/teams/").submit(name=name)
    with database.read(organisation.id) as session:
        assert session.exec(select(Team.name)).all() == ["Burgerzaken"]


def test_a_name_that_is_too_short_comes_back(client):
    answer = Visit(client, "/beheer/lijsten/teams/").submit(name="B")
    assert (answer.status_code, field(answer, "name")) == (422, "B")
    assert summary(answer) == [("#veld-name", "Vul in: 'Naam'. Gebruik minstens 2 tekens.")]


def test_a_name_that_another_record_has_is_refused_and_kept(client, database, organisation):
    with database.write(organisation.id) as session:
        first = find_or_add(session, Team, "Een", actor=ACTOR).id
        find_or_add(session, Team, "Twee", actor=ACTOR)
    answer = Visit(client, f"/beheer/lijsten/teams/{first}").submit(name="Twee", email="een@voorbeeld.example")
    assert (answer.status_code, field(answer, "name"), field(answer, "email")) == (409, "Twee", "een@voorbeeld.example")
    assert summary(answer) == [("#veld-name", "'Twee' staat al in de lijst. Kies een andere naam.")]


@pytest.mark.parametrize(
    "path", ["/beheer/lijsten/koningen/", "/beheer/lijsten/teams/geen-nummer", "/beheer/lijsten/x/y"]
)
def test_what_is_not_there_is_told_so(client, path):
    assert client.get(path).status_code == 404
    assert client.post(path, data={"name": "Naam"}).status_code == 404


@pytest.mark.on_both
def test_a_public_body_is_added_and_renamed_and_the_form_offers_it(client, database, organisation):
    """GDPR art. 4(7): each body is a controller for its own powers. Its code stays when it gets another name."""
    for name in ("Commissie bezwaarschriften", "Cômmissie  bezwaarschriften!"):
        Visit(client, "/beheer/lijsten/bestuursorganen/").submit(name=name)
    with database.read(organisation.id) as session:
        added = session.exec(select(Body).where(Body.code.startswith("commissie")).order_by(Body.code)).all()
        assert [one.code for one in added] == ["commissie-bezwaarschriften", "commissie-bezwaarschriften-2"]
    Visit(client, f"/beheer/lijsten/bestuursorganen/{added[0].id}").submit(name="Bezwaarcommissie")
    options = html.document_fromstring(client.get("/register/nieuw").text).xpath("//select[@name='controller']/option")
    assert ("commissie-bezwaarschriften", "Bezwaarcommissie") in [(one.get("value"), one.text) for one in options]


# The trail


def test_the_administration_counts_and_names(client, database, organisation):
    with database.write(organisation.id) as session:
        for name in ("Een", "Twee"):
            find_or_add(session, Team, name, actor=ACTOR)
    page = client.get("/beheer/").text
    assert "Gemeente Losser" in page
    cards = html.document_fromstring(page).xpath("//*[@class='ob-card']")
    assert [" ".join(card.text_content().split()) for card in cards] == [
        "2 Teams",
        "0 Partijen",
        "0 Systemen",
        "9 Bestuursorganen",
    ]


def test_a_shared_thing_says_where_it_is_named(client, database, organisation, actor):
    content = COMPLETE.model_copy(
        update={
            "team": "Team Parkeren",
            "processors": (ProcessorUse(party="Voorbeeldsoft"),),
            "joint_controllers": (JointController(party="Voorbeeldsoft"),),
            "systems": (SystemUse(name="Zaaksysteem"),),
        }
    )
    with database.write(organisation.id) as session:
        register.add(session, content, actor=actor)
        register.add(session, ActivityContent(name="Iets anders"), actor=actor)
    for kind, name in (("teams", "Team Parkeren"), ("partijen", "Voorbeeldsoft"), ("systemen", "Zaaksysteem")):
        links = html.document_fromstring(client.get(f"/beheer/lijsten/{kind}/").text).xpath("//main//a")
        address = next(link.get("href") for link in links if name in link.text_content())
        page = html.document_fromstring(client.get(address).text)
        assert page.xpath("//main//ul/li/a/@href") == ["/register/VW-0001/"], kind
