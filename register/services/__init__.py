"""Use cases of the processing register: the only code that changes its rows."""

from register.services.batch import JOB as ESTABLISH_JOB
from register.services.batch import BatchOutcome, BatchRow, Verdict, establish_each, establish_job, preview_batch
from register.services.bulk import BulkChange, BulkField, BulkRow
from register.services.bulk import apply as apply_bulk
from register.services.bulk import preview as preview_bulk
from register.services.closing import (
    close,
    closings,
    find_closing,
    last_day,
    reopen_finding,
)
from register.services.findings import findings_by_record, findings_in, findings_of
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
    incoming_of_export,
    incoming_of_workbook,
    is_started,
    open_import,
    prepare,
    remove_mapping,
    save_mapping,
    taken_from_starter_set,
    told_of,
)
from register.services.importing import clear_old as clear_old_imports
from register.services.importing import close as close_import
from register.services.importing import start as start_import
from register.services.renaming import names_changed, renamed
from register.services.rows import content_of, facts_of
from register.services.saving import add, begun, change, confirm, copy, end, establish, reopen, show_less
from register.services.sharing import add_shared, change_shared, check_agreement, remove_shared
from register.services.steps import approve, send_back, submit
from register.services.summarising import fresh, refresh, sees_summaries, sees_trail
from register.services.thresholds import (
    RANGES,
    change_thresholds,
    check_settings,
    numbers_of,
    thresholds_of,
)
from register.services.whole import all_findings, fresh_findings, link_addresses

__all__ = [
    "ESTABLISH_JOB",
    "IMPORT_JOB",
    "RANGES",
    "BatchOutcome",
    "BatchRow",
    "BulkChange",
    "BulkField",
    "BulkRow",
    "ImportResult",
    "Incoming",
    "Verdict",
    "add",
    "add_shared",
    "add_starter_set",
    "all_findings",
    "apply_bulk",
    "approve",
    "becomes",
    "begun",
    "carry_out",
    "change",
    "change_mapping",
    "change_shared",
    "change_thresholds",
    "check_agreement",
    "check_settings",
    "choose",
    "choose_all",
    "choose_place",
    "clear_old_imports",
    "close",
    "close_import",
    "closings",
    "compared",
    "confirm",
    "content_of",
    "copy",
    "end",
    "end_run",
    "establish",
    "establish_each",
    "establish_job",
    "facts_of",
    "find_closing",
    "findings_by_record",
    "findings_in",
    "findings_of",
    "fresh",
    "fresh_findings",
    "import_records",
    "incoming_of",
    "incoming_of_export",
    "incoming_of_workbook",
    "is_started",
    "last_day",
    "link_addresses",
    "names_changed",
    "numbers_of",
    "open_import",
    "prepare",
    "preview_batch",
    "preview_bulk",
    "refresh",
    "remove_mapping",
    "remove_shared",
    "renamed",
    "reopen",
    "reopen_finding",
    "save_mapping",
    "sees_summaries",
    "sees_trail",
    "send_back",
    "show_less",
    "start_import",
    "submit",
    "taken_from_starter_set",
    "thresholds_of",
    "told_of",
]
