"""What the pages of the inventory share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core.accounts.models import RoleCode
from core.accounts.services import Person
from core.web.drafts import form_page
from core.web.pages import page, redirect
from core.web.security import Allowed
from wmebv import labels, permissions, queries, rows
from wmebv.duties import Rulebook
from wmebv.models import Action, Channel, Goal, MessageType, Product, Subject
from wmebv.report import ProductEntry
from wmebv.rules import Case, Colour, Verdict, availability, message_verdict

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
Establisher = Annotated[Person, Depends(Allowed(permissions.ESTABLISH))]
HOME = ("Digitaal zakendoen", "/wmebv/")
PRODUCTS = ("Producten", "/wmebv/producten/")
CHANNELS = ("Kanalen", "/wmebv/kanalen/")
TEMPLATES = ("Sjablonen", "/wmebv/sjablonen/")
ACTIONS = ("Acties", "/wmebv/acties/")
_ROLE_FIRST = RoleCode.WMEBV_COORDINATOR


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message type on the page of its product."""

    message: MessageType
    kind: str
    official: str
    level: str
    channels: Sequence[Channel]
    colour: Colour
    percentage: int | None


def show(
    request: Request,
    template: str,
    person: Person,
    title: str,
    trail: Sequence[tuple[str, str]],
    *,
    status_code: int = 200,
    form_of: Session | None = None,
    **context: Any,  # noqa: ANN401 - what a template shows
) -> Response:
    """Answer with a page. `form_of`: it is the page of a form of which drafts are kept, in this session."""
    context |= {
        "page_title": title,
        "trail": [("Overzicht", "/"), *trail],
        "may_edit": person.may(permissions.EDIT),
        "may_establish": person.may(permissions.ESTABLISH),
    }
    if form_of:
        return form_page(request, form_of, f"wmebv/{template}", person=person, status_code=status_code, **context)
    return page(request, f"wmebv/{template}", person=person, status_code=status_code, **context)


def judged_messages(product: Product, on: date, book: Rulebook) -> list[tuple[MessageType, Case, Verdict]]:
    judged = judged_entry(rows.entry(product), on, book)
    return [
        (message, case, verdict) for message, (case, verdict) in zip(rows.living_messages(product), judged, strict=True)
    ]


def judged_entry(entry: ProductEntry, on: date, book: Rulebook) -> list[tuple[Case, Verdict]]:
    cases = [Case(entry.content, each.content, each.channels, each.key) for each in entry.messages]
    return [(case, message_verdict(case, on, book=book)) for case in cases]


def message_line(message: MessageType, case: Case, verdict: Verdict) -> MessageLine:
    level = availability(case.channels)
    return MessageLine(
        message=message,
        kind=labels.KINDS[message.kind] if message.kind else "",
        official=labels.OFFICIAL[message.official],
        level=f"{level.value} {labels.LEVEL_LABELS[level]}" if level else "",
        channels=[link.channel for link in message.channels],
        colour=verdict.colour,
        percentage=verdict.score.percentage,
    )


def typed_on(version: int | None, record: Subject | Action | Goal | None) -> int:
    """The version that a form carries: what was typed on, or else the newest; 0 for a record that is yet to come."""
    return version if version is not None else record.version if record else 0


def address_of(product: Product) -> str:
    return f"/wmebv/producten/{product.kenmerk}/"


def function_of(person: Person) -> str:
    """An answer says which function gave it, never who: it goes into reports."""
    role = _ROLE_FIRST if _ROLE_FIRST in person.roles else min(person.roles, default=_ROLE_FIRST)
    return role.value.replace("_", " ").capitalize()


def on_to(session: Session, message: MessageType, waiting: queries.Waiting, page: str, *, goes_on: bool) -> Response:
    """Where to go after a message was saved: its own page or, when asked, the next one that waits for the same."""
    following = queries.next_message(session, message, waiting) if goes_on else None
    if following:
        answer = redirect(f"/wmebv/berichten/{following}/{page}", "opgeslagen")
        answer.headers["location"] += "#inhoud"  # with a keyboard one goes on there, past the menus
        return answer
    return redirect(f"/wmebv/berichten/{message.id}/", "laatste" if goes_on else "opgeslagen")
