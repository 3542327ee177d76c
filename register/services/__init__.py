"""Use cases of the processing register: the only code that changes its rows."""

from register.services.findings import all_findings, findings_by_record, findings_of
from register.services.importing import ImportResult, add_starter_set, import_records
from register.services.rows import content_of, facts_of
from register.services.saving import add, change, confirm, end, establish, reopen

__all__ = [
    "ImportResult",
    "add",
    "add_starter_set",
    "all_findings",
    "change",
    "confirm",
    "content_of",
    "end",
    "establish",
    "facts_of",
    "findings_by_record",
    "findings_of",
    "import_records",
    "reopen",
]
