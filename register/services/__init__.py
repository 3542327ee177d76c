"""Use cases of the processing register: the only code that changes its rows."""

from register.services.bulk import BulkChange, BulkField, BulkRow
from register.services.bulk import apply as apply_bulk
from register.services.bulk import preview as preview_bulk
from register.services.findings import all_findings, findings_by_record, findings_of
from register.services.importing import (
    IMPORT_JOB,
    ImportResult,
    Incoming,
    add_starter_set,
    becomes,
    carry_out,
    change_mapping,
    choose,
    choose_all,
    choose_place,
    compared,
    end_run,
    import_records,
    incoming_of,
    is_started,
    open_import,
    prepare,
    remove_mapping,
    save_mapping,
    taken_from_starter_set,
    told_of,
)
from register.services.importing import close as close_import
from register.services.importing import start as start_import
from register.services.rows import content_of, facts_of
from register.services.saving import add, change, confirm, copy, end, establish, reopen
from register.services.steps import approve, send_back, submit

__all__ = [
    "IMPORT_JOB",
    "BulkChange",
    "BulkField",
    "BulkRow",
    "ImportResult",
    "Incoming",
    "add",
    "add_starter_set",
    "all_findings",
    "apply_bulk",
    "approve",
    "becomes",
    "carry_out",
    "change",
    "change_mapping",
    "choose",
    "choose_all",
    "choose_place",
    "close_import",
    "compared",
    "confirm",
    "content_of",
    "copy",
    "end",
    "end_run",
    "establish",
    "facts_of",
    "findings_by_record",
    "findings_of",
    "import_records",
    "incoming_of",
    "is_started",
    "open_import",
    "prepare",
    "preview_bulk",
    "remove_mapping",
    "reopen",
    "save_mapping",
    "send_back",
    "start_import",
    "submit",
    "taken_from_starter_set",
    "told_of",
]
