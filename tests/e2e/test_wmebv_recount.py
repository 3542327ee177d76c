"""The report of the example municipality is right to the last count: counted again, straight from its database."""

import json
from collections import Counter
from datetime import date
from typing import Any

from core import clock, reports
from core.cli import opened
from support.browsing import Example
from support.recount import (
    DUTIES,
    ORDER,
    best_level,
    check_base,
    check_reasons,
    check_todo,
    check_top,
    gaps_in,
    read,
    recount,
    recount_colour,
    recount_percentage,
    recount_support,
    recount_volume,
    weighing,
)
from wmebv import services
from wmebv.report import headlines

LEVELS = [None, "D0", "D1", "D2", "D3", "D4", "DX", "D5", "D6"]
LIGHTS = {
    "Alles samen": set(DUTIES),
    "Inkomende berichten": {
        code
        for code, duty in DUTIES.items()
        if duty["group"]
        in {"doorzenden en bijzondere wet", "berichten aan de gemeente", "verkeerd kanaal", "na ontvangst"}
    },
    "Berichten van de gemeente": {
        code for code, duty in DUTIES.items() if duty["group"] == "berichten van de gemeente"
    },
    "Zorgplicht": {code for code, duty in DUTIES.items() if duty["group"] == "zorgplicht"},
    "Aanwijzing van kanalen": {"W12", "W13"},
}


def test_the_report_of_the_example_is_right_to_the_last_count(example: Example) -> None:
    with opened(example.directory) as here, here.database.read(here.organisation_id) as session:
        written = services.written_report(session, clock.today())
    report = json.loads(reports.as_json(written))
    stock = read(example.directory / "openboek.db")
    rows = recount(stock, date.fromisoformat(report["on"]))
    messages = [(product, message, found) for what, product, message, found in rows if what == "bericht"]
    check(report, stock)
    check_red(headlines(written.facts, str)[0], [found for *_, found in messages])
    check_risks_and_unknowns(report, stock, messages)
    check_support(report, stock, messages)
    check_designation(report, stock, messages)
    check_actions(report, stock, rows)
    check_todo(report, rows)
    check_reasons(report, rows)
    check_base(report, rows)
    check_top(report, rows)
    check_goals_and_ambitions(report, stock, messages)
    check_norms_and_satisfaction(report, stock)


def check_red(headline: str, messages: Any) -> None:
    """How many messages are wrong for sure, and of how many red ones that is not known."""
    red = [weighing(found) for found in messages if recount_colour(found) == "rood"]
    sure = sum(any((row["severity"], row["value"]) == ("kritiek", "nee") for row in found) for found in red)
    assert f"{len(red)} rood ({sure} zeker fout, {len(red) - sure} onbekend)" in headline


def check(report: Any, stock: Any) -> None:
    rows = recount(stock, date.fromisoformat(report["on"]))
    messages = [(product, message, found) for what, product, message, found in rows if what == "bericht"]
    assert (report["products"], report["message_types"]) == (len(stock.products), len(messages))
    colours = Counter(recount_colour(found) for *_, found in messages)
    assert {name: number for name, number in report["colours"].items() if number} == dict(colours)
    everything = [row for *_, found in rows for row in weighing(found)]
    for light in report["lights"]:
        part = [row for row in everything if row["code"] in LIGHTS[light["name"]]]
        failing = sum(row["value"] in {"nee", "onbekend"} for row in part)
        assert (light["percentage"], light["applicable"], light["failing"]) == (
            recount_percentage(part),
            len(part),
            failing,
        ), light["name"]
    touched = [found for *_, found in rows if recount_colour(found) != "grijs"]
    heavy = [row for found in touched for row in weighing(found) if row["severity"] == "kritiek"]
    assert {gap["code"]: gap["count"] for gap in report["legal_gaps"]} == dict(
        Counter(row["code"] for row in heavy if row["value"] in {"nee", "onbekend"})
    )
    best = Counter(
        max((channel["level"] for channel in message.channels), key=LEVELS.index, default=None)
        for _, message, _ in messages
        if message.content["direction"] == "in"
    )
    assert {each["level"]: each["count"] for each in report["levels"]} == {level: best[level] for level in LEVELS}
    for team in report["heat"][1:]:
        own = [found for product, _, found in messages if product.content["team"] == team["team"]]
        assert team["message_types"] == len(own)
        for group, cell in zip(dict.fromkeys(duty["group"] for duty in DUTIES.values()), team["cells"], strict=True):
            part = [row for found in own for row in weighing(found) if DUTIES[row["code"]]["group"] == group]
            assert (cell["percentage"], cell["applicable"]) == (recount_percentage(part), len(part))
    known = [weighing(found) for *_, found in messages if recount_colour(found) != "grijs"]
    unknowns = report["unknowns"]
    assert unknowns["unknown"] == sum(row["value"] == "onbekend" for found in known for row in found)
    assert unknowns["outdated"] == sum(row["old"] for found in known for row in found)
    assert unknowns["untouched"] == len(messages) - len(known)
    later = [row for *_, found in rows for row in found if row["later"] and not row["advice"] and row["value"] != "nvt"]
    assert {each["code"]: each["applicable"] for each in report["upcoming"]} == dict(
        Counter(row["code"] for row in later)
    )


