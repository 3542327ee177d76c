"""Processes mapped: what stands on the map, comes in from a list, and counts for a category (Woo art. 3.3)."""

from datetime import date

import pytest
from sqlmodel import Session, select

from core import audit, history
from core.errors import BadInput, Conflict, RuleViolation
from core.organisations import System, Team
from core.sheets import Sheet
from support import woo_documents as make
from woo import importer, queries, services, views
from woo.content import AmbitionContent, CategoryContent, CategoryStatus, DocumentState, ProcessContent, ProcessState
from woo.models import Category, Document, MappedProcess
from woo.queries import ProcessFilters

TODAY = date(2026, 11, 21)
COLLEGE = ProcessContent(
    process="College voorbereiden",
    document_kind="besluitenlijst",
    category="009",
    state=ProcessState.CONNECTED,
    system="Zaaksysteem",
    team="Bestuur",
    yearly_volume=48,
)


def sheet(*rows: list[str]) -> list[Sheet]:
    return [Sheet("lijst", list(rows))]


def test_a_process_keeps_what_was_said_and_its_team_and_system_are_shared(session: Session):
    made = services.add_process(session, COLLEGE, actor=make.AISHA)
    assert made.content() == COLLEGE
    assert [team.name for team in session.exec(select(Team))] == ["Bestuur"]
    assert [system.name for system in session.exec(select(System))] == ["Zaaksysteem"]
    assert len(history.revisions_of(session, made.id)) == 1


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (ProcessContent(document_kind="nota"), "process"),
        (ProcessContent(process="x", category="018"), "category"),
        (ProcessContent(process="COLLEGE VOORBEREIDEN", document_kind="Besluitenlijst"), "document_kind"),
    ],
)
def test_what_cannot_stand_on_the_map_is_refused(session: Session, content, field):
    services.add_process(session, COLLEGE, actor=make.AISHA)
    with pytest.raises(RuleViolation) as refused:
        services.add_process(session, content, actor=make.AISHA)
    assert list(refused.value.points) == [field]


def test_a_change_is_kept_and_who_saves_an_old_one_is_told(session: Session):
    made = services.add_process(session, COLLEGE, actor=make.AISHA)
    old = made.version
    later = COLLEGE.model_copy(update={"yearly_volume": 52})
    services.change_process(session, made, later, version=old, actor=make.AISHA)
    assert made.content() == later
    with pytest.raises(Conflict):
        services.change_process(session, made, COLLEGE, version=old, actor=make.AISHA)
    services.change_process(session, made, later, version=made.version, actor=make.AISHA)
    assert len(history.revisions_of(session, made.id)) == 2, "saving what is there changes nothing"


def test_a_line_that_was_taken_off_stays_readable_in_the_trail(session: Session):
    made = services.add_process(session, COLLEGE, actor=make.AISHA)
    services.remove_process(session, made, version=made.version, actor=make.AISHA)
    session.flush()
    assert session.exec(select(MappedProcess)).all() == []
    event = session.exec(select(audit.AuditEvent).where(audit.AuditEvent.action == "woo:process:remove")).one()
    assert event.contents["before"]["process"] == "College voorbereiden"


def test_a_list_fills_down_reads_counts_and_skips_with_a_reason():
    plan = importer.read_processes(
        sheet(
            ["Kaart van het werk"],
            ["Proces", "Documentsoort", "Woo-categorie", "Stand", "Aantal per jaar"],
            ["College voorbereiden", "agenda", "9", "Afgesproken", "ca. 1.200"],
            ["", "besluitenlijst", "agenda’s en besluitenlijsten bestuurscolleges", "", ""],
            ["Klachten", "oordeel", "017", "bijna", ""],
            ["Klachten", "oordeel", "99", "", ""],
            ["Klachten", "oordeel", "017", "", "veel"],
        )
    )
    told = [(row.content.process, row.content.document_kind, row.content.category) for row in plan.processes]
    assert told == [
        ("College voorbereiden", "agenda", "009"),
        ("College voorbereiden", "besluitenlijst", "009"),
    ]
    assert (plan.processes[0].content.state, plan.processes[0].content.yearly_volume) == (ProcessState.AGREED, 1200)
    assert [skipped.row for skipped in plan.skipped] == [5, 6, 7]
    assert "Kies uit: in kaart" in plan.skipped[0].reason


def test_a_list_without_a_column_for_processes_says_what_to_do():
    with pytest.raises(BadInput, match="kolom 'proces'"):
        importer.read_processes(sheet(["naam"], ["x"]))


