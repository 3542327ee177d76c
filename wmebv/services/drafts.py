"""Papers that people finish: made from the inventory of today."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from core import clock, organisations
from core.papers import Paper
from core.web.pages import dutch_date, euros
from wmebv.designation import Blocks, Body, blocks, designation
from wmebv.plan import plan
from wmebv.report import gap_report
from wmebv.services.verdicts import inventory


def draft_plan(session: Session) -> Paper:
    """The plan of action per year, from goals and actions."""
    today = clock.today()
    return plan(gap_report(inventory(session, today), today), dutch_date, euros)


def draft_designation(session: Session) -> Paper:
    """The designation decision (Awb 2:13 lid 2), with below it what blocks it."""
    today = clock.today()
    return designation(inventory(session, today), _bodies(session), today, dutch_date)


def what_blocks_designation(session: Session) -> Blocks:
    """What must be mended before anybody can take the decision."""
    return blocks(inventory(session, clock.today()), _bodies(session))


def _bodies(session: Session) -> Sequence[Body]:
    table = organisations.Body
    query = select(table).order_by(col(table.created_at), col(table.code))
    return [Body(one.code, one.name, one.signatory) for one in session.exec(query)]
