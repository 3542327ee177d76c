"""Records of the inventory as the page after a conflict shows them (`core.web.conflicts`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from core.organisations import bodies
from core.web.conflicts import Meeting, known_part
from core.web.forms import Form, Typed, fill
from wmebv import labels, rows
from wmebv.content import (
    ActionContent,
    Answer,
    ChannelContent,
    GoalContent,
    MessageTypeContent,
    ProductContent,
    TemplateContent,
)
from wmebv.forms import (
    ACTION_LABELS,
    CHANNEL_LABELS,
    DECISION_LABELS,
    GOAL_LABELS,
    MESSAGE_LABELS,
    PRODUCT_LABELS,
    TEMPLATE_LABELS,
    Question,
    answer_form,
    decision_of,
    options,
)
from wmebv.models import Action, Channel, ChannelTemplate, Goal, MessageType, Product, Subject

ENDED_PRODUCT = "Dit product is intussen beëindigd. Zet het eerst terug."
ENDED_MESSAGE = "Dit bericht is intussen vervallen. Het is niet meer te wijzigen."


def of_product(session: Session, product: Product, address: str) -> Meeting:
    yes_no = _by_code(labels.YES_NO)
    return Meeting(
        subject_id=product.id,
        version=product.version,
        name=f"{product.kenmerk} {product.name}",
        address=address,
        form_address=f"{address}bewerken",
        now=fill(rows.product_content(product), PRODUCT_LABELS).typed,
        as_form=lambda facts: fill(known_part(ProductContent, facts), PRODUCT_LABELS).typed,
        labels=PRODUCT_LABELS,
        words={
            "audiences": _by_code(labels.AUDIENCES),
            "controller": bodies(session),
            "executor": _by_code(labels.EXECUTORS),
            "support_need": _by_code(labels.SUPPORT_NEEDS),
            "target_groups": _by_code(labels.TARGET_GROUP_LABELS),
            "services_directive": yes_no,
            "physical_presence": yes_no,
            "can_be_digital": yes_no,
            "objection_possible": yes_no,
            "ambitions-*-level": _levels(),
        },
        rows={"legal_bases": "Wet", "ambitions": "Jaar"},
        closed=ENDED_PRODUCT if product.ended_on else "",
    )


def of_message(message: MessageType) -> Meeting:
    return Meeting(
        subject_id=message.id,
        version=message.version,
        name=message.name,
        address=f"/wmebv/berichten/{message.id}/",
        form_address=f"/wmebv/berichten/{message.id}/bewerken",
        now=fill(rows.message_content(message), MESSAGE_LABELS).typed,
        as_form=lambda facts: fill(known_part(MessageTypeContent, facts), MESSAGE_LABELS).typed,
        labels=MESSAGE_LABELS,
        words={
            "kind": _by_code(labels.KINDS),
            "official": _by_code(labels.OFFICIAL),
            "direction": _by_code(labels.DIRECTIONS),
            "on_request": _by_code(labels.YES_NO),
            "can_be_digital": _by_code(labels.YES_NO),
            "channels-*-use": _by_code(labels.USES),
        },
        rows={"channels": "Kanaal", "volumes": "Telling", "norm_results": "Meting"},
        closed=_why_closed(message),
    )


def of_decision(message: MessageType) -> Meeting:
    """What the seven questions came to; the rest of the message is on another form."""
    return Meeting(
        subject_id=message.id,
        version=message.version,
        name=message.name,
        address=f"/wmebv/berichten/{message.id}/",
        form_address=f"/wmebv/berichten/{message.id}/beoordelen",
        now=fill(decision_of(rows.message_content(message)), DECISION_LABELS).typed,
        as_form=lambda facts: fill(decision_of(known_part(MessageTypeContent, facts)), DECISION_LABELS).typed,
        labels=DECISION_LABELS,
        words={"kind": _by_code(labels.KINDS), "official": _by_code(labels.OFFICIAL)},
        besides=frozenset({"verder"}),
        is_part=True,
        closed=_why_closed(message),
    )


def of_channel(session: Session, channel: Channel) -> Meeting:
    yes_no = _by_code(labels.YES_NO)
    return Meeting(
        subject_id=channel.id,
        version=channel.version,
        name=channel.name,
        address=f"/wmebv/kanalen/{channel.id}/",
        form_address=f"/wmebv/kanalen/{channel.id}/bewerken",
        now=fill(rows.channel_content(channel), CHANNEL_LABELS).typed,
        as_form=lambda facts: fill(known_part(ChannelContent, facts), CHANNEL_LABELS).typed,
        labels=CHANNEL_LABELS,
        words={
            "kind": _by_code(labels.CHANNEL_KINDS),
            "level": _levels(),
            "login_levels": _by_code(labels.LOGINS),
            "designated": yes_no,
            "designation-bodies": bodies(session),
            "reachable": yes_no,
        },
        rows={"satisfaction": "Onderzoek"},
    )


def of_template(template: ChannelTemplate) -> Meeting:
    address = f"/wmebv/sjablonen/{template.id}/"
    return Meeting(
        subject_id=template.id,
        version=template.version,
        name=template.name,
        address=address,
        form_address=f"{address}bewerken",
        now=fill(rows.template_content(template), TEMPLATE_LABELS).typed,
        as_form=lambda facts: fill(known_part(TemplateContent, facts), TEMPLATE_LABELS).typed,
        labels=TEMPLATE_LABELS,
    )


def of_action(action: Action) -> Meeting:
    address = f"/wmebv/acties/{action.id}"
    return Meeting(
        subject_id=action.id,
        version=action.version,
        name=action.title,
        address="/wmebv/acties/",
        form_address=address,
        now=fill(action.content(), ACTION_LABELS).typed,
        as_form=lambda facts: fill(known_part(ActionContent, facts), ACTION_LABELS).typed,
        labels=ACTION_LABELS,
        words={"status": _by_code(labels.ACTION_STATUSES)},
    )


def of_goal(goal: Goal) -> Meeting:
    return Meeting(
        subject_id=goal.id,
        version=goal.version,
        name=goal.title,
        address="/wmebv/doelen/",
        form_address=f"/wmebv/doelen/{goal.id}",
        now=fill(goal.content(), GOAL_LABELS).typed,
        as_form=lambda facts: fill(known_part(GoalContent, facts), GOAL_LABELS).typed,
        labels=GOAL_LABELS,
        words={"measure": _by_code(labels.MEASURES)},
    )


def of_answers(
    session: Session, subject: Subject, questions: Sequence[Question], form: Form[Any], name: str, address: str
) -> Meeting:
    """The answers about any record. `form` is that of its questions."""

    def as_form(facts: Mapping[str, Any]) -> Typed:
        answers = [Answer.model_validate(answer) for answer in facts["answers"]]
        return answer_form(questions, answers).typed

    words: dict[str, Mapping[str, str]] = {}
    for question in questions:
        words[f"{question.code}-value"] = dict(question.values)
        words[f"{question.code}-choices"] = dict(question.choices)
        words[f"{question.code}-body"] = bodies(session)
        words[f"{question.code}-reaches"] = _by_code(labels.TARGET_GROUP_LABELS)
    return Meeting(
        subject_id=subject.id,
        version=subject.version,
        name=name,
        address=address,
        form_address=address,
        now=answer_form(questions, rows.answers_of(subject)).typed,
        as_form=as_form,
        labels=form.labels,
        words=words,
        left_out=frozenset(f"{question.code}-{field}" for question in questions for field in question.not_asked),
        besides=frozenset({"checked", "seen", "verder"}),
        closed=_why_closed(subject) if isinstance(subject, Product | MessageType) else "",
    )


def _why_closed(subject: Product | MessageType) -> str:
    if isinstance(subject, MessageType):
        return ENDED_MESSAGE if subject.ended_on else _why_closed(subject.product)
    return ENDED_PRODUCT if subject.ended_on else ""


def _levels() -> Mapping[str, str]:
    return {code.value: f"{code.value}: {label}" for code, label in labels.LEVEL_LABELS.items()}


def _by_code(words: Mapping[Any, str]) -> Mapping[str, str]:
    return dict(options(words))
