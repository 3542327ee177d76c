"""The gap report on a day, and the key figures of every month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from core import clock, history
from core.errors import BadInput
from core.organisations import the_organisation
from core.remembered import remembered
from core.reports import Report
from wmebv.models import ReportFigures
from wmebv.report import GapReport, KeyFigures, as_report, gap_report, months_report
from wmebv.report.model import GoalLine, LegalGap, Light
from wmebv.rules import Colour
from wmebv.services.verdicts import KINDS, inventory

MOST_MONTHS = 36


def report_on(session: Session, day: date) -> GapReport:
    """The gap report as things were known at the end of a day.

    Raises:
        BadInput: the day is still to come.
    """
    if day > clock.today():
        raise BadInput("Deze dag moet nog komen. Kies vandaag of een eerdere dag.")
    return gap_report(inventory(session, day), day)


def written_report(session: Session, day: date) -> Report:
    """`report_on`, ready to be written down in any form."""
    return as_report(report_on(session, day))


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first pages show of the report."""

    organisation_colour: Colour
    assessed: int
    lights: tuple[Light, ...]
    legal_gaps: tuple[LegalGap, ...]
    actions_waiting: int
    actions_late: int
    goals: tuple[GoalLine, ...]


def overview(session: Session) -> Overview:
    """The main figures of today, counted once for what is stored."""
    today = clock.today()
    return remembered(session, ("wmebv overview", today), lambda: _overview(report_on(session, today)))


def _overview(report: GapReport) -> Overview:
    return Overview(
        organisation_colour=report.organisation_colour,
        assessed=report.assessed,
        lights=report.lights,
        legal_gaps=report.legal_gaps,
        actions_waiting=len(report.actions.waiting),
        actions_late=report.actions.late,
        goals=report.goals,
    )


def keep_figures(session: Session, report: GapReport) -> None:
    """Keep the key figures of a report for the trend of later ones; a second report on a day replaces the first."""
    figures = report.key_figures
    row = session.exec(select(ReportFigures).where(ReportFigures.on == figures.on)).first()
    if row is None:
        row = ReportFigures(on=figures.on)
        session.add(row)
    for name in ("percentage", "message_types", "red", "orange", "green", "grey", "maturity"):
        setattr(row, name, getattr(figures, name))
    session.flush()


def figures_by_month(session: Session, day: date) -> Sequence[KeyFigures]:
    """The key figures at the end of each month and on the day itself, oldest first, counted from the revisions.

    Raises:
        BadInput: the day is still to come.
    """
    first = session.exec(select(func.min(history.Revision.at)).where(col(history.Revision.kind).in_(KINDS))).one()
    begun = first.astimezone(clock.AMSTERDAM).date() if first else day
    days, month = [day], day.replace(day=1)
    while (last := month - timedelta(days=1)) >= begun and len(days) <= MOST_MONTHS:
        days.append(last)
        month = last.replace(day=1)
    return [report_on(session, one).key_figures for one in reversed(days)]


def months_on(session: Session, day: date) -> Report:
    """`figures_by_month`, ready to be written down in any form."""
    return months_report(the_organisation(session).name, day, figures_by_month(session, day))
