"""Products, messages, channels and answers: what is saved is what is kept, and every change leaves its trace."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import select

from core import audit, clock, history
from core.audit import Actor, AuditEvent
from core.db import Database, organisation_of
from core.errors import Conflict, NotFound, RuleViolation
from core.organisations import Organisation, Party, Team, add_organisation
from support.inventories import answer, good_channel, good_message, good_organisation, good_outgoing, good_product
from support.wmebv import contents
from wmebv import actions, queries, rows, services
from wmebv.content import (
    ActionContent,
    Answer,
    ChannelContent,
    ChannelLink,
    ChannelUse,
    MessageTypeContent,
    OrganisationContent,
    ProductContent,
    Value,
)
from wmebv.models import Channel, MessageType, Product, ReportFigures
from wmebv.report import Inventory, MessageEntry, ProductEntry, gap_report
from wmebv.rules import Colour
from wmebv.stock import stock

SLOW = settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))


def kapvergunning(session, actor):
    """A product with one good channel, one message to and one from the municipality."""
    services.add_channel(session, good_channel(), actor=actor)
    product = services.add_product(session, good_product(), actor=actor)
    services.add_message_type(session, product, good_message(), actor=actor)
    services.add_message_type(session, product, good_outgoing(), actor=actor)
    return product


# --- saving and loading


@SLOW
@given(first=contents(ProductContent), second=contents(ProductContent))
def test_every_field_of_a_product_survives_and_a_change_leaves_nothing_behind(
    database: Database, organisation: Organisation, first, second
):
    with database.write(organisation.id) as session:
        product = services.add_product(session, first, actor=Actor("Aisha"))
        assert rows.product_content(product) == first
        number = product.kenmerk
    with database.read(organisation.id) as session:
        assert rows.product_content(queries.find_product(session, number)) == first
    with database.write(organisation.id) as session:
        product = queries.find_product(session, number)
        services.change_product(session, product, second, version=product.version, actor=Actor("Aisha"))
    with database.read(organisation.id) as session:
        assert rows.product_content(queries.find_product(session, number)) == second


@SLOW
@given(data=st.data())
def test_every_field_of_a_message_type_survives_and_a_change_leaves_nothing_behind(
    database: Database, organisation: Organisation, data
):
    names = [f"Kanaal {uuid4()}" for _ in range(3)]
    first, second = (data.draw(contents(MessageTypeContent, channels=names)) for _ in range(2))
    with database.write(organisation.id) as session:
        for name in names:
            services.add_channel(session, ChannelContent(name=name), actor=Actor("Aisha"))
        product = services.add_product(session, ProductContent(name="Product"), actor=Actor("Aisha"))
        made = services.add_message_type(session, product, first, actor=Actor("Aisha")).id
    with database.write(organisation.id) as session:
        message = queries.find_message(session, made)
        assert rows.message_content(message) == first
        services.change_message_type(session, message, second, version=message.version, actor=Actor("Aisha"))
    with database.read(organisation.id) as session:
        assert rows.message_content(queries.find_message(session, made)) == second


@SLOW
@given(first=contents(ChannelContent), second=contents(ChannelContent))
def test_every_field_of_a_channel_survives_and_a_change_leaves_nothing_behind(
    database: Database, organisation: Organisation, first, second
):
    first, second = (each.model_copy(update={"name": f"{uuid4()}"}) for each in (first, second))
    with database.write(organisation.id) as session:
        made = services.add_channel(session, first, actor=Actor("Aisha")).id
    with database.write(organisation.id) as session:
        channel = queries.find_channel(session, made)
        assert rows.channel_content(channel) == first
        services.change_channel(session, channel, second, version=channel.version, actor=Actor("Aisha"))
    with database.read(organisation.id) as session:
        assert rows.channel_content(queries.find_channel(session, made)) == second


@settings(SLOW, max_examples=10)
@given(data=st.data())
def test_what_is_read_at_once_is_what_the_records_hold(database: Database, organisation: Organisation, data):
    names = [f"Kanaal {uuid4()}" for _ in range(3)]
    with database.write(organisation.id) as session:
        for name in names:
            channel = data.draw(contents(ChannelContent)).model_copy(update={"name": name})
            services.add_channel(session, channel, actor=Actor("Aisha"))
        product = services.add_product(session, data.draw(contents(ProductContent)), actor=Actor("Aisha"))
        for _ in range(2):
            message = data.draw(contents(MessageTypeContent, channels=names))
            services.add_message_type(session, product, message, actor=Actor("Aisha"))
        own = product.id
    with database.read(organisation.id) as session:
        living = queries.living_products(session)
        assert [(one.id, one.number, one.entry, one.channels) for one in stock(session)] == [
            (
                one.id,
                one.kenmerk,
                rows.entry(one),
                [[link.channel_id for link in message.channels] for message in one.messages],
            )
            for one in living
        ]
        assert [one.id for one in stock(session, queries.products_with([own]))] == [own]


@SLOW
@given(content=contents(OrganisationContent))
def test_every_answer_about_the_organisation_survives(database: Database, organisation: Organisation, content):
    given = [each for each in content.answers if each.value]
    with database.write(organisation.id) as session:
        general = queries.general(session)
        empty = [Answer(duty=each.duty) for each in general.answers]
        services.answer(session, general, *empty, actor=Actor("Aisha"))
        services.answer(session, general, *given, actor=Actor("Aisha"))
    with database.read(organisation.id) as session:
        assert rows.general_content(queries.general(session)) == OrganisationContent(answers=tuple(given))


def test_numbers_count_up(session, actor):
    made = [services.add_product(session, ProductContent(name=name), actor=actor) for name in ("Een", "Twee")]
    assert [product.kenmerk for product in made] == ["PD-0001", "PD-0002"]


def test_teams_and_suppliers_are_shared_records(session, actor):
    for name in ("Een", "Twee"):
        services.add_product(session, ProductContent(name=name, team="Zorg"), actor=actor)
        services.add_channel(session, ChannelContent(name=name, supplier="Alfa"), actor=actor)
    assert [team.name for team in session.exec(select(Team))] == ["Zorg"]
    assert [party.name for party in session.exec(select(Party))] == ["Alfa"]


def test_a_channel_serves_messages_of_many_products(session, actor):
    channel = services.add_channel(session, ChannelContent(name="Portaal"), actor=actor)
    for name in ("Een", "Twee"):
        product = services.add_product(session, ProductContent(name=name), actor=actor)
        link = ChannelLink(channel="Portaal", use=ChannelUse.PREFERRED)
        services.add_message_type(session, product, MessageTypeContent(name="Aanvraag", channels=(link,)), actor=actor)
    assert [(line.channel.name, line.uses) for line in queries.list_channels(session)] == [("Portaal", 2)]
    using, pages, total = queries.messages_of_channel(session, channel, 1)
    assert ([message.product.name for message in using], pages, total) == (["Een", "Twee"], 1, 2)


def test_renaming_a_channel_renames_it_for_every_message(session, actor):
    product = kapvergunning(session, actor)
    channel = session.exec(select(Channel)).one()
    services.change_channel(
        session, channel, good_channel(name="Nieuw formulier"), version=channel.version, actor=actor
    )
    assert rows.message_content(product.messages[0]).channels == (ChannelLink(channel="Nieuw formulier"),)


# --- what is refused


def test_a_product_needs_a_name(session, actor):
    with pytest.raises(RuleViolation) as refused:
        services.add_product(session, ProductContent(name=" "), actor=actor)
    assert refused.value.points == {"name": "Vul de naam van het product in."}


def test_what_is_no_address_is_refused_where_it_was_typed(session, actor):
    with pytest.raises(RuleViolation) as refused:
        services.add_channel(session, ChannelContent(name="Formulier", url="javascript:alert(1)"), actor=actor)
    assert list(refused.value.points) == ["url"]


def test_a_message_cannot_use_a_channel_that_is_not_there_or_use_one_twice(session, actor):
    product = services.add_product(session, ProductContent(name="Paspoort"), actor=actor)
    services.add_channel(session, ChannelContent(name="Balie"), actor=actor)
    links = tuple(ChannelLink(channel=name) for name in ("Balie", "Balie", "Portaal"))
    with pytest.raises(RuleViolation) as refused:
        services.add_message_type(session, product, MessageTypeContent(name="Aanvraag", channels=links), actor=actor)
    assert refused.value.points == {
        "channels-1-channel": "Kies elk kanaal één keer.",
        "channels-2-channel": "Het kanaal 'Portaal' bestaat niet. Voeg het kanaal eerst toe.",
    }


def test_two_channels_cannot_have_one_name(session, actor):
    services.add_channel(session, ChannelContent(name="Balie"), actor=actor)
    with pytest.raises(Conflict):
        services.add_channel(session, ChannelContent(name="Balie"), actor=actor)


def test_saving_over_the_work_of_somebody_else_is_refused(session, actor):
    product = kapvergunning(session, actor)
    message, channel = product.messages[0], session.exec(select(Channel)).one()
    saves = [
        lambda: services.change_product(session, product, ProductContent(name="x"), version=0, actor=actor),
        lambda: services.change_message_type(session, message, good_message(name="x"), version=0, actor=actor),
        lambda: services.change_channel(session, channel, good_channel(name="x"), version=0, actor=actor),
        lambda: services.answer(session, product, answer("W03"), version=0, actor=actor),
        lambda: services.end_product(session, product, version=0, actor=actor),
    ]
    for save in saves:
        with pytest.raises(Conflict):
            save()


def test_an_ended_product_does_not_change_until_it_is_taken_back(session, actor):
    product = kapvergunning(session, actor)
    services.end_product(session, product, version=product.version, actor=actor)
    with pytest.raises(RuleViolation):
        services.change_product(session, product, ProductContent(name="x"), version=product.version, actor=actor)
    with pytest.raises(RuleViolation):
        services.answer(session, product.messages[0], answer("W04"), actor=actor)
    services.reopen_product(session, product, version=product.version, actor=actor)
    services.change_product(session, product, ProductContent(name="x"), version=product.version, actor=actor)
    assert product.name == "x"


# --- trail


def test_every_save_is_in_the_trail_and_keeps_a_revision(session, actor):
    product = services.add_product(session, ProductContent(name="Oud"), actor=actor)
    services.change_product(
        session, product, ProductContent(name="Nieuw"), version=product.version, actor=Actor("Bram")
    )
    services.answer(session, product, answer("W03"), actor=actor)
    mine = select(AuditEvent).where(AuditEvent.subject_id == product.id)
    events = session.exec(mine.order_by(AuditEvent.sequence)).all()
    assert [(one.actor, one.action) for one in events] == [
        ("Aisha", "wmebv:product:add"),
        ("Bram", "wmebv:product:change"),
        ("Aisha", "wmebv:product:answer"),
    ]
    assert events[1].contents == {"before": {"name": "Oud"}, "after": {"name": "Nieuw"}}
    assert [one.content["name"] for one in history.revisions_of(session, product.id)] == ["Nieuw", "Nieuw", "Oud"]
    assert audit.faults(session, organisation_of(session)) == []


def test_everything_the_services_do_is_audited(database: Database, organisation: Organisation, actor):
    with database.write(organisation.id) as session:  # the guard raises at commit
        product = kapvergunning(session, actor)
        services.answer(session, queries.general(session), *good_organisation().answers, actor=actor)
        services.establish_for_website(session, [product], actor=actor)
    with database.write(organisation.id) as session:
        product = session.exec(select(Product)).one()
        message = product.messages[1]
        services.end_message_type(session, message, version=message.version, actor=actor)
        services.sign_off(session, queries.general(session), by="Directeur", version=1, actor=actor)
        services.end_product(session, product, version=product.version, actor=actor)


def test_saving_what_is_there_already_leaves_no_trace(session, actor):
    product = kapvergunning(session, actor)
    before = len(session.exec(select(AuditEvent)).all())
    services.change_product(session, product, good_product(), version=product.version, actor=actor)
    services.change_message_type(
        session, product.messages[0], good_message(), version=product.messages[0].version, actor=actor
    )
    services.answer(session, product, *good_product().answers, actor=actor)
    assert len(session.exec(select(AuditEvent)).all()) == before


def test_an_answer_in_which_nothing_is_answered_takes_the_old_one_away(session, actor):
    product = services.add_product(session, good_product(), actor=actor)
    services.answer(session, product, Answer(duty="W03"), actor=actor)
    assert {each.duty for each in rows.answers_of(product)} == {"W06", "W15"}


# --- borders


def test_another_organisation_sees_nothing_of_it(database: Database, organisation: Organisation, actor):
    with database.write(organisation.id) as session:
        product = kapvergunning(session, actor)
        number, message, channel = product.kenmerk, product.messages[0].id, session.exec(select(Channel.id)).one()
        services.establish_for_website(session, [product], actor=actor)
    with database.write(None) as session:
        other = add_organisation(
            session,
            code="gm0153",
            name="Enschede",
            base_url="https://e.example",
            tooi_uri="e",
            tooi_label="e",
            actor=actor,
        ).id
    with database.read(other) as session:
        assert queries.counts(session) == {
            "products": 0,
            "message_types": 0,
            "channels": 0,
            "products_established": 0,
        }
        for find in (
            lambda: queries.find_product(session, number),
            lambda: queries.find_message(session, message),
            lambda: queries.find_channel(session, channel),
        ):
            with pytest.raises(NotFound):
                find()


# --- lists


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["Paspoort", "Één loket", "Kansspel"]),
        ({"search": "een LOKET"}, ["Één loket"]),
        ({"search": "pd-0003"}, ["Kansspel"]),
        ({"search": "50% _"}, []),
        ({"team": "Burgerzaken"}, ["Paspoort"]),
        ({"audience": "ondernemer"}, ["Kansspel"]),
        ({"state": "beëindigd"}, ["Oud"]),
        ({"state": "vastgesteld"}, ["Paspoort"]),
        ({"state": "concept"}, ["Één loket", "Kansspel"]),
    ],
)
def test_the_list_shows_what_was_asked(session, actor, filters, names):
    content = [
        ProductContent(name="Paspoort", team="Burgerzaken", audiences=("particulier",)),
        ProductContent(name="Één loket"),
        ProductContent(name="Kansspel", audiences=("ondernemer",)),
        ProductContent(name="Oud"),
    ]
    passport, *_, old = [services.add_product(session, each, actor=actor) for each in content]
    services.add_message_type(session, passport, MessageTypeContent(name="Aanvraag", kind="aanvraag"), actor=actor)
    services.establish_for_website(session, [passport], actor=actor)
    services.end_product(session, old, version=old.version, actor=actor)
    assert [product.name for product in queries.list_products(session, **filters).products] == names


def test_a_page_number_that_is_too_high_gives_the_last_page(session, actor):
    for number in range(queries.PAGE_SIZE + 1):
        services.add_product(session, ProductContent(name=f"Product {number}"), actor=actor)
    found = queries.list_products(session, page=99)
    assert (found.page, found.pages, found.total, len(found.products)) == (2, 2, queries.PAGE_SIZE + 1, 1)


@pytest.mark.parametrize("word", ["Crèche", "crèche", "CRECHE", "creche"])
def test_the_grid_finds_words_whatever_their_case_and_accents(session, actor, word):
    product = services.add_product(session, good_product(name="Opvang"), actor=actor)
    services.add_channel(session, good_channel(name="Formulier crèche"), actor=actor)
    services.add_message_type(session, product, good_message(name="Crèche aanmelden", channels=()), actor=actor)
    for kind in (queries.GridKind.INCOMING, queries.GridKind.CHANNELS):
        assert queries.grid_ids(session, kind, search=word)[1] == 1
        assert queries.grid_ids(session, kind, search="%")[1] == 0


def test_the_number_of_queries_does_not_grow_with_the_records(database: Database, organisation: Organisation, actor):
    def count_queries():
        seen = []
        event.listen(database.engine, "before_cursor_execute", lambda *call: seen.append(call[2]), named=False)
        with database.read(organisation.id) as session:
            services.inventory(session, clock.today())
            found = queries.list_products(session).products
            queries.website_states(session, queries.whole_products(session, [one.id for one in found]))
        return len(seen)

    def add(number):
        with database.write(organisation.id) as session:
            services.add_channel(session, good_channel(name=f"Kanaal {number}"), actor=actor)
            product = services.add_product(session, good_product(name=f"Product {number}"), actor=actor)
            link = ChannelLink(channel=f"Kanaal {number}")
            services.add_message_type(session, product, good_message(channels=(link,)), actor=actor)

    add(1)
    first = count_queries()
    add(2)
    add(3)
    assert count_queries() == first


# --- the verdict on what is stored


def test_the_inventory_is_what_was_saved(session, actor):
    product = kapvergunning(session, actor)
    services.answer(session, queries.general(session), *good_organisation().answers, actor=actor)
    found = services.inventory(session, clock.today())
    assert found == Inventory(
        organisation="Gemeente Losser",
        data_changed_at=found.data_changed_at,
        answers=good_organisation(),
        products=(
            ProductEntry(
                good_product(),
                (
                    MessageEntry(good_message(), (good_channel(),), key=str(product.messages[0].id)),
                    MessageEntry(good_outgoing(), (), key=str(product.messages[1].id)),
                ),
            ),
        ),
    )
    assert gap_report(found, date(2026, 11, 21)).colours[Colour.GREEN] == 2


def test_what_has_ended_is_not_judged(session, actor):
    product = kapvergunning(session, actor)
    services.end_message_type(session, product.messages[1], version=product.messages[1].version, actor=actor)
    assert [len(entry.messages) for entry in services.inventory(session, clock.today()).products] == [1]
    services.end_product(session, product, version=product.version, actor=actor)
    assert services.inventory(session, clock.today()).products == ()
    assert services.finding_rows(session)[0].href == "/wmebv/organisatie/"


def test_a_report_on_an_earlier_day_says_what_was_known_then(session, actor, monkeypatch):
    def on_day(day):
        monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, day, 12, tzinfo=UTC))

    on_day(1)
    product = kapvergunning(session, actor)
    services.answer(session, queries.general(session), *good_organisation().answers, actor=actor)
    about = (None, product, product.messages[0], session.exec(select(Channel)).one())
    for one in about:
        services.add_action(session, ActionContent(title="Doen", cost=5), duty="W22", about=one, actor=actor)
    then = services.inventory(session, date(2026, 3, 1))
    assert [one.about for one in then.actions] == [
        "Formulier kapvergunning",
        "Hele organisatie",
        "Kapvergunning",
        "Kapvergunning: Aanvraag kapvergunning",
    ]
    on_day(5)
    first = actions.waiting(session)[0]
    services.change_action(session, first, ActionContent(title="Anders"), version=first.version, actor=actor)
    services.change_product(session, product, good_product(name="Anders"), version=product.version, actor=actor)
    services.answer(session, product.messages[0], Answer(duty="W04", value=Value.NO), actor=actor)
    channel = session.exec(select(Channel)).one()
    services.change_channel(session, channel, good_channel(name="Anders"), version=channel.version, actor=actor)
    services.end_message_type(session, product.messages[1], version=product.messages[1].version, actor=actor)
    on_day(9)
    assert services.inventory(session, date(2026, 3, 4)) == then
    assert services.inventory(session, date(2026, 2, 1)).products == ()
    assert [entry.content.name for entry in services.inventory(session, date(2026, 3, 5)).products] == ["Anders"]
    assert (
        services.inventory(session, date(2026, 3, 5)).products == services.inventory(session, date(2026, 3, 9)).products
    )


def test_a_gap_of_a_product_or_channel_is_said_once(session, actor):
    product = kapvergunning(session, actor)
    second = services.add_message_type(session, product, good_message(name="Tweede"), actor=actor)
    services.answer(session, product, Answer(duty="W03", value=Value.NO), actor=actor)
    channel = session.exec(select(Channel)).one()
    services.answer(session, channel, Answer(duty="W22", value=Value.NO), actor=actor)
    services.answer(session, second, Answer(duty="W04", value=Value.NO), actor=actor)
    found = [row for row in services.finding_rows_of(session, product, date(2026, 11, 21)) if row.severity == "fout"]
    assert {(row.rule_id, row.subject, row.href) for row in found} == {
        ("W03", "PD-0001 Kapvergunning", "/wmebv/producten/PD-0001/antwoorden"),
        ("W04", "PD-0001 Kapvergunning: Tweede", f"/wmebv/berichten/{second.id}/"),
        ("W22", "Formulier kapvergunning", f"/wmebv/kanalen/{channel.id}/"),
    }
    assert len(found) == 3


def test_key_figures_are_kept_once_a_day_and_make_the_trend(session, actor, monkeypatch):
    kapvergunning(session, actor)
    for day in (1, 1, 2):
        report = gap_report(services.inventory(session, date(2026, 11, day)), date(2026, 11, day))
        services.keep_figures(session, report)
    assert [row.on for row in session.exec(select(ReportFigures))] == [date(2026, 11, 1), date(2026, 11, 2)]
    later = services.inventory(session, date(2026, 11, 3))
    assert [figures.on for figures in later.previous] == [date(2026, 11, 1), date(2026, 11, 2)]


def test_the_report_counts_what_an_independent_count_finds(session, actor):
    kapvergunning(session, actor)
    product = services.add_product(session, ProductContent(name="Leeg"), actor=actor)
    services.add_message_type(session, product, MessageTypeContent(name="Aanvraag"), actor=actor)
    report = gap_report(services.inventory(session, clock.today()), clock.today())
    assert report.products == len(session.exec(select(Product)).all())
    assert report.message_types == len(session.exec(select(MessageType)).all())
    assert sum(report.colours.values()) == report.message_types
    assert report.colours[Colour.GREY] == 1
    assert sum(each.count for each in report.levels) == 2
