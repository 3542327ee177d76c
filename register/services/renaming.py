"""What has another name now than in the version that the public sees: a supplier, a team, a system, a law.

A change of a shared record changes no version and no record. So of a record that nobody changed since it was
established, only names of shared records can differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from core.history import Version
from core.organisations import bodies
from register.content import ActivityContent, Status
from register.models import ProcessingActivity
from register.services.rows import contents_of


def renamed(session: Session, activities: Sequence[ProcessingActivity]) -> Mapping[UUID, Sequence[tuple[str, str]]]:
    """Per established record the names that changed since: as they were frozen, and as they are now."""
    established = {one.id: one for one in activities if one.status is Status.ESTABLISHED}
    if not established:
        return {}
    query = select(Version).where(col(Version.subject_id).in_(established)).order_by(col(Version.number))
    newest = {version.subject_id: version.content for version in session.exec(query)}
    found: dict[UUID, Sequence[tuple[str, str]]] = {}
    known, contents = bodies(session), contents_of([established[number] for number in newest])
    for number, frozen in newest.items():
        if changed := names_changed(frozen, contents[number], known):
            found[number] = changed
    return found


def names_changed(
    frozen: Mapping[str, Any], content: ActivityContent, known: Mapping[str, str]
) -> Sequence[tuple[str, str]]:
    """The names in the newest version of an established record that are others now; `known` are the public bodies."""
    labels: Mapping[str, str] = frozen["labels"].get("controller", {})
    was = [*labels.values(), *_names(ActivityContent.model_validate(frozen["content"]))]
    is_now = [*(known.get(code, label) for code, label in labels.items()), *_names(content)]
    return list(dict.fromkeys(pair for pair in zip(was, is_now, strict=False) if pair[0] != pair[1]))


def _names(content: ActivityContent) -> Iterator[str]:
    yield content.team
    for processor in content.processors:
        yield from (processor.party, processor.agreement_document)
    for joint in content.joint_controllers:
        yield from (joint.party, joint.arrangement_document)
    for principal in content.principals:
        yield from (principal.party, principal.agreement_document)
    yield from (system.name for system in content.systems)
    yield from content.covenants
    yield from (law.name for purpose in content.purposes for law in purpose.laws)
