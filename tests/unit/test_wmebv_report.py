"""The gap report is right to the last count, readable for everybody, and the same in every format."""

import csv
import io
import json
import time
from dataclasses import replace
from datetime import date
from itertools import groupby, pairwise

import docx
import page as page_validation
import pypdfium2
import pytest
from lxml import html
from python_calamine import CalamineWorkbook

from core import reports
from core.content import YesNo
from core.errors import BadInput
from core.papers import Picture
from support.inventories import (
    OLD,
    ON,
    RECENT,
    answer,
    good_channel,
    good_entry,
    good_message,
    good_organisation,
    good_outgoing,
    good_product,
    inventory,
    mixed_inventory,
    with_answer,
)
from support.recount import (
    DUTIES,
    check_base,
    check_reasons,
    check_todo,
    check_top,
    plain,
    recount,
    recount_colour,
    recount_percentage,
    recount_support,
    weighing,
)
from wmebv.content import (
    ActionContent,
    ActionStatus,
    Ambition,
    Availability,
    Designation,
    GoalContent,
    LoginLevel,
    Measure,
    MessageKind,
    MessageTypeContent,
    NormResult,
    Official,
    OrganisationContent,
    ProductContent,
    Satisfaction,
    TargetGroup,
    Value,
    YearVolume,
)
from wmebv.duties import Amendment, amended
from wmebv.report import (
    ActionEntry,
    GoalEntry,
    KeyFigures,
    MessageEntry,
    ProductEntry,
    as_report,
    gap_report,
    headlines,
    tables,
)
from wmebv.report.model import GoalState, Inventory, is_legal_gap
from wmebv.rules import MATURITY, Colour, SupportLevel


def report_on(*products, on=ON, **changes):
    return gap_report(inventory(*products, **changes), on)


def entry(product=None, *messages):
    return ProductEntry(product or good_product(), tuple(MessageEntry(each, (good_channel(),)) for each in messages))


def as_data(report):
    return json.loads(reports.as_json(as_report(report)))


def light(report, name):
    return next(each for each in report.lights if each.name == name)


SEEDS = range(12)


def test_the_recounted_municipalities_hold_every_colour():
    assert {
        colour for seed in SEEDS for colour, count in gap_report(mixed_inventory(seed), ON).colours.items() if count
    } == set(Colour)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("on", [ON, date(2025, 6, 1), date(2027, 1, 1)])
