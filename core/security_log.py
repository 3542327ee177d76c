"""Security events as lines in the log (BIO2 8.15): what, who, from where, on what, how it ended, when.

The lines go out once the transaction has committed: what was rolled back did not happen. Never a password, code, key,
token or anything that a person typed, since what is typed as a name may be a password.
"""

from collections.abc import Mapping
from uuid import UUID

import structlog
from sqlalchemy import event
from sqlalchemy.orm import Session as SASession

log = structlog.get_logger()
_WAITING = "security_events"


def tell(
    session: SASession,
    action: str,
    *,
    succeeded: bool,
    user_id: UUID | None = None,
    actor: str = "",
    address: str = "",
    reason: str = "",
    subject: str = "",
) -> None:
    """Write a line when this session commits. `action` reads as in the audit trail.

    `reason` is a word of ours, `subject` the name of what it was done to, as the trail has it.
    """
    facts = {
        "outcome": "accepted" if succeeded else "refused",
        "user_id": str(user_id or ""),
        "actor": actor,
        "address": address,
        "reason": reason,
        "subject": subject,
    }
    session.info.setdefault(_WAITING, []).append((action, {name: value for name, value in facts.items() if value}))


@event.listens_for(SASession, "after_commit")
def _write(session: SASession) -> None:
    waiting: list[tuple[str, Mapping[str, str]]] = session.info.pop(_WAITING, [])
    for action, facts in waiting:
        log.info("security", action=action, **facts)


@event.listens_for(SASession, "after_rollback")
def _forget(session: SASession) -> None:
    session.info.pop(_WAITING, None)
