"""The plan of action: per year the goals and actions, what it costs, who it waits for, and gaps without an action."""

import io
from dataclasses import replace
from datetime import date

import docx
import pytest
from lxml import html

from core.papers import WRITERS
from core.web.pages import dutch_date, euros
from support.inventories import ON, mixed_inventory
from wmebv.content import ActionContent, GoalContent, Measure
from wmebv.plan import plan
from wmebv.report import ActionEntry, GoalEntry, gap_report


@pytest.fixture(scope="module")
def report():
    return gap_report(
        replace(
            mixed_inventory(3),
            actions=(
                ActionEntry(ActionContent(title="Formulier maken", phase=2027, cost=1200, supplier="Oost BV"), "W11"),
                ActionEntry(ActionContent(title="Balie bellen", phase=2026, due_on=date(2026, 1, 1), owner="KCC")),
                ActionEntry(ActionContent(title="Ooit")),
            ),
            goals=(
                GoalEntry(GoalContent(title="Half", measure=Measure.ASSESSED, target=50, by=date(2027, 12, 31))),
                GoalEntry(GoalContent(title="Alles", measure=Measure.ASSESSED, target=100, by=date(2028, 12, 31))),
            ),
        ),
        ON,
    )


@pytest.fixture(scope="module")
def paper(report):
    return plan(report, dutch_date, euros)


def test_each_year_has_its_goals_and_its_actions_and_what_has_no_year_comes_last(paper):
    page = html.document_fromstring(WRITERS[".html"](paper))
    headings = [one.text_content() for one in page.xpath("//h2")]
    years = headings[2:6]
    assert years == ["In 2026", "In 2027", "In 2028", "Nog zonder jaar"]
    after = {
        name: page.xpath(f"string(//h2[.='{name}']/following-sibling::table[caption='Acties'][1]//tbody)")
        for name in ("In 2026", "In 2027", "Nog zonder jaar")
    }
    assert "Balie bellen" in after["In 2026"]
    assert "(te laat)" in after["In 2026"]
    assert ("Formulier maken (W11)" in after["In 2027"], "€ 1.200" in after["In 2027"]) == (True, True)
    assert "Ooit" in after["Nog zonder jaar"]
    text = page.text_content()
    assert ("Oost BV" in text, "Kosten samen: € 1.200" in text) == (True, True)


def test_gaps_without_an_action_are_counted_per_duty_and_add_up(report, paper):
    page = html.document_fromstring(WRITERS[".html"](paper))
    rows = page.xpath("//h2[.='Wettelijke gaten zonder actie']/following-sibling::table[1]/tbody/tr")
    assert sum(int(row.xpath("string(td[2])")) for row in rows) == report.actions.gaps_without
    assert len(rows) == len({one.code for one in report.actions.without})


def test_what_must_still_be_decided_stands_out(paper):
    page = html.document_fromstring(WRITERS[".html"](paper))
    assert len(page.xpath("//mark")) == 2
    word = docx.Document(io.BytesIO(WRITERS[".docx"](paper)))
    assumed = [one.text for one in word.paragraphs if one.text.startswith("Aanname: ")]
    assert len(assumed) == 2
    assert word.paragraphs[0].text == "Plan van aanpak: digitaal zaken doen met de gemeente"


def test_the_same_plan_gives_the_same_bytes(paper):
    for write in WRITERS.values():
        assert write(paper) == write(paper)
