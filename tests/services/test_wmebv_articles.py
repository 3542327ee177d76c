"""Articles that the list leaves to be looked up: shown as nakijken until somebody did, and then wherever they stand."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from core import clock, history
from core.errors import Conflict, RuleViolation
from support.inventories import answer, good_channel, good_message, good_product
from support.pages import Visit
from wmebv import queries, services
from wmebv.content import Value
from wmebv.duties import ArticleStatus, Citation
from wmebv.report import gap_report

FOUND = Citation(article="Awb 2:16 lid 1", article_status=ArticleStatus.CONFIRMED, source="wetten.overheid.nl")


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
    services.look_up_article(session, "W22", FOUND, version=0, actor=actor)
    assert cited(session, today) == ("Awb 2:16 lid 1", ArticleStatus.CONFIRMED, False)
    (row,) = (row for row in services.finding_rows_of(session, gap, today) if row.rule_id == "W22")
    assert row.article == "Awb 2:16 lid 1"


def test_a_report_on_an_earlier_day_has_the_article_of_then(session, gap, actor):
    yesterday = clock.today() - timedelta(days=1)
    for revision in session.exec(select(history.Revision)):
        revision.at = datetime.combine(yesterday, datetime.min.time(), UTC).replace(hour=10)
    session.flush()
    services.look_up_article(session, "W22", FOUND, version=0, actor=actor)
    assert cited(session, yesterday)[0].endswith("(nakijken)")
    assert cited(session, clock.today())[0] == "Awb 2:16 lid 1"


def test_what_was_read_in_the_law_cannot_be_changed_and_a_checked_article_names_its_source(session, actor):
    with pytest.raises(RuleViolation):
        services.look_up_article(session, "W01", FOUND, version=0, actor=actor)
    with pytest.raises(RuleViolation) as refused:
        services.look_up_article(
            session, "W22", FOUND.model_copy(update={"article": "", "source": ""}), version=0, actor=actor
        )
    assert set(refused.value.points) == {"article", "source"}
    row = services.look_up_article(session, "W22", FOUND, version=0, actor=actor)
    with pytest.raises(Conflict):
        services.look_up_article(session, "W22", FOUND, version=0, actor=actor)
    services.look_up_article(session, "W22", FOUND, version=row.version, actor=actor)
    assert len(history.revisions_of(session, row.id)) == 1
    assert queries.articles(session) == {"W22": FOUND}


def test_the_page_lists_every_duty_and_form_and_takes_an_article(client):
    page = client.get("/wmebv/plichten/").text
    assert all(f">{code} " in page or f" {code} " in page for code in ("W01", "W33", "Z01", "Z12"))
    assert client.get("/wmebv/plichten/W01").status_code == 404
    refused = Visit(client, "/wmebv/plichten/W22").submit(article="Awb 2:16", article_status="bevestigd")
    assert refused.status_code == 422
    saved = Visit(client, "/wmebv/plichten/W22").submit(
        article="Awb 2:16", article_status="bevestigd", source="wetten.overheid.nl"
    )
    assert "Awb 2:16" in saved.text
    assert "wetten.overheid.nl" in saved.text