def test_the_same_list_twice_changes_nothing_and_an_empty_cell_leaves_what_is_there(session: Session):
    rows = importer.read_processes(
        sheet(["proces", "documentsoort", "team", "stand"], ["Klachten", "oordeel", "Klantcontact", "in kaart"])
    ).processes
    assert services.take_processes(session, rows, actor=make.AISHA) == services.Taken(added=1)
    assert services.take_processes(session, rows, actor=make.AISHA) == services.Taken(same=1)
    later = importer.read_processes(
        sheet(["proces", "documentsoort", "team", "stand"], ["KLACHTEN", "Oordeel", "", "aangesloten"])
    ).processes
    assert services.take_processes(session, later, actor=make.AISHA) == services.Taken(changed=1)
    (kept,) = services.all_processes(session)
    assert (kept.process, kept.content().team, kept.state) == ("Klachten", "Klantcontact", ProcessState.CONNECTED)


def test_the_list_that_can_be_kept_is_one_that_can_be_read(session: Session):
    services.add_process(session, COLLEGE, actor=make.AISHA)
    table = views.process_table(services.all_processes(session))
    cells = [["" if cell is None else str(cell) for cell in row] for row in table.rows]
    (row,) = importer.read_processes(sheet(list(table.headings), *cells)).processes
    assert row.content == COLLEGE


def test_the_list_is_sought_without_case_and_accents(session: Session):
    services.add_process(session, COLLEGE.model_copy(update={"process": "Beleid één"}), actor=make.AISHA)
    services.add_process(session, ProcessContent(process="Klachten", category="017"), actor=make.AISHA)

    def shown(**filters: str) -> list[str]:
        return [one.process for one in queries.processes(session, ProcessFilters(**filters))]

    assert shown(text="EEN") == ["Beleid één"]
    assert shown(category="017") == ["Klachten"]
    assert shown(state="aangesloten", team="Bestuur") == ["Beleid één"]
    assert shown(text="een", category="017") == []


def test_a_category_counts_the_processes_that_publish(session: Session):
    services.add_categories(session, actor=make.AISHA)
    for kind, state in (("a", "CONNECTED"), ("b", "MAPPED"), ("c", "NOT_NEEDED")):
        content = ProcessContent(process="p", document_kind=kind, category="009", state=ProcessState[state])
        services.add_process(session, content, actor=make.AISHA)
    assert queries.category_row(session, "009", TODAY).connected == (1, 2)


@pytest.mark.parametrize(
    ("year", "share", "is_found"), [(2025, 80, True), (2025, 50, False), (2026, 80, False), (2025, None, False)]
)
def test_an_ambition_in_figures_that_was_not_reached_is_told_when_its_year_is_over(session, year, share, is_found):
    services.add_categories(session, actor=make.AISHA)
    category = session.exec(select(Category).where(Category.number == "009")).one()
    ambition = AmbitionContent(year=year, goal="Aansluiten", share=share)
    content = CategoryContent(status=CategoryStatus.STARTED, ambitions=(ambition,))
    services.change_category(session, category, content, version=category.version, actor=make.AISHA)
    for kind, state in (("a", ProcessState.CONNECTED), ("b", ProcessState.MAPPED)):
        services.add_process(
            session, ProcessContent(process="p", document_kind=kind, category="009", state=state), actor=make.AISHA
        )
    found = {finding.rule_id for finding in queries.category_row(session, "009", TODAY).findings}
    assert ("WOO-108" in found) is is_found


def test_ambitions_are_kept_by_year_and_a_year_has_one(session: Session):
    services.add_categories(session, actor=make.AISHA)
    category = session.exec(select(Category).where(Category.number == "009")).one()
    first = CategoryContent(ambitions=(AmbitionContent(year=2027, goal="b"), AmbitionContent(year=2026, goal="a")))
    services.change_category(session, category, first, version=category.version, actor=make.AISHA)
    session.expire(category)
    assert [one.year for one in services.category_content(category, "").ambitions] == [2026, 2027]
    second = CategoryContent(ambitions=(AmbitionContent(year=2027, goal="c", share=10),))
    services.change_category(session, category, second, version=category.version, actor=make.AISHA)
    assert services.category_content(category, "").ambitions == second.ambitions
    double = CategoryContent(ambitions=(AmbitionContent(year=2026), AmbitionContent(year=2026)))
    with pytest.raises(RuleViolation) as refused:
        services.change_category(session, category, double, version=category.version, actor=make.AISHA)
    assert list(refused.value.points) == ["ambitions-1-year"]


def test_another_term_moves_the_last_day_of_documents_that_wait_woo_3_3_lid_4(session, folder):
    services.add_categories(session, actor=make.AISHA)
    waiting = make.add(session, folder, category="002", adopted_on=date(2026, 11, 2))
    shown = make.publish(session, folder, category="002", adopted_on=date(2026, 11, 2))
    assert (waiting.due_on, shown.due_on) == (date(2026, 11, 16), date(2026, 11, 16))
    category = session.exec(select(Category).where(Category.number == "002")).one()
    content = services.category_content(category, "").model_copy(update={"deadline_days": 7})
    services.change_category(session, category, content, version=category.version, actor=make.AISHA)
    found = {one.state: one.due_on for one in session.exec(select(Document))}
    assert found == {DocumentState.CONCEPT: date(2026, 11, 9), DocumentState.PUBLISHED: date(2026, 11, 16)}
