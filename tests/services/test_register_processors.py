"""One municipality is the processor of another: both agree, and neither opens the register of the other."""

import pytest
from sqlmodel import select

import register.services as register
from core import audit
from core.db import Database
from core.errors import NotFound, RuleViolation
from core.links import LinkKind, link
from register import processors
from register.models import ProcessingActivity
from register.processors import LinkState, ProcessorLink
from support.activities import complete, for_others
from support.municipalities import ACTOR, add_municipality, add_person
from support.pages import InspectedClient, Visit


@pytest.fixture
def host(database):
    return add_municipality(database, "gm0153", "Gemeente Enschede")


@pytest.fixture
def guest(database):
    return add_municipality(database, "gm0168", "Gemeente Losser")


@pytest.fixture
def third(database):
    return add_municipality(database, "gm0141", "Gemeente Almelo")


def add(database: Database, organisation, content) -> ProcessingActivity:
    with database.write(organisation.id) as session:
        activity = register.add(session, content, actor=ACTOR)
        session.flush()
    return activity


@pytest.fixture
def payroll(database, host):
    return add(database, host, for_others(name="Salarissen van Losser", remarks="Geheim van Enschede"))


@pytest.fixture
def salaries(database, guest):
    return add(database, guest, complete(name="Salarissen betalen", remarks="Geheim van Losser"))


@pytest.fixture
def offered(database, host, guest, payroll):
    with database.write(host.id) as session:
        activity = session.get_one(ProcessingActivity, payroll.id)
        return processors.offer(session, activity, to_code=guest.code, actor=ACTOR).id


def sides(database, organisation):
    with database.read(organisation.id) as session:
        return processors.sides(session)


def accept(database, organisation, link_id, activity) -> None:
    with database.write(organisation.id) as session:
        mine = session.get_one(ProcessingActivity, activity.id)
        processors.accept(session, processors.find(session, link_id), mine, actor=ACTOR)


def test_an_offer_waits_for_the_other_side(database, host, guest, offered):
    (ours,), (theirs,) = sides(database, host), sides(database, guest)
    assert (ours.partner, ours.own_label, ours.other_label, ours.waits_for_us) == (
        "Gemeente Losser",
        "VW-0001 Salarissen van Losser",
        "",
        False,
    )
    assert (theirs.partner, theirs.other_label, theirs.is_processor, theirs.waits_for_us) == (
        "Gemeente Enschede",
        "VW-0001 Salarissen van Losser",
        False,
        True,
    )


def test_both_sides_show_name_and_number_of_the_other(database, host, guest, offered, salaries):
    accept(database, guest, offered, salaries)
    (ours,), (theirs,) = sides(database, host), sides(database, guest)
    assert (ours.state, ours.other_label) == (LinkState.ACCEPTED, "VW-0001 Salarissen betalen")
    assert (theirs.state, theirs.other_label) == (LinkState.ACCEPTED, "VW-0001 Salarissen van Losser")
    for organisation in (host, guest):
        with database.read(organisation.id) as session:
            actions = session.exec(
                select(audit.AuditEvent.action).where(audit.AuditEvent.subject_kind == "register_link")
            ).all()
            assert actions == ["register:link:offer" if organisation is host else "register:link:accept"]
            assert audit.faults(session, organisation.id) == []


def test_who_asks_for_a_processor_may_offer_too(database, host, guest, payroll, salaries):
    with database.write(guest.id) as session:
        mine = session.get_one(ProcessingActivity, salaries.id)
        made = processors.offer(session, mine, to_code=host.code, actor=ACTOR).id
    accept(database, host, made, payroll)
    (theirs,) = sides(database, host)
    assert (theirs.is_processor, theirs.state, theirs.other_label) == (
        True,
        LinkState.ACCEPTED,
        "VW-0001 Salarissen betalen",
    )


def test_nobody_accepts_an_own_offer_or_with_a_record_that_does_not_fit(database, host, guest, payroll, offered):
    with pytest.raises(RuleViolation, match="staat niet meer open"):
        accept(database, host, offered, payroll)
    also_processor = add(database, guest, for_others(name="Voor Almelo"))
    with pytest.raises(RuleViolation, match="geen verwerker bent"):
        accept(database, guest, offered, also_processor)
    assert sides(database, guest)[0].state is LinkState.OFFERED