def test_an_independent_recount_gives_the_same_numbers(seed, on):
    stock = mixed_inventory(seed)
    report, rows = gap_report(stock, on), recount(stock, on)
    messages = [(product, message, found) for what, product, message, found in rows if what == "bericht"]
    colours = [recount_colour(found) for _, _, found in messages]
    assert {colour.value: count for colour, count in report.colours.items()} == {
        name: colours.count(name) for name in ("grijs", "rood", "oranje", "groen")
    }
    assert (report.message_types, report.assessed) == (len(messages), len(messages) - colours.count("grijs"))
    assert report.organisation_colour.value == recount_colour(rows[0][3])
    everything = [row for *_, found in rows for row in weighing(found)]
    assert report.lights[0].percentage == recount_percentage(everything)
    assert (report.lights[0].applicable, report.lights[0].failing) == (
        len(everything),
        sum(row["value"] in {"nee", "onbekend"} for row in everything),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_an_independent_recount_gives_the_same_parts(seed):
    stock = mixed_inventory(seed)
    report, rows = gap_report(stock, ON), recount(stock, ON)
    everything = [row for *_, found in rows for row in weighing(found)]
    groups = {
        "Inkomende berichten": {
            "doorzenden en bijzondere wet",
            "berichten aan de gemeente",
            "verkeerd kanaal",
            "na ontvangst",
        },
        "Berichten van de gemeente": {"berichten van de gemeente"},
        "Zorgplicht": {"zorgplicht"},
    }
    for name, wanted in groups.items():
        part = [row for row in everything if DUTIES[row["code"]]["group"] in wanted]
        assert (light(report, name).percentage, light(report, name).applicable) == (recount_percentage(part), len(part))
    part = [row for row in everything if row["code"] in {"W12", "W13"}]
    assert light(report, "Aanwijzing van kanalen").percentage == recount_percentage(part)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_independent_recount_gives_the_same_legal_gaps_heat_levels_and_unknowns(seed):
    stock = mixed_inventory(seed)
    report, rows = gap_report(stock, ON), recount(stock, ON)
    gaps = {}
    for *_, found in rows:
        for row in weighing(found) if recount_colour(found) != "grijs" else []:
            if row["severity"] == "kritiek" and row["value"] in {"nee", "onbekend"}:
                gaps[row["code"]] = gaps.get(row["code"], 0) + 1
    assert {gap.code: gap.count for gap in report.legal_gaps} == gaps
    assert len(report.critical) == sum(gaps.values())
    for row in report.heat[1:]:
        team = [found for what, product, _, found in rows[1:] if (product.content.team or "Zonder team") == row.team]
        assert row.message_types == len(team)
        for group, cell in zip(dict.fromkeys(duty["group"] for duty in DUTIES.values()), row.cells, strict=True):
            part = [each for found in team for each in weighing(found) if DUTIES[each["code"]]["group"] == group]
            assert (cell.percentage, cell.applicable) == (recount_percentage(part), len(part))
    order = [None, "D0", "D1", "D2", "D3", "D4", "DX", "D5", "D6"]
    best = [
        max((channel.level for channel in message.channels), key=order.index, default=None)
        for product in stock.products
        for message in product.messages
        if message.content.direction == "in"
    ]
    assert {each.level: each.count for each in report.levels} == {
        level: best.count(level) for level in [*Availability, None]
    }
    touched = [weighing(found) for *_, found in rows[1:] if recount_colour(found) != "grijs"]
    assert report.unknowns.unknown == sum(row["value"] == "onbekend" for found in touched for row in found)
    assert report.unknowns.outdated == sum(row["old"] for found in touched for row in found)
    assert report.unknowns.with_unknown == sum(any(row["value"] == "onbekend" for row in found) for found in touched)
    assert report.unknowns.untouched == len(rows) - 1 - len(touched)
    later = [row for *_, found in rows for row in found if row["later"] and not row["advice"] and row["value"] != "nvt"]
    assert [(each.code, each.applicable, each.not_ready) for each in report.upcoming] == (
        [("W30", len(later), sum(row["value"] != "ja" or row["old"] for row in later))] if later else []
    )
    undesignated = [
        found
        for *_, message, found in rows[1:]
        if message.content.direction == "in"
        and any(row["code"] in {"W12", "W13"} and row["value"] in {"nee", "onbekend"} for row in weighing(found))
    ]
    assert len(report.designation.undesignated) == len(undesignated)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_independent_recount_gives_the_same_things_to_do_and_reasons(seed):
    stock = mixed_inventory(seed)
    report, rows = as_data(gap_report(stock, ON)), recount(stock, ON)
    check_todo(report, rows)
    check_reasons(report, rows)
    check_base(report, rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_independent_recount_gives_the_same_risks_and_levels_of_help(seed):
    stock = mixed_inventory(seed)
    report, rows = gap_report(stock, ON), recount(stock, ON)
    check_top(as_data(report), rows)
    teams, below = {}, []
    for product in stock.products:
        own = [(message, found) for _, one, message, found in rows[1:] if one is product]
        looked = recount_support(product.content, own, plain(stock.answers), ON)
        teams.setdefault(product.content.team or "Zonder team", []).append(looked)
        below += [(product.content.name, looked["level"], tuple(looked["missing"]))] if looked["missing"] else []
    assert sorted((one.product, one.level, one.missing) for one in report.below_minimum) == sorted(below)
    for row in report.support:
        levels = [one["level"] for one in teams[row.team]]
        scores = [one["score"] for one in teams[row.team] if one["score"] is not None]
        assert row.levels == tuple(levels.count(level) for level in SupportLevel)
        assert row.percentage == sum(scores) // len(scores)


# --- Parts ------------------------------------------------------------------------------------------------------------


def test_a_municipality_in_order_is_green_in_every_part():
    report = report_on(
        ProductEntry(good_product(), (MessageEntry(good_message(), (good_channel(),)), MessageEntry(good_outgoing())))
    )
    assert [(each.name, each.colour, each.percentage) for each in report.lights] == [
        ("Alles samen", Colour.GREEN, 100),
        ("Inkomende berichten", Colour.GREEN, 100),
        ("Berichten van de gemeente", Colour.GREEN, 100),
        ("Zorgplicht", Colour.GREEN, 100),
        ("Aanwijzing van kanalen", Colour.GREEN, 100),
    ]
    assert (report.legal_gaps, report.findings, report.top, report.below_minimum) == ((), (), (), ())


def test_an_empty_municipality_is_grey_and_has_no_score():
    report = gap_report(replace(inventory(), answers=OrganisationContent()), ON)
    assert {each.colour for each in report.lights} == {Colour.GREY}
    assert (report.lights[0].percentage, report.maturity, report.assessed_percentage) == (0, None, None)


def test_a_new_municipality_is_grey_and_never_green():
    products = [
        ProductEntry(ProductContent(name=f"P{n}"), (MessageEntry(MessageTypeContent(name="A")),)) for n in range(3)
    ]
    report = gap_report(replace(inventory(*products), answers=OrganisationContent()), ON)
    assert {cell.colour for row in report.heat for cell in row.cells} == {Colour.GREY, None}
    assert (report.colours[Colour.GREY], report.legal_gaps) == (3, ())
    assert [finding.code for finding in report.findings] == ["W00"] * 4


def test_organisation_duties_count_once_however_many_messages_there_are():
    broken = with_answer(good_organisation(), answer("W20", Value.NO))
    [gap] = report_on(good_entry(), good_entry(), answers=broken).legal_gaps
    assert (gap.code, gap.count, gap.teams) == ("W20", 1, ("Hele organisatie",))


def test_what_is_not_in_force_yet_is_no_legal_gap():
    broken = with_answer(good_organisation(), answer("W20", Value.NO))
    report = report_on(good_entry(), answers=broken, on=date(2025, 12, 31))
    assert (report.legal_gaps, next(each for each in report.upcoming if each.code == "W20").not_ready) == ((), 1)


def test_legal_gaps_tell_wrong_from_unknown():
    wrong, unknown = (with_answer(good_channel(), answer("W22", value)) for value in (Value.NO, Value.UNKNOWN))
    messages = tuple(MessageEntry(good_message(), (channel,)) for channel in (wrong, unknown, unknown))
    [gap] = report_on(ProductEntry(good_product(), messages)).legal_gaps
    assert (gap.count, gap.unknown) == (3, 2)


def test_headlines_say_it_in_words():
    broken = with_answer(good_channel(), answer("W22", Value.NO))
    report = report_on(ProductEntry(good_product(), (MessageEntry(good_message(), (broken,)),)))
    assert headlines(report, str) == (
        "1 bericht: 1 rood (1 zeker fout), 0 oranje, 0 groen en 0 grijs (niets bekend).",
        ("1 wettelijk gat: kritieke plicht nu niet in orde. Fout: 1 (bij 1: artikel nakijken). Onbekend: 0."),
    )
    assert headlines(report_on(), str) == ("Er zijn nog geen berichten. Begin met een lijst van producten.",)


def test_red_is_told_apart_in_what_is_wrong_for_sure_and_what_nobody_knows():
    wrong, unknown = (with_answer(good_channel(), answer("W22", value)) for value in (Value.NO, Value.UNKNOWN))
    both = with_answer(wrong, answer("W23", Value.UNKNOWN))
    messages = [MessageEntry(good_message(), (one,), str(at)) for at, one in enumerate((wrong, unknown, unknown, both))]
    report = report_on(ProductEntry(good_product(), tuple(messages)))
    assert headlines(report, str)[0].startswith("4 berichten: 4 rood (2 zeker fout, 2 onbekend), 0 oranje")


def decisions(report):
    rows = page(report).xpath("//h2[.='Wat u moet beslissen of laten doen']/following::table[1]/tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def test_the_first_page_says_what_to_decide_by_whom_and_when():
    wrong, unknown = (with_answer(good_channel(), answer("W22", value)) for value in (Value.NO, Value.UNKNOWN))
    later = [with_answer(good_outgoing(), answer("W30", value)) for value in (Value.NO, Value.PARTLY, Value.UNKNOWN)]
    entries = [
        ProductEntry(
            good_product(team=team), tuple(MessageEntry(good_message(), (one,), f"{team}{at}") for at, one in own)
        )
        for team, own in (("Klein", [(0, wrong)]), ("Groot", [(0, wrong), (1, wrong), (2, unknown)]))
    ]
    todo = (
        entry_of("Zet aan.", "W22", keys=frozenset({"Groot0"}), due_on=date(2026, 11, 1), owner="CIO", about="Groot"),
        entry_of("Zoek uit.", "W22", keys=frozenset({"Groot2"}), due_on=date(2026, 12, 1)),
    )
    report = report_on(*entries, entry(good_product(team="Post"), *later), actions=todo)
    assert decisions(report) == [
        ["Te laat", "Actie ‘Zet aan’ (Groot)", "1", "CIO", "was 1 november 2026"],
        [
            "Komt eraan",
            "Inhoud van e-mail of sms (W30), vanaf 1 januari 2027: 2 niet klaar, 1 onbekend",
            "3",
            "Post (3)",
            "geen actie",
        ],
        [
            "Fout",
            "Ontvangstbevestiging (W22, nakijken)",
            "3",
            "Groot (2) en nog 1 team",
            "1 november 2026 (1 van 3, waarvan 1 te laat)",
        ],
        ["Onbekend", "Ontvangstbevestiging (W22, nakijken)", "1", "Groot (1)", "1 december 2026 (1 van 1)"],
        ["open", "De gegevens aftekenen", "7", "u kiest wie", "–"],
    ]
    [one, other] = report.team_gaps
    assert (one.team, one.wrong, one.unknown, one.planned, one.ready_on) == ("Groot", 2, 1, 2, date(2026, 12, 1))
    assert (other.team, other.planned, other.ready_on) == ("Klein", 0, None)
    assert (one.late, other.late) == (1, 0)
    late = [row.xpath("string(td[4])") for row in table_of(page(report), "Wettelijke gaten per team").xpath("tbody/tr")]
    assert late == ["1 december 2026 (2 van 3, waarvan 1 te laat)", "geen actie"]


def test_the_first_page_says_what_came_of_own_goals_and_ambitions_that_are_late():
    late = [Ambition(year=year, level=Availability.D6) for year in (2024, 2025, 2027)]
    goals = [
        GoalEntry(GoalContent(title=f"Doel {by}", measure=Measure.SCORE, target=100, by=by), key=str(by))
        for by in (date(2025, 6, 1), date(2026, 11, 20), date(2026, 11, 21))
    ]
    report = report_on(wanting(*late), goals=tuple(goals), answers=OrganisationContent(), signed_off_by="Secretaris")
    assert decisions(report)[-2:] == [
        ["Te laat", "Doelen: halen of uitstellen", "2", "Hele organisatie", "was 1 juni 2025"],
        ["Te laat", "Ambities: halen of uitstellen", "2", "Vergunningen (2)", "was eind 2024"],
    ]
    text = " ".join(page(report).text_content().split())
    assert "Oranje (zie ‘Teams en onderwerpen’) komt daarna, en doelen en ambities die niet te laat zijn ook." in text


def test_what_comes_says_what_must_be_ready_by_then_and_tells_no_from_unknown():
    values = (Value.YES, Value.NO, Value.NO, Value.UNKNOWN)
    report = report_on(entry(None, *(with_answer(good_outgoing(), answer("W30", value)) for value in values)))
    text = " ".join(page(report).text_content().split())
    assert f"Dit moet klaar zijn vóór 1 januari 2027. Is het niet klaar? {DUTIES['W30']['todo']}" in text
    [row] = table_of(page(report), "Plichten die later ingaan").xpath("tbody/tr")
    assert [row.xpath(f"string(td[{at}])") for at in (3, 4, 5)] == ["2", "1", "1"]


def test_the_reasons_of_a_colour_stand_beside_the_team():
    half = with_answer(good_message(), answer("W05", Value.PARTLY, choices=("brief",)))
    report = report_on(entry(None, half), entry(good_product(name="Ander"), MessageTypeContent(name="Leeg")))
    row = report.heat[1]
    assert [(one.code, one.partly) for one in row.orange if one.partly] == [("W05", 1)]
    shown = table_of(page(report), "Waardoor rood, waardoor oranje").xpath("tbody/tr")
    assert "Iemand anders regelt het (1 onbekend, 1 deels)" in " ".join(shown[1].text_content().split())


def test_unknown_help_and_no_help_are_not_mixed_up():
    products = [good_product(name=str(value), answers=(answer("W03", value),)) for value in (Value.NO, Value.UNKNOWN)]
    [gap] = [one for one in report_on(*(entry(one, good_message()) for one in products)).team_gaps if one.team]
    assert [(one.code, one.wrong, one.unknown) for one in gap.duties if one.code == "W03"] == [("W03", 1, 1)]


def test_legal_gaps_name_owner_article_status_and_since_when():
    broken = with_answer(good_channel(), answer("W22", Value.NO))
    report = report_on(ProductEntry(good_product(), (MessageEntry(good_message(), (broken,)),)))
    [row] = tables(report)["Wettelijke gaten per bericht"].rows
    assert row[3:] == [
        "W22",
        "Awb afdeling 2.3 (nummer onbekend) (nakijken)",
        date(2026, 1, 1),
        "Vergunningen",
        "Teamleider vergunningen",
    ]


def test_w30_comes_up_on_1_january_2027_with_the_number_that_is_not_ready():
    bad, unknown = (with_answer(good_outgoing(), answer("W30", value)) for value in (Value.NO, Value.UNKNOWN))
    report = report_on(entry(None, good_outgoing(), bad, unknown))
    [each] = report.upcoming
    assert (each.on, each.code, each.applicable, each.not_ready, each.unknown) == (date(2027, 1, 1), "W30", 3, 2, 1)
    assert "Van 3 berichten: 1 niet klaar, 1 onbekend." in " ".join(headlines(report, str))
    assert report_on(entry(None, good_outgoing(), bad, bad), on=date(2027, 1, 1)).upcoming == ()


def test_duties_that_come_on_one_day_are_one_headline():
    bad = [with_answer(good_outgoing(), answer(code, Value.NO)) for code in ("W29", "W30", "W31")]
    book = amended({"W29": Amendment(in_force_from=date(2027, 7, 1)), "W31": Amendment(in_force_from=date(2027, 7, 1))})
    lines = [line for line in headlines(report_on(entry(None, *bad), book=book), str) if line.startswith("Op ")]
    assert lines == [
        "Op 2027-01-01 gaat in: inhoud van e-mail of sms (W30). Van 3 berichten: 1 niet klaar.",
        "Op 2027-07-01 gaan in: 2 plichten. Van 6 vragen: 2 niet klaar.",
    ]


def test_municipality_score_is_all_together_not_the_average_of_teams():
    bad = MessageTypeContent(name="Aanvraag", assessed_on=RECENT)
    products = [good_entry(), good_entry(), good_entry(), entry(good_product(name="B", team="B", answers=()), bad)]
    report = report_on(*products)
    teams = [row.cells[2].percentage for row in report.heat[1:]]
    assert light(report, "Inkomende berichten").percentage > sum(teams) // len(teams)


def risky(name, volume, need, severity_code="W22"):
    broken = with_answer(good_channel(), answer(severity_code, Value.NO))
    product = good_product(name=name, yearly_volume=volume, support_need=need)
    return ProductEntry(product, (MessageEntry(good_message(), (broken,)),))


def test_top_10_has_a_product_once_with_its_message_of_the_highest_risk():
    first = risky("A", 100, 0)
    messages = tuple(
        replace(first.messages[0], content=good_message(name=name, yearly_volume=volume))
        for name, volume in (("Bezwaar", 2), ("Aanvraag", None), ("Melding", 30))
    )
    [one] = report_on(replace(first, messages=messages)).top
    assert (one.message_type, one.volume, one.risk, one.message_types) == ("Aanvraag", 100, 1000, 3)


def test_the_worst_gap_of_a_risk_is_one_that_is_certain():
    product = good_product(answers=(answer("W03", Value.UNKNOWN), answer("W06"), answer("W15")))
    channels = [with_answer(good_channel(), answer("W22", value)) for value in (Value.YES, Value.NO)]
    names = ("Aanvraag", "Bezwaar")
    messages = [MessageEntry(good_message(name=one), (each,)) for one, each in zip(names, channels, strict=True)]
    [one] = report_on(ProductEntry(product, tuple(messages))).top
    assert (one.message_type, one.gap, one.message_types) == ("Bezwaar", "Ontvangstbevestiging", 2)
    [one] = report_on(ProductEntry(product, tuple(messages[:1]))).top
    assert one.gap == "Hulp van een persoon (onbekend)"


def test_top_10_is_severity_times_volume_times_support_need():
    report = report_on(
        risky("A", 100, 0), risky("B", 100, 2), risky("C", 150, 1, "W24"), risky("D", None, None), good_entry()
    )
    assert [(each.product, each.risk) for each in report.top] == [("B", 3000), ("C", 1500), ("A", 1000), ("D", 10)]


def test_top_10_has_ten_rows_and_messages_nobody_looked_at_are_in_it():
    untouched = ProductEntry(
        ProductContent(name="Vergeten", yearly_volume=9999), (MessageEntry(MessageTypeContent(name="A")),)
    )
    report = report_on(untouched, *(risky(f"P{n}", n, 0) for n in range(20)))
    assert (len(report.top), report.top[0].product, report.top[0].gap) == (10, "Vergeten", "Nog niets bekend")


def test_the_volume_of_the_message_goes_before_that_of_the_product():
    first = risky("A", 100, 0)
    message = replace(first.messages[0], content=good_message(yearly_volume=3))
    assert report_on(replace(first, messages=(message,))).top[0].volume == 3


@pytest.mark.parametrize(
    ("volumes", "volume"),
    [
        ((), 100),
        ((YearVolume(year=2024, number=8), YearVolume(year=2025, number=5)), 5),
        ((YearVolume(year=2025, channel="A", number=5), YearVolume(year=2025, channel="B", number=6)), 11),
        ((YearVolume(year=2025, channel="A", number=5), YearVolume(year=2025, number=20)), 20),
        ((YearVolume(number=8), YearVolume(year=2026)), 100),
    ],
)
def test_the_last_count_of_a_message_goes_before_the_volume_of_the_product(volumes, volume):
    first = risky("A", 100, 0)
    message = replace(first.messages[0], content=first.messages[0].content.model_copy(update={"volumes": volumes}))
    report = report_on(replace(first, messages=(message,)))
    assert report.top[0].volume == volume
    unknown = replace(first, content=first.content.model_copy(update={"yearly_volume": None}), messages=(message,))
    assert report_on(unknown).unknowns.without_volume == int(volume == 100)


def test_duty_of_care_per_team_counts_products_per_level_and_gives_the_lowest():
    bare = ProductEntry(good_product(name="B", answers=(answer("Z07"),)), (MessageEntry(MessageTypeContent(name="A")),))
    report = report_on(good_entry(), bare)
    [team] = report.support
    assert (team.team, team.products, team.lowest, team.levels) == ("Vergunningen", 2, "Z1", (0, 1, 0, 1, 0))
    assert [(each.product, each.missing) for each in report.below_minimum] == [
        ("B", ("hulp van een persoon", "een weg zonder computer")),
    ]
    assert light(report, "Zorgplicht").colour is Colour.RED


def test_the_light_of_the_whole_is_red_when_that_of_the_duty_of_care_is():
    without_page = with_answer(good_organisation(), answer("W01", Value.NO))
    report = report_on(good_entry(), answers=without_page)
    assert (light(report, "Zorgplicht").colour, report.lights[0].colour) == (Colour.RED, Colour.RED)


def test_target_groups_that_are_not_reached_are_counted():
    report = report_on(
        good_entry(target_groups=(TargetGroup.LOW_LITERACY,)),
        good_entry(name="B", target_groups=(TargetGroup.LOW_LITERACY,)),
    )
    [group] = report.not_reached
    assert (group.group, group.products) == (TargetGroup.LOW_LITERACY, ("B", "Kapvergunning"))


def channel_entry(**changes):
    return ProductEntry(good_product(), (MessageEntry(good_message(), (good_channel(**changes),)),))


def test_a_message_of_which_nothing_is_known_is_not_said_to_have_no_channel():
    empty = MessageTypeContent(name="Leeg", kind=MessageKind.APPLICATION, official=Official.YES)
    report = report_on(ProductEntry(ProductContent(name="Leeg"), (MessageEntry(empty, ()),)))
    assert report.colours[Colour.GREY] == 1
    assert [each.message for each in report.designation.undesignated] == ["Over dit bericht is nog niets beantwoord."]
    assert "Voor 1 bericht is geen besluit met een kanaal bekend (over 1 daarvan is nog niets bekend)." in headlines(
        report, str
    )


def test_designation_gaps_are_undesignated_unreachable_and_older_than_the_form():
    report = report_on(
        channel_entry(name="Los", designated=None, designation=Designation()),
        channel_entry(name="Weg", reachable=YesNo.NO, reachable_checked_on=RECENT),
        channel_entry(name="Nieuw", changed_on=ON),
        channel_entry(name="Gelijk", changed_on=RECENT),
    )
    gaps = report.designation
    assert [each.message for each in gaps.undesignated] == ["Nog niet bekend"]
    assert [each.channel for each in gaps.unreachable] == ["Weg"]
    assert [each.channel for each in gaps.older_than_form] == ["Nieuw"]


def test_a_channel_of_many_messages_is_one_gap():
    channel = good_channel(reachable=YesNo.NO)
    shared = ProductEntry(
        good_product(), (MessageEntry(good_message(), (channel,)), MessageEntry(good_message(), (channel,)))
    )
    assert len(report_on(shared, shared).designation.unreachable) == 1


def test_unknowns_count_products_without_message_volume_and_level():
    no_level = good_channel(level=None)
    report = report_on(
        ProductEntry(good_product(name="Leeg")),
        ProductEntry(good_product(yearly_volume=None), (MessageEntry(good_message(), (no_level,)),)),
    )
    assert (report.unknowns.without_message_type, report.unknowns.without_volume, report.unknowns.without_level) == (
        ("Leeg",),
        1,
        1,
    )


def test_outdated_answers_are_counted_per_team():
    old = with_answer(good_message(), answer("W04", answered_on=OLD))
    [team] = report_on(entry(None, old)).unknowns.teams
    assert (team.team, team.outdated, team.unknown, team.untouched) == ("Vergunningen", 1, 0, 0)


def test_trend_starts_with_the_second_report():
    first = report_on(good_entry())
    assert first.trend == ()
    earlier = KeyFigures(date(2026, 1, 1), 50, 1, 1, 0, 0, 0, 25)
    later = report_on(good_entry(), previous=(first.key_figures, earlier))
    assert later.trend == (earlier, later.key_figures)  # the report of the same day is replaced by this one


def test_assumptions_name_every_article_that_was_not_looked_up():
    text = " ".join(report_on().assumptions)
    to_check = [code for code, duty in DUTIES.items() if duty["article_status"] == "nakijken"]
    named = ", ".join(f"{DUTIES[code]['name'].lower()} ({code})" for code in to_check)
    assert f"Nog nakijken in de wet: {named}." in text
    assert "eigen omrekening" in text


# --- Formats ----------------------------------------------------------------------------------------------------------


def form(report, ending):
    return reports.FORMS[ending].write(as_report(report))


def page(report):
    return html.document_fromstring(form(report, "html").decode())


@pytest.fixture(scope="module")
def mixed():
    return gap_report(mixed_inventory(3), ON)


def table_of(tree, caption):
    return tree.xpath("//table[caption=$caption]", caption=caption)[0]


def test_page_shows_the_lights_with_words_beside_colours_and_parts_that_add_up(mixed):
    rows = table_of(page(mixed), "Hoe staat het ervoor?").xpath("tbody/tr")
    whole, incoming, *others, designated = mixed.lights
    names = [whole.name, incoming.name, f"waarvan {designated.name.lower()}", *(each.name for each in others)]
    assert [row.xpath("string(th)") for row in rows] == names
    shades = [whole, incoming, designated, *others]
    assert [row.xpath("normalize-space(td[1])").lower() for row in rows] == [each.colour.value for each in shades]
    assert all(row.xpath("td[1]//svg[@aria-hidden='true']") for row in rows)  # a shape beside each word
    for column in (3, 4, 5):
        whole, *parts = (int(row.xpath(f"string(td[{column}])").replace(".", "")) for row in rows)
        assert whole == sum(parts) - parts[1]


def test_page_has_one_h1_no_inline_style_no_double_ids_and_headings_in_order(mixed):
    tree = page(mixed)
    ids = tree.xpath("//@id")
    levels = [int(element.tag[1]) for element in tree.xpath("//main//*[self::h1 or self::h2 or self::h3]")]
    assert len(tree.xpath("//h1")) == 1
    assert tree.xpath("//@style | //main//script | //main//style") == []
    assert len(ids) == len(set(ids))
    assert max(after - before for before, after in pairwise(levels)) == 1


def test_section_8_the_parts_stand_in_order_after_one_page(mixed):
    assert page(mixed).xpath("//h2/text()") == [
        "In het kort",
        "Wat u moet beslissen of laten doen",
        "Wettelijke gaten",
        "Komt eraan",
        "Teams en onderwerpen",
        "Hoe digitaal zijn we?",
        "Verloop",
        "De tien grootste risico’s",
        "Zorgplicht: hulp voor wie dat nodig heeft",
        "Aanwijzing van kanalen",
        "Wat nog niet bekend is",
        "Acties",
        "Uitgangspunten",
    ]


def test_every_picture_has_a_title_and_all_its_numbers_in_words_or_in_a_table_below_it(mixed):
    pictures = {chart.xpath("string(title)"): chart for chart in page(mixed).xpath("//svg[@role='img']")}
    assert list(pictures) == [
        "Kleur en score per team en onderwerp",
        "Berichten aan de gemeente per niveau",
        "Kleur van de berichten en score, per rapport",
        "Risico per product, het grootste bovenaan",
    ]
    heat_map, *others = (chart.xpath("string(desc)") for chart in pictures.values())
    for title, told in zip(list(pictures)[1:], others, strict=True):
        assert told == f"{title}. De cijfers staan in de tabel hieronder."
        assert pictures[title].xpath("following-sibling::*[1][self::table]")  # told once, not twice
    for row in mixed.heat:
        told = heat_map.split(f"{row.team}: ")[1].split(";")[0]
        assert [f"{cell.percentage}%" for cell in row.cells if cell.colour not in {None, Colour.GREY}] == [
            word.rstrip(".") for word in told.replace(",", "").split() if "%" in word
        ]
    assert all(not chart.xpath(".//@style | .//@onclick | .//script") for chart in pictures.values())


def test_tables_below_the_pictures_hold_the_same_numbers(mixed):
    tree = page(mixed)
    number = sum(each.count for each in mixed.levels)
    levels = table_of(tree, f"Hoe digitaal zijn de {number} berichten aan de gemeente?").xpath("tbody/tr")
    assert [(int(row.xpath("string(td[1])")), row.xpath("string(td[2])")) for row in levels] == [
        (each.count, f"{MATURITY[each.level]}%" if each.level else "–") for each in mixed.levels
    ]
    months = table_of(tree, "Cijfers per rapport").xpath("tbody/tr")
    assert [[row.xpath(f"string(td[{at}])") for at in range(3, 7)] for row in months] == [
        [str(number) for number in (each.red, each.orange, each.green, each.grey)] for each in mixed.trend
    ]
    risks = table_of(tree, "De tien grootste risico’s met hun gat").xpath("tbody/tr")
    assert [row.xpath("string(td[6])").replace(".", "") for row in risks] == [str(each.risk) for each in mixed.top]


def test_nakijken_stands_wherever_the_status_says_so(mixed):
    rows = tables(mixed)["Wettelijke gaten per bericht"].rows
    assert [("(nakijken)" in row[4]) for row in rows] == [
        DUTIES[row[3]]["article_status"] == "nakijken" for row in rows
    ]
    shown = table_of(page(mixed), "Wettelijke gaten per plicht").xpath("tbody/tr")
    assert [("(nakijken)" in row.xpath("string(td[1])")) for row in shown] == [
        DUTIES[each.code]["article_status"] == "nakijken" for each in mixed.legal_gaps
    ]
    assert any("(nakijken)" in row[4] for row in rows)


def test_long_tables_say_how_many_rows_there_are_and_where(mixed):
    tree = page(report_on(*(risky(f"P{n:02}", n, 0) for n in range(17))))
    text = "U ziet hier 15 van de 17 regels. Alle staan in het werkboek, op het blad ‘Gaten per product’."
    assert text in tree.text_content()
    assert len(table_of(tree, "Wat fout is per product, het grootste aantal per jaar eerst").xpath("tbody/tr")) == 15
    assert len(tables(mixed)["Wettelijke gaten per bericht"].rows) == len(mixed.critical)


def test_proven_gaps_come_before_unknown_ones(mixed):
    values = [one.value for one in mixed.critical]
    assert set(values) == {Value.NO, Value.UNKNOWN}
    assert values == sorted(values, key=lambda value: value is Value.UNKNOWN)


def test_page_and_pictures_escape_what_people_typed():
    content = form(report_on(risky("<script>alert(1)</script> & zo", 1, 0)), "html").decode()
    assert "<script>alert" not in content
    assert "&lt;script&gt;" in content


def test_page_without_earlier_reports_says_that_it_is_the_first(mixed):
    assert "Dit is het eerste rapport." in page(report_on(good_entry())).text_content()
    assert "Dit is het eerste rapport." not in page(mixed).text_content()


def test_page_never_prints_an_empty_value_as_nee():
    report = report_on(risky("A", None, None))
    [row] = table_of(page(report), "De tien grootste risico’s met hun gat").xpath("tbody/tr")
    assert [row.xpath(f"normalize-space(td[{at}])") for at in (4, 5)] == ["niet ingevuld"] * 2


def test_csv_holds_every_finding_and_never_a_formula():
    report = report_on(risky("=1+1", 5, 1), risky("-2", 5, 1))
    rows = list(csv.reader(io.StringIO(form(report, "csv").decode("utf-8-sig")), delimiter=";"))
    assert (len(rows), {len(row) for row in rows}) == (1 + len(report.findings), {16})
    assert sorted(row[13] for row in rows[1:]) == ["'-2", "'=1+1"]


def test_csv_of_one_sheet_holds_the_actions(mixed, tmp_path):
    path = reports.write(as_report(mixed), tmp_path / "acties.csv", sheet="acties")
    assert path.read_text(encoding="utf-8-sig").startswith("Wat moet er gebeuren;Waarover;")
    with pytest.raises(BadInput, match=r"Er is geen blad 'x'. Kies uit: Bevindingen, Acties, "):
        reports.write(as_report(mixed), path, sheet="x")


def test_workbook_holds_every_table_with_every_row(mixed):
    book = CalamineWorkbook.from_filelike(io.BytesIO(form(mixed, "xlsx")))
    wanted = tables(mixed)
    assert book.sheet_names == list(wanted)
    for name, table in wanted.items():
        rows = book.get_sheet_by_name(name).to_python()
        assert rows[0] == list(table.headings)
        assert len(rows) - 1 == len(table.rows)


def test_the_first_workbook_holds_the_figures_that_later_ones_compare_with():
    report = report_on(good_entry())
    assert (report.trend, tables(report)["Verloop"].rows) == ((), [[ON, 100, 1, 0, 0, 1, 0, 50]])


def test_workbook_writes_text_with_an_equals_sign_as_text():
    book = CalamineWorkbook.from_filelike(io.BytesIO(form(report_on(risky("=1+1", 5, 1)), "xlsx")))
    assert book.get_sheet_by_name("Top 10").to_python()[1][0] == "=1+1"


def test_the_pdf_is_accessible_and_its_first_page_stands_alone(mixed, tmp_path):
    path = tmp_path / "wmebv.pdf"
    path.write_bytes(form(mixed, "pdf"))
    assert page_validation.validate_pdf(path, profile=page_validation.ValidationProfile.PDF_UA_1).is_compliant
    pages = [one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(path)]
    assert "In het kort" in pages[0]
    assert "Nog niemand heeft ze afgetekend." in " ".join(pages[0].split())  # the end of the first page
    assert pages[1].startswith("Wettelijke gaten")


def test_an_accent_that_no_typeface_has_stands_in_the_way_of_no_pdf():
    report = report_on(good_entry(name="Bi\u0301j\u0301na alles", team="Zo\u0301 bi\u0301j\u0301na", answers=()))
    assert form(report, "pdf").startswith(b"%PDF")
    svg = str(next(one.svg for one in as_report(report).paper.blocks if isinstance(one, Picture)))
    assert "Zó bíjna" in svg
    assert "Zo\u0301 bi\u0301j\u0301na" in form(report, "html").decode()


def test_the_first_page_stays_one_page_when_everything_is_late_and_names_are_long(tmp_path):
    long = {"Burgerzaken": "Vergunningen, toezicht en handhaving", "Belastingen": "Informatiebeheer en archief"}
    stock = mixed_inventory(3, size=120)
    wanted = (Ambition(year=2024, level=Availability.D6),)
    products = [
        replace(
            one,
            content=one.content.model_copy(
                update={"team": long.get(one.content.team, one.content.team), "ambitions": wanted}
            ),
        )
        for one in stock.products
    ]
    title = "Regel hulp aan de balie of aan de telefoon."
    actions = [
        entry_of(title, "W03", about="Gehandicaptenparkeerkaart", due_on=date(2026, 11, day), owner=f"Teamleider {day}")
        for day in (9, 10)
    ]
    goal = GoalContent(title="Alles digitaal", measure=Measure.SCORE, target=100, by=date(2026, 1, 1))
    later = Amendment(in_force_from=date(2027, 7, 1))
    report = gap_report(
        replace(
            stock,
            products=tuple(products),
            actions=tuple(actions),
            goals=(GoalEntry(goal, key="1"),),
            book=amended({"W29": later, "W31": later}),
        ),
        ON,
    )
    stands = [(one, len(list(rows))) for one, rows in groupby(row[0] for row in decisions(report))]
    assert stands == [("Te laat", 1), ("Komt eraan", 2), ("Fout", 2), ("Onbekend", 4), ("Te laat", 2), ("open", 1)]
    path = tmp_path / "vol.pdf"
    path.write_bytes(form(report, "pdf"))
    assert pypdfium2.PdfDocument(path)[1].get_textpage().get_text_range().startswith("Wettelijke gaten")


def test_the_word_file_has_every_picture_with_its_words(mixed):
    word = docx.Document(io.BytesIO(form(mixed, "docx")))
    told = [shape._inline.docPr.get("descr") for shape in word.inline_shapes]
    assert told == [block.alt for block in as_report(mixed).paper.blocks if isinstance(block, Picture)]


def test_the_same_report_gives_the_same_bytes(mixed):
    again = gap_report(mixed_inventory(3), ON)
    for ending in ("html", "xlsx", "csv", "json"):
        assert form(again, ending) == form(mixed, ending)


def test_json_holds_codes_and_iso_dates(mixed):
    data = json.loads(form(mixed, "json"))
    assert (data["schema"], data["on"], data["message_types"]) == (
        "openboek-wmebv-report",
        "2026-11-21",
        mixed.message_types,
    )
    assert data["assessed_percentage"] == mixed.assessed * 100 // mixed.message_types
    assert data["colours"] == {colour.value: count for colour, count in mixed.colours.items()}
    assert (len(data["findings"]), len(data["lights"])) == (len(mixed.findings), 5)


def test_a_login_channel_is_not_called_a_legal_gap():
    report = report_on(channel_entry(level=Availability.D5, login_levels=(LoginLevel.DIGID_MIDDEN,)))
    assert (report.legal_gaps, [finding.code for finding in report.findings]) == ((), ["W12"])


def test_a_report_of_eight_times_as_many_messages_takes_no_more_than_some_eight_times_as_long():
    few = mixed_inventory(1, size=100)
    many = replace(few, products=few.products * 8)
    assert sum(len(product.messages) for product in many.products) > 1000

    def seconds(stock: Inventory) -> float:
        start = time.process_time()
        gap_report(stock, ON)
        return time.process_time() - start

    seconds(few)  # what is kept from one report to the next
    assert seconds(many) < 20 * seconds(few)


# Part 10: actions


@pytest.fixture(scope="module")
def keyed():
    """A municipality whose messages have keys, as stored ones have."""
    stock = mixed_inventory(3)
    products = tuple(
        replace(one, messages=tuple(replace(each, key=f"b{at}-{place}") for place, each in enumerate(one.messages)))
        for at, one in enumerate(stock.products)
    )
    return replace(stock, products=products)


def entry_of(title, duty="", **facts):
    own = {name: facts.pop(name) for name in ("about", "keys", "channel") if name in facts}
    return ActionEntry(ActionContent(title=title, **facts), duty, **own)


def test_section_8_part_10_actions_with_owner_date_cost_and_supplier_and_late_ones(keyed):
    first, second, *_ = (finding for finding in gap_report(keyed, ON).critical if finding.key)
    stock = replace(
        keyed,
        actions=(
            entry_of("Later", first.code, keys=frozenset({first.key}), due_on=date(2027, 1, 1), cost=100),
            entry_of("Te laat", "W02", due_on=date(2026, 11, 20), supplier="Formulieren BV", owner="CIO"),
            entry_of("Klaar", second.code, keys=frozenset({second.key}), status=ActionStatus.DONE, cost=9),
            entry_of("Vervallen", second.code, keys=frozenset({second.key}), status=ActionStatus.DROPPED),
        ),
    )
    report = gap_report(stock, ON)
    assert [line.title for line in report.actions.waiting] == ["Te laat", "Later"]
    assert (report.actions.late, report.actions.done, report.actions.cost, report.actions.cost_unknown) == (
        1,
        1,
        100,
        1,
    )
    mended = sum(finding.code == first.code and finding.key == first.key for finding in report.findings)
    assert [line.mends for line in report.actions.waiting][1] == mended
    own = sum(is_legal_gap(one) and (one.code, one.key) == (first.code, first.key) for one in report.findings)
    assert report.actions.gaps_without == len(report.critical) - own
    row = tables(report)["Acties"].rows[0]
    unknown = "niet ingevuld"
    assert row[3:10] == ["CIO", unknown, date(2026, 11, 20), "ja", unknown, unknown, "Formulieren BV"]
    assert any("2 acties wachten, waarvan 1 te laat is." in line for line in headlines(report, str))


def test_an_action_about_a_channel_mends_what_is_wrong_with_that_channel_only(keyed):
    found = [one for one in gap_report(keyed, ON).findings if one.channel]
    channel, code = found[0].channel, found[0].code
    both = (entry_of("Dit", code, channel=channel), entry_of("Ander", code, channel="Ander kanaal"))
    lines = {line.title: line.mends for line in gap_report(replace(keyed, actions=both), ON).actions.waiting}
    assert lines == {"Dit": sum((one.code, one.channel) == (code, channel) for one in found), "Ander": 0}


# Beside the law: ambitions, service norms and satisfaction


def wanting(*ambitions, levels=(Availability.D4, Availability.D3)):
    channels = [good_channel(name=f"Kanaal {number}", level=level) for number, level in enumerate(levels)]
    messages = tuple(MessageEntry(good_message(name=each.name), (each,)) for each in channels)
    return ProductEntry(good_product(ambitions=ambitions), (*messages, MessageEntry(good_outgoing())))


@pytest.mark.parametrize(
    ("year", "level", "levels", "reached", "state"),
    [
        (2026, Availability.D3, (Availability.D4, Availability.D3), 2, GoalState.REACHED),
        (2026, Availability.D4, (Availability.D4, Availability.D3), 1, GoalState.ON_THE_WAY),  # the year is not over
        (2025, Availability.D4, (Availability.D4, Availability.D3), 1, GoalState.LATE),
        (2025, Availability.D4, (Availability.D4, None), 1, GoalState.UNKNOWN),
        (2025, Availability.D4, (Availability.D3, None), 0, GoalState.LATE),
        (2025, Availability.D4, (), 0, GoalState.UNKNOWN),
        (2026, Availability.D5, (Availability.DX,), 0, GoalState.ON_THE_WAY),
    ],
)
def test_an_ambition_is_reached_when_every_message_to_the_municipality_is(year, level, levels, reached, state):
    [line] = report_on(wanting(Ambition(year=year, level=level), levels=levels)).ambitions
    assert (line.reached, line.out_of, line.state) == (reached, len(levels), state)


def test_an_ambition_without_year_or_level_is_none():
    assert report_on(wanting(Ambition(year=2026), Ambition(level=Availability.D4))).ambitions == ()


def test_a_goal_counts_the_ambitions_until_its_year():
    wanted = [Ambition(year=year, level=Availability.D3) for year in (2025, 2026, 2028)]
    goal = GoalContent(title="Zo digitaal als beloofd", measure=Measure.AMBITION, target=60, by=date(2027, 1, 1))
    report = report_on(
        wanting(*wanted), wanting(Ambition(year=2026, level=Availability.D6)), goals=(GoalEntry(goal, key="1"),)
    )
    [line] = report.goals
    assert (line.counted, line.out_of, line.reached, line.state) == (2, 3, 66, GoalState.REACHED)


def test_norms_and_grades_show_the_newest_measurement_and_where_it_comes_from():
    results = (NormResult(year=2024, percentage=90), NormResult(year=2025, percentage=70, source="Zaaksysteem"))
    grades = (Satisfaction(year=2025, grade="6,5", source="Enquête"), Satisfaction(year=2023, grade="7"))
    channel = good_channel(satisfaction=grades)
    measured = good_message(name="Gemeten", service_norm="5 werkdagen", norm_results=results)
    unmeasured = good_message(name="Niet gemeten", service_norm="8 weken")
    entry = ProductEntry(good_product(), (MessageEntry(measured, (channel,)), MessageEntry(unmeasured, (channel,))))
    report = report_on(entry, ProductEntry(good_product(name="Zonder"), (MessageEntry(good_message()),)))
    assert [(one.message_type, one.percentage, one.year, one.source) for one in report.norms] == [
        ("Gemeten", 70, 2025, "Zaaksysteem"),
        ("Niet gemeten", None, None, ""),
    ]
    [grade] = report.satisfaction
    assert (grade.grade, grade.source, grade.grade_before, grade.year_before) == ("6,5", "Enquête", "7", 2023)
    text = page(report).text_content()
    assert "2 berichten hebben een servicenorm" in text
    assert "1 kanaal heeft een rapportcijfer. Het cijfer is lager dan de vorige keer." in text
    assert "7 (2023)" in text


def test_what_nobody_filled_in_has_no_part_of_its_own(mixed):
    assert not {"Ambities", "Servicenormen", "Tevredenheid"} & set(page(mixed).xpath("//caption/text()"))
