"""One report for the whole programme: what the first page says is what the three reports say."""

import json
from datetime import timedelta
from pathlib import Path

import page as page_validation
import pypdfium2
import pytest
from docx import Document as WordDocument
from lxml import html
from python_calamine import CalamineWorkbook

import woo.as_of
import woo.report
from app import programme
from core import clock, reports
from core.content import YesNo
from core.errors import BadInput
from core.findings import Severity
from register import figures
from register import services as register
from support.inventories import answer, good_channel, good_message, good_product
from support.register import COMPLETE
from support.site import AISHA, established
from wmebv import services as wmebv
from wmebv.content import ActionContent, ChannelLink, GoalContent, Measure, Value
from wmebv.rules import Colour


@pytest.fixture
def filled(session):
    """A register with faults, and a product without help of a person, with one action."""
    today = clock.today()
    established(session, name="Parkeren", team="Ruimte", next_review_on=today - timedelta(days=1))
    faulty = COMPLETE.model_copy(update={"name": "", "team": "", "outside_eea": YesNo.NO})
    register.add(session, faulty, actor=AISHA)
    wmebv.add_channel(session, good_channel(name="Formulier"), actor=AISHA)
    product = wmebv.add_product(session, good_product(), actor=AISHA)
    content = good_message(channels=(ChannelLink(channel="Formulier"),))
    wmebv.add_message_type(session, product, content, actor=AISHA)
    wmebv.answer(session, product, answer("W03", Value.NO), actor=AISHA)
    todo = ActionContent(title="Regel hulp aan de balie.", owner="Teamleider", due_on=today - timedelta(days=3))
    goal = GoalContent(title="Alles groen", measure=Measure.SCORE, target=100, by=today)
    wmebv.add_goal(session, goal, actor=AISHA)
    wmebv.add_action(session, todo, duty="W03", about=product, actor=AISHA)
    session.flush()
    return session


@pytest.fixture
def made(filled):
    return programme.read(filled, clock.today())


def test_the_first_page_says_what_the_three_reports_say(filled, made):
    today, facts = clock.today(), made.facts
    name, records = figures.read(filled, today)
    of_register = figures.figures(name, today, records)
    of_wmebv = wmebv.report_on(filled, today)
    assert facts.register == of_register
    assert facts.woo == woo.report.figures(woo.as_of.read(filled, today))
    assert facts.wmebv == of_wmebv
    assert [(one.register, one.colour) for one in facts.standings if one.register != programme.WOO] == [
        (programme.REGISTER, Colour.RED),
        (programme.WMEBV, Colour.RED),
    ]
    breaches = [(one.register, one.number) for one in facts.breaches]
    errors = [one.number for one in of_register.rules if one.severity is Severity.ERROR]
    assert sorted(number for register, number in breaches if register == programme.REGISTER) == sorted(errors)
    assert [number for register, number in breaches if register == programme.WMEBV] == [
        gap.count for gap in of_wmebv.legal_gaps
    ]
    assert [(one.on, one.what) for one in facts.coming if one.register == programme.WMEBV] == [
        (each.on, f"{each.name} ({each.code}) wordt verplicht: {each.not_ready} van {each.applicable} niet klaar")
        for each in of_wmebv.upcoming
    ]
    todo = [(one.who, one.what, one.due_on, one.is_late) for one in facts.todo]
    assert ("Teamleider", "Regel hulp aan de balie: Kapvergunning", today - timedelta(days=3), True) in todo
    assert ("Ruimte", "1 verwerking opnieuw controleren", None, True) in todo
    assert [one.is_late for one in facts.todo] == sorted((one.is_late for one in facts.todo), reverse=True)


def test_it_is_written_in_every_form_and_the_pdf_is_for_everybody(made, tmp_path: Path):
    pdf = reports.write(made, tmp_path / "programma.pdf")
    assert page_validation.validate_pdf(pdf, profile=page_validation.ValidationProfile.PDF_UA_1).is_compliant
    pages = [one.get_textpage().get_text_bounded() for one in pypdfium2.PdfDocument(pdf)]
    assert "Wie doet wat?" in pages[0]
    assert pages[1].lstrip().startswith(programme.REGISTER)  # all that management must read is one page
    tree = html.document_fromstring(reports.write(made, tmp_path / "programma.html").read_bytes())
    assert tree.xpath("//h2/text()") == [programme.REGISTER, programme.WOO, programme.WMEBV]
    assert {part for parts in programme.CHAPTERS.values() for part in parts} <= set(tree.xpath("//h3/text()"))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    document = WordDocument(str(reports.write(made, tmp_path / "programma.docx")))
    assert [one.text for one in document.paragraphs if one.style.name == "Heading 1"] == list(programme.CHAPTERS)
    book = CalamineWorkbook.from_path(str(reports.write(made, tmp_path / "programma.xlsx")))
    names = [table.name for table in made.tables]
    assert len({name.casefold() for name in names}) == len(names)
    assert (book.sheet_names[0], len(book.sheet_names)) == ("Programma", len(names))
    assert {"Bevindingen", "Bevindingen (Wmebv)"} <= set(names)
    csv = reports.write(made, tmp_path / "programma.csv").read_text(encoding="utf-8-sig")
    assert csv.startswith("Onderdeel;Soort;Wat;")
    facts = json.loads(reports.write(made, tmp_path / "programma.json").read_text())
    assert (facts["schema"], facts["standings"][0]["colour"]) == ("openboek-programma-report", "rood")
    assert facts["wmebv"]["message_types"] == 1


def test_what_is_known_of_nothing_is_grey(session):
    made = programme.read(session, clock.today())
    assert {one.register: one.colour for one in made.facts.standings if one.register != programme.WOO} == {
        programme.REGISTER: Colour.GREY,
        programme.WMEBV: Colour.GREY,
    }
    assert made.facts.register is None
    assert "Er staat nog geen verwerking in het register." in reports.FORMS["html"].write(made).decode()


def test_a_day_to_come_has_no_report(session):
    with pytest.raises(BadInput, match=r"Deze dag moet nog komen\."):
        programme.read(session, clock.today() + timedelta(days=1))


def test_the_command_writes_the_form_that_the_name_asks(here, capsys):
    here.add_activity()
    output = here.folder.root / "programma.csv"
    programme.report_programme(output, here.folder.root)
    assert capsys.readouterr().out == f"{output}\n"
    assert "Verwerkingsregister;Stand;1 verwerking" in output.read_text(encoding="utf-8-sig")
