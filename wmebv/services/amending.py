"""What the municipality says of a duty or a form of support instead of the list, and whether it judges strictly."""

from typing import Any

from sqlmodel import Session

from core import audit, history
from core.db import refuse_stale
from core.errors import RuleViolation
from wmebv import queries, rows
from wmebv.content import SCHEMA_NUMBER
from wmebv.duties import Amendment, ArticleStatus, duties, may_look_up, support_forms
from wmebv.models import DutyArticle, GeneralAnswers
from wmebv.services.saving import record_save


def amend_duty(session: Session, code: str, said: Amendment, *, version: int, actor: audit.Actor) -> DutyArticle:
    """Say which article a duty or form of support rests on, since when it holds and how bad a "no" is.

    What is empty, or the same as in the list, is left to the list. Saving what is there already changes nothing.

    Args:
        session: bounded by the organisation.
        code: W01-W33 or Z01-Z12.
        said: the article with its source, the day and the severity with a reason.
        version: what the form was made from; 0 when nobody said anything yet.
        actor: who does it.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: the list is sure of this article, there is no article, a checked one has no source, or a day or
            severity that differs has no reason.
    """
    points = {}
    if may_look_up(code) and not said.article:
        points["article"] = "Vul het artikel in, zoals 'Awb 2:15 lid 1'."
    said = _without_the_list(code, said)
    if said.article and not may_look_up(code):
        raise RuleViolation(f"Het artikel bij {code} staat vast. Het is nagezocht in de wet.")
    if may_look_up(code) and said.article_status is ArticleStatus.CONFIRMED and not said.source:
        points["source"] = "Vul in waar u het artikel nazocht, zoals een adres op wetten.overheid.nl."
    if (said.in_force_from or said.severity) and not said.reason:
        points["reason"] = "Leg uit waarom de ernst of de datum anders is dan in de lijst."
    if points:
        raise RuleViolation("Er is niets opgeslagen. " + " ".join(points.values()), points)
    row = queries.article_row(session, code)
    refuse_stale(row, version)
    before = _facts(row) if row.version else None
    for name in Amendment.model_fields:
        setattr(row, name, getattr(said, name))
    after = _facts(row)
    if (before or _facts(DutyArticle(code=code))) != after:
        session.add(row)
        history.record_save(session, row, "amend", actor=actor, schema_number=SCHEMA_NUMBER, before=before, after=after)
    return row


def judge_strictly(
    session: Session, general: GeneralAnswers, *, is_strict: bool, version: int, actor: audit.Actor
) -> None:
    """Let every message to the municipality count as official, or no longer.

    Raises:
        Conflict: somebody saved in between.
    """
    refuse_stale(general, version)
    before = rows.facts_of(general)
    if general.is_strict == is_strict:
        return
    general.is_strict = is_strict
    session.add(general)
    record_save(session, general, "strict", actor, before, rows.facts_of(general))


def _without_the_list(code: str, said: Amendment) -> Amendment:
    """What differs from the list only."""
    known = duties().get(code) or support_forms()[code]
    update: dict[str, Any] = {}
    if (said.article, said.article_status, said.source) == (known.article, known.article_status, ""):
        update["article"] = ""
    if said.in_force_from == known.in_force_from:
        update["in_force_from"] = None
    if said.severity == getattr(known, "severity", None) and not getattr(known, "severity_for", None):
        update["severity"] = None
    return said.model_copy(update=update)


def _facts(row: DutyArticle) -> dict[str, Any]:
    return {"code": row.code, **row.amendment().model_dump(mode="json")}
