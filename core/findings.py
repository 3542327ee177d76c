"""What is wrong, in the words of all registers: how bad it is, and one shape for lists over several registers."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error stands in the way of what makes a record public; a warning asks for a solution; a tip is advice."""

    ERROR = "fout"
    WARNING = "waarschuwing"
    TIP = "tip"


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding of any register. `href` is the place where it can be mended, empty for who may not change anything."""

    rule_id: str
    severity: Severity
    message: str
    article: str
    href: str = ""
    subject: str = ""
    """What it is about; empty on the page of that record itself."""
    subject_href: str = ""
    rule_href: str = ""
    """The page that explains the check, when it has one."""
    close_href: str = ""
    """Where a person can close it with a reason, when that may."""
    action_href: str = ""
    """Where an action for it is made, or the one that there is already; empty in registers without actions."""
    action: str = ""
    """The status of that action, when there is one."""
    closed: str = ""
    """Why, by whom and until when it was closed with a reason; empty for what is open."""
