"""Articles that the list leaves to be looked up: shown as nakijken until somebody did, and then wherever they stand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from core import clock, history
from core.errors import Conflict, RuleViolation
from support.inventories import answer, good_channel, good_message, good_product
from support.pages import Visit
from wmebv import queries, services
from wmebv.content import Official, Value
from wmebv.duties import Amendment, ArticleStatus, Severity, duties
from wmebv.report import gap_report

FOUND = Amendment(article="Awb 2:16 lid 1", article_status=ArticleStatus.CONFIRMED, source="wetten.overheid.nl")


@pytest.fixture
def gap(session, actor):
    """A message whose channel sends no confirmation (W22), and a channel without W16."""
    services.add_channel(session, good_channel(), actor=actor)
    product = services.add_product(session, good_product(), actor=actor)
    services.add_message_type(session, product, good_message(), actor=actor)
    services.answer(session, product.messages[0].channels[0].channel, answer("W22", Value.NO), actor=actor)
    return product


def cited(session, day):
    report = gap_report(services.inventory(session, day), day)
    (found,) = (each.cited for each in report.findings if each.code == "W22")
    (gap,) = ((each.article, each.article_status) for each in report.legal_gaps if each.code == "W22")
    (listed,) = (text for text in report.assumptions if text.startswith("Nog nakijken"))
    return found, gap[1], "W22" in listed


def test_an_article_that_was_looked_up_stands_in_findings_and_report(session, gap, actor):
    today = clock.today()
    assert cited(session, today)[0].endswith("(nakijken)")
    assert cited(session, today)[1:] == (ArticleStatus.TO_CHECK, True)
    services.amend_duty(session, "W22", FOUND, version=0, actor=actor)
    assert cited(session, today) == ("Awb 2:16 lid 1", ArticleStatus.CONFIRMED, False)
    (row,) = (row for row in services.finding_rows_of(session, gap, today) if row.rule_id == "W22")
    assert row.article == "Awb 2:16 lid 1"


def test_a_report_on_an_earlier_day_has_the_article_of_then(session, gap, actor):
    yesterday = clock.today() - timedelta(days=1)
    for revision in session.exec(select(history.Revision)):
        revision.at = datetime.combine(yesterday, datetime.min.time(), UTC).replace(hour=10)
    session.flush()
    services.amend_duty(session, "W22", FOUND, version=0, actor=actor)
    assert cited(session, yesterday)[0].endswith("(nakijken)")
    assert cited(session, clock.today())[0] == "Awb 2:16 lid 1"


def test_what_was_read_in_the_law_cannot_be_changed_and_a_checked_article_names_its_source(session, actor):
    with pytest.raises(RuleViolation):
        services.amend_duty(session, "W01", FOUND, version=0, actor=actor)
    with pytest.raises(RuleViolation) as refused:
        services.amend_duty(
            session, "W22", FOUND.model_copy(update={"article": "", "source": ""}), version=0, actor=actor
        )
    assert set(refused.value.points) == {"article", "source"}
    row = services.amend_duty(session, "W22", FOUND, version=0, actor=actor)
    with pytest.raises(Conflict):
        services.amend_duty(session, "W22", FOUND, version=0, actor=actor)
    services.amend_duty(session, "W22", FOUND, version=row.version, actor=actor)
    assert len(history.revisions_of(session, row.id)) == 1
    assert queries.amendments(session) == {"W22": FOUND}


def test_the_page_lists_every_duty_and_form_and_takes_an_article(client):
    page = client.get("/wmebv/plichten/").text
    assert all(f">{code} " in page or f" {code} " in page for code in ("W01", "W33", "Z01", "Z12"))
    fixed = client.get("/wmebv/plichten/W01").text
    assert ('name="severity"' in fixed, 'name="article"' in fixed) == (True, False)
    assert client.get("/wmebv/plichten/W99").status_code == 404
    refused = Visit(client, "/wmebv/plichten/W22").submit(article="Awb 2:16", article_status="bevestigd")
    assert refused.status_code == 422
    saved = Visit(client, "/wmebv/plichten/W22").submit(
        article="Awb 2:16", article_status="bevestigd", source="wetten.overheid.nl"
    )
    assert "Awb 2:16" in saved.text
    assert "wetten.overheid.nl" in saved.text


def own(**said):
    return Amendment(reason="Besluit van het college.", **said)


def test_section_1_a_later_day_makes_a_duty_come_up_and_a_report_on_an_earlier_day_has_what_was_known_then(
    session, gap, actor
):
    yesterday, today = clock.today() - timedelta(days=1), clock.today()
    for revision in session.exec(select(history.Revision)):
        revision.at = datetime.combine(yesterday, datetime.min.time(), UTC).replace(hour=10)
    session.flush()
    later = today + timedelta(days=30)
    services.amend_duty(session, "W22", own(article="nog onbekend", in_force_from=later), version=0, actor=actor)
    report = gap_report(services.inventory(session, today), today)
    assert [(each.on, each.applicable) for each in report.upcoming if each.code == "W22"] == [(later, 1)]
    assert "W22" not in {each.code for each in report.legal_gaps}
    assert "De gemeente koos zelf de ernst of de ingangsdatum van: ontvangstbevestiging (W22)." in report.assumptions
    before = gap_report(services.inventory(session, yesterday), yesterday)
    assert [each.in_force_from.year for each in before.legal_gaps if each.code == "W22"] == [2026]
    assert gap_report(services.inventory(session, later), later).legal_gaps != ()


def test_section_3_an_own_severity_changes_colour_finding_and_score(session, gap, actor):
    def found():
        (row,) = (row for row in services.finding_rows_of(session, gap, clock.today()) if row.rule_id == "W22")
        return row.severity.value

    before = gap_report(services.inventory(session, clock.today()), clock.today())
    assert found() == "fout"
    row = services.amend_duty(
        session, "W22", own(article="nog onbekend", severity=Severity.LOW), version=0, actor=actor
    )
    assert found() == "tip"
    after = gap_report(services.inventory(session, clock.today()), clock.today())
    assert before.colours != after.colours
    assert before.lights[0].percentage < after.lights[0].percentage
    services.amend_duty(session, "W22", Amendment(article="x"), version=row.version, actor=actor)
    assert found() == "fout"


@pytest.mark.parametrize("said", [{"severity": Severity.LOW}, {"in_force_from": date(2027, 5, 1)}])
def test_who_differs_from_the_list_says_why_and_who_says_the_same_differs_not(session, actor, said):
    with pytest.raises(RuleViolation) as refused:
        services.amend_duty(session, "W01", Amendment(**said), version=0, actor=actor)
    assert set(refused.value.points) == {"reason"}
    listed = duties()["W01"]
    same = Amendment(severity=listed.severity, in_force_from=listed.in_force_from)
    services.amend_duty(session, "W01", same, version=0, actor=actor)
    assert queries.amendments(session) == {}


def test_section_2_strikte_modus_judges_every_message_as_official(session, actor):
    product = services.add_product(session, good_product(), actor=actor)
    services.add_message_type(session, product, good_message(official=Official.NO, channels=()), actor=actor)
    general = queries.general(session)

    def codes():
        return {row.rule_id for row in services.finding_rows_of(session, product, clock.today())}

    assert "W12" not in codes()
    services.judge_strictly(session, general, is_strict=True, version=0, actor=actor)
    assert "W12" in codes()
    report = gap_report(services.inventory(session, clock.today()), clock.today())
    assert "Strikte modus: elk bericht aan de gemeente telt als officieel." in report.assumptions
    with pytest.raises(Conflict):
        services.judge_strictly(session, general, is_strict=False, version=0, actor=actor)
    services.judge_strictly(session, general, is_strict=False, version=general.version, actor=actor)
    assert "W12" not in codes()


def test_the_page_of_a_duty_takes_a_day_and_a_severity_and_shows_what_was_said_before(client):
    page = Visit(client, "/wmebv/plichten/W01")
    refused = page.submit(severity="laag")
    assert "Leg uit waarom" in refused.text
    saved = page.submit(severity="laag", in_force_from="1-5-2027", reason="Besluit 12")
    assert "laag (eigen keuze)" in saved.text
    assert "1 mei 2027 (eigen keuze)" in saved.text
    again = client.get("/wmebv/plichten/W01").text
    assert "Geschiedenis" in again
    assert again.count("Besluit 12") == 2
    assert "Strikte modus" in Visit(client, "/wmebv/plichten/", form=-1).submit().text
    assert "staat <strong>aan</strong>" in client.get("/wmebv/plichten/").text
