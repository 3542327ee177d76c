"""Everything that the checks find, in the records, in the settings and in the register as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

from sqlmodel import Session, col, delete, select

from core import tried_links
from core.db import Database
from core.organisations import stopped_names
from register import rules
from register.checks import Finding
from register.content import Status
from register.lists import DOMAINS
from register.models import ProcessingActivity, kenmerk
from register.rules import Register
from register.services.closing import Closed, closed_today
from register.services.findings import common_context
from register.services.sharing import loose_names
from register.services.summarising import Standing, fresh, state_of, whole_kept
from register.summaries import SummaryWhole, packed


@contextmanager
def fresh_findings(database: Database, organisation_id: UUID) -> Iterator[Session]:
    """As `fresh`, with all findings kept: `all_findings` has only to read them."""
    with fresh(database, organisation_id) as session:
        state, found = state_of(session), None
        if whole_kept(session) is None:
            found = _whole(session, Standing(session), _living(session))
    if found is not None:
        with database.write(organisation_id) as session:
            if state and state_of(session) == state:  # nobody changed anything meanwhile
                session.exec(delete(SummaryWhole))
                session.add(SummaryWhole(organisation_id=organisation_id, findings=[packed(one) for one in found]))
    with fresh(database, organisation_id) as session:
        yield session


def all_findings(session: Session) -> Sequence[Finding]:
    """Everything open in the whole register; `Finding.subject` is the kenmerk, empty for the organisation itself.

    Records that have ended are left out.
    """
    living, standing, whole = _living(session), Standing(session), whole_kept(session)
    if whole is None:
        whole = _whole(session, standing, living)
    return [*standing.findings(living), *whole]


def _whole(session: Session, standing: Standing, living: Mapping[UUID, str]) -> list[Finding]:
    """What is open in the settings of the organisation and in the register as a whole."""
    context, closed = common_context(session), closed_today(session)
    ids = {number: key for key, number in living.items()}
    register = Register(
        entries=standing.entries(living),
        domains=DOMAINS,
        stopped=stopped_names(session, context.today),
        agreements=loose_names(session),
        broken_links=tried_links.broken(session),
        thresholds=context.thresholds,
    )
    found = (*rules.organisation_findings(context), *rules.register_findings(register))
    return [one for one in found if rules.open_findings([one], closed.get(ids.get(one.subject), Closed()).keys)]


def link_addresses(session: Session) -> Mapping[str, Sequence[str]]:
    """Every address in a living record, with the records that it stands in."""
    found: dict[str, dict[str, None]] = {}
    for entry in Standing(session).entries(_living(session)):
        for _, url in entry.links:
            found.setdefault(url, {})[entry.number] = None
    return {url: list(numbers) for url, numbers in found.items()}


def _living(session: Session) -> Mapping[UUID, str]:
    """Id and kenmerk of all records that did not end, by number."""
    query = select(ProcessingActivity.id, ProcessingActivity.number).where(ProcessingActivity.status != Status.ENDED)
    return {key: kenmerk(number) for key, number in session.exec(query.order_by(col(ProcessingActivity.number)))}
