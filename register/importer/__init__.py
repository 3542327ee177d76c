"""The old spreadsheet, row by row: a plan of what an import would store, before anything is stored."""

from register.importer.columns import Column, known_paths
from register.importer.plan import ImportPlan, PlannedRecord, SkippedRow, plan
from register.importer.record import Note

__all__ = ["Column", "ImportPlan", "Note", "PlannedRecord", "SkippedRow", "known_paths", "plan"]
