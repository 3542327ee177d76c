"""Articles that the list of duties leaves to be looked up: what the municipality found in the law."""

from typing import Any

from sqlmodel import Session

from core import audit, history
from core.db import refuse_stale
from core.errors import RuleViolation
from wmebv import queries
from wmebv.content import SCHEMA_NUMBER
from wmebv.duties import ArticleStatus, Citation, may_look_up
from wmebv.models import DutyArticle


def look_up_article(
    session: Session, code: str, citation: Citation, *, version: int, actor: audit.Actor
) -> DutyArticle:
    """Say which article of the law a duty or form of support rests on. Saving what is there already changes nothing.

    Args:
        session: bounded by the organisation.
        code: W01-W33 or Z01-Z12.
        citation: the article, and whether somebody checked it.
        version: what the form was made from; 0 when nobody said anything yet.
        actor: who does it.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: the list is sure of this article, there is no article, or a checked one without its source.
    """
    if not may_look_up(code):
        raise RuleViolation(f"Het artikel bij {code} staat vast. Het is nagezocht in de wet.")
    points = {} if citation.article else {"article": "Vul het artikel in, zoals 'Awb 2:15 lid 1'."}
    if citation.article_status is ArticleStatus.CONFIRMED and not citation.source:
        points["source"] = "Vul in waar u het artikel nazocht, zoals een adres op wetten.overheid.nl."
    if points:
        raise RuleViolation("Er is niets opgeslagen. " + " ".join(points.values()), points)
    row = queries.article_row(session, code)
    refuse_stale(row, version)
    before = _facts(row) if row.article else None
    for name, value in citation.model_dump().items():
        setattr(row, name, value)
    after = _facts(row)
    if before != after:
        session.add(row)
        history.record_save(
            session, row, "look_up", actor=actor, schema_number=SCHEMA_NUMBER, before=before, after=after
        )
    return row


def _facts(row: DutyArticle) -> dict[str, Any]:
    return {"code": row.code, **row.citation().model_dump(mode="json")}
