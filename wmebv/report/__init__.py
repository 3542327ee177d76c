"""The gap report for management: one page first, details after.

Pure: contents in, report out; no database, no clock. `gap_report` counts, `as_report` makes paper and tables.
A part that cannot be computed is left out. Empty never looks green.
"""

from wmebv.report.counting import gap_report
from wmebv.report.model import ActionEntry, GapReport, GoalEntry, Inventory, KeyFigures, MessageEntry, ProductEntry
from wmebv.report.paper import as_report, headlines, months_report
from wmebv.report.tables import tables

__all__ = [
    "ActionEntry",
    "GapReport",
    "GoalEntry",
    "Inventory",
    "KeyFigures",
    "MessageEntry",
    "ProductEntry",
    "as_report",
    "gap_report",
    "headlines",
    "months_report",
    "tables",
]
