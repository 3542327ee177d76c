"""What a team proposes to fill in otherwise: the plain fields that who does the work knows. Pure.

A proposal changes nothing by itself: the privacy officer sees it as a difference and takes it over or not. A field that
the team leaves empty stays as it is; what must go is said in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from core.content import Line, Text
from register.content import ActivityContent, Recipient, Retention, SystemUse


class OwnFields(BaseModel):
    """The fields as a team reads and types them: names and periods one on a line, as many as a record has."""

    model_config = ConfigDict(str_strip_whitespace=True)

    explanation: Annotated[str, Field(max_length=1000)] = ""
    process_owner: Line = ""
    systems: tuple[Line, ...] = ()
    recipients: tuple[Line, ...] = ()
    retentions: tuple[Text, ...] = ()
    ended_on: date | None = None


def own_fields(content: ActivityContent) -> OwnFields:
    """What a record holds in these fields."""
    return OwnFields(
        explanation=content.explanation,
        process_owner=content.process_owner,
        systems=_filled(use.name for use in content.systems),
        recipients=_filled(recipient.name for recipient in content.recipients),
        retentions=_filled(_in_one_line(retention.text) for retention in content.retentions),
        ended_on=content.ended_on,
    )


def proposed(content: ActivityContent, filled: OwnFields) -> dict[str, Any] | None:
    """The fields that were filled in and differ from the record, as JSON; None when none do."""
    known, typed = own_fields(content).model_dump(mode="json"), filled.model_dump(mode="json")
    return {name: value for name, value in typed.items() if value and value != known[name]} or None


def applied(content: ActivityContent, proposal: Mapping[str, Any]) -> ActivityContent:
    """The record with a proposal in it. A row that keeps its name keeps all else that is known of it."""
    wanted = OwnFields.model_validate(proposal)
    facts: dict[str, Any] = {
        name: getattr(wanted, name) for name in ("explanation", "process_owner", "ended_on") if name in proposal
    }
    if "systems" in proposal:
        systems = {use.name: use for use in content.systems}
        facts["systems"] = tuple(systems.get(name, SystemUse(name=name)) for name in wanted.systems)
    if "recipients" in proposal:
        recipients = {recipient.name: recipient for recipient in content.recipients}
        facts["recipients"] = tuple(recipients.get(name, Recipient(name=name)) for name in wanted.recipients)
        facts["no_recipients"] = False
    if "retentions" in proposal:
        facts["retentions"] = _with_periods(content.retentions, wanted.retentions)
    return content.model_copy(update=facts)


def _with_periods(before: Sequence[Retention], lines: Sequence[str]) -> tuple[Retention, ...]:
    """Periods in other words: each line is the period that reads so already, or else the next one that does not."""
    nameless = [row for row in before if not row.text]
    left = [row for row in before if row.text and _in_one_line(row.text) not in lines]
    same = {_in_one_line(row.text): row for row in before if row.text}
    rows = []
    for line in lines:
        if line in same:
            rows.append(same[line])
        elif left:
            # The duration in code belonged to the old words: whoever takes this over fills it in again.
            rows.append(left.pop(0).model_copy(update={"text": line, "duration": ""}))
        else:
            rows.append(Retention(text=line))
    return (*rows, *nameless)


def _filled(texts: Any) -> tuple[str, ...]:  # noqa: ANN401 - any iterable of texts
    return tuple(text for text in texts if text)


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
