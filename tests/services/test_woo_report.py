"""The report on the Woo: every figure counted once more, straight from the tables, and every form of it read back."""

import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import docx
import page as page_validation
import pypdfium2
import pytest
from lxml import html
from sqlmodel import Session, select

from core import clock, reports, sheets
from core.errors import BadInput
from core.folder import Folder
from core.reports import Report
from support import woo_documents as make
from woo import as_of, cli, lists, report, services
from woo.content import AmbitionContent, CategoryStatus, Decision, ProcessContent, ProcessState, RequestContent
from woo.models import Category, Document, MappedProcess, WooRequest
from woo.report import CategoryFigures, Terms, WooFigures

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def filled(session: Session, folder: Folder) -> Session:
    """Documents in every state, in time and late; processes, requests and ambitions."""
    services.add_categories(session, actor=make.AISHA)
    place = make.dossier(session)
    for day, adopted, category in ((1, 1, "002"), (20, 1, "002"), (20, 19, "011"), (20, 10, "3.1"), (20, 18, "008")):
        with clock.frozen(NOON.replace(day=day)):
            title = f"Besluit {day} {adopted} {category}"
            make.publish(session, folder, place, title=title, adopted_on=date(2026, 11, adopted), category=category)
    gone = make.publish(session, folder, place, title="Weg", adopted_on=date(2026, 11, 20))
    services.withdraw(session, gone, note="Fout", actor=make.AISHA, folder=folder)
    make.add(session, folder, place, title="=Te laat", adopted_on=date(2026, 10, 1), category="002")
    make.add(session, folder, place, title="Op tijd", adopted_on=date(2026, 11, 20), category="002")
    planned = make.add(session, folder, place, title="Gepland", adopted_on=date(2026, 11, 20), category="011")
    services.plan_document(session, planned, on=date(2026, 11, 25), version=planned.version, actor=make.AISHA)
    for number, state in enumerate((ProcessState.CONNECTED, ProcessState.MAPPED, ProcessState.NOT_NEEDED)):
        content = ProcessContent(process=f"Proces {number}", category="002", state=state)
        services.add_process(session, content, actor=make.AISHA)
    for case, received, decided in (("Z-1", date(2026, 10, 1), date(2026, 10, 20)), ("Z-2", date(2026, 9, 1), None)):
        content = RequestContent(
            case_number=case, received_on=received, decided_on=decided, decision=Decision.FULL if decided else None
        )
        services.add_request(session, content, actor=make.AISHA)
    ambitions = (AmbitionContent(year=2026, goal="Alles", share=60), AmbitionContent(year=2027, share=100))
    change(session, "002", status=CategoryStatus.IN_ORDER, ambitions=ambitions)
    change(session, "003", in_force_since=date(2027, 7, 1))
    return session


def change(session: Session, number: str, **changes: object) -> None:
    category = session.exec(select(Category).where(Category.number == number)).one()
    content = services.category_content(category, "").model_copy(update=changes)
    services.change_category(session, category, content, version=category.version, actor=make.AISHA)


def counted(session: Session, day: date = TODAY) -> WooFigures:
    return report.figures(as_of.read(session, day))


def of(found: WooFigures, number: str) -> CategoryFigures:
    return next(one for one in found.categories if one.number == number)


