"""The old spreadsheet, row by row: a plan of what an import would store, before anything is stored."""

from register.importer.columns import Column, known_paths
from register.importer.plan import ImportPlan, Layout, PlannedRecord, SkippedRow, layout, plan
from register.importer.record import Note

__all__ = [
    "Column",
    "ImportPlan",
    "Layout",
    "Note",
    "PlannedRecord",
    "SkippedRow",
    "known_paths",
    "layout",
    "plan",
]