def test_a_third_organisation_finds_nothing(database, third, offered):
    assert sides(database, third) == []
    with database.write(third.id) as session, pytest.raises(NotFound):
        processors.find(session, offered)


def test_the_same_offer_twice_and_an_offer_to_nobody_are_refused(database, host, guest, payroll, offered):
    with database.write(host.id) as session:
        activity = session.get_one(ProcessingActivity, payroll.id)
        with pytest.raises(RuleViolation, match="al aangeboden"):
            processors.offer(session, activity, to_code=guest.code, actor=ACTOR)
        for code in (host.code, "gm9999"):
            with pytest.raises(NotFound):
                processors.offer(session, activity, to_code=code, actor=ACTOR)


def test_either_side_ends_it_alone(database, host, guest, third, payroll, offered, salaries):
    with database.write(guest.id) as session:
        processors.end(session, processors.find(session, offered), actor=ACTOR)
    assert sides(database, host)[0].state is LinkState.REFUSED
    with database.write(guest.id) as session, pytest.raises(RuleViolation, match="al gestopt"):
        processors.end(session, processors.find(session, offered), actor=ACTOR)
    with database.write(host.id) as session:
        activity = session.get_one(ProcessingActivity, payroll.id)
        again = processors.offer(session, activity, to_code=guest.code, actor=ACTOR).id
    accept(database, guest, again, salaries)
    with database.write(host.id) as session:
        processors.end(session, processors.find(session, again), actor=ACTOR)
    assert sorted(side.state for side in sides(database, guest)) == [LinkState.ENDED, LinkState.REFUSED]


def test_an_ordinary_link_never_crosses_the_border(database, guest, payroll, salaries):
    with database.write(guest.id) as session:
        ours, theirs = ("register_activity", salaries.id), ("register_activity", payroll.id)
        for source, target in (
            (ours, theirs),
            (theirs, ours),
            (ours, ("core_user", salaries.id)),
            (ours, ("geen", salaries.id)),
        ):
            with pytest.raises(NotFound):
                link(session, LinkKind.RELATES, source, target, actor=ACTOR)


# On screen


def browser(application, username: str) -> InspectedClient:
    made = InspectedClient(
        application, base_url="http://localhost", follow_redirects=True, headers={"Sec-Fetch-Site": "same-origin"}
    )
    made.post("/inloggen", data={"username": username, "password": "een lang wachtwoord"})
    return made


def test_two_people_agree_on_screen(_application, database, folder, host, guest, payroll, salaries):
    _application.state.database, _application.state.folder = database, folder
    add_person(database, "els", host)
    add_person(database, "lotte", guest)
    els, lotte = browser(_application, "els"), browser(_application, "lotte")
    assert "Er zijn nog geen koppelingen." in els.get("/verwerkersrelaties/").text
    visit = Visit(els, "/verwerkersrelaties/")
    assert visit.submit(activity="", partner="").status_code == 422
    visit.submit(activity=str(payroll.id), partner=guest.code)
    start = lotte.get("/").text
    assert "Gemeente Enschede wil een verwerking koppelen: VW-0001 Salarissen van Losser" in start
    with database.read(None) as session:
        address = f"/verwerkersrelaties/{session.exec(select(ProcessorLink.id)).one()}"
    assert lotte.post(f"{address}/accepteren", data={"activity": str(payroll.id)}).status_code == 404
    Visit(lotte, address, form=0).submit(activity=str(salaries.id))
    assert "Gemeente Losser: VW-0001 Salarissen betalen" in els.get("/register/VW-0001/").text
    page = lotte.get("/register/VW-0001/").text
    assert ("Gemeente Enschede: VW-0001 Salarissen van Losser" in page, "Geheim van Enschede" in page) == (True, False)
    assert str(payroll.id) not in lotte.get("/verwerkersrelaties/").text + lotte.get(address).text + page
    els.post(f"{address}/stoppen")
    assert "VW-0001 Salarissen van Losser" not in lotte.get("/register/VW-0001/").text


def test_with_one_organisation_the_screens_show_nothing_of_it(client, database, organisation):
    add(database, organisation, complete())
    assert "andere organisaties" not in client.get("/register/VW-0001/").text
    assert client.get("/verwerkersrelaties/").status_code == 404