def test_every_figure_is_that_of_an_independent_count(filled):
    """Straight from the rows of today, where the report reads revisions and versions."""
    found = counted(filled)
    rows = filled.exec(select(Document)).all()
    for one in found.categories:
        mine = [row for row in rows if row.category == one.number]
        states = Counter(row.state.value for row in mine)
        public = [row for row in mine if row.state.value == "gepubliceerd"]
        bound = [(row.published_at.date(), row.due_on) for row in public if row.due_on and row.published_at]
        waits = [row for row in mine if row.state.value in {"concept", "klaar", "gepland"}]
        assert (one.public, one.withdrawn, one.waiting) == (states["gepubliceerd"], states["ingetrokken"], len(waits))
        assert one.terms.in_time == sum(day <= due for day, due in bound)
        assert one.terms.late == sum(day > due for day, due in bound)
        assert one.terms.without == len(public) - len(bound)
        assert one.waiting_late == sum(1 for row in waits if row.due_on and row.due_on < TODAY)
        must = [row for row in filled.exec(select(MappedProcess)) if row.category == one.number]
        must = [row for row in must if row.state is not ProcessState.NOT_NEEDED]
        done = sum(row.state is ProcessState.CONNECTED for row in must)
        assert (one.processes_connected, one.processes_total) == (done, len(must))
    assert len(found.categories) == 18
    assert sum(one.public for one in found.categories) == 5
    assert (of(found, "002").terms.in_time, of(found, "002").terms.late, of(found, "008").terms.without) == (1, 1, 1)
    assert sum((found.published_in_year.in_time, found.published_in_year.late, found.published_in_year.without)) == 6
    requests = filled.exec(select(WooRequest)).all()
    assert found.requests.received == len(requests)
    assert (found.requests.decided, found.requests.decided_in_time) == (1, 1)
    assert (found.requests.open, found.requests.open_late) == (1, 1)
    assert [(one.title, one.due_on) for one in found.late] == [("=Te laat", date(2026, 10, 15))]


def test_a_document_that_waits_until_a_third_party_was_heard_is_not_late(session, folder):
    services.add_categories(session, actor=make.AISHA)
    hearing = {"heard_from": date(2026, 11, 20), "heard_until": date(2026, 12, 4)}
    make.add(session, folder, title="Gehoord", adopted_on=date(2026, 10, 1), **hearing)
    assert counted(session).late == []
    with clock.frozen(NOON + timedelta(days=20)):
        assert [one.due_on for one in counted(session, date(2026, 12, 11)).late] == [date(2026, 12, 5)]


def test_ambition_is_laid_beside_what_was_reached(filled):
    found = {one.year: one for one in counted(filled).ambitions}
    assert (found[2026].reached, found[2026].is_reached) == (50, False)
    assert (found[2027].reached, found[2027].is_reached) == (None, None)
    with clock.frozen(NOON.replace(year=2027)):
        process = filled.exec(select(MappedProcess).where(MappedProcess.process == "Proces 1")).one()
        content = process.content().model_copy(update={"state": ProcessState.CONNECTED})
        services.change_process(filled, process, content, version=process.version, actor=make.AISHA)
        later = {one.year: one for one in counted(filled, date(2027, 11, 21)).ambitions}
    assert (later[2026].reached, later[2027].reached) == (50, 100), "a year that is over keeps what it reached"


def test_what_comes_has_a_day_and_the_first_comes_first(filled):
    assert [(one.on, one.what, one.kind) for one in counted(filled).coming] == [
        (date(2026, 11, 25), "Gepland", "wordt vanzelf openbaar"),
        (date(2026, 12, 4), "Op tijd", "moet openbaar zijn"),
        (date(2027, 7, 1), f"003 {lists.categories()['003'].label}", "wordt verplicht"),
    ]


def test_as_of_a_day_is_what_was_known_then(filled, folder):
    with clock.frozen(NOON + timedelta(days=3)):
        process = filled.exec(select(MappedProcess).where(MappedProcess.process == "Proces 0")).one()
        services.remove_process(filled, process, version=process.version, actor=make.AISHA)
        change(filled, "002", status=CategoryStatus.STARTED, deadline_days=7)
        waiting = filled.exec(select(Document).where(Document.title == "Op tijd")).one()
        services.publish_document(filled, waiting, folder=folder, actor=make.AISHA)
        now, then = counted(filled, date(2026, 11, 24)), counted(filled)
    assert (of(then, "002").status, of(now, "002").status) == (CategoryStatus.IN_ORDER, CategoryStatus.STARTED)
    assert (of(then, "002").public, of(now, "002").public) == (2, 3)
    assert (of(then, "002").processes_connected, of(now, "002").processes_connected) == (1, 0)
    assert of(then, "002").waiting == of(now, "002").waiting + 1
    earlier = counted(filled, date(2026, 11, 19))
    assert (earlier.published_in_year, earlier.withdrawn_in_year, earlier.late) == (Terms(in_time=1), 0, [])
    with pytest.raises(BadInput, match="moet nog komen"):
        counted(filled, TODAY + timedelta(days=1))