MATURITY = {"D0": 0, "D1": 0, "D2": 25, "D3": 25, "D4": 50, "D5": 75, "D6": 100, "DX": 75}


def check_risks_and_unknowns(report: Any, stock: Any, messages: Any) -> None:
    levels = [best_level(message) for _, message, _ in messages if message.content["direction"] == "in"]
    known = [MATURITY[level] for level in levels if level]
    assert report["maturity"] == sum(known) // len(known)
    unknowns = report["unknowns"]
    assert unknowns["without_level"] == levels.count(None)
    assert unknowns["without_volume"] == sum(
        recount_volume(product.content, message.content) is None for product, message, _ in messages
    )
    assert len(unknowns["without_message_type"]) == sum(not product.messages for product in stock.products)


def check_support(report: Any, stock: Any, messages: Any) -> None:
    on = date.fromisoformat(report["on"])
    by_team: dict[str, list[Any]] = {}
    below, missed = [], Counter[str]()
    for product in stock.products:
        own = [(message, found) for one, message, found in messages if one is product]
        looked = recount_support(product.content, own, stock.answers, on)
        by_team.setdefault(product.content["team"], []).append(looked)
        if looked["missing"]:
            below.append((product.content["name"], looked["level"], looked["missing"]))
        incoming = [message.content for message, _ in own if message.content["direction"] == "in"]
        reached = {
            group
            for record in (product.content, stock.answers, *incoming)
            for answer in record["answers"]
            if answer["value"] in {"ja", "deels"}
            for group in answer["reaches"]
        }
        missed.update(set(product.content["target_groups"]) - reached)
    assert {each["team"] for each in report["support"]} == set(by_team)
    for row in report["support"]:
        team = by_team[row["team"]]
        levels = [one["level"] for one in team]
        scores = [one["score"] for one in team if one["score"] is not None]
        assert row["products"] == len(team)
        assert row["levels"] == [levels.count(f"Z{number}") for number in range(5)], row["team"]
        assert (row["lowest"], row["percentage"]) == (min(levels), sum(scores) // len(scores)), row["team"]
    assert sorted((one["product"], one["level"], one["missing"]) for one in report["below_minimum"]) == sorted(below)
    assert {one["group"]: len(one["products"]) for one in report["not_reached"]} == dict(missed)


def check_designation(report: Any, stock: Any, messages: Any) -> None:
    wrong = {"nee", "onbekend"}
    undesignated = sorted(
        (product.content["name"], message.content["name"])
        for product, message, found in messages
        if message.content["direction"] == "in"
        and any(row["code"] in {"W12", "W13"} and row["value"] in wrong for row in weighing(found))
    )
    said = report["designation"]
    assert sorted((one["product"], one["message_type"]) for one in said["undesignated"]) == undesignated
    used = {one["name"]: one for product in stock.products for message in product.messages for one in message.channels}
    named = [one for one in used.values() if one["designated"] == "ja"]
    assert [one["channel"] for one in said["unreachable"]] == sorted(
        one["name"] for one in named if one["reachable"] == "nee"
    )
    older = [
        one["name"]
        for one in named
        if one["designation_decided_on"] and one["changed_on"] and one["designation_decided_on"] < one["changed_on"]
    ]
    assert [one["channel"] for one in said["older_than_form"]] == sorted(older)


def check_actions(report: Any, stock: Any, rows: Any) -> None:
    todo = [one for one in stock.actions if one["status"] in {"open", "bezig"}]
    said = report["actions"]
    assert len(said["waiting"]) == len(todo)
    assert said["done"] == sum(one["status"] == "klaar" for one in stock.actions)
    assert said["cost"] == sum(one["cost"] or 0 for one in todo)
    assert said["cost_unknown"] == sum(one["cost"] is None for one in todo)
    assert sum(one["is_late"] for one in said["waiting"]) == sum(
        one["due_on"] is not None and one["due_on"] < report["on"] for one in todo
    )
    without, planned, late, ready = 0, Counter[tuple[str, ...]](), Counter[tuple[str, ...]](), {}
    for gap in gaps_in(rows):
        place = {gap.product.content["id"], gap.message.content["id"]} if gap.message else {None}
        own = [
            one
            for one in todo
            if one["duty"] == gap.row["code"]
            and (
                stock.channels[one["channel_id"]] == gap.row.get("channel")
                if one["channel_id"]
                else (one["product_id"] or one["message_type_id"]) in place
            )
        ]
        without += not own
        for key in ((gap.need, gap.row["code"]), (gap.team,)):
            planned[key] += bool(own)
            days = [one["due_on"] for one in own if one["due_on"]]
            late[key] += any(day < report["on"] for day in days)
            ready[key] = max(ready.get(key) or "", min(days, default="")) or None
    assert len(said["without"]) == without
    listed = {(one["need"], one["code"]): one for one in report["todo"] if one["need"] != "komt eraan"}
    listed |= {(one["team"],): one for one in report["team_gaps"]}
    assert any(planned.values())
    assert any(late.values())
    assert {key: (one["planned"], one["ready_on"], one["late"]) for key, one in listed.items()} == {
        key: (planned[key], ready[key], late[key]) for key in ready
    }


def check_goals_and_ambitions(report: Any, stock: Any, messages: Any) -> None:
    expected = []
    for product in stock.products:
        levels = [best_level(one) for one in product.messages if one.content["direction"] == "in"]
        for wanted in product.content["ambitions"]:
            there = [one for one in levels if one and ORDER.index(one) >= ORDER.index(wanted["level"])]
            expected.append((product.content["name"], wanted["year"], wanted["level"], len(there), len(levels)))
    lines = report["ambitions"]
    assert expected
    assert sorted(
        (one["product"], one["year"], one["level"], one["reached"], one["out_of"]) for one in lines
    ) == sorted(expected)
    asked = [
        [row for row in weighing(found) if row["code"] in {"W12", "W13"}]
        for _, message, found in messages
        if message.content["direction"] == "in"
    ]
    good = [own for own in asked if own and not any(row["value"] in {"nee", "onbekend"} for row in own)]
    for goal in stock.goals:
        [line] = [one for one in report["goals"] if one["key"].replace("-", "") == goal["id"].replace("-", "")]
        if goal["measure"] == "aangewezen":
            assert (line["counted"], line["out_of"]) == (len(good), sum(map(bool, asked)))
        elif goal["measure"] == "ambitie":
            due = [one for one in expected if one[1] <= int(goal["by"][:4])]
            assert (line["counted"], line["out_of"]) == (sum(one[3] == one[4] > 0 for one in due), len(due))
        else:
            assert (line["counted"], line["out_of"]) == (0, len(json.loads(goal["base"])))
    assert len(report["goals"]) == len(stock.goals)


def check_norms_and_satisfaction(report: Any, stock: Any) -> None:
    newest, grades = [], {}
    for product in stock.products:
        for message in product.messages:
            content = message.content
            measured = sorted((one["year"], one["percentage"]) for one in content["norm_results"])
            if content["service_norm"] or measured:
                newest.append((product.content["name"], content["name"], measured[-1][1] if measured else None))
            for one in message.channels:
                if one["satisfaction"]:
                    grades[one["name"]] = max((each["year"], each["grade"]) for each in one["satisfaction"])
    found = [(one["product"], one["message_type"], one["percentage"]) for one in report["norms"]]
    assert newest
    assert sorted(found, key=str) == sorted(newest, key=str)
    assert grades
    assert {one["channel"]: (one["year"], one["grade"]) for one in report["satisfaction"]} == grades
