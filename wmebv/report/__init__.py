"""The gap report for management: one page first, details after.

Pure: contents in, report out; no database, no clock. `gap_report` counts, `as_html`, `as_csv`, `as_xlsx` and `as_json`
write the same report down. A part that cannot be computed is left out. Empty never looks green.
"""

from wmebv.report.counting import gap_report
from wmebv.report.files import as_csv, as_html, as_json, as_xlsx, page_context
from wmebv.report.model import ActionEntry, GapReport, GoalEntry, Inventory, KeyFigures, MessageEntry, ProductEntry
from wmebv.report.tables import Table, headlines, tables

__all__ = [
    "ActionEntry",
    "GapReport",
    "GoalEntry",
    "Inventory",
    "KeyFigures",
    "MessageEntry",
    "ProductEntry",
    "Table",
    "as_csv",
    "as_html",
    "as_json",
    "as_xlsx",
    "gap_report",
    "headlines",
    "page_context",
    "tables",
]