@pytest.fixture
def made(filled) -> Report:
    return report.report(as_of.read(filled, TODAY))


def test_woo_3_5_the_text_on_openness_has_the_figures(made):
    root = html.document_fromstring(reports.FORMS["html"].write(made).decode())
    text = " ".join(root.text_content().split())
    assert "Van de zeventien soorten informatie in de Wet open overheid zijn er nu 4 verplicht" in text
    assert "In 2026 maakten we 6 documenten openbaar." in text
    assert "We trokken 1 document in." in text
    assert "We ontvingen 2 Woo-verzoeken en namen 1 besluit, waarvan 1 op tijd." in text
    assert "overige besluiten van algemene strekking: 100 % van de processen maakt openbaar" in text
    assert "regelgeving met adviesaanvraag, op 1 juli 2027" in text
    levels = [int(heading.tag[1]) for heading in root.xpath("//h1 | //h2 | //h3")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_pdf_is_accessible_and_says_the_same(made, tmp_path: Path):
    path = reports.write(made, tmp_path / "woo.pdf")
    profile = page_validation.ValidationProfile
    assert page_validation.validate_pdf(path, profile=profile.PDF_UA_1).is_compliant
    text = " ".join(
        " ".join(one.get_textpage().get_text_range().split()) for one in pypdfium2.PdfDocument(path.read_bytes())
    )
    assert "Openheidsparagraaf (Woo artikel 3.5)" in text
    assert "Documenten ingetrokken 1" in text


def test_workbook_csv_word_and_json_hold_all_of_it(made, tmp_path: Path):
    for ending in reports.FORMS:
        if ending != "pdf":
            assert reports.FORMS[ending].write(made) == reports.FORMS[ending].write(made), ending
    found = {one.name: one.rows for one in sheets.read(reports.FORMS["xlsx"].write(made), "woo.xlsx")}
    assert list(found) == ["Categorieën", "Ambitie", "Komt eraan", "Te laat", "Openheid"]
    assert found["Te laat"][1][0].lstrip("'") == "=Te laat"
    (sheet,) = sheets.read(reports.FORMS["csv"].write(made), "woo.csv")
    assert sheet.rows[2][:3] == ["002", "overige besluiten van algemene strekking", "Woo 3.3 lid 1 onder b"]
    word = docx.Document(io.BytesIO(reports.FORMS["docx"].write(made)))
    assert "Openheidsparagraaf (Woo artikel 3.5)" in [one.text for one in word.paragraphs]
    facts = json.loads(reports.FORMS["json"].write(made))
    assert (facts["schema"], facts["schema_version"], len(facts["categories"])) == ("openboek-woo-report", 1, 18)
    with pytest.raises(BadInput, match=r"eindigt op .html, .pdf"):
        reports.write(made, tmp_path / "woo.txt")


def test_the_command_writes_the_form_that_the_name_asks(database, organisation, here, capsys):
    output = here.folder.root / "woo.json"
    cli.report_woo(output, here.folder.root, as_of="2026-11-20")
    assert (json.loads(output.read_text())["day"], capsys.readouterr().out) == ("2026-11-20", f"{output}\n")
    with pytest.raises(BadInput, match="geen datum"):
        cli.report_woo(output, here.folder.root, as_of="gisteren")
    with pytest.raises(BadInput, match="eindigt op"):
        cli.report_woo(here.folder.root / "woo.doc", here.folder.root)


def test_an_empty_register_has_a_report_too(session):
    empty = report.report(as_of.read(session, TODAY))
    text = reports.FORMS["html"].write(empty).decode()
    assert "is nog geen document met een vaste termijn openbaar gemaakt" in text
    assert json.loads(reports.FORMS["json"].write(empty))["published_in_year"] == {
        "in_time": 0,
        "late": 0,
        "without": 0,
    }
