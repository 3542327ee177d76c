"""Adding, changing, establishing and ending records of the register."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from core import audit, clock, history
from core.content import tidied
from core.db import refuse_stale
from core.errors import RuleViolation
from core.organisations import Organisation, bodies, next_number, the_organisation
from register import rules
from register.checks import Finding
from register.content import SCHEMA_NUMBER, ActivityContent, Dpia, Publication, Status
from register.models import NUMBER_PREFIX, ProcessingActivity
from register.rules.risk import months_before
from register.services.findings import contexts_of
from register.services.rows import content_of, differing, facts_of, shared_records, write
from register.services.thresholds import thresholds_of
from register.snapshot import snapshot

NOT_APPROVED = frozenset({Status.CONCEPT, Status.IN_REVIEW})
"""Where nobody said yet that the content is right. What was established is: only a name elsewhere can differ since."""


def add(
    session: Session, content: ActivityContent, *, actor: audit.Actor, source: str = "", place: str = ""
) -> ProcessingActivity:
    """Put a new concept in the register. Teams, parties and systems that are new join the shared lists.

    `source` says where it came from when no person typed it (a file, the starter set), and `place` where in the file;
    both stay in the trail.

    Raises:
        RuleViolation: a text holds a control character.
    """
    content = tidied(content)
    activity = ProcessingActivity(number=next_number(session, NUMBER_PREFIX), status_at=clock.today())
    names = shared_records(session, content, activity, actor=actor)
    write(activity, content, names, root=activity)
    _note_edit(activity, actor)
    session.add(activity)
    facts = facts_of(activity) | _origin(source, place)
    history.record_save(session, activity, "add", actor=actor, schema_number=SCHEMA_NUMBER, before=None, after=facts)
    return activity


def begun(session: Session, content: ActivityContent) -> ActivityContent:
    """A record that begins here, with what the organisation says in each: its sentence on security, if it has none."""
    usual = the_organisation(session).security_sentence
    return content if content.security or not usual else content.model_copy(update={"security": usual})


def copy(session: Session, activity: ProcessingActivity, *, actor: audit.Actor) -> ProcessingActivity:
    """A new concept with the content of a record, but for what belongs to that one alone: dates, checks, its DPIA."""
    content = content_of(activity)
    fresh = ActivityContent()
    own = (
        "external_number",
        "reviewed_on",
        "next_review_on",
        "publish_from",
        "started_on",
        "ended_on",
        "data_breaches",
    )
    facts = {field: getattr(fresh, field) for field in own} | {
        "name": f"Kopie van {content.name}"[:120],
        "based_on": activity.kenmerk,
        "dpia": Dpia(criteria=content.dpia.criteria),
    }
    return add(session, content.model_copy(update=facts), actor=actor, source=f"kopie van {activity.kenmerk}")


def change(
    session: Session,
    activity: ProcessingActivity,
    content: ActivityContent,
    *,
    version: int,
    actor: audit.Actor,
    source: str = "",
    place: str = "",
    stored: ActivityContent | None = None,
) -> None:
    """Replace the content of a record; whatever its status was, it is a concept now. Its versions stay as they are.

    Saving what is there already changes nothing. `source` and `place` are those of `add`; `stored` is what the record
    holds, for who has read that already.

    Raises:
        Conflict: somebody saved in between (`version` is what the form was made from).
        RuleViolation: the record has ended, or a text holds a control character.
    """
    refuse_stale(activity, version)
    content = tidied(content)
    if activity.status is Status.ENDED:
        raise RuleViolation("Deze verwerking is beëindigd. Zet de verwerking eerst terug naar concept.")
    stored = stored or content_of(activity)
    before = facts_of(activity, stored)
    if not (changed := differing(stored, content)):
        return
    names = shared_records(session, content, activity, actor=actor, only=changed)
    if not (changed := differing(content_of(activity, changed), content)):
        return  # it was all about something that is shared, and stands there now
    write(activity, content, names, root=activity, only=changed)
    _note_edit(activity, actor)
    set_status(activity, Status.CONCEPT, actor)
    written = stored.model_copy(update=dict(content_of(activity, changed)))
    after = facts_of(activity, written) | _origin(source, place)
    history.record_save(
        session, activity, "change", actor=actor, schema_number=SCHEMA_NUMBER, before=before, after=after
    )


def establish(
    session: Session, activity: ProcessingActivity, *, actor: audit.Actor, version: int | None = None
) -> history.Version:
    """Make the record part of the official register: freeze a version. From now on the public can see it.

    `version` is what the person saw on the page; without it (a batch, the command line) what is stored counts.

    Raises:
        Conflict: somebody saved since the person saw it.
        RuleViolation: an error is open (`points` says where and which), nobody said how much the public may see, the
            record has ended, nothing changed since the last version, nobody approved it while the organisation asks
            for that, or the last editor establishes while the organisation asks for a second pair of eyes and its
            cooling-off time, if it has one, is not over.
    """
    refuse_stale(activity, version)
    content = content_of(activity)
    context = contexts_of(session, [(activity, content)])[activity.id]
    frozen = snapshot(content, number=activity.kenmerk, bodies=bodies(session))
    newest = history.newest_version(session, activity.id)
    refusal = why_not(activity, content, context, frozen, newest, organisation=the_organisation(session), actor=actor)
    if refusal:
        raise refusal
    before = facts_of(activity)
    made = history.freeze(session, activity, actor=actor, schema_number=SCHEMA_NUMBER, content=frozen)
    set_status(activity, Status.ESTABLISHED, actor)
    after = facts_of(activity) | {"established_version": made.number}
    history.record_save(
        session, activity, "establish", actor=actor, schema_number=SCHEMA_NUMBER, before=before, after=after
    )
    return made


def end(session: Session, activity: ProcessingActivity, *, on: date, reason: str, actor: audit.Actor) -> None:
    """Stop a processing. The public page stays, and says since when: a last version freezes that date.

    What was typed after the last version is no part of it.

    Raises:
        RuleViolation: no reason, a day in the future or before the start, or the record has ended already.
    """
    if activity.status is Status.ENDED:
        raise RuleViolation("Deze verwerking is al beëindigd.")
    points: dict[str, str] = {}
    if not reason.strip():
        points["reason"] = "Vul in waarom de verwerking stopt."
    if on > clock.today():
        points["on"] = "Kies vandaag of een eerdere dag."
    elif activity.started_on and on < activity.started_on:
        points["on"] = "Kies een dag na de dag waarop de verwerking begon."
    if points:
        raise RuleViolation("De verwerking is niet beëindigd. " + " ".join(points.values()), points)
    before = facts_of(activity)
    activity.ended_on = on
    set_status(activity, Status.ENDED, actor)
    newest = history.newest_version(session, activity.id)
    if newest and newest.ended_at is None:
        content = newest.content | {"content": newest.content["content"] | {"ended_on": on.isoformat()}}
        last = history.freeze(session, activity, actor=actor, schema_number=newest.schema_number, content=content)
        last.ended_at = last.established_at
    after = facts_of(activity) | {"reason": reason.strip()}
    history.record_save(session, activity, "end", actor=actor, schema_number=SCHEMA_NUMBER, before=before, after=after)


def show_less(
    session: Session, activity: ProcessingActivity, publication: Publication, *, reason: str, actor: audit.Actor
) -> bool:
    """Let the public see no more of a record than this, in its version and in the record itself: for one that came
    back with a backup of when it saw more. False: it sees no more already.
    """
    newest = history.newest_version(session, activity.id)
    if newest is None:
        return False
    shown, levels = Publication(newest.content["content"]["publication"] or Publication.NO), list(Publication)
    if levels.index(shown) >= levels.index(publication):
        return False
    before = facts_of(activity)
    activity.publication, activity.publication_reason = publication, reason
    said = {"publication": publication.value, "publication_reason": reason}
    content = newest.content | {"content": newest.content["content"] | said}
    made = history.freeze(session, activity, actor=actor, schema_number=newest.schema_number, content=content)
    made.ended_at = newest.ended_at
    after = facts_of(activity) | {"established_version": made.number}
    history.record_save(
        session, activity, "establish", actor=actor, schema_number=SCHEMA_NUMBER, before=before, after=after
    )
    return True


def confirm(session: Session, activity: ProcessingActivity, *, actor: audit.Actor) -> None:
    """Note that somebody who knows the work looked at a record today and found it right; its status stays.

    The next check is due after the months that the checks count with. Confirming twice on a day changes nothing.
    """
    before = facts_of(activity)
    activity.reviewed_on = clock.today()
    activity.next_review_on = months_before(activity.reviewed_on, -thresholds_of(session).review_months)
    after = facts_of(activity)
    if after != before:
        history.record_save(
            session, activity, "confirm", actor=actor, schema_number=SCHEMA_NUMBER, before=before, after=after
        )


def reopen(session: Session, activity: ProcessingActivity, *, actor: audit.Actor) -> None:
    """Take a record back to concept, also one that had ended. What the public sees does not change by it.

    Raises:
        RuleViolation: it is a concept already.
    """
    if activity.status is Status.CONCEPT:
        raise RuleViolation("Deze verwerking is al een concept.")
    before = facts_of(activity)
    if activity.status is Status.ENDED:
        activity.ended_on = None
    set_status(activity, Status.CONCEPT, actor)
    after = facts_of(activity)
    history.record_save(
        session, activity, "reopen", actor=actor, schema_number=SCHEMA_NUMBER, before=before, after=after
    )


def why_not(
    activity: ProcessingActivity,
    content: ActivityContent,
    context: rules.Context,
    frozen: Mapping[str, Any],
    newest: history.Version | None,
    *,
    organisation: Organisation,
    actor: audit.Actor,
) -> RuleViolation | None:
    """Why a record cannot be established, as `establish` refuses it; None when it can.

    Args:
        activity: the record.
        content: what it holds.
        context: what the checks must know around it.
        frozen: the snapshot that a version would hold.
        newest: its newest version, if it has one.
        organisation: whose settings count.
        actor: who would establish it.
    """
    if activity.status is Status.ENDED:
        return RuleViolation("Deze verwerking is beëindigd. Zet de verwerking eerst terug naar concept.")
    if organisation.approval_first and activity.status in NOT_APPROVED:
        return RuleViolation("Laat de privacy officer deze verwerking eerst goedkeuren. Bied die daarvoor aan.")
    if refusal := open_errors(content, context) or _lacks_a_second_pair_of_eyes(organisation, activity, actor):
        return refusal
    if newest and newest.ended_at is None and newest.content == frozen:
        return RuleViolation(f"Er is niets veranderd sinds versie {newest.number}. Vaststellen is niet nodig.")
    return None


def open_errors(content: ActivityContent, context: rules.Context) -> RuleViolation | None:
    """What must be filled in first, as a refusal whose `points` say where; None when nothing must."""
    if blocking := rules.what_blocks(content, context):
        return RuleViolation("Er zijn nog fouten. Los die eerst op.", _points(blocking))
    if content.publication is None:
        message = "Kies eerst of deze verwerking op de website komt."
        return RuleViolation(message, {"publication": message})
    return None


def set_status(activity: ProcessingActivity, status: Status, actor: audit.Actor, note: str = "") -> None:
    """Give a record another status, with what was said; nothing when it has that status already."""
    if activity.status is not status:
        activity.status, activity.status_at = status, clock.today()
        activity.status_by, activity.status_note = actor.label[:200], note


def _origin(source: str, place: str) -> dict[str, str]:
    return {name: text for name, text in (("source", source), ("place", place)) if text}


def _points(findings: Sequence[Finding]) -> dict[str, str]:
    points: dict[str, list[str]] = {}
    for finding in findings:
        points.setdefault(next(iter(finding.fields), finding.rule_id), []).append(finding.message)
    return {place: " ".join(messages) for place, messages in points.items()}


def _note_edit(activity: ProcessingActivity, actor: audit.Actor) -> None:
    activity.last_editor, activity.last_editor_id = actor.label[:200], actor.user_id


def _is_last_editor(activity: ProcessingActivity, actor: audit.Actor) -> bool:
    if activity.last_editor_id and actor.user_id:
        return activity.last_editor_id == actor.user_id
    return activity.last_editor == actor.label


def _lacks_a_second_pair_of_eyes(
    organisation: Organisation, activity: ProcessingActivity, actor: audit.Actor
) -> RuleViolation | None:
    if not organisation.four_eyes or actor == audit.COMMAND_LINE or not _is_last_editor(activity, actor):
        return None
    refusal = "U heeft deze verwerking zelf als laatste gewijzigd. Vraag een collega om vast te stellen."
    if organisation.cooling_off_hours is None:
        return RuleViolation(refusal)
    free_from = activity.updated_at + timedelta(hours=organisation.cooling_off_hours)
    if clock.now() >= free_from:
        return None
    here = free_from.astimezone(clock.AMSTERDAM)
    return RuleViolation(f"{refusal} Of stel zelf vast na {here:%d-%m-%Y %H:%M} uur, met een frisse blik.")
