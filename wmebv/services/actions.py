"""Actions: what somebody does about a gap, by when, and what it costs."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from core import audit, clock, history
from core.db import refuse_stale
from core.errors import RuleViolation
from core.organisations import Party, Team, find_or_add
from wmebv.content import SCHEMA_NUMBER, ActionContent, ActionStatus
from wmebv.duties import duties
from wmebv.models import Action, Channel, MessageType, Product
from wmebv.rules import UNANSWERED

ANSWER_FIRST = "Beantwoord de vragen."
"""What to do about something of which nothing is known yet."""
ENDED = frozenset({ActionStatus.DONE, ActionStatus.DROPPED})
About = Product | MessageType | Channel | None
"""What an action is about; None: the whole organisation, or nothing in particular."""


def proposed(duty: str, about: About) -> ActionContent:
    """What a form for a new action begins with: what the duty says to do, for who looks after the product."""
    known = duties().get(duty)
    todo = known.todo if known else ANSWER_FIRST if duty == UNANSWERED else ""
    product = about.product if isinstance(about, MessageType) else about if isinstance(about, Product) else None
    return ActionContent(
        title=todo,
        owner=product.process_owner if product else "",
        team=product.team.name if product and product.team else "",
        supplier=about.supplier.name if isinstance(about, Channel) and about.supplier else "",
        phase=clock.today().year,
    )


def add_action(
    session: Session, content: ActionContent, *, duty: str = "", about: About = None, actor: audit.Actor
) -> Action:
    """Put an action on the list. A team or party that is new joins the shared lists.

    Raises:
        RuleViolation: it does not say what must be done, or there is no such duty.
    """
    _check(content)
    if duty and duty != UNANSWERED and duty not in duties():
        raise RuleViolation(f"Er is geen plicht met code {duty}. Begin bij een bevinding.")
    action = Action(
        duty=duty,
        product_id=about.id if isinstance(about, Product) else None,
        message_type_id=about.id if isinstance(about, MessageType) else None,
        channel_id=about.id if isinstance(about, Channel) else None,
    )
    _write(session, action, content, actor)
    session.add(action)
    _save(session, action, "add", None, actor)
    return action


def change_action(
    session: Session, action: Action, content: ActionContent, *, version: int, actor: audit.Actor
) -> None:
    """Change an action. Saving what is there already changes nothing.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: see `add_action`.
    """
    refuse_stale(action, version)
    _check(content)
    if action.content() == content:
        return
    before = action_facts(action)
    _write(session, action, content, actor)
    _save(session, action, "change", before, actor)


def action_facts(action: Action) -> dict[str, Any]:
    """An action as plain data, for audit and revisions; what it is about by id, because names change."""
    about = {name: getattr(action, name) for name in ("product_id", "message_type_id", "channel_id")}
    return {
        "duty": action.duty,
        **{name: str(one) if one else None for name, one in about.items()},
        "ended_on": action.ended_on.isoformat() if action.ended_on else None,
        **action.content().model_dump(mode="json"),
    }


def _check(content: ActionContent) -> None:
    if not content.title:
        message = "Vul in wat er moet gebeuren."
        raise RuleViolation(f"De actie is niet opgeslagen. {message}", {"title": message})


def _write(session: Session, action: Action, content: ActionContent, actor: audit.Actor) -> None:
    if content.status in ENDED:
        action.ended_on = action.ended_on or clock.today()
    else:
        action.ended_on = None
    action.team = find_or_add(session, Team, content.team, actor=actor)
    action.supplier = find_or_add(session, Party, content.supplier, actor=actor)
    for name, value in content.model_dump(exclude={"team", "supplier"}).items():
        setattr(action, name, value)


def _save(session: Session, action: Action, verb: str, before: Mapping[str, Any] | None, actor: audit.Actor) -> None:
    history.record_save(
        session,
        action,
        verb,
        actor=actor,
        schema_number=SCHEMA_NUMBER,
        before=before,
        after=action_facts(action),
    )
