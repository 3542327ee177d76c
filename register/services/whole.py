"""Everything that the checks find, in the records, in the settings and in the register as a whole."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from core import tried_links
from core.organisations import stopped_names
from register import rules
from register.checks import Finding
from register.content import Status
from register.lists import DOMAINS
from register.models import ProcessingActivity, kenmerk
from register.rules import Entry, Register
from register.services.closing import closed_keys
from register.services.findings import common_context
from register.services.loading import batches
from register.services.sharing import loose_names
from register.services.summarising import found_in_records

LOOKED_AT = (
    "name",
    "domain",
    "team",
    "purposes",
    "processors",
    "systems",
    "covenants",
    "algorithm_register",
    "privacy_notice",
    "dpia",
    "iama_url",
)
"""Fields of the content that the checks on the whole register look at; a test compares with all fields."""


def all_findings(session: Session) -> Sequence[Finding]:
    """Everything open in the whole register; `Finding.subject` is the kenmerk, empty for the organisation itself.

    Records that have ended are left out.
    """
    living = _living(session)
    context, closed = common_context(session), closed_keys(session)
    ids = {number: key for key, number in living.items()}
    found = list(found_in_records(session, living))
    register = Register(
        entries=_entries(session, living),
        domains=DOMAINS,
        stopped=stopped_names(session, context.today),
        agreements=loose_names(session),
        broken_links=tried_links.broken(session),
        thresholds=context.thresholds,
    )
    for one in (*rules.organisation_findings(context), *rules.register_findings(register)):
        found += rules.open_findings([one], closed.get(ids.get(one.subject), frozenset()))
    return found


def link_addresses(session: Session) -> Mapping[str, Sequence[str]]:
    """Every address in a living record, with the records that it stands in."""
    found: dict[str, dict[str, None]] = {}
    for entry in _entries(session, _living(session)):
        for _, url in rules.links(entry.content):
            found.setdefault(url, {})[entry.number] = None
    return {url: list(numbers) for url, numbers in found.items()}


def _living(session: Session) -> Mapping[UUID, str]:
    """Id and kenmerk of all records that did not end, by number."""
    query = select(ProcessingActivity.id, ProcessingActivity.number).where(ProcessingActivity.status != Status.ENDED)
    return {key: kenmerk(number) for key, number in session.exec(query.order_by(col(ProcessingActivity.number)))}


def _entries(session: Session, living: Collection[UUID]) -> Sequence[Entry]:
    return [
        Entry(number=kenmerk(row.number), content=content)
        for batch in batches(session, living, LOOKED_AT)
        for row, content in sorted(batch, key=lambda pair: pair[0].number)
    ]
