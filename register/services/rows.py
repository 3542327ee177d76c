"""Content to rows and back. Names of the content and of the columns are the same."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import inspect
from sqlmodel import Session

from core import audit
from core.content import Content, Part, as_checked
from core.organisations import Party, System, Team, change_shared, find_or_add
from register import content as shapes
from register.content import ActivityContent
from register.lists import codes_in, fields_of
from register.models import ActivityPart, Agreement, CovenantUse, Law, ProcessingActivity, PurposeLaw, address_of
from register.services.sharing import SHARED_FACTS, agreements_and_laws

SHARED_FIELDS = frozenset({"team", "party"})
"""Fields of the content that hold the name of a shared record."""
SYSTEM_FACTS = ("supplier", "hosting", "country")
Names = Mapping[object, Team | Party | System | Agreement | Law]
"""Shared records by the part of the content that names them, or by the field that holds a name, and that name."""


def content_of(activity: ProcessingActivity, only: Collection[str] = ()) -> ActivityContent:
    """The record as plain data, with shared things by their present name. With `only` no more than these fields."""
    return _read(activity, ActivityContent, only=only)


def facts_of(activity: ProcessingActivity) -> dict[str, Any]:
    """What a revision keeps: kenmerk, status and the whole content, as JSON."""
    return {
        "number": activity.kenmerk,
        "status": activity.status.value,
        **content_of(activity).model_dump(mode="json"),
    }


def _read(
    row: ProcessingActivity | ActivityPart, model: type[Content], prefix: str = "", only: Collection[str] = ()
) -> Content:
    """What `model` holds of a row; names of the content and of the columns are the same.

    What is stored was checked when it came in, and checking is most of the work: so it is not done again.
    """
    found: dict[str, Any] = {}
    relation, facts = SHARED_FACTS.get(model, ("", {}))
    for name, part, is_list in fields_of(model):
        if only and name not in only:
            continue
        if part and is_list:
            found[name] = tuple([_read(item, part) for item in getattr(row, name)])
        elif part:
            found[name] = _read(row, part, f"{name}_")
        elif name in SHARED_FIELDS:
            shared = getattr(row, name)
            found[name] = shared.name if shared else ""
        elif name in facts:
            shared = getattr(row, relation)
            found[name] = getattr(shared, facts[name]) if shared else model.model_fields[name].default
        elif name == "covenants":
            found[name] = tuple(use.agreement.title for use in getattr(row, name))
        elif model is shapes.Law and name == "url":
            found[name] = getattr(row, name) or (address_of(law) if (law := getattr(row, relation)) else "")
        else:
            value = getattr(row, prefix + name)
            found[name] = tuple(value) if isinstance(value, list) else value
    return as_checked(model, found)


def write(
    row: ProcessingActivity | ActivityPart,
    content: Part,
    names: Names,
    *,
    root: ProcessingActivity,
    prefix: str = "",
) -> None:
    """Put content into a row, in place: a row that stays the same is not touched."""
    relation, facts = SHARED_FACTS.get(type(content), ("", {}))
    if relation:
        setattr(row, relation, names.get(content))
    for name, part, is_list in fields_of(type(content)):
        value = getattr(content, name)
        if part and is_list:
            _write_rows(row, name, value, names, root=root)
        elif part:
            write(row, value, names, root=root, prefix=f"{name}_")
        elif name in SHARED_FIELDS:
            setattr(row, name, names.get((name, value)))
        elif name == "covenants":
            _write_covenants(root, value, names)
        elif isinstance(row, PurposeLaw) and name == "url":
            row.url = "" if row.law and value == address_of(row.law) else value
        elif name not in facts:
            setattr(row, prefix + name, list(value) if isinstance(value, tuple) else value)


def _write_rows(
    owner: ProcessingActivity | ActivityPart,
    name: str,
    parts: Sequence[Part],
    names: Names,
    *,
    root: ProcessingActivity,
) -> None:
    rows = getattr(owner, name)
    kind = inspect(type(owner)).relationships[name].mapper.class_
    for position, part in enumerate(parts):
        if position == len(rows):
            rows.append(kind(activity_id=root.id, position=position))
        write(rows[position], part, names, root=root)
    del rows[len(parts) :]


def _write_covenants(root: ProcessingActivity, titles: Sequence[str], names: Names) -> None:
    for position, title in enumerate(titles):
        agreement = names["covenants", title]
        if position == len(root.covenants):
            root.covenants.append(CovenantUse(activity_id=root.id, position=position, agreement_id=agreement.id))
        setattr(root.covenants[position], "agreement", agreement)  # noqa: B010 - Names holds other things too
    del root.covenants[len(titles) :]


def shared_records(
    session: Session, content: ActivityContent, root: ProcessingActivity, *, actor: audit.Actor
) -> Names:
    """Every shared record that the content names, made when it is new. Facts typed about one go to its record.

    `root` is the record that the content is of, as it was until now.
    """
    found: dict[object, Team | Party | System | Agreement | Law | None] = {}
    parties: dict[str, Party] = {}
    for path, name in codes_in(content):
        field = path.rsplit(".", 1)[-1]
        if field == "team":
            found[field, name] = find_or_add(session, Team, name, actor=actor)
        elif field == "party" and (party := find_or_add(session, Party, name, actor=actor)):
            found[field, name] = parties[name] = party
    for use in content.systems:
        system = find_or_add(session, System, use.name, actor=actor)
        if system is None:
            continue
        found[use] = system
        facts = {fact: getattr(use, fact) for fact in SYSTEM_FACTS if getattr(use, fact)}
        if any(getattr(system, fact) != value for fact, value in facts.items()):
            change_shared(session, system, facts, version=system.version, actor=actor)
    found |= agreements_and_laws(session, content, root, parties, actor=actor)
    return {key: record for key, record in found.items() if record}
