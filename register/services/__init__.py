"""Use cases of the processing register: the only code that changes its rows."""

from register.services.bulk import BulkChange, BulkField, BulkRow
from register.services.bulk import apply as apply_bulk
from register.services.bulk import preview as preview_bulk
from register.services.findings import all_findings, findings_by_record, findings_of
from register.services.importing import ImportResult, add_starter_set, import_records, taken_from_starter_set
from register.services.rows import content_of, facts_of
from register.services.saving import add, change, confirm, copy, end, establish, reopen
from register.services.steps import approve, send_back, submit

__all__ = [
    "BulkChange",
    "BulkField",
    "BulkRow",
    "ImportResult",
    "add",
    "add_starter_set",
    "all_findings",
    "apply_bulk",
    "approve",
    "change",
    "confirm",
    "content_of",
    "copy",
    "end",
    "establish",
    "facts_of",
    "findings_by_record",
    "findings_of",
    "import_records",
    "preview_bulk",
    "reopen",
    "send_back",
    "submit",
    "taken_from_starter_set",
]
