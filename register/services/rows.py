"""Content to rows and back. Names of the content and of the columns are the same."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.orm import object_session
from sqlmodel import Session

from core import audit
from core.content import Content, Part, as_checked
from core.organisations import Party, System, Team, change_shared, find_or_add
from register import content as shapes
from register.content import ActivityContent
from register.lists import codes_in, fields_of
from register.models import ActivityPart, Agreement, CovenantUse, Law, ProcessingActivity, PurposeLaw, address_of
from register.services import plain
from register.services.sharing import SHARED_FACTS, agreements_and_laws

_NO_LISTS: plain.Lists = {}
SHARED_FIELDS = frozenset({"team", "party"})
"""Fields of the content that hold the name of a shared record."""
SYSTEM_FACTS = ("supplier", "hosting", "country")
Names = Mapping[object, Team | Party | System | Agreement | Law]
"""Shared records by the part of the content that names them, or by the field that holds a name, and that name."""


def content_of(activity: ProcessingActivity, only: Collection[str] = ()) -> ActivityContent:
    """The record as plain data, with shared things by their present name. With `only` no more than these fields."""
    return contents_of([activity], only)[activity.id]


def contents_of(activities: Sequence[ProcessingActivity], only: Collection[str] = ()) -> Mapping[UUID, ActivityContent]:
    """`content_of` for many records, by id: the parts of all come with one statement.

    Lists that a session holds already count as they are there, also when they are not stored yet.
    """
    stored: Mapping[UUID, plain.Lists] = {}
    asked = {one.id: plain.NAMES & _unloaded(one) for one in activities}
    if wanted := {name for names in asked.values() for name in names if not only or name in only}:
        session = object_session(next(one for one in activities if asked[one.id]))
        stored = plain.parts_of(cast("Session", session), [one for one, names in asked.items() if names], wanted)
    return {
        one.id: read(one, {name: rows for name, rows in stored.get(one.id, {}).items() if name in asked[one.id]}, only)
        for one in activities
    }


def _unloaded(activity: ProcessingActivity) -> frozenset[str]:
    state = inspect(activity)
    return frozenset(state.unloaded) if state.persistent else frozenset()


def differing(content: ActivityContent, other: ActivityContent) -> frozenset[str]:
    """The fields that are not the same, of those that `content` has."""
    return frozenset(name for name, value in content if value != getattr(other, name))


def facts_of(activity: ProcessingActivity, content: ActivityContent | None = None) -> dict[str, Any]:
    """What a revision keeps: kenmerk, status and the whole content, as JSON; `content` for who has read it already."""
    return {
        "number": activity.kenmerk,
        "status": activity.status.value,
        **(content or content_of(activity)).model_dump(mode="json"),
    }


def read(row: Any, lists: plain.Lists, only: Collection[str] = ()) -> ActivityContent:  # noqa: ANN401 - as for `_read`
    """What a row of a record holds, with these lists of parts; others are those of the row itself."""
    return _read(row, ActivityContent, only=only, lists=lists)


def _read(
    row: Any,  # noqa: ANN401 - a row that can be changed, or a plain one
    model: type[Content],
    prefix: str = "",
    only: Collection[str] = (),
    lists: plain.Lists = _NO_LISTS,
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
            found[name] = tuple([_read(item, part) for item in _list(row, name, lists)])
        elif part:
            found[name] = _read(row, part, f"{name}_")
        elif name in SHARED_FIELDS:
            shared = getattr(row, name)
            found[name] = shared.name if shared else ""
        elif name in facts:
            shared = getattr(row, relation)
            found[name] = getattr(shared, facts[name]) if shared else model.model_fields[name].default
        elif name == "covenants":
            found[name] = tuple(use.agreement.title for use in _list(row, name, lists))
        elif model is shapes.Law and name == "url":
            found[name] = getattr(row, name) or (address_of(law) if (law := getattr(row, relation)) else "")
        else:
            value = getattr(row, prefix + name)
            found[name] = tuple(value) if isinstance(value, list) else value
    return as_checked(model, found)


def _list(row: Any, name: str, lists: plain.Lists) -> Sequence[Any]:  # noqa: ANN401 - as for `_read`
    return lists[name] if name in lists else getattr(row, name)


def write(
    row: ProcessingActivity | ActivityPart,
    content: Part,
    names: Names,
    *,
    root: ProcessingActivity,
    prefix: str = "",
    only: Collection[str] = (),
) -> None:
    """Put content into a row, in place: a row that stays the same is not touched. With `only` no more than that."""
    relation, facts = SHARED_FACTS.get(type(content), ("", {}))
    if relation:
        setattr(row, relation, names.get(content))
    for name, part, is_list in fields_of(type(content)):
        if only and name not in only:
            continue
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
    session: Session,
    content: ActivityContent,
    root: ProcessingActivity,
    *,
    actor: audit.Actor,
    only: Collection[str] = (),
) -> Names:
    """Every shared record that the content names, made when it is new. Facts typed about one go to its record.

    `root` is the record that the content is of, as it was until now; with `only` no more than these fields count.
    """
    if only:
        content = ActivityContent().model_copy(update={name: getattr(content, name) for name in only})
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
