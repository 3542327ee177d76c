"""The report of the example municipality is right to the last count: counted again, straight from its database."""

import json
from collections import Counter
from datetime import date
from typing import Any

from core import clock, reports
from core.cli import opened
from support.browsing import Example
from support.recount import DUTIES, read, recount, recount_colour, recount_percentage, weighing
from wmebv import services

LEVELS = [None, "D0", "D1", "D2", "D3", "D4", "DX", "D5", "D6"]
LIGHTS = {
    "Alles samen": set(DUTIES),
    "Berichten aan de gemeente": {
        code
        for code, duty in DUTIES.items()
        if duty["group"] in {"doorzenden", "berichten aan de gemeente", "verkeerd kanaal", "na ontvangst"}
    },
    "Berichten van de gemeente": {
        code for code, duty in DUTIES.items() if duty["group"] == "berichten van de gemeente"
    },
    "Zorgplicht": {code for code, duty in DUTIES.items() if duty["group"] == "zorgplicht"},
    "Aanwijzing van kanalen": {"W12", "W13"},
}


def test_the_report_of_the_example_is_right_to_the_last_count(example: Example) -> None:
    with opened(example.directory) as here, here.database.read(here.organisation_id) as session:
        report = json.loads(reports.as_json(services.written_report(session, clock.today())))
    check(report, read(example.directory / "openboek.db"))


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
