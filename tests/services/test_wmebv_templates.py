"""Templates of channels: one answer holds for many forms, a form may differ with a reason, and the past stays."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from core import clock, history
from core.errors import Conflict, NotFound, RuleViolation
from support.inventories import answer, good_channel, good_message, good_product, without_answer
from wmebv import queries, rows, services
from wmebv.content import Answer, ChannelContent, ChannelLink, InheritedAnswer, TemplateContent, Value
from wmebv.models import Channel
from wmebv.rules import Case, Colour, message_verdict
from wmebv.stock import stock

FORMS = ("Formulier een", "Formulier twee", "Formulier drie")


@pytest.fixture
def engine(session, actor):
    """A form engine with two answers, three forms that answer everything but those, and a message for each."""
    content = TemplateContent(name="Generator X", answers=(answer("W22"), answer("W23")))
    template = services.add_template(session, content, actor=actor)
    product = services.add_product(session, good_product(), actor=actor)
    for name in FORMS:
        form = without_answer(good_channel(name=name, template="Generator X"), "W22", "W23")
        services.add_channel(session, form, actor=actor)
        message = good_message(name=f"Aanvraag met {name}", channels=(ChannelLink(channel=name),))
        services.add_message_type(session, product, message, actor=actor)
    return template


def form(session, name=FORMS[0]):
    return session.exec(select(Channel).where(Channel.name == name)).one()


def colours(session):
    today = clock.today()
    entries = [rows.entry(product) for product in queries.living_products(session)]
    return [
        message_verdict(Case(entry.content, message.content, message.channels), today).colour
        for entry in entries
        for message in entry.messages
    ]


def test_a_form_has_the_answers_of_its_template_and_stores_none_of_them(session, engine):
    answers = {each.duty: each for each in rows.channel_content(form(session)).answers}
    assert {code for code, each in answers.items() if isinstance(each, InheritedAnswer)} == {"W22", "W23"}
    assert answers["W22"].template == "Generator X"
    assert answers["W22"].answered_on == answer("W22").answered_on
    assert {row.duty for row in form(session).answers}.isdisjoint({"W22", "W23"})
    assert colours(session) == [Colour.GREEN] * 3
    assert [one.entry for one in stock(session)] == [rows.entry(one) for one in queries.living_products(session)]


def test_one_answer_of_the_template_changes_the_verdict_of_every_form(session, engine, actor):
    services.answer(session, engine, answer("W22", Value.NO), actor=actor)
    assert colours(session) == [Colour.RED] * 3
    gaps = [row for row in services.finding_rows(session) if row.rule_id == "W22"]
    assert [(row.subject, row.href) for row in gaps] == [("Generator X", f"/wmebv/sjablonen/{engine.id}/")]


def test_what_a_change_would_do_is_told_before_it_is_done(session, engine, actor):
    effect = services.effect_of_answers(session, engine, [answer("W22", Value.NO)], clock.today())
    assert (effect.channels, effect.messages, effect.answers) == (3, 3, 3)
    assert effect.colours == {(Colour.GREEN, Colour.RED): 3}
    assert colours(session) == [Colour.GREEN] * 3
    same = services.effect_of_answers(session, engine, [answer("W22")], clock.today())
    assert same.answers == 0


def test_a_form_may_differ_but_has_to_say_why(session, engine, actor):
    one = form(session)
    with pytest.raises(RuleViolation) as refused:
        services.answer(session, one, answer("W22", Value.NO), actor=actor)
    assert refused.value.points == {"W22-text": "Leg uit waarom dit kanaal afwijkt van Generator X."}
    services.answer(session, one, answer("W22", Value.NO, text="Dit formulier is ouder."), actor=actor)
    assert colours(session) == [Colour.RED, Colour.GREEN, Colour.GREEN]
    effect = services.effect_of_answers(session, engine, [answer("W22", Value.PARTLY)], clock.today())
    assert effect.answers == 2  # the one that differs stays as it is
    services.answer(session, one, Answer(duty="W22"), actor=actor)
    assert colours(session) == [Colour.GREEN] * 3


def test_what_the_template_does_not_answer_a_form_answers_without_a_reason(session, engine, actor):
    services.answer(session, form(session), answer("W24", Value.PARTLY), actor=actor)
    assert colours(session)[0] is Colour.ORANGE


def test_saving_a_form_as_it_is_read_stores_no_answer_of_its_template(session, engine, actor):
    one = form(session)
    content = rows.channel_content(one).model_copy(update={"note": "Nagekeken"})
    services.change_channel(session, one, content, version=one.version, actor=actor)
    services.answer(session, one, *rows.channel_content(one).answers, actor=actor)
    assert {row.duty for row in one.answers}.isdisjoint({"W22", "W23"})


def test_the_past_says_what_the_template_said_then(session, engine, actor):
    yesterday = clock.today() - timedelta(days=1)
    before = datetime.combine(yesterday, datetime.min.time(), UTC).replace(hour=10)
    for revision in session.exec(select(history.Revision)):
        revision.at = before
    session.flush()
    services.answer(session, engine, answer("W22", Value.NO), actor=actor)
    services.change_template(
        session,
        engine,
        rows.template_content(engine).model_copy(update={"name": "Generator Y"}),
        version=engine.version,
        actor=actor,
    )
    then, now = (services.inventory(session, day) for day in (yesterday, clock.today()))
    assert [each.template for product in then.products for m in product.messages for each in m.channels] == [
        "Generator X"
    ] * 3
    for inventory, day, colour in ((then, yesterday, Colour.GREEN), (now, clock.today(), Colour.RED)):
        judged = [
            message_verdict(Case(product.content, message.content, message.channels), day).colour
            for product in inventory.products
            for message in product.messages
        ]
        assert judged == [colour] * 3


def test_many_forms_come_under_a_template_at_once(session, actor):
    template = services.add_template(
        session, TemplateContent(name="Generator X", answers=(answer("W22", Value.NO),)), actor=actor
    )
    product = services.add_product(session, good_product(), actor=actor)
    made = [services.add_channel(session, good_channel(name=name), actor=actor) for name in FORMS]
    for name in FORMS:
        links = (ChannelLink(channel=name),)
        services.add_message_type(session, product, good_message(name=name, channels=links), actor=actor)
    today, versions = clock.today(), [(channel, channel.version) for channel in made]

    effect = services.effect_of_putting(session, template, made, drops_own=True, on=today)
    assert effect.colours == {(Colour.GREEN, Colour.RED): 3}
    kept = services.effect_of_putting(session, template, made, drops_own=False, on=today)
    assert (kept.answers, kept.colours) == (0, {(Colour.GREEN, Colour.GREEN): 3})

    with pytest.raises(RuleViolation):
        services.put_under(session, template, versions, drops_own=False, reason=" ", actor=actor)
    with pytest.raises(Conflict):
        services.put_under(session, template, [(made[0], 99)], drops_own=True, reason="", actor=actor)
    assert services.put_under(session, template, versions[:1], drops_own=False, reason="Ouder", actor=actor) == 1
    assert services.put_under(session, template, versions[1:], drops_own=True, reason="", actor=actor) == 2
    assert [rows.channel_content(one).template for one in made] == ["Generator X"] * 3
    assert next(row.text for row in made[0].answers if row.duty == "W22") == "Ouder"
    assert "W22" not in {row.duty for row in made[1].answers}
    assert colours(session) == [Colour.GREEN, Colour.RED, Colour.RED]
    assert (
        services.put_under(session, template, [(made[1], made[1].version)], drops_own=True, reason="", actor=actor) == 0
    )


def test_a_form_that_comes_under_a_template_that_does_not_know_keeps_its_answer_without_a_reason(session, actor):
    template = services.add_template(
        session, TemplateContent(name="Generator X", answers=(answer("W22", Value.UNKNOWN),)), actor=actor
    )
    made = [services.add_channel(session, good_channel(name=name), actor=actor) for name in FORMS[:2]]
    for channel, drops_own in zip(made, (False, True), strict=True):
        own = next(row.value for row in channel.answers if row.duty == "W22")
        versions = [(channel, channel.version)]
        assert services.put_under(session, template, versions, drops_own=drops_own, reason="", actor=actor) == 1
        assert next(row.value for row in channel.answers if row.duty == "W22") == own
        effect = services.effect_of_putting(session, template, [channel], drops_own=drops_own, on=clock.today())
        assert effect.answers == 0


def test_a_new_name_in_the_form_of_a_channel_or_in_a_list_adds_a_template(session, actor):
    for name in FORMS[:2]:
        services.add_channel(session, ChannelContent(name=name, template="Generator Z"), actor=actor)
    assert [template.name for template in queries.list_templates(session)] == ["Generator Z"]
    assert [channel.name for channel in queries.channels_of(session, queries.list_templates(session)[0])] == list(
        FORMS[:2]
    )


def test_what_is_wrong_about_a_template_is_refused(session, engine, actor):
    with pytest.raises(RuleViolation):
        services.add_template(session, TemplateContent(), actor=actor)
    with pytest.raises(Conflict):
        services.add_template(session, TemplateContent(name="Generator X"), actor=actor)
    with pytest.raises(Conflict):
        services.change_template(session, engine, TemplateContent(name="Y"), version=0, actor=actor)
    with pytest.raises(NotFound):
        queries.find_template(session, form(session).id)
