"""What a version of a product freezes: its content, messages and channels, with every label, for ever. Pure.

The shape, schema number 1 (`content.SCHEMA_NUMBER`):

* `number`: the kenmerk, such as `PD-0001`; `slug`: its place on the website;
* `content`: `ProductContent` as JSON, with the name of the team as it was;
* `messages`: the living message types, each with `id`, `content` and `channels` (`use` and `content`);
* `general`: answers about the whole organisation that say which help there is (codes with Z);
* `labels`: kind of code -> code -> label, for every code that is used.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from wmebv import labels
from wmebv.content import Answer, OrganisationContent
from wmebv.duties import duties, support_forms
from wmebv.report import MessageEntry, ProductEntry


def snapshot(
    entry: ProductEntry, general: OrganisationContent, *, number: str, slug: str, bodies: Mapping[str, str]
) -> dict[str, Any]:
    """Freeze a product with everything a reader needs to understand it.

    Args:
        entry: the product with its living messages and their channels.
        general: the answers about the whole organisation.
        number: its kenmerk.
        slug: its place on the website.
        bodies: code and name of the public bodies of the organisation.
    """
    help_of_all = tuple(answer for answer in general.answers if answer.duty in support_forms())
    used: dict[str, dict[str, str]] = {}
    for kind, code, label in _labels(entry, help_of_all, bodies):
        used.setdefault(kind, {})[code] = label
    return {
        "number": number,
        "slug": slug,
        "content": entry.content.model_dump(mode="json"),
        "messages": [
            {
                "id": message.key,
                "content": message.content.model_dump(mode="json"),
                "channels": [
                    {"use": link.use, "content": channel.model_dump(mode="json")}
                    for link, channel in zip(message.content.channels, message.channels, strict=True)
                ],
            }
            for message in entry.messages
        ],
        "general": [answer.model_dump(mode="json") for answer in help_of_all],
        "labels": used,
    }


def _labels(
    entry: ProductEntry, general: tuple[Answer, ...], bodies: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    product = entry.content
    yield from (("audience", code, labels.AUDIENCES[code]) for code in product.audiences)
    yield from (("target_group", code, labels.TARGET_GROUP_LABELS[code]) for code in product.target_groups)
    if product.controller in bodies:
        yield "body", product.controller, bodies[product.controller]
    answers = [*general, *product.answers]
    for message in entry.messages:
        yield from _message_labels(message, bodies)
        answers += message.content.answers
        answers += (answer for channel in message.channels for answer in channel.answers)
    for answer in answers:
        yield from _answer_labels(answer)


def _message_labels(message: MessageEntry, bodies: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    if kind := message.content.kind:
        yield "kind", kind, labels.KINDS[kind]
    for channel in message.channels:
        if channel.kind:
            yield "channel_kind", channel.kind, labels.CHANNEL_KINDS[channel.kind]
        if channel.level:
            yield "level", channel.level, labels.LEVEL_LABELS[channel.level]
        yield from (("login", code, labels.LOGINS[code]) for code in channel.login_levels)
        yield from (("body", code, bodies[code]) for code in channel.designation.bodies if code in bodies)


def _answer_labels(answer: Answer) -> Iterator[tuple[str, str, str]]:
    if form := support_forms().get(answer.duty):
        yield "support", form.code, form.label
        choices = form.choices
    elif duty := duties().get(answer.duty):
        choices = duty.choices
    else:
        return
    chosen = {choice.code: choice.label for choice in choices}
    yield from ((f"choice.{answer.duty}", code, chosen[code]) for code in answer.choices if code in chosen)
