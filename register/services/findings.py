"""What the checks find in records, and what they must know around them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from core import clock, history
from core.organisations import System, the_organisation
from register import rules
from register.checks import Finding
from register.content import ActivityContent, Regime, Status
from register.kept import kept
from register.models import Closing, ProcessingActivity
from register.rules import Context, OrganisationSettings
from register.services.closing import Closed, closed_today, counting
from register.services.rows import content_of, contents_of
from register.services.thresholds import thresholds_of

Known = tuple[ProcessingActivity, ActivityContent]
"""A record and what it holds."""


def findings_of(
    session: Session, activity: ProcessingActivity, content: ActivityContent | None = None
) -> tuple[Finding, ...]:
    """What the checks find in one record, without what was closed with a reason; `content` for who has read it."""
    content = content or content_of(activity)
    context = contexts_of(session, [(activity, content)], surroundings(session))[activity.id]
    return rules.open_findings(rules.findings(content, context), context.closed)


def findings_in(
    session: Session,
    activity: ProcessingActivity,
    content: ActivityContent,
    versions: Sequence[history.Version],
    closed: Sequence[Closing],
) -> tuple[Finding, ...]:
    """`findings_of` for who has read already what the record holds, its versions and its `closings`."""
    context = _context(
        surroundings(session),
        activity,
        established_by=max(versions, key=lambda one: one.number).established_by if versions else "",
        changed_since_dpia=bool(_changed_since_dpia(session, [(activity, content)])),
        closed=counting(closed),
    )
    return rules.open_findings(rules.findings(content, context), context.closed)


def findings_by_record(
    session: Session, activities: Sequence[ProcessingActivity]
) -> Mapping[UUID, tuple[Finding, ...]]:
    """The open findings of each record, by its id. The number of queries does not grow with the records."""
    contents = contents_of(activities)
    contexts = contexts_of(session, [(one, contents[one.id]) for one in activities], surroundings(session))
    return {
        key: rules.open_findings(rules.findings(contents[key], context), context.closed)
        for key, context in contexts.items()
    }


def common_context(session: Session) -> Context:
    """What surrounds every record of this organisation: its settings and today."""
    organisation = the_organisation(session)
    living_wpg = select(
        func.count(),
        func.max(ProcessingActivity.wpg_internal_audit_on),
        func.max(ProcessingActivity.wpg_external_audit_on),
    ).where(ProcessingActivity.regime == Regime.WPG, ProcessingActivity.status != Status.ENDED)
    police_records, internal_audit_on, external_audit_on = session.exec(living_wpg).one()
    settings = OrganisationSettings(
        name=organisation.name,
        contact=", ".join(
            filter(None, (organisation.address, organisation.phone, organisation.email, organisation.website))
        ),
        dpo_contact=organisation.dpo_contact,
        dpo_registered_on=organisation.dpo_registered_on,
        rights_url=organisation.rights_url,
        has_police_data=police_records > 0,
        wpg_internal_audit_on=internal_audit_on,
        wpg_external_audit_on=external_audit_on,
    )
    return replace(surroundings(session), organisation=settings)


def surroundings(session: Session) -> Context:
    """What the checks on a record must know around it: no check on a record looks at the settings themselves."""
    return kept(session, "surroundings", lambda: _surroundings(session))


def _surroundings(session: Session) -> Context:
    organisation = the_organisation(session)
    systems = session.exec(select(System.name, System.supplier)).all()
    return Context(
        today=clock.today(),
        four_eyes=asks_four_eyes(organisation.four_eyes, organisation.cooling_off_hours),
        thresholds=thresholds_of(session),
        technical_names=frozenset(name for row in systems for name in row if name),
    )


def asks_four_eyes(four_eyes: bool, cooling_off_hours: int | None) -> bool:  # noqa: FBT001 - as the settings name them
    """Who may establish after a cooling-off time does nothing that must be mended."""
    return four_eyes and cooling_off_hours is None


def contexts_of(session: Session, records: Sequence[Known], common: Context | None = None) -> Mapping[UUID, Context]:
    """What the checks must know around each record; `common` when the caller has that already."""
    common = common or common_context(session)
    ids = [activity.id for activity, _ in records]
    established_by = dict(
        session.exec(
            select(history.Version.subject_id, history.Version.established_by)
            .where(col(history.Version.subject_id).in_(ids))
            .order_by(col(history.Version.number))
        ).all()
    )
    changed, closed = _changed_since_dpia(session, records), closed_today(session)
    return {
        activity.id: _context(
            common,
            activity,
            established_by=established_by.get(activity.id, ""),
            changed_since_dpia=activity.id in changed,
            closed=closed.get(activity.id, Closed()),
        )
        for activity, _ in records
    }


def _context(
    common: Context,
    activity: ProcessingActivity,
    *,
    established_by: str,
    changed_since_dpia: bool,
    closed: Closed,
) -> Context:
    return replace(
        common,
        status=activity.status,
        waiting_since=activity.status_at if activity.status is Status.IN_REVIEW else None,
        created_on=activity.created_at.astimezone(clock.AMSTERDAM).date(),
        last_editor=activity.last_editor,
        established_by=established_by if activity.status is Status.ESTABLISHED else "",
        changed_since_dpia=changed_since_dpia,
        closed=closed.keys,
        closed_until=closed.until,
    )


DPIA_RESTS_ON = ("purposes", "data_sets", "processors", "systems", "automation", "profiling", "ai_class")
"""What a DPIA looked at (GDPR art. 35(11)): when one of these changes, it must be looked at again."""


def _changed_since_dpia(session: Session, records: Sequence[Known]) -> set[UUID]:
    """Records whose purposes, data, processors or technique differ from what we knew when the DPIA was done."""
    done = {one.id: clock.end_of_day(content.dpia.done_on) for one, content in records if content.dpia.done_on}
    if not done:
        return set()
    moments = session.exec(
        select(history.Revision.id, history.Revision.subject_id, history.Revision.at)
        .where(col(history.Revision.subject_id).in_(list(done)))
        .order_by(col(history.Revision.number))
    )
    last_before = {subject: number for number, subject, at in moments if at < done[subject]}
    then = session.exec(select(history.Revision).where(col(history.Revision.id).in_(list(last_before.values()))))
    known = {revision.subject_id: revision.content for revision in then}
    now = {one.id: content.model_dump(mode="json") for one, content in records if one.id in known}
    return {key for key, then in known.items() if any(then.get(field) != now[key][field] for field in DPIA_RESTS_ON)}
