"""Shared records as they were at a moment, for contents that were saved before it.

A content names them, with their facts beside the name. By what they were called and said when it was saved, they are
found back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.content import Part
from core.organisations import Party, System, Team
from core.shared_then import Facts, SharedThen
from register import content as shapes
from register.lists import fields_of
from register.models import Agreement, AgreementKind, Law, address_of
from register.services.rows import SHARED_FIELDS, SYSTEM_FACTS
from register.services.sharing import SHARED_FACTS

_TEAM, _PARTY, _SYSTEM = (str(one.__tablename__) for one in (Team, Party, System))
_AGREEMENT, _LAW = str(Agreement.__tablename__), str(Law.__tablename__)
_NAMED = {"team": _TEAM, "party": _PARTY}
_AGREED: Mapping[type[Part], AgreementKind] = {
    shapes.ProcessorUse: AgreementKind.PROCESSING,
    shapes.JointController: AgreementKind.JOINT,
    shapes.Principal: AgreementKind.ASSIGNMENT,
}
_NAMES = {_AGREEMENT: "title"}
"""The column with the name, where that is not `name`."""


class NamedThen(SharedThen):
    """The shared records of the register at a moment, put into the contents that name them."""

    def __init__(self, session: Session, moment: datetime) -> None:
        super().__init__(session, (_TEAM, _PARTY, _SYSTEM, _AGREEMENT, _LAW), moment, _NAMES)

    def named(self, facts: Facts, model: type[Part], at: datetime) -> dict[str, Any]:
        """The facts of a part that was saved at `at`, as they are at this moment."""
        found = dict(facts)
        for name, part, is_list in fields_of(model):
            if part and name in found:
                inner = found[name]
                found[name] = [self.named(one, part, at) for one in inner] if is_list else self.named(inner, part, at)
            elif name in SHARED_FIELDS and found.get(name):
                found[name] = self.name(_NAMED[name], found[name], at)
        if model is shapes.SystemUse and found.get("name"):
            now = self._of(_SYSTEM, found["name"], at)
            found |= {fact: now[fact] for fact in ("name", *SYSTEM_FACTS) if fact in now}
        elif model in _AGREED:
            found |= self._agreed(facts, model, at)
        elif model is shapes.Law:
            found |= self._law(facts, at)
        elif model is shapes.ActivityContent:
            found["covenants"] = [self._covenant(title, at) for title in facts.get("covenants", ())]
        return found

    def _of(self, kind: str, name: str, at: datetime) -> Facts:
        bearer = self.bearer(kind, name, at)
        return self.now(bearer) if bearer else {}

    def _agreed(self, facts: Facts, model: type[Part], at: datetime) -> dict[str, Any]:
        said = {column: facts.get(name) for name, column in SHARED_FACTS[model][1].items()}
        if not any(said.values()):
            return {}
        party = facts.get("party") or ""
        for one, there, since in self._meant(_AGREEMENT, said | {"kind": _AGREED[model].value}, at):
            if self._is_same_party(there["party"], since, party, at):
                return {name: self.now(one)[column] for name, column in SHARED_FACTS[model][1].items()}
        return {}

    def _is_same_party(self, one: str, since: datetime, other: str, at: datetime) -> bool:
        """Whether two names are those of one party, for it may have been called otherwise in between."""
        bearer = self.bearer(_PARTY, one, since)
        return one == other or (bearer is not None and bearer == self.bearer(_PARTY, other, at))

    def _law(self, facts: Facts, at: datetime) -> dict[str, Any]:
        said = {column: facts.get(name) for name, column in SHARED_FACTS[shapes.Law][1].items()}
        if any(said.values()):
            for one, there, _ in self._meant(_LAW, said, at):
                now, url = self.now(one), facts.get("url") or ""
                is_own = url not in {"", _address(there)}
                return {"name": now["name"], "bwb_number": now["bwb_number"], "url": url if is_own else _address(now)}
        return {}

    def _covenant(self, title: str, at: datetime) -> str:
        said = {"title": title, "kind": AgreementKind.COVENANT.value}
        return next((self.now(one)["title"] for one, _, _ in self._meant(_AGREEMENT, said, at)), title)

    def _meant(self, kind: str, said: Facts, at: datetime) -> list[tuple[UUID, Facts, datetime]]:
        """Who said this at a moment: those that were there, then those whose first save came later than that.

        The first save of what came from an older version of Openboek is of before its first change.
        """
        found = []
        for one in dict.fromkeys(one for _, one in self.bearers.get((kind, said[_NAMES.get(kind, "name")] or ""), ())):
            states = self.states[one]
            place = bisect_right(states, at, key=lambda state: state[0])
            since, there = states[max(place - 1, 0)]
            if all((there.get(name) or None) == (value or None) for name, value in said.items()):
                found.append((not place, one, there, since))
        return [(one, there, since) for _, one, there, since in sorted(found, key=lambda each: each[0])]


def _address(facts: Facts) -> str:
    return address_of(Law(url=facts["url"], bwb_number=facts["bwb_number"]))
