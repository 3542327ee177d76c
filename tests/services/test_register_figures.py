"""The register in figures: each counted once more from the rows, the checks and the work list."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import page as page_validation
import pytest
from sqlmodel import Session, select

from core import clock, reports
from core.clock import written
from core.errors import BadInput
from core.organisations import change_organisation, the_organisation
from register import as_of, cli, figures, queries, reviews, services
from register.content import Status
from register.figures import RegisterFigures
from register.models import ProcessingActivity
from register.report.document import whole_register
from support.register import COMPLETE
from support.site import AISHA, ESTABLISHER, established


def counted(session: Session, day: date | None = None) -> RegisterFigures:
    day = day or clock.today()
    name, records = figures.read(session, day)
    return figures.figures(name, day, records)


@pytest.fixture
def filled(session: Session) -> Session:
    today = clock.today()
    established(session, name="Parkeren", team="Ruimte", next_review_on=today + timedelta(days=300))
    established(session, name="Uitkeringen", team="Zorg", next_review_on=today - timedelta(days=1))
    services.add(session, COMPLETE.model_copy(update={"name": "", "team": ""}), actor=AISHA)
    stopped = established(session, name="Gestopt", team="Zorg")
    services.end(session, stopped, on=today, reason="Niet meer nodig", actor=AISHA)
    session.flush()
    return session


def test_every_figure_is_that_of_an_independent_count(filled):
    found, rows = counted(filled), filled.exec(select(ProcessingActivity)).all()
    assert found.states == dict(Counter(row.status.value for row in rows))
    living = [row for row in rows if row.status is not Status.ENDED]
    severities = Counter(one.severity.value for row in living for one in services.findings_of(filled, row))
    assert {name: number for name, number in found.severities.items() if number} == dict(severities)
    by_rule = Counter(one.rule_id for row in living for one in services.findings_of(filled, row))
    assert Counter({one.rule_id: one.number for one in found.rules}) == by_rule
    late = [record.kenmerk for due in reviews.due(filled, until=clock.today()) for record in due.records]
    assert sorted(one.kenmerk for one in found.reviews_late) == sorted(late)
    assert [(one.team, one.records) for one in found.teams] == [("Ruimte", 1), ("Zorg", 1), (figures.NO_TEAM, 1)]
    assert sum(one.reviews_late for one in found.teams) == len(late)
    uses = [use for row in living for use in services.content_of(row).processors]
    assert (found.agreements.uses, sum(found.dpia.values())) == (len(uses), len(living))
    assert found.agreements.with_agreement + found.agreements.ended + found.agreements.unknown == len(uses)
    assert found.established == 2


def test_as_of_a_day_is_what_was_known_then(filled):
    with clock.frozen(clock.now() + timedelta(days=2)):
        established(filled, name="Erbij", team="Ruimte")
        then, now = counted(filled, clock.today() - timedelta(days=2)), counted(filled)
    assert now.states["vastgesteld"] == then.states["vastgesteld"] + 1
    with pytest.raises(BadInput, match="moet nog komen"):
        counted(filled, clock.today() + timedelta(days=1))


def test_a_record_that_ended_and_was_taken_back_has_no_official_version_in_any_count(session: Session):
    today, now = clock.today(), clock.now()
    with clock.frozen(now - timedelta(days=2)):
        record = established(session, name="Parkeren", team="Ruimte")
    with clock.frozen(now - timedelta(days=1)):
        services.end(session, record, on=clock.today(), reason="Niet meer nodig", actor=AISHA)
    services.reopen(session, record, actor=AISHA)
    session.flush()
    assert counted(session).established == queries.count_established(session) == 0
    for days, official, said in (
        (0, 0, ("Concept", f"niet meer sinds {written(today - timedelta(days=1))}")),
        (1, 0, ("Beëindigd", f"niet meer sinds {written(today - timedelta(days=1))}")),
        (2, 1, ("Vastgesteld", f"versie 1 op {written(today - timedelta(days=2))}")),
    ):
        day = today - timedelta(days=days)
        assert counted(session, day).established == official
        paper = whole_register(as_of.cover(session, day), list(as_of.records(session, day)))
        assert f"Vastgesteld als versie: {official}." in " ".join(paper.intro)
        [chapter] = paper.chapters
        assert (chapter.state, dict(chapter.facts)["Vastgesteld"]) == said


def test_findings_of_a_day_stay_when_their_cause_is_taken_away_later(session: Session):
    now, yesterday = clock.now(), clock.today() - timedelta(days=1)
    with clock.frozen(now - timedelta(days=60)):
        waits = services.add(session, COMPLETE, actor=AISHA)
        services.submit(session, waits, note="", actor=AISHA)
        dpia = COMPLETE.dpia.model_copy(update={"done_on": clock.today()})
        examined = services.add(session, COMPLETE.model_copy(update={"dpia": dpia}), actor=AISHA)
    with clock.frozen(now - timedelta(days=30)):
        content = services.content_of(examined)
        [purpose, *others] = content.purposes
        purposes = (purpose.model_copy(update={"text": "Iets anders"}), *others)
        content = content.model_copy(update={"purposes": purposes})
        services.change(session, examined, content, version=examined.version, actor=AISHA)
    session.flush()
    before = {one.rule_id for one in counted(session, yesterday).rules}
    assert before >= {"AVG-107", "AVG-142"}
    services.reopen(session, waits, actor=AISHA)
    dpia = content.dpia.model_copy(update={"done_on": clock.today()})
    content = content.model_copy(update={"dpia": dpia})
    services.change(session, examined, content, version=examined.version, actor=AISHA)
    session.flush()
    assert {one.rule_id for one in counted(session, yesterday).rules} == before
    assert not {"AVG-107", "AVG-142"} & {one.rule_id for one in counted(session).rules}


def test_who_edited_and_established_and_the_limits_are_those_of_the_day(session: Session):
    now, yesterday = clock.now(), clock.today() - timedelta(days=1)
    with clock.frozen(now - timedelta(days=800)):
        one_pair, two_pairs = (
            services.add(session, COMPLETE.model_copy(update={"reviewed_on": None}), actor=AISHA) for _ in range(2)
        )
        the_organisation(session).four_eyes = False
        services.establish(session, one_pair, actor=AISHA)
        services.establish(session, two_pairs, actor=ESTABLISHER)
        the_organisation(session).four_eyes = True
        services.confirm(session, one_pair, actor=ESTABLISHER)  # looks at it, and changes nothing of what it says
    session.flush()
    before = {one.rule_id: one.number for one in counted(session, yesterday).rules}
    assert (before["AVG-137"], before["AVG-140"]) == (1, 2)
    content = services.content_of(one_pair).model_copy(update={"name": "Anders"})
    services.change(session, one_pair, content, version=one_pair.version, actor=ESTABLISHER)
    limits = services.numbers_of(None) | {"review_months": 60, "publish_months": 60}
    services.change_thresholds(session, limits, version=0, actor=AISHA)
    municipality = the_organisation(session)
    change_organisation(session, municipality, {"four_eyes": False}, version=municipality.version, actor=AISHA)
    session.flush()
    assert {one.rule_id: one.number for one in counted(session, yesterday).rules} == before
    assert not {"AVG-137", "AVG-140"} & {one.rule_id for one in counted(session).rules}


def test_it_is_written_in_every_form(filled, tmp_path: Path):
    name, records = figures.read(filled, clock.today())
    made = figures.report(name, clock.today(), records)
    pdf = reports.write(made, tmp_path / "register.pdf")
    assert page_validation.validate_pdf(pdf, profile=page_validation.ValidationProfile.PDF_UA_1).is_compliant
    for ending in ("html", "docx", "xlsx", "csv", "json"):
        assert reports.write(made, tmp_path / f"register.{ending}").stat().st_size > 0
    facts = json.loads((tmp_path / "register.json").read_text())
    assert (facts["schema"], facts["states"]["vastgesteld"]) == ("openboek-register-report", 2)


def test_the_command_writes_the_form_that_the_name_asks(here, capsys):
    here.add_activity()
    output = here.folder.root / "register.csv"
    cli.report_register(output, here.folder.root)
    assert capsys.readouterr().out == f"{output}\n"
    assert output.read_text(encoding="utf-8-sig").startswith("Team;Verwerkingen;Vastgesteld")
