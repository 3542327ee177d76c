"""What people say of the hits of a check: that something may be public, and why. Of something critical two people."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from core import audit, clock, second_person
from core.errors import Conflict, RuleViolation
from woo.content import DecisionState, DocumentState, InspectionState
from woo.hits import NOTICES
from woo.models import Document, FileInspection, HitDecision, InspectionHit, Overview
from woo.services.documents import refuse_withdrawn
from woo.services.inspecting import Checked, action_of, decisions, inspection_of, overviews_on_their_way

MIN_REASON = 5


def confirm(
    session: Session, checked: Checked, keys: Collection[str], *, reason: str, original: str, actor: audit.Actor
) -> None:
    """Say why hits may be public. What is critical then waits for a second person.

    `original` is the SHA-256 of the file that the person looked at.

    Raises:
        Conflict: there is another file, or it was looked at anew, since.
        RuleViolation: no hit or no reason was given, or the document has been withdrawn.
    """
    found = _chosen(session, checked, keys, original)
    reason = reason.strip()
    if len(reason) < MIN_REASON:
        message = "Vul in waarom dit openbaar mag zijn."
        raise RuleViolation(message, {"reason": message})
    said = decisions(session, checked)
    for hit in found:
        decision = said.get(hit.key) or HitDecision(key=hit.key, asked_at=clock.now())
        setattr(decision, "overview_id" if isinstance(checked, Overview) else "document_id", checked.id)
        decision.state = DecisionState.ASKED if hit.critical else DecisionState.ACCEPTED
        decision.original, decision.reason = original, reason
        decision.asked_at, decision.asked_by, decision.asked_by_id = clock.now(), actor.label[:200], actor.user_id
        decision.decided_at, decision.decided_by, decision.answer = None, "", ""
        session.add(decision)
    _tell(session, checked, "confirm", found, actor=actor, reason=reason)


def decide(
    session: Session,
    checked: Checked,
    keys: Collection[str],
    *,
    approve: bool,
    answer: str = "",
    original: str,
    actor: audit.Actor,
) -> None:
    """Say as a second person that critical hits may be public, or may not; `answer` is why.

    Raises:
        Conflict: there is another file, or somebody decided, since.
        RuleViolation: it is the person who said why (before the cooling-off time is over), or the document has been
            withdrawn.
    """
    found = _chosen(session, checked, keys, original)
    answer = answer.strip()
    said = decisions(session, checked)
    for hit in found:
        decision = said.get(hit.key)
        if decision is None or decision.state is not DecisionState.ASKED or decision.original != original:
            raise Conflict("Iemand anders heeft hier al over beslist. Ververs de pagina.")
        if approve:
            second_person.refuse_first_person(session, decision, actor)
        decision.state = DecisionState.APPROVED if approve else DecisionState.REFUSED
        decision.decided_at, decision.decided_by, decision.answer = clock.now(), actor.label[:200], answer
    _tell(session, checked, "approve" if approve else "refuse", found, actor=actor, reason=answer)


def take_back(session: Session, checked: Checked, keys: Collection[str], *, original: str, actor: audit.Actor) -> None:
    """Take back that hits may be public: they are open again.

    Raises:
        Conflict: there is another file since.
        RuleViolation: the document has been withdrawn.
    """
    found = _chosen(session, checked, keys, original)
    said = decisions(session, checked)
    for hit in found:
        if hit.key in said:
            session.delete(said[hit.key])
    _tell(session, checked, "reopen", found, actor=actor)


def waiting_for(session: Session, actor: audit.Actor) -> Sequence[tuple[Checked, HitDecision]]:
    """What this person may decide: where something critical waits, each with one of what was said."""
    query = (
        select(Document, HitDecision)
        .join(HitDecision, col(HitDecision.document_id) == Document.id)
        .where(
            HitDecision.state == DecisionState.ASKED,
            col(HitDecision.original) == Document.sha256,
            Document.state != DocumentState.WITHDRAWN,
        )
        .order_by(col(HitDecision.asked_at), col(HitDecision.id))
    )
    waiting: list[tuple[Checked, HitDecision]] = list(session.exec(query))
    for overview in overviews_on_their_way(session):
        asked = (one for one in decisions(session, overview).values() if one.state is DecisionState.ASKED)
        waiting += [(overview, one) for one in asked if one.original == overview.sha256]
    found: dict[UUID, tuple[Checked, HitDecision]] = {}
    for checked, said in waiting:
        if second_person.may_decide_from(session, said, actor) is not None:
            found.setdefault(checked.id, (checked, said))
    return list(found.values())


def _chosen(session: Session, checked: Checked, keys: Collection[str], original: str) -> Sequence[InspectionHit]:
    if isinstance(checked, Document):
        refuse_withdrawn(checked)
    found: FileInspection | None = inspection_of(session, original)
    hits = {hit.key: hit for hit in found.hits if hit.critical or hit.kind not in NOTICES} if found else {}
    if checked.sha256 != original or not found or found.state is not InspectionState.DONE or set(keys) - hits.keys():
        raise Conflict("Het bestand is intussen vervangen of opnieuw nagekeken. Ververs de pagina.")
    if not keys:
        message = "Kies eerst een melding."
        raise RuleViolation(message, {"hit": message})
    return [hits[key] for key in hits if key in keys]


def _tell(
    session: Session,
    checked: Checked,
    verb: str,
    hits: Sequence[InspectionHit],
    *,
    actor: audit.Actor,
    reason: str = "",
) -> None:
    kinds: dict[str, Any] = {}
    for hit in hits:
        kinds[hit.kind.value] = kinds.get(hit.kind.value, 0) + 1
    after = {"hits": kinds, **({"reason": reason} if reason else {})}
    audit.record(session, actor=actor, action=action_of(checked, verb), subject=checked, after=after)
