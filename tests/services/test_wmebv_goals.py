"""Goals: counted from the inventory itself, from the base date that somebody chose."""

from datetime import UTC, date, datetime

import pytest

from core import clock, history
from core.errors import RuleViolation
from support.inventories import good_channel, good_message, good_product
from support.pages import Visit
from wmebv import queries, services
from wmebv.content import Availability, ChannelLink, GoalContent, Measure
from wmebv.models import Goal
from wmebv.report import gap_report
from wmebv.report.model import GoalState

FORMS = GoalContent(
    title="Helft van de pdf-formulieren om",
    measure=Measure.CONVERTED,
    target=50,
    by=date(2026, 12, 31),
    base_on=date(2026, 3, 1),
)


@pytest.fixture
def on_day(monkeypatch):
    def move(day, month=3):
        monkeypatch.setattr(clock, "now", lambda: datetime(2026, month, day, 12, tzinfo=UTC))

    return move


def reported(session, on=None):
    day = on or clock.today()
    return gap_report(services.inventory(session, day), day).goals


@pytest.fixture
def forms(session, actor, on_day):
    """On the first of March: three forms to print and one form on the web."""
    on_day(1)
    product = services.add_product(session, good_product(), actor=actor)
    levels = (Availability.D2, Availability.D2, Availability.D2, Availability.D4)
    for number, level in enumerate(levels):
        services.add_channel(session, good_channel(name=f"Formulier {number}", level=level), actor=actor)
        links = (ChannelLink(channel=f"Formulier {number}"),)
        services.add_message_type(session, product, good_message(name=f"Bericht {number}", channels=links), actor=actor)
    return product


def make_digital(session, name, level, actor):
    channel = next(line.channel for line in queries.list_channels(session) if line.channel.name == name)
    changed = good_channel(name=name, level=level)
    services.change_channel(session, channel, changed, version=channel.version, actor=actor)


def test_a_form_at_d2_on_the_base_date_that_is_at_d4_or_higher_now_was_converted(session, actor, forms, on_day):
    on_day(10)
    services.add_goal(session, FORMS, actor=actor)
    assert [(one.counted, one.out_of, one.reached, one.state) for one in reported(session)] == [
        (0, 3, 0, GoalState.ON_THE_WAY)
    ]
    on_day(20)
    make_digital(session, "Formulier 0", Availability.D4, actor)
    make_digital(session, "Formulier 1", Availability.D3, actor)  # an e-mail address is no form
    [line] = reported(session)
    assert (line.counted, line.out_of, line.reached) == (1, 3, 33)
    make_digital(session, "Formulier 1", Availability.D6, actor)
    [line] = reported(session)
    assert (line.reached, line.state) == (66, GoalState.REACHED)
    on_day(25)
    assert reported(session, date(2026, 3, 15))[0].counted == 0  # what we knew then
    assert reported(session, date(2026, 3, 2)) == ()


def test_what_came_to_be_printed_after_the_base_date_does_not_count(session, actor, forms, on_day):
    on_day(5)
    make_digital(session, "Formulier 3", Availability.D2, actor)
    services.add_goal(session, FORMS, actor=actor)
    [line] = reported(session)
    assert line.out_of == 3


def test_a_message_that_is_no_more_counts_no_more(session, actor, forms):
    services.add_goal(session, FORMS, actor=actor)
    services.end_message_type(session, forms.messages[0], version=forms.messages[0].version, actor=actor)
    assert reported(session)[0].out_of == 2


def test_a_goal_that_was_not_reached_in_time_says_so(session, actor, forms, on_day):
    services.add_goal(session, FORMS.model_copy(update={"by": date(2026, 3, 9)}), actor=actor)
    assert reported(session)[0].state is GoalState.ON_THE_WAY
    on_day(10)
    assert reported(session)[0].state is GoalState.LATE


@pytest.mark.parametrize("measure", [one for one in Measure if one is not Measure.CONVERTED])
def test_every_measure_agrees_with_what_the_report_says_elsewhere(session, actor, forms, measure):
    wanted = GoalContent(title="Doel", measure=measure, target=1, by=date(2027, 1, 1))
    services.add_goal(session, wanted, actor=actor)
    report = gap_report(services.inventory(session, clock.today()), clock.today())
    colours = {colour.value: number for colour, number in report.colours.items()}
    expected = {
        Measure.SCORE: report.lights[0].percentage,
        Measure.DESIGNATED: (4 - len(report.designation.undesignated)) * 100 // 4,
        Measure.ASSESSED: report.assessed_percentage,
        Measure.NOT_RED: (colours["oranje"] + colours["groen"]) * 100 // report.message_types,
        Measure.SUPPORTED: (1 - len(report.below_minimum)) * 100,
        Measure.AMBITION: None,  # nobody has any yet
    }
    assert report.goals[0].reached == expected[measure]


def test_of_an_empty_inventory_nothing_can_be_said(session, actor):
    services.add_goal(
        session, GoalContent(title="x", measure=Measure.ASSESSED, target=1, by=date(2027, 1, 1)), actor=actor
    )
    assert reported(session)[0].state is GoalState.UNKNOWN


def test_a_goal_without_what_is_needed_is_refused_in_one_sentence(session, actor):
    with pytest.raises(RuleViolation) as refused:
        services.add_goal(session, GoalContent(measure=Measure.CONVERTED), actor=actor)
    assert set(refused.value.points) == {"title", "target", "by", "base_on"}
    with pytest.raises(RuleViolation, match="vandaag of een eerdere dag"):
        services.add_goal(session, FORMS.model_copy(update={"base_on": date(2099, 1, 1)}), actor=actor)


def test_a_goal_is_made_changed_and_taken_away_on_its_page(client, database, organisation):
    made = Visit(client, "/wmebv/doelen/nieuw").submit(
        title="Alles bekend", measure="beoordeeld", target="90", by="2027-01-01"
    )
    assert "Alles bekend" in made.text
    with database.read(organisation.id) as session:
        from sqlmodel import select

        goal = session.exec(select(Goal)).one()
    changed = Visit(client, f"/wmebv/doelen/{goal.id}", form=-2).submit(target="95")
    assert "95%" in changed.text
    gone = Visit(client, f"/wmebv/doelen/{goal.id}", form=-1).submit()
    assert "nog geen doelen" in gone.text
    with database.read(organisation.id) as session:
        assert history.revisions_of(session, goal.id)[0].content["is_removed"] is True


def test_who_only_reads_sees_the_goals_without_a_way_to_a_page_that_is_not_for_them(
    client, client_as, database, organisation, actor
):
    with database.write(organisation.id) as session:
        address = f"/wmebv/doelen/{services.add_goal(session, FORMS, actor=actor).id}"
    assert address in client.get("/wmebv/doelen/").text
    reader = client_as("lezer")
    shown = reader.get("/wmebv/doelen/")
    assert (FORMS.title in shown.text, address in shown.text) == (True, False)
